// SPDX-License-Identifier: GPL-3.0-or-later
/* A return as JSON, and what comes of it: the form of data/tax/assess-in.schema.json and
 * assess-out.schema.json, one object a line. */
#pragma once

#include "tax/tw-assess.h"

G_BEGIN_DECLS

typedef enum
{
  TW_ASSESS_COMPREHENSIVE,
  TW_ASSESS_BUSINESS,
  TW_ASSESS_LATE_FEE,
} TwAssessKind;

/**
 * TwAssessForm:
 * @kind: which of the facts below is told
 * @bad: (element-type utf8): names of the fields that can't be taken; the facts are not to be used
 *   unless it is empty
 *
 * Facts read from JSON. Set up by tw_assess_form_init(), and used again by each reading.
 */
typedef struct
{
  TwAssessKind kind;
  TwTaxReturn income;
  TwTaxBusiness business;
  gint64 tax_fen, days; /* of a late fee */
  GPtrArray *bad;

  /*< private >*/
  TwTaxDeductions deductions;
  int year;
  gint64 prepaid_fen;
  GArray *children;
  GArray *medical;
  GPtrArray *labels;
} TwAssessForm;

void tw_assess_form_init (TwAssessForm *form);
void tw_assess_form_clear (TwAssessForm *form);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (TwAssessForm, tw_assess_form_clear)

gboolean tw_assess_form_read (TwAssessForm *form, const char *text, gsize length, GError **error);
gboolean tw_assess_form_assess (TwAssessForm *form, TwAssessment *assessment);
void tw_assess_form_write (const TwAssessForm *form, const TwAssessment *assessment, GString *out);

G_END_DECLS
