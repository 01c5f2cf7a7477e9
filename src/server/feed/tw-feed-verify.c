// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/tw-uuid.h"
#include "server/feed/tw-feed-batch.h"
#include "server/feed/tw-feed.h"

/**
 * tw_feed_renew_epoch:
 * @db: a connection, outside of a transaction
 * @error: as tw_db_query()
 *
 * To be called on a database that was put back: cursors from before may be ahead of it in ways that
 * counters can't show.
 *
 * Returns: %FALSE with @error
 */
gboolean
tw_feed_renew_epoch (TwDb *db, GError **error)
{
  g_autofree char *epoch = tw_uuid_new ();

  return tw_db_run (db, error, "UPDATE feed_epoch SET epoch = $1 WHERE id = 1", "s", epoch);
}

static gboolean
check_counters (TwDb *db, GString *report, GError **error)
{
  TwStmt *stmt = tw_db_query (db, error,
                              "SELECT feed.scope, max(feed.seq), max(scope.seq) FROM feed "
                              "LEFT JOIN scope ON scope.id = feed.scope GROUP BY feed.scope "
                              "HAVING max(feed.seq) > coalesce(max(scope.seq), 0)",
                              "");
  TwStep step;

  if (stmt == NULL)
    return FALSE;
  while ((step = tw_stmt_step (stmt, error)) == TW_STEP_ROW)
    g_string_append_printf (report,
                            "feed: %s has an object at %" G_GINT64_FORMAT
                            ", and its counter is at %" G_GINT64_FORMAT "\n",
                            tw_stmt_text (stmt, 0), tw_stmt_int64 (stmt, 1),
                            tw_stmt_int64 (stmt, 2));
  return step == TW_STEP_DONE;
}

static gboolean
check_bodies (TwDb *db, TwKey *column_key, GString *report, GError **error)
{
  TwStmt *stmt =
    tw_db_query (db, error, "SELECT scope, type, id, body FROM feed WHERE removed = 0", "");
  TwStep step;

  if (stmt == NULL)
    return FALSE;
  while ((step = tw_stmt_step (stmt, error)) == TW_STEP_ROW)
    {
      g_autofree char *context = tw_feed_seal_context (
        tw_stmt_text (stmt, 0), tw_stmt_text (stmt, 1), tw_stmt_text (stmt, 2));
      gsize length;
      const guint8 *sealed = tw_stmt_blob (stmt, 3, &length);
      g_autoptr (GBytes) body = NULL;

      body = sealed != NULL ? tw_unseal (column_key, sealed, length, context, NULL) : NULL;
      if (body == NULL)
        g_string_append_printf (report, "feed: the body of %s does not open\n", context);
    }
  return step == TW_STEP_DONE;
}

/**
 * tw_feed_verify:
 * @db: a connection
 * @column_key: what bodies are sealed with
 * @report: takes a line for each thing that is wrong
 * @error: as tw_db_query()
 *
 * Returns: %FALSE with @error when it could not be looked at
 */
gboolean
tw_feed_verify (TwDb *db, TwKey *column_key, GString *report, GError **error)
{
  return check_counters (db, report, error) && check_bodies (db, column_key, report, error);
}
