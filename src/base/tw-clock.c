// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/tw-clock.h"

#include <stdlib.h>
#include <string.h>

#define MS_PER_DAY (G_GINT64_CONSTANT (86400000))

/* Moved only in practice and in tests; atomically, as any thread may ask the time. */
static gint64 offset;

/**
 * tw_clock_now_ms:
 *
 * Returns: milliseconds since 1970 UTC, with the practice clock's offset
 */
gint64
tw_clock_now_ms (void)
{
  return g_get_real_time () / 1000 + __atomic_load_n (&offset, __ATOMIC_RELAXED);
}

/**
 * tw_clock_set_offset_ms:
 * @offset_ms: how far the program's time is ahead of the system's, in milliseconds
 */
void
tw_clock_set_offset_ms (gint64 offset_ms)
{
  __atomic_store_n (&offset, offset_ms, __ATOMIC_RELAXED);
}

/**
 * tw_clock_get_offset_ms:
 *
 * Returns: how far the program's time is ahead of the system's, in milliseconds
 */
gint64
tw_clock_get_offset_ms (void)
{
  return __atomic_load_n (&offset, __ATOMIC_RELAXED);
}

/**
 * tw_clock_today:
 *
 * Returns: the day in China now, as days since 1970-01-01
 */
int
tw_clock_today (void)
{
  return tw_clock_day_of_ms (tw_clock_now_ms ());
}

/**
 * tw_clock_day_of_ms:
 * @time_ms: milliseconds since 1970 UTC
 *
 * Returns: the day in China at that time, as days since 1970-01-01
 */
int
tw_clock_day_of_ms (gint64 time_ms)
{
  gint64 local = time_ms + TW_CHINA_OFFSET_S * G_GINT64_CONSTANT (1000);

  return (int) (local >= 0 ? local / MS_PER_DAY : -((-local + MS_PER_DAY - 1) / MS_PER_DAY));
}

/**
 * tw_clock_ms_of_day:
 * @day: days since 1970-01-01
 *
 * Returns: when that day begins in China, in milliseconds since 1970 UTC
 */
gint64
tw_clock_ms_of_day (int day)
{
  return day * MS_PER_DAY - TW_CHINA_OFFSET_S * G_GINT64_CONSTANT (1000);
}

/**
 * tw_clock_day_of_date:
 * @year: 1 to 9999
 * @month: 1 to 12
 * @dom: 1 to 31
 *
 * Returns: days since 1970-01-01, or G_MININT when there is no such date
 */
int
tw_clock_day_of_date (int year, int month, int dom)
{
  GDate date;

  if (year < 1 || year > 9999 || month < 1 || month > 12 || dom < 1 || dom > 31 ||
      !g_date_valid_dmy ((GDateDay) dom, (GDateMonth) month, (GDateYear) year))
    return G_MININT;
  g_date_clear (&date, 1);
  g_date_set_dmy (&date, (GDateDay) dom, (GDateMonth) month, (GDateYear) year);
  return (int) g_date_get_julian (&date) - 719163;
}

/**
 * tw_clock_date_of_day:
 * @day: days since 1970-01-01, from year 1 on
 * @year: (out) (optional): the year
 * @month: (out) (optional): 1 to 12
 * @dom: (out) (optional): 1 to 31
 */
void
tw_clock_date_of_day (int day, int *year, int *month, int *dom)
{
  GDate date;

  g_return_if_fail (day > -719163);

  g_date_clear (&date, 1);
  g_date_set_julian (&date, (guint32) (day + 719163));
  if (year != NULL)
    *year = g_date_get_year (&date);
  if (month != NULL)
    *month = (int) g_date_get_month (&date);
  if (dom != NULL)
    *dom = g_date_get_day (&date);
}

/**
 * tw_clock_format_day:
 * @day: days since 1970-01-01
 *
 * Returns: (transfer full): `2026-03-01`
 */
char *
tw_clock_format_day (int day)
{
  int y, m, d;

  tw_clock_date_of_day (day, &y, &m, &d);
  return g_strdup_printf ("%04d-%02d-%02d", y, m, d);
}

/**
 * tw_clock_parse_day:
 * @text: (nullable): `YYYY-MM-DD`, exactly
 * @day: (out): days since 1970-01-01
 *
 * Returns: whether @text is a date
 */
gboolean
tw_clock_parse_day (const char *text, int *day)
{
  int found;

  if (text == NULL || strlen (text) != 10 || text[4] != '-' || text[7] != '-')
    return FALSE;
  for (int i = 0; i < 10; i++)
    if (i != 4 && i != 7 && !g_ascii_isdigit (text[i]))
      return FALSE;
  found = tw_clock_day_of_date (atoi (text), atoi (text + 5), atoi (text + 8));
  if (found == G_MININT)
    return FALSE;
  *day = found;
  return TRUE;
}

/**
 * tw_clock_format_ms:
 * @time_ms: milliseconds since 1970 UTC
 *
 * Returns: (transfer full): RFC 3339 in UTC with milliseconds, `2026-03-01T08:00:00.000Z`
 */
char *
tw_clock_format_ms (gint64 time_ms)
{
  int ms = (int) (time_ms % 1000 + 1000) % 1000;
  g_autoptr (GDateTime) at = g_date_time_new_from_unix_utc ((time_ms - ms) / 1000);
  g_autofree char *seconds = NULL;

  g_return_val_if_fail (at != NULL, NULL);
  seconds = g_date_time_format (at, "-%m-%dT%H:%M:%S");
  return g_strdup_printf ("%04d%s.%03dZ", g_date_time_get_year (at), seconds, ms);
}

/**
 * tw_clock_parse_ms:
 * @text: (nullable): RFC 3339 with its offset
 * @time_ms: (out): milliseconds since 1970 UTC
 *
 * Returns: whether @text is a time
 */
gboolean
tw_clock_parse_ms (const char *text, gint64 *time_ms)
{
  g_autoptr (GDateTime) at = NULL;

  if (text == NULL || strlen (text) < 20)
    return FALSE;
  at = g_date_time_new_from_iso8601 (text, NULL);
  if (at == NULL)
    return FALSE;
  *time_ms = g_date_time_to_unix (at) * 1000 + g_date_time_get_microsecond (at) / 1000;
  return TRUE;
}
