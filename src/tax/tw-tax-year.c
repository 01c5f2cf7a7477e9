// SPDX-License-Identifier: GPL-3.0-or-later
/* The tables as they stand in one year, looked up once. */
#include "tax/tw-assess-private.h"

#include <string.h>

#define N_YEARS (TW_TAX_LAST_YEAR - TW_TAX_FIRST_YEAR + 1)

static const char *const amount_ids[N_AMOUNTS] = {
  [AMOUNT_COUNTED_WAGES] = "counted_wages_percent",
  [AMOUNT_COUNTED_LABOUR] = "counted_labour_percent",
  [AMOUNT_COUNTED_AUTHOR] = "counted_author_percent",
  [AMOUNT_COUNTED_ROYALTIES] = "counted_royalties_percent",
  [AMOUNT_BASIC] = "basic_fen",
  [AMOUNT_CHARITY_PERCENT] = "charity_percent",
  [AMOUNT_UNDER3] = "under3_monthly_fen",
  [AMOUNT_EDUCATION] = "education_monthly_fen",
  [AMOUNT_STUDY] = "study_monthly_fen",
  [AMOUNT_STUDY_MONTHS] = "study_months",
  [AMOUNT_CERTIFICATE] = "certificate_fen",
  [AMOUNT_MEDICAL_FLOOR] = "medical_floor_fen",
  [AMOUNT_MEDICAL_MOST] = "medical_most_fen",
  [AMOUNT_LOAN] = "loan_monthly_fen",
  [AMOUNT_LOAN_MONTHS] = "loan_months",
  [AMOUNT_RENT_1] = "rent_1_monthly_fen",
  [AMOUNT_RENT_2] = "rent_2_monthly_fen",
  [AMOUNT_RENT_3] = "rent_3_monthly_fen",
  [AMOUNT_PARENTS] = "parents_monthly_fen",
  [AMOUNT_PARENTS_SHARE] = "parents_share_fen",
  [AMOUNT_PENSION] = "pension_fen",
  [AMOUNT_NO_SETTLING_GROSS] = "no_settling_gross_fen",
  [AMOUNT_NO_SETTLING_DUE] = "no_settling_due_fen",
  [AMOUNT_TWO_SOURCES_SETTLE] = "two_sources_settle",
  [AMOUNT_SOLE_TRADER_UP_TO] = "sole_trader_up_to_fen",
  [AMOUNT_SOLE_TRADER_PERCENT] = "sole_trader_waived_percent",
};

/* Newest first: the first that is old enough is in force. */
static const TwAmountRow *
find_amount (const char *id, int year)
{
  for (gsize i = 0; i < tw_amount_rows_count; i++)
    if (tw_amount_rows[i].from_year <= year && strcmp (tw_amount_rows[i].id, id) == 0)
      return &tw_amount_rows[i];
  g_error ("data/tax/amounts.json has no %s for %d", id, year);
}

static void
find_brackets (const char *id, int year, Brackets *out)
{
  const TwBracketRow *top = NULL;

  for (gsize i = 0; i < tw_bracket_rows_count; i++)
    {
      const TwBracketRow *row = &tw_bracket_rows[i];

      if (row->from_year > year || strcmp (row->id, id) != 0 ||
          (top != NULL && row->from_year != top->from_year))
        continue;
      if (top == NULL)
        {
          top = row;
          out->n = row->row;
        }
      g_assert (row->row <= MAX_BRACKETS);
      out->rows[row->row - 1] = row;
    }
  if (top == NULL)
    g_error ("data/tax/brackets.json has no %s for %d", id, year);
}

/* NULL for a year that is not covered. */
const TaxYear *
tw_tax_year_get (int year)
{
  static TaxYear years[N_YEARS];
  static gsize ready;

  if (g_once_init_enter (&ready))
    {
      for (int i = 0; i < N_YEARS; i++)
        {
          for (int j = 0; j < N_AMOUNTS; j++)
            years[i].amounts[j] = find_amount (amount_ids[j], TW_TAX_FIRST_YEAR + i);
          find_brackets ("comprehensive", TW_TAX_FIRST_YEAR + i, &years[i].comprehensive);
          find_brackets ("bonus_monthly", TW_TAX_FIRST_YEAR + i, &years[i].bonus);
          find_brackets ("business", TW_TAX_FIRST_YEAR + i, &years[i].business);
        }
      g_once_init_leave (&ready, 1);
    }
  return year >= TW_TAX_FIRST_YEAR && year <= TW_TAX_LAST_YEAR ? &years[year - TW_TAX_FIRST_YEAR]
                                                               : NULL;
}

/* The row that @value of a fen's @parts is in: the highest whose limit it is over. */
const TwBracketRow *
tw_brackets_find (const Brackets *brackets, gint64 value, gint64 parts)
{
  int i = brackets->n - 1;

  while (i > 0 && value <= brackets->rows[i]->over_fen * parts)
    i--;
  return brackets->rows[i];
}
