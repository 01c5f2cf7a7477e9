// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define TW_TYPE_PRACTICE (tw_practice_get_type ())
G_DECLARE_FINAL_TYPE (TwPractice, tw_practice, TW, PRACTICE, GObject)

TwPractice *tw_practice_new (void);
const char *tw_practice_get_socket_dir (TwPractice *self);
const char *tw_practice_get_counterpart_dir (TwPractice *self);
void tw_practice_ensure_async (TwPractice *self,
                               GCancellable *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer user_data);
gboolean tw_practice_ensure_finish (TwPractice *self, GAsyncResult *result, GError **error);

G_END_DECLS
