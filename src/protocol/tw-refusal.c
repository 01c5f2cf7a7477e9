// SPDX-License-Identifier: GPL-3.0-or-later
#include "protocol/tw-refusal.h"

#include <glib/gi18n-lib.h>
#include <string.h>

static const TwRefusal refusals[] = {
  { "invalid", N_ ("Something in this request is not right."), TW_REMEDY_EDIT },
  { "not_allowed", N_ ("You may not do this."), TW_REMEDY_NONE },
  { "not_found", N_ ("This is not there any more."), TW_REMEDY_LOOK_AGAIN },
  { "command_changed", N_ ("This request was already used for something else."), TW_REMEDY_RETRY },
  { "intent_live", N_ ("This is already under way. Wait for its result."), TW_REMEDY_WAIT },
  { "intent_done", N_ ("This has already been done."), TW_REMEDY_NONE },
  { "expired", N_ ("This waited too long without a connection. Look at it once more and confirm."),
    TW_REMEDY_RETRY },
  { "clock", N_ ("The clock of this computer is wrong. Set it, then try again."), TW_REMEDY_CLOCK },
  { "bad_signature", N_ ("This device is not known any more. Sign in again."), TW_REMEDY_SIGN_IN },
  { "too_many", N_ ("Too much of this was refused in a short time."), TW_REMEDY_WAIT },
  { "many_codes", N_ ("Too many codes were asked for. The next one can be sent in ten minutes."),
    TW_REMEDY_RETRY },
  { "many_wrong_codes",
    N_ ("Too many wrong codes were entered today. No other code can be sent until tomorrow."),
    TW_REMEDY_SUPPORT },
  { "many_lookups",
    N_ ("You have looked up many new payees within a day. Pay those that you have found already; "
        "you can look up others again in 24 hours."),
    TW_REMEDY_NONE },
  { "many_cards",
    N_ ("You have tried many bank cards within a day. Use one that is bound already; you can bind "
        "another one in 24 hours."),
    TW_REMEDY_NONE },
  { "many_standing",
    N_ ("You have as many standing orders as there can be. End one that you don’t need any more, "
        "in the list of standing orders; then try again."),
    TW_REMEDY_NONE },
  { "no_balance", N_ ("The balance is not enough."), TW_REMEDY_TOP_UP },
  { "over_limit", N_ ("This is over what may leave your wallet in a day or a year."),
    TW_REMEDY_EDIT },
  { "identity_pending", N_ ("Your identity has not been checked yet. Until then limits are low."),
    TW_REMEDY_IDENTITY },
  { "identity_refused", N_ ("Your identity could not be confirmed, so limits stay low."),
    TW_REMEDY_IDENTITY },
  { "amount_changed", N_ ("The amount has changed, as a late fee grows per day. Look at it again."),
    TW_REMEDY_LOOK_AGAIN },
  { "already_paid", N_ ("This has already been paid."), TW_REMEDY_NONE },
  { "bill_withdrawn", N_ ("The tax office has taken this bill back."), TW_REMEDY_LOOK_AGAIN },
  { "same_account", N_ ("You can't pay to your own wallet."), TW_REMEDY_EDIT },
  { "no_payee", N_ ("There is no such payee. Check the number."), TW_REMEDY_EDIT },
  { "looks_double", N_ ("You paid the same amount to the same payee a few minutes ago."),
    TW_REMEDY_CONFIRM },
  { "looks_double_top_up", N_ ("You topped up with the same amount a few minutes ago."),
    TW_REMEDY_CONFIRM },
  { "looks_double_withdrawal",
    N_ ("You sent the same amount to the same bank card a few minutes ago."), TW_REMEDY_CONFIRM },
  { "payee_unchecked", N_ ("This payee has not been found yet. Look it up once more."),
    TW_REMEDY_LOOK_AGAIN },
  { "payee_gone", N_ ("There was nobody under this number when the payee was looked up last."),
    TW_REMEDY_LOOK_AGAIN },
  { "part_not_allowed", N_ ("This bill can only be paid as a whole."), TW_REMEDY_LOOK_AGAIN },
  { "no_card", N_ ("This bank card is not bound to your wallet."), TW_REMEDY_EDIT },
  { "card_known", N_ ("This bank card is in your wallet already."), TW_REMEDY_NONE },
  { "wrong_amount", N_ ("This is not the amount that the bank has sent. Look it up in your bank."),
    TW_REMEDY_EDIT },
  { "unproved", N_ ("The amount was wrong too often. Bind the card anew."), TW_REMEDY_RETRY },
  { "already_sent", N_ ("This is on its way already and can’t be cancelled any more."),
    TW_REMEDY_LOOK_AGAIN },
  { "cancelled", N_ ("You have cancelled this."), TW_REMEDY_NONE },
  { "not_refundable", N_ ("This can’t be given back here."), TW_REMEDY_SUPPORT },
  { "over_refund", N_ ("That is more than is left to give back."), TW_REMEDY_EDIT },
  { "biller_refused", N_ ("The company that sends the bill has refused."), TW_REMEDY_LOOK_AGAIN },
  { "code_pending", N_ ("Another request of yours waits for its code. Answer or drop that first."),
    TW_REMEDY_CODE },
  { "wrong_code", N_ ("This is not the code that was sent to you."), TW_REMEDY_EDIT },
  { "code_refused", N_ ("The code was wrong too often."), TW_REMEDY_RETRY },
  { "code_expired", N_ ("The code was not told in time."), TW_REMEDY_RETRY },
  { "code_stuck", N_ ("The message with the code could not be sent in time."), TW_REMEDY_RETRY },
  { "code_unsent", N_ ("No code could be sent to your phone."), TW_REMEDY_SUPPORT },
  { "phone_taken", N_ ("This phone number already has an account. Sign in instead."),
    TW_REMEDY_SIGN_IN },
  { "id_taken", N_ ("This ID number already has an account. Sign in, or ask a person for help."),
    TW_REMEDY_SUPPORT },
  { "weak_password", N_ ("This password is easy to guess. Make it longer or less common."),
    TW_REMEDY_EDIT },
  { "bank_refused", N_ ("The bank has refused."), TW_REMEDY_RETRY },
  { "bank_no_account", N_ ("The bank knows no such account."), TW_REMEDY_EDIT },
  { "bank_no_card", N_ ("The bank does not know this card as yours."), TW_REMEDY_EDIT },
  { "bank_no_balance", N_ ("There is too little in your account at the bank."), TW_REMEDY_RETRY },
  { "office_refused", N_ ("The tax office has refused."), TW_REMEDY_SUPPORT },
  { "rail_down", N_ ("The other side can't be reached."), TW_REMEDY_RETRY },
  { "ticket_taken", N_ ("A colleague has this conversation already."), TW_REMEDY_LOOK_AGAIN },
  { "ticket_resolved", N_ ("This conversation has been closed."), TW_REMEDY_LOOK_AGAIN },
  { "not_yours", N_ ("Take this conversation first."), TW_REMEDY_LOOK_AGAIN },
  { "already_decided", N_ ("This has already been decided."), TW_REMEDY_LOOK_AGAIN },
  { "not_correctable", N_ ("No money can be moved for this here. Say why it is so instead."),
    TW_REMEDY_NONE },
  { "difference_changed", N_ ("This difference is another one by now. Look at it again."),
    TW_REMEDY_LOOK_AGAIN },
  { "customer_balance",
    N_ ("The customer’s balance is not enough to take this back from. Nothing was moved. Ask them "
        "to top up and try again, or say why it is so."),
    TW_REMEDY_NONE },
  { "already_rated", N_ ("You have already rated this. Thank you."), TW_REMEDY_NONE },
};

/**
 * tw_refusal_find:
 * @code: a code
 *
 * Returns: (transfer none) (nullable): its row
 */
const TwRefusal *
tw_refusal_find (const char *code)
{
  for (gsize i = 0; i < G_N_ELEMENTS (refusals); i++)
    if (strcmp (refusals[i].code, code) == 0)
      return &refusals[i];
  return NULL;
}

/**
 * tw_refusal_list:
 * @n_refusals: (out): how many there are
 *
 * Returns: (transfer none) (array length=n_refusals): all rows
 */
const TwRefusal *
tw_refusal_list (gsize *n_refusals)
{
  *n_refusals = G_N_ELEMENTS (refusals);
  return refusals;
}

/**
 * tw_refusal_get_words:
 * @code: a code
 * @fallback: what the service said
 *
 * Returns: (transfer none): the reason in the language of the program; @fallback for a code that a
 *   newer service may send
 */
const char *
tw_refusal_get_words (const char *code, const char *fallback)
{
  const TwRefusal *row = tw_refusal_find (code);

  return row != NULL ? _ (row->words) : fallback;
}
