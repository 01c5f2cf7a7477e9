// SPDX-License-Identifier: GPL-3.0-or-later
/* Which room does which kind of command, and the rows that a batch will touch. */
#include <string.h>

#include "server/command/tw-command-private.h"

struct _TwLocks
{
  GHashTable *tables;   /* of a set of ids, by table name */
  GHashTable *foreseen; /* of the texts of keys, by TwTable */
};

static GHashTable *handlers; /* of TwHandlerRow by kind; filled before any thread starts */
static TwHold hold;

static void
row_free (gpointer data)
{
  TwHandlerRow *row = data;

  g_free (row->kind);
  g_free (row);
}

/**
 * tw_handlers_add:
 * @kind: a kind of command
 * @handle: does it
 * @prepare: (nullable): slow work that needs no database
 * @lock: (nullable): names the rows that it will touch
 *
 * At the start of the program, before a writer is made. A second handler takes the place of the
 * first.
 */
void
tw_handlers_add (const char *kind, TwHandler handle, TwPrepare prepare, TwLocker lock)
{
  TwHandlerRow *row = g_new0 (TwHandlerRow, 1);

  if (handlers == NULL)
    handlers = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, row_free);
  row->kind = g_strdup (kind);
  row->handle = handle;
  row->prepare = prepare;
  row->lock = lock;
  g_hash_table_replace (handlers, row->kind, row);
}

/**
 * tw_handlers_find:
 * @kind: a kind of command
 *
 * Returns: (transfer none) (nullable): who does it
 */
const TwHandlerRow *
tw_handlers_find (const char *kind)
{
  return handlers != NULL ? g_hash_table_lookup (handlers, kind) : NULL;
}

/**
 * tw_handlers_set_hold:
 * @func: what holds commands
 *
 * At the start of the program, before a writer is made.
 */
void
tw_handlers_set_hold (TwHold func)
{
  hold = func;
}

TwHold
tw_handlers_get_hold (void)
{
  return hold;
}

TwLocks *
tw_locks_new (void)
{
  TwLocks *locks = g_new0 (TwLocks, 1);

  locks->tables =
    g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) g_hash_table_unref);
  locks->foreseen = g_hash_table_new_full (NULL, NULL, NULL, (GDestroyNotify) g_ptr_array_unref);
  return locks;
}

void
tw_locks_free (TwLocks *locks)
{
  g_hash_table_unref (locks->tables);
  g_hash_table_unref (locks->foreseen);
  g_free (locks);
}

/**
 * tw_locks_add:
 * @locks: the locks of a batch
 * @table: a table whose key is called `id`
 * @id: a row; one that does not exist yet is no harm
 */
void
tw_locks_add (TwLocks *locks, const char *table, const char *id)
{
  GHashTable *ids = g_hash_table_lookup (locks->tables, table);

  if (ids == NULL)
    {
      ids = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
      g_hash_table_insert (locks->tables, g_strdup (table), ids);
    }
  g_hash_table_add (ids, g_strdup (id));
}

/**
 * tw_locks_foresee:
 * @locks: the locks of a batch
 * @table: a table
 * @first: of a row's key
 * @second: (nullable): the key's second column, where it has one
 *
 * Names a row that will be read; one that does not exist is no harm.
 */
void
tw_locks_foresee (TwLocks *locks, const TwTable *table, const char *first, const char *second)
{
  GPtrArray *keys = g_hash_table_lookup (locks->foreseen, table);

  if (keys == NULL)
    {
      keys = g_ptr_array_new_with_free_func (g_free);
      g_hash_table_insert (locks->foreseen, (gpointer) table, keys);
    }
  g_ptr_array_add (keys, g_strdup (first));
  if (second != NULL)
    g_ptr_array_add (keys, g_strdup (second));
}

static gboolean
lock_table (TwDb *db, const char *table, GHashTable *ids, GError **error)
{
  g_autofree char *sql = g_strdup_printf (
    "SELECT id FROM %s WHERE id = ANY (string_to_array ($1, ' ')) ORDER BY id FOR UPDATE", table);
  g_autofree gpointer *keys = g_hash_table_get_keys_as_array (ids, NULL);
  g_autofree char *joined = g_strjoinv (" ", (char **) keys);

  return tw_db_run (db, error, sql, "s", joined);
}

/**
 * tw_locks_take:
 * @locks: the locks of a batch
 * @db: PostgreSQL, in the transaction
 * @error: as tw_db_query(); %TW_ERROR_CONFLICT when another writer has changed a row
 *
 * Locks table by table, each in the order of its ids: all writers the same way, so none waits in a
 * ring. Then asks for what is foreseen.
 *
 * Returns: %FALSE with @error
 */
gboolean
tw_locks_take (TwLocks *locks, TwDb *db, GError **error)
{
  g_autoptr (GList) tables =
    g_list_sort (g_hash_table_get_keys (locks->tables), (GCompareFunc) strcmp);
  GHashTableIter iter;
  gpointer table, keys;

  for (GList *l = tables; l != NULL; l = l->next)
    if (!lock_table (db, l->data, g_hash_table_lookup (locks->tables, l->data), error))
      return FALSE;
  g_hash_table_iter_init (&iter, locks->foreseen);
  while (g_hash_table_iter_next (&iter, &table, &keys))
    if (!tw_db_foresee (db, table, keys, error))
      return FALSE;
  return TRUE;
}
