// SPDX-License-Identifier: GPL-3.0-or-later
/* What a transaction keeps back, and when it has to be written: before anything that could see the
 * difference. The rows themselves are in tw-db-rows.c. */
#include "db/tw-db-known-private.h"

/* So that the server has something to do while more is being thought of. */
#define MAX_GATHERED 256

static void
table_free (gpointer data)
{
  TwKnownTable *known = data;

  g_clear_pointer (&known->changed, g_ptr_array_unref);
  g_clear_pointer (&known->rows, g_hash_table_unref);
  g_clear_pointer (&known->spare, g_ptr_array_unref);
  g_free (known->name);
  g_free (known->select);
  g_free (known->insert);
  g_free (known->update);
  g_free (known);
}

TwKnown *
tw_known_new (void)
{
  TwKnown *known = g_new0 (TwKnown, 1);

  known->tables = g_ptr_array_new_with_free_func (table_free);
  known->gathered = g_ptr_array_new ();
  return known;
}

void
tw_known_free (TwKnown *known)
{
  g_ptr_array_unref (known->tables);
  g_ptr_array_unref (known->gathered);
  g_free (known);
}

void
tw_insert_free (TwInsert *insert)
{
  g_free (insert);
}

/* @length: of the name. @number: (out) (optional): its bit */
TwKnownTable *
tw_known_table (TwDb *db, const char *name, gsize length, guint *number)
{
  GPtrArray *tables = db->known->tables;
  TwKnownTable *known = NULL;
  guint i;

  for (i = 0; i < tables->len; i++)
    {
      known = g_ptr_array_index (tables, i);
      if (strncmp (known->name, name, length) == 0 && known->name[length] == '\0')
        break;
    }
  if (i == tables->len)
    {
      g_assert (tables->len < TW_KNOWN_MAX_TABLES);
      known = g_new0 (TwKnownTable, 1);
      known->name = g_strndup (name, length);
      g_ptr_array_add (tables, known);
    }
  if (number != NULL)
    *number = i;
  return known;
}

static gboolean
is_part_of_name (char c)
{
  return g_ascii_isalnum (c) || c == '_';
}

static gboolean
names (const char *sql, const char *table)
{
  gsize length = strlen (table);

  for (const char *found = sql; (found = strstr (found, table)) != NULL; found += length)
    if ((found == sql || !is_part_of_name (found[-1])) && !is_part_of_name (found[length]))
      return TRUE;
  return FALSE;
}

static guint64
get_tables (TwDb *db, TwStmt *stmt)
{
  GPtrArray *tables = db->known->tables;

  for (; stmt->n_looked_for < tables->len; stmt->n_looked_for++)
    {
      const TwKnownTable *known = g_ptr_array_index (tables, stmt->n_looked_for);

      if (names (stmt->sql, known->name))
        stmt->tables |= G_GUINT64_CONSTANT (1) << stmt->n_looked_for;
    }
  return stmt->tables;
}

/* Before a statement that somebody else has thought of: it is to see everything, and what it
 * changes is not known any more. */
gboolean
tw_known_before (TwDb *db, TwStmt *stmt, GError **error)
{
  TwKnown *known = db->known;
  guint64 tables;

  if ((known->waiting | known->held) == 0)
    return TRUE;
  tables = get_tables (db, stmt);
  if ((stmt->only_reads ? tables & known->waiting : known->waiting) != 0 &&
      !tw_known_write (db, error))
    return FALSE;
  for (guint i = 0; !stmt->only_reads && i < known->tables->len; i++)
    if ((tables & known->held & (G_GUINT64_CONSTANT (1) << i)) != 0)
      {
        tw_known_drop (g_ptr_array_index (known->tables, i), NULL);
        known->held &= ~(G_GUINT64_CONSTANT (1) << i);
      }
  return TRUE;
}

/* In the order in which they began: what refers to a row comes after it. */
gboolean
tw_known_run_gathered (TwDb *db, GError **error)
{
  TwKnown *known = db->known;
  gboolean ok = TRUE;

  for (guint i = 0; i < known->gathered->len; i++)
    {
      TwStmt *stmt = g_ptr_array_index (known->gathered, i);

      stmt->n_gathered = 0;
      if (ok)
        ok = db->ops->run_gathered (stmt, FALSE, error) != NULL;
      else
        db->ops->gather (stmt, NULL, 0);
    }
  g_ptr_array_set_size (known->gathered, 0);
  known->n_gathered = 0;
  return ok || tw_db_note_failure (db);
}

/* Whether the values are kept until more of the kind are there. */
gboolean
tw_known_gather (TwDb *db, TwStmt *stmt, const TwValue *values, int n)
{
  TwKnown *known = db->known;

  if (!db->in_transaction || db->ops->gather == NULL || !db->ops->gather (stmt, values, n))
    return FALSE;
  if (stmt->n_gathered++ == 0)
    g_ptr_array_add (known->gathered, stmt);
  known->n_gathered++;
  return TRUE;
}

/* Writes everything that was kept back. */
gboolean
tw_known_write (TwDb *db, GError **error)
{
  TwKnown *known = db->known;

  if (known->waiting == 0)
    return TRUE;
  known->waiting = 0;
  if (!tw_known_run_gathered (db, error))
    return FALSE;
  for (guint i = 0; i < known->tables->len; i++)
    if (!tw_known_write_rows (db, g_ptr_array_index (known->tables, i), error))
      return FALSE;
  return tw_known_run_gathered (db, error);
}

/* What was kept back is gone, too. */
void
tw_known_forget (TwDb *db)
{
  TwKnown *known = db->known;

  for (guint i = 0; i < known->gathered->len; i++)
    {
      TwStmt *stmt = g_ptr_array_index (known->gathered, i);

      stmt->n_gathered = 0;
      db->ops->gather (stmt, NULL, 0);
    }
  g_ptr_array_set_size (known->gathered, 0);
  known->n_gathered = 0;
  for (guint i = 0; i < known->tables->len; i++)
    tw_known_drop (g_ptr_array_index (known->tables, i), NULL);
  known->held = known->waiting = 0;
}

/* Where in "(a, b) VALUES ($1, 0)" the column is, from 1, as a value's number, from 0; -1: not at
 * all. */
static int
find_value (const char *sql, const char *column)
{
  const char *columns = strchr (sql, '('), *values = strstr (sql, " VALUES (");
  g_auto (GStrv) names_of = NULL;
  g_auto (GStrv) values_of = NULL;

  if (columns == NULL || values == NULL || columns > values)
    return -1;
  names_of = g_strsplit (columns + 1, ",", -1);
  values_of = g_strsplit (values + strlen (" VALUES ("), ",", -1);
  for (guint i = 0; names_of[i] != NULL && values_of[i] != NULL; i++)
    {
      const char *value = g_strstrip (values_of[i]);
      char *name = names_of[i];
      gboolean last = strchr (name, ')') != NULL;

      name[strcspn (name, ")")] = '\0';
      if (strcmp (g_strstrip (name), column) == 0)
        return *value == '$' ? (int) g_ascii_strtoll (value + 1, NULL, 10) - 1 : -1;
      if (last)
        break;
    }
  return -1;
}

static TwInsert *
look_at_insert (TwDb *db, TwStmt *stmt)
{
  const char *name = stmt->sql + strlen ("INSERT INTO ");
  g_auto (GStrv) columns = NULL;
  const TwTable *table;
  TwInsert *insert = stmt->insert;
  guint number;

  if (insert != NULL)
    {
      const TwKnownTable *known = g_ptr_array_index (db->known->tables, insert->table);

      if (insert->described == known->table)
        return insert;
    }
  g_assert (g_str_has_prefix (stmt->sql, "INSERT INTO "));
  table = tw_known_table (db, name, strcspn (name, " "), &number)->table;
  if (insert == NULL)
    insert = stmt->insert = g_new0 (TwInsert, 1);
  insert->table = number;
  insert->described = table;
  insert->key[0] = insert->key[1] = -1;
  if (table == NULL)
    return insert;
  columns = g_strsplit (table->columns, ", ", -1);
  for (guint i = 0; i < table->n_key; i++)
    insert->key[i] = find_value (stmt->sql, columns[i]);
  return insert;
}

/* What was known of the row does not hold any more. */
static gboolean
forget_added (TwDb *db, const TwInsert *insert, const TwValue *values, int n, GError **error)
{
  TwKnownTable *known = g_ptr_array_index (db->known->tables, insert->table);
  const char *parts[2] = { NULL, NULL };
  g_autofree char *made = NULL;
  const char *key = NULL;
  gboolean all = FALSE;

  if ((db->known->held & G_GUINT64_CONSTANT (1) << insert->table) == 0)
    return TRUE;
  for (guint i = 0; i < insert->described->n_key && !all; i++)
    {
      int at = insert->key[i];

      all = at < 0 || at >= n || values[at].letter != 's' || values[at].is_null;
      parts[i] = all ? NULL : values[at].data;
    }
  if (!all)
    key = tw_known_key (insert->described, parts, &made);
  if (tw_known_is_changed (known, key) && !tw_known_write (db, error))
    return FALSE;
  tw_known_drop (known, key);
  return TRUE;
}

static gboolean
insert_now (TwDb *db, TwStmt *stmt, const TwValue *values, int n, GError **error)
{
  TwStep step = db->ops->start (stmt, FALSE, values, n, error);

  if (step != TW_STEP_ERROR)
    tw_stmt_reset (stmt);
  return step != TW_STEP_ERROR || tw_db_note_failure (db);
}

/**
 * tw_db_insert:
 * @sql: `INSERT INTO table (columns) VALUES (values) …`, which adds one row; a value is a parameter
 *   or a constant, and no parameter comes after the values. Two with the same key must not be added
 *   by `ON CONFLICT … DO UPDATE` in one transaction.
 * @format: as in tw_db_query()
 *
 * As tw_db_run(), but where ways can be spared (tw_db_set_late()) it may go to the database
 * together with more of its kind. tw_db_changes() does not count it.
 *
 * Returns: %FALSE with @error set, as tw_db_query()
 */
gboolean
tw_db_insert (TwDb *db, GError **error, const char *sql, const char *format, ...)
{
  TwValue values[TW_DB_MAX_PARAMETERS];
  const TwInsert *insert;
  va_list from;
  TwStmt *stmt;
  int n;

  va_start (from, format);
  n = tw_db_collect (values, format, &from);
  va_end (from);
  if (!tw_db_check_usable (db, error))
    return FALSE;
  stmt = tw_db_find_statement (db, sql, error);
  if (stmt == NULL)
    return tw_db_note_failure (db);
  insert = look_at_insert (db, stmt);
  if (!forget_added (db, insert, values, n, error))
    return FALSE;
  if (!tw_known_gather (db, stmt, values, n))
    return tw_known_run_gathered (db, error) && insert_now (db, stmt, values, n, error);
  db->known->waiting |= G_GUINT64_CONSTANT (1) << insert->table;
  return db->known->n_gathered < MAX_GATHERED || tw_known_run_gathered (db, error);
}
