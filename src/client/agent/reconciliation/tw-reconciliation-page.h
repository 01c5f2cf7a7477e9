// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <adwaita.h>

#include "client/sync/tw-client.h"
#include "model/tw-difference.h"
#include "model/tw-reconciliation.h"

G_BEGIN_DECLS

#define TW_TYPE_RECONCILIATION_PAGE (tw_reconciliation_page_get_type ())
G_DECLARE_FINAL_TYPE (TwReconciliationPage, tw_reconciliation_page, TW, RECONCILIATION_PAGE, AdwBin)

void tw_reconciliation_page_set_client (TwReconciliationPage *self, TwClient *client);
void tw_reconciliation_page_enter (TwReconciliationPage *self);
gboolean tw_reconciliation_page_back (TwReconciliationPage *self);

/* What rows say; their templates call these. */
char *tw_reconciliation_format_party (gpointer self, const char *party);
char *tw_reconciliation_format_where (
  gpointer self, const char *party, gint64 day, const char *reference, const char *rail_reference);
char *tw_reconciliation_format_what (gpointer self, int kind, int here);
char *tw_reconciliation_format_apart (gpointer self,
                                      gint64 here_fen,
                                      gint64 there_fen,
                                      gint64 amount_fen);
char *tw_reconciliation_format_state (gpointer self, int state, gint64 corrected_fen);
char *tw_reconciliation_format_spoken (
  gpointer self, const char *what, const char *where, const char *apart, const char *state);
char *tw_reconciliation_format_both (gpointer self, const char *one, const char *other);
char *tw_reconciliation_format_day (gpointer self, const char *party, gint64 day);
char *tw_reconciliation_format_outcome (
  gpointer self, int state, gint64 entries, gint64 open, gint64 at_ms);
const char *tw_reconciliation_get_meaning (TwDifference *difference);
const char *tw_reconciliation_get_here (TwDifference *difference);

G_END_DECLS
