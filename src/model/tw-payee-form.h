// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/tw-form.h"
#include "model/tw-payee.h"

G_BEGIN_DECLS

/* Fields: to */
#define TW_TYPE_PAYEE_FORM (tw_payee_form_get_type ())
G_DECLARE_FINAL_TYPE (TwPayeeForm, tw_payee_form, TW, PAYEE_FORM, TwForm)

TwPayeeForm *tw_payee_form_new (void);
void tw_payee_form_set_wanted (TwPayeeForm *self, TwPayeeKind kind, int digits);

G_END_DECLS
