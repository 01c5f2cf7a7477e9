// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "client/sync/tw-client.h"
#include "model/tw-payee.h"

G_BEGIN_DECLS

#define TW_TYPE_LOOKUP (tw_lookup_get_type ())
G_DECLARE_FINAL_TYPE (TwLookup, tw_lookup, TW, LOOKUP, GObject)

TwLookup *tw_lookup_new (TwClient *client);
void tw_lookup_ask (TwLookup *self, GVariantDict *body);
gboolean tw_lookup_get_busy (TwLookup *self);

G_END_DECLS
