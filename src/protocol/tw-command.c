// SPDX-License-Identifier: GPL-3.0-or-later
#include "protocol/tw-command.h"

#include <string.h>

#include "base/tw-clock.h"
#include "base/tw-error.h"
#include "base/tw-uuid.h"
#include "protocol/tw-json.h"

/* What is signed begins with this, so that no signature of ours can be taken for another one. */
#define SIGNING_DOMAIN "tax-wallet/command/1"

static const char *const state_words[] = { "done", "refused", "step_up", "failed" };

/**
 * tw_command_new:
 * @id: the attempt
 * @intent: what the person wants
 * @kind: the kind of command
 * @at_ms: when it was written down, milliseconds since 1970 UTC
 * @body: (transfer none): what the kind asks for
 *
 * Returns: (transfer full): a command without a signature
 */
TwCommand *
tw_command_new (
  const char *id, const char *intent, const char *kind, gint64 at_ms, JsonObject *body)
{
  TwCommand *command = g_new0 (TwCommand, 1);

  command->id = g_strdup (id);
  command->intent = g_strdup (intent);
  command->kind = g_strdup (kind);
  command->at_ms = at_ms;
  command->body = json_object_ref (body);
  command->body_text = tw_json_canonical_object (body);
  return command;
}

/**
 * tw_command_free:
 * @command: (nullable) (transfer full): a command
 */
void
tw_command_free (TwCommand *command)
{
  if (command == NULL)
    return;
  g_free (command->id);
  g_free (command->intent);
  g_free (command->kind);
  g_free (command->signature);
  g_free (command->body_text);
  g_clear_pointer (&command->body, json_object_unref);
  g_free (command);
}

/**
 * tw_command_decode:
 * @object: one element of `commands`
 * @error: %TW_ERROR_INVALID naming the member
 *
 * Returns: (transfer full) (nullable): the command; its kind may still be one that nobody knows
 */
TwCommand *
tw_command_decode (JsonObject *object, GError **error)
{
  static const char *const members[] = { "id", "intent", "kind", "at", "body", "signature", NULL };
  const char *id, *intent, *kind, *at;
  g_autoptr (TwCommand) command = NULL;
  JsonNode *body;
  gint64 at_ms;

  if (!tw_json_check_members (object, members, error) ||
      (id = tw_json_get_id (object, "id", error)) == NULL ||
      (intent = tw_json_get_id (object, "intent", error)) == NULL ||
      (kind = tw_json_get_text (object, "kind", 64, FALSE, error)) == NULL ||
      (at = tw_json_get_string (object, "at", error)) == NULL)
    return NULL;
  if (!tw_clock_parse_ms (at, &at_ms))
    {
      g_set_error (error, TW_ERROR, TW_ERROR_INVALID, "The member 'at' is not an RFC 3339 time");
      return NULL;
    }
  body = json_object_get_member (object, "body");
  if (body == NULL || !JSON_NODE_HOLDS_OBJECT (body))
    {
      g_set_error (error, TW_ERROR, TW_ERROR_INVALID, "The member 'body' is not an object");
      return NULL;
    }
  command = tw_command_new (id, intent, kind, at_ms, json_node_get_object (body));
  if (json_object_has_member (object, "signature"))
    {
      const char *signature = tw_json_get_text (object, "signature", 128, FALSE, error);

      if (signature == NULL)
        return NULL;
      command->signature = g_strdup (signature);
    }
  return g_steal_pointer (&command);
}

/**
 * tw_command_encode:
 * @command: a command
 *
 * Returns: (transfer full): one element of `commands`
 */
JsonObject *
tw_command_encode (TwCommand *command)
{
  JsonObject *object = json_object_new ();
  g_autofree char *at = tw_clock_format_ms (command->at_ms);

  json_object_set_string_member (object, "id", command->id);
  json_object_set_string_member (object, "intent", command->intent);
  json_object_set_string_member (object, "kind", command->kind);
  json_object_set_string_member (object, "at", at);
  json_object_set_object_member (object, "body", json_object_ref (command->body));
  if (command->signature != NULL)
    json_object_set_string_member (object, "signature", command->signature);
  return object;
}

/**
 * tw_command_get_signing_text:
 * @command: a command
 * @account_id: whose; "" for a guest
 * @device_id: the device that signs
 *
 * Returns: (transfer full): the text that a signature is made over: one part a line, the body last
 */
char *
tw_command_get_signing_text (TwCommand *command, const char *account_id, const char *device_id)
{
  g_autofree char *at = tw_clock_format_ms (command->at_ms);

  return g_strjoin ("\n", SIGNING_DOMAIN, command->id, command->intent, command->kind, account_id,
                    device_id, at, command->body_text, NULL);
}

/**
 * tw_result_new:
 * @id: the command's
 * @state: how it ended
 *
 * Returns: (transfer full): a result
 */
TwResult *
tw_result_new (const char *id, TwResultState state)
{
  TwResult *result = g_new0 (TwResult, 1);

  result->id = g_strdup (id);
  result->state = state;
  return result;
}

/**
 * tw_result_free:
 * @result: (nullable) (transfer full): a result
 */
void
tw_result_free (TwResult *result)
{
  if (result == NULL)
    return;
  g_free (result->id);
  g_free (result->code);
  g_free (result->words);
  g_free (result->remedy);
  g_clear_pointer (&result->result, json_object_unref);
  g_free (result);
}

static char *
optional_string (JsonObject *object, const char *name)
{
  JsonNode *node = json_object_get_member (object, name);

  return node != NULL && json_node_get_value_type (node) == G_TYPE_STRING
           ? json_node_dup_string (node)
           : NULL;
}

/**
 * tw_result_decode:
 * @object: one element of `results`
 * @error: %TW_ERROR_INVALID
 *
 * Returns: (transfer full) (nullable): the result
 */
TwResult *
tw_result_decode (JsonObject *object, GError **error)
{
  const char *id = tw_json_get_string (object, "id", error);
  const char *state = id != NULL ? tw_json_get_string (object, "state", error) : NULL;
  JsonNode *inner;
  TwResult *result;

  if (state == NULL)
    return NULL;
  for (int i = 0; i < (int) G_N_ELEMENTS (state_words); i++)
    if (strcmp (state_words[i], state) == 0)
      {
        result = tw_result_new (id, (TwResultState) i);
        result->code = optional_string (object, "code");
        result->words = optional_string (object, "words");
        result->remedy = optional_string (object, "remedy");
        inner = json_object_get_member (object, "result");
        if (inner != NULL && JSON_NODE_HOLDS_OBJECT (inner))
          result->result = json_object_ref (json_node_get_object (inner));
        return result;
      }
  g_set_error (error, TW_ERROR, TW_ERROR_INVALID, "A result can't be '%s'", state);
  return NULL;
}

/**
 * tw_result_encode:
 * @result: a result
 *
 * Returns: (transfer full): one element of `results`
 */
JsonObject *
tw_result_encode (TwResult *result)
{
  JsonObject *object = json_object_new ();

  json_object_set_string_member (object, "id", result->id);
  json_object_set_string_member (object, "state", state_words[result->state]);
  if (result->code != NULL)
    json_object_set_string_member (object, "code", result->code);
  if (result->words != NULL)
    json_object_set_string_member (object, "words", result->words);
  if (result->remedy != NULL)
    json_object_set_string_member (object, "remedy", result->remedy);
  if (result->result != NULL)
    json_object_set_object_member (object, "result", json_object_ref (result->result));
  return object;
}
