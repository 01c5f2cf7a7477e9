// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "tax/tw-assess.h"
#include "tax/tw-tax-tables.h"

G_BEGIN_DECLS

/* Amounts inside an assessment are exact: what counts of an income is a multiple of 1/25 fen, and
 * 30 % of that of 1/250. */
#define PARTS 250

typedef enum
{
  AMOUNT_COUNTED_WAGES,
  AMOUNT_COUNTED_LABOUR,
  AMOUNT_COUNTED_AUTHOR,
  AMOUNT_COUNTED_ROYALTIES,
  AMOUNT_BASIC,
  AMOUNT_CHARITY_PERCENT,
  AMOUNT_UNDER3,
  AMOUNT_EDUCATION,
  AMOUNT_STUDY,
  AMOUNT_STUDY_MONTHS,
  AMOUNT_CERTIFICATE,
  AMOUNT_MEDICAL_FLOOR,
  AMOUNT_MEDICAL_MOST,
  AMOUNT_LOAN,
  AMOUNT_LOAN_MONTHS,
  AMOUNT_RENT_1,
  AMOUNT_RENT_2,
  AMOUNT_RENT_3,
  AMOUNT_PARENTS,
  AMOUNT_PARENTS_SHARE,
  AMOUNT_PENSION,
  AMOUNT_NO_SETTLING_GROSS,
  AMOUNT_NO_SETTLING_DUE,
  AMOUNT_TWO_SOURCES_SETTLE,
  AMOUNT_SOLE_TRADER_UP_TO,
  AMOUNT_SOLE_TRADER_PERCENT,
  N_AMOUNTS,
} Amount;

#define MAX_BRACKETS 8

typedef struct
{
  int n;
  const TwBracketRow *rows[MAX_BRACKETS]; /* the lowest first */
} Brackets;

/* The law of one year. */
typedef struct
{
  const TwAmountRow *amounts[N_AMOUNTS];
  Brackets comprehensive, bonus, business;
} TaxYear;

const TaxYear *tw_tax_year_get (int year);
const TwBracketRow *tw_brackets_find (const Brackets *brackets, gint64 value, gint64 parts);

/* Adds a line; inputs are name, value in turn, ended by NULL. */
void tw_assessment_add (TwAssessment *assessment,
                        TwTaxRule rule,
                        const char *article,
                        gint64 amount_fen,
                        ...) G_GNUC_NULL_TERMINATED;

gint64 tw_parts_to_fen (gint64 amount_parts);
void tw_assessment_restart (TwAssessment *assessment);
gint64 tw_deduct_special (const TwTaxDeductions *facts, TwAssessment *assessment);
gint64
tw_deduct_additional (const TaxYear *year, const TwTaxDeductions *facts, TwAssessment *assessment);
gint64
tw_deduct_pension (const TaxYear *year, const TwTaxDeductions *facts, TwAssessment *assessment);
void tw_deductions_check (const TwTaxDeductions *facts, TwAssessment *assessment);

static inline gint64
amount (const TaxYear *year, Amount which)
{
  return year->amounts[which]->value;
}

static inline const char *
source (const TaxYear *year, Amount which)
{
  return year->amounts[which]->source;
}

G_END_DECLS
