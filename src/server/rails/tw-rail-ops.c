// SPDX-License-Identifier: GPL-3.0-or-later
/* Orders in the database, and the commands by which the service hears what became of them. */
#include "server/rails/tw-rails-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "base/tw-error.h"
#include "protocol/tw-json.h"

/* `next_at` is set as long as an order is not finished; `state` is a TwRailState. */
const char tw_rails_schema[] =
  "CREATE TABLE rail_op ("
  "  id TEXT PRIMARY KEY,"
  "  rail TEXT NOT NULL,"
  "  account_id TEXT NOT NULL,"
  "  subject_id TEXT NOT NULL,"
  "  request TEXT NOT NULL,"
  "  state BIGINT NOT NULL,"
  "  reference TEXT NOT NULL DEFAULT '',"
  "  reason TEXT NOT NULL DEFAULT '',"
  "  next_at BIGINT"
  ");"
  "CREATE INDEX rail_op_live ON rail_op (next_at) WHERE next_at IS NOT NULL;"
  "CREATE INDEX rail_op_subject ON rail_op (subject_id);";

/* `posts` counts how often an order may have been sent; `trouble` says why it needs a person, or
 * nothing. What was there before may have been sent any number of times. */
const char tw_rails_schema_2[] =
  "ALTER TABLE rail_op ADD COLUMN created_at BIGINT NOT NULL DEFAULT 0;"
  "ALTER TABLE rail_op ADD COLUMN posts BIGINT NOT NULL DEFAULT 0;"
  "ALTER TABLE rail_op ADD COLUMN trouble TEXT NOT NULL DEFAULT '';"
  "UPDATE rail_op SET created_at = next_at, posts = 2 WHERE next_at IS NOT NULL;";

/* `settled_at` is when it was known what became of an order: never for one that was settled before
 * there was such a column. `rail_party` is what everybody is told of a partner. */
const char tw_rails_schema_3[] =
  "ALTER TABLE rail_op ADD COLUMN settled_at BIGINT NOT NULL DEFAULT 0;"
  "CREATE INDEX rail_op_settled ON rail_op (settled_at) WHERE settled_at > 0;"
  "CREATE TABLE rail_party (party TEXT PRIMARY KEY, down BIGINT NOT NULL, since BIGINT NOT NULL);";

/* What was sent is not kept where it holds what nobody needs afterwards: a code, a phone, the
 * number of a card. */
const char tw_rails_forget_schema[] =
  "UPDATE rail_op SET request = '' WHERE rail IN ('sms', 'cards') AND next_at IS NULL;";

#define MAX_RAILS 16

static const TwRail *rails[MAX_RAILS];
static guint n_rails;

const char *const tw_rail_phases[] = { "queued",    "sent",    "unknown", "accepted",
                                       "confirmed", "refused", NULL };

/**
 * tw_rails_add:
 * @rail: (transfer none): static
 *
 * Makes a rail known; before the service starts.
 */
void
tw_rails_add (const TwRail *rail)
{
  if (tw_rails_find (rail->name) != NULL)
    return;
  g_assert (n_rails < MAX_RAILS);
  rails[n_rails++] = rail;
}

/**
 * tw_rails_find:
 * @name: of a rail
 *
 * Returns: (transfer none) (nullable): the rail
 */
const TwRail *
tw_rails_find (const char *name)
{
  for (guint i = 0; i < n_rails; i++)
    if (strcmp (rails[i]->name, name) == 0)
      return rails[i];
  return NULL;
}

/**
 * tw_rails_get:
 * @index: from 0
 *
 * Returns: (transfer none) (nullable): a rail; %NULL after the last
 */
const TwRail *
tw_rails_get (guint index)
{
  return index < n_rails ? rails[index] : NULL;
}

/**
 * tw_rails_get_party:
 * @path: of a rail, with a slash in front
 *
 * Returns: (transfer full): whom it leads to: the first part of the path
 */
char *
tw_rails_get_party (const char *path)
{
  return g_strndup (path + 1, strcspn (path + 1, "/"));
}

static void
wake (gpointer data)
{
  tw_rails_wake ();
}

/**
 * tw_rails_queue:
 * @tx: the transaction
 * @rail: one that was added
 * @id: of the order, a UUID; the other side does it once, however often it hears of it
 * @account_id: for whom
 * @subject_id: what it is about
 * @request: (transfer none): what to send, without the id; for a question `{"key"}`
 * @error: the database's
 *
 * Writes an order down. It is sent after the commit.
 *
 * Returns: whether it is written
 */
gboolean
tw_rails_queue (TwTx *tx,
                const TwRail *rail,
                const char *id,
                const char *account_id,
                const char *subject_id,
                JsonObject *request,
                GError **error)
{
  g_autofree char *text = NULL;

  if (rail->answer_kind == NULL)
    json_object_set_string_member (request, "id", id);
  text = tw_json_canonical_object (request);
  if (rail->is_secret)
    tw_rails_seal_request (tx, id, &text);
  if (!tw_db_run (tw_tx_db (tx), error,
                  "INSERT INTO rail_op (id, rail, account_id, subject_id, request, state, next_at, "
                  "created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $7)",
                  "sssssii", id, rail->name, account_id, subject_id, text, (gint64) TW_RAIL_QUEUED,
                  tw_tx_now_ms (tx)))
    return FALSE;
  tw_tx_after_commit (tx, wake, NULL, NULL);
  return TRUE;
}

/**
 * tw_rails_finish:
 * @tx: the transaction
 * @id: of a question
 * @error: the database's
 *
 * The answer has been taken; it is not asked again.
 *
 * Returns: whether that is written
 */
gboolean
tw_rails_finish (TwTx *tx, const char *id, GError **error)
{
  return tw_db_run (tw_tx_db (tx), error,
                    "UPDATE rail_op SET state = $2, next_at = NULL WHERE id = $1", "si", id,
                    (gint64) TW_RAIL_CONFIRMED);
}

static gboolean
load_op (TwDb *db, const char *id, TwRailOp *op, char **rail, GError **error)
{
  TwStmt *stmt = tw_db_query (
    db, error, "SELECT rail, account_id, subject_id, state, posts FROM rail_op WHERE id = $1", "s",
    id);
  TwStep step;

  if (stmt == NULL || (step = tw_stmt_step (stmt, error)) == TW_STEP_ERROR)
    return FALSE;
  if (step == TW_STEP_DONE)
    {
      g_set_error (error, TW_ERROR, TW_ERROR_NOT_FOUND, _ ("There is no order %s."), id);
      return FALSE;
    }
  *rail = g_strdup (tw_stmt_text (stmt, 0));
  op->id = g_strdup (id);
  op->account_id = g_strdup (tw_stmt_text (stmt, 1));
  op->subject_id = g_strdup (tw_stmt_text (stmt, 2));
  op->state = (TwRailState) tw_stmt_int64 (stmt, 3);
  op->posts = tw_stmt_int64 (stmt, 4);
  tw_stmt_reset (stmt);
  return TRUE;
}

static void
op_clear (TwRailOp *op)
{
  g_free (op->id);
  g_free (op->account_id);
  g_free (op->subject_id);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (TwRailOp, op_clear)

/* Whether what is heard now is news for an order that stands at @state. What has been accepted or
 * refused stays so, whatever is heard later. */
static gboolean
is_news (TwRailState state, TwRailState heard)
{
  switch (heard)
    {
    case TW_RAIL_SENT:
      return state == TW_RAIL_QUEUED;
    case TW_RAIL_UNKNOWN:
      return state == TW_RAIL_QUEUED || state == TW_RAIL_SENT;
    case TW_RAIL_ACCEPTED:
    case TW_RAIL_REFUSED:
      return state == TW_RAIL_QUEUED || state == TW_RAIL_SENT || state == TW_RAIL_UNKNOWN;
    case TW_RAIL_CONFIRMED:
      return state == TW_RAIL_ACCEPTED;
    case TW_RAIL_QUEUED:
    default:
      return FALSE;
    }
}

static gboolean
read_news (JsonObject *body, const char **id, TwRailNews *news, GError **error)
{
  const char *phase = tw_json_get_string (body, "phase", error);

  if (phase == NULL)
    return FALSE;
  *id = tw_json_get_id (body, "op", error);
  news->reference = *id != NULL ? tw_json_get_string (body, "reference", error) : NULL;
  news->reason = news->reference != NULL ? tw_json_get_string (body, "reason", error) : NULL;
  if (news->reason == NULL ||
      !tw_json_get_int (body, "confirmed_at_ms", 0, G_MAXINT64, &news->confirmed_at_ms, error))
    return FALSE;
  for (guint i = 0; tw_rail_phases[i] != NULL; i++)
    if (strcmp (tw_rail_phases[i], phase) == 0)
      {
        news->state = (TwRailState) i;
        return TRUE;
      }
  g_set_error (error, TW_ERROR, TW_ERROR_INVALID, "There is no phase '%s'", phase);
  return FALSE;
}

static gboolean
write_news (TwDb *db,
            const TwRail *rail,
            const TwRailOp *op,
            const TwRailNews *news,
            gint64 now_ms,
            GError **error)
{
  gboolean unsettled = news->state == TW_RAIL_SENT || news->state == TW_RAIL_UNKNOWN;
  gboolean finished = news->state == TW_RAIL_REFUSED || news->state == TW_RAIL_CONFIRMED ||
                      (news->state == TW_RAIL_ACCEPTED && !rail->confirms);

  return tw_db_run (db, error,
                    "UPDATE rail_op SET state = $2, reference = $3, reason = $4, next_at = $5, "
                    "trouble = CASE WHEN $6 = 1 THEN trouble ELSE '' END, settled_at = $7, "
                    "request = CASE WHEN $8 = 1 THEN '' ELSE request END WHERE id = $1",
                    "sissIiii", op->id, (gint64) news->state, news->reference, news->reason,
                    finished ? NULL : &now_ms, (gint64) unsettled, finished ? now_ms : 0,
                    (gint64) (finished && rail->forgets));
}

/**
 * tw_rails_count_post:
 * @tx: the transaction
 * @id: of an order
 * @goes_on: (out): whether it may be sent; not when it has been settled meanwhile
 * @error: the database's
 *
 * Written down before each sending, so that whether an order was ever sent a second time is known
 * to all that serve, and after a crash.
 *
 * Returns: whether it could be seen to
 */
gboolean
tw_rails_count_post (TwTx *tx, const char *id, gboolean *goes_on, GError **error)
{
  TwDb *db = tw_tx_db (tx);

  if (!tw_db_run (db, error, "UPDATE rail_op SET posts = posts + 1 WHERE id = $1 AND state < $2",
                  "si", id, (gint64) TW_RAIL_ACCEPTED))
    return FALSE;
  *goes_on = tw_db_changes (db) == 1;
  return TRUE;
}

/* Nobody has ever heard of an order that was turned away: it may be voided, unless it was sent once
 * more, as that one may be on its way still. */
static gboolean
may_end (TwTx *tx, JsonObject *body, const TwRailOp *op, gboolean *may, GError **error)
{
  *may = !json_object_get_boolean_member_with_default (body, "unheard_of", FALSE) || op->posts <= 1;
  return *may || tw_rails_set_trouble (tx, op->id, TW_TROUBLE_TURNED_AWAY, error);
}

/* rail.settle and rail.confirm: {"op", "phase", "reference", "reason", "confirmed_at_ms",
 * "unheard_of"?}; "over" in the answer says that the order has been settled already, "denied" that
 * it can't be ended so. */
static gboolean
handle_news (TwTx *tx, TwJob *job, GError **error)
{
  g_auto (TwRailOp) op = { 0 };
  g_autofree char *name = NULL;
  GError *bad = NULL;
  const TwRail *rail;
  gboolean may = TRUE;
  TwRailNews news;
  const char *id;

  if (!read_news (tw_job_body (job), &id, &news, &bad))
    return tw_job_invalid (job, bad);
  if (!load_op (tw_tx_db (tx), id, &op, &name, error))
    return FALSE;
  rail = tw_rails_find (name);
  if (rail == NULL || rail->tell == NULL)
    {
      g_set_error (error, TW_ERROR, TW_ERROR_INTERNAL, "There is no rail '%s'", name);
      return FALSE;
    }
  if (news.state == TW_RAIL_SENT && !tw_rails_count_post (tx, id, &may, error))
    return FALSE;
  if (!may)
    return tw_job_done (job, "over", "i", (gint64) 1, NULL);
  if (!is_news (op.state, news.state))
    {
      if (news.state == TW_RAIL_REFUSED && op.state != TW_RAIL_REFUSED)
        g_warning ("The order %s was accepted before and is said to be refused now", id);
      return tw_job_done (job, NULL);
    }
  if (news.state == TW_RAIL_REFUSED && !may_end (tx, tw_job_body (job), &op, &may, error))
    return FALSE;
  if (!may)
    return tw_job_done (job, "denied", "i", (gint64) 1, NULL);
  if (!rail->tell (tx, &op, &news, error) ||
      !write_news (tw_tx_db (tx), rail, &op, &news, tw_tx_now_ms (tx), error))
    return FALSE;
  return tw_job_done (job, NULL);
}

/**
 * tw_rails_init:
 *
 * Makes the kinds of this room known to the writer.
 */
void
tw_rails_init (void)
{
  tw_handlers_add (TW_KIND_RAIL_SETTLE, handle_news, NULL, NULL);
  tw_handlers_add (TW_KIND_RAIL_CONFIRM, handle_news, NULL, NULL);
}
