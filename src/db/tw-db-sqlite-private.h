// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "db/tw-db-private.h"
#include "db/tw-vfs.h"

#include <sqlite3.h>

G_BEGIN_DECLS

typedef struct
{
  TwDb base;
  sqlite3 *sqlite;
  const char *vfs; /* acquired; NULL for a plain file */
  char *path;
  sqlite3_stmt *begin;
  sqlite3_stmt *begin_read;
  sqlite3_stmt *look;
  sqlite3_stmt *commit;
  sqlite3_stmt *rollback;
} TwDbSqlite;

typedef struct
{
  TwStmt base;
  sqlite3_stmt *handle;
  int n_parameters;
  guint8 index_of[TW_DB_MAX_PARAMETERS];
} TwStmtSqlite;

static inline TwDbSqlite *
tw_db_sqlite_of (TwDb *db)
{
  return (TwDbSqlite *) db;
}

/* Always returns FALSE. @sqlite: (nullable): has the words for @rc */
gboolean tw_db_sqlite_fail (sqlite3 *sqlite, int rc, const char *what, GError **error);

TwStmt *tw_stmt_sqlite_prepare (TwDb *db, const char *sql, GError **error);
void tw_stmt_sqlite_finalize (TwStmt *stmt);
TwStep
tw_stmt_sqlite_start (TwStmt *stmt, gboolean keep, const TwValue *values, int n, GError **error);
TwStep tw_stmt_sqlite_step (TwStmt *stmt, GError **error);
void tw_stmt_sqlite_reset (TwStmt *stmt);
void tw_stmt_sqlite_reset_all (TwDb *db);
gboolean tw_stmt_sqlite_is_null (TwStmt *stmt, int column);
gint64 tw_stmt_sqlite_int64 (TwStmt *stmt, int column);
const char *tw_stmt_sqlite_text (TwStmt *stmt, int column);
const guint8 *tw_stmt_sqlite_blob (TwStmt *stmt, int column, gsize *length);
gint64 tw_stmt_sqlite_changes (TwDb *db);

G_END_DECLS
