// SPDX-License-Identifier: GPL-3.0-or-later
/* How much may leave a wallet for others, and whether it looks as if it was paid a moment ago. The
 * latter is asked of one's own money too, to and from the bank. */
#pragma once

#include "model/tw-wallet.h"
#include "server/command/tw-tx.h"

G_BEGIN_DECLS

/* After PBoC notice 2015 No. 43, the limits until somebody sets others. Nobody gives a number for
 * what is signed by the device and has a code too: the last one of a day is ours. */
#define TW_LIMIT_UNVERIFIED_LIFE_FEN (G_GINT64_CONSTANT (100000))
#define TW_LIMIT_DAY_FREE_FEN (G_GINT64_CONSTANT (100000))
#define TW_LIMIT_DAY_CODE_FEN (G_GINT64_CONSTANT (500000))
#define TW_LIMIT_DAY_SIGNED_CODE_FEN (G_GINT64_CONSTANT (5000000))
#define TW_LIMIT_YEAR_FEN (G_GINT64_CONSTANT (20000000))

/* The same to the same payee within this time is asked about. */
#define TW_LIMIT_DOUBLE_MS (10 * G_GINT64_CONSTANT (60000))

/**
 * TwFactor:
 * @TW_FACTOR_SIGNED: the device's signature alone
 * @TW_FACTOR_CODE: a code was told when it was set up; nothing is signed today
 * @TW_FACTOR_SIGNED_CODE: the device's signature and a code
 *
 * What shows that the person wants it.
 */
typedef enum
{
  TW_FACTOR_SIGNED,
  TW_FACTOR_CODE,
  TW_FACTOR_SIGNED_CODE,
} TwFactor;

/* What is to leave. */
typedef struct
{
  const char *account_id; /* whose */
  const char *payment_id;
  gint64 amount_fen;     /* at most %TW_MONEY_MAX_FEN */
  const char *payee_key; /* the same for the same payee, and shows nothing of them */
  TwFactor factor;
  gboolean again;  /* the person knows that there was one like it */
  gboolean is_own; /* it stays the person's: no limit counts it */
} TwLeaving;

/* What has left so far, with the amount that is to leave. */
typedef struct
{
  gint64 day;
  gint64 year;
  gint64 day_fen;
  gint64 year_fen;
  gint64 life_fen;
  char *recent;      /* the payments of the last minutes */
  gboolean verified; /* whether the identity has been approved */
  gboolean refused;  /* or refused */
  gint64 ahead;      /* of today, so many days, is the day that was written down; 0 without one */
  gboolean year_is_known; /* whether the year that was written down is @year */
  gint64 latest_day;      /* up to which anything was ever counted */
  gboolean counts_anew;   /* what was written down is of a wrong clock */
} TwOutgo;

extern const TwTable tw_outgo_table;

void tw_outgo_clear (TwOutgo *outgo);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (TwOutgo, tw_outgo_clear)

/* Why something may not leave. */
typedef struct
{
  const char *code;   /* (nullable): of protocol/tw-refusal.h */
  gint64 limit_fen;   /* the limit that stands in the way */
  gboolean with_code; /* it may, as soon as a code is told */
} TwObstacle;

gboolean tw_limits_check (
  TwTx *tx, const TwLeaving *leaving, TwOutgo *outgo, TwObstacle *obstacle, GError **error);
gboolean tw_limits_count (TwTx *tx, const char *account_id, const TwOutgo *outgo, GError **error);
gboolean tw_limits_give_back (TwTx *tx,
                              const char *account_id,
                              const char *payment_id,
                              gint64 amount_fen,
                              gint64 counted_at_ms,
                              GError **error);
gboolean tw_limits_show (
  TwTx *tx, const char *account_id, const TwOutgo *known, TwWallet *wallet, GError **error);

G_END_DECLS
