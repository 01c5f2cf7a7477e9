// SPDX-License-Identifier: GPL-3.0-or-later
#include <string.h>

#include "base/tw-bank.h"
#include "base/tw-error.h"
#include "base/tw-money.h"
#include "base/tw-pay-code.h"

static void
test_round (void)
{
  const TwPayCode codes[] = {
    { TW_PAY_CODE_PERSON, "2345ABCD", 0 },
    { TW_PAY_CODE_MERCHANT, "88000016", 1250 },
    { TW_PAY_CODE_MERCHANT, "ZZZZZZZZ", TW_MONEY_MAX_FEN },
    { TW_PAY_CODE_PERSON, "00000000", 1 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (codes); i++)
    {
      g_autofree char *text = tw_pay_code_make (&codes[i]);
      g_autoptr (GError) error = NULL;
      TwPayCode read;

      g_assert_true (tw_pay_code_looks_like_one (text));
      g_assert_true (tw_pay_code_read (text, &read, &error));
      g_assert_no_error (error);
      g_assert_cmpint (read.kind, ==, codes[i].kind);
      g_assert_cmpstr (read.number, ==, codes[i].number);
      g_assert_cmpint (read.amount_fen, ==, codes[i].amount_fen);
    }
}

/* As a calculator with large numbers says: the whole to the base of 36 leaves 1 of 1271. */
static void
test_known (void)
{
  const TwPayCode person = { TW_PAY_CODE_PERSON, "2345ABCD", 0 };
  const TwPayCode merchant = { TW_PAY_CODE_MERCHANT, "88000016", 1250 };
  g_autofree char *one = tw_pay_code_make (&person);
  g_autofree char *other = tw_pay_code_make (&merchant);

  g_assert_cmpstr (one, ==, "TWP1:2345ABCD:0:UW");
  g_assert_cmpstr (other, ==, "TWM1:88000016:1250:S8");
}

/* Any one character that is another one is found, and any two neighbours that have changed places.
 */
static void
test_slips (void)
{
  const TwPayCode code = { TW_PAY_CODE_MERCHANT, "8K00Q016", 1250 };
  g_autofree char *text = tw_pay_code_make (&code);
  static const char letters[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
  TwPayCode read;

  for (gsize i = 0; text[i] != '\0'; i++)
    {
      g_autofree char *slip = g_strdup (text);

      for (gsize l = 0; l < strlen (letters); l++)
        if (letters[l] != text[i])
          {
            slip[i] = letters[l];
            g_assert_false (tw_pay_code_read (slip, &read, NULL));
          }
      slip[i] = text[i];
      if (text[i + 1] != '\0' && text[i + 1] != text[i])
        {
          slip[i] = text[i + 1];
          slip[i + 1] = text[i];
          g_assert_false (tw_pay_code_read (slip, &read, NULL));
        }
    }
}

static void
test_typed (void)
{
  const TwPayCode code = { TW_PAY_CODE_PERSON, "2345ABCD", 0 };
  g_autofree char *text = tw_pay_code_make (&code);
  g_autofree char *small = g_ascii_strdown (text, -1);
  g_autofree char *spaced = g_strdup_printf ("  %.5s %s\n", small, small + 5);
  const char *const not_codes[] = { "",
                                    "13800138000",
                                    "TWP1",
                                    "TWP1:2345ABCD",
                                    "TWP1:2345ABCD:0",
                                    "TWP1:2345ABCD:0:",
                                    "TWP1:2345ABCD:-1:11",
                                    "TWP2:2345ABCD:0:47",
                                    "TWP1:2345ABC:0:47",
                                    "TWP1:2345ABCD:0:47:1",
                                    "TWP1:2345ABCD:99999999999999999999:47",
                                    "TWP1:\xff\xfe:0:47" };
  TwPayCode read;

  g_assert_true (tw_pay_code_read (spaced, &read, NULL));
  g_assert_cmpstr (read.number, ==, "2345ABCD");
  for (gsize i = 0; i < G_N_ELEMENTS (not_codes); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_false (tw_pay_code_read (not_codes[i], &read, &error));
      g_assert_error (error, TW_ERROR, TW_ERROR_INVALID);
    }
  g_assert_false (tw_pay_code_looks_like_one ("13800138000"));
  g_assert_true (tw_pay_code_looks_like_one (" twp1:"));
}

static void
test_reference (void)
{
  g_autofree char *text = tw_pay_code_make_for_reference ("TW-2345-ABCD", 100);
  g_autofree char *back = NULL;
  TwPayCode read;

  g_assert_true (tw_pay_code_read (text, &read, NULL));
  back = tw_pay_code_get_reference (&read);
  g_assert_cmpstr (back, ==, "TW-2345-ABCD");
  g_assert_null (tw_pay_code_make_for_reference ("TW-2345ABCD", 0));
  g_assert_null (tw_pay_code_make_for_reference ("", 0));
}

static void
test_bank (void)
{
  g_assert_cmpstr (tw_bank_find_by_card ("6222021234567890"), ==, "icbc");
  g_assert_cmpstr (tw_bank_find_by_card ("9901234567890"), ==, "practice");
  g_assert_cmpstr (tw_bank_find_by_card ("4111111111111111"), ==, "other");
  g_assert_cmpstr (tw_bank_get_name ("abc"), ==, "Agricultural Bank of China");
  g_assert_cmpstr (tw_bank_get_name ("other"), ==, "Bank card");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/pay-code/round", test_round);
  g_test_add_func ("/pay-code/known", test_known);
  g_test_add_func ("/pay-code/slips", test_slips);
  g_test_add_func ("/pay-code/typed", test_typed);
  g_test_add_func ("/pay-code/reference", test_reference);
  g_test_add_func ("/pay-code/bank", test_bank);
  return g_test_run ();
}
