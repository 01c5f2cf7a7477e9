// SPDX-License-Identifier: GPL-3.0-or-later
#include "counterpart/tw-faults.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "base/tw-error.h"
#include "protocol/tw-json.h"

#define MAX_COUNT 1000000

static const struct
{
  const char *name;
  TwFaultsOf of;
} table[] = {
  [TW_FAULT_NONE] = { "none", TW_N_FAULTS_OF },
  [TW_FAULT_REFUSE] = { "refuse", TW_FAULTS_OF_ORDERS },
  [TW_FAULT_REFUSE_AFTER_ACTING] = { "refuse_after_acting", TW_FAULTS_OF_ORDERS },
  [TW_FAULT_TIMEOUT_AFTER_ACTING] = { "timeout_after_acting", TW_FAULTS_OF_ORDERS },
  [TW_FAULT_TWICE] = { "twice", TW_FAULTS_OF_ORDERS },
  [TW_FAULT_LATE] = { "late", TW_FAULTS_OF_ORDERS },
  [TW_FAULT_DOWN] = { "down", TW_FAULTS_OF_ORDERS },
  [TW_FAULT_LOSE_CALLBACK] = { "lose_callback", TW_FAULTS_OF_CALLBACKS },
  [TW_FAULT_REPEAT_CALLBACK] = { "repeat_callback", TW_FAULTS_OF_CALLBACKS },
  [TW_FAULT_REORDER_CALLBACKS] = { "reorder_callbacks", TW_FAULTS_OF_CALLBACKS },
  [TW_FAULT_LOSE_ROW] = { "lose_row", TW_FAULTS_OF_BOOKS },
  [TW_FAULT_WRONG_AMOUNT] = { "wrong_amount", TW_FAULTS_OF_BOOKS },
  [TW_FAULT_EXTRA_ROW] = { "extra_row", TW_FAULTS_OF_BOOKS },
  [TW_FAULT_DOUBLE_ROW] = { "double_row", TW_FAULTS_OF_BOOKS },
};

static char *
list_names (void)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new ();

  for (gsize i = 0; i < G_N_ELEMENTS (table); i++)
    g_ptr_array_add (names, (gpointer) table[i].name);
  g_ptr_array_add (names, NULL);
  return g_strjoinv (", ", (char **) names->pdata);
}

/**
 * tw_faults_set:
 * @faults: what is to happen
 * @name: of a fault, as in the table; `none` takes all away
 * @count: to how many orders, callbacks or entries
 * @error: %TW_ERROR_INVALID
 *
 * Orders, callbacks and the books may each have one fault at the same time.
 *
 * Returns: whether there is such a fault
 */
gboolean
tw_faults_set (TwFaults *faults, const char *name, gint64 count, GError **error)
{
  g_autofree char *names = NULL;

  for (gsize i = 0; i < G_N_ELEMENTS (table); i++)
    if (strcmp (table[i].name, name) == 0)
      {
        if (table[i].of == TW_N_FAULTS_OF)
          *faults = (TwFaults){ 0 };
        else
          {
            faults->of[table[i].of].next = (TwFault) i;
            faults->of[table[i].of].count = count;
          }
        return TRUE;
      }
  names = list_names ();
  g_set_error (error, TW_ERROR, TW_ERROR_INVALID,
               _ ("There is no fault “%s”. Take one of these: %s."), name, names);
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
 * @of: what is about to be done
 *
 * Returns: what happens to this one
 */
TwFault
tw_faults_take (TwFaults *faults, TwFaultsOf of)
{
  if (faults->of[of].count == 0)
    return TW_FAULT_NONE;
  faults->of[of].count--;
  return faults->of[of].next;
}

/**
 * tw_faults_take_down:
 * @faults: what is to happen
 *
 * A question can only find nobody there.
 *
 * Returns: whether nobody is
 */
gboolean
tw_faults_take_down (TwFaults *faults)
{
  return faults->of[TW_FAULTS_OF_ORDERS].next == TW_FAULT_DOWN &&
         tw_faults_take (faults, TW_FAULTS_OF_ORDERS) == TW_FAULT_DOWN;
}
