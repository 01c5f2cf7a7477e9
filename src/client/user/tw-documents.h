// SPDX-License-Identifier: GPL-3.0-or-later
/* What a page shows, printed or saved: asks where to, does it, says so. */
#pragma once

#include "client/paper/tw-paper-sheet.h"
#include "client/paper/tw-paper-table.h"
#include "client/widgets/tw-page.h"
#include "model/tw-payment.h"
#include "model/tw-record.h"

G_BEGIN_DECLS

void tw_documents_make (TwPage *page, TwPaper *paper, TwDocument document, const char *name);

TwPaperSheet *tw_documents_payment (TwPayment *payment);
TwPaperSheet *tw_documents_record (TwRecord *record);
TwPaperTable *tw_documents_records (GListModel *records, const char *subtitle);
TwPaperTable *tw_documents_payments (GListModel *payments);

G_END_DECLS
