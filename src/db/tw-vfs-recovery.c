// SPDX-License-Identifier: GPL-3.0-or-later
/* The log as it is read after a crash. SQLite's own sums cover the plain text of a page, and it
 * then reads the log up to the first frame whose sum is wrong, taking that for a torn tail. So a
 * frame that doesn't open must look like one with a wrong sum, or a torn tail would keep the
 * database from opening; but a damaged frame in the middle would then silently cut off all that was
 * committed after it. The two are told apart in two ways. Looking ahead: with synchronous=FULL a
 * transaction is only started when the one before it is on the disk, so a later authentic frame
 * that starts a transaction proves that the bad one was once whole. And looking at the frame
 * itself, for the last transaction: if it is genuine but for one bit, that bit was turned, for what
 * is torn differs in half of a sector's bits. All its bits are tried, once, when the log is
 * recovered: a fifth of a second at worst. What was cut off before its end has no file's id there,
 * and is not tried. Only damage of more than a bit, in the last transaction, passes for a torn
 * tail. */
#include "db/tw-vfs-private.h"

#define PLACE_BYTES 8 /* of a frame's header: page and size, authenticated with the page */
#define SALTS_AT 8    /* in a frame's header */
#define SUMS_AT 16
#define SECTOR 512 /* what a disk writes as a whole, at least */

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
  for (gint64 i = first; rc == SQLITE_OK && !*found && tw_vfs_frame_at (i + 1) <= size; i++)
    {
      if (salts != NULL)
        {
          rc = tw_vfs_real_read (file, frame, FRAME_HEADER, tw_vfs_frame_at (i));
          if (rc != SQLITE_OK || memcmp (frame + 8, salts, 8) != 0)
            continue;
        }
      rc = tw_vfs_real_read (file, frame, FRAME, tw_vfs_frame_at (i));
      if (rc == SQLITE_OK && (salts == NULL || tw_vfs_page_starts (frame + FRAME_HEADER)))
        *found = tw_vfs_open_frame (file, frame, plain);
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
  gint64 before_at = number == 0 ? WAL_HEADER - 8 : tw_vfs_frame_at (number - 1) + FRAME_HEADER - 8;
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

/* Would the frame open if one of the bits that are authenticated were another? Where its place is
 * the end of a sector, and all of the rest is in others, the place alone may be torn: page numbers
 * are small, and the one that was there before is easily a bit off. */
static gboolean
opens_but_for_a_bit (TwVfsFile *file, gint64 number, guint8 *frame)
{
  guint8 plain[PAGE];
  gboolean opens = FALSE;
  gboolean place_is_alone = (tw_vfs_frame_at (number) + PLACE_BYTES) % SECTOR == 0;

  if (differing_bits (frame + FRAME_HEADER + FILE_ID_AT, file->main->id) > 1)
    return FALSE;
  for (guint at = place_is_alone ? FRAME_HEADER : 0; at < FRAME && !opens; at++)
    for (guint mask = 1; mask < 256 && !opens; mask <<= 1)
      {
        if (at >= PLACE_BYTES && at < FRAME_HEADER)
          continue;
        frame[at] ^= (guint8) mask;
        opens = tw_vfs_open_frame (file, frame, plain);
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
  *opens = tw_vfs_open_frame (file, frame, data + FRAME_HEADER);
  if (*opens && *bits_off == 0)
    {
      rc = sum_up (file, log_header, number, data, sums);
      *bits_off = differing_bits (frame + SUMS_AT, sums);
    }
  return rc;
}

/* A log with a bad header is ignored by SQLite as a whole. It is synced before the first frame is
 * written, so a frame behind a bad one means damage. */
int
tw_vfs_read_log_header (TwVfsFile *file, guint8 *data)
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
int
tw_vfs_recover_frame (TwVfsFile *file, guint8 *data, gint64 number)
{
  guint8 sealed[FRAME];
  guint8 log_header[WAL_HEADER];
  gboolean opens = FALSE;
  gboolean found = FALSE;
  int bits_off = 0;
  int rc = tw_vfs_real_read (file, log_header, WAL_HEADER, 0);

  if (rc == SQLITE_OK)
    rc = tw_vfs_real_read (file, sealed, FRAME, tw_vfs_frame_at (number));
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
    found = opens ? bits_off == 1 : bits_off == 0 && opens_but_for_a_bit (file, number, sealed);
  return rc == SQLITE_OK && found ? SQLITE_IOERR_DATA : rc;
}
