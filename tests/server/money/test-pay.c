// SPDX-License-Identifier: GPL-3.0-or-later
/* Paying whoever was looked up, codes, limits, and what looks as if it was paid a moment ago: the
 * real service and the real counterpart. */
#include <string.h>

#include "base/tw-clock.h"
#include "base/tw-pay-code.h"
#include "base/tw-uuid.h"
#include "counterpart/tw-bank.h"
#include "model/tw-challenge.h"
#include "model/tw-payee.h"
#include "model/tw-payment.h"
#include "protocol/tw-json.h"
#include "protocol/tw-practice-people.h"
#include "server/feed/tw-feed.h"
#include "server/ledger/tw-limits.h"
#include "tw-test-db.h"
#include "tw-test-money.h"

#define TOP_UP_FEN (G_GINT64_CONSTANT (6000000))
#define PHONE "13900000001"
#define OTHER_PHONE "13900000002"
#define DAY_MS (G_GINT64_CONSTANT (86400000))

typedef struct
{
  TwTestMoney *t;
  TwActor *other;
  char *id;
  char *intent;
} Case;

static void
set_up (Case *c, gconstpointer data)
{
  g_autofree char *id = tw_uuid_new ();

  c->t = tw_test_money_new ();
  c->other = tw_test_money_register (c->t, 2);
  tw_test_money_decide (c->t, c->other, TRUE);
  c->id = tw_uuid_new ();
  c->intent = tw_uuid_new ();
  tw_assert_done (tw_test_money_top_up (c->t, id, NULL, TOP_UP_FEN));
  tw_test_money_wait_payment (c->t, id, TW_PAYMENT_STATE_POSTED);
}

static void
tear_down (Case *c, gconstpointer data)
{
  tw_clock_set_offset_ms (0);
  if (c->t->db != NULL)
    tw_test_money_assert_sound (c->t);
  if (c->t->db != NULL && c->t->counterpart != NULL)
    tw_test_money_assert_reconciles (c->t);
  tw_actor_unref (c->other);
  tw_test_money_free (c->t);
  g_free (c->id);
  g_free (c->intent);
}

#define RUN(c, kind, id, intent, ...)                                                              \
  tw_test_money_run ((c)->t, (c)->t->person, kind, id, intent,                                     \
                     tw_test_money_body (__VA_ARGS__, NULL))

static TwResult *
check (Case *c, const char *to)
{
  return RUN (c, TW_KIND_PAYEE_CHECK, NULL, NULL, "to", "s", to);
}

static char *
get_text (TwResult *result, const char *name)
{
  g_autoptr (TwResult) owned = result;

  g_assert_cmpstr (owned->code, ==, NULL);
  return g_strdup (json_object_get_string_member (owned->result, name));
}

/* (transfer full): the payee, looked up and waited for. */
static char *
look_up (Case *c, const char *to)
{
  char *id = get_text (check (c, to), "payee_id");

  tw_test_money_wait (c->t, "SELECT state FROM payee WHERE id = $1", id, TW_PAYEE_STATE_CHECKED);
  return id;
}

/* With an id, its intent is the same again. */
static TwResult *
pay (Case *c, const char *payee, gint64 amount_fen, const char *id)
{
  return RUN (c, TW_KIND_WALLET_PAY, id, id, "payee_id", "s", payee, "amount_fen", "i", amount_fen,
              "memo", "s", "样例");
}

static TwFeedAnswer *
read_feed (Case *c, TwActor *actor)
{
  g_autoptr (GError) error = NULL;
  TwFeedAnswer *page =
    tw_feed_read (c->t->db, tw_keys_get (c->t->keys, TW_KEY_COLUMN), actor, NULL, 1000, &error);

  g_assert_no_error (error);
  return page;
}

static void
assert_seen (Case *c, const char *words, gboolean wanted)
{
  g_autoptr (TwFeedAnswer) page = read_feed (c, c->t->person);

  if ((strstr (page->text, words) != NULL) != wanted)
    g_error ("%s is %sin %s", words, wanted ? "not " : "", page->text);
}

/* By phone, by reference, by their own code: the same person, starred; nobody is nobody. */
static void
test_person (Case *c, gconstpointer data)
{
  TwTestMoney *t = c->t;
  g_autofree char *payee = look_up (c, "+86 139-0000-0002");
  g_autofree char *again = look_up (c, OTHER_PHONE);
  g_autofree char *nobody = get_text (check (c, "13912345678"), "payee_id");
  g_autoptr (GError) error = NULL;
  g_autofree char *reference = NULL, *code = NULL, *by_code = NULL;
  TwStmt *stmt;

  g_assert_cmpstr (payee, ==, again);
  g_assert_cmpint (tw_test_money_number (t->db, "SELECT state FROM payee WHERE id = $1", nobody),
                   ==, TW_PAYEE_STATE_MISSING);
  assert_seen (c, "\"name\":\"***例\"", TRUE);
  assert_seen (c, "\"number\":\"139****0002\"", TRUE);
  assert_seen (c, OTHER_PHONE, FALSE);
  tw_assert_code (check (c, PHONE), "same_account");
  tw_assert_code (check (c, "12"), "invalid");
  tw_assert_code (check (c, "TWP1:2345ABCD:0:UX"), "invalid");
  tw_assert_code (pay (c, nobody, 100, NULL), "payee_unchecked");

  stmt = tw_db_query (t->db, &error, "SELECT reference FROM account WHERE id = $1", "s",
                      c->other->account_id);
  g_assert_cmpint (tw_stmt_step (stmt, &error), ==, TW_STEP_ROW);
  reference = g_strdup (tw_stmt_text (stmt, 0));
  tw_stmt_reset (stmt);
  code = tw_pay_code_make_for_reference (reference, 1250);
  by_code = look_up (c, code);
  g_assert_cmpint (
    tw_test_money_number (t->db, "SELECT asked_fen FROM payee WHERE id = $1", by_code), ==, 1250);

  tw_assert_done (pay (c, by_code, 1250, c->id));
  tw_assert_done (pay (c, by_code, 1250, c->id));
  g_assert_cmpint (tw_test_money_balance (t), ==, TOP_UP_FEN - 1250);
  g_assert_cmpint (tw_test_money_number (t->db,
                                         "SELECT balance_fen FROM ledger_account WHERE owner = $1",
                                         c->other->account_id),
                   ==, 1250);
  assert_seen (c, "\"payee_name\":\"***例\"", TRUE);
  /* Somebody else's payee is nobody's here. */
  g_clear_pointer (&t->person, tw_actor_unref);
  t->person = tw_actor_ref (c->other);
  tw_assert_code (pay (c, payee, 100, NULL), "not_found");
  tw_assert_code (RUN (c, TW_KIND_PAYEE_REMOVE, NULL, NULL, "payee_id", "s", payee), "not_found");
}

/* Who has not proved who they are is nobody, by phone and by reference, and is told from nobody by
 * nothing; but is told that they can't pay themselves. */
static void
test_unproved (Case *c, gconstpointer refused)
{
  TwTestMoney *t = c->t;
  g_autoptr (TwActor) stranger = tw_test_money_register (t, 3), mine = tw_actor_ref (t->person);
  g_autofree char *nobody = get_text (check (c, "13912345678"), "payee_id");
  g_autofree char *pending = get_text (check (c, "13900000003"), "payee_id");
  g_autofree char *by_reference = NULL, *reference = NULL;
  g_autoptr (GError) error = NULL;
  TwStmt *stmt;

  if (refused != NULL)
    tw_test_money_decide (t, stranger, FALSE);
  stmt = tw_db_query (t->db, &error, "SELECT reference FROM account WHERE id = $1", "s",
                      stranger->account_id);
  g_assert_cmpint (tw_stmt_step (stmt, &error), ==, TW_STEP_ROW);
  reference = g_strdup (tw_stmt_text (stmt, 0));
  tw_stmt_reset (stmt);
  by_reference = get_text (check (c, reference), "payee_id");
  for (int i = 0; i < 3; i++)
    {
      const char *id = i == 0 ? nobody : i == 1 ? pending : by_reference;

      g_assert_cmpint (
        tw_test_money_number (t->db,
                              "SELECT count(*) FROM payee WHERE id = $1 AND state = 2 AND name IS "
                              "NULL AND to_account = '' AND verified_at = 0",
                              id),
        ==, 1);
      tw_assert_code (pay (c, id, 100, NULL), "payee_unchecked");
    }
  /* Nor is there a way around the looking up. */
  tw_assert_code (tw_test_money_transfer (t, stranger->account_id, 100), "no_payee");
  tw_assert_code (tw_test_money_transfer (t, "01900000-0000-7000-8000-00000000ffff", 100),
                  "no_payee");
  g_assert_cmpint (tw_test_money_balance (t), ==, TOP_UP_FEN);
  tw_actor_unref (t->person);
  t->person = tw_actor_ref (stranger);
  tw_assert_code (check (c, "13900000003"), "same_account");
  tw_actor_unref (t->person);
  t->person = tw_actor_ref (mine);
  if (refused != NULL)
    return;
  tw_test_money_decide (t, stranger, TRUE);
  tw_assert_done (check (c, "13900000003"));
  g_assert_cmpint (tw_test_money_number (t->db, "SELECT state FROM payee WHERE id = $1", pending),
                   ==, TW_PAYEE_STATE_CHECKED);
  tw_assert_done (tw_test_money_transfer (t, stranger->account_id, 100));
}

/* Nobody finds out by trying who all has an account. */
static void
test_many (Case *c, gconstpointer data)
{
  for (int i = 0; i < 40; i++)
    {
      g_autofree char *phone = g_strdup_printf ("137%08d", i);
      g_autofree char *id = get_text (check (c, phone), "payee_id");

      g_assert_nonnull (id);
      /* What is removed was looked up all the same, and the same one again is no other. */
      if (i % 2 == 0)
        tw_assert_done (RUN (c, TW_KIND_PAYEE_REMOVE, NULL, NULL, "payee_id", "s", id));
      if (i % 4 == 0)
        tw_assert_done (check (c, phone));
    }
  tw_assert_code (check (c, OTHER_PHONE), "many_lookups");
  /* What was looked up already may be looked up again. */
  tw_assert_done (check (c, "13700000000"));
  tw_clock_set_offset_ms (DAY_MS + 1000);
  tw_assert_done (check (c, OTHER_PHONE));
}

static gint64
bank_balance (Case *c, const char *account)
{
  return tw_test_money_number (c->t->books, "SELECT balance_fen FROM bank_account WHERE id = $1",
                               account);
}

/* A company or a merchant gets it once, whatever the bank does. */
static void
test_credit (Case *c, gconstpointer data)
{
  TwTestMoney *t = c->t;
  const char *fault = data;
  g_autofree char *payee = look_up (c, TW_PRACTICE_COMPANY_CODE);

  assert_seen (c, "示例科技有限公司", TRUE);
  if (fault != NULL)
    tw_test_money_fault (t, fault, 1);
  tw_assert_done (pay (c, payee, 50000, c->id));
  tw_test_money_wait_payment (t, c->id, TW_PAYMENT_STATE_POSTED);
  g_assert_cmpint (bank_balance (c, "company:" TW_PRACTICE_COMPANY_CODE), ==, 50000);
  g_assert_cmpint (tw_test_money_balance (t), ==, TOP_UP_FEN - 50000);
  tw_assert_done (pay (c, payee, 50000, c->id));
  g_assert_cmpint (tw_test_money_balance (t), ==, TOP_UP_FEN - 50000);
  /* What is asked of the bank does not stand in the table for all to read. */
  g_assert_cmpint (tw_test_money_number (t->db,
                                         "SELECT count(*) FROM rail_op WHERE id = $1 AND request "
                                         "LIKE 'sealed:%'",
                                         c->id),
                   ==, 1);
}

static gint64
used_today (Case *c)
{
  return tw_test_money_number (c->t->db, "SELECT day_fen FROM outgo WHERE account_id = $1",
                               c->t->person->account_id);
}

/* What was refused has not left: neither the wallet nor the limits. */
static void
test_credit_refused (Case *c, gconstpointer data)
{
  TwTestMoney *t = c->t;
  g_autofree char *payee = look_up (c, TW_PRACTICE_COMPANY_CODE);
  g_autofree char *again = tw_uuid_new ();

  tw_test_money_fault (t, "refuse", 1);
  tw_assert_done (pay (c, payee, 50000, c->id));
  tw_test_money_wait_payment (t, c->id, TW_PAYMENT_STATE_VOIDED);
  g_assert_cmpint (tw_test_money_balance (t), ==, TOP_UP_FEN);
  g_assert_cmpint (used_today (c), ==, 0);
  g_assert_cmpint (
    tw_test_money_number (
      t->db, "SELECT count(*) FROM payment WHERE id = $1 AND reason = 'bank_refused'", c->id),
    ==, 1);
  /* And nothing looks like it. */
  tw_assert_done (pay (c, payee, 50000, again));
  tw_test_money_wait_payment (t, again, TW_PAYMENT_STATE_POSTED);
  g_assert_cmpint (used_today (c), ==, 50000);
}

static void
test_register (Case *c, gconstpointer data)
{
  TwTestMoney *t = c->t;
  TwPayCode code = { TW_PAY_CODE_MERCHANT, TW_PRACTICE_MERCHANT_NUMBER, 1880 };
  g_autofree char *text = tw_pay_code_make (&code);
  g_autofree char *merchant = look_up (c, text);
  g_autofree char *unknown = get_text (check (c, "91110000600037341L"), "payee_id");

  tw_test_money_wait (t, "SELECT state FROM payee WHERE id = $1", unknown, TW_PAYEE_STATE_MISSING);
  tw_assert_code (pay (c, unknown, 100, NULL), "payee_unchecked");
  tw_assert_code (check (c, "91110000600037341M"), "invalid");
  tw_assert_done (pay (c, merchant, 1880, c->id));
  tw_test_money_wait_payment (t, c->id, TW_PAYMENT_STATE_POSTED);
  g_assert_cmpint (bank_balance (c, "merchant:" TW_PRACTICE_MERCHANT_NUMBER), ==, 1880);
  /* With nobody there the payee waits, and is found when they are back. */
  tw_test_money_stop_counterpart (t);
  g_free (unknown);
  unknown = get_text (check (c, "91310115MA00EXA02Q"), "payee_id");
  tw_assert_code (pay (c, unknown, 100, NULL), "payee_unchecked");
  tw_test_money_start_counterpart (t);
  tw_test_money_wait (t, "SELECT state FROM payee WHERE id = $1", unknown, TW_PAYEE_STATE_CHECKED);
}

/* kill -9 between the reservation and the sending, or between the sending and the answer. */
static void
test_killed (Case *c, gconstpointer rails)
{
  TwTestMoney *t = c->t;
  g_autofree char *payee = look_up (c, TW_PRACTICE_COMPANY_CODE);

  if (rails != NULL)
    tw_test_money_fault (t, "timeout_after_acting", 1);
  tw_test_money_kill (t, rails != NULL, TW_KIND_WALLET_PAY, c->id,
                      tw_test_money_body ("payee_id", "s", payee, "amount_fen", "i",
                                          G_GINT64_CONSTANT (50000), "memo", "s", "样例", NULL));
  tw_test_money_start_service (t, FALSE);
  g_assert_cmpint (tw_test_money_balance (t), ==, TOP_UP_FEN);
  g_assert_cmpint (tw_test_money_number (t->db,
                                         "SELECT reserved_fen FROM ledger_account WHERE owner = $1",
                                         t->person->account_id),
                   ==, 50000);
  tw_test_money_assert_sound (t);
  tw_test_money_stop_service (t);
  tw_test_money_start_service (t, TRUE);
  tw_test_money_wait_payment (t, c->id, TW_PAYMENT_STATE_POSTED);
  tw_assert_done (pay (c, payee, 50000, c->id));
  g_assert_cmpint (tw_test_money_balance (t), ==, TOP_UP_FEN - 50000);
  g_assert_cmpint (bank_balance (c, "company:" TW_PRACTICE_COMPANY_CODE), ==, 50000);
  g_assert_cmpint (used_today (c), ==, 50000);
}

static TwResult *
check_customer (Case *c, const char *biller, const char *number)
{
  return RUN (c, TW_KIND_PAYEE_CHECK, NULL, NULL, "biller_id", "s", biller, "customer_number", "s",
              number);
}

static void
ask_billers (Case *c)
{
  g_autoptr (TwActor) system = tw_actor_new (TW_ROLE_SYSTEM, "system", "", "", "");

  tw_assert_done (
    tw_test_money_run (c->t, system, TW_KIND_BILLER_LIST, NULL, NULL, json_object_new ()));
  tw_test_money_wait (c->t, "SELECT count(*) FROM biller WHERE id <> $1", "", 4);
}

static void
test_biller (Case *c, gconstpointer fault)
{
  TwTestMoney *t = c->t;
  g_autofree char *payee = NULL, *nobody = NULL, *refused = tw_uuid_new ();
  gint64 due_fen;

  tw_assert_code (check_customer (c, "water1", "12345678"), "invalid");
  ask_billers (c);
  assert_seen (c, "\"category\":\"water\"", TRUE);
  tw_assert_code (check_customer (c, "water1", "1234567"), "invalid");
  tw_assert_code (check_customer (c, "none", "12345678"), "invalid");
  payee = get_text (check_customer (c, "water1", "12345678"), "payee_id");
  nobody = get_text (check_customer (c, "water1", "12345600"), "payee_id");
  tw_test_money_wait (t, "SELECT state FROM payee WHERE id = $1", payee, TW_PAYEE_STATE_CHECKED);
  tw_test_money_wait (t, "SELECT state FROM payee WHERE id = $1", nobody, TW_PAYEE_STATE_MISSING);
  due_fen = tw_test_money_number (t->db, "SELECT asked_fen FROM payee WHERE id = $1", payee);
  g_assert_cmpint (due_fen, >=, 2000);
  /* Whose customer it is, and not only that it is one. */
  assert_seen (c, "示例自来水公司 · **户", TRUE);

  tw_test_money_fault (t, "refuse", 1);
  tw_assert_done (pay (c, payee, due_fen, refused));
  tw_test_money_wait_payment (t, refused, TW_PAYMENT_STATE_VOIDED);
  if (fault != NULL)
    tw_test_money_fault (t, fault, 1);
  tw_assert_done (pay (c, payee, due_fen, c->id));
  tw_test_money_wait_payment (t, c->id, TW_PAYMENT_STATE_POSTED);
  g_assert_cmpint (tw_test_money_number (
                     t->books, "SELECT due_fen FROM biller_customer WHERE number = $1", "12345678"),
                   ==, 0);
  g_assert_cmpint (tw_test_money_balance (t), ==, TOP_UP_FEN - due_fen);
  /* Asked once more, nothing is due. */
  tw_assert_done (RUN (c, TW_KIND_PAYEE_CHECK, NULL, NULL, "payee_id", "s", payee));
  tw_test_money_wait (t, "SELECT asked_fen FROM payee WHERE id = $1", payee, 0);
}

static void
test_double (Case *c, gconstpointer data)
{
  TwTestMoney *t = c->t;
  g_autofree char *payee = look_up (c, OTHER_PHONE);
  g_autofree char *company = look_up (c, TW_PRACTICE_COMPANY_CODE);
  g_autoptr (TwResult) twice = NULL;

  tw_assert_done (pay (c, payee, 1000, NULL));
  twice = pay (c, payee, 1000, NULL);
  g_assert_cmpstr (twice->code, ==, "looks_double");
  g_assert_cmpstr (twice->remedy, ==, NULL); /* the helper copies no remedy; the table has it */
  g_assert_cmpint (json_object_get_int_member (twice->result, "amount_fen"), ==, 1000);
  g_assert_cmpint (tw_test_money_balance (t), ==, TOP_UP_FEN - 1000);
  /* The other road to the same person is no way around it. */
  tw_assert_code (tw_test_money_transfer (t, c->other->account_id, 1000), "looks_double");
  tw_assert_done (RUN (c, TW_KIND_WALLET_PAY, NULL, NULL, "payee_id", "s", payee, "amount_fen", "i",
                       G_GINT64_CONSTANT (1000), "again", "b", TRUE));
  tw_assert_done (pay (c, payee, 1001, NULL));
  tw_assert_done (pay (c, company, 1000, c->id));
  tw_test_money_wait_payment (t, c->id, TW_PAYMENT_STATE_POSTED);
  tw_clock_set_offset_ms (TW_LIMIT_DOUBLE_MS - 5000);
  tw_assert_code (pay (c, payee, 1000, NULL), "looks_double");
  tw_clock_set_offset_ms (TW_LIMIT_DOUBLE_MS + 1000);
  tw_assert_done (pay (c, payee, 1000, NULL));
  g_assert_cmpint (tw_test_money_balance (t), ==, TOP_UP_FEN - 1000 * 4 - 1001);
}

static void
test_limits (Case *c, gconstpointer data)
{
  TwTestMoney *t = c->t;
  g_autofree char *payee = look_up (c, OTHER_PHONE);
  g_autofree char *code = NULL;

  tw_assert_done (pay (c, payee, TW_LIMIT_DAY_FREE_FEN, NULL));
  assert_seen (c, "\"day_used_fen\":100000", TRUE);
  tw_assert_held (pay (c, payee, TW_LIMIT_DAY_SIGNED_CODE_FEN - TW_LIMIT_DAY_FREE_FEN, c->id));
  code = tw_test_money_code (t, PHONE);
  g_assert_cmpint (tw_test_money_balance (t), ==, TOP_UP_FEN - TW_LIMIT_DAY_FREE_FEN);
  tw_assert_done (tw_test_money_answer (t, c->id, code));
  g_assert_cmpint (tw_test_money_balance (t), ==, TOP_UP_FEN - TW_LIMIT_DAY_SIGNED_CODE_FEN);
  tw_assert_done (pay (c, payee, TW_LIMIT_DAY_SIGNED_CODE_FEN - TW_LIMIT_DAY_FREE_FEN, c->id));
  /* Nothing more today, with whatever code; tomorrow again. */
  tw_assert_code (pay (c, payee, 1, NULL), "over_limit");
  tw_clock_set_offset_ms (DAY_MS);
  tw_assert_done (pay (c, payee, 1, NULL));
  g_assert_cmpint (used_today (c), ==, 1);
  /* Nobody is asked for a code for what they don't have. */
  tw_assert_code (pay (c, payee, TOP_UP_FEN - TW_LIMIT_DAY_SIGNED_CODE_FEN, NULL), "no_balance");
}

static TwResult *
drop (Case *c, const char *id)
{
  return RUN (c, TW_KIND_CHALLENGE_DROP, NULL, NULL, "challenge_id", "s", id);
}

/* The held command, its repetitions, its intent; and every way in which it does not go on. */
static void
test_code (Case *c, gconstpointer data)
{
  TwTestMoney *t = c->t;
  g_autofree char *payee = look_up (c, OTHER_PHONE);
  g_autofree char *code = NULL, *wrong = NULL, *second = tw_uuid_new ();
  g_autoptr (TwResult) held = NULL, tried = NULL;
  const char *const sql = "SELECT state FROM challenge WHERE id = $1";

  held = RUN (c, TW_KIND_WALLET_PAY, c->id, c->intent, "payee_id", "s", payee, "amount_fen", "i",
              G_GINT64_CONSTANT (200000));
  g_assert_cmpint (held->state, ==, TW_RESULT_STEP_UP);
  g_assert_cmpstr (json_object_get_string_member (held->result, "challenge_id"), ==, c->id);
  g_assert_cmpstr (json_object_get_string_member (held->result, "phone"), ==, "139****0001");
  code = tw_test_money_code (t, PHONE);
  assert_seen (c, code, FALSE);
  /* One at a time; the same wish is under way; the same command is held still. */
  tw_assert_code (pay (c, payee, 300000, NULL), "code_pending");
  tw_assert_code (RUN (c, TW_KIND_WALLET_PAY, NULL, c->intent, "payee_id", "s", payee, "amount_fen",
                       "i", G_GINT64_CONSTANT (100)),
                  "intent_live");
  tw_assert_held (RUN (c, TW_KIND_WALLET_PAY, c->id, c->intent, "payee_id", "s", payee,
                       "amount_fen", "i", G_GINT64_CONSTANT (200000)));
  tw_assert_code (RUN (c, TW_KIND_WALLET_PAY, c->id, c->intent, "payee_id", "s", payee,
                       "amount_fen", "i", G_GINT64_CONSTANT (200001)),
                  "command_changed");
  wrong = g_strdup (code);
  wrong[5] = wrong[5] == '9' ? '0' : wrong[5] + 1;
  tried = tw_test_money_answer (t, c->id, wrong);
  g_assert_cmpstr (tried->code, ==, "wrong_code");
  g_assert_cmpint (json_object_get_int_member (tried->result, "tries_left"), ==, 4);
  tw_assert_code (tw_test_money_answer (t, second, code), "not_found");
  tw_assert_code (tw_test_money_answer (t, c->id, "12"), "wrong_code");
  tw_assert_code (tw_test_money_answer (t, c->id, "1234567"), "invalid");
  tw_assert_done (tw_test_money_answer (t, c->id, code));
  tw_assert_code (tw_test_money_answer (t, c->id, code), "already_decided");
  tw_assert_done (RUN (c, TW_KIND_WALLET_PAY, c->id, c->intent, "payee_id", "s", payee,
                       "amount_fen", "i", G_GINT64_CONSTANT (200000)));
  tw_assert_code (RUN (c, TW_KIND_WALLET_PAY, NULL, c->intent, "payee_id", "s", payee, "amount_fen",
                       "i", G_GINT64_CONSTANT (100)),
                  "intent_done");
  g_assert_cmpint (tw_test_money_balance (t), ==, TOP_UP_FEN - 200000);
  g_assert_cmpint (tw_test_money_number (t->db, sql, c->id), ==, TW_CHALLENGE_STATE_ANSWERED);
  /* Neither the code nor what was held is kept. */
  g_assert_cmpint (
    tw_test_money_number (t->db,
                          "SELECT count(*) FROM challenge WHERE id = $1 AND code IS NULL AND body "
                          "IS NULL",
                          c->id),
    ==, 1);
}

static void
test_code_guessed (Case *c, gconstpointer data)
{
  TwTestMoney *t = c->t;
  g_autofree char *payee = look_up (c, OTHER_PHONE);
  g_autofree char *code = NULL, *wrong = NULL;

  tw_assert_held (RUN (c, TW_KIND_WALLET_PAY, c->id, c->intent, "payee_id", "s", payee,
                       "amount_fen", "i", G_GINT64_CONSTANT (200000)));
  code = tw_test_money_code (t, PHONE);
  wrong = g_strdup (code);
  wrong[0] = wrong[0] == '9' ? '0' : wrong[0] + 1;
  for (int i = 0; i < 4; i++)
    tw_assert_code (tw_test_money_answer (t, c->id, wrong), "wrong_code");
  tw_assert_code (tw_test_money_answer (t, c->id, wrong), "code_refused");
  tw_assert_code (tw_test_money_answer (t, c->id, code), "code_refused");
  tw_assert_code (RUN (c, TW_KIND_WALLET_PAY, c->id, c->intent, "payee_id", "s", payee,
                       "amount_fen", "i", G_GINT64_CONSTANT (200000)),
                  "code_refused");
  g_assert_cmpint (tw_test_money_balance (t), ==, TOP_UP_FEN);
  /* The wish is free again, by another attempt. */
  tw_assert_held (RUN (c, TW_KIND_WALLET_PAY, NULL, c->intent, "payee_id", "s", payee, "amount_fen",
                       "i", G_GINT64_CONSTANT (200000)));
}

/* Guessing does not go on with the next message: the day's wrong codes are counted together. */
static void
test_code_guessed_on (Case *c, gconstpointer data)
{
  TwTestMoney *t = c->t;
  g_autofree char *payee = look_up (c, OTHER_PHONE);
  g_autofree char *id = NULL;
  gint64 now_ms = tw_clock_now_ms ();

  for (int i = 0; i < 20; i++)
    {
      g_autofree char *wrong = NULL;

      if (i % 3 == 0)
        {
          g_free (id);
          id = tw_uuid_new ();
          tw_assert_held (pay (c, payee, 200000 + i, id));
        }
      wrong = tw_test_money_code (t, PHONE);
      wrong[0] = wrong[0] == '9' ? '0' : wrong[0] + 1;
      tw_assert_code (tw_test_money_answer (t, id, wrong),
                      i < 19 ? "wrong_code" : "many_wrong_codes");
      if (i % 3 == 2)
        tw_assert_done (drop (c, id));
    }
  /* What was held and what would be; not what needs no code. */
  tw_assert_code (pay (c, payee, 200000 + 18, id), "many_wrong_codes");
  tw_assert_code (pay (c, payee, 300000, NULL), "many_wrong_codes");
  tw_assert_done (pay (c, payee, 1000, NULL));
  g_assert_cmpint (tw_test_money_balance (t), ==, TOP_UP_FEN - 1000);
  tw_clock_set_offset_ms (tw_clock_ms_of_day (tw_clock_day_of_ms (now_ms) + 1) - now_ms + 301000);
  tw_assert_held (pay (c, payee, 300000, NULL));
}

static void
test_code_over (Case *c, gconstpointer data)
{
  TwTestMoney *t = c->t;
  g_autofree char *payee = look_up (c, OTHER_PHONE);
  g_autofree char *code = NULL, *second = tw_uuid_new (), *third = tw_uuid_new ();
  g_autoptr (TwActor) mine = tw_actor_ref (t->person);

  tw_assert_held (pay (c, payee, 200000, c->id));
  code = tw_test_money_code (t, PHONE);
  /* From another device of the same person, and from another person: no. */
  t->person = tw_actor_new (TW_ROLE_USER, mine->account_id, "01900000-0000-7000-8000-0000000000d2",
                            mine->public_key, "");
  tw_actor_unref (mine);
  tw_assert_code (tw_test_money_answer (t, c->id, code), "not_allowed");
  tw_assert_code (drop (c, c->id), "not_allowed");
  tw_actor_unref (t->person);
  t->person = tw_actor_ref (c->other);
  tw_assert_code (tw_test_money_answer (t, c->id, code), "not_found");
  tw_assert_code (drop (c, c->id), "not_found");
  tw_actor_unref (t->person);
  t->person = tw_actor_ref (mine);
  /* Too late. */
  tw_clock_set_offset_ms (300500);
  tw_assert_code (tw_test_money_answer (t, c->id, code), "code_expired");
  tw_assert_code (pay (c, payee, 200000, c->id), "code_expired");
  tw_test_money_assert_forgotten (t, "sms");
  /* Dropped. */
  tw_assert_held (pay (c, payee, 200000, second));
  tw_assert_done (drop (c, second));
  tw_test_money_assert_forgotten (t, "sms");
  tw_assert_code (drop (c, second), "cancelled");
  tw_assert_code (pay (c, payee, 200000, second), "cancelled");
  /* No message can be sent. */
  g_free (code);
  code = tw_test_money_code (t, PHONE);
  tw_test_money_fault (t, "refuse", 1);
  tw_assert_held (pay (c, payee, 200000, third));
  tw_test_money_wait (t, "SELECT state FROM challenge WHERE id = $1", third,
                      TW_CHALLENGE_STATE_REFUSED);
  tw_assert_code (pay (c, payee, 200000, third), "code_unsent");
  tw_test_money_assert_forgotten (t, "sms");
  g_assert_cmpint (tw_test_money_balance (t), ==, TOP_UP_FEN);
  /* The other one must be gone, or mine would be used up. */
  g_assert_cmpint (
    tw_test_money_number (t->db, "SELECT count(*) FROM intent WHERE state = 1 AND account = $1",
                          mine->account_id),
    ==, 0);
}

static void
assert_message (Case *c, const char *zh, const char *en)
{
  g_autofree char *text = tw_test_money_message (c->t, PHONE);

  if (strstr (text, zh) == NULL || strstr (text, en) == NULL)
    g_error ("Neither “%s” nor “%s” may be missing in: %s", zh, en, text);
}

/* Who is asked for a code by somebody else can see what it is for. */
static void
test_code_says (Case *c, gconstpointer data)
{
  g_autofree char *payee = look_up (c, OTHER_PHONE);
  g_autofree char *company = look_up (c, TW_PRACTICE_COMPANY_CODE);
  char *ids[4] = { tw_uuid_new (), tw_uuid_new (), tw_uuid_new (), tw_uuid_new () };
  gint64 sent = 0;

  tw_assert_held (pay (c, payee, 200000, ids[0]));
  assert_message (c, "用于向 ***例 付款 ¥2,000.00，", "for paying ¥2,000.00 to ***例,");
  tw_assert_done (drop (c, ids[0]));
  tw_assert_held (pay (c, company, 300050, ids[1]));
  assert_message (c, "用于向 示例科技有限公司 付款 ¥3,000.50，",
                  "for paying ¥3,000.50 to 示例科技有限公司,");
  tw_assert_done (drop (c, ids[1]));
  tw_assert_held (RUN (c, TW_KIND_PAYEE_SAVE, ids[2], ids[2], "payee_id", "s", payee));
  assert_message (c, "用于保存收款方 ***例，", "for keeping the payee ***例,");
  tw_assert_done (drop (c, ids[2]));
  tw_assert_held (RUN (c, TW_KIND_WALLET_TRANSFER, ids[3], ids[3], "to_account", "s",
                       c->other->account_id, "amount_fen", "i", G_GINT64_CONSTANT (222200)));
  assert_message (c, "用于向 ***例 付款 ¥2,222.00，", "for paying ¥2,222.00 to ***例,");
  sent =
    tw_test_money_number (c->t->books, "SELECT count(*) FROM sms_message WHERE phone = $1", PHONE);
  g_assert_cmpint (sent, ==, 4);
  for (gsize i = 0; i < G_N_ELEMENTS (ids); i++)
    g_free (ids[i]);
}

/* While no messages can be sent, nobody is told that they were too slow; and no code comes when it
 * is of no use any more. */
static void
test_code_stuck (Case *c, gconstpointer data)
{
  TwTestMoney *t = c->t;
  g_autofree char *payee = look_up (c, OTHER_PHONE);
  g_autofree char *dropped = tw_uuid_new (), *next = tw_uuid_new (), *code = NULL;

  tw_test_money_stop_counterpart (t);
  tw_assert_held (pay (c, payee, 200000, c->id));
  tw_clock_set_offset_ms (300500);
  tw_assert_code (tw_test_money_answer (t, c->id, "123456"), "code_expired");
  tw_assert_code (pay (c, payee, 200000, c->id), "code_stuck");
  tw_assert_held (pay (c, payee, 210000, dropped));
  tw_assert_done (drop (c, dropped));
  tw_assert_code (pay (c, payee, 210000, dropped), "cancelled");
  tw_assert_held (pay (c, payee, 220000, next));
  tw_test_money_start_counterpart (t);
  code = tw_test_money_code (t, PHONE);
  tw_assert_done (tw_test_money_answer (t, next, code));
  tw_test_money_wait (t,
                      "SELECT count(*) FROM rail_op WHERE account_id = $1 AND next_at IS NOT NULL",
                      t->person->account_id, 0);
  g_assert_cmpint (
    tw_test_money_number (t->books, "SELECT count(*) FROM sms_message WHERE phone = $1", PHONE), ==,
    1);
  g_assert_cmpint (tw_test_money_balance (t), ==, TOP_UP_FEN - 220000);
}

static void
test_code_flood (Case *c, gconstpointer data)
{
  g_autofree char *payee = look_up (c, OTHER_PHONE);

  for (int i = 0; i < 10; i++)
    {
      g_autofree char *id = tw_uuid_new ();

      tw_assert_held (pay (c, payee, 200000, id));
      tw_assert_done (drop (c, id));
    }
  tw_assert_code (pay (c, payee, 200000, NULL), "many_codes");
  tw_clock_set_offset_ms (601000);
  tw_assert_held (pay (c, payee, 200000, NULL));
}

static void
test_saved (Case *c, gconstpointer data)
{
  TwTestMoney *t = c->t;
  g_autofree char *payee = look_up (c, OTHER_PHONE);
  g_autofree char *code = NULL;

  tw_assert_code (
    RUN (c, TW_KIND_PAYEE_EDIT, NULL, NULL, "payee_id", "s", payee, "alias", "s", "小例"),
    "payee_unchecked");
  tw_assert_held (
    RUN (c, TW_KIND_PAYEE_SAVE, c->id, NULL, "payee_id", "s", payee, "alias", "s", "小例"));
  code = tw_test_money_code (t, PHONE);
  g_assert_cmpint (tw_test_money_number (t->db, "SELECT state FROM payee WHERE id = $1", payee), ==,
                   TW_PAYEE_STATE_CHECKED);
  tw_assert_done (tw_test_money_answer (t, c->id, code));
  g_assert_cmpint (tw_test_money_number (t->db, "SELECT state FROM payee WHERE id = $1", payee), ==,
                   TW_PAYEE_STATE_SAVED);
  assert_seen (c, "\"alias\":\"小例\"", TRUE);
  /* Looked up again it is the same one, and stays saved. */
  {
    g_autofree char *again = get_text (check (c, OTHER_PHONE), "payee_id");

    g_assert_cmpstr (again, ==, payee);
    g_assert_cmpint (tw_test_money_number (t->db, "SELECT state FROM payee WHERE id = $1", payee),
                     ==, TW_PAYEE_STATE_SAVED);
  }
  tw_assert_done (
    RUN (c, TW_KIND_PAYEE_EDIT, NULL, NULL, "payee_id", "s", payee, "alias", "s", ""));
  assert_seen (c, "\"alias\":\"小例\"", FALSE);
  tw_assert_done (RUN (c, TW_KIND_PAYEE_REMOVE, NULL, NULL, "payee_id", "s", payee));
  tw_assert_code (pay (c, payee, 100, NULL), "not_found");
  assert_seen (c, "139****0002", FALSE);
}

#define CASE(name, func, data) g_test_add ("/pay/" name, Case, data, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  tw_test_money_child (argc, argv);
  g_test_init (&argc, &argv, NULL);
  CASE ("person", test_person, NULL);
  CASE ("unproved/pending", test_unproved, NULL);
  CASE ("unproved/refused", test_unproved, "refused");
  CASE ("many", test_many, NULL);
  CASE ("credit/plain", test_credit, NULL);
  CASE ("credit/timeout-after-acting", test_credit, "timeout_after_acting");
  CASE ("credit/twice", test_credit, "twice");
  CASE ("credit/late", test_credit, "late");
  CASE ("credit/down", test_credit, "down");
  CASE ("credit/refused", test_credit_refused, NULL);
  CASE ("credit/killed-before-sending", test_killed, NULL);
  CASE ("credit/killed-before-the-answer", test_killed, "rails");
  CASE ("register", test_register, NULL);
  CASE ("biller/plain", test_biller, NULL);
  CASE ("biller/timeout-after-acting", test_biller, "timeout_after_acting");
  CASE ("double", test_double, NULL);
  CASE ("limits", test_limits, NULL);
  CASE ("code", test_code, NULL);
  CASE ("code/guessed", test_code_guessed, NULL);
  CASE ("code/guessed-on", test_code_guessed_on, NULL);
  CASE ("code/over", test_code_over, NULL);
  CASE ("code/says", test_code_says, NULL);
  CASE ("code/stuck", test_code_stuck, NULL);
  CASE ("code/flood", test_code_flood, NULL);
  CASE ("saved", test_saved, NULL);
  return g_test_run ();
}
