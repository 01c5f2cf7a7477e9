// SPDX-License-Identifier: GPL-3.0-or-later
/* A cursor: how far each scope has been read. Opaque to clients, and never trusted: it only says
 * what is not to be told again. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct
{
  gint64 seq;   /* up to here it has been read */
  gint64 grant; /* by which grant; 0: without one */
} TwFeedPosition;

typedef struct
{
  char *epoch;
  GHashTable *positions; /* of TwFeedPosition by scope */
} TwFeedCursor;

TwFeedCursor *tw_feed_cursor_new (const char *epoch);
TwFeedCursor *tw_feed_cursor_decode (const char *text);
char *tw_feed_cursor_encode (TwFeedCursor *cursor);
void tw_feed_cursor_set (TwFeedCursor *cursor, const char *scope, gint64 seq, gint64 grant);
const TwFeedPosition *tw_feed_cursor_get (TwFeedCursor *cursor, const char *scope);
void tw_feed_cursor_free (TwFeedCursor *cursor);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TwFeedCursor, tw_feed_cursor_free)

G_END_DECLS
