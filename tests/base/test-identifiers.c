// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/tw-clock.h"
#include "base/tw-error.h"
#include "base/tw-identifiers.h"

#include <string.h>

static int
today (void)
{
  return tw_clock_day_of_date (2026, 3, 1);
}

static void
refuses_id (const char *text, const char *words)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *id = tw_resident_id_check (text, today (), &error);
  g_autofree char *shown = g_utf8_make_valid (text, -1);

  g_test_message ("'%s': %s", shown, error != NULL ? error->message : "taken");
  g_assert_null (id);
  g_assert_error (error, TW_ERROR, TW_ERROR_INVALID);
  g_assert_nonnull (strstr (error->message, words));
}

/* The examples that the standard and public documents print; nobody's. */
static void
test_id_vectors (void)
{
  static const char *const good[] = { "11010519491231002X", "360426199101010071" };

  for (gsize i = 0; i < G_N_ELEMENTS (good); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autofree char *id = tw_resident_id_check (good[i], today (), &error);

      g_assert_no_error (error);
      g_assert_cmpstr (id, ==, good[i]);
    }
  g_assert_cmpint (tw_resident_id_get_birthday (good[0]), ==, tw_clock_day_of_date (1949, 12, 31));
}

static void
test_id_forms (void)
{
  static const char *const forms[] = {
    "11010519491231002x",    "110105 19491231 002X",
    "  11010519491231002X ", "１１０１０５１９４９１２３１００２Ｘ",
    "110105-19491231-002x",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (forms); i++)
    {
      g_autofree char *id = tw_resident_id_check (forms[i], today (), NULL);

      g_assert_cmpstr (id, ==, "11010519491231002X");
    }
}

static void
test_id_refuses (void)
{
  refuses_id ("", "Enter");
  refuses_id ("   ", "Enter");
  refuses_id ("11010519491231002", "18 characters");
  refuses_id ("11010519491231002XX", "18 characters");
  refuses_id ("110105194912310021", "last character");
  refuses_id ("110105194912310029", "last character");
  refuses_id ("11010519491231002Y", "18 characters");
  refuses_id ("1101051949123100X2", "18 characters");
  refuses_id ("X1010519491231002X", "18 characters");
  refuses_id ("99010519491231002X", "region");
  refuses_id ("00010519491231002X", "region");
  refuses_id ("11010519490231002X", "date of birth");
  refuses_id ("11010519491331002X", "date of birth");
  refuses_id ("11010500001231002X", "date of birth");
  refuses_id ("11010517491231002X", "date of birth");
  refuses_id ("110105199002290025", "date of birth");
  refuses_id ("😀", "18 characters");
  refuses_id ("\u202e11010519491231002X", "18 characters");
  refuses_id ("11010519491231002\u0425", "18 characters"); /* a Cyrillic letter */
  refuses_id ("110105194912310\x01X", "18 characters");
  refuses_id ("\xff\xfe", "Enter");
  refuses_id ("1101051949123100２X!", "18 characters");
}

static void
test_id_future (void)
{
  g_autofree char *tomorrow = tw_resident_id_make (110105, today () + 1, 2);
  g_autofree char *born_today = tw_resident_id_make (110105, today (), 2);
  g_autofree char *taken = tw_resident_id_check (born_today, today (), NULL);

  refuses_id (tomorrow, "future");
  g_assert_cmpstr (taken, ==, born_today);
}

/* Each single wrong digit and each swap of neighbours is found: what the check is for. */
static void
test_id_finds_slips (void)
{
  for (int n = 0; n < 200; n++)
    {
      g_autofree char *id = tw_resident_id_make (
        440300, tw_clock_day_of_date (1960 + n % 60, 1 + n % 12, 1 + n % 28), n * 5);
      g_autofree char *taken = tw_resident_id_check (id, today (), NULL);

      g_assert_cmpstr (taken, ==, id);
      for (int i = 0; i < 17; i++)
        {
          g_autofree char *slip = g_strdup (id);

          for (char c = '0'; c <= '9'; c++)
            {
              slip[i] = c;
              if (c != id[i])
                g_assert_null (tw_resident_id_check (slip, today (), NULL));
            }
          slip[i] = id[i];
          if (i < 16 && id[i] != id[i + 1])
            {
              slip[i] = id[i + 1];
              slip[i + 1] = id[i];
              g_assert_null (tw_resident_id_check (slip, today (), NULL));
            }
        }
    }
}

static void
test_credit_code (void)
{
  static const char good[] = "91110000600037341L";
  static const char *const bad[] = {
    "",
    "91110000600037341",
    "91110000600037341LL",
    "91110000600037341M",
    "91110000600037341l",
    "9111000060003734IL", /* letters that the standard leaves out */
    "9111000060003734OL",
    "S1110000600037341L",
    "91110000600037314L", /* two digits swapped */
    "９1110000600037341L",
    "91110000600037341😀",
    " 1110000600037341L",
  };
  g_autoptr (GError) error = NULL;

  g_assert_true (tw_credit_code_check (good, &error));
  g_assert_no_error (error);
  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GError) refused = NULL;

      g_test_message ("'%s'", bad[i]);
      g_assert_false (tw_credit_code_check (bad[i], &refused));
      g_assert_error (refused, TW_ERROR, TW_ERROR_INVALID);
    }
}

static void
test_bank_card (void)
{
  static const char *const good[] = { "4111111111111111", "5500005555555559",
                                      "6212345678901234567" };
  static const char *const bad[] = {
    "",
    "0",
    "4222222222222",        /* its last digit fits, but there are 13 */
    "00004111111111111111", /* and 20 */
    "4111111111111112",
    "41111111111111111111",
    "4111 1111 1111 1111",
    "411111111111111a",
    "４111111111111111",
    "-111111111111111",
    "😀",
  };

  for (gsize i = 0; i < 2; i++)
    g_assert_true (tw_bank_card_check (good[i], NULL));
  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GError) error = NULL;

      g_test_message ("'%s'", bad[i]);
      g_assert_false (tw_bank_card_check (bad[i], &error));
      g_assert_error (error, TW_ERROR, TW_ERROR_INVALID);
    }
  /* Of ten last digits exactly one fits. */
  for (gsize i = 0; i < G_N_ELEMENTS (good); i++)
    {
      g_autofree char *card = g_strdup (good[i]);
      int fits = 0;

      for (char c = '0'; c <= '9'; c++)
        {
          card[strlen (card) - 1] = c;
          fits += tw_bank_card_check (card, NULL);
        }
      g_assert_cmpint (fits, ==, 1);
    }
}

static void
test_phone (void)
{
  static const char *const good[] = {
    "13800005678",     "138 0000 5678",          "+8613800005678", "+86 138-0000-5678",
    "008613800005678", "１３８００００５６７８", "(138)00005678",
  };
  static const char *const bad[] = {
    "",
    "  ",
    "1380000567",
    "138000056789",
    "12800005678",
    "23800005678",
    "+113800005678",
    "1380000567x",
    "😀",
    "+86",
    "13800005678;ls",
    "\u202e13800005678",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (good); i++)
    {
      g_autofree char *phone = tw_phone_check (good[i], NULL);

      g_test_message ("'%s'", good[i]);
      g_assert_cmpstr (phone, ==, "13800005678");
    }
  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GError) error = NULL;

      g_test_message ("'%s'", bad[i]);
      g_assert_null (tw_phone_check (bad[i], &error));
      g_assert_error (error, TW_ERROR, TW_ERROR_INVALID);
    }
}

static void
test_email (void)
{
  g_autofree char *email = tw_email_check (" Ling.Wu+tax@Example.COM ", NULL);
  g_autofree char *wide = tw_email_check ("ｌｉｎｇ＠ｅｘａｍｐｌｅ．ｃｏｍ", NULL);
  g_autofree char *long_local = g_strnfill (65, 'a');
  g_autofree char *too_long = g_strconcat (long_local, "@example.com", NULL);
  const char *const bad[] = {
    "",
    "ling",
    "@example.com",
    "ling@",
    "ling@example",
    "ling@.com",
    "ling@example.",
    "ling@@example.com",
    "a@b@example.com",
    "ling@exa..mple.com",
    "<ling@example.com>",
    "ling@example.com,b@example.com",
    "ling@example.com\r\nBcc: x@example.com",
    "ling@exam\tple.com",
    "ling@example.com\x01",
    "li\u202eng@example.com",
    "\xff@example.com",
    too_long,
  };

  g_assert_cmpstr (email, ==, "Ling.Wu+tax@example.com");
  g_assert_cmpstr (wide, ==, "ling@example.com");
  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autofree char *shown = g_utf8_make_valid (bad[i], -1);

      g_test_message ("'%s'", shown);
      g_assert_null (tw_email_check (bad[i], &error));
      g_assert_error (error, TW_ERROR, TW_ERROR_INVALID);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/identifiers/id/vectors", test_id_vectors);
  g_test_add_func ("/identifiers/id/forms", test_id_forms);
  g_test_add_func ("/identifiers/id/refuses", test_id_refuses);
  g_test_add_func ("/identifiers/id/future", test_id_future);
  g_test_add_func ("/identifiers/id/finds-slips", test_id_finds_slips);
  g_test_add_func ("/identifiers/credit-code", test_credit_code);
  g_test_add_func ("/identifiers/bank-card", test_bank_card);
  g_test_add_func ("/identifiers/phone", test_phone);
  g_test_add_func ("/identifiers/email", test_email);
  return g_test_run ();
}
