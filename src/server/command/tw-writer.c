// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/command/tw-writer.h"

#include <string.h>

#include "base/tw-clock.h"
#include "base/tw-error.h"
#include "base/tw-uuid.h"
#include "server/command/tw-batch.h"
#include "server/command/tw-submission.h"

#include <glib/gi18n-lib.h>

/* How long a batch waits for commands that are being prepared. */
#define COMPANY_US 1000

struct _TwWriter
{
  TwBatchRunner runner; /* the writer's thread, once it runs */
  TwPreparer *preparer;
  TwActor *system;
  GThread *thread;

  GMutex lock;
  GCond changed;
  GQueue queue;        /* of TwSubmission, prepared; guarded by the lock */
  gint64 n_waiting;    /* commands between submit and answer; guarded by the lock */
  guint n_submitting;  /* threads that are handing in; guarded by the lock */
  gboolean closed;     /* takes no more; guarded by the lock */
  gboolean ending;     /* ends when the queue is empty; guarded by the lock */
  TwWriterStats stats; /* guarded by the lock */
};

#ifdef TW_MUTANT_LOCKS_IN_TWO_ORDERS
#include "base/tw-planted.h"
static GMutex order_lock; /* before the writer's, or after it */
#endif

static void
on_ready (TwSubmission *submission, gpointer data)
{
  TwWriter *writer = data;

  g_mutex_lock (&writer->lock);
#ifdef TW_MUTANT_LOCKS_IN_TWO_ORDERS
#include "base/tw-planted.h"
  g_mutex_lock (&order_lock);
  g_mutex_unlock (&order_lock);
#endif
  g_queue_push_tail (&writer->queue, submission);
  g_cond_broadcast (&writer->changed);
  g_mutex_unlock (&writer->lock);
}

static guint
count_queued (TwWriter *writer)
{
  guint n = 0;

  for (GList *l = writer->queue.head; l != NULL; l = l->next)
    n += ((TwSubmission *) l->data)->jobs->len;
  return n;
}

/* Who came together commits together: a moment for those whose signatures are being checked just
 * now. A commit costs more than the moment; who comes alone waits for nobody. */
static void
wait_for_company (TwWriter *writer)
{
  gint64 until_us = g_get_monotonic_time () + COMPANY_US;
  guint n = count_queued (writer);

  while (n < writer->n_waiting && n < TW_WRITER_MAX_BATCH && !writer->ending &&
         g_cond_wait_until (&writer->changed, &writer->lock, until_us))
    n = count_queued (writer);
}

/* Takes what has queued, up to a bound; waits while there is nothing. %NULL: it is over. */
static GPtrArray *
take_batch (TwWriter *writer)
{
  GPtrArray *batch = NULL;
  guint n = 0;

#ifdef TW_MUTANT_LOCKS_IN_TWO_ORDERS
#include "base/tw-planted.h"
  g_autoptr (GMutexLocker) order = g_mutex_locker_new (&order_lock);
#endif
  g_mutex_lock (&writer->lock);
  while (g_queue_is_empty (&writer->queue) && !writer->ending)
    g_cond_wait (&writer->changed, &writer->lock);
  wait_for_company (writer);
  while (!g_queue_is_empty (&writer->queue))
    {
      TwSubmission *next = g_queue_peek_head (&writer->queue);

      if (batch != NULL && n + next->jobs->len > TW_WRITER_MAX_BATCH)
        break;
      if (batch == NULL)
        batch = g_ptr_array_new ();
      n += next->jobs->len;
      g_ptr_array_add (batch, g_queue_pop_head (&writer->queue));
    }
  g_mutex_unlock (&writer->lock);
  return batch;
}

static void
count_job (TwWriterStats *stats, const TwJob *job)
{
  if (job->command == NULL)
    return;
  stats->commands++;
  if (job->repeated)
    stats->repeated++;
  else if (job->result->state == TW_RESULT_FAILED)
    stats->failed++;
  else if (job->result->state == TW_RESULT_REFUSED)
    stats->refused++;
  else
    stats->done++;
}

static void
count_batch (TwWriter *writer, GPtrArray *jobs, gint64 busy_us)
{
  g_mutex_lock (&writer->lock);
  for (guint i = 0; i < jobs->len; i++)
    count_job (&writer->stats, g_ptr_array_index (jobs, i));
  writer->stats.commits = writer->runner.commits;
  writer->stats.rollbacks = writer->runner.rollbacks;
  writer->stats.busy_us += busy_us;
  writer->n_waiting -= jobs->len;
  g_mutex_unlock (&writer->lock);
}

static void
run_batch (TwWriter *writer, GPtrArray *batch)
{
  g_autoptr (GPtrArray) jobs = g_ptr_array_new ();
  gint64 start_us = g_get_monotonic_time ();

  for (guint i = 0; i < batch->len; i++)
    g_ptr_array_extend (jobs, ((TwSubmission *) g_ptr_array_index (batch, i))->jobs, NULL, NULL);
#ifdef TW_MUTANT_ANSWER_BEFORE_COMMIT
#include "base/tw-planted.h"
  g_ptr_array_foreach (jobs, (GFunc) tw_job_ref, NULL);
  g_ptr_array_set_free_func (jobs, (GDestroyNotify) tw_job_unref);
  /* A session that is not there yet would only turn its person away. */
  writer->runner.early = ((TwJob *) jobs->pdata[0])->command != NULL ? batch : NULL;
#endif
  tw_batch_runner_run (&writer->runner, jobs);
  tw_stall_end (writer->runner.stall);
  count_batch (writer, jobs, g_get_monotonic_time () - start_us);
#ifdef TW_MUTANT_ANSWER_BEFORE_COMMIT
#include "base/tw-planted.h"
  if (writer->runner.early != NULL)
    return;
#endif
  tw_submissions_answer_all (batch);
  tw_batch_runner_tidy (&writer->runner);
}

static gpointer
run_thread (gpointer data)
{
  TwWriter *writer = data;
  GPtrArray *batch;

  while ((batch = take_batch (writer)) != NULL)
    {
      run_batch (writer, batch);
      g_ptr_array_unref (batch);
    }
  return NULL;
}

/**
 * tw_writer_new:
 * @database_url: as in tw_db_open(); with its tables
 * @keys: (transfer none): the service's keys
 * @hub: (nullable): is told what has changed; must live longer than the writer
 * @error: as tw_db_open()
 *
 * Returns: (transfer full) (nullable): the writer, running
 */
TwWriter *
tw_writer_new (const char *database_url, TwKeys *keys, TwFeedHub *hub, GError **error)
{
  TwWriter *writer = g_new0 (TwWriter, 1);

  g_mutex_init (&writer->lock);
  g_mutex_init (&writer->runner.lock);
  g_cond_init (&writer->changed);
  g_queue_init (&writer->queue);
  writer->runner.database_url = g_strdup (database_url);
  writer->runner.keys = tw_keys_ref (keys);
  writer->runner.hub = hub;
  writer->system = tw_actor_new (TW_ROLE_SYSTEM, "system", "", "", "");
  writer->runner.stall = tw_stall_new ();
  writer->preparer = tw_preparer_new (tw_keys_get (keys, TW_KEY_LOOKUP), on_ready, writer);
  if (!tw_batch_runner_open (&writer->runner, error))
    {
      tw_writer_free (writer);
      return NULL;
    }
  writer->thread = g_thread_new ("tw-writer", run_thread, writer);
  return writer;
}

/**
 * tw_writer_stop:
 * @writer: the writer
 *
 * Takes no more, does what it was given, answers it, and ends. Answers in contexts come when those
 * are next run.
 */
void
tw_writer_stop (TwWriter *writer)
{
  g_mutex_lock (&writer->lock);
  writer->closed = TRUE;
  while (writer->n_submitting > 0)
    g_cond_wait (&writer->changed, &writer->lock);
  g_mutex_unlock (&writer->lock);
  g_clear_pointer (&writer->preparer, tw_preparer_free);
  g_mutex_lock (&writer->lock);
  writer->ending = TRUE;
  g_cond_broadcast (&writer->changed);
  g_mutex_unlock (&writer->lock);
  if (writer->thread != NULL)
    g_thread_join (g_steal_pointer (&writer->thread));
  tw_batch_runner_close (&writer->runner);
}

/**
 * tw_writer_give_up:
 * @writer: the writer; any thread
 *
 * Waits no longer for a database that does not confirm what was written: who has asked hears that
 * it is not known what became of it.
 */
void
tw_writer_give_up (TwWriter *writer)
{
  tw_batch_runner_give_up (&writer->runner);
}

/**
 * tw_writer_free:
 * @writer: (transfer full) (nullable): the writer; stopped first if it still runs
 */
void
tw_writer_free (TwWriter *writer)
{
  if (writer == NULL)
    return;
  tw_writer_stop (writer);
  g_assert (g_queue_is_empty (&writer->queue));
  tw_stall_free (writer->runner.stall);
  tw_actor_unref (writer->system);
  tw_keys_unref (writer->runner.keys);
  g_free (writer->runner.database_url);
  g_mutex_clear (&writer->runner.lock);
  g_mutex_clear (&writer->lock);
  g_cond_clear (&writer->changed);
  g_free (writer);
}

gboolean
tw_writer_is_stalled (TwWriter *writer, GError **error)
{
  if (tw_stall_get_ms (writer->runner.stall) < TW_STALL_MS)
    return FALSE;
  g_set_error_literal (error, TW_ERROR, TW_ERROR_BUSY,
                       N_ ("The service can’t write anything down just now. Nothing was changed. "
                           "Try again in a moment."));
  return TRUE;
}

/* Turned away while it is too much, when nothing gets on, or when the end is near. */
static gboolean
submit (TwWriter *writer, TwSubmission *submission, GError **error)
{
  gboolean closed, full;

  if (tw_writer_is_stalled (writer, error))
    {
      tw_submission_free (submission);
      return FALSE;
    }
  g_mutex_lock (&writer->lock);
  closed = writer->closed;
  full = writer->n_waiting + submission->jobs->len > TW_WRITER_MAX_QUEUED;
  if (!closed && !full)
    {
      writer->n_waiting += submission->jobs->len;
      writer->n_submitting++;
    }
  g_mutex_unlock (&writer->lock);
  if (closed || full)
    {
      g_set_error_literal (error, TW_ERROR, TW_ERROR_BUSY,
                           closed ? N_ ("The service is stopping. Try again in a moment.")
                                  : N_ ("Too much is waiting just now. Try again in a moment."));
      tw_submission_free (submission);
      return FALSE;
    }
  tw_preparer_push (writer->preparer, submission);
  g_mutex_lock (&writer->lock);
  writer->n_submitting--;
  g_cond_broadcast (&writer->changed);
  g_mutex_unlock (&writer->lock);
  return TRUE;
}

static TwSubmission *
new_submission (GPtrArray *jobs, GMainContext *context, gpointer user_data)
{
  TwSubmission *submission = g_new0 (TwSubmission, 1);

  submission->jobs = jobs;
  submission->context = context != NULL ? g_main_context_ref (context) : NULL;
  submission->user_data = user_data;
  return submission;
}

static TwSubmission *
new_single (TwJob *job, GMainContext *context, gpointer user_data)
{
  GPtrArray *jobs = g_ptr_array_new_with_free_func ((GDestroyNotify) tw_job_unref);

  g_ptr_array_add (jobs, job);
  return new_submission (jobs, context, user_data);
}

/**
 * tw_writer_submit:
 * @writer: the writer; any thread
 * @jobs: (transfer none) (element-type TwJob): the commands of one request, done in this order
 * @context: (nullable): where @callback is called; %NULL: in the writer's own thread, which must
 * not be kept waiting
 * @callback: called when all are on the disk or refused
 * @user_data: for @callback
 * @error: %TW_ERROR_BUSY when too much is waiting, or the service stops; @callback is then not
 * called
 *
 * Returns: whether they were taken
 */
gboolean
tw_writer_submit (TwWriter *writer,
                  GPtrArray *jobs,
                  GMainContext *context,
                  TwSubmitFunc callback,
                  gpointer user_data,
                  GError **error)
{
  TwSubmission *submission = new_submission (g_ptr_array_ref (jobs), context, user_data);

  submission->submitted = callback;
  return submit (writer, submission, error);
}

/**
 * tw_writer_submit_as:
 * @writer: the writer; any thread
 * @actor: (transfer none): of role system, with the name that others are to see
 * @kind: a kind of command
 * @id: the attempt: always the same for the same thing, as from tw_writer_make_id()
 * @intent: what it is for
 * @body: (transfer none): what the kind asks for
 * @context: (nullable): as in tw_writer_submit()
 * @callback: (nullable): is given the result
 * @user_data: for @callback
 * @error: as in tw_writer_submit()
 *
 * Returns: whether it was taken
 */
gboolean
tw_writer_submit_as (TwWriter *writer,
                     TwActor *actor,
                     const char *kind,
                     const char *id,
                     const char *intent,
                     JsonObject *body,
                     GMainContext *context,
                     TwResultFunc callback,
                     gpointer user_data,
                     GError **error)
{
  TwCommand *command = tw_command_new (id, intent, kind, tw_clock_now_ms (), body);
  TwSubmission *submission;

  g_return_val_if_fail (actor->role == TW_ROLE_SYSTEM, FALSE);
  submission = new_single (tw_job_new (tw_actor_ref (actor), command), context, user_data);
  submission->answered = callback;
  return submit (writer, submission, error);
}

/**
 * tw_writer_submit_internal:
 *
 * tw_writer_submit_as() the service itself.
 *
 * Returns: whether it was taken
 */
gboolean
tw_writer_submit_internal (TwWriter *writer,
                           const char *kind,
                           const char *id,
                           const char *intent,
                           JsonObject *body,
                           GMainContext *context,
                           TwResultFunc callback,
                           gpointer user_data,
                           GError **error)
{
  return tw_writer_submit_as (writer, writer->system, kind, id, intent, body, context, callback,
                              user_data, error);
}

/**
 * tw_writer_submit_call:
 * @writer: the writer; any thread
 * @func: called in the writer's thread, in a transaction; with others in a batch, and again when
 * that has to be run again, so it must not keep anything of a run before
 * @context: (nullable): as in tw_writer_submit()
 * @callback: (nullable): told when it is on the disk, or why not
 * @user_data: for both; must live until @callback
 * @error: as in tw_writer_submit()
 *
 * Returns: whether it was taken
 */
gboolean
tw_writer_submit_call (TwWriter *writer,
                       TwWriteFunc func,
                       GMainContext *context,
                       TwWroteFunc callback,
                       gpointer user_data,
                       GError **error)
{
  TwSubmission *submission = new_single (tw_job_new_call (func, user_data), context, user_data);

  submission->wrote = callback;
  return submit (writer, submission, error);
}

/**
 * tw_writer_make_id:
 * @what: what is done
 * @subject_id: to what; the time in its id is taken over, so that it sorts beside it
 *
 * Returns: (transfer full): a UUID, always the same one for the same two, so that what the service
 * does by itself is done once
 */
char *
tw_writer_make_id (const char *what, const char *subject_id)
{
  g_autofree char *text = g_strconcat (what, "\n", subject_id, NULL);
  gint64 ms = tw_uuid_is_valid (subject_id) ? tw_uuid_get_time_ms (subject_id) : 0;
  guint8 h[TW_HASH_BYTES];

  tw_hash (text, strlen (text), h);
  return tw_uuid_make (ms, h);
}

void
tw_writer_get_stats (TwWriter *writer, TwWriterStats *stats)
{
  g_mutex_lock (&writer->lock);
  *stats = writer->stats;
  stats->queued = writer->n_waiting;
  g_mutex_unlock (&writer->lock);
  stats->step_ms = tw_stall_get_ms (writer->runner.stall);
}
