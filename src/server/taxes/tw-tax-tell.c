// SPDX-License-Identifier: GPL-3.0-or-later
/* What becomes of a tax that is being paid: at the bank, when it is paid straight from a card, and
 * at the tax office.
 *
 *   from the wallet:  wallet ───────────────────────────▶ office
 *   from a card:      bank ──▶ the house ───────────────▶ office
 *
 * From a card the office is only told when the bank has said yes. Should the office say no then,
 * the money is in the house, and goes into the wallet. */
#include <string.h>

#include "base/tw-clock.h"
#include "protocol/tw-json.h"
#include "server/ledger/tw-payments.h"
#include "server/taxes/tw-taxes-private.h"
#include "tax/tw-late-fee.h"

#define RECORD_OF "tax.record"
#define CARD_LEG "tax/card"
#define BACK "tax/back"

/**
 * tw_taxes_get_first_order:
 * @payment: one that goes over a rail
 *
 * Returns: (transfer full): the id of the order that is sent first for it
 */
char *
tw_taxes_get_first_order (TwPayment *payment)
{
  const char *id = tw_object_get_id (TW_OBJECT (payment));
  gboolean from_card = tw_payment_get_kind (payment) == TW_PAYMENT_KIND_TAX &&
                       *tw_payment_get_card_id (payment) != '\0';

  return from_card ? tw_tax_make_card_leg_id (id) : g_strdup (id);
}

/* The order to the bank, and the transfer that goes with it. */
char *
tw_tax_make_card_leg_id (const char *payment_id)
{
  return tw_writer_make_id (CARD_LEG, payment_id);
}

/* Tells the office. The fee stops on the day the person has paid, however long the rails take. */
gboolean
tw_tax_queue_office (TwTx *tx, TwPayment *payment, GError **error)
{
  const char *id = tw_object_get_id (TW_OBJECT (payment));
  gint64 fee_fen = tw_payment_get_late_fee_fen (payment);
  g_autoptr (JsonObject) request = json_object_new ();
  g_autofree char *day =
    tw_clock_format_day (tw_clock_day_of_ms (tw_payment_get_created_at_ms (payment)));

  json_object_set_string_member (request, "bill", tw_payment_get_bill_id (payment));
  json_object_set_int_member (request, "amount_fen", tw_payment_get_amount_fen (payment) - fee_fen);
  json_object_set_int_member (request, "late_fee_fen", fee_fen);
  json_object_set_string_member (request, "paid_on", day);
  return tw_rails_queue (tx, tw_rails_find (TW_RAIL_OFFICE), id,
                         tw_payment_get_account_id (payment), id, request, error);
}

/* Without the late fee. */
static gint64
get_tax_fen (TwPayment *payment)
{
  return tw_payment_get_amount_fen (payment) - tw_payment_get_late_fee_fen (payment);
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
    TW_RECORD_KIND_PAYMENT, "status", TW_RECORD_STATUS_PAID, "amount-fen", get_tax_fen (payment),
    "late-fee-fen", tw_payment_get_late_fee_fen (payment), "title", tw_payment_get_title (payment),
    "payer", "", "authority", tw_bill_get_authority (bill), "reference",
    tw_payment_get_rail_reference (payment), "payment-id", payment_id, "assessed-at-ms",
    tw_bill_get_issued_at_ms (bill), "paid-at-ms", tw_payment_get_posted_at_ms (payment), NULL);

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

/* It is to be paid again, or it is paid, or the rest of it is to be paid; or the office has taken
 * it back, and says so by not knowing it any more. */
static gboolean
settle_bill (TwTx *tx, TwPayment *payment, gboolean accepted, TwBill **bill, GError **error)
{
  *bill = tw_bill_load (tx, tw_payment_get_bill_id (payment), error);
  if (*bill == NULL)
    return FALSE;
  if (!accepted)
    g_object_set (*bill, "state",
                  strcmp (tw_payment_get_reason (payment), "bill_withdrawn") == 0
                    ? TW_BILL_STATE_WITHDRAWN
                    : TW_BILL_STATE_DUE,
                  "payment-id", "", NULL);
  else
    {
      gint64 paid_fen = tw_bill_get_paid_fen (*bill) + get_tax_fen (payment);
      gboolean whole = paid_fen >= tw_bill_get_amount_fen (*bill);
      gint64 rest_ufen = tw_bill_get_late_fee_rest_ufen (*bill);

      tw_late_fee_part_fen (get_tax_fen (payment), (int) tw_bill_get_due_day (*bill),
                            tw_clock_day_of_ms (tw_payment_get_created_at_ms (payment)), rest_ufen,
                            &rest_ufen);
      g_object_set (*bill, "late-fee-rest-ufen", rest_ufen, "state",
                    whole ? TW_BILL_STATE_PAID : TW_BILL_STATE_DUE, "paid-fen", paid_fen,
                    "revision", tw_bill_get_revision (*bill) + (whole ? 0 : 1), NULL);
    }
  return tw_bill_save (tx, *bill, error);
}

/* The bank has given what the office does not want: it is the person's. */
static gboolean
put_into_wallet (TwTx *tx, TwPayment *payment, GError **error)
{
  const char *account_id = tw_payment_get_account_id (payment);
  gint64 amount_fen = tw_payment_get_amount_fen (payment);
  g_autofree char *id = tw_writer_make_id (BACK, tw_object_get_id (TW_OBJECT (payment)));
  g_autofree char *between = tw_ledger_house_id (TW_HOUSE_CARDS, account_id);
  g_autofree char *wallet = tw_ledger_wallet_id (account_id);
  TwLeg legs[2] = { { .account_id = between, .amount_fen = -amount_fen },
                    { .account_id = wallet, .amount_fen = amount_fen } };
  TwTransfer transfer = { id, TW_KIND_WALLET_TOP_UP, legs, 2 };
  TwNewPayment top_up = {
    .id = id,
    .account_id = account_id,
    .intent = "",
    .kind = TW_PAYMENT_KIND_TOP_UP,
    .state = TW_PAYMENT_STATE_POSTED,
    .amount_fen = amount_fen,
    .title = tw_payment_get_title (payment),
    .bill_id = "",
    .tax_type = "",
    .period = "",
    .card_id = tw_payment_get_card_id (payment),
  };

  return tw_ledger_transfer (tw_tx_db (tx), tw_tx_now_ms (tx), &transfer, error) &&
         tw_payments_start (tx, &top_up, error) &&
         tw_ledger_publish_leg (tx, account_id, &legs[1], NULL, error);
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
  if (!settle_bill (tx, payment, news->state == TW_RAIL_ACCEPTED, &bill, error))
    return FALSE;
  if (news->state == TW_RAIL_ACCEPTED)
    return add_record (tx, op->account_id, bill, payment, error);
#ifdef TW_MUTANT_CARD_MONEY_KEPT
#include "base/tw-planted.h"
  return TRUE;
#endif
  return *tw_payment_get_card_id (payment) == '\0' || put_into_wallet (tx, payment, error);
}

static const char *const echoes[] = { "id", "bill", "amount_fen", "late_fee_fen", NULL };

static const TwRail office = {
  .name = TW_RAIL_OFFICE,
  .path = "/office/payments",
  .confirms = TRUE,
  .tell = tell_office,
  .echoes = echoes,
};

/* The bank has the money ready: the office is told. */
static gboolean
go_on (TwTx *tx, const TwRailOp *op, GError **error)
{
  g_autoptr (TwPayment) payment = tw_payments_load (tx, op->subject_id, NULL, NULL, error);

  if (payment == NULL || !tw_ledger_post (tw_tx_db (tx), tw_tx_now_ms (tx), op->id, error))
    return FALSE;
  g_object_set (payment, "state", TW_PAYMENT_STATE_SENT, NULL);
  return tw_payments_save (tx, payment, error) && tw_tax_queue_office (tx, payment, error);
}

static gboolean
tell_card (TwTx *tx, const TwRailOp *op, const TwRailNews *news, GError **error)
{
  g_autoptr (TwPayment) payment = NULL;
  g_autoptr (TwBill) bill = NULL;

  if (news->state == TW_RAIL_ACCEPTED)
    return go_on (tx, op, error);
  payment = tw_payments_tell (tx, op, news, "bank_refused", error);
  if (payment == NULL)
    return FALSE;
  return news->state != TW_RAIL_REFUSED ||
         (tw_ledger_void (tw_tx_db (tx), tw_tx_now_ms (tx), op->id, error) &&
          settle_bill (tx, payment, FALSE, &bill, error));
}

static const char *const card_echoes[] = { "id", "amount_fen", NULL };

static const TwRail card_debits = {
  .name = TW_RAIL_CARD_DEBITS,
  .path = "/bank/debits",
  .tell = tell_card,
  .echoes = card_echoes,
  .is_secret = TRUE,
};

const TwRail *
tw_tax_get_card_rail (void)
{
  return &card_debits;
}

void
tw_tax_pay_add_rail (void)
{
  tw_rails_add (&office);
  tw_rails_add (&card_debits);
}
