// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "db/tw-db.h"

G_BEGIN_DECLS

/* A code is good for so long, and so often. */
#define TW_CHALLENGE_LIFE_S 300
#define TW_CHALLENGE_TRIES 5

void tw_challenge_init (void);
GPtrArray *tw_challenge_list_over (TwDb *db, gint64 now_ms, guint limit, GError **error);

G_END_DECLS
