// SPDX-License-Identifier: GPL-3.0-or-later
/* The promises of tw-db-rows.h: the same cases on both engines, with and without anybody waiting
 * for what is written. */
#include "db/tw-db-rows.h"
#include "tw-test-db.h"

static const TwTable things = { "thing", "id, amount, data, note", "sIbs", 1 };
static const TwTable pairs = { "pair", "first, second, number", "ssi", 2 };

#define ADD_THING "INSERT INTO thing (id, amount) VALUES ($1, $2)"
#define KEEP_THING                                                                                 \
  "INSERT INTO thing (note, id, amount) VALUES ('kept', $1, $2) ON CONFLICT (id) DO NOTHING"

static void
set_up (TwTestCase *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  tw_test_exec (f->db, "CREATE TABLE thing (id TEXT PRIMARY KEY, amount BIGINT, data BYTEA, "
                       "note TEXT NOT NULL DEFAULT 'none');"
                       "CREATE TABLE pair (first TEXT NOT NULL, second TEXT NOT NULL, "
                       "number BIGINT NOT NULL, PRIMARY KEY (first, second));"
                       "CREATE TABLE child (id TEXT PRIMARY KEY, "
                       "thing TEXT NOT NULL REFERENCES thing (id))");
  tw_db_set_late (f->db, TRUE);
  g_assert_true (tw_db_begin (f->db, &error));
}

static const TwRow *
get (TwDb *db, const char *id)
{
  g_autoptr (GError) error = NULL;
  const TwRow *row = NULL;
  gboolean known = tw_db_get_row (db, &things, &row, &error, id);

  g_assert_no_error (error);
  g_assert_true (known);
  return row;
}

static void
put (TwDb *db, const char *id, gint64 amount)
{
  g_autoptr (GError) error = NULL;
  gboolean done = tw_db_put_row (db, &things, &error, id, &amount, NULL, "put");

  g_assert_no_error (error);
  g_assert_true (done);
}

static void
insert (TwDb *db, const char *sql, const char *id, gint64 amount)
{
  g_autoptr (GError) error = NULL;
  gboolean done = tw_db_insert (db, &error, sql, "si", id, amount);

  g_assert_no_error (error);
  g_assert_true (done);
}

static gint64
get_amount (TwDb *db, const char *id)
{
  const TwRow *row = get (db, id);

  g_assert_nonnull (row);
  return tw_row_int64 (row, 1);
}

static void
commit (TwDb *db)
{
  g_autoptr (GError) error = NULL;
  gboolean done = tw_db_commit (db, &error);

  g_assert_no_error (error);
  g_assert_true (done);
}

static void
commit_and_begin (TwDb *db)
{
  commit (db);
  g_assert_true (tw_db_begin (db, NULL));
}

static void
test_values (TwTestCase *f, gconstpointer data)
{
  static const guint8 bytes[] = { 0, 0xff, '\\', '"', '{', ',', '}', 0 };
  g_autoptr (GBytes) blob = g_bytes_new_static (bytes, sizeof bytes);
  g_autoptr (GBytes) empty = g_bytes_new_static ("", 0);
  const gint64 least = G_MININT64;
  const TwRow *row;
  gsize length;

  set_up (f, data);
  g_assert_null (get (f->db, "a"));
  g_assert_true (tw_db_put_row (f->db, &things, NULL, "a", &least, blob, "税务 \"{,}\\ NULL"));
  g_assert_true (tw_db_put_row (f->db, &things, NULL, "b", NULL, NULL, ""));
  g_assert_true (tw_db_put_row (f->db, &things, NULL, "c", NULL, empty, "NULL"));
  for (int i = 0; i < 2; i++)
    {
      row = get (f->db, "a");
      g_assert_cmpint (tw_row_int64 (row, 1), ==, G_MININT64);
      g_assert_cmpmem (tw_row_blob (row, 2, &length), sizeof bytes, bytes, sizeof bytes);
      g_assert_cmpuint (length, ==, sizeof bytes);
      g_assert_cmpstr (tw_row_text (row, 3), ==, "税务 \"{,}\\ NULL");
      row = get (f->db, "b");
      g_assert_true (tw_row_is_null (row, 1) && tw_row_is_null (row, 2));
      g_assert_null (tw_row_blob (row, 2, &length));
      g_assert_cmpstr (tw_row_text (row, 3), ==, "");
      row = get (f->db, "c");
      g_assert_false (tw_row_is_null (row, 2));
      g_assert_nonnull (tw_row_blob (row, 2, &length));
      g_assert_cmpuint (length, ==, 0);
      g_assert_cmpstr (tw_row_text (row, 3), ==, "NULL");
      commit_and_begin (f->db);
    }
  /* What a row is made of may be what it was. */
  row = get (f->db, "a");
  g_assert_true (
    tw_db_put_row (f->db, &things, NULL, tw_row_text (row, 0), NULL, NULL, tw_row_text (row, 3)));
  commit_and_begin (f->db);
  row = get (f->db, "a");
  g_assert_cmpstr (tw_row_text (row, 3), ==, "税务 \"{,}\\ NULL");
  g_assert_true (tw_row_is_null (row, 2));
}

/* Whoever asks is answered as if nothing was kept back. */
static void
test_seen (TwTestCase *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  set_up (f, data);
  for (int i = 1; i <= 5; i++)
    put (f->db, "a", i);
  g_assert_cmpint (tw_test_number (f->db, "SELECT sum(amount) FROM thing"), ==, 5);
  put (f->db, "a", 6);
  insert (f->db, ADD_THING, "b", 10);
  g_assert_cmpint (tw_test_number (f->db, "SELECT sum(t.amount) FROM pair p "
                                          "RIGHT JOIN thing t ON t.id = p.first"),
                   ==, 16);
  put (f->db, "b", 11);
  tw_assert_run (f->db, "UPDATE thing SET amount = amount + $1", "i", (gint64) 100);
  g_assert_cmpint (tw_db_changes (f->db), ==, 2);
  g_assert_cmpint (get_amount (f->db, "a"), ==, 106);
  g_assert_cmpint (get_amount (f->db, "b"), ==, 111);
  tw_assert_run (f->db, "DELETE FROM thing WHERE id = 'a'", "");
  g_assert_null (get (f->db, "a"));
  put (f->db, "a", 1);
  tw_assert_run (f->db, "INSERT INTO child (id, thing) VALUES ('c', 'a')", "");
  commit (f->db);
  g_assert_cmpint (tw_test_number (f->db, "SELECT sum(amount) FROM thing"), ==, 112);
}

static void
test_insert (TwTestCase *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  set_up (f, data);
  g_assert_null (get (f->db, "0"));
  for (gint64 i = 0; i < 1000; i++)
    {
      g_autofree char *id = g_strdup_printf ("%" G_GINT64_FORMAT, i);

      insert (f->db, ADD_THING, id, i);
      g_assert_true (
        tw_db_insert (f->db, &error, "INSERT INTO child (id, thing) VALUES ($1, $1)", "s", id));
    }
  g_assert_cmpint (get_amount (f->db, "0"), ==, 0);
  g_assert_cmpint (get_amount (f->db, "999"), ==, 999);
  /* What is there stays, also where it is changed and not written yet. */
  put (f->db, "1", 5000);
  insert (f->db, KEEP_THING, "1", 1);
  insert (f->db, KEEP_THING, "1000", 1000);
  insert (f->db, KEEP_THING, "1000", 2000);
  g_assert_cmpint (get_amount (f->db, "1"), ==, 5000);
  g_assert_cmpint (get_amount (f->db, "1000"), ==, 1000);
  g_assert_cmpstr (tw_row_text (get (f->db, "1000"), 3), ==, "kept");
  commit (f->db);
  g_assert_cmpint (tw_test_number (f->db, "SELECT count(*) FROM child"), ==, 1000);
  g_assert_cmpint (tw_test_number (f->db, "SELECT sum(amount) FROM thing"), ==,
                   999 * 1000 / 2 - 1 + 5000 + 1000);
}

/* Every kind of value, in another order than the table's, with one of its columns left out. */
static void
test_insert_values (TwTestCase *f, gconstpointer data)
{
  static const guint8 bytes[] = { 0, 0xff, '\\', '"', '{', ',', '}', 0 };
  g_autoptr (GBytes) blob = g_bytes_new_static (bytes, sizeof bytes);
  g_autoptr (GBytes) empty = g_bytes_new_static ("", 0);
  const char *sql = "INSERT INTO thing (data, amount, id) VALUES ($3, $1, $2)";
  const gint64 least = G_MININT64;
  gsize length;

  set_up (f, data);
  g_assert_true (tw_db_insert (f->db, NULL, sql, "Isb", &least, "税务 \"{,}\\ NULL", blob));
  g_assert_true (tw_db_insert (f->db, NULL, sql, "Isb", NULL, "", NULL));
  g_assert_true (tw_db_insert (f->db, NULL, sql, "Isb", NULL, "NULL", empty));
  commit_and_begin (f->db);
  g_assert_cmpint (get_amount (f->db, "税务 \"{,}\\ NULL"), ==, G_MININT64);
  g_assert_cmpmem (tw_row_blob (get (f->db, "税务 \"{,}\\ NULL"), 2, &length), sizeof bytes, bytes,
                   sizeof bytes);
  g_assert_cmpuint (length, ==, sizeof bytes);
  g_assert_true (tw_row_is_null (get (f->db, ""), 1));
  g_assert_true (tw_row_is_null (get (f->db, ""), 2));
  g_assert_false (tw_row_is_null (get (f->db, "NULL"), 2));
  g_assert_cmpstr (tw_row_text (get (f->db, "NULL"), 3), ==, "none");
}

static gboolean
try_to_add (TwDb *db, const char *id, GError **error)
{
  if (tw_db_begin (db, error) && tw_db_insert (db, error, ADD_THING, "si", id, (gint64) 1) &&
      tw_db_commit (db, error))
    return TRUE;
  tw_db_rollback (db);
  return FALSE;
}

/* Another program gives the table one more column: whoever wrote to it before goes on, at most
 * after a second try. */
static void
test_new_column (TwTestCase *f, gconstpointer data)
{
  g_autoptr (TwDb) other = NULL;
  g_autoptr (GError) error = NULL;
  gboolean added;

  set_up (f, data);
  insert (f->db, ADD_THING, "a", 1);
  commit (f->db);
  other = tw_test_open (f->url);
  tw_test_exec (other, "ALTER TABLE thing ADD COLUMN more TEXT NOT NULL DEFAULT 'more'");
  added = try_to_add (f->db, "b", &error);
  if (!added)
    {
      g_assert_error (error, TW_ERROR, TW_ERROR_CONFLICT);
      g_clear_error (&error);
      added = try_to_add (f->db, "b", &error);
    }
  g_assert_no_error (error);
  g_assert_true (added);
  g_assert_cmpint (tw_test_number (other, "SELECT count(*) FROM thing WHERE more = 'more'"), ==, 2);
}

/* Outside of a transaction it is done at once. */
static void
test_insert_alone (TwTestCase *f, gconstpointer data)
{
  set_up (f, data);
  commit (f->db);
  g_assert_null (get (f->db, "a"));
  insert (f->db, ADD_THING, "a", 1);
  g_assert_cmpint (get_amount (f->db, "a"), ==, 1);
  tw_assert_run (f->db, "UPDATE thing SET amount = 2", "");
  g_assert_cmpint (get_amount (f->db, "a"), ==, 2);
}

static void
test_big (TwTestCase *f, gconstpointer data)
{
  g_autofree char *text = g_strnfill (200000, 'x');
  g_autoptr (GError) error = NULL;

  set_up (f, data);
  insert (f->db, ADD_THING, "a", 1);
  g_assert_true (
    tw_db_insert (f->db, &error, "INSERT INTO child (id, thing) VALUES ($1, 'a')", "s", text));
  g_assert_true (tw_db_put_row (f->db, &things, &error, "b", NULL, NULL, text));
  commit (f->db);
  g_assert_cmpint (tw_test_number (f->db, "SELECT sum(length(id)) FROM child"), ==, 200000);
  g_assert_cmpint (tw_test_number (f->db, "SELECT length(note) FROM thing WHERE id = 'b'"), ==,
                   200000);
}

static void
test_foresee (TwTestCase *f, gconstpointer data)
{
  g_autoptr (GPtrArray) keys = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GPtrArray) both = g_ptr_array_new ();
  g_autoptr (GError) error = NULL;
  const TwRow *row;

  set_up (f, data);
  for (int i = 0; i < 300; i++)
    {
      g_autofree char *id = g_strdup_printf ("%d", i);

      if (i % 2 == 0)
        insert (f->db, ADD_THING, id, i);
      g_ptr_array_add (keys, g_steal_pointer (&id));
    }
  g_assert_true (tw_db_put_row (f->db, &pairs, &error, "a", "b", (gint64) 1));
  g_assert_true (tw_db_put_row (f->db, &pairs, &error, "b", "a", (gint64) 2));
  commit_and_begin (f->db);
  put (f->db, "4", 444);
  g_assert_true (tw_db_foresee (f->db, &things, keys, &error));
  g_assert_true (tw_db_foresee (f->db, &things, keys, &error));
  for (int i = 0; i < 300; i++)
    {
      row = get (f->db, g_ptr_array_index (keys, i));
      g_assert_cmpint (row != NULL, ==, i % 2 == 0);
      g_assert_true (row == NULL || tw_row_int64 (row, 1) == (i == 4 ? 444 : i));
    }
  /* One that was not there is there once it was added. */
  insert (f->db, ADD_THING, "1", 111);
  g_assert_cmpint (get_amount (f->db, "1"), ==, 111);
  put (f->db, "3", 333);
  for (int i = 0; i < 6; i++)
    g_ptr_array_add (both, (gpointer) (i % 3 == 0 ? "a" : "b"));
  g_assert_true (tw_db_foresee (f->db, &pairs, both, &error));
  g_assert_true (tw_db_get_row (f->db, &pairs, &row, &error, "a", "b"));
  g_assert_cmpint (tw_row_int64 (row, 2), ==, 1);
  g_assert_true (tw_db_get_row (f->db, &pairs, &row, &error, "b", "a"));
  g_assert_cmpint (tw_row_int64 (row, 2), ==, 2);
  g_assert_true (tw_db_get_row (f->db, &pairs, &row, &error, "b", "b"));
  g_assert_null (row);
  g_assert_true (tw_db_put_row (f->db, &pairs, &error, "b", "a", (gint64) 3));
  commit (f->db);
  g_assert_cmpint (tw_test_number (f->db, "SELECT number FROM pair WHERE second = 'a'"), ==, 3);
  g_assert_cmpint (tw_test_number (f->db, "SELECT amount FROM thing WHERE id = '3'"), ==, 333);
  g_assert_cmpint (tw_test_number (f->db, "SELECT count(*) FROM thing"), ==, 152);
}

/* What is undone was never there, and what others do meanwhile is. */
static void
test_rollback (TwTestCase *f, gconstpointer data)
{
  g_autoptr (TwDb) other = NULL;

  set_up (f, data);
  put (f->db, "a", 1);
  commit_and_begin (f->db);
  other = tw_test_open (f->url);
  put (f->db, "a", 2);
  put (f->db, "b", 2);
  insert (f->db, ADD_THING, "c", 2);
  tw_db_rollback (f->db);
  tw_assert_run (other, "UPDATE thing SET amount = amount + 10", "");
  g_assert_true (tw_db_begin (f->db, NULL));
  g_assert_cmpint (get_amount (f->db, "a"), ==, 11);
  g_assert_null (get (f->db, "b"));
  g_assert_null (get (f->db, "c"));
  put (f->db, "b", 3);
  commit (f->db);
  tw_assert_run (other, "UPDATE thing SET amount = amount + 10", "");
  g_assert_true (tw_db_begin (f->db, NULL));
  g_assert_cmpint (get_amount (f->db, "a"), ==, 21);
  g_assert_cmpint (get_amount (f->db, "b"), ==, 13);
  commit (f->db);
  g_assert_cmpint (tw_test_number (other, "SELECT count(*) FROM thing"), ==, 2);
}

static void
test_savepoint (TwTestCase *f, gconstpointer data)
{
  set_up (f, data);
  put (f->db, "a", 1);
  insert (f->db, ADD_THING, "b", 1);
  tw_test_exec (f->db, "SAVEPOINT here");
  put (f->db, "a", 2);
  insert (f->db, ADD_THING, "c", 2);
  tw_test_exec (f->db, "ROLLBACK TO here");
  g_assert_cmpint (get_amount (f->db, "a"), ==, 1);
  g_assert_cmpint (get_amount (f->db, "b"), ==, 1);
  g_assert_null (get (f->db, "c"));
  commit (f->db);
  g_assert_cmpint (tw_test_number (f->db, "SELECT sum(amount) FROM thing"), ==, 2);
}

/* The connection forgets its statements when they are too many, and with them what they kept. */
static void
test_many_statements (TwTestCase *f, gconstpointer data)
{
  set_up (f, data);
  insert (f->db, ADD_THING, "a", 1);
  for (int i = 0; i < 1100; i++)
    {
      g_autofree char *sql = g_strdup_printf ("SELECT %d", i);

      g_assert_cmpint (tw_test_number (f->db, sql), ==, i);
    }
  insert (f->db, ADD_THING, "b", 1);
  tw_db_rollback (f->db);
  g_assert_true (tw_db_begin (f->db, NULL));
  g_assert_null (get (f->db, "a"));
  insert (f->db, ADD_THING, "c", 1);
  commit (f->db);
  g_assert_cmpint (tw_test_number (f->db, "SELECT count(*) FROM thing"), ==, 1);
}

static void
add_twice (TwDb *db)
{
  g_assert_true (tw_db_begin (db, NULL));
  insert (db, ADD_THING, "b", 1);
  tw_db_insert (db, NULL, ADD_THING, "si", "a", (gint64) 1);
}

/* Says so sooner or later, and then all of it is undone. */
static void
test_failure (TwTestCase *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  const TwRow *row;
  gboolean told;

  set_up (f, data);
  put (f->db, "a", 1);
  commit (f->db);
  add_twice (f->db);
  told = !tw_db_commit (f->db, &error);
  g_assert_true (told);
  if (tw_test_on_postgres ())
    g_assert_error (error, TW_ERROR, TW_ERROR_CONFLICT);
  g_clear_error (&error);
  g_assert_cmpint (tw_test_number (f->db, "SELECT count(*) FROM thing"), ==, 1);
  add_twice (f->db);
  g_assert_false (tw_db_get_row (f->db, &things, &row, &error, "z"));
  g_clear_error (&error);
  g_assert_false (tw_db_get_row (f->db, &things, &row, &error, "a"));
  g_clear_error (&error);
  g_assert_false (tw_db_insert (f->db, &error, ADD_THING, "si", "c", (gint64) 1));
  g_clear_error (&error);
  tw_db_rollback (f->db);
  g_assert_true (tw_db_begin (f->db, NULL));
  insert (f->db, ADD_THING, "b", 1);
  g_assert_cmpint (get_amount (f->db, "a"), ==, 1);
  put (f->db, "a", 2);
  commit (f->db);
  g_assert_cmpint (tw_test_number (f->db, "SELECT sum(amount) FROM thing"), ==, 3);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  tw_test_add ("values", test_values);
  tw_test_add ("seen", test_seen);
  tw_test_add ("insert", test_insert);
  tw_test_add ("insert-values", test_insert_values);
  tw_test_add ("new-column", test_new_column);
  tw_test_add ("insert-alone", test_insert_alone);
  tw_test_add ("big", test_big);
  tw_test_add ("foresee", test_foresee);
  tw_test_add ("rollback", test_rollback);
  tw_test_add ("savepoint", test_savepoint);
  tw_test_add ("many-statements", test_many_statements);
  tw_test_add ("failure", test_failure);
  return g_test_run ();
}
