// SPDX-License-Identifier: GPL-3.0-or-later
/* Sends what was written down, in order, until the result of each is known. */
#pragma once

#include "client/sync/tw-sync-storage.h"
#include "client/sync/tw-transport.h"

G_BEGIN_DECLS

#define TW_TYPE_PUMP (tw_pump_get_type ())
G_DECLARE_FINAL_TYPE (TwPump, tw_pump, TW, PUMP, GObject)

/* Signals: "signed-out" (): the session has ended; the pump stops. "unreachable" (): an attempt
 * failed; it is repeated. */

TwPump *tw_pump_new (TwTransport *transport, TwSyncStorage *storage);
void tw_pump_start (TwPump *self);
void tw_pump_stop (TwPump *self);
void tw_pump_look_again (TwPump *self, const char *id);
void tw_pump_hold (TwPump *self, gboolean held);
void tw_pump_kick (TwPump *self);

G_END_DECLS
