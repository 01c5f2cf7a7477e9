// SPDX-License-Identifier: GPL-3.0-or-later
#include "client/widgets/tw-status-bar.h"

#include <glib/gi18n-lib.h>

#include "client/widgets/tw-format.h"

/**
 * TwStatusBar:
 *
 * What both windows say at the top: that this is practice, and that the service can't be reached.
 * Losing the service is told only after a moment, so that a short drop does not flicker.
 */
struct _TwStatusBar
{
  GtkBox parent_instance;

  GtkWidget *practice;
  GtkRevealer *offline;
  GtkLabel *words;
  GtkLabel *unsent;

  TwStatus *status; /* (nullable) */
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
on_folded (TwStatusBar *self)
{
  if (!gtk_revealer_get_child_revealed (self->offline) &&
      !gtk_revealer_get_reveal_child (self->offline))
    gtk_widget_set_visible (GTK_WIDGET (self->offline), FALSE);
}

static void
on_status (TwStatusBar *self)
{
  gboolean practice = FALSE;

  g_object_get (self->status, "practice", &practice, NULL);
  gtk_widget_set_visible (self->practice, practice);
  show_words (self);
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
}

static void
tw_status_bar_init (TwStatusBar *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  g_signal_connect_swapped (self->offline, "notify::child-revealed", G_CALLBACK (on_folded), self);
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
