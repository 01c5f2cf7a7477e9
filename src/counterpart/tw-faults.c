// SPDX-License-Identifier: GPL-3.0-or-later
#include "counterpart/tw-faults.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "base/tw-error.h"
#include "protocol/tw-json.h"

#define MAX_COUNT 1000000

static const char *const names[] = {
  [TW_FAULT_NONE] = "none",   [TW_FAULT_REFUSE] = "refuse",
  [TW_FAULT_TWICE] = "twice", [TW_FAULT_TIMEOUT_AFTER_ACTING] = "timeout_after_acting",
  [TW_FAULT_LATE] = "late",   [TW_FAULT_DOWN] = "down",
};

/**
 * tw_faults_set:
 * @faults: what is to happen
 * @name: `none`, `refuse`, `timeout_after_acting`, `twice`, `late` or `down`
 * @count: to how many orders
 * @error: %TW_ERROR_INVALID
 *
 * Returns: whether there is such a fault
 */
gboolean
tw_faults_set (TwFaults *faults, const char *name, gint64 count, GError **error)
{
  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    if (strcmp (names[i], name) == 0)
      {
        faults->next = (TwFault) i;
        faults->count = i == TW_FAULT_NONE ? 0 : count;
        return TRUE;
      }
  g_set_error (
    error, TW_ERROR, TW_ERROR_INVALID,
    _ ("There is no fault “%s”. Take refuse, timeout_after_acting, twice, late, down or none."),
    name);
  return FALSE;
}

/**
 * tw_faults_set_from_json:
 * @faults: what is to happen
 * @body: `{"next": NAME, "count": N}`; without a count: once
 * @error: %TW_ERROR_INVALID
 *
 * Returns: whether it was understood
 */
gboolean
tw_faults_set_from_json (TwFaults *faults, JsonObject *body, GError **error)
{
  const char *const members[] = { "next", "count", NULL };
  const char *name = tw_json_get_string (body, "next", error);
  gint64 count = 1;

  if (name == NULL || !tw_json_check_members (body, members, error) ||
      (json_object_has_member (body, "count") &&
       !tw_json_get_int (body, "count", 0, MAX_COUNT, &count, error)))
    return FALSE;
  return tw_faults_set (faults, name, count, error);
}

/**
 * tw_faults_set_from_text:
 * @faults: what is to happen
 * @text: `NAME` or `NAME:COUNT`
 * @error: %TW_ERROR_INVALID
 *
 * Returns: whether it was understood
 */
gboolean
tw_faults_set_from_text (TwFaults *faults, const char *text, GError **error)
{
  g_auto (GStrv) parts = g_strsplit (text, ":", 2);
  gint64 count = 1;

  if (parts[0] != NULL && parts[1] != NULL &&
      !g_ascii_string_to_signed (parts[1], 10, 0, MAX_COUNT, &count, NULL))
    {
      g_set_error (error, TW_ERROR, TW_ERROR_INVALID, _ ("“%s” is not a number of times."),
                   parts[1]);
      return FALSE;
    }
  return tw_faults_set (faults, parts[0] != NULL ? parts[0] : "", count, error);
}

/**
 * tw_faults_take:
 * @faults: what is to happen
 * @is_order: whether this moves money; a question can only find nobody there
 *
 * Returns: what happens to this request
 */
TwFault
tw_faults_take (TwFaults *faults, gboolean is_order)
{
  if (faults->count == 0 || (!is_order && faults->next != TW_FAULT_DOWN))
    return TW_FAULT_NONE;
  faults->count--;
  return faults->next;
}
