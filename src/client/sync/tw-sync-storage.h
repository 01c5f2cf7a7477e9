// SPDX-License-Identifier: GPL-3.0-or-later
/* Where sync keeps what must not be lost. The application fills it with the store: this room knows
 * no database. */
#pragma once

#include <gio/gio.h>

#include "protocol/tw-command.h"
#include "protocol/tw-feed-page.h"

G_BEGIN_DECLS

#define TW_TYPE_SYNC_STORAGE (tw_sync_storage_get_type ())
G_DECLARE_INTERFACE (TwSyncStorage, tw_sync_storage, TW, SYNC_STORAGE, GObject)

struct _TwSyncStorageInterface
{
  GTypeInterface parent;

  /* The feed. A page and the cursor after it are kept together or not at all; %TW_ERROR_CONFLICT
   * when the storage stands elsewhere. The page lives until the callback. */
  void (*get_cursor_async) (TwSyncStorage *self, GAsyncReadyCallback callback, gpointer user_data);
  gboolean (*get_cursor_finish) (TwSyncStorage *self,
                                 GAsyncResult *result,
                                 char **cursor,
                                 GError **error);
  void (*restart_async) (TwSyncStorage *self, GAsyncReadyCallback callback, gpointer user_data);
  void (*apply_async) (TwSyncStorage *self,
                       TwFeedPage *page,
                       const char *after,
                       GAsyncReadyCallback callback,
                       gpointer user_data);

  /* The outbox. What is taken is marked as sent before it is answered. */
  void (*take_async) (TwSyncStorage *self,
                      guint limit,
                      gsize max_bytes,
                      const char *const *except,
                      GAsyncReadyCallback callback,
                      gpointer user_data);
  GPtrArray *(*take_finish) (TwSyncStorage *self, GAsyncResult *result, GError **error);
  void (*note_left) (TwSyncStorage *self, const char *const *ids);
  void (*unsend_async) (TwSyncStorage *self,
                        const char *const *ids,
                        GAsyncReadyCallback callback,
                        gpointer user_data);
  void (*settle_async) (TwSyncStorage *self,
                        GPtrArray *results,
                        GAsyncReadyCallback callback,
                        gpointer user_data);

  /* Ends restart, apply, unsend and settle. */
  gboolean (*finish) (TwSyncStorage *self, GAsyncResult *result, GError **error);
};

G_END_DECLS
