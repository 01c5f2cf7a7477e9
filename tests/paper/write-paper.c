// SPDX-License-Identifier: GPL-3.0-or-later
/* Writes a known table or sheet for the tests to read back:
 *
 *   write-paper table FILE.pdf|FILE.csv ROWS   rows that follow from their number
 *   write-paper print FILE.pdf ROWS            the same by way of the printing system
 *   write-paper cells FILE.csv CELLS           a column of the NUL-separated texts of a file
 *   write-paper sheet FILE.pdf EVENTS
 *
 * Prints the peak of its memory in KiB, 0 where a sanitizer makes that meaningless. */
#include <libintl.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>

#include "client/paper/tw-paper-csv.h"
#include "client/paper/tw-paper-private.h"
#include "client/paper/tw-paper-sheet.h"
#include "client/paper/tw-paper-table.h"

static gboolean done;

static void
on_done (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;

  if (!g_task_propagate_boolean (G_TASK (result), &error))
    {
      g_printerr ("%s\n", error->message);
      exit (1);
    }
  done = TRUE;
}

static void
fill_cell (gpointer item, guint column, TwPaperCell *cell, gpointer data)
{
  int i = atoi (gtk_string_object_get_string (item));
  g_autofree char *text = NULL;

  switch (column)
    {
    case 0:
      text = g_strdup_printf ("R%05d", i);
      tw_paper_cell_set_text (cell, text);
      break;
    case 1:
      tw_paper_cell_set_day (cell, 20000 + i % 365);
      break;
    case 2:
      text = i % 50 == 7
               ? g_strdup_printf (
                   "第%d笔 这一格的字很多，要分成好几行才放得下，一个字也不能少：尾%d", i, i)
               : g_strdup_printf ("第%d笔 税款", i);
      tw_paper_cell_set_text (cell, text);
      break;
    case 3:
      tw_paper_cell_set_money (cell, (i % 10 == 3 ? -1 : 1) * (gint64) (i * 7919L % 1000003));
      break;
    default:
      if (i % 4 != 0)
        tw_paper_cell_set_int (cell, i % 4);
      break;
    }
}

static void
fill_text (gpointer item, guint column, TwPaperCell *cell, gpointer data)
{
  if (column == 0)
    tw_paper_cell_set_text (cell, gtk_string_object_get_string (item));
  else
    tw_paper_cell_set_money (cell, -150);
}

static gboolean by_printing;

static void
save (TwPaper *paper, const char *path)
{
  g_autoptr (GFile) file = g_file_new_for_path (path);

  if (by_printing)
    tw_paper_run_operation (paper, GTK_PRINT_OPERATION_ACTION_EXPORT, path, NULL, NULL, on_done,
                            NULL);
  else if (g_str_has_suffix (path, ".csv"))
    tw_paper_save_csv_async (TW_PAPER_TABLE (paper), file, NULL, NULL, NULL, on_done, NULL);
  else
    tw_paper_save_pdf_async (paper, file, NULL, NULL, NULL, on_done, NULL);
  while (!done)
    g_main_context_iteration (NULL, TRUE);
}

static void
write_table (const char *path, int rows)
{
  g_autoptr (GtkStringList) list = gtk_string_list_new (NULL);
  g_autoptr (TwPaperTable) table =
    tw_paper_table_new ("税务记录 Tax records", G_LIST_MODEL (list), fill_cell, NULL, NULL);

  for (int i = 1; i <= rows; i++)
    gtk_string_list_take (list, g_strdup_printf ("%d", i));
  tw_paper_table_set_subtitle (table, "样例用户 2025");
  tw_paper_table_set_language (table, "zh-cn");
  tw_paper_table_add_column (table, "编号", TW_PAPER_KIND_TEXT, 2, TW_PAPER_COLUMN_NONE);
  tw_paper_table_add_column (table, "日期", TW_PAPER_KIND_DATE, 2, TW_PAPER_COLUMN_NONE);
  tw_paper_table_add_column (table, "说明", TW_PAPER_KIND_TEXT, 4, TW_PAPER_COLUMN_NONE);
  tw_paper_table_add_column (table, "金额", TW_PAPER_KIND_MONEY, 3, TW_PAPER_COLUMN_SUM);
  tw_paper_table_add_column (table, "份数", TW_PAPER_KIND_INT, 1, TW_PAPER_COLUMN_SUM);
  tw_paper_table_add_note (table, "样例数据，仅供核对。");
  save (TW_PAPER (table), path);
}

static void
write_cells (const char *path, const char *source)
{
  g_autoptr (GtkStringList) list = gtk_string_list_new (NULL);
  g_autoptr (TwPaperTable) table =
    tw_paper_table_new ("cells", G_LIST_MODEL (list), fill_text, NULL, NULL);
  g_autofree char *cells = NULL;
  gsize length;

  if (!g_file_get_contents (source, &cells, &length, NULL))
    exit (2);
  for (gsize i = 0; i < length; i += strlen (cells + i) + 1)
    gtk_string_list_append (list, cells + i);
  tw_paper_table_add_column (table, "=text", TW_PAPER_KIND_TEXT, 1, TW_PAPER_COLUMN_NONE);
  tw_paper_table_add_column (table, "money", TW_PAPER_KIND_MONEY, 1, TW_PAPER_COLUMN_SUM);
  save (TW_PAPER (table), path);
}

static void
write_sheet (const char *path, int events)
{
  g_autoptr (TwPaperSheet) sheet = tw_paper_sheet_new ("电子收据");

  tw_paper_sheet_set_language (sheet, "zh-cn");
  tw_paper_sheet_add_section (sheet, "税款");
  tw_paper_sheet_add_text (sheet, "税种", "个人所得税");
  tw_paper_sheet_add_text (sheet, "没有的", NULL);
  tw_paper_sheet_add_money (sheet, "实缴", 123456);
  tw_paper_sheet_add_section (sheet, "经过");
  tw_paper_sheet_add_event (sheet, 0, "从未发生", NULL);
  for (int i = 1; i <= events; i++)
    {
      g_autofree char *what = g_strdup_printf ("事件%d号", i);

      tw_paper_sheet_add_event (sheet, G_GINT64_CONSTANT (1767225600000) + i * 1000, what, "参考");
    }
  tw_paper_sheet_add_note (sheet, "仅供核对。");
  save (TW_PAPER (sheet), path);
}

static long
get_peak_kib (void)
{
  g_autofree char *status = NULL;
  const char *line;

#ifdef __SANITIZE_ADDRESS__
  return 0;
#endif
  g_file_get_contents ("/proc/self/status", &status, NULL, NULL);
  line = strstr (status, "VmHWM:");
  return line != NULL ? strtol (line + 6, NULL, 10) : 0;
}

int
main (int argc, char *argv[])
{
  if (argc != 4)
    return 2;
  setlocale (LC_ALL, "");
  by_printing = g_str_equal (argv[1], "print");
  if (by_printing || g_str_equal (argv[1], "table"))
    write_table (argv[2], atoi (argv[3]));
  else if (g_str_equal (argv[1], "cells"))
    write_cells (argv[2], argv[3]);
  else
    write_sheet (argv[2], atoi (argv[3]));
  g_print ("%ld\n", get_peak_kib ());
  return 0;
}
