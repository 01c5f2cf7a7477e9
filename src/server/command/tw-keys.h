// SPDX-License-Identifier: GPL-3.0-or-later
/* The service's keys: one master in a folder outside of the database, all others derived from it.
 */
#pragma once

#include "vault/tw-vault.h"

G_BEGIN_DECLS

#define TW_KEY_SQLITE "sqlite"                   /* the database file */
#define TW_KEY_COLUMN "column"                   /* sealed columns */
#define TW_KEY_LOOKUP "lookup"                   /* keyed hashes that find a sealed value */
#define TW_KEY_AUDIT "audit"                     /* the audit chain */
#define TW_KEY_SIGN_CHECKPOINT "sign-checkpoint" /* seed of the key that signs checkpoints */

typedef struct _TwKeys TwKeys;

TwKeys *tw_keys_open (const char *folder, gboolean create, GError **error);
TwKeys *tw_keys_new_from_master (TwKey *master);
TwKey *tw_keys_get (TwKeys *keys, const char *purpose);
TwKeys *tw_keys_ref (TwKeys *keys);
void tw_keys_unref (TwKeys *keys);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TwKeys, tw_keys_unref)

G_END_DECLS
