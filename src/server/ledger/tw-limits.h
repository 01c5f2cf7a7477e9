// SPDX-License-Identifier: GPL-3.0-or-later
/* How much may leave a wallet for others. */
#pragma once

#include "server/command/tw-tx.h"

G_BEGIN_DECLS

/* After PBoC notice 2015 No. 43, the limits until somebody sets others. A command is signed by the
 * device and carries no one-time code. */
#define TW_LIMIT_UNVERIFIED_LIFE_FEN (G_GINT64_CONSTANT (100000))
#define TW_LIMIT_DAY_FEN (G_GINT64_CONSTANT (100000))
#define TW_LIMIT_YEAR_FEN (G_GINT64_CONSTANT (20000000))

/* What has left so far, with the amount that is to leave. */
typedef struct
{
  gint64 day;
  gint64 year;
  gint64 day_fen;
  gint64 year_fen;
  gint64 life_fen;
} TwOutgo;

gboolean tw_limits_check (TwTx *tx,
                          const char *account_id,
                          gint64 amount_fen,
                          TwOutgo *outgo,
                          const char **refusal,
                          gint64 *limit_fen,
                          GError **error);
gboolean tw_limits_count (TwTx *tx, const char *account_id, const TwOutgo *outgo, GError **error);

G_END_DECLS
