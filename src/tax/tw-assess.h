// SPDX-License-Identifier: GPL-3.0-or-later
/* From the facts of a year to what is owed for it, and why: pure functions over the tables of
 * data/tax. Money is in fen; each tax is rounded to fen once, at its end, half up. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define TW_TAX_FIRST_YEAR 2019
#define TW_TAX_LAST_YEAR 2027

/* The most that one amount of a return may be: ¥1,000,000,000,000.00. What is made of a return's
 * amounts stays far inside of 64 bits. */
#define TW_TAX_MAX_FEN (G_GINT64_CONSTANT (100000000000000))

typedef enum
{
  TW_INCOME_WAGES,
  TW_INCOME_LABOUR,
  TW_INCOME_AUTHOR,
  TW_INCOME_ROYALTIES,
  TW_N_INCOMES,
} TwIncome;

typedef enum
{
  TW_CHILD_UNDER3,
  TW_CHILD_EDUCATION,
} TwChildStage;

/* One stage of a child within the year. */
typedef struct
{
  const char *label; /* what the person calls the child; the same for the same one */
  TwChildStage stage;
  int months;        /* 0 to 12 */
  int share_percent; /* 100 or 50 */
} TwTaxChild;

/* What is deducted of whatever income. */
typedef struct
{
  gint64 social_insurance_fen;
  gint64 housing_fund_fen;

  const TwTaxChild *children;
  guint n_children;
  int study_months, study_months_before; /* of one degree */
  gboolean certificate;
  const gint64 *medical_fen; /* own-paid part, each person's */
  guint n_medical;
  int loan_months, loan_months_before;
  int loan_share_percent; /* 100 or 50 */
  int rent_months;
  int rent_city_class; /* 1 to 3; 0: no rent */
  int parents_months;
  gboolean only_child;
  gint64 parents_share_fen; /* a month, of who is not an only child */

  gint64 pension_fen;
  gint64 other_fen;
  gint64 charity_fen;
} TwTaxDeductions;

typedef enum
{
  TW_BONUS_SEPARATE,
  TW_BONUS_MERGED,
} TwBonusMode;

/* Comprehensive income of a year. */
typedef struct
{
  int year;
  gint64 income_fen[TW_N_INCOMES]; /* gross, without the bonus */
  gboolean exempt[TW_N_INCOMES];
  gint64 bonus_fen;
  gboolean bonus_exempt;
  TwBonusMode bonus_mode;
  TwTaxDeductions deductions;
  gint64 prepaid_fen; /* for the bonus too */
  gboolean two_sources;
  gboolean claims_refund;
  gboolean payer_failed; /* to withhold */
} TwTaxReturn;

/* Business income of a year. */
typedef struct
{
  int year;
  gint64 revenue_fen;
  gint64 costs_fen;
  gint64 prior_losses_fen;
  gboolean deduct_personal; /* 60,000 and the personal deductions are taken here */
  gboolean sole_trader;
  TwTaxDeductions deductions;
  gint64 prepaid_fen;
} TwTaxBusiness;

/* Why a return is refused as it stands. */
typedef enum
{
  TW_TAX_YEAR_NOT_COVERED = 1 << 0,
  TW_TAX_LOAN_AND_RENT = 1 << 1,
  TW_TAX_CHILD_MONTHS = 1 << 2, /* one child, over 12 months in both stages together */
} TwTaxProblems;

/* What was cut. */
typedef enum
{
  TW_TAX_UNDER3_BEFORE_2022 = 1 << 0,
  TW_TAX_PENSION_BEFORE_2022 = 1 << 1,
  TW_TAX_PENSION_OVER_LIMIT = 1 << 2,
  TW_TAX_STUDY_MONTHS = 1 << 3,
  TW_TAX_LOAN_MONTHS = 1 << 4,
  TW_TAX_PARENTS_SHARE = 1 << 5,
  TW_TAX_MEDICAL_OVER_LIMIT = 1 << 6,
  TW_TAX_CHARITY_OVER_LIMIT = 1 << 7,
} TwTaxNotes;

/* The special additional deductions, each with its amount. */
typedef enum
{
  TW_ADDITIONAL_UNDER3,
  TW_ADDITIONAL_EDUCATION,
  TW_ADDITIONAL_STUDY,
  TW_ADDITIONAL_MEDICAL,
  TW_ADDITIONAL_LOAN,
  TW_ADDITIONAL_RENT,
  TW_ADDITIONAL_PARENTS,
  TW_N_ADDITIONALS,
} TwAdditional;

/* The row of a table of rates; of nothing the lowest. */
typedef struct
{
  int row; /* 1 is the lowest */
  int rate_percent;
  gint64 quick_fen;
} TwTaxRow;

typedef enum
{
  TW_RULE_INCOME, /* what counts of an income */
  TW_RULE_EXEMPT_INCOME,
  TW_RULE_MERGED_BONUS,
  TW_RULE_BASIC,
  TW_RULE_SOCIAL_INSURANCE,
  TW_RULE_HOUSING_FUND,
  TW_RULE_UNDER3,
  TW_RULE_EDUCATION,
  TW_RULE_STUDY,
  TW_RULE_CERTIFICATE,
  TW_RULE_MEDICAL,
  TW_RULE_LOAN,
  TW_RULE_RENT,
  TW_RULE_PARENTS,
  TW_RULE_PENSION,
  TW_RULE_OTHER,
  TW_RULE_CHARITY,
  TW_RULE_PROFIT,
  TW_RULE_TAXABLE,
  TW_RULE_TAX,
  TW_RULE_BONUS_TAX,
  TW_RULE_SOLE_TRADER,
  TW_RULE_TOTAL,
  TW_RULE_BALANCE,
  TW_RULE_SETTLING,
  TW_RULE_LATE_FEE,
  TW_N_RULES,
} TwTaxRule;

#define TW_LINE_MAX_INPUTS 5

/**
 * TwTaxLine:
 * @rule: what was done
 * @article: (not nullable): the act and article behind it
 * @inputs: what it was done with; money in names that end in "_fen"
 * @amount_fen: what came out, rounded half up where it is not whole
 *
 * One step of the explanation.
 */
typedef struct
{
  TwTaxRule rule;
  const char *article;
  gint64 amount_fen;
  guint n_inputs;
  struct
  {
    const char *name;
    gint64 value;
  } inputs[TW_LINE_MAX_INPUTS];
} TwTaxLine;

/**
 * TwAssessment:
 *
 * What comes of a return. The part that its kind doesn't have is 0. Set up by
 * tw_assessment_init(), and used again by each assessment.
 */
typedef struct
{
  TwTaxProblems problems; /* if any, nothing else is set but @notes */
  TwTaxNotes notes;
  gint64 gross_fen;
  gint64 counted_fen;
  gint64 profit_fen; /* before the losses of earlier years */
  gint64 special_fen;
  gint64 additional_fen[TW_N_ADDITIONALS];
  gint64 additional_sum_fen;
  gint64 pension_fen;
  gint64 charity_fen; /* as much of it as counts */
  gint64 taxable_fen;
  TwTaxRow row;
  gint64 tax_fen;
  TwTaxRow bonus_row;
  gint64 bonus_tax_fen;
  gint64 total_fen;   /* of a sole trader less than the table's tax */
  gint64 balance_fen; /* over 0: owed */
  gboolean must_settle;
  gboolean exempt_from_settling;
  gint64 separate_total_fen, merged_total_fen; /* the bonus either way */
  GArray *why;                                 /* of TwTaxLine */
} TwAssessment;

void tw_assessment_init (TwAssessment *assessment);
void tw_assessment_clear (TwAssessment *assessment);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (TwAssessment, tw_assessment_clear)

void tw_assess_comprehensive (const TwTaxReturn *facts, TwAssessment *assessment);
void tw_assess_business (const TwTaxBusiness *facts, TwAssessment *assessment);
gboolean tw_assess_late_fee (gint64 tax_fen, gint64 days, TwAssessment *assessment);

const char *tw_tax_rule_get_name (TwTaxRule rule);
const char *tw_tax_rule_get_words (TwTaxRule rule);
const char *tw_tax_problem_get_words (TwTaxProblems problem);
const char *tw_tax_note_get_words (TwTaxNotes note);

G_END_DECLS
