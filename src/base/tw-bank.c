// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/tw-bank.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/* The longest beginning that fits counts. A bank that is not here is "other". */
static const struct
{
  const char *digits;
  const char *code;
} beginnings[] = {
  { "622202", "icbc" }, { "621226", "icbc" }, { "622848", "abc" }, { "621700", "ccb" },
  { "621661", "boc" },  { "622188", "psbc" }, { "622580", "cmb" }, { "990", "practice" },
};

static const struct
{
  const char *code;
  const char *name;
} banks[] = {
  { "icbc", N_ ("Industrial and Commercial Bank of China") },
  { "abc", N_ ("Agricultural Bank of China") },
  { "ccb", N_ ("China Construction Bank") },
  { "boc", N_ ("Bank of China") },
  { "psbc", N_ ("Postal Savings Bank of China") },
  { "cmb", N_ ("China Merchants Bank") },
  { "practice", N_ ("Practice Bank") },
};

/**
 * tw_bank_find:
 * @card_number: digits
 *
 * Returns: (transfer none): the code of the bank that has given the card out; "other" for one that
 *   is not known here
 */
const char *
tw_bank_find_by_card (const char *card_number)
{
  const char *code = "other";
  gsize longest = 0;

  for (gsize i = 0; i < G_N_ELEMENTS (beginnings); i++)
    if (strlen (beginnings[i].digits) > longest &&
        g_str_has_prefix (card_number, beginnings[i].digits))
      {
        code = beginnings[i].code;
        longest = strlen (beginnings[i].digits);
      }
  return code;
}

/**
 * tw_bank_get_name:
 * @code: of a bank
 *
 * Returns: (transfer none): its name, in the language of the program
 */
const char *
tw_bank_get_name (const char *code)
{
  for (gsize i = 0; i < G_N_ELEMENTS (banks); i++)
    if (strcmp (banks[i].code, code) == 0)
      return _ (banks[i].name);
  return _ ("Bank card");
}
