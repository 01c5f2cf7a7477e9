// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/http/tw-session-cache.h"

#define MAX_ENTRIES 50000
/* One that has ended is remembered until every look-up that was under way is long over. */
#define REMEMBER_MS (10 * 60000)

typedef struct
{
  TwActor *actor; /* NULL: ended, and not to be found again by a look-up that was under way */
  gint64 expires_at_ms;
  gint64 since_ms; /* when the database said so, or when it ended */
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
 * What the database said longer than %TW_SESSION_CACHE_FRESH_MS ago is not relied on: another
 * process on the same database may have ended the session.
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
  /* Either way: a clock that was put back does not keep it fresh for longer. */
  if (entry != NULL && !*ended && ABS (now_ms - entry->since_ms) < TW_SESSION_CACHE_FRESH_MS)
    actor = tw_actor_ref (entry->actor);
  g_mutex_unlock (&cache->lock);
  return actor;
}

static gboolean
may_go (gpointer key, gpointer value, gpointer now_ms)
{
  Entry *entry = value;

  return entry->actor != NULL || ABS (*(gint64 *) now_ms - entry->since_ms) >= REMEMBER_MS;
}

/**
 * tw_session_cache_add:
 * @cache: the cache
 * @token_hash: what the token is found by
 * @actor: whose it is
 * @expires_at_ms: when it ends
 * @now_ms: the time, milliseconds since 1970 UTC
 *
 * Returns: (transfer full) (nullable): who asks; %NULL when the session was ended meanwhile
 */
TwActor *
tw_session_cache_add (TwSessionCache *cache,
                      const char *token_hash,
                      TwActor *actor,
                      gint64 expires_at_ms,
                      gint64 now_ms)
{
  TwActor *result;
  Entry *entry;

  g_mutex_lock (&cache->lock);
  entry = g_hash_table_lookup (cache->entries, token_hash);
  if (entry == NULL)
    {
      if (g_hash_table_size (cache->entries) >= MAX_ENTRIES)
        g_hash_table_foreach_remove (cache->entries, may_go, &now_ms);
      entry = g_new0 (Entry, 1);
      entry->actor = tw_actor_ref (actor);
      g_hash_table_insert (cache->entries, g_strdup (token_hash), entry);
    }
  if (entry->actor != NULL)
    {
      tw_actor_ref (actor);
      tw_actor_unref (entry->actor);
      entry->actor = actor;
      entry->expires_at_ms = expires_at_ms;
      entry->since_ms = now_ms;
    }
  result = entry->actor != NULL ? tw_actor_ref (entry->actor) : NULL;
  g_mutex_unlock (&cache->lock);
  return result;
}

/**
 * tw_session_cache_forget:
 * @cache: the cache
 * @token_hash: what the token is found by
 *
 * Asks the database the next time: it could not be told that the session has ended.
 */
void
tw_session_cache_forget (TwSessionCache *cache, const char *token_hash)
{
  g_mutex_lock (&cache->lock);
  g_hash_table_remove (cache->entries, token_hash);
  g_mutex_unlock (&cache->lock);
}

/**
 * tw_session_cache_get_end:
 * @cache: the cache
 * @token_hash: what the token is found by
 *
 * Returns: when the session ends by itself, milliseconds since 1970 UTC; 0: that is not known, or
 * it has ended already
 */
gint64
tw_session_cache_get_end (TwSessionCache *cache, const char *token_hash)
{
  gint64 end_ms;
  Entry *entry;

  g_mutex_lock (&cache->lock);
  entry = g_hash_table_lookup (cache->entries, token_hash);
  end_ms = entry != NULL ? entry->expires_at_ms : 0;
  g_mutex_unlock (&cache->lock);
  return end_ms;
}

/**
 * tw_session_cache_end:
 * @cache: the cache
 * @token_hash: what the token is found by
 * @now_ms: the time, milliseconds since 1970 UTC
 *
 * From now on nobody stands behind it.
 */
void
tw_session_cache_end (TwSessionCache *cache, const char *token_hash, gint64 now_ms)
{
  Entry *entry = g_new0 (Entry, 1);

  entry->since_ms = now_ms;
  g_mutex_lock (&cache->lock);
  g_hash_table_replace (cache->entries, g_strdup (token_hash), entry);
  g_mutex_unlock (&cache->lock);
}
