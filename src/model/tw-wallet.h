// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/tw-object.h"

G_BEGIN_DECLS

/* A day of limits that is further ahead of today is of a clock that was wrong. */
#define TW_WALLET_MOST_AHEAD_DAYS 2

#define TW_TYPE_WALLET (tw_wallet_get_type ())
G_DECLARE_FINAL_TYPE (TwWallet, tw_wallet, TW, WALLET, TwObject)

gint64 tw_wallet_get_balance_fen (TwWallet *self);
gint64 tw_wallet_get_reserved_fen (TwWallet *self);
gint64 tw_wallet_get_incoming_fen (TwWallet *self);
gint64 tw_wallet_get_limits_day (TwWallet *self);
gint64 tw_wallet_get_free_limit_fen (TwWallet *self);
gint64 tw_wallet_get_day_limit_fen (TwWallet *self);
gint64 tw_wallet_get_year_limit_fen (TwWallet *self);
gint64 tw_wallet_get_day_used_fen (TwWallet *self);
gint64 tw_wallet_get_year_used_fen (TwWallet *self);
gboolean tw_wallet_get_ever (TwWallet *self);

gint64 tw_wallet_get_free_left (TwWallet *self, int today);
gint64 tw_wallet_get_day_left (TwWallet *self, int today);
gint64 tw_wallet_get_year_left (TwWallet *self, int today);

G_END_DECLS
