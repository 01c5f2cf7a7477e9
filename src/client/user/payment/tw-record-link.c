// SPDX-License-Identifier: GPL-3.0-or-later
#include "client/user/payment/tw-record-link.h"

#include "client/widgets/tw-page.h"
#include "model/tw-record.h"

/**
 * TwRecordLink:
 *
 * The way from a payment of tax to its line in the tax history. It is there as soon as that line
 * is.
 */
struct _TwRecordLink
{
  AdwBin parent_instance;

  TwClient *client;   /* (nullable) */
  TwPayment *payment; /* (nullable) */
  char *record_id;    /* (nullable) */
  GCancellable *cancellable;
};

G_DEFINE_FINAL_TYPE (TwRecordLink, tw_record_link, ADW_TYPE_BIN)

/* How many records may have the words of the other side's reference in them. */
#define MOST_ALIKE 20

static void
set_record (TwRecordLink *self, const char *id)
{
  g_free (self->record_id);
  self->record_id = g_strdup (id);
  gtk_widget_set_visible (GTK_WIDGET (self), id != NULL);
}

static void
on_records (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (TwRecordLink) self = data;
  g_autoptr (TwRecordPage) page = tw_client_query_records_finish (TW_CLIENT (source), result, NULL);

  if (page == NULL || self->payment == NULL)
    return;
  for (guint i = 0; i < page->records->len; i++)
    {
      TwRecord *record = page->records->pdata[i];

      if (g_str_equal (tw_record_get_payment_id (record),
                       tw_object_get_id (TW_OBJECT (self->payment))))
        set_record (self, tw_object_get_id (TW_OBJECT (record)));
    }
}

/* Both carry the reference of the other side; whose record it is, the record knows. */
static void
look (TwRecordLink *self)
{
  const char *reference =
    self->payment != NULL ? tw_payment_get_rail_reference (self->payment) : "";
  g_autoptr (TwRecordQuery) query = NULL;

  /* Its record stays the same. */
  if (self->record_id != NULL)
    return;
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  if (*reference == '\0' || tw_payment_get_kind (self->payment) != TW_PAYMENT_KIND_TAX ||
      tw_payment_get_state (self->payment) != TW_PAYMENT_STATE_POSTED)
    return;
  query = tw_record_query_new ();
  query->text = g_strdup (reference);
  self->cancellable = g_cancellable_new ();
  tw_client_query_records_async (self->client, query, NULL, MOST_ALIKE, self->cancellable,
                                 on_records, g_object_ref (self));
}

static void
let_go (TwRecordLink *self)
{
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  if (self->client != NULL)
    g_signal_handlers_disconnect_by_data (self->client, self);
  if (self->payment != NULL)
    g_signal_handlers_disconnect_by_data (self->payment, self);
  g_clear_object (&self->client);
  g_clear_object (&self->payment);
}

static void
on_clicked (TwRecordLink *self)
{
  if (self->record_id != NULL)
    tw_page_go (self, "story", self->record_id);
}

static void
tw_record_link_dispose (GObject *object)
{
  let_go (TW_RECORD_LINK (object));
  g_clear_pointer (&TW_RECORD_LINK (object)->record_id, g_free);
  G_OBJECT_CLASS (tw_record_link_parent_class)->dispose (object);
}

static void
tw_record_link_class_init (TwRecordLinkClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = tw_record_link_dispose;
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/taxwallet/TaxWallet/user/record-link.ui");
  gtk_widget_class_bind_template_callback (widget_class, on_clicked);
}

static void
tw_record_link_init (TwRecordLink *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * tw_record_link_show:
 * @self: a link
 * @client: (transfer none): the program
 * @payment: (transfer none): a payment; one that is not of tax has no record
 *
 * Leads to the record of @payment from now on.
 */
void
tw_record_link_show (TwRecordLink *self, TwClient *client, TwPayment *payment)
{
  g_object_ref (payment);
  let_go (self);
  set_record (self, NULL);
  self->client = g_object_ref (client);
  self->payment = payment;
  g_signal_connect_object (client, "records-changed", G_CALLBACK (look), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (payment, "notify::state", G_CALLBACK (look), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (payment, "notify::rail-reference", G_CALLBACK (look), self,
                           G_CONNECT_SWAPPED);
  look (self);
}
