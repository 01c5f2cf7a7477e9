// SPDX-License-Identifier: GPL-3.0-or-later
#include "counterpart/tw-callbacks.h"

#include <gio/gunixsocketaddress.h>
#include <libsoup/soup.h>
#include <string.h>

#include "base/tw-uuid.h"
#include "protocol/tw-json.h"
#include "protocol/tw-routes.h"
#include "vault/tw-request.h"

/* Tried so often, and given up: who waits asks for themselves. */
#define TRIES 3
#define RETRY_MS 400
#define TIMEOUT_S 5
/* One that is held back so that the next overtakes it goes at last. */
#define HOLD_MS 1000

struct _TwCallbacks
{
  TwKey *key;
  TwFaults *faults; /* not ours */
  SoupSession *session;
  char *uri;          /* where they go */
  GHashTable *timers; /* of guint */
  GCancellable *gone;
  char *held; /* (nullable): the body of one that is to come after the next */
  guint release;
};

/* One callback on its way. */
typedef struct
{
  TwCallbacks *self;
  GCancellable *gone;
  char *body;
  guint tries;
  guint timer;
} Telling;

static void send (Telling *telling);

static void
telling_free (Telling *telling)
{
  g_object_unref (telling->gone);
  g_free (telling->body);
  g_free (telling);
}

static gboolean
on_timer (gpointer data)
{
  Telling *telling = data;

  g_hash_table_remove (telling->self->timers, GUINT_TO_POINTER (telling->timer));
  send (telling);
  return G_SOURCE_REMOVE;
}

static void
send_later (Telling *telling, guint ms)
{
  telling->timer = g_timeout_add (ms, on_timer, telling);
  g_hash_table_insert (telling->self->timers, GUINT_TO_POINTER (telling->timer), telling);
}

static void
on_sent (GObject *session, GAsyncResult *result, gpointer data)
{
  Telling *telling = data;
  g_autoptr (GBytes) answer =
    soup_session_send_and_read_finish (SOUP_SESSION (session), result, NULL);

  if (answer == NULL && !g_cancellable_is_cancelled (telling->gone) && ++telling->tries < TRIES)
    send_later (telling, RETRY_MS * telling->tries);
  else
    telling_free (telling);
}

static void
send (Telling *telling)
{
  g_autoptr (SoupMessage) message = soup_message_new ("POST", telling->self->uri);
  SoupMessageHeaders *headers = soup_message_get_request_headers (message);
  g_autoptr (GBytes) bytes = g_bytes_new (telling->body, strlen (telling->body));
  g_autofree char *id = tw_uuid_new ();
  g_autofree char *at = g_strdup_printf ("%" G_GINT64_FORMAT, g_get_real_time () / 1000);
  TwRequest request = { .method = "POST",
                        .path = TW_ROUTE_RAIL_CALLBACKS,
                        .id = id,
                        .at = at,
                        .body = telling->body,
                        .length = strlen (telling->body) };
  g_autofree char *signature = tw_request_sign (telling->self->key, &request);

  soup_message_headers_append (headers, TW_REQUEST_HEADER_ID, id);
  soup_message_headers_append (headers, TW_REQUEST_HEADER_AT, at);
  soup_message_headers_append (headers, TW_REQUEST_HEADER_SIGNATURE, signature);
  soup_message_set_request_body_from_bytes (message, "application/json", bytes);
  soup_session_send_and_read_async (telling->self->session, message, G_PRIORITY_DEFAULT,
                                    telling->gone, on_sent, telling);
}

static void
begin (TwCallbacks *self, const char *body, guint after_ms)
{
  Telling *telling = g_new0 (Telling, 1);

  telling->self = self;
  telling->gone = g_object_ref (self->gone);
  telling->body = g_strdup (body);
  send_later (telling, after_ms);
}

static gboolean
on_release (gpointer data)
{
  TwCallbacks *self = data;

  self->release = 0;
  if (self->held != NULL)
    begin (self, self->held, 0);
  g_clear_pointer (&self->held, g_free);
  return G_SOURCE_REMOVE;
}

static gboolean
is_address (const char *where)
{
  return g_str_has_prefix (where, "http://") || g_str_has_prefix (where, "https://");
}

/**
 * tw_callbacks_new:
 * @where: the socket where a service listens for them, or the `http://HOST:PORT` of what stands
 *   before several services; it need not be there
 * @key: (transfer none): what they are signed with
 * @faults: outlives the callbacks
 *
 * Returns: (transfer full): the way back, in the thread-default main context
 */
TwCallbacks *
tw_callbacks_new (const char *where, TwKey *key, TwFaults *faults)
{
  g_autoptr (GSocketAddress) address =
    is_address (where) ? NULL : g_unix_socket_address_new (where);
  TwCallbacks *self = g_new0 (TwCallbacks, 1);

  self->key = tw_key_ref (key);
  self->faults = faults;
  self->timers = g_hash_table_new (NULL, NULL);
  self->gone = g_cancellable_new ();
  self->uri =
    g_strconcat (is_address (where) ? where : "http://service", TW_ROUTE_RAIL_CALLBACKS, NULL);
  self->session =
    g_object_new (SOUP_TYPE_SESSION, "remote-connectable", address, "timeout", TIMEOUT_S, NULL);
  return self;
}

/**
 * tw_callbacks_tell:
 * @self: (nullable): %NULL: nobody wants to be told
 * @path: of that kind of order
 * @id: of the order
 * @after_ms: in how long
 *
 * Something has become of an order.
 */
void
tw_callbacks_tell (TwCallbacks *self, const char *path, const char *id, guint after_ms)
{
  g_autoptr (JsonObject) json = NULL;
  g_autofree char *body = NULL;
  TwFault fault;

  if (self == NULL)
    return;
  json = json_object_new ();
  json_object_set_string_member (json, "path", path);
  json_object_set_string_member (json, "id", id);
  body = tw_json_canonical_object (json);
  fault = tw_faults_take (self->faults, TW_FAULTS_OF_CALLBACKS);
  if (fault == TW_FAULT_LOSE_CALLBACK)
    return;
  if (fault == TW_FAULT_REORDER_CALLBACKS && self->held == NULL)
    {
      self->held = g_steal_pointer (&body);
      self->release = g_timeout_add (HOLD_MS, on_release, self);
      return;
    }
  begin (self, body, after_ms);
  if (fault == TW_FAULT_REPEAT_CALLBACK)
    begin (self, body, after_ms);
  if (self->held != NULL)
    {
      g_clear_handle_id (&self->release, g_source_remove);
      begin (self, self->held, after_ms + 1);
      g_clear_pointer (&self->held, g_free);
    }
}

/**
 * tw_callbacks_free:
 * @self: (transfer full) (nullable): the way back
 *
 * What was on its way is lost.
 */
void
tw_callbacks_free (TwCallbacks *self)
{
  GHashTableIter iter;
  gpointer timer, telling;

  if (self == NULL)
    return;
  g_cancellable_cancel (self->gone);
  g_clear_handle_id (&self->release, g_source_remove);
  g_hash_table_iter_init (&iter, self->timers);
  while (g_hash_table_iter_next (&iter, &timer, &telling))
    {
      g_source_remove (GPOINTER_TO_UINT (timer));
      telling_free (telling);
    }
  g_hash_table_unref (self->timers);
  soup_session_abort (self->session);
  /* Those that were being sent end as they are cancelled. */
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_object_unref (self->session);
  g_object_unref (self->gone);
  g_free (self->held);
  g_free (self->uri);
  tw_key_unref (self->key);
  g_free (self);
}
