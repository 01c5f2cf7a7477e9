// SPDX-License-Identifier: GPL-3.0-or-later
#include <glib/gstdio.h>
#include <stdio.h>

#include "tw-sim.h"

void
tw_sim_copy_folder (const char *from, const char *to)
{
  g_autoptr (GDir) folder = g_dir_open (from, 0, NULL);
  const char *name;

  g_assert_nonnull (folder);
  g_assert_no_errno (g_mkdir_with_parents (to, 0700));
  while ((name = g_dir_read_name (folder)) != NULL)
    {
      g_autofree char *source = g_build_filename (from, name, NULL);
      g_autofree char *target = g_build_filename (to, name, NULL);
      g_autofree char *data = NULL;
      gsize length;
      FILE *file;

      if (g_file_test (source, G_FILE_TEST_IS_DIR))
        {
          tw_sim_copy_folder (source, target);
          continue;
        }
      if (!g_file_get_contents (source, &data, &length, NULL))
        continue; /* a socket */
      file = fopen (target, "we");
      g_assert_nonnull (file);
      g_assert_cmpint (fwrite (data, 1, length, file), ==, length);
      fclose (file);
      g_assert_no_errno (g_chmod (target, 0600));
    }
}

void
tw_sim_remove_folder (const char *path)
{
  g_autoptr (GDir) folder = g_dir_open (path, 0, NULL);
  const char *name;

  while (folder != NULL && (name = g_dir_read_name (folder)) != NULL)
    {
      g_autofree char *inside = g_build_filename (path, name, NULL);

      if (g_file_test (inside, G_FILE_TEST_IS_DIR) && !g_file_test (inside, G_FILE_TEST_IS_SYMLINK))
        tw_sim_remove_folder (inside);
      else
        g_unlink (inside);
    }
  g_rmdir (path);
}
