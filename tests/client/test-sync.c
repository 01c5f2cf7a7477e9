// SPDX-License-Identifier: GPL-3.0-or-later
/* The reader and the pump against a service that misbehaves, and a storage that is only lists. */
#include <gio/gunixsocketaddress.h>
#include <libsoup/soup.h>
#include <string.h>

#include "base/tw-error.h"
#include "base/tw-uuid.h"
#include "client/sync/tw-feed-reader.h"
#include "client/sync/tw-pump.h"
#include "protocol/tw-kinds.h"
#include "protocol/tw-routes.h"
#include "tw-client-test.h"

/* A storage that is only lists. */
#define TEST_TYPE_STORAGE (test_storage_get_type ())
G_DECLARE_FINAL_TYPE (TestStorage, test_storage, TEST, STORAGE, GObject)

struct _TestStorage
{
  GObject parent_instance;

  char *cursor;
  GString *story; /* what was asked of it, in order */
  GPtrArray *commands;
  GHashTable *settled; /* id -> code, or "done" */
  gboolean disagree;   /* once: stands elsewhere in the feed */
};

static GTask *
answer (TestStorage *self, GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = g_task_new (self, NULL, callback, user_data);

  g_task_return_boolean (task, TRUE);
  return task;
}

static gboolean
finish (TwSyncStorage *storage, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

static void
get_cursor_async (TwSyncStorage *storage, GAsyncReadyCallback callback, gpointer user_data)
{
  g_object_unref (answer (TEST_STORAGE (storage), callback, user_data));
}

static gboolean
get_cursor_finish (TwSyncStorage *storage, GAsyncResult *result, char **cursor, GError **error)
{
  *cursor = g_strdup (TEST_STORAGE (storage)->cursor);
  return TRUE;
}

static void
restart_async (TwSyncStorage *storage, GAsyncReadyCallback callback, gpointer user_data)
{
  TestStorage *self = TEST_STORAGE (storage);

  g_string_append (self->story, "restart ");
  g_clear_pointer (&self->cursor, g_free);
  g_object_unref (answer (self, callback, user_data));
}

static void
apply_async (TwSyncStorage *storage,
             TwFeedPage *page,
             const char *after,
             GAsyncReadyCallback callback,
             gpointer user_data)
{
  TestStorage *self = TEST_STORAGE (storage);
  g_autoptr (GTask) task = g_task_new (self, NULL, callback, user_data);

  if (self->disagree || g_strcmp0 (after, self->cursor) != 0)
    {
      self->disagree = FALSE;
      g_string_append (self->story, "conflict ");
      g_task_return_new_error (task, TW_ERROR, TW_ERROR_CONFLICT, "Elsewhere");
      return;
    }
  g_free (self->cursor);
  self->cursor = g_strdup (page->cursor);
  g_string_append_printf (self->story, "%s ", page->cursor);
  g_task_return_boolean (task, TRUE);
}

static void
take_async (TwSyncStorage *storage,
            guint limit,
            gsize max_bytes,
            const char *const *except,
            GAsyncReadyCallback callback,
            gpointer user_data)
{
  TestStorage *self = TEST_STORAGE (storage);
  g_autoptr (GTask) task = g_task_new (self, NULL, callback, user_data);
  GPtrArray *batch = g_ptr_array_new_with_free_func ((GDestroyNotify) tw_command_free);

  for (guint i = 0; i < self->commands->len && batch->len < limit; i++)
    {
      TwCommand *command = self->commands->pdata[i];

      if (!g_hash_table_contains (self->settled, command->id) &&
          !g_strv_contains (except, command->id))
        g_ptr_array_add (batch, tw_command_new (command->id, command->intent, command->kind,
                                                command->at_ms, command->body));
    }
  g_task_return_pointer (task, batch, (GDestroyNotify) g_ptr_array_unref);
}

static GPtrArray *
take_finish (TwSyncStorage *storage, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
note_left (TwSyncStorage *storage, const char *const *ids)
{
  g_string_append (TEST_STORAGE (storage)->story, "left ");
}

static void
unsend_async (TwSyncStorage *storage,
              const char *const *ids,
              GAsyncReadyCallback callback,
              gpointer user_data)
{
  g_string_append (TEST_STORAGE (storage)->story, "unsend ");
  g_object_unref (answer (TEST_STORAGE (storage), callback, user_data));
}

static void
settle_async (TwSyncStorage *storage,
              GPtrArray *results,
              GAsyncReadyCallback callback,
              gpointer user_data)
{
  TestStorage *self = TEST_STORAGE (storage);

  for (guint i = 0; i < results->len; i++)
    {
      TwResult *result = results->pdata[i];

      g_hash_table_insert (self->settled, g_strdup (result->id),
                           g_strdup (result->code != NULL ? result->code : "done"));
    }
  g_object_unref (answer (self, callback, user_data));
}

static void
storage_init (TwSyncStorageInterface *iface)
{
  iface->get_cursor_async = get_cursor_async;
  iface->get_cursor_finish = get_cursor_finish;
  iface->restart_async = restart_async;
  iface->apply_async = apply_async;
  iface->take_async = take_async;
  iface->take_finish = take_finish;
  iface->note_left = note_left;
  iface->unsend_async = unsend_async;
  iface->settle_async = settle_async;
  iface->finish = finish;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (TestStorage,
                               test_storage,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (TW_TYPE_SYNC_STORAGE, storage_init))

static void
test_storage_finalize (GObject *object)
{
  TestStorage *self = TEST_STORAGE (object);

  g_free (self->cursor);
  g_string_free (self->story, TRUE);
  g_ptr_array_unref (self->commands);
  g_hash_table_unref (self->settled);
  G_OBJECT_CLASS (test_storage_parent_class)->finalize (object);
}

static void
test_storage_class_init (TestStorageClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = test_storage_finalize;
}

static void
test_storage_init (TestStorage *self)
{
  self->story = g_string_new (NULL);
  self->commands = g_ptr_array_new_with_free_func ((GDestroyNotify) tw_command_free);
  self->settled = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
}

typedef struct
{
  char *folder;
  SoupServer *server;
  TwTransport *transport;
  TestStorage *storage;
  TwFeedReader *reader;
  TwPump *pump;
  const char *const *script; /* feed: what is answered in turn */
  guint step;
  guint requests;
  gboolean signed_out;
  char *poison; /* a request with this id is malformed as a whole */
  char *broken; /* this one fails, the first times */
  guint failures;
} Fixture;

/* A script's line: a status and a body; "hold" answers no more. */
static void
on_feed (SoupServer *server,
         SoupServerMessage *message,
         const char *path,
         GHashTable *query,
         gpointer data)
{
  Fixture *fixture = data;
  const char *line = fixture->script[fixture->step];
  char *body;

  if (line == NULL)
    {
      soup_server_message_pause (message);
      return;
    }
  fixture->step++;
  soup_server_message_set_status (message, (guint) g_ascii_strtoull (line, &body, 10), NULL);
  soup_server_message_set_response (message, "application/json", SOUP_MEMORY_COPY, body,
                                    strlen (body));
}

static void
answer_commands (Fixture *fixture, SoupServerMessage *message, JsonArray *commands)
{
  GString *out = g_string_new ("{\"results\":[");

  for (guint i = 0; i < json_array_get_length (commands); i++)
    {
      const char *id =
        json_object_get_string_member (json_array_get_object_element (commands, i), "id");
      gboolean fails = g_strcmp0 (id, fixture->broken) == 0 && fixture->failures > 0;

      fixture->failures -= fails;
      g_string_append_printf (out, "%s{\"id\":\"%s\",\"state\":\"%s\"}", i > 0 ? "," : "", id,
                              fails ? "failed" : "done");
    }
  g_string_append (out, "]}");
  soup_server_message_set_status (message, 200, NULL);
  soup_server_message_set_response (message, "application/json", SOUP_MEMORY_COPY, out->str,
                                    out->len);
  g_string_free (out, TRUE);
}

static void
on_commands (SoupServer *server,
             SoupServerMessage *message,
             const char *path,
             GHashTable *query,
             gpointer data)
{
  Fixture *fixture = data;
  SoupMessageBody *body = soup_server_message_get_request_body (message);
  g_autoptr (JsonNode) root = NULL;
  const char *line = fixture->script != NULL ? fixture->script[fixture->step] : NULL;

  fixture->requests++;
  if (line != NULL)
    {
      on_feed (server, message, path, query, data);
      return;
    }
  if (fixture->poison != NULL && g_strstr_len (body->data, body->length, fixture->poison) != NULL)
    {
      static const char words[] = "{\"error\":{\"code\":\"invalid\",\"message\":\"Not this one\"}}";

      soup_server_message_set_status (message, 400, NULL);
      soup_server_message_set_response (message, "application/json", SOUP_MEMORY_STATIC, words,
                                        strlen (words));
      return;
    }
  root = json_from_string (body->data, NULL);
  answer_commands (fixture, message,
                   json_object_get_array_member (json_node_get_object (root), "commands"));
}

static void
listen_at (SoupServer *server, const char *folder, const char *name)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);
  g_autoptr (GSocketAddress) address = g_unix_socket_address_new (path);
  g_autoptr (GError) error = NULL;

  soup_server_listen (server, address, 0, &error);
  g_assert_no_error (error);
}

static void
on_signed_out (gpointer source, Fixture *fixture)
{
  fixture->signed_out = TRUE;
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->folder = tw_test_folder_new ();
  fixture->server = soup_server_new (NULL, NULL);
  soup_server_add_handler (fixture->server, TW_ROUTE_FEED, on_feed, fixture, NULL);
  soup_server_add_handler (fixture->server, TW_ROUTE_COMMANDS, on_commands, fixture, NULL);
  listen_at (fixture->server, fixture->folder, TW_SOCKET_API);
  listen_at (fixture->server, fixture->folder, TW_SOCKET_FEED);
  fixture->transport = tw_transport_new_local (fixture->folder);
  fixture->storage = g_object_new (TEST_TYPE_STORAGE, NULL);
  fixture->reader = tw_feed_reader_new (fixture->transport, TW_SYNC_STORAGE (fixture->storage));
  fixture->pump = tw_pump_new (fixture->transport, TW_SYNC_STORAGE (fixture->storage));
  g_signal_connect (fixture->reader, "signed-out", G_CALLBACK (on_signed_out), fixture);
  g_signal_connect (fixture->pump, "signed-out", G_CALLBACK (on_signed_out), fixture);
}

static gboolean
is_last_reference (gpointer object)
{
  return G_OBJECT (object)->ref_count == 1;
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  tw_feed_reader_stop (fixture->reader);
  tw_pump_stop (fixture->pump);
  tw_test_wait_or_fail (is_last_reference, fixture->reader, "the reader at rest");
  tw_test_wait_or_fail (is_last_reference, fixture->pump, "the pump at rest");
  g_assert_finalize_object (fixture->reader);
  g_assert_finalize_object (fixture->pump);
  g_assert_finalize_object (fixture->storage);
  g_object_unref (fixture->transport);
  soup_server_disconnect (fixture->server);
  g_object_unref (fixture->server);
  tw_test_folder_remove (fixture->folder);
  g_free (fixture->poison);
  g_free (fixture->broken);
}

#define PAGE(cursor, more)                                                                         \
  "200 {\"cursor\":\"" cursor "\",\"items\":[],\"more\":" more                                     \
  ",\"now\":\"2026-01-01T00:00:00.000Z\"}"

typedef struct
{
  TestStorage *storage;
  const char *story;
} Expected;

static gboolean
has_story (gpointer data)
{
  Expected *expected = data;

  return g_str_equal (expected->storage->story->str, expected->story);
}

static void
read_script (Fixture *fixture, const char *const *script, const char *story)
{
  Expected expected = { fixture->storage, story };

  fixture->script = script;
  tw_feed_reader_start (fixture->reader);
  if (!tw_test_wait (has_story, &expected))
    g_error ("It went '%s', not '%s'", fixture->storage->story->str, story);
}

static void
test_feed_pages (Fixture *fixture, gconstpointer data)
{
  static const char *const script[] = { PAGE ("a", "true"),  PAGE ("b", "true"),
                                        PAGE ("c", "false"), PAGE ("c", "false"),
                                        PAGE ("d", "false"), NULL };

  read_script (fixture, script, "a b c c d ");
}

static void
test_feed_nonsense (Fixture *fixture, gconstpointer data)
{
  static const char *const script[] = { PAGE ("a", "true"),
                                        "200 {\"cursor\":",
                                        "200 <html>",
                                        "200 {\"cursor\":\"x\",\"items\":[{}],\"now\":\"now\"}",
                                        "200 []",
                                        "502 <html>Bad gateway</html>",
                                        PAGE ("b", "false"),
                                        NULL };

  read_script (fixture, script, "a b ");
}

static void
test_feed_gap (Fixture *fixture, gconstpointer data)
{
  static const char *const script[] = {
    PAGE ("a", "false"), "410 {\"error\":{\"code\":\"gap\",\"message\":\"Too old\"}}",
    PAGE ("b", "false"), "400 {\"error\":{\"code\":\"invalid\",\"message\":\"No cursor\"}}",
    PAGE ("c", "false"), NULL
  };

  read_script (fixture, script, "a restart b restart c ");
}

static void
test_feed_conflict (Fixture *fixture, gconstpointer data)
{
  static const char *const script[] = { PAGE ("a", "false"), PAGE ("b", "false"), NULL };

  fixture->storage->disagree = TRUE;
  read_script (fixture, script, "conflict b ");
}

static gboolean
is_signed_out (gpointer data)
{
  return ((Fixture *) data)->signed_out;
}

#define ENDED "401 {\"error\":{\"code\":\"sign_in_first\",\"message\":\"Sign in first\"}}"

static void
test_feed_signed_out (Fixture *fixture, gconstpointer data)
{
  static const char *const script[] = { PAGE ("a", "false"), ENDED, PAGE ("b", "false"), NULL };

  read_script (fixture, script, "a ");
  tw_test_wait_or_fail (is_signed_out, fixture, "the end of the session");
  tw_test_spin_ms (300);
  g_assert_cmpuint (fixture->step, ==, 2);
}

static void
add_commands (Fixture *fixture, guint n)
{
  for (guint i = 0; i < n; i++)
    {
      g_autofree char *id = tw_uuid_new ();
      g_autoptr (JsonObject) body = json_object_new ();

      json_object_set_int_member (body, "n", i);
      g_ptr_array_add (fixture->storage->commands,
                       tw_command_new (id, id, TW_KIND_TICKET_WRITE, 0, body));
    }
}

static const char *
get_id (Fixture *fixture, guint i)
{
  return ((TwCommand *) fixture->storage->commands->pdata[i])->id;
}

static const char *
get_code (Fixture *fixture, guint i)
{
  return g_hash_table_lookup (fixture->storage->settled, get_id (fixture, i));
}

static gboolean
all_settled (gpointer data)
{
  Fixture *fixture = data;

  return g_hash_table_size (fixture->storage->settled) == fixture->storage->commands->len;
}

static void
test_pump_batches (Fixture *fixture, gconstpointer data)
{
  add_commands (fixture, 250);
  tw_pump_start (fixture->pump);
  tw_test_wait_or_fail (all_settled, fixture, "all sent");
  g_assert_cmpuint (fixture->requests, ==, 3);
  add_commands (fixture, 1);
  tw_pump_kick (fixture->pump);
  tw_test_wait_or_fail (all_settled, fixture, "the late one sent");
  g_assert_cmpuint (fixture->requests, ==, 4);
}

/* One that the service can't even read does not hold up the others. */
static void
test_pump_poison (Fixture *fixture, gconstpointer data)
{
  add_commands (fixture, 5);
  fixture->poison = g_strdup (get_id (fixture, 2));
  tw_pump_start (fixture->pump);
  tw_test_wait_or_fail (all_settled, fixture, "all settled");
  for (guint i = 0; i < 5; i++)
    g_assert_cmpstr (get_code (fixture, i), ==, i == 2 ? "invalid" : "done");
}

static gboolean
others_settled (gpointer data)
{
  Fixture *fixture = data;

  return g_hash_table_size (fixture->storage->settled) + 1 == fixture->storage->commands->len;
}

static void
test_pump_failed (Fixture *fixture, gconstpointer data)
{
  gint64 start = g_get_monotonic_time ();

  add_commands (fixture, 3);
  fixture->broken = g_strdup (get_id (fixture, 0));
  fixture->failures = 2;
  tw_pump_start (fixture->pump);
  tw_test_wait_or_fail (others_settled, fixture, "those behind it");
  g_assert_null (get_code (fixture, 0));
  tw_test_wait_or_fail (all_settled, fixture, "the repeated one");
  g_assert_cmpuint (fixture->failures, ==, 0);
  /* It does not hammer at a service that has trouble. */
  g_assert_cmpint (g_get_monotonic_time () - start, >, 2 * G_USEC_PER_SEC);
}

static void
test_pump_nonsense (Fixture *fixture, gconstpointer data)
{
  static const char *const script[] = { "200 {\"results\":[]}", "200 nonsense",
                                        "200 {\"results\":[7]}",
                                        "500 {\"error\":{\"code\":\"internal\",\"message\":\"\"}}",
                                        NULL };

  fixture->script = script;
  add_commands (fixture, 2);
  tw_pump_start (fixture->pump);
  tw_test_wait_or_fail (all_settled, fixture, "all settled");
  g_assert_cmpuint (fixture->requests, ==, 5);
  /* Each time it may have been done: it was only ever repeated. */
  g_assert_cmpstr (fixture->storage->story->str, ==, "left left left left ");
}

static void
test_pump_signed_out (Fixture *fixture, gconstpointer data)
{
  static const char *const script[] = { ENDED, NULL };

  fixture->script = script;
  add_commands (fixture, 1);
  tw_pump_start (fixture->pump);
  tw_test_wait_or_fail (is_signed_out, fixture, "the end of the session");
  tw_test_spin_ms (300);
  g_assert_cmpuint (fixture->requests, ==, 1);
  g_assert_cmpuint (g_hash_table_size (fixture->storage->settled), ==, 0);
}

static gboolean
was_unsent (gpointer data)
{
  return strstr (((TestStorage *) data)->story->str, "unsend unsend ") != NULL;
}

/* Nobody there: it is certain that nothing left. */
static void
test_pump_nobody (Fixture *fixture, gconstpointer data)
{
  soup_server_disconnect (fixture->server);
  add_commands (fixture, 1);
  tw_pump_start (fixture->pump);
  tw_test_wait_or_fail (was_unsent, fixture->storage, "two attempts that never left");
  g_assert_null (strstr (fixture->storage->story->str, "left"));
  tw_pump_hold (fixture->pump, TRUE);
  tw_test_spin_ms (300);
  {
    gsize before = fixture->storage->story->len;

    tw_test_spin_ms (1000);
    g_assert_cmpuint (fixture->storage->story->len, ==, before);
  }
}

/* Another place, that would like to know the token. */
static void
on_elsewhere (SoupServer *server,
              SoupServerMessage *message,
              const char *path,
              GHashTable *query,
              gpointer data)
{
  ((Fixture *) data)->requests++;
  soup_server_message_set_status (message, 200, NULL);
}

static void
on_moved (SoupServer *server,
          SoupServerMessage *message,
          const char *path,
          GHashTable *query,
          gpointer data)
{
  soup_server_message_set_redirect (message, *(guint *) data, "/elsewhere");
}

/* Nobody is sent on with the token; and what was answered so is not known to have been done or not.
 */
static void
test_redirect (Fixture *fixture, gconstpointer data)
{
  static const guint statuses[] = { 301, 302, 303, 307, 308 };
  static const char *const methods[] = { "GET", "POST" };
  guint status;

  soup_server_add_handler (fixture->server, "/elsewhere", on_elsewhere, fixture, NULL);
  soup_server_add_handler (fixture->server, "/moved", on_moved, &status, NULL);
  tw_transport_set_token (fixture->transport, "a-token");
  for (gsize i = 0; i < G_N_ELEMENTS (statuses) * G_N_ELEMENTS (methods); i++)
    {
      const char *method = methods[i % G_N_ELEMENTS (methods)];
      g_autoptr (GBytes) body = g_bytes_new_static ("{}", 2);
      g_autoptr (GAsyncResult) slot = NULL;
      g_autoptr (GError) error = NULL;
      gboolean left = FALSE;

      status = statuses[i / G_N_ELEMENTS (methods)];
      tw_transport_send_async (fixture->transport, TW_ROAD_API, method, "/moved", NULL,
                               i % G_N_ELEMENTS (methods) == 1 ? body : NULL, NULL,
                               tw_test_take_result, &slot);
      g_assert_null (
        tw_transport_send_finish (fixture->transport, tw_test_wait_result (&slot), &left, &error));
      g_assert_error (error, TW_ERROR, TW_ERROR_UNREACHABLE);
      g_assert_true (left);
    }
  g_assert_cmpuint (fixture->requests, ==, 0);
}

#define ADD(name, func) g_test_add ("/sync/" name, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("feed/pages", test_feed_pages);
  ADD ("feed/nonsense", test_feed_nonsense);
  ADD ("feed/gap", test_feed_gap);
  ADD ("feed/conflict", test_feed_conflict);
  ADD ("feed/signed-out", test_feed_signed_out);
  ADD ("pump/batches", test_pump_batches);
  ADD ("pump/poison", test_pump_poison);
  ADD ("pump/failed", test_pump_failed);
  ADD ("pump/nonsense", test_pump_nonsense);
  ADD ("pump/signed-out", test_pump_signed_out);
  ADD ("pump/nobody", test_pump_nobody);
  ADD ("redirect", test_redirect);
  return g_test_run ();
}
