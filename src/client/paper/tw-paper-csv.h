// SPDX-License-Identifier: GPL-3.0-or-later
/* A table as CSV for a spreadsheet. */
#pragma once

#include "client/paper/tw-paper-table.h"

G_BEGIN_DECLS

void tw_paper_save_csv_async (TwPaperTable *table,
                              GFile *file,
                              TwPaperProgress progress,
                              gpointer progress_data,
                              GCancellable *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer user_data);
gboolean tw_paper_save_csv_finish (TwPaperTable *table, GAsyncResult *result, GError **error);

void tw_paper_csv_append_text (GString *line, const char *text);

G_END_DECLS
