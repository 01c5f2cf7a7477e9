// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "client/widgets/tw-page.h"

G_BEGIN_DECLS

#define TW_TYPE_HOME_PAGE (tw_home_page_get_type ())
G_DECLARE_FINAL_TYPE (TwHomePage, tw_home_page, TW, HOME_PAGE, TwPage)

G_END_DECLS
