// SPDX-License-Identifier: GPL-3.0-or-later
/* How much of the disk each account has taken. Private to the store, which locks. */
#pragma once

#include "server/http/tw-blob-file.h"

G_BEGIN_DECLS

#define TW_BLOB_PART ".part"

typedef struct _TwBlobRoom TwBlobRoom;

TwBlobRoom *tw_blob_room_new (const char *folder);
void tw_blob_room_free (TwBlobRoom *room);
gboolean
tw_blob_room_take (TwBlobRoom *room, TwKey *key, const char *shelf, gint64 size, GError **error);
void tw_blob_room_complete (TwBlobRoom *room, const char *shelf);
void tw_blob_room_give_back (TwBlobRoom *room, const char *shelf, gint64 size);
void tw_blob_room_sweep (TwBlobRoom *room, const char *shelf, gint64 now_s);

G_END_DECLS
