// SPDX-License-Identifier: GPL-3.0-or-later
#include "client/paper/tw-paper-table.h"

#include "base/tw-money.h"
#include "client/paper/tw-paper-table-layout.h"
#include "client/paper/tw-paper-table-private.h"

static void tw_paper_table_init_paper (TwPaperInterface *iface);

G_DEFINE_TYPE_WITH_CODE (TwPaperTable,
                         tw_paper_table,
                         G_TYPE_OBJECT,
                         G_IMPLEMENT_INTERFACE (TW_TYPE_PAPER, tw_paper_table_init_paper))

static const char *
tw_paper_table_get_title (TwPaper *paper)
{
  return TW_PAPER_TABLE (paper)->title;
}

static gboolean
tw_paper_table_is_wide (TwPaper *paper)
{
  return TW_PAPER_TABLE (paper)->wide;
}

static void
tw_paper_table_init_paper (TwPaperInterface *iface)
{
  iface->get_title = tw_paper_table_get_title;
  iface->is_wide = tw_paper_table_is_wide;
  tw_paper_table_layout_fill (iface);
}

static void
column_clear (gpointer data)
{
  g_free (((TwPaperColumn *) data)->title);
}

static void
tw_paper_table_finalize (GObject *object)
{
  TwPaperTable *self = TW_PAPER_TABLE (object);

  if (self->destroy != NULL)
    self->destroy (self->user_data);
  g_object_unref (self->rows);
  g_array_unref (self->columns);
  g_ptr_array_unref (self->notes);
  g_free (self->title);
  g_free (self->subtitle);
  g_free (self->language);

  G_OBJECT_CLASS (tw_paper_table_parent_class)->finalize (object);
}

static void
tw_paper_table_class_init (TwPaperTableClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = tw_paper_table_finalize;
}

static void
tw_paper_table_init (TwPaperTable *self)
{
  self->columns = g_array_new (FALSE, TRUE, sizeof (TwPaperColumn));
  g_array_set_clear_func (self->columns, column_clear);
  self->notes = g_ptr_array_new_with_free_func (g_free);
}

void
tw_paper_cell_clear (TwPaperCell *cell)
{
  g_clear_pointer (&cell->text, g_free);
  cell->filled = FALSE;
}

static void
set_number (TwPaperCell *cell, TwPaperKind kind, gint64 number)
{
  g_return_if_fail (cell->kind == kind);

  cell->number = number;
  cell->filled = TRUE;
}

/**
 * tw_paper_cell_set_text:
 * @cell: a cell of a text column
 * @text: (nullable): UTF-8; what is not is mended
 */
void
tw_paper_cell_set_text (TwPaperCell *cell, const char *text)
{
  g_return_if_fail (cell->kind == TW_PAPER_KIND_TEXT);

  g_free (cell->text);
  cell->text = text != NULL ? g_utf8_make_valid (text, -1) : NULL;
  cell->filled = text != NULL;
}

/**
 * tw_paper_cell_set_money:
 * @cell: a cell of a money column
 * @fen: an amount in fen
 */
void
tw_paper_cell_set_money (TwPaperCell *cell, gint64 fen)
{
  set_number (cell, TW_PAPER_KIND_MONEY, fen);
}

/**
 * tw_paper_cell_set_day:
 * @cell: a cell of a date column
 * @day: days since 1970-01-01
 */
void
tw_paper_cell_set_day (TwPaperCell *cell, int day)
{
  set_number (cell, TW_PAPER_KIND_DATE, day);
}

/**
 * tw_paper_cell_set_int:
 * @cell: a cell of a column of whole numbers
 * @number: the number
 */
void
tw_paper_cell_set_int (TwPaperCell *cell, gint64 number)
{
  set_number (cell, TW_PAPER_KIND_INT, number);
}

void
tw_paper_cell_take_sum (TwPaperCell *cell, TwPaperKind kind, const TwPaperSum *sum)
{
  tw_paper_cell_clear (cell);
  cell->kind = kind;
  cell->number = sum->value;
  cell->filled = !sum->overflown;
}

TwPaperColumn *
tw_paper_table_get_column (TwPaperTable *self, guint column)
{
  return &g_array_index (self->columns, TwPaperColumn, column);
}

/* The rows as they are now: a list that changes while its pages are drawn must not end up with
 * totals that its rows don't add up to. */
GPtrArray *
tw_paper_table_snapshot (TwPaperTable *self)
{
  guint n = g_list_model_get_n_items (self->rows);
  GPtrArray *items = g_ptr_array_new_full (n, g_object_unref);

  for (guint i = 0; i < n; i++)
    {
      gpointer item = g_list_model_get_item (self->rows, i);

      if (item != NULL)
        g_ptr_array_add (items, item);
    }
  return items;
}

void
tw_paper_table_read (TwPaperTable *self, gpointer item, guint column, TwPaperCell *cell)
{
  tw_paper_cell_clear (cell);
  cell->kind = tw_paper_table_get_column (self, column)->kind;
  self->cell_func (item, column, cell, self->user_data);
}

/* @sums: one a column */
void
tw_paper_table_add_row (TwPaperTable *self, gpointer item, TwPaperSum *sums)
{
  TwPaperCell cell = { 0 };

  for (guint i = 0; i < self->columns->len; i++)
    {
      if ((tw_paper_table_get_column (self, i)->flags & TW_PAPER_COLUMN_SUM) == 0)
        continue;
      tw_paper_table_read (self, item, i, &cell);
      if (cell.filled && !tw_money_add (sums[i].value, cell.number, &sums[i].value))
        sums[i].overflown = TRUE;
    }
  tw_paper_cell_clear (&cell);
}

/* The column that has room for the word "Total", -1 when every one is added up. */
int
tw_paper_table_get_label_column (TwPaperTable *self)
{
  for (guint i = 0; i < self->columns->len; i++)
    if ((tw_paper_table_get_column (self, i)->flags & TW_PAPER_COLUMN_SUM) == 0)
      return (int) i;
  return -1;
}

/**
 * tw_paper_table_new:
 * @title: the title, on every page
 * @rows: the rows; read when writing begins, later changes don't count
 * @cell_func: fills a cell
 * @user_data: for @cell_func
 * @destroy: (nullable): frees @user_data
 *
 * Returns: (transfer full): a table without columns
 */
TwPaperTable *
tw_paper_table_new (const char *title,
                    GListModel *rows,
                    TwPaperCellFunc cell_func,
                    gpointer user_data,
                    GDestroyNotify destroy)
{
  TwPaperTable *self = g_object_new (TW_TYPE_PAPER_TABLE, NULL);

  self->title = g_strdup (title);
  self->rows = g_object_ref (rows);
  self->cell_func = cell_func;
  self->user_data = user_data;
  self->destroy = destroy;
  return self;
}

/**
 * tw_paper_table_set_subtitle:
 * @self: a table
 * @subtitle: (nullable): a line below the title of the first page, like whose list it is and how
 *   it was filtered
 */
void
tw_paper_table_set_subtitle (TwPaperTable *self, const char *subtitle)
{
  g_free (self->subtitle);
  self->subtitle = g_strdup (subtitle);
}

/**
 * tw_paper_table_set_language:
 * @self: a table
 * @language: (nullable): like `zh-cn`: which shapes Chinese characters take; by default the
 *   program's language
 */
void
tw_paper_table_set_language (TwPaperTable *self, const char *language)
{
  g_free (self->language);
  self->language = g_strdup (language);
}

/**
 * tw_paper_table_set_wide:
 * @self: a table
 * @wide: whether the paper lies on its long side; by default it stands
 */
void
tw_paper_table_set_wide (TwPaperTable *self, gboolean wide)
{
  self->wide = wide;
}

/**
 * tw_paper_table_add_column:
 * @self: a table
 * @title: the column's heading
 * @kind: what its cells hold
 * @weight: its share of the width, against those of the others
 * @flags: whether it is added up, and how it is aligned
 */
void
tw_paper_table_add_column (
  TwPaperTable *self, const char *title, TwPaperKind kind, double weight, TwPaperColumnFlags flags)
{
  gboolean number = kind == TW_PAPER_KIND_MONEY || kind == TW_PAPER_KIND_INT;
  TwPaperColumn column = { NULL, kind, weight, flags | (number ? TW_PAPER_COLUMN_END : 0) };

  g_return_if_fail (weight > 0);
  g_return_if_fail (number || (flags & TW_PAPER_COLUMN_SUM) == 0);

  column.title = g_strdup (title);
  g_array_append_val (self->columns, column);
}

/**
 * tw_paper_table_add_note:
 * @self: a table
 * @note: a line below the totals
 */
void
tw_paper_table_add_note (TwPaperTable *self, const char *note)
{
  g_ptr_array_add (self->notes, g_strdup (note));
}
