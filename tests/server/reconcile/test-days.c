// SPDX-License-Identifier: GPL-3.0-or-later
/* Which days are held against the partners' books, and when: by itself once a day is over, again
 * when the partner was away, and by hand. */
#include <string.h>

#include "base/tw-clock.h"
#include "model/tw-reconciliation.h"
#include "tw-test-books.h"
#include "tw-test-db.h"

#define DAY_MS (G_GINT64_CONSTANT (86400000))
/* As the reconciler has it: days of which the partners have their books. */
#define DAYS_BACK 14
#define BAD_DAYS_AGO 9

/* By itself, once the day is over; and again when the partner was away. */
static void
test_daily (TwBooks *c, gconstpointer data)
{
  TwTestMoney *t = c->t;
  const char *done =
    "SELECT count(*) FROM reconciliation WHERE party = $1 AND state = 1 AND open = 1";
  TwReconciler *reconciler;
  JsonObject *body = json_object_new ();
  gint64 day = tw_clock_today ();

  tw_test_money_fault (t, "lose_row", 1);
  tw_books_top_up (c, c->id);
  tw_test_money_wait_payment (t, c->id, TW_PAYMENT_STATE_POSTED);
  tw_test_money_stop_counterpart (t);
  tw_clock_set_offset_ms (DAY_MS);
  reconciler = tw_reconciler_new (t->service, &c->setup);
  /* The first half hour of a day is left alone. */
  if (tw_clock_day_of_ms (tw_clock_now_ms () - 1800000) == tw_clock_today ())
    tw_test_money_wait (t, "SELECT count(*) FROM reconciliation WHERE party = $1 AND state = 2",
                        "bank", 1);
  tw_test_money_start_counterpart (t);
  /* A senior does not wait for the next try. */
  json_object_set_string_member (body, "party", "bank");
  json_object_set_int_member (body, "day", day);
  tw_assert_done (tw_test_money_run (t, c->senior, TW_KIND_RECONCILE_ASK, NULL, NULL, body));
  tw_test_money_wait (t, done, "bank", 1);
  tw_reconciler_free (reconciler);
  reconciler = tw_reconciler_new (t->service, &c->setup);
  if (tw_clock_day_of_ms (tw_clock_now_ms () - 1800000) == tw_clock_today ())
    tw_test_money_wait (t, "SELECT count(*) FROM reconciliation WHERE party = $1 AND state = 0",
                        "office", 1);
  tw_reconciler_free (reconciler);
}

static void
test_ask_refused (TwBooks *c, gconstpointer data)
{
  static const struct
  {
    const char *party;
    int days_ahead;
    const char *code;
  } asks[] = { { "nobody", 0, "not_found" }, { "bank", 2, "invalid" } };

  for (gsize i = 0; i < G_N_ELEMENTS (asks); i++)
    {
      JsonObject *body = json_object_new ();

      json_object_set_string_member (body, "party", asks[i].party);
      json_object_set_int_member (body, "day", tw_clock_today () + asks[i].days_ahead);
      tw_assert_code (tw_test_money_run (c->t, c->senior, TW_KIND_RECONCILE_ASK, NULL, NULL, body),
                      asks[i].code);
    }
}

/* The last day that is over for long enough. */
static int
get_last_day (void)
{
  return tw_clock_day_of_ms (tw_clock_now_ms () - 1800000) - 1;
}

/* The books of that day have a line that makes no sense. */
static int
spoil_day (TwBooks *c)
{
  int day = get_last_day () - BAD_DAYS_AGO;
  g_autofree char *sql =
    g_strdup_printf ("INSERT INTO book_entry (number, party, order_id, amount_fen, reference, "
                     "booked_at) VALUES (99, 'bank', 'x', 4000000000000000000, 'BANK-ODD', "
                     "%" G_GINT64_FORMAT ")",
                     tw_clock_ms_of_day (day) + 1);

  tw_test_exec (c->t->books, sql);
  return day;
}

/* The first order is so many days older than it is. */
static void
set_first_day (TwBooks *c, int days_before_last)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TwDb) db =
    tw_db_open (c->t->url, tw_key_peek (tw_keys_get (c->t->keys, TW_KEY_SQLITE)), &error);
  g_autofree char *sql =
    g_strdup_printf ("UPDATE rail_op SET created_at = %" G_GINT64_FORMAT,
                     tw_clock_ms_of_day (get_last_day () - days_before_last) + 1);

  g_assert_no_error (error);
  tw_test_exec (db, sql);
}

static void
wait_for_days (TwBooks *c, const char *party, TwReconciliationState state, int n)
{
  g_autofree char *sql = g_strdup_printf (
    "SELECT count(*) FROM reconciliation WHERE party = $1 AND state = %d", (int) state);

  tw_test_money_wait (c->t, sql, party, n);
}

/* A day that can't be read is marked, and every other one is looked at all the same. */
static void
test_bad_day (TwBooks *c, gconstpointer data)
{
  TwReconciler *reconciler;
  int day = spoil_day (c);

  set_first_day (c, DAYS_BACK);
  reconciler = tw_reconciler_new (c->t->service, &c->setup);
  wait_for_days (c, "bank", TW_RECONCILIATION_STATE_AGREES, DAYS_BACK);
  wait_for_days (c, "office", TW_RECONCILIATION_STATE_AGREES, DAYS_BACK + 1);
  wait_for_days (c, "bank", TW_RECONCILIATION_STATE_UNAVAILABLE, 1);
  tw_reconciler_free (reconciler);
  g_assert_cmpint (
    tw_test_money_number (c->t->db, "SELECT day FROM reconciliation WHERE party = $1 AND state = 2",
                          "bank"),
    ==, day);
}

/* A service that rested for long: what is too old to be asked for is marked, once: seniors see it.
 */
static void
test_left_days (TwBooks *c, gconstpointer data)
{
  const char *reached = "SELECT count(*) FROM reconciliation WHERE party = $1 AND state = 0";
  const char *marked = "SELECT sum (at) FROM reconciliation WHERE party = $1 AND state = 2";
  TwReconciler *reconciler;
  gint64 at_ms = 0;

  set_first_day (c, DAYS_BACK + 5);
  for (int again = 0; again < 2; again++)
    {
      reconciler = tw_reconciler_new (c->t->service, &c->setup);
      tw_test_money_wait (c->t, reached, "bank", DAYS_BACK + 1);
      wait_for_days (c, "bank", TW_RECONCILIATION_STATE_UNAVAILABLE, 5);
      wait_for_days (c, "office", TW_RECONCILIATION_STATE_UNAVAILABLE, 5);
      tw_reconciler_free (reconciler);
      g_assert_true (again == 0 || at_ms == tw_test_money_number (c->t->db, marked, "bank"));
      at_ms = tw_test_money_number (c->t->db, marked, "bank");
    }
  g_assert_cmpint (
    tw_test_money_number (
      c->t->db, "SELECT max(day) FROM reconciliation WHERE party = $1 AND state = 2", "bank"),
    ==, get_last_day () - DAYS_BACK - 1);
}

/* By hand too: the other partner's books are looked at, and the exit says that not all were. */
static void
test_bad_day_by_hand (TwBooks *c, gconstpointer data)
{
  g_autofree char *day = tw_clock_format_day (spoil_day (c));
  g_autofree char *out = NULL, *err = NULL;

  g_assert_cmpint (TW_BOOKS_RUN_VERB (c, &out, &err, "--day", day, "--counterpart", c->socket), ==,
                   3);
  g_assert_null (strstr (out, "bank"));
  g_assert_nonnull (strstr (out, "\"partner\":\"office\""));
  g_assert_nonnull (strstr (err, "“bank” has told no books"));
  g_assert_null (strstr (err, "“office”"));
}

/* Looked at by a clock that was days ahead: the day is not over, and is looked at when it is. */
static void
test_clock_ahead (TwBooks *c, gconstpointer data)
{
  TwTestMoney *t = c->t;
  g_autofree char *agrees =
    g_strdup_printf ("SELECT count(*) FROM reconciliation WHERE party = $1 AND day = %d AND "
                     "state = 0",
                     tw_clock_today ());
  g_autofree char *open =
    g_strdup_printf ("SELECT count(*) FROM reconciliation WHERE party = $1 AND day = %d AND "
                     "open = 1",
                     tw_clock_today ());
  TwReconciler *reconciler;

  tw_clock_set_offset_ms (5 * DAY_MS);
  reconciler = tw_reconciler_new (t->service, &c->setup);
  tw_test_money_wait (t, agrees, "bank", 1);
  tw_reconciler_free (reconciler);
  tw_clock_set_offset_ms (0);
  tw_test_money_fault (t, "lose_row", 1);
  tw_books_top_up (c, c->id);
  tw_test_money_wait_payment (t, c->id, TW_PAYMENT_STATE_POSTED);
  tw_clock_set_offset_ms (2 * DAY_MS);
  reconciler = tw_reconciler_new (t->service, &c->setup);
  tw_test_money_wait (t, open, "bank", 1);
  tw_reconciler_free (reconciler);
}

/* The same of days that nobody asks for any more: what was marked by such a clock is marked again
 * when it is right, by the same process. */
static void
test_left_days_clock_ahead (TwBooks *c, gconstpointer data)
{
  g_autofree char *marked = NULL;
  TwReconciler *reconciler;

  set_first_day (c, DAYS_BACK + 5);
  tw_clock_set_offset_ms (DAY_MS);
  reconciler = tw_reconciler_new (c->t->service, &c->setup);
  wait_for_days (c, "office", TW_RECONCILIATION_STATE_UNAVAILABLE, 6);
  tw_clock_set_offset_ms (0);
  marked = g_strdup_printf ("SELECT count(*) FROM reconciliation WHERE party = $1 AND state = 2 "
                            "AND at < %" G_GINT64_FORMAT,
                            tw_clock_now_ms () + DAY_MS / 2);
  /* It looks twice a minute. */
  tw_test_money_wait (c->t, marked, "bank", 5);
  tw_reconciler_free (reconciler);
}

#define CASE(name, func)                                                                           \
  g_test_add ("/reconcile/" name, TwBooks, NULL, tw_books_set_up, func, tw_books_tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  CASE ("daily", test_daily);
  CASE ("ask-refused", test_ask_refused);
  CASE ("bad-day", test_bad_day);
  CASE ("left-days", test_left_days);
  CASE ("clock-ahead", test_clock_ahead);
  CASE ("left-days/clock-ahead", test_left_days_clock_ahead);
  CASE ("bad-day-by-hand", test_bad_day_by_hand);
  return g_test_run ();
}
