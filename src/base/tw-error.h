// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * TwError:
 * @TW_ERROR_INVALID: the input is not acceptable as it stands; the message names what to mend
 * @TW_ERROR_REFUSED: understood, and refused by a rule (no balance, wrong state)
 * @TW_ERROR_NOT_FOUND: there is no such thing, or the asker may not know of it
 * @TW_ERROR_DENIED: the asker is known and may not do this
 * @TW_ERROR_UNAUTHENTICATED: it is not known who asks (no session, or it ended)
 * @TW_ERROR_CHANGED: the same id came with another body
 * @TW_ERROR_CONFLICT: two writers met; safe to repeat
 * @TW_ERROR_TOO_LARGE: over a stated limit
 * @TW_ERROR_TOO_MANY: asked too often; wait
 * @TW_ERROR_UNREACHABLE: the other side can't be reached; nothing is known to have happened
 * @TW_ERROR_DAMAGED: stored data failed its authentication
 * @TW_ERROR_LOCKED: a key is needed that is not at hand
 * @TW_ERROR_WRONG_KEY: a key is at hand and does not fit
 * @TW_ERROR_BUSY: temporarily not possible
 * @TW_ERROR_GAP: the feed can't continue from this cursor
 * @TW_ERROR_INTERNAL: a fault of ours
 *
 * The one error domain of the program. Codes are stable: protocol/tw-wire-error.h gives each its
 * name on the wire.
 */
typedef enum
{
  TW_ERROR_INVALID,
  TW_ERROR_REFUSED,
  TW_ERROR_NOT_FOUND,
  TW_ERROR_DENIED,
  TW_ERROR_UNAUTHENTICATED,
  TW_ERROR_CHANGED,
  TW_ERROR_CONFLICT,
  TW_ERROR_TOO_LARGE,
  TW_ERROR_TOO_MANY,
  TW_ERROR_UNREACHABLE,
  TW_ERROR_DAMAGED,
  TW_ERROR_LOCKED,
  TW_ERROR_WRONG_KEY,
  TW_ERROR_BUSY,
  TW_ERROR_GAP,
  TW_ERROR_INTERNAL,
} TwError;

#define TW_ERROR (tw_error_quark ())
GQuark tw_error_quark (void);

G_END_DECLS
