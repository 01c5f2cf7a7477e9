// SPDX-License-Identifier: GPL-3.0-or-later
/* What json-glib's parser would let pass: it nests without a limit, keeps the last of two equal
 * names, takes single quotes, hexadecimal numbers and whatever follows the end. One walk over the
 * text, by the grammar of RFC 8259 and nothing more, comes before it, and notes where things are.
 */
#include "protocol/tw-json-tokens.h"

#include <string.h>

#include "base/tw-error.h"
#include "protocol/tw-json.h"

/* An object with more members than this has its names in a hash table, one with fewer is looked
 * through. */
#define FEW_MEMBERS 32

typedef struct
{
  const char *text;
  const char *at;
  const char *end;
  int depth;
  GArray *tokens;
  GError **error;
} Scan;

static gboolean scan_value (Scan *scan);

static gboolean
refuse (Scan *scan, const char *words)
{
  g_set_error_literal (scan->error, TW_ERROR, TW_ERROR_INVALID, words);
  return FALSE;
}

static void
skip_space (Scan *scan)
{
  while (scan->at < scan->end &&
         (*scan->at == ' ' || *scan->at == '\t' || *scan->at == '\r' || *scan->at == '\n'))
    scan->at++;
}

/* The character that comes next after white space; 0 at the end: the text has no zero in it. */
static char
peek (Scan *scan)
{
  skip_space (scan);
  return scan->at < scan->end ? *scan->at : '\0';
}

static gboolean
take (Scan *scan, char wanted)
{
  if (peek (scan) != wanted)
    return FALSE;
  scan->at++;
  return TRUE;
}

/* Four hex digits; -1 when they are not there. */
static int
scan_hex (Scan *scan)
{
  int value = 0;

  if (scan->end - scan->at < 4)
    return -1;
  for (int i = 0; i < 4; i++)
    {
      int digit = g_ascii_xdigit_value (*scan->at++);

      if (digit < 0)
        return -1;
      value = value * 16 + digit;
    }
  return value;
}

/* After the backslash. Half of a pair is no character, and zero would end the text in C. */
static gboolean
scan_escape (Scan *scan)
{
  char c = scan->at < scan->end ? *scan->at++ : '\0';
  int value;

  if (c != 'u')
    return c != '\0' && strchr ("\"\\/bfnrt", c) != NULL;
  value = scan_hex (scan);
  if (value >= 0xd800 && value < 0xdc00)
    {
      if (scan->end - scan->at < 2 || scan->at[0] != '\\' || scan->at[1] != 'u')
        return FALSE;
      scan->at += 2;
      value = scan_hex (scan);
      return value >= 0xdc00 && value < 0xe000;
    }
  return value > 0 && (value < 0xdc00 || value >= 0xe000);
}

/* Notes a value that begins at @start; answers which token it is. */
static guint
begin_token (Scan *scan, TwJsonType type, const char *start)
{
  TwJsonToken token = { .type = type, .start = (guint32) (start - scan->text) };

  g_array_append_val (scan->tokens, token);
  return scan->tokens->len - 1;
}

static TwJsonToken *
end_token (Scan *scan, guint at, const char *end)
{
  TwJsonToken *token = &g_array_index (scan->tokens, TwJsonToken, at);

  token->length = (guint32) (end - scan->text) - token->start;
  token->after = scan->tokens->len;
  return token;
}

/* @scan stands after the quote. */
static gboolean
scan_string (Scan *scan)
{
  guint token = begin_token (scan, TW_JSON_STRING, scan->at);
  gboolean escaped = FALSE;

  while (scan->at < scan->end)
    {
      char c = *scan->at++;

      if (c == '"')
        {
          end_token (scan, token, scan->at - 1)->escaped = escaped;
          return TRUE;
        }
      if ((guchar) c < 0x20)
        return refuse (scan, "A string in the JSON has a control character in it");
      if (c == '\\')
        {
          escaped = TRUE;
          if (!scan_escape (scan))
            return refuse (scan, "A string in the JSON has an escape that is none");
        }
    }
  return refuse (scan, "A string in the JSON does not end");
}

static gboolean
equal_text (Scan *scan, guint a, guint b)
{
  const TwJsonToken *first = &g_array_index (scan->tokens, TwJsonToken, a);
  const TwJsonToken *second = &g_array_index (scan->tokens, TwJsonToken, b);

  return first->length == second->length &&
         memcmp (scan->text + first->start, scan->text + second->start, first->length) == 0;
}

static char *
dup_name (Scan *scan, guint name)
{
  const TwJsonToken *token = &g_array_index (scan->tokens, TwJsonToken, name);

  return g_strndup (scan->text + token->start, token->length);
}

/* The token of the name after @name in the same object. */
static guint
next_name (Scan *scan, guint name)
{
  return g_array_index (scan->tokens, TwJsonToken, name + 1).after;
}

/* Whether one of the @n names from @first on is the same as @name. @names: (nullable): the table of
 * them, once they are many */
static gboolean
is_known_name (Scan *scan, guint first, guint n, guint name, GHashTable **names)
{
  if (n < FEW_MEMBERS)
    {
      for (guint i = 0, other = first; i < n; i++, other = next_name (scan, other))
        if (equal_text (scan, other, name))
          return TRUE;
      return FALSE;
    }
  if (*names == NULL)
    {
      *names = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
      for (guint i = 0, other = first; i < n; i++, other = next_name (scan, other))
        g_hash_table_add (*names, dup_name (scan, other));
    }
  return !g_hash_table_add (*names, dup_name (scan, name));
}

/* Our names never need an escape, and one could hide that two are equal. Answers 0 for what is no
 * name. */
static guint
scan_name (Scan *scan)
{
  guint name = scan->tokens->len;

  if (peek (scan) == '\0')
    refuse (scan, "The JSON ends too early");
  else if (!take (scan, '"'))
    refuse (scan, "The JSON has an object without a name where one must be");
  else if (!scan_string (scan))
    ;
  else if (g_array_index (scan->tokens, TwJsonToken, name).escaped)
    refuse (scan, "A name in the JSON has an escape in it");
  else if (!take (scan, ':'))
    refuse (scan, "The JSON has a name without a value");
  else
    return name;
  return 0;
}

static gboolean
scan_object (Scan *scan)
{
  g_autoptr (GHashTable) names = NULL;
  guint first = scan->tokens->len;

  if (take (scan, '}'))
    return TRUE;
  for (guint n = 0; n == 0 || take (scan, ','); n++)
    {
      guint name = scan_name (scan);

      if (name == 0)
        return FALSE;
      if (is_known_name (scan, first, n, name, &names))
        return refuse (scan, "The JSON names a member twice");
      if (!scan_value (scan))
        return FALSE;
    }
  return take (scan, '}') || refuse (scan, "An object in the JSON does not end");
}

static gboolean
scan_array (Scan *scan)
{
  if (take (scan, ']'))
    return TRUE;
  do
    if (!scan_value (scan))
      return FALSE;
  while (take (scan, ','));
  return take (scan, ']') || refuse (scan, "A list in the JSON does not end");
}

static gboolean
scan_number (Scan *scan)
{
  guint token = begin_token (scan, TW_JSON_INTEGER, scan->at);
  const char *digits = scan->at + (*scan->at == '-');
  gboolean negative = digits > scan->at;
  guint64 value = 0;

  for (scan->at = digits; scan->at < scan->end && g_ascii_isdigit (*scan->at); scan->at++)
    {
      guint64 digit = (guint64) (*scan->at - '0');

      if (value > ((guint64) G_MAXINT64 + negative - digit) / 10)
        return refuse (scan, "The JSON has a number that is too large");
      value = value * 10 + digit;
    }
  if (scan->at == digits || (*digits == '0' && scan->at - digits > 1))
    return refuse (scan, "The JSON has something in it that is no value");
  if (scan->at < scan->end && strchr (".eE", *scan->at) != NULL)
    return refuse (scan, "The JSON has a number that is not an integer");
  end_token (scan, token, scan->at);
  return TRUE;
}

static gboolean
scan_word (Scan *scan)
{
  static const struct
  {
    const char *word;
    TwJsonType type;
  } words[] = { { "true", TW_JSON_TRUE }, { "false", TW_JSON_FALSE }, { "null", TW_JSON_NULL } };

  for (gsize i = 0; i < G_N_ELEMENTS (words); i++)
    {
      gsize n = strlen (words[i].word);

      if ((gsize) (scan->end - scan->at) >= n && memcmp (scan->at, words[i].word, n) == 0)
        {
          guint token = begin_token (scan, words[i].type, scan->at);

          scan->at += n;
          end_token (scan, token, scan->at);
          return TRUE;
        }
    }
  return refuse (scan, "The JSON has something in it that is no value");
}

static gboolean
scan_nested (Scan *scan, char c)
{
  guint token = begin_token (scan, c == '{' ? TW_JSON_OBJECT : TW_JSON_ARRAY, scan->at);

  if (scan->depth >= TW_JSON_MAX_DEPTH)
    return refuse (scan, "The JSON is nested too deeply");
  scan->at++;
  scan->depth++;
  if (!(c == '{' ? scan_object (scan) : scan_array (scan)))
    return FALSE;
  scan->depth--;
  end_token (scan, token, scan->at);
  return TRUE;
}

static gboolean
scan_value (Scan *scan)
{
  char c = peek (scan);

  if (c == '\0')
    return refuse (scan, "The JSON ends too early");
  if (c == '{' || c == '[')
    return scan_nested (scan, c);
  if (c == '"')
    {
      scan->at++;
      return scan_string (scan);
    }
  return c == '-' || g_ascii_isdigit (c) ? scan_number (scan) : scan_word (scan);
}

/**
 * tw_json_scan:
 * @json: (out): the tokens of @text, also when it is not right; to be cleared
 * @text: JSON; kept by @json, not copied
 * @length: its length in bytes
 * @error: %TW_ERROR_INVALID
 *
 * Returns: whether @text is one value of JSON in UTF-8: no zero in it, no name twice, none with an
 *   escape, at most %TW_JSON_MAX_DEPTH deep, numbers integers of 64 bits, and nothing after it
 */
gboolean
tw_json_scan (TwJsonTokens *json, const char *text, gsize length, GError **error)
{
  Scan scan = { .text = text, .at = text, .end = text + length, .error = error };

  json->text = text;
  json->tokens = scan.tokens = g_array_new (FALSE, FALSE, sizeof (TwJsonToken));
  if (length == 0 || length > G_MAXINT32 || memchr (text, 0, length) != NULL ||
      !g_utf8_validate (text, (gssize) length, NULL))
    return refuse (&scan, "This is not JSON in UTF-8");
  if (!scan_value (&scan))
    return FALSE;
  return peek (&scan) == '\0' || refuse (&scan, "The JSON does not end where its value does");
}
