// SPDX-License-Identifier: GPL-3.0-or-later
#include "protocol/tw-json.h"

#include <string.h>

#include "base/tw-error.h"
#include "base/tw-text.h"
#include "base/tw-uuid.h"
#include "protocol/tw-json-tokens.h"

static gboolean
invalid (GError **error, const char *words)
{
  g_set_error_literal (error, TW_ERROR, TW_ERROR_INVALID, words);
  return FALSE;
}

/**
 * tw_json_parse:
 * @text: JSON
 * @length: its length in bytes, -1 when it ends with a zero
 * @error: %TW_ERROR_INVALID
 *
 * Returns: (transfer full) (nullable): the value
 */
JsonNode *
tw_json_parse (const char *text, gssize length, GError **error)
{
  g_auto (TwJsonTokens) tokens = { 0 };
  g_autoptr (JsonParser) parser = NULL;
  g_autoptr (GError) local = NULL;
  gsize n = length < 0 ? strlen (text) : (gsize) length;
  JsonNode *root;

  if (!tw_json_scan (&tokens, text, n, error))
    return NULL;
  parser = json_parser_new_immutable ();
  if (!json_parser_load_from_data (parser, text, (gssize) n, &local))
    {
      g_set_error (error, TW_ERROR, TW_ERROR_INVALID, "This is not JSON: %s", local->message);
      return NULL;
    }
  root = json_parser_get_root (parser);
  if (root == NULL)
    {
      invalid (error, "This is not JSON in UTF-8");
      return NULL;
    }
  return json_node_ref (root);
}

/**
 * tw_json_append_string:
 * @out: where to
 * @text: UTF-8
 *
 * Writes @text with its quotes, as tw_json_canonical() does.
 */
void
tw_json_append_string (GString *out, const char *text)
{
  g_string_append_c (out, '"');
  for (const char *p = text; *p != '\0'; p++)
    {
      const char *plain = p;

      while (*p != '"' && *p != '\\' && (guchar) *p >= 0x20)
        p++;
      g_string_append_len (out, plain, p - plain);
      if (*p == '\0')
        break;
      if (*p == '"' || *p == '\\')
        {
          g_string_append_c (out, '\\');
          g_string_append_c (out, *p);
        }
      else if (*p == '\n')
        g_string_append (out, "\\n");
      else
        g_string_append_printf (out, "\\u%04x", *p);
    }
  g_string_append_c (out, '"');
}

static int
compare_names (gconstpointer a, gconstpointer b)
{
  return strcmp (a, b);
}

static void write_node (GString *out, JsonNode *node);

static void
write_object (GString *out, JsonObject *object)
{
  g_autoptr (GList) names = g_list_sort (json_object_get_members (object), compare_names);

  g_string_append_c (out, '{');
  for (GList *l = names; l != NULL; l = l->next)
    {
      if (l != names)
        g_string_append_c (out, ',');
      tw_json_append_string (out, l->data);
      g_string_append_c (out, ':');
      write_node (out, json_object_get_member (object, l->data));
    }
  g_string_append_c (out, '}');
}

static void
write_node (GString *out, JsonNode *node)
{
  if (JSON_NODE_HOLDS_OBJECT (node))
    write_object (out, json_node_get_object (node));
  else if (JSON_NODE_HOLDS_ARRAY (node))
    {
      JsonArray *array = json_node_get_array (node);

      g_string_append_c (out, '[');
      for (guint i = 0; i < json_array_get_length (array); i++)
        {
          if (i > 0)
            g_string_append_c (out, ',');
          write_node (out, json_array_get_element (array, i));
        }
      g_string_append_c (out, ']');
    }
  else if (JSON_NODE_HOLDS_NULL (node))
    g_string_append (out, "null");
  else if (json_node_get_value_type (node) == G_TYPE_STRING)
    tw_json_append_string (out, json_node_get_string (node));
  else if (json_node_get_value_type (node) == G_TYPE_BOOLEAN)
    g_string_append (out, json_node_get_boolean (node) ? "true" : "false");
  else
    g_string_append_printf (out, "%" G_GINT64_FORMAT, json_node_get_int (node));
}

/**
 * tw_json_canonical:
 * @node: a value without fractions
 *
 * Writes @node in the only way in which both sides write it: members sorted by the bytes of their
 * names, no white space, nothing escaped that need not be (after RFC 8785, for integers).
 *
 * Returns: (transfer full): the text
 */
char *
tw_json_canonical (JsonNode *node)
{
  GString *out = g_string_new (NULL);

  write_node (out, node);
  return g_string_free (out, FALSE);
}

/**
 * tw_json_canonical_object:
 * @object: an object without fractions
 *
 * Returns: (transfer full): the text of tw_json_canonical()
 */
char *
tw_json_canonical_object (JsonObject *object)
{
  GString *out = g_string_new (NULL);

  write_object (out, object);
  return g_string_free (out, FALSE);
}

/**
 * tw_json_get_string:
 * @object: a body
 * @name: a member
 * @error: %TW_ERROR_INVALID
 *
 * Returns: (transfer none) (nullable): the string, of any length
 */
const char *
tw_json_get_string (JsonObject *object, const char *name, GError **error)
{
  JsonNode *node = json_object_get_member (object, name);

  if (node == NULL || json_node_get_value_type (node) != G_TYPE_STRING)
    {
      g_set_error (error, TW_ERROR, TW_ERROR_INVALID, "The member '%s' is missing or not a string",
                   name);
      return NULL;
    }
  return json_node_get_string (node);
}

/**
 * tw_json_get_id:
 * @object: a body
 * @name: a member
 * @error: %TW_ERROR_INVALID
 *
 * Returns: (transfer none) (nullable): a valid UUIDv7
 */
const char *
tw_json_get_id (JsonObject *object, const char *name, GError **error)
{
  const char *id = tw_json_get_string (object, name, error);

  if (id != NULL && !tw_uuid_is_valid (id))
    {
      g_set_error (error, TW_ERROR, TW_ERROR_INVALID, "The member '%s' is not an id", name);
      return NULL;
    }
  return id;
}

/**
 * tw_json_get_text:
 * @object: a body
 * @name: a member
 * @max_chars: its limit in characters
 * @multiline: whether it may have several lines
 * @error: %TW_ERROR_INVALID or %TW_ERROR_TOO_LARGE
 *
 * Returns: (transfer none) (nullable): text that tw_text_check() accepts
 */
const char *
tw_json_get_text (
  JsonObject *object, const char *name, gsize max_chars, gboolean multiline, GError **error)
{
  const char *text = tw_json_get_string (object, name, error);

  if (text == NULL)
    return NULL;
  if (!tw_text_check (text, max_chars, multiline, error))
    {
      g_prefix_error (error, "%s: ", name);
      return NULL;
    }
  return text;
}

/**
 * tw_json_get_int:
 * @object: a body
 * @name: a member
 * @min: the least that is accepted
 * @max: the most that is accepted
 * @value: (out): the number
 * @error: %TW_ERROR_INVALID
 *
 * Returns: whether the member is an integer from @min to @max
 */
gboolean
tw_json_get_int (
  JsonObject *object, const char *name, gint64 min, gint64 max, gint64 *value, GError **error)
{
  JsonNode *node = json_object_get_member (object, name);

  if (node == NULL || json_node_get_value_type (node) != G_TYPE_INT64)
    {
      g_set_error (error, TW_ERROR, TW_ERROR_INVALID,
                   "The member '%s' is missing or not an integer", name);
      return FALSE;
    }
  *value = json_node_get_int (node);
  if (*value < min || *value > max)
    {
      g_set_error (error, TW_ERROR, TW_ERROR_INVALID,
                   "The member '%s' must be from %" G_GINT64_FORMAT " to %" G_GINT64_FORMAT, name,
                   min, max);
      return FALSE;
    }
  return TRUE;
}

/**
 * tw_json_check_members:
 * @object: a body
 * @allowed: NULL-terminated names
 * @error: %TW_ERROR_INVALID naming the member that nobody knows
 *
 * Returns: whether @object has no other members than these
 */
gboolean
tw_json_check_members (JsonObject *object, const char *const *allowed, GError **error)
{
  JsonObjectIter iter;
  const char *name;

  json_object_iter_init (&iter, object);
  while (json_object_iter_next (&iter, &name, NULL))
    if (!g_strv_contains (allowed, name))
      {
        g_set_error (error, TW_ERROR, TW_ERROR_INVALID, "The member '%s' is not known here", name);
        return FALSE;
      }
  return TRUE;
}

/**
 * tw_json_to_variant:
 * @object: a flat object: strings, integers, booleans
 *
 * Returns: (transfer floating): the same as `a{sv}`; other members are left out
 */
GVariant *
tw_json_to_variant (JsonObject *object)
{
  GVariantDict dict;
  JsonObjectIter iter;
  const char *name;
  JsonNode *node;

  g_variant_dict_init (&dict, NULL);
  json_object_iter_init (&iter, object);
  while (json_object_iter_next (&iter, &name, &node))
    {
      GType type = JSON_NODE_HOLDS_VALUE (node) ? json_node_get_value_type (node) : G_TYPE_INVALID;

      if (type == G_TYPE_STRING)
        g_variant_dict_insert (&dict, name, "s", json_node_get_string (node));
      else if (type == G_TYPE_INT64)
        g_variant_dict_insert (&dict, name, "x", json_node_get_int (node));
      else if (type == G_TYPE_BOOLEAN)
        g_variant_dict_insert (&dict, name, "b", json_node_get_boolean (node));
    }
  return g_variant_dict_end (&dict);
}

/**
 * tw_json_from_variant:
 * @dict: `a{sv}` with strings (s), integers (x) and booleans (b)
 *
 * Returns: (transfer full): the same as an object
 */
JsonObject *
tw_json_from_variant (GVariant *dict)
{
  JsonObject *object = json_object_new ();
  GVariantIter iter;
  const char *name;
  GVariant *value;

  g_variant_iter_init (&iter, dict);
  while (g_variant_iter_loop (&iter, "{&sv}", &name, &value))
    if (g_variant_is_of_type (value, G_VARIANT_TYPE_STRING))
      json_object_set_string_member (object, name, g_variant_get_string (value, NULL));
    else if (g_variant_is_of_type (value, G_VARIANT_TYPE_INT64))
      json_object_set_int_member (object, name, g_variant_get_int64 (value));
    else if (g_variant_is_of_type (value, G_VARIANT_TYPE_BOOLEAN))
      json_object_set_boolean_member (object, name, g_variant_get_boolean (value));
    else
      g_critical ("A body can't carry '%s' of type %s", name, g_variant_get_type_string (value));
  return object;
}
