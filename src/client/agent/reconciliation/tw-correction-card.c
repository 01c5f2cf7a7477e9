// SPDX-License-Identifier: GPL-3.0-or-later
#include "client/agent/reconciliation/tw-correction-card.h"

#include <glib/gi18n.h>

#include "base/tw-money.h"

/**
 * TwCorrectionCard:
 *
 * Where a senior puts the money of a difference right. It is there only when the service has said
 * that it can be done. The first press shows what would happen, to whom and with how much; the
 * second one lets it happen.
 */
struct _TwCorrectionCard
{
  AdwBin parent_instance;

  AdwActionRow *customer;
  AdwActionRow *move;
  GtkWidget *start_box;
  GtkWidget *start;
  GtkLabel *first;
  GtkWidget *question_box;
  GtkLabel *question;
  GtkLabel *consequence;
  GtkWidget *decide;
  GtkWidget *cancel;

  gint64 amount_fen; /* over zero: to the customer; 0: nothing to put right */
  char *name;
  char *reference; /* of their payment */
  gboolean is_asked;
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

/* @words: (transfer full): broken into lines where the window is narrow */
static void
set_button (GtkWidget *button, char *words)
{
  GtkLabel *label;

  gtk_button_set_label (GTK_BUTTON (button), words);
  label = GTK_LABEL (gtk_button_get_child (GTK_BUTTON (button)));
  gtk_label_set_wrap (label, TRUE);
  gtk_label_set_justify (label, GTK_JUSTIFY_CENTER);
  g_free (words);
}

static void
show_question (TwCorrectionCard *self, gboolean asks)
{
  gtk_widget_set_visible (self->start_box, !asks);
  gtk_widget_set_visible (self->question_box, asks);
}

static gboolean
asks (TwCorrectionCard *self)
{
  return gtk_widget_get_visible (self->question_box);
}

static void
show_words (TwCorrectionCard *self)
{
  gboolean gives = self->amount_fen > 0;
  const char *name = *self->name != '\0' ? self->name : _ ("the customer");
  g_autofree char *move = with_amount (
    self, gives ? _ ("%s from the clearing account with them to the customer’s wallet")
                : _ ("%s from the customer’s wallet to the clearing account with them"));
  g_autofree char *who =
    *self->reference != '\0' ? g_strdup_printf ("%s · %s", name, self->reference) : g_strdup (name);
  g_autofree char *amount = tw_money_format (ABS (self->amount_fen));
  g_autofree char *question =
    /* Translators: an amount, then a customer's name */
    gives ? g_strdup_printf (_ ("Give %s to %s?"), amount, name)
          /* Translators: an amount, then a customer's name */
          : g_strdup_printf (_ ("Take %s back from %s?"), amount, name);

  adw_action_row_set_subtitle (self->customer, who);
  adw_action_row_set_subtitle (self->move, move);
  set_button (self->start, with_amount (self, gives ? _ ("Give %s to the Customer…")
                                                    : _ ("Take %s Back from the Customer…")));
  set_button (self->decide, with_amount (self, gives ? _ ("Give %s") : _ ("Take %s Back")));
  gtk_label_set_label (self->question, question);
  gtk_label_set_label (
    self->consequence,
    gives
      ? _ ("It is in their wallet at once, and they see it in their history as put right after "
           "a check of the books. Your name and the reason are kept. You can’t undo it here.")
      : _ ("It leaves their wallet at once, and they see it in their history as put right after "
           "a check of the books. Your name and the reason are kept. You can’t undo it here. If "
           "their "
           "balance is not enough, nothing is moved."));
  gtk_widget_remove_css_class (self->decide, gives ? "destructive-action" : "suggested-action");
  gtk_widget_add_css_class (self->decide, gives ? "suggested-action" : "destructive-action");
}

static void
on_start_clicked (TwCorrectionCard *self)
{
  show_question (self, TRUE);
  /* What takes money needs a look, not the next press of the same key. */
  gtk_widget_grab_focus (self->cancel);
}

static void
on_cancel_clicked (TwCorrectionCard *self)
{
  show_question (self, FALSE);
  gtk_widget_grab_focus (self->start);
}

static void
on_decide_clicked (TwCorrectionCard *self)
{
  show_question (self, FALSE);
  g_signal_emit (self, signals[DECIDED], 0, self->amount_fen);
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

  G_OBJECT_CLASS (klass)->finalize = tw_correction_card_finalize;
  signals[DECIDED] = g_signal_new ("decided", TW_TYPE_CORRECTION_CARD, G_SIGNAL_RUN_LAST, 0, NULL,
                                   NULL, NULL, G_TYPE_NONE, 1, G_TYPE_INT64);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/taxwallet/TaxWallet/agent/correction-card.ui");
  gtk_widget_class_bind_template_child (widget_class, TwCorrectionCard, customer);
  gtk_widget_class_bind_template_child (widget_class, TwCorrectionCard, move);
  gtk_widget_class_bind_template_child (widget_class, TwCorrectionCard, start_box);
  gtk_widget_class_bind_template_child (widget_class, TwCorrectionCard, start);
  gtk_widget_class_bind_template_child (widget_class, TwCorrectionCard, first);
  gtk_widget_class_bind_template_child (widget_class, TwCorrectionCard, question_box);
  gtk_widget_class_bind_template_child (widget_class, TwCorrectionCard, question);
  gtk_widget_class_bind_template_child (widget_class, TwCorrectionCard, consequence);
  gtk_widget_class_bind_template_child (widget_class, TwCorrectionCard, decide);
  gtk_widget_class_bind_template_child (widget_class, TwCorrectionCard, cancel);
  gtk_widget_class_bind_template_callback (widget_class, on_start_clicked);
  gtk_widget_class_bind_template_callback (widget_class, on_cancel_clicked);
  gtk_widget_class_bind_template_callback (widget_class, on_decide_clicked);
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
  const char *name = tw_difference_get_customer (difference);

  if (amount_fen != self->amount_fen || is_asked || !g_str_equal (name, self->name))
    show_question (self, FALSE);
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
  if (!has_reason && asks (self))
    show_question (self, FALSE);
}
