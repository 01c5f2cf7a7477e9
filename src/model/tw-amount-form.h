// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/tw-form.h"

G_BEGIN_DECLS

/* Fields: amount */
#define TW_TYPE_AMOUNT_FORM (tw_amount_form_get_type ())
G_DECLARE_FINAL_TYPE (TwAmountForm, tw_amount_form, TW, AMOUNT_FORM, TwForm)

TwAmountForm *tw_amount_form_new (void);
gint64 tw_amount_form_get_fen (TwAmountForm *self);
void tw_amount_form_set_fen (TwAmountForm *self, gint64 fen);

G_END_DECLS
