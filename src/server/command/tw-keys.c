// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/command/tw-keys.h"

#define FILE_NAME "master.key"

struct _TwKeys
{
  gatomicrefcount refs;
  TwKey *master;
  GMutex lock;
  GHashTable *derived; /* of TwKey by purpose; guarded by the lock */
};

/**
 * tw_keys_new_from_master:
 * @master: (transfer none): what all others come from
 *
 * Returns: (transfer full): the keys
 */
TwKeys *
tw_keys_new_from_master (TwKey *master)
{
  TwKeys *keys = g_new0 (TwKeys, 1);

  g_atomic_ref_count_init (&keys->refs);
  g_mutex_init (&keys->lock);
  keys->master = tw_key_ref (master);
  keys->derived =
    g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) tw_key_unref);
  return keys;
}

TwKeys *
tw_keys_ref (TwKeys *keys)
{
  g_atomic_ref_count_inc (&keys->refs);
  return keys;
}

void
tw_keys_unref (TwKeys *keys)
{
  if (!g_atomic_ref_count_dec (&keys->refs))
    return;
  g_hash_table_unref (keys->derived);
  tw_key_unref (keys->master);
  g_mutex_clear (&keys->lock);
  g_free (keys);
}

/**
 * tw_keys_get:
 * @keys: the keys; any thread
 * @purpose: one of the TW_KEY_ names, or a room's own
 *
 * Returns: (transfer none): the key of that purpose, valid as long as @keys
 */
TwKey *
tw_keys_get (TwKeys *keys, const char *purpose)
{
  TwKey *key;

  g_mutex_lock (&keys->lock);
  key = g_hash_table_lookup (keys->derived, purpose);
  if (key == NULL)
    {
      key = tw_key_derive (keys->master, purpose);
      g_hash_table_insert (keys->derived, g_strdup (purpose), key);
    }
  g_mutex_unlock (&keys->lock);
  return key;
}

/**
 * tw_keys_open:
 * @folder: where the master key is kept
 * @create: whether to make one where there is none
 * @error: as tw_key_file_open()
 *
 * Returns: (transfer full) (nullable): the keys
 */
TwKeys *
tw_keys_open (const char *folder, gboolean create, GError **error)
{
  g_autofree char *path = g_build_filename (folder, FILE_NAME, NULL);
  g_autoptr (TwKey) master = tw_key_file_open (path, create, error);

  return master != NULL ? tw_keys_new_from_master (master) : NULL;
}
