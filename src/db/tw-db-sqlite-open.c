// SPDX-License-Identifier: GPL-3.0-or-later
/* The connection to an SQLite file: settings, transactions, backup. */
#include "db/tw-db-sqlite-private.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <sys/stat.h>
#include <unistd.h>

#define BUSY_TIMEOUT_MS 5000
#define OPEN_RETRY_US 5000

/* A page is sealed for the log and again when it moves to the file, so a long log, in which a busy
 * page is written many times and moves once, is worth its place: 16 MB. */
#define LOG_LIMIT_PAGES 4000
#ifdef TW_MUTANT_NOT_SYNCED
#include "base/tw-planted.h"
#define SYNCHRONOUS "PRAGMA synchronous=NORMAL;"
#else
#define SYNCHRONOUS "PRAGMA synchronous=FULL;"
#endif
#define SETTINGS                                                                                   \
  "PRAGMA foreign_keys=ON;" SYNCHRONOUS "PRAGMA journal_size_limit=268435456;"                     \
  "PRAGMA trusted_schema=OFF;"                                                                     \
  "PRAGMA secure_delete=FAST;"                                                                     \
  "PRAGMA cell_size_check=ON;"                                                                     \
  "PRAGMA cache_size=-24576;"

/* SQLite leaves our bytes free in a file that is new; on one that isn't this changes nothing. */
static void
reserve (sqlite3 *sqlite)
{
  const char *name;

  for (int i = 0; (name = sqlite3_db_name (sqlite, i)) != NULL; i++)
    {
      int bytes = TW_VFS_RESERVED_BYTES;

      if (i != 1) /* "temp" */
        sqlite3_file_control (sqlite, name, SQLITE_FCNTL_RESERVE_BYTES, &bytes);
    }
}

/* SQLite would make the file readable to everyone; the log and the rest take after it. Not by
 * open(): closing any descriptor of a database drops the locks that this process has on it. */
static void
create_private (const char *path)
{
  if (mknod (path, S_IFREG | 0600, 0) != 0 && errno != EEXIST)
    g_debug ("%s: %s", path, g_strerror (errno)); /* SQLite will tell, if it matters */
}

static gboolean
run_text (TwDbSqlite *self, const char *sql, GError **error)
{
  int rc = sqlite3_exec (self->sqlite, sql, NULL, NULL, NULL);

  return rc == SQLITE_OK || tw_db_sqlite_fail (self->sqlite, rc, sql, error);
}

static gboolean
on_exec (TwDb *db, const char *sql, GError **error)
{
  TwDbSqlite *self = tw_db_sqlite_of (db);
  gboolean done;

  if (db->reading)
    run_text (self, "PRAGMA query_only=ON", NULL);
  done = run_text (self, sql, error);
  if (db->reading && !db->read_only)
    run_text (self, "PRAGMA query_only=OFF", NULL);
  if (self->vfs != NULL && sqlite3_db_name (self->sqlite, 2) != NULL)
    reserve (self->sqlite);
  return done;
}

static gboolean
run_kept (TwDbSqlite *self, sqlite3_stmt *handle, GError **error)
{
  int rc = sqlite3_step (handle);

  if (rc != SQLITE_DONE && rc != SQLITE_ROW)
    tw_db_sqlite_fail (self->sqlite, rc, sqlite3_sql (handle), error);
  sqlite3_reset (handle);
  return rc == SQLITE_DONE || rc == SQLITE_ROW;
}

static gboolean
on_begin (TwDb *db, TwBegin how, GError **error)
{
  TwDbSqlite *self = tw_db_sqlite_of (db);

  if (how != TW_BEGIN_READ)
    return run_kept (self, self->begin, error);
  if (!run_kept (self, self->begin_read, error))
    return FALSE;
  /* BEGIN alone would take its view at the first read, which may be much later. */
  if (run_kept (self, self->look, error))
    return TRUE;
  run_kept (self, self->rollback, NULL);
  return FALSE;
}

static gboolean
on_commit (TwDb *db, GError **error)
{
  TwDbSqlite *self = tw_db_sqlite_of (db);

  return run_kept (self, self->commit, error);
}

static void
on_rollback (TwDb *db)
{
  TwDbSqlite *self = tw_db_sqlite_of (db);

  /* Some failures (disk full, damage) have rolled back already. */
  if (!sqlite3_get_autocommit (self->sqlite))
    run_kept (self, self->rollback, NULL);
}

static void
on_close (TwDb *db)
{
  TwDbSqlite *self = tw_db_sqlite_of (db);

  sqlite3_finalize (self->begin);
  sqlite3_finalize (self->begin_read);
  sqlite3_finalize (self->look);
  sqlite3_finalize (self->commit);
  sqlite3_finalize (self->rollback);
  if (sqlite3_close (self->sqlite) != SQLITE_OK)
    g_critical ("A statement was left in the database: %s", sqlite3_errmsg (self->sqlite));
  if (self->vfs != NULL)
    tw_vfs_release (self->vfs);
  g_free (self->path);
  g_free (self);
}

/* Called after each commit. Where it can't move everything, the next one goes on. */
static int
on_log (void *data, sqlite3 *sqlite, const char *schema, int pages)
{
  TwDb *db = data;
  int rc;

  db->log_pages = (guint) pages;
  if (db->log_pages < db->log_limit)
    return SQLITE_OK;
  rc = sqlite3_wal_checkpoint_v2 (sqlite, schema, SQLITE_CHECKPOINT_PASSIVE, NULL, NULL);
  if (rc != SQLITE_OK && (rc & 0xff) != SQLITE_BUSY)
    g_message ("The log of %d pages could not be moved: %s", pages, sqlite3_errstr (rc));
  return SQLITE_OK;
}

/* Waits for nobody: somebody else may be at it, or read what stands further behind. */
static gboolean
on_move_log (TwDb *db, guint *moved, GError **error)
{
  TwDbSqlite *self = tw_db_sqlite_of (db);
  int pages = 0;
  int rc =
    sqlite3_wal_checkpoint_v2 (self->sqlite, "main", SQLITE_CHECKPOINT_PASSIVE, NULL, &pages);

  *moved = rc == SQLITE_OK ? (guint) MAX (0, pages) : 0;
  return rc == SQLITE_OK || (rc & 0xff) == SQLITE_BUSY ||
         tw_db_sqlite_fail (self->sqlite, rc, self->path, error);
}

static gboolean
sync_folder_of (const char *path)
{
  g_autofree char *folder = g_path_get_dirname (path);
  int fd = open (folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  gboolean synced = fd >= 0 && fsync (fd) == 0;

  if (fd >= 0)
    close (fd);
  return synced;
}

static gboolean
copy_to (TwDbSqlite *self, const char *path, GError **error)
{
  sqlite3 *target = NULL;
  sqlite3_backup *backup;
  int rc;

  create_private (path);
  rc = sqlite3_open_v2 (path, &target,
                        SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX |
                          SQLITE_OPEN_EXRESCODE,
                        self->vfs);
  if (rc == SQLITE_OK)
    {
      if (self->vfs != NULL)
        reserve (target);
      rc = sqlite3_exec (target, "PRAGMA temp_store=MEMORY; PRAGMA synchronous=FULL", NULL, NULL,
                         NULL);
    }
  backup = rc == SQLITE_OK ? sqlite3_backup_init (target, "main", self->sqlite, "main") : NULL;
  if (backup != NULL)
    {
      /* In one go: in WAL mode that is one view, and writers go on meanwhile. */
      sqlite3_backup_step (backup, -1);
      rc = sqlite3_backup_finish (backup);
    }
  else if (rc == SQLITE_OK)
    rc = sqlite3_extended_errcode (target);
  if (rc != SQLITE_OK)
    tw_db_sqlite_fail (target, rc, "backup", error);
  sqlite3_close (target);
  return rc == SQLITE_OK;
}

static gboolean
on_backup (TwDb *db, const char *path, GError **error)
{
  TwDbSqlite *self = tw_db_sqlite_of (db);
  g_autofree char *part = g_strconcat (path, ".part", NULL);

  if (g_file_test (path, G_FILE_TEST_EXISTS))
    {
      g_set_error (error, TW_ERROR, TW_ERROR_CONFLICT,
                   _ ("The file “%s” exists already. Choose another name for the backup."), path);
      return FALSE;
    }
  g_unlink (part); /* of a backup that was cut off */
  if (!copy_to (self, part, error))
    {
      g_unlink (part);
      return FALSE;
    }
  if (g_rename (part, path) != 0 || !sync_folder_of (path))
    {
      g_set_error (error, TW_ERROR, TW_ERROR_INTERNAL, _ ("The backup “%s” can’t be written: %s."),
                   path, g_strerror (errno));
      g_unlink (part);
      return FALSE;
    }
  return TRUE;
}

static const TwDbOps sqlite_ops = {
  .engine = TW_DB_SQLITE,
  .close = on_close,
  .exec = on_exec,
  .prepare = tw_stmt_sqlite_prepare,
  .finalize = tw_stmt_sqlite_finalize,
  .start = tw_stmt_sqlite_start,
  .step = tw_stmt_sqlite_step,
  .reset = tw_stmt_sqlite_reset,
  .reset_all = tw_stmt_sqlite_reset_all,
  .is_null = tw_stmt_sqlite_is_null,
  .int64 = tw_stmt_sqlite_int64,
  .text = tw_stmt_sqlite_text,
  .blob = tw_stmt_sqlite_blob,
  .changes = tw_stmt_sqlite_changes,
  .begin = on_begin,
  .commit = on_commit,
  .rollback = on_rollback,
  .backup = on_backup,
  .move_log = on_move_log,
  .has_schema_sql = "SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'schema_version'",
};

/* Two programs that create or recover a file at once can meet where SQLite doesn't wait by itself.
 */
static gboolean
use_wal (TwDbSqlite *self, GError **error)
{
  gint64 deadline = g_get_monotonic_time () + BUSY_TIMEOUT_MS * 1000;
  int rc;

  while ((rc = sqlite3_exec (self->sqlite, "PRAGMA journal_mode=WAL", NULL, NULL, NULL)),
         (rc & 0xff) == SQLITE_BUSY && g_get_monotonic_time () < deadline)
    g_usleep (OPEN_RETRY_US);
  return rc == SQLITE_OK || tw_db_sqlite_fail (self->sqlite, rc, self->path, error);
}

static gboolean
prepare_own (TwDbSqlite *self, const char *sql, sqlite3_stmt **handle, GError **error)
{
  int rc = sqlite3_prepare_v3 (self->sqlite, sql, -1, SQLITE_PREPARE_PERSISTENT, handle, NULL);

  return rc == SQLITE_OK || tw_db_sqlite_fail (self->sqlite, rc, self->path, error);
}

static gboolean
set_up (TwDbSqlite *self, GError **error)
{
  g_autofree char *look = NULL;

  sqlite3_busy_timeout (self->sqlite, BUSY_TIMEOUT_MS);
  sqlite3_db_config (self->sqlite, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
  sqlite3_db_config (self->sqlite, SQLITE_DBCONFIG_DQS_DML, 0, NULL);
  sqlite3_db_config (self->sqlite, SQLITE_DBCONFIG_DQS_DDL, 0, NULL);
  if (self->vfs != NULL)
    reserve (self->sqlite);
  if (!run_text (self, "PRAGMA page_size=4096; PRAGMA temp_store=MEMORY;", error) ||
      /* The first look at page 1: here a wrong key shows. */
      !run_text (self, "SELECT count(*) FROM sqlite_schema", error))
    return FALSE;
  if (self->base.read_only ? !run_text (self, "PRAGMA query_only=ON", error)
                           : !use_wal (self, error))
    return FALSE;
  self->base.log_limit = LOG_LIMIT_PAGES;
  sqlite3_wal_hook (self->sqlite, on_log, &self->base);
  return run_text (self, SETTINGS, error) &&
         prepare_own (self, "BEGIN IMMEDIATE", &self->begin, error) &&
         prepare_own (self, "BEGIN", &self->begin_read, error) &&
         prepare_own (self, "SELECT 1 FROM sqlite_schema LIMIT 1", &self->look, error) &&
         prepare_own (self, "COMMIT", &self->commit, error) &&
         prepare_own (self, "ROLLBACK", &self->rollback, error);
}

TwDb *
tw_db_sqlite_open (const char *path, const guint8 *key, gboolean read_only, GError **error)
{
  TwDbSqlite *self;
  int flags = SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_PRIVATECACHE | SQLITE_OPEN_EXRESCODE;
  const char *vfs = key != NULL ? tw_vfs_acquire (key, error) : NULL;
  int rc;

  if (key != NULL && vfs == NULL)
    return NULL;
  flags |= read_only ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
  self = g_new0 (TwDbSqlite, 1);
  tw_db_init (&self->base, &sqlite_ops, read_only);
  self->vfs = vfs;
  self->path = g_strdup (path);
  if (!read_only)
    create_private (path);
  rc = sqlite3_open_v2 (path, &self->sqlite, flags, vfs);
  if (rc != SQLITE_OK)
    tw_db_sqlite_fail (self->sqlite, rc, path, error);
  else if (set_up (self, error))
    return &self->base;
  tw_db_close (&self->base);
  return NULL;
}
