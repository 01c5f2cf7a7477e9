// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define TW_THROTTLE_FREE_TRIES 5
#define TW_THROTTLE_MAX_WAIT_S 300

/* Counts tries by name and makes each wait longer than the one before. One thread. */
typedef struct _TwThrottle TwThrottle;

TwThrottle *tw_throttle_new (void);
void tw_throttle_free (TwThrottle *throttle);
int tw_throttle_try (TwThrottle *throttle, const char *name, gint64 now_ms);
void tw_throttle_forgive (TwThrottle *throttle, const char *name);
void tw_throttle_clear (TwThrottle *throttle, const char *name);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TwThrottle, tw_throttle_free)

G_END_DECLS
