// SPDX-License-Identifier: GPL-3.0-or-later
/* A long poll tells nothing to whose session has ended while it was waiting. */
#include <gio/gunixsocketaddress.h>
#include <glib/gstdio.h>
#include <libsoup/soup.h>
#include <string.h>

#include "base/tw-clock.h"
#include "base/tw-uuid.h"
#include "model/tw-message.h"
#include "protocol/tw-routes.h"
#include "protocol/tw-wire.h"
#include "server/http/tw-http.h"
#include "server/identity/tw-identity.h"
#include "server/ops/tw-schema.h"
#include "tw-test-core.h"

#define WAIT "25"
#define PASSWORD "quiet-otter-lamp-seven"
/* Long before the poll would be answered anyway. */
#define AT_ONCE_US (12 * G_USEC_PER_SEC)

typedef struct
{
  TwTestCore core;
  TwHttp *http;
  char *socket_dir;
  SoupSession *api;
  SoupSession *feed;
  char *account_id;
  char *token;
  TwRole role;
  gint64 expires_at_ms;
} Fixture;

static gboolean
begin (TwTx *tx, gpointer data, GError **error)
{
  Fixture *f = data;
  TwSignIn sign_in = { .role = f->role, .public_key = f->core.public_key };
  g_autofree char *device = tw_uuid_new ();

  g_clear_pointer (&f->token, tw_secret_free_text);
  sign_in.account_id = f->account_id;
  sign_in.device_id = device;
  f->token = tw_session_begin (tx, &sign_in, &f->expires_at_ms, error);
  return f->token != NULL;
}

static void
add_colleague (Fixture *f)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TwDb) db =
    tw_db_open (f->core.url, tw_key_peek (tw_keys_get (f->core.keys, TW_KEY_SQLITE)), &error);

  g_assert_no_error (error);
  tw_identity_add_agent (db, tw_keys_get (f->core.keys, TW_KEY_COLUMN),
                         tw_keys_get (f->core.keys, TW_KEY_LOOKUP), "mei", "Mei", PASSWORD,
                         TW_ROLE_AGENT, &f->account_id, &error);
  g_assert_no_error (error);
}

static SoupSession *
connect_to (Fixture *f, const char *name)
{
  g_autofree char *path = g_build_filename (f->socket_dir, name, NULL);
  g_autoptr (GSocketAddress) address = g_unix_socket_address_new (path);

  return soup_session_new_with_options ("remote-connectable", address, NULL);
}

static void
set_up (Fixture *f, gconstpointer role)
{
  g_autoptr (TwKey) master = tw_key_new_random ();
  g_autoptr (GError) error = NULL;
  g_autofree char *blobs = NULL;
  gsize n_steps;
  const TwMigration *steps = tw_schema_get_steps (&n_steps);

  f->role = (TwRole) GPOINTER_TO_INT (role);
  f->core.folder = g_dir_make_tmp ("tw-polls-XXXXXX", NULL);
  f->core.url = tw_test_core_new_url (f->core.folder);
  f->core.keys = tw_keys_new_from_master (master);
  f->core.signer = tw_signer_new ();
  f->core.public_key = tw_signer_get_public (f->core.signer);
  tw_schema_add_handlers ();
  f->core.service = tw_service_new (f->core.url, f->core.keys, steps, n_steps, &error);
  g_assert_no_error (error);
  /* A socket's path is short. */
  f->socket_dir = g_dir_make_tmp ("tw-polls-XXXXXX", NULL);
  blobs = g_build_filename (f->core.folder, "blobs", NULL);
  f->http = tw_http_start (f->core.service, f->socket_dir, blobs, &error);
  g_assert_no_error (error);
  f->api = connect_to (f, TW_SOCKET_API);
  f->feed = connect_to (f, TW_SOCKET_FEED);
  add_colleague (f);
  tw_test_call (&f->core, begin, f);
}

static void
tear_down (Fixture *f, gconstpointer role)
{
  g_autofree char *blobs = g_build_filename (f->core.folder, "blobs", NULL);

  tw_clock_set_offset_ms (0);
  g_clear_object (&f->api);
  g_clear_object (&f->feed);
  tw_http_stop (f->http);
  g_assert_cmpint (g_rmdir (f->socket_dir), ==, 0);
  g_assert_cmpint (g_rmdir (blobs), ==, 0);
  g_free (f->socket_dir);
  g_free (f->account_id);
  tw_secret_free_text (f->token);
  tw_test_core_tear_down (&f->core, NULL);
}

typedef struct
{
  SoupMessage *message;
  GBytes *body;
  gboolean done;
  gint64 begun_us;
  gint64 ended_us;
} Asked;

static void
on_answer (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Asked *asked = user_data;
  g_autoptr (GError) error = NULL;

  asked->body = soup_session_send_and_read_finish (SOUP_SESSION (source), result, &error);
  g_assert_no_error (error);
  asked->ended_us = g_get_monotonic_time ();
  asked->done = TRUE;
}

static void
ask (Fixture *f, Asked *asked, SoupSession *session, const char *method, const char *path)
{
  g_autofree char *url = g_strconcat ("http://service", path, NULL);
  g_autofree char *bearer = g_strconcat ("Bearer ", f->token, NULL);

  memset (asked, 0, sizeof *asked);
  asked->message = soup_message_new (method, url);
  asked->begun_us = g_get_monotonic_time ();
  soup_message_headers_append (soup_message_get_request_headers (asked->message), "Authorization",
                               bearer);
  soup_session_send_and_read_async (session, asked->message, G_PRIORITY_DEFAULT, NULL, on_answer,
                                    asked);
}

static void
asked_clear (Asked *asked)
{
  g_clear_object (&asked->message);
  g_clear_pointer (&asked->body, g_bytes_unref);
}

static char *
get_cursor (Fixture *f)
{
  g_autoptr (JsonParser) parser = json_parser_new ();
  const char *text;
  gsize length;
  char *cursor;
  Asked asked;

  ask (f, &asked, f->feed, "GET", TW_ROUTE_FEED);
  tw_test_wait (&asked.done);
  g_assert_cmpuint (soup_message_get_status (asked.message), ==, 200);
  text = g_bytes_get_data (asked.body, &length);
  g_assert_true (json_parser_load_from_data (parser, text, (gssize) length, NULL));
  cursor = g_strdup (
    json_object_get_string_member (json_node_get_object (json_parser_get_root (parser)), "cursor"));
  asked_clear (&asked);
  return cursor;
}

/* Waits until it stands in the hub. */
static void
park (Fixture *f, Asked *asked)
{
  g_autofree char *cursor = get_cursor (f);
  g_autofree char *escaped = g_uri_escape_string (cursor, NULL, FALSE);
  g_autofree char *path = g_strconcat (TW_ROUTE_FEED "?wait=" WAIT "&after=", escaped, NULL);
  gint64 deadline_us = g_get_monotonic_time () + TW_TEST_DEADLINE_MS * 1000;

  ask (f, asked, f->feed, "GET", path);
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
  Fixture *f = data;
  g_autofree char *scope = g_strconcat ("account:", f->account_id, NULL);
  g_autofree char *queue = g_strdup ("queue:desk");
  g_autofree char *id = tw_uuid_new ();
  g_autoptr (TwMessage) message =
    g_object_new (TW_TYPE_MESSAGE, "id", id, "text", "for your eyes only", NULL);

  tw_tx_publish (tx, f->role == TW_ROLE_USER ? scope : queue, TW_OBJECT (message));
  return TRUE;
}

static void
assert_told (Asked *asked, guint status, gboolean news)
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
  asked_clear (asked);
}

static void
test_news (Fixture *f, gconstpointer role)
{
  Asked poll;

  park (f, &poll);
  tw_test_call (&f->core, publish, f);
  assert_told (&poll, 200, TRUE);
}

static void
test_signed_out (Fixture *f, gconstpointer role)
{
  Asked poll, sign_out;

  park (f, &poll);
  ask (f, &sign_out, f->api, "DELETE", TW_ROUTE_SESSION);
  assert_told (&poll, 401, FALSE);
  tw_test_wait (&sign_out.done);
  g_assert_cmpuint (soup_message_get_status (sign_out.message), ==, 204);
  asked_clear (&sign_out);
  tw_test_call (&f->core, publish, f);
}

static void
test_expired (Fixture *f, gconstpointer role)
{
  Asked poll;

  park (f, &poll);
  tw_clock_set_offset_ms (TW_SESSION_LIFE_MS);
  tw_test_call (&f->core, publish, f);
  assert_told (&poll, 401, FALSE);
}

/* With nothing to tell it ends with its session too, and not when its time is over. */
static void
test_expires_while_it_waits (Fixture *f, gconstpointer role)
{
  Asked poll;

  tw_clock_set_offset_ms (f->expires_at_ms - 1500 - tw_clock_now_ms ());
  park (f, &poll);
  assert_told (&poll, 401, FALSE);
}

/* By another service on the same database: nobody here was told. */
static void
test_ended_elsewhere (Fixture *f, gconstpointer role)
{
  Asked poll;

  park (f, &poll);
  tw_test_exec (&f->core, "DELETE FROM session");
  tw_clock_set_offset_ms (60000); /* what was known of the session is old by now */
  tw_test_call (&f->core, publish, f);
  assert_told (&poll, 401, FALSE);
}

static gboolean
open_ticket (TwTx *tx, gpointer data, GError **error)
{
  Fixture *f = data;
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
count_open (Fixture *f)
{
  return tw_test_number (&f->core, "SELECT (SELECT count(*) FROM ticket_looking) +"
                                   " (SELECT count(*) FROM scope_grant"
                                   " WHERE scope IN ('ticket:t', 'account:c'))");
}

static void
sign_in (Fixture *f)
{
  g_autoptr (SoupMessage) message = soup_message_new ("POST", "http://service" TW_ROUTE_SESSIONS);
  g_autofree char *device = tw_uuid_new ();
  g_autofree char *text =
    g_strdup_printf ("{\"login\":\"mei\",\"password\":\"" PASSWORD "\",\"device\":{\"id\":\"%s\","
                     "\"public_key\":\"%s\"}}",
                     device, f->core.public_key);
  g_autoptr (GBytes) body = g_bytes_new (text, strlen (text));
  Asked asked = { .message = g_object_ref (message) };

  soup_message_set_request_body_from_bytes (message, "application/json", body);
  soup_session_send_and_read_async (f->api, message, G_PRIORITY_DEFAULT, NULL, on_answer, &asked);
  tw_test_wait (&asked.done);
  g_assert_cmpuint (soup_message_get_status (message), ==, 201);
  asked_clear (&asked);
}

/* An agent whose session has run out does not find open what they had been looking into. */
static void
test_grants_end_with_the_session (Fixture *f, gconstpointer role)
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
test_sessions_expire_by_themselves (Fixture *f, gconstpointer role)
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
    void (*func) (Fixture *f, gconstpointer role);
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

      g_test_add (path, Fixture, GINT_TO_POINTER (role), set_up, cases[i / 2].func, tear_down);
    }
  return g_test_run ();
}
