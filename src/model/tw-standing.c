// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/tw-standing.h"

#include "base/tw-clock.h"

/**
 * TwStanding:
 *
 * A standing order: the same amount to the same payee every month.
 *
 * - state: whether it goes on
 * - notice: what to tell the person
 * - payee-id: the payee, saved
 * - payee-name: its name, or what the person calls it
 * - amount-fen: each time
 * - day: of the month, 1 to 31; the last one in a month that is shorter
 * - memo: what goes with it
 * - next-day: when it is paid next, days since 1970-01-01
 * - reason: why the last time failed: a code of protocol/tw-refusal.h, or nothing
 * - last-payment-id: the last payment, or nothing
 * - last-at-ms: when it last ran; 0: never
 * - created-at-ms: when it was set
 */
struct _TwStanding
{
  TwObject parent_instance;

  TwStandingState state;
  TwStandingNotice notice;
  char *payee_id;
  char *payee_name;
  gint64 amount_fen;
  gint64 day;
  char *memo;
  gint64 next_day;
  char *reason;
  char *last_payment_id;
  gint64 last_at_ms;
  gint64 created_at_ms;
};

G_DEFINE_FINAL_TYPE (TwStanding, tw_standing, TW_TYPE_OBJECT)

static const char *const standing_state_words[] = { "active", "ended", NULL };
static const char *const standing_notice_words[] = { "none",   "soon",     "short",
                                                     "failed", "retrying", NULL };

static const TwField fields[] = {
  TW_FIELD_ENUM (TwStanding, state, "state", standing_state_words),
  TW_FIELD_ENUM (TwStanding, notice, "notice", standing_notice_words),
  TW_FIELD_STRING (TwStanding, payee_id, "payee-id"),
  TW_FIELD_STRING (TwStanding, payee_name, "payee-name"),
  TW_FIELD_INT64 (TwStanding, amount_fen, "amount-fen"),
  TW_FIELD_INT64 (TwStanding, day, "day"),
  TW_FIELD_STRING (TwStanding, memo, "memo"),
  TW_FIELD_INT64 (TwStanding, next_day, "next-day"),
  TW_FIELD_STRING (TwStanding, reason, "reason"),
  TW_FIELD_STRING (TwStanding, last_payment_id, "last-payment-id"),
  TW_FIELD_INT64 (TwStanding, last_at_ms, "last-at-ms"),
  TW_FIELD_INT64 (TwStanding, created_at_ms, "created-at-ms"),
};

static void
tw_standing_class_init (TwStandingClass *klass)
{
  tw_object_class_install_fields (TW_OBJECT_CLASS (klass), "standing", fields,
                                  G_N_ELEMENTS (fields));
}

static void
tw_standing_init (TwStanding *self)
{
}

TW_DEFINE_GETTER (TwStanding, tw_standing, TW_IS_STANDING, TwStandingState, state)
TW_DEFINE_GETTER (TwStanding, tw_standing, TW_IS_STANDING, TwStandingNotice, notice)
TW_DEFINE_GETTER (TwStanding, tw_standing, TW_IS_STANDING, const char *, payee_id)
TW_DEFINE_GETTER (TwStanding, tw_standing, TW_IS_STANDING, const char *, payee_name)
TW_DEFINE_GETTER (TwStanding, tw_standing, TW_IS_STANDING, gint64, amount_fen)
TW_DEFINE_GETTER (TwStanding, tw_standing, TW_IS_STANDING, gint64, day)
TW_DEFINE_GETTER (TwStanding, tw_standing, TW_IS_STANDING, const char *, memo)
TW_DEFINE_GETTER (TwStanding, tw_standing, TW_IS_STANDING, gint64, next_day)
TW_DEFINE_GETTER (TwStanding, tw_standing, TW_IS_STANDING, const char *, reason)
TW_DEFINE_GETTER (TwStanding, tw_standing, TW_IS_STANDING, const char *, last_payment_id)
TW_DEFINE_GETTER (TwStanding, tw_standing, TW_IS_STANDING, gint64, last_at_ms)
TW_DEFINE_GETTER (TwStanding, tw_standing, TW_IS_STANDING, gint64, created_at_ms)

/**
 * tw_standing_find_day:
 * @day: of the month, 1 to 31
 * @after: days since 1970-01-01
 *
 * Returns: the first such day after @after, days since 1970-01-01; in a month that has none, its
 *   last one
 */
int
tw_standing_find_day (int day, int after)
{
  int year, month;

  tw_clock_date_of_day (after, &year, &month, NULL);
  for (;;)
    {
      int next_month = month == 12 ? 1 : month + 1;
      int next_year = month == 12 ? year + 1 : year;
      int last = tw_clock_day_of_date (next_year, next_month, 1) - 1;
      int found = MIN (tw_clock_day_of_date (year, month, 1) + day - 1, last);

      if (found > after)
        return found;
      year = next_year;
      month = next_month;
    }
}

/* Of two orders of the same day the one with the lesser id, so that each knows its turn. */
static gboolean
comes_before (TwStanding *one, TwStanding *other)
{
  if (one->next_day != other->next_day)
    return one->next_day < other->next_day;
  return g_strcmp0 (tw_object_get_id (TW_OBJECT (one)), tw_object_get_id (TW_OBJECT (other))) < 0;
}

/**
 * tw_standing_find_missing:
 * @self: a standing order that goes on
 * @standings: (element-type TwStanding): all of the person's
 * @free_fen: what is free in their wallet, in fen
 *
 * What other orders pay before has left by then, or is topped up for them: what is missing for each
 * is together what is missing for all.
 *
 * Returns: how much is missing for the next time, in fen; 0 when there is enough
 */
gint64
tw_standing_find_missing (TwStanding *self, GListModel *standings, gint64 free_fen)
{
  gint64 left_fen = MAX (free_fen, 0);

  g_return_val_if_fail (TW_IS_STANDING (self), 0);

  for (guint i = 0; i < g_list_model_get_n_items (standings); i++)
    {
      g_autoptr (TwStanding) other = g_list_model_get_item (standings, i);

      if (other->state == TW_STANDING_STATE_ACTIVE && comes_before (other, self))
        left_fen = MAX (left_fen - other->amount_fen, 0);
    }
  return MAX (self->amount_fen - left_fen, 0);
}
