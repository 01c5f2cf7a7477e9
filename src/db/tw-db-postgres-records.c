// SPDX-License-Identifier: GPL-3.0-or-later
/* Rows that are added to a table go over as an array of the table's own row type: the server takes
 * each as a whole. With an array for each column it would make a list of every single value. */
#include "db/tw-db-postgres-private.h"

#include <stdlib.h>

/* What the table's columns are is asked once a connection. */
#define ASK                                                                                        \
  "SELECT a.attname, a.atttypid::BIGINT, t.typarray::BIGINT, t.oid::BIGINT FROM pg_class c JOIN "  \
  "pg_type t "                                                                                     \
  "ON t.oid = c.reltype JOIN pg_attribute a ON a.attrelid = c.oid WHERE c.oid = to_regclass ($1) " \
  "AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum"

struct _TwRecords
{
  Oid array_type;
  Oid row_type;
  int n_columns;
  Oid *types;  /* of the columns, in the table's order */
  int *values; /* the number of a column's value, from 0; -1: it has none */
  char *sql;
};

void
tw_records_free (TwRecords *records)
{
  if (records == NULL)
    return;
  g_free (records->types);
  g_free (records->values);
  g_free (records->sql);
  g_free (records);
}

Oid
tw_records_get_type (const TwRecords *records)
{
  return records->array_type;
}

Oid
tw_records_get_element (const TwRecords *records)
{
  return records->row_type;
}

const char *
tw_records_get_sql (const TwRecords *records)
{
  return records->sql;
}

static int
find_column (PGresult *columns, const char *name)
{
  for (int i = 0; i < PQntuples (columns); i++)
    if (strcmp (PQgetvalue (columns, i, 0), name) == 0)
      return i;
  return -1;
}

/* "$3" becomes "v.column", a constant stays what it is. Answers whether each value goes into one
 * column as it is. */
static gboolean
tell_values (TwRecords *records,
             GString *sql,
             GStrv names,
             GStrv values,
             const char *format,
             PGresult *columns)
{
  guint n_found = 0;

  for (guint i = 0; values[i] != NULL; i++)
    {
      const char *name = names[i] != NULL ? g_strstrip (names[i]) : "";
      const char *value = g_strstrip (values[i]);
      int column = find_column (columns, name);

      g_string_append (sql, i > 0 ? ", " : "");
      if (column < 0)
        return FALSE;
      if (*value != '$')
        {
          g_string_append (sql, value);
          continue;
        }
      records->values[column] = atoi (value + 1) - 1;
      if (records->types[column] != tw_oid_of (format[records->values[column]]))
        return FALSE;
      g_string_append_printf (sql, "v.%s", name);
      n_found++;
    }
  return n_found == strlen (format);
}

static TwRecords *
make_records (const char *sql, const char *format, PGresult *columns)
{
  const char *names = strchr (sql, '('), *values = strstr (sql, ") VALUES (");
  const char *end = values != NULL ? strchr (values + 1, ')') : NULL;
  g_autofree char *name_list = NULL, *value_list = NULL;
  g_auto (GStrv) name_of = NULL;
  g_auto (GStrv) value_of = NULL;
  GString *told;
  TwRecords *records;
  gboolean ok;

  if (end == NULL || names > values || PQntuples (columns) == 0)
    return NULL;
  name_list = g_strndup (names + 1, (gsize) (values - names - 1));
  values += strlen (") VALUES (");
  value_list = g_strndup (values, (gsize) (end - values));
  name_of = g_strsplit (name_list, ",", -1);
  value_of = g_strsplit (value_list, ",", -1);
  records = g_new0 (TwRecords, 1);
  records->n_columns = PQntuples (columns);
  records->types = g_new (Oid, (gsize) records->n_columns);
  records->values = g_new (int, (gsize) records->n_columns);
  for (int i = 0; i < records->n_columns; i++)
    {
      records->types[i] = (Oid) strtoul (PQgetvalue (columns, i, 1), NULL, 10);
      records->values[i] = -1;
    }
  records->array_type = (Oid) strtoul (PQgetvalue (columns, 0, 2), NULL, 10);
  records->row_type = (Oid) strtoul (PQgetvalue (columns, 0, 3), NULL, 10);
  told = g_string_new_len (sql, values - sql - (gssize) strlen ("VALUES ("));
  g_string_append (told, "SELECT ");
  ok = tell_values (records, told, name_of, value_of, format, columns);
  g_string_append_printf (told, " FROM unnest ($1) AS v%s", end + 1);
  records->sql = g_string_free (told, FALSE);
  if (ok && strchr (end, '$') == NULL)
    return records;
  tw_records_free (records);
  return NULL;
}

/**
 * tw_records_new:
 * @self: a connection, in a transaction
 * @sql: `INSERT INTO table (columns) VALUES (values) …`
 * @format: the letters of its values
 *
 * Returns: (transfer full) (nullable): how its rows go over as records; %NULL: they can't
 */
TwRecords *
tw_records_new (TwDbPostgres *self, const char *sql, const char *format)
{
  const char *name = sql + strlen ("INSERT INTO ");
  g_autofree char *table = g_strndup (name, strcspn (name, " "));
  PGresult *columns = tw_db_postgres_ask_late (self, ASK, table);
  TwRecords *records = columns != NULL ? make_records (sql, format, columns) : NULL;

  PQclear (columns);
  return records;
}

/* How the server takes it: the number of columns, and of each its type, its length, itself. */
void
tw_records_append (const TwRecords *records, GByteArray *array, const TwValue *values)
{
  guint start = array->len;
  guint32 length;

  tw_append_int32 (array, 0);
  tw_append_int32 (array, (guint32) records->n_columns);
  for (int i = 0; i < records->n_columns; i++)
    {
      const TwValue *value = records->values[i] >= 0 ? &values[records->values[i]] : NULL;

      tw_append_int32 (array, records->types[i]);
      tw_gathered_append (array, value);
    }
  length = GUINT32_TO_BE (array->len - start - (guint32) sizeof length);
  memcpy (array->data + start, &length, sizeof length);
}
