// SPDX-License-Identifier: GPL-3.0-or-later
#include "client/user/account/tw-account-page.h"

#include <glib/gi18n-lib.h>

#include "client/widgets/tw-details.h"
#include "client/widgets/tw-format.h"
#include "client/widgets/tw-fresh-list.h"
#include "model/tw-account.h"

/**
 * TwAccountPage:
 *
 * What the program knows of the person, and how the check of the identity stands.
 */
struct _TwAccountPage
{
  TwPage parent_instance;

  TwFreshList *accounts;
  GtkImage *icon;
  GtkLabel *state;
  GtkLabel *words;
  GtkWidget *ask;
  TwDetails *details;
};

G_DEFINE_FINAL_TYPE (TwAccountPage, tw_account_page, TW_TYPE_PAGE)

static void
show_identity (TwAccountPage *self, TwAccount *account)
{
  const char *reason = tw_account_get_identity_reason (account);

  switch (tw_account_get_identity (account))
    {
    case TW_IDENTITY_STATE_APPROVED:
      gtk_image_set_from_icon_name (self->icon, "emblem-ok-symbolic");
      gtk_label_set_label (self->state, _ ("Your identity is confirmed"));
      gtk_label_set_label (self->words, _ ("Nothing is left to do."));
      break;
    case TW_IDENTITY_STATE_REFUSED:
      gtk_image_set_from_icon_name (self->icon, "dialog-warning-symbolic");
      gtk_label_set_label (self->state, _ ("Your identity could not be confirmed"));
      gtk_label_set_label (
        self->words, *reason != '\0' ? reason : _ ("Ask a person, so that it can be mended."));
      break;
    case TW_IDENTITY_STATE_PENDING:
    default:
      gtk_image_set_from_icon_name (self->icon, "content-loading-symbolic");
      gtk_label_set_label (self->state, _ ("Your identity is being checked"));
      gtk_label_set_label (self->words,
                           _ ("You need not do anything. Until it is done, limits are low."));
    }
  gtk_widget_set_visible (self->ask,
                          tw_account_get_identity (account) == TW_IDENTITY_STATE_REFUSED);
}

static void
on_accounts (TwAccountPage *self)
{
  g_autoptr (TwAccount) account = g_list_model_get_item (G_LIST_MODEL (self->accounts), 0);
  g_autofree char *since = NULL;
  g_autofree char *checked = NULL;

  if (account == NULL)
    return;
  show_identity (self, account);
  since = tw_format_date_ms (tw_account_get_created_at_ms (account));
  checked = tw_format_date_ms (tw_account_get_checked_at_ms (account));
  tw_details_begin (self->details);
  tw_details_add (self->details, _ ("Name"), tw_account_get_name (account));
  tw_details_add (self->details, _ ("ID number"), tw_account_get_id_number (account));
  tw_details_add (self->details, _ ("Phone number"), tw_account_get_phone (account));
  tw_details_add (self->details, _ ("E-mail"), tw_account_get_email (account));
  tw_details_add (self->details, _ ("Registered"), since);
  tw_details_add (self->details, _ ("Identity checked"), checked);
  tw_details_add (self->details, _ ("Reference"), tw_account_get_reference (account));
  tw_details_end (self->details);
}

static void
tw_account_page_constructed (GObject *object)
{
  TwAccountPage *self = TW_ACCOUNT_PAGE (object);

  G_OBJECT_CLASS (tw_account_page_parent_class)->constructed (object);
  g_object_set (self->accounts, "model",
                tw_client_get_list (tw_page_get_client (TW_PAGE (self)), "account"), NULL);
  on_accounts (self);
}

static void
tw_account_page_class_init (TwAccountPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->constructed = tw_account_page_constructed;
  g_type_ensure (TW_TYPE_DETAILS);
  g_type_ensure (TW_TYPE_FRESH_LIST);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/taxwallet/TaxWallet/user/account.ui");
  gtk_widget_class_bind_template_child (widget_class, TwAccountPage, accounts);
  gtk_widget_class_bind_template_child (widget_class, TwAccountPage, icon);
  gtk_widget_class_bind_template_child (widget_class, TwAccountPage, state);
  gtk_widget_class_bind_template_child (widget_class, TwAccountPage, words);
  gtk_widget_class_bind_template_child (widget_class, TwAccountPage, ask);
  gtk_widget_class_bind_template_child (widget_class, TwAccountPage, details);
  gtk_widget_class_bind_template_callback (widget_class, on_accounts);
}

static void
tw_account_page_init (TwAccountPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}
