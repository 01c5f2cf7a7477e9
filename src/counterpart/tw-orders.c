// SPDX-License-Identifier: GPL-3.0-or-later
#include "counterpart/tw-orders.h"

#include <string.h>

#include "base/tw-error.h"
#include "counterpart/tw-books.h"
#include "counterpart/tw-counterpart.h"
#include "counterpart/tw-office.h"
#include "protocol/tw-json.h"
#include "protocol/tw-wire-error.h"
#include "vault/tw-request.h"

#define JSON_TYPE "application/json"

/* A little after what it tells of is so. */
#define CONFIRMED_AFTER_MS 20

/* An order that is carried out later. */
typedef struct
{
  TwOrders *self;
  SoupServerMessage *message;
  const TwOrderRoute *route;
  JsonObject *body;
  guint source;
} LateOrder;

/* Of a message: what its answer is signed with. */
#define ANSWER_KEY "tw-answer-key"

/**
 * tw_answer_sign_with:
 * @message: a request
 * @key: (transfer none): what its answer will be signed with, whenever that comes
 */
void
tw_answer_sign_with (SoupServerMessage *message, TwKey *key)
{
  g_object_set_data_full (G_OBJECT (message), ANSWER_KEY, tw_key_ref (key),
                          (GDestroyNotify) tw_key_unref);
}

static void
sign (SoupServerMessage *message, guint status, const char *text)
{
  const char *id = soup_message_headers_get_one (soup_server_message_get_request_headers (message),
                                                 TW_REQUEST_HEADER_ID);
  TwKey *key = g_object_get_data (G_OBJECT (message), ANSWER_KEY);
  g_autofree char *signature = NULL;

  if (key == NULL || id == NULL)
    return;
  signature = tw_request_sign_answer (key, id, status, text, strlen (text));
  soup_message_headers_replace (soup_server_message_get_response_headers (message),
                                TW_REQUEST_HEADER_SIGNATURE, signature);
}

/**
 * tw_answer_text:
 * @message: a request
 * @status: of HTTP
 * @type: of @text
 * @text: (transfer full): the answer
 *
 * Answers, signed where the asker can check it.
 */
void
tw_answer_text (SoupServerMessage *message, guint status, const char *type, char *text)
{
  sign (message, status, text);
  soup_server_message_set_status (message, status, NULL);
  soup_server_message_set_response (message, type, SOUP_MEMORY_TAKE, text, strlen (text));
}

void
tw_answer (SoupServerMessage *message, JsonObject *json, GError *error)
{
  g_autoptr (JsonObject) object = json;
  g_autoptr (GError) why = error;

  if (object != NULL)
    {
      tw_answer_text (message, SOUP_STATUS_OK, JSON_TYPE, tw_json_canonical_object (object));
      return;
    }
  if (why->domain != TW_ERROR || why->code == TW_ERROR_INTERNAL)
    g_warning ("%s", why->message);
  tw_answer_text (
    message, tw_wire_error_get_status (why->domain == TW_ERROR ? why->code : TW_ERROR_INTERNAL),
    JSON_TYPE, tw_wire_error_encode (why));
}

/* As if nobody were there: no answer, the connection is gone. */
void
tw_answer_nothing (SoupServerMessage *message)
{
  g_autoptr (GIOStream) stream = soup_server_message_steal_connection (message);

  g_io_stream_close (stream, NULL, NULL);
}

static gboolean
has_state (JsonObject *order, const char *state)
{
  return strcmp (json_object_get_string_member (order, "state"), state) == 0;
}

/* What follows from what was done: the books are as wrong as they were asked to be, and the service
 * is told. */
static void
follow (TwOrders *self, const TwOrderRoute *route, JsonObject *order)
{
  const char *id = json_object_get_string_member (order, "id");
  g_autoptr (GError) error = NULL;

  if (!has_state (order, "refused") &&
      !tw_books_spoil (self->partners.db, tw_faults_take (&self->faults, TW_FAULTS_OF_BOOKS), id,
                       &error))
    g_warning ("%s", error->message);
  tw_callbacks_tell (self->callbacks, route->path, id, 0);
  if (has_state (order, "accepted"))
    tw_callbacks_tell (self->callbacks, route->path, id,
                       self->partners.confirm_ms + CONFIRMED_AFTER_MS);
}

static JsonObject *
act (TwOrders *self, const TwOrderRoute *route, JsonObject *body, gboolean refuse, GError **error)
{
  JsonObject *order = route->act (&self->partners, body, refuse, error);

  if (order != NULL)
    follow (self, route, order);
  return order;
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
  TwOrders *self = order->self;
  g_autoptr (GError) error = NULL;
  JsonObject *json = act (self, order->route, order->body, FALSE, &error);

  g_hash_table_remove (self->late, GUINT_TO_POINTER (order->source));
  tw_answer (order->message, json, g_steal_pointer (&error));
  soup_server_message_unpause (order->message);
  return G_SOURCE_REMOVE;
}

static void
act_late (TwOrders *self, SoupServerMessage *message, const TwOrderRoute *route, JsonObject *body)
{
  LateOrder *order = g_new0 (LateOrder, 1);

  order->self = self;
  order->message = g_object_ref (message);
  order->route = route;
  order->body = json_object_ref (body);
  soup_server_message_pause (message);
  order->source =
    g_timeout_add_full (G_PRIORITY_DEFAULT, self->late_ms, on_late, order, late_order_free);
  g_hash_table_add (self->late, GUINT_TO_POINTER (order->source));
}

/* It was done, and is denied. */
static void
deny (JsonObject *order)
{
  json_object_set_string_member (order, "state", "refused");
  json_object_set_string_member (order, "reference", "");
  json_object_set_string_member (order, "reason", "declined");
}

/**
 * tw_orders_take:
 * @self: orders
 * @message: a POST
 * @route: of that kind of order
 * @body: (transfer none): the order
 *
 * Carries the order out and answers, or does to it what the next fault says.
 */
void
tw_orders_take (TwOrders *self,
                SoupServerMessage *message,
                const TwOrderRoute *route,
                JsonObject *body)
{
  TwFault fault = tw_faults_take (&self->faults, TW_FAULTS_OF_ORDERS);
  g_autoptr (GError) error = NULL;
  JsonObject *json;

  if (fault == TW_FAULT_DOWN)
    {
      tw_answer_nothing (message);
      return;
    }
  if (fault == TW_FAULT_LATE)
    {
      act_late (self, message, route, body);
      return;
    }
  if (fault == TW_FAULT_TWICE)
    {
      json = route->act (&self->partners, body, FALSE, NULL);
      g_clear_pointer (&json, json_object_unref);
    }
  /* What is denied is not told of either. */
  if (fault == TW_FAULT_REFUSE_AFTER_ACTING)
    json = route->act (&self->partners, body, FALSE, &error);
  else
    json = act (self, route, body, fault == TW_FAULT_REFUSE, &error);
  if (fault == TW_FAULT_TIMEOUT_AFTER_ACTING)
    {
      g_clear_pointer (&json, json_object_unref);
      /* It stays so until the asker gives up. */
      soup_server_message_pause (message);
      return;
    }
  if (fault == TW_FAULT_REFUSE_AFTER_ACTING && json != NULL)
    deny (json);
  tw_answer (message, json, g_steal_pointer (&error));
}

/**
 * tw_orders_init:
 * @self: orders
 * @db: (transfer none): the books
 * @seed: makes another world
 */
void
tw_orders_init (TwOrders *self, TwDb *db, guint seed)
{
  self->partners = (TwPartners){ db, seed, TW_OFFICE_CONFIRM_MS };
  self->late_ms = TW_COUNTERPART_LATE_MS;
  self->late = g_hash_table_new (NULL, NULL);
}

/**
 * tw_orders_clear:
 * @self: orders
 *
 * Orders that were to be carried out late are not.
 */
void
tw_orders_clear (TwOrders *self)
{
  GHashTableIter iter;
  gpointer source;

  g_hash_table_iter_init (&iter, self->late);
  while (g_hash_table_iter_next (&iter, &source, NULL))
    g_source_remove (GPOINTER_TO_UINT (source));
  g_hash_table_unref (self->late);
  g_clear_pointer (&self->callbacks, tw_callbacks_free);
}
