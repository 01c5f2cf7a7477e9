// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/tw-form.h"

G_BEGIN_DECLS

/* Fields: subject, text */
#define TW_TYPE_QUESTION_FORM (tw_question_form_get_type ())
G_DECLARE_FINAL_TYPE (TwQuestionForm, tw_question_form, TW, QUESTION_FORM, TwForm)

TwQuestionForm *tw_question_form_new (void);

G_END_DECLS
