// SPDX-License-Identifier: GPL-3.0-or-later
/* Each day, once it is over, and whatever seniors ask for. A thread of its own, as it waits for
 * partners and for the writer. */
#include "server/reconcile/tw-reconcile-private.h"

#include "base/tw-clock.h"

/* So long after midnight the partners have their books. */
#define AFTER_MIDNIGHT_MS (30 * 60 * 1000)
#define LOOK_EVERY_MS 30000
/* So long after somebody has asked, whoever was asked must have begun: another one does it. */
#define WISH_TAKEN_MS 10000
#define WISH_LOOK_MS 5000
/* A partner that has not told its books is asked again after this. */
#define RETRY_MS (10 * 60 * 1000)
/* After a long rest, older days are marked, and left to who runs it by hand. */
#define MAX_DAYS_BACK 14

struct _TwReconciler
{
  TwService *service;
  char *socket_path;
  char *key_path; /* (nullable) */
  TwRailsSetup setup;
  GThread *thread;
  GMutex lock;
  GCond wake;
  gboolean ending;
  GQueue wishes; /* of TwReconcileWish; guarded by the lock */
  /* The thread's own: */
  GHashTable *retries; /* of gint64, when, by party */
  gint64 look_us;      /* when days are looked for again */
  int marked_day;      /* the last one for which older days were marked */
};

static GMutex current_lock;
static TwReconciler *current; /* guarded by the lock */

/* Any thread; without one that runs it does nothing. The same wish is kept once. */
void
tw_reconciler_ask (const char *party, int day)
{
  g_mutex_lock (&current_lock);
  if (current != NULL)
    {
      TwReconciler *self = current;
      gboolean known = FALSE;

      g_mutex_lock (&self->lock);
      for (GList *at = self->wishes.head; at != NULL; at = at->next)
        known = known || (((TwReconcileWish *) at->data)->day == day &&
                          g_str_equal (((TwReconcileWish *) at->data)->party, party));
      if (!known)
        {
          TwReconcileWish *wish = g_new0 (TwReconcileWish, 1);

          wish->party = g_strdup (party);
          wish->day = day;
          g_queue_push_tail (&self->wishes, wish);
        }
      g_cond_signal (&self->wake);
      g_mutex_unlock (&self->lock);
    }
  g_mutex_unlock (&current_lock);
}

/* Returns whether the partner has told its books. */
static gboolean
look_at (TwReconciler *self, const char *party, int day)
{
  g_autofree char *day_text = tw_clock_format_day (day);
  g_autoptr (GError) error = NULL;
  TwReconcileSum sum;

  if (!tw_reconcile_fetch (self->service, &self->setup, party, day, &sum, &error))
    {
      g_message ("The books of '%s' of %s could not be looked at: %s", party, day_text,
                 error->message);
      return FALSE;
    }
  if (sum.open > 0)
    g_message ("The books of '%s' of %s: %u entries, %u differences to be explained", party,
               day_text, sum.entries, sum.open);
  return TRUE;
}

static gboolean
is_retry_due (TwReconciler *self, const char *party, gint64 now_ms)
{
  const gint64 *at_ms = g_hash_table_lookup (self->retries, party);

  return at_ms == NULL || now_ms >= *at_ms;
}

static void
retry_later (TwReconciler *self, const char *party, gint64 now_ms)
{
  gint64 at_ms = now_ms + RETRY_MS;

  g_hash_table_replace (self->retries, g_strdup (party), g_memdup2 (&at_ms, sizeof at_ms));
}

static gboolean
is_ending (TwReconciler *self)
{
  gboolean ending;

  g_mutex_lock (&self->lock);
  ending = self->ending;
  g_mutex_unlock (&self->lock);
  return ending;
}

/* One day that can't be looked at is no reason to leave the others. */
static void
catch_up (TwReconciler *self, const char *party, int last, gint64 now_ms)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GArray) days = g_array_new (FALSE, FALSE, sizeof (int));
  gboolean ok =
    tw_reconcile_find_days (self->service, party, last - MAX_DAYS_BACK, last, days, &error);

  if (!ok)
    g_warning ("It could not be seen which days were looked at: %s", error->message);
  for (guint i = 0; i < days->len && !is_ending (self); i++)
    if (!look_at (self, party, g_array_index (days, int, i)))
      ok = FALSE;
  if (!ok)
    retry_later (self, party, now_ms);
}

static gboolean
mark_left_days (TwReconciler *self, const char *party, int last)
{
  g_autoptr (GError) error = NULL;
  gboolean ok =
    tw_reconcile_mark_left_days (self->service, party, last - MAX_DAYS_BACK - 1, &error);

  if (!ok)
    g_message ("It could not be written down which days are left: %s", error->message);
  return ok;
}

/* Whatever came of it is written down, and is news enough. */
static void
do_wish (TwReconciler *self, const TwReconcileWish *wish)
{
  gint64 begun_ms = tw_clock_now_ms ();
  g_autoptr (GError) error = NULL;

  look_at (self, wish->party, wish->day);
  if (!tw_reconcile_forget_wish (self->service, wish->party, wish->day, begun_ms, &error))
    g_message ("It could not be written down that a wish was done: %s", error->message);
}

/* What was asked of a process that is gone. */
static void
do_left_wishes (TwReconciler *self)
{
  TwReaders *readers = tw_service_get_readers (self->service);
  g_autoptr (GPtrArray) wishes = NULL;
  g_autoptr (GError) error = NULL;
  TwDb *db;

  if (!tw_service_is_leader (self->service))
    return;
  db = tw_readers_borrow (readers, &error);
  if (db != NULL)
    {
      wishes = tw_reconcile_list_wishes (db, tw_clock_now_ms () - WISH_TAKEN_MS, &error);
      tw_readers_return (readers, db);
    }
  if (error != NULL)
    g_message ("It could not be seen what seniors have asked for: %s", error->message);
  for (guint i = 0; wishes != NULL && i < wishes->len && !is_ending (self); i++)
    do_wish (self, wishes->pdata[i]);
}

/* One of several services does it. */
static void
look (TwReconciler *self)
{
  g_auto (GStrv) parties = tw_reconcile_list_parties ();
  gint64 now_ms = tw_clock_now_ms ();
  int last = tw_clock_day_of_ms (now_ms - AFTER_MIDNIGHT_MS) - 1;
  gboolean marked = TRUE;

  if (!tw_service_is_leader (self->service))
    return;
  for (guint i = 0; parties[i] != NULL; i++)
    {
      if (self->marked_day != last && !mark_left_days (self, parties[i], last))
        marked = FALSE;
      if (is_retry_due (self, parties[i], now_ms))
        catch_up (self, parties[i], last, now_ms);
    }
  if (marked)
    self->marked_day = last;
}

static TwReconcileWish *
take_wish (TwReconciler *self, gboolean *ending)
{
  gint64 end_us = g_get_monotonic_time () + WISH_LOOK_MS * 1000;
  TwReconcileWish *wish;

  g_mutex_lock (&self->lock);
  while (!self->ending && g_queue_is_empty (&self->wishes) &&
         g_cond_wait_until (&self->wake, &self->lock, end_us))
    ;
  *ending = self->ending;
  wish = self->ending ? NULL : g_queue_pop_head (&self->wishes);
  g_mutex_unlock (&self->lock);
  return wish;
}

static gpointer
run (gpointer data)
{
  TwReconciler *self = data;
  gboolean ending = FALSE;

  while (!ending)
    {
      TwReconcileWish *wish;

      if (g_get_monotonic_time () >= self->look_us)
        {
          look (self);
          self->look_us = g_get_monotonic_time () + LOOK_EVERY_MS * 1000;
        }
      wish = take_wish (self, &ending);
      if (wish != NULL)
        {
          do_wish (self, wish);
          tw_reconcile_wish_free (wish);
        }
      else if (!ending)
        do_left_wishes (self);
    }
  return NULL;
}

/**
 * tw_reconciler_new:
 * @service: outlives the result
 * @setup: how partners are reached; copied
 *
 * Returns: (transfer full): the thread, running; one process has one of them
 */
TwReconciler *
tw_reconciler_new (TwService *service, const TwRailsSetup *setup)
{
  TwReconciler *self = g_new0 (TwReconciler, 1);

  self->service = service;
  self->socket_path = g_strdup (setup->socket_path);
  self->key_path = g_strdup (setup->key_path);
  self->setup = (TwRailsSetup){ .socket_path = self->socket_path,
                                .key_path = self->key_path,
                                .timeout_ms = setup->timeout_ms };
  self->retries = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  g_queue_init (&self->wishes);
  g_mutex_init (&self->lock);
  g_cond_init (&self->wake);
  g_mutex_lock (&current_lock);
  g_assert (current == NULL);
  current = self;
  g_mutex_unlock (&current_lock);
  self->thread = g_thread_new ("reconciler", run, self);
  return self;
}

/**
 * tw_reconciler_free:
 * @self: (transfer full) (nullable): the thread
 *
 * Ends when the day that it looks at is done; the service must still be running.
 */
void
tw_reconciler_free (TwReconciler *self)
{
  if (self == NULL)
    return;
  g_mutex_lock (&current_lock);
  current = NULL;
  g_mutex_unlock (&current_lock);
  g_mutex_lock (&self->lock);
  self->ending = TRUE;
  g_cond_signal (&self->wake);
  g_mutex_unlock (&self->lock);
  g_thread_join (self->thread);
  g_queue_clear_full (&self->wishes, tw_reconcile_wish_free);
  g_hash_table_unref (self->retries);
  g_mutex_clear (&self->lock);
  g_cond_clear (&self->wake);
  g_free (self->socket_path);
  g_free (self->key_path);
  g_free (self);
}
