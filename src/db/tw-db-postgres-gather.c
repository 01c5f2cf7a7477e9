// SPDX-License-Identifier: GPL-3.0-or-later
/* One statement for many rows: they go over as an array of records, or the values of each parameter
 * as an array, and the statement is told again so that it takes its rows from those. */
#include "db/tw-db-postgres-private.h"

/* Of pg_type; arrays of what each letter is. */
#define OID_BYTEA_ARRAY 1001
#define OID_TEXT_ARRAY 1009
#define OID_INT8_ARRAY 1016

struct _TwGathered
{
  TwStmtPostgres *many; /* the statement as it is told for many */
  TwRecords *records;   /* (nullable): the rows, in the first of the arrays */
  guint generation;     /* of the connection that the records are of */
  int n;
  gint32 n_rows;
  char format[TW_DB_MAX_PARAMETERS + 1];
  gboolean has_null[TW_DB_MAX_PARAMETERS];
  GByteArray *arrays[TW_DB_MAX_PARAMETERS]; /* as the server takes them */
};

static const char *
get_type (char letter)
{
  return letter == 's' ? "text" : letter == 'b' ? "bytea" : "int8";
}

/* "unnest($1::text[], $2::int8[]) AS v (p1, p2)" */
static char *
make_source (const char *format)
{
  g_autoptr (GString) arrays = g_string_new (NULL);
  g_autoptr (GString) names = g_string_new (NULL);

  for (int i = 0; format[i] != '\0'; i++)
    {
      g_string_append_printf (arrays, "%s$%d::%s[]", i > 0 ? ", " : "", i + 1,
                              get_type (format[i]));
      g_string_append_printf (names, "%sp%d", i > 0 ? ", " : "", i + 1);
    }
  return g_strdup_printf ("unnest (%s) AS v (%s)", arrays->str, names->str);
}

/* "$3" becomes "v.p3". @length: -1: to its end */
static void
append_told_again (GString *many, const char *sql, gssize length)
{
  const char *end = length < 0 ? sql + strlen (sql) : sql + length;

  for (; sql < end; sql++)
    if (*sql == '$')
      g_string_append (many, "v.p");
    else
      g_string_append_c (many, *sql);
}

/* (nullable): not one of the three that this knows how to tell */
static char *
tell_again (const char *sql, const char *format)
{
  const char *values = g_str_has_prefix (sql, "INSERT ") ? strstr (sql, " VALUES (") : NULL;
  const char *where = g_str_has_prefix (sql, "UPDATE ") ? strstr (sql, " WHERE ") : NULL;
  const char *end = values != NULL ? strchr (values, ')') : NULL;
  g_autofree char *source = make_source (format);
  GString *many = g_string_new (NULL);

  if (end != NULL)
    {
      values += strlen (" VALUES (");
      g_string_append_len (many, sql, values - sql - strlen (" VALUES ("));
      g_string_append (many, " SELECT ");
      append_told_again (many, values, end - values);
      g_string_append_printf (many, " FROM %s%s", source, end + 1);
    }
  else if (where != NULL)
    {
      append_told_again (many, sql, where - sql);
      g_string_append_printf (many, " FROM %s", source);
      append_told_again (many, where, -1);
    }
  else if (g_str_has_prefix (sql, "SELECT "))
    {
      /* OFFSET: each row by its key, and never the whole table for all of them, which looks better
       * for as long as nobody has counted it. */
      g_string_append_printf (many, "SELECT r.* FROM %s CROSS JOIN LATERAL (", source);
      append_told_again (many, sql, -1);
      g_string_append (many, " OFFSET 0) AS r");
    }
  return g_string_free (many, many->len == 0);
}

static TwGathered *
gathered_new (TwStmtPostgres *stmt, TwDbPostgres *self, const TwValue *values, int n)
{
  TwGathered *gathered = g_new0 (TwGathered, 1);
  g_autofree char *sql = NULL;

  gathered->n = n;
  gathered->generation = self->generation;
  for (int i = 0; i < n; i++)
    {
      gathered->format[i] = values[i].letter;
      gathered->arrays[i] = g_byte_array_new ();
    }
  if (g_str_has_prefix (stmt->base.sql, "INSERT "))
    gathered->records = tw_records_new (self, stmt->base.sql, gathered->format);
  sql = gathered->records != NULL ? g_strdup (tw_records_get_sql (gathered->records))
                                  : tell_again (stmt->base.sql, gathered->format);
  if (sql != NULL)
    {
      gathered->many = (TwStmtPostgres *) tw_stmt_postgres_prepare (stmt->base.db, sql, NULL);
      gathered->many->base.db = stmt->base.db;
      gathered->many->base.sql = g_steal_pointer (&sql);
    }
  return gathered;
}

void
tw_gathered_free (TwGathered *gathered)
{
  if (gathered->many != NULL)
    {
      g_free (gathered->many->base.sql);
      tw_stmt_postgres_finalize (&gathered->many->base);
    }
  for (int i = 0; i < gathered->n; i++)
    g_byte_array_unref (gathered->arrays[i]);
  tw_records_free (gathered->records);
  g_free (gathered);
}

static void
clear (TwGathered *gathered)
{
  gathered->n_rows = 0;
  for (int i = 0; i < gathered->n; i++)
    {
      g_byte_array_set_size (gathered->arrays[i], 0);
      gathered->has_null[i] = FALSE;
    }
}

static Oid
get_element (const TwGathered *gathered, int i)
{
  return gathered->records != NULL ? tw_records_get_element (gathered->records)
                                   : tw_oid_of (gathered->format[i]);
}

/* One dimension, whether there are nulls, of what, how many, the first one's number. */
static void
write_header (GByteArray *array, Oid element, gint32 n_rows, gboolean has_null)
{
  const gint32 header[] = { GINT32_TO_BE (1), GINT32_TO_BE (has_null ? 1 : 0),
                            GINT32_TO_BE ((gint32) element), GINT32_TO_BE (n_rows),
                            GINT32_TO_BE (1) };

  if (array->len == 0)
    g_byte_array_append (array, (const guint8 *) header, sizeof header);
  else
    memcpy (array->data, header, sizeof header);
}

/* Its length and itself. @value: (nullable): as one that is null */
void
tw_gathered_append (GByteArray *array, const TwValue *value)
{
  gint64 number = value != NULL ? GINT64_TO_BE (value->number) : 0;

  if (value == NULL || value->is_null)
    tw_append_int32 (array, G_MAXUINT32);
  else if (value->letter == 'i')
    {
      tw_append_int32 (array, sizeof number);
      g_byte_array_append (array, (const guint8 *) &number, sizeof number);
    }
  else
    {
      tw_append_int32 (array, (guint32) value->length);
      g_byte_array_append (array, value->data, (guint) value->length);
    }
}

static gboolean
fits (const TwGathered *gathered, const TwValue *values, int n)
{
  if (gathered->many == NULL || gathered->n != n)
    return FALSE;
  for (int i = 0; i < n; i++)
    if (values[i].letter != gathered->format[i] || values[i].length > G_MAXINT16)
      return FALSE;
  return TRUE;
}

static void
append_row (TwGathered *gathered, const TwValue *values)
{
  int n_arrays = gathered->records != NULL ? 1 : gathered->n;

  for (int i = 0; i < n_arrays; i++)
    {
      GByteArray *array = gathered->arrays[i];

      if (array->len == 0)
        write_header (array, get_element (gathered, i), 0, FALSE);
      if (gathered->records != NULL)
        tw_records_append (gathered->records, array, values);
      else
        tw_gathered_append (array, &values[i]);
      gathered->has_null[i] |= gathered->records == NULL && values[i].is_null;
    }
  gathered->n_rows++;
}

/**
 * tw_db_postgres_gather:
 * @base: a statement
 * @values: (nullable): for it; %NULL forgets those that are kept
 * @n: how many
 *
 * Returns: whether they are kept for tw_db_postgres_run_gathered(): only where what is written need
 *   not be waited for
 */
gboolean
tw_db_postgres_gather (TwStmt *base, const TwValue *values, int n)
{
  TwStmtPostgres *stmt = (TwStmtPostgres *) base;
  TwDbPostgres *self = tw_db_postgres_of (base->db);

  if (values == NULL)
    {
      if (stmt->gathered != NULL)
        clear (stmt->gathered);
      return FALSE;
    }
  if (!self->late || self->base.reading || n < 1 || n != stmt->n_parameters)
    return FALSE;
  if (stmt->gathered != NULL && stmt->gathered->generation != self->generation)
    g_clear_pointer (&stmt->gathered, tw_gathered_free);
  if (stmt->gathered == NULL)
    stmt->gathered = gathered_new (stmt, self, values, n);
  if (!fits (stmt->gathered, values, n))
    return FALSE;
  append_row (stmt->gathered, values);
  return TRUE;
}

static void
collect (TwGathered *gathered, TwPostgresValues *p)
{
  p->n = gathered->records != NULL ? 1 : gathered->n;
  g_strlcpy (p->format, gathered->records != NULL ? "r" : gathered->format, sizeof p->format);
  for (int i = 0; i < p->n; i++)
    {
      GByteArray *array = gathered->arrays[i];
      char letter = gathered->format[i];

      write_header (array, get_element (gathered, i), gathered->n_rows, gathered->has_null[i]);
      p->types[i] = gathered->records != NULL ? tw_records_get_type (gathered->records)
                    : letter == 's'           ? OID_TEXT_ARRAY
                    : letter == 'b'           ? OID_BYTEA_ARRAY
                                              : OID_INT8_ARRAY;
      p->formats[i] = 1;
      p->values[i] = (const char *) array->data;
      p->lengths[i] = (int) array->len;
    }
}

/**
 * tw_db_postgres_run_gathered:
 * @base: a statement that something is kept for
 * @keep: whether its answer is wanted
 * @error: what has gone wrong with this one or one before it
 *
 * Returns: (transfer none) (nullable): what the answer is to be read from; %NULL with @error
 */
TwStmt *
tw_db_postgres_run_gathered (TwStmt *base, gboolean keep, GError **error)
{
  TwStmtPostgres *stmt = (TwStmtPostgres *) base;
  TwStmtPostgres *many = stmt->gathered->many;
  TwPostgresValues p;

  tw_stmt_postgres_reset (&many->base);
  collect (stmt->gathered, &p);
  many->base.first =
    tw_stmt_postgres_start_late (many, tw_db_postgres_of (base->db), keep, &p, error);
  many->base.first_pending = TRUE;
  many->base.open = many->base.first == TW_STEP_ROW;
  clear (stmt->gathered);
  return many->base.first != TW_STEP_ERROR ? &many->base : NULL;
}
