// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/reconcile/tw-statement.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "base/tw-clock.h"
#include "base/tw-error.h"
#include "base/tw-money.h"
#include "base/tw-text.h"
#include "protocol/tw-json.h"

static void
entry_free (gpointer data)
{
  TwStatementEntry *entry = data;

  g_free (entry->entry);
  g_free (entry->order_id);
  g_free (entry->reference);
  g_free (entry);
}

/**
 * tw_statement_new:
 *
 * Returns: (transfer full): a statement without entries
 */
TwStatement *
tw_statement_new (void)
{
  TwStatement *statement = g_new0 (TwStatement, 1);

  statement->id = g_strdup ("");
  statement->account = g_strdup ("");
  statement->page = 1;
  statement->is_last = TRUE;
  statement->entries = g_ptr_array_new_with_free_func (entry_free);
  return statement;
}

/**
 * tw_statement_free:
 * @statement: (transfer full) (nullable): a statement
 */
void
tw_statement_free (TwStatement *statement)
{
  if (statement == NULL)
    return;
  g_ptr_array_unref (statement->entries);
  g_free (statement->id);
  g_free (statement->account);
  g_free (statement);
}

/**
 * tw_statement_add:
 * @statement: a statement
 * @line: where it stands
 * @error: %TW_ERROR_TOO_LARGE
 *
 * Returns: (transfer none) (nullable): a new entry, to be filled
 */
TwStatementEntry *
tw_statement_add (TwStatement *statement, guint line, GError **error)
{
  TwStatementEntry *entry;

  if (statement->entries->len == TW_STATEMENT_MAX_ENTRIES)
    {
      g_set_error (error, TW_ERROR, TW_ERROR_TOO_LARGE,
                   _ ("The statement has more than %d entries."), TW_STATEMENT_MAX_ENTRIES);
      return NULL;
    }
  entry = g_new0 (TwStatementEntry, 1);
  entry->line = line;
  g_ptr_array_add (statement->entries, entry);
  return entry;
}

static gboolean
refuse (GError **error, guint line, const char *words)
{
  if (line > 0)
    g_set_error (error, TW_ERROR, TW_ERROR_INVALID, _ ("Line %u: %s"), line, words);
  else
    g_set_error_literal (error, TW_ERROR, TW_ERROR_INVALID, words);
  return FALSE;
}

/* Nothing that a terminal or a page could stumble over; each number once. */
static gboolean
check_entry (TwStatementEntry *entry, GHashTable *seen, GError **error)
{
  const char *const texts[] = { entry->entry, entry->order_id, entry->reference };

  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    if (!tw_text_check (texts[i], TW_STATEMENT_MAX_TEXT, FALSE, NULL))
      return refuse (error, entry->line,
                     _ ("A reference is too long, or has characters that none has."));
  if (*entry->entry == '\0')
    return refuse (error, entry->line, _ ("The entry has no reference of its own."));
  if (entry->amount_fen == 0)
    return refuse (error, entry->line, _ ("The entry is about nothing: its amount is 0."));
  if (!g_hash_table_add (seen, entry->entry))
    return refuse (error, entry->line,
                   _ ("The reference of this entry stands in the statement twice."));
  return TRUE;
}

/* What is on one page of several need not add up. */
static gboolean
has_balances (const TwStatement *statement)
{
  return statement->has_opening && statement->has_closing && statement->page == 1 &&
         statement->is_last;
}

/**
 * tw_statement_check:
 * @statement: one that was read
 * @error: %TW_ERROR_INVALID, with the line where there is one
 *
 * Returns: whether it is sound in itself
 */
gboolean
tw_statement_check (TwStatement *statement, GError **error)
{
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);
  gint64 sum_fen = statement->opening_fen;

  if (!tw_text_check (statement->account, TW_STATEMENT_MAX_TEXT, FALSE, NULL) ||
      !tw_text_check (statement->id, TW_STATEMENT_MAX_TEXT, FALSE, NULL))
    return refuse (error, 0,
                   _ ("The statement’s own number or that of its account is too long, or has "
                      "characters that none has."));
  for (guint i = 0; i < statement->entries->len; i++)
    {
      TwStatementEntry *entry = statement->entries->pdata[i];

      if (!check_entry (entry, seen, error))
        return FALSE;
      if (!tw_money_add (sum_fen, entry->amount_fen, &sum_fen))
        return refuse (error, entry->line, _ ("The amounts are larger than can be added up."));
    }
  if (has_balances (statement) && sum_fen != statement->closing_fen)
    return refuse (error, 0,
                   _ ("The opening balance and the entries don’t add up to the closing balance."));
  return TRUE;
}

/**
 * tw_statement_parse_amount:
 * @text: a decimal as XML has it: no sign, no marks of thousands
 * @fen: (out): the amount
 * @error: %TW_ERROR_INVALID
 *
 * Returns: whether it is a number of fen; zeros after it are none too many
 */
gboolean
tw_statement_parse_amount (const char *text, gint64 *fen, GError **error)
{
  gsize whole = strspn (text, "0123456789");
  const char *rest = text + whole;
  gint64 value = 0;
  gsize decimals = 0;

  for (gsize i = 0; i < whole; i++)
    {
      value = value * 10 + (text[i] - '0');
      if (value > G_MAXINT64 / 10000)
        return refuse (error, 0, _ ("The amount is too large."));
    }
  if (*rest == '.')
    for (rest++; g_ascii_isdigit (*rest); rest++, decimals++)
      {
        if (decimals < 2)
          value = value * 10 + (*rest - '0');
        else if (*rest != '0')
          return refuse (error, 0, _ ("The amount has parts of a fen."));
      }
  if (whole == 0 || *rest != '\0' || (text[whole] == '.' && decimals == 0))
    return refuse (error, 0, _ ("The amount is not a number with at most two decimals."));
  *fen = decimals == 0 ? value * 100 : decimals == 1 ? value * 10 : value;
  return TRUE;
}

/* A bank that does not say a zone means its own. */
static gboolean
parse_time_in_china (const char *text, gint64 *time_ms)
{
  g_autoptr (GTimeZone) china = g_time_zone_new_offset (TW_CHINA_OFFSET_S);
  g_autoptr (GDateTime) at = g_date_time_new_from_iso8601 (text, china);

  if (at != NULL)
    *time_ms = g_date_time_to_unix (at) * 1000 + g_date_time_get_microsecond (at) / 1000;
  return at != NULL;
}

/**
 * tw_statement_parse_time:
 * @text: a day, `2026-03-31`, or a time, with a zone or in China's
 * @time_ms: (out): when; 0 for a day
 * @day: (out): the day in China
 *
 * Returns: whether it is one of the two
 */
gboolean
tw_statement_parse_time (const char *text, gint64 *time_ms, int *day)
{
  *time_ms = 0;
  if (tw_clock_parse_day (text, day))
    return TRUE;
  if (!parse_time_in_china (text, time_ms) || *time_ms < 0)
    return FALSE;
  *day = tw_clock_day_of_ms (*time_ms);
  return TRUE;
}

static gboolean
read_json_entry (TwStatement *statement, JsonNode *node, GError **error)
{
  TwStatementEntry *entry;
  const char *number, *order, *reference, *at;
  JsonObject *json;
  int day;

  if (!JSON_NODE_HOLDS_OBJECT (node))
    return refuse (error, 0, _ ("An entry of the statement is not an object."));
  json = json_node_get_object (node);
  if ((number = tw_json_get_string (json, "entry", error)) == NULL ||
      (order = tw_json_get_string (json, "order", error)) == NULL ||
      (reference = tw_json_get_string (json, "reference", error)) == NULL ||
      (at = tw_json_get_string (json, "booked_at", error)) == NULL ||
      (entry = tw_statement_add (statement, 0, error)) == NULL)
    return FALSE;
  entry->entry = g_strdup (number);
  entry->order_id = g_strdup (order);
  entry->reference = g_strdup (reference);
  entry->reversal = json_object_get_boolean_member_with_default (json, "reversal", FALSE);
  if (!tw_json_get_int (json, "amount_fen", -G_MAXINT64 / 10000, G_MAXINT64 / 10000,
                        &entry->amount_fen, error))
    return FALSE;
  if (!tw_statement_parse_time (at, &entry->booked_at_ms, &day) || day != statement->day)
    return refuse (error, 0, _ ("An entry is not of the day of its statement."));
  return TRUE;
}

/**
 * tw_statement_from_json:
 * @json: what a partner answers to `GET /PARTY/statements/DAY`
 * @error: %TW_ERROR_INVALID, %TW_ERROR_TOO_LARGE
 *
 * Returns: (transfer full) (nullable): the statement, checked
 */
TwStatement *
tw_statement_from_json (JsonObject *json, GError **error)
{
  g_autoptr (TwStatement) statement = tw_statement_new ();
  const char *day = tw_json_get_string (json, "day", error);
  const char *at = day != NULL ? tw_json_get_string (json, "created_at", error) : NULL;
  JsonNode *entries = json_object_get_member (json, "entries");
  int created_day;

  if (at == NULL)
    return NULL;
  if (!tw_clock_parse_day (day, &statement->day) ||
      !tw_statement_parse_time (at, &statement->created_at_ms, &created_day) || entries == NULL ||
      !JSON_NODE_HOLDS_ARRAY (entries))
    {
      refuse (error, 0, _ ("The statement has no day, no time or no entries."));
      return NULL;
    }
  statement->has_opening = statement->has_closing = TRUE;
  if (json_object_has_member (json, "account"))
    {
      const char *account = tw_json_get_string (json, "account", error);

      if (account == NULL)
        return NULL;
      g_free (statement->account);
      statement->account = g_strdup (account);
    }
  if (!tw_json_get_int (json, "opening_fen", G_MININT64, G_MAXINT64, &statement->opening_fen,
                        error) ||
      !tw_json_get_int (json, "closing_fen", G_MININT64, G_MAXINT64, &statement->closing_fen,
                        error))
    return NULL;
  for (guint i = 0; i < json_array_get_length (json_node_get_array (entries)); i++)
    if (!read_json_entry (statement, json_array_get_element (json_node_get_array (entries), i),
                          error))
      return NULL;
  return tw_statement_check (statement, error) ? g_steal_pointer (&statement) : NULL;
}
