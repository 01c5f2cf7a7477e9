// SPDX-License-Identifier: GPL-3.0-or-later
/* One conversation at the desk: whose it is, what is written in it, and the customer beside it. */
#include <string.h>

#include "base/tw-text.h"
#include "client/agent/customer/tw-customer-pane.h"
#include "client/agent/ticket/tw-ticket-page.h"
#include "client/agent/tw-agent-window.h"
#include "client/widgets/tw-writer.h"
#include "model/tw-account.h"
#include "model/tw-ticket.h"
#include "model/tw-wallet.h"
#include "protocol/tw-kinds.h"
#include "tw-desk-sample.h"

static GtkWidget *
ticket_page (Fixture *fixture)
{
  return tw_find_type (fixture->window, TW_TYPE_TICKET_PAGE);
}

static GtkWidget *
pane (Fixture *fixture)
{
  return tw_find_type (fixture->window, TW_TYPE_CUSTOMER_PANE);
}

static TwWriter *
writer (Fixture *fixture)
{
  return TW_WRITER (tw_find_type (fixture->window, TW_TYPE_WRITER));
}

static GtkCheckButton *
internal (Fixture *fixture)
{
  return GTK_CHECK_BUTTON (tw_find_type (ticket_page (fixture), GTK_TYPE_CHECK_BUTTON));
}

static void
write_text (Fixture *fixture, const char *text)
{
  tw_writer_set_text (writer (fixture), text);
  tw_spin ();
}

static void
assert_written (Fixture *fixture, const char *text, gboolean note)
{
  g_autofree char *written = tw_writer_get_text (writer (fixture));

  g_assert_cmpstr (written, ==, text);
  g_assert_cmpint (gtk_check_button_get_active (internal (fixture)), ==, note);
  g_assert_nonnull (tw_find_button (ticket_page (fixture), note ? "Add Note" : "Send"));
}

typedef enum
{
  HIDDEN,
  GREY,
  READY,
} Look;

static void
assert_buttons (Fixture *fixture, Look take, Look give_back, Look resolve)
{
  static const char *const labels[] = { "Take", "Give Back", "Resolve" };
  const Look looks[] = { take, give_back, resolve };

  for (gsize i = 0; i < G_N_ELEMENTS (labels); i++)
    {
      GtkWidget *button = tw_find_button (ticket_page (fixture), labels[i]);
      Look look = button == NULL ? HIDDEN : gtk_widget_is_sensitive (button) ? READY : GREY;

      if (look != looks[i])
        g_error ("“%s” is %u instead of %u", labels[i], look, looks[i]);
    }
}

/* The last command is of that kind and about that conversation. */
static TwOutgoing *
assert_asked (Fixture *fixture, const char *kind, const char *ticket_id)
{
  TwOutgoing *outgoing = tw_fake_client_get_last (fixture->client);

  g_assert_cmpstr (tw_outgoing_get_kind (outgoing), ==, kind);
  g_assert_cmpstr (tw_body_text (outgoing, "ticket_id"), ==, ticket_id);
  return outgoing;
}

static void
click_and_accept (Fixture *fixture, const char *label, const char *kind, const char *ticket_id)
{
  tw_click (ticket_page (fixture), label);
  tw_fake_client_accept (fixture->client, assert_asked (fixture, kind, ticket_id));
  tw_spin ();
}

static void
test_states (Fixture *fixture, gconstpointer data)
{
  tw_desk_open (fixture, 1, "new");
  assert_asked (fixture, TW_KIND_TICKET_OPEN, "new");
  assert_buttons (fixture, READY, HIDDEN, GREY);
  click_and_accept (fixture, "Take", TW_KIND_TICKET_TAKE, "new");
  assert_buttons (fixture, HIDDEN, READY, READY);
  /* It has left the queue that is shown, and is still what is worked on. */
  g_assert_true (tw_shows (fixture, "Nobody waits unseen"));
  g_assert_true (tw_shows (fixture, "T-0001 · 示例甲 · With 小林"));
  click_and_accept (fixture, "Give Back", TW_KIND_TICKET_RELEASE, "new");
  assert_buttons (fixture, READY, HIDDEN, GREY);
  click_and_accept (fixture, "Take", TW_KIND_TICKET_TAKE, "new");
  click_and_accept (fixture, "Resolve", TW_KIND_TICKET_RESOLVE, "new");
  assert_buttons (fixture, HIDDEN, HIDDEN, HIDDEN);
  g_assert_true (tw_shows (fixture, "T-0001 · 示例甲 · Resolved"));
  tw_desk_open (fixture, 0, "mine");
  assert_buttons (fixture, HIDDEN, READY, READY);
  tw_desk_open (fixture, 2, "waiting");
  assert_buttons (fixture, HIDDEN, READY, READY);
  tw_desk_open (fixture, 4, "theirs");
  assert_buttons (fixture, GREY, HIDDEN, GREY);
  tw_desk_open (fixture, 3, "solved");
  assert_buttons (fixture, HIDDEN, HIDDEN, HIDDEN);
  g_assert_true (tw_shows (fixture, "rated 5 of 5"));
}

/* A colleague was faster, or there is no connection: it is said, and nothing is lost. */
static void
test_refusals (Fixture *fixture, gconstpointer data)
{
  guint before;

  tw_desk_open (fixture, 1, "new");
  tw_click (ticket_page (fixture), "Take");
  tw_fake_client_refuse (fixture->client, tw_fake_client_get_last (fixture->client),
                         "ticket_taken");
  tw_wait_shows (fixture, "A colleague has this conversation already.");
  assert_buttons (fixture, READY, HIDDEN, GREY);
  write_text (fixture, "An answer");
  gtk_check_button_set_active (internal (fixture), TRUE);
  tw_click (ticket_page (fixture), "Add Note");
  assert_written (fixture, "", FALSE);
  tw_fake_client_refuse (fixture->client, tw_fake_client_get_last (fixture->client), "not_yours");
  tw_wait_shows (fixture, "Take this conversation first.");
  assert_written (fixture, "An answer", TRUE);

  tw_fake_client_set_online (fixture->client, FALSE);
  before = tw_fake_client_get_n_submitted (fixture->client);
  tw_click (ticket_page (fixture), "Take");
  tw_wait_shows (fixture, "The service can't be reached.");
  g_assert_cmpuint (tw_fake_client_get_n_submitted (fixture->client), ==, before);
  /* A reply may wait. */
  tw_click (ticket_page (fixture), "Add Note");
  assert_written (fixture, "", FALSE);
  tw_wait_shows (fixture, "Not sent yet");
}

static void
test_drafts (Fixture *fixture, gconstpointer data)
{
  TwOutgoing *outgoing;

  tw_desk_open (fixture, 0, "mine");
  g_assert_false (gtk_widget_is_sensitive (tw_find_button (ticket_page (fixture), "Send")));
  write_text (fixture, "Half a sent");
  tw_desk_open (fixture, 2, "waiting");
  assert_written (fixture, "", FALSE);
  write_text (fixture, "Ask the tax office");
  gtk_check_button_set_active (internal (fixture), TRUE);
  tw_window_test_restart (fixture);
  /* What was a note has not become a reply. */
  assert_written (fixture, "Ask the tax office", TRUE);
  tw_click (ticket_page (fixture), "Add Note");
  outgoing = assert_asked (fixture, TW_KIND_TICKET_REPLY, "waiting");
  g_assert_true (g_variant_lookup (tw_outgoing_get_body (outgoing), "internal", "b", NULL));
  tw_fake_client_accept (fixture->client, outgoing);
  tw_wait_shows (fixture, "Ask the tax office");
  assert_written (fixture, "", FALSE);

  tw_desk_open (fixture, 0, "mine");
  assert_written (fixture, "Half a sent", FALSE);
  write_text (fixture, "  A whole sentence.  ");
  g_signal_emit_by_name (writer (fixture), "send");
  outgoing = assert_asked (fixture, TW_KIND_TICKET_REPLY, "mine");
  g_assert_cmpstr (tw_body_text (outgoing, "text"), ==, "A whole sentence.");
  g_assert_false (g_variant_lookup (tw_outgoing_get_body (outgoing), "internal", "b", NULL));
  tw_fake_client_accept (fixture->client, outgoing);
  tw_window_test_restart (fixture);
  assert_written (fixture, "", FALSE);
}

/* By Tab alone through the queues, the conversation and the customer. */
static void
test_no_trap (Fixture *fixture, gconstpointer data)
{
  static const char *const tickets[] = { "new", "mine", "solved" };

  tw_assert_no_trap (fixture, "the queues");
  for (gsize i = 0; i < G_N_ELEMENTS (tickets); i++)
    {
      tw_desk_open (fixture, 4, tickets[i]);
      write_text (fixture, "Something");
      tw_assert_no_trap (fixture, tickets[i]);
    }
}

static void
test_bad_input (Fixture *fixture, gconstpointer data)
{
  g_autofree char *huge = g_strnfill (10 * 1024 * 1024, 'x');
  g_autofree char *written = NULL;
  gint64 start_us = g_get_monotonic_time ();
  guint before;

  tw_desk_open (fixture, 0, "mine");
  before = tw_fake_client_get_n_submitted (fixture->client);
  /* Nothing, blanks, and what can't be seen are not sent. */
  for (gsize i = 0; i < 3; i++)
    {
      write_text (fixture, ((const char *[]){ "", " \n\t ", "\001\u202e" })[i]);
      g_assert_false (gtk_widget_is_sensitive (tw_find_button (ticket_page (fixture), "Send")));
      g_signal_emit_by_name (writer (fixture), "send");
    }
  g_assert_cmpuint (tw_fake_client_get_n_submitted (fixture->client), ==, before);
  write_text (fixture, huge);
  written = tw_writer_get_text (writer (fixture));
  g_assert_cmpuint (strlen (written), ==, TW_TEXT_MAX_MESSAGE);
  g_assert_true (tw_shows (fixture, "This is too long for one message"));
  tw_click (ticket_page (fixture), "Send");
  tw_fake_client_accept (fixture->client, tw_fake_client_get_last (fixture->client));
  tw_wait_shows (fixture, written);
  g_assert_cmpint (g_get_monotonic_time () - start_us, <, 20 * G_USEC_PER_SEC);
  write_text (fixture, "a\001b\r\n🙂 <b>& שלום\u202e");
  tw_click (ticket_page (fixture), "Send");
  g_assert_cmpstr (tw_body_text (tw_fake_client_get_last (fixture->client), "text"), ==,
                   "ab\n🙂 <b>& שלום");
}

static void
assert_pane (Fixture *fixture, const char *const *words)
{
  for (gsize i = 0; words[i] != NULL; i++)
    if (tw_find_text (pane (fixture), words[i]) == NULL)
      g_error ("“%s” is not beside the conversation", words[i]);
}

static void
test_customer (Fixture *fixture, gconstpointer data)
{
  static const char *const first[] = {
    "示例甲",     "R-2026-0001", "138****0000",   "s***@example.com", "Not checked yet",
    "¥3,899.00",  "Stamp tax",   "¥101.00",       "Confirmed ·",      "The bank has refused.",
    "¥20,000.00", "¥4,889.16",   "Overdue since", "发票怎么开？",     "My e-mail address",
    NULL,
  };
  static const char *const second[] = {
    "A & <b>B</b>",    "a&***@example.com", "Approved", "not known",
    "No payments yet", "Nothing is due",    "A refund", NULL,
  };
  TwObjectList *wallets = tw_client_get_list (TW_CLIENT (fixture->client), "wallet");

  g_assert_null (pane (fixture));
  tw_desk_open (fixture, 1, "new");
  tw_wait_shows (fixture, "Last Payments");
  assert_pane (fixture, first);
  g_assert_true (tw_shows (fixture, "T-0001"));
  /* What is paid is not due. */
  g_assert_null (tw_find_text (pane (fixture), "¥420.00"));
  /* It stays true while it is looked at. */
  g_object_set (tw_object_list_find (wallets, "cust-1"), "balance-fen", (gint64) 1, NULL);
  g_signal_emit_by_name (wallets, "updated");
  assert_pane (fixture, (const char *[]){ "¥0.01", NULL });
  tw_desk_open (fixture, 0, "mine");
  assert_pane (fixture, second);
  g_assert_null (tw_find_text (pane (fixture), "¥0.01"));
  g_assert_null (tw_find_text (pane (fixture), "发票怎么开？"));
  /* Another conversation of theirs is one step away. */
  g_signal_emit_by_name (
    gtk_widget_get_ancestor (tw_find_text (pane (fixture), "A refund"), ADW_TYPE_ACTION_ROW),
    "activated");
  tw_spin ();
  assert_asked (fixture, TW_KIND_TICKET_OPEN, "theirs");
  g_assert_true (tw_shows (fixture, "T-0004 · A & <b>B</b> · With 小王"));
}

/* The identity of the customer is looked at by somebody else; what came of it is seen at once. */
static void
test_identity (Fixture *fixture, gconstpointer data)
{
  TwObjectList *customers = tw_client_get_list (TW_CLIENT (fixture->client), "customer");
  static const struct
  {
    TwIdentityState state;
    const char *words;
  } steps[] = {
    { TW_IDENTITY_STATE_REFUSED, "Refused" },
    { TW_IDENTITY_STATE_PENDING, "Not checked yet" },
    { TW_IDENTITY_STATE_APPROVED, "Approved" },
  };

  tw_desk_open (fixture, 1, "new");
  tw_wait_shows (fixture, "Last Payments");
  for (gsize i = 0; i < G_N_ELEMENTS (steps); i++)
    {
      g_object_set (tw_object_list_find (customers, "cust-1"), "identity", (int) steps[i].state,
                    NULL);
      g_signal_emit_by_name (customers, "updated");
      tw_spin ();
      assert_pane (fixture, (const char *[]){ steps[i].words, NULL });
      for (gsize k = 0; k < G_N_ELEMENTS (steps); k++)
        g_assert_true (k == i || tw_find_text (pane (fixture), steps[k].words) == NULL);
    }
}

#define ADD(name, func)                                                                            \
  g_test_add ("/agent/ticket/" name, Fixture, NULL, tw_desk_set_up, func, tw_window_test_tear_down)

int
main (int argc, char *argv[])
{
  tw_window_test_init (&argc, &argv, tw_agent_window_new);
  ADD ("states", test_states);
  ADD ("refusals", test_refusals);
  ADD ("drafts", test_drafts);
  ADD ("no-trap", test_no_trap);
  ADD ("bad-input", test_bad_input);
  ADD ("customer", test_customer);
  ADD ("identity", test_identity);
  return g_test_run ();
}
