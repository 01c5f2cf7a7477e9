// SPDX-License-Identifier: GPL-3.0-or-later
/* A PDF is drawn here and not by GtkPrintOperation, which runs a main loop of its own while it
 * exports, and does not tell when a disk is full. The drawing is the same. */
#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <pango/pangocairo.h>
#include <unistd.h>

#include <cairo-pdf.h>

#include "base/tw-error.h"
#include "client/paper/tw-paper-private.h"

/* How much of the work finding the pages is; most of it is drawing. */
#define PAGINATE_SHARE 0.1

#define MM_PER_INCH 25.4
#define POINTS_PER_INCH 72.0

/* How long a turn may hold up the main loop; a page is drawn whole. */
#define TURN_US 8000

typedef struct
{
  TwPaper *paper;
  gpointer run;
  gboolean found; /* the pages are */
  int next_page;
  cairo_surface_t *surface;
  cairo_t *cr;
  TwPaperProgress progress;
  gpointer progress_data;
  char *path;
  char *part; /* where it is written until it is whole; NULL once it is in place */
  int fd;
  int write_error; /* errno */
} Job;

static void
close_surface (Job *job)
{
  g_clear_pointer (&job->cr, cairo_destroy);
  if (job->surface != NULL)
    {
      cairo_surface_finish (job->surface);
      g_clear_pointer (&job->surface, cairo_surface_destroy);
    }
}

static void
job_free (gpointer data)
{
  Job *job = data;

  close_surface (job);
  if (job->run != NULL)
    TW_PAPER_GET_IFACE (job->paper)->end (job->run);
  if (job->fd >= 0)
    close (job->fd);
  if (job->part != NULL)
    g_unlink (job->part);
  g_free (job->part);
  g_free (job->path);
  g_object_unref (job->paper);
  g_free (job);
}

static gboolean
refuse_path (const char *path, const char *why, GError **error)
{
  g_autofree char *shown = g_filename_display_name (path);

  g_set_error (error, TW_ERROR, TW_ERROR_INTERNAL, _ ("The file “%s” can't be written: %s."), shown,
               why);
  return FALSE;
}

static cairo_status_t
on_write (void *data, const unsigned char *bytes, unsigned int length)
{
  Job *job = data;

  while (length > 0)
    {
      gssize written = write (job->fd, bytes, length);

      if (written < 0 && errno == EINTR)
        continue;
      if (written < 0)
        {
          job->write_error = errno;
          return CAIRO_STATUS_WRITE_ERROR;
        }
      bytes += written;
      length -= (unsigned int) written;
    }
  return CAIRO_STATUS_SUCCESS;
}

/* Text is measured as the paper has it, not as a screen's pixels would. */
static PangoContext *
make_context (cairo_t *cr)
{
  PangoContext *context = pango_cairo_create_context (cr);
  cairo_font_options_t *options = cairo_font_options_create ();

  cairo_font_options_set_hint_style (options, CAIRO_HINT_STYLE_NONE);
  cairo_font_options_set_hint_metrics (options, CAIRO_HINT_METRICS_OFF);
  pango_cairo_context_set_font_options (context, options);
  pango_cairo_context_set_resolution (context, POINTS_PER_INCH);
  pango_context_set_round_glyph_positions (context, FALSE);
  cairo_font_options_destroy (options);
  return context;
}

static void
begin (Job *job)
{
  TwPaperInterface *iface = TW_PAPER_GET_IFACE (job->paper);
  g_autoptr (GtkPageSetup) setup = tw_paper_make_page_setup (job->paper);
  PangoContext *context;

  job->surface = cairo_pdf_surface_create_for_stream (
    on_write, job,
    gtk_page_setup_get_paper_width (setup, GTK_UNIT_MM) / MM_PER_INCH * POINTS_PER_INCH,
    gtk_page_setup_get_paper_height (setup, GTK_UNIT_MM) / MM_PER_INCH * POINTS_PER_INCH);
  cairo_pdf_surface_set_metadata (job->surface, CAIRO_PDF_METADATA_TITLE,
                                  iface->get_title (job->paper));
  job->cr = cairo_create (job->surface);
  cairo_translate (
    job->cr, gtk_page_setup_get_left_margin (setup, GTK_UNIT_MM) / MM_PER_INCH * POINTS_PER_INCH,
    gtk_page_setup_get_top_margin (setup, GTK_UNIT_MM) / MM_PER_INCH * POINTS_PER_INCH);
  context = make_context (job->cr);
  job->run = iface->lay_out (
    job->paper, context,
    gtk_page_setup_get_page_width (setup, GTK_UNIT_MM) / MM_PER_INCH * POINTS_PER_INCH,
    gtk_page_setup_get_page_height (setup, GTK_UNIT_MM) / MM_PER_INCH * POINTS_PER_INCH);
  g_object_unref (context);
}

static gboolean
put_in_place (Job *job, GError **error)
{
  close_surface (job);
  if (job->write_error == 0 && fsync (job->fd) != 0)
    job->write_error = errno;
  if (job->write_error != 0)
    return refuse_path (job->path, g_strerror (job->write_error), error);
  if (g_rename (job->part, job->path) != 0)
    return refuse_path (job->path, g_strerror (errno), error);
  g_clear_pointer (&job->part, g_free);
  return TRUE;
}

/* Returns: the share of the whole that is done */
static double
work_a_turn (Job *job)
{
  TwPaperInterface *iface = TW_PAPER_GET_IFACE (job->paper);
  gint64 until = g_get_monotonic_time () + TURN_US;
  int n_pages;

  if (job->run == NULL)
    begin (job);
  if (!job->found)
    {
      job->found = iface->paginate (job->run);
      return PAGINATE_SHARE * iface->get_fraction (job->run);
    }
  n_pages = iface->count_pages (job->run);
  do
    {
      cairo_save (job->cr);
      iface->draw (job->run, job->cr, job->next_page++);
      cairo_restore (job->cr);
      cairo_show_page (job->cr);
    }
  while (job->next_page < n_pages && job->write_error == 0 && g_get_monotonic_time () < until);
  if (job->next_page == n_pages)
    return 1;
  return PAGINATE_SHARE + (1 - PAGINATE_SHARE) * job->next_page / n_pages;
}

static gboolean
on_turn (gpointer data)
{
  GTask *task = data;
  Job *job = g_task_get_task_data (task);
  GError *error = NULL;
  double fraction;

  if (g_task_return_error_if_cancelled (task))
    return G_SOURCE_REMOVE;
  fraction = work_a_turn (job);
  if (job->progress != NULL)
    job->progress (fraction, job->progress_data);
  if (fraction < 1 && job->write_error == 0)
    return G_SOURCE_CONTINUE;
  if (g_task_return_error_if_cancelled (task))
    return G_SOURCE_REMOVE;
  if (put_in_place (job, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
  return G_SOURCE_REMOVE;
}

static gboolean
open_part (Job *job, GFile *file, GError **error)
{
  job->path = g_file_get_path (file);
  if (job->path == NULL)
    {
      g_autofree char *uri = g_file_get_uri (file);

      return refuse_path (uri, _ ("it is not on this computer"), error);
    }
  job->part = g_strconcat (job->path, ".XXXXXX", NULL);
  job->fd = g_mkstemp_full (job->part, O_WRONLY | O_CLOEXEC, 0666);
  if (job->fd >= 0)
    return TRUE;
  g_clear_pointer (&job->part, g_free);
  return refuse_path (job->path, g_strerror (errno), error);
}

/**
 * tw_paper_save_pdf_async:
 * @self: what to save
 * @file: where to; what is there is replaced once the new one is whole
 * @progress: (nullable) (scope notified): told now and then
 * @progress_data: for @progress
 * @cancellable: (nullable): to give up
 * @callback: called in the thread-default main context
 * @user_data: for @callback
 *
 * The pages are made in pieces on the thread-default main loop; no display is needed.
 */
void
tw_paper_save_pdf_async (TwPaper *self,
                         GFile *file,
                         TwPaperProgress progress,
                         gpointer progress_data,
                         GCancellable *cancellable,
                         GAsyncReadyCallback callback,
                         gpointer user_data)
{
  g_autoptr (GTask) task = NULL;
  g_autoptr (GSource) source = NULL;
  GError *error = NULL;
  Job *job;

  g_return_if_fail (TW_IS_PAPER (self));
  g_return_if_fail (G_IS_FILE (file));

  task = g_task_new (self, cancellable, callback, user_data);
  job = g_new0 (Job, 1);
  job->paper = g_object_ref (self);
  job->progress = progress;
  job->progress_data = progress_data;
  job->fd = -1;
  g_task_set_source_tag (task, tw_paper_save_pdf_async);
  /* After the windows have been drawn: this is never the more pressing. */
  g_task_set_priority (task, G_PRIORITY_DEFAULT_IDLE);
  g_task_set_task_data (task, job, job_free);
  if (!open_part (job, file, &error))
    {
      g_task_return_error (task, error);
      return;
    }
  source = g_idle_source_new ();
  g_task_attach_source (task, source, on_turn);
}

/**
 * tw_paper_save_pdf_finish:
 * @self: what was saved
 * @result: what the callback got
 * @error: %TW_ERROR_INTERNAL when the file can't be written, or `G_IO_ERROR_CANCELLED`; no half
 *   file is left, and an older one is still there
 *
 * Returns: whether the file is whole
 */
gboolean
tw_paper_save_pdf_finish (TwPaper *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}
