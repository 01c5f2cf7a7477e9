// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "client/widgets/tw-page.h"

G_BEGIN_DECLS

#define TW_TYPE_BILL_PAGE (tw_bill_page_get_type ())
G_DECLARE_FINAL_TYPE (TwBillPage, tw_bill_page, TW, BILL_PAGE, TwPage)

G_END_DECLS
