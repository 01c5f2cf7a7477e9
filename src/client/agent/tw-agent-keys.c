// SPDX-License-Identifier: GPL-3.0-or-later
#include "client/agent/tw-agent-keys.h"

/**
 * tw_agent_keys_set:
 * @app: the application
 * @window: its window
 */
void
tw_agent_keys_set (GtkApplication *app, GtkApplicationWindow *window)
{
  static const struct
  {
    const char *action;
    const char *keys[3];
  } keys[] = {
    { "win.search", { "<Primary>f", NULL } },
    { "win.back", { "<Alt>Left", NULL } },
    { "win.reply", { "<Primary>n", NULL } },
    { "win.customer", { "F9", NULL } },
    { "win.ticket::take", { "<Primary>t", NULL } },
    { "win.ticket::resolve", { "<Primary><Shift>r", NULL } },
    { "win.show-queue(0)", { "<Alt>1", NULL } },
    { "win.show-queue(1)", { "<Alt>2", NULL } },
    { "win.show-queue(2)", { "<Alt>3", NULL } },
    { "win.show-queue(3)", { "<Alt>4", NULL } },
    { "win.show-queue(4)", { "<Alt>5", NULL } },
    { "win.reconciliation", { "<Alt>6", NULL } },
    { "win.show-help-overlay", { "F1", "<Primary>question", NULL } },
    { "window.close", { "<Primary>w", NULL } },
  };
  g_autoptr (GtkBuilder) builder =
    gtk_builder_new_from_resource ("/org/taxwallet/TaxWallet/agent/shortcuts.ui");

  for (gsize i = 0; i < G_N_ELEMENTS (keys); i++)
    gtk_application_set_accels_for_action (app, keys[i].action, keys[i].keys);
  gtk_application_window_set_help_overlay (
    window, GTK_SHORTCUTS_WINDOW (gtk_builder_get_object (builder, "shortcuts")));
}
