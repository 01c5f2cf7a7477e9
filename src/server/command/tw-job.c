// SPDX-License-Identifier: GPL-3.0-or-later
#include <string.h>

#include "base/tw-clock.h"
#include "base/tw-error.h"
#include "protocol/tw-refusal.h"
#include "server/command/tw-command-private.h"

/**
 * tw_job_new:
 * @actor: (transfer full): who asks
 * @command: (transfer full): what
 *
 * Returns: (transfer full): a job for the writer
 */
TwJob *
tw_job_new (TwActor *actor, TwCommand *command)
{
  TwJob *job = g_new0 (TwJob, 1);

  g_atomic_ref_count_init (&job->refs);
  job->actor = actor;
  job->command = command;
  job->account_key = tw_actor_get_account_key (actor);
  return job;
}

TwJob *
tw_job_new_call (TwWriteFunc func, gpointer data)
{
  TwJob *job = g_new0 (TwJob, 1);

  g_atomic_ref_count_init (&job->refs);
  job->account_key = g_strdup ("system");
  job->call = func;
  job->call_data = data;
  return job;
}

TwJob *
tw_job_ref (TwJob *job)
{
  g_atomic_ref_count_inc (&job->refs);
  return job;
}

void
tw_job_unref (TwJob *job)
{
  if (!g_atomic_ref_count_dec (&job->refs))
    return;
  g_clear_pointer (&job->actor, tw_actor_unref);
  g_clear_pointer (&job->command, tw_command_free);
  g_free (job->account_key);
  g_free (job->held_payee);
  g_clear_pointer (&job->body_hash, g_bytes_unref);
  if (job->free_prepared != NULL)
    job->free_prepared (job->prepared);
  g_clear_pointer (&job->early, tw_result_free);
  g_clear_pointer (&job->result, tw_result_free);
  g_clear_error (&job->call_error);
  g_free (job);
}

/* Keyed, as it is kept for good: a body may hold a password, and whoever reads the table must not
 * be able to try guesses on it. */
static GBytes *
hash_body (const TwCommand *command, TwKey *lookup)
{
  g_autofree char *text =
    g_strjoin ("\n", "command", command->kind, command->intent, command->body_text, NULL);

  return tw_keyed_hash_bytes (lookup, text);
}

/* The part of the prepare stage that every command goes through; any thread. */
void
tw_job_check (TwJob *job, TwKey *lookup)
{
  TwCommand *command = job->command;

  if (command == NULL || job->body_hash != NULL)
    return;
  job->kind = tw_kind_find (command->kind);
  job->body_hash = hash_body (command, lookup);
  if (job->kind == NULL || !job->kind->sign || job->actor->role == TW_ROLE_SYSTEM)
    job->signature_ok = TRUE;
  else if (command->signature != NULL)
    {
      g_autofree char *text =
        tw_command_get_signing_text (command, job->actor->account_id, job->actor->device_id);

      job->signature_ok =
        tw_signature_verify (job->actor->public_key, command->signature, text, strlen (text));
    }
}

/* Whether there is work in it that the caller's thread should not do. */
gboolean
tw_job_needs_pool (TwJob *job)
{
  const TwKind *kind = job->command != NULL ? tw_kind_find (job->command->kind) : NULL;
  const TwHandlerRow *row = kind != NULL ? tw_handlers_find (kind->name) : NULL;

  return kind != NULL && ((kind->sign && job->actor->role != TW_ROLE_SYSTEM) ||
                          (row != NULL && row->prepare != NULL));
}

void
tw_job_reset (TwJob *job)
{
  g_clear_pointer (&job->result, tw_result_free);
  g_clear_error (&job->call_error);
  job->keep_live = FALSE;
  job->changed = FALSE;
  job->repeated = FALSE;
}

/* Nothing of it was kept; it may be sent again as it is. */
void
tw_job_fail (TwJob *job, const GError *error)
{
  tw_job_reset (job);
  if (job->call != NULL)
    {
      job->call_error = g_error_copy (error);
      return;
    }
  g_message ("The command %s (%s) failed: %s", job->command->id, job->command->kind,
             error->message);
  job->result = tw_result_new (job->command->id, TW_RESULT_FAILED);
  job->result->code = g_strdup ("failed");
  /* A commit that was under way may have been done. */
  job->result->words =
    g_strdup (g_error_matches (error, TW_ERROR, TW_ERROR_UNREACHABLE)
                ? "It is not known yet whether this was done. Asking again tells, and does it once."
                : "This could not be done just now. Nothing was changed.");
  job->result->remedy = g_strdup (TW_REMEDY_RETRY);
}

/* Not looked at just now, and not an answer: the client sends it again as it is. */
gboolean
tw_job_put_off (TwJob *job, const char *code)
{
  tw_job_refuse (job, code, NULL);
  job->result->state = TW_RESULT_FAILED;
  return TRUE;
}

TwActor *
tw_job_actor (TwJob *job)
{
  return job->actor;
}

const TwCommand *
tw_job_command (TwJob *job)
{
  return job->command;
}

JsonObject *
tw_job_body (TwJob *job)
{
  return job->command->body;
}

gpointer
tw_job_prepared (TwJob *job)
{
  return job->prepared;
}

void
tw_job_set_prepared (TwJob *job, gpointer data, GDestroyNotify free_data)
{
  if (job->free_prepared != NULL)
    job->free_prepared (job->prepared);
  job->prepared = data;
  job->free_prepared = free_data;
}

/**
 * tw_job_result:
 * @job: a job
 *
 * Returns: (transfer none) (nullable): how it ended
 */
const TwResult *
tw_job_result (TwJob *job)
{
  return job->result;
}

gboolean
tw_job_is_changed (TwJob *job)
{
  return job->changed;
}

void
tw_job_keep_intent_live (TwJob *job)
{
  job->keep_live = TRUE;
}

static JsonObject *
collect_facts (va_list values)
{
  JsonObject *facts = json_object_new ();
  const char *name;

  while ((name = va_arg (values, const char *)) != NULL)
    {
      const char *type = va_arg (values, const char *);

      if (*type == 's')
        json_object_set_string_member (facts, name, va_arg (values, const char *));
      else if (*type == 'i')
        json_object_set_int_member (facts, name, va_arg (values, gint64));
      else
        g_error ("A fact is \"s\" or \"i\", not \"%s\"", type);
    }
  return facts;
}

static void
end (TwJob *job, TwResult *result)
{
  TwResult **slot = job->preparing ? &job->early : &job->result;

  if (*slot != NULL)
    {
      g_critical ("The command %s was ended twice", result->id);
      tw_result_free (result);
      return;
    }
  *slot = result;
}

gboolean
tw_job_done (TwJob *job, ...)
{
  TwResult *result = tw_result_new (job->command->id, TW_RESULT_DONE);
  va_list values;

  va_start (values, job);
  result->result = collect_facts (values);
  va_end (values);
  end (job, result);
  return TRUE;
}

gboolean
tw_job_step_up (TwJob *job, const char *payee, gint64 amount_fen)
{
  if (job->kind == NULL || !job->kind->step_up || job->has_code)
    g_critical ("The command %s (%s) can't be held", job->command->id, job->command->kind);
  end (job, tw_result_new (job->command->id, TW_RESULT_STEP_UP));
  g_free (job->held_payee);
  job->held_payee = g_strdup (payee);
  job->held_amount_fen = amount_fen;
  return TRUE;
}

/* (transfer none) (nullable) */
const char *
tw_job_get_held_payee (TwJob *job)
{
  return job->held_payee;
}

gint64
tw_job_get_held_amount_fen (TwJob *job)
{
  return job->held_amount_fen;
}

gboolean
tw_job_has_code (TwJob *job)
{
  return job->has_code;
}

gboolean
tw_job_refuse (TwJob *job, const char *code, ...)
{
  TwResult *result = tw_result_new (job->command->id, TW_RESULT_REFUSED);
  const TwRefusal *row = tw_refusal_find (code);
  JsonObject *facts;
  va_list values;

  if (row == NULL)
    g_critical ("No such refusal: %s", code);
  va_start (values, code);
  facts = collect_facts (values);
  va_end (values);
  if (json_object_get_size (facts) > 0)
    result->result = facts;
  else
    json_object_unref (facts);
  result->code = g_strdup (code);
  result->words = row != NULL ? g_strdup (row->words) : NULL;
  result->remedy = g_strdup (row != NULL ? row->remedy : TW_REMEDY_NONE);
  end (job, result);
  return TRUE;
}

gboolean
tw_job_invalid (TwJob *job, GError *error)
{
  TwResult *result = tw_result_new (job->command->id, TW_RESULT_REFUSED);

  result->code = g_strdup ("invalid");
  result->words = g_strdup (error->message);
  result->remedy = g_strdup (TW_REMEDY_EDIT);
  g_error_free (error);
  end (job, result);
  return TRUE;
}
