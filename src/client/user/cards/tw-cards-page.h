// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "client/widgets/tw-page.h"

G_BEGIN_DECLS

#define TW_TYPE_CARDS_PAGE (tw_cards_page_get_type ())
G_DECLARE_FINAL_TYPE (TwCardsPage, tw_cards_page, TW, CARDS_PAGE, TwPage)

G_END_DECLS
