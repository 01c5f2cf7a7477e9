// SPDX-License-Identifier: GPL-3.0-or-later
/* The whole journey, through the engine, against the real service and counterpart. */
#include <string.h>

#include "base/tw-clock.h"
#include "base/tw-error.h"
#include "base/tw-identifiers.h"
#include "model/tw-account.h"
#include "model/tw-bill.h"
#include "model/tw-message.h"
#include "model/tw-payment.h"
#include "model/tw-record.h"
#include "model/tw-ticket.h"
#include "model/tw-wallet.h"
#include "protocol/tw-kinds.h"
#include "protocol/tw-practice-people.h"
#include "tax/tw-late-fee.h"
#include "tw-service-test.h"

static TwTestService *service;

static GVariant *
body (const char *name, ...)
{
  GVariantDict dict;
  va_list args;

  g_variant_dict_init (&dict, NULL);
  va_start (args, name);
  for (; name != NULL; name = va_arg (args, const char *))
    {
      const char *type = va_arg (args, const char *);

      if (*type == 's')
        g_variant_dict_insert (&dict, name, "s", va_arg (args, const char *));
      else if (*type == 'x')
        g_variant_dict_insert (&dict, name, "x", va_arg (args, gint64));
      else
        g_variant_dict_insert (&dict, name, "b", va_arg (args, gboolean));
    }
  va_end (args);
  return g_variant_dict_end (&dict);
}

static char *
register_person (TwTestPerson *person, const char *id_number, const char *phone, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;
  GAsyncResult *slot = NULL;

  tw_client_register_async (person->client,
                            body ("name", "s", "李示例", "id_number", "s", id_number, "phone", "s",
                                  phone, "email", "s", "new@example.com", "password", "s",
                                  TW_PRACTICE_PASSWORD, NULL),
                            NULL, tw_test_take_result, &slot);
  result = tw_test_wait_result (&slot);
  return tw_client_register_finish (person->client, result, error);
}

static TwTestPerson *
sign_in_user (const char *sockets)
{
  TwTestPerson *person = tw_test_person_new (sockets, FALSE);
  g_autoptr (GError) error = NULL;

  tw_test_person_sign_in (person, TW_PRACTICE_USER_PHONE, TW_PRACTICE_PASSWORD, &error);
  g_assert_no_error (error);
  return person;
}

static gboolean
is_approved (gpointer object, gpointer data)
{
  return tw_account_get_identity (object) == TW_IDENTITY_STATE_APPROVED;
}

static gboolean
has_id (gpointer object, gpointer data)
{
  return g_str_equal (tw_object_get_id (object), data);
}

static gboolean
is_payable (gpointer object, gpointer data)
{
  return tw_bill_get_state (object) == TW_BILL_STATE_DUE &&
         tw_bill_get_amount_fen (object) < 400000 &&
         (data == NULL) == (tw_bill_get_due_day (object) >= tw_clock_today ());
}

static TwRecordPage *
ask_records (TwTestPerson *person, const char *text)
{
  g_autoptr (TwRecordQuery) query = tw_record_query_new ();
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  GAsyncResult *slot = NULL;
  TwRecordPage *page;

  query->text = g_strdup (text);
  tw_client_query_records_async (person->client, query, NULL, 50, NULL, tw_test_take_result, &slot);
  result = tw_test_wait_result (&slot);
  page = tw_client_query_records_finish (person->client, result, &error);
  g_assert_no_error (error);
  return page;
}

static TwObject *
get_record (TwTestPerson *person, const char *id, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;
  GAsyncResult *slot = NULL;

  tw_client_get_object_async (person->client, "record", id, NULL, tw_test_take_result, &slot);
  result = tw_test_wait_result (&slot);
  return tw_client_get_object_finish (person->client, result, error);
}

typedef struct
{
  TwTestPerson *person;
  const char *payment_id;
} RecordSearch;

static gboolean
record_is_there (gpointer data)
{
  RecordSearch *search = data;
  g_autoptr (TwRecordPage) page = ask_records (search->person, NULL);

  for (guint i = 0; i < page->records->len; i++)
    if (g_str_equal (tw_record_get_payment_id (page->records->pdata[i]), search->payment_id) &&
        tw_record_get_status (page->records->pdata[i]) == TW_RECORD_STATUS_CONFIRMED)
      return TRUE;
  return FALSE;
}

static gboolean
is_posted (gpointer data)
{
  return tw_payment_get_state (data) == TW_PAYMENT_STATE_POSTED;
}

static gboolean
is_paid (gpointer data)
{
  return tw_bill_get_state (data) == TW_BILL_STATE_PAID;
}

static TwPayment *
top_up (TwTestPerson *person, gint64 amount_fen)
{
  g_autoptr (TwOutgoing) outgoing = tw_test_person_submit (
    person, TW_KIND_WALLET_TOP_UP, body ("amount_fen", "x", amount_fen, NULL));
  TwObject *payment;

  tw_test_wait_settled (outgoing, TW_OUTGOING_STATE_DONE);
  payment = tw_test_person_wait_object (person, "payment", has_id,
                                        (gpointer) tw_outgoing_get_id (outgoing), "the payment");
  tw_test_wait_or_fail (is_posted, payment, "the top-up posted");
  return TW_PAYMENT (payment);
}

static TwOutgoing *
pay (TwTestPerson *person, TwBill *bill, const char *intent, gint64 amount_fen)
{
  g_autoptr (GError) error = NULL;
  TwOutgoing *outgoing =
    tw_client_submit (person->client, TW_KIND_TAX_PAY, intent,
                      body ("bill_id", "s", tw_object_get_id (TW_OBJECT (bill)), "revision", "x",
                            tw_bill_get_revision (bill), "amount_fen", "x", amount_fen, NULL),
                      &error);

  g_assert_no_error (error);
  return outgoing;
}

static void
test_journey (void)
{
  TwTestPerson *person = tw_test_person_new (tw_test_service_get_sockets (service), FALSE);
  g_autofree char *id_number = tw_resident_id_make (110101, tw_clock_day_of_date (1985, 3, 2), 11);
  g_autoptr (GError) error = NULL;
  g_autofree char *reference = register_person (person, id_number, "13911112222", &error);
  g_autoptr (TwOutgoing) paid = NULL;
  RecordSearch search = { person, NULL };
  TwObject *wallet, *bill, *payment;
  gint64 amount;

  g_assert_no_error (error);
  g_assert_cmpstr (reference, !=, "");
  g_assert_false (tw_test_person_sign_in (person, "13911112222", "not the password", &error));
  g_assert_error (error, TW_ERROR, TW_ERROR_UNAUTHENTICATED);
  g_clear_error (&error);
  tw_test_person_sign_in (person, "13911112222", TW_PRACTICE_PASSWORD, &error);
  g_assert_no_error (error);
  g_assert_true (tw_status_get_signed_in (person->status));
  tw_test_wait_int (person->status, "connection", TW_CONNECTION_ONLINE);

  tw_test_person_wait_object (person, "account", is_approved, NULL, "the identity approved");
  wallet = tw_test_person_wait_object (person, "wallet", NULL, NULL, "the wallet");
  top_up (person, 500000);
  tw_test_wait_int (wallet, "balance-fen", 500000);

  bill = tw_test_person_wait_object (person, "bill", is_payable, NULL, "a bill");
  amount = tw_bill_get_amount_fen (TW_BILL (bill));
  paid = pay (person, TW_BILL (bill), NULL, amount);
  tw_test_wait_settled (paid, TW_OUTGOING_STATE_DONE);
  payment = tw_test_person_wait_object (person, "payment", has_id,
                                        (gpointer) tw_outgoing_get_id (paid), "the payment");
  tw_test_wait_or_fail (is_posted, payment, "the payment posted");
  tw_test_wait_or_fail (is_paid, bill, "the bill paid");
  tw_test_wait_int (wallet, "balance-fen", 500000 - amount);
  search.payment_id = tw_outgoing_get_id (paid);
  tw_test_wait_or_fail (record_is_there, &search, "the confirmed record");

  /* The result stays until the person has seen it. */
  g_assert_cmpuint (g_list_model_get_n_items (tw_client_get_outgoing (person->client)), ==, 2);
  g_assert_true (tw_client_discard (person->client, tw_outgoing_get_id (paid)));
  g_assert_cmpuint (g_list_model_get_n_items (tw_client_get_outgoing (person->client)), ==, 1);
  tw_test_person_free (person);
}

static gboolean
has_a_long_history (gpointer data)
{
  g_autoptr (TwRecordPage) page = ask_records (data, NULL);

  return page->total > 2 * page->records->len && page->next != NULL;
}

static TwRecord *
find_oldest (TwTestPerson *person)
{
  g_autoptr (TwRecordQuery) query = tw_record_query_new ();
  g_autofree char *after = NULL;
  TwRecord *oldest = NULL;

  do
    {
      g_autoptr (GAsyncResult) result = NULL;
      g_autoptr (TwRecordPage) page = NULL;
      GAsyncResult *slot = NULL;

      tw_client_query_records_async (person->client, query, after, 50, NULL, tw_test_take_result,
                                     &slot);
      result = tw_test_wait_result (&slot);
      page = tw_client_query_records_finish (person->client, result, NULL);
      g_assert_nonnull (page);
      if (page->records->len > 0)
        g_set_object (&oldest, page->records->pdata[page->records->len - 1]);
      g_free (after);
      after = g_strdup (page->next);
    }
  while (after != NULL);
  return oldest;
}

/* A record is found by its id, however many newer ones there are; and nobody else's is. */
static void
test_record_by_id (void)
{
  TwTestPerson *person = sign_in_user (tw_test_service_get_sockets (service));
  g_autoptr (GError) error = NULL;
  g_autoptr (TwRecord) oldest = NULL;
  g_autoptr (TwObject) found = NULL;
  const char *id;

  tw_test_wait_or_fail (has_a_long_history, person, "a long history");
  oldest = find_oldest (person);
  id = tw_object_get_id (TW_OBJECT (oldest));
  found = get_record (person, id, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (tw_object_get_id (found), ==, id);
  g_assert_cmpstr (tw_record_get_reference (TW_RECORD (found)), ==,
                   tw_record_get_reference (oldest));
  g_assert_null (get_record (person, "no such record", &error));
  g_assert_error (error, TW_ERROR, TW_ERROR_NOT_FOUND);
  g_clear_error (&error);
  tw_client_sign_out (person->client);
  g_assert_null (get_record (person, id, &error));
  g_assert_error (error, TW_ERROR, TW_ERROR_NOT_FOUND);
  tw_test_person_free (person);
}

static void
test_refusals (void)
{
  TwTestPerson *person = sign_in_user (tw_test_service_get_sockets (service));
  TwObject *bill = tw_test_person_wait_object (person, "bill", is_payable, NULL, "a bill");
  gint64 amount = tw_bill_get_amount_fen (TW_BILL (bill));
  g_autoptr (TwOutgoing) wrong = pay (person, TW_BILL (bill), NULL, amount + 1);
  g_autoptr (TwOutgoing) right = NULL;
  g_autoptr (GError) error = NULL;
  gint64 said = 0;

  tw_test_wait_settled (wrong, TW_OUTGOING_STATE_REFUSED);
  g_assert_cmpstr (tw_outgoing_get_code (wrong), ==, "amount_changed");
  g_assert_cmpstr (tw_outgoing_get_remedy (wrong), ==, "look");
  g_assert_cmpstr (tw_outgoing_get_words (wrong), !=, NULL);
  g_assert_true (g_variant_lookup (tw_outgoing_get_result (wrong), "amount_fen", "x", &said));
  g_assert_cmpint (said, ==, amount);

  /* The same wish, another attempt; and while that one is live, no third. */
  right = pay (person, TW_BILL (bill), tw_outgoing_get_intent (wrong), amount);
  g_assert_null (tw_client_submit (person->client, TW_KIND_TAX_PAY, tw_outgoing_get_intent (wrong),
                                   body ("amount_fen", "x", amount, NULL), &error));
  g_assert_error (error, TW_ERROR, TW_ERROR_REFUSED);
  tw_test_wait_settled (right, TW_OUTGOING_STATE_DONE);
  tw_test_person_free (person);
}

static gboolean
clock_is_right (gpointer data)
{
  return ABS (tw_clock_get_offset_ms ()) < 60000;
}

/* A computer an hour behind or ahead pays like any other: what it writes down is timed by the
 * service's clock. */
static void
test_wrong_clock (void)
{
  static const gint64 hour_ms = 3600 * 1000;

  for (int sign = -1; sign <= 1; sign += 2)
    {
      TwTestPerson *person = sign_in_user (tw_test_service_get_sockets (service));

      tw_clock_set_offset_ms (sign * hour_ms);
      tw_test_person_close (person);
      tw_test_person_open (person);
      tw_test_wait_or_fail (clock_is_right, NULL, "the service's time taken over");
      top_up (person, 100 + sign);
      tw_test_person_free (person);
      tw_clock_set_offset_ms (0);
    }
}

static gboolean
has_text (gpointer object, gpointer data)
{
  return g_str_equal (tw_message_get_text (object), data);
}

static void
ask_about (TwTestPerson *user, TwTestPerson *desk, gint64 *took_ms)
{
  g_autoptr (TwOutgoing) asked =
    tw_test_person_submit (user, TW_KIND_TICKET_ASK,
                           body ("subject", "s", "车船税", "text", "s", "为什么这么多？",
                                 "about_type", "s", "", "about_id", "s", "", NULL));
  g_autofree char *id = g_strdup (tw_outgoing_get_id (asked));
  g_autoptr (TwOutgoing) opened = NULL;
  g_autoptr (TwOutgoing) taken = NULL;
  g_autoptr (TwOutgoing) replied = NULL;
  g_autoptr (TwOutgoing) written = NULL;
  gint64 start;

  tw_test_wait_settled (asked, TW_OUTGOING_STATE_DONE);
  tw_test_person_wait_object (desk, "ticket", has_id, id, "the ticket at the desk");
  opened = tw_test_person_submit (desk, TW_KIND_TICKET_OPEN, body ("ticket_id", "s", id, NULL));
  taken = tw_test_person_submit (desk, TW_KIND_TICKET_TAKE, body ("ticket_id", "s", id, NULL));
  tw_test_wait_settled (taken, TW_OUTGOING_STATE_DONE);
  tw_test_person_wait_object (desk, "message", has_text, (gpointer) "为什么这么多？",
                              "the question");
  tw_test_person_wait_object (desk, "customer", NULL, NULL, "the customer");
  tw_test_person_wait_object (desk, "wallet", NULL, NULL, "the customer's wallet");

  start = g_get_monotonic_time ();
  replied = tw_test_person_submit (
    desk, TW_KIND_TICKET_REPLY,
    body ("ticket_id", "s", id, "text", "s", "因为排量。", "internal", "b", FALSE, NULL));
  tw_test_person_wait_object (user, "message", has_text, (gpointer) "因为排量。", "the reply");
  *took_ms = (g_get_monotonic_time () - start) / 1000;
  written = tw_test_person_submit (user, TW_KIND_TICKET_WRITE,
                                   body ("ticket_id", "s", id, "text", "s", "谢谢", NULL));
  tw_test_person_wait_object (desk, "message", has_text, (gpointer) "谢谢", "the thanks");
  {
    g_autoptr (TwOutgoing) closed =
      tw_test_person_submit (desk, TW_KIND_TICKET_CLOSE, body ("ticket_id", "s", id, NULL));

    tw_test_wait_settled (closed, TW_OUTGOING_STATE_DONE);
  }
}

static gboolean
is_empty (gpointer list)
{
  return g_list_model_get_n_items (list) == 0;
}

static void
test_conversation (void)
{
  TwTestPerson *user = sign_in_user (tw_test_service_get_sockets (service));
  TwTestPerson *desk = tw_test_person_new (tw_test_service_get_sockets (service), TRUE);
  g_autoptr (GError) error = NULL;
  gint64 took_ms = 0;

  tw_test_person_sign_in (desk, TW_PRACTICE_AGENT_LOGIN, TW_PRACTICE_PASSWORD, &error);
  g_assert_no_error (error);
  ask_about (user, desk, &took_ms);
  g_test_message ("from the desk to the wallet in %d ms", (int) took_ms);

  /* What opening the conversation had brought goes again with closing it. */
  tw_test_wait_or_fail (is_empty, tw_client_get_list (desk->client, "customer"),
                        "the customer out of sight");
  tw_test_wait_or_fail (is_empty, tw_client_get_list (desk->client, "wallet"),
                        "the wallet out of sight");
  tw_test_wait_or_fail (is_empty, tw_client_get_outgoing (user->client), "the outbox empty");
  /* Opening and closing are signed, and nothing that anybody has to be shown the end of. */
  tw_test_wait_or_fail (is_empty, tw_client_get_outgoing (desk->client), "the desk's outbox empty");
  tw_test_person_free (desk);
  tw_test_person_free (user);
}

static void
test_wrong_window (void)
{
  TwTestPerson *desk = tw_test_person_new (tw_test_service_get_sockets (service), TRUE);
  g_autoptr (GError) error = NULL;

  g_assert_false (
    tw_test_person_sign_in (desk, TW_PRACTICE_USER_PHONE, TW_PRACTICE_PASSWORD, &error));
  g_assert_error (error, TW_ERROR, TW_ERROR_DENIED);
  g_assert_false (tw_status_get_signed_in (desk->status));
  tw_test_person_free (desk);
}

static void
on_items_changed (GListModel *model, guint at, guint removed, guint added, guint *count)
{
  (*count)++;
}

/* A second computer of the same person: everything comes in one change a list. */
static void
test_converge (void)
{
  TwTestPerson *one = sign_in_user (tw_test_service_get_sockets (service));
  TwTestPerson *two = tw_test_person_new (tw_test_service_get_sockets (service), FALSE);
  GListModel *bills = G_LIST_MODEL (tw_client_get_list (two->client, "bill"));
  g_autoptr (GError) error = NULL;
  guint changes = 0;

  tw_test_person_wait_object (one, "bill", NULL, NULL, "a bill");
  g_signal_connect (bills, "items-changed", G_CALLBACK (on_items_changed), &changes);
  tw_test_person_sign_in (two, TW_PRACTICE_USER_PHONE, TW_PRACTICE_PASSWORD, &error);
  g_assert_no_error (error);
  tw_test_person_wait_object (two, "bill", NULL, NULL, "a bill on the other computer");
  g_assert_cmpuint (g_list_model_get_n_items (bills), >, 1);
  g_assert_cmpuint (changes, ==, 1);

  {
    TwObject *wallet = tw_test_person_wait_object (two, "wallet", NULL, NULL, "the wallet");
    gint64 before = tw_wallet_get_balance_fen (TW_WALLET (wallet));

    top_up (one, 12345);
    tw_test_wait_int (wallet, "balance-fen", before + 12345);
  }
  tw_test_person_free (one);
  tw_test_person_free (two);
}

static void
test_sessions (void)
{
  TwTestPerson *person = sign_in_user (tw_test_service_get_sockets (service));
  g_autoptr (GError) error = NULL;
  g_autofree char *account = NULL;

  tw_test_person_wait_object (person, "bill", NULL, NULL, "a bill");
  account = g_strdup (tw_status_get_account_id (person->status));
  tw_client_set_draft (person->client, "help/new", "half a sent");

  /* It is all there at the next start, at once. */
  tw_test_person_close (person);
  tw_test_person_open (person);
  g_assert_true (tw_status_get_signed_in (person->status));
  g_assert_cmpstr (tw_status_get_account_id (person->status), ==, account);
  g_assert_cmpuint (
    g_list_model_get_n_items (G_LIST_MODEL (tw_client_get_list (person->client, "bill"))), >, 1);
  g_assert_cmpstr (tw_client_get_draft (person->client, "help/new"), ==, "half a sent");

  /* Nothing of it is left in sight after signing out, nor at the start after that. */
  tw_client_sign_out (person->client);
  g_assert_false (tw_status_get_signed_in (person->status));
  g_assert_null (tw_client_get_draft (person->client, "help/new"));
  g_assert_true (is_empty (tw_client_get_list (person->client, "bill")));
  tw_client_set_draft (person->client, "welcome/name", "李");
  tw_test_person_close (person);
  tw_test_person_open (person);
  g_assert_false (tw_status_get_signed_in (person->status));
  g_assert_true (is_empty (tw_client_get_list (person->client, "bill")));
  g_assert_cmpstr (tw_client_get_draft (person->client, "welcome/name"), ==, "李");

  tw_test_person_sign_in (person, TW_PRACTICE_USER_PHONE, TW_PRACTICE_PASSWORD, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (tw_client_get_draft (person->client, "help/new"), ==, "half a sent");
  tw_test_person_free (person);
}

int
main (int argc, char **argv)
{
  int status;

  g_test_init (&argc, &argv, NULL);
  service = tw_test_service_new ();
  g_test_add_func ("/engine/journey", test_journey);
  g_test_add_func ("/engine/record-by-id", test_record_by_id);
  g_test_add_func ("/engine/refusals", test_refusals);
  g_test_add_func ("/engine/wrong-clock", test_wrong_clock);
  g_test_add_func ("/engine/conversation", test_conversation);
  g_test_add_func ("/engine/wrong-window", test_wrong_window);
  g_test_add_func ("/engine/converge", test_converge);
  g_test_add_func ("/engine/sessions", test_sessions);
  status = g_test_run ();
  tw_test_service_free (service);
  return status;
}
