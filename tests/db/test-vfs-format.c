// SPDX-License-Identifier: GPL-3.0-or-later
/* Each page of a database and of its log is what tw-vfs-page.c says, to another implementation too;
 * and each frame of the log says by itself whether it starts a transaction. */
#include "tw-test-sealed.h"

#include "db/tw-vfs.h"

#include <sodium.h>
#include <string.h>

#define PAGE ((gsize) TW_VFS_PAGE_BYTES)
#define BODY (PAGE - TW_VFS_RESERVED_BYTES)
#define LOG_HEADER 32
#define FRAME_HEADER 24
#define FRAME (FRAME_HEADER + PAGE)

static const char magic[16] = "SQLite format 3";

static void
derive (const guint8 *id, const char *purpose, guint8 *key)
{
  guint8 salt[crypto_generichash_blake2b_SALTBYTES] = { 0 };
  guint8 personal[crypto_generichash_blake2b_PERSONALBYTES] = { 0 };

  memcpy (salt, id, 8);
  memcpy (personal, purpose, strlen (purpose));
  crypto_generichash_blake2b_salt_personal (key, crypto_aead_xchacha20poly1305_ietf_KEYBYTES, NULL,
                                            0, tw_test_key, TW_DB_KEY_BYTES, salt, personal);
}

/* @from: where what is sealed begins in the page */
static void
assert_opens (
  const guint8 *key, const guint8 place[9], const guint8 *page, gsize from, guint8 *plain)
{
  g_assert_cmpint (
    crypto_aead_xchacha20poly1305_ietf_decrypt_detached (
      plain + from, NULL, page + from, BODY - from, page + BODY + 24, place, 9, page + BODY, key),
    ==, 0);
}

static gsize
has_secret (const guint8 *plain)
{
  return memmem (plain, BODY, SECRET, strlen (SECRET)) != NULL ? 1 : 0;
}

static guint8 *
read_file (const char *path, gsize *length)
{
  char *bytes = NULL;

  g_assert_true (g_file_get_contents (path, &bytes, length, NULL));
  return (guint8 *) bytes;
}

static void
test_file (Fixture *f, gconstpointer data)
{
  guint8 key[crypto_aead_xchacha20poly1305_ietf_KEYBYTES];
  guint8 check[crypto_aead_xchacha20poly1305_ietf_KEYBYTES];
  guint8 plain[TW_VFS_PAGE_BYTES];
  g_autofree guint8 *sealed = NULL;
  gsize length, n_with_secret = 0;

  fill (f->db, 2000);
  tw_test_exec (f->db, "PRAGMA wal_checkpoint(TRUNCATE)");
  sealed = read_file (f->path, &length);
  g_assert_cmpuint (length % PAGE, ==, 0);
  derive (sealed, "tw-page-main", key);
  derive (sealed, "tw-page-check", check);
  g_assert_cmpmem (sealed + 8, 8, check, 8);
  for (guint32 number = 1; number <= length / PAGE; number++)
    {
      const guint8 *page = sealed + (number - 1) * PAGE;
      const guint8 place[9] = { 0, number >> 24, number >> 16, number >> 8, number };

      g_assert_cmpmem (page + PAGE - 8, 8, sealed, 8);
      assert_opens (key, place, page, number == 1 ? sizeof magic : 0, plain);
      /* On page 1 SQLite's own header follows: the size of pages, and what it leaves of each. */
      if (number == 1)
        g_assert_true (plain[16] == PAGE >> 8 && plain[17] == 0 &&
                       plain[20] == TW_VFS_RESERVED_BYTES);
      n_with_secret += has_secret (plain);
    }
  g_assert_cmpuint (n_with_secret, >, 10);
}

/* Returns how many frames the log has. @n_with_secret, @n_commits: (out): of them */
static gsize
check_log (Fixture *f, gsize *n_with_secret, gsize *n_commits)
{
  g_autofree char *path = g_strconcat (f->path, "-wal", NULL);
  g_autofree guint8 *file = read_file (f->path, &(gsize){ 0 });
  guint8 key[crypto_aead_xchacha20poly1305_ietf_KEYBYTES];
  guint8 plain[TW_VFS_PAGE_BYTES];
  g_autofree guint8 *log = NULL;
  gboolean starts = TRUE;
  gsize length, n_frames;

  log = read_file (path, &length);
  derive (file, "tw-page-wal", key);
  g_assert_cmpuint ((length - LOG_HEADER) % FRAME, ==, 0);
  n_frames = (length - LOG_HEADER) / FRAME;
  for (gsize i = 0; i < n_frames; i++)
    {
      const guint8 *header = log + LOG_HEADER + i * FRAME, *page = header + FRAME_HEADER;
      guint8 place[9] = { 1 };

      /* The page's number, and the database's size if it is a commit. */
      memcpy (place + 1, header, 8);
      g_assert_cmpmem (page + PAGE - 8, 8, file, 8);
      assert_opens (key, place, page, 0, plain);
      if (memcmp (header, "\0\0\0\1", 4) == 0)
        g_assert_cmpmem (plain, sizeof magic, magic, sizeof magic);
      *n_with_secret += has_secret (plain);
      /* The lowest bit of the nonce. */
      g_assert_cmpint (page[BODY] & 1, ==, starts);
      starts = memcmp (header + 4, "\0\0\0\0", 4) != 0;
      *n_commits += starts;
    }
  return n_frames;
}

static void
test_log (Fixture *f, gconstpointer data)
{
  gsize n_with_secret = 0, n_commits = 0;

  tw_test_exec (f->db, "PRAGMA wal_checkpoint(TRUNCATE); PRAGMA wal_autocheckpoint=0");
  fill (f->db, 2000);
  tw_test_exec (f->db, "CREATE TABLE another (id INTEGER PRIMARY KEY)");
  fill (f->db, 1);
  g_assert_cmpuint (check_log (f, &n_with_secret, &n_commits), >, 20);
  g_assert_cmpuint (n_with_secret, >, 10);
  g_assert_cmpuint (n_commits, ==, 3);
}

/* One writer's pages are in the log when it takes everything back; another one's commits take their
 * place, up to the last of them; what the first one writes then starts a transaction. */
static void
test_taken_back (Fixture *f, gconstpointer data)
{
  g_autoptr (TwDb) other = NULL;
  g_autoptr (GError) error = NULL;
  gsize n_with_secret = 0, n_commits = 0, before, after;

  fill (f->db, 100);
  tw_test_exec (f->db, "PRAGMA wal_checkpoint(TRUNCATE); PRAGMA wal_autocheckpoint=0;"
                       "PRAGMA cache_size=10");
  other = tw_test_open (f->url);
  tw_test_exec (other, "PRAGMA wal_autocheckpoint=0");
  tw_assert_run (other, "UPDATE secret_table SET text = 'a' WHERE id = 1", "");
  before = check_log (f, &n_with_secret, &n_commits);
  g_assert_cmpuint (before, ==, 1);

  g_assert_true (tw_db_begin (f->db, &error));
  for (int i = 0; i < 300; i++)
    tw_assert_run (f->db, "INSERT INTO secret_table (text) VALUES (hex (randomblob (500)))", "");
  tw_db_rollback (f->db);
  n_commits = 0;
  after = check_log (f, &n_with_secret, &n_commits);
  g_assert_cmpuint (after, >, before + 10);
  g_assert_cmpuint (n_commits, ==, 1);

  for (gsize i = before; i < after; i++)
    tw_assert_run (other, "UPDATE secret_table SET text = hex (randomblob (2)) WHERE id = 1", "");
  tw_assert_run (f->db, "UPDATE secret_table SET text = 'c' WHERE id = 1", "");
  n_commits = 0;
  g_assert_cmpuint (check_log (f, &n_with_secret, &n_commits), ==, after + 1);
  g_assert_cmpuint (n_commits, ==, after + 1);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/vfs/format/file", Fixture, NULL, set_up, test_file, tear_down);
  g_test_add ("/vfs/format/log", Fixture, NULL, set_up, test_log, tear_down);
  g_test_add ("/vfs/format/taken-back", Fixture, NULL, set_up, test_taken_back, tear_down);
  return g_test_run ();
}
