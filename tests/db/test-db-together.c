// SPDX-License-Identifier: GPL-3.0-or-later
/* The promises of tw-db.h for several connections, and for one that is lost: the same cases on both
 * engines. */
#include "tw-test-db.h"

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
test_migrate_together (TwTestCase *f, gconstpointer data)
{
  GThread *threads[4];

  for (gsize i = 0; i < G_N_ELEMENTS (threads); i++)
    threads[i] = g_thread_new ("migrate", migrate_thread, f->url);
  for (gsize i = 0; i < G_N_ELEMENTS (threads); i++)
    g_thread_join (threads[i]);
  g_assert_cmpint (tw_test_number (f->db, "SELECT count(*) FROM a"), ==, 1);
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
test_readers (TwTestCase *f, gconstpointer data)
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

/* Two writers that read before they write: CONFLICT or BUSY is to be tried again, and no addition
 * may get lost. */
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
test_writers (TwTestCase *f, gconstpointer data)
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
test_busy (TwTestCase *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TwDb) other = tw_test_open (f->url);

  tw_assert_run (f->db, "INSERT INTO item (id, amount) VALUES (1, 0)", "");
  tw_test_exec (other,
                tw_test_on_postgres () ? "SET lock_timeout = '50ms'" : "PRAGMA busy_timeout = 50");
  g_assert_true (tw_db_begin (f->db, &error));
  tw_assert_run (f->db, "UPDATE item SET amount = 1", "");
  tw_assert_refused (other, TW_ERROR_BUSY, "UPDATE item SET amount = 2", "");
  g_assert_true (tw_db_commit (f->db, &error));
  tw_assert_run (other, "UPDATE item SET amount = 2", "");
}

/* A statement that was left in the middle must not keep its connection from writing. */
static void
test_left_open (TwTestCase *f, gconstpointer data)
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
test_reconnect (TwTestCase *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TwDb) admin = NULL;
  gint64 pid;

  if (!tw_test_on_postgres ())
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

static void
write_rows (TwDb *db, int n)
{
  static gint64 id = 1000;
  g_autoptr (GError) error = NULL;

  for (int i = 0; i < n; i++)
    {
      g_assert_true (tw_db_begin (db, &error));
      tw_assert_run (db, "INSERT INTO item (id) VALUES ($1)", "i", ++id);
      g_assert_true (tw_db_commit (db, &error));
    }
}

/* A long log is moved by another connection while this one goes on; when all of it has been moved,
 * it begins anew. */
static void
test_move_log (TwTestCase *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TwDb) mover = tw_test_open (f->url);
  g_autoptr (TwDb) reader = tw_db_open_readonly (f->url, tw_test_key, &error);
  guint grown;

  tw_db_set_log_limit (f->db, 100000);
  write_rows (f->db, 40);
  grown = tw_db_get_log_pages (f->db);
  if (tw_test_on_postgres ())
    {
      g_assert_cmpuint (grown, ==, 0);
      g_assert_true (tw_db_move_log (mover, NULL, &error));
      return;
    }
  g_assert_cmpuint (grown, >=, 40);
  /* While somebody reads what is behind, it is moved so far, and does not begin anew. */
  g_assert_true (tw_db_begin_read (reader, &error));
  write_rows (f->db, 1);
  g_assert_true (tw_db_move_log (mover, NULL, &error));
  write_rows (f->db, 1);
  g_assert_cmpuint (tw_db_get_log_pages (f->db), >, grown);
  g_assert_cmpint (tw_test_number (reader, "SELECT count(*) FROM item"), ==, 40);
  tw_db_rollback (reader);
  g_assert_true (tw_db_move_log (mover, NULL, &error));
  write_rows (f->db, 1);
  g_assert_cmpuint (tw_db_get_log_pages (f->db), <, 10);
  g_assert_cmpint (tw_test_number (reader, "SELECT count(*) FROM item"), ==, 43);

  /* Without another one the commits do it, at their limit. */
  tw_db_set_log_limit (f->db, 20);
  write_rows (f->db, 60);
  g_assert_cmpuint (tw_db_get_log_pages (f->db), <=, 24);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  tw_test_add ("migrate-together", test_migrate_together);
  tw_test_add ("readers", test_readers);
  tw_test_add ("writers", test_writers);
  tw_test_add ("busy", test_busy);
  tw_test_add ("left-open", test_left_open);
  tw_test_add ("reconnect", test_reconnect);
  tw_test_add ("move-log", test_move_log);
  return g_test_run ();
}
