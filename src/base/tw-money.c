// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/tw-money.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "base/tw-error.h"

static gboolean
refuse (GError **error, const char *words)
{
  g_set_error_literal (error, TW_ERROR, TW_ERROR_INVALID, words);
  return FALSE;
}

/* What an input method leaves behind: full-width digits, stops, commas, spaces and the yuan sign.
 * Only these, and not all that compatibility would make a digit of: 10² is not 102, ① not 1. */
static gunichar
narrow (gunichar c)
{
  switch (c)
    {
    case 0x3002: /* 。 */
    case 0xff61: /* ｡ */
      return '.';
    case 0x3001: /* 、 */
    case 0xff64: /* ､ */
      return ',';
    case 0xffe5: /* ￥ */
      return 0xa5;
    case 0x3000: /* a space as wide as an ideograph */
    case 0xa0:
      return ' ';
    default:
      return c >= 0xff01 && c <= 0xff5e ? c - 0xff01 + '!' : c; /* full-width ASCII */
    }
}

static char *
normalize (const char *text)
{
  GString *out = g_string_new (NULL);

  for (const char *p = text; *p != '\0'; p = g_utf8_next_char (p))
    g_string_append_unichar (out, narrow (g_utf8_get_char (p)));
  return g_strstrip (g_string_free (out, FALSE));
}

/* Thousands marks, if there are any, must stand where they belong. */
static gboolean
grouping_is_right (const char *whole, gsize length)
{
  const char *first = memchr (whole, ',', length);
  gsize lead;

  if (first == NULL)
    return TRUE;
  lead = (gsize) (first - whole);
  if (lead < 1 || lead > 3 || (length - lead) % 4 != 0)
    return FALSE;
  for (gsize i = 0; i < length; i++)
    if ((whole[i] == ',') != (i >= lead && (i - lead) % 4 == 0))
      return FALSE;
  return TRUE;
}

/**
 * tw_money_parse:
 * @text: what a person typed, UTF-8
 * @fen: (out): the amount in fen, 0 to %TW_MONEY_MAX_FEN
 * @error: %TW_ERROR_INVALID, in words for the person
 *
 * Reads an amount in yuan. Accepts a leading ¥, full-width digits, and thousands marks where they
 * belong; refuses signs, three decimals, misplaced marks and any letter, each in its own words.
 *
 * Returns: whether @text is an amount
 */
gboolean
tw_money_parse (const char *text, gint64 *fen, GError **error)
{
  g_autofree char *plain = NULL;
  const char *p, *dot;
  gsize whole, decimals;
  gint64 value = 0;

  g_return_val_if_fail (text != NULL && fen != NULL, FALSE);

  if (strlen (text) > 64 || !g_utf8_validate (text, -1, NULL))
    return refuse (error, _ ("That is not an amount. Use digits, like 1234.56."));
  plain = normalize (text);
  p = plain;
  if (g_str_has_prefix (p, "¥"))
    p += strlen ("¥");
  while (*p == ' ')
    p++;
  if (*p == '\0')
    return refuse (error, _ ("Enter an amount."));
  if (*p == '-' || g_str_has_prefix (p, "−"))
    return refuse (error, _ ("The amount can't be negative."));
  if (strspn (p, "0123456789.,") != strlen (p))
    return refuse (error, _ ("That is not an amount. Use digits, like 1234.56."));
  dot = strchr (p, '.');
  whole = dot != NULL ? (gsize) (dot - p) : strlen (p);
  decimals = dot != NULL ? strlen (dot + 1) : 0;
  if (whole == 0 || (dot != NULL && (decimals == 0 || strpbrk (dot + 1, ".,") != NULL)))
    return refuse (error, _ ("That is not an amount. Use digits, like 1234.56."));
  if (decimals > 2)
    return refuse (error, _ ("Use at most two decimals: the smallest unit is ¥0.01."));
  if (!grouping_is_right (p, whole))
    return refuse (error, _ ("The commas are not where thousands end. Leave them out."));

  for (gsize i = 0; i < whole; i++)
    {
      if (p[i] == ',')
        continue;
      value = value * 10 + (p[i] - '0');
      if (value > TW_MONEY_MAX_FEN)
        return refuse (error, _ ("That amount is too large."));
    }
  value *= 100;
  if (decimals > 0)
    value += (dot[1] - '0') * 10;
  if (decimals > 1)
    value += dot[2] - '0';
  if (value > TW_MONEY_MAX_FEN)
    return refuse (error, _ ("That amount is too large."));
  *fen = value;
  return TRUE;
}

/**
 * tw_money_format_plain:
 * @fen: an amount in fen
 *
 * Returns: (transfer full): `-1234.56`, for files that a program reads
 */
char *
tw_money_format_plain (gint64 fen)
{
  guint64 size = fen < 0 ? (guint64) 0 - (guint64) fen : (guint64) fen;

  return g_strdup_printf ("%s%" G_GUINT64_FORMAT ".%02d", fen < 0 ? "-" : "", size / 100,
                          (int) (size % 100));
}

/**
 * tw_money_format:
 * @fen: an amount in fen
 *
 * Returns: (transfer full): `¥1,234.56` or `-¥1,234.56`, the same in every language
 */
char *
tw_money_format (gint64 fen)
{
  g_autofree char *plain = tw_money_format_plain (fen);
  const char *digits = plain + (fen < 0 ? 1 : 0);
  gsize whole = strlen (digits) - 3;
  GString *out = g_string_new (fen < 0 ? "-¥" : "¥");

  for (gsize i = 0; i < whole; i++)
    {
      if (i > 0 && (whole - i) % 3 == 0)
        g_string_append_c (out, ',');
      g_string_append_c (out, digits[i]);
    }
  g_string_append (out, digits + whole);
  return g_string_free (out, FALSE);
}

/**
 * tw_money_add:
 * @a: fen
 * @b: fen
 * @sum: (out): fen
 *
 * Returns: %FALSE when the sum does not fit
 */
gboolean
tw_money_add (gint64 a, gint64 b, gint64 *sum)
{
  return !__builtin_add_overflow (a, b, sum);
}

/**
 * tw_money_scale:
 * @fen: an amount in fen, not negative
 * @numerator: not negative
 * @denominator: positive
 * @result: (out): @fen × @numerator ÷ @denominator in fen, rounded half up once
 *
 * Returns: %FALSE when the result does not fit
 */
gboolean
tw_money_scale (gint64 fen, gint64 numerator, gint64 denominator, gint64 *result)
{
  __int128 exact;

  g_return_val_if_fail (fen >= 0 && numerator >= 0 && denominator > 0, FALSE);

  exact = ((__int128) fen * numerator * 2 + denominator) / ((__int128) denominator * 2);
  if (exact > G_MAXINT64)
    return FALSE;
  *result = (gint64) exact;
  return TRUE;
}
