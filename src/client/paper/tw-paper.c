// SPDX-License-Identifier: GPL-3.0-or-later
#include "client/paper/tw-paper.h"

#include <glib/gi18n-lib.h>

#include "client/paper/tw-paper-private.h"

/* What every office printer can reach */
#define MARGIN_MM 12

G_DEFINE_INTERFACE (TwPaper, tw_paper, G_TYPE_OBJECT)

/* One printing. It lives as long as the task, whose data it is. */
typedef struct
{
  TwPaper *paper;
  GtkPrintOperation *operation;
  gpointer run;
  GSource *cancelled;
} Job;

static void
tw_paper_default_init (TwPaperInterface *iface)
{
}

static void
end_run (Job *job)
{
  if (job->run != NULL)
    TW_PAPER_GET_IFACE (job->paper)->end (g_steal_pointer (&job->run));
}

static void
job_free (gpointer data)
{
  Job *job = data;

  end_run (job);
  if (job->cancelled != NULL)
    {
      g_source_destroy (job->cancelled);
      g_source_unref (job->cancelled);
    }
  g_signal_handlers_disconnect_by_data (job->operation, job);
  g_object_unref (job->operation);
  g_object_unref (job->paper);
  g_free (job);
}

static void
on_begin_print (GtkPrintOperation *operation, GtkPrintContext *context, gpointer data)
{
  Job *job = data;
  PangoContext *text = gtk_print_context_create_pango_context (context);

  end_run (job);
  job->run = TW_PAPER_GET_IFACE (job->paper)
               ->lay_out (job->paper, text, gtk_print_context_get_width (context),
                          gtk_print_context_get_height (context));
  g_object_unref (text);
}

static gboolean
on_paginate (GtkPrintOperation *operation, GtkPrintContext *context, gpointer data)
{
  Job *job = data;
  TwPaperInterface *iface = TW_PAPER_GET_IFACE (job->paper);

  if (!iface->paginate (job->run))
    return FALSE;
  gtk_print_operation_set_n_pages (operation, iface->count_pages (job->run));
  return TRUE;
}

static void
on_draw_page (GtkPrintOperation *operation, GtkPrintContext *context, int page, gpointer data)
{
  Job *job = data;

  TW_PAPER_GET_IFACE (job->paper)
    ->draw (job->run, gtk_print_context_get_cairo_context (context), page);
}

static void
on_end_print (GtkPrintOperation *operation, GtkPrintContext *context, gpointer data)
{
  end_run (data);
}

static gboolean
on_cancelled (GCancellable *cancellable, gpointer data)
{
  gtk_print_operation_cancel (((Job *) data)->operation);
  return G_SOURCE_REMOVE;
}

static void
on_done (GtkPrintOperation *operation, GtkPrintOperationResult result, gpointer data)
{
  g_autoptr (GTask) task = data;
  GError *error = NULL;

  g_signal_handlers_disconnect_by_data (operation, task);
  end_run (g_task_get_task_data (task));
  if (result == GTK_PRINT_OPERATION_RESULT_ERROR)
    gtk_print_operation_get_error (operation, &error);
  else if (result == GTK_PRINT_OPERATION_RESULT_CANCEL)
    g_set_error_literal (&error, G_IO_ERROR, G_IO_ERROR_CANCELLED, _ ("Cancelled."));
  if (error != NULL)
    g_task_return_error (task, error);
  else
    g_task_return_boolean (task, TRUE);
}

static GtkPrintOperation *
make_operation (TwPaper *paper)
{
  TwPaperInterface *iface = TW_PAPER_GET_IFACE (paper);
  GtkPrintOperation *operation = gtk_print_operation_new ();
  g_autoptr (GtkPageSetup) setup = tw_paper_make_page_setup (paper);

  gtk_print_operation_set_default_page_setup (operation, setup);
  gtk_print_operation_set_embed_page_setup (operation, TRUE);
  gtk_print_operation_set_job_name (operation, iface->get_title (paper));
  gtk_print_operation_set_unit (operation, GTK_UNIT_POINTS);
  gtk_print_operation_set_allow_async (operation, TRUE);
  return operation;
}

/* A4: what offices here use, whatever the locale of the computer says. */
GtkPageSetup *
tw_paper_make_page_setup (TwPaper *self)
{
  GtkPageSetup *setup = gtk_page_setup_new ();
  g_autoptr (GtkPaperSize) a4 = gtk_paper_size_new (GTK_PAPER_NAME_A4);

  gtk_page_setup_set_paper_size (setup, a4);
  gtk_page_setup_set_top_margin (setup, MARGIN_MM, GTK_UNIT_MM);
  gtk_page_setup_set_bottom_margin (setup, MARGIN_MM, GTK_UNIT_MM);
  gtk_page_setup_set_left_margin (setup, MARGIN_MM, GTK_UNIT_MM);
  gtk_page_setup_set_right_margin (setup, MARGIN_MM, GTK_UNIT_MM);
  if (TW_PAPER_GET_IFACE (self)->is_wide (self))
    gtk_page_setup_set_orientation (setup, GTK_PAGE_ORIENTATION_LANDSCAPE);
  return setup;
}

/* @export_path: (nullable): what %GTK_PRINT_OPERATION_ACTION_EXPORT wants, by which tests see what
 * a printer would get */
void
tw_paper_run_operation (TwPaper *self,
                        GtkPrintOperationAction action,
                        const char *export_path,
                        GtkWindow *parent,
                        GCancellable *cancellable,
                        GAsyncReadyCallback callback,
                        gpointer user_data)
{
  g_autoptr (GtkPrintOperation) operation = NULL;
  GTask *task;
  Job *job;
  GError *error = NULL;

  operation = make_operation (self);
  if (export_path != NULL)
    gtk_print_operation_set_export_filename (operation, export_path);
  job = g_new0 (Job, 1);
  job->paper = g_object_ref (self);
  job->operation = g_object_ref (operation);
  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, tw_paper_print_async);
  g_task_set_task_data (task, job, job_free);
  g_signal_connect (operation, "begin-print", G_CALLBACK (on_begin_print), job);
  g_signal_connect (operation, "paginate", G_CALLBACK (on_paginate), job);
  g_signal_connect (operation, "draw-page", G_CALLBACK (on_draw_page), job);
  g_signal_connect (operation, "end-print", G_CALLBACK (on_end_print), job);
  /* The task goes to this handler. */
  g_signal_connect (operation, "done", G_CALLBACK (on_done), task);
  if (cancellable != NULL)
    {
      job->cancelled = g_cancellable_source_new (cancellable);
      g_source_set_callback (job->cancelled, G_SOURCE_FUNC (on_cancelled), job, NULL);
      g_source_attach (job->cancelled, NULL);
    }
  if (gtk_print_operation_run (operation, action, parent, &error) !=
      GTK_PRINT_OPERATION_RESULT_ERROR)
    return;
  /* Refused before it began: either "done" was told and took the task along, or it never is. */
  if (g_signal_handlers_disconnect_by_func (operation, on_done, task) > 0)
    {
      g_task_return_error (task, error);
      g_object_unref (task);
    }
  else
    g_clear_error (&error);
}

/**
 * tw_paper_print_async:
 * @self: what to print
 * @parent: (nullable): the window to ask in
 * @cancellable: (nullable): to give up
 * @callback: called in the main context
 * @user_data: for @callback
 *
 * Asks the person for a printer and prints. The main loop goes on in between.
 */
void
tw_paper_print_async (TwPaper *self,
                      GtkWindow *parent,
                      GCancellable *cancellable,
                      GAsyncReadyCallback callback,
                      gpointer user_data)
{
  g_return_if_fail (TW_IS_PAPER (self));

  tw_paper_run_operation (self, GTK_PRINT_OPERATION_ACTION_PRINT_DIALOG, NULL, parent, cancellable,
                          callback, user_data);
}

/**
 * tw_paper_print_finish:
 * @self: what was printed
 * @result: what the callback got
 * @error: `G_IO_ERROR_CANCELLED` when the person closed the dialog, or the printer's error
 *
 * Returns: whether it went to the printer
 */
gboolean
tw_paper_print_finish (TwPaper *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}
