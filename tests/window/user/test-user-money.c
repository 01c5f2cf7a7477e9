// SPDX-License-Identifier: GPL-3.0-or-later
/* Topping up and paying: what is asked, what is shown of it, and that nothing is asked twice. */
#include "base/tw-clock.h"
#include "client/user/tw-story.h"
#include "client/user/tw-user-window.h"
#include "model/tw-bill.h"
#include "protocol/tw-kinds.h"
#include "tw-window-test.h"
#include "client/widgets/tw-bill-sum.h"

static TwBill *
bill (Fixture *fixture, const char *id)
{
  return TW_BILL (
    tw_object_list_find (tw_client_get_list (TW_CLIENT (fixture->client), "bill"), id));
}

static guint
n_outgoing (Fixture *fixture)
{
  return g_list_model_get_n_items (tw_client_get_outgoing (TW_CLIENT (fixture->client)));
}

static TwPayment *
payment_of (Fixture *fixture, const char *id)
{
  return TW_PAYMENT (
    tw_object_list_find (tw_client_get_list (TW_CLIENT (fixture->client), "payment"), id));
}

static void
test_amount_mistakes (Fixture *fixture, gconstpointer data)
{
  tw_go (fixture, "wallet", "");
  tw_type (fixture->window, "Amount in yuan", "12.345");
  g_assert_false (tw_shows (fixture, "at most two decimals"));
  tw_click (fixture->window, "Top up");
  g_assert_true (tw_shows (fixture, "at most two decimals"));
  tw_type (fixture->window, "Amount in yuan", "-3");
  g_assert_true (tw_shows (fixture, "negative"));
  tw_type (fixture->window, "Amount in yuan", "１２３４.5");
  g_assert_true (tw_shows (fixture, "¥1,234.50"));
  tw_type (fixture->window, "Amount in yuan", "");
  tw_click (fixture->window, "Top up");
  g_assert_true (tw_shows (fixture, "Enter an amount."));
  g_assert_cmpuint (tw_fake_client_get_n_submitted (fixture->client), ==, 0);
}

/* A mistake is told when the person pauses, without leaving the field. */
static void
test_amount_pause (Fixture *fixture, gconstpointer data)
{
  tw_go (fixture, "wallet", "");
  tw_type (fixture->window, "Amount in yuan", "1,2");
  g_assert_false (tw_shows (fixture, "The commas are not"));
  tw_wait_shows (fixture, "The commas are not");
}

static void
test_top_up (Fixture *fixture, gconstpointer data)
{
  g_autofree char *id = NULL;
  TwOutgoing *outgoing;
  TwPayment *payment;

  tw_go (fixture, "wallet", "");
  tw_type (fixture->window, "Amount in yuan", "5000");
  tw_click (fixture->window, "Top up");
  outgoing = tw_fake_client_get_last (fixture->client);
  id = g_strdup (tw_outgoing_get_id (outgoing));
  g_assert_cmpstr (tw_outgoing_get_kind (outgoing), ==, TW_KIND_WALLET_TOP_UP);
  g_assert_cmpint (tw_body_int (outgoing, "amount_fen"), ==, 500000);
  g_assert_true (tw_shows (fixture, "Sent, waiting for the answer"));
  g_assert_cmpstr (
    gtk_editable_get_text (GTK_EDITABLE (tw_find_entry (fixture->window, "Amount in yuan"))), ==,
    "");

  tw_fake_client_accept (fixture->client, outgoing);
  tw_spin ();
  /* Its result stands on the page now: it is not kept any longer. */
  g_assert_cmpuint (n_outgoing (fixture), ==, 0);
  payment = payment_of (fixture, id);
  tw_fake_client_move_payment (fixture->client, payment, TW_PAYMENT_STATE_UNKNOWN);
  tw_spin ();
  g_assert_true (tw_shows (fixture, "The bank is being asked what became of it"));
  tw_fake_client_move_payment (fixture->client, payment, TW_PAYMENT_STATE_POSTED);
  tw_spin ();
  g_assert_false (tw_shows (fixture, "The bank is being asked what became of it"));
  tw_click (fixture->window, "Close");
  g_assert_cmpuint (tw_fake_client_get_n_submitted (fixture->client), ==, 1);
}

static void
test_top_up_refused (Fixture *fixture, gconstpointer data)
{
  g_autofree char *intent = NULL;
  TwOutgoing *outgoing;

  tw_go (fixture, "wallet", "");
  tw_type (fixture->window, "Amount in yuan", "70");
  tw_click (fixture->window, "Top up");
  outgoing = tw_fake_client_get_last (fixture->client);
  intent = g_strdup (tw_outgoing_get_intent (outgoing));
  tw_fake_client_refuse (fixture->client, outgoing, "rail_down");
  tw_spin ();
  g_assert_true (tw_shows (fixture, "The other side can't be reached."));
  tw_click (fixture->window, "Try again");
  g_assert_cmpuint (n_outgoing (fixture), ==, 1);
  outgoing = tw_fake_client_get_last (fixture->client);
  g_assert_cmpstr (tw_outgoing_get_intent (outgoing), ==, intent);
  g_assert_cmpstr (tw_outgoing_get_id (outgoing), !=, intent);
  g_assert_cmpint (tw_body_int (outgoing, "amount_fen"), ==, 7000);
}

static GtkWindow *
dialog (Fixture *fixture)
{
  g_autoptr (GListModel) windows = gtk_window_get_toplevels ();

  g_object_ref (windows);
  for (guint i = 0; i < g_list_model_get_n_items (windows); i++)
    {
      g_autoptr (GtkWindow) window = g_list_model_get_item (windows, i);

      if (ADW_IS_MESSAGE_DIALOG (window) && gtk_widget_get_visible (GTK_WIDGET (window)))
        return window;
    }
  g_error ("There is no dialog");
}

static void
answer (Fixture *fixture, const char *response)
{
  adw_message_dialog_response (ADW_MESSAGE_DIALOG (dialog (fixture)), response);
  tw_spin ();
}

static void
test_pay (Fixture *fixture, gconstpointer data)
{
  gint64 total_fen = tw_bill_sum_total_fen (bill (fixture, "bill-1"), tw_clock_today ());
  TwOutgoing *outgoing;

  g_assert_cmpint (total_fen, >, 486000);
  tw_go (fixture, "bill", "bill-1");
  g_assert_true (tw_shows (fixture, "12 days overdue"));
  g_assert_true (tw_shows (fixture, "The late fee grows by ¥2.43 a day."));
  tw_click (fixture->window, "Pay");
  answer (fixture, "cancel");
  g_assert_cmpuint (tw_fake_client_get_n_submitted (fixture->client), ==, 0);
  tw_click (fixture->window, "Pay");
  answer (fixture, "pay");
  outgoing = tw_fake_client_get_last (fixture->client);
  g_assert_cmpstr (tw_outgoing_get_kind (outgoing), ==, TW_KIND_TAX_PAY);
  g_assert_cmpstr (tw_body_text (outgoing, "bill_id"), ==, "bill-1");
  g_assert_cmpint (tw_body_int (outgoing, "revision"), ==, 3);
  g_assert_cmpint (tw_body_int (outgoing, "amount_fen"), ==, total_fen);
  /* While its outcome is open nothing invites to pay twice, after a restart neither. */
  g_assert_null (tw_find_button (fixture->window, "Pay"));
  tw_window_test_restart (fixture);
  g_assert_true (tw_shows (fixture, "Sent, waiting for the answer"));
  g_assert_null (tw_find_button (fixture->window, "Pay"));

  tw_fake_client_accept (fixture->client, outgoing);
  tw_spin ();
  g_assert_null (tw_find_button (fixture->window, "Pay"));
  tw_fake_client_move_payment (
    fixture->client, payment_of (fixture, tw_bill_get_payment_id (bill (fixture, "bill-1"))),
    TW_PAYMENT_STATE_POSTED);
  tw_spin ();
  tw_click (fixture->window, "Show the receipt");
  g_assert_true (tw_shows (fixture, "P-0099"));
}

static void
test_pay_without_balance (Fixture *fixture, gconstpointer data)
{
  gint64 total_fen = tw_bill_sum_total_fen (bill (fixture, "bill-1"), tw_clock_today ());
  g_autofree char *lack = g_strdup_printf ("%.2f", (double) (total_fen - 389900) / 100);
  g_autofree char *button = NULL;
  g_autofree char *intent = NULL;

  button = g_strdup_printf ("Top up ¥%s", lack);
  tw_go (fixture, "bill", "bill-1");
  tw_click (fixture->window, "Pay");
  answer (fixture, "pay");
  intent = g_strdup (tw_outgoing_get_intent (tw_fake_client_get_last (fixture->client)));
  tw_fake_client_refuse (fixture->client, tw_fake_client_get_last (fixture->client), "no_balance");
  tw_spin ();
  g_assert_true (tw_shows (fixture, "The balance is not enough."));
  tw_click (fixture->window, button);
  g_assert_cmpstr (
    gtk_editable_get_text (GTK_EDITABLE (tw_find_entry (fixture->window, "Amount in yuan"))), ==,
    lack);
  /* Back at the bill one pays under the same wish. */
  tw_do (fixture, "win.back");
  tw_click (fixture->window, "Pay");
  answer (fixture, "pay");
  g_assert_cmpuint (n_outgoing (fixture), ==, 1);
  g_assert_cmpstr (tw_outgoing_get_intent (tw_fake_client_get_last (fixture->client)), ==, intent);
}

static void
test_bills_move (Fixture *fixture, gconstpointer data)
{
  tw_go (fixture, "bills", "");
  g_assert_true (tw_shows (fixture, "6 days left"));
  g_object_set (bill (fixture, "bill-2"), "state", TW_BILL_STATE_PAID, NULL);
  tw_wait_gone (fixture, "6 days left");
  g_object_set (bill (fixture, "bill-1"), "state", TW_BILL_STATE_PAYING, NULL);
  tw_wait_shows (fixture, "Payment under way");
  tw_object_list_clear (tw_client_get_list (TW_CLIENT (fixture->client), "bill"));
  tw_wait_shows (fixture, "No bills");
}

static void
test_bill_taken_back (Fixture *fixture, gconstpointer data)
{
  tw_go (fixture, "bill", "bill-2");
  g_assert_nonnull (tw_find_button (fixture->window, "Pay"));
  g_object_set (bill (fixture, "bill-2"), "state", TW_BILL_STATE_WITHDRAWN, NULL);
  tw_spin ();
  g_assert_true (tw_shows (fixture, "Taken back by the tax office"));
  g_assert_null (tw_find_button (fixture->window, "Pay"));
  tw_object_list_remove (tw_client_get_list (TW_CLIENT (fixture->client), "bill"), "bill-2");
  tw_spin ();
  g_assert_true (tw_shows (fixture, "This is not there any more"));
}

/* What somebody else has paid in is an entry with a plus, from whom, and no business of any office.
 */
static void
test_received (Fixture *fixture, gconstpointer data)
{
  tw_fake_client_put (fixture->client, "payment",
                      g_object_new (TW_TYPE_PAYMENT, "id", "pay-in", "kind",
                                    TW_PAYMENT_KIND_RECEIVED, "state", TW_PAYMENT_STATE_POSTED,
                                    "amount-fen", (gint64) 60000, "title", "**例 · lunch",
                                    "reference", "P-0009", "created-at-ms", tw_clock_now_ms (),
                                    "posted-at-ms", tw_clock_now_ms (), NULL));
  tw_go (fixture, "wallet", "");
  g_assert_true (tw_shows (fixture, "From **例 · lunch"));
  g_assert_true (tw_shows (fixture, "+¥600.00"));
  tw_go (fixture, "payment", "pay-in");
  g_assert_true (tw_shows (fixture, "In your wallet"));
  g_assert_true (tw_shows (fixture, "P-0009"));
  g_assert_false (tw_shows (fixture, "tax office"));
  g_assert_false (tw_shows (fixture, "Set aside in your wallet"));
}

/* A senior has put something right: it has come or gone, and nobody is named who did not do it. */
static void
test_put_right (Fixture *fixture, gconstpointer data)
{
  static const struct
  {
    const char *id;
    TwPaymentKind kind;
    gint64 amount_fen;
    const char *amount;
  } both[] = { { "right-in", TW_PAYMENT_KIND_RECEIVED, 12300, "+¥123.00" },
               { "right-out", TW_PAYMENT_KIND_REFUND, 45600, "¥456.00" } };

  for (gsize i = 0; i < G_N_ELEMENTS (both); i++)
    {
      tw_fake_client_put (fixture->client, "payment",
                          g_object_new (TW_TYPE_PAYMENT, "id", both[i].id, "kind", both[i].kind,
                                        "state", TW_PAYMENT_STATE_POSTED, "amount-fen",
                                        both[i].amount_fen, "refunds", "pay-3", "reference",
                                        both[i].id, "created-at-ms", tw_clock_now_ms (),
                                        "posted-at-ms", tw_clock_now_ms (), NULL));
      tw_go (fixture, "wallet", "");
      g_assert_true (tw_shows (fixture, "Put right after a check of the books"));
      g_assert_true (tw_shows (fixture, both[i].amount));
      tw_go (fixture, "payment", both[i].id);
      g_assert_true (tw_shows (fixture, "Put right after a check of the books"));
      g_assert_true (tw_shows (fixture, both[i].id));
      g_assert_false (tw_shows (fixture, "Given back"));
      g_assert_null (tw_find_button (fixture->window, "Give back"));
    }
  /* With all its buttons: the way to the first payment is one more. */
  g_assert_nonnull (tw_find_button (fixture->window, "See the payment"));
  tw_make_narrow (fixture);
  tw_assert_fits_narrow (fixture, "what was put right");
}

/* Without a network a payment waits, and home says so. */
static void
test_pay_offline (Fixture *fixture, gconstpointer data)
{
  tw_fake_client_set_online (fixture->client, FALSE);
  tw_go (fixture, "bill", "bill-2");
  tw_click (fixture->window, "Pay");
  answer (fixture, "pay");
  g_assert_true (tw_shows (fixture, "Waits for the connection"));
  tw_go (fixture, "home", "");
  tw_wait_shows (fixture, "Payment of a bill");
  g_assert_true (tw_shows (fixture, "Not sent yet"));
}

#define ADD(name, func)                                                                            \
  g_test_add ("/user/money/" name, Fixture, "filled", tw_window_test_set_up, func,                 \
              tw_window_test_tear_down)

int
main (int argc, char *argv[])
{
  tw_window_test_init (&argc, &argv, tw_user_window_new);
  ADD ("amount-mistakes", test_amount_mistakes);
  ADD ("amount-pause", test_amount_pause);
  ADD ("top-up", test_top_up);
  ADD ("received", test_received);
  ADD ("put-right", test_put_right);
  ADD ("top-up-refused", test_top_up_refused);
  ADD ("pay", test_pay);
  ADD ("pay-without-balance", test_pay_without_balance);
  ADD ("bills-move", test_bills_move);
  ADD ("bill-taken-back", test_bill_taken_back);
  ADD ("pay-offline", test_pay_offline);
  return g_test_run ();
}
