// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/tw-object.h"

G_BEGIN_DECLS

/**
 * TwPartnerState:
 * @TW_PARTNER_STATE_UP: it answers
 * @TW_PARTNER_STATE_DOWN: it can't be reached; what is for it waits
 */
typedef enum
{
  TW_PARTNER_STATE_UP,
  TW_PARTNER_STATE_DOWN,
} TwPartnerState;

/* Their ids. */
#define TW_PARTNER_BANK "bank"
#define TW_PARTNER_OFFICE "office"
#define TW_PARTNER_BILLERS "billers"
#define TW_PARTNER_SMS "sms"

#define TW_TYPE_PARTNER (tw_partner_get_type ())
G_DECLARE_FINAL_TYPE (TwPartner, tw_partner, TW, PARTNER, TwObject)

TwPartnerState tw_partner_get_state (TwPartner *self);
gint64 tw_partner_get_since_ms (TwPartner *self);

G_END_DECLS
