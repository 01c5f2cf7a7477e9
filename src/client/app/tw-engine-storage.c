// SPDX-License-Identifier: GPL-3.0-or-later
/* The store as sync sees it; what passes through here is shown in the lists. */
#include "client/app/tw-engine-private.h"

#include "base/tw-clock.h"
#include "base/tw-error.h"
#include "client/sync/tw-sync-storage.h"

/* A computer whose clock is off by more goes by the service's: by its own, every payment would be
 * too old or not yet made, and today another day. */
#define MAX_SKEW_MS 30000

/* An answer of the store that is on its way to sync. */
typedef struct
{
  GTask *task;
  TwStore *store; /* a person's; the engine may have another one by then */
  GPtrArray *results;
  TwFeedPage *page;
} Pass;

static void
follow_clock (gint64 service_ms)
{
  gint64 skew_ms = service_ms - tw_clock_now_ms ();

  if (ABS (skew_ms) > MAX_SKEW_MS)
    tw_clock_set_offset_ms (tw_clock_get_offset_ms () + skew_ms);
}

static GTask *
task_new (TwEngine *self, GAsyncReadyCallback callback, gpointer user_data)
{
  return g_task_new (self, NULL, callback, user_data);
}

static Pass *
pass_new (GTask *task)
{
  TwEngine *self = g_task_get_source_object (task);
  Pass *pass;

  if (self->store == NULL)
    {
      g_task_return_new_error (task, TW_ERROR, TW_ERROR_LOCKED, "Nobody is signed in");
      g_object_unref (task);
      return NULL;
    }
  pass = g_new0 (Pass, 1);
  pass->task = task;
  pass->store = g_object_ref (self->store);
  return pass;
}

static void
pass_free (Pass *pass)
{
  g_object_unref (pass->task);
  g_object_unref (pass->store);
  g_clear_pointer (&pass->results, g_ptr_array_unref);
  g_free (pass);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Pass, pass_free)

static TwEngine *
pass_engine (Pass *pass)
{
  return g_task_get_source_object (pass->task);
}

static gboolean
pass_is_current (Pass *pass)
{
  return pass_engine (pass)->store == pass->store;
}

static gboolean
storage_finish (TwSyncStorage *storage, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

static void
on_cursor (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Pass) pass = user_data;
  GError *error = NULL;
  char *cursor = NULL;

  if (tw_store_get_cursor_finish (TW_STORE (source), result, &cursor, &error))
    g_task_return_pointer (pass->task, cursor, g_free);
  else
    g_task_return_error (pass->task, error);
}

static void
get_cursor_async (TwSyncStorage *storage, GAsyncReadyCallback callback, gpointer user_data)
{
  Pass *pass = pass_new (task_new (TW_ENGINE (storage), callback, user_data));

  if (pass != NULL)
    tw_store_get_cursor_async (pass->store, on_cursor, pass);
}

static gboolean
get_cursor_finish (TwSyncStorage *storage, GAsyncResult *result, char **cursor, GError **error)
{
  g_autoptr (GError) local = NULL;

  *cursor = g_task_propagate_pointer (G_TASK (result), &local);
  if (local == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&local));
  return FALSE;
}

static void
on_restarted (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Pass) pass = user_data;
  GError *error = NULL;

  if (tw_store_finish (TW_STORE (source), result, &error))
    g_task_return_boolean (pass->task, TRUE);
  else
    g_task_return_error (pass->task, error);
}

static void
restart_async (TwSyncStorage *storage, GAsyncReadyCallback callback, gpointer user_data)
{
  Pass *pass = pass_new (task_new (TW_ENGINE (storage), callback, user_data));

  if (pass != NULL)
    tw_store_restart_async (pass->store, on_restarted, pass);
}

/* One `items-changed` a list for all that a page brings, and one for all that it takes away. */
static void
show (TwEngine *self, TwStoreChanges *changes)
{
  g_autoptr (GPtrArray) touched = g_ptr_array_new ();

  for (guint i = 0; i < changes->put->len + changes->removed->len; i++)
    {
      const char *type =
        i < changes->put->len
          ? tw_object_get_wire_type (changes->put->pdata[i])
          : ((TwStoreRemoved *) changes->removed->pdata[i - changes->put->len])->type;
      TwObjectList *list = tw_engine_get_list (self, type);

      if (!g_ptr_array_find (touched, list, NULL))
        {
          g_ptr_array_add (touched, list);
          tw_object_list_begin (list);
        }
      if (i < changes->put->len)
        tw_object_list_put (list, changes->put->pdata[i]);
      else
        tw_object_list_remove (
          list, ((TwStoreRemoved *) changes->removed->pdata[i - changes->put->len])->id);
    }
  for (guint i = 0; i < touched->len; i++)
    tw_object_list_end (touched->pdata[i]);
  for (guint i = 0; i < changes->put->len; i++)
    tw_engine_note_arrival (self, tw_object_get_id (changes->put->pdata[i]));
  if (changes->records)
    g_signal_emit_by_name (self, "records-changed");
}

static void
on_applied (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Pass) pass = user_data;
  TwEngine *self = pass_engine (pass);
  GError *error = NULL;
  g_autoptr (TwStoreChanges) changes = tw_store_apply_finish (TW_STORE (source), result, &error);

  if (changes == NULL)
    {
      g_task_return_error (pass->task, error);
      return;
    }
  if (pass_is_current (pass))
    {
      show (self, changes);
      if (!pass->page->more)
        {
          follow_clock (pass->page->now_ms);
          g_object_set (self->status, "as-of-ms", pass->page->now_ms, NULL);
        }
    }
  g_task_return_boolean (pass->task, TRUE);
}

static void
apply_async (TwSyncStorage *storage,
             TwFeedPage *page,
             const char *after,
             GAsyncReadyCallback callback,
             gpointer user_data)
{
  Pass *pass = pass_new (task_new (TW_ENGINE (storage), callback, user_data));

  if (pass == NULL)
    return;
  pass->page = page;
  tw_store_apply_async (pass->store, page, after, on_applied, pass);
}

static void
on_taken (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Pass) pass = user_data;
  TwEngine *self = pass_engine (pass);
  GError *error = NULL;
  g_autoptr (TwStoreBatch) batch = tw_store_take_finish (TW_STORE (source), result, &error);

  self->taking--;
  if (batch == NULL)
    {
      g_task_return_error (pass->task, error);
      return;
    }
  if (pass_is_current (pass))
    {
      for (guint i = 0; i < batch->commands->len; i++)
        g_hash_table_add (self->under_way,
                          g_strdup (((TwCommand *) batch->commands->pdata[i])->id));
      tw_engine_expire (self, (const char *const *) batch->expired);
    }
  g_task_return_pointer (pass->task, g_steal_pointer (&batch->commands),
                         (GDestroyNotify) g_ptr_array_unref);
}

static void
take_async (TwSyncStorage *storage,
            guint limit,
            gsize max_bytes,
            const char *const *except,
            GAsyncReadyCallback callback,
            gpointer user_data)
{
  TwEngine *self = TW_ENGINE (storage);
  Pass *pass = pass_new (task_new (self, callback, user_data));

  if (pass == NULL)
    return;
  self->taking++;
  tw_store_take_async (pass->store, limit, max_bytes, except, on_taken, pass);
}

static GPtrArray *
take_finish (TwSyncStorage *storage, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
note_left (TwSyncStorage *storage, const char *const *ids)
{
  TwEngine *self = TW_ENGINE (storage);

  for (guint i = 0; ids[i] != NULL; i++)
    {
      TwOutgoing *outgoing = g_hash_table_lookup (self->by_id, ids[i]);

      if (outgoing != NULL)
        tw_outgoing_set_sent (outgoing);
#ifdef TW_MUTANT_NEW_ID
#include "base/tw-planted.h"
      g_autoptr (TwOutgoing) again = tw_engine_submit (self, tw_outgoing_get_kind (outgoing), NULL,
                                                       tw_outgoing_get_body (outgoing), NULL);
#endif
    }
}

static void
on_unsent (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Pass) pass = user_data;
  GError *error = NULL;

  if (!tw_store_finish (TW_STORE (source), result, &error))
    {
      g_task_return_error (pass->task, error);
      return;
    }
  if (pass_is_current (pass))
    for (guint i = 0; i < pass->results->len; i++)
      g_hash_table_remove (pass_engine (pass)->under_way, pass->results->pdata[i]);
  g_task_return_boolean (pass->task, TRUE);
}

/* One whose answer was lost before stays sent: this attempt may not have left, that one did. */
static void
unsend_async (TwSyncStorage *storage,
              const char *const *ids,
              GAsyncReadyCallback callback,
              gpointer user_data)
{
  TwEngine *self = TW_ENGINE (storage);
  Pass *pass = pass_new (task_new (self, callback, user_data));
  g_autoptr (GPtrArray) never_left = NULL;

  if (pass == NULL)
    return;
  never_left = g_ptr_array_new_with_free_func (g_free);
  for (guint i = 0; ids[i] != NULL; i++)
    {
      TwOutgoing *outgoing = g_hash_table_lookup (self->by_id, ids[i]);

      if (outgoing != NULL && tw_outgoing_get_state (outgoing) == TW_OUTGOING_STATE_WAITING)
        g_ptr_array_add (never_left, g_strdup (ids[i]));
    }
  g_ptr_array_add (never_left, NULL);
  tw_store_unsend_async (pass->store, (const char *const *) never_left->pdata, on_unsent, pass);
  g_ptr_array_remove_index (never_left, never_left->len - 1);
  pass->results = g_steal_pointer (&never_left);
}

static void
on_settled (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Pass) pass = user_data;
  GError *error = NULL;

  if (!tw_store_finish (TW_STORE (source), result, &error))
    {
      g_task_return_error (pass->task, error);
      return;
    }
  for (guint i = 0; pass_is_current (pass) && i < pass->results->len; i++)
    tw_engine_settle (pass_engine (pass), pass->results->pdata[i]);
  g_task_return_boolean (pass->task, TRUE);
}

static void
settle_async (TwSyncStorage *storage,
              GPtrArray *results,
              GAsyncReadyCallback callback,
              gpointer user_data)
{
  Pass *pass = pass_new (task_new (TW_ENGINE (storage), callback, user_data));

  if (pass == NULL)
    return;
  pass->results = g_ptr_array_ref (results);
  tw_store_settle_async (pass->store, results, on_settled, pass);
}

/* A GInterfaceInitFunc for TwSyncStorage. */
void
tw_engine_storage_init (gpointer iface, gpointer data)
{
  TwSyncStorageInterface *storage = iface;

  storage->get_cursor_async = get_cursor_async;
  storage->get_cursor_finish = get_cursor_finish;
  storage->restart_async = restart_async;
  storage->apply_async = apply_async;
  storage->take_async = take_async;
  storage->take_finish = take_finish;
  storage->note_left = note_left;
  storage->unsend_async = unsend_async;
  storage->settle_async = settle_async;
  storage->finish = storage_finish;
}
