// SPDX-License-Identifier: GPL-3.0-or-later
/* When to leave the other side alone: after failures in a row nothing is sent but a probe now and
 * then, one at a time, until one succeeds. Pure: the clock and the dice are the caller's. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* So many failures in a row open it. */
#define TW_BREAKER_FAILURES 4
/* Between probes: from, twice as long each time, to. A return is noticed within the longest. */
#define TW_BREAKER_FIRST_WAIT_MS 500
#define TW_BREAKER_LONGEST_WAIT_MS 2000

typedef enum
{
  TW_BREAKER_CLOSED,  /* all may call */
  TW_BREAKER_OPEN,    /* nobody may, until the next probe */
  TW_BREAKER_PROBING, /* one is calling */
} TwBreakerState;

typedef struct
{
  TwBreakerState state;
  guint failures;     /* in a row, while it is closed */
  guint probes;       /* that failed since it opened */
  gint64 since_ms;    /* when it opened */
  gint64 probe_at_ms; /* when the next one may call */
} TwBreaker;

gboolean tw_breaker_may_call (TwBreaker *breaker, gint64 now_ms);
gboolean tw_breaker_failed (TwBreaker *breaker, gint64 now_ms, double dice);
gboolean tw_breaker_succeeded (TwBreaker *breaker);
void tw_breaker_skip_probe (TwBreaker *breaker, gint64 now_ms);

G_END_DECLS
