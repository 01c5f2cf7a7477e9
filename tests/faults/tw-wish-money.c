// SPDX-License-Identifier: GPL-3.0-or-later
/* What moves money. */
#include "base/tw-clock.h"
#include "model/tw-bill.h"
#include "model/tw-card.h"
#include "model/tw-payee.h"
#include "model/tw-payment.h"
#include "protocol/tw-kinds.h"
#include "tax/tw-late-fee.h"
#include "tw-wish-private.h"

#define FIRST_TOP_UP_FEN 1000
/* More than may leave in a day without a code, and more than may with one. */
#define WITH_CODE_FEN 2000000
#define TOO_MUCH_FEN 5000000

/* Mostly small. */
static gint64
draw_amount (const TwDraws *draws)
{
  switch (draws->how % 12)
    {
    case 0:
      return draws->amount + TOO_MUCH_FEN;
    case 1:
    case 2:
      return draws->amount + WITH_CODE_FEN;
    default:
      return draws->amount;
    }
}

/* One who gives small change all day knows that it looks double; some don't say so. */
static void
put_again (GVariantDict *dict, const TwWisher *wisher)
{
  if (wisher->draws->how % 7 != 0)
    g_variant_dict_insert (dict, "again", "b", TRUE);
}

static void
put_payment (GVariantDict *dict, const TwWisher *wisher)
{
  g_variant_dict_insert (dict, "amount_fen", "x", draw_amount (wisher->draws));
  g_variant_dict_insert (dict, "memo", "s", wisher->mark);
  put_again (dict, wisher);
}

GVariant *
tw_wish_top_up (const TwWisher *wisher, guint n, const char **kind)
{
  TwCard *card =
    wisher->draws->how % 4 == 0
      ? tw_wish_find (wisher->client, "card", wisher->draws->which, TW_CARD_STATE_BOUND)
      : NULL;
  GVariantDict dict;

  *kind = TW_KIND_WALLET_TOP_UP;
  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert (&dict, "amount_fen", "x", (gint64) FIRST_TOP_UP_FEN + n);
  if (card != NULL)
    g_variant_dict_insert (&dict, "card_id", "s", tw_object_get_id (TW_OBJECT (card)));
  return g_variant_dict_end (&dict);
}

GVariant *
tw_wish_transfer (const TwWisher *wisher, const char **kind)
{
  guint n_payees = g_strv_length ((char **) wisher->payees);
  GVariantDict dict;

  *kind = TW_KIND_WALLET_TRANSFER;
  if (n_payees == 0)
    return NULL;
  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert (&dict, "to_account", "s", wisher->payees[wisher->draws->which % n_payees]);
  put_payment (&dict, wisher);
  return g_variant_dict_end (&dict);
}

GVariant *
tw_wish_pay (const TwWisher *wisher, const char **kind)
{
  TwPayee *payee =
    tw_wish_find (wisher->client, "payee", wisher->draws->which, TW_PAYEE_STATE_SAVED);
  GVariantDict dict;

  *kind = TW_KIND_WALLET_PAY;
  if (payee == NULL)
    return NULL;
  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert (&dict, "payee_id", "s", tw_object_get_id (TW_OBJECT (payee)));
  put_payment (&dict, wisher);
  return g_variant_dict_end (&dict);
}

/* Of what is open, the whole or a part. */
static gint64
draw_part (TwBill *bill, const TwDraws *draws)
{
  gint64 open_fen = tw_bill_get_open_fen (bill);

  return tw_bill_get_partly (bill) && open_fen > 1 && draws->how % 3 != 0
           ? 1 + draws->which % (guint) MIN (open_fen - 1, G_MAXINT)
           : open_fen;
}

GVariant *
tw_wish_tax (const TwWisher *wisher, const char **kind)
{
  const TwDraws *draws = wisher->draws;
  TwBill *bill = tw_wish_find (wisher->client, "bill", draws->which, TW_BILL_STATE_DUE);
  TwCard *card = draws->how % 2 == 0
                   ? tw_wish_find (wisher->client, "card", draws->which / 7, TW_CARD_STATE_BOUND)
                   : NULL;
  GVariantDict dict;
  gint64 part_fen;

  *kind = TW_KIND_TAX_PAY;
  if (bill == NULL)
    return NULL;
  part_fen = draw_part (bill, draws);
  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert (&dict, "bill_id", "s", tw_object_get_id (TW_OBJECT (bill)));
  g_variant_dict_insert (&dict, "revision", "x", tw_bill_get_revision (bill));
  g_variant_dict_insert (
    &dict, "amount_fen", "x",
    part_fen + tw_late_fee_fen (part_fen, (int) tw_bill_get_due_day (bill), tw_clock_today ()));
  if (part_fen < tw_bill_get_open_fen (bill))
    g_variant_dict_insert (&dict, "part_fen", "x", part_fen);
  if (card != NULL)
    g_variant_dict_insert (&dict, "card_id", "s", tw_object_get_id (TW_OBJECT (card)));
  return g_variant_dict_end (&dict);
}

GVariant *
tw_wish_withdraw (const TwWisher *wisher, const char **kind)
{
  TwCard *card = tw_wish_find (wisher->client, "card", wisher->draws->which, TW_CARD_STATE_BOUND);
  GVariantDict dict;

  *kind = TW_KIND_WALLET_WITHDRAW;
  if (card == NULL)
    return NULL;
  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert (&dict, "card_id", "s", tw_object_get_id (TW_OBJECT (card)));
  g_variant_dict_insert (&dict, "amount_fen", "x", (gint64) wisher->draws->amount);
  put_again (&dict, wisher);
  return g_variant_dict_end (&dict);
}

/* What was just asked for, and may be in the same request. */
static const char *
find_unsettled (TwClient *client)
{
  GListModel *outgoing = tw_client_get_outgoing (client);

  for (guint i = g_list_model_get_n_items (outgoing); i > 0; i--)
    {
      g_autoptr (TwOutgoing) item = g_list_model_get_item (outgoing, i - 1);

      if (!tw_outgoing_is_settled (item) && tw_kind_find (tw_outgoing_get_kind (item))->money)
        return tw_outgoing_get_id (item); /* the list holds it */
    }
  return NULL;
}

/* Whatever is not on its way yet; or, now and then, what may be. */
GVariant *
tw_wish_cancel (const TwWisher *wisher, const char **kind)
{
  const TwDraws *draws = wisher->draws;
  TwObject *payment =
    tw_wish_find (wisher->client, "payment", draws->which, TW_PAYMENT_STATE_RESERVED);
  const char *id;
  GVariantDict dict;

  *kind = TW_KIND_PAYMENT_CANCEL;
  if (payment == NULL && draws->how % 8 == 0)
    payment = tw_wish_find (wisher->client, "payment", draws->which, -1);
  id = payment != NULL ? tw_object_get_id (payment) : find_unsettled (wisher->client);
  if (id == NULL)
    return NULL;
  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert (&dict, "payment_id", "s", id);
  return g_variant_dict_end (&dict);
}

/* The whole, a part, or now and then more than there was; of what came in, or of what did not. */
GVariant *
tw_wish_refund (const TwWisher *wisher, const char **kind)
{
  GListModel *payments = G_LIST_MODEL (tw_client_get_list (wisher->client, "payment"));
  const TwDraws *draws = wisher->draws;
  guint n = g_list_model_get_n_items (payments);
  GVariantDict dict;

  *kind = TW_KIND_PAYMENT_REFUND;
  for (guint i = 0; i < n; i++)
    {
      g_autoptr (TwPayment) payment = g_list_model_get_item (payments, (draws->which + i) % n);
      gint64 amount_fen = tw_payment_get_amount_fen (payment), part_fen;

      if (tw_payment_get_kind (payment) != TW_PAYMENT_KIND_RECEIVED && draws->how % 11 != 0)
        continue;
      part_fen = draws->how % 3 == 0   ? amount_fen
                 : draws->how % 5 == 0 ? amount_fen + 1
                                       : 1 + draws->amount % amount_fen;
      g_variant_dict_init (&dict, NULL);
      g_variant_dict_insert (&dict, "payment_id", "s", tw_object_get_id (TW_OBJECT (payment)));
      g_variant_dict_insert (&dict, "amount_fen", "x", part_fen);
      return g_variant_dict_end (&dict);
    }
  return NULL;
}
