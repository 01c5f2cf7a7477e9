// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/ledger/tw-ledger-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "base/tw-error.h"
#include "base/tw-money.h"

static gboolean
check_transfer (const TwTransfer *transfer, GError **error)
{
  gint64 sum_fen = 0;
  gboolean sound = transfer->n_legs >= 2 && transfer->n_legs <= TW_LEDGER_MAX_LEGS &&
                   strlen (transfer->id) <= TW_LEDGER_MAX_ID_BYTES &&
                   strlen (transfer->kind) <= TW_LEDGER_MAX_ID_BYTES;

  for (guint i = 0; sound && i < transfer->n_legs; i++)
    {
      const TwLeg *leg = &transfer->legs[i];

      sound = leg->amount_fen != 0 && leg->amount_fen != G_MININT64 &&
              strlen (leg->account_id) <= TW_LEDGER_MAX_ID_BYTES &&
              tw_money_add (sum_fen, leg->amount_fen, &sum_fen);
      for (guint j = 0; sound && j < i; j++)
        sound = strcmp (leg->account_id, transfer->legs[j].account_id) != 0;
    }
  if (sound && sum_fen == 0)
    return TRUE;
  g_set_error (error, TW_ERROR, TW_ERROR_INVALID,
               _ ("The entries of the transfer %s don’t make a transfer."), transfer->id);
  return FALSE;
}

const TwTable tw_transfer_table = { "transfer", "id, state", "ss", 1 };

#define LAST_NUMBER "entry.number"

/* Whoever writes has the turn, on either engine: until the end of the transaction nobody else
 * writes an entry. */
static gboolean
get_last_number (TwDb *db, gint64 *number, GError **error)
{
  TwStmt *stmt;

  if (tw_db_recall (db, LAST_NUMBER, number))
    return TRUE;
  stmt = tw_db_query (db, error, "SELECT max(number) FROM entry", "");
  if (stmt == NULL || tw_stmt_step (stmt, error) == TW_STEP_ERROR)
    return FALSE;
  *number = tw_stmt_int64 (stmt, 0);
  tw_stmt_reset (stmt);
  return TRUE;
}

static gboolean
write_entry (TwDb *db, TwLedgerAccount *account, TwEntry *entry, GError **error)
{
  guint8 prev[TW_HASH_BYTES];
  g_autoptr (GBytes) prev_bytes = NULL;
  g_autoptr (GBytes) hash_bytes = NULL;

  memcpy (prev, account->head, TW_HASH_BYTES);
  entry->account_id = account->id;
  entry->seq = ++account->seq;
  entry->balance_after_fen = account->balance_fen;
  tw_entry_hash (entry, prev, account->head);
  prev_bytes = g_bytes_new_static (prev, TW_HASH_BYTES);
  hash_bytes = g_bytes_new_static (account->head, TW_HASH_BYTES);
  return tw_db_insert (db, error,
                       "INSERT INTO entry (account_id, seq, number, transfer_id, amount_fen, "
                       "balance_after_fen, at_ms, prev_hash, hash) "
                       "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
                       "siisiiibb", entry->account_id, entry->seq, entry->number,
                       entry->transfer_id, entry->amount_fen, entry->balance_after_fen,
                       entry->at_ms, prev_bytes, hash_bytes);
}

/* Everything that a move decides, before anything is written. */
static gboolean
decide (TwDb *db, TwMove move, TwTransfer *transfer, TwLedgerAccount *accounts, GError **error)
{
  if (!check_transfer (transfer, error))
    return FALSE;
  for (guint i = 0; i < transfer->n_legs; i++)
    {
      TwLeg *leg = &transfer->legs[i];

      if (!tw_ledger_account_load (db, leg->account_id, &accounts[i], error) ||
          !tw_ledger_account_apply (&accounts[i], move, leg->amount_fen, error))
        return FALSE;
      leg->balance_fen = accounts[i].balance_fen;
      leg->reserved_fen = accounts[i].reserved_fen;
      leg->incoming_fen = accounts[i].incoming_fen;
    }
  return TRUE;
}

static gboolean
write_accounts (TwDb *db,
                gint64 now_ms,
                TwMove move,
                const TwTransfer *transfer,
                TwLedgerAccount *accounts,
                GError **error)
{
  gboolean enters = move == TW_MOVE_NOW || move == TW_MOVE_POST;
  TwEntry entry = { .transfer_id = transfer->id, .kind = transfer->kind, .at_ms = now_ms };

  if (enters && !get_last_number (db, &entry.number, error))
    return FALSE;
  for (guint i = 0; i < transfer->n_legs; i++)
    {
      /* The row has to be there for its entry to refer to. */
      if (accounts[i].is_new &&
          !tw_ledger_open_account (db, accounts[i].id, strchr (accounts[i].id, ':') + 1, NULL,
                                   error))
        return FALSE;
      entry.number++;
      entry.amount_fen = transfer->legs[i].amount_fen;
      if ((enters && !write_entry (db, &accounts[i], &entry, error)) ||
          !tw_ledger_account_save (db, &accounts[i], error))
        return FALSE;
    }
  if (enters)
    tw_db_remember (db, LAST_NUMBER, entry.number);
  return TRUE;
}

/* Ids come from clients: one that somebody else has used is not this person's to use. */
static gboolean
write_transfer (TwDb *db, gint64 now_ms, gboolean now, const TwTransfer *transfer, GError **error)
{
  g_autofree char *legs = now ? g_strdup ("") : tw_legs_to_text (transfer->legs, transfer->n_legs);

  const TwRow *row;

  if (!tw_db_get_row (db, &tw_transfer_table, &row, error, transfer->id))
    return FALSE;
  if (row == NULL)
    return tw_db_insert (db, error,
                         "INSERT INTO transfer (id, kind, state, legs, created_at, settled_at) "
                         "VALUES ($1, $2, $3, $4, $5, $6)",
                         "ssssii", transfer->id, transfer->kind, now ? "posted" : "reserved", legs,
                         now_ms, now ? now_ms : 0);
  g_set_error (error, TW_ERROR, TW_ERROR_CHANGED, "There is another transfer %s", transfer->id);
  return FALSE;
}

static gboolean
start_transfer (TwDb *db, gint64 now_ms, TwMove move, TwTransfer *transfer, GError **error)
{
  TwLedgerAccount accounts[TW_LEDGER_MAX_LEGS];

  return decide (db, move, transfer, accounts, error) &&
         write_transfer (db, now_ms, move == TW_MOVE_NOW, transfer, error) &&
         write_accounts (db, now_ms, move, transfer, accounts, error);
}

/**
 * tw_ledger_transfer:
 * @db: in a transaction
 * @now_ms: when
 * @transfer: two or more legs that sum to zero; their balances are set
 * @error: why not; nothing was written then
 *
 * Moves money at once. A clearing account that was never used is opened by its first transfer.
 *
 * Returns: whether it moved
 */
gboolean
tw_ledger_transfer (TwDb *db, gint64 now_ms, TwTransfer *transfer, GError **error)
{
  return start_transfer (db, now_ms, TW_MOVE_NOW, transfer, error);
}

/**
 * tw_ledger_reserve:
 * @db: in a transaction
 * @now_ms: when
 * @transfer: as tw_ledger_transfer()
 * @error: why not; nothing was written then
 *
 * Sets money aside for a transfer that tw_ledger_post() or tw_ledger_void() will end. No entry is
 * written yet.
 *
 * Returns: whether it is set aside
 */
gboolean
tw_ledger_reserve (TwDb *db, gint64 now_ms, TwTransfer *transfer, GError **error)
{
  return start_transfer (db, now_ms, TW_MOVE_RESERVE, transfer, error);
}

/* Loads what was reserved. @state is set to how it stands. */
static gboolean
load_transfer (TwDb *db,
               const char *id,
               char **state,
               char **kind,
               GArray *legs,
               GStringChunk *ids,
               GError **error)
{
  TwStmt *stmt =
    tw_db_query (db, error, "SELECT state, kind, legs FROM transfer WHERE id = $1", "s", id);
  gboolean sound;
  TwStep step;

  if (stmt == NULL || (step = tw_stmt_step (stmt, error)) == TW_STEP_ERROR)
    return FALSE;
  if (step == TW_STEP_DONE)
    {
      g_set_error (error, TW_ERROR, TW_ERROR_NOT_FOUND, _ ("There is no transfer %s."), id);
      return FALSE;
    }
  *state = g_strdup (tw_stmt_text (stmt, 0));
  *kind = g_strdup (tw_stmt_text (stmt, 1));
  sound = tw_legs_from_text (tw_stmt_text (stmt, 2), legs, ids) || strcmp (*state, "reserved") != 0;
  tw_stmt_reset (stmt);
  if (!sound)
    g_set_error (error, TW_ERROR, TW_ERROR_DAMAGED, _ ("The transfer %s can’t be read."), id);
  return sound;
}

static gboolean
end_transfer (TwDb *db, gint64 now_ms, TwMove move, const char *id, GError **error)
{
  const char *target = move == TW_MOVE_POST ? "posted" : "voided";
  g_autoptr (GArray) legs = g_array_new (FALSE, FALSE, sizeof (TwLeg));
  g_autoptr (GStringChunk) ids = g_string_chunk_new (256);
  TwLedgerAccount accounts[TW_LEDGER_MAX_LEGS];
  g_autofree char *state = NULL;
  g_autofree char *kind = NULL;
  TwTransfer transfer;

  if (!load_transfer (db, id, &state, &kind, legs, ids, error))
    return FALSE;
#ifdef TW_MUTANT_POSTED_TWICE
#include "base/tw-planted.h"
  if (move == TW_MOVE_POST && strcmp (state, target) == 0)
    {
      transfer = (TwTransfer){ id, kind, (TwLeg *) legs->data, legs->len };
      return decide (db, TW_MOVE_NOW, &transfer, accounts, error) &&
             write_accounts (db, now_ms, TW_MOVE_NOW, &transfer, accounts, error);
    }
#endif
  if (strcmp (state, target) == 0)
    return TRUE;
  if (strcmp (state, "reserved") != 0)
    {
      g_set_error (error, TW_ERROR, TW_ERROR_CONFLICT, _ ("The transfer %s is %s already."), id,
                   state);
      return FALSE;
    }
  transfer = (TwTransfer){ id, kind, (TwLeg *) legs->data, legs->len };
  return decide (db, move, &transfer, accounts, error) &&
         tw_db_run (db, error, "UPDATE transfer SET state = $2, settled_at = $3 WHERE id = $1",
                    "ssi", id, target, now_ms) &&
         write_accounts (db, now_ms, move, &transfer, accounts, error);
}

/**
 * tw_ledger_post:
 * @db: in a transaction
 * @now_ms: when
 * @transfer_id: a reserved transfer
 * @error: why not
 *
 * The transfer happens: its entries are written. One that is posted already stays so.
 *
 * Returns: whether it is posted
 */
gboolean
tw_ledger_post (TwDb *db, gint64 now_ms, const char *transfer_id, GError **error)
{
  return end_transfer (db, now_ms, TW_MOVE_POST, transfer_id, error);
}

/**
 * tw_ledger_void:
 * @db: in a transaction
 * @now_ms: when
 * @transfer_id: a reserved transfer
 * @error: why not
 *
 * The transfer doesn't happen: what was set aside is free again. One that is voided already stays
 * so.
 *
 * Returns: whether it is voided
 */
gboolean
tw_ledger_void (TwDb *db, gint64 now_ms, const char *transfer_id, GError **error)
{
  return end_transfer (db, now_ms, TW_MOVE_VOID, transfer_id, error);
}
