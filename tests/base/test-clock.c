// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/tw-clock.h"

#define MS_PER_DAY (G_GINT64_CONSTANT (86400000))

static void
test_days (void)
{
  static const struct
  {
    const char *text;
    int day;
  } cases[] = {
    { "1970-01-01", 0 },      { "1970-01-02", 1 },       { "1969-12-31", -1 },
    { "2000-02-29", 11016 },  { "2000-03-01", 11017 },   { "2024-02-29", 19782 },
    { "2026-03-01", 20513 },  { "0001-01-01", -719162 }, { "9999-12-31", 2932896 },
    { "1900-03-01", -25508 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *back = NULL;
      int day = G_MAXINT;

      g_assert_true (tw_clock_parse_day (cases[i].text, &day));
      g_assert_cmpint (day, ==, cases[i].day);
      back = tw_clock_format_day (day);
      g_assert_cmpstr (back, ==, cases[i].text);
    }
}

/* Every day of four centuries, against GLib's own calendar. */
static void
test_every_day (void)
{
  g_autoptr (GDate) date = g_date_new_dmy (1, 1, 1800);

  for (int day = tw_clock_day_of_date (1800, 1, 1); day < tw_clock_day_of_date (2200, 1, 1); day++)
    {
      int y, m, d;

      tw_clock_date_of_day (day, &y, &m, &d);
      g_assert_cmpint (y, ==, g_date_get_year (date));
      g_assert_cmpint (m, ==, (int) g_date_get_month (date));
      g_assert_cmpint (d, ==, g_date_get_day (date));
      g_assert_cmpint (tw_clock_day_of_date (y, m, d), ==, day);
      g_date_add_days (date, 1);
    }
}

static void
test_bad_days (void)
{
  static const char *const bad[] = {
    "",           "2026-2-01",   "2026-02-1",   "2026/02/01",  "2026-02-30",  "2025-02-29",
    "1900-02-29", "2026-00-10",  "2026-13-01",  "2026-01-00",  "2026-01-32",  "0000-01-01",
    "-001-01-01", "2026-01-01 ", " 2026-01-01", "2026-01-01T", "２026-01-01", "20260101",
    "2026-01-0x", "+026-01-01",  "2026- 1-01",  "2026-04-31",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      int day = 77;

      g_test_message ("'%s'", bad[i]);
      g_assert_false (tw_clock_parse_day (bad[i], &day));
      g_assert_cmpint (day, ==, 77);
    }
  g_assert_false (tw_clock_parse_day (NULL, &(int){ 0 }));
  g_assert_cmpint (tw_clock_day_of_date (10000, 1, 1), ==, G_MININT);
  g_assert_cmpint (tw_clock_day_of_date (-1, 1, 1), ==, G_MININT);
}

/* The law's day begins at midnight in China, 16:00 UTC the day before. */
static void
test_china (void)
{
  int day = tw_clock_day_of_date (2026, 7, 1);
  gint64 start = tw_clock_ms_of_day (day);
  g_autofree char *text = tw_clock_format_ms (start);

  g_assert_cmpstr (text, ==, "2026-06-30T16:00:00.000Z");
  g_assert_cmpint (tw_clock_day_of_ms (start), ==, day);
  g_assert_cmpint (tw_clock_day_of_ms (start - 1), ==, day - 1);
  g_assert_cmpint (tw_clock_day_of_ms (start + MS_PER_DAY - 1), ==, day);
  g_assert_cmpint (tw_clock_day_of_ms (start + MS_PER_DAY), ==, day + 1);

  /* before 1970 too */
  for (day = -400; day < 400; day++)
    {
      g_assert_cmpint (tw_clock_day_of_ms (tw_clock_ms_of_day (day)), ==, day);
      g_assert_cmpint (tw_clock_day_of_ms (tw_clock_ms_of_day (day) - 1), ==, day - 1);
    }
}

static void
test_times (void)
{
  static const struct
  {
    const char *text;
    gint64 ms;
  } cases[] = {
    { "1970-01-01T00:00:00.000Z", 0 },
    { "1970-01-01T00:00:00Z", 0 },
    { "1970-01-01T08:00:00+08:00", 0 },
    { "1970-01-01T00:00:00.123Z", 123 },
    { "2026-03-01T08:00:00.007Z", G_GINT64_CONSTANT (1772352000007) },
    { "2026-03-01T16:00:00.007+08:00", G_GINT64_CONSTANT (1772352000007) },
  };
  static const char *const bad[] = {
    "",
    "2026-03-01",
    "2026-03-01T08:00:00",     /* whose time? */
    "2026-03-01T08:00:00.000", /* likewise, and long enough */
    "2026-13-01T08:00:00Z",
    "2026-02-30T08:00:00Z",
    "2026-03-01T25:00:00Z",
    "2026-03-01T08:61:00Z",
    "yesterday, about noon",
    "2026-03-01T08:00:00Z and more",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      gint64 ms = -1;

      g_test_message ("'%s'", cases[i].text);
      g_assert_true (tw_clock_parse_ms (cases[i].text, &ms));
      g_assert_cmpint (ms, ==, cases[i].ms);
    }
  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      gint64 ms = 77;

      g_test_message ("'%s'", bad[i]);
      g_assert_false (tw_clock_parse_ms (bad[i], &ms));
      g_assert_cmpint (ms, ==, 77);
    }
  g_assert_false (tw_clock_parse_ms (NULL, &(gint64){ 0 }));
}

static void
test_times_round_trip (void)
{
  /* also before 1970, where the rest of a division turns its sign */
  for (int i = 0; i < 20000; i++)
    {
      gint64 ms = (gint64) g_test_rand_double_range (-2e12, 4e12);
      g_autofree char *text = tw_clock_format_ms (ms);
      gint64 back = 0;

      g_assert_true (tw_clock_parse_ms (text, &back));
      g_assert_cmpint (back, ==, ms);
    }
}

static void
test_offset (void)
{
  gint64 now = tw_clock_now_ms ();
  int today = tw_clock_today ();

  tw_clock_set_offset_ms (10 * MS_PER_DAY);
  g_assert_cmpint (tw_clock_get_offset_ms (), ==, 10 * MS_PER_DAY);
  g_assert_cmpint (tw_clock_now_ms () - now, >=, 10 * MS_PER_DAY);
  g_assert_cmpint (tw_clock_now_ms () - now, <, 10 * MS_PER_DAY + 60000);
  g_assert_cmpint (tw_clock_today () - today, >=, 10);
  g_assert_cmpint (tw_clock_today () - today, <=, 11);
  tw_clock_set_offset_ms (0);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/clock/days", test_days);
  g_test_add_func ("/clock/every-day", test_every_day);
  g_test_add_func ("/clock/bad-days", test_bad_days);
  g_test_add_func ("/clock/china", test_china);
  g_test_add_func ("/clock/times", test_times);
  g_test_add_func ("/clock/times/round-trip", test_times_round_trip);
  g_test_add_func ("/clock/offset", test_offset);
  return g_test_run ();
}
