// SPDX-License-Identifier: GPL-3.0-or-later
#include "client/user/bills/tw-bills-page.h"

#include "client/user/tw-story.h"
#include "client/widgets/tw-fresh-list.h"
#include "client/widgets/tw-list-card.h"
#include "client/widgets/tw-row.h"

/**
 * TwBillsPage:
 *
 * What the tax office asks for, the most pressing first, and below what is settled.
 */
struct _TwBillsPage
{
  TwPage parent_instance;

  TwFreshList *bills;
};

G_DEFINE_FINAL_TYPE (TwBillsPage, tw_bills_page, TW_TYPE_PAGE)

static void
on_bill_activated (TwBillsPage *self, guint position, GtkListView *view)
{
  g_autoptr (TwObject) item =
    g_list_model_get_item (G_LIST_MODEL (gtk_list_view_get_model (view)), position);

  tw_page_go (self, "bill", tw_object_get_id (item));
}

static void
tw_bills_page_constructed (GObject *object)
{
  TwBillsPage *self = TW_BILLS_PAGE (object);

  G_OBJECT_CLASS (tw_bills_page_parent_class)->constructed (object);
  g_object_set (self->bills, "model",
                tw_client_get_list (tw_page_get_client (TW_PAGE (self)), "bill"), NULL);
}

static void
tw_bills_page_class_init (TwBillsPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->constructed = tw_bills_page_constructed;
  g_type_ensure (TW_TYPE_FRESH_LIST);
  g_type_ensure (TW_TYPE_LIST_CARD);
  g_type_ensure (TW_TYPE_ROW);
  g_type_ensure (TW_TYPE_BILL);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/taxwallet/TaxWallet/user/bills.ui");
  gtk_widget_class_bind_template_child (widget_class, TwBillsPage, bills);
  gtk_widget_class_bind_template_callback (widget_class, on_bill_activated);
  tw_story_bind_closures (widget_class);
}

static void
tw_bills_page_init (TwBillsPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}
