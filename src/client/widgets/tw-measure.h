// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

int tw_measure_text (GtkWidget *label, const char *text, int max_columns);

G_END_DECLS
