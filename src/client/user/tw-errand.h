// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "client/sync/tw-client.h"

G_BEGIN_DECLS

#define TW_TYPE_ERRAND (tw_errand_get_type ())
G_DECLARE_FINAL_TYPE (TwErrand, tw_errand, TW, ERRAND, GObject)

TwErrand *tw_errand_new (TwClient *client);
gboolean tw_errand_run (TwErrand *self, const char *kind, GVariantDict *body);
void tw_errand_drop (TwErrand *self);
gboolean tw_errand_get_busy (TwErrand *self);
TwOutgoing *tw_errand_get_outgoing (TwErrand *self);

G_END_DECLS
