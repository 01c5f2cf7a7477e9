// SPDX-License-Identifier: GPL-3.0-or-later
#include "tw-test-disk.h"

#include <sqlite3.h>
#include <string.h>

#define SECTOR 512

/* One write that no sync has covered yet. */
typedef struct
{
  gint64 offset;
  GBytes *data; /* NULL: a truncation to @offset */
} Pending;

typedef struct
{
  GByteArray *now;     /* what a reader sees */
  GByteArray *durable; /* what survives, before @pending */
  GPtrArray *pending;
} Content;

typedef struct
{
  sqlite3_file base;
  Content *content;
} DiskFile;

static GHashTable *contents; /* by name */
static int fail_after = -1;
static gboolean failed;

static void
pending_free (gpointer data)
{
  Pending *pending = data;

  g_clear_pointer (&pending->data, g_bytes_unref);
  g_free (pending);
}

static Content *
content_new (void)
{
  Content *content = g_new0 (Content, 1);

  content->now = g_byte_array_new ();
  content->durable = g_byte_array_new ();
  content->pending = g_ptr_array_new_with_free_func (pending_free);
  return content;
}

static void
content_free (gpointer data)
{
  Content *content = data;

  g_byte_array_unref (content->now);
  g_byte_array_unref (content->durable);
  g_ptr_array_unref (content->pending);
  g_free (content);
}

static void
put (GByteArray *array, gint64 offset, const void *data, gsize length)
{
  guint old = array->len;

  if (offset + length > old)
    {
      g_byte_array_set_size (array, (guint) (offset + length));
      if (offset > old)
        memset (array->data + old, 0, offset - old);
    }
  memcpy (array->data + offset, data, length);
}

static void
copy (GByteArray *to, const GByteArray *from)
{
  g_byte_array_set_size (to, 0);
  g_byte_array_append (to, from->data, from->len);
}

static gboolean
spend (void)
{
  if (fail_after > 0)
    fail_after--;
  if (fail_after == 0)
    failed = TRUE;
  return !failed;
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

  if (failed)
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
  Pending *pending = g_new0 (Pending, 1);

  /* The write at which the power goes may still be under way. */
  gboolean powered = !failed;
  gboolean last = powered && !spend ();

  pending->offset = offset;
  pending->data = g_bytes_new (data, length);
  if (!powered)
    {
      pending_free (pending);
      return SQLITE_IOERR_WRITE;
    }
  g_ptr_array_add (content->pending, pending);
  put (content->now, offset, data, length);
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
  copy (content->durable, content->now);
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
  if (failed)
    return SQLITE_CANTOPEN;
  file->content = g_hash_table_lookup (contents, name);
  if (file->content == NULL)
    {
      file->content = content_new ();
      g_hash_table_insert (contents, g_strdup (name), file->content);
    }
  if (out_flags != NULL)
    *out_flags = flags;
  base->pMethods = &methods;
  return SQLITE_OK;
}

static int
on_delete (sqlite3_vfs *vfs, const char *name, int sync_folder)
{
  if (failed || !spend ())
    return SQLITE_IOERR_DELETE;
  return g_hash_table_remove (contents, name) ? SQLITE_OK : SQLITE_IOERR_DELETE_NOENT;
}

static int
on_access (sqlite3_vfs *vfs, const char *name, int flags, int *result)
{
  Content *content = g_hash_table_lookup (contents, name);

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
  contents = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, content_free);
  g_assert_cmpint (sqlite3_vfs_register (&disk_vfs, TRUE), ==, SQLITE_OK);
}

void
tw_test_disk_clear (void)
{
  g_hash_table_remove_all (contents);
  fail_after = -1;
  failed = FALSE;
}

void
tw_test_disk_fail_after (int n)
{
  fail_after = n;
  failed = n == 0;
}

gboolean
tw_test_disk_has_failed (void)
{
  return failed;
}

/* A pending write may have reached the disk, or not, or in part. @how: 0: each its own way, 3: all in
 * part, 4: all whole */
static void
settle (Content *content, int how, GRand *rand)
{
  for (guint i = 0; i < content->pending->len; i++)
    {
      Pending *pending = g_ptr_array_index (content->pending, i);
      gsize length = 0;
      const guint8 *data = pending->data != NULL ? g_bytes_get_data (pending->data, &length) : NULL;
      gsize from = 0;

      switch (how > 0 ? how - 2 : g_rand_int_range (rand, 0, 4))
        {
        case 0:
          continue;
        case 1:
          if (data == NULL)
            continue;
          /* Sectors are whole, but any of them may be missing. */
          for (; from < length; from += SECTOR - (pending->offset + from) % SECTOR)
            {
              gsize to = MIN (length, from + SECTOR - (pending->offset + from) % SECTOR);

              if (g_rand_boolean (rand))
                put (content->durable, pending->offset + from, data + from, to - from);
            }
          break;
        default:
          if (data != NULL)
            put (content->durable, pending->offset, data, length);
          else
            g_byte_array_set_size (content->durable,
                                   (guint) MIN (pending->offset, content->durable->len));
        }
    }
  g_ptr_array_set_size (content->pending, 0);
  copy (content->now, content->durable);
}

void
tw_test_disk_lose_power (GRand *rand)
{
  GHashTableIter iter;
  gpointer content;
  /* Each write by itself, or all the same way: torn or whole. */
  int how = g_rand_int_range (rand, 0, 6);

  g_hash_table_iter_init (&iter, contents);
  while (g_hash_table_iter_next (&iter, NULL, &content))
    settle (content, how > 3 ? (how == 4 ? 3 : 4) : 0, rand);
  fail_after = -1;
  failed = FALSE;
}

GHashTable *
tw_test_disk_save (void)
{
  GHashTable *saved = g_hash_table_new_full (g_str_hash, g_str_equal, g_free,
                                             (GDestroyNotify) g_bytes_unref);
  GHashTableIter iter;
  gpointer name, content;

  g_hash_table_iter_init (&iter, contents);
  while (g_hash_table_iter_next (&iter, &name, &content))
    {
      GByteArray *now = ((Content *) content)->now;

      g_hash_table_insert (saved, g_strdup (name), g_bytes_new (now->data, now->len));
    }
  return saved;
}

void
tw_test_disk_restore (GHashTable *saved)
{
  GHashTableIter iter;
  gpointer name, bytes;

  tw_test_disk_clear ();
  g_hash_table_iter_init (&iter, saved);
  while (g_hash_table_iter_next (&iter, &name, &bytes))
    {
      Content *content = content_new ();
      gsize length;
      const guint8 *data = g_bytes_get_data (bytes, &length);

      g_byte_array_append (content->now, data, (guint) length);
      copy (content->durable, content->now);
      g_hash_table_insert (contents, g_strdup (name), content);
    }
}

GByteArray *
tw_test_disk_peek (const char *name)
{
  Content *content = g_hash_table_lookup (contents, name);

  return content != NULL ? content->now : NULL;
}
