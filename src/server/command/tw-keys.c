// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/command/tw-keys.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/tw-error.h"

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

static gboolean
write_all (int fd, const guint8 *bytes, gsize length)
{
  while (length > 0)
    {
      gssize n = write (fd, bytes, length);

      if (n < 0 && errno == EINTR)
        continue;
      if (n <= 0)
        return FALSE;
      bytes += n;
      length -= (gsize) n;
    }
  return TRUE;
}

static void
sync_folder (const char *folder)
{
  int fd = g_open (folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0);

  if (fd < 0)
    return;
  fsync (fd);
  close (fd);
}

/* Whole, and on the disk, before anything is sealed with it: a key that is lost loses everything.
 */
static TwKey *
create_master (const char *folder, const char *path, GError **error)
{
  g_autoptr (TwKey) key = tw_key_new_random ();
  g_autofree char *part = g_strconcat (path, ".part", NULL);
  gboolean ok;
  int fd;

  if (g_mkdir_with_parents (folder, 0700) != 0)
    goto failed;
  g_unlink (part);
  fd = g_open (part, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (fd < 0)
    goto failed;
  ok = write_all (fd, tw_key_peek (key), TW_KEY_BYTES) && fsync (fd) == 0;
  /* A link fails when somebody else was faster, where a rename would overwrite their key. */
  ok = (close (fd) == 0) && ok && link (part, path) == 0;
  if (!ok)
    goto failed;
  g_unlink (part);
  sync_folder (folder);
  return g_steal_pointer (&key);

failed:
  g_set_error (error, TW_ERROR, TW_ERROR_INTERNAL, _ ("The key file %s can't be written: %s"), path,
               g_strerror (errno));
  return NULL;
}

static TwKey *
read_master (const char *path, int fd, GError **error)
{
  guint8 bytes[TW_KEY_BYTES + 1];
  gssize length = read (fd, bytes, sizeof bytes);
  struct stat info;
  TwKey *key;

  if (fstat (fd, &info) == 0 && (info.st_mode & 077) != 0)
    {
      g_set_error (error, TW_ERROR, TW_ERROR_LOCKED,
                   _ ("The key file %s can be read by others. Make it private: chmod 600"), path);
      return NULL;
    }
  key = length == TW_KEY_BYTES ? tw_key_new_from_bytes (bytes, TW_KEY_BYTES, NULL) : NULL;
  explicit_bzero (bytes, sizeof bytes);
  if (key == NULL)
    g_set_error (error, TW_ERROR, TW_ERROR_DAMAGED, _ ("The key file %s is not a key of ours."),
                 path);
  return key;
}

/**
 * tw_keys_open:
 * @folder: where the master key is kept
 * @create: whether to make one where there is none
 * @error: %TW_ERROR_LOCKED when there is none or others can read it, %TW_ERROR_DAMAGED,
 *   %TW_ERROR_INTERNAL when it can't be written
 *
 * Returns: (transfer full) (nullable): the keys
 */
TwKeys *
tw_keys_open (const char *folder, gboolean create, GError **error)
{
  g_autofree char *path = g_build_filename (folder, FILE_NAME, NULL);
  g_autoptr (TwKey) master = NULL;
  int fd = g_open (path, O_RDONLY | O_CLOEXEC, 0);

  if (fd >= 0)
    {
      master = read_master (path, fd, error);
      close (fd);
    }
  else if (errno == ENOENT && create)
    master = create_master (folder, path, error);
  else
    g_set_error (error, TW_ERROR, TW_ERROR_LOCKED, _ ("The key file %s can't be read: %s"), path,
                 g_strerror (errno));
  return master != NULL ? tw_keys_new_from_master (master) : NULL;
}
