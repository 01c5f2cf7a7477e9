// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <gio/gio.h>

#include "model/tw-object.h"

G_BEGIN_DECLS

/* The most, in fen, that may leave each time: nobody is there to tell a code. */
#define TW_STANDING_MOST_FEN (G_GINT64_CONSTANT (500000))

/**
 * TwStandingState:
 * @TW_STANDING_STATE_ACTIVE: it goes on
 * @TW_STANDING_STATE_ENDED: the person has ended it
 *
 * Whether it goes on.
 */
typedef enum
{
  TW_STANDING_STATE_ACTIVE,
  TW_STANDING_STATE_ENDED,
} TwStandingState;

/**
 * TwStandingNotice:
 * @TW_STANDING_NOTICE_NONE: nothing
 * @TW_STANDING_NOTICE_SOON: it will be paid in a few days
 * @TW_STANDING_NOTICE_SHORT: it will be paid in a few days, and the balance is too small
 * @TW_STANDING_NOTICE_FAILED: the last time failed; the reason says why
 * @TW_STANDING_NOTICE_RETRYING: it could not be paid yet, for that reason, and is tried again today
 *
 * What the person should know before the next time.
 */
typedef enum
{
  TW_STANDING_NOTICE_NONE,
  TW_STANDING_NOTICE_SOON,
  TW_STANDING_NOTICE_SHORT,
  TW_STANDING_NOTICE_FAILED,
  TW_STANDING_NOTICE_RETRYING,
} TwStandingNotice;

#define TW_TYPE_STANDING (tw_standing_get_type ())
G_DECLARE_FINAL_TYPE (TwStanding, tw_standing, TW, STANDING, TwObject)

TwStandingState tw_standing_get_state (TwStanding *self);
TwStandingNotice tw_standing_get_notice (TwStanding *self);
const char *tw_standing_get_payee_id (TwStanding *self);
const char *tw_standing_get_payee_name (TwStanding *self);
gint64 tw_standing_get_amount_fen (TwStanding *self);
gint64 tw_standing_get_day (TwStanding *self);
const char *tw_standing_get_memo (TwStanding *self);
gint64 tw_standing_get_next_day (TwStanding *self);
const char *tw_standing_get_reason (TwStanding *self);
const char *tw_standing_get_last_payment_id (TwStanding *self);
gint64 tw_standing_get_last_at_ms (TwStanding *self);
gint64 tw_standing_get_created_at_ms (TwStanding *self);

int tw_standing_find_day (int day, int after);
gint64 tw_standing_find_missing (TwStanding *self, GListModel *standings, gint64 free_fen);

G_END_DECLS
