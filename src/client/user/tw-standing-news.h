// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "client/sync/tw-client.h"

G_BEGIN_DECLS

#define TW_TYPE_STANDING_NEWS (tw_standing_news_get_type ())
G_DECLARE_FINAL_TYPE (TwStandingNews, tw_standing_news, TW, STANDING_NEWS, GObject)

TwStandingNews *tw_standing_news_new (TwClient *client);
void tw_standing_news_look (TwStandingNews *self);

G_END_DECLS
