// SPDX-License-Identifier: GPL-3.0-or-later
/* tax.pay, and what becomes of it at the tax office. */

#include "base/tw-clock.h"
#include "base/tw-error.h"
#include "base/tw-money.h"
#include "protocol/tw-json.h"
#include "server/ledger/tw-payments.h"
#include "server/taxes/tw-taxes-private.h"
#include "tax/tw-late-fee.h"
#include "tax/tw-tax-type.h"

#define RECORD_OF "tax.record"

typedef struct
{
  const char *bill_id;
  gint64 revision;
  gint64 amount_fen;
} Order;

static gboolean
read_order (JsonObject *body, Order *order, GError **error)
{
  const char *const members[] = { "bill_id", "revision", "amount_fen", NULL };

  order->bill_id = tw_json_get_id (body, "bill_id", error);
  return order->bill_id != NULL && tw_json_check_members (body, members, error) &&
         tw_json_get_int (body, "revision", 0, G_MAXINT64, &order->revision, error) &&
         tw_json_get_int (body, "amount_fen", 1, TW_MONEY_MAX_FEN, &order->amount_fen, error);
}

/* Why this bill can't be paid, or NULL. */
static const char *
find_obstacle (TwBill *bill)
{
  switch (tw_bill_get_state (bill))
    {
    case TW_BILL_STATE_PAYING:
      return "intent_live";
    case TW_BILL_STATE_PAID:
      return "already_paid";
    case TW_BILL_STATE_WITHDRAWN:
      return "bill_withdrawn";
    case TW_BILL_STATE_DUE:
    default:
      return NULL;
    }
}

static char *
make_title (TwBill *bill)
{
  return g_strconcat (tw_tax_type_get_name (tw_bill_get_tax_type (bill)), " ",
                      tw_bill_get_period (bill), NULL);
}

static gboolean
queue (TwTx *tx, TwJob *job, TwBill *bill, gint64 fee_fen, GError **error)
{
  const TwRail *office = tw_rails_find (TW_RAIL_OFFICE);
  const char *id = tw_job_command (job)->id;
  g_autoptr (JsonObject) request = json_object_new ();
  g_autofree char *day = tw_clock_format_day (tw_clock_day_of_ms (tw_tx_now_ms (tx)));

  json_object_set_string_member (request, "bill", tw_object_get_id (TW_OBJECT (bill)));
  json_object_set_int_member (request, "amount_fen", tw_bill_get_amount_fen (bill));
  json_object_set_int_member (request, "late_fee_fen", fee_fen);
  /* The fee stops on the day the person pays, however long the rail takes. */
  json_object_set_string_member (request, "paid_on", day);
  return tw_rails_queue (tx, office, id, tw_job_actor (job)->account_id, id, request, error);
}

/* The money is set aside: all that follows from it. */
static gboolean
begin (TwTx *tx,
       TwJob *job,
       TwBill *bill,
       gint64 total_fen,
       gint64 fee_fen,
       const TwLeg *leg,
       GError **error)
{
  const TwCommand *command = tw_job_command (job);
  const char *account_id = tw_job_actor (job)->account_id;
  g_autofree char *title = make_title (bill);
  TwNewPayment payment = {
    .id = command->id,
    .account_id = account_id,
    .intent = command->intent,
    .kind = TW_PAYMENT_KIND_TAX,
    .state = TW_PAYMENT_STATE_RESERVED,
    .amount_fen = total_fen,
    .late_fee_fen = fee_fen,
    .title = title,
    .bill_id = tw_object_get_id (TW_OBJECT (bill)),
    .tax_type = tw_bill_get_tax_type (bill),
    .period = tw_bill_get_period (bill),
  };

  g_object_set (bill, "state", TW_BILL_STATE_PAYING, "payment-id", command->id, NULL);
  if (!tw_payments_start (tx, &payment, error) || !tw_bill_save (tx, bill, error) ||
      !queue (tx, job, bill, fee_fen, error) ||
      !tw_tx_audit (tx, job, "tax.paid", command->id, error) ||
      !tw_ledger_publish_leg (tx, account_id, leg, error))
    return FALSE;
  tw_job_keep_intent_live (job);
  return tw_job_done (job, "payment_id", "s", command->id, NULL);
}

static gboolean
reserve (TwTx *tx, TwJob *job, TwBill *bill, gint64 total_fen, gint64 fee_fen, GError **error)
{
  const char *account_id = tw_job_actor (job)->account_id;
  g_autofree char *wallet = tw_ledger_wallet_id (account_id);
  g_autofree char *clearing = tw_ledger_clearing_id (TW_RAIL_OFFICE, account_id);
  TwLeg legs[2] = { { .account_id = wallet, .amount_fen = -total_fen },
                    { .account_id = clearing, .amount_fen = total_fen } };
  TwTransfer transfer = { tw_job_command (job)->id, TW_KIND_TAX_PAY, legs, 2 };
  g_autoptr (GError) why = NULL;

  if (tw_ledger_reserve (tw_tx_db (tx), tw_tx_now_ms (tx), &transfer, &why))
    return begin (tx, job, bill, total_fen, fee_fen, &legs[0], error);
  if (g_error_matches (why, TW_ERROR, TW_ERROR_REFUSED))
    return tw_job_refuse (job, "no_balance", "amount_fen", "i", total_fen, NULL);
  if (g_error_matches (why, TW_ERROR, TW_ERROR_CHANGED))
    return tw_job_refuse (job, "command_changed", NULL);
  g_propagate_error (error, g_steal_pointer (&why));
  return FALSE;
}

/* {"bill_id", "revision", "amount_fen"}: the amount with the late fee, as the person saw it. */
gboolean
tw_tax_pay_handle (TwTx *tx, TwJob *job, GError **error)
{
  g_autoptr (TwBill) bill = NULL;
  g_autoptr (GError) missing = NULL;
  GError *bad = NULL;
  const char *obstacle;
  gint64 fee_fen, total_fen;
  Order order;

  if (!read_order (tw_job_body (job), &order, &bad))
    return tw_job_invalid (job, bad);
  bill = tw_bill_load (tx, order.bill_id, &missing);
  if (bill == NULL && !g_error_matches (missing, TW_ERROR, TW_ERROR_NOT_FOUND))
    {
      g_propagate_error (error, g_steal_pointer (&missing));
      return FALSE;
    }
  /* Somebody else's is not there at all. */
  if (bill == NULL || strcmp (tw_bill_get_account_id (bill), tw_job_actor (job)->account_id) != 0)
    return tw_job_refuse (job, "not_found", NULL);
  obstacle = find_obstacle (bill);
  if (obstacle != NULL)
    return tw_job_refuse (job, obstacle, NULL);
  if (!tw_rails_are_configured ())
    return tw_job_refuse (job, "rail_down", NULL);
  fee_fen = tw_late_fee_fen (tw_bill_get_amount_fen (bill), (int) tw_bill_get_due_day (bill),
                             tw_clock_day_of_ms (tw_tx_now_ms (tx)));
  if (!tw_money_add (tw_bill_get_amount_fen (bill), fee_fen, &total_fen))
    {
      g_set_error (error, TW_ERROR, TW_ERROR_INTERNAL, "The bill %s is too large", order.bill_id);
      return FALSE;
    }
  if (order.revision != tw_bill_get_revision (bill) || order.amount_fen != total_fen)
    return tw_job_refuse (job, "amount_changed", "amount_fen", "i", total_fen, "late_fee_fen", "i",
                          fee_fen, "revision", "i", tw_bill_get_revision (bill), NULL);
  return reserve (tx, job, bill, total_fen, fee_fen, error);
}

gboolean
tw_tax_pay_lock (TwTx *tx, TwJob *job, TwLocks *locks, GError **error)
{
  const char *account_id = tw_job_actor (job)->account_id;
  const char *bill_id = tw_json_get_id (tw_job_body (job), "bill_id", NULL);
  g_autofree char *wallet = tw_ledger_wallet_id (account_id);
  g_autofree char *clearing = tw_ledger_clearing_id (TW_RAIL_OFFICE, account_id);

  if (bill_id != NULL)
    tw_locks_add (locks, "bill", bill_id);
  tw_locks_add (locks, "ledger_account", wallet);
  tw_locks_add (locks, "ledger_account", clearing);
  return TRUE;
}

/* What was paid appears in the history at once, before the office confirms. No payer is named:
 * that is the taxpayer, whom each window calls by a word of its own language. */
static gboolean
add_record (TwTx *tx, const char *account_id, TwBill *bill, TwPayment *payment, GError **error)
{
  const char *payment_id = tw_object_get_id (TW_OBJECT (payment));
  g_autofree char *id = tw_writer_make_id (RECORD_OF, payment_id);
  g_autoptr (TwRecord) record = g_object_new (
    TW_TYPE_RECORD, "id", id, "year", g_ascii_strtoll (tw_bill_get_period (bill), NULL, 10),
    "period", tw_bill_get_period (bill), "tax-type", tw_bill_get_tax_type (bill), "kind",
    TW_RECORD_KIND_PAYMENT, "status", TW_RECORD_STATUS_PAID, "amount-fen",
    tw_bill_get_amount_fen (bill), "late-fee-fen", tw_payment_get_late_fee_fen (payment), "title",
    tw_payment_get_title (payment), "payer", "", "authority", tw_bill_get_authority (bill),
    "reference", tw_payment_get_rail_reference (payment), "payment-id", payment_id,
    "assessed-at-ms", tw_bill_get_issued_at_ms (bill), "paid-at-ms",
    tw_payment_get_posted_at_ms (payment), NULL);

  return tw_record_insert (tx, account_id, record, error);
}

static gboolean
confirm_record (
  TwTx *tx, const char *account_id, TwPayment *payment, const TwRailNews *news, GError **error)
{
  g_autofree char *id = tw_writer_make_id (RECORD_OF, tw_object_get_id (TW_OBJECT (payment)));
  g_autoptr (TwRecord) record = tw_record_load (tx, id, error);

  if (record == NULL)
    return FALSE;
  g_object_set (record, "status", TW_RECORD_STATUS_CONFIRMED, "confirmed-at-ms",
                tw_payment_get_confirmed_at_ms (payment), "reference", news->reference, NULL);
  return tw_record_save (tx, account_id, record, error);
}

static gboolean
tell_office (TwTx *tx, const TwRailOp *op, const TwRailNews *news, GError **error)
{
  g_autoptr (TwPayment) payment = tw_payments_tell (tx, op, news, "office_refused", error);
  g_autoptr (TwBill) bill = NULL;

  if (payment == NULL)
    return FALSE;
  if (news->state == TW_RAIL_CONFIRMED)
    return confirm_record (tx, op->account_id, payment, news, error);
  if (news->state != TW_RAIL_ACCEPTED && news->state != TW_RAIL_REFUSED)
    return TRUE;
  bill = tw_bill_load (tx, tw_payment_get_bill_id (payment), error);
  if (bill == NULL)
    return FALSE;
  if (news->state == TW_RAIL_REFUSED)
    g_object_set (bill, "state", TW_BILL_STATE_DUE, "payment-id", "", NULL);
  else
    g_object_set (bill, "state", TW_BILL_STATE_PAID, NULL);
  return tw_bill_save (tx, bill, error) &&
         (news->state == TW_RAIL_REFUSED || add_record (tx, op->account_id, bill, payment, error));
}

static const char *const echoes[] = { "id", "bill", "amount_fen", "late_fee_fen", NULL };

static const TwRail office = {
  .name = TW_RAIL_OFFICE,
  .path = "/office/payments",
  .confirms = TRUE,
  .tell = tell_office,
  .echoes = echoes,
};

void
tw_tax_pay_add_rail (void)
{
  tw_rails_add (&office);
}
