// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/rails/tw-breaker.h"

/* Never in step with others: half as long to half as long again. */
static gint64
choose_wait (guint probes, double dice)
{
  gint64 ms =
    MIN ((gint64) TW_BREAKER_FIRST_WAIT_MS << MIN (probes, 10), TW_BREAKER_LONGEST_WAIT_MS);

  return (gint64) ((double) ms * (0.5 + dice));
}

/**
 * tw_breaker_may_call:
 * @breaker: a breaker
 * @now_ms: now, by any clock that does not go back
 *
 * When it is time for a probe, whoever asks first is it, and must say how it ended.
 *
 * Returns: whether the other side may be called
 */
gboolean
tw_breaker_may_call (TwBreaker *breaker, gint64 now_ms)
{
  if (breaker->state == TW_BREAKER_CLOSED)
    return TRUE;
  if (breaker->state == TW_BREAKER_PROBING || now_ms < breaker->probe_at_ms)
    return FALSE;
  breaker->state = TW_BREAKER_PROBING;
  return TRUE;
}

/**
 * tw_breaker_failed:
 * @breaker: a breaker
 * @now_ms: now
 * @dice: from 0, up to and not with 1
 *
 * A call got no answer. One that began before it opened, and ends while it is open, changes
 * nothing.
 *
 * Returns: whether this opened it
 */
gboolean
tw_breaker_failed (TwBreaker *breaker, gint64 now_ms, double dice)
{
  if (breaker->state == TW_BREAKER_OPEN)
    return FALSE;
  if (breaker->state == TW_BREAKER_CLOSED)
    {
      if (++breaker->failures < TW_BREAKER_FAILURES)
        return FALSE;
      breaker->state = TW_BREAKER_OPEN;
      breaker->since_ms = now_ms;
      breaker->probes = 0;
      breaker->probe_at_ms = now_ms + choose_wait (0, dice);
      return TRUE;
    }
  breaker->state = TW_BREAKER_OPEN;
  breaker->probe_at_ms = now_ms + choose_wait (++breaker->probes, dice);
  return FALSE;
}

/**
 * tw_breaker_succeeded:
 * @breaker: a breaker
 *
 * Somebody has answered, whatever they said.
 *
 * Returns: whether this closed it
 */
gboolean
tw_breaker_succeeded (TwBreaker *breaker)
{
  gboolean closed = breaker->state != TW_BREAKER_CLOSED;

  *breaker = (TwBreaker){ TW_BREAKER_CLOSED };
  return closed;
}

/**
 * tw_breaker_skip_probe:
 * @breaker: a breaker
 * @now_ms: now
 *
 * There is a sign of life: the next probe need not wait. A probe that ended without telling
 * anything is made good in the same way.
 */
void
tw_breaker_skip_probe (TwBreaker *breaker, gint64 now_ms)
{
  if (breaker->state == TW_BREAKER_OPEN)
    breaker->probe_at_ms = MIN (breaker->probe_at_ms, now_ms);
}
