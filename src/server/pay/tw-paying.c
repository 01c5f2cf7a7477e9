// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/pay/tw-paying.h"

#include "server/pay/tw-payee-row.h"
#include "server/pay/tw-standing-row.h"

/**
 * tw_paying_init:
 *
 * Makes the kinds of this room known to the writer, and whom it asks to the rails.
 */
void
tw_paying_init (void)
{
  tw_payee_add_rails ();
  tw_payee_add_commands ();
  tw_wallet_pay_init ();
  tw_billers_init ();
  tw_undo_init ();
  tw_standing_add_commands ();
  tw_standing_add_runs ();
}
