// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/ledger/tw-pay.h"

#include <string.h>

#include "base/tw-error.h"
#include "server/command/tw-keys.h"
#include "server/feed/tw-feed-batch.h"
#include "server/ledger/tw-ledger-private.h"

/* Of a keyed hash, enough to tell the payees of one person apart. */
#define KEY_CHARS 16

static const char *
or_nothing (const char *text)
{
  return text != NULL ? text : "";
}

/* Part of each entry's hash. */
static const char *
get_transfer_kind (TwPaymentKind kind)
{
  switch (kind)
    {
    case TW_PAYMENT_KIND_WITHDRAWAL:
      return "wallet.withdraw";
    case TW_PAYMENT_KIND_COMPANY:
    case TW_PAYMENT_KIND_MERCHANT:
    case TW_PAYMENT_KIND_BILLER:
      return "wallet.pay";
    default:
      return "wallet.transfer";
    }
}

static char *
make_payee_key (TwTx *tx, const TwPay *pay)
{
  const char *whom = pay->to_account != NULL ? pay->to_account
                     : pay->is_own           ? pay->card_id
                                             : pay->payee_number;
  g_autofree char *text = g_strdup_printf ("payee\n%d\n%s", (int) pay->kind, or_nothing (whom));
  g_autofree char *hash = tw_keyed_hash (tw_tx_key (tx, TW_KEY_LOOKUP), text);

  return g_strndup (hash, KEY_CHARS);
}

static const char *
get_refusal (const GError *why)
{
  if (g_error_matches (why, TW_ERROR, TW_ERROR_REFUSED))
    return "no_balance";
  if (g_error_matches (why, TW_ERROR, TW_ERROR_NOT_FOUND))
    return "no_payee";
  if (g_error_matches (why, TW_ERROR, TW_ERROR_CHANGED))
    return "command_changed";
  return NULL;
}

/* Nobody is asked for a code for what can't be paid. */
static gboolean
rehearse (TwTx *tx, const TwLeg legs[2], gint64 amount_fen, TwObstacle *obstacle, GError **error)
{
  TwDb *db = tw_tx_db (tx);
  g_autoptr (GError) why = NULL;
  TwLedgerAccount from, to;

  if (tw_ledger_account_load (db, legs[0].account_id, &from, &why) &&
      tw_ledger_account_load (db, legs[1].account_id, &to, &why) &&
      tw_ledger_account_apply (&from, TW_MOVE_RESERVE, -amount_fen, &why))
    return TRUE;
  *obstacle = (TwObstacle){ get_refusal (why), 0, FALSE };
  if (obstacle->code == NULL)
    g_propagate_error (error, g_steal_pointer (&why));
  return obstacle->code != NULL;
}

/* Decides about everything but the limits, and moves the money or sets it aside. */
static gboolean
move (TwTx *tx, const TwPay *pay, TwLeg legs[2], TwObstacle *obstacle, GError **error)
{
  gboolean now = pay->to_account != NULL;
  TwTransfer transfer = { pay->id, get_transfer_kind (pay->kind), legs, 2 };
  g_autoptr (GError) why = NULL;

  legs[0].amount_fen = -pay->amount_fen;
  legs[1].amount_fen = pay->amount_fen;
  if (now ? tw_ledger_transfer (tw_tx_db (tx), tw_tx_now_ms (tx), &transfer, &why)
          : tw_ledger_reserve (tw_tx_db (tx), tw_tx_now_ms (tx), &transfer, &why))
    return TRUE;
  obstacle->code = get_refusal (why);
  if (obstacle->code == NULL)
    g_propagate_error (error, g_steal_pointer (&why));
  return obstacle->code != NULL;
}

static gboolean
write_payment (TwTx *tx, TwJob *job, const TwPay *pay, GError **error)
{
  gboolean now = pay->to_account != NULL;
  TwNewPayment payment = {
    .id = pay->id,
    .account_id = pay->account_id,
    .intent = pay->intent,
    .kind = pay->kind,
    .state = now ? TW_PAYMENT_STATE_POSTED : TW_PAYMENT_STATE_RESERVED,
    .amount_fen = pay->amount_fen,
    .title = or_nothing (pay->memo),
    .bill_id = "",
    .tax_type = "",
    .period = "",
    .payee_id = pay->payee_id,
    .payee_name = pay->payee_name,
    .card_id = pay->card_id,
    .standing_id = pay->standing_id,
  };

  if (!tw_payments_start (tx, &payment, error))
    return FALSE;
  return now
           ? tw_payments_receive (tx, pay->id, pay->account_id, pay->to_account, pay->amount_fen,
                                  or_nothing (pay->memo), NULL, error)
           : tw_rails_queue (tx, pay->rail, pay->id, pay->account_id, pay->id, pay->request, error);
}

static gboolean
finish (
  TwTx *tx, TwJob *job, const TwPay *pay, const TwOutgo *outgo, const TwLeg legs[2], GError **error)
{
  if (!tw_limits_count (tx, pay->account_id, outgo, error) ||
      !write_payment (tx, job, pay, error) ||
      !tw_tx_audit (tx, job, "wallet.paid", pay->id, error) ||
      !tw_ledger_publish_leg (tx, pay->account_id, &legs[0], outgo, error))
    return FALSE;
  if (pay->to_account != NULL)
    return tw_ledger_publish_leg (tx, pay->to_account, &legs[1], NULL, error);
  if (*pay->intent != '\0')
    tw_job_keep_intent_live (job);
  return TRUE;
}

static gboolean
check_limits (TwTx *tx, const TwPay *pay, TwOutgo *outgo, TwObstacle *obstacle, GError **error)
{
  g_autofree char *key = make_payee_key (tx, pay);
  TwLeaving leaving = { pay->account_id, pay->id,    pay->amount_fen, key,
                        pay->factor,     pay->again, pay->is_own };

  return tw_limits_check (tx, &leaving, outgo, obstacle, error);
}

/**
 * tw_pay_check_own:
 * @tx: the transaction
 * @pay: a withdrawal, or a top-up
 * @outgo: (out): to be written by tw_limits_count() when it is made
 * @obstacle: (out): that a like one was made a moment ago, if it may not be
 * @error: the database's
 *
 * Returns: whether it could be decided
 */
gboolean
tw_pay_check_own (TwTx *tx, const TwPay *pay, TwOutgo *outgo, TwObstacle *obstacle, GError **error)
{
  if (!check_limits (tx, pay, outgo, obstacle, error))
    return FALSE;
  if (obstacle->code != NULL)
    obstacle->code =
      pay->kind == TW_PAYMENT_KIND_TOP_UP ? "looks_double_top_up" : "looks_double_withdrawal";
  return TRUE;
}

/**
 * tw_pay:
 * @tx: the transaction
 * @job: by whose command; it is not ended here
 * @pay: what is to be paid
 * @obstacle: (out): why it may not be; all of it empty when it was
 * @error: anything unexpected
 *
 * Decides and, when nothing stands in the way, pays: at once to a wallet; over a rail the money is
 * set aside and the order written down. With an obstacle nothing was written but what
 * tw_limits_check() puts right.
 *
 * Returns: whether it was decided
 */
gboolean
tw_pay (TwTx *tx, TwJob *job, const TwPay *pay, TwObstacle *obstacle, GError **error)
{
  g_autofree char *from = tw_ledger_wallet_id (pay->account_id);
  g_autofree char *to = pay->to_account != NULL
                          ? tw_ledger_wallet_id (pay->to_account)
                          : tw_ledger_clearing_id (pay->rail->name, pay->account_id);
  TwLeg legs[2] = { { .account_id = from }, { .account_id = to } };
  g_auto (TwOutgo) outgo = { 0 };

  *obstacle = (TwObstacle){ NULL, 0, FALSE };
  if (pay->to_account == NULL && !tw_rails_are_configured ())
    obstacle->code = "rail_down";
  else if (!(pay->is_own ? tw_pay_check_own (tx, pay, &outgo, obstacle, error)
                         : check_limits (tx, pay, &outgo, obstacle, error)))
    return FALSE;
  if (pay->is_own && obstacle->code == NULL)
#ifdef TW_MUTANT_TAKEN_OUT_WITHOUT_CODE
#include "base/tw-planted.h"
    obstacle->with_code = FALSE;
#else
    obstacle->with_code = pay->factor != TW_FACTOR_SIGNED_CODE;
#endif
  if (obstacle->code != NULL)
    return TRUE;
  if (obstacle->with_code)
    return rehearse (tx, legs, pay->amount_fen, obstacle, error);
  if (!move (tx, pay, legs, obstacle, error))
    return FALSE;
  return obstacle->code != NULL || finish (tx, job, pay, &outgo, legs, error);
}

/**
 * tw_pay_end:
 * @job: the command that wanted it
 * @pay: what was to be paid
 * @obstacle: as tw_pay() has set it
 *
 * Ends the command: done, refused, or held for a code.
 *
 * Returns: %TRUE
 */
gboolean
tw_pay_end (TwJob *job, const TwPay *pay, const TwObstacle *obstacle)
{
  if (obstacle->with_code)
    return tw_job_step_up (job, pay->payee_name, pay->amount_fen);
  if (obstacle->code == NULL)
    return tw_job_done (job, "payment_id", "s", pay->id, NULL);
  if (obstacle->limit_fen > 0)
    return tw_job_refuse (job, obstacle->code, "limit_fen", "i", obstacle->limit_fen, NULL);
  if (strcmp (obstacle->code, "no_balance") == 0 ||
      g_str_has_prefix (obstacle->code, "looks_double"))
    return tw_job_refuse (job, obstacle->code, "amount_fen", "i", pay->amount_fen, NULL);
  return tw_job_refuse (job, obstacle->code, NULL);
}

/**
 * tw_pay_get_factor:
 * @job: a person's signed command
 *
 * Returns: what shows that they want it
 */
TwFactor
tw_pay_get_factor (TwJob *job)
{
  return tw_job_has_code (job) ? TW_FACTOR_SIGNED_CODE : TW_FACTOR_SIGNED;
}

/* What is read of a person whom money goes away from or comes to, and who is shown it. */
void
tw_pay_foresee_person (TwLocks *locks, const char *account_id)
{
  g_autofree char *scope = g_strconcat ("account:", account_id, NULL);

  tw_locks_foresee (locks, &tw_feed_scope_table, scope, NULL);
  tw_locks_foresee (locks, &tw_person_table, account_id, NULL);
  tw_locks_foresee (locks, &tw_outgo_table, account_id, NULL);
}

static void
lock_account (TwLocks *locks, char *id)
{
  tw_ledger_foresee (locks, id);
  g_free (id);
}

/**
 * tw_pay_lock:
 * @locks: the locks of a batch
 * @id: (nullable): the payment, where it is known yet
 * @account_id: who pays
 * @to_account: (nullable): the other wallet; %NULL: over a rail, whichever
 *
 * Names the rows that tw_pay() may touch or read.
 */
void
tw_pay_lock (TwLocks *locks, const char *id, const char *account_id, const char *to_account)
{
  lock_account (locks, tw_ledger_wallet_id (account_id));
  tw_pay_foresee_person (locks, account_id);
  if (id != NULL)
    tw_locks_foresee (locks, &tw_transfer_table, id, NULL);
  if (to_account != NULL)
    {
      lock_account (locks, tw_ledger_wallet_id (to_account));
      tw_pay_foresee_person (locks, to_account);
    }
  else
    {
      lock_account (locks, tw_ledger_clearing_id (TW_RAIL_CREDITS, account_id));
      lock_account (locks, tw_ledger_clearing_id (TW_RAIL_BILLERS, account_id));
    }
}
