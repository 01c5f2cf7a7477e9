// SPDX-License-Identifier: GPL-3.0-or-later
#include "client/user/several/tw-several-page.h"

#include <glib/gi18n-lib.h>

#include "base/tw-clock.h"
#include "base/tw-money.h"
#include "client/user/tw-payment-progress.h"
#include "client/user/tw-story.h"
#include "client/widgets/tw-bill-sum.h"
#include "client/widgets/tw-format.h"
#include "client/widgets/tw-fresh-list.h"
#include "client/widgets/tw-list-card.h"
#include "client/widgets/tw-row.h"
#include "model/tw-wallet.h"
#include "protocol/tw-kinds.h"

/**
 * TwSeveralPage:
 *
 * Several bills at once, out of the wallet: chosen, added up, confirmed once. Each is a payment of
 * its own, so that one that fails does not hold up the others.
 */
struct _TwSeveralPage
{
  TwPage parent_instance;

  TwFreshList *bills;
  TwFreshList *outgoing;
  GListModel *commands;
  AdwStatusPage *nothing;
  GListModel *sorted;
  GtkStack *stack;
  GtkListBox *list;
  GtkLabel *total;
  GtkLabel *words;
  GtkButton *top_up;
  GtkWidget *pay;
  GtkLabel *trouble;

  GHashTable *left_out; /* ids of the bills that are not to be paid */
  gint64 total_fen;
  guint n_chosen;
  GHashTable *sent; /* ids of the bills that were, since the page was opened */
  GPtrArray *asked; /* (element-type Asked): what the person was asked to confirm */
};

/* A bill as it was confirmed, whatever becomes of the list meanwhile. */
typedef struct
{
  char *id;
  gint64 revision;
  gint64 amount_fen;
} Asked;

G_DEFINE_FINAL_TYPE (TwSeveralPage, tw_several_page, TW_TYPE_PAGE)

static void
asked_free (Asked *asked)
{
  g_free (asked->id);
  g_free (asked);
}

static gboolean
is_chosen (TwSeveralPage *self, TwBill *bill)
{
  return !g_hash_table_contains (self->left_out, tw_object_get_id (TW_OBJECT (bill)));
}

static gint64
free_fen (TwSeveralPage *self)
{
  GListModel *wallets =
    G_LIST_MODEL (tw_client_get_list (tw_page_get_client (TW_PAGE (self)), "wallet"));
  g_autoptr (TwWallet) wallet = g_list_model_get_item (wallets, 0);

  return wallet != NULL ? tw_wallet_get_balance_fen (wallet) - tw_wallet_get_reserved_fen (wallet)
                        : 0;
}

static void
add_up (TwSeveralPage *self)
{
  int today = tw_clock_today ();
  gint64 have_fen = free_fen (self);
  gint64 lack_fen;
  g_autofree char *total = NULL;
  g_autofree char *have = tw_money_format (have_fen);
  g_autofree char *lack = NULL;
  g_autofree char *words = NULL;
  g_autofree char *label = NULL;

  self->total_fen = self->n_chosen = 0;
  for (guint i = 0; i < g_list_model_get_n_items (self->sorted); i++)
    {
      g_autoptr (TwBill) bill = g_list_model_get_item (self->sorted, i);

      if (!is_chosen (self, bill))
        continue;
      self->total_fen += tw_bill_sum_total_fen (bill, today);
      self->n_chosen++;
    }
  lack_fen = MAX (self->total_fen - have_fen, 0);
  total = tw_money_format (self->total_fen);
  lack = tw_money_format (lack_fen);
  words =
    lack_fen > 0
      ? g_strdup_printf (_ ("Your wallet has %s; %s is missing."), have, lack)
      : g_strdup_printf (ngettext ("%u bill, late fees until today included",
                                   "%u bills, late fees until today included", self->n_chosen),
                         self->n_chosen);
  label = g_strdup_printf (_ ("Top up %s"), lack);
  gtk_label_set_label (self->total, total);
  gtk_label_set_label (self->words, words);
  gtk_button_set_label (self->top_up, label);
  gtk_widget_set_visible (GTK_WIDGET (self->top_up), lack_fen > 0);
  gtk_widget_set_sensitive (self->pay, self->n_chosen > 0 && lack_fen == 0);
}

static void
on_toggled (GtkCheckButton *check, TwSeveralPage *self)
{
  char *id = g_object_get_data (G_OBJECT (check), "bill-id");

  if (gtk_check_button_get_active (check))
    g_hash_table_remove (self->left_out, id);
  else
    g_hash_table_add (self->left_out, g_strdup (id));
  add_up (self);
}

static GtkWidget *
make_row (gpointer item, gpointer data)
{
  TwSeveralPage *self = data;
  TwBill *bill = item;
  int today = tw_clock_today ();
  GtkWidget *row = adw_action_row_new ();
  GtkWidget *check = gtk_check_button_new ();
  g_autofree char *title = tw_format_tax (tw_bill_get_tax_type (bill), tw_bill_get_period (bill));
  g_autofree char *due = tw_story_bill_due (bill, today);
  g_autofree char *sum = tw_money_format (tw_bill_sum_total_fen (bill, today));
  g_autofree char *subtitle = g_strdup_printf ("%s · %s", sum, due);

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), subtitle);
  adw_action_row_set_title_lines (ADW_ACTION_ROW (row), 0);
  gtk_check_button_set_active (GTK_CHECK_BUTTON (check), is_chosen (self, bill));
  gtk_widget_set_valign (check, GTK_ALIGN_CENTER);
  gtk_accessible_update_property (GTK_ACCESSIBLE (check), GTK_ACCESSIBLE_PROPERTY_LABEL, title, -1);
  g_object_set_data_full (G_OBJECT (check), "bill-id",
                          g_strdup (tw_object_get_id (TW_OBJECT (bill))), g_free);
  g_signal_connect (check, "toggled", G_CALLBACK (on_toggled), self);
  adw_action_row_add_prefix (ADW_ACTION_ROW (row), check);
  adw_action_row_set_activatable_widget (ADW_ACTION_ROW (row), check);
  return row;
}

/* Who has just paid everything is told so; the page has nothing else to show then. */
static void
on_bills (TwSeveralPage *self)
{
  guint n_sent = g_hash_table_size (self->sent);
  g_autofree char *sent =
    n_sent > 0 ? g_strdup_printf (ngettext ("You have paid %u bill. Its receipt is with it.",
                                            "You have paid %u bills. The receipts are with "
                                            "them.",
                                            n_sent),
                                  n_sent)
               : NULL;

  adw_status_page_set_description (self->nothing, sent);
  gtk_stack_set_visible_child_name (self->stack, g_list_model_get_n_items (self->sorted) > 0 ||
                                                     g_list_model_get_n_items (self->commands) > 0
                                                   ? "bills"
                                                   : "empty");
  add_up (self);
}

/* Where an earlier attempt has failed, it is the same wish. */
static void
submit (TwSeveralPage *self, const Asked *asked, GError **error)
{
  TwClient *client = tw_page_get_client (TW_PAGE (self));
  TwOutgoing *old = tw_payment_progress_find_live (client, TW_KIND_TAX_PAY, "bill_id", asked->id);
  GVariantDict body = G_VARIANT_DICT_INIT (NULL);
  g_autofree char *intent = NULL;
  g_autoptr (TwOutgoing) outgoing = NULL;

  if (old != NULL)
    {
      if (!tw_outgoing_is_settled (old))
        {
          g_variant_dict_clear (&body);
          return;
        }
      intent = g_strdup (tw_outgoing_get_intent (old));
      tw_client_discard (client, tw_outgoing_get_id (old));
    }
  g_variant_dict_insert (&body, "bill_id", "s", asked->id);
  g_variant_dict_insert (&body, "revision", "x", asked->revision);
  g_variant_dict_insert (&body, "amount_fen", "x", asked->amount_fen);
  outgoing = tw_client_submit (client, TW_KIND_TAX_PAY, intent, g_variant_dict_end (&body), error);
  if (outgoing != NULL)
    g_hash_table_add (self->sent, g_strdup (asked->id));
}

/* What was asked and nothing else: bills may have come and changed under the dialog, and another
 * day has other late fees. The service refuses what is not so any more. */
static void
on_confirmed (TwSeveralPage *self, const char *response)
{
  g_autoptr (GError) error = NULL;

  if (!g_str_equal (response, "pay"))
    return;
  for (guint i = 0; i < self->asked->len && error == NULL; i++)
    submit (self, self->asked->pdata[i], &error);
  g_ptr_array_set_size (self->asked, 0);
  gtk_label_set_label (self->trouble, error != NULL ? error->message : "");
  gtk_widget_set_visible (GTK_WIDGET (self->trouble), error != NULL);
}

/* Keeps the chosen bills as they are now, to be asked for. */
static void
keep_asked (TwSeveralPage *self)
{
  int today = tw_clock_today ();

  g_ptr_array_set_size (self->asked, 0);
  for (guint i = 0; i < g_list_model_get_n_items (self->sorted); i++)
    {
      g_autoptr (TwBill) bill = g_list_model_get_item (self->sorted, i);
      Asked *asked;

      if (!is_chosen (self, bill))
        continue;
      asked = g_new0 (Asked, 1);
      asked->id = g_strdup (tw_object_get_id (TW_OBJECT (bill)));
      asked->revision = tw_bill_get_revision (bill);
      asked->amount_fen = tw_bill_sum_total_fen (bill, today);
      g_ptr_array_add (self->asked, asked);
    }
}

static void
on_pay (TwSeveralPage *self)
{
  g_autofree char *total = NULL;
  GtkWidget *dialog;

  /* It may be another day by now. */
  add_up (self);
  if (!gtk_widget_get_sensitive (self->pay))
    return;
  keep_asked (self);
  total = tw_money_format (self->total_fen);
  dialog =
    adw_message_dialog_new (GTK_WINDOW (gtk_widget_get_root (GTK_WIDGET (self))), NULL, NULL);
  adw_message_dialog_format_heading (ADW_MESSAGE_DIALOG (dialog), _ ("Pay %s?"), total);
  adw_message_dialog_format_body (
    ADW_MESSAGE_DIALOG (dialog),
    ngettext ("%u bill, out of your wallet. Each is a payment of its own.",
              "%u bills, out of your wallet. Each is a payment of its own.", self->n_chosen),
    self->n_chosen);
  adw_message_dialog_add_responses (ADW_MESSAGE_DIALOG (dialog), "cancel", _ ("_Cancel"), "pay",
                                    _ ("_Pay"), NULL);
  adw_message_dialog_set_response_appearance (ADW_MESSAGE_DIALOG (dialog), "pay",
                                              ADW_RESPONSE_SUGGESTED);
  adw_message_dialog_set_default_response (ADW_MESSAGE_DIALOG (dialog), "pay");
  adw_message_dialog_set_close_response (ADW_MESSAGE_DIALOG (dialog), "cancel");
  g_signal_connect_object (dialog, "response", G_CALLBACK (on_confirmed), self, G_CONNECT_SWAPPED);
  gtk_window_present (GTK_WINDOW (dialog));
}

static void
on_top_up (TwSeveralPage *self)
{
  g_autofree char *fen =
    g_strdup_printf ("%" G_GINT64_FORMAT, MAX (self->total_fen - free_fen (self), 0));

  tw_page_go (self, "wallet", fen);
}

static void
on_command_activated (TwSeveralPage *self, guint position, GtkListView *view)
{
  g_autoptr (TwOutgoing) item =
    g_list_model_get_item (G_LIST_MODEL (gtk_list_view_get_model (view)), position);
  const char *arg;
  const char *page = tw_story_outgoing_place (item, &arg);

  tw_page_go (self, page, arg);
}

/* A new day has other late fees. */
static void
tw_several_page_show (TwPage *page, const char *arg)
{
  TwSeveralPage *self = TW_SEVERAL_PAGE (page);

  g_hash_table_remove_all (self->sent);
  gtk_list_box_bind_model (self->list, self->sorted, make_row, self, NULL);
  on_bills (self);
}

static void
tw_several_page_constructed (GObject *object)
{
  TwSeveralPage *self = TW_SEVERAL_PAGE (object);
  TwClient *client;

  G_OBJECT_CLASS (tw_several_page_parent_class)->constructed (object);
  client = tw_page_get_client (TW_PAGE (self));
  g_object_set (self->outgoing, "model", tw_client_get_outgoing (client), NULL);
  g_object_set (self->bills, "model", tw_client_get_list (client, "bill"), NULL);
  g_signal_connect_object (tw_client_get_list (client, "wallet"), "updated", G_CALLBACK (add_up),
                           self, G_CONNECT_SWAPPED);
}

static void
tw_several_page_finalize (GObject *object)
{
  g_hash_table_unref (TW_SEVERAL_PAGE (object)->left_out);
  g_hash_table_unref (TW_SEVERAL_PAGE (object)->sent);
  g_ptr_array_unref (TW_SEVERAL_PAGE (object)->asked);
  G_OBJECT_CLASS (tw_several_page_parent_class)->finalize (object);
}

static void
tw_several_page_class_init (TwSeveralPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->constructed = tw_several_page_constructed;
  G_OBJECT_CLASS (klass)->finalize = tw_several_page_finalize;
  TW_PAGE_CLASS (klass)->show = tw_several_page_show;

  g_type_ensure (TW_TYPE_BILL);
  g_type_ensure (TW_TYPE_FRESH_LIST);
  g_type_ensure (TW_TYPE_LIST_CARD);
  g_type_ensure (TW_TYPE_OUTGOING);
  g_type_ensure (TW_TYPE_ROW);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/taxwallet/TaxWallet/user/several.ui");
  gtk_widget_class_bind_template_child (widget_class, TwSeveralPage, bills);
  gtk_widget_class_bind_template_child (widget_class, TwSeveralPage, outgoing);
  gtk_widget_class_bind_template_child (widget_class, TwSeveralPage, commands);
  gtk_widget_class_bind_template_child (widget_class, TwSeveralPage, nothing);
  gtk_widget_class_bind_template_child (widget_class, TwSeveralPage, sorted);
  gtk_widget_class_bind_template_child (widget_class, TwSeveralPage, stack);
  gtk_widget_class_bind_template_child (widget_class, TwSeveralPage, list);
  gtk_widget_class_bind_template_child (widget_class, TwSeveralPage, total);
  gtk_widget_class_bind_template_child (widget_class, TwSeveralPage, words);
  gtk_widget_class_bind_template_child (widget_class, TwSeveralPage, top_up);
  gtk_widget_class_bind_template_child (widget_class, TwSeveralPage, pay);
  gtk_widget_class_bind_template_child (widget_class, TwSeveralPage, trouble);
  gtk_widget_class_bind_template_callback (widget_class, on_bills);
  gtk_widget_class_bind_template_callback (widget_class, on_pay);
  gtk_widget_class_bind_template_callback (widget_class, on_top_up);
  gtk_widget_class_bind_template_callback (widget_class, on_command_activated);
  tw_story_bind_closures (widget_class);
}

static void
tw_several_page_init (TwSeveralPage *self)
{
  self->left_out = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->sent = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->asked = g_ptr_array_new_with_free_func ((GDestroyNotify) asked_free);
  gtk_widget_init_template (GTK_WIDGET (self));
}
