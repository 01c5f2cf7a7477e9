// SPDX-License-Identifier: GPL-3.0-or-later
/* A key in a file of its own, for its owner alone. */
#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/tw-error.h"
#include "vault/tw-vault.h"

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

static TwKey *
read_file (const char *path, int fd, GError **error)
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

/* Whole, and on the disk, before anything is sealed with it: a key that is lost loses everything. A
 * link fails when somebody else was faster, where a rename would overwrite their key. */
static gboolean
write_file (const char *path, const char *folder, TwKey *key)
{
  g_autofree char *part = g_strconcat (path, ".XXXXXX", NULL);
  gboolean ok;
  int why;
  int fd;

  if (g_mkdir_with_parents (folder, 0700) != 0)
    return FALSE;
  fd = g_mkstemp_full (part, O_WRONLY | O_CLOEXEC, 0600);
  if (fd < 0)
    return FALSE;
  ok = write_all (fd, tw_key_peek (key), TW_KEY_BYTES) && fsync (fd) == 0;
  ok = close (fd) == 0 && ok && link (part, path) == 0;
  why = errno;
  g_unlink (part);
  sync_folder (folder);
  errno = why;
  return ok;
}

static TwKey *
create (const char *path, GError **error)
{
  g_autoptr (TwKey) key = tw_key_new_random ();
  g_autofree char *folder = g_path_get_dirname (path);

  if (write_file (path, folder, key))
    return g_steal_pointer (&key);
  if (errno == EEXIST)
    return tw_key_file_open (path, FALSE, error);
  g_set_error (error, TW_ERROR, TW_ERROR_INTERNAL, _ ("The key file %s can't be written: %s"), path,
               g_strerror (errno));
  return NULL;
}

/**
 * tw_key_file_open:
 * @path: of the file
 * @make: whether to make one where there is none; one that somebody else makes at the same time is
 * used
 * @error: %TW_ERROR_LOCKED when there is none or others can read it, %TW_ERROR_DAMAGED,
 *   %TW_ERROR_INTERNAL when it can't be written
 *
 * Returns: (transfer full) (nullable): the key
 */
TwKey *
tw_key_file_open (const char *path, gboolean make, GError **error)
{
  int fd = g_open (path, O_RDONLY | O_CLOEXEC, 0);
  TwKey *key = NULL;

  if (fd >= 0)
    {
      key = read_file (path, fd, error);
      close (fd);
    }
  else if (errno == ENOENT && make)
    key = create (path, error);
  else
    g_set_error (error, TW_ERROR, TW_ERROR_LOCKED, _ ("The key file %s can't be read: %s"), path,
                 g_strerror (errno));
  return key;
}
