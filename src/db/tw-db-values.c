// SPDX-License-Identifier: GPL-3.0-or-later
/* Values, on their way to a statement or kept in a row. */
#include "db/tw-db-known-private.h"

static gboolean
collect_one (TwValue *value, char letter, va_list *from)
{
  const gint64 *number;
  GBytes *bytes;

  *value = (TwValue){ .letter = letter };
  switch (letter)
    {
    case 's':
      value->data = va_arg (*from, const char *);
      value->length = value->data != NULL ? strlen (value->data) : 0;
      value->is_null = value->data == NULL;
      return TRUE;
    case 'i':
      value->number = va_arg (*from, gint64);
      return TRUE;
    case 'I':
      number = va_arg (*from, const gint64 *);
      value->letter = 'i';
      value->is_null = number == NULL;
      value->number = number != NULL ? *number : 0;
      return TRUE;
    case 'b':
      bytes = va_arg (*from, GBytes *);
      value->is_null = bytes == NULL;
      if (bytes != NULL)
        value->data = g_bytes_get_data (bytes, &value->length);
      if (value->data == NULL)
        value->data = "";
      return TRUE;
    default:
      return FALSE;
    }
}

/* @values: takes up to TW_DB_MAX_PARAMETERS. Returns how many there are; -1: too many, or a letter
 * that nobody knows. */
int
tw_db_collect (TwValue *values, const char *format, va_list *from)
{
  int n = 0;

  while (format[n] != '\0')
    {
      if (n == TW_DB_MAX_PARAMETERS || !collect_one (&values[n], format[n], from))
        return -1;
      n++;
    }
  return n;
}

/* For those that are the row's own. */
void
tw_values_clear (TwValue *values, guint n)
{
  for (guint i = 0; i < n; i++)
    if (values[i].letter != 'i')
      g_free ((gpointer) values[i].data);
  memset (values, 0, n * sizeof (TwValue));
}

/* @from: may be @value; what it points to is copied */
void
tw_value_set (TwValue *value, const TwValue *from)
{
  char *copy = NULL;

  if (from->letter != 'i' && !from->is_null)
    {
      copy = g_malloc (from->length + 1);
      memcpy (copy, from->data, from->length);
      copy[from->length] = '\0';
    }
  *value = *from;
  value->data = copy;
}

void
tw_value_read (TwStmt *stmt, int column, char letter, TwValue *value)
{
  TwValue read = { .letter = letter == 'I' ? 'i' : letter };

  read.is_null = tw_stmt_is_null (stmt, column);
  if (read.letter == 'i')
    read.number = tw_stmt_int64 (stmt, column);
  else if (letter == 'b')
    read.data = tw_stmt_blob (stmt, column, &read.length);
  else if (!read.is_null)
    {
      read.data = tw_stmt_text (stmt, column);
      read.length = strlen (read.data);
    }
  tw_value_set (value, &read);
}

/**
 * tw_row_is_null:
 * @row: a row
 * @column: from 0, in the order of the table's description
 */
gboolean
tw_row_is_null (const TwRow *row, guint column)
{
  return row->values[column].is_null;
}

/**
 * tw_row_int64:
 *
 * Returns: the number; 0 for NULL
 */
gint64
tw_row_int64 (const TwRow *row, guint column)
{
  return row->values[column].number;
}

/**
 * tw_row_text:
 *
 * Returns: (transfer none) (nullable): the text, valid as the row is; %NULL for NULL
 */
const char *
tw_row_text (const TwRow *row, guint column)
{
  return row->values[column].data;
}

/**
 * tw_row_blob:
 * @length: (out): in bytes
 *
 * Returns: (transfer none) (nullable): the bytes, valid as the row is; %NULL for NULL
 */
const guint8 *
tw_row_blob (const TwRow *row, guint column, gsize *length)
{
  *length = row->values[column].length;
  return row->values[column].data;
}
