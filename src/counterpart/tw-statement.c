// SPDX-License-Identifier: GPL-3.0-or-later
#include "counterpart/tw-statement.h"

#include "base/tw-clock.h"
#include "base/tw-error.h"
#include "base/tw-money.h"

#define NAMESPACE "urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"

/* One line, told in the form that is being written. */
typedef void (*Tell) (gpointer out,
                      gint64 number,
                      const char *order_id,
                      gint64 amount_fen,
                      const char *reference,
                      gint64 booked_at_ms);

typedef struct
{
  const char *party;
  const char *day;
  gint64 now_ms;
  gint64 from_ms;
  gint64 to_ms; /* up to, and not with; never ahead of now */
  gint64 opening_fen;
  gint64 closing_fen;
} Statement;

static gboolean
sum_until (TwDb *db, const char *party, gint64 until_ms, gint64 *sum_fen, GError **error)
{
  TwStmt *stmt = tw_db_query (db, error,
                              "SELECT coalesce (sum (amount_fen), 0) FROM book_entry "
                              "WHERE party = $1 AND booked_at < $2",
                              "si", party, until_ms);

  if (stmt == NULL || tw_stmt_step (stmt, error) != TW_STEP_ROW)
    return FALSE;
  *sum_fen = tw_stmt_int64 (stmt, 0);
  tw_stmt_reset (stmt);
  return TRUE;
}

static gboolean
begin (TwDb *db, const char *party, const char *day, Statement *statement, GError **error)
{
  int number;

  if (!tw_clock_parse_day (day, &number) || number > tw_clock_today ())
    {
      g_set_error_literal (error, TW_ERROR, TW_ERROR_INVALID, "This is not a day up to today");
      return FALSE;
    }
  statement->party = party;
  statement->day = day;
  statement->now_ms = tw_clock_now_ms ();
  statement->from_ms = tw_clock_ms_of_day (number);
  statement->to_ms = MIN (tw_clock_ms_of_day (number + 1), statement->now_ms + 1);
  return sum_until (db, party, statement->from_ms, &statement->opening_fen, error) &&
         sum_until (db, party, statement->to_ms, &statement->closing_fen, error);
}

static gboolean
tell_entries (TwDb *db, const Statement *statement, Tell tell, gpointer out, GError **error)
{
  TwStmt *stmt =
    tw_db_query (db, error,
                 "SELECT number, order_id, amount_fen, reference, booked_at FROM book_entry "
                 "WHERE party = $1 AND booked_at >= $2 AND booked_at < $3 ORDER BY number",
                 "sii", statement->party, statement->from_ms, statement->to_ms);
  TwStep step;

  if (stmt == NULL)
    return FALSE;
  while ((step = tw_stmt_step (stmt, error)) == TW_STEP_ROW)
    tell (out, tw_stmt_int64 (stmt, 0), tw_stmt_text (stmt, 1), tw_stmt_int64 (stmt, 2),
          tw_stmt_text (stmt, 3), tw_stmt_int64 (stmt, 4));
  return step == TW_STEP_DONE;
}

static char *
make_entry_reference (gint64 number)
{
  return g_strdup_printf ("%08" G_GINT64_FORMAT, number);
}

static void
tell_json (gpointer out,
           gint64 number,
           const char *order_id,
           gint64 amount_fen,
           const char *reference,
           gint64 booked_at_ms)
{
  JsonObject *entry = json_object_new ();
  g_autofree char *entry_reference = make_entry_reference (number);
  g_autofree char *at = tw_clock_format_ms (booked_at_ms);

  json_object_set_string_member (entry, "entry", entry_reference);
  json_object_set_string_member (entry, "order", order_id);
  json_object_set_int_member (entry, "amount_fen", amount_fen);
  json_object_set_string_member (entry, "reference", reference);
  json_object_set_string_member (entry, "booked_at", at);
  json_array_add_object_element (out, entry);
}

JsonObject *
tw_statement_to_json (TwDb *db, const char *party, const char *day, GError **error)
{
  g_autoptr (JsonArray) entries = json_array_new ();
  g_autofree char *id = g_strconcat (party, "-", day, NULL);
  g_autofree char *at = NULL;
  Statement statement;
  JsonObject *json;

  if (!begin (db, party, day, &statement, error) ||
      !tell_entries (db, &statement, tell_json, entries, error))
    return NULL;
  at = tw_clock_format_ms (statement.now_ms);
  json = json_object_new ();
  json_object_set_string_member (json, "id", id);
  json_object_set_string_member (json, "account", party);
  json_object_set_string_member (json, "day", day);
  json_object_set_string_member (json, "created_at", at);
  json_object_set_int_member (json, "opening_fen", statement.opening_fen);
  json_object_set_int_member (json, "closing_fen", statement.closing_fen);
  json_object_set_array_member (json, "entries", g_steal_pointer (&entries));
  return json;
}

/* The standard has amounts without a sign, and a word for the direction. */
static void
append_amount (GString *out, gint64 amount_fen)
{
  g_autofree char *amount = tw_money_format_plain (ABS (amount_fen));

  g_string_append_printf (out, "<Amt Ccy=\"CNY\">%s</Amt><CdtDbtInd>%s</CdtDbtInd>", amount,
                          amount_fen < 0 ? "DBIT" : "CRDT");
}

static void
append_balance (GString *out, const char *code, const char *day, gint64 amount_fen)
{
  g_string_append_printf (out, "<Bal><Tp><CdOrPrtry><Cd>%s</Cd></CdOrPrtry></Tp>", code);
  append_amount (out, amount_fen);
  g_string_append_printf (out, "<Dt><Dt>%s</Dt></Dt></Bal>\n", day);
}

static void
tell_xml (gpointer out,
          gint64 number,
          const char *order_id,
          gint64 amount_fen,
          const char *reference,
          gint64 booked_at_ms)
{
  g_autofree char *entry_reference = make_entry_reference (number);
  g_autofree char *at = tw_clock_format_ms (booked_at_ms);
  g_autofree char *tail = g_markup_printf_escaped (
    "<Sts><Cd>BOOK</Cd></Sts><BookgDt><DtTm>%s</DtTm></BookgDt><AcctSvcrRef>%s</AcctSvcrRef>"
    "<BkTxCd/><NtryDtls><TxDtls><Refs><EndToEndId>%s</EndToEndId></Refs></TxDtls></NtryDtls>"
    "</Ntry>\n",
    at, reference, order_id);

  g_string_append_printf (out, "<Ntry><NtryRef>%s</NtryRef>", entry_reference);
  append_amount (out, amount_fen);
  g_string_append (out, tail);
}

char *
tw_statement_to_xml (TwDb *db, const char *party, const char *day, GError **error)
{
  g_autoptr (GString) out = g_string_new (NULL);
  g_autofree char *at = NULL;
  Statement statement;

  if (!begin (db, party, day, &statement, error))
    return NULL;
  at = tw_clock_format_ms (statement.now_ms);
  g_string_append_printf (
    out,
    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Document xmlns=\"" NAMESPACE
    "\">\n<BkToCstmrStmt><GrpHdr><MsgId>%s-%s</MsgId><CreDtTm>%s</CreDtTm></GrpHdr>\n"
    "<Stmt><Id>%s-%s</Id><CreDtTm>%s</CreDtTm>"
    "<Acct><Id><Othr><Id>%s</Id></Othr></Id><Ccy>CNY</Ccy></Acct>\n",
    party, day, at, party, day, at, party);
  append_balance (out, "OPBD", day, statement.opening_fen);
  append_balance (out, "CLBD", day, statement.closing_fen);
  if (!tell_entries (db, &statement, tell_xml, out, error))
    return NULL;
  g_string_append (out, "</Stmt></BkToCstmrStmt></Document>\n");
  return g_string_free (g_steal_pointer (&out), FALSE);
}
