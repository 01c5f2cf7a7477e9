// SPDX-License-Identifier: GPL-3.0-or-later
#include "client/user/tw-story-private.h"

#include <glib/gi18n-lib.h>

#include "client/widgets/tw-format.h"
#include "client/widgets/tw-timeline.h"

static void
add (GPtrArray *steps, TwStepState state, const char *title, char *detail)
{
  g_ptr_array_add (steps, tw_step_new (state, title, detail));
}

/* "7 Mar 2026, 14:05" and the reference below it, or either alone: side by side they break within
 * the reference in a narrow window. */
static char *
when (gint64 time_ms, const char *reference)
{
  g_autofree char *time = tw_format_time_ms (time_ms);

  if (*reference == '\0')
    return *time != '\0' ? g_steal_pointer (&time) : NULL;
  return *time != '\0' ? g_strconcat (time, "\n", reference, NULL) : g_strdup (reference);
}

static void
add_sent (GPtrArray *steps, TwPayment *payment)
{
  TwStoryRail rail = tw_story_get_rail (payment);
  TwPaymentState state = tw_payment_get_state (payment);
  gint64 sent_at_ms = tw_payment_get_sent_at_ms (payment);

  switch (state)
    {
    case TW_PAYMENT_STATE_RESERVED:
      add (steps, TW_STEP_NOW, rail.sent, NULL);
      break;
    case TW_PAYMENT_STATE_UNKNOWN:
      add (steps, TW_STEP_DONE, rail.sent, when (sent_at_ms, ""));
      add (steps, TW_STEP_NOW, rail.asking, g_strdup (_ ("There was no answer in time.")));
      break;
    case TW_PAYMENT_STATE_VOIDED:
      if (sent_at_ms != 0)
        add (steps, TW_STEP_DONE, rail.sent, when (sent_at_ms, ""));
      break;
    case TW_PAYMENT_STATE_SENT:
    case TW_PAYMENT_STATE_POSTED:
    default:
      add (steps, TW_STEP_DONE, rail.sent, when (sent_at_ms, ""));
    }
}

static void
add_top_up (GPtrArray *steps, TwPayment *payment)
{
  TwPaymentState state = tw_payment_get_state (payment);

  add (steps, TW_STEP_DONE, _ ("Asked for"), when (tw_payment_get_created_at_ms (payment), ""));
  add_sent (steps, payment);
  if (state == TW_PAYMENT_STATE_VOIDED)
    add (steps, TW_STEP_FAILED, _ ("It did not happen"), NULL);
  else if (state == TW_PAYMENT_STATE_POSTED)
    add (steps, TW_STEP_DONE, C_ ("state of a top-up", "In your wallet"),
         when (tw_payment_get_posted_at_ms (payment), tw_payment_get_rail_reference (payment)));
  else
    add (steps, state == TW_PAYMENT_STATE_SENT ? TW_STEP_NOW : TW_STEP_AHEAD,
         C_ ("state of a top-up", "In your wallet"), NULL);
}

static void
add_tax (GPtrArray *steps, TwPayment *payment)
{
  TwPaymentState state = tw_payment_get_state (payment);
  gint64 confirmed_at_ms = tw_payment_get_confirmed_at_ms (payment);

  add (steps, TW_STEP_DONE, _ ("Set aside in your wallet"),
       when (tw_payment_get_created_at_ms (payment), ""));
  add_sent (steps, payment);
  if (state == TW_PAYMENT_STATE_VOIDED)
    {
      add (steps, TW_STEP_FAILED, _ ("It did not happen"), NULL);
      return;
    }
  if (state == TW_PAYMENT_STATE_POSTED)
    add (steps, TW_STEP_DONE, _ ("Paid"), when (tw_payment_get_posted_at_ms (payment), ""));
  else
    add (steps, state == TW_PAYMENT_STATE_SENT ? TW_STEP_NOW : TW_STEP_AHEAD, _ ("Paid"), NULL);
  if (confirmed_at_ms != 0)
    add (steps, TW_STEP_DONE, _ ("Confirmed by the tax office"),
         when (confirmed_at_ms, tw_payment_get_rail_reference (payment)));
  else
    add (steps, state == TW_PAYMENT_STATE_POSTED ? TW_STEP_NOW : TW_STEP_AHEAD,
         _ ("Confirmed by the tax office"), NULL);
}

/* Out of the wallet to somebody else, or to a card of one's own. */
static void
add_over_rail (GPtrArray *steps, TwPayment *payment)
{
  TwPaymentState state = tw_payment_get_state (payment);
  const char *end = tw_payment_get_kind (payment) == TW_PAYMENT_KIND_WITHDRAWAL
                      ? C_ ("state of a withdrawal", "On your card")
                      : C_ ("state of a payment", "Paid");

  add (steps, TW_STEP_DONE, _ ("Set aside in your wallet"),
       when (tw_payment_get_created_at_ms (payment), ""));
  add_sent (steps, payment);
  if (state == TW_PAYMENT_STATE_VOIDED)
    add (steps, TW_STEP_FAILED, _ ("It did not happen"), NULL);
  else if (state == TW_PAYMENT_STATE_POSTED)
    add (steps, TW_STEP_DONE, end,
         when (tw_payment_get_posted_at_ms (payment), tw_payment_get_rail_reference (payment)));
  else
    add (steps, state == TW_PAYMENT_STATE_SENT ? TW_STEP_NOW : TW_STEP_AHEAD, end, NULL);
}

/* From wallet to wallet it is there at once. */
static void
add_transfer (GPtrArray *steps, TwPayment *payment)
{
  add (steps, TW_STEP_DONE, tw_story_payment_words (payment),
       when (tw_payment_get_posted_at_ms (payment), ""));
}

/**
 * tw_story_of_payment:
 * @payment: a payment
 *
 * Returns: (transfer full) (element-type TwStep): how far it got, for a timeline
 */
GPtrArray *
tw_story_of_payment (TwPayment *payment)
{
  GPtrArray *steps = g_ptr_array_new_with_free_func ((GDestroyNotify) tw_step_free);

  switch (tw_payment_get_kind (payment))
    {
    case TW_PAYMENT_KIND_TOP_UP:
      add_top_up (steps, payment);
      break;
    case TW_PAYMENT_KIND_TRANSFER:
    case TW_PAYMENT_KIND_RECEIVED:
    case TW_PAYMENT_KIND_REFUND:
      add_transfer (steps, payment);
      break;
    case TW_PAYMENT_KIND_WITHDRAWAL:
    case TW_PAYMENT_KIND_COMPANY:
    case TW_PAYMENT_KIND_MERCHANT:
    case TW_PAYMENT_KIND_BILLER:
      add_over_rail (steps, payment);
      break;
    case TW_PAYMENT_KIND_TAX:
    default:
      add_tax (steps, payment);
    }
  return steps;
}

/**
 * tw_story_of_outgoing:
 * @outgoing: a command that moves money, before its payment is known here
 *
 * Returns: (transfer full) (element-type TwStep): how far it got, for a timeline
 */
GPtrArray *
tw_story_of_outgoing (TwOutgoing *outgoing)
{
  GPtrArray *steps = g_ptr_array_new_with_free_func ((GDestroyNotify) tw_step_free);
  TwOutgoingState state = tw_outgoing_get_state (outgoing);

  add (steps, TW_STEP_DONE, _ ("Written down"), when (tw_outgoing_get_at_ms (outgoing), ""));
  if (tw_outgoing_get_held (outgoing))
    {
      add (steps, TW_STEP_NOW, _ ("Waits for your code"),
           g_strdup (_ ("Nothing moves until you have entered it.")));
      return steps;
    }
  switch (state)
    {
    case TW_OUTGOING_STATE_WAITING:
      add (steps, TW_STEP_NOW, _ ("Waits for the connection"),
           g_strdup (_ ("It goes out by itself, once.")));
      break;
    case TW_OUTGOING_STATE_SENT:
      add (steps, TW_STEP_NOW, _ ("Sent, waiting for the answer"), NULL);
      break;
    case TW_OUTGOING_STATE_DONE:
      add (steps, TW_STEP_DONE, _ ("Accepted"), NULL);
      break;
    case TW_OUTGOING_STATE_REFUSED:
    case TW_OUTGOING_STATE_EXPIRED:
    default:
      add (steps, TW_STEP_FAILED, _ ("It did not happen"), NULL);
    }
  return steps;
}

/**
 * tw_story_of_record:
 * @record: a line of the tax history
 *
 * Returns: (transfer full) (element-type TwStep): its whole story, for a timeline
 */
GPtrArray *
tw_story_of_record (TwRecord *record)
{
  GPtrArray *steps = g_ptr_array_new_with_free_func ((GDestroyNotify) tw_step_free);
  gint64 paid_at_ms = tw_record_get_paid_at_ms (record);
  gint64 confirmed_at_ms = tw_record_get_confirmed_at_ms (record);
  const char *paid;

  switch (tw_record_get_kind (record))
    {
    case TW_RECORD_KIND_WITHHELD:
      paid = _ ("Withheld and paid on");
      break;
    case TW_RECORD_KIND_REFUND:
      paid = _ ("Paid back");
      break;
    case TW_RECORD_KIND_PAYMENT:
    default:
      paid = _ ("Paid");
    }
  add (steps, TW_STEP_DONE, _ ("Assessed"), when (tw_record_get_assessed_at_ms (record), ""));
  add (steps, paid_at_ms != 0 ? TW_STEP_DONE : TW_STEP_AHEAD, paid, when (paid_at_ms, ""));
  add (steps,
       confirmed_at_ms != 0 ? TW_STEP_DONE
       : paid_at_ms != 0    ? TW_STEP_NOW
                            : TW_STEP_AHEAD,
       _ ("Confirmed by the tax office"),
       confirmed_at_ms != 0 ? when (confirmed_at_ms, tw_record_get_reference (record)) : NULL);
  return steps;
}
