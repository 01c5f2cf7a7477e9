// SPDX-License-Identifier: GPL-3.0-or-later
/* A table on pages. Memory does not grow with the rows beyond what the pages need: where each
 * starts, and what had been added up by then. */
#include "client/paper/tw-paper-table-layout.h"

#include <glib/gi18n-lib.h>

#include "base/tw-clock.h"
#include "base/tw-money.h"
#include "client/paper/tw-paper-pen.h"
#include "client/paper/tw-paper-table-private.h"

#define PAD_X 4.0
#define PAD_Y 2.5
#define GAP 8.0

/* How long one step of finding pages may hold up the main loop. */
#define STEP_US 8000

typedef struct
{
  TwPaperTable *table;
  GPtrArray *items;
  TwPen *pen;
  guint n_columns;
  double *left, *width; /* of each column */
  GArray *starts;       /* guint: the first row of each page */
  GArray *brought;      /* TwPaperSum, n_columns for each page: what the pages before add up to */
  TwPaperSum *running;
  guint next_row;
  double y;
  double first_top, top; /* where rows begin on the first page, and on others */
  double bottom;         /* where they end: below it is room for the carried row */
  double sum_height;
  double notes_height;
  gboolean found;
  TwPaperCell cell;
} Run;

/* What stands in a cell on paper. Line ends would make one row look like two. */
static char *
dup_text (const TwPaperCell *cell)
{
  if (!cell->filled)
    return g_strdup ("");
  switch (cell->kind)
    {
    case TW_PAPER_KIND_MONEY:
      return tw_money_format (cell->number);
    case TW_PAPER_KIND_DATE:
      return tw_clock_format_day ((int) cell->number);
    case TW_PAPER_KIND_INT:
      return g_strdup_printf ("%" G_GINT64_FORMAT, cell->number);
    case TW_PAPER_KIND_TEXT:
    default:
      return g_strdelimit (g_strdup (cell->text), "\n\r\t\v\f", ' ');
    }
}

static PangoAlignment
get_alignment (Run *run, guint column)
{
  return (tw_paper_table_get_column (run->table, column)->flags & TW_PAPER_COLUMN_END) != 0
           ? PANGO_ALIGN_RIGHT
           : PANGO_ALIGN_LEFT;
}

static double
measure_cell (Run *run, guint column, TwPenStyle style, const char *text)
{
  return tw_pen_measure (run->pen, style, text, run->width[column] - 2 * PAD_X) + 2 * PAD_Y;
}

static double
write_cell (Run *run, guint column, TwPenStyle style, const char *text, double y)
{
  return 2 * PAD_Y + tw_pen_write (run->pen, style, text, get_alignment (run, column),
                                   run->left[column] + PAD_X, y + PAD_Y,
                                   run->width[column] - 2 * PAD_X);
}

static double
measure_row (Run *run, guint row)
{
  double height = 0;

  for (guint i = 0; i < run->n_columns; i++)
    {
      g_autofree char *text = NULL;
      double cell;

      tw_paper_table_read (run->table, run->items->pdata[row], i, &run->cell);
      text = dup_text (&run->cell);
      cell = measure_cell (run, i, TW_PEN_BODY, text);
      height = MAX (height, cell);
    }
  return height;
}

static double
measure_heads (Run *run)
{
  double height = 0;

  for (guint i = 0; i < run->n_columns; i++)
    {
      const char *title = tw_paper_table_get_column (run->table, i)->title;
      double cell = measure_cell (run, i, TW_PEN_BOLD, title);

      height = MAX (height, cell);
    }
  return height;
}

static double
measure_notes (Run *run)
{
  double height = 0;

  for (guint i = 0; i < run->table->notes->len; i++)
    height += tw_pen_measure (run->pen, TW_PEN_SMALL, run->table->notes->pdata[i],
                              tw_pen_get_page_width (run->pen));
  return height > 0 ? height + GAP : 0;
}

static void
start_page (Run *run)
{
  run->y = run->starts->len == 0 ? run->first_top : run->top;
  g_array_append_val (run->starts, run->next_row);
  g_array_append_vals (run->brought, run->running, run->n_columns);
}

static void
place_columns (Run *run)
{
  double sum = 0, x = 0;

  for (guint i = 0; i < run->n_columns; i++)
    sum += tw_paper_table_get_column (run->table, i)->weight;
  for (guint i = 0; i < run->n_columns; i++)
    {
      run->left[i] = x;
      run->width[i] =
        tw_pen_get_page_width (run->pen) * tw_paper_table_get_column (run->table, i)->weight / sum;
      x += run->width[i];
    }
}

static gpointer
lay_out (TwPaper *paper, PangoContext *context, double width, double height)
{
  Run *run = g_new0 (Run, 1);
  TwPaperTable *table = TW_PAPER_TABLE (paper);
  double head;

  run->table = g_object_ref (table);
  run->items = tw_paper_table_snapshot (table);
  run->pen = tw_pen_new (context, width, height, table->language);
  run->n_columns = table->columns->len;
  run->left = g_new0 (double, run->n_columns);
  run->width = g_new0 (double, run->n_columns);
  run->running = g_new0 (TwPaperSum, run->n_columns);
  run->starts = g_array_new (FALSE, FALSE, sizeof (guint));
  run->brought = g_array_new (FALSE, FALSE, sizeof (TwPaperSum));
  place_columns (run);

  run->sum_height = tw_pen_measure (run->pen, TW_PEN_BOLD, "X国", 1000) + 2 * PAD_Y;
  head = tw_pen_measure_page_head (run->pen);
  run->top = head + measure_heads (run) + run->sum_height;
  run->first_top = head + measure_heads (run);
  if (table->subtitle != NULL)
    run->first_top +=
      tw_pen_measure (run->pen, TW_PEN_BODY, table->subtitle, tw_pen_get_page_width (run->pen)) +
      GAP;
  run->bottom = tw_pen_get_page_height (run->pen) - run->sum_height;
  run->notes_height = measure_notes (run);
  start_page (run);
  return run;
}

static gboolean
paginate (gpointer data)
{
  Run *run = data;
  gint64 until = g_get_monotonic_time () + STEP_US;

  while (run->next_row < run->items->len && g_get_monotonic_time () < until)
    {
      double height = measure_row (run, run->next_row);
      guint first = g_array_index (run->starts, guint, run->starts->len - 1);

      /* A row that no page is high enough for still gets one. */
      if (run->y + height > run->bottom && run->next_row > first)
        start_page (run);
      run->y += height;
      tw_paper_table_add_row (run->table, run->items->pdata[run->next_row], run->running);
      run->next_row++;
    }
  if (run->next_row < run->items->len || run->found)
    return run->found;
  run->found = TRUE;
  if (run->notes_height > 0 && run->y + run->notes_height > run->bottom)
    start_page (run);
  return TRUE;
}

static double
get_fraction (gpointer data)
{
  Run *run = data;

  return run->items->len == 0 ? 1 : (double) run->next_row / run->items->len;
}

static int
count_pages (gpointer data)
{
  return (int) ((Run *) data)->starts->len;
}

static double
write_heads (Run *run, double y)
{
  double height = measure_heads (run);

  for (guint i = 0; i < run->n_columns; i++)
    write_cell (run, i, TW_PEN_BOLD, tw_paper_table_get_column (run->table, i)->title, y);
  tw_pen_rule (run->pen, 0, y + height, tw_pen_get_page_width (run->pen), 1);
  return y + height;
}

static double
write_row (Run *run, guint row, double y)
{
  double height = 0;

  for (guint i = 0; i < run->n_columns; i++)
    {
      g_autofree char *text = NULL;
      double cell;

      tw_paper_table_read (run->table, run->items->pdata[row], i, &run->cell);
      text = dup_text (&run->cell);
      cell = write_cell (run, i, TW_PEN_BODY, text, y);
      height = MAX (height, cell);
    }
  tw_pen_rule (run->pen, 0, y + height, tw_pen_get_page_width (run->pen), 0.25);
  return y + height;
}

static gboolean
has_sums (Run *run)
{
  for (guint i = 0; i < run->n_columns; i++)
    if ((tw_paper_table_get_column (run->table, i)->flags & TW_PAPER_COLUMN_SUM) != 0)
      return TRUE;
  return FALSE;
}

static double
write_sums (Run *run, const char *label, const TwPaperSum *sums, double y)
{
  int label_column = tw_paper_table_get_label_column (run->table);
  guint end = label_column < 0 ? 0 : (guint) label_column + 1;

  tw_pen_rule (run->pen, 0, y, tw_pen_get_page_width (run->pen), 0.75);
  for (guint i = 0; i < run->n_columns; i++)
    {
      TwPaperColumn *column = tw_paper_table_get_column (run->table, i);
      g_autofree char *text = NULL;

      if ((column->flags & TW_PAPER_COLUMN_SUM) == 0)
        continue;
      tw_paper_cell_take_sum (&run->cell, column->kind, &sums[i]);
      text = run->cell.filled ? dup_text (&run->cell) : g_strdup (_ ("too large"));
      write_cell (run, i, TW_PEN_BOLD, text, y);
    }
  /* The label may use the empty cells beside its own. */
  while (end < run->n_columns &&
         (tw_paper_table_get_column (run->table, end)->flags & TW_PAPER_COLUMN_SUM) == 0)
    end++;
  if (label_column >= 0)
    tw_pen_write (run->pen, TW_PEN_BOLD, label, PANGO_ALIGN_LEFT, run->left[label_column] + PAD_X,
                  y + PAD_Y,
                  run->left[end - 1] + run->width[end - 1] - run->left[label_column] - 2 * PAD_X);
  return y + run->sum_height;
}

static void
write_end (Run *run, double y)
{
  g_autofree char *label = g_strdup_printf (
    g_dngettext (GETTEXT_PACKAGE, "Total of %u entry", "Total of %u entries", run->items->len),
    run->items->len);

  y = write_sums (run, label, run->running, y) + GAP;
  for (guint i = 0; i < run->table->notes->len; i++)
    y += tw_pen_write (run->pen, TW_PEN_SMALL, run->table->notes->pdata[i], PANGO_ALIGN_LEFT, 0, y,
                       tw_pen_get_page_width (run->pen));
}

static void
draw (gpointer data, cairo_t *cr, int page)
{
  Run *run = data;
  guint number = (guint) page;
  guint first = g_array_index (run->starts, guint, number);
  gboolean last = number + 1 == run->starts->len;
  guint end = last ? run->items->len : g_array_index (run->starts, guint, number + 1);
  const TwPaperSum *brought = &g_array_index (run->brought, TwPaperSum, number * run->n_columns);
  double y;

  tw_pen_start_page (run->pen, cr);
  y = tw_pen_write_page_head (run->pen, run->table->title, page, (int) run->starts->len);
  if (page == 0 && run->table->subtitle != NULL)
    y += tw_pen_write (run->pen, TW_PEN_BODY, run->table->subtitle, PANGO_ALIGN_LEFT, 0, y,
                       tw_pen_get_page_width (run->pen)) +
         GAP;
  y = write_heads (run, y);
  if (page > 0 && has_sums (run))
    y = write_sums (run, _ ("Brought forward"), brought, y);
  for (guint row = first; row < end; row++)
    y = write_row (run, row, y);
  if (last)
    write_end (run, y);
  else if (has_sums (run))
    write_sums (run, _ ("Carried forward"), brought + run->n_columns, run->bottom);
}

static void
end (gpointer data)
{
  Run *run = data;

  tw_paper_cell_clear (&run->cell);
  tw_pen_free (run->pen);
  g_array_unref (run->starts);
  g_array_unref (run->brought);
  g_free (run->running);
  g_free (run->left);
  g_free (run->width);
  g_ptr_array_unref (run->items);
  g_object_unref (run->table);
  g_free (run);
}

void
tw_paper_table_layout_fill (TwPaperInterface *iface)
{
  iface->lay_out = lay_out;
  iface->paginate = paginate;
  iface->get_fraction = get_fraction;
  iface->count_pages = count_pages;
  iface->draw = draw;
  iface->end = end;
}
