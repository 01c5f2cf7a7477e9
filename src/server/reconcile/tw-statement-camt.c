// SPDX-License-Identifier: GPL-3.0-or-later
/* ISO 20022 camt.053, BankToCustomerStatement, as banks write it. The file is somebody else's: it
 * is read as a stream by libxml2 with nothing of the outside, no document type, no entities of its
 * own, and within the library's limits and ours. */
#include "server/reconcile/tw-statement.h"

#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <libxml/xmlreader.h>
#include <string.h>
#include <sys/stat.h>

#include "base/tw-error.h"
#include "base/tw-money.h"

#define NAMESPACE "urn:iso:std:iso:20022:tech:xsd:camt.053.001."
#define CURRENCY "CNY"
#define MAX_DEPTH 24
/* Of one entry that stands for many. */
#define MAX_DETAILS 10000
/* The standard has five digits for it. */
#define MAX_PAGES 99999

typedef struct
{
  xmlTextReader *reader;
  TwStatement *statement;
  GString *why; /* what libxml2 has said first */
  guint why_line;
  gboolean has_day;
  guint n_statements;
  GError **error;
} Reading;

static gboolean G_GNUC_PRINTF (3, 4) refuse (Reading *reading, long line, const char *format, ...)
{
  g_autofree char *words = NULL;
  va_list args;

  va_start (args, format);
  words = g_strdup_vprintf (format, args);
  va_end (args);
  if (reading->error != NULL && *reading->error == NULL)
    g_set_error (reading->error, TW_ERROR, TW_ERROR_INVALID, _ ("Line %ld: %s"), line, words);
  return FALSE;
}

static gboolean
is_named (xmlNode *node, const char *name)
{
  return node->type == XML_ELEMENT_NODE && strcmp ((const char *) node->name, name) == 0;
}

static xmlNode *
find_child (xmlNode *node, const char *name)
{
  for (xmlNode *child = node != NULL ? node->children : NULL; child != NULL; child = child->next)
    if (is_named (child, name))
      return child;
  return NULL;
}

/* @path: names with slashes between. */
static xmlNode *
find (xmlNode *node, const char *path)
{
  g_auto (GStrv) names = g_strsplit (path, "/", -1);

  for (guint i = 0; node != NULL && names[i] != NULL; i++)
    node = find_child (node, names[i]);
  return node;
}

/* Text alone, without spaces around it; anything else in there is not what the standard has. */
static char *
get_text (xmlNode *node)
{
  GString *text = g_string_new (NULL);

  for (xmlNode *child = node != NULL ? node->children : NULL; child != NULL; child = child->next)
    if (child->type == XML_TEXT_NODE || child->type == XML_CDATA_SECTION_NODE)
      g_string_append (text, (const char *) child->content);
  return g_strstrip (g_string_free (text, FALSE));
}

static char *
find_text (xmlNode *node, const char *path)
{
  return get_text (find (node, path));
}

/* `Amt` with its currency, and the word for its direction beside it. */
static gboolean
read_amount (Reading *reading, xmlNode *node, xmlNode *signed_by, gint64 *fen)
{
  xmlNode *amount = find_child (node, "Amt");
  g_autofree char *text = get_text (amount);
  g_autofree char *direction = find_text (signed_by, "CdtDbtInd");
  xmlChar *currency;
  g_autoptr (GError) error = NULL;
  gboolean right;

  if (amount == NULL)
    return refuse (reading, xmlGetLineNo (node), _ ("There is no amount (Amt)."));
  currency = xmlGetNoNsProp (amount, (const xmlChar *) "Ccy");
  right = currency != NULL && strcmp ((const char *) currency, CURRENCY) == 0;
  xmlFree (currency);
  if (!right)
    return refuse (reading, xmlGetLineNo (amount), _ ("The currency (Ccy) is not CNY."));
  if (!tw_statement_parse_amount (text, fen, &error))
    return refuse (reading, xmlGetLineNo (amount), "%s", error->message);
  if (strcmp (direction, "DBIT") == 0)
    *fen = -*fen;
  else if (strcmp (direction, "CRDT") != 0)
    return refuse (reading, xmlGetLineNo (node),
                   _ ("The direction (CdtDbtInd) is neither CRDT nor DBIT."));
  return TRUE;
}

static gboolean
take_day (Reading *reading, long line, int day)
{
  if (reading->has_day && reading->statement->day != day)
    return refuse (reading, line, _ ("This is of another day than what stands before it."));
  reading->has_day = TRUE;
  reading->statement->day = day;
  return TRUE;
}

/* The time of a `BookgDt` or `Dt`: a day, or a day and a time. */
static gboolean
read_date (Reading *reading, xmlNode *node, gint64 *time_ms, int *day)
{
  g_autofree char *date = find_text (node, "Dt");
  g_autofree char *time = find_text (node, "DtTm");
  const char *text = *time != '\0' ? time : date;

  return tw_statement_parse_time (text, time_ms, day) ||
         refuse (reading, xmlGetLineNo (node), _ ("This is not a day or a time."));
}

static gboolean
read_balance (Reading *reading, xmlNode *node)
{
  g_autofree char *code = find_text (node, "Tp/CdOrPrtry/Cd");
  gboolean opening = strcmp (code, "OPBD") == 0 || strcmp (code, "PRCD") == 0;
  gboolean closing = strcmp (code, "CLBD") == 0;
  xmlNode *date = find_child (node, "Dt");
  gint64 fen, time_ms;
  int day;

  if (!opening && !closing)
    return TRUE;
  if (opening ? reading->statement->has_opening : reading->statement->has_closing)
    return refuse (reading, xmlGetLineNo (node), _ ("There is a second balance of this sort."));
  if (!read_amount (reading, node, node, &fen))
    return FALSE;
  if (opening)
    {
      reading->statement->has_opening = TRUE;
      reading->statement->opening_fen = fen;
      return TRUE;
    }
  reading->statement->has_closing = TRUE;
  reading->statement->closing_fen = fen;
  return date == NULL || (read_date (reading, date, &time_ms, &day) &&
                          take_day (reading, xmlGetLineNo (date), day));
}

/* What books back says so for the entry; what came back from another bank, for the order. */
static gboolean
is_reversal (xmlNode *node, xmlNode *details)
{
  g_autofree char *word = find_text (node, "RvslInd");

  return strcmp (word, "true") == 0 || strcmp (word, "1") == 0 ||
         find_child (details, "RtrInf") != NULL;
}

/* @details: (nullable): of one order; @number: of several in an entry, from 1, or 0 */
static gboolean
add_entry (
  Reading *reading, xmlNode *node, xmlNode *details, guint number, gint64 fen, gint64 booked_at_ms)
{
  TwStatementEntry *entry =
    tw_statement_add (reading->statement, (guint) xmlGetLineNo (node), reading->error);
  g_autofree char *own = find_text (node, "NtryRef");
  g_autofree char *at_bank = find_text (node, "AcctSvcrRef");
  g_autofree char *of_order = find_text (details, "Refs/AcctSvcrRef");
  g_autofree char *order = find_text (details, "Refs/EndToEndId");

  if (entry == NULL)
    return FALSE;
  if (*own == '\0')
    {
      g_free (own);
      own = g_strdup (at_bank);
    }
  entry->entry = number > 0 ? g_strdup_printf ("%s/%u", own, number) : g_strdup (own);
  /* The standard's word for none. */
  entry->order_id = g_strdup (strcmp (order, "NOTPROVIDED") == 0 ? "" : order);
  entry->reference = g_strdup (*of_order != '\0' ? of_order : at_bank);
  entry->amount_fen = fen;
  entry->booked_at_ms = booked_at_ms;
  entry->reversal = is_reversal (node, details);
  if (*entry->entry != '\0' || number > 0)
    return TRUE;
  return refuse (reading, xmlGetLineNo (node),
                 _ ("The entry has no reference of its own (NtryRef)."));
}

/* An entry that stands for several orders: each has its amount, and together they are it. */
static gboolean
add_batch (Reading *reading, xmlNode *node, GPtrArray *details, gint64 fen, gint64 booked_at_ms)
{
  gint64 sum_fen = 0;

  for (guint i = 0; i < details->len; i++)
    {
      xmlNode *one = details->pdata[i];
      gint64 one_fen;

      if (!read_amount (reading, one, find_child (one, "CdtDbtInd") != NULL ? one : node,
                        &one_fen) ||
          !add_entry (reading, node, one, i + 1, one_fen, booked_at_ms))
        return FALSE;
      if (!tw_money_add (sum_fen, one_fen, &sum_fen))
        return refuse (reading, xmlGetLineNo (node),
                       _ ("The amounts are larger than can be added up."));
    }
  return sum_fen == fen ||
         refuse (reading, xmlGetLineNo (node), _ ("The parts of this entry don’t add up to it."));
}

static gboolean
is_booked (Reading *reading, xmlNode *node, gboolean *booked)
{
  g_autofree char *code = find_text (node, "Sts/Cd");
  g_autofree char *old = find_text (node, "Sts"); /* before version 8 */
  const char *word = *code != '\0' ? code : old;

  *booked = strcmp (word, "BOOK") == 0;
  return *booked || strcmp (word, "PDNG") == 0 || strcmp (word, "INFO") == 0 ||
         strcmp (word, "FUTR") == 0 ||
         refuse (reading, xmlGetLineNo (node), _ ("The state (Sts) is none that an entry has."));
}

static gboolean
read_entry (Reading *reading, xmlNode *node)
{
  g_autoptr (GPtrArray) details = g_ptr_array_new ();
  xmlNode *date = find_child (node, "BookgDt");
  gint64 fen, booked_at_ms;
  gboolean booked;
  int day;

  if (!is_booked (reading, node, &booked))
    return FALSE;
  if (!booked)
    return TRUE;
  if (date == NULL)
    return refuse (reading, xmlGetLineNo (node), _ ("There is no day of booking (BookgDt)."));
  if (!read_amount (reading, node, node, &fen) || !read_date (reading, date, &booked_at_ms, &day) ||
      !take_day (reading, xmlGetLineNo (date), day))
    return FALSE;
  for (xmlNode *child = node->children; child != NULL; child = child->next)
    for (xmlNode *one = is_named (child, "NtryDtls") ? child->children : NULL; one != NULL;
         one = one->next)
      if (is_named (one, "TxDtls"))
        g_ptr_array_add (details, one);
  if (details->len > MAX_DETAILS)
    return refuse (reading, xmlGetLineNo (node), _ ("The entry has too many parts."));
  if (details->len > 1)
    return add_batch (reading, node, details, fen, booked_at_ms);
  return add_entry (reading, node, details->len == 1 ? details->pdata[0] : NULL, 0, fen,
                    booked_at_ms);
}

static long
get_line (Reading *reading)
{
  return MAX (xmlTextReaderGetParserLineNumber (reading->reader), 1);
}

/* The outermost element says what this is. */
static gboolean
check_root (Reading *reading)
{
  const char *name = (const char *) xmlTextReaderConstLocalName (reading->reader);
  const char *space = (const char *) xmlTextReaderConstNamespaceUri (reading->reader);

  return (strcmp (name, "Document") == 0 && space != NULL && g_str_has_prefix (space, NAMESPACE)) ||
         refuse (reading, get_line (reading), _ ("This is not a statement of camt.053."));
}

static gboolean
read_created (Reading *reading, xmlNode *node)
{
  g_autofree char *text = get_text (node);
  int day;

  return tw_statement_parse_time (text, &reading->statement->created_at_ms, &day) ||
         refuse (reading, xmlGetLineNo (node), _ ("This is not a day or a time."));
}

static gboolean
read_id (Reading *reading, xmlNode *node)
{
  g_free (reading->statement->id);
  reading->statement->id = get_text (node);
  return TRUE;
}

/* People write an IBAN in groups of four. */
static char *
without_spaces (const char *text)
{
  g_auto (GStrv) parts = g_strsplit_set (text, " \t\r\n", -1);

  return g_strjoinv ("", parts);
}

/* In a name of the bank's own, spaces may be part of it; an IBAN has none. */
static gboolean
read_account (Reading *reading, xmlNode *account)
{
  g_autofree char *currency = find_text (account, "Ccy");
  g_autofree char *iban = find_text (account, "Id/IBAN");
  g_autofree char *other = find_text (account, "Id/Othr/Id");

  g_free (reading->statement->account);
  reading->statement->account = *iban != '\0' ? without_spaces (iban) : g_steal_pointer (&other);
  return *currency == '\0' || strcmp (currency, CURRENCY) == 0 ||
         refuse (reading, xmlGetLineNo (account), _ ("The currency (Ccy) is not CNY."));
}

/* `StmtPgntn`, or `MsgPgntn` of the whole message, as older versions have it. Of the two, the one
 * that tells of further pages counts. */
static gboolean
read_pages (Reading *reading, xmlNode *node)
{
  TwStatement *statement = reading->statement;
  g_autofree char *number = find_text (node, "PgNb");
  g_autofree char *last = find_text (node, "LastPgInd");
  gboolean is_last = strcmp (last, "true") == 0 || strcmp (last, "1") == 0;
  guint64 page;

  if ((!is_last && strcmp (last, "false") != 0 && strcmp (last, "0") != 0) ||
      !g_ascii_string_to_unsigned (number, 10, 1, MAX_PAGES, &page, NULL))
    return refuse (reading, xmlGetLineNo (node),
                   _ ("This does not say which page it is, and whether it is the last."));
  if (page == 1 && is_last)
    return TRUE;
  if ((statement->page > 1 || !statement->is_last) &&
      (statement->page != page || statement->is_last != is_last))
    return refuse (reading, xmlGetLineNo (node), _ ("This is two different pages at once."));
  statement->page = (guint) page;
  statement->is_last = is_last;
  return TRUE;
}

/* Children of `Stmt`, each as a small tree that goes again. */
static gboolean
read_part (Reading *reading)
{
  static const struct
  {
    const char *name;
    gboolean (*read) (Reading *reading, xmlNode *node);
  } parts[] = {
    { "Id", read_id },        { "StmtPgntn", read_pages }, { "CreDtTm", read_created },
    { "Acct", read_account }, { "Bal", read_balance },     { "Ntry", read_entry },
  };
  const char *name = (const char *) xmlTextReaderConstLocalName (reading->reader);

  for (gsize i = 0; i < G_N_ELEMENTS (parts); i++)
    if (strcmp (parts[i].name, name) == 0)
      {
        xmlNode *node = xmlTextReaderExpand (reading->reader);

        return node != NULL && parts[i].read (reading, node);
      }
  return TRUE;
}

/* Returns what xmlTextReaderRead() does, or -1. */
static int
read_node (Reading *reading)
{
  int type = xmlTextReaderNodeType (reading->reader);
  int depth = xmlTextReaderDepth (reading->reader);

  if (type == XML_READER_TYPE_DOCUMENT_TYPE || type == XML_READER_TYPE_ENTITY_REFERENCE)
    {
      refuse (reading, get_line (reading),
              _ ("A statement has no document type and no entities of its own."));
      return -1;
    }
  if (depth > MAX_DEPTH)
    {
      refuse (reading, get_line (reading), _ ("This is nested deeper than any statement."));
      return -1;
    }
  if (type != XML_READER_TYPE_ELEMENT)
    return xmlTextReaderRead (reading->reader);
  if (depth == 0 && !check_root (reading))
    return -1;
  if (depth == 2 &&
      strcmp ((const char *) xmlTextReaderConstLocalName (reading->reader), "Stmt") == 0 &&
      ++reading->n_statements > 1)
    {
      refuse (reading, get_line (reading), _ ("There is a second statement (Stmt) in this file."));
      return -1;
    }
  if (depth == 3 && reading->n_statements == 0 &&
      strcmp ((const char *) xmlTextReaderConstLocalName (reading->reader), "MsgPgntn") == 0)
    {
      xmlNode *node = xmlTextReaderExpand (reading->reader);

      return node != NULL && read_pages (reading, node) ? xmlTextReaderNext (reading->reader) : -1;
    }
  if (depth != 3 || reading->n_statements == 0)
    return xmlTextReaderRead (reading->reader);
  return read_part (reading) ? xmlTextReaderNext (reading->reader) : -1;
}

static void
on_xml_error (void *data, xmlErrorPtr said)
{
  Reading *reading = data;

  if (reading->why->len > 0 || said->level < XML_ERR_ERROR)
    return;
  g_string_append (reading->why, said->message != NULL ? said->message : "");
  g_strchomp (reading->why->str);
  reading->why_line = (guint) MAX (said->line, 1);
}

static gboolean
check_whole (Reading *reading)
{
  TwStatement *statement = reading->statement;

  if (reading->n_statements == 0)
    return refuse (reading, get_line (reading), _ ("There is no statement (Stmt) in this file."));
  if (!reading->has_day)
    return refuse (reading, get_line (reading), _ ("It does not say of which day it is."));
  return tw_statement_check (statement, reading->error);
}

static gboolean
read_all (Reading *reading)
{
  int more = xmlTextReaderRead (reading->reader);

  while (more == 1)
    more = read_node (reading);
  if (more < 0)
    return refuse (reading, reading->why->len > 0 ? (long) reading->why_line : get_line (reading),
                   "%s",
                   reading->why->len > 0 ? reading->why->str : _ ("This can’t be read as XML."));
  return check_whole (reading);
}

/**
 * tw_statement_from_camt:
 * @text: (array length=length): the file
 * @length: in bytes
 * @error: %TW_ERROR_INVALID, naming the line; %TW_ERROR_TOO_LARGE
 *
 * Returns: (transfer full) (nullable): the statement, checked; it may be one page of several
 */
TwStatement *
tw_statement_from_camt (const char *text, gsize length, GError **error)
{
  g_autoptr (TwStatement) statement = tw_statement_new ();
  g_autoptr (GString) why = g_string_new (NULL);
  g_autoptr (GError) local = NULL;
  Reading reading = { .statement = statement, .why = why, .error = &local };
  gboolean ok;

  if (length > TW_STATEMENT_MAX_BYTES)
    {
      g_set_error (error, TW_ERROR, TW_ERROR_TOO_LARGE, _ ("A statement has at most %d MiB."),
                   TW_STATEMENT_MAX_BYTES / 1024 / 1024);
      return NULL;
    }
  /* Neither XML_PARSE_NOENT nor XML_PARSE_DTDLOAD nor XML_PARSE_HUGE: nothing is fetched, nothing
   * is replaced, and nothing grows. */
  reading.reader = xmlReaderForMemory (text, (int) length, NULL, NULL,
                                       XML_PARSE_NONET | XML_PARSE_NOCDATA | XML_PARSE_BIG_LINES);
  if (reading.reader == NULL)
    {
      g_set_error_literal (error, TW_ERROR, TW_ERROR_INVALID, _ ("This can’t be read as XML."));
      return NULL;
    }
  xmlTextReaderSetStructuredErrorHandler (reading.reader, on_xml_error, &reading);
  ok = read_all (&reading);
  xmlFreeTextReader (reading.reader);
  if (ok)
    return g_steal_pointer (&statement);
  g_propagate_error (error, g_steal_pointer (&local));
  return NULL;
}

/**
 * tw_statement_from_file:
 * @path: of a camt.053
 * @error: as tw_statement_from_camt(), or the file's, each with the path
 *
 * Returns: (transfer full) (nullable): the statement
 */
TwStatement *
tw_statement_from_file (const char *path, GError **error)
{
  g_autofree char *text = NULL;
  TwStatement *statement;
  GStatBuf info;
  gsize length;

  /* Before it is read: a pipe or a device has no end that could be waited for. */
  if (g_stat (path, &info) == 0 &&
      (!S_ISREG (info.st_mode) || info.st_size > TW_STATEMENT_MAX_BYTES))
    {
      g_set_error (error, TW_ERROR, TW_ERROR_TOO_LARGE, _ ("%s is not a file of at most %d MiB."),
                   path, TW_STATEMENT_MAX_BYTES / 1024 / 1024);
      return NULL;
    }
  if (!g_file_get_contents (path, &text, &length, error))
    return NULL;
  statement = tw_statement_from_camt (text, length, error);
  if (statement == NULL)
    g_prefix_error (error, "%s: ", path);
  return statement;
}
