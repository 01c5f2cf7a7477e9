// SPDX-License-Identifier: GPL-3.0-or-later
/* What money goes by: cards, payees, standing orders, and codes. */
#include <string.h>

#include "base/tw-clock.h"
#include "base/tw-pay-code.h"
#include "model/tw-card.h"
#include "model/tw-challenge.h"
#include "model/tw-payee.h"
#include "model/tw-standing.h"
#include "protocol/tw-kinds.h"
#include "protocol/tw-practice-people.h"
#include "tw-wish-private.h"

#define CODE_FOLLOWS "Tax Wallet code: "
#define CARD_FOLLOWS "card ending in "
#define AMOUNT_FOLLOWS "has received "
#define CARD_BEGINS "990123400000"
#define CODE_DIGITS 6

static GVariant *
make_about (const char *name, gpointer object)
{
  GVariantDict dict;

  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert (&dict, name, "s", tw_object_get_id (TW_OBJECT (object)));
  return g_variant_dict_end (&dict);
}

static const char *
get_text (JsonArray *messages, guint at)
{
  return json_object_get_string_member (json_array_get_object_element (messages, at), "text");
}

/* What comes after a phrase in the newest message that has it. */
static const char *
find_newest (JsonArray *messages, const char *phrase, const char *starts)
{
  for (guint i = messages != NULL ? json_array_get_length (messages) : 0; i > 0; i--)
    for (const char *at = get_text (messages, i - 1); (at = strstr (at, phrase)) != NULL; at++)
      if (g_str_has_prefix (at + strlen (phrase), starts))
        return at + strlen (phrase);
  return NULL;
}

static char *
read_code (const TwWisher *wisher)
{
  const char *code = find_newest (wisher->messages, CODE_FOLLOWS, "");

  return code != NULL ? g_strndup (code, CODE_DIGITS) : NULL;
}

/* The code of before is a wrong one; so is one that was made up. */
static GVariant *
answer (const TwWisher *wisher, TwChallenge *challenge, gboolean wrong)
{
  g_autofree char *code = wrong ? g_strdup ("000000") : read_code (wisher);
  GVariantDict dict;

  if (code == NULL)
    return NULL;
  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert (&dict, "challenge_id", "s", tw_object_get_id (TW_OBJECT (challenge)));
  g_variant_dict_insert (&dict, "code", "s", code);
  return g_variant_dict_end (&dict);
}

/* Of what waits for a code: mostly answered, now and then dropped or left alone. */
GVariant *
tw_wish_challenge (const TwWisher *wisher, const char **kind)
{
  TwChallenge *challenge =
    tw_wish_find (wisher->client, "challenge", 0, TW_CHALLENGE_STATE_WAITING);
  guint what = wisher->draws->how % 10;

  *kind = what == 0 ? TW_KIND_CHALLENGE_DROP : TW_KIND_CHALLENGE_ANSWER;
  if (challenge == NULL || what == 1)
    return NULL;
  return what == 0 ? make_about ("challenge_id", challenge) : answer (wisher, challenge, what == 2);
}

/* A card of the practice bank, with the check digit that it needs. */
static char *
make_card_number (guint which)
{
  g_autofree char *body = g_strdup_printf (CARD_BEGINS "%03u", which % 1000);
  guint sum = 0;

  for (guint i = strlen (body), n = 0; i > 0; i--, n++)
    {
      guint digit = (guint) (body[i - 1] - '0');

      digit = n % 2 == 0 ? digit * 2 : digit;
      sum += digit > 9 ? digit - 9 : digit;
    }
  return g_strdup_printf ("%s%u", body, (10 - sum % 10) % 10);
}

static GVariant *
bind_card (guint which)
{
  g_autofree char *number = make_card_number (which);
  GVariantDict dict;

  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert (&dict, "number", "s", number);
  return g_variant_dict_end (&dict);
}

/* What the bank's message says came in; %NULL while it has not come. */
static GVariant *
prove_card (const TwWisher *wisher, TwCard *card)
{
  const char *text = find_newest (wisher->messages, CARD_FOLLOWS, tw_card_get_last_four (card));
  gint64 amount_fen = 0;
  GVariantDict dict;

  text = text != NULL ? strstr (text, AMOUNT_FOLLOWS) : NULL;
  for (; text != NULL && *text != '\0' && !g_str_has_prefix (text, " from"); text++)
    if (g_ascii_isdigit (*text))
      amount_fen = amount_fen * 10 + (*text - '0');
  if (amount_fen < 1 || amount_fen > 99)
    return NULL;
  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert (&dict, "card_id", "s", tw_object_get_id (TW_OBJECT (card)));
  g_variant_dict_insert (&dict, "amount_fen", "x", amount_fen);
  return g_variant_dict_end (&dict);
}

/* One that the bank knows is proved; some are let go; the others are new, or somebody else's. */
GVariant *
tw_wish_card (const TwWisher *wisher, const char **kind)
{
  TwCard *card = tw_wish_find (wisher->client, "card", wisher->draws->which, TW_CARD_STATE_PROVING);

  *kind = TW_KIND_CARD_PROVE;
  if (card != NULL)
    return prove_card (wisher, card);
  card = tw_wish_find (wisher->client, "card", wisher->draws->which, TW_CARD_STATE_BOUND);
  *kind = TW_KIND_CARD_UNBIND;
  if (card != NULL && wisher->draws->how % 4 == 0)
    return make_about ("card_id", card);
  *kind = TW_KIND_CARD_BIND;
  return bind_card (wisher->draws->which);
}

static GVariant *
look_up (const char *to)
{
  GVariantDict dict;

  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert (&dict, "to", "s", to);
  return g_variant_dict_end (&dict);
}

static GVariant *
look_up_merchant (void)
{
  const TwPayCode code = { .kind = TW_PAY_CODE_MERCHANT, .number = TW_PRACTICE_MERCHANT_NUMBER };
  g_autofree char *text = tw_pay_code_make (&code);

  return look_up (text);
}

static GVariant *
look_up_customer (guint which)
{
  g_autofree char *number = g_strdup_printf ("%07u1", which % 10000000);
  GVariantDict dict;

  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert (&dict, "biller_id", "s", "water1");
  g_variant_dict_insert (&dict, "customer_number", "s", number);
  return g_variant_dict_end (&dict);
}

static GVariant *
edit_payee (const TwWisher *wisher, TwPayee *payee)
{
  GVariantDict dict;

  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert (&dict, "payee_id", "s", tw_object_get_id (TW_OBJECT (payee)));
  g_variant_dict_insert (&dict, "alias", "s", wisher->mark);
  return g_variant_dict_end (&dict);
}

/* One that was found is kept; others are renamed, let go, or looked for. */
GVariant *
tw_wish_payee (const TwWisher *wisher, const char **kind)
{
  static const char *const codes[] = { "91310115MA00EXA02Q", "91440300MA00EXA03H",
                                       "91110105MA00EXA01Q" };
  const TwDraws *draws = wisher->draws;
  TwPayee *payee = tw_wish_find (wisher->client, "payee", draws->which, TW_PAYEE_STATE_CHECKED);

  *kind = TW_KIND_PAYEE_SAVE;
  if (payee != NULL)
    return make_about ("payee_id", payee);
  payee = tw_wish_find (wisher->client, "payee", draws->which, TW_PAYEE_STATE_SAVED);
  *kind = draws->how % 4 == 0 ? TW_KIND_PAYEE_REMOVE : TW_KIND_PAYEE_EDIT;
  if (payee != NULL && draws->how % 4 < 2)
    return draws->how % 4 == 0 ? make_about ("payee_id", payee) : edit_payee (wisher, payee);
  *kind = TW_KIND_PAYEE_CHECK;
  return draws->which % 2 == 0 ? look_up (codes[draws->which / 2 % G_N_ELEMENTS (codes)])
                               : look_up_customer (draws->which);
}

static GVariant *
set_standing (gpointer payee, gint64 amount_fen, int day, gpointer standing)
{
  int day_of_month;
  GVariantDict dict;

  tw_clock_date_of_day (day, NULL, NULL, &day_of_month);
  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert (&dict, "payee_id", "s", tw_object_get_id (TW_OBJECT (payee)));
  g_variant_dict_insert (&dict, "amount_fen", "x", amount_fen);
  g_variant_dict_insert (&dict, "day", "x", (gint64) day_of_month);
  if (standing != NULL)
    g_variant_dict_insert (&dict, "standing_id", "s", tw_object_get_id (TW_OBJECT (standing)));
  return g_variant_dict_end (&dict);
}

/* Of as much as this two in a day are more than may leave by themselves. */
#define LARGE_FEN 300000

/* Mostly for tomorrow, which may be while all of this goes on. */
GVariant *
tw_wish_standing (const TwWisher *wisher, const char **kind)
{
  const TwDraws *draws = wisher->draws;
  TwPayee *payee = tw_wish_find (wisher->client, "payee", draws->which, TW_PAYEE_STATE_SAVED);
  TwStanding *standing =
    tw_wish_find (wisher->client, "standing", draws->which, TW_STANDING_STATE_ACTIVE);

  *kind = TW_KIND_STANDING_END;
  if (standing != NULL && draws->how % 5 == 0)
    return make_about ("standing_id", standing);
  *kind = TW_KIND_STANDING_SET;
  return payee != NULL
           ? set_standing (payee, draws->amount + (draws->which % 4 == 0 ? LARGE_FEN : 0),
                           tw_clock_today () + 1 + (int) (draws->how % 3 == 0),
                           draws->how % 3 == 1 ? standing : NULL)
           : NULL;
}

static guint
count (TwClient *client, const char *type)
{
  return g_list_model_get_n_items (G_LIST_MODEL (tw_client_get_list (client, type)));
}

static TwPayee *
find_payee (TwClient *client, TwPayeeKind kind)
{
  GListModel *payees = G_LIST_MODEL (tw_client_get_list (client, "payee"));

  for (guint i = 0; i < g_list_model_get_n_items (payees); i++)
    {
      g_autoptr (TwPayee) payee = g_list_model_get_item (payees, i);

      if (tw_payee_get_kind (payee) == kind)
        return payee; /* the list holds it */
    }
  return NULL;
}

/* Looked up, then kept. */
static gboolean
need_payee (
  const TwWisher *wisher, guint person, TwPayeeKind payee_kind, const char **kind, GVariant **body)
{
  TwPayee *payee = find_payee (wisher->client, payee_kind);

  *body = NULL;
  *kind = TW_KIND_PAYEE_CHECK;
  if (payee == NULL)
    *body = payee_kind == TW_PAYEE_KIND_COMPANY    ? look_up (TW_PRACTICE_COMPANY_CODE)
            : payee_kind == TW_PAYEE_KIND_MERCHANT ? look_up_merchant ()
                                                   : look_up_customer (person + 1);
  else if (tw_payee_get_state (payee) == TW_PAYEE_STATE_CHECKED)
    {
      *kind = TW_KIND_PAYEE_SAVE;
      *body = make_about ("payee_id", payee);
    }
  return payee == NULL || tw_payee_get_state (payee) != TW_PAYEE_STATE_SAVED;
}

/**
 * tw_wish_first:
 * @wisher: whose draws do not count
 * @person: whose wish
 * @kind: (out): its kind
 * @ready: (out): whether nothing is missing any more
 *
 * What a person needs before anything can be paid from or to: a card, somebody of each kind to pay,
 * and a standing order for tomorrow.
 *
 * Returns: (nullable): what to ask for next; %NULL while something is under way
 */
GVariant *
tw_wish_first (const TwWisher *wisher, guint person, const char **kind, gboolean *ready)
{
  static const TwPayeeKind needed[] = { TW_PAYEE_KIND_COMPANY, TW_PAYEE_KIND_MERCHANT,
                                        TW_PAYEE_KIND_BILLER };
  TwClient *client = wisher->client;
  TwChallenge *challenge = tw_wish_find (client, "challenge", 0, TW_CHALLENGE_STATE_WAITING);
  TwCard *card = tw_wish_find (client, "card", 0, TW_CARD_STATE_PROVING);
  GVariant *body;

  *ready = FALSE;
  *kind = TW_KIND_CHALLENGE_ANSWER;
  if (challenge != NULL)
    return answer (wisher, challenge, FALSE);
  *kind = TW_KIND_CARD_PROVE;
  if (card != NULL)
    return prove_card (wisher, card);
  *kind = TW_KIND_CARD_BIND;
  if (count (client, "card") == 0)
    return bind_card (100 * (person + 1));
  for (guint i = 0; i < G_N_ELEMENTS (needed); i++)
    if (count (client, "biller") > 0 && need_payee (wisher, person, needed[i], kind, &body))
      return body;
  *kind = TW_KIND_STANDING_SET;
  if (count (client, "standing") == 0 && count (client, "payee") > 0)
    return set_standing (find_payee (client, TW_PAYEE_KIND_MERCHANT), 77, tw_clock_today () + 1,
                         NULL);
  *ready =
    count (client, "standing") > 0 && tw_wish_find (client, "card", 0, TW_CARD_STATE_BOUND) != NULL;
  return NULL;
}
