// SPDX-License-Identifier: GPL-3.0-or-later
#include "client/sync/tw-sync-storage.h"

G_DEFINE_INTERFACE (TwSyncStorage, tw_sync_storage, G_TYPE_OBJECT)

static void
tw_sync_storage_default_init (TwSyncStorageInterface *iface)
{
}
