// SPDX-License-Identifier: GPL-3.0-or-later
/* What a record is found by. */
#include "client/store/tw-store-private.h"

#include <string.h>

#include "base/tw-money.h"
#include "base/tw-text.h"
#include "model/tw-record.h"

/* What a record is to be found by, not written yet. */
typedef struct
{
  gint64 n;
  gboolean is_new;
  char *text;
} RecordText;

void
tw_store_text_free (gpointer data)
{
  RecordText *text = data;

  g_free (text->text);
  g_free (text);
}

/* The last character of each run of ideographs once more, alone: a search for one character is one
 * for what begins with it, and the pairs alone would never begin with the last. */
static void
append_last_characters (GString *out, gsize pairs_length)
{
  gsize end;

  for (gsize at = 0; at < pairs_length; at = end + 1)
    {
      const char *token = out->str + at;
      const char *last = g_utf8_next_char (token);
      gsize first_length = (gsize) (last - token), last_length;
      char copy[6];

      for (end = at; end < pairs_length && out->str[end] != ' '; end++)
        ;
      if ((guchar) *token < 0x80 || at + first_length >= end)
        continue;
      last_length = (gsize) (g_utf8_next_char (last) - last);
      if (at + first_length + last_length != end ||
          (end + 1 < pairs_length && strncmp (out->str + end + 1, last, last_length) == 0))
        continue;
      memcpy (copy, last, last_length);
      g_string_append_c (out, ' ');
      g_string_append_len (out, copy, (gssize) last_length);
    }
}

static char *
get_text (TwStore *self, TwRecord *record)
{
  g_autofree char *plain = tw_money_format_plain (tw_record_get_amount_fen (record));
  g_autofree char *grouped = tw_money_format (tw_record_get_amount_fen (record));
  g_autofree char *type_words = g_strdup (tw_record_get_tax_type (record));
  g_autofree char *all = NULL;
  g_autofree char *pairs = NULL;
  GString *out;

  /* The id of a tax is its English name. */
  g_strdelimit (type_words, "_", ' ');
  all = g_strjoin (" / ", tw_record_get_title (record), tw_record_get_payer (record),
                   tw_record_get_authority (record), tw_record_get_reference (record),
                   tw_record_get_period (record), plain, grouped, type_words,
                   self->tax_name != NULL ? self->tax_name (tw_record_get_tax_type (record)) : "",
                   NULL);
  pairs = tw_text_bigrams (all);
  out = g_string_new (pairs);
  append_last_characters (out, out->len);
  return g_string_free (out, FALSE);
}

/* When it happened, as far as it is known. */
static gint64
get_time (TwRecord *record)
{
  if (tw_record_get_paid_at_ms (record) > 0)
    return tw_record_get_paid_at_ms (record);
  if (tw_record_get_assessed_at_ms (record) > 0)
    return tw_record_get_assessed_at_ms (record);
  return tw_record_get_confirmed_at_ms (record);
}

static gint64
get_counted_fen (TwRecord *record)
{
  gint64 amount = tw_record_get_amount_fen (record);

  return tw_record_get_kind (record) == TW_RECORD_KIND_REFUND ? -ABS (amount) : amount;
}

/* Answers 0 when there was no row to be had: the record is there already, or is not; -1 with
 * @error. */
static gint64
write_record (TwStore *self, TwRecord *record, const char *sql, GError **error)
{
  TwStmt *stmt =
    tw_db_query (self->db, error, sql, "sisiiii", tw_object_get_id (TW_OBJECT (record)),
                 tw_record_get_year (record), tw_record_get_tax_type (record),
                 (gint64) tw_record_get_status (record), get_time (record),
                 get_counted_fen (record), tw_record_get_late_fee_fen (record));
  TwStep step;
  gint64 n;

  if (stmt == NULL || (step = tw_stmt_step (stmt, error)) == TW_STEP_ERROR)
    return -1;
  n = step == TW_STEP_ROW ? tw_stmt_int64 (stmt, 0) : 0;
  tw_stmt_reset (stmt);
  return n;
}

static void
add_text (TwStore *self, gint64 n, gboolean is_new, char *text)
{
  RecordText *row = g_new0 (RecordText, 1);

  row->n = n;
  row->is_new = is_new;
  row->text = text;
  g_ptr_array_add (self->texts, row);
}

/* Its words are written by tw_store_write_texts(). */
gboolean
tw_store_index_record (TwStore *self, TwObject *object, GError **error)
{
  TwRecord *record = TW_RECORD (object);
  gboolean is_new;
  gint64 n;

  TW_STORE_ASSERT_THREAD (self);
  n = write_record (self, record,
                    "INSERT INTO record"
                    " (id, year, tax_type, status, at_ms, amount_fen, late_fee_fen)"
                    " VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (id) DO NOTHING RETURNING n",
                    error);
  is_new = n > 0;
  if (n == 0)
    n = write_record (self, record,
                      "UPDATE record SET year = $2, tax_type = $3, status = $4, at_ms = $5,"
                      " amount_fen = $6, late_fee_fen = $7 WHERE id = $1 RETURNING n",
                      error);
  if (n > 0)
    add_text (self, n, is_new, get_text (self, record));
  return n > 0;
}

/* The words of all records of a page at once: any other statement in between, and the index would
 * be written out to the file again and again. */
gboolean
tw_store_write_texts (TwStore *self, GError **error)
{
  TW_STORE_ASSERT_THREAD (self);
  for (guint i = 0; i < self->texts->len; i++)
    {
      RecordText *text = self->texts->pdata[i];

      if (!tw_db_run (self->db, error,
                      text->is_new
                        ? "INSERT INTO record_text (rowid, text) VALUES ($1, $2)"
                        : "INSERT OR REPLACE INTO record_text (rowid, text) VALUES ($1, $2)",
                      "is", text->n, text->text))
        return FALSE;
    }
  g_ptr_array_set_size (self->texts, 0);
  return TRUE;
}

gboolean
tw_store_unindex_record (TwStore *self, const char *id, GError **error)
{
  TW_STORE_ASSERT_THREAD (self);
  return tw_db_run (self->db, error,
                    "DELETE FROM record_text WHERE rowid = (SELECT n FROM record WHERE id = $1)",
                    "s", id) &&
         tw_db_run (self->db, error, "DELETE FROM record WHERE id = $1", "s", id);
}
