// SPDX-License-Identifier: GPL-3.0-or-later
/* Several services on one PostgreSQL: what another one has committed is noticed by looking at the
 * counters of the scopes that somebody here waits for. A word from the other one (NOTIFY) is a hint
 * to look now; one that is lost costs the time to the next look. It is said on a connection of its
 * own after the commit: inside the transaction it would have all commits of the cluster wait for
 * one another. */
#pragma once

#include "server/feed/tw-feed-hub.h"

G_BEGIN_DECLS

/* Without a hint it is looked this often. */
#define TW_FEED_WATCH_INTERVAL_MS 300
/* However many hints come or are to be given. */
#define TW_FEED_HINT_INTERVAL_MS 10

typedef struct _TwFeedWatch TwFeedWatch;

TwFeedWatch *tw_feed_watch_new (TwFeedHub *hub, const char *database_url);
void tw_feed_watch_free (TwFeedWatch *watch);

G_END_DECLS
