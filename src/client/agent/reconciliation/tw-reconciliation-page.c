// SPDX-License-Identifier: GPL-3.0-or-later
#include "client/agent/reconciliation/tw-reconciliation-page.h"

#include <glib/gi18n.h>
#include <string.h>

#include "base/tw-clock.h"
#include "client/agent/reconciliation/tw-difference-pane.h"
#include "client/widgets/tw-spoken.h"
#include "model/tw-partner.h"
#include "protocol/tw-kinds.h"

/**
 * TwReconciliationPage:
 *
 * What does not agree between our books and those of the bank, the tax office and others; for
 * seniors. Beside it one difference; in a narrow window one after the other.
 *
 *     differences ─ filter (open, or all) ─ sort (newest day) ─ selection ─ list
 *     days ─ filter (each partner's last, and what is not done) ─ sort ─ list
 */
struct _TwReconciliationPage
{
  AdwBin parent_instance;

  AdwLeaflet *leaflet;
  GtkWidget *list_side;
  GtkWidget *pane_side;
  GtkStack *stack;
  GtkListView *list;
  GtkSingleSelection *selection;
  GtkFilterListModel *filtered;
  GtkCustomFilter *filter;
  GtkFilterListModel *days;
  GtkCustomFilter *days_filter;
  GtkWidget *days_box;
  GtkCheckButton *all;
  GtkWidget *look_now;
  AdwStatusPage *empty;
  GtkLabel *mistake;
  TwDifferencePane *pane;

  TwClient *client;
  TwObjectList *differences;
  TwObjectList *reconciliations;
};

G_DEFINE_FINAL_TYPE (TwReconciliationPage, tw_reconciliation_page, ADW_TYPE_BIN)

static gboolean
is_shown (gpointer item, gpointer data)
{
  TwReconciliationPage *self = data;

  return gtk_check_button_get_active (self->all) ||
         tw_difference_get_state (item) == TW_DIFFERENCE_STATE_OPEN;
}

/* Each partner's last day, and every one with something to do. */
static gboolean
is_day_shown (gpointer item, gpointer data)
{
  TwReconciliationPage *self = data;
  GListModel *all = G_LIST_MODEL (self->reconciliations);

  if (tw_reconciliation_get_state (item) != TW_RECONCILIATION_STATE_AGREES)
    return TRUE;
  for (guint i = 0; i < g_list_model_get_n_items (all); i++)
    {
      g_autoptr (TwReconciliation) other = g_list_model_get_item (all, i);

      if (tw_reconciliation_get_day (other) > tw_reconciliation_get_day (item) &&
          strcmp (tw_reconciliation_get_party (other), tw_reconciliation_get_party (item)) == 0)
        return FALSE;
    }
  return TRUE;
}

static void
show_empty_or_list (TwReconciliationPage *self)
{
  gboolean looked = g_list_model_get_n_items (G_LIST_MODEL (self->reconciliations)) > 0;
  guint shown = g_list_model_get_n_items (G_LIST_MODEL (self->filtered));

  adw_status_page_set_icon_name (self->empty, looked ? "emblem-ok-symbolic" : "edit-find-symbolic");
  adw_status_page_set_title (self->empty,
                             looked ? _ ("Everything agrees") : _ ("Nothing was looked at yet"));
  adw_status_page_set_description (
    self->empty, looked ? _ ("There is nothing to explain.")
                        : _ ("Each night the books are held against those of the bank and the tax "
                             "office. “Look Now” does it for today."));
  gtk_widget_set_visible (self->days_box, looked);
  gtk_stack_set_visible_child_name (self->stack, shown > 0 ? "list" : "empty");
}

static void
refilter (TwReconciliationPage *self)
{
  gtk_filter_changed (GTK_FILTER (self->filter), GTK_FILTER_CHANGE_DIFFERENT);
  gtk_filter_changed (GTK_FILTER (self->days_filter), GTK_FILTER_CHANGE_DIFFERENT);
  show_empty_or_list (self);
}

static void
show_mistake (TwReconciliationPage *self, const char *words)
{
  gtk_label_set_label (self->mistake, words != NULL ? words : "");
  gtk_widget_set_visible (GTK_WIDGET (self->mistake), words != NULL);
}

static void
on_outgoing (TwOutgoing *outgoing, GParamSpec *pspec, TwReconciliationPage *self)
{
  if (!tw_outgoing_is_settled (outgoing))
    return;
  gtk_widget_set_sensitive (self->look_now, TRUE);
  /* That there is no such partner is nobody's mistake. */
  if (tw_outgoing_get_state (outgoing) != TW_OUTGOING_STATE_DONE &&
      g_strcmp0 (tw_outgoing_get_code (outgoing), "not_found") != 0)
    show_mistake (self, tw_outgoing_get_words (outgoing));
}

static gboolean
ask (TwReconciliationPage *self, const char *party, gint64 day)
{
  g_autoptr (GError) error = NULL;
  TwOutgoing *outgoing;
  GVariantDict dict;

  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert (&dict, "party", "s", party);
  g_variant_dict_insert (&dict, "day", "x", day);
  outgoing = tw_client_submit (self->client, TW_KIND_RECONCILE_ASK, NULL,
                               g_variant_dict_end (&dict), &error);
  show_mistake (self, error != NULL ? error->message : NULL);
  if (outgoing != NULL)
    g_signal_connect_object (outgoing, "notify::state", G_CALLBACK (on_outgoing), self, 0);
  return outgoing != NULL;
}

/* Today, so far; and each day that has something to do. */
static void
on_look_now_clicked (TwReconciliationPage *self)
{
  static const char *const parties[] = { TW_PARTNER_BANK, TW_PARTNER_OFFICE, TW_PARTNER_BILLERS };
  GListModel *days = G_LIST_MODEL (self->days);
  gint64 today = tw_clock_today ();
  gboolean asked = TRUE;

  for (gsize i = 0; asked && i < G_N_ELEMENTS (parties); i++)
    asked = ask (self, parties[i], today);
  for (guint i = 0; asked && i < g_list_model_get_n_items (days); i++)
    {
      g_autoptr (TwReconciliation) day = g_list_model_get_item (days, i);

      if (tw_reconciliation_get_day (day) != today &&
          tw_reconciliation_get_state (day) != TW_RECONCILIATION_STATE_AGREES)
        asked = ask (self, tw_reconciliation_get_party (day), tw_reconciliation_get_day (day));
    }
  if (asked)
    gtk_widget_set_sensitive (self->look_now, FALSE);
}

static void
open_difference (TwReconciliationPage *self, TwDifference *difference)
{
  if (difference == NULL)
    return;
  tw_difference_pane_show (self->pane, difference);
  adw_leaflet_set_visible_child (self->leaflet, self->pane_side);
}

static void
on_activate (TwReconciliationPage *self, guint position)
{
  g_autoptr (TwDifference) difference =
    g_list_model_get_item (G_LIST_MODEL (self->selection), position);

  open_difference (self, difference);
}

static void
on_selected (TwReconciliationPage *self)
{
  open_difference (self, gtk_single_selection_get_selected_item (self->selection));
}

static void
tw_reconciliation_page_dispose (GObject *object)
{
  TwReconciliationPage *self = TW_RECONCILIATION_PAGE (object);

  if (self->client != NULL)
    {
      g_signal_handlers_disconnect_by_data (self->differences, self);
      g_signal_handlers_disconnect_by_data (self->reconciliations, self);
    }
  g_clear_object (&self->differences);
  g_clear_object (&self->reconciliations);
  g_clear_object (&self->client);
  G_OBJECT_CLASS (tw_reconciliation_page_parent_class)->dispose (object);
}

static void
tw_reconciliation_page_class_init (TwReconciliationPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = tw_reconciliation_page_dispose;
  g_type_ensure (TW_TYPE_SPOKEN);
  g_type_ensure (TW_TYPE_DIFFERENCE_PANE);
  g_type_ensure (TW_TYPE_DIFFERENCE);
  g_type_ensure (TW_TYPE_RECONCILIATION);
  gtk_widget_class_set_template_from_resource (
    widget_class, "/org/taxwallet/TaxWallet/agent/reconciliation-page.ui");
  gtk_widget_class_bind_template_child (widget_class, TwReconciliationPage, leaflet);
  gtk_widget_class_bind_template_child (widget_class, TwReconciliationPage, list_side);
  gtk_widget_class_bind_template_child (widget_class, TwReconciliationPage, pane_side);
  gtk_widget_class_bind_template_child (widget_class, TwReconciliationPage, stack);
  gtk_widget_class_bind_template_child (widget_class, TwReconciliationPage, list);
  gtk_widget_class_bind_template_child (widget_class, TwReconciliationPage, selection);
  gtk_widget_class_bind_template_child (widget_class, TwReconciliationPage, filtered);
  gtk_widget_class_bind_template_child (widget_class, TwReconciliationPage, filter);
  gtk_widget_class_bind_template_child (widget_class, TwReconciliationPage, days);
  gtk_widget_class_bind_template_child (widget_class, TwReconciliationPage, days_filter);
  gtk_widget_class_bind_template_child (widget_class, TwReconciliationPage, days_box);
  gtk_widget_class_bind_template_child (widget_class, TwReconciliationPage, all);
  gtk_widget_class_bind_template_child (widget_class, TwReconciliationPage, look_now);
  gtk_widget_class_bind_template_child (widget_class, TwReconciliationPage, empty);
  gtk_widget_class_bind_template_child (widget_class, TwReconciliationPage, mistake);
  gtk_widget_class_bind_template_child (widget_class, TwReconciliationPage, pane);
  gtk_widget_class_bind_template_callback (widget_class, refilter);
  gtk_widget_class_bind_template_callback (widget_class, on_activate);
  gtk_widget_class_bind_template_callback (widget_class, on_look_now_clicked);
}

static void
tw_reconciliation_page_init (TwReconciliationPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * tw_reconciliation_page_set_client:
 * @self: a page
 * @client: (transfer none): where differences come from; set once
 */
void
tw_reconciliation_page_set_client (TwReconciliationPage *self, TwClient *client)
{
  g_return_if_fail (self->client == NULL);

  self->client = g_object_ref (client);
  self->differences = g_object_ref (tw_client_get_list (client, "difference"));
  self->reconciliations = g_object_ref (tw_client_get_list (client, "reconciliation"));
  tw_difference_pane_set_client (self->pane, client);
  gtk_custom_filter_set_filter_func (self->filter, is_shown, self, NULL);
  gtk_custom_filter_set_filter_func (self->days_filter, is_day_shown, self, NULL);
  gtk_filter_list_model_set_model (self->filtered, G_LIST_MODEL (self->differences));
  gtk_filter_list_model_set_model (self->days, G_LIST_MODEL (self->reconciliations));
  g_signal_connect_swapped (self->differences, "updated", G_CALLBACK (refilter), self);
  g_signal_connect_swapped (self->differences, "items-changed", G_CALLBACK (show_empty_or_list),
                            self);
  g_signal_connect_swapped (self->reconciliations, "updated", G_CALLBACK (refilter), self);
  g_signal_connect_swapped (self->reconciliations, "items-changed", G_CALLBACK (refilter), self);
  g_signal_connect_object (self->filtered, "items-changed", G_CALLBACK (show_empty_or_list), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->selection, "notify::selected-item", G_CALLBACK (on_selected), self,
                           G_CONNECT_SWAPPED);
  refilter (self);
}

/**
 * tw_reconciliation_page_enter:
 * @self: a page that comes to the front
 */
void
tw_reconciliation_page_enter (TwReconciliationPage *self)
{
  adw_leaflet_set_visible_child (self->leaflet, self->list_side);
  gtk_widget_grab_focus (gtk_widget_get_mapped (GTK_WIDGET (self->list)) ? GTK_WIDGET (self->list)
                                                                         : self->look_now);
}

/**
 * tw_reconciliation_page_back:
 * @self: a page
 *
 * Returns: whether there was a way back within the page
 */
gboolean
tw_reconciliation_page_back (TwReconciliationPage *self)
{
  if (!adw_leaflet_get_folded (self->leaflet) ||
      adw_leaflet_get_visible_child (self->leaflet) == self->list_side)
    return FALSE;
  adw_leaflet_set_visible_child (self->leaflet, self->list_side);
  gtk_widget_grab_focus (GTK_WIDGET (self->list));
  return TRUE;
}
