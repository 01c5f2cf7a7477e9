// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <adwaita.h>

#include "client/sync/tw-client.h"
#include "model/tw-ticket.h"

G_BEGIN_DECLS

#define TW_TYPE_TICKET_PAGE (tw_ticket_page_get_type ())
G_DECLARE_FINAL_TYPE (TwTicketPage, tw_ticket_page, TW, TICKET_PAGE, AdwBin)

void tw_ticket_page_set_client (TwTicketPage *self, TwClient *client);
void tw_ticket_page_show (TwTicketPage *self, TwTicket *ticket);
TwTicket *tw_ticket_page_get_ticket (TwTicketPage *self);
void tw_ticket_page_focus_text (TwTicketPage *self);

G_END_DECLS
