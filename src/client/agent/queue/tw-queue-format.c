// SPDX-License-Identifier: GPL-3.0-or-later
/* What the rows of the queues say; the rows' template calls these. */
#include <glib/gi18n.h>

#include "base/tw-clock.h"
#include "client/agent/queue/tw-queue-page.h"

/**
 * tw_queue_format_age:
 * @self: (nullable): the list item
 * @at_ms: when something was said last, milliseconds since 1970 UTC
 *
 * Returns: (transfer full): how long ago, in a word
 */
char *
tw_queue_format_age (gpointer self, gint64 at_ms)
{
  gint64 minutes = (tw_clock_now_ms () - at_ms) / 60000;

  if (at_ms == 0)
    return g_strdup ("");
  if (minutes < 1)
    return g_strdup (_ ("now"));
  if (minutes < 60)
    return g_strdup_printf (_ ("%d min"), (int) minutes);
  if (minutes < 60 * 24)
    return g_strdup_printf (_ ("%d h"), (int) (minutes / 60));
  return g_strdup_printf (_ ("%d d"), (int) (minutes / 60 / 24));
}

/**
 * tw_queue_format_state:
 * @self: (nullable): the list item
 * @state: a #TwTicketState
 * @assignee: (nullable): the name of the agent who has it
 *
 * Returns: (transfer full): whose turn it is, in words
 */
char *
tw_queue_format_state (gpointer self, int state, const char *assignee)
{
  switch (state)
    {
    case TW_TICKET_STATE_FRESH:
      return g_strdup (_ ("New"));
    case TW_TICKET_STATE_OPEN:
      return assignee != NULL && *assignee != '\0' ? g_strdup_printf (_ ("With %s"), assignee)
                                                   : g_strdup (_ ("Unassigned"));
    case TW_TICKET_STATE_WAITING:
      return g_strdup (_ ("Waiting for the customer"));
    case TW_TICKET_STATE_RESOLVED:
      return g_strdup (_ ("Resolved"));
    default:
      return g_strdup ("");
    }
}

/* Enough to know it again; a screen reader need not say a letter. */
#define SPOKEN_CHARS 120

/**
 * tw_queue_format_spoken:
 * @self: (nullable): the list item
 * @subject: (nullable): what it is about
 * @customer: (nullable): who asks
 * @last: (nullable): what was said last
 * @state: (nullable): whose turn it is, in words
 *
 * Returns: (transfer full): what a screen reader says of the row
 */
char *
tw_queue_format_spoken (
  gpointer self, const char *subject, const char *customer, const char *last, const char *state)
{
  const char *parts[] = { subject, customer, state };
  GString *spoken = g_string_new (NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (parts); i++)
    if (parts[i] != NULL && *parts[i] != '\0')
      g_string_append_printf (spoken, "%s%s", spoken->len > 0 ? ", " : "", parts[i]);
  if (last != NULL && *last != '\0')
    {
      g_autofree char *start =
        g_utf8_substring (last, 0, MIN (g_utf8_strlen (last, -1), SPOKEN_CHARS));

      g_string_append_printf (spoken, ": %s", start);
    }
  return g_string_free (spoken, FALSE);
}
