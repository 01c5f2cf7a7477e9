// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/tw-form.h"

G_BEGIN_DECLS

/* Fields: code */
#define TW_TYPE_CODE_FORM (tw_code_form_get_type ())
G_DECLARE_FINAL_TYPE (TwCodeForm, tw_code_form, TW, CODE_FORM, TwForm)

TwCodeForm *tw_code_form_new (void);

G_END_DECLS
