// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

/**
 * TwOutgoingState:
 * @TW_OUTGOING_STATE_WAITING: written down, waits for the network
 * @TW_OUTGOING_STATE_SENT: sent at least once; until the answer is known it is only ever repeated
 * @TW_OUTGOING_STATE_DONE: the service has done it
 * @TW_OUTGOING_STATE_REFUSED: the service has refused it; the code says why
 * @TW_OUTGOING_STATE_EXPIRED: it was never sent and is too old: the person is asked again
 *
 * How far a command of the person got.
 */
typedef enum
{
  TW_OUTGOING_STATE_WAITING,
  TW_OUTGOING_STATE_SENT,
  TW_OUTGOING_STATE_DONE,
  TW_OUTGOING_STATE_REFUSED,
  TW_OUTGOING_STATE_EXPIRED,
} TwOutgoingState;

#define TW_TYPE_OUTGOING (tw_outgoing_get_type ())
G_DECLARE_FINAL_TYPE (TwOutgoing, tw_outgoing, TW, OUTGOING, GObject)

TwOutgoing *tw_outgoing_new (const char *id, const char *intent, const char *kind, gint64 at_ms);
const char *tw_outgoing_get_id (TwOutgoing *self);
const char *tw_outgoing_get_intent (TwOutgoing *self);
const char *tw_outgoing_get_kind (TwOutgoing *self);
gint64 tw_outgoing_get_at_ms (TwOutgoing *self);
TwOutgoingState tw_outgoing_get_state (TwOutgoing *self);
gboolean tw_outgoing_is_settled (TwOutgoing *self);
gboolean tw_outgoing_get_held (TwOutgoing *self);
const char *tw_outgoing_get_code (TwOutgoing *self);
const char *tw_outgoing_get_words (TwOutgoing *self);
const char *tw_outgoing_get_remedy (TwOutgoing *self);
GVariant *tw_outgoing_get_result (TwOutgoing *self);
GVariant *tw_outgoing_get_body (TwOutgoing *self);
void tw_outgoing_set_body (TwOutgoing *self, GVariant *body);
void tw_outgoing_set_sent (TwOutgoing *self);
void tw_outgoing_set_held (TwOutgoing *self, gboolean held);
void tw_outgoing_settle (TwOutgoing *self,
                         TwOutgoingState state,
                         const char *code,
                         const char *words,
                         const char *remedy,
                         GVariant *result);

G_END_DECLS
