// SPDX-License-Identifier: GPL-3.0-or-later
/* What the parser would let pass. It nests without a limit, keeps the last of two equal names,
 * takes single quotes, hexadecimal numbers and whatever follows the end. One walk over the text, by
 * the grammar of RFC 8259 and nothing more, comes before it. */
#include "protocol/tw-json-scan.h"

#include <string.h>

#include "base/tw-error.h"
#include "protocol/tw-json.h"

typedef struct
{
  const char *at;
  const char *end;
  int depth;
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

/* @scan stands after the quote. @plain: (out): whether nothing in it is escaped */
static gboolean
scan_string (Scan *scan, gboolean *plain)
{
  *plain = TRUE;
  while (scan->at < scan->end)
    {
      char c = *scan->at++;

      if (c == '"')
        return TRUE;
      if ((guchar) c < 0x20)
        return refuse (scan, "A string in the JSON has a control character in it");
      if (c == '\\')
        {
          *plain = FALSE;
          if (!scan_escape (scan))
            return refuse (scan, "A string in the JSON has an escape that is none");
        }
    }
  return refuse (scan, "A string in the JSON does not end");
}

/* Our names never need an escape, and one could hide that two are equal. */
static gboolean
scan_name (Scan *scan, GHashTable *names)
{
  const char *start;
  gboolean plain;

  if (peek (scan) == '\0')
    return refuse (scan, "The JSON ends too early");
  if (!take (scan, '"'))
    return refuse (scan, "The JSON has an object without a name where one must be");
  start = scan->at;
  if (!scan_string (scan, &plain))
    return FALSE;
  if (!plain)
    return refuse (scan, "A name in the JSON has an escape in it");
  if (!g_hash_table_add (names, g_strndup (start, (gsize) (scan->at - 1 - start))))
    return refuse (scan, "The JSON names a member twice");
  return take (scan, ':') || refuse (scan, "The JSON has a name without a value");
}

static gboolean
scan_object (Scan *scan)
{
  g_autoptr (GHashTable) names = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  if (take (scan, '}'))
    return TRUE;
  do
    if (!scan_name (scan, names) || !scan_value (scan))
      return FALSE;
  while (take (scan, ','));
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
  const char *start = scan->at;
  g_autofree char *text = NULL;
  const char *digits;

  if (*scan->at == '-')
    scan->at++;
  digits = scan->at;
  while (scan->at < scan->end && g_ascii_isdigit (*scan->at))
    scan->at++;
  if (scan->at == digits || (*digits == '0' && scan->at - digits > 1))
    return refuse (scan, "The JSON has something in it that is no value");
  if (scan->at < scan->end && strchr (".eE", *scan->at) != NULL)
    return refuse (scan, "The JSON has a number that is not an integer");
  text = g_strndup (start, (gsize) (scan->at - start));
  return g_ascii_string_to_signed (text, 10, G_MININT64, G_MAXINT64, NULL, NULL) ||
         refuse (scan, "The JSON has a number that is too large");
}

static gboolean
scan_word (Scan *scan)
{
  static const char *const words[] = { "true", "false", "null" };

  for (gsize i = 0; i < G_N_ELEMENTS (words); i++)
    {
      gsize n = strlen (words[i]);

      if ((gsize) (scan->end - scan->at) >= n && memcmp (scan->at, words[i], n) == 0)
        {
          scan->at += n;
          return TRUE;
        }
    }
  return refuse (scan, "The JSON has something in it that is no value");
}

static gboolean
scan_value (Scan *scan)
{
  char c = peek (scan);
  gboolean plain, ok;

  if (c == '\0')
    return refuse (scan, "The JSON ends too early");
  if (c == '{' || c == '[')
    {
      if (scan->depth >= TW_JSON_MAX_DEPTH)
        return refuse (scan, "The JSON is nested too deeply");
      scan->at++;
      scan->depth++;
      ok = c == '{' ? scan_object (scan) : scan_array (scan);
      scan->depth--;
      return ok;
    }
  if (c == '"')
    {
      scan->at++;
      return scan_string (scan, &plain);
    }
  return c == '-' || g_ascii_isdigit (c) ? scan_number (scan) : scan_word (scan);
}

/**
 * tw_json_scan:
 * @text: UTF-8 without a zero in it
 * @length: its length in bytes
 * @error: %TW_ERROR_INVALID
 *
 * Returns: whether @text is one value of JSON: no name twice, none with an escape, at most
 *   %TW_JSON_MAX_DEPTH deep, numbers integers of 64 bits, and nothing after it
 */
gboolean
tw_json_scan (const char *text, gsize length, GError **error)
{
  Scan scan = { .at = text, .end = text + length, .error = error };

  if (!scan_value (&scan))
    return FALSE;
  return peek (&scan) == '\0' || refuse (&scan, "The JSON does not end where its value does");
}
