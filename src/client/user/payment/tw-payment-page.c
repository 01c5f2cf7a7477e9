// SPDX-License-Identifier: GPL-3.0-or-later
#include "client/user/payment/tw-payment-page.h"

#include <glib/gi18n-lib.h>

#include "base/tw-money.h"
#include "client/user/tw-documents.h"
#include "client/user/tw-payment-progress.h"
#include "client/user/tw-story.h"
#include "client/widgets/tw-details.h"

/**
 * TwPaymentPage:
 *
 * One payment: the receipt, or how it gets on. The argument is the payment's id.
 */
struct _TwPaymentPage
{
  TwPage parent_instance;

  GtkStack *stack;
  GtkLabel *amount;
  GtkLabel *state;
  TwDetails *details;
  TwPaymentProgress *progress;
  GtkWidget *ask;
  GtkWidget *save;

  TwPayment *payment; /* (nullable) */
};

G_DEFINE_FINAL_TYPE (TwPaymentPage, tw_payment_page, TW_TYPE_PAGE)

static void
update (TwPaymentPage *self)
{
  TwPayment *payment = self->payment;
  gint64 amount_fen = tw_payment_get_amount_fen (payment);
  gint64 fee_fen = tw_payment_get_late_fee_fen (payment);
  gboolean top_up = tw_payment_get_kind (payment) == TW_PAYMENT_KIND_TOP_UP;
  gboolean posted = tw_payment_get_state (payment) == TW_PAYMENT_STATE_POSTED;
  g_autofree char *title = tw_story_payment_title (payment);
  g_autofree char *amount = tw_money_format (amount_fen);

  gtk_label_set_label (self->amount, amount);
  gtk_label_set_label (self->state, tw_story_payment_words (payment));
  tw_details_begin (self->details);
  if (tw_payment_get_kind (payment) == TW_PAYMENT_KIND_RECEIVED)
    tw_details_add (self->details, C_ ("a payer", "From"), tw_payment_get_title (payment));
  else
    tw_details_add (self->details, _ ("For"), title);
  if (fee_fen > 0)
    {
      tw_details_add_amount (self->details, C_ ("amount", "Tax"), amount_fen - fee_fen);
      tw_details_add_amount (self->details, _ ("Late fee"), fee_fen);
    }
  tw_details_add (self->details, _ ("Reference"), tw_payment_get_reference (payment));
  tw_details_add (self->details,
                  top_up ? _ ("Reference of the bank") : _ ("Reference of the tax office"),
                  tw_payment_get_rail_reference (payment));
  tw_details_end (self->details);
  tw_page_set_title (TW_PAGE (self), title, posted ? _ ("Receipt") : _ ("Payment"));
  tw_page_set_documents (TW_PAGE (self), TRUE, FALSE);
  gtk_widget_set_visible (self->save, posted);
  /* Why it failed comes with its own buttons. */
  gtk_widget_set_visible (self->ask, tw_payment_get_state (payment) != TW_PAYMENT_STATE_VOIDED);
}

static void
on_again (TwPaymentPage *self)
{
  const char *bill_id;

  if (self->payment == NULL)
    return;
  bill_id = tw_payment_get_bill_id (self->payment);
  if (*bill_id != '\0')
    tw_page_go (self, "bill", bill_id);
  else
    {
      g_autofree char *fen =
        g_strdup_printf ("%" G_GINT64_FORMAT, tw_payment_get_amount_fen (self->payment));

      tw_page_go (self, "wallet", fen);
    }
}

static void
tw_payment_page_document (TwPage *page, TwDocument document)
{
  TwPaymentPage *self = TW_PAYMENT_PAGE (page);
  g_autoptr (TwPaperSheet) sheet = NULL;
  const char *reference;

  if (self->payment == NULL)
    return;
  sheet = tw_documents_payment (self->payment);
  reference = tw_payment_get_reference (self->payment);
  tw_documents_make (page, TW_PAPER (sheet), document,
                     *reference != '\0' ? reference : _ ("Receipt"));
}

static void
tw_payment_page_show (TwPage *page, const char *arg)
{
  TwPaymentPage *self = TW_PAYMENT_PAGE (page);
  TwClient *client = tw_page_get_client (page);
  TwObject *payment = tw_object_list_find (tw_client_get_list (client, "payment"), arg);
  g_autofree char *title = NULL;
  g_autofree char *amount = NULL;
  g_autofree char *about = NULL;

  if (self->payment != NULL)
    g_signal_handlers_disconnect_by_data (self->payment, self);
  g_clear_object (&self->payment);
  gtk_stack_set_visible_child_name (self->stack, payment != NULL ? "payment" : "gone");
  tw_page_set_title (page, _ ("Payment"), NULL);
  tw_page_set_about (page, NULL, NULL, NULL);
  tw_page_set_documents (page, FALSE, FALSE);
  if (payment == NULL)
    return;
  self->payment = TW_PAYMENT (g_object_ref (payment));
  g_signal_connect_object (payment, "notify", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  title = tw_story_payment_title (self->payment);
  amount = tw_money_format (tw_payment_get_amount_fen (self->payment));
  /* Translators: what a payment is for, and its amount */
  about = g_strdup_printf (_ ("%s, %s"), title, amount);
  tw_page_set_about (page, "payment", arg, about);
  tw_payment_progress_show (self->progress, client, self->payment);
  update (self);
}

static void
tw_payment_page_dispose (GObject *object)
{
  g_clear_object (&TW_PAYMENT_PAGE (object)->payment);
  G_OBJECT_CLASS (tw_payment_page_parent_class)->dispose (object);
}

static void
tw_payment_page_class_init (TwPaymentPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = tw_payment_page_dispose;
  TW_PAGE_CLASS (klass)->show = tw_payment_page_show;
  TW_PAGE_CLASS (klass)->document = tw_payment_page_document;

  g_type_ensure (TW_TYPE_DETAILS);
  g_type_ensure (TW_TYPE_PAYMENT_PROGRESS);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/taxwallet/TaxWallet/user/payment.ui");
  gtk_widget_class_bind_template_child (widget_class, TwPaymentPage, stack);
  gtk_widget_class_bind_template_child (widget_class, TwPaymentPage, amount);
  gtk_widget_class_bind_template_child (widget_class, TwPaymentPage, state);
  gtk_widget_class_bind_template_child (widget_class, TwPaymentPage, details);
  gtk_widget_class_bind_template_child (widget_class, TwPaymentPage, progress);
  gtk_widget_class_bind_template_child (widget_class, TwPaymentPage, save);
  gtk_widget_class_bind_template_child (widget_class, TwPaymentPage, ask);
  gtk_widget_class_bind_template_callback (widget_class, on_again);
}

static void
tw_payment_page_init (TwPaymentPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}
