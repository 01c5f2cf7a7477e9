// SPDX-License-Identifier: GPL-3.0-or-later
#include <glib/gi18n-lib.h>
#include <string.h>

#include "base/tw-error.h"
#include "protocol/tw-wire-error.h"
#include "server/http/tw-listener-private.h"

struct _TwRequest
{
  gatomicrefcount refs;
  TwListener *listener; /* kept by the peer */
  TwPeer *peer;
  SoupServerMessage *message;
  char *path;
  GHashTable *query; /* (nullable) */
  GCancellable *cancellable;
  GSource *watch;
  gboolean answered;
};

/**
 * tw_request_new:
 * @listener: where it came in
 * @peer: over which connection
 * @message: as libsoup has it
 * @path: decoded
 * @query: (nullable): decoded
 *
 * Returns: (transfer full): the request
 */
TwRequest *
tw_request_new (TwListener *listener,
                TwPeer *peer,
                SoupServerMessage *message,
                const char *path,
                GHashTable *query)
{
  TwRequest *request = g_new0 (TwRequest, 1);

  g_atomic_ref_count_init (&request->refs);
  request->listener = listener;
  request->peer = tw_peer_ref (peer);
  request->message = g_object_ref (message);
  request->path = g_strdup (path);
  request->query = query != NULL ? g_hash_table_ref (query) : NULL;
  return request;
}

TwRequest *
tw_request_ref (TwRequest *request)
{
  g_atomic_ref_count_inc (&request->refs);
  return request;
}

static void
clear_watch (TwRequest *request)
{
  if (request->watch == NULL)
    return;
  g_source_destroy (request->watch);
  g_clear_pointer (&request->watch, g_source_unref);
}

/* Gone in the listener's own context, whichever thread has the last reference. */
static gboolean
request_free (gpointer data)
{
  TwRequest *request = data;

  clear_watch (request);
  g_clear_pointer (&request->query, g_hash_table_unref);
  g_clear_object (&request->cancellable);
  g_object_unref (request->message);
  tw_peer_unref (request->peer);
  g_free (request->path);
  g_free (request);
  return G_SOURCE_REMOVE;
}

void
tw_request_unref (TwRequest *request)
{
  GMainContext *context;

  if (!g_atomic_ref_count_dec (&request->refs))
    return;
  context = request->listener->context;
  if (g_main_context_is_owner (context))
    request_free (request);
  else
    {
      g_autoptr (GSource) source = g_idle_source_new ();

      g_source_set_callback (source, request_free, request, NULL);
      g_source_attach (source, context);
    }
}

const char *
tw_request_get_method (TwRequest *request)
{
  return soup_server_message_get_method (request->message);
}

const char *
tw_request_get_path (TwRequest *request)
{
  return request->path;
}

/**
 * tw_request_get_query:
 * @request: a request
 * @name: a parameter
 *
 * Returns: (transfer none) (nullable): its value
 */
const char *
tw_request_get_query (TwRequest *request, const char *name)
{
  return request->query != NULL ? g_hash_table_lookup (request->query, name) : NULL;
}

/**
 * tw_request_check_query:
 * @request: a request
 * @names: NULL-terminated: the parameters that there are
 * @error: %TW_ERROR_INVALID naming the one that nobody knows
 *
 * Returns: whether it has no others
 */
gboolean
tw_request_check_query (TwRequest *request, const char *const *names, GError **error)
{
  GHashTableIter iter;
  gpointer name, value;

  if (request->query == NULL)
    return TRUE;
  g_hash_table_iter_init (&iter, request->query);
  while (g_hash_table_iter_next (&iter, &name, &value))
    if (!g_strv_contains (names, name) || !g_utf8_validate (value, -1, NULL))
      {
        g_autofree char *shown = g_utf8_make_valid (name, -1);

        g_set_error (error, TW_ERROR, TW_ERROR_INVALID,
                     "The parameter '%s' is not known or not text", shown);
        return FALSE;
      }
  return TRUE;
}

const char *
tw_request_get_header (TwRequest *request, const char *name)
{
  return soup_message_headers_get_one (soup_server_message_get_request_headers (request->message),
                                       name);
}

/**
 * tw_request_get_body:
 * @request: a request
 *
 * Returns: (transfer full): the whole body
 */
GBytes *
tw_request_get_body (TwRequest *request)
{
  return soup_message_body_flatten (soup_server_message_get_request_body (request->message));
}

GMainContext *
tw_request_get_context (TwRequest *request)
{
  return request->listener->context;
}

static gboolean
on_hang_up (GSocket *socket, GIOCondition condition, gpointer user_data)
{
  g_cancellable_cancel (((TwRequest *) user_data)->cancellable);
  return G_SOURCE_REMOVE;
}

/**
 * tw_request_get_cancellable:
 * @request: a request that will be answered later
 *
 * Returns: (transfer none): cancelled when the client has gone: libsoup does not look while it
 * waits for an answer
 */
GCancellable *
tw_request_get_cancellable (TwRequest *request)
{
  if (request->cancellable == NULL)
    {
      request->cancellable = g_cancellable_new ();
      request->watch = g_socket_create_source (request->peer->socket, G_IO_HUP | G_IO_ERR, NULL);
      g_source_set_callback (request->watch, G_SOURCE_FUNC (on_hang_up), request, NULL);
      g_source_attach (request->watch, request->listener->context);
    }
  return request->cancellable;
}

void
tw_request_set_header (TwRequest *request, const char *name, const char *value)
{
  soup_message_headers_replace (soup_server_message_get_response_headers (request->message), name,
                                value);
}

/**
 * tw_request_reply:
 * @request: a request that was not answered yet
 * @status: the HTTP status
 * @content_type: of @body
 * @body: (nullable) (transfer none): the answer
 *
 * Answers, in the listener's own context.
 */
void
tw_request_reply (TwRequest *request, guint status, const char *content_type, GBytes *body)
{
  g_return_if_fail (!request->answered);
  g_return_if_fail (g_main_context_is_owner (request->listener->context));

  request->answered = TRUE;
  clear_watch (request);
  soup_server_message_set_status (request->message, status, NULL);
  tw_request_set_header (request, "Cache-Control", "no-store");
  tw_request_set_header (request, "X-Content-Type-Options", "nosniff");
  if (body != NULL)
    {
      SoupMessageBody *response = soup_server_message_get_response_body (request->message);

      tw_request_set_header (request, "Content-Type", content_type);
      soup_message_body_append_bytes (response, body);
    }
  else
    soup_message_headers_set_content_length (
      soup_server_message_get_response_headers (request->message), 0);
  if (request->listener->stopped)
    return;
  tw_peer_enter (request->peer, TW_PEER_WRITING);
  soup_server_message_unpause (request->message);
}

/**
 * tw_request_reply_text:
 * @request: a request that was not answered yet
 * @status: the HTTP status
 * @content_type: of @text
 * @text: (transfer full): the answer
 *
 * As tw_request_reply().
 */
void
tw_request_reply_text (TwRequest *request, guint status, const char *content_type, char *text)
{
  g_autoptr (GBytes) body = g_bytes_new_take (text, strlen (text));

  tw_request_reply (request, status, content_type, body);
}

/**
 * tw_request_fail:
 * @request: a request that was not answered yet
 * @error: why it is not done; what went wrong inside goes to the log, not to the client
 *
 * As tw_request_reply().
 */
void
tw_request_fail (TwRequest *request, const GError *error)
{
  int code = error->domain == TW_ERROR ? error->code : TW_ERROR_INTERNAL;
  guint status = tw_wire_error_get_status (code);

  if (status == 500 || code == TW_ERROR_UNREACHABLE)
    g_message ("%s %s: %s", tw_request_get_method (request), request->path, error->message);
  tw_request_reply_text (request, status, "application/json", tw_wire_error_encode (error));
}
