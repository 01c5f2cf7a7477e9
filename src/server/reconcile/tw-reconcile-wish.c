// SPDX-License-Identifier: GPL-3.0-or-later
/* What seniors have asked for. Whoever was asked does it at once; one of several services sees to
 * what is still there after a while, as its process was ended. */
#include "server/reconcile/tw-reconcile-private.h"

void
tw_reconcile_wish_free (gpointer data)
{
  TwReconcileWish *wish = data;

  g_free (wish->party);
  g_free (wish);
}

/**
 * tw_reconcile_wish:
 * @tx: the transaction
 * @party: whose books
 * @day: of that day
 * @error: the database's
 *
 * Returns: whether it is written down that somebody wants them to be looked at
 */
gboolean
tw_reconcile_wish (TwTx *tx, const char *party, int day, GError **error)
{
  return tw_db_run (tw_tx_db (tx), error,
                    "INSERT INTO reconcile_wish (party, day, asked_at) VALUES ($1, $2, $3) "
                    "ON CONFLICT (party, day) DO UPDATE SET asked_at = $3",
                    "sii", party, (gint64) day, tw_tx_now_ms (tx));
}

/**
 * tw_reconcile_list_wishes:
 * @db: a connection
 * @until_ms: asked for so long ago, or earlier
 * @error: the database's
 *
 * Returns: (transfer full) (nullable) (element-type TwReconcileWish): what is not done yet
 */
GPtrArray *
tw_reconcile_list_wishes (TwDb *db, gint64 until_ms, GError **error)
{
  g_autoptr (GPtrArray) wishes = g_ptr_array_new_with_free_func (tw_reconcile_wish_free);
  TwStmt *stmt = tw_db_query (
    db, error, "SELECT party, day FROM reconcile_wish WHERE asked_at <= $1 ORDER BY asked_at", "i",
    until_ms);
  TwStep step = TW_STEP_ERROR;

  while (stmt != NULL && (step = tw_stmt_step (stmt, error)) == TW_STEP_ROW)
    {
      TwReconcileWish *wish = g_new0 (TwReconcileWish, 1);

      wish->party = g_strdup (tw_stmt_text (stmt, 0));
      wish->day = (int) tw_stmt_int64 (stmt, 1);
      g_ptr_array_add (wishes, wish);
    }
  return step == TW_STEP_DONE ? g_steal_pointer (&wishes) : NULL;
}

typedef struct
{
  const char *party;
  int day;
  gint64 begun_ms;
} Done;

static gboolean
write_done (TwTx *tx, gpointer data, GError **error)
{
  Done *done = data;

  return tw_db_run (tw_tx_db (tx), error,
                    "DELETE FROM reconcile_wish WHERE party = $1 AND day = $2 AND asked_at <= $3",
                    "sii", done->party, (gint64) done->day, done->begun_ms);
}

/**
 * tw_reconcile_forget_wish:
 * @service: the service
 * @party: whose books
 * @day: of that day
 * @begun_ms: when they were looked at; who asked later is not meant
 * @error: the database's
 *
 * Returns: whether it is written down that this was done
 */
gboolean
tw_reconcile_forget_wish (
  TwService *service, const char *party, int day, gint64 begun_ms, GError **error)
{
  Done done = { party, day, begun_ms };

  return tw_reconcile_call (service, write_done, &done, error);
}
