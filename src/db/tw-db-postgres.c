// SPDX-License-Identifier: GPL-3.0-or-later
/* Statements on PostgreSQL; the connection is in tw-db-postgres-open.c. Results come as text: what
 * the server calculates (a sum is NUMERIC, a count BIGINT) then reads the same as what it stores.
 */
#include "db/tw-db-postgres-private.h"

#include <stdlib.h>

/* Of pg_type; these never change. */
#define OID_BOOL 16
#define OID_BYTEA 17
#define OID_INT8 20
#define OID_TEXT 25

/* The highest $n outside of quotes. The server would take values that nothing refers to. */
static int
count_parameters (const char *sql)
{
  gboolean quoted = FALSE;
  int highest = 0;

  for (const char *p = sql; *p != '\0'; p++)
    {
      if (*p == '\'')
        quoted = !quoted;
      else if (*p == '$' && !quoted)
        highest = MAX (highest, atoi (p + 1));
    }
  return highest;
}

TwStmt *
tw_stmt_postgres_prepare (TwDb *db, const char *sql, GError **error)
{
  TwStmtPostgres *stmt = g_new0 (TwStmtPostgres, 1);

  /* The server hears of it when the types of the first values are known. */
  stmt->n_parameters = count_parameters (sql);
  stmt->blobs = g_ptr_array_new_with_free_func (g_free);
  return &stmt->base;
}

static void
unprepare (TwStmtPostgres *stmt, TwDbPostgres *self)
{
  char sql[40];

  if (stmt->generation == self->generation && !self->piped &&
      PQstatus (self->connection) == CONNECTION_OK &&
      PQtransactionStatus (self->connection) != PQTRANS_INERROR)
    {
      g_snprintf (sql, sizeof sql, "DEALLOCATE %s", stmt->name);
      PQclear (PQexec (self->connection, sql));
    }
  stmt->generation = 0;
}

void
tw_stmt_postgres_finalize (TwStmt *base)
{
  TwStmtPostgres *stmt = (TwStmtPostgres *) base;

  PQclear (stmt->result);
  unprepare (stmt, tw_db_postgres_of (base->db));
  g_ptr_array_unref (stmt->blobs);
  g_free (stmt);
}

static gboolean
ensure_prepared (TwStmtPostgres *stmt,
                 TwDbPostgres *self,
                 const char *format,
                 const TwPostgresValues *p,
                 GError **error)
{
  gsize n = strlen (format);
  PGresult *result;
  gboolean done;

  if (stmt->generation == self->generation && strcmp (stmt->format, format) == 0)
    return TRUE;
  g_assert (n <= TW_DB_MAX_PARAMETERS);
  unprepare (stmt, self);
  g_snprintf (stmt->name, sizeof stmt->name, "tw%u", ++self->serial);
  result = PQprepare (self->connection, stmt->name, stmt->base.sql, (int) n, p->types);
  done = PQresultStatus (result) == PGRES_COMMAND_OK;
  if (!done)
    tw_db_postgres_fail (self, result, stmt->base.sql, error);
  else
    {
      stmt->generation = self->generation;
      g_strlcpy (stmt->format, format, sizeof stmt->format);
    }
  PQclear (result);
  return done;
}

static void
set_number (TwPostgresValues *p, int i, gint64 number)
{
  p->numbers[i] = GINT64_TO_BE (number);
  p->values[i] = (const char *) &p->numbers[i];
  p->lengths[i] = sizeof p->numbers[i];
  p->formats[i] = 1;
}

static gboolean
collect (TwPostgresValues *p, const char *format, va_list *values)
{
  const gint64 *number;
  GBytes *bytes;
  gsize length;

  for (int i = 0; format[i] != '\0'; i++)
    {
      p->values[i] = NULL;
      p->lengths[i] = 0;
      p->formats[i] = 0;
      p->types[i] = format[i] == 's' ? OID_TEXT : format[i] == 'b' ? OID_BYTEA : OID_INT8;
      switch (format[i])
        {
        case 's':
          p->values[i] = va_arg (*values, const char *);
          break;
        case 'i':
          set_number (p, i, va_arg (*values, gint64));
          break;
        case 'I':
          number = va_arg (*values, const gint64 *);
          if (number != NULL)
            set_number (p, i, *number);
          break;
        case 'b':
          bytes = va_arg (*values, GBytes *);
          if (bytes == NULL)
            break;
          p->values[i] = g_bytes_get_data (bytes, &length);
          if (p->values[i] == NULL)
            p->values[i] = "";
          if (length > G_MAXINT)
            return FALSE;
          p->lengths[i] = (int) length;
          p->formats[i] = 1;
          break;
        default:
          return FALSE;
        }
    }
  return TRUE;
}

static TwStep
take (TwStmtPostgres *stmt, TwDbPostgres *self, PGresult *result, GError **error)
{
  switch (PQresultStatus (result))
    {
    case PGRES_COMMAND_OK:
    case PGRES_TUPLES_OK:
      break;
    default:
      tw_db_postgres_fail (self, result, stmt->base.sql, error);
      PQclear (result);
      return TW_STEP_ERROR;
    }
  if (!g_str_has_prefix (PQcmdStatus (result), "SELECT"))
    self->changes = g_ascii_strtoll (PQcmdTuples (result), NULL, 10);
  if (PQntuples (result) == 0)
    {
      PQclear (result);
      return TW_STEP_DONE;
    }
  stmt->result = result;
  stmt->row = 0;
  return TW_STEP_ROW;
}

static TwStep
start (TwStmtPostgres *stmt,
       TwDbPostgres *self,
       const char *format,
       const TwPostgresValues *p,
       int n,
       GError **error)
{
  if (!tw_db_postgres_connect (self, error) || !ensure_prepared (stmt, self, format, p, error))
    return TW_STEP_ERROR;
  return take (
    stmt, self,
    PQexecPrepared (self->connection, stmt->name, n, p->values, p->lengths, p->formats, 0), error);
}

/* What is asked has to be waited for, and with it all that was sent before. */
static TwStep
start_late (TwStmtPostgres *stmt,
            TwDbPostgres *self,
            gboolean keep,
            const char *format,
            const TwPostgresValues *p,
            GError **error)
{
  PGresult *result;

  if (!tw_db_postgres_send_late (self, stmt, format, p, error))
    return TW_STEP_ERROR;
  if (!keep)
    return TW_STEP_DONE;
  result = tw_db_postgres_take_last (self, error);
  return result != NULL ? take (stmt, self, result, error) : TW_STEP_ERROR;
}

TwStep
tw_stmt_postgres_start (
  TwStmt *base, gboolean keep, const char *format, va_list *values, GError **error)
{
  TwStmtPostgres *stmt = (TwStmtPostgres *) base;
  TwDbPostgres *self = tw_db_postgres_of (base->db);
  TwPostgresValues p;
  int n = (int) strlen (format);

  tw_stmt_postgres_reset (base);
  if (n != stmt->n_parameters || n > TW_DB_MAX_PARAMETERS || !collect (&p, format, values))
    {
      g_set_error (error, TW_ERROR, TW_ERROR_INTERNAL, "%d values for %d parameters: %s", n,
                   stmt->n_parameters, base->sql);
      return TW_STEP_ERROR;
    }
  if (self->late && self->base.in_transaction && !self->base.reading)
    return start_late (stmt, self, keep, format, &p, error);
  /* An idle connection may have died long ago, with a primary that another one has replaced. A
   * reading that no transaction belongs to can be done again. */
  for (gboolean again = self->base.read_only && !self->base.in_transaction;; again = FALSE)
    {
      g_autoptr (GError) lost = NULL;
      TwStep step = start (stmt, self, format, &p, n, &lost);

      if (step != TW_STEP_ERROR)
        return step;
      if (again && PQstatus (self->connection) == CONNECTION_BAD)
        continue;
      g_propagate_error (error, g_steal_pointer (&lost));
      return step;
    }
}

TwStep
tw_stmt_postgres_step (TwStmt *base, GError **error)
{
  TwStmtPostgres *stmt = (TwStmtPostgres *) base;

  g_ptr_array_set_size (stmt->blobs, 0);
  if (stmt->result == NULL || ++stmt->row >= PQntuples (stmt->result))
    {
      tw_stmt_postgres_reset (base);
      return TW_STEP_DONE;
    }
  return TW_STEP_ROW;
}

void
tw_stmt_postgres_reset (TwStmt *base)
{
  TwStmtPostgres *stmt = (TwStmtPostgres *) base;

  g_clear_pointer (&stmt->result, PQclear);
  g_ptr_array_set_size (stmt->blobs, 0);
}

void
tw_stmt_postgres_reset_all (TwDb *db)
{
  GHashTableIter iter;
  gpointer stmt;

  g_hash_table_iter_init (&iter, db->statements);
  while (g_hash_table_iter_next (&iter, NULL, &stmt))
    tw_stmt_postgres_reset (stmt);
}

gboolean
tw_stmt_postgres_is_null (TwStmt *base, int column)
{
  TwStmtPostgres *stmt = (TwStmtPostgres *) base;

  return PQgetisnull (stmt->result, stmt->row, column) != 0;
}

gint64
tw_stmt_postgres_int64 (TwStmt *base, int column)
{
  TwStmtPostgres *stmt = (TwStmtPostgres *) base;
  const char *text = PQgetvalue (stmt->result, stmt->row, column);

  if (PQftype (stmt->result, column) == OID_BOOL)
    return text[0] == 't';
  return g_ascii_strtoll (text, NULL, 10);
}

const char *
tw_stmt_postgres_text (TwStmt *base, int column)
{
  TwStmtPostgres *stmt = (TwStmtPostgres *) base;

  return tw_stmt_postgres_is_null (base, column) ? NULL
                                                 : PQgetvalue (stmt->result, stmt->row, column);
}

static int
nibble (char digit)
{
  return digit <= '9' ? digit - '0' : digit - 'a' + 10;
}

const guint8 *
tw_stmt_postgres_blob (TwStmt *base, int column, gsize *length)
{
  TwStmtPostgres *stmt = (TwStmtPostgres *) base;
  const char *text = PQgetvalue (stmt->result, stmt->row, column);
  guint8 *bytes;

  *length = (gsize) PQgetlength (stmt->result, stmt->row, column);
  if (PQftype (stmt->result, column) != OID_BYTEA)
    return (const guint8 *) text;
  /* "\x" and two digits a byte: bytea_output is set when connecting. */
  g_assert (*length >= 2 && text[0] == '\\' && text[1] == 'x');
  *length = *length / 2 - 1;
  bytes = g_malloc (*length + 1);
  for (gsize i = 0; i < *length; i++)
    bytes[i] = (guint8) (nibble (text[2 * i + 2]) << 4 | nibble (text[2 * i + 3]));
  g_ptr_array_add (stmt->blobs, bytes);
  return bytes;
}

gint64
tw_stmt_postgres_changes (TwDb *db)
{
  TwDbPostgres *self = tw_db_postgres_of (db);

  /* What went wrong is told by whatever comes next. */
  return !self->piped || tw_db_postgres_take_late (self, NULL) ? self->changes : 0;
}
