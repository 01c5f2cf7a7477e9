// SPDX-License-Identifier: GPL-3.0-or-later
/* The write-ahead log; tw-vfs-recovery.c reads it after a crash.
 *
 * SQLite writes frame headers and pages apart, and sometimes a page again without its header; so
 * the page's number is that of the last header written here, or is read from the file. A header
 * waits for its page, to be one write with it; whatever else comes first writes it. The header's
 * salts are not authenticated: SQLite leaves them zero in some intermediate writes. */
#include "db/tw-vfs-private.h"

static void
place_of (const guint8 header[FRAME_HEADER], gboolean starts, TwVfsPlace *place)
{
  place->kind = KIND_WAL;
  place->number = tw_vfs_get_u32 (header);
  place->commit_size = tw_vfs_get_u32 (header + 4);
  place->starts = starts;
}

gboolean
tw_vfs_open_frame (TwVfsFile *file, const guint8 *frame, guint8 *plain)
{
  TwVfsPlace place;

  place_of (frame, FALSE, &place);
  return file->main->id_known && tw_vfs_page_open (file, &place, frame + FRAME_HEADER, plain);
}

static int
read_page (TwVfsFile *file, guint8 *data, int length, gint64 frame, int skip)
{
  guint8 sealed[FRAME];
  guint8 plain[PAGE];
  int rc = tw_vfs_real_read (file, sealed, FRAME, tw_vfs_frame_at (frame));

  if (rc != SQLITE_OK)
    {
      memset (data, 0, length);
      return rc;
    }
  if (length == PAGE)
    return tw_vfs_open_frame (file, sealed, data) ? SQLITE_OK : SQLITE_IOERR_DATA;
  if (!tw_vfs_open_frame (file, sealed, plain))
    return SQLITE_IOERR_DATA;
  memcpy (data, plain + skip, length);
  sodium_memzero (plain, sizeof plain);
  return SQLITE_OK;
}

/* Otherwise it asks for whole frames to sum them anew, when it has written a page of the running
 * transaction again: their old sums are wrong then. */
static int
read_frame (TwVfsFile *file, guint8 *data, gint64 number)
{
  guint8 sealed[FRAME];
  int rc = tw_vfs_real_read (file, sealed, FRAME, tw_vfs_frame_at (number));

  if (rc != SQLITE_OK)
    return rc;
  memcpy (data, sealed, FRAME_HEADER);
  return tw_vfs_open_frame (file, sealed, data + FRAME_HEADER) ? SQLITE_OK : SQLITE_IOERR_DATA;
}

/* What was written in an earlier turn may have been taken back since, and have made place for what
 * another connection wrote: it is not what stands there. */
static void
forget_earlier_turns (TwVfsFile *file)
{
  if (file->kind != KIND_WAL || file->turn == file->main->turns)
    return;
  file->turn = file->main->turns;
  file->header_at = -1;
  file->header_waits = FALSE;
  file->previous_at = -1;
}

/* Writes the header that waits for its page, if there is one. */
int
tw_vfs_wal_flush (TwVfsFile *file)
{
  forget_earlier_turns (file);
  if (!file->header_waits)
    return SQLITE_OK;
  file->header_waits = FALSE;
  return tw_vfs_real_write (file, file->header, FRAME_HEADER, file->header_at);
}

int
tw_vfs_wal_read (TwVfsFile *file, void *data, int length, gint64 offset)
{
  gint64 frame = (offset - WAL_HEADER) / FRAME;
  int within = (int) ((offset - WAL_HEADER) % FRAME);
  int rc = tw_vfs_wal_flush (file);

  if (rc == SQLITE_OK && !file->main->id_known)
    rc = tw_vfs_identify (file->main);
  if (rc != SQLITE_OK && rc != SQLITE_EMPTY)
    return rc;
  if (offset >= WAL_HEADER && within == 0 && length == FRAME)
    return file->recovering ? tw_vfs_recover_frame (file, data, frame)
                            : read_frame (file, data, frame);
  file->recovering = offset == 0 && length == WAL_HEADER;
  if (file->recovering)
    return tw_vfs_read_log_header (file, data);
  if (offset + length <= WAL_HEADER)
    return tw_vfs_real_read (file, data, length, offset);
  if (offset < WAL_HEADER || within + length > FRAME)
    return SQLITE_IOERR_READ;
  if (within + length <= FRAME_HEADER)
    return tw_vfs_real_read (file, data, length, offset);
  if (within < FRAME_HEADER)
    return SQLITE_IOERR_READ;
  return read_page (file, data, length, frame, within - FRAME_HEADER);
}

/* Is the frame the first of its transaction? Then the one before it is a commit. */
static int
frame_starts (TwVfsFile *file, gint64 frame, gboolean *starts)
{
  guint8 size[4];
  int rc;

  *starts = frame == 0;
  if (frame == 0)
    return SQLITE_OK;
  if (file->previous_at == tw_vfs_frame_at (frame - 1))
    {
      *starts = file->previous_is_commit;
      return SQLITE_OK;
    }
  rc = tw_vfs_real_read (file, size, sizeof size, tw_vfs_frame_at (frame - 1) + 4);
  *starts = rc == SQLITE_OK && tw_vfs_get_u32 (size) != 0;
  return rc;
}

static int
write_header (TwVfsFile *file, const guint8 *data, gint64 offset)
{
  int rc = tw_vfs_wal_flush (file);

  if (rc != SQLITE_OK)
    return rc;
  if (file->header_at >= 0)
    {
      file->previous_at = file->header_at;
      file->previous_is_commit = tw_vfs_get_u32 (file->header + 4) != 0;
    }
  file->header_at = offset;
  memcpy (file->header, data, FRAME_HEADER);
  file->header_waits = TRUE;
  return SQLITE_OK;
}

static int
write_page (TwVfsFile *file, const guint8 *data, gint64 frame)
{
  guint8 sealed[FRAME];
  gboolean with_header = file->header_waits && file->header_at == tw_vfs_frame_at (frame);
  TwVfsPlace place;
  gboolean starts = FALSE;
  int rc = with_header ? SQLITE_OK : tw_vfs_wal_flush (file);

  if (rc == SQLITE_OK && file->header_at == tw_vfs_frame_at (frame))
    memcpy (sealed, file->header, FRAME_HEADER);
  else if (rc == SQLITE_OK)
    rc = tw_vfs_real_read (file, sealed, FRAME_HEADER, tw_vfs_frame_at (frame));
  if (rc == SQLITE_OK)
    rc = frame_starts (file, frame, &starts);
  if (rc != SQLITE_OK)
    return SQLITE_IOERR_WRITE;
  place_of (sealed, starts, &place);
  if (!file->main->id_known || !tw_vfs_page_is_writable (data, place.number))
    return SQLITE_IOERR_WRITE;
  tw_vfs_page_seal (file, &place, data, sealed + FRAME_HEADER);
  if (!with_header)
    return tw_vfs_real_write (file, sealed + FRAME_HEADER, PAGE,
                              tw_vfs_frame_at (frame) + FRAME_HEADER);
  file->header_waits = FALSE;
  return tw_vfs_real_write (file, sealed, FRAME, tw_vfs_frame_at (frame));
}

int
tw_vfs_wal_write (TwVfsFile *file, const void *data, int length, gint64 offset)
{
  gint64 frame = (offset - WAL_HEADER) / FRAME;
  int within = (int) ((offset - WAL_HEADER) % FRAME);

  file->recovering = FALSE;
  if (offset + length <= WAL_HEADER)
    {
      int rc = tw_vfs_wal_flush (file);

      return rc == SQLITE_OK ? tw_vfs_real_write (file, data, length, offset) : rc;
    }
  if (offset < WAL_HEADER)
    return SQLITE_IOERR_WRITE;
  if (within == 0 && length == FRAME_HEADER)
    return write_header (file, data, offset);
  if (within == FRAME_HEADER && length == PAGE)
    return write_page (file, data, frame);
  return SQLITE_IOERR_WRITE;
}
