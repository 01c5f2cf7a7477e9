// SPDX-License-Identifier: GPL-3.0-or-later
/* A folder in a place where everybody may write. */
#include <glib/gstdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/tw-error.h"
#include "base/tw-folder.h"

typedef struct
{
  char *public; /* as /tmp is */
  char *path;
} Fixture;

static void
set_up (Fixture *f, gconstpointer unused)
{
  f->public = g_dir_make_tmp ("tw-folder-XXXXXX", NULL);
  f->path = g_build_filename (f->public, "tax-wallet-1000", NULL);
}

static void
tear_down (Fixture *f, gconstpointer unused)
{
  if (g_unlink (f->path) != 0)
    (void) g_rmdir (f->path);
  g_assert_cmpint (g_rmdir (f->public), ==, 0);
  g_free (f->public);
  g_free (f->path);
}

static void
assert_refused (Fixture *f)
{
  g_autoptr (GError) error = NULL;

  g_assert_false (tw_folder_make_private (f->path, &error));
  g_assert_error (error, TW_ERROR, TW_ERROR_DENIED);
}

static void
test_made (Fixture *f, gconstpointer unused)
{
  g_autoptr (GError) error = NULL;
  struct stat info;

  for (int i = 0; i < 2; i++)
    {
      tw_folder_make_private (f->path, &error);
      g_assert_no_error (error);
    }
  g_assert_cmpint (g_lstat (f->path, &info), ==, 0);
  g_assert_cmpuint (info.st_mode & 07777, ==, 0700);
}

static void
test_open_to_others (Fixture *f, gconstpointer unused)
{
  static const guint modes[] = { 0755, 0710, 0702, 0777 };

  for (gsize i = 0; i < G_N_ELEMENTS (modes); i++)
    {
      (void) g_rmdir (f->path);
      g_assert_cmpint (g_mkdir (f->path, 0700), ==, 0);
      g_assert_cmpint (g_chmod (f->path, (mode_t) modes[i]), ==, 0);
      assert_refused (f);
    }
}

/* What it leads to is this user's alone, and whoever made the link may let it lead elsewhere. */
static void
test_link (Fixture *f, gconstpointer unused)
{
  g_autofree char *other = g_build_filename (f->public, "other", NULL);

  g_assert_cmpint (g_mkdir (other, 0700), ==, 0);
  g_assert_cmpint (symlink (other, f->path), ==, 0);
  assert_refused (f);
  g_assert_cmpint (g_rmdir (other), ==, 0);
}

static void
test_somebody_elses (Fixture *f, gconstpointer unused)
{
  g_assert_cmpint (g_mkdir (f->path, 0700), ==, 0);
  if (chown (f->path, 65534, (gid_t) -1) == 0) /* only root may give it away */
    assert_refused (f);
}

static void
test_file (Fixture *f, gconstpointer unused)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (g_file_set_contents (f->path, "", 0, NULL));
  g_assert_false (tw_folder_make_private (f->path, &error));
  g_assert_true (error->domain == TW_ERROR);
}

#define ADD(name, func) g_test_add ("/folder/" name, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("made", test_made);
  ADD ("open-to-others", test_open_to_others);
  ADD ("link", test_link);
  ADD ("somebody-elses", test_somebody_elses);
  ADD ("file", test_file);
  return g_test_run ();
}
