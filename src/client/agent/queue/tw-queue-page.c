// SPDX-License-Identifier: GPL-3.0-or-later
#include "client/agent/queue/tw-queue-page.h"

#include <glib/gi18n.h>
#include <string.h>

#include "base/tw-text.h"
#include "client/widgets/tw-spoken.h"

/* How often the ages in the list are looked at again. */
#define AGE_S 30

/**
 * TwQueuePage:
 *
 * The queues with their counts, and the conversations of the chosen one, the latest first.
 *
 *     tickets ─ filter (queue, search) ─ sort (last said) ─ selection ─ list
 */
struct _TwQueuePage
{
  AdwBin parent_instance;

  GtkListBox *queues;
  GtkEditable *search;
  GtkStack *stack;
  GtkListView *list;
  GtkSingleSelection *selection;
  GtkFilterListModel *filtered;
  GtkCustomFilter *filter;
  GtkSorter *sorter;
  AdwStatusPage *empty;

  TwClient *client;
  TwObjectList *tickets;
  char *needle; /* folded */
  guint queue;
  GtkLabel *counts[TW_QUEUE_COUNT];
  guint age_timeout;
};

G_DEFINE_FINAL_TYPE (TwQueuePage, tw_queue_page, ADW_TYPE_BIN)

static guint opened_signal;

static const struct
{
  const char *title;
  const char *icon;
  const char *empty;
} queues[TW_QUEUE_COUNT] = {
  { N_ ("Mine"), "avatar-default-symbolic", N_ ("Nothing waits for you") },
  { N_ ("Unassigned"), "mail-unread-symbolic", N_ ("Nobody waits unseen") },
  { N_ ("Waiting for the customer"), "content-loading-symbolic",
    N_ ("No customer owes an answer") },
  { N_ ("Resolved"), "emblem-ok-symbolic", N_ ("Nothing has been resolved yet") },
  { N_ ("All"), "view-list-symbolic", N_ ("There are no conversations") },
};

static gboolean
is_in_queue (TwTicket *ticket, guint queue, const char *me)
{
  TwTicketState state = tw_ticket_get_state (ticket);
  gboolean mine = me != NULL && strcmp (tw_ticket_get_assignee_id (ticket), me) == 0;

  switch (queue)
    {
    case 0:
      return mine && (state == TW_TICKET_STATE_OPEN || state == TW_TICKET_STATE_FRESH);
    case 1:
      return *tw_ticket_get_assignee_id (ticket) == '\0' && state != TW_TICKET_STATE_RESOLVED;
    case 2:
      return state == TW_TICKET_STATE_WAITING;
    case 3:
      return state == TW_TICKET_STATE_RESOLVED;
    default:
      return TRUE;
    }
}

static gboolean
contains (const char *text, const char *needle)
{
  g_autofree char *folded = tw_text_fold (text);

  return strstr (folded, needle) != NULL;
}

static gboolean
matches (gpointer item, gpointer data)
{
  TwQueuePage *self = data;
  const char *me = tw_status_get_account_id (tw_client_get_status (self->client));

  if (!is_in_queue (item, self->queue, me))
    return FALSE;
  return self->needle == NULL || contains (tw_ticket_get_subject (item), self->needle) ||
         contains (tw_ticket_get_customer_name (item), self->needle) ||
         contains (tw_ticket_get_reference (item), self->needle) ||
         contains (tw_ticket_get_last_text (item), self->needle);
}

/* The row's own name covers its labels: the number goes into it. */
static void
name_queue (TwQueuePage *self, guint queue, guint count)
{
  g_autofree char *words = g_strdup_printf ("%s, %u", _ (queues[queue].title), count);

  gtk_accessible_update_property (
    GTK_ACCESSIBLE (gtk_list_box_get_row_at_index (self->queues, (int) queue)),
    GTK_ACCESSIBLE_PROPERTY_LABEL, words, -1);
}

static void
show_counts (TwQueuePage *self)
{
  const char *me = tw_status_get_account_id (tw_client_get_status (self->client));
  guint counts[TW_QUEUE_COUNT] = { 0 };
  guint n = g_list_model_get_n_items (G_LIST_MODEL (self->tickets));

  for (guint i = 0; i < n; i++)
    {
      g_autoptr (TwTicket) ticket = g_list_model_get_item (G_LIST_MODEL (self->tickets), i);

      for (guint q = 0; q < TW_QUEUE_COUNT; q++)
        counts[q] += is_in_queue (ticket, q, me);
    }
  for (guint q = 0; q < TW_QUEUE_COUNT; q++)
    {
      g_autofree char *text = g_strdup_printf ("%u", counts[q]);

      gtk_label_set_label (self->counts[q], counts[q] > 0 ? text : "");
      name_queue (self, q, counts[q]);
    }
}

static void
show_empty_or_list (TwQueuePage *self)
{
  guint shown = g_list_model_get_n_items (G_LIST_MODEL (self->filtered));

  adw_status_page_set_icon_name (self->empty, self->needle != NULL ? "edit-find-symbolic"
                                                                   : "emblem-ok-symbolic");
  if (self->needle != NULL)
    {
      adw_status_page_set_title (self->empty, _ ("Nothing found"));
      adw_status_page_set_description (self->empty, _ ("Try another word, or look in “All”."));
    }
  else
    {
      adw_status_page_set_title (self->empty, _ (queues[self->queue].empty));
      adw_status_page_set_description (self->empty, NULL);
    }
  gtk_stack_set_visible_child_name (self->stack, shown > 0 ? "list" : "empty");
}

static void
refilter (TwQueuePage *self)
{
  gtk_filter_changed (GTK_FILTER (self->filter), GTK_FILTER_CHANGE_DIFFERENT);
  gtk_sorter_changed (self->sorter, GTK_SORTER_CHANGE_DIFFERENT);
  show_counts (self);
  show_empty_or_list (self);
}

static GtkListBoxRow *
get_row (TwQueuePage *self, guint queue)
{
  return gtk_list_box_get_row_at_index (self->queues, (int) queue);
}

static void
choose_queue (TwQueuePage *self, guint queue)
{
  self->queue = queue;
  gtk_list_box_select_row (self->queues, get_row (self, queue));
  refilter (self);
}

static void
on_queue_activated (TwQueuePage *self, GtkListBoxRow *row)
{
  choose_queue (self, (guint) gtk_list_box_row_get_index (row));
}

/* The focus passing by marks a row: the mark stays with the queue that is shown. */
static void
on_queue_selected (TwQueuePage *self, GtkListBoxRow *row)
{
  if (self->queue < TW_QUEUE_COUNT && row != get_row (self, self->queue))
    gtk_list_box_select_row (self->queues, get_row (self, self->queue));
}

static void
on_search_changed (TwQueuePage *self)
{
  const char *text = gtk_editable_get_text (self->search);

  g_clear_pointer (&self->needle, g_free);
  if (*text != '\0')
    self->needle = tw_text_fold (text);
  refilter (self);
}

static void
on_stop_search (TwQueuePage *self)
{
  gtk_editable_set_text (self->search, "");
  gtk_widget_grab_focus (GTK_WIDGET (self->list));
}

static void
on_activate (TwQueuePage *self, guint position)
{
  g_autoptr (TwTicket) ticket = g_list_model_get_item (G_LIST_MODEL (self->selection), position);

  if (ticket != NULL)
    g_signal_emit (self, opened_signal, 0, ticket);
}

static void
on_selected (TwQueuePage *self)
{
  TwTicket *ticket = gtk_single_selection_get_selected_item (self->selection);

  if (ticket != NULL)
    g_signal_emit (self, opened_signal, 0, ticket);
}

static gboolean
on_age (gpointer data)
{
  GListModel *shown = G_LIST_MODEL (TW_QUEUE_PAGE (data)->filtered);
  guint n = g_list_model_get_n_items (shown);

  /* The ages are texts: the rows on the screen write them anew. */
  for (guint i = 0; i < n; i++)
    {
      g_autoptr (GObject) ticket = g_list_model_get_item (shown, i);

      g_object_notify (ticket, "last-at-ms");
    }
  return G_SOURCE_CONTINUE;
}

static GtkWidget *
make_queue_row (TwQueuePage *self, guint queue)
{
  GtkWidget *row = gtk_list_box_row_new ();
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);
  GtkWidget *icon = gtk_image_new_from_icon_name (queues[queue].icon);
  GtkWidget *label = gtk_label_new (_ (queues[queue].title));
  GtkWidget *count = gtk_label_new ("");

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  gtk_widget_set_hexpand (label, TRUE);
  gtk_widget_add_css_class (count, "numeric");
  gtk_widget_add_css_class (count, "dim-label");
  gtk_box_append (GTK_BOX (box), icon);
  gtk_box_append (GTK_BOX (box), label);
  gtk_box_append (GTK_BOX (box), count);
  gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (row), box);
  self->counts[queue] = GTK_LABEL (count);
  return row;
}

static void
tw_queue_page_dispose (GObject *object)
{
  TwQueuePage *self = TW_QUEUE_PAGE (object);

  g_clear_handle_id (&self->age_timeout, g_source_remove);
  if (self->tickets != NULL)
    g_signal_handlers_disconnect_by_data (self->tickets, self);
  g_clear_object (&self->tickets);
  g_clear_object (&self->client);
  g_clear_pointer (&self->needle, g_free);
  G_OBJECT_CLASS (tw_queue_page_parent_class)->dispose (object);
}

static void
tw_queue_page_class_init (TwQueuePageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = tw_queue_page_dispose;
  g_type_ensure (TW_TYPE_SPOKEN);
  opened_signal = g_signal_new ("opened", TW_TYPE_QUEUE_PAGE, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                NULL, G_TYPE_NONE, 1, TW_TYPE_TICKET);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/taxwallet/TaxWallet/agent/queue-page.ui");
  gtk_widget_class_bind_template_child (widget_class, TwQueuePage, queues);
  gtk_widget_class_bind_template_child (widget_class, TwQueuePage, search);
  gtk_widget_class_bind_template_child (widget_class, TwQueuePage, stack);
  gtk_widget_class_bind_template_child (widget_class, TwQueuePage, list);
  gtk_widget_class_bind_template_child (widget_class, TwQueuePage, selection);
  gtk_widget_class_bind_template_child (widget_class, TwQueuePage, filtered);
  gtk_widget_class_bind_template_child (widget_class, TwQueuePage, filter);
  gtk_widget_class_bind_template_child (widget_class, TwQueuePage, sorter);
  gtk_widget_class_bind_template_child (widget_class, TwQueuePage, empty);
  gtk_widget_class_bind_template_callback (widget_class, on_queue_activated);
  gtk_widget_class_bind_template_callback (widget_class, on_queue_selected);
  gtk_widget_class_bind_template_callback (widget_class, on_search_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_stop_search);
  gtk_widget_class_bind_template_callback (widget_class, on_activate);
}

static void
tw_queue_page_init (TwQueuePage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  for (guint i = 0; i < TW_QUEUE_COUNT; i++)
    gtk_list_box_append (self->queues, make_queue_row (self, i));
  self->queue = G_MAXUINT;
}

/**
 * tw_queue_page_set_client:
 * @self: a queue page
 * @client: (transfer none): where the tickets come from; set once
 */
void
tw_queue_page_set_client (TwQueuePage *self, TwClient *client)
{
  g_return_if_fail (self->client == NULL);

  self->client = g_object_ref (client);
  self->tickets = g_object_ref (tw_client_get_list (client, "ticket"));
  gtk_custom_filter_set_filter_func (self->filter, matches, self, NULL);
  gtk_filter_list_model_set_model (self->filtered, G_LIST_MODEL (self->tickets));
  g_signal_connect_swapped (self->tickets, "items-changed", G_CALLBACK (show_counts), self);
  g_signal_connect_swapped (self->tickets, "updated", G_CALLBACK (refilter), self);
  g_signal_connect_object (self->filtered, "items-changed", G_CALLBACK (show_empty_or_list), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->selection, "notify::selected-item", G_CALLBACK (on_selected), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (tw_client_get_status (client), "notify::account-id",
                           G_CALLBACK (refilter), self, G_CONNECT_SWAPPED);
  self->age_timeout = g_timeout_add_seconds (AGE_S, on_age, self);
  tw_queue_page_show_queue (self, 1);
}

/**
 * tw_queue_page_show_queue:
 * @self: a queue page with a client
 * @queue: which one, from 0
 */
void
tw_queue_page_show_queue (TwQueuePage *self, guint queue)
{
  if (queue < TW_QUEUE_COUNT)
    choose_queue (self, queue);
}

/**
 * tw_queue_page_get_queue:
 * @self: a queue page
 *
 * Returns: which queue is shown, from 0
 */
guint
tw_queue_page_get_queue (TwQueuePage *self)
{
  return self->queue;
}

/**
 * tw_queue_page_focus_search:
 * @self: a queue page
 */
void
tw_queue_page_focus_search (TwQueuePage *self)
{
  gtk_widget_grab_focus (GTK_WIDGET (self->search));
}

/**
 * tw_queue_page_select:
 * @self: a queue page
 * @ticket: (nullable): what is open
 *
 * Marks @ticket in the list where it is there.
 */
void
tw_queue_page_select (TwQueuePage *self, TwTicket *ticket)
{
  guint n = g_list_model_get_n_items (G_LIST_MODEL (self->selection));

  for (guint i = 0; ticket != NULL && i < n; i++)
    {
      g_autoptr (TwTicket) item = g_list_model_get_item (G_LIST_MODEL (self->selection), i);

      if (item == ticket)
        {
          gtk_single_selection_set_selected (self->selection, i);
          return;
        }
    }
}
