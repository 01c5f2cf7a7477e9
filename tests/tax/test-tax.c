// SPDX-License-Identifier: GPL-3.0-or-later
#include <string.h>

#include "base/tw-clock.h"
#include "base/tw-money.h"
#include "tax/tw-deadline.h"
#include "tax/tw-late-fee.h"
#include "tax/tw-tax-type.h"

static int
day (const char *text)
{
  int parsed = 0;

  g_assert_true (tw_clock_parse_day (text, &parsed));
  return parsed;
}

static void
test_late_fee_vectors (void)
{
  static const struct
  {
    gint64 tax_fen;
    const char *due, *on;
    gint64 fee_fen;
  } vectors[] = {
    { 1000000, "2026-06-30", "2026-06-29", 0 },
    { 1000000, "2026-06-30", "2026-06-30", 0 },
    { 1000000, "2026-06-30", "2026-07-01", 500 },
    { 1000000, "2026-06-30", "2026-07-10", 5000 },
    { 1000000, "2025-06-30", "2026-06-30", 182500 },
    { 1000000, "2023-12-31", "2024-12-31", 183000 }, /* a leap year */
    { 1, "2026-06-30", "2026-07-01", 0 },
    { 999, "2026-06-30", "2026-07-01", 0 },  /* 0.4995 fen */
    { 1000, "2026-06-30", "2026-07-01", 1 }, /* 0.5 fen: half goes up */
    { 2999, "2026-06-30", "2026-07-01", 1 }, /* 1.4995 */
    { 3000, "2026-06-30", "2026-07-01", 2 }, /* 1.5 */
    { 999, "2026-06-30", "2026-07-03", 1 },  /* 1.4985: rounded once, not three times 0 */
    { 36000, "2026-09-30", "2026-11-22", 954 },
    { 0, "2026-06-30", "2026-07-10", 0 },
    { TW_MONEY_MAX_FEN, "2026-06-30", "2026-07-01", TW_MONEY_MAX_FEN / 2000 },
    { 1000000, "2000-06-30", "2000-07-10", 5000 }, /* older than the table */
  };

  for (gsize i = 0; i < G_N_ELEMENTS (vectors); i++)
    g_assert_cmpint (
      tw_late_fee_fen (vectors[i].tax_fen, day (vectors[i].due), day (vectors[i].on)), ==,
      vectors[i].fee_fen);
  g_assert_cmpint (tw_late_fee_per_day_fen (1000000, day ("2026-07-01")), ==, 500);
  g_assert_cmpint (tw_late_fee_per_day_fen (999, day ("2026-07-01")), ==, 0);
  g_assert_cmpint (tw_late_fee_per_day_fen (1000, day ("2026-07-01")), ==, 1);
  g_assert_cmpint (tw_late_fee_per_day_fen (0, day ("2026-07-01")), ==, 0);
  g_assert_nonnull (strstr (tw_late_fee_get_source (day ("2026-07-01")), "Art. 32"));
}

/* Never negative, never falling, simple, and never more than half a fen from the exact value. */
static void
test_late_fee_properties (void)
{
  for (guint i = 0; i < 20000; i++)
    {
      gint64 tax_fen =
        (gint64) (((guint64) g_test_rand_int () << 32 | (guint32) g_test_rand_int ()) %
                  (guint64) TW_MONEY_MAX_FEN);
      int due = day ("2002-01-01") + g_test_rand_int_range (0, 20000);
      int days = g_test_rand_int_range (1, 20000);
      gint64 fee = tw_late_fee_fen (tax_fen, due, due + days);
      gint64 next = tw_late_fee_fen (tax_fen, due, due + days + 1);
      gint64 per_day = tw_late_fee_per_day_fen (tax_fen, due + days + 1);
      /* fee / fen = tax × days / 2000; compared in 2000ths of a fen, which are whole */
      __int128 off = (__int128) fee * 2000 - (__int128) tax_fen * days;

      g_assert_cmpint (tw_late_fee_fen (tax_fen, due, due - days), ==, 0);
      g_assert_cmpint (tw_late_fee_fen (tax_fen, due, due), ==, 0);
      g_assert_true (off > -1000 && off <= 1000);
      g_assert_cmpint (next, >=, fee);
      g_assert_cmpint (ABS (next - fee - per_day), <=, 1);
      g_assert_cmpint (tw_late_fee_fen (tax_fen + 1, due, due + days), >=, fee);
      /* It is the number of days that counts, not which: there is one rate in the table. */
      g_assert_cmpint (tw_late_fee_fen (tax_fen, due + 7, due + 7 + days), ==, fee);
    }
}

/* However a bill is cut, and on whatever days its parts are paid: the fees of all parts so far are
 * what they owe together, rounded once. */
static void
test_late_fee_parts (void)
{
  int due = day ("2026-06-30");
  gint64 rest = 0, fees = 0;

  for (guint i = 0; i < 30; i++)
    fees += tw_late_fee_part_fen (333, due, due + 3, rest, &rest);
  g_assert_cmpint (fees, ==, tw_late_fee_fen (30 * 333, due, due + 3));
  g_assert_cmpint (fees, ==, 15);
  for (guint i = 0; i < 2000; i++)
    {
      __int128 owed = 0; /* in 2000ths of a fen */
      int on = due - 2;

      rest = fees = 0;
      for (guint n = (guint) g_test_rand_int_range (1, 30); n > 0; n--)
        {
          gint64 part = g_test_rand_int_range (1, i % 2 == 0 ? 2000 : G_MAXINT);
          gint64 fee;

          on += g_test_rand_int_range (0, 4);
          fee = tw_late_fee_part_fen (part, due, on, rest, &rest);
          g_assert_cmpint (fee, >=, 0);
          fees += fee;
          owed += (__int128) part * MAX (on - due, 0);
          g_assert_true (fees == (gint64) ((owed + 1000) / 2000));
          g_assert_true (rest >= -500000 && rest < 500000);
        }
    }
}

static void
test_late_fee_extremes (void)
{
  gint64 rest = 0;

  g_assert_cmpint (tw_late_fee_part_fen (G_MAXINT64, 0, G_MAXINT, 0, &rest), ==, G_MAXINT64);
  g_assert_cmpint (tw_late_fee_fen (G_MAXINT64, 0, G_MAXINT), ==, G_MAXINT64);
  g_assert_cmpint (tw_late_fee_fen (1, G_MININT, G_MAXINT), ==, 2147484);
  g_assert_cmpint (tw_late_fee_fen (1, G_MAXINT, G_MININT), ==, 0);
  g_assert_cmpint (tw_late_fee_per_day_fen (G_MAXINT64, 0), ==, G_MAXINT64 / 2000 + 1);
}

static void
test_due (void)
{
  int due = day ("2026-06-30");

  g_assert_cmpint (tw_due_state (due, due - TW_DUE_SOON_DAYS - 1), ==, TW_DUE_LATER);
  g_assert_cmpint (tw_due_state (due, due - TW_DUE_SOON_DAYS), ==, TW_DUE_SOON);
  g_assert_cmpint (tw_due_state (due, due), ==, TW_DUE_SOON);
  g_assert_cmpint (tw_due_state (due, due + 1), ==, TW_DUE_OVERDUE);
  g_assert_cmpint (tw_due_days_left (due, due - 3), ==, 3);
  g_assert_cmpint (tw_due_days_left (due, due + 3), ==, -3);
  g_assert_cmpint (tw_due_days_left (G_MAXINT, G_MININT), ==, G_MAXINT);
}

static void
test_deadlines (void)
{
  int opens = 0, due = 0;

  g_assert_true (tw_deadline_find (TW_DEADLINE_COMPREHENSIVE, 2025, &opens, &due));
  g_assert_cmpint (opens, ==, day ("2026-03-01"));
  g_assert_cmpint (due, ==, day ("2026-06-30"));
  g_assert_true (tw_deadline_find (TW_DEADLINE_BUSINESS, 2025, NULL, &due));
  g_assert_cmpint (due, ==, day ("2026-03-31"));
  g_assert_true (tw_deadline_find (TW_DEADLINE_BUSINESS, 2019, NULL, NULL));
  g_assert_false (tw_deadline_find (TW_DEADLINE_BUSINESS, 2018, &opens, &due));
  g_assert_false (tw_deadline_find ("no_such_return", 2025, &opens, &due));
}

static void
test_types (void)
{
  const char *const *ids = tw_tax_type_list ();
  g_autoptr (GHashTable) names = g_hash_table_new (g_str_hash, g_str_equal);
  guint count = 0;

  for (; ids[count] != NULL; count++)
    {
      g_assert_true (tw_tax_type_is_known (ids[count]));
      g_assert_true (g_hash_table_add (names, (gpointer) tw_tax_type_get_name (ids[count])));
    }
  g_assert_cmpuint (count, ==, 7);
  g_assert_false (g_hash_table_contains (names, tw_tax_type_get_name ("window_tax")));
  g_assert_false (tw_tax_type_is_known ("window_tax"));
  g_assert_false (tw_tax_type_is_known (NULL));
  g_assert_cmpstr (tw_tax_type_get_name (TW_TAX_DEED), ==, "Deed tax");
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/tax/late-fee/vectors", test_late_fee_vectors);
  g_test_add_func ("/tax/late-fee/properties", test_late_fee_properties);
  g_test_add_func ("/tax/late-fee/parts", test_late_fee_parts);
  g_test_add_func ("/tax/late-fee/extremes", test_late_fee_extremes);
  g_test_add_func ("/tax/due", test_due);
  g_test_add_func ("/tax/deadlines", test_deadlines);
  g_test_add_func ("/tax/types", test_types);
  return g_test_run ();
}
