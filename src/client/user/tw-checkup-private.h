// SPDX-License-Identifier: GPL-3.0-or-later
/* What the files of the checkup share. */
#pragma once

#include "client/user/tw-checkup.h"
#include "client/user/tw-lookup.h"
#include "model/tw-bill.h"
#include "model/tw-payee.h"
#include "protocol/tw-failure.h"

G_BEGIN_DECLS

struct _TwCheckup
{
  GObject parent_instance;

  TwClient *client;
  TwOutgoing *outgoing; /* (nullable) */
  TwPayment *payment;   /* (nullable) */

  const char *code;
  const TwFailure *failure;
  TwLookup *lookup;   /* (nullable): asks the other side for the payee */
  gboolean looked_up; /* it has answered */
};

gint64 tw_checkup_get_amount_fen (TwCheckup *self);
gint64 tw_checkup_get_free_fen (TwCheckup *self);
gboolean tw_checkup_is_from_wallet (TwCheckup *self);
const char *tw_checkup_get_bill_id (TwCheckup *self);
TwBill *tw_checkup_find_bill (TwCheckup *self);
TwPayee *tw_checkup_find_payee (TwCheckup *self);

G_END_DECLS
