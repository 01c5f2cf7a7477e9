// SPDX-License-Identifier: GPL-3.0-or-later
/* A program behind the pages that a test holds in its hand: real model objects, and everything
 * happens when the test says so. Only for tests of pages. */
#pragma once

#include "client/sync/tw-client.h"
#include "model/tw-payment.h"

G_BEGIN_DECLS

#define TW_TYPE_FAKE_CLIENT (tw_fake_client_get_type ())
G_DECLARE_FINAL_TYPE (TwFakeClient, tw_fake_client, TW, FAKE_CLIENT, GObject)

TwFakeClient *tw_fake_client_new (void);
void tw_fake_client_fill (TwFakeClient *self, guint n_records);
void
tw_fake_client_set_person (TwFakeClient *self, const char *account_id, const char *display_name);
void tw_fake_client_set_signed_in (TwFakeClient *self, gboolean signed_in);
void tw_fake_client_set_online (TwFakeClient *self, gboolean online);
void tw_fake_client_put (TwFakeClient *self, const char *wire_type, gpointer object);
void tw_fake_client_fail_queries (TwFakeClient *self, gboolean fail);

/* What was asked, and what becomes of it. */
guint tw_fake_client_get_n_submitted (TwFakeClient *self);
guint tw_fake_client_get_n_queries (TwFakeClient *self);
TwOutgoing *tw_fake_client_get_last (TwFakeClient *self);
void tw_fake_client_accept (TwFakeClient *self, TwOutgoing *outgoing);
void tw_fake_client_refuse (TwFakeClient *self, TwOutgoing *outgoing, const char *code);
void tw_fake_client_move_payment (TwFakeClient *self, TwPayment *payment, TwPaymentState state);
void tw_fake_client_hold (TwFakeClient *self, TwOutgoing *outgoing);
void tw_fake_client_answer (TwOutgoing *outgoing, const char *member, const char *value);
/* To `payee.check`: who is meant, and from when on what is known of them is the answer. */
void tw_fake_client_answer_asked (TwOutgoing *outgoing, const char *payee_id, gint64 asked_at_ms);
void tw_fake_client_refuse_sign_in (TwFakeClient *self, const char *words);

G_END_DECLS
