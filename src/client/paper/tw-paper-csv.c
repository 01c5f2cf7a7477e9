// SPDX-License-Identifier: GPL-3.0-or-later
#include "client/paper/tw-paper-csv.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "base/tw-clock.h"
#include "base/tw-error.h"
#include "base/tw-money.h"
#include "client/paper/tw-paper-table-private.h"

#define BYTE_ORDER_MARK "\xef\xbb\xbf"

/* About one write of this size a turn of the main loop; memory does not grow with the rows. */
#define CHUNK_BYTES (64 * 1024)

typedef struct
{
  TwPaperTable *table;
  GPtrArray *items;
  guint next_row;
  TwPaperSum *sums;
  TwPaperCell cell;
  GFile *file;
  gboolean was_there;
  GFileOutputStream *stream;
  GString *chunk;
  gboolean finished;
  TwPaperProgress progress;
  gpointer progress_data;
} Job;

static void
job_free (gpointer data)
{
  Job *job = data;

  tw_paper_cell_clear (&job->cell);
  g_object_unref (job->file);
  g_clear_object (&job->stream);
  g_string_free (job->chunk, TRUE);
  g_free (job->sums);
  g_ptr_array_unref (job->items);
  g_object_unref (job->table);
  g_free (job);
}

/* What a spreadsheet may overlook before the sign that makes a formula. */
static gboolean
is_overlooked (gunichar c)
{
  switch (g_unichar_type (c))
    {
    case G_UNICODE_CONTROL:
    case G_UNICODE_FORMAT:
    case G_UNICODE_SPACE_SEPARATOR:
    case G_UNICODE_LINE_SEPARATOR:
    case G_UNICODE_PARAGRAPH_SEPARATOR:
    case G_UNICODE_INITIAL_PUNCTUATION:
    case G_UNICODE_FINAL_PUNCTUATION:
    case G_UNICODE_NON_SPACING_MARK:
      return TRUE;
    default:
      return c == '"' || c == '\'' || c == '`' || c == 0xff02 || c == 0xff07;
    }
}

static gboolean
looks_like_formula (const char *text)
{
  gunichar plain[G_UNICHAR_MAX_DECOMPOSITION_LENGTH];

  if (*text == '\t' || *text == '\r' || *text == '\n')
    return TRUE;
  while (*text != '\0' && is_overlooked (g_utf8_get_char (text)))
    text = g_utf8_next_char (text);
  if (*text == '\0')
    return FALSE;
  /* Full-width and small forms come down to the plain sign. */
  g_unichar_fully_decompose (g_utf8_get_char (text), TRUE, plain, G_N_ELEMENTS (plain));
  return plain[0] == '=' || plain[0] == '+' || plain[0] == '-' || plain[0] == '@' ||
         plain[0] == 0x2212;
}

/**
 * tw_paper_csv_append_text:
 * @line: where to
 * @text: a text that somebody else may have written, UTF-8
 *
 * Appends one cell: with an apostrophe before what a spreadsheet would run as a formula, and
 * quoted after RFC 4180 where it must be.
 */
void
tw_paper_csv_append_text (GString *line, const char *text)
{
  g_autofree char *safe = g_strconcat (looks_like_formula (text) ? "'" : "", text, NULL);
  gsize length = strlen (safe);

  if (strpbrk (safe, ",;\"\r\n\t") == NULL && *safe != ' ' &&
      (length == 0 || safe[length - 1] != ' '))
    {
      g_string_append (line, safe);
      return;
    }
  g_string_append_c (line, '"');
  for (const char *p = safe; *p != '\0'; p++)
    {
      if (*p == '"')
        g_string_append_c (line, '"');
      g_string_append_c (line, *p);
    }
  g_string_append_c (line, '"');
}

/* Numbers are written as numbers: a negative amount must stay one. */
static void
append_cell (GString *line, const TwPaperCell *cell)
{
  g_autofree char *text = NULL;

  if (!cell->filled)
    return;
  switch (cell->kind)
    {
    case TW_PAPER_KIND_MONEY:
      text = tw_money_format_plain (cell->number);
      g_string_append (line, text);
      break;
    case TW_PAPER_KIND_DATE:
      text = tw_clock_format_day ((int) cell->number);
      g_string_append (line, text);
      break;
    case TW_PAPER_KIND_INT:
      g_string_append_printf (line, "%" G_GINT64_FORMAT, cell->number);
      break;
    case TW_PAPER_KIND_TEXT:
    default:
      tw_paper_csv_append_text (line, cell->text);
      break;
    }
}

static void
end_cell (Job *job, guint column)
{
  g_string_append (job->chunk, column + 1 < job->table->columns->len ? "," : "\r\n");
}

static void
append_heads (Job *job)
{
  g_string_append (job->chunk, BYTE_ORDER_MARK);
  for (guint i = 0; i < job->table->columns->len; i++)
    {
      tw_paper_csv_append_text (job->chunk, tw_paper_table_get_column (job->table, i)->title);
      end_cell (job, i);
    }
}

static void
append_row (Job *job, gpointer item)
{
  for (guint i = 0; i < job->table->columns->len; i++)
    {
      tw_paper_table_read (job->table, item, i, &job->cell);
      append_cell (job->chunk, &job->cell);
      end_cell (job, i);
    }
  tw_paper_table_add_row (job->table, item, job->sums);
}

static void
append_totals (Job *job)
{
  int label_column = tw_paper_table_get_label_column (job->table);

  for (guint i = 0; i < job->table->columns->len; i++)
    {
      TwPaperColumn *column = tw_paper_table_get_column (job->table, i);

      if ((int) i == label_column)
        tw_paper_csv_append_text (job->chunk, _ ("Total"));
      else if ((column->flags & TW_PAPER_COLUMN_SUM) != 0)
        {
          tw_paper_cell_take_sum (&job->cell, column->kind, &job->sums[i]);
          append_cell (job->chunk, &job->cell);
        }
      end_cell (job, i);
    }
}

static void
return_error (GTask *task, GError *cause)
{
  g_autoptr (GTask) ended = task;

  if (g_error_matches (cause, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    {
      g_task_return_error (ended, cause);
      return;
    }
  g_task_return_new_error (ended, TW_ERROR, TW_ERROR_INTERNAL, _ ("The file can't be written: %s"),
                           cause->message);
  g_error_free (cause);
}

static void
on_closed (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  GError *error = NULL;

  if (!g_output_stream_close_finish (G_OUTPUT_STREAM (source), result, &error))
    return_error (g_steal_pointer (&task), error);
  else
    g_task_return_boolean (task, TRUE);
}

/* Closing with a cancelled cancellable drops what was to replace an older file; where there was
 * none, GIO has written straight to the name. */
static void
on_dropped (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  Job *job = g_task_get_task_data (task);

  if (!job->was_there)
    g_file_delete (job->file, NULL, NULL);
  g_output_stream_close_finish (G_OUTPUT_STREAM (source), result, NULL);
  return_error (g_steal_pointer (&task), g_object_steal_data (G_OBJECT (source), "tw-cause"));
}

static void
drop (GTask *task, GError *cause)
{
  Job *job = g_task_get_task_data (task);
  g_autoptr (GCancellable) cancelled = g_cancellable_new ();

  g_cancellable_cancel (cancelled);
  g_object_set_data (G_OBJECT (job->stream), "tw-cause", cause);
  g_output_stream_close_async (G_OUTPUT_STREAM (job->stream), G_PRIORITY_DEFAULT_IDLE, cancelled,
                               on_dropped, task);
}

static void write_chunk (GTask *task);

static void
on_written (GObject *source, GAsyncResult *result, gpointer data)
{
  GTask *task = data;
  Job *job = g_task_get_task_data (task);
  GError *error = NULL;

  if (!g_output_stream_write_all_finish (G_OUTPUT_STREAM (source), result, NULL, &error))
    {
      drop (task, error);
      return;
    }
  if (job->progress != NULL && job->items->len > 0)
    job->progress ((double) job->next_row / job->items->len, job->progress_data);
  if (job->finished)
    g_output_stream_close_async (G_OUTPUT_STREAM (job->stream), G_PRIORITY_DEFAULT_IDLE,
                                 g_task_get_cancellable (task), on_closed, task);
  else
    write_chunk (task);
}

static void
write_chunk (GTask *task)
{
  Job *job = g_task_get_task_data (task);

  g_string_truncate (job->chunk, 0);
  if (job->next_row == 0)
    append_heads (job);
  while (job->next_row < job->items->len && job->chunk->len < CHUNK_BYTES)
    append_row (job, job->items->pdata[job->next_row++]);
  if (job->next_row == job->items->len)
    {
      append_totals (job);
      job->finished = TRUE;
    }
  g_output_stream_write_all_async (G_OUTPUT_STREAM (job->stream), job->chunk->str, job->chunk->len,
                                   G_PRIORITY_DEFAULT_IDLE, g_task_get_cancellable (task),
                                   on_written, task);
}

static void
on_replaced (GObject *source, GAsyncResult *result, gpointer data)
{
  GTask *task = data;
  Job *job = g_task_get_task_data (task);
  GError *error = NULL;

  job->stream = g_file_replace_finish (G_FILE (source), result, &error);
  if (job->stream == NULL)
    return_error (task, error);
  else
    write_chunk (task);
}

/**
 * tw_paper_save_csv_async:
 * @table: what to save
 * @file: where to; what is there is replaced once the new one is whole
 * @progress: (nullable) (scope notified): told now and then
 * @progress_data: for @progress
 * @cancellable: (nullable): to give up; no half file is left
 * @callback: called in the thread-default main context
 * @user_data: for @callback
 *
 * UTF-8 with a byte order mark, lines ended as RFC 4180 says, a line of headings, the rows, a line
 * of totals. Amounts are plain numbers in yuan, days are `2026-03-01`; a text that a spreadsheet
 * would take for a formula gets an apostrophe before it.
 */
void
tw_paper_save_csv_async (TwPaperTable *table,
                         GFile *file,
                         TwPaperProgress progress,
                         gpointer progress_data,
                         GCancellable *cancellable,
                         GAsyncReadyCallback callback,
                         gpointer user_data)
{
  GTask *task;
  Job *job;

  g_return_if_fail (TW_IS_PAPER_TABLE (table));
  g_return_if_fail (G_IS_FILE (file));

  task = g_task_new (table, cancellable, callback, user_data);
  job = g_new0 (Job, 1);
  job->table = g_object_ref (table);
  job->items = tw_paper_table_snapshot (table);
  job->sums = g_new0 (TwPaperSum, table->columns->len);
  job->chunk = g_string_sized_new (CHUNK_BYTES + 4096);
  job->file = g_object_ref (file);
  job->was_there = g_file_query_exists (file, NULL);
  job->progress = progress;
  job->progress_data = progress_data;
  g_task_set_source_tag (task, tw_paper_save_csv_async);
  g_task_set_task_data (task, job, job_free);
  g_file_replace_async (file, NULL, FALSE, G_FILE_CREATE_NONE, G_PRIORITY_DEFAULT_IDLE, cancellable,
                        on_replaced, task);
}

/**
 * tw_paper_save_csv_finish:
 * @table: what was saved
 * @result: what the callback got
 * @error: %TW_ERROR_INTERNAL when the file can't be written, or `G_IO_ERROR_CANCELLED`
 *
 * Returns: whether the file is whole
 */
gboolean
tw_paper_save_csv_finish (TwPaperTable *table, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}
