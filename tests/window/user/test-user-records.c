// SPDX-License-Identifier: GPL-3.0-or-later
/* The tax history: searched, filtered, added up, empty, broken, read page by page. */
#include "client/user/records/tw-record-list.h"
#include "client/user/tw-user-window.h"
#include "model/tw-record.h"
#include "model/tw-ticket.h"
#include "tw-window-test.h"

static GtkListView *
list_view (Fixture *fixture)
{
  return GTK_LIST_VIEW (tw_find_type (fixture->window, GTK_TYPE_LIST_VIEW));
}

static guint
n_rows (Fixture *fixture)
{
  return g_list_model_get_n_items (G_LIST_MODEL (gtk_list_view_get_model (list_view (fixture))));
}

/* The drop-downs from left to right: year, tax, state. */
static GtkDropDown *
drop_down (Fixture *fixture, guint index)
{
  GtkWidget *flow = tw_find_type (fixture->window, GTK_TYPE_FLOW_BOX);
  GtkFlowBoxChild *child = gtk_flow_box_get_child_at_index (GTK_FLOW_BOX (flow), (int) index);

  return GTK_DROP_DOWN (gtk_flow_box_child_get_child (child));
}

static GtkEditable *
search (Fixture *fixture)
{
  return GTK_EDITABLE (tw_find_type (fixture->window, GTK_TYPE_SEARCH_ENTRY));
}

static void
test_all (Fixture *fixture, gconstpointer data)
{
  tw_go (fixture, "records", "");
  tw_wait_shows (fixture, "300 records");
  g_assert_cmpuint (n_rows (fixture), >, 0);
  g_assert_true (tw_shows (fixture, "late fees ¥287.50"));
}

static void
test_filters (Fixture *fixture, gconstpointer data)
{
  g_autoptr (TwRecord) first = NULL;

  tw_go (fixture, "records", "");
  tw_wait_shows (fixture, "300 records");
  gtk_drop_down_set_selected (drop_down (fixture, 2), TW_RECORD_STATUS_PAID + 1);
  tw_wait_shows (fixture, "1 record");
  g_assert_true (tw_shows (fixture, "¥10.00"));
  first = g_list_model_get_item (G_LIST_MODEL (gtk_list_view_get_model (list_view (fixture))), 0);
  g_assert_cmpint (tw_record_get_status (first), ==, TW_RECORD_STATUS_PAID);
  tw_click (fixture->window, "Show all");
  tw_wait_shows (fixture, "300 records");
  gtk_drop_down_set_selected (drop_down (fixture, 1), 3);
  tw_wait_gone (fixture, "300 records");
  gtk_editable_set_text (search (fixture), "no such thing");
  tw_wait_shows (fixture, "No records found");
  tw_click (fixture->window, "Show all");
  tw_wait_shows (fixture, "300 records");
  gtk_editable_set_text (search (fixture), "sw41000007");
  tw_wait_shows (fixture, "1 record");
}

/* What was chosen is there again after a restart. */
static void
test_filters_last (Fixture *fixture, gconstpointer data)
{
  tw_go (fixture, "records", "");
  tw_wait_shows (fixture, "300 records");
  gtk_drop_down_set_selected (drop_down (fixture, 2), TW_RECORD_STATUS_CONFIRMED + 1);
  gtk_editable_set_text (search (fixture), "SW4100001");
  tw_wait_shows (fixture, "10 records");
  tw_window_test_restart (fixture);
  tw_wait_shows (fixture, "10 records");
  g_assert_cmpstr (gtk_editable_get_text (search (fixture)), ==, "SW4100001");
  g_assert_cmpuint (gtk_drop_down_get_selected (drop_down (fixture, 2)), ==,
                    TW_RECORD_STATUS_CONFIRMED + 1);
  /* Escape clears the search before it goes anywhere. */
  tw_do (fixture, "win.escape");
  tw_wait_shows (fixture, "299 records");
}

static void
test_broken (Fixture *fixture, gconstpointer data)
{
  tw_go (fixture, "records", "");
  tw_wait_shows (fixture, "300 records");
  tw_fake_client_fail_queries (fixture->client, TRUE);
  tw_wait_shows (fixture, "Your tax history can’t be read just now");
  tw_fake_client_fail_queries (fixture->client, FALSE);
  tw_click (fixture->window, "Try again");
  tw_wait_shows (fixture, "300 records");
}

static void
test_empty (Fixture *fixture, gconstpointer data)
{
  tw_fake_client_set_signed_in (fixture->client, TRUE);
  tw_spin ();
  tw_wait_shows (fixture, "Nothing is due.");
  tw_go (fixture, "records", "");
  tw_wait_shows (fixture, "No tax history yet");
  tw_go (fixture, "bills", "");
  g_assert_true (tw_shows (fixture, "No bills"));
  tw_go (fixture, "help", "");
  g_assert_true (tw_shows (fixture, "somebody answers here"));
  tw_go (fixture, "wallet", "");
  g_assert_true (tw_shows (fixture, "Nothing yet. Top-ups and payments will stand here."));
}

static void
test_story (Fixture *fixture, gconstpointer data)
{
  tw_go (fixture, "story", "rec-3");
  tw_wait_shows (fixture, "Assessed");
  g_assert_true (tw_shows (fixture, "SW41000003"));
  g_assert_true (tw_shows (fixture, "Confirmed by the tax office"));
  /* The question takes it along. */
  tw_do (fixture, "win.ask");
  g_assert_true (tw_shows (fixture, "This goes along"));
  tw_go (fixture, "story", "rec-9999");
  tw_wait_shows (fixture, "This is not there any more");
  /* The oldest as well as the newest; and what can't be read is not gone. */
  tw_go (fixture, "story", "rec-299");
  tw_wait_shows (fixture, "SW41000299");
  tw_fake_client_fail_queries (fixture->client, TRUE);
  tw_go (fixture, "story", "rec-298");
  tw_wait_shows (fixture, "This can’t be read just now");
  tw_fake_client_fail_queries (fixture->client, FALSE);
  tw_click (fixture->window, "Try again");
  tw_wait_shows (fixture, "SW41000298");
}

static void
open_from_conversation (Fixture *fixture, const char *record_id)
{
  GtkWidget *words;

  tw_fake_client_put (fixture->client, "ticket",
                      g_object_new (TW_TYPE_TICKET, "id", "ticket-about", "subject", "About it",
                                    "state", TW_TICKET_STATE_OPEN, "about-type", "record",
                                    "about-id", record_id, "about-text", "An old one", NULL));
  tw_go (fixture, "conversation", "ticket-about");
  words = tw_find_text (fixture->window, "An old one");
  g_assert_nonnull (words);
  g_signal_emit_by_name (gtk_widget_get_ancestor (words, GTK_TYPE_BUTTON), "clicked");
}

/* A question about a record leads to it, though 299 are newer. */
static void
test_story_of_old (Fixture *fixture, gconstpointer data)
{
  open_from_conversation (fixture, "rec-299");
  tw_wait_shows (fixture, "SW41000299");
}

/* And from there to what paid it. */
static void
test_story_of_paid (Fixture *fixture, gconstpointer data)
{
  open_from_conversation (fixture, "rec-0");
  tw_wait_shows (fixture, "SW41000000");
  tw_click (fixture->window, "Show the payment");
  tw_wait_shows (fixture, "OFFICE-555");
}

typedef struct
{
  guint changes, added;
} Heard;

static void
on_items_changed (GListModel *model, guint position, guint removed, guint added, Heard *heard)
{
  heard->changes++;
  heard->added += added;
}

static void
on_all_read (GObject *source, GAsyncResult *result, gpointer data)
{
  GListModel **all = data;

  *all = tw_record_list_read_all_finish (TW_RECORD_LIST (source), result, NULL);
  g_assert_nonnull (*all);
}

/* One question, one change a page; the next page only when somebody looks at the last lines. */
static void
test_pages (void)
{
  g_autoptr (TwFakeClient) client = tw_fake_client_new ();
  g_autoptr (TwRecordList) list = NULL;
  g_autoptr (TwRecordQuery) query = tw_record_query_new ();
  g_autoptr (GListModel) all = NULL;
  Heard heard = { 0 };

  tw_fake_client_fill (client, 250);
  list = tw_record_list_new (TW_CLIENT (client));
  g_signal_connect (list, "items-changed", G_CALLBACK (on_items_changed), &heard);
  tw_record_list_ask (list, query);
  tw_spin ();
  g_assert_cmpuint (tw_record_list_get_total (list), ==, 250);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (list)), ==, 100);
  g_assert_cmpuint (heard.changes, ==, 1);

  g_object_unref (g_list_model_get_item (G_LIST_MODEL (list), 20));
  tw_spin ();
  g_assert_cmpuint (heard.changes, ==, 1);
  g_object_unref (g_list_model_get_item (G_LIST_MODEL (list), 90));
  g_object_unref (g_list_model_get_item (G_LIST_MODEL (list), 99));
  tw_spin ();
  g_assert_cmpuint (heard.changes, ==, 2);
  g_object_unref (g_list_model_get_item (G_LIST_MODEL (list), 199));
  tw_spin ();
  g_assert_cmpuint (heard.added, ==, 250);
  g_assert_cmpuint (tw_fake_client_get_n_queries (client), ==, 3);
  g_object_unref (g_list_model_get_item (G_LIST_MODEL (list), 249));
  tw_spin ();
  g_assert_cmpuint (tw_fake_client_get_n_queries (client), ==, 3);

  /* Quick typing: only the last question is answered. */
  heard.changes = 0;
  query->text = g_strdup ("SW4100001");
  tw_record_list_ask (list, query);
  query->year = 1990;
  tw_record_list_ask (list, query);
  tw_spin ();
  g_assert_cmpuint (heard.changes, ==, 1);
  g_assert_cmpuint (tw_record_list_get_total (list), ==, 0);

  query->year = 0;
  tw_record_list_ask (list, query);
  tw_record_list_read_all_async (list, NULL, on_all_read, &all);
  tw_spin ();
  g_assert_cmpuint (g_list_model_get_n_items (all), ==, 10);
}

#define ADD(name, filled, func)                                                                    \
  g_test_add ("/user/records/" name, Fixture, filled, tw_window_test_set_up, func,                 \
              tw_window_test_tear_down)

int
main (int argc, char *argv[])
{
  tw_window_test_init (&argc, &argv, tw_user_window_new);
  ADD ("all", "filled", test_all);
  ADD ("filters", "filled", test_filters);
  ADD ("filters-last", "filled", test_filters_last);
  ADD ("broken", "filled", test_broken);
  ADD ("empty", NULL, test_empty);
  ADD ("story", "filled", test_story);
  ADD ("story-of-old", "filled", test_story_of_old);
  ADD ("story-of-paid", "filled", test_story_of_paid);
  g_test_add_func ("/user/records/pages", test_pages);
  return g_test_run ();
}
