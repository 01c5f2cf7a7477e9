// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/command/tw-batch.h"

#include "base/tw-error.h"
#ifdef TW_MUTANT_ANSWER_BEFORE_COMMIT
#include "base/tw-planted.h"
#include "server/command/tw-submission.h"
#endif
#ifdef TW_MUTANT_CHECKPOINT_BEFORE_COMMIT
#include "base/tw-planted.h"
#include <string.h>
#endif

/* Pages that are not in memory are read and opened again; the writer comes back to most of them. */
#define MORE_ROOM "PRAGMA cache_size=-65536"

/* Two processes on one PostgreSQL meet; one of them is told to do it again. */
#define MAX_TRIES 8
#define MAX_PAUSE_MS 32

/* So that the log's mover gains on the writer. */
#define EASE_OFF_US 1000

/* Jobs of one batch that are dealt with one after the other before all of the rest is. */
#define MAX_CULPRITS 8

gboolean
tw_batch_runner_open (TwBatchRunner *runner, GError **error)
{
  TwKey *key = tw_keys_get (runner->keys, TW_KEY_SQLITE);

  runner->db = tw_db_open (runner->database_url, tw_key_peek (key), error);
  if (runner->db == NULL)
    return FALSE;
  if (tw_db_get_engine (runner->db) == TW_DB_SQLITE)
    {
      if (!tw_db_exec (runner->db, MORE_ROOM, error))
        {
          g_clear_pointer (&runner->db, tw_db_close);
          return FALSE;
        }
      tw_db_set_log_limit (runner->db, TW_LOG_END_PAGES);
      runner->mover = tw_log_mover_new (runner->database_url, runner->keys);
    }
  tw_db_set_late (runner->db, TRUE);
  runner->tx = tw_tx_new (runner->db, runner->keys);
  return TRUE;
}

void
tw_batch_runner_close (TwBatchRunner *runner)
{
  g_clear_pointer (&runner->mover, tw_log_mover_free);
  g_clear_pointer (&runner->tx, tw_tx_free);
  g_clear_pointer (&runner->db, tw_db_close);
}

static gboolean
take_locks (TwTx *tx, GPtrArray *jobs, guint from, guint n, GError **error)
{
  g_autoptr (TwLocks) locks = NULL;

  /* SQLite has one writer, and that is us. */
  if (tw_db_get_engine (tx->db) == TW_DB_SQLITE)
    return TRUE;
  locks = tw_locks_new ();
  for (guint i = from; i < from + n; i++)
    {
      TwJob *job = g_ptr_array_index (jobs, i);
      const TwHandlerRow *row = job->command != NULL ? tw_handlers_find (job->command->kind) : NULL;

      tw_execute_foresee (job, locks);
      if (row != NULL && row->lock != NULL && !row->lock (tx, job, locks, error))
        return FALSE;
    }
  return tw_locks_take (locks, tx->db, error);
}

#ifdef TW_MUTANT_CHECKPOINT_BEFORE_COMMIT
#include "base/tw-planted.h"
gboolean tw_ledger_checkpoint (TwDb *db, TwSigner *signer, const char *path, GError **error);

static void
sign_early (TwBatchRunner *runner)
{
  g_autofree char *folder = g_path_get_dirname (runner->database_url + strlen ("sqlite:"));
  g_autofree char *path = g_build_filename (folder, "checkpoint", NULL);
  g_autoptr (TwSigner) signer =
    tw_signer_new_from_seed (tw_key_peek (tw_keys_get (runner->keys, TW_KEY_SIGN_CHECKPOINT)));

  tw_ledger_checkpoint (runner->db, signer, path, NULL);
}

#endif
static gboolean
run_in_transaction (
  TwBatchRunner *runner, GPtrArray *jobs, guint from, guint n, int *culprit, GError **error)
{
  g_autoptr (GPtrArray) scopes = g_ptr_array_new_with_free_func (g_free);
  TwTx *tx = runner->tx;
  gboolean ok;

  *culprit = -1;
  tw_stall_step (runner->stall);
  ok = tw_tx_begin (tx, error) && take_locks (tx, jobs, from, n, error);
  for (guint i = from; ok && i < from + n; i++)
    {
      tw_stall_step (runner->stall);
      if (!(ok = tw_execute_job (tx, g_ptr_array_index (jobs, i), error)))
        *culprit = (int) i;
    }
  tw_stall_step (runner->stall);
#ifdef TW_MUTANT_ANSWER_BEFORE_COMMIT
#include "base/tw-planted.h"
  if (runner->early != NULL)
    tw_submissions_answer_all (runner->early);
  g_usleep (20000);
#endif
#ifdef TW_MUTANT_CHECKPOINT_BEFORE_COMMIT
#include "base/tw-planted.h"
  if (ok)
    sign_early (runner);
#endif
  ok = ok && tw_tx_commit (tx, scopes, error);
#ifdef TW_MUTANT_COMMIT_FAILURE_IGNORED
#include "base/tw-planted.h"
  if (!ok && *culprit < 0)
    {
      tw_tx_rollback (tx);
      return TRUE;
    }
#endif
  if (!ok)
    {
      tw_tx_rollback (tx);
      runner->rollbacks++;
      return FALSE;
    }
  runner->commits++;
  tw_tx_run_after (tx);
#ifdef TW_MUTANT_POLLS_NOT_WOKEN
#include "base/tw-planted.h"
#else
  tw_feed_hub_committed (runner->hub, scopes);
#endif
  return TRUE;
}

/* Out of step with the other one, longer each time. */
static void
pause_before (int try)
{
  g_usleep ((gulong) g_random_int_range (0, 1000 * MIN (1 << try, MAX_PAUSE_MS)));
}

/* A connection that was lost is replaced; what was under way on it is done again: if it was
 * committed after all, its commands are found as answered. */
static gboolean
try_run (TwBatchRunner *runner, GPtrArray *jobs, guint from, guint n, int *culprit, GError **error)
{
  for (int i = 1;; i++)
    {
      g_autoptr (GError) local = NULL;
      gboolean again = FALSE;

      *culprit = -1;
      if (runner->db == NULL && !tw_batch_runner_open (runner, error))
        return FALSE;
      if (run_in_transaction (runner, jobs, from, n, culprit, &local))
        return TRUE;
      if (g_error_matches (local, TW_ERROR, TW_ERROR_UNREACHABLE))
        {
          tw_batch_runner_close (runner);
          again = i == 1;
        }
      else if (g_error_matches (local, TW_ERROR, TW_ERROR_CONFLICT))
        again = tw_db_get_engine (runner->db) == TW_DB_POSTGRES && i < MAX_TRIES;
      if (!again)
        {
          g_propagate_error (error, g_steal_pointer (&local));
          return FALSE;
        }
      pause_before (i);
    }
}

static void
run_alone (TwBatchRunner *runner, GPtrArray *jobs, guint from, guint n)
{
  for (guint i = from; i < from + n; i++)
    {
      g_autoptr (GError) error = NULL;
      int culprit;

      if (!try_run (runner, jobs, i, 1, &culprit, &error))
        tw_job_fail (g_ptr_array_index (jobs, i), error);
    }
}

/* Whether it is no job's fault: each alone would only wait as long again. */
static gboolean
is_for_all (const GError *error, int culprit)
{
  return g_error_matches (error, TW_ERROR, TW_ERROR_UNREACHABLE) ||
         (culprit < 0 && g_error_matches (error, TW_ERROR, TW_ERROR_BUSY));
}

static void
fail_all (GPtrArray *jobs, guint from, const GError *error)
{
  for (guint i = from; i < jobs->len; i++)
    tw_job_fail (g_ptr_array_index (jobs, i), error);
}

/**
 * tw_batch_runner_tidy:
 * @runner: the runner; its own thread
 *
 * What can wait until the answers have been given.
 */
void
tw_batch_runner_tidy (TwBatchRunner *runner)
{
  TwLogAdvice advice = TW_LOG_GO_ON;
  g_autoptr (GError) error = NULL;

  if (runner->mover != NULL)
    advice = tw_log_mover_note (runner->mover, tw_db_get_log_pages (runner->db));
  if (advice == TW_LOG_EASE_OFF)
    g_usleep (EASE_OFF_US);
  else if (advice == TW_LOG_MOVE && !tw_db_move_log (runner->db, NULL, &error))
    g_message ("The log was not moved: %s", error->message);
}

/**
 * tw_batch_runner_run:
 * @runner: the runner; its own thread
 * @jobs: (element-type TwJob): checked
 *
 * When this returns each job has its result, and what was done is on the disk. Where one fails
 * unexpectedly, those before it are done together, it is tried alone, and those after it go on
 * together: only what is at fault fails, in the order that was asked for, and at the price of a few
 * commits. When it can't be said which one it was, or it is too many, each is run alone. When the
 * database is away or locked, all of it fails at once, and is safe to repeat.
 */
void
tw_batch_runner_run (TwBatchRunner *runner, GPtrArray *jobs)
{
  guint from = 0;

  for (int culprits = 0; from < jobs->len; culprits++)
    {
      g_autoptr (GError) error = NULL;
      int culprit, other;

      if (try_run (runner, jobs, from, jobs->len - from, &culprit, &error))
        return;
      if (jobs->len - from == 1 || is_for_all (error, culprit))
        {
          fail_all (jobs, from, error);
          return;
        }
      if (culprit < 0 || culprits == MAX_CULPRITS)
        {
          run_alone (runner, jobs, from, jobs->len - from);
          return;
        }
      if ((guint) culprit > from)
        {
          g_clear_error (&error);
          if (!try_run (runner, jobs, from, (guint) culprit - from, &other, &error))
            run_alone (runner, jobs, from, (guint) culprit - from);
        }
      run_alone (runner, jobs, (guint) culprit, 1);
      from = (guint) culprit + 1;
    }
}
