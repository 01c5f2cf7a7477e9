// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/rails/tw-rail-call.h"

#include <gio/gunixsocketaddress.h>
#include <string.h>

#include "base/tw-uuid.h"
#include "protocol/tw-json.h"
#include "vault/tw-request.h"

#define MAX_CONNECTIONS 16
/* The longest answer is a taxpayer's whole history; what is longer is none. */
#define MAX_ANSWER_BYTES (16 * 1024 * 1024)
#define CHUNK_BYTES (64 * 1024)

/* Of a session: what answers are signed with. */
#define ANSWER_KEY "tw-answer-key"

typedef struct
{
  SoupMessage *message;
  TwKey *answer_key;
  GCancellable *cancellable;
  GSource *deadline;
  GInputStream *stream; /* (nullable): of the answer */
  GByteArray *bytes;
  TwRailCalled called;
  gpointer user_data;
} Call;

static gboolean
on_deadline (gpointer data)
{
  g_cancellable_cancel (data);
  return G_SOURCE_REMOVE;
}

static void
call_free (Call *call)
{
  g_source_destroy (call->deadline);
  g_source_unref (call->deadline);
  g_object_unref (call->cancellable);
  g_clear_object (&call->stream);
  g_byte_array_unref (call->bytes);
  tw_key_unref (call->answer_key);
  g_object_unref (call->message);
  g_free (call);
}

/* Only what the partner itself says is an answer: somebody in between can't know, and may lie. */
static gboolean
is_signed (Call *call, guint status)
{
  SoupMessageHeaders *sent = soup_message_get_request_headers (call->message);
  SoupMessageHeaders *headers = soup_message_get_response_headers (call->message);

  return tw_request_check_answer (
    call->answer_key, soup_message_headers_get_one (sent, TW_REQUEST_HEADER_ID), status,
    call->bytes->data, call->bytes->len,
    soup_message_headers_get_one (headers, TW_REQUEST_HEADER_SIGNATURE));
}

/* @whole: whether all of the answer is there. */
static void
end (Call *call, gboolean whole)
{
  g_autoptr (JsonNode) node = NULL;
  JsonObject *answer = NULL;
  guint status = 0;

  if (whole)
    {
      status = soup_message_get_status (call->message);
      if (!is_signed (call, status))
        {
          /* Who does not take our signature may have another key than we: that says nothing of the
           * order, and is told to a person. */
          status = status == SOUP_STATUS_UNAUTHORIZED ? status : 0;
          whole = FALSE;
          tw_rails_count_unsigned ();
        }
    }
  if (whole)
    {
      g_byte_array_append (call->bytes, (const guint8 *) "", 1);
      node = tw_json_parse ((const char *) call->bytes->data, (gssize) call->bytes->len - 1, NULL);
      if (node != NULL && JSON_NODE_HOLDS_OBJECT (node))
        answer = json_node_get_object (node);
    }
  call->called (status, answer, call->user_data);
  call_free (call);
}

static void
on_chunk (GObject *stream, GAsyncResult *result, gpointer data)
{
  Call *call = data;
  g_autoptr (GBytes) chunk =
    g_input_stream_read_bytes_finish (G_INPUT_STREAM (stream), result, NULL);
  gsize length = chunk != NULL ? g_bytes_get_size (chunk) : 0;

  if (length == 0 || call->bytes->len + length > MAX_ANSWER_BYTES)
    {
      end (call, chunk != NULL && length == 0);
      return;
    }
  g_byte_array_append (call->bytes, g_bytes_get_data (chunk, NULL), (guint) length);
  g_input_stream_read_bytes_async (call->stream, CHUNK_BYTES, G_PRIORITY_DEFAULT, call->cancellable,
                                   on_chunk, call);
}

static void
on_answer (GObject *session, GAsyncResult *result, gpointer data)
{
  Call *call = data;

  call->stream = soup_session_send_finish (SOUP_SESSION (session), result, NULL);
  if (call->stream != NULL)
    g_input_stream_read_bytes_async (call->stream, CHUNK_BYTES, G_PRIORITY_DEFAULT,
                                     call->cancellable, on_chunk, call);
  else
    end (call, FALSE);
}

/**
 * tw_rail_session_new:
 * @socket_path: where the other side listens
 * @answer_key: (transfer none): what its answers are signed with
 *
 * Returns: (transfer full): what calls are made with, in the thread-default main context
 */
SoupSession *
tw_rail_session_new (const char *socket_path, TwKey *answer_key)
{
  g_autoptr (GSocketAddress) address = g_unix_socket_address_new (socket_path);
  SoupSession *session =
    g_object_new (SOUP_TYPE_SESSION, "remote-connectable", address, "max-conns", MAX_CONNECTIONS,
                  "max-conns-per-host", MAX_CONNECTIONS, "timeout", 0, NULL);

  g_object_set_data_full (G_OBJECT (session), ANSWER_KEY, tw_key_ref (answer_key),
                          (GDestroyNotify) tw_key_unref);
  return session;
}

/* Who asks, what and when: nobody else can, and nothing of it can be altered on the way. */
static void
sign (SoupMessage *message, TwKey *key, const char *path, const char *body)
{
  SoupMessageHeaders *headers = soup_message_get_request_headers (message);
  g_autofree char *id = tw_uuid_new ();
  g_autofree char *at = g_strdup_printf ("%" G_GINT64_FORMAT, g_get_real_time () / 1000);
  TwRequest request = { .method = soup_message_get_method (message),
                        .path = path,
                        .id = id,
                        .at = at,
                        .body = body,
                        .length = body != NULL ? strlen (body) : 0 };
  g_autofree char *signature = tw_request_sign (key, &request);

  soup_message_headers_append (headers, TW_REQUEST_HEADER_ID, id);
  soup_message_headers_append (headers, TW_REQUEST_HEADER_AT, at);
  soup_message_headers_append (headers, TW_REQUEST_HEADER_SIGNATURE, signature);
}

/**
 * tw_rail_call:
 * @session: of this thread
 * @key: what requests to the other side are signed with
 * @path: with a slash in front
 * @body: (nullable): JSON to POST; %NULL: GET
 * @timeout_ms: how long the answer may take in all
 * @called: called once, later
 * @user_data: for @called
 *
 * Makes one request, signed, under an id of its own. An answer that the other side has not signed
 * is none, but for the status 401.
 *
 * Returns: (transfer none): ends the call without an answer; there until @called is called
 */
GCancellable *
tw_rail_call (SoupSession *session,
              TwKey *key,
              const char *path,
              const char *body,
              guint timeout_ms,
              TwRailCalled called,
              gpointer user_data)
{
  g_autofree char *uri = g_strconcat ("http://counterpart", path, NULL);
  Call *call = g_new0 (Call, 1);

  call->message = soup_message_new (body != NULL ? "POST" : "GET", uri);
  call->answer_key = tw_key_ref (g_object_get_data (G_OBJECT (session), ANSWER_KEY));
  call->cancellable = g_cancellable_new ();
  call->bytes = g_byte_array_new ();
  call->called = called;
  call->user_data = user_data;
  call->deadline = g_timeout_source_new (timeout_ms);
  g_source_set_callback (call->deadline, on_deadline, g_object_ref (call->cancellable),
                         g_object_unref);
  g_source_attach (call->deadline, g_main_context_get_thread_default ());
  sign (call->message, key, path, body);
  if (body != NULL)
    {
      g_autoptr (GBytes) bytes = g_bytes_new (body, strlen (body));

      soup_message_set_request_body_from_bytes (call->message, "application/json", bytes);
    }
  soup_session_send_async (session, call->message, G_PRIORITY_DEFAULT, call->cancellable, on_answer,
                           call);
  return call->cancellable;
}
