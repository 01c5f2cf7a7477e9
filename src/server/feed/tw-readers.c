// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/feed/tw-readers.h"

#include "vault/tw-vault.h"

struct _TwReaders
{
  char *database_url;
  TwKey *key; /* (nullable) */
  guint max;

  GMutex lock;
  GCond returned;
  GPtrArray *idle; /* of TwDb */
  guint lent;
};

/**
 * tw_readers_new:
 * @database_url: as in tw_db_open()
 * @key: (nullable): the key of the file
 * @max: connections at most
 *
 * Returns: (transfer full): the pool; no connection is open yet
 */
TwReaders *
tw_readers_new (const char *database_url, const guint8 *key, guint max)
{
  TwReaders *readers = g_new0 (TwReaders, 1);

  g_mutex_init (&readers->lock);
  g_cond_init (&readers->returned);
  readers->database_url = g_strdup (database_url);
  readers->key = key != NULL ? tw_key_new_from_bytes (key, TW_KEY_BYTES, NULL) : NULL;
  readers->max = MAX (max, 1);
  readers->idle = g_ptr_array_new_with_free_func ((GDestroyNotify) tw_db_close);
  return readers;
}

/**
 * tw_readers_free:
 * @readers: (transfer full) (nullable): the pool; everything lent must have been given back
 */
void
tw_readers_free (TwReaders *readers)
{
  if (readers == NULL)
    return;
  g_assert (readers->lent == 0);
  g_ptr_array_unref (readers->idle);
  g_clear_pointer (&readers->key, tw_key_unref);
  g_mutex_clear (&readers->lock);
  g_cond_clear (&readers->returned);
  g_free (readers->database_url);
  g_free (readers);
}

/**
 * tw_readers_borrow:
 * @readers: the pool
 * @error: as tw_db_open_readonly()
 *
 * Returns: (transfer none) (nullable): a connection that is the caller's until tw_readers_return()
 */
TwDb *
tw_readers_borrow (TwReaders *readers, GError **error)
{
  TwDb *db = NULL;

  g_mutex_lock (&readers->lock);
  while (readers->lent >= readers->max)
    g_cond_wait (&readers->returned, &readers->lock);
  readers->lent++;
  if (readers->idle->len > 0)
    db = g_ptr_array_steal_index_fast (readers->idle, readers->idle->len - 1);
  g_mutex_unlock (&readers->lock);

  if (db == NULL)
    db = tw_db_open_readonly (readers->database_url,
                              readers->key != NULL ? tw_key_peek (readers->key) : NULL, error);
  if (db == NULL)
    {
      g_mutex_lock (&readers->lock);
      readers->lent--;
      g_cond_signal (&readers->returned);
      g_mutex_unlock (&readers->lock);
    }
  return db;
}

/**
 * tw_readers_return:
 * @readers: the pool
 * @db: what was borrowed
 */
void
tw_readers_return (TwReaders *readers, TwDb *db)
{
  tw_db_rollback (db);
  g_mutex_lock (&readers->lock);
  readers->lent--;
  g_ptr_array_add (readers->idle, db);
  g_cond_signal (&readers->returned);
  g_mutex_unlock (&readers->lock);
}

/**
 * tw_readers_discard:
 * @readers: the pool
 * @db: (transfer full): what was borrowed, and has lost its other side
 */
void
tw_readers_discard (TwReaders *readers, TwDb *db)
{
  tw_db_close (db);
  g_mutex_lock (&readers->lock);
  readers->lent--;
  g_cond_signal (&readers->returned);
  g_mutex_unlock (&readers->lock);
}
