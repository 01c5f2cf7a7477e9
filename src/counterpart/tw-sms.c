// SPDX-License-Identifier: GPL-3.0-or-later
#include "counterpart/tw-sms.h"

#include "base/tw-clock.h"
#include "counterpart/tw-plain-orders.h"
#include "protocol/tw-json.h"

/* What a phone shows at most: the newest. */
#define MOST_SHOWN 50
#define MAX_TEXT 500

/* In a transaction. */
gboolean
tw_sms_write (TwDb *db, const char *id, const char *phone, const char *text, GError **error)
{
  return tw_db_run (db, error,
                    "INSERT INTO sms_message (number, id, phone, text, at) "
                    "SELECT coalesce (max (number), 0) + 1, $1, $2, $3, $4 FROM sms_message",
                    "sssi", id, phone, text, tw_clock_now_ms ());
}

static gboolean
act_sms (
  TwPartners *partners, JsonObject *body, const char **reason, char **reference, GError **error)
{
  return tw_sms_write (partners->db, json_object_get_string_member (body, "id"),
                       json_object_get_string_member (body, "to"),
                       json_object_get_string_member (body, "text"), error);
}

static const TwPlainOrder messages = { "sms", "sms", "SMS-", FALSE, act_sms };

/**
 * tw_sms_take:
 * @partners: the books
 * @body: `{"id", "to", "text"}`
 * @refuse: whether to refuse whatever it is
 * @error: as tw_plain_order_take()
 *
 * Returns: (transfer full) (nullable): as tw_plain_order_find()
 */
JsonObject *
tw_sms_take (TwPartners *partners, JsonObject *body, gboolean refuse, GError **error)
{
  const char *const members[] = { "id", "to", "text", NULL };

  if (!tw_json_check_members (body, members, error) ||
      tw_json_get_text (body, "to", 32, FALSE, error) == NULL ||
      tw_json_get_text (body, "text", MAX_TEXT, FALSE, error) == NULL)
    return NULL;
  return tw_plain_order_take (&messages, partners, body, refuse, error);
}

JsonObject *
tw_sms_find (TwPartners *partners, const char *id, GError **error)
{
  return tw_plain_order_find (&messages, partners, id, error);
}

/**
 * tw_sms_answer_phone:
 * @partners: the books
 * @phone: a number
 * @error: the database's
 *
 * Returns: (transfer full) (nullable): `{"messages": [{"id", "text", "at"}]}`, the newest last
 */
JsonObject *
tw_sms_answer_phone (TwPartners *partners, const char *phone, GError **error)
{
  g_autoptr (JsonArray) list = json_array_new ();
  /* Stars stand for digits: who waits for a code has not been told the whole number. */
  g_autofree char *like = g_strdelimit (g_strdup (phone), "*", '_');
  TwStmt *stmt =
    tw_db_query (partners->db, error,
                 "SELECT id, text, at FROM (SELECT number, id, text, at FROM "
                 "sms_message WHERE phone LIKE $1 ORDER BY number DESC LIMIT $2) shown "
                 "ORDER BY number",
                 "si", like, (gint64) MOST_SHOWN);
  JsonObject *answer;
  TwStep step = TW_STEP_ERROR;

  while (stmt != NULL && (step = tw_stmt_step (stmt, error)) == TW_STEP_ROW)
    {
      JsonObject *message = json_object_new ();
      g_autofree char *at = tw_clock_format_ms (tw_stmt_int64 (stmt, 2));

      json_object_set_string_member (message, "id", tw_stmt_text (stmt, 0));
      json_object_set_string_member (message, "text", tw_stmt_text (stmt, 1));
      json_object_set_string_member (message, "at", at);
      json_array_add_object_element (list, message);
    }
  if (step != TW_STEP_DONE)
    return NULL;
  answer = json_object_new ();
  json_object_set_array_member (answer, "messages", g_steal_pointer (&list));
  return answer;
}
