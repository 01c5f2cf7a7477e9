// SPDX-License-Identifier: GPL-3.0-or-later
/* Writers are killed, hard, at any moment: what they had acknowledged must be there. */
#include "tw-test-db.h"

#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define KILLS 20
#define WRITERS 2

/* Never returns. Each commit is told through @fd, after it is one. */
static void
write_for_ever (const char *url, int writer, int fd)
{
  g_autoptr (TwDb) db = tw_test_open (url);
  char told = 0;

  tw_test_exec (db, "PRAGMA wal_autocheckpoint=40; PRAGMA cache_size=20");
  for (;;)
    {
      g_autoptr (GError) error = NULL;

      if (!tw_db_begin (db, &error))
        g_error ("begin: %s", error->message);
      tw_assert_run (db, "INSERT INTO done (writer) VALUES ($1)", "i", (gint64) writer);
      tw_assert_run (
        db,
        "UPDATE item SET amount = amount - 1, note = hex(randomblob(abs(random() % 1500)))"
        " WHERE id % 7 = abs(random() % 7) AND id > 0",
        "");
      tw_assert_run (db,
                     "UPDATE item SET amount = 1000 -"
                     " (SELECT sum(amount) FROM item WHERE id > 0) WHERE id = 0",
                     "");
      if (!tw_db_commit (db, &error))
        g_error ("commit: %s", error->message);
      if (write (fd, &told, 1) != 1)
        _exit (1);
    }
}

static pid_t
start_writer (const char *url, int writer, int *fd)
{
  int ends[2];
  pid_t pid;

  g_assert_cmpint (pipe (ends), ==, 0);
  pid = fork ();
  g_assert_cmpint (pid, >=, 0);
  if (pid == 0)
    {
      close (ends[0]);
      write_for_ever (url, writer, ends[1]);
    }
  close (ends[1]);
  *fd = ends[0];
  return pid;
}

/* Waits for one acknowledgement; returns FALSE at the end. */
static gboolean
hear (int fd)
{
  char told;

  return read (fd, &told, 1) == 1;
}

static void
check (const char *url, gint64 sure[WRITERS], gint64 *more)
{
  g_autoptr (TwDb) db = tw_test_open (url);
  g_autofree char *answer = tw_test_text (db, "PRAGMA integrity_check");

  g_assert_cmpstr (answer, ==, "ok");
  g_assert_cmpint (tw_test_number (db, "SELECT sum(amount) FROM item"), ==, 1000);
  for (int i = 0; i < WRITERS; i++)
    {
      g_autofree char *sql = g_strdup_printf ("SELECT count(*) FROM done WHERE writer = %d", i);
      gint64 found = tw_test_number (db, sql);

      g_assert_cmpint (found, >=, sure[i]);
      g_assert_cmpint (found, <=, sure[i] + 1);
      *more += found - sure[i];
      sure[i] = found;
    }
}

static void
test_kill (void)
{
  char *folder = tw_test_folder_new ();
  g_autofree char *url = g_strdup_printf ("sqlite:%s/kill.db", folder);
  gint64 sure[WRITERS] = { 0 };
  gint64 heard = 0;
  gint64 more = 0;
  TwDb *db = tw_test_open (url);

  tw_test_exec (db,
                "CREATE TABLE done (n INTEGER PRIMARY KEY, writer BIGINT);"
                "CREATE TABLE item (id INTEGER PRIMARY KEY, amount BIGINT, note TEXT);"
                "WITH RECURSIVE n(v) AS (VALUES (0) UNION ALL SELECT v + 1 FROM n WHERE v < 100)"
                " INSERT INTO item SELECT v, CASE v WHEN 0 THEN 1000 ELSE 0 END, '' FROM n");
  tw_db_close (db);
  for (int round = 0; round < KILLS; round++)
    {
      pid_t pids[WRITERS];
      int fds[WRITERS];
      int patience = g_test_rand_int_range (1, 25);

      for (int i = 0; i < WRITERS; i++)
        pids[i] = start_writer (url, i, &fds[i]);
      for (int i = 0; i < patience; i++)
        {
          g_assert_true (hear (fds[0]));
          sure[0]++;
          heard++;
        }
      for (int i = 0; i < WRITERS; i++)
        g_assert_cmpint (kill (pids[i], SIGKILL), ==, 0);
      for (int i = 0; i < WRITERS; i++)
        {
          int status = 0;

          g_assert_cmpint (waitpid (pids[i], &status, 0), ==, pids[i]);
          g_assert_true (WIFSIGNALED (status) && WTERMSIG (status) == SIGKILL);
          while (hear (fds[i]))
            {
              sure[i]++;
              heard++;
            }
          close (fds[i]);
        }
      check (url, sure, &more);
    }
  g_test_message ("%d kills of %d writers, %" G_GINT64_FORMAT
                  " commits acknowledged and none lost, %" G_GINT64_FORMAT " there without",
                  KILLS, WRITERS, heard, more);
  tw_test_folder_free (folder);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/vfs/kill", test_kill);
  return g_test_run ();
}
