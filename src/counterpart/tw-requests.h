// SPDX-License-Identifier: GPL-3.0-or-later
/* Which requests were taken, as long as they could come again: a restart forgets nothing of it. */
#pragma once

#include "db/tw-db.h"
#include "vault/tw-request.h"

G_BEGIN_DECLS

gboolean tw_requests_recall (TwDb *db, TwRequestGuard *guard, gint64 now_ms, GError **error);
gboolean tw_requests_keep (TwDb *db, const TwRequest *request, gint64 now_ms, GError **error);

G_END_DECLS
