// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/tw-error.h"
#include "protocol/tw-json.h"

/**
 * tw_json_get_optional_id:
 * @object: a body
 * @name: a member
 * @value: (out) (transfer none) (nullable): a valid UUIDv7; %NULL where there is none
 * @error: %TW_ERROR_INVALID
 *
 * Returns: whether the member is right, or missing
 */
gboolean
tw_json_get_optional_id (JsonObject *object, const char *name, const char **value, GError **error)
{
  *value = NULL;
  if (!json_object_has_member (object, name))
    return TRUE;
  *value = tw_json_get_id (object, name, error);
  return *value != NULL;
}

/**
 * tw_json_get_optional_text:
 * @object: a body
 * @name: a member
 * @max_chars: its limit in characters
 * @value: (out) (transfer none) (nullable): one line; %NULL where there is none
 * @error: %TW_ERROR_INVALID or %TW_ERROR_TOO_LARGE
 *
 * Returns: whether the member is right, or missing
 */
gboolean
tw_json_get_optional_text (
  JsonObject *object, const char *name, gsize max_chars, const char **value, GError **error)
{
  *value = NULL;
  if (!json_object_has_member (object, name))
    return TRUE;
  *value = tw_json_get_text (object, name, max_chars, FALSE, error);
  return *value != NULL;
}

/**
 * tw_json_get_optional_boolean:
 * @object: a body
 * @name: a member
 * @value: (out): what it says; %FALSE where there is none
 * @error: %TW_ERROR_INVALID
 *
 * Returns: whether the member is right, or missing
 */
gboolean
tw_json_get_optional_boolean (JsonObject *object, const char *name, gboolean *value, GError **error)
{
  JsonNode *node = json_object_get_member (object, name);

  *value = FALSE;
  if (node == NULL)
    return TRUE;
  if (json_node_get_value_type (node) != G_TYPE_BOOLEAN)
    {
      g_set_error (error, TW_ERROR, TW_ERROR_INVALID, "The member '%s' is not a boolean", name);
      return FALSE;
    }
  *value = json_node_get_boolean (node);
  return TRUE;
}
