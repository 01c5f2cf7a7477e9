// SPDX-License-Identifier: GPL-3.0-or-later
#include "client/app/tw-application.h"

#include <glib-unix.h>
#include <glib/gi18n.h>
#include <malloc.h>

#include "client/agent/tw-agent-window.h"
#include "client/app/tw-engine.h"
#include "client/app/tw-first-frame.h"
#include "client/app/tw-opening.h"
#include "client/app/tw-practice-phone.h"
#include "client/app/tw-practice.h"
#include "client/user/tw-user-window.h"

#define SETTLED_MS 500

/**
 * TwApplication:
 *
 * The one place that ties the rooms together: finds the key, opens the engine, shows the window.
 * One program, two windows with an application id each; practice has ids of its own, so that it is
 * never mistaken for the real wallet, not even by the desktop.
 */
struct _TwApplication
{
  AdwApplication parent_instance;

  gboolean agent;
  gboolean practice_mode;
  TwTransport *transport; /* the road to the service */
  TwPractice *practice;   /* (nullable) */
  TwPracticePhone *phone; /* (nullable) */
  TwOpening *opening;
  TwEngine *engine;
  GtkWindow *window;
  gboolean starting;
  gboolean opened;        /* the engine has its store */
  gboolean practice_told; /* the practice service is there, or has said why not */
  guint signals[2];
};

G_DEFINE_FINAL_TYPE (TwApplication, tw_application, ADW_TYPE_APPLICATION)

static const char *
profile_name (TwApplication *self)
{
  if (self->practice_mode)
    return self->agent ? "practice-agent" : "practice-user";
  return self->agent ? "agent" : "user";
}

static char *
profile_folder (TwApplication *self)
{
  return g_build_filename (g_get_user_data_dir (), "tax-wallet",
                           self->practice_mode ? "practice" : "real",
                           self->agent ? "agent" : "user", NULL);
}

static void show_window (TwApplication *self);

/* What is kept here is shown at once. Who has to sign in first waits for the practice service, so
 * that the first click does not meet one that is still starting. */
static void
show_window_in_time (TwApplication *self)
{
  if (self->opened && self->window == NULL &&
      (self->practice == NULL || self->practice_told ||
       tw_status_get_signed_in (tw_client_get_status (TW_CLIENT (self->engine)))))
    show_window (self);
}

static void
on_practice_ready (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (TwApplication) self = data;
  g_autoptr (GError) error = NULL;
  gboolean there = tw_practice_ensure_finish (TW_PRACTICE (source), result, &error);

  self->practice_told = TRUE;
  show_window_in_time (self);
  if (!there)
    g_printerr ("tax-wallet: %s\n", error->message);
  if (self->engine != NULL && there)
    tw_engine_retry_now (self->engine);
  else if (self->engine != NULL)
    g_signal_emit_by_name (self->engine, "message", error->message);
}

static void
reconnect (TwApplication *self)
{
  if (self->practice != NULL)
    tw_practice_ensure_async (self->practice, NULL, on_practice_ready, g_object_ref (self));
  else if (self->engine != NULL)
    tw_engine_retry_now (self->engine);
}

/* What building the window took and is free again goes back to the system, once it is seen. */
static gboolean
on_settled (gpointer data)
{
  malloc_trim (0);
  return G_SOURCE_REMOVE;
}

static void
show_window (TwApplication *self)
{
  TwClient *client = TW_CLIENT (self->engine);

  self->window = self->agent ? tw_agent_window_new (ADW_APPLICATION (self), client)
                             : tw_user_window_new (ADW_APPLICATION (self), client);
  g_object_add_weak_pointer (G_OBJECT (self->window), (gpointer *) &self->window);
  if (self->practice_mode)
    gtk_widget_add_css_class (GTK_WIDGET (self->window), "practice");
  gtk_window_present (self->window);
  tw_first_frame_report (self->window);
  g_timeout_add_full (G_PRIORITY_LOW, SETTLED_MS, on_settled, NULL, NULL);
  tw_opening_done (self->opening);
  g_clear_object (&self->opening);
  g_application_release (G_APPLICATION (self));
}

static void
on_engine_open (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (TwApplication) self = data;
  g_autoptr (GError) error = NULL;

  if (!tw_engine_open_finish (TW_ENGINE (source), result, &error))
    {
      g_clear_object (&self->engine);
      tw_opening_key_does_not_fit (self->opening);
      return;
    }
  self->opened = TRUE;
  if (self->practice != NULL && !self->agent)
    self->phone = tw_practice_phone_new (TW_CLIENT (self->engine),
                                         tw_practice_get_counterpart_dir (self->practice));
  show_window_in_time (self);
}

static void
on_opened (TwApplication *self, GBytes *secret)
{
  g_autofree char *folder = profile_folder (self);

  g_return_if_fail (self->engine == NULL);

  self->engine = tw_engine_new (folder, self->transport, secret, self->agent, self->practice_mode);
  tw_engine_open_async (self->engine, NULL, on_engine_open, g_object_ref (self));
}

static void
tw_application_activate (GApplication *app)
{
  TwApplication *self = TW_APPLICATION (app);
  g_autofree char *folder = NULL;

  if (self->window != NULL)
    {
      gtk_window_present (self->window);
      return;
    }
  if (self->starting)
    return;
  self->starting = TRUE;
  g_application_hold (app);
  if (self->practice != NULL)
    reconnect (self);
  folder = profile_folder (self);
  self->opening = tw_opening_new (GTK_APPLICATION (self), profile_name (self), folder);
  g_signal_connect_swapped (self->opening, "opened", G_CALLBACK (on_opened), self);
  tw_opening_start (self->opening);
}

static void
on_quit (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  g_application_quit (G_APPLICATION (data));
}

static void
on_reconnect (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  reconnect (TW_APPLICATION (data));
}

static void
on_sign_out (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  TwApplication *self = TW_APPLICATION (data);

  if (self->engine != NULL)
    tw_client_sign_out (TW_CLIENT (self->engine));
}

/* What a notification leads to. */
static void
on_show (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  TwApplication *self = TW_APPLICATION (data);
  const char *page, *arg;

  g_application_activate (G_APPLICATION (self));
  g_variant_get (parameter, "(&s&s)", &page, &arg);
  if (self->window != NULL && TW_IS_USER_WINDOW (self->window))
    tw_user_window_go (TW_USER_WINDOW (self->window), page, arg);
}

static void
on_about (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  TwApplication *self = TW_APPLICATION (data);

  adw_show_about_window (self->window, "application-name", _ ("Tax Wallet"), "application-icon",
                         self->agent ? "org.taxwallet.TaxWallet.Agent" : "org.taxwallet.TaxWallet",
                         "version", TW_VERSION, "license-type", GTK_LICENSE_GPL_3_0, "comments",
                         _ ("Know, pay and prove your taxes, with a wallet and people who help."),
                         NULL);
}

/* The end of a desktop session, or Ctrl-C: what is typed is written down like at any other end. */
static gboolean
on_signal (gpointer data)
{
  g_application_quit (G_APPLICATION (data));
  return G_SOURCE_CONTINUE;
}

static void
tw_application_startup (GApplication *app)
{
  static const GActionEntry entries[] = {
    { "quit", on_quit },   { "reconnect", on_reconnect }, { "sign-out", on_sign_out },
    { "about", on_about }, { "show", on_show, "(ss)" },
  };
  static const char *const quit_keys[] = { "<Primary>q", NULL };

  G_APPLICATION_CLASS (tw_application_parent_class)->startup (app);
  gtk_window_set_default_icon_name ("org.taxwallet.TaxWallet");
  g_action_map_add_action_entries (G_ACTION_MAP (app), entries, G_N_ELEMENTS (entries), app);
  gtk_application_set_accels_for_action (GTK_APPLICATION (app), "app.quit", quit_keys);
  TW_APPLICATION (app)->signals[0] = g_unix_signal_add (SIGTERM, on_signal, app);
  TW_APPLICATION (app)->signals[1] = g_unix_signal_add (SIGINT, on_signal, app);
}

static void
tw_application_shutdown (GApplication *app)
{
  TwApplication *self = TW_APPLICATION (app);

  self->opened = FALSE;
  g_clear_handle_id (&self->signals[0], g_source_remove);
  g_clear_handle_id (&self->signals[1], g_source_remove);
  if (self->window != NULL)
    gtk_window_destroy (self->window);
  g_clear_object (&self->opening);
  g_clear_object (&self->phone);
  if (self->engine != NULL)
    tw_engine_close (self->engine);
  g_clear_object (&self->engine);
  g_clear_object (&self->practice);
  G_APPLICATION_CLASS (tw_application_parent_class)->shutdown (app);
}

static void
tw_application_finalize (GObject *object)
{
  TwApplication *self = TW_APPLICATION (object);

  g_clear_object (&self->transport);
  G_OBJECT_CLASS (tw_application_parent_class)->finalize (object);
}

static void
tw_application_class_init (TwApplicationClass *klass)
{
  GApplicationClass *app_class = G_APPLICATION_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = tw_application_finalize;
  app_class->activate = tw_application_activate;
  app_class->startup = tw_application_startup;
  app_class->shutdown = tw_application_shutdown;
}

static void
tw_application_init (TwApplication *self)
{
}

/**
 * tw_application_new:
 * @agent: whether it is the agent's window
 * @transport: (nullable): the road to the service; %NULL: practice mode, which has its own
 *
 * Returns: (transfer full): the application
 */
TwApplication *
tw_application_new (gboolean agent, TwTransport *transport)
{
  gboolean practice = transport == NULL;
  g_autofree char *id = g_strdup_printf ("org.taxwallet.TaxWallet%s%s", agent ? ".Agent" : "",
                                         practice ? ".Practice" : "");
  TwApplication *self = g_object_new (TW_TYPE_APPLICATION, "application-id", id,
                                      "resource-base-path", "/org/taxwallet/TaxWallet", NULL);

  self->agent = agent;
  self->practice_mode = practice;
  if (practice)
    {
      self->practice = tw_practice_new ();
      self->transport = tw_transport_new_local (tw_practice_get_socket_dir (self->practice));
    }
  else
    self->transport = g_object_ref (transport);
  return self;
}
