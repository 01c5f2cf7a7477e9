// SPDX-License-Identifier: GPL-3.0-or-later
#include "tax/tw-deadline.h"

#include "base/tw-clock.h"
#include "tax/tw-tax-tables.h"

/**
 * tw_due_state:
 * @due_day: the last day to pay or file without a fee, in days since 1970-01-01
 * @on_day: today
 *
 * Returns: how pressing it is
 */
TwDueState
tw_due_state (int due_day, int on_day)
{
  int left = tw_due_days_left (due_day, on_day);

  if (left < 0)
    return TW_DUE_OVERDUE;
  return left <= TW_DUE_SOON_DAYS ? TW_DUE_SOON : TW_DUE_LATER;
}

/**
 * tw_due_days_left:
 * @due_day: the last day, in days since 1970-01-01
 * @on_day: today
 *
 * Returns: days until the due day: 0 on it, negative after it
 */
int
tw_due_days_left (int due_day, int on_day)
{
  return (int) CLAMP ((gint64) due_day - on_day, G_MININT, G_MAXINT);
}

/**
 * tw_deadline_find:
 * @id: one of the `TW_DEADLINE_` names
 * @tax_year: the year that the return is about
 * @opens_day: (out) (optional): the first day to file, in days since 1970-01-01
 * @due_day: (out) (optional): the last day
 *
 * Source: `data/tax/deadlines.json`. A due day on a holiday is not moved: no calendar of holidays
 * is known here, and filing early is never wrong.
 *
 * Returns: %FALSE when no such return is known for @tax_year
 */
gboolean
tw_deadline_find (const char *id, int tax_year, int *opens_day, int *due_day)
{
  for (gsize i = 0; i < tw_deadline_rows_count; i++)
    {
      const TwDeadlineRow *row = &tw_deadline_rows[i];
      int year = tax_year + row->years_later;

      if (!g_str_equal (row->id, id) || row->from_year > tax_year)
        continue;
      if (opens_day != NULL)
        *opens_day = tw_clock_day_of_date (year, row->opens_month, row->opens_dom);
      if (due_day != NULL)
        *due_day = tw_clock_day_of_date (year, row->due_month, row->due_dom);
      return TRUE;
    }
  return FALSE;
}
