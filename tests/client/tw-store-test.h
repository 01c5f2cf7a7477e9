// SPDX-License-Identifier: GPL-3.0-or-later
/* A store asked and answered in one line each. */
#pragma once

#include "client/store/tw-store.h"
#include "tw-client-test.h"

G_BEGIN_DECLS

TwKey *tw_test_key (void);
TwStoreContents *tw_test_store_open (const char *folder, TwStore **store);
void tw_test_store_close (TwStore *store);
TwStoreChanges *
tw_test_store_apply (TwStore *store, TwFeedPage *page, const char *after, GError **error);
TwCommand *tw_test_command_new (const char *kind);
void tw_test_store_write_down (TwStore *store, TwCommand *command);
TwStoreBatch *tw_test_store_take (TwStore *store, guint limit, gsize max_bytes);
TwRecordPage *
tw_test_store_query (TwStore *store, const TwRecordQuery *query, const char *after, guint limit);
TwObject *tw_test_store_get (TwStore *store, const char *wire_type, const char *id, GError **error);

G_END_DECLS
