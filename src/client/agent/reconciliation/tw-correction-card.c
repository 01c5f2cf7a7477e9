// SPDX-License-Identifier: GPL-3.0-or-later
#include "client/agent/reconciliation/tw-correction-card.h"

#include <glib/gi18n.h>

#include "base/tw-money.h"

/**
 * TwCorrectionCard:
 *
 * Where a senior puts the money of a difference right. It is there only when the service has said
 * that it can be done. A press asks first, and says what will happen, to whom and with how much.
 */
struct _TwCorrectionCard
{
  AdwBin parent_instance;

  AdwActionRow *customer;
  AdwActionRow *move;
  GtkWidget *start;
  GtkLabel *first;

  gint64 amount_fen; /* over zero: to the customer; 0: nothing to put right */
  char *name;
  char *reference; /* of their payment */
  gboolean is_asked;
  GtkWindow *dialog; /* (nullable): what is asked */
};

G_DEFINE_FINAL_TYPE (TwCorrectionCard, tw_correction_card, ADW_TYPE_BIN)

enum
{
  DECIDED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

/* @words: with a place for the amount */
static char *
with_amount (TwCorrectionCard *self, const char *words)
{
  g_autofree char *amount = tw_money_format (ABS (self->amount_fen));
  g_auto (GStrv) parts = g_strsplit (words, "%s", 2);

  return g_strjoinv (amount, parts);
}

/* What was asked is about something else by now. */
static void
take_question_back (TwCorrectionCard *self)
{
  g_autoptr (GtkWindow) dialog = g_steal_pointer (&self->dialog);

  if (dialog == NULL)
    return;
  g_signal_handlers_disconnect_by_data (dialog, self);
  gtk_window_destroy (dialog);
}

/* (transfer full): whose money it is, and of which payment. */
static char *
get_who (TwCorrectionCard *self)
{
  return *self->reference != '\0' ? g_strdup_printf ("%s · %s", self->name, self->reference)
                                  : g_strdup (self->name);
}

static void
show_words (TwCorrectionCard *self)
{
  gboolean gives = self->amount_fen > 0;
  g_autofree char *move = with_amount (
    self, gives ? _ ("%s from the clearing account with them to the customer’s wallet")
                : _ ("%s from the customer’s wallet to the clearing account with them"));
  g_autofree char *who = get_who (self);
  g_autofree char *start = with_amount (self, gives ? _ ("Give %s to the Customer…")
                                                    : _ ("Take %s Back from the Customer…"));
  GtkLabel *label;

  adw_action_row_set_subtitle (self->customer, who);
  adw_action_row_set_subtitle (self->move, move);
  gtk_button_set_label (GTK_BUTTON (self->start), start);
  label = GTK_LABEL (gtk_button_get_child (GTK_BUTTON (self->start)));
  gtk_label_set_wrap (label, TRUE);
  gtk_label_set_justify (label, GTK_JUSTIFY_CENTER);
}

static void
on_answered (TwCorrectionCard *self, const char *response)
{
  gint64 amount_fen = self->amount_fen;

  g_clear_object (&self->dialog);
  if (g_str_equal (response, "move"))
    g_signal_emit (self, signals[DECIDED], 0, amount_fen);
}

static void
on_start_clicked (TwCorrectionCard *self)
{
  gboolean gives = self->amount_fen > 0;
  g_autofree char *amount = tw_money_format (ABS (self->amount_fen));
  g_autofree char *who = get_who (self);
  g_autofree char *move = with_amount (self, gives ? _ ("Give %s") : _ ("Take %s Back"));
  AdwMessageDialog *dialog = ADW_MESSAGE_DIALOG (
    adw_message_dialog_new (GTK_WINDOW (gtk_widget_get_root (GTK_WIDGET (self))), NULL, NULL));

  take_question_back (self);
  /* Translators: an amount, then a customer's name */
  adw_message_dialog_format_heading (
    dialog, gives ? _ ("Give %s to %s?") : _ ("Take %s back from %s?"), amount, self->name);
  adw_message_dialog_format_body (
    dialog, "%s\n\n%s", who,
    gives ? _ ("It is in their wallet at once, and they see it in their history as put right after "
               "a check of the books. Your name and the reason are kept. You can’t undo it here.")
          : _ ("It leaves their wallet at once, and they see it in their history as put right "
               "after a check of the books. Your name and the reason are kept. You can’t undo it "
               "here. If their balance is not enough, nothing is moved."));
  adw_message_dialog_add_response (dialog, "cancel", _ ("_Cancel"));
  adw_message_dialog_add_response (dialog, "move", move);
  adw_message_dialog_set_response_appearance (
    dialog, "move", gives ? ADW_RESPONSE_SUGGESTED : ADW_RESPONSE_DESTRUCTIVE);
  /* It can't be undone: the next press of the same key does not do it. */
  adw_message_dialog_set_default_response (dialog, "cancel");
  adw_message_dialog_set_close_response (dialog, "cancel");
  self->dialog = g_object_ref (GTK_WINDOW (dialog));
  g_signal_connect_swapped (dialog, "response", G_CALLBACK (on_answered), self);
  gtk_window_present (GTK_WINDOW (dialog));
}

static void
tw_correction_card_dispose (GObject *object)
{
  take_question_back (TW_CORRECTION_CARD (object));
  G_OBJECT_CLASS (tw_correction_card_parent_class)->dispose (object);
}

static void
tw_correction_card_finalize (GObject *object)
{
  TwCorrectionCard *self = TW_CORRECTION_CARD (object);

  g_free (self->name);
  g_free (self->reference);
  G_OBJECT_CLASS (tw_correction_card_parent_class)->finalize (object);
}

static void
tw_correction_card_class_init (TwCorrectionCardClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = tw_correction_card_dispose;
  G_OBJECT_CLASS (klass)->finalize = tw_correction_card_finalize;
  signals[DECIDED] = g_signal_new ("decided", TW_TYPE_CORRECTION_CARD, G_SIGNAL_RUN_LAST, 0, NULL,
                                   NULL, NULL, G_TYPE_NONE, 1, G_TYPE_INT64);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/taxwallet/TaxWallet/agent/correction-card.ui");
  gtk_widget_class_bind_template_child (widget_class, TwCorrectionCard, customer);
  gtk_widget_class_bind_template_child (widget_class, TwCorrectionCard, move);
  gtk_widget_class_bind_template_child (widget_class, TwCorrectionCard, start);
  gtk_widget_class_bind_template_child (widget_class, TwCorrectionCard, first);
  gtk_widget_class_bind_template_callback (widget_class, on_start_clicked);
}

static void
tw_correction_card_init (TwCorrectionCard *self)
{
  self->name = g_strdup ("");
  self->reference = g_strdup ("");
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * tw_correction_card_show:
 * @self: a card
 * @difference: (transfer none): what may be put right
 * @is_asked: whether the service has been asked to, and has not answered yet
 *
 * Takes a question back that is about another amount.
 */
void
tw_correction_card_show (TwCorrectionCard *self, TwDifference *difference, gboolean is_asked)
{
  gint64 amount_fen = tw_difference_get_state (difference) == TW_DIFFERENCE_STATE_OPEN
                        ? tw_difference_get_correctable_fen (difference)
                        : 0;
  const char *customer = tw_difference_get_customer (difference);
  const char *name = *customer != '\0' ? customer : _ ("the customer");

  if (amount_fen != self->amount_fen || is_asked || !g_str_equal (name, self->name))
    take_question_back (self);
  self->amount_fen = amount_fen;
  self->is_asked = is_asked;
  g_free (self->name);
  self->name = g_strdup (name);
  g_free (self->reference);
  self->reference = g_strdup (tw_difference_get_reference (difference));
  gtk_widget_set_visible (GTK_WIDGET (self), amount_fen != 0);
  if (amount_fen != 0)
    show_words (self);
}

/**
 * tw_correction_card_set_reason:
 * @self: a card that shows a difference
 * @reason: what is typed so far, cleaned; nothing moves without one
 */
void
tw_correction_card_set_reason (TwCorrectionCard *self, const char *reason)
{
  gboolean has_reason = *reason != '\0';

  gtk_widget_set_sensitive (self->start, has_reason && !self->is_asked);
  gtk_label_set_label (self->first, self->is_asked
                                      ? _ ("Asked for. The answer appears here.")
                                      : _ ("Say first why it is so. The reason is kept with it."));
  gtk_widget_set_visible (GTK_WIDGET (self->first), !has_reason || self->is_asked);
}
