// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <adwaita.h>

#include "client/sync/tw-client.h"
#include "model/tw-ticket.h"

G_BEGIN_DECLS

#define TW_TYPE_CUSTOMER_PANE (tw_customer_pane_get_type ())
G_DECLARE_FINAL_TYPE (TwCustomerPane, tw_customer_pane, TW, CUSTOMER_PANE, AdwBin)

/* Signal: "opened" (TwTicket *ticket): another conversation of the customer was chosen. */

void tw_customer_pane_set_client (TwCustomerPane *self, TwClient *client);
void tw_customer_pane_show (TwCustomerPane *self, TwTicket *ticket);

G_END_DECLS
