// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/tw-error.h"
#include "db/tw-db.h"

#include <glib/gi18n-lib.h>
#include <stdarg.h>
#include <string.h>

G_BEGIN_DECLS

#define TW_DB_MAX_PARAMETERS 64
#define TW_DB_SLOTS 512 /* a power of two */
#define TW_DB_MAX_STATEMENTS 1024

typedef struct _TwKnown TwKnown;
typedef struct _TwInsert TwInsert;

typedef enum
{
  TW_BEGIN_WRITE,
  TW_BEGIN_READ,
  TW_BEGIN_SCHEMA, /* as WRITE, but sees what others commit while it waits for a lock */
} TwBegin;

/* A value of a statement, or of a row. What it points to is somebody else's. */
typedef struct
{
  char letter; /* s, i or b */
  gboolean is_null;
  gint64 number;    /* of an i */
  const void *data; /* of the others; a text ends with a zero, too */
  gsize length;
} TwValue;

/* What one engine does. All of it is called through tw-db.c, which checks the state first. */
typedef struct
{
  TwDbEngine engine;
  void (*close) (TwDb *db);
  gboolean (*exec) (TwDb *db, const char *sql, GError **error);
  TwStmt *(*prepare) (TwDb *db, const char *sql, GError **error);
  void (*finalize) (TwStmt *stmt);
  /* Binds and runs; with @keep the values are copied where the engine refers to them later. */
  TwStep (*start) (TwStmt *stmt, gboolean keep, const TwValue *values, int n, GError **error);
  TwStep (*step) (TwStmt *stmt, GError **error);
  void (*reset) (TwStmt *stmt);
  void (*reset_all) (TwDb *db);
  gboolean (*is_null) (TwStmt *stmt, int column);
  gint64 (*int64) (TwStmt *stmt, int column);
  const char *(*text) (TwStmt *stmt, int column);
  const guint8 *(*blob) (TwStmt *stmt, int column, gsize *length);
  gint64 (*changes) (TwDb *db);
  gboolean (*begin) (TwDb *db, TwBegin how, GError **error);
  gboolean (*commit) (TwDb *db, GError **error);
  void (*rollback) (TwDb *db);
  gboolean (*backup) (TwDb *db, const char *path, GError **error);
  gboolean (*move_log) (TwDb *db,
                        guint *moved,
                        GError **error); /* nullable: there is none to be moved */
  gboolean (*wait_notice) (
    TwDb *db, int other_fd, int timeout_ms, gboolean *noticed, GError **error); /* nullable */
  void (*set_late) (TwDb *db, gboolean late); /* nullable: there is nobody to wait for */
  /* Keeps the values for run_gathered(), which runs the statement for all that are kept at once;
   * FALSE: each is to be started by itself. Nullable, both: there are no ways to be spared. */
  gboolean (*gather) (TwStmt *stmt, const TwValue *values, int n);
  /* With @keep, what it answers is to be read from what it returns. Forgets the values. */
  TwStmt *(*run_gathered) (TwStmt *stmt, gboolean keep, GError **error);
  /* %TRUE if the table schema_version exists. */
  const char *has_schema_sql;
  /* Keeps other programs from migrating until the end of the transaction; nullable. */
  const char *lock_schema_sql;
} TwDbOps;

/* Both engines embed these at the start of their own. */
struct _TwStmt
{
  TwDb *db;
  char *sql;
  TwStep first; /* what start() found, for the first tw_stmt_step() */
  gboolean first_pending;
  gboolean open; /* started, and not at its end */
  gsize n_gathered;

  /* Of the tables that the connection knows so many were looked for; these are named. */
  guint n_looked_for;
  guint64 tables;
  gboolean only_reads;
  TwInsert *insert; /* (nullable): where tw_db_insert() puts what */
};

struct _TwDb
{
  const TwDbOps *ops;
  gboolean read_only;
  gboolean in_transaction;
  gboolean reading; /* the transaction is one that only reads */
  gboolean failed;  /* a statement of the transaction failed: only a rollback is left */
  guint log_pages;  /* after the last commit; 0 where there is no log */
  guint log_limit;
  GHashTable *statements; /* of TwStmt by its sql */
  GHashTable *memory;     /* of gint64 by name: what the transaction remembers */
  TwKnown *known;         /* what it knows of tables */
  struct
  {
    const char *sql;
    TwStmt *stmt;
  } slots[TW_DB_SLOTS]; /* by the address of the text, for literals */
};

TwDb *tw_db_sqlite_open (const char *path, const guint8 *key, gboolean read_only, GError **error);
TwDb *tw_db_postgres_open (const char *conninfo, gboolean read_only, GError **error);

void tw_db_init (TwDb *db, const TwDbOps *ops, gboolean read_only);
void tw_db_forget_statements (TwDb *db);
TwStmt *tw_db_find_statement (TwDb *db, const char *sql, GError **error);
int tw_db_collect (TwValue *values, const char *format, va_list *from);
gboolean tw_db_check_usable (TwDb *db, GError **error);
gboolean tw_db_note_failure (TwDb *db); /* always FALSE */

TwKnown *tw_known_new (void);
void tw_known_free (TwKnown *known);
gboolean tw_known_before (TwDb *db, TwStmt *stmt, GError **error);
gboolean tw_known_write (TwDb *db, GError **error);
void tw_known_forget (TwDb *db);
void tw_insert_free (TwInsert *insert);

G_END_DECLS
