// SPDX-License-Identifier: GPL-3.0-or-later
/* Rows that a transaction knows, and rows that it adds. What it has read by its key it need not
 * read again; what it changes is written once, however often it was changed; and what is to be
 * added goes to the database with more of its kind. All of it is there before any other statement
 * could see that it is not: whoever asks with tw_db_query() is answered as if nothing was ever kept
 * back. A failure may show itself with a later call, at the latest with tw_db_commit(). */
#pragma once

#include "db/tw-db.h"

G_BEGIN_DECLS

/* Each table is described once, for good. */
typedef struct
{
  const char *name;
  const char *columns; /* "id, seq": the key comes first */
  const char *format;  /* a letter a column, as in tw_db_query() */
  guint n_key;         /* so many columns, of text, are the key: 1 or 2 */
} TwTable;

typedef struct _TwRow TwRow;

gboolean tw_db_get_row (TwDb *db, const TwTable *table, const TwRow **row, GError **error, ...);
gboolean tw_db_put_row (TwDb *db, const TwTable *table, GError **error, ...);
gboolean tw_db_foresee (TwDb *db, const TwTable *table, GPtrArray *keys, GError **error);

gboolean tw_row_is_null (const TwRow *row, guint column);
gint64 tw_row_int64 (const TwRow *row, guint column);
const char *tw_row_text (const TwRow *row, guint column);
const guint8 *tw_row_blob (const TwRow *row, guint column, gsize *length);

gboolean tw_db_insert (TwDb *db, GError **error, const char *sql, const char *format, ...);

G_END_DECLS
