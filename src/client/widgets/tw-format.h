// SPDX-License-Identifier: GPL-3.0-or-later
/* How dates, periods and times are said to a person, and the same as closures for .ui files. */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

char *tw_format_day (gint64 day);
char *tw_format_date_ms (gint64 time_ms);
char *tw_format_time_ms (gint64 time_ms);
char *tw_format_moment_ms (gint64 time_ms);
char *tw_format_period (const char *period);
char *tw_format_tax (const char *tax_type, const char *period);
char *tw_format_about (const char *type, const char *facts);

int tw_format_count_columns (const char *text);

void tw_format_bind_closures (GtkWidgetClass *klass);

G_END_DECLS
