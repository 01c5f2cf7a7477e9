// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/tw-record.h"

/**
 * TwRecord:
 *
 * One line of the tax history.
 *
 * - year: the tax year
 * - period: 2025 or 2026-Q3 or 2026-10
 * - tax-type: an id of tax/tw-tax-type.h
 * - kind: what happened
 * - status: how far it got
 * - amount-fen: the tax, or the refund
 * - late-fee-fen: paid on top
 * - title: in words
 * - payer: who paid or withheld it
 * - authority: the tax office
 * - reference: the office's number
 * - payment-id: our payment, or nothing
 * - assessed-at-ms: assessed at
 * - paid-at-ms: paid at, 0: not yet
 * - confirmed-at-ms: confirmed by the office at, 0: not yet
 */
struct _TwRecord
{
  TwObject parent_instance;

  gint64 year;
  char *period;
  char *tax_type;
  TwRecordKind kind;
  TwRecordStatus status;
  gint64 amount_fen;
  gint64 late_fee_fen;
  char *title;
  char *payer;
  char *authority;
  char *reference;
  char *payment_id;
  gint64 assessed_at_ms;
  gint64 paid_at_ms;
  gint64 confirmed_at_ms;
};

G_DEFINE_FINAL_TYPE (TwRecord, tw_record, TW_TYPE_OBJECT)

static const char *const record_kind_words[] = { "payment", "withheld", "refund", NULL };
static const char *const record_status_words[] = { "assessed", "paid", "confirmed", NULL };

static const TwField fields[] = {
  TW_FIELD_INT64 (TwRecord, year, "year"),
  TW_FIELD_STRING (TwRecord, period, "period"),
  TW_FIELD_STRING (TwRecord, tax_type, "tax-type"),
  TW_FIELD_ENUM (TwRecord, kind, "kind", record_kind_words),
  TW_FIELD_ENUM (TwRecord, status, "status", record_status_words),
  TW_FIELD_INT64 (TwRecord, amount_fen, "amount-fen"),
  TW_FIELD_INT64 (TwRecord, late_fee_fen, "late-fee-fen"),
  TW_FIELD_STRING (TwRecord, title, "title"),
  TW_FIELD_STRING (TwRecord, payer, "payer"),
  TW_FIELD_STRING (TwRecord, authority, "authority"),
  TW_FIELD_STRING (TwRecord, reference, "reference"),
  TW_FIELD_STRING (TwRecord, payment_id, "payment-id"),
  TW_FIELD_INT64 (TwRecord, assessed_at_ms, "assessed-at-ms"),
  TW_FIELD_INT64 (TwRecord, paid_at_ms, "paid-at-ms"),
  TW_FIELD_INT64 (TwRecord, confirmed_at_ms, "confirmed-at-ms"),
};

static void
tw_record_class_init (TwRecordClass *klass)
{
  tw_object_class_install_fields (TW_OBJECT_CLASS (klass), "record", fields, G_N_ELEMENTS (fields));
}

static void
tw_record_init (TwRecord *self)
{
}

TW_DEFINE_GETTER (TwRecord, tw_record, TW_IS_RECORD, gint64, year)
TW_DEFINE_GETTER (TwRecord, tw_record, TW_IS_RECORD, const char *, period)
TW_DEFINE_GETTER (TwRecord, tw_record, TW_IS_RECORD, const char *, tax_type)
TW_DEFINE_GETTER (TwRecord, tw_record, TW_IS_RECORD, TwRecordKind, kind)
TW_DEFINE_GETTER (TwRecord, tw_record, TW_IS_RECORD, TwRecordStatus, status)
TW_DEFINE_GETTER (TwRecord, tw_record, TW_IS_RECORD, gint64, amount_fen)
TW_DEFINE_GETTER (TwRecord, tw_record, TW_IS_RECORD, gint64, late_fee_fen)
TW_DEFINE_GETTER (TwRecord, tw_record, TW_IS_RECORD, const char *, title)
TW_DEFINE_GETTER (TwRecord, tw_record, TW_IS_RECORD, const char *, payer)
TW_DEFINE_GETTER (TwRecord, tw_record, TW_IS_RECORD, const char *, authority)
TW_DEFINE_GETTER (TwRecord, tw_record, TW_IS_RECORD, const char *, reference)
TW_DEFINE_GETTER (TwRecord, tw_record, TW_IS_RECORD, const char *, payment_id)
TW_DEFINE_GETTER (TwRecord, tw_record, TW_IS_RECORD, gint64, assessed_at_ms)
TW_DEFINE_GETTER (TwRecord, tw_record, TW_IS_RECORD, gint64, paid_at_ms)
TW_DEFINE_GETTER (TwRecord, tw_record, TW_IS_RECORD, gint64, confirmed_at_ms)
