// SPDX-License-Identifier: GPL-3.0-or-later
/* The writer: batches, what fails in them, what is left after a kill. */
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/tw-clock.h"
#include "base/tw-error.h"
#include "base/tw-uuid.h"
#include "model/tw-message.h"
#include "tw-test-core.h"

static void
get_stats (TwTestCore *core, TwWriterStats *stats)
{
  tw_writer_get_stats (tw_service_get_writer (core->service), stats);
}

/* Holds the writer in a transaction until it is let go, so that what comes meanwhile queues. */
typedef struct
{
  GMutex lock;
  GCond changed;
  gboolean held;
  gboolean let_go;
  gboolean done;
} Gate;

static gboolean
hold (TwTx *tx, gpointer data, GError **error)
{
  Gate *gate = data;

  g_mutex_lock (&gate->lock);
  gate->held = TRUE;
  g_cond_signal (&gate->changed);
  while (!gate->let_go)
    g_cond_wait (&gate->changed, &gate->lock);
  g_mutex_unlock (&gate->lock);
  return TRUE;
}

static void
on_gate (const GError *error, gpointer data)
{
  g_assert_no_error (error);
  ((Gate *) data)->done = TRUE;
}

static void
gate_close (TwTestCore *core, Gate *gate)
{
  g_autoptr (GError) error = NULL;

  tw_writer_submit_call (tw_service_get_writer (core->service), hold, g_main_context_default (),
                         on_gate, gate, &error);
  g_assert_no_error (error);
  g_mutex_lock (&gate->lock);
  while (!gate->held)
    g_cond_wait (&gate->changed, &gate->lock);
  g_mutex_unlock (&gate->lock);
}

static void
gate_open (Gate *gate)
{
  g_mutex_lock (&gate->lock);
  gate->let_go = TRUE;
  g_cond_signal (&gate->changed);
  g_mutex_unlock (&gate->lock);
}

static void
count_answers (GPtrArray *jobs, gpointer data)
{
  g_assert_cmpint (tw_job_result (g_ptr_array_index (jobs, 0))->state, ==, TW_RESULT_DONE);
  (*(int *) data)++;
}

static void
submit_note (TwTestCore *core, const char *kind, const char *note, int *answers)
{
  g_autoptr (GPtrArray) jobs = tw_test_jobs_new ();
  g_autoptr (GError) error = NULL;

  g_ptr_array_add (jobs,
                   tw_test_job (core, TW_ROLE_USER, "a", tw_test_command (kind, "write", note)));
  tw_writer_submit (tw_service_get_writer (core->service), jobs, g_main_context_default (),
                    count_answers, answers, &error);
  g_assert_no_error (error);
}

/* Sixty-four callers with one command each, while the writer is busy: one commit for all of them.
 */
static void
test_group_commit (TwTestCore *core, gconstpointer unused)
{
  TwWriterStats before, after;
  Gate gate = { 0 };
  int answers = 0;

  get_stats (core, &before);
  gate_close (core, &gate);
  for (int i = 0; i < 64; i++)
    {
      g_autofree char *note = g_strdup_printf ("n%d", i);

      submit_note (core, TW_KIND_TICKET_ASK, note, &answers);
    }
  g_assert_cmpint (answers, ==, 0);
  gate_open (&gate);
  while (answers < 64)
    g_main_context_iteration (NULL, TRUE);
  tw_test_wait (&gate.done);
  get_stats (core, &after);
  g_assert_cmpint (after.commits - before.commits, ==, 2);
  g_assert_cmpint (after.done - before.done, ==, 64);
  g_assert_cmpint (after.queued, ==, 0);
  g_assert_cmpint (tw_test_number (core, "SELECT count(*) FROM note"), ==, 64);
}

/* A batch is bounded, whatever has queued. */
static void
test_batch_bound (TwTestCore *core, gconstpointer unused)
{
  TwWriterStats before, after;
  Gate gate = { 0 };
  int answers = 0;

  get_stats (core, &before);
  gate_close (core, &gate);
  for (int i = 0; i < 5; i++)
    {
      g_autoptr (GPtrArray) jobs = tw_test_jobs_new ();
      g_autoptr (GError) error = NULL;

      for (int j = 0; j < 900; j++)
        {
          g_autofree char *note = g_strdup_printf ("n%d-%d", i, j);

          g_ptr_array_add (jobs, tw_test_job (core, TW_ROLE_USER, "a",
                                              tw_test_command (TW_KIND_TICKET_ASK, "write", note)));
        }
      tw_writer_submit (tw_service_get_writer (core->service), jobs, g_main_context_default (),
                        count_answers, &answers, &error);
      g_assert_no_error (error);
    }
  gate_open (&gate);
  while (answers < 5)
    g_main_context_iteration (NULL, TRUE);
  tw_test_wait (&gate.done);
  get_stats (core, &after);
  g_assert_cmpint (after.commits - before.commits, ==, 1 + 3); /* 2 x 900 fit into 2,000 */
}

/* Made before the writer is held up: it may not be for long, or all is turned away for that. */
static GPtrArray *
make_many (TwTestCore *core, int n)
{
  GPtrArray *all = g_ptr_array_new_with_free_func ((GDestroyNotify) g_ptr_array_unref);

  for (int i = 0; i < n; i++)
    {
      GPtrArray *jobs = tw_test_jobs_new ();

      for (int j = 0; j < 1000; j++)
        {
          g_autofree char *note = g_strdup_printf ("n%d-%d", i, j);

          g_ptr_array_add (jobs, tw_test_job (core, TW_ROLE_USER, "a",
                                              tw_test_command (TW_KIND_TICKET_ASK, "write", note)));
        }
      g_ptr_array_add (all, jobs);
    }
  return all;
}

static void
test_turned_away (TwTestCore *core, gconstpointer unused)
{
  g_autoptr (GPtrArray) all = make_many (core, TW_WRITER_MAX_QUEUED / 1000 + 1);
  Gate gate = { 0 };
  int answers = 0, taken = 0;
  gboolean full = FALSE;

  gate_close (core, &gate);
  while (!full)
    {
      g_autoptr (GError) error = NULL;

      g_assert_cmpint (taken, <=, TW_WRITER_MAX_QUEUED / 1000);
      if (tw_writer_submit (tw_service_get_writer (core->service), g_ptr_array_index (all, taken),
                            g_main_context_default (), count_answers, &answers, &error))
        taken++;
      else
        {
          g_assert_error (error, TW_ERROR, TW_ERROR_BUSY);
          full = TRUE;
        }
    }
  g_assert_cmpint (taken, >, 10);
  gate_open (&gate);
  while (answers < taken)
    g_main_context_iteration (NULL, TRUE);
  tw_test_wait (&gate.done);
}

/* One of a batch fails after it has written: it alone fails, leaves nothing, and may be sent again.
 */
static void
test_one_fails (TwTestCore *core, gconstpointer unused)
{
  g_autoptr (GPtrArray) jobs = tw_test_jobs_new ();
  g_autoptr (TwJob) again = NULL;
  TwWriterStats stats;

  for (int i = 0; i < 10; i++)
    {
      const char *what = i == 4 ? "fail" : i == 7 ? "nothing" : i == 8 ? "refuse" : "write";
      g_autofree char *note = g_strdup_printf ("n%d", i);

      g_ptr_array_add (jobs, tw_test_job (core, TW_ROLE_USER, "a",
                                          tw_test_command (TW_KIND_TICKET_ASK, what, note)));
    }
  g_ptr_array_add (
    jobs, tw_test_job (core, TW_ROLE_USER, "a", tw_test_command (TW_KIND_TICKET_ASK, "count", "")));
  tw_test_run (core, jobs);
  for (int i = 0; i < 10; i++)
    {
      TwJob *job = g_ptr_array_index (jobs, i);

      if (i == 4 || i == 7)
        tw_assert_result (job, TW_RESULT_FAILED, "failed");
      else if (i == 8)
        tw_assert_result (job, TW_RESULT_REFUSED, "no_balance");
      else
        tw_assert_result (job, TW_RESULT_DONE, NULL);
    }
  /* The last one saw what those before it had written, and nothing of the failed. */
  g_assert_cmpint (
    json_object_get_int_member (tw_job_result (g_ptr_array_index (jobs, 10))->result, "notes"), ==,
    7);
  g_assert_cmpint (tw_test_number (core, "SELECT count(*) FROM note"), ==, 7);
  g_assert_cmpint (tw_test_number (core, "SELECT count(*) FROM feed"), ==, 7);
  g_assert_cmpint (tw_test_number (core, "SELECT seq FROM scope WHERE id = 'account:a'"), ==, 7);
  g_assert_cmpint (tw_test_number (core, "SELECT count(*) FROM audit"), ==, 7);
  g_assert_cmpint (tw_test_number (core, "SELECT count(*) FROM command"), ==, 9);
  g_assert_cmpint (tw_test_number (core, "SELECT count(*) FROM intent"), ==, 8);
  get_stats (core, &stats);
  g_assert_cmpint (stats.failed, ==, 2);
  g_assert_cmpint (stats.done, ==, 8);
  g_assert_cmpint (stats.refused, ==, 1);
  /* Up to the first bad one, from there to the second, and the rest. */
  g_assert_cmpint (stats.commits, ==, 3);
}

/* So many bad ones that each is run alone in the end. */
static void
test_many_fail (TwTestCore *core, gconstpointer unused)
{
  g_autoptr (GPtrArray) jobs = tw_test_jobs_new ();

  for (int i = 0; i < 60; i++)
    {
      g_autofree char *note = g_strdup_printf ("n%d", i);

      g_ptr_array_add (jobs, tw_test_job (core, TW_ROLE_USER, "a",
                                          tw_test_command (TW_KIND_TICKET_ASK,
                                                           i % 3 == 0 ? "fail" : "write", note)));
    }
  tw_test_run (core, jobs);
  for (int i = 0; i < 60; i++)
    {
      TwJob *job = g_ptr_array_index (jobs, i);

      g_assert_cmpint (tw_job_result (job)->state, ==,
                       i % 3 == 0 ? TW_RESULT_FAILED : TW_RESULT_DONE);
    }
  g_assert_cmpint (tw_test_number (core, "SELECT count(*) FROM note"), ==, 40);
  g_assert_cmpint (tw_test_number (core, "SELECT max(seq) FROM audit"), ==, 40);
}

static gboolean
fail_call (TwTx *tx, gpointer data, GError **error)
{
  g_set_error_literal (error, TW_ERROR, TW_ERROR_DENIED, "no");
  return FALSE;
}

static void
on_failed (const GError *error, gpointer data)
{
  g_assert_error (error, TW_ERROR, TW_ERROR_DENIED);
  *(gboolean *) data = TRUE;
}

static void
test_call_fails (TwTestCore *core, gconstpointer unused)
{
  g_autoptr (GError) error = NULL;
  gboolean done = FALSE;

  tw_writer_submit_call (tw_service_get_writer (core->service), fail_call,
                         g_main_context_default (), on_failed, &done, &error);
  g_assert_no_error (error);
  tw_test_wait (&done);
}

static void
note_it (gpointer data)
{
  g_atomic_int_inc ((int *) data);
}

static int freed, ran;

static void
note_free (gpointer data)
{
  freed++;
}

static gboolean
call_after (TwTx *tx, gpointer data, GError **error)
{
  tw_tx_after_commit (tx, note_it, data, note_free);
  return TRUE;
}

static gboolean
call_after_and_fail (TwTx *tx, gpointer data, GError **error)
{
  tw_tx_after_commit (tx, note_it, &ran, note_free);
  return fail_call (tx, data, error);
}

/* After a commit, never after a rollback; what it was given is freed either way. */
static void
test_after_commit (TwTestCore *core, gconstpointer unused)
{
  g_autoptr (GError) error = NULL;
  gboolean done = FALSE;
  int count = 0;

  freed = ran = 0;
  tw_test_call (core, call_after, &count);
  g_assert_cmpint (count, ==, 1);
  g_assert_cmpint (freed, ==, 1);
  tw_writer_submit_call (tw_service_get_writer (core->service), call_after_and_fail,
                         g_main_context_default (), on_failed, &done, &error);
  g_assert_no_error (error);
  tw_test_wait (&done);
  g_assert_cmpint (ran, ==, 0);
  g_assert_cmpint (freed, ==, 2);
}

/* Stopping finishes what was taken, and takes no more. */
static void
test_stop (TwTestCore *core, gconstpointer unused)
{
  TwWriter *writer = tw_service_get_writer (core->service);
  g_autoptr (GPtrArray) late = tw_test_jobs_new ();
  g_autoptr (GError) error = NULL;
  int answers = 0;

  for (int i = 0; i < 200; i++)
    {
      g_autofree char *note = g_strdup_printf ("n%d", i);

      submit_note (core, i % 2 ? TW_KIND_WALLET_TOP_UP : TW_KIND_TICKET_ASK, note, &answers);
    }
  tw_service_stop (core->service);
  g_ptr_array_add (late, tw_test_job (core, TW_ROLE_USER, "a",
                                      tw_test_command (TW_KIND_TICKET_ASK, "write", "late")));
  g_assert_false (tw_writer_submit (writer, late, NULL, NULL, NULL, &error));
  g_assert_error (error, TW_ERROR, TW_ERROR_BUSY);
  while (answers < 200)
    g_main_context_iteration (NULL, TRUE);
  tw_test_core_restart (core);
  g_assert_cmpint (tw_test_number (core, "SELECT count(*) FROM note"), ==, 200);
}

static void
test_make_id (void)
{
  g_autofree char *subject = tw_uuid_new ();
  g_autofree char *a = tw_writer_make_id ("x", subject), *b = tw_writer_make_id ("x", subject);
  g_autofree char *c = tw_writer_make_id ("y", subject), *d = tw_writer_make_id ("x", "somebody");

  g_assert_true (tw_uuid_is_valid (a));
  g_assert_true (tw_uuid_is_valid (d));
  g_assert_cmpstr (a, ==, b);
  g_assert_cmpstr (a, !=, c);
  /* As ever: what the service has done by itself is known again by its id. */
  g_assert_cmpstr (d, ==, "00000000-0000-7c3d-9c7a-e244102513ed");
  g_assert_cmpint (tw_uuid_get_time_ms (a), ==, tw_uuid_get_time_ms (subject));
}

/* The child of the kill test: writes as fast as it can, and prints each note once it was answered.
 */
static void
print_acknowledged (GPtrArray *jobs, gpointer data)
{
  for (guint i = 0; i < jobs->len; i++)
    {
      const TwResult *result = tw_job_result (g_ptr_array_index (jobs, i));

      g_assert_cmpint (result->state, ==, TW_RESULT_DONE);
      printf ("%s\n", json_object_get_string_member (result->result, "note"));
    }
  fflush (stdout);
  (*(int *) data)++;
}

static int
run_child (const char *url, const char *key_hex)
{
  guint8 bytes[TW_KEY_BYTES];
  TwTestCore core = { 0 };
  int answers = 0, sent = 0;

  for (guint i = 0; i < TW_KEY_BYTES; i++)
    bytes[i] = (guint8) (g_ascii_xdigit_value (key_hex[2 * i]) * 16 +
                         g_ascii_xdigit_value (key_hex[2 * i + 1]));
  core.keys = tw_keys_new_from_master (tw_key_new_from_bytes (bytes, sizeof bytes, NULL));
  core.signer = tw_signer_new ();
  core.public_key = tw_signer_get_public (core.signer);
  core.service = tw_test_core_open (url, core.keys);
  for (;;)
    {
      while (sent - answers < 4)
        {
          g_autoptr (GPtrArray) jobs = tw_test_jobs_new ();

          for (int j = 0; j < 20; j++)
            {
              g_autofree char *note = tw_uuid_new ();

              g_ptr_array_add (
                jobs, tw_test_job (&core, TW_ROLE_USER, "a",
                                   tw_test_command (TW_KIND_WALLET_TOP_UP, "write", note)));
            }
          tw_writer_submit (tw_service_get_writer (core.service), jobs, g_main_context_default (),
                            print_acknowledged, &answers, NULL);
          sent++;
        }
      g_main_context_iteration (NULL, TRUE);
    }
  return 0;
}

static char *
to_hex (TwKey *key)
{
  GString *out = g_string_new (NULL);

  for (int i = 0; i < TW_KEY_BYTES; i++)
    g_string_append_printf (out, "%02x", tw_key_peek (key)[i]);
  return g_string_free (out, FALSE);
}

/* Kills it once it has acknowledged so many, and returns all that it had. */
static GPtrArray *
run_and_kill (const char *url, const char *key_hex, guint after)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GSubprocess) child = g_subprocess_new (
    G_SUBPROCESS_FLAGS_STDOUT_PIPE, &error, "/proc/self/exe", "--child", url, key_hex, NULL);
  g_autoptr (GDataInputStream) lines = NULL;
  GPtrArray *notes = g_ptr_array_new_with_free_func (g_free);
  char *line;

  g_assert_no_error (error);
  lines = g_data_input_stream_new (g_subprocess_get_stdout_pipe (child));
  while ((line = g_data_input_stream_read_line (lines, NULL, NULL, &error)) != NULL)
    {
      g_ptr_array_add (notes, line);
      if (notes->len == after)
        g_subprocess_send_signal (child, SIGKILL);
    }
  g_assert_no_error (error);
  g_subprocess_wait (child, NULL, NULL);
  g_assert_true (g_subprocess_get_if_signaled (child));
  /* The last line may be cut short by the kill. */
  if (strlen (g_ptr_array_index (notes, notes->len - 1)) != TW_UUID_LENGTH)
    g_ptr_array_remove_index (notes, notes->len - 1);
  return notes;
}

static gint64
count_note (TwTestCore *core, const char *note)
{
  g_autofree char *sql = g_strdup_printf ("SELECT count(*) FROM note WHERE id = '%s'", note);

  return tw_test_number (core, sql);
}

/* Killed in the middle of a batch: what was acknowledged is there, and every note has its command,
 * its intent, its object in the feed, and its line of the audit. */
static void
test_kill (TwTestCore *core, gconstpointer unused)
{
  g_autoptr (TwKey) master = tw_key_new_random ();
  g_autofree char *hex = to_hex (master);
  gint64 notes;

  /* The same database, opened by the child with keys of its own from the same master. */
  tw_service_free (core->service);
  tw_keys_unref (core->keys);
  core->keys = tw_keys_new_from_master (master);
  g_free (core->url);
  core->url = g_getenv ("TW_TEST_POSTGRES") != NULL
                ? tw_test_core_new_url (core->folder)
                : g_strdup_printf ("sqlite:%s/killed.db", core->folder);
  for (guint round = 1; round <= 4; round++)
    {
      g_autoptr (GPtrArray) acknowledged = run_and_kill (core->url, hex, 37 * round);

      core->service = tw_test_core_open (core->url, core->keys);
      g_assert_cmpuint (acknowledged->len, >=, 37 * round - 1);
      for (guint i = 0; i < acknowledged->len; i++)
        g_assert_cmpint (count_note (core, g_ptr_array_index (acknowledged, i)), ==, 1);
      notes = tw_test_number (core, "SELECT count(*) FROM note");
      g_assert_cmpint (tw_test_number (core, "SELECT count(*) FROM command"), ==, notes);
      g_assert_cmpint (tw_test_number (core, "SELECT count(*) FROM intent"), ==, notes);
      g_assert_cmpint (tw_test_number (core, "SELECT count(*) FROM feed"), ==, notes);
      g_assert_cmpint (tw_test_number (core, "SELECT seq FROM scope WHERE id = 'account:a'"), ==,
                       notes);
      g_assert_cmpint (tw_test_number (core, "SELECT max(seq) FROM audit"), ==, notes);
      if (round < 4)
        tw_service_free (core->service);
    }
}

#define ADD(name, func)                                                                            \
  g_test_add ("/core/writer/" name, TwTestCore, NULL, tw_test_core_set_up, func,                   \
              tw_test_core_tear_down)

int
main (int argc, char **argv)
{
  if (argc == 4 && strcmp (argv[1], "--child") == 0)
    return run_child (argv[2], argv[3]);
  g_test_init (&argc, &argv, NULL);
  ADD ("group-commit", test_group_commit);
  ADD ("batch-bound", test_batch_bound);
  ADD ("turned-away", test_turned_away);
  ADD ("one-fails", test_one_fails);
  ADD ("many-fail", test_many_fail);
  ADD ("call-fails", test_call_fails);
  ADD ("after-commit", test_after_commit);
  ADD ("stop", test_stop);
  g_test_add_func ("/core/writer/make-id", test_make_id);
  ADD ("kill", test_kill);
  return g_test_run ();
}
