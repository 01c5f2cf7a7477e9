// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/identity/tw-throttle.h"

/* A name that nobody has tried for this long starts anew. */
#define FORGET_MS (60 * G_GINT64_CONSTANT (60000))
/* Names kept. When there are more, those that may be forgotten go, then the least guilty: nobody is
 * kept out because others have made up names. */
#define MAX_NAMES 100000
#define EVICTED (MAX_NAMES / 8)

typedef struct
{
  guint tries;
  gint64 last_ms;
} Entry;

struct _TwThrottle
{
  GHashTable *entries;
};

TwThrottle *
tw_throttle_new (void)
{
  TwThrottle *throttle = g_new0 (TwThrottle, 1);

  throttle->entries = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  return throttle;
}

void
tw_throttle_free (TwThrottle *throttle)
{
  g_hash_table_unref (throttle->entries);
  g_free (throttle);
}

static gboolean
is_stale (gpointer key, gpointer value, gpointer now)
{
  return ((Entry *) value)->last_ms + FORGET_MS <= *(gint64 *) now;
}

typedef struct
{
  const char *name;
  const Entry *entry;
} Suspect;

/* Fewer tries first; of as many, those that are longer ago. */
static int
compare_guilt (gconstpointer a, gconstpointer b)
{
  const Entry *one = ((const Suspect *) a)->entry;
  const Entry *other = ((const Suspect *) b)->entry;

  if (one->tries != other->tries)
    return one->tries < other->tries ? -1 : 1;
  return one->last_ms < other->last_ms ? -1 : one->last_ms > other->last_ms;
}

/* Many at once, so that it is rarely done. */
static void
make_room (TwThrottle *throttle, gint64 now_ms)
{
  g_autoptr (GArray) suspects = NULL;
  GHashTableIter iter;
  gpointer name, entry;

  g_hash_table_foreach_remove (throttle->entries, is_stale, &now_ms);
  if (g_hash_table_size (throttle->entries) < MAX_NAMES)
    return;
  suspects = g_array_sized_new (FALSE, FALSE, sizeof (Suspect), MAX_NAMES);
  g_hash_table_iter_init (&iter, throttle->entries);
  while (g_hash_table_iter_next (&iter, &name, &entry))
    {
      Suspect suspect = { name, entry };

      g_array_append_val (suspects, suspect);
    }
  g_array_sort (suspects, compare_guilt);
  for (guint i = 0; i < EVICTED; i++)
    g_hash_table_remove (throttle->entries, g_array_index (suspects, Suspect, i).name);
}

/* Seconds from the last try to the next one: none for the first few, then 2, 4, 8 ... */
static int
get_wait_s (guint tries)
{
  guint extra = tries < TW_THROTTLE_FREE_TRIES ? 0 : tries - TW_THROTTLE_FREE_TRIES + 1;

  if (extra == 0)
    return 0;
  return extra > 8 ? TW_THROTTLE_MAX_WAIT_S : MIN (1 << extra, TW_THROTTLE_MAX_WAIT_S);
}

/**
 * tw_throttle_try:
 * @throttle: the counts
 * @name: who or what is tried
 * @now_ms: the time, milliseconds
 *
 * Counts a try before its outcome is known, so that a thousand at once are no way around.
 *
 * Returns: 0 when it may go on; else how many seconds to wait, and it was not counted
 */
int
tw_throttle_try (TwThrottle *throttle, const char *name, gint64 now_ms)
{
  Entry *entry = g_hash_table_lookup (throttle->entries, name);
  gint64 free_at;

  if (entry != NULL && is_stale (NULL, entry, &now_ms))
    {
      g_hash_table_remove (throttle->entries, name);
      entry = NULL;
    }
  if (entry == NULL)
    {
      if (g_hash_table_size (throttle->entries) >= MAX_NAMES)
        make_room (throttle, now_ms);
      entry = g_new0 (Entry, 1);
      g_hash_table_insert (throttle->entries, g_strdup (name), entry);
    }
  free_at = entry->last_ms + get_wait_s (entry->tries) * G_GINT64_CONSTANT (1000);
  if (now_ms < free_at)
    return (int) ((free_at - now_ms + 999) / 1000);
  entry->tries++;
  entry->last_ms = now_ms;
  return 0;
}

/**
 * tw_throttle_forgive:
 * @throttle: the counts
 * @name: who or what was tried
 *
 * Takes one try back: it was right, or it was not judged. A name without tries is not kept: made-up
 * ones would fill the room, and everybody else would be told to wait.
 */
void
tw_throttle_forgive (TwThrottle *throttle, const char *name)
{
  Entry *entry = g_hash_table_lookup (throttle->entries, name);

  if (entry != NULL && --entry->tries == 0)
    g_hash_table_remove (throttle->entries, name);
}

/**
 * tw_throttle_clear:
 * @throttle: the counts
 * @name: who or what was tried, and now proved right
 */
void
tw_throttle_clear (TwThrottle *throttle, const char *name)
{
  g_hash_table_remove (throttle->entries, name);
}
