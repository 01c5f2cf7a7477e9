// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <adwaita.h>

#include "client/sync/tw-client.h"

G_BEGIN_DECLS

#define TW_TYPE_HELD_CARD (tw_held_card_get_type ())
G_DECLARE_FINAL_TYPE (TwHeldCard, tw_held_card, TW, HELD_CARD, AdwBin)

void tw_held_card_watch (TwHeldCard *self, TwClient *client);

G_END_DECLS
