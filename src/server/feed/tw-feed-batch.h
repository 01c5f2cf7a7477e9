// SPDX-License-Identifier: GPL-3.0-or-later
/* What one transaction publishes: gathered while its commands run, written at its end. */
#pragma once

#include "db/tw-db-rows.h"
#include "model/tw-object.h"
#include "vault/tw-vault.h"

G_BEGIN_DECLS

/* The counters: id, seq. */
extern const TwTable tw_feed_scope_table;

typedef struct _TwFeedBatch TwFeedBatch;

TwFeedBatch *tw_feed_batch_new (TwKey *column_key);
void tw_feed_batch_free (TwFeedBatch *batch);

void tw_feed_batch_publish (TwFeedBatch *batch, const char *scope, TwObject *object);
void tw_feed_batch_publish_first (TwFeedBatch *batch, const char *scope, TwObject *object);
void
tw_feed_batch_withdraw (TwFeedBatch *batch, const char *scope, const char *type, const char *id);
void tw_feed_batch_touch (TwFeedBatch *batch, const char *scope);

gboolean tw_feed_batch_write (TwFeedBatch *batch, TwDb *db, GPtrArray *scopes, GError **error);
void tw_feed_batch_clear (TwFeedBatch *batch);

/* Grants: rows now, and the counter of the account's own list of grants with the batch. */
gboolean tw_feed_batch_grant (TwFeedBatch *batch,
                              TwDb *db,
                              const char *account_id,
                              const char *scope,
                              int view,
                              GError **error);
gboolean tw_feed_batch_revoke (
  TwFeedBatch *batch, TwDb *db, const char *account_id, const char *scope, GError **error);

char *tw_feed_seal_context (const char *scope, const char *type, const char *id);
char *tw_feed_grants_scope (const char *account_id);

G_END_DECLS
