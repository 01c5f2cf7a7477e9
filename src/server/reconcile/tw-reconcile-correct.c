// SPDX-License-Identifier: GPL-3.0-or-later
/* difference.correct: a senior moves between a customer's wallet and the partner's clearing account
 * what the partner's books and ours are apart. The rules:
 *
 * - only for an order of which both sides know what became of it, of a payment that is no tax bill
 *   (what a bill says is the office's), and only between the wallet and the rail that it went over;
 * - only towards what all lines of the partner say of the order together, and never past it, so
 *   that nothing is put right twice, whichever differences there are of it;
 * - a payment never costs the customer more than was ordered, and never leaves them with more than
 *   they had; a top-up never takes more than it has given. What is beyond that is between the
 *   partner and the service, and is explained. */
#include <string.h>

#include "base/tw-error.h"
#include "base/tw-money.h"
#include "protocol/tw-json.h"
#include "server/ledger/tw-payments.h"
#include "server/reconcile/tw-reconcile-private.h"

/* The order that a difference is about, by our books and by theirs. */
typedef struct
{
  gboolean is_there;
  TwOrderState here;
  char *party; /* whom it was sent to */
  char *account_id;
  char *subject_id;
  char *legs;
  gint64 corrected_fen; /* what was moved for it before */
  gint64 there_fen;     /* all lines together */
} Matter;

static void
matter_clear (Matter *matter)
{
  g_free (matter->party);
  g_free (matter->account_id);
  g_free (matter->subject_id);
  g_free (matter->legs);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Matter, matter_clear)

static gboolean
load_matter (TwTx *tx, TwDifference *difference, Matter *matter, GError **error)
{
  TwStmt *stmt = tw_db_query (
    tw_tx_db (tx), error,
    "SELECT o.rail, o.state, o.account_id, o.subject_id, coalesce (own.legs, t.legs, ''), "
    "(SELECT CAST (coalesce (sum (c.amount_fen), 0) AS BIGINT) FROM correction c "
    "WHERE c.order_id = o.id), "
    "(SELECT CAST (coalesce (sum (e.amount_fen), 0) AS BIGINT) FROM statement_entry e "
    "WHERE e.order_id = o.id AND e.party = $2) "
    "FROM rail_op o LEFT JOIN transfer own ON own.id = o.id "
    "LEFT JOIN payment p ON p.id = o.subject_id LEFT JOIN transfer t ON t.id = p.transfer_id "
    "WHERE o.id = $1",
    "ss", tw_difference_get_order_id (difference), tw_difference_get_party (difference));
  const TwRail *rail;
  TwStep step;

  if (stmt == NULL || (step = tw_stmt_step (stmt, error)) == TW_STEP_ERROR)
    return FALSE;
  if (step == TW_STEP_DONE)
    return TRUE;
  rail = tw_rails_find (tw_stmt_text (stmt, 0));
  matter->is_there = rail != NULL;
  matter->party = rail != NULL ? tw_rails_get_party (rail->path) : NULL;
  matter->here = tw_comparison_get_here ((TwRailState) tw_stmt_int64 (stmt, 1));
  matter->account_id = g_strdup (tw_stmt_text (stmt, 2));
  matter->subject_id = g_strdup (tw_stmt_text (stmt, 3));
  matter->legs = g_strdup (tw_stmt_text (stmt, 4));
  matter->corrected_fen = tw_stmt_int64 (stmt, 5);
  matter->there_fen = tw_stmt_int64 (stmt, 6);
  tw_stmt_reset (stmt);
  return TRUE;
}

/* What is to be moved, and between whom. */
typedef struct
{
  char *wallet_id;
  char *clearing_id;
  gint64 ordered_fen; /* for the wallet */
  gint64 amount_fen;  /* for the wallet */
} Move;

static void
move_clear (Move *move)
{
  g_free (move->wallet_id);
  g_free (move->clearing_id);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Move, move_clear)

/* Whether the wallet may be left with @after_fen of an order. */
static gboolean
is_fair (gint64 ordered_fen, gint64 after_fen)
{
  return ordered_fen < 0 ? after_fen >= ordered_fen && after_fen <= 0 : after_fen >= 0;
}

/* Returns a code when it may not be. */
static const char *
decide (TwDifference *difference, const Matter *matter, TwPayment *payment, Move *move)
{
  gint64 moved_fen, gap_fen, after_fen;

  if (!matter->is_there || strcmp (matter->party, tw_difference_get_party (difference)) != 0)
    return "not_correctable";
  if (matter->here != tw_difference_get_here (difference))
    return "difference_changed";
  if ((matter->here != TW_ORDER_STATE_DONE && matter->here != TW_ORDER_STATE_REFUSED) ||
      payment == NULL || *tw_payment_get_bill_id (payment) != '\0' ||
      strcmp (tw_payment_get_account_id (payment), matter->account_id) != 0)
    return "not_correctable";
  move->wallet_id = tw_ledger_wallet_id (matter->account_id);
  if (!tw_ledger_find_crossing (matter->legs, matter->party, move->wallet_id, &move->clearing_id,
                                &move->ordered_fen))
    return "not_correctable";
  if (move->amount_fen == 0)
    return "not_correctable";
  moved_fen = (matter->here == TW_ORDER_STATE_DONE ? move->ordered_fen : 0) + matter->corrected_fen;
  gap_fen = matter->there_fen - moved_fen;
  if (move->amount_fen !=
        tw_difference_get_there_fen (difference) - tw_difference_get_here_fen (difference) ||
      (move->amount_fen < 0) != (gap_fen < 0) || ABS (move->amount_fen) > ABS (gap_fen))
    return "difference_changed";
  if (!tw_money_add (moved_fen, move->amount_fen, &after_fen) ||
      !is_fair (move->ordered_fen, after_fen))
    return "not_correctable";
  return NULL;
}

/* What the first payment shows as given back. */
static gboolean
write_given_back (TwTx *tx, TwPayment *payment, const Move *move, GError **error)
{
  gint64 fen = tw_payment_get_refunded_fen (payment) + move->amount_fen;

  if (move->ordered_fen > 0 || tw_payment_get_state (payment) != TW_PAYMENT_STATE_POSTED)
    return TRUE;
  g_object_set (payment, "refunded-fen", MAX (fen, 0), NULL);
  return tw_payments_save (tx, payment, error);
}

static gboolean
write_payment (TwTx *tx, TwJob *job, TwPayment *first, const Move *move, GError **error)
{
  TwNewPayment payment = {
    .id = tw_job_command (job)->id,
    .account_id = tw_payment_get_account_id (first),
    .intent = "",
    .kind = move->amount_fen > 0 ? TW_PAYMENT_KIND_RECEIVED : TW_PAYMENT_KIND_REFUND,
    .state = TW_PAYMENT_STATE_POSTED,
    .amount_fen = ABS (move->amount_fen),
    .title = "",
    .bill_id = "",
    .tax_type = "",
    .period = "",
    .refunds = tw_object_get_id (TW_OBJECT (first)),
  };

  return tw_payments_start (tx, &payment, error) && write_given_back (tx, first, move, error);
}

static gboolean
write_correction (TwTx *tx, TwJob *job, TwDifference *difference, const Move *move, GError **error)
{
  const char *id = tw_object_get_id (TW_OBJECT (difference));
  TwDb *db = tw_tx_db (tx);

  return tw_db_run (db, error,
                    "INSERT INTO correction (id, difference_id, order_id, amount_fen, at) "
                    "VALUES ($1, $2, $3, $4, $5)",
                    "sssii", tw_job_command (job)->id, id, tw_difference_get_order_id (difference),
                    move->amount_fen, tw_tx_now_ms (tx)) &&
         tw_db_run (db, error,
                    "UPDATE difference SET corrected_fen = corrected_fen + $2 WHERE id = $1", "si",
                    id, move->amount_fen);
}

static gboolean
correct (TwTx *tx,
         TwJob *job,
         TwDifference *difference,
         TwPayment *payment,
         const Move *move,
         const char *reason,
         GError **error)
{
  TwLeg legs[2] = { { .account_id = move->wallet_id, .amount_fen = move->amount_fen },
                    { .account_id = move->clearing_id, .amount_fen = -move->amount_fen } };
  TwTransfer transfer = { tw_job_command (job)->id, TW_KIND_DIFFERENCE_CORRECT, legs, 2 };
  g_autoptr (GError) why = NULL;

  if (tw_ledger_transfer (tw_tx_db (tx), tw_tx_now_ms (tx), &transfer, &why))
    return write_payment (tx, job, payment, move, error) &&
           write_correction (tx, job, difference, move, error) &&
           tw_difference_close (tx, job, difference, reason, "difference.corrected", error) &&
           tw_ledger_publish_leg (tx, tw_payment_get_account_id (payment), &legs[0], NULL, error) &&
           tw_job_done (job, NULL);
  if (g_error_matches (why, TW_ERROR, TW_ERROR_REFUSED))
    return tw_job_refuse (job, "customer_balance", NULL);
  if (g_error_matches (why, TW_ERROR, TW_ERROR_CHANGED))
    return tw_job_refuse (job, "command_changed", NULL);
  g_propagate_error (error, g_steal_pointer (&why));
  return FALSE;
}

/* @payment: (out) (nullable): what the order is about, if that is a payment */
static gboolean
load_payment (TwTx *tx, const Matter *matter, TwPayment **payment, GError **error)
{
  g_autoptr (GError) missing = NULL;

  *payment =
    matter->is_there ? tw_payments_load (tx, matter->subject_id, NULL, NULL, &missing) : NULL;
  if (missing == NULL || g_error_matches (missing, TW_ERROR, TW_ERROR_NOT_FOUND))
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&missing));
  return FALSE;
}

/**
 * tw_difference_offer:
 * @tx: the transaction
 * @difference: a difference
 * @error: the database's
 *
 * Says in @difference what a senior could move for it now, and whose money that is; nothing when it
 * is closed, or when difference.correct would refuse.
 *
 * Returns: whether the database could be asked
 */
gboolean
tw_difference_offer (TwTx *tx, TwDifference *difference, GError **error)
{
  g_autofree char *customer = NULL;
  g_autoptr (TwPayment) payment = NULL;
  g_auto (Matter) matter = { 0 };
  g_auto (Move) move = { 0 };

  if (tw_difference_get_state (difference) != TW_DIFFERENCE_STATE_OPEN)
    return TRUE;
  move.amount_fen =
    tw_difference_get_there_fen (difference) - tw_difference_get_here_fen (difference);
  if (!load_matter (tx, difference, &matter, error) || !load_payment (tx, &matter, &payment, error))
    return FALSE;
  if (decide (difference, &matter, payment, &move) != NULL)
    return TRUE;
  customer = tw_payments_read_masked_name (tx, matter.account_id, error);
  if (customer == NULL)
    return FALSE;
  g_object_set (difference, "correctable-fen", move.amount_fen, "customer", customer, NULL);
  return TRUE;
}

/* {"difference_id", "amount_fen", "reason"}: @amount_fen is what the customer gets; below zero,
 * what is taken back. The senior signs what they saw. */
gboolean
tw_difference_handle_correct (TwTx *tx, TwJob *job, GError **error)
{
  static const char *const members[] = { "difference_id", "amount_fen", "reason", NULL };
  JsonObject *body = tw_job_body (job);
  g_autoptr (TwDifference) difference = NULL;
  g_autoptr (TwPayment) payment = NULL;
  g_auto (Matter) matter = { 0 };
  g_auto (Move) move = { 0 };
  GError *bad = NULL;
  const char *id, *code;
  const char *reason = tw_difference_read_reason (body, &id, &bad);

  if (reason == NULL || !tw_json_check_members (body, members, &bad) ||
      !tw_json_get_int (body, "amount_fen", -G_MAXINT64, G_MAXINT64, &move.amount_fen, &bad))
    return tw_job_invalid (job, bad);
  difference = tw_difference_load_open (tx, id, &code, error);
  if (difference == NULL)
    return code != NULL && tw_job_refuse (job, code, NULL);
  if (!load_matter (tx, difference, &matter, error) || !load_payment (tx, &matter, &payment, error))
    return FALSE;
  code = decide (difference, &matter, payment, &move);
  if (code != NULL)
    return tw_job_refuse (job, code, NULL);
  return correct (tx, job, difference, payment, &move, reason, error);
}

/* Names the wallet and the clearing account that it may touch. */
gboolean
tw_difference_lock_correct (TwTx *tx, TwJob *job, TwLocks *locks, GError **error)
{
  const char *id = tw_json_get_id (tw_job_body (job), "difference_id", NULL);
  g_autoptr (TwDifference) difference = NULL;
  g_auto (Matter) matter = { 0 };
  g_auto (Move) move = { 0 };
  const char *code = NULL;

  if (id == NULL)
    return TRUE;
  difference = tw_difference_load_open (tx, id, &code, error);
  if (difference == NULL)
    return code != NULL;
  if (!load_matter (tx, difference, &matter, error))
    return FALSE;
  if (!matter.is_there)
    return TRUE;
  move.wallet_id = tw_ledger_wallet_id (matter.account_id);
  tw_locks_add (locks, "ledger_account", move.wallet_id);
  if (tw_ledger_find_crossing (matter.legs, matter.party, move.wallet_id, &move.clearing_id,
                               &move.ordered_fen))
    tw_locks_add (locks, "ledger_account", move.clearing_id);
  return TRUE;
}
