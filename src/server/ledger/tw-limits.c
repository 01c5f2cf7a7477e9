// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/ledger/tw-limits.h"

#include "base/tw-clock.h"
#include "model/tw-account.h"

static gboolean
is_verified (TwTx *tx, const char *account_id, gboolean *verified, GError **error)
{
  TwStmt *stmt = tw_db_query (tw_tx_db (tx), error, "SELECT identity FROM account WHERE id = $1",
                              "s", account_id);
  TwStep step;

  if (stmt == NULL || (step = tw_stmt_step (stmt, error)) == TW_STEP_ERROR)
    return FALSE;
  *verified = step == TW_STEP_ROW && tw_stmt_int64 (stmt, 0) == TW_IDENTITY_STATE_APPROVED;
  tw_stmt_reset (stmt);
  return TRUE;
}

static gboolean
load (TwTx *tx, const char *account_id, TwOutgo *outgo, GError **error)
{
  int today = tw_clock_day_of_ms (tw_tx_now_ms (tx));
  TwStmt *stmt = tw_db_query (tw_tx_db (tx), error,
                              "SELECT day, year, day_fen, year_fen, life_fen FROM outgo "
                              "WHERE account_id = $1",
                              "s", account_id);
  TwStep step;
  int year;

  if (stmt == NULL || (step = tw_stmt_step (stmt, error)) == TW_STEP_ERROR)
    return FALSE;
  tw_clock_date_of_day (today, &year, NULL, NULL);
  *outgo = (TwOutgo){ .day = today, .year = year };
  if (step == TW_STEP_DONE)
    return TRUE;
  /* A clock that was put back does not open a new day. */
  outgo->day = MAX (tw_stmt_int64 (stmt, 0), outgo->day);
  outgo->year = MAX (tw_stmt_int64 (stmt, 1), outgo->year);
  outgo->day_fen = tw_stmt_int64 (stmt, 0) == outgo->day ? tw_stmt_int64 (stmt, 2) : 0;
  outgo->year_fen = tw_stmt_int64 (stmt, 1) == outgo->year ? tw_stmt_int64 (stmt, 3) : 0;
  outgo->life_fen = tw_stmt_int64 (stmt, 4);
  tw_stmt_reset (stmt);
  return TRUE;
}

/**
 * tw_limits_check:
 * @tx: the transaction
 * @account_id: who pays
 * @amount_fen: what is to leave for others, at most %TW_MONEY_MAX_FEN
 * @outgo: (out): what will have left with it
 * @refusal: (out) (nullable): why it may not, a code of protocol/tw-refusal.h
 * @limit_fen: (out): the limit that stands in the way
 * @error: the database's
 *
 * Decides; writes nothing.
 *
 * Returns: whether it could be decided
 */
gboolean
tw_limits_check (TwTx *tx,
                 const char *account_id,
                 gint64 amount_fen,
                 TwOutgo *outgo,
                 const char **refusal,
                 gint64 *limit_fen,
                 GError **error)
{
  gboolean verified;

  *refusal = NULL;
  *limit_fen = 0;
  if (!is_verified (tx, account_id, &verified, error) || !load (tx, account_id, outgo, error))
    return FALSE;
  outgo->day_fen += amount_fen;
  outgo->year_fen += amount_fen;
  outgo->life_fen += amount_fen;
  if (!verified && outgo->life_fen > TW_LIMIT_UNVERIFIED_LIFE_FEN)
    {
      *refusal = "identity_pending";
      *limit_fen = TW_LIMIT_UNVERIFIED_LIFE_FEN;
    }
  else if (outgo->day_fen > TW_LIMIT_DAY_FEN)
    {
      *refusal = "over_limit";
      *limit_fen = TW_LIMIT_DAY_FEN;
    }
  else if (outgo->year_fen > TW_LIMIT_YEAR_FEN)
    {
      *refusal = "over_limit";
      *limit_fen = TW_LIMIT_YEAR_FEN;
    }
  return TRUE;
}

/**
 * tw_limits_count:
 * @tx: the transaction
 * @account_id: who pays
 * @outgo: as tw_limits_check() has set it
 * @error: the database's
 *
 * Returns: whether it is written down
 */
gboolean
tw_limits_count (TwTx *tx, const char *account_id, const TwOutgo *outgo, GError **error)
{
  return tw_db_run (tw_tx_db (tx), error,
                    "INSERT INTO outgo (account_id, day, year, day_fen, year_fen, life_fen) "
                    "VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (account_id) DO UPDATE SET "
                    "day = excluded.day, year = excluded.year, day_fen = excluded.day_fen, "
                    "year_fen = excluded.year_fen, life_fen = excluded.life_fen",
                    "siiiii", account_id, outgo->day, outgo->year, outgo->day_fen, outgo->year_fen,
                    outgo->life_fen);
}
