// SPDX-License-Identifier: GPL-3.0-or-later
/* A table for paper and for a spreadsheet: columns, rows from a list model, sums, notes. */
#pragma once

#include "client/paper/tw-paper.h"

G_BEGIN_DECLS

typedef enum
{
  TW_PAPER_KIND_TEXT,
  TW_PAPER_KIND_MONEY, /* fen */
  TW_PAPER_KIND_DATE,  /* days since 1970-01-01 */
  TW_PAPER_KIND_INT,
} TwPaperKind;

typedef enum
{
  TW_PAPER_COLUMN_NONE = 0,
  TW_PAPER_COLUMN_SUM = 1 << 0, /* money and int only: added up in the totals */
  TW_PAPER_COLUMN_END = 1 << 1, /* aligned to the right; money and int always are */
} TwPaperColumnFlags;

typedef struct _TwPaperCell TwPaperCell;

void tw_paper_cell_set_text (TwPaperCell *cell, const char *text);
void tw_paper_cell_set_money (TwPaperCell *cell, gint64 fen);
void tw_paper_cell_set_day (TwPaperCell *cell, int day);
void tw_paper_cell_set_int (TwPaperCell *cell, gint64 number);

/**
 * TwPaperCellFunc:
 * @item: an item of the list model
 * @column: the column, counted from 0
 * @cell: empty; filled with the setter of the column's kind, or left empty
 * @user_data: for the function
 */
typedef void (*TwPaperCellFunc) (gpointer item,
                                 guint column,
                                 TwPaperCell *cell,
                                 gpointer user_data);

#define TW_TYPE_PAPER_TABLE (tw_paper_table_get_type ())
G_DECLARE_FINAL_TYPE (TwPaperTable, tw_paper_table, TW, PAPER_TABLE, GObject)

TwPaperTable *tw_paper_table_new (const char *title,
                                  GListModel *rows,
                                  TwPaperCellFunc cell_func,
                                  gpointer user_data,
                                  GDestroyNotify destroy);
void tw_paper_table_set_subtitle (TwPaperTable *self, const char *subtitle);
void tw_paper_table_set_language (TwPaperTable *self, const char *language);
void tw_paper_table_set_wide (TwPaperTable *self, gboolean wide);
void tw_paper_table_add_column (
  TwPaperTable *self, const char *title, TwPaperKind kind, double weight, TwPaperColumnFlags flags);
void tw_paper_table_add_note (TwPaperTable *self, const char *note);

G_END_DECLS
