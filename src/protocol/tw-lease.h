// SPDX-License-Identifier: GPL-3.0-or-later
/* A process that lives as long as somebody needs it: each who does holds a connection to its lease
 * socket, and some seconds after the last one is gone, whether it was closed or its owner has
 * crashed, the process ends. Nothing is ever said over the connections. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* How long after the last one is gone: a window that is started again finds everything running. */
#define TW_LEASE_GRACE_MS 3000
/* How long for the first one to come. */
#define TW_LEASE_FIRST_MS 30000

typedef struct _TwLease TwLease;
typedef void (*TwLeaseEnded) (gpointer user_data);

TwLease *tw_lease_new (const char *path, TwLeaseEnded ended, gpointer user_data, GError **error);
void tw_lease_set_times (TwLease *lease, guint first_ms, guint grace_ms);
void tw_lease_free (TwLease *lease);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TwLease, tw_lease_free)

GSocketConnection *tw_lease_take (const char *path, GError **error);

/* Sockets that only their owner and group may connect to. */
gboolean tw_socket_listen (GSocketListener *listener, const char *path, GError **error);

G_END_DECLS
