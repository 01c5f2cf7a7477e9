// SPDX-License-Identifier: GPL-3.0-or-later
/* When a payment fails, or nobody knows what became of it: what the person is told, what the
 * program has looked at, and the way out. */
#include "base/tw-clock.h"
#include "base/tw-money.h"
#include "client/user/tw-failure-box.h"
#include "client/user/tw-payment-news.h"
#include "client/user/tw-user-window.h"
#include "client/widgets/tw-bill-sum.h"
#include "client/widgets/tw-writer.h"
#include "model/tw-bill.h"
#include "model/tw-wallet.h"
#include "protocol/tw-failure.h"
#include "protocol/tw-kinds.h"
#include "protocol/tw-refusal.h"
#include "tax/tw-tax-type.h"
#include "tw-window-test.h"

static void
set_balance (Fixture *fixture, gint64 fen)
{
  g_object_set (tw_get_object (fixture, "wallet", "acc-1"), "balance-fen", fen, NULL);
  g_signal_emit_by_name (tw_client_get_list (TW_CLIENT (fixture->client), "wallet"), "updated");
  tw_spin ();
}

static void
move (Fixture *fixture, const char *id, TwPaymentState state)
{
  tw_fake_client_move_payment (fixture->client, tw_get_object (fixture, "payment", id), state);
  g_signal_emit_by_name (tw_client_get_list (TW_CLIENT (fixture->client), "payment"), "updated");
  tw_spin ();
}

/* A bill that is asked for and refused, as it is left on its page. */
static TwOutgoing *
pay_refused (Fixture *fixture, const char *code)
{
  gint64 fen = tw_bill_sum_total_fen (tw_get_object (fixture, "bill", "bill-2"), tw_clock_today ());
  GVariantDict body = G_VARIANT_DICT_INIT (NULL);
  TwOutgoing *outgoing;

  g_variant_dict_insert (&body, "bill_id", "s", "bill-2");
  g_variant_dict_insert (&body, "amount_fen", "x", fen);
  outgoing = tw_client_submit (TW_CLIENT (fixture->client), TW_KIND_TAX_PAY, NULL,
                               g_variant_dict_end (&body), NULL);
  tw_fake_client_refuse (fixture->client, outgoing, code);
  tw_go (fixture, "bill", "bill-2");
  return outgoing;
}

static GtkWidget *
box (Fixture *fixture)
{
  return tw_find_type (fixture->window, TW_TYPE_FAILURE_BOX);
}

/* What is missing is said, topped up with one click, and as soon as it is there the page knows. */
static void
test_balance (Fixture *fixture, gconstpointer data)
{
  gint64 fen = tw_bill_sum_total_fen (tw_get_object (fixture, "bill", "bill-2"), tw_clock_today ());
  g_autofree char *lack = tw_money_format (fen - 12345);
  g_autofree char *plain = tw_money_format_plain (fen - 12345);
  g_autofree char *found = g_strdup_printf ("Your wallet has ¥123.45; %s is missing.", lack);
  g_autofree char *button = g_strdup_printf ("Top up %s", lack);

  set_balance (fixture, 12345);
  pay_refused (fixture, "no_balance");
  g_assert_true (tw_shows (fixture, "The balance is not enough."));
  g_assert_true (tw_shows (fixture, "No money has moved."));
  g_assert_true (tw_shows (fixture, "Top up what is missing, then pay again."));
  g_assert_true (tw_shows (fixture, "You are connected."));
  g_assert_true (tw_shows (fixture, found));
  g_assert_true (tw_shows (fixture, "the bill is open and comes to this"));
  g_assert_true (tw_shows (fixture, "Safe: nothing can be paid twice."));
  tw_click (fixture->window, button);
  g_assert_cmpstr (
    gtk_editable_get_text (GTK_EDITABLE (tw_find_entry (fixture->window, "Amount in yuan"))), ==,
    plain);
  tw_do (fixture, "win.back");
  set_balance (fixture, fen);
  g_assert_true (tw_shows (fixture, "That is enough."));
  g_assert_true (tw_shows (fixture, "There is enough in your wallet now. Try again."));
  g_assert_null (tw_find_button (fixture->window, button));
  g_assert_nonnull (tw_find_button (fixture->window, "Try again"));
  tw_fake_client_accept (fixture->client, tw_fake_client_get_last (fixture->client));
}

/* No network, and no service behind a network, are two things. */
static void
test_network (Fixture *fixture, gconstpointer data)
{
  TwStatus *status = tw_client_get_status (TW_CLIENT (fixture->client));

  pay_refused (fixture, "rail_down");
  g_assert_true (tw_shows (fixture, "The service itself can’t reach the other side"));
  g_assert_nonnull (tw_find_button (fixture->window, "Try again"));
  tw_fake_client_set_online (fixture->client, FALSE);
  tw_wait_shows (fixture, "The network is there, but the service does not answer.");
  tw_wait_shows (fixture, "No connection to the service just now.");
  g_assert_nonnull (tw_find_button (fixture->window, "Connect now"));
  g_assert_null (tw_find_button (box (fixture), "Try again"));
  g_object_set (status, "network", TW_NETWORK_NONE, NULL);
  tw_spin ();
  g_assert_true (tw_shows (fixture, "Turn on its Wi-Fi or plug in its cable."));
  g_assert_true (tw_shows (fixture, "This computer has no network. You see everything as of"));
  g_object_set (status, "network", TW_NETWORK_PORTAL, NULL);
  tw_spin ();
  g_assert_true (tw_shows (fixture, "sign in at it first: open any web page. You see"));
  g_object_set (status, "network", TW_NETWORK_THERE, NULL);
  tw_fake_client_set_online (fixture->client, TRUE);
  tw_spin ();
  g_assert_nonnull (tw_find_button (box (fixture), "Try again"));
}

/* Whether the payee is still there, the other side is asked by itself, and once. */
static void
test_looked_up (Fixture *fixture, gconstpointer data)
{
  TwClient *client = TW_CLIENT (fixture->client);
  GVariantDict body = G_VARIANT_DICT_INIT (NULL);
  gint64 now_ms = tw_clock_now_ms ();
  TwOutgoing *paid, *asked;
  const char *id = NULL;

  g_variant_dict_insert (&body, "payee_id", "s", "payee-2");
  g_variant_dict_insert (&body, "amount_fen", "x", G_GINT64_CONSTANT (500));
  paid = tw_client_submit (client, TW_KIND_WALLET_PAY, NULL, g_variant_dict_end (&body), NULL);
  tw_go (fixture, "give", "payee-2");
  tw_fake_client_refuse (fixture->client, paid, "rail_down");
  tw_spin ();
  asked = tw_fake_client_get_last (fixture->client);
  g_assert_cmpstr (tw_outgoing_get_kind (asked), ==, TW_KIND_PAYEE_CHECK);
  g_assert_true (g_variant_lookup (tw_outgoing_get_body (asked), "payee_id", "&s", &id));
  g_assert_cmpstr (id, ==, "payee-2");
  g_assert_cmpuint (tw_fake_client_get_n_submitted (fixture->client), ==, 2);
  tw_fake_client_answer_asked (asked, "payee-2", now_ms + 10);
  tw_spin ();
  g_assert_false (tw_shows (fixture, "looked up just now"));
  g_object_freeze_notify (tw_get_object (fixture, "payee", "payee-2"));
  g_object_set (tw_get_object (fixture, "payee", "payee-2"), "verified-at-ms", now_ms + 20,
                "checked-at-ms", now_ms + 20, NULL);
  g_object_thaw_notify (tw_get_object (fixture, "payee", "payee-2"));
  tw_spin ();
  g_assert_true (tw_shows (fixture, "looked up just now, and it is there"));
  g_assert_cmpuint (tw_fake_client_get_n_submitted (fixture->client), ==, 2);
}

/* The bill has moved on since: what was asked for then is no use now. */
static void
test_payee (Fixture *fixture, gconstpointer data)
{
  g_autofree char *now = NULL;
  g_autofree char *words = NULL;

  set_balance (fixture, 100000000);
  pay_refused (fixture, "amount_changed");
  g_assert_nonnull (tw_find_button (fixture->window, "Look at it again"));
  g_object_set (tw_get_object (fixture, "bill", "bill-2"), "amount-fen", (gint64) 50000, NULL);
  g_signal_emit_by_name (tw_client_get_list (TW_CLIENT (fixture->client), "bill"), "updated");
  tw_spin ();
  now = tw_money_format (
    tw_bill_sum_total_fen (tw_get_object (fixture, "bill", "bill-2"), tw_clock_today ()));
  words = g_strdup_printf ("The bill comes to %s today, not to ¥420.00.", now);
  g_assert_true (tw_shows (fixture, words));
  g_object_set (tw_get_object (fixture, "bill", "bill-2"), "state", TW_BILL_STATE_WITHDRAWN, NULL);
  g_signal_emit_by_name (tw_client_get_list (TW_CLIENT (fixture->client), "bill"), "updated");
  tw_spin ();
  g_assert_true (tw_shows (fixture, "The tax office has taken this bill back."));
  g_assert_null (tw_find_button (fixture->window, "Look at it again"));
}

static char *
written (Fixture *fixture)
{
  return tw_writer_get_text (TW_WRITER (tw_find_type (fixture->window, TW_TYPE_WRITER)));
}

/* A person who helps gets the facts; what somebody has written there stays theirs. */
static void
test_support (Fixture *fixture, gconstpointer data)
{
  g_autofree char *first = NULL;
  g_autofree char *second = NULL;
  TwOutgoing *outgoing;

  tw_go (fixture, "payment", "pay-4");
  g_assert_true (tw_shows (fixture, "The bank has refused."));
  tw_click (fixture->window, "Ask a person");
  g_assert_true (tw_shows (fixture, "Top-up from the bank, ¥20,000.00"));
  first = written (fixture);
  g_assert_nonnull (strstr (first, "P-0004"));
  g_assert_nonnull (strstr (first, "The bank has refused."));
  g_assert_nonnull (strstr (first, "Network and service: You are connected."));
  tw_click (fixture->window, "Send");
  outgoing = tw_fake_client_get_last (fixture->client);
  g_assert_cmpstr (tw_outgoing_get_kind (outgoing), ==, TW_KIND_TICKET_ASK);
  g_assert_cmpstr (tw_body_text (outgoing, "about_type"), ==, "payment");
  g_assert_cmpstr (tw_body_text (outgoing, "about_id"), ==, "pay-4");

  tw_go (fixture, "payment", "pay-4");
  tw_click (fixture->window, "Ask a person");
  tw_writer_set_text (TW_WRITER (tw_find_type (fixture->window, TW_TYPE_WRITER)), "My own words");
  tw_do (fixture, "win.back");
  tw_click (fixture->window, "Ask a person");
  second = written (fixture);
  g_assert_cmpstr (second, ==, "My own words");
}

/* What never became a payment has no id that the desk would know: the facts are in the text. */
static void
test_support_refused (Fixture *fixture, gconstpointer data)
{
  g_autofree char *text = NULL;
  g_autofree char *id = NULL;

  tw_go (fixture, "wallet", "");
  tw_type (fixture->window, "Amount in yuan", "70");
  tw_click (fixture->window, "Top up");
  id = g_strdup (tw_outgoing_get_id (tw_fake_client_get_last (fixture->client)));
  tw_fake_client_refuse (fixture->client, tw_fake_client_get_last (fixture->client), "rail_down");
  tw_spin ();
  tw_click (fixture->window, "Ask a person");
  text = written (fixture);
  g_assert_nonnull (strstr (text, id));
  g_assert_nonnull (strstr (text, "¥70.00"));
  tw_click (fixture->window, "Send");
  g_assert_cmpstr (tw_body_text (tw_fake_client_get_last (fixture->client), "about_type"), ==, "");
  g_assert_cmpstr (tw_body_text (tw_fake_client_get_last (fixture->client), "about_id"), ==, "");
}

/* On every page it stands apart, invites to nothing, and goes by itself. */
static void
test_unknown (Fixture *fixture, gconstpointer data)
{
  tw_go (fixture, "home", "");
  tw_wait_shows (fixture, "Outcome not known yet");
  g_assert_false (tw_shows (fixture, "Under way"));
  g_assert_true (tw_shows (fixture, "The bank is being asked"));
  tw_go (fixture, "wallet", "");
  g_assert_true (tw_shows (fixture, "The bank is being asked"));
  tw_go (fixture, "payment", "pay-3");
  g_assert_true (tw_shows (fixture, "The outcome is not known yet"));
  g_assert_true (tw_shows (fixture, "Please don’t pay a second time."));
  g_assert_null (tw_find_button (fixture->window, "Try again"));
  move (fixture, "pay-3", TW_PAYMENT_STATE_POSTED);
  g_assert_false (tw_shows (fixture, "The outcome is not known yet"));
  g_assert_true (tw_shows (fixture, "Receipt"));
  g_assert_true (tw_shows (fixture, "¥1,000.00 went through"));
  tw_go (fixture, "home", "");
  tw_wait_gone (fixture, "Outcome not known yet");
}

typedef struct
{
  int n;
  char *id, *title, *words, *page, *arg;
} Told;

static void
on_news (TwPaymentNews *news,
         const char *id,
         const char *title,
         const char *words,
         const char *page,
         const char *arg,
         Told *told)
{
  told->n++;
  told->id = g_strdup (id);
  told->title = g_strdup (title);
  told->words = g_strdup (words);
  told->page = g_strdup (page);
  told->arg = g_strdup (arg);
}

static void
told_clear (Told *told)
{
  g_free (told->id);
  g_free (told->title);
  g_free (told->words);
  g_free (told->page);
  g_free (told->arg);
  *told = (Told){ 0 };
}

/* Once for each, and only for what somebody had to wait for. */
static void
test_news (Fixture *fixture, gconstpointer data)
{
  TwPaymentNews *news = tw_payment_news_new (TW_CLIENT (fixture->client));
  Told told = { 0 };
  TwOutgoing *outgoing;

  g_signal_connect (news, "news", G_CALLBACK (on_news), &told);
  move (fixture, "pay-3", TW_PAYMENT_STATE_VOIDED);
  g_assert_cmpint (told.n, ==, 1);
  g_assert_cmpstr (told.title, ==, "¥1,000.00 did not go through");
  g_assert_nonnull (strstr (told.words, "No money has moved."));
  g_assert_cmpstr (told.page, ==, "payment");
  g_assert_cmpstr (told.arg, ==, "pay-3");
  move (fixture, "pay-3", TW_PAYMENT_STATE_VOIDED);
  g_assert_cmpint (told.n, ==, 1);
  told_clear (&told);

  /* Refused before the eyes of the person: the page says so. */
  outgoing = pay_refused (fixture, "no_balance");
  g_assert_cmpint (told.n, ==, 0);
  tw_client_discard (TW_CLIENT (fixture->client), tw_outgoing_get_id (outgoing));
  /* Refused after having waited for a connection. */
  tw_fake_client_set_online (fixture->client, FALSE);
  pay_refused (fixture, "no_balance");
  g_assert_cmpint (told.n, ==, 1);
  g_assert_cmpstr (told.title, ==, "Payment of a bill did not happen");
  g_assert_cmpstr (told.page, ==, "bill");
  g_assert_cmpstr (told.arg, ==, "bill-2");
  told_clear (&told);
  g_assert_finalize_object (news);
}

/* What was sent when the connection broke: nobody says that it did not happen. */
static void
test_cut_off (Fixture *fixture, gconstpointer data)
{
  tw_go (fixture, "wallet", "");
  tw_type (fixture->window, "Amount in yuan", "70");
  tw_click (fixture->window, "Top up");
  g_assert_false (tw_shows (fixture, "The outcome is not known yet"));
  tw_fake_client_set_online (fixture->client, FALSE);
  tw_spin ();
  g_assert_true (tw_shows (fixture, "The connection broke before the answer came."));
  g_assert_null (tw_find_button (fixture->window, "Try again"));
  tw_fake_client_set_online (fixture->client, TRUE);
  tw_fake_client_accept (fixture->client, tw_fake_client_get_last (fixture->client));
  tw_spin ();
  g_assert_false (tw_shows (fixture, "The connection broke before the answer came."));
}

/* A step that is marked as wrong says what is wrong. */
static void
test_office_refused (Fixture *fixture, gconstpointer data)
{
  pay_refused (fixture, "office_refused");
  g_assert_true (tw_shows (fixture, "Ask a person: the tax office has to look at this bill."));
  g_assert_false (tw_shows (fixture, "the bill is open and comes to this"));
}

/* What is too little at the bank is a matter of the balance, and not of who is paid. */
static void
test_bank_balance (Fixture *fixture, gconstpointer data)
{
  tw_fake_client_put (fixture->client, "payment",
                      g_object_new (TW_TYPE_PAYMENT, "id", "pay-poor", "kind",
                                    TW_PAYMENT_KIND_TOP_UP, "state", TW_PAYMENT_STATE_VOIDED,
                                    "amount-fen", (gint64) 42000, "reason", "bank_no_balance",
                                    "created-at-ms", tw_clock_now_ms (), NULL));
  tw_go (fixture, "payment", "pay-poor");
  g_assert_true (tw_shows (fixture, "There is too little in your account at the bank."));
  g_assert_false (tw_shows (fixture, "Not needed: the money comes from your bank."));
  g_assert_true (tw_shows (fixture, "¥420.00, from your own bank account."));
}

/* Who has cancelled it may do it again after all. */
static void
test_cancelled (Fixture *fixture, gconstpointer data)
{
  tw_fake_client_put (fixture->client, "payment",
                      g_object_new (TW_TYPE_PAYMENT, "id", "pay-off", "kind",
                                    TW_PAYMENT_KIND_TOP_UP, "state", TW_PAYMENT_STATE_VOIDED,
                                    "amount-fen", (gint64) 42000, "reason", "cancelled",
                                    "created-at-ms", tw_clock_now_ms (), NULL));
  tw_go (fixture, "payment", "pay-off");
  g_assert_true (tw_shows (fixture, "You have cancelled this."));
  g_assert_true (tw_shows (fixture, "Safe: nothing can be paid twice."));
}

/* The office does not know the bill any more: what was on its way is back, and nothing is to be
 * paid again. */
static void
test_taken_back (Fixture *fixture, gconstpointer data)
{
  g_object_set (tw_get_object (fixture, "bill", "bill-2"), "state", TW_BILL_STATE_WITHDRAWN, NULL);
  tw_fake_client_put (fixture->client, "payment",
                      g_object_new (TW_TYPE_PAYMENT, "id", "pay-back", "kind", TW_PAYMENT_KIND_TAX,
                                    "state", TW_PAYMENT_STATE_VOIDED, "amount-fen", (gint64) 42000,
                                    "bill-id", "bill-2", "tax-type", TW_TAX_VEHICLE_VESSEL,
                                    "period", "2026", "reason", "bill_withdrawn", "created-at-ms",
                                    tw_clock_now_ms (), NULL));
  tw_go (fixture, "payment", "pay-back");
  g_assert_true (tw_shows (fixture, "The tax office has taken this bill back."));
  g_assert_true (tw_shows (fixture, "The money is back in your wallet."));
  g_assert_true (tw_shows (fixture, "You need not pay it."));
  g_assert_null (tw_find_button (box (fixture), "Look at it again"));
  g_assert_nonnull (tw_find_button (box (fixture), "Ask a person"));
  /* Before anything was set aside, nothing has moved. */
  g_object_set (tw_get_object (fixture, "bill", "bill-2"), "state", TW_BILL_STATE_DUE, NULL);
  pay_refused (fixture, "bill_withdrawn");
  g_assert_true (tw_shows (fixture, "No money has moved."));
}

#define ADD(name, func)                                                                            \
  g_test_add ("/user/trouble/" name, Fixture, "filled", tw_window_test_set_up, func,               \
              tw_window_test_tear_down)

int
main (int argc, char *argv[])
{
  tw_window_test_init (&argc, &argv, tw_user_window_new);
  ADD ("balance", test_balance);
  ADD ("network", test_network);
  ADD ("looked-up", test_looked_up);
  ADD ("payee", test_payee);
  ADD ("taken-back", test_taken_back);
  ADD ("office-refused", test_office_refused);
  ADD ("bank-balance", test_bank_balance);
  ADD ("cancelled", test_cancelled);
  ADD ("support", test_support);
  ADD ("support-refused", test_support_refused);
  ADD ("unknown", test_unknown);
  ADD ("news", test_news);
  ADD ("cut-off", test_cut_off);
  return g_test_run ();
}
