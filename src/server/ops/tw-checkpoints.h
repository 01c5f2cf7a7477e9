// SPDX-License-Identifier: GPL-3.0-or-later
/* Writes the ledger's signed checkpoint every few seconds, in a thread of its own. */
#pragma once

#include "server/command/tw-service.h"

G_BEGIN_DECLS

#define TW_CHECKPOINT_INTERVAL_MS 5000

typedef struct _TwCheckpoints TwCheckpoints;

TwCheckpoints *tw_checkpoints_new (TwService *service, const char *path);
void tw_checkpoints_free (TwCheckpoints *checkpoints);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TwCheckpoints, tw_checkpoints_free)

G_END_DECLS
