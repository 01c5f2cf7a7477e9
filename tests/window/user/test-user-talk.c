// SPDX-License-Identifier: GPL-3.0-or-later
/* Asking a person: what is typed is never lost, what is sent is said once. */
#include <string.h>

#include "base/tw-clock.h"
#include "base/tw-text.h"
#include "client/user/tw-user-window.h"
#include "client/widgets/tw-message-row.h"
#include "client/widgets/tw-writer.h"
#include "model/tw-message.h"
#include "model/tw-ticket.h"
#include "protocol/tw-kinds.h"
#include "tw-window-test.h"

static TwWriter *
writer (Fixture *fixture)
{
  return TW_WRITER (tw_find_type (fixture->window, TW_TYPE_WRITER));
}

static void
write_text (Fixture *fixture, const char *text)
{
  tw_writer_set_text (writer (fixture), text);
  tw_spin ();
}

static void
assert_written (Fixture *fixture, const char *text)
{
  g_autofree char *written = tw_writer_get_text (writer (fixture));

  g_assert_cmpstr (written, ==, text);
}

static void
send (Fixture *fixture)
{
  g_signal_emit_by_name (writer (fixture), "send");
  tw_spin ();
}

static guint
n_outgoing (Fixture *fixture)
{
  return g_list_model_get_n_items (tw_client_get_outgoing (TW_CLIENT (fixture->client)));
}

static void
test_ask_about_a_bill (Fixture *fixture, gconstpointer data)
{
  TwOutgoing *outgoing;
  g_autofree char *id = NULL;

  tw_go (fixture, "bill", "bill-1");
  tw_click (fixture->window, "Ask about it");
  g_assert_true (tw_shows (fixture, "Tax on property rent · Q3 2026"));
  tw_click (fixture->window, "Send");
  g_assert_true (tw_shows (fixture, "Say in a few words what it is about."));
  g_assert_true (tw_shows (fixture, "Write your question."));
  g_assert_cmpuint (tw_fake_client_get_n_submitted (fixture->client), ==, 0);
  tw_type (fixture->window, "In a few words", "Why so much?");
  write_text (fixture, "I rented it out for two months only.");
  /* Mid-sentence, the window goes and comes again. */
  tw_window_test_restart (fixture);
  assert_written (fixture, "I rented it out for two months only.");
  g_assert_true (tw_shows (fixture, "Tax on property rent · Q3 2026"));
  send (fixture);

  outgoing = tw_fake_client_get_last (fixture->client);
  id = g_strdup (tw_outgoing_get_id (outgoing));
  g_assert_cmpstr (tw_body_text (outgoing, "about_type"), ==, "bill");
  g_assert_cmpstr (tw_body_text (outgoing, "about_id"), ==, "bill-1");
  g_assert_cmpstr (tw_body_text (outgoing, "subject"), ==, "Why so much?");
  g_assert_true (tw_shows (fixture, "I rented it out for two months only."));
  tw_fake_client_accept (fixture->client, outgoing);
  tw_wait_shows (fixture, "T-0099");
  tw_spin ();
  g_assert_cmpuint (n_outgoing (fixture), ==, 0);
  /* The form is empty again, and back does not lead to it. */
  tw_do (fixture, "win.back");
  g_assert_false (tw_shows (fixture, "This goes along"));
  tw_go (fixture, "ask", "bill\nbill-1\nx");
  assert_written (fixture, "");
}

static void
test_ask_offline (Fixture *fixture, gconstpointer data)
{
  tw_fake_client_set_online (fixture->client, FALSE);
  tw_do (fixture, "win.ask");
  tw_type (fixture->window, "In a few words", "Anybody there?");
  write_text (fixture, "Hello");
  send (fixture);
  g_assert_true (tw_shows (fixture, "Not sent yet"));
  tw_go (fixture, "help", "");
  g_assert_true (tw_shows (fixture, "Anybody there?"));
  tw_go (fixture, "conversation", tw_outgoing_get_id (tw_fake_client_get_last (fixture->client)));
  tw_click (fixture->window, "Take it back");
  g_assert_cmpuint (n_outgoing (fixture), ==, 0);
  g_assert_false (tw_shows (fixture, "Anybody there?"));
}

static guint
count_rows (GtkWidget *root, const char *text)
{
  guint found = 0;

  if (TW_IS_MESSAGE_ROW (root) && gtk_widget_get_mapped (root) && tw_find_text (root, text) != NULL)
    return 1;
  for (GtkWidget *child = gtk_widget_get_first_child (root); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    found += count_rows (child, text);
  return found;
}

static void
test_answer (Fixture *fixture, gconstpointer data)
{
  TwOutgoing *outgoing;

  tw_go (fixture, "conversation", "ticket-1");
  g_assert_true (tw_shows (fixture, "我八月的印花税为什么有滞纳金？"));
  write_text (fixture, "Half a sent");
  tw_go (fixture, "conversation", "ticket-2");
  assert_written (fixture, "");
  tw_window_test_restart (fixture);
  tw_go (fixture, "conversation", "ticket-1");
  assert_written (fixture, "Half a sent");
  write_text (fixture, "  A whole sentence.  ");
  send (fixture);
  assert_written (fixture, "");
  outgoing = tw_fake_client_get_last (fixture->client);
  g_assert_cmpstr (tw_body_text (outgoing, "text"), ==, "A whole sentence.");
  g_assert_cmpuint (count_rows (GTK_WIDGET (fixture->window), "A whole sentence."), ==, 1);
  tw_fake_client_accept (fixture->client, outgoing);
  tw_spin ();
  g_assert_cmpuint (count_rows (GTK_WIDGET (fixture->window), "A whole sentence."), ==, 1);
  g_assert_cmpuint (n_outgoing (fixture), ==, 0);
  /* Nothing but blanks is not sent. */
  write_text (fixture, " \n ");
  send (fixture);
  g_assert_cmpuint (tw_fake_client_get_n_submitted (fixture->client), ==, 1);
}

static void
test_reply_appears (Fixture *fixture, gconstpointer data)
{
  tw_go (fixture, "conversation", "ticket-1");
  tw_fake_client_put (fixture->client, "message",
                      g_object_new (TW_TYPE_MESSAGE, "id", "m-9", "ticket-id", "ticket-1", "author",
                                    TW_AUTHOR_AGENT, "author-name", "小林", "text",
                                    "A reply just now", "at-ms", tw_clock_now_ms (), NULL));
  tw_fake_client_put (fixture->client, "message",
                      g_object_new (TW_TYPE_MESSAGE, "id", "m-8", "ticket-id", "ticket-2", "author",
                                    TW_AUTHOR_AGENT, "text", "Of another ticket", "at-ms",
                                    tw_clock_now_ms (), NULL));
  tw_wait_shows (fixture, "A reply just now");
  g_assert_false (tw_shows (fixture, "Of another ticket"));
}

static void
test_rate (Fixture *fixture, gconstpointer data)
{
  TwObject *ticket =
    tw_object_list_find (tw_client_get_list (TW_CLIENT (fixture->client), "ticket"), "ticket-2");

  tw_go (fixture, "conversation", "ticket-2");
  g_assert_true (tw_shows (fixture, "This was solved. How was it?"));
  tw_click (fixture->window, "4");
  g_assert_cmpstr (tw_outgoing_get_kind (tw_fake_client_get_last (fixture->client)), ==,
                   TW_KIND_TICKET_RATE);
  g_assert_cmpint (tw_body_int (tw_fake_client_get_last (fixture->client), "rating"), ==, 4);
  g_assert_true (tw_shows (fixture, "Thank you for your rating."));
  g_object_set (ticket, "rating", (gint64) 4, NULL);
  tw_spin ();
  g_assert_false (tw_shows (fixture, "How was it?"));
  /* It is about another turn now. */
  g_object_set (ticket, "state", TW_TICKET_STATE_OPEN, NULL);
  tw_spin ();
  g_assert_false (tw_shows (fixture, "Thank you for your rating."));
}

/* Ten megabytes from the clipboard: the window goes on, what fits is there, and it is said. */
static void
test_huge_paste (Fixture *fixture, gconstpointer data)
{
  g_autofree char *huge = g_strnfill (10 * 1024 * 1024, 'x');
  g_autofree char *written = NULL;
  gint64 start_us = g_get_monotonic_time ();

  tw_go (fixture, "conversation", "ticket-1");
  write_text (fixture, huge);
  written = tw_writer_get_text (writer (fixture));
  g_assert_cmpuint (strlen (written), ==, TW_TEXT_MAX_MESSAGE);
  g_assert_true (tw_shows (fixture, "This is too long for one message"));
  g_assert_cmpint (g_get_monotonic_time () - start_us, <, 10 * G_USEC_PER_SEC);
  write_text (fixture, "short");
  g_assert_false (tw_shows (fixture, "This is too long for one message"));
  write_text (fixture, "🙂 שלום 你好\u202e");
  send (fixture);
  g_assert_cmpstr (tw_body_text (tw_fake_client_get_last (fixture->client), "text"), ==,
                   "🙂 שלום 你好");
}

#define ADD(name, func)                                                                            \
  g_test_add ("/user/talk/" name, Fixture, "filled", tw_window_test_set_up, func,                  \
              tw_window_test_tear_down)

int
main (int argc, char *argv[])
{
  tw_window_test_init (&argc, &argv, tw_user_window_new);
  ADD ("ask-about-a-bill", test_ask_about_a_bill);
  ADD ("ask-offline", test_ask_offline);
  ADD ("answer", test_answer);
  ADD ("reply-appears", test_reply_appears);
  ADD ("rate", test_rate);
  ADD ("huge-paste", test_huge_paste);
  return g_test_run ();
}
