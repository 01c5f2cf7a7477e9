// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/tw-object.h"

G_BEGIN_DECLS

/**
 * TwReconciliationState:
 * @TW_RECONCILIATION_STATE_AGREES: nothing is open
 * @TW_RECONCILIATION_STATE_DIFFERS: something has to be explained
 * @TW_RECONCILIATION_STATE_UNAVAILABLE: the partner has not told its books
 */
typedef enum
{
  TW_RECONCILIATION_STATE_AGREES,
  TW_RECONCILIATION_STATE_DIFFERS,
  TW_RECONCILIATION_STATE_UNAVAILABLE,
} TwReconciliationState;

#define TW_TYPE_RECONCILIATION (tw_reconciliation_get_type ())
G_DECLARE_FINAL_TYPE (TwReconciliation, tw_reconciliation, TW, RECONCILIATION, TwObject)

const char *tw_reconciliation_get_party (TwReconciliation *self);
gint64 tw_reconciliation_get_day (TwReconciliation *self);
TwReconciliationState tw_reconciliation_get_state (TwReconciliation *self);
gint64 tw_reconciliation_get_entries (TwReconciliation *self);
gint64 tw_reconciliation_get_here_fen (TwReconciliation *self);
gint64 tw_reconciliation_get_there_fen (TwReconciliation *self);
gint64 tw_reconciliation_get_open (TwReconciliation *self);
gint64 tw_reconciliation_get_at_ms (TwReconciliation *self);

G_END_DECLS
