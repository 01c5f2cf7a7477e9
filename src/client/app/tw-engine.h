// SPDX-License-Identifier: GPL-3.0-or-later
/* What is behind every page: ties the sealed store to the road to the service, and shows both as
 * TwClient. */
#pragma once

#include <gio/gio.h>

#include "client/sync/tw-client.h"
#include "client/sync/tw-transport.h"

G_BEGIN_DECLS

/* The client's master key (32 bytes), then the seed of the device's signing key (32 bytes). */
#define TW_ENGINE_SECRET_BYTES 64

#define TW_TYPE_ENGINE (tw_engine_get_type ())
G_DECLARE_FINAL_TYPE (TwEngine, tw_engine, TW, ENGINE, GObject)

TwEngine *tw_engine_new (
  const char *data_dir, TwTransport *transport, GBytes *secret, gboolean agent, gboolean practice);
void tw_engine_open_async (TwEngine *self,
                           GCancellable *cancellable,
                           GAsyncReadyCallback callback,
                           gpointer user_data);
gboolean tw_engine_open_finish (TwEngine *self, GAsyncResult *result, GError **error);
void tw_engine_retry_now (TwEngine *self);
void tw_engine_close (TwEngine *self);

G_END_DECLS
