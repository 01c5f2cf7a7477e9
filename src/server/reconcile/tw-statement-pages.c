// SPDX-License-Identifier: GPL-3.0-or-later
/* A statement of several pages, each a file: they are one statement together, and none without the
 * others. */
#include "server/reconcile/tw-statement.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "base/tw-error.h"

static gboolean G_GNUC_PRINTF (2, 3) refuse (GError **error, const char *format, ...)
{
  va_list args;

  va_start (args, format);
  if (error != NULL)
    *error = g_error_new_valist (TW_ERROR, TW_ERROR_INVALID, format, args);
  va_end (args);
  return FALSE;
}

static int
compare_pages (gconstpointer a, gconstpointer b)
{
  guint left = (*(TwStatement *const *) a)->page, right = (*(TwStatement *const *) b)->page;

  return (left > right) - (left < right);
}

static gboolean
check_page (TwStatement *first, TwStatement *page, guint number, gboolean is_last, GError **error)
{
  if (page->page > number)
    return refuse (error,
                   _ ("Page %u of the statement is missing. Give all of its pages at once, with "
                      "--statement before each."),
                   number);
  if (page->page < number)
    return refuse (error, _ ("Page %u of the statement is there twice. Give each page once."),
                   page->page);
  if (strcmp (page->id, first->id) != 0 || strcmp (page->account, first->account) != 0 ||
      page->day != first->day)
    return refuse (error, _ ("Page %u is of another statement than page 1. Give one at a time."),
                   number);
  if (page->is_last && !is_last)
    return refuse (error,
                   _ ("Page %u says that it is the last, and there are more. Leave out "
                      "what does not belong to the statement."),
                   number);
  if (!page->is_last && is_last)
    return refuse (error,
                   _ ("After page %u of the statement there are more pages. Give all of them at "
                      "once, with --statement before each."),
                   number);
  return TRUE;
}

/* Banks write the balances on the page where they belong, or the same on each. */
static gboolean
take_balance (gboolean *has, gint64 *fen, gboolean more, gint64 more_fen, GError **error)
{
  if (more && *has && *fen != more_fen)
    return refuse (error, _ ("The pages of the statement tell different balances."));
  if (more)
    {
      *has = TRUE;
      *fen = more_fen;
    }
  return TRUE;
}

static gboolean
add_page (TwStatement *whole, TwStatement *page, GError **error)
{
  if (!take_balance (&whole->has_opening, &whole->opening_fen, page->has_opening, page->opening_fen,
                     error) ||
      !take_balance (&whole->has_closing, &whole->closing_fen, page->has_closing, page->closing_fen,
                     error))
    return FALSE;
  if (whole->entries->len + page->entries->len > TW_STATEMENT_MAX_ENTRIES)
    {
      g_set_error (error, TW_ERROR, TW_ERROR_TOO_LARGE,
                   _ ("The statement has more than %d entries."), TW_STATEMENT_MAX_ENTRIES);
      return FALSE;
    }
  g_ptr_array_extend_and_steal (whole->entries, g_ptr_array_ref (page->entries));
  /* What came after the first of them was written may not be in it. */
  if (page->created_at_ms > 0 &&
      (whole->created_at_ms == 0 || page->created_at_ms < whole->created_at_ms))
    whole->created_at_ms = page->created_at_ms;
  return TRUE;
}

/**
 * tw_statement_join:
 * @pages: (element-type TwStatement): one or more, in any order; they are sorted and emptied
 * @error: %TW_ERROR_INVALID, saying which page is missing or too many; %TW_ERROR_TOO_LARGE
 *
 * Returns: (transfer full) (nullable): the whole statement, checked
 */
TwStatement *
tw_statement_join (GPtrArray *pages, GError **error)
{
  g_autoptr (TwStatement) whole = tw_statement_new ();
  TwStatement *first;

  g_return_val_if_fail (pages->len > 0, NULL);
  g_ptr_array_sort (pages, compare_pages);
  first = pages->pdata[0];
  g_free (whole->id);
  g_free (whole->account);
  whole->id = g_strdup (first->id);
  whole->account = g_strdup (first->account);
  whole->day = first->day;
  for (guint i = 0; i < pages->len; i++)
    if (!check_page (first, pages->pdata[i], i + 1, i + 1 == pages->len, error) ||
        !add_page (whole, pages->pdata[i], error))
      return NULL;
  return tw_statement_check (whole, error) ? g_steal_pointer (&whole) : NULL;
}

/**
 * tw_statement_from_files:
 * @paths: (array zero-terminated=1): one or more of camt.053, the pages of one statement
 * @error: as tw_statement_from_file() and tw_statement_join()
 *
 * Returns: (transfer full) (nullable): the whole statement, checked
 */
TwStatement *
tw_statement_from_files (const char *const *paths, GError **error)
{
  g_autoptr (GPtrArray) pages = g_ptr_array_new_with_free_func ((GDestroyNotify) tw_statement_free);

  for (guint i = 0; paths[i] != NULL; i++)
    {
      TwStatement *page = tw_statement_from_file (paths[i], error);

      if (page == NULL)
        return NULL;
      g_ptr_array_add (pages, page);
    }
  return tw_statement_join (pages, error);
}
