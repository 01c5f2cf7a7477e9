// SPDX-License-Identifier: GPL-3.0-or-later
#include "client/user/payment/tw-payment-page.h"

#include <glib/gi18n-lib.h>

#include "base/tw-clock.h"
#include "base/tw-money.h"
#include "client/user/payment/tw-record-link.h"
#include "client/user/tw-documents.h"
#include "client/user/tw-errand.h"
#include "client/user/tw-payment-progress.h"
#include "client/user/tw-story.h"
#include "client/widgets/tw-details.h"
#include "client/widgets/tw-form-row.h"
#include "model/tw-pay-form.h"
#include "protocol/tw-kinds.h"

/**
 * TwPaymentPage:
 *
 * One payment: the receipt, or how it gets on; cancelled while it has not been sent, and what was
 * received given back. The argument is the payment's id.
 */
struct _TwPaymentPage
{
  TwPage parent_instance;

  GtkStack *stack;
  GtkLabel *amount;
  GtkLabel *state;
  TwDetails *details;
  TwPaymentProgress *progress;
  TwRecordLink *record;
  GtkWidget *ask;
  GtkWidget *save;

  TwPayForm *refund;
  GtkWidget *refund_box;
  GtkWidget *refund_button;
  GtkLabel *refund_trouble;
  TwPaymentProgress *refund_progress;
  GtkWidget *cancel;
  GtkWidget *origin;
  GtkLabel *trouble;

  TwPayment *payment; /* (nullable) */
  TwErrand *errand;
};

G_DEFINE_FINAL_TYPE (TwPaymentPage, tw_payment_page, TW_TYPE_PAGE)

static void
tell (GtkLabel *label, const char *words)
{
  gtk_label_set_label (label, words);
  gtk_widget_set_visible (GTK_WIDGET (label), *words != '\0');
}

/* What was received, and was not itself something given back, can go back: what is left of it. */
static gint64
refundable_fen (TwPaymentPage *self)
{
  if (tw_payment_get_kind (self->payment) != TW_PAYMENT_KIND_RECEIVED ||
      tw_payment_get_state (self->payment) != TW_PAYMENT_STATE_POSTED ||
      *tw_payment_get_refunds (self->payment) != '\0')
    return 0;
  return tw_payment_get_amount_fen (self->payment) - tw_payment_get_refunded_fen (self->payment);
}

static void
show_refund (TwPaymentPage *self)
{
  TwOutgoing *outgoing = tw_payment_progress_get_outgoing (self->refund_progress);
  TwPayment *refund = tw_payment_progress_get_payment (self->refund_progress);
  gboolean live = outgoing != NULL && !tw_outgoing_is_settled (outgoing);
  GListModel *wallets;
  g_autoptr (TwWallet) wallet = NULL;
  TwPayRoom room;

  gtk_widget_set_visible (GTK_WIDGET (self->refund_progress), outgoing != NULL || refund != NULL);
  if (self->payment == NULL)
    return;
  wallets = G_LIST_MODEL (tw_client_get_list (tw_page_get_client (TW_PAGE (self)), "wallet"));
  wallet = g_list_model_get_item (wallets, 0);
  room = tw_pay_room_of (wallet, tw_clock_today (), FALSE);
  room.most_fen = refundable_fen (self);
  tw_pay_form_set_room (self->refund, &room);
  gtk_widget_set_visible (self->refund_box, room.most_fen > 0 && !live);
}

static void
update (TwPaymentPage *self)
{
  TwPayment *payment = self->payment;
  gint64 amount_fen = tw_payment_get_amount_fen (payment);
  gint64 fee_fen = tw_payment_get_late_fee_fen (payment);
  gboolean posted = tw_payment_get_state (payment) == TW_PAYMENT_STATE_POSTED;
  g_autofree char *title = tw_story_payment_title (payment);
  g_autofree char *amount = tw_money_format (amount_fen);

  gtk_label_set_label (self->amount, amount);
  gtk_label_set_label (self->state, tw_story_payment_words (payment));
  tw_details_begin (self->details);
  if (tw_payment_get_kind (payment) == TW_PAYMENT_KIND_RECEIVED)
    tw_details_add (self->details, C_ ("a payer", "From"), tw_payment_get_title (payment));
  else
    tw_details_add (self->details, _ ("For"), title);
  if (fee_fen > 0)
    {
      tw_details_add_amount (self->details, C_ ("amount", "Tax"), amount_fen - fee_fen);
      tw_details_add_amount (self->details, _ ("Late fee"), fee_fen);
    }
  if (tw_payment_get_refunded_fen (payment) > 0)
    tw_details_add_amount (self->details, _ ("Given back of it"),
                           tw_payment_get_refunded_fen (payment));
  tw_details_add (self->details, _ ("Reference"), tw_payment_get_reference (payment));
  tw_details_add (self->details, tw_story_payment_reference_name (payment),
                  tw_payment_get_rail_reference (payment));
  tw_details_end (self->details);
  tw_page_set_title (TW_PAGE (self), title, posted ? _ ("Receipt") : _ ("Payment"));
  tw_page_set_documents (TW_PAGE (self), TRUE, FALSE);
  gtk_widget_set_visible (self->save, posted);
  gtk_widget_set_visible (self->cancel,
                          tw_payment_get_state (payment) == TW_PAYMENT_STATE_RESERVED);
  gtk_widget_set_sensitive (self->cancel, !tw_errand_get_busy (self->errand));
  gtk_widget_set_visible (self->origin, *tw_payment_get_refunds (payment) != '\0');
  show_refund (self);
  /* Why it failed comes with its own buttons. */
  gtk_widget_set_visible (self->ask, tw_payment_get_state (payment) != TW_PAYMENT_STATE_VOIDED);
}

static void
on_again (TwPaymentPage *self)
{
  const char *bill_id;

  if (self->payment == NULL)
    return;
  bill_id = tw_payment_get_bill_id (self->payment);
  if (*bill_id != '\0')
    tw_page_go (self, "bill", bill_id);
  else if (*tw_payment_get_payee_id (self->payment) != '\0')
    tw_page_go (self, "give", tw_payment_get_payee_id (self->payment));
  else if (tw_payment_get_kind (self->payment) == TW_PAYMENT_KIND_WITHDRAWAL)
    tw_page_go (self, "withdraw", "");
  else
    {
      g_autofree char *fen =
        g_strdup_printf ("%" G_GINT64_FORMAT, tw_payment_get_amount_fen (self->payment));

      tw_page_go (self, "wallet", fen);
    }
}

static void
on_cancel_confirmed (TwPaymentPage *self, const char *response)
{
  GVariantDict body;

  if (!g_str_equal (response, "cancel-it") || self->payment == NULL)
    return;
  g_variant_dict_init (&body, NULL);
  g_variant_dict_insert (&body, "payment_id", "s", tw_object_get_id (TW_OBJECT (self->payment)));
  tw_errand_run (self->errand, TW_KIND_PAYMENT_CANCEL, &body);
}

static void
on_cancel (TwPaymentPage *self)
{
  gboolean from_bank = tw_payment_comes_in (self->payment) ||
                       (tw_payment_get_kind (self->payment) == TW_PAYMENT_KIND_TAX &&
                        *tw_payment_get_card_id (self->payment) != '\0');
  GtkWidget *dialog = adw_message_dialog_new (
    GTK_WINDOW (gtk_widget_get_root (GTK_WIDGET (self))), _ ("Cancel this payment?"),
    from_bank ? _ ("It has not been sent yet. No money has left your bank.")
              : _ ("It has not been sent yet. The money is then free in your wallet again."));

  adw_message_dialog_add_responses (ADW_MESSAGE_DIALOG (dialog), "keep", _ ("_Keep It"),
                                    "cancel-it", _ ("_Cancel It"), NULL);
  adw_message_dialog_set_response_appearance (ADW_MESSAGE_DIALOG (dialog), "cancel-it",
                                              ADW_RESPONSE_DESTRUCTIVE);
  adw_message_dialog_set_close_response (ADW_MESSAGE_DIALOG (dialog), "keep");
  g_signal_connect_object (dialog, "response", G_CALLBACK (on_cancel_confirmed), self,
                           G_CONNECT_SWAPPED);
  gtk_window_present (GTK_WINDOW (dialog));
}

static void
on_errand_refused (TwPaymentPage *self, const char *code, const char *words)
{
  tell (self->trouble, words);
}

static void
on_errand_changed (TwPaymentPage *self)
{
  if (self->payment != NULL)
    update (self);
}

/* What this gives back, or was given back of. */
static void
on_origin (TwPaymentPage *self)
{
  tw_page_go (self, "payment", tw_payment_get_refunds (self->payment));
}

static void
submit_refund (TwPaymentPage *self, const char *intent, gint64 amount_fen)
{
  TwClient *client = tw_page_get_client (TW_PAGE (self));
  GVariantDict body = G_VARIANT_DICT_INIT (NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (TwOutgoing) outgoing = NULL;

  g_variant_dict_insert (&body, "payment_id", "s", tw_object_get_id (TW_OBJECT (self->payment)));
  g_variant_dict_insert (&body, "amount_fen", "x", amount_fen);
  outgoing =
    tw_client_submit (client, TW_KIND_PAYMENT_REFUND, intent, g_variant_dict_end (&body), &error);
  tell (self->refund_trouble, error != NULL ? error->message : "");
  if (outgoing == NULL)
    return;
  tw_form_clear (TW_FORM (self->refund));
  tw_payment_progress_watch (self->refund_progress, client, outgoing);
  show_refund (self);
}

static void
on_refund_confirmed (TwPaymentPage *self, const char *response)
{
  if (g_str_equal (response, "give") && self->payment != NULL &&
      tw_pay_form_get_fen (self->refund) > 0)
    submit_refund (self, NULL, tw_pay_form_get_fen (self->refund));
}

static void
on_refund (TwPaymentPage *self)
{
  g_autofree char *amount = NULL;
  GtkWidget *dialog;

  tw_form_row_focus_first_mistake (self->refund_box, TW_FORM (self->refund));
  if (!tw_form_get_valid (TW_FORM (self->refund)))
    return;
  amount = tw_money_format (tw_pay_form_get_fen (self->refund));
  dialog =
    adw_message_dialog_new (GTK_WINDOW (gtk_widget_get_root (GTK_WIDGET (self))), NULL, NULL);
  adw_message_dialog_format_heading (ADW_MESSAGE_DIALOG (dialog), _ ("Give %s back?"), amount);
  adw_message_dialog_set_body (ADW_MESSAGE_DIALOG (dialog), tw_payment_get_title (self->payment));
  adw_message_dialog_add_responses (ADW_MESSAGE_DIALOG (dialog), "cancel", _ ("_Cancel"), "give",
                                    _ ("_Give Back"), NULL);
  adw_message_dialog_set_response_appearance (ADW_MESSAGE_DIALOG (dialog), "give",
                                              ADW_RESPONSE_SUGGESTED);
  adw_message_dialog_set_default_response (ADW_MESSAGE_DIALOG (dialog), "give");
  adw_message_dialog_set_close_response (ADW_MESSAGE_DIALOG (dialog), "cancel");
  g_signal_connect_object (dialog, "response", G_CALLBACK (on_refund_confirmed), self,
                           G_CONNECT_SWAPPED);
  gtk_window_present (GTK_WINDOW (dialog));
}

/* The same wish once more: its intent is kept, so that it can't come true twice. */
static void
on_refund_again (TwPaymentPage *self)
{
  TwOutgoing *old = tw_payment_progress_get_outgoing (self->refund_progress);
  g_autofree char *intent = NULL;
  gint64 amount_fen = 0;

  if (old == NULL || self->payment == NULL)
    return;
  intent = g_strdup (tw_outgoing_get_intent (old));
  g_variant_lookup (tw_outgoing_get_body (old), "amount_fen", "x", &amount_fen);
  tw_client_discard (tw_page_get_client (TW_PAGE (self)), tw_outgoing_get_id (old));
  submit_refund (self, intent, amount_fen);
}

static void
find_refund (TwPaymentPage *self)
{
  TwClient *client = tw_page_get_client (TW_PAGE (self));
  TwOutgoing *live = tw_payment_progress_find_live (client, TW_KIND_PAYMENT_REFUND, "payment_id",
                                                    tw_object_get_id (TW_OBJECT (self->payment)));

  tw_payment_progress_clear (self->refund_progress);
  if (live != NULL)
    tw_payment_progress_watch (self->refund_progress, client, live);
}

static void
tw_payment_page_document (TwPage *page, TwDocument document)
{
  TwPaymentPage *self = TW_PAYMENT_PAGE (page);
  g_autoptr (TwPaperSheet) sheet = NULL;
  const char *reference;

  if (self->payment == NULL)
    return;
  sheet = tw_documents_payment (self->payment);
  reference = tw_payment_get_reference (self->payment);
  tw_documents_make (page, TW_PAPER (sheet), document,
                     *reference != '\0' ? reference : _ ("Receipt"));
}

static void
tw_payment_page_show (TwPage *page, const char *arg)
{
  TwPaymentPage *self = TW_PAYMENT_PAGE (page);
  TwClient *client = tw_page_get_client (page);
  TwObject *payment = tw_object_list_find (tw_client_get_list (client, "payment"), arg);
  g_autofree char *title = NULL;
  g_autofree char *amount = NULL;
  g_autofree char *about = NULL;

  if (self->payment != NULL)
    g_signal_handlers_disconnect_by_data (self->payment, self);
  g_clear_object (&self->payment);
  gtk_stack_set_visible_child_name (self->stack, payment != NULL ? "payment" : "gone");
  tw_page_set_title (page, _ ("Payment"), NULL);
  tw_page_set_about (page, NULL, NULL, NULL);
  tw_page_set_documents (page, FALSE, FALSE);
  if (payment == NULL)
    return;
  self->payment = TW_PAYMENT (g_object_ref (payment));
  g_signal_connect_object (payment, "notify", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  title = tw_story_payment_title (self->payment);
  amount = tw_money_format (tw_payment_get_amount_fen (self->payment));
  /* Translators: what a payment is for, and its amount */
  about = g_strdup_printf (_ ("%s, %s"), title, amount);
  tw_page_set_about (page, "payment", arg, about);
  tw_payment_progress_show (self->progress, client, self->payment);
  tw_record_link_show (self->record, client, self->payment);
  tell (self->trouble, "");
  tell (self->refund_trouble, "");
  tw_form_clear (TW_FORM (self->refund));
  if (refundable_fen (self) > 0)
    tw_pay_form_set_fen (self->refund, refundable_fen (self));
  find_refund (self);
  update (self);
}

static void
tw_payment_page_dispose (GObject *object)
{
  g_clear_object (&TW_PAYMENT_PAGE (object)->payment);
  g_clear_object (&TW_PAYMENT_PAGE (object)->errand);
  G_OBJECT_CLASS (tw_payment_page_parent_class)->dispose (object);
}

static void
tw_payment_page_constructed (GObject *object)
{
  TwPaymentPage *self = TW_PAYMENT_PAGE (object);

  G_OBJECT_CLASS (tw_payment_page_parent_class)->constructed (object);
  self->errand = tw_errand_new (tw_page_get_client (TW_PAGE (self)));
  g_signal_connect_object (self->errand, "refused", G_CALLBACK (on_errand_refused), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->errand, "changed", G_CALLBACK (on_errand_changed), self,
                           G_CONNECT_SWAPPED);
}

static void
tw_payment_page_class_init (TwPaymentPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->constructed = tw_payment_page_constructed;
  G_OBJECT_CLASS (klass)->dispose = tw_payment_page_dispose;
  TW_PAGE_CLASS (klass)->show = tw_payment_page_show;
  TW_PAGE_CLASS (klass)->document = tw_payment_page_document;

  g_type_ensure (TW_TYPE_DETAILS);
  g_type_ensure (TW_TYPE_FORM_ROW);
  g_type_ensure (TW_TYPE_PAY_FORM);
  g_type_ensure (TW_TYPE_PAYMENT_PROGRESS);
  g_type_ensure (TW_TYPE_RECORD_LINK);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/taxwallet/TaxWallet/user/payment.ui");
  gtk_widget_class_bind_template_child (widget_class, TwPaymentPage, stack);
  gtk_widget_class_bind_template_child (widget_class, TwPaymentPage, amount);
  gtk_widget_class_bind_template_child (widget_class, TwPaymentPage, state);
  gtk_widget_class_bind_template_child (widget_class, TwPaymentPage, details);
  gtk_widget_class_bind_template_child (widget_class, TwPaymentPage, progress);
  gtk_widget_class_bind_template_child (widget_class, TwPaymentPage, record);
  gtk_widget_class_bind_template_child (widget_class, TwPaymentPage, save);
  gtk_widget_class_bind_template_child (widget_class, TwPaymentPage, ask);
  gtk_widget_class_bind_template_child (widget_class, TwPaymentPage, refund);
  gtk_widget_class_bind_template_child (widget_class, TwPaymentPage, refund_box);
  gtk_widget_class_bind_template_child (widget_class, TwPaymentPage, refund_button);
  gtk_widget_class_bind_template_child (widget_class, TwPaymentPage, refund_trouble);
  gtk_widget_class_bind_template_child (widget_class, TwPaymentPage, refund_progress);
  gtk_widget_class_bind_template_child (widget_class, TwPaymentPage, cancel);
  gtk_widget_class_bind_template_child (widget_class, TwPaymentPage, origin);
  gtk_widget_class_bind_template_child (widget_class, TwPaymentPage, trouble);
  gtk_widget_class_bind_template_callback (widget_class, on_again);
  gtk_widget_class_bind_template_callback (widget_class, on_cancel);
  gtk_widget_class_bind_template_callback (widget_class, on_origin);
  gtk_widget_class_bind_template_callback (widget_class, on_refund);
  gtk_widget_class_bind_template_callback (widget_class, on_refund_again);
  gtk_widget_class_bind_template_callback (widget_class, show_refund);
}

static void
tw_payment_page_init (TwPaymentPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}
