// SPDX-License-Identifier: GPL-3.0-or-later
/* payment.cancel, while nothing has been sent; payment.refund, by who has received it */
#include <string.h>

#include "base/tw-error.h"
#include "base/tw-money.h"
#include "protocol/tw-json.h"
#include "server/ledger/tw-payments.h"
#include "server/pay/tw-payee-row.h"
#include "server/taxes/tw-taxes.h"

/* The person's own, or %NULL and the job is refused `not_found`. */
static gboolean
load_own (
  TwTx *tx, TwJob *job, const char *id, TwPayment **payment, char **transfer_id, GError **error)
{
  g_autoptr (GError) why = NULL;

  *payment = tw_payments_load (tx, id, NULL, transfer_id, &why);
  if (*payment == NULL && !g_error_matches (why, TW_ERROR, TW_ERROR_NOT_FOUND))
    {
      g_propagate_error (error, g_steal_pointer (&why));
      return FALSE;
    }
  if (*payment != NULL &&
      strcmp (tw_payment_get_account_id (*payment), tw_job_actor (job)->account_id) == 0)
    return TRUE;
  g_clear_object (payment);
  return tw_job_refuse (job, "not_found", NULL);
}

/* {"payment_id"} */
static gboolean
handle_cancel (TwTx *tx, TwJob *job, GError **error)
{
  const char *const members[] = { "payment_id", NULL };
  JsonObject *body = tw_job_body (job);
  GError *bad = NULL;
  const char *id = tw_json_get_id (body, "payment_id", &bad);
  g_autoptr (TwPayment) payment = NULL;
  g_autofree char *first = NULL;
  gboolean off = FALSE;

  if (id == NULL || !tw_json_check_members (body, members, &bad))
    return tw_job_invalid (job, bad);
  if (!load_own (tx, job, id, &payment, NULL, error))
    return FALSE;
  if (payment == NULL)
    return TRUE;
  if (tw_payment_get_state (payment) == TW_PAYMENT_STATE_VOIDED)
    return tw_job_refuse (job, "already_decided", NULL);
#ifdef TW_MUTANT_CALLED_OFF_WHEN_SENT
#include "base/tw-planted.h"
  if (tw_payment_get_state (payment) == TW_PAYMENT_STATE_POSTED)
#else
  if (tw_payment_get_state (payment) != TW_PAYMENT_STATE_RESERVED)
#endif
    return tw_job_refuse (job, "already_sent", NULL);
  first = tw_taxes_get_first_order (payment);
  if (!tw_rails_call_off (tx, first, &off, error))
    return FALSE;
  if (!off)
    return tw_job_refuse (job, "already_sent", NULL);
  return tw_tx_audit (tx, job, "payment.cancelled", id, error) && tw_job_done (job, NULL);
}

static gboolean
lock_cancel (TwTx *tx, TwJob *job, TwLocks *locks, GError **error)
{
  const char *id = tw_json_get_id (tw_job_body (job), "payment_id", NULL);

  if (id != NULL)
    tw_locks_add (locks, "rail_op", id);
  return TRUE;
}

/* Who paid, and what they see of it: the other side of a transfer between two wallets. */
static gboolean
load_payer (TwTx *tx, const char *transfer_id, TwPayment **payer, GError **error)
{
  *payer = tw_payments_load (tx, transfer_id, NULL, NULL, error);
  return *payer != NULL;
}

static gboolean
add_refunded (TwTx *tx, TwPayment *payment, gint64 amount_fen, GError **error)
{
  g_object_set (payment, "refunded-fen", tw_payment_get_refunded_fen (payment) + amount_fen, NULL);
  return tw_payments_save (tx, payment, error);
}

/* Both see it twice: what they had, with how much of it was given back, and the giving back. */
static gboolean
write_refund (
  TwTx *tx, TwJob *job, TwPayment *received, TwPayment *paid, gint64 amount_fen, GError **error)
{
  const TwCommand *command = tw_job_command (job);
  TwNewPayment payment = {
    .id = command->id,
    .account_id = tw_payment_get_account_id (received),
    .intent = command->intent,
    .kind = TW_PAYMENT_KIND_REFUND,
    .state = TW_PAYMENT_STATE_POSTED,
    .amount_fen = amount_fen,
    .title = tw_payment_get_title (received),
    .bill_id = "",
    .tax_type = "",
    .period = "",
    .payee_name = tw_payment_get_payee_name (received),
    .refunds = tw_object_get_id (TW_OBJECT (received)),
  };

  return tw_payments_start (tx, &payment, error) &&
         tw_payments_receive (tx, command->id, payment.account_id, tw_payment_get_account_id (paid),
                              amount_fen, tw_payment_get_title (paid),
                              tw_object_get_id (TW_OBJECT (paid)), error) &&
         add_refunded (tx, received, amount_fen, error) &&
         add_refunded (tx, paid, amount_fen, error) &&
         tw_tx_audit (tx, job, "payment.refunded", tw_object_get_id (TW_OBJECT (received)), error);
}

static gboolean
give_back (
  TwTx *tx, TwJob *job, TwPayment *received, TwPayment *paid, gint64 amount_fen, GError **error)
{
  const char *from = tw_payment_get_account_id (received), *to = tw_payment_get_account_id (paid);
  g_autofree char *from_wallet = tw_ledger_wallet_id (from);
  g_autofree char *to_wallet = tw_ledger_wallet_id (to);
  TwLeg legs[2] = { { .account_id = from_wallet, .amount_fen = -amount_fen },
                    { .account_id = to_wallet, .amount_fen = amount_fen } };
  TwTransfer transfer = { tw_job_command (job)->id, TW_KIND_PAYMENT_REFUND, legs, 2 };
  g_autoptr (GError) why = NULL;

  if (tw_ledger_transfer (tw_tx_db (tx), tw_tx_now_ms (tx), &transfer, &why))
    return write_refund (tx, job, received, paid, amount_fen, error) &&
           tw_ledger_publish_leg (tx, from, &legs[0], NULL, error) &&
           tw_ledger_publish_leg (tx, to, &legs[1], NULL, error) &&
           tw_job_done (job, "payment_id", "s", transfer.id, NULL);
  if (g_error_matches (why, TW_ERROR, TW_ERROR_REFUSED))
    return tw_job_refuse (job, "no_balance", "amount_fen", "i", amount_fen, NULL);
  if (g_error_matches (why, TW_ERROR, TW_ERROR_CHANGED))
    return tw_job_refuse (job, "command_changed", NULL);
  g_propagate_error (error, g_steal_pointer (&why));
  return FALSE;
}

/* What was given back before can't be given back again, nor what came back. */
static gboolean
is_refundable (TwPayment *payment)
{
  return tw_payment_get_kind (payment) == TW_PAYMENT_KIND_RECEIVED &&
         tw_payment_get_state (payment) == TW_PAYMENT_STATE_POSTED &&
         *tw_payment_get_refunds (payment) == '\0';
}

/* {"payment_id", "amount_fen"} */
static gboolean
handle_refund (TwTx *tx, TwJob *job, GError **error)
{
  const char *const members[] = { "payment_id", "amount_fen", NULL };
  JsonObject *body = tw_job_body (job);
  GError *bad = NULL;
  const char *id = tw_json_get_id (body, "payment_id", &bad);
  g_autoptr (TwPayment) received = NULL;
  g_autoptr (TwPayment) paid = NULL;
  g_autofree char *transfer_id = NULL;
  gint64 amount_fen, left_fen;

  if (id == NULL || !tw_json_check_members (body, members, &bad) ||
      !tw_json_get_int (body, "amount_fen", 1, TW_MONEY_MAX_FEN, &amount_fen, &bad))
    return tw_job_invalid (job, bad);
  if (!load_own (tx, job, id, &received, &transfer_id, error))
    return FALSE;
  if (received == NULL)
    return TRUE;
  if (!is_refundable (received))
    return tw_job_refuse (job, "not_refundable", NULL);
  left_fen = tw_payment_get_amount_fen (received) - tw_payment_get_refunded_fen (received);
#ifdef TW_MUTANT_REFUNDS_NOT_ADDED_UP
#include "base/tw-planted.h"
  left_fen = tw_payment_get_amount_fen (received);
#endif
  if (amount_fen > left_fen)
    return tw_job_refuse (job, "over_refund", "amount_fen", "i", left_fen, NULL);
  return load_payer (tx, transfer_id, &paid, error) &&
         give_back (tx, job, received, paid, amount_fen, error);
}

/* Both payments and both wallets: that of the payer is found by the transfer. */
static gboolean
lock_refund (TwTx *tx, TwJob *job, TwLocks *locks, GError **error)
{
  const char *id = tw_json_get_id (tw_job_body (job), "payment_id", NULL);
  TwStmt *stmt;
  TwStep step = TW_STEP_DONE;

  if (id == NULL)
    return TRUE;
  stmt = tw_db_query (tw_tx_db (tx), error,
                      "SELECT p.id, p.account_id FROM payment p JOIN payment r ON "
                      "r.transfer_id = p.transfer_id WHERE r.id = $1",
                      "s", id);
  while (stmt != NULL && (step = tw_stmt_step (stmt, error)) == TW_STEP_ROW)
    {
      g_autofree char *wallet = tw_ledger_wallet_id (tw_stmt_text (stmt, 1));

      tw_locks_add (locks, "payment", tw_stmt_text (stmt, 0));
      tw_ledger_foresee (locks, wallet);
    }
  return stmt != NULL && step == TW_STEP_DONE;
}

void
tw_undo_init (void)
{
  tw_handlers_add (TW_KIND_PAYMENT_CANCEL, handle_cancel, NULL, lock_cancel);
  tw_handlers_add (TW_KIND_PAYMENT_REFUND, handle_refund, NULL, lock_refund);
}
