// SPDX-License-Identifier: GPL-3.0-or-later
#include "client/user/standings/tw-standings-page.h"

#include "client/user/tw-pay-words.h"
#include "client/widgets/tw-fresh-list.h"
#include "client/widgets/tw-list-card.h"
#include "client/widgets/tw-row.h"

/**
 * TwStandingsPage:
 *
 * The standing orders, the next one first.
 */
struct _TwStandingsPage
{
  TwPage parent_instance;

  TwFreshList *standings;
};

G_DEFINE_FINAL_TYPE (TwStandingsPage, tw_standings_page, TW_TYPE_PAGE)

static void
on_standing_activated (TwStandingsPage *self, guint position, GtkListView *view)
{
  g_autoptr (TwObject) item =
    g_list_model_get_item (G_LIST_MODEL (gtk_list_view_get_model (view)), position);

  tw_page_go (self, "standing", tw_object_get_id (item));
}

static void
tw_standings_page_constructed (GObject *object)
{
  TwStandingsPage *self = TW_STANDINGS_PAGE (object);

  G_OBJECT_CLASS (tw_standings_page_parent_class)->constructed (object);
  g_object_set (self->standings, "model",
                tw_client_get_list (tw_page_get_client (TW_PAGE (self)), "standing"), NULL);
}

static void
tw_standings_page_class_init (TwStandingsPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->constructed = tw_standings_page_constructed;

  g_type_ensure (TW_TYPE_FRESH_LIST);
  g_type_ensure (TW_TYPE_LIST_CARD);
  g_type_ensure (TW_TYPE_ROW);
  g_type_ensure (TW_TYPE_STANDING);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/taxwallet/TaxWallet/user/standings.ui");
  gtk_widget_class_bind_template_child (widget_class, TwStandingsPage, standings);
  gtk_widget_class_bind_template_callback (widget_class, on_standing_activated);
  tw_pay_words_bind_closures (widget_class);
}

static void
tw_standings_page_init (TwStandingsPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}
