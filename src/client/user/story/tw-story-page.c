// SPDX-License-Identifier: GPL-3.0-or-later
#include "client/user/story/tw-story-page.h"

#include <glib/gi18n-lib.h>

#include "base/tw-error.h"
#include "base/tw-money.h"
#include "client/user/tw-documents.h"
#include "client/user/tw-story.h"
#include "client/widgets/tw-details.h"
#include "client/widgets/tw-format.h"
#include "client/widgets/tw-timeline.h"
#include "tax/tw-tax-type.h"

/**
 * TwStoryPage:
 *
 * One line of the tax history with its whole story. The argument is the record's id.
 */
struct _TwStoryPage
{
  TwPage parent_instance;

  GtkStack *stack;
  GtkLabel *amount;
  GtkLabel *state;
  TwTimeline *timeline;
  TwDetails *details;
  GtkWidget *payment;

  TwRecord *record; /* (nullable) */
  char *id;
  GCancellable *cancellable;
};

G_DEFINE_FINAL_TYPE (TwStoryPage, tw_story_page, TW_TYPE_PAGE)

static const char *
kind_words (TwRecord *record)
{
  switch (tw_record_get_kind (record))
    {
    case TW_RECORD_KIND_WITHHELD:
      return _ ("Withheld by the payer");
    case TW_RECORD_KIND_REFUND:
      return _ ("Refund");
    case TW_RECORD_KIND_PAYMENT:
    default:
      return _ ("Payment");
    }
}

static void
show_details (TwStoryPage *self)
{
  TwRecord *record = self->record;
  gint64 fee_fen = tw_record_get_late_fee_fen (record);
  g_autofree char *period = tw_format_period (tw_record_get_period (record));

  tw_details_begin (self->details);
  tw_details_add (self->details, _ ("What for"), tw_record_get_title (record));
  tw_details_add (self->details, _ ("Tax"), tw_tax_type_get_name (tw_record_get_tax_type (record)));
  tw_details_add (self->details, _ ("Period"), period);
  if (fee_fen > 0)
    {
      tw_details_add_amount (self->details, _ ("Tax paid"), tw_record_get_amount_fen (record));
      tw_details_add_amount (self->details, _ ("Late fee"), fee_fen);
    }
  tw_details_add (self->details, _ ("Payer"), tw_record_get_payer (record));
  tw_details_add (self->details, _ ("Tax office"), tw_record_get_authority (record));
  tw_details_add (self->details, _ ("Reference"), tw_record_get_reference (record));
  tw_details_end (self->details);
}

static void
show_record (TwStoryPage *self)
{
  TwRecord *record = self->record;
  TwObjectList *payments = tw_client_get_list (tw_page_get_client (TW_PAGE (self)), "payment");
  g_autoptr (GPtrArray) steps = tw_story_of_record (record);
  g_autofree char *title =
    tw_format_tax (tw_record_get_tax_type (record), tw_record_get_period (record));
  g_autofree char *amount =
    tw_money_format (tw_record_get_amount_fen (record) + tw_record_get_late_fee_fen (record));
  /* Translators: what a payment is for, and its amount */
  g_autofree char *about = g_strdup_printf (_ ("%s, %s"), title, amount);

  gtk_label_set_label (self->amount, amount);
  gtk_label_set_label (self->state, kind_words (record));
  tw_timeline_set_steps (self->timeline, steps);
  show_details (self);
  gtk_widget_set_visible (
    self->payment, tw_object_list_find (payments, tw_record_get_payment_id (record)) != NULL);
  gtk_stack_set_visible_child_name (self->stack, "record");
  tw_page_set_title (TW_PAGE (self), title, _ ("Tax record"));
  tw_page_set_about (TW_PAGE (self), "record", tw_object_get_id (TW_OBJECT (record)), about);
  tw_page_set_documents (TW_PAGE (self), TRUE, FALSE);
}

static void
on_found (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (TwStoryPage) self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (TwObject) record = tw_client_get_object_finish (TW_CLIENT (source), result, &error);
  gboolean gone = g_error_matches (error, TW_ERROR, TW_ERROR_NOT_FOUND);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED) || self->cancellable == NULL)
    return;
  if (record != NULL)
    {
      g_set_object (&self->record, TW_RECORD (record));
      show_record (self);
      return;
    }
  g_clear_object (&self->record);
  tw_page_set_documents (TW_PAGE (self), FALSE, FALSE);
  gtk_stack_set_visible_child_name (self->stack, gone ? "gone" : "error");
}

static void
ask (TwStoryPage *self)
{
  if (self->id == NULL)
    return;
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  self->cancellable = g_cancellable_new ();
  tw_client_get_object_async (tw_page_get_client (TW_PAGE (self)), "record", self->id,
                              self->cancellable, on_found, g_object_ref (self));
}

static void
on_payment (TwStoryPage *self)
{
  if (self->record != NULL)
    tw_page_go (self, "payment", tw_record_get_payment_id (self->record));
}

static void
tw_story_page_document (TwPage *page, TwDocument document)
{
  TwStoryPage *self = TW_STORY_PAGE (page);
  g_autoptr (TwPaperSheet) sheet = NULL;
  const char *reference;

  if (self->record == NULL)
    return;
  sheet = tw_documents_record (self->record);
  reference = tw_record_get_reference (self->record);
  tw_documents_make (page, TW_PAPER (sheet), document,
                     *reference != '\0' ? reference : _ ("Tax record"));
}

static void
tw_story_page_show (TwPage *page, const char *arg)
{
  TwStoryPage *self = TW_STORY_PAGE (page);

  if (g_strcmp0 (arg, self->id) != 0)
    {
      g_clear_object (&self->record);
      tw_page_set_title (page, _ ("Tax record"), NULL);
      tw_page_set_about (page, NULL, NULL, NULL);
      tw_page_set_documents (page, FALSE, FALSE);
      gtk_stack_set_visible_child_name (self->stack, "wait");
    }
  g_free (self->id);
  self->id = g_strdup (arg);
  ask (self);
}

static void
tw_story_page_constructed (GObject *object)
{
  TwStoryPage *self = TW_STORY_PAGE (object);

  G_OBJECT_CLASS (tw_story_page_parent_class)->constructed (object);
  g_signal_connect_object (tw_page_get_client (TW_PAGE (self)), "records-changed", G_CALLBACK (ask),
                           self, G_CONNECT_SWAPPED);
}

static void
tw_story_page_dispose (GObject *object)
{
  TwStoryPage *self = TW_STORY_PAGE (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->record);
  g_clear_pointer (&self->id, g_free);
  G_OBJECT_CLASS (tw_story_page_parent_class)->dispose (object);
}

static void
tw_story_page_class_init (TwStoryPageClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->constructed = tw_story_page_constructed;
  object_class->dispose = tw_story_page_dispose;
  TW_PAGE_CLASS (klass)->show = tw_story_page_show;
  TW_PAGE_CLASS (klass)->document = tw_story_page_document;

  g_type_ensure (TW_TYPE_DETAILS);
  g_type_ensure (TW_TYPE_TIMELINE);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/taxwallet/TaxWallet/user/story.ui");
  gtk_widget_class_bind_template_child (widget_class, TwStoryPage, stack);
  gtk_widget_class_bind_template_child (widget_class, TwStoryPage, amount);
  gtk_widget_class_bind_template_child (widget_class, TwStoryPage, state);
  gtk_widget_class_bind_template_child (widget_class, TwStoryPage, timeline);
  gtk_widget_class_bind_template_child (widget_class, TwStoryPage, details);
  gtk_widget_class_bind_template_child (widget_class, TwStoryPage, payment);
  gtk_widget_class_bind_template_callback (widget_class, on_payment);
  gtk_widget_class_bind_template_callback (widget_class, ask);
}

static void
tw_story_page_init (TwStoryPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}
