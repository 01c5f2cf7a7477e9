// SPDX-License-Identifier: GPL-3.0-or-later
/* One registered VFS for each master key in use: what a connection ATTACHes or VACUUMs INTO is then
 * sealed with the same master key without further words. */
#include "db/tw-vfs-private.h"

#include "base/tw-error.h"

#include <glib/gi18n-lib.h>

static GMutex lock;
static GList *instances; /* of TwVfs, guarded by @lock */

static int
open_real (TwVfs *vfs, const char *name, TwVfsFile *file, int flags, int *out_flags)
{
  sqlite3_file *real = tw_vfs_real (file);
  int rc = vfs->root->xOpen (vfs->root, name, real, flags, out_flags);

  if (rc != SQLITE_OK && real->pMethods != NULL)
    real->pMethods->xClose (real);
  return rc;
}

void
tw_vfs_forget_keys (TwVfsFile *file)
{
  if (file->keys != NULL)
    sodium_free (file->keys);
  file->keys = NULL;
  g_clear_pointer (&file->cipher, EVP_CIPHER_CTX_free);
}

static int
on_open (sqlite3_vfs *base, const char *name, sqlite3_file *opened, int flags, int *out_flags)
{
  TwVfs *vfs = base->pAppData;
  TwVfsFile *file = (TwVfsFile *) opened;
  int rc;

  memset (file, 0, sizeof *file + vfs->root->szOsFile);
  file->vfs = vfs;
  file->header_at = -1;
  file->previous_at = -1;
  if ((flags & SQLITE_OPEN_MAIN_DB) != 0)
    file->kind = KIND_MAIN;
  else if ((flags & SQLITE_OPEN_WAL) != 0)
    file->kind = KIND_WAL;
  else if ((flags & SQLITE_OPEN_MAIN_JOURNAL) != 0)
    file->kind = KIND_JOURNAL;
  else
    /* Temporary files, statement journals and super-journals would hold plain text: they are kept
     * in memory (temp_store), and a commit over two files in journal mode is refused. */
    return SQLITE_CANTOPEN;
  if (name == NULL)
    return SQLITE_CANTOPEN;

  if (file->kind == KIND_MAIN)
    {
      file->main = file;
      file->keys = sodium_allocarray (N_KINDS + 1, crypto_aead_xchacha20poly1305_ietf_KEYBYTES);
      file->cipher = EVP_CIPHER_CTX_new ();
      if (file->keys == NULL || file->cipher == NULL ||
          EVP_CipherInit_ex2 (file->cipher, vfs->cipher, NULL, NULL, TRUE, NULL) != 1)
        {
          tw_vfs_forget_keys (file);
          return SQLITE_NOMEM;
        }
    }
  else
    {
      file->main = (TwVfsFile *) sqlite3_database_file_object (name);
      if (file->main == NULL || file->main->base.pMethods != &tw_vfs_file_methods)
        return SQLITE_CANTOPEN;
    }
  rc = open_real (vfs, name, file, flags, out_flags);
  if (rc == SQLITE_OK)
    file->base.pMethods = &tw_vfs_file_methods;
  else
    tw_vfs_forget_keys (file);
  return rc;
}

static int
on_delete (sqlite3_vfs *base, const char *name, int sync_folder)
{
  sqlite3_vfs *root = ((TwVfs *) base->pAppData)->root;

  return root->xDelete (root, name, sync_folder);
}

static int
on_access (sqlite3_vfs *base, const char *name, int flags, int *result)
{
  sqlite3_vfs *root = ((TwVfs *) base->pAppData)->root;

  return root->xAccess (root, name, flags, result);
}

static int
on_full_pathname (sqlite3_vfs *base, const char *name, int length, char *out)
{
  sqlite3_vfs *root = ((TwVfs *) base->pAppData)->root;

  return root->xFullPathname (root, name, length, out);
}

static int
on_randomness (sqlite3_vfs *base, int length, char *out)
{
  randombytes_buf (out, length);
  return length;
}

static int
on_sleep (sqlite3_vfs *base, int microseconds)
{
  sqlite3_vfs *root = ((TwVfs *) base->pAppData)->root;

  return root->xSleep (root, microseconds);
}

static int
on_current_time (sqlite3_vfs *base, double *now)
{
  sqlite3_vfs *root = ((TwVfs *) base->pAppData)->root;

  return root->xCurrentTime (root, now);
}

static int
on_current_time_int64 (sqlite3_vfs *base, sqlite3_int64 *now)
{
  sqlite3_vfs *root = ((TwVfs *) base->pAppData)->root;

  return root->xCurrentTimeInt64 (root, now);
}

static int
on_get_last_error (sqlite3_vfs *base, int length, char *out)
{
  sqlite3_vfs *root = ((TwVfs *) base->pAppData)->root;

  return root->xGetLastError != NULL ? root->xGetLastError (root, length, out) : SQLITE_OK;
}

static void
vfs_free (TwVfs *vfs)
{
  if (vfs->master != NULL)
    sodium_free (vfs->master);
  EVP_CIPHER_free (vfs->cipher);
  g_free (vfs);
}

static TwVfs *
vfs_new (const guint8 *key)
{
  static guint serial; /* guarded by @lock */
  TwVfs *vfs = g_new0 (TwVfs, 1);

  vfs->root = sqlite3_vfs_find (NULL);
  vfs->master = sodium_malloc (crypto_aead_xchacha20poly1305_ietf_KEYBYTES);
  vfs->cipher = EVP_CIPHER_fetch (NULL, "ChaCha20-Poly1305", NULL);
  if (vfs->root == NULL || vfs->root->iVersion < 2 || vfs->master == NULL || vfs->cipher == NULL)
    {
      vfs_free (vfs);
      return NULL;
    }
  memcpy (vfs->master, key, crypto_aead_xchacha20poly1305_ietf_KEYBYTES);
  sodium_mprotect_readonly (vfs->master);
  g_snprintf (vfs->name, sizeof vfs->name, "tw-sealed-%u", ++serial);
  vfs->base = (sqlite3_vfs){
    .iVersion = 2,
    .szOsFile = (int) sizeof (TwVfsFile) + vfs->root->szOsFile,
    .mxPathname = vfs->root->mxPathname,
    .zName = vfs->name,
    .pAppData = vfs,
    .xOpen = on_open,
    .xDelete = on_delete,
    .xAccess = on_access,
    .xFullPathname = on_full_pathname,
    .xRandomness = on_randomness,
    .xSleep = on_sleep,
    .xCurrentTime = on_current_time,
    .xGetLastError = on_get_last_error,
    .xCurrentTimeInt64 = on_current_time_int64,
  };
  return vfs;
}

/**
 * tw_vfs_acquire:
 * @key: 32 bytes, copied into locked memory
 *
 * Lays the encrypting VFS over SQLite's default one. Thread-safe.
 *
 * Returns: (transfer none) (nullable): the name for sqlite3_open_v2(), valid until as many calls of
 *   tw_vfs_release(); %NULL with TW_ERROR_INTERNAL if the libraries don't work
 */
const char *
tw_vfs_acquire (const guint8 *key, GError **error)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&lock);
  TwVfs *vfs;

  sqlite3_config (SQLITE_CONFIG_MEMSTATUS, 0);
  /* Nothing that the machine's configuration of OpenSSL says is wanted here. */
  if (sodium_init () < 0 || OPENSSL_init_crypto (OPENSSL_INIT_NO_LOAD_CONFIG, NULL) != 1 ||
      sqlite3_initialize () != SQLITE_OK)
    {
      g_set_error_literal (error, TW_ERROR, TW_ERROR_INTERNAL,
                           _ ("The encryption can’t be started."));
      return NULL;
    }
  for (GList *l = instances; l != NULL; l = l->next)
    {
      vfs = l->data;
      if (sodium_memcmp (vfs->master, key, crypto_aead_xchacha20poly1305_ietf_KEYBYTES) == 0)
        {
          vfs->uses++;
          return vfs->name;
        }
    }
  vfs = vfs_new (key);
  if (vfs == NULL || sqlite3_vfs_register (&vfs->base, FALSE) != SQLITE_OK)
    {
      g_clear_pointer (&vfs, vfs_free);
      g_set_error_literal (error, TW_ERROR, TW_ERROR_INTERNAL,
                           _ ("The encryption can’t be started."));
      return NULL;
    }
  vfs->uses = 1;
  instances = g_list_prepend (instances, vfs);
  return vfs->name;
}

/**
 * tw_vfs_release:
 * @name: a name that tw_vfs_acquire() returned; no connection may use it any more
 *
 * Forgets the key when nobody else uses it. Thread-safe.
 */
void
tw_vfs_release (const char *name)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&lock);

  for (GList *l = instances; l != NULL; l = l->next)
    {
      TwVfs *vfs = l->data;

      if (vfs->name != name)
        continue;
      if (--vfs->uses == 0)
        {
          sqlite3_vfs_unregister (&vfs->base);
          instances = g_list_delete_link (instances, l);
          vfs_free (vfs);
        }
      return;
    }
  g_assert_not_reached ();
}
