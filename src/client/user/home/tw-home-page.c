// SPDX-License-Identifier: GPL-3.0-or-later
#include "client/user/home/tw-home-page.h"

#include <glib/gi18n-lib.h>

#include "base/tw-money.h"
#include "client/user/home/tw-held-card.h"
#include "client/user/home/tw-standings-card.h"
#include "client/user/tw-story.h"
#include "client/widgets/tw-fresh-list.h"
#include "client/widgets/tw-list-card.h"
#include "client/widgets/tw-row.h"
#include "model/tw-account.h"
#include "model/tw-wallet.h"

/**
 * TwHomePage:
 *
 * What matters now: the balance, what is due next, what is under way, the latest of the history.
 */
struct _TwHomePage
{
  TwPage parent_instance;

  TwHeldCard *held;
  TwStandingsCard *standings;
  GtkWidget *identity;
  GtkLabel *identity_title;
  GtkLabel *identity_words;
  GtkWidget *identity_ask;
  GtkLabel *balance;
  GtkLabel *balance_note;
  GtkWidget *more_bills;
  TwFreshList *accounts;
  TwFreshList *wallets;
  TwFreshList *bills;
  TwFreshList *payments;
  TwFreshList *commands;
  GListModel *open_bills;
  GListStore *latest;
  GtkStack *latest_stack;

  GCancellable *cancellable;
};

G_DEFINE_FINAL_TYPE (TwHomePage, tw_home_page, TW_TYPE_PAGE)

/* How many lines of the history the page shows, and how many bills. */
#define LATEST 5
#define NEXT_BILLS 2

static void
on_accounts (TwHomePage *self)
{
  g_autoptr (TwAccount) account = g_list_model_get_item (G_LIST_MODEL (self->accounts), 0);
  gboolean refused;

  gtk_widget_set_visible (self->identity, account != NULL && tw_account_get_identity (account) !=
                                                               TW_IDENTITY_STATE_APPROVED);
  if (account == NULL)
    return;
  refused = tw_account_get_identity (account) == TW_IDENTITY_STATE_REFUSED;
  gtk_label_set_label (self->identity_title, refused ? _ ("Your identity could not be confirmed")
                                                     : _ ("Your identity is being checked"));
  if (refused)
    gtk_label_set_label (self->identity_words, *tw_account_get_identity_reason (account) != '\0'
                                                 ? tw_account_get_identity_reason (account)
                                                 : _ ("Ask a person, so that it can be mended."));
  else
    gtk_label_set_label (self->identity_words,
                         _ ("You need not do anything. Until it is done, limits are low."));
  gtk_widget_set_visible (self->identity_ask, refused);
}

static void
on_wallets (TwHomePage *self)
{
  g_autoptr (TwWallet) wallet = g_list_model_get_item (G_LIST_MODEL (self->wallets), 0);
  gint64 balance_fen = wallet != NULL ? tw_wallet_get_balance_fen (wallet) : 0;
  gint64 reserved_fen = wallet != NULL ? tw_wallet_get_reserved_fen (wallet) : 0;
  gint64 incoming_fen = wallet != NULL ? tw_wallet_get_incoming_fen (wallet) : 0;
  g_autofree char *balance = tw_money_format (balance_fen - reserved_fen);
  g_autofree char *reserved = tw_money_format (reserved_fen);
  g_autofree char *incoming = tw_money_format (incoming_fen);
  g_autoptr (GString) note = g_string_new (NULL);

  gtk_label_set_label (self->balance, balance);
  if (reserved_fen > 0)
    g_string_append_printf (note, _ ("%s more is set aside for payments under way."), reserved);
  if (incoming_fen > 0)
    {
      if (note->len > 0)
        g_string_append_c (note, ' ');
      g_string_append_printf (note, _ ("%s is on its way in."), incoming);
    }
  gtk_label_set_label (self->balance_note, note->str);
  gtk_widget_set_visible (GTK_WIDGET (self->balance_note), note->len > 0);
}

static void
on_open_bills (TwHomePage *self)
{
  guint n_bills = g_list_model_get_n_items (self->open_bills);

  gtk_widget_set_visible (self->more_bills, n_bills > NEXT_BILLS);
  if (n_bills > NEXT_BILLS)
    {
      g_autofree char *words = g_strdup_printf (_ ("All %u bills"), n_bills);

      gtk_button_set_label (GTK_BUTTON (self->more_bills), words);
    }
}

static void
on_latest (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (TwHomePage) self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (TwRecordPage) page =
    tw_client_query_records_finish (TW_CLIENT (source), result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED) || self->cancellable == NULL)
    return;
  if (page == NULL)
    {
      gtk_stack_set_visible_child_name (self->latest_stack, "error");
      return;
    }
  g_list_store_splice (self->latest, 0, g_list_model_get_n_items (G_LIST_MODEL (self->latest)),
                       page->records->pdata, page->records->len);
  gtk_stack_set_visible_child_name (self->latest_stack, page->records->len > 0 ? "items" : "empty");
}

static void
ask_latest (TwHomePage *self)
{
  g_autoptr (TwRecordQuery) query = tw_record_query_new ();

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  self->cancellable = g_cancellable_new ();
  tw_client_query_records_async (tw_page_get_client (TW_PAGE (self)), query, NULL, LATEST,
                                 self->cancellable, on_latest, g_object_ref (self));
}

static void
on_bill_activated (TwHomePage *self, guint position, GtkListView *view)
{
  g_autoptr (TwObject) item =
    g_list_model_get_item (G_LIST_MODEL (gtk_list_view_get_model (view)), position);

  tw_page_go (self, "bill", tw_object_get_id (item));
}

static void
on_payment_activated (TwHomePage *self, guint position, GtkListView *view)
{
  g_autoptr (TwObject) item =
    g_list_model_get_item (G_LIST_MODEL (gtk_list_view_get_model (view)), position);

  tw_page_go (self, "payment", tw_object_get_id (item));
}

static void
on_command_activated (TwHomePage *self, guint position, GtkListView *view)
{
  g_autoptr (TwOutgoing) item =
    g_list_model_get_item (G_LIST_MODEL (gtk_list_view_get_model (view)), position);
  const char *arg;
  const char *page = tw_story_outgoing_place (item, &arg);

  tw_page_go (self, page, arg);
}

static void
on_record_activated (TwHomePage *self, guint position, GtkListView *view)
{
  g_autoptr (TwRecord) record =
    g_list_model_get_item (G_LIST_MODEL (gtk_list_view_get_model (view)), position);

  tw_page_go (self, "story", tw_object_get_id (TW_OBJECT (record)));
}

static void
tw_home_page_show (TwPage *page, const char *arg)
{
  tw_standings_card_look (TW_HOME_PAGE (page)->standings);
}

static void
tw_home_page_constructed (GObject *object)
{
  TwHomePage *self = TW_HOME_PAGE (object);
  TwClient *client;

  G_OBJECT_CLASS (tw_home_page_parent_class)->constructed (object);
  client = tw_page_get_client (TW_PAGE (self));
  g_object_set (self->accounts, "model", tw_client_get_list (client, "account"), NULL);
  g_object_set (self->wallets, "model", tw_client_get_list (client, "wallet"), NULL);
  g_object_set (self->bills, "model", tw_client_get_list (client, "bill"), NULL);
  g_object_set (self->payments, "model", tw_client_get_list (client, "payment"), NULL);
  g_object_set (self->commands, "model", tw_client_get_outgoing (client), NULL);
  g_signal_connect_object (client, "records-changed", G_CALLBACK (ask_latest), self,
                           G_CONNECT_SWAPPED);
  tw_held_card_watch (self->held, client);
  tw_standings_card_watch (self->standings, client);
  on_accounts (self);
  on_wallets (self);
  on_open_bills (self);
  ask_latest (self);
}

static void
tw_home_page_dispose (GObject *object)
{
  TwHomePage *self = TW_HOME_PAGE (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  G_OBJECT_CLASS (tw_home_page_parent_class)->dispose (object);
}

static void
tw_home_page_class_init (TwHomePageClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->constructed = tw_home_page_constructed;
  object_class->dispose = tw_home_page_dispose;
  TW_PAGE_CLASS (klass)->show = tw_home_page_show;

  g_type_ensure (TW_TYPE_FRESH_LIST);
  g_type_ensure (TW_TYPE_HELD_CARD);
  g_type_ensure (TW_TYPE_STANDINGS_CARD);
  g_type_ensure (TW_TYPE_LIST_CARD);
  g_type_ensure (TW_TYPE_ROW);
  g_type_ensure (TW_TYPE_BILL);
  g_type_ensure (TW_TYPE_PAYMENT);
  g_type_ensure (TW_TYPE_RECORD);
  g_type_ensure (TW_TYPE_OUTGOING);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/taxwallet/TaxWallet/user/home.ui");
  gtk_widget_class_bind_template_child (widget_class, TwHomePage, held);
  gtk_widget_class_bind_template_child (widget_class, TwHomePage, standings);
  gtk_widget_class_bind_template_child (widget_class, TwHomePage, identity);
  gtk_widget_class_bind_template_child (widget_class, TwHomePage, identity_title);
  gtk_widget_class_bind_template_child (widget_class, TwHomePage, identity_words);
  gtk_widget_class_bind_template_child (widget_class, TwHomePage, identity_ask);
  gtk_widget_class_bind_template_child (widget_class, TwHomePage, balance);
  gtk_widget_class_bind_template_child (widget_class, TwHomePage, balance_note);
  gtk_widget_class_bind_template_child (widget_class, TwHomePage, more_bills);
  gtk_widget_class_bind_template_child (widget_class, TwHomePage, accounts);
  gtk_widget_class_bind_template_child (widget_class, TwHomePage, wallets);
  gtk_widget_class_bind_template_child (widget_class, TwHomePage, bills);
  gtk_widget_class_bind_template_child (widget_class, TwHomePage, payments);
  gtk_widget_class_bind_template_child (widget_class, TwHomePage, commands);
  gtk_widget_class_bind_template_child (widget_class, TwHomePage, open_bills);
  gtk_widget_class_bind_template_child (widget_class, TwHomePage, latest);
  gtk_widget_class_bind_template_child (widget_class, TwHomePage, latest_stack);
  gtk_widget_class_bind_template_callback (widget_class, on_bill_activated);
  gtk_widget_class_bind_template_callback (widget_class, on_payment_activated);
  gtk_widget_class_bind_template_callback (widget_class, on_command_activated);
  gtk_widget_class_bind_template_callback (widget_class, on_record_activated);
  gtk_widget_class_bind_template_callback (widget_class, on_accounts);
  gtk_widget_class_bind_template_callback (widget_class, on_wallets);
  gtk_widget_class_bind_template_callback (widget_class, on_open_bills);
  tw_story_bind_closures (widget_class);
}

static void
tw_home_page_init (TwHomePage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}
