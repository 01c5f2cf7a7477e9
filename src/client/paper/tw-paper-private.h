// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "client/paper/tw-paper.h"

G_BEGIN_DECLS

GtkPageSetup *tw_paper_make_page_setup (TwPaper *self);

void tw_paper_run_operation (TwPaper *self,
                             GtkPrintOperationAction action,
                             const char *export_path,
                             GtkWindow *parent,
                             GCancellable *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer user_data);

G_END_DECLS
