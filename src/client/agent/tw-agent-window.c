// SPDX-License-Identifier: GPL-3.0-or-later
#include "client/agent/tw-agent-window.h"

#include <glib/gi18n.h>
#include <stdlib.h>

#include "client/agent/customer/tw-customer-pane.h"
#include "client/agent/queue/tw-queue-page.h"
#include "client/agent/reconciliation/tw-reconciliation-page.h"
#include "client/agent/ticket/tw-ticket-page.h"
#include "client/agent/tw-agent-keys.h"
#include "client/widgets/tw-spoken.h"
#include "client/widgets/tw-reading.h"
#include "client/widgets/tw-status-bar.h"
#include "client/widgets/tw-toast.h"
#include "protocol/tw-practice-people.h"

/* Where the window was is kept like a draft: it survives anything that a draft survives. */
#define STATE_QUEUE "ui/agent/queue"
#define STATE_TICKET "ui/agent/ticket"

/* What is in front. */
#define SIGN_IN "sign-in"
#define DESK "desk"
#define RECONCILIATION "reconciliation"

/**
 * TwAgentWindow:
 *
 * The window of the desk: the queues, the conversation, the customer beside it.
 */
struct _TwAgentWindow
{
  AdwApplicationWindow parent_instance;

  AdwToastOverlay *toasts;
  GtkStack *stack;
  TwStatusBar *sign_in_status;
  TwStatusBar *status_bar;
  TwReading *reading;
  TwStatusBar *queue_status;
  GtkEditable *login;
  GtkEditable *password;
  GtkLabel *mistake;
  GtkWidget *sign_in;
  GtkWidget *practice_sign_in;
  AdwLeaflet *leaflet;
  GtkWidget *queue_side;
  GtkWidget *ticket_side;
  AdwWindowTitle *title;
  AdwWindowTitle *ticket_title;
  GtkWidget *customer_toggle;
  AdwFlap *flap;
  TwQueuePage *queue_page;
  TwTicketPage *ticket_page;
  TwCustomerPane *customer_pane;
  GtkWidget *reconciliation_button;
  TwStatusBar *reconciliation_status;
  TwReading *reconciliation_reading;
  TwReconciliationPage *reconciliation_page;

  TwClient *client;
  gboolean restored;
};

G_DEFINE_FINAL_TYPE (TwAgentWindow, tw_agent_window, ADW_TYPE_APPLICATION_WINDOW)

static void
on_message (TwAgentWindow *self, const char *text)
{
  tw_toast_say (self->toasts, text);
}

/* Without a conversation there is no customer; in a narrow window the customer would cover the
 * conversation, and comes when it is asked for. */
static void
show_customer (TwAgentWindow *self)
{
  gboolean any = tw_ticket_page_get_ticket (self->ticket_page) != NULL;

  gtk_widget_set_sensitive (self->customer_toggle, any);
  adw_flap_set_reveal_flap (self->flap, any && !adw_leaflet_get_folded (self->leaflet));
}

static void
show_ticket (TwAgentWindow *self, TwTicket *ticket)
{
  gboolean another = (ticket != NULL) != (tw_ticket_page_get_ticket (self->ticket_page) != NULL);

  tw_ticket_page_show (self->ticket_page, ticket);
  tw_customer_pane_show (self->customer_pane, ticket);
  adw_window_title_set_title (self->ticket_title,
                              ticket != NULL ? tw_ticket_get_customer_name (ticket) : "");
  adw_window_title_set_subtitle (self->ticket_title,
                                 ticket != NULL ? tw_ticket_get_reference (ticket) : "");
  tw_client_set_draft (self->client, STATE_TICKET,
                       ticket != NULL ? tw_object_get_id (TW_OBJECT (ticket)) : NULL);
  if (another)
    show_customer (self);
}

static void
on_ticket_opened (TwAgentWindow *self, TwTicket *ticket)
{
  show_ticket (self, ticket);
  tw_queue_page_select (self->queue_page, ticket);
  adw_leaflet_set_visible_child (self->leaflet, self->ticket_side);
}

/* Where the window was, once there is something to show it with. */
static void
restore (TwAgentWindow *self)
{
  const char *queue = tw_client_get_draft (self->client, STATE_QUEUE);
  const char *ticket_id = tw_client_get_draft (self->client, STATE_TICKET);
  TwObject *ticket = NULL;

  if (self->restored)
    return;
  self->restored = TRUE;
  if (queue != NULL)
    tw_queue_page_show_queue (self->queue_page, (guint) atoi (queue));
  if (ticket_id != NULL)
    ticket = tw_object_list_find (tw_client_get_list (self->client, "ticket"), ticket_id);
  if (ticket != NULL)
    on_ticket_opened (self, TW_TICKET (ticket));
}

static gboolean
is_reconciling (TwAgentWindow *self)
{
  return g_strcmp0 (gtk_stack_get_visible_child_name (self->stack), RECONCILIATION) == 0;
}

static void
show_session (TwAgentWindow *self)
{
  TwStatus *status = tw_client_get_status (self->client);
  gboolean in = tw_status_get_signed_in (status);
  gboolean senior = FALSE;
  g_autofree char *name = NULL;

  g_object_get (status, "display-name", &name, "senior", &senior, NULL);
  gtk_widget_set_visible (self->reconciliation_button, senior);
  g_simple_action_set_enabled (
    G_SIMPLE_ACTION (g_action_map_lookup_action (G_ACTION_MAP (self), "reconciliation")),
    in && senior);
  adw_window_title_set_subtitle (self->title, name != NULL ? name : "");
  if (!in || !senior || !is_reconciling (self))
    gtk_stack_set_visible_child_name (self->stack, in ? DESK : SIGN_IN);
  if (in)
    restore (self);
  else
    {
      show_ticket (self, NULL);
      self->restored = FALSE;
      gtk_widget_grab_focus (GTK_WIDGET (self->login));
    }
}

static void
show_mistake (TwAgentWindow *self, const char *words)
{
  gtk_label_set_label (self->mistake, words != NULL ? words : "");
  gtk_widget_set_visible (GTK_WIDGET (self->mistake), words != NULL);
}

static void
on_sign_in_changed (TwAgentWindow *self)
{
  show_mistake (self, NULL);
  gtk_widget_set_sensitive (self->sign_in, *gtk_editable_get_text (self->login) != '\0' &&
                                             *gtk_editable_get_text (self->password) != '\0');
}

static void
on_signed_in (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (TwAgentWindow) self = data;
  g_autoptr (GError) error = NULL;

  gtk_widget_set_sensitive (self->practice_sign_in, TRUE);
  if (tw_client_sign_in_finish (TW_CLIENT (source), result, &error))
    {
      gtk_editable_set_text (self->password, "");
      return;
    }
  on_sign_in_changed (self);
  show_mistake (self, error->message);
}

static void
sign_in (TwAgentWindow *self, const char *login, const char *password)
{
  show_mistake (self, NULL);
  gtk_widget_set_sensitive (self->sign_in, FALSE);
  gtk_widget_set_sensitive (self->practice_sign_in, FALSE);
  tw_client_sign_in_async (self->client, login, password, NULL, on_signed_in, g_object_ref (self));
}

static void
on_sign_in_clicked (TwAgentWindow *self)
{
  if (gtk_widget_get_sensitive (self->sign_in))
    sign_in (self, gtk_editable_get_text (self->login), gtk_editable_get_text (self->password));
}

static void
on_practice_clicked (TwAgentWindow *self)
{
  sign_in (self, TW_PRACTICE_AGENT_LOGIN, TW_PRACTICE_PASSWORD);
}

/* The queues are what most keys are about: they bring them to the front. */
static void
show_desk (TwAgentWindow *self)
{
  if (is_reconciling (self))
    gtk_stack_set_visible_child_name (self->stack, DESK);
}

static void
on_reconciliation (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  TwAgentWindow *self = data;

  gtk_stack_set_visible_child_name (self->stack, RECONCILIATION);
  tw_reconciliation_page_enter (self->reconciliation_page);
}

static void
on_back (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  TwAgentWindow *self = data;

  if (is_reconciling (self))
    {
      if (!tw_reconciliation_page_back (self->reconciliation_page))
        gtk_stack_set_visible_child_name (self->stack, DESK);
    }
  else if (adw_flap_get_folded (self->flap) && adw_flap_get_reveal_flap (self->flap))
    adw_flap_set_reveal_flap (self->flap, FALSE);
  else
    adw_leaflet_set_visible_child (self->leaflet, self->queue_side);
}

static void
on_search (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  TwAgentWindow *self = data;

  show_desk (self);
  adw_leaflet_set_visible_child (self->leaflet, self->queue_side);
  tw_queue_page_focus_search (self->queue_page);
}

static void
on_show_queue (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  TwAgentWindow *self = data;
  g_autofree char *queue = g_strdup_printf ("%d", g_variant_get_int32 (parameter));

  show_desk (self);
  adw_leaflet_set_visible_child (self->leaflet, self->queue_side);
  tw_queue_page_show_queue (self->queue_page, (guint) g_variant_get_int32 (parameter));
  tw_client_set_draft (self->client, STATE_QUEUE, queue);
}

static void
on_customer (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  TwAgentWindow *self = data;

  if (gtk_widget_get_sensitive (self->customer_toggle))
    adw_flap_set_reveal_flap (self->flap, !adw_flap_get_reveal_flap (self->flap));
}

static void
on_reply (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  tw_ticket_page_focus_text (TW_AGENT_WINDOW (data)->ticket_page);
}

static void
on_ticket_action (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  TwAgentWindow *self = data;
  g_autofree char *name = g_strconcat ("ticket.", g_variant_get_string (parameter, NULL), NULL);

  gtk_widget_activate_action (GTK_WIDGET (self->ticket_page), name, NULL);
}

static gboolean
on_close_request (TwAgentWindow *self)
{
  g_autofree char *queue = g_strdup_printf ("%u", tw_queue_page_get_queue (self->queue_page));

  tw_client_set_draft (self->client, STATE_QUEUE, queue);
  return FALSE;
}

static void
tw_agent_window_dispose (GObject *object)
{
  TwAgentWindow *self = TW_AGENT_WINDOW (object);

  g_clear_object (&self->client);
  G_OBJECT_CLASS (tw_agent_window_parent_class)->dispose (object);
}

static void
tw_agent_window_class_init (TwAgentWindowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = tw_agent_window_dispose;
  g_type_ensure (TW_TYPE_STATUS_BAR);
  g_type_ensure (TW_TYPE_READING);
  g_type_ensure (TW_TYPE_QUEUE_PAGE);
  g_type_ensure (TW_TYPE_TICKET_PAGE);
  g_type_ensure (TW_TYPE_CUSTOMER_PANE);
  g_type_ensure (TW_TYPE_RECONCILIATION_PAGE);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/taxwallet/TaxWallet/agent/agent-window.ui");
  gtk_widget_class_bind_template_child (widget_class, TwAgentWindow, toasts);
  gtk_widget_class_bind_template_child (widget_class, TwAgentWindow, stack);
  gtk_widget_class_bind_template_child (widget_class, TwAgentWindow, sign_in_status);
  gtk_widget_class_bind_template_child (widget_class, TwAgentWindow, status_bar);
  gtk_widget_class_bind_template_child (widget_class, TwAgentWindow, reading);
  gtk_widget_class_bind_template_child (widget_class, TwAgentWindow, queue_status);
  gtk_widget_class_bind_template_child (widget_class, TwAgentWindow, login);
  gtk_widget_class_bind_template_child (widget_class, TwAgentWindow, password);
  gtk_widget_class_bind_template_child (widget_class, TwAgentWindow, mistake);
  gtk_widget_class_bind_template_child (widget_class, TwAgentWindow, sign_in);
  gtk_widget_class_bind_template_child (widget_class, TwAgentWindow, practice_sign_in);
  gtk_widget_class_bind_template_child (widget_class, TwAgentWindow, leaflet);
  gtk_widget_class_bind_template_child (widget_class, TwAgentWindow, queue_side);
  gtk_widget_class_bind_template_child (widget_class, TwAgentWindow, ticket_side);
  gtk_widget_class_bind_template_child (widget_class, TwAgentWindow, title);
  gtk_widget_class_bind_template_child (widget_class, TwAgentWindow, ticket_title);
  gtk_widget_class_bind_template_child (widget_class, TwAgentWindow, customer_toggle);
  gtk_widget_class_bind_template_child (widget_class, TwAgentWindow, flap);
  gtk_widget_class_bind_template_child (widget_class, TwAgentWindow, queue_page);
  gtk_widget_class_bind_template_child (widget_class, TwAgentWindow, ticket_page);
  gtk_widget_class_bind_template_child (widget_class, TwAgentWindow, customer_pane);
  gtk_widget_class_bind_template_child (widget_class, TwAgentWindow, reconciliation_button);
  gtk_widget_class_bind_template_child (widget_class, TwAgentWindow, reconciliation_status);
  gtk_widget_class_bind_template_child (widget_class, TwAgentWindow, reconciliation_reading);
  gtk_widget_class_bind_template_child (widget_class, TwAgentWindow, reconciliation_page);
  /* Not a key of the application: a menu and the search field have their own use for it first. */
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "win.back", NULL);
  gtk_widget_class_bind_template_callback (widget_class, show_customer);
  gtk_widget_class_bind_template_callback (widget_class, on_sign_in_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_sign_in_clicked);
  gtk_widget_class_bind_template_callback (widget_class, on_practice_clicked);
}

static void
tw_agent_window_init (TwAgentWindow *self)
{
  static const GActionEntry entries[] = {
    { "back", on_back },
    { "search", on_search },
    { "reply", on_reply },
    { "customer", on_customer },
    { "reconciliation", on_reconciliation },
    { "show-queue", on_show_queue, "i" },
    { "ticket", on_ticket_action, "s" },
  };

  g_action_map_add_action_entries (G_ACTION_MAP (self), entries, G_N_ELEMENTS (entries), self);
  gtk_widget_init_template (GTK_WIDGET (self));
  tw_spoken_name_peek_button (GTK_WIDGET (self->password));
  g_signal_connect_swapped (self->queue_page, "opened", G_CALLBACK (on_ticket_opened), self);
  g_signal_connect_swapped (self->customer_pane, "opened", G_CALLBACK (on_ticket_opened), self);
  g_signal_connect_swapped (self, "close-request", G_CALLBACK (on_close_request), self);
}

/**
 * tw_agent_window_new:
 * @app: the application
 * @client: (transfer none): what the window shows
 *
 * Returns: (transfer none): the window, owned by GTK
 */
GtkWindow *
tw_agent_window_new (AdwApplication *app, TwClient *client)
{
  TwAgentWindow *self = g_object_new (TW_TYPE_AGENT_WINDOW, "application", app, NULL);
  TwStatus *status = tw_client_get_status (client);
  gboolean practice = FALSE;

  self->client = g_object_ref (client);
  tw_agent_keys_set (GTK_APPLICATION (app), GTK_APPLICATION_WINDOW (self));
  /* Text that can be copied from is not marked as soon as the focus comes to it. */
  g_object_set (gtk_widget_get_settings (GTK_WIDGET (self)), "gtk-label-select-on-focus", FALSE,
                NULL);
  tw_status_bar_set_status (self->sign_in_status, status);
  tw_status_bar_set_status (self->status_bar, status);
  tw_status_bar_set_status (self->queue_status, status);
  tw_status_bar_set_partners (self->status_bar, tw_client_get_list (client, "partner"));
  tw_status_bar_set_partners (self->queue_status, tw_client_get_list (client, "partner"));
  tw_status_bar_set_status (self->reconciliation_status, status);
  tw_status_bar_set_partners (self->reconciliation_status, tw_client_get_list (client, "partner"));
  tw_reading_set_status (self->reconciliation_reading, status);
  tw_reconciliation_page_set_client (self->reconciliation_page, client);
  tw_reading_set_status (self->reading, status);
  tw_queue_page_set_client (self->queue_page, client);
  tw_ticket_page_set_client (self->ticket_page, client);
  tw_customer_pane_set_client (self->customer_pane, client);
  g_object_get (status, "practice", &practice, NULL);
  gtk_widget_set_visible (self->practice_sign_in, practice);
  g_signal_connect_object (client, "message", G_CALLBACK (on_message), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (status, "notify::signed-in", G_CALLBACK (show_session), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (status, "notify::display-name", G_CALLBACK (show_session), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (status, "notify::senior", G_CALLBACK (show_session), self,
                           G_CONNECT_SWAPPED);
  show_session (self);
  return GTK_WINDOW (self);
}
