// SPDX-License-Identifier: GPL-3.0-or-later
/* Drafts, and what the program itself remembers: a name and a text each. */
#include "client/store/tw-store-private.h"

#include "base/tw-error.h"

/* Answers %TRUE with %NULL in @text (transfer full) for a name that is not known. */
gboolean
tw_store_get_meta (TwStore *self, const char *name, char **text, GError **error)
{
  TwStmt *stmt;
  TwStep step;

  TW_STORE_ASSERT_THREAD (self);
  stmt = tw_db_query (self->db, error, "SELECT text FROM meta WHERE name = $1", "s", name);
  if (stmt == NULL)
    return FALSE;
  step = tw_stmt_step (stmt, error);
  *text = step == TW_STEP_ROW ? g_strdup (tw_stmt_text (stmt, 0)) : NULL;
  tw_stmt_reset (stmt);
  return step != TW_STEP_ERROR;
}

gboolean
tw_store_put_meta (TwStore *self, const char *name, const char *text, GError **error)
{
  TW_STORE_ASSERT_THREAD (self);
  if (text == NULL)
    return tw_db_run (self->db, error, "DELETE FROM meta WHERE name = $1", "s", name);
  return tw_db_run (self->db, error,
                    "INSERT INTO meta (name, text) VALUES ($1, $2)"
                    " ON CONFLICT (name) DO UPDATE SET text = excluded.text",
                    "ss", name, text);
}

static gboolean
set_meta (TwStore *self, gpointer data, GError **error)
{
  GHashTableIter iter;
  gpointer name, text;

  g_hash_table_iter_init (&iter, data);
  while (g_hash_table_iter_next (&iter, &name, &text))
    if (!tw_store_put_meta (self, name, text, error))
      return FALSE;
  return TRUE;
}

static gboolean
set_drafts (TwStore *self, gpointer data, GError **error)
{
  GHashTableIter iter;
  gpointer key, text;

  TW_STORE_ASSERT_THREAD (self);
  g_hash_table_iter_init (&iter, data);
  while (g_hash_table_iter_next (&iter, &key, &text))
    {
      gboolean ok = text == NULL
                      ? tw_db_run (self->db, error, "DELETE FROM draft WHERE key = $1", "s", key)
                      : tw_db_run (self->db, error,
                                   "INSERT INTO draft (key, text) VALUES ($1, $2)"
                                   " ON CONFLICT (key) DO UPDATE SET text = excluded.text",
                                   "ss", key, text);

      if (!ok)
        return FALSE;
    }
  return TRUE;
}

static void
push_pairs (TwStore *self,
            TwStoreFunc func,
            GHashTable *pairs,
            GAsyncReadyCallback callback,
            gpointer user_data)
{
  GTask *task = g_task_new (self, NULL, callback, user_data);

  g_task_set_task_data (task, g_hash_table_ref (pairs), (GDestroyNotify) g_hash_table_unref);
  tw_store_push (self, TW_STORE_WRITE, func, task);
}

/**
 * tw_store_set_drafts_async:
 * @self: a store
 * @drafts: key -> text, %NULL to forget the key; not to be changed any more
 * @callback: (nullable): called in the main thread
 * @user_data: for @callback
 */
void
tw_store_set_drafts_async (TwStore *self,
                           GHashTable *drafts,
                           GAsyncReadyCallback callback,
                           gpointer user_data)
{
  push_pairs (self, set_drafts, drafts, callback, user_data);
}

/**
 * tw_store_set_meta_async:
 * @self: a store
 * @values: name -> text, %NULL to forget the name; not to be changed any more
 * @callback: (nullable): called in the main thread
 * @user_data: for @callback
 */
void
tw_store_set_meta_async (TwStore *self,
                         GHashTable *values,
                         GAsyncReadyCallback callback,
                         gpointer user_data)
{
  push_pairs (self, set_meta, values, callback, user_data);
}
