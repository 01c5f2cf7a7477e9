// SPDX-License-Identifier: GPL-3.0-or-later
/* The late fee over a table in which the rate changes: the law's own has one rate so far. */
#include "base/tw-clock.h"
#include "tax/tw-late-fee.h"
#include "tax/tw-tax-tables.h"

enum
{
  FIRST = 10000,
  SECOND = 20000,
  THIRD = 20010,
};

const TwLateFeeRow tw_late_fee_rows[] = {
  { THIRD, 0, "third" },
  { SECOND, 300, "second" },
  { FIRST, 500, "first" },
};
const gsize tw_late_fee_rows_count = G_N_ELEMENTS (tw_late_fee_rows);

static int
rate_on (int on_day)
{
  return on_day >= THIRD ? 0 : on_day >= SECOND ? 300 : 500;
}

/* Against the plainest way of adding it up, day by day. */
static void
test_day_by_day (void)
{
  const gint64 tax_fen = 1000000; /* each ppm is one fen: nothing to round */

  for (int due = SECOND - 20; due < THIRD + 5; due++)
    {
      gint64 wanted = 0;

      for (int on = due; on < due + 60; on++)
        {
          if (on > due)
            wanted += rate_on (on);
          g_assert_cmpint (tw_late_fee_fen (tax_fen, due, on), ==, wanted);
        }
    }
  g_assert_cmpint (tw_late_fee_fen (tax_fen, FIRST - 10, FIRST + 10), ==, 20 * 500);
  g_assert_cmpint (tw_late_fee_fen (tax_fen, FIRST - 10, FIRST - 5), ==, 5 * 500);
  g_assert_cmpint (tw_late_fee_per_day_fen (tax_fen, SECOND - 1), ==, 500);
  g_assert_cmpint (tw_late_fee_per_day_fen (tax_fen, SECOND), ==, 300);
  g_assert_cmpint (tw_late_fee_per_day_fen (tax_fen, THIRD), ==, 0);
  g_assert_cmpint (tw_late_fee_per_day_fen (tax_fen, 0), ==, 500);
  g_assert_cmpstr (tw_late_fee_get_source (SECOND), ==, "second");
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/tax/late-fee/rate-change", test_day_by_day);
  return g_test_run ();
}
