// SPDX-License-Identifier: GPL-3.0-or-later
/* Every way to pay: who is found, what is asked, what is told before it bites, and that nothing is
 * asked twice. */
#include <string.h>

#include "base/tw-clock.h"
#include "base/tw-money.h"
#include "base/tw-pay-code.h"
#include "client/user/tw-payment-progress.h"
#include "client/user/tw-user-window.h"
#include "client/widgets/tw-bill-sum.h"
#include "client/widgets/tw-qr.h"
#include "model/tw-bill.h"
#include "model/tw-card.h"
#include "model/tw-challenge.h"
#include "model/tw-payee.h"
#include "model/tw-standing.h"
#include "protocol/tw-kinds.h"
#include "protocol/tw-refusal.h"
#include "tw-window-test.h"

static void
put_payee (Fixture *fixture, const char *id, TwPayeeState state, const char *name)
{
  tw_fake_client_put (fixture->client, "payee",
                      g_object_new (TW_TYPE_PAYEE, "id", id, "kind", TW_PAYEE_KIND_PERSON, "state",
                                    (int) state, "name", name, "number", "138****0009",
                                    "verified-at-ms", tw_clock_now_ms (), NULL));
}

static gboolean
on_page (Fixture *fixture, const char *type)
{
  return g_str_equal (
    G_OBJECT_TYPE_NAME (tw_user_window_get_page (TW_USER_WINDOW (fixture->window))), type);
}

/* A number that is none is told at the field; one that is nobody's too; the name comes before the
 * amount. */
static void
test_find (Fixture *fixture, gconstpointer data)
{
  TwOutgoing *outgoing;
  g_autofree char *id = NULL;

  tw_go (fixture, "find", "person");
  tw_type (fixture->window, "Phone number or account", "1380000");
  tw_click (fixture->window, "Look up");
  g_assert_true (tw_shows (fixture, "11 digits"));
  g_assert_cmpuint (tw_fake_client_get_n_submitted (fixture->client), ==, 0);
  tw_type (fixture->window, "Phone number or account", "138 0000 0009");
  tw_click (fixture->window, "Look up");
  outgoing = tw_get_last (fixture, TW_KIND_PAYEE_CHECK);
  g_assert_cmpstr (tw_body_text (outgoing, "to"), ==, "13800000009");
  /* While it is looked up nothing is asked a second time. */
  g_assert_false (gtk_widget_is_sensitive (tw_find_button (fixture->window, "Look up")));
  tw_fake_client_refuse (fixture->client, outgoing, "no_payee");
  tw_spin ();
  g_assert_true (tw_shows (fixture, "There is no such payee."));
  g_assert_true (gtk_widget_is_sensitive (tw_find_button (fixture->window, "Look up")));

  /* What is typed outlives the window. */
  tw_window_test_restart (fixture);
  g_assert_cmpstr (gtk_editable_get_text (
                     GTK_EDITABLE (tw_find_entry (fixture->window, "Phone number or account"))),
                   ==, "138 0000 0009");
  tw_click (fixture->window, "Look up");
  outgoing = tw_get_last (fixture, TW_KIND_PAYEE_CHECK);
  id = g_strdup (tw_outgoing_get_id (outgoing));
  put_payee (fixture, id, TW_PAYEE_STATE_CHECKING, "");
  tw_fake_client_answer (outgoing, "payee_id", id);
  tw_spin ();
  g_assert_true (on_page (fixture, "TwFindPage"));
  g_object_set (tw_get_object (fixture, "payee", id), "name", "**丁", "state",
                TW_PAYEE_STATE_CHECKED, NULL);
  tw_spin ();
  g_assert_true (on_page (fixture, "TwGivePage"));
  g_assert_true (tw_shows (fixture, "**丁"));
  g_assert_true (tw_shows (fixture, "Is this whom you mean?"));
}

static void
test_find_nobody (Fixture *fixture, gconstpointer data)
{
  TwOutgoing *outgoing;

  tw_go (fixture, "find", "company");
  tw_type (fixture->window, "Unified credit code", "91110000600037341M");
  tw_click (fixture->window, "Look up");
  g_assert_true (tw_shows (fixture, "does not fit the others"));
  tw_type (fixture->window, "Unified credit code", "91110000600037341L");
  tw_click (fixture->window, "Look up");
  outgoing = tw_get_last (fixture, TW_KIND_PAYEE_CHECK);
  put_payee (fixture, "nobody", TW_PAYEE_STATE_CHECKING, "");
  tw_fake_client_answer (outgoing, "payee_id", "nobody");
  g_object_set (tw_get_object (fixture, "payee", "nobody"), "state", TW_PAYEE_STATE_MISSING, NULL);
  tw_spin ();
  g_assert_true (on_page (fixture, "TwFindPage"));
  g_assert_true (tw_shows (fixture, "There is nobody under this number."));
}

static void
test_find_biller (Fixture *fixture, gconstpointer data)
{
  GtkWidget *combo;

  tw_go (fixture, "find", "biller");
  tw_type (fixture->window, "Customer number", "1234567");
  tw_click (fixture->window, "Look up");
  g_assert_true (tw_shows (fixture, "has 8 digits"));
  combo = tw_find_type (fixture->window, ADW_TYPE_COMBO_ROW);
  adw_combo_row_set_selected (ADW_COMBO_ROW (combo), 1);
  tw_type (fixture->window, "Customer number", "1234567890");
  tw_click (fixture->window, "Look up");
  g_assert_cmpstr (tw_body_text (tw_get_last (fixture, TW_KIND_PAYEE_CHECK), "biller_id"), ==,
                   "biller-2");
  g_assert_cmpstr (tw_body_text (tw_get_last (fixture, TW_KIND_PAYEE_CHECK), "customer_number"), ==,
                   "1234567890");
}

/* Another one that goes does not change who is chosen. */
static void
test_find_biller_gone (Fixture *fixture, gconstpointer data)
{
  TwObjectList *billers = tw_client_get_list (TW_CLIENT (fixture->client), "biller");

  tw_go (fixture, "find", "biller");
  adw_combo_row_set_selected (ADW_COMBO_ROW (tw_find_type (fixture->window, ADW_TYPE_COMBO_ROW)),
                              2);
  tw_object_list_remove (billers, "biller-1");
  tw_type (fixture->window, "Customer number", "123456789");
  tw_click (fixture->window, "Look up");
  g_assert_cmpstr (tw_body_text (tw_get_last (fixture, TW_KIND_PAYEE_CHECK), "biller_id"), ==,
                   "biller-3");
}

/* The one that is chosen goes: no other one is asked in its place, however the list changes. */
static void
test_find_biller_lost (Fixture *fixture, gconstpointer data)
{
  const char *words = "The one that was chosen is not listed any more.";
  TwObjectList *billers = tw_client_get_list (TW_CLIENT (fixture->client), "biller");
  g_autoptr (TwObject) lost = NULL;
  AdwComboRow *combo;

  tw_go (fixture, "find", "biller");
  combo = ADW_COMBO_ROW (tw_find_type (fixture->window, ADW_TYPE_COMBO_ROW));
  adw_combo_row_set_selected (combo, 1);
  g_assert_false (tw_shows (fixture, words));
  lost = g_object_ref (tw_get_object (fixture, "biller", "biller-2"));
  tw_object_list_remove (billers, "biller-2");
  tw_object_list_remove (billers, "biller-1");
  g_assert_cmpuint (adw_combo_row_get_selected (combo), ==, GTK_INVALID_LIST_POSITION);
  g_assert_true (tw_shows (fixture, words));
  tw_type (fixture->window, "Customer number", "123456789");
  tw_click (fixture->window, "Look up");
  g_assert_cmpuint (tw_fake_client_get_n_submitted (fixture->client), ==, 0);
  tw_go (fixture, "home", "");
  tw_go (fixture, "find", "biller");
  g_assert_true (tw_shows (fixture, words));
  tw_fake_client_put (fixture->client, "biller", g_steal_pointer (&lost));
  g_assert_false (tw_shows (fixture, words));
  tw_object_list_remove (billers, "biller-2");
  adw_combo_row_set_selected (combo, 0);
  g_assert_false (tw_shows (fixture, words));
  tw_type (fixture->window, "Customer number", "123456789");
  tw_click (fixture->window, "Look up");
  g_assert_cmpstr (tw_body_text (tw_get_last (fixture, TW_KIND_PAYEE_CHECK), "biller_id"), ==,
                   "biller-3");
}

/* The limits are told before they bite, and what is missing is one click away. */
static void
test_limits (Fixture *fixture, gconstpointer data)
{
  tw_go (fixture, "give", "payee-1");
  g_assert_true (tw_shows (fixture, "you can still pay ¥49,800.00 today, of it ¥800.00 without a"));
  tw_type (fixture->window, "Amount in yuan", "60000");
  tw_click (fixture->window, "Pay");
  g_assert_null (tw_find_dialog ());
  g_assert_true (tw_shows (fixture, "Only ¥49,800.00 may still leave your wallet today."));
  tw_type (fixture->window, "Amount in yuan", "4000");
  g_assert_true (tw_shows (fixture, "Your wallet has ¥3,899.00; ¥101.00 is missing."));
  tw_click (fixture->window, "Top up ¥101.00");
  g_assert_cmpstr (
    gtk_editable_get_text (GTK_EDITABLE (tw_find_entry (fixture->window, "Amount in yuan"))), ==,
    "101.00");
  tw_do (fixture, "win.back");
  tw_type (fixture->window, "Amount in yuan", "900");
  g_assert_true (tw_shows (fixture, "¥900.00. You will be asked for a code."));
  tw_type (fixture->window, "Amount in yuan", "12");
  g_assert_false (tw_shows (fixture, "You will be asked for a code."));
  g_assert_cmpuint (tw_fake_client_get_n_submitted (fixture->client), ==, 0);
}

/* From the amount over the confirmation and the code to the end. */
static void
test_give (Fixture *fixture, gconstpointer data)
{
  TwOutgoing *outgoing, *code;

  tw_go (fixture, "give", "payee-1");
  tw_type (fixture->window, "Amount in yuan", "1200");
  tw_type (fixture->window, "A few words with it", "八月房租");
  tw_click (fixture->window, "Pay");
  tw_answer ("cancel");
  g_assert_cmpuint (tw_fake_client_get_n_submitted (fixture->client), ==, 0);
  tw_click (fixture->window, "Pay");
  tw_answer ("pay");
  outgoing = g_object_ref (tw_get_last (fixture, TW_KIND_WALLET_PAY));
  g_assert_cmpstr (tw_body_text (outgoing, "payee_id"), ==, "payee-1");
  g_assert_cmpint (tw_body_int (outgoing, "amount_fen"), ==, 120000);
  g_assert_cmpstr (tw_body_text (outgoing, "memo"), ==, "八月房租");
  g_assert_false (gtk_widget_is_sensitive (tw_find_button (fixture->window, "Pay")));

  tw_fake_client_hold (fixture->client, outgoing);
  tw_spin ();
  g_assert_true (tw_shows (fixture, "six digits were sent to 138****0000"));
  tw_type (fixture->window, "Six digits", "123");
  tw_click (fixture->window, "Confirm");
  g_assert_true (tw_shows (fixture, "The code has six digits."));
  tw_type (fixture->window, "Six digits", "123456");
  tw_click (fixture->window, "Confirm");
  code = tw_get_last (fixture, TW_KIND_CHALLENGE_ANSWER);
  g_assert_cmpstr (tw_body_text (code, "challenge_id"), ==, tw_outgoing_get_id (outgoing));
  g_assert_cmpstr (tw_body_text (code, "code"), ==, "123456");
  tw_fake_client_refuse (fixture->client, code, "wrong_code");
  tw_spin ();
  g_assert_true (tw_shows (fixture, "This is not the code that was sent to you."));
  tw_type (fixture->window, "Six digits", "654321");
  tw_click (fixture->window, "Confirm");
  tw_fake_client_answer (tw_get_last (fixture, TW_KIND_CHALLENGE_ANSWER), "challenge_id", "x");
  g_object_set (tw_get_object (fixture, "challenge", tw_outgoing_get_id (outgoing)), "state",
                TW_CHALLENGE_STATE_ANSWERED, NULL);
  tw_spin ();
  g_assert_true (tw_shows (fixture, "One moment…"));
  tw_fake_client_accept (fixture->client, outgoing);
  tw_spin ();
  g_assert_null (tw_find_entry (fixture->window, "Six digits"));
  /* Once it is paid, the receipt is one click away. */
  g_assert_null (tw_find_button (fixture->window, "Show the receipt"));
  tw_fake_client_move_payment (fixture->client,
                               tw_get_object (fixture, "payment", tw_outgoing_get_id (outgoing)),
                               TW_PAYMENT_STATE_POSTED);
  tw_spin ();
  tw_click (fixture->window, "Show the receipt");
  g_assert_true (on_page (fixture, "TwPaymentPage"));
  g_object_unref (outgoing);
}

static TwOutgoing *
hold_payment (Fixture *fixture)
{
  TwOutgoing *outgoing;

  tw_go (fixture, "give", "payee-1");
  tw_type (fixture->window, "Amount in yuan", "1200");
  tw_click (fixture->window, "Pay");
  tw_answer ("pay");
  outgoing = tw_get_last (fixture, TW_KIND_WALLET_PAY);
  tw_fake_client_hold (fixture->client, outgoing);
  tw_spin ();
  return outgoing;
}

static gboolean
is_in_sight (gpointer data)
{
  GtkWidget *view = gtk_widget_get_ancestor (data, GTK_TYPE_VIEWPORT);
  graphene_rect_t place;

  return gtk_widget_compute_bounds (data, view, &place) && place.origin.y >= 0 &&
         place.origin.y + place.size.height <= (float) gtk_widget_get_height (view);
}

/* Where to tell the code is before the eyes, though it came below what was filled in. */
static void
test_code_in_sight (Fixture *fixture, gconstpointer data)
{
  tw_make_narrow (fixture);
  gtk_window_set_default_size (fixture->window, TW_NARROWEST, 400);
  hold_payment (fixture);
  g_assert_true (tw_wait_until (is_in_sight, tw_find_button (fixture->window, "Confirm")));
}

/* A new code is the same wish once more. */
static void
test_new_code (Fixture *fixture, gconstpointer data)
{
  g_autoptr (TwOutgoing) held = g_object_ref (hold_payment (fixture));
  TwOutgoing *fresh;

  tw_click (fixture->window, "Send a new code");
  tw_fake_client_answer (tw_get_last (fixture, TW_KIND_CHALLENGE_DROP), "challenge_id", "x");
  tw_fake_client_refuse (fixture->client, held, "cancelled");
  tw_spin ();
  fresh = tw_get_last (fixture, TW_KIND_WALLET_PAY);
  g_assert_cmpstr (tw_outgoing_get_id (fresh), !=, tw_outgoing_get_id (held));
  g_assert_cmpstr (tw_outgoing_get_intent (fresh), ==, tw_outgoing_get_intent (held));
  g_assert_cmpint (tw_body_int (fresh, "amount_fen"), ==, 120000);
  g_assert_false (tw_shows (fixture, "You have cancelled this."));
}

/* Dropped, and told too late: both lead on. */
static void
test_dropped (Fixture *fixture, gconstpointer data)
{
  TwOutgoing *held = hold_payment (fixture);

  tw_click (fixture->window, "Cancel it");
  tw_fake_client_answer (tw_get_last (fixture, TW_KIND_CHALLENGE_DROP), "challenge_id", "x");
  tw_fake_client_refuse (fixture->client, held, "cancelled");
  tw_spin ();
  g_assert_true (tw_shows (fixture, "You have cancelled this."));
  g_assert_true (tw_shows (fixture, "No money has moved."));
  g_assert_null (tw_find_entry (fixture->window, "Six digits"));
  tw_click (fixture->window, "Close");
  held = hold_payment (fixture);
  tw_fake_client_refuse (fixture->client, held, "code_expired");
  tw_spin ();
  g_assert_true (tw_shows (fixture, "The code was not told in time."));
  tw_click (fixture->window, "Try again");
  g_assert_cmpint (tw_body_int (tw_get_last (fixture, TW_KIND_WALLET_PAY), "amount_fen"), ==,
                   120000);
}

static void
put_like (Fixture *fixture, TwPaymentState state, gint64 ago_ms)
{
  tw_fake_client_put (fixture->client, "payment",
                      g_object_new (TW_TYPE_PAYMENT, "id", "like", "kind", TW_PAYMENT_KIND_TRANSFER,
                                    "payee-id", "payee-1", "state", (int) state, "amount-fen",
                                    (gint64) 5000, "created-at-ms", tw_clock_now_ms () - ago_ms,
                                    NULL));
}

/* The same to the same within ten minutes is asked about here, and where only the service knew,
 * after its refusal. */
static void
test_double (Fixture *fixture, gconstpointer data)
{
  gboolean again = FALSE;
  TwOutgoing *outgoing;

  put_like (fixture, TW_PAYMENT_STATE_POSTED, 3 * 60000 + 5000);
  tw_go (fixture, "give", "payee-1");
  tw_type (fixture->window, "Amount in yuan", "50");
  tw_click (fixture->window, "Pay");
  g_assert_nonnull (
    tw_find_text (tw_find_dialog (), "You have paid ¥50.00 for the same 3 minutes ago."));
  tw_answer ("cancel");
  g_assert_cmpuint (tw_fake_client_get_n_submitted (fixture->client), ==, 0);
  tw_click (fixture->window, "Pay");
  tw_answer ("pay");
  outgoing = tw_get_last (fixture, TW_KIND_WALLET_PAY);
  g_assert_true (g_variant_lookup (tw_outgoing_get_body (outgoing), "again", "b", &again));
  g_assert_true (again);
  tw_fake_client_accept (fixture->client, outgoing);
  tw_spin ();
  tw_click (fixture->window, "Close");

  tw_go (fixture, "give", "payee-2");
  tw_type (fixture->window, "Amount in yuan", "50");
  tw_click (fixture->window, "Pay");
  tw_answer ("pay");
  outgoing = tw_get_last (fixture, TW_KIND_WALLET_PAY);
  g_assert_false (g_variant_lookup (tw_outgoing_get_body (outgoing), "again", "b", &again));
  tw_fake_client_refuse (fixture->client, outgoing, "looks_double");
  tw_spin ();
  g_assert_true (tw_shows (fixture, "You paid the same amount to the same payee"));
  tw_click (fixture->window, "Once more");
  outgoing = tw_get_last (fixture, TW_KIND_WALLET_PAY);
  g_assert_true (g_variant_lookup (tw_outgoing_get_body (outgoing), "again", "b", &again));
}

/* In and out of one's own account too: what the service asks is answered by the same once more, and
 * what was asked before is not asked again. */
static void
test_double_own (Fixture *fixture, gconstpointer data)
{
  static const struct
  {
    const char *page, *button, *kind, *code, *words;
    TwPaymentKind payment;
  } ways[] = {
    { "wallet", "Top up", TW_KIND_WALLET_TOP_UP, "looks_double_top_up",
      "You topped up with the same amount a few minutes ago.", TW_PAYMENT_KIND_TOP_UP },
    { "withdraw", "Take out", TW_KIND_WALLET_WITHDRAW, "looks_double_withdrawal",
      "You sent the same amount to the same bank card a few minutes ago.",
      TW_PAYMENT_KIND_WITHDRAWAL },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (ways); i++)
    {
      gboolean again = FALSE;
      TwOutgoing *outgoing;
      g_autofree char *intent = NULL;

      tw_go (fixture, ways[i].page, "");
      tw_type (fixture->window, "Amount in yuan", "61");
      tw_click (fixture->window, ways[i].button);
      outgoing = tw_get_last (fixture, ways[i].kind);
      g_assert_false (g_variant_lookup (tw_outgoing_get_body (outgoing), "again", "b", &again));
      intent = g_strdup (tw_outgoing_get_intent (outgoing));
      tw_fake_client_refuse (fixture->client, outgoing, ways[i].code);
      tw_spin ();
      g_assert_true (tw_shows (fixture, ways[i].words));
      tw_click (fixture->window, "Once more");
      outgoing = tw_get_last (fixture, ways[i].kind);
      g_assert_cmpstr (tw_outgoing_get_intent (outgoing), ==, intent);
      g_assert_true (g_variant_lookup (tw_outgoing_get_body (outgoing), "again", "b", &again));
      g_assert_true (again);
      tw_fake_client_refuse (fixture->client, outgoing, "cancelled");
      tw_spin ();
      tw_click (fixture->window, "Close");
      tw_fake_client_put (fixture->client, "payment",
                          g_object_new (TW_TYPE_PAYMENT, "id", ways[i].page, "kind",
                                        (int) ways[i].payment, "state", TW_PAYMENT_STATE_POSTED,
                                        "amount-fen", (gint64) 6100, "created-at-ms",
                                        tw_clock_now_ms () - 1000, NULL));
      tw_type (fixture->window, "Amount in yuan", "61");
      tw_click (fixture->window, ways[i].button);
      tw_answer ("pay");
      again = FALSE;
      g_variant_lookup (tw_outgoing_get_body (tw_get_last (fixture, ways[i].kind)), "again", "b",
                        &again);
      g_assert_true (again);
    }
}

/* Older than ten minutes is no reason to ask, but an outcome that nobody knows is one at any age.
 */
static void
test_double_age (Fixture *fixture, gconstpointer data)
{
  put_like (fixture, TW_PAYMENT_STATE_POSTED, 10 * 60000 + 5000);
  tw_go (fixture, "give", "payee-1");
  tw_type (fixture->window, "Amount in yuan", "50");
  tw_click (fixture->window, "Pay");
  g_assert_null (tw_find_text (tw_find_dialog (), "for the same"));
  tw_answer ("cancel");
  g_object_set (tw_get_object (fixture, "payment", "like"), "state", TW_PAYMENT_STATE_UNKNOWN,
                NULL);
  tw_click (fixture->window, "Pay");
  g_assert_nonnull (tw_find_text (tw_find_dialog (), "is not known yet"));
  tw_answer ("cancel");
}

/* Kept, under a name of one's own, and let go. */
static void
test_keep (Fixture *fixture, gconstpointer data)
{
  TwOutgoing *outgoing;

  tw_go (fixture, "give", "payee-4");
  tw_type (fixture->window, "Your own name for it", "小丙");
  tw_click (fixture->window, "Keep this payee");
  outgoing = tw_get_last (fixture, TW_KIND_PAYEE_SAVE);
  g_assert_cmpstr (tw_body_text (outgoing, "alias"), ==, "小丙");
  tw_fake_client_hold (fixture->client, outgoing);
  tw_spin ();
  g_assert_nonnull (tw_find_entry (fixture->window, "Six digits"));
  tw_fake_client_answer (outgoing, "payee_id", "payee-4");
  g_object_set (tw_get_object (fixture, "payee", "payee-4"), "alias", "小丙", "state",
                TW_PAYEE_STATE_SAVED, NULL);
  tw_spin ();
  g_assert_true (tw_shows (fixture, "Kept among your payees."));
  g_assert_nonnull (tw_find_button (fixture->window, "Pay every month"));
  tw_click (fixture->window, "Remove");
  tw_answer ("remove");
  tw_fake_client_answer (tw_get_last (fixture, TW_KIND_PAYEE_REMOVE), "payee_id", "payee-4");
  tw_spin ();
  g_assert_true (on_page (fixture, "TwPayPage"));
}

static void
look_up_again (Fixture *fixture, gint64 asked_at_ms)
{
  tw_click (fixture->window, "Look up once more");
  tw_fake_client_answer_asked (tw_get_last (fixture, TW_KIND_PAYEE_CHECK), "payee-2", asked_at_ms);
  tw_spin ();
}

/* What the other side says of one that is kept is waited for, and said as it is. */
static void
test_look_up_again (Fixture *fixture, gconstpointer data)
{
  GObject *payee = tw_get_object (fixture, "payee", "payee-2");
  gint64 now_ms = tw_clock_now_ms ();

  g_object_set (payee, "verified-at-ms", now_ms, "checked-at-ms", now_ms, NULL);
  tw_go (fixture, "give", "payee-2");
  look_up_again (fixture, now_ms + 10);
  g_assert_false (tw_shows (fixture, "Looked up:"));
  g_assert_false (gtk_widget_is_sensitive (tw_find_button (fixture->window, "Look up once more")));
  g_object_set (payee, "checked-at-ms", now_ms + 20, NULL);
  tw_spin ();
  g_assert_true (tw_shows (fixture, "there is nobody under this number any more"));
  g_assert_true (tw_shows (fixture, "can’t be paid until it is found again"));
  g_assert_false (gtk_widget_is_sensitive (tw_find_button (fixture->window, "Pay")));
  look_up_again (fixture, now_ms + 30);
  g_object_freeze_notify (payee);
  g_object_set (payee, "verified-at-ms", now_ms + 40, "checked-at-ms", now_ms + 40, NULL);
  g_object_thaw_notify (payee);
  tw_spin ();
  g_assert_true (tw_shows (fixture, "it is still there under this name"));
  g_assert_true (gtk_widget_is_sensitive (tw_find_button (fixture->window, "Pay")));
}

static void
test_search (Fixture *fixture, gconstpointer data)
{
  GtkWidget *search;

  tw_go (fixture, "pay", "");
  tw_do (fixture, "win.find");
  search = tw_find_type (fixture->window, GTK_TYPE_SEARCH_ENTRY);
  gtk_editable_set_text (GTK_EDITABLE (search), "供电");
  tw_wait_gone (fixture, "房东");
  g_assert_true (tw_shows (fixture, "示例供电公司"));
  gtk_editable_set_text (GTK_EDITABLE (search), "nobody at all");
  tw_wait_shows (fixture, "Nobody like that is among your payees.");
  tw_do (fixture, "win.escape");
  tw_wait_shows (fixture, "房东");
  g_assert_true (on_page (fixture, "TwPayPage"));
}

/* A code that is drawn is read back, from a picture as it may come. */
static void
test_qr (Fixture *fixture, gconstpointer data)
{
  g_autofree char *code = tw_pay_code_make (&(TwPayCode){ TW_PAY_CODE_MERCHANT, "88000016", 1250 });
  g_autoptr (GdkTexture) picture = tw_qr_draw (code);
  g_autofree char *read = tw_qr_read (picture);
  g_autoptr (GBytes) white =
    g_bytes_new_take (memset (g_malloc (300 * 300 * 3), 255, 270000), 270000);
  g_autoptr (GdkTexture) empty = gdk_memory_texture_new (300, 300, GDK_MEMORY_R8G8B8, white, 900);

  g_assert_cmpstr (read, ==, code);
  g_assert_null (tw_qr_read (empty));
}

static void
test_own_code (Fixture *fixture, gconstpointer data)
{
  g_autofree char *any = tw_pay_code_make_for_reference ("TW-6789-EFGH", 0);
  g_autofree char *asks = tw_pay_code_make_for_reference ("TW-6789-EFGH", 1250);
  GtkWidget *picture;
  g_autofree char *read = NULL;

  tw_go (fixture, "code", "");
  g_assert_true (tw_shows (fixture, any));
  tw_type (fixture->window, "Ask for an amount, if you like", "12.50");
  g_assert_true (tw_shows (fixture, asks));
  picture = tw_find_type (fixture->window, GTK_TYPE_PICTURE);
  read = tw_qr_read (GDK_TEXTURE (gtk_picture_get_paintable (GTK_PICTURE (picture))));
  g_assert_cmpstr (read, ==, asks);
}

/* Copied as a picture, or as text: both lead to who is to be paid. */
static void
test_paste (Fixture *fixture, gconstpointer data)
{
  g_autofree char *code = tw_pay_code_make (&(TwPayCode){ TW_PAY_CODE_MERCHANT, "88000016", 1250 });
  g_autoptr (GdkTexture) picture = tw_qr_draw (code);
  GdkClipboard *clipboard = gtk_widget_get_clipboard (GTK_WIDGET (fixture->window));

  tw_go (fixture, "code", "");
  gdk_clipboard_set_text (clipboard, "hello");
  tw_click (fixture->window, "Paste");
  tw_wait_shows (fixture, "payment code");
  g_assert_cmpuint (tw_fake_client_get_n_submitted (fixture->client), ==, 0);
  gdk_clipboard_set_texture (clipboard, picture);
  tw_click (fixture->window, "Paste");
  for (int i = 0; i < 200 && tw_fake_client_get_n_submitted (fixture->client) == 0; i++)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpstr (tw_body_text (tw_get_last (fixture, TW_KIND_PAYEE_CHECK), "to"), ==, code);
}

/* What is full says where to go, and a button goes there; other trouble has none. */
static void
test_full (Fixture *fixture, gconstpointer data)
{
  static const struct
  {
    const char *page, *arg, *field, *text, *button, *kind, *code, *help, *there;
  } ways[] = {
    { "find", "person", "Phone number or account", "13800000009", "Look up", TW_KIND_PAYEE_CHECK,
      "many_lookups", "See your payees", "TwPayPage" },
    { "cards", "", "Number on the card", "4111111111111111", "Bind", TW_KIND_CARD_BIND,
      "many_cards", "Go to your wallet", "TwWalletPage" },
    { "standing", "payee\npayee-2", "Amount in yuan, each time", "250", "Set", TW_KIND_STANDING_SET,
      "many_standing", "See your standing orders", "TwStandingsPage" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (ways); i++)
    {
      tw_go (fixture, ways[i].page, ways[i].arg);
      tw_type (fixture->window, ways[i].field, ways[i].text);
      if (i == 2)
        tw_type (fixture->window, "Day of the month", "5");
      tw_click (fixture->window, ways[i].button);
      tw_fake_client_refuse (fixture->client, tw_get_last (fixture, ways[i].kind), "not_allowed");
      tw_spin ();
      g_assert_true (tw_shows (fixture, "You may not do this."));
      g_assert_null (tw_find_button (fixture->window, ways[i].help));
      tw_click (fixture->window, ways[i].button);
      tw_fake_client_refuse (fixture->client, tw_get_last (fixture, ways[i].kind), ways[i].code);
      tw_spin ();
      g_assert_true (tw_shows (fixture, tw_refusal_get_words (ways[i].code, "")));
      tw_click (fixture->window, ways[i].help);
      g_assert_true (on_page (fixture, ways[i].there));
    }
}

static void
test_withdraw (Fixture *fixture, gconstpointer data)
{
  TwOutgoing *outgoing;

  tw_go (fixture, "withdraw", "");
  tw_type (fixture->window, "Amount in yuan", "4000");
  tw_click (fixture->window, "Take out");
  g_assert_true (tw_shows (fixture, "¥101.00 is missing."));
  /* No limit counts for one's own card, but a code is always asked for. */
  tw_type (fixture->window, "Amount in yuan", "3899");
  g_assert_true (tw_shows (fixture, "You will be asked for a code."));
  tw_click (fixture->window, "Take out");
  outgoing = tw_get_last (fixture, TW_KIND_WALLET_WITHDRAW);
  g_assert_cmpstr (tw_body_text (outgoing, "card_id"), ==, "card-1");
  tw_fake_client_hold (fixture->client, outgoing);
  tw_spin ();
  g_assert_nonnull (tw_find_entry (fixture->window, "Six digits"));
  tw_object_list_clear (tw_client_get_list (TW_CLIENT (fixture->client), "card"));
  tw_wait_shows (fixture, "No bank card yet");
}

static void
test_cards (Fixture *fixture, gconstpointer data)
{
  TwOutgoing *outgoing;

  tw_go (fixture, "cards", "");
  tw_type (fixture->window, "Number on the card", "4111111111111112");
  tw_click (fixture->window, "Bind");
  g_assert_true (tw_shows (fixture, "does not fit the others"));
  tw_type (fixture->window, "Number on the card", "4111 1111 1111 1111");
  tw_click (fixture->window, "Bind");
  outgoing = tw_get_last (fixture, TW_KIND_CARD_BIND);
  g_assert_cmpstr (tw_body_text (outgoing, "number"), ==, "4111111111111111");
  /* Its page is there before the card is. */
  tw_fake_client_answer (outgoing, "card_id", "card-9");
  tw_spin ();
  g_assert_true (on_page (fixture, "TwCardPage"));
  tw_fake_client_put (fixture->client, "card",
                      g_object_new (TW_TYPE_CARD, "id", "card-9", "bank", "icbc", "last-four",
                                    "1111", "tries-left", (gint64) 3, NULL));
  tw_wait_shows (fixture, "The bank is being asked whether this card is yours.");
  g_object_set (tw_get_object (fixture, "card", "card-9"), "state", TW_CARD_STATE_PROVING, NULL);
  tw_wait_shows (fixture, "3 tries are left");
  tw_type (fixture->window, "Amount that the bank has sent, in yuan", "0.13");
  tw_click (fixture->window, "That is it");
  outgoing = tw_get_last (fixture, TW_KIND_CARD_PROVE);
  g_assert_cmpint (tw_body_int (outgoing, "amount_fen"), ==, 13);
  tw_fake_client_refuse (fixture->client, outgoing, "wrong_amount");
  tw_spin ();
  g_assert_true (tw_shows (fixture, "This is not the amount that the bank has sent."));
  g_object_set (tw_get_object (fixture, "card", "card-9"), "state", TW_CARD_STATE_BOUND, NULL);
  tw_spin ();
  g_assert_null (tw_find_button (fixture->window, "That is it"));
  tw_click (fixture->window, "Let it go");
  tw_answer ("unbind");
  g_assert_cmpstr (tw_body_text (tw_get_last (fixture, TW_KIND_CARD_UNBIND), "card_id"), ==,
                   "card-9");
}

static void
test_standing (Fixture *fixture, gconstpointer data)
{
  TwOutgoing *outgoing;

  tw_go (fixture, "standing", "standing-1");
  g_assert_true (tw_shows (fixture, "¥601.00 is missing for it."));
  tw_click (fixture->window, "Top up ¥601.00");
  g_assert_cmpstr (
    gtk_editable_get_text (GTK_EDITABLE (tw_find_entry (fixture->window, "Amount in yuan"))), ==,
    "601.00");
  tw_do (fixture, "win.back");
  tw_click (fixture->window, "End it");
  tw_answer ("end");
  tw_fake_client_answer (tw_get_last (fixture, TW_KIND_STANDING_END), "standing_id", "standing-1");
  g_object_set (tw_get_object (fixture, "standing", "standing-1"), "state", TW_STANDING_STATE_ENDED,
                NULL);
  tw_spin ();
  g_assert_true (tw_shows (fixture, "This standing order has ended."));
  g_assert_null (tw_find_button (fixture->window, "End it"));

  tw_go (fixture, "standing", "payee\npayee-2");
  tw_type (fixture->window, "Amount in yuan, each time", "250");
  tw_type (fixture->window, "Day of the month", "32");
  tw_click (fixture->window, "Set");
  g_assert_true (tw_shows (fixture, "Enter a day from 1 to 31."));
  tw_type (fixture->window, "Day of the month", "5");
  tw_click (fixture->window, "Set");
  outgoing = tw_get_last (fixture, TW_KIND_STANDING_SET);
  g_assert_cmpstr (tw_body_text (outgoing, "payee_id"), ==, "payee-2");
  g_assert_cmpint (tw_body_int (outgoing, "amount_fen"), ==, 25000);
  g_assert_cmpint (tw_body_int (outgoing, "day"), ==, 5);
  tw_fake_client_hold (fixture->client, outgoing);
  tw_spin ();
  g_assert_nonnull (tw_find_entry (fixture->window, "Six digits"));
  tw_fake_client_put (fixture->client, "standing",
                      g_object_new (TW_TYPE_STANDING, "id", "standing-9", "payee-id", "payee-2",
                                    "payee-name", "x", "amount-fen", (gint64) 25000, "day",
                                    (gint64) 5, NULL));
  tw_fake_client_answer (outgoing, "standing_id", "standing-9");
  tw_spin ();
  g_assert_nonnull (tw_find_button (fixture->window, "Save the change"));
}

static void
choose (Fixture *fixture, guint nth, guint selected)
{
  GtkWidget *flow = tw_find_type (fixture->window, GTK_TYPE_FLOW_BOX);
  GtkFlowBoxChild *child = gtk_flow_box_get_child_at_index (GTK_FLOW_BOX (flow), (int) nth);

  gtk_drop_down_set_selected (GTK_DROP_DOWN (gtk_flow_box_child_get_child (child)), selected);
  tw_spin ();
}

/* By time, kind, payee and words; and the filters outlive the window. */
static void
test_history (Fixture *fixture, gconstpointer data)
{
  tw_go (fixture, "history", "");
  g_assert_true (tw_shows (fixture, "7 payments"));
  /* What did not happen, or has not yet, is not added up. */
  g_assert_true (tw_shows (fixture, "in ¥5,600.00, out ¥2,499.40"));
  choose (fixture, 0, 3);
  g_assert_true (tw_shows (fixture, "4 payments"));
  choose (fixture, 0, 0);
  choose (fixture, 1, 3);
  g_assert_true (tw_shows (fixture, "1 payment"));
  choose (fixture, 1, 0);
  choose (fixture, 2, 2);
  g_assert_true (tw_shows (fixture, "out ¥98.40"));
  choose (fixture, 2, 0);
  gtk_editable_set_text (GTK_EDITABLE (tw_find_type (fixture->window, GTK_TYPE_SEARCH_ENTRY)),
                         "七月");
  tw_wait_shows (fixture, "1 payment");
  tw_window_test_restart (fixture);
  tw_wait_shows (fixture, "1 payment");
  tw_click (fixture->window, "Show all");
  g_assert_true (tw_shows (fixture, "7 payments"));
  tw_go (fixture, "give", "payee-3");
  tw_click (fixture->window, "Payments to it");
  g_assert_true (tw_shows (fixture, "out ¥98.40"));
}

/* While it has only been set aside it can be cancelled; not a moment longer. */
static void
test_cancel (Fixture *fixture, gconstpointer data)
{
  TwOutgoing *outgoing;

  put_like (fixture, TW_PAYMENT_STATE_RESERVED, 1000);
  tw_go (fixture, "payment", "like");
  tw_click (fixture->window, "Cancel it");
  g_assert_nonnull (tw_find_text (tw_find_dialog (), "free in your wallet again"));
  tw_answer ("cancel-it");
  outgoing = tw_get_last (fixture, TW_KIND_PAYMENT_CANCEL);
  g_assert_cmpstr (tw_body_text (outgoing, "payment_id"), ==, "like");
  tw_fake_client_refuse (fixture->client, outgoing, "already_sent");
  tw_spin ();
  g_assert_true (tw_shows (fixture, "This is on its way already"));
  g_object_set (tw_get_object (fixture, "payment", "like"), "state", TW_PAYMENT_STATE_SENT, NULL);
  tw_spin ();
  g_assert_null (tw_find_button (fixture->window, "Cancel it"));
}

static void
test_refund (Fixture *fixture, gconstpointer data)
{
  TwOutgoing *outgoing;

  tw_go (fixture, "payment", "pay-6");
  tw_type (fixture->window, "Amount in yuan", "600.01");
  tw_click (fixture->window, "Give back");
  g_assert_true (tw_shows (fixture, "At most ¥600.00."));
  tw_type (fixture->window, "Amount in yuan", "200");
  tw_click (fixture->window, "Give back");
  tw_answer ("give");
  outgoing = tw_get_last (fixture, TW_KIND_PAYMENT_REFUND);
  g_assert_cmpstr (tw_body_text (outgoing, "payment_id"), ==, "pay-6");
  g_assert_cmpint (tw_body_int (outgoing, "amount_fen"), ==, 20000);
  g_assert_null (tw_find_entry (fixture->window, "Amount in yuan"));
  tw_fake_client_accept (fixture->client, outgoing);
  g_object_set (tw_get_object (fixture, "payment", "pay-6"), "refunded-fen", (gint64) 20000, NULL);
  tw_spin ();
  g_assert_true (tw_shows (fixture, "Given back of it"));
  /* What is given back in turn is no more. */
  g_object_set (tw_get_object (fixture, "payment", "pay-6"), "refunded-fen", (gint64) 60000, NULL);
  tw_spin ();
  g_assert_null (tw_find_button (fixture->window, "Give back"));
  tw_go (fixture, "payment", "pay-5");
  g_assert_null (tw_find_button (fixture->window, "Give back"));
}

/* A part with the late fee on it, and straight from a card. */
static void
test_part (Fixture *fixture, gconstpointer data)
{
  TwBill *bill = tw_get_object (fixture, "bill", "bill-1");
  gint64 part_fen = 100000;
  TwOutgoing *outgoing;
  g_autofree char *rest = NULL;

  tw_go (fixture, "bill", "bill-1");
  g_assert_null (tw_find_text (fixture->window, "Pay a part of it"));
  g_object_set (bill, "partly", TRUE, NULL);
  tw_spin ();
  gtk_check_button_set_active (
    GTK_CHECK_BUTTON (tw_find_type (fixture->window, GTK_TYPE_CHECK_BUTTON)), TRUE);
  tw_spin ();
  tw_type (fixture->window, "Part of the tax, in yuan", "4860.01");
  tw_click (fixture->window, "Pay");
  g_assert_null (tw_find_dialog ());
  g_assert_true (tw_shows (fixture, "At most ¥4,860.00."));
  tw_type (fixture->window, "Part of the tax, in yuan", "1000");
  adw_combo_row_set_selected (ADW_COMBO_ROW (tw_find_type (fixture->window, ADW_TYPE_COMBO_ROW)),
                              1);
  tw_click (fixture->window, "Pay");
  tw_answer ("pay");
  outgoing = tw_get_last (fixture, TW_KIND_TAX_PAY);
  g_assert_cmpint (tw_body_int (outgoing, "part_fen"), ==, part_fen);
  g_assert_cmpint (tw_body_int (outgoing, "amount_fen"), ==,
                   tw_bill_sum_part_fen (bill, part_fen, tw_clock_today ()));
  g_assert_cmpint (tw_body_int (outgoing, "amount_fen"), >, part_fen);
  g_assert_cmpstr (tw_body_text (outgoing, "card_id"), ==, "card-1");

  /* When the tax office has that part, the rest is there to be paid, and no part of more than it.
   */
  tw_fake_client_accept (fixture->client, outgoing);
  tw_fake_client_move_payment (fixture->client,
                               tw_get_object (fixture, "payment", tw_bill_get_payment_id (bill)),
                               TW_PAYMENT_STATE_POSTED);
  tw_spin ();
  g_assert_null (tw_find_button (fixture->window, "Pay"));
  g_object_set (tw_get_object (fixture, "payment", tw_bill_get_payment_id (bill)),
                "confirmed-at-ms", tw_clock_now_ms (), NULL);
  g_object_set (bill, "state", TW_BILL_STATE_DUE, "paid-fen", part_fen, NULL);
  tw_spin ();
  rest = tw_money_format (tw_bill_sum_total_fen (bill, tw_clock_today ()));
  g_assert_true (tw_shows (fixture, rest));
  g_assert_nonnull (tw_find_button (fixture->window, "Show the receipt"));
  g_assert_nonnull (tw_find_button (fixture->window, "Pay"));
  gtk_check_button_set_active (
    GTK_CHECK_BUTTON (tw_find_type (fixture->window, GTK_TYPE_CHECK_BUTTON)), TRUE);
  tw_spin ();
  tw_type (fixture->window, "Part of the tax, in yuan", "3860.01");
  tw_click (fixture->window, "Pay");
  g_assert_true (tw_shows (fixture, "At most ¥3,860.00."));
}

/* A row of the list says what is left, not what there was. */
static void
test_part_in_list (Fixture *fixture, gconstpointer data)
{
  TwBill *bill = tw_get_object (fixture, "bill", "bill-1");
  g_autofree char *whole = tw_money_format (tw_bill_sum_total_fen (bill, tw_clock_today ()));
  g_autofree char *rest = NULL;

  tw_go (fixture, "bills", "");
  tw_wait_shows (fixture, whole);
  g_object_set (bill, "paid-fen", G_GINT64_CONSTANT (100000), NULL);
  rest = tw_money_format (tw_bill_sum_total_fen (bill, tw_clock_today ()));
  tw_wait_shows (fixture, rest);
  g_assert_false (tw_shows (fixture, whole));
}

/* Which command waits is the command's to say, at home too. */
static void
test_held (Fixture *fixture, gconstpointer data)
{
  GVariantDict body = G_VARIANT_DICT_INIT (NULL);
  g_autoptr (TwOutgoing) held = NULL;

  g_variant_dict_insert (&body, "payee_id", "s", "payee-1");
  g_variant_dict_insert (&body, "amount_fen", "x", G_GINT64_CONSTANT (120000));
  held = tw_client_submit (TW_CLIENT (fixture->client), TW_KIND_WALLET_PAY, NULL,
                           g_variant_dict_end (&body), NULL);
  tw_go (fixture, "home", "");
  tw_fake_client_hold (fixture->client, held);
  tw_outgoing_set_held (held, FALSE);
  tw_spin ();
  g_assert_null (tw_find_entry (fixture->window, "Six digits"));
  tw_outgoing_set_held (held, TRUE);
  tw_spin ();
  g_assert_nonnull (tw_find_entry (fixture->window, "Six digits"));
  tw_fake_client_refuse (fixture->client, held, "cancelled");
  tw_spin ();
  g_assert_null (tw_find_entry (fixture->window, "Six digits"));
}

static guint
count_queries (Fixture *fixture)
{
  guint before = tw_fake_client_get_n_queries (fixture->client);

  g_signal_emit_by_name (fixture->client, "records-changed");
  tw_spin ();
  return tw_fake_client_get_n_queries (fixture->client) - before;
}

/* Looked for until it is found, and not any more then. */
static void
test_record_link (Fixture *fixture, gconstpointer data)
{
  TwPayment *payment = tw_get_object (fixture, "payment", "pay-2");
  guint others = count_queries (fixture);

  g_object_set (payment, "rail-reference", "none-yet", NULL);
  tw_go (fixture, "payment", "pay-2");
  tw_spin ();
  g_assert_null (tw_find_button (fixture->window, "See it in the tax history"));
  g_assert_cmpuint (count_queries (fixture), ==, others + 1);
  g_object_set (payment, "rail-reference", "SW41000000", NULL);
  tw_spin ();
  g_assert_nonnull (tw_find_button (fixture->window, "See it in the tax history"));
  g_assert_cmpuint (count_queries (fixture), ==, others);
  tw_click (fixture->window, "See it in the tax history");
  g_assert_true (on_page (fixture, "TwStoryPage"));
}

static void
test_top_up_card (Fixture *fixture, gconstpointer data)
{
  TwOutgoing *outgoing;

  tw_go (fixture, "wallet", "");
  adw_combo_row_set_selected (ADW_COMBO_ROW (tw_find_type (fixture->window, ADW_TYPE_COMBO_ROW)),
                              1);
  tw_type (fixture->window, "Amount in yuan", "70");
  tw_click (fixture->window, "Top up");
  outgoing = tw_get_last (fixture, TW_KIND_WALLET_TOP_UP);
  g_assert_cmpstr (tw_body_text (outgoing, "card_id"), ==, "card-1");
  tw_fake_client_refuse (fixture->client, outgoing, "rail_down");
  tw_spin ();
  tw_click (fixture->window, "Try again");
  g_assert_cmpstr (tw_body_text (tw_get_last (fixture, TW_KIND_WALLET_TOP_UP), "card_id"), ==,
                   "card-1");
}

#define ADD(name, func)                                                                            \
  g_test_add ("/user/pay/" name, Fixture, "filled", tw_window_test_set_up, func,                   \
              tw_window_test_tear_down)

int
main (int argc, char *argv[])
{
  tw_window_test_init (&argc, &argv, tw_user_window_new);
  ADD ("find", test_find);
  ADD ("find-nobody", test_find_nobody);
  ADD ("find-biller", test_find_biller);
  ADD ("find-biller-gone", test_find_biller_gone);
  ADD ("find-biller-lost", test_find_biller_lost);
  ADD ("look-up-again", test_look_up_again);
  ADD ("limits", test_limits);
  ADD ("give", test_give);
  ADD ("code-in-sight", test_code_in_sight);
  ADD ("new-code", test_new_code);
  ADD ("dropped", test_dropped);
  ADD ("double", test_double);
  ADD ("double-own", test_double_own);
  ADD ("double-age", test_double_age);
  ADD ("keep", test_keep);
  ADD ("search", test_search);
  ADD ("qr", test_qr);
  ADD ("own-code", test_own_code);
  ADD ("paste", test_paste);
  ADD ("full", test_full);
  ADD ("withdraw", test_withdraw);
  ADD ("cards", test_cards);
  ADD ("standing", test_standing);
  ADD ("history", test_history);
  ADD ("cancel", test_cancel);
  ADD ("refund", test_refund);
  ADD ("part", test_part);
  ADD ("part-in-list", test_part_in_list);
  ADD ("held", test_held);
  ADD ("record-link", test_record_link);
  ADD ("top-up-card", test_top_up_card);
  return g_test_run ();
}
