// SPDX-License-Identifier: GPL-3.0-or-later
/* The tax history by page, newest first, with what it adds up to. */
#include "client/store/tw-store-private.h"

#include <string.h>

#include "base/tw-error.h"
#include "base/tw-text.h"
#include "model/tw-record.h"
#include "protocol/tw-wire.h"

typedef struct
{
  TwRecordQuery *query;
  char *after;
  guint limit;
  TwRecordPage *page;
} Question;

static void
question_free (gpointer data)
{
  Question *question = data;

  tw_record_query_free (question->query);
  g_free (question->after);
  tw_record_page_free (question->page);
  g_free (question);
}

void
tw_store_forget_totals (TwStore *self)
{
  g_clear_pointer (&self->totals_key, g_free);
  g_clear_pointer (&self->totals, tw_record_page_free);
}

/* Each word of the person has to stand somewhere; a word of several tokens as they stand, the last
 * of them perhaps going on. Answers %NULL for text without a letter or digit. */
static char *
get_match (const char *text)
{
  g_auto (GStrv) words = g_strsplit_set (text, " \t\n", -1);
  GString *out = g_string_new (NULL);

  for (guint i = 0; words[i] != NULL; i++)
    {
      g_autofree char *tokens = tw_text_bigrams (words[i]);

      if (tokens[0] != '\0')
        g_string_append_printf (out, "%s\"%s\" *", out->len > 0 ? " AND " : "", tokens);
    }
  return g_string_free (out, out->len == 0);
}

/* All parameters stand in every text of it, so that one call fits all: $1 year, $2 tax type, $3
 * status, $4 words. */
static char *
get_condition (const TwRecordQuery *query, const char *match)
{
  return g_strconcat (query->year != 0 ? "year = $1" : "$1 = 0",
                      query->tax_type != NULL ? " AND tax_type = $2" : " AND $2 IS NULL",
                      query->status >= 0 ? " AND status = $3" : " AND $3 < 0",
                      match != NULL ? " AND n IN (SELECT rowid FROM record_text"
                                      " WHERE record_text MATCH $4)"
                                    : " AND $4 IS NULL",
                      NULL);
}

/* Page after page is asked with the same question; the sums are made once. */
static gboolean
read_totals (TwStore *self,
             const TwRecordQuery *query,
             const char *match,
             const char *condition,
             GError **error)
{
  g_autofree char *key =
    g_strdup_printf ("%d/%s/%d/%s", query->year, query->tax_type != NULL ? query->tax_type : "",
                     query->status, match != NULL ? match : "");
  g_autofree char *sql = g_strdup_printf (
    "SELECT count(*), coalesce (sum (amount_fen), 0), coalesce (sum (late_fee_fen), 0)"
    " FROM record WHERE %s",
    condition);
  TwStmt *stmt;

  if (g_strcmp0 (self->totals_key, key) == 0)
    return TRUE;
  tw_store_forget_totals (self);
  stmt = tw_db_query (self->db, error, sql, "isis", (gint64) query->year, query->tax_type,
                      (gint64) query->status, match);
  if (stmt == NULL || tw_stmt_step (stmt, error) != TW_STEP_ROW)
    return FALSE;
  self->totals = tw_record_page_new ();
  self->totals->total = (guint) tw_stmt_int64 (stmt, 0);
  self->totals->total_fen = tw_stmt_int64 (stmt, 1);
  self->totals->late_fee_fen = tw_stmt_int64 (stmt, 2);
  self->totals_key = g_steal_pointer (&key);
  tw_stmt_reset (stmt);
  return TRUE;
}

static gboolean
read_after (const char *after, gint64 *at_ms, gint64 *n, GError **error)
{
  char *end = NULL;

  *at_ms = G_MAXINT64;
  *n = G_MAXINT64;
  if (after == NULL)
    return TRUE;
  *at_ms = g_ascii_strtoll (after, &end, 10);
  if (end != after && *end == '/')
    {
      const char *start = end + 1;

      *n = g_ascii_strtoll (start, &end, 10);
      if (end != start && *end == '\0')
        return TRUE;
    }
  g_set_error (error, TW_ERROR, TW_ERROR_INVALID, "There is no page after '%s'", after);
  return FALSE;
}

/* One row more than asked for tells whether there is a next page. */
static gboolean
read_rows (
  TwStore *self, Question *question, const char *match, const char *condition, GError **error)
{
  const TwRecordQuery *query = question->query;
  gint64 at_ms, n, last_at_ms = 0, last_n = 0;
  g_autofree char *sql = NULL;
  TwStep step = TW_STEP_ERROR;
  TwStmt *stmt;

  if (!read_after (question->after, &at_ms, &n, error))
    return FALSE;
  sql = g_strdup_printf ("SELECT at_ms, n, (SELECT body FROM object WHERE object.id = record.id"
                         " AND type = 'record' LIMIT 1) FROM record WHERE %s"
                         " AND (at_ms, n) < ($5, $6) ORDER BY at_ms DESC, n DESC LIMIT $7",
                         condition);
  stmt = tw_db_query (self->db, error, sql, "isisiii", (gint64) query->year, query->tax_type,
                      (gint64) query->status, match, at_ms, n, (gint64) question->limit + 1);
  while (stmt != NULL && (step = tw_stmt_step (stmt, error)) == TW_STEP_ROW)
    {
      TwObject *record;

      if (question->page->records->len == question->limit)
        {
          question->page->next =
            g_strdup_printf ("%" G_GINT64_FORMAT "/%" G_GINT64_FORMAT, last_at_ms, last_n);
          tw_stmt_reset (stmt);
          return TRUE;
        }
      last_at_ms = tw_stmt_int64 (stmt, 0);
      last_n = tw_stmt_int64 (stmt, 1);
      record = tw_stmt_is_null (stmt, 2)
                 ? NULL
                 : tw_wire_decode_text ("record", tw_stmt_text (stmt, 2), error);
      if (record == NULL)
        {
          if (error != NULL && *error == NULL)
            g_set_error (error, TW_ERROR, TW_ERROR_DAMAGED, "A record has lost its text");
          tw_stmt_reset (stmt);
          return FALSE;
        }
      g_ptr_array_add (question->page->records, record);
    }
  return step == TW_STEP_DONE;
}

static gboolean
query_records (TwStore *self, gpointer data, GError **error)
{
  Question *question = data;
  const char *text = question->query->text;
  g_autofree char *match = NULL;
  g_autofree char *condition = NULL;

  TW_STORE_ASSERT_THREAD (self);
  tw_record_page_free (question->page);
  question->page = tw_record_page_new ();
  if (text != NULL && strspn (text, " \t\n") != strlen (text))
    {
      match = get_match (text);
      if (match == NULL)
        return TRUE;
    }
  condition = get_condition (question->query, match);
  if (!read_totals (self, question->query, match, condition, error) ||
      !read_rows (self, question, match, condition, error))
    return FALSE;
  question->page->total = self->totals->total;
  question->page->total_fen = self->totals->total_fen;
  question->page->late_fee_fen = self->totals->late_fee_fen;
  return TRUE;
}

/**
 * tw_store_query_records_async:
 * @self: a store
 * @query: (transfer none): the question
 * @after: (nullable): `next` of the page before
 * @limit: how many records at most
 * @cancellable: (nullable): stops it, if it has not begun
 * @callback: called in the main thread
 * @user_data: for @callback
 */
void
tw_store_query_records_async (TwStore *self,
                              const TwRecordQuery *query,
                              const char *after,
                              guint limit,
                              GCancellable *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer user_data)
{
  GTask *task = g_task_new (self, cancellable, callback, user_data);
  Question *question = g_new0 (Question, 1);

  question->query = tw_record_query_copy (query);
  if (question->query->tax_type != NULL && question->query->tax_type[0] == '\0')
    g_clear_pointer (&question->query->tax_type, g_free);
  question->after = g_strdup (after);
  question->limit = limit;
  g_task_set_task_data (task, question, question_free);
  tw_store_push (self, TW_STORE_READ, query_records, task);
}

/**
 * tw_store_query_records_finish:
 * @self: a store
 * @result: what the callback was given
 * @error: what went wrong
 *
 * Returns: (transfer full) (nullable): the page
 */
TwRecordPage *
tw_store_query_records_finish (TwStore *self, GAsyncResult *result, GError **error)
{
  if (!g_task_propagate_boolean (G_TASK (result), error))
    return NULL;
  return g_steal_pointer (&((Question *) g_task_get_task_data (G_TASK (result)))->page);
}
