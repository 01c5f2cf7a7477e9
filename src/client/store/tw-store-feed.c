// SPDX-License-Identifier: GPL-3.0-or-later
/* What the feed brings. A page and the cursor after it are one transaction: after a crash the store
 * stands before the page or behind it. */
#include "client/store/tw-store-private.h"

#include "base/tw-error.h"

/* The question and the answer of one page. */
typedef struct
{
  TwFeedPage *page; /* not ours */
  char *after;
  TwStoreChanges *changes;
  GHashTable *gone; /* "type/id" -> TwStoreRemoved: one scope less brings it */
} Apply;

static void
removed_free (gpointer data)
{
  TwStoreRemoved *removed = data;

  g_free (removed->type);
  g_free (removed->id);
  g_free (removed);
}

/**
 * tw_store_changes_free:
 * @changes: (nullable) (transfer full): what a page changed
 */
void
tw_store_changes_free (TwStoreChanges *changes)
{
  if (changes == NULL)
    return;
  g_ptr_array_unref (changes->put);
  g_ptr_array_unref (changes->removed);
  g_free (changes);
}

static void
apply_free (gpointer data)
{
  Apply *apply = data;

  g_free (apply->after);
  tw_store_changes_free (apply->changes);
  g_clear_pointer (&apply->gone, g_hash_table_unref);
  g_free (apply);
}

static TwStoreRemoved *
removed_new (const char *type, const char *id)
{
  TwStoreRemoved *removed = g_new0 (TwStoreRemoved, 1);

  removed->type = g_strdup (type);
  removed->id = g_strdup (id);
  return removed;
}

static void
note_gone (Apply *apply, const char *type, const char *id)
{
  g_hash_table_replace (apply->gone, g_strconcat (type, "/", id, NULL), removed_new (type, id));
}

/* Answers 0 for a scope that never brought anything; -1 with @error. */
static gint64
find_scope (TwDb *db, const char *name, gboolean make, GError **error)
{
  gint64 n = -1;
  TwStep step;
  TwStmt *stmt = tw_db_query (db, error, "SELECT n FROM scope WHERE name = $1", "s", name);

  if (stmt == NULL || (step = tw_stmt_step (stmt, error)) == TW_STEP_ERROR)
    return -1;
  n = step == TW_STEP_ROW ? tw_stmt_int64 (stmt, 0) : 0;
  tw_stmt_reset (stmt);
  if (n > 0 || !make)
    return n;
  stmt = tw_db_query (db, error, "INSERT INTO scope (name) VALUES ($1) RETURNING n", "s", name);
  if (stmt == NULL || tw_stmt_step (stmt, error) != TW_STEP_ROW)
    return -1;
  n = tw_stmt_int64 (stmt, 0);
  tw_stmt_reset (stmt);
  return n;
}

/* Notes what the rows of a query (type, id) tell of. */
static gboolean
note_rows (Apply *apply, TwStmt *stmt, GError **error)
{
  TwStep step = TW_STEP_ERROR;

  while (stmt != NULL && (step = tw_stmt_step (stmt, error)) == TW_STEP_ROW)
    note_gone (apply, tw_stmt_text (stmt, 0), tw_stmt_text (stmt, 1));
  return step == TW_STEP_DONE;
}

static gboolean
drop_scope (TwDb *db, Apply *apply, const char *name, GError **error)
{
  gint64 scope = find_scope (db, name, FALSE, error);

#ifdef TW_MUTANT_DROPPED_SCOPE_STAYS
#include "base/tw-planted.h"
  return scope >= 0;
#endif
  if (scope <= 0)
    return scope == 0;
  return note_rows (
           apply,
           tw_db_query (db, error, "SELECT type, id FROM object WHERE scope = $1", "i", scope),
           error) &&
         tw_db_run (db, error, "DELETE FROM object WHERE scope = $1", "i", scope) &&
         tw_db_run (db, error, "DELETE FROM scope WHERE n = $1", "i", scope);
}

/* What a scope that starts anew has brought stays until the feed is complete again: then it is
 * known what is not there any more. */
static gboolean
doubt_scope (TwDb *db, const char *name, GError **error)
{
  gint64 scope = find_scope (db, name, FALSE, error);

  if (scope <= 0)
    return scope == 0;
  return tw_db_run (db, error, "UPDATE object SET stale = 1 WHERE scope = $1", "i", scope);
}

static gboolean
drop_doubtful (TwDb *db, Apply *apply, GError **error)
{
  return note_rows (apply,
                    tw_db_query (db, error, "SELECT type, id FROM object WHERE stale = 1", ""),
                    error) &&
         tw_db_run (db, error, "DELETE FROM object WHERE stale = 1", "");
}

/* Whether an object may have come by another scope as well. */
static gboolean
count_scopes (TwDb *db, gint64 *n, GError **error)
{
  TwStmt *stmt = tw_db_query (db, error, "SELECT count(*) FROM scope", "");

  if (stmt == NULL || tw_stmt_step (stmt, error) != TW_STEP_ROW)
    return FALSE;
  *n = tw_stmt_int64 (stmt, 0);
  tw_stmt_reset (stmt);
  return TRUE;
}

static gboolean
put_item (
  TwStore *self, Apply *apply, TwFeedItem *item, gint64 scope, gint64 n_scopes, GError **error)
{
  if (!tw_db_run (self->db, error,
                  "INSERT INTO object (type, id, scope, seq, body) VALUES ($1, $2, $3, $4, $5)"
#ifdef TW_MUTANT_FIRST_VERSION_STAYS
#include "base/tw-planted.h"
                  " ON CONFLICT (id, type, scope) DO UPDATE SET seq = excluded.seq, stale = 0",
#else
                  " ON CONFLICT (id, type, scope) DO UPDATE"
                  " SET seq = excluded.seq, stale = 0, body = excluded.body",
#endif
                  "ssiis", item->type, item->id, scope, item->seq, item->body) ||
      (n_scopes > 1 &&
       !tw_db_run (self->db, error,
                   "UPDATE object SET body = $4 WHERE id = $1 AND type = $2 AND scope <> $3",
                   "ssis", item->id, item->type, scope, item->body)))
    return FALSE;
  if (g_str_equal (item->type, "record"))
    {
      apply->changes->records = TRUE;
      return tw_store_index_record (self, item->object, error);
    }
  g_ptr_array_add (apply->changes->put, g_object_ref (item->object));
  return TRUE;
}

static gboolean
apply_items (TwStore *self, Apply *apply, GError **error)
{
  const char *name = NULL;
  gint64 scope = 0, n_scopes = 0;

  for (guint i = 0; i < apply->page->items->len; i++)
    {
      TwFeedItem *item = apply->page->items->pdata[i];
      gboolean ok;

      if (name == NULL || !g_str_equal (name, item->scope))
        {
          name = item->scope;
          scope = find_scope (self->db, name, TRUE, error);
          if (scope < 0 || !count_scopes (self->db, &n_scopes, error))
            return FALSE;
        }
      if (item->object != NULL)
        ok = put_item (self, apply, item, scope, n_scopes, error);
      else
        {
          note_gone (apply, item->type, item->id);
          ok = tw_db_run (self->db, error,
                          "DELETE FROM object WHERE id = $1 AND type = $2 AND scope = $3", "ssi",
                          item->id, item->type, scope);
        }
      if (!ok)
        return FALSE;
    }
  return TRUE;
}

/* What one scope less brings is gone only when no other one brings it. */
static gboolean
sort_out_gone (TwStore *self, Apply *apply, GError **error)
{
  GHashTableIter iter;
  TwStoreRemoved *removed;

  g_hash_table_iter_init (&iter, apply->gone);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &removed))
    {
      TwStep step = TW_STEP_ERROR;
      TwStmt *stmt =
        tw_db_query (self->db, error, "SELECT 1 FROM object WHERE id = $1 AND type = $2", "ss",
                     removed->id, removed->type);

      if (stmt == NULL || (step = tw_stmt_step (stmt, error)) == TW_STEP_ERROR)
        return FALSE;
      tw_stmt_reset (stmt);
      if (step == TW_STEP_ROW)
        continue;
      if (g_str_equal (removed->type, "record"))
        {
          apply->changes->records = TRUE;
          if (!tw_store_unindex_record (self, removed->id, error))
            return FALSE;
          continue;
        }
      g_ptr_array_add (apply->changes->removed, removed_new (removed->type, removed->id));
    }
  return TRUE;
}

static gboolean
check_cursor (TwStore *self, const char *after, GError **error)
{
  g_autofree char *cursor = NULL;

  if (!tw_store_get_meta (self, TW_STORE_META_CURSOR, &cursor, error))
    return FALSE;
  if (g_strcmp0 (cursor, after) == 0)
    return TRUE;
  g_set_error_literal (error, TW_ERROR, TW_ERROR_CONFLICT,
                       "The store stands elsewhere in the feed");
  return FALSE;
}

static gboolean
apply_page (TwStore *self, gpointer data, GError **error)
{
  Apply *apply = data;
  TwFeedPage *page = apply->page;

  TW_STORE_ASSERT_THREAD (self);
  tw_store_forget_totals (self);
  g_ptr_array_set_size (self->texts, 0);
  tw_store_changes_free (apply->changes);
  apply->changes = g_new0 (TwStoreChanges, 1);
  apply->changes->put = g_ptr_array_new_with_free_func (g_object_unref);
  apply->changes->removed = g_ptr_array_new_with_free_func (removed_free);
  g_clear_pointer (&apply->gone, g_hash_table_unref);
  apply->gone = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, removed_free);

  if (!check_cursor (self, apply->after, error))
    return FALSE;
#ifdef TW_MUTANT_CURSOR_FIRST
#include "base/tw-planted.h"
  if (!tw_store_put_meta (self, TW_STORE_META_CURSOR, page->cursor, error) ||
      !tw_db_commit (self->db, error) || !tw_db_begin (self->db, error))
    return FALSE;
#endif
  for (guint i = 0; page->dropped[i] != NULL; i++)
    if (!drop_scope (self->db, apply, page->dropped[i], error))
      return FALSE;
  for (guint i = 0; page->gap[i] != NULL; i++)
    if (!doubt_scope (self->db, page->gap[i], error))
      return FALSE;
  if (!apply_items (self, apply, error) || !tw_store_write_texts (self, error) ||
      (!page->more && !drop_doubtful (self->db, apply, error)) ||
      !sort_out_gone (self, apply, error) ||
      !tw_store_put_meta (self, TW_STORE_META_CURSOR, page->cursor, error))
    return FALSE;
  if (!page->more)
    {
      g_autofree char *now = g_strdup_printf ("%" G_GINT64_FORMAT, page->now_ms);

      return tw_store_put_meta (self, TW_STORE_META_AS_OF, now, error);
    }
  return TRUE;
}

/**
 * tw_store_apply_async:
 * @self: a store
 * @page: a page of the feed; not to be changed or freed before @callback is called
 * @after: (nullable): the cursor that it was asked for with
 * @callback: called in the main thread
 * @user_data: for @callback
 */
void
tw_store_apply_async (TwStore *self,
                      TwFeedPage *page,
                      const char *after,
                      GAsyncReadyCallback callback,
                      gpointer user_data)
{
  GTask *task = g_task_new (self, NULL, callback, user_data);
  Apply *apply = g_new0 (Apply, 1);

  apply->page = page;
  apply->after = g_strdup (after);
  g_task_set_task_data (task, apply, apply_free);
  tw_store_push (self, TW_STORE_WRITE, apply_page, task);
}

/**
 * tw_store_apply_finish:
 * @self: a store
 * @result: what the callback was given
 * @error: %TW_ERROR_CONFLICT when the store stands elsewhere in the feed (after damage, anew): ask
 *   it where
 *
 * Returns: (transfer full) (nullable): what is different now
 */
TwStoreChanges *
tw_store_apply_finish (TwStore *self, GAsyncResult *result, GError **error)
{
  if (!g_task_propagate_boolean (G_TASK (result), error))
    return NULL;
  return g_steal_pointer (&((Apply *) g_task_get_task_data (G_TASK (result)))->changes);
}

static gboolean
read_cursor (TwStore *self, gpointer data, GError **error)
{
  char **cursor = data;

  g_clear_pointer (cursor, g_free);
  return tw_store_get_meta (self, TW_STORE_META_CURSOR, cursor, error);
}

static void
cursor_free (gpointer data)
{
  g_free (*(char **) data);
  g_free (data);
}

/**
 * tw_store_get_cursor_async:
 * @self: a store
 * @callback: called in the main thread
 * @user_data: for @callback
 */
void
tw_store_get_cursor_async (TwStore *self, GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = g_task_new (self, NULL, callback, user_data);

  g_task_set_task_data (task, g_new0 (char *, 1), cursor_free);
  tw_store_push (self, TW_STORE_READ, read_cursor, task);
}

/**
 * tw_store_get_cursor_finish:
 * @self: a store
 * @result: what the callback was given
 * @cursor: (out) (nullable) (transfer full): where the feed goes on; %NULL: from the start
 * @error: what went wrong
 *
 * Returns: whether it could be read
 */
gboolean
tw_store_get_cursor_finish (TwStore *self, GAsyncResult *result, char **cursor, GError **error)
{
  *cursor = NULL;
  if (!g_task_propagate_boolean (G_TASK (result), error))
    return FALSE;
  *cursor = g_steal_pointer ((char **) g_task_get_task_data (G_TASK (result)));
  return TRUE;
}

static gboolean
restart (TwStore *self, gpointer data, GError **error)
{
  TW_STORE_ASSERT_THREAD (self);
  return tw_db_run (self->db, error, "UPDATE object SET stale = 1", "") &&
         tw_store_put_meta (self, TW_STORE_META_CURSOR, NULL, error);
}

/**
 * tw_store_restart_async:
 * @self: a store
 * @callback: called in the main thread
 * @user_data: for @callback
 *
 * Lets the feed begin anew. What is there stays until it is known what is not there any more.
 */
void
tw_store_restart_async (TwStore *self, GAsyncReadyCallback callback, gpointer user_data)
{
  tw_store_push (self, TW_STORE_WRITE, restart, g_task_new (self, NULL, callback, user_data));
}
