// SPDX-License-Identifier: GPL-3.0-or-later
/* The words of tw-story.h as closures for rows. Each takes the object, and after it the properties
 * on whose change it is to be asked again. */
#include <glib/gi18n-lib.h>

#include "base/tw-clock.h"
#include "base/tw-money.h"
#include "client/user/tw-story.h"
#include "client/widgets/tw-bill-sum.h"
#include "client/widgets/tw-format.h"
#include "protocol/tw-kinds.h"
#include "protocol/tw-refusal.h"

static char *
tw_closure_bill_subtitle (gpointer self, TwBill *bill, int state)
{
  g_autofree char *due = NULL;

  if (bill == NULL)
    return g_strdup ("");
  due = tw_format_day (tw_bill_get_due_day (bill));
  /* Translators: the office that asks for a tax, and the last day to pay it */
  return g_strdup_printf (_ ("%s, due %s"), tw_bill_get_authority (bill), due);
}

static char *
tw_closure_bill_caption (gpointer self, TwBill *bill, int state)
{
  return bill != NULL ? tw_story_bill_due (bill, tw_clock_today ()) : g_strdup ("");
}

static char *
tw_closure_bill_tone (gpointer self, TwBill *bill, int state)
{
  return g_strdup (bill != NULL ? tw_story_bill_tone (bill, tw_clock_today ()) : "");
}

static char *
tw_closure_bill_value (gpointer self,
                       TwBill *bill,
                       int state,
                       gint64 amount_fen,
                       gint64 paid_fen,
                       gint64 late_fee_rest_ufen)
{
  if (bill == NULL)
    return g_strdup ("");
  if (state == TW_BILL_STATE_PAID)
    return tw_money_format (amount_fen);
  return tw_money_format (tw_bill_sum_total_fen (bill, tw_clock_today ()));
}

static char *
tw_closure_payment_title (gpointer self, TwPayment *payment)
{
  return payment != NULL ? tw_story_payment_title (payment) : g_strdup ("");
}

static char *
tw_closure_payment_caption (gpointer self, TwPayment *payment, int state, gint64 confirmed_at_ms)
{
  return g_strdup (payment != NULL ? tw_story_payment_words (payment) : "");
}

static char *
tw_closure_payment_tone (gpointer self, TwPayment *payment, int state)
{
  switch (state)
    {
    case TW_PAYMENT_STATE_POSTED:
      return g_strdup ("success");
    case TW_PAYMENT_STATE_VOIDED:
      return g_strdup ("error");
    case TW_PAYMENT_STATE_UNKNOWN:
      return g_strdup ("warning");
    default:
      return g_strdup ("accent");
    }
}

/* What came in has a plus, what went out a minus; what did not happen has none. */
static char *
tw_closure_payment_value (gpointer self, TwPayment *payment, int state, gint64 amount_fen)
{
  if (payment == NULL || state == TW_PAYMENT_STATE_VOIDED)
    return tw_money_format (amount_fen);
  if (!tw_payment_comes_in (payment))
    return tw_money_format (-amount_fen);
  {
    g_autofree char *amount = tw_money_format (amount_fen);

    return g_strconcat ("+", amount, NULL);
  }
}

static char *
tw_closure_payment_icon (gpointer self, int kind, int state)
{
  return g_strdup (state == TW_PAYMENT_STATE_UNKNOWN  ? "dialog-question-symbolic"
                   : kind == TW_PAYMENT_KIND_TOP_UP   ? "list-add-symbolic"
                   : kind == TW_PAYMENT_KIND_RECEIVED ? "list-add-symbolic"
                                                      : "list-remove-symbolic");
}

static gboolean
tw_closure_payment_is_under_way (gpointer self, int state)
{
  return state < TW_PAYMENT_STATE_POSTED && state != TW_PAYMENT_STATE_UNKNOWN;
}

static gboolean
tw_closure_payment_is_unknown (gpointer self, int state)
{
  return state == TW_PAYMENT_STATE_UNKNOWN;
}

static char *
tw_closure_record_subtitle (gpointer self, TwRecord *record, gint64 paid_at_ms)
{
  g_autofree char *day = NULL;
  const char *payer;

  if (record == NULL)
    return g_strdup ("");
  day = tw_format_date_ms (paid_at_ms != 0 ? paid_at_ms : tw_record_get_assessed_at_ms (record));
  payer = tw_record_get_payer (record);
  if (*payer == '\0')
    payer = tw_record_get_authority (record);
  return *payer != '\0' ? g_strdup_printf ("%s · %s", day, payer) : g_steal_pointer (&day);
}

static char *
tw_closure_record_caption (gpointer self, TwRecord *record, int status)
{
  return g_strdup (record != NULL ? tw_story_record_words (record) : "");
}

static char *
tw_closure_record_tone (gpointer self, int status)
{
  return g_strdup (status == TW_RECORD_STATUS_CONFIRMED  ? "success"
                   : status == TW_RECORD_STATUS_ASSESSED ? "warning"
                                                         : "accent");
}

static char *
tw_closure_record_value (gpointer self, int kind, gint64 amount_fen, gint64 late_fee_fen)
{
  g_autofree char *amount = tw_money_format (amount_fen + late_fee_fen);

  if (kind == TW_RECORD_KIND_REFUND)
    return g_strconcat ("+", amount, NULL);
  return g_steal_pointer (&amount);
}

/* What fits of the last message into a row. */
#define LINE_CHARS 60

static char *
tw_closure_ticket_subtitle (gpointer self, TwTicket *ticket, gint64 last_at_ms)
{
  const char *text;
  g_autofree char *line = NULL;

  if (ticket == NULL)
    return g_strdup ("");
  text = tw_ticket_get_last_text (ticket);
  line = g_utf8_substring (text, 0, MIN (g_utf8_strlen (text, -1), LINE_CHARS));
  g_strdelimit (line, "\n\t", ' ');
  switch (tw_ticket_get_last_by (ticket))
    {
    case TW_AUTHOR_CUSTOMER:
      return g_strdup_printf (_ ("You: %s"), line);
    case TW_AUTHOR_AGENT:
    case TW_AUTHOR_PROGRAM:
    default:
      return g_steal_pointer (&line);
    }
}

static char *
tw_closure_ticket_caption (gpointer self, TwTicket *ticket, int state, gint64 rating)
{
  return g_strdup (ticket != NULL ? tw_story_ticket_words (ticket) : "");
}

static char *
tw_closure_ticket_tone (gpointer self, int state)
{
  return g_strdup (state == TW_TICKET_STATE_WAITING    ? "accent"
                   : state == TW_TICKET_STATE_RESOLVED ? "success"
                                                       : "");
}

static gint64
body_amount_fen (TwOutgoing *outgoing)
{
  GVariant *body = tw_outgoing_get_body (outgoing);
  gint64 fen = 0;

  if (body != NULL)
    g_variant_lookup (body, "amount_fen", "x", &fen);
  return fen;
}

static char *
tw_closure_outgoing_title (gpointer self, TwOutgoing *outgoing)
{
  return outgoing != NULL ? tw_story_outgoing_title (outgoing) : g_strdup ("");
}

static char *
tw_closure_outgoing_subtitle (gpointer self, TwOutgoing *outgoing, int state)
{
  const char *code;

  if (outgoing == NULL)
    return g_strdup ("");
  code = tw_outgoing_get_code (outgoing);
  if (state == TW_OUTGOING_STATE_EXPIRED)
    code = "expired";
  if (state >= TW_OUTGOING_STATE_REFUSED && code != NULL)
    return g_strdup (tw_refusal_get_words (code, tw_outgoing_get_words (outgoing)));
  return tw_format_moment_ms (tw_outgoing_get_at_ms (outgoing));
}

static char *
tw_closure_outgoing_value (gpointer self, TwOutgoing *outgoing)
{
  gint64 fen = outgoing != NULL ? body_amount_fen (outgoing) : 0;

  return fen > 0 ? tw_money_format (fen) : g_strdup ("");
}

static char *
tw_closure_outgoing_caption (gpointer self, int state, gboolean held)
{
  if (held)
    return g_strdup (_ ("Waits for your code"));
  switch (state)
    {
    case TW_OUTGOING_STATE_WAITING:
      return g_strdup (_ ("Not sent yet"));
    case TW_OUTGOING_STATE_SENT:
      return g_strdup (_ ("Sending…"));
    case TW_OUTGOING_STATE_DONE:
      return g_strdup (_ ("Sent"));
    default:
      return g_strdup (_ ("Did not happen"));
    }
}

static char *
tw_closure_outgoing_tone (gpointer self, int state, gboolean held)
{
  if (held)
    return g_strdup ("warning");
  return g_strdup (state >= TW_OUTGOING_STATE_REFUSED ? "error" : "accent");
}

static char *
tw_closure_outgoing_icon (gpointer self, int state)
{
  return g_strdup (state >= TW_OUTGOING_STATE_REFUSED ? "dialog-warning-symbolic"
                                                      : "content-loading-symbolic");
}

/* Commands that move money and whose result nobody has looked at. In a filter, what an expression
 * is asked of is the item itself. */
static gboolean
tw_closure_outgoing_is_money (TwOutgoing *outgoing, int state)
{
  const TwKind *kind = tw_kind_find (tw_outgoing_get_kind (outgoing));

  return state != TW_OUTGOING_STATE_DONE && kind != NULL && kind->money;
}

static gboolean
tw_closure_outgoing_is_question (TwOutgoing *outgoing, int state)
{
  return state != TW_OUTGOING_STATE_DONE &&
         g_str_equal (tw_outgoing_get_kind (outgoing), TW_KIND_TICKET_ASK);
}

static gboolean
tw_closure_outgoing_is_tax (TwOutgoing *outgoing, int state)
{
  return state != TW_OUTGOING_STATE_DONE &&
         g_str_equal (tw_outgoing_get_kind (outgoing), TW_KIND_TAX_PAY);
}

static gboolean
tw_closure_bill_is_due (gpointer self, int state)
{
  return state == TW_BILL_STATE_DUE;
}

static gboolean
tw_closure_bill_is_open (gpointer self, int state)
{
  return state == TW_BILL_STATE_DUE || state == TW_BILL_STATE_PAYING;
}

/**
 * tw_story_bind_closures:
 * @klass: a class with a template, in its class_init
 *
 * Makes the pure functions of this file, and those of client/widgets, known to the template and to
 * the rows in it.
 */
void
tw_story_bind_closures (GtkWidgetClass *klass)
{
  tw_format_bind_closures (klass);
  gtk_widget_class_bind_template_callback (klass, tw_closure_bill_subtitle);
  gtk_widget_class_bind_template_callback (klass, tw_closure_bill_caption);
  gtk_widget_class_bind_template_callback (klass, tw_closure_bill_tone);
  gtk_widget_class_bind_template_callback (klass, tw_closure_bill_value);
  gtk_widget_class_bind_template_callback (klass, tw_closure_payment_title);
  gtk_widget_class_bind_template_callback (klass, tw_closure_payment_caption);
  gtk_widget_class_bind_template_callback (klass, tw_closure_payment_tone);
  gtk_widget_class_bind_template_callback (klass, tw_closure_payment_value);
  gtk_widget_class_bind_template_callback (klass, tw_closure_payment_icon);
  gtk_widget_class_bind_template_callback (klass, tw_closure_payment_is_under_way);
  gtk_widget_class_bind_template_callback (klass, tw_closure_payment_is_unknown);
  gtk_widget_class_bind_template_callback (klass, tw_closure_record_subtitle);
  gtk_widget_class_bind_template_callback (klass, tw_closure_record_caption);
  gtk_widget_class_bind_template_callback (klass, tw_closure_record_tone);
  gtk_widget_class_bind_template_callback (klass, tw_closure_record_value);
  gtk_widget_class_bind_template_callback (klass, tw_closure_ticket_subtitle);
  gtk_widget_class_bind_template_callback (klass, tw_closure_ticket_caption);
  gtk_widget_class_bind_template_callback (klass, tw_closure_ticket_tone);
  gtk_widget_class_bind_template_callback (klass, tw_closure_outgoing_title);
  gtk_widget_class_bind_template_callback (klass, tw_closure_outgoing_subtitle);
  gtk_widget_class_bind_template_callback (klass, tw_closure_outgoing_value);
  gtk_widget_class_bind_template_callback (klass, tw_closure_outgoing_caption);
  gtk_widget_class_bind_template_callback (klass, tw_closure_outgoing_tone);
  gtk_widget_class_bind_template_callback (klass, tw_closure_outgoing_icon);
  gtk_widget_class_bind_template_callback (klass, tw_closure_outgoing_is_money);
  gtk_widget_class_bind_template_callback (klass, tw_closure_outgoing_is_question);
  gtk_widget_class_bind_template_callback (klass, tw_closure_outgoing_is_tax);
  gtk_widget_class_bind_template_callback (klass, tw_closure_bill_is_due);
  gtk_widget_class_bind_template_callback (klass, tw_closure_bill_is_open);
}
