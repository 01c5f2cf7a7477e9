// SPDX-License-Identifier: GPL-3.0-or-later
/* The client's secret without a keyring: in a file that a passphrase opens. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* The file in the profile's data folder */
#define TW_PASSPHRASE_FILE "key.sealed"

/* The least tw_password_score() of a passphrase: it guards against guessing without limits. */
#define TW_PASSPHRASE_LEAST_SCORE 3

gboolean tw_passphrase_exists (const char *folder);

void tw_passphrase_create_async (const char *folder,
                                 GBytes *secret,
                                 const char *passphrase,
                                 GCancellable *cancellable,
                                 GAsyncReadyCallback callback,
                                 gpointer user_data);
gboolean tw_passphrase_create_finish (GAsyncResult *result, GError **error);

void tw_passphrase_open_async (const char *folder,
                               const char *passphrase,
                               GCancellable *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer user_data);
GBytes *tw_passphrase_open_finish (GAsyncResult *result, GError **error);

void tw_passphrase_change_async (const char *folder,
                                 const char *passphrase,
                                 const char *new_passphrase,
                                 GCancellable *cancellable,
                                 GAsyncReadyCallback callback,
                                 gpointer user_data);
gboolean tw_passphrase_change_finish (GAsyncResult *result, GError **error);

G_END_DECLS
