// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/command/tw-leader.h"

#include <sys/eventfd.h>
#include <unistd.h>

/* tcp_*: the other machine may be gone without a word. */
#define SETTINGS                                                                                   \
  "SET idle_session_timeout = '" TW_LEADER_IDLE "';"                                               \
  "SET tcp_keepalives_idle = 5; SET tcp_keepalives_interval = 2; SET tcp_keepalives_count = 3"
#define TRY "SELECT pg_try_advisory_lock (7809271204)"
#define LOOK "SELECT 1"

struct _TwLeader
{
  char *database_url;
  GThread *thread;
  int end_fd; /* can be read when it is over */

  GMutex lock;
  gint64 since_us; /* when it was last known to lead; 0: it does not; guarded by the lock */

  /* The thread's own: */
  TwDb *db; /* NULL: the connection is lost */
  gboolean held;
};

static gboolean
ask (TwDb *db, const char *sql, gboolean *yes, GError **error)
{
  TwStmt *stmt = tw_db_query (db, error, sql, "");

  if (stmt == NULL || tw_stmt_step (stmt, error) != TW_STEP_ROW)
    return FALSE;
  *yes = tw_stmt_int64 (stmt, 0) != 0;
  tw_stmt_reset (stmt);
  return TRUE;
}

/* The lock is asked for once a connection: it counts how often it was given. */
static gboolean
look (TwLeader *leader, GError **error)
{
  gboolean yes;

  if (leader->db == NULL)
    {
      leader->held = FALSE;
      leader->db = tw_db_open (leader->database_url, NULL, error);
      if (leader->db == NULL || !tw_db_exec (leader->db, SETTINGS, error))
        return FALSE;
    }
  return leader->held ? ask (leader->db, LOOK, &yes, error)
                      : ask (leader->db, TRY, &leader->held, error);
}

/* A connection that was made anew by itself has no lock: it is never used after an error. */
static void
look_once (TwLeader *leader)
{
  gint64 before_us = g_get_monotonic_time ();
  gboolean leads;

  if (!look (leader, NULL))
    {
      g_clear_pointer (&leader->db, tw_db_close);
      leader->held = FALSE;
    }
  leads = leader->held;
  g_mutex_lock (&leader->lock);
  leader->since_us = leads ? before_us : 0;
  g_mutex_unlock (&leader->lock);
}

/* Until it is time to look again; a connection that breaks is noticed at once. Answers %FALSE when
 * it is over. */
static gboolean
wait_until_time (TwLeader *leader)
{
  GPollFD end = { leader->end_fd, G_IO_IN, 0 };
  gboolean noticed;

  if (leader->db != NULL)
    tw_db_wait_notice (leader->db, leader->end_fd, TW_LEADER_INTERVAL_MS, &noticed, NULL);
  return g_poll (&end, 1, leader->db != NULL ? 0 : TW_LEADER_INTERVAL_MS) == 0;
}

static gpointer
run (gpointer data)
{
  TwLeader *leader = data;

  while (wait_until_time (leader))
    look_once (leader);
  return NULL;
}

/**
 * tw_leader_new:
 * @database_url: of a PostgreSQL
 *
 * Asks once before it returns, so that the only process leads from the start.
 *
 * Returns: (transfer full): the thread, running
 */
TwLeader *
tw_leader_new (const char *database_url)
{
  TwLeader *leader = g_new0 (TwLeader, 1);

  leader->database_url = g_strdup (database_url);
  leader->end_fd = eventfd (0, EFD_CLOEXEC);
  g_assert (leader->end_fd >= 0);
  g_mutex_init (&leader->lock);
  look_once (leader);
  leader->thread = g_thread_new ("tw-leader", run, leader);
  return leader;
}

gboolean
tw_leader_is_us (TwLeader *leader)
{
  gboolean leads;

  g_mutex_lock (&leader->lock);
  leads =
    leader->since_us != 0 && g_get_monotonic_time () - leader->since_us < TW_LEADER_TRUST_MS * 1000;
  g_mutex_unlock (&leader->lock);
  return leads;
}

/**
 * tw_leader_free:
 * @leader: (transfer full): the thread; another process may lead at once
 */
void
tw_leader_free (TwLeader *leader)
{
  eventfd_write (leader->end_fd, 1);
  g_thread_join (leader->thread);
  g_clear_pointer (&leader->db, tw_db_close);
  close (leader->end_fd);
  g_mutex_clear (&leader->lock);
  g_free (leader->database_url);
  g_free (leader);
}
