// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/tw-bill.h"

/**
 * TwBill:
 *
 * What the tax office asks for.
 *
 * - account-id: whose it is
 * - tax-type: an id of tax/tw-tax-type.h
 * - period: 2025 or 2026-Q3 or 2026-10
 * - authority: who asks
 * - amount-fen: the tax, without any late fee
 * - due-day: last day without a late fee, days since 1970-01-01
 * - state: where it stands
 * - payment-id: the payment under way or done; where parts were paid, the last one
 * - partly: whether a part of it may be paid
 * - paid-fen: the part of the tax that has been paid
 * - late-fee-rest-ufen: what the parts paid have owed in late fees and were not charged, as it was
 *   less than half a fen, in millionths of a fen; less than nothing where it was rounded up
 * - reference: the office's number
 * - issued-at-ms: when it was issued
 * - revision: counts up with each change that matters for paying it
 */
struct _TwBill
{
  TwObject parent_instance;

  char *account_id;
  char *tax_type;
  char *period;
  char *authority;
  gint64 amount_fen;
  gint64 due_day;
  TwBillState state;
  char *payment_id;
  gboolean partly;
  gint64 paid_fen;
  gint64 late_fee_rest_ufen;
  char *reference;
  gint64 issued_at_ms;
  gint64 revision;
};

G_DEFINE_FINAL_TYPE (TwBill, tw_bill, TW_TYPE_OBJECT)

static const char *const bill_state_words[] = { "due", "paying", "paid", "withdrawn", NULL };

static const TwField fields[] = {
  TW_FIELD_STRING (TwBill, account_id, "account-id"),
  TW_FIELD_STRING (TwBill, tax_type, "tax-type"),
  TW_FIELD_STRING (TwBill, period, "period"),
  TW_FIELD_STRING (TwBill, authority, "authority"),
  TW_FIELD_INT64 (TwBill, amount_fen, "amount-fen"),
  TW_FIELD_INT64 (TwBill, due_day, "due-day"),
  TW_FIELD_ENUM (TwBill, state, "state", bill_state_words),
  TW_FIELD_STRING (TwBill, payment_id, "payment-id"),
  TW_FIELD_BOOLEAN (TwBill, partly, "partly"),
  TW_FIELD_INT64 (TwBill, paid_fen, "paid-fen"),
  TW_FIELD_INT64 (TwBill, late_fee_rest_ufen, "late-fee-rest-ufen"),
  TW_FIELD_STRING (TwBill, reference, "reference"),
  TW_FIELD_INT64 (TwBill, issued_at_ms, "issued-at-ms"),
  TW_FIELD_INT64 (TwBill, revision, "revision"),
};

static void
tw_bill_class_init (TwBillClass *klass)
{
  tw_object_class_install_fields (TW_OBJECT_CLASS (klass), "bill", fields, G_N_ELEMENTS (fields));
}

static void
tw_bill_init (TwBill *self)
{
}

TW_DEFINE_GETTER (TwBill, tw_bill, TW_IS_BILL, const char *, account_id)
TW_DEFINE_GETTER (TwBill, tw_bill, TW_IS_BILL, const char *, tax_type)
TW_DEFINE_GETTER (TwBill, tw_bill, TW_IS_BILL, const char *, period)
TW_DEFINE_GETTER (TwBill, tw_bill, TW_IS_BILL, const char *, authority)
TW_DEFINE_GETTER (TwBill, tw_bill, TW_IS_BILL, gint64, amount_fen)
TW_DEFINE_GETTER (TwBill, tw_bill, TW_IS_BILL, gint64, due_day)
TW_DEFINE_GETTER (TwBill, tw_bill, TW_IS_BILL, TwBillState, state)
TW_DEFINE_GETTER (TwBill, tw_bill, TW_IS_BILL, const char *, payment_id)
TW_DEFINE_GETTER (TwBill, tw_bill, TW_IS_BILL, gboolean, partly)
TW_DEFINE_GETTER (TwBill, tw_bill, TW_IS_BILL, gint64, paid_fen)
TW_DEFINE_GETTER (TwBill, tw_bill, TW_IS_BILL, gint64, late_fee_rest_ufen)
TW_DEFINE_GETTER (TwBill, tw_bill, TW_IS_BILL, const char *, reference)
TW_DEFINE_GETTER (TwBill, tw_bill, TW_IS_BILL, gint64, issued_at_ms)
TW_DEFINE_GETTER (TwBill, tw_bill, TW_IS_BILL, gint64, revision)

/**
 * tw_bill_get_open_fen:
 * @self: a bill
 *
 * Returns: the part of the tax that has not been paid, in fen, without any late fee
 */
gint64
tw_bill_get_open_fen (TwBill *self)
{
  g_return_val_if_fail (TW_IS_BILL (self), 0);

  return self->amount_fen - self->paid_fen;
}
