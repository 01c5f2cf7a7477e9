// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/tw-form.h"

G_BEGIN_DECLS

/* Fields: number */
#define TW_TYPE_CARD_FORM (tw_card_form_get_type ())
G_DECLARE_FINAL_TYPE (TwCardForm, tw_card_form, TW, CARD_FORM, TwForm)

TwCardForm *tw_card_form_new (void);

G_END_DECLS
