// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "client/widgets/tw-page.h"

G_BEGIN_DECLS

#define TW_TYPE_ACCOUNT_PAGE (tw_account_page_get_type ())
G_DECLARE_FINAL_TYPE (TwAccountPage, tw_account_page, TW, ACCOUNT_PAGE, TwPage)

G_END_DECLS
