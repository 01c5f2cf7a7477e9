// SPDX-License-Identifier: GPL-3.0-or-later
/* A wrong key and damage on real files: each is told, and neither is taken for the other. */
#include "tw-test-sealed.h"

#include "db/tw-vfs.h"

#include <string.h>

static void
assert_cannot_open (const char *url, const guint8 *key, TwError code)
{
  g_autoptr (GError) error = NULL;
  TwDb *db = tw_db_open (url, key, &error);

  g_assert_null (db);
  g_assert_error (error, TW_ERROR, (int) code);
}

static void
test_keys (Fixture *f, gconstpointer data)
{
  guint8 wrong[TW_DB_KEY_BYTES];
  g_autofree char *plain_url = g_strdup_printf ("sqlite:%s/plain.db", f->folder);
  g_autofree char *missing = g_strdup_printf ("sqlite:%s/missing/case.db", f->folder);
  g_autofree char *absent = g_strdup_printf ("sqlite:%s/absent.db", f->folder);
  g_autoptr (GError) error = NULL;
  TwDb *plain;

  memcpy (wrong, tw_test_key, sizeof wrong);
  wrong[31] ^= 1;
  fill (f->db, 100);
  /* With the log still there, and without. */
  assert_cannot_open (f->url, wrong, TW_ERROR_WRONG_KEY);
  assert_cannot_open (f->url, NULL, TW_ERROR_DAMAGED);
  g_clear_pointer (&f->db, tw_db_close);
  assert_cannot_open (f->url, wrong, TW_ERROR_WRONG_KEY);
  assert_cannot_open (f->url, NULL, TW_ERROR_DAMAGED);
  f->db = tw_test_open (f->url);
  assert_whole (f->db, 100);

  plain = tw_db_open (plain_url, NULL, &error);
  tw_test_exec (plain, "CREATE TABLE t (x)");
  tw_db_close (plain);
  assert_cannot_open (plain_url, tw_test_key, TW_ERROR_DAMAGED);
  assert_cannot_open (missing, tw_test_key, TW_ERROR_NOT_FOUND);
  g_assert_null (tw_db_open_readonly (absent, tw_test_key, &error));
  g_assert_error (error, TW_ERROR, TW_ERROR_NOT_FOUND);
}

static void
change_file (const char *path, gsize at, gsize length, gssize cut_to)
{
  g_autofree char *bytes = NULL;
  gsize size;

  g_assert_true (g_file_get_contents (path, &bytes, &size, NULL));
  for (gsize i = at; i < at + length; i++)
    bytes[i] ^= 0x55;
  g_assert_true (g_file_set_contents (path, bytes, cut_to < 0 ? (gssize) size : cut_to, NULL));
}

/* Whatever is damaged first, the right key is never called wrong. */
static void
test_damage (Fixture *f, gconstpointer data)
{
  static const struct
  {
    gsize at, length;
  } ranges[] = { { 0, 1 }, { 8, 1 }, { 0, 16 }, { 100, 1 }, { 4090, 1 }, { 0, 4096 }, { 4060, 8 } };
  g_autofree char *saved = NULL;
  g_autoptr (GError) error = NULL;
  gsize size;

  fill (f->db, 100);
  g_clear_pointer (&f->db, tw_db_close);
  g_assert_true (g_file_get_contents (f->path, &saved, &size, NULL));
  for (gsize i = 0; i < G_N_ELEMENTS (ranges); i++)
    {
      change_file (f->path, ranges[i].at, ranges[i].length, -1);
      assert_cannot_open (f->url, tw_test_key, TW_ERROR_DAMAGED);
      g_assert_true (g_file_set_contents (f->path, saved, size, NULL));
    }
  change_file (f->path, 0, 0, 4096 + 100);
  assert_cannot_open (f->url, tw_test_key, TW_ERROR_DAMAGED);
  change_file (f->path, 0, 0, 100);
  assert_cannot_open (f->url, tw_test_key, TW_ERROR_DAMAGED);
  g_assert_true (g_file_set_contents (f->path, saved, size, NULL));

  /* A page that is not needed at once is found when it is read. */
  change_file (f->path, size - 1000, 1, -1);
  f->db = tw_test_open (f->url);
  tw_assert_refused (f->db, TW_ERROR_DAMAGED, "SELECT sum(length(text)) FROM secret_table", "");
  /* A backup must not carry it along. */
  {
    g_autofree char *copy = g_build_filename (f->folder, "copy.db", NULL);

    g_assert_false (tw_db_backup (f->db, copy, &error));
    g_assert_error (error, TW_ERROR, TW_ERROR_DAMAGED);
    g_assert_false (g_file_test (copy, G_FILE_TEST_EXISTS));
  }
}

/* A page from another database of the same owner is refused, though it is at its right place, and
 * though it is given this file's id. */
static void
test_foreign_page (Fixture *f, gconstpointer data)
{
  g_autofree char *path = g_build_filename (f->folder, "backup.db", NULL);
  g_autofree char *mine = NULL;
  g_autofree char *theirs = NULL;
  gsize size;

  fill (f->db, 100);
  g_assert_true (tw_db_backup (f->db, path, NULL));
  g_clear_pointer (&f->db, tw_db_close);
  g_assert_true (g_file_get_contents (f->path, &mine, &size, NULL));
  g_assert_true (g_file_get_contents (path, &theirs, &size, NULL));
  memcpy (mine + 4096, theirs + 4096, 4096 - 8);
  g_assert_true (g_file_set_contents (f->path, mine, size, NULL));
  f->db = tw_test_open (f->url);
  tw_assert_refused (f->db, TW_ERROR_DAMAGED, "SELECT sum(length(text)) FROM secret_table", "");
}

/* With one page only there is no other that could open and so prove the key: the check value does.
 */
static void
test_damage_of_one_page (Fixture *f, gconstpointer data)
{
  g_autofree char *path = g_build_filename (f->folder, "one.db", NULL);
  g_autofree char *url = g_strconcat ("sqlite:", path, NULL);
  g_autofree char *bytes = NULL;
  gsize size;

  tw_db_close (tw_test_open (url));
  g_assert_true (g_file_get_contents (path, &bytes, &size, NULL));
  g_assert_cmpuint (size, ==, TW_VFS_PAGE_BYTES);
  change_file (path, 100, 1, -1);
  assert_cannot_open (url, tw_test_key, TW_ERROR_DAMAGED);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/vfs/keys", Fixture, NULL, set_up, test_keys, tear_down);
  g_test_add ("/vfs/damage", Fixture, NULL, set_up, test_damage, tear_down);
  g_test_add ("/vfs/foreign-page", Fixture, NULL, set_up, test_foreign_page, tear_down);
  g_test_add ("/vfs/damage-of-one-page", Fixture, NULL, set_up, test_damage_of_one_page, tear_down);
  return g_test_run ();
}
