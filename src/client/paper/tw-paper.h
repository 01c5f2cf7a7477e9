// SPDX-License-Identifier: GPL-3.0-or-later
/* Anything that can be put on paper: drawn page by page, printed, or saved as PDF. */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define TW_TYPE_PAPER (tw_paper_get_type ())
G_DECLARE_INTERFACE (TwPaper, tw_paper, TW, PAPER, GObject)

/**
 * TwPaperInterface:
 * @get_title: what the print job is called
 * @is_wide: whether the paper lies on its long side
 * @lay_out: starts a run on pages of @width × @height points: returns its state
 * @paginate: does a part of the work of finding the pages; %TRUE when all are found
 * @get_fraction: how far paginate() is, 0 to 1
 * @count_pages: how many pages there are, once they are found
 * @draw: draws a page, counted from 0
 * @end: frees the state
 */
struct _TwPaperInterface
{
  GTypeInterface parent_iface;

  const char *(*get_title) (TwPaper *self);
  gboolean (*is_wide) (TwPaper *self);
  gpointer (*lay_out) (TwPaper *self, PangoContext *context, double width, double height);
  gboolean (*paginate) (gpointer run);
  double (*get_fraction) (gpointer run);
  int (*count_pages) (gpointer run);
  void (*draw) (gpointer run, cairo_t *cr, int page);
  void (*end) (gpointer run);
};

/**
 * TwPaperProgress:
 * @fraction: how much is done, 0 to 1, never falling
 * @user_data: for the callback
 */
typedef void (*TwPaperProgress) (double fraction, gpointer user_data);

void tw_paper_print_async (TwPaper *self,
                           GtkWindow *parent,
                           GCancellable *cancellable,
                           GAsyncReadyCallback callback,
                           gpointer user_data);
gboolean tw_paper_print_finish (TwPaper *self, GAsyncResult *result, GError **error);

void tw_paper_save_pdf_async (TwPaper *self,
                              GFile *file,
                              TwPaperProgress progress,
                              gpointer progress_data,
                              GCancellable *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer user_data);
gboolean tw_paper_save_pdf_finish (TwPaper *self, GAsyncResult *result, GError **error);

G_END_DECLS
