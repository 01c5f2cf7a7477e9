// SPDX-License-Identifier: GPL-3.0-or-later
/* What both engines have in common: the state of the connection, and the statements by their text.
 */
#include "db/tw-db-private.h"

static void
stmt_free (gpointer data)
{
  TwStmt *stmt = data;
  char *sql = g_steal_pointer (&stmt->sql);

  tw_insert_free (stmt->insert);
  stmt->db->ops->finalize (stmt);
  g_free (sql);
}

void
tw_db_init (TwDb *db, const TwDbOps *ops, gboolean read_only)
{
  db->ops = ops;
  db->read_only = read_only;
  db->statements = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, stmt_free);
  db->memory = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, g_free);
  db->known = tw_known_new ();
}

void
tw_db_forget_statements (TwDb *db)
{
  memset (db->slots, 0, sizeof db->slots);
  g_hash_table_remove_all (db->statements);
}

static TwDb *
open_url (const char *url, const guint8 *key, gboolean read_only, GError **error)
{
  if (g_str_has_prefix (url, "sqlite:"))
    return tw_db_sqlite_open (url + strlen ("sqlite:"), key, read_only, error);
  if (g_str_has_prefix (url, "postgresql://") || g_str_has_prefix (url, "postgres://") ||
      strchr (url, '=') != NULL)
    return tw_db_postgres_open (url, read_only, error);
  g_set_error_literal (error, TW_ERROR, TW_ERROR_INVALID,
                       _ ("A database is named sqlite:/path/to/file or postgresql://host/name."));
  return NULL;
}

/**
 * tw_db_open:
 * @url: `sqlite:/path/to/file`, `postgresql://…`, or a conninfo of libpq (`host=… dbname=…`)
 * @key: (nullable): 32 bytes that the file is sealed with; %NULL leaves it plain, which only a
 *   benchmark wants. PostgreSQL ignores it.
 *
 * Opens the database; a file that isn't there is created.
 *
 * Returns: (transfer full) (nullable): the connection; %NULL with TW_ERROR_INVALID (the URL),
 *   TW_ERROR_NOT_FOUND (no such folder or no permission), TW_ERROR_WRONG_KEY, TW_ERROR_DAMAGED,
 *   TW_ERROR_BUSY or TW_ERROR_UNREACHABLE
 */
TwDb *
tw_db_open (const char *url, const guint8 *key, GError **error)
{
  return open_url (url, key, FALSE, error);
}

/**
 * tw_db_open_readonly:
 * @url: as in tw_db_open()
 * @key: (nullable): as in tw_db_open()
 *
 * Opens a database that must exist; anything that would change it fails. It needs no lock that a
 * writer could miss.
 *
 * Returns: (transfer full) (nullable): the connection, or %NULL as tw_db_open()
 */
TwDb *
tw_db_open_readonly (const char *url, const guint8 *key, GError **error)
{
  return open_url (url, key, TRUE, error);
}

/**
 * tw_db_close:
 * @db: (transfer full) (nullable): the connection
 *
 * Rolls back what is not committed and closes. All its statements are gone with it.
 */
void
tw_db_close (TwDb *db)
{
  if (db == NULL)
    return;
  if (db->in_transaction)
    tw_db_rollback (db);
  tw_db_forget_statements (db);
  tw_known_free (db->known);
  g_hash_table_unref (db->statements);
  g_hash_table_unref (db->memory);
  db->ops->close (db);
}

TwDbEngine
tw_db_get_engine (TwDb *db)
{
  return db->ops->engine;
}

gboolean
tw_db_check_usable (TwDb *db, GError **error)
{
  if (!db->failed)
    return TRUE;
  g_set_error_literal (error, TW_ERROR, TW_ERROR_INTERNAL,
                       _ ("The transaction failed before and can only be rolled back."));
  return FALSE;
}

/* PostgreSQL refuses everything after a failed statement until a rollback; so does SQLite here. */
gboolean
tw_db_note_failure (TwDb *db)
{
  if (db->in_transaction)
    db->failed = TRUE;
  return FALSE;
}

/**
 * tw_db_exec:
 * @sql: one or several statements without parameters
 *
 * For schemas, settings and savepoints. After a failure inside a transaction, `ROLLBACK TO …` is
 * what this function still takes.
 *
 * Returns: %FALSE with @error set; errors as tw_db_query()
 */
gboolean
tw_db_exec (TwDb *db, const char *sql, GError **error)
{
  gboolean rolls_back = g_ascii_strncasecmp (sql, "ROLLBACK TO", strlen ("ROLLBACK TO")) == 0;

  if (rolls_back)
    db->ops->reset_all (db);
  else if (!tw_db_check_usable (db, error) || !tw_known_write (db, error))
    return FALSE;
  tw_known_forget (db);
  if (!db->ops->exec (db, sql, error))
    {
      tw_db_note_failure (db);
      return FALSE;
    }
  if (rolls_back)
    db->failed = FALSE;
  return TRUE;
}

/* Most texts are literals, so their address finds them; the comparison makes that safe. */
TwStmt *
tw_db_find_statement (TwDb *db, const char *sql, GError **error)
{
  guint slot =
    (guint) (((gsize) sql * G_GUINT64_CONSTANT (0x9E3779B97F4A7C15)) >> 40) & (TW_DB_SLOTS - 1);
  TwStmt *stmt;

  if (db->slots[slot].sql == sql && strcmp (db->slots[slot].stmt->sql, sql) == 0)
    return db->slots[slot].stmt;
  stmt = g_hash_table_lookup (db->statements, sql);
  if (stmt == NULL)
    {
      stmt = db->ops->prepare (db, sql, error);
      if (stmt == NULL)
        return NULL;
      stmt->db = db;
      stmt->sql = g_strdup (sql);
      stmt->only_reads = g_str_has_prefix (sql, "SELECT");
      g_hash_table_insert (db->statements, stmt->sql, stmt);
    }
  db->slots[slot].sql = sql;
  db->slots[slot].stmt = stmt;
  return stmt;
}

static TwStmt *
start (TwDb *db, gboolean keep, const char *sql, const char *format, va_list *from, GError **error)
{
  TwValue values[TW_DB_MAX_PARAMETERS];
  int n = tw_db_collect (values, format, from);
  TwStmt *stmt;

  if (!tw_db_check_usable (db, error))
    return NULL;
  stmt = tw_db_find_statement (db, sql, error);
  if (stmt != NULL)
    {
      if (!tw_known_before (db, stmt, error))
        return NULL;
      if (stmt->open)
        tw_stmt_reset (stmt);
      stmt->first = db->ops->start (stmt, keep, values, n, error);
      stmt->first_pending = TRUE;
      stmt->open = stmt->first == TW_STEP_ROW;
    }
  if (stmt == NULL || stmt->first == TW_STEP_ERROR)
    {
      tw_db_note_failure (db);
      return NULL;
    }
  return stmt;
}

/**
 * tw_db_query:
 * @sql: one statement with parameters `$1`, `$2` …
 * @format: one letter a parameter: `s` const char * (nullable), `i` gint64, `I` const gint64 *
 *   (nullable), `b` GBytes * (nullable)
 *
 * Runs @sql; tw_stmt_step() then yields its rows. The values are copied. Statements are kept by
 * their text and belong to the connection: the returned one is valid until the same text is asked
 * for again or a transaction begins or ends. Outside a transaction an unfinished one holds on to
 * its view of the database: step to the end or call tw_stmt_reset().
 *
 * Inside a transaction any error means that only tw_db_rollback() is left, on both engines.
 *
 * Returns: (transfer none) (nullable): the statement; %NULL with TW_ERROR_CONFLICT (a constraint,
 * or two writers met), TW_ERROR_BUSY (another writer was too long, or the disk is full),
 *   TW_ERROR_DAMAGED, TW_ERROR_WRONG_KEY, TW_ERROR_UNREACHABLE (the connection was lost),
 *   TW_ERROR_DENIED (read-only) or TW_ERROR_INTERNAL (the SQL is wrong)
 */
TwStmt *
tw_db_query (TwDb *db, GError **error, const char *sql, const char *format, ...)
{
  va_list values;
  TwStmt *stmt;

  va_start (values, format);
  stmt = start (db, TRUE, sql, format, &values, error);
  va_end (values);
  return stmt;
}

/**
 * tw_db_run:
 * @sql: as in tw_db_query()
 * @format: as in tw_db_query()
 *
 * Runs @sql to its end; rows, if any, are dropped.
 *
 * Returns: %FALSE with @error set, as tw_db_query()
 */
gboolean
tw_db_run (TwDb *db, GError **error, const char *sql, const char *format, ...)
{
  va_list values;
  TwStmt *stmt;
  TwStep step;

  va_start (values, format);
  stmt = start (db, FALSE, sql, format, &values, error);
  va_end (values);
  if (stmt == NULL)
    return FALSE;
  do
    step = tw_stmt_step (stmt, error);
  while (step == TW_STEP_ROW);
  tw_stmt_reset (stmt);
  return step == TW_STEP_DONE;
}

/**
 * tw_db_changes:
 *
 * Returns: rows that the last INSERT, UPDATE or DELETE of this connection touched
 */
gint64
tw_db_changes (TwDb *db)
{
  return db->ops->changes (db);
}

/**
 * tw_db_set_late:
 * @db: a connection, outside of any transaction
 * @late: whether what tw_db_run() writes inside of one need not be waited for
 *
 * For who writes much at once and tries the whole again when something goes wrong: the error comes
 * with a later call then. Has no effect where there are no ways to be spared.
 */
void
tw_db_set_late (TwDb *db, gboolean late)
{
  g_return_if_fail (!db->in_transaction);

  if (db->ops->set_late != NULL)
    db->ops->set_late (db, late);
}

/**
 * tw_db_get_log_pages:
 * @db: a connection
 *
 * Returns: how long the log was after this connection's last commit, in pages of 4 KiB
 */
guint
tw_db_get_log_pages (TwDb *db)
{
  return db->log_pages;
}

/**
 * tw_db_set_log_limit:
 * @db: a connection
 * @pages: how long the log may be before a commit of this connection moves it, in pages of 4 KiB
 *
 * For a connection whose log another one moves with tw_db_move_log(), so that commits needn't.
 */
void
tw_db_set_log_limit (TwDb *db, guint pages)
{
  db->log_limit = pages;
}

/**
 * tw_db_wait_notice:
 * @db: a connection to PostgreSQL, outside of any transaction, that has said LISTEN
 * @other_fd: ends the waiting too when it can be read; -1: there is none
 * @timeout_ms: how long at most
 * @noticed: (out): whether another connection said NOTIFY; what this one said does not count
 * @error: %TW_ERROR_UNREACHABLE: the connection is lost, and the LISTEN with it
 *
 * A notice is a hint: it may be lost with a connection, or come late.
 *
 * Returns: whether the connection is sound
 */
gboolean
tw_db_wait_notice (TwDb *db, int other_fd, int timeout_ms, gboolean *noticed, GError **error)
{
  g_return_val_if_fail (db->ops->wait_notice != NULL && !db->in_transaction, FALSE);

  *noticed = FALSE;
  return db->ops->wait_notice (db, other_fd, timeout_ms, noticed, error);
}

/**
 * tw_db_move_log:
 * @db: a connection, outside of a transaction
 * @moved: (out) (optional): how many of the log's pages have been moved, by this call and earlier
 *   ones; 0 while somebody else is at it
 * @error: what the file says
 *
 * Moves what is in the log to its place, as far as nobody still reads what stands there. Others go
 * on reading and writing meanwhile.
 *
 * Returns: %FALSE with @error
 */
gboolean
tw_db_move_log (TwDb *db, guint *moved, GError **error)
{
  guint pages = 0;
  gboolean ok;

  g_return_val_if_fail (!db->in_transaction && !db->read_only, FALSE);

  ok = db->ops->move_log == NULL || db->ops->move_log (db, &pages, error);
  if (moved != NULL)
    *moved = pages;
  return ok;
}

/**
 * tw_stmt_step:
 *
 * Returns: TW_STEP_ROW with a row to read, TW_STEP_DONE after the last one, TW_STEP_ERROR with
 * @error set, as tw_db_query()
 */
TwStep
tw_stmt_step (TwStmt *stmt, GError **error)
{
  TwStep step;

  if (stmt->first_pending)
    {
      stmt->first_pending = FALSE;
      return stmt->first;
    }
  if (!stmt->open)
    return TW_STEP_DONE;
  step = stmt->db->ops->step (stmt, error);
  if (step == TW_STEP_ERROR)
    tw_db_note_failure (stmt->db);
  stmt->open = step == TW_STEP_ROW;
  return step;
}

/**
 * tw_stmt_reset:
 *
 * Ends the statement early. What its columns returned is gone.
 */
void
tw_stmt_reset (TwStmt *stmt)
{
  stmt->first_pending = FALSE;
  stmt->open = FALSE;
  stmt->db->ops->reset (stmt);
}

/* Columns count from 0. They may be read while the statement stands on a row. */
gboolean
tw_stmt_is_null (TwStmt *stmt, int column)
{
  g_return_val_if_fail (stmt->open, TRUE);

  return stmt->db->ops->is_null (stmt, column);
}

/**
 * tw_stmt_int64:
 *
 * Returns: the number; 0 for NULL
 */
gint64
tw_stmt_int64 (TwStmt *stmt, int column)
{
  g_return_val_if_fail (stmt->open, 0);

  return stmt->db->ops->int64 (stmt, column);
}

/**
 * tw_stmt_text:
 *
 * Returns: (transfer none) (nullable): the text, valid until the next step; %NULL for NULL
 */
const char *
tw_stmt_text (TwStmt *stmt, int column)
{
  g_return_val_if_fail (stmt->open, NULL);

  return stmt->db->ops->text (stmt, column);
}

/**
 * tw_stmt_blob:
 * @length: (out): in bytes
 *
 * Returns: (transfer none) (nullable): the bytes, valid until the next step; %NULL for NULL, and
 *   never for an empty one
 */
const guint8 *
tw_stmt_blob (TwStmt *stmt, int column, gsize *length)
{
  const guint8 *bytes = NULL;

  *length = 0;
  if (tw_stmt_is_null (stmt, column))
    return NULL;
  bytes = stmt->db->ops->blob (stmt, column, length);
  return bytes != NULL ? bytes : (const guint8 *) "";
}

/**
 * tw_stmt_bytes:
 *
 * Returns: (transfer full) (nullable): a copy of the bytes; %NULL for NULL
 */
GBytes *
tw_stmt_bytes (TwStmt *stmt, int column)
{
  gsize length;
  const guint8 *bytes = tw_stmt_blob (stmt, column, &length);

  return bytes != NULL ? g_bytes_new (bytes, length) : NULL;
}
