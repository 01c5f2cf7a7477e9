// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "db/tw-db-private.h"

#include <libpq-fe.h>

G_BEGIN_DECLS

typedef struct
{
  TwDb base;
  PGconn *connection;
  guint generation; /* counts connections: what was prepared on an earlier one is gone */
  guint serial;     /* for names of prepared statements */
  gint64 changes;
  gint abandoned; /* nothing is asked of it any more; any thread */

  gboolean late;      /* writing statements are not waited for */
  gboolean piped;     /* the connection is in its pipeline mode */
  guint n_pending;    /* answers that were not taken yet */
  GError *late_error; /* (nullable): the first that went wrong in this transaction */
} TwDbPostgres;

/* The values of a statement, as the server takes them. */
typedef struct
{
  int n;
  char format[TW_DB_MAX_PARAMETERS + 1]; /* their letters */
  Oid types[TW_DB_MAX_PARAMETERS];
  const char *values[TW_DB_MAX_PARAMETERS];
  int lengths[TW_DB_MAX_PARAMETERS];
  int formats[TW_DB_MAX_PARAMETERS];
  gint64 numbers[TW_DB_MAX_PARAMETERS];
} TwPostgresValues;

typedef struct _TwGathered TwGathered;
typedef struct _TwRecords TwRecords;

typedef struct
{
  TwStmt base;
  int n_parameters;
  char name[16];
  guint generation; /* of the connection that it is prepared on; 0: on none */
  char format[TW_DB_MAX_PARAMETERS + 1];
  PGresult *result;
  int row;
  GPtrArray *blobs;     /* decoded ones of the row */
  TwGathered *gathered; /* (nullable): see tw-db-postgres-gather.c */
} TwStmtPostgres;

/* Of pg_type; these never change. */
#define TW_OID_BOOL 16
#define TW_OID_BYTEA 17
#define TW_OID_INT8 20
#define TW_OID_TEXT 25

/* Of a value's letter. */
static inline Oid
tw_oid_of (char letter)
{
  return letter == 's' ? TW_OID_TEXT : letter == 'b' ? TW_OID_BYTEA : TW_OID_INT8;
}

static inline void
tw_append_int32 (GByteArray *array, guint32 number)
{
  number = GUINT32_TO_BE (number);
  g_byte_array_append (array, (const guint8 *) &number, sizeof number);
}

static inline TwDbPostgres *
tw_db_postgres_of (TwDb *db)
{
  return (TwDbPostgres *) db;
}

/* Always returns FALSE. @result: (nullable): what the server said */
gboolean
tw_db_postgres_fail (TwDbPostgres *self, PGresult *result, const char *what, GError **error);
gboolean tw_db_postgres_connect (TwDbPostgres *self, GError **error);

gboolean tw_db_postgres_send_late (TwDbPostgres *self,
                                   TwStmtPostgres *stmt,
                                   const TwPostgresValues *values,
                                   GError **error);
PGresult *tw_db_postgres_take_last (TwDbPostgres *self, GError **error);
PGresult *tw_db_postgres_ask_late (TwDbPostgres *self, const char *sql, const char *value);
gboolean tw_db_postgres_take_late (TwDbPostgres *self, GError **error);
gboolean tw_db_postgres_end_late (TwDbPostgres *self, GError **error);
gboolean tw_db_postgres_forget_late (TwDbPostgres *self);

gboolean tw_db_postgres_gather (TwStmt *stmt, const TwValue *values, int n);
TwStmt *tw_db_postgres_run_gathered (TwStmt *stmt, gboolean keep, GError **error);
void tw_gathered_free (TwGathered *gathered);
void tw_gathered_append (GByteArray *array, const TwValue *value);

TwRecords *tw_records_new (TwDbPostgres *self, const char *sql, const char *format);
void tw_records_free (TwRecords *records);
Oid tw_records_get_type (const TwRecords *records);
Oid tw_records_get_element (const TwRecords *records);
const char *tw_records_get_sql (const TwRecords *records);
void tw_records_append (const TwRecords *records, GByteArray *array, const TwValue *values);

gboolean tw_db_postgres_wait_notice (
  TwDb *db, int other_fd, int timeout_ms, gboolean *noticed, GError **error);

TwStmt *tw_stmt_postgres_prepare (TwDb *db, const char *sql, GError **error);
void tw_stmt_postgres_finalize (TwStmt *stmt);
TwStep
tw_stmt_postgres_start (TwStmt *stmt, gboolean keep, const TwValue *values, int n, GError **error);
TwStep tw_stmt_postgres_start_late (TwStmtPostgres *stmt,
                                    TwDbPostgres *self,
                                    gboolean keep,
                                    const TwPostgresValues *p,
                                    GError **error);
TwStep tw_stmt_postgres_step (TwStmt *stmt, GError **error);
void tw_stmt_postgres_reset (TwStmt *stmt);
void tw_stmt_postgres_reset_all (TwDb *db);
gboolean tw_stmt_postgres_is_null (TwStmt *stmt, int column);
gint64 tw_stmt_postgres_int64 (TwStmt *stmt, int column);
const char *tw_stmt_postgres_text (TwStmt *stmt, int column);
const guint8 *tw_stmt_postgres_blob (TwStmt *stmt, int column, gsize *length);
gint64 tw_stmt_postgres_changes (TwDb *db);

G_END_DECLS
