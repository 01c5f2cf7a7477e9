// SPDX-License-Identifier: GPL-3.0-or-later
/* What the other side says of an order, read before it is believed: money follows from it. */
#include <string.h>

#include "base/tw-clock.h"
#include "base/tw-error.h"
#include "base/tw-text.h"
#include "protocol/tw-json.h"
#include "server/rails/tw-rails-private.h"

/* Of a reference or a reason, in characters. */
#define MAX_TEXT 128
/* The other side's clock may be ahead by so much. */
#define MAX_AHEAD_MS (G_GINT64_CONSTANT (86400000))

static const struct
{
  const char *word;
  gboolean confirms; /* on which rails */
  TwRailState state;
} states[] = {
  { "done", FALSE, TW_RAIL_ACCEPTED },      { "refused", FALSE, TW_RAIL_REFUSED },
  { "accepted", TRUE, TW_RAIL_ACCEPTED },   { "refused", TRUE, TW_RAIL_REFUSED },
  { "confirmed", TRUE, TW_RAIL_CONFIRMED },
};

void
tw_rail_answer_clear (TwRailAnswer *answer)
{
  g_clear_pointer (&answer->reference, g_free);
  g_clear_pointer (&answer->reason, g_free);
  answer->confirmed_at_ms = 0;
}

static gboolean
fail (GError **error, const char *member)
{
  g_set_error (error, TW_ERROR, TW_ERROR_INVALID, "'%s' is missing, or is not that of the order",
               member);
  return FALSE;
}

/* An answer is about the order only if it says so in every word that the order was made of. */
static gboolean
check_echoes (const TwRail *rail, const char *request, JsonObject *answer, GError **error)
{
  g_autoptr (JsonNode) sent = tw_json_parse (request, -1, error);

#ifdef TW_MUTANT_ANOTHER_ORDERS_ANSWER
#include "base/tw-planted.h"
  if (sent != NULL)
    return TRUE;
#endif
  if (sent == NULL)
    return FALSE;
  for (guint i = 0; rail->echoes[i] != NULL; i++)
    {
      JsonNode *mine = json_object_get_member (json_node_get_object (sent), rail->echoes[i]);
      JsonNode *theirs = json_object_get_member (answer, rail->echoes[i]);

      if (mine == NULL || theirs == NULL || !json_node_equal (mine, theirs))
        return fail (error, rail->echoes[i]);
    }
  return TRUE;
}

static gboolean
read_state (const TwRail *rail, JsonObject *answer, TwRailState *state, GError **error)
{
  const char *word = tw_json_get_string (answer, "state", error);

  if (word == NULL)
    return FALSE;
  for (gsize i = 0; i < G_N_ELEMENTS (states); i++)
    if (states[i].confirms == rail->confirms && strcmp (states[i].word, word) == 0)
      {
        *state = states[i].state;
        return TRUE;
      }
  return fail (error, "state");
}

/* One that is not there is empty. */
static char *
read_text (JsonObject *answer, const char *name, GError **error)
{
  const char *text;

  if (!json_object_has_member (answer, name))
    return g_strdup ("");
  text = tw_json_get_string (answer, name, error);
  if (text == NULL || !tw_text_check (text, MAX_TEXT, FALSE, error))
    return NULL;
  return g_strdup (text);
}

static gboolean
read_time (JsonObject *answer, gint64 *time_ms, GError **error)
{
  const char *text;

  *time_ms = 0;
  if (!json_object_has_member (answer, "confirmed_at"))
    return TRUE;
  text = tw_json_get_string (answer, "confirmed_at", error);
  if (text == NULL)
    return FALSE;
  return (tw_clock_parse_ms (text, time_ms) && *time_ms >= 0 &&
          *time_ms <= tw_clock_now_ms () + MAX_AHEAD_MS) ||
         fail (error, "confirmed_at");
}

/**
 * tw_rail_answer_read:
 * @rail: the order's
 * @request: what was sent
 * @json: what came back
 * @answer: (out): empty when it can't be believed
 * @error: %TW_ERROR_INVALID or %TW_ERROR_TOO_LARGE; names members, never what is in them
 *
 * Returns: whether @json is an answer about this order, whole and within its bounds
 */
gboolean
tw_rail_answer_read (
  const TwRail *rail, const char *request, JsonObject *json, TwRailAnswer *answer, GError **error)
{
  tw_rail_answer_clear (answer);
  if (check_echoes (rail, request, json, error) && read_state (rail, json, &answer->state, error) &&
      (answer->reference = read_text (json, "reference", error)) != NULL &&
      (answer->reason = read_text (json, "reason", error)) != NULL &&
      read_time (json, &answer->confirmed_at_ms, error))
    return TRUE;
  tw_rail_answer_clear (answer);
  return FALSE;
}

/**
 * tw_rail_answer_is_error:
 * @json: (nullable): what came back
 * @code: (nullable): a name of protocol/tw-wire-error.h; %NULL: any of them
 *
 * Returns: whether the other side itself says so, and not something in between, which can't know
 */
gboolean
tw_rail_answer_is_error (JsonObject *json, const char *code)
{
  JsonNode *node = json != NULL ? json_object_get_member (json, "error") : NULL;
  const char *said;

  if (node == NULL || !JSON_NODE_HOLDS_OBJECT (node))
    return FALSE;
  said = tw_json_get_string (json_node_get_object (node), "code", NULL);
  return said != NULL && (code == NULL || strcmp (said, code) == 0);
}
