// SPDX-License-Identifier: GPL-3.0-or-later
/* The first frame of the user's window, with a long history in its store, and what it holds in
 * memory, against an empty window. Runs in a session of its own, with a keyring. */
#include <signal.h>
#include <stdlib.h>

#include "client/keyring/tw-keyring.h"
#include "tw-bench.h"
#include "tw-service-test.h"

#define RECORDS 10000
#define PAYMENTS 200
#define ROUNDS 7
#define SETTLE_MS 1500

/* In practice and in earnest each window has a name in the keyring and a folder. */
#define PROFILE "user"

typedef struct
{
  GArray *frame_us;  /* of gint64 */
  GArray *rss_kib;   /* when the frame was drawn */
  GArray *later_kib; /* when it has come to rest */
} Figures;

static gboolean
is_complete (gpointer status)
{
  gint64 as_of_ms = 0;

  g_object_get (status, "as-of-ms", &as_of_ms, NULL);
  return as_of_ms > 0;
}

static void
keep_secret (GBytes *secret)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  GAsyncResult *slot = NULL;

  tw_keyring_store_async (PROFILE, secret, NULL, tw_test_take_result, &slot);
  result = tw_test_wait_result (&slot);
  tw_keyring_store_finish (result, &error);
  g_assert_no_error (error);
}

/* A person who has used the window before. */
static void
make_profile (TwBench *bench)
{
  TwBenchPerson *who = tw_bench_person (bench, 0);
  guint8 bytes[TW_KEYRING_SECRET_BYTES];
  TwTestPerson person = { .agent = FALSE, .sockets = bench->sockets };
  g_autoptr (GError) error = NULL;

  for (gsize i = 0; i < sizeof bytes; i++)
    bytes[i] = (guint8) g_random_int ();
  person.secret = g_bytes_new (bytes, sizeof bytes);
  person.folder = g_build_filename (g_get_user_data_dir (), "tax-wallet", "real", PROFILE, NULL);
  person.messages = g_ptr_array_new_with_free_func (g_free);
  g_mkdir_with_parents (person.folder, 0700);
  keep_secret (person.secret);
  tw_test_person_open (&person);
  tw_test_person_sign_in (&person, who->phone, TW_BENCH_PASSWORD, &error);
  g_assert_no_error (error);
  tw_test_wait_or_fail (is_complete, person.status, "all that is to be seen");
  tw_test_person_close (&person);
  g_ptr_array_unref (person.messages);
  g_bytes_unref (person.secret);
  g_free (person.folder);
}

static gint64
read_rss_kib (GSubprocess *process)
{
  g_autofree char *path =
    g_strdup_printf ("/proc/%s/status", g_subprocess_get_identifier (process));
  g_autofree char *text = NULL;
  const char *line;

  g_file_get_contents (path, &text, NULL, NULL);
  line = text != NULL ? strstr (text, "VmRSS:") : NULL;
  if (line == NULL)
    g_error ("%s has no VmRSS", path);
  return g_ascii_strtoll (line + strlen ("VmRSS:"), NULL, 10);
}

/* Other lines may come before the one that tells of the frame. */
static gint64
wait_for_frame (GSubprocess *process)
{
  g_autoptr (GDataInputStream) lines =
    g_data_input_stream_new (g_subprocess_get_stderr_pipe (process));
  g_autofree char *line = NULL;
  g_autoptr (GError) error = NULL;

  g_filter_input_stream_set_close_base_stream (G_FILTER_INPUT_STREAM (lines), FALSE);
  while ((line = g_data_input_stream_read_line (lines, NULL, NULL, &error)) != NULL)
    {
      if (g_str_has_prefix (line, "first frame: "))
        return (gint64) (g_ascii_strtod (line + strlen ("first frame: "), NULL) * 1e3);
      g_printerr ("%s\n", line);
      g_clear_pointer (&line, g_free);
    }
  g_error ("The window ended without a frame");
}

static void
look (const char *const *argv, Figures *figures)
{
  g_autoptr (GSubprocessLauncher) launcher =
    g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_STDERR_PIPE);
  g_autofree char *now = g_strdup_printf ("%" G_GINT64_FORMAT, g_get_monotonic_time ());
  g_autoptr (GSubprocess) process = NULL;
  g_autoptr (GError) error = NULL;
  gint64 frame_us, rss_kib;

  g_subprocess_launcher_setenv (launcher, "TW_FRAME_CLOCK", now, TRUE);
  process = g_subprocess_launcher_spawnv (launcher, argv, &error);
  g_assert_no_error (error);
  frame_us = wait_for_frame (process);
  rss_kib = read_rss_kib (process);
  g_array_append_val (figures->frame_us, frame_us);
  g_array_append_val (figures->rss_kib, rss_kib);
  tw_test_spin_ms (SETTLE_MS);
  rss_kib = read_rss_kib (process);
  g_array_append_val (figures->later_kib, rss_kib);
  g_subprocess_send_signal (process, SIGTERM);
  g_subprocess_wait (process, NULL, &error);
  g_assert_no_error (error);
}

static void
figures_init (Figures *figures)
{
  figures->frame_us = g_array_new (FALSE, FALSE, sizeof (gint64));
  figures->rss_kib = g_array_new (FALSE, FALSE, sizeof (gint64));
  figures->later_kib = g_array_new (FALSE, FALSE, sizeof (gint64));
}

static void
say (const char *what, Figures *figures)
{
  g_print ("%-12s first frame p50 %.0f ms (%.0f to %.0f), RSS then %.1f MB, at rest %.1f MB\n",
           what, (double) tw_bench_percentile (figures->frame_us, 0.5) / 1e3,
           (double) tw_bench_percentile (figures->frame_us, 0) / 1e3,
           (double) tw_bench_percentile (figures->frame_us, 1) / 1e3,
           (double) tw_bench_percentile (figures->rss_kib, 0.5) / 1024,
           (double) tw_bench_percentile (figures->later_kib, 0.5) / 1024);
}

static double
ratio (GArray *ours, GArray *empty)
{
  return (double) tw_bench_percentile (ours, 0.5) / (double) tw_bench_percentile (empty, 0.5);
}

int
main (int argc, char **argv)
{
  g_autofree char *program =
    g_build_filename (g_getenv ("TW_BUILDDIR"), "src/client/app/tax-wallet", NULL);
  TwBench *bench = tw_bench_new ();
  const char *const empty_argv[] = { argv[1], NULL };
  const char *const our_argv[] = { program, "--service", bench->sockets, NULL };
  Figures empty, ours;

  g_assert_cmpint (argc, ==, 2);
  tw_bench_add_people (bench, 10, 1);
  tw_bench_show (bench, tw_bench_person (bench, 0), "record", RECORDS);
  tw_bench_show (bench, tw_bench_person (bench, 0), "payment", PAYMENTS);
  tw_bench_start (bench, NULL);
  make_profile (bench);
  figures_init (&empty);
  figures_init (&ours);
  for (int i = 0; i < ROUNDS; i++)
    {
      look (empty_argv, &empty);
      look (our_argv, &ours);
    }
  say ("empty window", &empty);
  say ("user window", &ours);
  tw_bench_check ("time to the first frame, to an empty window",
                  ratio (ours.frame_us, empty.frame_us), TRUE, 2.0);
  tw_bench_check ("RSS, to an empty window", ratio (ours.later_kib, empty.later_kib), TRUE, 1.6);
  tw_bench_free (bench);
  return tw_bench_finish ();
}
