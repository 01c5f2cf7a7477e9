// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/tw-object.h"

G_BEGIN_DECLS

/**
 * TwPayeeState:
 * @TW_PAYEE_STATE_CHECKING: the other side is being asked
 * @TW_PAYEE_STATE_CHECKED: found, and shown to be confirmed; gone after a day
 * @TW_PAYEE_STATE_MISSING: there is nobody under it; gone after a day
 * @TW_PAYEE_STATE_SAVED: kept by the person
 *
 * How well a payee is known.
 */
typedef enum
{
  TW_PAYEE_STATE_CHECKING,
  TW_PAYEE_STATE_CHECKED,
  TW_PAYEE_STATE_MISSING,
  TW_PAYEE_STATE_SAVED,
} TwPayeeState;

/**
 * TwPayeeKind:
 * @TW_PAYEE_KIND_PERSON: another wallet
 * @TW_PAYEE_KIND_COMPANY: a company, by its unified credit code
 * @TW_PAYEE_KIND_MERCHANT: a merchant, by its payment code
 * @TW_PAYEE_KIND_BILLER: water, electricity, gas or telecom, by a customer number
 *
 * Who is paid.
 */
typedef enum
{
  TW_PAYEE_KIND_PERSON,
  TW_PAYEE_KIND_COMPANY,
  TW_PAYEE_KIND_MERCHANT,
  TW_PAYEE_KIND_BILLER,
} TwPayeeKind;

#define TW_TYPE_PAYEE (tw_payee_get_type ())
G_DECLARE_FINAL_TYPE (TwPayee, tw_payee, TW, PAYEE, TwObject)

TwPayeeState tw_payee_get_state (TwPayee *self);
TwPayeeKind tw_payee_get_kind (TwPayee *self);
const char *tw_payee_get_name (TwPayee *self);
const char *tw_payee_get_number (TwPayee *self);
const char *tw_payee_get_alias (TwPayee *self);
const char *tw_payee_get_to_account (TwPayee *self);
const char *tw_payee_get_biller_id (TwPayee *self);
gint64 tw_payee_get_asked_fen (TwPayee *self);
gint64 tw_payee_get_verified_at_ms (TwPayee *self);
gint64 tw_payee_get_checked_at_ms (TwPayee *self);
gboolean tw_payee_is_missing (TwPayee *self);

G_END_DECLS
