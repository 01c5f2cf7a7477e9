// SPDX-License-Identifier: GPL-3.0-or-later
/* The write-ahead log. SQLite's own sums cover the plain text of a page, and after a crash it reads
 * the log up to the first frame whose sum is wrong, taking that for a torn tail. So a frame that
 * doesn't open must look like one with a wrong sum, or a torn tail would keep the database from
 * opening; but a damaged frame in the middle would then silently cut off all that was committed
 * after it. The two are told apart in two ways. Looking ahead: with synchronous=FULL a transaction
 * is only started when the one before it is on the disk, so a later authentic frame that starts a
 * transaction proves that the bad one was once whole. And looking at the frame itself, for the last
 * transaction: if it is genuine but for one bit, that bit was turned, for what is torn differs in
 * half of a sector's bits. All its bits are tried, once, when the log is recovered; a frame that
 * wasn't written to its end has another file's id or no id at its end, and is not tried. Only
 * damage of more than a bit, in the last transaction, passes for a torn tail.
 *
 * SQLite writes frame headers and pages apart, and sometimes a page again without its header; so
 * the page's number is that of the last header written here, or is read from the file. A header
 * waits for its page, to be one write with it; whatever else comes first writes it. The header's
 * salts are not authenticated: SQLite leaves them zero in some intermediate writes. */
#include "db/tw-vfs-private.h"

#define PLACE_BYTES 8 /* of a frame's header: page and size, authenticated with the page */
#define SALTS_AT 8    /* in a frame's header */
#define SUMS_AT 16

static gint64
frame_at (gint64 frame)
{
  return WAL_HEADER + frame * FRAME;
}

static void
place_of (const guint8 header[FRAME_HEADER], gboolean starts, TwVfsPlace *place)
{
  place->kind = KIND_WAL;
  place->number = tw_vfs_get_u32 (header);
  place->commit_size = tw_vfs_get_u32 (header + 4);
  place->starts = starts;
}

static gboolean
open_frame (TwVfsFile *file, const guint8 *frame, guint8 *plain)
{
  TwVfsPlace place;

  place_of (frame, FALSE, &place);
  return file->main->id_known && tw_vfs_page_open (file, &place, frame + FRAME_HEADER, plain);
}

/* Is there an authentic frame from number @first on? With @salts only a frame of that generation
 * which starts a transaction counts. */
static int
find_frame (TwVfsFile *file, gint64 first, const guint8 *salts, gboolean *found)
{
  guint8 frame[FRAME];
  guint8 plain[PAGE];
  gint64 size = 0;
  int rc = tw_vfs_real_size (file, &size);

  *found = FALSE;
  for (gint64 i = first; rc == SQLITE_OK && !*found && frame_at (i + 1) <= size; i++)
    {
      if (salts != NULL)
        {
          rc = tw_vfs_real_read (file, frame, FRAME_HEADER, frame_at (i));
          if (rc != SQLITE_OK || memcmp (frame + 8, salts, 8) != 0)
            continue;
        }
      rc = tw_vfs_real_read (file, frame, FRAME, frame_at (i));
      if (rc == SQLITE_OK && (salts == NULL || tw_vfs_page_starts (frame + FRAME_HEADER)))
        *found = open_frame (file, frame, plain);
    }
  sodium_memzero (plain, sizeof plain);
  return rc;
}

/* SQLite's running sum over the log, in the byte order that the magic number names. */
static void
add_to_sums (const guint8 *log_header, const guint8 *data, gsize length, guint32 sums[2])
{
  gboolean big_endian = (log_header[3] & 1) != 0;

  for (gsize i = 0; i < length; i += 8)
    {
      guint32 a = tw_vfs_get_u32 (data + i);
      guint32 b = tw_vfs_get_u32 (data + i + 4);

      sums[0] += (big_endian ? a : GUINT32_SWAP_LE_BE (a)) + sums[1];
      sums[1] += (big_endian ? b : GUINT32_SWAP_LE_BE (b)) + sums[0];
    }
}

static gboolean
sums_are (const guint32 sums[2], const guint8 *stored)
{
  return sums[0] == tw_vfs_get_u32 (stored) && sums[1] == tw_vfs_get_u32 (stored + 4);
}

static gboolean
header_is_whole (const guint8 header[WAL_HEADER])
{
  guint32 sums[2] = { 0, 0 };

  if ((tw_vfs_get_u32 (header) & ~1u) != 0x377f0682)
    return FALSE;
  add_to_sums (header, header, WAL_HEADER - 8, sums);
  return sums_are (sums, header + WAL_HEADER - 8);
}

/* What SQLite will find as well: the sums that belong into the header of the frame. @frame: plain,
 * with its header */
static int
sum_up (
  TwVfsFile *file, const guint8 *log_header, gint64 number, const guint8 *frame, guint8 result[8])
{
  guint8 before[8];
  guint32 sums[2];
  gint64 before_at = number == 0 ? WAL_HEADER - 8 : frame_at (number - 1) + FRAME_HEADER - 8;
  int rc = tw_vfs_real_read (file, before, sizeof before, before_at);

  sums[0] = tw_vfs_get_u32 (before);
  sums[1] = tw_vfs_get_u32 (before + 4);
  add_to_sums (log_header, frame, 8, sums);
  add_to_sums (log_header, frame + FRAME_HEADER, PAGE, sums);
  tw_vfs_put_u32 (result, sums[0]);
  tw_vfs_put_u32 (result + 4, sums[1]);
  return rc;
}

/* @a, @b: 8 bytes each */
static int
differing_bits (const guint8 *a, const guint8 *b)
{
  guint64 x, y;

  memcpy (&x, a, sizeof x);
  memcpy (&y, b, sizeof y);
  return __builtin_popcountll (x ^ y);
}

/* Would the frame open if one of the bits that are authenticated were another? */
static gboolean
opens_but_for_a_bit (TwVfsFile *file, guint8 *frame)
{
  guint8 plain[PAGE];
  gboolean opens = FALSE;

  if (differing_bits (frame + FRAME_HEADER + FILE_ID_AT, file->main->id) > 1)
    return FALSE;
  for (guint at = 0; at < FRAME && !opens; at++)
    for (guint mask = 1; mask < 256 && !opens; mask <<= 1)
      {
        if (at >= PLACE_BYTES && at < FRAME_HEADER)
          continue;
        frame[at] ^= (guint8) mask;
        opens = open_frame (file, frame, plain);
        frame[at] ^= (guint8) mask;
      }
  sodium_memzero (plain, sizeof plain);
  return opens;
}

/* @frame: as it was read; @data: has its header, and gets its page. *@bits_off: 0 if SQLite will
 * take the frame, 1 if it would but for one bit, where the sealed page is not looked at. */
static int
judge_frame (TwVfsFile *file,
             const guint8 *log_header,
             gint64 number,
             const guint8 *frame,
             guint8 *data,
             gboolean *opens,
             int *bits_off)
{
  guint8 sums[8];
  int rc = SQLITE_OK;

  *bits_off = differing_bits (frame + SALTS_AT, log_header + 16);
  *opens = open_frame (file, frame, data + FRAME_HEADER);
  if (*opens && *bits_off == 0)
    {
      rc = sum_up (file, log_header, number, data, sums);
      *bits_off = differing_bits (frame + SUMS_AT, sums);
    }
  return rc;
}

/* A log with a bad header is ignored by SQLite as a whole. It is synced before the first frame is
 * written, so a frame behind a bad one means damage. */
static int
read_log_header (TwVfsFile *file, guint8 *data)
{
  gboolean found = FALSE;
  int rc = tw_vfs_real_read (file, data, WAL_HEADER, 0);

  if (rc != SQLITE_OK || header_is_whole (data))
    return rc;
  rc = find_frame (file, 0, NULL, &found);
  if (rc == SQLITE_OK && found)
    rc = SQLITE_IOERR_DATA;
  return rc;
}

/* After a crash SQLite reads the header and then one frame after the other. */
static int
recover_frame (TwVfsFile *file, guint8 *data, gint64 number)
{
  guint8 sealed[FRAME];
  guint8 log_header[WAL_HEADER];
  gboolean opens = FALSE;
  gboolean found = FALSE;
  int bits_off = 0;
  int rc = tw_vfs_real_read (file, log_header, WAL_HEADER, 0);

  if (rc == SQLITE_OK)
    rc = tw_vfs_real_read (file, sealed, FRAME, frame_at (number));
  if (rc != SQLITE_OK)
    return rc;
  memcpy (data, sealed, FRAME_HEADER);
  rc = judge_frame (file, log_header, number, sealed, data, &opens, &bits_off);
  if (rc != SQLITE_OK || (opens && bits_off == 0))
    return rc;

  /* SQLite never accepts page number 0, whatever the sum. */
  memset (data, 0, FRAME);
  rc = find_frame (file, number + 1, log_header + 16, &found);
  if (rc == SQLITE_OK && !found)
    found = opens ? bits_off == 1 : bits_off == 0 && opens_but_for_a_bit (file, sealed);
  return rc == SQLITE_OK && found ? SQLITE_IOERR_DATA : rc;
}

static int
read_page (TwVfsFile *file, guint8 *data, int length, gint64 frame, int skip)
{
  guint8 sealed[FRAME];
  guint8 plain[PAGE];
  int rc = tw_vfs_real_read (file, sealed, FRAME, frame_at (frame));

  if (rc != SQLITE_OK)
    {
      memset (data, 0, length);
      return rc;
    }
  if (length == PAGE)
    return open_frame (file, sealed, data) ? SQLITE_OK : SQLITE_IOERR_DATA;
  if (!open_frame (file, sealed, plain))
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
  int rc = tw_vfs_real_read (file, sealed, FRAME, frame_at (number));

  if (rc != SQLITE_OK)
    return rc;
  memcpy (data, sealed, FRAME_HEADER);
  return open_frame (file, sealed, data + FRAME_HEADER) ? SQLITE_OK : SQLITE_IOERR_DATA;
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
    return file->recovering ? recover_frame (file, data, frame) : read_frame (file, data, frame);
  file->recovering = offset == 0 && length == WAL_HEADER;
  if (file->recovering)
    return read_log_header (file, data);
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
  if (file->previous_at == frame_at (frame - 1))
    {
      *starts = file->previous_is_commit;
      return SQLITE_OK;
    }
  rc = tw_vfs_real_read (file, size, sizeof size, frame_at (frame - 1) + 4);
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
  gboolean with_header = file->header_waits && file->header_at == frame_at (frame);
  TwVfsPlace place;
  gboolean starts = FALSE;
  int rc = with_header ? SQLITE_OK : tw_vfs_wal_flush (file);

  if (rc == SQLITE_OK && file->header_at == frame_at (frame))
    memcpy (sealed, file->header, FRAME_HEADER);
  else if (rc == SQLITE_OK)
    rc = tw_vfs_real_read (file, sealed, FRAME_HEADER, frame_at (frame));
  if (rc == SQLITE_OK)
    rc = frame_starts (file, frame, &starts);
  if (rc != SQLITE_OK)
    return SQLITE_IOERR_WRITE;
  place_of (sealed, starts, &place);
  if (!file->main->id_known || !tw_vfs_page_is_writable (data, place.number))
    return SQLITE_IOERR_WRITE;
  tw_vfs_page_seal (file, &place, data, sealed + FRAME_HEADER);
  if (!with_header)
    return tw_vfs_real_write (file, sealed + FRAME_HEADER, PAGE, frame_at (frame) + FRAME_HEADER);
  file->header_waits = FALSE;
  return tw_vfs_real_write (file, sealed, FRAME, frame_at (frame));
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
