// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/ledger/tw-card-row.h"

#include <string.h>

#include "server/command/tw-column.h"
#include "server/command/tw-keys.h"

#define TABLE "card"
#define LAST_FOUR "last_four"
#define TOKEN "token"
#define PROOF "proof"

void
tw_card_row_free (TwCardRow *row)
{
  if (row == NULL)
    return;
  g_free (row->id);
  g_free (row->account_id);
  g_free (row->bank);
  g_free (row->last_four);
  g_free (row->token);
  g_free (row->reason);
  g_free (row);
}

char *
tw_card_hash_number (TwTx *tx, const char *number)
{
  g_autofree char *text = g_strconcat ("card\n", number, NULL);

  return tw_keyed_hash (tw_tx_key (tx, TW_KEY_LOOKUP), text);
}

static GBytes *
seal (TwTx *tx, const TwCardRow *card, const char *column, const char *text)
{
  return tw_column_seal (tw_tx_key (tx, TW_KEY_COLUMN), TABLE, card->id, column, text);
}

static char *
read_sealed (TwTx *tx, TwStmt *stmt, int index, const char *id, const char *column, GError **error)
{
  return tw_column_read (tw_tx_key (tx, TW_KEY_COLUMN), stmt, index, TABLE, id, column, error);
}

static TwCardRow *
read_row (TwTx *tx, TwStmt *stmt, const char *id, GError **error)
{
  g_autoptr (TwCardRow) card = g_new0 (TwCardRow, 1);
  g_autofree char *proof = read_sealed (tx, stmt, 5, id, PROOF, error);

  card->id = g_strdup (id);
  card->account_id = g_strdup (tw_stmt_text (stmt, 0));
  card->state = (TwCardState) tw_stmt_int64 (stmt, 1);
  card->bank = g_strdup (tw_stmt_text (stmt, 2));
  card->last_four = proof != NULL ? read_sealed (tx, stmt, 3, id, LAST_FOUR, error) : NULL;
  card->token = card->last_four != NULL ? read_sealed (tx, stmt, 4, id, TOKEN, error) : NULL;
  if (card->token == NULL)
    return NULL;
  card->proof_fen = g_ascii_strtoll (proof, NULL, 10);
  card->tries_left = tw_stmt_int64 (stmt, 6);
  card->reason = g_strdup (tw_stmt_text (stmt, 7));
  card->created_at_ms = tw_stmt_int64 (stmt, 8);
  card->bound_at_ms = tw_stmt_int64 (stmt, 9);
  return g_steal_pointer (&card);
}

/**
 * tw_card_row_load:
 * @tx: the transaction
 * @id: a card
 * @card: (out) (transfer full) (nullable): the row; %NULL for none
 * @error: the database's, or %TW_ERROR_DAMAGED
 *
 * Returns: whether it could be looked up
 */
gboolean
tw_card_row_load (TwTx *tx, const char *id, TwCardRow **card, GError **error)
{
  TwStmt *stmt = tw_db_query (tw_tx_db (tx), error,
                              "SELECT account_id, state, bank, last_four, token, proof, "
                              "tries_left, reason, created_at, bound_at FROM card WHERE id = $1",
                              "s", id);
  TwStep step;

  *card = NULL;
  if (stmt == NULL || (step = tw_stmt_step (stmt, error)) == TW_STEP_ERROR)
    return FALSE;
  if (step == TW_STEP_DONE)
    return TRUE;
  *card = read_row (tx, stmt, id, error);
  tw_stmt_reset (stmt);
  return *card != NULL;
}

/**
 * tw_card_load_bound:
 * @tx: the transaction
 * @id: a card
 * @account_id: who wants to use it
 * @card: (out) (transfer full) (nullable): the row; %NULL when it is not theirs to use
 * @error: the database's, or %TW_ERROR_DAMAGED
 *
 * Returns: whether it could be looked up
 */
gboolean
tw_card_load_bound (
  TwTx *tx, const char *id, const char *account_id, TwCardRow **card, GError **error)
{
  if (!tw_card_row_load (tx, id, card, error))
    return FALSE;
  if (*card != NULL &&
      ((*card)->state != TW_CARD_STATE_BOUND || strcmp ((*card)->account_id, account_id) != 0))
    g_clear_pointer (card, tw_card_row_free);
  return TRUE;
}

static void
publish (TwTx *tx, const TwCardRow *card)
{
  g_autofree char *scope = g_strconcat ("account:", card->account_id, NULL);
  g_autoptr (TwObject) object = g_object_new (
    TW_TYPE_CARD, "id", card->id, "state", (int) card->state, "bank", card->bank, "last-four",
    card->last_four, "tries-left", card->tries_left, "reason", card->reason, "created-at-ms",
    card->created_at_ms, "bound-at-ms", card->bound_at_ms, NULL);

  tw_tx_publish (tx, scope, object);
}

/**
 * tw_card_row_insert:
 * @tx: the transaction
 * @card: a new card; it is shown to whose it is
 * @number_hash: as tw_card_hash_number()
 * @error: the database's
 *
 * Returns: whether it is written
 */
gboolean
tw_card_row_insert (TwTx *tx, const TwCardRow *card, const char *number_hash, GError **error)
{
  g_autofree char *text = g_strdup_printf ("%" G_GINT64_FORMAT, card->proof_fen);
  g_autoptr (GBytes) last_four = seal (tx, card, LAST_FOUR, card->last_four);
  g_autoptr (GBytes) proof = seal (tx, card, PROOF, text);

  if (!tw_db_run (tw_tx_db (tx), error,
                  "INSERT INTO card (id, account_id, number_hash, state, bank, last_four, proof, "
                  "tries_left, reason, created_at, bound_at) "
                  "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
                  "sssisbbisii", card->id, card->account_id, number_hash, (gint64) card->state,
                  card->bank, last_four, proof, card->tries_left, card->reason, card->created_at_ms,
                  card->bound_at_ms))
    return FALSE;
  publish (tx, card);
  return TRUE;
}

/**
 * tw_card_row_save:
 * @tx: the transaction
 * @card: as it is now; it is shown to whose it is
 * @error: the database's
 *
 * Returns: whether it is written
 */
gboolean
tw_card_row_save (TwTx *tx, const TwCardRow *card, GError **error)
{
  g_autoptr (GBytes) token = *card->token != '\0' ? seal (tx, card, TOKEN, card->token) : NULL;

  if (!tw_db_run (tw_tx_db (tx), error,
                  "UPDATE card SET state = $2, token = $3, tries_left = $4, reason = $5, "
                  "bound_at = $6 WHERE id = $1",
                  "sibisi", card->id, (gint64) card->state, token, card->tries_left, card->reason,
                  card->bound_at_ms))
    return FALSE;
  publish (tx, card);
  return TRUE;
}
