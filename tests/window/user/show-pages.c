// SPDX-License-Identifier: GPL-3.0-or-later
/* Draws every page into a folder, for looking at them:
 *   show-pages FOLDER WIDTH light|dark
 * TW_LOCALEDIR names a folder with translations. */
#include <adwaita.h>
#include <libintl.h>
#include <locale.h>
#include <stdlib.h>

#include "client/user/tw-user-window.h"
#include "tw-fake-client.h"

static const struct
{
  const char *page, *arg;
} PAGES[] = {
  { "home", "" },
  { "wallet", "" },
  { "bills", "" },
  { "bill", "bill-1" },
  { "bill", "bill-3" },
  { "bill", "bill-4" },
  { "payment", "pay-2" },
  { "payment", "pay-3" },
  { "payment", "pay-4" },
  { "several", "" },
  { "pay", "" },
  { "find", "person" },
  { "find", "company" },
  { "find", "biller" },
  { "give", "payee-1" },
  { "give", "payee-4" },
  { "code", "" },
  { "withdraw", "" },
  { "cards", "" },
  { "card", "card-1" },
  { "card", "card-2" },
  { "standings", "" },
  { "standing", "standing-1" },
  { "standing", "payee\npayee-2" },
  { "history", "" },
  { "history", "payee\npayee-1" },
  { "records", "" },
  { "story", "rec-3" },
  { "help", "" },
  { "ask", "bill\nbill-1\nTax on property rent, Q3 2026" },
  { "conversation", "ticket-1" },
  { "conversation", "ticket-2" },
  { "account", "" },
};

/* Every page fits into so few pixels. */
#define NARROWEST 360

/* Until the window has nothing to do for a moment. */
static void
settle (guint ms)
{
  gint64 until = g_get_monotonic_time () + ms * 1000;

  while (g_get_monotonic_time () < until)
    {
      g_main_context_iteration (NULL, FALSE);
      g_usleep (1000);
    }
}

static void
draw (GtkWidget *window, const char *path)
{
  g_autoptr (GdkPaintable) paintable = gtk_widget_paintable_new (window);
  int width = gtk_widget_get_width (window);
  int height = gtk_widget_get_height (window);
  GskRenderNode *node = NULL;
  g_autoptr (GdkTexture) texture = NULL;

  /* A window that is being laid out draws nothing for a moment. */
  for (int i = 0; i < 50 && node == NULL; i++)
    {
      GtkSnapshot *snapshot = gtk_snapshot_new ();

      gdk_paintable_snapshot (paintable, snapshot, width, height);
      node = gtk_snapshot_free_to_node (snapshot);
      if (node == NULL)
        settle (100);
    }
  if (node == NULL)
    g_error ("Nothing is drawn for %s", path);
  texture = gsk_renderer_render_texture (gtk_native_get_renderer (GTK_NATIVE (window)), node, NULL);
  gsk_render_node_unref (node);
  gdk_texture_save_to_png (texture, path);
}

static void
draw_page (GtkWindow *window, const char *folder, const char *name)
{
  g_autofree char *path = g_strdup_printf ("%s/%s.png", folder, name);

  int min = 0;

  settle (350);
  gtk_widget_measure (GTK_WIDGET (window), GTK_ORIENTATION_HORIZONTAL, -1, &min, NULL, NULL, NULL);
  if (min > NARROWEST)
    g_printerr ("%s needs %d px\n", name, min);
  draw (GTK_WIDGET (window), path);
}

static void
on_activate (GtkApplication *app, char **argv)
{
  g_autoptr (TwFakeClient) client = tw_fake_client_new ();
  GtkWindow *window = tw_user_window_new (ADW_APPLICATION (app), TW_CLIENT (client));

  adw_style_manager_set_color_scheme (adw_style_manager_get_default (),
                                      g_str_equal (argv[3], "dark") ? ADW_COLOR_SCHEME_FORCE_DARK
                                                                    : ADW_COLOR_SCHEME_FORCE_LIGHT);
  gtk_widget_add_css_class (GTK_WIDGET (window), "practice");
  gtk_window_set_default_size (window, atoi (argv[2]), 720);
  gtk_window_present (window);
  draw_page (window, argv[1], "00-welcome");
  gtk_widget_activate_action (GTK_WIDGET (window), "win.go", "(ss)", "register", "");
  draw_page (window, argv[1], "01-register");
  tw_fake_client_fill (client, 300);
  tw_fake_client_set_signed_in (client, TRUE);
  for (guint i = 0; i < G_N_ELEMENTS (PAGES); i++)
    {
      g_autofree char *name = g_strdup_printf ("%02u-%s", i + 2, PAGES[i].page);

      gtk_widget_activate_action (GTK_WIDGET (window), "win.go", "(ss)", PAGES[i].page,
                                  PAGES[i].arg);
      draw_page (window, argv[1], name);
    }
  tw_fake_client_set_online (client, FALSE);
  gtk_widget_activate_action (GTK_WIDGET (window), "win.go", "(ss)", "home", "");
  settle (1300);
  draw_page (window, argv[1], "30-offline");
  gtk_window_destroy (window);
}

int
main (int argc, char *argv[])
{
  g_autoptr (AdwApplication) app = NULL;

  if (argc != 4)
    return 2;
  setlocale (LC_ALL, "");
  if (g_getenv ("TW_LOCALEDIR") != NULL)
    bindtextdomain (GETTEXT_PACKAGE, g_getenv ("TW_LOCALEDIR"));
  textdomain (GETTEXT_PACKAGE);
  app =
    g_object_new (ADW_TYPE_APPLICATION, "application-id", "org.taxwallet.ShowPages", "flags",
                  G_APPLICATION_NON_UNIQUE, "resource-base-path", "/org/taxwallet/TaxWallet", NULL);
  g_signal_connect (app, "activate", G_CALLBACK (on_activate), argv);
  return g_application_run (G_APPLICATION (app), 1, argv);
}
