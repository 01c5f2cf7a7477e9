// SPDX-License-Identifier: GPL-3.0-or-later
#include "tw-wish.h"

#include "base/tw-clock.h"
#include "model/tw-bill.h"
#include "protocol/tw-kinds.h"
#include "tax/tw-late-fee.h"

#define FIRST_TOP_UP_FEN 1000
#define SHORTEST_PAUSE_MS 40
#define LONGEST_PAUSE_MS 200
#define FIRST_TICKETS 3
/* Now and then more than may leave in a day, however it is confirmed. */
#define TOO_MUCH_FEN 5000000

/* Each draw has its turn, whatever becomes of the others. */
typedef struct
{
  guint kind;
  guint which;
  guint amount;
  guint pause_ms;
} Draws;

static Draws
draw (guint seed, guint person, guint n)
{
  guint32 seeds[] = { seed, person, n };
  GRand *rand = g_rand_new_with_seed_array (seeds, G_N_ELEMENTS (seeds));
  Draws draws = { .kind = (guint) g_rand_int_range (rand, 0, 100),
                  .which = g_rand_int (rand),
                  .amount = (guint) g_rand_int_range (rand, 1, 50),
                  .pause_ms =
                    (guint) g_rand_int_range (rand, SHORTEST_PAUSE_MS, LONGEST_PAUSE_MS) };

  /* Now and then several at once, which travel together. */
  if (g_rand_int_range (rand, 0, 5) == 0)
    draws.pause_ms = 1;

  g_rand_free (rand);
  return draws;
}

static GVariant *
top_up (guint n)
{
  GVariantDict dict;

  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert (&dict, "amount_fen", "x", (gint64) FIRST_TOP_UP_FEN + n);
  return g_variant_dict_end (&dict);
}

static GVariant *
transfer (const Draws *draws, const char *mark, const char *const *payees)
{
  guint n_payees = g_strv_length ((char **) payees);
  GVariantDict dict;

  if (n_payees == 0)
    return NULL;
  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert (&dict, "to_account", "s", payees[draws->which % n_payees]);
  g_variant_dict_insert (&dict, "amount_fen", "x",
                         (gint64) draws->amount +
                           (draws->which / n_payees % 6 == 0 ? TOO_MUCH_FEN : 0));
  g_variant_dict_insert (&dict, "memo", "s", mark);
  return g_variant_dict_end (&dict);
}

static GVariant *
pay (TwClient *client)
{
  GListModel *bills = G_LIST_MODEL (tw_client_get_list (client, "bill"));
  int today = tw_clock_today ();

  for (guint i = 0; i < g_list_model_get_n_items (bills); i++)
    {
      g_autoptr (TwBill) bill = g_list_model_get_item (bills, i);
      gint64 amount_fen = tw_bill_get_amount_fen (bill);
      GVariantDict dict;

      if (tw_bill_get_state (bill) != TW_BILL_STATE_DUE)
        continue;
      g_variant_dict_init (&dict, NULL);
      g_variant_dict_insert (&dict, "bill_id", "s", tw_object_get_id (TW_OBJECT (bill)));
      g_variant_dict_insert (&dict, "revision", "x", tw_bill_get_revision (bill));
      g_variant_dict_insert (
        &dict, "amount_fen", "x",
        amount_fen + tw_late_fee_fen (amount_fen, (int) tw_bill_get_due_day (bill), today));
      return g_variant_dict_end (&dict);
    }
  return NULL;
}

static GVariant *
ask (const char *mark)
{
  GVariantDict dict;

  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert (&dict, "subject", "s", mark);
  g_variant_dict_insert (&dict, "text", "s", mark);
  g_variant_dict_insert (&dict, "about_type", "s", "");
  g_variant_dict_insert (&dict, "about_id", "s", "");
  return g_variant_dict_end (&dict);
}

/* A word of the customer or of the desk: @mark; or, without one, something to be done. */
static GVariant *
about_ticket (TwClient *client, const Draws *draws, const char *mark)
{
  GListModel *tickets = G_LIST_MODEL (tw_client_get_list (client, "ticket"));
  guint n = MIN (g_list_model_get_n_items (tickets), FIRST_TICKETS);
  g_autoptr (TwObject) ticket = NULL;
  GVariantDict dict;

  if (n == 0)
    return NULL;
  ticket = g_list_model_get_item (tickets, draws->which % n);
  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert (&dict, "ticket_id", "s", tw_object_get_id (ticket));
  if (mark != NULL)
    g_variant_dict_insert (&dict, "text", "s", mark);
  return g_variant_dict_end (&dict);
}

/**
 * tw_wish_new:
 * @client: whose lists say which bills and tickets there are
 * @seed: of the run
 * @person: whose wish
 * @n: which one, from 0
 * @payees: accounts that may be given money
 *
 * Returns: (transfer full): the wish
 */
TwWish *
tw_wish_new (TwClient *client, guint seed, guint person, guint n, const char *const *payees)
{
  Draws draws = draw (seed, person, n);
  TwWish *wish = g_new0 (TwWish, 1);

  wish->mark = g_strdup_printf ("wish %u", n);
  wish->pause_ms = draws.pause_ms;
  if (draws.kind < 30)
    {
      wish->kind = TW_KIND_WALLET_TOP_UP;
      wish->body = top_up (n);
    }
  else if (draws.kind < 60)
    {
      wish->kind = TW_KIND_WALLET_TRANSFER;
      wish->body = transfer (&draws, wish->mark, payees);
    }
  else if (draws.kind < 70)
    {
      wish->kind = TW_KIND_TAX_PAY;
      wish->body = pay (client);
    }
  else if (draws.kind < 85)
    {
      wish->kind = TW_KIND_TICKET_ASK;
      wish->body = ask (wish->mark);
    }
  else
    {
      wish->kind = TW_KIND_TICKET_WRITE;
      wish->body = about_ticket (client, &draws, wish->mark);
    }
  if (wish->body != NULL)
    g_variant_ref_sink (wish->body);
  return wish;
}

/**
 * tw_wish_new_for_desk:
 * @client: the desk's
 * @seed: of the run
 * @person: whose wish
 * @n: which one, from 0
 *
 * Returns: (transfer full): what an agent does next
 */
TwWish *
tw_wish_new_for_desk (TwClient *client, guint seed, guint person, guint n)
{
  static const char *const kinds[] = {
    TW_KIND_TICKET_OPEN, TW_KIND_TICKET_OPEN,    TW_KIND_TICKET_OPEN,    TW_KIND_TICKET_REPLY,
    TW_KIND_TICKET_TAKE, TW_KIND_TICKET_RELEASE, TW_KIND_TICKET_CLOSE,   TW_KIND_TICKET_CLOSE,
    TW_KIND_TICKET_OPEN, TW_KIND_TICKET_REPLY,   TW_KIND_TICKET_RESOLVE,
  };
  Draws draws = draw (seed, person, n);
  TwWish *wish = g_new0 (TwWish, 1);

  wish->mark = g_strdup_printf ("wish %u", n);
  wish->pause_ms = draws.pause_ms;
  wish->kind = kinds[draws.kind % G_N_ELEMENTS (kinds)];
  wish->body = about_ticket (client, &draws,
                             g_str_equal (wish->kind, TW_KIND_TICKET_REPLY) ? wish->mark : NULL);
  if (wish->body != NULL)
    g_variant_ref_sink (wish->body);
  return wish;
}

void
tw_wish_free (TwWish *wish)
{
  g_free (wish->mark);
  g_clear_pointer (&wish->body, g_variant_unref);
  g_free (wish);
}
