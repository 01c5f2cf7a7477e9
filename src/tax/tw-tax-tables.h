// SPDX-License-Identifier: GPL-3.0-or-later
/* The shape of the tables that make-tables.py writes from data/tax; only for this room. Rows of
 * one id stand newest first. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct
{
  int from_day; /* days since 1970-01-01 */
  int rate_ppm_per_day;
  const char *source;
} TwLateFeeRow;

extern const TwLateFeeRow tw_late_fee_rows[];
extern const gsize tw_late_fee_rows_count;

typedef struct
{
  const char *id;
  int from_year; /* the tax year */
  int years_later;
  int opens_month, opens_dom;
  int due_month, due_dom;
  const char *source;
} TwDeadlineRow;

typedef struct
{
  const char *id;
  int from_year;
  int row; /* 1 for the lowest */
  gint64 over_fen;
  int rate_percent;
  gint64 quick_fen;
  const char *source;
} TwBracketRow;

/* Of one id and year the highest row first. */
extern const TwBracketRow tw_bracket_rows[];
extern const gsize tw_bracket_rows_count;

typedef struct
{
  const char *id;
  int from_year;
  gint64 value;
  const char *source;
} TwAmountRow;

extern const TwAmountRow tw_amount_rows[];
extern const gsize tw_amount_rows_count;

extern const TwDeadlineRow tw_deadline_rows[];
extern const gsize tw_deadline_rows_count;

G_END_DECLS
