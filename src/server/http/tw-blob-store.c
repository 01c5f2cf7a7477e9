// SPDX-License-Identifier: GPL-3.0-or-later
/* Which file is whose, and when it may grow. tw-blob-file.c has what is in one, tw-blob-room.c how
 * much there may be. */
#include "server/http/tw-blob-store.h"

#include <errno.h>
#include <gio/gio.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/tw-error.h"
#include "server/http/tw-blob-room.h"

#define MAX_PIECES 1024

struct _TwBlobStore
{
  char *folder;
  TwKey *column;
  TwKey *lookup;
  GMutex lock;      /* one writes at a time */
  TwBlobRoom *room; /* guarded by the lock */
};

/* Where a blob of an account is. */
typedef struct
{
  char *name;
  char *shelf;
  char *whole;
  char *part;
} Place;

static void
place_clear (Place *place)
{
  g_free (place->name);
  g_free (place->shelf);
  g_free (place->whole);
  g_free (place->part);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Place, place_clear)

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
      tw_blob_set_io_error (error, folder);
      return NULL;
    }
  store = g_new0 (TwBlobStore, 1);
  store->folder = g_strdup (folder);
  store->column = tw_key_ref (column);
  store->lookup = tw_key_ref (lookup);
  store->room = tw_blob_room_new (folder);
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
  tw_blob_room_free (store->room);
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

/* The names say neither whose it is nor what is in it; another account's upload of the same content
 * is another file, so that knowing a hash opens nothing. What was uploaded before accounts had
 * shelves of their own is on one that begins like its name. */
static void
find_place (TwBlobStore *store, const char *account_id, const char *hash, Place *place)
{
  g_autofree char *blob = g_strjoin ("\n", "blob", account_id, hash, NULL);
  g_autofree char *owner = g_strjoin ("\n", "blobs of", account_id, NULL);
  g_autofree char *owner_hash = tw_keyed_hash (store->lookup, owner);
  g_autofree char *part = NULL;
  g_autofree char *old_shelf = NULL;
  g_autofree char *old = NULL;

  place->name = tw_keyed_hash (store->lookup, blob);
  place->shelf = g_strndup (owner_hash, 32);
  part = g_strconcat (place->name, TW_BLOB_PART, NULL);
  place->part = g_build_filename (store->folder, place->shelf, part, NULL);
  place->whole = g_build_filename (store->folder, place->shelf, place->name, NULL);
  old_shelf = g_strndup (place->name, 2);
  old = g_build_filename (store->folder, old_shelf, place->name, NULL);
  if (!g_file_test (place->whole, G_FILE_TEST_EXISTS) && g_file_test (old, G_FILE_TEST_EXISTS))
    {
      g_free (place->whole);
      place->whole = g_steal_pointer (&old);
    }
}

static gboolean
get_state (TwBlobStore *store, const Place *place, TwBlobState *state, GError **error)
{
  g_autoptr (GError) local = NULL;
  TwBlobOutline outline;

  memset (state, 0, sizeof *state);
  if (tw_blob_file_look (store->column, place->whole, place->name, &outline, &local))
    state->complete = TRUE;
  else if (!g_error_matches (local, TW_ERROR, TW_ERROR_NOT_FOUND))
    {
      g_propagate_error (error, g_steal_pointer (&local));
      return FALSE;
    }
  else if (!tw_blob_file_look (store->column, place->part, place->name, &outline, error))
    return FALSE;
  state->size = outline.size;
  state->have = state->complete ? outline.size : outline.have;
  return TRUE;
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
tw_blob_get_state (
  TwBlobStore *store, const char *account_id, const char *hash, TwBlobState *state, GError **error)
{
  g_auto (Place) place = { 0 };

  find_place (store, account_id, hash, &place);
  return get_state (store, &place, state, error);
}

/* One that a crash has cut off in its head is none, but has its room: it would count twice. */
static void
drop_torn (TwBlobStore *store, const Place *place)
{
  struct stat info;

  if (g_stat (place->part, &info) == 0 && g_unlink (place->part) == 0)
    tw_blob_room_give_back (store->room, place->shelf, (gint64) info.st_size);
}

/* A file that is not there yet gets its room; one that has grown elsewhere than at @offset is a
 * conflict. */
static gboolean
prepare (TwBlobStore *store,
         const Place *place,
         gint64 offset,
         gint64 size,
         TwBlobOutline *outline,
         GError **error)
{
  g_autoptr (GError) local = NULL;

  if (!tw_blob_file_look (store->column, place->part, place->name, outline, &local))
    {
      g_autofree char *folder = g_path_get_dirname (place->part);

      if (!g_error_matches (local, TW_ERROR, TW_ERROR_NOT_FOUND))
        {
          g_propagate_error (error, g_steal_pointer (&local));
          return FALSE;
        }
      outline->size = size;
      if (offset == 0)
        drop_torn (store, place);
      if (offset == 0 && !tw_blob_room_take (store->room, store->column, place->shelf, size, error))
        return FALSE;
      if (offset == 0 && g_mkdir_with_parents (folder, 0700) != 0)
        return tw_blob_set_io_error (error, folder);
    }
  if (outline->size == size && outline->have == offset)
    return TRUE;
  g_set_error (error, TW_ERROR, TW_ERROR_CONFLICT,
               "There are %" G_GINT64_FORMAT " of %" G_GINT64_FORMAT " bytes; go on from there",
               outline->have, outline->size);
  return FALSE;
}

static void
discard (TwBlobStore *store, const Place *place, gint64 size)
{
  g_unlink (place->part);
  tw_blob_room_give_back (store->room, place->shelf, size);
}

static gboolean
append (TwBlobStore *store,
        const Place *place,
        const char *hash,
        gint64 offset,
        gint64 size,
        GBytes *piece,
        TwBlobState *state,
        GError **error)
{
  TwBlobOutline outline = { 0 };
  gboolean ok = prepare (store, place, offset, size, &outline, error);
  gboolean begun;

  state->size = outline.size;
  state->have = outline.have;
  if (!ok)
    return FALSE;
  if (outline.n_pieces >= MAX_PIECES)
    {
      g_set_error_literal (error, TW_ERROR, TW_ERROR_TOO_MANY, "The pieces are too small");
      return FALSE;
    }
  begun = outline.used > 0;
  if (!tw_blob_file_append (store->column, place->part, place->name, &outline, piece, error))
    {
      if (!begun)
        discard (store, place, size);
      return FALSE;
    }
  state->have = outline.have;
  if (state->have < size)
    return TRUE;
  state->complete =
    tw_blob_file_finish (store->column, place->part, place->whole, place->name, hash, error);
  if (state->complete)
    tw_blob_room_complete (store->room, place->shelf);
  else if (!g_file_test (place->part, G_FILE_TEST_EXISTS))
    discard (store, place, size);
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
 * all is there and is not what @hash says: it has to be sent anew; %TW_ERROR_TOO_LARGE,
 * %TW_ERROR_TOO_MANY or %TW_ERROR_BUSY when there is no room for it
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
  g_auto (Place) place = { 0 };
  gboolean ok;

  memset (state, 0, sizeof *state);
  g_mutex_lock (&store->lock);
  find_place (store, account_id, hash, &place);
  if (g_file_test (place.whole, G_FILE_TEST_EXISTS))
    ok = get_state (store, &place, state, error);
  else
    ok = append (store, &place, hash, offset, size, piece, state, error);
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
  g_auto (Place) place = { 0 };

  find_place (store, account_id, hash, &place);
  return tw_blob_file_read (store->column, place.whole, place.name, error);
}

/**
 * tw_blob_store_sweep:
 * @store: the store; any thread
 *
 * Throws away what was begun and not gone on with for a day.
 */
void
tw_blob_store_sweep (TwBlobStore *store)
{
  gint64 now_s = g_get_real_time () / G_USEC_PER_SEC;
  g_autoptr (GDir) dir = g_dir_open (store->folder, 0, NULL);
  const char *shelf;

  while (dir != NULL && (shelf = g_dir_read_name (dir)) != NULL)
    {
      g_mutex_lock (&store->lock);
      tw_blob_room_sweep (store->room, shelf, now_s);
      g_mutex_unlock (&store->lock);
    }
}
