// SPDX-License-Identifier: GPL-3.0-or-later
/* Paying whoever was looked up. Private to the room. */
#pragma once

#include "server/ledger/tw-pay.h"
#include "server/pay/tw-payee-row.h"

G_BEGIN_DECLS

/* Fills in of @pay what follows from the payee. Returns (transfer full) (nullable): the order for
 * its rail, which @pay refers to. */
JsonObject *tw_wallet_pay_to (TwPay *pay, const TwPayeeRow *payee);

G_END_DECLS
