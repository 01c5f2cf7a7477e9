// SPDX-License-Identifier: GPL-3.0-or-later
/* The road to the service: requests and answers as bytes. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Long polls have a road of their own, so that nothing waits behind them. */
typedef enum
{
  TW_ROAD_API,
  TW_ROAD_FEED,
} TwRoad;

#define TW_TYPE_TRANSPORT (tw_transport_get_type ())
G_DECLARE_FINAL_TYPE (TwTransport, tw_transport, TW, TRANSPORT, GObject)

TwTransport *tw_transport_new (const char *service, const char *trust, GError **error);
TwTransport *tw_transport_new_local (const char *folder);
gboolean tw_transport_is_local (TwTransport *self);
void tw_transport_set_token (TwTransport *self, const char *token);
const char *tw_transport_get_token (TwTransport *self);
void tw_transport_send_async (TwTransport *self,
                              TwRoad road,
                              const char *method,
                              const char *path,
                              const char *range,
                              GBytes *body,
                              GCancellable *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer user_data);
GBytes *
tw_transport_send_finish (TwTransport *self, GAsyncResult *result, gboolean *left, GError **error);
guint tw_transport_get_status (GAsyncResult *result);
gint64 tw_transport_get_number (GAsyncResult *result, const char *header);

G_END_DECLS
