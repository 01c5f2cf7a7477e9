// SPDX-License-Identifier: GPL-3.0-or-later
#include "client/user/records/tw-records-page.h"

#include <glib/gi18n-lib.h>

#include "base/tw-clock.h"
#include "base/tw-money.h"
#include "client/user/records/tw-record-list.h"
#include "client/user/tw-documents.h"
#include "client/user/tw-story.h"
#include "client/widgets/tw-row.h"
#include "model/tw-record.h"
#include "tax/tw-tax-type.h"

/**
 * TwRecordsPage:
 *
 * The tax history: searched, filtered, added up, printed and saved. The filters are kept as a
 * draft.
 */
struct _TwRecordsPage
{
  TwPage parent_instance;

  GtkSearchEntry *search;
  GtkDropDown *year;
  GtkDropDown *tax_type;
  GtkDropDown *status;
  GtkWidget *reset;
  GtkStack *stack;
  GtkListView *view;
  GtkNoSelection *selection;
  GtkLabel *count;
  GtkLabel *sum;

  TwRecordList *list;
  int newest_year;
  gboolean restoring;
  GCancellable *cancellable;
};

G_DEFINE_FINAL_TYPE (TwRecordsPage, tw_records_page, TW_TYPE_PAGE)

#define DRAFT_FILTER "records/filter"

/* How far back the years go that one can choose: what tax papers must be kept, and some more. */
#define YEARS 15

static TwRecordQuery *
read_filter (TwRecordsPage *self)
{
  TwRecordQuery *query = tw_record_query_new ();
  guint year = gtk_drop_down_get_selected (self->year);
  guint type = gtk_drop_down_get_selected (self->tax_type);
  const char *text = gtk_editable_get_text (GTK_EDITABLE (self->search));

  query->year = year > 0 ? self->newest_year - (int) year + 1 : 0;
  query->tax_type = type > 0 ? g_strdup (tw_tax_type_list ()[type - 1]) : NULL;
  query->status = (int) gtk_drop_down_get_selected (self->status) - 1;
  query->text = *text != '\0' ? g_strdup (text) : NULL;
  return query;
}

static gboolean
is_filtered (const TwRecordQuery *query)
{
  return query->year != 0 || query->tax_type != NULL || query->status >= 0 || query->text != NULL;
}

static void
on_list_changed (TwRecordsPage *self)
{
  const TwRecordQuery *query = tw_record_list_get_query (self->list);
  guint total = tw_record_list_get_total (self->list);
  gint64 fee_fen = tw_record_list_get_late_fee_fen (self->list);
  g_autofree char *sum = tw_money_format (tw_record_list_get_total_fen (self->list));
  g_autofree char *fee = tw_money_format (fee_fen);
  g_autofree char *count = g_strdup_printf (ngettext ("%u record", "%u records", total), total);
  g_autofree char *words =
    fee_fen > 0 ? g_strdup_printf (_ ("%s, late fees %s"), sum, fee) : g_strdup (sum);
  const char *page;

  switch (tw_record_list_get_state (self->list))
    {
    case TW_RECORD_LIST_READING:
      page = "wait";
      break;
    case TW_RECORD_LIST_FAILED:
      page = "error";
      break;
    case TW_RECORD_LIST_READY:
    default:
      page = total > 0 ? "items" : is_filtered (query) ? "none" : "empty";
    }
  gtk_stack_set_visible_child_name (self->stack, page);
  gtk_label_set_label (self->count, count);
  gtk_label_set_label (self->sum, words);
  gtk_widget_set_visible (self->reset, is_filtered (query));
  tw_page_set_documents (TW_PAGE (self), total > 0, total > 0);
}

static void
keep_filter (TwRecordsPage *self)
{
  TwRecordQuery *query = read_filter (self);
  g_autofree char *draft =
    is_filtered (query) ? g_strdup_printf ("%d\n%s\n%d\n%s", query->year,
                                           query->tax_type != NULL ? query->tax_type : "",
                                           query->status, query->text != NULL ? query->text : "")
                        : NULL;

  tw_client_set_draft (tw_page_get_client (TW_PAGE (self)), DRAFT_FILTER, draft);
  tw_record_query_free (query);
}

static void
on_filter_changed (TwRecordsPage *self)
{
  g_autoptr (TwRecordQuery) query = NULL;

  if (self->restoring || self->list == NULL)
    return;
  keep_filter (self);
  query = read_filter (self);
  tw_record_list_ask (self->list, query);
}

static void
set_filter (TwRecordsPage *self, int year, const char *tax_type, int status, const char *text)
{
  self->restoring = TRUE;
  gtk_drop_down_set_selected (self->year, year > 0 && year <= self->newest_year &&
                                              year > self->newest_year - YEARS
                                            ? (guint) (self->newest_year - year + 1)
                                            : 0);
  gtk_drop_down_set_selected (self->tax_type, 0);
  for (guint i = 0; tax_type != NULL && tw_tax_type_list ()[i] != NULL; i++)
    if (g_str_equal (tw_tax_type_list ()[i], tax_type))
      gtk_drop_down_set_selected (self->tax_type, i + 1);
  gtk_drop_down_set_selected (
    self->status, status >= 0 && status <= TW_RECORD_STATUS_CONFIRMED ? (guint) status + 1 : 0);
  gtk_editable_set_text (GTK_EDITABLE (self->search), text);
  self->restoring = FALSE;
}

static void
on_reset (TwRecordsPage *self)
{
  set_filter (self, 0, NULL, -1, "");
  on_filter_changed (self);
  gtk_widget_grab_focus (GTK_WIDGET (self->search));
}

static void
restore_filter (TwRecordsPage *self)
{
  const char *draft = tw_client_get_draft (tw_page_get_client (TW_PAGE (self)), DRAFT_FILTER);
  g_auto (GStrv) parts = draft != NULL ? g_strsplit (draft, "\n", 4) : NULL;

  if (parts == NULL || g_strv_length (parts) != 4)
    return;
  set_filter (self, (int) g_ascii_strtoll (parts[0], NULL, 10), parts[1],
              (int) g_ascii_strtoll (parts[2], NULL, 10), parts[3]);
}

static void
on_again (TwRecordsPage *self)
{
  tw_record_list_again (self->list);
}

static void
on_record_activated (TwRecordsPage *self, guint position)
{
  g_autoptr (TwRecord) record = g_list_model_get_item (G_LIST_MODEL (self->list), position);

  tw_page_go (self, "story", tw_object_get_id (TW_OBJECT (record)));
}

static gboolean
tw_records_page_escape (TwPage *page)
{
  TwRecordsPage *self = TW_RECORDS_PAGE (page);

  if (*gtk_editable_get_text (GTK_EDITABLE (self->search)) == '\0')
    return FALSE;
  gtk_editable_set_text (GTK_EDITABLE (self->search), "");
  return TRUE;
}

/* The search field takes the key for itself: what it means is the same as elsewhere. */
static void
on_stop_search (TwRecordsPage *self)
{
  gtk_widget_activate_action (GTK_WIDGET (self), "win.escape", NULL);
}

static void
tw_records_page_find (TwPage *page)
{
  TwRecordsPage *self = TW_RECORDS_PAGE (page);

  gtk_widget_grab_focus (GTK_WIDGET (self->search));
  gtk_editable_select_region (GTK_EDITABLE (self->search), 0, -1);
}

/* Which of the history it is, in words, for the head of the paper. */
static char *
describe_filter (const TwRecordQuery *query)
{
  static const char *const statuses[] = { N_ ("Assessed"), N_ ("Paid"), N_ ("Confirmed") };
  g_autoptr (GPtrArray) parts = g_ptr_array_new_with_free_func (g_free);

  if (query->year != 0)
    g_ptr_array_add (parts, g_strdup_printf (_ ("%d"), query->year));
  if (query->tax_type != NULL)
    g_ptr_array_add (parts, g_strdup (tw_tax_type_get_name (query->tax_type)));
  if (query->status >= 0 && query->status < (int) G_N_ELEMENTS (statuses))
    g_ptr_array_add (parts, g_strdup (_ (statuses[query->status])));
  if (query->text != NULL)
    g_ptr_array_add (parts, g_strdup_printf (_ ("“%s”"), query->text));
  if (parts->len == 0)
    return g_strdup (_ ("All records"));
  g_ptr_array_add (parts, NULL);
  return g_strjoinv (", ", (char **) parts->pdata);
}

static void
on_all_read (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  TwPage *page = g_task_get_source_object (task);
  g_autoptr (GError) error = NULL;
  g_autoptr (GListModel) all =
    tw_record_list_read_all_finish (TW_RECORD_LIST (source), result, &error);
  g_autofree char *subtitle = NULL;
  g_autoptr (TwPaperTable) table = NULL;

  if (all == NULL)
    {
      if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        tw_page_say (page, error->message);
      return;
    }
  subtitle = describe_filter (tw_record_list_get_query (TW_RECORD_LIST (source)));
  table = tw_documents_records (all, subtitle);
  tw_documents_make (page, TW_PAPER (table), GPOINTER_TO_INT (g_task_get_task_data (task)),
                     _ ("Tax history"));
}

static void
tw_records_page_document (TwPage *page, TwDocument document)
{
  TwRecordsPage *self = TW_RECORDS_PAGE (page);
  GTask *task = g_task_new (self, self->cancellable, NULL, NULL);

  g_task_set_task_data (task, GINT_TO_POINTER (document), NULL);
  tw_record_list_read_all_async (self->list, self->cancellable, on_all_read, task);
}

static void
fill_years (TwRecordsPage *self)
{
  g_autoptr (GtkStringList) years = gtk_string_list_new (NULL);

  tw_clock_date_of_day (tw_clock_today (), &self->newest_year, NULL, NULL);
  gtk_string_list_append (years, _ ("All years"));
  for (int i = 0; i < YEARS; i++)
    gtk_string_list_take (years, g_strdup_printf (_ ("%d"), self->newest_year - i));
  gtk_drop_down_set_model (self->year, G_LIST_MODEL (years));
}

static void
fill_types (TwRecordsPage *self)
{
  g_autoptr (GtkStringList) types = gtk_string_list_new (NULL);

  gtk_string_list_append (types, _ ("All taxes"));
  for (guint i = 0; tw_tax_type_list ()[i] != NULL; i++)
    gtk_string_list_append (types, tw_tax_type_get_name (tw_tax_type_list ()[i]));
  gtk_drop_down_set_model (self->tax_type, G_LIST_MODEL (types));
}

static void
tw_records_page_constructed (GObject *object)
{
  TwRecordsPage *self = TW_RECORDS_PAGE (object);
  g_autoptr (TwRecordQuery) query = NULL;

  G_OBJECT_CLASS (tw_records_page_parent_class)->constructed (object);
  self->restoring = TRUE;
  fill_years (self);
  fill_types (self);
  restore_filter (self);
  self->restoring = FALSE;
  self->list = tw_record_list_new (tw_page_get_client (TW_PAGE (self)));
  g_signal_connect_object (self->list, "changed", G_CALLBACK (on_list_changed), self,
                           G_CONNECT_SWAPPED);
  gtk_no_selection_set_model (self->selection, G_LIST_MODEL (self->list));
  query = read_filter (self);
  tw_record_list_ask (self->list, query);
}

static void
tw_records_page_dispose (GObject *object)
{
  TwRecordsPage *self = TW_RECORDS_PAGE (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->list);
  G_OBJECT_CLASS (tw_records_page_parent_class)->dispose (object);
}

static void
tw_records_page_class_init (TwRecordsPageClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  TwPageClass *page_class = TW_PAGE_CLASS (klass);

  object_class->constructed = tw_records_page_constructed;
  object_class->dispose = tw_records_page_dispose;
  page_class->find = tw_records_page_find;
  page_class->escape = tw_records_page_escape;
  page_class->document = tw_records_page_document;

  g_type_ensure (TW_TYPE_ROW);
  g_type_ensure (TW_TYPE_RECORD);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/taxwallet/TaxWallet/user/records.ui");
  gtk_widget_class_bind_template_child (widget_class, TwRecordsPage, search);
  gtk_widget_class_bind_template_child (widget_class, TwRecordsPage, year);
  gtk_widget_class_bind_template_child (widget_class, TwRecordsPage, tax_type);
  gtk_widget_class_bind_template_child (widget_class, TwRecordsPage, status);
  gtk_widget_class_bind_template_child (widget_class, TwRecordsPage, reset);
  gtk_widget_class_bind_template_child (widget_class, TwRecordsPage, stack);
  gtk_widget_class_bind_template_child (widget_class, TwRecordsPage, view);
  gtk_widget_class_bind_template_child (widget_class, TwRecordsPage, selection);
  gtk_widget_class_bind_template_child (widget_class, TwRecordsPage, count);
  gtk_widget_class_bind_template_child (widget_class, TwRecordsPage, sum);
  gtk_widget_class_bind_template_callback (widget_class, on_filter_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_stop_search);
  gtk_widget_class_bind_template_callback (widget_class, on_reset);
  gtk_widget_class_bind_template_callback (widget_class, on_again);
  gtk_widget_class_bind_template_callback (widget_class, on_record_activated);
  tw_story_bind_closures (widget_class);
}

static void
tw_records_page_init (TwRecordsPage *self)
{
  self->cancellable = g_cancellable_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
}
