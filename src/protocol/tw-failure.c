// SPDX-License-Identifier: GPL-3.0-or-later
#include "protocol/tw-failure.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/* clang-format off */
static const TwFailure failures[] = {
  { "invalid", TW_MOVED_NOTHING, TW_CHECK_PAYEE,
    N_ ("Look through what you entered, change it and try again.") },
  { "not_allowed", TW_MOVED_NOTHING, TW_CHECK_SUPPORT,
    N_ ("If you think that you should be able to do this, ask a person.") },
  { "not_found", TW_MOVED_NOTHING, TW_CHECK_PAYEE,
    N_ ("Look at it again: it may have been changed or taken back.") },
  { "command_changed", TW_MOVED_NOTHING, TW_CHECK_RETRY,
    N_ ("Try again: it then goes out as a new request.") },
  { "intent_live", TW_MOVED_UNKNOWN, TW_CHECK_RETRY,
    N_ ("You need not do anything. The first attempt shows its result by itself.") },
  { "intent_done", TW_MOVED_EARLIER, TW_CHECK_RETRY,
    N_ ("You need not do anything. You find it in the history of your wallet.") },
  { "expired", TW_MOVED_NOTHING, TW_CHECK_NETWORK,
    N_ ("Look at the amount once more and confirm it.") },
  { "clock", TW_MOVED_NOTHING, TW_CHECK_RETRY,
    N_ ("Set the date and time of this computer, then try again.") },
  { "bad_signature", TW_MOVED_NOTHING, TW_CHECK_RETRY,
    N_ ("Sign in again, so that the service knows this computer.") },
  { "too_many", TW_MOVED_NOTHING, TW_CHECK_RETRY,
    N_ ("Wait a minute. It then goes out by itself.") },
  { "many_codes", TW_MOVED_NOTHING, TW_CHECK_RETRY,
    N_ ("Wait ten minutes, then try again: you then get a new code.") },
  { "many_wrong_codes", TW_MOVED_NOTHING, TW_CHECK_RETRY,
    N_ ("Try again tomorrow; a smaller amount may need no code. If it was not you who entered them, "
        "ask a person at once.") },
  { "no_balance", TW_MOVED_NOTHING, TW_CHECK_BALANCE,
    N_ ("Top up what is missing, then pay again.") },
  { "over_limit", TW_MOVED_NOTHING, TW_CHECK_BALANCE,
    N_ ("Pay less now and the rest later: tomorrow, or next year, a new limit begins.") },
  { "identity_pending", TW_MOVED_NOTHING, TW_CHECK_BALANCE,
    N_ ("Wait for the identity check. You need not do anything for it.") },
  { "identity_refused", TW_MOVED_NOTHING, TW_CHECK_BALANCE,
    N_ ("Your account page says why. Ask a person there, so that it can be mended.") },
  { "amount_changed", TW_MOVED_NOTHING, TW_CHECK_PAYEE,
    N_ ("Look at today’s amount and confirm it.") },
  { "already_paid", TW_MOVED_EARLIER, TW_CHECK_PAYEE,
    N_ ("You need not do anything. The receipt is in your tax history.") },
  { "bill_withdrawn", TW_MOVED_NOTHING, TW_CHECK_PAYEE,
    N_ ("You need not pay it. If a new bill comes, it stands under Bills.") },
  { "same_account", TW_MOVED_NOTHING, TW_CHECK_PAYEE,
    N_ ("Enter the number of the person that you want to pay.") },
  { "no_payee", TW_MOVED_NOTHING, TW_CHECK_PAYEE,
    N_ ("Compare the number with the one that you were given.") },
  { "bank_refused", TW_MOVED_NOTHING, TW_CHECK_PAYEE,
    N_ ("Your bank can tell why: often it is a limit of its own. After that you can try again.") },
  { "bank_no_account", TW_MOVED_NOTHING, TW_CHECK_PAYEE,
    N_ ("Compare the account with the one that you were given. It may have been closed.") },
  { "bank_no_card", TW_MOVED_NOTHING, TW_CHECK_PAYEE,
    N_ ("Choose another card, or bind this one anew.") },
  { "bank_no_balance", TW_MOVED_NOTHING, TW_CHECK_BALANCE,
    N_ ("Put money into that account, or choose another card. Then try again.") },
  { "office_refused", TW_MOVED_BACK, TW_CHECK_PAYEE,
    N_ ("Ask a person: the tax office has to look at this bill.") },
  { "rail_down", TW_MOVED_NOTHING, TW_CHECK_NETWORK,
    N_ ("It is not your fault and not your connection. Try again in a few minutes.") },
  { "looks_double", TW_MOVED_NOTHING, TW_CHECK_RETRY,
    N_ ("If you mean to pay a second time, confirm it. Otherwise leave it as it is.") },
  { "looks_double_top_up", TW_MOVED_NOTHING, TW_CHECK_RETRY,
    N_ ("If you mean to top up a second time, confirm it. Otherwise leave it as it is.") },
  { "looks_double_withdrawal", TW_MOVED_NOTHING, TW_CHECK_RETRY,
    N_ ("If you mean to send it a second time, confirm it. Otherwise leave it as it is.") },
  { "payee_unchecked", TW_MOVED_NOTHING, TW_CHECK_PAYEE,
    N_ ("Look the payee up once more and compare the name.") },
  { "payee_gone", TW_MOVED_NOTHING, TW_CHECK_PAYEE,
    N_ ("Look the payee up once more. If nobody is found again, ask them for their new number.") },
  { "part_not_allowed", TW_MOVED_NOTHING, TW_CHECK_PAYEE,
    N_ ("Pay the whole bill.") },
  { "no_card", TW_MOVED_NOTHING, TW_CHECK_PAYEE,
    N_ ("Choose another card, or bind this one anew.") },
  { "already_sent", TW_MOVED_UNKNOWN, TW_CHECK_RETRY,
    N_ ("Wait for its result. What was paid may then be given back by the payee.") },
  { "cancelled", TW_MOVED_NOTHING, TW_CHECK_RETRY,
    N_ ("You need not do anything.") },
  { "not_refundable", TW_MOVED_NOTHING, TW_CHECK_SUPPORT,
    N_ ("Pay the amount to the person as a transfer, or ask a person.") },
  { "over_refund", TW_MOVED_NOTHING, TW_CHECK_PAYEE,
    N_ ("Enter a smaller amount.") },
  { "biller_refused", TW_MOVED_BACK, TW_CHECK_PAYEE,
    N_ ("Compare the customer number with the one on your bill.") },
  { "code_pending", TW_MOVED_NOTHING, TW_CHECK_RETRY,
    N_ ("Answer the code of the other request, or drop that one. Then try again.") },
  { "code_refused", TW_MOVED_NOTHING, TW_CHECK_RETRY,
    N_ ("Try again: you then get a new code.") },
  { "code_expired", TW_MOVED_NOTHING, TW_CHECK_RETRY,
    N_ ("Try again: you then get a new code.") },
  { "code_stuck", TW_MOVED_NOTHING, TW_CHECK_NETWORK,
    N_ ("Try again in a few minutes: a line at the top says so as long as no messages can be sent. "
        "A smaller amount may need no code.") },
  { "code_unsent", TW_MOVED_NOTHING, TW_CHECK_SUPPORT,
    N_ ("Ask a person to look at the phone number of your account.") },
  { "not_saved", TW_MOVED_NOTHING, TW_CHECK_RETRY,
    N_ ("Make room on this computer’s disk, then try again.") },
};
/* clang-format on */

/* What a code that a newer service sends, or one that is not about money, means here. */
static const TwFailure unknown = {
  "",
  TW_MOVED_NOTHING,
  TW_CHECK_SUPPORT,
  N_ ("If you don’t know how to go on, ask a person: all the facts go along."),
};

static const char *const moved_words[] = {
  [TW_MOVED_NOTHING] = N_ ("No money has moved."),
  [TW_MOVED_BACK] = N_ ("The money is back in your wallet."),
  [TW_MOVED_EARLIER] = N_ ("It was paid once, earlier, and not a second time."),
  [TW_MOVED_UNKNOWN] = N_ ("Whether money has moved is not known yet."),
};

/**
 * tw_failure_find:
 * @code: (nullable): a code of protocol/tw-refusal.h
 *
 * Returns: (transfer none): what it means for a payment; never %NULL
 */
const TwFailure *
tw_failure_find (const char *code)
{
  for (gsize i = 0; code != NULL && i < G_N_ELEMENTS (failures); i++)
    if (strcmp (failures[i].code, code) == 0)
      return &failures[i];
  return &unknown;
}

/**
 * tw_failure_list:
 * @n_failures: (out): how many there are
 *
 * Returns: (transfer none) (array length=n_failures): all rows
 */
const TwFailure *
tw_failure_list (gsize *n_failures)
{
  *n_failures = G_N_ELEMENTS (failures);
  return failures;
}

/**
 * tw_failure_get_todo:
 * @failure: a row
 *
 * Returns: (transfer none): what to do, in the language of the program
 */
const char *
tw_failure_get_todo (const TwFailure *failure)
{
  return _ (failure->todo);
}

/**
 * tw_moved_get_words:
 * @moved: whether money moved
 *
 * Returns: (transfer none): the same for a person, in the language of the program
 */
const char *
tw_moved_get_words (TwMoved moved)
{
  return _ (moved_words[moved]);
}
