// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/command/tw-log-mover.h"

#include "db/tw-db.h"

struct _TwLogMover
{
  char *database_url;
  TwKey *key;
  GThread *thread;
  guint seen; /* the teller's own: how long the log was when it was last to be moved */

  GMutex lock;
  GCond wake;
  gint moved;      /* atomic: pages that are at their place, 0 for none or not known */
  gboolean wanted; /* guarded by the lock */
  gboolean ending; /* guarded by the lock */
};

/* Answers %FALSE when it is over. */
static gboolean
wait_until_wanted (TwLogMover *mover)
{
  gboolean ending;

  g_mutex_lock (&mover->lock);
  while (!mover->wanted && !mover->ending)
    g_cond_wait (&mover->wake, &mover->lock);
  mover->wanted = FALSE;
  ending = mover->ending;
  g_mutex_unlock (&mover->lock);
  return !ending;
}

/* What fails here is tried again by the writer, at the end, and told there if it matters. */
static gpointer
run (gpointer data)
{
  TwLogMover *mover = data;
  TwDb *db = NULL;

  while (wait_until_wanted (mover))
    {
      g_autoptr (GError) error = NULL;
      guint moved = 0;

      if (db == NULL)
        db = tw_db_open (mover->database_url, tw_key_peek (mover->key), &error);
      if (db == NULL || !tw_db_move_log (db, &moved, &error))
        g_message ("The log was not moved: %s", error->message);
      g_atomic_int_set (&mover->moved, (gint) moved);
    }
  g_clear_pointer (&db, tw_db_close);
  return NULL;
}

/**
 * tw_log_mover_new:
 * @database_url: an SQLite file's
 * @keys: (transfer none): the service's keys
 *
 * Returns: (transfer full): the thread, waiting
 */
TwLogMover *
tw_log_mover_new (const char *database_url, TwKeys *keys)
{
  TwLogMover *mover = g_new0 (TwLogMover, 1);

  mover->database_url = g_strdup (database_url);
  mover->key = tw_key_ref (tw_keys_get (keys, TW_KEY_SQLITE));
  g_mutex_init (&mover->lock);
  g_cond_init (&mover->wake);
  mover->thread = g_thread_new ("tw-log-mover", run, mover);
  return mover;
}

static void
want (TwLogMover *mover)
{
  g_mutex_lock (&mover->lock);
  mover->wanted = TRUE;
  g_cond_signal (&mover->wake);
  g_mutex_unlock (&mover->lock);
}

/**
 * tw_log_mover_note:
 * @mover: the mover
 * @log_pages: how long the log is after a commit; always told by the same thread
 *
 * Returns: what the teller is to do, when it has nothing else to do
 */
TwLogAdvice
tw_log_mover_note (TwLogMover *mover, guint log_pages)
{
  guint moved = (guint) g_atomic_int_get (&mover->moved);

  if (log_pages < mover->seen) /* it has begun anew */
    {
      mover->seen = 0;
      moved = 0;
      g_atomic_int_set (&mover->moved, 0);
    }
  if (log_pages >= TW_LOG_LIMIT_PAGES)
    {
      if (moved <= log_pages && log_pages - moved <= TW_LOG_REST_PAGES)
        return TW_LOG_MOVE;
      want (mover);
      return TW_LOG_EASE_OFF;
    }
  else if (log_pages - mover->seen >= TW_LOG_MOVE_PAGES)
    {
      mover->seen = log_pages;
      want (mover);
    }
  return TW_LOG_GO_ON;
}

/**
 * tw_log_mover_free:
 * @mover: (transfer full): the mover; what it is at is finished
 */
void
tw_log_mover_free (TwLogMover *mover)
{
  g_mutex_lock (&mover->lock);
  mover->ending = TRUE;
  g_cond_signal (&mover->wake);
  g_mutex_unlock (&mover->lock);
  g_thread_join (mover->thread);
  g_mutex_clear (&mover->lock);
  g_cond_clear (&mover->wake);
  tw_key_unref (mover->key);
  g_free (mover->database_url);
  g_free (mover);
}
