// SPDX-License-Identifier: GPL-3.0-or-later
/* Follows the feed and gives each page to the storage. */
#pragma once

#include "client/sync/tw-sync-storage.h"
#include "client/sync/tw-transport.h"

G_BEGIN_DECLS

#define TW_TYPE_FEED_READER (tw_feed_reader_get_type ())
G_DECLARE_FINAL_TYPE (TwFeedReader, tw_feed_reader, TW, FEED_READER, GObject)

/* Signals: "online" (): the service answers. "offline" (char *words): it can't be reached, or not
 *          understood; it is asked again. "signed-out" (): the session has ended; the reader stops.
 */

TwFeedReader *tw_feed_reader_new (TwTransport *transport, TwSyncStorage *storage);
void tw_feed_reader_start (TwFeedReader *self);
void tw_feed_reader_stop (TwFeedReader *self);
void tw_feed_reader_retry_now (TwFeedReader *self);

G_END_DECLS
