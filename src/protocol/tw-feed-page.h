// SPDX-License-Identifier: GPL-3.0-or-later
/* One answer of the feed, read and checked. */
#pragma once

#include <glib.h>

#include "model/tw-object.h"

G_BEGIN_DECLS

typedef struct
{
  char *scope;
  gint64 seq;
  char *type;
  char *id;
  TwObject *object; /* (nullable): %NULL when it was removed */
  char *body;       /* (nullable): the object as the service wrote it, what we don't know too */
} TwFeedItem;

typedef struct
{
  char *cursor;
  GPtrArray *items; /* TwFeedItem, in the order of the feed */
  GStrv gap;        /* scopes that start anew */
  GStrv dropped;    /* scopes that are not the asker's any more */
  gboolean more;
  gint64 now_ms; /* the service's clock */
} TwFeedPage;

TwFeedItem *tw_feed_item_new (const char *scope, gint64 seq, const char *type, const char *id);
void tw_feed_item_take_object (TwFeedItem *item, TwObject *object, char *body);
TwFeedPage *tw_feed_page_new (const char *cursor, gint64 now_ms);
TwFeedPage *tw_feed_page_decode (const char *text, gsize length, GError **error);
void tw_feed_page_free (TwFeedPage *page);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TwFeedPage, tw_feed_page_free)

G_END_DECLS
