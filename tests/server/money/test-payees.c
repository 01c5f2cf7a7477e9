// SPDX-License-Identifier: GPL-3.0-or-later
/* What is asked of the other side about payees: no more than is needed, never in the way of money,
 * and what it says counts. */
#include <string.h>

#include "base/tw-clock.h"
#include "base/tw-pay-code.h"
#include "base/tw-uuid.h"
#include "model/tw-payee.h"
#include "model/tw-payment.h"
#include "protocol/tw-practice-people.h"
#include "server/pay/tw-errands.h"
#include "tw-test-bank.h"
#include "tw-test-db.h"
#include "tw-test-money.h"

#define PHONE "13900000001"
#define QUESTIONS "SELECT count(*) FROM rail_op WHERE subject_id = $1"
#define DAY_MS (G_GINT64_CONSTANT (86400000))
#define FRESH_MS 5000
#define PATIENT_MS 30000
#define MANY 20
/* As the gate has it. */
#define AT_ONCE 8
#define PAID                                                                                       \
  "{\"id\":\"%ID%\",\"amount_fen\":500,\"state\":\"done\",\"reference\":\"BANK-1\",\"reason\":"    \
  "\"\"}"
#define NOBODY "{\"error\":{\"code\":\"not_found\",\"message\":\"\"}}"

typedef struct
{
  TwTestMoney *t;
  TwTestBank *bank; /* (nullable): in the place of the counterpart */
  char *id;
} Case;

static void
set_up (Case *c, gconstpointer data)
{
  c->t = tw_test_money_new ();
  c->id = tw_uuid_new ();
  /* What the office has on the person has been asked. */
  tw_test_money_wait (c->t,
                      "SELECT count(*) FROM rail_op WHERE account_id = $1 AND next_at IS NOT NULL",
                      c->t->person->account_id, 0);
}

static void
tear_down (Case *c, gconstpointer data)
{
  tw_clock_set_offset_ms (0);
  tw_test_money_assert_sound (c->t);
  tw_test_money_stop_service (c->t);
  g_clear_pointer (&c->bank, tw_test_bank_free);
  tw_test_money_free (c->t);
  g_free (c->id);
}

#define RUN(c, kind, ...)                                                                          \
  tw_test_money_run ((c)->t, (c)->t->person, kind, NULL, NULL,                                     \
                     tw_test_money_body (__VA_ARGS__, NULL))

static TwResult *
check_again (Case *c, const char *payee)
{
  return RUN (c, TW_KIND_PAYEE_CHECK, "payee_id", "s", payee);
}

/* (transfer full): the payee's id */
static char *
check (Case *c, const char *to)
{
  g_autoptr (TwResult) result = RUN (c, TW_KIND_PAYEE_CHECK, "to", "s", to);

  g_assert_cmpstr (result->code, ==, NULL);
  return g_strdup (json_object_get_string_member (result->result, "payee_id"));
}

static void
wait_for_state (Case *c, const char *payee, TwPayeeState state)
{
  tw_test_money_wait (c->t, "SELECT state FROM payee WHERE id = $1", payee, state);
}

/* Where the counterpart has been. */
static void
start_bank (Case *c)
{
  g_autofree char *path = g_build_filename (c->t->folder, "c", "counterpart.sock", NULL);

  c->bank = tw_test_bank_new (path);
}

static void
replace_bank (Case *c)
{
  tw_test_money_stop_counterpart (c->t);
  start_bank (c);
}

/* However often somebody asks, one question is out, and none while the answer is fresh. */
static void
test_one_question (Case *c, gconstpointer data)
{
  TwTestMoney *t = c->t;
  g_autofree char *payee = NULL;

  tw_test_money_stop_counterpart (t);
  payee = check (c, TW_PRACTICE_COMPANY_CODE);
  for (int i = 0; i < MANY; i++)
    tw_assert_done (check_again (c, payee));
  g_assert_cmpint (tw_test_money_number (t->db, QUESTIONS, payee), ==, 1);
  tw_test_money_start_counterpart (t);
  wait_for_state (c, payee, TW_PAYEE_STATE_CHECKED);
  for (int i = 0; i < MANY; i++)
    tw_assert_done (check_again (c, payee));
  g_assert_cmpint (tw_test_money_number (t->db, QUESTIONS, payee), ==, 1);
  g_assert_cmpint (tw_test_money_number (t->db, "SELECT state FROM payee WHERE id = $1", payee), ==,
                   TW_PAYEE_STATE_CHECKED);
  tw_clock_set_offset_ms (FRESH_MS + 1000);
  tw_assert_done (check_again (c, payee));
  g_assert_cmpint (tw_test_money_number (t->db, QUESTIONS, payee), ==, 2);
  wait_for_state (c, payee, TW_PAYEE_STATE_CHECKED);
}

static void
wait_for_count (Case *c, const char *method, guint wanted)
{
  gint64 deadline = g_get_monotonic_time () + PATIENT_MS * G_GINT64_CONSTANT (1000);

  while (tw_test_bank_count (c->bank, method) < wanted)
    {
      g_assert_cmpint (g_get_monotonic_time (), <, deadline);
      g_usleep (5000);
    }
}

/* Rails that wait for an answer as long as the test does. */
static void
start_patient_rails (Case *c)
{
  g_autofree char *socket = g_build_filename (c->t->folder, "c", "counterpart.sock", NULL);
  const TwRailsSetup setup = { .socket_path = socket, .timeout_ms = PATIENT_MS };
  g_autoptr (GError) error = NULL;

  c->t->rails = tw_rails_new (c->t->service, &setup, &error);
  g_assert_no_error (error);
}

/* The bank does not answer who somebody is, and many ask: money goes its way all the same. */
static void
test_money_first (Case *c, gconstpointer data)
{
  TwTestMoney *t = c->t;
  gint64 begun_us;

  g_clear_pointer (&t->rails, tw_rails_free);
  replace_bank (c);
  tw_test_bank_say (c->bank, "GET", 0, NULL);
  tw_test_bank_say (c->bank, "POST", 200, PAID);
  start_patient_rails (c);
  for (int i = 0; i < MANY; i++)
    {
      TwPayCode code = { .kind = TW_PAY_CODE_MERCHANT };
      g_autofree char *text = NULL, *payee = NULL;

      g_snprintf (code.number, sizeof code.number, "2345%c%c%c%c", 'A' + i, 'A', 'B', 'C');
      text = tw_pay_code_make (&code);
      payee = check (c, text);
    }
  wait_for_count (c, "GET", 4);
  begun_us = g_get_monotonic_time ();
  tw_assert_done (tw_test_money_top_up (t, c->id, NULL, 500));
  tw_test_money_wait_payment (t, c->id, TW_PAYMENT_STATE_POSTED);
  g_assert_cmpint (g_get_monotonic_time () - begun_us, <, PATIENT_MS / 2 * 1000);
  g_assert_cmpuint (tw_test_bank_count (c->bank, "GET"), ==, 4);
}

/* The bank is slow, and much is paid: the place that is free first is for who asks. */
static void
test_question_between (Case *c, gconstpointer data)
{
  TwTestMoney *t = c->t;
  g_autofree char *payee = NULL;

  g_clear_pointer (&t->rails, tw_rails_free);
  replace_bank (c);
  tw_test_bank_say (c->bank, "GET", 200, "{\"name\":\"测试公司\"}");
  tw_test_bank_say (c->bank, "POST", 0, NULL);
  start_patient_rails (c);
  for (int i = 0; i < MANY; i++)
    tw_assert_done (tw_test_money_top_up (t, NULL, NULL, 500));
  wait_for_count (c, "POST", AT_ONCE);
  payee = check (c, TW_PRACTICE_COMPANY_CODE);
  /* The rails know of what was asked before as soon as they know of this one. */
  tw_assert_done (tw_test_money_top_up (t, c->id, NULL, 500));
  tw_test_money_wait (t, "SELECT state FROM rail_op WHERE id = $1", c->id, TW_RAIL_SENT);
  g_assert_cmpuint (tw_test_bank_count (c->bank, "GET"), ==, 0);
  tw_test_bank_release (c->bank, 200, PAID);
  wait_for_state (c, payee, TW_PAYEE_STATE_CHECKED);
  /* After it, money goes on. */
  wait_for_count (c, "POST", AT_ONCE + 1);
}

/* (transfer full): kept, with the code for it */
static char *
keep (Case *c, const char *to)
{
  char *payee = check (c, to);
  g_autofree char *code = NULL;

  wait_for_state (c, payee, TW_PAYEE_STATE_CHECKED);
  tw_assert_held (tw_test_money_run (c->t, c->t->person, TW_KIND_PAYEE_SAVE, c->id, NULL,
                                     tw_test_money_body ("payee_id", "s", payee, NULL)));
  code = tw_test_money_code (c->t, PHONE);
  tw_assert_done (tw_test_money_answer (c->t, c->id, code));
  wait_for_state (c, payee, TW_PAYEE_STATE_SAVED);
  return payee;
}

/* Looks up once more; what came of it is known when it is as late as the answer says. */
static void
look_again (Case *c, const char *payee)
{
  g_autoptr (TwResult) result = NULL;
  g_autofree char *sql = NULL;

  tw_clock_set_offset_ms (tw_clock_get_offset_ms () + FRESH_MS + 1000);
  result = check_again (c, payee);
  g_assert_cmpstr (result->code, ==, NULL);
  sql =
    g_strdup_printf ("SELECT count(*) FROM payee WHERE id = $1 AND checked_at >= %" G_GINT64_FORMAT,
                     json_object_get_int_member (result->result, "asked_at_ms"));
  tw_test_money_wait (c->t, sql, payee, 1);
}

#define MISSING                                                                                    \
  "SELECT count(*) FROM payee WHERE id = $1 AND state = 3 AND verified_at < checked_at"

/* Found by a clock that was a year ahead: what is asked once it is right is asked once, and what is
 * said then counts. */
static void
test_clock_ahead (Case *c, gconstpointer data)
{
  TwTestMoney *t = c->t;
  g_autofree char *payee = keep (c, TW_PRACTICE_COMPANY_CODE);
  g_autoptr (TwResult) result = NULL;
  gint64 questions;

  tw_clock_set_offset_ms (365 * DAY_MS);
  look_again (c, payee);
  tw_clock_set_offset_ms (0);
  questions = tw_test_money_number (t->db, QUESTIONS, payee);
  tw_test_money_stop_counterpart (t);
  result = check_again (c, payee);
  g_assert_cmpstr (result->code, ==, NULL);
  g_assert_cmpint (
    json_object_get_int_member (result->result, "asked_at_ms"), >,
    tw_test_money_number (t->db, "SELECT checked_at FROM payee WHERE id = $1", payee));
  for (int i = 0; i < MANY; i++)
    tw_assert_done (check_again (c, payee));
  g_assert_cmpint (tw_test_money_number (t->db, QUESTIONS, payee), ==, questions + 1);
  start_bank (c);
  tw_test_bank_say (c->bank, "GET", 404, NOBODY);
  tw_test_money_wait (t, MISSING, payee, 1);
}

/* Two processes have asked the same: what the slower one hears counts no more. */
static void
test_late_answer (Case *c, gconstpointer data)
{
  TwTestMoney *t = c->t;
  g_autoptr (TwActor) system = tw_actor_new (TW_ROLE_SYSTEM, "system", "", "", "");
  g_autofree char *op = tw_writer_make_id ("payee/ask", c->id);
  gint64 checked_at_ms;

  tw_assert_done (
    tw_test_money_run (t, t->person, TW_KIND_PAYEE_CHECK, c->id, NULL,
                       tw_test_money_body ("to", "s", TW_PRACTICE_COMPANY_CODE, NULL)));
  wait_for_state (c, c->id, TW_PAYEE_STATE_CHECKED);
  checked_at_ms = tw_test_money_number (t->db, "SELECT checked_at FROM payee WHERE id = $1", c->id);
  tw_assert_done (tw_test_money_run (
    t, system, TW_KIND_PAYEE_FOUND, NULL, NULL,
    tw_test_money_body ("op", "s", op, "account_id", "s", t->person->account_id, NULL)));
  g_assert_cmpint (tw_test_money_number (t->db, "SELECT state FROM payee WHERE id = $1", c->id), ==,
                   TW_PAYEE_STATE_CHECKED);
  g_assert_cmpint (
    tw_test_money_number (t->db, "SELECT checked_at FROM payee WHERE id = $1", c->id), ==,
    checked_at_ms);
}

/* A company that is struck off stays among the payees, and is not paid until it is found again. */
static void
test_struck (Case *c, gconstpointer data)
{
  TwTestMoney *t = c->t;
  g_autofree char *top_up = tw_uuid_new ();
  g_autofree char *payee = keep (c, TW_PRACTICE_COMPANY_CODE);

  tw_assert_done (tw_test_money_top_up (t, top_up, NULL, 50000));
  tw_test_money_wait_payment (t, top_up, TW_PAYMENT_STATE_POSTED);
  replace_bank (c);
  tw_test_bank_say (c->bank, "GET", 404, NOBODY);
  look_again (c, payee);
  g_assert_cmpint (tw_test_money_number (t->db, MISSING, payee), ==, 1);
  tw_assert_code (
    RUN (c, TW_KIND_WALLET_PAY, "payee_id", "s", payee, "amount_fen", "i", G_GINT64_CONSTANT (500)),
    "payee_gone");
  tw_assert_code (RUN (c, TW_KIND_STANDING_SET, "payee_id", "s", payee, "amount_fen", "i",
                       G_GINT64_CONSTANT (500), "day", "i", G_GINT64_CONSTANT (1)),
                  "payee_gone");
  g_clear_pointer (&c->bank, tw_test_bank_free);
  tw_test_money_start_counterpart (t);
  look_again (c, payee);
  g_assert_cmpint (tw_test_money_number (t->db, MISSING, payee), ==, 0);
  tw_assert_done (RUN (c, TW_KIND_WALLET_PAY, "payee_id", "s", payee, "amount_fen", "i",
                       G_GINT64_CONSTANT (500)));
}

/* Nor by a standing order, which says why. */
static void
test_struck_standing (Case *c, gconstpointer data)
{
  TwTestMoney *t = c->t;
  g_autofree char *payee = keep (c, TW_PRACTICE_COMPANY_CODE);
  g_autofree char *standing = tw_uuid_new (), *top_up = tw_uuid_new (), *code = NULL;
  TwErrands *errands;
  int day;

  tw_assert_done (tw_test_money_top_up (t, top_up, NULL, 50000));
  tw_test_money_wait_payment (t, top_up, TW_PAYMENT_STATE_POSTED);
  tw_assert_held (tw_test_money_run (t, t->person, TW_KIND_STANDING_SET, standing, NULL,
                                     tw_test_money_body ("payee_id", "s", payee, "amount_fen", "i",
                                                         G_GINT64_CONSTANT (500), "day", "i",
                                                         G_GINT64_CONSTANT (1), NULL)));
  code = tw_test_money_code (t, PHONE);
  tw_assert_done (tw_test_money_answer (t, standing, code));
  replace_bank (c);
  tw_test_bank_say (c->bank, "GET", 404, NOBODY);
  look_again (c, payee);
  day = (int) tw_test_money_number (t->db, "SELECT next_day FROM standing WHERE id = $1", standing);
  tw_clock_set_offset_ms (tw_clock_ms_of_day (day) + DAY_MS / 2 - g_get_real_time () / 1000);
  errands = tw_errands_new (t->service);
  tw_test_money_wait (t, "SELECT count(*) FROM standing WHERE id = $1 AND reason <> ''", standing,
                      1);
  tw_errands_free (errands);
  g_assert_cmpint (
    tw_test_money_number (
      t->db, "SELECT count(*) FROM standing WHERE id = $1 AND reason = 'payee_gone'", standing),
    ==, 1);
  g_assert_cmpint (
    tw_test_money_number (t->db, "SELECT count(*) FROM payment WHERE standing_id = $1", standing),
    ==, 0);
}

#define CASE(name, func) g_test_add ("/payees/" name, Case, NULL, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  CASE ("one-question", test_one_question);
  CASE ("money-first", test_money_first);
  CASE ("question-between", test_question_between);
  CASE ("clock-ahead", test_clock_ahead);
  CASE ("late-answer", test_late_answer);
  CASE ("struck", test_struck);
  CASE ("struck/standing", test_struck_standing);
  return g_test_run ();
}
