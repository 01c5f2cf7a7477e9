// SPDX-License-Identifier: GPL-3.0-or-later
/* The client's secret in the keyring of the system. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* The client's master key (32 bytes), then the seed of the device's signing key (32 bytes): kept
 * as one secret, so that there is never one without the other. */
#define TW_KEYRING_SECRET_BYTES 64

void tw_keyring_load_async (const char *profile,
                            GCancellable *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer user_data);
GBytes *tw_keyring_load_finish (GAsyncResult *result, GError **error);

void tw_keyring_store_async (const char *profile,
                             GBytes *secret,
                             GCancellable *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer user_data);
gboolean tw_keyring_store_finish (GAsyncResult *result, GError **error);

void tw_keyring_clear_async (const char *profile,
                             GCancellable *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer user_data);
gboolean tw_keyring_clear_finish (GAsyncResult *result, GError **error);

G_END_DECLS
