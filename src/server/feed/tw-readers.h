// SPDX-License-Identifier: GPL-3.0-or-later
/* Connections that read, lent to whoever asks; opened when first needed. */
#pragma once

#include "db/tw-db.h"

G_BEGIN_DECLS

typedef struct _TwReaders TwReaders;

TwReaders *tw_readers_new (const char *database_url, const guint8 *key, guint max);
void tw_readers_free (TwReaders *readers);

/* Waits while all are lent out. Give back with tw_readers_return(), outside of any transaction. */
TwDb *tw_readers_borrow (TwReaders *readers, GError **error);
void tw_readers_return (TwReaders *readers, TwDb *db);
/* Instead, after TW_ERROR_UNREACHABLE or TW_ERROR_DAMAGED: the next one gets a fresh connection. */
void tw_readers_discard (TwReaders *readers, TwDb *db);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TwReaders, tw_readers_free)

G_END_DECLS
