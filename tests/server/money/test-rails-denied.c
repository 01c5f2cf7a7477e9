// SPDX-License-Identifier: GPL-3.0-or-later
/* Two services on one database that know different things of an order: what one of them alone would
 * take for its end is denied or told in other words, and the truth still gets through. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/tw-clock.h"
#include "base/tw-uuid.h"
#include "model/tw-payment.h"
#include "tax/tw-late-fee.h"
#include "tw-test-bank.h"
#include "tw-test-db.h"
#include "tw-test-money.h"

#define FILLED_FEN (G_GINT64_CONSTANT (500000))
#define AMOUNT_FEN 500
#define TIMEOUT_MS 300
#define DONE "{\"id\":\"%ID%\",\"amount_fen\":500,\"state\":\"done\",\"reference\":\"BANK-1\"}"
#define REFUSED "{\"id\":\"%ID%\",\"amount_fen\":500,\"state\":\"refused\",\"reason\":\"closed\"}"
#define TURNED_AWAY "{\"error\":{\"code\":\"invalid\",\"message\":\"No.\"}}"
#define NOT_FOUND "{\"error\":{\"code\":\"not_found\",\"message\":\"No.\"}}"
#define DOWN "<html>503</html>"
#define DENIED                                                                                     \
  "SELECT count(*) FROM command c JOIN rail_op o ON o.id = $1 "                                    \
  "WHERE c.account = 'system' AND c.result LIKE '%denied%'"
#define OPEN "SELECT count(*) FROM rail_op WHERE id = $1 AND next_at IS NOT NULL"
#define SENT_TWICE "SELECT count(*) FROM rail_op WHERE id = $1 AND posts >= 2"
#define IN_TROUBLE "SELECT count(*) FROM rail_op WHERE id = $1 AND trouble = 'turned_away'"

typedef struct
{
  TwTestMoney *t;
  TwTestBank *bank;
  TwTestBank *door; /* the same bank, as the other service finds it */
  GSubprocess *other;
  char *id;
} Case;

static const char *self_path;

/* That an order may need a person is said; nothing else may be wrong. */
static void
on_log (const char *domain, GLogLevelFlags level, const char *words, gpointer data)
{
  if (level & (G_LOG_LEVEL_WARNING | G_LOG_LEVEL_CRITICAL) &&
      strstr (words, "may need a person") == NULL)
    g_error ("%s", words);
}

static char *
get_socket (TwTestMoney *t, const char *name)
{
  return g_build_filename (t->folder, "c", name, NULL);
}

static void
wait_quiet (TwTestMoney *t)
{
  tw_test_money_wait (t,
                      "SELECT count(*) FROM rail_op WHERE account_id = $1 AND next_at IS NOT NULL",
                      t->person->account_id, 0);
}

static void
set_up (Case *c, gconstpointer data)
{
  g_autofree char *filled = tw_uuid_new ();
  g_autofree char *path = NULL;
  g_autofree char *other_path = NULL;

  c->t = tw_test_money_new ();
  c->id = tw_uuid_new ();
  tw_assert_done (tw_test_money_top_up (c->t, filled, NULL, FILLED_FEN));
  tw_test_money_wait_payment (c->t, filled, TW_PAYMENT_STATE_POSTED);
  wait_quiet (c->t);
  tw_test_money_stop_counterpart (c->t);
  path = get_socket (c->t, "counterpart.sock");
  other_path = get_socket (c->t, "other.sock");
  c->bank = tw_test_bank_new (path);
  c->door = tw_test_bank_new (other_path);
}

static void
stop_other (Case *c)
{
  g_autoptr (GError) error = NULL;

  if (c->other == NULL)
    return;
  g_assert_true (g_output_stream_close (g_subprocess_get_stdin_pipe (c->other), NULL, &error));
  g_assert_no_error (error);
  g_assert_true (g_subprocess_wait_check (c->other, NULL, &error));
  g_assert_no_error (error);
  g_clear_object (&c->other);
}

static void
tear_down (Case *c, gconstpointer data)
{
  stop_other (c);
  tw_test_money_assert_sound (c->t);
  tw_test_money_stop_service (c->t);
  tw_test_bank_free (c->bank);
  tw_test_bank_free (c->door);
  tw_test_money_free (c->t);
  g_free (c->id);
}

/* The other service: takes up what is not finished, until nobody holds its input any more. */
static G_NORETURN void
run_other (char **argv)
{
  TwTestMoney *t = tw_test_money_join (argv[2], argv[3]);
  g_autofree char *path = get_socket (t, "other.sock");
  TwRailsSetup setup = { .socket_path = path, .timeout_ms = TIMEOUT_MS };
  g_autoptr (GError) error = NULL;
  char byte;

  tw_test_money_start_service (t, FALSE);
  t->rails = tw_rails_new (t->service, &setup, &error);
  g_assert_no_error (error);
  while (read (STDIN_FILENO, &byte, 1) > 0)
    ;
  tw_test_money_stop_service (t);
  _exit (0);
}

static void
start_other (Case *c)
{
  g_autoptr (GError) error = NULL;

  c->other = g_subprocess_new (G_SUBPROCESS_FLAGS_STDIN_PIPE, &error, self_path, "--other",
                               c->t->folder, c->t->url, NULL);
  g_assert_no_error (error);
}

/* An order that this service has sent once and the bank has turned away, with nobody to say whether
 * it is known there; and that the other service has sent once more. */
static void
send_from_both (Case *c)
{
  tw_test_bank_say (c->bank, "POST", 400, TURNED_AWAY);
  tw_test_bank_say (c->bank, "GET", 503, DOWN);
  tw_test_bank_say (c->door, "POST", 0, NULL);
  tw_test_bank_say (c->door, "GET", 404, NOT_FOUND);
  tw_assert_done (tw_test_money_top_up (c->t, c->id, NULL, AMOUNT_FEN));
  tw_test_money_wait_payment (c->t, c->id, TW_PAYMENT_STATE_UNKNOWN);
  g_assert_cmpuint (tw_test_bank_count (c->bank, "POST"), ==, 1);
  start_other (c);
  tw_test_money_wait (c->t, SENT_TWICE, c->id, 1);
}

static void
wait_posts (Case *c, guint at_least)
{
  gint64 deadline = g_get_monotonic_time () + 40 * G_USEC_PER_SEC;

  while (tw_test_bank_count (c->bank, "POST") < at_least)
    {
      g_assert_cmpint (g_get_monotonic_time (), <, deadline);
      g_usleep (5000);
    }
}

/* This service takes it for void, as far as it knows; what the other one sent may arrive yet. */
static void
test_denied (Case *c, gconstpointer truth)
{
  gboolean done = g_strcmp0 (truth, DONE) == 0;

  send_from_both (c);
  g_assert_cmpint (tw_test_money_number (c->t->db, DENIED, c->id), ==, 0);
  tw_test_bank_say (c->bank, "GET", 404, NOT_FOUND);
  tw_test_money_wait (c->t, DENIED, c->id, 1);
  tw_test_money_wait (c->t, IN_TROUBLE, c->id, 1);
  /* It goes on with it, and does not say so again. */
  tw_test_money_wait (c->t, OPEN, c->id, 1);
  wait_posts (c, 2);
  g_assert_cmpint (tw_test_money_number (c->t->db, DENIED, c->id), ==, 1);
  tw_test_money_wait_payment (c->t, c->id, TW_PAYMENT_STATE_UNKNOWN);
  g_assert_cmpint (tw_test_money_balance (c->t), ==, FILLED_FEN);
  /* The bank's own word for it counts, whichever it is. */
  tw_test_bank_say (c->bank, "GET", 200, truth);
  tw_test_money_wait_payment (c->t, c->id,
                              done ? TW_PAYMENT_STATE_POSTED : TW_PAYMENT_STATE_VOIDED);
  tw_test_money_wait (c->t, OPEN, c->id, 0);
  g_assert_cmpint (tw_test_money_balance (c->t), ==, FILLED_FEN + (done ? AMOUNT_FEN : 0));
  g_assert_cmpint (tw_test_money_number (c->t->db, IN_TROUBLE, c->id), ==, 0);
}

/* Returns what the tax office says of it, in its own word; it echoes what it was asked. */
static char *
pay_bill (Case *c, const char *word)
{
  TwTestMoney *t = c->t;
  JsonObject *body = json_object_new ();
  g_autoptr (GError) error = NULL;
  gint64 amount_fen, fee_fen;
  TwStmt *stmt =
    tw_db_query (t->db, &error,
                 "SELECT id, amount_fen, due_day FROM bill WHERE account_id = $1 ORDER BY due_day",
                 "s", t->person->account_id);
  g_autofree char *bill_id = NULL;

  g_assert_no_error (error);
  g_assert_cmpint (tw_stmt_step (stmt, &error), ==, TW_STEP_ROW);
  bill_id = g_strdup (tw_stmt_text (stmt, 0));
  amount_fen = tw_stmt_int64 (stmt, 1);
  fee_fen = tw_late_fee_fen (amount_fen, (int) tw_stmt_int64 (stmt, 2), tw_clock_today ());
  tw_stmt_reset (stmt);
  json_object_set_string_member (body, "bill_id", bill_id);
  json_object_set_int_member (body, "revision", 1);
  json_object_set_int_member (body, "amount_fen", amount_fen + fee_fen);
  tw_assert_done (tw_test_money_run (t, t->person, TW_KIND_TAX_PAY, c->id, NULL, body));
  return g_strdup_printf ("{\"id\":\"%%ID%%\",\"bill\":\"%s\",\"amount_fen\":%" G_GINT64_FORMAT
                          ",\"late_fee_fen\":%" G_GINT64_FORMAT
                          ",\"state\":\"%s\",\"reference\":\"TAX-1\"}",
                          bill_id, amount_fen, fee_fen, word);
}

/* As the other service tells it: under the same id, with another reference. */
static void
tell_accepted (Case *c)
{
  g_autoptr (TwActor) system = tw_actor_new (TW_ROLE_SYSTEM, "system", "", NULL, "");
  g_autofree char *id = tw_writer_make_id ("accepted", c->id);
  JsonObject *body = json_object_new ();

  json_object_set_string_member (body, "op", c->id);
  json_object_set_string_member (body, "phase", "accepted");
  json_object_set_string_member (body, "reference", "TAX-OTHER");
  json_object_set_string_member (body, "reason", "");
  json_object_set_int_member (body, "confirmed_at_ms", 0);
  tw_assert_done (tw_test_money_run (c->t, system, TW_KIND_RAIL_SETTLE, id, id, body));
}

/* The first one's words stand. Who comes second looks what stands there and goes on from it: were
 * it told again and again instead, the office's confirmation would never be asked for. */
static void
test_other_words (Case *c, gconstpointer data)
{
  g_autofree char *accepted = NULL;
  g_autofree char *word = NULL;
  g_auto (GStrv) parts = NULL;
  guint asked;

  tw_test_bank_say (c->bank, "POST", 503, DOWN);
  tw_test_bank_say (c->bank, "GET", 503, DOWN);
  accepted = pay_bill (c, "accepted");
  tw_test_money_wait_payment (c->t, c->id, TW_PAYMENT_STATE_UNKNOWN);
  tell_accepted (c);
  tw_test_money_wait_payment (c->t, c->id, TW_PAYMENT_STATE_POSTED);
  asked = tw_test_bank_count (c->bank, "GET");
  parts = g_strsplit (accepted, "accepted", 2);
  word = g_strjoinv ("confirmed", parts);
  tw_test_bank_say (c->bank, "GET", 200, accepted);
  tw_test_bank_say (c->bank, "GET", 200, word);
  tw_test_money_wait (c->t, "SELECT count(*) FROM payment WHERE id = $1 AND confirmed_at > 0",
                      c->id, 1);
  tw_test_money_wait (c->t, OPEN, c->id, 0);
  g_assert_cmpint (tw_test_money_number (
                     c->t->db,
                     "SELECT count(*) FROM payment WHERE id = $1 AND rail_reference = 'TAX-OTHER'",
                     c->id),
                   ==, 1);
  /* One to hear it, one after it was read again, and perhaps one that was on its way. */
  g_assert_cmpuint (tw_test_bank_count (c->bank, "GET"), <=, asked + 3);
  g_assert_cmpuint (tw_test_bank_count (c->bank, "POST"), ==, 1);
}

#define CASE(name, func, data) g_test_add ("/denied/" name, Case, data, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  if (argc == 4 && strcmp (argv[1], "--other") == 0)
    run_other (argv);
  self_path = argv[0];
  g_test_init (&argc, &argv, NULL);
  g_log_set_always_fatal (G_LOG_FATAL_MASK);
  g_log_set_default_handler (on_log, NULL);
  CASE ("then-refused", test_denied, REFUSED);
  CASE ("then-done", test_denied, DONE);
  CASE ("other-words", test_other_words, NULL);
  return g_test_run ();
}
