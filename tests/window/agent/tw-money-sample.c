// SPDX-License-Identifier: GPL-3.0-or-later
#include "tw-money-sample.h"

#include "base/tw-clock.h"
#include "client/agent/reconciliation/tw-reconciliation-page.h"
#include "model/tw-difference.h"
#include "model/tw-reconciliation.h"
#include "tw-desk-sample.h"

#define DAY_MS (G_GINT64_CONSTANT (86400000))

static void
fill_days (TwFakeClient *client)
{
  static const struct
  {
    const char *id, *party;
    int days_ago;
    TwReconciliationState state;
    gint64 entries, open;
  } days[] = {
    { "day-1", "bank", 1, TW_RECONCILIATION_STATE_DIFFERS, 120, 4 },
    { "day-2", "office", 1, TW_RECONCILIATION_STATE_UNAVAILABLE, 0, 0 },
    { "day-3", "office", 2, TW_RECONCILIATION_STATE_AGREES, 31, 0 },
    { "day-4", "bank", 2, TW_RECONCILIATION_STATE_AGREES, 97, 0 },
    { "day-5", "billers", 1, TW_RECONCILIATION_STATE_AGREES, 1, 0 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (days); i++)
    tw_fake_client_put (
      client, "reconciliation",
      g_object_new (TW_TYPE_RECONCILIATION, "id", days[i].id, "party", days[i].party, "day",
                    (gint64) tw_clock_today () - days[i].days_ago, "state", (int) days[i].state,
                    "entries", days[i].entries, "open", days[i].open, "at-ms",
                    tw_clock_now_ms () - days[i].days_ago * DAY_MS, NULL));
}

void
tw_money_fill (TwFakeClient *client)
{
  static const struct
  {
    const char *id;
    TwDifferenceKind kind;
    TwDifferenceState state;
    TwOrderState here;
    gint64 here_fen, there_fen;
    const char *reference, *rail_reference, *entry, *reason, *by;
    gint64 correctable_fen;
    const char *customer;
  } rows[] = {
    { "missing-there", TW_DIFFERENCE_KIND_MISSING_THERE, TW_DIFFERENCE_STATE_OPEN,
      TW_ORDER_STATE_DONE, 50000, 0, "TW-1A2B3C4D5E", "BANK-000000000001", "", "", "", -50000,
      "*明" },
    { "missing-here", TW_DIFFERENCE_KIND_MISSING_HERE, TW_DIFFERENCE_STATE_OPEN,
      TW_ORDER_STATE_NONE, 0, -1250, "", "BANK <b>&</b> 2", "00000017", "", "" },
    { "refused", TW_DIFFERENCE_KIND_STATE, TW_DIFFERENCE_STATE_OPEN, TW_ORDER_STATE_REFUSED, 0,
      123456789, "TW-9A8B7C6D5E", "BANK-000000000003", "00000018", "", "", 123456789, "**花" },
    { "unknown", TW_DIFFERENCE_KIND_STATE, TW_DIFFERENCE_STATE_OPEN, TW_ORDER_STATE_UNKNOWN, 0, 0,
      "TW-0A0B0C0D0E", "", "", "", "" },
    { "twice", TW_DIFFERENCE_KIND_TWICE, TW_DIFFERENCE_STATE_SETTLED, TW_ORDER_STATE_DONE, 0, 700,
      "TW-7777777777", "BANK-000000000007", "00000019", "", "" },
    { "amount", TW_DIFFERENCE_KIND_AMOUNT, TW_DIFFERENCE_STATE_EXPLAINED, TW_ORDER_STATE_DONE, 9900,
      9999, "TW-5555555555", "BANK-000000000005", "00000020", "The bank booked its fee with it.",
      "小林" },
  };
  gint64 now = tw_clock_now_ms ();

  fill_days (client);
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    tw_fake_client_put (
      client, "difference",
      g_object_new (TW_TYPE_DIFFERENCE, "id", rows[i].id, "party", "bank", "day",
                    (gint64) tw_clock_today () - 1, "kind", (int) rows[i].kind, "state",
                    (int) rows[i].state, "here", (int) rows[i].here, "amount-fen",
                    rows[i].here_fen != 0    ? rows[i].here_fen
                    : rows[i].there_fen != 0 ? rows[i].there_fen
                                             : (gint64) -4200,
                    "here-fen", rows[i].here_fen, "there-fen", rows[i].there_fen, "reference",
                    rows[i].reference, "rail-reference", rows[i].rail_reference, "entry",
                    rows[i].entry, "reason", rows[i].reason, "explained-by", rows[i].by,
                    "correctable-fen", rows[i].correctable_fen, "customer",
                    rows[i].customer != NULL ? rows[i].customer : "", "found-at-ms",
                    now - 3600000 + (gint64) i, "closed-at-ms",
                    rows[i].state == TW_DIFFERENCE_STATE_OPEN ? (gint64) 0 : now - 60000, NULL));
}

TwObject *
tw_money_difference (Fixture *fixture, const char *id)
{
  return tw_object_list_find (tw_client_get_list (TW_CLIENT (fixture->client), "difference"), id);
}

void
tw_money_set_senior (Fixture *fixture, gboolean senior)
{
  g_object_set (tw_client_get_status (TW_CLIENT (fixture->client)), "senior", senior, NULL);
  tw_spin ();
}

void
tw_money_set_up (Fixture *fixture, gconstpointer data)
{
  tw_desk_set_up (fixture, data);
  tw_money_fill (fixture->client);
  tw_money_set_senior (fixture, TRUE);
  tw_do (fixture, "win.reconciliation");
}

GtkWidget *
tw_money_page (Fixture *fixture)
{
  return tw_find_type (fixture->window, TW_TYPE_RECONCILIATION_PAGE);
}

static gboolean
is_list_of_differences (GtkWidget *list)
{
  GListModel *model = G_LIST_MODEL (gtk_list_view_get_model (GTK_LIST_VIEW (list)));

  return GTK_IS_SINGLE_SELECTION (model);
}

/* The second list view: days come first. */
static GtkWidget *
find_list (GtkWidget *root)
{
  if (GTK_IS_LIST_VIEW (root) && is_list_of_differences (root))
    return root;
  for (GtkWidget *child = gtk_widget_get_first_child (root); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      GtkWidget *found = find_list (child);

      if (found != NULL)
        return found;
    }
  return NULL;
}

GListModel *
tw_money_shown (Fixture *fixture)
{
  return G_LIST_MODEL (
    gtk_list_view_get_model (GTK_LIST_VIEW (find_list (tw_money_page (fixture)))));
}

void
tw_money_open_row (Fixture *fixture, const char *id)
{
  TwObject *wanted = tw_money_difference (fixture, id);

  for (guint i = 0; i < g_list_model_get_n_items (tw_money_shown (fixture)); i++)
    {
      g_autoptr (TwObject) item = g_list_model_get_item (tw_money_shown (fixture), i);

      if (item != wanted)
        continue;
      gtk_widget_activate_action (find_list (tw_money_page (fixture)), "list.activate-item", "u",
                                  i);
      tw_spin ();
      return;
    }
  g_error ("“%s” is not in the list", id);
}

TwOutgoing *
tw_money_last_outgoing (Fixture *fixture, const char *kind, guint from_end)
{
  GListModel *all = tw_client_get_outgoing (TW_CLIENT (fixture->client));
  guint n = g_list_model_get_n_items (all);
  g_autoptr (TwOutgoing) outgoing = NULL;

  g_assert_cmpuint (n, >, from_end);
  outgoing = g_list_model_get_item (all, n - 1 - from_end);
  g_assert_cmpstr (tw_outgoing_get_kind (outgoing), ==, kind);
  return outgoing; /* the list holds it */
}
