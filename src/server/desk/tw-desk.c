// SPDX-License-Identifier: GPL-3.0-or-later
/* What the commands of the desk have in common. */
#include "base/tw-error.h"
#include "base/tw-text.h"
#include "protocol/tw-json.h"
#include "server/desk/tw-ticket-row.h"

/**
 * tw_desk_read_text:
 * @body: a body
 * @name: a member
 * @max_chars: its limit
 * @multiline: whether it may have several lines
 * @error: %TW_ERROR_INVALID or %TW_ERROR_TOO_LARGE
 *
 * Returns: (transfer full) (nullable): the text, trimmed; never ""
 */
char *
tw_desk_read_text (
  JsonObject *body, const char *name, gsize max_chars, gboolean multiline, GError **error)
{
  const char *text = tw_json_get_text (body, name, max_chars, multiline, error);
  g_autofree char *clean = text != NULL ? tw_text_clean (text) : NULL;

  if (clean != NULL && *clean == '\0')
    {
      g_set_error (error, TW_ERROR, TW_ERROR_INVALID, "%s: Write something first.", name);
      return NULL;
    }
  return g_steal_pointer (&clean);
}

/**
 * tw_desk_load:
 * @tx: the transaction
 * @job: a command about a ticket
 * @members: the names that its body may have, with `ticket_id`
 * @ticket: (out) (transfer full) (nullable): the ticket; %NULL when the job was ended: the body is
 * not right, there is no such ticket, or it is another customer's
 * @error: anything unexpected
 *
 * Returns: %FALSE with @error
 */
gboolean
tw_desk_load (TwTx *tx, TwJob *job, const char *const *members, TwTicket **ticket, GError **error)
{
  JsonObject *body = tw_job_body (job);
  TwActor *actor = tw_job_actor (job);
  g_autoptr (GError) local = NULL;
  g_autoptr (TwTicket) found = NULL;
  const char *id = NULL;

  *ticket = NULL;
  if (tw_json_check_members (body, members, &local))
    id = tw_json_get_id (body, "ticket_id", &local);
  if (id == NULL)
    return tw_job_invalid (job, g_steal_pointer (&local));
  found = tw_ticket_row_load (tw_tx_db (tx), tw_tx_key (tx, "column"), id, &local);
  if (g_error_matches (local, TW_ERROR, TW_ERROR_NOT_FOUND))
    return tw_job_refuse (job, "not_found", NULL);
  if (found == NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local));
      return FALSE;
    }
  if (actor->role == TW_ROLE_USER &&
      g_strcmp0 (tw_ticket_get_customer_id (found), actor->account_id) != 0)
    return tw_job_refuse (job, "not_found", NULL);
  *ticket = g_steal_pointer (&found);
  return TRUE;
}

gboolean
tw_desk_lock (TwTx *tx, TwJob *job, TwLocks *locks, GError **error)
{
  const char *id = tw_json_get_id (tw_job_body (job), "ticket_id", NULL);

  if (id != NULL)
    tw_locks_add (locks, "ticket", id);
  return TRUE;
}

/**
 * tw_desk_init:
 *
 * Makes the kinds of this room known to the writer.
 */
void
tw_desk_init (void)
{
  static const struct
  {
    const char *kind;
    TwHandler handle;
  } handlers[] = {
    { TW_KIND_TICKET_WRITE, tw_ticket_write },     { TW_KIND_TICKET_RATE, tw_ticket_rate },
    { TW_KIND_TICKET_REPLY, tw_ticket_reply },     { TW_KIND_TICKET_TAKE, tw_ticket_take },
    { TW_KIND_TICKET_RELEASE, tw_ticket_release }, { TW_KIND_TICKET_RESOLVE, tw_ticket_resolve },
    { TW_KIND_TICKET_OPEN, tw_ticket_open },       { TW_KIND_TICKET_CLOSE, tw_ticket_close },
  };

  tw_handlers_add (TW_KIND_TICKET_ASK, tw_ticket_ask, NULL, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (handlers); i++)
    tw_handlers_add (handlers[i].kind, handlers[i].handle, NULL, tw_desk_lock);
}
