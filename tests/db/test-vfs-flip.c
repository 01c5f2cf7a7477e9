// SPDX-License-Identifier: GPL-3.0-or-later
/* Every byte of a small database and of its log is changed, one at a time. Each change must be
 * found, or make no difference. When more than a bit changes in the log's last transaction, it may
 * also be missing as a whole, which is how a torn tail looks. */
#include "db/tw-vfs.h"
#include "tw-test-db.h"
#include "tw-test-disk.h"

#include <sqlite3.h>
#include <string.h>

#define NAME "/small.db"
#define LOG "/small.db-wal"
#define LOG_HEADER 32
#define FRAME_HEADER 24
#define FRAME (FRAME_HEADER + TW_VFS_PAGE_BYTES)
#define SECTOR 512
#define STEP 61 /* in the log's last pages, where each bit turned costs many to be tried */

static const char *vfs;
static int dump_code; /* of SQLite, from the last dump() */

static int
run (sqlite3 *sqlite, const char *sql)
{
  return sqlite3_exec (sqlite, sql, NULL, NULL, NULL);
}

static sqlite3 *
connect_disk (void)
{
  sqlite3 *sqlite = NULL;
  int reserved = TW_VFS_RESERVED_BYTES;

  sqlite3_open_v2 (NAME, &sqlite,
                   SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_EXRESCODE, vfs);
  sqlite3_file_control (sqlite, "main", SQLITE_FCNTL_RESERVE_BYTES, &reserved);
  run (sqlite, "PRAGMA locking_mode=EXCLUSIVE; PRAGMA temp_store=MEMORY;"
               "PRAGMA synchronous=FULL; PRAGMA wal_autocheckpoint=0");
  return sqlite;
}

static int
append_row (void *data, int n, char **values, char **names)
{
  GString *dump = data;

  for (int i = 0; i < n; i++)
    g_string_append_printf (dump, "%s|", values[i]);
  return 0;
}

/* NULL if anything was found to be wrong. Nothing is written. */
static char *
dump (void)
{
  sqlite3 *sqlite = connect_disk ();
  g_autoptr (GString) text = g_string_new (NULL);
  int rc = sqlite3_exec (sqlite,
                         "PRAGMA integrity_check; SELECT sql FROM sqlite_schema;"
                         "SELECT * FROM t; SELECT name FROM t ORDER BY name",
                         append_row, text, NULL);

  sqlite3_db_config (sqlite, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
  sqlite3_close (sqlite);
  dump_code = rc;
  if (rc != SQLITE_OK || !g_str_has_prefix (text->str, "ok|"))
    return NULL;
  return g_string_free (g_steal_pointer (&text), FALSE);
}

/* Three transactions in the log, over a file of three pages; @dumps: before each, and after all */
static GHashTable *
build (char *dumps[4])
{
  static const char *const steps[] = {
    "BEGIN; UPDATE t SET name = 'second ' || id; INSERT INTO t VALUES (50, 'fifty'); COMMIT",
    "UPDATE t SET name = 'third' WHERE id = 50",
    "BEGIN; INSERT INTO t VALUES (51, 'last'); DELETE FROM t WHERE id = 3; COMMIT",
  };
  GHashTable *saved;
  sqlite3 *sqlite;

  tw_test_disk_clear ();
  sqlite = connect_disk ();
  g_assert_cmpint (run (sqlite,
                        "PRAGMA journal_mode=WAL; CREATE TABLE t (id INTEGER PRIMARY KEY, name);"
                        "CREATE INDEX i ON t (name);"
                        "INSERT INTO t SELECT value, 'first ' || value FROM"
                        " (WITH RECURSIVE n(value) AS (VALUES (1) UNION ALL"
                        "  SELECT value + 1 FROM n WHERE value < 40) SELECT value FROM n);"
                        "PRAGMA wal_checkpoint(TRUNCATE)"),
                   ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_close (sqlite), ==, SQLITE_OK);
  dumps[0] = dump ();
  sqlite = connect_disk ();
  sqlite3_db_config (sqlite, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
  for (int i = 0; i < 3; i++)
    {
      GHashTable *before;

      g_assert_cmpint (run (sqlite, steps[i]), ==, SQLITE_OK);
      before = tw_test_disk_save ();
      sqlite3_close (sqlite);
      tw_test_disk_restore (before);
      dumps[i + 1] = dump ();
      g_assert_nonnull (dumps[i + 1]);
      tw_test_disk_restore (before);
      g_hash_table_unref (before);
      sqlite = connect_disk ();
      sqlite3_db_config (sqlite, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
    }
  sqlite3_close (sqlite);
  saved = tw_test_disk_save ();
  return saved;
}

typedef struct
{
  int found;
  int harmless;
  int cut;
} Count;

static void
try_change (
  const char *name, guint at, guint8 mask, char *const dumps[4], gboolean may_cut, Count *count)
{
  GByteArray *file = tw_test_disk_peek (name);
  g_autofree char *seen = NULL;
  guint length = file->len;

  file->data[at] ^= mask;
  seen = dump ();
  file = tw_test_disk_peek (name);
  g_assert_cmpuint (file->len, ==, length);
  file->data[at] ^= mask;
  if (seen == NULL)
    count->found++;
  else if (strcmp (seen, dumps[3]) == 0)
    count->harmless++;
  else if (may_cut && strcmp (seen, dumps[2]) == 0)
    count->cut++;
  else
    g_error ("%s: byte %u changed by %02x, and another state was read: %s", name, at, mask, seen);
}

static void
report (const char *what, guint bytes, const Count *count)
{
  g_test_message ("%s: %u bytes, %d changes: %d found, %d harmless, %d cut the last transaction",
                  what, bytes, count->found + count->harmless + count->cut, count->found,
                  count->harmless, count->cut);
}

static void
test_file (void)
{
  char *dumps[4];
  g_autoptr (GHashTable) saved = build (dumps);
  g_autofree char *whole = NULL;
  Count count = { 0 };
  guint length;

  /* All of it in the file, and no log. */
  tw_test_disk_restore (saved);
  sqlite3_close (connect_disk ());
  {
    sqlite3 *sqlite = connect_disk ();

    g_assert_cmpint (run (sqlite, "PRAGMA wal_checkpoint(TRUNCATE)"), ==, SQLITE_OK);
    g_assert_cmpint (sqlite3_close (sqlite), ==, SQLITE_OK);
  }
  whole = dump ();
  g_assert_cmpstr (whole, ==, dumps[3]);
  length = tw_test_disk_peek (NAME)->len;
  g_assert_cmpuint (length, ==, 3 * TW_VFS_PAGE_BYTES);
  for (guint at = 0; at < length; at++)
    try_change (NAME, at, (guint8) (1 << at % 8), dumps, FALSE, &count);
  report ("file", length, &count);
  g_assert_cmpint (count.harmless, ==, 0);
  for (int i = 0; i < 4; i++)
    g_free (dumps[i]);
}

static void
test_log (void)
{
  char *dumps[4];
  g_autoptr (GHashTable) saved = build (dumps);
  Count count = { 0 };
  guint length;
  guint last;

  tw_test_disk_restore (saved);
  length = tw_test_disk_peek (LOG)->len;
  g_assert_cmpuint ((length - LOG_HEADER) % FRAME, ==, 0);
  /* The last transaction has two pages: table and index. */
  last = length - 2 * FRAME;
  for (guint at = 0; at < length; at++)
    {
      gboolean header = at < LOG_HEADER || (at - LOG_HEADER) % FRAME < FRAME_HEADER;
      gboolean sealed = !header && (at - LOG_HEADER) % FRAME < FRAME - TW_VFS_RESERVED_BYTES;

      if (at >= last && sealed && at % STEP != 0)
        continue;
      for (int bit = 0; bit < 8; bit++)
        if (header || bit == (int) at % 8)
          try_change (LOG, at, (guint8) (1 << bit), dumps, FALSE, &count);
      if (header)
        try_change (LOG, at, 0xff, dumps, at >= last, &count);
    }
  report ("log", length, &count);
  g_assert_cmpint (count.found, >=, (int) (last - LOG_HEADER));
  g_assert_cmpint (count.harmless, ==, 0);
  for (int i = 0; i < 4; i++)
    g_free (dumps[i]);
}

/* A log cut short anywhere is a torn tail: one of the states that were committed. */
static void
test_truncated_log (void)
{
  char *dumps[4];
  g_autoptr (GHashTable) saved = build (dumps);
  guint length;
  int seen_states[4] = { 0 };

  tw_test_disk_restore (saved);
  length = tw_test_disk_peek (LOG)->len;
  for (guint cut = 0; cut < length; cut += 103)
    {
      g_autofree char *seen = NULL;
      int state = 0;

      tw_test_disk_restore (saved);
      g_byte_array_set_size (tw_test_disk_peek (LOG), cut);
      seen = dump ();
      g_assert_nonnull (seen);
      while (state < 4 && strcmp (seen, dumps[state]) != 0)
        state++;
      g_assert_cmpint (state, <, 4);
      seen_states[state]++;

      /* Zeros instead of the tail: lost writes into space that was there. */
      g_clear_pointer (&seen, g_free);
      tw_test_disk_restore (saved);
      memset (tw_test_disk_peek (LOG)->data + cut, 0, length - cut);
      seen = dump ();
      g_assert_nonnull (seen);
      g_assert_cmpstr (seen, ==, dumps[state]);
    }
  for (int i = 0; i < 3; i++)
    g_assert_cmpint (seen_states[i], >, 0);
  for (int i = 0; i < 4; i++)
    g_free (dumps[i]);
}

/* A sector of the last transaction that never came is no damage: what was there before it stays.
 * That takes the longest to tell. */
static void
test_torn_frame (void)
{
  char *dumps[4];
  g_autoptr (GHashTable) saved = build (dumps);
  gint64 longest_us = 0;
  guint length;

  tw_test_disk_restore (saved);
  length = tw_test_disk_peek (LOG)->len;
  for (guint at = length - 2 * FRAME; at < length; at += SECTOR)
    {
      g_autofree char *seen = NULL;
      gint64 began_us;

      tw_test_disk_restore (saved);
      for (guint i = at; i < MIN (at + SECTOR, length); i++)
        tw_test_disk_peek (LOG)->data[i] = (guint8) (i * 31);
      began_us = g_get_monotonic_time ();
      seen = dump ();
      longest_us = MAX (longest_us, g_get_monotonic_time () - began_us);
      g_assert_nonnull (seen);
      g_assert_cmpstr (seen, ==, dumps[2]);
    }
  g_test_message ("a torn frame is taken for one in %.0f ms at most", (double) longest_us / 1000);
  for (int i = 0; i < 4; i++)
    g_free (dumps[i]);
}

static void
set_version (sqlite3 *sqlite, guint version)
{
  g_autofree char *sql = g_strdup_printf ("PRAGMA user_version = %u", version);

  g_assert_cmpint (run (sqlite, sql), ==, SQLITE_OK);
}

/* A frame's place that stands at a sector's end is torn by itself, and what was there before may be
 * a bit off: no damage. */
static void
test_torn_place (void)
{
  char *dumps[4];
  g_autoptr (GHashTable) saved = build (dumps);
  guint n_alone = 0;

  for (guint n_frames = 36; n_frames < 48; n_frames++)
    {
      g_autofree char *seen = NULL;
      sqlite3 *sqlite;
      guint at = LOG_HEADER + (n_frames - 1) * FRAME;
      gboolean alone = (at + 8) % SECTOR == 0;

      tw_test_disk_restore (saved);
      sqlite = connect_disk ();
      sqlite3_db_config (sqlite, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
      while (tw_test_disk_peek (LOG)->len < LOG_HEADER + n_frames * FRAME)
        set_version (sqlite, tw_test_disk_peek (LOG)->len);
      sqlite3_close (sqlite);
      g_assert_cmpuint (tw_test_disk_peek (LOG)->len, ==, LOG_HEADER + n_frames * FRAME);
      tw_test_disk_peek (LOG)->data[at + 3] ^= 1;
      seen = dump ();
      g_assert_cmpint (seen != NULL, ==, alone);
      g_assert_true (!alone || strcmp (seen, dumps[3]) == 0);
      n_alone += alone;
    }
  g_assert_cmpuint (n_alone, ==, 1);
  for (int i = 0; i < 4; i++)
    g_free (dumps[i]);
}

/* Two whole, authentic pages change places: each is good, but not there. That is for us to find,
 * and not left to SQLite, which sees it only if they don't look alike. */
static void
test_swapped_pages (void)
{
  char *dumps[4];
  g_autoptr (GHashTable) saved = build (dumps);
  guint8 page[TW_VFS_PAGE_BYTES];
  guint8 *data;

  g_hash_table_remove (saved, LOG);
  tw_test_disk_restore (saved);
  data = tw_test_disk_peek (NAME)->data;
  memcpy (page, data + TW_VFS_PAGE_BYTES, sizeof page);
  memcpy (data + TW_VFS_PAGE_BYTES, data + 2 * TW_VFS_PAGE_BYTES, sizeof page);
  memcpy (data + 2 * TW_VFS_PAGE_BYTES, page, sizeof page);
  g_assert_null (dump ());
  g_assert_cmpint (dump_code, ==, SQLITE_IOERR_DATA);

  tw_test_disk_restore (saved);
  data = tw_test_disk_peek (NAME)->data;
  memcpy (data + TW_VFS_PAGE_BYTES, data + 2 * TW_VFS_PAGE_BYTES, sizeof page);
  g_assert_null (dump ());
  g_assert_cmpint (dump_code, ==, SQLITE_IOERR_DATA);
  for (int i = 0; i < 4; i++)
    g_free (dumps[i]);
}

/* A damaged page 1 with a good copy in the log opens; so does any other page. */
static void
test_log_heals (void)
{
  char *dumps[4];
  g_autoptr (GHashTable) saved = NULL;
  g_autofree char *seen = NULL;
  sqlite3 *sqlite;

  saved = build (dumps);
  tw_test_disk_restore (saved);
  sqlite = connect_disk ();
  sqlite3_db_config (sqlite, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
  g_assert_cmpint (run (sqlite, "PRAGMA user_version = 7"), ==, SQLITE_OK);
  sqlite3_close (sqlite);
  memset (tw_test_disk_peek (NAME)->data + 600, 0x5a, 1000);
  memset (tw_test_disk_peek (NAME)->data + 2 * TW_VFS_PAGE_BYTES, 0x5a, TW_VFS_PAGE_BYTES);
  seen = dump ();
  g_assert_cmpstr (seen, ==, dumps[3]);
  for (int i = 0; i < 4; i++)
    g_free (dumps[i]);
}

int
main (int argc, char *argv[])
{
  int status;

  g_test_init (&argc, &argv, NULL);
  tw_test_disk_install ();
  vfs = tw_vfs_acquire (tw_test_key, NULL);
  g_test_add_func ("/vfs/flip/file", test_file);
  g_test_add_func ("/vfs/flip/log", test_log);
  g_test_add_func ("/vfs/flip/truncated-log", test_truncated_log);
  g_test_add_func ("/vfs/flip/torn-frame", test_torn_frame);
  g_test_add_func ("/vfs/flip/torn-place", test_torn_place);
  g_test_add_func ("/vfs/flip/swapped-pages", test_swapped_pages);
  g_test_add_func ("/vfs/flip/log-heals", test_log_heals);
  status = g_test_run ();
  tw_vfs_release (vfs);
  tw_test_disk_clear ();
  return status;
}
