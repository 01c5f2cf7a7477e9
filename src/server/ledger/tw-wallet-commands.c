// SPDX-License-Identifier: GPL-3.0-or-later
/* wallet.top_up, wallet.withdraw and wallet.transfer */
#include <string.h>

#include "base/tw-error.h"
#include "base/tw-money.h"
#include "base/tw-text.h"
#include "protocol/tw-json.h"
#include "server/ledger/tw-cards.h"
#include "server/ledger/tw-pay.h"

static gboolean
tell_bank (TwTx *tx, const TwRailOp *op, const TwRailNews *news, GError **error)
{
  g_autoptr (TwPayment) payment = tw_payments_tell (tx, op, news, "bank_refused", error);

  return payment != NULL;
}

static const char *const echoes[] = { "id", "amount_fen", NULL };

static const TwRail bank = {
  .name = TW_RAIL_BANK,
  .path = "/bank/debits",
  .tell = tell_bank,
  .echoes = echoes,
  .is_secret = TRUE,
};

const TwRail tw_credits_rail = {
  .name = TW_RAIL_CREDITS,
  .path = "/bank/credits",
  .tell = tell_bank,
  .echoes = echoes,
  .is_secret = TRUE,
};

static gboolean
top_up (TwTx *tx,
        TwJob *job,
        gint64 amount_fen,
        TwCardRow *card,
        const TwLeg *leg,
        const TwOutgo *outgo,
        GError **error)
{
  const TwCommand *command = tw_job_command (job);
  const char *account_id = tw_job_actor (job)->account_id;
  g_autoptr (JsonObject) request = json_object_new ();
  TwNewPayment payment = {
    .id = command->id,
    .account_id = account_id,
    .intent = command->intent,
    .kind = TW_PAYMENT_KIND_TOP_UP,
    .state = TW_PAYMENT_STATE_RESERVED,
    .amount_fen = amount_fen,
    .title = "",
    .bill_id = "",
    .tax_type = "",
    .period = "",
    .card_id = card != NULL ? card->id : NULL,
  };

  json_object_set_string_member (request, "account", account_id);
  json_object_set_int_member (request, "amount_fen", amount_fen);
  if (card != NULL)
    json_object_set_string_member (request, "card", card->token);
  if (!tw_limits_count (tx, account_id, outgo, error) || !tw_payments_start (tx, &payment, error) ||
      !tw_rails_queue (tx, &bank, command->id, account_id, command->id, request, error) ||
      !tw_tx_audit (tx, job, "wallet.top_up", command->id, error) ||
      !tw_ledger_publish_leg (tx, account_id, leg, outgo, error))
    return FALSE;
  tw_job_keep_intent_live (job);
  return tw_job_done (job, "payment_id", "s", command->id, NULL);
}

/* {"amount_fen", "card_id"?, "again"?}: asks the bank for money; it is there when the bank has said
 * yes. */
static gboolean
handle_top_up (TwTx *tx, TwJob *job, GError **error)
{
  const char *const members[] = { "amount_fen", "card_id", "again", NULL };
  const char *account_id = tw_job_actor (job)->account_id;
  g_autofree char *wallet = tw_ledger_wallet_id (account_id);
  g_autofree char *clearing = tw_ledger_clearing_id (TW_RAIL_BANK, account_id);
  TwLeg legs[2] = { { .account_id = clearing }, { .account_id = wallet } };
  TwTransfer transfer = { tw_job_command (job)->id, TW_KIND_WALLET_TOP_UP, legs, 2 };
  TwPay pay = { .id = tw_job_command (job)->id,
                .account_id = account_id,
                .kind = TW_PAYMENT_KIND_TOP_UP,
                .is_own = TRUE };
  g_autoptr (TwCardRow) card = NULL;
  g_auto (TwOutgo) outgo = { 0 };
  g_autoptr (GError) why = NULL;
  TwObstacle obstacle;
  GError *bad = NULL;

  if (!tw_json_check_members (tw_job_body (job), members, &bad) ||
      !tw_json_get_int (tw_job_body (job), "amount_fen", 1, TW_MONEY_MAX_FEN, &pay.amount_fen,
                        &bad) ||
      !tw_json_get_optional_id (tw_job_body (job), "card_id", &pay.card_id, &bad) ||
      !tw_json_get_optional_boolean (tw_job_body (job), "again", &pay.again, &bad))
    return tw_job_invalid (job, bad);
  if (!tw_rails_are_configured ())
    return tw_job_refuse (job, "rail_down", NULL);
  if (pay.card_id != NULL && !tw_card_load_bound (tx, pay.card_id, account_id, &card, error))
    return FALSE;
  if (pay.card_id != NULL && card == NULL)
    return tw_job_refuse (job, "no_card", NULL);
  if (!tw_pay_check_own (tx, &pay, &outgo, &obstacle, error))
    return FALSE;
  if (obstacle.code != NULL)
    return tw_pay_end (job, &pay, &obstacle);
  legs[0].amount_fen = -pay.amount_fen;
  legs[1].amount_fen = pay.amount_fen;
  if (tw_ledger_reserve (tw_tx_db (tx), tw_tx_now_ms (tx), &transfer, &why))
    return top_up (tx, job, pay.amount_fen, card, &legs[1], &outgo, error);
  if (g_error_matches (why, TW_ERROR, TW_ERROR_NOT_FOUND))
    return tw_job_refuse (job, "not_found", NULL);
  if (g_error_matches (why, TW_ERROR, TW_ERROR_CHANGED))
    return tw_job_refuse (job, "command_changed", NULL);
  g_propagate_error (error, g_steal_pointer (&why));
  return FALSE;
}

/* {"card_id", "amount_fen", "again"?}: from the wallet to a card of the person. */
static gboolean
handle_withdraw (TwTx *tx, TwJob *job, GError **error)
{
  const char *const members[] = { "card_id", "amount_fen", "again", NULL };
  const char *account_id = tw_job_actor (job)->account_id;
  JsonObject *body = tw_job_body (job);
  g_autoptr (JsonObject) request = json_object_new ();
  g_autoptr (TwCardRow) card = NULL;
  g_autofree char *to = NULL;
  GError *bad = NULL;
  const char *card_id = tw_json_get_id (body, "card_id", &bad);
  TwPay pay = {
    .id = tw_job_command (job)->id,
    .account_id = account_id,
    .intent = tw_job_command (job)->intent,
    .kind = TW_PAYMENT_KIND_WITHDRAWAL,
    .card_id = card_id,
    .is_own = TRUE,
    .factor = tw_pay_get_factor (job),
    .rail = &tw_credits_rail,
    .request = request,
  };
  TwObstacle obstacle;

  if (card_id == NULL || !tw_json_check_members (body, members, &bad) ||
      !tw_json_get_int (body, "amount_fen", 1, TW_MONEY_MAX_FEN, &pay.amount_fen, &bad) ||
      !tw_json_get_optional_boolean (body, "again", &pay.again, &bad))
    return tw_job_invalid (job, bad);
  if (!tw_card_load_bound (tx, card_id, account_id, &card, error))
    return FALSE;
  if (card == NULL)
    return tw_job_refuse (job, "no_card", NULL);
  to = g_strconcat ("card:", card->token, NULL);
  json_object_set_string_member (request, "to", to);
  json_object_set_int_member (request, "amount_fen", pay.amount_fen);
  if (!tw_pay (tx, job, &pay, &obstacle, error))
    return FALSE;
  /* The code is told for this card and no other. */
  return obstacle.with_code ? tw_job_step_up (job, card->last_four, pay.amount_fen)
                            : tw_pay_end (job, &pay, &obstacle);
}

/* {"to_account", "amount_fen", "memo"?, "again"?}: from one wallet to another, at once. */
static gboolean
handle_transfer (TwTx *tx, TwJob *job, GError **error)
{
  const char *const members[] = { "to_account", "amount_fen", "memo", "again", NULL };
  const char *from = tw_job_actor (job)->account_id;
  JsonObject *body = tw_job_body (job);
  GError *bad = NULL;
  const char *to = tw_json_get_id (body, "to_account", &bad);
  TwPay pay = {
    .id = tw_job_command (job)->id,
    .account_id = from,
    .intent = tw_job_command (job)->intent,
    .kind = TW_PAYMENT_KIND_TRANSFER,
    .factor = tw_pay_get_factor (job),
    .to_account = to,
  };
  g_autofree char *name = NULL;
  gboolean is_proved;
  TwObstacle obstacle;

  if (to == NULL || !tw_json_check_members (body, members, &bad) ||
      !tw_json_get_int (body, "amount_fen", 1, TW_MONEY_MAX_FEN, &pay.amount_fen, &bad) ||
      !tw_json_get_optional_text (body, "memo", TW_TEXT_MAX_MEMO, &pay.memo, &bad) ||
      !tw_json_get_optional_boolean (body, "again", &pay.again, &bad))
    return tw_job_invalid (job, bad);
  if (strcmp (to, from) == 0)
    return tw_job_refuse (job, "same_account", NULL);
  if (!tw_payments_read_is_proved (tx, to, &is_proved, error))
    return FALSE;
  if (!is_proved)
    return tw_job_refuse (job, "no_payee", NULL);
  name = tw_payments_read_masked_name (tx, to, error);
  pay.payee_name = name;
  return name != NULL && tw_pay (tx, job, &pay, &obstacle, error) &&
         tw_pay_end (job, &pay, &obstacle);
}

static gboolean
lock_top_up (TwTx *tx, TwJob *job, TwLocks *locks, GError **error)
{
  const char *account_id = tw_job_actor (job)->account_id;
  g_autofree char *wallet = tw_ledger_wallet_id (account_id);
  g_autofree char *clearing = tw_ledger_clearing_id (TW_RAIL_BANK, account_id);

  tw_ledger_foresee (locks, wallet);
  tw_ledger_foresee (locks, clearing);
  tw_pay_foresee_person (locks, account_id);
  return TRUE;
}

static gboolean
lock_withdraw (TwTx *tx, TwJob *job, TwLocks *locks, GError **error)
{
  tw_pay_lock (locks, tw_job_command (job)->id, tw_job_actor (job)->account_id, NULL);
  return TRUE;
}

static gboolean
lock_transfer (TwTx *tx, TwJob *job, TwLocks *locks, GError **error)
{
  const char *from = tw_job_actor (job)->account_id;
  const char *to = tw_json_get_id (tw_job_body (job), "to_account", NULL);

  tw_pay_lock (locks, tw_job_command (job)->id, from, to != NULL ? to : from);
  return TRUE;
}

/**
 * tw_ledger_init:
 *
 * Makes the kinds of this room known to the writer, and the bank to the rails.
 */
void
tw_ledger_init (void)
{
  tw_rails_add (&bank);
  tw_rails_add (&tw_credits_rail);
  tw_cards_init ();
  tw_handlers_add (TW_KIND_WALLET_TOP_UP, handle_top_up, NULL, lock_top_up);
  tw_handlers_add (TW_KIND_WALLET_WITHDRAW, handle_withdraw, NULL, lock_withdraw);
  tw_handlers_add (TW_KIND_WALLET_TRANSFER, handle_transfer, NULL, lock_transfer);
}
