// SPDX-License-Identifier: GPL-3.0-or-later
/* What a payment, a bill, a record or a conversation is called, and where it stands, in a few
 * words. */
#include <glib/gi18n-lib.h>

#include "client/user/tw-story-private.h"
#include "client/widgets/tw-format.h"
#include "protocol/tw-kinds.h"
#include "tax/tw-deadline.h"

TwStoryRail
tw_story_get_rail (TwPayment *payment)
{
  switch (tw_payment_get_kind (payment))
    {
    case TW_PAYMENT_KIND_TAX:
      return (TwStoryRail){ _ ("Sent to the tax office"),
                            _ ("The tax office is being asked what became of it"),
                            _ ("The tax office is being asked"),
                            _ ("Reference of the tax office") };
    case TW_PAYMENT_KIND_BILLER:
      return (TwStoryRail){ _ ("Sent to the company"),
                            _ ("The company is being asked what became of it"),
                            _ ("The company is being asked"), _ ("Reference of the company") };
    default:
      return (TwStoryRail){ _ ("Sent to the bank"), _ ("The bank is being asked what became of it"),
                            _ ("The bank is being asked"), _ ("Reference of the bank") };
    }
}

/* What a command is called before it has become a payment, where it stands, and which member of its
 * body says what the page is to show. */
static const struct
{
  const char *kind;
  const char *title;
  const char *page;
  const char *member; /* (nullable) */
} WISHES[] = {
  { TW_KIND_WALLET_TOP_UP, N_ ("Top-up from the bank"), "wallet", NULL },
  { TW_KIND_TAX_PAY, N_ ("Payment of a bill"), "bill", "bill_id" },
  { TW_KIND_WALLET_PAY, N_ ("Payment to a payee"), "give", "payee_id" },
  { TW_KIND_WALLET_WITHDRAW, N_ ("Withdrawal to a bank card"), "withdraw", NULL },
  { TW_KIND_PAYMENT_REFUND, N_ ("Giving back what you received"), "payment", "payment_id" },
  { TW_KIND_PAYEE_SAVE, N_ ("A payee to keep"), "give", "payee_id" },
  { TW_KIND_STANDING_SET, N_ ("A standing order"), "standings", NULL },
};

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

  for (gsize i = 0; i < G_N_ELEMENTS (WISHES); i++)
    if (g_str_equal (tw_outgoing_get_kind (outgoing), WISHES[i].kind))
      return g_strdup (_ (WISHES[i].title));
  if (body != NULL && g_variant_lookup (body, "subject", "&s", &subject))
    return g_strdup (subject);
  return g_strdup (_ ("Something you wrote"));
}

/**
 * tw_story_outgoing_place:
 * @outgoing: a command that moves money, or may be held for a code
 * @arg: (out) (transfer none): what the page is to show
 *
 * Returns: (transfer none): the page where the person sees what becomes of it
 */
const char *
tw_story_outgoing_place (TwOutgoing *outgoing, const char **arg)
{
  GVariant *body = tw_outgoing_get_body (outgoing);

  *arg = "";
  for (gsize i = 0; i < G_N_ELEMENTS (WISHES); i++)
    if (g_str_equal (tw_outgoing_get_kind (outgoing), WISHES[i].kind))
      {
        if (body != NULL && WISHES[i].member != NULL)
          g_variant_lookup (body, WISHES[i].member, "&s", arg);
        return WISHES[i].page;
      }
  return "home";
}

/* What nobody has given back: a senior has, after a look at the bank's books. */
static gboolean
is_put_right (TwPayment *payment)
{
  return *tw_payment_get_refunds (payment) != '\0' &&
         *tw_payment_get_payee_name (payment) == '\0' && *tw_payment_get_title (payment) == '\0';
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
  switch (tw_payment_get_state (payment))
    {
    case TW_PAYMENT_STATE_RESERVED:
      return _ ("Under way");
    case TW_PAYMENT_STATE_SENT:
      return tw_story_get_rail (payment).sent;
    case TW_PAYMENT_STATE_UNKNOWN:
      return tw_story_get_rail (payment).being_asked;
    case TW_PAYMENT_STATE_POSTED:
      if (tw_payment_comes_in (payment))
        return C_ ("state of a top-up", "In your wallet");
      if (tw_payment_get_kind (payment) == TW_PAYMENT_KIND_WITHDRAWAL)
        return C_ ("state of a withdrawal", "On your card");
      if (tw_payment_get_kind (payment) == TW_PAYMENT_KIND_REFUND)
        return is_put_right (payment) ? C_ ("state of a payment", "Taken back")
                                      : C_ ("state of a payment", "Given back");
      if (tw_payment_get_kind (payment) != TW_PAYMENT_KIND_TAX)
        return C_ ("state of a payment", "Paid");
      return tw_payment_get_confirmed_at_ms (payment) != 0 ? _ ("Confirmed") : _ ("Paid");
    case TW_PAYMENT_STATE_VOIDED:
    default:
      return _ ("Did not happen");
    }
}

/**
 * tw_story_payment_reference_name:
 * @payment: a payment
 *
 * Returns: (transfer none): what the other side's number of it is called
 */
const char *
tw_story_payment_reference_name (TwPayment *payment)
{
  return tw_story_get_rail (payment).reference;
}

/**
 * tw_story_payment_sent_words:
 * @payment: a payment
 *
 * Returns: (transfer none): where it was sent to
 */
const char *
tw_story_payment_sent_words (TwPayment *payment)
{
  return tw_story_get_rail (payment).sent;
}

/* "To 示例水务 · July", or the one that is there. */
static char *
name_payee (TwPayment *payment)
{
  const char *memo = tw_payment_get_title (payment);
  const char *name = tw_payment_get_payee_name (payment);
  g_autofree char *to = NULL;

  if (is_put_right (payment))
    return g_strdup (_ ("Put right after a check of the books"));
  if (*name == '\0')
    return g_strdup (memo);
  to = tw_payment_get_kind (payment) == TW_PAYMENT_KIND_REFUND
         ? g_strdup_printf (_ ("Given back to %s"), name)
         : g_strdup_printf (C_ ("a payee", "To %s"), name);
  return *memo != '\0' && !g_str_equal (memo, name) ? g_strdup_printf ("%s · %s", to, memo)
                                                    : g_steal_pointer (&to);
}

static char *
name_payer (TwPayment *payment)
{
  const char *name = *tw_payment_get_title (payment) != '\0' ? tw_payment_get_title (payment)
                                                             : tw_payment_get_payee_name (payment);

  if (is_put_right (payment))
    return g_strdup (_ ("Put right after a check of the books"));
  return *tw_payment_get_refunds (payment) != '\0'
           ? g_strdup_printf (_ ("Given back by %s"), name)
           : g_strdup_printf (C_ ("a payer", "From %s"), name);
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
  switch (tw_payment_get_kind (payment))
    {
    case TW_PAYMENT_KIND_TOP_UP:
      return g_strdup (_ ("Top-up from the bank"));
    case TW_PAYMENT_KIND_WITHDRAWAL:
      return g_strdup (_ ("Withdrawal to a bank card"));
    case TW_PAYMENT_KIND_RECEIVED:
      return name_payer (payment);
    case TW_PAYMENT_KIND_TAX:
      if (*tw_payment_get_tax_type (payment) != '\0')
        return tw_format_tax (tw_payment_get_tax_type (payment), tw_payment_get_period (payment));
      return g_strdup (tw_payment_get_title (payment));
    default:
      return name_payee (payment);
    }
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
