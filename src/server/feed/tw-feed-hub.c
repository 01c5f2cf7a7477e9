// SPDX-License-Identifier: GPL-3.0-or-later
/* Long polls. One is a GTask that is read in a small pool, and parked between two readings: by
 * scope in a table that the writer's thread looks into after a commit, with a timer in the context
 * of who asked. It is parked before it is known that there is nothing to tell, so no commit can
 * pass between. */
#include "server/feed/tw-feed-hub-private.h"

#include <string.h>

#include "base/tw-error.h"
#include "server/feed/tw-feed-batch.h"

#define READ_THREADS 2

static void
poll_free (gpointer data)
{
  TwFeedPoll *poll = data;

  tw_actor_unref (poll->actor);
  g_free (poll->cursor);
  g_clear_pointer (&poll->scopes, g_ptr_array_unref);
  tw_feed_answer_free (poll->page);
  g_clear_error (&poll->error);
  g_free (poll);
}

/* In the task's context: the one place where a poll ends. */
static void
finish (GTask *task)
{
  TwFeedPoll *poll = g_task_get_task_data (task);
  TwFeedHub *hub = poll->hub;

  if (poll->ended)
    return;
  poll->ended = TRUE;
  g_mutex_lock (&hub->lock);
  tw_feed_hub_unpark (hub, task, poll);
  g_mutex_unlock (&hub->lock);
  if (poll->timer != NULL)
    {
      g_source_destroy (poll->timer);
      g_clear_pointer (&poll->timer, g_source_unref);
    }
  if (poll->cancelled_id != 0)
    g_cancellable_disconnect (g_task_get_cancellable (task), poll->cancelled_id);
  poll->cancelled_id = 0;
  if (poll->error != NULL)
    g_task_return_error (task, g_steal_pointer (&poll->error));
  else
    g_task_return_pointer (task, g_steal_pointer (&poll->page),
                           (GDestroyNotify) tw_feed_answer_free);
  g_object_unref (task); /* the poll's own reference */
}

static gboolean
finish_idle (gpointer data)
{
  finish (data);
  return G_SOURCE_REMOVE;
}

static void
finish_soon (GTask *task)
{
  /* Never at once: another thread could find the context idle and run it here. */
  g_autoptr (GSource) source = g_idle_source_new ();

  g_source_set_priority (source, G_PRIORITY_DEFAULT);
  g_source_set_callback (source, finish_idle, g_object_ref (task), g_object_unref);
  g_source_attach (source, g_task_get_context (task));
}

static gboolean
on_deadline (gpointer data)
{
  GTask *task = data;
  TwFeedPoll *poll = g_task_get_task_data (task);
  gboolean reading;

  g_mutex_lock (&poll->hub->lock);
  reading = poll->reading;
  if (!reading)
    tw_feed_hub_unpark (poll->hub, task, poll); /* so that nobody begins to read now */
  g_mutex_unlock (&poll->hub->lock);
  if (reading)
    return G_SOURCE_CONTINUE; /* it answers in a moment, with the time over */
  finish (task);
  return G_SOURCE_REMOVE;
}

/* Same scopes as it was parked under when the reading began? */
static gboolean
same_scopes (GPtrArray *a, GPtrArray *b)
{
  if (a == NULL || a->len != b->len)
    return FALSE;
  for (guint i = 0; i < a->len; i++)
    if (strcmp (g_ptr_array_index (a, i), g_ptr_array_index (b, i)) != 0)
      return FALSE;
  return TRUE;
}

static TwFeedAnswer *
read_page (TwFeedHub *hub, TwFeedPoll *poll, GError **error)
{
  g_autoptr (GError) local = NULL;
  TwDb *db = tw_readers_borrow (hub->readers, error);
  TwFeedAnswer *page;

  if (db == NULL)
    return NULL;
  page = tw_feed_read (db, hub->key, poll->actor, poll->cursor, poll->limit, &local);
  if (page == NULL && g_error_matches (local, TW_ERROR, TW_ERROR_UNREACHABLE))
    tw_readers_discard (hub->readers, db);
  else
    tw_readers_return (hub->readers, db);
  if (page == NULL)
    g_propagate_error (error, g_steal_pointer (&local));
  return page;
}

/* With nothing to tell: stay parked, unless something came while we read or the scopes are others
 * than those it is parked under; then it is read again. Returns whether the poll is over. */
static gboolean
settle (TwFeedHub *hub, GTask *task, TwFeedPoll *poll)
{
  gboolean over = poll->error != NULL || poll->page->news || poll->page->more || hub->stopped ||
                  g_get_monotonic_time () >= poll->deadline_us;

  if (over)
    {
      /* Off at once: a commit before the end would have it read again, and its page taken away. */
      tw_feed_hub_unpark (hub, task, poll);
      poll->reading = FALSE;
      return TRUE;
    }
  if (poll->parked && !poll->woken && same_scopes (poll->scopes, poll->page->scopes))
    {
      poll->reading = FALSE;
      return FALSE;
    }
  if (!poll->parked || !same_scopes (poll->scopes, poll->page->scopes))
    tw_feed_hub_park (hub, task, poll, poll->page->scopes);
  g_thread_pool_push (hub->pool, g_object_ref (task), NULL);
  return FALSE;
}

static void
read_in_pool (gpointer data, gpointer user_data)
{
  g_autoptr (GTask) task = data;
  TwFeedHub *hub = user_data;
  TwFeedPoll *poll = g_task_get_task_data (task);
  gboolean over;

  g_mutex_lock (&hub->lock);
  poll->woken = FALSE;
  g_mutex_unlock (&hub->lock);
  g_clear_pointer (&poll->page, tw_feed_answer_free);
  g_clear_error (&poll->error);
  if (!g_cancellable_set_error_if_cancelled (g_task_get_cancellable (task), &poll->error))
    poll->page = read_page (hub, poll, &poll->error);
  g_mutex_lock (&hub->lock);
  over = settle (hub, task, poll);
  g_mutex_unlock (&hub->lock);
  if (over)
    finish_soon (task);
}

static void
on_cancelled (GCancellable *cancellable, gpointer data)
{
  GTask *task = data;
  TwFeedPoll *poll = g_task_get_task_data (task);

  g_mutex_lock (&poll->hub->lock);
  if (poll->parked)
    tw_feed_hub_wake_task (poll->hub, task);
  g_mutex_unlock (&poll->hub->lock);
}

static void
start_timer (GTask *task, TwFeedPoll *poll, guint wait_ms)
{
  poll->timer = g_timeout_source_new (wait_ms);
  g_source_set_callback (poll->timer, on_deadline, g_object_ref (task), g_object_unref);
  g_source_attach (poll->timer, g_task_get_context (task));
}

/**
 * tw_feed_hub_poll_async:
 * @hub: the hub
 * @actor: who asks
 * @cursor: (nullable): what the answer before said
 * @limit: items at most
 * @wait_ms: how long to wait for something to tell; 0: not at all
 * @cancellable: (nullable): ends it early, as when the client has gone
 * @callback: called in the thread-default context of the caller
 * @user_data: for @callback
 */
void
tw_feed_hub_poll_async (TwFeedHub *hub,
                        TwActor *actor,
                        const char *cursor,
                        guint limit,
                        guint wait_ms,
                        GCancellable *cancellable,
                        GAsyncReadyCallback callback,
                        gpointer user_data)
{
  GTask *task = g_task_new (NULL, cancellable, callback, user_data);
  TwFeedPoll *poll = g_new0 (TwFeedPoll, 1);
  gboolean stopped;

  poll->hub = hub;
  poll->actor = tw_actor_ref (actor);
  poll->cursor = g_strdup (cursor);
  poll->limit = limit;
  poll->deadline_us = g_get_monotonic_time () + (gint64) wait_ms * 1000;
  poll->reading = TRUE;
  g_task_set_task_data (task, poll, poll_free);
  g_task_set_check_cancellable (task, FALSE);
  if (wait_ms > 0)
    start_timer (task, poll, wait_ms);
  if (cancellable != NULL && wait_ms > 0)
    poll->cancelled_id = g_cancellable_connect (cancellable, G_CALLBACK (on_cancelled), task, NULL);

  g_mutex_lock (&hub->lock);
  stopped = hub->stopped;
  if (!stopped)
    g_thread_pool_push (hub->pool, g_object_ref (task), NULL);
  g_mutex_unlock (&hub->lock);
  if (stopped)
    {
      g_set_error_literal (&poll->error, TW_ERROR, TW_ERROR_BUSY, "The service is stopping");
      finish_soon (task);
    }
}

/**
 * tw_feed_hub_poll_finish:
 * @result: what the callback was given
 * @error: as tw_feed_read(), %G_IO_ERROR_CANCELLED, or %TW_ERROR_BUSY when the service stops
 *
 * Returns: (transfer full) (nullable): the answer; without news after the time was over
 */
TwFeedAnswer *
tw_feed_hub_poll_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

/**
 * tw_feed_hub_new:
 * @readers: (transfer none): where connections come from; lives longer than the hub
 * @column_key: what bodies are sealed with
 *
 * Returns: (transfer full): the hub
 */
TwFeedHub *
tw_feed_hub_new (TwReaders *readers, TwKey *column_key)
{
  TwFeedHub *hub = g_new0 (TwFeedHub, 1);

  g_mutex_init (&hub->lock);
  hub->readers = readers;
  hub->key = tw_key_ref (column_key);
  hub->parked =
    g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) g_ptr_array_unref);
  hub->pool = g_thread_pool_new (read_in_pool, hub, READ_THREADS, FALSE, NULL);
  return hub;
}

/**
 * tw_feed_hub_stop:
 * @hub: the hub
 *
 * Answers all that are parked, in their contexts, and takes no more.
 */
void
tw_feed_hub_stop (TwFeedHub *hub)
{
  GHashTableIter iter;
  gpointer tasks;

  g_mutex_lock (&hub->lock);
  hub->stopped = TRUE;
  g_hash_table_iter_init (&iter, hub->parked);
  while (g_hash_table_iter_next (&iter, NULL, &tasks))
    for (guint i = 0; i < ((GPtrArray *) tasks)->len; i++)
      tw_feed_hub_wake_task (hub, g_ptr_array_index ((GPtrArray *) tasks, i));
  g_mutex_unlock (&hub->lock);
}

/**
 * tw_feed_hub_free:
 * @hub: (transfer full) (nullable): the hub, stopped; waits for what is being read
 */
void
tw_feed_hub_free (TwFeedHub *hub)
{
  if (hub == NULL)
    return;
  if (!hub->stopped)
    tw_feed_hub_stop (hub);
  g_thread_pool_free (hub->pool, FALSE, TRUE);
  g_hash_table_unref (hub->parked);
  tw_key_unref (hub->key);
  g_mutex_clear (&hub->lock);
  g_free (hub);
}
