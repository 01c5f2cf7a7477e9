// SPDX-License-Identifier: GPL-3.0-or-later
/* The engine as pages see it. */
#include "client/app/tw-engine-private.h"

#include "base/tw-error.h"

static TwStatus *
get_status (TwClient *client)
{
  return TW_ENGINE (client)->status;
}

static TwObjectList *
get_list (TwClient *client, const char *wire_type)
{
  return tw_engine_get_list (TW_ENGINE (client), wire_type);
}

static GListModel *
get_outgoing (TwClient *client)
{
  return G_LIST_MODEL (TW_ENGINE (client)->outgoing);
}

static TwOutgoing *
submit (TwClient *client, const char *kind, const char *intent, GVariant *body, GError **error)
{
  return tw_engine_submit (TW_ENGINE (client), kind, intent, body, error);
}

static gboolean
discard (TwClient *client, const char *command_id)
{
  return tw_engine_discard (TW_ENGINE (client), command_id);
}

static void
on_records (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;
  TwRecordPage *page = tw_store_query_records_finish (TW_STORE (source), result, &error);

  if (page != NULL)
    g_task_return_pointer (task, page, (GDestroyNotify) tw_record_page_free);
  else
    g_task_return_error (task, error);
}

static void
query_records_async (TwClient *client,
                     const TwRecordQuery *query,
                     const char *after,
                     guint limit,
                     GCancellable *cancellable,
                     GAsyncReadyCallback callback,
                     gpointer user_data)
{
  TwEngine *self = TW_ENGINE (client);
  GTask *task = g_task_new (self, cancellable, callback, user_data);

  if (self->store != NULL)
    {
      tw_store_query_records_async (self->store, query, after, limit, cancellable, on_records,
                                    task);
      return;
    }
  g_task_return_pointer (task, tw_record_page_new (), (GDestroyNotify) tw_record_page_free);
  g_object_unref (task);
}

static TwRecordPage *
query_records_finish (TwClient *client, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
on_object (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;
  TwObject *object = tw_store_get_object_finish (TW_STORE (source), result, &error);

  if (object != NULL)
    g_task_return_pointer (task, object, g_object_unref);
  else
    g_task_return_error (task, error);
}

static void
get_object_async (TwClient *client,
                  const char *wire_type,
                  const char *id,
                  GCancellable *cancellable,
                  GAsyncReadyCallback callback,
                  gpointer user_data)
{
  TwEngine *self = TW_ENGINE (client);
  GTask *task = g_task_new (self, cancellable, callback, user_data);

  if (self->store != NULL)
    {
      tw_store_get_object_async (self->store, wire_type, id, cancellable, on_object, task);
      return;
    }
  g_task_return_new_error (task, TW_ERROR, TW_ERROR_NOT_FOUND, "Nobody is signed in");
  g_object_unref (task);
}

static TwObject *
get_object_finish (TwClient *client, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
register_async (TwClient *client,
                GVariant *body,
                GCancellable *cancellable,
                GAsyncReadyCallback callback,
                gpointer user_data)
{
  tw_engine_register_async (TW_ENGINE (client), body, cancellable, callback, user_data);
}

static char *
register_finish (TwClient *client, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
sign_in_async (TwClient *client,
               const char *login,
               const char *password,
               GCancellable *cancellable,
               GAsyncReadyCallback callback,
               gpointer user_data)
{
  tw_engine_sign_in_async (TW_ENGINE (client), login, password, cancellable, callback, user_data);
}

static gboolean
sign_in_finish (TwClient *client, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

static void
sign_out (TwClient *client)
{
  tw_engine_sign_out (TW_ENGINE (client));
}

static const char *
get_draft (TwClient *client, const char *key)
{
  return tw_engine_get_draft (TW_ENGINE (client), key);
}

static void
set_draft (TwClient *client, const char *key, const char *text)
{
  tw_engine_set_draft (TW_ENGINE (client), key, text);
}

/* A GInterfaceInitFunc for TwClient. */
void
tw_engine_client_init (gpointer data, gpointer unused)
{
  TwClientInterface *iface = data;

  iface->get_status = get_status;
  iface->get_list = get_list;
  iface->get_outgoing = get_outgoing;
  iface->submit = submit;
  iface->discard = discard;
  iface->query_records_async = query_records_async;
  iface->query_records_finish = query_records_finish;
  iface->get_object_async = get_object_async;
  iface->get_object_finish = get_object_finish;
  iface->register_async = register_async;
  iface->register_finish = register_finish;
  iface->sign_in_async = sign_in_async;
  iface->sign_in_finish = sign_in_finish;
  iface->sign_out = sign_out;
  iface->get_draft = get_draft;
  iface->set_draft = set_draft;
}
