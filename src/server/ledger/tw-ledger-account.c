// SPDX-License-Identifier: GPL-3.0-or-later
/* One account's row, and what a move makes of it. */
#include "server/ledger/tw-ledger-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "base/tw-error.h"
#include "base/tw-money.h"

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

gboolean
tw_ledger_account_load (TwDb *db, const char *id, TwLedgerAccount *account, GError **error)
{
  const guint8 *head;
  gsize length = 0;
  TwStmt *stmt;
  TwStep step;

  memset (account, 0, sizeof *account);
  account->id = id;
  stmt = tw_db_query (db, error,
                      "SELECT floor_fen, balance_fen, reserved_fen, incoming_fen, seq, head_hash "
                      "FROM ledger_account WHERE id = $1",
                      "s", id);
  if (stmt == NULL)
    return FALSE;
  step = tw_stmt_step (stmt, error);
  if (step == TW_STEP_ERROR)
    return FALSE;
  if (step == TW_STEP_DONE)
    {
      account->is_new =
        g_str_has_prefix (id, TW_LEDGER_CLEARING) || g_str_has_prefix (id, TW_LEDGER_HOUSE);
      return account->is_new || fail_account (id, error);
    }
  account->has_floor = !tw_stmt_is_null (stmt, 0);
  account->floor_fen = tw_stmt_int64 (stmt, 0);
  account->balance_fen = tw_stmt_int64 (stmt, 1);
  account->reserved_fen = tw_stmt_int64 (stmt, 2);
  account->incoming_fen = tw_stmt_int64 (stmt, 3);
  account->seq = tw_stmt_int64 (stmt, 4);
  head = tw_stmt_blob (stmt, 5, &length);
  if (length == TW_HASH_BYTES)
    memcpy (account->head, head, TW_HASH_BYTES);
  tw_stmt_reset (stmt);
  if (length != TW_HASH_BYTES)
    g_set_error (error, TW_ERROR, TW_ERROR_DAMAGED, _ ("The account %s has no chain."), id);
  return length == TW_HASH_BYTES;
}

gboolean
tw_ledger_account_save (TwDb *db, const TwLedgerAccount *account, GError **error)
{
  g_autoptr (GBytes) head = g_bytes_new_static (account->head, TW_HASH_BYTES);

  return tw_db_run (db, error,
                    "UPDATE ledger_account SET balance_fen = $2, reserved_fen = $3, "
                    "incoming_fen = $4, seq = $5, head_hash = $6 WHERE id = $1",
                    "siiiib", account->id, account->balance_fen, account->reserved_fen,
                    account->incoming_fen, account->seq, head);
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

  return tw_db_run (db, error,
                    "INSERT INTO ledger_account (id, owner, floor_fen, balance_fen, reserved_fen, "
                    "incoming_fen, seq, head_hash) VALUES ($1, $2, $3, 0, 0, 0, 0, $4) "
                    "ON CONFLICT (id) DO NOTHING",
                    "ssIb", id, owner, floor_fen, head);
}
