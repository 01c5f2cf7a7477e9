// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

#define TW_TYPE_SPOKEN (tw_spoken_get_type ())
G_DECLARE_FINAL_TYPE (TwSpoken, tw_spoken, TW, SPOKEN, AdwBin)

void tw_spoken_name_parent (GtkWidget *widget, const char *words);
void tw_spoken_name_peek_button (GtkWidget *password_row);

G_END_DECLS
