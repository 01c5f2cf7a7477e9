// SPDX-License-Identifier: GPL-3.0-or-later
/* Numbers that carry their own check: GB 11643 (resident ID), GB 32100 (unified social credit
 * code), ISO/IEC 7812 (bank card), and the written forms of phone numbers and mail addresses. */
#include "base/tw-identifiers.h"

#include <glib/gi18n-lib.h>
#include <stdlib.h>
#include <string.h>

#include "base/tw-clock.h"
#include "base/tw-error.h"
#include "base/tw-text.h"

static gpointer
refuse (GError **error, const char *words)
{
  g_set_error_literal (error, TW_ERROR, TW_ERROR_INVALID, words);
  return NULL;
}

/* Full-width characters, spaces and dashes are how people type numbers. */
static char *
compact (const char *text, const char *drop)
{
  g_autofree char *plain = NULL;
  GString *out = g_string_new (NULL);

  if (g_utf8_validate (text, -1, NULL))
    plain = g_utf8_normalize (text, -1, G_NORMALIZE_ALL_COMPOSE);
  for (const char *p = plain != NULL ? plain : ""; *p != '\0'; p++)
    if (strchr (drop, *p) == NULL)
      g_string_append_c (out, *p);
  return g_string_free (out, FALSE);
}

static gboolean
all_digits (const char *text, gsize n)
{
  return strspn (text, "0123456789") >= n;
}

/* First two digits of GB/T 2260: provinces and what is administered like one. */
static gboolean
region_exists (int province)
{
  static const guint8 known[] = { 11, 12, 13, 14, 15, 21, 22, 23, 31, 32, 33, 34,
                                  35, 36, 37, 41, 42, 43, 44, 45, 46, 50, 51, 52,
                                  53, 54, 61, 62, 63, 64, 65, 71, 81, 82, 83, 91 };

  return memchr (known, province, sizeof known) != NULL;
}

static char
resident_id_check_character (const char *digits)
{
  static const int weights[17] = { 7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2 };
  int sum = 0;

  for (int i = 0; i < 17; i++)
    sum += (digits[i] - '0') * weights[i];
  return "10X98765432"[sum % 11];
}

static int
number_at (const char *text, int offset, int n)
{
  int value = 0;

  for (int i = 0; i < n; i++)
    value = value * 10 + (text[offset + i] - '0');
  return value;
}

/**
 * tw_resident_id_check:
 * @text: what a person typed
 * @today: the day against which the birthday is checked, days since 1970-01-01
 * @error: %TW_ERROR_INVALID, in words for the person
 *
 * Checks a resident ID number by GB 11643: 18 characters, a known region, a real date of birth that
 * is not in the future, the check character. A lower-case x, spaces and full-width digits are
 * taken.
 *
 * Returns: (transfer full) (nullable): the number in its canonical form
 */
char *
tw_resident_id_check (const char *text, int today, GError **error)
{
  g_autofree char *id = compact (text, " -");
  int birthday;

  if (*id == '\0')
    return refuse (error, _ ("Enter the ID number."));
  if (strlen (id) != 18 || !all_digits (id, 17))
    return refuse (error, _ ("An ID number has 18 characters: 17 digits, then a digit or X."));
  id[17] = g_ascii_toupper (id[17]);
  if (!g_ascii_isdigit (id[17]) && id[17] != 'X')
    return refuse (error, _ ("An ID number has 18 characters: 17 digits, then a digit or X."));
  if (!region_exists (number_at (id, 0, 2)))
    return refuse (error, _ ("The first two digits are not a region. Check the number."));
  birthday =
    tw_clock_day_of_date (number_at (id, 6, 4), number_at (id, 10, 2), number_at (id, 12, 2));
  if (birthday == G_MININT || number_at (id, 6, 4) < 1850)
    return refuse (error, _ ("Digits 7 to 14 are not a date of birth. Check the number."));
  if (birthday > today)
    return refuse (error, _ ("The date of birth in this number is in the future."));
  if (resident_id_check_character (id) != id[17])
    return refuse (error, _ ("The last character does not fit the others. Check each digit."));
  return g_steal_pointer (&id);
}

/**
 * tw_resident_id_get_birthday:
 * @id_number: a number that tw_resident_id_check() returned
 *
 * Returns: the day of birth, days since 1970-01-01
 */
int
tw_resident_id_get_birthday (const char *id_number)
{
  g_return_val_if_fail (strlen (id_number) == 18, 0);

  return tw_clock_day_of_date (number_at (id_number, 6, 4), number_at (id_number, 10, 2),
                               number_at (id_number, 12, 2));
}

/**
 * tw_resident_id_make:
 * @region: six digits
 * @birthday: days since 1970-01-01
 * @sequence: 0 to 999
 *
 * Makes a number for samples and tests, so that no real one is ever written down.
 *
 * Returns: (transfer full): a number that passes the check
 */
char *
tw_resident_id_make (int region, int birthday, int sequence)
{
  char id[32];
  int y, m, d;

  tw_clock_date_of_day (birthday, &y, &m, &d);
  g_snprintf (id, sizeof id, "%06d%04d%02d%02d%03d", region, y, m, d, sequence);
  return g_strdup_printf ("%s%c", id, resident_id_check_character (id));
}

/**
 * tw_credit_code_check:
 * @text: 18 characters
 * @error: %TW_ERROR_INVALID, in words for a person
 *
 * Returns: whether @text is a unified social credit code by GB 32100
 */
gboolean
tw_credit_code_check (const char *text, GError **error)
{
  static const char alphabet[] = "0123456789ABCDEFGHJKLMNPQRTUWXY";
  static const int weights[17] = { 1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28 };
  int sum = 0;

  if (strlen (text) != 18 || strspn (text, alphabet) != 18)
    return refuse (error, _ ("A credit code has 18 digits and capitals, without I, O, S, V, Z.")) !=
           NULL;
  for (int i = 0; i < 17; i++)
    sum += (int) (strchr (alphabet, text[i]) - alphabet) * weights[i];
  if (alphabet[(31 - sum % 31) % 31] != text[17])
    return refuse (error, _ ("The last character does not fit the others. Check each digit.")) !=
           NULL;
  return TRUE;
}

/**
 * tw_bank_card_check:
 * @text: 14 to 19 digits
 * @error: %TW_ERROR_INVALID, in words for a person
 *
 * Returns: whether the Luhn digit fits
 */
gboolean
tw_bank_card_check (const char *text, GError **error)
{
  gsize n = strlen (text);
  int sum = 0;

  if (n < 14 || n > 19 || !all_digits (text, n))
    return refuse (error, _ ("A card number has 14 to 19 digits.")) != NULL;
  for (gsize i = 0; i < n; i++)
    {
      int digit = text[n - 1 - i] - '0';

      if (i % 2 == 1)
        digit = digit * 2 > 9 ? digit * 2 - 9 : digit * 2;
      sum += digit;
    }
  if (sum % 10 != 0)
    return refuse (error, _ ("The last digit does not fit the others. Check each digit.")) != NULL;
  return TRUE;
}

/**
 * tw_phone_check:
 * @text: what a person typed
 * @error: %TW_ERROR_INVALID, in words for the person
 *
 * Checks a mobile number of the mainland, with or without +86, spaces and dashes.
 *
 * Returns: (transfer full) (nullable): eleven digits
 */
char *
tw_phone_check (const char *text, GError **error)
{
  g_autofree char *phone = compact (text, " -()");
  const char *p = phone;

  if (g_str_has_prefix (p, "+86"))
    p += 3;
  else if (g_str_has_prefix (p, "0086"))
    p += 4;
  if (*p == '\0')
    return refuse (error, _ ("Enter a phone number."));
  if (strlen (p) != 11 || !all_digits (p, 11) || p[0] != '1' || p[1] < '3')
    return refuse (error, _ ("A mobile number has 11 digits and starts with 13 to 19."));
  return g_strdup (p);
}

/**
 * tw_email_check:
 * @text: what a person typed
 * @error: %TW_ERROR_INVALID, in words for the person
 *
 * Checks the form of a mail address; whether it is theirs only a code can tell.
 *
 * Returns: (transfer full) (nullable): the address, its domain in lower case
 */
char *
tw_email_check (const char *text, GError **error)
{
  g_autofree char *email = compact (text, " ");
  char *at = strrchr (email, '@');
  const char *domain = at != NULL ? at + 1 : "";

  if (*email == '\0')
    return refuse (error, _ ("Enter an e-mail address."));
  if (at == NULL || at == email || strlen (email) > 254 || at - email > 64 ||
      strchr (email, '@') != at || strchr (domain, '.') == NULL || *domain == '.' ||
      g_str_has_suffix (domain, ".") || strstr (email, "..") != NULL ||
      strpbrk (email, "<>\"\\,;:()[]") != NULL || !tw_text_check (email, 254, FALSE, NULL))
    return refuse (error, _ ("That is not an e-mail address, like name@example.com."));
  for (char *p = at; *p != '\0'; p++)
    *p = g_ascii_tolower (*p);
  return g_steal_pointer (&email);
}
