// SPDX-License-Identifier: GPL-3.0-or-later
/* wallet.pay: to a person at once, to a company, a merchant or a biller over its rail */
#include "server/pay/tw-wallet-pay.h"

#include "base/tw-money.h"
#include "base/tw-text.h"
#include "protocol/tw-json.h"

static gboolean
tell_biller (TwTx *tx, const TwRailOp *op, const TwRailNews *news, GError **error)
{
  g_autoptr (TwPayment) payment = tw_payments_tell (tx, op, news, "biller_refused", error);

  return payment != NULL;
}

static const char *const echoes[] = { "id", "amount_fen", NULL };

static const TwRail billers = {
  .name = TW_RAIL_BILLERS,
  .path = "/billers/payments",
  .tell = tell_biller,
  .echoes = echoes,
  .is_secret = TRUE,
};

static JsonObject *
make_credit (const char *scheme, const TwPay *pay, const TwPayeeRow *payee)
{
  g_autofree char *to = g_strconcat (scheme, payee->number, NULL);
  JsonObject *request = json_object_new ();

  json_object_set_string_member (request, "to", to);
  json_object_set_int_member (request, "amount_fen", pay->amount_fen);
  return request;
}

static JsonObject *
make_bill (const TwPay *pay, const TwPayeeRow *payee)
{
  JsonObject *request = json_object_new ();

  json_object_set_string_member (request, "biller", payee->biller_id);
  json_object_set_string_member (request, "customer", payee->number);
  json_object_set_int_member (request, "amount_fen", pay->amount_fen);
  return request;
}

JsonObject *
tw_wallet_pay_to (TwPay *pay, const TwPayeeRow *payee)
{
  JsonObject *request = NULL;

  pay->payee_id = payee->id;
  pay->payee_name = payee->name;
  pay->payee_number = payee->number;
  switch (payee->kind)
    {
    case TW_PAYEE_KIND_COMPANY:
      pay->kind = TW_PAYMENT_KIND_COMPANY;
      pay->rail = &tw_credits_rail;
      request = make_credit ("company:", pay, payee);
      break;
    case TW_PAYEE_KIND_MERCHANT:
      pay->kind = TW_PAYMENT_KIND_MERCHANT;
      pay->rail = &tw_credits_rail;
      request = make_credit ("merchant:", pay, payee);
      break;
    case TW_PAYEE_KIND_BILLER:
      pay->kind = TW_PAYMENT_KIND_BILLER;
      pay->rail = &billers;
      request = make_bill (pay, payee);
      break;
    case TW_PAYEE_KIND_PERSON:
    default:
      pay->kind = TW_PAYMENT_KIND_TRANSFER;
      pay->to_account = payee->to_account;
      break;
    }
  pay->request = request;
  return request;
}

/* {"payee_id", "amount_fen", "memo"?, "again"?} */
static gboolean
handle_pay (TwTx *tx, TwJob *job, GError **error)
{
  const char *const members[] = { "payee_id", "amount_fen", "memo", "again", NULL };
  JsonObject *body = tw_job_body (job);
  GError *bad = NULL;
  const char *id = tw_json_get_id (body, "payee_id", &bad);
  TwPay pay = {
    .id = tw_job_command (job)->id,
    .account_id = tw_job_actor (job)->account_id,
    .intent = tw_job_command (job)->intent,
    .factor = tw_pay_get_factor (job),
  };
  g_autoptr (JsonObject) request = NULL;
  g_autoptr (TwPayeeRow) payee = NULL;
  TwObstacle obstacle;

  if (id == NULL || !tw_json_check_members (body, members, &bad) ||
      !tw_json_get_int (body, "amount_fen", 1, TW_MONEY_MAX_FEN, &pay.amount_fen, &bad) ||
      !tw_json_get_optional_text (body, "memo", TW_TEXT_MAX_MEMO, &pay.memo, &bad) ||
      !tw_json_get_optional_boolean (body, "again", &pay.again, &bad))
    return tw_job_invalid (job, bad);
  if (!tw_payee_row_load_own (tx, job, id, &payee, error))
    return FALSE;
  if (payee == NULL)
    return TRUE;
  if (payee->state != TW_PAYEE_STATE_CHECKED && payee->state != TW_PAYEE_STATE_SAVED)
    return tw_job_refuse (job, "payee_unchecked", NULL);
  if (tw_payee_row_is_missing (payee))
    return tw_job_refuse (job, "payee_gone", NULL);
  request = tw_wallet_pay_to (&pay, payee);
  return tw_pay (tx, job, &pay, &obstacle, error) && tw_pay_end (job, &pay, &obstacle);
}

static gboolean
lock_pay (TwTx *tx, TwJob *job, TwLocks *locks, GError **error)
{
  const char *id = tw_json_get_id (tw_job_body (job), "payee_id", NULL);
  g_autoptr (TwPayeeRow) payee = NULL;

  if (id == NULL)
    return TRUE;
  if (!tw_payee_row_load (tx, id, &payee, error))
    return FALSE;
  tw_pay_lock (locks, tw_job_command (job)->id, tw_job_actor (job)->account_id,
               payee != NULL && *payee->to_account != '\0' ? payee->to_account : NULL);
  return TRUE;
}

void
tw_wallet_pay_init (void)
{
  tw_rails_add (&billers);
  tw_handlers_add (TW_KIND_WALLET_PAY, handle_pay, NULL, lock_pay);
}
