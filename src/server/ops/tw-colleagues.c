// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/ops/tw-colleagues.h"

#include <string.h>

#include "base/tw-clock.h"
#include "model/tw-account.h"
#include "server/desk/tw-desk.h"
#include "server/identity/tw-identity.h"

#define LOOK_INTERVAL_MS 500
#define MAX_AT_ONCE 50

/* What the service says to a customer is in the customer's language, which is that of their
 * question: the words are written here in both, not looked up in the language of this process. */
static const struct
{
  const char *name;
  const char *text;
} answers[2] = {
  { "Sample colleague",
    "Thank you for your question. A colleague has read it and is looking into it. You will find "
    "the "
    "answer here; there is nothing more you need to do now." },
  { "示例同事",
    "您好，感谢您的提问。同事已经读过，正在为您核实。答复会显示在这里，您现在无需再做什么。" },
};

struct _TwColleagues
{
  TwService *service;
  TwActor *reviewer;
  TwActor *writers[2];
  GHashTable
    *seen; /* ids that were dealt with; the deterministic ids of the commands are the truth */
  GThread *thread;
  GMutex lock;
  GCond wake;
  gboolean ending;
};

/* The command's id follows from what it is about, so that doing it again changes nothing. */
static void
submit (
  TwColleagues *self, TwActor *actor, const char *kind, const char *subject_id, JsonObject *body)
{
  g_autofree char *what = g_strconcat ("colleague/", kind, NULL);
  g_autofree char *wish = g_strconcat (what, "/intent", NULL);
  g_autofree char *id = tw_writer_make_id (what, subject_id);
  g_autofree char *intent = tw_writer_make_id (wish, subject_id);
  g_autoptr (GError) error = NULL;

  if (!tw_writer_submit_as (tw_service_get_writer (self->service), actor, kind, id, intent, body,
                            NULL, NULL, NULL, &error))
    g_message ("A colleague could not work: %s", error->message);
}

static void
approve (TwColleagues *self, const char *account_id)
{
  g_autoptr (JsonObject) body = json_object_new ();

  json_object_set_string_member (body, "account_id", account_id);
  json_object_set_boolean_member (body, "approve", TRUE);
  json_object_set_string_member (body, "reason", "");
  submit (self, self->reviewer, TW_KIND_IDENTITY_DECIDE, account_id, body);
}

static gboolean
has_han (const char *text)
{
  for (; *text != '\0'; text = g_utf8_next_char (text))
    if (g_unichar_get_script (g_utf8_get_char (text)) == G_UNICODE_SCRIPT_HAN)
      return TRUE;
  return FALSE;
}

/* Answers, and gives the ticket back to the queue: the one who practises may still take it. */
static void
answer (TwColleagues *self, TwTicket *ticket)
{
  const char *id = tw_object_get_id (TW_OBJECT (ticket));
  int language =
    has_han (tw_ticket_get_last_text (ticket)) || has_han (tw_ticket_get_subject (ticket));
  g_autoptr (JsonObject) reply = json_object_new (), release = json_object_new ();

  json_object_set_string_member (reply, "ticket_id", id);
  json_object_set_string_member (reply, "text", answers[language].text);
  submit (self, self->writers[language], TW_KIND_TICKET_REPLY, id, reply);
  json_object_set_string_member (release, "ticket_id", id);
  submit (self, self->writers[language], TW_KIND_TICKET_RELEASE, id, release);
}

static void
look_at_tickets (TwColleagues *self, TwDb *db, gint64 now_ms, GError **error)
{
  g_autoptr (GPtrArray) tickets =
    tw_desk_list_fresh (db, tw_service_get_key (self->service, TW_KEY_COLUMN), MAX_AT_ONCE, error);

  for (guint i = 0; tickets != NULL && i < tickets->len; i++)
    {
      TwTicket *ticket = g_ptr_array_index (tickets, i);
      const char *id = tw_object_get_id (TW_OBJECT (ticket));

      if (tw_ticket_get_created_at_ms (ticket) <= now_ms - TW_COLLEAGUES_ANSWER_MS &&
          g_hash_table_add (self->seen, g_strdup (id)))
        answer (self, ticket);
    }
}

static void
look_at_identities (TwColleagues *self, TwDb *db, gint64 now_ms, GError **error)
{
  TwStmt *stmt =
    tw_db_query (db, error,
                 "SELECT id FROM account WHERE role = $1 AND identity = $2 "
                 "AND created_at <= $3 ORDER BY created_at LIMIT $4",
                 "siii", tw_role_get_name (TW_ROLE_USER), (gint64) TW_IDENTITY_STATE_PENDING,
                 now_ms - TW_COLLEAGUES_APPROVE_MS, (gint64) MAX_AT_ONCE);

  while (stmt != NULL && tw_stmt_step (stmt, error) == TW_STEP_ROW)
    {
      const char *id = tw_stmt_text (stmt, 0);

      if (g_hash_table_add (self->seen, g_strdup (id)))
        approve (self, id);
    }
}

static void
look (TwColleagues *self)
{
  TwReaders *readers = tw_service_get_readers (self->service);
  g_autoptr (GError) error = NULL;
  TwDb *db = tw_readers_borrow (readers, &error);
  gint64 now_ms = tw_clock_now_ms ();

  if (db != NULL)
    {
      look_at_identities (self, db, now_ms, &error);
      if (error == NULL)
        look_at_tickets (self, db, now_ms, &error);
      tw_readers_return (readers, db);
    }
  if (error != NULL)
    g_message ("A colleague could not look: %s", error->message);
}

static gpointer
run (gpointer data)
{
  TwColleagues *self = data;
  gboolean ending = FALSE;

  while (!ending)
    {
      gint64 end = g_get_monotonic_time () + LOOK_INTERVAL_MS * 1000;

      if (tw_service_is_leader (self->service))
        look (self);
      g_mutex_lock (&self->lock);
      while (!self->ending && g_cond_wait_until (&self->wake, &self->lock, end))
        ;
      ending = self->ending;
      g_mutex_unlock (&self->lock);
    }
  return NULL;
}

/**
 * tw_colleagues_new:
 * @service: a practice service; outlives the result
 *
 * Returns: (transfer full): the colleagues, at work in a thread of their own
 */
TwColleagues *
tw_colleagues_new (TwService *service)
{
  TwColleagues *self = g_new0 (TwColleagues, 1);

  self->service = service;
  self->seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->reviewer = tw_actor_new (TW_ROLE_SYSTEM, "colleague:reviewer", "", NULL, answers[0].name);
  for (int i = 0; i < 2; i++)
    self->writers[i] = tw_actor_new (TW_ROLE_SYSTEM, "colleague:desk", "", NULL, answers[i].name);
  g_mutex_init (&self->lock);
  g_cond_init (&self->wake);
  self->thread = g_thread_new ("colleagues", run, self);
  return self;
}

void
tw_colleagues_free (TwColleagues *self)
{
  g_mutex_lock (&self->lock);
  self->ending = TRUE;
  g_cond_signal (&self->wake);
  g_mutex_unlock (&self->lock);
  g_thread_join (self->thread);
  tw_actor_unref (self->reviewer);
  tw_actor_unref (self->writers[0]);
  tw_actor_unref (self->writers[1]);
  g_hash_table_unref (self->seen);
  g_mutex_clear (&self->lock);
  g_cond_clear (&self->wake);
  g_free (self);
}
