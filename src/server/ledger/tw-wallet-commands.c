// SPDX-License-Identifier: GPL-3.0-or-later
/* wallet.top_up and wallet.transfer */
#include <string.h>

#include "base/tw-error.h"
#include "base/tw-money.h"
#include "base/tw-text.h"
#include "protocol/tw-json.h"
#include "server/ledger/tw-limits.h"
#include "server/ledger/tw-payments.h"

static gboolean
tell_bank (TwTx *tx, const TwRailOp *op, const TwRailNews *news, GError **error)
{
  g_autoptr (TwPayment) payment = tw_payments_tell (tx, op, news, "bank_refused", error);

  return payment != NULL;
}

static const char *const echoes[] = { "id", "amount_fen", NULL };

static const TwRail bank = { TW_RAIL_BANK, "/bank/debits", FALSE, tell_bank, echoes, NULL };

/* What the ledger says no to is a refusal; anything else is a fault. */
static gboolean
refuse_or_fail (
  TwJob *job, GError *failure, const char *if_missing, gint64 amount_fen, GError **error)
{
  g_autoptr (GError) why = failure;

  if (g_error_matches (why, TW_ERROR, TW_ERROR_REFUSED))
    return tw_job_refuse (job, "no_balance", "amount_fen", "i", amount_fen, NULL);
  if (g_error_matches (why, TW_ERROR, TW_ERROR_NOT_FOUND))
    return tw_job_refuse (job, if_missing, NULL);
  if (g_error_matches (why, TW_ERROR, TW_ERROR_CHANGED))
    return tw_job_refuse (job, "command_changed", NULL);
  g_propagate_error (error, g_steal_pointer (&why));
  return FALSE;
}

static gboolean
top_up (TwTx *tx, TwJob *job, gint64 amount_fen, const TwLeg *leg, GError **error)
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
  };

  json_object_set_string_member (request, "account", account_id);
  json_object_set_int_member (request, "amount_fen", amount_fen);
  if (!tw_payments_start (tx, &payment, error) ||
      !tw_rails_queue (tx, &bank, command->id, account_id, command->id, request, error) ||
      !tw_tx_audit (tx, job, "wallet.top_up", command->id, error))
    return FALSE;
  tw_ledger_publish_leg (tx, account_id, leg);
  tw_job_keep_intent_live (job);
  return tw_job_done (job, "payment_id", "s", command->id, NULL);
}

/* {"amount_fen"}: asks the bank for money; it is there when the bank has said yes. */
static gboolean
handle_top_up (TwTx *tx, TwJob *job, GError **error)
{
  const char *const members[] = { "amount_fen", NULL };
  const char *account_id = tw_job_actor (job)->account_id;
  g_autofree char *wallet = tw_ledger_wallet_id (account_id);
  g_autofree char *clearing = tw_ledger_clearing_id (TW_RAIL_BANK, account_id);
  TwLeg legs[2] = { { .account_id = clearing }, { .account_id = wallet } };
  TwTransfer transfer = { tw_job_command (job)->id, TW_KIND_WALLET_TOP_UP, legs, 2 };
  GError *bad = NULL;
  gint64 amount_fen;

  if (!tw_json_check_members (tw_job_body (job), members, &bad) ||
      !tw_json_get_int (tw_job_body (job), "amount_fen", 1, TW_MONEY_MAX_FEN, &amount_fen, &bad))
    return tw_job_invalid (job, bad);
  if (!tw_rails_are_configured ())
    return tw_job_refuse (job, "rail_down", NULL);
  legs[0].amount_fen = -amount_fen;
  legs[1].amount_fen = amount_fen;
  if (!tw_ledger_reserve (tw_tx_db (tx), tw_tx_now_ms (tx), &transfer, &bad))
    return refuse_or_fail (job, bad, "not_found", amount_fen, error);
  return top_up (tx, job, amount_fen, &legs[1], error);
}

typedef struct
{
  const char *to;
  const char *memo;
  gint64 amount_fen;
} TransferOrder;

static gboolean
read_transfer (JsonObject *body, TransferOrder *order, GError **error)
{
  const char *const members[] = { "to_account", "amount_fen", "memo", NULL };

  order->to = tw_json_get_id (body, "to_account", error);
  if (order->to == NULL || !tw_json_check_members (body, members, error) ||
      !tw_json_get_int (body, "amount_fen", 1, TW_MONEY_MAX_FEN, &order->amount_fen, error))
    return FALSE;
  order->memo = "";
  if (!json_object_has_member (body, "memo"))
    return TRUE;
  order->memo = tw_json_get_text (body, "memo", TW_TEXT_MAX_MEMO, FALSE, error);
  return order->memo != NULL;
}

static gboolean
finish_transfer (
  TwTx *tx, TwJob *job, const TransferOrder *order, const TwLeg legs[2], GError **error)
{
  const TwCommand *command = tw_job_command (job);
  const char *from = tw_job_actor (job)->account_id;
  TwNewPayment payment = {
    .id = command->id,
    .account_id = from,
    .intent = command->intent,
    .kind = TW_PAYMENT_KIND_TRANSFER,
    .state = TW_PAYMENT_STATE_POSTED,
    .amount_fen = order->amount_fen,
    .title = order->memo,
    .bill_id = "",
    .tax_type = "",
    .period = "",
  };

  if (!tw_payments_start (tx, &payment, error) ||
      !tw_payments_receive (tx, command->id, from, order->to, order->amount_fen, order->memo,
                            error) ||
      !tw_tx_audit (tx, job, "wallet.transfer", command->id, error))
    return FALSE;
  tw_ledger_publish_leg (tx, from, &legs[0]);
  tw_ledger_publish_leg (tx, order->to, &legs[1]);
  return tw_job_done (job, "payment_id", "s", command->id, NULL);
}

/* {"to_account", "amount_fen", "memo"?}: from one wallet to another, at once. */
static gboolean
handle_transfer (TwTx *tx, TwJob *job, GError **error)
{
  const char *from = tw_job_actor (job)->account_id;
  g_autofree char *from_wallet = tw_ledger_wallet_id (from);
  g_autofree char *to_wallet = NULL;
  TransferOrder order;
  const char *refusal;
  GError *bad = NULL;
  gint64 limit_fen;
  TwOutgo outgo;

  if (!read_transfer (tw_job_body (job), &order, &bad))
    return tw_job_invalid (job, bad);
  if (strcmp (order.to, from) == 0)
    return tw_job_refuse (job, "same_account", NULL);
  if (!tw_limits_check (tx, from, order.amount_fen, &outgo, &refusal, &limit_fen, error))
    return FALSE;
  if (refusal != NULL)
    return tw_job_refuse (job, refusal, "limit_fen", "i", limit_fen, NULL);

  to_wallet = tw_ledger_wallet_id (order.to);
  {
    TwLeg legs[2] = { { .account_id = from_wallet, .amount_fen = -order.amount_fen },
                      { .account_id = to_wallet, .amount_fen = order.amount_fen } };
    TwTransfer transfer = { tw_job_command (job)->id, TW_KIND_WALLET_TRANSFER, legs, 2 };

    if (!tw_ledger_transfer (tw_tx_db (tx), tw_tx_now_ms (tx), &transfer, &bad))
      return refuse_or_fail (job, bad, "no_payee", order.amount_fen, error);
    return tw_limits_count (tx, from, &outgo, error) &&
           finish_transfer (tx, job, &order, legs, error);
  }
}

static void
lock_wallet (TwLocks *locks, const char *account_id)
{
  g_autofree char *wallet = tw_ledger_wallet_id (account_id);

  tw_locks_add (locks, "ledger_account", wallet);
}

static gboolean
lock_top_up (TwTx *tx, TwJob *job, TwLocks *locks, GError **error)
{
  const char *account_id = tw_job_actor (job)->account_id;
  g_autofree char *clearing = tw_ledger_clearing_id (TW_RAIL_BANK, account_id);

  lock_wallet (locks, account_id);
  tw_locks_add (locks, "ledger_account", clearing);
  return TRUE;
}

static gboolean
lock_transfer (TwTx *tx, TwJob *job, TwLocks *locks, GError **error)
{
  const char *to = tw_json_get_id (tw_job_body (job), "to_account", NULL);

  lock_wallet (locks, tw_job_actor (job)->account_id);
  if (to != NULL)
    lock_wallet (locks, to);
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
  tw_handlers_add (TW_KIND_WALLET_TOP_UP, handle_top_up, NULL, lock_top_up);
  tw_handlers_add (TW_KIND_WALLET_TRANSFER, handle_transfer, NULL, lock_transfer);
}
