// SPDX-License-Identifier: GPL-3.0-or-later
/* `Ntry` of camt.053: what was booked, of one order or of several together. */
#include "server/reconcile/tw-camt-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "base/tw-money.h"

/* Of one entry that stands for many. */
#define MAX_DETAILS 10000

/* What books back says so for the entry; what came back from another bank, for the order. */
static gboolean
is_reversal (xmlNode *node, xmlNode *details)
{
  g_autofree char *word = tw_camt_find_text (node, "RvslInd");

  return strcmp (word, "true") == 0 || strcmp (word, "1") == 0 ||
         tw_camt_find_child (details, "RtrInf") != NULL;
}

/* @details: (nullable): of one order; @number: of several in an entry, from 1, or 0 */
static gboolean
add_entry (TwCamtReading *reading,
           xmlNode *node,
           xmlNode *details,
           guint number,
           gint64 fen,
           gint64 booked_at_ms)
{
  TwStatementEntry *entry =
    tw_statement_add (reading->statement, (guint) xmlGetLineNo (node), reading->error);
  g_autofree char *own = tw_camt_find_text (node, "NtryRef");
  g_autofree char *at_bank = tw_camt_find_text (node, "AcctSvcrRef");
  g_autofree char *of_order = tw_camt_find_text (details, "Refs/AcctSvcrRef");
  g_autofree char *order = tw_camt_find_text (details, "Refs/EndToEndId");

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
  return tw_camt_refuse (reading, xmlGetLineNo (node),
                         _ ("The entry has no reference of its own (NtryRef)."));
}

/* An entry that stands for several orders: each has its amount, and together they are it. */
static gboolean
add_batch (
  TwCamtReading *reading, xmlNode *node, GPtrArray *details, gint64 fen, gint64 booked_at_ms)
{
  gint64 sum_fen = 0;

  for (guint i = 0; i < details->len; i++)
    {
      xmlNode *one = details->pdata[i];
      gint64 one_fen;

      if (!tw_camt_read_amount (
            reading, one, tw_camt_find_child (one, "CdtDbtInd") != NULL ? one : node, &one_fen) ||
          !add_entry (reading, node, one, i + 1, one_fen, booked_at_ms))
        return FALSE;
      if (!tw_money_add (sum_fen, one_fen, &sum_fen))
        return tw_camt_refuse (reading, xmlGetLineNo (node),
                               _ ("The amounts are larger than can be added up."));
    }
  return sum_fen == fen || tw_camt_refuse (reading, xmlGetLineNo (node),
                                           _ ("The parts of this entry don’t add up to it."));
}

static gboolean
is_booked (TwCamtReading *reading, xmlNode *node, gboolean *booked)
{
  g_autofree char *code = tw_camt_find_text (node, "Sts/Cd");
  g_autofree char *old = tw_camt_find_text (node, "Sts"); /* before version 8 */
  const char *word = *code != '\0' ? code : old;

  *booked = strcmp (word, "BOOK") == 0;
  return *booked || strcmp (word, "PDNG") == 0 || strcmp (word, "INFO") == 0 ||
         strcmp (word, "FUTR") == 0 ||
         tw_camt_refuse (reading, xmlGetLineNo (node),
                         _ ("The state (Sts) is none that an entry has."));
}

gboolean
tw_camt_read_entry (TwCamtReading *reading, xmlNode *node)
{
  g_autoptr (GPtrArray) details = g_ptr_array_new ();
  xmlNode *date = tw_camt_find_child (node, "BookgDt");
  gint64 fen, booked_at_ms;
  gboolean booked;
  int day;

  if (!is_booked (reading, node, &booked))
    return FALSE;
  if (!booked)
    return TRUE;
  if (date == NULL)
    return tw_camt_refuse (reading, xmlGetLineNo (node),
                           _ ("There is no day of booking (BookgDt)."));
  if (!tw_camt_read_amount (reading, node, node, &fen) ||
      !tw_camt_read_date (reading, date, &booked_at_ms, &day) ||
      !tw_camt_take_day (reading, xmlGetLineNo (date), day))
    return FALSE;
  for (xmlNode *child = node->children; child != NULL; child = child->next)
    for (xmlNode *one = tw_camt_is_named (child, "NtryDtls") ? child->children : NULL; one != NULL;
         one = one->next)
      if (tw_camt_is_named (one, "TxDtls"))
        g_ptr_array_add (details, one);
  if (details->len > MAX_DETAILS)
    return tw_camt_refuse (reading, xmlGetLineNo (node), _ ("The entry has too many parts."));
  if (details->len > 1)
    return add_batch (reading, node, details, fen, booked_at_ms);
  return add_entry (reading, node, details->len == 1 ? details->pdata[0] : NULL, 0, fen,
                    booked_at_ms);
}
