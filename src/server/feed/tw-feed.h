// SPDX-License-Identifier: GPL-3.0-or-later
/* What a person sees: the last version of each object, by scope, in the order of commits. */
#pragma once

#include "db/tw-db.h"
#include "server/command/tw-actor.h"
#include "vault/tw-vault.h"

G_BEGIN_DECLS

extern const char tw_feed_schema[];
extern const char tw_feed_parts_schema[]; /* PostgreSQL's */

/* What everybody sees who is signed in. */
#define TW_FEED_PUBLIC "public"

/* One answer of the feed. */
typedef struct
{
  char *text;        /* the JSON of GET /v1/feed */
  char *cursor;      /* where to go on */
  guint n_items;     /* in @text */
  gboolean more;     /* there is more right now */
  gboolean news;     /* something to tell: items, a gap, a scope that was dropped or is new */
  GPtrArray *scopes; /* of char *: what was looked at, to be waited for */
  GArray *seqs;      /* of gint64: the counters that went with them */
} TwFeedAnswer;

TwFeedAnswer *tw_feed_read (
  TwDb *db, TwKey *column_key, TwActor *actor, const char *cursor, guint limit, GError **error);
void tw_feed_answer_free (TwFeedAnswer *page);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TwFeedAnswer, tw_feed_answer_free)

/* All cursors given out before are answered with a gap: for a database that was put back. */
gboolean tw_feed_renew_epoch (TwDb *db, GError **error);
/* Whether counters and rows agree; what is wrong is added to @report, a line each. */
gboolean tw_feed_verify (TwDb *db, TwKey *column_key, GString *report, GError **error);

G_END_DECLS
