// SPDX-License-Identifier: GPL-3.0-or-later
/* What the program looks at by itself when a payment fails, in the order in which it matters: the
 * network, the balance, to whom and how much, whether a second try is safe, and who can help. */
#pragma once

#include "client/sync/tw-client.h"
#include "model/tw-payment.h"

G_BEGIN_DECLS

#define TW_TYPE_CHECKUP (tw_checkup_get_type ())
G_DECLARE_FINAL_TYPE (TwCheckup, tw_checkup, TW, CHECKUP, GObject)

TwCheckup *tw_checkup_new (TwClient *client, TwOutgoing *outgoing, TwPayment *payment);
GPtrArray *tw_checkup_get_steps (TwCheckup *self);
const char *tw_checkup_get_words (TwCheckup *self);
const char *tw_checkup_get_moved (TwCheckup *self);
const char *tw_checkup_get_todo (TwCheckup *self);
const char *tw_checkup_get_remedy (TwCheckup *self);
gint64 tw_checkup_get_missing_fen (TwCheckup *self);
char *tw_checkup_make_question (TwCheckup *self);

/* The service can't be reached: what helps is trying to, now. Beside the remedies of a refusal. */
#define TW_REMEDY_RECONNECT "reconnect"

G_END_DECLS
