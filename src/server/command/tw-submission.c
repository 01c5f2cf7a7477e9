// SPDX-License-Identifier: GPL-3.0-or-later
/* The preparation: signatures in a pool as wide as the machine, in portions; the slow work of a few
 * kinds in a queue of its own, so that nobody's signature waits behind an Argon2id. */
#include "server/command/tw-submission.h"

#define PORTION 32
#define MAX_QUICK_THREADS 8
#define SLOW_THREADS 2

struct _TwPreparer
{
  GThreadPool *quick;
  GThreadPool *slow;
  TwKey *lookup;
  TwReadyFunc ready;
  gpointer data;
};

typedef struct
{
  TwSubmission *submission;
  guint from;
  guint n;
} Portion;

typedef struct
{
  TwSubmission *submission;
  TwJob *job; /* borrowed */
} Slow;

static void
part_done (TwPreparer *preparer, TwSubmission *submission)
{
  if (g_atomic_int_dec_and_test (&submission->pending))
    preparer->ready (submission, preparer->data);
}

static gboolean
wants_slow (TwJob *job)
{
  const TwHandlerRow *row;

  if (job->command == NULL || !job->signature_ok || job->kind == NULL ||
      (job->kind->roles & job->actor->role) == 0)
    return FALSE;
  row = tw_handlers_find (job->kind->name);
  return row != NULL && row->prepare != NULL;
}

static void
check_portion (gpointer data, gpointer user_data)
{
  g_autofree Portion *portion = data;
  TwSubmission *submission = portion->submission;
  TwPreparer *preparer = user_data;

  for (guint i = portion->from; i < portion->from + portion->n; i++)
    {
      TwJob *job = g_ptr_array_index (submission->jobs, i);

      tw_job_check (job, preparer->lookup);
      if (wants_slow (job))
        {
          Slow *slow = g_new (Slow, 1);

          slow->submission = submission;
          slow->job = job;
          g_atomic_int_inc (&submission->pending);
          g_thread_pool_push (preparer->slow, slow, NULL);
        }
    }
  part_done (preparer, submission);
}

static void
prepare_slowly (gpointer data, gpointer user_data)
{
  g_autofree Slow *slow = data;

  slow->job->preparing = TRUE;
  tw_handlers_find (slow->job->kind->name)->prepare (slow->job);
  slow->job->preparing = FALSE;
  part_done (user_data, slow->submission);
}

static gboolean
needs_pool (TwSubmission *submission)
{
  for (guint i = 0; i < submission->jobs->len; i++)
    if (tw_job_needs_pool (g_ptr_array_index (submission->jobs, i)))
      return TRUE;
  return FALSE;
}

/**
 * tw_preparer_push:
 * @preparer: the preparer
 * @submission: (transfer full): what is to be prepared
 *
 * What needs no work is ready before this returns.
 */
void
tw_preparer_push (TwPreparer *preparer, TwSubmission *submission)
{
  guint n = submission->jobs->len;

  if (!needs_pool (submission))
    {
      for (guint i = 0; i < n; i++)
        tw_job_check (g_ptr_array_index (submission->jobs, i), preparer->lookup);
      preparer->ready (submission, preparer->data);
      return;
    }
  submission->pending = (int) ((n + PORTION - 1) / PORTION);
  for (guint from = 0; from < n; from += PORTION)
    {
      Portion *portion = g_new (Portion, 1);

      portion->submission = submission;
      portion->from = from;
      portion->n = MIN (PORTION, n - from);
      g_thread_pool_push (preparer->quick, portion, NULL);
    }
}

TwPreparer *
tw_preparer_new (TwKey *lookup, TwReadyFunc ready, gpointer data)
{
  TwPreparer *preparer = g_new0 (TwPreparer, 1);
  int threads = CLAMP ((int) g_get_num_processors (), 1, MAX_QUICK_THREADS);

  preparer->lookup = tw_key_ref (lookup);
  preparer->ready = ready;
  preparer->data = data;
  preparer->slow = g_thread_pool_new (prepare_slowly, preparer, SLOW_THREADS, FALSE, NULL);
  preparer->quick = g_thread_pool_new (check_portion, preparer, threads, FALSE, NULL);
  return preparer;
}

/* Waits for everything that is in it. */
void
tw_preparer_free (TwPreparer *preparer)
{
  g_thread_pool_free (preparer->quick, FALSE, TRUE);
  g_thread_pool_free (preparer->slow, FALSE, TRUE);
  tw_key_unref (preparer->lookup);
  g_free (preparer);
}

void
tw_submission_free (TwSubmission *submission)
{
  g_ptr_array_unref (submission->jobs);
  g_clear_pointer (&submission->context, g_main_context_unref);
  g_free (submission);
}

/* Calls back, in the thread that this is called from, and ends the submission. */
void
tw_submission_answer (TwSubmission *submission)
{
  TwJob *first = submission->jobs->len > 0 ? g_ptr_array_index (submission->jobs, 0) : NULL;

  if (submission->submitted != NULL)
    submission->submitted (submission->jobs, submission->user_data);
  else if (submission->answered != NULL)
    submission->answered (tw_job_result (first), submission->user_data);
  else if (submission->wrote != NULL)
    submission->wrote (first->call_error, submission->user_data);
  tw_submission_free (submission);
}

static gboolean
answer_list (gpointer data)
{
  GPtrArray *list = data;

  for (guint i = 0; i < list->len; i++)
    tw_submission_answer (g_ptr_array_index (list, i));
  return G_SOURCE_REMOVE;
}

/**
 * tw_submissions_answer_all:
 * @submissions: (element-type TwSubmission): all done; each is taken over
 *
 * Wakes each context once, however many of its callers are answered.
 */
void
tw_submissions_answer_all (GPtrArray *submissions)
{
  g_autoptr (GHashTable) lists = g_hash_table_new (NULL, NULL);
  GHashTableIter iter;
  gpointer context, list;

  for (guint i = 0; i < submissions->len; i++)
    {
      TwSubmission *submission = g_ptr_array_index (submissions, i);

      if (submission->context == NULL)
        {
          tw_submission_answer (submission);
          continue;
        }
      list = g_hash_table_lookup (lists, submission->context);
      if (list == NULL)
        {
          list = g_ptr_array_new ();
          g_hash_table_insert (lists, submission->context, list);
        }
      g_ptr_array_add (list, submission);
    }
  g_hash_table_iter_init (&iter, lists);
  while (g_hash_table_iter_next (&iter, &context, &list))
    {
      g_autoptr (GSource) source = g_idle_source_new ();

      g_source_set_priority (source, G_PRIORITY_DEFAULT);
      g_source_set_callback (source, answer_list, list, (GDestroyNotify) g_ptr_array_unref);
      g_source_attach (source, context);
    }
}
