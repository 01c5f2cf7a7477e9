// SPDX-License-Identifier: GPL-3.0-or-later
/* A file is a row of records: a length in four bytes (most significant first), then a sealed piece
 * of that length. The first record tells the size of the whole; each of the others says at which
 * offset of which blob it belongs, so that none can be moved, left out at the front or taken from
 * another one. While the file grows its name ends in ".part"; a record that a crash has cut off is
 * cut off for good. Growing looks at the lengths only; the pieces are opened once, when all is
 * there, and then by who reads them. */
#include "server/http/tw-blob-file.h"

#include <errno.h>
#include <fcntl.h>
#include <gio/gio.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/tw-error.h"
#include "protocol/tw-routes.h"

#define OVERHEAD 40 /* of a sealed piece */
#define HEAD_MAX_BYTES 256

gboolean
tw_blob_set_io_error (GError **error, const char *doing)
{
  g_set_error (error, TW_ERROR,
               errno == ENOSPC || errno == EDQUOT ? TW_ERROR_BUSY : TW_ERROR_INTERNAL, "%s: %s",
               doing, g_strerror (errno));
  return FALSE;
}

static gboolean
set_absent (GError **error)
{
  g_set_error_literal (error, TW_ERROR, TW_ERROR_NOT_FOUND, N_ ("There is no such file."));
  return FALSE;
}

static char *
make_context (const char *name, gint64 offset)
{
  return g_strdup_printf ("blob/%s/%" G_GINT64_FORMAT, name, offset);
}

/* All @length bytes, or as many as there are. */
static gssize
read_at (int fd, void *data, gsize length, gint64 at)
{
  gsize done = 0;

  while (done < length)
    {
      gssize n = pread (fd, (guint8 *) data + done, length - done, (off_t) at + (off_t) done);

      if (n < 0 && errno == EINTR)
        continue;
      if (n < 0)
        return -1;
      if (n == 0)
        break;
      done += (gsize) n;
    }
  return (gssize) done;
}

/* The length of the record at @at; FALSE when what is left is not a whole one. */
static gboolean
read_length (int fd, gint64 at, gint64 file_size, gint64 *length)
{
  guint32 n;

  if (file_size - at < (gint64) sizeof n || read_at (fd, &n, sizeof n, at) != sizeof n)
    return FALSE;
  *length = GUINT32_FROM_BE (n);
  return *length >= OVERHEAD && file_size - at - (gint64) sizeof n >= *length;
}

static GBytes *
open_record (
  TwKey *key, int fd, gint64 at, gint64 length, const char *name, gint64 offset, GError **error)
{
  g_autofree char *context = make_context (name, offset);
  g_autofree guint8 *sealed = g_malloc ((gsize) length);

  if (read_at (fd, sealed, (gsize) length, at + (gint64) sizeof (guint32)) != (gssize) length)
    {
      tw_blob_set_io_error (error, name);
      return NULL;
    }
  return tw_unseal (key, sealed, (gsize) length, context, error);
}

/* TW_ERROR_NOT_FOUND when the head was not written any more. */
static gboolean
read_head (
  TwKey *key, int fd, gint64 file_size, const char *name, TwBlobOutline *outline, GError **error)
{
  g_autoptr (GBytes) head = NULL;
  gint64 length;

  if (!read_length (fd, 0, file_size, &length) || length > HEAD_MAX_BYTES)
    return set_absent (error);
  head = open_record (key, fd, 0, length, name, -1, error);
  if (head == NULL)
    return FALSE;
  outline->size = g_ascii_strtoll (g_bytes_get_data (head, NULL), NULL, 10);
  outline->used = (gint64) sizeof (guint32) + length;
  return TRUE;
}

static int
open_file (const char *path, gint64 *file_size, GError **error)
{
  int fd = g_open (path, O_RDONLY | O_CLOEXEC, 0);
  struct stat info;

  if (fd >= 0 && fstat (fd, &info) == 0)
    {
      *file_size = (gint64) info.st_size;
      return fd;
    }
  if (errno == ENOENT)
    set_absent (error);
  else
    tw_blob_set_io_error (error, path);
  if (fd >= 0)
    close (fd);
  return -1;
}

/**
 * tw_blob_file_look:
 * @key: what it is sealed with
 * @path: the file
 * @name: the blob's, which its records are bound to
 * @outline: (out): how far it has grown
 * @error: %TW_ERROR_NOT_FOUND when there is none, or nothing in it
 *
 * Reads a few bytes a piece, however long those are.
 *
 * Returns: whether there is one
 */
gboolean
tw_blob_file_look (
  TwKey *key, const char *path, const char *name, TwBlobOutline *outline, GError **error)
{
  gint64 file_size, length;
  gboolean ok;
  int fd = open_file (path, &file_size, error);

  memset (outline, 0, sizeof *outline);
  if (fd < 0)
    return FALSE;
  ok = read_head (key, fd, file_size, name, outline, error);
  while (ok && read_length (fd, outline->used, file_size, &length))
    {
      outline->used += (gint64) sizeof (guint32) + length;
      outline->have += length - OVERHEAD;
      outline->n_pieces++;
    }
  close (fd);
  return ok;
}

static void
add_record (TwKey *key, GByteArray *out, const char *name, gint64 offset, GBytes *plain)
{
  g_autofree char *context = make_context (name, offset);
  gsize length;
  const void *data = g_bytes_get_data (plain, &length);
  g_autoptr (GBytes) sealed = tw_seal (key, data, length, context);
  guint32 n = GUINT32_TO_BE ((guint32) g_bytes_get_size (sealed));

  g_byte_array_append (out, (const guint8 *) &n, sizeof n);
  g_byte_array_append (out, g_bytes_get_data (sealed, NULL), (guint) g_bytes_get_size (sealed));
}

static gboolean
write_at (const char *path, gint64 at, GByteArray *data, GError **error)
{
  int fd = g_open (path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
  gsize done = 0;

  if (fd < 0)
    return tw_blob_set_io_error (error, path);
  while (done < data->len)
    {
      gssize n = pwrite (fd, data->data + done, data->len - done, (off_t) at + (off_t) done);

      if (n < 0 && errno == EINTR)
        continue;
      if (n < 0)
        break;
      done += (gsize) n;
    }
  if (done < data->len || ftruncate (fd, (off_t) at + (off_t) data->len) != 0 || fsync (fd) != 0)
    {
      tw_blob_set_io_error (error, path);
      close (fd);
      return FALSE;
    }
  close (fd);
  return TRUE;
}

static gboolean
sync_folder (const char *path, GError **error)
{
  g_autofree char *folder = g_path_get_dirname (path);
  int fd = g_open (folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0);
  gboolean ok = fd >= 0 && fsync (fd) == 0;

  if (!ok)
    tw_blob_set_io_error (error, folder);
  if (fd >= 0)
    close (fd);
  return ok;
}

/**
 * tw_blob_file_append:
 * @key: what it is sealed with
 * @path: the file
 * @name: the blob's
 * @outline: (inout): as it was found; with @used 0 the file is begun, of @size bytes
 * @piece: what follows
 * @error: it can't be written
 *
 * Returns: whether the piece is on the disk
 */
gboolean
tw_blob_file_append (TwKey *key,
                     const char *path,
                     const char *name,
                     TwBlobOutline *outline,
                     GBytes *piece,
                     GError **error)
{
  g_autoptr (GByteArray) records = g_byte_array_new ();
  gboolean begun = outline->used > 0;

  if (!begun)
    {
      g_autofree char *text = g_strdup_printf ("%" G_GINT64_FORMAT, outline->size);
      g_autoptr (GBytes) head = g_bytes_new (text, strlen (text) + 1);

      add_record (key, records, name, -1, head);
    }
  add_record (key, records, name, outline->have, piece);
  if (!write_at (path, outline->used, records, error) || (!begun && !sync_folder (path, error)))
    return FALSE;
  outline->used += records->len;
  outline->have += (gint64) g_bytes_get_size (piece);
  outline->n_pieces++;
  return TRUE;
}

/**
 * tw_blob_file_read:
 * @key: what it is sealed with
 * @path: the file
 * @name: the blob's
 * @error: %TW_ERROR_NOT_FOUND; %TW_ERROR_DAMAGED, also when not all is there
 *
 * Returns: (transfer full) (nullable): the content
 */
GBytes *
tw_blob_file_read (TwKey *key, const char *path, const char *name, GError **error)
{
  g_autoptr (GByteArray) content = g_byte_array_new ();
  TwBlobOutline outline = { 0 };
  gint64 file_size, length;
  gboolean ok;
  int fd = open_file (path, &file_size, error);

  if (fd < 0)
    return NULL;
  ok = read_head (key, fd, file_size, name, &outline, error);
  while (ok && read_length (fd, outline.used, file_size, &length))
    {
      g_autoptr (GBytes) piece =
        open_record (key, fd, outline.used, length, name, (gint64) content->len, error);

      ok = piece != NULL;
      outline.used += (gint64) sizeof (guint32) + length;
      if (ok)
        g_byte_array_append (content, g_bytes_get_data (piece, NULL),
                             (guint) g_bytes_get_size (piece));
    }
  close (fd);
  if (ok && (gint64) content->len != outline.size)
    {
      g_set_error_literal (error, TW_ERROR, TW_ERROR_DAMAGED, N_ ("The file is damaged."));
      ok = FALSE;
    }
  return ok ? g_byte_array_free_to_bytes (g_steal_pointer (&content)) : NULL;
}

/**
 * tw_blob_file_finish:
 * @key: what it is sealed with
 * @part: where it has grown, up to its size
 * @path: where it belongs
 * @name: the blob's
 * @hash: of the content
 * @error: %TW_ERROR_INVALID when it is not what @hash says: it was thrown away
 *
 * Returns: whether it is at @path now
 */
gboolean
tw_blob_file_finish (TwKey *key,
                     const char *part,
                     const char *path,
                     const char *name,
                     const char *hash,
                     GError **error)
{
  g_autoptr (GError) local = NULL;
  g_autoptr (GBytes) content = tw_blob_file_read (key, part, name, &local);
  g_autofree char *found = NULL;

  if (content == NULL && !g_error_matches (local, TW_ERROR, TW_ERROR_DAMAGED))
    {
      g_propagate_error (error, g_steal_pointer (&local));
      return FALSE;
    }
  if (content != NULL)
    found = tw_hash_hex (g_bytes_get_data (content, NULL), g_bytes_get_size (content));
  if (g_strcmp0 (found, hash) != 0)
    {
      g_unlink (part);
      g_set_error_literal (error, TW_ERROR, TW_ERROR_INVALID,
                           N_ ("The file was changed on its way. Send it again."));
      return FALSE;
    }
  if (g_rename (part, path) != 0)
    return tw_blob_set_io_error (error, path);
  return sync_folder (path, error);
}
