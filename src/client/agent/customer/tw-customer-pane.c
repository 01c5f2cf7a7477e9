// SPDX-License-Identifier: GPL-3.0-or-later
#include "client/agent/customer/tw-customer-pane.h"

#include <glib/gi18n.h>

#include "base/tw-clock.h"
#include "base/tw-money.h"
#include "client/agent/queue/tw-queue-page.h"
#include "client/widgets/tw-bill-sum.h"
#include "client/widgets/tw-format.h"
#include "model/tw-bill.h"
#include "model/tw-customer.h"
#include "model/tw-payment.h"
#include "model/tw-wallet.h"
#include "protocol/tw-refusal.h"
#include "tax/tw-tax-type.h"

/**
 * TwCustomerPane:
 *
 * The customer beside the conversation: who they are (masked), what they have, what they paid
 * lately and why it failed, what is due, what else they asked.
 */
struct _TwCustomerPane
{
  AdwBin parent_instance;

  GtkStack *stack;
  AdwPreferencesGroup *who;
  AdwActionRow *identity;
  AdwActionRow *phone;
  AdwActionRow *email;
  AdwActionRow *id_number;
  AdwActionRow *balance;
  GtkListBox *payments;
  GtkListBox *bills;
  GtkListBox *tickets;
  GtkFilterListModel *all_payments;
  GtkFilterListModel *all_bills;
  GtkFilterListModel *all_tickets;
  GtkSliceListModel *last_payments;
  GtkSortListModel *sorted_bills;
  GtkSliceListModel *other_tickets;

  TwClient *client;
  TwTicket *ticket; /* (nullable) */
};

G_DEFINE_FINAL_TYPE (TwCustomerPane, tw_customer_pane, ADW_TYPE_BIN)

static guint opened_signal;

static const char *
customer_id (TwCustomerPane *self)
{
  return self->ticket != NULL ? tw_ticket_get_customer_id (self->ticket) : NULL;
}

static gboolean
is_their_payment (gpointer item, gpointer data)
{
  return g_strcmp0 (tw_payment_get_account_id (item), customer_id (data)) == 0;
}

static gboolean
is_their_bill (gpointer item, gpointer data)
{
  return g_strcmp0 (tw_bill_get_account_id (item), customer_id (data)) == 0 &&
         tw_bill_get_state (item) != TW_BILL_STATE_PAID;
}

static gboolean
is_other_ticket (gpointer item, gpointer data)
{
  TwCustomerPane *self = data;

  return item != self->ticket &&
         g_strcmp0 (tw_ticket_get_customer_id (item), customer_id (self)) == 0;
}

static const char *
payment_words (TwPayment *payment)
{
  switch (tw_payment_get_state (payment))
    {
    case TW_PAYMENT_STATE_RESERVED:
      return _ ("Set aside, not sent yet");
    case TW_PAYMENT_STATE_SENT:
      return _ ("Sent, no answer yet");
    case TW_PAYMENT_STATE_UNKNOWN:
      return _ ("No answer in time; the other side is being asked");
    case TW_PAYMENT_STATE_POSTED:
      return tw_payment_get_confirmed_at_ms (payment) > 0 ? _ ("Confirmed") : _ ("Done");
    case TW_PAYMENT_STATE_VOIDED:
    default:
      return tw_refusal_get_words (tw_payment_get_reason (payment), _ ("Did not happen"));
    }
}

static const char *
payment_title (TwPayment *payment)
{
  switch (tw_payment_get_kind (payment))
    {
    case TW_PAYMENT_KIND_TOP_UP:
      return _ ("Top-up");
    case TW_PAYMENT_KIND_TAX:
      return tw_tax_type_get_name (tw_payment_get_tax_type (payment));
    case TW_PAYMENT_KIND_RECEIVED:
      return _ ("Received from another wallet");
    case TW_PAYMENT_KIND_TRANSFER:
    default:
      return _ ("Transfer");
    }
}

static GtkWidget *
make_row (const char *title, const char *words, const char *amount)
{
  GtkWidget *row = adw_action_row_new ();

  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), words);
  if (amount != NULL)
    {
      GtkWidget *label = gtk_label_new (amount);

      gtk_widget_add_css_class (label, "numeric");
      adw_action_row_add_suffix (ADW_ACTION_ROW (row), label);
    }
  return row;
}

static GtkWidget *
make_payment (gpointer item, gpointer data)
{
  g_autofree char *amount = tw_money_format (tw_payment_get_amount_fen (item));
  g_autofree char *day = tw_format_time_ms (tw_payment_get_created_at_ms (item));
  g_autofree char *words = g_strdup_printf ("%s · %s", payment_words (item), day);

  return make_row (payment_title (item), words, amount);
}

static GtkWidget *
make_bill (gpointer item, gpointer data)
{
  g_autofree char *amount = tw_money_format (tw_bill_sum_total_fen (item, tw_clock_today ()));
  g_autofree char *day = tw_format_day (tw_bill_get_due_day (item));
  gboolean late = tw_bill_get_due_day (item) < tw_clock_today ();
  g_autofree char *words = g_strdup_printf (late ? _ ("Overdue since %s") : _ ("Due on %s"), day);

  return make_row (tw_tax_type_get_name (tw_bill_get_tax_type (item)), words, amount);
}

static void
on_ticket_activated (TwCustomerPane *self, AdwActionRow *row)
{
  g_signal_emit (self, opened_signal, 0, g_object_get_data (G_OBJECT (row), "ticket"));
}

static GtkWidget *
make_ticket (gpointer item, gpointer data)
{
  g_autofree char *state = tw_queue_format_state (NULL, (int) tw_ticket_get_state (item),
                                                  tw_ticket_get_assignee_name (item));
  GtkWidget *row = make_row (tw_ticket_get_subject (item), state, NULL);

  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (row), TRUE);
  g_object_set_data_full (G_OBJECT (row), "ticket", g_object_ref (item), g_object_unref);
  g_signal_connect_object (row, "activated", G_CALLBACK (on_ticket_activated), data,
                           G_CONNECT_SWAPPED);
  return row;
}

static void
set_value (AdwActionRow *row, const char *text)
{
  adw_action_row_set_subtitle (row, *text != '\0' ? text : _ ("not known"));
}

static void
show_customer (TwCustomerPane *self)
{
  TwObjectList *customers = tw_client_get_list (self->client, "customer");
  TwObjectList *wallets = tw_client_get_list (self->client, "wallet");
  TwObject *found =
    self->ticket != NULL ? tw_object_list_find (customers, customer_id (self)) : NULL;
  TwCustomer *customer = found != NULL ? TW_CUSTOMER (found) : NULL;
  g_autofree char *amount = NULL;
  g_autofree char *name = NULL;
  TwObject *wallet;

  gtk_stack_set_visible_child_name (self->stack, customer != NULL ? "customer" : "wait");
  if (customer == NULL)
    return;
  /* The title of a group is markup: what people are called is not. */
  name = g_markup_escape_text (tw_customer_get_name (customer), -1);
  adw_preferences_group_set_title (self->who, name);
  adw_preferences_group_set_description (self->who, tw_customer_get_reference (customer));
  set_value (self->phone, tw_customer_get_phone (customer));
  set_value (self->email, tw_customer_get_email (customer));
  set_value (self->id_number, tw_customer_get_id_number (customer));
  switch (tw_customer_get_identity (customer))
    {
    case TW_IDENTITY_STATE_APPROVED:
      set_value (self->identity, _ ("Approved"));
      break;
    case TW_IDENTITY_STATE_REFUSED:
      set_value (self->identity, _ ("Refused"));
      break;
    case TW_IDENTITY_STATE_PENDING:
    default:
      set_value (self->identity, _ ("Not checked yet"));
    }
  wallet = tw_object_list_find (wallets, customer_id (self));
  amount = wallet != NULL ? tw_money_format (tw_wallet_get_balance_fen (TW_WALLET (wallet))) : NULL;
  set_value (self->balance, amount != NULL ? amount : "");
}

static void
refilter (TwCustomerPane *self)
{
  gtk_filter_changed (gtk_filter_list_model_get_filter (self->all_payments),
                      GTK_FILTER_CHANGE_DIFFERENT);
  gtk_filter_changed (gtk_filter_list_model_get_filter (self->all_bills),
                      GTK_FILTER_CHANGE_DIFFERENT);
  gtk_filter_changed (gtk_filter_list_model_get_filter (self->all_tickets),
                      GTK_FILTER_CHANGE_DIFFERENT);
}

/* The rows hold texts: an item that says something new gets a new row. */
static void
rebuild (TwCustomerPane *self)
{
  gtk_list_box_bind_model (self->payments, NULL, NULL, NULL, NULL);
  gtk_list_box_bind_model (self->bills, NULL, NULL, NULL, NULL);
  gtk_list_box_bind_model (self->tickets, NULL, NULL, NULL, NULL);
  refilter (self);
  gtk_list_box_bind_model (self->payments, G_LIST_MODEL (self->last_payments), make_payment, self,
                           NULL);
  gtk_list_box_bind_model (self->bills, G_LIST_MODEL (self->sorted_bills), make_bill, self, NULL);
  gtk_list_box_bind_model (self->tickets, G_LIST_MODEL (self->other_tickets), make_ticket, self,
                           NULL);
}

static void
tw_customer_pane_dispose (GObject *object)
{
  TwCustomerPane *self = TW_CUSTOMER_PANE (object);

  g_clear_object (&self->ticket);
  g_clear_object (&self->client);
  G_OBJECT_CLASS (tw_customer_pane_parent_class)->dispose (object);
}

static void
tw_customer_pane_class_init (TwCustomerPaneClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = tw_customer_pane_dispose;
  g_type_ensure (TW_TYPE_PAYMENT);
  g_type_ensure (TW_TYPE_BILL);
  opened_signal = g_signal_new ("opened", TW_TYPE_CUSTOMER_PANE, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                NULL, G_TYPE_NONE, 1, TW_TYPE_TICKET);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/taxwallet/TaxWallet/agent/customer-pane.ui");
  gtk_widget_class_bind_template_child (widget_class, TwCustomerPane, stack);
  gtk_widget_class_bind_template_child (widget_class, TwCustomerPane, who);
  gtk_widget_class_bind_template_child (widget_class, TwCustomerPane, identity);
  gtk_widget_class_bind_template_child (widget_class, TwCustomerPane, phone);
  gtk_widget_class_bind_template_child (widget_class, TwCustomerPane, email);
  gtk_widget_class_bind_template_child (widget_class, TwCustomerPane, id_number);
  gtk_widget_class_bind_template_child (widget_class, TwCustomerPane, balance);
  gtk_widget_class_bind_template_child (widget_class, TwCustomerPane, payments);
  gtk_widget_class_bind_template_child (widget_class, TwCustomerPane, bills);
  gtk_widget_class_bind_template_child (widget_class, TwCustomerPane, tickets);
  gtk_widget_class_bind_template_child (widget_class, TwCustomerPane, all_payments);
  gtk_widget_class_bind_template_child (widget_class, TwCustomerPane, all_bills);
  gtk_widget_class_bind_template_child (widget_class, TwCustomerPane, all_tickets);
  gtk_widget_class_bind_template_child (widget_class, TwCustomerPane, last_payments);
  gtk_widget_class_bind_template_child (widget_class, TwCustomerPane, sorted_bills);
  gtk_widget_class_bind_template_child (widget_class, TwCustomerPane, other_tickets);
}

static void
set_empty (GtkListBox *list, const char *words)
{
  GtkWidget *label = gtk_label_new (words);

  gtk_widget_add_css_class (label, "dim-label");
  gtk_widget_set_margin_top (label, 12);
  gtk_widget_set_margin_bottom (label, 12);
  gtk_list_box_set_placeholder (list, label);
}

static void
tw_customer_pane_init (TwCustomerPane *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  set_empty (self->payments, _ ("No payments yet"));
  set_empty (self->bills, _ ("Nothing is due"));
  set_empty (self->tickets, _ ("No other conversations"));
}

static void
follow (TwCustomerPane *self,
        const char *type,
        GtkFilterListModel *filtered,
        GtkCustomFilterFunc func)
{
  TwObjectList *list = tw_client_get_list (self->client, type);

  gtk_filter_list_model_set_filter (filtered,
                                    GTK_FILTER (gtk_custom_filter_new (func, self, NULL)));
  gtk_filter_list_model_set_model (filtered, G_LIST_MODEL (list));
  g_signal_connect_object (list, "updated", G_CALLBACK (rebuild), self, G_CONNECT_SWAPPED);
}

/**
 * tw_customer_pane_set_client:
 * @self: a customer pane
 * @client: (transfer none): set once
 */
void
tw_customer_pane_set_client (TwCustomerPane *self, TwClient *client)
{
  static const char *const shown[] = { "customer", "wallet" };

  g_return_if_fail (self->client == NULL);

  self->client = g_object_ref (client);
  follow (self, "payment", self->all_payments, is_their_payment);
  follow (self, "bill", self->all_bills, is_their_bill);
  follow (self, "ticket", self->all_tickets, is_other_ticket);
  for (gsize i = 0; i < G_N_ELEMENTS (shown); i++)
    {
      TwObjectList *list = tw_client_get_list (client, shown[i]);

      g_signal_connect_object (list, "items-changed", G_CALLBACK (show_customer), self,
                               G_CONNECT_SWAPPED);
      g_signal_connect_object (list, "updated", G_CALLBACK (show_customer), self,
                               G_CONNECT_SWAPPED);
    }
  rebuild (self);
}

/**
 * tw_customer_pane_show:
 * @self: a customer pane
 * @ticket: (nullable): whose customer
 */
void
tw_customer_pane_show (TwCustomerPane *self, TwTicket *ticket)
{
  if (!g_set_object (&self->ticket, ticket))
    return;
  rebuild (self);
  show_customer (self);
}
