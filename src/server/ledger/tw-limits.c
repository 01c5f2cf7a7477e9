// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/ledger/tw-limits.h"

#include <string.h>

#include "base/tw-clock.h"
#include "model/tw-account.h"
#include "model/tw-payment.h"
#include "server/ledger/tw-ledger.h"
#include "server/ledger/tw-payments.h"

/* Of the payments of the last minutes so many are remembered. */
#define MAX_RECENT 16

#define DAY_MS (G_GINT64_CONSTANT (86400000))

const TwTable tw_outgo_table = { "outgo",
                                 "account_id, day, year, day_fen, year_fen, life_fen, recent, "
                                 "latest_day",
                                 "siiiiisi", 1 };

void
tw_outgo_clear (TwOutgo *outgo)
{
  g_clear_pointer (&outgo->recent, g_free);
}

/* Whether the day that was written down is not counted by any more, as it was far ahead. */
static gboolean
is_put_right (const TwOutgo *outgo)
{
  return outgo->ahead > TW_WALLET_MOST_AHEAD_DAYS;
}

static gint64
get_year (gint64 day)
{
  int year;

  tw_clock_date_of_day ((int) day, &year, NULL, NULL);
  return year;
}

/* Whether what was written down says nothing about today, because a clock was wrong: its day is
 * further ahead than clocks usually are; or it is past, but days from today on were counted before,
 * or days of this year where the year that was written down is another. That nothing was paid for a
 * while is none of these. */
static gboolean
is_wrong (const TwOutgo *outgo, int today)
{
  return is_put_right (outgo) ||
         (outgo->ahead < -TW_WALLET_MOST_AHEAD_DAYS &&
          (outgo->latest_day >= today ||
           (!outgo->year_is_known && get_year (outgo->latest_day) >= get_year (today))));
}

static gboolean
load (TwTx *tx, const char *account_id, TwOutgo *outgo, GError **error)
{
  int today = tw_clock_day_of_ms (tw_tx_now_ms (tx));
  const TwRow *row;

  if (!tw_db_get_row (tw_tx_db (tx), &tw_person_table, &row, error, account_id))
    return FALSE;
  *outgo = (TwOutgo){ .day = today, .year = get_year (today) };
  outgo->verified = row != NULL && tw_row_int64 (row, 1) == TW_IDENTITY_STATE_APPROVED;
  outgo->refused = row != NULL && tw_row_int64 (row, 1) == TW_IDENTITY_STATE_REFUSED;
  if (!tw_db_get_row (tw_tx_db (tx), &tw_outgo_table, &row, error, account_id))
    return FALSE;
  if (row != NULL)
    {
      outgo->ahead = tw_row_int64 (row, 1) - today;
      outgo->latest_day = MAX (tw_row_int64 (row, 1), tw_row_int64 (row, 7));
      /* A clock that was put back does not open a new day. */
      if (!is_put_right (outgo))
        outgo->day = MAX (tw_row_int64 (row, 1), today);
      outgo->year = get_year (outgo->day);
      outgo->day_fen = tw_row_int64 (row, 1) == outgo->day ? tw_row_int64 (row, 3) : 0;
      outgo->year_fen = tw_row_int64 (row, 2) == outgo->year ? tw_row_int64 (row, 4) : 0;
      outgo->life_fen = tw_row_int64 (row, 5);
      outgo->year_is_known = tw_row_int64 (row, 2) == outgo->year;
      outgo->counts_anew = is_wrong (outgo, today);
    }
  outgo->latest_day = MAX (outgo->latest_day, outgo->day);
  outgo->recent = g_strdup (row != NULL ? tw_row_text (row, 6) : "");
  return TRUE;
}

/* What has left since the day began, and since the year did, as it stands in the books: the entries
 * of the wallet, and what is set aside. $3 to $5 are times: of the day, of the year, and the end.
 */
#define COUNTED "p.account_id = $1 AND p.kind IN (%d, %d, %d, %d)"
#define SUMS                                                                                       \
  "SELECT CAST(COALESCE(sum(CASE WHEN at_ms >= $3 THEN fen ELSE 0 END), 0) AS BIGINT), "           \
  "CAST(COALESCE(sum(fen), 0) AS BIGINT) FROM ("                                                   \
  "SELECT p.amount_fen AS fen, p.created_at AS at_ms FROM entry e "                                \
  "JOIN payment p ON p.id = e.transfer_id WHERE e.account_id = $2 AND " COUNTED                    \
  " UNION ALL SELECT p.amount_fen, p.created_at FROM transfer t "                                  \
  "JOIN payment p ON p.id = t.id WHERE t.state = 'reserved' AND " COUNTED                          \
  ") AS paid WHERE at_ms >= $4 AND at_ms < $5"

/* Where the clock was ahead, what was paid by it counts today, with what was paid today and this
 * year before: nobody is locked out until that day comes, and setting the clock back gives nobody a
 * fresh limit. Where it was behind, what was recorded today counts, by whichever clock it was. All
 * entries of the wallet are looked at, which only a clock that was wrong is a reason for. */
static gboolean
recount (TwTx *tx, const char *account_id, TwOutgo *outgo, GError **error)
{
  const int transfer = TW_PAYMENT_KIND_TRANSFER, company = TW_PAYMENT_KIND_COMPANY;
  const int merchant = TW_PAYMENT_KIND_MERCHANT, biller = TW_PAYMENT_KIND_BILLER;
  g_autofree char *sql = g_strdup_printf (SUMS, transfer, company, merchant, biller, transfer,
                                          company, merchant, biller);
  g_autofree char *wallet = tw_ledger_wallet_id (account_id);
  int last_day = (int) outgo->day + TW_WALLET_MOST_AHEAD_DAYS;
  TwStmt *stmt = tw_db_query (tw_tx_db (tx), error, sql, "ssiii", account_id, wallet,
                              tw_clock_ms_of_day ((int) outgo->day),
                              tw_clock_ms_of_day (tw_clock_day_of_date ((int) outgo->year, 1, 1)),
                              outgo->ahead > 0 ? G_MAXINT64 : tw_clock_ms_of_day (last_day + 1));

  if (stmt == NULL || tw_stmt_step (stmt, error) != TW_STEP_ROW)
    return FALSE;
  outgo->day_fen = tw_stmt_int64 (stmt, 0);
  if (outgo->ahead > 0 || !outgo->year_is_known)
    outgo->year_fen = tw_stmt_int64 (stmt, 1);
  tw_stmt_reset (stmt);
  return TRUE;
}

static gint64
get_day_limit (TwFactor factor)
{
  switch (factor)
    {
    case TW_FACTOR_CODE:
      return TW_LIMIT_DAY_CODE_FEN;
    case TW_FACTOR_SIGNED_CODE:
      return TW_LIMIT_DAY_SIGNED_CODE_FEN;
    case TW_FACTOR_SIGNED:
    default:
      return TW_LIMIT_DAY_FREE_FEN;
    }
}

/* A line of outgo.recent: "time amount payee payment", the oldest first. */
typedef struct
{
  gint64 at_ms, amount_fen;
  const char *payee, *payment; /* not ended by a zero */
  gsize payee_length, payment_length;
} Recent;

/* @length: of the line */
static gboolean
parse_recent (const char *line, gsize length, Recent *recent)
{
  const char *end = line + length;
  char *next;

  recent->at_ms = g_ascii_strtoll (line, &next, 10);
  if (next == line || next >= end || *next != ' ')
    return FALSE;
  line = next + 1;
  recent->amount_fen = g_ascii_strtoll (line, &next, 10);
  if (next == line || next >= end || *next != ' ')
    return FALSE;
  recent->payee = next + 1;
  line = memchr (recent->payee, ' ', end - recent->payee);
  if (line == NULL)
    return FALSE;
  recent->payee_length = line - recent->payee;
  recent->payment = line + 1;
  recent->payment_length = end - recent->payment;
  return TRUE;
}

static gboolean
is_text (const char *part, gsize length, const char *text)
{
  return text != NULL && strlen (text) == length && memcmp (part, text, length) == 0;
}

/* Drops what is over the time, or of a clock that was far ahead, or of @without; says whether one
 * is like @leaving. */
static gboolean
look_back (TwOutgo *outgo, gint64 now_ms, const TwLeaving *leaving, const char *without)
{
  const gint64 latest_ms = now_ms + TW_WALLET_MOST_AHEAD_DAYS * DAY_MS;
  char *kept = outgo->recent; /* what is kept moves to the front */
  gboolean found = FALSE;
  const char *next;

  for (const char *line = outgo->recent; *line != '\0'; line = next)
    {
      gsize length = strcspn (line, "\n");
      Recent recent;

      next = line + length + (line[length] == '\n' ? 1 : 0);
      if (!parse_recent (line, length, &recent) ||
          is_text (recent.payment, recent.payment_length, without) ||
          recent.at_ms <= now_ms - TW_LIMIT_DOUBLE_MS || recent.at_ms > latest_ms)
        continue;
      found |= leaving != NULL && recent.amount_fen == leaving->amount_fen &&
               is_text (recent.payee, recent.payee_length, leaving->payee_key);
      if (kept > outgo->recent)
        *kept++ = '\n';
      memmove (kept, line, length);
      kept += length;
    }
  *kept = '\0';
  return found;
}

static void
remember (TwOutgo *outgo, gint64 now_ms, const TwLeaving *leaving)
{
  g_autofree char *before = g_steal_pointer (&outgo->recent);
  const char *kept = before + strlen (before);
  guint n = 0;

  /* Back over as many lines as there is room for beside the new one. */
  while (kept > before && n < MAX_RECENT - 1)
    {
      kept--;
      while (kept > before && kept[-1] != '\n')
        kept--;
      n++;
    }
  outgo->recent = g_strdup_printf ("%s%s%" G_GINT64_FORMAT " %" G_GINT64_FORMAT " %s %s", kept,
                                   *kept != '\0' ? "\n" : "", now_ms, leaving->amount_fen,
                                   leaving->payee_key, leaving->payment_id);
}

static void
find_obstacle (const TwLeaving *leaving, const TwOutgo *outgo, gboolean seen, TwObstacle *obstacle)
{
  gint64 day_limit_fen = get_day_limit (leaving->factor);
  gboolean in_day = outgo->day_fen <= day_limit_fen;

  if (leaving->is_own)
    {
      if (seen && !leaving->again)
        *obstacle = (TwObstacle){ "looks_double", 0, FALSE };
      return;
    }
  if (!outgo->verified && outgo->life_fen > TW_LIMIT_UNVERIFIED_LIFE_FEN)
    *obstacle = (TwObstacle){ outgo->refused ? "identity_refused" : "identity_pending",
                              TW_LIMIT_UNVERIFIED_LIFE_FEN, FALSE };
  else if (!in_day && leaving->factor == TW_FACTOR_SIGNED &&
           outgo->day_fen > TW_LIMIT_DAY_SIGNED_CODE_FEN)
    *obstacle = (TwObstacle){ "over_limit", TW_LIMIT_DAY_SIGNED_CODE_FEN, FALSE };
  else if (!in_day && leaving->factor != TW_FACTOR_SIGNED)
    *obstacle = (TwObstacle){ "over_limit", day_limit_fen, FALSE };
  else if (outgo->year_fen > TW_LIMIT_YEAR_FEN)
    *obstacle = (TwObstacle){ "over_limit", TW_LIMIT_YEAR_FEN, FALSE };
  else if (seen && !leaving->again)
    *obstacle = (TwObstacle){ "looks_double", 0, FALSE };
  else if (!in_day)
    *obstacle = (TwObstacle){ NULL, day_limit_fen, TRUE };
}

/* The owner sees it too: their own computer says what is left today. */
static gboolean
put_right (TwTx *tx, const char *account_id, const TwOutgo *outgo, GError **error)
{
  return tw_limits_count (tx, account_id, outgo, error) &&
         tw_ledger_publish_wallet (tx, account_id, error);
}

/**
 * tw_limits_check:
 * @tx: the transaction
 * @leaving: what is to leave for others
 * @outgo: (out): what will have left with it
 * @obstacle: (out): why it may not; all of it empty when it may
 * @error: the database's
 *
 * Decides; writes nothing, unless the day that was written down last is far ahead of today: that is
 * put right and shown in the wallet, also where something stands in the way.
 *
 * Returns: whether it could be decided
 */
gboolean
tw_limits_check (
  TwTx *tx, const TwLeaving *leaving, TwOutgo *outgo, TwObstacle *obstacle, GError **error)
{
  gint64 now_ms = tw_tx_now_ms (tx);
  gint64 counted_fen = leaving->is_own ? 0 : leaving->amount_fen;
  gboolean seen;

  *obstacle = (TwObstacle){ NULL, 0, FALSE };
  if (!load (tx, leaving->account_id, outgo, error) ||
      (outgo->counts_anew && !recount (tx, leaving->account_id, outgo, error)))
    return FALSE;
  if (is_put_right (outgo) && !put_right (tx, leaving->account_id, outgo, error))
    return FALSE;
  seen = look_back (outgo, now_ms, leaving, NULL);
#ifdef TW_MUTANT_LIMIT_COUNTED_AFTER
#include "base/tw-planted.h"
  find_obstacle (leaving, outgo, seen, obstacle);
#endif
  outgo->day_fen += counted_fen;
  outgo->year_fen += counted_fen;
  outgo->life_fen += counted_fen;
  remember (outgo, now_ms, leaving);
#ifndef TW_MUTANT_LIMIT_COUNTED_AFTER
  find_obstacle (leaving, outgo, seen, obstacle);
#endif
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
  return tw_db_put_row (tw_tx_db (tx), &tw_outgo_table, error, account_id, outgo->day, outgo->year,
                        outgo->day_fen, outgo->year_fen, outgo->life_fen, outgo->recent,
                        outgo->latest_day);
}

/**
 * tw_limits_give_back:
 * @tx: the transaction
 * @account_id: who was to pay
 * @payment_id: what did not leave after all
 * @amount_fen: how much of it was counted
 * @counted_at_ms: when it was counted
 * @error: the database's
 *
 * What did not leave is not counted, and nothing looks like it.
 *
 * Returns: whether it is written down
 */
gboolean
tw_limits_give_back (TwTx *tx,
                     const char *account_id,
                     const char *payment_id,
                     gint64 amount_fen,
                     gint64 counted_at_ms,
                     GError **error)
{
  int day = tw_clock_day_of_ms (counted_at_ms);
  g_auto (TwOutgo) outgo = { 0 };

  if (!load (tx, account_id, &outgo, error))
    return FALSE;
  /* Without it, as it has left the books. */
  if (outgo.counts_anew && !recount (tx, account_id, &outgo, error))
    return FALSE;
  look_back (&outgo, tw_tx_now_ms (tx), NULL, payment_id);
  outgo.life_fen = MAX (0, outgo.life_fen - amount_fen);
  if (get_year (day) == outgo.year &&
      !(outgo.counts_anew && (outgo.ahead > 0 || !outgo.year_is_known)))
    outgo.year_fen = MAX (0, outgo.year_fen - amount_fen);
  if (day == outgo.day && !outgo.counts_anew)
    outgo.day_fen = MAX (0, outgo.day_fen - amount_fen);
  return tw_limits_count (tx, account_id, &outgo, error);
}

/**
 * tw_limits_show:
 * @tx: the transaction
 * @account_id: a person's account
 * @known: (nullable): as tw_limits_check() has set it, if it did and it was counted
 * @wallet: theirs
 * @error: the database's
 *
 * Sets the limits and how much of them is used.
 *
 * Returns: whether they are set
 */
gboolean
tw_limits_show (
  TwTx *tx, const char *account_id, const TwOutgo *known, TwWallet *wallet, GError **error)
{
  g_auto (TwOutgo) outgo = { 0 };

  if (known == NULL)
    {
      if (!load (tx, account_id, &outgo, error) ||
          (outgo.counts_anew && !recount (tx, account_id, &outgo, error)))
        return FALSE;
      known = &outgo;
    }
  g_object_set (wallet, "limits-day", known->day, "free-limit-fen", TW_LIMIT_DAY_FREE_FEN,
                "day-limit-fen", TW_LIMIT_DAY_SIGNED_CODE_FEN, "year-limit-fen",
                known->verified ? TW_LIMIT_YEAR_FEN : TW_LIMIT_UNVERIFIED_LIFE_FEN, "day-used-fen",
                known->day_fen, "year-used-fen",
                known->verified ? known->year_fen : known->life_fen, "ever", !known->verified,
                NULL);
  return TRUE;
}
