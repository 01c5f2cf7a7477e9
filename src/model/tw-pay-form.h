// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/tw-form.h"
#include "model/tw-wallet.h"

G_BEGIN_DECLS

/**
 * TwPayRoom:
 * @from_wallet: whether it is taken out of the wallet
 * @balance_fen: what is free in the wallet
 * @limited: whether the limits of a day and a year count for it
 * @free_left_fen: how much may still leave today without a code
 * @day_left_fen: how much may still leave today
 * @year_left_fen: how much may still leave this year
 * @ever: whether the last is a limit for good
 * @always_code: whether a code is asked for in any case
 * @most_fen: more than this makes no sense; 0: any amount does
 *
 * How much there is, and how much may leave, in fen.
 */
typedef struct
{
  gboolean from_wallet;
  gint64 balance_fen;
  gboolean limited;
  gint64 free_left_fen;
  gint64 day_left_fen;
  gint64 year_left_fen;
  gboolean ever;
  gboolean always_code;
  gint64 most_fen;
} TwPayRoom;

TwPayRoom tw_pay_room_of (TwWallet *wallet, int today, gboolean limited);

/* Fields: amount, memo */
#define TW_TYPE_PAY_FORM (tw_pay_form_get_type ())
G_DECLARE_FINAL_TYPE (TwPayForm, tw_pay_form, TW, PAY_FORM, TwForm)

TwPayForm *tw_pay_form_new (void);
void tw_pay_form_set_room (TwPayForm *self, const TwPayRoom *room);
gint64 tw_pay_form_get_fen (TwPayForm *self);
gint64 tw_pay_form_get_missing_fen (TwPayForm *self);
void tw_pay_form_set_fen (TwPayForm *self, gint64 fen);

G_END_DECLS
