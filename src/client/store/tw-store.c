// SPDX-License-Identifier: GPL-3.0-or-later
#include "client/store/tw-store-private.h"

#include "base/tw-error.h"
#include "base/tw-uuid.h"

/**
 * TwStore:
 *
 * The sealed local database of one profile, with a thread and a queue of its own. A damaged file is
 * set aside by that thread and begun anew; see the signal `set-aside`.
 */
G_DEFINE_FINAL_TYPE (TwStore, tw_store, G_TYPE_OBJECT)

enum
{
  SET_ASIDE,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

typedef struct
{
  TwStoreMode mode;
  TwStoreFunc func; /* NULL ends the thread */
  GTask *task;
} Job;

/* A commit that failed only when it was to be made durable stands in the log all the same, and
 * would be found there at the next start. What was told not to be written must not come back, so
 * something else is written in its place. */
static void
write_over (TwStore *self)
{
  g_autofree char *mark = tw_uuid_new ();
  g_autoptr (GError) error = NULL;

  if (tw_db_begin (self->db, &error) &&
      tw_store_put_meta (self, TW_STORE_META_WRITTEN_OVER, mark, &error) &&
      tw_db_commit (self->db, &error))
    return;
  tw_db_rollback (self->db);
  g_message ("What could not be written may be found at the next start: %s", error->message);
}

static gboolean
run_once (TwStore *self, Job *job, GError **error)
{
  gpointer data = g_task_get_task_data (job->task);
  gboolean ok;

  if (job->mode == TW_STORE_PLAIN)
    return job->func (self, data, error);
  if (self->db == NULL)
    {
      g_set_error_literal (error, TW_ERROR, TW_ERROR_LOCKED, "The store is not open");
      return FALSE;
    }
  ok =
    job->mode == TW_STORE_READ ? tw_db_begin_read (self->db, error) : tw_db_begin (self->db, error);
  if (!ok)
    return FALSE;
  if (!job->func (self, data, error))
    {
      tw_db_rollback (self->db);
      return FALSE;
    }
#ifdef TW_MUTANT_STORE_FAILURE_SWALLOWED
#include "base/tw-planted.h"
  if (job->mode == TW_STORE_WRITE && !tw_db_commit (self->db, NULL))
    tw_db_rollback (self->db);
  if (job->mode == TW_STORE_WRITE)
    return TRUE;
#endif
  if (tw_db_commit (self->db, error))
    return TRUE;
  if (job->mode == TW_STORE_WRITE)
    write_over (self);
  return FALSE;
}

/* What a failed attempt leaves behind may be older than what the file says now. */
static void
run_job (TwStore *self, Job *job)
{
  g_autoptr (GError) error = NULL;
  gboolean ok = FALSE;

  TW_STORE_ASSERT_THREAD (self);
  if (g_task_return_error_if_cancelled (job->task))
    return;
  ok = run_once (self, job, &error);
  if (!ok && g_error_matches (error, TW_ERROR, TW_ERROR_DAMAGED))
    {
      g_autoptr (GError) local = NULL;

      if (!tw_store_set_aside (self, &local))
        g_prefix_error (&error, "%s: ", local->message);
      else
        {
          g_clear_error (&error);
          ok = run_once (self, job, &error);
        }
    }
  if (!ok)
    tw_store_forget_totals (self);
  if (ok)
    g_task_return_boolean (job->task, TRUE);
  else
    g_task_return_error (job->task, g_steal_pointer (&error));
}

static gpointer
run_thread (gpointer data)
{
  TwStore *self = data;
  gboolean more = TRUE;

  self->thread = g_thread_self ();
  while (more)
    {
      Job *job = g_async_queue_pop (self->jobs);

      more = job->func != NULL;
      if (more)
        run_job (self, job);
      g_clear_object (&job->task);
      g_free (job);
    }
  tw_store_forget_totals (self);
  g_clear_pointer (&self->db, tw_db_close);
  g_object_unref (self);
  return NULL;
}

/* Queues @func; @task (transfer full) returns %TRUE or an error when it has run. */
void
tw_store_push (TwStore *self, TwStoreMode mode, TwStoreFunc func, GTask *task)
{
  Job *job;

  if (self->closing)
    {
      g_task_return_new_error (task, TW_ERROR, TW_ERROR_LOCKED, "The store is closed");
      g_object_unref (task);
      return;
    }
  job = g_new0 (Job, 1);
  job->mode = mode;
  job->func = func;
  job->task = task;
  g_async_queue_push (self->jobs, job);
}

static void
tw_store_finalize (GObject *object)
{
  TwStore *self = TW_STORE (object);

  g_async_queue_unref (self->jobs);
  g_ptr_array_unref (self->texts);
  g_main_context_unref (self->context);
  tw_key_unref (self->key);
  g_free (self->folder);
  g_free (self->path);
  G_OBJECT_CLASS (tw_store_parent_class)->finalize (object);
}

static void
tw_store_class_init (TwStoreClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = tw_store_finalize;

  /**
   * TwStore::set-aside:
   * @path: where the damaged file is now
   * @saved: how many unsettled commands were read from it and are kept
   * @whole: whether that is certain to be all of them
   */
  signals[SET_ASIDE] =
    g_signal_new ("set-aside", TW_TYPE_STORE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE,
                  3, G_TYPE_STRING, G_TYPE_UINT, G_TYPE_BOOLEAN);
}

static void
tw_store_init (TwStore *self)
{
  self->context = g_main_context_ref_thread_default ();
  self->jobs = g_async_queue_new ();
  self->texts = g_ptr_array_new_with_free_func (tw_store_text_free);
}

/**
 * tw_store_new:
 * @folder: the profile's folder; made, for this user alone, when it is not there
 * @key: what the file is sealed with
 * @tax_name: (nullable): the name of a tax in the person's language; called in the store's thread
 *
 * Starts the store's thread. tw_store_close() must be called before the last reference goes.
 *
 * Returns: (transfer full): a store that is not open yet
 */
TwStore *
tw_store_new (const char *folder, TwKey *key, TwStoreTaxName tax_name)
{
  TwStore *self = g_object_new (TW_TYPE_STORE, NULL);

  self->folder = g_strdup (folder);
  self->path = g_build_filename (folder, TW_STORE_FILE, NULL);
  self->key = tw_key_ref (key);
  self->tax_name = tax_name;
  /* The thread writes `thread` too, before it does anything; both write the same. */
  self->thread = g_thread_new ("store", run_thread, g_object_ref (self));
  return self;
}

/**
 * tw_store_trust_key:
 * @self: a store that is not open yet
 *
 * Says that the key is certain to be the right one, as another store of the same master key was
 * opened: a file that it does not open is damaged, then.
 */
void
tw_store_trust_key (TwStore *self)
{
  g_atomic_int_set (&self->key_is_right, TRUE);
}

static gboolean
end_queue (TwStore *self)
{
  if (self->closing)
    return FALSE;
  self->closing = TRUE;
  g_async_queue_push (self->jobs, g_new0 (Job, 1));
  return TRUE;
}

/**
 * tw_store_close:
 * @self: a store
 *
 * Takes no more work. What is queued is still done, then the file is closed; nobody waits for it.
 */
void
tw_store_close (TwStore *self)
{
  GThread *thread = self->thread;

  if (end_queue (self))
    g_thread_unref (thread);
}

/**
 * tw_store_close_and_wait:
 * @self: a store
 *
 * Like tw_store_close(), and returns when everything is on the disk.
 */
void
tw_store_close_and_wait (TwStore *self)
{
  GThread *thread = self->thread;

  if (end_queue (self))
    g_thread_join (thread);
}

static gboolean
open_file (TwStore *self, gpointer data, GError **error)
{
  TW_STORE_ASSERT_THREAD (self);
  if (self->db == NULL && !tw_store_open_file (self, error))
    return FALSE;
  if (!tw_db_begin_read (self->db, error))
    return FALSE;
  if (!tw_store_read_contents (self, data, error))
    {
      tw_db_rollback (self->db);
      return FALSE;
    }
  return tw_db_commit (self->db, error);
}

/**
 * tw_store_open_async:
 * @self: a store
 * @callback: called in the main thread
 * @user_data: for @callback
 *
 * Opens the file, brings its structure up to date and reads what the lists hold.
 */
void
tw_store_open_async (TwStore *self, GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = g_task_new (self, NULL, callback, user_data);

  g_task_set_source_tag (task, tw_store_open_async);
  g_task_set_task_data (task, g_new0 (TwStoreContents, 1), (GDestroyNotify) tw_store_contents_free);
  tw_store_push (self, TW_STORE_PLAIN, open_file, task);
}

/**
 * tw_store_open_finish:
 * @self: a store
 * @result: what the callback was given
 * @error: %TW_ERROR_WRONG_KEY, %TW_ERROR_REFUSED (a newer program wrote it), or a file's error. A
 *   damaged file is no error: see #TwStore::set-aside
 *
 * Returns: (transfer full) (nullable): what is in it
 */
TwStoreContents *
tw_store_open_finish (TwStore *self, GAsyncResult *result, GError **error)
{
  TwStoreContents *mine, *contents;

  if (!g_task_propagate_boolean (G_TASK (result), error))
    return NULL;
  mine = g_task_get_task_data (G_TASK (result));
  contents = g_new0 (TwStoreContents, 1);
  *contents = *mine;
  memset (mine, 0, sizeof *mine);
  return contents;
}

/**
 * tw_store_contents_free:
 * @contents: (nullable) (transfer full): what was in a store
 */
void
tw_store_contents_free (TwStoreContents *contents)
{
  if (contents == NULL)
    return;
  g_clear_pointer (&contents->objects, g_ptr_array_unref);
  g_clear_pointer (&contents->outgoing, g_ptr_array_unref);
  g_clear_pointer (&contents->drafts, g_hash_table_unref);
  g_clear_pointer (&contents->meta, g_hash_table_unref);
  g_free (contents);
}

/**
 * tw_store_finish:
 * @self: a store
 * @result: what the callback was given
 * @error: what went wrong
 *
 * Returns: whether it is done and on the disk
 */
gboolean
tw_store_finish (TwStore *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}
