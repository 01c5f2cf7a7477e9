// SPDX-License-Identifier: GPL-3.0-or-later
/* What an element of camt.053 says: text, amounts with their direction, days and times; or why it
 * says nothing that could be read, with the line. */
#include "server/reconcile/tw-camt-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "base/tw-error.h"

gboolean
tw_camt_refuse (TwCamtReading *reading, long line, const char *format, ...)
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

gboolean
tw_camt_is_named (xmlNode *node, const char *name)
{
  return node->type == XML_ELEMENT_NODE && strcmp ((const char *) node->name, name) == 0;
}

xmlNode *
tw_camt_find_child (xmlNode *node, const char *name)
{
  for (xmlNode *child = node != NULL ? node->children : NULL; child != NULL; child = child->next)
    if (tw_camt_is_named (child, name))
      return child;
  return NULL;
}

/* @path: names with slashes between. */
xmlNode *
tw_camt_find (xmlNode *node, const char *path)
{
  g_auto (GStrv) names = g_strsplit (path, "/", -1);

  for (guint i = 0; node != NULL && names[i] != NULL; i++)
    node = tw_camt_find_child (node, names[i]);
  return node;
}

/* Text alone, without spaces around it; anything else in there is not what the standard has. */
char *
tw_camt_get_text (xmlNode *node)
{
  GString *text = g_string_new (NULL);

  for (xmlNode *child = node != NULL ? node->children : NULL; child != NULL; child = child->next)
    if (child->type == XML_TEXT_NODE || child->type == XML_CDATA_SECTION_NODE)
      g_string_append (text, (const char *) child->content);
  return g_strstrip (g_string_free (text, FALSE));
}

char *
tw_camt_find_text (xmlNode *node, const char *path)
{
  return tw_camt_get_text (tw_camt_find (node, path));
}

gboolean
tw_camt_take_day (TwCamtReading *reading, long line, int day)
{
  if (reading->has_day && reading->statement->day != day)
    return tw_camt_refuse (reading, line, _ ("This is of another day than what stands before it."));
  reading->has_day = TRUE;
  reading->statement->day = day;
  return TRUE;
}

/* `Amt` with its currency, and the word for its direction beside it. */
gboolean
tw_camt_read_amount (TwCamtReading *reading, xmlNode *node, xmlNode *signed_by, gint64 *fen)
{
  xmlNode *amount = tw_camt_find_child (node, "Amt");
  g_autofree char *text = tw_camt_get_text (amount);
  g_autofree char *direction = tw_camt_find_text (signed_by, "CdtDbtInd");
  xmlChar *currency;
  g_autoptr (GError) error = NULL;
  gboolean right;

  if (amount == NULL)
    return tw_camt_refuse (reading, xmlGetLineNo (node), _ ("There is no amount (Amt)."));
  currency = xmlGetNoNsProp (amount, (const xmlChar *) "Ccy");
  right = currency != NULL && strcmp ((const char *) currency, TW_CAMT_CURRENCY) == 0;
  xmlFree (currency);
  if (!right)
    return tw_camt_refuse (reading, xmlGetLineNo (amount), _ ("The currency (Ccy) is not CNY."));
  if (!tw_statement_parse_amount (text, fen, &error))
    return tw_camt_refuse (reading, xmlGetLineNo (amount), "%s", error->message);
  if (strcmp (direction, "DBIT") == 0)
    *fen = -*fen;
  else if (strcmp (direction, "CRDT") != 0)
    return tw_camt_refuse (reading, xmlGetLineNo (node),
                           _ ("The direction (CdtDbtInd) is neither CRDT nor DBIT."));
  return TRUE;
}

/* The time of a `BookgDt` or `Dt`: a day, or a day and a time. */
gboolean
tw_camt_read_date (TwCamtReading *reading, xmlNode *node, gint64 *time_ms, int *day)
{
  g_autofree char *date = tw_camt_find_text (node, "Dt");
  g_autofree char *time = tw_camt_find_text (node, "DtTm");
  const char *text = *time != '\0' ? time : date;

  return tw_statement_parse_time (text, time_ms, day) ||
         tw_camt_refuse (reading, xmlGetLineNo (node), _ ("This is not a day or a time."));
}
