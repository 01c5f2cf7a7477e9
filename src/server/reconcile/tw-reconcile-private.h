// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/tw-difference.h"
#include "model/tw-reconciliation.h"
#include "server/reconcile/tw-reconcile.h"

G_BEGIN_DECLS

/* One line that does not agree, before it is written. */
typedef struct
{
  char *id;
  TwDifferenceKind kind;
  char *order_id;
  char *entry;
  char *reference;      /* ours, of the payment, or "" */
  char *rail_reference; /* theirs, or "" */
  gint64 amount_fen;    /* what was ordered, or what they say was */
  gint64 here_fen;
  gint64 there_fen;
  TwOrderState here; /* how far our order got */
} TwFinding;

/* An order that the statement settles. */
typedef struct
{
  char *order_id;
  char *reference;
  gboolean confirms;
  gint64 booked_at_ms;
} TwCure;

typedef struct
{
  const char *party;
  int day;
  gboolean has_statement;
  gint64 until_ms; /* what was settled here up to then must be in it */
  TwReconcileSum sum;
  GPtrArray *findings; /* of TwFinding */
  GPtrArray *cures;    /* of TwCure */
} TwComparison;

TwComparison *tw_comparison_new (const char *party, int day);
void tw_comparison_free (TwComparison *comparison);
gboolean tw_comparison_read (TwComparison *comparison, TwDb *db, GError **error);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TwComparison, tw_comparison_free)

/* Each waits until the writer has done it. */
gboolean tw_reconcile_call (TwService *service, TwWriteFunc func, gpointer data, GError **error);
gboolean
tw_reconcile_store (TwService *service, const char *party, TwStatement *statement, GError **error);
gboolean tw_reconcile_check_account (
  TwService *service, const char *party, const char *account, gboolean is_asked, GError **error);
gboolean tw_reconcile_cure (TwService *service, TwComparison *comparison, GError **error);
gboolean tw_reconcile_write (TwService *service, TwComparison *comparison, GError **error);
gboolean
tw_reconcile_note_unavailable (TwService *service, const char *party, int day, GError **error);
gboolean tw_reconcile_find_days (
  TwService *service, const char *party, int from, int last, GArray *days, GError **error);
gboolean
tw_reconcile_mark_left_days (TwService *service, const char *party, int last, GError **error);

TwDifference *tw_difference_load (TwTx *tx, const char *id, GError **error);
gboolean tw_reconciliation_publish (TwTx *tx, const char *party, int day, GError **error);
gboolean tw_difference_publish (TwTx *tx, const char *id, GError **error);

/* What was asked for, and is not done yet. */
typedef struct
{
  char *party;
  int day;
} TwReconcileWish;

void tw_reconcile_wish_free (gpointer data);
gboolean tw_reconcile_wish (TwTx *tx, const char *party, int day, GError **error);
GPtrArray *tw_reconcile_list_wishes (TwDb *db, gint64 until_ms, GError **error);
gboolean tw_reconcile_forget_wish (
  TwService *service, const char *party, int day, gint64 begun_ms, GError **error);

TwDifference *tw_difference_load_open (TwTx *tx, const char *id, const char **code, GError **error);
const char *tw_difference_read_reason (JsonObject *body, const char **id, GError **error);
gboolean tw_difference_close (TwTx *tx,
                              TwJob *job,
                              TwDifference *difference,
                              const char *reason,
                              const char *what,
                              GError **error);

/* difference.correct */
gboolean tw_difference_offer (TwTx *tx, TwDifference *difference, GError **error);
gboolean tw_difference_handle_correct (TwTx *tx, TwJob *job, GError **error);
gboolean tw_difference_lock_correct (TwTx *tx, TwJob *job, TwLocks *locks, GError **error);

TwOrderState tw_comparison_get_here (TwRailState state);

void tw_reconciler_ask (const char *party, int day);

G_END_DECLS
