// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/tw-object.h"

G_BEGIN_DECLS

/**
 * TwPaymentKind:
 * @TW_PAYMENT_KIND_TOP_UP: from a bank into the wallet
 * @TW_PAYMENT_KIND_TAX: from the wallet to the tax office
 * @TW_PAYMENT_KIND_TRANSFER: from the wallet to another
 * @TW_PAYMENT_KIND_RECEIVED: from another's wallet to this one; with `refunds`, what they give back
 * @TW_PAYMENT_KIND_WITHDRAWAL: from the wallet to a bank card of the person
 * @TW_PAYMENT_KIND_COMPANY: from the wallet to a company
 * @TW_PAYMENT_KIND_MERCHANT: from the wallet to a merchant
 * @TW_PAYMENT_KIND_BILLER: from the wallet for water, electricity, gas or telecom
 * @TW_PAYMENT_KIND_REFUND: what was received before, given back
 *
 * What a payment is for.
 */
typedef enum
{
  TW_PAYMENT_KIND_TOP_UP,
  TW_PAYMENT_KIND_TAX,
  TW_PAYMENT_KIND_TRANSFER,
  TW_PAYMENT_KIND_RECEIVED,
  TW_PAYMENT_KIND_WITHDRAWAL,
  TW_PAYMENT_KIND_COMPANY,
  TW_PAYMENT_KIND_MERCHANT,
  TW_PAYMENT_KIND_BILLER,
  TW_PAYMENT_KIND_REFUND,
} TwPaymentKind;

/**
 * TwPaymentState:
 * @TW_PAYMENT_STATE_RESERVED: written down, money set aside, nothing sent
 * @TW_PAYMENT_STATE_SENT: sent over the rail, no answer yet
 * @TW_PAYMENT_STATE_UNKNOWN: no answer in time: the other side is being asked
 * @TW_PAYMENT_STATE_POSTED: done
 * @TW_PAYMENT_STATE_VOIDED: did not happen; nothing moved
 *
 * How far a payment got.
 */
typedef enum
{
  TW_PAYMENT_STATE_RESERVED,
  TW_PAYMENT_STATE_SENT,
  TW_PAYMENT_STATE_UNKNOWN,
  TW_PAYMENT_STATE_POSTED,
  TW_PAYMENT_STATE_VOIDED,
} TwPaymentState;

#define TW_TYPE_PAYMENT (tw_payment_get_type ())
G_DECLARE_FINAL_TYPE (TwPayment, tw_payment, TW, PAYMENT, TwObject)

const char *tw_payment_get_account_id (TwPayment *self);
TwPaymentKind tw_payment_get_kind (TwPayment *self);
TwPaymentState tw_payment_get_state (TwPayment *self);
gint64 tw_payment_get_amount_fen (TwPayment *self);
gint64 tw_payment_get_late_fee_fen (TwPayment *self);
const char *tw_payment_get_title (TwPayment *self);
const char *tw_payment_get_bill_id (TwPayment *self);
const char *tw_payment_get_tax_type (TwPayment *self);
const char *tw_payment_get_period (TwPayment *self);
const char *tw_payment_get_reason (TwPayment *self);
const char *tw_payment_get_reference (TwPayment *self);
const char *tw_payment_get_rail_reference (TwPayment *self);
gint64 tw_payment_get_created_at_ms (TwPayment *self);
gint64 tw_payment_get_sent_at_ms (TwPayment *self);
gint64 tw_payment_get_posted_at_ms (TwPayment *self);
gint64 tw_payment_get_confirmed_at_ms (TwPayment *self);
const char *tw_payment_get_payee_id (TwPayment *self);
const char *tw_payment_get_payee_name (TwPayment *self);
const char *tw_payment_get_card_id (TwPayment *self);
const char *tw_payment_get_standing_id (TwPayment *self);
const char *tw_payment_get_refunds (TwPayment *self);
gint64 tw_payment_get_refunded_fen (TwPayment *self);

gboolean tw_payment_comes_in (TwPayment *self);

G_END_DECLS
