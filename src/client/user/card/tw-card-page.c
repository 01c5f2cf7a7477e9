// SPDX-License-Identifier: GPL-3.0-or-later
#include "client/user/card/tw-card-page.h"

#include <glib/gi18n-lib.h>

#include "base/tw-bank.h"
#include "base/tw-money.h"
#include "client/user/tw-errand.h"
#include "client/user/tw-pay-words.h"
#include "client/user/tw-phone-box.h"
#include "client/widgets/tw-details.h"
#include "client/widgets/tw-form-row.h"
#include "client/widgets/tw-format.h"
#include "model/tw-amount-form.h"
#include "protocol/tw-kinds.h"
#include "protocol/tw-refusal.h"

/**
 * TwCardPage:
 *
 * One bank card: proved by the small amount that the bank has sent, and let go. The argument is the
 * card's id; one that the feed has not brought yet comes.
 */
struct _TwCardPage
{
  TwPage parent_instance;

  TwAmountForm *form;
  GtkStack *stack;
  TwDetails *details;
  GtkLabel *words;
  GtkWidget *fields;
  TwPhoneBox *phone;
  GtkLabel *trouble;
  GtkWidget *prove;
  GtkWidget *withdraw;
  GtkWidget *unbind;

  char *id;
  TwCard *card; /* (nullable) */
  TwErrand *errand;
};

G_DEFINE_FINAL_TYPE (TwCardPage, tw_card_page, TW_TYPE_PAGE)

static void
tell (TwCardPage *self, const char *words)
{
  gtk_label_set_label (self->trouble, words);
  gtk_widget_set_visible (GTK_WIDGET (self->trouble), *words != '\0');
}

static char *
describe (TwCardPage *self)
{
  int left = (int) tw_card_get_tries_left (self->card);

  switch (tw_card_get_state (self->card))
    {
    case TW_CARD_STATE_ASKING:
      return g_strdup (_ ("The bank is being asked whether this card is yours. You need not wait "
                          "here."));
    case TW_CARD_STATE_PROVING:
      return g_strdup_printf (
        ngettext ("The bank has sent a small amount to this card. Look it up in your bank and tell "
                  "how much it was: %d try is left.",
                  "The bank has sent a small amount to this card. Look it up in your bank and tell "
                  "how much it was: %d tries are left.",
                  (gulong) left),
        left);
    case TW_CARD_STATE_BOUND:
      return g_strdup (_ ("This card is yours: you can top up from it, take money out to it and "
                          "pay taxes from it."));
    case TW_CARD_STATE_REFUSED:
      return g_strdup (tw_refusal_get_words (tw_card_get_reason (self->card),
                                             _ ("The bank has refused this card.")));
    case TW_CARD_STATE_UNBOUND:
    default:
      return g_strdup (_ ("You have let this card go."));
    }
}

static void
update (TwCardPage *self)
{
  TwCardState state = tw_card_get_state (self->card);
  gboolean busy = tw_errand_get_busy (self->errand);
  g_autofree char *words = describe (self);
  g_autofree char *title = tw_pay_words_card (self->card);
  g_autofree char *since = tw_format_date_ms (tw_card_get_bound_at_ms (self->card));

  tw_page_set_title (TW_PAGE (self), title, _ ("Bank card"));
  tw_details_begin (self->details);
  tw_details_add (self->details, _ ("Bank"), tw_bank_get_name (tw_card_get_bank (self->card)));
  tw_details_add (self->details, _ ("Ends in"), tw_card_get_last_four (self->card));
  tw_details_add (self->details, _ ("State"), tw_pay_words_card_state (self->card));
  tw_details_add (self->details, _ ("Bound on"), since);
  tw_details_end (self->details);
  gtk_label_set_label (self->words, words);
  gtk_widget_set_visible (self->fields, state == TW_CARD_STATE_PROVING);
  gtk_widget_set_sensitive (self->prove, !busy);
  gtk_widget_set_visible (self->withdraw, state == TW_CARD_STATE_BOUND);
  gtk_widget_set_visible (self->unbind, state == TW_CARD_STATE_BOUND ||
                                          state == TW_CARD_STATE_PROVING ||
                                          state == TW_CARD_STATE_REFUSED);
  gtk_widget_set_sensitive (self->unbind, !busy);
}

static void
run (TwCardPage *self, const char *kind, gint64 amount_fen)
{
  GVariantDict body = G_VARIANT_DICT_INIT (NULL);

  tell (self, "");
  g_variant_dict_insert (&body, "card_id", "s", self->id);
  if (amount_fen > 0)
    g_variant_dict_insert (&body, "amount_fen", "x", amount_fen);
  tw_errand_run (self->errand, kind, &body);
}

static void
on_prove (TwCardPage *self)
{
  tw_form_row_focus_first_mistake (self->fields, TW_FORM (self->form));
  if (!tw_form_get_valid (TW_FORM (self->form)))
    return;
  /* Not worth one of the tries: more is never sent. */
  if (tw_amount_form_get_fen (self->form) > TW_CARD_MOST_PROOF_FEN)
    {
      g_autofree char *most = tw_money_format (TW_CARD_MOST_PROOF_FEN);
      g_autofree char *words = g_strdup_printf (_ ("The bank never sends more than %s."), most);

      tw_form_refuse (TW_FORM (self->form), "amount", words);
      tw_form_row_focus_first_mistake (self->fields, TW_FORM (self->form));
      return;
    }
  run (self, TW_KIND_CARD_PROVE, tw_amount_form_get_fen (self->form));
}

static void
on_unbind_confirmed (TwCardPage *self, const char *response)
{
  if (g_str_equal (response, "unbind") && self->card != NULL)
    run (self, TW_KIND_CARD_UNBIND, 0);
}

static void
on_unbind (TwCardPage *self)
{
  g_autofree char *name = tw_pay_words_card (self->card);
  GtkWidget *dialog =
    adw_message_dialog_new (GTK_WINDOW (gtk_widget_get_root (GTK_WIDGET (self))), NULL, NULL);

  adw_message_dialog_format_heading (ADW_MESSAGE_DIALOG (dialog), _ ("Let %s go?"), name);
  adw_message_dialog_set_body (ADW_MESSAGE_DIALOG (dialog),
                               _ ("To use it here again, you bind and prove it anew."));
  adw_message_dialog_add_responses (ADW_MESSAGE_DIALOG (dialog), "cancel", _ ("_Cancel"), "unbind",
                                    _ ("_Let It Go"), NULL);
  adw_message_dialog_set_response_appearance (ADW_MESSAGE_DIALOG (dialog), "unbind",
                                              ADW_RESPONSE_DESTRUCTIVE);
  adw_message_dialog_set_close_response (ADW_MESSAGE_DIALOG (dialog), "cancel");
  g_signal_connect_object (dialog, "response", G_CALLBACK (on_unbind_confirmed), self,
                           G_CONNECT_SWAPPED);
  gtk_window_present (GTK_WINDOW (dialog));
}

static void
on_withdraw (TwCardPage *self)
{
  tw_page_go (self, "withdraw", "");
}

static void
on_done (TwCardPage *self, TwOutgoing *outgoing)
{
  tw_form_clear (TW_FORM (self->form));
}

static void
on_refused (TwCardPage *self, const char *code, const char *words)
{
  if (g_str_equal (code, "wrong_amount"))
    tw_form_refuse (TW_FORM (self->form), "amount", words);
  else
    tell (self, words);
}

static void
on_errand_changed (TwCardPage *self)
{
  if (self->card != NULL)
    update (self);
}

static void
find_card (TwCardPage *self)
{
  TwObject *card = tw_object_list_find (
    tw_client_get_list (tw_page_get_client (TW_PAGE (self)), "card"), self->id);

  gtk_stack_set_visible_child_name (self->stack, card != NULL ? "card" : "gone");
  if (card == (TwObject *) self->card)
    return;
  if (self->card != NULL)
    g_signal_handlers_disconnect_by_data (self->card, self);
  g_clear_object (&self->card);
  if (card == NULL)
    return;
  self->card = TW_CARD (g_object_ref (card));
  g_signal_connect_object (card, "notify", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  update (self);
}

static void
tw_card_page_show (TwPage *page, const char *arg)
{
  TwCardPage *self = TW_CARD_PAGE (page);

  if (g_strcmp0 (self->id, arg) != 0)
    tw_form_clear (TW_FORM (self->form));
  g_free (self->id);
  self->id = g_strdup (arg);
  tell (self, "");
  tw_page_set_title (page, _ ("Bank card"), NULL);
  find_card (self);
  if (self->card != NULL)
    update (self);
}

static void
tw_card_page_constructed (GObject *object)
{
  TwCardPage *self = TW_CARD_PAGE (object);
  TwClient *client;

  G_OBJECT_CLASS (tw_card_page_parent_class)->constructed (object);
  client = tw_page_get_client (TW_PAGE (self));
  self->errand = tw_errand_new (client);
  tw_phone_box_watch (self->phone, client);
  g_signal_connect_object (self->errand, "done", G_CALLBACK (on_done), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->errand, "refused", G_CALLBACK (on_refused), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->errand, "changed", G_CALLBACK (on_errand_changed), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (tw_client_get_list (client, "card"), "items-changed",
                           G_CALLBACK (find_card), self, G_CONNECT_SWAPPED);
}

static void
tw_card_page_dispose (GObject *object)
{
  g_clear_object (&TW_CARD_PAGE (object)->card);
  g_clear_object (&TW_CARD_PAGE (object)->errand);
  G_OBJECT_CLASS (tw_card_page_parent_class)->dispose (object);
}

static void
tw_card_page_finalize (GObject *object)
{
  g_free (TW_CARD_PAGE (object)->id);
  G_OBJECT_CLASS (tw_card_page_parent_class)->finalize (object);
}

static void
tw_card_page_class_init (TwCardPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->constructed = tw_card_page_constructed;
  G_OBJECT_CLASS (klass)->dispose = tw_card_page_dispose;
  G_OBJECT_CLASS (klass)->finalize = tw_card_page_finalize;
  TW_PAGE_CLASS (klass)->show = tw_card_page_show;

  g_type_ensure (TW_TYPE_AMOUNT_FORM);
  g_type_ensure (TW_TYPE_DETAILS);
  g_type_ensure (TW_TYPE_FORM_ROW);
  g_type_ensure (TW_TYPE_PHONE_BOX);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/taxwallet/TaxWallet/user/card.ui");
  gtk_widget_class_bind_template_child (widget_class, TwCardPage, form);
  gtk_widget_class_bind_template_child (widget_class, TwCardPage, stack);
  gtk_widget_class_bind_template_child (widget_class, TwCardPage, details);
  gtk_widget_class_bind_template_child (widget_class, TwCardPage, words);
  gtk_widget_class_bind_template_child (widget_class, TwCardPage, fields);
  gtk_widget_class_bind_template_child (widget_class, TwCardPage, phone);
  gtk_widget_class_bind_template_child (widget_class, TwCardPage, trouble);
  gtk_widget_class_bind_template_child (widget_class, TwCardPage, prove);
  gtk_widget_class_bind_template_child (widget_class, TwCardPage, withdraw);
  gtk_widget_class_bind_template_child (widget_class, TwCardPage, unbind);
  gtk_widget_class_bind_template_callback (widget_class, on_prove);
  gtk_widget_class_bind_template_callback (widget_class, on_withdraw);
  gtk_widget_class_bind_template_callback (widget_class, on_unbind);
}

static void
tw_card_page_init (TwCardPage *self)
{
  self->id = g_strdup ("");
  gtk_widget_init_template (GTK_WIDGET (self));
}
