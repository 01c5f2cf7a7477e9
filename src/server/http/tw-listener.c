// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/http/tw-listener.h"

#include <glib/gstdio.h>
#include <string.h>

#include "base/tw-error.h"
#include "protocol/tw-routes.h"
#include "protocol/tw-wire-error.h"
#include "server/http/tw-listener-private.h"

#define SWEEP_MS 500
/* Who came before the end: a bound, so that it comes. */
#define TAKE_AT_END 1000
/* Who has begun to ask when the door is shut. */
#define LAST_WORDS_US (500 * 1000)

const TwListenerLimits tw_listener_default_limits = {
  .max_connections = 8192,
  .max_body_bytes = TW_LIMIT_BODY_BYTES,
  .max_drain_bytes = 32 * 1024 * 1024,
  .read_s = 30,
  .write_s = 60,
  .idle_s = 75,
};

void
tw_listener_unref (TwListener *listener)
{
  if (!g_atomic_ref_count_dec (&listener->refs))
    return;
  g_hash_table_unref (listener->peers);
  g_clear_object (&listener->server);
  g_main_context_unref (listener->context);
  g_free (listener->path);
  g_free (listener);
}

static gboolean
sweep (gpointer data)
{
  TwListener *listener = data;
  g_autoptr (GPtrArray) late = g_ptr_array_new ();
  gint64 now = g_get_monotonic_time ();
  GHashTableIter iter;
  gpointer peer;

  g_hash_table_iter_init (&iter, listener->peers);
  while (g_hash_table_iter_next (&iter, &peer, NULL))
    if (((TwPeer *) peer)->deadline_us != 0 && ((TwPeer *) peer)->deadline_us <= now)
      g_ptr_array_add (late, peer);
  for (guint i = 0; i < late->len; i++)
    tw_peer_close (g_ptr_array_index (late, i));
  return G_SOURCE_CONTINUE;
}

static gboolean
on_incoming (GSocketService *service,
             GSocketConnection *connection,
             GObject *source,
             gpointer user_data)
{
  TwListener *listener = user_data;

  if (g_hash_table_size (listener->peers) >= listener->limits.max_connections)
    {
      g_io_stream_close (G_IO_STREAM (connection), NULL, NULL);
      return TRUE;
    }
  tw_peer_begin (listener, g_socket_connection_get_socket (connection));
  return TRUE;
}

/**
 * tw_message_refuse:
 * @message: a message that has no answer yet
 * @code: a #TwError
 * @words: why
 *
 * Answers it, and lets the connection end with it: what follows on it can't be trusted.
 */
void
tw_message_refuse (SoupServerMessage *message, int code, const char *words)
{
  g_autoptr (GError) error = g_error_new_literal (TW_ERROR, code, words);
  char *text = tw_wire_error_encode (error);

  soup_message_headers_replace (soup_server_message_get_response_headers (message), "Connection",
                                "close");
  soup_server_message_set_status (message, tw_wire_error_get_status (code), NULL);
  soup_server_message_set_response (message, "application/json", SOUP_MEMORY_TAKE, text,
                                    strlen (text));
}

/* The body grows past the cap: nothing of it is kept, and it is read on only so far that a client
 * which sends before it listens hears why. */
static void
on_got_chunk (SoupServerMessage *message, GBytes *chunk, gpointer user_data)
{
  TwListener *listener = user_data;
  SoupMessageBody *body = soup_server_message_get_request_body (message);
  gsize seen = GPOINTER_TO_SIZE (g_object_get_data (G_OBJECT (message), "tw-seen"));

  seen += g_bytes_get_size (chunk);
  g_object_set_data (G_OBJECT (message), "tw-seen", GSIZE_TO_POINTER (seen));
  if (seen <= listener->limits.max_body_bytes)
    return;
  if (soup_message_body_get_accumulate (body))
    {
      soup_message_body_truncate (body);
      soup_message_body_set_accumulate (body, FALSE);
      tw_message_refuse (message, TW_ERROR_TOO_LARGE, "The request is too large");
    }
  if (seen > listener->limits.max_drain_bytes)
    tw_peer_close (tw_peer_find (message));
}

static guint
count_header (SoupMessageHeaders *headers, const char *name)
{
  SoupMessageHeadersIter iter;
  const char *found, *value;
  guint n = 0;

  soup_message_headers_iter_init (&iter, headers);
  while (soup_message_headers_iter_next (&iter, &found, &value))
    n += g_ascii_strcasecmp (found, name) == 0;
  return n;
}

/* What two readers could understand in two ways. */
static const char *
find_ambiguity (SoupMessageHeaders *headers)
{
  guint lengths = count_header (headers, "Content-Length");
  const char *length = soup_message_headers_get_one (headers, "Content-Length");

  if (lengths > 1)
    return "Content-Length is given twice";
  if (lengths == 1 && (*length == '\0' || strspn (length, "0123456789") != strlen (length)))
    return "Content-Length is not a number";
  if (count_header (headers, "Transfer-Encoding") > 0)
    {
      if (lengths > 0)
        return "Content-Length and Transfer-Encoding exclude each other";
      if (g_ascii_strcasecmp (soup_message_headers_get_list (headers, "Transfer-Encoding"),
                              "chunked") != 0)
        return "No other Transfer-Encoding than chunked";
    }
  if (count_header (headers, "Host") > 1)
    return "Host is given twice";
  if (count_header (headers, "Authorization") > 1)
    return "Authorization is given twice";
  if (count_header (headers, "Upgrade") > 0)
    return "There is nothing to upgrade to";
  return NULL;
}

static void
on_early (SoupServer *server,
          SoupServerMessage *message,
          const char *path,
          GHashTable *query,
          gpointer user_data)
{
  TwListener *listener = user_data;
  SoupMessageHeaders *headers = soup_server_message_get_request_headers (message);
  const char *ambiguity = find_ambiguity (headers);

  /* Whole answers only: what libsoup makes of it by itself can trip over an empty one. */
  soup_message_headers_remove (headers, "Range");
  if (ambiguity != NULL)
    {
      soup_message_body_set_accumulate (soup_server_message_get_request_body (message), FALSE);
      tw_message_refuse (message, TW_ERROR_INVALID, ambiguity);
    }
  else if (soup_message_headers_get_encoding (headers) == SOUP_ENCODING_CONTENT_LENGTH &&
           (guint64) soup_message_headers_get_content_length (headers) >
             listener->limits.max_body_bytes)
    {
      soup_message_body_set_accumulate (soup_server_message_get_request_body (message), FALSE);
      tw_message_refuse (message, TW_ERROR_TOO_LARGE, "The request is too large");
    }
  g_signal_connect (message, "got-chunk", G_CALLBACK (on_got_chunk), listener);
}

static void
on_request (SoupServer *server,
            SoupServerMessage *message,
            const char *path,
            GHashTable *query,
            gpointer user_data)
{
  TwListener *listener = user_data;
  TwPeer *peer = tw_peer_find (message);
  g_autoptr (TwRequest) request = NULL;

  /* libsoup takes the end of the stream for the end of a head that had none. */
  if (peer->closed)
    {
      tw_message_refuse (message, TW_ERROR_INVALID, "The request took too long");
      return;
    }
  if (listener->shut_us != 0)
    {
      tw_message_refuse (message, TW_ERROR_BUSY, "The service is stopping. Try again in a moment.");
      return;
    }
  request = tw_request_new (listener, peer, message, path, query);
  tw_peer_enter (peer, TW_PEER_ANSWERING);
  soup_server_message_pause (message);
  listener->func (request, listener->user_data);
}

/* What libsoup refuses by itself it refuses without a word. */
static void
on_read (SoupServer *server, SoupServerMessage *message, gpointer user_data)
{
  if (soup_server_message_get_status (message) >= 400 &&
      soup_server_message_get_response_body (message)->length == 0)
    tw_message_refuse (message, TW_ERROR_INVALID, "The request is not right");
}

static gboolean
says_close (SoupMessageHeaders *headers)
{
  return soup_message_headers_header_contains (headers, "Connection", "close");
}

static void
on_finished (SoupServer *server, SoupServerMessage *message, gpointer user_data)
{
  TwListener *listener = user_data;
  TwPeer *peer = tw_peer_find (message);
  GUri *uri = soup_server_message_get_uri (message);

  listener->answered (uri != NULL ? g_uri_get_path (uri) : NULL,
                      soup_server_message_get_status (message), listener->user_data);
  if (peer->closed || listener->shut_us != 0 ||
      soup_server_message_get_http_version (message) != SOUP_HTTP_1_1 ||
      says_close (soup_server_message_get_request_headers (message)) ||
      says_close (soup_server_message_get_response_headers (message)))
    return;
  tw_peer_keep (message);
}

/**
 * tw_listener_new:
 * @path: where the socket is made, with mode 0660
 * @limits: (nullable): other than the usual ones
 * @func: called with each request
 * @answered: called with each answer
 * @user_data: for both
 * @error: %TW_ERROR_BUSY when another process serves there; %TW_ERROR_INVALID for a path that is
 * too long
 *
 * Returns: (transfer full) (nullable): the listener; end it with tw_listener_stop() in the same
 * context
 */
TwListener *
tw_listener_new (const char *path,
                 const TwListenerLimits *limits,
                 TwRequestFunc func,
                 TwAnsweredFunc answered,
                 gpointer user_data,
                 GError **error)
{
  g_autoptr (GSocket) socket = NULL;
  TwListener *listener = g_new0 (TwListener, 1);

  g_atomic_ref_count_init (&listener->refs);
  listener->path = g_strdup (path);
  listener->limits = limits != NULL ? *limits : tw_listener_default_limits;
  listener->func = func;
  listener->answered = answered;
  listener->user_data = user_data;
  listener->context = g_main_context_ref_thread_default ();
  listener->peers = g_hash_table_new (NULL, NULL);
  listener->server = soup_server_new (NULL, NULL);
  soup_server_add_early_handler (listener->server, NULL, on_early, listener, NULL);
  soup_server_add_handler (listener->server, NULL, on_request, listener, NULL);
  g_signal_connect (listener->server, "request-read", G_CALLBACK (on_read), listener);
  g_signal_connect (listener->server, "request-finished", G_CALLBACK (on_finished), listener);

  socket = tw_listener_make_socket (path, error);
  listener->service = g_socket_service_new ();
  if (socket == NULL ||
      !g_socket_listener_add_socket (G_SOCKET_LISTENER (listener->service), socket, NULL, error))
    {
      soup_server_disconnect (listener->server);
      g_clear_object (&listener->service);
      tw_listener_unref (listener);
      return NULL;
    }
  g_signal_connect (listener->service, "incoming", G_CALLBACK (on_incoming), listener);
  listener->sweeper = g_timeout_source_new (SWEEP_MS);
  g_source_set_callback (listener->sweeper, sweep, listener, NULL);
  g_source_attach (listener->sweeper, listener->context);
  return listener;
}

/* Who has come is let in; nobody else can come, as the socket has no name any more. */
static void
take_queued (TwListener *listener)
{
  g_unlink (listener->path);
  for (int i = 0; i < TAKE_AT_END; i++)
    if (!g_main_context_iteration (listener->context, FALSE))
      return;
}

/**
 * tw_listener_shut:
 * @listener: the listener; its own context
 *
 * Takes the socket away. What was asked is answered, and each connection ends with its answer; who
 * asks for more is refused, and nothing of it is done. Run the context until
 * tw_listener_is_quiet().
 */
void
tw_listener_shut (TwListener *listener)
{
  g_autofree gpointer *peers = NULL;
  guint n_peers;

  if (listener->shut_us != 0)
    return;
  take_queued (listener);
  listener->shut_us = g_get_monotonic_time ();
  g_socket_service_stop (listener->service);
  g_socket_listener_close (G_SOCKET_LISTENER (listener->service));
  g_signal_handlers_disconnect_by_data (listener->service, listener);
  g_clear_object (&listener->service);
  peers = g_hash_table_get_keys_as_array (listener->peers, &n_peers);
  for (guint i = 0; i < n_peers; i++)
    if (((TwPeer *) peers[i])->state == TW_PEER_IDLE)
      tw_peer_close (peers[i]);
}

/**
 * tw_listener_is_quiet:
 * @listener: the listener, shut; its own context
 *
 * Returns: whether nobody waits for an answer, or takes one; who has only begun to ask is given a
 * moment to come to the end of it
 */
gboolean
tw_listener_is_quiet (TwListener *listener)
{
  gboolean patient = g_get_monotonic_time () - listener->shut_us < LAST_WORDS_US;
  GHashTableIter iter;
  gpointer peer;

  g_hash_table_iter_init (&iter, listener->peers);
  while (g_hash_table_iter_next (&iter, &peer, NULL))
    if (((TwPeer *) peer)->state != TW_PEER_READING || patient)
      return FALSE;
  return TRUE;
}

/**
 * tw_listener_stop:
 * @listener: (transfer full): the listener; shut first if it is not
 *
 * Ends all connections; requests that are being answered are answered into the void.
 */
void
tw_listener_stop (TwListener *listener)
{
  g_autofree gpointer *peers = NULL;
  guint n_peers;

  tw_listener_shut (listener);
  listener->stopped = TRUE;
  g_source_destroy (listener->sweeper);
  g_clear_pointer (&listener->sweeper, g_source_unref);
  soup_server_disconnect (listener->server);
  peers = g_hash_table_get_keys_as_array (listener->peers, &n_peers);
  for (guint i = 0; i < n_peers; i++)
    tw_peer_close (peers[i]);
  tw_listener_unref (listener);
}

/**
 * tw_listener_count_connections:
 * @listener: the listener
 *
 * Returns: how many are open; to be asked in the listener's own context
 */
guint
tw_listener_count_connections (TwListener *listener)
{
  return g_hash_table_size (listener->peers);
}
