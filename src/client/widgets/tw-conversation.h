// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <adwaita.h>

#include "client/sync/tw-client.h"

G_BEGIN_DECLS

#define TW_TYPE_CONVERSATION (tw_conversation_get_type ())
G_DECLARE_FINAL_TYPE (TwConversation, tw_conversation, TW, CONVERSATION, AdwBin)

void
tw_conversation_show (TwConversation *self, TwClient *client, const char *ticket_id, gboolean desk);

G_END_DECLS
