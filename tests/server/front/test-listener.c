// SPDX-License-Identifier: GPL-3.0-or-later
/* What may come over a socket, sent byte by byte: nothing of it may be taken for something else,
 * hold memory, or stay for good. */
#include <errno.h>
#include <gio/gio.h>
#include <gio/gunixsocketaddress.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/tw-error.h"
#include "server/http/tw-listener.h"

typedef struct
{
  char *folder;
  char *path;
  TwListener *listener;
  GPtrArray *paths; /* of the requests that came through */
  TwRequest *parked;
  gsize body_bytes;
  guint answered;
} Fixture;

static const TwListenerLimits limits = {
  .max_connections = 8,
  .max_body_bytes = 1000,
  .max_drain_bytes = 100 * 1000,
  .read_s = 1,
  .write_s = 1,
  .idle_s = 2,
};

static void
on_request (TwRequest *request, gpointer user_data)
{
  Fixture *f = user_data;
  g_autoptr (GBytes) body = tw_request_get_body (request);

  g_ptr_array_add (f->paths, g_strdup (tw_request_get_path (request)));
  f->body_bytes = g_bytes_get_size (body);
  if (strcmp (tw_request_get_path (request), "/park") == 0)
    {
      g_assert_null (f->parked);
      f->parked = tw_request_ref (request);
      tw_request_get_cancellable (request);
    }
  else if (strcmp (tw_request_get_path (request), "/big") == 0)
    tw_request_reply_text (request, 200, "text/plain", g_strnfill (8 * 1024 * 1024, 'x'));
  else
    tw_request_reply_text (request, 200, "text/plain", g_strdup ("here"));
}

static void
on_answered (const char *path, guint status, gpointer user_data)
{
  ((Fixture *) user_data)->answered++;
}

static void
set_up (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  f->folder = g_dir_make_tmp ("tw-listener-XXXXXX", &error);
  g_assert_no_error (error);
  f->path = g_build_filename (f->folder, "api.sock", NULL);
  f->paths = g_ptr_array_new_with_free_func (g_free);
  f->listener = tw_listener_new (f->path, &limits, on_request, on_answered, f, &error);
  g_assert_no_error (error);
}

static gboolean
tick (gpointer data)
{
  return G_SOURCE_CONTINUE;
}

typedef gboolean (*Condition) (gpointer data);

static void
wait_for (Condition condition, gpointer data)
{
  gint64 deadline = g_get_monotonic_time () + 20 * G_USEC_PER_SEC;
  guint ticker = g_timeout_add (10, tick, NULL);

  while (!condition (data))
    {
      g_assert_cmpint (g_get_monotonic_time (), <, deadline);
      g_main_context_iteration (NULL, TRUE);
    }
  g_source_remove (ticker);
}

static gboolean
nobody_is_connected (gpointer data)
{
  return tw_listener_count_connections (((Fixture *) data)->listener) == 0;
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  g_clear_pointer (&f->parked, tw_request_unref);
  tw_listener_stop (f->listener);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_assert_false (g_file_test (f->path, G_FILE_TEST_EXISTS));
  g_rmdir (f->folder);
  g_free (f->folder);
  g_free (f->path);
  g_ptr_array_unref (f->paths);
}

/* A client of bytes, that never blocks. */
typedef struct
{
  GSocket *socket;
  GString *received;
  gboolean ended;
} Client;

static Client *
client_new (Fixture *f)
{
  g_autoptr (GSocketAddress) address = g_unix_socket_address_new (f->path);
  g_autoptr (GError) error = NULL;
  Client *client = g_new0 (Client, 1);

  client->socket =
    g_socket_new (G_SOCKET_FAMILY_UNIX, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_DEFAULT, &error);
  g_assert_no_error (error);
  g_socket_connect (client->socket, address, NULL, &error);
  g_assert_no_error (error);
  g_socket_set_blocking (client->socket, FALSE);
  client->received = g_string_new (NULL);
  return client;
}

static void
client_free (Client *client)
{
  g_object_unref (client->socket);
  g_string_free (client->received, TRUE);
  g_free (client);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Client, client_free)

static gboolean
receive (gpointer data)
{
  Client *client = data;
  char buffer[65536];
  gssize n;

  while ((n = g_socket_receive (client->socket, buffer, sizeof buffer, NULL, NULL)) > 0)
    g_string_append_len (client->received, buffer, n);
  if (n == 0)
    client->ended = TRUE;
  return client->ended;
}

static gboolean
has_ended (gpointer data)
{
  Client *client = data;
  g_autoptr (GError) error = NULL;
  char buffer[65536];
  gssize n;

  while ((n = g_socket_receive (client->socket, buffer, sizeof buffer, NULL, &error)) > 0)
    g_string_append_len (client->received, buffer, n);
  return n == 0 || !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK);
}

static gboolean
has_answer (gpointer data)
{
  Client *client = data;

  receive (client);
  return client->ended || strstr (client->received->str, "here") != NULL ||
         strstr (client->received->str, "}}") != NULL;
}

static void
send_text (Client *client, const char *text)
{
  g_assert_cmpint (g_socket_send (client->socket, text, strlen (text), NULL, NULL), ==,
                   (gssize) strlen (text));
}

static void
assert_refused (Fixture *f, const char *text, const char *status)
{
  g_autoptr (Client) client = client_new (f);

  send_text (client, text);
  wait_for (has_ended, client);
  if (!g_str_has_prefix (client->received->str, status))
    g_error ("For %s the answer was: %s", text, client->received->str);
  /* One answer, and nothing got through. */
  g_assert_null (strstr (client->received->str + 1, "HTTP/1."));
  g_assert_cmpuint (f->paths->len, ==, 0);
}

static void
test_keeps_alive (Fixture *f, gconstpointer data)
{
  g_autoptr (Client) client = client_new (f);

  for (guint i = 1; i <= 3; i++)
    {
      send_text (client, "GET /one HTTP/1.1\r\nHost: x\r\n\r\n");
      wait_for (has_answer, client);
      g_assert_true (g_str_has_prefix (client->received->str, "HTTP/1.1 200"));
      g_assert_cmpuint (f->paths->len, ==, i);
      g_assert_cmpuint (f->answered, ==, i);
      g_string_truncate (client->received, 0);
    }
  g_assert_cmpuint (tw_listener_count_connections (f->listener), ==, 1);
}

static void
test_smuggling (Fixture *f, gconstpointer data)
{
  assert_refused (
    f,
    "POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n"
    "0\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n",
    "HTTP/1.1 400");
  assert_refused (f,
                  "POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\nContent-Length: 5\r\n\r\n"
                  "GET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n",
                  "HTTP/1.1 400");
  assert_refused (f, "POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 5, 5\r\n\r\nhello",
                  "HTTP/1.1 400");
  assert_refused (f, "POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: +5\r\n\r\nhello",
                  "HTTP/1.1 400");
  assert_refused (f, "GET /a HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n", "HTTP/1.1 400");
  assert_refused (
    f, "GET /a HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer a\r\nAuthorization: Bearer b\r\n\r\n",
    "HTTP/1.1 400");
  assert_refused (
    f, "POST /a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
    "HTTP/1.");
  assert_refused (f,
                  "GET /a HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: upgrade\r\n\r\n",
                  "HTTP/1.1 400");
  assert_refused (f, "GET /a HTTP/1.1\r\n\r\n", "HTTP/1.1 400");
  assert_refused (f, "nonsense\r\n\r\n", "HTTP/1.");
  wait_for (nobody_is_connected, f);
}

/* Trips a critical in libsoup when it is left in the request, and criticals are fatal here. */
static void
test_range (Fixture *f, gconstpointer data)
{
  static const char *const ranges[] = { "bytes=0-", "bytes=9-1", "bytes=-0", "bytes=0-0,1-1,2-2" };

  for (gsize i = 0; i < G_N_ELEMENTS (ranges); i++)
    {
      g_autoptr (Client) client = client_new (f);
      g_autofree char *text =
        g_strdup_printf ("GET /a HTTP/1.1\r\nHost: x\r\nRange: %s\r\n\r\n", ranges[i]);

      send_text (client, text);
      wait_for (has_answer, client);
      g_assert_true (g_str_has_prefix (client->received->str, "HTTP/1.1 200"));
      g_assert_nonnull (strstr (client->received->str, "here"));
    }
}

static void
test_large_body (Fixture *f, gconstpointer data)
{
  g_autofree char *body = g_strnfill (1001, 'x');
  g_autofree char *text =
    g_strdup_printf ("POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 1001\r\n\r\n%s", body);
  g_autofree char *expect = g_strdup (
    "POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 1001\r\nExpect: 100-continue\r\n\r\n");
  g_autofree char *chunked = g_strdup_printf (
    "POST /a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3e9\r\n%s\r\n0\r\n\r\n",
    body);
  g_autofree char *fits =
    g_strdup_printf ("POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n%.1000s", body);
  g_autoptr (Client) client = client_new (f);

  assert_refused (f, text, "HTTP/1.1 413");
  assert_refused (f, expect, "HTTP/1.1 413");
  assert_refused (f, chunked, "HTTP/1.1 413");
  send_text (client, fits);
  wait_for (has_answer, client);
  g_assert_cmpuint (f->body_bytes, ==, 1000);
}

typedef struct
{
  Client *client;
  gsize sent;
} Flood;

static gboolean
flood_is_stopped (gpointer data)
{
  static const char chunk[] = "400\r\n";
  Flood *flood = data;
  g_autoptr (GError) error = NULL;
  g_autofree char *body = g_strnfill (1024, 'x');

  for (;;)
    {
      if (g_socket_send (flood->client->socket, chunk, strlen (chunk), NULL, &error) < 0 ||
          g_socket_send (flood->client->socket, body, 1024, NULL, &error) < 0 ||
          g_socket_send (flood->client->socket, "\r\n", 2, NULL, &error) < 0)
        break;
      flood->sent += 1024;
      g_assert_cmpuint (flood->sent, <, 8 * 1024 * 1024);
    }
  return !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK);
}

/* A body without an end is not read without one. */
static void
test_flood (Fixture *f, gconstpointer data)
{
  g_autoptr (Client) client = client_new (f);
  Flood flood = { .client = client };

  send_text (client, "POST /a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n");
  wait_for (flood_is_stopped, &flood);
  wait_for (nobody_is_connected, f);
  g_assert_cmpuint (f->paths->len, ==, 0);
}

static void
test_slow (Fixture *f, gconstpointer data)
{
  static const char *const starts[] = {
    "",
    "GET /a HT",
    "GET /a HTTP/1.1\r\nHost: x\r\n",
    "POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nhalf",
    "POST /a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhe",
  };
  Client *clients[G_N_ELEMENTS (starts)];

  for (gsize i = 0; i < G_N_ELEMENTS (starts); i++)
    {
      clients[i] = client_new (f);
      if (*starts[i] != '\0')
        send_text (clients[i], starts[i]);
    }
  for (gsize i = 0; i < G_N_ELEMENTS (starts); i++)
    {
      wait_for (has_ended, clients[i]);
      client_free (clients[i]);
    }
  wait_for (nobody_is_connected, f);
  g_assert_cmpuint (f->paths->len, ==, 0);
}

/* Between two requests it may rest longer, and not for good. */
static void
test_idle (Fixture *f, gconstpointer data)
{
  g_autoptr (Client) client = client_new (f);
  gint64 start;

  send_text (client, "GET /one HTTP/1.1\r\nHost: x\r\n\r\n");
  wait_for (has_answer, client);
  start = g_get_monotonic_time ();
  wait_for (has_ended, client);
  g_assert_cmpint (g_get_monotonic_time () - start, >, G_USEC_PER_SEC);
  wait_for (nobody_is_connected, f);
}

/* Who does not take the answer does not keep it in memory for good. */
static void
test_does_not_read (Fixture *f, gconstpointer data)
{
  g_autoptr (Client) client = client_new (f);

  send_text (client, "GET /big HTTP/1.1\r\nHost: x\r\n\r\n");
  wait_for (nobody_is_connected, f);
}

static gboolean
is_parked (gpointer data)
{
  return ((Fixture *) data)->parked != NULL;
}

static gboolean
is_cancelled (gpointer data)
{
  return g_cancellable_is_cancelled (tw_request_get_cancellable (((Fixture *) data)->parked));
}

static void
test_hang_up (Fixture *f, gconstpointer data)
{
  Client *client = client_new (f);

  send_text (client, "GET /park HTTP/1.1\r\nHost: x\r\n\r\n");
  wait_for (is_parked, f);
  g_assert_false (is_cancelled (f));
  client_free (client);
  wait_for (is_cancelled, f);
  tw_request_reply (f->parked, 408, NULL, NULL);
  g_clear_pointer (&f->parked, tw_request_unref);
  wait_for (nobody_is_connected, f);
}

/* A parked request has no time limit of the listener's. */
static void
test_parked (Fixture *f, gconstpointer data)
{
  g_autoptr (Client) parked = client_new (f);
  g_autoptr (Client) slow = client_new (f);

  send_text (parked, "GET /park HTTP/1.1\r\nHost: x\r\n\r\n");
  wait_for (is_parked, f);
  wait_for (has_ended, slow);
  g_assert_false (is_cancelled (f));
  tw_request_reply_text (f->parked, 200, "text/plain", g_strdup ("here"));
  g_clear_pointer (&f->parked, tw_request_unref);
  wait_for (has_answer, parked);
  g_assert_true (g_str_has_prefix (parked->received->str, "HTTP/1.1 200"));
}

static void
test_stop_while_parked (Fixture *f, gconstpointer data)
{
  g_autoptr (Client) client = client_new (f);
  g_autoptr (GError) error = NULL;

  send_text (client, "GET /park HTTP/1.1\r\nHost: x\r\n\r\n");
  wait_for (is_parked, f);
  tw_listener_stop (f->listener);
  tw_request_reply (f->parked, 200, NULL, NULL);
  g_clear_pointer (&f->parked, tw_request_unref);
  f->listener = tw_listener_new (f->path, &limits, on_request, on_answered, f, &error);
  g_assert_no_error (error);
}

static gboolean
is_full (gpointer data)
{
  return tw_listener_count_connections (((Fixture *) data)->listener) == limits.max_connections;
}

static void
test_too_many (Fixture *f, gconstpointer data)
{
  Client *clients[8];
  g_autoptr (Client) last = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (clients); i++)
    clients[i] = client_new (f);
  wait_for (is_full, f);
  last = client_new (f);
  wait_for (has_ended, last);
  g_assert_cmpuint (last->received->len, ==, 0);
  for (guint i = 0; i < G_N_ELEMENTS (clients); i++)
    client_free (clients[i]);
  wait_for (nobody_is_connected, f);
}

static guint
count_open_files (void)
{
  g_autoptr (GDir) dir = g_dir_open ("/proc/self/fd", 0, NULL);
  guint n = 0;

  while (g_dir_read_name (dir) != NULL)
    n++;
  return n;
}

static void
test_leaves_no_file_open (Fixture *f, gconstpointer data)
{
  guint before = count_open_files ();

  for (guint i = 0; i < 50; i++)
    {
      g_autoptr (Client) client = client_new (f);

      /* The client leaves: while the connection rests, or when it was told to end. */
      send_text (client, i % 2 == 0 ? "GET /a HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
                                    : "GET /a HTTP/1.1\r\nHost: x\r\n\r\n");
      wait_for (i % 2 == 0 ? has_ended : has_answer, client);
    }
  wait_for (nobody_is_connected, f);
  g_assert_cmpuint (count_open_files (), ==, before);
}

static void
test_socket (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *long_name = g_strnfill (120, 'x');
  struct stat info;

  g_assert_cmpint (stat (f->path, &info), ==, 0);
  g_assert_true (S_ISSOCK (info.st_mode));
  g_assert_cmpint (info.st_mode & 0777, ==, 0660);
  g_assert_null (tw_listener_new (f->path, &limits, on_request, on_answered, f, &error));
  g_assert_error (error, TW_ERROR, TW_ERROR_BUSY);
  g_clear_error (&error);
  g_assert_null (tw_listener_new (long_name, &limits, on_request, on_answered, f, &error));
  g_assert_error (error, TW_ERROR, TW_ERROR_INVALID);
}

/* What a crash has left behind does not stop the next start; a file of somebody else's does. */
static void
test_stale_socket (Fixture *f, gconstpointer data)
{
  g_autofree char *stale = g_build_filename (f->folder, "stale.sock", NULL);
  g_autofree char *file = g_build_filename (f->folder, "file", NULL);
  g_autoptr (GSocketAddress) address = g_unix_socket_address_new (stale);
  g_autoptr (GError) error = NULL;
  GSocket *left =
    g_socket_new (G_SOCKET_FAMILY_UNIX, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_DEFAULT, NULL);
  TwListener *listener;

  g_assert_true (g_socket_bind (left, address, FALSE, NULL));
  g_object_unref (left);
  g_assert_true (g_file_test (stale, G_FILE_TEST_EXISTS));
  listener = tw_listener_new (stale, &limits, on_request, on_answered, f, &error);
  g_assert_no_error (error);
  tw_listener_stop (listener);
  g_assert_true (g_file_set_contents (file, "mine", -1, NULL));
  g_assert_null (tw_listener_new (file, &limits, on_request, on_answered, f, &error));
  g_assert_error (error, TW_ERROR, TW_ERROR_BUSY);
  g_assert_true (g_file_test (file, G_FILE_TEST_IS_REGULAR));
  g_unlink (file);
}

#define ADD(name, func) g_test_add ("/listener/" name, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_main_context_acquire (NULL);
  ADD ("keeps-alive", test_keeps_alive);
  ADD ("smuggling", test_smuggling);
  ADD ("range", test_range);
  ADD ("large-body", test_large_body);
  ADD ("flood", test_flood);
  ADD ("slow", test_slow);
  ADD ("idle", test_idle);
  ADD ("does-not-read", test_does_not_read);
  ADD ("hang-up", test_hang_up);
  ADD ("parked", test_parked);
  ADD ("stop-while-parked", test_stop_while_parked);
  ADD ("too-many", test_too_many);
  ADD ("leaves-no-file-open", test_leaves_no_file_open);
  ADD ("socket", test_socket);
  ADD ("stale-socket", test_stale_socket);
  return g_test_run ();
}
