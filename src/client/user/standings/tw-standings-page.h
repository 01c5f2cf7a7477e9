// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "client/widgets/tw-page.h"

G_BEGIN_DECLS

#define TW_TYPE_STANDINGS_PAGE (tw_standings_page_get_type ())
G_DECLARE_FINAL_TYPE (TwStandingsPage, tw_standings_page, TW, STANDINGS_PAGE, TwPage)

G_END_DECLS
