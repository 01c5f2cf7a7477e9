// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/tw-wallet.h"

/**
 * TwWallet:
 *
 * A wallet as its owner sees it.
 *
 * - balance-fen: what the entries add up to
 * - reserved-fen: the part that is spoken for by payments under way
 * - incoming-fen: what is on its way in and not yet there
 */
struct _TwWallet
{
  TwObject parent_instance;

  gint64 balance_fen;
  gint64 reserved_fen;
  gint64 incoming_fen;
};

G_DEFINE_FINAL_TYPE (TwWallet, tw_wallet, TW_TYPE_OBJECT)

static const TwField fields[] = {
  TW_FIELD_INT64 (TwWallet, balance_fen, "balance-fen"),
  TW_FIELD_INT64 (TwWallet, reserved_fen, "reserved-fen"),
  TW_FIELD_INT64 (TwWallet, incoming_fen, "incoming-fen"),
};

static void
tw_wallet_class_init (TwWalletClass *klass)
{
  tw_object_class_install_fields (TW_OBJECT_CLASS (klass), "wallet", fields, G_N_ELEMENTS (fields));
}

static void
tw_wallet_init (TwWallet *self)
{
}

TW_DEFINE_GETTER (TwWallet, tw_wallet, TW_IS_WALLET, gint64, balance_fen)
TW_DEFINE_GETTER (TwWallet, tw_wallet, TW_IS_WALLET, gint64, reserved_fen)
TW_DEFINE_GETTER (TwWallet, tw_wallet, TW_IS_WALLET, gint64, incoming_fen)
