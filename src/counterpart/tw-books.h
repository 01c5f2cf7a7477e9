// SPDX-License-Identifier: GPL-3.0-or-later
/* The practice partners' own books: a database that shares nothing with the service's. */
#pragma once

#include "counterpart/tw-faults.h"
#include "db/tw-db.h"

G_BEGIN_DECLS

TwDb *tw_books_open (const char *url, const char *keys_dir, GError **error);

/* A line of the books: what the statement of its day says. */
typedef struct
{
  const char *party;     /* whose books: "bank", "office", … the first part of its paths */
  const char *order_id;  /* the service's own */
  gint64 amount_fen;     /* over zero: came to the service; below: went from it */
  const char *reference; /* the partner's own */
  gint64 booked_at_ms;   /* may be ahead: what is accepted now and final later */
} TwBookEntry;

gboolean tw_books_enter (TwDb *db, const TwBookEntry *entry, GError **error);
gboolean tw_books_spoil (TwDb *db, TwFault fault, const char *order_id, GError **error);

/* An id of our own that is always the same for the same thing. */
char *tw_books_make_id (gint64 at_ms, const char *what);

G_END_DECLS
