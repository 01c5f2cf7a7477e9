// SPDX-License-Identifier: GPL-3.0-or-later
#include "client/widgets/tw-bill-sum.h"

#include "tax/tw-late-fee.h"

/**
 * tw_bill_sum_late_fee_fen:
 * @bill: a bill
 * @today: days since 1970-01-01
 *
 * Returns: the late fee that has grown by @today on what is still to pay, in fen
 */
gint64
tw_bill_sum_late_fee_fen (TwBill *bill, int today)
{
  return tw_bill_sum_part_fen (bill, tw_bill_get_open_fen (bill), today) -
         tw_bill_get_open_fen (bill);
}

/**
 * tw_bill_sum_part_fen:
 * @bill: a bill
 * @part_fen: a part of its tax, in fen
 * @today: days since 1970-01-01
 *
 * Returns: that part and the late fee that is charged with it today, in fen
 */
gint64
tw_bill_sum_part_fen (TwBill *bill, gint64 part_fen, int today)
{
  return part_fen + tw_late_fee_part_fen (MAX (part_fen, 0), (int) tw_bill_get_due_day (bill),
                                          today, tw_bill_get_late_fee_rest_ufen (bill), NULL);
}

/**
 * tw_bill_sum_total_fen:
 * @bill: a bill
 * @today: days since 1970-01-01
 *
 * Returns: what is still to pay, with its late fee by @today, in fen
 */
gint64
tw_bill_sum_total_fen (TwBill *bill, int today)
{
  return tw_bill_sum_part_fen (bill, tw_bill_get_open_fen (bill), today);
}
