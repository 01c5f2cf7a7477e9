// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/command/tw-stall.h"

#define LOOK_INTERVAL_MS 1000

struct _TwStall
{
  GThread *thread;
  GMutex lock;
  GCond wake;
  gint64 since_us; /* when the step began; 0: there is none; guarded by the lock */
  gboolean said;   /* guarded by the lock */
  gboolean ending; /* guarded by the lock */
};

/* With the lock. */
static gint64
get_ms (TwStall *stall)
{
  return stall->since_us != 0 ? (g_get_monotonic_time () - stall->since_us) / 1000 : 0;
}

/* With the lock. */
static void
say_over (TwStall *stall)
{
  if (stall->said)
    g_message ("The database goes on after %" G_GINT64_FORMAT " s.", get_ms (stall) / 1000);
  stall->said = FALSE;
}

static gpointer
run (gpointer data)
{
  TwStall *stall = data;

  g_mutex_lock (&stall->lock);
  while (!stall->ending)
    {
      gint64 end = g_get_monotonic_time () + LOOK_INTERVAL_MS * 1000;

      if (!stall->said && get_ms (stall) >= TW_STALL_MS)
        {
          stall->said = TRUE;
          g_message ("The database has not confirmed a change for %d s. If it waits for a standby "
                     "that is lost, bring that back or take it out of synchronous_standby_names; "
                     "nothing is answered until then.",
                     TW_STALL_MS / 1000);
        }
      g_cond_wait_until (&stall->wake, &stall->lock, end);
    }
  g_mutex_unlock (&stall->lock);
  return NULL;
}

/**
 * tw_stall_new:
 *
 * Returns: (transfer full): the watch, in a thread of its own
 */
TwStall *
tw_stall_new (void)
{
  TwStall *stall = g_new0 (TwStall, 1);

  g_mutex_init (&stall->lock);
  g_cond_init (&stall->wake);
  stall->thread = g_thread_new ("tw-stall", run, stall);
  return stall;
}

/**
 * tw_stall_free:
 * @stall: (transfer full): the watch; nobody writes any more
 */
void
tw_stall_free (TwStall *stall)
{
  g_mutex_lock (&stall->lock);
  stall->ending = TRUE;
  g_cond_signal (&stall->wake);
  g_mutex_unlock (&stall->lock);
  g_thread_join (stall->thread);
  g_mutex_clear (&stall->lock);
  g_cond_clear (&stall->wake);
  g_free (stall);
}

/* A step begins, and the one before is over: a command, a commit. */
void
tw_stall_step (TwStall *stall)
{
  g_mutex_lock (&stall->lock);
  say_over (stall);
  stall->since_us = g_get_monotonic_time ();
  g_mutex_unlock (&stall->lock);
}

/* There is nothing to do any more. */
void
tw_stall_end (TwStall *stall)
{
  g_mutex_lock (&stall->lock);
  say_over (stall);
  stall->since_us = 0;
  g_mutex_unlock (&stall->lock);
}

/**
 * tw_stall_get_ms:
 * @stall: the watch; any thread
 *
 * Returns: how long the step has been under way that is just now; 0 when there is none
 */
gint64
tw_stall_get_ms (TwStall *stall)
{
  gint64 ms;

  g_mutex_lock (&stall->lock);
  ms = get_ms (stall);
  g_mutex_unlock (&stall->lock);
  return ms;
}
