// SPDX-License-Identifier: GPL-3.0-or-later
/* The customer's side: ask, write, rate. */
#include "base/tw-error.h"
#include "base/tw-text.h"
#include "protocol/tw-json.h"
#include "server/desk/tw-ticket-row.h"

#define RATING_TEXT_MAX_CHARS 1000

/* Without what is misheard over a telephone; unique enough to find a conversation of one customer.
 */
static const char reference_letters[] = "23456789ABCDEFGHJKMNPQRSTVWXYZ";

static char *
make_reference (TwTx *tx, const char *id)
{
  g_autofree char *text = g_strconcat ("ticket reference\n", id, NULL);
  g_autofree char *hash = tw_keyed_hash (tw_tx_key (tx, "lookup"), text);
  GString *reference = g_string_new ("Q-");

  for (int i = 0; i < 8; i++)
    {
      int value = g_ascii_xdigit_value (hash[2 * i]) * 16 + g_ascii_xdigit_value (hash[2 * i + 1]);

      if (i == 4)
        g_string_append_c (reference, '-');
      g_string_append_c (reference, reference_letters[value % (sizeof reference_letters - 1)]);
    }
  return g_string_free (reference, FALSE);
}

typedef struct
{
  char *subject;
  char *text;
  const char *about_type;
  const char *about_id;
} Question;

static void
question_clear (Question *question)
{
  g_free (question->subject);
  g_free (question->text);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Question, question_clear)

static gboolean
read_about (JsonObject *body, Question *question, GError **error)
{
  static const char *const types[] = { "payment", "bill", "record", NULL };

  question->about_type = question->about_id = "";
  if (json_object_has_member (body, "about_type") &&
      (question->about_type = tw_json_get_string (body, "about_type", error)) == NULL)
    return FALSE;
  if (json_object_has_member (body, "about_id") &&
      (question->about_id = tw_json_get_string (body, "about_id", error)) == NULL)
    return FALSE;
  if (*question->about_type == '\0' && *question->about_id == '\0')
    return TRUE;
  if (!g_strv_contains (types, question->about_type))
    {
      g_set_error_literal (error, TW_ERROR, TW_ERROR_INVALID,
                           "The member 'about_type' is not payment, bill or record");
      return FALSE;
    }
  return tw_json_get_text (body, "about_id", 64, FALSE, error) != NULL;
}

static gboolean
read_question (JsonObject *body, Question *question, GError **error)
{
  static const char *const members[] = { "subject", "text", "about_type", "about_id", NULL };

  if (!tw_json_check_members (body, members, error))
    return FALSE;
  question->subject = tw_desk_read_text (body, "subject", TW_TEXT_MAX_SUBJECT, FALSE, error);
  if (question->subject == NULL)
    return FALSE;
  question->text = tw_desk_read_text (body, "text", TW_TEXT_MAX_MESSAGE, TRUE, error);
  return question->text != NULL && read_about (body, question, error);
}

gboolean
tw_ticket_ask (TwTx *tx, TwJob *job, GError **error)
{
  const char *id = tw_job_command (job)->id;
  TwActor *actor = tw_job_actor (job);
  g_auto (Question) question = { 0 };
  g_autoptr (GError) local = NULL;
  g_autofree char *about = g_strdup ("");
  g_autofree char *reference = make_reference (tx, id);
  g_autoptr (TwTicket) ticket = NULL;
  gboolean exists;

  if (!read_question (tw_job_body (job), &question, &local))
    return tw_job_invalid (job, g_steal_pointer (&local));
  if (*question.about_type != '\0')
    {
      g_clear_pointer (&about, g_free);
      if (!tw_about_find (tx, actor->account_id, question.about_type, question.about_id, &about,
                          error))
        return FALSE;
      if (about == NULL)
        return tw_job_refuse (job, "not_found", NULL);
    }
  /* An id that somebody else has used is not this person's to use. */
  if (!tw_message_row_exists (tw_tx_db (tx), id, &exists, error))
    return FALSE;
  if (exists)
    return tw_job_refuse (job, "command_changed", NULL);

  ticket =
    g_object_new (TW_TYPE_TICKET, "id", id, "customer-id", actor->account_id, "customer-name",
                  actor->name, "subject", question.subject, "state", (int) TW_TICKET_STATE_FRESH,
                  "about-type", question.about_type, "about-id", question.about_id, "about-text",
                  about, "reference", reference, "created-at-ms", tw_tx_now_ms (tx), NULL);
  tw_ticket_say (ticket, TW_AUTHOR_CUSTOMER, question.text, tw_tx_now_ms (tx));
  if (!tw_ticket_row_insert (tx, ticket, error) ||
      !tw_message_row_add (tx, job, ticket, TW_AUTHOR_CUSTOMER, question.text, FALSE, error))
    return FALSE;
  return tw_job_done (job, "ticket_id", "s", id, NULL);
}

/* Writing again opens a conversation that was closed: it goes back to who had it, or to the queue.
 */
gboolean
tw_ticket_write (TwTx *tx, TwJob *job, GError **error)
{
  static const char *const members[] = { "ticket_id", "text", NULL };
  const char *id = tw_job_command (job)->id;
  g_autoptr (TwTicket) ticket = NULL;
  g_autoptr (GError) local = NULL;
  g_autofree char *text = NULL;
  gboolean exists, assigned;

  if (!tw_desk_load (tx, job, members, &ticket, error))
    return FALSE;
  if (ticket == NULL)
    return TRUE;
  text = tw_desk_read_text (tw_job_body (job), "text", TW_TEXT_MAX_MESSAGE, TRUE, &local);
  if (text == NULL)
    return tw_job_invalid (job, g_steal_pointer (&local));
  if (!tw_message_row_exists (tw_tx_db (tx), id, &exists, error))
    return FALSE;
  if (exists)
    return tw_job_refuse (job, "command_changed", NULL);

  assigned = *tw_ticket_get_assignee_id (ticket) != '\0';
  g_object_set (ticket, "state", (int) (assigned ? TW_TICKET_STATE_OPEN : TW_TICKET_STATE_FRESH),
                NULL);
  tw_ticket_say (ticket, TW_AUTHOR_CUSTOMER, text, tw_tx_now_ms (tx));
  if (!tw_message_row_add (tx, job, ticket, TW_AUTHOR_CUSTOMER, text, FALSE, error) ||
      !tw_ticket_row_save (tx, ticket, error))
    return FALSE;
  return tw_job_done (job, "message_id", "s", id, NULL);
}

gboolean
tw_ticket_rate (TwTx *tx, TwJob *job, GError **error)
{
  static const char *const members[] = { "ticket_id", "rating", "text", NULL };
  JsonObject *body = tw_job_body (job);
  g_autoptr (TwTicket) ticket = NULL;
  g_autoptr (GError) local = NULL;
  g_autofree char *clean = NULL;
  const char *text = "";
  gint64 rating;

  if (!tw_desk_load (tx, job, members, &ticket, error))
    return FALSE;
  if (ticket == NULL)
    return TRUE;
  if (!tw_json_get_int (body, "rating", 1, 5, &rating, &local))
    return tw_job_invalid (job, g_steal_pointer (&local));
  if (json_object_has_member (body, "text") &&
      (text = tw_json_get_text (body, "text", RATING_TEXT_MAX_CHARS, TRUE, &local)) == NULL)
    return tw_job_invalid (job, g_steal_pointer (&local));
  if (tw_ticket_get_rating (ticket) != 0)
    return tw_job_refuse (job, "already_rated", NULL);
  if (tw_ticket_get_state (ticket) != TW_TICKET_STATE_RESOLVED)
    return tw_job_invalid (job, g_error_new_literal (TW_ERROR, TW_ERROR_INVALID,
                                                     "It can be rated once it has been solved."));

  clean = tw_text_clean (text);
  g_object_set (ticket, "rating", rating, "rating-text", clean, NULL);
  return tw_ticket_row_save (tx, ticket, error) && tw_job_done (job, NULL);
}
