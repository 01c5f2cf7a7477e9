// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/tw-pay-code.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "base/tw-error.h"
#include "base/tw-money.h"

#define LETTERS "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define MODULUS 1271
#define RADIX 36
/* Longer than any code. */
#define MAX_CHARS 64

static const char *const heads[] = {
  [TW_PAY_CODE_PERSON] = "TWP1", [TW_PAY_CODE_MERCHANT] = "TWM1"
};

/* ISO 7064 MOD 1271-36: @text as a number to the base of 36, divided by 1271; what separates is no
 * part of it. */
static int
get_rest (const char *text)
{
  int rest = 0;

  for (const char *p = text; *p != '\0'; p++)
    if (*p != ':')
      rest = (rest * RADIX + (int) (strchr (LETTERS, *p) - LETTERS)) % MODULUS;
  return rest;
}

/**
 * tw_pay_code_make:
 * @code: who is to be paid, and how much
 *
 * Returns: (transfer full): the code as text
 */
char *
tw_pay_code_make (const TwPayCode *code)
{
  g_autofree char *body = NULL;
  int check;

  g_return_val_if_fail (strlen (code->number) == TW_PAY_CODE_NUMBER_LENGTH, NULL);
  g_return_val_if_fail (strspn (code->number, LETTERS) == TW_PAY_CODE_NUMBER_LENGTH, NULL);

  body = g_strdup_printf ("%s:%s:%" G_GINT64_FORMAT ":", heads[code->kind], code->number,
                          code->amount_fen);
  check = (MODULUS + 1 - get_rest (body) * RADIX * RADIX % MODULUS) % MODULUS;
  return g_strdup_printf ("%s%c%c", body, LETTERS[check / RADIX], LETTERS[check % RADIX]);
}

/**
 * tw_pay_code_make_for_reference:
 * @reference: of an account, TW-2345-ABCD
 * @amount_fen: what is asked for, in fen; 0: any
 *
 * Returns: (transfer full) (nullable): the person's own code; %NULL for what is no reference
 */
char *
tw_pay_code_make_for_reference (const char *reference, gint64 amount_fen)
{
  TwPayCode code = { .kind = TW_PAY_CODE_PERSON, .amount_fen = amount_fen };

  if (strlen (reference) != 12 || !g_str_has_prefix (reference, "TW-") || reference[7] != '-' ||
      strspn (reference + 3, LETTERS) != 4 || strspn (reference + 8, LETTERS) != 4)
    return NULL;
  memcpy (code.number, reference + 3, 4);
  memcpy (code.number + 4, reference + 8, 4);
  return tw_pay_code_make (&code);
}

/**
 * tw_pay_code_get_reference:
 * @code: a person's
 *
 * Returns: (transfer full): the reference of their account
 */
char *
tw_pay_code_get_reference (const TwPayCode *code)
{
  return g_strdup_printf ("TW-%.4s-%.4s", code->number, code->number + 4);
}

/* As it may have been typed or copied: full-width, in small letters, with spaces. */
static char *
compact (const char *text)
{
  g_autofree char *plain = g_utf8_normalize (text, -1, G_NORMALIZE_ALL_COMPOSE);
  GString *out = g_string_new (NULL);

  for (const char *p = plain != NULL ? plain : ""; *p != '\0'; p++)
    if (!g_ascii_isspace (*p))
      g_string_append_c (out, g_ascii_toupper (*p));
  return g_string_free (out, FALSE);
}

/**
 * tw_pay_code_looks_like_one:
 * @text: what was typed, copied or scanned
 *
 * Returns: whether @text begins as a code does, so that what is wrong with it is worth telling
 */
gboolean
tw_pay_code_looks_like_one (const char *text)
{
  g_autofree char *code = compact (text);

  return g_str_has_prefix (code, "TWP1:") || g_str_has_prefix (code, "TWM1:");
}

static gboolean
read_parts (char **parts, TwPayCode *code)
{
  if (g_strv_length (parts) != 4)
    return FALSE;
  if (strcmp (parts[0], heads[TW_PAY_CODE_PERSON]) == 0)
    code->kind = TW_PAY_CODE_PERSON;
  else if (strcmp (parts[0], heads[TW_PAY_CODE_MERCHANT]) == 0)
    code->kind = TW_PAY_CODE_MERCHANT;
  else
    return FALSE;
  if (strlen (parts[1]) != TW_PAY_CODE_NUMBER_LENGTH ||
      strspn (parts[1], LETTERS) != TW_PAY_CODE_NUMBER_LENGTH || strlen (parts[3]) != 2 ||
      strspn (parts[3], LETTERS) != 2)
    return FALSE;
  if (strspn (parts[2], "0123456789") != strlen (parts[2]))
    return FALSE;
  g_strlcpy (code->number, parts[1], sizeof code->number);
  return g_ascii_string_to_signed (parts[2], 10, 0, TW_MONEY_MAX_FEN, &code->amount_fen, NULL);
}

/**
 * tw_pay_code_read:
 * @text: what was typed, copied or scanned
 * @code: (out): who is to be paid, and how much
 * @error: %TW_ERROR_INVALID, in words for a person
 *
 * Returns: whether @text is a payment code, whole and without a slip
 */
gboolean
tw_pay_code_read (const char *text, TwPayCode *code, GError **error)
{
  g_autofree char *clean = NULL;
  g_auto (GStrv) parts = NULL;

  *code = (TwPayCode){ 0 };
  clean = g_utf8_validate (text, -1, NULL) && strlen (text) <= MAX_CHARS ? compact (text) : NULL;
  parts = g_strsplit (clean != NULL ? clean : "", ":", 5);
  if (!read_parts (parts, code))
    {
      g_set_error_literal (error, TW_ERROR, TW_ERROR_INVALID, _ ("This is not a payment code."));
      return FALSE;
    }
  if (get_rest (clean) == 1)
    return TRUE;
  g_set_error_literal (
    error, TW_ERROR, TW_ERROR_INVALID,
    _ ("The last two characters do not fit the others. Scan the code once more."));
  return FALSE;
}
