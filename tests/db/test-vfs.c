// SPDX-License-Identifier: GPL-3.0-or-later
/* The encrypting VFS on real files: nothing readable is on the disk, SQLite's own operations work,
 * and files are their owner's. */
#include "tw-test-sealed.h"

#include "db/tw-vfs.h"

#include <glib/gstdio.h>
#include <sqlite3.h>
#include <string.h>
#include <sys/stat.h>

static gboolean
contains (const char *path, const char *text)
{
  g_autofree char *data = NULL;
  gsize length = 0;

  g_assert_true (g_file_get_contents (path, &data, &length, NULL));
  return memmem (data, length, text, strlen (text)) != NULL;
}

/* Every file in the folder, and each must be there that is expected. */
static void
assert_unreadable (const char *folder, int n_files)
{
  static const char *const texts[] = { SECRET, SECRET_ZH, "secret_table", "CREATE",
                                       "SQLite format" };
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;
  int seen = 0;

  while ((name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (folder, name, NULL);

      for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
        if (contains (path, texts[i]))
          g_error ("“%s” can be read in %s", texts[i], name);
      seen++;
    }
  g_assert_cmpint (seen, ==, n_files);
}

static void
test_strings (Fixture *f, gconstpointer data)
{
  g_autofree char *journal = g_strconcat (f->path, "-journal", NULL);
  g_autofree char *plain_path = g_build_filename (f->folder, "plain.db", NULL);
  g_autofree char *plain_url = g_strconcat ("sqlite:", plain_path, NULL);
  g_autoptr (GError) error = NULL;
  TwDb *plain;

  fill (f->db, 2000);
  assert_unreadable (f->folder, 3); /* with -wal and -shm */
  tw_test_exec (f->db, "PRAGMA wal_checkpoint(TRUNCATE)");
  assert_unreadable (f->folder, 3);

  /* A journal, caught in the middle of a transaction that has spilled into the file. */
  tw_test_exec (f->db, "PRAGMA journal_mode=DELETE; PRAGMA cache_size=5");
  g_assert_true (tw_db_begin (f->db, &error));
  tw_assert_run (f->db, "UPDATE secret_table SET text = text || 'x'", "");
  g_assert_true (g_file_test (journal, G_FILE_TEST_EXISTS));
  assert_unreadable (f->folder, 2);
  tw_db_rollback (f->db);
  g_assert_cmpint (tw_test_number (f->db, "SELECT count(*) FROM secret_table WHERE text LIKE '%x'"),
                   ==, 0);

  /* The search itself finds what is there. */
  plain = tw_db_open (plain_url, NULL, &error);
  g_assert_no_error (error);
  tw_test_exec (plain, "CREATE TABLE secret_table (text TEXT)");
  fill (plain, 1);
  tw_db_close (plain);
  g_assert_true (contains (plain_path, SECRET) && contains (plain_path, SECRET_ZH));
}

static void
assert_copy (const char *path, gint64 rows)
{
  g_autofree char *url = g_strconcat ("sqlite:", path, NULL);
  g_autoptr (TwDb) copy = tw_test_open (url);

  assert_whole (copy, rows);
  fill (copy, 10);
  assert_whole (copy, rows + 10);
}

static void
test_operations (Fixture *f, gconstpointer data)
{
  g_autofree char *into = g_build_filename (f->folder, "into.db", NULL);
  g_autofree char *attached = g_build_filename (f->folder, "attached.db", NULL);
  g_autofree char *backup = g_build_filename (f->folder, "backup.db", NULL);
  g_autofree char *sql = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (TwDb) other = tw_test_open (f->url);

  fill (f->db, 3000);
  tw_test_exec (f->db, "DELETE FROM secret_table WHERE id % 2 = 0");
  tw_test_exec (f->db, "VACUUM");
  assert_whole (f->db, 1500);
  assert_whole (other, 1500);

  sql = g_strdup_printf ("VACUUM INTO '%s'", into);
  tw_test_exec (f->db, sql);
  assert_copy (into, 1500);

  /* A backup while another connection is in the middle of a transaction. */
  g_assert_true (tw_db_begin (other, &error));
  tw_assert_run (other, "DELETE FROM secret_table", "");
  g_assert_true (tw_db_backup (f->db, backup, &error));
  g_assert_no_error (error);
  tw_db_rollback (other);
  assert_copy (backup, 1500);
  g_assert_false (tw_db_backup (f->db, backup, &error));
  g_assert_error (error, TW_ERROR, TW_ERROR_CONFLICT);
  g_clear_error (&error);

  g_free (sql);
  sql = g_strdup_printf ("ATTACH '%s' AS other", attached);
  tw_test_exec (f->db, sql);
  tw_test_exec (f->db, "CREATE TABLE other.secret_table (id INTEGER PRIMARY KEY, text TEXT);"
                       "INSERT INTO other.secret_table SELECT * FROM main.secret_table;"
                       "DETACH other");
  assert_copy (attached, 1500);
  g_clear_pointer (&other, tw_db_close);
  g_clear_pointer (&f->db, tw_db_close);
  assert_unreadable (f->folder, 4);
}

static void
test_search (Fixture *f, gconstpointer data)
{
  tw_test_exec (f->db, "CREATE VIRTUAL TABLE found USING fts5 (text, tokenize = 'unicode61')");
  for (int i = 0; i < 500; i++)
    {
      g_autofree char *text = g_strdup_printf (SECRET " word%d 税务 发票", i);

      tw_assert_run (f->db, "INSERT INTO found (text) VALUES ($1)", "s", text);
    }
  g_assert_cmpint (tw_test_number (f->db, "SELECT count(*) FROM found WHERE found MATCH 'word77'"),
                   ==, 1);
  g_assert_cmpint (tw_test_number (f->db, "SELECT count(*) FROM found WHERE found MATCH '发票'"),
                   ==, 500);
  tw_test_exec (f->db, "INSERT INTO found (found) VALUES ('optimize')");
  g_clear_pointer (&f->db, tw_db_close);
  assert_unreadable (f->folder, 1);
  g_assert_false (contains (f->path, "word77"));
  f->db = tw_test_open (f->url);
  g_assert_cmpint (tw_test_number (f->db, "SELECT count(*) FROM found WHERE found MATCH 'word77'"),
                   ==, 1);
}

/* What needs a file of its own elsewhere: sorts, statement journals, temporary tables. */
static void
test_temporary (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  tw_test_exec (f->db, "PRAGMA cache_size=5");
  fill (f->db, 20000);
  g_assert_cmpint (tw_test_number (f->db,
                                   "SELECT count(*) FROM (SELECT text FROM secret_table GROUP BY"
                                   " text || hex(randomblob(100)) ORDER BY 1)"),
                   ==, 20000);
  tw_test_exec (f->db, "CREATE TEMP TABLE copy AS SELECT * FROM secret_table;"
                       "CREATE INDEX by_text ON secret_table (text)");
  g_assert_cmpint (tw_test_number (f->db, "SELECT count(*) FROM copy"), ==, 20000);
  g_assert_true (tw_db_begin (f->db, &error));
  tw_test_exec (f->db, "SAVEPOINT a; UPDATE secret_table SET text = text || 'x'; ROLLBACK TO a");
  g_assert_true (tw_db_commit (f->db, &error));
  g_assert_no_error (error);
  g_assert_cmpint (tw_test_number (f->db, "SELECT count(*) FROM secret_table WHERE text LIKE '%x'"),
                   ==, 0);
  assert_whole (f->db, 20000);
}

/* In journal mode SQLite leaves out pages that were freed before they were written, and a hole
 * stays. */
static void
test_holes (Fixture *f, gconstpointer data)
{
  g_autofree char *backup = g_build_filename (f->folder, "backup.db", NULL);
  g_autoptr (GError) error = NULL;

  tw_test_exec (
    f->db, "PRAGMA journal_mode=DELETE; PRAGMA secure_delete=OFF;"
           "BEGIN; CREATE TABLE a (x); INSERT INTO a VALUES (randomblob(300000));"
           "CREATE TABLE b (x); INSERT INTO b VALUES (randomblob(100000)); DELETE FROM a; COMMIT");
  g_assert_cmpint (tw_test_number (f->db, "PRAGMA freelist_count"), >, 50);
  tw_db_close (f->db); /* with its cache */
  f->db = tw_test_open (f->url);
  g_assert_true (tw_db_backup (f->db, backup, &error));
  g_assert_no_error (error);
  assert_copy (backup, 0);
}

/* If somebody turned the setting off, it must fail rather than write plain text. */
static void
test_temporary_refused (Fixture *f, gconstpointer data)
{
  tw_test_exec (f->db, "PRAGMA temp_store=FILE; PRAGMA cache_size=5; PRAGMA cache_spill=5");
  fill (f->db, 20000);
  tw_assert_refused (
    f->db, TW_ERROR_NOT_FOUND,
    "CREATE TEMP TABLE copy AS SELECT text || hex(randomblob(100)) FROM secret_table", "");
}

static void
refuse_pages_of (Fixture *f, const char *sql)
{
  const char *vfs = tw_vfs_acquire (tw_test_key, NULL);
  g_autofree char *path = g_build_filename (f->folder, "target.db", NULL);
  sqlite3 *plain = NULL;
  sqlite3 *target = NULL;
  sqlite3_backup *backup;

  g_assert_cmpint (sqlite3_open (":memory:", &plain), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_exec (plain, sql, NULL, NULL, NULL), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_open_v2 (path, &target, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, vfs),
                   ==, SQLITE_OK);
  backup = sqlite3_backup_init (target, "main", plain, "main");
  g_assert_nonnull (backup);
  sqlite3_backup_step (backup, -1);
  g_assert_cmpint (sqlite3_backup_finish (backup), !=, SQLITE_OK);
  sqlite3_close (target);
  sqlite3_close (plain);
  tw_vfs_release (vfs);
}

/* Copying a plain file's pages in would leave no place for our bytes: it must fail at once. */
static void
test_plain_source (Fixture *f, gconstpointer data)
{
  refuse_pages_of (f, "CREATE TABLE t (x); INSERT INTO t VALUES (1)");
  /* Nothing stands in the way of our bytes here, but page 1 doesn't set them apart. */
  refuse_pages_of (f, "PRAGMA user_version=1");
}

static void
test_settings (Fixture *f, gconstpointer data)
{
  g_autofree char *mode = tw_test_text (f->db, "PRAGMA journal_mode");

  g_assert_cmpstr (mode, ==, "wal");
  g_assert_cmpint (tw_test_number (f->db, "PRAGMA synchronous"), ==, 2);
  g_assert_cmpint (tw_test_number (f->db, "PRAGMA foreign_keys"), ==, 1);
  g_assert_cmpint (tw_test_number (f->db, "PRAGMA temp_store"), ==, 2);
  g_assert_cmpint (tw_test_number (f->db, "PRAGMA trusted_schema"), ==, 0);
  g_assert_cmpint (tw_test_number (f->db, "PRAGMA page_size"), ==, TW_VFS_PAGE_BYTES);
  g_assert_cmpint (tw_test_number (f->db, "PRAGMA mmap_size"), ==, 0);
}

/* Nobody else on the machine may read the files, whatever the umask. */
static void
test_permissions (Fixture *f, gconstpointer data)
{
  g_autofree char *backup = g_build_filename (f->folder, "backup.db", NULL);
  g_autoptr (GDir) dir = NULL;
  const char *name;
  int n = 0;

  fill (f->db, 1);
  g_assert_true (tw_db_backup (f->db, backup, NULL));
  dir = g_dir_open (f->folder, 0, NULL);
  while ((name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (f->folder, name, NULL);
      struct stat info;

      g_assert_cmpint (stat (path, &info), ==, 0);
      g_assert_cmpint (info.st_mode & 07777, ==, 0600);
      n++;
    }
  g_assert_cmpint (n, ==, 4);
}

/* Connections in threads, with the log starting anew often: readers check each row they see. */
static gpointer
check_thread (gpointer url)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TwDb) db = tw_db_open_readonly (url, tw_test_key, &error);
  gint64 last = 0;

  g_assert_no_error (error);
  while (last < 2000)
    {
      last = tw_test_number (db, "SELECT count(*) FROM secret_table WHERE text LIKE '" SECRET "%'");
      g_assert_cmpint (tw_test_number (db, "SELECT count(*) FROM secret_table"), >=, last);
    }
  return NULL;
}

static gpointer
write_thread (gpointer url)
{
  g_autoptr (TwDb) db = tw_test_open (url);

  tw_test_exec (db, "PRAGMA wal_autocheckpoint=10");
  for (int i = 0; i < 100; i++)
    fill (db, 10);
  return NULL;
}

static void
test_two_writers (Fixture *f, gconstpointer data)
{
  GThread *threads[] = {
    g_thread_new ("write", write_thread, f->url),
    g_thread_new ("write", write_thread, f->url),
    g_thread_new ("check", check_thread, f->url),
    g_thread_new ("check", check_thread, f->url),
  };

  for (gsize i = 0; i < G_N_ELEMENTS (threads); i++)
    g_thread_join (threads[i]);
  assert_whole (f->db, 2000);
}

int
main (int argc, char *argv[])
{
  static const struct
  {
    const char *name;
    void (*run) (Fixture *, gconstpointer);
  } cases[] = {
    { "/vfs/strings", test_strings },
    { "/vfs/operations", test_operations },
    { "/vfs/search", test_search },
    { "/vfs/temporary", test_temporary },
    { "/vfs/holes", test_holes },
    { "/vfs/temporary-refused", test_temporary_refused },
    { "/vfs/plain-source", test_plain_source },
    { "/vfs/settings", test_settings },
    { "/vfs/permissions", test_permissions },
    { "/vfs/two-writers", test_two_writers },
  };

  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    g_test_add (cases[i].name, Fixture, NULL, set_up, cases[i].run, tear_down);
  return g_test_run ();
}
