// SPDX-License-Identifier: GPL-3.0-or-later
/* Bills and the tax history, as the tax office tells them and as they are paid here. */
#pragma once

#include "model/tw-payment.h"
#include "model/tw-record-query.h"
#include "server/command/tw-tx.h"

G_BEGIN_DECLS

extern const char tw_taxes_schema[];

/* Makes tax.pay, tax.issue and the tax office known to the writer. */
void tw_taxes_init (void);

char *tw_taxes_get_first_order (TwPayment *payment);

void tw_taxes_fetch_taxpayer_later (TwTx *tx, const char *account_id, const char *taxpayer_key);

TwRecordPage *tw_taxes_query_records (TwDb *db,
                                      TwKey *column,
                                      const char *account_id,
                                      const TwRecordQuery *query,
                                      const char *after,
                                      guint limit,
                                      GError **error);

G_END_DECLS
