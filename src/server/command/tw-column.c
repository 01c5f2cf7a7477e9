// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/command/tw-column.h"

#include <string.h>

/* Bound to its place: a value that is moved to another row or column does not open there. */
static char *
make_context (const char *table, const char *id, const char *column)
{
  return g_strjoin ("/", table, id, column, NULL);
}

/**
 * tw_column_seal:
 * @key: the column key
 * @table: the table
 * @id: the row
 * @column: the column
 * @text: what to hide
 *
 * Returns: (transfer full): what is written into the column
 */
GBytes *
tw_column_seal (TwKey *key, const char *table, const char *id, const char *column, const char *text)
{
  g_autofree char *context = make_context (table, id, column);

  return tw_seal (key, text, strlen (text), context);
}

/**
 * tw_column_open:
 * @key: the column key
 * @sealed: (nullable): what stands there
 * @length: in bytes
 * @table: the table
 * @id: the row's id
 * @column: the column's name in the table
 * @error: %TW_ERROR_DAMAGED
 *
 * Returns: (transfer full) (nullable): the text; "" where nothing was written
 */
char *
tw_column_open (TwKey *key,
                const guint8 *sealed,
                gsize length,
                const char *table,
                const char *id,
                const char *column,
                GError **error)
{
  g_autofree char *context = NULL;
  g_autoptr (GBytes) plain = NULL;
  const char *text;

  if (sealed == NULL)
    return g_strdup ("");
  context = make_context (table, id, column);
  plain = tw_unseal (key, sealed, length, context, error);
  if (plain == NULL)
    return NULL;
  text = g_bytes_get_data (plain, &length);
  return text != NULL ? g_strndup (text, length) : g_strdup ("");
}

/**
 * tw_column_read:
 * @key: the column key
 * @stmt: stands on a row
 * @index: which of its columns
 * @table: the table
 * @id: the row's id
 * @column: the column's name in the table
 * @error: %TW_ERROR_DAMAGED
 *
 * Returns: (transfer full) (nullable): the text; "" where nothing was written
 */
char *
tw_column_read (TwKey *key,
                TwStmt *stmt,
                int index,
                const char *table,
                const char *id,
                const char *column,
                GError **error)
{
  gsize length;
  const guint8 *sealed = tw_stmt_blob (stmt, index, &length);

  return tw_column_open (key, sealed, length, table, id, column, error);
}

/**
 * tw_column_read_moved:
 * @key: the column key
 * @stmt: stands on a row
 * @index: which of its columns
 * @plain_index: the one that had it in plain before there was a sealed one
 * @table: the table
 * @id: the row's id
 * @column: the sealed column's name in the table
 * @error: %TW_ERROR_DAMAGED
 *
 * Returns: (transfer full) (nullable): the text; "" where nothing was written
 */
char *
tw_column_read_moved (TwKey *key,
                      TwStmt *stmt,
                      int index,
                      int plain_index,
                      const char *table,
                      const char *id,
                      const char *column,
                      GError **error)
{
  const char *plain = tw_stmt_text (stmt, plain_index);

  if (tw_stmt_is_null (stmt, index))
    return g_strdup (plain != NULL ? plain : "");
  return tw_column_read (key, stmt, index, table, id, column, error);
}
