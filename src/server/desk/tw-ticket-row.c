// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/desk/tw-ticket-row.h"

#include "base/tw-error.h"
#include "server/command/tw-column.h"

#define TABLE "ticket"
#define PREVIEW_CHARS 80

#define COLUMNS                                                                                    \
  "id, customer_id, state, about_type, about_id, assignee_id, assignee_name, reference, "          \
  "created_at,"                                                                                    \
  " last_at, last_by, messages, rating, customer_name, subject, about_text, last_text, "           \
  "rating_text, assignee"

#define PLAIN_ASSIGNEE 6
#define SEALED_ASSIGNEE 18

/* The first of the sealed columns within COLUMNS, and the properties that they hold. */
#define FIRST_SEALED 13
static const struct
{
  const char *column;
  const char *property;
} sealed[] = {
  { "customer_name", "customer-name" }, { "subject", "subject" },
  { "about_text", "about-text" },       { "last_text", "last-text" },
  { "rating_text", "rating-text" },
};

static TwTicket *
read_ticket (TwKey *column, TwStmt *stmt, GError **error)
{
  const char *id = tw_stmt_text (stmt, 0);
  g_autofree char *assignee = NULL;
  g_autoptr (TwTicket) ticket =
    g_object_new (TW_TYPE_TICKET, "id", id, "customer-id", tw_stmt_text (stmt, 1), "state",
                  (int) tw_stmt_int64 (stmt, 2), "about-type", tw_stmt_text (stmt, 3), "about-id",
                  tw_stmt_text (stmt, 4), "assignee-id", tw_stmt_text (stmt, 5), "reference",
                  tw_stmt_text (stmt, 7), "created-at-ms", tw_stmt_int64 (stmt, 8), "last-at-ms",
                  tw_stmt_int64 (stmt, 9), "last-by", (int) tw_stmt_int64 (stmt, 10), "messages",
                  tw_stmt_int64 (stmt, 11), "rating", tw_stmt_int64 (stmt, 12), NULL);

  for (int i = 0; i < (int) G_N_ELEMENTS (sealed); i++)
    {
      g_autofree char *text =
        tw_column_read (column, stmt, FIRST_SEALED + i, TABLE, id, sealed[i].column, error);

      if (text == NULL)
        return NULL;
      g_object_set (ticket, sealed[i].property, text, NULL);
    }
  assignee = tw_column_read_moved (column, stmt, SEALED_ASSIGNEE, PLAIN_ASSIGNEE, TABLE, id,
                                   "assignee", error);
  if (assignee == NULL)
    return NULL;
  g_object_set (ticket, "assignee-name", assignee, NULL);
  return g_steal_pointer (&ticket);
}

/**
 * tw_ticket_row_load:
 * @db: the database
 * @column: the column key
 * @id: a ticket
 * @error: %TW_ERROR_NOT_FOUND when there is none; %TW_ERROR_DAMAGED
 *
 * Returns: (transfer full) (nullable): the ticket
 */
TwTicket *
tw_ticket_row_load (TwDb *db, TwKey *column, const char *id, GError **error)
{
  TwStmt *stmt = tw_db_query (db, error, "SELECT " COLUMNS " FROM ticket WHERE id = $1", "s", id);
  TwTicket *ticket = NULL;
  TwStep step;

  if (stmt == NULL)
    return NULL;
  step = tw_stmt_step (stmt, error);
  if (step == TW_STEP_ROW)
    ticket = read_ticket (column, stmt, error);
  else if (step == TW_STEP_DONE)
    g_set_error_literal (error, TW_ERROR, TW_ERROR_NOT_FOUND, "There is no such conversation");
  tw_stmt_reset (stmt);
  return ticket;
}

/**
 * tw_desk_list_fresh:
 * @db: the database
 * @column: the column key
 * @limit: how many at most
 * @error: anything unexpected
 *
 * Returns: (transfer full) (nullable) (element-type TwTicket): the tickets that nobody has and
 * where the customer spoke last, the one that waits longest first
 */
GPtrArray *
tw_desk_list_fresh (TwDb *db, TwKey *column, guint limit, GError **error)
{
  g_autoptr (GPtrArray) tickets = g_ptr_array_new_with_free_func (g_object_unref);
  TwStmt *stmt = tw_db_query (db, error,
                              "SELECT " COLUMNS " FROM ticket WHERE state = $1 AND last_by = $2"
                              " ORDER BY created_at, id LIMIT $3",
                              "iii", (gint64) TW_TICKET_STATE_FRESH, (gint64) TW_AUTHOR_CUSTOMER,
                              (gint64) limit);
  TwStep step;

  if (stmt == NULL)
    return NULL;
  while ((step = tw_stmt_step (stmt, error)) == TW_STEP_ROW)
    {
      TwTicket *ticket = read_ticket (column, stmt, error);

      if (ticket == NULL)
        {
          step = TW_STEP_ERROR;
          break;
        }
      g_ptr_array_add (tickets, ticket);
    }
  tw_stmt_reset (stmt);
  return step == TW_STEP_DONE ? g_steal_pointer (&tickets) : NULL;
}

static GBytes *
seal (TwTx *tx, TwTicket *ticket, const char *column, const char *text)
{
  return tw_column_seal (tw_tx_key (tx, "column"), TABLE, tw_object_get_id (TW_OBJECT (ticket)),
                         column, text);
}

static void
publish (TwTx *tx, TwTicket *ticket)
{
  g_autofree char *scope = g_strconcat ("account:", tw_ticket_get_customer_id (ticket), NULL);

  tw_tx_publish (tx, scope, TW_OBJECT (ticket));
  tw_tx_publish (tx, "queue:desk", TW_OBJECT (ticket));
}

/**
 * tw_ticket_row_insert:
 * @tx: the transaction
 * @ticket: a new ticket
 * @error: anything unexpected
 *
 * Writes it, and says it to the customer and the desk.
 *
 * Returns: whether it was written
 */
gboolean
tw_ticket_row_insert (TwTx *tx, TwTicket *ticket, GError **error)
{
  g_autoptr (GBytes) name =
    seal (tx, ticket, "customer_name", tw_ticket_get_customer_name (ticket));
  g_autoptr (GBytes) subject = seal (tx, ticket, "subject", tw_ticket_get_subject (ticket));
  g_autoptr (GBytes) about = seal (tx, ticket, "about_text", tw_ticket_get_about_text (ticket));
  g_autoptr (GBytes) last = seal (tx, ticket, "last_text", tw_ticket_get_last_text (ticket));

  if (!tw_db_run (tw_tx_db (tx), error,
                  "INSERT INTO ticket (id, customer_id, customer_name, subject, state, about_type,"
                  " about_id, about_text, reference, created_at, last_at, last_by, last_text,"
                  " messages)"
                  " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)",
                  "ssbbissbsiiibi", tw_object_get_id (TW_OBJECT (ticket)),
                  tw_ticket_get_customer_id (ticket), name, subject,
                  (gint64) tw_ticket_get_state (ticket), tw_ticket_get_about_type (ticket),
                  tw_ticket_get_about_id (ticket), about, tw_ticket_get_reference (ticket),
                  tw_ticket_get_created_at_ms (ticket), tw_ticket_get_last_at_ms (ticket),
                  (gint64) tw_ticket_get_last_by (ticket), last, tw_ticket_get_messages (ticket)))
    return FALSE;
  publish (tx, ticket);
  return TRUE;
}

/**
 * tw_ticket_row_save:
 * @tx: the transaction
 * @ticket: one that was loaded and changed
 * @error: anything unexpected
 *
 * Writes what may change of it, and says it to the customer and the desk.
 *
 * Returns: whether it was written
 */
gboolean
tw_ticket_row_save (TwTx *tx, TwTicket *ticket, GError **error)
{
  g_autoptr (GBytes) last = seal (tx, ticket, "last_text", tw_ticket_get_last_text (ticket));
  g_autoptr (GBytes) rating = seal (tx, ticket, "rating_text", tw_ticket_get_rating_text (ticket));
  g_autoptr (GBytes) assignee = seal (tx, ticket, "assignee", tw_ticket_get_assignee_name (ticket));

  if (!tw_db_run (
        tw_tx_db (tx), error,
        "UPDATE ticket SET state = $2, assignee_id = $3, assignee = $4, assignee_name = '',"
        " last_at = $5, last_by = $6, last_text = $7, messages = $8, rating = $9, rating_text = $10"
        " WHERE id = $1",
        "sisbiibiib", tw_object_get_id (TW_OBJECT (ticket)), (gint64) tw_ticket_get_state (ticket),
        tw_ticket_get_assignee_id (ticket), assignee, tw_ticket_get_last_at_ms (ticket),
        (gint64) tw_ticket_get_last_by (ticket), last, tw_ticket_get_messages (ticket),
        tw_ticket_get_rating (ticket), rating))
    return FALSE;
  publish (tx, ticket);
  return TRUE;
}

/* One line of at most PREVIEW_CHARS characters. */
static char *
make_preview (const char *text)
{
  g_autofree char *line = g_strdelimit (g_strdup (text), "\n\t", ' ');
  g_autofree char *head = NULL;

  if (g_utf8_strlen (line, -1) <= PREVIEW_CHARS)
    return g_steal_pointer (&line);
  head = g_utf8_substring (line, 0, PREVIEW_CHARS - 1);
  return g_strconcat (head, "…", NULL);
}

/**
 * tw_ticket_say:
 * @ticket: a ticket
 * @author: who speaks
 * @text: what they say, for the customer's eyes
 * @at_ms: when
 *
 * Makes the header tell of it.
 */
void
tw_ticket_say (TwTicket *ticket, TwAuthor author, const char *text, gint64 at_ms)
{
  g_autofree char *preview = make_preview (text);

  g_object_set (ticket, "last-by", (int) author, "last-text", preview, "last-at-ms", at_ms,
                "messages", tw_ticket_get_messages (ticket) + 1, NULL);
}

gboolean
tw_message_row_exists (TwDb *db, const char *id, gboolean *exists, GError **error)
{
  TwStmt *stmt = tw_db_query (db, error, "SELECT 1 FROM message WHERE id = $1", "s", id);
  TwStep step;

  if (stmt == NULL)
    return FALSE;
  step = tw_stmt_step (stmt, error);
  tw_stmt_reset (stmt);
  *exists = step == TW_STEP_ROW;
  return step != TW_STEP_ERROR;
}

/**
 * tw_message_row_add:
 * @tx: the transaction
 * @job: the command that says it; the message has its id
 * @ticket: where it is said; its row is there already
 * @author: as what the actor speaks
 * @text: what is said
 * @internal: whether it is a note that the customer never sees
 * @error: anything unexpected
 *
 * Returns: whether it was written
 */
gboolean
tw_message_row_add (TwTx *tx,
                    TwJob *job,
                    TwTicket *ticket,
                    TwAuthor author,
                    const char *text,
                    gboolean internal,
                    GError **error)
{
  const char *id = tw_job_command (job)->id;
  const char *ticket_id = tw_object_get_id (TW_OBJECT (ticket));
  TwActor *actor = tw_job_actor (job);
  g_autoptr (GBytes) hidden =
    tw_column_seal (tw_tx_key (tx, "column"), "message", id, "text", text);
  g_autofree char *ticket_scope = g_strconcat ("ticket:", ticket_id, NULL);
  g_autofree char *account_scope =
    g_strconcat ("account:", tw_ticket_get_customer_id (ticket), NULL);
  g_autoptr (TwObject) message =
    g_object_new (TW_TYPE_MESSAGE, "id", id, "ticket-id", ticket_id, "author", (int) author,
                  "author-id", actor->account_id, "author-name", actor->name, "text", text,
                  "internal", internal, "at-ms", tw_tx_now_ms (tx), NULL);

  if (!tw_db_run (tw_tx_db (tx), error,
                  "INSERT INTO message (id, ticket_id, author, author_id, internal, text, at)"
                  " VALUES ($1, $2, $3, $4, $5, $6, $7)",
                  "ssisibi", id, ticket_id, (gint64) author, actor->account_id, (gint64) internal,
                  hidden, tw_tx_now_ms (tx)))
    return FALSE;
  tw_tx_publish (tx, ticket_scope, message);
  if (!internal)
    tw_tx_publish (tx, account_scope, message);
  return TRUE;
}
