// SPDX-License-Identifier: GPL-3.0-or-later
#include "client/user/tw-story.h"

#include <glib/gi18n-lib.h>

#include "base/tw-clock.h"
#include "base/tw-money.h"
#include "client/widgets/tw-format.h"
#include "client/widgets/tw-timeline.h"
#include "protocol/tw-kinds.h"
#include "tax/tw-deadline.h"
#include "tax/tw-late-fee.h"

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
add_sent (GPtrArray *steps, TwPayment *payment, const char *title, const char *asking)
{
  TwPaymentState state = tw_payment_get_state (payment);
  gint64 sent_at_ms = tw_payment_get_sent_at_ms (payment);

  switch (state)
    {
    case TW_PAYMENT_STATE_RESERVED:
      add (steps, TW_STEP_NOW, title, NULL);
      break;
    case TW_PAYMENT_STATE_UNKNOWN:
      add (steps, TW_STEP_DONE, title, when (sent_at_ms, ""));
      add (steps, TW_STEP_NOW, asking, g_strdup (_ ("There was no answer in time.")));
      break;
    case TW_PAYMENT_STATE_VOIDED:
      if (sent_at_ms != 0)
        add (steps, TW_STEP_DONE, title, when (sent_at_ms, ""));
      break;
    case TW_PAYMENT_STATE_SENT:
    case TW_PAYMENT_STATE_POSTED:
    default:
      add (steps, TW_STEP_DONE, title, when (sent_at_ms, ""));
    }
}

static void
add_top_up (GPtrArray *steps, TwPayment *payment)
{
  TwPaymentState state = tw_payment_get_state (payment);

  add (steps, TW_STEP_DONE, _ ("Asked for"), when (tw_payment_get_created_at_ms (payment), ""));
  add_sent (steps, payment, _ ("Sent to the bank"),
            _ ("The bank is being asked what became of it"));
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
  add_sent (steps, payment, _ ("Sent to the tax office"),
            _ ("The tax office is being asked what became of it"));
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
      add_transfer (steps, payment);
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

/**
 * tw_story_outgoing_title:
 * @outgoing: a command
 *
 * Returns: (transfer full): what the person wanted
 */
char *
tw_story_outgoing_title (TwOutgoing *outgoing)
{
  GVariant *body = tw_outgoing_get_body (outgoing);
  const char *subject = NULL;

  if (g_str_equal (tw_outgoing_get_kind (outgoing), TW_KIND_WALLET_TOP_UP))
    return g_strdup (_ ("Top-up from the bank"));
  if (g_str_equal (tw_outgoing_get_kind (outgoing), TW_KIND_TAX_PAY))
    return g_strdup (_ ("Payment of a bill"));
  if (body != NULL && g_variant_lookup (body, "subject", "&s", &subject))
    return g_strdup (subject);
  return g_strdup (_ ("Something you wrote"));
}

/**
 * tw_story_outgoing_place:
 * @outgoing: a command that moves money
 * @arg: (out) (transfer none): what the page is to show
 *
 * Returns: (transfer none): the page where the person sees what becomes of it
 */
const char *
tw_story_outgoing_place (TwOutgoing *outgoing, const char **arg)
{
  GVariant *body = tw_outgoing_get_body (outgoing);

  *arg = "";
  if (body != NULL && g_variant_lookup (body, "bill_id", "&s", arg))
    return "bill";
  return "wallet";
}

/**
 * tw_story_payment_words:
 * @payment: a payment
 *
 * Returns: (transfer none): where it stands, in a few words
 */
const char *
tw_story_payment_words (TwPayment *payment)
{
  gboolean top_up = tw_payment_get_kind (payment) == TW_PAYMENT_KIND_TOP_UP;

  switch (tw_payment_get_state (payment))
    {
    case TW_PAYMENT_STATE_RESERVED:
      return _ ("Under way");
    case TW_PAYMENT_STATE_SENT:
      return top_up ? _ ("Sent to the bank") : _ ("Sent to the tax office");
    case TW_PAYMENT_STATE_UNKNOWN:
      return top_up ? _ ("The bank is being asked") : _ ("The tax office is being asked");
    case TW_PAYMENT_STATE_POSTED:
      if (tw_payment_comes_in (payment))
        return C_ ("state of a top-up", "In your wallet");
      return tw_payment_get_confirmed_at_ms (payment) != 0 ? _ ("Confirmed") : _ ("Paid");
    case TW_PAYMENT_STATE_VOIDED:
    default:
      return _ ("Did not happen");
    }
}

/**
 * tw_story_payment_title:
 * @payment: a payment
 *
 * Returns: (transfer full): what it is for
 */
char *
tw_story_payment_title (TwPayment *payment)
{
  if (tw_payment_get_kind (payment) == TW_PAYMENT_KIND_TOP_UP)
    return g_strdup (_ ("Top-up from the bank"));
  if (tw_payment_get_kind (payment) == TW_PAYMENT_KIND_RECEIVED)
    return g_strdup_printf (C_ ("a payer", "From %s"), tw_payment_get_title (payment));
  if (*tw_payment_get_tax_type (payment) != '\0')
    return tw_format_tax (tw_payment_get_tax_type (payment), tw_payment_get_period (payment));
  return g_strdup (tw_payment_get_title (payment));
}

/**
 * tw_story_record_words:
 * @record: a line of the tax history
 *
 * Returns: (transfer none): where it stands, in a word
 */
const char *
tw_story_record_words (TwRecord *record)
{
  switch (tw_record_get_status (record))
    {
    case TW_RECORD_STATUS_ASSESSED:
      return _ ("Assessed");
    case TW_RECORD_STATUS_PAID:
      return tw_record_get_kind (record) == TW_RECORD_KIND_REFUND ? _ ("Paid back") : _ ("Paid");
    case TW_RECORD_STATUS_CONFIRMED:
    default:
      return _ ("Confirmed");
    }
}

/**
 * tw_story_bill_due:
 * @bill: a bill
 * @today: days since 1970-01-01
 *
 * Returns: (transfer full): how long there is to pay it, in a few words
 */
char *
tw_story_bill_due (TwBill *bill, int today)
{
  int left = tw_due_days_left ((int) tw_bill_get_due_day (bill), today);

  switch (tw_bill_get_state (bill))
    {
    case TW_BILL_STATE_PAYING:
      return g_strdup (_ ("Payment under way"));
    case TW_BILL_STATE_PAID:
      return g_strdup (_ ("Paid"));
    case TW_BILL_STATE_WITHDRAWN:
      return g_strdup (_ ("Taken back by the tax office"));
    case TW_BILL_STATE_DUE:
    default:
      break;
    }
  if (left < 0)
    return g_strdup_printf (ngettext ("%d day overdue", "%d days overdue", (gulong) -left), -left);
  if (left == 0)
    return g_strdup (_ ("Due today"));
  return g_strdup_printf (ngettext ("%d day left", "%d days left", (gulong) left), left);
}

/**
 * tw_story_bill_tone:
 * @bill: a bill
 * @today: days since 1970-01-01
 *
 * Returns: (transfer none): how pressing it is, as the tone of a row
 */
const char *
tw_story_bill_tone (TwBill *bill, int today)
{
  switch (tw_bill_get_state (bill))
    {
    case TW_BILL_STATE_PAYING:
      return "accent";
    case TW_BILL_STATE_PAID:
      return "success";
    case TW_BILL_STATE_WITHDRAWN:
      return "";
    case TW_BILL_STATE_DUE:
    default:
      break;
    }
  switch (tw_due_state ((int) tw_bill_get_due_day (bill), today))
    {
    case TW_DUE_OVERDUE:
      return "error";
    case TW_DUE_SOON:
      return "warning";
    case TW_DUE_LATER:
    default:
      return "";
    }
}

/**
 * tw_story_ticket_words:
 * @ticket: a conversation
 *
 * Returns: (transfer none): whose turn it is, as its customer sees it
 */
const char *
tw_story_ticket_words (TwTicket *ticket)
{
  switch (tw_ticket_get_state (ticket))
    {
    case TW_TICKET_STATE_FRESH:
      return _ ("Waiting for a person");
    case TW_TICKET_STATE_OPEN:
      return _ ("Being looked at");
    case TW_TICKET_STATE_WAITING:
      return _ ("Answered");
    case TW_TICKET_STATE_RESOLVED:
    default:
      return tw_ticket_get_rating (ticket) > 0 ? _ ("Solved") : _ ("Solved, please rate");
    }
}
