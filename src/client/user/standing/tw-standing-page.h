// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "client/widgets/tw-page.h"

G_BEGIN_DECLS

#define TW_TYPE_STANDING_PAGE (tw_standing_page_get_type ())
G_DECLARE_FINAL_TYPE (TwStandingPage, tw_standing_page, TW, STANDING_PAGE, TwPage)

G_END_DECLS
