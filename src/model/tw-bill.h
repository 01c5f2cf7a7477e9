// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/tw-object.h"

G_BEGIN_DECLS

/**
 * TwBillState:
 * @TW_BILL_STATE_DUE: to be paid
 * @TW_BILL_STATE_PAYING: a payment is under way
 * @TW_BILL_STATE_PAID: paid
 * @TW_BILL_STATE_WITHDRAWN: taken back by the office
 *
 * Where a bill stands.
 */
typedef enum
{
  TW_BILL_STATE_DUE,
  TW_BILL_STATE_PAYING,
  TW_BILL_STATE_PAID,
  TW_BILL_STATE_WITHDRAWN,
} TwBillState;

#define TW_TYPE_BILL (tw_bill_get_type ())
G_DECLARE_FINAL_TYPE (TwBill, tw_bill, TW, BILL, TwObject)

const char *tw_bill_get_account_id (TwBill *self);
const char *tw_bill_get_tax_type (TwBill *self);
const char *tw_bill_get_period (TwBill *self);
const char *tw_bill_get_authority (TwBill *self);
gint64 tw_bill_get_amount_fen (TwBill *self);
gint64 tw_bill_get_due_day (TwBill *self);
TwBillState tw_bill_get_state (TwBill *self);
const char *tw_bill_get_payment_id (TwBill *self);
gboolean tw_bill_get_partly (TwBill *self);
gint64 tw_bill_get_paid_fen (TwBill *self);
gint64 tw_bill_get_late_fee_rest_ufen (TwBill *self);
gint64 tw_bill_get_open_fen (TwBill *self);
const char *tw_bill_get_reference (TwBill *self);
gint64 tw_bill_get_issued_at_ms (TwBill *self);
gint64 tw_bill_get_revision (TwBill *self);

G_END_DECLS
