// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/tw-bill.h"
#include "model/tw-payment.h"
#include "model/tw-record.h"
#include "server/rails/tw-rails.h"
#include "server/taxes/tw-taxes.h"

G_BEGIN_DECLS

/* Bills and records in the database. Each is kept whole, in its form on the wire and sealed; the
 * other columns are there for the database to find and to sum by, and are written nowhere but here.
 */
gboolean tw_bill_insert (TwTx *tx, TwBill *bill, gboolean *is_new, GError **error);
gboolean tw_bill_save (TwTx *tx, TwBill *bill, GError **error);
TwBill *tw_bill_load (TwTx *tx, const char *id, GError **error);

gboolean tw_record_insert (TwTx *tx, const char *account_id, TwRecord *record, GError **error);
gboolean tw_record_save (TwTx *tx, const char *account_id, TwRecord *record, GError **error);
TwRecord *tw_record_load (TwTx *tx, const char *id, GError **error);
TwRecord *tw_record_read (TwKey *column, TwStmt *stmt, int id, int object, GError **error);

gboolean tw_tax_pay_handle (TwTx *tx, TwJob *job, GError **error);
gboolean tw_tax_pay_lock (TwTx *tx, TwJob *job, TwLocks *locks, GError **error);
gboolean tw_tax_issue_handle (TwTx *tx, TwJob *job, GError **error);
void tw_tax_pay_add_rail (void);
const TwRail *tw_tax_get_card_rail (void);
char *tw_tax_make_card_leg_id (const char *payment_id);
gboolean tw_tax_queue_office (TwTx *tx, TwPayment *payment, GError **error);

G_END_DECLS
