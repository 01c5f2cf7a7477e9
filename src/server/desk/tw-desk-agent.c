// SPDX-License-Identifier: GPL-3.0-or-later
/* The agent's side: take, release, reply, resolve; look into a ticket and out of it. */
#include "base/tw-error.h"
#include "base/tw-text.h"
#include "protocol/tw-json.h"
#include "protocol/tw-wire.h"
#include "server/desk/tw-ticket-row.h"

static const char *const only_ticket[] = { "ticket_id", NULL };

static gboolean
has_it (TwTicket *ticket, TwActor *actor)
{
  return g_strcmp0 (tw_ticket_get_assignee_id (ticket), actor->account_id) == 0;
}

static void
assign (TwTicket *ticket, TwActor *actor)
{
  g_object_set (ticket, "assignee-id", actor->account_id, "assignee-name", actor->name, NULL);
}

gboolean
tw_ticket_take (TwTx *tx, TwJob *job, GError **error)
{
  TwActor *actor = tw_job_actor (job);
  g_autoptr (TwTicket) ticket = NULL;

  if (!tw_desk_load (tx, job, only_ticket, &ticket, error))
    return FALSE;
  if (ticket == NULL)
    return TRUE;
  if (tw_ticket_get_state (ticket) == TW_TICKET_STATE_RESOLVED)
    return tw_job_refuse (job, "ticket_resolved", NULL);
  if (has_it (ticket, actor))
    return tw_job_done (job, NULL);
  if (*tw_ticket_get_assignee_id (ticket) != '\0')
    return tw_job_refuse (job, "ticket_taken", NULL); /* the ticket says by whom */

  assign (ticket, actor);
  g_object_set (ticket, "state", (int) TW_TICKET_STATE_OPEN, NULL);
  return tw_ticket_row_save (tx, ticket, error) &&
         tw_tx_audit (tx, job, "ticket.taken", tw_object_get_id (TW_OBJECT (ticket)), error) &&
         tw_job_done (job, NULL);
}

/* The ticket, if the agent has it and it is not closed yet; NULL when the job has ended instead. */
static gboolean
load_own (TwTx *tx, TwJob *job, TwTicket **ticket, GError **error)
{
  const char *refusal = NULL;

  if (!tw_desk_load (tx, job, only_ticket, ticket, error))
    return FALSE;
  if (*ticket == NULL)
    return TRUE;
  if (tw_ticket_get_state (*ticket) == TW_TICKET_STATE_RESOLVED)
    refusal = "ticket_resolved";
  else if (!has_it (*ticket, tw_job_actor (job)))
    refusal = "not_yours";
  if (refusal == NULL)
    return TRUE;
  g_clear_object (ticket);
  return tw_job_refuse (job, refusal, NULL);
}

gboolean
tw_ticket_release (TwTx *tx, TwJob *job, GError **error)
{
  g_autoptr (TwTicket) ticket = NULL;

  if (!load_own (tx, job, &ticket, error))
    return FALSE;
  if (ticket == NULL)
    return TRUE;

  g_object_set (ticket, "assignee-id", "", "assignee-name", "", "state",
                (int) TW_TICKET_STATE_FRESH, NULL);
  return tw_ticket_row_save (tx, ticket, error) && tw_job_done (job, NULL);
}

gboolean
tw_ticket_resolve (TwTx *tx, TwJob *job, GError **error)
{
  g_autoptr (TwTicket) ticket = NULL;

  if (!load_own (tx, job, &ticket, error))
    return FALSE;
  if (ticket == NULL)
    return TRUE;

  g_object_set (ticket, "state", (int) TW_TICKET_STATE_RESOLVED, NULL);
  return tw_ticket_row_save (tx, ticket, error) && tw_job_done (job, NULL);
}

static gboolean
read_reply (JsonObject *body, char **text, gboolean *internal, GError **error)
{
  JsonNode *node = json_object_get_member (body, "internal");

  *internal = FALSE;
  if (node != NULL)
    {
      if (json_node_get_value_type (node) != G_TYPE_BOOLEAN)
        {
          g_set_error_literal (error, TW_ERROR, TW_ERROR_INVALID,
                               "The member 'internal' is neither true nor false");
          return FALSE;
        }
      *internal = json_node_get_boolean (node);
    }
  *text = tw_desk_read_text (body, "text", TW_TEXT_MAX_MESSAGE, TRUE, error);
  return *text != NULL;
}

/* Why this agent may not answer now; NULL when they may. */
static const char *
find_obstacle (TwTicket *ticket, TwActor *actor)
{
  if (tw_ticket_get_state (ticket) == TW_TICKET_STATE_RESOLVED)
    return "ticket_resolved";
  if (*tw_ticket_get_assignee_id (ticket) != '\0' && !has_it (ticket, actor))
    return "not_yours";
  return NULL;
}

/* A reply to a ticket that nobody has takes it. A note may be left by any agent at any time. */
gboolean
tw_ticket_reply (TwTx *tx, TwJob *job, GError **error)
{
  static const char *const members[] = { "ticket_id", "text", "internal", NULL };
  const char *id = tw_job_command (job)->id;
  TwActor *actor = tw_job_actor (job);
  g_autoptr (TwTicket) ticket = NULL;
  g_autoptr (GError) local = NULL;
  g_autofree char *text = NULL;
  gboolean internal, exists;

  if (!tw_desk_load (tx, job, members, &ticket, error))
    return FALSE;
  if (ticket == NULL)
    return TRUE;
  if (!read_reply (tw_job_body (job), &text, &internal, &local))
    return tw_job_invalid (job, g_steal_pointer (&local));
  if (!internal && find_obstacle (ticket, actor) != NULL)
    return tw_job_refuse (job, find_obstacle (ticket, actor), NULL);
  if (!tw_message_row_exists (tw_tx_db (tx), id, &exists, error))
    return FALSE;
  if (exists)
    return tw_job_refuse (job, "command_changed", NULL);

  if (!tw_message_row_add (tx, job, ticket, TW_AUTHOR_AGENT, text, internal, error))
    return FALSE;
  if (!internal)
    {
      assign (ticket, actor);
      g_object_set (ticket, "state", (int) TW_TICKET_STATE_WAITING, NULL);
      tw_ticket_say (ticket, TW_AUTHOR_AGENT, text, tw_tx_now_ms (tx));
      if (!tw_ticket_row_save (tx, ticket, error))
        return FALSE;
    }
  return tw_job_done (job, "message_id", "s", id, NULL);
}

/* Looking into a ticket shows its words and something of its customer: for as long as it is open,
 * and never without a line of the audit. */
gboolean
tw_ticket_open (TwTx *tx, TwJob *job, GError **error)
{
  TwActor *actor = tw_job_actor (job);
  g_autoptr (TwTicket) ticket = NULL;
  g_autofree char *ticket_scope = NULL;
  g_autofree char *account_scope = NULL;
  const char *id, *customer_id;

  if (!tw_desk_load (tx, job, only_ticket, &ticket, error))
    return FALSE;
  if (ticket == NULL)
    return TRUE;
  id = tw_object_get_id (TW_OBJECT (ticket));
  customer_id = tw_ticket_get_customer_id (ticket);
  ticket_scope = g_strconcat ("ticket:", id, NULL);
  account_scope = g_strconcat ("account:", customer_id, NULL);
  if (!tw_db_run (tw_tx_db (tx), error,
                  "INSERT INTO ticket_looking (agent_id, ticket_id, customer_id, since)"
                  " VALUES ($1, $2, $3, $4) ON CONFLICT (agent_id, ticket_id) DO NOTHING",
                  "sssi", actor->account_id, id, customer_id, tw_tx_now_ms (tx)) ||
      !tw_tx_grant (tx, actor->account_id, ticket_scope, TW_VIEW_OWNER, error) ||
      !tw_tx_grant (tx, actor->account_id, account_scope, TW_VIEW_DESK, error) ||
      !tw_tx_audit (tx, job, "ticket.opened", id, error))
    return FALSE;
  return tw_job_done (job, NULL);
}

/* Whether the agent has another ticket of the same customer open. */
static gboolean
looks_elsewhere (
  TwDb *db, const char *agent_id, const char *customer_id, gboolean *looks, GError **error)
{
  TwStmt *stmt =
    tw_db_query (db, error,
                 "SELECT 1 FROM ticket_looking WHERE agent_id = $1 AND customer_id = $2"
                 " LIMIT 1",
                 "ss", agent_id, customer_id);
  TwStep step;

  if (stmt == NULL)
    return FALSE;
  step = tw_stmt_step (stmt, error);
  tw_stmt_reset (stmt);
  *looks = step == TW_STEP_ROW;
  return step != TW_STEP_ERROR;
}

gboolean
tw_ticket_close (TwTx *tx, TwJob *job, GError **error)
{
  TwActor *actor = tw_job_actor (job);
  TwDb *db = tw_tx_db (tx);
  g_autoptr (TwTicket) ticket = NULL;
  g_autofree char *ticket_scope = NULL;
  g_autofree char *account_scope = NULL;
  const char *id, *customer_id;
  gboolean looks;

  if (!tw_desk_load (tx, job, only_ticket, &ticket, error))
    return FALSE;
  if (ticket == NULL)
    return TRUE;
  id = tw_object_get_id (TW_OBJECT (ticket));
  customer_id = tw_ticket_get_customer_id (ticket);
  ticket_scope = g_strconcat ("ticket:", id, NULL);
  account_scope = g_strconcat ("account:", customer_id, NULL);
  if (!tw_db_run (db, error, "DELETE FROM ticket_looking WHERE agent_id = $1 AND ticket_id = $2",
                  "ss", actor->account_id, id) ||
      !tw_tx_revoke (tx, actor->account_id, ticket_scope, error) ||
      !looks_elsewhere (db, actor->account_id, customer_id, &looks, error))
    return FALSE;
  if (!looks && !tw_tx_revoke (tx, actor->account_id, account_scope, error))
    return FALSE;
  return tw_tx_audit (tx, job, "ticket.closed", id, error) && tw_job_done (job, NULL);
}

/* What the agent has open: scopes, each once, to be revoked. */
static GPtrArray *
list_open (TwDb *db, const char *agent_id, GError **error)
{
  g_autoptr (GPtrArray) scopes = g_ptr_array_new_with_free_func (g_free);
  TwStmt *stmt =
    tw_db_query (db, error,
                 "SELECT 'ticket:' || ticket_id FROM ticket_looking WHERE agent_id = $1"
                 " UNION SELECT 'account:' || customer_id FROM ticket_looking"
                 " WHERE agent_id = $1",
                 "s", agent_id);
  TwStep step;

  if (stmt == NULL)
    return NULL;
  while ((step = tw_stmt_step (stmt, error)) == TW_STEP_ROW)
    g_ptr_array_add (scopes, g_strdup (tw_stmt_text (stmt, 0)));
  return step == TW_STEP_DONE ? g_steal_pointer (&scopes) : NULL;
}

/**
 * tw_desk_stop_looking:
 * @tx: the transaction
 * @agent_id: an agent who goes; anybody else has nothing open
 * @error: anything unexpected
 *
 * Closes every ticket that they have open: nobody is looking any more.
 *
 * Returns: whether all are closed
 */
gboolean
tw_desk_stop_looking (TwTx *tx, const char *agent_id, GError **error)
{
  g_autoptr (GPtrArray) scopes = list_open (tw_tx_db (tx), agent_id, error);

  if (scopes == NULL)
    return FALSE;
  for (guint i = 0; i < scopes->len; i++)
    if (!tw_tx_revoke (tx, agent_id, g_ptr_array_index (scopes, i), error))
      return FALSE;
  return scopes->len == 0 ||
         (tw_db_run (tw_tx_db (tx), error, "DELETE FROM ticket_looking WHERE agent_id = $1", "s",
                     agent_id) &&
          tw_tx_audit (tx, NULL, "tickets.closed", agent_id, error));
}
