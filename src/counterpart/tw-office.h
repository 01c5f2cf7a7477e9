// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <json-glib/json-glib.h>

#include "db/tw-db.h"

G_BEGIN_DECLS

#define TW_OFFICE_PARTY "office"

/* How long the practice office takes to confirm what it has accepted. */
#define TW_OFFICE_CONFIRM_MS 2000

JsonObject *
tw_office_pay (TwDb *db, JsonObject *body, guint confirm_ms, gboolean refuse, GError **error);
JsonObject *tw_office_find (TwDb *db, const char *id, GError **error);
JsonObject *tw_office_get_taxpayer (TwDb *db, const char *key, guint seed, GError **error);

/* What the office has to say of a taxpayer it has never seen: made up from the key, dated from
 * @today. Both arrays: of TwBill and TwRecord. */
void
tw_office_make_up (const char *key, guint seed, int today, GPtrArray *bills, GPtrArray *records);

G_END_DECLS
