// SPDX-License-Identifier: GPL-3.0-or-later
#include "tw-test-front.h"

#include <gio/gunixsocketaddress.h>
#include <glib/gstdio.h>
#include <string.h>

#include "base/tw-clock.h"
#include "base/tw-uuid.h"
#include "protocol/tw-routes.h"
#include "server/identity/tw-identity.h"
#include "server/ops/tw-schema.h"

static gboolean
begin (TwTx *tx, gpointer data, GError **error)
{
  TwTestFront *f = data;
  TwSignIn sign_in = { .role = f->role, .public_key = f->core.public_key };
  g_autofree char *device = tw_uuid_new ();

  g_clear_pointer (&f->token, tw_secret_free_text);
  sign_in.account_id = f->account_id;
  sign_in.device_id = device;
  f->token = tw_session_begin (tx, &sign_in, &f->expires_at_ms, error);
  return f->token != NULL;
}

static void
add_colleague (TwTestFront *f)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TwDb) db =
    tw_db_open (f->core.url, tw_key_peek (tw_keys_get (f->core.keys, TW_KEY_SQLITE)), &error);

  g_assert_no_error (error);
  tw_identity_add_agent (db, tw_keys_get (f->core.keys, TW_KEY_COLUMN),
                         tw_keys_get (f->core.keys, TW_KEY_LOOKUP), "mei", "Mei", TW_TEST_PASSWORD,
                         TW_ROLE_AGENT, &f->account_id, &error);
  g_assert_no_error (error);
}

static SoupSession *
connect_to (TwTestFront *f, const char *name)
{
  g_autofree char *path = g_build_filename (f->socket_dir, name, NULL);
  g_autoptr (GSocketAddress) address = g_unix_socket_address_new (path);

  return soup_session_new_with_options ("remote-connectable", address, NULL);
}

void
tw_test_front_set_up (TwTestFront *f, gconstpointer role)
{
  g_autoptr (TwKey) master = tw_key_new_random ();
  g_autoptr (GError) error = NULL;
  g_autofree char *blobs = NULL;
  gsize n_steps;
  const TwMigration *steps = tw_schema_get_steps (&n_steps);

  f->role = (TwRole) GPOINTER_TO_INT (role);
  f->core.folder = g_dir_make_tmp ("tw-front-XXXXXX", NULL);
  f->core.url = tw_test_core_new_url (f->core.folder);
  f->core.keys = tw_keys_new_from_master (master);
  f->core.signer = tw_signer_new ();
  f->core.public_key = tw_signer_get_public (f->core.signer);
  tw_schema_add_handlers ();
  f->core.service = tw_service_new (f->core.url, f->core.keys, steps, n_steps, &error);
  g_assert_no_error (error);
  /* A socket's path is short. */
  f->socket_dir = g_dir_make_tmp ("tw-front-XXXXXX", NULL);
  blobs = g_build_filename (f->core.folder, "blobs", NULL);
  f->http = tw_http_start (f->core.service, f->socket_dir, blobs, &error);
  g_assert_no_error (error);
  f->api = connect_to (f, TW_SOCKET_API);
  f->feed = connect_to (f, TW_SOCKET_FEED);
  add_colleague (f);
  tw_test_call (&f->core, begin, f);
}

void
tw_test_front_tear_down (TwTestFront *f, gconstpointer role)
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

static void
on_answer (GObject *source, GAsyncResult *result, gpointer user_data)
{
  TwTestAsked *asked = user_data;
  g_autoptr (GError) error = NULL;

  asked->body = soup_session_send_and_read_finish (SOUP_SESSION (source), result, &error);
  g_assert_no_error (error);
  asked->ended_us = g_get_monotonic_time ();
  asked->done = TRUE;
}

void
tw_test_send (TwTestAsked *asked, SoupSession *session)
{
  soup_session_send_and_read_async (session, asked->message, G_PRIORITY_DEFAULT, NULL, on_answer,
                                    asked);
}

void
tw_test_ask (
  TwTestFront *f, TwTestAsked *asked, SoupSession *session, const char *method, const char *path)
{
  g_autofree char *url = g_strconcat ("http://service", path, NULL);
  g_autofree char *bearer = g_strconcat ("Bearer ", f->token, NULL);

  memset (asked, 0, sizeof *asked);
  asked->message = soup_message_new (method, url);
  asked->begun_us = g_get_monotonic_time ();
  soup_message_headers_append (soup_message_get_request_headers (asked->message), "Authorization",
                               bearer);
  tw_test_send (asked, session);
}

void
tw_test_asked_clear (TwTestAsked *asked)
{
  g_clear_object (&asked->message);
  g_clear_pointer (&asked->body, g_bytes_unref);
}
