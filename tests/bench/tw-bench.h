// SPDX-License-Identifier: GPL-3.0-or-later
/* A real service in a folder of its own, with as many people in it as a measurement wants. The
 * program ends with an error when it could not measure; a limit that is missed is printed, and no
 * more. */
#pragma once

#include <gio/gio.h>

#include "db/tw-db.h"
#include "model/tw-object.h"
#include "protocol/tw-command.h"
#include "server/command/tw-keys.h"
#include "vault/tw-vault.h"

G_BEGIN_DECLS

#define TW_BENCH_PASSWORD "correct-horse-7-battery"
#define TW_BENCH_BALANCE_FEN (G_GINT64_CONSTANT (1000000))

typedef struct
{
  char *id;
  char *phone;
  /* Only of those who act: */
  char *device_id;
  char *token;
  TwSigner *signer;
} TwBenchPerson;

typedef struct
{
  char *folder;
  char *sockets;
  char *path; /* of the database */
  char *url;
  TwKeys *keys;
  GPtrArray *people; /* of TwBenchPerson */
  GSubprocess *service;
  GSubprocess *counterpart; /* (nullable) */
  guint next_payee;
} TwBench;

TwBench *tw_bench_new (void);
void tw_bench_free (TwBench *bench);
TwDb *tw_bench_open (TwBench *bench);
void tw_bench_add_people (TwBench *bench, guint n, guint n_acting);
char *tw_bench_start_counterpart (TwBench *bench);
GSubprocess *tw_bench_serve (TwBench *bench, const char *sockets, const char *counterpart);
void tw_bench_start (TwBench *bench, const char *counterpart);
void tw_bench_stop (TwBench *bench);
void tw_bench_verify (TwBench *bench);
char *tw_bench_file (TwBench *bench, const char *name);
void tw_bench_wait_for_socket (const char *path);
guint64 tw_bench_service_cpu_us (TwBench *bench);
guint64 tw_bench_cpu_us (GSubprocess *process);
guint64 tw_bench_metric_of (const char *api, const char *name);
guint64 tw_bench_metric (TwBench *bench, const char *name);
guint tw_bench_get_number (const char *variable, guint otherwise);

TwBenchPerson *tw_bench_person (TwBench *bench, guint n);
TwObject *tw_bench_make_object (TwBenchPerson *person, const char *type, guint n);
void tw_bench_show (TwBench *bench, TwBenchPerson *person, const char *type, guint n);
TwCommand *tw_bench_sign (TwBenchPerson *person, const char *kind, JsonObject *body);
TwCommand *tw_bench_pay (TwBench *bench, TwBenchPerson *sender);
GBytes *tw_bench_request (TwBenchPerson *person, GPtrArray *commands);
GBytes *tw_bench_get (TwBenchPerson *person, const char *path);

/* Each connection sends its requests one after the other. */
typedef struct
{
  double wall_s;
  guint n_done;
  GArray *latency_us; /* of gint64, one a request; (transfer full) */
} TwBenchRun;

TwBenchRun *tw_bench_drive (const char *socket, GPtrArray **requests, guint n_connections);
/* The connections take turns in the sockets, of which %NULL is the end. */
TwBenchRun *
tw_bench_drive_several (const char *const *sockets, GPtrArray **requests, guint n_connections);
void tw_bench_run_free (TwBenchRun *run);
gint64 tw_bench_percentile (GArray *values, double p);
char *tw_bench_fetch (const char *socket, GBytes *request);

void tw_bench_check (const char *what, double value, gboolean at_most, double limit);
int tw_bench_finish (void);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TwBenchRun, tw_bench_run_free)

G_END_DECLS
