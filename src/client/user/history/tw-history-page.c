// SPDX-License-Identifier: GPL-3.0-or-later
#include "client/user/history/tw-history-page.h"

#include <glib/gi18n-lib.h>

#include "base/tw-clock.h"
#include "base/tw-money.h"
#include "client/user/tw-documents.h"
#include "client/user/tw-story.h"
#include "client/widgets/tw-fresh-list.h"
#include "client/widgets/tw-row.h"
#include "model/tw-payment-query.h"

/**
 * TwHistoryPage:
 *
 * Everything that went in and out of the wallet: searched, filtered by time, kind and payee, added
 * up, printed and saved. The argument is "", or `payee` and on the next line whose payments are
 * wanted. The filters are kept as a draft.
 */
struct _TwHistoryPage
{
  TwPage parent_instance;

  GtkSearchEntry *search;
  GtkDropDown *time;
  GtkDropDown *type;
  GtkDropDown *payee;
  GtkWidget *reset;
  GtkStack *stack;
  GtkLabel *count;
  GtkLabel *sum;
  TwFreshList *payments;
  GListModel *found;
  GListModel *sorted;
  GtkCustomFilter *filter;

  GPtrArray *payee_ids; /* of the drop-down, after "everybody" */
  TwPaymentQuery query;
  gboolean restoring;
};

G_DEFINE_FINAL_TYPE (TwHistoryPage, tw_history_page, TW_TYPE_PAGE)

#define DRAFT_FILTER "history/filter"
#define DAY_MS (G_GINT64_CONSTANT (86400000))

#define BIT TW_PAYMENT_KIND_BIT

static const struct
{
  const char *words;
  guint kinds;
} TYPES[] = {
  { N_ ("Everything"), 0 },
  { N_ ("Top-ups"), BIT (TW_PAYMENT_KIND_TOP_UP) },
  { N_ ("Taxes"), BIT (TW_PAYMENT_KIND_TAX) },
  { N_ ("To people"), BIT (TW_PAYMENT_KIND_TRANSFER) },
  { N_ ("Received"), BIT (TW_PAYMENT_KIND_RECEIVED) },
  { N_ ("To companies and merchants"),
    BIT (TW_PAYMENT_KIND_COMPANY) | BIT (TW_PAYMENT_KIND_MERCHANT) },
  { N_ ("Water, power, gas, phone"), BIT (TW_PAYMENT_KIND_BILLER) },
  { N_ ("Taken out"), BIT (TW_PAYMENT_KIND_WITHDRAWAL) },
  { N_ ("Given back"), BIT (TW_PAYMENT_KIND_REFUND) },
};

/* Days back from the end of today; 0: all. */
static const struct
{
  const char *words;
  int days;
} TIMES[] = {
  { N_ ("Any time"), 0 },      { N_ ("Today"), 1 },         { N_ ("Last 7 days"), 7 },
  { N_ ("Last 30 days"), 30 }, { N_ ("Last 90 days"), 90 }, { N_ ("Last 365 days"), 365 },
};

static void
read_filter (TwHistoryPage *self)
{
  guint payee = gtk_drop_down_get_selected (self->payee);
  int days = TIMES[gtk_drop_down_get_selected (self->time)].days;

  tw_payment_query_clear (&self->query);
  self->query.kinds = TYPES[gtk_drop_down_get_selected (self->type)].kinds;
  if (days > 0)
    self->query.from_ms = tw_clock_ms_of_day (tw_clock_today () - days + 1);
  if (payee > 0 && payee <= self->payee_ids->len)
    self->query.payee_id = g_strdup (self->payee_ids->pdata[payee - 1]);
  tw_payment_query_set_text (&self->query, gtk_editable_get_text (GTK_EDITABLE (self->search)));
}

static gboolean
is_wanted (gpointer item, gpointer data)
{
  TwHistoryPage *self = data;
  g_autofree char *said = tw_story_payment_title (item);

  return tw_payment_query_fits (&self->query, item, said);
}

/* Only what has happened is added up. */
static void
add_up (TwHistoryPage *self, gint64 *in_fen, gint64 *out_fen)
{
  *in_fen = *out_fen = 0;
  for (guint i = 0; i < g_list_model_get_n_items (self->found); i++)
    {
      g_autoptr (TwPayment) payment = g_list_model_get_item (self->found, i);

      if (tw_payment_get_state (payment) != TW_PAYMENT_STATE_POSTED)
        continue;
      if (tw_payment_comes_in (payment))
        *in_fen += tw_payment_get_amount_fen (payment);
      else
        *out_fen += tw_payment_get_amount_fen (payment);
    }
}

static void
on_found (TwHistoryPage *self)
{
  guint n_found = g_list_model_get_n_items (self->found);
  guint n_all = g_list_model_get_n_items (G_LIST_MODEL (self->payments));
  g_autofree char *count =
    g_strdup_printf (ngettext ("%u payment", "%u payments", n_found), n_found);
  g_autofree char *in = NULL;
  g_autofree char *out = NULL;
  g_autofree char *sum = NULL;
  gint64 in_fen, out_fen;

  add_up (self, &in_fen, &out_fen);
  in = tw_money_format (in_fen);
  out = tw_money_format (out_fen);
  /* Translators: two amounts of money: what came in, and what went out */
  sum = g_strdup_printf (_ ("in %s, out %s"), in, out);
  gtk_stack_set_visible_child_name (self->stack, n_found > 0 ? "items"
                                                 : n_all > 0 ? "none"
                                                             : "empty");
  gtk_label_set_label (self->count, count);
  gtk_label_set_label (self->sum, sum);
  gtk_widget_set_visible (self->reset, !tw_payment_query_is_any (&self->query));
  tw_page_set_documents (TW_PAGE (self), n_found > 0, n_found > 0);
}

static void
keep_filter (TwHistoryPage *self)
{
  guint payee = gtk_drop_down_get_selected (self->payee);
  g_autofree char *draft = g_strdup_printf (
    "%u\n%u\n%s\n%s", gtk_drop_down_get_selected (self->time),
    gtk_drop_down_get_selected (self->type),
    payee > 0 && payee <= self->payee_ids->len ? (char *) self->payee_ids->pdata[payee - 1] : "",
    gtk_editable_get_text (GTK_EDITABLE (self->search)));

  tw_client_set_draft (tw_page_get_client (TW_PAGE (self)), DRAFT_FILTER,
                       tw_payment_query_is_any (&self->query) ? NULL : draft);
}

static void
on_filter_changed (TwHistoryPage *self)
{
  if (self->restoring)
    return;
  read_filter (self);
  keep_filter (self);
  gtk_filter_changed (GTK_FILTER (self->filter), GTK_FILTER_CHANGE_DIFFERENT);
  on_found (self);
}

static void
choose_payee (TwHistoryPage *self, const char *id)
{
  guint selected = 0;

  for (guint i = 0; i < self->payee_ids->len; i++)
    if (g_str_equal (self->payee_ids->pdata[i], id))
      selected = i + 1;
  gtk_drop_down_set_selected (self->payee, selected);
}

/* Everybody who was ever paid, as they are called now. */
static void
fill_payees (TwHistoryPage *self)
{
  g_autoptr (GtkStringList) names = gtk_string_list_new (NULL);
  GListModel *payments = G_LIST_MODEL (self->payments);
  guint chosen = gtk_drop_down_get_selected (self->payee);
  g_autofree char *chosen_id = chosen > 0 && chosen <= self->payee_ids->len
                                 ? g_strdup (self->payee_ids->pdata[chosen - 1])
                                 : g_strdup ("");
  gboolean restoring = self->restoring;

  gtk_string_list_append (names, _ ("Everybody"));
  g_ptr_array_set_size (self->payee_ids, 0);
  for (guint i = 0; i < g_list_model_get_n_items (payments); i++)
    {
      g_autoptr (TwPayment) payment = g_list_model_get_item (payments, i);
      const char *id = tw_payment_get_payee_id (payment);

      if (*id == '\0' || g_ptr_array_find_with_equal_func (self->payee_ids, id, g_str_equal, NULL))
        continue;
      g_ptr_array_add (self->payee_ids, g_strdup (id));
      gtk_string_list_append (names, tw_payment_get_payee_name (payment));
    }
  self->restoring = TRUE;
  gtk_drop_down_set_model (self->payee, G_LIST_MODEL (names));
  choose_payee (self, chosen_id);
  self->restoring = restoring;
}

static void
set_filter (TwHistoryPage *self, guint time, guint type, const char *payee_id, const char *text)
{
  self->restoring = TRUE;
  gtk_drop_down_set_selected (self->time, time < G_N_ELEMENTS (TIMES) ? time : 0);
  gtk_drop_down_set_selected (self->type, type < G_N_ELEMENTS (TYPES) ? type : 0);
  choose_payee (self, payee_id);
  gtk_editable_set_text (GTK_EDITABLE (self->search), text);
  self->restoring = FALSE;
  on_filter_changed (self);
}

static void
on_reset (TwHistoryPage *self)
{
  set_filter (self, 0, 0, "", "");
  gtk_widget_grab_focus (GTK_WIDGET (self->search));
}

static void
on_payment_activated (TwHistoryPage *self, guint position)
{
  g_autoptr (TwObject) payment = g_list_model_get_item (self->sorted, position);

  tw_page_go (self, "payment", tw_object_get_id (payment));
}

static gboolean
tw_history_page_escape (TwPage *page)
{
  TwHistoryPage *self = TW_HISTORY_PAGE (page);

  if (*gtk_editable_get_text (GTK_EDITABLE (self->search)) == '\0')
    return FALSE;
  gtk_editable_set_text (GTK_EDITABLE (self->search), "");
  return TRUE;
}

/* The search field takes the key for itself: what it means is the same as elsewhere. */
static void
on_stop_search (TwHistoryPage *self)
{
  gtk_widget_activate_action (GTK_WIDGET (self), "win.escape", NULL);
}

static void
tw_history_page_find (TwPage *page)
{
  TwHistoryPage *self = TW_HISTORY_PAGE (page);

  gtk_widget_grab_focus (GTK_WIDGET (self->search));
  gtk_editable_select_region (GTK_EDITABLE (self->search), 0, -1);
}

static void
tw_history_page_document (TwPage *page, TwDocument document)
{
  g_autoptr (TwPaperTable) table = tw_documents_payments (TW_HISTORY_PAGE (page)->sorted);

  tw_documents_make (page, TW_PAPER (table), document, _ ("Wallet history"));
}

static void
tw_history_page_show (TwPage *page, const char *arg)
{
  TwHistoryPage *self = TW_HISTORY_PAGE (page);

  fill_payees (self);
  if (g_str_has_prefix (arg, "payee\n"))
    set_filter (self, 0, 0, arg + strlen ("payee\n"), "");
  else
    on_filter_changed (self); /* a new day has begun, perhaps */
}

static void
restore_filter (TwHistoryPage *self)
{
  const char *draft = tw_client_get_draft (tw_page_get_client (TW_PAGE (self)), DRAFT_FILTER);
  g_auto (GStrv) parts = draft != NULL ? g_strsplit (draft, "\n", 4) : NULL;

  if (parts != NULL && g_strv_length (parts) == 4)
    set_filter (self, (guint) g_ascii_strtoull (parts[0], NULL, 10),
                (guint) g_ascii_strtoull (parts[1], NULL, 10), parts[2], parts[3]);
}

static void
tw_history_page_constructed (GObject *object)
{
  TwHistoryPage *self = TW_HISTORY_PAGE (object);
  g_autoptr (GtkStringList) times = gtk_string_list_new (NULL);
  g_autoptr (GtkStringList) types = gtk_string_list_new (NULL);

  G_OBJECT_CLASS (tw_history_page_parent_class)->constructed (object);
  self->restoring = TRUE;
  for (gsize i = 0; i < G_N_ELEMENTS (TIMES); i++)
    gtk_string_list_append (times, _ (TIMES[i].words));
  for (gsize i = 0; i < G_N_ELEMENTS (TYPES); i++)
    gtk_string_list_append (types, _ (TYPES[i].words));
  gtk_drop_down_set_model (self->time, G_LIST_MODEL (times));
  gtk_drop_down_set_model (self->type, G_LIST_MODEL (types));
  gtk_custom_filter_set_filter_func (self->filter, is_wanted, self, NULL);
  g_object_set (self->payments, "model",
                tw_client_get_list (tw_page_get_client (TW_PAGE (self)), "payment"), NULL);
  fill_payees (self);
  self->restoring = FALSE;
  restore_filter (self);
}

static void
tw_history_page_finalize (GObject *object)
{
  TwHistoryPage *self = TW_HISTORY_PAGE (object);

  tw_payment_query_clear (&self->query);
  g_ptr_array_unref (self->payee_ids);
  G_OBJECT_CLASS (tw_history_page_parent_class)->finalize (object);
}

static void
tw_history_page_class_init (TwHistoryPageClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  TwPageClass *page_class = TW_PAGE_CLASS (klass);

  object_class->constructed = tw_history_page_constructed;
  object_class->finalize = tw_history_page_finalize;
  page_class->show = tw_history_page_show;
  page_class->find = tw_history_page_find;
  page_class->escape = tw_history_page_escape;
  page_class->document = tw_history_page_document;

  g_type_ensure (TW_TYPE_FRESH_LIST);
  g_type_ensure (TW_TYPE_ROW);
  g_type_ensure (TW_TYPE_PAYMENT);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/taxwallet/TaxWallet/user/history.ui");
  gtk_widget_class_bind_template_child (widget_class, TwHistoryPage, search);
  gtk_widget_class_bind_template_child (widget_class, TwHistoryPage, time);
  gtk_widget_class_bind_template_child (widget_class, TwHistoryPage, type);
  gtk_widget_class_bind_template_child (widget_class, TwHistoryPage, payee);
  gtk_widget_class_bind_template_child (widget_class, TwHistoryPage, reset);
  gtk_widget_class_bind_template_child (widget_class, TwHistoryPage, stack);
  gtk_widget_class_bind_template_child (widget_class, TwHistoryPage, count);
  gtk_widget_class_bind_template_child (widget_class, TwHistoryPage, sum);
  gtk_widget_class_bind_template_child (widget_class, TwHistoryPage, payments);
  gtk_widget_class_bind_template_child (widget_class, TwHistoryPage, found);
  gtk_widget_class_bind_template_child (widget_class, TwHistoryPage, sorted);
  gtk_widget_class_bind_template_child (widget_class, TwHistoryPage, filter);
  gtk_widget_class_bind_template_callback (widget_class, on_filter_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_stop_search);
  gtk_widget_class_bind_template_callback (widget_class, on_reset);
  gtk_widget_class_bind_template_callback (widget_class, on_found);
  gtk_widget_class_bind_template_callback (widget_class, on_payment_activated);
  tw_story_bind_closures (widget_class);
}

static void
tw_history_page_init (TwHistoryPage *self)
{
  self->payee_ids = g_ptr_array_new_with_free_func (g_free);
  self->restoring = TRUE;
  gtk_widget_init_template (GTK_WIDGET (self));
}
