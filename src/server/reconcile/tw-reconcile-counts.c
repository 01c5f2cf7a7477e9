// SPDX-License-Identifier: GPL-3.0-or-later
/* What an operator sees of the books: what nobody has explained yet, and since when. */
#include "server/command/tw-metrics.h"
#include "server/reconcile/tw-reconcile-private.h"

#include "base/tw-clock.h"

#define OPEN "tax_wallet_differences_open"
#define OLDEST "tax_wallet_differences_oldest_seconds"
#define UNAVAILABLE "tax_wallet_books_unavailable_days"

static gboolean
count_open (TwDb *db, GString *out, GString *oldest, GError **error)
{
  gint64 now_ms = tw_clock_now_ms ();
  TwStmt *stmt = tw_db_query (db, error,
                              "SELECT party, count(*), min(found_at) FROM difference "
                              "WHERE state = 0 GROUP BY party ORDER BY party",
                              "");
  TwStep step = TW_STEP_ERROR;

  while (stmt != NULL && (step = tw_stmt_step (stmt, error)) == TW_STEP_ROW)
    {
      g_autofree char *label = g_strdup_printf ("party=\"%s\"", tw_stmt_text (stmt, 0));

      tw_metric_value (out, OPEN, label, (double) tw_stmt_int64 (stmt, 1));
      tw_metric_value (oldest, OLDEST, label,
                       (double) MAX (now_ms - tw_stmt_int64 (stmt, 2), 0) / 1000);
    }
  return step == TW_STEP_DONE;
}

static gboolean
count_unavailable (TwDb *db, GString *out, GError **error)
{
  TwStmt *stmt = tw_db_query (db, error,
                              "SELECT party, count(*) FROM reconciliation WHERE state = $1 "
                              "GROUP BY party ORDER BY party",
                              "i", (gint64) TW_RECONCILIATION_STATE_UNAVAILABLE);
  TwStep step = TW_STEP_ERROR;

  while (stmt != NULL && (step = tw_stmt_step (stmt, error)) == TW_STEP_ROW)
    {
      g_autofree char *label = g_strdup_printf ("party=\"%s\"", tw_stmt_text (stmt, 0));

      tw_metric_value (out, UNAVAILABLE, label, (double) tw_stmt_int64 (stmt, 1));
    }
  return step == TW_STEP_DONE;
}

static void
add_metrics (TwService *service, GString *out, gpointer user_data)
{
  TwReaders *readers = tw_service_get_readers (service);
  g_autoptr (GString) oldest = g_string_new (NULL);
  g_autoptr (GString) unavailable = g_string_new (NULL);
  TwDb *db = tw_readers_borrow (readers, NULL);

  tw_metric_begin (out, OPEN, "gauge", "Differences to a partner's books that nobody explained.");
  tw_metric_begin (oldest, OLDEST, "gauge", "Age of the oldest of them.");
  tw_metric_begin (unavailable, UNAVAILABLE, "gauge", "Days whose books a partner has not told.");
  if (db != NULL)
    {
      if (count_open (db, out, oldest, NULL))
        count_unavailable (db, unavailable, NULL);
      tw_readers_return (readers, db);
    }
  g_string_append (out, oldest->str);
  g_string_append (out, unavailable->str);
}

/**
 * tw_reconcile_add_metrics:
 * @service: the service
 *
 * Its metrics tell of differences from now on.
 */
void
tw_reconcile_add_metrics (TwService *service)
{
  tw_service_add_metrics (service, add_metrics, NULL);
}
