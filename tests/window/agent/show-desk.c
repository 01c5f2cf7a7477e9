// SPDX-License-Identifier: GPL-3.0-or-later
/* Draws the desk's pages of money into a folder, for looking at them:
 *   show-desk FOLDER WIDTH light|dark
 * TW_LOCALEDIR names a folder with translations. */
#include <adwaita.h>
#include <libintl.h>
#include <locale.h>
#include <stdlib.h>

#include "base/tw-clock.h"
#include "client/agent/reconciliation/tw-correction-card.h"
#include "client/agent/reconciliation/tw-difference-pane.h"
#include "client/agent/reconciliation/tw-reconciliation-page.h"
#include "client/agent/tw-agent-window.h"
#include "model/tw-partner.h"
#include "tw-desk-sample.h"
#include "tw-money-sample.h"

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
draw (GtkWindow *window, const char *folder, const char *name)
{
  g_autofree char *path = g_strdup_printf ("%s/%s.png", folder, name);
  g_autoptr (GdkTexture) texture = NULL;

  settle (700);
  texture = tw_draw (GTK_WIDGET (window));
  gdk_texture_save_to_png (texture, path);
}

/* What a senior is asked before money moves, as far down as it stands. */
static void
draw_question (GtkWindow *window, const char *folder)
{
  GtkWidget *pane = tw_find_type (window, TW_TYPE_DIFFERENCE_PANE);
  GtkWidget *card = tw_find_type (pane, TW_TYPE_CORRECTION_CARD);
  GtkAdjustment *down = gtk_scrolled_window_get_vadjustment (
    GTK_SCROLLED_WINDOW (tw_find_type (pane, GTK_TYPE_SCROLLED_WINDOW)));
  GListModel *windows = gtk_window_get_toplevels ();

  gtk_editable_set_text (GTK_EDITABLE (tw_find_type (pane, ADW_TYPE_ENTRY_ROW)),
                         "银行已书面确认，见回函 <2026-031> & 附件");
  settle (200);
  gtk_adjustment_set_value (down, 300);
  draw (window, folder, "3-before");
  g_signal_emit_by_name (tw_find_type (card, GTK_TYPE_BUTTON), "clicked");
  settle (700);
  for (guint i = 0; i < g_list_model_get_n_items (windows); i++)
    {
      g_autoptr (GtkWindow) asked = g_list_model_get_item (windows, i);

      if (ADW_IS_MESSAGE_DIALOG (asked))
        draw (asked, folder, "4-question");
    }
}

static void
on_activate (GtkApplication *app, char **argv)
{
  static const char *const ids[] = { "missing-there", "refused", "amount" };
  g_autoptr (TwFakeClient) client = tw_fake_client_new ();
  Fixture fixture = { .client = client };
  GtkWindow *window = tw_agent_window_new (ADW_APPLICATION (app), TW_CLIENT (client));
  GtkWidget *page;

  adw_style_manager_set_color_scheme (adw_style_manager_get_default (),
                                      g_str_equal (argv[3], "dark") ? ADW_COLOR_SCHEME_FORCE_DARK
                                                                    : ADW_COLOR_SCHEME_FORCE_LIGHT);
  tw_fake_client_set_person (client, TW_DESK_ME, "小林");
  tw_desk_fill (client);
  tw_fake_client_set_signed_in (client, TRUE);
  g_object_set (tw_client_get_status (TW_CLIENT (client)), "senior", TRUE, NULL);
  gtk_widget_add_css_class (GTK_WIDGET (window), "practice");
  gtk_window_set_default_size (window, atoi (argv[2]), 720);
  gtk_window_present (window);
  draw (window, argv[1], "0-desk");
  gtk_widget_activate_action (GTK_WIDGET (window), "win.reconciliation", NULL);
  draw (window, argv[1], "1-nothing-yet");
  tw_money_fill (client);
  tw_fake_client_put (client, "partner",
                      g_object_new (TW_TYPE_PARTNER, "id", TW_PARTNER_BANK, "state",
                                    TW_PARTNER_STATE_DOWN, "since-ms", tw_clock_now_ms (), NULL));
  draw (window, argv[1], "2-list");
  page = tw_find_type (window, TW_TYPE_RECONCILIATION_PAGE);
  for (gsize i = 0; i < G_N_ELEMENTS (ids); i++)
    {
      adw_leaflet_navigate (ADW_LEAFLET (tw_find_type (page, ADW_TYPE_LEAFLET)),
                            ADW_NAVIGATION_DIRECTION_FORWARD);
      settle (700);
      tw_difference_pane_show (TW_DIFFERENCE_PANE (tw_find_type (page, TW_TYPE_DIFFERENCE_PANE)),
                               TW_DIFFERENCE (tw_money_difference (&fixture, ids[i])));
      draw (window, argv[1], ids[i]);
    }
  tw_difference_pane_show (TW_DIFFERENCE_PANE (tw_find_type (page, TW_TYPE_DIFFERENCE_PANE)),
                           TW_DIFFERENCE (tw_money_difference (&fixture, "missing-there")));
  draw_question (window, argv[1]);
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
    g_object_new (ADW_TYPE_APPLICATION, "application-id", "org.taxwallet.ShowDesk", "flags",
                  G_APPLICATION_NON_UNIQUE, "resource-base-path", "/org/taxwallet/TaxWallet", NULL);
  g_signal_connect (app, "activate", G_CALLBACK (on_activate), argv);
  return g_application_run (G_APPLICATION (app), 1, argv);
}
