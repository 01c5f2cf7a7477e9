// SPDX-License-Identifier: GPL-3.0-or-later
#include "client/user/tw-user-keys.h"

/* The same as in shortcuts.ui, which tells the person. Escape is the window's own. */
static const struct
{
  const char *action;
  const char *keys[3];
} KEYS[] = {
  { "win.find", { "<Primary>f" } },
  { "win.print", { "<Primary>p" } },
  { "win.ask", { "<Primary>n" } },
  { "win.help", { "F1" } },
  { "win.pages", { "F9" } },
  { "win.back", { "<Alt>Left" } },
  { "win.forward", { "<Alt>Right" } },
  { "win.go(('home',''))", { "<Alt>1" } },
  { "win.go(('wallet',''))", { "<Alt>2" } },
  { "win.go(('pay',''))", { "<Alt>3" } },
  { "win.go(('bills',''))", { "<Alt>4" } },
  { "win.go(('records',''))", { "<Alt>5" } },
  { "win.go(('help',''))", { "<Alt>6" } },
  { "win.go(('account',''))", { "<Alt>7" } },
  { "win.show-help-overlay", { "<Primary>question", "<Primary>slash" } },
  { "window.close", { "<Primary>w" } },
};

/**
 * tw_user_keys_set:
 * @app: the application
 *
 * Gives the user's window its keys.
 */
void
tw_user_keys_set (GtkApplication *app)
{
  for (gsize i = 0; i < G_N_ELEMENTS (KEYS); i++)
    gtk_application_set_accels_for_action (app, KEYS[i].action, KEYS[i].keys);
}

/**
 * tw_user_keys_show:
 * @window: the user's window
 *
 * Shows the window that lists the keys. It is made then and not before: it is large, and few ask.
 */
void
tw_user_keys_show (GtkWindow *window)
{
  g_autoptr (GtkBuilder) builder =
    gtk_builder_new_from_resource ("/org/taxwallet/TaxWallet/user/shortcuts.ui");
  GtkWindow *keys = GTK_WINDOW (gtk_builder_get_object (builder, "shortcuts"));

  gtk_window_set_transient_for (keys, window);
  gtk_window_set_destroy_with_parent (keys, TRUE);
  gtk_window_present (keys);
}
