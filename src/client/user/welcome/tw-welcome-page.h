// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "client/widgets/tw-page.h"

G_BEGIN_DECLS

#define TW_TYPE_WELCOME_PAGE (tw_welcome_page_get_type ())
G_DECLARE_FINAL_TYPE (TwWelcomePage, tw_welcome_page, TW, WELCOME_PAGE, TwPage)

G_END_DECLS
