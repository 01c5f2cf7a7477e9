// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "client/widgets/tw-page.h"

G_BEGIN_DECLS

#define TW_TYPE_PAYMENT_PAGE (tw_payment_page_get_type ())
G_DECLARE_FINAL_TYPE (TwPaymentPage, tw_payment_page, TW, PAYMENT_PAGE, TwPage)

G_END_DECLS
