// SPDX-License-Identifier: GPL-3.0-or-later
/* What became of a payment, a bill or a record, in words: the same on every page. */
#pragma once

#include <gtk/gtk.h>

#include "model/tw-bill.h"
#include "model/tw-outgoing.h"
#include "model/tw-payment.h"
#include "model/tw-record.h"
#include "model/tw-ticket.h"

G_BEGIN_DECLS

GPtrArray *tw_story_of_payment (TwPayment *payment);
GPtrArray *tw_story_of_outgoing (TwOutgoing *outgoing);
GPtrArray *tw_story_of_record (TwRecord *record);

const char *tw_story_payment_words (TwPayment *payment);
char *tw_story_outgoing_title (TwOutgoing *outgoing);
const char *tw_story_outgoing_place (TwOutgoing *outgoing, const char **arg);
char *tw_story_payment_title (TwPayment *payment);
const char *tw_story_payment_sent_words (TwPayment *payment);
const char *tw_story_payment_reference_name (TwPayment *payment);
const char *tw_story_record_words (TwRecord *record);
char *tw_story_bill_due (TwBill *bill, int today);
const char *tw_story_bill_tone (TwBill *bill, int today);
const char *tw_story_ticket_words (TwTicket *ticket);

void tw_story_bind_closures (GtkWidgetClass *klass);

G_END_DECLS
