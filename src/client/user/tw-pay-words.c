// SPDX-License-Identifier: GPL-3.0-or-later
#include "client/user/tw-pay-words.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "base/tw-bank.h"
#include "base/tw-money.h"
#include "base/tw-text.h"
#include "client/widgets/tw-format.h"

/**
 * tw_pay_words_payee:
 * @payee: a payee
 *
 * Returns: (transfer full): what the person calls it, or its name, or its number
 */
char *
tw_pay_words_payee (TwPayee *payee)
{
  if (*tw_payee_get_alias (payee) != '\0')
    return g_strdup (tw_payee_get_alias (payee));
  if (*tw_payee_get_name (payee) != '\0')
    return g_strdup (tw_payee_get_name (payee));
  return g_strdup (tw_payee_get_number (payee));
}

/**
 * tw_pay_words_payee_kind:
 * @payee: a payee
 *
 * Returns: (transfer none): what its number is
 */
const char *
tw_pay_words_payee_kind (TwPayee *payee)
{
  switch (tw_payee_get_kind (payee))
    {
    case TW_PAYEE_KIND_COMPANY:
      return _ ("Credit code");
    case TW_PAYEE_KIND_MERCHANT:
      return _ ("Merchant");
    case TW_PAYEE_KIND_BILLER:
      return _ ("Customer number");
    case TW_PAYEE_KIND_PERSON:
    default:
      return _ ("Phone or account");
    }
}

/**
 * tw_pay_words_payee_fits:
 * @payee: a payee
 * @folded: what is searched, by tw_text_fold()
 *
 * Returns: whether it is what the person means
 */
gboolean
tw_pay_words_payee_fits (TwPayee *payee, const char *folded)
{
  g_autofree char *text = g_strjoin (" ", tw_payee_get_alias (payee), tw_payee_get_name (payee),
                                     tw_payee_get_number (payee), NULL);
  g_autofree char *hay = tw_text_fold (text);

  return strstr (hay, folded) != NULL;
}

/**
 * tw_pay_words_card:
 * @card: a card
 *
 * Returns: (transfer full): the bank and the end of the number
 */
char *
tw_pay_words_card (TwCard *card)
{
  /* Translators: a bank, and the last four digits of a card's number */
  return g_strdup_printf (_ ("%s (%s)"), tw_bank_get_name (tw_card_get_bank (card)),
                          tw_card_get_last_four (card));
}

/**
 * tw_pay_words_card_state:
 * @card: a card
 *
 * Returns: (transfer none): how far it got, in a few words
 */
const char *
tw_pay_words_card_state (TwCard *card)
{
  switch (tw_card_get_state (card))
    {
    case TW_CARD_STATE_ASKING:
      return _ ("The bank is being asked");
    case TW_CARD_STATE_PROVING:
      return _ ("Waits for the amount");
    case TW_CARD_STATE_BOUND:
      return _ ("Bound");
    case TW_CARD_STATE_REFUSED:
      return _ ("Not bound");
    case TW_CARD_STATE_UNBOUND:
    default:
      return _ ("Let go");
    }
}

/**
 * tw_pay_words_standing_notice:
 * @standing: a standing order
 *
 * Returns: (transfer none): what the person should know of it, in a few words
 */
const char *
tw_pay_words_standing_notice (TwStanding *standing)
{
  if (tw_standing_get_state (standing) == TW_STANDING_STATE_ENDED)
    return _ ("Ended");
  switch (tw_standing_get_notice (standing))
    {
    case TW_STANDING_NOTICE_SOON:
      return _ ("Paid soon");
    case TW_STANDING_NOTICE_SHORT:
      return _ ("Balance too small");
    case TW_STANDING_NOTICE_FAILED:
      return _ ("Failed last time");
    case TW_STANDING_NOTICE_RETRYING:
      return _ ("Tried again today");
    case TW_STANDING_NOTICE_NONE:
    default:
      return _ ("Goes on");
    }
}

/**
 * tw_pay_words_limits:
 * @wallet: (nullable): a wallet
 * @today: days since 1970-01-01
 *
 * Returns: (transfer full): how much may still leave for others; "" where there is no limit to tell
 */
char *
tw_pay_words_limits (TwWallet *wallet, int today)
{
  g_autofree char *free_left = NULL;
  g_autofree char *day_left = NULL;
  g_autofree char *year_left = NULL;

  if (wallet == NULL || tw_wallet_get_day_limit_fen (wallet) == 0)
    return g_strdup ("");
  free_left = tw_money_format (tw_wallet_get_free_left (wallet, today));
  day_left = tw_money_format (tw_wallet_get_day_left (wallet, today));
  year_left = tw_money_format (tw_wallet_get_year_left (wallet, today));
  if (tw_wallet_get_ever (wallet))
    return g_strdup_printf (
      _ ("Until your identity has been checked, %s may still leave your wallet for others."),
      year_left);
  return g_strdup_printf (_ ("For others you can still pay %s today, of it %s without a code; "
                             "%s this year."),
                          day_left, free_left, year_left);
}

static char *
tw_closure_payee_icon (gpointer self, int kind)
{
  return g_strdup (kind == TW_PAYEE_KIND_PERSON    ? "avatar-default-symbolic"
                   : kind == TW_PAYEE_KIND_COMPANY ? "network-workgroup-symbolic"
                   : kind == TW_PAYEE_KIND_BILLER  ? "tw-bill-symbolic"
                                                   : "tw-wallet-symbolic");
}

static char *
tw_closure_payee_title (gpointer self, TwPayee *payee, const char *alias, const char *name)
{
  return payee != NULL ? tw_pay_words_payee (payee) : g_strdup ("");
}

static char *
tw_closure_payee_subtitle (
  gpointer self, TwPayee *payee, const char *number, const char *name, const char *alias)
{
  if (payee == NULL)
    return g_strdup ("");
  if (*alias != '\0' && *name != '\0')
    return g_strdup_printf ("%s · %s", name, number);
  return g_strdup (number);
}

static char *
tw_closure_payee_caption (gpointer self, TwPayee *payee, int state, gint64 checked_at_ms)
{
  return g_strdup (state == TW_PAYEE_STATE_CHECKING               ? _ ("Looking up")
                   : payee != NULL && tw_payee_is_missing (payee) ? _ ("Not found")
                                                                  : "");
}

static char *
tw_closure_payee_tone (gpointer self, TwPayee *payee, int state, gint64 checked_at_ms)
{
  return g_strdup (payee != NULL && tw_payee_is_missing (payee) ? "error" : "accent");
}

static gboolean
tw_closure_payee_is_saved (gpointer self, int state)
{
  return state == TW_PAYEE_STATE_SAVED;
}

static char *
tw_closure_card_title (gpointer self, TwCard *card, const char *last_four)
{
  return card != NULL ? tw_pay_words_card (card) : g_strdup ("");
}

static char *
tw_closure_card_subtitle (gpointer self, TwCard *card, int state, gint64 bound_at_ms)
{
  g_autofree char *since = tw_format_date_ms (bound_at_ms);

  if (card != NULL && state == TW_CARD_STATE_PROVING)
    return g_strdup (_ ("The bank has sent a small amount to it."));
  return *since != '\0' ? g_strdup_printf (_ ("Since %s"), since) : g_strdup ("");
}

static char *
tw_closure_card_caption (gpointer self, TwCard *card, int state)
{
  return g_strdup (card != NULL ? tw_pay_words_card_state (card) : "");
}

static char *
tw_closure_card_tone (gpointer self, int state)
{
  return g_strdup (state == TW_CARD_STATE_BOUND     ? "success"
                   : state == TW_CARD_STATE_PROVING ? "warning"
                   : state == TW_CARD_STATE_REFUSED ? "error"
                                                    : "");
}

static gboolean
tw_closure_card_is_there (gpointer self, int state)
{
  return state != TW_CARD_STATE_UNBOUND;
}

static char *
tw_closure_standing_subtitle (
  gpointer self, TwStanding *standing, gint64 day, gint64 next_day, int state)
{
  g_autofree char *next = tw_format_day (next_day);

  if (standing == NULL || state == TW_STANDING_STATE_ENDED)
    return g_strdup ("");
  return g_strdup_printf (_ ("On day %d of each month, next on %s"), (int) day, next);
}

static char *
tw_closure_standing_caption (gpointer self, TwStanding *standing, int state, int notice)
{
  return g_strdup (standing != NULL ? tw_pay_words_standing_notice (standing) : "");
}

static char *
tw_closure_standing_tone (gpointer self, TwStanding *standing, int state, int notice)
{
  if (state == TW_STANDING_STATE_ENDED)
    return g_strdup ("");
  return g_strdup (notice == TW_STANDING_NOTICE_FAILED     ? "error"
                   : notice == TW_STANDING_NOTICE_RETRYING ? "warning"
                   : notice == TW_STANDING_NOTICE_SHORT    ? "warning"
                   : notice == TW_STANDING_NOTICE_SOON     ? "accent"
                                                           : "success");
}

/**
 * tw_pay_words_bind_closures:
 * @klass: a class with a template, in its class_init
 *
 * Makes the pure functions of this file, and those of client/widgets, known to the template and to
 * the rows in it.
 */
void
tw_pay_words_bind_closures (GtkWidgetClass *klass)
{
  tw_format_bind_closures (klass);
  gtk_widget_class_bind_template_callback (klass, tw_closure_payee_icon);
  gtk_widget_class_bind_template_callback (klass, tw_closure_payee_title);
  gtk_widget_class_bind_template_callback (klass, tw_closure_payee_subtitle);
  gtk_widget_class_bind_template_callback (klass, tw_closure_payee_caption);
  gtk_widget_class_bind_template_callback (klass, tw_closure_payee_tone);
  gtk_widget_class_bind_template_callback (klass, tw_closure_payee_is_saved);
  gtk_widget_class_bind_template_callback (klass, tw_closure_card_title);
  gtk_widget_class_bind_template_callback (klass, tw_closure_card_subtitle);
  gtk_widget_class_bind_template_callback (klass, tw_closure_card_caption);
  gtk_widget_class_bind_template_callback (klass, tw_closure_card_tone);
  gtk_widget_class_bind_template_callback (klass, tw_closure_card_is_there);
  gtk_widget_class_bind_template_callback (klass, tw_closure_standing_subtitle);
  gtk_widget_class_bind_template_callback (klass, tw_closure_standing_caption);
  gtk_widget_class_bind_template_callback (klass, tw_closure_standing_tone);
}
