// SPDX-License-Identifier: GPL-3.0-or-later
/* tax.pay: a bill, or a part of it; from the wallet, or straight from a bank card */
#include <string.h>

#include "base/tw-clock.h"
#include "base/tw-error.h"
#include "base/tw-money.h"
#include "protocol/tw-json.h"
#include "server/ledger/tw-cards.h"
#include "server/ledger/tw-payments.h"
#include "server/taxes/tw-taxes-private.h"
#include "tax/tw-late-fee.h"
#include "tax/tw-tax-type.h"

typedef struct
{
  const char *bill_id;
  const char *card_id; /* (nullable) */
  gint64 revision;
  gint64 amount_fen;
  gint64 part_fen; /* of the tax; 0: all that is open */
  /* What follows from the bill: */
  gint64 fee_fen;
  gint64 total_fen;
} Order;

static gboolean
read_order (JsonObject *body, Order *order, GError **error)
{
  const char *const members[] = {
    "bill_id", "revision", "amount_fen", "part_fen", "card_id", NULL
  };

  *order = (Order){ .bill_id = tw_json_get_id (body, "bill_id", error) };
  return order->bill_id != NULL && tw_json_check_members (body, members, error) &&
         tw_json_get_int (body, "revision", 0, G_MAXINT64, &order->revision, error) &&
         tw_json_get_int (body, "amount_fen", 1, TW_MONEY_MAX_FEN, &order->amount_fen, error) &&
         (!json_object_has_member (body, "part_fen") ||
          tw_json_get_int (body, "part_fen", 1, TW_MONEY_MAX_FEN, &order->part_fen, error)) &&
         tw_json_get_optional_id (body, "card_id", &order->card_id, error);
}

/* Why this bill can't be paid, or NULL. */
static const char *
find_obstacle (TwBill *bill)
{
#ifdef TW_MUTANT_BILL_NOT_LOOKED_AT
#include "base/tw-planted.h"
  if (tw_bill_get_state (bill) == TW_BILL_STATE_PAYING)
    return NULL;
#endif
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

/* The bank is asked first; the office is told when it has said yes. */
static gboolean
queue_card (TwTx *tx, TwPayment *payment, const TwCardRow *card, GError **error)
{
  const char *id = tw_object_get_id (TW_OBJECT (payment));
  g_autofree char *leg = tw_tax_make_card_leg_id (id);
  g_autoptr (JsonObject) request = json_object_new ();

  json_object_set_string_member (request, "account", card->account_id);
  json_object_set_string_member (request, "card", card->token);
  json_object_set_int_member (request, "amount_fen", tw_payment_get_amount_fen (payment));
  return tw_rails_queue (tx, tw_tax_get_card_rail (), leg, card->account_id, id, request, error);
}

/* The money is set aside: all that follows from it. */
static gboolean
begin (
  TwTx *tx, TwJob *job, TwBill *bill, const Order *order, const TwCardRow *card, GError **error)
{
  const TwCommand *command = tw_job_command (job);
  g_autofree char *title = make_title (bill);
  g_autoptr (TwPayment) payment = NULL;
  TwNewPayment new = {
    .id = command->id,
    .account_id = tw_job_actor (job)->account_id,
    .intent = command->intent,
    .kind = TW_PAYMENT_KIND_TAX,
    .state = TW_PAYMENT_STATE_RESERVED,
    .amount_fen = order->total_fen,
    .late_fee_fen = order->fee_fen,
    .title = title,
    .bill_id = order->bill_id,
    .tax_type = tw_bill_get_tax_type (bill),
    .period = tw_bill_get_period (bill),
    .card_id = order->card_id,
  };

  g_object_set (bill, "state", TW_BILL_STATE_PAYING, "payment-id", command->id, NULL);
  if (!tw_payments_start (tx, &new, error) || !tw_bill_save (tx, bill, error) ||
      (payment = tw_payments_load (tx, command->id, NULL, NULL, error)) == NULL ||
      !(card != NULL ? queue_card (tx, payment, card, error)
                     : tw_tax_queue_office (tx, payment, error)) ||
      !tw_tx_audit (tx, job, "tax.paid", command->id, error) ||
      !tw_ledger_publish_wallet (tx, new.account_id, error))
    return FALSE;
  tw_job_keep_intent_live (job);
  return tw_job_done (job, "payment_id", "s", command->id, NULL);
}

static gboolean
set_aside (
  TwTx *tx, const char *id, const char *from, const char *to, gint64 amount_fen, GError **error)
{
  TwLeg legs[2] = { { .account_id = from, .amount_fen = -amount_fen },
                    { .account_id = to, .amount_fen = amount_fen } };
  TwTransfer transfer = { id, TW_KIND_TAX_PAY, legs, 2 };

  return tw_ledger_reserve (tw_tx_db (tx), tw_tx_now_ms (tx), &transfer, error);
}

/* From a card it goes by what is between the bank and the office: a leg for each of them. */
static gboolean
reserve (
  TwTx *tx, TwJob *job, TwBill *bill, const Order *order, const TwCardRow *card, GError **error)
{
  const char *account_id = tw_job_actor (job)->account_id, *id = tw_job_command (job)->id;
  g_autofree char *leg = tw_tax_make_card_leg_id (id);
  g_autofree char *bank = tw_ledger_clearing_id (TW_RAIL_BANK, account_id);
  g_autofree char *office = tw_ledger_clearing_id (TW_RAIL_OFFICE, account_id);
  g_autofree char *from = card != NULL ? tw_ledger_house_id (TW_HOUSE_CARDS, account_id)
                                       : tw_ledger_wallet_id (account_id);
  g_autoptr (GError) why = NULL;

  if (set_aside (tx, id, from, office, order->total_fen, &why))
    return (card == NULL || set_aside (tx, leg, bank, from, order->total_fen, error)) &&
           begin (tx, job, bill, order, card, error);
  if (g_error_matches (why, TW_ERROR, TW_ERROR_REFUSED))
    return tw_job_refuse (job, "no_balance", "amount_fen", "i", order->total_fen, NULL);
  if (g_error_matches (why, TW_ERROR, TW_ERROR_CHANGED))
    return tw_job_refuse (job, "command_changed", NULL);
  g_propagate_error (error, g_steal_pointer (&why));
  return FALSE;
}

/* What is to be paid today, and why it can't be as it was asked for; the latter is %NULL if it can.
 */
static gboolean
assess (TwTx *tx, TwBill *bill, Order *order, const char **code, GError **error)
{
  gint64 open_fen = tw_bill_get_open_fen (bill);
  gint64 part_fen = order->part_fen > 0 ? MIN (order->part_fen, open_fen) : open_fen;

  *code = NULL;
  order->fee_fen = tw_late_fee_fen (part_fen, (int) tw_bill_get_due_day (bill),
                                    tw_clock_day_of_ms (tw_tx_now_ms (tx)));
  if (!tw_money_add (part_fen, order->fee_fen, &order->total_fen))
    {
      g_set_error (error, TW_ERROR, TW_ERROR_INTERNAL, "The bill %s is too large", order->bill_id);
      return FALSE;
    }
  if (part_fen < open_fen && !tw_bill_get_partly (bill))
    *code = "part_not_allowed";
  else if (order->part_fen > open_fen || order->revision != tw_bill_get_revision (bill) ||
           order->amount_fen != order->total_fen)
    *code = "amount_changed";
  return TRUE;
}

/* {"bill_id", "revision", "amount_fen", "part_fen"?, "card_id"?}: the amount with the late fee, as
 * the person saw it. */
gboolean
tw_tax_pay_handle (TwTx *tx, TwJob *job, GError **error)
{
  const char *account_id = tw_job_actor (job)->account_id;
  g_autoptr (TwBill) bill = NULL;
  g_autoptr (TwCardRow) card = NULL;
  g_autoptr (GError) missing = NULL;
  GError *bad = NULL;
  const char *code;
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
  if (bill == NULL || strcmp (tw_bill_get_account_id (bill), account_id) != 0)
    return tw_job_refuse (job, "not_found", NULL);
  code = find_obstacle (bill);
  if (code != NULL)
    return tw_job_refuse (job, code, NULL);
  if (!tw_rails_are_configured ())
    return tw_job_refuse (job, "rail_down", NULL);
  if (!assess (tx, bill, &order, &code, error) ||
      (order.card_id != NULL && !tw_card_load_bound (tx, order.card_id, account_id, &card, error)))
    return FALSE;
  if (code != NULL)
    return tw_job_refuse (job, code, "amount_fen", "i", order.total_fen, "late_fee_fen", "i",
                          order.fee_fen, "revision", "i", tw_bill_get_revision (bill), NULL);
  if (order.card_id != NULL && card == NULL)
    return tw_job_refuse (job, "no_card", NULL);
  return reserve (tx, job, bill, &order, card, error);
}

gboolean
tw_tax_pay_lock (TwTx *tx, TwJob *job, TwLocks *locks, GError **error)
{
  const char *account_id = tw_job_actor (job)->account_id;
  const char *bill_id = tw_json_get_id (tw_job_body (job), "bill_id", NULL);
  g_autofree char *wallet = tw_ledger_wallet_id (account_id);
  g_autofree char *office = tw_ledger_clearing_id (TW_RAIL_OFFICE, account_id);
  g_autofree char *bank = tw_ledger_clearing_id (TW_RAIL_BANK, account_id);
  g_autofree char *between = tw_ledger_house_id (TW_HOUSE_CARDS, account_id);

  if (bill_id != NULL)
    tw_locks_add (locks, "bill", bill_id);
  tw_ledger_foresee (locks, wallet);
  tw_ledger_foresee (locks, office);
  tw_ledger_foresee (locks, bank);
  tw_ledger_foresee (locks, between);
  return TRUE;
}
