// SPDX-License-Identifier: GPL-3.0-or-later
#include "client/keyring/tw-passphrase.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/tw-error.h"
#include "client/keyring/tw-keyring.h"

#define GOOD "correct horse battery staple"
#define OTHER "青山一道同云雨 明月何曾是两乡"

typedef struct
{
  char *folder;
  char *path;
  GBytes *secret;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  guint8 bytes[TW_KEYRING_SECRET_BYTES];

  for (guint i = 0; i < sizeof bytes; i++)
    bytes[i] = (guint8) i;
  fixture->folder = g_dir_make_tmp ("tw-passphrase.XXXXXX", NULL);
  fixture->path = g_build_filename (fixture->folder, TW_PASSPHRASE_FILE, NULL);
  fixture->secret = g_bytes_new (bytes, sizeof bytes);
}

/* Nothing but the key file may be left in the folder. */
static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_chmod (fixture->folder, 0700);
  g_unlink (fixture->path);
  g_assert_cmpint (g_rmdir (fixture->folder), ==, 0);
  g_free (fixture->folder);
  g_free (fixture->path);
  g_bytes_unref (fixture->secret);
}

static void
on_done (GObject *source, GAsyncResult *result, gpointer data)
{
  *(GAsyncResult **) data = g_object_ref (result);
}

static void
wait_for (GAsyncResult **result)
{
  while (*result == NULL)
    g_main_context_iteration (NULL, TRUE);
}

static gboolean
create (Fixture *fixture, const char *passphrase, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  tw_passphrase_create_async (fixture->folder, fixture->secret, passphrase, NULL, on_done, &result);
  wait_for (&result);
  return tw_passphrase_create_finish (result, error);
}

static GBytes *
open_key (Fixture *fixture, const char *passphrase, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  tw_passphrase_open_async (fixture->folder, passphrase, NULL, on_done, &result);
  wait_for (&result);
  return tw_passphrase_open_finish (result, error);
}

static gboolean
change (Fixture *fixture, const char *passphrase, const char *new_passphrase, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  tw_passphrase_change_async (fixture->folder, passphrase, new_passphrase, NULL, on_done, &result);
  wait_for (&result);
  return tw_passphrase_change_finish (result, error);
}

static void
assert_opens (Fixture *fixture, const char *passphrase)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) secret = open_key (fixture, passphrase, &error);

  g_assert_no_error (error);
  g_assert_true (g_bytes_equal (secret, fixture->secret));
}

static void
assert_stays_closed (Fixture *fixture, const char *passphrase, int code)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (open_key (fixture, passphrase, &error));
  g_assert_error (error, TW_ERROR, code);
}

static void
test_open (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *file = NULL;
  struct stat about;
  gsize length;

  g_assert_false (tw_passphrase_exists (fixture->folder));
  assert_stays_closed (fixture, GOOD, TW_ERROR_NOT_FOUND);
  create (fixture, GOOD, &error);
  g_assert_no_error (error);
  g_assert_true (tw_passphrase_exists (fixture->folder));
  assert_opens (fixture, GOOD);
  assert_stays_closed (fixture, GOOD " ", TW_ERROR_WRONG_KEY);
  assert_stays_closed (fixture, "", TW_ERROR_INVALID);

  g_assert_cmpint (g_stat (fixture->path, &about), ==, 0);
  g_assert_cmpint (about.st_mode & 0777, ==, 0600);
  g_assert_true (g_file_get_contents (fixture->path, &file, &length, NULL));
  g_assert_null (memmem (file, length, g_bytes_get_data (fixture->secret, NULL), 8));
}

static void
test_create_refused (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  g_assert_false (create (fixture, "123456", &error));
  g_assert_error (error, TW_ERROR, TW_ERROR_INVALID);
  g_clear_error (&error);
  g_assert_false (create (fixture, "", &error));
  g_assert_error (error, TW_ERROR, TW_ERROR_INVALID);
  g_clear_error (&error);
  g_assert_false (tw_passphrase_exists (fixture->folder));

  create (fixture, GOOD, &error);
  g_assert_no_error (error);
  g_assert_false (create (fixture, OTHER, &error));
  g_assert_error (error, TW_ERROR, TW_ERROR_REFUSED);
  assert_opens (fixture, GOOD);
}

static void
test_change (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  create (fixture, GOOD, &error);
  g_assert_no_error (error);
  g_assert_false (change (fixture, OTHER, OTHER, &error));
  g_assert_error (error, TW_ERROR, TW_ERROR_WRONG_KEY);
  g_clear_error (&error);
  g_assert_false (change (fixture, GOOD, "password", &error));
  g_assert_error (error, TW_ERROR, TW_ERROR_INVALID);
  g_clear_error (&error);
  assert_opens (fixture, GOOD);
  change (fixture, GOOD, OTHER, &error);
  g_assert_no_error (error);
  assert_opens (fixture, OTHER);
  assert_stays_closed (fixture, GOOD, TW_ERROR_WRONG_KEY);
}

/* Every byte of the file counts, and none of it is told from a wrong passphrase by guessing. */
static void
test_damaged (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *file = NULL;
  gsize length;

  create (fixture, GOOD, &error);
  g_assert_no_error (error);
  g_assert_true (g_file_get_contents (fixture->path, &file, &length, NULL));
  for (gsize i = 0; i < length; i++)
    {
      file[i] ^= 0x10;
      g_assert_true (g_file_set_contents (fixture->path, file, (gssize) length, NULL));
      assert_stays_closed (fixture, GOOD, TW_ERROR_DAMAGED);
      file[i] ^= 0x10;
    }
  for (gsize shorter = 0; shorter < length; shorter += 7)
    {
      g_assert_true (g_file_set_contents (fixture->path, file, (gssize) shorter, NULL));
      assert_stays_closed (fixture, GOOD, TW_ERROR_DAMAGED);
    }
  g_assert_true (g_file_set_contents (fixture->path, file, (gssize) length, NULL));
  assert_opens (fixture, GOOD);
}

static void
test_no_folder (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (g_rmdir (fixture->folder), ==, 0);
  g_assert_false (create (fixture, GOOD, &error));
  g_assert_error (error, TW_ERROR, TW_ERROR_NOT_FOUND);
  g_assert_cmpint (g_mkdir (fixture->folder, 0700), ==, 0);
}

/* The main loop goes on while the passphrase is worked on. */
static gboolean
on_tick (gpointer data)
{
  ++*(guint *) data;
  return G_SOURCE_CONTINUE;
}

static void
test_off_main_loop (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  guint ticks = 0, source;

  create (fixture, GOOD, &error);
  g_assert_no_error (error);
  source = g_timeout_add (2, on_tick, &ticks);
  tw_passphrase_open_async (fixture->folder, GOOD, NULL, on_done, &result);
  wait_for (&result);
  g_source_remove (source);
  g_bytes_unref (tw_passphrase_open_finish (result, NULL));
  g_assert_cmpuint (ticks, >=, 5);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, function) g_test_add (path, Fixture, NULL, set_up, function, tear_down)
  ADD ("/passphrase/open", test_open);
  ADD ("/passphrase/create-refused", test_create_refused);
  ADD ("/passphrase/change", test_change);
  ADD ("/passphrase/damaged", test_damaged);
  ADD ("/passphrase/no-folder", test_no_folder);
  ADD ("/passphrase/off-main-loop", test_off_main_loop);
  return g_test_run ();
}
