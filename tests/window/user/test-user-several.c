// SPDX-License-Identifier: GPL-3.0-or-later
/* Several bills at once: what is confirmed is what is paid, each as a payment of its own. */
#include "base/tw-clock.h"
#include "client/user/tw-user-window.h"
#include "client/widgets/tw-bill-sum.h"
#include "model/tw-bill.h"
#include "protocol/tw-kinds.h"
#include "tax/tw-tax-type.h"
#include "tw-window-test.h"

static void
fill_wallet (Fixture *fixture)
{
  g_object_set (tw_get_object (fixture, "wallet", "acc-1"), "balance-fen", (gint64) 9000000, NULL);
  g_signal_emit_by_name (tw_client_get_list (TW_CLIENT (fixture->client), "wallet"), "updated");
}

/* Each is a payment of its own. */
static void
test_several (Fixture *fixture, gconstpointer data)
{
  GtkWidget *row;

  tw_go (fixture, "several", "");
  g_assert_false (gtk_widget_is_sensitive (tw_find_button (fixture->window, "Pay")));
  g_assert_true (tw_shows (fixture, "is missing."));
  g_object_set (tw_get_object (fixture, "wallet", "acc-1"), "balance-fen", (gint64) 600000, NULL);
  g_signal_emit_by_name (tw_client_get_list (TW_CLIENT (fixture->client), "wallet"), "updated");
  /* The dearest is left out. */
  row = tw_find_text (fixture->window, "Individual income tax");
  gtk_widget_activate (gtk_widget_get_ancestor (row, ADW_TYPE_ACTION_ROW));
  tw_spin ();
  g_assert_true (tw_shows (fixture, "2 bills, late fees until today included"));
  tw_click (fixture->window, "Pay");
  tw_answer ("pay");
  g_assert_cmpuint (tw_fake_client_get_n_submitted (fixture->client), ==, 2);
  g_assert_cmpstr (tw_body_text (tw_get_last (fixture, TW_KIND_TAX_PAY), "bill_id"), ==, "bill-2");
  tw_wait_shows (fixture, "What becomes of them");
}

/* A bill that was refused and is paid then is one bill. */
static void
test_several_again (Fixture *fixture, gconstpointer data)
{
  GListModel *commands = tw_client_get_outgoing (TW_CLIENT (fixture->client));
  g_autoptr (GPtrArray) sent = g_ptr_array_new_with_free_func (g_object_unref);

  tw_go (fixture, "several", "");
  fill_wallet (fixture);
  tw_click (fixture->window, "Pay");
  tw_answer ("pay");
  g_assert_cmpuint (tw_fake_client_get_n_submitted (fixture->client), ==, 3);
  for (guint i = 0; i < g_list_model_get_n_items (commands); i++)
    g_ptr_array_add (sent, g_list_model_get_item (commands, i));
  g_assert_cmpuint (sent->len, ==, 3);
  tw_fake_client_refuse (fixture->client, sent->pdata[0], "rail_down");
  for (guint i = 1; i < sent->len; i++)
    {
      tw_fake_client_accept (fixture->client, sent->pdata[i]);
      tw_client_discard (TW_CLIENT (fixture->client), tw_outgoing_get_id (sent->pdata[i]));
    }
  tw_spin ();
  tw_click (fixture->window, "Pay");
  tw_answer ("pay");
  g_assert_cmpuint (tw_fake_client_get_n_submitted (fixture->client), ==, 4);
  g_ptr_array_add (sent, g_object_ref (tw_get_last (fixture, TW_KIND_TAX_PAY)));
  tw_fake_client_accept (fixture->client, sent->pdata[3]);
  tw_client_discard (TW_CLIENT (fixture->client), tw_outgoing_get_id (sent->pdata[3]));
  tw_wait_shows (fixture, "You have paid 3 bills.");
}

static gint64
get_asked_revision (GListModel *commands, const char *bill_id, gint64 *amount_fen)
{
  for (guint i = 0; i < g_list_model_get_n_items (commands); i++)
    {
      g_autoptr (TwOutgoing) outgoing = g_list_model_get_item (commands, i);

      if (!g_str_equal (tw_body_text (outgoing, "bill_id"), bill_id))
        continue;
      *amount_fen = tw_body_int (outgoing, "amount_fen");
      return tw_body_int (outgoing, "revision");
    }
  g_error ("The bill %s was not sent", bill_id);
}

/* What comes and changes while the question is open, and another day with other late fees, is not
 * what was confirmed. */
static void
test_asked (Fixture *fixture, gconstpointer data)
{
  GListModel *commands = tw_client_get_outgoing (TW_CLIENT (fixture->client));
  TwBill *bill = tw_get_object (fixture, "bill", "bill-1");
  gint64 asked_fen = tw_bill_sum_total_fen (bill, tw_clock_today ());
  gint64 asked_revision = tw_bill_get_revision (bill), sent_fen;

  tw_go (fixture, "several", "");
  fill_wallet (fixture);
  tw_click (fixture->window, "Pay");
  tw_fake_client_put (fixture->client, "bill",
                      g_object_new (TW_TYPE_BILL, "id", "bill-new", "tax-type",
                                    TW_TAX_PROPERTY_RENT, "period", "2026-Q2", "amount-fen",
                                    (gint64) 70000, "due-day", (gint64) tw_clock_today () + 3,
                                    "state", TW_BILL_STATE_DUE, "revision", (gint64) 1, NULL));
  g_object_set (bill, "revision", asked_revision + 1, "amount-fen", (gint64) 500000, NULL);
  tw_clock_set_offset_ms (30 * G_GINT64_CONSTANT (86400000));
  tw_spin ();
  g_assert_cmpint (tw_bill_sum_total_fen (bill, tw_clock_today ()), >, asked_fen);
  tw_answer ("pay");
  tw_clock_set_offset_ms (0);
  g_assert_cmpuint (tw_fake_client_get_n_submitted (fixture->client), ==, 3);
  g_assert_cmpint (get_asked_revision (commands, "bill-1", &sent_fen), ==, asked_revision);
  g_assert_cmpint (sent_fen, ==, asked_fen);
  /* The new one is asked for by itself. */
  tw_click (fixture->window, "Pay");
  tw_answer ("pay");
  g_assert_cmpstr (tw_body_text (tw_get_last (fixture, TW_KIND_TAX_PAY), "bill_id"), ==,
                   "bill-new");
  g_assert_cmpuint (tw_fake_client_get_n_submitted (fixture->client), ==, 4);
}

/* A question that was answered with no asks for nothing later. */
static void
test_not_asked (Fixture *fixture, gconstpointer data)
{
  tw_go (fixture, "several", "");
  fill_wallet (fixture);
  tw_click (fixture->window, "Pay");
  tw_answer ("cancel");
  g_assert_cmpuint (tw_fake_client_get_n_submitted (fixture->client), ==, 0);
  tw_click (fixture->window, "Pay");
  tw_answer ("pay");
  g_assert_cmpuint (tw_fake_client_get_n_submitted (fixture->client), ==, 3);
}

#define ADD(name, func)                                                                            \
  g_test_add ("/user/several/" name, Fixture, "filled", tw_window_test_set_up, func,               \
              tw_window_test_tear_down)

int
main (int argc, char *argv[])
{
  tw_window_test_init (&argc, &argv, tw_user_window_new);
  ADD ("each", test_several);
  ADD ("again", test_several_again);
  ADD ("asked", test_asked);
  ADD ("not-asked", test_not_asked);
  return g_test_run ();
}
