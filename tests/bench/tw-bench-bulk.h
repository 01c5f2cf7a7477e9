// SPDX-License-Identifier: GPL-3.0-or-later
/* Other people's history, by the million, straight into the sealed database. Their rows have the
 * size and the keys of real ones; what is sealed in them is noise, so that only those who act can
 * be read. */
#pragma once

#include "tw-bench.h"

G_BEGIN_DECLS

/* @n_records lines of tax history, each shown in the feed; a fifth as many payments with all that
 * belongs to one, a tenth as many bills, a fiftieth as many people and tickets. */
void tw_bench_fill_bulk (TwBench *bench, gint64 n_records);

G_END_DECLS
