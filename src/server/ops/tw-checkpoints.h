// SPDX-License-Identifier: GPL-3.0-or-later
/* Writes the ledger's signed checkpoint every few seconds, in a thread of its own. */
#pragma once

#include "server/command/tw-service.h"

G_BEGIN_DECLS

#define TW_CHECKPOINT_INTERVAL_MS 5000

typedef struct _TwCheckpoints TwCheckpoints;

TwCheckpoints *tw_checkpoints_new (TwService *service, const char *path);
void tw_checkpoints_free (TwCheckpoints *checkpoints);

char *tw_checkpoint_get_public_key (TwKeys *keys);
gboolean tw_checkpoint_check (TwDb *db, TwKeys *keys, const char *path, GError **error);
gboolean
tw_checkpoint_accept (TwDb *db, TwKeys *keys, const char *path, char **archive, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TwCheckpoints, tw_checkpoints_free)

G_END_DECLS
