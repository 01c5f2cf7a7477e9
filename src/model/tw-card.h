// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/tw-object.h"

G_BEGIN_DECLS

/* The largest amount, in fen, that proves a card. */
#define TW_CARD_MOST_PROOF_FEN 99

/**
 * TwCardState:
 * @TW_CARD_STATE_ASKING: the bank is being asked
 * @TW_CARD_STATE_PROVING: the bank has sent a small amount: the person tells how much
 * @TW_CARD_STATE_BOUND: theirs
 * @TW_CARD_STATE_REFUSED: not bound; the reason says why
 * @TW_CARD_STATE_UNBOUND: let go by the person
 *
 * How far a card got.
 */
typedef enum
{
  TW_CARD_STATE_ASKING,
  TW_CARD_STATE_PROVING,
  TW_CARD_STATE_BOUND,
  TW_CARD_STATE_REFUSED,
  TW_CARD_STATE_UNBOUND,
} TwCardState;

#define TW_TYPE_CARD (tw_card_get_type ())
G_DECLARE_FINAL_TYPE (TwCard, tw_card, TW, CARD, TwObject)

TwCardState tw_card_get_state (TwCard *self);
const char *tw_card_get_bank (TwCard *self);
const char *tw_card_get_last_four (TwCard *self);
gint64 tw_card_get_tries_left (TwCard *self);
const char *tw_card_get_reason (TwCard *self);
gint64 tw_card_get_created_at_ms (TwCard *self);
gint64 tw_card_get_bound_at_ms (TwCard *self);

G_END_DECLS
