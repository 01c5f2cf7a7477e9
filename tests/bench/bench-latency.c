// SPDX-License-Identifier: GPL-3.0-or-later
/* How long a single payment takes while 64 others pay, through the socket of the real service on
 * SQLite, which now and then has its log to move. */
#include <stdlib.h>

#include "protocol/tw-routes.h"
#include "tw-bench.h"

#define ACCOUNTS 100000
#define CALLERS 65
#define REQUESTS 200
#define ROUNDS 3

static GPtrArray *
make_payments (TwBench *bench, TwBenchPerson *sender, guint n)
{
  GPtrArray *requests = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);

  for (guint i = 0; i < n; i++)
    {
      g_autoptr (GPtrArray) commands =
        g_ptr_array_new_with_free_func ((GDestroyNotify) tw_command_free);

      g_ptr_array_add (commands, tw_bench_pay (bench, sender));
      g_ptr_array_add (requests, tw_bench_request (sender, commands));
    }
  return requests;
}

/* Each caller is the single one to itself: all of their payments are looked at. */
static double
run_round (TwBench *bench, const char *api, guint n)
{
  GPtrArray *all[CALLERS];
  g_autoptr (TwBenchRun) run = NULL;
  gint64 median_us, p99_us;

  for (guint i = 0; i < CALLERS; i++)
    all[i] = make_payments (bench, tw_bench_person (bench, i), n);
  run = tw_bench_drive (api, all, CALLERS);
  for (guint i = 0; i < CALLERS; i++)
    g_ptr_array_unref (all[i]);
  if (run->n_done != CALLERS * n)
    g_error ("Only %u of %u payments were done", run->n_done, CALLERS * n);
  median_us = tw_bench_percentile (run->latency_us, 0.5);
  p99_us = tw_bench_percentile (run->latency_us, 0.99);
  g_print ("  %.0f/s; p50 %.1f ms, p90 %.1f ms, p99 %.1f ms, p99.9 %.1f ms, most %.1f ms; p99 to "
           "median %.2f\n",
           run->n_done / run->wall_s, (double) median_us / 1e3,
           (double) tw_bench_percentile (run->latency_us, 0.9) / 1e3, (double) p99_us / 1e3,
           (double) tw_bench_percentile (run->latency_us, 0.999) / 1e3,
           (double) tw_bench_percentile (run->latency_us, 1) / 1e3,
           (double) p99_us / (double) median_us);
  return (double) p99_us / (double) median_us;
}

static int
compare_doubles (const void *a, const void *b)
{
  return *(const double *) a < *(const double *) b ? -1 : 1;
}

int
main (void)
{
  TwBench *bench = tw_bench_new ();
  g_autofree char *api = g_build_filename (bench->sockets, TW_SOCKET_API, NULL);
  guint n = tw_bench_get_number ("TW_BENCH_REQUESTS", REQUESTS);
  double ratios[ROUNDS];

  tw_bench_add_people (bench, tw_bench_get_number ("TW_BENCH_ACCOUNTS", ACCOUNTS), CALLERS);
  tw_bench_start (bench, NULL);
  run_round (bench, api, 20); /* pages are read */
  for (int i = 0; i < ROUNDS; i++)
    ratios[i] = run_round (bench, api, n);
  qsort (ratios, ROUNDS, sizeof ratios[0], compare_doubles);
  tw_bench_stop (bench);
  tw_bench_verify (bench);
  /* The middle round: what else the machine does is not the service's. */
  tw_bench_check ("p99 of a payment while 64 others pay, to the median", ratios[ROUNDS / 2], TRUE,
                  3.0);
  tw_bench_free (bench);
  return tw_bench_finish ();
}
