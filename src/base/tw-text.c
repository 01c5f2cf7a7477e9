// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/tw-text.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "base/tw-error.h"

/* Characters that reorder what surrounds them: harmless when balanced, a lie when not. */
static gboolean
is_bidi_control (gunichar c)
{
  return c == 0x200e || c == 0x200f || c == 0x061c || (c >= 0x202a && c <= 0x202e) ||
         (c >= 0x2066 && c <= 0x2069);
}

static gboolean
is_allowed (gunichar c, gboolean multiline)
{
  if (c == '\n' || c == '\t')
    return multiline;
  return c >= 0x20 && c != 0x7f && !(c >= 0x80 && c < 0xa0) && c != 0x2028 && c != 0x2029 &&
         !is_bidi_control (c);
}

/**
 * tw_text_check:
 * @text: what came in
 * @max_chars: the limit in characters (code points)
 * @multiline: whether line breaks and tabs are allowed
 * @error: %TW_ERROR_INVALID or %TW_ERROR_TOO_LARGE, in words for a person
 *
 * Checks that text may be stored and shown: UTF-8, within its limit, no control characters and no
 * characters that turn the direction of what follows. Emoji and right-to-left letters are fine.
 *
 * Returns: whether @text may be kept as it is
 */
gboolean
tw_text_check (const char *text, gsize max_chars, gboolean multiline, GError **error)
{
  gsize n = 0;

  g_return_val_if_fail (text != NULL, FALSE);

  if (!g_utf8_validate (text, -1, NULL))
    {
      g_set_error_literal (error, TW_ERROR, TW_ERROR_INVALID, _ ("This is not readable text."));
      return FALSE;
    }
  for (const char *p = text; *p != '\0'; p = g_utf8_next_char (p))
    {
      if (++n > max_chars)
        {
          g_set_error (error, TW_ERROR, TW_ERROR_TOO_LARGE,
                       _ ("This is too long: at most %d characters fit."), (int) max_chars);
          return FALSE;
        }
      if (!is_allowed (g_utf8_get_char (p), multiline))
        {
          g_set_error_literal (error, TW_ERROR, TW_ERROR_INVALID,
                               _ ("This has an invisible control character in it. Type it again."));
          return FALSE;
        }
    }
  return TRUE;
}

/**
 * tw_text_clean:
 * @text: UTF-8
 *
 * Makes pasted text acceptable to tw_text_check(): line ends become \n, and characters that may not
 * be kept are dropped. White space at both ends goes.
 *
 * Returns: (transfer full): the text
 */
char *
tw_text_clean (const char *text)
{
  g_autofree char *valid = g_utf8_make_valid (text, -1);
  GString *out = g_string_sized_new (strlen (valid));

  for (const char *p = valid; *p != '\0'; p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);

      if (c == '\r')
        {
          if (p[1] != '\n')
            g_string_append_c (out, '\n');
        }
      else if (c == 0x2028 || c == 0x2029)
        g_string_append_c (out, '\n');
      else if (is_allowed (c, TRUE))
        g_string_append_unichar (out, c);
    }
  return g_strstrip (g_string_free (out, FALSE));
}

/* The block of the everyday Chinese characters: nothing in it is composed or has a case. */
static gboolean
is_common_ideograph (gunichar c)
{
  return c >= 0x4e00 && c <= 0x9fff;
}

/* Signs that are common beside them, and fold to themselves: · ¥ “ ” 、 。 */
static gboolean
is_common_sign (gunichar c)
{
  return c == 0xb7 || c == 0xa5 || c == 0x201c || c == 0x201d || c == 0x3001 || c == 0x3002;
}

/* Whether nothing but ASCII letters is changed by folding @text. */
static gboolean
is_plain (const char *text)
{
  for (const char *p = text; *p != '\0'; p = g_utf8_next_char (p))
    {
      gunichar c = (guchar) *p < 0x80 ? 0 : g_utf8_get_char (p);

      if (c != 0 && !is_common_ideograph (c) && !is_common_sign (c))
        return FALSE;
    }
  return TRUE;
}

/**
 * tw_text_fold:
 * @text: UTF-8
 *
 * Returns: (transfer full): @text as it is compared in a search: NFKC, case folded
 */
char *
tw_text_fold (const char *text)
{
  g_autofree char *composed = NULL;

  if (is_plain (text))
    return g_ascii_strdown (text, -1);
  composed = g_utf8_normalize (text, -1, G_NORMALIZE_ALL_COMPOSE);
  return composed != NULL ? g_utf8_casefold (composed, -1) : g_strdup ("");
}

static gboolean
is_ideograph (gunichar c)
{
  GUnicodeScript script;

  if (c < 0x80 || is_common_ideograph (c))
    return c >= 0x80;
  script = g_unichar_get_script (c);
  return script == G_UNICODE_SCRIPT_HAN || script == G_UNICODE_SCRIPT_HIRAGANA ||
         script == G_UNICODE_SCRIPT_KATAKANA || script == G_UNICODE_SCRIPT_HANGUL;
}

static gboolean
is_word_character (gunichar c)
{
  return c < 0x80 ? g_ascii_isalnum (c) : g_unichar_isalnum (c);
}

static void
append_token (GString *out, const char *start, const char *end)
{
  if (out->len > 0)
    g_string_append_c (out, ' ');
  g_string_append_len (out, start, end - start);
}

/**
 * tw_text_bigrams:
 * @text: UTF-8
 *
 * Splits text for a full-text index that finds two-character Chinese words: each run of ideographs
 * becomes its overlapping pairs (and a run of one, that one), each other word stays whole, all
 * folded and joined by single spaces.
 *
 * Returns: (transfer full): the tokens, possibly ""
 */
char *
tw_text_bigrams (const char *text)
{
  g_autofree char *folded = tw_text_fold (text);
  GString *out = g_string_sized_new (2 * strlen (folded));
  const char *p = folded;

  while (*p != '\0')
    {
      const char *start = p;
      const char *last = NULL;

      if (is_ideograph (g_utf8_get_char (p)))
        {
          for (; *p != '\0' && is_ideograph (g_utf8_get_char (p)); p = g_utf8_next_char (p))
            {
              if (last != NULL)
                append_token (out, last, g_utf8_next_char (p));
              last = p;
            }
          if (last == start)
            append_token (out, start, p);
        }
      else if (is_word_character (g_utf8_get_char (p)))
        {
          while (*p != '\0' && is_word_character (g_utf8_get_char (p)) &&
                 !is_ideograph (g_utf8_get_char (p)))
            p = g_utf8_next_char (p);
          append_token (out, start, p);
        }
      else
        p = g_utf8_next_char (p);
    }
  return g_string_free (out, FALSE);
}

/* Keeps @head characters at the start and @tail at the end; what is between becomes stars. */
static char *
mask (const char *text, glong head, glong tail)
{
  glong n = g_utf8_strlen (text, -1);
  GString *out = g_string_new (NULL);
  glong i = 0;

  for (const char *p = text; *p != '\0'; p = g_utf8_next_char (p), i++)
    if (i < head || i >= n - tail)
      g_string_append_unichar (out, g_utf8_get_char (p));
    else
      g_string_append_c (out, '*');
  return g_string_free (out, FALSE);
}

/**
 * tw_text_mask_name:
 * @name: a person's name
 *
 * Returns: (transfer full): the name with all but its last character starred, as payees are shown
 */
char *
tw_text_mask_name (const char *name)
{
  return mask (name, 0, g_utf8_strlen (name, -1) > 1 ? 1 : 0);
}

/**
 * tw_text_mask_phone:
 * @phone: a phone number
 *
 * Returns: (transfer full): `138****5678`
 */
char *
tw_text_mask_phone (const char *phone)
{
  return strlen (phone) >= 9 ? mask (phone, 3, 4) : mask (phone, 0, 2);
}

/**
 * tw_text_mask_email:
 * @email: an address
 *
 * Returns: (transfer full): `l***@example.com`
 */
char *
tw_text_mask_email (const char *email)
{
  const char *at = strrchr (email, '@');
  g_autofree char *local = NULL;
  g_autofree char *masked = NULL;

  if (at == NULL)
    return mask (email, 1, 0);
  local = g_strndup (email, (gsize) (at - email));
  masked = mask (local, g_utf8_strlen (local, -1) > 1 ? 1 : 0, 0);
  return g_strconcat (masked, at, NULL);
}

/**
 * tw_text_mask_id_number:
 * @id_number: a resident ID number
 *
 * Returns: (transfer full): first three and last two characters, the rest starred
 */
char *
tw_text_mask_id_number (const char *id_number)
{
  return mask (id_number, 3, 2);
}

/**
 * tw_text_digits:
 * @text: a number as people type it: full-width, with spaces or dashes
 *
 * Returns: (transfer full) (nullable): its digits, "" of an empty one; %NULL when there is
 *   anything else in it
 */
char *
tw_text_digits (const char *text)
{
  g_autofree char *plain =
    g_utf8_validate (text, -1, NULL) ? g_utf8_normalize (text, -1, G_NORMALIZE_ALL_COMPOSE) : NULL;
  g_autoptr (GString) out = g_string_new (NULL);

  for (const char *p = plain; p != NULL && *p != '\0'; p++)
    if (g_ascii_isdigit (*p))
      g_string_append_c (out, *p);
    else if (*p != ' ' && *p != '-')
      return NULL;
  return plain != NULL ? g_string_free (g_steal_pointer (&out), FALSE) : NULL;
}
