// SPDX-License-Identifier: GPL-3.0-or-later
/* Differences in words: what does not agree, what that means, and what to do. */
#include <glib/gi18n.h>
#include <string.h>

#include "base/tw-money.h"
#include "client/agent/reconciliation/tw-reconciliation-page.h"
#include "client/widgets/tw-format.h"
#include "model/tw-partner.h"

/**
 * tw_reconciliation_format_party:
 * @self: (nullable): the list item
 * @party: (nullable): whose books
 *
 * Returns: (transfer full): their name
 */
char *
tw_reconciliation_format_party (gpointer self, const char *party)
{
  if (g_strcmp0 (party, TW_PARTNER_BANK) == 0)
    return g_strdup (_ ("Bank"));
  if (g_strcmp0 (party, TW_PARTNER_OFFICE) == 0)
    return g_strdup (_ ("Tax office"));
  if (g_strcmp0 (party, TW_PARTNER_BILLERS) == 0)
    return g_strdup (_ ("Billers"));
  return g_strdup (party != NULL ? party : "");
}

/**
 * tw_reconciliation_format_day:
 * @self: (nullable): the list item
 * @party: (nullable): whose books
 * @day: of which day
 *
 * Returns: (transfer full): both
 */
char *
tw_reconciliation_format_day (gpointer self, const char *party, gint64 day)
{
  g_autofree char *name = tw_reconciliation_format_party (self, party);
  g_autofree char *date = tw_format_day (day);

  return g_strdup_printf ("%s · %s", name, date);
}

/**
 * tw_reconciliation_format_where:
 * @self: (nullable): the list item
 * @party: (nullable): whose books
 * @day: of which day
 * @reference: (nullable): ours, or ""
 * @rail_reference: (nullable): theirs, or ""
 *
 * Returns: (transfer full): where it stands
 */
char *
tw_reconciliation_format_where (
  gpointer self, const char *party, gint64 day, const char *reference, const char *rail_reference)
{
  g_autofree char *date = tw_reconciliation_format_day (self, party, day);
  const char *name = reference != NULL && *reference != '\0' ? reference : rail_reference;

  return name != NULL && *name != '\0' ? g_strdup_printf ("%s · %s", date, name)
                                       : g_steal_pointer (&date);
}

/**
 * tw_reconciliation_format_what:
 * @self: (nullable): the list item
 * @kind: a #TwDifferenceKind
 * @here: a #TwOrderState
 *
 * Returns: (transfer full): what does not agree
 */
char *
tw_reconciliation_format_what (gpointer self, int kind, int here)
{
  switch (kind)
    {
    case TW_DIFFERENCE_KIND_MISSING_HERE:
      return g_strdup (_ ("Not an order of ours"));
    case TW_DIFFERENCE_KIND_MISSING_THERE:
      return g_strdup (_ ("Missing in their books"));
    case TW_DIFFERENCE_KIND_AMOUNT:
      return g_strdup (_ ("Another amount in their books"));
    case TW_DIFFERENCE_KIND_TWICE:
      return g_strdup (_ ("Twice in their books"));
    case TW_DIFFERENCE_KIND_REVERSED:
      return g_strdup (_ ("Booked back by them"));
    case TW_DIFFERENCE_KIND_STATE:
    default:
      if (here == TW_ORDER_STATE_WAITING)
        return g_strdup (_ ("In their books, never sent to them"));
      return g_strdup (here == TW_ORDER_STATE_REFUSED ? _ ("Refused here, done there")
                                                      : _ ("Not known what became of it"));
    }
}

/**
 * tw_reconciliation_get_meaning:
 * @difference: a difference
 *
 * Returns: (transfer none): what that means, and what to do
 */
const char *
tw_reconciliation_get_meaning (TwDifference *difference)
{
  switch (tw_difference_get_kind (difference))
    {
    case TW_DIFFERENCE_KIND_MISSING_HERE:
      return _ ("Their statement has this, and we never ordered it. Nothing was moved here. Ask "
                "them what it is: a fee, a mistake, or somebody else's.");
    case TW_DIFFERENCE_KIND_MISSING_THERE:
      return _ ("We have this as done, and their statement does not have it. Nothing was moved. "
                "Ask them for the order by its reference; as soon as a statement has it, this is "
                "settled by itself.");
    case TW_DIFFERENCE_KIND_AMOUNT:
      return _ ("We ordered one amount and they booked another. Nothing was moved for what lies "
                "between. Ask them to book it as it was ordered.");
    case TW_DIFFERENCE_KIND_TWICE:
      return _ ("Their statement has this order a second time. Nothing was moved for it here. Ask "
                "them to book it back.");
    case TW_DIFFERENCE_KIND_REVERSED:
      return _ ("They have carried the order out and then booked it back. Nothing was moved for "
                "that here. Ask them why; what the customer has lost or gained by it is put right "
                "here.");
    case TW_DIFFERENCE_KIND_STATE:
    default:
      if (tw_difference_get_here (difference) == TW_ORDER_STATE_WAITING)
        return _ ("Their statement has it, and it was never sent to them. Nothing was moved, and "
                  "it still goes out. Make sure that the statement is theirs, and ask them where "
                  "they have it from.");
      if (tw_difference_get_here (difference) == TW_ORDER_STATE_REFUSED)
        return _ ("They told us that it was refused, and by their statement it was done. Here the "
                  "money is as it was before. The customer may have paid for nothing: see it "
                  "through with them first.");
      return _ ("It was sent, nobody has answered, and their statement does not have it. The money "
                "stays set aside, and they go on being asked.");
    }
}

/**
 * tw_reconciliation_get_here:
 * @difference: a difference
 *
 * Returns: (transfer none): how far our order got
 */
const char *
tw_reconciliation_get_here (TwDifference *difference)
{
  switch (tw_difference_get_here (difference))
    {
    case TW_ORDER_STATE_WAITING:
      return _ ("Not sent yet");
    case TW_ORDER_STATE_UNKNOWN:
      return _ ("Sent, without an answer");
    case TW_ORDER_STATE_DONE:
      return _ ("Done");
    case TW_ORDER_STATE_REFUSED:
      return _ ("Refused by them");
    case TW_ORDER_STATE_NONE:
    default:
      return _ ("None");
    }
}

/**
 * tw_reconciliation_format_apart:
 * @self: (nullable): the list item
 * @here_fen: by our books
 * @there_fen: by theirs
 * @amount_fen: what was ordered
 *
 * Returns: (transfer full): how far they are apart; where nothing has moved, what it is about
 */
char *
tw_reconciliation_format_apart (gpointer self, gint64 here_fen, gint64 there_fen, gint64 amount_fen)
{
  return tw_money_format (ABS (here_fen != there_fen ? there_fen - here_fen : amount_fen));
}

/**
 * tw_reconciliation_format_state:
 * @self: (nullable): the list item
 * @state: a #TwDifferenceState
 * @corrected_fen: what was moved to put it right
 *
 * Returns: (transfer full): its word
 */
char *
tw_reconciliation_format_state (gpointer self, int state, gint64 corrected_fen)
{
  switch (state)
    {
    case TW_DIFFERENCE_STATE_SETTLED:
      return g_strdup (_ ("Cleared up"));
    case TW_DIFFERENCE_STATE_EXPLAINED:
      return g_strdup (corrected_fen != 0 ? _ ("Put right") : _ ("Explained"));
    case TW_DIFFERENCE_STATE_OPEN:
    default:
      return g_strdup (_ ("To explain"));
    }
}

/**
 * tw_reconciliation_format_spoken:
 * @self: (nullable): the list item
 * @what: (nullable): what does not agree
 * @where: (nullable): where it stands
 * @apart: (nullable): by how much
 * @state: (nullable): its word
 *
 * Returns: (transfer full): what a screen reader says of the row
 */
char *
tw_reconciliation_format_spoken (
  gpointer self, const char *what, const char *where, const char *apart, const char *state)
{
  const char *parts[] = { what, apart, where, state };
  GString *spoken = g_string_new (NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (parts); i++)
    if (parts[i] != NULL && *parts[i] != '\0')
      g_string_append_printf (spoken, "%s%s", spoken->len > 0 ? ", " : "", parts[i]);
  return g_string_free (spoken, FALSE);
}

/**
 * tw_reconciliation_format_both:
 * @self: (nullable): the list item
 * @one: (nullable): a text
 * @other: (nullable): another
 *
 * Returns: (transfer full): one after the other, as a screen reader says them
 */
char *
tw_reconciliation_format_both (gpointer self, const char *one, const char *other)
{
  return tw_reconciliation_format_spoken (self, one, other, NULL, NULL);
}

/**
 * tw_reconciliation_format_outcome:
 * @self: (nullable): the list item
 * @state: a #TwReconciliationState
 * @entries: of the statement
 * @open: differences
 * @at_ms: when it was looked at
 *
 * Returns: (transfer full): what came of it
 */
char *
tw_reconciliation_format_outcome (
  gpointer self, int state, gint64 entries, gint64 open, gint64 at_ms)
{
  g_autofree char *moment = at_ms > 0 ? tw_format_moment_ms (at_ms) : g_strdup ("");
  g_autofree char *count = NULL;

  if (state == TW_RECONCILIATION_STATE_UNAVAILABLE)
    /* Translators: %s: a time of today, or a date and time */
    return g_strdup_printf (_ ("They have not told their books yet; asked at %s"), moment);
  if (state == TW_RECONCILIATION_STATE_DIFFERS)
    count = g_strdup_printf (
      ngettext ("%d difference to explain", "%d differences to explain", (gulong) open),
      (int) open);
  else
    count = g_strdup_printf (ngettext ("%d entry agrees", "%d entries agree", (gulong) entries),
                             (int) entries);
  /* Translators: what came of it, then when it was looked at */
  return g_strdup_printf (_ ("%s; looked at %s"), count, moment);
}
