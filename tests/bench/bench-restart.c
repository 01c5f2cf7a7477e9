// SPDX-License-Identifier: GPL-3.0-or-later
/* How long it takes from starting the service again, after kill -9 while people paid, to the first
 * answer to a payment: what the log holds has to be read first. */
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "protocol/tw-routes.h"
#include "tw-bench.h"

#define ACCOUNTS 100000
#define CALLERS 16
#define REQUESTS 30
#define PAYMENTS 20
#define ROUNDS 40
#define LONGEST_LOAD_US 900000

static GBytes *
make_request (TwBench *bench, TwBenchPerson *sender, guint n)
{
  g_autoptr (GPtrArray) commands =
    g_ptr_array_new_with_free_func ((GDestroyNotify) tw_command_free);

  for (guint i = 0; i < n; i++)
    g_ptr_array_add (commands, tw_bench_pay (bench, sender));
  return tw_bench_request (sender, commands);
}

/* A process that pays until the service is gone, or it has nothing left to pay. */
static pid_t
start_load (TwBench *bench, const char *api)
{
  GPtrArray *all[CALLERS];
  pid_t pid;

  for (guint i = 0; i < CALLERS; i++)
    {
      all[i] = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
      for (guint j = 0; j < REQUESTS; j++)
        g_ptr_array_add (all[i], make_request (bench, tw_bench_person (bench, i), PAYMENTS));
    }
  pid = fork ();
  if (pid == 0)
    {
      close (STDERR_FILENO);
      tw_bench_drive (api, all, CALLERS);
      _exit (0);
    }
  for (guint i = 0; i < CALLERS; i++)
    g_ptr_array_unref (all[i]);
  return pid;
}

static void
kill_service (TwBench *bench)
{
  g_subprocess_force_exit (bench->service);
  g_subprocess_wait (bench->service, NULL, NULL);
  g_clear_object (&bench->service);
}

static gint64
restart (TwBench *bench, const char *api)
{
  g_autoptr (GBytes) request = make_request (bench, tw_bench_person (bench, CALLERS), 1);
  gint64 start_us = g_get_monotonic_time ();
  g_autofree char *answer = NULL;

  tw_bench_start (bench, NULL);
  answer = tw_bench_fetch (api, request);
  return g_get_monotonic_time () - start_us;
}

int
main (void)
{
  TwBench *bench = tw_bench_new ();
  GRand *rand = g_rand_new_with_seed (20);
  g_autofree char *api = g_build_filename (bench->sockets, TW_SOCKET_API, NULL);
  g_autoptr (GArray) took_us = g_array_new (FALSE, FALSE, sizeof (gint64));
  guint rounds = tw_bench_get_number ("TW_BENCH_ROUNDS", ROUNDS);

  tw_bench_add_people (bench, tw_bench_get_number ("TW_BENCH_ACCOUNTS", ACCOUNTS), CALLERS + 1);
  tw_bench_start (bench, NULL);
  for (guint i = 0; i < rounds; i++)
    {
      pid_t load = start_load (bench, api);
      gint64 us;

      g_usleep ((gulong) g_rand_int_range (rand, 50000, LONGEST_LOAD_US));
      kill_service (bench);
      kill (load, SIGKILL);
      waitpid (load, NULL, 0);
      us = restart (bench, api);
      g_array_append_val (took_us, us);
    }
  tw_bench_stop (bench);
  tw_bench_verify (bench);
  g_print ("  %u times; p50 %.0f ms, p90 %.0f ms, most %.0f ms\n", took_us->len,
           (double) tw_bench_percentile (took_us, 0.5) / 1e3,
           (double) tw_bench_percentile (took_us, 0.9) / 1e3,
           (double) tw_bench_percentile (took_us, 1) / 1e3);
  tw_bench_check ("seconds from a start after kill -9 to the first answer, p99",
                  (double) tw_bench_percentile (took_us, 0.99) / 1e6, TRUE, 2.0);
  g_rand_free (rand);
  tw_bench_free (bench);
  return tw_bench_finish ();
}
