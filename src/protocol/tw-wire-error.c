// SPDX-License-Identifier: GPL-3.0-or-later
#include "protocol/tw-wire-error.h"

#include <glib/gi18n-lib.h>
#include <stdio.h>
#include <string.h>

#include "base/tw-error.h"
#include "protocol/tw-json.h"

static const struct
{
  int code;
  const char *name;
  guint status;
} names[] = {
  { TW_ERROR_INVALID, "invalid", 400 },
  { TW_ERROR_UNAUTHENTICATED, "sign_in_first", 401 },
  { TW_ERROR_DENIED, "not_allowed", 403 },
  { TW_ERROR_NOT_FOUND, "not_found", 404 },
  { TW_ERROR_CHANGED, "command_changed", 409 },
  { TW_ERROR_CONFLICT, "conflict", 409 },
  { TW_ERROR_GAP, "gap", 410 },
  { TW_ERROR_TOO_LARGE, "too_large", 413 },
  { TW_ERROR_REFUSED, "refused", 422 },
  { TW_ERROR_TOO_MANY, "too_many", 429 },
  { TW_ERROR_INTERNAL, "internal", 500 },
  { TW_ERROR_BUSY, "busy", 503 },
  { TW_ERROR_UNREACHABLE, "busy", 503 }, /* what it keeps its data in */
};

static const guint fallback = 10;

/**
 * tw_wire_error_get_name:
 * @code: a #TwError
 *
 * Returns: (transfer none): its name on the wire
 */
const char *
tw_wire_error_get_name (int code)
{
  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    if (names[i].code == code)
      return names[i].name;
  return names[fallback].name;
}

/**
 * tw_wire_error_get_status:
 * @code: a #TwError
 *
 * Returns: the HTTP status that goes with it
 */
guint
tw_wire_error_get_status (int code)
{
  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    if (names[i].code == code)
      return names[i].status;
  return names[fallback].status;
}

/**
 * tw_wire_error_from_name:
 * @name: a name on the wire
 *
 * Returns: the #TwError, %TW_ERROR_INTERNAL for a name that is not known
 */
int
tw_wire_error_from_name (const char *name)
{
  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    if (g_strcmp0 (names[i].name, name) == 0)
      return names[i].code;
  return TW_ERROR_INTERNAL;
}

/**
 * tw_wire_error_encode:
 * @error: an error
 *
 * Returns: (transfer full): the JSON of the answer. What went wrong inside stays inside.
 */
char *
tw_wire_error_encode (const GError *error)
{
  g_autoptr (JsonObject) root = json_object_new ();
  JsonObject *inner = json_object_new ();
  int code = error->domain == TW_ERROR ? error->code : TW_ERROR_INTERNAL;
  const char *name = tw_wire_error_get_name (code);

  json_object_set_string_member (inner, "code", name);
  json_object_set_string_member (inner, "message",
                                 code == TW_ERROR_UNREACHABLE
                                   ? "The service can’t reach its data just now. Try again in a "
                                     "moment."
                                 : strcmp (name, "internal") == 0 ? "Something went wrong here"
                                                                  : error->message);
  json_object_set_object_member (root, "error", inner);
  return tw_json_canonical_object (root);
}

/**
 * tw_wire_error_decode:
 * @status: the HTTP status
 * @body: the answer, possibly not ours (a proxy's page)
 * @length: its length in bytes
 *
 * Returns: (transfer full): the error that it tells of. An answer that is not ours, from 500 up,
 *   is %TW_ERROR_UNREACHABLE: the service itself did not speak.
 */
GError *
tw_wire_error_decode (guint status, const char *body, gsize length)
{
  g_autoptr (JsonNode) node = tw_json_parse (body, (gssize) length, NULL);
  JsonNode *inner = NULL;

  if (node != NULL && JSON_NODE_HOLDS_OBJECT (node))
    inner = json_object_get_member (json_node_get_object (node), "error");
  if (inner != NULL && JSON_NODE_HOLDS_OBJECT (inner))
    {
      JsonObject *object = json_node_get_object (inner);

      return g_error_new_literal (
        TW_ERROR,
        tw_wire_error_from_name (
          json_object_get_string_member_with_default (object, "code", "internal")),
        json_object_get_string_member_with_default (object, "message", "No message"));
    }
  return g_error_new (TW_ERROR, status >= 500 ? TW_ERROR_UNREACHABLE : TW_ERROR_INVALID,
                      "The service answered with status %u", status);
}

#define WAIT_WORDS N_ ("That was tried too often. Wait %d seconds and try again.")

/**
 * tw_wire_error_set_wait:
 * @error: (out): where to put it
 * @wait_s: for how many seconds nothing is tried
 *
 * What somebody is told who guesses; in English, as everything on the wire.
 */
void
tw_wire_error_set_wait (GError **error, int wait_s)
{
  g_set_error (error, TW_ERROR, TW_ERROR_TOO_MANY, WAIT_WORDS, wait_s);
}

/**
 * tw_wire_error_say:
 * @words: what the service said
 *
 * Returns: (transfer full): the same in the language of this program, where it knows the words
 */
char *
tw_wire_error_say (const char *words)
{
  int wait_s = 0;

  if (sscanf (words, WAIT_WORDS, &wait_s) == 1)
    return g_strdup_printf (_ (WAIT_WORDS), wait_s);
  return g_strdup (*words != '\0' ? _ (words) : "");
}
