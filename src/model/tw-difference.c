// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/tw-difference.h"

/**
 * TwDifference:
 *
 * Something that our books and a partner's do not say alike.
 *
 * - party: whose books: bank, office, …
 * - day: of the statement
 * - kind: what does not agree
 * - state: whether it still has to be explained
 * - here: how far our order got
 * - amount-fen: what was ordered, or what they say was; over zero: to us
 * - here-fen: by our books; over zero: came to us
 * - there-fen: by theirs
 * - corrected-fen: what seniors have moved for it; over zero: to the customer
 * - correctable-fen: what a senior can move for it now; over zero: to the customer
 * - customer: the masked name of who would get or give it, or nothing
 * - order-id: our order, or what they say it is
 * - entry: their line, or nothing
 * - reference: our payment's, to quote, or nothing
 * - rail-reference: theirs, or nothing
 * - reason: what a person wrote
 * - explained-by: who
 * - found-at-ms: when it was found first
 * - closed-at-ms: when it was settled or explained; 0: it is open
 */
struct _TwDifference
{
  TwObject parent_instance;

  char *party;
  gint64 day;
  TwDifferenceKind kind;
  TwDifferenceState state;
  TwOrderState here;
  gint64 amount_fen;
  gint64 here_fen;
  gint64 there_fen;
  gint64 corrected_fen;
  gint64 correctable_fen;
  char *customer;
  char *order_id;
  char *entry;
  char *reference;
  char *rail_reference;
  char *reason;
  char *explained_by;
  gint64 found_at_ms;
  gint64 closed_at_ms;
};

G_DEFINE_FINAL_TYPE (TwDifference, tw_difference, TW_TYPE_OBJECT)

static const char *const kind_words[] = { "missing_here", "missing_there", "amount", "state",
                                          "twice",        "reversed",      NULL };
static const char *const state_words[] = { "open", "settled", "explained", NULL };
static const char *const here_words[] = { "none", "waiting", "unknown", "done", "refused", NULL };

static const TwField fields[] = {
  TW_FIELD_STRING (TwDifference, party, "party"),
  TW_FIELD_INT64 (TwDifference, day, "day"),
  TW_FIELD_ENUM (TwDifference, kind, "kind", kind_words),
  TW_FIELD_ENUM (TwDifference, state, "state", state_words),
  TW_FIELD_ENUM (TwDifference, here, "here", here_words),
  TW_FIELD_INT64 (TwDifference, amount_fen, "amount-fen"),
  TW_FIELD_INT64 (TwDifference, here_fen, "here-fen"),
  TW_FIELD_INT64 (TwDifference, there_fen, "there-fen"),
  TW_FIELD_INT64 (TwDifference, corrected_fen, "corrected-fen"),
  TW_FIELD_INT64 (TwDifference, correctable_fen, "correctable-fen"),
  TW_FIELD_STRING (TwDifference, customer, "customer"),
  TW_FIELD_STRING (TwDifference, order_id, "order-id"),
  TW_FIELD_STRING (TwDifference, entry, "entry"),
  TW_FIELD_STRING (TwDifference, reference, "reference"),
  TW_FIELD_STRING (TwDifference, rail_reference, "rail-reference"),
  TW_FIELD_STRING (TwDifference, reason, "reason"),
  TW_FIELD_STRING (TwDifference, explained_by, "explained-by"),
  TW_FIELD_INT64 (TwDifference, found_at_ms, "found-at-ms"),
  TW_FIELD_INT64 (TwDifference, closed_at_ms, "closed-at-ms"),
};

static void
tw_difference_class_init (TwDifferenceClass *klass)
{
  tw_object_class_install_fields (TW_OBJECT_CLASS (klass), "difference", fields,
                                  G_N_ELEMENTS (fields));
}

static void
tw_difference_init (TwDifference *self)
{
}

#define GETTER(type, member)                                                                       \
  TW_DEFINE_GETTER (TwDifference, tw_difference, TW_IS_DIFFERENCE, type, member)

GETTER (const char *, party)
GETTER (gint64, day)
GETTER (TwDifferenceKind, kind)
GETTER (TwDifferenceState, state)
GETTER (TwOrderState, here)
GETTER (gint64, amount_fen)
GETTER (gint64, here_fen)
GETTER (gint64, there_fen)
GETTER (gint64, corrected_fen)
GETTER (gint64, correctable_fen)
GETTER (const char *, customer)
GETTER (const char *, order_id)
GETTER (const char *, entry)
GETTER (const char *, reference)
GETTER (const char *, rail_reference)
GETTER (const char *, reason)
GETTER (const char *, explained_by)
GETTER (gint64, found_at_ms)
GETTER (gint64, closed_at_ms)
