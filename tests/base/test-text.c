// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/tw-error.h"
#include "base/tw-text.h"

#include <string.h>

static void
test_check_accepts (void)
{
  static const char *const fine[] = {
    "",
    "hello",
    "你好，世界",
    "emoji 👍🏽 and 👨‍👩‍👧",
    "עברית",
    "مرحبا",
    "=1+2",
    "'; DROP TABLE x;--",
    "<b>&amp;</b>",
    "%s%n",
    "\U00020000",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (fine); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_true (tw_text_check (fine[i], 100, FALSE, &error));
      g_assert_no_error (error);
    }
  g_assert_true (tw_text_check ("one\ntwo\tthree", 100, TRUE, NULL));
}

static void
test_check_refuses (void)
{
  static const char *const bad[] = {
    "a\x01z",         "a\x1bz",
    "a\x7fz",         "a\xc2\x85z",
    "a\u200ez",       "a\u202ez",
    "a\u2066z",       "a\u2069z",
    "a\u061cz",       "a\u2028z",
    "a\u2029z",       "a\rz",
    "a\xc3z",         "\xff",
    "a\xed\xa0\x80z",                                                /* half a surrogate pair */
    "a\xc0\x80z",     /* zero, in two bytes */ "a\xf4\x90\x80\x80z", /* past Unicode's end */
  };

  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    for (int multiline = 0; multiline < 2; multiline++)
      {
        g_autoptr (GError) error = NULL;

        g_assert_false (tw_text_check (bad[i], 100, multiline, &error));
        g_assert_error (error, TW_ERROR, TW_ERROR_INVALID);
      }
  g_assert_false (tw_text_check ("one\ntwo", 100, FALSE, NULL));
  g_assert_false (tw_text_check ("one\ttwo", 100, FALSE, NULL));
}

/* The limit counts characters, not bytes. */
static void
test_check_limit (void)
{
  g_autofree char *huge = g_strnfill (10 * 1024 * 1024, 'x');
  g_autoptr (GError) error = NULL;

  g_assert_true (tw_text_check ("一二三", 3, FALSE, NULL));
  g_assert_false (tw_text_check ("一二三四", 3, FALSE, &error));
  g_assert_error (error, TW_ERROR, TW_ERROR_TOO_LARGE);
  g_assert_nonnull (strstr (error->message, "3"));
  g_clear_error (&error);
  g_assert_true (tw_text_check ("👍👍👍", 3, FALSE, NULL));
  g_assert_true (tw_text_check ("", 0, FALSE, NULL));
  g_assert_false (tw_text_check (huge, TW_TEXT_MAX_MESSAGE, TRUE, &error));
  g_assert_error (error, TW_ERROR, TW_ERROR_TOO_LARGE);
}

static void
test_clean (void)
{
  static const struct
  {
    const char *in, *out;
  } cases[] = {
    { "", "" },
    { "  a  ", "a" },
    { "a\r\nb\rc\nd", "a\nb\nc\nd" },
    { "a\u2028b\u2029c", "a\nb\nc" },
    { "pay\u202eyap", "payyap" },
    { "a\x01\x02z", "az" },
    { "\n\n你好\n", "你好" },
    { "tab\tkept", "tab\tkept" },
    { "👍", "👍" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *out = tw_text_clean (cases[i].in);

      g_assert_cmpstr (out, ==, cases[i].out);
    }
}

/* Whatever goes in, what comes out may be kept, and cleaning it again changes nothing. */
static void
test_clean_random (void)
{
  for (int i = 0; i < 5000; i++)
    {
      char bytes[33] = { 0 };
      g_autofree char *once = NULL;
      g_autofree char *twice = NULL;

      for (int j = 0; j < 32; j++)
        bytes[j] = (char) g_test_rand_int_range (1, 256);
      once = tw_text_clean (bytes);
      g_assert_true (tw_text_check (once, 1000, TRUE, NULL));
      twice = tw_text_clean (once);
      g_assert_cmpstr (once, ==, twice);
    }
}

static void
test_fold (void)
{
  g_autofree char *wide = tw_text_fold ("ＡＢＣ１２３");
  g_autofree char *narrow = tw_text_fold ("abc123");
  g_autofree char *sharp = tw_text_fold ("Straße");
  g_autofree char *broken = tw_text_fold ("a\xff");

  g_assert_cmpstr (wide, ==, narrow);
  g_assert_cmpstr (sharp, ==, "strasse");
  g_assert_cmpstr (broken, ==, "");
}

/* The short way says the same as the long one, for each character of the first planes alone and
 * with an accent behind it. */
static void
test_fold_each (void)
{
  for (gunichar c = 1; c < 0x20000; c++)
    {
      g_autofree char *text = NULL;
      g_autofree char *folded = NULL;
      g_autofree char *composed = NULL;
      g_autofree char *wanted = NULL;
      gunichar characters[] = { 'A', c, (c & 1) ? 0x301 : 'B' };

      if (!g_unichar_validate (c))
        continue;
      text = g_ucs4_to_utf8 (characters, G_N_ELEMENTS (characters), NULL, NULL, NULL);
      folded = tw_text_fold (text);
      composed = g_utf8_normalize (text, -1, G_NORMALIZE_ALL_COMPOSE);
      wanted = g_utf8_casefold (composed, -1);
      g_assert_cmpstr (folded, ==, wanted);
    }
}

static void
test_bigrams (void)
{
  static const struct
  {
    const char *in, *out;
  } cases[] = {
    { "", "" },
    { "，。！", "" },
    { "发票", "发票" },
    { "票", "票" },
    { "个人所得税", "个人 人所 所得 得税" },
    { "Pay 2024年度税款", "pay 2024 年度 度税 税款" },
    { "ＰＡＹ税", "pay 税" },
    { "a,b;c", "a b c" },
    { "税a税", "税 a 税" },
    { "👍好的", "好的" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *out = tw_text_bigrams (cases[i].in);

      g_assert_cmpstr (out, ==, cases[i].out);
    }
}

static void
test_masks (void)
{
  g_autofree char *name = tw_text_mask_name ("张三丰");
  g_autofree char *short_name = tw_text_mask_name ("张");
  g_autofree char *no_name = tw_text_mask_name ("");
  g_autofree char *phone = tw_text_mask_phone ("13800005678");
  g_autofree char *short_phone = tw_text_mask_phone ("12345");
  g_autofree char *email = tw_text_mask_email ("ling@example.com");
  g_autofree char *short_email = tw_text_mask_email ("l@example.com");
  g_autofree char *no_email = tw_text_mask_email ("nonsense");
  g_autofree char *id = tw_text_mask_id_number ("110105194912310000");

  g_assert_cmpstr (name, ==, "**丰");
  g_assert_cmpstr (short_name, ==, "*");
  g_assert_cmpstr (no_name, ==, "");
  g_assert_cmpstr (phone, ==, "138****5678");
  g_assert_cmpstr (short_phone, ==, "***45");
  g_assert_cmpstr (email, ==, "l***@example.com");
  g_assert_cmpstr (short_email, ==, "*@example.com");
  g_assert_cmpstr (no_email, ==, "n*******");
  g_assert_cmpstr (id, ==, "110*************00");
}

static void
test_digits (void)
{
  g_autofree char *plain = tw_text_digits ("１2-3 4");
  g_autofree char *none = tw_text_digits ("");

  g_assert_cmpstr (plain, ==, "1234");
  g_assert_cmpstr (none, ==, "");
  g_assert_null (tw_text_digits ("12a"));
  g_assert_null (tw_text_digits ("1\xff"));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/text/check/accepts", test_check_accepts);
  g_test_add_func ("/text/check/refuses", test_check_refuses);
  g_test_add_func ("/text/check/limit", test_check_limit);
  g_test_add_func ("/text/clean", test_clean);
  g_test_add_func ("/text/clean/random", test_clean_random);
  g_test_add_func ("/text/fold", test_fold);
  g_test_add_func ("/text/fold/each", test_fold_each);
  g_test_add_func ("/text/bigrams", test_bigrams);
  g_test_add_func ("/text/masks", test_masks);
  g_test_add_func ("/text/digits", test_digits);
  return g_test_run ();
}
