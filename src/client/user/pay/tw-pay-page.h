// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "client/widgets/tw-page.h"

G_BEGIN_DECLS

#define TW_TYPE_PAY_PAGE (tw_pay_page_get_type ())
G_DECLARE_FINAL_TYPE (TwPayPage, tw_pay_page, TW, PAY_PAGE, TwPage)

G_END_DECLS
