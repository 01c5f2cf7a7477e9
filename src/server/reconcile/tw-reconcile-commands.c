// SPDX-License-Identifier: GPL-3.0-or-later
/* difference.explain and reconcile.ask: what a senior does about it; difference.correct has a file
 * of its own. */
#include <string.h>

#include "base/tw-clock.h"
#include "base/tw-error.h"
#include "base/tw-text.h"
#include "protocol/tw-json.h"
#include "server/command/tw-column.h"
#include "server/command/tw-keys.h"
#include "server/reconcile/tw-reconcile-private.h"

#define REASON_MAX_CHARS 400
#define MAX_PARTY_CHARS 32

/* One less is open for that day, and everybody who looks sees it. */
static gboolean
write_count (TwTx *tx, TwDifference *difference, GError **error)
{
  int day = (int) tw_difference_get_day (difference);

  return tw_db_run (tw_tx_db (tx), error,
                    "UPDATE reconciliation SET open = open - 1, state = CASE WHEN state = 1 AND "
                    "open <= 1 THEN 0 ELSE state END WHERE party = $1 AND day = $2 AND open > 0",
                    "si", tw_difference_get_party (difference), (gint64) day) &&
         tw_reconciliation_publish (tx, tw_difference_get_party (difference), day, error);
}

/**
 * tw_difference_close:
 * @tx: the transaction
 * @job: a senior's command
 * @difference: one that is open
 * @reason: why it is as it is
 * @what: for the audit
 * @error: the database's
 *
 * Nobody needs to look at it any more, as long as it stays the same.
 *
 * Returns: whether that is written and shown
 */
gboolean
tw_difference_close (TwTx *tx,
                     TwJob *job,
                     TwDifference *difference,
                     const char *reason,
                     const char *what,
                     GError **error)
{
  const char *id = tw_object_get_id (TW_OBJECT (difference));
  TwKey *key = tw_tx_key (tx, TW_KEY_COLUMN);
  g_autofree char *clean = tw_text_clean (reason);
  g_autoptr (GBytes) words = tw_column_seal (key, "difference", id, "reason", clean);
  g_autoptr (GBytes) name =
    tw_column_seal (key, "difference", id, "explained_by", tw_job_actor (job)->name);

  return tw_db_run (tw_tx_db (tx), error,
                    "UPDATE difference SET state = $2, reason = $3, explained_by = $4, "
                    "closed_at = $5 WHERE id = $1",
                    "sibbi", id, (gint64) TW_DIFFERENCE_STATE_EXPLAINED, words, name,
                    tw_tx_now_ms (tx)) &&
         tw_tx_audit (tx, job, what, id, error) && tw_difference_publish (tx, id, error) &&
         write_count (tx, difference, error);
}

/**
 * tw_difference_read_reason:
 * @body: of a command about a difference
 * @id: (out) (transfer none): `difference_id`
 * @error: %TW_ERROR_INVALID
 *
 * Returns: (transfer none) (nullable): `reason`, with something in it
 */
const char *
tw_difference_read_reason (JsonObject *body, const char **id, GError **error)
{
  const char *reason = NULL;

  *id = tw_json_get_id (body, "difference_id", error);
  if (*id != NULL)
    reason = tw_json_get_text (body, "reason", REASON_MAX_CHARS, TRUE, error);
  if (reason == NULL || strspn (reason, " \t\n") < strlen (reason))
    return reason;
  g_set_error_literal (error, TW_ERROR, TW_ERROR_INVALID,
                       "reason: Say why, so that others need not look again.");
  return NULL;
}

/**
 * tw_difference_load_open:
 * @tx: the transaction
 * @id: of a difference
 * @code: (out): why there is none to decide about
 * @error: the database's
 *
 * Returns: (transfer full) (nullable): one that is open; without one either @code or @error is set
 */
TwDifference *
tw_difference_load_open (TwTx *tx, const char *id, const char **code, GError **error)
{
  g_autoptr (GError) missing = NULL;
  g_autoptr (TwDifference) difference = tw_difference_load (tx, id, &missing);

  *code = NULL;
  if (g_error_matches (missing, TW_ERROR, TW_ERROR_NOT_FOUND))
    *code = "not_found";
  else if (difference == NULL)
    g_propagate_error (error, g_steal_pointer (&missing));
  else if (tw_difference_get_state (difference) != TW_DIFFERENCE_STATE_OPEN)
    *code = "already_decided";
  else
    return g_steal_pointer (&difference);
  return NULL;
}

/* {"difference_id", "reason"} */
static gboolean
handle_explain (TwTx *tx, TwJob *job, GError **error)
{
  static const char *const members[] = { "difference_id", "reason", NULL };
  JsonObject *body = tw_job_body (job);
  g_autoptr (TwDifference) difference = NULL;
  GError *bad = NULL;
  const char *id, *code;
  const char *reason = tw_difference_read_reason (body, &id, &bad);

  if (reason == NULL || !tw_json_check_members (body, members, &bad))
    return tw_job_invalid (job, bad);
  difference = tw_difference_load_open (tx, id, &code, error);
  if (difference == NULL)
    return code != NULL && tw_job_refuse (job, code, NULL);
  return tw_difference_close (tx, job, difference, reason, "difference.explained", error) &&
         tw_job_done (job, NULL);
}

typedef struct
{
  char *party;
  int day;
} Wish;

static void
wish_free (gpointer data)
{
  Wish *wish = data;

  g_free (wish->party);
  g_free (wish);
}

static void
ask (gpointer data)
{
  Wish *wish = data;

  tw_reconciler_ask (wish->party, wish->day);
}

static gboolean
is_party (const char *name)
{
  g_auto (GStrv) parties = tw_reconcile_list_parties ();

  return g_strv_contains ((const char *const *) parties, name);
}

/* {"party", "day"}: looks at that day again, now. What comes of it is told by the feed. */
static gboolean
handle_ask (TwTx *tx, TwJob *job, GError **error)
{
  static const char *const members[] = { "party", "day", NULL };
  JsonObject *body = tw_job_body (job);
  GError *bad = NULL;
  const char *party = tw_json_get_text (body, "party", MAX_PARTY_CHARS, FALSE, &bad);
  gint64 day;
  Wish *wish;

  if (party == NULL || !tw_json_check_members (body, members, &bad) ||
      !tw_json_get_int (body, "day", 0, tw_clock_day_of_ms (tw_tx_now_ms (tx)), &day, &bad))
    return tw_job_invalid (job, bad);
  if (!is_party (party))
    return tw_job_refuse (job, "not_found", NULL);
  if (!tw_rails_are_configured ())
    return tw_job_refuse (job, "rail_down", NULL);
  if (!tw_tx_audit (tx, job, "reconcile.asked", party, error) ||
      !tw_reconcile_wish (tx, party, (int) day, error))
    return FALSE;
  wish = g_new0 (Wish, 1);
  wish->party = g_strdup (party);
  wish->day = (int) day;
  tw_tx_after_commit (tx, ask, wish, wish_free);
  return tw_job_done (job, NULL);
}

/**
 * tw_reconcile_init:
 *
 * Makes the kinds of this room known to the writer.
 */
void
tw_reconcile_init (void)
{
  tw_handlers_add (TW_KIND_DIFFERENCE_EXPLAIN, handle_explain, NULL, NULL);
  tw_handlers_add (TW_KIND_DIFFERENCE_CORRECT, tw_difference_handle_correct, NULL,
                   tw_difference_lock_correct);
  tw_handlers_add (TW_KIND_RECONCILE_ASK, handle_ask, NULL, NULL);
}
