// SPDX-License-Identifier: GPL-3.0-or-later
/* An account's files stand on a shelf of their own. What is on it is counted once and then known; a
 * file that has only begun counts with all that it is going to have, so that nobody begins more
 * than there is room for. */
#include "server/http/tw-blob-room.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <sys/stat.h>
#include <sys/statvfs.h>

#include "base/tw-error.h"
#include "protocol/tw-routes.h"

/* However short a file is, it has a block of the disk and an entry in a folder. */
#define LEAST_BYTES 4096
/* Shelves that are known at once. */
#define MAX_SHELVES 20000
/* Files never take the last of the disk: the database is on it too. */
#define RESERVE_BYTES (256 * G_GINT64_CONSTANT (1048576))

typedef struct
{
  gint64 bytes;
  guint n_parts;
} Shelf;

struct _TwBlobRoom
{
  char *folder;
  GHashTable *shelves; /* of Shelf by name */
};

TwBlobRoom *
tw_blob_room_new (const char *folder)
{
  TwBlobRoom *room = g_new0 (TwBlobRoom, 1);

  room->folder = g_strdup (folder);
  room->shelves = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  return room;
}

void
tw_blob_room_free (TwBlobRoom *room)
{
  g_free (room->folder);
  g_hash_table_unref (room->shelves);
  g_free (room);
}

static gint64
charge (gint64 size)
{
  return MAX (size, LEAST_BYTES);
}

static void
count_file (TwKey *key, Shelf *shelf, const char *folder, const char *file)
{
  g_autofree char *path = g_build_filename (folder, file, NULL);
  TwBlobOutline outline;
  struct stat info;

  if (g_str_has_suffix (file, TW_BLOB_PART))
    {
      g_autofree char *name = g_strndup (file, strlen (file) - strlen (TW_BLOB_PART));

      shelf->n_parts++;
      if (tw_blob_file_look (key, path, name, &outline, NULL))
        {
          shelf->bytes += charge (outline.size);
          return;
        }
    }
  if (g_stat (path, &info) == 0)
    shelf->bytes += charge ((gint64) info.st_size);
}

static Shelf *
find_shelf (TwBlobRoom *room, TwKey *key, const char *name)
{
  g_autofree char *folder = g_build_filename (room->folder, name, NULL);
  g_autoptr (GDir) dir = NULL;
  Shelf *shelf = g_hash_table_lookup (room->shelves, name);
  const char *file;

  if (shelf != NULL)
    return shelf;
  if (g_hash_table_size (room->shelves) >= MAX_SHELVES)
    g_hash_table_remove_all (room->shelves);
  shelf = g_new0 (Shelf, 1);
  g_hash_table_insert (room->shelves, g_strdup (name), shelf);
  dir = g_dir_open (folder, 0, NULL);
  while (dir != NULL && (file = g_dir_read_name (dir)) != NULL)
    count_file (key, shelf, folder, file);
  return shelf;
}

static gboolean
check_disk (TwBlobRoom *room, gint64 size, GError **error)
{
  struct statvfs disk;

  if (statvfs (room->folder, &disk) != 0)
    return tw_blob_set_io_error (error, room->folder);
  if ((gint64) disk.f_bavail * (gint64) disk.f_frsize >= RESERVE_BYTES + size)
    return TRUE;
  g_set_error_literal (error, TW_ERROR, TW_ERROR_BUSY,
                       N_ ("There is no room for files just now. Try again later."));
  return FALSE;
}

/**
 * tw_blob_room_take:
 * @room: the room
 * @key: what files are sealed with
 * @shelf: whose
 * @size: of a file that is begun
 * @error: %TW_ERROR_TOO_LARGE or %TW_ERROR_TOO_MANY, with what to do; %TW_ERROR_BUSY when the disk
 *   is full
 *
 * Returns: whether there is room for it; it is taken
 */
gboolean
tw_blob_room_take (TwBlobRoom *room, TwKey *key, const char *shelf, gint64 size, GError **error)
{
  Shelf *found = find_shelf (room, key, shelf);

  if (found->n_parts >= TW_LIMIT_BLOB_PARTS)
    {
      g_set_error (error, TW_ERROR, TW_ERROR_TOO_MANY,
                   N_ ("%d files were begun and not finished. Finish one of them, or wait a day."),
                   TW_LIMIT_BLOB_PARTS);
      return FALSE;
    }
  if (found->bytes + charge (size) > TW_LIMIT_BLOB_ACCOUNT_BYTES)
    {
      g_set_error (error, TW_ERROR, TW_ERROR_TOO_LARGE,
                   N_ ("There is room for %d MB of files, and this would be more. Send a smaller "
                       "one, or ask a person for help."),
                   TW_LIMIT_BLOB_ACCOUNT_BYTES / (1024 * 1024));
      return FALSE;
    }
  if (!check_disk (room, size, error))
    return FALSE;
  found->bytes += charge (size);
  found->n_parts++;
  return TRUE;
}

/* All of it is there now. */
void
tw_blob_room_complete (TwBlobRoom *room, const char *shelf)
{
  Shelf *found = g_hash_table_lookup (room->shelves, shelf);

  if (found != NULL && found->n_parts > 0)
    found->n_parts--;
}

/* What was begun was thrown away. */
void
tw_blob_room_give_back (TwBlobRoom *room, const char *shelf, gint64 size)
{
  Shelf *found = g_hash_table_lookup (room->shelves, shelf);

  tw_blob_room_complete (room, shelf);
  if (found != NULL)
    found->bytes = MAX (0, found->bytes - charge (size));
}

/**
 * tw_blob_room_sweep:
 * @room: the room
 * @shelf: which
 * @now_s: seconds since 1970 UTC, as files have it
 *
 * Throws away what nobody has gone on with for a day.
 */
void
tw_blob_room_sweep (TwBlobRoom *room, const char *shelf, gint64 now_s)
{
  g_autofree char *folder = g_build_filename (room->folder, shelf, NULL);
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  gboolean changed = FALSE;
  const char *file;

  while (dir != NULL && (file = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (folder, file, NULL);
      struct stat info;

      if (g_str_has_suffix (file, TW_BLOB_PART) && g_stat (path, &info) == 0 &&
          (gint64) info.st_mtime <= now_s - TW_LIMIT_BLOB_PART_S)
        changed = g_unlink (path) == 0 || changed;
    }
  if (changed)
    g_hash_table_remove (room->shelves, shelf);
}
