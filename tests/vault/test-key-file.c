// SPDX-License-Identifier: GPL-3.0-or-later
#include <glib/gstdio.h>
#include <string.h>

#include "base/tw-error.h"
#include "vault/tw-vault.h"

#define N_THREADS 8

typedef struct
{
  char *folder;
  char *path;
} Case;

static void
set_up (Case *c, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *top = g_dir_make_tmp ("tw-key-XXXXXX", &error);

  g_assert_no_error (error);
  c->folder = g_build_filename (top, "keys", NULL);
  c->path = g_build_filename (c->folder, "a.key", NULL);
}

/* Nothing but the key may be there. */
static void
tear_down (Case *c, gconstpointer data)
{
  g_autofree char *top = g_path_get_dirname (c->folder);

  g_unlink (c->path);
  g_rmdir (c->folder);
  g_assert_cmpint (g_rmdir (top), ==, 0);
  g_free (c->folder);
  g_free (c->path);
}

static void
assert_same (TwKey *a, TwKey *b)
{
  g_assert_cmpmem (tw_key_peek (a), TW_KEY_BYTES, tw_key_peek (b), TW_KEY_BYTES);
}

static void
test_made_once (Case *c, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TwKey) made = NULL;
  g_autoptr (TwKey) again = NULL;
  GStatBuf info;

  g_assert_null (tw_key_file_open (c->path, FALSE, &error));
  g_assert_error (error, TW_ERROR, TW_ERROR_LOCKED);
  g_clear_error (&error);
  made = tw_key_file_open (c->path, TRUE, &error);
  g_assert_no_error (error);
  again = tw_key_file_open (c->path, TRUE, &error);
  g_assert_no_error (error);
  assert_same (made, again);
  g_assert_cmpint (g_stat (c->path, &info), ==, 0);
  g_assert_cmpint (info.st_mode & 0777, ==, 0600);
}

static void
test_not_ours (Case *c, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TwKey) made = tw_key_file_open (c->path, TRUE, &error);

  g_assert_no_error (error);
  g_assert_cmpint (g_chmod (c->path, 0640), ==, 0);
  g_assert_null (tw_key_file_open (c->path, TRUE, &error));
  g_assert_error (error, TW_ERROR, TW_ERROR_LOCKED);
  g_clear_error (&error);
  for (int length = 0; length <= 64; length += 31)
    {
      g_assert_true (g_file_set_contents (c->path,
                                          "0123456789012345678901234567890123456789"
                                          "0123456789012345678901234567890123456789",
                                          length, NULL));
      g_assert_cmpint (g_chmod (c->path, 0600), ==, 0);
      g_assert_null (tw_key_file_open (c->path, TRUE, &error));
      g_assert_error (error, TW_ERROR, TW_ERROR_DAMAGED);
      g_clear_error (&error);
    }
}

static gpointer
open_one (gpointer path)
{
  return tw_key_file_open (path, TRUE, NULL);
}

/* Whoever comes second has the key of the first. */
static void
test_together (Case *c, gconstpointer data)
{
  GThread *threads[N_THREADS];
  TwKey *keys[N_THREADS];

  for (int round = 0; round < 20; round++)
    {
      for (int i = 0; i < N_THREADS; i++)
        threads[i] = g_thread_new ("key", open_one, c->path);
      for (int i = 0; i < N_THREADS; i++)
        {
          keys[i] = g_thread_join (threads[i]);
          g_assert_nonnull (keys[i]);
          assert_same (keys[i], keys[0]);
        }
      for (int i = 0; i < N_THREADS; i++)
        tw_key_unref (keys[i]);
      g_assert_cmpint (g_unlink (c->path), ==, 0);
    }
}

#define CASE(name, func) g_test_add ("/key-file/" name, Case, NULL, set_up, func, tear_down)

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_assert_true (tw_vault_init (NULL));
  CASE ("made-once", test_made_once);
  CASE ("not-ours", test_not_ours);
  CASE ("together", test_together);
  return g_test_run ();
}
