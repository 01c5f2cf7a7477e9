// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <adwaita.h>

#include "client/sync/tw-client.h"

G_BEGIN_DECLS

#define TW_TYPE_STANDINGS_CARD (tw_standings_card_get_type ())
G_DECLARE_FINAL_TYPE (TwStandingsCard, tw_standings_card, TW, STANDINGS_CARD, AdwBin)

void tw_standings_card_watch (TwStandingsCard *self, TwClient *client);
void tw_standings_card_look (TwStandingsCard *self);

G_END_DECLS
