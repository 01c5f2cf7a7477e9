// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/tw-object.h"

G_BEGIN_DECLS

/**
 * TwChallengeState:
 * @TW_CHALLENGE_STATE_WAITING: a code is out
 * @TW_CHALLENGE_STATE_ANSWERED: the code was right and the command was looked at again
 * @TW_CHALLENGE_STATE_EXPIRED: nobody answered in time; the command is refused
 * @TW_CHALLENGE_STATE_REFUSED: too many wrong codes, or none could be sent; the command is refused
 * @TW_CHALLENGE_STATE_DROPPED: the person does not want it any more; the command is refused
 *
 * What became of it.
 */
typedef enum
{
  TW_CHALLENGE_STATE_WAITING,
  TW_CHALLENGE_STATE_ANSWERED,
  TW_CHALLENGE_STATE_EXPIRED,
  TW_CHALLENGE_STATE_REFUSED,
  TW_CHALLENGE_STATE_DROPPED,
} TwChallengeState;

#define TW_TYPE_CHALLENGE (tw_challenge_get_type ())
G_DECLARE_FINAL_TYPE (TwChallenge, tw_challenge, TW, CHALLENGE, TwObject)

TwChallengeState tw_challenge_get_state (TwChallenge *self);
const char *tw_challenge_get_kind (TwChallenge *self);
const char *tw_challenge_get_device_id (TwChallenge *self);
const char *tw_challenge_get_phone (TwChallenge *self);
gint64 tw_challenge_get_tries_left (TwChallenge *self);
gint64 tw_challenge_get_sent_at_ms (TwChallenge *self);
gint64 tw_challenge_get_expires_at_ms (TwChallenge *self);

G_END_DECLS
