// SPDX-License-Identifier: GPL-3.0-or-later
/* The practice bank and tax office over their socket, as a process of their own. */
#include <gio/gio.h>
#include <gio/gunixsocketaddress.h>
#include <glib/gstdio.h>
#include <libsoup/soup.h>
#include <string.h>

#include "base/tw-clock.h"
#include "base/tw-uuid.h"
#include "counterpart/tw-office.h"
#include "model/tw-bill.h"
#include "model/tw-record.h"
#include "protocol/tw-json.h"
#include "protocol/tw-lease.h"
#include "protocol/tw-wire.h"
#include "tax/tw-late-fee.h"
#include "tw-test-db.h"
#include "vault/tw-request.h"

#define DEADLINE_US (20 * G_USEC_PER_SEC)
#define KEY "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"
#define OTHER_KEY "ff112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"
#define ACCOUNT "01900000-0000-7000-8000-0000000000aa"

typedef struct
{
  char *folder;
  char *socket;
  GSubprocess *process;
  SoupSession *session;
  TwKey *key;
  TwKey *answer_key;
  const char *id; /* (nullable): of the next request, in place of a new one */
} Case;

static void
start (Case *c, const char *extra, const char *value)
{
  g_autofree char *program = g_build_filename (g_getenv ("TW_BUILDDIR"), "src", "counterpart",
                                               "tax-wallet-counterpart", NULL);
  g_autofree char *database = g_strdup_printf ("sqlite:%s/books.db", c->folder);
  gint64 deadline = g_get_monotonic_time () + DEADLINE_US;
  g_autoptr (GSocketConnection) connection = NULL;
  g_autoptr (GError) error = NULL;

  c->process = g_subprocess_new (G_SUBPROCESS_FLAGS_NONE, &error, program, "--socket-dir",
                                 c->folder, "--database", database, "--keys", c->folder,
                                 "--confirm-ms", "200", "--late-ms", "400", extra, value, NULL);
  g_assert_no_error (error);
  while (connection == NULL)
    {
      g_assert_cmpint (g_get_monotonic_time (), <, deadline);
      connection = tw_lease_take (c->socket, NULL);
      if (connection == NULL)
        g_usleep (5000);
    }
}

static void
stop (Case *c)
{
  g_subprocess_send_signal (c->process, SIGTERM);
  g_subprocess_wait (c->process, NULL, NULL);
  g_assert_true (g_subprocess_get_if_exited (c->process));
  g_assert_cmpint (g_subprocess_get_exit_status (c->process), ==, 0);
  g_assert_false (g_file_test (c->socket, G_FILE_TEST_EXISTS));
  g_clear_object (&c->process);
}

static TwKey *
open_key (Case *c, const char *purpose)
{
  g_autofree char *path = g_build_filename (c->folder, "rails.key", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (TwKey) key = tw_key_file_open (path, FALSE, &error);

  g_assert_no_error (error);
  return tw_key_derive (key, purpose);
}

static void
set_up (Case *c, gconstpointer data)
{
  g_autoptr (GSocketAddress) address = NULL;

  c->folder = tw_test_folder_new ();
  c->socket = g_build_filename (c->folder, "counterpart.sock", NULL);
  address = g_unix_socket_address_new (c->socket);
  c->session = g_object_new (SOUP_TYPE_SESSION, "remote-connectable", address, NULL);
  start (c, NULL, NULL);
  c->key = open_key (c, TW_REQUEST_TO_PARTNER);
  c->answer_key = open_key (c, TW_REQUEST_FROM_PARTNER);
}

static void
tear_down (Case *c, gconstpointer data)
{
  g_object_unref (c->session);
  if (c->process != NULL)
    stop (c);
  g_clear_pointer (&c->key, tw_key_unref);
  tw_key_unref (c->answer_key);
  tw_test_folder_free (c->folder);
  g_free (c->socket);
}

static gboolean
on_timeout (gpointer cancellable)
{
  g_cancellable_cancel (cancellable);
  return G_SOURCE_REMOVE;
}

static void
on_sent (GObject *session, GAsyncResult *result, gpointer data)
{
  *(GAsyncResult **) data = g_object_ref (result);
}

/* With headers of our own, as the service's rails do it. */
static void
sign (Case *c, SoupMessage *message, const char *path, const char *text)
{
  SoupMessageHeaders *headers = soup_message_get_request_headers (message);
  g_autofree char *id = c->id != NULL ? g_strdup (c->id) : tw_uuid_new ();
  g_autofree char *at = g_strdup_printf ("%" G_GINT64_FORMAT, g_get_real_time () / 1000);
  TwRequest request = { .method = soup_message_get_method (message),
                        .path = path,
                        .id = id,
                        .at = at,
                        .body = text,
                        .length = text != NULL ? strlen (text) : 0 };
  g_autofree char *signature = tw_request_sign (c->key, &request);

  soup_message_headers_append (headers, TW_REQUEST_HEADER_ID, id);
  soup_message_headers_append (headers, TW_REQUEST_HEADER_AT, at);
  soup_message_headers_append (headers, TW_REQUEST_HEADER_SIGNATURE, signature);
}

/* Every answer to whoever signs is signed. */
static void
assert_signed (Case *c, SoupMessage *message, GBytes *bytes)
{
  SoupMessageHeaders *sent = soup_message_get_request_headers (message);
  SoupMessageHeaders *headers = soup_message_get_response_headers (message);
  gsize length;
  const void *text = g_bytes_get_data (bytes, &length);

  g_assert_true (tw_request_check_answer (
    c->answer_key, soup_message_headers_get_one (sent, TW_REQUEST_HEADER_ID),
    soup_message_get_status (message), text, length,
    soup_message_headers_get_one (headers, TW_REQUEST_HEADER_SIGNATURE)));
}

/* Returns the status, 0 without an answer within @timeout_ms. */
static guint
call (Case *c, const char *path, const char *text, guint timeout_ms, JsonObject **answer)
{
  g_autofree char *uri = g_strconcat ("http://counterpart", path, NULL);
  g_autoptr (SoupMessage) message = soup_message_new (text != NULL ? "POST" : "GET", uri);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (JsonNode) node = NULL;
  guint timer = g_timeout_add (timeout_ms, on_timeout, cancellable);
  gsize length;

  if (c->key != NULL)
    sign (c, message, path, text);
  if (text != NULL)
    {
      g_autoptr (GBytes) body = g_bytes_new (text, strlen (text));

      soup_message_set_request_body_from_bytes (message, "application/json", body);
    }
  soup_session_send_and_read_async (c->session, message, G_PRIORITY_DEFAULT, cancellable, on_sent,
                                    &result);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);
  if (!g_cancellable_is_cancelled (cancellable))
    g_source_remove (timer);
  bytes = soup_session_send_and_read_finish (c->session, result, NULL);
  if (bytes == NULL)
    return 0;
  if (c->key != NULL && !g_str_has_prefix (path, "/faults") && !g_str_has_prefix (path, "/phones"))
    assert_signed (c, message, bytes);
  node = tw_json_parse (g_bytes_get_data (bytes, &length), (gssize) g_bytes_get_size (bytes), NULL);
  g_assert_nonnull (node);
  if (answer != NULL)
    *answer = json_node_dup_object (node);
  return soup_message_get_status (message);
}

static void
assert_state (Case *c, const char *path, const char *text, const char *state)
{
  g_autoptr (JsonObject) answer = NULL;

  g_assert_cmpuint (call (c, path, text, 10000, &answer), ==, SOUP_STATUS_OK);
  g_assert_cmpstr (json_object_get_string_member (answer, "state"), ==, state);
}

static char *
debit_text (const char *id, gint64 amount_fen)
{
  return g_strdup_printf ("{\"id\":\"%s\",\"account\":\"" ACCOUNT
                          "\",\"amount_fen\":%" G_GINT64_FORMAT "}",
                          id, amount_fen);
}

static char *
ask_path (const char *rail, const char *id)
{
  return g_strconcat (rail, "/", id, NULL);
}

static void
fault (Case *c, const char *name)
{
  g_autofree char *text = g_strdup_printf ("{\"next\":\"%s\"}", name);

  g_assert_cmpuint (call (c, "/faults", text, 10000, NULL), ==, SOUP_STATUS_OK);
}

static void
test_bank (Case *c, gconstpointer data)
{
  g_autofree char *id = tw_uuid_new (), *next = tw_uuid_new ();
  g_autofree char *all = debit_text (id, 10000000);
  g_autofree char *other = debit_text (id, 1);
  g_autofree char *more = debit_text (next, 1);
  g_autofree char *path = ask_path ("/bank/debits", id);

  g_assert_cmpuint (call (c, path, NULL, 10000, NULL), ==, SOUP_STATUS_NOT_FOUND);
  assert_state (c, "/bank/debits", all, "done");
  assert_state (c, "/bank/debits", all, "done");
  assert_state (c, path, NULL, "done");
  g_assert_cmpuint (call (c, "/bank/debits", other, 10000, NULL), ==, SOUP_STATUS_CONFLICT);
  /* It was taken once: not a fen is left, and not a fen was taken twice. */
  assert_state (c, "/bank/debits", more, "refused");
}

static void
test_memory (Case *c, gconstpointer data)
{
  g_autofree char *id = tw_uuid_new (), *next = tw_uuid_new ();
  g_autofree char *all = debit_text (id, 10000000);
  g_autofree char *more = debit_text (next, 1);

  assert_state (c, "/bank/debits", all, "done");
  stop (c);
  start (c, NULL, NULL);
  assert_state (c, "/bank/debits", all, "done");
  assert_state (c, "/bank/debits", more, "refused");
}

/* The id of a request stands for that one, whatever process hears it. */
static void
test_replayed (Case *c, gconstpointer data)
{
  g_autofree char *request = tw_uuid_new (), *id = tw_uuid_new (), *next = tw_uuid_new ();
  g_autofree char *text = debit_text (id, 100);
  g_autofree char *more = debit_text (next, 100);
  g_autofree char *path = ask_path ("/bank/debits", next);

  c->id = request;
  assert_state (c, "/bank/debits", text, "done");
  g_subprocess_force_exit (c->process);
  g_subprocess_wait (c->process, NULL, NULL);
  g_clear_object (&c->process);
  start (c, NULL, NULL);
  g_assert_cmpuint (call (c, "/bank/debits", more, 10000, NULL), ==, SOUP_STATUS_CONFLICT);
  c->id = NULL;
  g_assert_cmpuint (call (c, path, NULL, 10000, NULL), ==, SOUP_STATUS_NOT_FOUND);
}

static void
test_bad_input (Case *c, gconstpointer data)
{
  const char *const bad[] = {
    "",
    "[]",
    "{\"id\":\"x\",\"account\":\"a\",\"amount_fen\":1}",
    "{\"id\":\"01900000-0000-7000-8000-000000000001\",\"account\":\"a\",\"amount_fen\":0}",
    "{\"id\":\"01900000-0000-7000-8000-000000000001\",\"account\":\"a\",\"amount_fen\":1.5}",
    "{\"id\":\"01900000-0000-7000-8000-000000000001\",\"account\":\"a\",\"amount_fen\":-1}",
    "{\"id\":\"01900000-0000-7000-8000-000000000001\",\"account\":\"a\",\"amount_fen\":1,\"amount_"
    "fen\":2}",
    "{\"id\":\"01900000-0000-7000-8000-000000000001\",\"account\":\"a\",\"amount_fen\":1,\"more\":"
    "2}",
  };
  g_autofree char *long_body = g_strnfill (100000, ' ');

  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_assert_cmpuint (call (c, "/bank/debits", bad[i], 10000, NULL), ==, SOUP_STATUS_BAD_REQUEST);
      g_assert_cmpuint (call (c, "/office/payments", bad[i], 10000, NULL), ==,
                        SOUP_STATUS_BAD_REQUEST);
    }
  g_assert_cmpuint (call (c, "/bank/debits", long_body, 10000, NULL), ==,
                    SOUP_STATUS_REQUEST_ENTITY_TOO_LARGE);
  g_assert_cmpuint (call (c, "/faults", "{\"next\":\"explode\"}", 10000, NULL), ==,
                    SOUP_STATUS_BAD_REQUEST);
  g_assert_cmpuint (call (c, "/office/taxpayers/short", NULL, 10000, NULL), ==,
                    SOUP_STATUS_BAD_REQUEST);
  g_assert_cmpuint (call (c, "/elsewhere", NULL, 10000, NULL), ==, SOUP_STATUS_NOT_FOUND);
}

static void
test_faults (Case *c, gconstpointer data)
{
  g_autofree char *id = tw_uuid_new ();
  g_autofree char *text = debit_text (id, 6000000);
  g_autofree char *path = ask_path ("/bank/debits", id);
  const char *name = data;

  fault (c, name);
  if (strcmp (name, "refuse") == 0)
    {
      assert_state (c, "/bank/debits", text, "refused");
      assert_state (c, "/bank/debits", text, "refused");
      return;
    }
  if (strcmp (name, "twice") == 0)
    assert_state (c, "/bank/debits", text, "done");
  else
    g_assert_cmpuint (call (c, "/bank/debits", text, 100, NULL), ==, 0);
  if (strcmp (name, "down") == 0 || strcmp (name, "late") == 0)
    g_assert_cmpuint (call (c, path, NULL, 10000, NULL), ==, SOUP_STATUS_NOT_FOUND);
  else
    assert_state (c, path, NULL, "done");
  if (strcmp (name, "late") == 0)
    {
      gint64 deadline = g_get_monotonic_time () + DEADLINE_US;

      while (call (c, path, NULL, 10000, NULL) != SOUP_STATUS_OK)
        g_assert_cmpint (g_get_monotonic_time (), <, deadline);
    }
  /* Sent again, as anybody does who got no answer: the account holds only one of these. */
  assert_state (c, "/bank/debits", text, "done");
}

static JsonObject *
get_taxpayer (Case *c, const char *key)
{
  g_autofree char *path = g_strconcat ("/office/taxpayers/", key, NULL);
  JsonObject *answer = NULL;

  g_assert_cmpuint (call (c, path, NULL, 10000, &answer), ==, SOUP_STATUS_OK);
  return answer;
}

static char *
pay_text (const char *id, TwBill *bill, gint64 fee_fen)
{
  return g_strdup_printf ("{\"id\":\"%s\",\"bill\":\"%s\",\"amount_fen\":%" G_GINT64_FORMAT
                          ",\"late_fee_fen\":%" G_GINT64_FORMAT "}",
                          id, tw_object_get_id (TW_OBJECT (bill)), tw_bill_get_amount_fen (bill),
                          fee_fen);
}

static void
test_office (Case *c, gconstpointer data)
{
  g_autoptr (JsonObject) first = get_taxpayer (c, KEY);
  g_autoptr (JsonObject) again = get_taxpayer (c, KEY);
  g_autoptr (JsonObject) other = get_taxpayer (c, OTHER_KEY);
  g_autoptr (JsonObject) after = NULL;
  g_autofree char *first_text = tw_json_canonical_object (first);
  g_autofree char *again_text = tw_json_canonical_object (again);
  g_autofree char *other_text = tw_json_canonical_object (other);
  JsonArray *bills = json_object_get_array_member (first, "bills");
  g_autofree char *id = tw_uuid_new (), *second = tw_uuid_new (), *third = tw_uuid_new ();
  g_autofree char *text = NULL, *wrong = NULL, *twice = NULL, *path = NULL;
  gint64 deadline = g_get_monotonic_time () + DEADLINE_US;
  g_autoptr (TwObject) overdue = NULL;
  g_autoptr (GError) error = NULL;
  gint64 fee_fen;

  g_assert_cmpstr (first_text, ==, again_text);
  g_assert_cmpstr (first_text, !=, other_text);
  for (guint i = 0; i < json_array_get_length (bills); i++)
    {
      TwObject *bill = tw_wire_decode ("bill", json_array_get_object_element (bills, i), &error);

      g_assert_no_error (error);
      if (tw_bill_get_due_day (TW_BILL (bill)) < tw_clock_today ())
        overdue = bill;
      else
        g_object_unref (bill);
    }
  g_assert_nonnull (overdue);
  fee_fen = tw_late_fee_fen (tw_bill_get_amount_fen (TW_BILL (overdue)),
                             (int) tw_bill_get_due_day (TW_BILL (overdue)), tw_clock_today ());
  g_assert_cmpint (fee_fen, >, 0);
  wrong = pay_text (third, TW_BILL (overdue), fee_fen - 1);
  assert_state (c, "/office/payments", wrong, "refused");
  text = pay_text (id, TW_BILL (overdue), fee_fen);
  assert_state (c, "/office/payments", text, "accepted");
  twice = pay_text (second, TW_BILL (overdue), fee_fen);
  assert_state (c, "/office/payments", twice, "refused");
  path = ask_path ("/office/payments", id);
  for (;;)
    {
      g_autoptr (JsonObject) answer = NULL;

      g_assert_cmpuint (call (c, path, NULL, 10000, &answer), ==, SOUP_STATUS_OK);
      if (strcmp (json_object_get_string_member (answer, "state"), "confirmed") == 0)
        {
          gint64 at_ms;

          g_assert_true (
            tw_clock_parse_ms (json_object_get_string_member (answer, "confirmed_at"), &at_ms));
          break;
        }
      g_assert_cmpint (g_get_monotonic_time (), <, deadline);
    }
  after = get_taxpayer (c, KEY);
  g_assert_cmpuint (json_array_get_length (json_object_get_array_member (after, "bills")), ==, 2);
}

static void
check_records (GPtrArray *records, int today)
{
  g_autoptr (GHashTable) ids = g_hash_table_new (g_str_hash, g_str_equal);
  int year;

  g_assert_cmpuint (records->len, >=, 300);
  g_assert_cmpuint (records->len, <=, 400);
  tw_clock_date_of_day (today, &year, NULL, NULL);
  for (guint i = 0; i < records->len; i++)
    {
      TwRecord *record = g_ptr_array_index (records, i);
      gint64 paid_ms = tw_record_get_paid_at_ms (record);
      gint64 confirmed_ms = tw_record_get_confirmed_at_ms (record);

      g_assert_true (g_hash_table_add (ids, (gpointer) tw_object_get_id (TW_OBJECT (record))));
      g_assert_true (tw_uuid_is_valid (tw_object_get_id (TW_OBJECT (record))));
      g_assert_cmpint (tw_record_get_amount_fen (record), >, 0);
      g_assert_cmpint (tw_record_get_year (record), >=, year - 6);
      g_assert_cmpint (tw_record_get_assessed_at_ms (record), <=, paid_ms);
      g_assert_cmpint (tw_clock_day_of_ms (paid_ms), <, today);
      if (confirmed_ms != 0)
        {
          g_assert_cmpint (confirmed_ms, >, paid_ms);
          g_assert_cmpint (tw_clock_day_of_ms (confirmed_ms), <, today);
        }
    }
}

/* Whatever day it is: New Year, a leap day, the end of a quarter. */
static void
test_made_up (void)
{
  for (int today = tw_clock_day_of_date (2026, 1, 1); today < tw_clock_day_of_date (2028, 3, 2);
       today += 13)
    {
      g_autoptr (GPtrArray) bills = g_ptr_array_new_with_free_func (g_object_unref);
      g_autoptr (GPtrArray) records = g_ptr_array_new_with_free_func (g_object_unref);
      gboolean overdue = FALSE, soon = FALSE;

      tw_office_make_up (KEY, 1, today, bills, records);
      check_records (records, today);
      g_assert_cmpuint (bills->len, ==, 3);
      for (guint i = 0; i < bills->len; i++)
        {
          gint64 due_day = tw_bill_get_due_day (g_ptr_array_index (bills, i));

          overdue = overdue || due_day == today - 12;
          soon = soon || due_day == today + 3;
        }
      g_assert_true (overdue && soon);
    }
}

static void
wait_for_end (Case *c)
{
  g_subprocess_wait (c->process, NULL, NULL);
  g_assert_true (g_subprocess_get_if_exited (c->process));
  g_assert_cmpint (g_subprocess_get_exit_status (c->process), ==, 0);
  g_clear_object (&c->process);
}

static GSocketConnection *
take_lease (Case *c)
{
  g_autofree char *path = g_build_filename (c->folder, "lease.sock", NULL);
  gint64 deadline = g_get_monotonic_time () + DEADLINE_US;
  GSocketConnection *lease;

  while ((lease = tw_lease_take (path, NULL)) == NULL)
    {
      g_assert_cmpint (g_get_monotonic_time (), <, deadline);
      g_usleep (5000);
    }
  return lease;
}

static void
test_lease (Case *c, gconstpointer data)
{
  g_autoptr (GSocketConnection) first = NULL;
  g_autoptr (GSocketConnection) second = NULL;
  g_autoptr (GSocketConnection) again = NULL;
  gint64 let_go;

  stop (c);
  start (c, "--lease", NULL);
  first = take_lease (c);
  second = take_lease (c);
  g_io_stream_close (G_IO_STREAM (first), NULL, NULL);
  g_io_stream_close (G_IO_STREAM (second), NULL, NULL);
  /* Somebody comes back within the time: it stays. */
  again = take_lease (c);
  g_assert_cmpuint (call (c, "/elsewhere", NULL, 10000, NULL), ==, SOUP_STATUS_NOT_FOUND);
  let_go = g_get_monotonic_time ();
  g_io_stream_close (G_IO_STREAM (again), NULL, NULL);
  wait_for_end (c);
  g_assert_cmpint (g_get_monotonic_time () - let_go, >=, (TW_LEASE_GRACE_MS - 100) * 1000);
  g_assert_cmpint (g_get_monotonic_time () - let_go, <, (TW_LEASE_GRACE_MS + 5000) * 1000);
  g_assert_false (g_file_test (c->socket, G_FILE_TEST_EXISTS));
}

/* A second one on the same socket says so and goes; what a crash has left is replaced. */
static void
test_socket (Case *c, gconstpointer data)
{
  g_autofree char *program = g_build_filename (g_getenv ("TW_BUILDDIR"), "src", "counterpart",
                                               "tax-wallet-counterpart", NULL);
  g_autofree char *database = g_strdup_printf ("sqlite:%s/other.db", c->folder);
  g_autoptr (GSubprocess) second =
    g_subprocess_new (G_SUBPROCESS_FLAGS_STDERR_PIPE, NULL, program, "--socket-dir", c->folder,
                      "--database", database, "--keys", c->folder, NULL);
  g_autofree char *words = NULL;
  GStatBuf status;

  g_assert_true (g_subprocess_communicate_utf8 (second, NULL, NULL, NULL, &words, NULL));
  g_assert_cmpint (g_subprocess_get_exit_status (second), ==, 3);
  g_assert_nonnull (strstr (words, "counterpart.sock"));
  g_assert_cmpint (g_stat (c->socket, &status), ==, 0);
  g_assert_cmpint (status.st_mode & 0777, ==, 0660);
  g_subprocess_force_exit (c->process);
  g_subprocess_wait (c->process, NULL, NULL);
  g_clear_object (&c->process);
  g_assert_true (g_file_test (c->socket, G_FILE_TEST_EXISTS));
  start (c, NULL, NULL);
  g_assert_cmpuint (call (c, "/elsewhere", NULL, 10000, NULL), ==, SOUP_STATUS_NOT_FOUND);
}

/* Who does not have the key is not heard, whatever they ask. */
static void
test_unsigned (Case *c, gconstpointer data)
{
  static const char *const paths[] = { "/bank/debits/x", "/office/taxpayers/" KEY, "/bank/health",
                                       "/bank/statements/2026-01-01", "/elsewhere" };
  g_autofree char *id = tw_uuid_new ();
  g_autofree char *text = debit_text (id, 100);
  g_autofree char *path = ask_path ("/bank/debits", id);
  g_autoptr (TwKey) key = g_steal_pointer (&c->key);

  g_assert_cmpuint (call (c, "/bank/debits", text, 10000, NULL), ==, SOUP_STATUS_UNAUTHORIZED);
  for (gsize i = 0; i < G_N_ELEMENTS (paths); i++)
    g_assert_cmpuint (call (c, paths[i], NULL, 10000, NULL), ==, SOUP_STATUS_UNAUTHORIZED);
  c->key = tw_key_new_random ();
  g_assert_cmpuint (call (c, "/bank/debits", text, 10000, NULL), ==, SOUP_STATUS_UNAUTHORIZED);
  g_clear_pointer (&c->key, tw_key_unref);
  c->key = g_steal_pointer (&key);
  /* Nothing was done. */
  g_assert_cmpuint (call (c, path, NULL, 10000, NULL), ==, SOUP_STATUS_NOT_FOUND);
  assert_state (c, "/bank/debits", text, "done");
}

static JsonObject *
get_statement (Case *c, const char *party)
{
  g_autofree char *day = tw_clock_format_day (tw_clock_today ());
  g_autofree char *path = g_strdup_printf ("/%s/statements/%s", party, day);
  JsonObject *statement = NULL;

  g_assert_cmpuint (call (c, path, NULL, 10000, &statement), ==, SOUP_STATUS_OK);
  return statement;
}

/* What the statement says of @order: how many lines, and their sum. */
static guint
count_lines (Case *c, const char *order, gint64 *sum_fen)
{
  g_autoptr (JsonObject) statement = get_statement (c, "bank");
  JsonArray *entries = json_object_get_array_member (statement, "entries");
  gint64 all_fen = json_object_get_int_member (statement, "opening_fen");
  guint n = 0;

  *sum_fen = 0;
  for (guint i = 0; i < json_array_get_length (entries); i++)
    {
      JsonObject *entry = json_array_get_object_element (entries, i);
      gint64 fen = json_object_get_int_member (entry, "amount_fen");

      all_fen += fen;
      if (strcmp (json_object_get_string_member (entry, "order"), order) != 0)
        continue;
      *sum_fen += fen;
      n++;
    }
  g_assert_cmpint (all_fen, ==, json_object_get_int_member (statement, "closing_fen"));
  return n;
}

/* Each way in which books are wrong, and the orders beside them that are right. */
static void
test_books (Case *c, gconstpointer data)
{
  static const struct
  {
    const char *fault;
    guint lines;
    gint64 fen;
  } wrong[] = { { "none", 1, 500 },         { "lose_row", 0, 0 },
                { "wrong_amount", 1, 600 }, { "double_row", 2, 1000 },
                { "extra_row", 1, 500 },    { "refuse_after_acting", 1, 500 } };
  gint64 sum_fen;

  for (gsize i = 0; i < G_N_ELEMENTS (wrong); i++)
    {
      g_autofree char *id = tw_uuid_new (), *next = tw_uuid_new ();
      g_autofree char *text = debit_text (id, 500), *other = debit_text (next, 700);

      fault (c, wrong[i].fault);
      assert_state (c, "/bank/debits", text,
                    strcmp (wrong[i].fault, "refuse_after_acting") == 0 ? "refused" : "done");
      assert_state (c, "/bank/debits", other, "done");
      g_assert_cmpuint (count_lines (c, id, &sum_fen), ==, wrong[i].lines);
      g_assert_cmpint (sum_fen, ==, wrong[i].fen);
      g_assert_cmpuint (count_lines (c, next, &sum_fen), ==, 1);
      g_assert_cmpint (sum_fen, ==, 700);
    }
  g_assert_cmpuint (call (c, "/bank/statements/2999-01-01", NULL, 10000, NULL), ==,
                    SOUP_STATUS_BAD_REQUEST);
  g_assert_cmpuint (call (c, "/bank/statements/", NULL, 10000, NULL), ==, SOUP_STATUS_BAD_REQUEST);
}

#define CASE(name, func, data)                                                                     \
  g_test_add ("/counterpart/" name, Case, data, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  CASE ("bank", test_bank, NULL);
  CASE ("memory", test_memory, NULL);
  CASE ("replayed", test_replayed, NULL);
  CASE ("bad-input", test_bad_input, NULL);
  CASE ("faults/refuse", test_faults, "refuse");
  CASE ("faults/timeout", test_faults, "timeout_after_acting");
  CASE ("faults/twice", test_faults, "twice");
  CASE ("faults/late", test_faults, "late");
  CASE ("faults/down", test_faults, "down");
  CASE ("office", test_office, NULL);
  CASE ("unsigned", test_unsigned, NULL);
  CASE ("books", test_books, NULL);
  CASE ("lease", test_lease, NULL);
  CASE ("socket", test_socket, NULL);
  g_test_add_func ("/counterpart/made-up", test_made_up);
  return g_test_run ();
}
