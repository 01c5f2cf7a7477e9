// SPDX-License-Identifier: GPL-3.0-or-later
/* flip-bits DATABASE KEYS COUNT SEED: flips a bit of the file of a service that was killed, or of
 * its log, anywhere, and looks at what `verify` says; COUNT times, each on a copy; and half as
 * often in the end of the log, where what was acknowledged last stands. Whatever it does not find
 * must make no difference to what the tables hold. Prints what it has seen; exits with 1 when
 * something was changed that nobody has found. */
#include <glib/gstdio.h>
#include <stdlib.h>
#include <string.h>

#include "db/tw-db.h"
#include "server/command/tw-keys.h"
#include "server/ops/tw-ops.h"
#include "vault/tw-vault.h"

#define FRAME (24 + 4096)
#define END_FRAMES 12 /* some commits */

typedef struct
{
  char *database; /* the copy's file */
  char *log;
  TwOpsOptions options;
  GByteArray *bytes; /* the file, and then the log */
  gsize file_bytes;
  guint found, harmless, missed;
} Flips;

static void
be_silent (const char *text)
{
}

static void
read_bytes (Flips *flips, const char *path)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *bytes = NULL;
  gsize length;

  g_file_get_contents (path, &bytes, &length, &error);
  g_assert_no_error (error);
  g_byte_array_append (flips->bytes, (const guint8 *) bytes, (guint) length);
}

static void
write_part (const char *path, const guint8 *bytes, gsize length)
{
  FILE *file = g_fopen (path, "wb");

  g_assert_nonnull (file);
  g_assert_cmpuint (fwrite (bytes, 1, length, file), ==, length);
  g_assert_cmpint (fclose (file), ==, 0);
}

/* The copy as it was; what SQLite keeps in shared memory is made anew. */
static void
write_copy (Flips *flips)
{
  g_autofree char *shared = g_strconcat (flips->database, "-shm", NULL);

  g_unlink (shared);
  write_part (flips->database, flips->bytes->data, flips->file_bytes);
  write_part (flips->log, flips->bytes->data + flips->file_bytes,
              flips->bytes->len - flips->file_bytes);
}

/* Whether nothing was found. */
static gboolean
verify (Flips *flips)
{
  g_autoptr (GError) error = NULL;
  TwExit code = TW_EXIT_DONE;

  return tw_verb_verify (&flips->options, &code, &error) && code == TW_EXIT_DONE;
}

static void
add_table (TwDb *db, GChecksum *sum, const char *table)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *columns_sql =
    g_strdup_printf ("SELECT group_concat ('quote (\"' || name || '\")', ' || '','' || ') FROM "
                     "pragma_table_info ('%s')",
                     table);
  g_autofree char *sql = NULL;
  TwStmt *stmt = tw_db_query (db, &error, columns_sql, "");

  g_assert_no_error (error);
  g_assert_cmpint (tw_stmt_step (stmt, &error), ==, TW_STEP_ROW);
  sql = g_strdup_printf ("SELECT %s FROM \"%s\" ORDER BY 1", tw_stmt_text (stmt, 0), table);
  tw_stmt_reset (stmt);
  stmt = tw_db_query (db, &error, sql, "");
  g_assert_no_error (error);
  while (tw_stmt_step (stmt, &error) == TW_STEP_ROW)
    {
      g_checksum_update (sum, (const guchar *) tw_stmt_text (stmt, 0), -1);
      g_checksum_update (sum, (const guchar *) "\n", 1);
    }
  g_assert_no_error (error);
}

/* A sum over all that the tables hold. */
static char *
dump (Flips *flips)
{
  g_autoptr (TwKeys) keys = NULL;
  g_autoptr (TwDb) db = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GChecksum) sum = g_checksum_new (G_CHECKSUM_SHA256);
  g_autoptr (GPtrArray) tables = g_ptr_array_new_with_free_func (g_free);
  TwStmt *stmt;

  keys = tw_keys_open (flips->options.keys, FALSE, &error);
  g_assert_no_error (error);
  db =
    tw_db_open (flips->options.database, tw_key_peek (tw_keys_get (keys, TW_KEY_SQLITE)), &error);
  g_assert_no_error (error);
  stmt = tw_db_query (db, &error, "SELECT name, sql FROM sqlite_schema ORDER BY name", "");
  g_assert_no_error (error);
  while (tw_stmt_step (stmt, &error) == TW_STEP_ROW)
    {
      const char *sql = tw_stmt_text (stmt, 1);

      if (sql != NULL)
        g_checksum_update (sum, (const guchar *) sql, -1);
      if (sql != NULL && g_str_has_prefix (sql, "CREATE TABLE"))
        g_ptr_array_add (tables, g_strdup (tw_stmt_text (stmt, 0)));
    }
  g_assert_no_error (error);
  for (guint i = 0; i < tables->len; i++)
    add_table (db, sum, g_ptr_array_index (tables, i));
  return g_strdup (g_checksum_get_string (sum));
}

static void
set_up (Flips *flips, const char *database, const char *keys, const char *folder)
{
  g_autofree char *log = g_strconcat (database, "-wal", NULL);

  flips->bytes = g_byte_array_new ();
  read_bytes (flips, database);
  flips->file_bytes = flips->bytes->len;
  read_bytes (flips, log);
  flips->database = g_build_filename (folder, "copy.db", NULL);
  flips->log = g_strconcat (flips->database, "-wal", NULL);
  flips->options.database = g_strconcat ("sqlite:", flips->database, NULL);
  flips->options.keys = g_strdup (keys);
  flips->options.json = TRUE;
}

static void
flip (Flips *flips, const char *whole, guint at, guint8 mask)
{
  g_autofree char *seen = NULL;

  flips->bytes->data[at] ^= mask;
  write_copy (flips);
  if (!verify (flips))
    flips->found++;
  else
    {
      write_copy (flips);
      seen = dump (flips);
      if (strcmp (seen, whole) == 0)
        flips->harmless++;
      else
        {
          flips->missed++;
          g_printerr ("byte %u, bit %02x of the %s\n", at, mask,
                      at < flips->file_bytes ? "file" : "log");
        }
    }
  flips->bytes->data[at] ^= mask;
}

/* @count bits, anywhere in the last @length bytes. Returns whether none was missed. */
static gboolean
flip_some (Flips *flips, const char *whole, GRand *rand, guint count, guint length)
{
  flips->found = flips->harmless = flips->missed = 0;
  for (guint i = 0; i < count; i++)
    flip (flips, whole, flips->bytes->len - 1 - g_rand_int (rand) % length,
          (guint8) (1 << g_rand_int_range (rand, 0, 8)));
  fprintf (stdout, "%u flips in the last %u bytes: %u found, %u harmless, %u missed; ", count,
           length, flips->found, flips->harmless, flips->missed);
  return flips->missed == 0 && flips->found > 0;
}

static gboolean
run (Flips *flips, guint count, GRand *rand)
{
  const guint8 *log = flips->bytes->data + flips->file_bytes;
  const guint8 *last = flips->bytes->data + flips->bytes->len - FRAME;
  g_autofree char *whole = NULL;
  gboolean all_found;

  /* What was written last stands at the end: the salts are those of the log's header. */
  g_assert_cmpint (memcmp (log + 16, last + 8, 8), ==, 0);
  write_copy (flips);
  g_assert_true (verify (flips));
  write_copy (flips);
  whole = dump (flips);
  fprintf (stdout, "%" G_GSIZE_FORMAT " bytes of the file and %" G_GSIZE_FORMAT " of its log; ",
           flips->file_bytes, flips->bytes->len - flips->file_bytes);
  all_found = flip_some (flips, whole, rand, count, flips->bytes->len);
  return flip_some (flips, whole, rand, count / 2, END_FRAMES * FRAME) && all_found;
}

int
main (int argc, char **argv)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *folder = g_dir_make_tmp ("tw-flips-XXXXXX", &error);
  g_autofree char *shared = NULL;
  Flips flips = { 0 };
  GRand *rand;
  int status;

  g_assert_no_error (error);
  if (argc != 5)
    g_error ("flip-bits DATABASE KEYS COUNT SEED");
  tw_vault_init (&error);
  g_assert_no_error (error);
  g_set_print_handler (be_silent);
  g_set_printerr_handler (NULL);
  set_up (&flips, argv[1], argv[2], folder);
  rand = g_rand_new_with_seed ((guint32) g_ascii_strtoull (argv[4], NULL, 10));
  status = run (&flips, (guint) g_ascii_strtoull (argv[3], NULL, 10), rand) ? 0 : 1;
  shared = g_strconcat (flips.database, "-shm", NULL);
  g_unlink (flips.database);
  g_unlink (flips.log);
  g_unlink (shared);
  g_rmdir (folder);
  g_rand_free (rand);
  g_byte_array_unref (flips.bytes);
  g_free (flips.database);
  g_free (flips.log);
  g_free (flips.options.database);
  g_free (flips.options.keys);
  return status;
}
