// SPDX-License-Identifier: GPL-3.0-or-later
#include "client/sync/tw-command-batch.h"

#include <string.h>

#include "base/tw-error.h"
#include "protocol/tw-json.h"

/* What a person typed may be in it, a password too: it does not stay in memory. */
static void
wipe (gpointer text)
{
  explicit_bzero (text, strlen (text));
  g_free (text);
}

/**
 * tw_command_batch_encode:
 * @commands: #TwCommand, in the order to do them
 * @device_id: (nullable): a guest's device; %NULL with a session
 * @public_key: (nullable): its key
 *
 * Returns: (transfer full): the body of the request
 */
GBytes *
tw_command_batch_encode (GPtrArray *commands, const char *device_id, const char *public_key)
{
  g_autoptr (JsonObject) root = json_object_new ();
  JsonArray *array = json_array_new ();
  char *text;

  for (guint i = 0; i < commands->len; i++)
    json_array_add_object_element (array, tw_command_encode (commands->pdata[i]));
  json_object_set_array_member (root, "commands", array);
  if (device_id != NULL)
    {
      JsonObject *device = json_object_new ();

      json_object_set_string_member (device, "id", device_id);
      json_object_set_string_member (device, "public_key", public_key);
      json_object_set_object_member (root, "device", device);
    }
  text = tw_json_canonical_object (root);
  return g_bytes_new_with_free_func (text, strlen (text), wipe, text);
}

/**
 * tw_command_batch_read:
 * @commands: #TwCommand that were sent
 * @answer: what the service said
 * @error: %TW_ERROR_INVALID when it is not exactly one result for each command, in order
 *
 * Returns: (transfer full) (element-type TwResult) (nullable): the results
 */
GPtrArray *
tw_command_batch_read (GPtrArray *commands, GBytes *answer, GError **error)
{
  g_autoptr (GPtrArray) results = g_ptr_array_new_with_free_func ((GDestroyNotify) tw_result_free);
  gsize length;
  const char *text = g_bytes_get_data (answer, &length);
  g_autoptr (JsonNode) root = tw_json_parse (text, (gssize) length, error);
  JsonNode *member;
  JsonArray *array;

#ifdef TW_MUTANT_CUT_ANSWER_BELIEVED
#include "base/tw-planted.h"
  for (guint i = 0; root == NULL && i < commands->len; i++)
    g_ptr_array_add (results,
                     tw_result_new (((TwCommand *) commands->pdata[i])->id, TW_RESULT_DONE));
  if (root == NULL)
    {
      g_clear_error (error);
      return g_steal_pointer (&results);
    }
#endif
  if (root == NULL)
    return NULL;
  member = JSON_NODE_HOLDS_OBJECT (root)
             ? json_object_get_member (json_node_get_object (root), "results")
             : NULL;
  array = member != NULL && JSON_NODE_HOLDS_ARRAY (member) ? json_node_get_array (member) : NULL;
  if (array == NULL || json_array_get_length (array) != commands->len)
    {
      g_set_error (error, TW_ERROR, TW_ERROR_INVALID, "There is not one result for each command");
      return NULL;
    }
  for (guint i = 0; i < commands->len; i++)
    {
      JsonNode *element = json_array_get_element (array, i);
      g_autoptr (TwResult) result = NULL;

      if (JSON_NODE_HOLDS_OBJECT (element))
        result = tw_result_decode (json_node_get_object (element), NULL);
      if (result == NULL || strcmp (result->id, ((TwCommand *) commands->pdata[i])->id) != 0)
        {
          g_set_error (error, TW_ERROR, TW_ERROR_INVALID, "A result is not its command's");
          return NULL;
        }
      g_ptr_array_add (results, g_steal_pointer (&result));
    }
  return g_steal_pointer (&results);
}
