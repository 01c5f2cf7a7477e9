// SPDX-License-Identifier: GPL-3.0-or-later
/* What a bill comes to on a day: the person and the agent see the same sum. */
#pragma once

#include "model/tw-bill.h"

G_BEGIN_DECLS

gint64 tw_bill_sum_late_fee_fen (TwBill *bill, int today);
gint64 tw_bill_sum_part_fen (TwBill *bill, gint64 part_fen, int today);
gint64 tw_bill_sum_total_fen (TwBill *bill, int today);

G_END_DECLS
