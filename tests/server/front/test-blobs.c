// SPDX-License-Identifier: GPL-3.0-or-later
/* Files beside the database: how they grow, how much there may be of them, and when they go. */
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <utime.h>

#include "base/tw-error.h"
#include "protocol/tw-routes.h"
#include "server/http/tw-blob-store.h"

#define MIB (1024 * G_GINT64_CONSTANT (1024))

typedef struct
{
  char *folder;
  TwKey *column;
  TwKey *lookup;
  TwBlobStore *store;
} Fixture;

static void
open_store (Fixture *f)
{
  g_autoptr (GError) error = NULL;

  tw_blob_store_free (f->store);
  f->store = tw_blob_store_new (f->folder, f->column, f->lookup, &error);
  g_assert_no_error (error);
}

static void
set_up (Fixture *f, gconstpointer unused)
{
  f->folder = g_dir_make_tmp ("tw-blobs-XXXXXX", NULL);
  f->column = tw_key_new_random ();
  f->lookup = tw_key_new_random ();
  open_store (f);
}

typedef void (*FileFunc) (const char *path, gpointer data);

static void
each_file (Fixture *f, FileFunc func, gpointer data)
{
  g_autoptr (GDir) shelves = g_dir_open (f->folder, 0, NULL);
  const char *shelf, *file;

  while ((shelf = g_dir_read_name (shelves)) != NULL)
    {
      g_autofree char *folder = g_build_filename (f->folder, shelf, NULL);
      g_autoptr (GDir) files = g_dir_open (folder, 0, NULL);

      while ((file = g_dir_read_name (files)) != NULL)
        {
          g_autofree char *path = g_build_filename (folder, file, NULL);

          func (path, data);
        }
    }
}

static void
remove_file (const char *path, gpointer data)
{
  g_autofree char *shelf = g_path_get_dirname (path);

  g_assert_cmpint (g_unlink (path), ==, 0);
  (void) g_rmdir (shelf);
}

static void
remove_shelf (const char *path)
{
  g_autoptr (GDir) shelves = g_dir_open (path, 0, NULL);
  const char *shelf;

  while ((shelf = g_dir_read_name (shelves)) != NULL)
    {
      g_autofree char *folder = g_build_filename (path, shelf, NULL);

      g_assert_cmpint (g_rmdir (folder), ==, 0);
    }
}

static void
tear_down (Fixture *f, gconstpointer unused)
{
  tw_blob_store_free (f->store);
  each_file (f, remove_file, NULL);
  remove_shelf (f->folder);
  g_assert_cmpint (g_rmdir (f->folder), ==, 0);
  tw_key_unref (f->column);
  tw_key_unref (f->lookup);
  g_free (f->folder);
}

static void
count_file (const char *path, gpointer data)
{
  ++*(guint *) data;
}

static guint
count_files (Fixture *f)
{
  guint n = 0;

  each_file (f, count_file, &n);
  return n;
}

/* The code of the error; -1: it was kept. */
static int
put (Fixture *f,
     const char *account,
     const char *hash,
     gint64 offset,
     gint64 size,
     const void *data,
     gsize length,
     TwBlobState *state)
{
  g_autoptr (GBytes) piece = g_bytes_new (data, length);
  g_autoptr (GError) error = NULL;
  TwBlobState unused;

  if (tw_blob_append (f->store, account, hash, offset, size, piece, state != NULL ? state : &unused,
                      &error))
    return -1;
  g_assert_true (error->domain == TW_ERROR);
  g_assert_cmpuint (strlen (error->message), >, 10);
  return error->code;
}

/* Begins a file of @size that is never sent. */
static int
begin (Fixture *f, const char *account, const char *label, gint64 size)
{
  g_autofree char *hash = tw_hash_hex (label, strlen (label));

  return put (f, account, hash, 0, size, "x", 1, NULL);
}

static guint8 *
make_content (gsize length)
{
  guint8 *content = g_malloc (length);

  for (gsize i = 0; i < length; i++)
    content[i] = (guint8) (i * 7 + i / 4096);
  return content;
}

static void
test_grows (Fixture *f, gconstpointer unused)
{
  const gsize length = 300000, piece = 40000;
  g_autofree guint8 *content = make_content (length);
  g_autofree char *hash = tw_hash_hex (content, length);
  g_autoptr (GBytes) read = NULL;
  g_autoptr (GError) error = NULL;
  TwBlobState state;

  for (gsize from = 0; from < length; from += piece)
    {
      gsize n = MIN (piece, length - from);

      g_assert_cmpint (
        put (f, "a", hash, (gint64) from, (gint64) length, content + from, n, &state), ==, -1);
      g_assert_cmpint (state.have, ==, from + n);
      g_assert_cmpint (state.complete, ==, from + n == length);
      if (from == 2 * piece)
        {
          open_store (f);
          g_assert_cmpint (put (f, "a", hash, 0, (gint64) length, content, n, &state), ==,
                           TW_ERROR_CONFLICT);
          g_assert_cmpint (state.have, ==, 3 * piece);
        }
      g_assert_true (tw_blob_get_state (f->store, "a", hash, &state, &error));
      g_assert_cmpint (state.have, ==, from + n);
      g_assert_cmpint (state.size, ==, length);
    }
  read = tw_blob_read (f->store, "a", hash, &error);
  g_assert_no_error (error);
  g_assert_cmpmem (g_bytes_get_data (read, NULL), g_bytes_get_size (read), content, length);
  g_assert_null (tw_blob_read (f->store, "b", hash, NULL));
  g_assert_cmpint (put (f, "a", hash, 0, (gint64) length, content, 10, &state), ==, -1);
  g_assert_true (state.complete);
}

static void
damage_file (const char *path, gpointer data)
{
  g_autofree char *text = NULL;
  gsize length;

  g_assert_true (g_file_get_contents (path, &text, &length, NULL));
  text[length - 5] ^= 1;
  g_assert_true (g_file_set_contents (path, text, (gssize) length, NULL));
}

/* What is there already is not opened for each piece that comes; it is when all is there. */
static void
test_is_opened_once (Fixture *f, gconstpointer unused)
{
  const gsize length = 3000, third = 1000;
  g_autofree guint8 *content = make_content (length);
  g_autofree char *hash = tw_hash_hex (content, length);

  g_assert_cmpint (put (f, "a", hash, 0, (gint64) length, content, third, NULL), ==, -1);
  each_file (f, damage_file, NULL);
  g_assert_cmpint (
    put (f, "a", hash, (gint64) third, (gint64) length, content + third, third, NULL), ==, -1);
  g_assert_cmpint (
    put (f, "a", hash, (gint64) (2 * third), (gint64) length, content + 2 * third, third, NULL), ==,
    TW_ERROR_INVALID);
  g_assert_cmpuint (count_files (f), ==, 0);
  g_assert_cmpint (put (f, "a", hash, 0, (gint64) length, content, length, NULL), ==, -1);
}

static void
cut_file (const char *path, gpointer data)
{
  struct stat info;

  g_assert_cmpint (g_stat (path, &info), ==, 0);
  g_assert_cmpint (truncate (path, info.st_size - 3), ==, 0);
}

/* The end of a piece that a crash has cut off. */
static void
test_torn (Fixture *f, gconstpointer unused)
{
  const gsize length = 3000, third = 1000;
  g_autofree guint8 *content = make_content (length);
  g_autofree char *hash = tw_hash_hex (content, length);
  TwBlobState state;

  g_assert_cmpint (put (f, "a", hash, 0, (gint64) length, content, third, NULL), ==, -1);
  g_assert_cmpint (
    put (f, "a", hash, (gint64) third, (gint64) length, content + third, third, NULL), ==, -1);
  each_file (f, cut_file, NULL);
  g_assert_cmpint (
    put (f, "a", hash, (gint64) (2 * third), (gint64) length, content, third, &state), ==,
    TW_ERROR_CONFLICT);
  g_assert_cmpint (state.have, ==, third);
  g_assert_cmpint (
    put (f, "a", hash, (gint64) third, (gint64) length, content + third, 2 * third, &state), ==,
    -1);
  g_assert_true (state.complete);
}

static void
cut_head (const char *path, gpointer data)
{
  g_assert_cmpint (truncate (path, 3), ==, 0);
}

/* Cut off in its very head it is begun anew, and counts once: one of the few that may be begun, and
 * with its own size. */
static void
test_torn_head (Fixture *f, gconstpointer unused)
{
  for (int i = 0; i < TW_LIMIT_BLOB_PARTS; i++)
    {
      g_autofree char *label = g_strdup_printf ("%d", i);

      g_assert_cmpint (begin (f, "a", label, 30 * MIB), ==, -1);
    }
  each_file (f, cut_head, NULL);
  open_store (f);
  for (int i = 0; i < TW_LIMIT_BLOB_PARTS; i++)
    {
      g_autofree char *label = g_strdup_printf ("%d", i);

      g_assert_cmpint (begin (f, "a", label, 30 * MIB), ==, -1);
    }
  g_assert_cmpuint (count_files (f), ==, TW_LIMIT_BLOB_PARTS);
  g_assert_cmpint (begin (f, "a", "more", 1000), ==, TW_ERROR_TOO_MANY);
}

static void
test_quota (Fixture *f, gconstpointer unused)
{
  const gsize length = 1000;
  g_autofree guint8 *content = make_content (length);
  g_autofree char *hash = tw_hash_hex (content, length);

  g_assert_cmpint (begin (f, "a", "1", 60 * MIB), ==, -1);
  g_assert_cmpint (begin (f, "a", "2", 60 * MIB), ==, -1);
  g_assert_cmpint (begin (f, "a", "3", 60 * MIB), ==, TW_ERROR_TOO_LARGE);
  g_assert_cmpint (begin (f, "b", "3", 60 * MIB), ==, -1);
  open_store (f);
  g_assert_cmpint (begin (f, "a", "3", 60 * MIB), ==, TW_ERROR_TOO_LARGE);
  /* What fits still does, also when it had to be thrown away once. */
  content[0] ^= 1;
  g_assert_cmpint (put (f, "a", hash, 0, length, content, length, NULL), ==, TW_ERROR_INVALID);
  g_assert_cmpint (begin (f, "a", "4", 8 * MIB), ==, -1);
  g_assert_cmpint (begin (f, "a", "5", 1), ==, TW_ERROR_TOO_LARGE);
}

static void
test_many_short_ones (Fixture *f, gconstpointer unused)
{
  guint n = 0;

  /* A file of one byte takes a block of the disk. */
  g_assert_cmpint (begin (f, "a", "most", TW_LIMIT_BLOB_ACCOUNT_BYTES - 10 * 4096), ==, -1);
  for (; n < 20; n++)
    {
      guint8 byte = (guint8) n;
      g_autofree char *hash = tw_hash_hex (&byte, 1);

      if (put (f, "a", hash, 0, 1, &byte, 1, NULL) != -1)
        break;
    }
  g_assert_cmpuint (n, ==, 10);
}

static void
test_parts (Fixture *f, gconstpointer unused)
{
  const gsize length = 1000, half = 500;
  g_autofree guint8 *content = make_content (length);
  g_autofree char *hash = tw_hash_hex (content, length);

  g_assert_cmpint (put (f, "a", hash, 0, (gint64) length, content, half, NULL), ==, -1);
  for (int i = 1; i < TW_LIMIT_BLOB_PARTS; i++)
    {
      g_autofree char *label = g_strdup_printf ("%d", i);

      g_assert_cmpint (begin (f, "a", label, 1000), ==, -1);
    }
  g_assert_cmpint (begin (f, "a", "more", 1000), ==, TW_ERROR_TOO_MANY);
  open_store (f);
  g_assert_cmpint (begin (f, "a", "more", 1000), ==, TW_ERROR_TOO_MANY);
  g_assert_cmpint (begin (f, "b", "more", 1000), ==, -1);
  g_assert_cmpint (put (f, "a", hash, (gint64) half, (gint64) length, content + half, half, NULL),
                   ==, -1);
  g_assert_cmpint (begin (f, "a", "more", 1000), ==, -1);
}

static void
age_file (const char *path, gpointer data)
{
  time_t then = (time_t) (g_get_real_time () / G_USEC_PER_SEC - *(gint64 *) data);
  struct utimbuf times = { then, then };

  g_assert_cmpint (utime (path, &times), ==, 0);
}

static void
test_sweep (Fixture *f, gconstpointer unused)
{
  gint64 young_s = TW_LIMIT_BLOB_PART_S - 600, old_s = TW_LIMIT_BLOB_PART_S + 1;
  const gsize length = 1000;
  g_autofree guint8 *content = make_content (length);
  g_autofree char *hash = tw_hash_hex (content, length);

  g_assert_cmpint (put (f, "a", hash, 0, (gint64) length, content, length, NULL), ==, -1);
  for (int i = 0; i < TW_LIMIT_BLOB_PARTS; i++)
    {
      g_autofree char *label = g_strdup_printf ("%d", i);

      g_assert_cmpint (begin (f, "a", label, 30 * MIB), ==, -1);
    }
  each_file (f, age_file, &young_s);
  tw_blob_store_sweep (f->store);
  g_assert_cmpuint (count_files (f), ==, 1 + TW_LIMIT_BLOB_PARTS);
  g_assert_cmpint (begin (f, "a", "more", 1000), ==, TW_ERROR_TOO_MANY);
  each_file (f, age_file, &old_s);
  tw_blob_store_sweep (f->store);
  g_assert_cmpuint (count_files (f), ==, 1);
  g_assert_cmpint (begin (f, "a", "more", 100 * MIB), ==, -1);
}

static void
move_file (const char *path, gpointer data)
{
  Fixture *f = data;
  g_autofree char *name = g_path_get_basename (path);
  g_autofree char *shelf_name = g_strndup (name, 2);
  g_autofree char *shelf = g_build_filename (f->folder, shelf_name, NULL);
  g_autofree char *to = g_build_filename (shelf, name, NULL);

  if (strcmp (path, to) == 0)
    return;
  g_assert_cmpint (g_mkdir_with_parents (shelf, 0700), ==, 0);
  g_assert_cmpint (g_rename (path, to), ==, 0);
}

/* As it was kept before accounts had shelves of their own. */
static void
test_old_place (Fixture *f, gconstpointer unused)
{
  const gsize length = 1000;
  g_autofree guint8 *content = make_content (length);
  g_autofree char *hash = tw_hash_hex (content, length);
  g_autoptr (GBytes) read = NULL;
  TwBlobState state;

  g_assert_cmpint (put (f, "a", hash, 0, (gint64) length, content, length, NULL), ==, -1);
  each_file (f, move_file, f);
  read = tw_blob_read (f->store, "a", hash, NULL);
  g_assert_nonnull (read);
  g_assert_cmpmem (g_bytes_get_data (read, NULL), g_bytes_get_size (read), content, length);
  g_assert_cmpint (put (f, "a", hash, 0, (gint64) length, content, 10, &state), ==, -1);
  g_assert_true (state.complete);
  g_assert_cmpuint (count_files (f), ==, 1);
}

#define ADD(name, func) g_test_add ("/front/blobs/" name, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("grows", test_grows);
  ADD ("is-opened-once", test_is_opened_once);
  ADD ("torn", test_torn);
  ADD ("torn-head", test_torn_head);
  ADD ("quota", test_quota);
  ADD ("many-short-ones", test_many_short_ones);
  ADD ("parts", test_parts);
  ADD ("sweep", test_sweep);
  ADD ("old-place", test_old_place);
  return g_test_run ();
}
