// SPDX-License-Identifier: GPL-3.0-or-later
#include "tax/tw-assess-private.h"

#include <string.h>

#include "base/tw-money.h"
#include "tax/tw-late-fee.h"

#define LAW_RATES "Individual Income Tax Law, Art. 3"
#define LAW_TAXABLE "Individual Income Tax Law, Art. 6"
#define LAW_EXEMPT "Individual Income Tax Law, Art. 4"
#define LAW_SETTLING "Individual Income Tax Law, Art. 11"
#define LAW_BUSINESS "Individual Income Tax Law, Art. 12"

static const Amount counted[TW_N_INCOMES] = {
  [TW_INCOME_WAGES] = AMOUNT_COUNTED_WAGES,
  [TW_INCOME_LABOUR] = AMOUNT_COUNTED_LABOUR,
  [TW_INCOME_AUTHOR] = AMOUNT_COUNTED_AUTHOR,
  [TW_INCOME_ROYALTIES] = AMOUNT_COUNTED_ROYALTIES,
};

/**
 * tw_assessment_init:
 * @assessment: (out): an empty one; end it with tw_assessment_clear()
 */
void
tw_assessment_init (TwAssessment *assessment)
{
  memset (assessment, 0, sizeof *assessment);
  assessment->why = g_array_sized_new (FALSE, FALSE, sizeof (TwTaxLine), 16);
}

/**
 * tw_assessment_clear:
 * @assessment: an assessment
 */
void
tw_assessment_clear (TwAssessment *assessment)
{
  g_clear_pointer (&assessment->why, g_array_unref);
}

void
tw_assessment_restart (TwAssessment *assessment)
{
  GArray *why = assessment->why;

  g_array_set_size (why, 0);
  memset (assessment, 0, sizeof *assessment);
  assessment->why = why;
}

void
tw_assessment_add (
  TwAssessment *assessment, TwTaxRule rule, const char *article, gint64 amount_fen, ...)
{
  TwTaxLine line = { .rule = rule, .article = article, .amount_fen = amount_fen };
  const char *name;
  va_list args;

  va_start (args, amount_fen);
  while ((name = va_arg (args, const char *)) != NULL)
    {
      g_assert (line.n_inputs < TW_LINE_MAX_INPUTS);
      line.inputs[line.n_inputs].name = name;
      line.inputs[line.n_inputs++].value = va_arg (args, gint64);
    }
  va_end (args);
  g_array_append_val (assessment->why, line);
}

/* Half up; an amount under zero is whole already. */
gint64
tw_parts_to_fen (gint64 amount_parts)
{
  return amount_parts < 0 ? amount_parts / PARTS : (amount_parts + PARTS / 2) / PARTS;
}

static TwTaxRow
get_row (const TwBracketRow *row)
{
  return (TwTaxRow){ row->row, row->rate_percent, row->quick_fen };
}

/* Tax on @taxable_parts in 1/(PARTS * 100) fen, not rounded. */
static gint64
compute_tax (const TwBracketRow *row, gint64 taxable_parts)
{
  return taxable_parts * row->rate_percent - row->quick_fen * PARTS * 100;
}

static gint64
round_tax (gint64 exact)
{
  return (exact + PARTS * 50) / (PARTS * 100);
}

/* What a year's income comes to, the bonus one way or the other. */
typedef struct
{
  gint64 counted_parts;
  gint64 charity_parts;
  gint64 taxable_parts;
  const TwBracketRow *row;
  gint64 tax_fen;
  const TwBracketRow *bonus_row; /* of what is taxed on its own, be it nothing */
  gint64 bonus_tax_fen;
} Way;

static Way
go_one_way (const TaxYear *year,
            const TwTaxReturn *facts,
            TwBonusMode mode,
            gint64 counted_parts,
            gint64 deducted_fen)
{
  gint64 bonus_fen = facts->bonus_exempt ? 0 : facts->bonus_fen;
  Way way = { .counted_parts = counted_parts };
  gint64 before;

  if (mode == TW_BONUS_MERGED)
    {
      way.counted_parts += bonus_fen * PARTS;
      bonus_fen = 0;
    }
  before = MAX (0, way.counted_parts - deducted_fen * PARTS);
  way.charity_parts = MIN (facts->deductions.charity_fen * PARTS,
                           before * amount (year, AMOUNT_CHARITY_PERCENT) / 100);
  way.taxable_parts = before - way.charity_parts;
  way.row = tw_brackets_find (&year->comprehensive, way.taxable_parts, PARTS);
  way.tax_fen = round_tax (compute_tax (way.row, way.taxable_parts));
  /* A twelfth of it finds the row: compared with twelve times the limit, nothing is rounded. */
  way.bonus_row = tw_brackets_find (&year->bonus, bonus_fen, 12);
  way.bonus_tax_fen = round_tax (compute_tax (way.bonus_row, bonus_fen * PARTS));
  return way;
}

/* Answers what counts, in parts of fen. */
static gint64
count_income (const TaxYear *year, const TwTaxReturn *facts, TwAssessment *assessment)
{
  gint64 sum_parts = 0;

  for (int i = 0; i < TW_N_INCOMES; i++)
    {
      gint64 gross_fen = facts->income_fen[i];
      gint64 percent = amount (year, counted[i]);
      gint64 counted_parts = gross_fen * percent * PARTS / 100;

      if (gross_fen == 0)
        continue;
      assessment->gross_fen += gross_fen;
      if (facts->exempt[i])
        {
          tw_assessment_add (assessment, TW_RULE_EXEMPT_INCOME, LAW_EXEMPT, 0, "kind", (gint64) i,
                             "gross_fen", gross_fen, NULL);
          continue;
        }
      sum_parts += counted_parts;
      tw_assessment_add (assessment, TW_RULE_INCOME, source (year, counted[i]),
                         tw_parts_to_fen (counted_parts), "kind", (gint64) i, "gross_fen",
                         gross_fen, "percent", percent, NULL);
    }
  return sum_parts;
}

static void
count_bonus (const TwTaxReturn *facts, TwAssessment *assessment)
{
  if (facts->bonus_mode == TW_BONUS_MERGED)
    assessment->gross_fen += facts->bonus_fen;
  if (facts->bonus_fen > 0 && facts->bonus_exempt)
    tw_assessment_add (assessment, TW_RULE_EXEMPT_INCOME, LAW_EXEMPT, 0, "kind",
                       (gint64) TW_N_INCOMES, "gross_fen", facts->bonus_fen, NULL);
  else if (facts->bonus_fen > 0 && facts->bonus_mode == TW_BONUS_MERGED)
    tw_assessment_add (assessment, TW_RULE_MERGED_BONUS, LAW_TAXABLE, facts->bonus_fen, "bonus_fen",
                       facts->bonus_fen, NULL);
}

/* Answers the sum in fen. */
static gint64
deduct (const TaxYear *year, const TwTaxDeductions *facts, TwAssessment *assessment)
{
  gint64 basic_fen = amount (year, AMOUNT_BASIC);
  gint64 sum_fen = basic_fen;

  tw_assessment_add (assessment, TW_RULE_BASIC, source (year, AMOUNT_BASIC), basic_fen, NULL);
  sum_fen += tw_deduct_special (facts, assessment);
  sum_fen += tw_deduct_additional (year, facts, assessment);
  sum_fen += tw_deduct_pension (year, facts, assessment);
  if (facts->other_fen > 0)
    tw_assessment_add (assessment, TW_RULE_OTHER, LAW_TAXABLE, facts->other_fen, "paid_fen",
                       facts->other_fen, NULL);
  return sum_fen + facts->other_fen;
}

static void
explain_charity (const TaxYear *year,
                 gint64 given_fen,
                 gint64 charity_parts,
                 gint64 before_parts,
                 TwAssessment *assessment)
{
  assessment->charity_fen = tw_parts_to_fen (charity_parts);
  if (charity_parts < given_fen * PARTS)
    assessment->notes |= TW_TAX_CHARITY_OVER_LIMIT;
  if (given_fen > 0)
    tw_assessment_add (assessment, TW_RULE_CHARITY, source (year, AMOUNT_CHARITY_PERCENT),
                       assessment->charity_fen, "given_fen", given_fen, "taxable_before_fen",
                       tw_parts_to_fen (before_parts), "percent",
                       amount (year, AMOUNT_CHARITY_PERCENT), NULL);
}

static void
explain_tax (TwAssessment *assessment, const TwBracketRow *row, gint64 tax_fen)
{
  tw_assessment_add (assessment, TW_RULE_TAX, row->source, tax_fen, "taxable_fen",
                     assessment->taxable_fen, "row", (gint64) row->row, "rate_percent",
                     (gint64) row->rate_percent, "quick_fen", row->quick_fen, NULL);
}

static void
use_way (const TaxYear *year,
         const TwTaxReturn *facts,
         const Way *way,
         gint64 deducted_fen,
         TwAssessment *assessment)
{
  assessment->counted_fen = tw_parts_to_fen (way->counted_parts);
  explain_charity (year, facts->deductions.charity_fen, way->charity_parts,
                   way->taxable_parts + way->charity_parts, assessment);
  assessment->taxable_fen = tw_parts_to_fen (way->taxable_parts);
  tw_assessment_add (assessment, TW_RULE_TAXABLE, LAW_TAXABLE, assessment->taxable_fen,
                     "counted_fen", assessment->counted_fen, "deducted_fen", deducted_fen,
                     "charity_fen", assessment->charity_fen, NULL);
  assessment->row = get_row (way->row);
  assessment->tax_fen = way->tax_fen;
  explain_tax (assessment, way->row, way->tax_fen);
  assessment->bonus_row = get_row (way->bonus_row);
  assessment->bonus_tax_fen = way->bonus_tax_fen;
  if (way->bonus_tax_fen > 0)
    tw_assessment_add (assessment, TW_RULE_BONUS_TAX, way->bonus_row->source, way->bonus_tax_fen,
                       "bonus_fen", facts->bonus_fen, "row", (gint64) way->bonus_row->row,
                       "rate_percent", (gint64) way->bonus_row->rate_percent, "quick_fen",
                       way->bonus_row->quick_fen, NULL);
}

static void
balance (TwAssessment *assessment, const char *article, gint64 prepaid_fen)
{
  assessment->balance_fen = assessment->total_fen - prepaid_fen;
  tw_assessment_add (assessment, TW_RULE_BALANCE, article, assessment->balance_fen, "total_fen",
                     assessment->total_fen, "prepaid_fen", prepaid_fen, NULL);
}

/* Whether a return has to be handed in. What exempts from it speaks of who owes; who wants money
 * back asks for it by a return. Two sources alone were a reason, for who was not exempt, until the
 * rule of 2025, which is about 2024 first. */
static void
decide_settling (const TaxYear *year, const TwTaxReturn *facts, TwAssessment *assessment)
{
  gint64 due_fen = MAX (0, assessment->balance_fen);
  gint64 least_gross_fen = amount (year, AMOUNT_NO_SETTLING_GROSS);
  gint64 least_due_fen = amount (year, AMOUNT_NO_SETTLING_DUE);
  gboolean is_small =
    !facts->payer_failed && (assessment->gross_fen <= least_gross_fen || due_fen <= least_due_fen);
  gboolean by_sources =
    facts->two_sources && amount (year, AMOUNT_TWO_SOURCES_SETTLE) != 0 &&
    assessment->counted_fen - assessment->special_fen > amount (year, AMOUNT_BASIC);

  assessment->exempt_from_settling = due_fen > 0 && is_small;
  assessment->must_settle = (facts->claims_refund && assessment->balance_fen < 0) ||
                            ((due_fen > 0 || by_sources) && !is_small);
  tw_assessment_add (assessment, TW_RULE_SETTLING, source (year, AMOUNT_NO_SETTLING_GROSS), due_fen,
                     "gross_fen", assessment->gross_fen, "due_fen", due_fen, "gross_at_most_fen",
                     least_gross_fen, "due_at_most_fen", least_due_fen, "must_settle",
                     (gint64) assessment->must_settle, NULL);
}

static const TaxYear *
begin (int number, const TwTaxDeductions *deductions, TwAssessment *assessment)
{
  const TaxYear *year = tw_tax_year_get (number);

  tw_assessment_restart (assessment);
  if (year == NULL)
    assessment->problems |= TW_TAX_YEAR_NOT_COVERED;
  tw_deductions_check (deductions, assessment);
  return assessment->problems == 0 ? year : NULL;
}

/**
 * tw_assess_comprehensive:
 * @facts: the year; amounts at most %TW_TAX_MAX_FEN and not negative, counts as they are described
 * @assessment: what comes of it
 *
 * Assesses comprehensive income. Source: Individual Income Tax Law, Art. 3, 4, 6 and 11, with the
 * acts named in data/tax, which each line of the explanation names again.
 */
void
tw_assess_comprehensive (const TwTaxReturn *facts, TwAssessment *assessment)
{
  const TaxYear *year = begin (facts->year, &facts->deductions, assessment);
  gint64 counted_parts, deducted_fen;
  Way ways[2];

  if (year == NULL)
    return;
  counted_parts = count_income (year, facts, assessment);
  count_bonus (facts, assessment);
  deducted_fen = deduct (year, &facts->deductions, assessment);
  for (TwBonusMode mode = TW_BONUS_SEPARATE; mode <= TW_BONUS_MERGED; mode++)
    ways[mode] = go_one_way (year, facts, mode, counted_parts, deducted_fen);
  use_way (year, facts, &ways[facts->bonus_mode], deducted_fen, assessment);
  assessment->total_fen = assessment->tax_fen + assessment->bonus_tax_fen;
  assessment->separate_total_fen =
    ways[TW_BONUS_SEPARATE].tax_fen + ways[TW_BONUS_SEPARATE].bonus_tax_fen;
  assessment->merged_total_fen = ways[TW_BONUS_MERGED].tax_fen;
  if (facts->bonus_fen > 0 && !facts->bonus_exempt)
    tw_assessment_add (assessment, TW_RULE_TOTAL, year->bonus.rows[0]->source,
                       assessment->total_fen, "tax_fen", assessment->tax_fen, "bonus_tax_fen",
                       assessment->bonus_tax_fen, "other_way_fen",
                       facts->bonus_mode == TW_BONUS_SEPARATE ? assessment->merged_total_fen
                                                              : assessment->separate_total_fen,
                       NULL);
  balance (assessment, LAW_SETTLING, facts->prepaid_fen);
  decide_settling (year, facts, assessment);
}

/* What is waived of a sole trader's tax on the part up to a limit; in 1/(PARTS * 100 * 100) fen as
 * the share is in percent. */
static gint64
waive (const TaxYear *year, gint64 taxable_parts)
{
  gint64 limit_parts = MIN (taxable_parts, amount (year, AMOUNT_SOLE_TRADER_UP_TO) * PARTS);
  const TwBracketRow *row = tw_brackets_find (&year->business, limit_parts, PARTS);

  return compute_tax (row, limit_parts) * amount (year, AMOUNT_SOLE_TRADER_PERCENT);
}

/**
 * tw_assess_business:
 * @facts: the year; amounts at most %TW_TAX_MAX_FEN and not negative
 * @assessment: what comes of it
 *
 * Assesses business income. Source: Individual Income Tax Law, Art. 3, 6 and 12; for a sole trader
 * notices 2021 No. 12 and 2023 No. 12.
 */
void
tw_assess_business (const TwTaxBusiness *facts, TwAssessment *assessment)
{
  const TaxYear *year = begin (facts->year, &facts->deductions, assessment);
  gint64 deducted_fen = 0, before_parts, charity_parts, taxable_parts, exact, waived = 0;
  const TwBracketRow *row;

  if (year == NULL)
    return;
  assessment->profit_fen = facts->revenue_fen - facts->costs_fen;
  tw_assessment_add (assessment, TW_RULE_PROFIT, LAW_TAXABLE, assessment->profit_fen, "revenue_fen",
                     facts->revenue_fen, "costs_fen", facts->costs_fen, NULL);
  if (facts->deduct_personal)
    deducted_fen = deduct (year, &facts->deductions, assessment);
  before_parts = MAX (0, assessment->profit_fen - facts->prior_losses_fen - deducted_fen) * PARTS;
  charity_parts = MIN (facts->deductions.charity_fen * PARTS,
                       before_parts * amount (year, AMOUNT_CHARITY_PERCENT) / 100);
  explain_charity (year, facts->deductions.charity_fen, charity_parts, before_parts, assessment);
  taxable_parts = before_parts - charity_parts;
  assessment->taxable_fen = tw_parts_to_fen (taxable_parts);
  tw_assessment_add (assessment, TW_RULE_TAXABLE, LAW_TAXABLE, assessment->taxable_fen,
                     "profit_fen", assessment->profit_fen, "prior_losses_fen",
                     facts->prior_losses_fen, "deducted_fen", deducted_fen, "charity_fen",
                     assessment->charity_fen, NULL);
  row = tw_brackets_find (&year->business, taxable_parts, PARTS);
  assessment->row = get_row (row);
  exact = compute_tax (row, taxable_parts);
  assessment->tax_fen = round_tax (exact);
  explain_tax (assessment, row, assessment->tax_fen);
  if (facts->sole_trader && amount (year, AMOUNT_SOLE_TRADER_UP_TO) > 0)
    {
      waived = waive (year, taxable_parts);
      tw_assessment_add (assessment, TW_RULE_SOLE_TRADER, source (year, AMOUNT_SOLE_TRADER_UP_TO),
                         -round_tax (waived / 100), "taxable_fen", assessment->taxable_fen,
                         "up_to_fen", amount (year, AMOUNT_SOLE_TRADER_UP_TO), "percent",
                         amount (year, AMOUNT_SOLE_TRADER_PERCENT), NULL);
    }
  assessment->total_fen =
    (gint64) (((__int128) exact * 100 - waived + PARTS * 5000) / (PARTS * 10000));
  balance (assessment, LAW_BUSINESS, facts->prepaid_fen);
}

/**
 * tw_assess_late_fee:
 * @tax_fen: the unpaid tax, at most %TW_TAX_MAX_FEN
 * @days: from the day after the due date to the day of payment
 * @assessment: what comes of it: its total, and why
 *
 * At the rate that is in force now.
 *
 * Returns: %FALSE where the fee is more than can be counted
 */
gboolean
tw_assess_late_fee (gint64 tax_fen, gint64 days, TwAssessment *assessment)
{
  gint64 ppm = tw_late_fee_rows[0].rate_ppm_per_day;

  tw_assessment_restart (assessment);
  if (days > G_MAXINT64 / MAX (ppm, 1) ||
      !tw_money_scale (tax_fen, ppm * days, 1000000, &assessment->total_fen))
    return FALSE;
  tw_assessment_add (assessment, TW_RULE_LATE_FEE, tw_late_fee_rows[0].source,
                     assessment->total_fen, "tax_fen", tax_fen, "days", days, "rate_ppm_per_day",
                     ppm, NULL);
  return TRUE;
}
