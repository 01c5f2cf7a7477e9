// SPDX-License-Identifier: GPL-3.0-or-later
/* Which days are still to be held against a partner's books. */
#include "server/reconcile/tw-reconcile-private.h"

#include "base/tw-clock.h"

/* The day of the first order; there is nothing to look at before. */
static gboolean
find_first_day (TwDb *db, int *day, GError **error)
{
  TwStmt *stmt = tw_db_query (
    db, error, "SELECT coalesce (min (created_at), 0) FROM rail_op WHERE created_at > 0", "");

  if (stmt == NULL || tw_stmt_step (stmt, error) != TW_STEP_ROW)
    return FALSE;
  *day = tw_stmt_int64 (stmt, 0) > 0 ? tw_clock_day_of_ms (tw_stmt_int64 (stmt, 0)) : G_MAXINT;
  tw_stmt_reset (stmt);
  return TRUE;
}

/* Adds the days of which the partner's books were looked at when they were over; and those of which
 * they could not be, if @marked. */
static gboolean
list_known (TwDb *db,
            const char *party,
            int from,
            int last,
            gboolean marked,
            GHashTable *days,
            GError **error)
{
  TwStmt *stmt = tw_db_query (db, error,
                              "SELECT day, state, at FROM reconciliation "
                              "WHERE party = $1 AND day >= $2 AND day <= $3 AND at <= $4",
                              "siii", party, (gint64) from, (gint64) last, tw_clock_now_ms ());
  TwStep step = TW_STEP_ERROR;

  while (stmt != NULL && (step = tw_stmt_step (stmt, error)) == TW_STEP_ROW)
    {
      int day = (int) tw_stmt_int64 (stmt, 0);
      gboolean is_marked = tw_stmt_int64 (stmt, 1) == TW_RECONCILIATION_STATE_UNAVAILABLE;

      if (is_marked ? marked : tw_stmt_int64 (stmt, 2) >= tw_clock_ms_of_day (day + 1))
        g_hash_table_add (days, GINT_TO_POINTER (day));
    }
  return step == TW_STEP_DONE;
}

/* @from: 0 for the first day that there is */
static gboolean
find_days (TwService *service,
           const char *party,
           int from,
           int last,
           gboolean but_marked,
           GArray *days,
           GError **error)
{
  TwReaders *readers = tw_service_get_readers (service);
  TwDb *db = tw_readers_borrow (readers, error);
  g_autoptr (GHashTable) known = g_hash_table_new (NULL, NULL);
  int day = G_MAXINT;
  gboolean ok;

  if (db == NULL)
    return FALSE;
  ok = find_first_day (db, &day, error) &&
       list_known (db, party, from, last, but_marked, known, error);
  tw_readers_return (readers, db);
  for (day = MAX (day, from); ok && day <= last; day++)
    if (!g_hash_table_contains (known, GINT_TO_POINTER (day)))
      g_array_append_val (days, day);
  return ok;
}

/**
 * tw_reconcile_find_days:
 * @service: the service
 * @party: whose books
 * @from: the first day that may be meant
 * @last: the last one
 * @days: (element-type int): gets the days that were not looked at when they were over
 * @error: the database's
 *
 * Returns: whether it could be seen
 */
gboolean
tw_reconcile_find_days (
  TwService *service, const char *party, int from, int last, GArray *days, GError **error)
{
  return find_days (service, party, from, last, FALSE, days, error);
}

/**
 * tw_reconcile_mark_left_days:
 * @service: the service
 * @party: whose books
 * @last: the last day that nobody asks for by itself any more
 * @error: the database's
 *
 * Days up to there that were not looked at are marked as such, once: seniors see them, and can have
 * them looked at.
 *
 * Returns: whether that is written
 */
gboolean
tw_reconcile_mark_left_days (TwService *service, const char *party, int last, GError **error)
{
  g_autoptr (GArray) days = g_array_new (FALSE, FALSE, sizeof (int));

  if (!find_days (service, party, 0, last, TRUE, days, error))
    return FALSE;
  for (guint i = 0; i < days->len; i++)
    if (!tw_reconcile_note_unavailable (service, party, g_array_index (days, int, i), error))
      return FALSE;
  if (days->len > 0)
    {
      g_autofree char *first_text = tw_clock_format_day (g_array_index (days, int, 0));
      g_autofree char *last_text = tw_clock_format_day (g_array_index (days, int, days->len - 1));

      g_message ("The books of '%s' of %u days from %s to %s were not looked at, and are not asked "
                 "for by themselves any more: `reconcile` does it for a day",
                 party, days->len, first_text, last_text);
    }
  return TRUE;
}
