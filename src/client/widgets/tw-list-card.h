// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

#define TW_TYPE_LIST_CARD (tw_list_card_get_type ())
G_DECLARE_FINAL_TYPE (TwListCard, tw_list_card, TW, LIST_CARD, AdwBin)

G_END_DECLS
