// SPDX-License-Identifier: GPL-3.0-or-later
/* What a question to the wallet's history finds: by time, kind, payee and text, alone and together.
 */
#include <glib.h>

#include "model/tw-payment-query.h"

#define MADE_MS 1000000

static TwPayment *
make (void)
{
  return g_object_new (TW_TYPE_PAYMENT, "id", "pay-1", "kind", TW_PAYMENT_KIND_TRANSFER,
                       "amount-fen", (gint64) 123450, "title", "七月房租 Rent", "payee-id",
                       "payee-1", "payee-name", "**乙", "reference", "P-0042", "rail-reference",
                       "BANK-7F", "created-at-ms", (gint64) MADE_MS, NULL);
}

static void
test_any (void)
{
  g_autoptr (TwPayment) payment = make ();
  g_auto (TwPaymentQuery) query = { 0 };

  g_assert_true (tw_payment_query_is_any (&query));
  g_assert_true (tw_payment_query_fits (&query, payment, ""));
  tw_payment_query_set_text (&query, "rent");
  g_assert_false (tw_payment_query_is_any (&query));
  tw_payment_query_set_text (&query, "");
  g_assert_true (tw_payment_query_is_any (&query));
  query.payee_id = g_strdup ("payee-1");
  g_assert_false (tw_payment_query_is_any (&query));
  tw_payment_query_clear (&query);
  g_assert_true (tw_payment_query_is_any (&query));
}

/* From the first millisecond on, up to the last one before the end. */
static void
test_time (void)
{
  static const struct
  {
    gint64 from_ms, before_ms;
    gboolean fits;
  } times[] = {
    { MADE_MS, 0, TRUE },     { MADE_MS + 1, 0, FALSE },      { 0, MADE_MS, FALSE },
    { 0, MADE_MS + 1, TRUE }, { MADE_MS, MADE_MS + 1, TRUE }, { MADE_MS - 2, MADE_MS - 1, FALSE },
  };
  g_autoptr (TwPayment) payment = make ();

  for (gsize i = 0; i < G_N_ELEMENTS (times); i++)
    {
      TwPaymentQuery query = { .from_ms = times[i].from_ms, .before_ms = times[i].before_ms };

      g_assert_cmpint (tw_payment_query_fits (&query, payment, ""), ==, times[i].fits);
    }
}

static void
test_kind_and_payee (void)
{
  g_autoptr (TwPayment) payment = make ();
  g_auto (TwPaymentQuery) query = { 0 };

  query.kinds =
    TW_PAYMENT_KIND_BIT (TW_PAYMENT_KIND_TRANSFER) | TW_PAYMENT_KIND_BIT (TW_PAYMENT_KIND_TAX);
  g_assert_true (tw_payment_query_fits (&query, payment, ""));
  query.kinds = TW_PAYMENT_KIND_BIT (TW_PAYMENT_KIND_TAX);
  g_assert_false (tw_payment_query_fits (&query, payment, ""));
  query.kinds = 0;
  query.payee_id = g_strdup ("payee-1");
  g_assert_true (tw_payment_query_fits (&query, payment, ""));
  g_free (query.payee_id);
  query.payee_id = g_strdup ("payee-10");
  g_assert_false (tw_payment_query_fits (&query, payment, ""));
}

/* Whatever a person remembers of it: words, a name, a reference, the amount as it is written. */
static void
test_text (void)
{
  static const char *const found[] = {
    "房租",   "RENT",     "rent",     "**乙",   "p-0042",
    "bank-7", "1,234.50", "¥1,234.5", "1234.5", "to my landlord"
  };
  static const char *const lost[] = { "八月", "1234.6", "payee-1", "P-0043" };
  g_autoptr (TwPayment) payment = make ();
  g_auto (TwPaymentQuery) query = { 0 };

  for (gsize i = 0; i < G_N_ELEMENTS (found); i++)
    {
      tw_payment_query_set_text (&query, found[i]);
      if (!tw_payment_query_fits (&query, payment, "To my landlord"))
        g_error ("“%s” is not found", found[i]);
    }
  for (gsize i = 0; i < G_N_ELEMENTS (lost); i++)
    {
      tw_payment_query_set_text (&query, lost[i]);
      if (tw_payment_query_fits (&query, payment, "To my landlord"))
        g_error ("“%s” is found", lost[i]);
    }
}

/* Each part of a question has to be answered. */
static void
test_together (void)
{
  g_autoptr (TwPayment) payment = make ();
  g_auto (TwPaymentQuery) query = { 0 };

  query.kinds = TW_PAYMENT_KIND_BIT (TW_PAYMENT_KIND_TRANSFER);
  query.payee_id = g_strdup ("payee-1");
  query.from_ms = MADE_MS;
  tw_payment_query_set_text (&query, "rent");
  g_assert_true (tw_payment_query_fits (&query, payment, ""));
  query.from_ms = MADE_MS + 1;
  g_assert_false (tw_payment_query_fits (&query, payment, ""));
  query.from_ms = MADE_MS;
  tw_payment_query_set_text (&query, "water");
  g_assert_false (tw_payment_query_fits (&query, payment, ""));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/model/payment-query/any", test_any);
  g_test_add_func ("/model/payment-query/time", test_time);
  g_test_add_func ("/model/payment-query/kind-and-payee", test_kind_and_payee);
  g_test_add_func ("/model/payment-query/text", test_text);
  g_test_add_func ("/model/payment-query/together", test_together);
  return g_test_run ();
}
