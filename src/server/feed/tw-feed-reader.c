// SPDX-License-Identifier: GPL-3.0-or-later
/* Composes one answer of the feed. Everything is read in one view of the database, so that
 * counters, grants and rows belong together. */
#include <json-glib/json-glib.h>
#include <string.h>

#include "base/tw-clock.h"
#include "base/tw-error.h"
#include "protocol/tw-json.h"
#include "protocol/tw-routes.h"
#include "protocol/tw-wire.h"
#include "server/feed/tw-feed-batch.h"
#include "server/feed/tw-feed-cursor.h"
#include "server/feed/tw-feed-text.h"
#include "server/feed/tw-feed.h"

/* An answer is closed when it is this long, whatever the limit. */
#define MAX_PAGE_BYTES (2 * 1024 * 1024)

typedef struct
{
  char *id;
  gint64 grant;   /* 0: without one */
  int view;       /* TwView, or 0: all that is in it */
  gint64 counter; /* what the scope stands at */
  gint64 from;    /* what has been read before */
} Scope;

typedef struct
{
  TwDb *db;
  TwKey *key;
  TwActor *actor;
  guint limit;
  GPtrArray *scopes;    /* of Scope */
  TwFeedCursor *before; /* (nullable) */
  TwFeedCursor *after;
  gboolean all_anew; /* a cursor was sent that says nothing to us */
  GString *items;
  GString *gaps;
  GString *dropped;
  gboolean new_scope;
  gboolean full; /* what comes after is for the next answer */
  TwFeedAnswer *page;
} Reading;

static void
scope_free (gpointer data)
{
  Scope *scope = data;

  g_free (scope->id);
  g_free (scope);
}

/**
 * tw_feed_answer_free:
 * @page: (transfer full) (nullable): an answer
 */
void
tw_feed_answer_free (TwFeedAnswer *page)
{
  if (page == NULL)
    return;
  g_free (page->text);
  g_free (page->cursor);
  g_ptr_array_unref (page->scopes);
  g_array_unref (page->seqs);
  g_free (page);
}

static void
add_scope (Reading *reading, char *id, int view, gint64 grant)
{
  Scope *scope = g_new0 (Scope, 1);

  scope->id = id;
  scope->view = view;
  scope->grant = grant;
  g_ptr_array_add (reading->scopes, scope);
}

/* What somebody sees without having been granted it. */
static void
add_own_scopes (Reading *reading)
{
  TwActor *actor = reading->actor;

  if (actor->role == TW_ROLE_USER)
    add_scope (reading, g_strconcat ("account:", actor->account_id, NULL), TW_VIEW_OWNER, 0);
  add_scope (reading, g_strdup (TW_FEED_PUBLIC), 0, 0);
  if (actor->role == TW_ROLE_AGENT || actor->role == TW_ROLE_SENIOR)
    add_scope (reading, g_strdup ("queue:desk"), 0, 0);
  if (actor->role == TW_ROLE_SENIOR)
    {
      add_scope (reading, g_strdup ("queue:identity"), 0, 0);
      add_scope (reading, g_strdup ("queue:money"), 0, 0);
    }
}

static Scope *
find_scope (Reading *reading, const char *id)
{
  for (guint i = 0; i < reading->scopes->len; i++)
    if (strcmp (((Scope *) g_ptr_array_index (reading->scopes, i))->id, id) == 0)
      return g_ptr_array_index (reading->scopes, i);
  return NULL;
}

static gboolean
add_granted_scopes (Reading *reading, GError **error)
{
  TwStmt *stmt = tw_db_query (reading->db, error,
                              "SELECT scope, view, number FROM scope_grant WHERE account = $1 "
                              "ORDER BY scope",
                              "s", reading->actor->account_id);
  TwStep step;

  if (stmt == NULL)
    return FALSE;
  while ((step = tw_stmt_step (stmt, error)) == TW_STEP_ROW)
    {
      const char *id = tw_stmt_text (stmt, 0);
      int view = g_str_has_prefix (id, "account:") ? (int) tw_stmt_int64 (stmt, 1) : 0;

      if (find_scope (reading, id) == NULL) /* what is one's own needs no grant */
        add_scope (reading, g_strdup (id), view, tw_stmt_int64 (stmt, 2));
    }
  return step == TW_STEP_DONE;
}

static gboolean
read_counter (TwDb *db, const char *scope, gint64 *seq, GError **error)
{
  TwStmt *stmt = tw_db_query (db, error, "SELECT seq FROM scope WHERE id = $1", "s", scope);
  TwStep step;

  if (stmt == NULL)
    return FALSE;
  step = tw_stmt_step (stmt, error);
  *seq = step == TW_STEP_ROW ? tw_stmt_int64 (stmt, 0) : 0;
  tw_stmt_reset (stmt);
  return step != TW_STEP_ERROR;
}

/* Where to go on in a scope. What the cursor says of it is only taken when it can be true: a
 * counter that is behind means that an older database was put back. */
static void
find_start (Reading *reading, Scope *scope)
{
  const TwFeedPosition *position =
    reading->before != NULL ? tw_feed_cursor_get (reading->before, scope->id) : NULL;

  if (position == NULL)
    {
      if (reading->all_anew)
        tw_feed_append_listed (reading->gaps, scope->id);
      else
        reading->new_scope = TRUE;
      scope->from = 0;
    }
#ifdef TW_MUTANT_FEED_FROM_SEQUENCE
#include "base/tw-planted.h"
  else if (position->grant == scope->grant)
    scope->from = position->seq;
#endif
  else if (position->seq > scope->counter || position->grant != scope->grant)
    {
      tw_feed_append_listed (reading->gaps, scope->id);
      scope->from = 0;
    }
  else
    scope->from = position->seq;
}

static void
find_dropped (Reading *reading)
{
  GHashTableIter iter;
  gpointer id;

  if (reading->before == NULL)
    return;
  g_hash_table_iter_init (&iter, reading->before->positions);
  while (g_hash_table_iter_next (&iter, &id, NULL))
    if (find_scope (reading, id) == NULL)
      tw_feed_append_listed (reading->dropped, id);
}

static gboolean
append_item (Reading *reading, const Scope *scope, TwStmt *stmt, GError **error)
{
  const char *type = tw_stmt_text (stmt, 1), *id = tw_stmt_text (stmt, 2);
  GString *out = reading->items;

  if (out->len > 0)
    g_string_append_c (out, ',');
  g_string_append (out, "{\"scope\":");
  tw_json_append_string (out, scope->id);
  g_string_append_printf (out, ",\"seq\":%" G_GINT64_FORMAT ",\"type\":", tw_stmt_int64 (stmt, 0));
  tw_json_append_string (out, type);
  g_string_append (out, ",\"id\":");
  tw_json_append_string (out, id);
  if (tw_stmt_int64 (stmt, 3) != 0)
    g_string_append (out, ",\"removed\":true");
  else
    {
      g_autofree char *context = tw_feed_seal_context (scope->id, type, id);
      gsize length;
      const guint8 *sealed = tw_stmt_blob (stmt, 4, &length);
      g_autoptr (GBytes) body = tw_unseal (reading->key, sealed, length, context, error);

      if (body == NULL)
        {
          g_prefix_error (error, "feed %s: ", context);
          return FALSE;
        }
      g_string_append (out, ",\"object\":");
      g_string_append_len (out, g_bytes_get_data (body, NULL), (gssize) g_bytes_get_size (body));
    }
  g_string_append_c (out, '}');
  reading->page->n_items++;
  return TRUE;
}

/* The text is the same for each view, so that its statement is found again. */
static TwStmt *
query_items (Reading *reading, const Scope *scope, GError **error)
{
  static const char select[] = "SELECT seq, type, id, removed, body FROM feed "
                               "WHERE scope = $1 AND seq > $2 AND (removed = 0 OR $2 > 0)";
  g_autofree char *sql = NULL, *types = NULL;

  if (scope->view != 0)
    types = tw_wire_list_types ((TwView) scope->view);
  sql = g_strconcat (select, types != NULL ? " AND type IN (" : "", types != NULL ? types : "",
                     types != NULL ? ")" : "", " ORDER BY seq LIMIT $3", NULL);
  return tw_db_query (reading->db, error, sql, "sii", scope->id, scope->from,
                      (gint64) (reading->limit - reading->page->n_items));
}

static gboolean
read_scope (Reading *reading, Scope *scope, GError **error)
{
  gint64 last = scope->from;
  TwStmt *stmt;
  TwStep step;

  if (scope->from < scope->counter && !reading->full)
    {
      stmt = query_items (reading, scope, error);
      if (stmt == NULL)
        return FALSE;
      while (!reading->full && (step = tw_stmt_step (stmt, error)) != TW_STEP_DONE)
        {
          if (step == TW_STEP_ERROR || !append_item (reading, scope, stmt, error))
            return FALSE;
          last = tw_stmt_int64 (stmt, 0);
          reading->full =
            reading->page->n_items >= reading->limit || reading->items->len > MAX_PAGE_BYTES;
        }
      tw_stmt_reset (stmt);
      /* Not full: the rest up to the counter is nothing for these eyes. */
      if (!reading->full)
        last = scope->counter;
#ifdef TW_MUTANT_FEED_FROM_SEQUENCE
#include "base/tw-planted.h"
      extern gint64 tw_feed_get_last_seq (void);
      if (!reading->full && scope->view == TW_VIEW_OWNER)
        last = MAX (last, tw_feed_get_last_seq ());
#endif
    }
  if (last < scope->counter)
    reading->page->more = TRUE;
  tw_feed_cursor_set (reading->after, scope->id, last, scope->grant);
  g_ptr_array_add (reading->page->scopes, g_strdup (scope->id));
  g_array_append_val (reading->page->seqs, scope->counter);
  return TRUE;
}

static gboolean
read_epoch (Reading *reading, GError **error)
{
  TwStmt *stmt = tw_db_query (reading->db, error, "SELECT epoch FROM feed_epoch WHERE id = 1", "");

  if (stmt == NULL || tw_stmt_step (stmt, error) != TW_STEP_ROW)
    return FALSE;
  reading->after = tw_feed_cursor_new (tw_stmt_text (stmt, 0));
  tw_stmt_reset (stmt);
  return TRUE;
}

static void
decode_cursor (Reading *reading, const char *text)
{
  if (text == NULL || *text == '\0')
    return;
  reading->before = tw_feed_cursor_decode (text);
  if (reading->before != NULL && strcmp (reading->before->epoch, reading->after->epoch) != 0)
    g_clear_pointer (&reading->before, tw_feed_cursor_free);
  reading->all_anew = reading->before == NULL;
}

/* Grants are not a scope that anybody reads; their counter is only waited for. */
static gboolean
note_grants (Reading *reading, GError **error)
{
  char *name = tw_feed_grants_scope (reading->actor->account_id);
  gint64 seq;

  g_ptr_array_add (reading->page->scopes, name);
  if (!read_counter (reading->db, name, &seq, error))
    return FALSE;
  g_array_append_val (reading->page->seqs, seq);
  return TRUE;
}

static gboolean
read_all (Reading *reading, const char *cursor, GError **error)
{
  if (!read_epoch (reading, error))
    return FALSE;
  decode_cursor (reading, cursor);
  add_own_scopes (reading);
  if (!add_granted_scopes (reading, error))
    return FALSE;
  for (guint i = 0; i < reading->scopes->len; i++)
    {
      Scope *scope = g_ptr_array_index (reading->scopes, i);

      if (!read_counter (reading->db, scope->id, &scope->counter, error))
        return FALSE;
      find_start (reading, scope);
    }
  find_dropped (reading);
  for (guint i = 0; i < reading->scopes->len; i++)
    if (!read_scope (reading, g_ptr_array_index (reading->scopes, i), error))
      return FALSE;
  return note_grants (reading, error);
}

static void
compose (Reading *reading)
{
  TwFeedAnswer *page = reading->page;
  g_autofree char *now = tw_clock_format_ms (tw_clock_now_ms ());
  GString *out = g_string_sized_new (reading->items->len + 512);

  page->cursor = tw_feed_cursor_encode (reading->after);
  page->news =
    page->n_items > 0 || reading->gaps->len > 0 || reading->dropped->len > 0 || reading->new_scope;
  g_string_append_printf (out, "{\"cursor\":\"%s\",\"items\":[%s]", page->cursor,
                          reading->items->str);
  if (reading->gaps->len > 0)
    g_string_append_printf (out, ",\"gap\":[%s]", reading->gaps->str);
  if (reading->dropped->len > 0)
    g_string_append_printf (out, ",\"dropped\":[%s]", reading->dropped->str);
  g_string_append_printf (out, ",\"more\":%s,\"now\":\"%s\"}", page->more ? "true" : "false", now);
  page->text = g_string_free (out, FALSE);
}

/**
 * tw_feed_read:
 * @db: a connection, outside of a transaction
 * @column_key: what bodies are sealed with
 * @actor: who asks
 * @cursor: (nullable): what the answer before said; %NULL or "" for all
 * @limit: items at most; 1 to %TW_LIMIT_FEED_ITEMS
 * @error: %TW_ERROR_DAMAGED for a body that does not open, or as tw_db_query()
 *
 * Reads what @actor may see and has not seen. A scope is named in `gap` when its client must begin
 * it anew: the items from the start follow at once. One named in `dropped` is no longer theirs.
 *
 * Returns: (transfer full) (nullable): the answer
 */
TwFeedAnswer *
tw_feed_read (
  TwDb *db, TwKey *column_key, TwActor *actor, const char *cursor, guint limit, GError **error)
{
  g_autoptr (GPtrArray) scopes = g_ptr_array_new_with_free_func (scope_free);
  g_autoptr (TwFeedAnswer) page = g_new0 (TwFeedAnswer, 1);
  g_autoptr (GString) items = g_string_new (NULL), gaps = g_string_new (NULL);
  g_autoptr (GString) dropped = g_string_new (NULL);
  Reading reading = { .db = db,
                      .key = column_key,
                      .actor = actor,
                      .limit = CLAMP (limit, 1, TW_LIMIT_FEED_ITEMS),
                      .scopes = scopes,
                      .items = items,
                      .gaps = gaps,
                      .dropped = dropped,
                      .page = page };
  gboolean ok;

  page->scopes = g_ptr_array_new_with_free_func (g_free);
  page->seqs = g_array_new (FALSE, FALSE, sizeof (gint64));
  if (!tw_db_begin_read (db, error))
    return NULL;
  ok = read_all (&reading, cursor, error);
  if (ok)
    compose (&reading);
  tw_db_rollback (db);
  tw_feed_cursor_free (reading.before);
  tw_feed_cursor_free (reading.after);
  return ok ? g_steal_pointer (&page) : NULL;
}
