// SPDX-License-Identifier: GPL-3.0-or-later
/* Standing orders through the months: warned of, paid once on their day, late, short, refused. */
#include <string.h>

#include "base/tw-clock.h"
#include "base/tw-uuid.h"
#include "model/tw-payee.h"
#include "model/tw-payment.h"
#include "model/tw-standing.h"
#include "protocol/tw-json.h"
#include "protocol/tw-practice-people.h"
#include "server/ledger/tw-limits.h"
#include "server/ops/tw-schema.h"
#include "server/pay/tw-errands.h"
#include "tw-test-db.h"
#include "tw-test-money.h"

#define TOP_UP_FEN (G_GINT64_CONSTANT (300000))
#define AMOUNT_FEN (G_GINT64_CONSTANT (120000))
#define PHONE "13900000001"
#define OTHER_PHONE "13900000002"
#define HOUR_MS (G_GINT64_CONSTANT (3600000))
#define DAY_MS (G_GINT64_CONSTANT (86400000))

typedef struct
{
  TwTestMoney *t;
  TwActor *other;
  TwErrands *errands;
  int from; /* the day of the first */
} Case;

#define RUN(c, kind, id, ...)                                                                      \
  tw_test_money_run ((c)->t, (c)->t->person, kind, id, id, tw_test_money_body (__VA_ARGS__, NULL))

static void
set_up (Case *c, gconstpointer data)
{
  g_autofree char *id = tw_uuid_new ();

  c->t = tw_test_money_new ();
  c->other = tw_test_money_register (c->t, 2);
  tw_test_money_decide (c->t, c->other, TRUE);
  tw_assert_done (tw_test_money_top_up (c->t, id, NULL, TOP_UP_FEN));
  tw_test_money_wait_payment (c->t, id, TW_PAYMENT_STATE_POSTED);
}

static void
tear_down (Case *c, gconstpointer data)
{
  g_clear_pointer (&c->errands, tw_errands_free);
  tw_clock_set_offset_ms (0);
  if (c->t->db != NULL)
    tw_test_money_assert_sound (c->t);
  tw_actor_unref (c->other);
  tw_test_money_free (c->t);
}

/* It is noon of that day from now on. */
static void
go_to (int day)
{
  gint64 real_ms = g_get_real_time () / 1000;

  tw_clock_set_offset_ms (tw_clock_ms_of_day (day) + DAY_MS / 2 - real_ms);
}

static void
assert_done_with_code (Case *c, TwResult *held)
{
  g_autoptr (TwResult) result = held;
  g_autofree char *code = NULL;

  g_assert_cmpint (result->state, ==, TW_RESULT_STEP_UP);
  code = tw_test_money_code (c->t, PHONE);
  tw_assert_done (tw_test_money_answer (c->t, result->id, code));
}

/* (transfer full): a payee that is kept. */
static char *
get_payee (Case *c, const char *to)
{
  g_autofree char *asked = tw_uuid_new (), *saved = tw_uuid_new ();

  tw_assert_done (RUN (c, TW_KIND_PAYEE_CHECK, asked, "to", "s", to));
  tw_test_money_wait (c->t, "SELECT state FROM payee WHERE id = $1", asked, TW_PAYEE_STATE_CHECKED);
  assert_done_with_code (c, RUN (c, TW_KIND_PAYEE_SAVE, saved, "payee_id", "s", asked));
  return g_steal_pointer (&asked);
}

static gint64
get (Case *c, const char *what, const char *id)
{
  g_autofree char *sql = g_strdup_printf ("SELECT %s FROM standing WHERE id = $1", what);

  return tw_test_money_number (c->t->db, sql, id);
}

static void
wait_for (Case *c, const char *what, const char *id, gint64 wanted)
{
  g_autofree char *sql = g_strdup_printf ("SELECT %s FROM standing WHERE id = $1", what);

  tw_test_money_wait (c->t, sql, id, wanted);
}

/* (transfer full): a standing order for the 15th, set on the 1st of some month to come. */
static char *
set_order (Case *c, const char *payee, gint64 amount_fen)
{
  char *id = tw_uuid_new ();
  int year;

  tw_clock_date_of_day (tw_clock_today (), &year, NULL, NULL);
  c->from = tw_clock_day_of_date (year + 1, 3, 1);
  go_to (c->from);
  assert_done_with_code (c, RUN (c, TW_KIND_STANDING_SET, id, "payee_id", "s", payee, "amount_fen",
                                 "i", amount_fen, "day", "i", G_GINT64_CONSTANT (15), "memo", "s",
                                 "房租"));
  g_assert_cmpint (get (c, "next_day", id), ==, c->from + 14);
  return id;
}

static void
change_day (Case *c, const char *id, const char *payee, gint64 day)
{
  g_autofree char *change = tw_uuid_new ();

  assert_done_with_code (c, RUN (c, TW_KIND_STANDING_SET, change, "payee_id", "s", payee,
                                 "amount_fen", "i", G_GINT64_CONSTANT (2000), "day", "i", day,
                                 "standing_id", "s", id));
}

static gint64
count_payments (Case *c, const char *id)
{
  return tw_test_money_number (c->t->db, "SELECT count(*) FROM payment WHERE standing_id = $1", id);
}

static gint64
balance_of (Case *c, TwActor *who)
{
  return tw_test_money_number (c->t->db, "SELECT balance_fen FROM ledger_account WHERE owner = $1",
                               who->account_id);
}

static void
test_months (Case *c, gconstpointer data)
{
  g_autofree char *payee = get_payee (c, OTHER_PHONE);
  g_autofree char *id = set_order (c, payee, AMOUNT_FEN);

  c->errands = tw_errands_new (c->t->service);
  go_to (c->from + 10);
  /* Some days ahead, and on the eve. */
  go_to (c->from + 11);
  wait_for (c, "warned", id, 1);
  g_assert_cmpint (get (c, "notice", id), ==, TW_STANDING_NOTICE_SOON);
  go_to (c->from + 13);
  wait_for (c, "warned", id, 2);
  g_assert_cmpint (count_payments (c, id), ==, 0);
  go_to (c->from + 14);
  wait_for (c, "next_day", id, c->from + 31 + 14);
  g_assert_cmpint (get (c, "notice", id), ==, TW_STANDING_NOTICE_NONE);
  g_assert_cmpint (get (c, "warned", id), ==, 0);
  g_assert_cmpint (count_payments (c, id), ==, 1);
  g_assert_cmpint (balance_of (c, c->other), ==, AMOUNT_FEN);
  /* Over the free limit of a day: a code was told when it was set. */
  g_assert_cmpint (AMOUNT_FEN, >, TW_LIMIT_DAY_FREE_FEN);
  /* The next month, two services at once: still once. */
  {
    g_autoptr (TwErrands) second = tw_errands_new (c->t->service);

    go_to (c->from + 31 + 14);
    wait_for (c, "next_day", id, c->from + 31 + 30 + 14);
  }
  g_assert_cmpint (count_payments (c, id), ==, 2);
  /* The third time the balance will not do: warned of, then said. */
  go_to (c->from + 31 + 30 + 11);
  wait_for (c, "notice", id, TW_STANDING_NOTICE_SHORT);
  go_to (c->from + 31 + 30 + 14);
  wait_for (c, "notice", id, TW_STANDING_NOTICE_RETRYING);
  for (int tries = 2; tries <= 3; tries++)
    {
      tw_clock_set_offset_ms (tw_clock_get_offset_ms () + (tries == 2 ? 2 : 3) * HOUR_MS + 1000);
      wait_for (c, "tries", id, tries);
    }
  g_assert_cmpint (get (c, "next_day", id), ==, c->from + 31 + 30 + 14);
  tw_clock_set_offset_ms (tw_clock_get_offset_ms () + 4 * HOUR_MS + 1000);
  wait_for (c, "notice", id, TW_STANDING_NOTICE_FAILED);
  g_assert_cmpint (
    tw_test_money_number (
      c->t->db, "SELECT count(*) FROM standing WHERE id = $1 AND reason = 'no_balance'", id),
    ==, 1);
  g_assert_cmpint (count_payments (c, id), ==, 2);
  g_assert_cmpint (tw_test_money_balance (c->t), ==, TOP_UP_FEN - 2 * AMOUNT_FEN);
}

/* Not enough at noon; what comes in until the next try pays it, once. */
static void
test_again (Case *c, gconstpointer data)
{
  g_autofree char *payee = get_payee (c, OTHER_PHONE);
  g_autofree char *id = set_order (c, payee, TOP_UP_FEN + 1000);
  g_autofree char *more = tw_uuid_new ();

  go_to (c->from + 14);
  c->errands = tw_errands_new (c->t->service);
  wait_for (c, "notice", id, TW_STANDING_NOTICE_RETRYING);
  g_assert_cmpint (get (c, "tries", id), ==, 1);
  g_assert_cmpint (
    tw_test_money_number (
      c->t->db, "SELECT count(*) FROM standing WHERE id = $1 AND reason = 'no_balance'", id),
    ==, 1);
  tw_assert_done (tw_test_money_top_up (c->t, more, NULL, TOP_UP_FEN));
  tw_test_money_wait_payment (c->t, more, TW_PAYMENT_STATE_POSTED);
  g_assert_cmpint (count_payments (c, id), ==, 0);
  tw_clock_set_offset_ms (tw_clock_get_offset_ms () + 2 * HOUR_MS + 1000);
  wait_for (c, "next_day", id, c->from + 31 + 14);
  g_assert_cmpint (get (c, "notice", id), ==, TW_STANDING_NOTICE_NONE);
  g_assert_cmpint (get (c, "tries", id), ==, 0);
  g_assert_cmpint (count_payments (c, id), ==, 1);
  g_assert_cmpint (tw_test_money_balance (c->t), ==, TOP_UP_FEN - 1000);
}

/* Changed before the next try, to what there is enough for: tried at once. */
static void
test_changed_meanwhile (Case *c, gconstpointer data)
{
  g_autofree char *payee = get_payee (c, OTHER_PHONE);
  g_autofree char *id = set_order (c, payee, TOP_UP_FEN + 1000);

  go_to (c->from + 14);
  c->errands = tw_errands_new (c->t->service);
  wait_for (c, "notice", id, TW_STANDING_NOTICE_RETRYING);
  change_day (c, id, payee, 15);
  wait_for (c, "next_day", id, c->from + 31 + 14);
  g_assert_cmpint (get (c, "notice", id), ==, TW_STANDING_NOTICE_NONE);
  g_assert_cmpint (count_payments (c, id), ==, 1);
}

/* Two orders of one day: what leaves by itself on a day is added up, to the last fen. */
static void
test_day_limit (Case *c, gconstpointer over)
{
  g_autofree char *payee = get_payee (c, OTHER_PHONE);
  g_autofree char *first = set_order (c, payee, TOP_UP_FEN), *second = tw_uuid_new ();
  g_autofree char *more = tw_uuid_new ();
  const gint64 left_fen = TW_LIMIT_DAY_CODE_FEN - TOP_UP_FEN;

  tw_clock_set_offset_ms (tw_clock_get_offset_ms () + HOUR_MS);
  assert_done_with_code (c, RUN (c, TW_KIND_STANDING_SET, second, "payee_id", "s", payee,
                                 "amount_fen", "i", left_fen + (over != NULL ? 1 : 0), "day", "i",
                                 G_GINT64_CONSTANT (15)));
  tw_assert_done (tw_test_money_top_up (c->t, more, NULL, TOP_UP_FEN));
  tw_test_money_wait_payment (c->t, more, TW_PAYMENT_STATE_POSTED);
  go_to (c->from + 14);
  c->errands = tw_errands_new (c->t->service);
  wait_for (c, "next_day", first, c->from + 31 + 14);
  wait_for (c, "next_day", second, c->from + 31 + 14);
  g_assert_cmpint (count_payments (c, first) + count_payments (c, second), ==,
                   over != NULL ? 1 : 2);
  g_assert_cmpint (
    tw_test_money_number (
      c->t->db, "SELECT count(*) FROM standing WHERE reason = 'over_limit' AND id <> $1", payee),
    ==, over != NULL ? 1 : 0);
}

typedef struct
{
  GMutex lock;
  GCond cond;
  gboolean is_reached;
  gboolean is_open;
} Gate;

static gboolean
wait_at (TwTx *tx, gpointer data, GError **error)
{
  Gate *gate = data;

  g_mutex_lock (&gate->lock);
  gate->is_reached = TRUE;
  g_cond_signal (&gate->cond);
  while (!gate->is_open)
    g_cond_wait (&gate->cond, &gate->lock);
  g_mutex_unlock (&gate->lock);
  return TRUE;
}

/* What is submitted from now on comes in a later transaction, with a time of its own. */
static void
wait_until_reached (Gate *gate)
{
  g_mutex_lock (&gate->lock);
  while (!gate->is_reached)
    g_cond_wait (&gate->cond, &gate->lock);
  g_mutex_unlock (&gate->lock);
}

static void
open_gate (Gate *gate)
{
  g_mutex_lock (&gate->lock);
  gate->is_open = TRUE;
  g_cond_signal (&gate->cond);
  g_mutex_unlock (&gate->lock);
}

/* The clock is put back between the look at what is due and its turn: the day comes all the same.
 */
static void
test_clock_back_meanwhile (Case *c, gconstpointer data)
{
  TwWriter *writer = tw_service_get_writer (c->t->service);
  g_autofree char *payee = get_payee (c, OTHER_PHONE);
  g_autofree char *id = set_order (c, payee, 1000);
  g_autoptr (GError) error = NULL;
  Gate gate = { 0 };

  g_mutex_init (&gate.lock);
  g_cond_init (&gate.cond);
  g_assert_true (tw_writer_submit_call (writer, wait_at, NULL, NULL, &gate, &error));
  wait_until_reached (&gate);
  go_to (c->from + 14);
  /* Looks once at least. */
  tw_errands_free (tw_errands_new (c->t->service));
  go_to (c->from + 1);
  open_gate (&gate);
  tw_test_money_wait (c->t, "SELECT count(*) FROM command WHERE kind = $1", TW_KIND_STANDING_RUN,
                      1);
  g_assert_cmpint (count_payments (c, id), ==, 0);
  go_to (c->from + 14);
  c->errands = tw_errands_new (c->t->service);
  wait_for (c, "next_day", id, c->from + 31 + 14);
  g_assert_cmpint (count_payments (c, id), ==, 1);
  g_mutex_clear (&gate.lock);
  g_cond_clear (&gate.cond);
}

static guint64
count_commands (TwService *service)
{
  TwWriterStats stats;

  tw_writer_get_stats (tw_service_get_writer (service), &stats);
  return stats.commands;
}

/* Of two services the one that leads does it; when that is gone, the other one. */
static void
test_leader (Case *c, gconstpointer data)
{
  g_autofree char *payee = get_payee (c, OTHER_PHONE);
  g_autofree char *id = set_order (c, payee, 1000);
  const TwMigration *steps;
  TwService *other;
  TwErrands *errands;
  gsize n;

  steps = tw_schema_get_steps (&n);
  other = tw_service_new (c->t->url, c->t->keys, steps, n, NULL);
  g_assert_nonnull (other);
  errands = tw_errands_new (other);
  c->errands = tw_errands_new (c->t->service);
  go_to (c->from + 14);
  wait_for (c, "next_day", id, c->from + 31 + 14);
  go_to (c->from + 31 + 14);
  wait_for (c, "next_day", id, c->from + 31 + 30 + 14);
  g_assert_cmpuint (count_commands (other), ==, 0);
  g_clear_pointer (&c->errands, tw_errands_free);
  tw_test_money_stop_service (c->t);
  c->t->db = tw_db_open (c->t->url, NULL, NULL);
  go_to (c->from + 31 + 30 + 14);
  tw_test_money_wait (c->t, "SELECT count(*) FROM payment WHERE standing_id = $1", id, 3);
  /* A command is counted a moment after it stands in the database. */
  for (int i = 0; i < 1000 && count_commands (other) == 0; i++)
    g_usleep (G_USEC_PER_SEC / 100);
  g_assert_cmpuint (count_commands (other), >, 0);
  tw_errands_free (errands);
  tw_service_free (other);
  g_clear_pointer (&c->t->db, tw_db_close);
  tw_test_money_start_service (c->t, FALSE);
}

/* Nobody served on the day: paid a little later, but not weeks later. */
static void
test_late (Case *c, gconstpointer data)
{
  g_autofree char *payee = get_payee (c, OTHER_PHONE);
  g_autofree char *id = set_order (c, payee, 1000);

  go_to (c->from + 14 + 5);
  c->errands = tw_errands_new (c->t->service);
  wait_for (c, "next_day", id, c->from + 31 + 14);
  g_assert_cmpint (count_payments (c, id), ==, 1);
  g_clear_pointer (&c->errands, tw_errands_free);
  go_to (c->from + 31 + 14 + 8);
  c->errands = tw_errands_new (c->t->service);
  wait_for (c, "next_day", id, c->from + 31 + 30 + 14);
  g_assert_cmpint (count_payments (c, id), ==, 1);
  g_assert_cmpint (get (c, "notice", id), ==, TW_STANDING_NOTICE_FAILED);
}

/* Over a rail: what is refused after its day is said too. */
static void
test_refused (Case *c, gconstpointer data)
{
  g_autofree char *payee = get_payee (c, TW_PRACTICE_COMPANY_CODE);
  g_autofree char *id = set_order (c, payee, 1000);

  tw_test_money_fault (c->t, "refuse", 1);
  c->errands = tw_errands_new (c->t->service);
  go_to (c->from + 14);
  wait_for (c, "notice", id, TW_STANDING_NOTICE_FAILED);
  g_assert_cmpint (
    tw_test_money_number (
      c->t->db, "SELECT count(*) FROM standing WHERE id = $1 AND reason = 'bank_refused'", id),
    ==, 1);
  go_to (c->from + 31 + 14);
  wait_for (c, "next_day", id, c->from + 31 + 30 + 14);
  tw_test_money_wait (c->t,
                      "SELECT count(*) FROM payment WHERE standing_id = $1 AND state = 3 AND kind "
                      "= 5",
                      id, 1);
  g_assert_cmpint (get (c, "notice", id), ==, TW_STANDING_NOTICE_NONE);
}

static void
test_set (Case *c, gconstpointer data)
{
  TwTestMoney *t = c->t;
  g_autofree char *payee = get_payee (c, OTHER_PHONE);
  g_autofree char *id = set_order (c, payee, 1000);
  g_autofree char *passing = tw_uuid_new ();
  g_autoptr (TwActor) mine = tw_actor_ref (t->person);

  tw_assert_code (RUN (c, TW_KIND_STANDING_SET, NULL, "payee_id", "s", payee, "amount_fen", "i",
                       TW_LIMIT_DAY_CODE_FEN + 1, "day", "i", G_GINT64_CONSTANT (1)),
                  "over_limit");
  tw_assert_code (RUN (c, TW_KIND_STANDING_SET, NULL, "payee_id", "s", payee, "amount_fen", "i",
                       G_GINT64_CONSTANT (1), "day", "i", G_GINT64_CONSTANT (32)),
                  "invalid");
  tw_assert_done (RUN (c, TW_KIND_PAYEE_CHECK, passing, "to", "s", "13700000000"));
  tw_assert_code (RUN (c, TW_KIND_STANDING_SET, NULL, "payee_id", "s", passing, "amount_fen", "i",
                       G_GINT64_CONSTANT (1), "day", "i", G_GINT64_CONSTANT (1)),
                  "payee_unchecked");
  /* Changed: the last day of a month, and back. */
  change_day (c, id, payee, 31);
  g_assert_cmpint (get (c, "next_day", id), ==, c->from + 30);
  g_assert_cmpint (get (c, "amount_fen", id), ==, 2000);
  change_day (c, id, payee, 15);
  g_assert_cmpint (get (c, "next_day", id), ==, c->from + 14);
  c->errands = tw_errands_new (t->service);
  go_to (c->from + 14);
  wait_for (c, "next_day", id, c->from + 31 + 14);
  /* Moved to a later day of the month in which it was paid: not twice in it. */
  go_to (c->from + 15);
  change_day (c, id, payee, 20);
  g_assert_cmpint (get (c, "next_day", id), ==, c->from + 31 + 19);
  /* Somebody else's is nobody's. */
  g_clear_pointer (&t->person, tw_actor_unref);
  t->person = tw_actor_ref (c->other);
  tw_assert_code (RUN (c, TW_KIND_STANDING_END, NULL, "standing_id", "s", id), "not_found");
  g_clear_pointer (&t->person, tw_actor_unref);
  t->person = tw_actor_ref (mine);
  /* The payee is called otherwise, and goes: the order with them. */
  tw_assert_done (RUN (c, TW_KIND_PAYEE_REMOVE, NULL, "payee_id", "s", payee));
  g_assert_cmpint (get (c, "state", id), ==, TW_STANDING_STATE_ENDED);
  tw_assert_code (RUN (c, TW_KIND_STANDING_END, NULL, "standing_id", "s", id), "not_found");
  go_to (c->from + 31 + 10);
  g_assert_cmpint (count_payments (c, id), ==, 1);
}

static void
assert_reason (Case *c, const char *id, const char *reason)
{
  g_autofree char *sql =
    g_strdup_printf ("SELECT count(*) FROM standing WHERE id = $1 AND reason = '%s'", reason);

  g_assert_cmpint (tw_test_money_number (c->t->db, sql, id), ==, 1);
}

/* A month for which nothing was paid, as it was too late or the bank refused it, can be paid yet.
 */
static void
test_moved_after_failure (Case *c, gconstpointer refused)
{
  g_autofree char *payee = get_payee (c, refused != NULL ? TW_PRACTICE_COMPANY_CODE : OTHER_PHONE);
  g_autofree char *id = set_order (c, payee, 1000);

  if (refused != NULL)
    tw_test_money_fault (c->t, "refuse", 1);
  go_to (c->from + (refused != NULL ? 14 : 22));
  c->errands = tw_errands_new (c->t->service);
  wait_for (c, "notice", id, TW_STANDING_NOTICE_FAILED);
  assert_reason (c, id, refused != NULL ? "bank_refused" : "expired");
  g_assert_cmpint (get (c, "next_day", id), ==, c->from + 31 + 14);
  change_day (c, id, payee, 25);
  g_assert_cmpint (get (c, "next_day", id), ==, c->from + 24);
  go_to (c->from + 24);
  wait_for (c, "next_day", id, c->from + 31 + 24);
  tw_test_money_wait (c->t, "SELECT count(*) FROM payment WHERE standing_id = $1 AND state = 3", id,
                      1);
  /* That was paid for the month: not once more in it. */
  tw_clock_set_offset_ms (tw_clock_get_offset_ms () + HOUR_MS);
  change_day (c, id, payee, 28);
  g_assert_cmpint (get (c, "next_day", id), ==, c->from + 31 + 27);
}

/* Paid on the 2nd for the 31st: the month in which it was paid is not paid for yet. */
static void
test_moved_after_late (Case *c, gconstpointer data)
{
  g_autofree char *payee = get_payee (c, OTHER_PHONE);
  g_autofree char *id = set_order (c, payee, 1000);

  tw_clock_set_offset_ms (tw_clock_get_offset_ms () + HOUR_MS);
  change_day (c, id, payee, 31);
  g_assert_cmpint (get (c, "next_day", id), ==, c->from + 30);
  go_to (c->from + 31 + 1);
  c->errands = tw_errands_new (c->t->service);
  wait_for (c, "next_day", id, c->from + 31 + 29);
  g_assert_cmpint (count_payments (c, id), ==, 1);
  change_day (c, id, payee, 10);
  g_assert_cmpint (get (c, "next_day", id), ==, c->from + 31 + 9);
  go_to (c->from + 31 + 9);
  wait_for (c, "next_day", id, c->from + 31 + 30 + 9);
  g_assert_cmpint (count_payments (c, id), ==, 2);
}

/* A clock that is a year ahead for a moment ends nothing: the day that was too late by it comes. */
static void
test_clock_ahead (Case *c, gconstpointer data)
{
  g_autofree char *payee = get_payee (c, OTHER_PHONE);
  g_autofree char *id = set_order (c, payee, 1000);

  go_to (c->from + 400);
  c->errands = tw_errands_new (c->t->service);
  wait_for (c, "notice", id, TW_STANDING_NOTICE_FAILED);
  assert_reason (c, id, "expired");
  g_assert_cmpint (get (c, "next_day", id), >, c->from + 400);
  go_to (c->from + 1);
  wait_for (c, "next_day", id, c->from + 14);
  g_assert_cmpint (get (c, "notice", id), ==, TW_STANDING_NOTICE_NONE);
  assert_reason (c, id, "");
  g_assert_cmpint (count_payments (c, id), ==, 0);
  go_to (c->from + 14);
  wait_for (c, "next_day", id, c->from + 31 + 14);
  g_assert_cmpint (count_payments (c, id), ==, 1);
}

/* What it has made be paid too early is not paid once more. */
static void
test_clock_ahead_paid (Case *c, gconstpointer data)
{
  g_autofree char *payee = get_payee (c, OTHER_PHONE);
  g_autofree char *id = set_order (c, payee, 1000);

  go_to (c->from + 16);
  c->errands = tw_errands_new (c->t->service);
  wait_for (c, "next_day", id, c->from + 31 + 14);
  g_assert_cmpint (count_payments (c, id), ==, 1);
  go_to (c->from + 1);
  wait_for (c, "last_at / 86400000", id, (tw_clock_ms_of_day (c->from + 1) + DAY_MS / 2) / DAY_MS);
  g_assert_cmpint (get (c, "next_day", id), ==, c->from + 31 + 14);
  go_to (c->from + 31 + 11);
  wait_for (c, "warned", id, 1);
  g_assert_cmpint (count_payments (c, id), ==, 1);
  go_to (c->from + 31 + 14);
  wait_for (c, "next_day", id, c->from + 31 + 30 + 14);
  g_assert_cmpint (count_payments (c, id), ==, 2);
}

/* Paid by it for a month that is far off: those before are paid too, once each, also if the day is
 * moved meanwhile; and that one is not paid again when it comes. */
static void
test_clock_ahead_paid_far (Case *c, gconstpointer data)
{
  int may;
  g_autofree char *payee = get_payee (c, OTHER_PHONE);
  g_autofree char *id = set_order (c, payee, 2000);

  may = c->from + 31 + 30;
  go_to (c->from + 31 + 16);
  c->errands = tw_errands_new (c->t->service);
  wait_for (c, "next_day", id, may + 14);
  go_to (may + 14);
  wait_for (c, "next_day", id, may + 31 + 14);
  g_assert_cmpint (count_payments (c, id), ==, 1);
  go_to (c->from + 1);
  wait_for (c, "next_day", id, c->from + 14);
  change_day (c, id, payee, 10);
  g_assert_cmpint (get (c, "next_day", id), ==, c->from + 9);
  go_to (c->from + 9);
  wait_for (c, "next_day", id, c->from + 31 + 9);
  g_assert_cmpint (count_payments (c, id), ==, 2);
  tw_clock_set_offset_ms (tw_clock_get_offset_ms () + HOUR_MS);
  change_day (c, id, payee, 20);
  g_assert_cmpint (get (c, "next_day", id), ==, c->from + 31 + 19);
  go_to (c->from + 31 + 19);
  wait_for (c, "next_day", id, may + 31 + 19);
  g_assert_cmpint (count_payments (c, id), ==, 3);
  go_to (may + 31 + 19);
  wait_for (c, "next_day", id, may + 31 + 30 + 19);
  g_assert_cmpint (count_payments (c, id), ==, 4);
}

/* Nor is it paid again because one of those before was refused. */
static void
test_clock_ahead_refused (Case *c, gconstpointer data)
{
  int april;
  g_autofree char *payee = get_payee (c, TW_PRACTICE_COMPANY_CODE);
  g_autofree char *id = set_order (c, payee, 2000);

  april = c->from + 31;
  go_to (april + 5);
  c->errands = tw_errands_new (c->t->service);
  wait_for (c, "next_day", id, april + 14);
  go_to (april + 14);
  tw_test_money_wait (c->t, "SELECT count(*) FROM payment WHERE standing_id = $1 AND state = 3", id,
                      1);
  go_to (c->from + 1);
  wait_for (c, "next_day", id, c->from + 14);
  tw_test_money_fault (c->t, "refuse", 1);
  go_to (c->from + 14);
  wait_for (c, "notice", id, TW_STANDING_NOTICE_FAILED);
  assert_reason (c, id, "bank_refused");
  change_day (c, id, payee, 20);
  g_assert_cmpint (get (c, "next_day", id), ==, april + 30 + 19);
}

/* Set or moved by it: the first day comes by the clock that is right. */
static void
test_clock_ahead_set (Case *c, gconstpointer data)
{
  g_autofree char *payee = get_payee (c, OTHER_PHONE);
  g_autofree char *moved = set_order (c, payee, 1000), *fresh = tw_uuid_new ();

  go_to (c->from + 400);
  change_day (c, moved, payee, 20);
  tw_clock_set_offset_ms (tw_clock_get_offset_ms () + HOUR_MS);
  assert_done_with_code (c,
                         RUN (c, TW_KIND_STANDING_SET, fresh, "payee_id", "s", payee, "amount_fen",
                              "i", G_GINT64_CONSTANT (1000), "day", "i", G_GINT64_CONSTANT (15)));
  g_assert_cmpint (get (c, "next_day", moved), >, c->from + 400);
  g_assert_cmpint (get (c, "next_day", fresh), >, c->from + 400);
  go_to (c->from + 1);
  c->errands = tw_errands_new (c->t->service);
  wait_for (c, "next_day", moved, c->from + 19);
  wait_for (c, "next_day", fresh, c->from + 14);
  /* They have not run yet. */
  g_assert_cmpint (get (c, "last_at", moved), ==, 0);
  g_assert_cmpint (get (c, "last_at", fresh), ==, 0);
  go_to (c->from + 14);
  wait_for (c, "next_day", fresh, c->from + 31 + 14);
  g_assert_cmpint (count_payments (c, fresh), ==, 1);
  go_to (c->from + 19);
  wait_for (c, "next_day", moved, c->from + 31 + 19);
  g_assert_cmpint (count_payments (c, moved), ==, 1);
}

/* Changed again once the clock is right, before anybody has looked. */
static void
test_clock_ahead_changed (Case *c, gconstpointer data)
{
  g_autofree char *payee = get_payee (c, OTHER_PHONE);
  g_autofree char *id = set_order (c, payee, 1000);

  go_to (c->from + 400);
  change_day (c, id, payee, 20);
  go_to (c->from + 1);
  change_day (c, id, payee, 20);
  g_assert_cmpint (get (c, "next_day", id), ==, c->from + 19);
}

/* Moved to another day then: the month that was paid before the clock was ahead is not paid again.
 */
static void
test_clock_ahead_moved (Case *c, gconstpointer data)
{
  g_autofree char *payee = get_payee (c, OTHER_PHONE);
  g_autofree char *id = set_order (c, payee, 1000);
  int may = c->from + 31 + 30;

  go_to (c->from + 14);
  c->errands = tw_errands_new (c->t->service);
  wait_for (c, "next_day", id, c->from + 31 + 14);
  go_to (c->from + 31 + 14);
  wait_for (c, "next_day", id, may + 14);
  g_assert_cmpint (count_payments (c, id), ==, 2);
  g_clear_pointer (&c->errands, tw_errands_free);
  go_to (c->from + 15);
  change_day (c, id, payee, 25);
  g_assert_cmpint (get (c, "next_day", id), ==, may + 24);
}

static gboolean
forget_to_keep (TwTx *tx, gpointer payee_id, GError **error)
{
  return tw_db_run (tw_tx_db (tx), error,
                    "UPDATE payee SET state = $2, created_at = $3 WHERE id = $1", "sii", payee_id,
                    (gint64) TW_PAYEE_STATE_CHECKED, tw_tx_now_ms (tx));
}

/* Only a payee that is kept is paid by itself: neither is an order set for one that was only looked
 * up, nor is one paid whose payee is not kept any more. */
static void
test_not_kept (Case *c, gconstpointer data)
{
  TwTestMoney *t = c->t;
  g_autofree char *looked_up = tw_uuid_new (), *payee = get_payee (c, OTHER_PHONE);
  g_autofree char *id = set_order (c, payee, 1000);
  g_autoptr (GError) error = NULL;

  tw_assert_done (RUN (c, TW_KIND_PAYEE_CHECK, looked_up, "to", "s", TW_PRACTICE_COMPANY_CODE));
  tw_test_money_wait (t, "SELECT state FROM payee WHERE id = $1", looked_up,
                      TW_PAYEE_STATE_CHECKED);
  tw_assert_code (RUN (c, TW_KIND_STANDING_SET, NULL, "payee_id", "s", looked_up, "amount_fen", "i",
                       G_GINT64_CONSTANT (1), "day", "i", G_GINT64_CONSTANT (1)),
                  "payee_unchecked");
  /* No command leaves it so; should a row be so all the same, nothing is paid. */
  go_to (c->from + 13);
  g_assert_true (tw_writer_submit_call (tw_service_get_writer (t->service), forget_to_keep, NULL,
                                        NULL, payee, &error));
  tw_test_money_wait (t, "SELECT state FROM payee WHERE id = $1", payee, TW_PAYEE_STATE_CHECKED);
  c->errands = tw_errands_new (t->service);
  go_to (c->from + 14);
  tw_test_money_wait (t, "SELECT count(*) FROM standing WHERE id = $1 AND reason = 'no_payee'", id,
                      1);
  g_assert_cmpint (count_payments (c, id), ==, 0);
  g_assert_cmpint (tw_test_money_balance (t), ==, TOP_UP_FEN);
}

/* One more than there may be. */
static void
test_many (Case *c, gconstpointer data)
{
  g_autofree char *payee = get_payee (c, OTHER_PHONE);
  g_autofree char *first = set_order (c, payee, 1000), *last = tw_uuid_new ();

  for (int i = 1; i < 50; i++)
    {
      g_autofree char *id = tw_uuid_new ();

      /* So many codes are not sent within minutes. */
      tw_clock_set_offset_ms (tw_clock_get_offset_ms () + 120000);
      assert_done_with_code (c, RUN (c, TW_KIND_STANDING_SET, id, "payee_id", "s", payee,
                                     "amount_fen", "i", G_GINT64_CONSTANT (1000), "day", "i",
                                     G_GINT64_CONSTANT (15)));
    }
  tw_clock_set_offset_ms (tw_clock_get_offset_ms () + 120000);
  tw_assert_code (RUN (c, TW_KIND_STANDING_SET, NULL, "payee_id", "s", payee, "amount_fen", "i",
                       G_GINT64_CONSTANT (1000), "day", "i", G_GINT64_CONSTANT (15)),
                  "many_standing");
  /* One that is there may be changed, and one that has ended makes room. */
  change_day (c, first, payee, 16);
  tw_assert_done (RUN (c, TW_KIND_STANDING_END, NULL, "standing_id", "s", first));
  tw_clock_set_offset_ms (tw_clock_get_offset_ms () + 120000);
  assert_done_with_code (c,
                         RUN (c, TW_KIND_STANDING_SET, last, "payee_id", "s", payee, "amount_fen",
                              "i", G_GINT64_CONSTANT (1000), "day", "i", G_GINT64_CONSTANT (15)));
}

/* The other errands: a code that nobody told, a payee that nobody kept. */
static void
test_errands (Case *c, gconstpointer data)
{
  TwTestMoney *t = c->t;
  g_autofree char *passing = tw_uuid_new (), *kept = get_payee (c, OTHER_PHONE);
  g_autofree char *held = tw_uuid_new ();

  tw_assert_done (RUN (c, TW_KIND_PAYEE_CHECK, passing, "to", "s", "13700000000"));
  tw_assert_held (RUN (c, TW_KIND_WALLET_PAY, held, "payee_id", "s", kept, "amount_fen", "i",
                       G_GINT64_CONSTANT (200000)));
  c->errands = tw_errands_new (t->service);
  tw_test_money_wait (t, "SELECT count(*) FROM biller WHERE id <> $1", "", 4);
  tw_clock_set_offset_ms (301000);
  tw_test_money_wait (t, "SELECT state FROM challenge WHERE id = $1", held, 2);
  tw_test_money_wait (t, "SELECT count(*) FROM intent WHERE intent = $1", held, 0);
  tw_assert_code (RUN (c, TW_KIND_WALLET_PAY, held, "payee_id", "s", kept, "amount_fen", "i",
                       G_GINT64_CONSTANT (200000)),
                  "code_expired");
  tw_clock_set_offset_ms (DAY_MS + 1000);
  tw_test_money_wait (t, "SELECT count(*) FROM payee WHERE id = $1", passing, 0);
  g_assert_cmpint (tw_test_money_number (t->db, "SELECT count(*) FROM payee WHERE id = $1", kept),
                   ==, 1);
}

#define CASE(name, func) g_test_add ("/standing/" name, Case, NULL, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  CASE ("months", test_months);
  CASE ("again", test_again);
  CASE ("changed-meanwhile", test_changed_meanwhile);
  CASE ("clock-back-meanwhile", test_clock_back_meanwhile);
  CASE ("day-limit", test_day_limit);
  g_test_add ("/standing/day-limit/over", Case, "over", set_up, test_day_limit, tear_down);
  /* One process serves a SQLite database. */
  if (tw_test_on_postgres ())
    CASE ("leader", test_leader);
  CASE ("late", test_late);
  CASE ("refused", test_refused);
  CASE ("set", test_set);
  CASE ("moved-after-failure/late", test_moved_after_failure);
  g_test_add ("/standing/moved-after-failure/refused", Case, "refused", set_up,
              test_moved_after_failure, tear_down);
  CASE ("moved-after-late", test_moved_after_late);
  CASE ("clock-ahead", test_clock_ahead);
  CASE ("clock-ahead/paid", test_clock_ahead_paid);
  CASE ("clock-ahead/paid-far", test_clock_ahead_paid_far);
  CASE ("clock-ahead/refused", test_clock_ahead_refused);
  CASE ("clock-ahead/set", test_clock_ahead_set);
  CASE ("clock-ahead/changed", test_clock_ahead_changed);
  CASE ("clock-ahead/moved", test_clock_ahead_moved);
  CASE ("not-kept", test_not_kept);
  CASE ("many", test_many);
  CASE ("errands", test_errands);
  return g_test_run ();
}
