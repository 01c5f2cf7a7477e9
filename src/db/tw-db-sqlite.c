// SPDX-License-Identifier: GPL-3.0-or-later
/* Statements on SQLite; the connection is in tw-db-sqlite-open.c. */
#include "db/tw-db-sqlite-private.h"

gboolean
tw_db_sqlite_fail (sqlite3 *sqlite, int rc, const char *what, GError **error)
{
  const char *detail = sqlite != NULL ? sqlite3_errmsg (sqlite) : sqlite3_errstr (rc);

  if (rc == SQLITE_IOERR_AUTH)
    g_set_error (error, TW_ERROR, TW_ERROR_WRONG_KEY,
                 _ ("The key at hand does not fit this database."));
  else if (rc == SQLITE_IOERR_DATA || (rc & 0xff) == SQLITE_CORRUPT || (rc & 0xff) == SQLITE_NOTADB)
    g_set_error (error, TW_ERROR, TW_ERROR_DAMAGED, _ ("The database is damaged: %s (%s)."), detail,
                 what);
  else if ((rc & 0xff) == SQLITE_BUSY || (rc & 0xff) == SQLITE_LOCKED)
    g_set_error (error, TW_ERROR, TW_ERROR_BUSY,
                 _ ("Another program is writing to the database. Try again in a moment."));
  else if ((rc & 0xff) == SQLITE_FULL)
    g_set_error (error, TW_ERROR, TW_ERROR_BUSY,
                 _ ("The disk is full. Make some room and try again."));
  else if ((rc & 0xff) == SQLITE_CONSTRAINT)
    g_set_error (error, TW_ERROR, TW_ERROR_CONFLICT, _ ("The database refused the change: %s."),
                 detail);
  else if ((rc & 0xff) == SQLITE_READONLY)
    g_set_error (error, TW_ERROR, TW_ERROR_DENIED, _ ("The database may only be read: %s."),
                 detail);
  else if ((rc & 0xff) == SQLITE_CANTOPEN)
    g_set_error (error, TW_ERROR, TW_ERROR_NOT_FOUND, _ ("The database can’t be opened: %s (%s)."),
                 detail, what);
  else
    g_set_error (error, TW_ERROR, TW_ERROR_INTERNAL, _ ("The database failed: %s (%s)."), detail,
                 what);
  return FALSE;
}

/* Names like $7 are numbered by SQLite in the order in which they appear. */
static gboolean
number_parameters (TwStmtSqlite *stmt, const char *sql, GError **error)
{
  int n = sqlite3_bind_parameter_count (stmt->handle);

  stmt->n_parameters = 0;
  for (int i = 1; i <= n; i++)
    {
      const char *name = sqlite3_bind_parameter_name (stmt->handle, i);
      guint64 number = 0;
      char *end = NULL;

      /* Not g_ascii_string_to_unsigned(): when two threads meet in its first call, it takes the
       * errno of waiting for the other for a failure of its own. */
      if (name != NULL && name[0] == '$' && g_ascii_isdigit (name[1]))
        number = g_ascii_strtoull (name + 1, &end, 10);
      if (end == NULL || *end != '\0' || number < 1 || number > TW_DB_MAX_PARAMETERS)
        {
          g_set_error (error, TW_ERROR, TW_ERROR_INTERNAL, "Parameters are $1 to $%d: %s",
                       TW_DB_MAX_PARAMETERS, sql);
          return FALSE;
        }
      stmt->index_of[number - 1] = (guint8) i;
      stmt->n_parameters = MAX (stmt->n_parameters, (int) number);
    }
  return TRUE;
}

void
tw_stmt_sqlite_finalize (TwStmt *base)
{
  TwStmtSqlite *stmt = (TwStmtSqlite *) base;

  sqlite3_finalize (stmt->handle);
  g_free (stmt);
}

TwStmt *
tw_stmt_sqlite_prepare (TwDb *db, const char *sql, GError **error)
{
  TwDbSqlite *self = tw_db_sqlite_of (db);
  TwStmtSqlite *stmt = g_new0 (TwStmtSqlite, 1);
  const char *tail = NULL;
  int rc =
    sqlite3_prepare_v3 (self->sqlite, sql, -1, SQLITE_PREPARE_PERSISTENT, &stmt->handle, &tail);

  if (rc != SQLITE_OK)
    tw_db_sqlite_fail (self->sqlite, rc, sql, error);
  else if (stmt->handle == NULL || tail[strspn (tail, "; \n\t")] != '\0')
    g_set_error (error, TW_ERROR, TW_ERROR_INTERNAL, "One statement at a time: %s", sql);
  else if (number_parameters (stmt, sql, error))
    return &stmt->base;
  tw_stmt_sqlite_finalize (&stmt->base);
  return NULL;
}

static int
bind_one (TwStmtSqlite *stmt, int index, const TwValue *value, gboolean keep)
{
  sqlite3_destructor_type copy = keep ? SQLITE_TRANSIENT : SQLITE_STATIC;

  if (index == 0)
    return SQLITE_OK;
  if (value->is_null)
    return sqlite3_bind_null (stmt->handle, index);
  if (value->letter == 'i')
    return sqlite3_bind_int64 (stmt->handle, index, value->number);
  if (value->letter == 's')
    return sqlite3_bind_text64 (stmt->handle, index, value->data, value->length, copy, SQLITE_UTF8);
  return sqlite3_bind_blob64 (stmt->handle, index, value->data, value->length, copy);
}

TwStep
tw_stmt_sqlite_step (TwStmt *base, GError **error)
{
  TwStmtSqlite *stmt = (TwStmtSqlite *) base;
  TwDbSqlite *self = tw_db_sqlite_of (base->db);
  int rc = sqlite3_step (stmt->handle);

  if (rc == SQLITE_ROW)
    return TW_STEP_ROW;
  if (rc == SQLITE_DONE)
    {
      sqlite3_reset (stmt->handle);
      return TW_STEP_DONE;
    }
  tw_db_sqlite_fail (self->sqlite, rc, base->sql, error);
  sqlite3_reset (stmt->handle);
  return TW_STEP_ERROR;
}

void
tw_stmt_sqlite_reset_all (TwDb *db)
{
  sqlite3_stmt *handle = NULL;

  while ((handle = sqlite3_next_stmt (tw_db_sqlite_of (db)->sqlite, handle)) != NULL)
    if (sqlite3_stmt_busy (handle))
      sqlite3_reset (handle);
}

TwStep
tw_stmt_sqlite_start (TwStmt *base, gboolean keep, const TwValue *values, int n, GError **error)
{
  TwStmtSqlite *stmt = (TwStmtSqlite *) base;
  int rc;

  if (n != stmt->n_parameters)
    {
      g_set_error (error, TW_ERROR, TW_ERROR_INTERNAL, "%d values for %d parameters: %s", n,
                   stmt->n_parameters, base->sql);
      return TW_STEP_ERROR;
    }
  for (int i = 0; i < n; i++)
    {
      rc = bind_one (stmt, stmt->index_of[i], &values[i], keep);
      if (rc != SQLITE_OK)
        {
          tw_db_sqlite_fail (NULL, rc, base->sql, error);
          return TW_STEP_ERROR;
        }
    }
  if (base->db->reading && !sqlite3_stmt_readonly (stmt->handle))
    {
      tw_db_sqlite_fail (NULL, SQLITE_READONLY, base->sql, error);
      return TW_STEP_ERROR;
    }
  rc = sqlite3_step (stmt->handle);
  if (rc == SQLITE_BUSY_SNAPSHOT && !base->db->in_transaction)
    {
      /* A reader that was left unfinished holds an old view, from which nobody can write. */
      tw_stmt_sqlite_reset_all (base->db);
      rc = sqlite3_step (stmt->handle);
    }
  if (rc == SQLITE_ROW)
    return TW_STEP_ROW;
  if (rc != SQLITE_DONE)
    tw_db_sqlite_fail (tw_db_sqlite_of (base->db)->sqlite, rc, base->sql, error);
  sqlite3_reset (stmt->handle);
  return rc == SQLITE_DONE ? TW_STEP_DONE : TW_STEP_ERROR;
}

void
tw_stmt_sqlite_reset (TwStmt *base)
{
  sqlite3_reset (((TwStmtSqlite *) base)->handle);
}

gboolean
tw_stmt_sqlite_is_null (TwStmt *base, int column)
{
  return sqlite3_column_type (((TwStmtSqlite *) base)->handle, column) == SQLITE_NULL;
}

gint64
tw_stmt_sqlite_int64 (TwStmt *base, int column)
{
  return sqlite3_column_int64 (((TwStmtSqlite *) base)->handle, column);
}

const char *
tw_stmt_sqlite_text (TwStmt *base, int column)
{
  return (const char *) sqlite3_column_text (((TwStmtSqlite *) base)->handle, column);
}

const guint8 *
tw_stmt_sqlite_blob (TwStmt *base, int column, gsize *length)
{
  TwStmtSqlite *stmt = (TwStmtSqlite *) base;
  const guint8 *bytes = sqlite3_column_blob (stmt->handle, column);

  *length = (gsize) sqlite3_column_bytes (stmt->handle, column);
  return bytes;
}

gint64
tw_stmt_sqlite_changes (TwDb *db)
{
  return sqlite3_changes64 (tw_db_sqlite_of (db)->sqlite);
}
