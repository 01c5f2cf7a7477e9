// SPDX-License-Identifier: GPL-3.0-or-later
#include <string.h>

#include "base/tw-error.h"
#include "base/tw-money.h"

static void
test_parse_accepts (void)
{
  static const struct
  {
    const char *text;
    gint64 fen;
  } cases[] = {
    { "0", 0 },
    { "0.00", 0 },
    { "0.01", 1 },
    { "1", 100 },
    { "1.5", 150 },
    { "1.05", 105 },
    { "1234.56", 123456 },
    { "1,234.56", 123456 },
    { "12,345", 1234500 },
    { "123,456.7", 12345670 },
    { "1,234,567.89", 123456789 },
    { "¥88", 8800 },
    { "¥ 88.8", 8880 },
    { "￥88", 8800 }, /* the full-width sign of an input method */
    { "１２３４．５６", 123456 },
    { "１，２３４．５６", 123456 },
    { "12。5", 1250 },
    { "1、234", 123400 },
    { "  42  ", 4200 },
    { "007", 700 },
    { "1000000000", TW_MONEY_MAX_FEN },
    { "1,000,000,000.00", TW_MONEY_MAX_FEN },
    { "00000000000000000000000000000001", 100 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;
      gint64 fen = -1;
      gboolean ok = tw_money_parse (cases[i].text, &fen, &error);

      g_test_message ("'%s'", cases[i].text);
      g_assert_no_error (error);
      g_assert_true (ok);
      g_assert_cmpint (fen, ==, cases[i].fen);
    }
}

static void
test_parse_refuses (void)
{
  static const char *const cases[] = {
    "",
    "   ",
    "¥",
    ".",
    ",",
    ".5",
    "5.",
    "1.2.3",
    "1.234",
    "0.001",
    "1,234.5,6",
    "12,34.5",
    "1234,567",
    "1,23",
    "1,2345",
    ",123",
    "1,,234",
    "123,",
    "-1",
    "-0.01",
    "−5",
    "－5", /* full-width minus */
    "+5",
    "1e3",
    "0x10",
    "1 000",
    "12a",
    "abc",
    "¥¥5",
    "5¥",
    "$5",
    "NaN",
    "inf",
    "五",
    "😀",
    "1😀",
    "\u202e123", /* right-to-left override */
    "1\u200b2",  /* zero-width space */
    "١٢٣",       /* Arabic-Indic digits */
    "10²",
    "10₂",
    "①",
    "⑩",
    "⒈", /* one and a stop in one */
    "½",
    "1½",
    "㊿",
    "Ⅷ",
    "𝟙𝟚", /* a mathematician's */
    "１²",
    "1１²．5",
    "12\n34",
    "\t\x01",
    "\xff\xfe",
    "1000000000.01",
    "1000000001",
    "99999999999999999999999999999999",
    "9223372036854775807",
    "9223372036854775808",
    "18446744073709551616",
    "00000000000000000000000000000000000000000000000000000000000000001", /* 65 characters */
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;
      gint64 fen = -7;
      gboolean ok = tw_money_parse (cases[i], &fen, &error);
      g_autofree char *shown = g_utf8_make_valid (cases[i], -1);

      g_test_message ("'%s'", shown);
      g_assert_false (ok);
      g_assert_error (error, TW_ERROR, TW_ERROR_INVALID);
      g_assert_cmpstr (error->message, !=, "");
      g_assert_cmpint (fen, ==, -7);
    }
}

/* Each mistake is named in its own words: they stand at the field. */
static void
test_parse_explains (void)
{
  static const struct
  {
    const char *text;
    const char *words;
  } cases[] = {
    { "", "Enter an amount" },        { "1.234", "two decimals" },
    { "12,34.5", "commas" },          { "-1", "negative" },
    { "2000000000", "too large" },    { "abc", "not an amount" },
    { "1000000000.01", "too large" }, { "－5", "negative" },
    { "10²", "Use digits" },          { "①", "Use digits" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;
      gint64 fen;

      g_assert_false (tw_money_parse (cases[i].text, &fen, &error));
      g_test_message ("'%s': %s", cases[i].text, error->message);
      g_assert_nonnull (strstr (error->message, cases[i].words));
    }
}

static void
test_parse_long (void)
{
  g_autofree char *text = g_strnfill (10 * 1024 * 1024, '1');
  g_autoptr (GError) error = NULL;
  gint64 fen;

  g_assert_false (tw_money_parse (text, &fen, &error));
  g_assert_error (error, TW_ERROR, TW_ERROR_INVALID);
}

static void
test_format (void)
{
  static const struct
  {
    gint64 fen;
    const char *shown, *plain;
  } cases[] = {
    { 0, "¥0.00", "0.00" },
    { 1, "¥0.01", "0.01" },
    { 10, "¥0.10", "0.10" },
    { 100, "¥1.00", "1.00" },
    { 99999, "¥999.99", "999.99" },
    { 100000, "¥1,000.00", "1000.00" },
    { 123456789, "¥1,234,567.89", "1234567.89" },
    { -1, "-¥0.01", "-0.01" },
    { -123456, "-¥1,234.56", "-1234.56" },
    { TW_MONEY_MAX_FEN, "¥1,000,000,000.00", "1000000000.00" },
    { G_MAXINT64, "¥92,233,720,368,547,758.07", "92233720368547758.07" },
    { G_MININT64, "-¥92,233,720,368,547,758.08", "-92233720368547758.08" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *shown = tw_money_format (cases[i].fen);
      g_autofree char *plain = tw_money_format_plain (cases[i].fen);

      g_assert_cmpstr (shown, ==, cases[i].shown);
      g_assert_cmpstr (plain, ==, cases[i].plain);
    }
}

/* What is shown can be typed again and means the same. */
static void
test_round_trip (void)
{
  for (int i = 0; i < 20000; i++)
    {
      gint64 fen = (gint64) (g_test_rand_double_range (0, 1) * (double) TW_MONEY_MAX_FEN);
      g_autofree char *shown = tw_money_format (fen);
      g_autofree char *plain = tw_money_format_plain (fen);
      gint64 back = -1;

      g_assert_true (tw_money_parse (shown, &back, NULL));
      g_assert_cmpint (back, ==, fen);
      g_assert_true (tw_money_parse (plain, &back, NULL));
      g_assert_cmpint (back, ==, fen);
    }
}

static void
test_add (void)
{
  gint64 sum = 0;

  g_assert_true (tw_money_add (1, 2, &sum));
  g_assert_cmpint (sum, ==, 3);
  g_assert_true (tw_money_add (G_MAXINT64, G_MININT64, &sum));
  g_assert_cmpint (sum, ==, -1);
  g_assert_false (tw_money_add (G_MAXINT64, 1, &sum));
  g_assert_false (tw_money_add (G_MININT64, -1, &sum));
}

static void
test_scale (void)
{
  static const struct
  {
    gint64 fen, numerator, denominator, result;
  } cases[] = {
    { 100, 1, 2, 50 },
    { 1, 1, 2, 1 }, /* half goes up */
    { 3, 1, 2, 2 }, /* 1.5 */
    { 1, 499, 1000, 0 },
    { 1, 500, 1000, 1 },
    { 1, 501, 1000, 1 },
    { 0, 5, 7, 0 },
    { 3600000, 3, 100, 108000 },
    { 1000000, 5, 10000, 500 }, /* a day's late fee of ¥10,000: ¥5 */
    { TW_MONEY_MAX_FEN, 1000000, 1000000, TW_MONEY_MAX_FEN },
    { G_MAXINT64, 1, 1, G_MAXINT64 },
    { G_MAXINT64, 3, 3, G_MAXINT64 },
  };
  gint64 result = 0;

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_assert_true (
        tw_money_scale (cases[i].fen, cases[i].numerator, cases[i].denominator, &result));
      g_assert_cmpint (result, ==, cases[i].result);
    }
  g_assert_false (tw_money_scale (G_MAXINT64, 2, 1, &result));
  g_assert_false (tw_money_scale (G_MAXINT64, G_MAXINT64, 1, &result));
  g_assert_true (tw_money_scale (G_MAXINT64, G_MAXINT64, G_MAXINT64, &result));
  g_assert_cmpint (result, ==, G_MAXINT64);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/money/parse/accepts", test_parse_accepts);
  g_test_add_func ("/money/parse/refuses", test_parse_refuses);
  g_test_add_func ("/money/parse/explains", test_parse_explains);
  g_test_add_func ("/money/parse/long", test_parse_long);
  g_test_add_func ("/money/format", test_format);
  g_test_add_func ("/money/round-trip", test_round_trip);
  g_test_add_func ("/money/add", test_add);
  g_test_add_func ("/money/scale", test_scale);
  return g_test_run ();
}
