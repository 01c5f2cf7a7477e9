// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/tw-object.h"

G_BEGIN_DECLS

/**
 * TwDifferenceKind:
 * @TW_DIFFERENCE_KIND_MISSING_HERE: the partner has an entry that is no order of ours
 * @TW_DIFFERENCE_KIND_MISSING_THERE: an order that we have as done is not in the partner's books
 * @TW_DIFFERENCE_KIND_AMOUNT: both have it, with different amounts
 * @TW_DIFFERENCE_KIND_STATE: both know it, and it got differently far
 * @TW_DIFFERENCE_KIND_TWICE: the partner has the same order a second time
 * @TW_DIFFERENCE_KIND_REVERSED: the partner has booked the order back
 */
typedef enum
{
  TW_DIFFERENCE_KIND_MISSING_HERE,
  TW_DIFFERENCE_KIND_MISSING_THERE,
  TW_DIFFERENCE_KIND_AMOUNT,
  TW_DIFFERENCE_KIND_STATE,
  TW_DIFFERENCE_KIND_TWICE,
  TW_DIFFERENCE_KIND_REVERSED,
} TwDifferenceKind;

/**
 * TwDifferenceState:
 * @TW_DIFFERENCE_STATE_OPEN: nobody knows why yet
 * @TW_DIFFERENCE_STATE_SETTLED: it is none any more: a statement settled it
 * @TW_DIFFERENCE_STATE_EXPLAINED: a person has said why
 */
typedef enum
{
  TW_DIFFERENCE_STATE_OPEN,
  TW_DIFFERENCE_STATE_SETTLED,
  TW_DIFFERENCE_STATE_EXPLAINED,
} TwDifferenceState;

/**
 * TwOrderState:
 * @TW_ORDER_STATE_NONE: there is no such order
 * @TW_ORDER_STATE_WAITING: it was not sent yet
 * @TW_ORDER_STATE_UNKNOWN: it was sent, and it is not known what became of it
 * @TW_ORDER_STATE_DONE: it was done
 * @TW_ORDER_STATE_REFUSED: it was refused; no money moved here
 *
 * How far an order got, by our books.
 */
typedef enum
{
  TW_ORDER_STATE_NONE,
  TW_ORDER_STATE_WAITING,
  TW_ORDER_STATE_UNKNOWN,
  TW_ORDER_STATE_DONE,
  TW_ORDER_STATE_REFUSED,
} TwOrderState;

#define TW_TYPE_DIFFERENCE (tw_difference_get_type ())
G_DECLARE_FINAL_TYPE (TwDifference, tw_difference, TW, DIFFERENCE, TwObject)

const char *tw_difference_get_party (TwDifference *self);
gint64 tw_difference_get_day (TwDifference *self);
TwDifferenceKind tw_difference_get_kind (TwDifference *self);
TwDifferenceState tw_difference_get_state (TwDifference *self);
TwOrderState tw_difference_get_here (TwDifference *self);
gint64 tw_difference_get_amount_fen (TwDifference *self);
gint64 tw_difference_get_here_fen (TwDifference *self);
gint64 tw_difference_get_there_fen (TwDifference *self);
gint64 tw_difference_get_corrected_fen (TwDifference *self);
gint64 tw_difference_get_correctable_fen (TwDifference *self);
const char *tw_difference_get_customer (TwDifference *self);
const char *tw_difference_get_order_id (TwDifference *self);
const char *tw_difference_get_entry (TwDifference *self);
const char *tw_difference_get_reference (TwDifference *self);
const char *tw_difference_get_rail_reference (TwDifference *self);
const char *tw_difference_get_reason (TwDifference *self);
const char *tw_difference_get_explained_by (TwDifference *self);
gint64 tw_difference_get_found_at_ms (TwDifference *self);
gint64 tw_difference_get_closed_at_ms (TwDifference *self);

G_END_DECLS
