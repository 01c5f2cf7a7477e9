// SPDX-License-Identifier: GPL-3.0-or-later
/* Values, on their way to a statement or kept in a row. */
#include "db/tw-db-known-private.h"

/* Who reads a row that is gone is found by the sanitizer, though its memory is kept. */
#ifdef __SANITIZE_ADDRESS__
#include <sanitizer/asan_interface.h>
#define HIDE(texts) ASAN_POISON_MEMORY_REGION ((texts)->data, (texts)->len)
#define SHOW(texts) ASAN_UNPOISON_MEMORY_REGION ((texts)->data, (texts)->len)
#else
#define HIDE(texts)
#define SHOW(texts)
#endif

/* A transaction has hundreds of rows, and the next one as many. */
#define MAX_SPARE 256
#define MAX_SPARE_LENGTH 4096

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
      if (value->data == NULL && bytes != NULL)
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

void
tw_row_free (gpointer data)
{
  TwRow *row = data;

  g_string_free (row->key, TRUE);
  g_byte_array_unref (row->texts);
  g_byte_array_unref (row->other_texts);
  g_free (row);
}

/* For the next one. */
void
tw_row_spare (gpointer data)
{
  TwRow *row = data;

  if (row->spare->len >= MAX_SPARE || row->texts->len + row->other_texts->len > MAX_SPARE_LENGTH)
    {
      tw_row_free (row);
      return;
    }
  HIDE (row->texts);
  HIDE (row->other_texts);
  g_ptr_array_add (row->spare, row);
}

static TwRow *
make_row (GPtrArray *spare, guint n)
{
  TwRow *row = g_malloc0 (sizeof (TwRow) + n * sizeof (TwValue));

  row->spare = spare;
  row->n_values = n;
  row->key = g_string_new (NULL);
  row->texts = g_byte_array_new ();
  row->other_texts = g_byte_array_new ();
  return row;
}

/* One of @n values, without any. */
TwRow *
tw_row_take (GPtrArray *spare, guint n)
{
  TwRow *row;

  if (spare->len == 0)
    return make_row (spare, n);
  row = g_ptr_array_steal_index_fast (spare, spare->len - 1);
  SHOW (row->texts);
  SHOW (row->other_texts);
  row->exists = row->stored = row->changed = FALSE;
  memset (row->values, 0, row->n_values * sizeof (TwValue));
  return row;
}

/* @values: as many as the row has; what they point to is copied, and may be the row's */
void
tw_row_set (TwRow *row, const TwValue *values)
{
  GByteArray *texts = row->other_texts;
  gsize length = 0;

  for (guint i = 0; i < row->n_values; i++)
    if (values[i].data != NULL)
      length += values[i].length + 1;
  g_byte_array_set_size (texts, (guint) length);
  length = 0;
  for (guint i = 0; i < row->n_values; i++)
    {
      row->values[i] = values[i];
      if (values[i].data == NULL)
        continue;
      row->values[i].data = texts->data + length;
      memcpy (texts->data + length, values[i].data, values[i].length);
      length += values[i].length + 1;
      texts->data[length - 1] = '\0';
    }
  row->other_texts = row->texts;
  row->texts = texts;
}

/* What it points to is the statement's. */
void
tw_value_read (TwStmt *stmt, int column, char letter, TwValue *value)
{
  *value = (TwValue){ .letter = letter == 'I' ? 'i' : letter };
  value->is_null = tw_stmt_is_null (stmt, column);
  if (value->letter == 'i')
    value->number = tw_stmt_int64 (stmt, column);
  else if (value->is_null)
    return;
  else if (letter == 'b')
    {
      value->data = tw_stmt_blob (stmt, column, &value->length);
      if (value->data == NULL)
        value->data = "";
    }
  else
    {
      value->data = tw_stmt_text (stmt, column);
      value->length = strlen (value->data);
    }
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
