// SPDX-License-Identifier: GPL-3.0-or-later
/* The rules by name: ids for programs, and words for people. */
#include <glib/gi18n-lib.h>

#include "tax/tw-assess.h"

static const struct
{
  const char *name;
  const char *words;
} rules[TW_N_RULES] = {
  [TW_RULE_INCOME] = { "income", N_ ("Income that counts") },
  [TW_RULE_EXEMPT_INCOME] = { "exempt_income", N_ ("Income free of tax") },
  [TW_RULE_MERGED_BONUS] = { "merged_bonus", N_ ("Bonus, taxed with the rest") },
  [TW_RULE_BASIC] = { "basic", N_ ("Basic deduction") },
  [TW_RULE_SOCIAL_INSURANCE] = { "social_insurance", N_ ("Social insurance") },
  [TW_RULE_HOUSING_FUND] = { "housing_fund", N_ ("Housing fund") },
  [TW_RULE_UNDER3] = { "under3", N_ ("Child under three") },
  [TW_RULE_EDUCATION] = { "education", N_ ("Child’s education") },
  [TW_RULE_STUDY] = { "continuing_education", N_ ("Studying for a degree") },
  [TW_RULE_CERTIFICATE] = { "certificate", N_ ("Professional certificate") },
  [TW_RULE_MEDICAL] = { "medical", N_ ("Serious illness") },
  [TW_RULE_LOAN] = { "loan", N_ ("Interest on the first home’s loan") },
  [TW_RULE_RENT] = { "rent", N_ ("Rent") },
  [TW_RULE_PARENTS] = { "parents", N_ ("Parents of 60 or older") },
  [TW_RULE_PENSION] = { "pension", N_ ("Private pension") },
  [TW_RULE_OTHER] = { "other", N_ ("Other deductions") },
  [TW_RULE_CHARITY] = { "charity", N_ ("Donations") },
  [TW_RULE_PROFIT] = { "profit", N_ ("Profit") },
  [TW_RULE_TAXABLE] = { "taxable", N_ ("Taxable income") },
  [TW_RULE_TAX] = { "tax", N_ ("Tax") },
  [TW_RULE_BONUS_TAX] = { "bonus_tax", N_ ("Tax on the bonus, taxed on its own") },
  [TW_RULE_SOLE_TRADER] = { "sole_trader", N_ ("Waived for a sole trader") },
  [TW_RULE_TOTAL] = { "total", N_ ("Tax of the year") },
  [TW_RULE_BALANCE] = { "balance", N_ ("Owed (below zero: to be refunded)") },
  [TW_RULE_SETTLING] = { "settling", N_ ("Whether a return is due") },
  [TW_RULE_LATE_FEE] = { "late_fee", N_ ("Late fee") },
};

/**
 * tw_tax_rule_get_name:
 * @rule: a rule
 *
 * Returns: (transfer none): its stable name
 */
const char *
tw_tax_rule_get_name (TwTaxRule rule)
{
  g_return_val_if_fail (rule < TW_N_RULES, NULL);
  return rules[rule].name;
}

/**
 * tw_tax_rule_get_words:
 * @rule: a rule
 *
 * Returns: (transfer none): what it is called, in the language of the program
 */
const char *
tw_tax_rule_get_words (TwTaxRule rule)
{
  g_return_val_if_fail (rule < TW_N_RULES, NULL);
  return _ (rules[rule].words);
}

/**
 * tw_tax_problem_get_words:
 * @problem: one of them
 *
 * Returns: (transfer none): what has to be mended before the return can be assessed
 */
const char *
tw_tax_problem_get_words (TwTaxProblems problem)
{
  switch (problem)
    {
    case TW_TAX_YEAR_NOT_COVERED:
      return _ ("The tables here do not cover this year.");
    case TW_TAX_LOAN_AND_RENT:
      return _ (
        "Interest on a home’s loan and rent can’t both be deducted in one year. Leave one out.");
    case TW_TAX_CHILD_MONTHS:
    default:
      return _ ("One child has more than twelve months in the year. Check the months.");
    }
}

/**
 * tw_tax_note_get_words:
 * @note: one of them
 *
 * Returns: (transfer none): what was not counted in full, and why
 */
const char *
tw_tax_note_get_words (TwTaxNotes note)
{
  switch (note)
    {
    case TW_TAX_UNDER3_BEFORE_2022:
      return _ ("Children under three have been deducted since 2022 only.");
    case TW_TAX_PENSION_BEFORE_2022:
      return _ ("Private pensions have been deducted since 2022 only.");
    case TW_TAX_PENSION_OVER_LIMIT:
      return _ ("The private pension was lowered to what counts in a year.");
    case TW_TAX_STUDY_MONTHS:
      return _ ("Studying for one degree counts for so many months only; the rest was left out.");
    case TW_TAX_LOAN_MONTHS:
      return _ ("Interest on a home’s loan counts for so many months only; the rest was left out.");
    case TW_TAX_PARENTS_SHARE:
      return _ (
        "Your share for your parents is above what one child may take. It was lowered to that.");
    case TW_TAX_MEDICAL_OVER_LIMIT:
      return _ ("The costs of an illness were lowered to what counts for one person.");
    case TW_TAX_CHARITY_OVER_LIMIT:
    default:
      return _ ("Donations were lowered to the share of taxable income that counts.");
    }
}
