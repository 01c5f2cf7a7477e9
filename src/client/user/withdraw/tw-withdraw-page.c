// SPDX-License-Identifier: GPL-3.0-or-later
#include "client/user/withdraw/tw-withdraw-page.h"

#include <glib/gi18n-lib.h>

#include "base/tw-clock.h"
#include "base/tw-money.h"
#include "client/user/tw-card-choice.h"
#include "client/user/tw-double.h"
#include "client/user/tw-payment-progress.h"
#include "client/widgets/tw-form-row.h"
#include "client/widgets/tw-fresh-list.h"
#include "model/tw-card.h"
#include "model/tw-pay-form.h"
#include "protocol/tw-kinds.h"

/**
 * TwWithdrawPage:
 *
 * Out of the wallet to a bank card of one's own.
 */
struct _TwWithdrawPage
{
  TwPage parent_instance;

  TwPayForm *form;
  TwFreshList *cards;
  GtkStack *stack;
  AdwComboRow *card;
  GtkWidget *fields;
  GtkLabel *have;
  GtkLabel *trouble;
  GtkWidget *withdraw;
  GtkWidget *progress_box;
  GtkWidget *receipt;
  GtkWidget *close_progress;
  TwPaymentProgress *progress;
};

G_DEFINE_FINAL_TYPE (TwWithdrawPage, tw_withdraw_page, TW_TYPE_PAGE)

#define DRAFT_AMOUNT "withdraw/amount"

static void
on_cards (TwWithdrawPage *self)
{
  guint n_cards = tw_card_choice_fill (self->card, tw_page_get_client (TW_PAGE (self)), NULL);

  gtk_stack_set_visible_child_name (self->stack, n_cards > 0 ? "form" : "empty");
}

/* One's own card is not somebody else: no limit of a day counts, but a code is always asked for. */
static void
show_room (TwWithdrawPage *self)
{
  GListModel *wallets =
    G_LIST_MODEL (tw_client_get_list (tw_page_get_client (TW_PAGE (self)), "wallet"));
  g_autoptr (TwWallet) wallet = g_list_model_get_item (wallets, 0);
  TwPayRoom room = tw_pay_room_of (wallet, tw_clock_today (), FALSE);
  g_autofree char *have = tw_money_format (room.balance_fen);
  g_autofree char *words = g_strdup_printf (_ ("Your wallet has %s."), have);

  room.always_code = TRUE;
  tw_pay_form_set_room (self->form, &room);
  gtk_label_set_label (self->have, words);
}

static void
update (TwWithdrawPage *self)
{
  TwOutgoing *outgoing = tw_payment_progress_get_outgoing (self->progress);
  TwPayment *payment = tw_payment_progress_get_payment (self->progress);
  gboolean live = outgoing != NULL && !tw_outgoing_is_settled (outgoing);

  gtk_widget_set_visible (self->progress_box, outgoing != NULL || payment != NULL);
  gtk_widget_set_visible (self->close_progress, !live);
  gtk_widget_set_visible (self->receipt, payment != NULL && tw_payment_get_state (payment) ==
                                                              TW_PAYMENT_STATE_POSTED);
  gtk_widget_set_sensitive (self->withdraw, !live);
}

/* @again: the person knows that there was one like it */
static void
submit (TwWithdrawPage *self, const char *intent, GVariant *old, gboolean again)
{
  TwClient *client = tw_page_get_client (TW_PAGE (self));
  g_auto (GVariantDict) body = G_VARIANT_DICT_INIT (old);
  g_autofree char *card_id = tw_card_choice_get (self->card);
  g_autoptr (GError) error = NULL;
  g_autoptr (TwOutgoing) outgoing = NULL;

  if (old == NULL)
    {
      g_variant_dict_insert (&body, "card_id", "s", card_id);
      g_variant_dict_insert (&body, "amount_fen", "x", tw_pay_form_get_fen (self->form));
    }
  if (again)
    g_variant_dict_insert (&body, "again", "b", TRUE);
  outgoing =
    tw_client_submit (client, TW_KIND_WALLET_WITHDRAW, intent, g_variant_dict_end (&body), &error);
  gtk_label_set_label (self->trouble, error != NULL ? error->message : "");
  gtk_widget_set_visible (GTK_WIDGET (self->trouble), error != NULL);
  if (outgoing == NULL)
    return;
  if (old == NULL)
    tw_form_clear (TW_FORM (self->form));
  tw_payment_progress_watch (self->progress, client, outgoing);
  update (self);
}

static void
on_confirmed (TwWithdrawPage *self, const char *response)
{
  if (g_str_equal (response, "pay") && tw_form_get_valid (TW_FORM (self->form)))
    submit (self, NULL, NULL, TRUE);
}

/* The code that is asked for is confirmation enough, but for the same once more. */
static void
on_withdraw (TwWithdrawPage *self)
{
  g_autofree char *like = NULL;

  tw_form_row_focus_first_mistake (self->fields, TW_FORM (self->form));
  if (!tw_form_get_valid (TW_FORM (self->form)) || !gtk_widget_get_sensitive (self->withdraw))
    return;
  like = tw_double_find (tw_page_get_client (TW_PAGE (self)), TW_PAYMENT_KIND_WITHDRAWAL, "",
                         tw_pay_form_get_fen (self->form));
  if (like == NULL)
    submit (self, NULL, NULL, FALSE);
  else
    tw_double_ask (GTK_WIDGET (self), like, tw_pay_form_get_fen (self->form),
                   G_CALLBACK (on_confirmed), self);
}

/* The same wish once more: its intent is kept, so that it can't come true twice. */
static void
on_again (TwWithdrawPage *self)
{
  TwOutgoing *old = tw_payment_progress_get_outgoing (self->progress);
  TwPayment *payment = tw_payment_progress_get_payment (self->progress);

  if (old != NULL)
    {
      g_autofree char *intent = g_strdup (tw_outgoing_get_intent (old));
      g_autoptr (GVariant) body = g_variant_ref (tw_outgoing_get_body (old));
      gboolean again = tw_double_is_asked (old);

      tw_client_discard (tw_page_get_client (TW_PAGE (self)), tw_outgoing_get_id (old));
      submit (self, intent, body, again);
    }
  else if (payment != NULL)
    {
      tw_pay_form_set_fen (self->form, tw_payment_get_amount_fen (payment));
      tw_payment_progress_clear (self->progress);
      update (self);
      gtk_widget_child_focus (self->fields, GTK_DIR_TAB_FORWARD);
    }
}

static void
on_receipt (TwWithdrawPage *self)
{
  TwPayment *payment = tw_payment_progress_get_payment (self->progress);

  if (payment != NULL)
    tw_page_go (self, "payment", tw_object_get_id (TW_OBJECT (payment)));
}

static void
on_close_progress (TwWithdrawPage *self)
{
  TwOutgoing *outgoing = tw_payment_progress_get_outgoing (self->progress);

  if (outgoing != NULL && tw_outgoing_is_settled (outgoing))
    tw_client_discard (tw_page_get_client (TW_PAGE (self)), tw_outgoing_get_id (outgoing));
  tw_payment_progress_clear (self->progress);
  update (self);
}

static void
on_typed (TwWithdrawPage *self)
{
  tw_client_set_draft (tw_page_get_client (TW_PAGE (self)), DRAFT_AMOUNT,
                       tw_form_get_text (TW_FORM (self->form), "amount"));
}

static void
tw_withdraw_page_show (TwPage *page, const char *arg)
{
  TwWithdrawPage *self = TW_WITHDRAW_PAGE (page);

  show_room (self);
  if (tw_payment_progress_get_outgoing (self->progress) == NULL &&
      tw_payment_progress_get_payment (self->progress) == NULL)
    {
      TwOutgoing *live = tw_payment_progress_find_live (tw_page_get_client (page),
                                                        TW_KIND_WALLET_WITHDRAW, NULL, NULL);

      if (live != NULL)
        tw_payment_progress_watch (self->progress, tw_page_get_client (page), live);
    }
  update (self);
}

static void
tw_withdraw_page_constructed (GObject *object)
{
  TwWithdrawPage *self = TW_WITHDRAW_PAGE (object);
  TwClient *client;
  const char *draft;

  G_OBJECT_CLASS (tw_withdraw_page_parent_class)->constructed (object);
  client = tw_page_get_client (TW_PAGE (self));
  g_object_set (self->cards, "model", tw_client_get_list (client, "card"), NULL);
  on_cards (self);
  draft = tw_client_get_draft (client, DRAFT_AMOUNT);
  tw_form_set_text (TW_FORM (self->form), "amount", draft != NULL ? draft : "");
  g_signal_connect_object (self->form, "field-changed", G_CALLBACK (on_typed), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (tw_client_get_list (client, "wallet"), "updated", G_CALLBACK (show_room),
                           self, G_CONNECT_SWAPPED);
}

static void
tw_withdraw_page_class_init (TwWithdrawPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->constructed = tw_withdraw_page_constructed;
  TW_PAGE_CLASS (klass)->show = tw_withdraw_page_show;

  g_type_ensure (TW_TYPE_FORM_ROW);
  g_type_ensure (TW_TYPE_FRESH_LIST);
  g_type_ensure (TW_TYPE_PAY_FORM);
  g_type_ensure (TW_TYPE_PAYMENT_PROGRESS);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/taxwallet/TaxWallet/user/withdraw.ui");
  gtk_widget_class_bind_template_child (widget_class, TwWithdrawPage, form);
  gtk_widget_class_bind_template_child (widget_class, TwWithdrawPage, cards);
  gtk_widget_class_bind_template_child (widget_class, TwWithdrawPage, stack);
  gtk_widget_class_bind_template_child (widget_class, TwWithdrawPage, card);
  gtk_widget_class_bind_template_child (widget_class, TwWithdrawPage, fields);
  gtk_widget_class_bind_template_child (widget_class, TwWithdrawPage, have);
  gtk_widget_class_bind_template_child (widget_class, TwWithdrawPage, trouble);
  gtk_widget_class_bind_template_child (widget_class, TwWithdrawPage, withdraw);
  gtk_widget_class_bind_template_child (widget_class, TwWithdrawPage, progress_box);
  gtk_widget_class_bind_template_child (widget_class, TwWithdrawPage, receipt);
  gtk_widget_class_bind_template_child (widget_class, TwWithdrawPage, close_progress);
  gtk_widget_class_bind_template_child (widget_class, TwWithdrawPage, progress);
  gtk_widget_class_bind_template_callback (widget_class, on_cards);
  gtk_widget_class_bind_template_callback (widget_class, on_withdraw);
  gtk_widget_class_bind_template_callback (widget_class, on_again);
  gtk_widget_class_bind_template_callback (widget_class, on_receipt);
  gtk_widget_class_bind_template_callback (widget_class, on_close_progress);
  gtk_widget_class_bind_template_callback (widget_class, update);
}

static void
tw_withdraw_page_init (TwWithdrawPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}
