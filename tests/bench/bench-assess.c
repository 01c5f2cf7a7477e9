// SPDX-License-Identifier: GPL-3.0-or-later
/* How many returns a second one core works out, from JSON to JSON with the whole explanation, and
 * the assessment alone. */
#include <stdlib.h>
#include <string.h>

#include "protocol/tw-assess-form.h"
#include "tw-bench.h"

#define RETURNS 100000
#define ROUNDS 3

static char *
make_return (GRand *rand)
{
  return g_strdup_printf (
    "{\"kind\":\"comprehensive\",\"year\":%d,\"wages\":%d,\"labour_services\":%d,"
    "\"special\":{\"social_insurance\":%d,\"housing_fund\":%d},\"additional\":{\"children\":"
    "[{\"child\":\"a\",\"stage\":\"education\",\"months\":%d,\"share\":50}],"
    "\"loan\":{\"months\":%d,\"months_before\":%d},\"parents\":{\"months\":12,"
    "\"share_monthly\":%d}},\"pension\":%d,\"charity\":%d,\"bonus\":{\"amount\":%d,\"mode\":\"%s\"}"
    ","
    "\"prepaid\":%d}",
    g_rand_int_range (rand, TW_TAX_FIRST_YEAR, TW_TAX_LAST_YEAR + 1),
    g_rand_int_range (rand, 0, 200000000), g_rand_int_range (rand, 0, 10000000),
    g_rand_int_range (rand, 0, 3000000), g_rand_int_range (rand, 0, 3000000),
    g_rand_int_range (rand, 0, 13), g_rand_int_range (rand, 0, 13), g_rand_int_range (rand, 0, 250),
    g_rand_int_range (rand, 0, 200000), g_rand_int_range (rand, 0, 1300000),
    g_rand_int_range (rand, 0, 1000000), g_rand_int_range (rand, 0, 20000000),
    g_rand_boolean (rand) ? "separate" : "merged", g_rand_int_range (rand, 0, 1000000));
}

int
main (void)
{
  g_autoptr (GPtrArray) returns = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GString) out = g_string_new (NULL);
  g_autoptr (GRand) rand = g_rand_new_with_seed (1);
  g_auto (TwAssessForm) form = { 0 };
  g_auto (TwAssessment) made = { 0 };
  gint64 whole_us = G_MAXINT64, alone_us = G_MAXINT64;

  tw_assess_form_init (&form);
  tw_assessment_init (&made);
  for (int i = 0; i < RETURNS; i++)
    g_ptr_array_add (returns, make_return (rand));
  for (int round = 0; round < ROUNDS; round++)
    {
      gint64 start_us = g_get_monotonic_time (), alone = 0;

      for (guint i = 0; i < returns->len; i++)
        {
          const char *text = g_ptr_array_index (returns, i);
          gint64 before_us;

          if (!tw_assess_form_read (&form, text, strlen (text), NULL))
            g_error ("%s", text);
          before_us = g_get_monotonic_time ();
          if (!tw_assess_form_assess (&form, &made))
            g_error ("%s", text);
          alone += g_get_monotonic_time () - before_us;
          g_string_set_size (out, 0);
          tw_assess_form_write (&form, &made, out);
        }
      whole_us = MIN (whole_us, g_get_monotonic_time () - start_us);
      alone_us = MIN (alone_us, alone);
    }
  g_print ("the assessment alone: %.2f us each\n", (double) alone_us / RETURNS);
  tw_bench_check ("returns a second, from JSON to JSON, on one core",
                  RETURNS / ((double) whole_us / G_USEC_PER_SEC), FALSE, 50000);
  return tw_bench_finish ();
}
