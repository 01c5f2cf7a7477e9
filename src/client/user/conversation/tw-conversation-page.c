// SPDX-License-Identifier: GPL-3.0-or-later
#include "client/user/conversation/tw-conversation-page.h"

#include <glib/gi18n-lib.h>

#include "base/tw-text.h"
#include "client/user/tw-story.h"
#include "client/widgets/tw-format.h"
#include "client/widgets/tw-conversation.h"
#include "client/widgets/tw-message-row.h"
#include "client/widgets/tw-writer.h"
#include "model/tw-ticket.h"
#include "protocol/tw-kinds.h"
#include "protocol/tw-refusal.h"

/**
 * TwConversationPage:
 *
 * One conversation with the desk: what was said, an answer, and in the end how it was. The argument
 * is the ticket's id, which is the id of the command that asked, so that a question can be looked
 * at before it is sent.
 */
struct _TwConversationPage
{
  TwPage parent_instance;

  GtkStack *stack;
  GtkLabel *state;
  GtkWidget *about_button;
  GtkLabel *about;
  TwConversation *conversation;
  TwMessageRow *question;
  GtkWidget *drop;
  GtkWidget *rate_box;
  GtkWidget *stars;
  GtkEntry *rating_text;
  GtkLabel *thanks;
  GtkWidget *write_box;
  TwWriter *writer;
  GtkWidget *send;

  char *id;
  TwTicket *ticket;     /* (nullable) */
  TwOutgoing *outgoing; /* (nullable): the question, while there is no ticket */
};

G_DEFINE_FINAL_TYPE (TwConversationPage, tw_conversation_page, TW_TYPE_PAGE)

static void
show_state (TwConversationPage *self)
{
  const char *words = tw_story_ticket_words (self->ticket);
  const char *who = tw_ticket_get_assignee_name (self->ticket);
  gboolean resolved = tw_ticket_get_state (self->ticket) == TW_TICKET_STATE_RESOLVED;
  gint64 rating = tw_ticket_get_rating (self->ticket);
  g_autofree char *about = tw_format_about (tw_ticket_get_about_type (self->ticket),
                                            tw_ticket_get_about_text (self->ticket));
  g_autofree char *line =
    *who != '\0' ? g_strdup_printf (_ ("%s · with %s · %s"), words, who,
                                    tw_ticket_get_reference (self->ticket))
                 : g_strdup_printf ("%s · %s", words, tw_ticket_get_reference (self->ticket));

  gtk_label_set_label (self->state, line);
  gtk_widget_set_visible (self->rate_box, resolved && rating == 0);
  gtk_widget_set_visible (GTK_WIDGET (self->thanks), resolved && rating > 0);
  gtk_widget_set_visible (self->write_box, TRUE);
  gtk_label_set_label (self->about, about);
  gtk_widget_set_visible (self->about_button, *tw_ticket_get_about_text (self->ticket) != '\0');
  tw_page_set_title (TW_PAGE (self), tw_ticket_get_subject (self->ticket), _ ("Conversation"));
}

static TwOutgoing *
find_question (TwConversationPage *self)
{
  GListModel *outgoing = tw_client_get_outgoing (tw_page_get_client (TW_PAGE (self)));

  for (guint i = 0; i < g_list_model_get_n_items (outgoing); i++)
    {
      g_autoptr (TwOutgoing) item = g_list_model_get_item (outgoing, i);

      if (g_str_equal (tw_outgoing_get_id (item), self->id))
        return item; /* the list holds it */
    }
  return NULL;
}

static void
on_question_state (TwConversationPage *self)
{
  TwOutgoingState state = tw_outgoing_get_state (self->outgoing);

  gtk_widget_set_visible (self->drop,
                          state != TW_OUTGOING_STATE_SENT && state != TW_OUTGOING_STATE_DONE);
}

static void
let_go (TwConversationPage *self)
{
  if (self->ticket != NULL)
    g_signal_handlers_disconnect_by_data (self->ticket, self);
  if (self->outgoing != NULL)
    g_signal_handlers_disconnect_by_data (self->outgoing, self);
  g_clear_object (&self->ticket);
  g_clear_object (&self->outgoing);
  tw_message_row_clear (self->question);
}

static void
show_question (TwConversationPage *self, TwOutgoing *outgoing)
{
  const char *subject = NULL;

  self->outgoing = g_object_ref (outgoing);
  g_signal_connect_object (outgoing, "notify::state", G_CALLBACK (on_question_state), self,
                           G_CONNECT_SWAPPED);
  tw_message_row_show_unsent (self->question, outgoing);
  on_question_state (self);
  if (tw_outgoing_get_body (outgoing) != NULL)
    g_variant_lookup (tw_outgoing_get_body (outgoing), "subject", "&s", &subject);
  tw_page_set_title (TW_PAGE (self), subject != NULL ? subject : _ ("Question"),
                     _ ("Not sent yet"));
  gtk_stack_set_visible_child_name (self->stack, "question");
}

/* Finds what the page shows: the ticket, or the question that will become it. */
static void
look (TwConversationPage *self)
{
  TwClient *client = tw_page_get_client (TW_PAGE (self));
  TwObject *ticket;
  TwOutgoing *outgoing;

  if (self->id == NULL || self->ticket != NULL)
    return;
  ticket = tw_object_list_find (tw_client_get_list (client, "ticket"), self->id);
  outgoing = ticket == NULL ? find_question (self) : NULL;
  if (ticket == NULL && outgoing != NULL && outgoing == self->outgoing)
    return;
  let_go (self);
  if (ticket != NULL)
    {
      g_autofree char *key = g_strconcat ("conversation/", self->id, NULL);

      self->ticket = TW_TICKET (g_object_ref (ticket));
      g_signal_connect_object (ticket, "notify", G_CALLBACK (show_state), self, G_CONNECT_SWAPPED);
      tw_conversation_show (self->conversation, client, self->id, FALSE);
      tw_writer_set_draft (self->writer, client, key);
      show_state (self);
      gtk_stack_set_visible_child_name (self->stack, "ticket");
    }
  else if (outgoing != NULL)
    show_question (self, outgoing);
  else
    {
      tw_page_set_title (TW_PAGE (self), _ ("Conversation"), NULL);
      gtk_stack_set_visible_child_name (self->stack, "gone");
    }
}

static void
on_drop (TwConversationPage *self)
{
  if (self->outgoing != NULL &&
      tw_client_discard (tw_page_get_client (TW_PAGE (self)), tw_outgoing_get_id (self->outgoing)))
    gtk_widget_activate_action (GTK_WIDGET (self), "win.go-instead", "(ss)", "help", "");
}

static void
on_text_changed (TwConversationPage *self)
{
  g_autofree char *text = tw_writer_get_text (self->writer);
  g_autofree char *clean = tw_text_clean (text);

  gtk_widget_set_sensitive (self->send, *clean != '\0');
}

static void
on_send (TwConversationPage *self)
{
  g_autofree char *text = tw_writer_get_text (self->writer);
  g_autofree char *clean = tw_text_clean (text);
  GVariantDict body;
  g_autoptr (GError) error = NULL;
  g_autoptr (TwOutgoing) outgoing = NULL;

  if (*clean == '\0' || self->ticket == NULL)
    return;
  if (!tw_text_check (clean, TW_TEXT_MAX_MESSAGE, TRUE, &error))
    {
      tw_writer_tell (self->writer, error->message);
      return;
    }
  g_variant_dict_init (&body, NULL);
  g_variant_dict_insert (&body, "ticket_id", "s", self->id);
  g_variant_dict_insert (&body, "text", "s", clean);
  outgoing = tw_client_submit (tw_page_get_client (TW_PAGE (self)), TW_KIND_TICKET_WRITE, NULL,
                               g_variant_dict_end (&body), &error);
  if (outgoing != NULL)
    tw_writer_set_text (self->writer, "");
  tw_writer_tell (self->writer, error != NULL ? error->message : NULL);
  gtk_widget_grab_focus (GTK_WIDGET (self->writer));
}

static void
on_star (GtkButton *button, TwConversationPage *self)
{
  GVariantDict body = G_VARIANT_DICT_INIT (NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (TwOutgoing) outgoing = NULL;
  gint64 rating = g_ascii_strtoll (gtk_widget_get_name (GTK_WIDGET (button)), NULL, 10);

  g_variant_dict_insert (&body, "ticket_id", "s", self->id);
  g_variant_dict_insert (&body, "rating", "x", rating);
  g_variant_dict_insert (&body, "text", "s",
                         gtk_editable_get_text (GTK_EDITABLE (self->rating_text)));
  outgoing = tw_client_submit (tw_page_get_client (TW_PAGE (self)), TW_KIND_TICKET_RATE, NULL,
                               g_variant_dict_end (&body), &error);
  if (outgoing == NULL)
    {
      tw_page_say (self, error->message);
      return;
    }
  gtk_widget_set_visible (self->rate_box, FALSE);
  gtk_widget_set_visible (GTK_WIDGET (self->thanks), TRUE);
}

static void
on_about (TwConversationPage *self)
{
  const char *type = self->ticket != NULL ? tw_ticket_get_about_type (self->ticket) : "";

  if (*type != '\0')
    tw_page_go (self, g_str_equal (type, "record") ? "story" : type,
                tw_ticket_get_about_id (self->ticket));
}

static void
tw_conversation_page_show (TwPage *page, const char *arg)
{
  TwConversationPage *self = TW_CONVERSATION_PAGE (page);

  if (g_strcmp0 (self->id, arg) == 0)
    return;
  let_go (self);
  g_free (self->id);
  self->id = g_strdup (arg);
  gtk_editable_set_text (GTK_EDITABLE (self->rating_text), "");
  look (self);
}

static void
make_stars (TwConversationPage *self)
{
  static const char *const words[] = { N_ ("Very bad"), N_ ("Bad"), N_ ("Fair"), N_ ("Good"),
                                       N_ ("Very good") };

  for (guint i = 0; i < G_N_ELEMENTS (words); i++)
    {
      g_autofree char *name = g_strdup_printf ("%u", i + 1);
      GtkWidget *star = gtk_button_new_with_label (name);
      g_autofree char *spoken = g_strdup_printf ("%s, %s", name, _ (words[i]));

      gtk_widget_set_name (star, name);
      g_signal_connect (star, "clicked", G_CALLBACK (on_star), self);
      gtk_widget_set_tooltip_text (star, _ (words[i]));
      gtk_accessible_update_property (GTK_ACCESSIBLE (star), GTK_ACCESSIBLE_PROPERTY_LABEL, spoken,
                                      -1);
      gtk_box_append (GTK_BOX (self->stars), star);
    }
}

static void
tw_conversation_page_constructed (GObject *object)
{
  TwConversationPage *self = TW_CONVERSATION_PAGE (object);
  TwClient *client;

  G_OBJECT_CLASS (tw_conversation_page_parent_class)->constructed (object);
  client = tw_page_get_client (TW_PAGE (self));
  make_stars (self);
  g_signal_connect_object (tw_client_get_list (client, "ticket"), "items-changed",
                           G_CALLBACK (look), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (tw_client_get_outgoing (client), "items-changed", G_CALLBACK (look),
                           self, G_CONNECT_SWAPPED);
}

static void
tw_conversation_page_dispose (GObject *object)
{
  TwConversationPage *self = TW_CONVERSATION_PAGE (object);

  if (self->id != NULL)
    let_go (self);
  g_clear_pointer (&self->id, g_free);
  G_OBJECT_CLASS (tw_conversation_page_parent_class)->dispose (object);
}

static void
tw_conversation_page_class_init (TwConversationPageClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->constructed = tw_conversation_page_constructed;
  object_class->dispose = tw_conversation_page_dispose;
  TW_PAGE_CLASS (klass)->show = tw_conversation_page_show;

  g_type_ensure (TW_TYPE_CONVERSATION);
  g_type_ensure (TW_TYPE_MESSAGE_ROW);
  g_type_ensure (TW_TYPE_WRITER);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/taxwallet/TaxWallet/user/conversation.ui");
  gtk_widget_class_bind_template_child (widget_class, TwConversationPage, stack);
  gtk_widget_class_bind_template_child (widget_class, TwConversationPage, state);
  gtk_widget_class_bind_template_child (widget_class, TwConversationPage, about_button);
  gtk_widget_class_bind_template_child (widget_class, TwConversationPage, about);
  gtk_widget_class_bind_template_child (widget_class, TwConversationPage, conversation);
  gtk_widget_class_bind_template_child (widget_class, TwConversationPage, question);
  gtk_widget_class_bind_template_child (widget_class, TwConversationPage, drop);
  gtk_widget_class_bind_template_child (widget_class, TwConversationPage, rate_box);
  gtk_widget_class_bind_template_child (widget_class, TwConversationPage, stars);
  gtk_widget_class_bind_template_child (widget_class, TwConversationPage, rating_text);
  gtk_widget_class_bind_template_child (widget_class, TwConversationPage, thanks);
  gtk_widget_class_bind_template_child (widget_class, TwConversationPage, write_box);
  gtk_widget_class_bind_template_child (widget_class, TwConversationPage, writer);
  gtk_widget_class_bind_template_child (widget_class, TwConversationPage, send);
  gtk_widget_class_bind_template_callback (widget_class, on_send);
  gtk_widget_class_bind_template_callback (widget_class, on_drop);
  gtk_widget_class_bind_template_callback (widget_class, on_about);
  gtk_widget_class_bind_template_callback (widget_class, on_text_changed);
}

static void
tw_conversation_page_init (TwConversationPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}
