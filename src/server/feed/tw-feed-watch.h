// SPDX-License-Identifier: GPL-3.0-or-later
/* Several services on one PostgreSQL: what another one has committed is noticed by looking at the
 * counters of the scopes that somebody here waits for. Nothing is told inside a transaction. */
#pragma once

#include "server/feed/tw-feed-hub.h"

G_BEGIN_DECLS

#define TW_FEED_WATCH_INTERVAL_MS 300

typedef struct _TwFeedWatch TwFeedWatch;

TwFeedWatch *tw_feed_watch_new (TwFeedHub *hub, TwReaders *readers);
void tw_feed_watch_free (TwFeedWatch *watch);

G_END_DECLS
