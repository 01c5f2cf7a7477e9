// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/tw-object.h"

G_BEGIN_DECLS

/**
 * TwRecordKind:
 * @TW_RECORD_KIND_PAYMENT: tax paid by the person
 * @TW_RECORD_KIND_WITHHELD: tax withheld by a payer
 * @TW_RECORD_KIND_REFUND: tax paid back
 *
 * What a record tells of.
 */
typedef enum
{
  TW_RECORD_KIND_PAYMENT,
  TW_RECORD_KIND_WITHHELD,
  TW_RECORD_KIND_REFUND,
} TwRecordKind;

/**
 * TwRecordStatus:
 * @TW_RECORD_STATUS_ASSESSED: assessed, not paid
 * @TW_RECORD_STATUS_PAID: paid, the office has not confirmed yet
 * @TW_RECORD_STATUS_CONFIRMED: confirmed by the office
 *
 * How far a record got.
 */
typedef enum
{
  TW_RECORD_STATUS_ASSESSED,
  TW_RECORD_STATUS_PAID,
  TW_RECORD_STATUS_CONFIRMED,
} TwRecordStatus;

#define TW_TYPE_RECORD (tw_record_get_type ())
G_DECLARE_FINAL_TYPE (TwRecord, tw_record, TW, RECORD, TwObject)

gint64 tw_record_get_year (TwRecord *self);
const char *tw_record_get_period (TwRecord *self);
const char *tw_record_get_tax_type (TwRecord *self);
TwRecordKind tw_record_get_kind (TwRecord *self);
TwRecordStatus tw_record_get_status (TwRecord *self);
gint64 tw_record_get_amount_fen (TwRecord *self);
gint64 tw_record_get_late_fee_fen (TwRecord *self);
const char *tw_record_get_title (TwRecord *self);
const char *tw_record_get_payer (TwRecord *self);
const char *tw_record_get_authority (TwRecord *self);
const char *tw_record_get_reference (TwRecord *self);
const char *tw_record_get_payment_id (TwRecord *self);
gint64 tw_record_get_assessed_at_ms (TwRecord *self);
gint64 tw_record_get_paid_at_ms (TwRecord *self);
gint64 tw_record_get_confirmed_at_ms (TwRecord *self);

G_END_DECLS
