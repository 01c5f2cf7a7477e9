// SPDX-License-Identifier: GPL-3.0-or-later
#include "client/app/tw-key-window.h"

#include <glib/gi18n.h>
#include <string.h>

#include "client/widgets/tw-spoken.h"

/**
 * TwKeyWindow:
 *
 * What stands in place of the wallet while its key is not at hand: a calm page that says why, and
 * what to do.
 */
struct _TwKeyWindow
{
  AdwWindow parent_instance;

  GtkStack *stack;
  AdwStatusPage *message;
  GtkButton *primary;
  GtkButton *secondary;
  AdwStatusPage *passphrase_page;
  GtkEditable *passphrase;
  GtkEditable *again;
  GtkLabel *mistake;
  GtkWidget *open;
};

G_DEFINE_FINAL_TYPE (TwKeyWindow, tw_key_window, ADW_TYPE_WINDOW)

enum
{
  ANSWER,
  PASSPHRASE,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static void
on_primary_clicked (TwKeyWindow *self)
{
  g_signal_emit (self, signals[ANSWER], 0, GTK_RESPONSE_YES);
}

static void
on_secondary_clicked (TwKeyWindow *self)
{
  g_signal_emit (self, signals[ANSWER], 0, GTK_RESPONSE_NO);
}

static gboolean
is_fresh (TwKeyWindow *self)
{
  return gtk_widget_get_visible (GTK_WIDGET (self->again));
}

static void
on_passphrase_changed (TwKeyWindow *self)
{
  const char *text = gtk_editable_get_text (self->passphrase);
  gboolean filled = *text != '\0';

  if (filled && is_fresh (self))
    filled = *gtk_editable_get_text (self->again) != '\0';
  gtk_widget_set_visible (GTK_WIDGET (self->mistake), FALSE);
  gtk_widget_set_sensitive (self->open, filled);
}

static void
on_passphrase_activated (TwKeyWindow *self)
{
  const char *text = gtk_editable_get_text (self->passphrase);

  if (!gtk_widget_get_sensitive (self->open))
    return;
  if (is_fresh (self) && strcmp (text, gtk_editable_get_text (self->again)) != 0)
    {
      tw_key_window_show_mistake (self, _ ("The two are not the same. Type them again."));
      return;
    }
  gtk_widget_set_sensitive (self->open, FALSE);
  g_signal_emit (self, signals[PASSPHRASE], 0, text);
}

static void
tw_key_window_class_init (TwKeyWindowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  signals[ANSWER] = g_signal_new ("answer", TW_TYPE_KEY_WINDOW, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                  NULL, G_TYPE_NONE, 1, G_TYPE_INT);
  signals[PASSPHRASE] = g_signal_new ("passphrase", TW_TYPE_KEY_WINDOW, G_SIGNAL_RUN_LAST, 0, NULL,
                                      NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);

  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/taxwallet/TaxWallet/app/key-window.ui");
  gtk_widget_class_bind_template_child (widget_class, TwKeyWindow, stack);
  gtk_widget_class_bind_template_child (widget_class, TwKeyWindow, message);
  gtk_widget_class_bind_template_child (widget_class, TwKeyWindow, primary);
  gtk_widget_class_bind_template_child (widget_class, TwKeyWindow, secondary);
  gtk_widget_class_bind_template_child (widget_class, TwKeyWindow, passphrase_page);
  gtk_widget_class_bind_template_child (widget_class, TwKeyWindow, passphrase);
  gtk_widget_class_bind_template_child (widget_class, TwKeyWindow, again);
  gtk_widget_class_bind_template_child (widget_class, TwKeyWindow, mistake);
  gtk_widget_class_bind_template_child (widget_class, TwKeyWindow, open);
  gtk_widget_class_bind_template_callback (widget_class, on_primary_clicked);
  gtk_widget_class_bind_template_callback (widget_class, on_secondary_clicked);
  gtk_widget_class_bind_template_callback (widget_class, on_passphrase_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_passphrase_activated);
}

static void
tw_key_window_init (TwKeyWindow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  tw_spoken_name_peek_button (GTK_WIDGET (self->passphrase));
  tw_spoken_name_peek_button (GTK_WIDGET (self->again));
}

/**
 * tw_key_window_new:
 * @app: the application
 *
 * Returns: (transfer none): the window, owned by GTK
 */
TwKeyWindow *
tw_key_window_new (GtkApplication *app)
{
  return g_object_new (TW_TYPE_KEY_WINDOW, "application", app, NULL);
}

/**
 * tw_key_window_show_wait:
 * @self: the window
 *
 * Shows that something is being waited for.
 */
void
tw_key_window_show_wait (TwKeyWindow *self)
{
  gtk_stack_set_visible_child_name (self->stack, "wait");
}

/**
 * tw_key_window_show_message:
 * @self: the window
 * @title: what is the matter
 * @words: what it means and what to do
 * @primary: the label of the first button
 * @secondary: (nullable): the label of the second button
 *
 * Shows a page with one or two ways on.
 */
void
tw_key_window_show_message (TwKeyWindow *self,
                            const char *title,
                            const char *words,
                            const char *primary,
                            const char *secondary)
{
  adw_status_page_set_title (self->message, title);
  adw_status_page_set_description (self->message, words);
  gtk_button_set_label (self->primary, primary);
  gtk_widget_set_visible (GTK_WIDGET (self->secondary), secondary != NULL);
  if (secondary != NULL)
    gtk_button_set_label (self->secondary, secondary);
  gtk_stack_set_visible_child_name (self->stack, "message");
  gtk_widget_grab_focus (GTK_WIDGET (self->primary));
}

/**
 * tw_key_window_ask_passphrase:
 * @self: the window
 * @fresh: whether a new one is chosen
 *
 * Asks for the passphrase that opens the wallet, or for a new one.
 */
void
tw_key_window_ask_passphrase (TwKeyWindow *self, gboolean fresh)
{
  adw_status_page_set_title (self->passphrase_page,
                             fresh ? _ ("Choose a Passphrase") : _ ("Enter Your Passphrase"));
  adw_status_page_set_description (
    self->passphrase_page,
    fresh ? _ ("This computer has no keyring. A passphrase protects what the wallet keeps here. "
               "Nobody can tell you a forgotten one.")
          : _ ("It opens what the wallet keeps on this computer."));
  gtk_widget_set_visible (GTK_WIDGET (self->again), fresh);
  gtk_editable_set_text (self->passphrase, "");
  gtk_editable_set_text (self->again, "");
  gtk_widget_set_visible (GTK_WIDGET (self->mistake), FALSE);
  gtk_stack_set_visible_child_name (self->stack, "passphrase");
  gtk_widget_grab_focus (GTK_WIDGET (self->passphrase));
}

/**
 * tw_key_window_show_mistake:
 * @self: the window
 * @words: what is wrong with the passphrase
 */
void
tw_key_window_show_mistake (TwKeyWindow *self, const char *words)
{
  gtk_label_set_label (self->mistake, words);
  gtk_widget_set_visible (GTK_WIDGET (self->mistake), TRUE);
  gtk_widget_set_sensitive (self->open, TRUE);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->passphrase),
                                  GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, words, -1);
  gtk_widget_grab_focus (GTK_WIDGET (self->passphrase));
}
