// SPDX-License-Identifier: GPL-3.0-or-later
/* The least that a window of libadwaita can be: a header bar with a title, as ours has. */
#include <adwaita.h>
#include <glib-unix.h>

#include "client/app/tw-first-frame.h"

static void
on_activate (GtkApplication *app)
{
  GtkWidget *window = adw_application_window_new (app);
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);

  gtk_window_set_title (GTK_WINDOW (window), "税收钱包");
  gtk_window_set_default_size (GTK_WINDOW (window), 1000, 720);
  gtk_box_append (GTK_BOX (box), adw_header_bar_new ());
  adw_application_window_set_content (ADW_APPLICATION_WINDOW (window), box);
  gtk_window_present (GTK_WINDOW (window));
  tw_first_frame_report (GTK_WINDOW (window));
}

static gboolean
on_signal (gpointer app)
{
  g_application_quit (app);
  return G_SOURCE_CONTINUE;
}

int
main (int argc, char **argv)
{
  g_autoptr (AdwApplication) app = adw_application_new ("org.taxwallet.Empty", 0);

  g_signal_connect (app, "activate", G_CALLBACK (on_activate), NULL);
  g_unix_signal_add (SIGTERM, on_signal, app);
  return g_application_run (G_APPLICATION (app), argc, argv);
}
