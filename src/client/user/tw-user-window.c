// SPDX-License-Identifier: GPL-3.0-or-later
#include "client/user/tw-user-window.h"

#include <glib/gi18n-lib.h>

#include "base/tw-clock.h"
#include "client/user/tw-pages.h"
#include "client/user/tw-payment-news.h"
#include "client/user/tw-standing-news.h"
#include "client/user/tw-trail.h"
#include "client/user/tw-user-actions.h"
#include "client/user/tw-user-chores.h"
#include "client/user/tw-user-keys.h"
#include "client/widgets/tw-page.h"
#include "client/widgets/tw-reading.h"
#include "client/widgets/tw-status-bar.h"
#include "client/widgets/tw-toast.h"

/**
 * TwUserWindow:
 *
 * The window of a person: a side bar, one page in front, the way back. Pages are made when they are
 * first gone to, and let go when the person signs out.
 */
struct _TwUserWindow
{
  AdwApplicationWindow parent_instance;

  AdwToastOverlay *toasts;
  TwStatusBar *status_bar;
  TwReading *reading;
  AdwFlap *flap;
  GtkListBox *places;
  GtkStack *stack;
  AdwWindowTitle *title;
  GtkWidget *back;
  GtkWidget *sidebar_button;
  GtkWidget *documents;
  GtkWidget *menu_button;

  TwClient *client;
  TwStatus *status;
  TwUserChores *chores;
  TwPaymentNews *news;
  TwStandingNews *standing_news;
  TwTrail *trail;
  TwPage *page; /* (nullable): what is in front; the stack owns it */
  gboolean signed_in;
  guint clock;
  int today;
};

G_DEFINE_FINAL_TYPE (TwUserWindow, tw_user_window, ADW_TYPE_APPLICATION_WINDOW)

#define DRAFT_PAGE "ui/user/page"

/* How often the window looks whether a new day has begun: late fees grow by days. */
#define DAY_CHECK_S 20

static void
on_page_title (TwUserWindow *self)
{
  g_autofree char *title = NULL;
  g_autofree char *subtitle = NULL;
  gboolean documents = FALSE;
  gboolean csv = FALSE;
  gboolean find = FALSE;

  g_object_get (self->page, "title", &title, "subtitle", &subtitle, "documents", &documents, "csv",
                &csv, "can-find", &find, NULL);
  adw_window_title_set_title (self->title, title != NULL ? title : "");
  adw_window_title_set_subtitle (self->title, subtitle != NULL ? subtitle : "");
  gtk_widget_set_visible (self->documents, documents);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "win.find", find || self->signed_in);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "win.print", documents);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "win.save-pdf", documents);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "win.save-csv", csv);
}

/* In a narrow window there is room for the way back or for the side bar's button, not for both. */
static void
show_buttons (TwUserWindow *self)
{
  const TwPageKind *kind = tw_page_kind_find (tw_trail_get_page (self->trail));
  gboolean back = kind != NULL && g_strcmp0 (kind->place, kind->name) != 0;

  gtk_widget_set_visible (self->back, back);
  gtk_widget_set_visible (self->sidebar_button,
                          self->signed_in && !(back && adw_flap_get_folded (self->flap)));
}

static void
mark_place (TwUserWindow *self, const char *place)
{
  for (int i = 0;; i++)
    {
      GtkListBoxRow *row = gtk_list_box_get_row_at_index (self->places, i);

      if (row == NULL)
        break;
      if (g_strcmp0 (gtk_widget_get_name (GTK_WIDGET (row)), place) == 0)
        {
          gtk_list_box_select_row (self->places, row);
          return;
        }
    }
  gtk_list_box_unselect_all (self->places);
}

/* Brings what the trail says to the front. */
static void
show_here (TwUserWindow *self)
{
  const char *name = tw_trail_get_page (self->trail);
  const TwPageKind *kind = tw_page_kind_find (name);
  GtkWidget *page = gtk_stack_get_child_by_name (self->stack, name);
  GtkWidget *focus;

  g_return_if_fail (kind != NULL);

  if (page == NULL)
    {
      page = g_object_new (kind->get_type (), "client", self->client, NULL);
      gtk_stack_add_named (self->stack, page, name);
    }
  if (self->page != NULL)
    g_signal_handlers_disconnect_by_data (self->page, self);
  self->page = TW_PAGE (page);
  g_signal_connect_swapped (page, "notify", G_CALLBACK (on_page_title), self);
  tw_page_show (self->page, tw_trail_get_arg (self->trail));
  gtk_stack_set_visible_child (self->stack, page);
  mark_place (self, kind->place);
  on_page_title (self);
  show_buttons (self);
  if (adw_flap_get_folded (self->flap))
    adw_flap_set_reveal_flap (self->flap, FALSE);
  focus = gtk_window_get_focus (GTK_WINDOW (self));
  if (focus == NULL || !gtk_widget_is_ancestor (focus, page))
    gtk_widget_child_focus (page, GTK_DIR_TAB_FORWARD);
  if (kind->signed_in)
    {
      g_autofree char *draft = g_strdup_printf ("%s\n%s", name, tw_trail_get_arg (self->trail));

      tw_client_set_draft (self->client, DRAFT_PAGE, draft);
    }
}

/* What a person may not see, or is not any more, leads home. */
static const char *
allowed (TwUserWindow *self, const char *name)
{
  const TwPageKind *kind = tw_page_kind_find (name);

  if (kind == NULL || kind->signed_in != self->signed_in)
    return self->signed_in ? "home" : "welcome";
  return name;
}

/**
 * tw_user_window_go:
 * @self: a window
 * @name: the name of a page
 * @arg: what it is to show
 *
 * Brings a page to the front.
 */
void
tw_user_window_go (TwUserWindow *self, const char *name, const char *arg)
{
  const char *to = allowed (self, name);

  tw_trail_go (self->trail, to, g_str_equal (to, name) ? arg : "");
  show_here (self);
}

static void
restore_place (TwUserWindow *self)
{
  const char *draft = tw_client_get_draft (self->client, DRAFT_PAGE);
  g_auto (GStrv) parts = g_strsplit (draft != NULL ? draft : "home\n", "\n", 2);

  tw_user_window_go (self, parts[0] != NULL ? parts[0] : "home",
                     parts[0] != NULL && parts[1] != NULL ? parts[1] : "");
}

static void
on_signed_in (TwUserWindow *self)
{
  gboolean signed_in = tw_status_get_signed_in (self->status);
  GtkWidget *child;

  if (signed_in == self->signed_in && self->page != NULL)
    return;
  self->signed_in = signed_in;
  if (self->page != NULL)
    g_signal_handlers_disconnect_by_data (self->page, self);
  self->page = NULL;
  tw_trail_clear (self->trail);
  /* Nothing of one person stays for the next; the focus must not stay in what goes. */
  gtk_widget_grab_focus (self->menu_button);
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self->stack))) != NULL)
    gtk_stack_remove (self->stack, child);
  adw_flap_set_locked (self->flap, !signed_in);
  adw_flap_set_fold_policy (self->flap,
                            signed_in ? ADW_FLAP_FOLD_POLICY_AUTO : ADW_FLAP_FOLD_POLICY_ALWAYS);
  adw_flap_set_reveal_flap (self->flap, signed_in && !adw_flap_get_folded (self->flap));
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "win.sign-out", signed_in);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "win.ask", signed_in);
  if (signed_in)
    restore_place (self);
  else
    tw_user_window_go (self, "welcome", "");
}

/**
 * tw_user_window_say:
 * @self: a window
 * @text: something to say in passing
 */
void
tw_user_window_say (TwUserWindow *self, const char *text)
{
  tw_toast_say (self->toasts, text);
}

/* Told by the desktop too: the person has had to wait, or did not ask just now, and may have gone
 * elsewhere meanwhile. */
static void
on_news (TwUserWindow *self,
         const char *id,
         const char *title,
         const char *words,
         const char *page,
         const char *arg)
{
  GtkApplication *app = gtk_window_get_application (GTK_WINDOW (self));
  g_autoptr (GNotification) notification = g_notification_new (title);

  g_notification_set_body (notification, words);
  g_notification_set_default_action_and_target (notification, "app.show", "(ss)", page, arg);
  if (app != NULL)
    g_application_send_notification (G_APPLICATION (app), id, notification);
  tw_user_window_say (self, title);
}

static gboolean
on_clock (gpointer data)
{
  TwUserWindow *self = data;
  int today = tw_clock_today ();

  if (today != self->today && self->page != NULL)
    {
      tw_page_show (self->page, tw_trail_get_arg (self->trail));
      tw_standing_news_look (self->standing_news);
    }
  self->today = today;
  return G_SOURCE_CONTINUE;
}

static void
on_place_activated (TwUserWindow *self, GtkListBoxRow *row)
{
  tw_user_window_go (self, gtk_widget_get_name (GTK_WIDGET (row)), "");
}

/* Instead of here: what was written is a conversation now, and there is no way back to the form. */
static void
action_go_instead (GtkWidget *widget, const char *name, GVariant *parameter)
{
  TwUserWindow *self = TW_USER_WINDOW (widget);
  const char *page, *arg;

  g_variant_get (parameter, "(&s&s)", &page, &arg);
  tw_trail_replace (self->trail, allowed (self, page), arg);
  show_here (self);
}

static void
action_back (GtkWidget *widget, const char *name, GVariant *parameter)
{
  TwUserWindow *self = TW_USER_WINDOW (widget);
  const TwPageKind *kind;

  if (tw_trail_step (self->trail, -1))
    {
      show_here (self);
      return;
    }
  /* After a restart there is no trail: up to the page's place then. */
  kind = tw_page_kind_find (tw_trail_get_page (self->trail));
  if (kind->place != NULL && !g_str_equal (kind->place, kind->name))
    tw_user_window_go (self, kind->place, "");
  else if (kind->place == NULL)
    tw_user_window_go (self, allowed (self, ""), "");
}

static void
action_forward (GtkWidget *widget, const char *name, GVariant *parameter)
{
  TwUserWindow *self = TW_USER_WINDOW (widget);

  if (tw_trail_step (self->trail, 1))
    show_here (self);
}

/* The side bar has nothing to show before somebody has signed in. */
static void
action_pages (GtkWidget *widget, const char *name, GVariant *parameter)
{
  TwUserWindow *self = TW_USER_WINDOW (widget);

  if (self->signed_in)
    adw_flap_set_reveal_flap (self->flap, !adw_flap_get_reveal_flap (self->flap));
}

static void
action_escape (GtkWidget *widget, const char *name, GVariant *parameter)
{
  TwUserWindow *self = TW_USER_WINDOW (widget);

  if (self->signed_in && adw_flap_get_folded (self->flap) && adw_flap_get_reveal_flap (self->flap))
    adw_flap_set_reveal_flap (self->flap, FALSE);
  else if (!tw_page_escape (self->page) && gtk_widget_get_visible (self->back))
    action_back (widget, name, NULL);
}

static void
tw_user_window_dispose (GObject *object)
{
  TwUserWindow *self = TW_USER_WINDOW (object);

  g_clear_handle_id (&self->clock, g_source_remove);
  if (self->page != NULL)
    g_signal_handlers_disconnect_by_data (self->page, self);
  self->page = NULL;
  g_clear_object (&self->chores);
  g_clear_object (&self->news);
  g_clear_object (&self->standing_news);
  if (self->client != NULL)
    g_signal_handlers_disconnect_by_data (self->client, self);
  if (self->status != NULL)
    g_signal_handlers_disconnect_by_data (self->status, self);
  g_clear_object (&self->client);
  g_clear_object (&self->status);
  G_OBJECT_CLASS (tw_user_window_parent_class)->dispose (object);
}

static void
tw_user_window_finalize (GObject *object)
{
  tw_trail_free (TW_USER_WINDOW (object)->trail);
  G_OBJECT_CLASS (tw_user_window_parent_class)->finalize (object);
}

static void
install_actions (GtkWidgetClass *klass)
{
  gtk_widget_class_install_action (klass, "win.go-instead", "(ss)", action_go_instead);
  gtk_widget_class_install_action (klass, "win.back", NULL, action_back);
  gtk_widget_class_install_action (klass, "win.forward", NULL, action_forward);
  gtk_widget_class_install_action (klass, "win.pages", NULL, action_pages);
  gtk_widget_class_install_action (klass, "win.escape", NULL, action_escape);
  gtk_widget_class_add_binding_action (klass, GDK_KEY_Escape, 0, "win.escape", NULL);
}

static void
tw_user_window_class_init (TwUserWindowClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = tw_user_window_dispose;
  object_class->finalize = tw_user_window_finalize;

  g_type_ensure (TW_TYPE_STATUS_BAR);
  g_type_ensure (TW_TYPE_READING);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/taxwallet/TaxWallet/user/window.ui");
  gtk_widget_class_bind_template_child (widget_class, TwUserWindow, toasts);
  gtk_widget_class_bind_template_child (widget_class, TwUserWindow, status_bar);
  gtk_widget_class_bind_template_child (widget_class, TwUserWindow, reading);
  gtk_widget_class_bind_template_child (widget_class, TwUserWindow, flap);
  gtk_widget_class_bind_template_child (widget_class, TwUserWindow, places);
  gtk_widget_class_bind_template_child (widget_class, TwUserWindow, stack);
  gtk_widget_class_bind_template_child (widget_class, TwUserWindow, title);
  gtk_widget_class_bind_template_child (widget_class, TwUserWindow, back);
  gtk_widget_class_bind_template_child (widget_class, TwUserWindow, sidebar_button);
  gtk_widget_class_bind_template_child (widget_class, TwUserWindow, documents);
  gtk_widget_class_bind_template_child (widget_class, TwUserWindow, menu_button);
  gtk_widget_class_bind_template_callback (widget_class, on_place_activated);
  gtk_widget_class_bind_template_callback (widget_class, show_buttons);
  install_actions (widget_class);
  tw_user_actions_install (widget_class);
}

static void
tw_user_window_init (TwUserWindow *self)
{
  self->trail = tw_trail_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
  self->today = tw_clock_today ();
}

/**
 * tw_user_window_get_page:
 * @self: a window
 *
 * Returns: (transfer none): the page in front
 */
TwPage *
tw_user_window_get_page (TwUserWindow *self)
{
  return self->page;
}

/**
 * tw_user_window_new:
 * @app: the application
 * @client: (transfer none): the program behind the window
 *
 * Returns: (transfer floating): the window of a person, where it was left
 */
GtkWindow *
tw_user_window_new (AdwApplication *app, TwClient *client)
{
  TwUserWindow *self = g_object_new (TW_TYPE_USER_WINDOW, "application", app, NULL);

  tw_user_keys_set (GTK_APPLICATION (app));
  /* A page whose first label can be copied from must not open with it selected. */
  g_object_set (gtk_widget_get_settings (GTK_WIDGET (self)), "gtk-label-select-on-focus", FALSE,
                NULL);
  self->client = g_object_ref (client);
  self->status = g_object_ref (tw_client_get_status (client));
  self->chores = tw_user_chores_new (client);
  self->news = tw_payment_news_new (client);
  self->standing_news = tw_standing_news_new (client);
  g_signal_connect_object (self->news, "news", G_CALLBACK (on_news), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->standing_news, "news", G_CALLBACK (on_news), self,
                           G_CONNECT_SWAPPED);
  tw_status_bar_set_status (self->status_bar, self->status);
  tw_status_bar_set_partners (self->status_bar, tw_client_get_list (client, "partner"));
  tw_reading_set_status (self->reading, self->status);
  g_signal_connect_swapped (client, "message", G_CALLBACK (tw_user_window_say), self);
  g_signal_connect_swapped (self->status, "notify::signed-in", G_CALLBACK (on_signed_in), self);
  self->clock = g_timeout_add_seconds (DAY_CHECK_S, on_clock, self);
  on_signed_in (self);
  return GTK_WINDOW (self);
}
