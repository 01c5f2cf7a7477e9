// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/tw-folder.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/tw-error.h"

/**
 * tw_folder_make_private:
 * @path: a folder; those above it are made when they are not there
 * @error: %TW_ERROR_DENIED when somebody else may have made it, or may look into it
 *
 * In a place where everybody may write, such as /tmp, a folder of a name that can be guessed may
 * have been put there by somebody else, as a folder of theirs or as a link.
 *
 * Returns: whether it is there now, and this user's alone
 */
gboolean
tw_folder_make_private (const char *path, GError **error)
{
  struct stat info;

  if (g_mkdir_with_parents (path, 0700) != 0 || g_lstat (path, &info) != 0)
    {
      g_set_error (error, TW_ERROR, TW_ERROR_BUSY, _ ("The folder %s can't be made: %s"), path,
                   g_strerror (errno));
      return FALSE;
    }
  if (S_ISDIR (info.st_mode) && info.st_uid == geteuid () && (info.st_mode & 077) == 0)
    return TRUE;
  g_set_error (error, TW_ERROR, TW_ERROR_DENIED,
               _ ("The folder %s is not yours alone. Remove it, then try again."), path);
  return FALSE;
}
