// SPDX-License-Identifier: GPL-3.0-or-later
/* One account's row, and what a move makes of it. */
#include "server/ledger/tw-ledger-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "base/tw-error.h"
#include "base/tw-money.h"

const TwTable tw_ledger_account_table = {
  "ledger_account",
  "id, floor_fen, balance_fen, reserved_fen, incoming_fen, seq, head_hash",
  "sIiiiib",
  1,
};

static gboolean
fail_account (const char *id, GError **error)
{
  g_set_error (error, TW_ERROR, TW_ERROR_NOT_FOUND, _ ("There is no account %s in the ledger."),
               id);
  return FALSE;
}

static gboolean
fail_overflow (const char *id, GError **error)
{
  g_set_error (error, TW_ERROR, TW_ERROR_INVALID,
               _ ("The amount is more than the account %s can count."), id);
  return FALSE;
}

void
tw_ledger_foresee (TwLocks *locks, const char *id)
{
  tw_locks_foresee (locks, &tw_ledger_account_table, id, NULL);
}

gboolean
tw_ledger_account_load (TwDb *db, const char *id, TwLedgerAccount *account, GError **error)
{
  const TwRow *row;
  const guint8 *head;
  gsize length;

  memset (account, 0, sizeof *account);
  account->id = id;
  if (!tw_db_get_row (db, &tw_ledger_account_table, &row, error, id))
    return FALSE;
  if (row == NULL)
    {
      account->is_new =
        g_str_has_prefix (id, TW_LEDGER_CLEARING) || g_str_has_prefix (id, TW_LEDGER_HOUSE);
      return account->is_new || fail_account (id, error);
    }
  account->has_floor = !tw_row_is_null (row, 1);
  account->floor_fen = tw_row_int64 (row, 1);
  account->balance_fen = tw_row_int64 (row, 2);
  account->reserved_fen = tw_row_int64 (row, 3);
  account->incoming_fen = tw_row_int64 (row, 4);
  account->seq = tw_row_int64 (row, 5);
  head = tw_row_blob (row, 6, &length);
  if (length == TW_HASH_BYTES)
    memcpy (account->head, head, TW_HASH_BYTES);
  if (length != TW_HASH_BYTES)
    g_set_error (error, TW_ERROR, TW_ERROR_DAMAGED, _ ("The account %s has no chain."), id);
  return length == TW_HASH_BYTES;
}

gboolean
tw_ledger_account_save (TwDb *db, const TwLedgerAccount *account, GError **error)
{
  g_autoptr (GBytes) head = g_bytes_new_static (account->head, TW_HASH_BYTES);

  return tw_db_put_row (db, &tw_ledger_account_table, error, account->id,
                        account->has_floor ? &account->floor_fen : NULL, account->balance_fen,
                        account->reserved_fen, account->incoming_fen, account->seq, head);
}

/* What the move makes of the account, or why it can't. */
gboolean
tw_ledger_account_apply (TwLedgerAccount *account, TwMove move, gint64 amount_fen, GError **error)
{
  gint64 away_fen = amount_fen < 0 ? amount_fen : 0; /* not positive */
  gint64 in_fen = amount_fen > 0 ? amount_fen : 0;
  gboolean fits = TRUE;
  gint64 free_fen;

  switch (move)
    {
    case TW_MOVE_NOW:
      fits = tw_money_add (account->balance_fen, amount_fen, &account->balance_fen);
      break;
    case TW_MOVE_RESERVE:
      fits = tw_money_add (account->reserved_fen, -away_fen, &account->reserved_fen) &&
             tw_money_add (account->incoming_fen, in_fen, &account->incoming_fen);
      break;
    case TW_MOVE_POST:
      account->reserved_fen += away_fen;
      account->incoming_fen -= in_fen;
      fits = tw_money_add (account->balance_fen, amount_fen, &account->balance_fen);
      break;
    case TW_MOVE_VOID:
#ifdef TW_MUTANT_VOID_KEEPS_RESERVE
#include "base/tw-planted.h"
      break;
#endif
      account->reserved_fen += away_fen;
      account->incoming_fen -= in_fen;
      break;
    default:
      g_assert_not_reached ();
    }
  if (!fits || !tw_money_add (account->balance_fen, -account->reserved_fen, &free_fen))
    return fail_overflow (account->id, error);
  if (account->reserved_fen < 0 || account->incoming_fen < 0)
    {
      g_set_error (error, TW_ERROR, TW_ERROR_DAMAGED,
                   _ ("The account %s has less set aside than was reserved."), account->id);
      return FALSE;
    }
#ifdef TW_MUTANT_BELOW_FLOOR
#include "base/tw-planted.h"
  return TRUE;
#endif
  if (amount_fen < 0 && move != TW_MOVE_VOID && account->has_floor && free_fen < account->floor_fen)
    {
      g_set_error_literal (error, TW_ERROR, TW_ERROR_REFUSED, _ ("The balance is not enough."));
      return FALSE;
    }
  return TRUE;
}

/**
 * tw_ledger_open_account:
 * @db: in a transaction
 * @id: of the account
 * @owner: whose it is
 * @floor_fen: (nullable): what it never goes below; %NULL: anything goes
 * @error: why not
 *
 * Opens an account with a balance of zero. One that is open already stays as it is.
 *
 * Returns: whether it is open
 */
gboolean
tw_ledger_open_account (
  TwDb *db, const char *id, const char *owner, const gint64 *floor_fen, GError **error)
{
  g_autoptr (GBytes) head = g_bytes_new_static (tw_ledger_no_hash, TW_HASH_BYTES);

  return tw_db_insert (
    db, error,
    "INSERT INTO ledger_account (id, owner, floor_fen, balance_fen, reserved_fen, "
    "incoming_fen, seq, head_hash) VALUES ($1, $2, $3, 0, 0, 0, 0, $4) "
    "ON CONFLICT (id) DO NOTHING",
    "ssIb", id, owner, floor_fen, head);
}
