// SPDX-License-Identifier: GPL-3.0-or-later
#include "counterpart/tw-books.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#include "base/tw-error.h"
#include "vault/tw-vault.h"

#define KEY_FILE "counterpart.key"

/* `bank_debit` and `office_payment` are kept for good: an id that is asked for or sent again gets
 * its first answer. */
static const TwMigration steps[] = {
  { 1,
    "CREATE TABLE bank_account (id TEXT PRIMARY KEY, balance_fen BIGINT NOT NULL);"
    "CREATE TABLE bank_debit ("
    "  id TEXT PRIMARY KEY,"
    "  account TEXT NOT NULL,"
    "  amount_fen BIGINT NOT NULL,"
    "  state TEXT NOT NULL,"
    "  reference TEXT NOT NULL,"
    "  reason TEXT NOT NULL"
    ");"
    "CREATE TABLE office_taxpayer (key TEXT PRIMARY KEY, issued_day BIGINT NOT NULL);"
    "CREATE TABLE office_bill ("
    "  id TEXT PRIMARY KEY,"
    "  taxpayer TEXT NOT NULL REFERENCES office_taxpayer (key),"
    "  amount_fen BIGINT NOT NULL,"
    "  due_day BIGINT NOT NULL,"
    "  payment TEXT,"
    "  object TEXT NOT NULL"
    ");"
    "CREATE INDEX office_bill_taxpayer ON office_bill (taxpayer);"
    "CREATE TABLE office_record ("
    "  id TEXT PRIMARY KEY,"
    "  taxpayer TEXT NOT NULL REFERENCES office_taxpayer (key),"
    "  object TEXT NOT NULL"
    ");"
    "CREATE INDEX office_record_taxpayer ON office_record (taxpayer);"
    "CREATE TABLE office_payment ("
    "  id TEXT PRIMARY KEY,"
    "  bill TEXT NOT NULL,"
    "  amount_fen BIGINT NOT NULL,"
    "  late_fee_fen BIGINT NOT NULL,"
    "  state TEXT NOT NULL,"
    "  reference TEXT NOT NULL,"
    "  reason TEXT NOT NULL,"
    "  confirm_at BIGINT NOT NULL"
    ");",
    NULL, NULL },
};

static gboolean
fail_key (const char *path, int why, GError **error)
{
  g_set_error (error, TW_ERROR, TW_ERROR_LOCKED, _ ("The key file %s can’t be used: %s."), path,
               g_strerror (why));
  return FALSE;
}

/* Makes the key if there is none; one that was made by another process at the same time is used. It
 * is whole, or not there: a process that is cut off leaves a part that nobody reads. */
static gboolean
make_key (const char *path, GError **error)
{
  g_autoptr (TwKey) key = tw_key_new_random ();
  g_autofree char *part = g_strdup_printf ("%s.%d", path, (int) getpid ());
  gboolean made = FALSE;
  int fd;

  if (g_file_test (path, G_FILE_TEST_EXISTS))
    return TRUE;
  g_unlink (part);
  fd = g_open (part, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (fd < 0)
    return fail_key (part, errno, error);
  made = write (fd, tw_key_peek (key), TW_KEY_BYTES) == TW_KEY_BYTES && fsync (fd) == 0 &&
         (link (part, path) == 0 || errno == EEXIST);
  if (!made)
    fail_key (path, errno, error);
  close (fd);
  g_unlink (part);
  return made;
}

static TwKey *
read_key (const char *keys_dir, GError **error)
{
  g_autofree char *path = g_build_filename (keys_dir, KEY_FILE, NULL);
  guint8 bytes[TW_KEY_BYTES + 1];
  gssize length;
  int fd;

  if (g_mkdir_with_parents (keys_dir, 0700) != 0)
    {
      fail_key (keys_dir, errno, error);
      return NULL;
    }
  if (!make_key (path, error))
    return NULL;
  fd = g_open (path, O_RDONLY | O_CLOEXEC, 0);
  if (fd < 0)
    {
      fail_key (path, errno, error);
      return NULL;
    }
  length = read (fd, bytes, sizeof bytes);
  close (fd);
  return tw_key_new_from_bytes (bytes, length > 0 ? (gsize) length : 0, error);
}

/**
 * tw_books_open:
 * @url: `sqlite:/path/to/file`, or the path alone
 * @keys_dir: the folder of the file's key, which is made on first use
 * @error: %TW_ERROR_LOCKED for a key that can't be used, or the database's
 *
 * Returns: (transfer full) (nullable): the books, ready to be used
 */
TwDb *
tw_books_open (const char *url, const char *keys_dir, GError **error)
{
  g_autofree char *full_url =
    strchr (url, ':') != NULL ? g_strdup (url) : g_strconcat ("sqlite:", url, NULL);
  g_autoptr (TwKey) key = read_key (keys_dir, error);
  g_autoptr (TwDb) db = NULL;

  if (key == NULL)
    return NULL;
  db = tw_db_open (full_url, tw_key_peek (key), error);
  if (db == NULL || !tw_db_migrate (db, steps, G_N_ELEMENTS (steps), error))
    return NULL;
  return g_steal_pointer (&db);
}

/**
 * tw_books_make_id:
 * @at_ms: the time that the id tells
 * @what: names the thing
 *
 * Returns: (transfer full): a UUID of version 7 that is the same whenever it is asked for
 */
char *
tw_books_make_id (gint64 at_ms, const char *what)
{
  guint8 b[TW_HASH_BYTES];

  tw_hash (what, strlen (what), b);
  for (int i = 0; i < 6; i++)
    b[i] = (guint8) (at_ms >> (40 - 8 * i));
  b[6] = 0x70 | (b[6] & 0x0f);
  b[8] = 0x80 | (b[8] & 0x3f);
  return g_strdup_printf ("%02x%02x%02x%02x-%02x%02x-%02x%02x-%02x%02x-%02x%02x%02x%02x%02x%02x",
                          b[0], b[1], b[2], b[3], b[4], b[5], b[6], b[7], b[8], b[9], b[10], b[11],
                          b[12], b[13], b[14], b[15]);
}
