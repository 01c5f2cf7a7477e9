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
