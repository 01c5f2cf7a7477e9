// SPDX-License-Identifier: GPL-3.0-or-later
/* Why something can't be asked for, beside the form that asked; where another page helps, a button
 * leads there. */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define TW_TYPE_TROUBLE (tw_trouble_get_type ())
G_DECLARE_FINAL_TYPE (TwTrouble, tw_trouble, TW, TROUBLE, GtkBox)

void tw_trouble_tell (TwTrouble *self, const char *code, const char *words);

G_END_DECLS
