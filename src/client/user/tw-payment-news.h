// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "client/sync/tw-client.h"

G_BEGIN_DECLS

#define TW_TYPE_PAYMENT_NEWS (tw_payment_news_get_type ())
G_DECLARE_FINAL_TYPE (TwPaymentNews, tw_payment_news, TW, PAYMENT_NEWS, GObject)

TwPaymentNews *tw_payment_news_new (TwClient *client);

G_END_DECLS
