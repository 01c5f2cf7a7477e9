// SPDX-License-Identifier: GPL-3.0-or-later
/* The promises of tw-db.h for one connection: the same cases on both engines. */
#include "tw-test-db.h"

static void
test_types (TwTestCase *f, gconstpointer data)
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
  tw_assert_run (f->db, "INSERT INTO item (id, name, data) VALUES ($1, $2, $3)", "isb", (gint64) 3,
                 "", empty);
  stmt = tw_db_query (f->db, &error, "SELECT name, data, amount FROM item ORDER BY id", "");
  g_assert_no_error (error);

  g_assert_cmpint (tw_stmt_step (stmt, &error), ==, TW_STEP_ROW);
  g_assert_cmpstr (tw_stmt_text (stmt, 0), ==, "税务 🧾 O'Neil \"\\");
  read = tw_stmt_bytes (stmt, 1);
  g_assert_true (g_bytes_equal (read, blob));
  g_assert_cmpint (tw_stmt_int64 (stmt, 2), ==, G_MAXINT64);
  g_assert_cmpstr (tw_stmt_text (stmt, 2), ==, "9223372036854775807");

  g_assert_cmpint (tw_stmt_step (stmt, &error), ==, TW_STEP_ROW);
  g_assert_true (tw_stmt_is_null (stmt, 0) && tw_stmt_is_null (stmt, 1) &&
                 tw_stmt_is_null (stmt, 2));
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
test_parameters (TwTestCase *f, gconstpointer data)
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
test_upsert (TwTestCase *f, gconstpointer data)
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
  tw_assert_run (f->db, "INSERT INTO item (id) VALUES ($1) ON CONFLICT DO NOTHING", "i",
                 (gint64) 1);
  g_assert_cmpint (tw_db_changes (f->db), ==, 0);
  tw_assert_run (f->db, "INSERT INTO item (id) VALUES ($1), (3)", "i", (gint64) 2);
  g_assert_cmpint (tw_db_changes (f->db), ==, 2);
  tw_assert_run (f->db, "UPDATE item SET amount = 5 WHERE id >= $1", "i", (gint64) 2);
  g_assert_cmpint (tw_db_changes (f->db), ==, 2);
  g_assert_cmpint (tw_test_number (f->db, "SELECT count(*) FROM item"), ==, 3);
  g_assert_cmpint (tw_db_changes (f->db), ==, 2);
}

static void
test_transactions (TwTestCase *f, gconstpointer data)
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
test_failed_transaction (TwTestCase *f, gconstpointer data)
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
test_errors (TwTestCase *f, gconstpointer data)
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
test_migrate (TwTestCase *f, gconstpointer data)
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
  g_assert_cmpint (tw_test_number (f->db, "SELECT sum(x) FROM a"), ==,
                   tw_test_on_postgres () ? 201 : 21);

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

static void
test_big (TwTestCase *f, gconstpointer data)
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

static void
test_many_statements (TwTestCase *f, gconstpointer data)
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

/* Nobody waits for what is written; what is asked after it sees it all the same, and what went
 * wrong stands for the whole transaction, with what it was. */
static void
test_late (TwTestCase *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  tw_db_set_late (f->db, TRUE);
  g_assert_true (tw_db_begin (f->db, &error));
  for (gint64 i = 1; i <= 2000; i++)
    tw_assert_run (f->db, "INSERT INTO item (id) VALUES ($1)", "i", i);
  g_assert_cmpint (tw_db_changes (f->db), ==, 1);
  g_assert_cmpint (tw_test_number (f->db, "SELECT count(*) FROM item"), ==, 2000);
  tw_assert_run (f->db, "DELETE FROM item WHERE id > $1", "i", (gint64) 1990);
  g_assert_cmpint (tw_db_changes (f->db), ==, 10);
  tw_assert_run (f->db, "INSERT INTO item (id) VALUES ($1) ON CONFLICT (id) DO NOTHING", "i",
                 (gint64) 1);
  g_assert_cmpint (tw_db_changes (f->db), ==, 0);
  tw_test_exec (f->db, "CREATE TABLE other (id BIGINT)");
  tw_assert_run (f->db, "INSERT INTO other (id) VALUES (1)", "");
  g_assert_true (tw_db_commit (f->db, &error));
  g_assert_cmpint (tw_test_number (f->db, "SELECT count(*) FROM item"), ==, 1990);
  g_assert_cmpint (tw_test_number (f->db, "SELECT count(*) FROM other"), ==, 1);
}

static void
fail_somewhere (TwDb *db)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (tw_db_begin (db, &error));
  tw_assert_run (db, "INSERT INTO item (id) VALUES (1)", "");
  tw_db_run (db, NULL, "INSERT INTO item (id) VALUES (1)", "");
}

static void
test_late_failure (TwTestCase *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  if (!tw_test_on_postgres ())
    {
      g_test_skip ("SQLite is waited for");
      return;
    }
  tw_db_set_late (f->db, TRUE);
  /* Told by a question, */
  fail_somewhere (f->db);
  g_assert_null (tw_db_query (f->db, &error, "SELECT count(*) FROM item", ""));
  g_assert_error (error, TW_ERROR, TW_ERROR_CONFLICT);
  g_clear_error (&error);
  tw_db_rollback (f->db);
  /* by the commit, */
  fail_somewhere (f->db);
  g_assert_false (tw_db_commit (f->db, &error));
  g_assert_error (error, TW_ERROR, TW_ERROR_CONFLICT);
  g_clear_error (&error);
  g_assert_false (tw_db_in_transaction (f->db));
  /* and by whatever is written after somebody has looked at the changes. */
  fail_somewhere (f->db);
  g_assert_cmpint (tw_db_changes (f->db), ==, 0);
  tw_assert_refused (f->db, TW_ERROR_CONFLICT, "INSERT INTO item (id) VALUES (2)", "");
  tw_db_rollback (f->db);
  g_assert_cmpint (tw_test_number (f->db, "SELECT count(*) FROM item"), ==, 0);
  tw_assert_run (f->db, "INSERT INTO item (id) VALUES (3)", "");
  g_assert_cmpint (tw_test_number (f->db, "SELECT count(*) FROM item"), ==, 1);
}

static void
test_memory (TwTestCase *f, gconstpointer data)
{
  gint64 number = 0;

  g_assert_true (tw_db_begin (f->db, NULL));
  g_assert_false (tw_db_recall (f->db, "x", &number));
  tw_db_remember (f->db, "x", 7);
  tw_db_remember (f->db, "x", 8);
  g_assert_true (tw_db_recall (f->db, "x", &number));
  g_assert_cmpint (number, ==, 8);
  tw_db_rollback (f->db);
  g_assert_false (tw_db_recall (f->db, "x", &number));
  g_assert_true (tw_db_begin (f->db, NULL));
  tw_db_remember (f->db, "x", 9);
  g_assert_true (tw_db_commit (f->db, NULL));
  g_assert_false (tw_db_recall (f->db, "x", &number));
}

static void
test_backup_refused (TwTestCase *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *path = g_build_filename (f->folder, "copy", NULL);

  if (!tw_test_on_postgres ())
    {
      g_test_skip ("backup on SQLite is tested with the VFS");
      return;
    }
  g_assert_false (tw_db_backup (f->db, path, &error));
  g_assert_error (error, TW_ERROR, TW_ERROR_INVALID);
  g_assert_nonnull (strstr (error->message, "pg_dump"));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  tw_test_add ("types", test_types);
  tw_test_add ("parameters", test_parameters);
  tw_test_add ("upsert", test_upsert);
  tw_test_add ("transactions", test_transactions);
  tw_test_add ("failed-transaction", test_failed_transaction);
  tw_test_add ("errors", test_errors);
  tw_test_add ("migrate", test_migrate);
  tw_test_add ("big", test_big);
  tw_test_add ("many-statements", test_many_statements);
  tw_test_add ("late", test_late);
  tw_test_add ("late-failure", test_late_failure);
  tw_test_add ("memory", test_memory);
  tw_test_add ("backup-refused", test_backup_refused);
  return g_test_run ();
}
