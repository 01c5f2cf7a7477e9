// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/tw-form.h"

G_BEGIN_DECLS

/* Fields: alias */
#define TW_TYPE_ALIAS_FORM (tw_alias_form_get_type ())
G_DECLARE_FINAL_TYPE (TwAliasForm, tw_alias_form, TW, ALIAS_FORM, TwForm)

TwAliasForm *tw_alias_form_new (void);

G_END_DECLS
