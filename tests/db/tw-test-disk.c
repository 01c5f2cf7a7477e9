// SPDX-License-Identifier: GPL-3.0-or-later
#include "tw-test-disk-private.h"

#include <sqlite3.h>

#define SECTOR 512

typedef struct
{
  sqlite3_file base;
  Content *content;
} DiskFile;

static gboolean
spend (void)
{
  if (tw_test_disk_accesses_left > 0)
    tw_test_disk_accesses_left--;
  if (tw_test_disk_accesses_left == 0)
    tw_test_disk_failed = TRUE;
  return !tw_test_disk_failed;
}

static int
on_close (sqlite3_file *base)
{
  return SQLITE_OK;
}

static int
on_read (sqlite3_file *base, void *data, int length, sqlite3_int64 offset)
{
  GByteArray *now = ((DiskFile *) base)->content->now;
  int have = (int) CLAMP ((gint64) now->len - offset, 0, length);

  if (tw_test_disk_failed)
    return SQLITE_IOERR_READ;
  if (have > 0)
    memcpy (data, now->data + offset, have);
  memset ((guint8 *) data + have, 0, length - have);
  return have == length ? SQLITE_OK : SQLITE_IOERR_SHORT_READ;
}

static int
on_write (sqlite3_file *base, const void *data, int length, sqlite3_int64 offset)
{
  Content *content = ((DiskFile *) base)->content;
  Pending *pending;
  gboolean last;

  if (tw_test_disk_failed)
    return SQLITE_IOERR_WRITE;
  /* The write at which the power goes may still be under way. */
  last = !spend ();
  pending = g_new0 (Pending, 1);
  pending->offset = offset;
  pending->data = g_bytes_new (data, length);
  g_ptr_array_add (content->pending, pending);
  tw_test_content_put (content->now, offset, data, length);
  return last ? SQLITE_IOERR_WRITE : SQLITE_OK;
}

static int
on_truncate (sqlite3_file *base, sqlite3_int64 size)
{
  Content *content = ((DiskFile *) base)->content;
  Pending *pending;

  if (!spend ())
    return SQLITE_IOERR_TRUNCATE;
  pending = g_new0 (Pending, 1);
  pending->offset = size;
  g_ptr_array_add (content->pending, pending);
  g_byte_array_set_size (content->now, (guint) MIN (size, content->now->len));
  return SQLITE_OK;
}

static int
on_sync (sqlite3_file *base, int flags)
{
  Content *content = ((DiskFile *) base)->content;

  if (!spend ())
    return SQLITE_IOERR_FSYNC;
  tw_test_content_copy (content->durable, content->now);
  g_ptr_array_set_size (content->pending, 0);
  return SQLITE_OK;
}

static int
on_file_size (sqlite3_file *base, sqlite3_int64 *size)
{
  *size = ((DiskFile *) base)->content->now->len;
  return SQLITE_OK;
}

static int
on_lock (sqlite3_file *base, int level)
{
  return SQLITE_OK;
}

static int
on_check_reserved_lock (sqlite3_file *base, int *result)
{
  *result = 0;
  return SQLITE_OK;
}

static int
on_file_control (sqlite3_file *base, int op, void *argument)
{
  return SQLITE_NOTFOUND;
}

static int
on_sector_size (sqlite3_file *base)
{
  return SECTOR;
}

static int
on_device_characteristics (sqlite3_file *base)
{
  return 0;
}

static const sqlite3_io_methods methods = {
  .iVersion = 1,
  .xClose = on_close,
  .xRead = on_read,
  .xWrite = on_write,
  .xTruncate = on_truncate,
  .xSync = on_sync,
  .xFileSize = on_file_size,
  .xLock = on_lock,
  .xUnlock = on_lock,
  .xCheckReservedLock = on_check_reserved_lock,
  .xFileControl = on_file_control,
  .xSectorSize = on_sector_size,
  .xDeviceCharacteristics = on_device_characteristics,
};

static int
on_open (sqlite3_vfs *vfs, const char *name, sqlite3_file *base, int flags, int *out_flags)
{
  DiskFile *file = (DiskFile *) base;

  base->pMethods = NULL;
  if (tw_test_disk_failed)
    return SQLITE_CANTOPEN;
  file->content = g_hash_table_lookup (tw_test_disk_contents, name);
  if (file->content == NULL)
    {
      file->content = tw_test_content_new ();
      g_hash_table_insert (tw_test_disk_contents, g_strdup (name), file->content);
    }
  if (out_flags != NULL)
    *out_flags = flags;
  base->pMethods = &methods;
  return SQLITE_OK;
}

static int
on_delete (sqlite3_vfs *vfs, const char *name, int sync_folder)
{
  if (tw_test_disk_failed || !spend ())
    return SQLITE_IOERR_DELETE;
  return g_hash_table_remove (tw_test_disk_contents, name) ? SQLITE_OK : SQLITE_IOERR_DELETE_NOENT;
}

static int
on_access (sqlite3_vfs *vfs, const char *name, int flags, int *result)
{
  Content *content = g_hash_table_lookup (tw_test_disk_contents, name);

  *result = content != NULL && (flags != SQLITE_ACCESS_EXISTS || content->now->len > 0);
  return SQLITE_OK;
}

static int
on_full_pathname (sqlite3_vfs *vfs, const char *name, int length, char *out)
{
  g_strlcpy (out, name, length);
  return SQLITE_OK;
}

static int
on_randomness (sqlite3_vfs *vfs, int length, char *out)
{
  for (int i = 0; i < length; i++)
    out[i] = (char) g_random_int ();
  return length;
}

static int
on_sleep (sqlite3_vfs *vfs, int microseconds)
{
  return microseconds;
}

static int
on_current_time (sqlite3_vfs *vfs, double *now)
{
  *now = 2461000.5;
  return SQLITE_OK;
}

static int
on_current_time_int64 (sqlite3_vfs *vfs, sqlite3_int64 *now)
{
  *now = (sqlite3_int64) (2461000.5 * 86400000);
  return SQLITE_OK;
}

static sqlite3_vfs disk_vfs = {
  .iVersion = 2,
  .szOsFile = sizeof (DiskFile),
  .mxPathname = 255,
  .zName = "test-disk",
  .xOpen = on_open,
  .xDelete = on_delete,
  .xAccess = on_access,
  .xFullPathname = on_full_pathname,
  .xRandomness = on_randomness,
  .xSleep = on_sleep,
  .xCurrentTime = on_current_time,
  .xCurrentTimeInt64 = on_current_time_int64,
};

void
tw_test_disk_install (void)
{
  tw_test_disk_contents =
    g_hash_table_new_full (g_str_hash, g_str_equal, g_free, tw_test_content_free);
  g_assert_cmpint (sqlite3_vfs_register (&disk_vfs, TRUE), ==, SQLITE_OK);
}

void
tw_test_disk_fail_after (int n)
{
  tw_test_disk_accesses_left = n;
  tw_test_disk_failed = n == 0;
}

gboolean
tw_test_disk_has_failed (void)
{
  return tw_test_disk_failed;
}
