// SPDX-License-Identifier: GPL-3.0-or-later
/* What a bank or an office may say of an order, and what is believed of it. */
#include <string.h>

#include "base/tw-uuid.h"
#include "model/tw-payment.h"
#include "tw-test-bank.h"
#include "tw-test-db.h"
#include "tw-test-money.h"

#define DONE(id, amount, more)                                                                     \
  "{\"id\":\"" id "\",\"amount_fen\":" amount ",\"state\":\"done\"," more "}"
#define TRUTH DONE ("%ID%", "500", "\"reference\":\"BANK-1\",\"reason\":\"\"")
#define REFUSED "{\"id\":\"%ID%\",\"amount_fen\":500,\"state\":\"refused\",\"reason\":\"closed\"}"
#define OTHER_ID "01900000-0000-7000-8000-00000000ffff"
#define TURNED_AWAY "{\"error\":{\"code\":\"invalid\",\"message\":\"No.\"}}"
#define NOT_FOUND "{\"error\":{\"code\":\"not_found\",\"message\":\"No.\"}}"
#define PAGE "<html>404</html>"
#define UNREADABLE "tax_wallet_rail_troubles_total{why=\"unreadable\"}"
#define ALL_AWAY "tax_wallet_rail_troubles_total{why=\"turned_away\"}"
#define IN_TROUBLE "tax_wallet_rail_orders_in_trouble{rail=\"bank\"}"
#define FORGED "tax_wallet_rail_answers_unsigned_total"
#define NEED_PERSON "may need a person"
#define POSTS "SELECT posts FROM rail_op WHERE id = $1"
#define FINISHED "SELECT count(*) FROM rail_op WHERE id = $1 AND next_at IS NULL"

typedef struct
{
  TwTestMoney *t;
  TwTestBank *bank;
  char *id;
  char *intent;
} Case;

static gint n_said;

/* What the log says of orders is counted; nothing else may be wrong. */
static void
on_log (const char *domain, GLogLevelFlags level, const char *words, gpointer data)
{
  if (strstr (words, NEED_PERSON) != NULL)
    {
      g_assert_null (strstr (words, "<b>"));
      g_atomic_int_inc (&n_said);
    }
  else if (level & (G_LOG_LEVEL_WARNING | G_LOG_LEVEL_CRITICAL))
    g_error ("%s", words);
}

static void
set_up (Case *c, gconstpointer data)
{
  g_autofree char *path = NULL;

  c->t = tw_test_money_new ();
  c->id = tw_uuid_new ();
  c->intent = tw_uuid_new ();
  /* What the office has on the person has been asked. */
  tw_test_money_wait (c->t,
                      "SELECT count(*) FROM rail_op WHERE account_id = $1 AND next_at IS NOT NULL",
                      c->t->person->account_id, 0);
  tw_test_money_stop_counterpart (c->t);
  path = g_build_filename (c->t->folder, "c", "counterpart.sock", NULL);
  c->bank = tw_test_bank_new (path);
  g_atomic_int_set (&n_said, 0);
}

static void
tear_down (Case *c, gconstpointer data)
{
  tw_test_money_assert_sound (c->t);
  tw_test_money_stop_service (c->t);
  tw_test_bank_free (c->bank);
  tw_test_money_free (c->t);
  g_free (c->id);
  g_free (c->intent);
}

static void
say (Case *c, const char *method, guint status, const char *body)
{
  tw_test_bank_say (c->bank, method, status, body);
}

static void
top_up (Case *c)
{
  tw_assert_done (tw_test_money_top_up (c->t, c->id, c->intent, 500));
}

static void
wait_metric (Case *c, const char *name, double at_least)
{
  gint64 deadline = g_get_monotonic_time () + 40 * G_USEC_PER_SEC;

  while (tw_test_money_metric (c->t, name) < at_least)
    {
      g_assert_cmpint (g_get_monotonic_time (), <, deadline);
      g_usleep (5000);
    }
}

static void
assert_nothing_moved (Case *c)
{
  g_assert_cmpint (tw_test_money_balance (c->t), ==, 0);
  g_assert_cmpint (tw_test_money_number (c->t->db,
                                         "SELECT incoming_fen FROM ledger_account WHERE owner = $1",
                                         c->t->person->account_id),
                   ==, 500);
}

static void
assert_verify (Case *c, gboolean mentioned)
{
  g_autoptr (GString) report = g_string_new (NULL);
  g_autoptr (GError) error = NULL;

  g_assert_true (tw_rails_verify (c->t->db, report, &error));
  g_assert_no_error (error);
  g_assert_cmpint (strstr (report->str, c->id) != NULL, ==, mentioned);
}

static void
assert_posted (Case *c)
{
  tw_test_money_wait_payment (c->t, c->id, TW_PAYMENT_STATE_POSTED);
  g_assert_cmpint (tw_test_money_balance (c->t), ==, 500);
  g_assert_cmpint (
    tw_test_money_number (
      c->t->db, "SELECT count(*) FROM payment WHERE id = $1 AND rail_reference = 'BANK-1'", c->id),
    ==, 1);
  assert_verify (c, FALSE);
}

/* To the order and to questions after it, until the truth is told. */
static void
test_lie (Case *c, gconstpointer lie)
{
  double before = tw_test_money_metric (c->t, UNREADABLE);

  say (c, "POST", 200, lie);
  say (c, "GET", 200, lie);
  top_up (c);
  wait_metric (c, UNREADABLE, before + 3);
  tw_test_money_wait_payment (c->t, c->id, TW_PAYMENT_STATE_UNKNOWN);
  assert_nothing_moved (c);
  wait_metric (c, IN_TROUBLE, 1);
  assert_verify (c, TRUE);
  g_assert_cmpint (g_atomic_int_get (&n_said), ==, 1);
  say (c, "GET", 200, TRUTH);
  assert_posted (c);
  g_assert_cmpint (g_atomic_int_get (&n_said), ==, 1);
  g_assert_cmpuint (tw_test_bank_count (c->bank, "POST"), ==, 1);
}

/* More than anybody needs for an answer is none. */
static void
test_endless (Case *c, gconstpointer endless)
{
  say (c, "POST", 200, endless);
  say (c, "GET", 200, endless);
  top_up (c);
  tw_test_money_wait_payment (c->t, c->id, TW_PAYMENT_STATE_UNKNOWN);
  assert_nothing_moved (c);
  say (c, "GET", 200, TRUTH);
  assert_posted (c);
}

/* The only order was turned away, and nobody knows it: the money is free again. */
static void
test_turned_away (Case *c, gconstpointer data)
{
  g_autofree char *next = tw_uuid_new ();

  say (c, "POST", 400, TURNED_AWAY);
  say (c, "GET", 404, NOT_FOUND);
  top_up (c);
  tw_test_money_wait_payment (c->t, c->id, TW_PAYMENT_STATE_VOIDED);
  tw_test_money_wait (c->t, FINISHED, c->id, 1);
  g_assert_cmpint (tw_test_money_balance (c->t), ==, 0);
  g_assert_cmpint (
    tw_test_money_number (
      c->t->db, "SELECT count(*) FROM rail_op WHERE id = $1 AND reason = 'turned_away'", c->id),
    ==, 1);
  g_assert_cmpuint (tw_test_bank_count (c->bank, "POST"), ==, 1);
  assert_verify (c, FALSE);
  /* The wish can be tried anew. */
  say (c, "POST", 200, TRUTH);
  tw_assert_done (tw_test_money_top_up (c->t, next, c->intent, 500));
  tw_test_money_wait_payment (c->t, next, TW_PAYMENT_STATE_POSTED);
  g_assert_cmpint (tw_test_money_balance (c->t), ==, 500);
}

/* Turned away, and done all the same: what it says of the id is what counts. */
static void
test_turned_away_but_done (Case *c, gconstpointer data)
{
  say (c, "POST", 409, TURNED_AWAY);
  say (c, "GET", 200, TRUTH);
  top_up (c);
  assert_posted (c);
}

/* Something in between does not know what the bank has done. */
static void
test_in_between (Case *c, gconstpointer data)
{
  double before = tw_test_money_metric (c->t, ALL_AWAY);

  say (c, "POST", 403, PAGE);
  say (c, "POST", 200, TRUTH);
  say (c, "GET", 404, NOT_FOUND);
  top_up (c);
  assert_posted (c);
  g_assert_cmpfloat (tw_test_money_metric (c->t, ALL_AWAY), ==, before + 1);
  g_assert_cmpuint (tw_test_bank_count (c->bank, "POST"), ==, 2);
}

/* Whatever somebody else says in the bank's place is no answer: not that it is done, not that it is
 * refused, not that nobody knows it. */
static void
test_forged (Case *c, gconstpointer data)
{
  double before = tw_test_money_metric (c->t, FORGED);

  tw_test_bank_forge (c->bank, "POST", 200, REFUSED);
  tw_test_bank_forge (c->bank, "GET", 200, TRUTH);
  tw_test_bank_forge (c->bank, "GET", 404, NOT_FOUND);
  tw_test_bank_forge (c->bank, "GET", 200, REFUSED);
  top_up (c);
  wait_metric (c, FORGED, before + 5);
  tw_test_money_wait_payment (c->t, c->id, TW_PAYMENT_STATE_UNKNOWN);
  assert_nothing_moved (c);
  g_assert_cmpuint (tw_test_bank_count (c->bank, "POST"), ==, 1);
  say (c, "GET", 200, TRUTH);
  assert_posted (c);
}

/* The bank turned it away, and then only a proxy says that it is not known. */
static void
test_not_by_itself (Case *c, gconstpointer data)
{
  say (c, "POST", 400, TURNED_AWAY);
  say (c, "GET", 404, PAGE);
  top_up (c);
  wait_metric (c, IN_TROUBLE, 1);
  tw_test_money_wait_payment (c->t, c->id, TW_PAYMENT_STATE_UNKNOWN);
  assert_nothing_moved (c);
  say (c, "GET", 404, NOT_FOUND);
  tw_test_money_wait_payment (c->t, c->id, TW_PAYMENT_STATE_VOIDED);
}

static void
tell_unheard_of (Case *c)
{
  g_autoptr (TwActor) system = tw_actor_new (TW_ROLE_SYSTEM, "rails", "", NULL, "Test");
  JsonObject *body = json_object_new ();

  json_object_set_string_member (body, "op", c->id);
  json_object_set_string_member (body, "phase", "refused");
  json_object_set_string_member (body, "reference", "");
  json_object_set_string_member (body, "reason", "turned_away");
  json_object_set_int_member (body, "confirmed_at_ms", 0);
  json_object_set_boolean_member (body, "unheard_of", TRUE);
  tw_assert_done (tw_test_money_run (c->t, system, TW_KIND_RAIL_SETTLE, NULL, NULL, body));
}

/* The first one got no answer and may arrive yet, so that the second one is turned away proves
 * nothing: a person has to see to it. */
static void
test_sent_twice (Case *c, gconstpointer data)
{
  double before = tw_test_money_metric (c->t, ALL_AWAY);

  say (c, "POST", 0, NULL);
  say (c, "POST", 400, TURNED_AWAY);
  say (c, "GET", 404, NOT_FOUND);
  top_up (c);
  wait_metric (c, ALL_AWAY, before + 2);
  wait_metric (c, IN_TROUBLE, 1);
  assert_verify (c, TRUE);
  g_assert_cmpint (tw_test_money_number (c->t->db, POSTS, c->id), >=, 3);
  /* Whoever says so, as another service on the same database may. */
  tell_unheard_of (c);
  tw_test_money_wait_payment (c->t, c->id, TW_PAYMENT_STATE_UNKNOWN);
  assert_nothing_moved (c);
  g_assert_cmpint (g_atomic_int_get (&n_said), ==, 1);
  /* The bank's own word for the id ends it. */
  say (c, "GET", 200, REFUSED);
  tw_test_money_wait_payment (c->t, c->id, TW_PAYMENT_STATE_VOIDED);
  assert_verify (c, FALSE);
}

/* Of the moment only. */
static void
test_too_many (Case *c, gconstpointer data)
{
  double before = tw_test_money_metric (c->t, ALL_AWAY);

  say (c, "POST", 429, TURNED_AWAY);
  say (c, "POST", 200, TRUTH);
  say (c, "GET", 404, NOT_FOUND);
  top_up (c);
  assert_posted (c);
  g_assert_cmpfloat (tw_test_money_metric (c->t, ALL_AWAY), ==, before);
}

/* One that was settled meanwhile, by another service, is not sent any more. */
static void
test_settled_meanwhile (Case *c, gconstpointer data)
{
  guint n;

  say (c, "POST", 0, NULL);
  say (c, "GET", 503, PAGE);
  top_up (c);
  tw_test_money_wait_payment (c->t, c->id, TW_PAYMENT_STATE_UNKNOWN);
  tell_unheard_of (c);
  tw_test_money_wait_payment (c->t, c->id, TW_PAYMENT_STATE_VOIDED);
  say (c, "GET", 404, NOT_FOUND);
  n = tw_test_bank_count (c->bank, "GET");
  while (tw_test_bank_count (c->bank, "GET") < n + 2)
    g_usleep (5000);
  tw_test_money_stop_service (c->t);
  g_assert_cmpuint (tw_test_bank_count (c->bank, "POST"), ==, 1);
  tw_test_money_start_service (c->t, FALSE);
}

#define CASE(name, func, data) g_test_add ("/answers/" name, Case, data, set_up, func, tear_down)
#define LIE(name, text) CASE ("lie/" name, test_lie, text)

int
main (int argc, char **argv)
{
  g_autofree char *xs = g_strnfill (5000, 'x');
  g_autofree char *ys = g_strnfill (20 * 1024 * 1024, 'y');
  g_autofree char *endless = g_strconcat (
    "{\"id\":\"%ID%\",\"amount_fen\":500,\"state\":\"done\",\"y\":\"", ys, "\"}", NULL);
  g_autofree char *longest = g_strconcat (
    "{\"id\":\"%ID%\",\"amount_fen\":500,\"state\":\"done\",\"reference\":\"", xs, "\"}", NULL);

  g_test_init (&argc, &argv, NULL);
  g_log_set_always_fatal (G_LOG_FATAL_MASK);
  g_log_set_default_handler (on_log, NULL);
  LIE ("other-id", DONE (OTHER_ID, "500", "\"reference\":\"BANK-2\""));
  LIE ("other-amount", DONE ("%ID%", "1", "\"reference\":\"BANK-2\""));
  LIE ("amount-as-text", DONE ("%ID%", "\"500\"", "\"reference\":\"BANK-2\""));
  LIE ("nothing", "{\"state\":\"done\",\"reference\":\"BANK-2\"}");
  LIE ("too-long", longest);
  LIE ("line-break", DONE ("%ID%", "500", "\"reference\":\"BANK-2\\n<b>\""));
  LIE ("reference-a-number", DONE ("%ID%", "500", "\"reference\":5"));
  LIE ("word", "{\"id\":\"%ID%\",\"amount_fen\":500,\"state\":\"confirmed\"}");
  LIE ("refused-another", "{\"id\":\"%ID%\",\"amount_fen\":501,\"state\":\"refused\"}");
  CASE ("endless", test_endless, endless);
  CASE ("turned-away", test_turned_away, NULL);
  CASE ("turned-away-but-done", test_turned_away_but_done, NULL);
  CASE ("in-between", test_in_between, NULL);
  CASE ("forged", test_forged, NULL);
  CASE ("not-by-itself", test_not_by_itself, NULL);
  CASE ("sent-twice", test_sent_twice, NULL);
  CASE ("too-many", test_too_many, NULL);
  CASE ("settled-meanwhile", test_settled_meanwhile, NULL);
  return g_test_run ();
}
