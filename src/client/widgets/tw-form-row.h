// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <adwaita.h>

#include "model/tw-form.h"

G_BEGIN_DECLS

#define TW_TYPE_FORM_ROW (tw_form_row_get_type ())
G_DECLARE_FINAL_TYPE (TwFormRow, tw_form_row, TW, FORM_ROW, GtkBox)

void tw_form_row_focus_first_mistake (GtkWidget *parent, TwForm *form);

G_END_DECLS
