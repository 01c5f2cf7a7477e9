// SPDX-License-Identifier: GPL-3.0-or-later
/* Long polls: parked by scope, woken after a commit. */
#pragma once

#include <gio/gio.h>

#include "server/feed/tw-feed.h"
#include "server/feed/tw-readers.h"

G_BEGIN_DECLS

typedef struct _TwFeedHub TwFeedHub;

TwFeedHub *tw_feed_hub_new (TwReaders *readers, TwKey *column_key);
void tw_feed_hub_stop (TwFeedHub *hub);
void tw_feed_hub_free (TwFeedHub *hub);

/* Any thread: the scopes have something new. */
void tw_feed_hub_wake (TwFeedHub *hub, GPtrArray *scopes);
/* The same, of what this process has committed: others are to hear of it too. */
void tw_feed_hub_committed (TwFeedHub *hub, GPtrArray *scopes);
/* Before anything is committed. */
void tw_feed_hub_set_teller (TwFeedHub *hub, void (*tell) (gpointer data), gpointer data);
guint tw_feed_hub_count_parked (TwFeedHub *hub);
GPtrArray *tw_feed_hub_list_parked (TwFeedHub *hub);

/* Answers at once when there is something to tell, or when there is, or after @wait_ms. Called back
 * in the thread-default context of the caller, which is where it is parked. @cursor: (nullable) */
void tw_feed_hub_poll_async (TwFeedHub *hub,
                             TwActor *actor,
                             const char *cursor,
                             guint limit,
                             guint wait_ms,
                             GCancellable *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer user_data);
/* (transfer full) (nullable) */
TwFeedAnswer *tw_feed_hub_poll_finish (GAsyncResult *result, GError **error);

G_END_DECLS
