// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "client/widgets/tw-page.h"

G_BEGIN_DECLS

#define TW_TYPE_WALLET_PAGE (tw_wallet_page_get_type ())
G_DECLARE_FINAL_TYPE (TwWalletPage, tw_wallet_page, TW, WALLET_PAGE, TwPage)

G_END_DECLS
