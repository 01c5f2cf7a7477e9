// SPDX-License-Identifier: GPL-3.0-or-later
/* Statements whose outcome is looked at later: they are sent one after the other, and the next
 * question, or the end of the transaction, takes all of their answers at once. What went wrong
 * stands for the whole transaction, as it does for one that is waited for. */
#include "db/tw-db-postgres-private.h"

/* So that neither side's buffers grow without bound. */
#define MAX_PENDING 512

static gboolean
fail_late (TwDbPostgres *self, GError **error)
{
  if (error != NULL)
    *error = g_error_copy (self->late_error);
  return FALSE;
}

/* The answer to the oldest one; NULL: the connection is lost. */
static PGresult *
take_one (TwDbPostgres *self)
{
  PGresult *result = PQgetResult (self->connection);
  PGresult *end;

  self->n_pending--;
  if (result == NULL)
    return NULL;
  while ((end = PQgetResult (self->connection)) != NULL)
    {
      PQclear (result);
      result = end;
    }
  return result;
}

/* The first one that went wrong says why; those after it were not looked at by the server. */
static void
note_result (TwDbPostgres *self, PGresult *result)
{
  switch (result != NULL ? PQresultStatus (result) : PGRES_FATAL_ERROR)
    {
    case PGRES_COMMAND_OK:
    case PGRES_TUPLES_OK:
      if (*PQcmdTuples (result) != '\0')
        self->changes = g_ascii_strtoll (PQcmdTuples (result), NULL, 10);
      break;
    default:
      if (self->late_error == NULL)
        tw_db_postgres_fail (self, result, "", &self->late_error);
    }
  PQclear (result);
}

static gboolean
take_but (TwDbPostgres *self, guint n)
{
  while (self->n_pending > n)
    note_result (self, take_one (self));
  return self->late_error == NULL;
}

static gboolean
enter (TwDbPostgres *self, GError **error)
{
  if (!self->piped && PQenterPipelineMode (self->connection) == 0)
    return tw_db_postgres_fail (self, NULL, "", error);
  self->piped = TRUE;
  return TRUE;
}

/**
 * tw_db_postgres_send_late:
 * @self: in a transaction
 * @stmt: what to run
 * @values: for it
 * @error: what has gone wrong with this one or one before it
 *
 * Returns: whether it is under way
 */
gboolean
tw_db_postgres_send_late (TwDbPostgres *self,
                          TwStmtPostgres *stmt,
                          const TwPostgresValues *values,
                          GError **error)
{
  gboolean sent = TRUE;

  if (self->late_error != NULL)
    return fail_late (self, error);
  if (!enter (self, error))
    return FALSE;
  if (stmt->generation != self->generation || strcmp (stmt->format, values->format) != 0)
    {
      g_snprintf (stmt->name, sizeof stmt->name, "tw%u", ++self->serial);
      sent =
        PQsendPrepare (self->connection, stmt->name, stmt->base.sql, values->n, values->types) != 0;
      stmt->generation = self->generation;
      g_strlcpy (stmt->format, values->format, sizeof stmt->format);
      self->n_pending += sent;
    }
  sent = sent && PQsendQueryPrepared (self->connection, stmt->name, values->n, values->values,
                                      values->lengths, values->formats, 0) != 0;
  if (!sent)
    return tw_db_postgres_fail (self, NULL, stmt->base.sql, error);
  self->n_pending++;
  return self->n_pending < MAX_PENDING || tw_db_postgres_take_late (self, error);
}

/* So that the server lets us have what it has answered. */
static gboolean
ask_for_answers (TwDbPostgres *self, GError **error)
{
  return (PQsendFlushRequest (self->connection) != 0 && PQflush (self->connection) == 0) ||
         tw_db_postgres_fail (self, NULL, "", error);
}

/**
 * tw_db_postgres_take_last:
 * @self: a connection that something was sent over
 * @error: what has gone wrong with one before it
 *
 * Returns: (nullable): the answer to what was sent last
 */
PGresult *
tw_db_postgres_take_last (TwDbPostgres *self, GError **error)
{
  PGresult *result;

  if (!ask_for_answers (self, error))
    return NULL;
  take_but (self, 1);
  result = take_one (self);
  if (self->late_error == NULL && result != NULL)
    return result;
  note_result (self, result);
  fail_late (self, error);
  return NULL;
}

/**
 * tw_db_postgres_ask_late:
 * @self: in a transaction
 * @sql: a question
 * @value: its one value
 *
 * Returns: (transfer full) (nullable): the answer; %NULL when the transaction has failed
 */
PGresult *
tw_db_postgres_ask_late (TwDbPostgres *self, const char *sql, const char *value)
{
  PGresult *result;

  if (self->late_error != NULL || !enter (self, NULL) ||
      PQsendQueryParams (self->connection, sql, 1, NULL, &value, NULL, NULL, 0) == 0)
    return NULL;
  self->n_pending++;
  result = tw_db_postgres_take_last (self, NULL);
  if (result == NULL || PQresultStatus (result) == PGRES_TUPLES_OK)
    return result;
  note_result (self, result);
  return NULL;
}

/**
 * tw_db_postgres_take_late:
 * @self: a connection
 * @error: what has gone wrong with anything that was sent
 *
 * Returns: whether all is well so far; nothing is under way any more
 */
gboolean
tw_db_postgres_take_late (TwDbPostgres *self, GError **error)
{
  if (self->n_pending > 0 && self->late_error == NULL)
    ask_for_answers (self, &self->late_error);
  take_but (self, 0);
  return self->late_error == NULL || fail_late (self, error);
}

/**
 * tw_db_postgres_end_late:
 * @self: a connection
 * @error: as tw_db_postgres_take_late()
 *
 * After this the connection takes statements one at a time again, whether all went well or not.
 *
 * Returns: whether it did
 */
gboolean
tw_db_postgres_end_late (TwDbPostgres *self, GError **error)
{
  if (self->piped)
    {
      PQpipelineSync (self->connection);
      take_but (self, 0);
      /* The answer to the sync, which nothing follows. */
      PQclear (PQgetResult (self->connection));
      if (PQexitPipelineMode (self->connection) == 0 && self->late_error == NULL)
        tw_db_postgres_fail (self, NULL, "", &self->late_error);
      self->piped = FALSE;
    }
  return self->late_error == NULL || fail_late (self, error);
}

/* The transaction is over. Returns whether something that was not waited for went wrong in it. */
gboolean
tw_db_postgres_forget_late (TwDbPostgres *self)
{
  gboolean failed = !tw_db_postgres_end_late (self, NULL);

  g_clear_error (&self->late_error);
  self->n_pending = 0;
  return failed;
}
