// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/feed/tw-feed-batch.h"

#include <string.h>

#include "protocol/tw-wire.h"

typedef struct
{
  const char *scope; /* the scope's own copy */
  char *type;
  char *id;
  TwObject *object; /* NULL: gone */
  gboolean stale;   /* a later word on the same object follows */
  gboolean first;   /* nobody in the scope has heard of it before this batch */
} Item;

typedef struct
{
  char *id;
  GPtrArray *items; /* of Item, in the order in which they were published */
  guint n_live;
  gboolean touched; /* count it up even without an item */
} Scope;

struct _TwFeedBatch
{
  TwKey *key;
  GHashTable *scopes; /* of Scope by id */
  GHashTable *items;  /* set of the Items that are not stale */
};

static void
item_free (gpointer data)
{
  Item *item = data;

  g_free (item->type);
  g_free (item->id);
  g_clear_object (&item->object);
  g_free (item);
}

static void
scope_free (gpointer data)
{
  Scope *scope = data;

  g_free (scope->id);
  g_ptr_array_unref (scope->items);
  g_free (scope);
}

static guint
item_hash (gconstpointer data)
{
  const Item *item = data;

  return g_str_hash (item->id) ^ g_direct_hash (item->scope);
}

static gboolean
item_equal (gconstpointer a, gconstpointer b)
{
  const Item *x = a, *y = b;

  return x->scope == y->scope && strcmp (x->id, y->id) == 0 && strcmp (x->type, y->type) == 0;
}

/**
 * tw_feed_batch_new:
 * @column_key: what bodies are sealed with
 *
 * Returns: (transfer full): an empty batch, to be used again after each tw_feed_batch_clear()
 */
TwFeedBatch *
tw_feed_batch_new (TwKey *column_key)
{
  TwFeedBatch *batch = g_new0 (TwFeedBatch, 1);

  batch->key = tw_key_ref (column_key);
  batch->scopes = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, scope_free);
  batch->items = g_hash_table_new (item_hash, item_equal);
  return batch;
}

/**
 * tw_feed_batch_free:
 * @batch: (transfer full) (nullable): a batch
 */
void
tw_feed_batch_free (TwFeedBatch *batch)
{
  if (batch == NULL)
    return;
  g_hash_table_unref (batch->items);
  g_hash_table_unref (batch->scopes);
  tw_key_unref (batch->key);
  g_free (batch);
}

/**
 * tw_feed_batch_clear:
 * @batch: a batch
 *
 * Forgets everything: after the commit, or when the transaction is undone.
 */
void
tw_feed_batch_clear (TwFeedBatch *batch)
{
  g_hash_table_remove_all (batch->items);
  g_hash_table_remove_all (batch->scopes);
}

static Scope *
get_scope (TwFeedBatch *batch, const char *id)
{
  Scope *scope = g_hash_table_lookup (batch->scopes, id);

  if (scope == NULL)
    {
      scope = g_new0 (Scope, 1);
      scope->id = g_strdup (id);
      scope->items = g_ptr_array_new_with_free_func (item_free);
      g_hash_table_insert (batch->scopes, scope->id, scope);
    }
  return scope;
}

static void
put (TwFeedBatch *batch,
     const char *scope_id,
     const char *type,
     const char *id,
     TwObject *object,
     gboolean first)
{
  Scope *scope = get_scope (batch, scope_id);
  Item *item = g_new0 (Item, 1), *before;

  item->scope = scope->id;
  item->type = g_strdup (type);
  item->id = g_strdup (id);
  item->object = object != NULL ? g_object_ref (object) : NULL;
  item->first = first;
  before = g_hash_table_lookup (batch->items, item);
  if (before != NULL)
    {
      item->first = before->first;
      before->stale = TRUE;
      g_hash_table_remove (batch->items, before);
      scope->n_live--;
    }
  g_hash_table_add (batch->items, item);
  g_ptr_array_add (scope->items, item);
  scope->n_live++;
}

/**
 * tw_feed_batch_publish:
 * @batch: a batch
 * @scope: who sees it
 * @object: what they see from now on; not changed any more until the batch is written
 */
void
tw_feed_batch_publish (TwFeedBatch *batch, const char *scope, TwObject *object)
{
  put (batch, scope, tw_object_get_wire_type (object), tw_object_get_id (object), object, FALSE);
}

/**
 * tw_feed_batch_publish_first:
 * @batch: a batch
 * @scope: who sees it
 * @object: as in tw_feed_batch_publish(); nothing with its id was ever in the scope before this
 *   batch, so that nothing has to be looked for in its place
 */
void
tw_feed_batch_publish_first (TwFeedBatch *batch, const char *scope, TwObject *object)
{
  put (batch, scope, tw_object_get_wire_type (object), tw_object_get_id (object), object, TRUE);
}

/**
 * tw_feed_batch_withdraw:
 * @batch: a batch
 * @scope: who saw it
 * @type: the name of its type on the wire
 * @id: what is gone
 */
void
tw_feed_batch_withdraw (TwFeedBatch *batch, const char *scope, const char *type, const char *id)
{
  put (batch, scope, type, id, NULL, FALSE);
}

/**
 * tw_feed_batch_touch:
 * @batch: a batch
 * @scope: a scope whose counter goes up without anything in it
 */
void
tw_feed_batch_touch (TwFeedBatch *batch, const char *scope)
{
  get_scope (batch, scope)->touched = TRUE;
}

/**
 * tw_feed_seal_context:
 *
 * Returns: (transfer full): what the sealed body of a row is bound to
 */
char *
tw_feed_seal_context (const char *scope, const char *type, const char *id)
{
  return g_strconcat ("feed/", scope, "/", type, "/", id, NULL);
}

#define INSERT                                                                                     \
  "INSERT INTO feed (scope, type, id, seq, removed, body) VALUES ($1, $2, $3, $4, $5, $6)"
#define OR_REPLACE                                                                                 \
  " ON CONFLICT (id, scope, type) DO UPDATE "                                                      \
  "SET seq = excluded.seq, removed = excluded.removed, body = excluded.body"

static gboolean
write_item (TwFeedBatch *batch, TwDb *db, const Item *item, gint64 seq, GError **error)
{
  g_autoptr (GBytes) body = NULL;

  if (item->object != NULL)
    {
      g_autofree char *text = tw_wire_encode_text (item->object);
      g_autofree char *context = tw_feed_seal_context (item->scope, item->type, item->id);

      body = tw_seal (batch->key, text, strlen (text), context);
    }
  return tw_db_insert (db, error, item->first ? INSERT : INSERT OR_REPLACE, "sssiib", item->scope,
                       item->type, item->id, seq, (gint64) (item->object == NULL), body);
}

#ifdef TW_MUTANT_FEED_FROM_SEQUENCE
#include "base/tw-planted.h"
static gint64 last_seq; /* of all scopes; knows nothing of transactions */

gint64 tw_feed_get_last_seq (void);

gint64
tw_feed_get_last_seq (void)
{
  return __atomic_load_n (&last_seq, __ATOMIC_SEQ_CST);
}

#endif
const TwTable tw_feed_scope_table = { "scope", "id, seq", "si", 1 };

static gboolean
write_scope (TwFeedBatch *batch, TwDb *db, const Scope *scope, GError **error)
{
  gint64 n = MAX (scope->n_live, scope->touched ? 1 : 0);
  gint64 seq;
  const TwRow *row;

  if (!tw_db_get_row (db, &tw_feed_scope_table, &row, error, scope->id))
    return FALSE;
  n += row != NULL ? tw_row_int64 (row, 1) : 0;
  if (!tw_db_put_row (db, &tw_feed_scope_table, error, scope->id, n))
    return FALSE;
  seq = n - scope->n_live;
#ifdef TW_MUTANT_FEED_FROM_SEQUENCE
#include "base/tw-planted.h"
  if (g_str_has_prefix (scope->id, "account:"))
    __atomic_store_n (&last_seq, MAX (last_seq, seq + scope->n_live), __ATOMIC_SEQ_CST);
#endif
  for (guint i = 0; i < scope->items->len; i++)
    {
      const Item *item = g_ptr_array_index (scope->items, i);

      if (!item->stale && !write_item (batch, db, item, ++seq, error))
        return FALSE;
    }
  return TRUE;
}

static int
compare_scopes (gconstpointer a, gconstpointer b)
{
  return strcmp ((*(Scope *const *) a)->id, (*(Scope *const *) b)->id);
}

/**
 * tw_feed_batch_write:
 * @batch: a batch
 * @db: in the transaction that is about to be committed
 * @scopes: takes a copy of the name of each scope that has changed, to be woken after the commit
 * @error: as tw_db_query()
 *
 * Counts up each scope once, in sorted order, so that two writers never wait for each other.
 *
 * Returns: %FALSE with @error
 */
gboolean
tw_feed_batch_write (TwFeedBatch *batch, TwDb *db, GPtrArray *scopes, GError **error)
{
  g_autoptr (GPtrArray) sorted = g_ptr_array_sized_new (g_hash_table_size (batch->scopes));
  g_autoptr (GPtrArray) ids = g_ptr_array_sized_new (g_hash_table_size (batch->scopes));
  GHashTableIter iter;
  gpointer scope;

  g_hash_table_iter_init (&iter, batch->scopes);
  while (g_hash_table_iter_next (&iter, NULL, &scope))
    g_ptr_array_add (sorted, scope);
  g_ptr_array_sort (sorted, compare_scopes);
  for (guint i = 0; i < sorted->len; i++)
    g_ptr_array_add (ids, ((Scope *) g_ptr_array_index (sorted, i))->id);
  if (!tw_db_foresee (db, &tw_feed_scope_table, ids, error))
    return FALSE;
  for (guint i = 0; i < sorted->len; i++)
    {
      scope = g_ptr_array_index (sorted, i);
      if (!write_scope (batch, db, scope, error))
        return FALSE;
      g_ptr_array_add (scopes, g_strdup (((Scope *) scope)->id));
    }
  return TRUE;
}
