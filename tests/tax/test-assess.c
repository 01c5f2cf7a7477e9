// SPDX-License-Identifier: GPL-3.0-or-later
/* Assessments against figures worked out by hand, and what must hold of all of them. */
#include "tax/tw-assess.h"

#define YUAN G_GINT64_CONSTANT (100)

static const gint64 limits[] = { 36000, 144000, 300000, 420000, 660000, 960000 };

typedef struct
{
  TwAssessment made;
  TwTaxReturn facts;
} Case;

static void
set_up (Case *c, gconstpointer data)
{
  tw_assessment_init (&c->made);
  c->facts = (TwTaxReturn){ .year = 2024, .deductions.loan_share_percent = 100 };
}

static void
tear_down (Case *c, gconstpointer data)
{
  tw_assessment_clear (&c->made);
}

static const TwAssessment *
assess (Case *c)
{
  tw_assess_comprehensive (&c->facts, &c->made);
  return &c->made;
}

static gint64
tax_on (Case *c, gint64 taxable_fen)
{
  c->facts.income_fen[TW_INCOME_WAGES] = 60000 * YUAN + taxable_fen;
  return assess (c)->tax_fen;
}

static gint64
tax_on_bonus (Case *c, gint64 bonus_fen)
{
  c->facts.bonus_fen = bonus_fen;
  return assess (c)->bonus_tax_fen;
}

static void
test_limits (Case *c, gconstpointer data)
{
  static const gint64 taxes[] = { 1080, 11880, 43080, 73080, 145080, 250080 };

  for (int year = TW_TAX_FIRST_YEAR; year <= TW_TAX_LAST_YEAR; year++)
    for (gsize i = 0; i < G_N_ELEMENTS (limits); i++)
      {
        c->facts.year = year;
        g_assert_cmpint (tax_on (c, limits[i] * YUAN), ==, taxes[i] * YUAN);
        g_assert_cmpint (c->made.row.row, ==, i + 1);
        g_assert_cmpint (tax_on (c, limits[i] * YUAN + 1), <=, taxes[i] * YUAN + 1);
        g_assert_cmpint (c->made.row.row, ==, i + 2);
      }
  g_assert_cmpint (tax_on (c, 0), ==, 0);
  g_assert_cmpint (c->made.row.row, ==, 1);
}

/* Never down, and never up by more than there is to be taxed. */
static void
test_monotone (Case *c, gconstpointer data)
{
  gint64 before = 0, at = 0;

  while (at < 1200000 * YUAN)
    {
      gint64 step = g_test_rand_int_range (1, 300000);
      gint64 tax = tax_on (c, at += step);

      g_assert_cmpint (tax, >=, before);
      g_assert_cmpint (tax - before, <=, step);
      before = tax;
    }
}

static void
test_bonus (Case *c, gconstpointer data)
{
  static const gint64 rows[] = { 3000, 12000, 25000, 35000, 55000, 80000 };
  gint64 before = 0, at = 0;
  int cliffs = 0;

  g_assert_cmpint (tax_on_bonus (c, 36000 * YUAN), ==, 1080 * YUAN);
  g_assert_cmpint (tax_on_bonus (c, 36001 * YUAN), ==, 339010);
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      gint64 last = rows[i] * 12 * YUAN;

      /* One fen more costs a thousand yuan at least. */
      g_assert_cmpint (tax_on_bonus (c, last + 1) - tax_on_bonus (c, last), >, 1000 * YUAN);
    }
  while (at < 1200000 * YUAN)
    {
      gint64 step = g_test_rand_int_range (1, 3000);
      gint64 tax = tax_on_bonus (c, at += step);

      g_assert_cmpint (tax, >=, before);
      cliffs += tax - before > step;
      before = tax;
    }
  g_assert_cmpint (cliffs, ==, G_N_ELEMENTS (rows));
}

/* With little income the bonus is cheaper among it, with much on its own. */
static void
test_both_ways (Case *c, gconstpointer data)
{
  c->facts.bonus_fen = 36000 * YUAN;
  c->facts.income_fen[TW_INCOME_WAGES] = 40000 * YUAN;
  assess (c);
  g_assert_cmpint (c->made.separate_total_fen, ==, 1080 * YUAN);
  g_assert_cmpint (c->made.merged_total_fen, ==, 480 * YUAN);
  g_assert_cmpint (c->made.total_fen, ==, 1080 * YUAN);
  g_assert_cmpint (c->made.gross_fen, ==, 40000 * YUAN);
  c->facts.bonus_mode = TW_BONUS_MERGED;
  assess (c);
  g_assert_cmpint (c->made.total_fen, ==, 480 * YUAN);
  g_assert_cmpint (c->made.bonus_tax_fen, ==, 0);
  g_assert_cmpint (c->made.bonus_row.row, ==, 1);
  g_assert_cmpint (c->made.gross_fen, ==, 76000 * YUAN);
}

static void
test_counted (Case *c, gconstpointer data)
{
  c->facts.income_fen[TW_INCOME_LABOUR] = 10001;
  c->facts.income_fen[TW_INCOME_AUTHOR] = 10001;
  c->facts.income_fen[TW_INCOME_ROYALTIES] = 10000;
  /* 8,000.80 + 5,600.56 + 8,000 */
  g_assert_cmpint (assess (c)->counted_fen, ==, 21601);
  /* The fractions of 0.8 of each are kept until the tax is rounded: 83,334 fen give 66,667.2. */
  c->facts = (TwTaxReturn){ .year = 2024 };
  c->facts.income_fen[TW_INCOME_WAGES] = 60000 * YUAN;
  c->facts.income_fen[TW_INCOME_LABOUR] = 83334;
  assess (c);
  g_assert_cmpint (c->made.taxable_fen, ==, 66667);
  g_assert_cmpint (c->made.tax_fen, ==, 2000); /* 2,000.016 */
  c->facts.exempt[TW_INCOME_LABOUR] = TRUE;
  g_assert_cmpint (assess (c)->taxable_fen, ==, 0);
}

static void
test_children (Case *c, gconstpointer data)
{
  TwTaxChild whole[] = { { "a", TW_CHILD_EDUCATION, 12, 50 } };
  TwTaxChild split[] = { { "a", TW_CHILD_UNDER3, 5, 50 }, { "a", TW_CHILD_EDUCATION, 7, 50 } };
  TwTaxDeductions *deductions = &c->facts.deductions;

  deductions->children = whole;
  deductions->n_children = 1;
  g_assert_cmpint (assess (c)->additional_sum_fen, ==, 12000 * YUAN);
  deductions->children = split;
  deductions->n_children = 2;
  g_assert_cmpint (assess (c)->additional_sum_fen, ==, 12000 * YUAN);
  c->facts.year = 2022;
  g_assert_cmpint (assess (c)->additional_sum_fen, ==, 6000 * YUAN);
  c->facts.year = 2021;
  g_assert_cmpint (assess (c)->additional_sum_fen, ==, 3500 * YUAN);
  g_assert_cmpint (c->made.notes, ==, TW_TAX_UNDER3_BEFORE_2022);
  split[1].months = 8;
  g_assert_cmpint (assess (c)->problems, ==, TW_TAX_CHILD_MONTHS);
  g_assert_cmpuint (c->made.why->len, ==, 0);
}

/* Any number of months gives as much as its parts give. */
static void
test_months_add_up (Case *c, gconstpointer data)
{
  TwTaxChild child = { "a", TW_CHILD_EDUCATION, 0, 100 };
  TwTaxDeductions *deductions = &c->facts.deductions;
  gint64 one = 0;

  deductions->children = &child;
  deductions->n_children = 1;
  deductions->only_child = TRUE;
  for (int months = 1; months <= 12; months++)
    {
      child.months = months;
      deductions->parents_months = months;
      deductions->study_months = months;
      deductions->loan_months = months;
      assess (c);
      one = months == 1 ? c->made.additional_sum_fen : one;
      g_assert_cmpint (c->made.additional_sum_fen, ==, one * months);
    }
  /* 2,000 + 3,000 + 400 + 1,000 */
  g_assert_cmpint (one, ==, 6400 * YUAN);
}

static void
test_cut (Case *c, gconstpointer data)
{
  static const gint64 medical[] = { 1500000, 1500001, 9500000, 9500001 };
  TwTaxDeductions *deductions = &c->facts.deductions;

  deductions->medical_fen = medical;
  deductions->n_medical = 3;
  g_assert_cmpint (assess (c)->additional_sum_fen, ==, 8000001);
  g_assert_cmpint (c->made.notes, ==, 0);
  deductions->n_medical = 4;
  g_assert_cmpint (assess (c)->additional_sum_fen, ==, 16000001);
  g_assert_cmpint (c->made.notes, ==, TW_TAX_MEDICAL_OVER_LIMIT);
  deductions->n_medical = 0;
  deductions->study_months = 12;
  deductions->study_months_before = 40;
  deductions->certificate = TRUE;
  g_assert_cmpint (assess (c)->additional_sum_fen, ==, 8 * 400 * YUAN + 3600 * YUAN);
  g_assert_cmpint (c->made.notes, ==, TW_TAX_STUDY_MONTHS);
  *deductions =
    (TwTaxDeductions){ .loan_months = 12, .loan_months_before = 235, .loan_share_percent = 50 };
  g_assert_cmpint (assess (c)->additional_sum_fen, ==, 2500 * YUAN);
  g_assert_cmpint (c->made.notes, ==, TW_TAX_LOAN_MONTHS);
  deductions->rent_months = 1;
  deductions->rent_city_class = 3;
  g_assert_cmpint (assess (c)->problems, ==, TW_TAX_LOAN_AND_RENT);
  deductions->loan_months = 0;
  g_assert_cmpint (assess (c)->additional_sum_fen, ==, 800 * YUAN);
  *deductions = (TwTaxDeductions){ .parents_months = 12, .parents_share_fen = 150001 };
  g_assert_cmpint (assess (c)->additional_sum_fen, ==, 18000 * YUAN);
  g_assert_cmpint (c->made.notes, ==, TW_TAX_PARENTS_SHARE);
  c->facts.year = 2022;
  deductions->parents_share_fen = 100000;
  g_assert_cmpint (assess (c)->additional_sum_fen, ==, 12000 * YUAN);
  g_assert_cmpint (c->made.notes, ==, 0);
  *deductions = (TwTaxDeductions){ .pension_fen = 1200001 };
  g_assert_cmpint (assess (c)->pension_fen, ==, 1200000);
  g_assert_cmpint (c->made.notes, ==, TW_TAX_PENSION_OVER_LIMIT);
  c->facts.year = 2021;
  g_assert_cmpint (assess (c)->pension_fen, ==, 0);
  g_assert_cmpint (c->made.notes, ==, TW_TAX_PENSION_BEFORE_2022);
}

static void
test_charity (Case *c, gconstpointer data)
{
  c->facts.income_fen[TW_INCOME_WAGES] = 160000 * YUAN;
  c->facts.deductions.charity_fen = 30000 * YUAN;
  g_assert_cmpint (assess (c)->taxable_fen, ==, 70000 * YUAN);
  g_assert_cmpint (c->made.notes, ==, 0);
  c->facts.deductions.charity_fen++;
  g_assert_cmpint (assess (c)->taxable_fen, ==, 70000 * YUAN);
  g_assert_cmpint (c->made.notes, ==, TW_TAX_CHARITY_OVER_LIMIT);
}

static void
test_settling (Case *c, gconstpointer data)
{
  c->facts.income_fen[TW_INCOME_WAGES] = 120000 * YUAN; /* 3,480 of tax */
  g_assert_cmpint (assess (c)->balance_fen, ==, 3480 * YUAN);
  g_assert_false (c->made.must_settle);
  g_assert_true (c->made.exempt_from_settling);
  c->facts.payer_failed = TRUE;
  g_assert_true (assess (c)->must_settle);
  c->facts.payer_failed = FALSE;
  c->facts.income_fen[TW_INCOME_WAGES]++;
  g_assert_true (assess (c)->must_settle);
  g_assert_false (c->made.exempt_from_settling);
  c->facts.prepaid_fen = c->made.total_fen - 400 * YUAN;
  g_assert_false (assess (c)->must_settle);
  c->facts.prepaid_fen--;
  g_assert_true (assess (c)->must_settle);
  c->facts.prepaid_fen = c->made.total_fen + 1;
  g_assert_false (assess (c)->must_settle);
  c->facts.claims_refund = TRUE;
  g_assert_true (assess (c)->must_settle);
  g_assert_false (c->made.exempt_from_settling);
  /* Two sources alone, of who is not exempt as the payer failed: until 2023. */
  c->facts = (TwTaxReturn){ .year = 2023, .two_sources = TRUE, .payer_failed = TRUE };
  c->facts.income_fen[TW_INCOME_WAGES] = 60001 * YUAN;
  c->facts.prepaid_fen = 3;
  g_assert_cmpint (assess (c)->balance_fen, ==, 0);
  g_assert_true (c->made.must_settle);
  c->facts.year = 2024;
  g_assert_false (assess (c)->must_settle);
}

static void
test_years (Case *c, gconstpointer data)
{
  static const int outside[] = { 2018, 2028, 0, G_MININT, G_MAXINT };

  for (gsize i = 0; i < G_N_ELEMENTS (outside); i++)
    {
      c->facts.year = outside[i];
      g_assert_cmpint (assess (c)->problems, ==, TW_TAX_YEAR_NOT_COVERED);
    }
}

static void
test_business (Case *c, gconstpointer data)
{
  TwTaxBusiness facts = { .year = 2023, .revenue_fen = 2000000 * YUAN, .sole_trader = TRUE };

  tw_assess_business (&facts, &c->made);
  g_assert_cmpint (c->made.total_fen, ==, 317250 * YUAN);
  g_assert_cmpint (c->made.tax_fen, ==, 634500 * YUAN);
  /* Above the limit the rest is taxed in full. */
  facts.revenue_fen += 100 * YUAN;
  tw_assess_business (&facts, &c->made);
  g_assert_cmpint (c->made.total_fen, ==, 317285 * YUAN);
  facts.year = 2022; /* 1,000,000: 284,500, of which half is waived; the rest 350,035 */
  tw_assess_business (&facts, &c->made);
  g_assert_cmpint (c->made.total_fen, ==, 634535 * YUAN - 142250 * YUAN);
  facts.year = 2020;
  tw_assess_business (&facts, &c->made);
  g_assert_cmpint (c->made.total_fen, ==, 634535 * YUAN);
  facts = (TwTaxBusiness){ .year = 2024, .revenue_fen = 100, .costs_fen = 300 };
  tw_assess_business (&facts, &c->made);
  g_assert_cmpint (c->made.profit_fen, ==, -200);
  g_assert_cmpint (c->made.total_fen, ==, 0);
  facts.costs_fen = 0;
  facts.prior_losses_fen = 90;
  tw_assess_business (&facts, &c->made);
  g_assert_cmpint (c->made.profit_fen, ==, 100);
  g_assert_cmpint (c->made.taxable_fen, ==, 10);
  g_assert_cmpint (c->made.total_fen, ==, 1); /* half a fen */
  facts = (TwTaxBusiness){
    .year = 2024, .revenue_fen = 90000 * YUAN, .prepaid_fen = 100, .deductions.pension_fen = 100
  };
  tw_assess_business (&facts, &c->made);
  g_assert_cmpint (c->made.total_fen, ==, 7500 * YUAN);
  g_assert_cmpint (c->made.pension_fen, ==, 0);
  facts.deduct_personal = TRUE;
  tw_assess_business (&facts, &c->made);
  g_assert_cmpint (c->made.taxable_fen, ==, 30000 * YUAN - 100);
  g_assert_cmpint (c->made.balance_fen, ==, 149995 - 100);
}

/* The largest amounts that a return may have. */
static void
test_room (Case *c, gconstpointer data)
{
  TwTaxBusiness facts = { .year = 2024, .revenue_fen = TW_TAX_MAX_FEN, .sole_trader = TRUE };

  for (int i = 0; i < TW_N_INCOMES; i++)
    c->facts.income_fen[i] = TW_TAX_MAX_FEN;
  c->facts.bonus_fen = TW_TAX_MAX_FEN;
  c->facts.bonus_mode = TW_BONUS_MERGED;
  assess (c);
  g_assert_cmpint (c->made.counted_fen, ==, TW_TAX_MAX_FEN / 100 * 416);
  g_assert_cmpint (c->made.tax_fen, ==,
                   (c->made.counted_fen - 60000 * YUAN) / 100 * 45 - 181920 * YUAN);
  tw_assess_business (&facts, &c->made);
  g_assert_cmpint (c->made.total_fen, ==, TW_TAX_MAX_FEN / 100 * 35 - 65500 * YUAN - 317250 * YUAN);
}

/* Every step is told, and each with its article; the last of them comes to the balance. */
static void
test_why (Case *c, gconstpointer data)
{
  TwTaxChild child = { "a", TW_CHILD_EDUCATION, 12, 100 };

  c->facts.income_fen[TW_INCOME_WAGES] = 200000 * YUAN;
  c->facts.bonus_fen = 36000 * YUAN;
  c->facts.deductions.children = &child;
  c->facts.deductions.n_children = 1;
  assess (c);
  for (guint i = 0; i < c->made.why->len; i++)
    {
      const TwTaxLine *line = &g_array_index (c->made.why, TwTaxLine, i);

      g_assert_cmpstr (line->article, !=, "");
      g_assert_cmpstr (tw_tax_rule_get_name (line->rule), !=, NULL);
      g_assert_cmpstr (tw_tax_rule_get_words (line->rule), !=, NULL);
      if (line->rule == TW_RULE_BALANCE)
        g_assert_cmpint (line->amount_fen, ==, c->made.balance_fen);
      if (line->rule == TW_RULE_TAXABLE)
        g_assert_cmpint (line->amount_fen, ==,
                         line->inputs[0].value - line->inputs[1].value - line->inputs[2].value);
    }
  /* income, basic, education, taxable, tax, bonus tax, total, balance, settling */
  g_assert_cmpuint (c->made.why->len, ==, 9);
}

static void
test_late_fee (Case *c, gconstpointer data)
{
  g_assert_true (tw_assess_late_fee (100000, 10, &c->made));
  g_assert_cmpint (c->made.total_fen, ==, 500);
  g_assert_true (tw_assess_late_fee (1000, 1, &c->made));
  g_assert_cmpint (c->made.total_fen, ==, 1); /* half a fen, up */
  g_assert_true (tw_assess_late_fee (999, 1, &c->made));
  g_assert_cmpint (c->made.total_fen, ==, 0);
  g_assert_false (tw_assess_late_fee (TW_TAX_MAX_FEN, G_MAXINT64 / 500, &c->made));
}

int
main (int argc, char *argv[])
{
  static const struct
  {
    const char *name;
    void (*run) (Case *, gconstpointer);
  } cases[] = {
    { "/assess/limits", test_limits },
    { "/assess/monotone", test_monotone },
    { "/assess/bonus", test_bonus },
    { "/assess/both-ways", test_both_ways },
    { "/assess/counted", test_counted },
    { "/assess/children", test_children },
    { "/assess/months-add-up", test_months_add_up },
    { "/assess/cut", test_cut },
    { "/assess/charity", test_charity },
    { "/assess/settling", test_settling },
    { "/assess/years", test_years },
    { "/assess/business", test_business },
    { "/assess/room", test_room },
    { "/assess/why", test_why },
    { "/assess/late-fee", test_late_fee },
  };

  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    g_test_add (cases[i].name, Case, NULL, set_up, cases[i].run, tear_down);
  return g_test_run ();
}
