// SPDX-License-Identifier: GPL-3.0-or-later
/* card.bind, card.prove and card.unbind, and what the bank says of a card */
#include "server/ledger/tw-cards.h"

#include <string.h>

#include "base/tw-bank.h"
#include "base/tw-error.h"
#include "base/tw-identifiers.h"
#include "protocol/tw-json.h"
#include "server/command/tw-column.h"
#include "server/command/tw-keys.h"
#include "server/ledger/tw-card-row.h"
#include "server/ledger/tw-ledger.h"
#include "server/rails/tw-rails.h"

#define RAIL_CARDS "cards"
#define DAY_MS (24 * G_GINT64_CONSTANT (3600000))
#define LAST_DIGITS 4

static gboolean
tell_card (TwTx *tx, const TwRailOp *op, const TwRailNews *news, GError **error)
{
  g_autoptr (TwCardRow) card = NULL;
  gboolean accepted = news->state == TW_RAIL_ACCEPTED;
  gint64 now_ms = tw_tx_now_ms (tx);

  if (!accepted && news->state != TW_RAIL_REFUSED)
    return TRUE;
  if (!tw_card_row_load (tx, op->subject_id, &card, error))
    return FALSE;
  if (accepted)
    {
      card->state = TW_CARD_STATE_PROVING;
      g_free (card->token);
      card->token = g_strdup (news->reference);
    }
  else
    {
      card->state = TW_CARD_STATE_REFUSED;
      g_free (card->reason);
      card->reason = g_strdup ("bank_refused");
    }
  return (accepted ? tw_ledger_post (tw_tx_db (tx), now_ms, op->id, error)
                   : tw_ledger_void (tw_tx_db (tx), now_ms, op->id, error)) &&
         tw_card_row_save (tx, card, error);
}

static const char *const echoes[] = { "id", "amount_fen", NULL };

static const TwRail cards = {
  .name = RAIL_CARDS,
  .path = "/bank/cards",
  .tell = tell_card,
  .echoes = echoes,
  .is_secret = TRUE,
  .forgets = TRUE,
};

/* The bank makes sure that it is their phone too. */
static char *
read_phone (TwTx *tx, const char *account_id, GError **error)
{
  TwStmt *stmt =
    tw_db_query (tw_tx_db (tx), error, "SELECT phone FROM account WHERE id = $1", "s", account_id);
  char *phone;
  TwStep step;

  if (stmt == NULL || (step = tw_stmt_step (stmt, error)) == TW_STEP_ERROR)
    return NULL;
  if (step == TW_STEP_DONE)
    return g_strdup ("");
  phone =
    tw_column_read (tw_tx_key (tx, TW_KEY_COLUMN), stmt, 0, "account", account_id, "phone", error);
  tw_stmt_reset (stmt);
  return phone;
}

static gboolean
find_obstacle (TwTx *tx, const TwCardRow *card, const char *hash, const char **code, GError **error)
{
  TwStmt *stmt =
    tw_db_query (tw_tx_db (tx), error,
                 "SELECT count(CASE WHEN number_hash = $2 AND state IN (0, 1, 2) THEN 1 END), "
                 "count(CASE WHEN created_at > $3 THEN 1 END) FROM card WHERE account_id = $1",
                 "ssi", card->account_id, hash, tw_tx_now_ms (tx) - DAY_MS);

  if (stmt == NULL || tw_stmt_step (stmt, error) != TW_STEP_ROW)
    return FALSE;
  if (tw_stmt_int64 (stmt, 0) > 0)
    *code = "card_known";
  else if (tw_stmt_int64 (stmt, 1) >= TW_CARDS_A_DAY)
    *code = "many_cards";
  else
    *code = NULL;
  tw_stmt_reset (stmt);
  return TRUE;
}

/* The small amount is ours to lose: nobody's wallet has a part in it, and nobody gives it back. */
static gboolean
reserve (TwTx *tx, const TwCardRow *card, GError **error)
{
  g_autofree char *from = tw_ledger_house_id (TW_HOUSE_PROOFS, card->account_id);
  g_autofree char *to = tw_ledger_clearing_id (TW_RAIL_CREDITS, card->account_id);
  TwLeg legs[2] = { { .account_id = from, .amount_fen = -card->proof_fen },
                    { .account_id = to, .amount_fen = card->proof_fen } };
  TwTransfer transfer = { card->id, TW_KIND_CARD_BIND, legs, 2 };

  return tw_ledger_reserve (tw_tx_db (tx), tw_tx_now_ms (tx), &transfer, error);
}

static gboolean
queue (TwTx *tx, const TwCardRow *card, const char *number, GError **error)
{
  g_autofree char *phone = read_phone (tx, card->account_id, error);
  g_autoptr (JsonObject) request = json_object_new ();

  if (phone == NULL)
    return FALSE;
  json_object_set_string_member (request, "account", card->account_id);
  json_object_set_string_member (request, "number", number);
  json_object_set_string_member (request, "phone", phone);
  json_object_set_int_member (request, "amount_fen", card->proof_fen);
  return tw_rails_queue (tx, &cards, card->id, card->account_id, card->id, request, error);
}

static TwCardRow *
make_row (TwTx *tx, TwJob *job, const char *number)
{
  TwCardRow *card = g_new0 (TwCardRow, 1);

  card->id = g_strdup (tw_job_command (job)->id);
  card->account_id = g_strdup (tw_job_actor (job)->account_id);
  card->state = TW_CARD_STATE_ASKING;
  card->bank = g_strdup (tw_bank_find_by_card (number));
  card->last_four = g_strdup (number + strlen (number) - LAST_DIGITS);
  card->token = g_strdup ("");
  card->proof_fen = 1 + (gint64) tw_random_below (TW_CARD_MOST_PROOF_FEN);
  card->tries_left = TW_CARD_TRIES;
  card->reason = g_strdup ("");
  card->created_at_ms = tw_tx_now_ms (tx);
  return card;
}

/* {"number"} */
static gboolean
handle_bind (TwTx *tx, TwJob *job, GError **error)
{
  const char *const members[] = { "number", NULL };
  JsonObject *body = tw_job_body (job);
  GError *bad = NULL;
  const char *number = tw_json_get_text (body, "number", 32, FALSE, &bad);
  g_autoptr (TwCardRow) card = NULL;
  g_autoptr (GError) why = NULL;
  g_autofree char *hash = NULL;
  const char *code;

  if (number == NULL || !tw_json_check_members (body, members, &bad) ||
      !tw_bank_card_check (number, &bad))
    return tw_job_invalid (job, bad);
  if (!tw_rails_are_configured ())
    return tw_job_refuse (job, "rail_down", NULL);
  card = make_row (tx, job, number);
  hash = tw_card_hash_number (tx, number);
  if (!find_obstacle (tx, card, hash, &code, error))
    return FALSE;
  if (code != NULL)
    return tw_job_refuse (job, code, NULL);
  if (!reserve (tx, card, &why))
    {
      if (g_error_matches (why, TW_ERROR, TW_ERROR_CHANGED))
        return tw_job_refuse (job, "command_changed", NULL);
      g_propagate_error (error, g_steal_pointer (&why));
      return FALSE;
    }
  return tw_card_row_insert (tx, card, hash, error) && queue (tx, card, number, error) &&
         tw_tx_audit (tx, job, "card.asked", card->id, error) &&
         tw_job_done (job, "card_id", "s", card->id, NULL);
}

/* The person's own, or refused. Returns whether it could be looked up; @card is %NULL when the job
 * was ended. */
static gboolean
find_card (TwTx *tx, TwJob *job, const char *id, TwCardRow **card, GError **error)
{
  if (!tw_card_row_load (tx, id, card, error))
    return FALSE;
  if (*card != NULL && strcmp ((*card)->account_id, tw_job_actor (job)->account_id) == 0)
    return TRUE;
  g_clear_pointer (card, tw_card_row_free);
  return tw_job_refuse (job, "no_card", NULL);
}

/* The try is written down with the refusal: it is what the refusal is about. */
static gboolean
count_try (TwTx *tx, TwJob *job, TwCardRow *card, GError **error)
{
  card->tries_left--;
  if (card->tries_left == 0)
    {
      card->state = TW_CARD_STATE_REFUSED;
      g_free (card->reason);
      card->reason = g_strdup ("unproved");
    }
  if (!tw_card_row_save (tx, card, error))
    return FALSE;
  return tw_job_refuse (job, card->tries_left == 0 ? "unproved" : "wrong_amount", "tries_left", "i",
                        card->tries_left, NULL);
}

/* {"card_id", "amount_fen"}: what the person has read at the bank. */
static gboolean
handle_prove (TwTx *tx, TwJob *job, GError **error)
{
  const char *const members[] = { "card_id", "amount_fen", NULL };
  JsonObject *body = tw_job_body (job);
  GError *bad = NULL;
  const char *id = tw_json_get_id (body, "card_id", &bad);
  g_autoptr (TwCardRow) card = NULL;
  gint64 amount_fen;

  if (id == NULL || !tw_json_check_members (body, members, &bad) ||
      !tw_json_get_int (body, "amount_fen", 1, TW_CARD_MOST_PROOF_FEN, &amount_fen, &bad))
    return tw_job_invalid (job, bad);
  if (!find_card (tx, job, id, &card, error))
    return FALSE;
  if (card == NULL)
    return TRUE;
  if (card->state == TW_CARD_STATE_BOUND)
    return tw_job_refuse (job, "card_known", NULL);
  if (card->state == TW_CARD_STATE_ASKING)
    return tw_job_refuse (job, "intent_live", NULL);
  if (card->state != TW_CARD_STATE_PROVING)
    return tw_job_refuse (job, card->tries_left == 0 ? "unproved" : "no_card", NULL);
  if (amount_fen != card->proof_fen)
    return count_try (tx, job, card, error);
  card->state = TW_CARD_STATE_BOUND;
  card->bound_at_ms = tw_tx_now_ms (tx);
  return tw_card_row_save (tx, card, error) && tw_tx_audit (tx, job, "card.bound", id, error) &&
         tw_job_done (job, NULL);
}

/* {"card_id"}: what is under way with it goes on. */
static gboolean
handle_unbind (TwTx *tx, TwJob *job, GError **error)
{
  const char *const members[] = { "card_id", NULL };
  JsonObject *body = tw_job_body (job);
  GError *bad = NULL;
  const char *id = tw_json_get_id (body, "card_id", &bad);
  g_autoptr (TwCardRow) card = NULL;

  if (id == NULL || !tw_json_check_members (body, members, &bad))
    return tw_job_invalid (job, bad);
  if (!find_card (tx, job, id, &card, error))
    return FALSE;
  if (card == NULL)
    return TRUE;
  if (card->state == TW_CARD_STATE_ASKING)
    return tw_job_refuse (job, "intent_live", NULL);
  card->state = TW_CARD_STATE_UNBOUND;
  g_free (card->token);
  card->token = g_strdup ("");
  return tw_card_row_save (tx, card, error) && tw_tx_audit (tx, job, "card.unbound", id, error) &&
         tw_job_done (job, NULL);
}

static gboolean
lock_card (TwTx *tx, TwJob *job, TwLocks *locks, GError **error)
{
  const char *id = tw_json_get_id (tw_job_body (job), "card_id", NULL);

  if (id != NULL)
    tw_locks_add (locks, "card", id);
  return TRUE;
}

static gboolean
lock_bind (TwTx *tx, TwJob *job, TwLocks *locks, GError **error)
{
  const char *account_id = tw_job_actor (job)->account_id;
  g_autofree char *from = tw_ledger_house_id (TW_HOUSE_PROOFS, account_id);
  g_autofree char *to = tw_ledger_clearing_id (TW_RAIL_CREDITS, account_id);

  tw_ledger_foresee (locks, from);
  tw_ledger_foresee (locks, to);
  return TRUE;
}

/**
 * tw_cards_init:
 *
 * Makes the kinds about cards known to the writer, and the bank's cards to the rails.
 */
void
tw_cards_init (void)
{
  tw_rails_add (&cards);
  tw_handlers_add (TW_KIND_CARD_BIND, handle_bind, NULL, lock_bind);
  tw_handlers_add (TW_KIND_CARD_PROVE, handle_prove, NULL, lock_card);
  tw_handlers_add (TW_KIND_CARD_UNBIND, handle_unbind, NULL, lock_card);
}
