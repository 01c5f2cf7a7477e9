// SPDX-License-Identifier: GPL-3.0-or-later
#include "client/widgets/tw-conversation.h"

#include "client/widgets/tw-message-row.h"
#include "model/tw-message.h"
#include "model/tw-ticket.h"

/**
 * TwConversation:
 *
 * All that was said in one ticket, oldest first, then what was written here and is still on its
 * way.
 *
 *     messages ─ filter (of this ticket) ─ sort (by time) ─┐
 *                                                          ├─ flatten ─ list
 *     outgoing ─ filter (of this ticket, not come back) ───┘
 */
struct _TwConversation
{
  AdwBin parent_instance;

  GtkScrolledWindow *scroller;
  GtkFlattenListModel *all;
  GtkSortListModel *said;
  GtkFilterListModel *said_filtered;
  GtkCustomFilter *said_filter;
  GtkFilterListModel *unsent;
  GtkCustomFilter *unsent_filter;

  TwObjectList *messages; /* (nullable) */
  char *ticket_id;
  gboolean desk;
  gboolean at_end;
};

G_DEFINE_FINAL_TYPE (TwConversation, tw_conversation, ADW_TYPE_BIN)

static gboolean
is_said_here (gpointer item, gpointer data)
{
  TwConversation *self = data;

  return g_strcmp0 (tw_message_get_ticket_id (item), self->ticket_id) == 0;
}

/* A message has the id of the command that made it: once it is back on the feed, the command need
 * not be shown any more. */
static gboolean
is_unsent_here (gpointer item, gpointer data)
{
  TwConversation *self = data;
  GVariant *body = tw_outgoing_get_body (item);
  const char *ticket_id = NULL;
  const char *text = NULL;

  if (body == NULL || !g_variant_lookup (body, "text", "&s", &text) ||
      !g_variant_lookup (body, "ticket_id", "&s", &ticket_id) ||
      g_variant_lookup (body, "rating", "x", NULL))
    return FALSE;
  return g_strcmp0 (ticket_id, self->ticket_id) == 0 && self->messages != NULL &&
         tw_object_list_find (self->messages, tw_outgoing_get_id (item)) == NULL;
}

static void
on_messages_changed (TwConversation *self)
{
  gtk_filter_changed (GTK_FILTER (self->unsent_filter), GTK_FILTER_CHANGE_DIFFERENT);
}

static gboolean
is_own (TwConversation *self, TwMessage *message)
{
  TwAuthor author = tw_message_get_author (message);

  return self->desk ? author != TW_AUTHOR_CUSTOMER : author == TW_AUTHOR_CUSTOMER;
}

static void
on_setup (GtkSignalListItemFactory *factory, GtkListItem *item)
{
  gtk_list_item_set_activatable (item, FALSE);
  gtk_list_item_set_child (item, tw_message_row_new ());
}

static void
on_bind (GtkSignalListItemFactory *factory, GtkListItem *item)
{
  TwMessageRow *row = TW_MESSAGE_ROW (gtk_list_item_get_child (item));
  gpointer shown = gtk_list_item_get_item (item);
  GtkWidget *self = gtk_widget_get_ancestor (GTK_WIDGET (row), TW_TYPE_CONVERSATION);

  if (TW_IS_OUTGOING (shown))
    tw_message_row_show_unsent (row, shown);
  else
    tw_message_row_show_message (row, shown,
                                 self != NULL && is_own (TW_CONVERSATION (self), shown));
}

static void
on_unbind (GtkSignalListItemFactory *factory, GtkListItem *item)
{
  tw_message_row_clear (TW_MESSAGE_ROW (gtk_list_item_get_child (item)));
}

/* Who reads the last line wants to see the next one; who has scrolled back does not want to lose
 * the place. */
static void
on_value_changed (TwConversation *self, GtkAdjustment *adjustment)
{
  self->at_end =
    gtk_adjustment_get_value (adjustment) + gtk_adjustment_get_page_size (adjustment) >=
    gtk_adjustment_get_upper (adjustment) - 48;
}

static void
on_upper_changed (TwConversation *self, GParamSpec *pspec, GtkAdjustment *adjustment)
{
  if (self->at_end)
    gtk_adjustment_set_value (adjustment, gtk_adjustment_get_upper (adjustment) -
                                            gtk_adjustment_get_page_size (adjustment));
}

static void
tw_conversation_dispose (GObject *object)
{
  TwConversation *self = TW_CONVERSATION (object);

  if (self->messages != NULL)
    g_signal_handlers_disconnect_by_data (self->messages, self);
  g_clear_object (&self->messages);
  g_clear_pointer (&self->ticket_id, g_free);
  G_OBJECT_CLASS (tw_conversation_parent_class)->dispose (object);
}

static void
tw_conversation_class_init (TwConversationClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = tw_conversation_dispose;
  g_type_ensure (TW_TYPE_MESSAGE);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/taxwallet/TaxWallet/widgets/conversation.ui");
  gtk_widget_class_bind_template_child (widget_class, TwConversation, scroller);
  gtk_widget_class_bind_template_child (widget_class, TwConversation, all);
  gtk_widget_class_bind_template_child (widget_class, TwConversation, said);
  gtk_widget_class_bind_template_child (widget_class, TwConversation, said_filtered);
  gtk_widget_class_bind_template_child (widget_class, TwConversation, said_filter);
  gtk_widget_class_bind_template_child (widget_class, TwConversation, unsent);
  gtk_widget_class_bind_template_child (widget_class, TwConversation, unsent_filter);
  gtk_widget_class_bind_template_callback (widget_class, on_setup);
  gtk_widget_class_bind_template_callback (widget_class, on_bind);
  gtk_widget_class_bind_template_callback (widget_class, on_unbind);
}

static void
tw_conversation_init (TwConversation *self)
{
  g_autoptr (GListStore) parts = NULL;
  GtkAdjustment *vertical;

  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_custom_filter_set_filter_func (self->said_filter, is_said_here, self, NULL);
  gtk_custom_filter_set_filter_func (self->unsent_filter, is_unsent_here, self, NULL);
  parts = g_list_store_new (G_TYPE_LIST_MODEL);
  g_list_store_append (parts, self->said);
  g_list_store_append (parts, self->unsent);
  gtk_flatten_list_model_set_model (self->all, G_LIST_MODEL (parts));

  self->at_end = TRUE;
  vertical = gtk_scrolled_window_get_vadjustment (self->scroller);
  g_signal_connect_object (vertical, "value-changed", G_CALLBACK (on_value_changed), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (vertical, "notify::upper", G_CALLBACK (on_upper_changed), self,
                           G_CONNECT_SWAPPED);
}

/**
 * tw_conversation_show:
 * @self: a conversation
 * @client: where its messages come from
 * @ticket_id: (nullable): which one
 * @desk: whether the agents' side is the own one
 *
 * Shows another conversation, at its end.
 */
void
tw_conversation_show (TwConversation *self, TwClient *client, const char *ticket_id, gboolean desk)
{
  self->desk = desk;
  g_free (self->ticket_id);
  self->ticket_id = g_strdup (ticket_id);
  self->at_end = TRUE;
  if (self->messages == NULL)
    {
      self->messages = g_object_ref (tw_client_get_list (client, "message"));
      g_signal_connect_swapped (self->messages, "items-changed", G_CALLBACK (on_messages_changed),
                                self);
      gtk_filter_list_model_set_model (self->said_filtered, G_LIST_MODEL (self->messages));
      gtk_filter_list_model_set_model (self->unsent, tw_client_get_outgoing (client));
    }
  gtk_filter_changed (GTK_FILTER (self->said_filter), GTK_FILTER_CHANGE_DIFFERENT);
  gtk_filter_changed (GTK_FILTER (self->unsent_filter), GTK_FILTER_CHANGE_DIFFERENT);
}
