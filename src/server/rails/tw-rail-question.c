// SPDX-License-Identifier: GPL-3.0-or-later
/* The answer to a question goes to its room in parts, so that it holds nobody up for long. */
#include "base/tw-uuid.h"
#include "server/rails/tw-rails-private.h"

/* Objects of an answer in one command. */
#define ANSWER_CHUNK 250

static void tell_answer (TwRailOrder *op);

static void
on_answer_told (const TwResult *result, gpointer data)
{
  TwRailOrder *op = data;

  if (tw_rail_order_ended (op->rails))
    return;
  if (result->state != TW_RESULT_DONE)
    {
      g_message ("An answer could not be taken (%s); asking again",
                 result->code != NULL ? result->code : "");
      op->from = 0;
      tw_rail_order_wait (op, TW_RAIL_LONGEST_WAIT_MS, tw_rail_order_ask);
    }
  else if (op->from >= json_object_get_int_member (op->answer, "length"))
    tw_rail_order_finish (op);
  else
    tell_answer (op);
}

/* Moves up to @room elements of the answer's list into @body. */
static guint
move_chunk (TwRailOrder *op, const char *name, guint offset, guint room, JsonObject *body)
{
  JsonArray *all = json_object_get_array_member (op->answer, name);
  JsonArray *chunk = json_array_new ();
  guint n = json_array_get_length (all);
  guint from = op->from > offset ? op->from - offset : 0;
  guint moved = 0;

  for (guint i = from; i < n && moved < room; i++, moved++)
    json_array_add_element (chunk, json_node_ref (json_array_get_element (all, i)));
  json_object_set_array_member (body, name, chunk);
  return moved;
}

static void
tell_answer (TwRailOrder *op)
{
  guint n_bills = json_array_get_length (json_object_get_array_member (op->answer, "bills"));
  gint64 length = json_object_get_int_member (op->answer, "length");
  g_autoptr (JsonObject) body = json_object_new ();
  g_autofree char *id = tw_uuid_new ();
  guint moved;

  json_object_set_string_member (body, "op", op->id);
  json_object_set_string_member (body, "account_id", op->account_id);
  moved = op->from < n_bills ? move_chunk (op, "bills", 0, ANSWER_CHUNK, body) : 0;
  if (!json_object_has_member (body, "bills"))
    json_object_set_array_member (body, "bills", json_array_new ());
  op->from += moved;
  op->from += move_chunk (op, "records", n_bills, ANSWER_CHUNK - moved, body);
  json_object_set_boolean_member (body, "last", op->from >= length);
  if (tw_writer_submit_internal (tw_service_get_writer (op->rails->service), op->rail->answer_kind,
                                 id, id, body, op->rails->context, on_answer_told, op, NULL))
    op->rails->n_pending++;
  else
    {
      op->from = 0;
      tw_rail_order_wait (op, TW_RAIL_LONGEST_WAIT_MS, tw_rail_order_ask);
    }
}

static gboolean
holds_list (JsonObject *answer, const char *name)
{
  JsonNode *node = json_object_get_member (answer, name);

  return node != NULL && JSON_NODE_HOLDS_ARRAY (node);
}

static void
on_whole_told (const TwResult *result, gpointer data)
{
  TwRailOrder *op = data;

  if (tw_rail_order_ended (op->rails))
    return;
  if (result->state == TW_RESULT_DONE)
    {
      tw_rail_order_finish (op);
      return;
    }
  g_warning ("An answer could not be taken (%s); asking again",
             result->code != NULL ? result->code : "");
  tw_rail_order_wait (op, TW_RAIL_LONGEST_WAIT_MS, tw_rail_order_ask);
}

/* As it came; where the other side says that there is nothing, nothing. */
static void
tell_whole (TwRailOrder *op, JsonObject *answer)
{
  g_autoptr (JsonObject) body = json_object_new ();
  g_autofree char *id = tw_uuid_new ();

  json_object_set_string_member (body, "op", op->id);
  json_object_set_string_member (body, "account_id", op->account_id);
  if (answer != NULL)
    json_object_set_object_member (body, "answer", json_object_ref (answer));
  if (tw_writer_submit_internal (tw_service_get_writer (op->rails->service), op->rail->answer_kind,
                                 id, id, body, op->rails->context, on_whole_told, op, NULL))
    op->rails->n_pending++;
  else
    tw_rail_order_wait (op, TW_RAIL_LONGEST_WAIT_MS, tw_rail_order_ask);
}

static void
take_whole (TwRailOrder *op, guint status, JsonObject *answer)
{
  if (status == SOUP_STATUS_OK && answer != NULL)
    tell_whole (op, answer);
  else if (status == SOUP_STATUS_NOT_FOUND && tw_rail_answer_is_error (answer, "not_found"))
    tell_whole (op, NULL);
  else
    tw_rail_order_wait (op, TW_RAIL_LONGEST_WAIT_MS, tw_rail_order_ask);
}

/* The answer to a question. */
void
tw_rail_question_answered (guint status, JsonObject *answer, gpointer data)
{
  TwRailOrder *op = data;

  tw_rail_order_called (op, status);
  if (tw_rail_order_ended (op->rails))
    return;
  if (op->rail->is_whole)
    {
      take_whole (op, status, answer);
      return;
    }
  if (status != SOUP_STATUS_OK || answer == NULL || !holds_list (answer, "bills") ||
      !holds_list (answer, "records"))
    {
      tw_rail_order_wait (op, TW_RAIL_LONGEST_WAIT_MS, tw_rail_order_ask);
      return;
    }
  g_clear_pointer (&op->answer, json_object_unref);
  op->answer = json_object_ref (answer);
  op->from = 0;
  json_object_set_int_member (
    op->answer, "length",
    (gint64) json_array_get_length (json_object_get_array_member (answer, "bills")) +
      json_array_get_length (json_object_get_array_member (answer, "records")));
  tell_answer (op);
}
