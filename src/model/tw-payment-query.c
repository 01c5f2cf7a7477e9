// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/tw-payment-query.h"

#include <string.h>

#include "base/tw-money.h"
#include "base/tw-text.h"

/**
 * tw_payment_query_clear:
 * @query: a question
 *
 * Asks for everything.
 */
void
tw_payment_query_clear (TwPaymentQuery *query)
{
  g_free (query->payee_id);
  g_free (query->text);
  *query = (TwPaymentQuery){ 0 };
}

/**
 * tw_payment_query_set_text:
 * @query: a question
 * @text: what was typed; "": nothing
 */
void
tw_payment_query_set_text (TwPaymentQuery *query, const char *text)
{
  g_free (query->text);
  query->text = *text != '\0' ? tw_text_fold (text) : NULL;
}

/**
 * tw_payment_query_is_any:
 * @query: a question
 *
 * Returns: whether it asks for everything
 */
gboolean
tw_payment_query_is_any (const TwPaymentQuery *query)
{
  return query->from_ms == 0 && query->before_ms == 0 && query->kinds == 0 &&
         query->payee_id == NULL && query->text == NULL;
}

static gboolean
has_text (const char *wanted, TwPayment *payment, const char *said)
{
  gint64 fen = tw_payment_get_amount_fen (payment);
  g_autofree char *amount = tw_money_format (fen);
  g_autofree char *plain = tw_money_format_plain (fen);
  g_autofree char *all =
    g_strjoin (" ", said, tw_payment_get_title (payment), tw_payment_get_payee_name (payment),
               tw_payment_get_reference (payment), tw_payment_get_rail_reference (payment), amount,
               plain, NULL);
  g_autofree char *hay = tw_text_fold (all);

  return strstr (hay, wanted) != NULL;
}

/**
 * tw_payment_query_fits:
 * @query: a question
 * @payment: a payment
 * @said: what the window calls it
 *
 * Returns: whether it is an answer
 */
gboolean
tw_payment_query_fits (const TwPaymentQuery *query, TwPayment *payment, const char *said)
{
  gint64 at_ms = tw_payment_get_created_at_ms (payment);

  if (query->kinds != 0 &&
      (query->kinds & TW_PAYMENT_KIND_BIT (tw_payment_get_kind (payment))) == 0)
    return FALSE;
  if (at_ms < query->from_ms || (query->before_ms != 0 && at_ms >= query->before_ms))
    return FALSE;
  if (query->payee_id != NULL && !g_str_equal (tw_payment_get_payee_id (payment), query->payee_id))
    return FALSE;
  return query->text == NULL || has_text (query->text, payment, said);
}
