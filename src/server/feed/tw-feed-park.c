// SPDX-License-Identifier: GPL-3.0-or-later
/* Where long polls stand while there is nothing to tell: by scope. */
#include "server/feed/tw-feed-hub-private.h"

/* With the lock. */
void
tw_feed_hub_unpark (TwFeedHub *hub, GTask *task, TwFeedPoll *poll)
{
  if (!poll->parked)
    return;
  poll->parked = FALSE;
  hub->n_parked--;
  for (guint i = 0; i < poll->scopes->len; i++)
    {
      const char *scope = g_ptr_array_index (poll->scopes, i);
      GPtrArray *tasks = g_hash_table_lookup (hub->parked, scope);

      if (tasks == NULL)
        continue;
      g_ptr_array_remove_fast (tasks, task);
      if (tasks->len == 0)
        g_hash_table_remove (hub->parked, scope);
    }
}

/* With the lock. */
void
tw_feed_hub_park (TwFeedHub *hub, GTask *task, TwFeedPoll *poll, GPtrArray *scopes)
{
  tw_feed_hub_unpark (hub, task, poll);
  g_clear_pointer (&poll->scopes, g_ptr_array_unref);
  poll->scopes = g_ptr_array_ref (scopes);
  poll->parked = TRUE;
  poll->woken = FALSE;
  hub->n_parked++;
  for (guint i = 0; i < scopes->len; i++)
    {
      const char *scope = g_ptr_array_index (scopes, i);
      GPtrArray *tasks = g_hash_table_lookup (hub->parked, scope);

      if (tasks == NULL)
        {
          tasks = g_ptr_array_new ();
          g_hash_table_insert (hub->parked, g_strdup (scope), tasks);
        }
      g_ptr_array_add (tasks, task);
    }
}

/* With the lock. A poll that is being read is told by @woken. */
void
tw_feed_hub_wake_task (TwFeedHub *hub, GTask *task)
{
  TwFeedPoll *poll = g_task_get_task_data (task);

  if (poll->woken)
    return;
  poll->woken = TRUE;
  if (poll->reading)
    return;
  poll->reading = TRUE;
  g_thread_pool_push (hub->pool, g_object_ref (task), NULL);
}

/**
 * tw_feed_hub_wake:
 * @hub: (nullable): the hub
 * @scopes: (element-type utf8): what has changed
 *
 * Called from any thread after a commit; each parked poll is read once, however many of its scopes
 * are named.
 */
void
tw_feed_hub_wake (TwFeedHub *hub, GPtrArray *scopes)
{
  if (hub == NULL)
    return;
  g_mutex_lock (&hub->lock);
  for (guint i = 0; i < scopes->len && hub->n_parked > 0; i++)
    {
      GPtrArray *tasks = g_hash_table_lookup (hub->parked, g_ptr_array_index (scopes, i));

      for (guint j = 0; tasks != NULL && j < tasks->len; j++)
        tw_feed_hub_wake_task (hub, g_ptr_array_index (tasks, j));
    }
  g_mutex_unlock (&hub->lock);
}

/**
 * tw_feed_hub_committed:
 * @hub: (nullable): the hub
 * @scopes: (element-type utf8): what this process has changed
 *
 * As tw_feed_hub_wake(), and lets the other processes know that there is something.
 */
void
tw_feed_hub_committed (TwFeedHub *hub, GPtrArray *scopes)
{
  tw_feed_hub_wake (hub, scopes);
  if (hub != NULL && hub->tell != NULL && scopes->len > 0)
    hub->tell (hub->tell_data);
}

/**
 * tw_feed_hub_set_teller:
 * @hub: the hub, before anything is committed
 * @tell: called in the writer's thread after each commit that others may wait for; must be quick
 * @data: for @tell
 */
void
tw_feed_hub_set_teller (TwFeedHub *hub, void (*tell) (gpointer data), gpointer data)
{
  hub->tell = tell;
  hub->tell_data = data;
}

guint
tw_feed_hub_count_parked (TwFeedHub *hub)
{
  guint n;

  g_mutex_lock (&hub->lock);
  n = hub->n_parked;
  g_mutex_unlock (&hub->lock);
  return n;
}

/**
 * tw_feed_hub_list_parked:
 * @hub: the hub
 *
 * Returns: (transfer full) (element-type utf8): the scopes that somebody waits for
 */
GPtrArray *
tw_feed_hub_list_parked (TwFeedHub *hub)
{
  GPtrArray *scopes = g_ptr_array_new_with_free_func (g_free);
  GHashTableIter iter;
  gpointer scope;

  g_mutex_lock (&hub->lock);
  g_hash_table_iter_init (&iter, hub->parked);
  while (g_hash_table_iter_next (&iter, &scope, NULL))
    g_ptr_array_add (scopes, g_strdup (scope));
  g_mutex_unlock (&hub->lock);
  return scopes;
}
