// SPDX-License-Identifier: GPL-3.0-or-later
/* ISO 20022 camt.053, BankToCustomerStatement, as banks write it. The file is somebody else's: it
 * is read as a stream by libxml2 with nothing of the outside, no document type, no entities of its
 * own, and within the library's limits and ours. */
#include "server/reconcile/tw-camt-private.h"

#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/tw-error.h"

#define NAMESPACE "urn:iso:std:iso:20022:tech:xsd:camt.053.001."
#define MAX_DEPTH 24
/* The standard has five digits for it. */
#define MAX_PAGES 99999

static gboolean
read_balance (TwCamtReading *reading, xmlNode *node)
{
  g_autofree char *code = tw_camt_find_text (node, "Tp/CdOrPrtry/Cd");
  gboolean opening = strcmp (code, "OPBD") == 0 || strcmp (code, "PRCD") == 0;
  gboolean closing = strcmp (code, "CLBD") == 0;
  xmlNode *date = tw_camt_find_child (node, "Dt");
  gint64 fen, time_ms;
  int day;

  if (!opening && !closing)
    return TRUE;
  if (opening ? reading->statement->has_opening : reading->statement->has_closing)
    return tw_camt_refuse (reading, xmlGetLineNo (node),
                           _ ("There is a second balance of this sort."));
  if (!tw_camt_read_amount (reading, node, node, &fen))
    return FALSE;
  if (opening)
    {
      reading->statement->has_opening = TRUE;
      reading->statement->opening_fen = fen;
      return TRUE;
    }
  reading->statement->has_closing = TRUE;
  reading->statement->closing_fen = fen;
  return date == NULL || (tw_camt_read_date (reading, date, &time_ms, &day) &&
                          tw_camt_take_day (reading, xmlGetLineNo (date), day));
}

static long
get_line (TwCamtReading *reading)
{
  return MAX (xmlTextReaderGetParserLineNumber (reading->reader), 1);
}

/* The outermost element says what this is. */
static gboolean
check_root (TwCamtReading *reading)
{
  const char *name = (const char *) xmlTextReaderConstLocalName (reading->reader);
  const char *space = (const char *) xmlTextReaderConstNamespaceUri (reading->reader);

  return (strcmp (name, "Document") == 0 && space != NULL && g_str_has_prefix (space, NAMESPACE)) ||
         tw_camt_refuse (reading, get_line (reading), _ ("This is not a statement of camt.053."));
}

static gboolean
read_created (TwCamtReading *reading, xmlNode *node)
{
  g_autofree char *text = tw_camt_get_text (node);
  int day;

  return tw_statement_parse_time (text, &reading->statement->created_at_ms, &day) ||
         tw_camt_refuse (reading, xmlGetLineNo (node), _ ("This is not a day or a time."));
}

static gboolean
read_id (TwCamtReading *reading, xmlNode *node)
{
  g_free (reading->statement->id);
  reading->statement->id = tw_camt_get_text (node);
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
read_account (TwCamtReading *reading, xmlNode *account)
{
  g_autofree char *currency = tw_camt_find_text (account, "Ccy");
  g_autofree char *iban = tw_camt_find_text (account, "Id/IBAN");
  g_autofree char *other = tw_camt_find_text (account, "Id/Othr/Id");

  g_free (reading->statement->account);
  reading->statement->account = *iban != '\0' ? without_spaces (iban) : g_steal_pointer (&other);
  return *currency == '\0' || strcmp (currency, TW_CAMT_CURRENCY) == 0 ||
         tw_camt_refuse (reading, xmlGetLineNo (account), _ ("The currency (Ccy) is not CNY."));
}

/* `StmtPgntn`, or `MsgPgntn` of the whole message, as older versions have it. Of the two, the one
 * that tells of further pages counts. */
static gboolean
read_pages (TwCamtReading *reading, xmlNode *node)
{
  TwStatement *statement = reading->statement;
  g_autofree char *number = tw_camt_find_text (node, "PgNb");
  g_autofree char *last = tw_camt_find_text (node, "LastPgInd");
  gboolean is_last = strcmp (last, "true") == 0 || strcmp (last, "1") == 0;
  guint64 page;

  if ((!is_last && strcmp (last, "false") != 0 && strcmp (last, "0") != 0) ||
      !g_ascii_string_to_unsigned (number, 10, 1, MAX_PAGES, &page, NULL))
    return tw_camt_refuse (reading, xmlGetLineNo (node),
                           _ ("This does not say which page it is, and whether it is the last."));
  if (page == 1 && is_last)
    return TRUE;
  if ((statement->page > 1 || !statement->is_last) &&
      (statement->page != page || statement->is_last != is_last))
    return tw_camt_refuse (reading, xmlGetLineNo (node),
                           _ ("This is two different pages at once."));
  statement->page = (guint) page;
  statement->is_last = is_last;
  return TRUE;
}

/* Children of `Stmt`, each as a small tree that goes again. */
static gboolean
read_part (TwCamtReading *reading)
{
  static const struct
  {
    const char *name;
    gboolean (*read) (TwCamtReading *reading, xmlNode *node);
  } parts[] = {
    { "Id", read_id },        { "StmtPgntn", read_pages }, { "CreDtTm", read_created },
    { "Acct", read_account }, { "Bal", read_balance },     { "Ntry", tw_camt_read_entry },
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
read_node (TwCamtReading *reading)
{
  int type = xmlTextReaderNodeType (reading->reader);
  int depth = xmlTextReaderDepth (reading->reader);

  if (type == XML_READER_TYPE_DOCUMENT_TYPE || type == XML_READER_TYPE_ENTITY_REFERENCE)
    {
      tw_camt_refuse (reading, get_line (reading),
                      _ ("A statement has no document type and no entities of its own."));
      return -1;
    }
  if (depth > MAX_DEPTH)
    {
      tw_camt_refuse (reading, get_line (reading), _ ("This is nested deeper than any statement."));
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
      tw_camt_refuse (reading, get_line (reading),
                      _ ("There is a second statement (Stmt) in this file."));
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
  TwCamtReading *reading = data;

  if (reading->why->len > 0 || said->level < XML_ERR_ERROR)
    return;
  g_string_append (reading->why, said->message != NULL ? said->message : "");
  g_strchomp (reading->why->str);
  reading->why_line = (guint) MAX (said->line, 1);
}

static gboolean
check_whole (TwCamtReading *reading)
{
  TwStatement *statement = reading->statement;

  if (reading->n_statements == 0)
    return tw_camt_refuse (reading, get_line (reading),
                           _ ("There is no statement (Stmt) in this file."));
  if (!reading->has_day)
    return tw_camt_refuse (reading, get_line (reading), _ ("It does not say of which day it is."));
  return tw_statement_check (statement, reading->error);
}

static gboolean
read_all (TwCamtReading *reading)
{
  int more = xmlTextReaderRead (reading->reader);

  while (more == 1)
    more = read_node (reading);
  if (more < 0)
    return tw_camt_refuse (
      reading, reading->why->len > 0 ? (long) reading->why_line : get_line (reading), "%s",
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
  TwCamtReading reading = { .statement = statement, .why = why, .error = &local };
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
