// SPDX-License-Identifier: GPL-3.0-or-later
/* The promises of tw-db.h: the same cases on both engines. With TW_TEST_POSTGRES (a conninfo) they
 * run on PostgreSQL, else on SQLite. */
#include "tw-test-db.h"

typedef struct
{
  char *folder;
  char *url;
  TwDb *db;
} Fixture;

static gboolean
on_postgres (void)
{
  return g_getenv ("TW_TEST_POSTGRES") != NULL;
}

static void
set_up (Fixture *f, gconstpointer data)
{
  static int serial;

  f->folder = tw_test_folder_new ();
  if (on_postgres ())
    {
      g_autoptr (TwDb) admin = tw_test_open (g_getenv ("TW_TEST_POSTGRES"));
      g_autofree char *sql = g_strdup_printf ("CREATE SCHEMA case_%d", ++serial);

      tw_test_exec (admin, sql);
      f->url = g_strdup_printf ("%s options='-csearch_path=case_%d'", g_getenv ("TW_TEST_POSTGRES"),
                                serial);
    }
  else
    f->url = g_strdup_printf ("sqlite:%s/case.db", f->folder);
  f->db = tw_test_open (f->url);
  tw_test_exec (f->db, "CREATE TABLE item (id BIGINT PRIMARY KEY, name TEXT, data BYTEA,"
                       " amount BIGINT, CHECK (amount IS NULL OR amount >= 0));"
                       "CREATE UNIQUE INDEX item_name ON item (name);"
                       "CREATE TABLE part (item BIGINT NOT NULL REFERENCES item (id), n BIGINT NOT NULL)");
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  tw_db_close (f->db);
  g_free (f->url);
  tw_test_folder_free (f->folder);
}

static void
test_types (Fixture *f, gconstpointer data)
{
  static const gint64 numbers[] = { 0, 1, -1, G_MAXINT64, G_MININT64, G_MAXUINT32 };
  static const guint8 bytes[] = { 0, 1, 0xff, '\\', '\'', 0, 'x' };
  g_autoptr (GBytes) blob = g_bytes_new_static (bytes, sizeof bytes);
  g_autoptr (GBytes) empty = g_bytes_new_static ("", 0);
  g_autoptr (GBytes) read = NULL;
  g_autoptr (GError) error = NULL;
  TwStmt *stmt;
  gsize length = 99;

  tw_assert_run (f->db, "INSERT INTO item (id, name, data, amount) VALUES ($1, $2, $3, $4)", "isbI",
                 (gint64) 1, "税务 🧾 O'Neil \"\\", blob, &numbers[3]);
  tw_assert_run (f->db, "INSERT INTO item (id, name, data, amount) VALUES ($1, $2, $3, $4)", "isbI",
                 (gint64) 2, NULL, NULL, NULL);
  tw_assert_run (f->db, "INSERT INTO item (id, name, data) VALUES ($1, $2, $3)", "isb", (gint64) 3, "",
                 empty);
  stmt = tw_db_query (f->db, &error, "SELECT name, data, amount FROM item ORDER BY id", "");
  g_assert_no_error (error);

  g_assert_cmpint (tw_stmt_step (stmt, &error), ==, TW_STEP_ROW);
  g_assert_cmpstr (tw_stmt_text (stmt, 0), ==, "税务 🧾 O'Neil \"\\");
  read = tw_stmt_bytes (stmt, 1);
  g_assert_true (g_bytes_equal (read, blob));
  g_assert_cmpint (tw_stmt_int64 (stmt, 2), ==, G_MAXINT64);
  g_assert_cmpstr (tw_stmt_text (stmt, 2), ==, "9223372036854775807");

  g_assert_cmpint (tw_stmt_step (stmt, &error), ==, TW_STEP_ROW);
  g_assert_true (tw_stmt_is_null (stmt, 0) && tw_stmt_is_null (stmt, 1) && tw_stmt_is_null (stmt, 2));
  g_assert_null (tw_stmt_text (stmt, 0));
  g_assert_null (tw_stmt_blob (stmt, 1, &length));
  g_assert_null (tw_stmt_bytes (stmt, 1));
  g_assert_cmpuint (length, ==, 0);
  g_assert_cmpint (tw_stmt_int64 (stmt, 2), ==, 0);

  g_assert_cmpint (tw_stmt_step (stmt, &error), ==, TW_STEP_ROW);
  g_assert_cmpstr (tw_stmt_text (stmt, 0), ==, "");
  g_assert_false (tw_stmt_is_null (stmt, 1));
  g_assert_nonnull (tw_stmt_blob (stmt, 1, &length));
  g_assert_cmpuint (length, ==, 0);

  g_assert_cmpint (tw_stmt_step (stmt, &error), ==, TW_STEP_DONE);
  g_assert_cmpint (tw_stmt_step (stmt, &error), ==, TW_STEP_DONE);
  for (gsize i = 0; i < G_N_ELEMENTS (numbers); i++)
    {
      stmt = tw_db_query (f->db, &error, "SELECT $1", "i", numbers[i]);
      g_assert_cmpint (tw_stmt_step (stmt, &error), ==, TW_STEP_ROW);
      g_assert_cmpint (tw_stmt_int64 (stmt, 0), ==, numbers[i]);
    }
  g_assert_cmpint (tw_test_number (f->db, "SELECT 2 > 1"), ==, 1);
  g_assert_cmpint (tw_test_number (f->db, "SELECT 1 > 2"), ==, 0);
  g_assert_cmpint (tw_test_number (f->db, "SELECT count(*) FROM item"), ==, 3);
  g_assert_cmpint (tw_test_number (f->db, "SELECT sum(id) FROM item"), ==, 6);
}

static void
test_parameters (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *sql = g_strdup ("SELECT $2, $1, $2");
  g_autofree char *same = g_strdup (sql);
  TwStmt *stmt = tw_db_query (f->db, &error, sql, "is", (gint64) 7, "two");

  g_assert_no_error (error);
  g_assert_cmpint (tw_stmt_step (stmt, &error), ==, TW_STEP_ROW);
  g_assert_cmpstr (tw_stmt_text (stmt, 0), ==, "two");
  g_assert_cmpint (tw_stmt_int64 (stmt, 1), ==, 7);
  g_assert_cmpstr (tw_stmt_text (stmt, 2), ==, "two");
  /* The same text elsewhere in memory is the same statement; other types of values are fine. */
  g_assert_true (tw_db_query (f->db, &error, same, "si", "x", (gint64) 1) == stmt);
  g_assert_cmpint (tw_stmt_step (stmt, &error), ==, TW_STEP_ROW);
  g_assert_cmpint (tw_stmt_int64 (stmt, 0), ==, 1);
  /* Another text at the same place is another statement. */
  sql[7] = '1';
  sql[8] = ' ';
  g_assert_false (tw_db_query (f->db, &error, sql, "si", "x", (gint64) 1) == stmt);
  g_clear_error (&error);

  tw_assert_refused (f->db, TW_ERROR_INTERNAL, "SELECT $1", "");
  tw_assert_refused (f->db, TW_ERROR_INTERNAL, "SELECT $1", "ss", "a", "b");
  tw_assert_refused (f->db, TW_ERROR_INTERNAL, "SELECT nonsense FROM nowhere", "");
  tw_assert_refused (f->db, TW_ERROR_INTERNAL, "SELECT 1; SELECT 2", "");
  g_assert_cmpint (tw_test_number (f->db, "SELECT 5"), ==, 5);
}

static void
test_upsert (Fixture *f, gconstpointer data)
{
  const char *sql = "INSERT INTO item (id, name, amount) VALUES ($1, $2, $3) ON CONFLICT (id)"
                    " DO UPDATE SET name = excluded.name, amount = item.amount + excluded.amount"
                    " RETURNING amount";
  g_autoptr (GError) error = NULL;
  TwStmt *stmt;

  for (gint64 i = 1; i <= 3; i++)
    {
      stmt = tw_db_query (f->db, &error, sql, "isi", (gint64) 1, "name", i);
      g_assert_no_error (error);
      g_assert_cmpint (tw_stmt_step (stmt, &error), ==, TW_STEP_ROW);
      g_assert_cmpint (tw_stmt_int64 (stmt, 0), ==, i * (i + 1) / 2);
      g_assert_cmpint (tw_stmt_step (stmt, &error), ==, TW_STEP_DONE);
    }
  tw_assert_run (f->db, "INSERT INTO item (id) VALUES ($1) ON CONFLICT DO NOTHING", "i", (gint64) 1);
  g_assert_cmpint (tw_db_changes (f->db), ==, 0);
  tw_assert_run (f->db, "INSERT INTO item (id) VALUES ($1), (3)", "i", (gint64) 2);
  g_assert_cmpint (tw_db_changes (f->db), ==, 2);
  tw_assert_run (f->db, "UPDATE item SET amount = 5 WHERE id >= $1", "i", (gint64) 2);
  g_assert_cmpint (tw_db_changes (f->db), ==, 2);
  g_assert_cmpint (tw_test_number (f->db, "SELECT count(*) FROM item"), ==, 3);
  g_assert_cmpint (tw_db_changes (f->db), ==, 2);
}

static void
test_transactions (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TwDb) other = tw_test_open (f->url);
  TwStmt *stmt;

  g_assert_true (tw_db_begin (f->db, &error));
  g_assert_true (tw_db_in_transaction (f->db));
  tw_assert_run (f->db, "INSERT INTO item (id) VALUES (1)", "");
  g_assert_cmpint (tw_test_number (f->db, "SELECT count(*) FROM item"), ==, 1);
  g_assert_cmpint (tw_test_number (other, "SELECT count(*) FROM item"), ==, 0);
  tw_db_rollback (f->db);
  tw_db_rollback (f->db);
  g_assert_false (tw_db_in_transaction (f->db));
  g_assert_cmpint (tw_test_number (f->db, "SELECT count(*) FROM item"), ==, 0);

  /* A statement left in the middle is no obstacle to a commit. */
  g_assert_true (tw_db_begin (f->db, &error));
  stmt = tw_db_query (f->db, &error, "INSERT INTO item (id) VALUES (1), (2) RETURNING id", "");
  g_assert_cmpint (tw_stmt_step (stmt, &error), ==, TW_STEP_ROW);
  g_assert_true (tw_db_commit (f->db, &error));
  g_assert_no_error (error);
  g_assert_cmpint (tw_test_number (other, "SELECT count(*) FROM item"), ==, 2);

  /* What is open when the connection closes is undone. */
  g_assert_true (tw_db_begin (other, &error));
  tw_assert_run (other, "DELETE FROM item", "");
  g_clear_pointer (&other, tw_db_close);
  g_assert_cmpint (tw_test_number (f->db, "SELECT count(*) FROM item"), ==, 2);
}

static void
test_failed_transaction (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (tw_db_begin (f->db, &error));
  tw_assert_run (f->db, "INSERT INTO item (id) VALUES (1)", "");
  tw_assert_refused (f->db, TW_ERROR_CONFLICT, "INSERT INTO item (id) VALUES (1)", "");
  /* From here on both engines only roll back. */
  tw_assert_refused (f->db, TW_ERROR_INTERNAL, "INSERT INTO item (id) VALUES (2)", "");
  g_assert_false (tw_db_commit (f->db, &error));
  g_assert_error (error, TW_ERROR, TW_ERROR_INTERNAL);
  g_clear_error (&error);
  g_assert_false (tw_db_in_transaction (f->db));
  g_assert_cmpint (tw_test_number (f->db, "SELECT count(*) FROM item"), ==, 0);

  /* Or to a savepoint. */
  g_assert_true (tw_db_begin (f->db, &error));
  tw_assert_run (f->db, "INSERT INTO item (id) VALUES (1)", "");
  tw_test_exec (f->db, "SAVEPOINT one");
  tw_assert_refused (f->db, TW_ERROR_CONFLICT, "INSERT INTO item (id) VALUES (1)", "");
  tw_test_exec (f->db, "ROLLBACK TO one");
  tw_assert_run (f->db, "INSERT INTO item (id) VALUES (2)", "");
  g_assert_true (tw_db_commit (f->db, &error));
  g_assert_cmpint (tw_test_number (f->db, "SELECT count(*) FROM item"), ==, 2);
}

static void
test_errors (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TwDb) reader = NULL;

  tw_assert_run (f->db, "INSERT INTO item (id, name) VALUES (1, 'a')", "");
  tw_assert_refused (f->db, TW_ERROR_CONFLICT, "INSERT INTO item (id) VALUES (1)", "");
  tw_assert_refused (f->db, TW_ERROR_CONFLICT, "INSERT INTO item (id, name) VALUES (2, 'a')", "");
  tw_assert_refused (f->db, TW_ERROR_CONFLICT, "INSERT INTO item (id, amount) VALUES (2, -1)", "");
  tw_assert_refused (f->db, TW_ERROR_CONFLICT, "INSERT INTO part (item, n) VALUES (2, 1)", "");
  tw_assert_refused (f->db, TW_ERROR_CONFLICT, "INSERT INTO part (item) VALUES (1)", "");
  tw_assert_run (f->db, "INSERT INTO part (item, n) VALUES (1, 1)", "");
  tw_assert_refused (f->db, TW_ERROR_CONFLICT, "DELETE FROM item", "");

  reader = tw_db_open_readonly (f->url, tw_test_key, &error);
  g_assert_no_error (error);
  tw_assert_refused (reader, TW_ERROR_DENIED, "INSERT INTO item (id) VALUES (9)", "");
  g_assert_cmpint (tw_test_number (reader, "SELECT count(*) FROM item"), ==, 1);
  g_assert_true (tw_db_begin_read (f->db, &error));
  tw_assert_refused (f->db, TW_ERROR_DENIED, "INSERT INTO item (id) VALUES (9)", "");
  tw_db_rollback (f->db);
  g_assert_true (tw_db_begin_read (f->db, &error));
  g_assert_false (tw_db_exec (f->db, "INSERT INTO item (id) VALUES (9)", &error));
  g_assert_error (error, TW_ERROR, TW_ERROR_DENIED);
  g_clear_error (&error);
  tw_db_rollback (f->db);
  tw_assert_run (f->db, "INSERT INTO item (id) VALUES (9)", "");

  g_assert_null (tw_db_open ("nonsense", tw_test_key, &error));
  g_assert_error (error, TW_ERROR, TW_ERROR_INVALID);
}

static void
test_migrate (Fixture *f, gconstpointer data)
{
  static const TwMigration steps[] = {
    { 1, "CREATE TABLE a (x BIGINT); INSERT INTO a VALUES (1)" },
    { 2, "CREATE TABLE b (x BIGINT)", "INSERT INTO a VALUES (20)", "INSERT INTO a VALUES (200)" },
    { 5, "CREATE TABLE c (x BIGINT); INSERT INTO nowhere VALUES (1); CREATE TABLE d (x BIGINT)" },
  };
  static const TwMigration mended[] = {
    { 1, "not even SQL" },
    { 2, "not even SQL" },
    { 5, "CREATE TABLE c (x BIGINT)" },
  };
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (tw_db_get_schema_version (f->db, &error), ==, 0);
  g_assert_no_error (error);
  g_assert_true (tw_db_migrate (f->db, steps, 2, &error));
  g_assert_no_error (error);
  g_assert_cmpint (tw_db_get_schema_version (f->db, &error), ==, 2);
  g_assert_cmpint (tw_test_number (f->db, "SELECT sum(x) FROM a"), ==, on_postgres () ? 201 : 21);

  g_assert_false (tw_db_migrate (f->db, steps, 3, &error));
  g_assert_error (error, TW_ERROR, TW_ERROR_INTERNAL);
  g_assert_nonnull (strstr (error->message, "Step 5"));
  g_clear_error (&error);
  g_assert_false (tw_db_in_transaction (f->db));
  g_assert_cmpint (tw_db_get_schema_version (f->db, &error), ==, 2);
  tw_assert_refused (f->db, TW_ERROR_INTERNAL, "SELECT * FROM c", "");

  g_assert_true (tw_db_migrate (f->db, mended, 3, &error));
  g_assert_no_error (error);
  g_assert_cmpint (tw_db_get_schema_version (f->db, &error), ==, 5);
  g_assert_cmpint (tw_test_number (f->db, "SELECT count(*) FROM c"), ==, 0);
  g_assert_true (tw_db_migrate (f->db, mended, 3, &error));

  g_assert_false (tw_db_migrate (f->db, mended, 2, &error));
  g_assert_error (error, TW_ERROR, TW_ERROR_REFUSED);
}

static gpointer
migrate_thread (gpointer url)
{
  static const TwMigration steps[] = {
    { 1, "CREATE TABLE a (x BIGINT)" },
    { 2, "INSERT INTO a VALUES (1)" },
  };
  g_autoptr (GError) error = NULL;
  g_autoptr (TwDb) db = tw_test_open (url);

  tw_db_migrate (db, steps, 2, &error);
  g_assert_no_error (error);
  return NULL;
}

static void
test_migrate_together (Fixture *f, gconstpointer data)
{
  GThread *threads[4];

  for (gsize i = 0; i < G_N_ELEMENTS (threads); i++)
    threads[i] = g_thread_new ("migrate", migrate_thread, f->url);
  for (gsize i = 0; i < G_N_ELEMENTS (threads); i++)
    g_thread_join (threads[i]);
  g_assert_cmpint (tw_test_number (f->db, "SELECT count(*) FROM a"), ==, 1);
}

static void
test_big (Fixture *f, gconstpointer data)
{
  gsize length = 9 * 1024 * 1024 + 7;
  guint8 *bytes = g_malloc (length);
  g_autoptr (GBytes) blob = g_bytes_new_take (bytes, length);
  g_autoptr (GBytes) read = NULL;
  g_autoptr (GError) error = NULL;
  TwStmt *stmt;

  for (gsize i = 0; i < length; i++)
    bytes[i] = (guint8) (i * 2654435761u >> 24);
  tw_assert_run (f->db, "INSERT INTO item (id, data) VALUES (1, $1)", "b", blob);
  stmt = tw_db_query (f->db, &error, "SELECT data FROM item", "");
  g_assert_cmpint (tw_stmt_step (stmt, &error), ==, TW_STEP_ROW);
  read = tw_stmt_bytes (stmt, 0);
  tw_stmt_reset (stmt);
  g_assert_true (g_bytes_equal (read, blob));
}

/* Two counters, always moved together: a reader must never see them apart. */
static gpointer
read_thread (gpointer url)
{
  g_autoptr (TwDb) db = tw_db_open_readonly (url, tw_test_key, NULL);
  g_autoptr (GError) error = NULL;
  gint64 last = 0;

  g_assert_nonnull (db);
  while (last < 60)
    {
      gint64 first, second, alone;

      alone = tw_test_number (db, "SELECT CASE WHEN min(amount) = max(amount) THEN 1 ELSE 0 END"
                                  " FROM item");
      g_assert_cmpint (alone, ==, 1);
      tw_db_begin_read (db, &error);
      g_assert_no_error (error);
      first = tw_test_number (db, "SELECT amount FROM item WHERE id = 1");
      second = tw_test_number (db, "SELECT amount FROM item WHERE id = 2");
      tw_db_commit (db, &error);
      g_assert_no_error (error);
      g_assert_cmpint (first, ==, second);
      g_assert_cmpint (first, >=, last);
      last = first;
    }
  return NULL;
}

static void
test_readers (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  GThread *threads[3];

  tw_assert_run (f->db, "INSERT INTO item (id, amount) VALUES (1, 0), (2, 0)", "");
  for (gsize i = 0; i < G_N_ELEMENTS (threads); i++)
    threads[i] = g_thread_new ("read", read_thread, f->url);
  for (int i = 0; i < 60; i++)
    {
      g_assert_true (tw_db_begin (f->db, &error));
      tw_assert_run (f->db, "UPDATE item SET amount = amount + 1 WHERE id = $1", "i", (gint64) 1);
      tw_assert_run (f->db, "UPDATE item SET amount = amount + 1 WHERE id = $1", "i", (gint64) 2);
      g_assert_true (tw_db_commit (f->db, &error));
    }
  for (gsize i = 0; i < G_N_ELEMENTS (threads); i++)
    g_thread_join (threads[i]);
}

/* Two writers that read before they write: CONFLICT or BUSY is to be tried again, and no addition may
 * get lost. */
static gpointer
add_thread (gpointer url)
{
  g_autoptr (TwDb) db = tw_test_open (url);

  for (int done = 0; done < 30;)
    {
      g_autoptr (GError) error = NULL;
      TwStmt *stmt;
      gint64 amount = 0;

      if (tw_db_begin (db, &error) &&
          (stmt = tw_db_query (db, &error, "SELECT amount FROM item WHERE id = 1", "")) != NULL)
        {
          g_assert_cmpint (tw_stmt_step (stmt, NULL), ==, TW_STEP_ROW);
          amount = tw_stmt_int64 (stmt, 0);
          if (tw_db_run (db, &error, "UPDATE item SET amount = $1 WHERE id = 1", "i", amount + 1) &&
              tw_db_commit (db, &error))
            done++;
        }
      if (error != NULL)
        g_assert_true (g_error_matches (error, TW_ERROR, TW_ERROR_CONFLICT) ||
                       g_error_matches (error, TW_ERROR, TW_ERROR_BUSY));
      tw_db_rollback (db);
    }
  return NULL;
}

static void
test_writers (Fixture *f, gconstpointer data)
{
  GThread *threads[2];

  tw_assert_run (f->db, "INSERT INTO item (id, amount) VALUES (1, 0)", "");
  for (gsize i = 0; i < G_N_ELEMENTS (threads); i++)
    threads[i] = g_thread_new ("add", add_thread, f->url);
  for (gsize i = 0; i < G_N_ELEMENTS (threads); i++)
    g_thread_join (threads[i]);
  g_assert_cmpint (tw_test_number (f->db, "SELECT amount FROM item"), ==, 60);
}

static void
test_busy (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TwDb) other = tw_test_open (f->url);

  tw_assert_run (f->db, "INSERT INTO item (id, amount) VALUES (1, 0)", "");
  tw_test_exec (other, on_postgres () ? "SET lock_timeout = '50ms'" : "PRAGMA busy_timeout = 50");
  g_assert_true (tw_db_begin (f->db, &error));
  tw_assert_run (f->db, "UPDATE item SET amount = 1", "");
  tw_assert_refused (other, TW_ERROR_BUSY, "UPDATE item SET amount = 2", "");
  g_assert_true (tw_db_commit (f->db, &error));
  tw_assert_run (other, "UPDATE item SET amount = 2", "");
}

/* A statement that was left in the middle must not keep its connection from writing. */
static void
test_left_open (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TwDb) other = tw_test_open (f->url);
  TwStmt *stmt;

  tw_assert_run (f->db, "INSERT INTO item (id) VALUES (1), (2)", "");
  stmt = tw_db_query (f->db, &error, "SELECT id FROM item", "");
  g_assert_cmpint (tw_stmt_step (stmt, &error), ==, TW_STEP_ROW);
  tw_assert_run (other, "INSERT INTO item (id) VALUES (3)", "");
  tw_assert_run (f->db, "INSERT INTO item (id) VALUES (4)", "");
  g_assert_cmpint (tw_test_number (f->db, "SELECT count(*) FROM item"), ==, 4);
}

static void
test_many_statements (Fixture *f, gconstpointer data)
{
  for (int i = 0; i < 1500; i++)
    {
      g_autofree char *sql = g_strdup_printf ("SELECT %d", i);

      g_assert_cmpint (tw_test_number (f->db, sql), ==, i);
    }
  g_assert_true (tw_db_begin (f->db, NULL));
  g_assert_true (tw_db_commit (f->db, NULL));
  g_assert_cmpint (tw_test_number (f->db, "SELECT 1499"), ==, 1499);
}

static void
test_backup_refused (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *path = g_build_filename (f->folder, "copy", NULL);

  if (!on_postgres ())
    {
      g_test_skip ("backup on SQLite is tested with the VFS");
      return;
    }
  g_assert_false (tw_db_backup (f->db, path, &error));
  g_assert_error (error, TW_ERROR, TW_ERROR_INVALID);
  g_assert_nonnull (strstr (error->message, "pg_dump"));
}

static void
test_reconnect (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TwDb) admin = NULL;
  gint64 pid;

  if (!on_postgres ())
    {
      g_test_skip ("a file has no connection to lose");
      return;
    }
  admin = tw_test_open (f->url);
  tw_assert_run (f->db, "INSERT INTO item (id) VALUES (1)", "");

  /* Inside a transaction the loss is told, and the transaction is gone. */
  g_assert_true (tw_db_begin (f->db, &error));
  tw_assert_run (f->db, "INSERT INTO item (id) VALUES (2)", "");
  pid = tw_test_number (f->db, "SELECT pg_backend_pid()");
  tw_assert_run (admin, "SELECT pg_terminate_backend($1::int, 5000)", "i", pid);
  tw_assert_refused (f->db, TW_ERROR_UNREACHABLE, "INSERT INTO item (id) VALUES (3)", "");
  g_assert_false (tw_db_commit (f->db, &error));
  g_clear_error (&error);
  g_assert_cmpint (tw_test_number (f->db, "SELECT count(*) FROM item"), ==, 1);

  /* Between transactions a new one just begins, and statements that were known work again. */
  pid = tw_test_number (f->db, "SELECT pg_backend_pid()");
  tw_assert_run (admin, "SELECT pg_terminate_backend($1::int, 5000)", "i", pid);
  g_assert_true (tw_db_begin (f->db, &error));
  g_assert_no_error (error);
  tw_assert_run (f->db, "INSERT INTO item (id) VALUES (2)", "");
  g_assert_true (tw_db_commit (f->db, &error));
  g_assert_cmpint (tw_test_number (f->db, "SELECT count(*) FROM item"), ==, 2);
}

int
main (int argc, char *argv[])
{
  static const struct
  {
    const char *name;
    void (*run) (Fixture *, gconstpointer);
  } cases[] = {
    { "types", test_types },
    { "parameters", test_parameters },
    { "upsert", test_upsert },
    { "transactions", test_transactions },
    { "failed-transaction", test_failed_transaction },
    { "errors", test_errors },
    { "migrate", test_migrate },
    { "migrate-together", test_migrate_together },
    { "big", test_big },
    { "readers", test_readers },
    { "writers", test_writers },
    { "busy", test_busy },
    { "left-open", test_left_open },
    { "many-statements", test_many_statements },
    { "backup-refused", test_backup_refused },
    { "reconnect", test_reconnect },
  };

  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *path = g_strdup_printf ("/db/%s/%s", on_postgres () ? "postgres" : "sqlite",
                                               cases[i].name);

      g_test_add (path, Fixture, NULL, set_up, cases[i].run, tear_down);
    }
  return g_test_run ();
}
