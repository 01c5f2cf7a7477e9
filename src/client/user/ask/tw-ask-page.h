// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "client/widgets/tw-page.h"

G_BEGIN_DECLS

#define TW_TYPE_ASK_PAGE (tw_ask_page_get_type ())
G_DECLARE_FINAL_TYPE (TwAskPage, tw_ask_page, TW, ASK_PAGE, TwPage)

G_END_DECLS
