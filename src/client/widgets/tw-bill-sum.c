// SPDX-License-Identifier: GPL-3.0-or-later
#include "client/widgets/tw-bill-sum.h"

#include "tax/tw-late-fee.h"

/**
 * tw_bill_sum_late_fee_fen:
 * @bill: a bill
 * @today: days since 1970-01-01
 *
 * Returns: the late fee that has grown by @today, in fen
 */
gint64
tw_bill_sum_late_fee_fen (TwBill *bill, int today)
{
  return tw_late_fee_fen (MAX (tw_bill_get_amount_fen (bill), 0), (int) tw_bill_get_due_day (bill),
                          today);
}

/**
 * tw_bill_sum_total_fen:
 * @bill: a bill
 * @today: days since 1970-01-01
 *
 * Returns: tax and late fee by @today, in fen
 */
gint64
tw_bill_sum_total_fen (TwBill *bill, int today)
{
  return tw_bill_get_amount_fen (bill) + tw_bill_sum_late_fee_fen (bill, today);
}
