// SPDX-License-Identifier: GPL-3.0-or-later
/* The books of one day as a partner tells them, however they came. */
#pragma once

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/* More is no statement of a day. */
#define TW_STATEMENT_MAX_ENTRIES 200000
#define TW_STATEMENT_MAX_BYTES (64 * 1024 * 1024)
/* Of a reference, in characters: the standard has 35, and an id of ours is 36. */
#define TW_STATEMENT_MAX_TEXT 64

typedef struct
{
  char *entry;         /* the partner's own number of the line; each once in a statement */
  char *order_id;      /* the service's order, or "" */
  char *reference;     /* the partner's own reference of the order, or "" */
  gint64 amount_fen;   /* over zero: came to the service; below: went from it */
  gint64 booked_at_ms; /* 0: not said */
  gboolean reversal;   /* books back what was booked before */
  guint line;          /* in a file, for messages; 0: not in one */
} TwStatementEntry;

typedef struct
{
  char *id;      /* the partner's own, or "" */
  char *account; /* whose books: the partner's number of it; "": not said */
  int day;       /* in China */
  guint page;    /* from 1 */
  gboolean is_last;
  gint64 created_at_ms;
  gboolean has_opening;
  gboolean has_closing;
  gint64 opening_fen;
  gint64 closing_fen;
  GPtrArray *entries; /* of TwStatementEntry, as they stood */
} TwStatement;

TwStatement *tw_statement_new (void);
void tw_statement_free (TwStatement *statement);
TwStatementEntry *tw_statement_add (TwStatement *statement, guint line, GError **error);
gboolean tw_statement_check (TwStatement *statement, GError **error);
gboolean tw_statement_parse_amount (const char *text, gint64 *fen, GError **error);
gboolean tw_statement_parse_time (const char *text, gint64 *time_ms, int *day);

TwStatement *tw_statement_from_json (JsonObject *json, GError **error);
TwStatement *tw_statement_from_camt (const char *text, gsize length, GError **error);
TwStatement *tw_statement_from_file (const char *path, GError **error);
TwStatement *tw_statement_from_files (const char *const *paths, GError **error);

TwStatement *tw_statement_join (GPtrArray *pages, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TwStatement, tw_statement_free)

G_END_DECLS
