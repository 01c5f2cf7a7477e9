// SPDX-License-Identifier: GPL-3.0-or-later
/* A command that waits for its code is kept like any other, answered `step_up`; here it comes to
 * its end, once: its answer is written over, and its intent with it. */
#include "base/tw-error.h"
#include "protocol/tw-refusal.h"
#include "server/command/tw-command-private.h"

/* Sets @held to whether the command is held still. */
static gboolean
is_held (TwDb *db, const char *account, const char *id, gboolean *held, GError **error)
{
  TwStmt *stmt = tw_db_query (db, error, "SELECT state FROM command WHERE id = $1 AND account = $2",
                              "ss", id, account);
  TwStep step;

  if (stmt == NULL || (step = tw_stmt_step (stmt, error)) == TW_STEP_ERROR)
    return FALSE;
  *held = step == TW_STEP_ROW && tw_stmt_int64 (stmt, 0) == TW_RESULT_STEP_UP;
  tw_stmt_reset (stmt);
  return TRUE;
}

static gboolean
write_end (TwTx *tx,
           const char *account,
           const char *id,
           const TwResult *result,
           TwIntentState intent,
           GError **error)
{
  g_autofree char *text = tw_result_get_text (result);

  if (!tw_db_run (tx->db, error,
                  "UPDATE command SET state = $3, code = $4, words = $5, result = $6, "
                  "done_at = $7 WHERE id = $1 AND account = $2",
                  "ssisssi", id, account, (gint64) result->state, result->code,
                  tw_result_get_own_words (result), text, tx->now_ms))
    return FALSE;
  if (intent == TW_INTENT_NONE)
    return tw_db_run (tx->db, error, "DELETE FROM intent WHERE account = $1 AND command = $2", "ss",
                      account, id);
  return tw_db_run (tx->db, error,
                    "UPDATE intent SET state = $3 WHERE account = $1 AND command = $2", "ssi",
                    account, id, (gint64) intent);
}

static TwJob *
make_job (TwJob *by, TwCommand *command)
{
  TwCommand *copy =
    tw_command_new (command->id, command->intent, command->kind, command->at_ms, command->body);
  TwJob *job = tw_job_new (tw_actor_ref (by->actor), copy);

  job->kind = tw_kind_find (command->kind);
  job->signature_ok = TRUE;
  job->has_code = TRUE;
  return job;
}

/**
 * tw_held_run:
 * @tx: the transaction
 * @job: the one that has told the code, of the same person
 * @command: (transfer none): what is held
 * @result: (out) (transfer full): how it ended
 * @error: anything unexpected; the transaction must be rolled back
 *
 * Returns: whether the command has its answer
 */
gboolean
tw_held_run (TwTx *tx, TwJob *job, TwCommand *command, TwResult **result, GError **error)
{
  g_autoptr (TwJob) held = make_job (job, command);
  gboolean waits;

  if (!is_held (tx->db, job->account_key, command->id, &waits, error))
    return FALSE;
  if (!waits || held->kind == NULL || tw_handlers_find (command->kind) == NULL)
    {
      g_set_error (error, TW_ERROR, TW_ERROR_INTERNAL, "The command %s is not held", command->id);
      return FALSE;
    }
  if (!tw_execute_run_handler (tx, held, error) ||
      !write_end (tx, job->account_key, command->id, held->result,
                  held->result->state != TW_RESULT_DONE ? TW_INTENT_NONE
                  : held->keep_live                     ? TW_INTENT_LIVE
                                                        : TW_INTENT_DONE,
                  error))
    return FALSE;
  *result = g_steal_pointer (&held->result);
  return TRUE;
}

/**
 * tw_held_refuse:
 * @tx: the transaction
 * @account: whose command
 * @id: the command
 * @code: of protocol/tw-refusal.h
 * @error: the database's
 *
 * Returns: whether it is refused; one that is not held any more stays as it is
 */
gboolean
tw_held_refuse (TwTx *tx, const char *account, const char *id, const char *code, GError **error)
{
  g_autoptr (TwResult) result = tw_result_new (id, TW_RESULT_REFUSED);
  gboolean waits;

  if (!is_held (tx->db, account, id, &waits, error))
    return FALSE;
#ifdef TW_MUTANT_DROPPED_STAYS_HELD
#include "base/tw-planted.h"
  return TRUE;
#endif
  result->code = g_strdup (code);
  result->words = g_strdup (tw_refusal_find (code)->words);
  return !waits || write_end (tx, account, id, result, TW_INTENT_NONE, error);
}

/**
 * tw_held_lock:
 * @tx: the transaction
 * @job: the one that tells the code
 * @command: (transfer none): what is held
 * @locks: the locks of the batch
 * @error: the database's
 *
 * Returns: whether the rows that the held command will touch are named
 */
gboolean
tw_held_lock (TwTx *tx, TwJob *job, TwCommand *command, TwLocks *locks, GError **error)
{
  const TwHandlerRow *row = tw_handlers_find (command->kind);
  g_autoptr (TwJob) held = make_job (job, command);

  return row == NULL || row->lock == NULL || row->lock (tx, held, locks, error);
}
