// SPDX-License-Identifier: GPL-3.0-or-later
/* How one order goes its way:
 *
 *   queued ──told sent──▶ POST ──answer──▶ told accepted or refused ──(GET until confirmed)──▶ done
 *                          │ no answer: told unknown
 *                          ▼
 *                         GET ──404: it never arrived──▶ POST again
 *
 * A POST that is refused as a request (4xx) is asked for too; if it was the only one and is not
 * known, the order is void. What can't be told from an answer stays unknown, for a person to see.
 *
 * After a start, everything that is not finished is asked for first. Each call goes through the
 * gate of its partner (tw-rail-gate.c); while that does not answer, what was never sent stays so.
 */
#include "server/rails/tw-rails-private.h"

#include "protocol/tw-json.h"

#define FIRST_WAIT_MS 200
#define LONGEST_CONFIRM_WAIT_MS 5000
/* How long an answer may take once a callback has told of the same. */
#define IMPATIENCE_MS 250

/* The reason of an order that is void because nobody would have it. */
#define TURNED_AWAY "turned_away"

/* A sending that is not the first one. */
typedef struct
{
  TwRailOrder *op;
  gboolean goes_on;
} Again;

static void post (TwRailOrder *op);
static void tell (TwRailOrder *op, TwRailState state);

static void
stop_timer (GSource **timer)
{
  if (*timer != NULL)
    g_source_destroy (*timer);
  g_clear_pointer (timer, g_source_unref);
}

void
tw_rail_order_free (gpointer data)
{
  TwRailOrder *op = data;

  stop_timer (&op->timer);
  stop_timer (&op->impatience);
  tw_rail_gate_forget (op);
  g_clear_pointer (&op->answer, json_object_unref);
  tw_rail_answer_clear (&op->said);
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

static gboolean
on_waited (gpointer data)
{
  TwRailOrder *op = data;

  g_clear_pointer (&op->timer, g_source_unref);
  op->next (op);
  return G_SOURCE_REMOVE;
}

/* Longer each time, and never in step with others. What is known to have news is asked at once. */
void
tw_rail_order_wait (TwRailOrder *op, guint longest_ms, TwRailNext next)
{
  guint ms = MIN (longest_ms, (guint) FIRST_WAIT_MS << MIN (op->failures, 10));

  ms = ms / 2 + (guint) g_random_int_range (0, (int) ms);
  op->failures++;
  op->next = next;
  if (next == tw_rail_order_ask && op->hinted)
    {
      op->hinted = FALSE;
      ms = 0;
    }
  op->timer = g_timeout_source_new (ms);
  g_source_set_callback (op->timer, on_waited, op, NULL);
  g_source_attach (op->timer, op->rails->context);
}

static gboolean
on_impatience (gpointer data)
{
  TwRailOrder *op = data;

  g_clear_pointer (&op->impatience, g_source_unref);
  if (op->calling != NULL)
    {
      op->overtaken = TRUE;
      g_cancellable_cancel (op->calling);
    }
  return G_SOURCE_REMOVE;
}

/* A callback tells that something has become of it. An answer that is on its way is given a moment;
 * then the order is asked for. */
void
tw_rail_order_hint (TwRailOrder *op)
{
  if (op->timer != NULL && op->next == tw_rail_order_ask)
    {
      tw_rail_order_hurry (op);
      return;
    }
  op->hinted = TRUE;
  if (op->calling == NULL || op->impatience != NULL)
    return;
  op->impatience = g_timeout_source_new (IMPATIENCE_MS);
  g_source_set_callback (op->impatience, on_impatience, op, NULL);
  g_source_attach (op->impatience, op->rails->context);
}

/* Does not wait any longer: the partner answers. */
void
tw_rail_order_hurry (TwRailOrder *op)
{
  if (op->parked)
    {
      op->parked = FALSE;
      tell (op, TW_RAIL_SENT);
    }
  else if (op->timer != NULL && op->next == tw_rail_order_ask)
    {
      stop_timer (&op->timer);
      op->failures = 0;
      tw_rail_order_ask (op);
    }
}

/* Its call has ended, in whatever way. One that was overtaken by a callback says nothing of whom it
 * went to. */
void
tw_rail_order_called (TwRailOrder *op, guint status)
{
  gboolean known = !op->overtaken;

  op->calling = NULL;
  op->overtaken = FALSE;
  stop_timer (&op->impatience);
  tw_rail_gate_leave (op, status, known);
}

static void
ask_later (TwRailOrder *op)
{
  gboolean confirming = op->state == TW_RAIL_ACCEPTED;

  tw_rail_order_wait (op, confirming ? LONGEST_CONFIRM_WAIT_MS : TW_RAIL_LONGEST_WAIT_MS,
                      tw_rail_order_ask);
}

static void not_known (TwRailOrder *op);

static void
tell_again (TwRailOrder *op)
{
  tell (op, op->telling);
}

/* The ledger knows; what comes next. */
static void
go_on (TwRailOrder *op)
{
  if (op->state == TW_RAIL_SENT)
    post (op);
  else if (op->state == TW_RAIL_UNKNOWN)
    ask_later (op);
  else if (op->state == TW_RAIL_ACCEPTED && op->rail->confirms)
    {
      op->failures = 0;
      if (op->said.state == TW_RAIL_CONFIRMED)
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
  /* Somebody else has told it in other words: what stands there now counts, and is read again. */
  if (g_strcmp0 (result->code, "command_changed") == 0)
    {
      tw_rail_order_finish (op);
      return;
    }
  if (result->state != TW_RESULT_DONE)
    {
      g_message ("What became of the order %s could not be written down (%s); trying again", op->id,
                 result->code != NULL ? result->code : "");
      tw_rail_order_wait (op, TW_RAIL_LONGEST_WAIT_MS, tell_again);
      return;
    }
  /* More than one was sent, by another process too: one that is not known yet may still arrive. */
  if (result->result != NULL && json_object_has_member (result->result, "denied"))
    {
      op->unheard_of = FALSE;
      op->turned_away = FALSE;
      not_known (op);
      return;
    }
  op->state = op->telling;
  /* Somebody else has brought it to its end. */
  if (result->result != NULL && json_object_has_member (result->result, "over"))
    {
      tw_rail_order_finish (op);
      return;
    }
  if (op->state == TW_RAIL_SENT)
    op->posts++;
  go_on (op);
}

/* Each process counts its own sending, and says for itself that the other side has never heard of
 * the order, which may be denied; all else is the same news, whoever tells it. */
static char *
make_news_id (TwRailOrder *op, TwRailState state)
{
  g_autofree char *what = NULL;

  if (op->unheard_of)
    what = g_strdup_printf ("%s/unheard_of/%s/%u", tw_rail_phases[state], op->rails->instance,
                            (guint) op->posts);
  else if (state == TW_RAIL_SENT)
    what = g_strconcat (tw_rail_phases[state], "/", op->rails->instance, NULL);
  else
    what = g_strdup (tw_rail_phases[state]);
  return tw_writer_make_id (what, op->id);
}

/* Says in a command of the service's own what has become of the order. */
static void
tell (TwRailOrder *op, TwRailState state)
{
  gboolean answered = state != TW_RAIL_SENT && state != TW_RAIL_UNKNOWN;
  g_autofree char *id = make_news_id (op, state);
  g_autoptr (JsonObject) body = json_object_new ();
  g_autoptr (GError) error = NULL;

  op->telling = state;
  json_object_set_string_member (body, "op", op->id);
  json_object_set_string_member (body, "phase", tw_rail_phases[state]);
  json_object_set_string_member (body, "reference", answered ? op->said.reference : "");
  json_object_set_string_member (body, "reason", answered ? op->said.reason : "");
  json_object_set_int_member (body, "confirmed_at_ms",
                              state == TW_RAIL_CONFIRMED ? op->said.confirmed_at_ms : 0);
  if (op->unheard_of)
    json_object_set_boolean_member (body, "unheard_of", TRUE);
  if (tw_writer_submit_internal (tw_service_get_writer (op->rails->service),
                                 state == TW_RAIL_CONFIRMED ? TW_KIND_RAIL_CONFIRM
                                                            : TW_KIND_RAIL_SETTLE,
                                 id, id, body, op->rails->context, on_told, op, &error))
    op->rails->n_pending++;
  else
    tw_rail_order_wait (op, TW_RAIL_LONGEST_WAIT_MS, tell_again);
}

/* What became of it is as little known as before. */
static void
not_known (TwRailOrder *op)
{
  if (op->state == TW_RAIL_SENT)
    tell (op, TW_RAIL_UNKNOWN);
  else
    ask_later (op);
}

/* What the other side says of an order. */
static void
take_answer (TwRailOrder *op, JsonObject *answer)
{
  g_autoptr (GError) error = NULL;

  if (!tw_rail_answer_read (op->rail, op->request, answer, &op->said, &error))
    {
      tw_rail_order_trouble (op, TW_TROUBLE_UNREADABLE, error->message);
      not_known (op);
    }
  else if (op->state != TW_RAIL_ACCEPTED)
    tell (op, op->said.state == TW_RAIL_REFUSED ? TW_RAIL_REFUSED : TW_RAIL_ACCEPTED);
  else if (op->said.state == TW_RAIL_CONFIRMED)
    tell (op, TW_RAIL_CONFIRMED);
  else
    {
      if (op->said.state == TW_RAIL_REFUSED)
        tw_rail_order_trouble (op, TW_TROUBLE_CONTRADICTED, "refused");
      ask_later (op);
    }
}

/* Whether the request itself was refused, for good. What is said of the moment is not meant. */
static gboolean
is_turned_away (guint status)
{
  return status >= 400 && status < 500 && status != 408 && status != 425 && status != 429;
}

/* If it was the only one that was ever sent, and the other side itself says so, it is void as soon
 * as the other side says too that it has never heard of it. Else an earlier one may arrive yet.
 * That our signature is not taken says nothing of the order: a key or a clock is wrong. */
static void
take_refusal (TwRailOrder *op, guint status, JsonObject *answer)
{
  g_autofree char *why = g_strdup_printf ("HTTP %u", status);

  op->turned_away =
    status != SOUP_STATUS_UNAUTHORIZED && op->posts == 1 && tw_rail_answer_is_error (answer, NULL);
  if (op->turned_away)
    tw_rail_order_ask (op);
  else
    {
      tw_rail_order_trouble (op, TW_TROUBLE_TURNED_AWAY, why);
      not_known (op);
    }
}

static void
on_posted (guint status, JsonObject *answer, gpointer data)
{
  TwRailOrder *op = data;

  tw_rail_order_called (op, status);
  if (tw_rail_order_ended (op->rails))
    return;
  if (status == SOUP_STATUS_OK && answer != NULL)
    take_answer (op, answer);
  else if (status == 0 && op->hinted)
    {
      op->hinted = FALSE;
      tw_rail_order_ask (op);
    }
  else if (is_turned_away (status))
    take_refusal (op, status, answer);
#ifdef TW_MUTANT_GUESSED
#include "base/tw-planted.h"
  else if (op->state == TW_RAIL_SENT)
    {
      tw_rail_answer_clear (&op->said);
      op->said = (TwRailAnswer){ .reference = g_strdup (""), .reason = g_strdup ("") };
      tell (op, TW_RAIL_REFUSED);
    }
#endif
  else
    not_known (op);
}

static void
call_post (TwRailOrder *op)
{
  op->rails->n_pending++;
  op->calling = tw_rail_call (op->rails->session, op->rails->to_partner, op->rail->path,
                              op->request, op->rails->timeout_ms, on_posted, op);
}

static void
post (TwRailOrder *op)
{
  tw_rail_gate_enter (op, call_post);
}

static gboolean
count_post (TwTx *tx, gpointer data, GError **error)
{
  Again *again = data;

  return tw_rails_count_post (tx, again->op->id, &again->goes_on, error);
}

static void
on_counted (const GError *error, gpointer data)
{
  g_autofree Again *again = data;
  TwRailOrder *op = again->op;

  if (tw_rail_order_ended (op->rails))
    return;
  if (error != NULL)
    ask_later (op);
  else if (!again->goes_on)
    tw_rail_order_finish (op);
  else
    {
      op->posts++;
      post (op);
    }
}

/* It never arrived. Should it be on its way still, it is done once: the id is the same. */
static void
post_again (TwRailOrder *op)
{
  Again *again = g_new0 (Again, 1);

  again->op = op;
  if (tw_writer_submit_call (tw_service_get_writer (op->rails->service), count_post,
                             op->rails->context, on_counted, again, NULL))
    op->rails->n_pending++;
  else
    {
      g_free (again);
      ask_later (op);
    }
}

/* The other side does not know the order. */
static void
take_unheard_of (TwRailOrder *op, JsonObject *answer)
{
  if (op->state == TW_RAIL_ACCEPTED)
    {
      tw_rail_order_trouble (op, TW_TROUBLE_CONTRADICTED, "not known");
      ask_later (op);
    }
  else if (op->state == TW_RAIL_QUEUED)
    tell (op, TW_RAIL_SENT);
#ifdef TW_MUTANT_VOID_AFTER_404
#include "base/tw-planted.h"
  else if (op->posts >= 1)
    {
      tw_rail_answer_clear (&op->said);
      op->said.reference = g_strdup ("");
      op->said.reason = g_strdup (TURNED_AWAY);
      tell (op, TW_RAIL_REFUSED);
    }
#endif
  else if (!op->turned_away)
    post_again (op);
  else if (tw_rail_answer_is_error (answer, "not_found"))
    {
      g_message ("The order %s was turned away, and is not known to the other side: it is void",
                 op->id);
      tw_rail_answer_clear (&op->said);
      op->said.reference = g_strdup ("");
      op->said.reason = g_strdup (TURNED_AWAY);
      op->unheard_of = TRUE;
      tell (op, TW_RAIL_REFUSED);
    }
  else
    {
      tw_rail_order_trouble (op, TW_TROUBLE_TURNED_AWAY, "HTTP 404 from somebody in between");
      not_known (op);
    }
}

static void
on_asked (guint status, JsonObject *answer, gpointer data)
{
  TwRailOrder *op = data;

  tw_rail_order_called (op, status);
  if (tw_rail_order_ended (op->rails))
    return;
  if (status == SOUP_STATUS_OK && answer != NULL)
    take_answer (op, answer);
  else if (status == SOUP_STATUS_NOT_FOUND)
    take_unheard_of (op, answer);
  else
    {
      if (status == SOUP_STATUS_UNAUTHORIZED)
        tw_rail_order_trouble (op, TW_TROUBLE_TURNED_AWAY, "our signature is not taken");
      not_known (op);
    }
}

static void
call_ask (TwRailOrder *op)
{
  gboolean question = op->rail->answer_kind != NULL;
  g_autoptr (JsonNode) request = question ? tw_json_parse (op->request, -1, NULL) : NULL;
  const char *key =
    question ? json_object_get_string_member (json_node_get_object (request), "key") : op->id;
  g_autofree char *path = g_strconcat (op->rail->path, "/", key, NULL);

  op->rails->n_pending++;
  op->calling =
    tw_rail_call (op->rails->session, op->rails->to_partner, path, NULL, op->rails->timeout_ms,
                  question ? tw_rail_question_answered : on_asked, op);
}

void
tw_rail_order_ask (TwRailOrder *op)
{
  tw_rail_gate_enter (op, call_ask);
}

/* @running: whether the order was queued while this thread was running, and so was never sent. */
void
tw_rail_order_start (TwRailOrder *op, gboolean running)
{
  if (op->state == TW_RAIL_QUEUED && running && op->rail->answer_kind == NULL)
    {
      op->parked = TRUE;
      if (tw_rail_gate_answers (op->gate))
        tw_rail_order_hurry (op);
    }
#ifdef TW_MUTANT_SENT_AGAIN
#include "base/tw-planted.h"
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
