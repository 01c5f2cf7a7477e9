// SPDX-License-Identifier: GPL-3.0-or-later
/* What does not agree with the bank's books, as a senior sees it and what they do about it. */
#include "base/tw-clock.h"
#include "client/agent/queue/tw-queue-page.h"
#include "client/agent/reconciliation/tw-difference-pane.h"
#include "client/agent/reconciliation/tw-reconciliation-page.h"
#include "client/agent/tw-agent-window.h"
#include "protocol/tw-kinds.h"
#include "tw-desk-sample.h"
#include "tw-money-sample.h"

static void
set_up_empty (Fixture *fixture, gconstpointer data)
{
  tw_desk_set_up (fixture, data);
  tw_money_set_senior (fixture, TRUE);
  tw_do (fixture, "win.reconciliation");
}

/* It is for seniors: others see no button, and the key does nothing. */
static void
test_seniors (Fixture *fixture, gconstpointer data)
{
  g_assert_nonnull (tw_money_page (fixture));
  tw_money_set_senior (fixture, FALSE);
  g_assert_null (tw_money_page (fixture));
  g_assert_nonnull (tw_find_type (fixture->window, TW_TYPE_QUEUE_PAGE));
  tw_do (fixture, "win.reconciliation");
  g_assert_null (tw_money_page (fixture));
  tw_money_set_senior (fixture, TRUE);
  tw_do (fixture, "win.reconciliation");
  g_assert_nonnull (tw_money_page (fixture));
  tw_do (fixture, "win.back");
  g_assert_null (tw_money_page (fixture));
  tw_do (fixture, "win.reconciliation");
  gtk_widget_activate_action (GTK_WIDGET (fixture->window), "win.show-queue", "i", 1);
  tw_spin ();
  g_assert_null (tw_money_page (fixture));
  tw_client_sign_out (TW_CLIENT (fixture->client));
  tw_spin ();
  tw_do (fixture, "win.reconciliation");
  g_assert_null (tw_money_page (fixture));
}

static void
test_list (Fixture *fixture, gconstpointer data)
{
  GtkCheckButton *all =
    GTK_CHECK_BUTTON (tw_find_type (tw_money_page (fixture), GTK_TYPE_CHECK_BUTTON));
  TwObject *open = tw_money_difference (fixture, "missing-there");

  g_assert_cmpuint (g_list_model_get_n_items (tw_money_shown (fixture)), ==, 4);
  g_assert_true (tw_shows (fixture, "Missing in their books"));
  g_assert_true (tw_shows (fixture, "Not an order of ours"));
  g_assert_true (tw_shows (fixture, "Refused here, done there"));
  g_assert_true (tw_shows (fixture, "Not known what became of it"));
  g_assert_true (tw_shows (fixture, "1,234,567.89"));
  g_assert_false (tw_shows (fixture, "Twice in their books"));
  /* Each partner's last day, and what there is to do. */
  g_assert_true (tw_shows (fixture, "4 differences to explain; looked at"));
  g_assert_true (tw_shows (fixture, "They have not told their books yet"));
  g_assert_true (tw_shows (fixture, "1 entry agrees; looked at"));
  g_assert_false (tw_shows (fixture, "97 entries agree"));
  g_assert_false (tw_shows (fixture, "31 entries agree"));
  gtk_check_button_set_active (all, TRUE);
  tw_spin ();
  g_assert_cmpuint (g_list_model_get_n_items (tw_money_shown (fixture)), ==, 6);
  g_assert_true (tw_shows (fixture, "Twice in their books"));
  gtk_check_button_set_active (all, FALSE);
  /* One is settled while somebody looks. */
  g_object_set (open, "state", TW_DIFFERENCE_STATE_SETTLED, "closed-at-ms", tw_clock_now_ms (),
                NULL);
  g_signal_emit_by_name (tw_client_get_list (TW_CLIENT (fixture->client), "difference"), "updated");
  tw_wait_gone (fixture, "Missing in their books");
}

static guint
count_texts (GtkWidget *root, const char *text)
{
  guint n = GTK_IS_LABEL (root) && gtk_widget_get_mapped (root) &&
            g_str_equal (gtk_label_get_label (GTK_LABEL (root)), text);

  for (GtkWidget *child = gtk_widget_get_first_child (root); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    n += count_texts (child, text);
  return n;
}

static void
test_known (Fixture *fixture, gconstpointer data)
{
  static const struct
  {
    const char *id;
    const char *words[4];
  } known[] = {
    { "missing-there",
      { "as soon as a statement has it", "¥500.00 came to us", "Nothing", "TW-1A2B3C4D5E" } },
    { "missing-here",
      { "we never ordered it", "¥12.50 went from us", "00000017", "BANK <b>&</b> 2" } },
    { "refused",
      { "The customer may have paid for nothing", "Refused by them", "00000018",
        "TW-9A8B7C6D5E" } },
    { "unknown",
      { "they go on being asked", "Sent, without an answer", "TW-0A0B0C0D0E", "¥42.00 from us" } },
    { "twice", { "Ask them to book it back", "By a statement, ", "Cleared up", "00000019" } },
    { "amount",
      { "Ask them to book it as it was ordered", "By 小林, ", "The bank booked its fee with it.",
        "Explained" } },
  };

  gtk_check_button_set_active (
    GTK_CHECK_BUTTON (tw_find_type (tw_money_page (fixture), GTK_TYPE_CHECK_BUTTON)), TRUE);
  tw_spin ();
  tw_wait_shows (fixture, "Choose a Difference");
  for (gsize i = 0; i < G_N_ELEMENTS (known); i++)
    {
      tw_money_open_row (fixture, known[i].id);
      for (gsize j = 0; j < G_N_ELEMENTS (known[i].words); j++)
        if (!tw_shows (fixture, known[i].words[j]))
          g_error ("“%s” does not show “%s”", known[i].id, known[i].words[j]);
      /* What is closed can't be explained once more. */
      g_assert_true ((tw_find_button (fixture->window, "Mark as Explained") != NULL) == (i < 4));
    }
  /* Where money was moved, the list says more than that somebody has said why; so does the page. */
  g_assert_cmpuint (count_texts (GTK_WIDGET (fixture->window), "Explained"), ==, 2);
  g_object_set (tw_money_difference (fixture, "amount"), "corrected-fen", (gint64) 50, NULL);
  tw_spin ();
  g_assert_cmpuint (count_texts (GTK_WIDGET (fixture->window), "Put right"), ==, 2);
  g_assert_cmpuint (count_texts (GTK_WIDGET (fixture->window), "Explained"), ==, 0);
}

static void
test_explain (Fixture *fixture, gconstpointer data)
{
  TwObject *difference = tw_money_difference (fixture, "missing-here");
  TwOutgoing *outgoing;
  GtkWidget *button;

  tw_money_open_row (fixture, "missing-here");
  button = tw_find_button (fixture->window, "Mark as Explained");
  g_assert_false (gtk_widget_get_sensitive (button));
  tw_type (fixture->window, "Why it is so", "   ");
  g_assert_false (gtk_widget_get_sensitive (button));
  tw_type (fixture->window, "Why it is so", "The bank's own fee");
  tw_click (fixture->window, "Mark as Explained");
  outgoing = tw_money_last_outgoing (fixture, TW_KIND_DIFFERENCE_EXPLAIN, 0);
  g_assert_cmpstr (tw_body_text (outgoing, "difference_id"), ==, "missing-here");
  g_assert_cmpstr (tw_body_text (outgoing, "reason"), ==, "The bank's own fee");
  /* Not twice, while it is on its way. */
  g_assert_false (gtk_widget_get_sensitive (button));
  tw_fake_client_refuse (fixture->client, outgoing, "already_decided");
  tw_wait_shows (fixture, "This has already been decided.");
  g_assert_true (gtk_widget_get_sensitive (button));
  /* What was typed is there after a restart. */
  tw_window_test_restart (fixture);
  tw_do (fixture, "win.reconciliation");
  tw_money_open_row (fixture, "missing-here");
  g_assert_cmpstr (
    gtk_editable_get_text (GTK_EDITABLE (tw_find_entry (fixture->window, "Why it is so"))), ==,
    "The bank's own fee");
  tw_click (fixture->window, "Mark as Explained");
  outgoing = tw_money_last_outgoing (fixture, TW_KIND_DIFFERENCE_EXPLAIN, 0);
  g_object_set (difference, "state", TW_DIFFERENCE_STATE_EXPLAINED, "reason", "The bank's own fee",
                "explained-by", "小林", "closed-at-ms", tw_clock_now_ms (), NULL);
  g_signal_emit_by_name (tw_client_get_list (TW_CLIENT (fixture->client), "difference"), "updated");
  tw_fake_client_accept (fixture->client, outgoing);
  tw_wait_shows (fixture, "By 小林, ");
  g_assert_null (
    tw_client_get_draft (TW_CLIENT (fixture->client), "agent/difference/missing-here"));
  g_assert_cmpuint (g_list_model_get_n_items (tw_money_shown (fixture)), ==, 3);
}

static void
test_look (Fixture *fixture, gconstpointer data)
{
  TwOutgoing *outgoing;

  tw_money_open_row (fixture, "refused");
  tw_click (fixture->window, "Look Again");
  outgoing = tw_money_last_outgoing (fixture, TW_KIND_RECONCILE_ASK, 0);
  g_assert_cmpstr (tw_body_text (outgoing, "party"), ==, "bank");
  g_assert_cmpint (tw_body_int (outgoing, "day"), ==, tw_clock_today () - 1);
  g_assert_false (gtk_widget_get_sensitive (tw_find_button (fixture->window, "Look Again")));
  tw_fake_client_accept (fixture->client, outgoing);
  tw_spin ();
  g_assert_true (gtk_widget_get_sensitive (tw_find_button (fixture->window, "Look Again")));
  /* Today of each, and the two days that are not done. */
  tw_click (fixture->window, "Look Now");
  g_assert_cmpuint (g_list_model_get_n_items (tw_client_get_outgoing (TW_CLIENT (fixture->client))),
                    ==, 6);
  g_assert_false (gtk_widget_get_sensitive (tw_find_button (fixture->window, "Look Now")));
  tw_fake_client_refuse (fixture->client,
                         tw_money_last_outgoing (fixture, TW_KIND_RECONCILE_ASK, 2), "not_found");
  tw_spin ();
  g_assert_false (tw_shows (fixture, "not there any more"));
  tw_fake_client_refuse (fixture->client,
                         tw_money_last_outgoing (fixture, TW_KIND_RECONCILE_ASK, 0), "rail_down");
  tw_wait_shows (fixture, "The other side can't be reached.");
  g_assert_true (gtk_widget_get_sensitive (tw_find_button (fixture->window, "Look Now")));
  tw_fake_client_set_online (fixture->client, FALSE);
  tw_click (fixture->window, "Look Now");
  tw_wait_shows (fixture, "The service can't be reached.");
}

static void
test_empty (Fixture *fixture, gconstpointer data)
{
  GtkWidget *look_now = tw_find_button (fixture->window, "Look Now");

  g_assert_true (tw_shows (fixture, "Nothing was looked at yet"));
  g_assert_true (gtk_window_get_focus (fixture->window) == look_now ||
                 gtk_widget_is_ancestor (gtk_window_get_focus (fixture->window), look_now));
  tw_fake_client_put (fixture->client, "reconciliation",
                      g_object_new (TW_TYPE_RECONCILIATION, "id", "day", "party", "bank", "day",
                                    (gint64) tw_clock_today (), "entries", (gint64) 2, "at-ms",
                                    tw_clock_now_ms (), NULL));
  tw_wait_shows (fixture, "Everything agrees");
  g_assert_true (tw_shows (fixture, "2 entries agree"));
  /* Before anything has been read, it does not say so. */
  g_object_set (tw_client_get_status (TW_CLIENT (fixture->client)), "as-of-ms", (gint64) 0, NULL);
  tw_wait_shows (fixture, "Reading your data");
  g_assert_false (tw_shows (fixture, "Everything agrees"));
}

static void
test_narrow (Fixture *fixture, gconstpointer data)
{
  static const char *const ids[] = { "missing-there", "missing-here", "refused", "unknown",
                                     "amount" };

  tw_make_narrow (fixture);
  tw_assert_fits_narrow (fixture, "the differences");
  tw_assert_named (GTK_WIDGET (fixture->window), "the differences");
  gtk_check_button_set_active (
    GTK_CHECK_BUTTON (tw_find_type (tw_money_page (fixture), GTK_TYPE_CHECK_BUTTON)), TRUE);
  tw_spin ();
  for (gsize i = 0; i < G_N_ELEMENTS (ids); i++)
    {
      tw_money_open_row (fixture, ids[i]);
      tw_wait_shows (fixture, "What Is Known");
      tw_assert_fits_narrow (fixture, ids[i]);
      tw_assert_named (GTK_WIDGET (fixture->window), ids[i]);
      tw_do (fixture, "win.back");
      tw_wait_gone (fixture, "What Is Known");
      g_assert_nonnull (tw_money_page (fixture));
    }
  tw_do (fixture, "win.back");
  g_assert_null (tw_money_page (fixture));
}

#define ADD(name, set_up, func)                                                                    \
  g_test_add ("/agent/reconciliation/" name, Fixture, NULL, set_up, func, tw_window_test_tear_down)

int
main (int argc, char *argv[])
{
  tw_window_test_init (&argc, &argv, tw_agent_window_new);
  ADD ("seniors", tw_money_set_up, test_seniors);
  ADD ("list", tw_money_set_up, test_list);
  ADD ("known", tw_money_set_up, test_known);
  ADD ("explain", tw_money_set_up, test_explain);
  ADD ("look", tw_money_set_up, test_look);
  ADD ("empty", set_up_empty, test_empty);
  ADD ("narrow", tw_money_set_up, test_narrow);
  return g_test_run ();
}
