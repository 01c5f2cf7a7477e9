// SPDX-License-Identifier: GPL-3.0-or-later
/* A file is a row of records: a length in four bytes (most significant first), then a sealed piece
 * of that length. The first record tells the size of the whole; each of the others says at which
 * offset of which blob it belongs, so that none can be moved, left out at the front or taken from
 * another one. While the file grows its name ends in ".part"; a record that a crash has cut off is
 * cut off for good. */
#include "server/http/tw-blob-store.h"

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
#define MAX_RECORDS 1024

struct _TwBlobStore
{
  char *folder;
  TwKey *column;
  TwKey *lookup;
  GMutex lock; /* one writes at a time */
};

typedef struct
{
  GBytes *data; /* the whole file */
  gint64 size;
  gint64 have;
  gsize used;        /* bytes of the file that are whole records */
  GPtrArray *pieces; /* of GBytes, opened */
} Opened;

static void
opened_clear (Opened *opened)
{
  g_clear_pointer (&opened->data, g_bytes_unref);
  g_clear_pointer (&opened->pieces, g_ptr_array_unref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Opened, opened_clear)

static gboolean
set_io_error (GError **error, const char *doing)
{
  g_set_error (error,
               TW_ERROR,
               errno == ENOSPC ? TW_ERROR_BUSY : TW_ERROR_INTERNAL,
               "%s: %s",
               doing,
               g_strerror (errno));
  return FALSE;
}

/**
 * tw_blob_store_new:
 * @folder: where the files are; made when it is not there
 * @column: what they are sealed with
 * @lookup: what their names are made with
 * @error: no such folder
 *
 * Returns: (transfer full) (nullable): the store
 */
TwBlobStore *
tw_blob_store_new (const char *folder, TwKey *column, TwKey *lookup, GError **error)
{
  TwBlobStore *store;

  if (g_mkdir_with_parents (folder, 0700) != 0)
    {
      set_io_error (error, folder);
      return NULL;
    }
  store = g_new0 (TwBlobStore, 1);
  store->folder = g_strdup (folder);
  store->column = tw_key_ref (column);
  store->lookup = tw_key_ref (lookup);
  g_mutex_init (&store->lock);
  return store;
}

void
tw_blob_store_free (TwBlobStore *store)
{
  if (store == NULL)
    return;
  g_free (store->folder);
  tw_key_unref (store->column);
  tw_key_unref (store->lookup);
  g_mutex_clear (&store->lock);
  g_free (store);
}

/**
 * tw_blob_check_hash:
 * @hash: what claims to name a blob
 *
 * Returns: whether it is BLAKE2b-256 in lower-case hex
 */
gboolean
tw_blob_check_hash (const char *hash)
{
  return strlen (hash) == 2 * TW_HASH_BYTES &&
         strspn (hash, "0123456789abcdef") == 2 * TW_HASH_BYTES;
}

/* The name says neither whose it is nor what is in it; another account's upload of the same content
 * is another file, so that knowing a hash opens nothing. */
static char *
make_name (TwBlobStore *store, const char *account_id, const char *hash)
{
  g_autofree char *text = g_strjoin ("\n", "blob", account_id, hash, NULL);

  return tw_keyed_hash (store->lookup, text);
}

static char *
make_path (TwBlobStore *store, const char *name, gboolean part)
{
  g_autofree char *file = g_strconcat (name, part ? ".part" : "", NULL);
  g_autofree char *shelf = g_strndup (name, 2);

  return g_build_filename (store->folder, shelf, file, NULL);
}

static char *
make_context (const char *name, gint64 offset)
{
  return g_strdup_printf ("blob/%s/%" G_GINT64_FORMAT, name, offset);
}

/* The record at opened->used; NULL without an error when what is left is not a whole one. */
static GBytes *
read_record (TwBlobStore *store, Opened *opened, const char *name, gint64 offset, GError **error)
{
  g_autofree char *context = make_context (name, offset);
  gsize total;
  const guint8 *bytes = g_bytes_get_data (opened->data, &total);
  guint32 length;
  GBytes *plain;

  if (total - opened->used < sizeof length)
    return NULL;
  memcpy (&length, bytes + opened->used, sizeof length);
  length = GUINT32_FROM_BE (length);
  if (total - opened->used - sizeof length < length)
    return NULL;
  plain = tw_unseal (store->column, bytes + opened->used + sizeof length, length, context, error);
  if (plain != NULL)
    opened->used += sizeof length + length;
  return plain;
}

/* Opens all that is there. FALSE with TW_ERROR_NOT_FOUND when there is no such file. */
static gboolean
open_file (TwBlobStore *store, const char *name, gboolean part, Opened *opened, GError **error)
{
  g_autofree char *path = make_path (store, name, part);
  g_autoptr (GError) local = NULL;
  g_autoptr (GBytes) head = NULL;
  GBytes *piece;
  char *data;
  gsize length;

  if (!g_file_get_contents (path, &data, &length, &local))
    {
      gboolean absent = g_error_matches (local, G_FILE_ERROR, G_FILE_ERROR_NOENT);

      g_set_error (error,
                   TW_ERROR,
                   absent ? TW_ERROR_NOT_FOUND : TW_ERROR_INTERNAL,
                   "%s",
                   absent ? _ ("There is no such file.") : local->message);
      return FALSE;
    }
  opened->data = g_bytes_new_take (data, length);
  opened->pieces = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  head = read_record (store, opened, name, -1, error);
  if (head == NULL)
    {
      if (error != NULL && *error == NULL)
        g_set_error_literal (error, TW_ERROR, TW_ERROR_NOT_FOUND, _ ("There is no such file."));
      return FALSE;
    }
  opened->size = g_ascii_strtoll (g_bytes_get_data (head, NULL), NULL, 10);
  while ((piece = read_record (store, opened, name, opened->have, &local)) != NULL)
    {
      opened->have += (gint64) g_bytes_get_size (piece);
      g_ptr_array_add (opened->pieces, piece);
    }
  if (local == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&local));
  return FALSE;
}

/**
 * tw_blob_get_state:
 * @store: the store
 * @account_id: who asks
 * @hash: of the content
 * @state: (out): how far it is
 * @error: %TW_ERROR_NOT_FOUND when this account has nothing of it
 *
 * Returns: whether there is something of it
 */
gboolean
tw_blob_get_state (TwBlobStore *store,
                   const char *account_id,
                   const char *hash,
                   TwBlobState *state,
                   GError **error)
{
  g_autofree char *name = make_name (store, account_id, hash);
  g_auto (Opened) whole = { 0 };
  g_auto (Opened) part = { 0 };
  g_autoptr (GError) local = NULL;

  memset (state, 0, sizeof *state);
  if (open_file (store, name, FALSE, &whole, &local))
    {
      state->size = state->have = whole.size;
      state->complete = TRUE;
      return TRUE;
    }
  if (!g_error_matches (local, TW_ERROR, TW_ERROR_NOT_FOUND))
    {
      g_propagate_error (error, g_steal_pointer (&local));
      return FALSE;
    }
  if (!open_file (store, name, TRUE, &part, error))
    return FALSE;
  state->size = part.size;
  state->have = part.have;
  return TRUE;
}

static void
add_record (TwBlobStore *store, GByteArray *out, const char *name, gint64 offset, GBytes *plain)
{
  g_autofree char *context = make_context (name, offset);
  gsize length;
  const void *data = g_bytes_get_data (plain, &length);
  g_autoptr (GBytes) sealed = tw_seal (store->column, data, length, context);
  guint32 n = GUINT32_TO_BE ((guint32) g_bytes_get_size (sealed));

  g_byte_array_append (out, (const guint8 *) &n, sizeof n);
  g_byte_array_append (out, g_bytes_get_data (sealed, NULL), (guint) g_bytes_get_size (sealed));
}

static gboolean
write_at (const char *path, gsize at, GByteArray *data, GError **error)
{
  int fd = g_open (path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
  gsize done = 0;

  if (fd < 0)
    return set_io_error (error, path);
  while (done < data->len)
    {
      gssize n = pwrite (fd, data->data + done, data->len - done, (off_t) (at + done));

      if (n < 0 && errno == EINTR)
        continue;
      if (n < 0)
        break;
      done += (gsize) n;
    }
  if (done < data->len || ftruncate (fd, (off_t) (at + data->len)) != 0 || fsync (fd) != 0)
    {
      set_io_error (error, path);
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
    set_io_error (error, folder);
  if (fd >= 0)
    close (fd);
  return ok;
}

static GBytes *
join (Opened *opened)
{
  GByteArray *all = g_byte_array_sized_new ((guint) opened->have);

  for (guint i = 0; i < opened->pieces->len; i++)
    {
      GBytes *piece = g_ptr_array_index (opened->pieces, i);

      g_byte_array_append (all, g_bytes_get_data (piece, NULL), (guint) g_bytes_get_size (piece));
    }
  return g_byte_array_free_to_bytes (all);
}

/* All is there: is it what it was said to be? If not it is thrown away. */
static gboolean
complete (TwBlobStore *store, const char *name, const char *hash, GError **error)
{
  g_autofree char *part = make_path (store, name, TRUE);
  g_autofree char *path = make_path (store, name, FALSE);
  g_auto (Opened) opened = { 0 };
  g_autoptr (GBytes) content = NULL;
  g_autofree char *found = NULL;

  if (!open_file (store, name, TRUE, &opened, error))
    return FALSE;
  content = join (&opened);
  found = tw_hash_hex (g_bytes_get_data (content, NULL), g_bytes_get_size (content));
  if (strcmp (found, hash) != 0)
    {
      g_unlink (part);
      g_set_error_literal (
          error, TW_ERROR, TW_ERROR_INVALID, _ ("The file was changed on its way. Send it again."));
      return FALSE;
    }
  if (g_rename (part, path) != 0)
    return set_io_error (error, path);
  return sync_folder (path, error);
}

static gboolean
append (TwBlobStore *store,
        const char *name,
        const char *hash,
        gint64 offset,
        gint64 size,
        GBytes *piece,
        TwBlobState *state,
        GError **error)
{
  g_autofree char *path = make_path (store, name, TRUE);
  g_autofree char *shelf = g_path_get_dirname (path);
  g_autoptr (GByteArray) records = g_byte_array_new ();
  g_autoptr (GError) local = NULL;
  g_auto (Opened) opened = { 0 };
  gint64 length = (gint64) g_bytes_get_size (piece);

  if (!open_file (store, name, TRUE, &opened, &local))
    {
      g_autofree char *text = g_strdup_printf ("%" G_GINT64_FORMAT, size);
      g_autoptr (GBytes) head = g_bytes_new (text, strlen (text) + 1);

      if (!g_error_matches (local, TW_ERROR, TW_ERROR_NOT_FOUND))
        {
          g_propagate_error (error, g_steal_pointer (&local));
          return FALSE;
        }
      if (g_mkdir_with_parents (shelf, 0700) != 0)
        return set_io_error (error, shelf);
      opened.size = size;
      opened.have = 0;
      opened.used = 0;
      add_record (store, records, name, -1, head);
    }
  state->size = opened.size;
  state->have = opened.have;
  if (opened.size != size || opened.have != offset)
    {
      g_set_error (error,
                   TW_ERROR,
                   TW_ERROR_CONFLICT,
                   "There are %" G_GINT64_FORMAT " of %" G_GINT64_FORMAT " bytes; go on from there",
                   opened.have,
                   opened.size);
      return FALSE;
    }
  if (opened.pieces != NULL && opened.pieces->len >= MAX_RECORDS)
    {
      g_set_error_literal (error, TW_ERROR, TW_ERROR_TOO_MANY, "The pieces are too small");
      return FALSE;
    }
  add_record (store, records, name, offset, piece);
  if (!write_at (path, opened.used, records, error) || !sync_folder (path, error))
    return FALSE;
  state->have = offset + length;
  if (state->have < size)
    return TRUE;
  state->complete = complete (store, name, hash, error);
  return state->complete;
}

/**
 * tw_blob_append:
 * @store: the store
 * @account_id: who uploads
 * @hash: of the whole content
 * @offset: where @piece begins; as many bytes as are there
 * @size: of the whole
 * @piece: not empty, unless the whole is
 * @state: (out): how far it is now
 * @error: %TW_ERROR_CONFLICT when it has to go on elsewhere, as @state says; %TW_ERROR_INVALID when
 * all is there and is not what @hash says: it has to be sent anew
 *
 * What this says is there is on disk. A piece of something complete is taken as a repeat.
 *
 * Returns: whether the piece was kept
 */
gboolean
tw_blob_append (TwBlobStore *store,
                const char *account_id,
                const char *hash,
                gint64 offset,
                gint64 size,
                GBytes *piece,
                TwBlobState *state,
                GError **error)
{
  g_autofree char *name = make_name (store, account_id, hash);
  g_autofree char *whole = make_path (store, name, FALSE);
  gboolean ok;

  memset (state, 0, sizeof *state);
  g_mutex_lock (&store->lock);
  if (g_file_test (whole, G_FILE_TEST_EXISTS))
    ok = tw_blob_get_state (store, account_id, hash, state, error);
  else
    ok = append (store, name, hash, offset, size, piece, state, error);
  g_mutex_unlock (&store->lock);
  return ok;
}

/**
 * tw_blob_read:
 * @store: the store
 * @account_id: who asks
 * @hash: of the content
 * @error: %TW_ERROR_NOT_FOUND when this account has not uploaded all of it; %TW_ERROR_DAMAGED
 *
 * Returns: (transfer full) (nullable): the content
 */
GBytes *
tw_blob_read (TwBlobStore *store, const char *account_id, const char *hash, GError **error)
{
  g_autofree char *name = make_name (store, account_id, hash);
  g_auto (Opened) opened = { 0 };

  if (!open_file (store, name, FALSE, &opened, error))
    return NULL;
  if (opened.have != opened.size)
    {
      g_set_error_literal (error, TW_ERROR, TW_ERROR_DAMAGED, _ ("The file is damaged."));
      return NULL;
    }
  return join (&opened);
}
