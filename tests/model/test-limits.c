// SPDX-License-Identifier: GPL-3.0-or-later
/* What a wallet says is left of its limits, on the day it was told, later, and in another year; and
 * the days of a standing order. */
#include "base/tw-clock.h"
#include "model/tw-standing.h"
#include "model/tw-wallet.h"

static TwWallet *
make (int day, gint64 day_used_fen, gint64 year_used_fen, gint64 year_limit_fen, gboolean ever)
{
  return g_object_new (TW_TYPE_WALLET, "id", "a", "limits-day", (gint64) day, "free-limit-fen",
                       (gint64) 1000, "day-limit-fen", (gint64) 5000, "year-limit-fen",
                       year_limit_fen, "day-used-fen", day_used_fen, "year-used-fen", year_used_fen,
                       "ever", ever, NULL);
}

static void
assert_left (TwWallet *wallet, int day, gint64 free_fen, gint64 day_fen, gint64 year_fen)
{
  g_assert_cmpint (tw_wallet_get_free_left (wallet, day), ==, free_fen);
  g_assert_cmpint (tw_wallet_get_day_left (wallet, day), ==, day_fen);
  g_assert_cmpint (tw_wallet_get_year_left (wallet, day), ==, year_fen);
}

static void
test_left (void)
{
  int last = tw_clock_day_of_date (2026, 12, 30);
  g_autoptr (TwWallet) some = make (last, 400, 9000, 10000, FALSE);
  g_autoptr (TwWallet) over = make (last, 1200, 6000, 10000, FALSE);
  g_autoptr (TwWallet) ever = make (last, 400, 9000, 10000, TRUE);
  g_autoptr (TwWallet) full = make (last, 0, 12000, 10000, FALSE);

  assert_left (some, last, 600, 1000, 1000);
  assert_left (some, last + 1, 1000, 1000, 1000);
  assert_left (some, last + 2, 1000, 5000, 10000); /* a new year */
  assert_left (some, last - 1, 600, 1000, 1000);   /* a clock that was put back opens nothing */
  /* Neither does one that was far ahead lock the days until then, or the year. */
  assert_left (some, last - 2, 600, 1000, 1000);
  assert_left (some, last - 3, 1000, 5000, 10000);
  assert_left (some, last - 300, 1000, 5000, 10000);
  assert_left (ever, last - 3, 1000, 1000, 1000);
  assert_left (over, last, 0, 3800, 4000);
  assert_left (ever, last + 2, 1000, 1000, 1000);
  assert_left (full, last, 0, 0, 0);
}

static int
find (int day, int year, int month, int dom)
{
  return tw_standing_find_day (day, tw_clock_day_of_date (year, month, dom));
}

/* The same day of every month; in a month without it the last one. */
static void
test_standing_day (void)
{
  g_assert_cmpint (find (15, 2026, 1, 1), ==, tw_clock_day_of_date (2026, 1, 15));
  g_assert_cmpint (find (15, 2026, 1, 15), ==, tw_clock_day_of_date (2026, 2, 15));
  g_assert_cmpint (find (31, 2026, 1, 31), ==, tw_clock_day_of_date (2026, 2, 28));
  g_assert_cmpint (find (31, 2026, 2, 28), ==, tw_clock_day_of_date (2026, 3, 31));
  g_assert_cmpint (find (30, 2028, 2, 1), ==, tw_clock_day_of_date (2028, 2, 29));
  g_assert_cmpint (find (1, 2026, 12, 31), ==, tw_clock_day_of_date (2027, 1, 1));
  g_assert_cmpint (find (31, 2026, 12, 31), ==, tw_clock_day_of_date (2027, 1, 31));
}

static TwStanding *
add (GListStore *store, const char *id, gint64 amount_fen, gint64 next_day)
{
  g_autoptr (TwStanding) standing =
    g_object_new (TW_TYPE_STANDING, "id", id, "amount-fen", amount_fen, "next-day", next_day, NULL);

  g_list_store_append (store, standing);
  return standing; /* the store holds it */
}

/* What others pay before counts, and what they pay later does not. */
static void
test_standing_missing (void)
{
  g_autoptr (GListStore) store = g_list_store_new (TW_TYPE_STANDING);
  TwStanding *later = add (store, "a", 700, 12), *second = add (store, "c", 500, 10);
  TwStanding *first = add (store, "b", 300, 10), *ended = add (store, "d", 9000, 9);
  GListModel *all = G_LIST_MODEL (store);

  g_object_set (ended, "state", TW_STANDING_STATE_ENDED, NULL);
  g_assert_cmpint (tw_standing_find_missing (first, all, 300), ==, 0);
  g_assert_cmpint (tw_standing_find_missing (first, all, 299), ==, 1);
  g_assert_cmpint (tw_standing_find_missing (first, all, -5), ==, 300);
  g_assert_cmpint (tw_standing_find_missing (second, all, 700), ==, 100);
  g_assert_cmpint (tw_standing_find_missing (second, all, 800), ==, 0);
  g_assert_cmpint (tw_standing_find_missing (later, all, 900), ==, 600);
  /* Together what is missing for all of them. */
  for (int fen = 0; fen <= 1500; fen += 100)
    g_assert_cmpint (tw_standing_find_missing (first, all, fen) +
                       tw_standing_find_missing (second, all, fen) +
                       tw_standing_find_missing (later, all, fen),
                     ==, 1500 - fen);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/limits/left", test_left);
  g_test_add_func ("/limits/standing-day", test_standing_day);
  g_test_add_func ("/limits/standing-missing", test_standing_missing);
  return g_test_run ();
}
