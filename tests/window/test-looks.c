// SPDX-License-Identifier: GPL-3.0-or-later
/* Every page of both windows as somebody sees it who needs high contrast, light and dark, in a
 * window as narrow as they go: what a machine can say of that. Nothing is cut off, and all text
 * stands out from what is behind it, measured in the pixels. A warning of GTK ends the test. */
#include <math.h>
#include <string.h>

#include "agent/tw-desk-sample.h"
#include "agent/tw-money-sample.h"
#include "client/agent/customer/tw-customer-pane.h"
#include "client/agent/reconciliation/tw-difference-pane.h"
#include "client/agent/reconciliation/tw-reconciliation-page.h"
#include "client/agent/tw-agent-window.h"
#include "client/user/tw-user-window.h"
#include "protocol/tw-kinds.h"

/* WCAG 2.1, 1.4.3: for text of any size. */
#define LEAST_CONTRAST 4.5

static const struct
{
  const char *page, *arg;
} STOPS[] = {
  { "home", "" },
  { "wallet", "" },
  { "bills", "" },
  { "bill", "bill-1" },
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
  { "story", "rec-3 SW41000003" },
  { "help", "" },
  { "ask", "bill\nbill-1\nA bill" },
  { "conversation", "ticket-1" },
  { "conversation", "ticket-2" },
  { "account", "" },
};

typedef struct
{
  const char *page;
  GtkWidget *window;
  guint32 *pixels;
  int width, height;
  guint n_measured;
} View;

static double
channel (guint value)
{
  double c = value / 255.0;

  return c <= 0.03928 ? c / 12.92 : pow ((c + 0.055) / 1.055, 2.4);
}

static double
luminance (guint32 pixel)
{
  return 0.2126 * channel (pixel >> 16 & 0xff) + 0.7152 * channel (pixel >> 8 & 0xff) +
         0.0722 * channel (pixel & 0xff);
}

/* What is there most is the ground; what differs most from it is the text, for the edges of letters
 * lie between the two. */
static double
measure_contrast (View *view, const graphene_rect_t *at)
{
  g_autoptr (GHashTable) counts = g_hash_table_new (NULL, NULL);
  guint32 ground = 0;
  guint most = 0;
  double best = 1;

  for (int pass = 0; pass < 2; pass++)
    for (int y = (int) at->origin.y; y < (int) (at->origin.y + at->size.height); y++)
      for (int x = (int) at->origin.x; x < (int) (at->origin.x + at->size.width); x++)
        {
          guint32 pixel = view->pixels[y * view->width + x];

          if (pass == 0)
            {
              guint n =
                GPOINTER_TO_UINT (g_hash_table_lookup (counts, GUINT_TO_POINTER (pixel))) + 1;

              g_hash_table_insert (counts, GUINT_TO_POINTER (pixel), GUINT_TO_POINTER (n));
              if (n > most)
                {
                  most = n;
                  ground = pixel;
                }
            }
          else
            {
              double a = luminance (pixel), b = luminance (ground);

              best = MAX (best, (MAX (a, b) + 0.05) / (MIN (a, b) + 0.05));
            }
        }
  return best;
}

/* Whether all of it is on the screen: nothing around it has scrolled a part of it away. */
static gboolean
is_in_sight (View *view, GtkWidget *label, graphene_rect_t *at)
{
  graphene_rect_t whole = GRAPHENE_RECT_INIT (0, 0, (float) view->width, (float) view->height);

  if (!gtk_widget_compute_bounds (label, view->window, at) || at->size.width < 1 ||
      !graphene_rect_contains_rect (&whole, at))
    return FALSE;
  for (GtkWidget *w = gtk_widget_get_parent (label); w != view->window;
       w = gtk_widget_get_parent (w))
    {
      graphene_rect_t around;

      if (GTK_IS_VIEWPORT (w) || GTK_IS_LIST_BASE (w) || GTK_IS_SCROLLED_WINDOW (w))
        if (!gtk_widget_compute_bounds (w, view->window, &around) ||
            !graphene_rect_contains_rect (&around, at))
          return FALSE;
    }
  return TRUE;
}

/* One run tells of everything. */
static void G_GNUC_PRINTF (1, 2) fail (const char *format, ...)
{
  g_autofree char *words = NULL;
  va_list args;

  va_start (args, format);
  words = g_strdup_vprintf (format, args);
  va_end (args);
  g_test_message ("%s", words);
  g_test_fail ();
}

static void
check_label (View *view, GtkLabel *label)
{
  const char *text = gtk_label_get_text (label);
  graphene_rect_t at;
  int natural = 0;
  double contrast;

  if (*text == '\0')
    return;
  gtk_widget_measure (GTK_WIDGET (label), GTK_ORIENTATION_HORIZONTAL, -1, NULL, &natural, NULL,
                      NULL);
  if (!gtk_label_get_wrap (label) && gtk_label_get_ellipsize (label) == PANGO_ELLIPSIZE_NONE &&
      gtk_widget_get_width (GTK_WIDGET (label)) < natural)
    fail ("%s: “%s” has %d px of %d", view->page, text, gtk_widget_get_width (GTK_WIDGET (label)),
          natural);
  /* What can't be used just now may be pale. */
  if (!gtk_widget_is_sensitive (GTK_WIDGET (label)) || !is_in_sight (view, GTK_WIDGET (label), &at))
    return;
  contrast = measure_contrast (view, &at);
  if (contrast < LEAST_CONTRAST)
    fail ("%s: “%s” has a contrast of %.2f", view->page, text, contrast);
  view->n_measured++;
}

static void
check_labels (View *view, GtkWidget *widget)
{
  if (!gtk_widget_get_mapped (widget) || gtk_widget_get_opacity (widget) == 0)
    return;
  if (GTK_IS_LABEL (widget))
    check_label (view, GTK_LABEL (widget));
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    check_labels (view, child);
}

static void
check_part (Fixture *fixture, GtkWidget *part, const char *page, gboolean dark)
{
  g_autofree char *name = g_strdup_printf ("%s, %s", page, dark ? "dark" : "light");
  View view = { .page = name, .window = GTK_WIDGET (fixture->window) };
  g_autoptr (GdkTexture) texture = NULL;

  tw_wait_frame (fixture);
  tw_assert_fits_narrow (fixture, page);
  texture = tw_draw (GTK_WIDGET (fixture->window));
  view.width = gdk_texture_get_width (texture);
  view.height = gdk_texture_get_height (texture);
  view.pixels = g_new (guint32, (gsize) view.width * (gsize) view.height);
  gdk_texture_download (texture, (guchar *) view.pixels, (gsize) view.width * sizeof (guint32));
  check_labels (&view, part);
  if (view.n_measured < 2)
    g_error ("On %s there is nothing to read", name);
  g_free (view.pixels);
}

static void
check_page (Fixture *fixture, const char *page, gboolean dark)
{
  check_part (fixture, GTK_WIDGET (fixture->window), page, dark);
}

static void
set_dark (gboolean dark)
{
  AdwStyleManager *style = adw_style_manager_get_default ();

  adw_style_manager_set_color_scheme (style, dark ? ADW_COLOR_SCHEME_FORCE_DARK
                                                  : ADW_COLOR_SCHEME_FORCE_LIGHT);
  g_assert_true (adw_style_manager_get_high_contrast (style));
  g_assert_true (adw_style_manager_get_dark (style) == dark);
  g_object_set (gtk_settings_get_default (), "gtk-enable-animations", FALSE, NULL);
}

/* What waits for a code asks for it on its own page and at home. */
static void
check_code (Fixture *fixture, gboolean dark)
{
  GVariantDict body = G_VARIANT_DICT_INIT (NULL);
  g_autoptr (TwOutgoing) held = NULL;

  g_variant_dict_insert (&body, "payee_id", "s", "payee-1");
  g_variant_dict_insert (&body, "amount_fen", "x", G_GINT64_CONSTANT (120000));
  held = tw_client_submit (TW_CLIENT (fixture->client), TW_KIND_WALLET_PAY, NULL,
                           g_variant_dict_end (&body), NULL);
  g_object_set (tw_client_get_status (TW_CLIENT (fixture->client)), "phone-message",
                "【税务钱包】验证码 123456，5 分钟内有效。", NULL);
  tw_fake_client_hold (fixture->client, held);
  tw_go (fixture, "give", "payee-1");
  tw_wait_shows (fixture, "The practice phone shows:");
  check_page (fixture, "a code", dark);
  tw_go (fixture, "home", "");
  tw_wait_shows (fixture, "Waits for your code");
  check_page (fixture, "a code at home", dark);
  tw_fake_client_refuse (fixture->client, held, "cancelled");
  tw_client_discard (TW_CLIENT (fixture->client), tw_outgoing_get_id (held));
  g_object_set (tw_client_get_status (TW_CLIENT (fixture->client)), "phone-message", NULL, NULL);
}

static void
test_user (void)
{
  Fixture fixture = { 0 };

  tw_window_test_use (tw_user_window_new);
  tw_window_test_set_up (&fixture, NULL);
  gtk_widget_add_css_class (GTK_WIDGET (fixture.window), "practice");
  for (int dark = 0; dark < 2; dark++)
    {
      set_dark (dark != 0);
      tw_make_narrow (&fixture);
      tw_fake_client_set_signed_in (fixture.client, FALSE);
      check_page (&fixture, "welcome", dark != 0);
      tw_go (&fixture, "register", "");
      tw_click (fixture.window, "Register");
      check_page (&fixture, "register", dark != 0);
      tw_fake_client_fill (fixture.client, 30);
      tw_fake_client_set_signed_in (fixture.client, TRUE);
      for (gsize i = 0; i < G_N_ELEMENTS (STOPS); i++)
        {
          tw_go (&fixture, STOPS[i].page, STOPS[i].arg);
          check_page (&fixture, STOPS[i].page, dark != 0);
        }
      check_code (&fixture, dark != 0);
      tw_fake_client_set_online (fixture.client, FALSE);
      tw_wait_shows (&fixture, "No connection");
      check_page (&fixture, "offline", dark != 0);
      tw_fake_client_set_online (fixture.client, TRUE);
    }
  tw_window_test_tear_down (&fixture, NULL);
}

static void
check_differences (Fixture *fixture, gboolean dark)
{
  static const char *const ids[] = { "refused", "amount" };
  GtkWidget *page = tw_find_type (fixture->window, TW_TYPE_RECONCILIATION_PAGE);
  AdwLeaflet *leaflet = ADW_LEAFLET (tw_find_type (page, ADW_TYPE_LEAFLET));

  for (gsize i = 0; i < G_N_ELEMENTS (ids); i++)
    {
      adw_leaflet_navigate (leaflet, ADW_NAVIGATION_DIRECTION_FORWARD);
      tw_spin ();
      tw_difference_pane_show (TW_DIFFERENCE_PANE (tw_find_type (page, TW_TYPE_DIFFERENCE_PANE)),
                               TW_DIFFERENCE (tw_money_difference (fixture, ids[i])));
      tw_wait_shows (fixture, "What Is Known");
      check_page (fixture, ids[i], dark);
      tw_do (fixture, "win.back");
    }
}

static void
test_agent (void)
{
  static const struct
  {
    guint queue;
    const char *id;
  } stops[] = { { 1, "new" }, { 0, "mine" }, { 3, "solved" } };
  Fixture fixture = { 0 };

  tw_window_test_use (tw_agent_window_new);
  tw_desk_set_up_signed_out (&fixture, NULL);
  gtk_widget_add_css_class (GTK_WIDGET (fixture.window), "practice");
  tw_desk_fill (fixture.client);
  tw_money_fill (fixture.client);
  for (int dark = 0; dark < 2; dark++)
    {
      set_dark (dark != 0);
      tw_make_narrow (&fixture);
      tw_fake_client_set_signed_in (fixture.client, FALSE);
      check_page (&fixture, "signing in", dark != 0);
      tw_fake_client_set_signed_in (fixture.client, TRUE);
      for (gsize i = 0; i < G_N_ELEMENTS (stops); i++)
        {
          tw_desk_open (&fixture, stops[i].queue, stops[i].id);
          check_page (&fixture, stops[i].id, dark != 0);
          tw_do (&fixture, "win.customer");
          tw_wait_shows (&fixture, "Last Payments");
          /* Now it covers the conversation. */
          check_part (&fixture, tw_find_type (fixture.window, TW_TYPE_CUSTOMER_PANE),
                      "the customer", dark != 0);
          tw_do (&fixture, "win.back");
          tw_do (&fixture, "win.back");
          check_page (&fixture, "the queues", dark != 0);
        }
      g_object_set (tw_client_get_status (TW_CLIENT (fixture.client)), "senior", TRUE, NULL);
      tw_do (&fixture, "win.reconciliation");
      check_page (&fixture, "the differences", dark != 0);
      check_differences (&fixture, dark != 0);
      tw_do (&fixture, "win.back");
    }
  tw_window_test_tear_down (&fixture, NULL);
}

int
main (int argc, char *argv[])
{
  g_setenv ("ADW_DEBUG_HIGH_CONTRAST", "1", TRUE);
  tw_window_test_init (&argc, &argv, tw_user_window_new);
  g_test_add_func ("/looks/high-contrast/user", test_user);
  g_test_add_func ("/looks/high-contrast/agent", test_agent);
  return g_test_run ();
}
