// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <adwaita.h>

#include "client/sync/tw-client.h"
#include "model/tw-payment.h"

G_BEGIN_DECLS

#define TW_TYPE_RECORD_LINK (tw_record_link_get_type ())
G_DECLARE_FINAL_TYPE (TwRecordLink, tw_record_link, TW, RECORD_LINK, AdwBin)

void tw_record_link_show (TwRecordLink *self, TwClient *client, TwPayment *payment);

G_END_DECLS
