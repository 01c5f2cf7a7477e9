// SPDX-License-Identifier: GPL-3.0-or-later
/* The client's own database: what the feed brought, what was written down to be sent, what is being
 * typed. Sealed, in one file, with one thread that works on it. Everything here is asked for in the
 * main thread and answered there. */
#pragma once

#include <gio/gio.h>

#include "model/tw-outgoing.h"
#include "model/tw-record-query.h"
#include "protocol/tw-command.h"
#include "protocol/tw-feed-page.h"
#include "vault/tw-vault.h"

G_BEGIN_DECLS

/* The file in the store's folder */
#define TW_STORE_FILE "store.db"

#define TW_TYPE_STORE (tw_store_get_type ())
G_DECLARE_FINAL_TYPE (TwStore, tw_store, TW, STORE, GObject)

/* Signal: "set-aside" (char *path, uint saved, boolean whole): the file was damaged. It was moved
 * to
 * @path and a new one begun, with @saved commands that were not settled yet; unless @whole, some of
 * what was not sent may be missing. What the feed brought is to be brought again. */

/* Words that a record is found by besides its own: the name of its tax in the person's language. */
typedef const char *(*TwStoreTaxName) (const char *tax_type);

/* A command that was written down, and how far it got. */
typedef struct
{
  TwCommand *command;
  TwOutgoingState state;
  TwResult *result; /* (nullable): its answer */
} TwStoreOutgoing;

/* What is in the store when it is opened. */
typedef struct
{
  GPtrArray *objects;  /* TwObject in the order of their arrival; all but records */
  GPtrArray *outgoing; /* TwStoreOutgoing, oldest first */
  GHashTable *drafts;  /* key -> text */
  GHashTable *meta;    /* name -> text */
} TwStoreContents;

/* What a page of the feed changed. */
typedef struct
{
  GPtrArray *put;     /* TwObject; all but records */
  GPtrArray *removed; /* TwStoreRemoved */
  gboolean records;   /* whether the tax history has other lines now */
} TwStoreChanges;

typedef struct
{
  char *type;
  char *id;
} TwStoreRemoved;

/* What is to be sent next. */
typedef struct
{
  GPtrArray *commands; /* TwCommand, in the order to send them */
  GStrv expired;       /* ids that waited too long and will never be sent */
} TwStoreBatch;

void tw_store_contents_free (TwStoreContents *contents);
void tw_store_changes_free (TwStoreChanges *changes);
void tw_store_batch_free (TwStoreBatch *batch);
void tw_store_outgoing_free (TwStoreOutgoing *outgoing);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TwStoreContents, tw_store_contents_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TwStoreChanges, tw_store_changes_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TwStoreBatch, tw_store_batch_free)

TwStore *tw_store_new (const char *folder, TwKey *key, TwStoreTaxName tax_name);
void tw_store_trust_key (TwStore *self);
void tw_store_close (TwStore *self);
void tw_store_close_and_wait (TwStore *self);

void tw_store_open_async (TwStore *self, GAsyncReadyCallback callback, gpointer user_data);
TwStoreContents *tw_store_open_finish (TwStore *self, GAsyncResult *result, GError **error);

/* The feed */
void tw_store_get_cursor_async (TwStore *self, GAsyncReadyCallback callback, gpointer user_data);
gboolean
tw_store_get_cursor_finish (TwStore *self, GAsyncResult *result, char **cursor, GError **error);
void tw_store_restart_async (TwStore *self, GAsyncReadyCallback callback, gpointer user_data);
void tw_store_apply_async (TwStore *self,
                           TwFeedPage *page,
                           const char *after,
                           GAsyncReadyCallback callback,
                           gpointer user_data);
TwStoreChanges *tw_store_apply_finish (TwStore *self, GAsyncResult *result, GError **error);

/* The outbox */
void tw_store_write_down_async (TwStore *self,
                                TwCommand *command,
                                GAsyncReadyCallback callback,
                                gpointer user_data);
void tw_store_take_async (TwStore *self,
                          guint limit,
                          gsize max_bytes,
                          const char *const *except,
                          GAsyncReadyCallback callback,
                          gpointer user_data);
TwStoreBatch *tw_store_take_finish (TwStore *self, GAsyncResult *result, GError **error);
void tw_store_unsend_async (TwStore *self,
                            const char *const *ids,
                            GAsyncReadyCallback callback,
                            gpointer user_data);
void tw_store_settle_async (TwStore *self,
                            GPtrArray *results,
                            GAsyncReadyCallback callback,
                            gpointer user_data);
void tw_store_discard_async (TwStore *self,
                             const char *id,
                             GAsyncReadyCallback callback,
                             gpointer user_data);

/* The tax history */
void tw_store_query_records_async (TwStore *self,
                                   const TwRecordQuery *query,
                                   const char *after,
                                   guint limit,
                                   GCancellable *cancellable,
                                   GAsyncReadyCallback callback,
                                   gpointer user_data);
TwRecordPage *tw_store_query_records_finish (TwStore *self, GAsyncResult *result, GError **error);

/* One object by its id */
void tw_store_get_object_async (TwStore *self,
                                const char *wire_type,
                                const char *id,
                                GCancellable *cancellable,
                                GAsyncReadyCallback callback,
                                gpointer user_data);
TwObject *tw_store_get_object_finish (TwStore *self, GAsyncResult *result, GError **error);

/* Small things: a value of %NULL forgets the name. */
void tw_store_set_drafts_async (TwStore *self,
                                GHashTable *drafts,
                                GAsyncReadyCallback callback,
                                gpointer user_data);
void tw_store_set_meta_async (TwStore *self,
                              GHashTable *values,
                              GAsyncReadyCallback callback,
                              gpointer user_data);

/* Ends every call above that has no _finish of its own. */
gboolean tw_store_finish (TwStore *self, GAsyncResult *result, GError **error);

G_END_DECLS
