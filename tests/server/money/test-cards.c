// SPDX-License-Identifier: GPL-3.0-or-later
/* Bank cards: bound by a small amount, paid into and from; tax straight from a card and in parts;
 * what is cancelled before it is sent, and what is given back. */
#include <string.h>

#include "base/tw-clock.h"
#include "base/tw-uuid.h"
#include "counterpart/tw-bank.h"
#include "model/tw-bill.h"
#include "model/tw-card.h"
#include "model/tw-payment.h"
#include "protocol/tw-json.h"
#include "protocol/tw-practice-people.h"
#include "server/ledger/tw-payments.h"
#include "server/reconcile/tw-reconcile.h"
#include "tax/tw-late-fee.h"
#include "tw-test-db.h"
#include "tw-test-money.h"

#define TOP_UP_FEN (G_GINT64_CONSTANT (600000))
#define PHONE "13900000001"
#define DAY_MS (G_GINT64_CONSTANT (86400000))
#define BALANCE "SELECT balance_fen FROM ledger_account WHERE owner = $1"
#define CARD_STATE "SELECT state FROM card WHERE id = $1"
#define BANK "SELECT balance_fen FROM bank_account WHERE id = $1"

typedef struct
{
  TwTestMoney *t;
  TwActor *other;
  char *id;
} Case;

static void
set_up (Case *c, gconstpointer data)
{
  g_autofree char *id = tw_uuid_new ();

  c->t = tw_test_money_new ();
  c->other = tw_test_money_register (c->t, 2);
  tw_test_money_decide (c->t, c->other, TRUE);
  c->id = tw_uuid_new ();
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
}

/* With an id, its intent is the same again. */
#define RUN_AS(c, who, kind, id, ...)                                                              \
  tw_test_money_run ((c)->t, who, kind, id, id, tw_test_money_body (__VA_ARGS__, NULL))
#define RUN(c, kind, id, ...) RUN_AS (c, (c)->t->person, kind, id, __VA_ARGS__)

static TwResult *
bind (Case *c, TwActor *who, const char *id, const char *number)
{
  return RUN_AS (c, who, TW_KIND_CARD_BIND, id, "number", "s", number);
}

/* As the bank's message to the person says. */
static gint64
read_proof (Case *c, const char *card)
{
  g_autoptr (GError) error = NULL;
  TwStmt *stmt =
    tw_db_query (c->t->books, &error, "SELECT text FROM sms_message WHERE id = $1", "s", card);
  const char *at;
  double yuan;

  g_assert_no_error (error);
  g_assert_cmpint (tw_stmt_step (stmt, &error), ==, TW_STEP_ROW);
  at = strstr (tw_stmt_text (stmt, 0), "has received ¥");
  g_assert_nonnull (at);
  yuan = g_ascii_strtod (at + strlen ("has received ¥"), NULL);
  tw_stmt_reset (stmt);
  return (gint64) (yuan * 100 + 0.5);
}

static TwResult *
prove (Case *c, const char *card, gint64 amount_fen)
{
  return RUN (c, TW_KIND_CARD_PROVE, NULL, "card_id", "s", card, "amount_fen", "i", amount_fen);
}

/* (transfer full): a card that is theirs. */
static char *
get_card (Case *c)
{
  char *card = tw_uuid_new ();

  tw_assert_done (bind (c, c->t->person, card, TW_PRACTICE_CARD_NUMBER));
  tw_test_money_wait (c->t, CARD_STATE, card, TW_CARD_STATE_PROVING);
  tw_assert_done (prove (c, card, read_proof (c, card)));
  return card;
}

static gint64
sum (Case *c, const char *like)
{
  return tw_test_money_number (
    c->t->db, "SELECT coalesce(sum(balance_fen), 0) FROM ledger_account WHERE id LIKE $1", like);
}

static void
test_bind (Case *c, gconstpointer fault)
{
  TwTestMoney *t = c->t;
  gint64 proof_fen, bank_fen = tw_test_money_number (t->books, BANK, t->person->account_id);
  g_autofree char *again = tw_uuid_new (), *theirs = tw_uuid_new ();
  g_autoptr (TwResult) wrong = NULL;

  tw_assert_code (bind (c, t->person, NULL, "9901234000000015"), "invalid");
  tw_assert_code (bind (c, t->person, NULL, "1234"), "invalid");
  if (fault != NULL)
    tw_test_money_fault (t, fault, 1);
  tw_assert_done (bind (c, t->person, c->id, TW_PRACTICE_CARD_NUMBER));
  tw_assert_done (bind (c, t->person, c->id, TW_PRACTICE_CARD_NUMBER));
  tw_test_money_wait (t, CARD_STATE, c->id, TW_CARD_STATE_PROVING);
  proof_fen = read_proof (c, c->id);
  g_assert_cmpint (proof_fen, >=, 1);
  g_assert_cmpint (proof_fen, <=, 99);
  /* It came once, and is on our side of the books too. */
  g_assert_cmpint (tw_test_money_number (t->books, BANK, t->person->account_id), ==,
                   bank_fen + proof_fen);
  g_assert_cmpint (sum (c, "house:proofs:%"), ==, -proof_fen);
  tw_assert_code (bind (c, t->person, NULL, TW_PRACTICE_CARD_NUMBER), "card_known");
  tw_assert_code (RUN (c, TW_KIND_WALLET_WITHDRAW, NULL, "card_id", "s", c->id, "amount_fen", "i",
                       G_GINT64_CONSTANT (100)),
                  "no_card");
  /* Two are wrong; the third is right. */
  wrong = prove (c, c->id, proof_fen % 99 + 1);
  g_assert_cmpstr (wrong->code, ==, "wrong_amount");
  g_assert_cmpint (json_object_get_int_member (wrong->result, "tries_left"), ==, 2);
  tw_assert_code (prove (c, c->id, proof_fen % 99 + 1), "wrong_amount");
  tw_assert_done (prove (c, c->id, proof_fen));
  tw_assert_code (prove (c, c->id, proof_fen), "card_known");
  g_assert_cmpint (tw_test_money_number (t->db, CARD_STATE, c->id), ==, TW_CARD_STATE_BOUND);
  /* Neither the number nor the token stands there in plain; the number not sealed either. */
  tw_test_money_assert_forgotten (t, "cards");
  g_assert_cmpint (
    tw_test_money_number (t->db, "SELECT count(*) FROM rail_op WHERE request LIKE $1", "%9901%"),
    ==, 0);
  /* Somebody else's card is not theirs to bind, nor to use. */
  tw_assert_done (bind (c, c->other, theirs, TW_PRACTICE_CARD_NUMBER));
  tw_test_money_wait (t, CARD_STATE, theirs, TW_CARD_STATE_REFUSED);
  tw_test_money_assert_forgotten (t, "cards");
  tw_assert_code (RUN_AS (c, c->other, TW_KIND_CARD_PROVE, NULL, "card_id", "s", c->id,
                          "amount_fen", "i", proof_fen),
                  "no_card");
  tw_assert_code (RUN_AS (c, c->other, TW_KIND_CARD_UNBIND, NULL, "card_id", "s", c->id),
                  "no_card");
  g_assert_cmpint (sum (c, "house:proofs:%"), ==, -proof_fen);
  /* Let go, and bound anew. */
  tw_assert_done (RUN (c, TW_KIND_CARD_UNBIND, NULL, "card_id", "s", c->id));
  tw_assert_done (bind (c, t->person, again, TW_PRACTICE_CARD_NUMBER));
  tw_test_money_wait (t, CARD_STATE, again, TW_CARD_STATE_PROVING);
}

static void
test_unproved (Case *c, gconstpointer data)
{
  TwTestMoney *t = c->t;
  gint64 proof_fen;

  tw_assert_done (bind (c, t->person, c->id, TW_PRACTICE_CARD_NUMBER));
  tw_test_money_wait (t, CARD_STATE, c->id, TW_CARD_STATE_PROVING);
  proof_fen = read_proof (c, c->id);
  for (int i = 0; i < 2; i++)
    tw_assert_code (prove (c, c->id, proof_fen % 99 + 1), "wrong_amount");
  tw_assert_code (prove (c, c->id, proof_fen % 99 + 1), "unproved");
  tw_assert_code (prove (c, c->id, proof_fen), "unproved");
  g_assert_cmpint (tw_test_money_number (t->db, CARD_STATE, c->id), ==, TW_CARD_STATE_REFUSED);
  /* Each asking costs us: not without an end. */
  for (int i = 0; i < 4; i++)
    {
      g_autofree char *card = tw_uuid_new ();

      tw_assert_done (bind (c, t->person, card, TW_PRACTICE_CARD_NUMBER));
      tw_test_money_wait (t, CARD_STATE, card, TW_CARD_STATE_PROVING);
      tw_assert_done (RUN (c, TW_KIND_CARD_UNBIND, NULL, "card_id", "s", card));
    }
  tw_assert_code (bind (c, t->person, NULL, TW_PRACTICE_CARD_NUMBER), "many_cards");
}

static TwResult *
withdraw (Case *c, const char *card, gint64 amount_fen, const char *id)
{
  return RUN (c, TW_KIND_WALLET_WITHDRAW, id, "card_id", "s", card, "amount_fen", "i", amount_fen);
}

/* Who is asked for the code by somebody else sees to which card it would go. */
static void
assert_message_names_card (Case *c)
{
  g_autofree char *text = tw_test_money_message (c->t, PHONE);
  const char *last_four = TW_PRACTICE_CARD_NUMBER + strlen (TW_PRACTICE_CARD_NUMBER) - 4;
  g_autofree char *zh = g_strdup_printf ("用于提现 ¥3,000.00 到您尾号 %s 的银行卡，", last_four);
  g_autofree char *en =
    g_strdup_printf ("for sending ¥3,000.00 to your bank card ending in %s,", last_four);

  if (strstr (text, zh) == NULL || strstr (text, en) == NULL)
    g_error ("Neither “%s” nor “%s” may be missing in: %s", zh, en, text);
}

/* The money is in the card once; always with a code, and no limit counts it. */
static void
test_withdraw (Case *c, gconstpointer fault)
{
  TwTestMoney *t = c->t;
  g_autofree char *card = get_card (c), *code = NULL, *refused = tw_uuid_new ();
  gint64 bank_fen = tw_test_money_number (t->books, BANK, t->person->account_id);

  tw_assert_code (withdraw (c, card, TOP_UP_FEN + 1, NULL), "no_balance");
  tw_assert_held (withdraw (c, card, 300000, refused));
  assert_message_names_card (c);
  code = tw_test_money_code (t, PHONE);
  tw_test_money_fault (t, "refuse", 1);
  tw_assert_done (tw_test_money_answer (t, refused, code));
  tw_test_money_wait_payment (t, refused, TW_PAYMENT_STATE_VOIDED);
  g_assert_cmpint (tw_test_money_balance (t), ==, TOP_UP_FEN);

  tw_assert_held (withdraw (c, card, 300000, c->id));
  g_free (code);
  code = tw_test_money_code (t, PHONE);
  if (fault != NULL)
    tw_test_money_fault (t, fault, 1);
  tw_assert_done (tw_test_money_answer (t, c->id, code));
  tw_assert_done (withdraw (c, card, 300000, c->id));
  tw_test_money_wait_payment (t, c->id, TW_PAYMENT_STATE_POSTED);
  g_assert_cmpint (tw_test_money_balance (t), ==, TOP_UP_FEN - 300000);
  g_assert_cmpint (tw_test_money_number (t->books, BANK, t->person->account_id), ==,
                   bank_fen + 300000);
  g_assert_cmpint (
    tw_test_money_number (
      t->db,
      "SELECT CAST(sum(day_fen + year_fen + life_fen) AS BIGINT) FROM outgo WHERE account_id = $1",
      t->person->account_id),
    ==, 0);
  tw_assert_code (RUN_AS (c, c->other, TW_KIND_WALLET_WITHDRAW, NULL, "card_id", "s", card,
                          "amount_fen", "i", G_GINT64_CONSTANT (1)),
                  "no_card");
}

static TwResult *
top_up (Case *c, const char *card, gint64 amount_fen, gboolean again, const char *id)
{
  return card != NULL
           ? RUN (c, TW_KIND_WALLET_TOP_UP, id, "card_id", "s", card, "amount_fen", "i", amount_fen,
                  "again", "b", again)
           : RUN (c, TW_KIND_WALLET_TOP_UP, id, "amount_fen", "i", amount_fen, "again", "b", again);
}

/* The same in or out within ten minutes is asked about by the service too, unless it is said to be
 * meant; not what did not happen, and not another card or amount. */
static void
test_double (Case *c, gconstpointer data)
{
  TwTestMoney *t = c->t;
  g_autofree char *card = get_card (c), *code = NULL, *refused = tw_uuid_new ();
  g_autofree char *meant = tw_uuid_new (), *first = tw_uuid_new (), *second = tw_uuid_new ();
  gint64 before_fen = tw_test_money_balance (t);

  tw_test_money_fault (t, "refuse", 1);
  tw_assert_done (top_up (c, NULL, 5000, FALSE, refused));
  tw_test_money_wait_payment (t, refused, TW_PAYMENT_STATE_VOIDED);
  tw_assert_done (top_up (c, NULL, 5000, FALSE, c->id));
  tw_assert_done (top_up (c, NULL, 5000, FALSE, c->id));
  tw_assert_code (top_up (c, NULL, 5000, FALSE, NULL), "looks_double_top_up");
  tw_assert_done (top_up (c, NULL, 5001, FALSE, NULL));
  tw_assert_done (top_up (c, card, 5000, FALSE, NULL));
  tw_assert_code (top_up (c, card, 5000, FALSE, NULL), "looks_double_top_up");
  tw_assert_done (top_up (c, card, 5000, TRUE, meant));
  tw_test_money_wait_payment (t, meant, TW_PAYMENT_STATE_POSTED);
  tw_test_money_wait (t,
                      "SELECT count(*) FROM rail_op WHERE account_id = $1 AND next_at IS NOT NULL",
                      t->person->account_id, 0);
  g_assert_cmpint (tw_test_money_balance (t), ==, before_fen + 20001);
  tw_assert_held (withdraw (c, card, 3000, first));
  code = tw_test_money_code (t, PHONE);
  tw_assert_done (tw_test_money_answer (t, first, code));
  tw_test_money_wait_payment (t, first, TW_PAYMENT_STATE_POSTED);
  tw_assert_code (withdraw (c, card, 3000, NULL), "looks_double_withdrawal");
  tw_assert_held (RUN (c, TW_KIND_WALLET_WITHDRAW, second, "card_id", "s", card, "amount_fen", "i",
                       G_GINT64_CONSTANT (3000), "again", "b", TRUE));
  g_free (code);
  code = tw_test_money_code (t, PHONE);
  tw_assert_done (tw_test_money_answer (t, second, code));
  tw_test_money_wait_payment (t, second, TW_PAYMENT_STATE_POSTED);
  /* Ten minutes later it is nothing to ask about. */
  tw_clock_set_offset_ms (601000);
  tw_assert_done (top_up (c, NULL, 5000, FALSE, NULL));
}

static void
test_top_up (Case *c, gconstpointer data)
{
  TwTestMoney *t = c->t;
  g_autofree char *card = get_card (c);
  gint64 bank_fen = tw_test_money_number (t->books, BANK, t->person->account_id);

  tw_assert_done (RUN (c, TW_KIND_WALLET_TOP_UP, c->id, "amount_fen", "i", G_GINT64_CONSTANT (5000),
                       "card_id", "s", card));
  tw_test_money_wait_payment (t, c->id, TW_PAYMENT_STATE_POSTED);
  g_assert_cmpint (tw_test_money_balance (t), ==, TOP_UP_FEN + 5000);
  g_assert_cmpint (tw_test_money_number (t->books, BANK, t->person->account_id), ==,
                   bank_fen - 5000);
  /* What stands for the card at the bank is not for all who can read the table. */
  g_assert_cmpint (tw_test_money_number (t->db,
                                         "SELECT count(*) FROM rail_op WHERE id = $1 AND request "
                                         "LIKE 'sealed:%'",
                                         c->id),
                   ==, 1);
  tw_assert_done (RUN (c, TW_KIND_CARD_UNBIND, NULL, "card_id", "s", card));
  tw_assert_code (RUN (c, TW_KIND_WALLET_TOP_UP, NULL, "amount_fen", "i", G_GINT64_CONSTANT (5000),
                       "card_id", "s", card),
                  "no_card");
}

/* The bill that is overdue: what is open, and until when. */
typedef struct
{
  char *id;
  gint64 amount_fen;
  gint64 due_day;
} Bill;

static Bill
get_bill (Case *c, gboolean overdue)
{
  g_autoptr (GError) error = NULL;
  TwStmt *stmt;
  Bill bill;

  tw_test_money_wait (c->t,
                      "SELECT count(*) FROM rail_op WHERE account_id = $1 AND next_at IS NOT NULL",
                      c->t->person->account_id, 0);
  stmt = tw_db_query (
    c->t->db, &error,
    overdue
      ? "SELECT id, amount_fen, due_day FROM bill WHERE account_id = $1 ORDER BY due_day"
      : "SELECT id, amount_fen, due_day FROM bill WHERE account_id = $1 ORDER BY due_day DESC",
    "s", c->t->person->account_id);
  g_assert_no_error (error);
  g_assert_cmpint (tw_stmt_step (stmt, &error), ==, TW_STEP_ROW);
  bill =
    (Bill){ g_strdup (tw_stmt_text (stmt, 0)), tw_stmt_int64 (stmt, 1), tw_stmt_int64 (stmt, 2) };
  tw_stmt_reset (stmt);
  return bill;
}

static gint64
with_fee (const Bill *bill, gint64 part_fen)
{
  return part_fen + tw_late_fee_fen (part_fen, (int) bill->due_day, tw_clock_today ());
}

static void
assert_bill (Case *c, const Bill *bill, TwBillState state)
{
  g_assert_cmpint (
    tw_test_money_number (c->t->db, "SELECT state FROM bill WHERE id = $1", bill->id), ==, state);
}

static TwResult *
pay_part_of (
  Case *c, const Bill *bill, gint64 part_fen, gint64 amount_fen, gint64 revision, const char *id)
{
  return RUN (c, TW_KIND_TAX_PAY, id, "bill_id", "s", bill->id, "revision", "i", revision,
              "amount_fen", "i", amount_fen, "part_fen", "i", part_fen);
}

static TwResult *
pay_part (Case *c, const Bill *bill, gint64 part_fen, gint64 revision, const char *id)
{
  return pay_part_of (c, bill, part_fen, with_fee (bill, part_fen), revision, id);
}

static void
test_part (Case *c, gconstpointer data)
{
  TwTestMoney *t = c->t;
  Bill bill = get_bill (c, TRUE);
  Bill whole = get_bill (c, FALSE);
  g_autofree char *refused = tw_uuid_new (), *rest = tw_uuid_new ();
  gint64 part_fen = bill.amount_fen / 3, rest_fen = bill.amount_fen - part_fen;

  tw_assert_code (pay_part (c, &whole, 100, 1, NULL), "part_not_allowed");
  tw_assert_code (pay_part (c, &bill, bill.amount_fen + 1, 1, NULL), "amount_changed");
  tw_test_money_fault (t, "refuse", 1);
  tw_assert_done (pay_part (c, &bill, part_fen, 1, refused));
  tw_test_money_wait_payment (t, refused, TW_PAYMENT_STATE_VOIDED);
  assert_bill (c, &bill, TW_BILL_STATE_DUE);
  tw_assert_done (pay_part (c, &bill, part_fen, 1, c->id));
  tw_assert_code (pay_part (c, &bill, part_fen, 1, NULL), "intent_live");
  tw_test_money_wait_payment (t, c->id, TW_PAYMENT_STATE_POSTED);
  assert_bill (c, &bill, TW_BILL_STATE_DUE);
  /* The same part once more, as it stood before: it has changed. */
  tw_assert_code (pay_part (c, &bill, part_fen, 1, NULL), "amount_changed");
  tw_assert_code (pay_part (c, &bill, rest_fen + 1, 2, NULL), "amount_changed");
  /* Without a part: all that is open. */
  tw_assert_done (RUN (c, TW_KIND_TAX_PAY, rest, "bill_id", "s", bill.id, "revision", "i",
                       G_GINT64_CONSTANT (2), "amount_fen", "i",
                       with_fee (&bill, bill.amount_fen) - with_fee (&bill, part_fen)));
  tw_test_money_wait_payment (t, rest, TW_PAYMENT_STATE_POSTED);
  assert_bill (c, &bill, TW_BILL_STATE_PAID);
  g_assert_cmpint (tw_test_money_balance (t), ==, TOP_UP_FEN - with_fee (&bill, bill.amount_fen));
  g_assert_cmpint (
    tw_test_money_number (t->books, "SELECT amount_fen - paid_fen FROM office_bill WHERE id = $1",
                          bill.id),
    ==, 0);
  g_assert_cmpint (
    tw_test_money_number (t->db,
                          "SELECT sum(amount_fen) FROM tax_record WHERE account_id = $1 AND "
                          "tax_type = 'property_rent' AND late_fee_fen > 0 AND status >= 1",
                          t->person->account_id),
    >=, bill.amount_fen);
  g_free (bill.id);
  g_free (whole.id);
}

/* In parts so small that the fee of each by itself would be rounded to nothing: together they cost
 * what they would at once, at the office too, and what was refused counts for nothing. */
static void
test_small_parts (Case *c, gconstpointer data)
{
  TwTestMoney *t = c->t;
  Bill bill = get_bill (c, TRUE);
  gint64 late = tw_clock_today () - bill.due_day;
  gint64 part_fen = 999 / late, paid_fen = 0, fees_fen = 0, revision = 1;

  g_assert_cmpint (part_fen, >, 0);
  g_assert_cmpint (with_fee (&bill, part_fen), ==, part_fen);
  while (revision <= 7)
    {
      g_autofree char *id = tw_uuid_new ();
      gint64 owed_fen = with_fee (&bill, paid_fen + part_fen) - paid_fen - part_fen;
      gint64 fee_fen = owed_fen - fees_fen;
      gboolean refused = revision == 2 && c->id != NULL;

      tw_assert_code (pay_part_of (c, &bill, part_fen, part_fen + 1 - fee_fen, revision, NULL),
                      "amount_changed");
      if (refused)
        tw_test_money_fault (t, "refuse", 1);
      tw_assert_done (pay_part_of (c, &bill, part_fen, part_fen + fee_fen, revision, id));
      tw_test_money_wait_payment (t, id,
                                  refused ? TW_PAYMENT_STATE_VOIDED : TW_PAYMENT_STATE_POSTED);
      if (refused)
        {
          g_clear_pointer (&c->id, g_free);
          continue;
        }
      paid_fen += part_fen;
      fees_fen += fee_fen;
      revision++;
    }
  g_assert_cmpint (fees_fen, >, 2);
  g_assert_cmpint (tw_test_money_balance (t), ==, TOP_UP_FEN - with_fee (&bill, paid_fen));
  g_assert_cmpint (tw_test_money_number (t->db,
                                         "SELECT sum(late_fee_fen) FROM payment WHERE "
                                         "account_id = $1 AND state = 3",
                                         t->person->account_id),
                   ==, fees_fen);
  g_free (bill.id);
}

static TwResult *
pay_by_card (Case *c, const Bill *bill, const char *card, const char *id)
{
  return RUN (c, TW_KIND_TAX_PAY, id, "bill_id", "s", bill->id, "revision", "i",
              G_GINT64_CONSTANT (1), "amount_fen", "i", with_fee (bill, bill->amount_fen),
              "card_id", "s", card);
}

/* From the bank to the office, and nothing of it by the wallet or left between. */
static void
test_tax_by_card (Case *c, gconstpointer fault)
{
  TwTestMoney *t = c->t;
  g_autofree char *card = get_card (c), *no_card = tw_uuid_new ();
  Bill bill = get_bill (c, TRUE);
  gint64 bank_fen = tw_test_money_number (t->books, BANK, t->person->account_id);
  gint64 total_fen = with_fee (&bill, bill.amount_fen);

  tw_assert_code (pay_by_card (c, &bill, no_card, NULL), "no_card");
  if (fault != NULL)
    tw_test_money_fault (t, fault, 1);
  tw_assert_done (pay_by_card (c, &bill, card, c->id));
  tw_assert_done (pay_by_card (c, &bill, card, c->id));
  tw_test_money_wait_payment (t, c->id, TW_PAYMENT_STATE_POSTED);
  assert_bill (c, &bill, TW_BILL_STATE_PAID);
  g_assert_cmpint (tw_test_money_balance (t), ==, TOP_UP_FEN);
  g_assert_cmpint (tw_test_money_number (t->books, BANK, t->person->account_id), ==,
                   bank_fen - total_fen);
  g_assert_cmpint (sum (c, "house:cards:%"), ==, 0);
  g_assert_cmpint (sum (c, "clearing:office:%"), ==, total_fen);
  tw_test_money_wait (t, "SELECT count(*) FROM payment WHERE id = $1 AND confirmed_at > 0", c->id,
                      1);
  g_free (bill.id);
}

/* kill -9 while the bank has the order and has not answered: it is paid on, and once. */
static void
test_tax_by_card_killed (Case *c, gconstpointer rails)
{
  TwTestMoney *t = c->t;
  g_autofree char *card = get_card (c);
  Bill bill = get_bill (c, TRUE);
  gint64 bank_fen = tw_test_money_number (t->books, BANK, t->person->account_id);
  gint64 total_fen = with_fee (&bill, bill.amount_fen);

  if (rails != NULL)
    tw_test_money_fault (t, "timeout_after_acting", 1);
  tw_test_money_kill (t, rails != NULL, TW_KIND_TAX_PAY, c->id,
                      tw_test_money_body ("bill_id", "s", bill.id, "revision", "i",
                                          G_GINT64_CONSTANT (1), "amount_fen", "i", total_fen,
                                          "card_id", "s", card, NULL));
  tw_test_money_start_service (t, TRUE);
  tw_test_money_wait_payment (t, c->id, TW_PAYMENT_STATE_POSTED);
  assert_bill (c, &bill, TW_BILL_STATE_PAID);
  g_assert_cmpint (tw_test_money_number (t->books, BANK, t->person->account_id), ==,
                   bank_fen - total_fen);
  g_assert_cmpint (sum (c, "house:cards:%"), ==, 0);
  g_assert_cmpint (tw_test_money_balance (t), ==, TOP_UP_FEN);
  g_free (bill.id);
}

/* Each of the two may say no. */
static void
test_tax_by_card_refused (Case *c, gconstpointer data)
{
  TwTestMoney *t = c->t;
  g_autofree char *card = get_card (c);
  Bill bill = get_bill (c, TRUE);
  gint64 bank_fen = tw_test_money_number (t->books, BANK, t->person->account_id);
  gint64 total_fen = with_fee (&bill, bill.amount_fen);
  g_autofree char *second = tw_uuid_new ();
  g_autoptr (GError) error = NULL;

  tw_test_money_fault (t, "refuse", 1);
  tw_assert_done (pay_by_card (c, &bill, card, c->id));
  tw_test_money_wait_payment (t, c->id, TW_PAYMENT_STATE_VOIDED);
  assert_bill (c, &bill, TW_BILL_STATE_DUE);
  g_assert_cmpint (
    tw_test_money_number (
      t->db, "SELECT count(*) FROM payment WHERE id = $1 AND reason = 'bank_refused'", c->id),
    ==, 1);
  g_assert_cmpint (tw_test_money_number (t->books, BANK, t->person->account_id), ==, bank_fen);
  g_assert_cmpint (sum (c, "house:cards:%"), ==, 0);
  /* The bank says yes and the office no: as the office knows no such bill. */
  tw_db_run (t->books, &error, "DELETE FROM office_bill WHERE id = $1", "s", bill.id);
  g_assert_no_error (error);
  tw_assert_done (pay_by_card (c, &bill, card, second));
  tw_test_money_wait_payment (t, second, TW_PAYMENT_STATE_VOIDED);
  assert_bill (c, &bill, TW_BILL_STATE_WITHDRAWN);
  g_assert_cmpint (
    tw_test_money_number (
      t->db, "SELECT count(*) FROM payment WHERE id = $1 AND reason = 'bill_withdrawn'", second),
    ==, 1);
  /* It is not asked for once more. */
  tw_assert_code (pay_by_card (c, &bill, card, NULL), "bill_withdrawn");
  g_assert_cmpint (tw_test_money_balance (t), ==, TOP_UP_FEN + total_fen);
  g_assert_cmpint (sum (c, "house:cards:%"), ==, 0);
  g_assert_cmpint (
    tw_test_money_number (t->db,
                          "SELECT amount_fen FROM payment WHERE card_id = $1 AND kind = 0 AND "
                          "state = 3",
                          card),
    ==, total_fen);
  g_free (bill.id);
}

/* The partners' books and ours say the same of all this, and each entry is explained. */
static void
test_books_agree (Case *c, gconstpointer data)
{
  TwTestMoney *t = c->t;
  const char *const parties[] = { "bank", "office" };
  g_autofree char *card = get_card (c), *second = tw_uuid_new (), *code = NULL;
  g_autofree char *socket = g_build_filename (t->folder, "c", "counterpart.sock", NULL);
  const TwRailsSetup setup = { .socket_path = socket, .timeout_ms = 3000 };
  Bill bill = get_bill (c, TRUE);
  gint64 bank_fen, left_fen;

  tw_assert_done (pay_by_card (c, &bill, card, c->id));
  tw_test_money_wait_payment (t, c->id, TW_PAYMENT_STATE_POSTED);
  tw_test_money_wait (t, "SELECT count(*) FROM payment WHERE id = $1 AND confirmed_at > 0", c->id,
                      1);
  tw_assert_held (withdraw (c, card, 100000, second));
  code = tw_test_money_code (t, PHONE);
  tw_assert_done (tw_test_money_answer (t, second, code));
  tw_test_money_wait_payment (t, second, TW_PAYMENT_STATE_POSTED);
  for (gsize i = 0; i < G_N_ELEMENTS (parties); i++)
    {
      g_autoptr (GError) error = NULL;
      TwReconcileSum sum;

      g_assert_true (
        tw_reconcile_fetch (t->service, &setup, parties[i], tw_clock_today (), &sum, &error));
      g_assert_no_error (error);
      /* Topped up, the small amount, the tax, withdrawn; and the tax at the office. */
      g_assert_cmpuint (sum.entries, ==, i == 0 ? 4 : 1);
      g_assert_cmpuint (sum.open, ==, 0);
      g_assert_cmpint (sum.here_fen, ==, sum.there_fen);
    }
  bank_fen = -sum (c, "clearing:bank:%") - sum (c, "clearing:credits:%");
  left_fen =
    TW_BANK_FIRST_BALANCE_FEN - tw_test_money_number (t->books, BANK, t->person->account_id);
  g_assert_cmpint (bank_fen, ==, left_fen);
  g_free (bill.id);
}

static TwResult *
cancel (Case *c, TwActor *who, const char *id)
{
  return RUN_AS (c, who, TW_KIND_PAYMENT_CANCEL, NULL, "payment_id", "s", id);
}

/* What was never sent can be called off, whatever it is; and is not sent then. */
static void
test_cancel (Case *c, gconstpointer data)
{
  TwTestMoney *t = c->t;
  g_autofree char *card = get_card (c), *tax = tw_uuid_new (), *by_card = tw_uuid_new ();
  g_autofree char *sent = tw_uuid_new ();
  Bill bill = get_bill (c, TRUE);
  gint64 orders;

  tw_test_money_stop_service (t);
  tw_test_money_start_service (t, FALSE);
  tw_assert_done (tw_test_money_top_up (t, c->id, NULL, 100));
  tw_assert_code (cancel (c, c->other, c->id), "not_found");
  tw_assert_done (cancel (c, t->person, c->id));
  tw_assert_code (cancel (c, t->person, c->id), "already_decided");
  tw_assert_done (RUN (c, TW_KIND_TAX_PAY, tax, "bill_id", "s", bill.id, "revision", "i",
                       G_GINT64_CONSTANT (1), "amount_fen", "i",
                       with_fee (&bill, bill.amount_fen)));
  assert_bill (c, &bill, TW_BILL_STATE_PAYING);
  tw_assert_done (cancel (c, t->person, tax));
  assert_bill (c, &bill, TW_BILL_STATE_DUE);
  tw_assert_done (pay_by_card (c, &bill, card, by_card));
  tw_assert_done (cancel (c, t->person, by_card));
  assert_bill (c, &bill, TW_BILL_STATE_DUE);
  g_assert_cmpint (tw_test_money_number (t->db,
                                         "SELECT count(*) FROM payment WHERE account_id = $1 AND "
                                         "state = 4 AND reason = 'cancelled'",
                                         t->person->account_id),
                   ==, 3);
  g_assert_cmpint (
    tw_test_money_number (t->db,
                          "SELECT reserved_fen + incoming_fen FROM ledger_account WHERE owner = $1",
                          t->person->account_id),
    ==, 0);
  orders = tw_test_money_number (t->books, "SELECT count(*) FROM bank_debit WHERE id <> $1", "");
  tw_test_money_stop_service (t);
  tw_test_money_start_service (t, TRUE);
  tw_assert_done (tw_test_money_top_up (t, sent, NULL, 100));
  tw_test_money_wait_payment (t, sent, TW_PAYMENT_STATE_POSTED);
  tw_assert_code (cancel (c, t->person, sent), "already_sent");
  g_assert_cmpint (
    tw_test_money_number (t->books, "SELECT count(*) FROM bank_debit WHERE id <> $1", ""), ==,
    orders + 1);
  g_free (bill.id);
}

/* The cancelling races the sending: one of the two, never both. */
static void
test_cancel_races (Case *c, gconstpointer data)
{
  TwTestMoney *t = c->t;
  gint64 balance_fen = TOP_UP_FEN;
  int cancelled = 0;

  for (int i = 0; i < 30; i++)
    {
      g_autofree char *id = tw_uuid_new ();
      g_autoptr (TwResult) result = NULL;
      gboolean off;

      tw_assert_done (tw_test_money_top_up (t, id, NULL, 7));
      if (i % 3 > 0)
        g_usleep ((gulong) (i % 3) * 1000);
      result = cancel (c, t->person, id);
      off = result->state == TW_RESULT_DONE;
      if (!off)
        g_assert_cmpstr (result->code, ==, "already_sent");
      cancelled += off;
      tw_test_money_wait_payment (t, id, off ? TW_PAYMENT_STATE_VOIDED : TW_PAYMENT_STATE_POSTED);
      balance_fen += off ? 0 : 7;
      g_assert_cmpint (
        tw_test_money_number (t->books, "SELECT count(*) FROM bank_debit WHERE id = $1", id), ==,
        off ? 0 : 1);
    }
  g_test_message ("%d of 30 were cancelled", cancelled);
  g_assert_cmpint (tw_test_money_balance (t), ==, balance_fen);
}

static TwResult *
refund (Case *c, TwActor *who, const char *payment, gint64 amount_fen, const char *id)
{
  return RUN_AS (c, who, TW_KIND_PAYMENT_REFUND, id, "payment_id", "s", payment, "amount_fen", "i",
                 amount_fen);
}

static gint64
refunded (Case *c, const char *payment)
{
  return tw_test_money_number (c->t->db, "SELECT refunded_fen FROM payment WHERE id = $1", payment);
}

static void
test_refund (Case *c, gconstpointer data)
{
  TwTestMoney *t = c->t;
  g_autofree char *received = tw_payments_received_id (c->id);
  g_autofree char *part = tw_uuid_new (), *back = tw_payments_received_id (part);
  g_autoptr (TwResult) over = NULL;

  tw_assert_done (RUN (c, TW_KIND_WALLET_TRANSFER, c->id, "to_account", "s", c->other->account_id,
                       "amount_fen", "i", G_GINT64_CONSTANT (5000)));
  /* Not by who paid, nor of what somebody else has received. */
  tw_assert_code (refund (c, t->person, c->id, 100, NULL), "not_refundable");
  tw_assert_code (refund (c, t->person, received, 100, NULL), "not_found");
  over = refund (c, c->other, received, 5001, NULL);
  g_assert_cmpstr (over->code, ==, "over_refund");
  g_assert_cmpint (json_object_get_int_member (over->result, "amount_fen"), ==, 5000);
  tw_assert_done (refund (c, c->other, received, 2000, part));
  tw_assert_done (refund (c, c->other, received, 2000, part));
  g_assert_cmpint (refunded (c, received), ==, 2000);
  g_assert_cmpint (refunded (c, c->id), ==, 2000);
  g_assert_cmpint (tw_test_money_balance (t), ==, TOP_UP_FEN - 3000);
  /* What came back is no gift to send back and forth. */
  tw_assert_code (refund (c, t->person, back, 100, NULL), "not_refundable");
  tw_assert_code (refund (c, c->other, received, 3001, NULL), "over_refund");
  tw_assert_done (refund (c, c->other, received, 3000, NULL));
  tw_assert_code (refund (c, c->other, received, 1, NULL), "over_refund");
  g_assert_cmpint (tw_test_money_balance (t), ==, TOP_UP_FEN);
  g_assert_cmpint (
    tw_test_money_number (t->db, "SELECT count(*) FROM payment WHERE refunds = $1", c->id), ==, 2);
}

typedef struct
{
  GMutex lock;
  GCond answered;
  guint n;
  guint done;
} Race;

static void
on_raced (GPtrArray *jobs, gpointer data)
{
  Race *race = data;

  g_mutex_lock (&race->lock);
  for (guint i = 0; i < jobs->len; i++)
    {
      const TwResult *result = tw_job_result (g_ptr_array_index (jobs, i));

      race->n++;
      race->done += result->state == TW_RESULT_DONE;
      if (result->state != TW_RESULT_DONE)
        g_assert_cmpstr (result->code, ==, "over_refund");
    }
  g_cond_signal (&race->answered);
  g_mutex_unlock (&race->lock);
}

/* All at once: together never more than there was. */
static void
test_refund_races (Case *c, gconstpointer data)
{
  TwTestMoney *t = c->t;
  g_autofree char *received = tw_payments_received_id (c->id);
  Race race = { .n = 0 };
  const guint many = 20;

  tw_assert_done (RUN (c, TW_KIND_WALLET_TRANSFER, c->id, "to_account", "s", c->other->account_id,
                       "amount_fen", "i", G_GINT64_CONSTANT (5000)));
  for (guint i = 0; i < many; i++)
    {
      g_autofree char *id = tw_uuid_new ();
      g_autoptr (JsonObject) body = tw_test_money_body ("payment_id", "s", received, "amount_fen",
                                                        "i", G_GINT64_CONSTANT (1500), NULL);
      g_autoptr (GPtrArray) jobs = g_ptr_array_new_with_free_func ((GDestroyNotify) tw_job_unref);
      TwCommand *command =
        tw_command_new (id, id, TW_KIND_PAYMENT_REFUND, tw_clock_now_ms (), body);
      g_autofree char *text =
        tw_command_get_signing_text (command, c->other->account_id, c->other->device_id);
      g_autoptr (GError) error = NULL;

      command->signature = tw_signer_sign (t->signer, text, strlen (text));
      g_ptr_array_add (jobs, tw_job_new (tw_actor_ref (c->other), command));
      tw_writer_submit (tw_service_get_writer (t->service), jobs, NULL, on_raced, &race, &error);
      g_assert_no_error (error);
    }
  g_mutex_lock (&race.lock);
  while (race.n < many)
    g_cond_wait (&race.answered, &race.lock);
  g_mutex_unlock (&race.lock);
  g_assert_cmpuint (race.done, ==, 3);
  g_assert_cmpint (refunded (c, received), ==, 4500);
  g_assert_cmpint (tw_test_money_balance (t), ==, TOP_UP_FEN - 500);
}

static void
assert_reason (Case *c, const char *id, const char *code)
{
  g_autofree char *sql =
    g_strdup_printf ("SELECT count(*) FROM payment WHERE id = $1 AND reason = '%s'", code);

  tw_test_money_wait_payment (c->t, id, TW_PAYMENT_STATE_VOIDED);
  g_assert_cmpint (tw_test_money_number (c->t->db, sql, id), ==, 1);
}

/* Why the bank has refused is told, as each wants something else to be done. */
static void
test_reasons (Case *c, gconstpointer data)
{
  TwTestMoney *t = c->t;
  g_autofree char *card = get_card (c), *top_up = tw_uuid_new (), *withdrawal = tw_uuid_new ();
  g_autofree char *code = NULL;
  g_autoptr (GError) error = NULL;

  tw_assert_done (tw_test_money_top_up (t, c->id, NULL, TW_BANK_FIRST_BALANCE_FEN + 1));
  assert_reason (c, c->id, "bank_no_balance");
  /* The card is given back at the bank. */
  tw_db_run (t->books, &error, "DELETE FROM bank_card", "");
  g_assert_no_error (error);
  tw_assert_done (
    RUN (c, TW_KIND_WALLET_TOP_UP, top_up, "card_id", "s", card, "amount_fen", "i", (gint64) 100));
  assert_reason (c, top_up, "bank_no_card");
  tw_assert_held (withdraw (c, card, 100, withdrawal));
  code = tw_test_money_code (t, PHONE);
  tw_assert_done (tw_test_money_answer (t, withdrawal, code));
  assert_reason (c, withdrawal, "bank_no_account");
  g_assert_cmpint (tw_test_money_balance (t), ==, TOP_UP_FEN);
}

#define CASE(name, func, data) g_test_add ("/cards/" name, Case, data, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  tw_test_money_child (argc, argv);
  g_test_init (&argc, &argv, NULL);
  CASE ("bind/plain", test_bind, NULL);
  CASE ("bind/timeout-after-acting", test_bind, "timeout_after_acting");
  CASE ("bind/twice", test_bind, "twice");
  CASE ("bind/unproved", test_unproved, NULL);
  CASE ("withdraw/plain", test_withdraw, NULL);
  CASE ("withdraw/timeout-after-acting", test_withdraw, "timeout_after_acting");
  CASE ("withdraw/late", test_withdraw, "late");
  CASE ("top-up", test_top_up, NULL);
  CASE ("double", test_double, NULL);
  CASE ("reasons", test_reasons, NULL);
  CASE ("part", test_part, NULL);
  CASE ("small-parts", test_small_parts, NULL);
  CASE ("tax/plain", test_tax_by_card, NULL);
  CASE ("tax/timeout-after-acting", test_tax_by_card, "timeout_after_acting");
  CASE ("tax/down", test_tax_by_card, "down");
  CASE ("tax/killed-before-sending", test_tax_by_card_killed, NULL);
  CASE ("tax/killed-before-the-answer", test_tax_by_card_killed, "rails");
  CASE ("tax/refused", test_tax_by_card_refused, NULL);
  CASE ("books-agree", test_books_agree, NULL);
  CASE ("cancel", test_cancel, NULL);
  CASE ("cancel/races", test_cancel_races, NULL);
  CASE ("refund", test_refund, NULL);
  CASE ("refund/races", test_refund_races, NULL);
  return g_test_run ();
}
