// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/tw-object.h"

G_BEGIN_DECLS

#define TW_TYPE_WALLET (tw_wallet_get_type ())
G_DECLARE_FINAL_TYPE (TwWallet, tw_wallet, TW, WALLET, TwObject)

gint64 tw_wallet_get_balance_fen (TwWallet *self);
gint64 tw_wallet_get_reserved_fen (TwWallet *self);
gint64 tw_wallet_get_incoming_fen (TwWallet *self);

G_END_DECLS
