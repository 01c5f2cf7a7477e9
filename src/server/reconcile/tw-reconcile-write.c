// SPDX-License-Identifier: GPL-3.0-or-later
/* What was found becomes rows, and what seniors see. */
#include "server/reconcile/tw-reconcile-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "base/tw-error.h"
#include "server/command/tw-column.h"
#include "server/command/tw-keys.h"

#define TABLE "difference"

static TwDifference *
read_row (TwTx *tx, TwStmt *stmt, const char *id, GError **error)
{
  TwKey *key = tw_tx_key (tx, TW_KEY_COLUMN);
  g_autofree char *reason = NULL, *explained_by = NULL;

  if (!tw_stmt_is_null (stmt, 10) &&
      ((reason = tw_column_read (key, stmt, 10, TABLE, id, "reason", error)) == NULL ||
       (explained_by = tw_column_read (key, stmt, 11, TABLE, id, "explained_by", error)) == NULL))
    return NULL;
  return g_object_new (
    TW_TYPE_DIFFERENCE, "id", id, "party", tw_stmt_text (stmt, 0), "day", tw_stmt_int64 (stmt, 1),
    "kind", (int) tw_stmt_int64 (stmt, 2), "order-id", tw_stmt_text (stmt, 3), "entry",
    tw_stmt_text (stmt, 4), "reference", tw_stmt_text (stmt, 5), "rail-reference",
    tw_stmt_text (stmt, 6), "here-fen", tw_stmt_int64 (stmt, 7), "there-fen",
    tw_stmt_int64 (stmt, 8), "here", (int) tw_stmt_int64 (stmt, 14), "state",
    (int) tw_stmt_int64 (stmt, 9), "reason", reason != NULL ? reason : "", "explained-by",
    explained_by != NULL ? explained_by : "", "found-at-ms", tw_stmt_int64 (stmt, 12),
    "closed-at-ms", tw_stmt_int64 (stmt, 13), "amount-fen", tw_stmt_int64 (stmt, 15),
    "corrected-fen", tw_stmt_int64 (stmt, 16), NULL);
}

/**
 * tw_difference_load:
 * @tx: the transaction
 * @id: of a difference
 * @error: %TW_ERROR_NOT_FOUND, or the database's
 *
 * Returns: (transfer full) (nullable): the difference
 */
TwDifference *
tw_difference_load (TwTx *tx, const char *id, GError **error)
{
  TwStmt *stmt =
    tw_db_query (tw_tx_db (tx), error,
                 "SELECT party, day, kind, order_id, entry, reference, rail_reference, here_fen, "
                 "there_fen, state, reason, explained_by, found_at, closed_at, here, amount_fen, "
                 "corrected_fen "
                 "FROM difference WHERE id = $1",
                 "s", id);
  TwDifference *difference;
  TwStep step;

  if (stmt == NULL || (step = tw_stmt_step (stmt, error)) == TW_STEP_ERROR)
    return NULL;
  if (step == TW_STEP_DONE)
    {
      g_set_error (error, TW_ERROR, TW_ERROR_NOT_FOUND, _ ("There is no difference %s."), id);
      return NULL;
    }
  difference = read_row (tx, stmt, id, error);
  tw_stmt_reset (stmt);
  return difference;
}

gboolean
tw_difference_publish (TwTx *tx, const char *id, GError **error)
{
  g_autoptr (TwDifference) difference = tw_difference_load (tx, id, error);

  if (difference == NULL || !tw_difference_offer (tx, difference, error))
    return FALSE;
  tw_tx_publish (tx, TW_SCOPE_MONEY, TW_OBJECT (difference));
  return TRUE;
}

/* One that a person has explained stays so as long as it is the same; one that was settled and is
 * found again is open again. What did not change is not written. */
static gboolean
write_finding (TwTx *tx, TwComparison *comparison, TwFinding *finding, GError **error)
{
  TwDb *db = tw_tx_db (tx);

  if (!tw_db_run (
        db, error,
        "INSERT INTO difference (id, party, day, kind, order_id, entry, reference, "
        "rail_reference, here_fen, there_fen, here, state, found_at, closed_at, amount_fen) "
        "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 0, $12, 0, $13) "
        "ON CONFLICT (id) DO UPDATE SET here_fen = $9, there_fen = $10, here = $11, state = 0, "
        "rail_reference = $8, reason = NULL, explained_by = NULL, closed_at = 0 "
        "WHERE difference.state = 1 OR difference.here_fen <> $9 OR difference.there_fen <> $10 "
        "OR difference.here <> $11",
        "ssiissssiiiii", finding->id, comparison->party, (gint64) comparison->day,
        (gint64) finding->kind, finding->order_id, finding->entry, finding->reference,
        finding->rail_reference, finding->here_fen, finding->there_fen, (gint64) finding->here,
        tw_tx_now_ms (tx), finding->amount_fen))
    return FALSE;
  return tw_db_changes (db) == 0 || tw_difference_publish (tx, finding->id, error);
}

/* The ids of what was found, to be looked up in. */
static GHashTable *
list_found (TwComparison *comparison)
{
  GHashTable *found = g_hash_table_new (g_str_hash, g_str_equal);

  for (guint i = 0; i < comparison->findings->len; i++)
    g_hash_table_add (found, ((TwFinding *) comparison->findings->pdata[i])->id);
  return found;
}

/* What is open and was not found any more is settled. */
static gboolean
close_settled (TwTx *tx, TwComparison *comparison, GError **error)
{
  g_autoptr (GHashTable) found = list_found (comparison);
  g_autoptr (GPtrArray) gone = g_ptr_array_new_with_free_func (g_free);
  TwStmt *stmt = tw_db_query (
    tw_tx_db (tx), error, "SELECT id FROM difference WHERE party = $1 AND day = $2 AND state = 0",
    "si", comparison->party, (gint64) comparison->day);
  TwStep step;

  if (stmt == NULL)
    return FALSE;
  while ((step = tw_stmt_step (stmt, error)) == TW_STEP_ROW)
    if (!g_hash_table_contains (found, tw_stmt_text (stmt, 0)))
      g_ptr_array_add (gone, g_strdup (tw_stmt_text (stmt, 0)));
  for (guint i = 0; step == TW_STEP_DONE && i < gone->len; i++)
    if (!tw_db_run (tw_tx_db (tx), error,
                    "UPDATE difference SET state = 1, closed_at = $2 WHERE id = $1", "si",
                    gone->pdata[i], tw_tx_now_ms (tx)) ||
        !tw_difference_publish (tx, gone->pdata[i], error))
      return FALSE;
  return step == TW_STEP_DONE;
}

static gboolean
count (TwTx *tx, TwComparison *comparison, GError **error)
{
  TwStmt *stmt = tw_db_query (tw_tx_db (tx), error,
                              "SELECT coalesce (sum (CASE WHEN state = 0 THEN 1 ELSE 0 END), 0), "
                              "coalesce (sum (CASE WHEN state = 1 THEN 1 ELSE 0 END), 0) "
                              "FROM difference WHERE party = $1 AND day = $2",
                              "si", comparison->party, (gint64) comparison->day);

  if (stmt == NULL || tw_stmt_step (stmt, error) != TW_STEP_ROW)
    return FALSE;
  comparison->sum.open = (guint) tw_stmt_int64 (stmt, 0);
  comparison->sum.healed = (guint) tw_stmt_int64 (stmt, 1);
  tw_stmt_reset (stmt);
  return TRUE;
}

static char *
make_id (const char *party, int day)
{
  g_autofree char *what = g_strdup_printf ("reconciliation/%s/%d", party, day);

  return tw_writer_make_id (what, "");
}

/* Shows seniors how a day stands now. */
gboolean
tw_reconciliation_publish (TwTx *tx, const char *party, int day, GError **error)
{
  TwStmt *stmt = tw_db_query (tw_tx_db (tx), error,
                              "SELECT id, state, entries, here_fen, there_fen, open, at "
                              "FROM reconciliation WHERE party = $1 AND day = $2",
                              "si", party, (gint64) day);
  g_autoptr (TwReconciliation) shown = NULL;

  if (stmt == NULL || tw_stmt_step (stmt, error) != TW_STEP_ROW)
    return FALSE;
  shown = g_object_new (TW_TYPE_RECONCILIATION, "id", tw_stmt_text (stmt, 0), "party", party, "day",
                        (gint64) day, "state", (int) tw_stmt_int64 (stmt, 1), "entries",
                        tw_stmt_int64 (stmt, 2), "here-fen", tw_stmt_int64 (stmt, 3), "there-fen",
                        tw_stmt_int64 (stmt, 4), "open", tw_stmt_int64 (stmt, 5), "at-ms",
                        tw_stmt_int64 (stmt, 6), NULL);
  tw_stmt_reset (stmt);
  tw_tx_publish (tx, TW_SCOPE_MONEY, TW_OBJECT (shown));
  return TRUE;
}

static gboolean
write_reconciliation (TwTx *tx,
                      const char *party,
                      int day,
                      TwReconciliationState state,
                      const TwReconcileSum *sum,
                      GError **error)
{
  g_autofree char *id = make_id (party, day);

  return tw_db_run (tw_tx_db (tx), error,
                    "INSERT INTO reconciliation (id, party, day, state, entries, here_fen, "
                    "there_fen, open, at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) "
                    "ON CONFLICT (id) DO UPDATE SET state = $4, entries = $5, here_fen = $6, "
                    "there_fen = $7, open = $8, at = $9",
                    "ssiiiiiii", id, party, (gint64) day, (gint64) state, (gint64) sum->entries,
                    sum->here_fen, sum->there_fen, (gint64) sum->open, tw_tx_now_ms (tx)) &&
         tw_reconciliation_publish (tx, party, day, error);
}

static gboolean
write_comparison (TwTx *tx, gpointer data, GError **error)
{
  TwComparison *comparison = data;

  for (guint i = 0; i < comparison->findings->len; i++)
    if (!write_finding (tx, comparison, comparison->findings->pdata[i], error))
      return FALSE;
  return close_settled (tx, comparison, error) && count (tx, comparison, error) &&
         write_reconciliation (tx, comparison->party, comparison->day,
                               comparison->sum.open > 0 ? TW_RECONCILIATION_STATE_DIFFERS
                                                        : TW_RECONCILIATION_STATE_AGREES,
                               &comparison->sum, error);
}

/**
 * tw_reconcile_write:
 * @service: the service
 * @comparison: one that was read; its sum is completed
 * @error: the database's
 *
 * Returns: whether what was found is written, and what is none any more is closed
 */
gboolean
tw_reconcile_write (TwService *service, TwComparison *comparison, GError **error)
{
  return tw_reconcile_call (service, write_comparison, comparison, error);
}

typedef struct
{
  const char *party;
  int day;
} Unavailable;

/* What was found of the day before stands. */
static gboolean
write_unavailable (TwTx *tx, gpointer data, GError **error)
{
  Unavailable *day = data;
  g_autofree char *id = make_id (day->party, day->day);
  TwReconcileSum none = { 0 };
  TwStmt *stmt = tw_db_query (tw_tx_db (tx), error,
                              "SELECT entries, here_fen, there_fen, open FROM reconciliation "
                              "WHERE id = $1",
                              "s", id);
  TwStep step;

  if (stmt == NULL || (step = tw_stmt_step (stmt, error)) == TW_STEP_ERROR)
    return FALSE;
  if (step == TW_STEP_ROW)
    none = (TwReconcileSum){ .entries = (guint) tw_stmt_int64 (stmt, 0),
                             .here_fen = tw_stmt_int64 (stmt, 1),
                             .there_fen = tw_stmt_int64 (stmt, 2),
                             .open = (guint) tw_stmt_int64 (stmt, 3) };
  tw_stmt_reset (stmt);
  return write_reconciliation (tx, day->party, day->day, TW_RECONCILIATION_STATE_UNAVAILABLE, &none,
                               error);
}

/**
 * tw_reconcile_note_unavailable:
 * @service: the service
 * @party: who has not told their books
 * @day: of that day
 * @error: the database's
 *
 * Returns: whether that is written
 */
gboolean
tw_reconcile_note_unavailable (TwService *service, const char *party, int day, GError **error)
{
  Unavailable what = { party, day };

  return tw_reconcile_call (service, write_unavailable, &what, error);
}
