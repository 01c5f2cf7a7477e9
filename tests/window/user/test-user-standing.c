// SPDX-License-Identifier: GPL-3.0-or-later
/* What a standing order is about to do, or could not do, reaches the person: by the desktop, and at
 * home; once. */
#include <string.h>

#include "base/tw-clock.h"
#include "client/user/tw-standing-news.h"
#include "client/user/tw-user-window.h"
#include "model/tw-payee.h"
#include "model/tw-payment.h"
#include "model/tw-standing.h"
#include "model/tw-wallet.h"
#include "tw-window-test.h"

#define DAY_MS (G_GINT64_CONSTANT (86400000))

typedef struct
{
  guint n;
  char *title, *words, *page, *arg;
} Told;

static void
told_clear (Told *told)
{
  g_free (told->title);
  g_free (told->words);
  g_free (told->page);
  g_free (told->arg);
  *told = (Told){ 0 };
}

static void
on_news (TwStandingNews *news,
         const char *id,
         const char *title,
         const char *words,
         const char *page,
         const char *arg,
         Told *told)
{
  guint n = told->n + 1;

  told_clear (told);
  *told = (Told){ n, g_strdup (title), g_strdup (words), g_strdup (page), g_strdup (arg) };
}

static gpointer
object (TwFakeClient *client, const char *type, const char *id)
{
  TwObject *found = tw_object_list_find (tw_client_get_list (TW_CLIENT (client), type), id);

  g_assert_nonnull (found);
  return found;
}

static void
updated (TwFakeClient *client, const char *type)
{
  g_signal_emit_by_name (tw_client_get_list (TW_CLIENT (client), type), "updated");
  tw_spin ();
}

#define SET(client, ...)                                                                           \
  g_object_set (object (client, "standing", "standing-1"), __VA_ARGS__, NULL);                     \
  updated (client, "standing")

static void
set_balance (TwFakeClient *client, gint64 fen)
{
  g_object_set (object (client, "wallet", "acc-1"), "balance-fen", fen, NULL);
  updated (client, "wallet");
}

static void
put (TwFakeClient *client, const char *id, TwStandingNotice notice, gint64 in_days, gint64 last_ms)
{
  tw_fake_client_put (client, "standing",
                      g_object_new (TW_TYPE_STANDING, "id", id, "payee-id", "payee-2", "payee-name",
                                    id, "amount-fen", (gint64) 10000, "day", (gint64) 5, "notice",
                                    notice, "next-day", tw_clock_today () + in_days, "last-at-ms",
                                    last_ms, "reason",
                                    notice == TW_STANDING_NOTICE_FAILED ? "no_balance" : "", NULL));
  tw_spin ();
}

static void
assert_told (Told *told, const char *title, const char *words)
{
  g_assert_cmpuint (told->n, ==, 1);
  g_assert_cmpstr (told->title, ==, title);
  g_assert_nonnull (strstr (told->words, words));
  g_assert_cmpstr (told->page, ==, "standing");
  told_clear (told);
}

static TwStandingNews *
listen (TwFakeClient *client, Told *told)
{
  TwStandingNews *news = tw_standing_news_new (TW_CLIENT (client));

  g_signal_connect (news, "news", G_CALLBACK (on_news), told);
  tw_spin ();
  return news;
}

/* Days ahead and on the eve, when it could not be paid, and when it failed: each once, also after a
 * restart. */
static void
test_news (void)
{
  g_autoptr (TwFakeClient) client = tw_fake_client_new ();
  Told told = { 0 };
  TwStandingNews *news;

  tw_fake_client_fill (client, 1);
  tw_fake_client_set_signed_in (client, TRUE);
  news = listen (client, &told);
  g_assert_cmpstr (told.arg, ==, "standing-1");
  assert_told (&told, "Balance too small: ¥4,500.00 to 房东", "¥601.00 is missing for it.");
  updated (client, "standing");
  updated (client, "wallet");
  g_assert_finalize_object (news);
  news = listen (client, &told);
  g_assert_cmpuint (told.n, ==, 0);
  /* Topped up and spent: the person has done that, and knows. */
  set_balance (client, 500000);
  set_balance (client, 389900);
  g_assert_cmpuint (told.n, ==, 0);
  tw_clock_set_offset_ms (DAY_MS);
  tw_standing_news_look (news);
  assert_told (&told, "Balance too small: ¥4,500.00 to 房东", "¥601.00 is missing for it.");
  tw_standing_news_look (news);
  g_assert_cmpuint (told.n, ==, 0);
  tw_clock_set_offset_ms (2 * DAY_MS);
  SET (client, "notice", TW_STANDING_NOTICE_RETRYING, "reason", "no_balance");
  assert_told (&told, "Not paid yet: ¥4,500.00 to 房东", "It is tried again today.");
  SET (client, "notice", TW_STANDING_NOTICE_FAILED, "last-at-ms", tw_clock_now_ms (), "next-day",
       (gint64) tw_clock_today () + 30);
  assert_told (&told, "Not paid: ¥4,500.00 to 房东", "The balance is not enough.");
  tw_clock_set_offset_ms (29 * DAY_MS);
  set_balance (client, 500000);
  SET (client, "notice", TW_STANDING_NOTICE_SOON, "reason", "");
  assert_told (&told, "Paid soon: ¥4,500.00 to 房东", "It will be paid on");
  /* Enough when it was looked at, and not any more. */
  set_balance (client, 449900);
  tw_standing_news_look (news);
  assert_told (&told, "Balance too small: ¥4,500.00 to 房东", "¥1.00 is missing for it.");
  tw_clock_set_offset_ms (0);
  g_assert_finalize_object (news);
  told_clear (&told);
}

/* Neither what is over, nor what nobody knows to be so still. */
static void
test_no_news (void)
{
  g_autoptr (TwFakeClient) client = tw_fake_client_new ();
  g_autoptr (TwStandingNews) news = NULL;
  Told told = { 0 };

  tw_fake_client_fill (client, 1);
  tw_fake_client_set_signed_in (client, TRUE);
  tw_fake_client_set_online (client, FALSE);
  news = listen (client, &told);
  g_assert_cmpuint (told.n, ==, 0);
  SET (client, "state", TW_STANDING_STATE_ENDED);
  put (client, "past", TW_STANDING_NOTICE_SOON, -1, 0);
  put (client, "old", TW_STANDING_NOTICE_FAILED, 20, tw_clock_now_ms () - 8 * DAY_MS);
  put (client, "calm", TW_STANDING_NOTICE_NONE, 2, 0);
  tw_fake_client_set_online (client, TRUE);
  tw_spin ();
  g_assert_cmpuint (told.n, ==, 0);
  put (client, "soon", TW_STANDING_NOTICE_SOON, 3, 0);
  assert_told (&told, "Paid soon: ¥100.00 to soon", "It will be paid on");
}

/* What is missing, for how much and when; topped up with one click. */
static void
test_home (Fixture *fixture, gconstpointer data)
{
  TwFakeClient *client = fixture->client;

  tw_go (fixture, "home", "");
  g_assert_true (tw_shows (fixture, "房东"));
  g_assert_true (tw_shows (fixture, "¥4,500.00"));
  g_assert_true (tw_shows (fixture, "¥601.00 is missing for it."));
  tw_click (fixture->window, "Top up ¥601.00");
  g_assert_cmpstr (
    gtk_editable_get_text (GTK_EDITABLE (tw_find_entry (fixture->window, "Amount in yuan"))), ==,
    "601.00");
  tw_do (fixture, "win.back");
  set_balance (client, 450000);
  tw_wait_shows (fixture, "There is enough in your wallet now.");
  /* Not for a second one on the same day. */
  put (client, "standing-2", TW_STANDING_NOTICE_SOON, 2, 0);
  tw_wait_shows (fixture, "¥100.00 is missing for it.");
  g_assert_nonnull (tw_find_button (fixture->window, "Top up ¥100.00"));
  set_balance (client, 10000000);
  tw_wait_gone (fixture, "is missing for it.");
  tw_click (fixture->window, "See it");
  g_assert_true (tw_shows (fixture, "Save the change"));
  SET (client, "notice", TW_STANDING_NOTICE_NONE);
  g_object_set (object (client, "standing", "standing-2"), "state", TW_STANDING_STATE_ENDED, NULL);
  tw_go (fixture, "home", "");
  tw_wait_gone (fixture, "It will be paid on");
  g_assert_null (tw_find_button (fixture->window, "See it"));
}

/* What failed can be paid by hand, and is gone once it has been seen. */
static void
test_failed (Fixture *fixture, gconstpointer data)
{
  TwFakeClient *client = fixture->client;
  gint64 now_ms = tw_clock_now_ms ();

  SET (client, "notice", TW_STANDING_NOTICE_FAILED, "reason", "no_balance", "last-at-ms", now_ms);
  tw_go (fixture, "home", "");
  g_assert_true (tw_shows (fixture, "The last time it was not paid: The balance is not enough."));
  tw_click (fixture->window, "Pay it now");
  g_assert_cmpstr (
    gtk_editable_get_text (GTK_EDITABLE (tw_find_entry (fixture->window, "Amount in yuan"))), ==,
    "4500.00");
  tw_go (fixture, "home", "");
  g_assert_false (tw_shows (fixture, "The last time it was not paid"));
  /* Another month. */
  SET (client, "last-at-ms", now_ms + 1);
  tw_wait_shows (fixture, "The last time it was not paid");
  tw_go (fixture, "standing", "standing-1");
  g_assert_nonnull (tw_find_button (fixture->window, "Pay it now"));
  g_assert_null (tw_find_button (fixture->window, "Top up ¥601.00"));
  tw_go (fixture, "home", "");
  g_assert_false (tw_shows (fixture, "The last time it was not paid"));
  /* Read there while it happens. */
  tw_go (fixture, "standing", "standing-1");
  SET (client, "last-at-ms", now_ms + 2);
  tw_go (fixture, "home", "");
  g_assert_false (tw_shows (fixture, "The last time it was not paid"));
}

static void
put_payment (TwFakeClient *client, const char *id, gint64 amount_fen, gint64 at_ms)
{
  tw_fake_client_put (client, "payment",
                      g_object_new (TW_TYPE_PAYMENT, "id", id, "kind", TW_PAYMENT_KIND_TRANSFER,
                                    "state", TW_PAYMENT_STATE_SENT, "amount-fen", amount_fen,
                                    "payee-id", "payee-1", "created-at-ms", at_ms, NULL));
  tw_spin ();
}

/* What was paid by hand since is not offered to be paid once more, unless it did not happen. */
static void
test_paid_by_hand (Fixture *fixture, gconstpointer data)
{
  TwFakeClient *client = fixture->client;
  gint64 now_ms = tw_clock_now_ms ();

  SET (client, "notice", TW_STANDING_NOTICE_FAILED, "reason", "no_balance", "last-at-ms", now_ms);
  tw_go (fixture, "standing", "standing-1");
  put_payment (client, "earlier", 450000, now_ms - 1);
  put_payment (client, "less", 449999, now_ms + 1);
  g_assert_nonnull (tw_find_button (fixture->window, "Pay it now"));
  put_payment (client, "by-hand", 450000, now_ms + 1);
  g_assert_null (tw_find_button (fixture->window, "Pay it now"));
  g_assert_null (tw_find_button (fixture->window, "Top up ¥601.00"));
  g_assert_false (tw_shows (fixture, "The last time it was not paid"));
  g_object_set (object (client, "payment", "by-hand"), "state", TW_PAYMENT_STATE_VOIDED, NULL);
  updated (client, "payment");
  g_assert_nonnull (tw_find_button (fixture->window, "Pay it now"));
  /* Another month, at home. */
  SET (client, "last-at-ms", now_ms + 2);
  tw_go (fixture, "home", "");
  SET (client, "last-at-ms", now_ms + 3);
  tw_wait_shows (fixture, "The last time it was not paid");
  put_payment (client, "once-more", 450000, now_ms + 4);
  tw_wait_gone (fixture, "The last time it was not paid");
}

/* What the button says is what is to be paid, whatever was typed at the payee before; what is typed
 * after that stays. */
static void
test_amount (Fixture *fixture, gconstpointer data)
{
  SET (fixture->client, "notice", TW_STANDING_NOTICE_FAILED, "reason", "no_balance", "last-at-ms",
       tw_clock_now_ms ());
  tw_go (fixture, "give", "payee-1");
  tw_type (fixture->window, "Amount in yuan", "12.50");
  tw_go (fixture, "home", "");
  tw_click (fixture->window, "Pay it now");
  g_assert_cmpstr (
    gtk_editable_get_text (GTK_EDITABLE (tw_find_entry (fixture->window, "Amount in yuan"))), ==,
    "4500.00");
  tw_type (fixture->window, "Amount in yuan", "30.00");
  tw_window_test_restart (fixture);
  g_assert_cmpstr (
    gtk_editable_get_text (GTK_EDITABLE (tw_find_entry (fixture->window, "Amount in yuan"))), ==,
    "30.00");
}

/* Nobody was without a connection when it was too late. */
static void
test_too_late (Fixture *fixture, gconstpointer data)
{
  SET (fixture->client, "notice", TW_STANDING_NOTICE_FAILED, "reason", "expired", "last-at-ms",
       tw_clock_now_ms ());
  tw_go (fixture, "standing", "standing-1");
  g_assert_true (tw_shows (fixture, "The last time it was not paid: On its day and in the week"));
  g_assert_false (tw_shows (fixture, "connection"));
}

/* Not more than a few. */
static void
test_many (Fixture *fixture, gconstpointer data)
{
  tw_go (fixture, "home", "");
  /* So that no news of them is said. */
  tw_fake_client_set_online (fixture->client, FALSE);
  for (int i = 2; i <= 4; i++)
    {
      g_autofree char *id = g_strdup_printf ("standing-%d", i);

      put (fixture->client, id, TW_STANDING_NOTICE_SOON, 3, 0);
    }
  tw_wait_shows (fixture, "standing-3");
  g_assert_false (tw_shows (fixture, "standing-4"));
  tw_make_narrow (fixture);
  tw_assert_fits_narrow (fixture, "home");
}

#define ADD(name, func)                                                                            \
  g_test_add ("/user/standing/" name, Fixture, "filled", tw_window_test_set_up, func,              \
              tw_window_test_tear_down)

int
main (int argc, char *argv[])
{
  tw_window_test_init (&argc, &argv, tw_user_window_new);
  g_test_add_func ("/user/standing/news", test_news);
  g_test_add_func ("/user/standing/no-news", test_no_news);
  ADD ("home", test_home);
  ADD ("failed", test_failed);
  ADD ("paid-by-hand", test_paid_by_hand);
  ADD ("amount", test_amount);
  ADD ("too-late", test_too_late);
  ADD ("many", test_many);
  return g_test_run ();
}
