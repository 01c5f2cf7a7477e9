// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "client/widgets/tw-page.h"

G_BEGIN_DECLS

#define TW_TYPE_CARD_PAGE (tw_card_page_get_type ())
G_DECLARE_FINAL_TYPE (TwCardPage, tw_card_page, TW, CARD_PAGE, TwPage)

G_END_DECLS
