// SPDX-License-Identifier: GPL-3.0-or-later
/* What the encryption costs: rows inserted at 100 a commit, durable, into a sealed and a plain
 * file, in turns. Prints rows a second, processor time a row and their ratios. */
#include "tw-test-db.h"

#include <time.h>

#define ROWS 20000
#define PER_COMMIT 100
#define TURNS 3

typedef struct
{
  double wall_s;
  double cpu_s;
} Cost;

static double
cpu_now (void)
{
  struct timespec now;

  clock_gettime (CLOCK_PROCESS_CPUTIME_ID, &now);
  return (double) now.tv_sec + (double) now.tv_nsec / 1e9;
}

static void
insert (const char *url, const guint8 *key, Cost *cost)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TwDb) db = tw_db_open (url, key, &error);
  double cpu;
  gint64 wall;

  g_assert_no_error (error);
  tw_test_exec (db,
                "CREATE TABLE IF NOT EXISTS entry (id BIGINT PRIMARY KEY, account BIGINT NOT NULL,"
                " amount BIGINT NOT NULL, memo TEXT NOT NULL);"
                "CREATE INDEX IF NOT EXISTS by_account ON entry (account, id); DELETE FROM entry");
  cpu = cpu_now ();
  wall = g_get_monotonic_time ();
  for (int i = 0; i < ROWS;)
    {
      g_assert_true (tw_db_begin (db, &error));
      for (int j = 0; j < PER_COMMIT; j++, i++)
        tw_assert_run (db, "INSERT INTO entry (id, account, amount, memo) VALUES ($1, $2, $3, $4)",
                       "iiis", (gint64) i, (gint64) i * 7919 % 5003, (gint64) i * 31,
                       "01890a5d-ac96-774b-bcce-b302099a8057 individual income tax");
      g_assert_true (tw_db_commit (db, &error));
    }
  cost->wall_s += (double) (g_get_monotonic_time () - wall) / 1e6;
  cost->cpu_s += cpu_now () - cpu;
}

int
main (void)
{
  char *folder = tw_test_folder_new ();
  g_autofree char *sealed_url = g_strdup_printf ("sqlite:%s/sealed.db", folder);
  g_autofree char *plain_url = g_strdup_printf ("sqlite:%s/plain.db", folder);
  Cost sealed = { 0 };
  Cost plain = { 0 };
  double rows = (double) ROWS * TURNS;

  for (int i = 0; i < TURNS; i++)
    {
      insert (plain_url, NULL, &plain);
      insert (sealed_url, tw_test_key, &sealed);
    }
  g_print ("plain   %.0f rows/s, %.1f us CPU a row\n", rows / plain.wall_s,
           plain.cpu_s / rows * 1e6);
  g_print ("sealed  %.0f rows/s, %.1f us CPU a row\n", rows / sealed.wall_s,
           sealed.cpu_s / rows * 1e6);
  g_print ("ratio   %.2f of the plain rate, %.2f times its CPU\n", plain.wall_s / sealed.wall_s,
           sealed.cpu_s / plain.cpu_s);
  tw_test_folder_free (folder);
  return 0;
}
