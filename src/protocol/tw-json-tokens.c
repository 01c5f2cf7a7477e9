// SPDX-License-Identifier: GPL-3.0-or-later
#include "protocol/tw-json-tokens.h"

#include <string.h>

#include "base/tw-error.h"

/**
 * tw_json_tokens_clear:
 * @json: tokens, perhaps of nothing
 */
void
tw_json_tokens_clear (TwJsonTokens *json)
{
  g_clear_pointer (&json->tokens, g_array_unref);
}

/**
 * tw_json_tokens_get:
 * @json: tokens
 * @at: which one
 *
 * Returns: (transfer none): the token
 */
const TwJsonToken *
tw_json_tokens_get (const TwJsonTokens *json, guint at)
{
  g_assert (at < json->tokens->len);
  return &g_array_index (json->tokens, TwJsonToken, at);
}

/**
 * tw_json_tokens_is:
 * @json: tokens
 * @at: a token
 * @text: without what would need an escape
 *
 * Returns: whether it is the string or the name @text
 */
gboolean
tw_json_tokens_is (const TwJsonTokens *json, guint at, const char *text)
{
  const TwJsonToken *token = tw_json_tokens_get (json, at);

  return token->type == TW_JSON_STRING && token->length == strlen (text) &&
         memcmp (json->text + token->start, text, token->length) == 0;
}

/**
 * tw_json_tokens_find:
 * @json: tokens
 * @object: an object's
 * @name: a member
 *
 * Returns: the token of its value; 0: there is no such member
 */
guint
tw_json_tokens_find (const TwJsonTokens *json, guint object, const char *name)
{
  guint end = tw_json_tokens_get (json, object)->after;

  for (guint at = object + 1; at < end; at = tw_json_tokens_get (json, at + 1)->after)
    if (tw_json_tokens_is (json, at, name))
      return at + 1;
  return 0;
}

/* Four digits that tw_json_scan() has seen. */
static gunichar
read_hex (const char *at)
{
  gunichar value = 0;

  for (int i = 0; i < 4; i++)
    value = value * 16 + (gunichar) g_ascii_xdigit_value (at[i]);
  return value;
}

/* After the backslash. Both halves of a pair are there. */
static const char *
append_escape (GString *out, const char *at)
{
  static const char plain[] = "\"\\/bfnrt", meant[] = "\"\\/\b\f\n\r\t";
  const char *found = strchr (plain, *at);
  gunichar value;

  if (found != NULL)
    {
      g_string_append_c (out, meant[found - plain]);
      return at + 1;
    }
  value = read_hex (++at);
  at += 4;
  if (value >= 0xd800 && value < 0xdc00)
    {
      at += strlen ("\\u");
      value = 0x10000 + ((value - 0xd800) << 10) + (read_hex (at) - 0xdc00);
      at += 4;
    }
  g_string_append_unichar (out, value);
  return at;
}

/**
 * tw_json_tokens_dup_string:
 * @json: tokens
 * @at: a string's
 *
 * Returns: (transfer full): what it says
 */
char *
tw_json_tokens_dup_string (const TwJsonTokens *json, guint at)
{
  const TwJsonToken *token = tw_json_tokens_get (json, at);
  const char *start = json->text + token->start, *end = start + token->length;
  GString *out;

  g_assert (token->type == TW_JSON_STRING);
  if (!token->escaped)
    return g_strndup (start, token->length);
  out = g_string_sized_new (token->length);
  while (start < end)
    {
      const char *escape = memchr (start, '\\', (gsize) (end - start));

      g_string_append_len (out, start, (escape != NULL ? escape : end) - start);
      start = escape != NULL ? append_escape (out, escape + 1) : end;
    }
  return g_string_free (out, FALSE);
}

/**
 * tw_json_tokens_get_integer:
 * @json: tokens
 * @at: an integer's
 *
 * Returns: its value
 */
gint64
tw_json_tokens_get_integer (const TwJsonTokens *json, guint at)
{
  const TwJsonToken *token = tw_json_tokens_get (json, at);
  const char *p = json->text + token->start, *end = p + token->length;
  gboolean negative = *p == '-';
  guint64 value = 0;

  g_assert (token->type == TW_JSON_INTEGER);
  for (p += negative; p < end; p++)
    value = value * 10 + (guint64) (*p - '0');
  return (gint64) (negative ? -value : value);
}

/**
 * tw_json_tokens_dup_member:
 * @json: tokens
 * @object: an object's
 * @name: a member
 * @error: %TW_ERROR_INVALID
 *
 * Returns: (transfer full) (nullable): the string
 */
char *
tw_json_tokens_dup_member (const TwJsonTokens *json, guint object, const char *name, GError **error)
{
  guint at = tw_json_tokens_find (json, object, name);

  if (at > 0 && tw_json_tokens_get (json, at)->type == TW_JSON_STRING)
    return tw_json_tokens_dup_string (json, at);
  g_set_error (error, TW_ERROR, TW_ERROR_INVALID, "The member '%s' is missing or not a string",
               name);
  return NULL;
}
