// SPDX-License-Identifier: GPL-3.0-or-later
#include "client/sync/tw-transport.h"

#include <gio/gunixsocketaddress.h>
#include <libsoup/soup.h>
#include <string.h>

#include "base/tw-error.h"
#include "protocol/tw-routes.h"
#include "protocol/tw-wire-error.h"

/* Longer than this without a byte, and the other side is taken for gone. */
#define API_TIMEOUT_S 20
#define FEED_TIMEOUT_S (TW_LIMIT_FEED_WAIT_S + 15)

/**
 * TwTransport:
 *
 * Speaks HTTP to the service: on the sockets of a folder, or through TLS to a host.
 */
struct _TwTransport
{
  GObject parent_instance;

  char *base; /* the URL without a path */
  gboolean local;
  char *token; /* (nullable) */
  SoupSession *sessions[2];
};

G_DEFINE_FINAL_TYPE (TwTransport, tw_transport, G_TYPE_OBJECT)

/* One request; the data of its task. */
typedef struct
{
  SoupMessage *message;
  gboolean left; /* its head was written: from here on it may be acted upon */
} Request;

static void
request_free (gpointer data)
{
  Request *request = data;

  g_signal_handlers_disconnect_by_data (request->message, request);
  g_object_unref (request->message);
  g_free (request);
}

static void
tw_transport_finalize (GObject *object)
{
  TwTransport *self = TW_TRANSPORT (object);

  for (int i = 0; i < 2; i++)
    {
      soup_session_abort (self->sessions[i]);
      g_object_unref (self->sessions[i]);
    }
  g_free (self->base);
  g_free (self->token);
  G_OBJECT_CLASS (tw_transport_parent_class)->finalize (object);
}

static void
tw_transport_class_init (TwTransportClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = tw_transport_finalize;
}

static void
tw_transport_init (TwTransport *self)
{
}

static SoupSession *
make_session (const char *folder, const char *socket, guint timeout_s)
{
  g_autofree char *path = NULL;
  g_autoptr (GSocketAddress) address = NULL;

  if (folder == NULL)
    return soup_session_new_with_options ("timeout", timeout_s, NULL);
  path = g_build_filename (folder, socket, NULL);
  address = g_unix_socket_address_new (path);
  return soup_session_new_with_options ("remote-connectable", address, "proxy-resolver", NULL,
                                        "timeout", timeout_s, NULL);
}

/**
 * tw_transport_new:
 * @service: the folder of the service's sockets, or `https://host`
 *
 * Returns: (transfer full): a road to the service; nothing is connected yet
 */
TwTransport *
tw_transport_new (const char *service)
{
  TwTransport *self = g_object_new (TW_TYPE_TRANSPORT, NULL);

  self->local = !g_str_has_prefix (service, "https://");
  self->base = g_strdup (self->local ? "http://localhost" : service);
  if (g_str_has_suffix (self->base, "/"))
    self->base[strlen (self->base) - 1] = '\0';
  self->sessions[TW_ROAD_API] =
    make_session (self->local ? service : NULL, TW_SOCKET_API, API_TIMEOUT_S);
  self->sessions[TW_ROAD_FEED] =
    make_session (self->local ? service : NULL, TW_SOCKET_FEED, FEED_TIMEOUT_S);
  return self;
}

/**
 * tw_transport_is_local:
 * @self: a road
 *
 * Returns: whether the service is on this computer: trying again costs nothing
 */
gboolean
tw_transport_is_local (TwTransport *self)
{
  return self->local;
}

/**
 * tw_transport_set_token:
 * @self: a road
 * @token: (nullable): the session's token, for all requests from now on
 */
void
tw_transport_set_token (TwTransport *self, const char *token)
{
  g_free (self->token);
  self->token = g_strdup (token);
}

/**
 * tw_transport_get_token:
 * @self: a road
 *
 * Returns: (transfer none) (nullable): the session's token
 */
const char *
tw_transport_get_token (TwTransport *self)
{
  return self->token;
}

/* It stays said, however often the session below tries again. */
static void
on_wrote_headers (SoupMessage *message, gpointer user_data)
{
  ((Request *) user_data)->left = TRUE;
}

static void
on_answer (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Request *request = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) body =
    soup_session_send_and_read_finish (SOUP_SESSION (source), result, &error);
  guint status = soup_message_get_status (request->message);

  if (body == NULL && g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    g_task_return_error (task, g_steal_pointer (&error));
  else if (body == NULL)
    g_task_return_new_error (task, TW_ERROR, TW_ERROR_UNREACHABLE, "%s", error->message);
  else if (status >= 300 && status < 400)
    g_task_return_new_error (task, TW_ERROR, TW_ERROR_UNREACHABLE,
                             "Something else answers in place of the service (%u)", status);
  else if (status < 200 || status >= 300)
    g_task_return_error (task, tw_wire_error_decode (status, g_bytes_get_data (body, NULL),
                                                     g_bytes_get_size (body)));
  else
    g_task_return_pointer (task, g_steal_pointer (&body), (GDestroyNotify) g_bytes_unref);
}

/**
 * tw_transport_send_async:
 * @self: a road
 * @road: which lane
 * @method: `GET`, `POST` ...
 * @path: with its query
 * @range: (nullable): the value of `Content-Range`
 * @body: (nullable): JSON; other bytes with a @range
 * @cancellable: (nullable): stops waiting
 * @callback: called with the result
 * @user_data: for @callback
 */
void
tw_transport_send_async (TwTransport *self,
                         TwRoad road,
                         const char *method,
                         const char *path,
                         const char *range,
                         GBytes *body,
                         GCancellable *cancellable,
                         GAsyncReadyCallback callback,
                         gpointer user_data)
{
  GTask *task = g_task_new (self, cancellable, callback, user_data);
  g_autofree char *url = g_strconcat (self->base, path, NULL);
  Request *request = g_new0 (Request, 1);
  SoupMessageHeaders *headers;

  request->message = soup_message_new (method, url);
  /* The token is for the service alone. */
  soup_message_add_flags (request->message, SOUP_MESSAGE_NO_REDIRECT);
  g_task_set_task_data (task, request, request_free);
  headers = soup_message_get_request_headers (request->message);
  if (self->token != NULL)
    {
      g_autofree char *bearer = g_strconcat ("Bearer ", self->token, NULL);

      soup_message_headers_replace (headers, "Authorization", bearer);
    }
  if (range != NULL)
    soup_message_headers_replace (headers, "Content-Range", range);
  if (body != NULL)
    soup_message_set_request_body_from_bytes (
      request->message, range != NULL ? "application/octet-stream" : "application/json", body);
  g_signal_connect (request->message, "wrote-headers", G_CALLBACK (on_wrote_headers), request);
  soup_session_send_and_read_async (self->sessions[road], request->message, G_PRIORITY_DEFAULT,
                                    cancellable, on_answer, task);
}

/**
 * tw_transport_send_finish:
 * @self: a road
 * @result: what the callback was given
 * @left: (out) (optional): whether the request may have reached the service, whatever came of it
 * @error: %TW_ERROR_UNREACHABLE, what the service said was wrong, or cancelled
 *
 * Returns: (transfer full) (nullable): the answer
 */
GBytes *
tw_transport_send_finish (TwTransport *self, GAsyncResult *result, gboolean *left, GError **error)
{
  Request *request = g_task_get_task_data (G_TASK (result));

  if (left != NULL)
    *left = request->left;
  return g_task_propagate_pointer (G_TASK (result), error);
}

/**
 * tw_transport_get_status:
 * @result: what the callback was given
 *
 * Returns: the answer's HTTP status; 0 without an answer
 */
guint
tw_transport_get_status (GAsyncResult *result)
{
  return soup_message_get_status (
    ((Request *) g_task_get_task_data (G_TASK (result)))->message);
}

/**
 * tw_transport_get_number:
 * @result: what the callback was given
 * @header: the name of a header of the answer
 *
 * Returns: its value; -1 when it isn't there or no number
 */
gint64
tw_transport_get_number (GAsyncResult *result, const char *header)
{
  Request *request = g_task_get_task_data (G_TASK (result));
  const char *value =
    soup_message_headers_get_one (soup_message_get_response_headers (request->message), header);
  guint64 number;

  return value != NULL && g_ascii_string_to_unsigned (value, 10, 0, G_MAXINT64, &number, NULL)
           ? (gint64) number
           : -1;
}

/**
 * tw_transport_forget_connections:
 * @self: a road
 *
 * Ends what is under way and starts over: for a network that is another one now.
 */
void
tw_transport_forget_connections (TwTransport *self)
{
  for (int i = 0; i < 2; i++)
    soup_session_abort (self->sessions[i]);
}
