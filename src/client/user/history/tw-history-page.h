// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "client/widgets/tw-page.h"

G_BEGIN_DECLS

#define TW_TYPE_HISTORY_PAGE (tw_history_page_get_type ())
G_DECLARE_FINAL_TYPE (TwHistoryPage, tw_history_page, TW, HISTORY_PAGE, TwPage)

G_END_DECLS
