// SPDX-License-Identifier: GPL-3.0-or-later
/* A senior puts the money of a difference right: what is asked, and what becomes of it. */
#include "base/tw-clock.h"
#include "client/agent/tw-agent-window.h"
#include "model/tw-difference.h"
#include "protocol/tw-kinds.h"
#include "tw-money-sample.h"

static GtkWindow *
find_dialog (void)
{
  GListModel *windows = gtk_window_get_toplevels ();

  for (guint i = 0; i < g_list_model_get_n_items (windows); i++)
    {
      g_autoptr (GtkWindow) window = g_list_model_get_item (windows, i);

      if (ADW_IS_MESSAGE_DIALOG (window) && gtk_widget_get_visible (GTK_WIDGET (window)))
        return window;
    }
  return NULL;
}

static gboolean
is_asked (gpointer data)
{
  GtkWindow *dialog = find_dialog ();

  return dialog != NULL && tw_find_text (dialog, data) != NULL;
}

static gboolean
is_not_asked (gpointer data)
{
  return find_dialog () == NULL;
}

/* Waits for the question, that says @words, and answers it. */
static void
answer (const char *words, const char *response)
{
  GtkWindow *dialog;

  g_assert_true (tw_wait_until (is_asked, (gpointer) words));
  dialog = find_dialog ();
  g_assert_true (tw_find_text (dialog, "Your name and the reason are kept.") != NULL);
  g_assert_cmpstr (adw_message_dialog_get_default_response (ADW_MESSAGE_DIALOG (dialog)), ==,
                   "cancel");
  adw_message_dialog_response (ADW_MESSAGE_DIALOG (dialog), response);
  if (find_dialog () != NULL)
    gtk_window_close (find_dialog ());
  g_assert_true (tw_wait_until (is_not_asked, NULL));
  tw_spin ();
}

/* The difference as the service tells it once it was put right. */
static void
put_right (Fixture *fixture, const char *id, gint64 fen)
{
  g_object_set (tw_money_difference (fixture, id), "state", TW_DIFFERENCE_STATE_EXPLAINED, "reason",
                "The bank has lost it", "explained-by", "小林", "closed-at-ms", tw_clock_now_ms (),
                "corrected-fen", fen, "correctable-fen", (gint64) 0, NULL);
  g_signal_emit_by_name (tw_client_get_list (TW_CLIENT (fixture->client), "difference"), "updated");
}

/* Money is taken back only after a reason and a second look, and once; a refusal says the way out,
 * and what was typed stays. */
static void
test_take_back (Fixture *fixture, gconstpointer data)
{
  TwOutgoing *outgoing;
  guint n;

  tw_money_open_row (fixture, "missing-there");
  g_assert_true (tw_shows (fixture, "*明 · TW-1A2B3C4D5E"));
  g_assert_true (tw_shows (fixture, "¥500.00 from the customer’s wallet to the clearing account"));
  g_assert_true (tw_shows (fixture, "Say first why it is so."));
  g_assert_false (gtk_widget_get_sensitive (
    tw_find_button (fixture->window, "Take ¥500.00 Back from the Customer…")));
  tw_type (fixture->window, "Why it is so", "The bank has lost it");
  g_assert_false (tw_shows (fixture, "Say first why it is so."));
  n = g_list_model_get_n_items (tw_client_get_outgoing (TW_CLIENT (fixture->client)));
  tw_click (fixture->window, "Take ¥500.00 Back from the Customer…");
  answer ("If their balance is not enough, nothing is moved.", "cancel");
  g_assert_cmpuint (g_list_model_get_n_items (tw_client_get_outgoing (TW_CLIENT (fixture->client))),
                    ==, n);
  tw_click (fixture->window, "Take ¥500.00 Back from the Customer…");
  answer ("Take ¥500.00 back from *明?", "move");
  outgoing = tw_money_last_outgoing (fixture, TW_KIND_DIFFERENCE_CORRECT, 0);
  g_assert_cmpstr (tw_body_text (outgoing, "difference_id"), ==, "missing-there");
  g_assert_cmpstr (tw_body_text (outgoing, "reason"), ==, "The bank has lost it");
  g_assert_cmpint (tw_body_int (outgoing, "amount_fen"), ==, -50000);
  /* Not twice, not explained as well; and not after looking at another one. */
  tw_wait_shows (fixture, "Asked for. The answer appears here.");
  tw_money_open_row (fixture, "unknown");
  tw_money_open_row (fixture, "missing-there");
  tw_wait_shows (fixture, "Asked for. The answer appears here.");
  g_assert_false (gtk_widget_get_sensitive (
    tw_find_button (fixture->window, "Take ¥500.00 Back from the Customer…")));
  g_assert_false (gtk_widget_get_sensitive (tw_find_button (fixture->window, "Mark as Explained")));
  tw_fake_client_refuse (fixture->client, outgoing, "customer_balance");
  tw_wait_shows (fixture, "Ask them to top up and try again, or say why it is so.");
  g_assert_cmpstr (
    gtk_editable_get_text (GTK_EDITABLE (tw_find_entry (fixture->window, "Why it is so"))), ==,
    "The bank has lost it");
  tw_click (fixture->window, "Take ¥500.00 Back from the Customer…");
  answer ("Take ¥500.00 back from *明?", "move");
  outgoing = tw_money_last_outgoing (fixture, TW_KIND_DIFFERENCE_CORRECT, 0);
  g_assert_true (tw_shows (fixture, "Nothing was moved."));
  put_right (fixture, "missing-there", -50000);
  tw_fake_client_accept (fixture->client, outgoing);
  tw_wait_shows (fixture, "¥500.00 back from the customer");
  g_assert_false (tw_shows (fixture, "Nothing was moved."));
  g_assert_true (tw_shows (fixture, "Put right"));
  g_assert_true (tw_shows (fixture, "By 小林, "));
  g_assert_false (tw_shows (fixture, "Put the Money Right"));
  g_assert_null (
    tw_client_get_draft (TW_CLIENT (fixture->client), "agent/difference/missing-there"));
}

/* Money is given the same way; the question goes when the difference is another one, and it is not
 * there for what nobody can put right. */
static void
test_give (Fixture *fixture, gconstpointer data)
{
  TwObject *refused = tw_money_difference (fixture, "refused");
  TwOutgoing *outgoing;

  tw_money_open_row (fixture, "unknown");
  g_assert_false (tw_shows (fixture, "Put the Money Right"));
  tw_money_open_row (fixture, "missing-here");
  g_assert_false (tw_shows (fixture, "Put the Money Right"));
  tw_money_open_row (fixture, "refused");
  tw_type (fixture->window, "Why it is so", "They have done it");
  tw_click (fixture->window, "Give ¥1,234,567.89 to the Customer…");
  g_assert_true (tw_wait_until (is_asked, (gpointer) "Give ¥1,234,567.89 to **花?"));
  g_object_set (refused, "there-fen", (gint64) 500, "correctable-fen", (gint64) 500, NULL);
  g_assert_true (tw_wait_until (is_not_asked, NULL));
  tw_click (fixture->window, "Give ¥5.00 to the Customer…");
  tw_fake_client_set_online (fixture->client, FALSE);
  answer ("Give ¥5.00 to **花?", "move");
  tw_wait_shows (fixture, "The service can't be reached.");
  tw_fake_client_set_online (fixture->client, TRUE);
  tw_click (fixture->window, "Give ¥5.00 to the Customer…");
  answer ("Give ¥5.00 to **花?", "move");
  outgoing = tw_money_last_outgoing (fixture, TW_KIND_DIFFERENCE_CORRECT, 0);
  g_assert_cmpint (tw_body_int (outgoing, "amount_fen"), ==, 500);
  tw_fake_client_refuse (fixture->client, outgoing, "difference_changed");
  tw_wait_shows (fixture, "This difference is another one by now. Look at it again.");
  g_assert_true (gtk_widget_get_sensitive (tw_find_button (fixture->window, "Look Again")));
}

#define ADD(name, func)                                                                            \
  g_test_add ("/agent/correction/" name, Fixture, NULL, tw_money_set_up, func,                     \
              tw_window_test_tear_down)

int
main (int argc, char *argv[])
{
  tw_window_test_init (&argc, &argv, tw_agent_window_new);
  ADD ("take-back", test_take_back);
  ADD ("give", test_give);
  return g_test_run ();
}
