// SPDX-License-Identifier: GPL-3.0-or-later
#include "counterpart/tw-counterpart.h"

#include <gio/gunixsocketaddress.h>
#include <glib/gstdio.h>
#include <libsoup/soup.h>
#include <string.h>

#include "base/tw-error.h"
#include "counterpart/tw-bank.h"
#include "counterpart/tw-office.h"
#include "protocol/tw-json.h"
#include "protocol/tw-lease.h"
#include "protocol/tw-wire-error.h"

#define MAX_BODY_BYTES (64 * 1024)
#define DEBITS "/bank/debits"
#define PAYMENTS "/office/payments"
#define TAXPAYERS "/office/taxpayers"
#define FAULTS "/faults"

struct _TwCounterpart
{
  TwDb *db;
  SoupServer *server;
  GSocketService *service;
  char *path;
  TwFaults faults;
  GHashTable *late; /* of guint: sources that will carry out an order */
  guint seed;
  guint confirm_ms;
  guint late_ms;
};

/* An order that is carried out later. */
typedef struct
{
  TwCounterpart *self;
  SoupServerMessage *message;
  JsonObject *body;
  gboolean for_bank;
  guint source;
} LateOrder;

static void
answer_json (SoupServerMessage *message, guint status, JsonObject *json)
{
  g_autofree char *text = tw_json_canonical_object (json);
  gsize length = strlen (text);

  soup_server_message_set_status (message, status, NULL);
  soup_server_message_set_response (message, "application/json", SOUP_MEMORY_TAKE,
                                    g_steal_pointer (&text), length);
}

static void
answer_error (SoupServerMessage *message, const GError *error)
{
  g_autofree char *text = tw_wire_error_encode (error);
  gsize length = strlen (text);

  if (error->domain != TW_ERROR || error->code == TW_ERROR_INTERNAL)
    g_warning ("%s", error->message);
  soup_server_message_set_status (
    message, tw_wire_error_get_status (error->domain == TW_ERROR ? error->code : TW_ERROR_INTERNAL),
    NULL);
  soup_server_message_set_response (message, "application/json", SOUP_MEMORY_TAKE,
                                    g_steal_pointer (&text), length);
}

/* Takes @json or @error. */
static void
answer (SoupServerMessage *message, JsonObject *json, GError *error)
{
  g_autoptr (JsonObject) object = json;
  g_autoptr (GError) why = error;

  if (object != NULL)
    answer_json (message, SOUP_STATUS_OK, object);
  else
    answer_error (message, why);
}

static void
answer_not_found (SoupServerMessage *message)
{
  answer (message, NULL,
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

/* As if nobody were there: no answer, the connection is gone. */
static void
hang_up (SoupServerMessage *message)
{
  g_autoptr (GIOStream) stream = soup_server_message_steal_connection (message);

  g_io_stream_close (stream, NULL, NULL);
}

static JsonObject *
act (TwCounterpart *self, JsonObject *body, gboolean for_bank, gboolean refuse, GError **error)
{
  return for_bank ? tw_bank_debit (self->db, body, refuse, error)
                  : tw_office_pay (self->db, body, self->confirm_ms, refuse, error);
}

static void
late_order_free (gpointer data)
{
  LateOrder *order = data;

  g_object_unref (order->message);
  json_object_unref (order->body);
  g_free (order);
}

static gboolean
on_late (gpointer data)
{
  LateOrder *order = data;
  TwCounterpart *self = order->self;
  g_autoptr (GError) error = NULL;
  JsonObject *json = act (self, order->body, order->for_bank, FALSE, &error);

  g_hash_table_remove (self->late, GUINT_TO_POINTER (order->source));
  answer (order->message, json, g_steal_pointer (&error));
  soup_server_message_unpause (order->message);
  return G_SOURCE_REMOVE;
}

static void
act_late (TwCounterpart *self, SoupServerMessage *message, JsonObject *body, gboolean for_bank)
{
  LateOrder *order = g_new0 (LateOrder, 1);

  order->self = self;
  order->message = g_object_ref (message);
  order->body = json_object_ref (body);
  order->for_bank = for_bank;
  soup_server_message_pause (message);
  order->source =
    g_timeout_add_full (G_PRIORITY_DEFAULT, self->late_ms, on_late, order, late_order_free);
  g_hash_table_add (self->late, GUINT_TO_POINTER (order->source));
}

static void
take_order (TwCounterpart *self, SoupServerMessage *message, gboolean for_bank)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonObject) body = read_body (message, &error);
  JsonObject *json = NULL;
  TwFault fault;

  if (body == NULL)
    {
      answer (message, NULL, g_steal_pointer (&error));
      return;
    }
  fault = tw_faults_take (&self->faults, TRUE);
  if (fault == TW_FAULT_DOWN)
    {
      hang_up (message);
      return;
    }
  if (fault == TW_FAULT_LATE)
    {
      act_late (self, message, body, for_bank);
      return;
    }
  if (fault == TW_FAULT_TWICE)
    {
      json = act (self, body, for_bank, FALSE, NULL);
      g_clear_pointer (&json, json_object_unref);
    }
  json = act (self, body, for_bank, fault == TW_FAULT_REFUSE, &error);
  if (fault == TW_FAULT_TIMEOUT_AFTER_ACTING)
    {
      g_clear_pointer (&json, json_object_unref);
      /* It stays so until the asker gives up. */
      soup_server_message_pause (message);
      return;
    }
  answer (message, json, g_steal_pointer (&error));
}

static void
on_orders (SoupServer *server,
           SoupServerMessage *message,
           const char *path,
           GHashTable *query,
           gpointer user_data)
{
  TwCounterpart *self = user_data;
  const char *method = soup_server_message_get_method (message);
  gboolean for_bank = g_str_has_prefix (path, DEBITS);
  const char *rest = path + strlen (for_bank ? DEBITS : PAYMENTS);
  g_autoptr (GError) error = NULL;
  JsonObject *json;

  if (strcmp (method, "POST") == 0 && rest[0] == '\0')
    take_order (self, message, for_bank);
  else if (strcmp (method, "GET") == 0 && rest[0] == '/')
    {
      if (tw_faults_take (&self->faults, FALSE) == TW_FAULT_DOWN)
        {
          hang_up (message);
          return;
        }
      json = for_bank ? tw_bank_find (self->db, rest + 1, &error)
                      : tw_office_find (self->db, rest + 1, &error);
      answer (message, json, g_steal_pointer (&error));
    }
  else
    answer_not_found (message);
}

static void
on_taxpayers (SoupServer *server,
              SoupServerMessage *message,
              const char *path,
              GHashTable *query,
              gpointer user_data)
{
  TwCounterpart *self = user_data;
  const char *rest = path + strlen (TAXPAYERS);
  g_autoptr (GError) error = NULL;
  JsonObject *json;

  if (strcmp (soup_server_message_get_method (message), "GET") != 0 || rest[0] != '/')
    {
      answer_not_found (message);
      return;
    }
  if (tw_faults_take (&self->faults, FALSE) == TW_FAULT_DOWN)
    {
      hang_up (message);
      return;
    }
  json = tw_office_get_taxpayer (self->db, rest + 1, self->seed, &error);
  answer (message, json, g_steal_pointer (&error));
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
  if (body != NULL && tw_faults_set_from_json (&self->faults, body, &error))
    answer (message, json_object_new (), NULL);
  else
    answer (message, NULL, g_steal_pointer (&error));
}

static void
on_nothing (SoupServer *server,
            SoupServerMessage *message,
            const char *path,
            GHashTable *query,
            gpointer user_data)
{
  answer_not_found (message);
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

  if (soup_message_headers_get_encoding (headers) == SOUP_ENCODING_CHUNKED ||
      soup_message_headers_get_content_length (headers) > MAX_BODY_BYTES)
    answer (message, NULL,
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
 * @seed: makes another world
 *
 * Returns: (transfer full): the practice bank and tax office; they don't listen yet
 */
TwCounterpart *
tw_counterpart_new (TwDb *db, guint seed)
{
  TwCounterpart *self = g_new0 (TwCounterpart, 1);

  self->db = db;
  self->seed = seed;
  self->confirm_ms = TW_OFFICE_CONFIRM_MS;
  self->late_ms = TW_COUNTERPART_LATE_MS;
  self->late = g_hash_table_new (NULL, NULL);
  self->server = soup_server_new ("server-header", "tax-wallet-counterpart", NULL);
  add_route (self, NULL, on_nothing);
  add_route (self, DEBITS, on_orders);
  add_route (self, PAYMENTS, on_orders);
  add_route (self, TAXPAYERS, on_taxpayers);
  add_route (self, FAULTS, on_faults);
  return self;
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
  return &self->faults;
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
  self->confirm_ms = confirm_ms;
  self->late_ms = late_ms;
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
  GHashTableIter iter;
  gpointer source;

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
  g_hash_table_iter_init (&iter, self->late);
  while (g_hash_table_iter_next (&iter, &source, NULL))
    g_source_remove (GPOINTER_TO_UINT (source));
  g_hash_table_unref (self->late);
  soup_server_disconnect (self->server);
  g_object_unref (self->server);
  g_free (self->path);
  g_free (self);
}
