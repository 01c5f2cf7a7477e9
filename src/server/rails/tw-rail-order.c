// SPDX-License-Identifier: GPL-3.0-or-later
/* How one order goes its way:
 *
 *   queued ──told sent──▶ POST ──answer──▶ told accepted or refused ──(GET until confirmed)──▶ done
 *                          │ no answer: told unknown
 *                          ▼
 *                         GET ──404: it never arrived──▶ POST again
 *
 * After a start, everything that is not finished is asked for first. */
#include "server/rails/tw-rails-private.h"

#include <string.h>

#include "base/tw-clock.h"
#include "protocol/tw-json.h"

#define FIRST_WAIT_MS 200
#define LONGEST_CONFIRM_WAIT_MS 5000

static void post (TwRailOrder *op);

void
tw_rail_order_free (gpointer data)
{
  TwRailOrder *op = data;

  if (op->timer != NULL)
    {
      g_source_destroy (op->timer);
      g_source_unref (op->timer);
    }
  g_clear_pointer (&op->answer, json_object_unref);
  g_free (op->id);
  g_free (op->account_id);
  g_free (op->request);
  g_free (op);
}

/* Something that was under way has ended; the thread ends with the last one. Returns whether it is
 * to end: then nothing new is begun. */
gboolean
tw_rail_order_ended (TwRails *rails)
{
  rails->n_pending--;
  if (tw_rails_is_stopping (rails) && rails->n_pending == 0)
    g_main_loop_quit (rails->loop);
  return tw_rails_is_stopping (rails);
}

void
tw_rail_order_finish (TwRailOrder *op)
{
  g_hash_table_remove (op->rails->ops, op->id);
}

typedef struct
{
  TwRailOrder *op;
  TwRailNext next;
} Wait;

static gboolean
on_waited (gpointer data)
{
  Wait *wait = data;

  g_clear_pointer (&wait->op->timer, g_source_unref);
  wait->next (wait->op);
  return G_SOURCE_REMOVE;
}

/* Longer each time, and never in step with others. */
void
tw_rail_order_wait (TwRailOrder *op, guint longest_ms, TwRailNext next)
{
  guint ms = MIN (longest_ms, (guint) FIRST_WAIT_MS << MIN (op->failures, 10));
  Wait *wait = g_new (Wait, 1);

  op->failures++;
  wait->op = op;
  wait->next = next;
  op->timer = g_timeout_source_new (ms / 2 + (guint) g_random_int_range (0, (int) ms));
  g_source_set_callback (op->timer, on_waited, wait, g_free);
  g_source_attach (op->timer, op->rails->context);
}

static void
ask_later (TwRailOrder *op)
{
  gboolean confirming = op->state == TW_RAIL_ACCEPTED;

  tw_rail_order_wait (op, confirming ? LONGEST_CONFIRM_WAIT_MS : TW_RAIL_LONGEST_WAIT_MS,
                      tw_rail_order_ask);
}

static void tell (TwRailOrder *op, TwRailState state);

static void
tell_again (TwRailOrder *op)
{
  tell (op, op->telling);
}

/* The ledger knows; what comes next. */
static void
go_on (TwRailOrder *op)
{
  const char *said =
    op->answer != NULL ? json_object_get_string_member_with_default (op->answer, "state", "") : "";

  if (op->state == TW_RAIL_SENT)
    post (op);
  else if (op->state == TW_RAIL_UNKNOWN)
    ask_later (op);
  else if (op->state == TW_RAIL_ACCEPTED && op->rail->confirms)
    {
      op->failures = 0;
      if (strcmp (said, "confirmed") == 0)
        tell (op, TW_RAIL_CONFIRMED);
      else
        ask_later (op);
    }
  else
    tw_rail_order_finish (op);
}

static void
on_told (const TwResult *result, gpointer data)
{
  TwRailOrder *op = data;

  if (tw_rail_order_ended (op->rails))
    return;
  if (result->state != TW_RESULT_DONE)
    {
      g_warning ("What became of the order %s could not be written down (%s); trying again", op->id,
                 result->code != NULL ? result->code : "");
      tw_rail_order_wait (op, TW_RAIL_LONGEST_WAIT_MS, tell_again);
      return;
    }
  op->state = op->telling;
  go_on (op);
}

static const char *
answer_text (TwRailOrder *op, const char *member)
{
  JsonNode *node = op->answer != NULL ? json_object_get_member (op->answer, member) : NULL;

  return node != NULL && json_node_get_value_type (node) == G_TYPE_STRING
           ? json_node_get_string (node)
           : "";
}

/* Says in a command of the service's own what has become of the order. */
static void
tell (TwRailOrder *op, TwRailState state)
{
  const char *phase = tw_rail_phases[state];
  g_autofree char *id = tw_writer_make_id (phase, op->id);
  g_autoptr (JsonObject) body = json_object_new ();
  g_autoptr (GError) error = NULL;
  gint64 confirmed_at_ms = 0;

  op->telling = state;
  tw_clock_parse_ms (answer_text (op, "confirmed_at"), &confirmed_at_ms);
  json_object_set_string_member (body, "op", op->id);
  json_object_set_string_member (body, "phase", phase);
  json_object_set_string_member (body, "reference", answer_text (op, "reference"));
  json_object_set_string_member (body, "reason", answer_text (op, "reason"));
  json_object_set_int_member (body, "confirmed_at_ms",
                              state == TW_RAIL_CONFIRMED ? MAX (confirmed_at_ms, 0) : 0);
  if (tw_writer_submit_internal (tw_service_get_writer (op->rails->service),
                                 state == TW_RAIL_CONFIRMED ? TW_KIND_RAIL_CONFIRM
                                                            : TW_KIND_RAIL_SETTLE,
                                 id, id, body, op->rails->context, on_told, op, &error))
    op->rails->n_pending++;
  else
    tw_rail_order_wait (op, TW_RAIL_LONGEST_WAIT_MS, tell_again);
}

/* What the other side says of an order. */
static void
take_answer (TwRailOrder *op, JsonObject *answer)
{
  const char *said;

  g_clear_pointer (&op->answer, json_object_unref);
  op->answer = json_object_ref (answer);
  said = answer_text (op, "state");
  if (strcmp (said, "refused") == 0)
    tell (op, TW_RAIL_REFUSED);
  else if (strcmp (said, "done") == 0 || strcmp (said, "accepted") == 0 ||
           strcmp (said, "confirmed") == 0)
    {
      if (op->state != TW_RAIL_ACCEPTED)
        tell (op, TW_RAIL_ACCEPTED);
      else if (strcmp (said, "confirmed") == 0)
        tell (op, TW_RAIL_CONFIRMED);
      else
        ask_later (op);
    }
  else
    ask_later (op);
}

static void
on_posted (guint status, JsonObject *answer, gpointer data)
{
  TwRailOrder *op = data;

  if (tw_rail_order_ended (op->rails))
    return;
  if (status == SOUP_STATUS_OK && answer != NULL)
    take_answer (op, answer);
#ifdef TW_MUTANT_GUESSED
  else if (op->state == TW_RAIL_SENT)
    tell (op, TW_RAIL_REFUSED);
#endif
  else if (op->state == TW_RAIL_SENT)
    tell (op, TW_RAIL_UNKNOWN);
  else
    ask_later (op);
}

static void
post (TwRailOrder *op)
{
  op->rails->n_pending++;
  tw_rail_call (op->rails->session, op->rail->path, op->request, op->rails->timeout_ms, on_posted,
                op);
}

static void
on_asked (guint status, JsonObject *answer, gpointer data)
{
  TwRailOrder *op = data;

  if (tw_rail_order_ended (op->rails))
    return;
  if (status == SOUP_STATUS_OK && answer != NULL)
    take_answer (op, answer);
  else if (status == SOUP_STATUS_NOT_FOUND && op->state != TW_RAIL_ACCEPTED)
    {
      /* It never arrived. Should it be on its way still, it is done once: the id is the same. */
      if (op->state == TW_RAIL_QUEUED)
        tell (op, TW_RAIL_SENT);
      else
        post (op);
    }
  else if (op->state == TW_RAIL_SENT)
    tell (op, TW_RAIL_UNKNOWN);
  else
    ask_later (op);
}

void
tw_rail_order_ask (TwRailOrder *op)
{
  gboolean question = op->rail->answer_kind != NULL;
  g_autoptr (JsonNode) request = question ? tw_json_parse (op->request, -1, NULL) : NULL;
  const char *key =
    question ? json_object_get_string_member (json_node_get_object (request), "key") : op->id;
  g_autofree char *path = g_strconcat (op->rail->path, "/", key, NULL);

  op->rails->n_pending++;
  tw_rail_call (op->rails->session, path, NULL, op->rails->timeout_ms,
                question ? tw_rail_question_answered : on_asked, op);
}

/* @running: whether the order was queued while this thread was running, and so was never sent. */
void
tw_rail_order_start (TwRailOrder *op, gboolean running)
{
  if (op->state == TW_RAIL_QUEUED && running && op->rail->answer_kind == NULL)
    tell (op, TW_RAIL_SENT);
#ifdef TW_MUTANT_SENT_AGAIN
  else if (op->state == TW_RAIL_SENT)
    {
      g_autofree char *id = tw_writer_make_id ("again", op->id);

      memcpy (strstr (op->request, op->id), id, strlen (id));
      post (op);
    }
#endif
  else
    tw_rail_order_ask (op);
}
