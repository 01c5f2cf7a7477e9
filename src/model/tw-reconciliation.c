// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/tw-reconciliation.h"

/**
 * TwReconciliation:
 *
 * A day of a partner's books held against ours.
 *
 * - party: whose books: bank, office, …
 * - day: which day
 * - state: what came of it
 * - entries: how many lines the statement has
 * - here-fen: what they add up to by our books; over zero: came to us
 * - there-fen: by theirs
 * - open: how many differences are to be explained
 * - at-ms: when that was looked at last
 */
struct _TwReconciliation
{
  TwObject parent_instance;

  char *party;
  gint64 day;
  TwReconciliationState state;
  gint64 entries;
  gint64 here_fen;
  gint64 there_fen;
  gint64 open;
  gint64 at_ms;
};

G_DEFINE_FINAL_TYPE (TwReconciliation, tw_reconciliation, TW_TYPE_OBJECT)

static const char *const state_words[] = { "agrees", "differs", "unavailable", NULL };

static const TwField fields[] = {
  TW_FIELD_STRING (TwReconciliation, party, "party"),
  TW_FIELD_INT64 (TwReconciliation, day, "day"),
  TW_FIELD_ENUM (TwReconciliation, state, "state", state_words),
  TW_FIELD_INT64 (TwReconciliation, entries, "entries"),
  TW_FIELD_INT64 (TwReconciliation, here_fen, "here-fen"),
  TW_FIELD_INT64 (TwReconciliation, there_fen, "there-fen"),
  TW_FIELD_INT64 (TwReconciliation, open, "open"),
  TW_FIELD_INT64 (TwReconciliation, at_ms, "at-ms"),
};

static void
tw_reconciliation_class_init (TwReconciliationClass *klass)
{
  tw_object_class_install_fields (TW_OBJECT_CLASS (klass), "reconciliation", fields,
                                  G_N_ELEMENTS (fields));
}

static void
tw_reconciliation_init (TwReconciliation *self)
{
}

#define GETTER(type, member)                                                                       \
  TW_DEFINE_GETTER (TwReconciliation, tw_reconciliation, TW_IS_RECONCILIATION, type, member)

GETTER (const char *, party)
GETTER (gint64, day)
GETTER (TwReconciliationState, state)
GETTER (gint64, entries)
GETTER (gint64, here_fen)
GETTER (gint64, there_fen)
GETTER (gint64, open)
GETTER (gint64, at_ms)
