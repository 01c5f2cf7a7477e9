// SPDX-License-Identifier: GPL-3.0-or-later
/* What it means for a person's money that a command was refused or a payment did not happen: the
 * same closed list of codes as protocol/tw-refusal.h, seen from the wallet. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * TwMoved:
 * @TW_MOVED_NOTHING: nothing has moved, and nothing will
 * @TW_MOVED_BACK: it was set aside or sent, and is back in the wallet
 * @TW_MOVED_EARLIER: it has moved once, with an earlier attempt, and not a second time
 * @TW_MOVED_UNKNOWN: nobody can say yet
 *
 * Whether money moved.
 */
typedef enum
{
  TW_MOVED_NOTHING,
  TW_MOVED_BACK,
  TW_MOVED_EARLIER,
  TW_MOVED_UNKNOWN,
} TwMoved;

/**
 * TwCheck:
 * @TW_CHECK_NETWORK: the network, and the service behind it
 * @TW_CHECK_BALANCE: the balance and the limits
 * @TW_CHECK_PAYEE: to whom, and how much
 * @TW_CHECK_RETRY: whether a second try is safe
 * @TW_CHECK_SUPPORT: a person who helps, with all the facts
 *
 * The steps that the program walks when a payment fails.
 */
typedef enum
{
  TW_CHECK_NETWORK,
  TW_CHECK_BALANCE,
  TW_CHECK_PAYEE,
  TW_CHECK_RETRY,
  TW_CHECK_SUPPORT,
  TW_N_CHECKS,
} TwCheck;

typedef struct
{
  const char *code; /* of protocol/tw-refusal.h */
  TwMoved moved;
  TwCheck check;    /* the step at which it failed */
  const char *todo; /* what to do, for a person; not translated yet */
} TwFailure;

const TwFailure *tw_failure_find (const char *code);
const TwFailure *tw_failure_list (gsize *n_failures);
const char *tw_failure_get_todo (const TwFailure *failure);
const char *tw_moved_get_words (TwMoved moved);

G_END_DECLS
