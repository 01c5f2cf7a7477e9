// SPDX-License-Identifier: GPL-3.0-or-later
/* What is typed to pay somebody, before any of it is asked of the service. */
#include <string.h>

#include "base/tw-clock.h"
#include "base/tw-pay-code.h"
#include "model/tw-alias-form.h"
#include "model/tw-card-form.h"
#include "model/tw-code-form.h"
#include "model/tw-pay-form.h"
#include "model/tw-payee-form.h"
#include "model/tw-standing-form.h"

/* Types @text and stops: what does the form take it for, and what does it say? */
static void
type (gpointer form, const char *field, const char *text)
{
  tw_form_set_text (form, field, text);
  tw_form_leave (form, field);
}

static void
assert_takes (gpointer form, const char *field, const char *text, const char *value)
{
  type (form, field, text);
  g_assert_cmpstr (tw_form_get_error (form, field), ==, NULL);
  g_assert_cmpstr (tw_form_get_value (form, field), ==, value);
}

static void
assert_refuses (gpointer form, const char *field, const char *text, const char *words)
{
  type (form, field, text);
  g_assert_cmpstr (tw_form_get_value (form, field), ==, NULL);
  if (tw_form_get_error (form, field) == NULL ||
      strstr (tw_form_get_error (form, field), words) == NULL)
    g_error ("“%s”: “%s”, not “%s”", text, tw_form_get_error (form, field), words);
}

static TwWallet *
make_wallet (int today)
{
  return g_object_new (TW_TYPE_WALLET, "id", "w", "balance-fen", (gint64) 400000, "reserved-fen",
                       (gint64) 50000, "limits-day", (gint64) today, "free-limit-fen",
                       (gint64) 100000, "day-limit-fen", (gint64) 300000, "year-limit-fen",
                       (gint64) 2000000, "day-used-fen", (gint64) 20000, "year-used-fen",
                       (gint64) 1000000, NULL);
}

/* Each bound is told where it bites, the nearest first; the last fen below it is fine. */
static void
test_room (void)
{
  int today = tw_clock_day_of_date (2026, 5, 4);
  g_autoptr (TwWallet) wallet = make_wallet (today);
  g_autoptr (TwPayForm) form = tw_pay_form_new ();
  TwPayRoom room = tw_pay_room_of (wallet, today, TRUE);

  tw_pay_form_set_room (form, &room);
  assert_takes (form, "amount", "800", "80000");
  g_assert_cmpstr (tw_form_get_hint (TW_FORM (form), "amount"), ==, "¥800.00");
  assert_takes (form, "amount", "800.01", "80001");
  g_assert_cmpstr (tw_form_get_hint (TW_FORM (form), "amount"), ==,
                   "¥800.01. You will be asked for a code.");
  assert_takes (form, "amount", "2800", "280000");
  assert_refuses (form, "amount", "2800.01", "Only ¥2,800.00 may still leave your wallet today.");
  g_assert_cmpint (tw_pay_form_get_fen (form), ==, 0);
  g_assert_cmpint (tw_pay_form_get_missing_fen (form), ==, 0);

  /* The same amount is fine again when what it is held against has changed. */
  room.day_left_fen = room.year_left_fen = 1000000;
  tw_pay_form_set_room (form, &room);
  g_assert_cmpint (tw_pay_form_get_fen (form), ==, 280001);
  assert_refuses (form, "amount", "3600", "Your wallet has ¥3,500.00; ¥100.00 is missing.");
  g_assert_cmpint (tw_pay_form_get_missing_fen (form), ==, 10000);
  room.most_fen = 1000;
  tw_pay_form_set_room (form, &room);
  assert_refuses (form, "amount", "10.01", "At most ¥10.00.");
  assert_takes (form, "amount", "10", "1000");
}

static void
test_year (void)
{
  int today = tw_clock_day_of_date (2026, 5, 4);
  g_autoptr (TwWallet) wallet = make_wallet (today);
  g_autoptr (TwPayForm) form = tw_pay_form_new ();
  TwPayRoom room;

  g_object_set (wallet, "year-used-fen", (gint64) 1995000, NULL);
  room = tw_pay_room_of (wallet, today, TRUE);
  tw_pay_form_set_room (form, &room);
  assert_refuses (form, "amount", "50.01", "Only ¥50.00 may still leave your wallet this year.");
  g_object_set (wallet, "ever", TRUE, NULL);
  room = tw_pay_room_of (wallet, today, TRUE);
  tw_pay_form_set_room (form, &room);
  g_assert_nonnull (strstr (tw_form_get_error (TW_FORM (form), "amount"), "identity"));
  /* What does not count has the balance for its only bound. */
  room = tw_pay_room_of (wallet, today, FALSE);
  tw_pay_form_set_room (form, &room);
  g_assert_cmpint (tw_pay_form_get_fen (form), ==, 5001);
}

static void
test_pay_words (void)
{
  g_autoptr (TwPayForm) form = tw_pay_form_new ();
  g_autofree char *long_memo = g_strnfill (141, 'x');

  assert_refuses (form, "amount", "0.00", "more than ¥0.00");
  assert_refuses (form, "amount", "12.345", "two decimals");
  assert_takes (form, "memo", "", "");
  assert_takes (form, "memo", "  七月房租 ", "七月房租");
  assert_refuses (form, "memo", long_memo, "at most 140");
  tw_pay_form_set_fen (form, 123456);
  g_assert_cmpstr (tw_form_get_text (TW_FORM (form), "amount"), ==, "1234.56");
  g_assert_true (tw_form_get_value (TW_FORM (form), "amount") != NULL);
}

static void
test_person (void)
{
  g_autoptr (TwPayeeForm) form = tw_payee_form_new ();
  g_autofree char *code = tw_pay_code_make_for_reference ("TW-2345-ABCD", 0);
  g_autofree char *spoilt = g_strdup (code);

  assert_takes (form, "to", "+86 138-0000 0001", "13800000001");
  assert_takes (form, "to", "１３８００００００01", "13800000001");
  assert_takes (form, "to", " tw 2345 abcd ", "TW-2345-ABCD");
  assert_takes (form, "to", code, code);
  spoilt[6] = spoilt[6] == '9' ? '8' : '9';
  type (form, "to", spoilt);
  g_assert_null (tw_form_get_value (TW_FORM (form), "to"));
  assert_refuses (form, "to", "1380000000", "11 digits");
  assert_refuses (form, "to", "TW-2345", "looks like TW-2345-ABCD");
  tw_form_set_text (TW_FORM (form), "to", "");
  tw_form_review (TW_FORM (form));
  g_assert_cmpstr (tw_form_get_error (TW_FORM (form), "to"), ==,
                   "Enter a phone number or an account.");
}

static void
test_company (void)
{
  g_autoptr (TwPayeeForm) form = tw_payee_form_new ();

  tw_payee_form_set_wanted (form, TW_PAYEE_KIND_COMPANY, 0);
  assert_takes (form, "to", "91110000600037341l", "91110000600037341L");
  assert_refuses (form, "to", "91110000600037341M", "does not fit the others");
  assert_refuses (form, "to", "13800000001", "18 digits");
}

static void
test_biller (void)
{
  g_autoptr (TwPayeeForm) form = tw_payee_form_new ();

  tw_payee_form_set_wanted (form, TW_PAYEE_KIND_BILLER, 10);
  assert_takes (form, "to", "1234 5678 90", "1234567890");
  assert_refuses (form, "to", "123456789", "has 10 digits");
  assert_refuses (form, "to", "12345678x0", "has 10 digits");
  /* Another biller counts otherwise: the same number is looked at again. */
  type (form, "to", "123456789");
  tw_payee_form_set_wanted (form, TW_PAYEE_KIND_BILLER, 9);
  g_assert_cmpstr (tw_form_get_value (TW_FORM (form), "to"), ==, "123456789");
  g_assert_null (tw_form_get_error (TW_FORM (form), "to"));
}

static void
test_merchant (void)
{
  g_autoptr (TwPayeeForm) form = tw_payee_form_new ();
  g_autofree char *code = tw_pay_code_make (&(TwPayCode){ TW_PAY_CODE_MERCHANT, "88000016", 1250 });
  g_autofree char *small = g_ascii_strdown (code, -1);

  tw_payee_form_set_wanted (form, TW_PAYEE_KIND_MERCHANT, 0);
  assert_takes (form, "to", small, code);
  type (form, "to", "https://example.com");
  g_assert_null (tw_form_get_value (TW_FORM (form), "to"));
  g_assert_nonnull (tw_form_get_error (TW_FORM (form), "to"));
}

static void
test_small (void)
{
  g_autoptr (TwCodeForm) code = tw_code_form_new ();
  g_autoptr (TwAliasForm) alias = tw_alias_form_new ();
  g_autofree char *long_alias = g_strnfill (61, 'x');

  assert_takes (code, "code", "０12 345", "012345");
  assert_refuses (code, "code", "12345", "six digits");
  assert_refuses (code, "code", "12345a", "six digits");
  assert_takes (alias, "alias", " 房东 ", "房东");
  assert_takes (alias, "alias", "", "");
  assert_refuses (alias, "alias", long_alias, "at most 60");
}

static void
test_card (void)
{
  g_autoptr (TwCardForm) card = tw_card_form_new ();

  assert_takes (card, "number", "4111 1111 1111 1111", "4111111111111111");
  assert_refuses (card, "number", "4111111111111112", "does not fit the others");
  assert_refuses (card, "number", "4111", "14 to 19 digits");
}

static void
test_standing (void)
{
  g_autoptr (TwStandingForm) form = tw_standing_form_new ();

  assert_takes (form, "amount", "2,000", "200000");
  assert_refuses (form, "amount", "0", "more than ¥0.00");
  assert_takes (form, "day", "1", "1");
  g_assert_null (tw_form_get_hint (TW_FORM (form), "day"));
  assert_takes (form, "day", "31", "31");
  g_assert_nonnull (tw_form_get_hint (TW_FORM (form), "day"));
  assert_refuses (form, "day", "32", "1 to 31");
  assert_refuses (form, "day", "0", "1 to 31");
  g_assert_false (tw_form_get_valid (TW_FORM (form)));
  type (form, "amount", "1");
  type (form, "day", "15");
  g_assert_true (tw_form_get_valid (TW_FORM (form)));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/pay-forms/room", test_room);
  g_test_add_func ("/pay-forms/year", test_year);
  g_test_add_func ("/pay-forms/words", test_pay_words);
  g_test_add_func ("/pay-forms/person", test_person);
  g_test_add_func ("/pay-forms/company", test_company);
  g_test_add_func ("/pay-forms/biller", test_biller);
  g_test_add_func ("/pay-forms/merchant", test_merchant);
  g_test_add_func ("/pay-forms/small", test_small);
  g_test_add_func ("/pay-forms/card", test_card);
  g_test_add_func ("/pay-forms/standing", test_standing);
  return g_test_run ();
}
