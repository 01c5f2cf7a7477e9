// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Largest amount that one command may name: ¥1,000,000,000.00. Far under what a sum of a million
 * of them needs to overflow. */
#define TW_MONEY_MAX_FEN (G_GINT64_CONSTANT (100000000000))

gboolean tw_money_parse (const char *text, gint64 *fen, GError **error);
char *tw_money_format (gint64 fen);
char *tw_money_format_plain (gint64 fen);
gboolean tw_money_add (gint64 a, gint64 b, gint64 *sum);
gboolean tw_money_scale (gint64 fen, gint64 numerator, gint64 denominator, gint64 *result);

G_END_DECLS
