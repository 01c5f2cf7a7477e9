// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <adwaita.h>

#include "client/sync/tw-client.h"
#include "model/tw-payment.h"

G_BEGIN_DECLS

#define TW_TYPE_PAYMENT_PROGRESS (tw_payment_progress_get_type ())
G_DECLARE_FINAL_TYPE (TwPaymentProgress, tw_payment_progress, TW, PAYMENT_PROGRESS, AdwBin)

void tw_payment_progress_watch (TwPaymentProgress *self, TwClient *client, TwOutgoing *outgoing);
void tw_payment_progress_show (TwPaymentProgress *self, TwClient *client, TwPayment *payment);
void tw_payment_progress_clear (TwPaymentProgress *self);
TwOutgoing *tw_payment_progress_get_outgoing (TwPaymentProgress *self);
TwPayment *tw_payment_progress_get_payment (TwPaymentProgress *self);

TwOutgoing *tw_payment_progress_find_live (TwClient *client,
                                           const char *kind,
                                           const char *member,
                                           const char *value);

G_END_DECLS
