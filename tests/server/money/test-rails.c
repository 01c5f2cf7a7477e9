// SPDX-License-Identifier: GPL-3.0-or-later
/* Money over the rails to a bank and a tax office that misbehave, and through the death of the
 * service. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/tw-clock.h"
#include "base/tw-uuid.h"
#include "counterpart/tw-bank.h"
#include "model/tw-bill.h"
#include "model/tw-payment.h"
#include "model/tw-record.h"
#include "server/feed/tw-feed.h"
#include "server/taxes/tw-taxes.h"
#include "tax/tw-late-fee.h"
#include "tw-test-db.h"
#include "tw-test-money.h"

#define TOP_UP_FEN (G_GINT64_CONSTANT (500000))

typedef struct
{
  TwTestMoney *t;
  char *id;
  char *intent;
} Case;

static const char *self_path;

static void
set_up (Case *c, gconstpointer data)
{
  c->t = tw_test_money_new ();
  c->id = tw_uuid_new ();
  c->intent = tw_uuid_new ();
}

static void
tear_down (Case *c, gconstpointer data)
{
  if (c->t->db != NULL)
    tw_test_money_assert_sound (c->t);
  if (c->t->db != NULL && c->t->counterpart != NULL)
    tw_test_money_assert_reconciles (c->t);
  tw_test_money_free (c->t);
  g_free (c->id);
  g_free (c->intent);
}

/* What the bank has given is what the wallet has got, to the fen. */
static void
assert_bank_agrees (TwTestMoney *t, gint64 amount_fen)
{
  gint64 left_fen = tw_test_money_number (
    t->books, "SELECT balance_fen FROM bank_account WHERE id = $1", t->person->account_id);

  g_assert_cmpint (left_fen, ==, TW_BANK_FIRST_BALANCE_FEN - amount_fen);
}

static gint64
incoming (TwTestMoney *t)
{
  return tw_test_money_number (t->db, "SELECT incoming_fen FROM ledger_account WHERE owner = $1",
                               t->person->account_id);
}

static void
test_top_up (Case *c, gconstpointer fault)
{
  if (fault != NULL)
    tw_test_money_fault (c->t, fault, 1);
  tw_assert_done (tw_test_money_top_up (c->t, c->id, c->intent, TOP_UP_FEN));
  tw_test_money_wait_payment (c->t, c->id, TW_PAYMENT_STATE_POSTED);
  g_assert_cmpint (tw_test_money_balance (c->t), ==, TOP_UP_FEN);
  g_assert_cmpint (incoming (c->t), ==, 0);
  assert_bank_agrees (c->t, TOP_UP_FEN);
  /* The same command again: the same answer, nothing twice. Another one for the same wish: no. */
  tw_assert_done (tw_test_money_top_up (c->t, c->id, c->intent, TOP_UP_FEN));
  tw_assert_code (tw_test_money_top_up (c->t, NULL, c->intent, TOP_UP_FEN), "intent_done");
  g_assert_cmpint (tw_test_money_balance (c->t), ==, TOP_UP_FEN);
  /* The late one may act still; it must not act twice. */
  if (g_strcmp0 (fault, "late") == 0)
    {
      g_autofree char *next = tw_uuid_new ();

      tw_test_money_fault (c->t, "late", 1);
      tw_assert_done (tw_test_money_top_up (c->t, next, NULL, 1));
      tw_test_money_wait_payment (c->t, next, TW_PAYMENT_STATE_POSTED);
      assert_bank_agrees (c->t, TOP_UP_FEN + 1);
    }
}

static void
test_unknown (Case *c, gconstpointer data)
{
  gint64 sent_ms;

  /* The order, and three questions after it. */
  tw_test_money_fault (c->t, "down", 4);
  tw_assert_done (tw_test_money_top_up (c->t, c->id, c->intent, TOP_UP_FEN));
  tw_test_money_wait_payment (c->t, c->id, TW_PAYMENT_STATE_UNKNOWN);
  sent_ms = tw_test_money_number (c->t->db, "SELECT sent_at FROM payment WHERE id = $1", c->id);
  g_assert_cmpint (sent_ms, >, 0);
  g_assert_cmpint (tw_test_money_balance (c->t), ==, 0);
  tw_assert_code (tw_test_money_top_up (c->t, NULL, c->intent, TOP_UP_FEN), "intent_live");
  tw_test_money_wait_payment (c->t, c->id, TW_PAYMENT_STATE_POSTED);
  assert_bank_agrees (c->t, TOP_UP_FEN);
}

static void
test_refused (Case *c, gconstpointer data)
{
  g_autofree char *again = tw_uuid_new ();

  tw_test_money_fault (c->t, "refuse", 1);
  tw_assert_done (tw_test_money_top_up (c->t, c->id, c->intent, TOP_UP_FEN));
  tw_test_money_wait_payment (c->t, c->id, TW_PAYMENT_STATE_VOIDED);
  g_assert_cmpint (
    tw_test_money_number (
      c->t->db, "SELECT count(*) FROM payment WHERE id = $1 AND reason = 'bank_refused'", c->id),
    ==, 1);
  g_assert_cmpint (tw_test_money_balance (c->t), ==, 0);
  g_assert_cmpint (incoming (c->t), ==, 0);
  /* A refused attempt is followed by a new one for the same wish. */
  tw_assert_done (tw_test_money_top_up (c->t, again, c->intent, TOP_UP_FEN));
  tw_test_money_wait_payment (c->t, again, TW_PAYMENT_STATE_POSTED);
  assert_bank_agrees (c->t, TOP_UP_FEN);
  /* The bank itself has no more. */
  g_free (c->id);
  c->id = tw_uuid_new ();
  tw_assert_done (tw_test_money_top_up (c->t, c->id, NULL, TW_BANK_FIRST_BALANCE_FEN));
  tw_test_money_wait_payment (c->t, c->id, TW_PAYMENT_STATE_VOIDED);
  g_assert_cmpint (tw_test_money_balance (c->t), ==, TOP_UP_FEN);
}

static void
test_bank_gone (Case *c, gconstpointer data)
{
  tw_test_money_stop_counterpart (c->t);
  tw_assert_done (tw_test_money_top_up (c->t, c->id, c->intent, TOP_UP_FEN));
  tw_test_money_wait_payment (c->t, c->id, TW_PAYMENT_STATE_UNKNOWN);
  tw_test_money_start_counterpart (c->t);
  tw_test_money_wait_payment (c->t, c->id, TW_PAYMENT_STATE_POSTED);
  assert_bank_agrees (c->t, TOP_UP_FEN);
}

#define UNFINISHED "tax_wallet_rail_orders_unfinished{rail=\"bank\"}"
#define OLDEST "tax_wallet_rail_oldest_unfinished_seconds{rail=\"bank\"}"

/* An order that nobody answers is seen from outside, and how long it has waited. */
static void
test_counted (Case *c, gconstpointer data)
{
  TwTestMoney *t = c->t;
  double before;

  tw_test_money_stop_counterpart (t);
  tw_assert_done (tw_test_money_top_up (t, c->id, c->intent, TOP_UP_FEN));
  tw_test_money_wait_payment (t, c->id, TW_PAYMENT_STATE_UNKNOWN);
  g_assert_cmpfloat (tw_test_money_metric (t, "tax_wallet_rails_configured"), ==, 1);
  g_assert_cmpfloat (tw_test_money_metric (t, UNFINISHED), ==, 1);
  before = tw_test_money_metric (t, OLDEST);
  g_assert_cmpfloat (before, >=, 0);
  /* From when it was written down, not from when it was last heard of. */
  tw_clock_set_offset_ms (60000);
  g_assert_cmpfloat (tw_test_money_metric (t, OLDEST), >=, before + 60);
  tw_clock_set_offset_ms (0);
  tw_test_money_start_counterpart (t);
  tw_test_money_wait_payment (t, c->id, TW_PAYMENT_STATE_POSTED);
  g_assert_cmpfloat (tw_test_money_metric (t, UNFINISHED), ==, -1);
}

static void
tell_stray (TwTestMoney *t, const char *op, const char *phase)
{
  g_autoptr (TwActor) system = tw_actor_new (TW_ROLE_SYSTEM, "rails", "", NULL, "Test");
  JsonObject *body = json_object_new ();

  json_object_set_string_member (body, "op", op);
  json_object_set_string_member (body, "phase", phase);
  json_object_set_string_member (body, "reference", "STRAY");
  json_object_set_string_member (body, "reason", "");
  json_object_set_int_member (body, "confirmed_at_ms", 0);
  tw_assert_done (tw_test_money_run (t, system, TW_KIND_RAIL_SETTLE, NULL, NULL, body));
}

/* What has been settled stays so, whatever is heard later and in whatever order. */
static void
test_stray (Case *c, gconstpointer data)
{
  const char *const phases[] = { "queued", "sent", "unknown", "accepted", "confirmed" };
  const char *const sql =
    "SELECT count(*) FROM payment WHERE id = $1 AND state = 3 AND rail_reference LIKE 'BANK-%'";

  tw_assert_done (tw_test_money_top_up (c->t, c->id, c->intent, TOP_UP_FEN));
  tw_test_money_wait_payment (c->t, c->id, TW_PAYMENT_STATE_POSTED);
  for (gsize i = 0; i < G_N_ELEMENTS (phases); i++)
    {
      tell_stray (c->t, c->id, phases[i]);
      g_assert_cmpint (tw_test_money_number (c->t->db, sql, c->id), ==, 1);
    }
  g_assert_cmpint (tw_test_money_balance (c->t), ==, TOP_UP_FEN);
}

/* The other process: asks for a top-up, and says so when it has got as far as @state. */
static G_NORETURN void
run_child (char **argv)
{
  TwTestMoney *t = tw_test_money_join (argv[2], argv[3]);
  gboolean with_rails = g_strcmp0 (argv[6], "rails") == 0;

  {
    GBytes *seed = tw_base64_decode (argv[7]);
    g_autofree char *public_key = NULL;

    tw_signer_unref (t->signer);
    t->signer = tw_signer_new_from_seed (g_bytes_get_data (seed, NULL));
    public_key = tw_signer_get_public (t->signer);
    g_bytes_unref (seed);
    tw_test_money_start_service (t, with_rails);
    t->person =
      tw_actor_new (TW_ROLE_USER, argv[4], "01900000-0000-7000-8000-0000000000d1", public_key, "");
  }
  tw_assert_done (tw_test_money_top_up (t, argv[5], NULL, TOP_UP_FEN));
  if (with_rails)
    tw_test_money_wait_payment (t, argv[5], TW_PAYMENT_STATE_SENT);
  g_print ("there\n");
  fflush (stdout);
  for (;;)
    pause ();
}

/* kill -9 between the reservation and the sending, or between the sending and the answer. */
static void
test_killed (Case *c, gconstpointer rails)
{
  TwTestMoney *t = c->t;
  g_autofree char *seed = tw_base64_encode (tw_signer_peek_seed (t->signer), TW_SIGN_SEED_BYTES);
  g_autoptr (GDataInputStream) lines = NULL;
  g_autoptr (GSubprocess) child = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *line = NULL;

  tw_test_money_stop_service (t);
  if (rails != NULL)
    tw_test_money_fault (t, "timeout_after_acting", 1);
  child = g_subprocess_new (G_SUBPROCESS_FLAGS_STDOUT_PIPE, &error, self_path, "--child", t->folder,
                            t->url, t->person->account_id, c->id, rails != NULL ? "rails" : "none",
                            seed, NULL);
  g_assert_no_error (error);
  lines = g_data_input_stream_new (g_subprocess_get_stdout_pipe (child));
  line = g_data_input_stream_read_line (lines, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (line, ==, "there");
  g_subprocess_send_signal (child, SIGKILL);
  g_subprocess_wait (child, NULL, NULL);

  tw_test_money_start_service (t, FALSE);
  g_assert_cmpint (tw_test_money_balance (t), ==, 0);
  g_assert_cmpint (incoming (t), ==, TOP_UP_FEN);
  tw_test_money_assert_sound (t);
  tw_test_money_stop_service (t);
  tw_test_money_start_service (t, TRUE);
  tw_test_money_wait_payment (t, c->id, TW_PAYMENT_STATE_POSTED);
  g_assert_cmpint (tw_test_money_balance (t), ==, TOP_UP_FEN);
  assert_bank_agrees (t, TOP_UP_FEN);
}

/* The bill that is overdue: what is to be paid for it today. */
typedef struct
{
  char *id;
  gint64 amount_fen;
  gint64 fee_fen;
} Bill;

static Bill
get_overdue (TwTestMoney *t)
{
  g_autoptr (GError) error = NULL;
  TwStmt *stmt;
  Bill bill;

  tw_test_money_wait (t,
                      "SELECT count(*) FROM rail_op WHERE account_id = $1 AND next_at IS NOT NULL",
                      t->person->account_id, 0);
  stmt =
    tw_db_query (t->db, &error,
                 "SELECT id, amount_fen, due_day FROM bill WHERE account_id = $1 ORDER BY due_day",
                 "s", t->person->account_id);
  g_assert_no_error (error);
  g_assert_cmpint (tw_stmt_step (stmt, &error), ==, TW_STEP_ROW);
  bill.id = g_strdup (tw_stmt_text (stmt, 0));
  bill.amount_fen = tw_stmt_int64 (stmt, 1);
  bill.fee_fen =
    tw_late_fee_fen (bill.amount_fen, (int) tw_stmt_int64 (stmt, 2), tw_clock_today ());
  tw_stmt_reset (stmt);
  g_assert_cmpint (bill.fee_fen, >, 0);
  return bill;
}

static TwResult *
pay (TwTestMoney *t,
     TwActor *who,
     const Bill *bill,
     gint64 amount_fen,
     gint64 revision,
     const char *id,
     const char *intent)
{
  JsonObject *body = json_object_new ();

  json_object_set_string_member (body, "bill_id", bill->id);
  json_object_set_int_member (body, "revision", revision);
  json_object_set_int_member (body, "amount_fen", amount_fen);
  return tw_test_money_run (t, who, TW_KIND_TAX_PAY, id, intent, body);
}

static void
fill_wallet (TwTestMoney *t)
{
  g_autofree char *id = tw_uuid_new ();

  tw_assert_done (tw_test_money_top_up (t, id, NULL, TOP_UP_FEN));
  tw_test_money_wait_payment (t, id, TW_PAYMENT_STATE_POSTED);
}

static void
assert_bill (TwTestMoney *t, const Bill *bill, TwBillState state)
{
  g_assert_cmpint (tw_test_money_number (t->db, "SELECT state FROM bill WHERE id = $1", bill->id),
                   ==, state);
}

/* The record that the payment has made. */
static TwRecord *
find_record (TwTestMoney *t, const char *payment_id)
{
  g_autoptr (TwRecordQuery) query = tw_record_query_new ();
  g_autoptr (TwRecordPage) page = NULL;
  g_autoptr (GError) error = NULL;

  query->tax_type = g_strdup ("property_rent");
  page = tw_taxes_query_records (t->db, tw_keys_get (t->keys, TW_KEY_COLUMN), t->person->account_id,
                                 query, NULL, 500, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (page->total, ==, page->records->len);
  for (guint i = 0; i < page->records->len; i++)
    {
      TwRecord *record = g_ptr_array_index (page->records, i);

      if (strcmp (tw_record_get_payment_id (record), payment_id) == 0)
        return g_object_ref (record);
    }
  return NULL;
}

static void
test_pay (Case *c, gconstpointer fault)
{
  TwTestMoney *t = c->t;
  Bill bill = get_overdue (t);
  gint64 total_fen = bill.amount_fen + bill.fee_fen;
  g_autoptr (TwRecord) record = NULL;

  fill_wallet (t);
  if (fault != NULL)
    tw_test_money_fault (t, fault, 1);
  tw_assert_done (pay (t, t->person, &bill, total_fen, 1, c->id, c->intent));
  tw_test_money_wait_payment (t, c->id, TW_PAYMENT_STATE_POSTED);
  assert_bill (t, &bill, TW_BILL_STATE_PAID);
  g_assert_cmpint (tw_test_money_balance (t), ==, TOP_UP_FEN - total_fen);
  tw_test_money_wait (t, "SELECT count(*) FROM payment WHERE id = $1 AND confirmed_at > 0", c->id,
                      1);
  record = find_record (t, c->id);
  g_assert_nonnull (record);
  g_assert_cmpint (tw_record_get_status (record), ==, TW_RECORD_STATUS_CONFIRMED);
  g_assert_cmpint (tw_record_get_amount_fen (record), ==, bill.amount_fen);
  g_assert_cmpint (tw_record_get_late_fee_fen (record), ==, bill.fee_fen);
  g_assert_true (g_str_has_prefix (tw_record_get_reference (record), "TAX-"));
  g_assert_cmpint (tw_record_get_confirmed_at_ms (record), >=,
                   tw_record_get_paid_at_ms (record) - 1000);
  g_assert_cmpint (
    tw_test_money_number (t->books, "SELECT count(*) FROM office_payment WHERE bill = $1", bill.id),
    ==, 1);
  tw_assert_code (pay (t, t->person, &bill, total_fen, 1, NULL, NULL), "already_paid");
  g_free (bill.id);
}

static void
test_pay_refused (Case *c, gconstpointer data)
{
  TwTestMoney *t = c->t;
  Bill bill = get_overdue (t);
  gint64 total_fen = bill.amount_fen + bill.fee_fen;
  g_autofree char *again = tw_uuid_new ();

  fill_wallet (t);
  tw_test_money_fault (t, "refuse", 1);
  tw_assert_done (pay (t, t->person, &bill, total_fen, 1, c->id, c->intent));
  tw_test_money_wait_payment (t, c->id, TW_PAYMENT_STATE_VOIDED);
  assert_bill (t, &bill, TW_BILL_STATE_DUE);
  g_assert_cmpint (tw_test_money_balance (t), ==, TOP_UP_FEN);
  g_assert_null (find_record (t, c->id));
  tw_assert_done (pay (t, t->person, &bill, total_fen, 1, again, c->intent));
  tw_test_money_wait_payment (t, again, TW_PAYMENT_STATE_POSTED);
  g_free (bill.id);
}

static void
test_pay_not (Case *c, gconstpointer data)
{
  TwTestMoney *t = c->t;
  Bill bill = get_overdue (t);
  gint64 total_fen = bill.amount_fen + bill.fee_fen;
  g_autoptr (TwActor) other = tw_test_money_register (t, 2);
  Bill none = { (char *) "01900000-0000-7000-8000-00000000ffff", 1, 1 };
  g_autoptr (TwResult) changed = NULL;

  tw_assert_code (pay (t, t->person, &bill, total_fen, 1, NULL, NULL), "no_balance");
  assert_bill (t, &bill, TW_BILL_STATE_DUE);
  fill_wallet (t);
  tw_assert_code (pay (t, other, &bill, total_fen, 1, NULL, NULL), "not_found");
  tw_assert_code (pay (t, t->person, &none, 2, 1, NULL, NULL), "not_found");
  tw_assert_code (pay (t, t->person, &bill, total_fen, 2, NULL, NULL), "amount_changed");
  changed = pay (t, t->person, &bill, bill.amount_fen, 1, NULL, NULL);
  g_assert_cmpstr (changed->code, ==, "amount_changed");
  g_assert_cmpint (json_object_get_int_member (changed->result, "amount_fen"), ==, total_fen);
  tw_assert_code (pay (t, t->person, &bill, -1, 1, NULL, NULL), "invalid");
  /* While one is under way, no other. */
  tw_test_money_fault (t, "down", 2);
  tw_assert_done (pay (t, t->person, &bill, total_fen, 1, c->id, c->intent));
  tw_assert_code (pay (t, t->person, &bill, total_fen, 1, NULL, NULL), "intent_live");
  tw_test_money_wait_payment (t, c->id, TW_PAYMENT_STATE_POSTED);
  g_assert_cmpint (tw_test_money_balance (t), ==, TOP_UP_FEN - total_fen);
  g_free (bill.id);
}

/* Where there is nobody to send to, nothing is set aside. */
static void
test_no_rail (Case *c, gconstpointer data)
{
  TwTestMoney *t = c->t;
  Bill bill = get_overdue (t);
  gint64 total_fen = bill.amount_fen + bill.fee_fen;

  fill_wallet (t);
  tw_test_money_stop_service (t);
  tw_test_money_start_service (t, FALSE);
  tw_rails_set_configured (FALSE);
  g_assert_cmpfloat (tw_test_money_metric (t, "tax_wallet_rails_configured"), ==, 0);
  tw_assert_code (tw_test_money_top_up (t, NULL, NULL, TOP_UP_FEN), "rail_down");
  tw_assert_code (pay (t, t->person, &bill, total_fen, 1, NULL, c->intent), "rail_down");
  g_assert_cmpint (incoming (t), ==, 0);
  g_assert_cmpint (tw_test_money_number (t->db,
                                         "SELECT reserved_fen FROM ledger_account WHERE owner = $1",
                                         t->person->account_id),
                   ==, 0);
  g_assert_cmpint (
    tw_test_money_number (t->db, "SELECT count(*) FROM rail_op WHERE account_id = $1 AND state = 0",
                          t->person->account_id),
    ==, 0);
  assert_bill (t, &bill, TW_BILL_STATE_DUE);
  /* When there is somebody, the same wish goes through. */
  tw_test_money_stop_service (t);
  tw_test_money_start_service (t, TRUE);
  tw_assert_done (pay (t, t->person, &bill, total_fen, 1, c->id, c->intent));
  tw_test_money_wait_payment (t, c->id, TW_PAYMENT_STATE_POSTED);
  g_free (bill.id);
}

/* The payee has an entry of their own beside the balance; the payer sees theirs only. */
static void
assert_received (TwTestMoney *t, TwActor *payee)
{
  TwKey *column = tw_keys_get (t->keys, TW_KEY_COLUMN);
  g_autoptr (TwFeedAnswer) seen = NULL;
  g_autoptr (TwFeedAnswer) payers = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (tw_test_money_number (t->db,
                                         "SELECT count(*) FROM payment WHERE account_id = $1 AND "
                                         "kind = 3 AND state = 3 AND amount_fen = 60000 AND "
                                         "intent = '' AND transfer_id <> id",
                                         payee->account_id),
                   ==, 1);
  seen = tw_feed_read (t->db, column, payee, NULL, 1000, &error);
  g_assert_no_error (error);
  g_assert_nonnull (strstr (seen->text, "\"kind\":\"received\""));
  g_assert_nonnull (strstr (seen->text, "\"title\":\"***例 · 样例\""));
  g_assert_null (strstr (seen->text, "测试样例 ·"));
  payers = tw_feed_read (t->db, column, t->person, NULL, 1000, &error);
  g_assert_no_error (error);
  g_assert_null (strstr (payers->text, "\"kind\":\"received\""));
  g_assert_nonnull (strstr (payers->text, "\"kind\":\"transfer\""));
}

static void
test_transfer (Case *c, gconstpointer data)
{
  TwTestMoney *t = c->t;
  g_autoptr (TwActor) other = tw_test_money_register (t, 2);
  g_autoptr (TwActor) unproved = tw_test_money_register (t, 3);
  g_autoptr (TwActor) first = tw_actor_ref (t->person);

  tw_test_money_decide (t, other, TRUE);
  tw_assert_code (tw_test_money_transfer (t, other->account_id, 100), "no_balance");
  fill_wallet (t);
  tw_assert_code (tw_test_money_transfer (t, first->account_id, 100), "same_account");
  tw_assert_code (tw_test_money_transfer (t, "01900000-0000-7000-8000-00000000ffff", 100),
                  "no_payee");
  tw_assert_code (tw_test_money_transfer (t, "somebody", 100), "invalid");
  tw_assert_code (tw_test_money_transfer (t, other->account_id, 0), "invalid");
  tw_assert_done (tw_test_money_transfer (t, other->account_id, 60000));
  assert_received (t, other);
  tw_assert_held (tw_test_money_transfer (t, other->account_id, 40001));
  tw_assert_done (tw_test_money_transfer (t, other->account_id, 40000));
  tw_assert_code (tw_test_money_transfer (t, other->account_id, 1), "code_pending");
  g_assert_cmpint (tw_test_money_balance (t), ==, TOP_UP_FEN - 100000);
  /* The next day there is room again; not so for one whose identity nobody has checked. */
  tw_clock_set_offset_ms (G_GINT64_CONSTANT (86400000));
  tw_assert_done (tw_test_money_transfer (t, other->account_id, 100000));
  g_clear_pointer (&t->person, tw_actor_unref);
  t->person = tw_actor_ref (unproved);
  fill_wallet (t);
  tw_assert_done (tw_test_money_transfer (t, first->account_id, 100000));
  tw_clock_set_offset_ms (2 * G_GINT64_CONSTANT (86400000));
  tw_assert_code (tw_test_money_transfer (t, first->account_id, 1), "identity_pending");
  /* Who was refused is not told to wait. */
  tw_test_money_decide (t, unproved, FALSE);
  tw_assert_code (tw_test_money_transfer (t, first->account_id, 1), "identity_refused");
  g_assert_cmpint (tw_test_money_balance (t), ==, TOP_UP_FEN - 100000);
  tw_clock_set_offset_ms (0);
}

static TwRecordPage *
query (TwTestMoney *t, const TwRecordQuery *query, const char *after, guint limit)
{
  g_autoptr (GError) error = NULL;
  TwRecordPage *page = tw_taxes_query_records (t->db, tw_keys_get (t->keys, TW_KEY_COLUMN),
                                               t->person->account_id, query, after, limit, &error);

  g_assert_no_error (error);
  return page;
}

/* By page: all of them, each once, newest first, and the sums are of all. */
static guint
walk (TwTestMoney *t, const TwRecordQuery *q)
{
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autofree char *after = NULL;
  gint64 last_ms = G_MAXINT64;
  gint64 sum_fen = 0;
  guint total;

  for (;;)
    {
      g_autoptr (TwRecordPage) page = query (t, q, after, 7);

      total = page->total;
      for (guint i = 0; i < page->records->len; i++)
        {
          TwRecord *record = g_ptr_array_index (page->records, i);
          gboolean refund = tw_record_get_kind (record) == TW_RECORD_KIND_REFUND;

          g_assert_true (g_hash_table_add (seen, g_strdup (tw_object_get_id (TW_OBJECT (record)))));
          g_assert_cmpint (tw_record_get_assessed_at_ms (record), <=, last_ms);
          last_ms = tw_record_get_assessed_at_ms (record);
          sum_fen += (refund ? -1 : 1) * tw_record_get_amount_fen (record);
          g_assert_true (q->year == 0 || tw_record_get_year (record) == q->year);
        }
      if (page->next == NULL)
        {
          g_assert_cmpint (sum_fen, ==, page->total_fen);
          break;
        }
      g_free (after);
      after = g_strdup (page->next);
    }
  g_assert_cmpuint (g_hash_table_size (seen), ==, total);
  return total;
}

static void
test_records (Case *c, gconstpointer data)
{
  TwTestMoney *t = c->t;
  g_autoptr (TwRecordQuery) q = tw_record_query_new ();
  g_autoptr (TwRecordPage) none = NULL;
  g_autoptr (GError) error = NULL;
  Bill bill = get_overdue (t);
  guint all = walk (t, q);
  guint year;

  g_assert_cmpuint (all, >=, 300);
  g_assert_cmpuint (all, <=, 400);
  q->year = 2025;
  year = walk (t, q);
  g_assert_cmpuint (year, >, 20);
  g_assert_cmpuint (year, <, all);
  q->text = g_strdup ("EXAMPLE tech");
  g_assert_cmpuint (walk (t, q), ==, 13);
  g_free (q->text);
  q->text = g_strdup ("author’s REMUNERATION");
  g_assert_cmpuint (walk (t, q), ==, 4);
  q->year = 0;
  none = tw_taxes_query_records (t->db, tw_keys_get (t->keys, TW_KEY_COLUMN), t->person->account_id,
                                 q, "12:x", 7, &error);
  g_assert_null (none);
  g_assert_error (error, TW_ERROR, TW_ERROR_INVALID);
  g_free (bill.id);
}

/* What the person sees follows from the same transactions. */
static void
test_seen (Case *c, gconstpointer data)
{
  TwTestMoney *t = c->t;
  g_autoptr (TwFeedAnswer) page = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *payment = g_strdup_printf ("\"id\":\"%s\"", c->id);
  g_autofree char *wallet =
    g_strdup_printf ("\"object\":{\"balance_fen\":%" G_GINT64_FORMAT ",", TOP_UP_FEN);

  tw_assert_done (tw_test_money_top_up (t, c->id, c->intent, TOP_UP_FEN));
  tw_test_money_wait_payment (t, c->id, TW_PAYMENT_STATE_POSTED);
  page = tw_feed_read (t->db, tw_keys_get (t->keys, TW_KEY_COLUMN), t->person, NULL, 1000, &error);
  g_assert_no_error (error);
  g_assert_nonnull (strstr (page->text, payment));
  g_assert_nonnull (strstr (page->text, "\"state\":\"posted\""));
  g_assert_nonnull (strstr (page->text, wallet));
  g_assert_nonnull (strstr (page->text, "\"incoming_fen\":0,"));
  g_assert_nonnull (strstr (page->text, "\"reserved_fen\":0,"));
}

#define CASE(name, func, data) g_test_add ("/rails/" name, Case, data, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  if (argc == 8 && strcmp (argv[1], "--child") == 0)
    run_child (argv);
  self_path = argv[0];
  g_test_init (&argc, &argv, NULL);
  CASE ("top-up/plain", test_top_up, NULL);
  CASE ("top-up/timeout-after-acting", test_top_up, "timeout_after_acting");
  CASE ("top-up/twice", test_top_up, "twice");
  CASE ("top-up/late", test_top_up, "late");
  CASE ("top-up/down", test_top_up, "down");
  CASE ("top-up/unknown", test_unknown, NULL);
  CASE ("top-up/refused", test_refused, NULL);
  CASE ("top-up/bank-gone", test_bank_gone, NULL);
  CASE ("top-up/killed-before-sending", test_killed, NULL);
  CASE ("top-up/killed-before-the-answer", test_killed, "rails");
  CASE ("top-up/stray-news", test_stray, NULL);
  CASE ("top-up/seen", test_seen, NULL);
  CASE ("top-up/counted", test_counted, NULL);
  CASE ("pay/plain", test_pay, NULL);
  CASE ("pay/timeout-after-acting", test_pay, "timeout_after_acting");
  CASE ("pay/twice", test_pay, "twice");
  CASE ("pay/late", test_pay, "late");
  CASE ("pay/down", test_pay, "down");
  CASE ("pay/refused", test_pay_refused, NULL);
  CASE ("pay/not", test_pay_not, NULL);
  CASE ("no-rail", test_no_rail, NULL);
  CASE ("transfer", test_transfer, NULL);
  CASE ("records", test_records, NULL);
  return g_test_run ();
}
