// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/ledger/tw-ledger.h"

#include <string.h>

/**
 * tw_ledger_wallet_id:
 * @account_id: a person's account
 *
 * Returns: (transfer full): the ledger account that is their wallet
 */
char *
tw_ledger_wallet_id (const char *account_id)
{
  return g_strconcat ("wallet:", account_id, NULL);
}

static char *
make_shard (const char *prefix, const char *name, const char *owner)
{
  guint8 hash[TW_HASH_BYTES];

  tw_hash (owner, strlen (owner), hash);
  return g_strdup_printf ("%s%s:%d", prefix, name, hash[0] % TW_LEDGER_SHARDS);
}

/**
 * tw_ledger_clearing_id:
 * @rail: TW_RAIL_BANK or TW_RAIL_OFFICE
 * @owner: whose money crosses the rail
 *
 * Returns: (transfer full): the clearing account for it, always the same for the same owner
 */
char *
tw_ledger_clearing_id (const char *rail, const char *owner)
{
  return make_shard (TW_LEDGER_CLEARING, rail, owner);
}

/**
 * tw_ledger_house_id:
 * @name: TW_HOUSE_PROOFS or TW_HOUSE_CARDS
 * @owner: for whom
 *
 * Returns: (transfer full): the account of the house for it, always the same for the same owner; no
 *   partner has it in its books
 */
char *
tw_ledger_house_id (const char *name, const char *owner)
{
  return make_shard (TW_LEDGER_HOUSE, name, owner);
}
