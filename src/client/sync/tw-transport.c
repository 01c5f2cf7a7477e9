// SPDX-License-Identifier: GPL-3.0-or-later
#include "client/sync/tw-transport.h"

#include <gio/gunixsocketaddress.h>
#include <glib/gi18n-lib.h>
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
make_session (const char *folder, const char *socket, GTlsDatabase *trusted, guint timeout_s)
{
  g_autofree char *path = NULL;
  g_autoptr (GSocketAddress) address = NULL;

  if (folder == NULL)
    return trusted != NULL
             ? soup_session_new_with_options ("timeout", timeout_s, "tls-database", trusted, NULL)
             : soup_session_new_with_options ("timeout", timeout_s, NULL);
  path = g_build_filename (folder, socket, NULL);
  address = g_unix_socket_address_new (path);
  return soup_session_new_with_options ("remote-connectable", address, "proxy-resolver", NULL,
                                        "timeout", timeout_s, NULL);
}

static TwTransport *
make (const char *base, const char *folder, GTlsDatabase *trusted)
{
  TwTransport *self = g_object_new (TW_TYPE_TRANSPORT, NULL);

  self->local = folder != NULL;
  self->base = g_strdup (base);
  self->sessions[TW_ROAD_API] = make_session (folder, TW_SOCKET_API, trusted, API_TIMEOUT_S);
  self->sessions[TW_ROAD_FEED] = make_session (folder, TW_SOCKET_FEED, trusted, FEED_TIMEOUT_S);
  return self;
}

/**
 * tw_transport_new_local:
 * @folder: where the service's sockets are
 *
 * Returns: (transfer full): a road to a service on this computer; nothing is connected yet
 */
TwTransport *
tw_transport_new_local (const char *folder)
{
  return make ("http://localhost", folder, NULL);
}

/* `https://host`, perhaps with a port; NULL with @error. */
static char *
read_base (const char *service, GError **error)
{
  g_autoptr (GUri) uri = g_uri_parse (service, G_URI_FLAGS_NONE, NULL);

  if (uri != NULL && g_strcmp0 (g_uri_get_scheme (uri), "https") == 0 &&
      g_uri_get_host (uri) != NULL && *g_uri_get_host (uri) != '\0' &&
      g_uri_get_userinfo (uri) == NULL && g_uri_get_query (uri) == NULL &&
      g_uri_get_fragment (uri) == NULL && strlen (g_uri_get_path (uri)) <= 1)
    return g_uri_join (G_URI_FLAGS_NONE, "https", NULL, g_uri_get_host (uri), g_uri_get_port (uri),
                       "", NULL, NULL);
  g_set_error (error, TW_ERROR, TW_ERROR_INVALID,
               _ ("“%s” is not an address of a service: give https://host, or the folder of its "
                  "sockets."),
               service);
  return NULL;
}

/**
 * tw_transport_new:
 * @service: the folder of the service's sockets, or `https://host`
 * @trust: (nullable): a file of certificates in PEM; only what they have signed is trusted, instead
 *   of what the system trusts
 * @error: %TW_ERROR_INVALID for what is neither, or a file that holds no certificate
 *
 * Returns: (transfer full) (nullable): a road to the service; nothing is connected yet
 */
TwTransport *
tw_transport_new (const char *service, const char *trust, GError **error)
{
  g_autoptr (GTlsDatabase) trusted = NULL;
  g_autofree char *base = NULL;
  g_autofree char *path = NULL;

  if (g_path_is_absolute (service))
    return tw_transport_new_local (service);
  base = read_base (service, error);
  if (base == NULL)
    return NULL;
  if (trust != NULL)
    {
      g_autoptr (GError) local = NULL;

      path = g_canonicalize_filename (trust, NULL);
      trusted = g_tls_file_database_new (path, &local);
      if (trusted == NULL)
        {
          g_set_error (error, TW_ERROR, TW_ERROR_INVALID,
                       _ ("“%s” can’t be read as a file of certificates: %s"), trust,
                       local->message);
          return NULL;
        }
    }
  return make (base, NULL, trusted);
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

/* The service speaks English to every window; each says it in the language of its person. */
static GError *
read_error (guint status, GBytes *body)
{
  GError *error =
    tw_wire_error_decode (status, g_bytes_get_data (body, NULL), g_bytes_get_size (body));
  char *said = error->message;

  error->message = tw_wire_error_say (said);
  g_free (said);
  return error;
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
  else if (body == NULL && g_error_matches (error, G_TLS_ERROR, G_TLS_ERROR_BAD_CERTIFICATE))
    g_task_return_new_error (
      task, TW_ERROR, TW_ERROR_WRONG_KEY,
      _ ("This is perhaps not our service: it can’t prove who it is. Nothing was sent. Try another "
         "network, and see that the date of this computer is right."));
  else if (body == NULL)
    g_task_return_new_error (task, TW_ERROR, TW_ERROR_UNREACHABLE, "%s", error->message);
  else if (status >= 300 && status < 400)
    g_task_return_new_error (task, TW_ERROR, TW_ERROR_UNREACHABLE,
                             "Something else answers in place of the service (%u)", status);
  else if (status < 200 || status >= 300)
    g_task_return_error (task, read_error (status, body));
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
 * @error: %TW_ERROR_UNREACHABLE, %TW_ERROR_WRONG_KEY (in words: who answers can't prove to be the
 *   service), what the service said was wrong, or cancelled
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
  return soup_message_get_status (((Request *) g_task_get_task_data (G_TASK (result)))->message);
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
