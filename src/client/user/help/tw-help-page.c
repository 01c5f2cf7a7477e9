// SPDX-License-Identifier: GPL-3.0-or-later
#include "client/user/help/tw-help-page.h"

#include "client/user/tw-story.h"
#include "client/widgets/tw-fresh-list.h"
#include "client/widgets/tw-list-card.h"
#include "client/widgets/tw-row.h"

/**
 * TwHelpPage:
 *
 * The conversations with the desk, the latest first, and above them questions not sent yet.
 */
struct _TwHelpPage
{
  TwPage parent_instance;

  TwFreshList *tickets;
  TwFreshList *commands;
  GListModel *unsent;
  GtkStack *stack;
};

G_DEFINE_FINAL_TYPE (TwHelpPage, tw_help_page, TW_TYPE_PAGE)

static void
on_conversation_activated (TwHelpPage *self, guint position, GtkListView *view)
{
  g_autoptr (TwObject) item =
    g_list_model_get_item (G_LIST_MODEL (gtk_list_view_get_model (view)), position);

  tw_page_go (self, "conversation", tw_object_get_id (item));
}

static void
on_unsent_activated (TwHelpPage *self, guint position, GtkListView *view)
{
  g_autoptr (TwOutgoing) item =
    g_list_model_get_item (G_LIST_MODEL (gtk_list_view_get_model (view)), position);

  tw_page_go (self, "conversation", tw_outgoing_get_id (item));
}

static void
on_items_changed (TwHelpPage *self)
{
  gboolean any = g_list_model_get_n_items (G_LIST_MODEL (self->tickets)) > 0 ||
                 g_list_model_get_n_items (self->unsent) > 0;

  gtk_stack_set_visible_child_name (self->stack, any ? "items" : "empty");
}

static void
tw_help_page_constructed (GObject *object)
{
  TwHelpPage *self = TW_HELP_PAGE (object);
  TwClient *client;

  G_OBJECT_CLASS (tw_help_page_parent_class)->constructed (object);
  client = tw_page_get_client (TW_PAGE (self));
  g_object_set (self->tickets, "model", tw_client_get_list (client, "ticket"), NULL);
  g_object_set (self->commands, "model", tw_client_get_outgoing (client), NULL);
  on_items_changed (self);
}

static void
tw_help_page_class_init (TwHelpPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->constructed = tw_help_page_constructed;
  g_type_ensure (TW_TYPE_FRESH_LIST);
  g_type_ensure (TW_TYPE_LIST_CARD);
  g_type_ensure (TW_TYPE_ROW);
  g_type_ensure (TW_TYPE_TICKET);
  g_type_ensure (TW_TYPE_OUTGOING);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/taxwallet/TaxWallet/user/help.ui");
  gtk_widget_class_bind_template_child (widget_class, TwHelpPage, tickets);
  gtk_widget_class_bind_template_child (widget_class, TwHelpPage, commands);
  gtk_widget_class_bind_template_child (widget_class, TwHelpPage, unsent);
  gtk_widget_class_bind_template_child (widget_class, TwHelpPage, stack);
  gtk_widget_class_bind_template_callback (widget_class, on_conversation_activated);
  gtk_widget_class_bind_template_callback (widget_class, on_unsent_activated);
  gtk_widget_class_bind_template_callback (widget_class, on_items_changed);
  tw_story_bind_closures (widget_class);
}

static void
tw_help_page_init (TwHelpPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}
