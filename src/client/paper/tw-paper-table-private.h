// SPDX-License-Identifier: GPL-3.0-or-later
/* What the writers of a table share. */
#pragma once

#include "client/paper/tw-paper-table.h"

G_BEGIN_DECLS

struct _TwPaperCell
{
  TwPaperKind kind;
  gboolean filled;
  gint64 number;
  char *text;
};

typedef struct
{
  char *title;
  TwPaperKind kind;
  double weight;
  TwPaperColumnFlags flags;
} TwPaperColumn;

struct _TwPaperTable
{
  GObject parent_instance;

  char *title;
  char *subtitle;
  char *language;
  gboolean wide;
  GArray *columns;  /* TwPaperColumn */
  GPtrArray *notes; /* char * */
  GListModel *rows;
  TwPaperCellFunc cell_func;
  gpointer user_data;
  GDestroyNotify destroy;
};

/* A running sum, which is not shown once it has overflowed. */
typedef struct
{
  gint64 value;
  gboolean overflown;
} TwPaperSum;

TwPaperColumn *tw_paper_table_get_column (TwPaperTable *self, guint column);
GPtrArray *tw_paper_table_snapshot (TwPaperTable *self);
void tw_paper_table_read (TwPaperTable *self, gpointer item, guint column, TwPaperCell *cell);
void tw_paper_table_add_row (TwPaperTable *self, gpointer item, TwPaperSum *sums);
int tw_paper_table_get_label_column (TwPaperTable *self);
void tw_paper_cell_clear (TwPaperCell *cell);
void tw_paper_cell_take_sum (TwPaperCell *cell, TwPaperKind kind, const TwPaperSum *sum);

G_END_DECLS
