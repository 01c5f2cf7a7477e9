// SPDX-License-Identifier: GPL-3.0-or-later
/* Signed money commands through two services on one PostgreSQL, against pgbench's TPC-B on the same
 * server. A transfer and a TPC-B transaction are alike in what they have to last: a few rows
 * changed and a line added, on the disk before it is answered. Pgbench gets more branches than
 * clients, so that they don't wait for one another, and the number of clients that does most here.
 * pgbench is run with prepared statements and, for comparison, as it comes (every statement is sent
 * as text). Run by with-postgres --fsync. */
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "protocol/tw-routes.h"
#include "tw-bench.h"

#define ACCOUNTS 100000
#define SENDERS 256
#define ROUNDS 3
#define BATCH 100
#define REQUESTS 192 /* of all connections together */

#define SCALE "64"
#define PEER_S 6

typedef struct
{
  TwBench *bench;
  GSubprocess *other;
  char *sockets[3];
  guint next_sender;
  guint connections;
  const char *cluster;
} Load;

static GPtrArray *
make_requests (Load *load, guint n_requests)
{
  GPtrArray *requests = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);

  for (guint i = 0; i < n_requests; i++)
    {
      g_autoptr (GPtrArray) commands =
        g_ptr_array_new_with_free_func ((GDestroyNotify) tw_command_free);
      TwBenchPerson *sender = tw_bench_person (load->bench, load->next_sender++ % SENDERS);

      for (guint j = 0; j < BATCH; j++)
        g_ptr_array_add (commands, tw_bench_pay (load->bench, sender));
      g_ptr_array_add (requests, tw_bench_request (sender, commands));
    }
  return requests;
}

/* The CPU that the server's processes have used so far, with those that are gone. */
static double
get_server_cpu_us (void)
{
  const char *postmaster = g_getenv ("TW_TEST_POSTGRES_PID");
  g_autoptr (GDir) dir = g_dir_open ("/proc", 0, NULL);
  double ticks = 0;
  const char *name;

  while ((name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename ("/proc", name, "stat", NULL);
      g_autofree char *text = NULL;
      g_auto (GStrv) fields = NULL;
      gboolean is_first = strcmp (name, postmaster) == 0;

      if (!g_ascii_isdigit (*name) || !g_file_get_contents (path, &text, NULL, NULL))
        continue;
      fields = g_strsplit (strrchr (text, ')') + 2, " ", -1);
      if (!is_first && strcmp (fields[1], postmaster) != 0)
        continue;
      /* utime and stime; of the first one also those that it has waited for */
      for (guint i = 11; i < (is_first ? 15 : 13); i++)
        ticks += g_ascii_strtod (fields[i], NULL);
    }
  return ticks * G_USEC_PER_SEC / (double) sysconf (_SC_CLK_TCK);
}

static guint64
count_commits (Load *load)
{
  guint64 n = 0;

  for (int i = 0; i < 2; i++)
    n += tw_bench_metric_of (load->sockets[i], "tax_wallet_commits_total");
  return n;
}

static double
run_services (Load *load, guint n_together)
{
  guint n_requests = MAX (n_together / load->connections, 1);
  g_autofree GPtrArray **all = g_new (GPtrArray *, load->connections);
  g_autoptr (TwBenchRun) run = NULL;
  guint n = load->connections * n_requests * BATCH;
  double services_us, server_us;
  guint64 commits;

  for (guint i = 0; i < load->connections; i++)
    all[i] = make_requests (load, n_requests);
  commits = count_commits (load);
  services_us = (double) (tw_bench_cpu_us (load->bench->service) + tw_bench_cpu_us (load->other));
  server_us = get_server_cpu_us ();
  run = tw_bench_drive_several ((const char *const *) load->sockets, all, load->connections);
  services_us =
    (double) (tw_bench_cpu_us (load->bench->service) + tw_bench_cpu_us (load->other)) - services_us;
  server_us = get_server_cpu_us () - server_us;
  commits = count_commits (load) - commits;
  for (guint i = 0; i < load->connections; i++)
    g_ptr_array_unref (all[i]);
  if (run->n_done != n)
    g_error ("Only %u of %u commands were done", run->n_done, n);
  g_print ("  services, %u connections: %.0f/s (%u in %.2f s, %.1f a commit; CPU each: services "
           "%.0f us, server "
           "%.0f us; p50 %.0f ms, p99 %.0f ms a request)\n",
           load->connections, n / run->wall_s, n, run->wall_s,
           (double) n / (double) MAX (commits, 1), services_us / n, server_us / n,
           (double) tw_bench_percentile (run->latency_us, 0.5) / 1e3,
           (double) tw_bench_percentile (run->latency_us, 0.99) / 1e3);
  return n / run->wall_s;
}

static char *
run_pgbench (Load *load, const char *options)
{
  g_autofree char *where = g_strconcat (load->cluster, " dbname=pgbench", NULL);
  g_auto (GStrv) more = g_strsplit (options, " ", -1);
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_auto (GStrv) argv = NULL;
  g_autofree char *program = g_build_filename (g_getenv ("TW_TEST_POSTGRES_BIN"), "pgbench", NULL);
  g_autofree char *out = NULL, *err = NULL;
  g_autoptr (GError) error = NULL;
  int status;

  g_strv_builder_add (builder, program);
  g_strv_builder_addv (builder, (const char **) more);
  g_strv_builder_add (builder, where);
  argv = g_strv_builder_end (builder);
  g_spawn_sync (NULL, argv, NULL, G_SPAWN_DEFAULT, NULL, NULL, &out, &err, &status, &error);
  g_assert_no_error (error);
  if (status != 0)
    g_error ("pgbench: %s", err);
  return g_steal_pointer (&out);
}

static double
run_peer (Load *load, const char *mode, guint clients)
{
  guint seconds = tw_bench_get_number ("TW_BENCH_PEER_S", PEER_S);
  double each, before_us = get_server_cpu_us ();
  g_autofree char *options = g_strdup_printf ("-n -M %s -c %u -j 2 -T %u", mode, clients, seconds);
  g_autofree char *out = run_pgbench (load, options);
  const char *tps = strstr (out, "tps = ");
  double server_us = get_server_cpu_us () - before_us;

  if (tps == NULL)
    g_error ("pgbench: %s", out);
  each = g_ascii_strtod (tps + 6, NULL);
  g_print ("  pgbench TPC-B, %s, %u clients: %.0f/s (CPU each: server %.0f us)\n", mode, clients,
           each, server_us / (each * seconds));
  return each;
}

static void
make_peer (Load *load)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TwDb) db = tw_db_open (load->cluster, NULL, &error);

  g_assert_no_error (error);
  tw_db_exec (db, "CREATE DATABASE pgbench", &error);
  g_assert_no_error (error);
  g_free (run_pgbench (load, "-i -q -s " SCALE));
}

static const guint choices[] = { 8, 16, 32, 64 };

static guint
choose_clients (Load *load, const char *mode)
{
  double best = 0;
  guint chosen = 0;

  for (gsize i = 0; i < G_N_ELEMENTS (choices); i++)
    {
      double tps = run_peer (load, mode, choices[i]);

      if (tps > best)
        {
          best = tps;
          chosen = choices[i];
        }
    }
  return chosen;
}

static void
choose_connections (Load *load, guint n_requests)
{
  double best = 0;
  guint chosen = 0;

  for (gsize i = 0; i < G_N_ELEMENTS (choices); i++)
    {
      double each;

      load->connections = choices[i];
      each = run_services (load, n_requests);
      if (each > best)
        {
          best = each;
          chosen = choices[i];
        }
    }
  load->connections = chosen;
}

int
main (void)
{
  Load load = { .bench = tw_bench_new () };
  g_autoptr (GError) error = NULL;
  g_autofree char *second = tw_bench_file (load.bench, "s2");
  guint n_requests = tw_bench_get_number ("TW_BENCH_REQUESTS", REQUESTS), clients, prepared_clients;
  double services = 0, peer = 0, prepared = 0;

  load.cluster = g_getenv ("TW_TEST_POSTGRES");
  if (load.cluster == NULL)
    g_error ("Run by with-postgres");
  g_free (load.bench->url);
  load.bench->url = g_strdup (load.cluster);
  make_peer (&load);
  tw_bench_add_people (load.bench, tw_bench_get_number ("TW_BENCH_ACCOUNTS", ACCOUNTS), SENDERS);
  tw_bench_start (load.bench, NULL);
  load.other = tw_bench_serve (load.bench, second, NULL);
  load.sockets[0] = g_build_filename (load.bench->sockets, TW_SOCKET_API, NULL);
  load.sockets[1] = g_build_filename (second, TW_SOCKET_API, NULL);

  clients = choose_clients (&load, "simple");
  prepared_clients = choose_clients (&load, "prepared");
  load.connections = choices[0];
  run_services (&load, n_requests / 8); /* statements are prepared, and pages read */
  choose_connections (&load, n_requests / 2);
  for (int i = 0; i < ROUNDS; i++)
    {
      services += run_services (&load, n_requests);
      peer += run_peer (&load, "simple", clients);
      prepared += run_peer (&load, "prepared", prepared_clients);
    }
  g_subprocess_send_signal (load.other, SIGTERM);
  g_subprocess_wait (load.other, NULL, &error);
  g_assert_no_error (error);
  tw_bench_stop (load.bench);
  tw_bench_verify (load.bench);
  g_print ("  to pgbench as it comes: %.2f\n", services / peer);
  tw_bench_check ("money commands, 100 a request, two services, to pgbench TPC-B",
                  services / prepared, FALSE, 1.5);
  g_object_unref (load.other);
  g_free (load.sockets[0]);
  g_free (load.sockets[1]);
  tw_bench_free (load.bench);
  return tw_bench_finish ();
}
