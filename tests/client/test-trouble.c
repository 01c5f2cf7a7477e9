// SPDX-License-Identifier: GPL-3.0-or-later
/* What people ask for happens once, whatever goes away and comes back meanwhile: the service, an
 * answer, this program, the disk's word. */
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "base/tw-clock.h"
#include "base/tw-error.h"
#include "base/tw-identifiers.h"
#include "client/app/tw-engine-private.h"
#include "client/sync/tw-blob-upload.h"
#include "model/tw-bill.h"
#include "model/tw-message.h"
#include "model/tw-payment.h"
#include "model/tw-wallet.h"
#include "protocol/tw-kinds.h"
#include "protocol/tw-practice-people.h"
#include "protocol/tw-routes.h"
#include "tw-service-test.h"

static TwTestService *service;

static GVariant *
amount_body (gint64 amount_fen)
{
  GVariantDict dict;

  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert (&dict, "amount_fen", "x", amount_fen);
  g_variant_dict_insert (&dict, "again", "b", TRUE);
  return g_variant_dict_end (&dict);
}

static GVariant *
question_body (const char *text)
{
  GVariantDict dict;

  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert (&dict, "subject", "s", text);
  g_variant_dict_insert (&dict, "text", "s", text);
  g_variant_dict_insert (&dict, "about_type", "s", "");
  g_variant_dict_insert (&dict, "about_id", "s", "");
  return g_variant_dict_end (&dict);
}

static void
sign_in (TwTestPerson *person)
{
  g_autoptr (GError) error = NULL;

  tw_test_person_sign_in (person, TW_PRACTICE_USER_PHONE, TW_PRACTICE_PASSWORD, &error);
  g_assert_no_error (error);
  tw_test_person_wait_object (person, "wallet", NULL, NULL, "the wallet");
  tw_test_wait_int (person->status, "connection", TW_CONNECTION_ONLINE);
}

static TwTestPerson *
user_new (const char *sockets)
{
  TwTestPerson *person = tw_test_person_new (sockets, FALSE);

  sign_in (person);
  return person;
}

static gboolean
has_money (gpointer data)
{
  gint64 incoming_fen = 0;

  g_object_get (data, "incoming-fen", &incoming_fen, NULL);
  return tw_wallet_get_balance_fen (data) > 0 && incoming_fen == 0;
}

/* The sample person's first money may still be on its way from the practice bank. */
static gint64
get_balance (TwTestPerson *person)
{
  TwObject *wallet = tw_test_person_wait_object (person, "wallet", NULL, NULL, "the wallet");

  tw_test_wait_or_fail (has_money, wallet, "the first money");
  return tw_wallet_get_balance_fen (TW_WALLET (wallet));
}

static void
wait_balance (TwTestPerson *person, gint64 fen)
{
  tw_test_wait_int (tw_test_person_wait_object (person, "wallet", NULL, NULL, "the wallet"),
                    "balance-fen", fen);
}

/* Everything of this kind that the service knows: a new computer of the same person sees it. */
static guint
count_of_amount (gint64 amount_fen)
{
  TwTestPerson *fresh = user_new (tw_test_service_get_sockets (service));
  GListModel *payments = G_LIST_MODEL (tw_client_get_list (fresh->client, "payment"));
  guint count = 0;

  for (guint i = 0; i < g_list_model_get_n_items (payments); i++)
    {
      g_autoptr (TwPayment) payment = g_list_model_get_item (payments, i);

      count += tw_payment_get_amount_fen (payment) == amount_fen;
    }
  tw_test_person_free (fresh);
  return count;
}

static void
test_stopped (void)
{
  TwTestPerson *person = user_new (tw_test_service_get_sockets (service));
  gint64 before = get_balance (person);
  g_autoptr (TwOutgoing) paid = NULL;
  g_autoptr (TwOutgoing) asked = NULL;
  g_autoptr (GError) error = NULL;
  gint64 as_of;

  tw_test_service_stop (service);
  tw_test_wait_int (person->status, "connection", TW_CONNECTION_OFFLINE);
  as_of = tw_status_get_as_of_ms (person->status);
  g_assert_cmpint (as_of, >, 0);
  paid = tw_test_person_submit (person, TW_KIND_WALLET_TOP_UP, amount_body (1001));
  asked = tw_test_person_submit (person, TW_KIND_TICKET_ASK, question_body ("offline"));
  tw_test_wait_int (person->status, "unsent", 2);

  /* A new start without the service: all is there, with its time. */
  tw_test_person_close (person);
  g_clear_object (&paid);
  g_clear_object (&asked);
  tw_test_person_open (person);
  g_assert_true (tw_status_get_signed_in (person->status));
  g_assert_cmpint (tw_status_get_as_of_ms (person->status), ==, as_of);
  g_assert_cmpint (get_balance (person), ==, before);
  tw_test_wait_int (person->status, "connection", TW_CONNECTION_OFFLINE);
  g_assert_cmpuint (g_list_model_get_n_items (tw_client_get_outgoing (person->client)), ==, 2);
  paid = g_list_model_get_item (tw_client_get_outgoing (person->client), 0);
  asked = g_list_model_get_item (tw_client_get_outgoing (person->client), 1);
  g_assert_cmpint (tw_outgoing_get_state (paid), ==, TW_OUTGOING_STATE_WAITING);
  g_assert_cmpstr (tw_outgoing_get_kind (asked), ==, TW_KIND_TICKET_ASK);

  tw_test_service_start (service);
  tw_test_wait_settled (paid, TW_OUTGOING_STATE_DONE);
  tw_test_wait_settled (asked, TW_OUTGOING_STATE_DONE);
  wait_balance (person, before + 1001);
  tw_test_wait_int (person->status, "unsent", 0);
  g_assert_cmpuint (count_of_amount (1001), ==, 1);
  tw_test_person_free (person);
}

static void
test_killed_service (void)
{
  TwTestPerson *person = user_new (tw_test_service_get_sockets (service));
  gint64 before = get_balance (person);
  g_autoptr (GPtrArray) all = g_ptr_array_new_with_free_func (g_object_unref);

  for (int i = 0; i < 8; i++)
    {
      g_ptr_array_add (all,
                       tw_test_person_submit (person, TW_KIND_WALLET_TOP_UP, amount_body (1013)));
      if (i == 4)
        tw_test_service_kill (service);
      else
        tw_test_spin_ms (3);
    }
  tw_test_service_start (service);
  for (guint i = 0; i < all->len; i++)
    tw_test_wait_settled (all->pdata[i], TW_OUTGOING_STATE_DONE);
  wait_balance (person, before + 8 * 1013);
  g_assert_cmpuint (count_of_amount (1013), ==, 8);
  tw_test_person_free (person);
}

static gboolean
is_sent (gpointer data)
{
  return tw_outgoing_get_state (data) == TW_OUTGOING_STATE_SENT;
}

static void
test_lost_answers (void)
{
  TwTestProxy *proxy = tw_test_proxy_new (service);
  TwTestPerson *person = user_new (tw_test_proxy_get_sockets (proxy));
  gint64 before = get_balance (person);
  g_autoptr (TwOutgoing) paid = NULL;

  tw_test_proxy_lose_answers (proxy, 3);
  paid = tw_test_person_submit (person, TW_KIND_WALLET_TOP_UP, amount_body (1027));
  tw_test_wait_or_fail (is_sent, paid, "the command perhaps done");
  g_assert_false (tw_client_discard (person->client, tw_outgoing_get_id (paid)));
  tw_test_wait_settled (paid, TW_OUTGOING_STATE_DONE);
  g_assert_cmpint (tw_test_proxy_count_commands (proxy), >=, 4);
  wait_balance (person, before + 1027);
  g_assert_cmpuint (count_of_amount (1027), ==, 1);
  tw_test_person_free (person);
  tw_test_proxy_free (proxy);
}

static char *
register_person (TwTestPerson *person, const char *email, GError **error)
{
  g_autofree char *id_number = tw_resident_id_make (110101, tw_clock_day_of_date (1979, 9, 9), 5);
  g_autoptr (GAsyncResult) result = NULL;
  GAsyncResult *slot = NULL;
  GVariantDict dict;

  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert (&dict, "name", "s", "王示例");
  g_variant_dict_insert (&dict, "id_number", "s", id_number);
  g_variant_dict_insert (&dict, "phone", "s", "13711112222");
  g_variant_dict_insert (&dict, "email", "s", email);
  g_variant_dict_insert (&dict, "password", "s", TW_PRACTICE_PASSWORD);
  tw_client_register_async (person->client, g_variant_dict_end (&dict), NULL, tw_test_take_result,
                            &slot);
  result = tw_test_wait_result (&slot);
  return tw_client_register_finish (person->client, result, error);
}

/* The answer is lost, the program ends, and the person fills in the same form again. */
static void
test_lost_registration (void)
{
  TwTestProxy *proxy = tw_test_proxy_new (service);
  TwTestPerson *person = tw_test_person_new (tw_test_proxy_get_sockets (proxy), FALSE);
  g_autoptr (GError) error = NULL;
  g_autofree char *reference = NULL;
  g_autofree char *other = NULL;

  tw_test_proxy_lose_answers (proxy, 100);
  g_assert_null (register_person (person, "a@example.com", &error));
  g_assert_error (error, TW_ERROR, TW_ERROR_UNREACHABLE);
  g_clear_error (&error);
  tw_test_person_close (person);
  tw_test_proxy_lose_answers (proxy, 0);
  tw_test_person_open (person);
  reference = register_person (person, "a@example.com", &error);
  g_assert_no_error (error);
  g_assert_cmpstr (reference, !=, "");

  /* Now it is a new wish, and the service tells that the person has an account. */
  other = register_person (person, "b@example.com", &error);
  g_assert_null (other);
  g_assert_error (error, TW_ERROR, TW_ERROR_REFUSED);
  tw_test_person_free (person);
  tw_test_proxy_free (proxy);
}

/* Nobody is asked to pay what they wanted to pay yesterday. */
static void
test_expired (void)
{
  TwTestPerson *person = user_new (tw_test_service_get_sockets (service));
  gint64 before = get_balance (person);
  g_autoptr (TwOutgoing) paid = NULL;
  g_autoptr (TwOutgoing) again = NULL;
  g_autoptr (GError) error = NULL;

  tw_test_service_stop (service);
  tw_test_wait_int (person->status, "connection", TW_CONNECTION_OFFLINE);
  paid = tw_test_person_submit (person, TW_KIND_WALLET_TOP_UP, amount_body (1031));
  tw_clock_set_offset_ms (11 * 60 * 1000);
  tw_test_wait_settled (paid, TW_OUTGOING_STATE_EXPIRED);
  tw_clock_set_offset_ms (0);
  g_assert_cmpstr (tw_outgoing_get_code (paid), ==, "expired");
  g_assert_cmpstr (tw_outgoing_get_words (paid), !=, NULL);
  g_assert_null (
    tw_client_submit (person->client, TW_KIND_TICKET_TAKE, NULL, amount_body (1), &error));
  g_assert_error (error, TW_ERROR, TW_ERROR_UNREACHABLE);

  tw_test_service_start (service);
  tw_test_wait_int (person->status, "connection", TW_CONNECTION_ONLINE);
  g_clear_error (&error);
  again = tw_client_submit (person->client, TW_KIND_WALLET_TOP_UP, tw_outgoing_get_intent (paid),
                            amount_body (1033), &error);
  g_assert_no_error (error);
  tw_test_wait_settled (again, TW_OUTGOING_STATE_DONE);
  wait_balance (person, before + 1033);
  g_assert_cmpuint (count_of_amount (1031), ==, 0);
  tw_test_person_free (person);
}

/* An attempt of which not a byte left is none: what it was about may still grow too old. */
static void
test_never_left (void)
{
  TwTestProxy *proxy = tw_test_proxy_new (service);
  TwTestPerson *person = user_new (tw_test_proxy_get_sockets (proxy));
  g_autoptr (TwOutgoing) paid = NULL;

  tw_test_person_close (person);
  tw_test_proxy_shut (proxy);
  tw_test_person_open (person);
  tw_test_wait_int (person->status, "connection", TW_CONNECTION_ONLINE);
  paid = tw_test_person_submit (person, TW_KIND_WALLET_TOP_UP, amount_body (1063));
  tw_test_spin_ms (500);
  g_assert_cmpint (tw_outgoing_get_state (paid), ==, TW_OUTGOING_STATE_WAITING);
  tw_clock_set_offset_ms (11 * 60 * 1000);
  tw_test_wait_settled (paid, TW_OUTGOING_STATE_EXPIRED);
  tw_clock_set_offset_ms (0);
  tw_test_person_free (person);
  tw_test_proxy_free (proxy);
}

/* What was perhaps done stays so, however many attempts after it never leave, and however old it
 * is. */
static void
test_perhaps_done (void)
{
  TwTestProxy *proxy = tw_test_proxy_new (service);
  TwTestPerson *person = user_new (tw_test_proxy_get_sockets (proxy));
  gint64 before = get_balance (person);
  g_autoptr (TwOutgoing) paid = NULL;

  tw_test_proxy_lose_answers (proxy, 1000);
  paid = tw_test_person_submit (person, TW_KIND_WALLET_TOP_UP, amount_body (1069));
  tw_test_wait_or_fail (is_sent, paid, "the command perhaps done");
  tw_test_proxy_shut (proxy);
  tw_test_spin_ms (3000);
  tw_clock_set_offset_ms (11 * 60 * 1000);
  tw_test_spin_ms (6000);
  g_assert_cmpint (tw_outgoing_get_state (paid), ==, TW_OUTGOING_STATE_SENT);
  tw_clock_set_offset_ms (0);

  tw_test_person_close (person);
  g_clear_object (&paid);
  g_free (person->sockets);
  person->sockets = g_strdup (tw_test_service_get_sockets (service));
  tw_test_person_open (person);
  paid = g_list_model_get_item (tw_client_get_outgoing (person->client), 0);
  g_assert_nonnull (paid);
  tw_test_wait_settled (paid, TW_OUTGOING_STATE_DONE);
  wait_balance (person, before + 1069);
  g_assert_cmpuint (count_of_amount (1069), ==, 1);
  tw_test_person_free (person);
  tw_test_proxy_free (proxy);
}

static void
test_taken_back (void)
{
  TwTestPerson *person = user_new (tw_test_service_get_sockets (service));
  g_autoptr (TwOutgoing) paid = NULL;

  tw_test_service_stop (service);
  tw_test_wait_int (person->status, "connection", TW_CONNECTION_OFFLINE);
  paid = tw_test_person_submit (person, TW_KIND_WALLET_TOP_UP, amount_body (1039));
  tw_test_spin_ms (300);
  g_assert_true (tw_client_discard (person->client, tw_outgoing_get_id (paid)));
  g_assert_false (tw_client_discard (person->client, tw_outgoing_get_id (paid)));
  tw_test_service_start (service);
  tw_test_wait_int (person->status, "connection", TW_CONNECTION_ONLINE);
  g_assert_cmpuint (count_of_amount (1039), ==, 0);
  tw_test_person_free (person);
}

static gboolean
never (gpointer data)
{
  return FALSE;
}

/* This program again, as a client that dies: with the command written down, or perhaps done. */
static void
die_with (char **argv)
{
  gsize length;
  TwTestPerson person = { .folder = argv[2],
                          .sockets = argv[3],
                          .messages = g_ptr_array_new_with_free_func (g_free) };
  g_autofree guchar *secret = g_base64_decode (argv[4], &length);
  g_autoptr (TwOutgoing) paid = NULL;
  gint64 amount_fen = g_ascii_strtoll (argv[5], NULL, 10);

  person.secret = g_bytes_new (secret, length);
  tw_test_person_open (&person);
  if (g_str_equal (argv[1], "--die-waiting"))
    tw_test_wait_int (person.status, "connection", TW_CONNECTION_OFFLINE);
  paid = tw_test_person_submit (&person, TW_KIND_WALLET_TOP_UP, amount_body (amount_fen));
  if (g_str_equal (argv[1], "--die-waiting"))
    {
      /* Whatever was asked for before is done when this is. */
      tw_client_set_draft (person.client, "a", "b");
      tw_test_spin_ms (500);
    }
  else
    tw_test_wait_or_fail (is_sent, paid, "the command perhaps done");
  kill (getpid (), SIGKILL);
  tw_test_wait (never, NULL);
}

static void
run_client_that_dies (const char *how,
                      TwTestPerson *person,
                      const char *sockets,
                      const char *amount)
{
  g_autofree char *program = g_file_read_link ("/proc/self/exe", NULL);
  gsize length;
  gconstpointer bytes = g_bytes_get_data (person->secret, &length);
  g_autofree char *secret = g_base64_encode (bytes, length);
  const char *const argv[] = { program, how, person->folder, sockets, secret, amount, NULL };
  g_autoptr (GError) error = NULL;
  g_autoptr (GSubprocess) process =
    g_subprocess_newv (argv, G_SUBPROCESS_FLAGS_STDOUT_SILENCE, &error);

  g_assert_no_error (error);
  g_subprocess_wait (process, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (g_subprocess_get_if_signaled (process));
  g_assert_cmpint (g_subprocess_get_term_sig (process), ==, SIGKILL);
}

static void
test_killed_client (void)
{
  TwTestProxy *proxy = tw_test_proxy_new (service);
  TwTestPerson *person = user_new (tw_test_service_get_sockets (service));
  gint64 before = get_balance (person);
  g_autoptr (TwOutgoing) waiting = NULL;
  g_autoptr (TwOutgoing) perhaps = NULL;

  tw_test_person_close (person);
  tw_test_service_stop (service);
  run_client_that_dies ("--die-waiting", person, tw_test_service_get_sockets (service), "1049");
  tw_test_service_start (service);
  tw_test_person_open (person);
  waiting = g_list_model_get_item (tw_client_get_outgoing (person->client), 0);
  g_assert_nonnull (waiting);
  tw_test_wait_settled (waiting, TW_OUTGOING_STATE_DONE);
  wait_balance (person, before + 1049);
  tw_test_person_close (person);

  tw_test_proxy_lose_answers (proxy, 1000);
  run_client_that_dies ("--die-sent", person, tw_test_proxy_get_sockets (proxy), "1051");
  tw_test_person_open (person);
  perhaps = g_list_model_get_item (tw_client_get_outgoing (person->client), 0);
  g_assert_nonnull (perhaps);
  g_assert_cmpint (tw_outgoing_get_state (perhaps), ==, TW_OUTGOING_STATE_SENT);
  tw_test_wait_settled (perhaps, TW_OUTGOING_STATE_DONE);
  wait_balance (person, before + 1049 + 1051);
  g_assert_cmpuint (count_of_amount (1049), ==, 1);
  g_assert_cmpuint (count_of_amount (1051), ==, 1);
  tw_test_person_free (person);
  tw_test_proxy_free (proxy);
}

/* The path of the person's store: the folder that is not the device's. */
static char *
find_store (TwTestPerson *person)
{
  g_autofree char *folder = g_build_filename (person->folder, "wallet", NULL);
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;

  while ((name = g_dir_read_name (dir)) != NULL)
    if (!g_str_equal (name, "device"))
      return g_build_filename (folder, name, "store.db", NULL);
  g_assert_not_reached ();
}

static void
test_damaged (void)
{
  TwTestPerson *person = user_new (tw_test_service_get_sockets (service));
  guint n_bills =
    g_list_model_get_n_items (G_LIST_MODEL (tw_client_get_list (person->client, "bill")));
  g_autofree char *path = find_store (person);
  g_autofree char *bytes = NULL;
  g_autoptr (TwOutgoing) paid = NULL;
  g_autoptr (GError) error = NULL;
  gint64 before = get_balance (person);
  gsize length;

  g_assert_cmpuint (n_bills, >, 0);
  tw_test_service_stop (service);
  tw_test_wait_int (person->status, "connection", TW_CONNECTION_OFFLINE);
  g_object_unref (tw_test_person_submit (person, TW_KIND_WALLET_TOP_UP, amount_body (1061)));
  tw_client_set_draft (person->client, "help/new", "half a sent");
  tw_test_person_close (person);

  /* Page 4 is one of the objects': the outbox is elsewhere. */
  g_file_get_contents (path, &bytes, &length, &error);
  g_assert_no_error (error);
  bytes[3 * 4096 + 77] ^= 1;
  bytes[4 * 4096 + 77] ^= 1;
  bytes[5 * 4096 + 77] ^= 1;
  g_file_set_contents (path, bytes, (gssize) length, &error);
  g_assert_no_error (error);

  tw_test_person_open (person);
  g_assert_cmpuint (person->messages->len, ==, 1);
  g_assert_true (tw_status_get_signed_in (person->status));
  g_assert_cmpstr (tw_client_get_draft (person->client, "help/new"), ==, "half a sent");
  paid = g_list_model_get_item (tw_client_get_outgoing (person->client), 0);
  g_assert_nonnull (paid);
  tw_test_service_start (service);
  tw_test_wait_settled (paid, TW_OUTGOING_STATE_DONE);
  wait_balance (person, before + 1061);
  g_assert_cmpuint (
    g_list_model_get_n_items (G_LIST_MODEL (tw_client_get_list (person->client, "bill"))), ==,
    n_bills);
  tw_test_person_free (person);
}

static GBytes *
fetch (
  TwTransport *transport, const char *method, const char *hash, const char *range, GBytes *piece)
{
  g_autofree char *path = g_strconcat (TW_ROUTE_BLOBS, hash, NULL);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  GAsyncResult *slot = NULL;
  GBytes *answer;

  tw_transport_send_async (transport, TW_ROAD_API, method, path, range, piece, NULL,
                           tw_test_take_result, &slot);
  result = tw_test_wait_result (&slot);
  answer = tw_transport_send_finish (transport, result, NULL, &error);
  g_assert_no_error (error);
  return answer;
}

/* An attachment of which some pieces are there already. */
static void
test_upload (void)
{
  const gsize size = 700001;
  TwTestPerson *person = user_new (tw_test_service_get_sockets (service));
  g_autoptr (TwTransport) transport = g_object_ref (person->engine->transport);
  guint8 *bytes = g_malloc (size);
  g_autoptr (GBytes) content = NULL;
  g_autoptr (GBytes) first = NULL;
  g_autoptr (GBytes) said = NULL;
  g_autoptr (GBytes) back = NULL;
  g_autofree char *hash = NULL;

  for (gsize i = 0; i < size; i++)
    bytes[i] = (guint8) (i * 31 >> 3);
  content = g_bytes_new_take (bytes, size);
  hash = tw_hash_hex (bytes, size);
  first = g_bytes_new_from_bytes (content, 0, 100000);
  said = fetch (transport, "PUT", hash, "bytes 0-99999/700001", first);
  for (int i = 0; i < 2; i++)
    {
      g_autoptr (GAsyncResult) result = NULL;
      g_autoptr (GError) error = NULL;
      GAsyncResult *slot = NULL;

      tw_blob_upload_async (transport, hash, content, NULL, tw_test_take_result, &slot);
      result = tw_test_wait_result (&slot);
      tw_blob_upload_finish (transport, result, &error);
      g_assert_no_error (error);
    }
  back = fetch (transport, "GET", hash, NULL, NULL);
  g_assert_true (g_bytes_equal (back, content));
  tw_test_person_free (person);
}

/* A service that does not know the session: the person is told, calmly, and nothing is lost. */
static void
test_forgotten (void)
{
  TwTestPerson *person = user_new (tw_test_service_get_sockets (service));
  g_autofree char *database =
    g_build_filename (tw_test_service_get_folder (service), "service.db", NULL);
  g_autofree char *checkpoint =
    g_build_filename (tw_test_service_get_folder (service), "keys", "ledger.checkpoint", NULL);

  tw_test_service_stop (service);
  tw_client_set_draft (person->client, "help/new", "half a sent");
  for (int i = 0; i < 3; i++)
    {
      static const char *const endings[] = { "", "-wal", "-shm" };
      g_autofree char *path = g_strconcat (database, endings[i], NULL);

      g_remove (path);
    }
  /* With it, the service would say that this is not the database that it knows. */
  g_assert_no_errno (g_remove (checkpoint));
  tw_test_service_start (service);
  tw_test_wait_boolean (person->status, "signed-in", FALSE);
  g_assert_cmpuint (person->messages->len, ==, 1);
  g_assert_cmpuint (
    g_list_model_get_n_items (G_LIST_MODEL (tw_client_get_list (person->client, "bill"))), ==, 0);
  g_assert_null (tw_client_get_draft (person->client, "help/new"));
  tw_test_person_free (person);
}

int
main (int argc, char **argv)
{
  int status;

  if (argc == 6 && g_str_has_prefix (argv[1], "--die"))
    die_with (argv);
  g_test_init (&argc, &argv, NULL);
  service = tw_test_service_new ();
  g_test_add_func ("/trouble/stopped", test_stopped);
  g_test_add_func ("/trouble/killed-service", test_killed_service);
  g_test_add_func ("/trouble/lost-answers", test_lost_answers);
  g_test_add_func ("/trouble/lost-registration", test_lost_registration);
  g_test_add_func ("/trouble/expired", test_expired);
  g_test_add_func ("/trouble/never-left", test_never_left);
  g_test_add_func ("/trouble/perhaps-done", test_perhaps_done);
  g_test_add_func ("/trouble/taken-back", test_taken_back);
  g_test_add_func ("/trouble/killed-client", test_killed_client);
  g_test_add_func ("/trouble/damaged", test_damaged);
  g_test_add_func ("/trouble/upload", test_upload);
  /* Last: the service has nobody's account after it. */
  g_test_add_func ("/trouble/forgotten", test_forgotten);
  status = g_test_run ();
  tw_test_service_free (service);
  return status;
}
