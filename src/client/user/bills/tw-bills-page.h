// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "client/widgets/tw-page.h"

G_BEGIN_DECLS

#define TW_TYPE_BILLS_PAGE (tw_bills_page_get_type ())
G_DECLARE_FINAL_TYPE (TwBillsPage, tw_bills_page, TW, BILLS_PAGE, TwPage)

G_END_DECLS
