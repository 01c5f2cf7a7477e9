// SPDX-License-Identifier: GPL-3.0-or-later
/* serve: everything that runs, in the order in which it needs each other, and back. */
#include <errno.h>
#include <fcntl.h>
#include <glib-unix.h>
#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "base/tw-error.h"
#include "protocol/tw-lease.h"
#include "protocol/tw-routes.h"
#include "server/command/tw-service.h"
#include "server/feed/tw-feed.h"
#include "server/http/tw-http.h"
#include "server/ops/tw-checkpoints.h"
#include "server/ops/tw-colleagues.h"
#include "server/ops/tw-log.h"
#include "server/ops/tw-ops-blobs.h"
#include "server/ops/tw-ops.h"
#include "server/ops/tw-sample.h"
#include "server/ops/tw-schema.h"
#include "server/pay/tw-errands.h"
#include "server/rails/tw-rails.h"
#include "server/reconcile/tw-reconcile.h"

/* Whoever has asked is waited for so long, when what was written is not confirmed. */
#define GRACE_S 10
#define LOOK_INTERVAL_S 1

typedef struct
{
  const TwOpsOptions *options;
  TwService *service;
  TwRails *rails;           /* (nullable): without a counterpart */
  TwReconciler *reconciler; /* (nullable): likewise */
  TwCheckpoints *checkpoints;
  TwErrands *errands;
  TwColleagues *colleagues; /* (nullable): practice only */
  TwHttp *http;
  TwLease *lease; /* (nullable) */
  GMainLoop *loop;
  int lock; /* of the folder of sockets; -1: not held */
} Serving;

static gboolean
make_folder (const char *path, GError **error)
{
  if (g_mkdir_with_parents (path, 0700) == 0)
    return TRUE;
  g_set_error (error, TW_ERROR, TW_ERROR_INVALID, _ ("The folder %s can’t be made: %s"), path,
               g_strerror (errno));
  return FALSE;
}

static char *
find_blobs (const TwOpsOptions *options, GError **error)
{
  char *path = tw_ops_get_blobs_path (options);

  if (path == NULL)
    g_set_error_literal (
      error, TW_ERROR, TW_ERROR_INVALID,
      _ ("With PostgreSQL, --blobs says where photos and attachments are kept."));
  return path;
}

/* A key is made for a database that is to be made too: a new one would not open an old one. */
static gboolean
may_make_key (const TwOpsOptions *options, gboolean *may, GError **error)
{
  const char *path = tw_ops_get_database_path (options);
  g_autoptr (TwDb) db = NULL;
  int version;

  if (path != NULL)
    {
      *may = !g_file_test (path, G_FILE_TEST_EXISTS);
      return TRUE;
    }
  db = tw_db_open (options->database, NULL, error);
  version = db != NULL ? tw_db_get_schema_version (db, error) : -1;
  *may = version == 0;
  return version >= 0;
}

static gboolean
check_key (TwService *service, GError **error)
{
  TwReaders *readers = tw_service_get_readers (service);
  TwDb *db = tw_readers_borrow (readers, error);
  gboolean fits;

  if (db == NULL)
    return FALSE;
  fits = tw_ops_check_key (db, tw_service_get_keys (service), error);
  tw_readers_return (readers, db);
  return fits;
}

static gboolean
seal_old (TwService *service, GError **error)
{
  g_autoptr (TwDb) db =
    tw_db_open (tw_service_get_database_url (service),
                tw_key_peek (tw_service_get_key (service, TW_KEY_SQLITE)), error);

  return db != NULL && tw_schema_seal (db, tw_service_get_key (service, TW_KEY_COLUMN), error);
}

static TwService *
open_service (const TwOpsOptions *options, GError **error)
{
  const char *path = tw_ops_get_database_path (options);
  g_autofree char *folder = path != NULL ? g_path_get_dirname (path) : NULL;
  g_autoptr (TwKeys) keys = NULL;
  const TwMigration *steps;
  gboolean may_make;
  gsize n;

  if (folder != NULL && !make_folder (folder, error))
    return NULL;
  if (!may_make_key (options, &may_make, error) ||
      (keys = tw_keys_open (options->keys, may_make, error)) == NULL)
    return NULL;
  steps = tw_schema_get_steps (&n);
  return tw_service_new (options->database, keys, steps, n, error);
}

/* One process for one folder of sockets: the other one would work on the same data before it found
 * the sockets taken. The lock goes with the process, however it ends. */
static gboolean
take_lock (Serving *serving, GError **error)
{
  const char *folder = serving->options->socket_dir;

  if (!make_folder (folder, error))
    return FALSE;
  serving->lock = g_open (folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0);
  if (serving->lock >= 0 && flock (serving->lock, LOCK_EX | LOCK_NB) == 0)
    return TRUE;
  g_set_error (error, TW_ERROR, TW_ERROR_BUSY, _ ("Another service runs in %s already."), folder);
  return FALSE;
}

/* Somebody has decided to go on from here. Readers who were further begin anew. */
static gboolean
accept_older (TwService *service, const char *path, GError **error)
{
  TwKeys *keys = tw_service_get_keys (service);
  g_autoptr (TwDb) db = tw_db_open (tw_service_get_database_url (service),
                                    tw_key_peek (tw_keys_get (keys, TW_KEY_SQLITE)), error);
  g_autofree char *archive = NULL, *words = NULL;

  /* Before the checkpoint is another one: cut off in between, the next start would see nothing. */
  if (db != NULL && !tw_checkpoint_check (db, keys, path, NULL) && !tw_feed_renew_epoch (db, error))
    return FALSE;
  if (db == NULL || !tw_checkpoint_accept (db, keys, path, &archive, error))
    return FALSE;
  if (archive == NULL)
    return TRUE;
  words = g_strdup_printf (
    _ ("This database is not the one that was signed last. That checkpoint is kept as %s."),
    archive);
  g_printerr ("%s\n", words);
  return TRUE;
}

/* What was paid since an older database must not be forgotten without a word: the bank has the
 * money, and the customer would have lost it. */
static gboolean
check_checkpoint (TwService *service, const char *path, GError **error)
{
  TwReaders *readers = tw_service_get_readers (service);
  TwDb *db = tw_readers_borrow (readers, error);
  gboolean ok;

  if (db == NULL)
    return FALSE;
  ok = tw_checkpoint_check (db, tw_service_get_keys (service), path, error);
  tw_readers_return (readers, db);
  return ok;
}

/* An empty one is none: a unit file can't leave the option out. */
static gboolean
has_counterpart (const TwOpsOptions *options)
{
  return options->counterpart != NULL && *options->counterpart != '\0';
}

static gboolean
start_rails (Serving *serving, GError **error)
{
  const TwOpsOptions *options = serving->options;
  g_autofree char *listen = g_build_filename (options->socket_dir, TW_SOCKET_RAILS, NULL);
  const TwRailsSetup setup = { .socket_path = options->counterpart,
                               .key_path = tw_ops_get_rails_key_path (options),
                               .listen_path = listen,
                               .timeout_ms = TW_RAILS_TIMEOUT_MS };

  serving->rails = tw_rails_new (serving->service, &setup, error);
  if (serving->rails == NULL)
    return FALSE;
  serving->reconciler = tw_reconciler_new (serving->service, &setup);
  return TRUE;
}

static gboolean
start (Serving *serving, GError **error)
{
  const TwOpsOptions *options = serving->options;
  g_autofree char *blobs = NULL, *lease_path = NULL, *checkpoint_path = NULL;

  if (options->database == NULL || options->keys == NULL || options->socket_dir == NULL)
    {
      g_set_error_literal (error, TW_ERROR, TW_ERROR_INVALID,
                           _ ("--socket-dir, --database (or TW_DATABASE) and --keys are needed."));
      return FALSE;
    }
  blobs = find_blobs (options, error);
  if (blobs == NULL || !take_lock (serving, error) ||
      (serving->service = open_service (options, error)) == NULL ||
      !check_key (serving->service, error) || !seal_old (serving->service, error))
    return FALSE;
  checkpoint_path = tw_ops_get_checkpoint_path (options);
  if (!(options->accept_older ? accept_older (serving->service, checkpoint_path, error)
                              : check_checkpoint (serving->service, checkpoint_path, error)))
    return FALSE;
  tw_rails_add_metrics (serving->service);
  tw_reconcile_add_metrics (serving->service);
  /* Without a bank too: there are two threads that serve. */
  tw_rails_make_socket_types ();
  if (has_counterpart (options) && !start_rails (serving, error))
    return FALSE;
  serving->errands = tw_errands_new (serving->service);
  serving->checkpoints = tw_checkpoints_new (serving->service, checkpoint_path);
  if (options->practice && !tw_sample_ensure (serving->service, error))
    return FALSE;
  if (options->practice)
    serving->colleagues = tw_colleagues_new (serving->service);
  serving->http = tw_http_start (serving->service, options->socket_dir, blobs, error);
  if (serving->http == NULL)
    return FALSE;
  /* Last: whoever gets a lease finds all ready. */
  lease_path = g_build_filename (options->socket_dir, TW_SOCKET_LEASE, NULL);
  if (options->lease)
    serving->lease =
      tw_lease_new (lease_path, (TwLeaseEnded) g_main_loop_quit, serving->loop, error);
  return !options->lease || serving->lease != NULL;
}

/* A commit may wait for a standby that does not come back. After a while it is left alone: it may
 * be done or not, and who repeats it with its id will know. */
typedef struct
{
  TwWriter *writer;
  GMutex lock;
  GCond wake;
  gboolean over;
} Grace;

static gpointer
watch_stopping (gpointer data)
{
  Grace *grace = data;
  gint64 end_us = g_get_monotonic_time () + GRACE_S * G_USEC_PER_SEC;

  g_mutex_lock (&grace->lock);
  while (!grace->over)
    if (!g_cond_wait_until (&grace->wake, &grace->lock, end_us))
      {
        if (tw_writer_is_stalled (grace->writer, NULL))
          {
            g_message ("Stopping without waiting for the database any longer: what became of the "
                       "last changes is not known here.");
            tw_writer_give_up (grace->writer);
          }
        end_us = g_get_monotonic_time () + LOOK_INTERVAL_S * G_USEC_PER_SEC;
      }
  g_mutex_unlock (&grace->lock);
  return NULL;
}

static void
stop_in_order (Serving *serving)
{
  g_clear_pointer (&serving->lease, tw_lease_free);
  g_clear_pointer (&serving->http, tw_http_stop);
  g_clear_pointer (&serving->colleagues, tw_colleagues_free);
  g_clear_pointer (&serving->errands, tw_errands_free);
  g_clear_pointer (&serving->reconciler, tw_reconciler_free);
  g_clear_pointer (&serving->rails, tw_rails_free);
  if (serving->service != NULL)
    tw_service_stop (serving->service);
  g_clear_pointer (&serving->checkpoints, tw_checkpoints_free);
}

static void
stop (Serving *serving)
{
  Grace grace = { NULL };
  GThread *watch = NULL;

  g_mutex_init (&grace.lock);
  g_cond_init (&grace.wake);
  if (serving->service != NULL)
    {
      grace.writer = tw_service_get_writer (serving->service);
      watch = g_thread_new ("stopping", watch_stopping, &grace);
    }
  stop_in_order (serving);
  g_mutex_lock (&grace.lock);
  grace.over = TRUE;
  g_cond_signal (&grace.wake);
  g_mutex_unlock (&grace.lock);
  if (watch != NULL)
    g_thread_join (watch);
  g_cond_clear (&grace.wake);
  g_mutex_clear (&grace.lock);
  g_clear_pointer (&serving->service, tw_service_free);
  if (serving->lock >= 0)
    close (serving->lock);
}

static gboolean
on_signal (gpointer loop)
{
  g_main_loop_quit (loop);
  return G_SOURCE_CONTINUE;
}

static void
announce (const TwOpsOptions *options)
{
  g_autofree char *words = g_strdup_printf (_ ("Serving in %s."), options->socket_dir);

  if (tw_ops_get_database_path (options) == NULL)
    g_printerr ("%s\n",
                _ ("PostgreSQL keeps its files as they are: its volume has to be encrypted by the "
                   "system, which can’t be seen from here."));
  if (!has_counterpart (options))
    g_printerr ("%s\n", _ ("There is no bank and no tax office (--counterpart): topping up and "
                           "paying tax are refused."));
  tw_ops_say (options, words, "socket_dir", options->socket_dir, NULL);
}

gboolean
tw_verb_serve (const TwOpsOptions *options, TwExit *code, GError **error)
{
  Serving serving = { .options = options, .loop = g_main_loop_new (NULL, FALSE), .lock = -1 };
  guint signals[2] = { g_unix_signal_add (SIGTERM, on_signal, serving.loop),
                       g_unix_signal_add (SIGINT, on_signal, serving.loop) };
  gboolean ok;

  if (options->log_json)
    tw_log_use_json ();
  ok = start (&serving, error);
  if (ok)
    {
      announce (options);
      g_main_loop_run (serving.loop);
    }
  stop (&serving);
  g_source_remove (signals[0]);
  g_source_remove (signals[1]);
  g_main_loop_unref (serving.loop);
  return ok;
}
