// SPDX-License-Identifier: GPL-3.0-or-later
/* One command inside the transaction: has it been answered before, may it be done, do it, keep the
 * answer. */
#include <string.h>

#include "base/tw-error.h"
#include "protocol/tw-json.h"
#include "protocol/tw-refusal.h"
#include "protocol/tw-routes.h"
#include "server/command/tw-command-private.h"

typedef enum
{
  KNOWN_ERROR = -1,
  KNOWN_NOT,
  KNOWN_ANSWERED,
} Known;

const TwTable tw_command_table = { "command", "id, account, body_hash, state, code, words, result",
                                   "ssbisss", 2 };
const TwTable tw_intent_table = { "intent", "intent, account, state", "ssi", 2 };

static TwResult *
result_from_row (const TwRow *row_of, const char *id)
{
  TwResult *result = tw_result_new (id, (TwResultState) tw_row_int64 (row_of, 3));
  const char *text = tw_row_text (row_of, 6);
  const TwRefusal *row;

#ifdef TW_MUTANT_HALF_AN_ANSWER
#include "base/tw-planted.h"
  text = NULL;
#endif
  result->code = g_strdup (tw_row_text (row_of, 4));
  row = result->code != NULL ? tw_refusal_find (result->code) : NULL;
  result->words = g_strdup (tw_row_text (row_of, 5));
  if (row != NULL)
    {
      result->remedy = g_strdup (row->remedy);
      if (result->words == NULL)
        result->words = g_strdup (row->words);
    }
  if (text != NULL)
    {
      g_autoptr (JsonNode) node = tw_json_parse (text, -1, NULL);

      if (node != NULL && JSON_NODE_HOLDS_OBJECT (node))
        result->result = json_node_dup_object (node);
    }
  return result;
}

/* The id was used before: the same thing again gets the same answer, another thing gets none. */
static Known
look_up (TwTx *tx, TwJob *job, GError **error)
{
  const TwRow *row;
  const guint8 *hash;
  gsize length;

  if (!tw_db_get_row (tx->db, &tw_command_table, &row, error, job->command->id, job->account_key))
    return KNOWN_ERROR;
  if (row == NULL)
    return KNOWN_NOT;
  hash = tw_row_blob (row, 2, &length);
  job->repeated = TRUE;
  if (length == g_bytes_get_size (job->body_hash) &&
      memcmp (hash, g_bytes_get_data (job->body_hash, NULL), length) == 0)
    job->result = result_from_row (row, job->command->id);
  else
    {
      job->changed = TRUE;
      tw_job_refuse (job, "command_changed", NULL);
    }
  return KNOWN_ANSWERED;
}

/* Its answer stays what it is for as long as the program does. */
static gboolean
is_known (TwJob *job)
{
  return job->kind != NULL && tw_handlers_find (job->command->kind) != NULL;
}

/* What is known without looking at the person's things. Returns the code of a refusal, or NULL. */
static const char *
check_admission (TwTx *tx, TwJob *job)
{
  const TwCommand *command = job->command;

  if ((job->kind->roles & job->actor->role) == 0)
    return "not_allowed";
  if (job->actor->role == TW_ROLE_SYSTEM)
    return NULL;
  if (command->at_ms > tx->now_ms + TW_LIMIT_CLOCK_SKEW_MS)
    return "clock";
  if (job->kind->ttl_s > 0 && command->at_ms < tx->now_ms - (gint64) job->kind->ttl_s * 1000)
    return "expired";
  return NULL;
}

static gboolean
check_intent (TwTx *tx, TwJob *job, const char **code, GError **error)
{
  const TwRow *row;

  if (!tw_db_get_row (tx->db, &tw_intent_table, &row, error, job->command->intent,
                      job->account_key))
    return FALSE;
  if (row != NULL)
    *code = tw_row_int64 (row, 2) == TW_INTENT_LIVE ? "intent_live" : "intent_done";
  return TRUE;
}

static TwResult *
copy_result (const TwResult *from)
{
  TwResult *result = tw_result_new (from->id, from->state);

  result->code = g_strdup (from->code);
  result->words = g_strdup (from->words);
  result->remedy = g_strdup (from->remedy);
  result->result = from->result != NULL ? json_object_ref (from->result) : NULL;
  return result;
}

gboolean
tw_execute_run_handler (TwTx *tx, TwJob *job, GError **error)
{
  const TwHandlerRow *row = tw_handlers_find (job->command->kind);

  if (!row->handle (tx, job, error))
    {
      if (error != NULL && *error == NULL)
        g_set_error (error, TW_ERROR, TW_ERROR_INTERNAL, "No reason was given");
      return FALSE;
    }
  if (job->result != NULL)
    return TRUE;
  g_set_error (error, TW_ERROR, TW_ERROR_INTERNAL, "The handler of %s has not ended it",
               job->command->kind);
  return FALSE;
}

/* The handler wants a code first. */
static gboolean
hold (TwTx *tx, TwJob *job, GError **error)
{
  g_autoptr (JsonObject) facts = json_object_new ();
  const char *refusal = NULL;
  TwHold func = tw_handlers_get_hold ();

  if (func == NULL)
    refusal = "not_allowed";
  else if (!func (tx, job, facts, &refusal, error))
    return FALSE;
  if (refusal == NULL)
    {
      job->result->result = g_steal_pointer (&facts);
      return TRUE;
    }
  g_clear_pointer (&job->result, tw_result_free);
  return tw_job_refuse (job, refusal, NULL);
}

static gboolean
decide (TwTx *tx, TwJob *job, GError **error)
{
  const char *code = check_admission (tx, job);

  if (code == NULL && !check_intent (tx, job, &code, error))
    return FALSE;
  if (code != NULL)
    return tw_job_refuse (job, code, NULL);
  if (job->early != NULL)
    {
      job->result = copy_result (job->early);
      return TRUE;
    }
  return tw_execute_run_handler (tx, job, error) &&
         (job->result->state != TW_RESULT_STEP_UP || hold (tx, job, error));
}

/* A guest has no account that rows could belong to: of theirs only what was done is kept. */
static gboolean
is_kept (TwJob *job)
{
  return job->result->state != TW_RESULT_REFUSED || job->actor->role != TW_ROLE_GUEST;
}

/* (transfer full) (nullable): what is kept of a result's facts */
char *
tw_result_get_text (const TwResult *result)
{
  return result->result != NULL ? tw_json_canonical_object (result->result) : NULL;
}

/* (nullable): the words, where they are not those of the code. */
const char *
tw_result_get_own_words (const TwResult *result)
{
  const TwRefusal *row = result->code != NULL ? tw_refusal_find (result->code) : NULL;

  return row == NULL || g_strcmp0 (row->words, result->words) != 0 ? result->words : NULL;
}

/* What the service asks of itself is not counted. */
static gboolean
keep (TwTx *tx, TwJob *job, GError **error)
{
  const TwCommand *command = job->command;
  const TwResult *result = job->result;
  g_autofree char *text = tw_result_get_text (result);
  gboolean live = job->keep_live || result->state == TW_RESULT_STEP_UP;

#ifdef TW_MUTANT_ID_NOT_STORED
#include "base/tw-planted.h"
  return TRUE;
#endif
  if (result->state == TW_RESULT_REFUSED && job->actor->role != TW_ROLE_SYSTEM)
    tw_patience_take (tx->patience, job->account_key, g_get_monotonic_time () / 1000);
  if (!tw_db_insert (
        tx->db, error,
        "INSERT INTO command (account, id, intent, kind, body_hash, at, done_at, state, "
        "code, words, result) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
        "ssssbiiisss", job->account_key, command->id, command->intent, command->kind,
#ifdef TW_MUTANT_REFUSAL_AS_DONE
#include "base/tw-planted.h"
        job->body_hash, command->at_ms, tx->now_ms, (gint64) TW_RESULT_DONE, result->code,
#else
        job->body_hash, command->at_ms, tx->now_ms, (gint64) result->state, result->code,
#endif
        tw_result_get_own_words (result), text))
    return FALSE;
  if (result->state != TW_RESULT_DONE && result->state != TW_RESULT_STEP_UP)
    return TRUE;
  return tw_db_insert (
    tx->db, error, "INSERT INTO intent (account, intent, state, command) VALUES ($1, $2, $3, $4)",
    "ssis", job->account_key, command->intent, (gint64) (live ? TW_INTENT_LIVE : TW_INTENT_DONE),
    command->id);
}

/* Names what will be looked at before it is known what the command is. */
void
tw_execute_foresee (TwJob *job, TwLocks *locks)
{
  if (job->command == NULL)
    return;
  tw_locks_foresee (locks, &tw_command_table, job->command->id, job->account_key);
  tw_locks_foresee (locks, &tw_intent_table, job->command->intent, job->account_key);
}

/**
 * tw_execute_job:
 * @tx: the transaction
 * @job: checked by tw_job_check()
 * @error: anything unexpected; the transaction must be rolled back
 *
 * A row of a command is for good, so not everybody may make us write one. Not kept are: a bad
 * signature, as it may be anybody's and must not use up the id of the command that the person has
 * signed; an unknown kind, whose answer is the same again without a row; and what is refused to a
 * guest. What an account asks for after more refusals than anybody has patience for is put off: no
 * answer may be given that isn't kept, as another service could be doing it at this moment.
 *
 * Returns: %TRUE when the job has its result
 */
gboolean
tw_execute_job (TwTx *tx, TwJob *job, GError **error)
{
  Known known;

  tw_job_reset (job);
  if (job->call != NULL)
    return job->call (tx, job->call_data, error);
  known = look_up (tx, job, error);
  if (known != KNOWN_NOT)
    return known == KNOWN_ANSWERED;
  if (!job->signature_ok)
    return tw_job_refuse (job, "bad_signature", NULL);
  if (!is_known (job))
    return tw_job_refuse (job, "invalid", NULL);
  if (!tw_patience_has (tx->patience, job->account_key, g_get_monotonic_time () / 1000))
    return tw_job_put_off (job, "too_many");
  return decide (tx, job, error) && (!is_kept (job) || keep (tx, job, error));
}
