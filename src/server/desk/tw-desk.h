// SPDX-License-Identifier: GPL-3.0-or-later
/* Conversations between customers and the desk. */
#pragma once

#include "model/tw-ticket.h"
#include "server/command/tw-tx.h"

G_BEGIN_DECLS

extern const char tw_desk_schema[];
extern const char tw_desk_sealed_schema[];

void tw_desk_init (void);

gboolean tw_desk_stop_looking (TwTx *tx, const char *agent_id, GError **error);
GPtrArray *tw_desk_list_fresh (TwDb *db, TwKey *column, guint limit, GError **error);

G_END_DECLS
