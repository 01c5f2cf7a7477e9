// SPDX-License-Identifier: GPL-3.0-or-later
/* The measure of all things: a loop that writes the very rows that the service has written, to a
 * plain copy of its database. */
#pragma once

#include "tw-bench.h"

G_BEGIN_DECLS

typedef struct _TwBare TwBare;

/* A plain copy of the database as it is now; the service must not run. */
TwBare *tw_bare_new (TwBench *bench);
void tw_bare_free (TwBare *bare);

/* Reads what the service has written since the last time. Answers how many commands. */
guint tw_bare_load (TwBare *bare, TwDb *db);
/* Writes it, so many commands a commit. Answers the seconds; @n_rows is set to rows written. */
double tw_bare_replay (TwBare *bare, guint a_commit, guint64 *n_rows);

/* How many times a second a page of 4 kB appended to a file can be brought onto the disk. */
double tw_bare_fsync_rate (TwBench *bench);

G_END_DECLS
