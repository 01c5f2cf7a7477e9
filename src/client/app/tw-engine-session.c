// SPDX-License-Identifier: GPL-3.0-or-later
/* Signing in and out. */
#include "client/app/tw-engine-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "base/tw-error.h"
#include "protocol/tw-json.h"
#include "protocol/tw-kinds.h"
#include "protocol/tw-routes.h"

/* What the service says about a session. */
typedef struct
{
  GHashTable *meta; /* for the person's store */
  TwStore *store;
} SignIn;

static void
sign_in_free (gpointer data)
{
  SignIn *sign_in = data;

  g_clear_pointer (&sign_in->meta, g_hash_table_unref);
  if (sign_in->store != NULL)
    {
      tw_store_close (sign_in->store);
      g_object_unref (sign_in->store);
    }
  g_free (sign_in);
}

static void
on_revoked (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (TwEngine) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) answer =
    tw_transport_send_finish (TW_TRANSPORT (source), result, NULL, &error);
  const char *tokens = g_hash_table_lookup (self->device_meta, TW_META_REVOKE);
  const char *rest;

  self->revoking = FALSE;
  if (tokens == NULL || self->device == NULL ||
      (answer == NULL && !g_error_matches (error, TW_ERROR, TW_ERROR_UNAUTHENTICATED)))
    return;
  rest = strchr (tokens, ' ');
  {
    g_autofree char *left = rest != NULL ? g_strdup (rest + 1) : NULL;

    tw_engine_set_device_meta (self, TW_META_REVOKE, left);
  }
  tw_engine_revoke (self);
}

static void
revoke_token (TwEngine *self, const char *token, GAsyncReadyCallback callback)
{
  g_autofree char *current = g_strdup (tw_transport_get_token (self->transport));

  tw_transport_set_token (self->transport, token);
  tw_transport_send_async (self->transport, TW_ROAD_API, "DELETE", TW_ROUTE_SESSION, NULL, NULL,
                           NULL, callback, callback != NULL ? g_object_ref (self) : NULL);
  tw_transport_set_token (self->transport, current);
}

/* Ends, one after the other, the sessions that the person has ended here. */
void
tw_engine_revoke (TwEngine *self)
{
  const char *tokens = g_hash_table_lookup (self->device_meta, TW_META_REVOKE);
  g_autofree char *token = NULL;

  if (tokens == NULL || self->revoking)
    return;
  self->revoking = TRUE;
  token = g_strndup (tokens, strcspn (tokens, " "));
  revoke_token (self, token, on_revoked);
}

static void
on_open (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  TwEngine *self = g_task_get_source_object (task);
  SignIn *sign_in = g_task_get_task_data (task);
  GError *error = NULL;
  g_autoptr (TwStoreContents) contents = tw_store_open_finish (TW_STORE (source), result, &error);

  if (contents == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  tw_engine_leave (self);
  if (tw_engine_enter (self, g_steal_pointer (&sign_in->store), contents))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_new_error (task, TW_ERROR, TW_ERROR_INTERNAL,
                             _ ("The session could not be kept on this computer."));
}

static gboolean
take_meta (
  GHashTable *meta, JsonObject *answer, const char *member, const char *name, GError **error)
{
  const char *text = tw_json_get_string (answer, member, error);

  if (text == NULL)
    return FALSE;
  g_hash_table_insert (meta, g_strdup (name), g_strdup (text));
  return TRUE;
}

static GHashTable *
read_session (GBytes *bytes, GError **error)
{
  g_autoptr (GHashTable) meta = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  gsize length;
  const char *text = g_bytes_get_data (bytes, &length);
  g_autoptr (JsonNode) root = tw_json_parse (text, (gssize) length, error);
  JsonObject *answer;

  if (root == NULL)
    return NULL;
  if (!JSON_NODE_HOLDS_OBJECT (root))
    {
      g_set_error (error, TW_ERROR, TW_ERROR_INVALID, "A session is an object");
      return NULL;
    }
  answer = json_node_get_object (root);
  return take_meta (meta, answer, "token", TW_META_TOKEN, error) &&
             take_meta (meta, answer, "account_id", TW_META_ACCOUNT, error) &&
             take_meta (meta, answer, "name", TW_META_NAME, error) &&
             take_meta (meta, answer, "role", TW_META_ROLE, error)
           ? g_steal_pointer (&meta)
           : NULL;
}

static gboolean
check_role (TwEngine *self, GHashTable *meta, GError **error)
{
  TwRole role = tw_role_from_name (g_hash_table_lookup (meta, TW_META_ROLE));
  gboolean desk = (role & (TW_ROLE_AGENT | TW_ROLE_SENIOR)) != 0;

  if (desk == self->agent)
    return TRUE;
  g_set_error_literal (
    error, TW_ERROR, TW_ERROR_DENIED,
    desk ? _ ("This is an agent’s name. Agents sign in in the window of the desk.")
         : _ ("This is a customer’s account. Customers sign in in the window of the wallet."));
  return FALSE;
}

static void
on_session (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  TwEngine *self = g_task_get_source_object (task);
  SignIn *sign_in = g_task_get_task_data (task);
  GError *error = NULL;
  g_autoptr (GBytes) answer =
    tw_transport_send_finish (TW_TRANSPORT (source), result, NULL, &error);
  g_autofree char *profile = NULL;

  if (answer == NULL || (sign_in->meta = read_session (answer, &error)) == NULL)
    {
      if (g_error_matches (error, TW_ERROR, TW_ERROR_UNREACHABLE))
        {
          g_clear_error (&error);
          g_set_error_literal (&error, TW_ERROR, TW_ERROR_UNREACHABLE,
                               _ ("The service can’t be reached just now. Try again in a moment."));
        }
      g_task_return_error (task, error);
      return;
    }
  if (self->device == NULL)
    {
      g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_CANCELLED, "Closed");
      return;
    }
  if (!check_role (self, sign_in->meta, &error))
    {
      revoke_token (self, g_hash_table_lookup (sign_in->meta, TW_META_TOKEN), NULL);
      g_task_return_error (task, error);
      return;
    }
  tw_engine_leave (self);
  profile = tw_engine_get_profile (self, g_hash_table_lookup (sign_in->meta, TW_META_ACCOUNT));
  tw_engine_set_device_meta (self, TW_META_LAST, profile);
  sign_in->store = tw_engine_make_store (self, profile);
  /* The second opening, in the order of the queue, then finds the session written. */
  tw_store_open_async (sign_in->store, NULL, NULL);
  tw_store_set_meta_async (sign_in->store, sign_in->meta, NULL, NULL);
  tw_store_open_async (sign_in->store, on_open, g_steal_pointer (&task));
}

void
tw_engine_sign_in_async (TwEngine *self,
                         const char *login,
                         const char *password,
                         GCancellable *cancellable,
                         GAsyncReadyCallback callback,
                         gpointer user_data)
{
  GTask *task = g_task_new (self, cancellable, callback, user_data);
  g_autoptr (JsonObject) root = json_object_new ();
  JsonObject *device = json_object_new ();
  g_autofree char *public_key = tw_signer_get_public (self->signer);
  g_autoptr (GBytes) body = NULL;
  char *text;

  g_task_set_task_data (task, g_new0 (SignIn, 1), sign_in_free);
  json_object_set_string_member (device, "id", self->device_id);
  json_object_set_string_member (device, "public_key", public_key);
  json_object_set_object_member (root, "device", device);
  json_object_set_string_member (root, "login", login);
  json_object_set_string_member (root, "password", password);
  text = tw_json_canonical_object (root);
  body =
    g_bytes_new_with_free_func (text, strlen (text), (GDestroyNotify) tw_secret_free_text, text);
  tw_transport_send_async (self->transport, TW_ROAD_API, "POST", TW_ROUTE_SESSIONS, NULL, body,
                           cancellable, on_session, task);
}

static void
forget_session (TwEngine *self)
{
  g_autoptr (GHashTable) values = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);

  g_hash_table_insert (values, g_strdup (TW_META_TOKEN), NULL);
  tw_store_set_meta_async (self->store, values, NULL, NULL);
  tw_engine_leave (self);
}

void
tw_engine_sign_out (TwEngine *self)
{
  const char *waiting = g_hash_table_lookup (self->device_meta, TW_META_REVOKE);
  g_autofree char *tokens = NULL;

  if (self->store == NULL)
    return;
  tokens = waiting != NULL
             ? g_strjoin (" ", waiting, tw_transport_get_token (self->transport), NULL)
             : g_strdup (tw_transport_get_token (self->transport));
  tw_engine_set_device_meta (self, TW_META_REVOKE, tokens);
  forget_session (self);
  tw_engine_revoke (self);
}

/* The service does not know the session any more. */
void
tw_engine_session_ended (TwEngine *self)
{
  if (self->store == NULL)
    return;
  forget_session (self);
  g_signal_emit_by_name (
    self, "message", _ ("Your session has ended. Sign in again: nothing that you wrote is lost."));
}
