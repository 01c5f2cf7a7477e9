// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/tw-form.h"

G_BEGIN_DECLS

/* Fields: login, password */
#define TW_TYPE_SIGN_IN_FORM (tw_sign_in_form_get_type ())
G_DECLARE_FINAL_TYPE (TwSignInForm, tw_sign_in_form, TW, SIGN_IN_FORM, TwForm)

TwSignInForm *tw_sign_in_form_new (void);

G_END_DECLS
