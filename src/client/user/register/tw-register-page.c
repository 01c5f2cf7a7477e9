// SPDX-License-Identifier: GPL-3.0-or-later
#include "client/user/register/tw-register-page.h"

#include <glib/gi18n-lib.h>

#include "client/widgets/tw-form-row.h"
#include "model/tw-register-form.h"
#include "protocol/tw-refusal.h"

/**
 * TwRegisterPage:
 *
 * Who one is and which password one wants; then the confirmation with its reference. What is typed
 * is kept, the password apart, so that one can go on later.
 */
struct _TwRegisterPage
{
  TwPage parent_instance;

  TwRegisterForm *form;
  GtkStack *stack;
  GtkWidget *fields;
  GtkWidget *submit;
  GtkWidget *spinner;
  GtkLabel *trouble;
  GtkLabel *reference;
  GtkWidget *enter;
  GtkWidget *enter_spinner;
  GtkLabel *enter_trouble;

  GCancellable *cancellable;
};

G_DEFINE_FINAL_TYPE (TwRegisterPage, tw_register_page, TW_TYPE_PAGE)

#define DRAFT_FORM "register/form"

static void
set_busy (TwRegisterPage *self, gboolean busy)
{
  gtk_widget_set_sensitive (self->submit, !busy);
  gtk_widget_set_visible (self->spinner, busy);
}

/* What is said of one field is shown at that field. */
static void
show_trouble (TwRegisterPage *self, const char *words)
{
  static const struct
  {
    const char *code;
    const char *field;
  } AT[] = {
    { "phone_taken", "phone" },
    { "id_taken", "id-number" },
    { "weak_password", "password" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (AT); i++)
    if (g_strcmp0 (words, tw_refusal_get_words (AT[i].code, NULL)) == 0)
      {
        tw_form_refuse (TW_FORM (self->form), AT[i].field, words);
        tw_form_row_focus_first_mistake (self->fields, TW_FORM (self->form));
        return;
      }
  gtk_label_set_label (self->trouble, words);
  gtk_widget_set_visible (GTK_WIDGET (self->trouble), TRUE);
}

static void
on_registered (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (TwRegisterPage) self = data;
  g_autoptr (GError) error = NULL;
  g_autofree char *reference = tw_client_register_finish (TW_CLIENT (source), result, &error);

  if (self->cancellable == NULL)
    return;
  set_busy (self, FALSE);
  if (reference == NULL)
    {
      show_trouble (self, error->message);
      return;
    }
  tw_client_set_draft (TW_CLIENT (source), DRAFT_FORM, NULL);
  gtk_label_set_label (self->reference, reference);
  gtk_stack_set_visible_child_name (self->stack, "done");
  gtk_widget_grab_focus (self->enter);
}

static void
on_submit (TwRegisterPage *self)
{
  TwForm *form = TW_FORM (self->form);

  if (!gtk_widget_get_sensitive (self->submit))
    return;
  tw_form_row_focus_first_mistake (self->fields, form);
  if (!tw_form_get_valid (form))
    return;
  gtk_widget_set_visible (GTK_WIDGET (self->trouble), FALSE);
  set_busy (self, TRUE);
  tw_client_register_async (tw_page_get_client (TW_PAGE (self)),
                            tw_register_form_get_body (self->form), self->cancellable,
                            on_registered, g_object_ref (self));
}

static void
on_signed_in (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (TwRegisterPage) self = data;
  g_autoptr (GError) error = NULL;
  gboolean in = tw_client_sign_in_finish (TW_CLIENT (source), result, &error);

  if (in || self->cancellable == NULL)
    return;
  gtk_widget_set_sensitive (self->enter, TRUE);
  gtk_widget_set_visible (self->enter_spinner, FALSE);
  gtk_label_set_label (self->enter_trouble, error->message);
  gtk_widget_set_visible (GTK_WIDGET (self->enter_trouble), TRUE);
}

static void
on_enter (TwRegisterPage *self)
{
  TwForm *form = TW_FORM (self->form);

  gtk_widget_set_sensitive (self->enter, FALSE);
  gtk_widget_set_visible (self->enter_spinner, TRUE);
  gtk_widget_set_visible (GTK_WIDGET (self->enter_trouble), FALSE);
  tw_client_sign_in_async (tw_page_get_client (TW_PAGE (self)), tw_form_get_value (form, "phone"),
                           tw_form_get_value (form, "password"), self->cancellable, on_signed_in,
                           g_object_ref (self));
}

static void
on_field_changed (TwRegisterPage *self)
{
  g_autofree char *draft = tw_form_save (TW_FORM (self->form));

  gtk_widget_set_visible (GTK_WIDGET (self->trouble), FALSE);
  tw_client_set_draft (tw_page_get_client (TW_PAGE (self)), DRAFT_FORM, draft);
}

static void
tw_register_page_constructed (GObject *object)
{
  TwRegisterPage *self = TW_REGISTER_PAGE (object);

  G_OBJECT_CLASS (tw_register_page_parent_class)->constructed (object);
  tw_form_restore (TW_FORM (self->form),
                   tw_client_get_draft (tw_page_get_client (TW_PAGE (self)), DRAFT_FORM));
  g_signal_connect_object (self->form, "field-changed", G_CALLBACK (on_field_changed), self,
                           G_CONNECT_SWAPPED);
}

static void
tw_register_page_dispose (GObject *object)
{
  TwRegisterPage *self = TW_REGISTER_PAGE (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  G_OBJECT_CLASS (tw_register_page_parent_class)->dispose (object);
}

static void
tw_register_page_class_init (TwRegisterPageClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->constructed = tw_register_page_constructed;
  object_class->dispose = tw_register_page_dispose;

  g_type_ensure (TW_TYPE_REGISTER_FORM);
  g_type_ensure (TW_TYPE_FORM_ROW);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/taxwallet/TaxWallet/user/register.ui");
  gtk_widget_class_bind_template_child (widget_class, TwRegisterPage, form);
  gtk_widget_class_bind_template_child (widget_class, TwRegisterPage, stack);
  gtk_widget_class_bind_template_child (widget_class, TwRegisterPage, fields);
  gtk_widget_class_bind_template_child (widget_class, TwRegisterPage, submit);
  gtk_widget_class_bind_template_child (widget_class, TwRegisterPage, spinner);
  gtk_widget_class_bind_template_child (widget_class, TwRegisterPage, trouble);
  gtk_widget_class_bind_template_child (widget_class, TwRegisterPage, reference);
  gtk_widget_class_bind_template_child (widget_class, TwRegisterPage, enter);
  gtk_widget_class_bind_template_child (widget_class, TwRegisterPage, enter_spinner);
  gtk_widget_class_bind_template_child (widget_class, TwRegisterPage, enter_trouble);
  gtk_widget_class_bind_template_callback (widget_class, on_submit);
  gtk_widget_class_bind_template_callback (widget_class, on_enter);
}

static void
tw_register_page_init (TwRegisterPage *self)
{
  self->cancellable = g_cancellable_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
}
