// SPDX-License-Identifier: GPL-3.0-or-later
/* Photos and attachments: brought to the service piece by piece, before a command names them. */
#pragma once

#include "client/sync/tw-transport.h"

G_BEGIN_DECLS

void tw_blob_upload_async (TwTransport *transport,
                           const char *hash,
                           GBytes *content,
                           GCancellable *cancellable,
                           GAsyncReadyCallback callback,
                           gpointer user_data);
gboolean tw_blob_upload_finish (TwTransport *transport, GAsyncResult *result, GError **error);

G_END_DECLS
