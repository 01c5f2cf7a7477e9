// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* How long to wait before the next try. Zero-initialized but for @cap_ms. */
typedef struct
{
  guint cap_ms; /* the longest */
  guint failures;
} TwBackoff;

guint tw_backoff_next_ms (TwBackoff *backoff);
void tw_backoff_reset (TwBackoff *backoff);

G_END_DECLS
