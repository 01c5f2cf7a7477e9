// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "db/tw-db-private.h"
#include "db/tw-db-rows.h"

G_BEGIN_DECLS

/* A bit each in TwStmt.tables. */
#define TW_KNOWN_MAX_TABLES 64

struct _TwRow
{
  GPtrArray *spare; /* where it goes when it is not needed any more */
  GString *key;
  /* What its values point to. The other one is for those that come: they may point to this. */
  GByteArray *texts, *other_texts;
  guint n_values;
  gboolean exists;  /* the values are its own; otherwise there is no such row */
  gboolean stored;  /* in the database, for a row that is changed: added or replaced? */
  gboolean changed; /* and not written yet */
  TwValue values[];
};

typedef struct
{
  char *name;
  const TwTable *table; /* (nullable): nothing but additions are known of it */
  GHashTable *rows;     /* (nullable): of TwRow by key */
  GPtrArray *changed;   /* (nullable): of TwRow, in the order in which they were changed first */
  GPtrArray *spare;     /* (nullable): of TwRow, for those that come: a transaction has many */
  char *select, *insert, *update;
} TwKnownTable;

struct _TwKnown
{
  GPtrArray *tables;   /* of TwKnownTable; they stay for as long as the connection does */
  guint64 held;        /* of which rows are known */
  guint64 waiting;     /* to which something is not written yet */
  GPtrArray *gathered; /* of TwStmt, in the order in which they were first added with */
  gsize n_gathered;
};

/* Where a statement that adds a row puts its key. */
struct _TwInsert
{
  guint table;
  const TwTable *described; /* (nullable): what was known of the table when this was looked at */
  int key[2];               /* the values, from 0; -1: it is not among them */
};

TwKnownTable *tw_known_table (TwDb *db, const char *name, gsize length, guint *number);
const char *tw_known_key (const TwTable *table, const char *const *parts, char **made);
gboolean tw_known_write_rows (TwDb *db, TwKnownTable *known, GError **error);
/* @key: (nullable): %NULL: any, or all */
gboolean tw_known_is_changed (const TwKnownTable *known, const char *key);
void tw_known_drop (TwKnownTable *known, const char *key);
gboolean tw_known_run_gathered (TwDb *db, GError **error);
gboolean tw_known_gather (TwDb *db, TwStmt *stmt, const TwValue *values, int n);

void tw_row_free (gpointer row);
void tw_row_spare (gpointer row);
TwRow *tw_row_take (GPtrArray *spare, guint n);
void tw_row_set (TwRow *row, const TwValue *values);
void tw_value_read (TwStmt *stmt, int column, char letter, TwValue *value);

G_END_DECLS
