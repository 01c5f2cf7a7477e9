// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/http/tw-session-cache.h"

#define MAX_ENTRIES 50000

typedef struct
{
  TwActor *actor; /* NULL: ended, and not to be found again by a look-up that was under way */
  gint64 expires_at_ms;
} Entry;

struct _TwSessionCache
{
  GMutex lock;
  GHashTable *entries; /* by hash of the token */
};

static void
entry_free (gpointer data)
{
  Entry *entry = data;

  g_clear_pointer (&entry->actor, tw_actor_unref);
  g_free (entry);
}

TwSessionCache *
tw_session_cache_new (void)
{
  TwSessionCache *cache = g_new0 (TwSessionCache, 1);

  g_mutex_init (&cache->lock);
  cache->entries = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, entry_free);
  return cache;
}

void
tw_session_cache_free (TwSessionCache *cache)
{
  g_hash_table_unref (cache->entries);
  g_mutex_clear (&cache->lock);
  g_free (cache);
}

/**
 * tw_session_cache_find:
 * @cache: the cache
 * @token_hash: what the token is found by
 * @now_ms: the time, milliseconds since 1970 UTC
 * @ended: (out): whether it is known to have ended
 *
 * Returns: (transfer full) (nullable): who asks; %NULL when the database must be asked, or @ended
 */
TwActor *
tw_session_cache_find (TwSessionCache *cache,
                       const char *token_hash,
                       gint64 now_ms,
                       gboolean *ended)
{
  TwActor *actor = NULL;
  Entry *entry;

  g_mutex_lock (&cache->lock);
  entry = g_hash_table_lookup (cache->entries, token_hash);
  *ended = entry != NULL && (entry->actor == NULL || entry->expires_at_ms <= now_ms);
  if (entry != NULL && !*ended)
    actor = tw_actor_ref (entry->actor);
  g_mutex_unlock (&cache->lock);
  return actor;
}

static gboolean
is_live (gpointer key, gpointer value, gpointer user_data)
{
  return ((Entry *) value)->actor != NULL;
}

/**
 * tw_session_cache_add:
 * @cache: the cache
 * @token_hash: what the token is found by
 * @actor: whose it is
 * @expires_at_ms: when it ends
 *
 * Returns: (transfer full) (nullable): who asks; %NULL when the session was ended meanwhile
 */
TwActor *
tw_session_cache_add (TwSessionCache *cache,
                      const char *token_hash,
                      TwActor *actor,
                      gint64 expires_at_ms)
{
  TwActor *result;
  Entry *entry;

  g_mutex_lock (&cache->lock);
  entry = g_hash_table_lookup (cache->entries, token_hash);
  if (entry == NULL)
    {
      if (g_hash_table_size (cache->entries) >= MAX_ENTRIES)
        g_hash_table_foreach_remove (cache->entries, is_live, NULL);
      entry = g_new0 (Entry, 1);
      entry->actor = tw_actor_ref (actor);
      entry->expires_at_ms = expires_at_ms;
      g_hash_table_insert (cache->entries, g_strdup (token_hash), entry);
    }
  result = entry->actor != NULL ? tw_actor_ref (entry->actor) : NULL;
  g_mutex_unlock (&cache->lock);
  return result;
}

/**
 * tw_session_cache_end:
 * @cache: the cache
 * @token_hash: what the token is found by
 *
 * From now on nobody stands behind it.
 */
void
tw_session_cache_end (TwSessionCache *cache, const char *token_hash)
{
  g_mutex_lock (&cache->lock);
  g_hash_table_replace (cache->entries, g_strdup (token_hash), g_new0 (Entry, 1));
  g_mutex_unlock (&cache->lock);
}
