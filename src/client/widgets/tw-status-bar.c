// SPDX-License-Identifier: GPL-3.0-or-later
#include "client/widgets/tw-status-bar.h"

#include <glib/gi18n-lib.h>

#include <string.h>

#include "client/widgets/tw-format.h"
#include "model/tw-partner.h"

/**
 * TwStatusBar:
 *
 * What both windows say at the top: that this is practice, that the service can't be reached, and
 * that a partner of the service can't be. Losing the service is told only after a moment, so that a
 * short drop does not flicker.
 */
struct _TwStatusBar
{
  GtkBox parent_instance;

  GtkWidget *practice;
  GtkRevealer *offline;
  GtkLabel *words;
  GtkLabel *unsent;
  GtkRevealer *waiting;
  GtkLabel *partner_words;
  GtkLabel *since;

  TwStatus *status;       /* (nullable) */
  TwObjectList *partners; /* (nullable) */
  guint delay;
};

#define DELAY_MS 700

G_DEFINE_FINAL_TYPE (TwStatusBar, tw_status_bar, GTK_TYPE_BOX)

/* A network that is missing is something that the person can mend; a service that does not answer
 * is not. */
static const char *
why (TwStatusBar *self)
{
  switch (tw_status_get_network (self->status))
    {
    case TW_NETWORK_NONE:
      return _ ("This computer has no network.");
    case TW_NETWORK_PORTAL:
      return _ ("The network wants you to sign in at it first: open any web page.");
    case TW_NETWORK_THERE:
    default:
      return _ ("No connection to the service just now.");
    }
}

static void
show_words (TwStatusBar *self)
{
  gint64 as_of_ms = tw_status_get_as_of_ms (self->status);
  guint unsent = 0;

  g_object_get (self->status, "unsent", &unsent, NULL);
  if (as_of_ms == 0)
    gtk_label_set_label (self->words, why (self));
  else
    {
      g_autofree char *moment = tw_format_moment_ms (as_of_ms);
      g_autofree char *words =
        /* Translators: why there is no connection; then a time of today, or a date and time */
        g_strdup_printf (_ ("%s You see everything as of %s."), why (self), moment);

      gtk_label_set_label (self->words, words);
    }
  if (unsent > 0)
    {
      g_autofree char *words = g_strdup_printf (
        ngettext ("%u thing you wrote is kept and goes out by itself.",
                  "%u things you wrote are kept and go out by themselves.", unsent),
        unsent);

      gtk_label_set_label (self->unsent, words);
    }
  gtk_widget_set_visible (GTK_WIDGET (self->unsent), unsent > 0);
}

static gboolean
reveal (gpointer data)
{
  TwStatusBar *self = data;

  self->delay = 0;
  gtk_widget_set_visible (GTK_WIDGET (self->offline), TRUE);
  gtk_revealer_set_reveal_child (self->offline, TRUE);
  return G_SOURCE_REMOVE;
}

/* What is folded away is still there for a screen reader: it goes altogether. */
static void
on_folded (GtkRevealer *revealer)
{
  if (!gtk_revealer_get_child_revealed (revealer) && !gtk_revealer_get_reveal_child (revealer))
    gtk_widget_set_visible (GTK_WIDGET (revealer), FALSE);
}

/* Of those whom payments need. */
static const struct
{
  const char *id;
  const char *words;
} partner_words[] = {
  { TW_PARTNER_BANK,
    N_ ("The bank can't be reached just now. Payments that need it wait; nothing is lost.") },
  { TW_PARTNER_OFFICE,
    N_ ("The tax office can't be reached just now. Tax payments wait; nothing is lost.") },
  { TW_PARTNER_BILLERS,
    N_ ("The billers can't be reached just now. Bills wait to be paid; nothing is lost.") },
  { TW_PARTNER_SMS,
    N_ ("No messages with codes can be sent just now. What needs a code has to wait.") },
};

static const char *
get_partner_words (TwObject *partner)
{
  for (gsize i = 0; i < G_N_ELEMENTS (partner_words); i++)
    if (strcmp (partner_words[i].id, tw_object_get_id (partner)) == 0)
      return _ (partner_words[i].words);
  return NULL;
}

/* A line for each that is down, and since when the first one is. What was last heard of them is not
 * told as long as nothing is heard at all. */
static void
show_partners (TwStatusBar *self)
{
  gboolean heard = tw_status_get_connection (self->status) == TW_CONNECTION_ONLINE;
  guint n = g_list_model_get_n_items (G_LIST_MODEL (self->partners));
  g_autoptr (GString) words = g_string_new (NULL);
  gint64 since_ms = G_MAXINT64;

  for (guint i = 0; heard && i < n; i++)
    {
      g_autoptr (TwPartner) partner = g_list_model_get_item (G_LIST_MODEL (self->partners), i);
      const char *line = get_partner_words (TW_OBJECT (partner));

      if (line == NULL || tw_partner_get_state (partner) != TW_PARTNER_STATE_DOWN)
        continue;
      g_string_append_printf (words, "%s%s", words->len > 0 ? "\n" : "", line);
      since_ms = MIN (since_ms, tw_partner_get_since_ms (partner));
    }
  if (words->len > 0)
    {
      g_autofree char *moment = tw_format_moment_ms (since_ms);
      /* Translators: %s: a time of today, or a date and time */
      g_autofree char *since =
        g_strdup_printf (_ ("Since %s. This is tried again all the time."), moment);

      gtk_label_set_label (self->partner_words, words->str);
      gtk_label_set_label (self->since, since);
      gtk_widget_set_visible (GTK_WIDGET (self->waiting), TRUE);
    }
  gtk_revealer_set_reveal_child (self->waiting, words->len > 0);
}

static void
on_status (TwStatusBar *self)
{
  gboolean practice = FALSE;

  g_object_get (self->status, "practice", &practice, NULL);
  gtk_widget_set_visible (self->practice, practice);
  show_words (self);
  if (self->partners != NULL)
    show_partners (self);
  if (tw_status_get_connection (self->status) != TW_CONNECTION_OFFLINE)
    {
      g_clear_handle_id (&self->delay, g_source_remove);
      gtk_revealer_set_reveal_child (self->offline, FALSE);
    }
  else if (self->delay == 0 && !gtk_revealer_get_reveal_child (self->offline))
    self->delay = g_timeout_add (DELAY_MS, reveal, self);
}

static void
tw_status_bar_dispose (GObject *object)
{
  TwStatusBar *self = TW_STATUS_BAR (object);

  g_clear_handle_id (&self->delay, g_source_remove);
  g_clear_object (&self->status);
  g_clear_object (&self->partners);
  G_OBJECT_CLASS (tw_status_bar_parent_class)->dispose (object);
}

static void
tw_status_bar_class_init (TwStatusBarClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = tw_status_bar_dispose;
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/taxwallet/TaxWallet/widgets/status-bar.ui");
  gtk_widget_class_bind_template_child (widget_class, TwStatusBar, practice);
  gtk_widget_class_bind_template_child (widget_class, TwStatusBar, offline);
  gtk_widget_class_bind_template_child (widget_class, TwStatusBar, words);
  gtk_widget_class_bind_template_child (widget_class, TwStatusBar, unsent);
  gtk_widget_class_bind_template_child (widget_class, TwStatusBar, waiting);
  gtk_widget_class_bind_template_child (widget_class, TwStatusBar, partner_words);
  gtk_widget_class_bind_template_child (widget_class, TwStatusBar, since);
}

static void
tw_status_bar_init (TwStatusBar *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  g_signal_connect (self->offline, "notify::child-revealed", G_CALLBACK (on_folded), NULL);
  g_signal_connect (self->waiting, "notify::child-revealed", G_CALLBACK (on_folded), NULL);
}

/**
 * tw_status_bar_set_status:
 * @self: a status bar
 * @status: (transfer none): what it tells; set once
 */
void
tw_status_bar_set_status (TwStatusBar *self, TwStatus *status)
{
  g_return_if_fail (self->status == NULL);

  self->status = g_object_ref (status);
  g_signal_connect_object (status, "notify", G_CALLBACK (on_status), self, G_CONNECT_SWAPPED);
  on_status (self);
}

/**
 * tw_status_bar_set_partners:
 * @self: a status bar with its status
 * @partners: (transfer none): of TwPartner; set once
 */
void
tw_status_bar_set_partners (TwStatusBar *self, TwObjectList *partners)
{
  g_return_if_fail (self->status != NULL && self->partners == NULL);

  self->partners = g_object_ref (partners);
  g_signal_connect_object (partners, "items-changed", G_CALLBACK (show_partners), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (partners, "updated", G_CALLBACK (show_partners), self,
                           G_CONNECT_SWAPPED);
  show_partners (self);
}
