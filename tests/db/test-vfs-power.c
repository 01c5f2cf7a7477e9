// SPDX-License-Identifier: GPL-3.0-or-later
/* The power goes at a random write or sync: what was not synced is kept, lost or torn, sector by
 * sector. After each, what was committed must be there, and at most one transaction more. */
#include "db/tw-vfs.h"
#include "tw-test-db.h"
#include "tw-test-disk.h"

#include <sqlite3.h>

#define ROUNDS 150 /* power cuts on one disk */
#define DISKS 6

static const char *vfs;

static sqlite3 *
connect_disk (void)
{
  sqlite3 *sqlite = NULL;
  int reserved = TW_VFS_RESERVED_BYTES;

  sqlite3_open_v2 ("/power.db", &sqlite,
                   SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_EXRESCODE, vfs);
  sqlite3_file_control (sqlite, "main", SQLITE_FCNTL_RESERVE_BYTES, &reserved);
  sqlite3_exec (sqlite,
                "PRAGMA locking_mode=EXCLUSIVE; PRAGMA temp_store=MEMORY;"
                "PRAGMA synchronous=FULL; PRAGMA wal_autocheckpoint=25; PRAGMA cache_size=12;"
                "PRAGMA journal_mode=WAL",
                NULL, NULL, NULL);
  return sqlite;
}

static gint64
number (sqlite3 *sqlite, const char *sql)
{
  sqlite3_stmt *stmt = NULL;
  gint64 value = -1;

  if (sqlite3_prepare_v2 (sqlite, sql, -1, &stmt, NULL) == SQLITE_OK &&
      sqlite3_step (stmt) == SQLITE_ROW)
    value = sqlite3_column_int64 (stmt, 0);
  sqlite3_finalize (stmt);
  return value;
}

/* Transaction number @n: a row in "done", and rows in "item" that together are worth 1,000 as ever.
 * The cache is so small that some spill into the log before the commit. */
static gboolean
commit_one (sqlite3 *sqlite, gint64 n, GRand *rand)
{
  int first = g_rand_int_range (rand, 1, 100);
  int most = g_rand_int_range (rand, 0, 4) == 0 ? 60 : 4;
  g_autofree char *sql = g_strdup_printf (
    "BEGIN;"
    "INSERT INTO done VALUES (%" G_GINT64_FORMAT ");"
    "UPDATE item SET amount = amount - 1, note = hex(randomblob(%d)) WHERE id = %d;"
    "UPDATE item SET amount = amount + 1, note = hex(randomblob(%d)) WHERE id BETWEEN %d AND %d;"
    "UPDATE item SET amount = 1000 - (SELECT sum(amount) FROM item WHERE id > 0) WHERE id = 0;"
    "COMMIT",
    n, g_rand_int_range (rand, 1, 900), g_rand_int_range (rand, 1, 100),
    g_rand_int_range (rand, 1, 900), first, MIN (first + g_rand_int_range (rand, 0, most), 100));

  return sqlite3_exec (sqlite, sql, NULL, NULL, NULL) == SQLITE_OK;
}

static gboolean
create (sqlite3 *sqlite)
{
  return sqlite3_exec (
           sqlite,
           "BEGIN; CREATE TABLE done (n INTEGER PRIMARY KEY);"
           "CREATE TABLE item (id INTEGER PRIMARY KEY, amount INTEGER, note TEXT);"
           "WITH RECURSIVE n(v) AS (VALUES (0) UNION ALL SELECT v + 1 FROM n WHERE v < 100)"
           " INSERT INTO item SELECT v, CASE v WHEN 0 THEN 1000 ELSE 0 END, '' FROM n;"
           "COMMIT",
           NULL, NULL, NULL) == SQLITE_OK;
}

/* Returns how many are committed now; @sure: how many were acknowledged */
static gint64
check (sqlite3 *sqlite, gint64 sure)
{
  g_autofree char *answer = NULL;
  sqlite3_stmt *stmt = NULL;
  gint64 committed;

  g_assert_cmpint (sqlite3_prepare_v2 (sqlite, "PRAGMA integrity_check", -1, &stmt, NULL), ==,
                   SQLITE_OK);
  g_assert_cmpint (sqlite3_step (stmt), ==, SQLITE_ROW);
  g_assert_cmpstr ((const char *) sqlite3_column_text (stmt, 0), ==, "ok");
  sqlite3_finalize (stmt);
  if (number (sqlite, "SELECT count(*) FROM sqlite_schema") == 0)
    {
      g_assert_cmpint (sure, ==, -1);
      return -1;
    }
  committed = number (sqlite, "SELECT count(*) FROM done");
  g_assert_cmpint (number (sqlite, "SELECT coalesce(max(n), 0) FROM done"), ==, committed);
  g_assert_cmpint (committed, >=, sure);
  g_assert_cmpint (committed, <=, sure + 1);
  g_assert_cmpint (number (sqlite, "SELECT sum(amount) FROM item"), ==, 1000);
  return committed;
}

static void
test_power (gconstpointer data)
{
  static const int limits[] = { 4, 30, 100, 400 };
  g_autoptr (GRand) rand = g_rand_new_with_seed (GPOINTER_TO_UINT (data) + 1);
  gint64 sure = -1; /* not even created */
  gint64 more = 0;
  int cut_in_recovery = 0;

  tw_test_disk_clear ();
  for (int round = 0; round < ROUNDS; round++)
    {
      sqlite3 *sqlite;
      gint64 found;

      tw_test_disk_fail_after (g_rand_int_range (rand, 1, limits[g_rand_int_range (rand, 0, 4)]));
      sqlite = connect_disk ();
      if (tw_test_disk_has_failed ())
        cut_in_recovery++;
      if (sure < 0 && number (sqlite, "SELECT count(*) FROM sqlite_schema") == 0 && create (sqlite))
        sure = 0;
      while (!tw_test_disk_has_failed () && sure >= 0 && commit_one (sqlite, sure + 1, rand))
        sure++;
      if (!tw_test_disk_has_failed ())
        g_error ("round %d after %d: %s (%d)", round, (int) sure, sqlite3_errmsg (sqlite),
                 sqlite3_extended_errcode (sqlite));
      sqlite3_close (sqlite);

      tw_test_disk_lose_power (rand);
      sqlite = connect_disk ();
      found = check (sqlite, sure);
      more += found - sure;
      sure = found;
      if (g_rand_boolean (rand))
        sqlite3_db_config (sqlite, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
      g_assert_cmpint (sqlite3_close (sqlite), ==, SQLITE_OK);
    }
  g_test_message ("%d power cuts (%d while opening), %" G_GINT64_FORMAT
                  " commits acknowledged and none "
                  "lost, %" G_GINT64_FORMAT " there without",
                  ROUNDS, cut_in_recovery, sure - more, more);
  g_assert_cmpint (sure, >, ROUNDS / 4);
}

int
main (int argc, char *argv[])
{
  int status;

  g_test_init (&argc, &argv, NULL);
  tw_test_disk_install ();
  vfs = tw_vfs_acquire (tw_test_key, NULL);
  for (guint i = 0; i < DISKS; i++)
    {
      g_autofree char *path = g_strdup_printf ("/vfs/power/%u", i);

      g_test_add_data_func (path, GUINT_TO_POINTER (i), test_power);
    }
  status = g_test_run ();
  tw_vfs_release (vfs);
  tw_test_disk_clear ();
  return status;
}
