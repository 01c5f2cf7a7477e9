// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/rails/tw-rail-gate.h"

#include <string.h>

/* Calls under way at a time: fewer than there are connections, so that none waits unseen while its
 * time runs, and than a partner lets wait at its door. */
#define MAX_IN_FLIGHT 8
/* Of these, questions: however many ask, and however slow the answers are, money goes its way. */
#define MAX_ASKED 4

/* While another process says that its partner is down, one that has heard nothing for so long asks
 * for itself. */
#define DOUBT_MS 4000

static void pump (TwRailGate *gate);
static void probe (TwRailGate *gate);

static gint64
now_ms (void)
{
  return g_get_monotonic_time () / 1000;
}

static TwRailGate *
get_gate (TwRails *rails, const char *party)
{
  TwRailGate *gate = g_hash_table_lookup (rails->gates, party);

  if (gate == NULL)
    {
      gate = g_new0 (TwRailGate, 1);
      gate->rails = rails;
      gate->party = g_strdup (party);
      g_queue_init (&gate->waiting);
      g_queue_init (&gate->asking);
      g_hash_table_insert (rails->gates, gate->party, gate);
    }
  return gate;
}

/**
 * tw_rail_gate_of:
 * @rails: the rails
 * @path: of a rail
 *
 * Returns: (transfer none): the gate of whom the path leads to
 */
TwRailGate *
tw_rail_gate_of (TwRails *rails, const char *path)
{
  g_autofree char *party = tw_rails_get_party (path);

  return get_gate (rails, party);
}

void
tw_rail_gate_free (gpointer data)
{
  TwRailGate *gate = data;

  if (gate->timer != NULL)
    g_source_destroy (gate->timer);
  g_clear_pointer (&gate->timer, g_source_unref);
  g_queue_clear (&gate->waiting);
  g_queue_clear (&gate->asking);
  g_free (gate->party);
  g_free (gate);
}

/* What the database says of a partner. That it was down when this process had not said anything yet
 * is seen to at once, as nobody may have anything to ask of it; what others say later is only
 * doubt: they may be the ones who don't reach it. */
void
tw_rail_gate_load (TwRails *rails, const char *party, gboolean public_down, gboolean doubted)
{
  TwRailGate *gate = get_gate (rails, party);

  if (gate->telling)
    return;
  gate->public_down = public_down;
  gate->doubted = doubted;
  if (gate->breaker.state == TW_BREAKER_CLOSED && !gate->probing)
    {
      if (public_down && gate->told == TW_RAIL_WORD_NONE && gate->answered_ms == 0)
        {
          gate->breaker = (TwBreaker){ .state = TW_BREAKER_OPEN,
                                       .since_ms = now_ms (),
                                       .probe_at_ms = now_ms () };
          pump (gate);
        }
      else if ((public_down || doubted) && now_ms () - gate->answered_ms > DOUBT_MS)
        probe (gate);
    }
  tw_rail_gate_tell (gate);
}

/**
 * tw_rail_gate_answers:
 * @gate: a gate
 *
 * Returns: whether its partner answers, as far as is known
 */
gboolean
tw_rail_gate_answers (TwRailGate *gate)
{
  return gate->breaker.state == TW_BREAKER_CLOSED;
}

static gboolean
on_probe_time (gpointer data)
{
  TwRailGate *gate = data;

  g_clear_pointer (&gate->timer, g_source_unref);
  pump (gate);
  return G_SOURCE_REMOVE;
}

static void
wait_for_probe (TwRailGate *gate)
{
  gint64 ms = MAX (gate->breaker.probe_at_ms - now_ms (), 0);

  if (gate->timer != NULL)
    g_source_destroy (gate->timer);
  g_clear_pointer (&gate->timer, g_source_unref);
  gate->timer = g_timeout_source_new ((guint) ms);
  g_source_set_callback (gate->timer, on_probe_time, gate, NULL);
  g_source_attach (gate->timer, gate->rails->context);
}

/* It answers again: all that waited goes on, without waiting any longer. */
static void
release (TwRailGate *gate)
{
  g_autoptr (GPtrArray) ops = g_ptr_array_new_with_free_func (g_free);
  GHashTableIter iter;
  TwRailOrder *op;

  g_hash_table_iter_init (&iter, gate->rails->ops);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &op))
    if (op->gate == gate)
      g_ptr_array_add (ops, g_strdup (op->id));
  /* One that goes on may end another's wait, or its own life. */
  for (guint i = 0; i < ops->len; i++)
    {
      op = g_hash_table_lookup (gate->rails->ops, ops->pdata[i]);
      if (op != NULL)
        tw_rail_order_hurry (op);
    }
}

/* 4xx is an answer as well, unless it says that this is not the moment, or that we are nobody. */
static gboolean
is_answer (guint status)
{
  return status >= 200 && status < 500 && status != SOUP_STATUS_UNAUTHORIZED &&
         status != SOUP_STATUS_REQUEST_TIMEOUT && status != 425 && status != 429;
}

static void
note (TwRailGate *gate, guint status)
{
  if (is_answer (status))
    {
      gate->answered_ms = now_ms ();
      if (tw_breaker_succeeded (&gate->breaker))
        {
          g_message ("The rail '%s' answers again", gate->party);
          tw_rails_count_gate (gate->party, FALSE);
          release (gate);
        }
      tw_rail_gate_tell (gate);
      return;
    }
  if (tw_breaker_failed (&gate->breaker, now_ms (), g_random_double ()))
    {
      g_message ("The rail '%s' does not answer: what is for it waits", gate->party);
      tw_rails_count_gate (gate->party, TRUE);
    }
  tw_rail_gate_tell (gate);
}

static void
on_probed (guint status, JsonObject *answer, gpointer data)
{
  TwRailGate *gate = data;

  gate->probing = FALSE;
  gate->in_flight--;
  if (tw_rail_order_ended (gate->rails))
    return;
  note (gate, status);
  pump (gate);
}

/* Nobody has anything to ask just now: whether somebody is there is asked all the same. */
static void
probe (TwRailGate *gate)
{
  g_autofree char *path = g_strdup_printf ("/%s/health", gate->party);
  TwRails *rails = gate->rails;

  gate->probing = TRUE;
  gate->in_flight++;
  rails->n_pending++;
  tw_rail_call (rails->session, rails->to_partner, path, NULL, rails->timeout_ms, on_probed, gate);
}

static gboolean
is_question (const TwRailOrder *op)
{
  return op->rail->answer_kind != NULL;
}

static GQueue *
get_line (TwRailOrder *op)
{
  return is_question (op) ? &op->gate->asking : &op->gate->waiting;
}

/* The line whose first one goes next. Returns: (nullable) */
static GQueue *
get_next_line (TwRailGate *gate)
{
  if (gate->in_flight >= MAX_IN_FLIGHT)
    return NULL;
  /* One place is for questions, which would never get a turn otherwise while much is paid. */
  if (!g_queue_is_empty (&gate->waiting) &&
      (gate->n_asked > 0 || g_queue_is_empty (&gate->asking) ||
       gate->in_flight < MAX_IN_FLIGHT - 1))
    return &gate->waiting;
  return !g_queue_is_empty (&gate->asking) && gate->n_asked < MAX_ASKED ? &gate->asking : NULL;
}

/* Lets through what may go. */
static void
pump (TwRailGate *gate)
{
  while (!tw_rails_is_stopping (gate->rails))
    {
      gboolean closed = gate->breaker.state == TW_BREAKER_CLOSED;
      GQueue *line = get_next_line (gate);
      TwRailOrder *op;

      if (closed && line == NULL)
        break;
      if (!tw_breaker_may_call (&gate->breaker, now_ms ()))
        {
          if (gate->breaker.state == TW_BREAKER_OPEN)
            wait_for_probe (gate);
          break;
        }
      op = line != NULL ? g_queue_pop_head (line) : NULL;
      if (op == NULL)
        {
          probe (gate);
          break;
        }
      op->in_line = FALSE;
      op->in_flight = TRUE;
      gate->in_flight++;
      gate->n_asked += is_question (op) ? 1 : 0;
      op->next (op);
    }
}

/**
 * tw_rail_gate_enter:
 * @op: an order that is neither waiting nor calling
 * @call: makes its call, which tw_rail_gate_leave() must follow
 *
 * Calls when it may: at once, or when those before it are through and the partner answers. Money
 * goes before questions.
 */
void
tw_rail_gate_enter (TwRailOrder *op, TwRailNext call)
{
  op->next = call;
  op->in_line = TRUE;
  g_queue_push_tail (get_line (op), op);
  pump (op->gate);
}

/**
 * tw_rail_gate_leave:
 * @op: an order whose call has ended
 * @status: of HTTP; 0: without an answer
 * @known: whether that says anything of the partner
 */
void
tw_rail_gate_leave (TwRailOrder *op, guint status, gboolean known)
{
  TwRailGate *gate = op->gate;

  gate->in_flight--;
  gate->n_asked -= is_question (op) ? 1 : 0;
  op->in_flight = FALSE;
  if (tw_rails_is_stopping (gate->rails))
    return;
  if (known)
    note (gate, status);
  else if (gate->breaker.state == TW_BREAKER_PROBING)
    gate->breaker.state = TW_BREAKER_OPEN;
  pump (gate);
}

/**
 * tw_rail_gate_forget:
 * @op: an order that goes
 */
void
tw_rail_gate_forget (TwRailOrder *op)
{
  if (op->in_line)
    g_queue_remove (get_line (op), op);
}

/**
 * tw_rail_gate_wake:
 * @gate: a gate
 *
 * There is a sign of life from the partner: if it is not called just now, it is tried at once.
 */
void
tw_rail_gate_wake (TwRailGate *gate)
{
  tw_breaker_skip_probe (&gate->breaker, now_ms ());
  pump (gate);
}
