// SPDX-License-Identifier: GPL-3.0-or-later
/* A row of the standing table, opened; written and shown together. Private to the room. */
#pragma once

#include "model/tw-standing.h"
#include "server/command/tw-tx.h"

G_BEGIN_DECLS

/* No next day is found so far ahead of the clock, unless another clock was. */
#define TW_STANDING_AHEAD_MS (G_GINT64_CONSTANT (86400000))

/* How often the person was warned of the next time. */
typedef enum
{
  TW_WARNED_NOT,
  TW_WARNED_DAYS_AHEAD,
  TW_WARNED_EVE,
} TwWarned;

typedef struct
{
  char *id;
  char *account_id;
  char *payee_id;
  char *payee_name;
  TwStandingState state;
  TwStandingNotice notice;
  gint64 amount_fen;
  gint64 day;
  char *memo;
  gint64 next_day;
  gint64 warned;         /* TwWarned */
  gint64 tries;          /* that failed on its day, while there is another one to come */
  gint64 next_try_at_ms; /* when; 0: on its day */
  char *reason;
  char *last_payment_id;
  gint64 last_at_ms;
  gint64 created_at_ms;
  gint64 paid_day; /* the last one for which it was paid, as far as is known, which is to come yet
                    * if the clock was ahead; 0: none, or that was refused */
  gint64 planned_at_ms; /* when, by which clock, the next day was found, or it was changed */
} TwStandingRow;

void tw_standing_row_free (TwStandingRow *row);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TwStandingRow, tw_standing_row_free)

gboolean tw_standing_row_load (TwTx *tx, const char *id, TwStandingRow **standing, GError **error);
gboolean tw_standing_row_insert (TwTx *tx, const TwStandingRow *standing, GError **error);
gboolean tw_standing_row_save (TwTx *tx, const TwStandingRow *standing, GError **error);
GPtrArray *
tw_standing_row_list (TwTx *tx, const char *condition, const char *value, GError **error);

/* Finds when it is paid next if it is paid on @day of the month. */
void tw_standing_row_plan (TwStandingRow *standing, gint64 day, gint64 now_ms);

/* Whether the next day was found at a time that has not come yet, by a clock that was ahead. */
gboolean tw_standing_row_is_ahead (const TwStandingRow *standing, gint64 now_ms);

void tw_standing_set_text (char **at, const char *text);

/* What has happened to a payee reaches the orders to it: @name: (nullable): their new name; %NULL:
 * they are gone, and the orders end. */
gboolean
tw_standing_follow_payee (TwTx *tx, const char *payee_id, const char *name, GError **error);

void tw_standing_add_commands (void);
void tw_standing_add_runs (void);

G_END_DECLS
