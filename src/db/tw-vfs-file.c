// SPDX-License-Identifier: GPL-3.0-or-later
/* Files as SQLite sees them: the database itself and its rollback journal here, the log in
 * tw-vfs-wal.c; everything else goes to the layer below. */
#include "db/tw-vfs-private.h"

#define HEADER_TRIES 3
#define WRITE_LOCK 0 /* of SQLite's locks in shared memory: the right to write into the log */

static gint64
page_at (guint32 number)
{
  return (gint64) (number - 1) * PAGE;
}

/* SQLITE_OK, SQLITE_IOERR_SHORT_READ: the page is beyond the end, and @plain is zero, or an error.
 */
static int
read_main_page (TwVfsFile *file, guint32 number, guint8 *plain)
{
  guint8 sealed[PAGE];
  guint8 old_id[FILE_ID_BYTES];
  TwVfsPlace place = { KIND_MAIN, number, 0, FALSE };
  gint64 size = 0;
  int rc = tw_vfs_real_read (file, sealed, PAGE, page_at (number));

  if (rc == SQLITE_IOERR_SHORT_READ)
    {
      rc = tw_vfs_real_size (file, &size);
      if (rc != SQLITE_OK)
        return rc;
      memset (plain, 0, PAGE);
      return size > page_at (number) ? SQLITE_IOERR_DATA : SQLITE_IOERR_SHORT_READ;
    }
  if (rc == SQLITE_OK && !file->id_known)
    rc = tw_vfs_identify (file);
  if (rc != SQLITE_OK)
    return rc == SQLITE_EMPTY ? SQLITE_IOERR_DATA : rc;
  if (tw_vfs_page_open (file, &place, sealed, plain))
    return SQLITE_OK;

  /* Another connection may have emptied the file and begun it anew, under a new id. */
  memcpy (old_id, file->id, FILE_ID_BYTES);
  rc = tw_vfs_identify (file);
  if (rc == SQLITE_OK && memcmp (old_id, file->id, FILE_ID_BYTES) != 0 &&
      tw_vfs_page_open (file, &place, sealed, plain))
    return SQLITE_OK;
  return rc == SQLITE_OK ? SQLITE_IOERR_DATA : rc;
}

/* The first 100 bytes are read before any lock is taken, so another process may be writing them
 * just now; and if page 1 is damaged, a good copy in the log shall still open the database. So this
 * read never fails: SQLite takes a short one for an empty file and looks again under its lock. */
static int
read_file_header (TwVfsFile *file, guint8 *data, int length)
{
  guint8 plain[PAGE];

  for (int i = 0; i < HEADER_TRIES; i++)
    {
      if (read_main_page (file, 1, plain) == SQLITE_OK)
        {
          memcpy (data, plain, length);
          sodium_memzero (plain, sizeof plain);
          return SQLITE_OK;
        }
    }
  memset (data, 0, length);
  return SQLITE_IOERR_SHORT_READ;
}

static int
read_main (TwVfsFile *file, guint8 *data, int length, gint64 offset)
{
  guint8 plain[PAGE];
  int within = (int) (offset % PAGE);
  guint32 number = (guint32) (offset / PAGE + 1);
  int rc;

  if (within + length > PAGE)
    return SQLITE_IOERR_READ;
  if (offset == 0 && length == 100)
    return read_file_header (file, data, length);
  if (length == PAGE)
    return read_main_page (file, number, data);
  rc = read_main_page (file, number, plain);
  if (rc == SQLITE_OK || rc == SQLITE_IOERR_SHORT_READ)
    memcpy (data, plain + within, length);
  sodium_memzero (plain, sizeof plain);
  return rc;
}

static int
write_main_page (TwVfsFile *file, guint32 number, const guint8 *plain)
{
  guint8 sealed[PAGE];
  TwVfsPlace place = { KIND_MAIN, number, 0, FALSE };

  tw_vfs_page_seal (file, &place, plain, sealed);
  return tw_vfs_real_write (file, sealed, PAGE, page_at (number));
}

/* A hole would read as zeros, which nobody has sealed. */
static int
fill (TwVfsFile *file, guint32 before)
{
  static const guint8 zeros[PAGE];
  gint64 size = 0;
  int rc = tw_vfs_real_size (file, &size);

  for (gint64 number = size / PAGE + 1; rc == SQLITE_OK && number < before; number++)
    rc = write_main_page (file, (guint32) number, zeros);
  return rc;
}

static int
write_main (TwVfsFile *file, const guint8 *data, int length, gint64 offset)
{
  guint32 number = (guint32) (offset / PAGE + 1);
  int rc;

  if (length != PAGE || offset % PAGE != 0 || !tw_vfs_page_is_writable (data, number))
    return SQLITE_IOERR_WRITE;
  rc = tw_vfs_identify_or_create (file);
  if (rc == SQLITE_OK)
    rc = fill (file, number);
  if (rc == SQLITE_OK)
    rc = write_main_page (file, number, data);
  return rc;
}

/* In a journal a page's record starts at a multiple of 8, with the page's number in four bytes. */
static gboolean
is_journal_page (int length, gint64 offset)
{
  return length == PAGE && offset % 8 == 4;
}

static int
journal_place (TwVfsFile *file, gint64 offset, TwVfsPlace *place)
{
  guint8 number[4];
  int rc = SQLITE_OK;

  if (file->header_at == offset - 4)
    memcpy (number, file->header, sizeof number);
  else
    rc = tw_vfs_real_read (file, number, sizeof number, offset - 4);
  *place = (TwVfsPlace){ KIND_JOURNAL, tw_vfs_get_u32 (number), 0, FALSE };
  return rc;
}

static int
read_journal (TwVfsFile *file, guint8 *data, int length, gint64 offset)
{
  guint8 sealed[PAGE];
  TwVfsPlace place;
  int rc;

  if (!is_journal_page (length, offset))
    return tw_vfs_real_read (file, data, length, offset);
  rc = file->main->id_known ? SQLITE_OK : tw_vfs_identify (file->main);
  if (rc == SQLITE_OK)
    rc = journal_place (file, offset, &place);
  if (rc == SQLITE_OK)
    rc = tw_vfs_real_read (file, sealed, PAGE, offset);
  if (rc == SQLITE_OK && !tw_vfs_page_open (file, &place, sealed, data))
    rc = SQLITE_IOERR_DATA;
  return rc == SQLITE_EMPTY ? SQLITE_IOERR_DATA : rc;
}

static int
write_journal (TwVfsFile *file, const guint8 *data, int length, gint64 offset)
{
  guint8 sealed[PAGE];
  TwVfsPlace place;

  if (!is_journal_page (length, offset))
    {
      file->header_at = length == 4 ? offset : -1;
      if (length == 4)
        memcpy (file->header, data, 4);
      return tw_vfs_real_write (file, data, length, offset);
    }
  if (!file->main->id_known || journal_place (file, offset, &place) != SQLITE_OK ||
      !sodium_is_zero (data + BODY, RESERVED))
    return SQLITE_IOERR_WRITE;
  tw_vfs_page_seal (file, &place, data, sealed);
  return tw_vfs_real_write (file, sealed, PAGE, offset);
}

static int
on_close (sqlite3_file *base)
{
  TwVfsFile *file = (TwVfsFile *) base;
  sqlite3_file *real = tw_vfs_real (file);
  int rc = real->pMethods->xClose (real);

  tw_vfs_forget_keys (file);
  return rc;
}

static int
on_read (sqlite3_file *base, void *data, int length, sqlite3_int64 offset)
{
  TwVfsFile *file = (TwVfsFile *) base;

  switch (file->kind)
    {
    case KIND_MAIN:
      return read_main (file, data, length, offset);
    case KIND_WAL:
      return tw_vfs_wal_read (file, data, length, offset);
    case KIND_JOURNAL:
    case N_KINDS:
    default:
      return read_journal (file, data, length, offset);
    }
}

static int
on_write (sqlite3_file *base, const void *data, int length, sqlite3_int64 offset)
{
  TwVfsFile *file = (TwVfsFile *) base;

  switch (file->kind)
    {
    case KIND_MAIN:
      return write_main (file, data, length, offset);
    case KIND_WAL:
      return tw_vfs_wal_write (file, data, length, offset);
    case KIND_JOURNAL:
    case N_KINDS:
    default:
      return write_journal (file, data, length, offset);
    }
}

static int
on_truncate (sqlite3_file *base, sqlite3_int64 size)
{
  TwVfsFile *file = (TwVfsFile *) base;
  sqlite3_file *real = tw_vfs_real (file);
  gint64 now = 0;
  int rc;

  if (file->kind == KIND_MAIN)
    {
      rc = tw_vfs_real_size (file, &now);
      if (rc != SQLITE_OK)
        return rc;
      if (size > now)
        {
          rc = tw_vfs_identify_or_create (file);
          return rc == SQLITE_OK ? fill (file, (guint32) (size / PAGE + 1)) : rc;
        }
      if (size == 0)
        file->id_known = FALSE;
    }
  rc = tw_vfs_wal_flush (file);
  if (rc != SQLITE_OK)
    return rc;
  return real->pMethods->xTruncate (real, size);
}

static int
on_sync (sqlite3_file *base, int flags)
{
  TwVfsFile *file = (TwVfsFile *) base;
  sqlite3_file *real = tw_vfs_real (file);
  int rc = tw_vfs_wal_flush (file);

  if (rc != SQLITE_OK)
    return rc;
  /* What another process appends after this is not known here. */
  file->header_at = -1;
  file->previous_at = -1;
  return real->pMethods->xSync (real, flags);
}

static int
on_file_size (sqlite3_file *base, sqlite3_int64 *size)
{
  sqlite3_file *real = tw_vfs_real ((TwVfsFile *) base);
  int rc = tw_vfs_wal_flush ((TwVfsFile *) base);

  return rc == SQLITE_OK ? real->pMethods->xFileSize (real, size) : rc;
}

static int
on_lock (sqlite3_file *base, int level)
{
  sqlite3_file *real = tw_vfs_real ((TwVfsFile *) base);

  return real->pMethods->xLock (real, level);
}

static int
on_unlock (sqlite3_file *base, int level)
{
  sqlite3_file *real = tw_vfs_real ((TwVfsFile *) base);

  return real->pMethods->xUnlock (real, level);
}

static int
on_check_reserved_lock (sqlite3_file *base, int *result)
{
  sqlite3_file *real = tw_vfs_real ((TwVfsFile *) base);

  return real->pMethods->xCheckReservedLock (real, result);
}

static int
on_file_control (sqlite3_file *base, int op, void *argument)
{
  sqlite3_file *real = tw_vfs_real ((TwVfsFile *) base);

  switch (op)
    {
    case SQLITE_FCNTL_MMAP_SIZE:
      *(sqlite3_int64 *) argument = 0;
      return SQLITE_OK;
    case SQLITE_FCNTL_SIZE_HINT:
    case SQLITE_FCNTL_CHUNK_SIZE:
      /* Either would leave space that nobody has sealed. */
      return SQLITE_OK;
    default:
      return real->pMethods->xFileControl (real, op, argument);
    }
}

static int
on_sector_size (sqlite3_file *base)
{
  sqlite3_file *real = tw_vfs_real ((TwVfsFile *) base);

  return real->pMethods->xSectorSize (real);
}

/* A sealed page is all or nothing: half an old and half a new one is damage. So no promise of
 * atomic writes is passed on; that bytes next to a write stay as they are is needed, or SQLite
 * would split pages at sector ends when it syncs. */
static int
on_device_characteristics (sqlite3_file *base)
{
  sqlite3_file *real = tw_vfs_real ((TwVfsFile *) base);
  int known = real->pMethods->xDeviceCharacteristics (real);

  return (known & (SQLITE_IOCAP_UNDELETABLE_WHEN_OPEN | SQLITE_IOCAP_IMMUTABLE)) |
         SQLITE_IOCAP_POWERSAFE_OVERWRITE;
}

static int
on_shm_map (sqlite3_file *base, int region, int size, int extend, void volatile **memory)
{
  sqlite3_file *real = tw_vfs_real ((TwVfsFile *) base);

  return real->pMethods->xShmMap (real, region, size, extend, memory);
}

static int
on_shm_lock (sqlite3_file *base, int offset, int n, int flags)
{
  TwVfsFile *file = (TwVfsFile *) base;
  sqlite3_file *real = tw_vfs_real (file);

  if (offset == WRITE_LOCK)
    file->turns++;
  return real->pMethods->xShmLock (real, offset, n, flags);
}

static void
on_shm_barrier (sqlite3_file *base)
{
  sqlite3_file *real = tw_vfs_real ((TwVfsFile *) base);

  real->pMethods->xShmBarrier (real);
}

static int
on_shm_unmap (sqlite3_file *base, int delete)
{
  sqlite3_file *real = tw_vfs_real ((TwVfsFile *) base);

  return real->pMethods->xShmUnmap (real, delete);
}

/* Version 2: memory-mapped reads (version 3) would show sealed pages. */
const sqlite3_io_methods tw_vfs_file_methods = {
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
