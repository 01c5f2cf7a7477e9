// SPDX-License-Identifier: GPL-3.0-or-later
/* Which one of several services on one PostgreSQL leads: the one that holds an advisory lock. It
 * goes with the connection, so nothing has to be cleaned up after a process that was killed. */
#pragma once

#include "db/tw-db.h"

G_BEGIN_DECLS

/* How often the one that leads looks whether it still does, and the others whether they may. */
#define TW_LEADER_INTERVAL_MS 1000
/* Who has not been able to look for so long does not lead any more, as far as it knows. */
#define TW_LEADER_TRUST_MS 5000
/* The server lets go of one that it has not heard of for so long. Longer than the above, so that
 * there are never two. */
#define TW_LEADER_IDLE "10s"

typedef struct _TwLeader TwLeader;

TwLeader *tw_leader_new (const char *database_url);
gboolean tw_leader_is_us (TwLeader *leader);
void tw_leader_free (TwLeader *leader);

G_END_DECLS
