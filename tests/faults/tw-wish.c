// SPDX-License-Identifier: GPL-3.0-or-later
#include "tw-wish.h"

#include "protocol/tw-kinds.h"
#include "tw-wish-private.h"

#define SHORTEST_PAUSE_MS 40
#define LONGEST_PAUSE_MS 200
#define FIRST_TICKETS 3

static TwDraws
draw (guint seed, guint person, guint n)
{
  guint32 seeds[] = { seed, person, n };
  GRand *rand = g_rand_new_with_seed_array (seeds, G_N_ELEMENTS (seeds));
  TwDraws draws = { .kind = (guint) g_rand_int_range (rand, 0, 100),
                    .which = g_rand_int (rand),
                    .amount = (guint) g_rand_int_range (rand, 1, 50),
                    .pause_ms =
                      (guint) g_rand_int_range (rand, SHORTEST_PAUSE_MS, LONGEST_PAUSE_MS) };

  /* Now and then several at once, which travel together. */
  if (g_rand_int_range (rand, 0, 5) == 0)
    draws.pause_ms = 1;
  draws.how = g_rand_int (rand);
  g_rand_free (rand);
  return draws;
}

/* One in a state, from some place of the list on; -1: in any. The list holds it. */
gpointer
tw_wish_find (TwClient *client, const char *type, guint which, int state)
{
  GListModel *list = G_LIST_MODEL (tw_client_get_list (client, type));
  guint n = g_list_model_get_n_items (list);

  for (guint i = 0; i < n; i++)
    {
      g_autoptr (TwObject) object = g_list_model_get_item (list, (which + i) % n);
      int now;

      g_object_get (object, "state", &now, NULL);
      if (state < 0 || now == state)
        return object;
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
about_ticket (TwClient *client, const TwDraws *draws, const char *mark)
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

/* How often each is drawn, of 100. */
static const struct
{
  guint share;
  TwWishMake make; /* NULL: a question or a word */
} shares[] = {
  { 15, tw_wish_transfer }, { 15, tw_wish_pay },   { 9, tw_wish_tax },
  { 7, tw_wish_withdraw },  { 8, tw_wish_cancel }, { 7, tw_wish_refund },
  { 4, tw_wish_card },      { 3, tw_wish_payee },  { 3, tw_wish_standing },
};
#define SHARE_OF_QUESTIONS 6
#define SHARE_OF_WORDS 8

static GVariant *
make (const TwWisher *wisher, guint n, const char **kind)
{
  guint drawn = wisher->draws->kind;
  GVariant *body = tw_wish_challenge (wisher, kind);

  if (body != NULL)
    return body;
  for (guint i = 0; i < G_N_ELEMENTS (shares); drawn -= shares[i++].share)
    if (drawn < shares[i].share)
      {
        body = shares[i].make (wisher, kind);
        if (body == NULL && wisher->draws->how % 3 != 0)
          body = tw_wish_transfer (wisher, kind);
        return body != NULL ? body : tw_wish_top_up (wisher, n, kind);
      }
  *kind = drawn < SHARE_OF_QUESTIONS ? TW_KIND_TICKET_ASK : TW_KIND_TICKET_WRITE;
  if (drawn < SHARE_OF_QUESTIONS)
    return ask (wisher->mark);
  return drawn < SHARE_OF_QUESTIONS + SHARE_OF_WORDS
           ? about_ticket (wisher->client, wisher->draws, wisher->mark)
           : tw_wish_top_up (wisher, n, kind);
}

/**
 * tw_wish_new:
 * @client: whose lists say which bills and tickets there are
 * @seed: of the run
 * @person: whose wish
 * @n: which one, from 0
 * @payees: accounts that may be given money
 * @messages: (nullable): on the person's phone, as the counterpart tells them
 *
 * Returns: (transfer full): the wish
 */
TwWish *
tw_wish_new (TwClient *client,
             guint seed,
             guint person,
             guint n,
             const char *const *payees,
             JsonArray *messages)
{
  TwDraws draws = draw (seed, person, n);
  TwWish *wish = g_new0 (TwWish, 1);
  TwWisher wisher = { client, &draws, NULL, payees, messages };

  wisher.mark = wish->mark = g_strdup_printf ("wish %u", n);
  wish->pause_ms = draws.pause_ms;
  wish->body = make (&wisher, n, &wish->kind);
  if (wish->body != NULL)
    g_variant_ref_sink (wish->body);
  return wish;
}

/**
 * tw_wish_new_first:
 * @client: a person's
 * @person: who
 * @messages: (nullable): as for tw_wish_new()
 * @ready: (out): whether nothing is missing any more
 *
 * Returns: (transfer full): what they need first, without a body while that is under way
 */
TwWish *
tw_wish_new_first (TwClient *client, guint person, JsonArray *messages, gboolean *ready)
{
  TwDraws draws = { 0 };
  TwWish *wish = g_new0 (TwWish, 1);
  TwWisher wisher = { client, &draws, "", NULL, messages };

  wish->body = tw_wish_first (&wisher, person, &wish->kind, ready);
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
  TwDraws draws = draw (seed, person, n);
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
