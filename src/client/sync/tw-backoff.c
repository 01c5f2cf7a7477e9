// SPDX-License-Identifier: GPL-3.0-or-later
#include "client/sync/tw-backoff.h"

#define FIRST_MS 200u

/**
 * tw_backoff_next_ms:
 * @backoff: what has failed so far
 *
 * Counts one more failure.
 *
 * Returns: how long to wait, in milliseconds: twice as long each time up to the cap, and each of
 * many clients a different part of it, so that they do not all come back at once
 */
guint
tw_backoff_next_ms (TwBackoff *backoff)
{
  guint whole = FIRST_MS;

  for (guint i = 0; i < backoff->failures && whole < backoff->cap_ms; i++)
    whole *= 2;
  whole = MIN (whole, backoff->cap_ms);
  backoff->failures++;
  return whole / 2 + (guint) g_random_int_range (0, (gint32) whole / 2 + 1);
}

/**
 * tw_backoff_reset:
 * @backoff: what has failed so far
 *
 * Something worked: the next failure is a first one.
 */
void
tw_backoff_reset (TwBackoff *backoff)
{
  backoff->failures = 0;
}
