// SPDX-License-Identifier: GPL-3.0-or-later
#include "client/user/tw-double.h"

#include <glib/gi18n-lib.h>

#include "base/tw-clock.h"
#include "base/tw-money.h"
#include "protocol/tw-refusal.h"

/* What is as like as this, within so long, is asked about. */
#define LIKE_MS (10 * 60 * 1000)

static gboolean
is_like (TwPayment *payment, TwPaymentKind kind, const char *payee_id, gint64 amount_fen)
{
  return tw_payment_get_kind (payment) == kind &&
         tw_payment_get_amount_fen (payment) == amount_fen &&
         tw_payment_get_state (payment) != TW_PAYMENT_STATE_VOIDED &&
         g_str_equal (tw_payment_get_payee_id (payment), payee_id);
}

/**
 * tw_double_find:
 * @client: the program
 * @kind: what is to be paid for
 * @payee_id: to whom, "" where the kind says it all
 * @amount_fen: how much, in fen
 *
 * Looks for a payment of the last ten minutes that is the same, or one of any age whose outcome is
 * not known.
 *
 * Returns: (transfer full) (nullable): what there is, as a question to the person; %NULL: nothing
 */
char *
tw_double_find (TwClient *client, TwPaymentKind kind, const char *payee_id, gint64 amount_fen)
{
  GListModel *payments = G_LIST_MODEL (tw_client_get_list (client, "payment"));
  g_autofree char *amount = tw_money_format (amount_fen);
  gint64 now = tw_clock_now_ms ();
  char *found = NULL;

  for (guint i = 0; i < g_list_model_get_n_items (payments); i++)
    {
      g_autoptr (TwPayment) payment = g_list_model_get_item (payments, i);
      gint64 ago_ms = now - tw_payment_get_created_at_ms (payment);
      int minutes = (int) (ago_ms / 60000);

      if (!is_like (payment, kind, payee_id, amount_fen))
        continue;
      if (tw_payment_get_state (payment) == TW_PAYMENT_STATE_UNKNOWN)
        {
          g_free (found);
          return g_strdup_printf (
            _ ("The outcome of the same payment of %s is not known yet. If it goes through, you "
               "will have paid twice. Better wait until it is known."),
            amount);
        }
      if (ago_ms >= LIKE_MS || found != NULL)
        continue;
      found = minutes < 1
                ? g_strdup_printf (_ ("You have paid %s for the same just now."), amount)
                : g_strdup_printf (ngettext ("You have paid %s for the same %d minute ago.",
                                             "You have paid %s for the same %d minutes ago.",
                                             (gulong) minutes),
                                   amount, minutes);
    }
  return found;
}

/**
 * tw_double_is_asked:
 * @outgoing: a command that was refused
 *
 * Returns: whether the service has asked whether it is meant: it is, if it is given once more
 */
gboolean
tw_double_is_asked (TwOutgoing *outgoing)
{
  const char *code = tw_outgoing_get_code (outgoing);
  const TwRefusal *row = code != NULL ? tw_refusal_find (code) : NULL;

  return row != NULL && g_str_equal (row->remedy, TW_REMEDY_CONFIRM);
}

/**
 * tw_double_ask:
 * @page: the page that asks
 * @like: what tw_double_find() gave
 * @amount_fen: how much, in fen
 * @on_response: `void (*) (gpointer self, const char *response)`: `pay` if it is meant
 * @self: an object, for @on_response
 *
 * Asks whether the same is to be paid once more. What happens without thinking is that it is not.
 */
void
tw_double_ask (
  GtkWidget *page, const char *like, gint64 amount_fen, GCallback on_response, gpointer self)
{
  g_autofree char *amount = tw_money_format (amount_fen);
  GtkWidget *dialog = adw_message_dialog_new (GTK_WINDOW (gtk_widget_get_root (page)), NULL, NULL);

  adw_message_dialog_format_heading (ADW_MESSAGE_DIALOG (dialog), _ ("%s once more?"), amount);
  adw_message_dialog_set_body (ADW_MESSAGE_DIALOG (dialog), like);
  adw_message_dialog_add_responses (ADW_MESSAGE_DIALOG (dialog), "cancel", _ ("_Cancel"), "pay",
                                    _ ("_Once More"), NULL);
  adw_message_dialog_set_response_appearance (ADW_MESSAGE_DIALOG (dialog), "pay",
                                              ADW_RESPONSE_DESTRUCTIVE);
  adw_message_dialog_set_default_response (ADW_MESSAGE_DIALOG (dialog), "cancel");
  adw_message_dialog_set_close_response (ADW_MESSAGE_DIALOG (dialog), "cancel");
  g_signal_connect_object (dialog, "response", on_response, self, G_CONNECT_SWAPPED);
  gtk_window_present (GTK_WINDOW (dialog));
}
