// SPDX-License-Identifier: GPL-3.0-or-later
/* Who else may look into a scope. An account's grants have a counter of their own, so that a parked
 * long poll hears of a new one. */
#include "server/feed/tw-feed-batch.h"

/**
 * tw_feed_grants_scope:
 * @account_id: whose
 *
 * Returns: (transfer full): the name of the counter of their grants
 */
char *
tw_feed_grants_scope (const char *account_id)
{
  return g_strconcat ("grants:", account_id, NULL);
}

static gboolean
next_number (TwDb *db, gint64 *number, GError **error)
{
  TwStmt *stmt = tw_db_query (db, error,
                              "INSERT INTO scope (id, seq) VALUES ('grants', 1) "
                              "ON CONFLICT (id) DO UPDATE SET seq = scope.seq + 1 RETURNING seq",
                              "");

  if (stmt == NULL || tw_stmt_step (stmt, error) != TW_STEP_ROW)
    return FALSE;
  *number = tw_stmt_int64 (stmt, 0);
  tw_stmt_reset (stmt);
  return TRUE;
}

/**
 * tw_feed_batch_grant:
 * @batch: the transaction's batch
 * @db: in the transaction
 * @account_id: who may look
 * @scope: into what
 * @view: a TwView
 * @error: as tw_db_query()
 *
 * A grant that is there already, with the same view, stays as it is.
 *
 * Returns: %FALSE with @error
 */
gboolean
tw_feed_batch_grant (
  TwFeedBatch *batch, TwDb *db, const char *account_id, const char *scope, int view, GError **error)
{
  g_autofree char *counter = tw_feed_grants_scope (account_id);
  TwStmt *stmt;
  gint64 number;

  stmt = tw_db_query (db, error, "SELECT view FROM scope_grant WHERE account = $1 AND scope = $2",
                      "ss", account_id, scope);
  if (stmt == NULL)
    return FALSE;
  if (tw_stmt_step (stmt, NULL) == TW_STEP_ROW && tw_stmt_int64 (stmt, 0) == view)
    {
      tw_stmt_reset (stmt);
      return TRUE;
    }
  tw_stmt_reset (stmt);
  if (!next_number (db, &number, error) ||
      !tw_db_run (db, error,
                  "INSERT INTO scope_grant (account, scope, view, number) VALUES ($1, $2, $3, $4) "
                  "ON CONFLICT (account, scope) DO UPDATE "
                  "SET view = excluded.view, number = excluded.number",
                  "ssii", account_id, scope, (gint64) view, number))
    return FALSE;
#ifdef TW_MUTANT_GRANT_NOT_HEARD
#include "base/tw-planted.h"
#else
  tw_feed_batch_touch (batch, counter);
#endif
  return TRUE;
}

/**
 * tw_feed_batch_revoke:
 * @batch: the transaction's batch
 * @db: in the transaction
 * @account_id: who may not look any more
 * @scope: into what
 * @error: as tw_db_query()
 *
 * What was never granted may be revoked.
 *
 * Returns: %FALSE with @error
 */
gboolean
tw_feed_batch_revoke (
  TwFeedBatch *batch, TwDb *db, const char *account_id, const char *scope, GError **error)
{
  g_autofree char *counter = tw_feed_grants_scope (account_id);

  if (!tw_db_run (db, error, "DELETE FROM scope_grant WHERE account = $1 AND scope = $2", "ss",
                  account_id, scope))
    return FALSE;
  if (tw_db_changes (db) > 0)
    tw_feed_batch_touch (batch, counter);
  return TRUE;
}
