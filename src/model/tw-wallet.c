// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/tw-wallet.h"

#include "base/tw-clock.h"

/**
 * TwWallet:
 *
 * A wallet as its owner sees it.
 *
 * - balance-fen: what the entries add up to
 * - reserved-fen: the part that is spoken for by payments under way
 * - incoming-fen: what is on its way in and not yet there
 * - limits-day: the day of which `day-used-fen` tells, days since 1970-01-01
 * - free-limit-fen: how much may leave for others in one day without a code
 * - day-limit-fen: how much in one day, with a code
 * - year-limit-fen: how much in one year; or ever, while the identity has not been approved
 * - day-used-fen: how much has left for others on that day
 * - year-used-fen: how much in the year of that day; or ever
 * - ever: whether the limit of a year is one for good
 */
struct _TwWallet
{
  TwObject parent_instance;

  gint64 balance_fen;
  gint64 reserved_fen;
  gint64 incoming_fen;
  gint64 limits_day;
  gint64 free_limit_fen;
  gint64 day_limit_fen;
  gint64 year_limit_fen;
  gint64 day_used_fen;
  gint64 year_used_fen;
  gboolean ever;
};

G_DEFINE_FINAL_TYPE (TwWallet, tw_wallet, TW_TYPE_OBJECT)

static const TwField fields[] = {
  TW_FIELD_INT64 (TwWallet, balance_fen, "balance-fen"),
  TW_FIELD_INT64 (TwWallet, reserved_fen, "reserved-fen"),
  TW_FIELD_INT64 (TwWallet, incoming_fen, "incoming-fen"),
  TW_FIELD_INT64 (TwWallet, limits_day, "limits-day"),
  TW_FIELD_INT64 (TwWallet, free_limit_fen, "free-limit-fen"),
  TW_FIELD_INT64 (TwWallet, day_limit_fen, "day-limit-fen"),
  TW_FIELD_INT64 (TwWallet, year_limit_fen, "year-limit-fen"),
  TW_FIELD_INT64 (TwWallet, day_used_fen, "day-used-fen"),
  TW_FIELD_INT64 (TwWallet, year_used_fen, "year-used-fen"),
  TW_FIELD_BOOLEAN (TwWallet, ever, "ever"),
};

static void
tw_wallet_class_init (TwWalletClass *klass)
{
  tw_object_class_install_fields (TW_OBJECT_CLASS (klass), "wallet", fields, G_N_ELEMENTS (fields));
}

static void
tw_wallet_init (TwWallet *self)
{
}

TW_DEFINE_GETTER (TwWallet, tw_wallet, TW_IS_WALLET, gint64, balance_fen)
TW_DEFINE_GETTER (TwWallet, tw_wallet, TW_IS_WALLET, gint64, reserved_fen)
TW_DEFINE_GETTER (TwWallet, tw_wallet, TW_IS_WALLET, gint64, incoming_fen)
TW_DEFINE_GETTER (TwWallet, tw_wallet, TW_IS_WALLET, gint64, limits_day)
TW_DEFINE_GETTER (TwWallet, tw_wallet, TW_IS_WALLET, gint64, free_limit_fen)
TW_DEFINE_GETTER (TwWallet, tw_wallet, TW_IS_WALLET, gint64, day_limit_fen)
TW_DEFINE_GETTER (TwWallet, tw_wallet, TW_IS_WALLET, gint64, year_limit_fen)
TW_DEFINE_GETTER (TwWallet, tw_wallet, TW_IS_WALLET, gint64, day_used_fen)
TW_DEFINE_GETTER (TwWallet, tw_wallet, TW_IS_WALLET, gint64, year_used_fen)
TW_DEFINE_GETTER (TwWallet, tw_wallet, TW_IS_WALLET, gboolean, ever)

/* What was used counts for its own day and year: nobody tells the wallet that a new one has begun,
 * or that the clock by which it was told was far ahead. */
static gboolean
is_of_now (TwWallet *self, int today)
{
  return self->limits_day - today <= TW_WALLET_MOST_AHEAD_DAYS;
}

static gint64
get_year_left (TwWallet *self, int today)
{
  int year, year_used;

  tw_clock_date_of_day (today, &year, NULL, NULL);
  tw_clock_date_of_day ((int) self->limits_day, &year_used, NULL, NULL);
  return self->year_limit_fen -
         (self->ever || (year <= year_used && is_of_now (self, today)) ? self->year_used_fen : 0);
}

static gint64
get_left (TwWallet *self, gint64 limit_fen, int today)
{
  gboolean is_used = today <= self->limits_day && is_of_now (self, today);
  gint64 used_fen = is_used ? self->day_used_fen : 0;

  return MAX (0, MIN (limit_fen - used_fen, get_year_left (self, today)));
}

/**
 * tw_wallet_get_free_left:
 * @self: a wallet
 * @today: days since 1970-01-01
 *
 * Returns: how much may leave for others today without a code, in fen
 */
gint64
tw_wallet_get_free_left (TwWallet *self, int today)
{
  g_return_val_if_fail (TW_IS_WALLET (self), 0);

  return get_left (self, self->free_limit_fen, today);
}

/**
 * tw_wallet_get_day_left:
 * @self: a wallet
 * @today: days since 1970-01-01
 *
 * Returns: how much may leave for others today, in fen; with a code for what is over
 *   tw_wallet_get_free_left()
 */
gint64
tw_wallet_get_day_left (TwWallet *self, int today)
{
  g_return_val_if_fail (TW_IS_WALLET (self), 0);

  return get_left (self, self->day_limit_fen, today);
}

/**
 * tw_wallet_get_year_left:
 * @self: a wallet
 * @today: days since 1970-01-01
 *
 * Returns: how much may leave for others this year, or ever, in fen
 */
gint64
tw_wallet_get_year_left (TwWallet *self, int today)
{
  g_return_val_if_fail (TW_IS_WALLET (self), 0);

  return MAX (0, get_year_left (self, today));
}
