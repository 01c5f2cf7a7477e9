// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "client/widgets/tw-page.h"

G_BEGIN_DECLS

#define TW_TYPE_CONVERSATION_PAGE (tw_conversation_page_get_type ())
G_DECLARE_FINAL_TYPE (TwConversationPage, tw_conversation_page, TW, CONVERSATION_PAGE, TwPage)

G_END_DECLS
