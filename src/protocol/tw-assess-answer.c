// SPDX-License-Identifier: GPL-3.0-or-later
/* An assessment as one line of JSON. */
#include "protocol/tw-assess-form.h"
#include "protocol/tw-json.h"

#include <string.h>

static const char *const problem_names[] = { "year_not_covered", "loan_and_rent",
                                             "child_months_over_12" };

static const char *const note_names[] = {
  "under3_before_2022", "pension_before_2022",      "pension_over_limit", "study_48_months",
  "loan_240_months",    "parents_share_over_limit", "medical_over_limit", "charity_over_limit",
};

static const char *const additional_names[TW_N_ADDITIONALS] = {
  [TW_ADDITIONAL_UNDER3] = "under3",
  [TW_ADDITIONAL_EDUCATION] = "education",
  [TW_ADDITIONAL_STUDY] = "continuing_education",
  [TW_ADDITIONAL_MEDICAL] = "medical",
  [TW_ADDITIONAL_LOAN] = "loan",
  [TW_ADDITIONAL_RENT] = "rent",
  [TW_ADDITIONAL_PARENTS] = "parents",
};

static const char *const income_names[TW_N_INCOMES + 1] = {
  [TW_INCOME_WAGES] = "wages",
  [TW_INCOME_LABOUR] = "labour_services",
  [TW_INCOME_AUTHOR] = "author_remuneration",
  [TW_INCOME_ROYALTIES] = "royalties",
  [TW_N_INCOMES] = "bonus",
};

static void
add_number (GString *out, gint64 number)
{
  char digits[24];
  char *p = digits + sizeof digits;
  guint64 left = number < 0 ? -(guint64) number : (guint64) number;

  do
    *--p = (char) ('0' + left % 10);
  while ((left /= 10) > 0);
  if (number < 0)
    *--p = '-';
  g_string_append_len (out, p, digits + sizeof digits - p);
}

static void
add_name (GString *out, const char *name)
{
  g_string_append_c (out, '"');
  g_string_append (out, name);
  g_string_append (out, "\":");
}

static void
add_fen (GString *out, const char *name, gint64 fen)
{
  g_string_append_c (out, ',');
  add_name (out, name);
  add_number (out, fen);
}

static void
add_flag (GString *out, const char *name, gboolean flag)
{
  g_string_append_c (out, ',');
  add_name (out, name);
  g_string_append (out, flag ? "true" : "false");
}

static void
add_row (GString *out, const char *name, const TwTaxRow *row)
{
  g_string_append_c (out, ',');
  add_name (out, name);
  g_string_append (out, "{\"row\":");
  add_number (out, row->row);
  add_fen (out, "rate_percent", row->rate_percent);
  add_fen (out, "quick_fen", row->quick_fen);
  g_string_append_c (out, '}');
}

static void
add_names (GString *out, const char *name, guint set, const char *const *names, gsize n_names)
{
  gboolean first = TRUE;

  g_string_append_c (out, ',');
  add_name (out, name);
  g_string_append_c (out, '[');
  for (gsize i = 0; i < n_names; i++)
    if ((set & (1u << i)) != 0)
      {
        g_string_append (out, first ? "\"" : ",\"");
        g_string_append (out, names[i]);
        g_string_append_c (out, '"');
        first = FALSE;
      }
  g_string_append_c (out, ']');
}

static void
add_bad_fields (GString *out, const GPtrArray *bad)
{
  g_string_append (out, ",\"problems\":[");
  for (guint i = 0; i < bad->len; i++)
    {
      g_autofree char *text = g_strconcat ("bad_field:", g_ptr_array_index (bad, i), NULL);

      if (i > 0)
        g_string_append_c (out, ',');
      tw_json_append_string (out, text);
    }
  g_string_append (out, "],\"notes\":[]");
}

static void
add_line (GString *out, const TwTaxLine *line)
{
  add_name (out, "rule");
  tw_json_append_string (out, tw_tax_rule_get_name (line->rule));
  g_string_append (out, ",\"inputs\":{");
  for (guint i = 0; i < line->n_inputs; i++)
    {
      const char *name = line->inputs[i].name;

      if (i > 0)
        g_string_append_c (out, ',');
      add_name (out, name);
      if (strcmp (name, "kind") == 0)
        tw_json_append_string (out, income_names[line->inputs[i].value]);
      else
        add_number (out, line->inputs[i].value);
    }
  g_string_append (out, "},\"article\":");
  tw_json_append_string (out, line->article);
  add_fen (out, "amount_fen", line->amount_fen);
}

static void
add_why (GString *out, const GArray *why)
{
  g_string_append (out, ",\"why\":[");
  for (guint i = 0; i < why->len; i++)
    {
      g_string_append (out, i > 0 ? ",{" : "{");
      add_line (out, &g_array_index (why, TwTaxLine, i));
      g_string_append_c (out, '}');
    }
  g_string_append_c (out, ']');
}

static void
add_deductions (GString *out, const TwAssessment *assessment)
{
  g_string_append (out, ",\"additional\":{");
  for (int i = 0; i < TW_N_ADDITIONALS; i++)
    {
      if (i > 0)
        g_string_append_c (out, ',');
      add_name (out, additional_names[i]);
      add_number (out, assessment->additional_fen[i]);
    }
  g_string_append_c (out, '}');
}

static void
add_balance (GString *out, const TwAssessment *assessment)
{
  add_fen (out, "total_fen", assessment->total_fen);
  add_fen (out, "balance_fen", assessment->balance_fen);
  add_fen (out, "due_fen", MAX (0, assessment->balance_fen));
  add_fen (out, "refund_fen", MAX (0, -assessment->balance_fen));
}

static void
add_comprehensive (GString *out, const TwAssessment *assessment)
{
  add_fen (out, "gross_fen", assessment->gross_fen);
  add_fen (out, "counted_fen", assessment->counted_fen);
  add_fen (out, "special_fen", assessment->special_fen);
  add_deductions (out, assessment);
  add_fen (out, "additional_fen", assessment->additional_sum_fen);
  add_fen (out, "pension_fen", assessment->pension_fen);
  add_fen (out, "charity_allowed_fen", assessment->charity_fen);
  add_fen (out, "taxable_fen", assessment->taxable_fen);
  add_row (out, "row", &assessment->row);
  add_fen (out, "tax_fen", assessment->tax_fen);
  add_row (out, "bonus_row", &assessment->bonus_row);
  add_fen (out, "bonus_tax_fen", assessment->bonus_tax_fen);
  add_balance (out, assessment);
  add_flag (out, "must_settle", assessment->must_settle);
  add_flag (out, "exempt_from_settling", assessment->exempt_from_settling);
  g_string_append (out, ",\"both_ways\":{\"separate\":");
  add_number (out, assessment->separate_total_fen);
  add_fen (out, "merged", assessment->merged_total_fen);
  g_string_append_c (out, '}');
}

static void
add_business (GString *out, const TwAssessment *assessment)
{
  add_fen (out, "profit_fen", assessment->profit_fen);
  add_fen (out, "additional_fen", assessment->additional_sum_fen);
  add_fen (out, "pension_fen", assessment->pension_fen);
  add_fen (out, "taxable_fen", assessment->taxable_fen);
  add_row (out, "row", &assessment->row);
  add_fen (out, "tax_fen", assessment->tax_fen);
  add_balance (out, assessment);
}

/**
 * tw_assess_form_write:
 * @form: what was asked
 * @assessment: what tw_assess_form_assess() made of it
 * @out: takes the answer, one JSON object without an end of line
 */
void
tw_assess_form_write (const TwAssessForm *form, const TwAssessment *assessment, GString *out)
{
  gboolean assessed = form->bad->len == 0 && assessment->problems == 0;

  g_string_append (out, assessed ? "{\"assessed\":true" : "{\"assessed\":false");
  if (form->bad->len > 0)
    {
      add_bad_fields (out, form->bad);
      g_string_append (out, ",\"why\":[]}");
      return;
    }
  add_names (out, "problems", assessment->problems, problem_names, G_N_ELEMENTS (problem_names));
  add_names (out, "notes", assessment->notes, note_names, G_N_ELEMENTS (note_names));
  if (assessed)
    switch (form->kind)
      {
      case TW_ASSESS_BUSINESS:
        add_business (out, assessment);
        break;
      case TW_ASSESS_LATE_FEE:
        add_fen (out, "late_fee_fen", assessment->total_fen);
        break;
      case TW_ASSESS_COMPREHENSIVE:
      default:
        add_comprehensive (out, assessment);
      }
  add_why (out, assessment->why);
  g_string_append_c (out, '}');
}
