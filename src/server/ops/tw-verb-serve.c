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
#include "server/command/tw-column.h"
#include "server/command/tw-service.h"
#include "server/http/tw-http.h"
#include "server/ops/tw-checkpoints.h"
#include "server/ops/tw-colleagues.h"
#include "server/ops/tw-ops.h"
#include "server/ops/tw-sample.h"
#include "server/ops/tw-schema.h"
#include "server/rails/tw-rails.h"

typedef struct
{
  const TwOpsOptions *options;
  TwService *service;
  TwRails *rails; /* (nullable): without a counterpart */
  TwCheckpoints *checkpoints;
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

/* The folder that systemd gives: the first of those that the unit names, each but the last followed
 * by a colon. */
static char *
get_state_folder (void)
{
  const char *folders = g_getenv ("STATE_DIRECTORY");

  return folders != NULL && *folders != '\0' ? g_strndup (folders, strcspn (folders, ":")) : NULL;
}

/* Beside the database; PostgreSQL's is elsewhere, so there it is with the service's state. */
static char *
find_blobs (const TwOpsOptions *options, GError **error)
{
  const char *path = tw_ops_get_database_path (options);
  g_autofree char *folder = path != NULL ? g_path_get_dirname (path) : get_state_folder ();

  if (options->blobs != NULL)
    return g_strdup (options->blobs);
  if (folder != NULL)
    return g_build_filename (folder, "blobs", NULL);
  g_set_error_literal (error, TW_ERROR, TW_ERROR_INVALID,
                       _ ("With PostgreSQL, --blobs says where photos and attachments are kept."));
  return NULL;
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

/* A file says by itself whether its key fits. Elsewhere it is tried on what was sealed before: under
 * another key nobody could sign in, and what is new could not be read with what is old. */
static gboolean
check_key (TwService *service, GError **error)
{
  TwReaders *readers = tw_service_get_readers (service);
  TwDb *db = tw_readers_borrow (readers, error);
  g_autofree char *name = NULL;
  TwStmt *stmt = NULL;
  TwStep step = TW_STEP_ERROR;

  if (db == NULL)
    return FALSE;
  stmt = tw_db_query (db, error, "SELECT id, name FROM account ORDER BY id LIMIT 1", "");
  if (stmt != NULL)
    step = tw_stmt_step (stmt, error);
  if (step == TW_STEP_ROW)
    {
      name = tw_column_read (tw_service_get_key (service, TW_KEY_COLUMN), stmt, 1, "account",
                             tw_stmt_text (stmt, 0), "name", NULL);
      if (name == NULL)
        g_set_error_literal (error, TW_ERROR, TW_ERROR_WRONG_KEY,
                             _ ("The key at hand does not fit this database."));
    }
  if (stmt != NULL)
    tw_stmt_reset (stmt);
  tw_readers_return (readers, db);
  return step == TW_STEP_DONE || name != NULL;
}

static gboolean
seal_old (TwService *service, GError **error)
{
  g_autoptr (TwDb) db = tw_db_open (tw_service_get_database_url (service),
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
  tw_service_set_practice (serving->service, options->practice);
  if (options->counterpart != NULL)
    serving->rails = tw_rails_new (serving->service, options->counterpart, TW_RAILS_TIMEOUT_MS);
  checkpoint_path = tw_ops_get_checkpoint_path (options);
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

static void
stop (Serving *serving)
{
  g_clear_pointer (&serving->lease, tw_lease_free);
  g_clear_pointer (&serving->http, tw_http_stop);
  g_clear_pointer (&serving->colleagues, tw_colleagues_free);
  g_clear_pointer (&serving->rails, tw_rails_free);
  if (serving->service != NULL)
    tw_service_stop (serving->service);
  g_clear_pointer (&serving->checkpoints, tw_checkpoints_free);
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
  tw_ops_say (options, words, "socket_dir", options->socket_dir);
}

gboolean
tw_verb_serve (const TwOpsOptions *options, TwExit *code, GError **error)
{
  Serving serving = { .options = options, .loop = g_main_loop_new (NULL, FALSE), .lock = -1 };
  guint signals[2] = { g_unix_signal_add (SIGTERM, on_signal, serving.loop),
                       g_unix_signal_add (SIGINT, on_signal, serving.loop) };
  gboolean ok = start (&serving, error);

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
