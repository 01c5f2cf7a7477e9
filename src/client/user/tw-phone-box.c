// SPDX-License-Identifier: GPL-3.0-or-later
#include "client/user/tw-phone-box.h"

/**
 * TwPhoneBox:
 *
 * In practice nobody has the phone that messages are sent to: what it shows is shown here.
 * Otherwise there is nothing to see.
 */
struct _TwPhoneBox
{
  GtkBox parent_instance;

  GtkLabel *message;
};

G_DEFINE_FINAL_TYPE (TwPhoneBox, tw_phone_box, GTK_TYPE_BOX)

static void
tw_phone_box_class_init (TwPhoneBoxClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/taxwallet/TaxWallet/user/phone-box.ui");
  gtk_widget_class_bind_template_child (widget_class, TwPhoneBox, message);
}

static void
tw_phone_box_init (TwPhoneBox *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

static void
show (TwPhoneBox *self, GParamSpec *pspec, TwStatus *status)
{
  g_autofree char *text = NULL;

  g_object_get (status, "phone-message", &text, NULL);
  gtk_widget_set_visible (GTK_WIDGET (self), text != NULL);
  gtk_label_set_label (self->message, text != NULL ? text : "");
}

/**
 * tw_phone_box_watch:
 * @self: a phone box
 * @client: (transfer none): the program
 *
 * Shows what the phone of @client shows, from now on. Asked once more, it changes nothing.
 */
void
tw_phone_box_watch (TwPhoneBox *self, TwClient *client)
{
  TwStatus *status = tw_client_get_status (client);

  g_signal_handlers_disconnect_by_func (status, show, self);
  g_signal_connect_object (status, "notify::phone-message", G_CALLBACK (show), self,
                           G_CONNECT_SWAPPED);
  show (self, NULL, status);
}
