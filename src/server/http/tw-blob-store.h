// SPDX-License-Identifier: GPL-3.0-or-later
/* Photos and attachments: files beside the database, sealed piece by piece, each found only by who
 * has uploaded it. Any thread. */
#pragma once

#include "vault/tw-vault.h"

G_BEGIN_DECLS

typedef struct _TwBlobStore TwBlobStore;

typedef struct
{
  gint64 have;       /* bytes that are on disk */
  gint64 size;       /* bytes in all */
  gboolean complete; /* and found to be what they were said to be */
} TwBlobState;

TwBlobStore *tw_blob_store_new (const char *folder, TwKey *column, TwKey *lookup, GError **error);
void tw_blob_store_free (TwBlobStore *store);

gboolean tw_blob_check_hash (const char *hash);
gboolean tw_blob_get_state (
  TwBlobStore *store, const char *account_id, const char *hash, TwBlobState *state, GError **error);
gboolean tw_blob_append (TwBlobStore *store,
                         const char *account_id,
                         const char *hash,
                         gint64 offset,
                         gint64 size,
                         GBytes *piece,
                         TwBlobState *state,
                         GError **error);
void tw_blob_store_sweep (TwBlobStore *store);
GBytes *tw_blob_read (TwBlobStore *store, const char *account_id, const char *hash, GError **error);

G_END_DECLS
