// SPDX-License-Identifier: GPL-3.0-or-later
/* The practice partners' own books: a database that shares nothing with the service's. */
#pragma once

#include "db/tw-db.h"

G_BEGIN_DECLS

TwDb *tw_books_open (const char *url, const char *keys_dir, GError **error);

/* An id of our own that is always the same for the same thing. */
char *tw_books_make_id (gint64 at_ms, const char *what);

G_END_DECLS
