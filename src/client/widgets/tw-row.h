// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

#define TW_TYPE_ROW (tw_row_get_type ())
G_DECLARE_FINAL_TYPE (TwRow, tw_row, TW, ROW, GtkBox)

GtkWidget *tw_row_new (void);

G_END_DECLS
