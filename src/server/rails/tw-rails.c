// SPDX-License-Identifier: GPL-3.0-or-later
/* The thread that talks to the other side. It holds every order that is not finished:
 *
 *   queued ──told sent──▶ POST ──answer──▶ told accepted or refused ──(GET until confirmed)──▶ done
 *                          │ no answer: told unknown
 *                          ▼
 *                         GET ──404: it never arrived──▶ POST again
 *
 * After a start, everything that is not finished is asked for first. */
#include "server/rails/tw-rails-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "base/tw-clock.h"
#include "base/tw-error.h"
#include "base/tw-uuid.h"
#include "protocol/tw-json.h"
#include "server/rails/tw-rail-call.h"

#define FIRST_WAIT_MS 200
#define LONGEST_WAIT_MS 30000
#define LONGEST_CONFIRM_WAIT_MS 5000
#define SCAN_EVERY_MS 5000
/* A scan at most so often, however many orders are queued. */
#define SCAN_SOON_MS 2
/* Objects of an answer in one command. */
#define ANSWER_CHUNK 250

struct _TwRails
{
  TwService *service;
  char *socket_path;
  guint timeout_ms;
  GThread *thread;
  GMainContext *context;
  GMainLoop *loop;
  /* Only in the thread: */
  SoupSession *session;
  GHashTable *ops; /* of Op by id: what is not finished */
  GSource *scan;
  GCancellable *stopping;
  guint n_pending; /* calls and commands under way */
  gboolean scanned;
};

typedef struct
{
  TwRails *rails;
  const TwRail *rail;
  char *id;
  char *account_id;
  char *request;
  TwRailState state;
  guint failures;
  GSource *timer;
  /* What the order's answer was, while it is being told. */
  JsonObject *answer;
  TwRailState telling;
  guint from; /* how much of an answer to a question has been told */
} Op;

typedef void (*Next) (Op *op);

static GMutex current_lock;
static TwRails *current; /* guarded by the lock */

static void ask (Op *op);
static void post (Op *op);
static void scan_later (TwRails *rails, guint ms);

static void
op_free (gpointer data)
{
  Op *op = data;

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

static gboolean
is_stopping (TwRails *rails)
{
  return g_cancellable_is_cancelled (rails->stopping);
}

/* Something that was under way has ended; the thread ends with the last one. */
static gboolean
ended (TwRails *rails)
{
  rails->n_pending--;
  if (is_stopping (rails) && rails->n_pending == 0)
    g_main_loop_quit (rails->loop);
  return is_stopping (rails);
}

static void
finish (Op *op)
{
  g_hash_table_remove (op->rails->ops, op->id);
}

typedef struct
{
  Op *op;
  Next next;
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
static void
wait_then (Op *op, guint longest_ms, Next next)
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
ask_later (Op *op)
{
  wait_then (op, op->state == TW_RAIL_ACCEPTED ? LONGEST_CONFIRM_WAIT_MS : LONGEST_WAIT_MS, ask);
}

static void tell (Op *op, TwRailState state);

static void
tell_again (Op *op)
{
  tell (op, op->telling);
}

/* The ledger knows; what comes next. */
static void
go_on (Op *op)
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
    finish (op);
}

static void
on_told (const TwResult *result, gpointer data)
{
  Op *op = data;

  if (ended (op->rails))
    return;
  if (result->state != TW_RESULT_DONE)
    {
      g_warning ("What became of the order %s could not be written down (%s); trying again", op->id,
                 result->code != NULL ? result->code : "");
      wait_then (op, LONGEST_WAIT_MS, tell_again);
      return;
    }
  op->state = op->telling;
  go_on (op);
}

static const char *
answer_text (Op *op, const char *member)
{
  JsonNode *node = op->answer != NULL ? json_object_get_member (op->answer, member) : NULL;

  return node != NULL && json_node_get_value_type (node) == G_TYPE_STRING ? json_node_get_string (node)
                                                                          : "";
}

/* Says in a command of the service's own what has become of the order. */
static void
tell (Op *op, TwRailState state)
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
                                 state == TW_RAIL_CONFIRMED ? TW_KIND_RAIL_CONFIRM : TW_KIND_RAIL_SETTLE,
                                 id, id, body, op->rails->context, on_told, op, &error))
    op->rails->n_pending++;
  else
    wait_then (op, LONGEST_WAIT_MS, tell_again);
}

/* What the other side says of an order. */
static void
take_answer (Op *op, JsonObject *answer)
{
  const char *said;

  g_clear_pointer (&op->answer, json_object_unref);
  op->answer = json_object_ref (answer);
  said = answer_text (op, "state");
  if (strcmp (said, "refused") == 0)
    tell (op, TW_RAIL_REFUSED);
  else if (strcmp (said, "done") == 0 || strcmp (said, "accepted") == 0 || strcmp (said, "confirmed") == 0)
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
  Op *op = data;

  if (ended (op->rails))
    return;
  if (status == SOUP_STATUS_OK && answer != NULL)
    take_answer (op, answer);
  else if (op->state == TW_RAIL_SENT)
    tell (op, TW_RAIL_UNKNOWN);
  else
    ask_later (op);
}

static void
post (Op *op)
{
  op->rails->n_pending++;
  tw_rail_call (op->rails->session, op->rail->path, op->request, op->rails->timeout_ms, on_posted, op);
}

static void
on_asked (guint status, JsonObject *answer, gpointer data)
{
  Op *op = data;

  if (ended (op->rails))
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

static void tell_answer (Op *op);

static void
on_answer_told (const TwResult *result, gpointer data)
{
  Op *op = data;

  if (ended (op->rails))
    return;
  if (result->state != TW_RESULT_DONE)
    {
      g_warning ("An answer could not be taken (%s); asking again",
                 result->code != NULL ? result->code : "");
      op->from = 0;
      wait_then (op, LONGEST_WAIT_MS, ask);
    }
  else if (op->from >= json_object_get_int_member (op->answer, "length"))
    finish (op);
  else
    tell_answer (op);
}

/* Moves up to @room elements of the answer's list into @body. */
static guint
move_chunk (Op *op, const char *name, guint offset, guint room, JsonObject *body)
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

/* An answer to a question goes to its room in parts, so that it holds nobody up for long. */
static void
tell_answer (Op *op)
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
  if (tw_writer_submit_internal (tw_service_get_writer (op->rails->service), op->rail->answer_kind, id,
                                 id, body, op->rails->context, on_answer_told, op, NULL))
    op->rails->n_pending++;
  else
    {
      op->from = 0;
      wait_then (op, LONGEST_WAIT_MS, ask);
    }
}

static gboolean
holds_list (JsonObject *answer, const char *name)
{
  JsonNode *node = json_object_get_member (answer, name);

  return node != NULL && JSON_NODE_HOLDS_ARRAY (node);
}

static void
on_question_answered (guint status, JsonObject *answer, gpointer data)
{
  Op *op = data;

  if (ended (op->rails))
    return;
  if (status != SOUP_STATUS_OK || answer == NULL || !holds_list (answer, "bills") ||
      !holds_list (answer, "records"))
    {
      ask_later (op);
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

static void
ask (Op *op)
{
  gboolean question = op->rail->answer_kind != NULL;
  g_autoptr (JsonNode) request = question ? tw_json_parse (op->request, -1, NULL) : NULL;
  const char *key =
    question ? json_object_get_string_member (json_node_get_object (request), "key") : op->id;
  g_autofree char *path = g_strconcat (op->rail->path, "/", key, NULL);

  op->rails->n_pending++;
  tw_rail_call (op->rails->session, path, NULL, op->rails->timeout_ms,
                question ? on_question_answered : on_asked, op);
}

static void
take_up (TwRails *rails, TwStmt *stmt)
{
  const char *id = tw_stmt_text (stmt, 0);
  const TwRail *rail = tw_rails_find (tw_stmt_text (stmt, 1));
  Op *op;

  if (rail == NULL || g_hash_table_contains (rails->ops, id))
    return;
  op = g_new0 (Op, 1);
  op->rails = rails;
  op->rail = rail;
  op->id = g_strdup (id);
  op->account_id = g_strdup (tw_stmt_text (stmt, 2));
  op->request = g_strdup (tw_stmt_text (stmt, 3));
  op->state = (TwRailState) tw_stmt_int64 (stmt, 4);
  g_hash_table_insert (rails->ops, op->id, op);
  if (op->state == TW_RAIL_QUEUED && rails->scanned && rail->answer_kind == NULL)
    tell (op, TW_RAIL_SENT);
  else
    ask (op);
}

static gboolean
read_ops (TwRails *rails, TwDb *db, GError **error)
{
  TwStmt *stmt = tw_db_query (db, error,
                              "SELECT id, rail, account_id, request, state FROM rail_op "
                              "WHERE next_at IS NOT NULL ORDER BY next_at",
                              "");
  TwStep step;

  if (stmt == NULL)
    return FALSE;
  while ((step = tw_stmt_step (stmt, error)) == TW_STEP_ROW)
    take_up (rails, stmt);
  return step == TW_STEP_DONE;
}

static gboolean
on_scan (gpointer data)
{
  TwRails *rails = data;
  TwReaders *readers = tw_service_get_readers (rails->service);
  g_autoptr (GError) error = NULL;
  TwDb *db;

  g_clear_pointer (&rails->scan, g_source_unref);
  if (is_stopping (rails))
    return G_SOURCE_REMOVE;
  db = tw_readers_borrow (readers, &error);
  if (db != NULL)
    {
      rails->scanned = read_ops (rails, db, &error) || rails->scanned;
      tw_readers_return (readers, db);
    }
  if (error != NULL)
    g_warning ("Orders for the bank and the tax office can’t be read: %s", error->message);
  scan_later (rails, SCAN_EVERY_MS);
  return G_SOURCE_REMOVE;
}

static void
scan_later (TwRails *rails, guint ms)
{
  if (rails->scan != NULL)
    {
      g_source_destroy (rails->scan);
      g_source_unref (rails->scan);
    }
  rails->scan = g_timeout_source_new (ms);
  g_source_set_callback (rails->scan, on_scan, rails, NULL);
  g_source_attach (rails->scan, rails->context);
}

static gboolean
on_wake (gpointer data)
{
  TwRails *rails = data;

  if (rails->scanned && !is_stopping (rails))
    scan_later (rails, SCAN_SOON_MS);
  return G_SOURCE_REMOVE;
}

/**
 * tw_rails_wake:
 *
 * There may be a new order: looks at once. Any thread; without rails that run it does nothing.
 */
void
tw_rails_wake (void)
{
  g_mutex_lock (&current_lock);
  if (current != NULL)
    {
      g_autoptr (GSource) source = g_idle_source_new ();

      g_source_set_priority (source, G_PRIORITY_DEFAULT);
      g_source_set_callback (source, on_wake, current, NULL);
      g_source_attach (source, current->context);
    }
  g_mutex_unlock (&current_lock);
}

static gpointer
run (gpointer data)
{
  TwRails *rails = data;

  g_main_context_push_thread_default (rails->context);
  rails->session = tw_rail_session_new (rails->socket_path);
  scan_later (rails, 0);
  g_main_loop_run (rails->loop);
  soup_session_abort (rails->session);
  g_clear_object (&rails->session);
  g_hash_table_remove_all (rails->ops);
  if (rails->scan != NULL)
    {
      g_source_destroy (rails->scan);
      g_clear_pointer (&rails->scan, g_source_unref);
    }
  while (g_main_context_iteration (rails->context, FALSE))
    ;
  g_main_context_pop_thread_default (rails->context);
  return NULL;
}

/**
 * tw_rails_new:
 * @service: (transfer none): outlives the rails; one process has one of them
 * @socket_path: where the other side listens; it need not be there yet
 * @timeout_ms: how long an answer may take; %TW_RAILS_TIMEOUT_MS
 *
 * Starts the thread, which first asks for all orders that were left unfinished.
 *
 * Returns: (transfer full): the rails
 */
TwRails *
tw_rails_new (TwService *service, const char *socket_path, guint timeout_ms)
{
  TwRails *rails = g_new0 (TwRails, 1);

  rails->service = service;
  rails->socket_path = g_strdup (socket_path);
  rails->timeout_ms = timeout_ms;
  rails->context = g_main_context_new ();
  rails->loop = g_main_loop_new (rails->context, FALSE);
  rails->stopping = g_cancellable_new ();
  rails->ops = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, op_free);
  g_mutex_lock (&current_lock);
  g_assert (current == NULL);
  current = rails;
  g_mutex_unlock (&current_lock);
  rails->thread = g_thread_new ("rails", run, rails);
  return rails;
}

static gboolean
on_stop (gpointer data)
{
  TwRails *rails = data;

  g_cancellable_cancel (rails->stopping);
  if (rails->n_pending == 0)
    g_main_loop_quit (rails->loop);
  else
    soup_session_abort (rails->session);
  return G_SOURCE_REMOVE;
}

/**
 * tw_rails_free:
 * @rails: (transfer full) (nullable): the rails
 *
 * Stops; the service must still be running. Orders that are under way are asked for at the next start.
 */
void
tw_rails_free (TwRails *rails)
{
  g_autoptr (GSource) source = NULL;

  if (rails == NULL)
    return;
  g_mutex_lock (&current_lock);
  current = NULL;
  g_mutex_unlock (&current_lock);
  source = g_idle_source_new ();
  g_source_set_callback (source, on_stop, rails, NULL);
  g_source_attach (source, rails->context);
  g_thread_join (rails->thread);
  g_hash_table_unref (rails->ops);
  g_main_loop_unref (rails->loop);
  g_main_context_unref (rails->context);
  g_object_unref (rails->stopping);
  g_free (rails->socket_path);
  g_free (rails);
}
