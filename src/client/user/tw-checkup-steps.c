// SPDX-License-Identifier: GPL-3.0-or-later
/* The steps that are walked, and the same as a question to a person. */
#include <glib/gi18n-lib.h>

#include "base/tw-clock.h"
#include "base/tw-money.h"
#include "client/user/tw-checkup-private.h"
#include "client/user/tw-story.h"
#include "client/widgets/tw-bill-sum.h"
#include "client/widgets/tw-format.h"
#include "client/widgets/tw-timeline.h"

static void
add (GPtrArray *steps, gboolean fine, const char *title, char *detail)
{
  g_ptr_array_add (steps, tw_step_new (fine ? TW_STEP_DONE : TW_STEP_WRONG, title, detail));
}

static void
check_network (TwCheckup *self, GPtrArray *steps)
{
  const char *title = _ ("Network and service");
  TwStatus *status = tw_client_get_status (self->client);

  if (tw_status_get_connection (status) == TW_CONNECTION_STARTING)
    {
      g_ptr_array_add (steps, tw_step_new (TW_STEP_NOW, title, NULL));
      return;
    }
  if (tw_status_get_connection (status) == TW_CONNECTION_ONLINE)
    {
      gboolean far = g_strcmp0 (self->code, "rail_down") == 0;

      add (steps, !far, title,
           g_strdup (far ? _ ("You are connected. The service itself can’t reach the other side "
                              "just now.")
                         : _ ("You are connected.")));
      return;
    }
  switch (tw_status_get_network (status))
    {
    case TW_NETWORK_NONE:
      add (steps, FALSE, title,
           g_strdup (_ ("This computer has no network. Turn on its Wi-Fi or plug in its cable.")));
      break;
    case TW_NETWORK_PORTAL:
      add (steps, FALSE, title,
           g_strdup (_ ("The network wants you to sign in at it first: open any web page.")));
      break;
    case TW_NETWORK_THERE:
    default:
      add (steps, FALSE, title,
           g_strdup (_ ("The network is there, but the service does not answer. It is tried again "
                        "by itself.")));
    }
}

static void
check_balance (TwCheckup *self, GPtrArray *steps)
{
  const char *title = _ ("Balance and limits");
  gint64 missing_fen = tw_checkup_get_missing_fen (self);
  g_autofree char *have = tw_money_format (tw_checkup_get_free_fen (self));
  g_autofree char *lack = tw_money_format (missing_fen);

  if (!tw_checkup_is_from_wallet (self) && self->failure->check == TW_CHECK_BALANCE)
    add (steps, FALSE, title, g_strdup (tw_checkup_get_words (self)));
  else if (!tw_checkup_is_from_wallet (self))
    add (steps, TRUE, title, g_strdup (_ ("Not needed: the money comes from your bank.")));
  else if (missing_fen > 0)
    add (steps, FALSE, title,
         g_strdup_printf (_ ("Your wallet has %s; %s is missing."), have, lack));
  else if (self->failure->check == TW_CHECK_BALANCE && g_strcmp0 (self->code, "no_balance") != 0)
    add (steps, FALSE, title, g_strdup (tw_checkup_get_words (self)));
  else
    add (steps, TRUE, title, g_strdup_printf (_ ("Your wallet has %s. That is enough."), have));
}

static void
check_bill (TwCheckup *self, TwBill *bill, GPtrArray *steps, const char *title)
{
  gint64 today_fen = tw_bill_sum_total_fen (bill, tw_clock_today ());
  g_autofree char *now = tw_money_format (today_fen);
  g_autofree char *then = tw_money_format (tw_checkup_get_amount_fen (self));

  switch (tw_bill_get_state (bill))
    {
    case TW_BILL_STATE_PAID:
      add (steps, FALSE, title, g_strdup (_ ("This bill has been paid.")));
      break;
    case TW_BILL_STATE_PAYING:
      add (steps, FALSE, title, g_strdup (_ ("Another payment of this bill is under way.")));
      break;
    case TW_BILL_STATE_WITHDRAWN:
      add (steps, FALSE, title, g_strdup (_ ("The tax office has taken this bill back.")));
      break;
    case TW_BILL_STATE_DUE:
    default:
      if (today_fen != tw_checkup_get_amount_fen (self))
        add (steps, FALSE, title,
             g_strdup_printf (_ ("The bill comes to %s today, not to %s."), now, then));
      else if (self->failure->check == TW_CHECK_PAYEE)
        add (steps, FALSE, title, g_strdup (tw_checkup_get_words (self)));
      else
        add (steps, TRUE, title,
             g_strdup_printf (_ ("%s, to %s: the bill is open and comes to this."), now,
                              tw_bill_get_authority (bill)));
    }
}

/* As the other side says just now. */
static void
check_looked_up (
  TwCheckup *self, TwPayee *payee, GPtrArray *steps, const char *title, const char *amount)
{
  const char *alias = tw_payee_get_alias (payee), *name = tw_payee_get_name (payee);

  if (!self->looked_up)
    g_ptr_array_add (steps, tw_step_new (TW_STEP_NOW, title, NULL));
  else if (tw_payee_is_missing (payee))
    add (steps, FALSE, title,
         g_strdup (_ ("Looked up: there is nobody under this number any more.")));
  else
    add (steps, self->failure->check != TW_CHECK_PAYEE || g_strcmp0 (self->code, "payee_gone") == 0,
         title,
         g_strdup_printf (_ ("%s, to %s: looked up just now, and it is there."), amount,
                          *alias != '\0' ? alias : name));
}

static void
check_payee (TwCheckup *self, GPtrArray *steps)
{
  const char *title = _ ("Payee and amount");
  TwBill *bill = tw_checkup_find_bill (self);
  TwPayee *payee = tw_checkup_find_payee (self);
  gboolean asking = self->lookup != NULL && tw_lookup_get_busy (self->lookup);
  g_autofree char *amount = tw_money_format (tw_checkup_get_amount_fen (self));

  if (bill != NULL)
    check_bill (self, bill, steps, title);
  else if (*tw_checkup_get_bill_id (self) != '\0')
    add (steps, FALSE, title, g_strdup (_ ("The bill is not there any more.")));
  else if (payee != NULL && (self->looked_up || asking))
    check_looked_up (self, payee, steps, title, amount);
  else if (self->failure->check == TW_CHECK_PAYEE)
    add (steps, FALSE, title, g_strdup (tw_checkup_get_words (self)));
  else if (!tw_checkup_is_from_wallet (self))
    add (steps, TRUE, title, g_strdup_printf (_ ("%s, from your own bank account."), amount));
  else
    add (steps, TRUE, title, g_steal_pointer (&amount));
}

static void
check_retry (TwCheckup *self, GPtrArray *steps)
{
  const char *title = _ ("Trying again");

  if (self->failure->moved == TW_MOVED_UNKNOWN)
    add (steps, FALSE, title,
         g_strdup (_ ("Not now: the first attempt must have its result before.")));
  else if (self->failure->moved == TW_MOVED_EARLIER)
    add (steps, TRUE, title, g_strdup (_ ("Not needed.")));
  else if (self->failure->check == TW_CHECK_RETRY && g_strcmp0 (self->code, "cancelled") != 0)
    add (steps, FALSE, title, g_strdup (tw_checkup_get_todo (self)));
  else
    add (steps, TRUE, title, g_strdup (_ ("Safe: nothing can be paid twice.")));
}

/**
 * tw_checkup_get_steps:
 * @self: a checkup
 *
 * Returns: (transfer full) (element-type TwStep): what was looked at and found, in order
 */
GPtrArray *
tw_checkup_get_steps (TwCheckup *self)
{
  GPtrArray *steps = g_ptr_array_new_with_free_func ((GDestroyNotify) tw_step_free);

  check_network (self, steps);
  check_balance (self, steps);
  check_payee (self, steps);
  check_retry (self, steps);
  g_ptr_array_add (steps, tw_step_new (TW_STEP_AHEAD, _ ("A person who helps"),
                                       g_strdup (_ ("Gets all of this from you, if you ask."))));
  return steps;
}

static void
add_fact (GString *text, const char *name, const char *value)
{
  if (value != NULL && *value != '\0')
    {
      /* Translators: what it is called, and what it is */
      g_string_append_printf (text, _ ("%s: %s"), name, value);
      g_string_append_c (text, '\n');
    }
}

/**
 * tw_checkup_make_question:
 * @self: a checkup
 *
 * Returns: (transfer full): what a person who helps has to know, as the argument of the page that
 *   asks: what it is about, and all the facts as the beginning of the question
 */
char *
tw_checkup_make_question (TwCheckup *self)
{
  g_autoptr (GPtrArray) steps = tw_checkup_get_steps (self);
  g_autoptr (GString) text = g_string_new (NULL);
  g_autofree char *amount = tw_money_format (tw_checkup_get_amount_fen (self));
  g_autofree char *title = self->payment != NULL ? tw_story_payment_title (self->payment)
                                                 : tw_story_outgoing_title (self->outgoing);
  g_autofree char *when =
    tw_format_time_ms (self->payment != NULL ? tw_payment_get_created_at_ms (self->payment)
                                             : tw_outgoing_get_at_ms (self->outgoing));
  const char *type = self->payment != NULL                    ? "payment"
                     : *tw_checkup_get_bill_id (self) != '\0' ? "bill"
                                                              : "";
  const char *id = self->payment != NULL ? tw_object_get_id (TW_OBJECT (self->payment))
                   : *tw_checkup_get_bill_id (self) != '\0' ? tw_checkup_get_bill_id (self)
                                                            : tw_outgoing_get_id (self->outgoing);
  g_autofree char *about = NULL;

  g_string_append_printf (text, "%s\n\n", _ ("A payment of mine did not go through."));
  add_fact (text, _ ("What"), title);
  add_fact (text, _ ("Amount"), amount);
  add_fact (text, _ ("When"), when);
  add_fact (text, _ ("Why"), tw_checkup_get_words (self));
  if (self->payment != NULL)
    add_fact (text, _ ("Reference"), tw_payment_get_reference (self->payment));
  else
    add_fact (text, _ ("Request"), tw_outgoing_get_id (self->outgoing));
  for (guint i = 0; i + 1 < steps->len; i++)
    {
      const TwStep *step = steps->pdata[i];

      add_fact (text, step->title, step->detail);
    }
  /* Translators: what a payment is for, and its amount */
  about = g_strdup_printf (_ ("%s, %s"), title, amount);
  return g_strjoin ("\n", type, id, about, text->str, NULL);
}
