// SPDX-License-Identifier: GPL-3.0-or-later
/* A file of camt.053 while it is read. What is not as the standard has it is refused, with its
 * line; the first of that counts. Private to the room. */
#pragma once

#include <libxml/xmlreader.h>

#include "server/reconcile/tw-statement.h"

G_BEGIN_DECLS

#define TW_CAMT_CURRENCY "CNY"

typedef struct
{
  xmlTextReader *reader;
  TwStatement *statement;
  GString *why; /* what libxml2 has said first */
  guint why_line;
  gboolean has_day;
  guint n_statements;
  GError **error;
} TwCamtReading;

/* Returns: %FALSE */
gboolean tw_camt_refuse (TwCamtReading *reading, long line, const char *format, ...)
  G_GNUC_PRINTF (3, 4);

gboolean tw_camt_is_named (xmlNode *node, const char *name);
xmlNode *tw_camt_find_child (xmlNode *node, const char *name);
xmlNode *tw_camt_find (xmlNode *node, const char *path);
char *tw_camt_get_text (xmlNode *node);
char *tw_camt_find_text (xmlNode *node, const char *path);

gboolean tw_camt_take_day (TwCamtReading *reading, long line, int day);
gboolean
tw_camt_read_amount (TwCamtReading *reading, xmlNode *node, xmlNode *signed_by, gint64 *fen);
gboolean tw_camt_read_date (TwCamtReading *reading, xmlNode *node, gint64 *time_ms, int *day);

/* Adds what an entry has booked to the statement. */
gboolean tw_camt_read_entry (TwCamtReading *reading, xmlNode *node);

G_END_DECLS
