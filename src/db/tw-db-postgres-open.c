// SPDX-License-Identifier: GPL-3.0-or-later
/* The connection to PostgreSQL: settings, errors, transactions, and what to do when it is lost. */
#include "db/tw-db-postgres-private.h"

#include <sys/socket.h>

#define SETTINGS                                                                                   \
  "SET synchronous_commit = on;"                                                                   \
  "SET standard_conforming_strings = on;"                                                          \
  "SET bytea_output = hex;"                                                                        \
  "SET client_min_messages = warning;"                                                             \
  "SET lock_timeout = '5s';"                                                                       \
  "SET idle_in_transaction_session_timeout = '60s';"

static TwError
code_of (const char *state)
{
  static const struct
  {
    const char *prefix;
    TwError code;
  } codes[] = {
    { "23", TW_ERROR_CONFLICT },       /* a constraint */
    { "40001", TW_ERROR_CONFLICT },    /* can't be serialized */
    { "40P01", TW_ERROR_CONFLICT },    /* deadlock */
    { "42804", TW_ERROR_CONFLICT },    /* a table got another column: tw-db-postgres-records.c */
    { "55P03", TW_ERROR_BUSY },        /* waited too long for a lock */
    { "57014", TW_ERROR_BUSY },        /* cancelled */
    { "53", TW_ERROR_BUSY },           /* disk full, out of memory, too many connections */
    { "57P", TW_ERROR_UNREACHABLE },   /* shut down, starting */
    { "08P01", TW_ERROR_INTERNAL },    /* a wrong number of values */
    { "08", TW_ERROR_UNREACHABLE },    /* connection */
    { "25P03", TW_ERROR_UNREACHABLE }, /* idle for too long inside a transaction */
    { "42501", TW_ERROR_DENIED },      { "25006", TW_ERROR_DENIED }, /* read-only transaction */
    { "XX001", TW_ERROR_DAMAGED },     { "XX002", TW_ERROR_DAMAGED },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (codes); i++)
    if (g_str_has_prefix (state, codes[i].prefix))
      return codes[i].code;
  return TW_ERROR_INTERNAL;
}

gboolean
tw_db_postgres_fail (TwDbPostgres *self, PGresult *result, const char *what, GError **error)
{
  const char *state = result != NULL ? PQresultErrorField (result, PG_DIAG_SQLSTATE) : NULL;
  const char *detail = result != NULL ? PQresultErrorField (result, PG_DIAG_MESSAGE_PRIMARY) : NULL;
  TwError code = state != NULL ? code_of (state) : TW_ERROR_INTERNAL;
  g_autofree char *words = g_strdup (detail != NULL ? detail : PQerrorMessage (self->connection));

  g_strstrip (words);
  if (PQstatus (self->connection) == CONNECTION_BAD)
    code = TW_ERROR_UNREACHABLE;
  switch (code)
    {
    case TW_ERROR_UNREACHABLE:
      g_set_error (error, TW_ERROR, code, _ ("The database can’t be reached: %s"), words);
      break;
    case TW_ERROR_CONFLICT:
      g_set_error (error, TW_ERROR, code, _ ("The database refused the change: %s."), words);
      break;
    case TW_ERROR_BUSY:
      g_set_error (error, TW_ERROR, code, _ ("The database is busy or full: %s."), words);
      break;
    case TW_ERROR_DENIED:
      g_set_error (error, TW_ERROR, code, _ ("The database may only be read: %s."), words);
      break;
    case TW_ERROR_DAMAGED:
      g_set_error (error, TW_ERROR, code, _ ("The database is damaged: %s (%s)."), words, what);
      break;
    default:
      g_set_error (error, TW_ERROR, code, _ ("The database failed: %s (%s)."), words, what);
    }
  return FALSE;
}

static gboolean
run_text (TwDbPostgres *self, const char *sql, GError **error)
{
  PGresult *result = PQexec (self->connection, sql);
  ExecStatusType status = PQresultStatus (result);
  gboolean done =
    status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK || status == PGRES_EMPTY_QUERY;

  if (!done)
    tw_db_postgres_fail (self, result, sql, error);
  PQclear (result);
  return done;
}

static gboolean
set_up (TwDbPostgres *self, GError **error)
{
  self->generation++;
  return run_text (self, SETTINGS, error) &&
         (!self->base.read_only ||
          run_text (self, "SET default_transaction_read_only = on", error));
}

/* A lost connection is made anew, but not inside a transaction: that is gone with it. */
gboolean
tw_db_postgres_connect (TwDbPostgres *self, GError **error)
{
  if (PQstatus (self->connection) == CONNECTION_OK)
    return TRUE;
  if (self->base.in_transaction || g_atomic_int_get (&self->abandoned))
    return tw_db_postgres_fail (self, NULL, "", error);
  PQreset (self->connection);
  if (PQstatus (self->connection) != CONNECTION_OK)
    return tw_db_postgres_fail (self, NULL, "", error);
  return set_up (self, error);
}

static gboolean
on_exec (TwDb *db, const char *sql, GError **error)
{
  TwDbPostgres *self = tw_db_postgres_of (db);

  return tw_db_postgres_connect (self, error) && tw_db_postgres_end_late (self, error) &&
         run_text (self, sql, error);
}

static gboolean
on_begin (TwDb *db, TwBegin how, GError **error)
{
  static const char *const words[] = {
    [TW_BEGIN_WRITE] = "BEGIN ISOLATION LEVEL SERIALIZABLE",
    /* The view is taken by the first statement, not by BEGIN. */
    [TW_BEGIN_READ] = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SELECT 1",
    [TW_BEGIN_SCHEMA] = "BEGIN ISOLATION LEVEL READ COMMITTED",
  };
  TwDbPostgres *self = tw_db_postgres_of (db);
  g_autoptr (GError) lost = NULL;

  if (on_exec (db, words[how], &lost))
    return TRUE;
  /* An idle connection may have died long ago. Nothing can have happened: try on a new one. */
  if (PQstatus (self->connection) == CONNECTION_BAD)
    return on_exec (db, words[how], error);
  g_propagate_error (error, g_steal_pointer (&lost));
  return FALSE;
}

static gboolean
on_commit (TwDb *db, GError **error)
{
  TwDbPostgres *self = tw_db_postgres_of (db);
  PGresult *result;
  gboolean done;

  if (!tw_db_postgres_end_late (self, error))
    return FALSE;
  result = PQexec (self->connection, "COMMIT");
  done =
    PQresultStatus (result) == PGRES_COMMAND_OK && strcmp (PQcmdStatus (result), "COMMIT") == 0;

  if (!done)
    tw_db_postgres_fail (self, result, "COMMIT", error);
  PQclear (result);
  return done;
}

static void
on_rollback (TwDb *db)
{
  TwDbPostgres *self = tw_db_postgres_of (db);

  gboolean late = tw_db_postgres_forget_late (self);

  if (PQstatus (self->connection) != CONNECTION_OK)
    return;
  if (PQtransactionStatus (self->connection) != PQTRANS_IDLE)
    run_text (self, "ROLLBACK", NULL);
  /* What came after an error was not even prepared: nobody knows any more what is. */
  if (late && run_text (self, "DEALLOCATE ALL", NULL))
    self->generation++;
}

static gboolean
on_backup (TwDb *db, const char *path, GError **error)
{
  g_set_error (error, TW_ERROR, TW_ERROR_INVALID,
               _ ("A PostgreSQL database is backed up with pg_dump or pg_basebackup."));
  return FALSE;
}

static void
on_close (TwDb *db)
{
  TwDbPostgres *self = tw_db_postgres_of (db);

  PQfinish (self->connection);
  g_clear_error (&self->late_error);
  g_free (self);
}

/* The socket is shut, and stays open until its own thread closes it. */
static void
on_abandon (TwDb *db)
{
  TwDbPostgres *self = tw_db_postgres_of (db);
  int fd = PQsocket (self->connection);

  g_atomic_int_set (&self->abandoned, TRUE);
  if (fd >= 0)
    shutdown (fd, SHUT_RDWR);
}

static void
on_set_late (TwDb *db, gboolean late)
{
  tw_db_postgres_of (db)->late = late;
}

static const TwDbOps postgres_ops = {
  .engine = TW_DB_POSTGRES,
  .close = on_close,
  .exec = on_exec,
  .prepare = tw_stmt_postgres_prepare,
  .finalize = tw_stmt_postgres_finalize,
  .start = tw_stmt_postgres_start,
  .step = tw_stmt_postgres_step,
  .reset = tw_stmt_postgres_reset,
  .reset_all = tw_stmt_postgres_reset_all,
  .is_null = tw_stmt_postgres_is_null,
  .int64 = tw_stmt_postgres_int64,
  .text = tw_stmt_postgres_text,
  .blob = tw_stmt_postgres_blob,
  .changes = tw_stmt_postgres_changes,
  .begin = on_begin,
  .commit = on_commit,
  .rollback = on_rollback,
  .backup = on_backup,
  .wait_notice = tw_db_postgres_wait_notice,
  .abandon = on_abandon,
  .set_late = on_set_late,
  .gather = tw_db_postgres_gather,
  .run_gathered = tw_db_postgres_run_gathered,
  /* Not to_regclass(): it may answer from a cache that is older than the lock. */
  .has_schema_sql =
    "SELECT 1 FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
    "WHERE c.relname = 'schema_version' AND n.nspname = ANY (current_schemas(false))",
  .lock_schema_sql = "SELECT pg_advisory_xact_lock(7809271203)",
};

static void
on_notice (void *data, const PGresult *result)
{
}

TwDb *
tw_db_postgres_open (const char *conninfo, gboolean read_only, GError **error)
{
  /* What comes before "dbname" are defaults, which the conninfo in it overrides. */
  const char *names[] = { "connect_timeout", "tcp_user_timeout", "fallback_application_name",
                          "client_encoding", "dbname",           NULL };
  const char *values[] = { "10", "30000", "tax-wallet", "UTF8", conninfo, NULL };
  TwDbPostgres *self = g_new0 (TwDbPostgres, 1);

  tw_db_init (&self->base, &postgres_ops, read_only);
  self->connection = PQconnectdbParams (names, values, TRUE);
  if (PQstatus (self->connection) == CONNECTION_OK)
    {
      PQsetNoticeReceiver (self->connection, on_notice, NULL);
      if (set_up (self, error))
        return &self->base;
    }
  else
    tw_db_postgres_fail (self, NULL, "", error);
  tw_db_close (&self->base);
  return NULL;
}
