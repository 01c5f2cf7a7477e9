// SPDX-License-Identifier: GPL-3.0-or-later
#include "counterpart/tw-requests.h"

/* What is older than the window would be refused for its time alone; twice, as clocks may differ.
 */
#define KEPT_MS (2 * TW_REQUEST_WINDOW_MS)

/**
 * tw_requests_recall:
 * @db: the books
 * @guard: a new one
 * @now_ms: by the clock of the machine
 * @error: the database's
 *
 * Forgets what is too old to come again.
 *
 * Returns: whether @guard knows what was taken by the process before
 */
gboolean
tw_requests_recall (TwDb *db, TwRequestGuard *guard, gint64 now_ms, GError **error)
{
  TwStep step = TW_STEP_ERROR;
  TwStmt *stmt;

  if (!tw_db_begin (db, error))
    return FALSE;
  if (!tw_db_run (db, error, "DELETE FROM request WHERE at < $1", "i", now_ms - KEPT_MS))
    {
      tw_db_rollback (db);
      return FALSE;
    }
  if (!tw_db_commit (db, error))
    return FALSE;
  stmt = tw_db_query (db, error, "SELECT id, signature, at FROM request ORDER BY at, id", "");
  while (stmt != NULL && (step = tw_stmt_step (stmt, error)) == TW_STEP_ROW)
    tw_request_guard_recall (guard, tw_stmt_text (stmt, 0), tw_stmt_text (stmt, 1),
                             tw_stmt_int64 (stmt, 2));
  return step == TW_STEP_DONE;
}

/**
 * tw_requests_keep:
 * @db: the books, outside of any transaction
 * @request: one that was checked
 * @now_ms: by the clock of the machine
 * @error: the database's
 *
 * Before anything is done for it.
 *
 * Returns: whether it is on the disk that it was taken
 */
gboolean
tw_requests_keep (TwDb *db, const TwRequest *request, gint64 now_ms, GError **error)
{
  if (!tw_db_begin (db, error))
    return FALSE;
  if (tw_db_run (db, error,
                 "INSERT INTO request (id, signature, at) VALUES ($1, $2, $3) "
                 "ON CONFLICT (id) DO NOTHING",
                 "ssi", request->id, request->signature, now_ms) &&
      tw_db_run (db, error, "DELETE FROM request WHERE at < $1", "i", now_ms - KEPT_MS))
    return tw_db_commit (db, error);
  tw_db_rollback (db);
  return FALSE;
}
