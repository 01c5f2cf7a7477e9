// SPDX-License-Identifier: GPL-3.0-or-later
#include "client/user/ask/tw-ask-page.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "client/widgets/tw-form-row.h"
#include "client/widgets/tw-writer.h"
#include "model/tw-question-form.h"
#include "protocol/tw-kinds.h"

/**
 * TwAskPage:
 *
 * A question to a person. The argument is what it is about: a type, an id and the same in words, on
 * a line each; it is sent along. What comes after them is the beginning of the question, which
 * stands there until something else is typed. What is typed is kept for each of them.
 */
struct _TwAskPage
{
  TwPage parent_instance;

  TwQuestionForm *form;
  GtkWidget *about_box;
  GtkLabel *about;
  GtkWidget *fields;
  TwWriter *writer;
  GtkLabel *trouble;

  char *about_type;
  char *about_id;
  char *key;
  gboolean loading;
};

G_DEFINE_FINAL_TYPE (TwAskPage, tw_ask_page, TW_TYPE_PAGE)

static void
on_subject_changed (TwAskPage *self)
{
  g_autofree char *key = g_strconcat (self->key, "/subject", NULL);

  if (!self->loading)
    tw_client_set_draft (tw_page_get_client (TW_PAGE (self)), key,
                         tw_form_get_text (TW_FORM (self->form), "subject"));
}

static void
on_text_changed (TwAskPage *self)
{
  g_autofree char *text = tw_writer_get_text (self->writer);

  tw_form_set_text (TW_FORM (self->form), "text", text);
}

/* After the first line comes the second. */
static void
on_subject_activated (TwAskPage *self)
{
  gtk_widget_grab_focus (GTK_WIDGET (self->writer));
}

static void
on_send (TwAskPage *self)
{
  TwForm *form = TW_FORM (self->form);
  TwClient *client = tw_page_get_client (TW_PAGE (self));
  GVariantDict body;
  g_autoptr (GError) error = NULL;
  g_autoptr (TwOutgoing) outgoing = NULL;

  tw_form_row_focus_first_mistake (self->fields, form);
  tw_writer_tell (self->writer, tw_form_get_error (form, "text"));
  if (!tw_form_get_valid (form))
    {
      if (tw_form_get_error (form, "subject") == NULL)
        gtk_widget_grab_focus (GTK_WIDGET (self->writer));
      return;
    }
  g_variant_dict_init (&body, NULL);
  g_variant_dict_insert (&body, "subject", "s", tw_form_get_value (form, "subject"));
  g_variant_dict_insert (&body, "text", "s", tw_form_get_value (form, "text"));
  g_variant_dict_insert (&body, "about_type", "s", self->about_type);
  /* What never became more than a request is told in the text alone. */
  g_variant_dict_insert (&body, "about_id", "s", *self->about_type != '\0' ? self->about_id : "");
  outgoing =
    tw_client_submit (client, TW_KIND_TICKET_ASK, NULL, g_variant_dict_end (&body), &error);
  gtk_label_set_label (self->trouble, error != NULL ? error->message : "");
  gtk_widget_set_visible (GTK_WIDGET (self->trouble), error != NULL);
  if (outgoing == NULL)
    return;
  tw_form_clear (form);
  tw_writer_set_text (self->writer, "");
  gtk_widget_activate_action (GTK_WIDGET (self), "win.go-instead", "(ss)", "conversation",
                              tw_outgoing_get_id (outgoing));
}

/* A question that begins with facts, and that nobody has written at yet. */
static gboolean
begin_with (TwAskPage *self, const char *subject, const char *text)
{
  TwClient *client = tw_page_get_client (TW_PAGE (self));
  g_autofree char *subject_key = g_strconcat (self->key, "/subject", NULL);
  g_autofree char *text_key = g_strconcat (self->key, "/text", NULL);

  if (text == NULL || tw_client_get_draft (client, text_key) != NULL)
    return FALSE;
  tw_client_set_draft (client, text_key, text);
  if (tw_client_get_draft (client, subject_key) == NULL)
    tw_client_set_draft (client, subject_key, subject);
  return TRUE;
}

static void
tw_ask_page_show (TwPage *page, const char *arg)
{
  TwAskPage *self = TW_ASK_PAGE (page);
  TwClient *client = tw_page_get_client (page);
  g_auto (GStrv) parts = g_strsplit (arg, "\n", 4);
  gboolean about = g_strv_length (parts) >= 3;
  gboolean begins;
  g_autofree char *subject_key = NULL;
  g_autofree char *text_key = NULL;
  const char *subject;

  g_free (self->about_type);
  g_free (self->about_id);
  g_free (self->key);
  self->about_type = g_strdup (about ? parts[0] : "");
  self->about_id = g_strdup (about ? parts[1] : "");
  self->key = about ? g_strdup_printf ("ask/%s/%s", parts[0], parts[1]) : g_strdup ("ask");
  begins = begin_with (self, about ? parts[2] : NULL, about ? parts[3] : NULL);
  subject_key = g_strconcat (self->key, "/subject", NULL);
  text_key = g_strconcat (self->key, "/text", NULL);
  gtk_widget_set_visible (self->about_box, about);
  gtk_label_set_label (self->about, about ? parts[2] : "");
  gtk_widget_set_visible (GTK_WIDGET (self->trouble), FALSE);

  self->loading = TRUE;
  subject = tw_client_get_draft (client, subject_key);
  tw_form_set_text (TW_FORM (self->form), "subject", subject != NULL ? subject : "");
  self->loading = FALSE;
  tw_writer_set_draft (self->writer, client, text_key);
  if (begins)
    tw_writer_set_text (self->writer, parts[3]);
}

static void
tw_ask_page_constructed (GObject *object)
{
  TwAskPage *self = TW_ASK_PAGE (object);

  G_OBJECT_CLASS (tw_ask_page_parent_class)->constructed (object);
  g_signal_connect_object (self->form, "field-changed::subject", G_CALLBACK (on_subject_changed),
                           self, G_CONNECT_SWAPPED);
}

static void
tw_ask_page_finalize (GObject *object)
{
  TwAskPage *self = TW_ASK_PAGE (object);

  g_free (self->about_type);
  g_free (self->about_id);
  g_free (self->key);
  G_OBJECT_CLASS (tw_ask_page_parent_class)->finalize (object);
}

static void
tw_ask_page_class_init (TwAskPageClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->constructed = tw_ask_page_constructed;
  object_class->finalize = tw_ask_page_finalize;
  TW_PAGE_CLASS (klass)->show = tw_ask_page_show;

  g_type_ensure (TW_TYPE_QUESTION_FORM);
  g_type_ensure (TW_TYPE_FORM_ROW);
  g_type_ensure (TW_TYPE_WRITER);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/taxwallet/TaxWallet/user/ask.ui");
  gtk_widget_class_bind_template_child (widget_class, TwAskPage, form);
  gtk_widget_class_bind_template_child (widget_class, TwAskPage, about_box);
  gtk_widget_class_bind_template_child (widget_class, TwAskPage, about);
  gtk_widget_class_bind_template_child (widget_class, TwAskPage, fields);
  gtk_widget_class_bind_template_child (widget_class, TwAskPage, writer);
  gtk_widget_class_bind_template_child (widget_class, TwAskPage, trouble);
  gtk_widget_class_bind_template_callback (widget_class, on_send);
  gtk_widget_class_bind_template_callback (widget_class, on_subject_activated);
  gtk_widget_class_bind_template_callback (widget_class, on_text_changed);
}

static void
tw_ask_page_init (TwAskPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}
