// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/reconcile/tw-reconcile-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "base/tw-clock.h"
#include "base/tw-error.h"

static gboolean
read_comparison (TwService *service, TwComparison *comparison, GError **error)
{
  TwReaders *readers = tw_service_get_readers (service);
  TwDb *db = tw_readers_borrow (readers, error);
  gboolean ok;

  if (db == NULL)
    return FALSE;
  ok = tw_comparison_read (comparison, db, error);
  tw_readers_return (readers, db);
  return ok;
}

/* Looks, settles what can be, and looks again: what was in doubt is seen both ways. */
static gboolean
compare (TwService *service, const char *party, int day, TwReconcileSum *sum, GError **error)
{
  for (gboolean cured = FALSE;; cured = TRUE)
    {
      g_autoptr (TwComparison) comparison = tw_comparison_new (party, day);

      if (!read_comparison (service, comparison, error) ||
          !tw_reconcile_write (service, comparison, error))
        return FALSE;
      *sum = comparison->sum;
      if (cured || comparison->cures->len == 0)
        return TRUE;
      if (!tw_reconcile_cure (service, comparison, error))
        return FALSE;
    }
}

static gboolean
list_open_days (TwService *service, const char *party, GArray *days, GError **error)
{
  TwReaders *readers = tw_service_get_readers (service);
  TwDb *db = tw_readers_borrow (readers, error);
  TwStep step = TW_STEP_ERROR;
  TwStmt *stmt;

  if (db == NULL)
    return FALSE;
  stmt = tw_db_query (
    db, error, "SELECT DISTINCT day FROM difference WHERE party = $1 AND state = 0", "s", party);
  while (stmt != NULL && (step = tw_stmt_step (stmt, error)) == TW_STEP_ROW)
    {
      int day = (int) tw_stmt_int64 (stmt, 0);

      g_array_append_val (days, day);
    }
  tw_readers_return (readers, db);
  return step == TW_STEP_DONE;
}

static gboolean
take_statement (TwService *service,
                const char *party,
                TwStatement *statement,
                TwReconcileSum *sum,
                GError **error)
{
  g_autoptr (GArray) days = g_array_new (FALSE, FALSE, sizeof (int));

  if (!tw_reconcile_store (service, party, statement, error) ||
      !compare (service, party, statement->day, sum, error) ||
      !list_open_days (service, party, days, error))
    return FALSE;
  for (guint i = 0; i < days->len; i++)
    {
      int day = g_array_index (days, int, i);
      TwReconcileSum other;

      if (day != statement->day && !compare (service, party, day, &other, error))
        return FALSE;
    }
  return TRUE;
}

/**
 * tw_reconcile_statement:
 * @service: a service that runs; not its writer's thread
 * @party: whose statement it is
 * @statement: (transfer none): a whole one, checked, that came as a file
 * @sum: (out): what came of it
 * @error: %TW_ERROR_INVALID when it is not of our account with @party; the database's
 *
 * Keeps the statement, holds it against the orders, and settles what it settles. As what one day
 * lacks may stand in another's books, days with something open are looked at again.
 *
 * Returns: whether that was done, whatever was found
 */
gboolean
tw_reconcile_statement (TwService *service,
                        const char *party,
                        TwStatement *statement,
                        TwReconcileSum *sum,
                        GError **error)
{
  g_return_val_if_fail (statement->page == 1 && statement->is_last, FALSE);

  return tw_reconcile_check_account (service, party, statement->account, FALSE, error) &&
         take_statement (service, party, statement, sum, error);
}

/**
 * tw_reconcile_fetch:
 * @service: as in tw_reconcile_statement()
 * @setup: how the partner is reached
 * @party: which one
 * @day: up to today
 * @sum: (out): what came of it
 * @error: %TW_ERROR_UNREACHABLE without a statement that can be read, which is written down too; or
 *   the database's
 *
 * Asks the partner for its books of the day.
 *
 * Returns: whether that was done, whatever was found
 */
gboolean
tw_reconcile_fetch (TwService *service,
                    const TwRailsSetup *setup,
                    const char *party,
                    int day,
                    TwReconcileSum *sum,
                    GError **error)
{
  g_autofree char *day_text = tw_clock_format_day (day);
  g_autofree char *path = g_strdup_printf ("/%s/statements/%s", party, day_text);
  g_autoptr (TwStatement) statement = NULL;
  g_autoptr (JsonObject) answer = NULL;
  g_autoptr (GError) why = NULL;

  if (tw_rails_fetch (setup, path, &answer, &why))
    statement = tw_statement_from_json (answer, &why);
  if (statement != NULL && statement->day != day)
    {
      g_set_error_literal (&why, TW_ERROR, TW_ERROR_INVALID, _ ("It is of another day."));
      g_clear_pointer (&statement, tw_statement_free);
    }
  if (statement != NULL &&
      !tw_reconcile_check_account (service, party, statement->account, TRUE, &why))
    g_clear_pointer (&statement, tw_statement_free);
  if (statement != NULL)
    return take_statement (service, party, statement, sum, error);
  if (tw_reconcile_note_unavailable (service, party, day, error))
    g_set_error (error, TW_ERROR, TW_ERROR_UNREACHABLE,
                 _ ("“%s” has told no books of %s that can be read: %s"), party, day_text,
                 why->message);
  return FALSE;
}

/* One that orders money. */
static gboolean
moves_money (const TwRail *rail)
{
  for (guint i = 0; rail->tell != NULL && rail->echoes[i] != NULL; i++)
    if (strcmp (rail->echoes[i], "amount_fen") == 0)
      return TRUE;
  return FALSE;
}

static int
compare_names (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

/**
 * tw_reconcile_list_parties:
 *
 * Returns: (transfer full): whoever has books to be held against ours, in the order of their names
 */
char **
tw_reconcile_list_parties (void)
{
  g_autoptr (GPtrArray) parties = g_ptr_array_new ();
  const TwRail *rail;

  for (guint i = 0; (rail = tw_rails_get (i)) != NULL; i++)
    {
      g_autofree char *party = moves_money (rail) ? tw_rails_get_party (rail->path) : NULL;

      if (party != NULL && !g_ptr_array_find_with_equal_func (parties, party, g_str_equal, NULL))
        g_ptr_array_add (parties, g_steal_pointer (&party));
    }
  g_ptr_array_sort (parties, compare_names);
  g_ptr_array_add (parties, NULL);
  return (char **) g_ptr_array_steal (parties, NULL);
}
