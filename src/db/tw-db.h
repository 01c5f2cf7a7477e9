// SPDX-License-Identifier: GPL-3.0-or-later
/* One interface, two engines. SQL is written once: parameters are $1, $2 ...; types in a schema are
 * BIGINT, TEXT and BYTEA, which both engines take; upserts are ON CONFLICT. A connection belongs to
 * one thread at a time. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define TW_DB_KEY_BYTES 32

typedef struct _TwDb TwDb;
typedef struct _TwStmt TwStmt;

typedef enum
{
  TW_DB_SQLITE,
  TW_DB_POSTGRES,
} TwDbEngine;

typedef enum
{
  TW_STEP_ERROR = -1,
  TW_STEP_DONE = 0,
  TW_STEP_ROW = 1,
} TwStep;

/* One step of a schema. @sql may hold several statements; where an engine needs its own words, the
 * other one is used instead. Steps are never edited after a release. */
typedef struct
{
  int version;
  const char *sql;
  const char *sqlite_sql;   /* (nullable): run on SQLite instead of @sql */
  const char *postgres_sql; /* (nullable): run on PostgreSQL instead of @sql */
} TwMigration;

TwDb *tw_db_open (const char *url, const guint8 *key, GError **error);
TwDb *tw_db_open_readonly (const char *url, const guint8 *key, GError **error);
void tw_db_abandon (TwDb *db);
void tw_db_close (TwDb *db);
TwDbEngine tw_db_get_engine (TwDb *db);

gboolean tw_db_exec (TwDb *db, const char *sql, GError **error);

/* @format has one letter a parameter: s (const char *, nullable), i (gint64), I (const gint64 *,
 * nullable), b (GBytes *, nullable). A value must have its column's type: PostgreSQL takes no text,
 * not even a NULL one, for a BIGINT. Statements are cached by their text and owned by the
 * connection: valid until the same text is asked for again or a transaction begins or ends. After
 * any error inside a transaction only tw_db_rollback() is left, on both engines. */
TwStmt *tw_db_query (TwDb *db, GError **error, const char *sql, const char *format, ...);
gboolean tw_db_run (TwDb *db, GError **error, const char *sql, const char *format, ...);
gint64 tw_db_changes (TwDb *db);
/* In transactions that write, tw_db_run() may answer before it is known whether all is well; the
 * first question after it, or tw_db_commit(), says so then. PostgreSQL is spared the ways. */
void tw_db_set_late (TwDb *db, gboolean late);

/* SQLite's log: what is committed stands there until it is moved into the file. By itself a commit
 * does so that leaves the log longer than its limit. PostgreSQL looks after its own. */
guint tw_db_get_log_pages (TwDb *db);
void tw_db_set_log_limit (TwDb *db, guint pages);
gboolean tw_db_move_log (TwDb *db, guint *moved, GError **error);

/* What others say with NOTIFY on a channel that LISTEN was said for; PostgreSQL only. */
gboolean
tw_db_wait_notice (TwDb *db, int other_fd, int timeout_ms, gboolean *noticed, GError **error);

TwStep tw_stmt_step (TwStmt *stmt, GError **error);
void tw_stmt_reset (TwStmt *stmt);
gboolean tw_stmt_is_null (TwStmt *stmt, int column);
gint64 tw_stmt_int64 (TwStmt *stmt, int column);
const char *tw_stmt_text (TwStmt *stmt, int column);
const guint8 *tw_stmt_blob (TwStmt *stmt, int column, gsize *length);
GBytes *tw_stmt_bytes (TwStmt *stmt, int column);

gboolean tw_db_begin (TwDb *db, GError **error);
gboolean tw_db_begin_read (TwDb *db, GError **error);
gboolean tw_db_commit (TwDb *db, GError **error);
void tw_db_rollback (TwDb *db);
gboolean tw_db_in_transaction (TwDb *db);

/* What the transaction has found out and need not ask again; forgotten with its end. */
void tw_db_remember (TwDb *db, const char *what, gint64 number);
gboolean tw_db_recall (TwDb *db, const char *what, gint64 *number);

gboolean tw_db_migrate (TwDb *db, const TwMigration *steps, gsize n_steps, GError **error);
int tw_db_get_schema_version (TwDb *db, GError **error);
gboolean tw_db_backup (TwDb *db, const char *path, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TwDb, tw_db_close)

G_END_DECLS
