// SPDX-License-Identifier: GPL-3.0-or-later
#include "client/agent/ticket/tw-ticket-page.h"

#include <glib/gi18n.h>
#include <string.h>

#include "base/tw-error.h"
#include "base/tw-text.h"
#include "client/agent/queue/tw-queue-page.h"
#include "client/widgets/tw-conversation.h"
#include "client/widgets/tw-format.h"
#include "client/widgets/tw-writer.h"
#include "protocol/tw-kinds.h"

/**
 * TwTicketPage:
 *
 * One conversation: what was said, what may be done now, and the place to answer. What is typed is
 * a draft at every keystroke. Showing a ticket tells the service that it is looked at, which brings
 * its messages and its customer; showing another one ends that.
 */
struct _TwTicketPage
{
  AdwBin parent_instance;

  GtkStack *stack;
  GtkLabel *subject;
  GtkLabel *facts;
  GtkLabel *about;
  GtkWidget *take;
  GtkWidget *release;
  GtkWidget *resolve;
  TwConversation *conversation;
  GtkWidget *composer;
  TwWriter *writer;
  GtkCheckButton *internal;
  GtkButton *send;

  TwClient *client;
  TwTicket *ticket; /* (nullable) */
  GSimpleActionGroup *actions;
  gboolean restoring;
};

G_DEFINE_FINAL_TYPE (TwTicketPage, tw_ticket_page, ADW_TYPE_BIN)

static void
set_enabled (TwTicketPage *self, const char *name, gboolean enabled)
{
  GAction *action = g_action_map_lookup_action (G_ACTION_MAP (self->actions), name);

  g_simple_action_set_enabled (G_SIMPLE_ACTION (action), enabled);
}

static char *
draft_key (TwTicketPage *self, const char *what)
{
  const char *id = self->ticket != NULL ? tw_object_get_id (TW_OBJECT (self->ticket)) : "none";

  return g_strdup_printf ("agent/%s/%s", what, id);
}

static void
show_state (TwTicketPage *self)
{
  TwTicketState state = tw_ticket_get_state (self->ticket);
  const char *me = tw_status_get_account_id (tw_client_get_status (self->client));
  const char *assignee = tw_ticket_get_assignee_id (self->ticket);
  gboolean mine = g_strcmp0 (assignee, me) == 0;
  gboolean resolved = state == TW_TICKET_STATE_RESOLVED;
  g_autofree char *words =
    tw_queue_format_state (NULL, (int) state, tw_ticket_get_assignee_name (self->ticket));
  g_autofree char *facts = NULL;
  g_autofree char *about = tw_format_about (tw_ticket_get_about_type (self->ticket),
                                            tw_ticket_get_about_text (self->ticket));
  gint64 rating = 0;

  g_object_get (self->ticket, "rating", &rating, NULL);
  if (rating > 0)
    /* Translators: the reference, the customer, the state, then the rating of 5 */
    facts =
      g_strdup_printf (_ ("%s · %s · %s · rated %d of 5"), tw_ticket_get_reference (self->ticket),
                       tw_ticket_get_customer_name (self->ticket), words, (int) rating);
  else
    facts = g_strdup_printf ("%s · %s · %s", tw_ticket_get_reference (self->ticket),
                             tw_ticket_get_customer_name (self->ticket), words);
  gtk_label_set_label (self->subject, tw_ticket_get_subject (self->ticket));
  gtk_label_set_label (self->facts, facts);
  gtk_label_set_label (self->about, about);
  gtk_widget_set_visible (GTK_WIDGET (self->about),
                          *tw_ticket_get_about_text (self->ticket) != '\0');
  gtk_widget_set_visible (self->take, !mine && !resolved);
  gtk_widget_set_visible (self->release, mine && !resolved);
  gtk_widget_set_visible (self->resolve, !resolved);
  set_enabled (self, "take", !mine && !resolved && *assignee == '\0');
  set_enabled (self, "release", mine && !resolved);
  set_enabled (self, "resolve", mine && !resolved);
}

static void
show_send (TwTicketPage *self)
{
  g_autofree char *text = tw_writer_get_text (self->writer);
  g_autofree char *clean = tw_text_clean (text);

  set_enabled (self, "send", self->ticket != NULL && *clean != '\0');
}

static void
on_internal_toggled (TwTicketPage *self)
{
  gboolean internal = gtk_check_button_get_active (self->internal);
  g_autofree char *key = draft_key (self, "internal");

  /* A note must not come back as a reply after a restart. */
  if (self->ticket != NULL && !self->restoring)
    tw_client_set_draft (self->client, key, internal ? "1" : NULL);
  gtk_button_set_label (self->send, internal ? _ ("Add Note") : _ ("Send"));
  if (internal)
    gtk_widget_add_css_class (self->composer, "internal");
  else
    gtk_widget_remove_css_class (self->composer, "internal");
}

static void
say (TwTicketPage *self, const char *words)
{
  g_signal_emit_by_name (self->client, "message", words);
}

/* A reply that was not taken goes back to where it was written. Where that is taken by now, it
 * stays in the conversation, as not sent. */
static gboolean
bring_back (TwTicketPage *self, GVariant *body)
{
  const char *text = NULL;
  const char *ticket_id = NULL;
  gboolean internal = FALSE;
  g_autofree char *typed = tw_writer_get_text (self->writer);

  if (!g_variant_lookup (body, "text", "&s", &text))
    return TRUE;
  g_variant_lookup (body, "ticket_id", "&s", &ticket_id);
  g_variant_lookup (body, "internal", "b", &internal);
  if (self->ticket == NULL || *typed != '\0' ||
      g_strcmp0 (ticket_id, tw_object_get_id (TW_OBJECT (self->ticket))) != 0)
    return FALSE;
  tw_writer_set_text (self->writer, text);
  gtk_check_button_set_active (self->internal, internal);
  return TRUE;
}

static void
on_settled (TwTicketPage *self, GParamSpec *pspec, TwOutgoing *outgoing)
{
  const char *words = tw_outgoing_get_words (outgoing);

  if (!tw_outgoing_is_settled (outgoing))
    return;
  if (tw_outgoing_get_state (outgoing) != TW_OUTGOING_STATE_DONE)
    {
      say (self, words != NULL ? words : _ ("That could not be sent in time."));
      if (!bring_back (self, tw_outgoing_get_body (outgoing)))
        return;
    }
  tw_client_discard (self->client, tw_outgoing_get_id (outgoing));
}

static gboolean
submit (TwTicketPage *self, const char *kind, GVariantDict *dict)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TwOutgoing) outgoing = NULL;

  g_variant_dict_insert (dict, "ticket_id", "s", tw_object_get_id (TW_OBJECT (self->ticket)));
  outgoing = tw_client_submit (self->client, kind, NULL, g_variant_dict_end (dict), &error);
  if (outgoing == NULL)
    {
      say (self, error->message);
      return FALSE;
    }
  g_signal_connect_object (outgoing, "notify::state", G_CALLBACK (on_settled), self,
                           G_CONNECT_SWAPPED);
  return TRUE;
}

static gboolean
submit_plain (TwTicketPage *self, const char *kind)
{
  GVariantDict dict;

  if (self->ticket == NULL)
    return FALSE;
  g_variant_dict_init (&dict, NULL);
  return submit (self, kind, &dict);
}

static void
on_take (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  submit_plain (data, TW_KIND_TICKET_TAKE);
  tw_ticket_page_focus_text (data);
}

static void
on_release (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  submit_plain (data, TW_KIND_TICKET_RELEASE);
}

static void
on_resolve (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  submit_plain (data, TW_KIND_TICKET_RESOLVE);
}

static void
on_send (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  TwTicketPage *self = data;
  g_autofree char *text = tw_writer_get_text (self->writer);
  g_autofree char *clean = tw_text_clean (text);
  g_autoptr (GError) error = NULL;
  GVariantDict dict;

  if (!tw_text_check (clean, TW_TEXT_MAX_MESSAGE, TRUE, &error))
    {
      tw_writer_tell (self->writer, error->message);
      return;
    }
  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert (&dict, "text", "s", clean);
  if (gtk_check_button_get_active (self->internal))
    g_variant_dict_insert (&dict, "internal", "b", TRUE);
  if (!submit (self, TW_KIND_TICKET_REPLY, &dict))
    return;
  tw_writer_set_text (self->writer, "");
  gtk_check_button_set_active (self->internal, FALSE);
  gtk_widget_grab_focus (GTK_WIDGET (self->writer));
}

static void
on_writer_send (TwTicketPage *self)
{
  gtk_widget_activate_action (GTK_WIDGET (self), "ticket.send", NULL);
}

static void
tw_ticket_page_dispose (GObject *object)
{
  TwTicketPage *self = TW_TICKET_PAGE (object);

  if (self->ticket != NULL)
    g_signal_handlers_disconnect_by_data (self->ticket, self);
  g_clear_object (&self->ticket);
  g_clear_object (&self->client);
  g_clear_object (&self->actions);
  G_OBJECT_CLASS (tw_ticket_page_parent_class)->dispose (object);
}

static void
tw_ticket_page_class_init (TwTicketPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = tw_ticket_page_dispose;
  g_type_ensure (TW_TYPE_CONVERSATION);
  g_type_ensure (TW_TYPE_WRITER);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/taxwallet/TaxWallet/agent/ticket-page.ui");
  gtk_widget_class_bind_template_child (widget_class, TwTicketPage, stack);
  gtk_widget_class_bind_template_child (widget_class, TwTicketPage, subject);
  gtk_widget_class_bind_template_child (widget_class, TwTicketPage, facts);
  gtk_widget_class_bind_template_child (widget_class, TwTicketPage, about);
  gtk_widget_class_bind_template_child (widget_class, TwTicketPage, take);
  gtk_widget_class_bind_template_child (widget_class, TwTicketPage, release);
  gtk_widget_class_bind_template_child (widget_class, TwTicketPage, resolve);
  gtk_widget_class_bind_template_child (widget_class, TwTicketPage, conversation);
  gtk_widget_class_bind_template_child (widget_class, TwTicketPage, composer);
  gtk_widget_class_bind_template_child (widget_class, TwTicketPage, writer);
  gtk_widget_class_bind_template_child (widget_class, TwTicketPage, internal);
  gtk_widget_class_bind_template_child (widget_class, TwTicketPage, send);
  gtk_widget_class_bind_template_callback (widget_class, on_internal_toggled);
  gtk_widget_class_bind_template_callback (widget_class, on_writer_send);
  gtk_widget_class_bind_template_callback (widget_class, show_send);
}

static void
tw_ticket_page_init (TwTicketPage *self)
{
  static const GActionEntry entries[] = {
    { "take", on_take },
    { "release", on_release },
    { "resolve", on_resolve },
    { "send", on_send },
  };

  self->actions = g_simple_action_group_new ();
  g_action_map_add_action_entries (G_ACTION_MAP (self->actions), entries, G_N_ELEMENTS (entries),
                                   self);
  gtk_widget_insert_action_group (GTK_WIDGET (self), "ticket", G_ACTION_GROUP (self->actions));
  gtk_widget_init_template (GTK_WIDGET (self));
  for (gsize i = 0; i < G_N_ELEMENTS (entries); i++)
    set_enabled (self, entries[i].name, FALSE);
}

/**
 * tw_ticket_page_set_client:
 * @self: a ticket page
 * @client: (transfer none): set once
 */
void
tw_ticket_page_set_client (TwTicketPage *self, TwClient *client)
{
  g_return_if_fail (self->client == NULL);

  self->client = g_object_ref (client);
}

/* Without a ticket the writer holds what nobody sees, so that nothing of one agent is there for the
 * next. */
static void
restore_draft (TwTicketPage *self)
{
  g_autofree char *key = draft_key (self, "reply");
  g_autofree char *internal_key = draft_key (self, "internal");

  self->restoring = TRUE;
  tw_writer_set_draft (self->writer, self->client, key);
  gtk_check_button_set_active (self->internal,
                               tw_client_get_draft (self->client, internal_key) != NULL);
  self->restoring = FALSE;
  show_send (self);
}

/**
 * tw_ticket_page_show:
 * @self: a ticket page
 * @ticket: (nullable): what to show
 */
void
tw_ticket_page_show (TwTicketPage *self, TwTicket *ticket)
{
  if (self->ticket == ticket)
    return;
  if (self->ticket != NULL)
    {
      submit_plain (self, TW_KIND_TICKET_CLOSE);
      g_signal_handlers_disconnect_by_data (self->ticket, self);
    }
  g_set_object (&self->ticket, ticket);
  restore_draft (self);
  if (ticket == NULL)
    {
      gtk_stack_set_visible_child_name (self->stack, "none");
      tw_conversation_show (self->conversation, self->client, NULL, TRUE);
      return;
    }
  submit_plain (self, TW_KIND_TICKET_OPEN);
  g_signal_connect_swapped (ticket, "notify", G_CALLBACK (show_state), self);
  tw_conversation_show (self->conversation, self->client, tw_object_get_id (TW_OBJECT (ticket)),
                        TRUE);
  show_state (self);
  gtk_stack_set_visible_child_name (self->stack, "ticket");
}

/**
 * tw_ticket_page_get_ticket:
 * @self: a ticket page
 *
 * Returns: (transfer none) (nullable): what is shown
 */
TwTicket *
tw_ticket_page_get_ticket (TwTicketPage *self)
{
  return self->ticket;
}

/**
 * tw_ticket_page_focus_text:
 * @self: a ticket page
 */
void
tw_ticket_page_focus_text (TwTicketPage *self)
{
  gtk_widget_grab_focus (GTK_WIDGET (self->writer));
}
