// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/feed/tw-feed-hub.h"

G_BEGIN_DECLS

/* The data of a long poll's GTask. */
typedef struct
{
  TwFeedHub *hub;
  TwActor *actor;
  char *cursor;
  guint limit;
  gint64 deadline_us;
  GPtrArray *scopes; /* parked under these; guarded by the hub's lock */
  gboolean parked;   /* guarded by the hub's lock */
  gboolean woken;    /* guarded by the hub's lock: something has come since it was parked */
  gboolean reading;  /* guarded by the hub's lock: in the pool */
  gboolean ended;    /* own context */
  TwFeedAnswer *page;
  GError *error;
  GSource *timer;      /* own context */
  gulong cancelled_id; /* own context */
} TwFeedPoll;

struct _TwFeedHub
{
  TwReaders *readers;
  TwKey *key;
  GThreadPool *pool;
  void (*tell) (gpointer data); /* (nullable): there are no other processes */
  gpointer tell_data;

  GMutex lock;
  GHashTable *parked; /* of GPtrArray of GTask (borrowed) by scope */
  guint n_parked;
  gboolean stopped;
};

/* All with the lock held. */
void tw_feed_hub_park (TwFeedHub *hub, GTask *task, TwFeedPoll *poll, GPtrArray *scopes);
void tw_feed_hub_unpark (TwFeedHub *hub, GTask *task, TwFeedPoll *poll);
void tw_feed_hub_wake_task (TwFeedHub *hub, GTask *task);

G_END_DECLS
