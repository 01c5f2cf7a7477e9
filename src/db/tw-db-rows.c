// SPDX-License-Identifier: GPL-3.0-or-later
/* Rows by their keys. When what was changed has to be written is in tw-db-known.c. */
#include "db/tw-db-known-private.h"

/* @parts: the columns of the key
 * @made: (out) (transfer full) (nullable): what keeps it
 *
 * Returns: (transfer none): the text under which the row is known */
const char *
tw_known_key (const TwTable *table, const char *const *parts, char **made)
{
  *made = table->n_key == 1 ? NULL : g_strconcat (parts[0], "\n", parts[1], NULL);
  return table->n_key == 1 ? parts[0] : *made;
}

/* "id = $1 AND account = $2" */
static char *
make_condition (const TwTable *table, GStrv columns)
{
  return table->n_key == 1 ? g_strdup_printf ("%s = $1", columns[0])
                           : g_strdup_printf ("%s = $1 AND %s = $2", columns[0], columns[1]);
}

static void
describe (TwKnownTable *known, const TwTable *table)
{
  g_auto (GStrv) columns = g_strsplit (table->columns, ", ", -1);
  g_autofree char *condition = make_condition (table, columns);
  g_autoptr (GString) values = g_string_new (NULL);
  g_autoptr (GString) sets = g_string_new (NULL);
  guint n = g_strv_length (columns);

  g_assert (n == strlen (table->format) && n <= TW_DB_MAX_PARAMETERS);
  g_assert (table->n_key >= 1 && table->n_key <= 2 && table->n_key < n);
  for (guint i = 0; i < n; i++)
    {
      g_string_append_printf (values, "%s$%u", i > 0 ? ", " : "", i + 1);
      if (i >= table->n_key)
        g_string_append_printf (sets, "%s%s = $%u", sets->len > 0 ? ", " : "", columns[i], i + 1);
    }
  known->table = table;
  known->rows = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, tw_row_spare);
  known->spare = g_ptr_array_new_with_free_func (tw_row_free);
  known->changed = g_ptr_array_new ();
  known->select =
    g_strdup_printf ("SELECT %s FROM %s WHERE %s", table->columns, table->name, condition);
  known->insert =
    g_strdup_printf ("INSERT INTO %s (%s) VALUES (%s)", table->name, table->columns, values->str);
  known->update = g_strdup_printf ("UPDATE %s SET %s WHERE %s", table->name, sets->str, condition);
}

static TwKnownTable *
get_table (TwDb *db, const TwTable *table, guint64 *bit)
{
  TwKnownTable *known;
  guint number;

  for (number = 0; number < db->known->tables->len; number++)
    {
      known = g_ptr_array_index (db->known->tables, number);
      if (known->table == table)
        break;
    }
  if (number == db->known->tables->len)
    {
      known = tw_known_table (db, table->name, strlen (table->name), &number);
      g_assert (known->table == NULL);
      describe (known, table);
    }
  *bit = G_GUINT64_CONSTANT (1) << number;
  return known;
}

gboolean
tw_known_is_changed (const TwKnownTable *known, const char *key)
{
  const TwRow *row;

  if (key == NULL || known->changed == NULL)
    return known->changed != NULL && known->changed->len > 0;
  row = g_hash_table_lookup (known->rows, key);
  return row != NULL && row->changed;
}

void
tw_known_drop (TwKnownTable *known, const char *key)
{
  if (known->rows == NULL)
    return;
  if (key != NULL)
    {
      g_hash_table_remove (known->rows, key);
      return;
    }
  g_ptr_array_set_size (known->changed, 0);
  g_hash_table_remove_all (known->rows);
}

/* One that is not there, until it gets its values. */
static TwRow *
add_row (TwKnownTable *known, const char *key)
{
  TwRow *row = tw_row_take (known->spare, (guint) strlen (known->table->format));

  g_string_assign (row->key, key);
  g_hash_table_replace (known->rows, row->key->str, row);
  return row;
}

static TwRow *
read_row (TwKnownTable *known, TwStmt *stmt, const char *key)
{
  TwRow *row = add_row (known, key);
  TwValue values[TW_DB_MAX_PARAMETERS];

  row->exists = row->stored = TRUE;
  for (guint i = 0; i < row->n_values; i++)
    tw_value_read (stmt, (int) i, known->table->format[i], &values[i]);
  tw_row_set (row, values);
  return row;
}

static TwStmt *
start (TwDb *db, const char *sql, const TwValue *values, int n, GError **error)
{
  TwStmt *stmt = tw_db_find_statement (db, sql, error);

  if (stmt != NULL)
    {
      stmt->first = db->ops->start (stmt, TRUE, values, n, error);
      stmt->first_pending = TRUE;
      stmt->open = stmt->first == TW_STEP_ROW;
    }
  if (stmt != NULL && stmt->first != TW_STEP_ERROR)
    return stmt;
  tw_db_note_failure (db);
  return NULL;
}

/* Asks for one row. The table's own additions are written first, as it may be among them. */
static TwRow *
load (
  TwDb *db, TwKnownTable *known, guint64 bit, const TwValue *parts, const char *key, GError **error)
{
  TwStmt *stmt;
  TwStep step;
  TwRow *row;

  if ((db->known->waiting & bit) != 0 && !tw_known_run_gathered (db, error))
    return NULL;
  stmt = start (db, known->select, parts, (int) known->table->n_key, error);
  if (stmt == NULL || (step = tw_stmt_step (stmt, error)) == TW_STEP_ERROR)
    return NULL;
  row = step == TW_STEP_ROW ? read_row (known, stmt, key) : add_row (known, key);
  tw_stmt_reset (stmt);
  db->known->held |= bit;
  return row;
}

static TwRow *
find (TwDb *db,
      TwKnownTable *known,
      guint64 bit,
      const TwTable *table,
      const TwValue *parts,
      GError **error)
{
  const char *texts[2] = { parts[0].data, table->n_key > 1 ? parts[1].data : NULL };
  g_autofree char *made = NULL;
  const char *key = tw_known_key (table, texts, &made);
  TwRow *row;

  if (!tw_db_check_usable (db, error))
    return NULL;
  /* Who asks outside of a transaction wants to know how it is now. */
  if (!db->in_transaction)
    tw_known_drop (known, NULL);
  row = g_hash_table_lookup (known->rows, key);
  return row != NULL ? row : load (db, known, bit, parts, key, error);
}

/**
 * tw_db_get_row:
 * @db: a connection
 * @table: a table
 * @row: (out) (transfer none) (nullable): the row; valid until it is changed or anything else is
 *   asked of the connection; %NULL: there is none
 * @error: as tw_db_query()
 * @...: the texts of the key
 *
 * Within a transaction a row is asked for once.
 *
 * Returns: whether it is known
 */
gboolean
tw_db_get_row (TwDb *db, const TwTable *table, const TwRow **row, GError **error, ...)
{
  TwValue parts[2];
  guint64 bit;
  TwKnownTable *known = get_table (db, table, &bit);
  va_list from;
  TwRow *found;

  va_start (from, error);
  tw_db_collect (parts, table->n_key == 1 ? "s" : "ss", &from);
  va_end (from);
  found = find (db, known, bit, table, parts, error);
  *row = found != NULL && found->exists ? found : NULL;
  return found != NULL;
}

/**
 * tw_db_put_row:
 * @db: in a transaction that writes
 * @table: a table
 * @error: as tw_db_query()
 * @...: a value for each column, as for tw_db_query()
 *
 * The row is this from now on, whether there was one or not.
 *
 * Returns: whether it will be written
 */
gboolean
tw_db_put_row (TwDb *db, const TwTable *table, GError **error, ...)
{
  TwValue values[TW_DB_MAX_PARAMETERS];
  va_list from;
  guint64 bit;
  TwKnownTable *known = get_table (db, table, &bit);
  TwRow *row;

  g_return_val_if_fail (db->in_transaction && !db->reading, FALSE);

  va_start (from, error);
  tw_db_collect (values, table->format, &from);
  va_end (from);
  row = find (db, known, bit, table, values, error);
  if (row == NULL)
    return FALSE;
  tw_row_set (row, values);
  row->exists = TRUE;
  if (!row->changed)
    g_ptr_array_add (known->changed, row);
  row->changed = TRUE;
  db->known->waiting |= bit;
  return TRUE;
}

/* What is changed is known still when it is written. */
gboolean
tw_known_write_rows (TwDb *db, TwKnownTable *known, GError **error)
{
  gboolean ok = TRUE;

  for (guint i = 0; ok && known->changed != NULL && i < known->changed->len; i++)
    {
      TwRow *row = g_ptr_array_index (known->changed, i);
      TwStmt *stmt = tw_db_find_statement (db, row->stored ? known->update : known->insert, error);

      ok = stmt != NULL;
      if (ok && !tw_known_gather (db, stmt, row->values, (int) row->n_values))
        {
          ok =
            db->ops->start (stmt, FALSE, row->values, (int) row->n_values, error) != TW_STEP_ERROR;
          tw_stmt_reset (stmt);
        }
      row->changed = FALSE;
      row->stored = TRUE;
    }
  if (known->changed != NULL)
    g_ptr_array_set_size (known->changed, 0);
  return ok || tw_db_note_failure (db);
}

static void
set_key (const TwTable *table, GPtrArray *keys, guint at, TwValue *parts)
{
  for (guint i = 0; i < table->n_key; i++)
    {
      const char *text = g_ptr_array_index (keys, at + i);

      parts[i] = (TwValue){ .letter = 's', .data = text, .length = strlen (text) };
    }
}

/* Takes those that are there. */
static gboolean
take_foreseen (TwDb *db, TwKnownTable *known, TwStmt *stmt, GError **error)
{
  const char *parts[2] = { NULL, NULL };
  TwStmt *answer = db->ops->run_gathered (stmt, TRUE, error);
  TwStep step;

  stmt->n_gathered = 0;
  if (answer == NULL)
    return tw_db_note_failure (db);
  while ((step = tw_stmt_step (answer, error)) == TW_STEP_ROW)
    {
      g_autofree char *made = NULL;

      for (guint i = 0; i < known->table->n_key; i++)
        parts[i] = tw_stmt_text (answer, (int) i);
      read_row (known, answer, tw_known_key (known->table, parts, &made));
    }
  return step == TW_STEP_DONE;
}

/**
 * tw_db_foresee:
 * @db: in a transaction
 * @table: a table
 * @keys: (element-type utf8): the texts of the keys, one after the other
 * @error: as tw_db_query()
 *
 * Says which rows will be asked for, so that they can be asked for at once, where ways can be
 * spared by that (tw_db_set_late()).
 *
 * Returns: %FALSE with @error
 */
gboolean
tw_db_foresee (TwDb *db, const TwTable *table, GPtrArray *keys, GError **error)
{
  guint64 bit;
  TwKnownTable *known = get_table (db, table, &bit);
  gboolean any = FALSE;
  TwStmt *stmt;

  g_return_val_if_fail (db->in_transaction, FALSE);

  if (!tw_db_check_usable (db, error) || !tw_known_write (db, error))
    return FALSE;
  stmt = tw_db_find_statement (db, known->select, error);
  if (stmt == NULL)
    return tw_db_note_failure (db);
  for (guint i = 0; i + table->n_key <= keys->len; i += table->n_key)
    {
      g_autofree char *made = NULL;
      const char *key = tw_known_key (table, (const char *const *) (keys->pdata + i), &made);
      TwValue parts[2];

      set_key (table, keys, i, parts);
      if (g_hash_table_contains (known->rows, key))
        continue;
      if (db->ops->gather == NULL || !db->ops->gather (stmt, parts, (int) table->n_key))
        return TRUE;
      /* One that does not come is known not to be there. */
      add_row (known, key);
      any = TRUE;
    }
  if (!any)
    return TRUE;
  db->known->held |= bit;
  return take_foreseen (db, known, stmt, error);
}
