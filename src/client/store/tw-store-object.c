// SPDX-License-Identifier: GPL-3.0-or-later
/* One object by its id, however old it is. */
#include "client/store/tw-store-private.h"

#include "base/tw-error.h"
#include "protocol/tw-wire.h"

typedef struct
{
  char *type;
  char *id;
  TwObject *object; /* (nullable): the answer */
} Wanted;

static void
wanted_free (gpointer data)
{
  Wanted *wanted = data;

  g_free (wanted->type);
  g_free (wanted->id);
  g_clear_object (&wanted->object);
  g_free (wanted);
}

/* Whichever scope brought it: all its rows hold the same body. */
static gboolean
get_object (TwStore *self, gpointer data, GError **error)
{
  Wanted *wanted = data;
  TwStmt *stmt;
  TwStep step;

  TW_STORE_ASSERT_THREAD (self);
  g_clear_object (&wanted->object);
  stmt =
    tw_db_query (self->db, error, "SELECT body FROM object WHERE id = $1 AND type = $2 LIMIT 1",
                 "ss", wanted->id, wanted->type);
  if (stmt == NULL)
    return FALSE;
  step = tw_stmt_step (stmt, error);
  if (step == TW_STEP_ROW)
    {
      wanted->object = tw_wire_decode_text (wanted->type, tw_stmt_text (stmt, 0), error);
      if (wanted->object == NULL)
        step = TW_STEP_ERROR;
    }
  tw_stmt_reset (stmt);
  return step != TW_STEP_ERROR;
}

/**
 * tw_store_get_object_async:
 * @self: a store
 * @wire_type: the name of its type on the wire, `record` too
 * @id: its id
 * @cancellable: (nullable): stops it, if it has not begun
 * @callback: called in the main thread
 * @user_data: for @callback
 */
void
tw_store_get_object_async (TwStore *self,
                           const char *wire_type,
                           const char *id,
                           GCancellable *cancellable,
                           GAsyncReadyCallback callback,
                           gpointer user_data)
{
  GTask *task = g_task_new (self, cancellable, callback, user_data);
  Wanted *wanted = g_new0 (Wanted, 1);

  wanted->type = g_strdup (wire_type);
  wanted->id = g_strdup (id);
  g_task_set_task_data (task, wanted, wanted_free);
  tw_store_push (self, TW_STORE_READ, get_object, task);
}

/**
 * tw_store_get_object_finish:
 * @self: a store
 * @result: what the callback was given
 * @error: %TW_ERROR_NOT_FOUND: there is none, or not any more; else what went wrong
 *
 * Returns: (transfer full) (nullable): the object, as the feed brought it last
 */
TwObject *
tw_store_get_object_finish (TwStore *self, GAsyncResult *result, GError **error)
{
  Wanted *wanted;

  if (!g_task_propagate_boolean (G_TASK (result), error))
    return NULL;
  wanted = g_task_get_task_data (G_TASK (result));
  if (wanted->object == NULL)
    g_set_error (error, TW_ERROR, TW_ERROR_NOT_FOUND, "There is no %s '%s'", wanted->type,
                 wanted->id);
  return g_steal_pointer (&wanted->object);
}
