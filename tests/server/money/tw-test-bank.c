// SPDX-License-Identifier: GPL-3.0-or-later
#include "tw-test-bank.h"

#include <gio/gunixsocketaddress.h>
#include <glib/gstdio.h>
#include <libsoup/soup.h>
#include <string.h>

#include "protocol/tw-json.h"
#include "protocol/tw-lease.h"
#include "protocol/tw-routes.h"
#include "vault/tw-request.h"

typedef struct
{
  guint status;
  char *body;
  gboolean forged; /* it is somebody else who says so */
} Line;

typedef struct
{
  GArray *lines; /* of Line */
  guint next;
  guint count;
} Script;

struct _TwTestBank
{
  char *path;
  TwKey *key; /* what it signs with */
  GThread *thread;
  GMainContext *context;
  GMainLoop *loop;
  GMutex lock;
  Script posts, gets; /* guarded by the lock */
  /* Only in the thread: */
  SoupServer *server;
  GSocketService *service;
  GQueue held; /* of Held: without an answer, the oldest first */
};

typedef struct
{
  SoupServerMessage *message;
  char *id;
} Held;

static void
held_free (gpointer data)
{
  Held *held = data;

  g_object_unref (held->message);
  g_free (held->id);
  g_free (held);
}

static void
hold (TwTestBank *bank, SoupServerMessage *message, const char *id)
{
  Held *held = g_new0 (Held, 1);

  held->message = g_object_ref (message);
  held->id = g_strdup (id);
  g_queue_push_tail (&bank->held, held);
  soup_server_message_pause (message);
}

static Script *
find_script (TwTestBank *bank, const char *method)
{
  return strcmp (method, "POST") == 0 ? &bank->posts : &bank->gets;
}

static char *
get_id (SoupServerMessage *message, const char *path)
{
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (JsonNode) node = NULL;
  gsize length;
  const char *text;

  if (strcmp (soup_server_message_get_method (message), "POST") != 0)
    return g_path_get_basename (path);
  bytes = soup_message_body_flatten (soup_server_message_get_request_body (message));
  text = g_bytes_get_data (bytes, &length);
  node = tw_json_parse (text, (gssize) length, NULL);
  g_assert_nonnull (node);
  return g_strdup (json_object_get_string_member (json_node_get_object (node), "id"));
}

static void
answer (TwTestBank *bank, SoupServerMessage *message, const Line *line, const char *order)
{
  const char *id = soup_message_headers_get_one (soup_server_message_get_request_headers (message),
                                                 TW_REQUEST_HEADER_ID);
  g_auto (GStrv) parts = g_strsplit (line->body, "%ID%", -1);
  char *text = g_strjoinv (order, parts);
  g_autofree char *signature =
    tw_request_sign_answer (bank->key, id, line->status, text, strlen (text));

  if (!line->forged)
    soup_message_headers_append (soup_server_message_get_response_headers (message),
                                 TW_REQUEST_HEADER_SIGNATURE, signature);
  soup_server_message_set_status (message, line->status, NULL);
  soup_server_message_set_response (message, "application/json", SOUP_MEMORY_TAKE, text,
                                    strlen (text));
}

static void
on_request (SoupServer *server,
            SoupServerMessage *message,
            const char *path,
            GHashTable *query,
            gpointer user_data)
{
  TwTestBank *bank = user_data;
  Script *script = find_script (bank, soup_server_message_get_method (message));
  g_autofree char *id = get_id (message, path);
  Line line;

  g_mutex_lock (&bank->lock);
  g_assert_cmpuint (script->lines->len, >, 0);
  if (script->count++ > 0)
    script->next = MIN (script->next + 1, script->lines->len - 1);
  line = g_array_index (script->lines, Line, script->next);
  g_mutex_unlock (&bank->lock);
  if (line.status == 0)
    {
      hold (bank, message, id);
      return;
    }
  answer (bank, message, &line, id);
}

static gboolean
on_incoming (GSocketService *service,
             GSocketConnection *connection,
             GObject *source,
             gpointer user_data)
{
  TwTestBank *bank = user_data;
  g_autoptr (GSocketAddress) local = g_socket_connection_get_local_address (connection, NULL);
  g_autoptr (GSocketAddress) remote =
    g_unix_socket_address_new_with_type ("", 0, G_UNIX_SOCKET_ADDRESS_ANONYMOUS);

  soup_server_accept_iostream (bank->server, G_IO_STREAM (connection), local, remote, NULL);
  return TRUE;
}

static gpointer
run (gpointer data)
{
  TwTestBank *bank = data;
  g_autoptr (GError) error = NULL;

  g_main_context_push_thread_default (bank->context);
  bank->server = soup_server_new ("server-header", "lies", NULL);
  soup_server_add_handler (bank->server, NULL, on_request, bank, NULL);
  bank->service = g_socket_service_new ();
  tw_socket_listen (G_SOCKET_LISTENER (bank->service), bank->path, &error);
  g_assert_no_error (error);
  g_signal_connect (bank->service, "incoming", G_CALLBACK (on_incoming), bank);
  g_main_loop_run (bank->loop);
  g_signal_handlers_disconnect_by_data (bank->service, bank);
  g_socket_service_stop (bank->service);
  g_socket_listener_close (G_SOCKET_LISTENER (bank->service));
  g_object_unref (bank->service);
  soup_server_disconnect (bank->server);
  g_queue_clear_full (&bank->held, held_free);
  g_object_unref (bank->server);
  while (g_main_context_iteration (bank->context, FALSE))
    ;
  g_main_context_pop_thread_default (bank->context);
  g_unlink (bank->path);
  return NULL;
}

static void
clear_line (gpointer data)
{
  Line *line = data;

  g_free (line->body);
}

TwTestBank *
tw_test_bank_new (const char *socket_path)
{
  g_autofree char *folder = g_path_get_dirname (socket_path);
  g_autofree char *key_path = g_build_filename (folder, TW_RAILS_KEY_FILE, NULL);
  g_autoptr (TwKey) shared = tw_key_file_open (key_path, TRUE, NULL);
  TwTestBank *bank = g_new0 (TwTestBank, 1);

  bank->path = g_strdup (socket_path);
  bank->key = tw_key_derive (shared, TW_REQUEST_FROM_PARTNER);
  bank->context = g_main_context_new ();
  bank->loop = g_main_loop_new (bank->context, FALSE);
  g_mutex_init (&bank->lock);
  bank->posts.lines = g_array_new (FALSE, FALSE, sizeof (Line));
  bank->gets.lines = g_array_new (FALSE, FALSE, sizeof (Line));
  g_array_set_clear_func (bank->posts.lines, clear_line);
  g_array_set_clear_func (bank->gets.lines, clear_line);
  bank->thread = g_thread_new ("bank", run, bank);
  return bank;
}

void
tw_test_bank_free (TwTestBank *bank)
{
  g_main_loop_quit (bank->loop);
  g_main_context_wakeup (bank->context);
  g_thread_join (bank->thread);
  g_array_unref (bank->posts.lines);
  g_array_unref (bank->gets.lines);
  g_mutex_clear (&bank->lock);
  g_main_loop_unref (bank->loop);
  g_main_context_unref (bank->context);
  tw_key_unref (bank->key);
  g_free (bank->path);
  g_free (bank);
}

static void
add_line (TwTestBank *bank, const char *method, guint status, const char *body, gboolean forged)
{
  Line line = { status, g_strdup (body), forged };

  g_mutex_lock (&bank->lock);
  g_array_append_val (find_script (bank, method)->lines, line);
  g_mutex_unlock (&bank->lock);
}

void
tw_test_bank_say (TwTestBank *bank, const char *method, guint status, const char *body)
{
  add_line (bank, method, status, body, FALSE);
}

void
tw_test_bank_forge (TwTestBank *bank, const char *method, guint status, const char *body)
{
  add_line (bank, method, status, body, TRUE);
}

typedef struct
{
  TwTestBank *bank;
  Line line;
} Release;

static gboolean
on_release (gpointer data)
{
  Release *release = data;
  Held *held = g_queue_pop_head (&release->bank->held);

  g_assert_nonnull (held);
  answer (release->bank, held->message, &release->line, held->id);
  soup_server_message_unpause (held->message);
  held_free (held);
  clear_line (&release->line);
  g_free (release);
  return G_SOURCE_REMOVE;
}

void
tw_test_bank_release (TwTestBank *bank, guint status, const char *body)
{
  Release *release = g_new0 (Release, 1);

  release->bank = bank;
  release->line = (Line){ status, g_strdup (body), FALSE };
  g_main_context_invoke (bank->context, on_release, release);
}

guint
tw_test_bank_count (TwTestBank *bank, const char *method)
{
  guint count;

  g_mutex_lock (&bank->lock);
  count = find_script (bank, method)->count;
  g_mutex_unlock (&bank->lock);
  return count;
}
