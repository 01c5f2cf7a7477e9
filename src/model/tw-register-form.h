// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/tw-form.h"

G_BEGIN_DECLS

/* Fields: name, id-number, phone, email, password, password-again */
#define TW_TYPE_REGISTER_FORM (tw_register_form_get_type ())
G_DECLARE_FINAL_TYPE (TwRegisterForm, tw_register_form, TW, REGISTER_FORM, TwForm)

/* How hard a password is to guess, 0 to 4; @inputs: NULL-terminated, what the person typed else. */
typedef int (*TwPasswordScorer) (const char *password, const char *const *inputs);

/* The least score, and the least and most characters, that the service takes. */
#define TW_PASSWORD_MIN_SCORE 3
#define TW_PASSWORD_MIN_CHARS 8
#define TW_PASSWORD_MAX_CHARS 128

TwRegisterForm *tw_register_form_new (void);
void tw_register_form_set_scorer (TwPasswordScorer scorer);
GVariant *tw_register_form_get_body (TwRegisterForm *self);

G_END_DECLS
