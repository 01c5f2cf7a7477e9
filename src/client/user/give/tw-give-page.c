// SPDX-License-Identifier: GPL-3.0-or-later
#include "client/user/give/tw-give-page.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "base/tw-clock.h"
#include "base/tw-money.h"
#include "client/user/give/tw-payee-box.h"
#include "client/user/tw-double.h"
#include "client/user/tw-pay-words.h"
#include "client/user/tw-payment-progress.h"
#include "client/widgets/tw-form-row.h"
#include "client/widgets/tw-format.h"
#include "model/tw-pay-form.h"
#include "protocol/tw-kinds.h"

/**
 * TwGivePage:
 *
 * One payee: the name to be confirmed, an amount, and how the payment gets on. The argument is the
 * payee's id, and maybe, on the next line, how many fen. What is typed is kept for each.
 */
struct _TwGivePage
{
  TwPage parent_instance;

  TwPayForm *form;
  GtkStack *stack;
  GtkLabel *name;
  GtkLabel *number;
  GtkLabel *warning;
  GtkWidget *fields;
  GtkWidget *memo;
  GtkLabel *limits;
  GtkButton *missing;
  GtkWidget *pay;
  GtkLabel *trouble;
  GtkWidget *progress_box;
  GtkWidget *receipt;
  GtkWidget *close_progress;
  TwPaymentProgress *progress;
  TwPayeeBox *box;

  TwPayee *payee;   /* (nullable) */
  gint64 meant_fen; /* 0: the person says how much */
  gboolean loading;
  gboolean again; /* the person has said that a second time is meant */
};

G_DEFINE_FINAL_TYPE (TwGivePage, tw_give_page, TW_TYPE_PAGE)

static TwPaymentKind
get_kind (TwGivePage *self)
{
  switch (tw_payee_get_kind (self->payee))
    {
    case TW_PAYEE_KIND_COMPANY:
      return TW_PAYMENT_KIND_COMPANY;
    case TW_PAYEE_KIND_MERCHANT:
      return TW_PAYMENT_KIND_MERCHANT;
    case TW_PAYEE_KIND_BILLER:
      return TW_PAYMENT_KIND_BILLER;
    case TW_PAYEE_KIND_PERSON:
    default:
      return TW_PAYMENT_KIND_TRANSFER;
    }
}

static char *
make_draft_key (const char *payee_id)
{
  return g_strconcat ("give/", payee_id, NULL);
}

static char *
get_draft_key (TwGivePage *self)
{
  return make_draft_key (tw_object_get_id (TW_OBJECT (self->payee)));
}

static void
show_room (TwGivePage *self)
{
  GListModel *wallets =
    G_LIST_MODEL (tw_client_get_list (tw_page_get_client (TW_PAGE (self)), "wallet"));
  g_autoptr (TwWallet) wallet = g_list_model_get_item (wallets, 0);
  int today = tw_clock_today ();
  TwPayRoom room = tw_pay_room_of (wallet, today, TRUE);
  g_autofree char *limits = tw_pay_words_limits (wallet, today);

  tw_pay_form_set_room (self->form, &room);
  gtk_label_set_label (self->limits, limits);
  gtk_widget_set_visible (GTK_WIDGET (self->limits), *limits != '\0');
}

static void
show_missing (TwGivePage *self)
{
  gint64 missing_fen = tw_pay_form_get_missing_fen (self->form);
  g_autofree char *amount = tw_money_format (missing_fen);
  g_autofree char *label = g_strdup_printf (_ ("Top up %s"), amount);

  gtk_widget_set_visible (GTK_WIDGET (self->missing), missing_fen > 0);
  gtk_button_set_label (self->missing, label);
}

static void
show_payee (TwGivePage *self)
{
  gboolean person = tw_payee_get_kind (self->payee) == TW_PAYEE_KIND_PERSON;
  const char *name = tw_payee_get_name (self->payee);
  g_autofree char *title = tw_pay_words_payee (self->payee);
  g_autofree char *found = tw_format_time_ms (tw_payee_get_verified_at_ms (self->payee));
  g_autofree char *which = g_strdup_printf (_ ("%s: %s"), tw_pay_words_payee_kind (self->payee),
                                            tw_payee_get_number (self->payee));
  g_autofree char *when = g_strdup_printf (_ ("%s: %s"), _ ("Last looked up"), found);
  g_autofree char *number = g_strjoin ("\n", which, when, NULL);

  tw_page_set_title (TW_PAGE (self), title, C_ ("money", "Pay"));
  gtk_label_set_label (self->name, *name != '\0' ? name : title);
  gtk_label_set_label (self->number, number);
  gtk_label_set_label (self->warning,
                       tw_payee_is_missing (self->payee)
                         ? _ ("There was nobody under this number when it was looked up last. It "
                              "can’t be paid until it is found again.")
                       : person ? _ ("Is this whom you mean? Money that has gone to somebody else "
                                     "comes back only if they give it back.")
                                : _ ("Is this whom you mean?"));
  gtk_widget_set_visible (self->memo, tw_payee_get_kind (self->payee) != TW_PAYEE_KIND_BILLER);
  switch (tw_payee_get_state (self->payee))
    {
    case TW_PAYEE_STATE_CHECKING:
      gtk_stack_set_visible_child_name (self->stack, *name != '\0' ? "payee" : "wait");
      break;
    case TW_PAYEE_STATE_MISSING:
      gtk_stack_set_visible_child_name (self->stack, "missing");
      break;
    case TW_PAYEE_STATE_CHECKED:
    case TW_PAYEE_STATE_SAVED:
    default:
      gtk_stack_set_visible_child_name (self->stack, "payee");
    }
}

static void
update (TwGivePage *self)
{
  TwOutgoing *outgoing = tw_payment_progress_get_outgoing (self->progress);
  TwPayment *payment = tw_payment_progress_get_payment (self->progress);
  gboolean live = outgoing != NULL && !tw_outgoing_is_settled (outgoing);

  gtk_widget_set_visible (self->progress_box, outgoing != NULL || payment != NULL);
  gtk_widget_set_visible (self->close_progress, !live);
  gtk_widget_set_visible (self->receipt, payment != NULL && tw_payment_get_state (payment) ==
                                                              TW_PAYMENT_STATE_POSTED);
  gtk_widget_set_sensitive (self->pay,
                            !live && self->payee != NULL && !tw_payee_is_missing (self->payee));
}

static void
on_payee_changed (TwGivePage *self)
{
  show_payee (self);
  update (self);
}

static void
tell (TwGivePage *self, const char *words)
{
  gtk_label_set_label (self->trouble, words);
  gtk_widget_set_visible (GTK_WIDGET (self->trouble), *words != '\0');
}

static void
submit (TwGivePage *self, const char *intent, GVariant *old)
{
  TwClient *client = tw_page_get_client (TW_PAGE (self));
  g_auto (GVariantDict) body = G_VARIANT_DICT_INIT (old);
  g_autoptr (GError) error = NULL;
  g_autoptr (TwOutgoing) outgoing = NULL;

  if (old == NULL)
    {
      const char *memo = tw_form_get_value (TW_FORM (self->form), "memo");

      g_variant_dict_insert (&body, "payee_id", "s", tw_object_get_id (TW_OBJECT (self->payee)));
      g_variant_dict_insert (&body, "amount_fen", "x", tw_pay_form_get_fen (self->form));
      if (*memo != '\0' && gtk_widget_get_visible (self->memo))
        g_variant_dict_insert (&body, "memo", "s", memo);
    }
  if (self->again)
    g_variant_dict_insert (&body, "again", "b", TRUE);
  self->again = FALSE;
  outgoing =
    tw_client_submit (client, TW_KIND_WALLET_PAY, intent, g_variant_dict_end (&body), &error);
  tell (self, error != NULL ? error->message : "");
  if (outgoing == NULL)
    return;
  if (old == NULL)
    tw_form_clear (TW_FORM (self->form));
  tw_payment_progress_watch (self->progress, client, outgoing);
  update (self);
}

static void
on_confirmed (TwGivePage *self, const char *response)
{
  if (g_str_equal (response, "pay") && self->payee != NULL &&
      tw_form_get_valid (TW_FORM (self->form)))
    submit (self, NULL, NULL);
  self->again = FALSE;
}

static void
ask_to_confirm (TwGivePage *self)
{
  g_autofree char *amount = tw_money_format (tw_pay_form_get_fen (self->form));
  GtkWidget *dialog =
    adw_message_dialog_new (GTK_WINDOW (gtk_widget_get_root (GTK_WIDGET (self))), NULL, NULL);

  adw_message_dialog_format_heading (ADW_MESSAGE_DIALOG (dialog), _ ("Pay %s?"), amount);
  adw_message_dialog_format_body (ADW_MESSAGE_DIALOG (dialog), "%s\n%s",
                                  gtk_label_get_label (self->name),
                                  tw_payee_get_number (self->payee));
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
on_pay (TwGivePage *self)
{
  g_autofree char *like = NULL;

  tell (self, "");
  tw_form_row_focus_first_mistake (self->fields, TW_FORM (self->form));
  if (!tw_form_get_valid (TW_FORM (self->form)) || !gtk_widget_get_sensitive (self->pay))
    return;
  like =
    tw_double_find (tw_page_get_client (TW_PAGE (self)), get_kind (self),
                    tw_object_get_id (TW_OBJECT (self->payee)), tw_pay_form_get_fen (self->form));
  self->again = like != NULL;
  if (like == NULL)
    ask_to_confirm (self);
  else
    tw_double_ask (GTK_WIDGET (self), like, tw_pay_form_get_fen (self->form),
                   G_CALLBACK (on_confirmed), self);
}

/* The same wish once more: its intent is kept, so that it can't come true twice. */
static void
on_again (TwGivePage *self)
{
  TwOutgoing *old = tw_payment_progress_get_outgoing (self->progress);
  TwPayment *payment = tw_payment_progress_get_payment (self->progress);

  if (old != NULL)
    {
      g_autofree char *intent = g_strdup (tw_outgoing_get_intent (old));
      g_autoptr (GVariant) body = g_variant_ref (tw_outgoing_get_body (old));

      self->again = tw_double_is_asked (old);
      tw_client_discard (tw_page_get_client (TW_PAGE (self)), tw_outgoing_get_id (old));
      submit (self, intent, body);
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
on_receipt (TwGivePage *self)
{
  TwPayment *payment = tw_payment_progress_get_payment (self->progress);

  if (payment != NULL)
    tw_page_go (self, "payment", tw_object_get_id (TW_OBJECT (payment)));
}

static void
on_close_progress (TwGivePage *self)
{
  TwOutgoing *outgoing = tw_payment_progress_get_outgoing (self->progress);

  if (outgoing != NULL && tw_outgoing_is_settled (outgoing))
    tw_client_discard (tw_page_get_client (TW_PAGE (self)), tw_outgoing_get_id (outgoing));
  tw_payment_progress_clear (self->progress);
  update (self);
}

static void
on_missing (TwGivePage *self)
{
  g_autofree char *fen =
    g_strdup_printf ("%" G_GINT64_FORMAT, tw_pay_form_get_missing_fen (self->form));

  tw_page_go (self, "wallet", fen);
}

static void
on_other (TwGivePage *self)
{
  tw_page_go (self, "pay", "");
}

static void
on_typed (TwGivePage *self)
{
  show_missing (self);
  if (!self->loading && self->payee != NULL)
    {
      g_autofree char *key = get_draft_key (self);
      g_autofree char *draft = tw_form_save (TW_FORM (self->form));

      tw_client_set_draft (tw_page_get_client (TW_PAGE (self)), key, draft);
    }
}

/* A restart in the middle finds the command again. */
static void
find_progress (TwGivePage *self)
{
  TwClient *client = tw_page_get_client (TW_PAGE (self));
  TwOutgoing *live = tw_payment_progress_find_live (client, TW_KIND_WALLET_PAY, "payee_id",
                                                    tw_object_get_id (TW_OBJECT (self->payee)));

  tw_payment_progress_clear (self->progress);
  if (live != NULL)
    tw_payment_progress_watch (self->progress, client, live);
}

static void
fill_form (TwGivePage *self)
{
  g_autofree char *key = get_draft_key (self);
  gint64 asked_fen = tw_payee_get_asked_fen (self->payee);

  self->loading = TRUE;
  tw_form_clear (TW_FORM (self->form));
  if (asked_fen > 0 || self->meant_fen > 0)
    tw_pay_form_set_fen (self->form, self->meant_fen > 0 ? self->meant_fen : asked_fen);
  tw_form_restore (TW_FORM (self->form),
                   tw_client_get_draft (tw_page_get_client (TW_PAGE (self)), key));
  self->loading = FALSE;
  show_missing (self);
}

static void
tw_give_page_show (TwPage *page, const char *arg)
{
  TwGivePage *self = TW_GIVE_PAGE (page);
  g_autofree char *id = g_strndup (arg, strcspn (arg, "\n"));
  TwObject *payee =
    tw_object_list_find (tw_client_get_list (tw_page_get_client (page), "payee"), id);

  if (self->payee != NULL)
    g_signal_handlers_disconnect_by_data (self->payee, self);
  g_clear_object (&self->payee);
  tw_page_set_title (page, C_ ("money", "Pay"), NULL);
  if (payee == NULL)
    {
      gtk_stack_set_visible_child_name (self->stack, "gone");
      return;
    }
  self->meant_fen = g_ascii_strtoll (arg + strlen (id), NULL, 10);
  self->payee = TW_PAYEE (g_object_ref (payee));
  g_signal_connect_object (payee, "notify", G_CALLBACK (on_payee_changed), self, G_CONNECT_SWAPPED);
  tell (self, "");
  show_payee (self);
  tw_payee_box_show (self->box, tw_page_get_client (page), self->payee);
  show_room (self);
  fill_form (self);
  find_progress (self);
  update (self);
}

static void
on_payees_changed (TwGivePage *self, guint position, guint removed, guint added, GListModel *list)
{
  if (self->payee != NULL &&
      tw_object_list_find (TW_OBJECT_LIST (list), tw_object_get_id (TW_OBJECT (self->payee))) ==
        NULL)
    tw_give_page_show (TW_PAGE (self), "");
}

static void
tw_give_page_constructed (GObject *object)
{
  TwGivePage *self = TW_GIVE_PAGE (object);
  TwClient *client;

  G_OBJECT_CLASS (tw_give_page_parent_class)->constructed (object);
  client = tw_page_get_client (TW_PAGE (self));
  g_signal_connect_object (tw_client_get_list (client, "wallet"), "updated", G_CALLBACK (show_room),
                           self, G_CONNECT_SWAPPED);
  g_signal_connect_object (tw_client_get_list (client, "payee"), "items-changed",
                           G_CALLBACK (on_payees_changed), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->form, "field-changed", G_CALLBACK (on_typed), self,
                           G_CONNECT_SWAPPED);
}

static void
tw_give_page_dispose (GObject *object)
{
  TwGivePage *self = TW_GIVE_PAGE (object);

  g_clear_object (&self->payee);
  G_OBJECT_CLASS (tw_give_page_parent_class)->dispose (object);
}

static void
bind_template (GtkWidgetClass *widget_class)
{
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/taxwallet/TaxWallet/user/give.ui");
  gtk_widget_class_bind_template_child (widget_class, TwGivePage, form);
  gtk_widget_class_bind_template_child (widget_class, TwGivePage, stack);
  gtk_widget_class_bind_template_child (widget_class, TwGivePage, name);
  gtk_widget_class_bind_template_child (widget_class, TwGivePage, number);
  gtk_widget_class_bind_template_child (widget_class, TwGivePage, warning);
  gtk_widget_class_bind_template_child (widget_class, TwGivePage, fields);
  gtk_widget_class_bind_template_child (widget_class, TwGivePage, memo);
  gtk_widget_class_bind_template_child (widget_class, TwGivePage, limits);
  gtk_widget_class_bind_template_child (widget_class, TwGivePage, missing);
  gtk_widget_class_bind_template_child (widget_class, TwGivePage, pay);
  gtk_widget_class_bind_template_child (widget_class, TwGivePage, trouble);
  gtk_widget_class_bind_template_child (widget_class, TwGivePage, progress_box);
  gtk_widget_class_bind_template_child (widget_class, TwGivePage, receipt);
  gtk_widget_class_bind_template_child (widget_class, TwGivePage, close_progress);
  gtk_widget_class_bind_template_child (widget_class, TwGivePage, progress);
  gtk_widget_class_bind_template_child (widget_class, TwGivePage, box);
  gtk_widget_class_bind_template_callback (widget_class, update);
  gtk_widget_class_bind_template_callback (widget_class, on_pay);
  gtk_widget_class_bind_template_callback (widget_class, on_again);
  gtk_widget_class_bind_template_callback (widget_class, on_receipt);
  gtk_widget_class_bind_template_callback (widget_class, on_close_progress);
  gtk_widget_class_bind_template_callback (widget_class, on_missing);
  gtk_widget_class_bind_template_callback (widget_class, on_other);
}

static void
tw_give_page_class_init (TwGivePageClass *klass)
{
  G_OBJECT_CLASS (klass)->constructed = tw_give_page_constructed;
  G_OBJECT_CLASS (klass)->dispose = tw_give_page_dispose;
  TW_PAGE_CLASS (klass)->show = tw_give_page_show;

  g_type_ensure (TW_TYPE_FORM_ROW);
  g_type_ensure (TW_TYPE_PAY_FORM);
  g_type_ensure (TW_TYPE_PAYEE_BOX);
  g_type_ensure (TW_TYPE_PAYMENT_PROGRESS);
  bind_template (GTK_WIDGET_CLASS (klass));
}

static void
tw_give_page_init (TwGivePage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * tw_give_page_go:
 * @widget: in a window
 * @client: the program
 * @payee_id: a payee
 * @amount_fen: how much is meant, in fen
 *
 * Leads to where the payee is paid that. What was typed there before gives way.
 */
void
tw_give_page_go (gpointer widget, TwClient *client, const char *payee_id, gint64 amount_fen)
{
  g_autofree char *key = make_draft_key (payee_id);
  g_autofree char *arg = g_strdup_printf ("%s\n%" G_GINT64_FORMAT, payee_id, amount_fen);

  tw_client_set_draft (client, key, NULL);
  tw_page_go (widget, "give", arg);
}
