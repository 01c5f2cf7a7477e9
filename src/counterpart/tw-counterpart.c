// SPDX-License-Identifier: GPL-3.0-or-later
#include "counterpart/tw-counterpart.h"

#include <gio/gunixsocketaddress.h>
#include <glib/gstdio.h>
#include <libsoup/soup.h>
#include <string.h>

#include "base/tw-error.h"
#include "counterpart/tw-orders.h"
#include "counterpart/tw-requests.h"
#include "counterpart/tw-routes.h"
#include "counterpart/tw-sms.h"
#include "protocol/tw-json.h"
#include "protocol/tw-lease.h"
#include "vault/tw-request.h"

#define MAX_BODY_BYTES (64 * 1024)
#define FAULTS "/faults"
#define PHONES "/phones"
#define DOCUMENT ".xml"

struct _TwCounterpart
{
  TwOrders orders;
  TwKey *key;
  TwKey *answer_key;
  TwRequestGuard *guard;
  SoupServer *server;
  GSocketService *service;
  char *path;
};

static void
answer_not_found (SoupServerMessage *message)
{
  tw_answer (message, NULL,
             g_error_new_literal (TW_ERROR, TW_ERROR_NOT_FOUND, "There is nothing here"));
}

static JsonObject *
read_body (SoupServerMessage *message, GError **error)
{
  SoupMessageBody *body = soup_server_message_get_request_body (message);
  g_autoptr (GBytes) bytes = soup_message_body_flatten (body);
  g_autoptr (JsonNode) node = NULL;
  gsize length;
  const char *text = g_bytes_get_data (bytes, &length);

  node = tw_json_parse (text != NULL ? text : "", (gssize) length, error);
  if (node == NULL)
    return NULL;
  if (JSON_NODE_HOLDS_OBJECT (node))
    return json_node_dup_object (node);
  g_set_error_literal (error, TW_ERROR, TW_ERROR_INVALID, "The body is not an object");
  return NULL;
}

/* Whether it is the service that asks, and what it has asked. */
static gboolean
check_signature (TwCounterpart *self, SoupServerMessage *message, GError **error)
{
  SoupMessageHeaders *headers = soup_server_message_get_request_headers (message);
  SoupMessageBody *body = soup_server_message_get_request_body (message);
  g_autoptr (GBytes) bytes = soup_message_body_flatten (body);
  GUri *uri = soup_server_message_get_uri (message);
  const char *query = g_uri_get_query (uri);
  gint64 now_ms = g_get_real_time () / 1000;
  g_autofree char *path =
    g_strconcat (g_uri_get_path (uri), query != NULL ? "?" : NULL, query, NULL);
  TwRequest request = {
    .method = soup_server_message_get_method (message),
    .path = path,
    .id = soup_message_headers_get_one (headers, TW_REQUEST_HEADER_ID),
    .at = soup_message_headers_get_one (headers, TW_REQUEST_HEADER_AT),
    .signature = soup_message_headers_get_one (headers, TW_REQUEST_HEADER_SIGNATURE),
  };

  request.body = g_bytes_get_data (bytes, &request.length);
  return tw_request_guard_check (self->guard, &request, now_ms, error) &&
         tw_requests_keep (self->orders.partners.db, &request, now_ms, error);
}

static void
answer_question (TwCounterpart *self,
                 SoupServerMessage *message,
                 const TwQuestionRoute *route,
                 const char *rest)
{
  gboolean written = route->write != NULL && g_str_has_suffix (rest, DOCUMENT);
  g_autoptr (GError) error = NULL;
  g_autofree char *day = NULL;
  JsonObject *json = NULL;
  char *text;

  if (!written)
    {
      json = route->answer (&self->orders.partners, rest, &error);
      tw_answer (message, json, g_steal_pointer (&error));
      return;
    }
  day = g_strndup (rest, strlen (rest) - strlen (DOCUMENT));
  text = route->write (&self->orders.partners, day, &error);
  if (text == NULL)
    {
      tw_answer (message, NULL, g_steal_pointer (&error));
      return;
    }
  tw_answer_text (message, SOUP_STATUS_OK, "application/xml", text);
}

static void
take_order (TwCounterpart *self, SoupServerMessage *message, const TwOrderRoute *route)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonObject) body = read_body (message, &error);

  if (body != NULL)
    tw_orders_take (&self->orders, message, route, body);
  else
    tw_answer (message, NULL, g_steal_pointer (&error));
}

/* GET: nobody is there, or they answer. What comes after a question mark is the rest. */
static void
ask (TwCounterpart *self, SoupServerMessage *message, const char *path)
{
  const char *query = g_uri_get_query (soup_server_message_get_uri (message));
  const char *rest = NULL;
  const TwOrderRoute *orders = query == NULL ? tw_routes_find_order (path, &rest) : NULL;
  const TwQuestionRoute *question = orders == NULL ? tw_routes_find_question (path, &rest) : NULL;
  g_autoptr (GError) error = NULL;
  JsonObject *json;

  if ((orders != NULL && rest == NULL) || (orders == NULL && question == NULL))
    answer_not_found (message);
  else if (tw_faults_take_down (&self->orders.faults))
    tw_answer_nothing (message);
  else if (question != NULL)
    answer_question (self, message, question, query != NULL ? query : rest != NULL ? rest : "");
  else
    {
      json = orders->find (&self->orders.partners, rest, &error);
      tw_answer (message, json, g_steal_pointer (&error));
    }
}

static void
on_request (SoupServer *server,
            SoupServerMessage *message,
            const char *path,
            GHashTable *query,
            gpointer user_data)
{
  TwCounterpart *self = user_data;
  const char *method = soup_server_message_get_method (message);
  const TwOrderRoute *orders;
  const char *rest = NULL;
  g_autoptr (GError) error = NULL;

  if (!check_signature (self, message, &error))
    {
      tw_answer (message, NULL, g_steal_pointer (&error));
      return;
    }
  orders = tw_routes_find_order (path, &rest);
  if (strcmp (method, "GET") == 0)
    ask (self, message, path);
  else if (strcmp (method, "POST") == 0 && orders != NULL && rest == NULL)
    take_order (self, message, orders);
  else
    answer_not_found (message);
}

static void
on_faults (SoupServer *server,
           SoupServerMessage *message,
           const char *path,
           GHashTable *query,
           gpointer user_data)
{
  TwCounterpart *self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonObject) body = NULL;

  if (strcmp (soup_server_message_get_method (message), "POST") != 0)
    {
      answer_not_found (message);
      return;
    }
  body = read_body (message, &error);
  if (body != NULL && tw_faults_set_from_json (&self->orders.faults, body, &error))
    tw_answer (message, json_object_new (), NULL);
  else
    tw_answer (message, NULL, g_steal_pointer (&error));
}

/* GET /phones/NUMBER: what the practice phone shows, for who holds it. Nothing else is here for the
 * asking: a person has no key to sign with. */
static void
on_phones (SoupServer *server,
           SoupServerMessage *message,
           const char *path,
           GHashTable *query,
           gpointer user_data)
{
  TwCounterpart *self = user_data;
  g_autoptr (GError) error = NULL;
  JsonObject *json;

  if (strcmp (soup_server_message_get_method (message), "GET") != 0 ||
      !g_str_has_prefix (path, PHONES "/"))
    {
      answer_not_found (message);
      return;
    }
  json = tw_sms_answer_phone (&self->orders.partners, path + strlen (PHONES "/"), &error);
  tw_answer (message, json, g_steal_pointer (&error));
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
  TwCounterpart *self = user_data;

  tw_answer_sign_with (message, self->answer_key);
  if (soup_message_headers_get_encoding (headers) == SOUP_ENCODING_CHUNKED ||
      soup_message_headers_get_content_length (headers) > MAX_BODY_BYTES)
    tw_answer (message, NULL,
               g_error_new_literal (TW_ERROR, TW_ERROR_TOO_LARGE, "The body is too long"));
}

/* Only the handlers of the nearest path are asked, the early one too. */
static void
add_route (TwCounterpart *self, const char *path, SoupServerCallback handle)
{
  soup_server_add_early_handler (self->server, path, on_early, self, NULL);
  soup_server_add_handler (self->server, path, handle, self, NULL);
}

static gboolean
on_incoming (GSocketService *service,
             GSocketConnection *connection,
             GObject *source,
             gpointer user_data)
{
  TwCounterpart *self = user_data;
  g_autoptr (GSocketAddress) local = g_socket_connection_get_local_address (connection, NULL);
  g_autoptr (GSocketAddress) remote = g_socket_connection_get_remote_address (connection, NULL);
  g_autoptr (GError) error = NULL;

  /* A UNIX socket's client has no address of its own; the server wants one to be there. */
  if (remote == NULL)
    remote = g_unix_socket_address_new_with_type ("", 0, G_UNIX_SOCKET_ADDRESS_ANONYMOUS);
  if (local == NULL)
    return TRUE; /* gone already */
  if (!soup_server_accept_iostream (self->server, G_IO_STREAM (connection), local, remote, &error))
    g_warning ("A connection could not be served: %s", error->message);
  return TRUE;
}

/**
 * tw_counterpart_new:
 * @db: (transfer none): the books; used in this thread, and outlive the counterpart
 * @key: (transfer none): what both sides sign with
 * @seed: makes another world
 * @error: the database's
 *
 * Returns: (transfer full) (nullable): the practice bank and tax office; they don't listen yet
 */
TwCounterpart *
tw_counterpart_new (TwDb *db, TwKey *key, guint seed, GError **error)
{
  g_autoptr (TwKey) theirs = tw_key_derive (key, TW_REQUEST_TO_PARTNER);
  TwCounterpart *self = g_new0 (TwCounterpart, 1);

  tw_orders_init (&self->orders, db, seed);
  self->key = tw_key_ref (key);
  self->answer_key = tw_key_derive (key, TW_REQUEST_FROM_PARTNER);
  self->guard = tw_request_guard_new (theirs);
  self->server = soup_server_new ("server-header", "tax-wallet-counterpart", NULL);
  add_route (self, NULL, on_request);
  add_route (self, FAULTS, on_faults);
  add_route (self, PHONES, on_phones);
  if (tw_requests_recall (db, self->guard, g_get_real_time () / 1000, error))
    return self;
  tw_counterpart_free (self);
  return NULL;
}

/**
 * tw_counterpart_get_faults:
 * @self: a counterpart
 *
 * Returns: (transfer none): how it misbehaves
 */
TwFaults *
tw_counterpart_get_faults (TwCounterpart *self)
{
  return &self->orders.faults;
}

/**
 * tw_counterpart_set_times:
 * @self: a counterpart
 * @confirm_ms: how long the office takes to confirm
 * @late_ms: how late an order with the fault `late` is carried out
 */
void
tw_counterpart_set_times (TwCounterpart *self, guint confirm_ms, guint late_ms)
{
  self->orders.partners.confirm_ms = confirm_ms;
  self->orders.late_ms = late_ms;
}

/**
 * tw_counterpart_set_callback:
 * @self: a counterpart
 * @where: the socket where the service wants to be told of outcomes, or `http://HOST:PORT`
 */
void
tw_counterpart_set_callback (TwCounterpart *self, const char *where)
{
  g_clear_pointer (&self->orders.callbacks, tw_callbacks_free);
  self->orders.callbacks = tw_callbacks_new (where, self->answer_key, &self->orders.faults);
}

/**
 * tw_counterpart_listen:
 * @self: a counterpart
 * @path: of the socket
 * @error: as tw_socket_listen()
 *
 * Returns: whether it serves
 */
gboolean
tw_counterpart_listen (TwCounterpart *self, const char *path, GError **error)
{
  /* The server's own listener leaks a socket a connection; this one doesn't. */
  self->service = g_socket_service_new ();
  if (!tw_socket_listen (G_SOCKET_LISTENER (self->service), path, error))
    {
      g_clear_object (&self->service);
      return FALSE;
    }
  self->path = g_strdup (path);
  g_signal_connect (self->service, "incoming", G_CALLBACK (on_incoming), self);
  return TRUE;
}

/**
 * tw_counterpart_free:
 * @self: (transfer full) (nullable): a counterpart
 *
 * Stops serving. Orders that were to be carried out late are not.
 */
void
tw_counterpart_free (TwCounterpart *self)
{
  if (self == NULL)
    return;
  if (self->service != NULL)
    {
      g_signal_handlers_disconnect_by_data (self->service, self);
      g_socket_service_stop (self->service);
      g_socket_listener_close (G_SOCKET_LISTENER (self->service));
      g_object_unref (self->service);
      g_unlink (self->path);
    }
  tw_orders_clear (&self->orders);
  soup_server_disconnect (self->server);
  g_object_unref (self->server);
  tw_request_guard_free (self->guard);
  tw_key_unref (self->key);
  tw_key_unref (self->answer_key);
  g_free (self->path);
  g_free (self);
}
