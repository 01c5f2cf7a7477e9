// SPDX-License-Identifier: GPL-3.0-or-later
/* The books of a day, as a partner tells them. */
#pragma once

#include <json-glib/json-glib.h>

#include "db/tw-db.h"

G_BEGIN_DECLS

/* @party: whose books; @day: `2026-03-31`, a day in China up to today. Amounts are over zero for
 * what came to the service. */
JsonObject *tw_statement_to_json (TwDb *db, const char *party, const char *day, GError **error);
/* ISO 20022 camt.053. */
char *tw_statement_to_xml (TwDb *db, const char *party, const char *day, GError **error);

G_END_DECLS
