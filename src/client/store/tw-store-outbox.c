// SPDX-License-Identifier: GPL-3.0-or-later
/* What a person asked for: written down first, then sent, repeated until its result is known. */
#include "client/store/tw-store-private.h"

#include <string.h>

#include "base/tw-clock.h"
#include "base/tw-error.h"
#include "protocol/tw-json.h"
#include "protocol/tw-kinds.h"

/* How long a command of a kind that can't wait may stand unsent: the service was there a moment
 * ago. */
#define GRACE_MS (15 * 1000)

#define COLUMNS "id, intent, kind, at_ms, body, signature, state, result"

/**
 * tw_store_outgoing_free:
 * @outgoing: (nullable) (transfer full): a command that was written down
 */
void
tw_store_outgoing_free (TwStoreOutgoing *outgoing)
{
  if (outgoing == NULL)
    return;
  tw_command_free (outgoing->command);
  tw_result_free (outgoing->result);
  g_free (outgoing);
}

/**
 * tw_store_batch_free:
 * @batch: (nullable) (transfer full): what is to be sent next
 */
void
tw_store_batch_free (TwStoreBatch *batch)
{
  if (batch == NULL)
    return;
  g_clear_pointer (&batch->commands, g_ptr_array_unref);
  g_clear_pointer (&batch->expired, g_strfreev);
  g_free (batch);
}

/* Reads a row of COLUMNS. %NULL with @error when its JSON is not what we wrote. */
static TwStoreOutgoing *
read_row (TwStmt *stmt, GError **error)
{
  g_autoptr (JsonNode) body = tw_json_parse (tw_stmt_text (stmt, 4), -1, error);
  g_autoptr (JsonNode) result = NULL;
  TwStoreOutgoing *outgoing;

  if (body == NULL)
    return NULL;
  if (!JSON_NODE_HOLDS_OBJECT (body))
    {
      g_set_error (error, TW_ERROR, TW_ERROR_DAMAGED, "A stored command has no body");
      return NULL;
    }
  outgoing = g_new0 (TwStoreOutgoing, 1);
  outgoing->command =
    tw_command_new (tw_stmt_text (stmt, 0), tw_stmt_text (stmt, 1), tw_stmt_text (stmt, 2),
                    tw_stmt_int64 (stmt, 3), json_node_get_object (body));
  outgoing->command->signature = g_strdup (tw_stmt_text (stmt, 5));
  outgoing->state = (TwOutgoingState) CLAMP (tw_stmt_int64 (stmt, 6), 0, TW_OUTGOING_STATE_EXPIRED);
  if (!tw_stmt_is_null (stmt, 7))
    result = tw_json_parse (tw_stmt_text (stmt, 7), -1, NULL);
  if (result != NULL && JSON_NODE_HOLDS_OBJECT (result))
    outgoing->result = tw_result_decode (json_node_get_object (result), NULL);
  return outgoing;
}

/* Reads as far as it can be read; @whole (out) (nullable): whether that is all. */
GPtrArray *
tw_store_read_outbox (TwDb *db, gboolean backwards, gboolean *whole, GError **error)
{
  GPtrArray *all = g_ptr_array_new_with_free_func ((GDestroyNotify) tw_store_outgoing_free);
  TwStep step = TW_STEP_ERROR;
  TwStmt *stmt = tw_db_query (db, error,
                              backwards ? "SELECT " COLUMNS " FROM outbox ORDER BY n DESC"
                                        : "SELECT " COLUMNS " FROM outbox ORDER BY n",
                              "");

  while (stmt != NULL && (step = tw_stmt_step (stmt, error)) == TW_STEP_ROW)
    {
      TwStoreOutgoing *outgoing = read_row (stmt, error);

      if (outgoing == NULL)
        {
          tw_stmt_reset (stmt);
          step = TW_STEP_ERROR;
          break;
        }
      g_ptr_array_add (all, outgoing);
    }
  if (whole != NULL)
    *whole = step == TW_STEP_DONE;
  return all;
}

gboolean
tw_store_insert_outgoing (TwDb *db, TwStoreOutgoing *outgoing, GError **error)
{
  TwCommand *command = outgoing->command;
  g_autoptr (JsonObject) object =
    outgoing->result != NULL ? tw_result_encode (outgoing->result) : NULL;
  g_autofree char *result = object != NULL ? tw_json_canonical_object (object) : NULL;

  return tw_db_run (db, error,
                    "INSERT INTO outbox (" COLUMNS ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
                    "sssissis", command->id, command->intent, command->kind, command->at_ms,
                    command->body_text, command->signature, (gint64) outgoing->state, result);
}

static gboolean
write_down (TwStore *self, gpointer data, GError **error)
{
  TwStoreOutgoing outgoing = { .command = data, .state = TW_OUTGOING_STATE_WAITING };

  TW_STORE_ASSERT_THREAD (self);
  return tw_store_insert_outgoing (self->db, &outgoing, error);
}

/**
 * tw_store_write_down_async:
 * @self: a store
 * @command: (transfer full): what the person asks for
 * @callback: called in the main thread when it is on the disk
 * @user_data: for @callback
 */
void
tw_store_write_down_async (TwStore *self,
                           TwCommand *command,
                           GAsyncReadyCallback callback,
                           gpointer user_data)
{
  GTask *task = g_task_new (self, NULL, callback, user_data);

  g_task_set_task_data (task, command, (GDestroyNotify) tw_command_free);
  tw_store_push (self, TW_STORE_WRITE, write_down, task);
}

typedef struct
{
  guint limit;
  gsize max_bytes;
  GStrv except;
  TwStoreBatch *batch;
} Take;

static void
take_free (gpointer data)
{
  Take *take = data;

  g_strfreev (take->except);
  tw_store_batch_free (take->batch);
  g_free (take);
}

static gboolean
is_too_old (const char *kind_name, gint64 at_ms)
{
  const TwKind *kind = tw_kind_find (kind_name);
  gint64 life_ms;

  if (kind == NULL)
    return FALSE;
  life_ms = kind->ttl_s * G_GINT64_CONSTANT (1000);
  if (life_ms == 0 && kind->offline == TW_OFFLINE_REFUSE)
    life_ms = GRACE_MS;
  return life_ms > 0 && tw_clock_now_ms () - at_ms > life_ms;
}

static gboolean
set_state (TwDb *db, const char *id, TwOutgoingState from, TwOutgoingState to, GError **error)
{
  return tw_db_run (
    db, error, "UPDATE outbox SET state = $3, sent_at_ms = $4 WHERE id = $1 AND state = $2", "siii",
    id, (gint64) from, (gint64) to, to == TW_OUTGOING_STATE_SENT ? tw_clock_now_ms () : (gint64) 0);
}

/* Only what was never sent can grow too old here; what was sent may have been done. */
static gboolean
expire (TwDb *db, TwStoreBatch *batch, GError **error)
{
  g_autoptr (GStrvBuilder) old = g_strv_builder_new ();
  TwStep step = TW_STEP_ERROR;
  TwStmt *stmt = tw_db_query (db, error, "SELECT id, kind, at_ms FROM outbox WHERE state = $1", "i",
                              (gint64) TW_OUTGOING_STATE_WAITING);

  while (stmt != NULL && (step = tw_stmt_step (stmt, error)) == TW_STEP_ROW)
    if (is_too_old (tw_stmt_text (stmt, 1), tw_stmt_int64 (stmt, 2)))
      g_strv_builder_add (old, tw_stmt_text (stmt, 0));
  batch->expired = g_strv_builder_end (old);
  if (step != TW_STEP_DONE)
    return FALSE;
  for (guint i = 0; batch->expired[i] != NULL; i++)
    if (!set_state (db, batch->expired[i], TW_OUTGOING_STATE_WAITING, TW_OUTGOING_STATE_EXPIRED,
                    error))
      return FALSE;
  return TRUE;
}

static gboolean
take_next (TwStore *self, gpointer data, GError **error)
{
  Take *take = data;
  gsize bytes = 0;
  TwStep step = TW_STEP_ERROR;
  TwStmt *stmt;

  TW_STORE_ASSERT_THREAD (self);
  g_clear_pointer (&take->batch, tw_store_batch_free);
  take->batch = g_new0 (TwStoreBatch, 1);
  take->batch->commands = g_ptr_array_new_with_free_func ((GDestroyNotify) tw_command_free);
  if (!expire (self->db, take->batch, error))
    return FALSE;
  stmt = tw_db_query (self->db, error,
                      "SELECT " COLUMNS " FROM outbox WHERE state IN (0, 1) ORDER BY n", "");
  while (stmt != NULL && (step = tw_stmt_step (stmt, error)) == TW_STEP_ROW)
    {
      TwStoreOutgoing *outgoing;

      if (take->batch->commands->len >= take->limit)
        break;
      if (g_strv_contains ((const char *const *) take->except, tw_stmt_text (stmt, 0)))
        continue;
      outgoing = read_row (stmt, error);
      if (outgoing == NULL)
        return FALSE;
      bytes += strlen (outgoing->command->body_text) + 512;
      if (bytes > take->max_bytes && take->batch->commands->len > 0)
        {
          tw_store_outgoing_free (outgoing);
          break;
        }
      g_ptr_array_add (take->batch->commands, g_steal_pointer (&outgoing->command));
      tw_store_outgoing_free (outgoing);
    }
  if (stmt == NULL || step == TW_STEP_ERROR)
    return FALSE;
  tw_stmt_reset (stmt);
  for (guint i = 0; i < take->batch->commands->len; i++)
    {
      TwCommand *command = take->batch->commands->pdata[i];

      if (!set_state (self->db, command->id, TW_OUTGOING_STATE_WAITING, TW_OUTGOING_STATE_SENT,
                      error))
        return FALSE;
#ifdef TW_MUTANT_FORGOTTEN_WHEN_SENT
#include "base/tw-planted.h"
      if (!tw_db_run (self->db, error, "DELETE FROM outbox WHERE id = $1", "s", command->id))
        return FALSE;
#endif
    }
  return TRUE;
}

/**
 * tw_store_take_async:
 * @self: a store
 * @limit: how many commands at most; 0 only looks for what has grown too old
 * @max_bytes: how large they may be together; one is taken however large it is
 * @except: ids that have to wait a little
 * @callback: called in the main thread
 * @user_data: for @callback
 *
 * Takes what is to be sent next, in order, and marks it as sent: from here on it may have
 * happened, and is only ever repeated.
 */
void
tw_store_take_async (TwStore *self,
                     guint limit,
                     gsize max_bytes,
                     const char *const *except,
                     GAsyncReadyCallback callback,
                     gpointer user_data)
{
  GTask *task = g_task_new (self, NULL, callback, user_data);
  Take *take = g_new0 (Take, 1);

  take->limit = limit;
  take->max_bytes = max_bytes;
  take->except = except != NULL ? g_strdupv ((char **) except) : g_new0 (char *, 1);
  g_task_set_task_data (task, take, take_free);
  tw_store_push (self, TW_STORE_WRITE, take_next, task);
}

/**
 * tw_store_take_finish:
 * @self: a store
 * @result: what the callback was given
 * @error: what went wrong
 *
 * Returns: (transfer full) (nullable): what is to be sent
 */
TwStoreBatch *
tw_store_take_finish (TwStore *self, GAsyncResult *result, GError **error)
{
  if (!g_task_propagate_boolean (G_TASK (result), error))
    return NULL;
  return g_steal_pointer (&((Take *) g_task_get_task_data (G_TASK (result)))->batch);
}

static gboolean
unsend (TwStore *self, gpointer data, GError **error)
{
  char **ids = data;

  TW_STORE_ASSERT_THREAD (self);
  for (guint i = 0; ids[i] != NULL; i++)
    if (!set_state (self->db, ids[i], TW_OUTGOING_STATE_SENT, TW_OUTGOING_STATE_WAITING, error))
      return FALSE;
  return TRUE;
}

/**
 * tw_store_unsend_async:
 * @self: a store
 * @ids: commands of which it is certain that not one byte of them left
 * @callback: called in the main thread
 * @user_data: for @callback
 *
 * Lets commands that were taken wait again.
 */
void
tw_store_unsend_async (TwStore *self,
                       const char *const *ids,
                       GAsyncReadyCallback callback,
                       gpointer user_data)
{
  GTask *task = g_task_new (self, NULL, callback, user_data);

  g_task_set_task_data (task, g_strdupv ((char **) ids), (GDestroyNotify) g_strfreev);
  tw_store_push (self, TW_STORE_WRITE, unsend, task);
}

static gboolean
settle (TwStore *self, gpointer data, GError **error)
{
  GPtrArray *results = data;

  TW_STORE_ASSERT_THREAD (self);
  for (guint i = 0; i < results->len; i++)
    {
      TwResult *result = results->pdata[i];
      g_autoptr (JsonObject) object = tw_result_encode (result);
      g_autofree char *text = tw_json_canonical_object (object);
      TwOutgoingState state =
        result->state == TW_RESULT_DONE ? TW_OUTGOING_STATE_DONE : TW_OUTGOING_STATE_REFUSED;

      if (!tw_db_run (self->db, error,
                      "UPDATE outbox SET state = $2, result = $3 WHERE id = $1 AND state IN (0, 1)",
                      "sis", result->id, (gint64) state, text))
        return FALSE;
    }
  return TRUE;
}

/**
 * tw_store_settle_async:
 * @self: a store
 * @results: #TwResult, each done or refused; not to be changed any more
 * @callback: called in the main thread
 * @user_data: for @callback
 */
void
tw_store_settle_async (TwStore *self,
                       GPtrArray *results,
                       GAsyncReadyCallback callback,
                       gpointer user_data)
{
  GTask *task = g_task_new (self, NULL, callback, user_data);

  g_task_set_task_data (task, g_ptr_array_ref (results), (GDestroyNotify) g_ptr_array_unref);
  tw_store_push (self, TW_STORE_WRITE, settle, task);
}

static gboolean
discard (TwStore *self, gpointer data, GError **error)
{
  TW_STORE_ASSERT_THREAD (self);
  return tw_db_run (self->db, error, "DELETE FROM outbox WHERE id = $1 AND state <> $2", "si", data,
                    (gint64) TW_OUTGOING_STATE_SENT);
}

/**
 * tw_store_discard_async:
 * @self: a store
 * @id: a command that was never sent, or is settled; another one stays
 * @callback: (nullable): called in the main thread
 * @user_data: for @callback
 */
void
tw_store_discard_async (TwStore *self,
                        const char *id,
                        GAsyncReadyCallback callback,
                        gpointer user_data)
{
  GTask *task = g_task_new (self, NULL, callback, user_data);

  g_task_set_task_data (task, g_strdup (id), g_free);
  tw_store_push (self, TW_STORE_WRITE, discard, task);
}
