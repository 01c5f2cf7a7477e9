// SPDX-License-Identifier: GPL-3.0-or-later
/* A VFS between ours and the system's. It keeps what each file would have after a power cut: what
 * was synced, and of the rest what chance leaves, torn at sectors. It fails at random, always for
 * who is dead, and lets others go on in the middle. */
#include <fcntl.h>
#include <glib/gstdio.h>
#include <sqlite3.h>
#include <unistd.h>

#include "tw-sim-threads.h"
#include "tw-sim.h"
#include "tw-test-disk-private.h"

typedef struct
{
  sqlite3_file base;
  Content *content; /* (nullable): of what needs no node: temporary files */
  guint node;
  char *name;
} DiskFile; /* the system's own follows */

static sqlite3_vfs disk, *below;
static char *root;
static GHashTable *contents; /* of Content by path; `now` is in the real file instead */

static sqlite3_file *
real (sqlite3_file *base)
{
  return (sqlite3_file *) ((DiskFile *) base + 1);
}

static guint
find_node (const char *path)
{
  gsize n = strlen (root);

  for (guint i = 0; path != NULL && g_str_has_prefix (path, root) && i < TW_SIM_NODES; i++)
    {
      gsize length = strlen (tw_sim_nodes[i].name);

      if (strncmp (path + n, tw_sim_nodes[i].name, length) == 0 && path[n + length] == '/')
        return i;
    }
  g_error ("%s is nobody's", path != NULL ? path : "A file without a name");
}

/* Whether it works this time. */
static gboolean
access_disk (DiskFile *file, const char *what)
{
  TwSimNode *node = &tw_sim_nodes[file->node];
  g_autofree char *point = NULL;

  if (tw_sim_chance (tw_sim_faults.yield))
    tw_sim_yield ();
  if (node->dead)
    return FALSE;
  point = g_strconcat (what, " ", file->name, NULL);
  if (tw_sim_point (file->node, point))
    return FALSE;
  if (!tw_sim_chance (tw_sim_faults.disk))
    return TRUE;
  tw_sim_note ("%s fails", point);
  return FALSE;
}

static int
on_close (sqlite3_file *base)
{
  g_clear_pointer (&((DiskFile *) base)->name, g_free);
  return real (base)->pMethods->xClose (real (base));
}

static int
on_read (sqlite3_file *base, void *data, int length, sqlite3_int64 offset)
{
  if (tw_sim_nodes[((DiskFile *) base)->node].dead)
    return SQLITE_IOERR_READ;
  return real (base)->pMethods->xRead (real (base), data, length, offset);
}

static void
remember (Content *content, gint64 offset, const void *data, gsize length)
{
  Pending *pending = g_new0 (Pending, 1);

  pending->offset = offset;
  pending->data = data != NULL ? g_bytes_new (data, length) : NULL;
  g_ptr_array_add (content->pending, pending);
}

static int
on_write (sqlite3_file *base, const void *data, int length, sqlite3_int64 offset)
{
  DiskFile *file = (DiskFile *) base;

  if (!access_disk (file, "write"))
    return SQLITE_IOERR_WRITE;
  remember (file->content, offset, data, (gsize) length);
  return real (base)->pMethods->xWrite (real (base), data, length, offset);
}

static int
on_truncate (sqlite3_file *base, sqlite3_int64 size)
{
  DiskFile *file = (DiskFile *) base;

  if (!access_disk (file, "truncate"))
    return SQLITE_IOERR_TRUNCATE;
  remember (file->content, size, NULL, 0);
  return real (base)->pMethods->xTruncate (real (base), size);
}

static int
on_sync (sqlite3_file *base, int flags)
{
  DiskFile *file = (DiskFile *) base;

  if (!access_disk (file, "sync"))
    return SQLITE_IOERR_FSYNC;
  tw_test_content_settle (file->content, TW_TEST_SETTLE_WHOLE, NULL);
  tw_sim_point (file->node, "synced");
  return SQLITE_OK;
}

static int
on_file_size (sqlite3_file *base, sqlite3_int64 *size)
{
  return real (base)->pMethods->xFileSize (real (base), size);
}

static int
on_lock (sqlite3_file *base, int level)
{
  return real (base)->pMethods->xLock (real (base), level);
}

static int
on_unlock (sqlite3_file *base, int level)
{
  return real (base)->pMethods->xUnlock (real (base), level);
}

static int
on_check_reserved_lock (sqlite3_file *base, int *result)
{
  return real (base)->pMethods->xCheckReservedLock (real (base), result);
}

static int
on_file_control (sqlite3_file *base, int op, void *argument)
{
  return real (base)->pMethods->xFileControl (real (base), op, argument);
}

static int
on_sector_size (sqlite3_file *base)
{
  return real (base)->pMethods->xSectorSize (real (base));
}

static int
on_device_characteristics (sqlite3_file *base)
{
  return real (base)->pMethods->xDeviceCharacteristics (real (base));
}

static int
on_shm_map (sqlite3_file *base, int page, int length, int extend, void volatile **at)
{
  return real (base)->pMethods->xShmMap (real (base), page, length, extend, at);
}

static int
on_shm_lock (sqlite3_file *base, int offset, int n, int flags)
{
  return real (base)->pMethods->xShmLock (real (base), offset, n, flags);
}

static void
on_shm_barrier (sqlite3_file *base)
{
  real (base)->pMethods->xShmBarrier (real (base));
}

static int
on_shm_unmap (sqlite3_file *base, int delete)
{
  return real (base)->pMethods->xShmUnmap (real (base), delete);
}

static const sqlite3_io_methods methods = {
  .iVersion = 2,
  .xClose = on_close,
  .xRead = on_read,
  .xWrite = on_write,
  .xTruncate = on_truncate,
  .xSync = on_sync,
  .xFileSize = on_file_size,
  .xLock = on_lock,
  .xUnlock = on_unlock,
  .xCheckReservedLock = on_check_reserved_lock,
  .xFileControl = on_file_control,
  .xSectorSize = on_sector_size,
  .xDeviceCharacteristics = on_device_characteristics,
  .xShmMap = on_shm_map,
  .xShmLock = on_shm_lock,
  .xShmBarrier = on_shm_barrier,
  .xShmUnmap = on_shm_unmap,
};

/* What was there before the start counts as synced. */
static Content *
find_content (const char *name)
{
  Content *content = g_hash_table_lookup (contents, name);
  g_autofree char *data = NULL;
  gsize length;

  if (content != NULL)
    return content;
  content = tw_test_content_new ();
  if (g_file_get_contents (name, &data, &length, NULL))
    g_byte_array_append (content->durable, (const guint8 *) data, (guint) length);
  g_hash_table_insert (contents, g_strdup (name), content);
  return content;
}

static int
on_open (sqlite3_vfs *vfs, const char *name, sqlite3_file *base, int flags, int *out_flags)
{
  DiskFile *file = (DiskFile *) base;
  int rc;

  base->pMethods = NULL;
  file->node = find_node (name);
  if (tw_sim_nodes[file->node].dead)
    return SQLITE_CANTOPEN;
  file->content = find_content (name);
  rc = below->xOpen (below, name, real (base), flags, out_flags);
  if (rc != SQLITE_OK)
    return rc;
  file->name = g_path_get_basename (name);
  base->pMethods = &methods;
  return SQLITE_OK;
}

static int
on_delete (sqlite3_vfs *vfs, const char *name, int sync_folder)
{
  if (tw_sim_nodes[find_node (name)].dead)
    return SQLITE_IOERR_DELETE;
  g_hash_table_remove (contents, name);
  return below->xDelete (below, name, sync_folder);
}

static int
on_access (sqlite3_vfs *vfs, const char *name, int flags, int *result)
{
  return below->xAccess (below, name, flags, result);
}

static int
on_randomness (sqlite3_vfs *vfs, int length, char *out)
{
  for (int i = 0; i < length; i++)
    out[i] = (char) tw_sim_draw (256);
  return length;
}

/**
 * tw_sim_disk_install:
 * @folder: what the folders of the nodes are in
 *
 * From now on every SQLite file must be in the folder of a node.
 */
void
tw_sim_disk_install (const char *folder)
{
  below = sqlite3_vfs_find (NULL);
  disk = *below;
  disk.szOsFile = (int) sizeof (DiskFile) + below->szOsFile;
  disk.zName = "sim-disk";
  disk.pNext = NULL;
  disk.xOpen = on_open;
  disk.xDelete = on_delete;
  disk.xAccess = on_access;
  disk.xRandomness = on_randomness;
  root = g_strconcat (folder, "/", NULL);
  contents = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, tw_test_content_free);
  g_assert_cmpint (sqlite3_vfs_register (&disk, TRUE), ==, SQLITE_OK);
}

/* Bare calls: what GLib has for this would sync. */
static void
put_back (const char *name, const GByteArray *bytes)
{
  int fd = g_open (name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

  g_assert_no_errno (fd);
  g_assert_cmpint (write (fd, bytes->data, bytes->len), ==, bytes->len);
  close (fd);
}

/**
 * tw_sim_disk_lose_power:
 * @node: whose connections are all closed
 *
 * What it wrote since the last sync of each file is kept, lost or torn.
 */
void
tw_sim_disk_lose_power (guint node)
{
  g_autoptr (GList) names = g_list_sort (g_hash_table_get_keys (contents), (GCompareFunc) strcmp);
  TwTestSettle how = tw_test_settle_draw (tw_sim_draw (6));

  for (GList *l = names; l != NULL; l = l->next)
    {
      g_autoptr (GRand) rand = g_rand_new_with_seed (tw_sim_draw (G_MAXINT));
      Content *content = g_hash_table_lookup (contents, l->data);

      if (find_node (l->data) != node)
        continue;
      tw_test_content_settle (content, how, rand);
      put_back (l->data, content->durable);
    }
  for (GList *l = names; l != NULL; l = l->next)
    {
      g_autofree char *shm = g_strconcat (l->data, "-shm", NULL);

      if (find_node (l->data) == node)
        g_unlink (shm);
    }
}
