// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/tw-pay-form.h"

#include <glib/gi18n-lib.h>

#include "base/tw-error.h"
#include "base/tw-money.h"
#include "base/tw-text.h"

/**
 * TwPayForm:
 *
 * An amount that is to leave the wallet, and a few words that go with it. It knows how much there
 * is and how much may leave, so that a limit is told before it bites. The hint of the amount is the
 * amount as the program has understood it, and whether a code will be asked for.
 */
struct _TwPayForm
{
  TwForm parent_instance;

  TwPayRoom room;
};

G_DEFINE_FINAL_TYPE (TwPayForm, tw_pay_form, TW_TYPE_FORM)

static char *
refuse (GError **error, char *words)
{
  g_set_error_literal (error, TW_ERROR, TW_ERROR_INVALID, words);
  g_free (words);
  return NULL;
}

static char *
check_limits (const TwPayRoom *room, gint64 fen, GError **error)
{
  g_autofree char *year = tw_money_format (room->year_left_fen);
  g_autofree char *day = tw_money_format (room->day_left_fen);

  if (!room->limited)
    return NULL;
  if (fen > room->year_left_fen && room->ever)
    return refuse (error, g_strdup_printf (_ ("Until your identity has been checked, %s may still "
                                              "leave your wallet."),
                                           year));
  if (fen > room->year_left_fen)
    return refuse (error,
                   g_strdup_printf (_ ("Only %s may still leave your wallet this year."), year));
  if (fen > room->day_left_fen)
    return refuse (error, g_strdup_printf (_ ("Only %s may still leave your wallet today."), day));
  return NULL;
}

/* The canonical form is the amount in fen, in digits. */
static char *
check_amount (TwForm *form, const char *text, GError **error)
{
  const TwPayRoom *room = &TW_PAY_FORM (form)->room;
  GError *over = NULL;
  gint64 fen = 0;

  if (!tw_money_parse (text, &fen, error))
    return NULL;
  if (fen == 0)
    return refuse (error, g_strdup (_ ("Enter more than ¥0.00.")));
  if (room->most_fen > 0 && fen > room->most_fen)
    {
      g_autofree char *most = tw_money_format (room->most_fen);

      return refuse (error, g_strdup_printf (_ ("At most %s."), most));
    }
  check_limits (room, fen, &over);
  if (over != NULL)
    {
      g_propagate_error (error, over);
      return NULL;
    }
  if (room->from_wallet && fen > room->balance_fen)
    {
      g_autofree char *have = tw_money_format (room->balance_fen);
      g_autofree char *lack = tw_money_format (fen - room->balance_fen);

      return refuse (error, g_strdup_printf (_ ("Your wallet has %s; %s is missing."), have, lack));
    }
  return g_strdup_printf ("%" G_GINT64_FORMAT, fen);
}

static char *
hint_amount (TwForm *form, const char *value)
{
  const TwPayRoom *room = &TW_PAY_FORM (form)->room;
  gint64 fen = g_ascii_strtoll (value, NULL, 10);
  g_autofree char *amount = tw_money_format (fen);

  if (room->always_code || (room->limited && fen > room->free_left_fen))
    return g_strdup_printf (_ ("%s. You will be asked for a code."), amount);
  return g_steal_pointer (&amount);
}

static char *
check_memo (TwForm *form, const char *text, GError **error)
{
  g_autofree char *clean = tw_text_clean (text);

  return tw_text_check (clean, TW_TEXT_MAX_MEMO, FALSE, error) ? g_steal_pointer (&clean) : NULL;
}

static const TwFormField fields[] = {
  { "amount", 0, FALSE, check_amount, hint_amount },
  { "memo", TW_TEXT_MAX_MEMO + 1, FALSE, check_memo, NULL },
};

static void
tw_pay_form_class_init (TwPayFormClass *klass)
{
  tw_form_class_install_fields (TW_FORM_CLASS (klass), fields, G_N_ELEMENTS (fields));
}

static void
tw_pay_form_init (TwPayForm *self)
{
}

/**
 * tw_pay_form_new:
 *
 * Returns: (transfer full): an empty form
 */
TwPayForm *
tw_pay_form_new (void)
{
  return g_object_new (TW_TYPE_PAY_FORM, NULL);
}

/**
 * tw_pay_room_of:
 * @wallet: (nullable): a wallet
 * @today: days since 1970-01-01
 * @limited: whether what leaves counts for the limits
 *
 * Returns: how much there is and how much may leave; of a service that tells no limits there are
 *   none to tell
 */
TwPayRoom
tw_pay_room_of (TwWallet *wallet, int today, gboolean limited)
{
  TwPayRoom room = { .from_wallet = TRUE };

  if (wallet == NULL)
    return room;
  room.balance_fen = tw_wallet_get_balance_fen (wallet) - tw_wallet_get_reserved_fen (wallet);
  room.limited = limited && tw_wallet_get_day_limit_fen (wallet) > 0;
  room.free_left_fen = tw_wallet_get_free_left (wallet, today);
  room.day_left_fen = tw_wallet_get_day_left (wallet, today);
  room.year_left_fen = tw_wallet_get_year_left (wallet, today);
  room.ever = tw_wallet_get_ever (wallet);
  return room;
}

/**
 * tw_pay_form_set_room:
 * @self: a form
 * @room: how much there is and how much may leave now
 *
 * Looks at what is typed with that in mind.
 */
void
tw_pay_form_set_room (TwPayForm *self, const TwPayRoom *room)
{
  self->room = *room;
  tw_form_check_again (TW_FORM (self));
}

/**
 * tw_pay_form_get_fen:
 * @self: a form
 *
 * Returns: the amount in fen; 0 while there is none that can be paid
 */
gint64
tw_pay_form_get_fen (TwPayForm *self)
{
  const char *value = tw_form_get_value (TW_FORM (self), "amount");

  return value != NULL ? g_ascii_strtoll (value, NULL, 10) : 0;
}

/**
 * tw_pay_form_get_missing_fen:
 * @self: a form
 *
 * Returns: what the wallet lacks for what is typed, in fen; 0: nothing, or topping up is no help
 */
gint64
tw_pay_form_get_missing_fen (TwPayForm *self)
{
  const TwPayRoom *room = &self->room;
  gint64 fen = 0;

  if (!room->from_wallet ||
      !tw_money_parse (tw_form_get_text (TW_FORM (self), "amount"), &fen, NULL))
    return 0;
  if ((room->most_fen > 0 && fen > room->most_fen) ||
      (room->limited && fen > MIN (room->day_left_fen, room->year_left_fen)))
    return 0;
  return MAX (fen - room->balance_fen, 0);
}

/**
 * tw_pay_form_set_fen:
 * @self: a form
 * @fen: an amount in fen, more than 0
 *
 * Fills the form in, as if it was typed.
 */
void
tw_pay_form_set_fen (TwPayForm *self, gint64 fen)
{
  g_autofree char *text = tw_money_format_plain (fen);

  tw_form_set_text (TW_FORM (self), "amount", text);
}
