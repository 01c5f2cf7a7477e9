// SPDX-License-Identifier: GPL-3.0-or-later
#include "client/user/wallet/tw-wallet-page.h"

#include <glib/gi18n-lib.h>

#include "base/tw-clock.h"
#include "base/tw-money.h"
#include "client/user/tw-card-choice.h"
#include "client/user/tw-double.h"
#include "client/user/tw-pay-words.h"
#include "client/user/tw-payment-progress.h"
#include "client/user/tw-story.h"
#include "client/widgets/tw-form-row.h"
#include "client/widgets/tw-fresh-list.h"
#include "client/widgets/tw-list-card.h"
#include "client/widgets/tw-row.h"
#include "model/tw-amount-form.h"
#include "model/tw-wallet.h"
#include "protocol/tw-kinds.h"

/**
 * TwWalletPage:
 *
 * The balance, the top-up and how it gets on, and what went in and out. The argument is an amount
 * in fen that somebody is missing: it is filled in.
 */
struct _TwWalletPage
{
  TwPage parent_instance;

  TwAmountForm *form;
  TwFreshList *wallets;
  TwFreshList *payments;
  TwFreshList *cards;
  GtkLabel *limits;
  GtkWidget *from_box;
  AdwComboRow *from;
  GtkLabel *balance;
  GtkLabel *balance_note;
  GtkWidget *fields;
  GtkWidget *top_up;
  GtkLabel *trouble;
  GtkWidget *progress_box;
  TwPaymentProgress *progress;
};

G_DEFINE_FINAL_TYPE (TwWalletPage, tw_wallet_page, TW_TYPE_PAGE)

#define DRAFT_AMOUNT "wallet/amount"

static void
on_wallets (TwWalletPage *self)
{
  g_autoptr (TwWallet) wallet = g_list_model_get_item (G_LIST_MODEL (self->wallets), 0);
  gint64 reserved_fen = wallet != NULL ? tw_wallet_get_reserved_fen (wallet) : 0;
  gint64 incoming_fen = wallet != NULL ? tw_wallet_get_incoming_fen (wallet) : 0;
  gint64 balance_fen = wallet != NULL ? tw_wallet_get_balance_fen (wallet) : 0;
  g_autofree char *balance = tw_money_format (balance_fen - reserved_fen);
  g_autofree char *reserved = tw_money_format (reserved_fen);
  g_autofree char *incoming = tw_money_format (incoming_fen);
  g_autoptr (GString) note = g_string_new (NULL);
  g_autofree char *limits = NULL;

  if (reserved_fen > 0)
    g_string_append_printf (note, _ ("%s more is set aside for payments under way."), reserved);
  if (incoming_fen > 0)
    {
      if (note->len > 0)
        g_string_append_c (note, '\n');
      g_string_append_printf (note, _ ("%s is on its way in."), incoming);
    }

  limits = tw_pay_words_limits (wallet, tw_clock_today ());
  gtk_label_set_label (self->limits, limits);
  gtk_widget_set_visible (GTK_WIDGET (self->limits), *limits != '\0');
  gtk_label_set_label (self->balance, balance);
  gtk_label_set_label (self->balance_note, note->str);
  gtk_widget_set_visible (GTK_WIDGET (self->balance_note), note->len > 0);
}

static void
on_cards (TwWalletPage *self)
{
  guint n_cards = tw_card_choice_fill (self->from, tw_page_get_client (TW_PAGE (self)),
                                       _ ("Your account at the bank"));

  gtk_widget_set_visible (self->from_box, n_cards > 0);
}

static void
watch (TwWalletPage *self, TwOutgoing *outgoing)
{
  tw_payment_progress_watch (self->progress, tw_page_get_client (TW_PAGE (self)), outgoing);
  gtk_widget_set_visible (self->progress_box, TRUE);
}

/* @again: the person knows that there was one like it */
static void
submit (
  TwWalletPage *self, const char *intent, gint64 amount_fen, const char *card_id, gboolean again)
{
  GVariantDict body = G_VARIANT_DICT_INIT (NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (TwOutgoing) outgoing = NULL;

  g_variant_dict_insert (&body, "amount_fen", "x", amount_fen);
  if (card_id != NULL)
    g_variant_dict_insert (&body, "card_id", "s", card_id);
  if (again)
    g_variant_dict_insert (&body, "again", "b", TRUE);
  outgoing = tw_client_submit (tw_page_get_client (TW_PAGE (self)), TW_KIND_WALLET_TOP_UP, intent,
                               g_variant_dict_end (&body), &error);
  gtk_label_set_label (self->trouble, error != NULL ? error->message : "");
  gtk_widget_set_visible (GTK_WIDGET (self->trouble), error != NULL);
  if (outgoing == NULL)
    return;
  watch (self, outgoing);
  tw_form_clear (TW_FORM (self->form));
}

static void
submit_form (TwWalletPage *self, gboolean again)
{
  g_autofree char *card_id = tw_card_choice_get (self->from);

  submit (self, NULL, tw_amount_form_get_fen (self->form), card_id, again);
}

static void
on_confirmed (TwWalletPage *self, const char *response)
{
  if (g_str_equal (response, "pay") && tw_form_get_valid (TW_FORM (self->form)))
    submit_form (self, TRUE);
}

static void
on_top_up (TwWalletPage *self)
{
  g_autofree char *like = NULL;

  tw_form_row_focus_first_mistake (self->fields, TW_FORM (self->form));
  if (!tw_form_get_valid (TW_FORM (self->form)))
    return;
  like = tw_double_find (tw_page_get_client (TW_PAGE (self)), TW_PAYMENT_KIND_TOP_UP, "",
                         tw_amount_form_get_fen (self->form));
  if (like == NULL)
    submit_form (self, FALSE);
  else
    tw_double_ask (GTK_WIDGET (self), like, tw_amount_form_get_fen (self->form),
                   G_CALLBACK (on_confirmed), self);
}

/* The same wish once more: its intent is kept, so that it can't come true twice. */
static void
on_again (TwWalletPage *self)
{
  TwOutgoing *old = tw_payment_progress_get_outgoing (self->progress);
  TwPayment *payment = tw_payment_progress_get_payment (self->progress);
  gint64 amount_fen = 0;

  if (old != NULL)
    {
      g_autofree char *intent = g_strdup (tw_outgoing_get_intent (old));
      g_autofree char *card_id = NULL;
      gboolean again = tw_double_is_asked (old);

      g_variant_lookup (tw_outgoing_get_body (old), "amount_fen", "x", &amount_fen);
      g_variant_lookup (tw_outgoing_get_body (old), "card_id", "s", &card_id);
      tw_client_discard (tw_page_get_client (TW_PAGE (self)), tw_outgoing_get_id (old));
      submit (self, intent, amount_fen, card_id, again);
    }
  else if (payment != NULL)
    {
      amount_fen = tw_payment_get_amount_fen (payment);
      tw_amount_form_set_fen (self->form, amount_fen);
      tw_payment_progress_clear (self->progress);
      gtk_widget_set_visible (self->progress_box, FALSE);
      gtk_widget_grab_focus (self->fields);
    }
}

/* The person has seen it: a refused command is let go, a done one is history below. */
static void
on_close_progress (TwWalletPage *self)
{
  TwOutgoing *outgoing = tw_payment_progress_get_outgoing (self->progress);

  if (outgoing != NULL && tw_outgoing_is_settled (outgoing))
    tw_client_discard (tw_page_get_client (TW_PAGE (self)), tw_outgoing_get_id (outgoing));
  tw_payment_progress_clear (self->progress);
  gtk_widget_set_visible (self->progress_box, FALSE);
}

static void
on_amount_changed (TwWalletPage *self)
{
  tw_client_set_draft (tw_page_get_client (TW_PAGE (self)), DRAFT_AMOUNT,
                       tw_form_get_text (TW_FORM (self->form), "amount"));
}

static void
on_payment_activated (TwWalletPage *self, guint position, GtkListView *view)
{
  g_autoptr (TwObject) item =
    g_list_model_get_item (G_LIST_MODEL (gtk_list_view_get_model (view)), position);

  tw_page_go (self, "payment", tw_object_get_id (item));
}

static void
tw_wallet_page_show (TwPage *page, const char *arg)
{
  TwWalletPage *self = TW_WALLET_PAGE (page);
  gint64 fen = g_ascii_strtoll (arg, NULL, 10);

  if (fen > 0 && fen <= TW_MONEY_MAX_FEN)
    tw_amount_form_set_fen (self->form, fen);
  if (tw_payment_progress_get_outgoing (self->progress) == NULL &&
      tw_payment_progress_get_payment (self->progress) == NULL)
    {
      TwOutgoing *live = tw_payment_progress_find_live (tw_page_get_client (page),
                                                        TW_KIND_WALLET_TOP_UP, NULL, NULL);

      if (live != NULL)
        watch (self, live);
    }
}

static void
tw_wallet_page_constructed (GObject *object)
{
  TwWalletPage *self = TW_WALLET_PAGE (object);
  TwClient *client;
  const char *draft;

  G_OBJECT_CLASS (tw_wallet_page_parent_class)->constructed (object);
  client = tw_page_get_client (TW_PAGE (self));
  g_object_set (self->wallets, "model", tw_client_get_list (client, "wallet"), NULL);
  g_object_set (self->payments, "model", tw_client_get_list (client, "payment"), NULL);
  g_object_set (self->cards, "model", tw_client_get_list (client, "card"), NULL);
  on_wallets (self);
  on_cards (self);
  draft = tw_client_get_draft (client, DRAFT_AMOUNT);
  if (draft != NULL)
    tw_form_set_text (TW_FORM (self->form), "amount", draft);
  g_signal_connect_object (self->form, "field-changed", G_CALLBACK (on_amount_changed), self,
                           G_CONNECT_SWAPPED);
}

static void
tw_wallet_page_class_init (TwWalletPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->constructed = tw_wallet_page_constructed;
  TW_PAGE_CLASS (klass)->show = tw_wallet_page_show;

  g_type_ensure (TW_TYPE_AMOUNT_FORM);
  g_type_ensure (TW_TYPE_FORM_ROW);
  g_type_ensure (TW_TYPE_FRESH_LIST);
  g_type_ensure (TW_TYPE_LIST_CARD);
  g_type_ensure (TW_TYPE_ROW);
  g_type_ensure (TW_TYPE_PAYMENT);
  g_type_ensure (TW_TYPE_PAYMENT_PROGRESS);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/taxwallet/TaxWallet/user/wallet.ui");
  gtk_widget_class_bind_template_child (widget_class, TwWalletPage, form);
  gtk_widget_class_bind_template_child (widget_class, TwWalletPage, wallets);
  gtk_widget_class_bind_template_child (widget_class, TwWalletPage, payments);
  gtk_widget_class_bind_template_child (widget_class, TwWalletPage, cards);
  gtk_widget_class_bind_template_child (widget_class, TwWalletPage, limits);
  gtk_widget_class_bind_template_child (widget_class, TwWalletPage, from_box);
  gtk_widget_class_bind_template_child (widget_class, TwWalletPage, from);
  gtk_widget_class_bind_template_child (widget_class, TwWalletPage, balance);
  gtk_widget_class_bind_template_child (widget_class, TwWalletPage, balance_note);
  gtk_widget_class_bind_template_child (widget_class, TwWalletPage, fields);
  gtk_widget_class_bind_template_child (widget_class, TwWalletPage, top_up);
  gtk_widget_class_bind_template_child (widget_class, TwWalletPage, trouble);
  gtk_widget_class_bind_template_child (widget_class, TwWalletPage, progress_box);
  gtk_widget_class_bind_template_child (widget_class, TwWalletPage, progress);
  gtk_widget_class_bind_template_callback (widget_class, on_wallets);
  gtk_widget_class_bind_template_callback (widget_class, on_cards);
  gtk_widget_class_bind_template_callback (widget_class, on_top_up);
  gtk_widget_class_bind_template_callback (widget_class, on_again);
  gtk_widget_class_bind_template_callback (widget_class, on_close_progress);
  gtk_widget_class_bind_template_callback (widget_class, on_payment_activated);
  tw_story_bind_closures (widget_class);
}

static void
tw_wallet_page_init (TwWalletPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}
