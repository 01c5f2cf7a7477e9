// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* China has one time zone and no summer time since 1991: days of the law are days of UTC+8. */
#define TW_CHINA_OFFSET_S (8 * 60 * 60)

gint64 tw_clock_now_ms (void);
void tw_clock_set_offset_ms (gint64 offset_ms);
gint64 tw_clock_get_offset_ms (void);

/* Days: whole days since 1970-01-01 in China's time zone. */
int tw_clock_today (void);
int tw_clock_day_of_ms (gint64 time_ms);
gint64 tw_clock_ms_of_day (int day);
char *tw_clock_format_day (int day);
gboolean tw_clock_parse_day (const char *text, int *day);
int tw_clock_day_of_date (int year, int month, int dom);
void tw_clock_date_of_day (int day, int *year, int *month, int *dom);

char *tw_clock_format_ms (gint64 time_ms);
gboolean tw_clock_parse_ms (const char *text, gint64 *time_ms);

G_END_DECLS
