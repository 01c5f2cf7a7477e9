// SPDX-License-Identifier: GPL-3.0-or-later
/* The desk's window around the conversation: signing in, queues and their numbers, searching,
 * fitting in, being named. */
#include "base/tw-clock.h"
#include "client/agent/customer/tw-customer-pane.h"
#include "client/agent/queue/tw-queue-page.h"
#include "client/agent/ticket/tw-ticket-page.h"
#include "client/agent/tw-agent-window.h"
#include "model/tw-partner.h"
#include "model/tw-ticket.h"
#include "tw-desk-sample.h"

static const char *const QUEUES[TW_QUEUE_COUNT] = {
  "Mine", "Unassigned", "Waiting for the customer", "Resolved", "All",
};

static GtkWidget *
queue_page (Fixture *fixture)
{
  return tw_find_type (fixture->window, TW_TYPE_QUEUE_PAGE);
}

static void
show_queue (Fixture *fixture, int queue)
{
  gtk_widget_activate_action (GTK_WIDGET (fixture->window), "win.show-queue", "i", queue);
  tw_spin ();
}

/* The number beside each queue; in the row's name too, for a screen reader. None is not written. */
static void
assert_counts (Fixture *fixture, const guint counts[TW_QUEUE_COUNT])
{
  GtkListBox *queues = GTK_LIST_BOX (tw_find_type (queue_page (fixture), GTK_TYPE_LIST_BOX));

  for (guint i = 0; i < TW_QUEUE_COUNT; i++)
    {
      GtkWidget *row = GTK_WIDGET (gtk_list_box_get_row_at_index (queues, (int) i));
      GtkWidget *title = tw_find_text (row, QUEUES[i]);
      g_autofree char *name = g_strdup_printf ("%s, %u", QUEUES[i], counts[i]);
      g_autofree char *count = g_strdup_printf ("%u", counts[i]);

      g_assert_nonnull (title);
      g_assert_cmpstr (
        gtk_label_get_label (GTK_LABEL (gtk_widget_get_last_child (gtk_widget_get_parent (title)))),
        ==, counts[i] > 0 ? count : "");
      gtk_test_accessible_assert_property (row, GTK_ACCESSIBLE_PROPERTY_LABEL, name);
    }
}

static void
test_sign_in (Fixture *fixture, gconstpointer data)
{
  GtkWidget *button = tw_find_button (fixture->window, "Sign In");

  g_assert_false (gtk_widget_get_sensitive (button));
  tw_fake_client_refuse_sign_in (fixture->client, "The password does not fit.");
  tw_type (fixture->window, "Login name", "agent1");
  g_assert_false (gtk_widget_get_sensitive (button));
  tw_type (fixture->window, "Password", "anything");
  tw_click (fixture->window, "Sign In");
  tw_wait_shows (fixture, "The password does not fit.");
  /* It goes as soon as one tries again. */
  tw_type (fixture->window, "Password", "something else");
  g_assert_false (tw_shows (fixture, "The password does not fit."));
  tw_fake_client_refuse_sign_in (fixture->client, NULL);
  tw_desk_fill (fixture->client);
  tw_click (fixture->window, "Sign In");
  tw_wait_shows (fixture, "Unassigned");
  g_assert_true (tw_shows (fixture, "小林"));
  tw_desk_open (fixture, 0, "mine");
  /* Nothing of one agent is left for the next. */
  tw_client_sign_out (TW_CLIENT (fixture->client));
  tw_spin ();
  g_assert_nonnull (tw_find_button (fixture->window, "Sign In"));
  g_assert_cmpstr (
    gtk_editable_get_text (GTK_EDITABLE (tw_find_entry (fixture->window, "Password"))), ==, "");
  tw_click (fixture->window, "Enter as a Practice Agent");
  tw_wait_shows (fixture, "Choose a Conversation");
}

/* Megabytes and control characters into every field of the window. */
static void
test_bad_input (Fixture *fixture, gconstpointer data)
{
  g_autofree char *huge = g_strnfill (10 * 1024 * 1024, 'x');
  gint64 start_us = g_get_monotonic_time ();
  GtkEditable *search;

  tw_fake_client_refuse_sign_in (fixture->client, "The password does not fit.");
  tw_type (fixture->window, "Login name", huge);
  tw_type (fixture->window, "Password", "\001\r\n\u202e <b>&");
  tw_click (fixture->window, "Sign In");
  tw_wait_shows (fixture, "The password does not fit.");
  tw_fake_client_refuse_sign_in (fixture->client, NULL);
  tw_desk_fill (fixture->client);
  tw_click (fixture->window, "Enter as a Practice Agent");
  show_queue (fixture, 4);
  search = GTK_EDITABLE (tw_find_type (fixture->window, GTK_TYPE_SEARCH_ENTRY));
  gtk_editable_set_text (search, huge);
  tw_wait_shows (fixture, "Nothing found");
  tw_assert_fits_narrow (fixture, "a search for megabytes");
  gtk_editable_set_text (search, "\001\u202e<b>%");
  tw_spin ();
  gtk_editable_set_text (search, "");
  tw_wait_shows (fixture, "发票怎么开？");
  g_assert_cmpint (g_get_monotonic_time () - start_us, <, 20 * G_USEC_PER_SEC);
}

static void
test_counts (Fixture *fixture, gconstpointer data)
{
  static const guint first[] = { 1, 1, 1, 1, 5 };
  static const guint more[] = { 1, 2, 1, 1, 6 };
  static const guint less[] = { 2, 0, 1, 2, 6 };
  TwObjectList *tickets = tw_client_get_list (TW_CLIENT (fixture->client), "ticket");
  GListModel *shown;
  g_autoptr (TwObject) top = NULL;

  assert_counts (fixture, first);
  /* A question that comes in is on top, with nobody asking for it. */
  show_queue (fixture, 1);
  tw_fake_client_put (fixture->client, "ticket",
                      g_object_new (TW_TYPE_TICKET, "id", "newer", "customer-id", "cust-2",
                                    "subject", "Just now", "last-at-ms", tw_clock_now_ms (), NULL));
  tw_wait_shows (fixture, "Just now");
  assert_counts (fixture, more);
  shown = G_LIST_MODEL (gtk_list_view_get_model (
    GTK_LIST_VIEW (tw_find_type (queue_page (fixture), GTK_TYPE_LIST_VIEW))));
  top = g_list_model_get_item (shown, 0);
  g_assert_cmpstr (tw_object_get_id (top), ==, "newer");
  /* A colleague solves one, the other becomes mine: it leaves by itself. */
  g_object_set (tw_desk_ticket (fixture, "newer"), "state", TW_TICKET_STATE_RESOLVED, NULL);
  g_object_set (tw_desk_ticket (fixture, "new"), "state", TW_TICKET_STATE_OPEN, "assignee-id",
                TW_DESK_ME, NULL);
  g_signal_emit_by_name (tickets, "updated");
  tw_wait_gone (fixture, "Just now");
  assert_counts (fixture, less);
  g_assert_true (tw_shows (fixture, "Nobody waits unseen"));
}

static void
test_empty (Fixture *fixture, gconstpointer data)
{
  static const guint none[TW_QUEUE_COUNT] = { 0 };
  static const char *const words[TW_QUEUE_COUNT] = {
    "Nothing waits for you",         "Nobody waits unseen",        "No customer owes an answer",
    "Nothing has been resolved yet", "There are no conversations",
  };

  tw_fake_client_set_signed_in (fixture->client, TRUE);
  tw_spin ();
  assert_counts (fixture, none);
  for (int i = 0; i < TW_QUEUE_COUNT; i++)
    {
      show_queue (fixture, i);
      g_assert_true (tw_shows (fixture, words[i]));
    }
  /* Before anything has been read, it does not say so. */
  g_object_set (tw_client_get_status (TW_CLIENT (fixture->client)), "as-of-ms", (gint64) 0, NULL);
  tw_wait_shows (fixture, "Reading your data");
  g_assert_false (tw_shows (fixture, "There are no conversations"));
}

static void
test_search (Fixture *fixture, gconstpointer data)
{
  GtkEditable *search = GTK_EDITABLE (tw_find_type (fixture->window, GTK_TYPE_SEARCH_ENTRY));

  show_queue (fixture, 4);
  tw_do (fixture, "win.search");
  g_assert_true (
    gtk_widget_is_ancestor (gtk_window_get_focus (fixture->window), GTK_WIDGET (search)));
  /* In the subject, the name, the number and what was said. */
  for (gsize i = 0; i < 4; i++)
    {
      gtk_editable_set_text (search,
                             ((const char *[]){ "LATE FEE", "示例", "t-0001", "on time" })[i]);
      tw_wait_gone (fixture, "A refund");
      g_assert_true (tw_shows (fixture, "Why is there a late fee?"));
    }
  gtk_editable_set_text (search, "no such thing");
  tw_wait_shows (fixture, "Nothing found");
  g_signal_emit_by_name (search, "stop-search");
  tw_wait_shows (fixture, "A refund");
}

static void
test_offline (Fixture *fixture, gconstpointer data)
{
  tw_fake_client_set_online (fixture->client, FALSE);
  tw_wait_shows (fixture, "No connection to the service just now. You see everything as of");
  g_assert_true (tw_shows (fixture, "Why is there a late fee?"));
  tw_fake_client_set_online (fixture->client, TRUE);
  tw_wait_gone (fixture, "No connection");
}

static void
tell_partner (Fixture *fixture, const char *id, TwPartnerState state)
{
  TwObjectList *partners = tw_client_get_list (TW_CLIENT (fixture->client), "partner");
  TwObject *partner = tw_object_list_find (partners, id);

  if (partner == NULL)
    tw_fake_client_put (fixture->client, "partner",
                        g_object_new (TW_TYPE_PARTNER, "id", id, "state", state, "since-ms",
                                      tw_clock_now_ms (), NULL));
  else
    {
      g_object_set (partner, "state", state, NULL);
      g_signal_emit_by_name (partners, "updated");
    }
}

/* Who can't be reached is said, each for itself, and as long as it is so and is known. */
static void
test_partners (Fixture *fixture, gconstpointer data)
{
  tell_partner (fixture, TW_PARTNER_BANK, TW_PARTNER_STATE_UP);
  tell_partner (fixture, "somebody", TW_PARTNER_STATE_DOWN);
  tw_spin ();
  g_assert_false (tw_shows (fixture, "can't be reached just now"));
  tell_partner (fixture, TW_PARTNER_BANK, TW_PARTNER_STATE_DOWN);
  tw_wait_shows (fixture, "The bank can't be reached just now. Payments that need it wait; nothing "
                          "is lost.");
  g_assert_true (tw_shows (fixture, "This is tried again all the time."));
  g_assert_false (tw_shows (fixture, "The tax office can't be reached"));
  tell_partner (fixture, TW_PARTNER_OFFICE, TW_PARTNER_STATE_DOWN);
  tw_wait_shows (fixture, "The tax office can't be reached just now. Tax payments wait");
  tw_make_narrow (fixture);
  tw_assert_fits_narrow (fixture, "who can't be reached");
  tell_partner (fixture, TW_PARTNER_BANK, TW_PARTNER_STATE_UP);
  tw_wait_gone (fixture, "The bank can't be reached");
  /* What is not known any more is not said. */
  tw_fake_client_set_online (fixture->client, FALSE);
  tw_wait_gone (fixture, "The tax office can't be reached");
  tw_fake_client_set_online (fixture->client, TRUE);
  tw_wait_shows (fixture, "The tax office can't be reached");
  tell_partner (fixture, TW_PARTNER_OFFICE, TW_PARTNER_STATE_UP);
  tw_wait_gone (fixture, "can't be reached just now");
}

/* The window comes back to its queue and its conversation. */
static void
test_restart (Fixture *fixture, gconstpointer data)
{
  tw_desk_open (fixture, 2, "waiting");
  tw_window_test_restart (fixture);
  g_assert_cmpuint (tw_queue_page_get_queue (TW_QUEUE_PAGE (queue_page (fixture))), ==, 2);
  g_assert_true (tw_shows (fixture, "T-0003 · 示例甲"));
}

static void
test_narrow (Fixture *fixture, gconstpointer data)
{
  static const struct
  {
    guint queue;
    const char *id;
  } stops[] = { { 1, "new" }, { 0, "mine" }, { 2, "waiting" }, { 3, "solved" }, { 4, "theirs" } };

  tw_make_narrow (fixture);
  for (gsize i = 0; i < G_N_ELEMENTS (stops); i++)
    {
      show_queue (fixture, (int) stops[i].queue);
      tw_assert_fits_narrow (fixture, QUEUES[stops[i].queue]);
      tw_assert_named (GTK_WIDGET (fixture->window), QUEUES[stops[i].queue]);
      tw_desk_open (fixture, stops[i].queue, stops[i].id);
      tw_assert_fits_narrow (fixture, stops[i].id);
      /* One thing after another: the conversation, over it the customer, and the way back. */
      g_assert_null (tw_find_type (fixture->window, TW_TYPE_CUSTOMER_PANE));
      tw_do (fixture, "win.customer");
      tw_wait_shows (fixture, "Last Payments");
      tw_assert_fits_narrow (fixture, "the customer");
      tw_assert_named (GTK_WIDGET (fixture->window), stops[i].id);
      tw_do (fixture, "win.back");
      tw_wait_gone (fixture, "Last Payments");
      g_assert_nonnull (tw_find_type (fixture->window, TW_TYPE_TICKET_PAGE));
      tw_do (fixture, "win.back");
      g_assert_nonnull (queue_page (fixture));
    }
  tw_client_sign_out (TW_CLIENT (fixture->client));
  tw_spin ();
  tw_assert_fits_narrow (fixture, "signing in");
  tw_assert_named (GTK_WIDGET (fixture->window), "signing in");
}

#define ADD(name, set_up, func)                                                                    \
  g_test_add ("/agent/queue/" name, Fixture, NULL, set_up, func, tw_window_test_tear_down)

int
main (int argc, char *argv[])
{
  tw_window_test_init (&argc, &argv, tw_agent_window_new);
  ADD ("sign-in", tw_desk_set_up_signed_out, test_sign_in);
  ADD ("bad-input", tw_desk_set_up_signed_out, test_bad_input);
  ADD ("counts", tw_desk_set_up, test_counts);
  ADD ("empty", tw_desk_set_up_signed_out, test_empty);
  ADD ("search", tw_desk_set_up, test_search);
  ADD ("offline", tw_desk_set_up, test_offline);
  ADD ("partners", tw_desk_set_up, test_partners);
  ADD ("restart", tw_desk_set_up, test_restart);
  ADD ("narrow", tw_desk_set_up, test_narrow);
  return g_test_run ();
}
