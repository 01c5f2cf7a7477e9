// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/ops/tw-ops-blobs.h"

#include <errno.h>
#include <fcntl.h>
#include <gio/gio.h>
#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#include "base/tw-error.h"
#include "server/http/tw-blob-file.h"
#include "server/http/tw-blob-store.h"

/* What is not whole yet, and so is nobody's. */
#define UNFINISHED ".copy"

/* Told of each whole blob; @shelf is its folder's name. */
typedef gboolean (*OnBlob) (
  const char *folder, const char *shelf, const char *name, gpointer data, GError **error);

static gboolean
fail (GError **error, const char *words, const char *path, int why)
{
  g_autofree char *text = g_strdup (g_strerror (why));

  g_set_error (error, TW_ERROR, TW_ERROR_INVALID, "%s: %s: %s", path, words, text);
  return FALSE;
}

/* The folder that systemd gives: the first of those that the unit names, each but the last followed
 * by a colon. */
static char *
get_state_folder (void)
{
  const char *folders = g_getenv ("STATE_DIRECTORY");

  return folders != NULL && *folders != '\0' ? g_strndup (folders, strcspn (folders, ":")) : NULL;
}

/**
 * tw_ops_get_blobs_path:
 * @options: the command line
 *
 * Returns: (transfer full) (nullable): the folder: beside the database; PostgreSQL's is elsewhere,
 * so there it is in the folder that systemd gives, if it does
 */
char *
tw_ops_get_blobs_path (const TwOpsOptions *options)
{
  const char *path = tw_ops_get_database_path (options);
  g_autofree char *folder = path != NULL ? g_path_get_dirname (path) : get_state_folder ();

  if (options->blobs != NULL)
    return g_strdup (options->blobs);
  return folder != NULL ? g_build_filename (folder, "blobs", NULL) : NULL;
}

static gboolean
sync_path (const char *path, GError **error)
{
  int fd = g_open (path, O_RDONLY | O_CLOEXEC, 0);
  gboolean ok = fd >= 0 && fsync (fd) == 0;

  if (!ok)
    fail (error, _ ("can’t be written"), path, errno);
  if (fd >= 0)
    close (fd);
  return ok;
}

/**
 * tw_ops_copy_file:
 * @from: a file
 * @to: where none is
 * @error: %TW_ERROR_INVALID
 *
 * Returns: whether all of it is at @to, on the disk, for its owner alone
 */
gboolean
tw_ops_copy_file (const char *from, const char *to, GError **error)
{
  g_autoptr (GFile) source = g_file_new_for_path (from);
  g_autoptr (GFile) target = g_file_new_for_path (to);
  g_autoptr (GError) local = NULL;

  if (!g_file_copy (source, target, G_FILE_COPY_NONE, NULL, NULL, NULL, &local))
    {
      g_set_error (error, TW_ERROR, TW_ERROR_INVALID, _ ("%s can’t be copied: %s"), from,
                   local->message);
      return FALSE;
    }
  if (g_chmod (to, 0600) != 0)
    return fail (error, _ ("can’t be written"), to, errno);
  return sync_path (to, error);
}

static gboolean
walk_shelf (const char *folder, const char *shelf, OnBlob on_blob, gpointer data, GError **error)
{
  g_autofree char *path = g_build_filename (folder, shelf, NULL);
  g_autoptr (GDir) dir = NULL;
  gboolean ok = TRUE;
  const char *name;

  if (!g_file_test (path, G_FILE_TEST_IS_DIR))
    return TRUE;
  dir = g_dir_open (path, 0, NULL);
  if (dir == NULL)
    return fail (error, _ ("can’t be read"), path, errno);
  while (ok && (name = g_dir_read_name (dir)) != NULL)
    if (tw_blob_check_hash (name))
      ok = on_blob (folder, shelf, name, data, error);
  return ok;
}

/* A folder that is not there has none. What still grows is left out: nothing names it yet. */
static gboolean
walk (const char *folder, OnBlob on_blob, gpointer data, GError **error)
{
  g_autoptr (GDir) dir = NULL;
  gboolean ok = TRUE;
  const char *shelf;

  if (!g_file_test (folder, G_FILE_TEST_EXISTS))
    return TRUE;
  dir = g_dir_open (folder, 0, NULL);
  if (dir == NULL)
    return fail (error, _ ("can’t be read"), folder, errno);
  while (ok && (shelf = g_dir_read_name (dir)) != NULL)
    ok = walk_shelf (folder, shelf, on_blob, data, error);
  return ok;
}

/* Under another name until it is whole: what has a blob's name is one. */
static gboolean
copy_blob (const char *folder, const char *shelf, const char *name, gpointer data, GError **error)
{
  const char *to = data;
  g_autofree char *source = g_build_filename (folder, shelf, name, NULL);
  g_autofree char *target_shelf = g_build_filename (to, shelf, NULL);
  g_autofree char *target = g_build_filename (target_shelf, name, NULL);
  g_autofree char *part = g_strconcat (target, UNFINISHED, NULL);

  if (g_file_test (target, G_FILE_TEST_EXISTS))
    return TRUE;
  if (g_mkdir_with_parents (target_shelf, 0700) != 0)
    return fail (error, _ ("can’t be written"), target_shelf, errno);
  g_unlink (part);
  if (!tw_ops_copy_file (source, part, error))
    return FALSE;
  if (g_rename (part, target) != 0)
    return fail (error, _ ("can’t be written"), target, errno);
  return sync_path (target_shelf, error);
}

/**
 * tw_blobs_copy:
 * @from: a folder of blobs; others may work in it
 * @to: another one; what is there already stays
 * @error: %TW_ERROR_INVALID
 *
 * After the database has been copied this takes along all that it names, as a blob is whole before
 * anything names it. The folder @to is made in any case: where it is not, something was lost.
 *
 * Returns: whether each blob is at @to
 */
gboolean
tw_blobs_copy (const char *from, const char *to, GError **error)
{
  if (g_mkdir_with_parents (to, 0700) != 0)
    {
      fail (error, _ ("can’t be written"), to, errno);
      return FALSE;
    }
  return walk (from, copy_blob, (gpointer) to, error);
}

static void
remove_shelf (const char *path)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *file = g_build_filename (path, name, NULL);

      g_unlink (file);
    }
  g_rmdir (path);
}

/**
 * tw_blobs_remove:
 * @folder: that tw_blobs_copy() has made, and did not finish
 *
 * Nothing is left of it.
 */
void
tw_blobs_remove (const char *folder)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *shelf;

  while (dir != NULL && (shelf = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (folder, shelf, NULL);

      remove_shelf (path);
    }
  g_rmdir (folder);
}

typedef struct
{
  TwKey *key;
  GString *report;
} Check;

static gboolean
check_blob (const char *folder, const char *shelf, const char *name, gpointer data, GError **error)
{
  Check *check = data;
  g_autofree char *path = g_build_filename (folder, shelf, name, NULL);
  g_autoptr (GError) why = NULL;
  g_autoptr (GBytes) content = tw_blob_file_read (check->key, path, name, &why);

  if (content == NULL)
    g_string_append_printf (check->report, "%s: %s\n", path, why->message);
  return TRUE;
}

/**
 * tw_blobs_verify:
 * @folder: of blobs
 * @key: what they are sealed with
 * @report: what is wrong is added, a line each
 * @error: %TW_ERROR_INVALID when it can't be looked at
 *
 * Opens every piece of every whole blob: a flipped bit shows, and one that was cut or moved.
 *
 * Returns: whether all were looked at
 */
gboolean
tw_blobs_verify (const char *folder, TwKey *key, GString *report, GError **error)
{
  Check check = { key, report };

  return walk (folder, check_blob, &check, error);
}
