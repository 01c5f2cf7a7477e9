// SPDX-License-Identifier: GPL-3.0-or-later
/* A bank that goes away and comes back, that tells of outcomes by itself or does not, and requests
 * that are not from who they say. */
#include <gio/gunixsocketaddress.h>
#include <libsoup/soup.h>
#include <string.h>

#include "base/tw-clock.h"
#include "base/tw-uuid.h"
#include "model/tw-payment.h"
#include "protocol/tw-routes.h"
#include "server/rails/tw-rails.h"
#include "tw-test-bank.h"
#include "tw-test-db.h"
#include "tw-test-money.h"
#include "vault/tw-request.h"

#define FEN (G_GINT64_CONSTANT (100))
#define OPEN "tax_wallet_rail_breaker_open{rail=\"bank\"}"
#define OPENED "tax_wallet_rail_breaker_opened_total{rail=\"bank\"}"
#define CALLBACKS "tax_wallet_rail_callbacks_total"
#define DOWN "SELECT coalesce (max (down), 0) FROM rail_party WHERE party = $1"
#define TOLD "SELECT count(*) FROM feed WHERE scope = 'public' AND type = 'partner' AND id = $1"
#define ORDERS 12

typedef struct
{
  TwTestMoney *t;
  char *ids[ORDERS];
} Case;

static void
set_up (Case *c, gconstpointer data)
{
  c->t = tw_test_money_new ();
  for (int i = 0; i < ORDERS; i++)
    c->ids[i] = tw_uuid_new ();
  /* What the office has on the person has been asked. */
  tw_test_money_wait (c->t,
                      "SELECT count(*) FROM rail_op WHERE account_id = $1 AND next_at IS NOT NULL",
                      c->t->person->account_id, 0);
}

static void
tear_down (Case *c, gconstpointer data)
{
  if (c->t->db != NULL)
    tw_test_money_assert_sound (c->t);
  tw_test_money_free (c->t);
  for (int i = 0; i < ORDERS; i++)
    g_free (c->ids[i]);
}

static void
wait_metric (TwTestMoney *t, const char *name, double wanted)
{
  gint64 deadline = g_get_monotonic_time () + 30 * G_USEC_PER_SEC;

  while (tw_test_money_metric (t, name) != wanted)
    {
      g_assert_cmpint (g_get_monotonic_time (), <, deadline);
      g_usleep (5000);
    }
}

/* In the place of the bank: somebody who only says that this is not the moment. */
static TwTestBank *
away (TwTestMoney *t)
{
  g_autofree char *path = g_build_filename (t->folder, "c", "counterpart.sock", NULL);
  TwTestBank *bank;

  tw_test_money_stop_counterpart (t);
  bank = tw_test_bank_new (path);
  tw_test_bank_say (bank, "POST", 503, "{}");
  tw_test_bank_say (bank, "GET", 503, "{}");
  return bank;
}

static void
wait_count (TwTestBank *bank, guint wanted)
{
  gint64 deadline = g_get_monotonic_time () + 30 * G_USEC_PER_SEC;

  while (tw_test_bank_count (bank, "POST") + tw_test_bank_count (bank, "GET") < wanted)
    {
      g_assert_cmpint (g_get_monotonic_time (), <, deadline);
      g_usleep (5000);
    }
}

static void
top_up (Case *c, int i)
{
  tw_assert_done (tw_test_money_top_up (c->t, c->ids[i], NULL, FEN));
}

/* Away for longer than any back-off: then everything goes on within seconds, in the state in which
 * it waited; those that came while it was away were never sent at all. */
static void
test_comes_back (Case *c, gconstpointer data)
{
  TwTestMoney *t = c->t;
  double opened = MAX (tw_test_money_metric (t, OPENED), 0);
  TwTestBank *bank = away (t);
  gint64 back_us;

  top_up (c, 0);
  wait_metric (t, OPEN, 1);
  g_assert_cmpfloat (tw_test_money_metric (t, OPENED), ==, opened + 1);
  tw_test_money_wait (t, DOWN, "bank", 1);
  /* Everybody is told. */
  g_assert_cmpint (tw_test_money_number (t->db, TOLD, "bank"), ==, 1);
  tw_test_money_wait_payment (t, c->ids[0], TW_PAYMENT_STATE_UNKNOWN);
  for (int i = 1; i < ORDERS; i++)
    top_up (c, i);
  /* Until a wait that doubles has grown over what is allowed below. */
  wait_count (bank, 9);
  for (int i = 1; i < ORDERS; i++)
    g_assert_cmpint (
      tw_test_money_number (t->db, "SELECT state + posts FROM rail_op WHERE id = $1", c->ids[i]),
      ==, TW_RAIL_QUEUED);
  tw_test_bank_free (bank);
  tw_test_money_start_counterpart (t);
  back_us = g_get_monotonic_time ();
  for (int i = 0; i < ORDERS; i++)
    tw_test_money_wait_payment (t, c->ids[i], TW_PAYMENT_STATE_POSTED);
  tw_test_money_wait (t, DOWN, "bank", 0);
  g_test_message ("all was settled %.1f s after the return",
                  (double) (g_get_monotonic_time () - back_us) / G_USEC_PER_SEC);
  g_assert_cmpint (g_get_monotonic_time () - back_us, <, 8 * G_USEC_PER_SEC);
  g_assert_cmpfloat (tw_test_money_metric (t, OPEN), ==, 0);
  g_assert_cmpint (tw_test_money_balance (t), ==, ORDERS * FEN);
}

/* While it does not answer it is left alone but for a probe now and then, however many wait. */
static void
test_not_hammered (Case *c, gconstpointer data)
{
  TwTestMoney *t = c->t;
  TwTestBank *bank = away (t);
  gint64 start_us;

  for (int i = 0; i < ORDERS; i++)
    top_up (c, i);
  wait_metric (t, OPEN, 1);
  tw_test_money_wait (t, DOWN, "bank", 1);
  start_us = g_get_monotonic_time ();
  wait_count (bank, tw_test_bank_count (bank, "POST") + tw_test_bank_count (bank, "GET") + 3);
  g_assert_cmpint (g_get_monotonic_time () - start_us, >, G_USEC_PER_SEC);
  tw_test_money_stop_service (t);
  tw_test_bank_free (bank);
  /* Another process finds what was told, sees to it though nobody asks for anything, and takes it
   * back. */
  tw_test_money_start_counterpart (t);
  tw_test_money_start_service (t, TRUE);
  for (int i = 0; i < ORDERS; i++)
    tw_test_money_wait_payment (t, c->ids[i], TW_PAYMENT_STATE_POSTED);
  tw_test_money_wait (t, DOWN, "bank", 0);
}

/* Nothing waits for it any more when it comes back: that it is back is told all the same. */
static void
test_nothing_to_ask (Case *c, gconstpointer data)
{
  TwTestMoney *t = c->t;

  tw_test_money_stop_counterpart (t);
  tw_test_money_stop_service (t);
  {
    g_autoptr (TwDb) db =
      tw_db_open (t->url, tw_key_peek (tw_keys_get (t->keys, TW_KEY_SQLITE)), NULL);

    tw_test_exec (db, "INSERT INTO rail_party (party, down, since) VALUES ('bank', 1, 1)");
  }
  tw_test_money_start_service (t, TRUE);
  g_assert_cmpint (tw_test_money_number (t->db, DOWN, "bank"), ==, 1);
  tw_test_money_start_counterpart (t);
  tw_test_money_wait (t, DOWN, "bank", 0);
}

/* The tax office answers while the bank does not: each is seen for itself. */
static void
test_one_of_two (Case *c, gconstpointer data)
{
  TwTestMoney *t = c->t;
  g_autofree char *path = g_build_filename (t->folder, "c", "counterpart.sock", NULL);
  TwTestBank *bank;

  tw_test_money_stop_counterpart (t);
  bank = tw_test_bank_new (path);
  tw_test_bank_say (bank, "POST", 0, NULL);
  tw_test_bank_say (bank, "GET", 0, NULL);
  top_up (c, 0);
  tw_test_money_wait (t, DOWN, "bank", 1);
  g_assert_cmpint (tw_test_money_number (t->db, DOWN, "office"), ==, 0);
  tw_test_money_stop_service (t);
  tw_test_bank_free (bank);
  tw_test_money_start_service (t, FALSE);
}

/* Each of what can happen to callbacks, and an answer that never comes: soon with them, and still
 * without. */
static void
test_callbacks (Case *c, gconstpointer fault)
{
  TwTestMoney *t = c->t;
  double before = tw_test_money_metric (t, CALLBACKS);
  gint64 start_us = g_get_monotonic_time ();

  if (fault != NULL)
    tw_test_money_fault (t, fault, ORDERS);
  for (int i = 0; i < ORDERS; i++)
    top_up (c, i);
  for (int i = 0; i < ORDERS; i++)
    tw_test_money_wait_payment (t, c->ids[i], TW_PAYMENT_STATE_POSTED);
  if (g_strcmp0 (fault, "lose_callback") == 0)
    g_assert_cmpfloat (tw_test_money_metric (t, CALLBACKS), ==, before);
  else
    wait_metric (t, CALLBACKS,
                 before + (g_strcmp0 (fault, "repeat_callback") == 0 ? 2 : 1) * ORDERS);
  g_assert_cmpint (tw_test_money_balance (t), ==, ORDERS * FEN);
  g_assert_cmpint (g_get_monotonic_time () - start_us, <, 20 * G_USEC_PER_SEC);
}

/* The bank acts and does not answer: its callback is quicker than our patience, and the payment was
 * never in doubt. */
static void
test_quicker (Case *c, gconstpointer data)
{
  TwTestMoney *t = c->t;
  gint64 patient_us = g_get_monotonic_time ();
  g_autofree char *socket = g_build_filename (t->folder, "c", "counterpart.sock", NULL);
  g_autofree char *listen = g_build_filename (t->folder, "rails.sock", NULL);
  const TwRailsSetup setup = { .socket_path = socket, .listen_path = listen, .timeout_ms = 30000 };
  g_autoptr (GError) error = NULL;

  g_clear_pointer (&t->rails, tw_rails_free);
  t->rails = tw_rails_new (t->service, &setup, &error);
  g_assert_no_error (error);
  tw_test_money_fault (t, "timeout_after_acting", 1);
  top_up (c, 0);
  tw_test_money_wait_payment (t, c->ids[0], TW_PAYMENT_STATE_POSTED);
  g_assert_cmpint (g_get_monotonic_time () - patient_us, <, 15 * G_USEC_PER_SEC);
  g_assert_cmpint (
    tw_test_money_number (t->db, "SELECT posts FROM rail_op WHERE id = $1", c->ids[0]), ==, 1);
}

/* Returns the status of a callback with @key (nullable) and @body. */
static guint
call_back (TwTestMoney *t, const char *key_purpose, const char *path, const char *text)
{
  g_autofree char *socket = g_build_filename (t->folder, "rails.sock", NULL);
  g_autofree char *key_path = g_build_filename (t->folder, "c", "rails.key", NULL);
  g_autofree char *uri = g_strconcat ("http://service", path, NULL);
  g_autoptr (GSocketAddress) address = g_unix_socket_address_new (socket);
  g_autoptr (SoupSession) session =
    g_object_new (SOUP_TYPE_SESSION, "remote-connectable", address, NULL);
  g_autoptr (SoupMessage) message = soup_message_new ("POST", uri);
  SoupMessageHeaders *headers = soup_message_get_request_headers (message);
  g_autoptr (GBytes) body = g_bytes_new (text, strlen (text));
  g_autoptr (GBytes) answer = NULL;
  g_autoptr (GError) error = NULL;

  if (key_purpose != NULL)
    {
      g_autoptr (TwKey) shared = tw_key_file_open (key_path, FALSE, NULL);
      g_autoptr (TwKey) key = tw_key_derive (shared, key_purpose);
      g_autofree char *id = tw_uuid_new ();
      g_autofree char *at = g_strdup_printf ("%" G_GINT64_FORMAT, g_get_real_time () / 1000);
      TwRequest request = { "POST", path, id, at, NULL, text, strlen (text) };
      g_autofree char *signature = tw_request_sign (key, &request);

      soup_message_headers_append (headers, TW_REQUEST_HEADER_ID, id);
      soup_message_headers_append (headers, TW_REQUEST_HEADER_AT, at);
      soup_message_headers_append (headers, TW_REQUEST_HEADER_SIGNATURE, signature);
    }
  soup_message_set_request_body_from_bytes (message, "application/json", body);
  answer = soup_session_send_and_read (session, message, NULL, &error);
  g_assert_no_error (error);
  return soup_message_get_status (message);
}

/* Whoever is not the bank is not heard; the bank itself can only hint. */
static void
test_forged (Case *c, gconstpointer data)
{
  TwTestMoney *t = c->t;
  g_autofree char *body = g_strdup_printf ("{\"id\":\"%s\",\"path\":\"/bank/debits\"}", c->ids[0]);
  g_autofree char *more =
    g_strdup_printf ("{\"id\":\"%s\",\"path\":\"/bank/debits\",\"state\":\"done\"}", c->ids[0]);
  g_autofree char *endless = g_strnfill (100000, ' ');
  double before;

  /* An order in doubt, that the bank does not know. */
  tw_test_money_fault (t, "down", 1000);
  top_up (c, 0);
  tw_test_money_wait_payment (t, c->ids[0], TW_PAYMENT_STATE_UNKNOWN);
  before = tw_test_money_metric (t, CALLBACKS);
  g_assert_cmpuint (call_back (t, NULL, TW_ROUTE_RAIL_CALLBACKS, body), ==, 401);
  /* What we sign with ourselves can't be turned around. */
  g_assert_cmpuint (call_back (t, TW_REQUEST_TO_PARTNER, TW_ROUTE_RAIL_CALLBACKS, body), ==, 401);
  g_assert_cmpuint (call_back (t, TW_REQUEST_FROM_PARTNER, "/v1/commands", body), ==, 404);
  g_assert_cmpuint (call_back (t, TW_REQUEST_FROM_PARTNER, TW_ROUTE_RAIL_CALLBACKS, "[]"), ==, 400);
  g_assert_cmpuint (call_back (t, TW_REQUEST_FROM_PARTNER, TW_ROUTE_RAIL_CALLBACKS, ""), ==, 400);
  g_assert_cmpuint (call_back (t, TW_REQUEST_FROM_PARTNER, TW_ROUTE_RAIL_CALLBACKS, more), ==, 400);
  g_assert_cmpuint (call_back (t, TW_REQUEST_FROM_PARTNER, TW_ROUTE_RAIL_CALLBACKS, endless), ==,
                    413);
  g_assert_cmpfloat (tw_test_money_metric (t, CALLBACKS), ==, before);
  g_assert_cmpuint (call_back (t, TW_REQUEST_FROM_PARTNER, TW_ROUTE_RAIL_CALLBACKS, body), ==, 200);
  g_assert_cmpfloat (tw_test_money_metric (t, CALLBACKS), ==, before + 1);
  g_assert_cmpint (tw_test_money_balance (t), ==, 0);
  tw_test_money_wait_payment (t, c->ids[0], TW_PAYMENT_STATE_UNKNOWN);
  tw_test_money_fault (t, "none", 0);
  tw_test_money_wait_payment (t, c->ids[0], TW_PAYMENT_STATE_POSTED);
}

/* The two sides do not have the same key: nothing is done, nothing is voided, and it is said. */
static void
test_wrong_key (Case *c, gconstpointer data)
{
  TwTestMoney *t = c->t;
  g_autofree char *socket = g_build_filename (t->folder, "c", "counterpart.sock", NULL);
  g_autofree char *other = g_build_filename (t->folder, "keys", "other.key", NULL);
  g_autofree char *none = g_build_filename (t->folder, "keys", "none.key", NULL);
  g_autofree char *listen = g_build_filename (t->folder, "rails.sock", NULL);
  TwRailsSetup setup = { socket, none, listen, 300 };
  g_autoptr (GError) error = NULL;

  g_clear_pointer (&t->rails, tw_rails_free);
  g_assert_null (tw_rails_new (t->service, &setup, &error));
  g_assert_nonnull (error);
  g_clear_error (&error);
  tw_key_unref (tw_key_file_open (other, TRUE, NULL));
  setup.key_path = other;
  g_test_expect_message (NULL, G_LOG_LEVEL_WARNING, "*may need a person (turned_away)*");
  t->rails = tw_rails_new (t->service, &setup, &error);
  g_assert_no_error (error);
  top_up (c, 0);
  wait_metric (t, "tax_wallet_rail_orders_in_trouble{rail=\"bank\"}", 1);
  tw_test_money_wait (t, DOWN, "bank", 1);
  g_assert_cmpint (
    tw_test_money_number (t->db, "SELECT state FROM rail_op WHERE id = $1", c->ids[0]), <,
    TW_RAIL_ACCEPTED);
  g_test_assert_expected_messages ();
  g_clear_pointer (&t->rails, tw_rails_free);
  setup.key_path = NULL;
  t->rails = tw_rails_new (t->service, &setup, &error);
  g_assert_no_error (error);
  tw_test_money_wait_payment (t, c->ids[0], TW_PAYMENT_STATE_POSTED);
  g_assert_cmpint (tw_test_money_balance (t), ==, FEN);
  tw_test_money_wait (t, DOWN, "bank", 0);
}

#define CASE(name, func, data) g_test_add ("/outage/" name, Case, data, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  CASE ("comes-back", test_comes_back, NULL);
  CASE ("not-hammered", test_not_hammered, NULL);
  CASE ("nothing-to-ask", test_nothing_to_ask, NULL);
  CASE ("one-of-two", test_one_of_two, NULL);
  CASE ("callbacks/well", test_callbacks, NULL);
  CASE ("callbacks/lost", test_callbacks, "lose_callback");
  CASE ("callbacks/repeated", test_callbacks, "repeat_callback");
  CASE ("callbacks/reordered", test_callbacks, "reorder_callbacks");
  CASE ("callbacks/quicker", test_quicker, NULL);
  CASE ("callbacks/forged", test_forged, NULL);
  CASE ("wrong-key", test_wrong_key, NULL);
  return g_test_run ();
}
