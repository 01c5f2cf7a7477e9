// SPDX-License-Identifier: GPL-3.0-or-later
#include "client/user/pay/tw-pay-page.h"

#include <glib/gi18n-lib.h>

#include "base/tw-clock.h"
#include "base/tw-text.h"
#include "client/user/tw-pay-words.h"
#include "client/widgets/tw-fresh-list.h"
#include "client/widgets/tw-list-card.h"
#include "client/widgets/tw-row.h"

/**
 * TwPayPage:
 *
 * Every way to pay, how much may still leave, and the payees that the person has kept.
 */
struct _TwPayPage
{
  TwPage parent_instance;

  TwFreshList *wallets;
  TwFreshList *payees;
  GListModel *saved;
  GListModel *found;
  GtkCustomFilter *filter;
  GtkLabel *limits;
  GtkSearchEntry *search;
  GtkStack *payees_stack;

  char *wanted; /* folded; "" : everybody */
};

G_DEFINE_FINAL_TYPE (TwPayPage, tw_pay_page, TW_TYPE_PAGE)

static void
on_wallets (TwPayPage *self)
{
  g_autoptr (TwWallet) wallet = g_list_model_get_item (G_LIST_MODEL (self->wallets), 0);
  g_autofree char *words = tw_pay_words_limits (wallet, tw_clock_today ());

  gtk_label_set_label (self->limits, words);
  gtk_widget_set_visible (GTK_WIDGET (self->limits), *words != '\0');
}

static void
on_found (TwPayPage *self)
{
  guint n_saved = g_list_model_get_n_items (self->saved);
  guint n_found = g_list_model_get_n_items (self->found);

  gtk_stack_set_visible_child_name (self->payees_stack, n_found > 0   ? "items"
                                                        : n_saved > 0 ? "none"
                                                                      : "empty");
  gtk_widget_set_visible (GTK_WIDGET (self->search), n_saved > 0);
}

static gboolean
is_wanted (gpointer item, gpointer data)
{
  TwPayPage *self = data;

  return *self->wanted == '\0' || tw_pay_words_payee_fits (item, self->wanted);
}

static void
on_search (TwPayPage *self)
{
  g_free (self->wanted);
  self->wanted = tw_text_fold (gtk_editable_get_text (GTK_EDITABLE (self->search)));
  gtk_filter_changed (GTK_FILTER (self->filter), GTK_FILTER_CHANGE_DIFFERENT);
  on_found (self);
}

/* The search field takes the key for itself: what it means is the same as elsewhere. */
static void
on_stop_search (TwPayPage *self)
{
  gtk_widget_activate_action (GTK_WIDGET (self), "win.escape", NULL);
}

static void
on_payee_activated (TwPayPage *self, guint position, GtkListView *view)
{
  g_autoptr (TwObject) item =
    g_list_model_get_item (G_LIST_MODEL (gtk_list_view_get_model (view)), position);

  tw_page_go (self, "give", tw_object_get_id (item));
}

static gboolean
tw_pay_page_escape (TwPage *page)
{
  TwPayPage *self = TW_PAY_PAGE (page);

  if (*gtk_editable_get_text (GTK_EDITABLE (self->search)) == '\0')
    return FALSE;
  gtk_editable_set_text (GTK_EDITABLE (self->search), "");
  return TRUE;
}

static void
tw_pay_page_find (TwPage *page)
{
  TwPayPage *self = TW_PAY_PAGE (page);

  gtk_widget_grab_focus (GTK_WIDGET (self->search));
  gtk_editable_select_region (GTK_EDITABLE (self->search), 0, -1);
}

/* A new day has other limits. */
static void
tw_pay_page_show (TwPage *page, const char *arg)
{
  on_wallets (TW_PAY_PAGE (page));
}

static void
tw_pay_page_constructed (GObject *object)
{
  TwPayPage *self = TW_PAY_PAGE (object);
  TwClient *client;

  G_OBJECT_CLASS (tw_pay_page_parent_class)->constructed (object);
  client = tw_page_get_client (TW_PAGE (self));
  gtk_custom_filter_set_filter_func (self->filter, is_wanted, self, NULL);
  g_object_set (self->wallets, "model", tw_client_get_list (client, "wallet"), NULL);
  g_object_set (self->payees, "model", tw_client_get_list (client, "payee"), NULL);
  on_wallets (self);
  on_found (self);
}

static void
tw_pay_page_finalize (GObject *object)
{
  g_free (TW_PAY_PAGE (object)->wanted);
  G_OBJECT_CLASS (tw_pay_page_parent_class)->finalize (object);
}

static void
tw_pay_page_class_init (TwPayPageClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  TwPageClass *page_class = TW_PAGE_CLASS (klass);

  object_class->constructed = tw_pay_page_constructed;
  object_class->finalize = tw_pay_page_finalize;
  page_class->show = tw_pay_page_show;
  page_class->find = tw_pay_page_find;
  page_class->escape = tw_pay_page_escape;

  g_type_ensure (TW_TYPE_FRESH_LIST);
  g_type_ensure (TW_TYPE_LIST_CARD);
  g_type_ensure (TW_TYPE_ROW);
  g_type_ensure (TW_TYPE_PAYEE);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/taxwallet/TaxWallet/user/pay.ui");
  gtk_widget_class_bind_template_child (widget_class, TwPayPage, wallets);
  gtk_widget_class_bind_template_child (widget_class, TwPayPage, payees);
  gtk_widget_class_bind_template_child (widget_class, TwPayPage, saved);
  gtk_widget_class_bind_template_child (widget_class, TwPayPage, found);
  gtk_widget_class_bind_template_child (widget_class, TwPayPage, filter);
  gtk_widget_class_bind_template_child (widget_class, TwPayPage, limits);
  gtk_widget_class_bind_template_child (widget_class, TwPayPage, search);
  gtk_widget_class_bind_template_child (widget_class, TwPayPage, payees_stack);
  gtk_widget_class_bind_template_callback (widget_class, on_wallets);
  gtk_widget_class_bind_template_callback (widget_class, on_found);
  gtk_widget_class_bind_template_callback (widget_class, on_search);
  gtk_widget_class_bind_template_callback (widget_class, on_stop_search);
  gtk_widget_class_bind_template_callback (widget_class, on_payee_activated);
  tw_pay_words_bind_closures (widget_class);
}

static void
tw_pay_page_init (TwPayPage *self)
{
  self->wanted = g_strdup ("");
  gtk_widget_init_template (GTK_WIDGET (self));
}
