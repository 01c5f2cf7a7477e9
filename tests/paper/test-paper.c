// SPDX-License-Identifier: GPL-3.0-or-later
/* How saving behaves: progress, giving up, files that can't be written, a live main loop. */
#include <glib/gstdio.h>
#include <string.h>

#include "base/tw-error.h"
#include "client/paper/tw-paper-csv.h"
#include "client/paper/tw-paper-table.h"

/* Enough for many turns of the loop and more than one write, and quick with sanitizers too */
#define ROWS 300
#define ROW_BYTES 20
#define CSV_ROW_BYTES 500

typedef struct
{
  char *folder;
  char *path;
  GFile *file;
  GtkStringList *list;
  TwPaperTable *table;
  GAsyncResult *result;
  GCancellable *cancellable;
  double fraction;
  guint told;
  double cancel_at;
} Fixture;

typedef void (*Save) (Fixture *fixture);

static void
fill_cell (gpointer item, guint column, TwPaperCell *cell, gpointer data)
{
  if (column == 0)
    tw_paper_cell_set_text (cell, gtk_string_object_get_string (item));
  else
    tw_paper_cell_set_money (cell, 100);
}

static void save_csv (Fixture *fixture);

static void
set_up (Fixture *fixture, gconstpointer how)
{
  fixture->folder = g_dir_make_tmp ("tw-paper.XXXXXX", NULL);
  fixture->path = g_build_filename (fixture->folder, "out", NULL);
  fixture->file = g_file_new_for_path (fixture->path);
  fixture->cancellable = g_cancellable_new ();
  fixture->cancel_at = 2;
  fixture->list = gtk_string_list_new (NULL);
  for (guint i = 0; i < ROWS; i++)
    gtk_string_list_take (fixture->list,
                          g_strnfill (how == save_csv ? CSV_ROW_BYTES : ROW_BYTES, 'x'));
  fixture->table =
    tw_paper_table_new ("Rows", G_LIST_MODEL (g_object_ref (fixture->list)), fill_cell, NULL, NULL);
  g_object_unref (fixture->list);
  tw_paper_table_add_column (fixture->table, "text", TW_PAPER_KIND_TEXT, 2, TW_PAPER_COLUMN_NONE);
  tw_paper_table_add_column (fixture->table, "money", TW_PAPER_KIND_MONEY, 1, TW_PAPER_COLUMN_SUM);
}

/* The folder must be empty but for the file: nothing half done is left beside it. */
static void
tear_down (Fixture *fixture, gconstpointer data)
{
  /* What the operation still holds goes with the turn of the loop that ended it. */
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_unlink (fixture->path);
  g_assert_cmpint (g_rmdir (fixture->folder), ==, 0);
  g_assert_finalize_object (fixture->table);
  g_assert_finalize_object (fixture->list);
  g_object_unref (fixture->file);
  g_object_unref (fixture->cancellable);
  g_free (fixture->folder);
  g_free (fixture->path);
}

static void
on_progress (double fraction, gpointer data)
{
  Fixture *fixture = data;

  g_assert_cmpfloat (fraction, >=, fixture->fraction);
  g_assert_cmpfloat (fraction, <=, 1);
  fixture->fraction = fraction;
  fixture->told++;
  if (fraction >= fixture->cancel_at)
    g_cancellable_cancel (fixture->cancellable);
}

static void
on_done (GObject *source, GAsyncResult *result, gpointer data)
{
  ((Fixture *) data)->result = g_object_ref (result);
}

static void
save_pdf (Fixture *fixture)
{
  tw_paper_save_pdf_async (TW_PAPER (fixture->table), fixture->file, on_progress, fixture,
                           fixture->cancellable, on_done, fixture);
}

static void
save_csv (Fixture *fixture)
{
  tw_paper_save_csv_async (fixture->table, fixture->file, on_progress, fixture,
                           fixture->cancellable, on_done, fixture);
}

static gboolean
save (Fixture *fixture, gconstpointer how, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;
  gboolean saved;

  ((Save) how) (fixture);
  while (fixture->result == NULL)
    g_main_context_iteration (NULL, TRUE);
  result = g_steal_pointer (&fixture->result);
  saved = g_task_propagate_boolean (G_TASK (result), error);
  return saved;
}

static gboolean
on_tick (gpointer data)
{
  ++*(guint *) data;
  return G_SOURCE_CONTINUE;
}

static void
test_progress (Fixture *fixture, gconstpointer how)
{
  g_autoptr (GError) error = NULL;
  guint ticks = 0, source = g_idle_add (on_tick, &ticks);

  save (fixture, how, &error);
  g_assert_no_error (error);
  g_assert_cmpfloat (fixture->fraction, ==, 1);
  g_assert_cmpuint (fixture->told, >, 1);
  g_assert_cmpuint (ticks, >, 1);
  g_assert_true (g_file_test (fixture->path, G_FILE_TEST_IS_REGULAR));
  g_source_remove (source);
}

static void
test_replace (Fixture *fixture, gconstpointer how)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;

  g_assert_true (g_file_set_contents (fixture->path, "older", -1, NULL));
  save (fixture, how, &error);
  g_assert_no_error (error);
  g_assert_true (g_file_get_contents (fixture->path, &text, NULL, NULL));
  g_assert_cmpstr (text, !=, "older");
}

static void
test_cancel (Fixture *fixture, gconstpointer how)
{
  g_autoptr (GError) error = NULL;

  fixture->cancel_at = 0.2;
  g_assert_false (save (fixture, how, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_false (g_file_test (fixture->path, G_FILE_TEST_EXISTS));
}

/* Given up, the older file is as it was. */
static void
test_cancel_replace (Fixture *fixture, gconstpointer how)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;

  g_assert_true (g_file_set_contents (fixture->path, "older", -1, NULL));
  fixture->cancel_at = 0.2;
  g_assert_false (save (fixture, how, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_true (g_file_get_contents (fixture->path, &text, NULL, NULL));
  g_assert_cmpstr (text, ==, "older");
}

static void
test_cancelled_before (Fixture *fixture, gconstpointer how)
{
  g_autoptr (GError) error = NULL;

  g_cancellable_cancel (fixture->cancellable);
  g_assert_false (save (fixture, how, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_false (g_file_test (fixture->path, G_FILE_TEST_EXISTS));
}

static void
test_no_folder (Fixture *fixture, gconstpointer how)
{
  g_autoptr (GError) error = NULL;

  g_object_unref (fixture->file);
  fixture->file = g_file_new_build_filename (fixture->folder, "missing", "out", NULL);
  g_assert_false (save (fixture, how, &error));
  g_assert_error (error, TW_ERROR, TW_ERROR_INTERNAL);
}

/* The rows that count are those of the beginning, though the list changes meanwhile. */
static void
on_shrink (double fraction, gpointer data)
{
  Fixture *fixture = data;

  gtk_string_list_splice (fixture->list, 0, g_list_model_get_n_items (G_LIST_MODEL (fixture->list)),
                          NULL);
}

static void
test_changing_list (Fixture *fixture, gconstpointer how)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;

  if (how == save_pdf)
    tw_paper_save_pdf_async (TW_PAPER (fixture->table), fixture->file, on_shrink, fixture, NULL,
                             on_done, fixture);
  else
    tw_paper_save_csv_async (fixture->table, fixture->file, on_shrink, fixture, NULL, on_done,
                             fixture);
  while (fixture->result == NULL)
    g_main_context_iteration (NULL, TRUE);
  g_assert_true (g_task_propagate_boolean (G_TASK (fixture->result), &error));
  g_clear_object (&fixture->result);
  g_assert_true (g_file_get_contents (fixture->path, &text, NULL, NULL));
  if (how == save_csv)
    g_assert_nonnull (strstr (text, "\r\nTotal,300.00\r\n"));
}

/* A sum that does not fit is said not to, never shown wrong. */
static void
fill_huge (gpointer item, guint column, TwPaperCell *cell, gpointer data)
{
  tw_paper_cell_set_money (cell, G_MAXINT64);
}

static void
test_overflow (Fixture *fixture, gconstpointer how)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;

  g_object_unref (fixture->table);
  fixture->table = tw_paper_table_new ("Huge", G_LIST_MODEL (fixture->list), fill_huge, NULL, NULL);
  tw_paper_table_add_column (fixture->table, "a", TW_PAPER_KIND_MONEY, 1, TW_PAPER_COLUMN_NONE);
  tw_paper_table_add_column (fixture->table, "b", TW_PAPER_KIND_MONEY, 1, TW_PAPER_COLUMN_SUM);
  gtk_string_list_splice (fixture->list, 2, ROWS - 2, NULL);
  save (fixture, how, &error);
  g_assert_no_error (error);
  g_assert_true (g_file_get_contents (fixture->path, &text, NULL, NULL));
  if (how == save_csv)
    g_assert_true (g_str_has_suffix (text, "\r\nTotal,\r\n"));
}

int
main (int argc, char *argv[])
{
  static const struct
  {
    const char *name;
    Save save;
  } ways[] = { { "pdf", save_pdf }, { "csv", save_csv } };
  static const struct
  {
    const char *name;
    void (*test) (Fixture *, gconstpointer);
  } tests[] = {
    { "progress", test_progress },
    { "replace", test_replace },
    { "cancel", test_cancel },
    { "cancel-replace", test_cancel_replace },
    { "cancelled-before", test_cancelled_before },
    { "no-folder", test_no_folder },
    { "changing-list", test_changing_list },
    { "overflow", test_overflow },
  };

  g_test_init (&argc, &argv, NULL);
  for (gsize w = 0; w < G_N_ELEMENTS (ways); w++)
    for (gsize t = 0; t < G_N_ELEMENTS (tests); t++)
      {
        g_autofree char *path = g_strdup_printf ("/paper/%s/%s", ways[w].name, tests[t].name);

        g_test_add (path, Fixture, ways[w].save, set_up, tests[t].test, tear_down);
      }
  return g_test_run ();
}
