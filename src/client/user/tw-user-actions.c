// SPDX-License-Identifier: GPL-3.0-or-later
/* What pages, menus and keys ask the window for. */
#include "client/user/tw-user-actions.h"

#include <string.h>

#include "client/user/tw-user-keys.h"
#include "client/user/tw-user-window.h"

static void
action_go (GtkWidget *widget, const char *name, GVariant *parameter)
{
  const char *page, *arg;

  g_variant_get (parameter, "(&s&s)", &page, &arg);
  tw_user_window_go (TW_USER_WINDOW (widget), page, arg);
}

/* Where a page has nothing to search in, the tax history is what a person means. */
static void
action_find (GtkWidget *widget, const char *name, GVariant *parameter)
{
  TwUserWindow *self = TW_USER_WINDOW (widget);
  gboolean can_find = FALSE;

  g_object_get (tw_user_window_get_page (self), "can-find", &can_find, NULL);
  if (!can_find)
    tw_user_window_go (self, "records", "");
  tw_page_find (tw_user_window_get_page (self));
}

static void
action_document (GtkWidget *widget, const char *name, GVariant *parameter)
{
  TwDocument document = strcmp (name, "win.print") == 0      ? TW_DOCUMENT_PRINT
                        : strcmp (name, "win.save-pdf") == 0 ? TW_DOCUMENT_PDF
                                                             : TW_DOCUMENT_CSV;

  tw_page_document (tw_user_window_get_page (TW_USER_WINDOW (widget)), document);
}

/* A question about what is in front takes it along. */
static void
action_ask (GtkWidget *widget, const char *name, GVariant *parameter)
{
  TwUserWindow *self = TW_USER_WINDOW (widget);
  const char *id = NULL;
  const char *text = NULL;
  const char *type = tw_page_get_about (tw_user_window_get_page (self), &id, &text);
  g_autofree char *arg =
    type != NULL ? g_strdup_printf ("%s\n%s\n%s", type, id, text) : g_strdup ("");

  tw_user_window_go (self, "ask", arg);
}

static void
action_help (GtkWidget *widget, const char *name, GVariant *parameter)
{
  tw_user_window_go (TW_USER_WINDOW (widget), "help", "");
}

static void
action_say (GtkWidget *widget, const char *name, GVariant *parameter)
{
  tw_user_window_say (TW_USER_WINDOW (widget), g_variant_get_string (parameter, NULL));
}

static void
action_shortcuts (GtkWidget *widget, const char *name, GVariant *parameter)
{
  tw_user_keys_show (GTK_WINDOW (widget));
}

static void
action_sign_out (GtkWidget *widget, const char *name, GVariant *parameter)
{
  TwPage *page = tw_user_window_get_page (TW_USER_WINDOW (widget));

  tw_client_sign_out (tw_page_get_client (page));
}

/**
 * tw_user_actions_install:
 * @klass: the window's class, in its class_init
 *
 * Gives the window the actions that need nothing of its inside.
 */
void
tw_user_actions_install (GtkWidgetClass *klass)
{
  gtk_widget_class_install_action (klass, "win.go", "(ss)", action_go);
  gtk_widget_class_install_action (klass, "win.find", NULL, action_find);
  gtk_widget_class_install_action (klass, "win.print", NULL, action_document);
  gtk_widget_class_install_action (klass, "win.save-pdf", NULL, action_document);
  gtk_widget_class_install_action (klass, "win.save-csv", NULL, action_document);
  gtk_widget_class_install_action (klass, "win.ask", NULL, action_ask);
  gtk_widget_class_install_action (klass, "win.help", NULL, action_help);
  gtk_widget_class_install_action (klass, "win.say", "s", action_say);
  gtk_widget_class_install_action (klass, "win.show-help-overlay", NULL, action_shortcuts);
  gtk_widget_class_install_action (klass, "win.sign-out", NULL, action_sign_out);
}
