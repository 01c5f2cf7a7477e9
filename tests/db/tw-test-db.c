// SPDX-License-Identifier: GPL-3.0-or-later
/* What the tests of this room share. */
#include "tw-test-db.h"

#include <glib/gstdio.h>

const guint8 tw_test_key[TW_DB_KEY_BYTES] = "a key of thirty-two bytes length";

/**
 * tw_test_folder_new:
 *
 * Returns: (transfer full): an empty folder, for tw_test_folder_free()
 */
char *
tw_test_folder_new (void)
{
  g_autoptr (GError) error = NULL;
  char *path = g_dir_make_tmp ("tw-db-XXXXXX", &error);

  g_assert_no_error (error);
  return path;
}

/* A folder with files in it, and no folders. */
void
tw_test_folder_free (char *path)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *file = g_build_filename (path, name, NULL);

      g_assert_cmpint (g_unlink (file), ==, 0);
    }
  g_assert_cmpint (g_rmdir (path), ==, 0);
  g_free (path);
}

TwDb *
tw_test_open (const char *url)
{
  g_autoptr (GError) error = NULL;
  TwDb *db = tw_db_open (url, tw_test_key, &error);

  g_assert_no_error (error);
  return db;
}

void
tw_test_exec (TwDb *db, const char *sql)
{
  g_autoptr (GError) error = NULL;

  tw_db_exec (db, sql, &error);
  g_assert_no_error (error);
}

static TwStmt *
one_row (TwDb *db, const char *sql)
{
  g_autoptr (GError) error = NULL;
  TwStmt *stmt = tw_db_query (db, &error, sql, "");

  g_assert_no_error (error);
  g_assert_cmpint (tw_stmt_step (stmt, &error), ==, TW_STEP_ROW);
  return stmt;
}

/* The first column of the first row. */
gint64
tw_test_number (TwDb *db, const char *sql)
{
  TwStmt *stmt = one_row (db, sql);
  gint64 number = tw_stmt_int64 (stmt, 0);

  tw_stmt_reset (stmt);
  return number;
}

char *
tw_test_text (TwDb *db, const char *sql)
{
  TwStmt *stmt = one_row (db, sql);
  char *text = g_strdup (tw_stmt_text (stmt, 0));

  tw_stmt_reset (stmt);
  return text;
}

gboolean
tw_test_on_postgres (void)
{
  return g_getenv ("TW_TEST_POSTGRES") != NULL;
}

static void
set_up (TwTestCase *f, gconstpointer data)
{
  static int serial;

  f->folder = tw_test_folder_new ();
  if (tw_test_on_postgres ())
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
  tw_test_exec (f->db,
                "CREATE TABLE item (id BIGINT PRIMARY KEY, name TEXT, data BYTEA,"
                " amount BIGINT, CHECK (amount IS NULL OR amount >= 0));"
                "CREATE UNIQUE INDEX item_name ON item (name);"
                "CREATE TABLE part (item BIGINT NOT NULL REFERENCES item (id), n BIGINT NOT NULL)");
}

static void
tear_down (TwTestCase *f, gconstpointer data)
{
  tw_db_close (f->db);
  g_free (f->url);
  tw_test_folder_free (f->folder);
}

void
tw_test_add (const char *name, void (*run) (TwTestCase *, gconstpointer))
{
  g_autofree char *path =
    g_strdup_printf ("/db/%s/%s", tw_test_on_postgres () ? "postgres" : "sqlite", name);

  g_test_add (path, TwTestCase, NULL, set_up, run, tear_down);
}
