// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "client/widgets/tw-page.h"

G_BEGIN_DECLS

#define TW_TYPE_WITHDRAW_PAGE (tw_withdraw_page_get_type ())
G_DECLARE_FINAL_TYPE (TwWithdrawPage, tw_withdraw_page, TW, WITHDRAW_PAGE, TwPage)

G_END_DECLS
