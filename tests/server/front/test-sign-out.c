// SPDX-License-Identifier: GPL-3.0-or-later
/* Signing out that could not be written down: nobody is told that it was, the session goes on as it
 * was, and the next try ends it. */
#include "base/tw-error.h"
#include "protocol/tw-routes.h"
#include "tw-test-front.h"

/* A row that another one needs can't go: the same words on both engines. */
#define HOLD                                                                                       \
  "CREATE TABLE hold (token_hash TEXT REFERENCES session (token_hash));"                           \
  "INSERT INTO hold SELECT token_hash FROM session"
#define LET_GO "DROP TABLE hold"
#define COUNT "SELECT count(*) FROM session"

static guint
ask (TwTestFront *f, SoupSession *session, const char *method, const char *path)
{
  TwTestAsked asked;
  guint status;

  tw_test_ask (f, &asked, session, method, path);
  tw_test_wait (&asked.done);
  status = soup_message_get_status (asked.message);
  tw_test_asked_clear (&asked);
  return status;
}

static guint
sign_out (TwTestFront *f)
{
  return ask (f, f->api, "DELETE", TW_ROUTE_SESSION);
}

static guint
read_feed (TwTestFront *f)
{
  return ask (f, f->feed, "GET", TW_ROUTE_FEED);
}

static void
assert_signs_out (TwTestFront *f)
{
  g_assert_cmpuint (sign_out (f), ==, 204);
  g_assert_cmpuint (read_feed (f), ==, 401);
  g_assert_cmpuint (sign_out (f), ==, 401);
  g_assert_cmpint (tw_test_number (&f->core, COUNT), ==, 0);
}

static void
test_database_says_no (TwTestFront *f, gconstpointer role)
{
  guint status;

  g_assert_cmpuint (read_feed (f), ==, 200);
  tw_test_exec (&f->core, HOLD);
  for (int i = 0; i < 2; i++)
    {
      status = sign_out (f);
      g_assert_cmpuint (status, >=, 400);
      g_assert_cmpuint (status, !=, 401);
      g_assert_cmpuint (read_feed (f), ==, 200);
    }
  g_assert_cmpint (tw_test_number (&f->core, COUNT), ==, 1);
  tw_test_exec (&f->core, LET_GO);
  assert_signs_out (f);
}

typedef struct
{
  GMutex lock;
  GCond changed;
  gboolean begun;
  gboolean may_end;
} Block;

/* The writer is busy with this for as long as the test likes. */
static gboolean
block (TwTx *tx, gpointer data, GError **error)
{
  Block *b = data;

  g_mutex_lock (&b->lock);
  b->begun = TRUE;
  g_cond_broadcast (&b->changed);
  while (!b->may_end)
    g_cond_wait (&b->changed, &b->lock);
  g_mutex_unlock (&b->lock);
  return TRUE;
}

static gboolean
do_nothing (TwTx *tx, gpointer data, GError **error)
{
  return TRUE;
}

static void
fill_queue (TwWriter *writer, Block *b)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (tw_writer_submit_call (writer, block, NULL, NULL, b, &error));
  g_mutex_lock (&b->lock);
  while (!b->begun)
    g_cond_wait (&b->changed, &b->lock);
  g_mutex_unlock (&b->lock);
  while (tw_writer_submit_call (writer, do_nothing, NULL, NULL, NULL, &error))
    ;
  g_assert_error (error, TW_ERROR, TW_ERROR_BUSY);
}

static void
empty_queue (TwWriter *writer, Block *b)
{
  gint64 deadline_us = g_get_monotonic_time () + TW_TEST_DEADLINE_MS * 1000;
  TwWriterStats stats;

  g_mutex_lock (&b->lock);
  b->may_end = TRUE;
  g_cond_broadcast (&b->changed);
  g_mutex_unlock (&b->lock);
  do
    {
      g_assert_cmpint (g_get_monotonic_time (), <, deadline_us);
      g_thread_yield ();
      tw_writer_get_stats (writer, &stats);
    }
  while (stats.queued > 0);
}

static void
test_queue_is_full (TwTestFront *f, gconstpointer role)
{
  TwWriter *writer = tw_service_get_writer (f->core.service);
  Block b = { .begun = FALSE };

  g_mutex_init (&b.lock);
  g_cond_init (&b.changed);
  g_assert_cmpuint (read_feed (f), ==, 200);
  fill_queue (writer, &b);
  g_assert_cmpuint (sign_out (f), ==, 503);
  g_assert_cmpuint (read_feed (f), ==, 200);
  g_assert_cmpuint (sign_out (f), ==, 503);
  empty_queue (writer, &b);
  assert_signs_out (f);
  g_cond_clear (&b.changed);
  g_mutex_clear (&b.lock);
}

int
main (int argc, char **argv)
{
  static const TwRole roles[] = { TW_ROLE_USER, TW_ROLE_AGENT };

  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (roles); i++)
    {
      const char *name = tw_role_get_name (roles[i]);
      g_autofree char *no = g_strconcat ("/front/sign-out/database-says-no/", name, NULL);
      g_autofree char *full = g_strconcat ("/front/sign-out/queue-is-full/", name, NULL);

      g_test_add (no, TwTestFront, GINT_TO_POINTER (roles[i]), tw_test_front_set_up,
                  test_database_says_no, tw_test_front_tear_down);
      g_test_add (full, TwTestFront, GINT_TO_POINTER (roles[i]), tw_test_front_set_up,
                  test_queue_is_full, tw_test_front_tear_down);
    }
  return g_test_run ();
}
