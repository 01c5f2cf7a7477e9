// SPDX-License-Identifier: GPL-3.0-or-later
#include "client/sync/tw-client.h"

G_DEFINE_INTERFACE (TwClient, tw_client, G_TYPE_OBJECT)

static void
tw_client_default_init (TwClientInterface *iface)
{
  /**
   * TwClient::records-changed:
   *
   * The tax history has other lines than before.
   */
  g_signal_new ("records-changed", TW_TYPE_CLIENT, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                G_TYPE_NONE, 0);
  /**
   * TwClient::message:
   * @text: something to say in passing
   */
  g_signal_new ("message", TW_TYPE_CLIENT, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1,
                G_TYPE_STRING);
}

/**
 * tw_client_get_status:
 * @self: a client
 *
 * Returns: (transfer none): who is signed in and whether the service can be reached; always the
 * same
 */
TwStatus *
tw_client_get_status (TwClient *self)
{
  return TW_CLIENT_GET_IFACE (self)->get_status (self);
}

/**
 * tw_client_get_list:
 * @self: a client
 * @wire_type: the name of a type on the wire, except `record`
 *
 * Returns: (transfer none): everything of that type that the person may see, in the order of
 * arrival; always the same list, empty while nobody is signed in
 */
TwObjectList *
tw_client_get_list (TwClient *self, const char *wire_type)
{
  return TW_CLIENT_GET_IFACE (self)->get_list (self, wire_type);
}

/**
 * tw_client_get_outgoing:
 * @self: a client
 *
 * Returns: (transfer none): the #TwOutgoing whose result the person has not seen yet, oldest first
 */
GListModel *
tw_client_get_outgoing (TwClient *self)
{
  return TW_CLIENT_GET_IFACE (self)->get_outgoing (self);
}

/**
 * tw_client_submit:
 * @self: a client
 * @kind: a kind of protocol/tw-kinds.h
 * @intent: (nullable): the intent of an earlier attempt that was refused; %NULL starts a new one
 * @body: `a{sv}` with strings (s), integers (x), booleans (b); a floating one is taken
 * @error: %TW_ERROR_UNREACHABLE for a kind that can't wait while the service can't be reached,
 *   %TW_ERROR_REFUSED while an attempt of @intent is live, %TW_ERROR_UNAUTHENTICATED
 *
 * Writes a command down and sends it. Returns at once; watch the result's `state`.
 *
 * Returns: (transfer full) (nullable): the command
 */
TwOutgoing *
tw_client_submit (
  TwClient *self, const char *kind, const char *intent, GVariant *body, GError **error)
{
  g_autoptr (GVariant) taken = g_variant_ref_sink (body);

  return TW_CLIENT_GET_IFACE (self)->submit (self, kind, intent, taken, error);
}

/**
 * tw_client_discard:
 * @self: a client
 * @command_id: a command that was never sent, or whose result the person has seen
 *
 * Returns: %FALSE when it can't be taken back any more
 */
gboolean
tw_client_discard (TwClient *self, const char *command_id)
{
  return TW_CLIENT_GET_IFACE (self)->discard (self, command_id);
}

/**
 * tw_client_query_records_async:
 * @self: a client
 * @query: (transfer none): the question
 * @after: (nullable): `next` of the page before
 * @limit: how many records at most
 * @cancellable: (nullable): stops it
 * @callback: called with the result
 * @user_data: for @callback
 *
 * Asks the store for one page of the tax history. Works without a network.
 */
void
tw_client_query_records_async (TwClient *self,
                               const TwRecordQuery *query,
                               const char *after,
                               guint limit,
                               GCancellable *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer user_data)
{
  TW_CLIENT_GET_IFACE (self)->query_records_async (self, query, after, limit, cancellable, callback,
                                                   user_data);
}

/**
 * tw_client_query_records_finish:
 * @self: a client
 * @result: what the callback was given
 * @error: what went wrong
 *
 * Returns: (transfer full) (nullable): the page
 */
TwRecordPage *
tw_client_query_records_finish (TwClient *self, GAsyncResult *result, GError **error)
{
  return TW_CLIENT_GET_IFACE (self)->query_records_finish (self, result, error);
}

/**
 * tw_client_get_object_async:
 * @self: a client
 * @wire_type: the name of a type on the wire; for all but `record` tw_client_get_list() has it at
 * once
 * @id: which one
 * @cancellable: (nullable): stops it
 * @callback: called with the result
 * @user_data: for @callback
 *
 * Asks the store for one object, however old it is. Works without a network.
 */
void
tw_client_get_object_async (TwClient *self,
                            const char *wire_type,
                            const char *id,
                            GCancellable *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer user_data)
{
  TW_CLIENT_GET_IFACE (self)->get_object_async (self, wire_type, id, cancellable, callback,
                                                user_data);
}

/**
 * tw_client_get_object_finish:
 * @self: a client
 * @result: what the callback was given
 * @error: %TW_ERROR_NOT_FOUND: there is none, or not any more, or nobody is signed in; else what
 *   went wrong
 *
 * Returns: (transfer full) (nullable): the object as it is now; a later version is another object
 */
TwObject *
tw_client_get_object_finish (TwClient *self, GAsyncResult *result, GError **error)
{
  return TW_CLIENT_GET_IFACE (self)->get_object_finish (self, result, error);
}

/**
 * tw_client_register_async:
 * @self: a client
 * @body: `name`, `id_number`, `phone`, `email`, `password`; a floating one is taken
 * @cancellable: (nullable): stops waiting
 * @callback: called with the result
 * @user_data: for @callback
 *
 * Registers a person. Asking again after an unknown outcome repeats the same attempt.
 */
void
tw_client_register_async (TwClient *self,
                          GVariant *body,
                          GCancellable *cancellable,
                          GAsyncReadyCallback callback,
                          gpointer user_data)
{
  g_autoptr (GVariant) taken = g_variant_ref_sink (body);

  TW_CLIENT_GET_IFACE (self)->register_async (self, taken, cancellable, callback, user_data);
}

/**
 * tw_client_register_finish:
 * @self: a client
 * @result: what the callback was given
 * @error: %TW_ERROR_REFUSED in words for the person, %TW_ERROR_UNREACHABLE
 *
 * Returns: (transfer full) (nullable): the reference of the confirmation
 */
char *
tw_client_register_finish (TwClient *self, GAsyncResult *result, GError **error)
{
  return TW_CLIENT_GET_IFACE (self)->register_finish (self, result, error);
}

/**
 * tw_client_sign_in_async:
 * @self: a client
 * @login: a phone number, or an agent's name
 * @password: the password
 * @cancellable: (nullable): stops waiting
 * @callback: called with the result
 * @user_data: for @callback
 */
void
tw_client_sign_in_async (TwClient *self,
                         const char *login,
                         const char *password,
                         GCancellable *cancellable,
                         GAsyncReadyCallback callback,
                         gpointer user_data)
{
  TW_CLIENT_GET_IFACE (self)->sign_in_async (self, login, password, cancellable, callback,
                                             user_data);
}

/**
 * tw_client_sign_in_finish:
 * @self: a client
 * @result: what the callback was given
 * @error: %TW_ERROR_UNAUTHENTICATED, %TW_ERROR_TOO_MANY or %TW_ERROR_UNREACHABLE, in words
 *
 * Returns: whether there is a session now
 */
gboolean
tw_client_sign_in_finish (TwClient *self, GAsyncResult *result, GError **error)
{
  return TW_CLIENT_GET_IFACE (self)->sign_in_finish (self, result, error);
}

/**
 * tw_client_sign_out:
 * @self: a client
 *
 * Ends the session here at once, and at the service as soon as it can be reached.
 */
void
tw_client_sign_out (TwClient *self)
{
  TW_CLIENT_GET_IFACE (self)->sign_out (self);
}

/**
 * tw_client_get_draft:
 * @self: a client
 * @key: what is being written: `page/what`
 *
 * Returns: (transfer none) (nullable): what was typed and not sent
 */
const char *
tw_client_get_draft (TwClient *self, const char *key)
{
  return TW_CLIENT_GET_IFACE (self)->get_draft (self, key);
}

/**
 * tw_client_set_draft:
 * @self: a client
 * @key: what is being written: `page/what`
 * @text: (nullable): what stands there now; %NULL or "" forgets it
 *
 * Keeps what is typed, on every keystroke. Secrets are never drafts.
 */
void
tw_client_set_draft (TwClient *self, const char *key, const char *text)
{
  TW_CLIENT_GET_IFACE (self)->set_draft (self, key, text);
}
