// SPDX-License-Identifier: GPL-3.0-or-later
/* Signed money commands through the socket of the real service, against a bare loop that writes
 * identical rows to plain SQLite. */
#include <stdlib.h>
#include <time.h>

#include "protocol/tw-routes.h"
#include "tw-bench-bare.h"

#define ACCOUNTS 100000
#define SENDERS 256
#define ROUNDS 3

#define BATCH 100
#define BATCH_CONNECTIONS 6
#define BATCH_REQUESTS 16

#define CALLERS 64
#define CALLER_REQUESTS 100

typedef struct
{
  TwBench *bench;
  TwBare *bare;
  TwDb *db;
  char *api;
  guint next_sender;
} Load;

typedef struct
{
  double service_s, bare_s;
  guint n;
  guint64 n_rows, cpu_us, bare_cpu_us;
} Pair;

static GBytes *
make_request (Load *load, guint n_commands)
{
  g_autoptr (GPtrArray) commands =
    g_ptr_array_new_with_free_func ((GDestroyNotify) tw_command_free);
  TwBenchPerson *sender = tw_bench_person (load->bench, load->next_sender++ % SENDERS);

  for (guint i = 0; i < n_commands; i++)
    g_ptr_array_add (commands, tw_bench_pay (load->bench, sender));
  return tw_bench_request (sender, commands);
}

/* The connections in turn, as they will be used: an id begins with the time it was made at, and in
 * life what is sent at about the same time was made at about the same time. */
static void
make_requests (Load *load, GPtrArray **all, guint n_connections, guint n_requests, guint n_commands)
{
  for (guint i = 0; i < n_connections; i++)
    all[i] = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  for (guint j = 0; j < n_requests; j++)
    for (guint i = 0; i < n_connections; i++)
      g_ptr_array_add (all[i], make_request (load, n_commands));
}

static guint64
thread_cpu_us (void)
{
  struct timespec spent;

  clock_gettime (CLOCK_THREAD_CPUTIME_ID, &spent);
  return (guint64) spent.tv_sec * G_USEC_PER_SEC + (guint64) spent.tv_nsec / 1000;
}

/* The service does it; then the bare loop writes what the service has written. */
static Pair
run_pair (Load *load, guint connections, guint requests, guint a_request)
{
  g_autofree GPtrArray **all = g_new0 (GPtrArray *, connections);
  g_autoptr (TwBenchRun) run = NULL;
  guint64 cpu_us, commits;
  Pair pair = { 0 };

  make_requests (load, all, connections, requests, a_request);
  commits = tw_bench_metric (load->bench, "tax_wallet_commits_total");
  cpu_us = tw_bench_service_cpu_us (load->bench);
  run = tw_bench_drive (load->api, all, connections);
  pair.cpu_us = tw_bench_service_cpu_us (load->bench) - cpu_us;
  commits = tw_bench_metric (load->bench, "tax_wallet_commits_total") - commits;
  for (guint i = 0; i < connections; i++)
    g_ptr_array_unref (all[i]);
  pair.n = connections * requests * a_request;
  pair.service_s = run->wall_s;
  if (run->n_done != pair.n || tw_bare_load (load->bare, load->db) != pair.n)
    g_error ("Only %u of %u commands were done", run->n_done, pair.n);
  pair.bare_cpu_us = thread_cpu_us ();
  pair.bare_s = tw_bare_replay (load->bare, a_request, &pair.n_rows);
  pair.bare_cpu_us = thread_cpu_us () - pair.bare_cpu_us;
  g_print ("  service %.3f s (%.0f/s, %.0f us CPU each, %.1f a commit; p50 %.1f ms, p99 %.1f ms a "
           "request), bare %.3f s (%.0f/s, %.0f us CPU each), ratio %.2f\n",
           pair.service_s, pair.n / pair.service_s, (double) pair.cpu_us / pair.n,
           (double) pair.n / (double) MAX (commits, 1),
           (double) tw_bench_percentile (run->latency_us, 0.5) / 1e3,
           (double) tw_bench_percentile (run->latency_us, 0.99) / 1e3, pair.bare_s,
           pair.n / pair.bare_s, (double) pair.bare_cpu_us / pair.n, pair.bare_s / pair.service_s);
  return pair;
}

/* The sum over the rounds: what is measured in pairs is told as one ratio. */
static double
run_rounds (Load *load, guint connections, guint requests, guint a_request)
{
  Pair sum = { 0 };

  for (int i = 0; i < ROUNDS; i++)
    {
      Pair pair = run_pair (load, connections, requests, a_request);

      sum.service_s += pair.service_s;
      sum.bare_s += pair.bare_s;
      sum.n += pair.n;
      sum.n_rows += pair.n_rows;
    }
  g_print ("  rows an operation: %.2f\n", (double) sum.n_rows / sum.n);
  return sum.bare_s / sum.service_s;
}

int
main (void)
{
  Load load = { .bench = tw_bench_new () };
  g_autoptr (GError) error = NULL;
  guint accounts = tw_bench_get_number ("TW_BENCH_ACCOUNTS", ACCOUNTS);
  double batch, single;

  tw_bench_add_people (load.bench, accounts, SENDERS);
  g_print ("accounts: %u; fsync rate: %.0f/s\n", accounts, tw_bare_fsync_rate (load.bench));
  load.bare = tw_bare_new (load.bench);
  load.api = g_build_filename (load.bench->sockets, TW_SOCKET_API, NULL);
  tw_bench_start (load.bench, NULL);
  load.db = tw_db_open_readonly (
    load.bench->url, tw_key_peek (tw_keys_get (load.bench->keys, TW_KEY_SQLITE)), &error);
  g_assert_no_error (error);

  g_print ("%d commands a request on %d connections; bare loop at %d a commit\n", BATCH,
           BATCH_CONNECTIONS, BATCH);
  batch = run_rounds (&load, BATCH_CONNECTIONS,
                      tw_bench_get_number ("TW_BENCH_REQUESTS", BATCH_REQUESTS), BATCH);
  g_print ("one command a request, %d callers; bare loop at one a commit\n", CALLERS);
  single = run_rounds (&load, CALLERS, CALLER_REQUESTS, 1);

  tw_bench_stop (load.bench);
  tw_bench_verify (load.bench);
  tw_bench_check ("money commands, 100 a request, to a bare loop", batch, FALSE, 0.45);
  tw_bench_check ("money commands, one a request, to a bare loop", single, FALSE, 2.0);
  tw_db_close (load.db);
  tw_bare_free (load.bare);
  tw_bench_free (load.bench);
  g_free (load.api);
  return tw_bench_finish ();
}
