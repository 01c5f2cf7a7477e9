// SPDX-License-Identifier: GPL-3.0-or-later
#include "tw-desk-sample.h"

#include "base/tw-clock.h"
#include "client/agent/queue/tw-queue-page.h"
#include "model/tw-bill.h"
#include "model/tw-customer.h"
#include "model/tw-message.h"
#include "model/tw-payment.h"
#include "model/tw-ticket.h"
#include "model/tw-wallet.h"
#include "tax/tw-tax-type.h"

#define MINUTE_MS (G_GINT64_CONSTANT (60000))
#define DAY_MS (1440 * MINUTE_MS)

static void
fill_tickets (TwFakeClient *client)
{
  const struct
  {
    const char *id, *customer, *name, *subject, *last;
    TwTicketState state;
    const char *assignee, *assignee_name;
    gint64 minutes;
  } tickets[] = {
    { "new", "cust-1", "示例甲", "Why is there a late fee?", "I paid on time.",
      TW_TICKET_STATE_FRESH, "", "", 2 },
    { "mine", "cust-2", "A & <b>B</b>", "<i>5 % & more</i>", "Is that & right?",
      TW_TICKET_STATE_OPEN, TW_DESK_ME, "小林", 5 },
    { "waiting", "cust-1", "示例甲", "发票怎么开？", "请补充税号。", TW_TICKET_STATE_WAITING,
      TW_DESK_ME, "小林", 50 },
    { "theirs", "cust-2", "A & <b>B</b>", "A refund", "Where is it?", TW_TICKET_STATE_OPEN,
      "desk-2", "小王", 60 },
    { "solved", "cust-1", "示例甲", "My e-mail address", "Thanks!", TW_TICKET_STATE_RESOLVED,
      "desk-2", "小王", 3000 },
  };
  gint64 now = tw_clock_now_ms ();

  for (gsize i = 0; i < G_N_ELEMENTS (tickets); i++)
    {
      g_autofree char *reference = g_strdup_printf ("T-%04u", (guint) i + 1);
      g_autofree char *message_id = g_strconcat ("said-", tickets[i].id, NULL);
      gint64 at_ms = now - tickets[i].minutes * MINUTE_MS;

      tw_fake_client_put (
        client, "ticket",
        g_object_new (TW_TYPE_TICKET, "id", tickets[i].id, "customer-id", tickets[i].customer,
                      "customer-name", tickets[i].name, "subject", tickets[i].subject, "last-text",
                      tickets[i].last, "state", (int) tickets[i].state, "assignee-id",
                      tickets[i].assignee, "assignee-name", tickets[i].assignee_name, "reference",
                      reference, "created-at-ms", at_ms, "last-at-ms", at_ms, "rating",
                      (gint64) (tickets[i].state == TW_TICKET_STATE_RESOLVED ? 5 : 0), "about-type",
                      i == 0 ? "payment" : "", "about-id", i == 0 ? "pay-2" : "", "about-text",
                      i == 0 ? "stamp\n2026-08\n10100" : "", NULL));
      tw_fake_client_put (client, "message",
                          g_object_new (TW_TYPE_MESSAGE, "id", message_id, "ticket-id",
                                        tickets[i].id, "author", TW_AUTHOR_CUSTOMER, "author-name",
                                        tickets[i].name, "text", tickets[i].last, "at-ms", at_ms,
                                        NULL));
    }
}

static void
fill_money (TwFakeClient *client)
{
  gint64 now = tw_clock_now_ms ();

  tw_fake_client_put (
    client, "wallet",
    g_object_new (TW_TYPE_WALLET, "id", "cust-1", "balance-fen", (gint64) 389900, NULL));
  tw_fake_client_put (client, "payment",
                      g_object_new (TW_TYPE_PAYMENT, "id", "pay-1", "account-id", "cust-1", "kind",
                                    TW_PAYMENT_KIND_TOP_UP, "state", TW_PAYMENT_STATE_VOIDED,
                                    "reason", "bank_refused", "amount-fen", (gint64) 2000000,
                                    "created-at-ms", now - 20 * DAY_MS, NULL));
  tw_fake_client_put (client, "payment",
                      g_object_new (TW_TYPE_PAYMENT, "id", "pay-2", "account-id", "cust-1", "kind",
                                    TW_PAYMENT_KIND_TAX, "state", TW_PAYMENT_STATE_POSTED,
                                    "tax-type", TW_TAX_STAMP, "amount-fen", (gint64) 10100,
                                    "confirmed-at-ms", now - 7 * DAY_MS, "created-at-ms",
                                    now - 8 * DAY_MS, NULL));
  tw_fake_client_put (client, "bill",
                      g_object_new (TW_TYPE_BILL, "id", "bill-1", "account-id", "cust-1",
                                    "tax-type", TW_TAX_PROPERTY_RENT, "amount-fen", (gint64) 486000,
                                    "due-day", (gint64) tw_clock_today () - 12, "state",
                                    TW_BILL_STATE_DUE, NULL));
  tw_fake_client_put (client, "bill",
                      g_object_new (TW_TYPE_BILL, "id", "bill-2", "account-id", "cust-1",
                                    "tax-type", TW_TAX_VEHICLE_VESSEL, "amount-fen", (gint64) 42000,
                                    "due-day", (gint64) tw_clock_today () + 6, "state",
                                    TW_BILL_STATE_PAID, NULL));
}

void
tw_desk_fill (TwFakeClient *client)
{
  fill_tickets (client);
  fill_money (client);
  tw_fake_client_put (client, "customer",
                      g_object_new (TW_TYPE_CUSTOMER, "id", "cust-1", "name", "示例甲", "id-number",
                                    "110*************2X", "phone", "138****0000", "email",
                                    "s***@example.com", "identity", TW_IDENTITY_STATE_PENDING,
                                    "reference", "R-2026-0001", NULL));
  tw_fake_client_put (client, "customer",
                      g_object_new (TW_TYPE_CUSTOMER, "id", "cust-2", "name", "A & <b>B</b>",
                                    "phone", "139****1111", "email", "a&***@example.com",
                                    "identity", TW_IDENTITY_STATE_APPROVED, "reference",
                                    "R-2026-0002", NULL));
}

/* A desk that was never used. */
void
tw_desk_set_up_signed_out (Fixture *fixture, gconstpointer data)
{
  fixture->client = tw_fake_client_new ();
  tw_fake_client_set_person (fixture->client, TW_DESK_ME, "小林");
  tw_window_test_open (fixture);
}

void
tw_desk_set_up (Fixture *fixture, gconstpointer data)
{
  fixture->client = tw_fake_client_new ();
  tw_fake_client_set_person (fixture->client, TW_DESK_ME, "小林");
  tw_desk_fill (fixture->client);
  tw_fake_client_set_signed_in (fixture->client, TRUE);
  tw_window_test_open (fixture);
}

TwObject *
tw_desk_ticket (Fixture *fixture, const char *id)
{
  return tw_object_list_find (tw_client_get_list (TW_CLIENT (fixture->client), "ticket"), id);
}

/* Shows a queue, and activates the row of that conversation in it. */
void
tw_desk_open (Fixture *fixture, guint queue, const char *id)
{
  TwObject *ticket = tw_desk_ticket (fixture, id);
  GtkWidget *page, *list;
  GListModel *shown;

  gtk_widget_activate_action (GTK_WIDGET (fixture->window), "win.show-queue", "i", (int) queue);
  tw_spin ();
  page = tw_find_type (fixture->window, TW_TYPE_QUEUE_PAGE);
  list = tw_find_type (page, GTK_TYPE_LIST_VIEW);
  g_assert_nonnull (list);
  shown = G_LIST_MODEL (gtk_list_view_get_model (GTK_LIST_VIEW (list)));
  for (guint i = 0; i < g_list_model_get_n_items (shown); i++)
    {
      g_autoptr (TwObject) item = g_list_model_get_item (shown, i);

      if (item == ticket)
        {
          gtk_widget_activate_action (list, "list.activate-item", "u", i);
          tw_spin ();
          return;
        }
    }
  g_error ("“%s” is not in queue %u", id, queue);
}
