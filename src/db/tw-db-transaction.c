// SPDX-License-Identifier: GPL-3.0-or-later
/* Transactions, and the steps of a schema, which each are one. */
#include "db/tw-db-private.h"

static void
close_statements (TwDb *db)
{
  GHashTableIter iter;
  gpointer value;

  db->ops->reset_all (db);
  if (g_hash_table_size (db->statements) > TW_DB_MAX_STATEMENTS)
    {
      tw_db_forget_statements (db);
      return;
    }
  g_hash_table_iter_init (&iter, db->statements);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      TwStmt *stmt = value;

      stmt->open = FALSE;
      stmt->first_pending = FALSE;
    }
}

static void
forget_all (TwDb *db)
{
  g_hash_table_remove_all (db->memory);
  tw_known_forget (db);
}

static gboolean
begin (TwDb *db, TwBegin how, GError **error)
{
  g_return_val_if_fail (!db->in_transaction, FALSE);

  close_statements (db);
  if (!db->ops->begin (db, how, error))
    return FALSE;
  db->in_transaction = TRUE;
  forget_all (db);
  db->reading = how == TW_BEGIN_READ;
  db->failed = FALSE;
  return TRUE;
}

/**
 * tw_db_begin:
 *
 * Starts a transaction that writes. On SQLite it holds the one write lock from here on; on
 * PostgreSQL it is SERIALIZABLE, so what is read holds until the commit, or that fails with
 * TW_ERROR_CONFLICT and all of it is to be done again.
 *
 * Returns: %FALSE with @error: TW_ERROR_BUSY, TW_ERROR_UNREACHABLE, or as tw_db_query()
 */
gboolean
tw_db_begin (TwDb *db, GError **error)
{
  return begin (db, TW_BEGIN_WRITE, error);
}

/**
 * tw_db_begin_read:
 *
 * Starts a transaction that sees one state of the database throughout, blocks nobody, and can't
 * write.
 *
 * Returns: %FALSE with @error, as tw_db_begin()
 */
gboolean
tw_db_begin_read (TwDb *db, GError **error)
{
  return begin (db, TW_BEGIN_READ, error);
}

/**
 * tw_db_commit:
 *
 * When this returns %TRUE all of the transaction is on the disk. Otherwise none of it counts and
 * the transaction is over; only with TW_ERROR_UNREACHABLE it is not known which.
 *
 * Returns: %FALSE with @error, as tw_db_query()
 */
gboolean
tw_db_commit (TwDb *db, GError **error)
{
  g_return_val_if_fail (db->in_transaction, FALSE);

  if (db->failed)
    {
      tw_db_rollback (db);
      g_set_error_literal (error, TW_ERROR, TW_ERROR_INTERNAL,
                           _ ("The transaction failed before and can only be rolled back."));
      return FALSE;
    }
  if (!tw_known_write (db, error))
    {
      tw_db_rollback (db);
      return FALSE;
    }
  close_statements (db);
  if (!db->ops->commit (db, error))
    {
      tw_db_rollback (db);
      return FALSE;
    }
  db->in_transaction = FALSE;
  forget_all (db);
  db->reading = FALSE;
  return TRUE;
}

/**
 * tw_db_rollback:
 *
 * Undoes the transaction. Without one it does nothing.
 */
void
tw_db_rollback (TwDb *db)
{
  if (!db->in_transaction)
    return;
  /* What is kept back is kept by statements, which may be forgotten, too. */
  forget_all (db);
  close_statements (db);
  db->ops->rollback (db);
  db->in_transaction = FALSE;
  db->reading = FALSE;
  db->failed = FALSE;
}

/**
 * tw_db_remember:
 * @db: in a transaction
 * @what: a literal: by what name it is recalled
 * @number: what it is now
 *
 * For what nobody else can change before the transaction ends.
 */
void
tw_db_remember (TwDb *db, const char *what, gint64 number)
{
  g_return_if_fail (db->in_transaction);

  g_hash_table_insert (db->memory, (gpointer) what, g_memdup2 (&number, sizeof number));
}

/**
 * tw_db_recall:
 * @db: a connection
 * @what: as in tw_db_remember()
 * @number: (out): what it was last
 *
 * Returns: whether this transaction remembers it
 */
gboolean
tw_db_recall (TwDb *db, const char *what, gint64 *number)
{
  const gint64 *found = g_hash_table_lookup (db->memory, what);

  if (found != NULL)
    *number = *found;
  return found != NULL;
}

gboolean
tw_db_in_transaction (TwDb *db)
{
  return db->in_transaction;
}

/**
 * tw_db_get_schema_version:
 *
 * Returns: the version of the last step that ran, 0 for an empty database; -1 with @error
 */
int
tw_db_get_schema_version (TwDb *db, GError **error)
{
  TwStmt *stmt = tw_db_query (db, error, db->ops->has_schema_sql, "");
  gint64 version = 0;
  TwStep step;

  if (stmt == NULL)
    return -1;
  step = tw_stmt_step (stmt, error);
  tw_stmt_reset (stmt);
  if (step != TW_STEP_ROW)
    return step == TW_STEP_DONE ? 0 : -1;
  stmt = tw_db_query (db, error, "SELECT max(version) FROM schema_version", "");
  if (stmt == NULL)
    return -1;
  step = tw_stmt_step (stmt, error);
  if (step == TW_STEP_ROW)
    version = tw_stmt_int64 (stmt, 0);
  tw_stmt_reset (stmt);
  return step == TW_STEP_ERROR ? -1 : (int) version;
}

/* In a transaction. Another program may have run the step since we looked. */
static gboolean
run_step (TwDb *db, const TwMigration *step, GError **error)
{
  const char *own = db->ops->engine == TW_DB_SQLITE ? step->sqlite_sql : step->postgres_sql;
  const char *sql = own != NULL ? own : step->sql;
  int version;

  if (db->ops->lock_schema_sql != NULL && !tw_db_exec (db, db->ops->lock_schema_sql, error))
    return FALSE;
  version = tw_db_get_schema_version (db, error);
  if (version < 0)
    return FALSE;
  if (version >= step->version)
    return TRUE;
  if (version == 0 &&
      !tw_db_exec (db, "CREATE TABLE IF NOT EXISTS schema_version (version BIGINT PRIMARY KEY)",
                   error))
    return FALSE;
  if (sql != NULL && !tw_db_exec (db, sql, error))
    {
      g_prefix_error (error, _ ("Step %d of the database’s structure failed and was undone: "),
                      step->version);
      return FALSE;
    }
  return tw_db_run (db, error, "INSERT INTO schema_version (version) VALUES ($1)", "i",
                    (gint64) step->version);
}

/**
 * tw_db_migrate:
 * @steps: in ascending order of their versions, which are over 0
 *
 * Runs the steps that the database has not seen, each in a transaction of its own: a failed one
 * leaves no trace, and the ones before it stay. Several programs may do this at the same time.
 *
 * Returns: %FALSE with @error: TW_ERROR_REFUSED if a newer program has written the database,
 *   or as tw_db_query()
 */
gboolean
tw_db_migrate (TwDb *db, const TwMigration *steps, gsize n_steps, GError **error)
{
  int newest = n_steps > 0 ? steps[n_steps - 1].version : 0;
  int version = tw_db_get_schema_version (db, error);

  if (version < 0)
    return FALSE;
  if (version > newest)
    {
      g_set_error (error, TW_ERROR, TW_ERROR_REFUSED,
                   _ ("This data was written by a newer version of Tax Wallet (structure %d, this "
                      "version knows up to %d). Install the newer version to open it."),
                   version, newest);
      return FALSE;
    }
  for (gsize i = 0; i < n_steps; i++)
    {
      g_assert (steps[i].version > (i > 0 ? steps[i - 1].version : 0));
      if (steps[i].version <= version)
        continue;
      if (!begin (db, TW_BEGIN_SCHEMA, error))
        return FALSE;
      if (!run_step (db, &steps[i], error))
        {
          tw_db_rollback (db);
          return FALSE;
        }
      /* What was prepared for the tables as they were is of no use. */
      if (!tw_db_commit (db, error))
        return FALSE;
      tw_db_forget_statements (db);
    }
  return TRUE;
}

/**
 * tw_db_backup:
 * @path: a file that doesn't exist yet
 *
 * Writes a copy of the database as it is now, sealed with the same key, while others go on
 * reading and writing. It appears under its name only when it is whole and on the disk. Not inside
 * a transaction.
 *
 * Returns: %FALSE with @error: TW_ERROR_INVALID on PostgreSQL, which has tools of its own, or as
 *   tw_db_query()
 */
gboolean
tw_db_backup (TwDb *db, const char *path, GError **error)
{
  g_return_val_if_fail (!db->in_transaction, FALSE);

  close_statements (db);
  return db->ops->backup (db, path, error);
}
