// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/tw-form.h"

G_BEGIN_DECLS

/* Fields: amount, day, memo */
#define TW_TYPE_STANDING_FORM (tw_standing_form_get_type ())
G_DECLARE_FINAL_TYPE (TwStandingForm, tw_standing_form, TW, STANDING_FORM, TwForm)

TwStandingForm *tw_standing_form_new (void);

G_END_DECLS
