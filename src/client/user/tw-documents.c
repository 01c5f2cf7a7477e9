// SPDX-License-Identifier: GPL-3.0-or-later
#include "client/user/tw-documents.h"

#include <glib/gi18n-lib.h>

#include "base/tw-error.h"
#include "client/paper/tw-paper-csv.h"

/* One saving: what is saved while the person is asked where to. */
typedef struct
{
  TwPage *page;
  TwPaper *paper;
  TwDocument document;
  GtkFileChooserNative *chooser;
} Saving;

static void
saving_free (Saving *saving)
{
  g_clear_object (&saving->page);
  g_clear_object (&saving->paper);
  g_clear_object (&saving->chooser);
  g_free (saving);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Saving, saving_free)

static void
say_how_it_went (TwPage *page, GError *error, const char *done)
{
  g_autofree char *words = NULL;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  if (error != NULL)
    words = g_strdup_printf (_ ("That did not work: %s"), error->message);
  else
    words = g_strdup (done);
  if (gtk_widget_get_root (GTK_WIDGET (page)) != NULL)
    tw_page_say (page, words);
}

static void
on_printed (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (TwPage) page = data;
  g_autoptr (GError) error = NULL;

  if (!tw_paper_print_finish (TW_PAPER (source), result, &error))
    say_how_it_went (page, error, NULL);
}

static void
on_saved (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (Saving) saving = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GFile) file = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (saving->chooser));
  g_autofree char *name = g_file_get_basename (file);
  g_autofree char *done = g_strdup_printf (_ ("Saved as %s"), name);

  if (saving->document == TW_DOCUMENT_CSV)
    tw_paper_save_csv_finish (TW_PAPER_TABLE (source), result, &error);
  else
    tw_paper_save_pdf_finish (TW_PAPER (source), result, &error);
  say_how_it_went (saving->page, error, done);
}

static void
on_chosen (GtkNativeDialog *dialog, int response, gpointer data)
{
  g_autoptr (Saving) saving = data;
  g_autoptr (GFile) file = NULL;

  if (response != GTK_RESPONSE_ACCEPT)
    return;
  file = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (dialog));
  if (saving->document == TW_DOCUMENT_CSV)
    tw_paper_save_csv_async (TW_PAPER_TABLE (saving->paper), file, NULL, NULL, NULL, on_saved,
                             saving);
  else
    tw_paper_save_pdf_async (saving->paper, file, NULL, NULL, NULL, on_saved, saving);
  g_steal_pointer (&saving); /* freed in on_saved() */
}

/**
 * tw_documents_make:
 * @page: the page that shows it
 * @paper: (transfer none): what to put on paper; a #TwPaperTable for CSV
 * @document: print or save, and how
 * @name: the name that is proposed for a file, without its ending
 *
 * Asks the person where to, does it and says how it went.
 */
void
tw_documents_make (TwPage *page, TwPaper *paper, TwDocument document, const char *name)
{
  GtkWindow *window = GTK_WINDOW (gtk_widget_get_root (GTK_WIDGET (page)));
  const char *documents = g_get_user_special_dir (G_USER_DIRECTORY_DOCUMENTS);
  g_autoptr (GFile) folder =
    g_file_new_for_path (documents != NULL ? documents : g_get_home_dir ());
  g_autofree char *file_name = NULL;
  Saving *saving;

  if (document == TW_DOCUMENT_PRINT)
    {
      tw_paper_print_async (paper, window, NULL, on_printed, g_object_ref (page));
      return;
    }
  file_name = g_strconcat (name, document == TW_DOCUMENT_CSV ? ".csv" : ".pdf", NULL);
  g_strdelimit (file_name, "/", '-');
  saving = g_new0 (Saving, 1);
  saving->page = g_object_ref (page);
  saving->paper = g_object_ref (paper);
  saving->document = document;
  saving->chooser = gtk_file_chooser_native_new (
    document == TW_DOCUMENT_CSV ? _ ("Save as CSV") : _ ("Save as PDF"), window,
    GTK_FILE_CHOOSER_ACTION_SAVE, _ ("_Save"), _ ("_Cancel"));
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (saving->chooser), TRUE);
  gtk_file_chooser_set_current_folder (GTK_FILE_CHOOSER (saving->chooser), folder, NULL);
  gtk_file_chooser_set_current_name (GTK_FILE_CHOOSER (saving->chooser), file_name);
  g_signal_connect (saving->chooser, "response", G_CALLBACK (on_chosen), saving);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (saving->chooser));
}
