// SPDX-License-Identifier: GPL-3.0-or-later
/* What a person deducts of whatever income: social insurance and housing fund, the special
 * additional deductions, the private pension. A share or a cost over its limit is cut and noted. */
#include "tax/tw-assess-private.h"

#include <string.h>

#define MONTHS 12

static int
count_months (const TwTaxDeductions *facts, const char *label)
{
  int months = 0;

  for (guint i = 0; i < facts->n_children; i++)
    if (strcmp (facts->children[i].label, label) == 0)
      months += facts->children[i].months;
  return months;
}

/* What can't all be true. */
void
tw_deductions_check (const TwTaxDeductions *facts, TwAssessment *assessment)
{
  if (facts->loan_months > 0 && facts->rent_months > 0)
    assessment->problems |= TW_TAX_LOAN_AND_RENT;
  for (guint i = 0; i < facts->n_children; i++)
    if (count_months (facts, facts->children[i].label) > MONTHS)
      assessment->problems |= TW_TAX_CHILD_MONTHS;
}

gint64
tw_deduct_special (const TwTaxDeductions *facts, TwAssessment *assessment)
{
  static const char article[] = "Individual Income Tax Law, Art. 6";

  if (facts->social_insurance_fen > 0)
    tw_assessment_add (assessment, TW_RULE_SOCIAL_INSURANCE, article, facts->social_insurance_fen,
                       "paid_fen", facts->social_insurance_fen, NULL);
  if (facts->housing_fund_fen > 0)
    tw_assessment_add (assessment, TW_RULE_HOUSING_FUND, article, facts->housing_fund_fen,
                       "paid_fen", facts->housing_fund_fen, NULL);
  assessment->special_fen = facts->social_insurance_fen + facts->housing_fund_fen;
  return assessment->special_fen;
}

static void
deduct_children (const TaxYear *year, const TwTaxDeductions *facts, TwAssessment *assessment)
{
  for (guint i = 0; i < facts->n_children; i++)
    {
      const TwTaxChild *child = &facts->children[i];
      gboolean under3 = child->stage == TW_CHILD_UNDER3;
      Amount which = under3 ? AMOUNT_UNDER3 : AMOUNT_EDUCATION;
      gint64 fen = amount (year, which) * child->months * child->share_percent / 100;

      if (child->months == 0)
        continue;
      if (amount (year, which) == 0)
        assessment->notes |= TW_TAX_UNDER3_BEFORE_2022;
      assessment->additional_fen[under3 ? TW_ADDITIONAL_UNDER3 : TW_ADDITIONAL_EDUCATION] += fen;
      tw_assessment_add (assessment, under3 ? TW_RULE_UNDER3 : TW_RULE_EDUCATION,
                         source (year, which), fen, "monthly_fen", amount (year, which), "months",
                         (gint64) child->months, "share_percent", (gint64) child->share_percent,
                         NULL);
    }
}

static void
deduct_study (const TaxYear *year, const TwTaxDeductions *facts, TwAssessment *assessment)
{
  gint64 left = MAX (0, amount (year, AMOUNT_STUDY_MONTHS) - facts->study_months_before);
  gint64 months = MIN (facts->study_months, left);
  gint64 fen = months * amount (year, AMOUNT_STUDY);

  if (months < facts->study_months)
    assessment->notes |= TW_TAX_STUDY_MONTHS;
  if (facts->study_months > 0)
    tw_assessment_add (assessment, TW_RULE_STUDY, source (year, AMOUNT_STUDY), fen, "monthly_fen",
                       amount (year, AMOUNT_STUDY), "months", (gint64) facts->study_months,
                       "months_before", (gint64) facts->study_months_before, "months_at_most",
                       amount (year, AMOUNT_STUDY_MONTHS), NULL);
  if (facts->certificate)
    {
      fen += amount (year, AMOUNT_CERTIFICATE);
      tw_assessment_add (assessment, TW_RULE_CERTIFICATE, source (year, AMOUNT_CERTIFICATE),
                         amount (year, AMOUNT_CERTIFICATE), NULL);
    }
  assessment->additional_fen[TW_ADDITIONAL_STUDY] = fen;
}

static void
deduct_medical (const TaxYear *year, const TwTaxDeductions *facts, TwAssessment *assessment)
{
  gint64 floor_fen = amount (year, AMOUNT_MEDICAL_FLOOR);
  gint64 most_fen = amount (year, AMOUNT_MEDICAL_MOST);

  for (guint i = 0; i < facts->n_medical; i++)
    {
      gint64 over_fen = MAX (0, facts->medical_fen[i] - floor_fen);
      gint64 fen = MIN (over_fen, most_fen);

      if (over_fen > most_fen)
        assessment->notes |= TW_TAX_MEDICAL_OVER_LIMIT;
      assessment->additional_fen[TW_ADDITIONAL_MEDICAL] += fen;
      if (facts->medical_fen[i] > 0)
        tw_assessment_add (assessment, TW_RULE_MEDICAL, source (year, AMOUNT_MEDICAL_MOST), fen,
                           "paid_fen", facts->medical_fen[i], "over_fen", floor_fen, "at_most_fen",
                           most_fen, NULL);
    }
}

static void
deduct_home (const TaxYear *year, const TwTaxDeductions *facts, TwAssessment *assessment)
{
  gint64 left = MAX (0, amount (year, AMOUNT_LOAN_MONTHS) - facts->loan_months_before);
  gint64 months = MIN (facts->loan_months, left);

  if (facts->loan_months > 0)
    {
      gint64 fen = months * amount (year, AMOUNT_LOAN) * facts->loan_share_percent / 100;

      if (months < facts->loan_months)
        assessment->notes |= TW_TAX_LOAN_MONTHS;
      assessment->additional_fen[TW_ADDITIONAL_LOAN] = fen;
      tw_assessment_add (assessment, TW_RULE_LOAN, source (year, AMOUNT_LOAN), fen, "monthly_fen",
                         amount (year, AMOUNT_LOAN), "months", (gint64) facts->loan_months,
                         "months_before", (gint64) facts->loan_months_before, "months_at_most",
                         amount (year, AMOUNT_LOAN_MONTHS), "share_percent",
                         (gint64) facts->loan_share_percent, NULL);
    }
  if (facts->rent_months > 0)
    {
      Amount which = AMOUNT_RENT_1 + facts->rent_city_class - 1;
      gint64 fen = facts->rent_months * amount (year, which);

      assessment->additional_fen[TW_ADDITIONAL_RENT] = fen;
      tw_assessment_add (assessment, TW_RULE_RENT, source (year, which), fen, "monthly_fen",
                         amount (year, which), "months", (gint64) facts->rent_months, "city_class",
                         (gint64) facts->rent_city_class, NULL);
    }
}

static void
deduct_parents (const TaxYear *year, const TwTaxDeductions *facts, TwAssessment *assessment)
{
  Amount which = facts->only_child ? AMOUNT_PARENTS : AMOUNT_PARENTS_SHARE;
  gint64 monthly_fen =
    facts->only_child ? amount (year, which) : MIN (facts->parents_share_fen, amount (year, which));
  gint64 fen = facts->parents_months * monthly_fen;

  if (facts->parents_months == 0)
    return;
  if (!facts->only_child && facts->parents_share_fen > monthly_fen)
    assessment->notes |= TW_TAX_PARENTS_SHARE;
  assessment->additional_fen[TW_ADDITIONAL_PARENTS] = fen;
  tw_assessment_add (assessment, TW_RULE_PARENTS, source (year, which), fen, "monthly_fen",
                     monthly_fen, "months", (gint64) facts->parents_months, "at_most_fen",
                     amount (year, which), NULL);
}

gint64
tw_deduct_additional (const TaxYear *year, const TwTaxDeductions *facts, TwAssessment *assessment)
{
  deduct_children (year, facts, assessment);
  deduct_study (year, facts, assessment);
  deduct_medical (year, facts, assessment);
  deduct_home (year, facts, assessment);
  deduct_parents (year, facts, assessment);
  for (int i = 0; i < TW_N_ADDITIONALS; i++)
    assessment->additional_sum_fen += assessment->additional_fen[i];
  return assessment->additional_sum_fen;
}

gint64
tw_deduct_pension (const TaxYear *year, const TwTaxDeductions *facts, TwAssessment *assessment)
{
  gint64 most_fen = amount (year, AMOUNT_PENSION);

  if (facts->pension_fen == 0)
    return 0;
  assessment->pension_fen = MIN (facts->pension_fen, most_fen);
  if (most_fen == 0)
    assessment->notes |= TW_TAX_PENSION_BEFORE_2022;
  else if (facts->pension_fen > most_fen)
    assessment->notes |= TW_TAX_PENSION_OVER_LIMIT;
  tw_assessment_add (assessment, TW_RULE_PENSION, source (year, AMOUNT_PENSION),
                     assessment->pension_fen, "paid_fen", facts->pension_fen, "at_most_fen",
                     most_fen, NULL);
  return assessment->pension_fen;
}
