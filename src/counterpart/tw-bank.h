// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <json-glib/json-glib.h>

#include "db/tw-db.h"

G_BEGIN_DECLS

#define TW_BANK_PARTY "bank"

/* What everybody finds in their practice bank: ¥100,000. */
#define TW_BANK_FIRST_BALANCE_FEN (G_GINT64_CONSTANT (10000000))

JsonObject *tw_bank_debit (TwDb *db, JsonObject *body, gboolean refuse, GError **error);
JsonObject *tw_bank_find (TwDb *db, const char *id, GError **error);

G_END_DECLS
