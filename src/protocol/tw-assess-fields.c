// SPDX-License-Identifier: GPL-3.0-or-later
#include "protocol/tw-assess-form-private.h"

#define MONTHS 12
#define MANY_MONTHS 1200
#define MAX_DAYS 1000000

#define AT(member) G_STRUCT_OFFSET (TwAssessForm, member)
#define FEN(name, member)                                                                          \
  {                                                                                                \
    name, FIELD_FEN, AT (member), 0, TW_TAX_MAX_FEN, NULL, FALSE                                   \
  }
#define FLAG(name, member)                                                                         \
  {                                                                                                \
    name, FIELD_FLAG, AT (member), 0, 0, NULL, FALSE                                               \
  }
#define INT(name, member, most)                                                                    \
  {                                                                                                \
    name, FIELD_INT, AT (member), 0, most, NULL, FALSE                                             \
  }
#define OBJECT(name, fields)                                                                       \
  {                                                                                                \
    name, FIELD_OBJECT, 0, 0, 0, fields, FALSE                                                     \
  }
#define END                                                                                        \
  {                                                                                                \
    NULL, FIELD_FEN, 0, 0, 0, NULL, FALSE                                                          \
  }

static const Field special[] = { FEN ("social_insurance", deductions.social_insurance_fen),
                                 FEN ("housing_fund", deductions.housing_fund_fen), END };

static const Field study[] = { INT ("months", deductions.study_months, MONTHS),
                               INT ("months_before", deductions.study_months_before, MANY_MONTHS),
                               FLAG ("certificate", deductions.certificate), END };

static const Field loan[] = { INT ("months", deductions.loan_months, MONTHS),
                              INT ("months_before", deductions.loan_months_before, MANY_MONTHS),
                              { "share", FIELD_SHARE, AT (deductions.loan_share_percent), 0, 0,
                                NULL, FALSE },
                              END };

static const Field rent[] = { INT ("months", deductions.rent_months, MONTHS),
                              { "city_class", FIELD_INT, AT (deductions.rent_city_class), 1, 3,
                                NULL, TRUE },
                              END };

static const Field parents[] = { INT ("months", deductions.parents_months, MONTHS),
                                 FLAG ("only_child", deductions.only_child),
                                 FEN ("share_monthly", deductions.parents_share_fen), END };

static const Field additional[] = { { "children", FIELD_CHILDREN, 0, 0, 0, NULL, FALSE },
                                    OBJECT ("continuing_education", study),
                                    { "medical", FIELD_MEDICAL, 0, 0, 0, NULL, FALSE },
                                    OBJECT ("loan", loan),
                                    OBJECT ("rent", rent),
                                    OBJECT ("parents", parents),
                                    END };

static const Field exempt[] = {
  FLAG ("wages", income.exempt[TW_INCOME_WAGES]),
  FLAG ("labour_services", income.exempt[TW_INCOME_LABOUR]),
  FLAG ("author_remuneration", income.exempt[TW_INCOME_AUTHOR]),
  FLAG ("royalties", income.exempt[TW_INCOME_ROYALTIES]),
  FLAG ("bonus", income.bonus_exempt),
  END,
};

static const Field bonus[] = { FEN ("amount", income.bonus_fen),
                               { "mode", FIELD_MODE, AT (income.bonus_mode), 0, 0, NULL, TRUE },
                               END };

const Field tw_assess_child[] = {
  { "child", FIELD_LABEL, G_STRUCT_OFFSET (TwTaxChild, label), 0, 0, NULL, FALSE },
  { "stage", FIELD_STAGE, G_STRUCT_OFFSET (TwTaxChild, stage), 0, 0, NULL, TRUE },
  { "months", FIELD_INT, G_STRUCT_OFFSET (TwTaxChild, months), 0, MONTHS, NULL, FALSE },
  { "share", FIELD_SHARE, G_STRUCT_OFFSET (TwTaxChild, share_percent), 0, 0, NULL, FALSE },
  END
};

#define KIND                                                                                       \
  {                                                                                                \
    "kind", FIELD_KIND, 0, 0, 0, NULL, TRUE                                                        \
  }
/* Any number is a year; which of them are covered is for the assessment to say. */
#define COMMON                                                                                     \
  KIND, { "year", FIELD_INT, AT (year), G_MININT, G_MAXINT, NULL, TRUE },                          \
    OBJECT ("special", special), OBJECT ("additional", additional),                                \
    FEN ("pension", deductions.pension_fen), FEN ("other", deductions.other_fen),                  \
    FEN ("charity", deductions.charity_fen), FEN ("prepaid", prepaid_fen)

static const Field comprehensive[] = {
  COMMON,
  FEN ("wages", income.income_fen[TW_INCOME_WAGES]),
  FEN ("labour_services", income.income_fen[TW_INCOME_LABOUR]),
  FEN ("author_remuneration", income.income_fen[TW_INCOME_AUTHOR]),
  FEN ("royalties", income.income_fen[TW_INCOME_ROYALTIES]),
  OBJECT ("income_exempt", exempt),
  OBJECT ("bonus", bonus),
  FLAG ("two_sources", income.two_sources),
  FLAG ("claims_refund", income.claims_refund),
  FLAG ("payer_failed_to_withhold", income.payer_failed),
  END,
};

static const Field business[] = {
  COMMON,
  FEN ("revenue", business.revenue_fen),
  FEN ("costs", business.costs_fen),
  FEN ("prior_losses", business.prior_losses_fen),
  FLAG ("deduct_personal", business.deduct_personal),
  FLAG ("sole_trader", business.sole_trader),
  END,
};

static const Field late_fee[] = {
  KIND, FEN ("tax", tax_fen), { "days", FIELD_LONG, AT (days), 0, MAX_DAYS, NULL, FALSE }, END
};

const Kind tw_assess_kinds[] = {
  [TW_ASSESS_COMPREHENSIVE] = { "comprehensive", comprehensive },
  [TW_ASSESS_BUSINESS] = { "business", business },
  [TW_ASSESS_LATE_FEE] = { "late_fee", late_fee },
};
const gsize tw_assess_kinds_count = G_N_ELEMENTS (tw_assess_kinds);
