// SPDX-License-Identifier: GPL-3.0-or-later
/* standing.run and standing.warn: what the service does by itself on the day, and before it. Each
 * says of which day and which try it is, so that it is done once. */
#include <string.h>

#include "base/tw-clock.h"
#include "protocol/tw-json.h"
#include "server/pay/tw-standing-row.h"
#include "server/pay/tw-wallet-pay.h"

/* What could not be paid on its day, as nobody served, is paid so many days later at most. */
#define LATEST_DAYS 7

/* What could not be paid is tried again so long after each try that failed, on the same day: money
 * may come in meanwhile. */
static const gint64 again_after_ms[] = { 2 * 3600000, 3 * 3600000, 4 * 3600000 };

typedef struct
{
  const char *id;
  gint64 day;
  gint64 stage; /* of a warning */
  gint64 tried; /* how often before */
} Order;

static gboolean
read_order (JsonObject *body, Order *order, GError **error)
{
  order->stage = 0;
  order->tried = 0;
  order->id = tw_json_get_id (body, "standing_id", error);
  return order->id != NULL && tw_json_get_int (body, "day", 0, G_MAXINT, &order->day, error) &&
         (!json_object_has_member (body, "stage") ||
          tw_json_get_int (body, "stage", 0, TW_WARNED_EVE, &order->stage, error)) &&
         (!json_object_has_member (body, "tried") ||
          tw_json_get_int (body, "tried", 0, G_MAXINT, &order->tried, error));
}

/* %NULL when it is not for now any more: ended, changed, or done. */
static gboolean
load_due (TwTx *tx, const Order *order, TwStandingRow **standing, GError **error)
{
  if (!tw_standing_row_load (tx, order->id, standing, error))
    return FALSE;
  if (*standing != NULL &&
      ((*standing)->state != TW_STANDING_STATE_ACTIVE || (*standing)->next_day != order->day))
    g_clear_pointer (standing, tw_standing_row_free);
  return TRUE;
}

/* Sets @code to why not, or to %NULL. */
static gboolean
pay (TwTx *tx, TwJob *job, const TwStandingRow *standing, const char **code, GError **error)
{
  TwPay order = {
    .id = tw_job_command (job)->id,
    .account_id = standing->account_id,
    .intent = "",
    .amount_fen = standing->amount_fen,
    .memo = standing->memo,
    .standing_id = standing->id,
    .factor = TW_FACTOR_CODE,
    .again = TRUE, /* the day is what it is for */
  };
  g_autoptr (JsonObject) request = NULL;
  g_autoptr (TwPayeeRow) payee = NULL;
  TwObstacle obstacle;

  if (!tw_payee_row_load (tx, standing->payee_id, &payee, error))
    return FALSE;
  if (payee == NULL || payee->state != TW_PAYEE_STATE_SAVED || tw_payee_row_is_missing (payee))
    {
      *code = payee != NULL && payee->state == TW_PAYEE_STATE_SAVED ? "payee_gone" : "no_payee";
      return TRUE;
    }
  request = tw_wallet_pay_to (&order, payee);
  if (!tw_pay (tx, job, &order, &obstacle, error))
    return FALSE;
  *code = obstacle.with_code ? "over_limit" : obstacle.code;
  return TRUE;
}

/* Whether it may work later on the same day; sets when. What the person has to mend first, a limit
 * of the day and a payee who is gone, is not tried in vain. */
static gboolean
find_next_try (const TwStandingRow *standing, const char *code, gint64 now_ms, gint64 *next_ms)
{
  if ((strcmp (code, "no_balance") != 0 && strcmp (code, "rail_down") != 0) ||
      standing->tries >= (gint64) G_N_ELEMENTS (again_after_ms))
    return FALSE;
  *next_ms = now_ms + again_after_ms[standing->tries];
  return tw_clock_day_of_ms (*next_ms) == tw_clock_day_of_ms (now_ms);
}

/* Not yet: the person hears of it at once, and has the time to do something. */
static gboolean
put_off (
  TwTx *tx, TwJob *job, TwStandingRow *standing, const char *code, gint64 next_ms, GError **error)
{
  standing->tries++;
  standing->next_try_at_ms = next_ms;
  standing->notice = TW_STANDING_NOTICE_RETRYING;
  tw_standing_set_text (&standing->reason, code);
  return tw_standing_row_save (tx, standing, error) &&
         tw_tx_audit (tx, job, "standing.put_off", standing->id, error) && tw_job_done (job, NULL);
}

/* The clock was ahead when it ran, or was set: it goes on from today. What was not paid by then is
 * not over. */
static gboolean
put_right (TwTx *tx, TwJob *job, TwStandingRow *standing, GError **error)
{
  standing->tries = 0;
  standing->next_try_at_ms = 0;
  tw_standing_row_plan (standing, standing->day, tw_tx_now_ms (tx));
  standing->warned = TW_WARNED_NOT;
  standing->last_at_ms = MIN (standing->last_at_ms, tw_tx_now_ms (tx));
  if (strcmp (standing->reason, "expired") == 0)
    {
      standing->notice = TW_STANDING_NOTICE_NONE;
      tw_standing_set_text (&standing->reason, "");
    }
  return tw_standing_row_save (tx, standing, error) &&
         tw_tx_audit (tx, job, "standing.put_right", standing->id, error) &&
         tw_job_done (job, NULL);
}

/* {"standing_id", "day", "tried"?} */
static gboolean
handle_run (TwTx *tx, TwJob *job, GError **error)
{
  int today = tw_clock_day_of_ms (tw_tx_now_ms (tx));
  g_autoptr (TwStandingRow) standing = NULL;
  const char *code = "expired";
  GError *bad = NULL;
  gint64 next_ms;
  Order order;

  if (!read_order (tw_job_body (job), &order, &bad))
    return tw_job_invalid (job, bad);
  if (!load_due (tx, &order, &standing, error))
    return FALSE;
  if (standing != NULL && tw_standing_row_is_ahead (standing, tw_tx_now_ms (tx)))
    return put_right (tx, job, standing, error);
  if (standing == NULL || order.day > today || standing->tries != order.tried ||
      standing->next_try_at_ms > tw_tx_now_ms (tx))
    return tw_job_done (job, NULL);
  if (today - order.day <= LATEST_DAYS && !pay (tx, job, standing, &code, error))
    return FALSE;
  if (code != NULL && find_next_try (standing, code, tw_tx_now_ms (tx), &next_ms))
    return put_off (tx, job, standing, code, next_ms, error);
  standing->tries = 0;
  standing->next_try_at_ms = 0;
  if (code == NULL)
    standing->paid_day = MAX (standing->paid_day, order.day);
  tw_standing_row_plan (standing, standing->day, tw_tx_now_ms (tx));
  standing->warned = TW_WARNED_NOT;
  standing->last_at_ms = tw_tx_now_ms (tx);
  standing->notice = code == NULL ? TW_STANDING_NOTICE_NONE : TW_STANDING_NOTICE_FAILED;
  tw_standing_set_text (&standing->reason, code != NULL ? code : "");
  if (code == NULL)
    tw_standing_set_text (&standing->last_payment_id, tw_job_command (job)->id);
  return tw_standing_row_save (tx, standing, error) &&
         tw_tx_audit (tx, job, code == NULL ? "standing.paid" : "standing.failed", standing->id,
                      error) &&
         tw_job_done (job, NULL);
}

static gboolean
read_free (TwTx *tx, const char *account_id, gint64 *free_fen, GError **error)
{
  g_autofree char *wallet = tw_ledger_wallet_id (account_id);
  TwStmt *stmt = tw_db_query (tw_tx_db (tx), error,
                              "SELECT balance_fen - reserved_fen FROM ledger_account WHERE id = $1",
                              "s", wallet);
  TwStep step;

  if (stmt == NULL || (step = tw_stmt_step (stmt, error)) == TW_STEP_ERROR)
    return FALSE;
  *free_fen = step == TW_STEP_ROW ? tw_stmt_int64 (stmt, 0) : 0;
  tw_stmt_reset (stmt);
  return TRUE;
}

/* {"standing_id", "day", "stage"} */
static gboolean
handle_warn (TwTx *tx, TwJob *job, GError **error)
{
  g_autoptr (TwStandingRow) standing = NULL;
  GError *bad = NULL;
  gint64 free_fen;
  Order order;

  if (!read_order (tw_job_body (job), &order, &bad))
    return tw_job_invalid (job, bad);
  if (!load_due (tx, &order, &standing, error))
    return FALSE;
  if (standing == NULL || standing->warned >= order.stage)
    return tw_job_done (job, NULL);
  if (!read_free (tx, standing->account_id, &free_fen, error))
    return FALSE;
  standing->warned = order.stage;
  standing->notice =
    free_fen < standing->amount_fen ? TW_STANDING_NOTICE_SHORT : TW_STANDING_NOTICE_SOON;
  return tw_standing_row_save (tx, standing, error) && tw_job_done (job, NULL);
}

/* What was sent on its day and refused later. */
static gboolean
on_payment_failed (TwTx *tx, TwPayment *payment, GError **error)
{
  const char *id = tw_payment_get_standing_id (payment);
  g_autoptr (TwStandingRow) standing = NULL;

  if (*id == '\0')
    return TRUE;
  if (!tw_standing_row_load (tx, id, &standing, error))
    return FALSE;
  if (standing == NULL ||
      strcmp (standing->last_payment_id, tw_object_get_id (TW_OBJECT (payment))) != 0)
    return TRUE;
  standing->notice = TW_STANDING_NOTICE_FAILED;
  /* One that was paid by a clock that was ahead stays paid. */
  if (standing->paid_day <= tw_clock_day_of_ms (tw_payment_get_created_at_ms (payment)))
    standing->paid_day = 0;
  tw_standing_set_text (&standing->reason, tw_payment_get_reason (payment));
  return tw_standing_row_save (tx, standing, error);
}

static gboolean
lock_run (TwTx *tx, TwJob *job, TwLocks *locks, GError **error)
{
  const char *id = tw_json_get_id (tw_job_body (job), "standing_id", NULL);
  g_autoptr (TwStandingRow) standing = NULL;
  g_autoptr (TwPayeeRow) payee = NULL;

  if (id == NULL)
    return TRUE;
  tw_locks_add (locks, "standing", id);
  if (!tw_standing_row_load (tx, id, &standing, error) ||
      (standing != NULL && !tw_payee_row_load (tx, standing->payee_id, &payee, error)))
    return FALSE;
  if (payee != NULL)
    tw_pay_lock (locks, NULL, standing->account_id,
                 *payee->to_account != '\0' ? payee->to_account : NULL);
  return TRUE;
}

void
tw_standing_add_runs (void)
{
  tw_payments_set_on_failed (on_payment_failed);
  tw_handlers_add (TW_KIND_STANDING_RUN, handle_run, NULL, lock_run);
  tw_handlers_add (TW_KIND_STANDING_WARN, handle_warn, NULL, lock_run);
}
