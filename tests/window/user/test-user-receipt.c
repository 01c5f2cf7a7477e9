// SPDX-License-Identifier: GPL-3.0-or-later
/* What stands on a receipt, as it is read off the paper. */
#include <locale.h>
#include <string.h>

#include "client/user/tw-documents.h"

static void
on_saved (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (tw_paper_save_pdf_finish (TW_PAPER (source), result, &error));
  g_assert_no_error (error);
  *(gboolean *) data = TRUE;
}

/* In one line. */
static char *
read_receipt (TwPayment *payment)
{
  g_autoptr (TwPaperSheet) sheet = tw_documents_payment (payment);
  g_autofree char *folder = g_dir_make_tmp ("tw-receipt.XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "receipt.pdf", NULL);
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GFile) parent = g_file_new_for_path (folder);
  char *arguments[] = { (char *) "pdftotext", (char *) "-layout", path, (char *) "-", NULL };
  g_autoptr (GRegex) spaces = g_regex_new ("\\s+", 0, 0, NULL);
  g_autofree char *text = NULL;
  g_autoptr (GError) error = NULL;
  gboolean saved = FALSE;
  int status;

  tw_paper_save_pdf_async (TW_PAPER (sheet), file, NULL, NULL, NULL, on_saved, &saved);
  while (!saved)
    g_main_context_iteration (NULL, TRUE);
  g_spawn_sync (NULL, arguments, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, &text, NULL, &status,
                &error);
  g_assert_no_error (error);
  g_assert_cmpint (status, ==, 0);
  g_assert_true (g_file_delete (file, NULL, NULL));
  g_assert_true (g_file_delete (parent, NULL, NULL));
  return g_regex_replace_literal (spaces, text, -1, 0, " ", 0, NULL);
}

static void
assert_receipt (TwPayment *payment, const char *part, gboolean there)
{
  g_autofree char *text = read_receipt (payment);

  if ((strstr (text, part) != NULL) != there)
    g_error ("“%s” is %s in: %s", part, there ? "missing" : "wrong", text);
}

/* What was given back stands on the paper as it does on the page. */
static void
test_given_back (void)
{
  g_autoptr (TwPayment) payment =
    g_object_new (TW_TYPE_PAYMENT, "id", "pay-1", "kind", TW_PAYMENT_KIND_COMPANY, "state",
                  TW_PAYMENT_STATE_POSTED, "amount-fen", (gint64) 60000, "payee-name", "样例",
                  "created-at-ms", G_GINT64_CONSTANT (1767225600123), NULL);

  assert_receipt (payment, "Given back", FALSE);
  assert_receipt (payment, "Amount ¥600.00 State Paid", TRUE);
  g_object_set (payment, "refunded-fen", (gint64) 20000, NULL);
  assert_receipt (payment, "Given back of it ¥200.00 Left of it ¥400.00 State Paid", TRUE);
  assert_receipt (payment, "all of it", FALSE);
  g_object_set (payment, "refunded-fen", (gint64) 60000, NULL);
  assert_receipt (payment,
                  "Given back of it ¥600.00 Left of it ¥0.00 State Paid; all of it was given back",
                  TRUE);
}

int
main (int argc, char *argv[])
{
  setlocale (LC_ALL, "");
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/user/receipt/given-back", test_given_back);
  return g_test_run ();
}
