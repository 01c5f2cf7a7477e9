// SPDX-License-Identifier: GPL-3.0-or-later
/* What a statement may settle, and what it may not, however it came about. */
#include <string.h>

#include "base/tw-clock.h"
#include "base/tw-error.h"
#include "tw-test-books.h"
#include "tw-test-db.h"

#define FEN TW_BOOKS_FEN

static void
set_up (TwBooks *c, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  tw_books_set_up (c, data);
  tw_reconcile_set_account (c->t->service, "bank", "bank", &error);
  g_assert_no_error (error);
}

/* The order of c->id is sent, and nobody hears what became of it: no rails run from here on. */
static void
leave_in_doubt (TwBooks *c)
{
  tw_test_money_fault (c->t, "lose_callback", 100);
  tw_test_money_fault (c->t, "timeout_after_acting", 1);
  tw_books_top_up (c, c->id);
  tw_test_money_wait (c->t, "SELECT state FROM rail_op WHERE id = $1", c->id, TW_RAIL_SENT);
  g_clear_pointer (&c->t->rails, tw_rails_free);
}

static gint64
get_payment_state (TwBooks *c)
{
  return tw_test_money_number (c->t->db, "SELECT state FROM payment WHERE id = $1", c->id);
}

static gint64
count_lines (TwBooks *c)
{
  return tw_test_money_number (c->t->db, "SELECT count(*) FROM statement_entry WHERE party = $1",
                               "bank");
}

/* An order that was never sent can't have been done, whatever a statement says: it still goes out,
 * and only then the money moves. */
static void
test_never_sent (TwBooks *c, gconstpointer data)
{
  TwTestMoney *t = c->t;
  TwStatement *statement = tw_books_statement (tw_clock_today (), "bank");
  TwReconcileSum sum;

  g_clear_pointer (&t->rails, tw_rails_free);
  tw_books_top_up (c, c->id);
  tw_books_add (statement, "1", c->id, FEN, FALSE);
  sum = tw_books_take (c, statement);
  g_assert_cmpuint (sum.open, ==, 1);
  g_assert_cmpuint (sum.healed, ==, 0);
  g_assert_cmpint (tw_books_count (c, TW_DIFFERENCE_STATE_OPEN, TW_DIFFERENCE_KIND_STATE), ==, 1);
  g_assert_cmpint (
    tw_test_money_number (t->db, "SELECT here FROM difference WHERE party = $1", "bank"), ==,
    TW_ORDER_STATE_WAITING);
  g_assert_cmpint (get_payment_state (c), ==, TW_PAYMENT_STATE_RESERVED);
  g_assert_cmpint (tw_test_money_balance (t), ==, 0);
  tw_test_money_stop_service (t);
  tw_test_money_start_service (t, TRUE);
  tw_test_money_wait_payment (t, c->id, TW_PAYMENT_STATE_POSTED);
  g_assert_cmpint (
    tw_test_money_number (t->books, "SELECT count(*) FROM book_entry WHERE order_id = $1", c->id),
    ==, 1);
  g_assert_cmpuint (tw_books_reconcile (c).open, ==, 0);
}

static void
refuse (TwBooks *c, const char *account, const char *words)
{
  g_autoptr (TwStatement) statement = tw_books_statement (tw_clock_today (), account);
  g_autoptr (GError) error = NULL;
  TwReconcileSum sum;

  tw_books_add (statement, "1", c->id, FEN, FALSE);
  g_assert_false (tw_reconcile_statement (c->t->service, "bank", statement, &sum, &error));
  g_assert_error (error, TW_ERROR, TW_ERROR_INVALID);
  g_assert_nonnull (strstr (error->message, words));
  g_assert_cmpint (count_lines (c), ==, 0);
  g_assert_cmpint (tw_books_count_all (c), ==, 0);
  g_assert_cmpint (get_payment_state (c), ==, TW_PAYMENT_STATE_SENT);
}

/* Somebody else's account, no account, or one of which nobody has said that it is ours: nothing of
 * it is taken. What the bank names first in the books that it is asked for is ours. */
static void
test_account (TwBooks *c, gconstpointer data)
{
  TwTestMoney *t = c->t;
  TwStatement *ours;
  g_autoptr (GError) error = NULL;
  TwReconcileSum sum;

  leave_in_doubt (c);
  refuse (c, "XX00SOMEBODYELSE", "--account XX00SOMEBODYELSE");
  refuse (c, "", "Acct");
  g_assert_true (
    tw_reconcile_fetch (t->service, &c->setup, "bank", tw_clock_today () - 1, &sum, &error));
  g_assert_no_error (error);
  refuse (c, "XX00SOMEBODYELSE", "ours with “bank” is bank");
  ours = tw_books_statement (tw_clock_today (), "bank");
  tw_books_add (ours, "1", c->id, FEN, FALSE);
  g_assert_cmpuint (tw_books_take (c, ours).healed, ==, 1);
  g_assert_cmpint (get_payment_state (c), ==, TW_PAYMENT_STATE_POSTED);
  /* What an operator has said holds for what is asked for too. */
  g_assert_true (tw_reconcile_set_account (t->service, "bank", "ANOTHER", &error));
  g_assert_no_error (error);
  g_assert_false (
    tw_reconcile_fetch (t->service, &c->setup, "bank", tw_clock_today (), &sum, &error));
  g_assert_error (error, TW_ERROR, TW_ERROR_UNREACHABLE);
  g_assert_nonnull (strstr (error->message, "ANOTHER"));
  g_clear_error (&error);
  g_assert_false (tw_reconcile_set_account (t->service, "bank", "", &error));
  g_assert_error (error, TW_ERROR, TW_ERROR_INVALID);
}

static const struct
{
  const char *name;
  const char *booked, *back; /* their lines' names decide which comes first */
  gboolean says_so;
} reversals[] = {
  { "after", "1", "2", TRUE },
  { "before", "2", "1", TRUE },
  { "unsaid", "1", "2", FALSE },
};

/* Booked and taken back in one statement: it was not done, so it is not settled. Booked once more,
 * it is. */
static void
test_reversed (TwBooks *c, gconstpointer data)
{
  gsize i = GPOINTER_TO_SIZE (data);
  int day = tw_clock_today ();
  TwStatement *statement = tw_books_statement (day, "bank");
  TwReconcileSum sum;

  leave_in_doubt (c);
  tw_books_add (statement, reversals[i].booked, c->id, FEN, FALSE);
  tw_books_add (statement, reversals[i].back, c->id, -FEN, reversals[i].says_so);
  sum = tw_books_take (c, statement);
  g_assert_cmpuint (sum.healed, ==, 0);
  g_assert_cmpint (sum.there_fen, ==, 0);
  g_assert_cmpint (get_payment_state (c), ==, TW_PAYMENT_STATE_SENT);
  g_assert_cmpint (tw_test_money_balance (c->t), ==, 0);
  g_assert_cmpint (tw_books_count (c, TW_DIFFERENCE_STATE_OPEN, TW_DIFFERENCE_KIND_STATE), ==, 1);
  g_assert_cmpint (tw_books_count (c, TW_DIFFERENCE_STATE_OPEN, TW_DIFFERENCE_KIND_REVERSED), ==,
                   1);
  statement = tw_books_statement (day, "bank");
  tw_books_add (statement, reversals[i].booked, c->id, FEN, FALSE);
  tw_books_add (statement, reversals[i].back, c->id, -FEN, reversals[i].says_so);
  tw_books_add (statement, "3", c->id, FEN, FALSE);
  sum = tw_books_take (c, statement);
  g_assert_cmpuint (sum.open, ==, 0);
  g_assert_cmpint (sum.here_fen, ==, FEN);
  g_assert_cmpint (get_payment_state (c), ==, TW_PAYMENT_STATE_POSTED);
}

/* A line that says that it takes something back settles nothing, even without what it takes back.
 */
static void
test_reversal_alone (TwBooks *c, gconstpointer data)
{
  TwStatement *statement = tw_books_statement (tw_clock_today (), "bank");

  leave_in_doubt (c);
  tw_books_add (statement, "1", c->id, FEN, TRUE);
  /* Beside it, the order that no line says was done. */
  g_assert_cmpuint (tw_books_take (c, statement).open, ==, 2);
  g_assert_cmpint (get_payment_state (c), ==, TW_PAYMENT_STATE_SENT);
  g_assert_cmpint (tw_books_count (c, TW_DIFFERENCE_STATE_OPEN, TW_DIFFERENCE_KIND_REVERSED), ==,
                   1);
}

/* The second line of an order, a day later: too much, or back. */
static void
test_another_day (TwBooks *c, gconstpointer data)
{
  gboolean back = GPOINTER_TO_INT (data);
  int day = tw_clock_today ();
  TwStatement *first = tw_books_statement (day - 1, "bank");
  TwStatement *second = tw_books_statement (day, "bank");
  TwReconcileSum sum;

  leave_in_doubt (c);
  tw_books_add (first, "1", c->id, FEN, FALSE);
  sum = tw_books_take (c, first);
  g_assert_cmpuint (sum.healed, ==, 1);
  g_assert_cmpuint (sum.open, ==, 0);
  /* The same name of a line on another day is another line. */
  tw_books_add (second, "1", c->id, back ? -FEN : FEN, back);
  sum = tw_books_take (c, second);
  g_assert_cmpuint (sum.open, ==, 1);
  g_assert_cmpint (sum.here_fen, ==, 0);
  g_assert_cmpint (sum.there_fen, ==, back ? -FEN : FEN);
  g_assert_cmpint (tw_books_count (c, TW_DIFFERENCE_STATE_OPEN,
                                   back ? TW_DIFFERENCE_KIND_REVERSED : TW_DIFFERENCE_KIND_TWICE),
                   ==, 1);
  g_assert_cmpint (tw_books_count_all (c), ==, 2);
  g_assert_cmpint (tw_test_money_balance (c->t), ==, FEN);
}

#define CASE(name, func, data)                                                                     \
  g_test_add ("/settling/" name, TwBooks, data, set_up, func, tw_books_tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  CASE ("never-sent", test_never_sent, NULL);
  g_test_add ("/settling/account", TwBooks, NULL, tw_books_set_up, test_account,
              tw_books_tear_down);
  for (gsize i = 0; i < G_N_ELEMENTS (reversals); i++)
    {
      g_autofree char *name = g_strconcat ("/settling/reversed/", reversals[i].name, NULL);

      g_test_add (name, TwBooks, GSIZE_TO_POINTER (i), set_up, test_reversed, tw_books_tear_down);
    }
  CASE ("reversal-alone", test_reversal_alone, NULL);
  CASE ("another-day/twice", test_another_day, GINT_TO_POINTER (FALSE));
  CASE ("another-day/back", test_another_day, GINT_TO_POINTER (TRUE));
  return g_test_run ();
}
