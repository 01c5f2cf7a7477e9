// SPDX-License-Identifier: GPL-3.0-or-later
/* What a senior puts right: the money follows the bank's books, once, and the customer sees it. */
#include <string.h>

#include "base/tw-clock.h"
#include "base/tw-uuid.h"
#include "model/tw-payee.h"
#include "server/reconcile/tw-reconcile-private.h"
#include "tw-test-books.h"
#include "tw-test-db.h"

#define FEN TW_BOOKS_FEN
#define COMPANY "91310115MA00EXA02Q"
#define PAID_FEN (G_GINT64_CONSTANT (1000))
#define DEVICE "01900000-0000-7000-8000-0000000000d1"

static TwResult *
correct_as (TwBooks *c, TwActor *actor, const char *id, const char *command, gint64 fen)
{
  return tw_test_money_run (c->t, actor, TW_KIND_DIFFERENCE_CORRECT, command, command,
                            tw_test_money_body ("difference_id", "s", id, "amount_fen", "i", fen,
                                                "reason", "s", "The bank has said so.", NULL));
}

static TwResult *
correct (TwBooks *c, const char *id, gint64 fen)
{
  return correct_as (c, c->senior, id, NULL, fen);
}

typedef struct
{
  const char *id;
  gint64 fen;
  char *customer;
} Offer;

static gboolean
read_offer (TwTx *tx, gpointer data, GError **error)
{
  Offer *offer = data;
  g_autoptr (TwDifference) difference = tw_difference_load (tx, offer->id, error);

  if (difference == NULL || !tw_difference_offer (tx, difference, error))
    return FALSE;
  offer->fen = tw_difference_get_correctable_fen (difference);
  offer->customer = g_strdup (tw_difference_get_customer (difference));
  return TRUE;
}

/* What a senior is shown: how much can be moved, and a masked name beside it. */
static void
assert_offered (TwBooks *c, const char *id, gint64 fen)
{
  g_autoptr (GError) error = NULL;
  Offer offer = { .id = id };

  g_assert_true (tw_reconcile_call (c->t->service, read_offer, &offer, &error));
  g_assert_cmpint (offer.fen, ==, fen);
  if (fen != 0)
    g_assert_true (g_str_has_prefix (offer.customer, "*"));
  else
    g_assert_cmpstr (offer.customer, ==, "");
  g_free (offer.customer);
}

static char *
get_open (TwBooks *c)
{
  return tw_test_text (c->t->db, "SELECT id FROM difference WHERE state = 0");
}

static gint64
get_number (TwBooks *c, const char *sql, const char *id)
{
  return tw_test_money_number (c->t->db, sql, id);
}

/* Whether the ledger has what the bank's books have. */
static void
assert_clearing (TwBooks *c)
{
  gint64 here =
    -get_number (c, "SELECT coalesce (sum (balance_fen), 0) FROM ledger_account WHERE id LIKE $1",
                 "clearing:bank:%");
  gint64 there = tw_test_money_number (
    c->t->books, "SELECT coalesce (sum (amount_fen), 0) FROM book_entry WHERE party = $1", "bank");

  g_assert_cmpint (here, ==, there);
}

static const struct
{
  const char *fault;
  int payment;
  gint64 correct_fen;
} wrongs[] = {
  { "lose_row", TW_PAYMENT_STATE_POSTED, -FEN },
  { "wrong_amount", TW_PAYMENT_STATE_POSTED, 100 },
  { "double_row", TW_PAYMENT_STATE_POSTED, FEN },
  { "refuse_after_acting", TW_PAYMENT_STATE_VOIDED, FEN },
};

/* A top-up that the bank has in another way: put right once, by a senior who signs the amount; the
 * person sees it, beside the first; it stays right when the bank is asked again, and is a
 * difference again when the bank mends its books after all. */
static void
test_top_up (TwBooks *c, gconstpointer data)
{
  gsize i = GPOINTER_TO_SIZE (data);
  TwTestMoney *t = c->t;
  g_autoptr (TwActor) agent = tw_actor_new (TW_ROLE_AGENT, "01900000-0000-7000-8000-0000000000e2",
                                            DEVICE, c->senior->public_key, "Agent");
  g_autofree char *command = tw_uuid_new (), *id = NULL, *again = NULL;
  g_autofree char *mend = g_strdup_printf ("DELETE FROM book_entry WHERE order_id = '%s'", c->id);
  gint64 balance;

  tw_test_money_fault (t, wrongs[i].fault, 1);
  tw_books_top_up (c, c->id);
  tw_test_money_wait_payment (t, c->id, wrongs[i].payment);
  g_assert_cmpuint (tw_books_reconcile (c).open, ==, 1);
  id = get_open (c);
  assert_offered (c, id, wrongs[i].correct_fen);
  balance = tw_test_money_balance (t);
  tw_assert_code (correct_as (c, agent, id, NULL, wrongs[i].correct_fen), "not_allowed");
  tw_assert_code (correct_as (c, t->person, id, NULL, wrongs[i].correct_fen), "not_allowed");
  tw_assert_code (correct (c, id, wrongs[i].correct_fen + 1), "difference_changed");
  tw_assert_code (correct (c, id, -wrongs[i].correct_fen), "difference_changed");
  tw_assert_code (correct (c, c->other, wrongs[i].correct_fen), "not_found");
  g_assert_cmpint (tw_test_money_balance (t), ==, balance);
  tw_assert_done (correct_as (c, c->senior, id, command, wrongs[i].correct_fen));
  tw_assert_done (correct_as (c, c->senior, id, command, wrongs[i].correct_fen));
  tw_assert_code (correct (c, id, wrongs[i].correct_fen), "already_decided");
  assert_offered (c, id, 0);
  g_assert_cmpint (tw_test_money_balance (t), ==, balance + wrongs[i].correct_fen);
  assert_clearing (c);
  g_assert_cmpint (get_number (c, "SELECT count(*) FROM payment WHERE refunds = $1", c->id), ==, 1);
  g_assert_cmpint (get_number (c, "SELECT kind FROM payment WHERE refunds = $1", c->id), ==,
                   wrongs[i].correct_fen > 0 ? TW_PAYMENT_KIND_RECEIVED : TW_PAYMENT_KIND_REFUND);
  g_assert_cmpint (
    get_number (c, "SELECT count(*) FROM audit WHERE what = $1", "difference.corrected"), ==, 1);
  g_assert_cmpint (get_number (c, "SELECT corrected_fen FROM difference WHERE id = $1", id), ==,
                   wrongs[i].correct_fen);
  for (int n = 0; n < 2; n++)
    g_assert_cmpuint (tw_books_reconcile (c).open, ==, 0);
  g_assert_cmpint (get_number (c, "SELECT state FROM difference WHERE id = $1", id), ==,
                   TW_DIFFERENCE_STATE_EXPLAINED);
  /* As if it had never been: what was put right is too much now, or nothing. */
  if (strcmp (wrongs[i].fault, "lose_row") == 0)
    return;
  tw_test_exec (t->books, mend);
  g_assert_cmpuint (tw_books_reconcile (c).open, ==, 1);
  again = get_open (c);
  tw_assert_done (correct (c, again, -tw_test_money_balance (t)));
  g_assert_cmpint (tw_test_money_balance (t), ==, 0);
  assert_clearing (c);
  g_assert_cmpuint (tw_books_reconcile (c).open, ==, 0);
}

/* What the customer has spent can't be taken back; it waits, and nothing has moved. */
static void
test_spent (TwBooks *c, gconstpointer data)
{
  TwTestMoney *t = c->t;
  g_autoptr (TwActor) other = tw_test_money_register (t, 2);
  g_autofree char *id = NULL;

  tw_test_money_decide (t, other, TRUE);
  tw_test_money_fault (t, "lose_row", 1);
  tw_books_top_up (c, c->id);
  tw_test_money_wait_payment (t, c->id, TW_PAYMENT_STATE_POSTED);
  tw_books_reconcile (c);
  id = get_open (c);
  tw_assert_done (tw_test_money_transfer (t, other->account_id, 1));
  tw_assert_code (correct (c, id, -FEN), "customer_balance");
  g_assert_cmpint (tw_test_money_balance (t), ==, FEN - 1);
  g_assert_cmpint (get_number (c, "SELECT state FROM difference WHERE id = $1", id), ==,
                   TW_DIFFERENCE_STATE_OPEN);
}

/* Pays a company PAID_FEN by c->id. */
static void
pay (TwBooks *c)
{
  TwTestMoney *t = c->t;
  g_autofree char *payee = tw_uuid_new ();

  tw_books_top_up (c, c->other);
  tw_test_money_wait_payment (t, c->other, TW_PAYMENT_STATE_POSTED);
  tw_assert_done (tw_test_money_run (t, t->person, TW_KIND_PAYEE_CHECK, payee, NULL,
                                     tw_test_money_body ("to", "s", COMPANY, NULL)));
  tw_test_money_wait (t, "SELECT count(*) FROM payee WHERE state = 1 AND account_id = $1",
                      t->person->account_id, 1);
  g_free (payee);
  payee = tw_test_text (t->db, "SELECT id FROM payee");
  tw_assert_done (tw_test_money_run (
    t, t->person, TW_KIND_WALLET_PAY, c->id, c->id,
    tw_test_money_body ("payee_id", "s", payee, "amount_fen", "i", PAID_FEN, NULL)));
  tw_test_money_wait_payment (t, c->id, TW_PAYMENT_STATE_POSTED);
}

static TwStatement *
make_statement (TwBooks *c)
{
  TwStatement *statement = tw_books_statement (tw_clock_today (), "bank");

  tw_books_add (statement, "1", c->other, FEN, FALSE);
  return statement;
}

/* A payment that the bank does not have comes back; if it turns up after all, it goes again, and
 * never more than was ordered. */
static void
test_payment (TwBooks *c, gconstpointer data)
{
  TwTestMoney *t = c->t;
  g_autofree char *id = NULL, *late = NULL, *twice = NULL;
  g_autoptr (GError) error = NULL;
  TwStatement *statement;

  g_assert_true (tw_reconcile_set_account (t->service, "bank", "bank", &error));
  pay (c);
  g_assert_cmpuint (tw_books_take (c, make_statement (c)).open, ==, 1);
  id = get_open (c);
  tw_assert_done (correct (c, id, PAID_FEN));
  g_assert_cmpint (tw_test_money_balance (t), ==, FEN);
  g_assert_cmpint (get_number (c, "SELECT refunded_fen FROM payment WHERE id = $1", c->id), ==,
                   PAID_FEN);
  g_assert_cmpuint (tw_books_take (c, make_statement (c)).open, ==, 0);
  statement = make_statement (c);
  tw_books_add (statement, "2", c->id, -PAID_FEN, FALSE);
  g_assert_cmpuint (tw_books_take (c, statement).open, ==, 1);
  late = get_open (c);
  tw_assert_done (correct (c, late, -PAID_FEN));
  g_assert_cmpint (tw_test_money_balance (t), ==, FEN - PAID_FEN);
  g_assert_cmpint (get_number (c, "SELECT refunded_fen FROM payment WHERE id = $1", c->id), ==, 0);
  statement = make_statement (c);
  tw_books_add (statement, "2", c->id, -PAID_FEN, FALSE);
  g_assert_cmpuint (tw_books_take (c, statement).open, ==, 0);
  /* The bank's mistake is the bank's. */
  statement = make_statement (c);
  tw_books_add (statement, "2", c->id, -PAID_FEN, FALSE);
  tw_books_add (statement, "3", c->id, -PAID_FEN, FALSE);
  g_assert_cmpuint (tw_books_take (c, statement).open, ==, 1);
  twice = get_open (c);
  assert_offered (c, twice, 0);
  tw_assert_code (correct (c, twice, -PAID_FEN), "not_correctable");
  g_assert_cmpint (tw_test_money_balance (t), ==, FEN - PAID_FEN);
  g_assert_cmpint (get_number (c, "SELECT count(*) FROM payment WHERE refunds = $1", c->id), ==, 2);
}

/* Booked back on the day after: the customer has the money again. */
static void
test_reversed (TwBooks *c, gconstpointer data)
{
  TwTestMoney *t = c->t;
  g_autofree char *id = NULL;
  g_autoptr (GError) error = NULL;
  TwStatement *statement;

  g_assert_true (tw_reconcile_set_account (t->service, "bank", "bank", &error));
  pay (c);
  statement = make_statement (c);
  tw_books_add (statement, "2", c->id, -PAID_FEN, FALSE);
  g_assert_cmpuint (tw_books_take (c, statement).open, ==, 0);
  statement = tw_books_statement (tw_clock_today () + 1, "bank");
  tw_books_add (statement, "1", c->id, PAID_FEN, TRUE);
  g_assert_cmpuint (tw_books_take (c, statement).open, ==, 1);
  g_assert_cmpint (tw_books_count (c, TW_DIFFERENCE_STATE_OPEN, TW_DIFFERENCE_KIND_REVERSED), ==,
                   1);
  id = get_open (c);
  tw_assert_done (correct (c, id, PAID_FEN));
  g_assert_cmpint (tw_test_money_balance (t), ==, FEN);
  statement = tw_books_statement (tw_clock_today () + 1, "bank");
  tw_books_add (statement, "1", c->id, PAID_FEN, TRUE);
  g_assert_cmpuint (tw_books_take (c, statement).open, ==, 0);
}

/* Nobody's order, and one that is still in doubt: no money moves for them. */
static void
test_not_correctable (TwBooks *c, gconstpointer data)
{
  TwTestMoney *t = c->t;
  g_autofree char *id = NULL, *doubtful = NULL;
  g_autoptr (GError) error = NULL;
  TwStatement *statement = tw_books_statement (tw_clock_today (), "bank");

  g_assert_true (tw_reconcile_set_account (t->service, "bank", "bank", &error));
  tw_books_add (statement, "1", "nobody", FEN, FALSE);
  g_assert_cmpuint (tw_books_take (c, statement).open, ==, 1);
  id = get_open (c);
  assert_offered (c, id, 0);
  tw_assert_code (correct (c, id, FEN), "not_correctable");
  g_clear_pointer (&t->rails, tw_rails_free);
  tw_books_top_up (c, c->id);
  statement = tw_books_statement (tw_clock_today (), "bank");
  tw_books_add (statement, "2", c->id, FEN + 1, FALSE);
  g_assert_cmpuint (tw_books_take (c, statement).open, ==, 1);
  doubtful = get_open (c);
  assert_offered (c, doubtful, 0);
  tw_assert_code (correct (c, doubtful, FEN + 1), "not_correctable");
  tw_assert_code (correct (c, doubtful, 0), "not_correctable");
  g_assert_cmpint (tw_test_money_balance (t), ==, 0);
}

#define CASE(name, func)                                                                           \
  g_test_add ("/corrections/" name, TwBooks, NULL, tw_books_set_up, func, tw_books_tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (wrongs); i++)
    {
      g_autofree char *name = g_strconcat ("/corrections/top-up/", wrongs[i].fault, NULL);

      g_test_add (name, TwBooks, GSIZE_TO_POINTER (i), tw_books_set_up, test_top_up,
                  tw_books_tear_down);
    }
  CASE ("spent", test_spent);
  CASE ("payment", test_payment);
  CASE ("reversed", test_reversed);
  CASE ("not-correctable", test_not_correctable);
  return g_test_run ();
}
