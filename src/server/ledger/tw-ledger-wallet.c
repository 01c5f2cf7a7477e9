// SPDX-License-Identifier: GPL-3.0-or-later
/* A wallet as its owner sees it. */
#include "server/ledger/tw-ledger-private.h"

#include <glib/gi18n-lib.h>

#include "base/tw-error.h"
#include "model/tw-wallet.h"
#include "server/ledger/tw-limits.h"

/**
 * tw_ledger_publish_leg:
 * @tx: the transaction
 * @account_id: a person's account
 * @leg: their wallet's part in a transfer that has been made
 * @known: (nullable): what has left for others, where it was counted just now
 * @error: the database's
 *
 * Shows the owner their wallet as the transfer has left it; what leaves for others has been counted
 * before.
 *
 * Returns: whether it could be read
 */
gboolean
tw_ledger_publish_leg (
  TwTx *tx, const char *account_id, const TwLeg *leg, const TwOutgo *known, GError **error)
{
  g_autofree char *scope = g_strconcat ("account:", account_id, NULL);
  g_autoptr (TwWallet) wallet =
    g_object_new (TW_TYPE_WALLET, "id", account_id, "balance-fen", leg->balance_fen, "reserved-fen",
                  leg->reserved_fen, "incoming-fen", leg->incoming_fen, NULL);

  if (!tw_limits_show (tx, account_id, known, wallet, error))
    return FALSE;
  tw_tx_publish (tx, scope, TW_OBJECT (wallet));
  return TRUE;
}

/**
 * tw_ledger_publish_wallet:
 * @tx: the transaction
 * @account_id: a person's account
 * @error: %TW_ERROR_NOT_FOUND without a wallet
 *
 * Shows the owner their wallet as it is now.
 *
 * Returns: whether there is one
 */
gboolean
tw_ledger_publish_wallet (TwTx *tx, const char *account_id, GError **error)
{
  g_autofree char *id = tw_ledger_wallet_id (account_id);
  TwLeg leg = { .account_id = id };
  const TwRow *row;

  if (!tw_db_get_row (tw_tx_db (tx), &tw_ledger_account_table, &row, error, id))
    return FALSE;
  if (row == NULL)
    {
      g_set_error_literal (error, TW_ERROR, TW_ERROR_NOT_FOUND, _ ("There is no such wallet."));
      return FALSE;
    }
  leg.balance_fen = tw_row_int64 (row, 2);
  leg.reserved_fen = tw_row_int64 (row, 3);
  leg.incoming_fen = tw_row_int64 (row, 4);
  return tw_ledger_publish_leg (tx, account_id, &leg, NULL, error);
}

/**
 * tw_ledger_open_wallet:
 * @tx: the transaction
 * @account_id: a person's account
 * @error: the database's
 *
 * Opens an empty wallet that can't go below zero, and shows it to its owner. One that is open
 * already stays as it is.
 *
 * Returns: whether it is open
 */
gboolean
tw_ledger_open_wallet (TwTx *tx, const char *account_id, GError **error)
{
  g_autofree char *id = tw_ledger_wallet_id (account_id);
  const gint64 floor_fen = 0;

  return tw_ledger_open_account (tw_tx_db (tx), id, account_id, &floor_fen, error) &&
         tw_ledger_publish_wallet (tx, account_id, error);
}
