// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/pay/tw-standing-row.h"

#include "base/tw-clock.h"
#include "server/command/tw-column.h"
#include "server/command/tw-keys.h"
#include "server/pay/tw-paying.h"

#define TABLE "standing"
#define PAYEE_NAME "payee_name"
#define MEMO "memo"
#define COLUMNS                                                                                    \
  "id, account_id, payee_id, payee_name, state, notice, amount_fen, day, memo, next_day, warned, " \
  "reason, last_payment_id, last_at, created_at, tries, next_try_at, "                             \
  "paid_day, planned_at"

const char tw_standing_schema[] =
  "CREATE TABLE standing ("
  "  id TEXT PRIMARY KEY,"
  "  account_id TEXT NOT NULL,"
  "  payee_id TEXT NOT NULL,"
  "  payee_name BYTEA NOT NULL,"
  "  state BIGINT NOT NULL,"
  "  notice BIGINT NOT NULL,"
  "  amount_fen BIGINT NOT NULL,"
  "  day BIGINT NOT NULL,"
  "  memo BYTEA NOT NULL,"
  "  next_day BIGINT NOT NULL,"
  "  warned BIGINT NOT NULL,"
  "  reason TEXT NOT NULL,"
  "  last_payment_id TEXT NOT NULL,"
  "  last_at BIGINT NOT NULL,"
  "  created_at BIGINT NOT NULL"
  ");"
  "CREATE INDEX standing_next ON standing (next_day) WHERE state = 0;"
  "CREATE INDEX standing_account ON standing (account_id);"
  "CREATE INDEX standing_payee ON standing (payee_id);";

/* What could not be paid on its day is tried again on it. */
const char tw_standing_schema_2[] =
  "ALTER TABLE standing ADD COLUMN tries BIGINT NOT NULL DEFAULT 0;"
  "ALTER TABLE standing ADD COLUMN next_try_at BIGINT NOT NULL DEFAULT 0;";

/* For which day it was paid last: not the day on which it ran, which may be in another month, nor
 * one on which it failed. What the older version knew is the day on which it ran. And when the next
 * day was found. */
const char tw_standing_schema_3[] =
  "ALTER TABLE standing ADD COLUMN paid_day BIGINT NOT NULL DEFAULT 0;"
  "ALTER TABLE standing ADD COLUMN planned_at BIGINT NOT NULL DEFAULT 0;"
  "UPDATE standing SET paid_day = (last_at + 28800000) / 86400000 "
  "WHERE last_payment_id <> '' AND reason = '' AND last_at > 0;"
  "UPDATE standing SET planned_at = CASE WHEN last_at > 0 THEN last_at ELSE created_at END;"
  "CREATE INDEX standing_planned ON standing (planned_at) WHERE state = 0;";

void
tw_standing_row_free (TwStandingRow *row)
{
  if (row == NULL)
    return;
  g_free (row->id);
  g_free (row->account_id);
  g_free (row->payee_id);
  g_free (row->payee_name);
  g_free (row->memo);
  g_free (row->reason);
  g_free (row->last_payment_id);
  g_free (row);
}

static int
find_month (int day)
{
  int year, month;

  tw_clock_date_of_day (day, &year, &month, NULL);
  return tw_clock_day_of_date (year, month, 1);
}

static int
find_next_month (int day)
{
  int year, month;

  tw_clock_date_of_day (day, &year, &month, NULL);
  return tw_clock_day_of_date (month == 12 ? year + 1 : year, month == 12 ? 1 : month + 1, 1);
}

/* What was paid for a month is not paid for it again because the day was moved, or the clock was.
 * One that was paid when the clock was ahead is passed over when it comes; those before it are not.
 * Which of these was paid last is not known then: none comes again that is past already. */
void
tw_standing_row_plan (TwStandingRow *standing, gint64 day, gint64 now_ms)
{
  int after = tw_clock_day_of_ms (now_ms);
  int paid_month = find_month ((int) standing->paid_day);

  if (paid_month > after)
    {
      if (!tw_standing_row_is_ahead (standing, now_ms))
        after = MAX (after, find_month ((int) standing->next_day) - 1);
    }
  else if (standing->paid_day > 0)
    after = MAX (after, find_next_month (paid_month) - 1);
  standing->next_day = tw_standing_find_day ((int) day, after);
  if (find_month ((int) standing->next_day) == paid_month)
    standing->next_day = tw_standing_find_day ((int) day, find_next_month (paid_month) - 1);
  standing->planned_at_ms = now_ms;
}

gboolean
tw_standing_row_is_ahead (const TwStandingRow *standing, gint64 now_ms)
{
  return standing->planned_at_ms > now_ms + TW_STANDING_AHEAD_MS;
}

void
tw_standing_set_text (char **at, const char *text)
{
  g_free (*at);
  *at = g_strdup (text);
}

static GBytes *
seal (TwTx *tx, const TwStandingRow *standing, const char *column, const char *text)
{
  return tw_column_seal (tw_tx_key (tx, TW_KEY_COLUMN), TABLE, standing->id, column, text);
}

static TwStandingRow *
read_row (TwTx *tx, TwStmt *stmt, GError **error)
{
  TwKey *column = tw_tx_key (tx, TW_KEY_COLUMN);
  g_autoptr (TwStandingRow) row = g_new0 (TwStandingRow, 1);

  row->id = g_strdup (tw_stmt_text (stmt, 0));
  row->account_id = g_strdup (tw_stmt_text (stmt, 1));
  row->payee_id = g_strdup (tw_stmt_text (stmt, 2));
  row->payee_name = tw_column_read (column, stmt, 3, TABLE, row->id, PAYEE_NAME, error);
  row->state = (TwStandingState) tw_stmt_int64 (stmt, 4);
  row->notice = (TwStandingNotice) tw_stmt_int64 (stmt, 5);
  row->amount_fen = tw_stmt_int64 (stmt, 6);
  row->day = tw_stmt_int64 (stmt, 7);
  if (row->payee_name != NULL)
    row->memo = tw_column_read (column, stmt, 8, TABLE, row->id, MEMO, error);
  row->next_day = tw_stmt_int64 (stmt, 9);
  row->warned = tw_stmt_int64 (stmt, 10);
  row->reason = g_strdup (tw_stmt_text (stmt, 11));
  row->last_payment_id = g_strdup (tw_stmt_text (stmt, 12));
  row->last_at_ms = tw_stmt_int64 (stmt, 13);
  row->created_at_ms = tw_stmt_int64 (stmt, 14);
  row->tries = tw_stmt_int64 (stmt, 15);
  row->next_try_at_ms = tw_stmt_int64 (stmt, 16);
  row->paid_day = tw_stmt_int64 (stmt, 17);
  row->planned_at_ms = tw_stmt_int64 (stmt, 18);
  return row->memo != NULL ? g_steal_pointer (&row) : NULL;
}

/* @condition: on one value, `$1`. (element-type TwStandingRow) */
GPtrArray *
tw_standing_row_list (TwTx *tx, const char *condition, const char *value, GError **error)
{
  g_autofree char *sql = g_strconcat ("SELECT " COLUMNS " FROM standing WHERE ", condition, NULL);
  g_autoptr (GPtrArray) list =
    g_ptr_array_new_with_free_func ((GDestroyNotify) tw_standing_row_free);
  TwStmt *stmt = tw_db_query (tw_tx_db (tx), error, sql, "s", value);
  TwStep step = TW_STEP_ERROR;

  while (stmt != NULL && (step = tw_stmt_step (stmt, error)) == TW_STEP_ROW)
    {
      TwStandingRow *row = read_row (tx, stmt, error);

      if (row == NULL)
        {
          tw_stmt_reset (stmt);
          return NULL;
        }
      g_ptr_array_add (list, row);
    }
  return step == TW_STEP_DONE ? g_steal_pointer (&list) : NULL;
}

/* @standing: (out) (nullable): %NULL for none. */
gboolean
tw_standing_row_load (TwTx *tx, const char *id, TwStandingRow **standing, GError **error)
{
  g_autoptr (GPtrArray) list = tw_standing_row_list (tx, "id = $1", id, error);

  *standing = list != NULL && list->len > 0 ? g_ptr_array_steal_index (list, 0) : NULL;
  return list != NULL;
}

static void
publish (TwTx *tx, const TwStandingRow *standing)
{
  g_autofree char *scope = g_strconcat ("account:", standing->account_id, NULL);
  g_autoptr (TwObject) object = g_object_new (
    TW_TYPE_STANDING, "id", standing->id, "state", (int) standing->state, "notice",
    (int) standing->notice, "payee-id", standing->payee_id, "payee-name", standing->payee_name,
    "amount-fen", standing->amount_fen, "day", standing->day, "memo", standing->memo, "next-day",
    standing->next_day, "reason", standing->reason, "last-payment-id", standing->last_payment_id,
    "last-at-ms", standing->last_at_ms, "created-at-ms", standing->created_at_ms, NULL);

  tw_tx_publish (tx, scope, object);
}

gboolean
tw_standing_row_insert (TwTx *tx, const TwStandingRow *standing, GError **error)
{
  g_autoptr (GBytes) name = seal (tx, standing, PAYEE_NAME, standing->payee_name);
  g_autoptr (GBytes) memo = seal (tx, standing, MEMO, standing->memo);

  if (!tw_db_run (
        tw_tx_db (tx), error,
        "INSERT INTO standing (" COLUMNS ") "
        "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, "
        "$18, $19)",
        "sssbiiiibiissiiiiii", standing->id, standing->account_id, standing->payee_id, name,
        (gint64) standing->state, (gint64) standing->notice, standing->amount_fen, standing->day,
        memo, standing->next_day, standing->warned, standing->reason, standing->last_payment_id,
        standing->last_at_ms, standing->created_at_ms, standing->tries, standing->next_try_at_ms,
        standing->paid_day, standing->planned_at_ms))
    return FALSE;
  publish (tx, standing);
  return TRUE;
}

gboolean
tw_standing_row_save (TwTx *tx, const TwStandingRow *standing, GError **error)
{
  g_autoptr (GBytes) name = seal (tx, standing, PAYEE_NAME, standing->payee_name);
  g_autoptr (GBytes) memo = seal (tx, standing, MEMO, standing->memo);

  if (!tw_db_run (
        tw_tx_db (tx), error,
        "UPDATE standing SET payee_id = $2, payee_name = $3, state = $4, notice = $5, "
        "amount_fen = $6, day = $7, memo = $8, next_day = $9, warned = $10, reason = $11, "
        "last_payment_id = $12, last_at = $13, tries = $14, next_try_at = $15, paid_day = $16, "
        "planned_at = $17 WHERE id = $1",
        "ssbiiiibiissiiiii", standing->id, standing->payee_id, name, (gint64) standing->state,
        (gint64) standing->notice, standing->amount_fen, standing->day, memo, standing->next_day,
        standing->warned, standing->reason, standing->last_payment_id, standing->last_at_ms,
        standing->tries, standing->next_try_at_ms, standing->paid_day, standing->planned_at_ms))
    return FALSE;
  publish (tx, standing);
  return TRUE;
}

gboolean
tw_standing_follow_payee (TwTx *tx, const char *payee_id, const char *name, GError **error)
{
  g_autoptr (GPtrArray) list =
    tw_standing_row_list (tx, "payee_id = $1 AND state = 0", payee_id, error);

  for (guint i = 0; list != NULL && i < list->len; i++)
    {
      TwStandingRow *standing = g_ptr_array_index (list, i);

      if (name != NULL)
        tw_standing_set_text (&standing->payee_name, name);
      else
        {
          standing->state = TW_STANDING_STATE_ENDED;
          standing->notice = TW_STANDING_NOTICE_NONE;
        }
      if (!tw_standing_row_save (tx, standing, error))
        return FALSE;
    }
  return list != NULL;
}
