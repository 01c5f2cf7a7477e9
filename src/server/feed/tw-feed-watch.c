// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/feed/tw-feed-watch.h"

#include <errno.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/tw-error.h"

/* Nothing that is said here must last, so nothing waits for a disk or for a standby. */
#define LISTEN "SET synchronous_commit = off; LISTEN tax_wallet_feed"
#define TELL "NOTIFY tax_wallet_feed"

struct _TwFeedWatch
{
  TwFeedHub *hub;
  char *database_url;
  int wake_fd; /* to be read when there is something to tell, or it is over */
  gint ending; /* atomic */
  GThread *thread;

  /* The thread's own: */
  TwDb *db;             /* NULL: the connection is lost */
  GHashTable *counters; /* of gint64 by scope, as last looked at */
  gint64 looked_us;
  gint64 told_us;
  gboolean hinted; /* somebody else has committed */
  gboolean to_tell;
};

/* One query for all; PostgreSQL only. A scope that was not looked at before counts as changed: a
 * commit may have come since the poll was parked. */
static gboolean
find_changed (TwFeedWatch *watch, GPtrArray *parked, GPtrArray *changed, GError **error)
{
  g_autoptr (GHashTable) now = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  g_autofree char *joined = NULL;
  TwStmt *stmt;
  TwStep step;

  g_ptr_array_add (parked, NULL);
  joined = g_strjoinv (" ", (char **) parked->pdata);
  g_ptr_array_remove_index (parked, parked->len - 1);
  stmt = tw_db_query (watch->db, error,
                      "SELECT id, seq FROM scope WHERE id = ANY (string_to_array ($1, ' '))", "s",
                      joined);
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

static gboolean
look (TwFeedWatch *watch, GError **error)
{
  g_autoptr (GPtrArray) parked = tw_feed_hub_list_parked (watch->hub);
  g_autoptr (GPtrArray) changed = g_ptr_array_new_with_free_func (g_free);

  watch->looked_us = g_get_monotonic_time ();
  watch->hinted = FALSE;
  if (parked->len == 0)
    return TRUE;
  if (!find_changed (watch, parked, changed, error))
    return FALSE;
  tw_feed_hub_wake (watch->hub, changed);
  return TRUE;
}

static gboolean
tell (TwFeedWatch *watch, GError **error)
{
  watch->told_us = g_get_monotonic_time ();
  watch->to_tell = FALSE;
  return tw_db_exec (watch->db, TELL, error);
}

static gboolean
is_time (gint64 last_us, gint64 interval_ms)
{
  return g_get_monotonic_time () >= last_us + interval_ms * 1000;
}

/* Until the next thing may be done; hints come in between. */
static int
get_wait_ms (TwFeedWatch *watch)
{
  gint64 next_us = watch->looked_us + TW_FEED_WATCH_INTERVAL_MS * 1000;

  if (watch->hinted)
    next_us = watch->looked_us + TW_FEED_HINT_INTERVAL_MS * 1000;
  if (watch->to_tell)
    next_us = MIN (next_us, watch->told_us + TW_FEED_HINT_INTERVAL_MS * 1000);
  return (int) CLAMP ((next_us - g_get_monotonic_time () + 999) / 1000, 0,
                      TW_FEED_WATCH_INTERVAL_MS);
}

static void
take_wakes (TwFeedWatch *watch)
{
  guint64 n;

  if (read (watch->wake_fd, &n, sizeof n) == sizeof n)
    watch->to_tell = TRUE;
}

static gboolean
open_connection (TwFeedWatch *watch, GError **error)
{
  watch->db = tw_db_open (watch->database_url, NULL, error);
  watch->hinted = TRUE; /* what was said meanwhile was not heard */
  return watch->db != NULL && tw_db_exec (watch->db, LISTEN, error);
}

static gboolean
turn (TwFeedWatch *watch, GError **error)
{
  gboolean noticed;

  if (watch->db == NULL && !open_connection (watch, error))
    return FALSE;
  if (!tw_db_wait_notice (watch->db, watch->wake_fd, get_wait_ms (watch), &noticed, error))
    return FALSE;
  watch->hinted = watch->hinted || noticed;
  take_wakes (watch);
  if (watch->to_tell && is_time (watch->told_us, TW_FEED_HINT_INTERVAL_MS) && !tell (watch, error))
    return FALSE;
  if (is_time (watch->looked_us,
               watch->hinted ? TW_FEED_HINT_INTERVAL_MS : TW_FEED_WATCH_INTERVAL_MS))
    return look (watch, error);
  return TRUE;
}

/* However much is committed meanwhile. */
static void
rest (TwFeedWatch *watch)
{
  gint64 start_us = g_get_monotonic_time ();
  GPollFD wait = { watch->wake_fd, G_IO_IN, 0 };

  while (!g_atomic_int_get (&watch->ending) && !is_time (start_us, TW_FEED_WATCH_INTERVAL_MS))
    {
      g_poll (&wait, 1, TW_FEED_WATCH_INTERVAL_MS);
      take_wakes (watch);
    }
}

static gpointer
run (gpointer data)
{
  TwFeedWatch *watch = data;

  while (!g_atomic_int_get (&watch->ending))
    {
      if (turn (watch, NULL))
        continue;
      /* Whoever comes to a database that is away is told so elsewhere. */
      g_clear_pointer (&watch->db, tw_db_close);
      rest (watch);
    }
  return NULL;
}

static void
wake (gpointer data)
{
  TwFeedWatch *watch = data;
  const guint64 one = 1;

  /* It can't be full: the thread takes all at once. */
  if (write (watch->wake_fd, &one, sizeof one) != sizeof one)
    g_message ("Others were not told of a commit: %s", g_strerror (errno));
}

/**
 * tw_feed_watch_new:
 * @hub: outlives the result; it tells of what this process commits
 * @database_url: of a PostgreSQL
 *
 * Returns: (transfer full): the watch, in a thread and with a connection of its own
 */
TwFeedWatch *
tw_feed_watch_new (TwFeedHub *hub, const char *database_url)
{
  TwFeedWatch *watch = g_new0 (TwFeedWatch, 1);

  watch->hub = hub;
  watch->database_url = g_strdup (database_url);
  watch->counters = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  watch->wake_fd = eventfd (0, EFD_CLOEXEC | EFD_NONBLOCK);
  g_assert (watch->wake_fd >= 0);
  tw_feed_hub_set_teller (hub, wake, watch);
  watch->thread = g_thread_new ("feed-watch", run, watch);
  return watch;
}

/**
 * tw_feed_watch_free:
 * @watch: (transfer full): the watch; nothing is committed any more
 */
void
tw_feed_watch_free (TwFeedWatch *watch)
{
  g_atomic_int_set (&watch->ending, TRUE);
  wake (watch);
  g_thread_join (watch->thread);
  tw_feed_hub_set_teller (watch->hub, NULL, NULL);
  g_clear_pointer (&watch->db, tw_db_close);
  g_hash_table_unref (watch->counters);
  close (watch->wake_fd);
  g_free (watch->database_url);
  g_free (watch);
}
