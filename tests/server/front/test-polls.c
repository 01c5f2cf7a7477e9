// SPDX-License-Identifier: GPL-3.0-or-later
/* A long poll tells nothing to whose session has ended while it was waiting. */
#include <string.h>

#include "base/tw-clock.h"
#include "base/tw-uuid.h"
#include "model/tw-message.h"
#include "protocol/tw-routes.h"
#include "protocol/tw-wire.h"
#include "server/identity/tw-identity.h"
#include "tw-test-front.h"

#define WAIT "25"
/* Long before the poll would be answered anyway. */
#define AT_ONCE_US (12 * G_USEC_PER_SEC)

static char *
get_cursor (TwTestFront *f)
{
  g_autoptr (JsonParser) parser = json_parser_new ();
  const char *text;
  gsize length;
  char *cursor;
  TwTestAsked asked;

  tw_test_ask (f, &asked, f->feed, "GET", TW_ROUTE_FEED);
  tw_test_wait (&asked.done);
  g_assert_cmpuint (soup_message_get_status (asked.message), ==, 200);
  text = g_bytes_get_data (asked.body, &length);
  g_assert_true (json_parser_load_from_data (parser, text, (gssize) length, NULL));
  cursor = g_strdup (
    json_object_get_string_member (json_node_get_object (json_parser_get_root (parser)), "cursor"));
  tw_test_asked_clear (&asked);
  return cursor;
}

/* Waits until it stands in the hub. */
static void
park (TwTestFront *f, TwTestAsked *asked)
{
  g_autofree char *cursor = get_cursor (f);
  g_autofree char *escaped = g_uri_escape_string (cursor, NULL, FALSE);
  g_autofree char *path = g_strconcat (TW_ROUTE_FEED "?wait=" WAIT "&after=", escaped, NULL);
  gint64 deadline_us = g_get_monotonic_time () + TW_TEST_DEADLINE_MS * 1000;

  tw_test_ask (f, asked, f->feed, "GET", path);
  while (tw_feed_hub_count_parked (tw_service_get_hub (f->core.service)) == 0)
    {
      g_main_context_iteration (NULL, FALSE);
      g_assert_false (asked->done);
      g_assert_cmpint (g_get_monotonic_time (), <, deadline_us);
    }
}

static gboolean
publish (TwTx *tx, gpointer data, GError **error)
{
  TwTestFront *f = data;
  g_autofree char *scope = g_strconcat ("account:", f->account_id, NULL);
  g_autofree char *queue = g_strdup ("queue:desk");
  g_autofree char *id = tw_uuid_new ();
  g_autoptr (TwMessage) message =
    g_object_new (TW_TYPE_MESSAGE, "id", id, "text", "for your eyes only", NULL);

  tw_tx_publish (tx, f->role == TW_ROLE_USER ? scope : queue, TW_OBJECT (message));
  return TRUE;
}

static void
assert_told (TwTestAsked *asked, guint status, gboolean news)
{
  const char *text;
  gsize length;

  tw_test_wait (&asked->done);
  text = g_bytes_get_data (asked->body, &length);
  g_assert_cmpuint (soup_message_get_status (asked->message), ==, status);
  g_assert_cmpint (g_strstr_len (text, (gssize) length, "for your eyes only") != NULL, ==, news);
  g_assert_cmpint (asked->ended_us - asked->begun_us, <, AT_ONCE_US);
  if (status == 401)
    g_assert_nonnull (g_strstr_len (text, (gssize) length, "sign_in_first"));
  tw_test_asked_clear (asked);
}

static void
test_news (TwTestFront *f, gconstpointer role)
{
  TwTestAsked poll;

  park (f, &poll);
  tw_test_call (&f->core, publish, f);
  assert_told (&poll, 200, TRUE);
}

static void
test_signed_out (TwTestFront *f, gconstpointer role)
{
  TwTestAsked poll, sign_out;

  park (f, &poll);
  tw_test_ask (f, &sign_out, f->api, "DELETE", TW_ROUTE_SESSION);
  assert_told (&poll, 401, FALSE);
  tw_test_wait (&sign_out.done);
  g_assert_cmpuint (soup_message_get_status (sign_out.message), ==, 204);
  tw_test_asked_clear (&sign_out);
  tw_test_call (&f->core, publish, f);
}

static void
test_expired (TwTestFront *f, gconstpointer role)
{
  TwTestAsked poll;

  park (f, &poll);
  tw_clock_set_offset_ms (TW_SESSION_LIFE_MS);
  tw_test_call (&f->core, publish, f);
  assert_told (&poll, 401, FALSE);
}

/* With nothing to tell it ends with its session too, and not when its time is over. */
static void
test_expires_while_it_waits (TwTestFront *f, gconstpointer role)
{
  TwTestAsked poll;

  tw_clock_set_offset_ms (f->expires_at_ms - 1500 - tw_clock_now_ms ());
  park (f, &poll);
  assert_told (&poll, 401, FALSE);
}

/* By another service on the same database: nobody here was told. */
static void
test_ended_elsewhere (TwTestFront *f, gconstpointer role)
{
  TwTestAsked poll;

  park (f, &poll);
  tw_test_exec (&f->core, "DELETE FROM session");
  tw_clock_set_offset_ms (60000); /* what was known of the session is old by now */
  tw_test_call (&f->core, publish, f);
  assert_told (&poll, 401, FALSE);
}

static gboolean
open_ticket (TwTx *tx, gpointer data, GError **error)
{
  TwTestFront *f = data;
  TwDb *db = tw_tx_db (tx);
  g_autoptr (GBytes) nothing = g_bytes_new ("", 0);

  return tw_db_run (
           db, error,
           "INSERT INTO ticket (id, customer_id, customer_name, subject, state, about_type,"
           " about_id, about_text, reference, created_at, last_at, last_by, last_text,"
           " messages) VALUES ('t', 'c', $1, $1, 0, '', '', $1, '', 0, 0, 0, $1, 0)",
           "b", nothing) &&
         tw_db_run (db, error,
                    "INSERT INTO ticket_looking (agent_id, ticket_id, customer_id, since)"
                    " VALUES ($1, 't', 'c', 0)",
                    "s", f->account_id) &&
         tw_tx_grant (tx, f->account_id, "ticket:t", TW_VIEW_OWNER, error) &&
         tw_tx_grant (tx, f->account_id, "account:c", TW_VIEW_DESK, error);
}

static gint64
count_open (TwTestFront *f)
{
  return tw_test_number (&f->core, "SELECT (SELECT count(*) FROM ticket_looking) +"
                                   " (SELECT count(*) FROM scope_grant"
                                   " WHERE scope IN ('ticket:t', 'account:c'))");
}

static void
sign_in (TwTestFront *f)
{
  g_autoptr (SoupMessage) message = soup_message_new ("POST", "http://service" TW_ROUTE_SESSIONS);
  g_autofree char *device = tw_uuid_new ();
  g_autofree char *text = g_strdup_printf ("{\"login\":\"mei\",\"password\":\"" TW_TEST_PASSWORD
                                           "\",\"device\":{\"id\":\"%s\","
                                           "\"public_key\":\"%s\"}}",
                                           device, f->core.public_key);
  g_autoptr (GBytes) body = g_bytes_new (text, strlen (text));
  TwTestAsked asked = { .message = g_object_ref (message) };

  soup_message_set_request_body_from_bytes (message, "application/json", body);
  tw_test_send (&asked, f->api);
  tw_test_wait (&asked.done);
  g_assert_cmpuint (soup_message_get_status (message), ==, 201);
  tw_test_asked_clear (&asked);
}

/* An agent whose session has run out does not find open what they had been looking into. */
static void
test_grants_end_with_the_session (TwTestFront *f, gconstpointer role)
{
  tw_test_call (&f->core, open_ticket, f);
  g_assert_cmpint (count_open (f), ==, 3);
  tw_clock_set_offset_ms (TW_SESSION_LIFE_MS / 2);
  sign_in (f);
  g_assert_cmpint (count_open (f), ==, 3);
  /* The first one is over, the second one is not. */
  tw_clock_set_offset_ms (TW_SESSION_LIFE_MS + 60000);
  sign_in (f);
  g_assert_cmpint (tw_test_number (&f->core, "SELECT count(*) FROM session"), ==, 2);
  g_assert_cmpint (count_open (f), ==, 3);
  tw_clock_set_offset_ms (3 * TW_SESSION_LIFE_MS);
  sign_in (f);
  g_assert_cmpint (tw_test_number (&f->core, "SELECT count(*) FROM session"), ==, 1);
  g_assert_cmpint (count_open (f), ==, 0);
}

/* Without anybody signing in. */
static void
test_sessions_expire_by_themselves (TwTestFront *f, gconstpointer role)
{
  g_autofree char *blobs = g_build_filename (f->core.folder, "blobs", NULL);
  g_autoptr (GError) error = NULL;
  gint64 deadline_us = g_get_monotonic_time () + TW_TEST_DEADLINE_MS * 1000;

  tw_test_call (&f->core, open_ticket, f);
  tw_clock_set_offset_ms (TW_SESSION_LIFE_MS + 1000);
  tw_http_stop (f->http);
  f->http = tw_http_start (f->core.service, f->socket_dir, blobs, &error);
  g_assert_no_error (error);
  while (count_open (f) > 0)
    {
      g_main_context_iteration (NULL, FALSE);
      g_assert_cmpint (g_get_monotonic_time (), <, deadline_us);
    }
  g_assert_cmpint (tw_test_number (&f->core, "SELECT count(*) FROM session"), ==, 0);
}

int
main (int argc, char **argv)
{
  static const struct
  {
    const char *name;
    void (*func) (TwTestFront *f, gconstpointer role);
  } cases[] = {
    { "news", test_news },
    { "signed-out", test_signed_out },
    { "expired", test_expired },
    { "expires-while-it-waits", test_expires_while_it_waits },
    { "ended-elsewhere", test_ended_elsewhere },
    { "grants-end-with-the-session", test_grants_end_with_the_session },
    { "sessions-expire-by-themselves", test_sessions_expire_by_themselves },
  };

  g_test_init (&argc, &argv, NULL);
  for (int i = 0; i < (int) G_N_ELEMENTS (cases) * 2; i++)
    {
      TwRole role = i % 2 == 0 ? TW_ROLE_USER : TW_ROLE_AGENT;
      g_autofree char *path =
        g_strdup_printf ("/front/polls/%s/%s", cases[i / 2].name, tw_role_get_name (role));

      g_test_add (path, TwTestFront, GINT_TO_POINTER (role), tw_test_front_set_up,
                  cases[i / 2].func, tw_test_front_tear_down);
    }
  return g_test_run ();
}
