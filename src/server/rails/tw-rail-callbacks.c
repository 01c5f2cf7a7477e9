// SPDX-License-Identifier: GPL-3.0-or-later
/* Where the other side tells of outcomes by itself: a socket that nothing but it connects to. A
 * callback is a hint and no more: it names an order, which is then asked for. So it does no harm
 * when it is lost, repeated, late, or wrong. */
#include "server/rails/tw-rails-private.h"

#include <gio/gunixsocketaddress.h>
#include <glib/gstdio.h>
#include <string.h>

#include "base/tw-error.h"
#include "protocol/tw-json.h"
#include "protocol/tw-lease.h"
#include "protocol/tw-routes.h"
#include "protocol/tw-wire-error.h"
#include "vault/tw-request.h"

#define MAX_BODY_BYTES (16 * 1024)
#define MAX_PATH_CHARS 128

struct _TwRailCallbacks
{
  TwRails *rails;
  char *path;
  SoupServer *server;
  GSocketService *service;
  TwRequestGuard *guard;
};

static void
answer (SoupServerMessage *message, const GError *error)
{
  char *text = error != NULL ? tw_wire_error_encode (error) : g_strdup ("{}");
  guint status = error != NULL ? tw_wire_error_get_status ((TwError) error->code) : SOUP_STATUS_OK;

  soup_server_message_set_status (message, status, NULL);
  soup_server_message_set_response (message, "application/json", SOUP_MEMORY_TAKE, text,
                                    strlen (text));
}

static gboolean
check_signature (TwRailCallbacks *self, SoupServerMessage *message, GBytes *body, GError **error)
{
  SoupMessageHeaders *headers = soup_server_message_get_request_headers (message);
  TwRequest request = {
    .method = soup_server_message_get_method (message),
    .path = g_uri_get_path (soup_server_message_get_uri (message)),
    .id = soup_message_headers_get_one (headers, TW_REQUEST_HEADER_ID),
    .at = soup_message_headers_get_one (headers, TW_REQUEST_HEADER_AT),
    .signature = soup_message_headers_get_one (headers, TW_REQUEST_HEADER_SIGNATURE),
  };

  request.body = g_bytes_get_data (body, &request.length);
  return tw_request_guard_check (self->guard, &request, g_get_real_time () / 1000, error);
}

/* {"path", "id"}: something has become of that order. Any of several services may be told; an order
 * that nobody waits for is none. */
static gboolean
take (TwRailCallbacks *self, GBytes *body, GError **error)
{
  static const char *const members[] = { "path", "id", NULL };
  gsize length;
  const char *text = g_bytes_get_data (body, &length);
  g_autoptr (JsonNode) node = tw_json_parse (text != NULL ? text : "", (gssize) length, error);
  const char *path, *id;
  TwRailOrder *op;

  if (node == NULL)
    return FALSE;
  if (!JSON_NODE_HOLDS_OBJECT (node))
    {
      g_set_error_literal (error, TW_ERROR, TW_ERROR_INVALID, "The body is not an object");
      return FALSE;
    }
  path = tw_json_get_text (json_node_get_object (node), "path", MAX_PATH_CHARS, FALSE, error);
  id = path != NULL ? tw_json_get_id (json_node_get_object (node), "id", error) : NULL;
  if (id == NULL || !tw_json_check_members (json_node_get_object (node), members, error))
    return FALSE;
  tw_rails_count_callback ();
  op = g_hash_table_lookup (self->rails->ops, id);
  if (op == NULL)
    tw_rails_take_up (self->rails, id);
  if (op == NULL || strcmp (op->rail->path, path) != 0)
    return TRUE;
  tw_rail_gate_wake (op->gate);
  tw_rail_order_hint (op);
  return TRUE;
}

static void
on_callback (SoupServer *server,
             SoupServerMessage *message,
             const char *path,
             GHashTable *query,
             gpointer user_data)
{
  TwRailCallbacks *self = user_data;
  g_autoptr (GBytes) body =
    soup_message_body_flatten (soup_server_message_get_request_body (message));
  g_autoptr (GError) error = NULL;

  if (strcmp (path, TW_ROUTE_RAIL_CALLBACKS) != 0 ||
      strcmp (soup_server_message_get_method (message), "POST") != 0)
    g_set_error_literal (&error, TW_ERROR, TW_ERROR_NOT_FOUND, "There is nothing here");
  else if (check_signature (self, message, body, &error))
    take (self, body, &error);
  answer (message, error);
}

/* Turned away before its body is read: what says that it is too long, and what doesn't say. */
static void
on_early (SoupServer *server,
          SoupServerMessage *message,
          const char *path,
          GHashTable *query,
          gpointer user_data)
{
  SoupMessageHeaders *headers = soup_server_message_get_request_headers (message);
  g_autoptr (GError) error = NULL;

  if (soup_message_headers_get_encoding (headers) != SOUP_ENCODING_CHUNKED &&
      soup_message_headers_get_content_length (headers) <= MAX_BODY_BYTES)
    return;
  g_set_error_literal (&error, TW_ERROR, TW_ERROR_TOO_LARGE, "The body is too long");
  answer (message, error);
}

static gboolean
on_incoming (GSocketService *service,
             GSocketConnection *connection,
             GObject *source,
             gpointer user_data)
{
  TwRailCallbacks *self = user_data;
  g_autoptr (GSocketAddress) local = g_socket_connection_get_local_address (connection, NULL);
  g_autoptr (GSocketAddress) remote =
    g_unix_socket_address_new_with_type ("", 0, G_UNIX_SOCKET_ADDRESS_ANONYMOUS);
  g_autoptr (GError) error = NULL;

  if (local != NULL &&
      !soup_server_accept_iostream (self->server, G_IO_STREAM (connection), local, remote, &error))
    g_warning ("A callback could not be taken: %s", error->message);
  return TRUE;
}

/**
 * tw_rail_callbacks_new:
 * @rails: outlives the result; this is its thread
 * @path: of the socket
 * @key: (transfer none): what the other side signs with
 * @error: as tw_socket_listen()
 *
 * Returns: (transfer full) (nullable): what listens for callbacks
 */
TwRailCallbacks *
tw_rail_callbacks_new (TwRails *rails, const char *path, TwKey *key, GError **error)
{
  TwRailCallbacks *self = g_new0 (TwRailCallbacks, 1);

  self->rails = rails;
  self->service = g_socket_service_new ();
  if (!tw_socket_listen (G_SOCKET_LISTENER (self->service), path, error))
    {
      g_object_unref (self->service);
      g_free (self);
      return NULL;
    }
  self->path = g_strdup (path);
  self->guard = tw_request_guard_new (key);
  self->server = soup_server_new ("server-header", "tax-wallet-server", NULL);
  soup_server_add_early_handler (self->server, NULL, on_early, self, NULL);
  soup_server_add_handler (self->server, NULL, on_callback, self, NULL);
  g_signal_connect (self->service, "incoming", G_CALLBACK (on_incoming), self);
  return self;
}

void
tw_rail_callbacks_free (TwRailCallbacks *self)
{
  if (self == NULL)
    return;
  g_signal_handlers_disconnect_by_data (self->service, self);
  g_socket_service_stop (self->service);
  g_socket_listener_close (G_SOCKET_LISTENER (self->service));
  g_object_unref (self->service);
  g_unlink (self->path);
  soup_server_disconnect (self->server);
  g_object_unref (self->server);
  tw_request_guard_free (self->guard);
  g_free (self->path);
  g_free (self);
}
