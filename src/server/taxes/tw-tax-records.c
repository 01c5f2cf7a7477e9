// SPDX-License-Identifier: GPL-3.0-or-later
/* The tax history by page, newest first. */
#include <string.h>

#include "base/tw-error.h"
#include "base/tw-money.h"
#include "base/tw-text.h"
#include "base/tw-uuid.h"
#include "server/taxes/tw-taxes-private.h"

/* Any of these is left open by 0, '' and -1. */
#define FILTER                                                                                     \
  "FROM tax_record WHERE account_id = $1 AND ($2 = 0 OR year = $2) AND "                           \
  "($3 = '' OR tax_type = $3) AND ($4 < 0 OR status = $4) "

typedef struct
{
  TwDb *db;
  TwKey *column;
  const char *account_id;
  const TwRecordQuery *query;
  char *folded; /* (nullable): the text that is looked for */
  guint limit;
  gint64 after_ms; /* where the page starts: after this key */
  char *after_id;
} Search;

static void
search_clear (Search *search)
{
  g_free (search->folded);
  g_free (search->after_id);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Search, search_clear)

static gboolean
read_key (Search *search, const char *after, GError **error)
{
  const char *colon;
  g_autofree char *number = NULL;

  if (after == NULL || after[0] == '\0')
    {
      search->after_ms = G_MAXINT64;
      search->after_id = g_strdup ("");
      return TRUE;
    }
  colon = strchr (after, ':');
  number = colon != NULL ? g_strndup (after, (gsize) (colon - after)) : NULL;
  if (number != NULL && tw_uuid_is_valid (colon + 1) &&
      g_ascii_string_to_signed (number, 10, G_MININT64, G_MAXINT64, &search->after_ms, NULL))
    {
      search->after_id = g_strdup (colon + 1);
      return TRUE;
    }
  g_set_error_literal (error, TW_ERROR, TW_ERROR_INVALID, "This is not where a page starts");
  return FALSE;
}

static gboolean
contains (const char *text, const char *folded)
{
  g_autofree char *fold = tw_text_fold (text);

  return strstr (fold, folded) != NULL;
}

static gboolean
matches (const Search *search, TwRecord *record)
{
  g_autofree char *amount = NULL;

  if (search->folded == NULL)
    return TRUE;
  amount = tw_money_format_plain (tw_record_get_amount_fen (record));
  return contains (tw_record_get_title (record), search->folded) ||
         contains (tw_record_get_payer (record), search->folded) ||
         contains (tw_record_get_authority (record), search->folded) ||
         contains (tw_record_get_reference (record), search->folded) ||
         contains (tw_record_get_period (record), search->folded) ||
         strstr (amount, search->folded) != NULL;
}

static gboolean
is_after (const Search *search, TwRecord *record)
{
  gint64 ms = tw_record_get_assessed_at_ms (record);

  return ms < search->after_ms ||
         (ms == search->after_ms &&
          strcmp (tw_object_get_id (TW_OBJECT (record)), search->after_id) < 0);
}

static void
add_to_page (const Search *search, TwRecordPage *page, TwRecord *record)
{
  if (page->records->len < search->limit)
    g_ptr_array_add (page->records, g_object_ref (record));
  else if (page->next == NULL)
    {
      TwRecord *last = g_ptr_array_index (page->records, page->records->len - 1);

      page->next = g_strdup_printf ("%" G_GINT64_FORMAT ":%s", tw_record_get_assessed_at_ms (last),
                                    tw_object_get_id (TW_OBJECT (last)));
    }
}

/* Sums by the database, one page of rows. */
static gboolean
sum (const Search *search, TwRecordPage *page, GError **error)
{
  const TwRecordQuery *query = search->query;
  TwStmt *stmt = tw_db_query (search->db, error,
                              "SELECT count(*), sum(CASE WHEN kind = $5 THEN -amount_fen ELSE "
                              "amount_fen END), sum(late_fee_fen) " FILTER,
                              "sisii", search->account_id, (gint64) query->year,
                              query->tax_type != NULL ? query->tax_type : "",
                              (gint64) query->status, (gint64) TW_RECORD_KIND_REFUND);

  if (stmt == NULL || tw_stmt_step (stmt, error) != TW_STEP_ROW)
    return FALSE;
  page->total = (guint) tw_stmt_int64 (stmt, 0);
  page->total_fen = tw_stmt_int64 (stmt, 1);
  page->late_fee_fen = tw_stmt_int64 (stmt, 2);
  tw_stmt_reset (stmt);
  return TRUE;
}

static gboolean
read_page (const Search *search, TwRecordPage *page, GError **error)
{
  const TwRecordQuery *query = search->query;
  TwStmt *stmt =
    tw_db_query (search->db, error,
                 "SELECT id, object " FILTER "AND (assessed_at < $5 OR (assessed_at = $5 AND id < "
                 "$6)) ORDER BY assessed_at DESC, id DESC LIMIT $7",
                 "sisiisi", search->account_id, (gint64) query->year,
                 query->tax_type != NULL ? query->tax_type : "", (gint64) query->status,
                 search->after_ms, search->after_id, (gint64) search->limit + 1);
  TwStep step;

  if (stmt == NULL)
    return FALSE;
  while ((step = tw_stmt_step (stmt, error)) == TW_STEP_ROW)
    {
      g_autoptr (TwRecord) record = tw_record_read (search->column, stmt, 0, 1, error);

      if (record == NULL)
        {
          tw_stmt_reset (stmt);
          return FALSE;
        }
      add_to_page (search, page, record);
    }
  return step == TW_STEP_DONE;
}

/* What is written in a record is sealed: it is opened to be searched, for this one person. */
static gboolean
search_text (const Search *search, TwRecordPage *page, GError **error)
{
  const TwRecordQuery *query = search->query;
  TwStmt *stmt = tw_db_query (
    search->db, error, "SELECT id, object " FILTER "ORDER BY assessed_at DESC, id DESC", "sisi",
    search->account_id, (gint64) query->year, query->tax_type != NULL ? query->tax_type : "",
    (gint64) query->status);
  TwStep step;

  if (stmt == NULL)
    return FALSE;
  while ((step = tw_stmt_step (stmt, error)) == TW_STEP_ROW)
    {
      g_autoptr (TwRecord) record = tw_record_read (search->column, stmt, 0, 1, error);
      gint64 amount_fen;

      if (record == NULL)
        {
          tw_stmt_reset (stmt);
          return FALSE;
        }
      if (!matches (search, record))
        continue;
      amount_fen = tw_record_get_amount_fen (record);
      page->total++;
      page->total_fen +=
        tw_record_get_kind (record) == TW_RECORD_KIND_REFUND ? -amount_fen : amount_fen;
      page->late_fee_fen += tw_record_get_late_fee_fen (record);
      if (is_after (search, record))
        add_to_page (search, page, record);
    }
  return step == TW_STEP_DONE;
}

/**
 * tw_taxes_query_records:
 * @db: a connection that may read, not in a transaction
 * @column: the column key
 * @account_id: whose history
 * @query: what is looked for
 * @after: (nullable): where the last page ended, its `next`
 * @limit: records in the page, at least 1
 * @error: %TW_ERROR_INVALID for an @after that isn't one, or the database's
 *
 * Returns: (transfer full) (nullable): a page, newest first, with the sums of the whole answer
 */
TwRecordPage *
tw_taxes_query_records (TwDb *db,
                        TwKey *column,
                        const char *account_id,
                        const TwRecordQuery *query,
                        const char *after,
                        guint limit,
                        GError **error)
{
  g_autoptr (TwRecordPage) page = tw_record_page_new ();
  g_auto (Search) search = { db, column, account_id, query, NULL, MAX (limit, 1), 0, NULL };
  gboolean ok;

  if (!read_key (&search, after, error))
    return NULL;
  if (query->text != NULL && query->text[0] != '\0')
    search.folded = tw_text_fold (query->text);
  /* Sums and page are of one moment. */
  if (!tw_db_begin_read (db, error))
    return NULL;
  ok = search.folded != NULL ? search_text (&search, page, error)
                             : sum (&search, page, error) && read_page (&search, page, error);
  tw_db_rollback (db);
  return ok ? g_steal_pointer (&page) : NULL;
}
