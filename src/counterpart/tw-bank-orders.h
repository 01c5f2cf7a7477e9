// SPDX-License-Identifier: GPL-3.0-or-later
/* What the practice bank does beside taking top-ups: pays into cards and to others, and says whose
 * a card is. */
#pragma once

#include "counterpart/tw-routes.h"

G_BEGIN_DECLS

JsonObject *
tw_bank_credit (TwPartners *partners, JsonObject *body, gboolean refuse, GError **error);
JsonObject *tw_bank_find_credit (TwPartners *partners, const char *id, GError **error);
JsonObject *
tw_bank_take_card (TwPartners *partners, JsonObject *body, gboolean refuse, GError **error);
JsonObject *tw_bank_find_card (TwPartners *partners, const char *id, GError **error);

G_END_DECLS
