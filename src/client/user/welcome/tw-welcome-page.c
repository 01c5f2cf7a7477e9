// SPDX-License-Identifier: GPL-3.0-or-later
#include "client/user/welcome/tw-welcome-page.h"

#include <glib/gi18n-lib.h>

#include "client/widgets/tw-form-row.h"
#include "model/tw-sign-in-form.h"

/**
 * TwWelcomePage:
 *
 * For who is not signed in. In practice the sample person is one click away.
 */
struct _TwWelcomePage
{
  TwPage parent_instance;

  TwSignInForm *form;
  GtkWidget *fields;
  GtkWidget *first;
  GtkWidget *sign_in;
  GtkWidget *spinner;
  GtkLabel *trouble;
  GtkWidget *sample;
  GtkWidget *sample_button;

  GCancellable *cancellable;
};

G_DEFINE_FINAL_TYPE (TwWelcomePage, tw_welcome_page, TW_TYPE_PAGE)

/* The sample person of practice mode; made up, and the same in every practice. */
#define SAMPLE_LOGIN "13800000000"
#define SAMPLE_PASSWORD "Practice-2026-Wallet"

#define DRAFT_LOGIN "welcome/login"

static void
set_busy (TwWelcomePage *self, gboolean busy)
{
  gtk_widget_set_sensitive (self->sign_in, !busy);
  gtk_widget_set_sensitive (self->sample_button, !busy);
  gtk_widget_set_visible (self->spinner, busy);
}

static void
on_signed_in (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (TwWelcomePage) self = data;
  g_autoptr (GError) error = NULL;
  gboolean in = tw_client_sign_in_finish (TW_CLIENT (source), result, &error);

  /* Once somebody is signed in, the window has let the page go, and the password with it. */
  if (in || self->cancellable == NULL)
    return;
  set_busy (self, FALSE);
  gtk_label_set_label (self->trouble, error->message);
  gtk_widget_set_visible (GTK_WIDGET (self->trouble), TRUE);
}

static void
sign_in (TwWelcomePage *self, const char *login, const char *password)
{
  gtk_widget_set_visible (GTK_WIDGET (self->trouble), FALSE);
  set_busy (self, TRUE);
  tw_client_sign_in_async (tw_page_get_client (TW_PAGE (self)), login, password, self->cancellable,
                           on_signed_in, g_object_ref (self));
}

static void
on_sign_in (TwWelcomePage *self)
{
  TwForm *form = TW_FORM (self->form);

  if (!gtk_widget_get_sensitive (self->sign_in))
    return;
  tw_form_row_focus_first_mistake (self->fields, form);
  if (tw_form_get_valid (form))
    sign_in (self, tw_form_get_value (form, "login"), tw_form_get_value (form, "password"));
}

static void
on_sample (TwWelcomePage *self)
{
  sign_in (self, SAMPLE_LOGIN, SAMPLE_PASSWORD);
}

static void
on_register (TwWelcomePage *self)
{
  tw_page_go (self, "register", "");
}

static void
on_login_changed (TwWelcomePage *self)
{
  tw_client_set_draft (tw_page_get_client (TW_PAGE (self)), DRAFT_LOGIN,
                       tw_form_get_text (TW_FORM (self->form), "login"));
}

static void
on_status (TwWelcomePage *self, GParamSpec *pspec, TwStatus *status)
{
  gboolean practice = FALSE;

  g_object_get (status, "practice", &practice, NULL);
  gtk_widget_set_visible (self->sample, practice);
}

static void
tw_welcome_page_constructed (GObject *object)
{
  TwWelcomePage *self = TW_WELCOME_PAGE (object);
  TwClient *client;
  TwStatus *status;
  const char *login;

  G_OBJECT_CLASS (tw_welcome_page_parent_class)->constructed (object);
  client = tw_page_get_client (TW_PAGE (self));
  status = tw_client_get_status (client);
  g_signal_connect_object (status, "notify::practice", G_CALLBACK (on_status), self,
                           G_CONNECT_SWAPPED);
  on_status (self, NULL, status);
  login = tw_client_get_draft (client, DRAFT_LOGIN);
  if (login != NULL)
    tw_form_set_text (TW_FORM (self->form), "login", login);
  g_signal_connect_object (self->form, "field-changed::login", G_CALLBACK (on_login_changed), self,
                           G_CONNECT_SWAPPED);
}

static void
tw_welcome_page_dispose (GObject *object)
{
  TwWelcomePage *self = TW_WELCOME_PAGE (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  G_OBJECT_CLASS (tw_welcome_page_parent_class)->dispose (object);
}

static void
tw_welcome_page_class_init (TwWelcomePageClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->constructed = tw_welcome_page_constructed;
  object_class->dispose = tw_welcome_page_dispose;

  g_type_ensure (TW_TYPE_SIGN_IN_FORM);
  g_type_ensure (TW_TYPE_FORM_ROW);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/taxwallet/TaxWallet/user/welcome.ui");
  gtk_widget_class_bind_template_child (widget_class, TwWelcomePage, form);
  gtk_widget_class_bind_template_child (widget_class, TwWelcomePage, fields);
  gtk_widget_class_bind_template_child (widget_class, TwWelcomePage, first);
  gtk_widget_class_bind_template_child (widget_class, TwWelcomePage, sign_in);
  gtk_widget_class_bind_template_child (widget_class, TwWelcomePage, spinner);
  gtk_widget_class_bind_template_child (widget_class, TwWelcomePage, trouble);
  gtk_widget_class_bind_template_child (widget_class, TwWelcomePage, sample);
  gtk_widget_class_bind_template_child (widget_class, TwWelcomePage, sample_button);
  gtk_widget_class_bind_template_callback (widget_class, on_sign_in);
  gtk_widget_class_bind_template_callback (widget_class, on_sample);
  gtk_widget_class_bind_template_callback (widget_class, on_register);
}

static void
tw_welcome_page_init (TwWelcomePage *self)
{
  self->cancellable = g_cancellable_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
}
