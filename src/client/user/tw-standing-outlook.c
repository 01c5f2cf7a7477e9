// SPDX-License-Identifier: GPL-3.0-or-later
#include "client/user/tw-standing-outlook.h"

#include <glib/gi18n-lib.h>

#include "base/tw-clock.h"
#include "base/tw-money.h"
#include "client/user/give/tw-give-page.h"
#include "client/widgets/tw-format.h"
#include "client/widgets/tw-page.h"
#include "model/tw-payee.h"
#include "model/tw-payment.h"
#include "model/tw-wallet.h"
#include "protocol/tw-refusal.h"

/* So long after its day an order may still be paid for it. */
#define LATEST_DAYS 7

static gint64
find_missing (TwClient *client, TwStanding *standing)
{
  GListModel *wallets = G_LIST_MODEL (tw_client_get_list (client, "wallet"));
  g_autoptr (TwWallet) wallet = g_list_model_get_item (wallets, 0);
  gint64 free_fen;

  if (wallet == NULL)
    return 0;
  free_fen = tw_wallet_get_balance_fen (wallet) - tw_wallet_get_reserved_fen (wallet);
  if (tw_standing_get_notice (standing) == TW_STANDING_NOTICE_FAILED)
    return MAX (tw_standing_get_amount_fen (standing) - free_fen, 0);
  return tw_standing_find_missing (standing, G_LIST_MODEL (tw_client_get_list (client, "standing")),
                                   free_fen);
}

/* By the person, to the same payee as much as the order could not pay. */
static gboolean
is_paid_since (TwClient *client, TwStanding *standing)
{
  GListModel *payments = G_LIST_MODEL (tw_client_get_list (client, "payment"));
  gint64 amount_fen = tw_standing_get_amount_fen (standing);
  gboolean found = FALSE;

  for (guint i = 0; !found && i < g_list_model_get_n_items (payments); i++)
    {
      g_autoptr (TwPayment) payment = g_list_model_get_item (payments, i);

      found = tw_payment_get_created_at_ms (payment) > tw_standing_get_last_at_ms (standing) &&
              tw_payment_get_amount_fen (payment) == amount_fen &&
              tw_payment_get_refunded_fen (payment) == 0 &&
              tw_payment_get_state (payment) != TW_PAYMENT_STATE_VOIDED &&
              !tw_payment_comes_in (payment) &&
              g_str_equal (tw_payment_get_payee_id (payment), tw_standing_get_payee_id (standing));
    }
  return found;
}

/* Whether what the service has said last is of a day that has passed meanwhile, or has been seen to
 * by the person. */
static gboolean
is_over (TwClient *client, TwStanding *standing)
{
  gint64 next_day = tw_standing_get_next_day (standing);

  switch (tw_standing_get_notice (standing))
    {
    case TW_STANDING_NOTICE_SOON:
    case TW_STANDING_NOTICE_SHORT:
      return next_day < tw_clock_today ();
    case TW_STANDING_NOTICE_RETRYING:
      return next_day + LATEST_DAYS < tw_clock_today ();
    case TW_STANDING_NOTICE_FAILED:
      return is_paid_since (client, standing);
    case TW_STANDING_NOTICE_NONE:
    default:
      return FALSE;
    }
}

/**
 * tw_standing_outlook_find:
 * @client: the program
 * @standing: a standing order
 *
 * The service says what it knew when it warned. Money has come and gone since, and other orders
 * come before this one.
 *
 * Returns: what is to be told of it now
 */
TwStandingOutlook
tw_standing_outlook_find (TwClient *client, TwStanding *standing)
{
  TwStandingOutlook outlook = { tw_standing_get_notice (standing), 0 };

  if (tw_standing_get_state (standing) == TW_STANDING_STATE_ENDED || is_over (client, standing))
    outlook.notice = TW_STANDING_NOTICE_NONE;
  if (outlook.notice != TW_STANDING_NOTICE_NONE)
    outlook.missing_fen = find_missing (client, standing);
  if (outlook.notice == TW_STANDING_NOTICE_SOON && outlook.missing_fen > 0)
    outlook.notice = TW_STANDING_NOTICE_SHORT;
  return outlook;
}

/* Why the last time failed. What is told of a command that has expired is of the person's own. */
static const char *
get_reason_words (TwStanding *standing)
{
  const char *reason = tw_standing_get_reason (standing);

  return g_str_equal (reason, "expired")
           ? _ ("On its day and in the week after it the payment could not be made.")
           : tw_refusal_get_words (reason, _ ("It did not work."));
}

/**
 * tw_standing_outlook_describe:
 * @standing: a standing order
 * @outlook: of it
 *
 * Returns: (transfer full): what the person should know before the next time; "": nothing
 */
char *
tw_standing_outlook_describe (TwStanding *standing, TwStandingOutlook outlook)
{
  g_autofree char *next = tw_format_day (tw_standing_get_next_day (standing));
  g_autofree char *lack = tw_money_format (outlook.missing_fen);

  if (tw_standing_get_state (standing) == TW_STANDING_STATE_ENDED)
    return g_strdup (_ ("This standing order has ended."));
  switch (outlook.notice)
    {
    case TW_STANDING_NOTICE_FAILED:
      return g_strdup_printf (_ ("The last time it was not paid: %s Next on %s."),
                              get_reason_words (standing), next);
    case TW_STANDING_NOTICE_RETRYING:
      return g_strdup_printf (_ ("It could not be paid yet: %s It is tried again today."),
                              get_reason_words (standing));
    case TW_STANDING_NOTICE_SHORT:
      if (outlook.missing_fen > 0)
        return g_strdup_printf (_ ("It will be paid on %s. %s is missing for it."), next, lack);
      return g_strdup_printf (_ ("It will be paid on %s. There is enough in your wallet now."),
                              next);
    case TW_STANDING_NOTICE_SOON:
      return g_strdup_printf (_ ("It will be paid on %s."), next);
    case TW_STANDING_NOTICE_NONE:
    default:
      return g_strdup ("");
    }
}

/**
 * tw_standing_outlook_can_pay:
 * @client: the program
 * @standing: a standing order
 *
 * Returns: whether the person can pay by hand what was not paid
 */
gboolean
tw_standing_outlook_can_pay (TwClient *client, TwStanding *standing)
{
  return tw_standing_get_state (standing) == TW_STANDING_STATE_ACTIVE &&
         tw_standing_get_notice (standing) == TW_STANDING_NOTICE_FAILED &&
         !is_over (client, standing) &&
         tw_object_list_find (tw_client_get_list (client, "payee"),
                              tw_standing_get_payee_id (standing)) != NULL;
}

static char *
get_seen_key (TwStanding *standing)
{
  return g_strconcat ("standing-seen/", tw_object_get_id (TW_OBJECT (standing)), NULL);
}

static char *
name_run (TwStanding *standing)
{
  return g_strdup_printf ("%" G_GINT64_FORMAT " %s", tw_standing_get_last_at_ms (standing),
                          tw_standing_get_reason (standing));
}

/**
 * tw_standing_outlook_asks:
 * @client: the program
 * @standing: a standing order
 * @outlook: of it
 *
 * What failed asks for attention until the person has looked at it.
 *
 * Returns: whether it belongs where the person sees it first
 */
gboolean
tw_standing_outlook_asks (TwClient *client, TwStanding *standing, TwStandingOutlook outlook)
{
  g_autofree char *key = NULL;
  g_autofree char *run = NULL;

  if (outlook.notice != TW_STANDING_NOTICE_FAILED)
    return outlook.notice != TW_STANDING_NOTICE_NONE;
  key = get_seen_key (standing);
  run = name_run (standing);
  return g_strcmp0 (tw_client_get_draft (client, key), run) != 0;
}

/**
 * tw_standing_outlook_set_seen:
 * @client: the program
 * @standing: a standing order that is in front
 *
 * The person has seen what it says.
 */
void
tw_standing_outlook_set_seen (TwClient *client, TwStanding *standing)
{
  g_autofree char *key = get_seen_key (standing);
  g_autofree char *run = NULL;

  if (tw_standing_get_notice (standing) == TW_STANDING_NOTICE_FAILED)
    run = name_run (standing);
  tw_client_set_draft (client, key, run);
}

/**
 * tw_standing_outlook_go_pay:
 * @widget: in a window
 * @client: the program
 * @standing: an order that tw_standing_outlook_can_pay()
 *
 * Leads to where it is paid by hand, with its amount.
 */
void
tw_standing_outlook_go_pay (gpointer widget, TwClient *client, TwStanding *standing)
{
  tw_standing_outlook_set_seen (client, standing);
  tw_give_page_go (widget, client, tw_standing_get_payee_id (standing),
                   tw_standing_get_amount_fen (standing));
}

/**
 * tw_standing_outlook_go_top_up:
 * @widget: in a window
 * @outlook: with something missing
 *
 * Leads to where that is topped up.
 */
void
tw_standing_outlook_go_top_up (gpointer widget, TwStandingOutlook outlook)
{
  g_autofree char *fen = g_strdup_printf ("%" G_GINT64_FORMAT, outlook.missing_fen);

  tw_page_go (widget, "wallet", fen);
}
