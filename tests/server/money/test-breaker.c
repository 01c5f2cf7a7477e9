// SPDX-License-Identifier: GPL-3.0-or-later
/* When the other side is left alone, by a clock of our own. */
#include "server/rails/tw-breaker.h"

static void
fail_until_open (TwBreaker *breaker, gint64 now_ms)
{
  for (int i = 1; i < TW_BREAKER_FAILURES; i++)
    {
      g_assert_false (tw_breaker_failed (breaker, now_ms, 0.5));
      g_assert_true (tw_breaker_may_call (breaker, now_ms));
    }
  g_assert_true (tw_breaker_failed (breaker, now_ms, 0.5));
  g_assert_false (tw_breaker_may_call (breaker, now_ms));
}

/* Only failures in a row count. */
static void
test_in_a_row (void)
{
  TwBreaker breaker = { 0 };

  for (int i = 0; i < 100; i++)
    {
      g_assert_false (tw_breaker_failed (&breaker, i, 0.5));
      if (i % (TW_BREAKER_FAILURES - 1) == TW_BREAKER_FAILURES - 2)
        g_assert_false (tw_breaker_succeeded (&breaker));
      g_assert_true (tw_breaker_may_call (&breaker, i));
    }
}

/* One at a time, and not before its time. */
static void
test_probe (void)
{
  TwBreaker breaker = { 0 };

  fail_until_open (&breaker, 1000);
  g_assert_cmpint (breaker.since_ms, ==, 1000);
  g_assert_false (tw_breaker_may_call (&breaker, 1000 + TW_BREAKER_FIRST_WAIT_MS - 1));
  g_assert_true (tw_breaker_may_call (&breaker, 1000 + TW_BREAKER_FIRST_WAIT_MS));
  g_assert_false (tw_breaker_may_call (&breaker, 1000 + TW_BREAKER_FIRST_WAIT_MS));
  g_assert_false (tw_breaker_may_call (&breaker, 1000000));
  g_assert_true (tw_breaker_succeeded (&breaker));
  g_assert_true (tw_breaker_may_call (&breaker, 2000));
  g_assert_true (tw_breaker_may_call (&breaker, 2000));
  /* All is forgotten: it takes as many to open it again. */
  fail_until_open (&breaker, 3000);
}

/* However long it is away, its return is noticed soon; and never in step with others. */
static void
test_waits (void)
{
  for (double dice = 0; dice < 1; dice += 0.249)
    {
      TwBreaker breaker = { 0 };
      gint64 now_ms = 0, before_ms = 0;

      fail_until_open (&breaker, 0);
      for (int i = 0; i < 200; i++)
        {
          now_ms = breaker.probe_at_ms;
          g_assert_true (tw_breaker_may_call (&breaker, now_ms));
          g_assert_false (tw_breaker_failed (&breaker, now_ms, dice));
          g_assert_cmpuint (breaker.probes, ==, i + 1);
          g_assert_cmpint (breaker.probe_at_ms, >, now_ms);
          g_assert_cmpint (breaker.probe_at_ms - now_ms, <=, TW_BREAKER_LONGEST_WAIT_MS * 3 / 2);
          g_assert_cmpint (breaker.probe_at_ms - now_ms, >=, before_ms);
          before_ms = breaker.probe_at_ms - now_ms;
        }
      g_assert_cmpint (before_ms, ==, (gint64) (TW_BREAKER_LONGEST_WAIT_MS * (0.5 + dice)));
      g_assert_cmpint (breaker.since_ms, ==, 0);
    }
}

/* Calls that began before it opened and end after it tell nothing new of the outage, */
static void
test_stragglers (void)
{
  TwBreaker breaker = { 0 };
  gint64 probe_at_ms;

  fail_until_open (&breaker, 1000);
  probe_at_ms = breaker.probe_at_ms;
  for (int i = 0; i < 10; i++)
    g_assert_false (tw_breaker_failed (&breaker, 1100, 0.9));
  g_assert_cmpint (breaker.probe_at_ms, ==, probe_at_ms);
  g_assert_cmpuint (breaker.probes, ==, 0);
  /* but one that is answered is an answer. */
  g_assert_true (tw_breaker_succeeded (&breaker));
  g_assert_true (tw_breaker_may_call (&breaker, 1200));
}

/* A sign of life: the next probe goes now, and not twice. */
static void
test_sign_of_life (void)
{
  TwBreaker breaker = { 0 };

  tw_breaker_skip_probe (&breaker, 10);
  g_assert_true (tw_breaker_may_call (&breaker, 10));
  fail_until_open (&breaker, 1000);
  tw_breaker_skip_probe (&breaker, 1001);
  g_assert_true (tw_breaker_may_call (&breaker, 1001));
  tw_breaker_skip_probe (&breaker, 1002);
  g_assert_false (tw_breaker_may_call (&breaker, 1002));
  g_assert_false (tw_breaker_failed (&breaker, 1003, 0.5));
  g_assert_false (tw_breaker_may_call (&breaker, 1003));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/breaker/in-a-row", test_in_a_row);
  g_test_add_func ("/breaker/probe", test_probe);
  g_test_add_func ("/breaker/waits", test_waits);
  g_test_add_func ("/breaker/stragglers", test_stragglers);
  g_test_add_func ("/breaker/sign-of-life", test_sign_of_life);
  return g_test_run ();
}
