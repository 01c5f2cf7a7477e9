// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/feed/tw-feed-watch.h"

#include "base/tw-error.h"

struct _TwFeedWatch
{
  TwFeedHub *hub;
  TwReaders *readers;
  GHashTable *counters; /* of gint64 by scope, as last looked at */
  GThread *thread;
  GMutex lock;
  GCond wake;
  gboolean ending;
};

/* One query for all; PostgreSQL only. A scope that was not looked at before counts as changed: a
 * commit may have come since the poll was parked. */
static gboolean
find_changed (TwFeedWatch *watch, TwDb *db, GPtrArray *parked, GPtrArray *changed, GError **error)
{
  g_autoptr (GHashTable) now = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  g_autofree char *joined = NULL;
  TwStmt *stmt;
  TwStep step;

  g_ptr_array_add (parked, NULL);
  joined = g_strjoinv (" ", (char **) parked->pdata);
  g_ptr_array_remove_index (parked, parked->len - 1);
  stmt = tw_db_query (
    db, error, "SELECT id, seq FROM scope WHERE id = ANY (string_to_array ($1, ' '))", "s", joined);
  if (stmt == NULL)
    return FALSE;
  while ((step = tw_stmt_step (stmt, error)) == TW_STEP_ROW)
    {
      const char *id = tw_stmt_text (stmt, 0);
      gint64 seq = tw_stmt_int64 (stmt, 1);
      const gint64 *before = g_hash_table_lookup (watch->counters, id);

      if (before == NULL || *before != seq)
        g_ptr_array_add (changed, g_strdup (id));
      g_hash_table_insert (now, g_strdup (id), g_memdup2 (&seq, sizeof seq));
    }
  g_hash_table_unref (watch->counters);
  watch->counters = g_steal_pointer (&now);
  return step == TW_STEP_DONE;
}

static void
look (TwFeedWatch *watch)
{
  g_autoptr (GPtrArray) parked = tw_feed_hub_list_parked (watch->hub);
  g_autoptr (GPtrArray) changed = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GError) error = NULL;
  TwDb *db;

  if (parked->len == 0 || (db = tw_readers_borrow (watch->readers, &error)) == NULL)
    return;
  if (find_changed (watch, db, parked, changed, &error))
    tw_feed_hub_wake (watch->hub, changed);
  if (g_error_matches (error, TW_ERROR, TW_ERROR_UNREACHABLE))
    tw_readers_discard (watch->readers, db);
  else
    tw_readers_return (watch->readers, db);
}

static gpointer
run (gpointer data)
{
  TwFeedWatch *watch = data;
  gboolean ending = FALSE;

  while (!ending)
    {
      gint64 end = g_get_monotonic_time () + TW_FEED_WATCH_INTERVAL_MS * 1000;

      look (watch);
      g_mutex_lock (&watch->lock);
      while (!watch->ending && g_cond_wait_until (&watch->wake, &watch->lock, end))
        ;
      ending = watch->ending;
      g_mutex_unlock (&watch->lock);
    }
  return NULL;
}

/**
 * tw_feed_watch_new:
 * @hub: outlives the result
 * @readers: where a connection comes from; outlives the result
 *
 * Returns: (transfer full): the watch, looking in a thread of its own
 */
TwFeedWatch *
tw_feed_watch_new (TwFeedHub *hub, TwReaders *readers)
{
  TwFeedWatch *watch = g_new0 (TwFeedWatch, 1);

  watch->hub = hub;
  watch->readers = readers;
  watch->counters = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  g_mutex_init (&watch->lock);
  g_cond_init (&watch->wake);
  watch->thread = g_thread_new ("feed-watch", run, watch);
  return watch;
}

void
tw_feed_watch_free (TwFeedWatch *watch)
{
  g_mutex_lock (&watch->lock);
  watch->ending = TRUE;
  g_cond_signal (&watch->wake);
  g_mutex_unlock (&watch->lock);
  g_thread_join (watch->thread);
  g_hash_table_unref (watch->counters);
  g_mutex_clear (&watch->lock);
  g_cond_clear (&watch->wake);
  g_free (watch);
}
