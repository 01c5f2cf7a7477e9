// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/tw-payment.h"

/**
 * TwPayment:
 *
 * Money on its way, and how far it got.
 *
 * - account-id: whose it is
 * - kind: what it is for
 * - state: how far it got
 * - amount-fen: all in all
 * - late-fee-fen: the part of it that is a late fee
 * - title: what it was for, in the words of the bill or of who paid; of what was received, the
 * payer with all but the end of the name starred, and what they wrote
 * - bill-id: the bill it pays, or nothing
 * - tax-type: the tax, or nothing
 * - period: the period of the tax, or nothing
 * - reason: why it failed: a code of protocol/tw-refusal.h
 * - reference: ours, to quote to a person
 * - rail-reference: the bank's or the office's own
 * - created-at-ms: reserved at
 * - sent-at-ms: sent over the rail at, 0: not yet
 * - posted-at-ms: posted to the ledger at, 0: not yet
 * - confirmed-at-ms: confirmed by the tax office at, 0: not yet
 * - payee-id: the payee that it went to, of the person's own list, or nothing
 * - payee-name: who was paid, or who paid; a person with all but the end of the name starred
 * - card-id: the bank card that it came from or went to, or nothing
 * - standing-id: the standing order that it was made by, or nothing
 * - refunds: of what is given back, the payment that it was part of
 * - refunded-fen: how much of it has been given back
 */
struct _TwPayment
{
  TwObject parent_instance;

  char *account_id;
  TwPaymentKind kind;
  TwPaymentState state;
  gint64 amount_fen;
  gint64 late_fee_fen;
  char *title;
  char *bill_id;
  char *tax_type;
  char *period;
  char *reason;
  char *reference;
  char *rail_reference;
  gint64 created_at_ms;
  gint64 sent_at_ms;
  gint64 posted_at_ms;
  gint64 confirmed_at_ms;
  char *payee_id;
  char *payee_name;
  char *card_id;
  char *standing_id;
  char *refunds;
  gint64 refunded_fen;
};

G_DEFINE_FINAL_TYPE (TwPayment, tw_payment, TW_TYPE_OBJECT)

static const char *const payment_kind_words[] = { "top_up",     "tax",     "transfer", "received",
                                                  "withdrawal", "company", "merchant", "biller",
                                                  "refund",     NULL };
static const char *const payment_state_words[] = { "reserved", "sent",   "unknown",
                                                   "posted",   "voided", NULL };

static const TwField fields[] = {
  TW_FIELD_STRING (TwPayment, account_id, "account-id"),
  TW_FIELD_ENUM (TwPayment, kind, "kind", payment_kind_words),
  TW_FIELD_ENUM (TwPayment, state, "state", payment_state_words),
  TW_FIELD_INT64 (TwPayment, amount_fen, "amount-fen"),
  TW_FIELD_INT64 (TwPayment, late_fee_fen, "late-fee-fen"),
  TW_FIELD_STRING (TwPayment, title, "title"),
  TW_FIELD_STRING (TwPayment, bill_id, "bill-id"),
  TW_FIELD_STRING (TwPayment, tax_type, "tax-type"),
  TW_FIELD_STRING (TwPayment, period, "period"),
  TW_FIELD_STRING (TwPayment, reason, "reason"),
  TW_FIELD_STRING (TwPayment, reference, "reference"),
  TW_FIELD_STRING (TwPayment, rail_reference, "rail-reference"),
  TW_FIELD_INT64 (TwPayment, created_at_ms, "created-at-ms"),
  TW_FIELD_INT64 (TwPayment, sent_at_ms, "sent-at-ms"),
  TW_FIELD_INT64 (TwPayment, posted_at_ms, "posted-at-ms"),
  TW_FIELD_INT64 (TwPayment, confirmed_at_ms, "confirmed-at-ms"),
  TW_FIELD_STRING (TwPayment, payee_id, "payee-id"),
  TW_FIELD_STRING (TwPayment, payee_name, "payee-name"),
  TW_FIELD_STRING (TwPayment, card_id, "card-id"),
  TW_FIELD_STRING (TwPayment, standing_id, "standing-id"),
  TW_FIELD_STRING (TwPayment, refunds, "refunds"),
  TW_FIELD_INT64 (TwPayment, refunded_fen, "refunded-fen"),
};

static void
tw_payment_class_init (TwPaymentClass *klass)
{
  tw_object_class_install_fields (TW_OBJECT_CLASS (klass), "payment", fields,
                                  G_N_ELEMENTS (fields));
}

static void
tw_payment_init (TwPayment *self)
{
}

TW_DEFINE_GETTER (TwPayment, tw_payment, TW_IS_PAYMENT, const char *, account_id)
TW_DEFINE_GETTER (TwPayment, tw_payment, TW_IS_PAYMENT, TwPaymentKind, kind)
TW_DEFINE_GETTER (TwPayment, tw_payment, TW_IS_PAYMENT, TwPaymentState, state)
TW_DEFINE_GETTER (TwPayment, tw_payment, TW_IS_PAYMENT, gint64, amount_fen)
TW_DEFINE_GETTER (TwPayment, tw_payment, TW_IS_PAYMENT, gint64, late_fee_fen)
TW_DEFINE_GETTER (TwPayment, tw_payment, TW_IS_PAYMENT, const char *, title)
TW_DEFINE_GETTER (TwPayment, tw_payment, TW_IS_PAYMENT, const char *, bill_id)
TW_DEFINE_GETTER (TwPayment, tw_payment, TW_IS_PAYMENT, const char *, tax_type)
TW_DEFINE_GETTER (TwPayment, tw_payment, TW_IS_PAYMENT, const char *, period)
TW_DEFINE_GETTER (TwPayment, tw_payment, TW_IS_PAYMENT, const char *, reason)
TW_DEFINE_GETTER (TwPayment, tw_payment, TW_IS_PAYMENT, const char *, reference)
TW_DEFINE_GETTER (TwPayment, tw_payment, TW_IS_PAYMENT, const char *, rail_reference)
TW_DEFINE_GETTER (TwPayment, tw_payment, TW_IS_PAYMENT, gint64, created_at_ms)
TW_DEFINE_GETTER (TwPayment, tw_payment, TW_IS_PAYMENT, gint64, sent_at_ms)
TW_DEFINE_GETTER (TwPayment, tw_payment, TW_IS_PAYMENT, gint64, posted_at_ms)
TW_DEFINE_GETTER (TwPayment, tw_payment, TW_IS_PAYMENT, gint64, confirmed_at_ms)
TW_DEFINE_GETTER (TwPayment, tw_payment, TW_IS_PAYMENT, const char *, payee_id)
TW_DEFINE_GETTER (TwPayment, tw_payment, TW_IS_PAYMENT, const char *, payee_name)
TW_DEFINE_GETTER (TwPayment, tw_payment, TW_IS_PAYMENT, const char *, card_id)
TW_DEFINE_GETTER (TwPayment, tw_payment, TW_IS_PAYMENT, const char *, standing_id)
TW_DEFINE_GETTER (TwPayment, tw_payment, TW_IS_PAYMENT, const char *, refunds)
TW_DEFINE_GETTER (TwPayment, tw_payment, TW_IS_PAYMENT, gint64, refunded_fen)

/**
 * tw_payment_comes_in:
 * @self: a payment
 *
 * Returns: whether it fills the wallet
 */
gboolean
tw_payment_comes_in (TwPayment *self)
{
  TwPaymentKind kind = tw_payment_get_kind (self);

  return kind == TW_PAYMENT_KIND_TOP_UP || kind == TW_PAYMENT_KIND_RECEIVED;
}
