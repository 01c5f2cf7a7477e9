// SPDX-License-Identifier: GPL-3.0-or-later
/* Statements on PostgreSQL; the connection is in tw-db-postgres-open.c. Results come as text: what
 * the server calculates (a sum is NUMERIC, a count BIGINT) then reads the same as what it stores.
 */
#include "db/tw-db-postgres-private.h"

#include <stdlib.h>

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
  g_clear_pointer (&stmt->gathered, tw_gathered_free);
  g_ptr_array_unref (stmt->blobs);
  g_free (stmt);
}

static gboolean
ensure_prepared (TwStmtPostgres *stmt,
                 TwDbPostgres *self,
                 const TwPostgresValues *p,
                 GError **error)
{
  PGresult *result;
  gboolean done;

  if (stmt->generation == self->generation && strcmp (stmt->format, p->format) == 0)
    return TRUE;
  unprepare (stmt, self);
  g_snprintf (stmt->name, sizeof stmt->name, "tw%u", ++self->serial);
  result = PQprepare (self->connection, stmt->name, stmt->base.sql, p->n, p->types);
  done = PQresultStatus (result) == PGRES_COMMAND_OK;
  if (!done)
    tw_db_postgres_fail (self, result, stmt->base.sql, error);
  else
    {
      stmt->generation = self->generation;
      g_strlcpy (stmt->format, p->format, sizeof stmt->format);
    }
  PQclear (result);
  return done;
}

static gboolean
collect (TwPostgresValues *p, const TwValue *values, int n)
{
  p->n = n;
  for (int i = 0; i < n; i++)
    {
      const TwValue *value = &values[i];

      p->format[i] = value->letter;
      p->types[i] = tw_oid_of (value->letter);
      p->formats[i] = value->letter != 's';
      p->lengths[i] = (int) value->length;
      p->values[i] = value->is_null ? NULL : value->data;
      if (value->letter == 'i' && !value->is_null)
        {
          p->numbers[i] = GINT64_TO_BE (value->number);
          p->values[i] = (const char *) &p->numbers[i];
          p->lengths[i] = sizeof p->numbers[i];
        }
      if (value->length > G_MAXINT)
        return FALSE;
    }
  p->format[n] = '\0';
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
start (TwStmtPostgres *stmt, TwDbPostgres *self, const TwPostgresValues *p, GError **error)
{
  if (!tw_db_postgres_connect (self, error) || !ensure_prepared (stmt, self, p, error))
    return TW_STEP_ERROR;
  return take (
    stmt, self,
    PQexecPrepared (self->connection, stmt->name, p->n, p->values, p->lengths, p->formats, 0),
    error);
}

/* What is asked has to be waited for, and with it all that was sent before. */
TwStep
tw_stmt_postgres_start_late (TwStmtPostgres *stmt,
                             TwDbPostgres *self,
                             gboolean keep,
                             const TwPostgresValues *p,
                             GError **error)
{
  PGresult *result;

  if (!tw_db_postgres_send_late (self, stmt, p, error))
    return TW_STEP_ERROR;
  if (!keep)
    return TW_STEP_DONE;
  result = tw_db_postgres_take_last (self, error);
  return result != NULL ? take (stmt, self, result, error) : TW_STEP_ERROR;
}

TwStep
tw_stmt_postgres_start (TwStmt *base, gboolean keep, const TwValue *values, int n, GError **error)
{
  TwStmtPostgres *stmt = (TwStmtPostgres *) base;
  TwDbPostgres *self = tw_db_postgres_of (base->db);
  TwPostgresValues p;

  tw_stmt_postgres_reset (base);
  if (n != stmt->n_parameters || !collect (&p, values, n))
    {
      g_set_error (error, TW_ERROR, TW_ERROR_INTERNAL, "%d values for %d parameters: %s", n,
                   stmt->n_parameters, base->sql);
      return TW_STEP_ERROR;
    }
  if (self->late && self->base.in_transaction && !self->base.reading)
    return tw_stmt_postgres_start_late (stmt, self, keep, &p, error);
  /* An idle connection may have died long ago, with a primary that another one has replaced. A
   * reading that no transaction belongs to can be done again. */
  for (gboolean again = self->base.read_only && !self->base.in_transaction;; again = FALSE)
    {
      g_autoptr (GError) lost = NULL;
      TwStep step = start (stmt, self, &p, &lost);

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

  if (PQftype (stmt->result, column) == TW_OID_BOOL)
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
  if (PQftype (stmt->result, column) != TW_OID_BYTEA)
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
