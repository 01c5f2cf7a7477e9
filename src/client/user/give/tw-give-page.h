// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "client/sync/tw-client.h"
#include "client/widgets/tw-page.h"

G_BEGIN_DECLS

#define TW_TYPE_GIVE_PAGE (tw_give_page_get_type ())
G_DECLARE_FINAL_TYPE (TwGivePage, tw_give_page, TW, GIVE_PAGE, TwPage)

void tw_give_page_go (gpointer widget, TwClient *client, const char *payee_id, gint64 amount_fen);

G_END_DECLS
