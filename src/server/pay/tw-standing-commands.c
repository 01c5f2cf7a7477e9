// SPDX-License-Identifier: GPL-3.0-or-later
/* standing.set and standing.end */
#include <string.h>

#include "base/tw-text.h"
#include "protocol/tw-json.h"
#include "server/ledger/tw-limits.h"
#include "server/pay/tw-payee-row.h"
#include "server/pay/tw-standing-row.h"

#define MOST_OF_ONE_PERSON 50

typedef struct
{
  const char *payee_id;
  const char *standing_id; /* (nullable) */
  const char *memo;        /* (nullable) */
  gint64 amount_fen;
  gint64 day;
} Order;

static gboolean
read_order (JsonObject *body, Order *order, GError **error)
{
  const char *const members[] = { "payee_id", "amount_fen", "day", "memo", "standing_id", NULL };

  order->payee_id = tw_json_get_id (body, "payee_id", error);
  return order->payee_id != NULL && tw_json_check_members (body, members, error) &&
         tw_json_get_int (body, "amount_fen", 1, G_MAXINT64, &order->amount_fen, error) &&
         tw_json_get_int (body, "day", 1, 31, &order->day, error) &&
         tw_json_get_optional_text (body, "memo", TW_TEXT_MAX_MEMO, &order->memo, error) &&
         tw_json_get_optional_id (body, "standing_id", &order->standing_id, error);
}

/* The person's own that goes on, or %NULL and the job is refused `not_found`. */
static gboolean
load_own (TwTx *tx, TwJob *job, const char *id, TwStandingRow **standing, GError **error)
{
  if (!tw_standing_row_load (tx, id, standing, error))
    return FALSE;
  if (*standing != NULL && (*standing)->state == TW_STANDING_STATE_ACTIVE &&
      strcmp ((*standing)->account_id, tw_job_actor (job)->account_id) == 0)
    return TRUE;
  g_clear_pointer (standing, tw_standing_row_free);
  return tw_job_refuse (job, "not_found", NULL);
}

/* Why there can't be a new one, or %NULL. */
static gboolean
find_obstacle (TwTx *tx, TwJob *job, const char **code, GError **error)
{
  TwStmt *stmt = tw_db_query (tw_tx_db (tx), error,
                              "SELECT count(CASE WHEN id = $2 THEN 1 END), count(CASE WHEN "
                              "account_id = $1 AND state = 0 THEN 1 END) FROM standing "
                              "WHERE id = $2 OR account_id = $1",
                              "ss", tw_job_actor (job)->account_id, tw_job_command (job)->id);

  if (stmt == NULL || tw_stmt_step (stmt, error) != TW_STEP_ROW)
    return FALSE;
  *code = tw_stmt_int64 (stmt, 0) > 0                     ? "command_changed"
          : tw_stmt_int64 (stmt, 1) >= MOST_OF_ONE_PERSON ? "many_standing"
                                                          : NULL;
  tw_stmt_reset (stmt);
  return TRUE;
}

static TwStandingRow *
make_row (TwTx *tx, TwJob *job)
{
  TwStandingRow *standing = g_new0 (TwStandingRow, 1);

  standing->id = g_strdup (tw_job_command (job)->id);
  standing->account_id = g_strdup (tw_job_actor (job)->account_id);
  standing->reason = g_strdup ("");
  standing->last_payment_id = g_strdup ("");
  standing->created_at_ms = tw_tx_now_ms (tx);
  return standing;
}

/* Whatever was changed: what was tried before was tried of something else. */
static void
fill (TwTx *tx, TwStandingRow *standing, const TwPayeeRow *payee, const Order *order)
{
  gint64 now_ms = tw_tx_now_ms (tx);

  tw_standing_set_text (&standing->payee_id, payee->id);
  tw_standing_set_text (&standing->payee_name, tw_payee_row_get_shown (payee));
  tw_standing_set_text (&standing->memo, order->memo != NULL ? order->memo : "");
  standing->amount_fen = order->amount_fen;
  /* By the day that it was paid by: with another one nobody could tell which months were. */
  if (tw_standing_row_is_ahead (standing, now_ms))
    tw_standing_row_plan (standing, standing->day, now_ms);
  if (standing->day != order->day)
    tw_standing_row_plan (standing, order->day, now_ms);
  standing->day = order->day;
  standing->planned_at_ms = now_ms;
  standing->warned = TW_WARNED_NOT;
  standing->tries = 0;
  standing->next_try_at_ms = 0;
  standing->notice = TW_STANDING_NOTICE_NONE;
  tw_standing_set_text (&standing->reason, "");
}

static gboolean
set (TwTx *tx,
     TwJob *job,
     TwStandingRow *known,
     const TwPayeeRow *payee,
     const Order *order,
     GError **error)
{
  g_autoptr (TwStandingRow) made = known == NULL ? make_row (tx, job) : NULL;
  TwStandingRow *standing = known != NULL ? known : made;

  fill (tx, standing, payee, order);
  return (known != NULL ? tw_standing_row_save (tx, standing, error)
                        : tw_standing_row_insert (tx, standing, error)) &&
         tw_tx_audit (tx, job, "standing.set", standing->id, error) &&
         tw_job_done (job, "standing_id", "s", standing->id, NULL);
}

/* {"payee_id", "amount_fen", "day", "memo"?, "standing_id"?}: with a code, as nobody signs what it
 * will pay. */
static gboolean
handle_set (TwTx *tx, TwJob *job, GError **error)
{
  g_autoptr (TwStandingRow) known = NULL;
  g_autoptr (TwPayeeRow) payee = NULL;
  const char *code = NULL;
  GError *bad = NULL;
  Order order;

  if (!read_order (tw_job_body (job), &order, &bad))
    return tw_job_invalid (job, bad);
  if (!tw_payee_row_load_own (tx, job, order.payee_id, &payee, error))
    return FALSE;
  if (payee == NULL)
    return TRUE;
  if (payee->state != TW_PAYEE_STATE_SAVED)
    return tw_job_refuse (job, "payee_unchecked", NULL);
  if (tw_payee_row_is_missing (payee))
    return tw_job_refuse (job, "payee_gone", NULL);
  G_STATIC_ASSERT (TW_STANDING_MOST_FEN == TW_LIMIT_DAY_CODE_FEN);
  if (order.amount_fen > TW_STANDING_MOST_FEN)
    return tw_job_refuse (job, "over_limit", "limit_fen", "i", TW_STANDING_MOST_FEN, NULL);
  if (order.standing_id != NULL)
    {
      if (!load_own (tx, job, order.standing_id, &known, error))
        return FALSE;
      if (known == NULL)
        return TRUE;
    }
  else if (!find_obstacle (tx, job, &code, error))
    return FALSE;
  if (code != NULL)
    return tw_job_refuse (job, code, NULL);
  if (!tw_job_has_code (job))
    return tw_job_step_up (job, payee->name, order.amount_fen);
  return set (tx, job, known, payee, &order, error);
}

/* {"standing_id"} */
static gboolean
handle_end (TwTx *tx, TwJob *job, GError **error)
{
  const char *const members[] = { "standing_id", NULL };
  JsonObject *body = tw_job_body (job);
  GError *bad = NULL;
  const char *id = tw_json_get_id (body, "standing_id", &bad);
  g_autoptr (TwStandingRow) standing = NULL;

  if (id == NULL || !tw_json_check_members (body, members, &bad))
    return tw_job_invalid (job, bad);
  if (!load_own (tx, job, id, &standing, error))
    return FALSE;
  if (standing == NULL)
    return TRUE;
  standing->state = TW_STANDING_STATE_ENDED;
  standing->notice = TW_STANDING_NOTICE_NONE;
  return tw_standing_row_save (tx, standing, error) &&
         tw_tx_audit (tx, job, "standing.ended", id, error) && tw_job_done (job, NULL);
}

static gboolean
lock_standing (TwTx *tx, TwJob *job, TwLocks *locks, GError **error)
{
  const char *id = tw_json_get_id (tw_job_body (job), "standing_id", NULL);

  if (id != NULL)
    tw_locks_add (locks, "standing", id);
  return TRUE;
}

void
tw_standing_add_commands (void)
{
  tw_handlers_add (TW_KIND_STANDING_SET, handle_set, NULL, lock_standing);
  tw_handlers_add (TW_KIND_STANDING_END, handle_end, NULL, lock_standing);
}
