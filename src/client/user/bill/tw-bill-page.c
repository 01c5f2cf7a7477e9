// SPDX-License-Identifier: GPL-3.0-or-later
#include "client/user/bill/tw-bill-page.h"

#include <glib/gi18n-lib.h>

#include "base/tw-clock.h"
#include "base/tw-money.h"
#include "client/user/tw-card-choice.h"
#include "client/user/tw-payment-progress.h"
#include "client/user/tw-story.h"
#include "client/widgets/tw-bill-sum.h"
#include "client/widgets/tw-details.h"
#include "client/widgets/tw-form-row.h"
#include "client/widgets/tw-format.h"
#include "client/widgets/tw-fresh-list.h"
#include "model/tw-bill.h"
#include "model/tw-pay-form.h"
#include "model/tw-wallet.h"
#include "protocol/tw-kinds.h"
#include "tax/tw-deadline.h"
#include "tax/tw-late-fee.h"
#include "tax/tw-tax-type.h"

/**
 * TwBillPage:
 *
 * One bill: what it asks, what it costs today and each day later; pay it, and see how that gets on.
 * The argument is the bill's id.
 */
struct _TwBillPage
{
  TwPage parent_instance;

  GtkStack *stack;
  GtkLabel *amount;
  GtkLabel *due;
  TwDetails *details;
  GtkLabel *fee_note;
  TwPayForm *part;
  TwFreshList *cards;
  GtkWidget *how;
  AdwComboRow *from;
  GtkCheckButton *partly;
  GtkWidget *part_box;
  GtkWidget *part_row;
  GtkWidget *missing;
  GtkLabel *missing_words;
  GtkButton *missing_button;
  GtkWidget *pay;
  GtkLabel *trouble;
  TwPaymentProgress *progress;
  GtkWidget *receipt;

  TwBill *bill;          /* (nullable) */
  gint64 asked_fen;      /* what the person was asked to confirm */
  gint64 asked_part_fen; /* 0: the whole */
  gint64 most_part_fen;  /* what was open when a part could be typed */
  gint64 asked_revision;
};

G_DEFINE_FINAL_TYPE (TwBillPage, tw_bill_page, TW_TYPE_PAGE)

static gint64
free_fen (TwBillPage *self)
{
  GListModel *wallets =
    G_LIST_MODEL (tw_client_get_list (tw_page_get_client (TW_PAGE (self)), "wallet"));
  g_autoptr (TwWallet) wallet = g_list_model_get_item (wallets, 0);

  return wallet != NULL ? tw_wallet_get_balance_fen (wallet) - tw_wallet_get_reserved_fen (wallet)
                        : 0;
}

static void
show_details (TwBillPage *self, int today)
{
  gint64 tax_fen = tw_bill_get_amount_fen (self->bill);
  gint64 fee_fen = tw_bill_sum_late_fee_fen (self->bill, today);
  g_autofree char *period = tw_format_period (tw_bill_get_period (self->bill));
  g_autofree char *due = tw_format_day (tw_bill_get_due_day (self->bill));
  g_autofree char *issued = tw_format_date_ms (tw_bill_get_issued_at_ms (self->bill));
  gboolean open = tw_bill_get_state (self->bill) == TW_BILL_STATE_DUE;

  tw_details_begin (self->details);
  tw_details_add (self->details, _ ("Tax"),
                  tw_tax_type_get_name (tw_bill_get_tax_type (self->bill)));
  tw_details_add (self->details, _ ("Period"), period);
  tw_details_add (self->details, _ ("Tax office"), tw_bill_get_authority (self->bill));
  tw_details_add (self->details, _ ("Reference"), tw_bill_get_reference (self->bill));
  tw_details_add (self->details, _ ("Issued"), issued);
  tw_details_add (self->details, _ ("Last day to pay"), due);
  tw_details_add_amount (self->details, _ ("Tax due"), tax_fen);
  if (tw_bill_get_paid_fen (self->bill) > 0)
    tw_details_add_amount (self->details, _ ("Paid of it"), tw_bill_get_paid_fen (self->bill));
  if (open)
    {
      tw_details_add_amount (self->details, _ ("Late fee until today"), fee_fen);
      tw_details_add_total (self->details, _ ("To pay today"),
                            tw_bill_sum_total_fen (self->bill, today));
    }
  tw_details_end (self->details);
}

static void
show_fee_note (TwBillPage *self, int today)
{
  int left = tw_due_days_left ((int) tw_bill_get_due_day (self->bill), today);
  g_autofree char *per_day =
    tw_money_format (tw_late_fee_per_day_fen (MAX (tw_bill_get_open_fen (self->bill), 0), today));
  g_autofree char *words =
    left < 0 ? g_strdup_printf (_ ("The late fee grows by %s a day."), per_day)
             : g_strdup_printf (
                 _ ("Paid later than the last day, a late fee of %s a day is added."), per_day);

  gtk_label_set_label (self->fee_note, words);
}

static void
show_due (TwBillPage *self, int today)
{
  static const char *const tones[] = { "error", "warning", "success", "accent" };
  g_autofree char *due = tw_story_bill_due (self->bill, today);
  const char *tone = tw_story_bill_tone (self->bill, today);

  for (gsize i = 0; i < G_N_ELEMENTS (tones); i++)
    gtk_widget_remove_css_class (GTK_WIDGET (self->due), tones[i]);
  if (*tone != '\0')
    gtk_widget_add_css_class (GTK_WIDGET (self->due), tone);
  gtk_label_set_label (self->due, due);
}

static void
show_missing (TwBillPage *self, gint64 total_fen, gboolean payable)
{
  gint64 have_fen = free_fen (self);
  g_autofree char *have = tw_money_format (have_fen);
  g_autofree char *lack = tw_money_format (total_fen - have_fen);
  g_autofree char *words = g_strdup_printf (_ ("Your wallet has %s; %s is missing."), have, lack);
  g_autofree char *button = g_strdup_printf (_ ("Top up %s"), lack);
  g_autofree char *fen = g_strdup_printf ("%" G_GINT64_FORMAT, total_fen - have_fen);

  gtk_widget_set_visible (self->missing, payable && total_fen > have_fen);
  if (total_fen <= have_fen)
    return;
  gtk_label_set_label (self->missing_words, words);
  gtk_button_set_label (self->missing_button, button);
  gtk_actionable_set_action_target (GTK_ACTIONABLE (self->missing_button), "(ss)", "wallet", fen);
}

static gboolean
is_from_card (TwBillPage *self)
{
  g_autofree char *card_id = tw_card_choice_get (self->from);

  return card_id != NULL;
}

/* The part of the tax that is to be paid; 0: the whole, or nothing that can be paid. */
static gint64
get_part (TwBillPage *self)
{
  return tw_bill_get_partly (self->bill) && gtk_check_button_get_active (self->partly)
           ? tw_pay_form_get_fen (self->part)
           : 0;
}

/* What it comes to today; 0 while a part is wanted and it is not clear which. */
static gint64
get_sum (TwBillPage *self, int today)
{
  gint64 part_fen = get_part (self);

  if (part_fen > 0)
    return tw_bill_sum_part_fen (self->bill, part_fen, today);
  return tw_bill_get_partly (self->bill) && gtk_check_button_get_active (self->partly)
           ? 0
           : tw_bill_sum_total_fen (self->bill, today);
}

/* Nothing typed yet, and no more than what is still to pay. */
static void
start_part (TwBillPage *self)
{
  self->most_part_fen = tw_bill_get_open_fen (self->bill);
  gtk_check_button_set_active (self->partly, FALSE);
  tw_form_clear (TW_FORM (self->part));
  tw_pay_form_set_room (self->part, &(TwPayRoom){ .most_fen = self->most_part_fen });
}

static void
update (TwBillPage *self)
{
  int today = tw_clock_today ();
  TwOutgoing *outgoing = tw_payment_progress_get_outgoing (self->progress);
  TwPayment *payment = tw_payment_progress_get_payment (self->progress);
  gboolean busy = outgoing != NULL && !tw_outgoing_is_settled (outgoing);
  gboolean open, payable, confirmed;
  gint64 total_fen;
  g_autofree char *amount = NULL;
  g_autofree char *label = NULL;

  if (self->bill == NULL)
    return;
  if (self->most_part_fen != tw_bill_get_open_fen (self->bill))
    start_part (self);
  open = tw_bill_get_state (self->bill) == TW_BILL_STATE_DUE;
  confirmed = payment != NULL && tw_payment_get_confirmed_at_ms (payment) != 0;
  total_fen = !open && payment != NULL    ? tw_payment_get_amount_fen (payment)
              : get_sum (self, today) > 0 ? get_sum (self, today)
                                          : tw_bill_sum_total_fen (self->bill, today);
  /* A part that the tax office has: the rest is to be paid. */
  if (payment != NULL && tw_payment_get_state (payment) != TW_PAYMENT_STATE_VOIDED && !confirmed)
    busy = TRUE;
  payable = open && !busy;
  show_due (self, today);
  show_details (self, today);
  show_fee_note (self, today);
  /* Why an attempt failed says it too, beside what else was found. */
  show_missing (self, get_sum (self, today),
                payable && outgoing == NULL && !is_from_card (self) && get_sum (self, today) > 0);
  gtk_widget_set_visible (self->how, payable && (gtk_widget_get_visible (GTK_WIDGET (self->from)) ||
                                                 tw_bill_get_partly (self->bill)));
  gtk_widget_set_visible (self->part_box, tw_bill_get_partly (self->bill));
  amount = tw_money_format (total_fen);
  label = g_strdup_printf (_ ("Pay %s"), amount);
  gtk_label_set_label (self->amount, amount);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->pay), GTK_ACCESSIBLE_PROPERTY_LABEL, label,
                                  -1);
  gtk_widget_set_visible (self->pay, payable);
  gtk_widget_set_visible (GTK_WIDGET (self->fee_note), open);
  gtk_widget_set_visible (GTK_WIDGET (self->progress), outgoing != NULL || payment != NULL);
  gtk_widget_set_visible (self->receipt, payment != NULL && tw_payment_get_state (payment) ==
                                                              TW_PAYMENT_STATE_POSTED);
}

static void
submit (TwBillPage *self)
{
  TwOutgoing *old = tw_payment_progress_get_outgoing (self->progress);
  TwClient *client = tw_page_get_client (TW_PAGE (self));
  GVariantDict body = G_VARIANT_DICT_INIT (NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (TwOutgoing) outgoing = NULL;
  g_autofree char *intent = NULL;
  g_autofree char *card_id = tw_card_choice_get (self->from);

  if (old != NULL)
    {
      /* Only what has failed for good may be tried again, under the same wish. */
      if (!tw_outgoing_is_settled (old))
        return;
      intent = g_strdup (tw_outgoing_get_intent (old));
      tw_client_discard (client, tw_outgoing_get_id (old));
    }
  g_variant_dict_insert (&body, "bill_id", "s", tw_object_get_id (TW_OBJECT (self->bill)));
  g_variant_dict_insert (&body, "revision", "x", self->asked_revision);
  g_variant_dict_insert (&body, "amount_fen", "x", self->asked_fen);
  if (self->asked_part_fen > 0)
    g_variant_dict_insert (&body, "part_fen", "x", self->asked_part_fen);
  if (card_id != NULL)
    g_variant_dict_insert (&body, "card_id", "s", card_id);
  tw_payment_progress_clear (self->progress);
  outgoing = tw_client_submit (client, TW_KIND_TAX_PAY, intent, g_variant_dict_end (&body), &error);
  gtk_label_set_label (self->trouble, error != NULL ? error->message : "");
  gtk_widget_set_visible (GTK_WIDGET (self->trouble), error != NULL);
  if (outgoing != NULL)
    tw_payment_progress_watch (self->progress, client, outgoing);
  update (self);
}

static void
on_confirmed (TwBillPage *self, const char *response)
{
  if (g_str_equal (response, "pay") && self->bill != NULL)
    submit (self);
}

static void
on_pay (TwBillPage *self)
{
  int today = tw_clock_today ();
  gint64 part_fen = get_part (self);
  gint64 tax_fen = part_fen > 0 ? part_fen : tw_bill_get_open_fen (self->bill);
  gint64 fee_fen = tw_bill_sum_part_fen (self->bill, tax_fen, today) - tax_fen;
  g_autofree char *title =
    tw_format_tax (tw_bill_get_tax_type (self->bill), tw_bill_get_period (self->bill));
  g_autofree char *total = NULL;
  g_autofree char *tax = tw_money_format (tax_fen);
  g_autofree char *fee = tw_money_format (fee_fen);
  GtkWidget *dialog;

  if (get_sum (self, today) == 0)
    {
      tw_form_row_focus_first_mistake (self->part_box, TW_FORM (self->part));
      return;
    }
  self->asked_fen = get_sum (self, today);
  self->asked_part_fen = part_fen;
  self->asked_revision = tw_bill_get_revision (self->bill);
  total = tw_money_format (self->asked_fen);
  dialog =
    adw_message_dialog_new (GTK_WINDOW (gtk_widget_get_root (GTK_WIDGET (self))), NULL, NULL);
  adw_message_dialog_format_heading (ADW_MESSAGE_DIALOG (dialog), _ ("Pay %s?"), total);
  if (fee_fen > 0)
    adw_message_dialog_format_body (ADW_MESSAGE_DIALOG (dialog),
                                    _ ("%s, to %s: tax %s and late fee %s."), title,
                                    tw_bill_get_authority (self->bill), tax, fee);
  else
    adw_message_dialog_format_body (ADW_MESSAGE_DIALOG (dialog), _ ("%s, to %s."), title,
                                    tw_bill_get_authority (self->bill));
  adw_message_dialog_add_responses (ADW_MESSAGE_DIALOG (dialog), "cancel", _ ("_Cancel"), "pay",
                                    _ ("_Pay"), NULL);
  adw_message_dialog_set_response_appearance (ADW_MESSAGE_DIALOG (dialog), "pay",
                                              ADW_RESPONSE_SUGGESTED);
  adw_message_dialog_set_default_response (ADW_MESSAGE_DIALOG (dialog), "pay");
  adw_message_dialog_set_close_response (ADW_MESSAGE_DIALOG (dialog), "cancel");
  g_signal_connect_object (dialog, "response", G_CALLBACK (on_confirmed), self, G_CONNECT_SWAPPED);
  gtk_window_present (GTK_WINDOW (dialog));
}

static void
on_cards (TwBillPage *self)
{
  guint n_cards =
    tw_card_choice_fill (self->from, tw_page_get_client (TW_PAGE (self)), _ ("Your wallet"));

  gtk_widget_set_visible (GTK_WIDGET (self->from), n_cards > 0);
  update (self);
}

static void
on_partly (TwBillPage *self)
{
  gboolean partly = gtk_check_button_get_active (self->partly);

  gtk_widget_set_visible (self->part_row, partly);
  update (self);
  if (partly)
    gtk_widget_grab_focus (self->part_row);
}

/* The person looks at today's amount and confirms anew. */
static void
on_again (TwBillPage *self)
{
  if (self->bill != NULL && tw_bill_get_state (self->bill) == TW_BILL_STATE_DUE)
    on_pay (self);
}

static void
on_receipt (TwBillPage *self)
{
  TwPayment *payment = tw_payment_progress_get_payment (self->progress);

  if (payment != NULL)
    tw_page_go (self, "payment", tw_object_get_id (TW_OBJECT (payment)));
}

/* A restart in the middle finds the payment again: by the bill, or the command that waits. */
static void
find_progress (TwBillPage *self)
{
  TwClient *client = tw_page_get_client (TW_PAGE (self));
  const char *bill_id = tw_object_get_id (TW_OBJECT (self->bill));
  TwOutgoing *live = tw_payment_progress_find_live (client, TW_KIND_TAX_PAY, "bill_id", bill_id);
  TwObject *payment = tw_object_list_find (tw_client_get_list (client, "payment"),
                                           tw_bill_get_payment_id (self->bill));

  tw_payment_progress_clear (self->progress);
  if (live != NULL)
    tw_payment_progress_watch (self->progress, client, live);
  else if (payment != NULL && tw_bill_get_state (self->bill) != TW_BILL_STATE_DUE)
    tw_payment_progress_show (self->progress, client, TW_PAYMENT (payment));
}

static void
tw_bill_page_show (TwPage *page, const char *arg)
{
  TwBillPage *self = TW_BILL_PAGE (page);
  TwObjectList *bills = tw_client_get_list (tw_page_get_client (page), "bill");
  TwObject *bill = tw_object_list_find (bills, arg);
  g_autofree char *about = NULL;

  if (self->bill != NULL)
    g_signal_handlers_disconnect_by_data (self->bill, self);
  g_clear_object (&self->bill);
  gtk_stack_set_visible_child_name (self->stack, bill != NULL ? "bill" : "gone");
  tw_page_set_title (page, _ ("Bill"), NULL);
  tw_page_set_about (page, NULL, NULL, NULL);
  if (bill == NULL)
    return;
  self->bill = TW_BILL (g_object_ref (bill));
  g_signal_connect_object (bill, "notify", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  gtk_widget_set_visible (GTK_WIDGET (self->trouble), FALSE);
  about = tw_format_tax (tw_bill_get_tax_type (self->bill), tw_bill_get_period (self->bill));
  tw_page_set_title (page, about, _ ("Bill"));
  tw_page_set_about (page, "bill", arg, about);
  start_part (self);
  find_progress (self);
  update (self);
}

static void
on_bills_changed (TwBillPage *self, guint position, guint removed, guint added, GListModel *bills)
{
  if (self->bill != NULL && tw_object_list_find (TW_OBJECT_LIST (bills),
                                                 tw_object_get_id (TW_OBJECT (self->bill))) == NULL)
    tw_bill_page_show (TW_PAGE (self), "");
}

static void
tw_bill_page_constructed (GObject *object)
{
  TwBillPage *self = TW_BILL_PAGE (object);
  TwClient *client;

  G_OBJECT_CLASS (tw_bill_page_parent_class)->constructed (object);
  client = tw_page_get_client (TW_PAGE (self));
  g_signal_connect_object (tw_client_get_list (client, "bill"), "items-changed",
                           G_CALLBACK (on_bills_changed), self, G_CONNECT_SWAPPED);
  g_object_set (self->cards, "model", tw_client_get_list (client, "card"), NULL);
  on_cards (self);
  g_signal_connect_object (self->part, "field-changed", G_CALLBACK (update), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (tw_client_get_list (client, "wallet"), "updated", G_CALLBACK (update),
                           self, G_CONNECT_SWAPPED);
}

static void
tw_bill_page_dispose (GObject *object)
{
  g_clear_object (&TW_BILL_PAGE (object)->bill);
  G_OBJECT_CLASS (tw_bill_page_parent_class)->dispose (object);
}

static void
tw_bill_page_class_init (TwBillPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->constructed = tw_bill_page_constructed;
  G_OBJECT_CLASS (klass)->dispose = tw_bill_page_dispose;
  TW_PAGE_CLASS (klass)->show = tw_bill_page_show;

  g_type_ensure (TW_TYPE_DETAILS);
  g_type_ensure (TW_TYPE_FORM_ROW);
  g_type_ensure (TW_TYPE_FRESH_LIST);
  g_type_ensure (TW_TYPE_PAY_FORM);
  g_type_ensure (TW_TYPE_PAYMENT_PROGRESS);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/taxwallet/TaxWallet/user/bill.ui");
  gtk_widget_class_bind_template_child (widget_class, TwBillPage, stack);
  gtk_widget_class_bind_template_child (widget_class, TwBillPage, due);
  gtk_widget_class_bind_template_child (widget_class, TwBillPage, details);
  gtk_widget_class_bind_template_child (widget_class, TwBillPage, fee_note);
  gtk_widget_class_bind_template_child (widget_class, TwBillPage, part);
  gtk_widget_class_bind_template_child (widget_class, TwBillPage, cards);
  gtk_widget_class_bind_template_child (widget_class, TwBillPage, how);
  gtk_widget_class_bind_template_child (widget_class, TwBillPage, from);
  gtk_widget_class_bind_template_child (widget_class, TwBillPage, partly);
  gtk_widget_class_bind_template_child (widget_class, TwBillPage, part_box);
  gtk_widget_class_bind_template_child (widget_class, TwBillPage, part_row);
  gtk_widget_class_bind_template_child (widget_class, TwBillPage, missing);
  gtk_widget_class_bind_template_child (widget_class, TwBillPage, missing_words);
  gtk_widget_class_bind_template_child (widget_class, TwBillPage, missing_button);
  gtk_widget_class_bind_template_child (widget_class, TwBillPage, amount);
  gtk_widget_class_bind_template_child (widget_class, TwBillPage, pay);
  gtk_widget_class_bind_template_child (widget_class, TwBillPage, trouble);
  gtk_widget_class_bind_template_child (widget_class, TwBillPage, progress);
  gtk_widget_class_bind_template_child (widget_class, TwBillPage, receipt);
  gtk_widget_class_bind_template_callback (widget_class, on_pay);
  gtk_widget_class_bind_template_callback (widget_class, on_cards);
  gtk_widget_class_bind_template_callback (widget_class, on_partly);
  gtk_widget_class_bind_template_callback (widget_class, on_again);
  gtk_widget_class_bind_template_callback (widget_class, on_receipt);
  gtk_widget_class_bind_template_callback (widget_class, update);
}

static void
tw_bill_page_init (TwBillPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}
