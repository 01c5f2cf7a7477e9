// SPDX-License-Identifier: GPL-3.0-or-later
#include "tax/tw-late-fee.h"

#include "base/tw-money.h"
#include "tax/tw-tax-tables.h"

#define PPM 1000000

/* The row in force on @day. Nothing older than the first row is collected any more; its rate
 * stands for such days too. */
static const TwLateFeeRow *
row_on (int day)
{
  for (gsize i = 0; i < tw_late_fee_rows_count; i++)
    if (tw_late_fee_rows[i].from_day <= day)
      return &tw_late_fee_rows[i];
  return &tw_late_fee_rows[tw_late_fee_rows_count - 1];
}

static gint64
scale (gint64 tax_fen, gint64 ppm)
{
  gint64 fee_fen;

  if (!tw_money_scale (tax_fen, ppm, PPM, &fee_fen))
    return G_MAXINT64;
  return fee_fen;
}

/* Of all days after @due_day up to @on_day, in millionths of the tax. */
static gint64
sum_ppm (int due_day, int on_day)
{
  gint64 ppm = 0;
#ifdef TW_MUTANT_LATE_FEE_OFF_BY_A_DAY
#include "base/tw-planted.h"
  gint64 last = (gint64) on_day + 1;
#else
  gint64 last = on_day;
#endif

  /* Newest row first: each takes the days from its own first one to where the last one stopped. */
  for (gsize i = 0; i < tw_late_fee_rows_count && last > due_day; i++)
    {
      const TwLateFeeRow *row = &tw_late_fee_rows[i];
      gboolean oldest = i == tw_late_fee_rows_count - 1;
      gint64 before = oldest ? due_day : MAX ((gint64) row->from_day - 1, due_day);

      if (before >= last)
        continue;
      ppm += (last - before) * row->rate_ppm_per_day;
      last = before;
    }
  return ppm;
}

/**
 * tw_late_fee_fen:
 * @tax_fen: the unpaid tax in fen, not negative
 * @due_day: the last day to pay without a fee, in days since 1970-01-01
 * @on_day: the day of payment
 *
 * The late fee that has grown by @on_day: each day after @due_day at the rate in force on that
 * day, simple, rounded half up to fen once at the end.
 *
 * Source: Tax Collection Administration Law, Art. 32; `data/tax/late-fee.json`.
 *
 * Returns: the fee in fen; 0 up to and on @due_day; %G_MAXINT64 where it does not fit
 */
gint64
tw_late_fee_fen (gint64 tax_fen, int due_day, int on_day)
{
  g_return_val_if_fail (tax_fen >= 0, 0);

  return scale (tax_fen, sum_ppm (due_day, on_day));
}

/**
 * tw_late_fee_part_fen:
 * @part_fen: a part of the tax in fen, not negative
 * @due_day: the last day to pay without a fee, in days since 1970-01-01
 * @on_day: the day on which this part is paid
 * @rest_ufen: what the parts before have owed and were not charged, in millionths of a fen; less
 *   than nothing where they were charged more; 0 for the first
 * @rest_after_ufen: (out) (optional): the same after this part, for the next one
 *
 * The late fee of one bill is one amount, however many parts it is paid in: it is what all parts so
 * far owe, each by its own day, rounded half up once, without what was charged already.
 *
 * Returns: what this part is charged, in fen; %G_MAXINT64 where it does not fit
 */
gint64
tw_late_fee_part_fen (
  gint64 part_fen, int due_day, int on_day, gint64 rest_ufen, gint64 *rest_after_ufen)
{
  __int128 owed, fee;

  g_return_val_if_fail (part_fen >= 0, 0);
  g_return_val_if_fail (ABS (rest_ufen) <= PPM / 2, 0);

  owed = (__int128) part_fen * sum_ppm (due_day, on_day) + rest_ufen;
  fee = (owed + PPM / 2) / PPM;
  if (rest_after_ufen != NULL)
    *rest_after_ufen = (gint64) (owed - fee * PPM);
  return fee <= G_MAXINT64 ? (gint64) fee : G_MAXINT64;
}

/**
 * tw_late_fee_per_day_fen:
 * @tax_fen: the unpaid tax in fen, not negative
 * @on_day: a day, in days since 1970-01-01
 *
 * For telling a person how fast the fee grows. Not for adding up: tw_late_fee_fen() rounds once
 * for all days.
 *
 * Returns: what the day of @on_day adds, in fen, rounded half up
 */
gint64
tw_late_fee_per_day_fen (gint64 tax_fen, int on_day)
{
  g_return_val_if_fail (tax_fen >= 0, 0);

  return scale (tax_fen, row_on (on_day)->rate_ppm_per_day);
}

/**
 * tw_late_fee_get_source:
 * @on_day: a day, in days since 1970-01-01
 *
 * Returns: (transfer none): the act and article that the rate of that day comes from
 */
const char *
tw_late_fee_get_source (int on_day)
{
  return row_on (on_day)->source;
}
