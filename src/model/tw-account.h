// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/tw-object.h"

G_BEGIN_DECLS

/**
 * TwIdentityState:
 * @TW_IDENTITY_STATE_PENDING: sent in, nobody has decided yet
 * @TW_IDENTITY_STATE_APPROVED: an agent has approved it
 * @TW_IDENTITY_STATE_REFUSED: refused, with a reason that can be acted on
 *
 * Where an identity check stands.
 */
typedef enum
{
  TW_IDENTITY_STATE_PENDING,
  TW_IDENTITY_STATE_APPROVED,
  TW_IDENTITY_STATE_REFUSED,
} TwIdentityState;

/* The words of TwIdentityState on the wire. */
extern const char *const tw_identity_state_words[];

#define TW_TYPE_ACCOUNT (tw_account_get_type ())
G_DECLARE_FINAL_TYPE (TwAccount, tw_account, TW, ACCOUNT, TwObject)

const char *tw_account_get_name (TwAccount *self);
const char *tw_account_get_id_number (TwAccount *self);
const char *tw_account_get_phone (TwAccount *self);
const char *tw_account_get_email (TwAccount *self);
TwIdentityState tw_account_get_identity (TwAccount *self);
const char *tw_account_get_identity_reason (TwAccount *self);
const char *tw_account_get_reference (TwAccount *self);
gint64 tw_account_get_created_at_ms (TwAccount *self);
gint64 tw_account_get_checked_at_ms (TwAccount *self);

G_END_DECLS
