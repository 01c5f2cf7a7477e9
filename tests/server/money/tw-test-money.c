// SPDX-License-Identifier: GPL-3.0-or-later
#include "tw-test-money.h"

#include <gio/gunixsocketaddress.h>
#include <glib/gstdio.h>
#include <libsoup/soup.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/tw-clock.h"
#include "base/tw-identifiers.h"
#include "base/tw-uuid.h"
#include "counterpart/tw-books.h"
#include "model/tw-payment.h"
#include "protocol/tw-json.h"
#include "protocol/tw-lease.h"
#include "server/ledger/tw-ledger.h"
#include "server/ops/tw-schema.h"
#include "server/reconcile/tw-reconcile.h"
#include "tw-test-db.h"

#define DEADLINE_US (40 * G_USEC_PER_SEC)
#define POLL_US 5000
/* Short, so that a test need not wait long for what a person would. */
#define TIMEOUT_MS 300
#define CONFIRM_MS "300"
#define LATE_MS "900"
#define DEVICE "01900000-0000-7000-8000-0000000000d1"
#define PASSWORD "correct-horse-7-battery"

static char *
in_folder (TwTestMoney *t, const char *name)
{
  return g_build_filename (t->folder, name, NULL);
}

static TwTestMoney *
join (char *folder, char *url)
{
  TwTestMoney *t = g_new0 (TwTestMoney, 1);
  g_autoptr (GError) error = NULL;
  static gsize once;

  if (g_once_init_enter (&once))
    {
      tw_schema_add_handlers ();
      g_once_init_leave (&once, 1);
    }
  t->folder = folder;
  t->url = url;
  {
    g_autofree char *keys = in_folder (t, "keys");

    t->keys = tw_keys_open (keys, TRUE, &error);
  }
  g_assert_no_error (error);
  t->signer = tw_signer_new ();
  return t;
}

TwTestMoney *
tw_test_money_join (const char *folder, const char *url)
{
  return join (g_strdup (folder), g_strdup (url));
}

TwTestMoney *
tw_test_money_new (void)
{
  const char *conninfo = g_getenv ("TW_TEST_POSTGRES");
  char *folder = tw_test_folder_new ();
  static int serial;
  TwTestMoney *t;
  char *url;

  if (conninfo != NULL)
    {
      g_autoptr (TwDb) admin = tw_test_open (conninfo);
      g_autofree char *sql = g_strdup_printf ("CREATE SCHEMA money_%d", ++serial);

      tw_test_exec (admin, sql);
      url = g_strdup_printf ("%s options='-csearch_path=money_%d'", conninfo, serial);
    }
  else
    url = g_strdup_printf ("sqlite:%s/service.db", folder);
  t = join (folder, url);
  tw_test_money_start_counterpart (t);
  tw_test_money_start_service (t, TRUE);
  tw_test_money_add_person (t, 1);
  return t;
}

void
tw_test_money_start_service (TwTestMoney *t, gboolean with_rails)
{
  g_autofree char *socket = in_folder (t, "c/counterpart.sock");
  g_autoptr (GError) error = NULL;
  const TwMigration *steps;
  gsize n;

  /* Those without are configured too: they die before anything is sent. */
  tw_rails_set_configured (TRUE);
  steps = tw_schema_get_steps (&n);
  t->service = tw_service_new (t->url, t->keys, steps, n, &error);
  g_assert_no_error (error);
  tw_rails_add_metrics (t->service);
  tw_reconcile_add_metrics (t->service);
  if (with_rails)
    {
      g_autofree char *listen = in_folder (t, "rails.sock");
      const TwRailsSetup setup = { .socket_path = socket,
                                   .listen_path = listen,
                                   .timeout_ms = TIMEOUT_MS };

      t->rails = tw_rails_new (t->service, &setup, &error);
      g_assert_no_error (error);
    }
  t->db = tw_db_open_readonly (t->url, tw_key_peek (tw_keys_get (t->keys, TW_KEY_SQLITE)), &error);
  g_assert_no_error (error);
}

void
tw_test_money_stop_service (TwTestMoney *t)
{
  g_clear_pointer (&t->db, tw_db_close);
  g_clear_pointer (&t->rails, tw_rails_free);
  g_clear_pointer (&t->service, tw_service_free);
}

void
tw_test_money_start_counterpart (TwTestMoney *t)
{
  g_autofree char *program = g_build_filename (g_getenv ("TW_BUILDDIR"), "src", "counterpart",
                                               "tax-wallet-counterpart", NULL);
  g_autofree char *sockets = in_folder (t, "c");
  g_autofree char *path = in_folder (t, "c/lease.sock");
  g_autofree char *keys = in_folder (t, "ck");
  g_autofree char *file = in_folder (t, "books.db");
  g_autofree char *callback = in_folder (t, "rails.sock");
  gint64 deadline = g_get_monotonic_time () + DEADLINE_US;
  g_autoptr (GError) error = NULL;

  t->counterpart =
    g_subprocess_new (G_SUBPROCESS_FLAGS_NONE, &error, program, "--socket-dir", sockets,
                      "--database", file, "--keys", keys, "--confirm-ms", CONFIRM_MS, "--lease",
                      "--late-ms", LATE_MS, "--callback", callback, NULL);
  g_assert_no_error (error);
  while ((t->lease = tw_lease_take (path, NULL)) == NULL && g_get_monotonic_time () < deadline)
    g_usleep (POLL_US);
  g_assert_nonnull (t->lease);
  if (t->books == NULL)
    t->books = tw_books_open (file, keys, &error);
  g_assert_no_error (error);
}

void
tw_test_money_stop_counterpart (TwTestMoney *t)
{
  g_subprocess_send_signal (t->counterpart, SIGTERM);
  g_subprocess_wait (t->counterpart, NULL, NULL);
  g_assert_true (g_subprocess_get_if_exited (t->counterpart));
  g_assert_cmpint (g_subprocess_get_exit_status (t->counterpart), ==, 0);
  g_clear_object (&t->counterpart);
  g_clear_object (&t->lease);
}

static void
remove_folder (TwTestMoney *t, const char *name)
{
  g_autofree char *path = in_folder (t, name);
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  const char *entry;

  while (dir != NULL && (entry = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *file = g_build_filename (path, entry, NULL);

      g_assert_cmpint (g_unlink (file), ==, 0);
    }
  g_rmdir (path);
}

void
tw_test_money_free (TwTestMoney *t)
{
  tw_test_money_stop_service (t);
  if (t->counterpart != NULL)
    tw_test_money_stop_counterpart (t);
  tw_db_close (t->books);
  g_clear_pointer (&t->person, tw_actor_unref);
  tw_signer_unref (t->signer);
  tw_keys_unref (t->keys);
  g_free (t->url);
  remove_folder (t, "c");
  remove_folder (t, "ck");
  remove_folder (t, "keys");
  tw_test_folder_free (t->folder);
  g_free (t);
}

typedef struct
{
  GMutex lock;
  GCond answered;
  TwResult *result;
} Answer;

static void
on_answered (GPtrArray *jobs, gpointer data)
{
  const TwResult *result = tw_job_result (g_ptr_array_index (jobs, 0));
  Answer *answer = data;

  g_mutex_lock (&answer->lock);
  answer->result = tw_result_new (result->id, result->state);
  answer->result->code = g_strdup (result->code);
  answer->result->result = result->result != NULL ? json_object_ref (result->result) : NULL;
  g_cond_signal (&answer->answered);
  g_mutex_unlock (&answer->lock);
}

TwResult *
tw_test_money_run (TwTestMoney *t,
                   TwActor *actor,
                   const char *kind,
                   const char *id,
                   const char *intent,
                   JsonObject *body)
{
  g_autoptr (GPtrArray) jobs = g_ptr_array_new_with_free_func ((GDestroyNotify) tw_job_unref);
  g_autofree char *new_id = tw_uuid_new ();
  g_autofree char *new_intent = tw_uuid_new ();
  TwCommand *command = tw_command_new (
    id != NULL ? id : new_id, intent != NULL ? intent : new_intent, kind, tw_clock_now_ms (), body);
  g_autofree char *text =
    tw_command_get_signing_text (command, actor->account_id, actor->device_id);
  Answer answer = { .result = NULL };
  g_autoptr (GError) error = NULL;

  json_object_unref (body);
  command->signature = tw_signer_sign (t->signer, text, strlen (text));
  g_ptr_array_add (jobs, tw_job_new (tw_actor_ref (actor), command));
  g_mutex_init (&answer.lock);
  g_cond_init (&answer.answered);
  tw_writer_submit (tw_service_get_writer (t->service), jobs, NULL, on_answered, &answer, &error);
  g_assert_no_error (error);
  g_mutex_lock (&answer.lock);
  while (answer.result == NULL)
    g_cond_wait (&answer.answered, &answer.lock);
  g_mutex_unlock (&answer.lock);
  g_cond_clear (&answer.answered);
  g_mutex_clear (&answer.lock);
  return answer.result;
}

TwActor *
tw_test_money_register (TwTestMoney *t, int serial)
{
  g_autofree char *public_key = tw_signer_get_public (t->signer);
  g_autoptr (TwActor) guest = tw_actor_new (TW_ROLE_GUEST, "", DEVICE, public_key, "");
  g_autofree char *number = tw_resident_id_make (110105, tw_clock_day_of_date (1980, 1, 1), serial);
  g_autofree char *phone = g_strdup_printf ("139%08d", serial);
  g_autoptr (TwResult) result = NULL;
  JsonObject *body = json_object_new ();

  json_object_set_string_member (body, "name", "测试样例");
  json_object_set_string_member (body, "id_number", number);
  json_object_set_string_member (body, "phone", phone);
  json_object_set_string_member (body, "email", "test@example.com");
  json_object_set_string_member (body, "password", PASSWORD);
  result = tw_test_money_run (t, guest, TW_KIND_ACCOUNT_REGISTER, NULL, NULL, body);
  g_assert_cmpstr (result->code, ==, NULL);
  return tw_actor_new (TW_ROLE_USER, json_object_get_string_member (result->result, "account_id"),
                       DEVICE, public_key, "");
}

void
tw_test_money_decide (TwTestMoney *t, TwActor *person, gboolean approve)
{
  g_autoptr (TwActor) senior =
    tw_actor_new (TW_ROLE_SYSTEM, "colleague:reviewer", "", NULL, "Test");
  JsonObject *body = json_object_new ();

  json_object_set_string_member (body, "account_id", person->account_id);
  json_object_set_boolean_member (body, "approve", approve);
  json_object_set_string_member (body, "reason", approve ? "" : "The name does not fit.");
  tw_assert_done (tw_test_money_run (t, senior, TW_KIND_IDENTITY_DECIDE, NULL, NULL, body));
}

void
tw_test_money_add_person (TwTestMoney *t, int serial)
{
  g_clear_pointer (&t->person, tw_actor_unref);
  t->person = tw_test_money_register (t, serial);
  tw_test_money_decide (t, t->person, TRUE);
}

void
tw_test_money_fault (TwTestMoney *t, const char *name, int count)
{
  g_autofree char *path = in_folder (t, "c/counterpart.sock");
  g_autofree char *text = g_strdup_printf ("{\"next\":\"%s\",\"count\":%d}", name, count);
  g_autoptr (GSocketAddress) address = g_unix_socket_address_new (path);
  g_autoptr (SoupSession) session =
    g_object_new (SOUP_TYPE_SESSION, "remote-connectable", address, NULL);
  g_autoptr (SoupMessage) message = soup_message_new ("POST", "http://counterpart/faults");
  g_autoptr (GBytes) body = g_bytes_new (text, strlen (text));
  g_autoptr (GBytes) answer = NULL;
  g_autoptr (GError) error = NULL;

  soup_message_set_request_body_from_bytes (message, "application/json", body);
  answer = soup_session_send_and_read (session, message, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpint (soup_message_get_status (message), ==, SOUP_STATUS_OK);
}

TwResult *
tw_test_money_top_up (TwTestMoney *t, const char *id, const char *intent, gint64 amount_fen)
{
  JsonObject *body = json_object_new ();

  json_object_set_int_member (body, "amount_fen", amount_fen);
  json_object_set_boolean_member (body, "again", TRUE);
  return tw_test_money_run (t, t->person, TW_KIND_WALLET_TOP_UP, id, intent, body);
}

TwResult *
tw_test_money_transfer (TwTestMoney *t, const char *to, gint64 amount_fen)
{
  JsonObject *body = json_object_new ();

  json_object_set_string_member (body, "to_account", to);
  json_object_set_int_member (body, "amount_fen", amount_fen);
  json_object_set_string_member (body, "memo", "样例");
  return tw_test_money_run (t, t->person, TW_KIND_WALLET_TRANSFER, NULL, NULL, body);
}

gint64
tw_test_money_number (TwDb *db, const char *sql, const char *id)
{
  g_autoptr (GError) error = NULL;
  TwStmt *stmt = tw_db_query (db, &error, sql, "s", id);
  gint64 value = -1;

  g_assert_no_error (error);
  if (tw_stmt_step (stmt, &error) == TW_STEP_ROW)
    value = tw_stmt_int64 (stmt, 0);
  g_assert_no_error (error);
  tw_stmt_reset (stmt);
  return value;
}

void
tw_test_money_wait (TwTestMoney *t, const char *sql, const char *id, gint64 wanted)
{
  gint64 deadline = g_get_monotonic_time () + DEADLINE_US;
  gint64 value;

  while ((value = tw_test_money_number (t->db, sql, id)) != wanted)
    {
      if (g_get_monotonic_time () > deadline)
        g_error ("%s says %" G_GINT64_FORMAT " and not %" G_GINT64_FORMAT, sql, value, wanted);
      g_usleep (POLL_US);
    }
}

void
tw_test_money_wait_payment (TwTestMoney *t, const char *id, int state)
{
  tw_test_money_wait (t, "SELECT state FROM payment WHERE id = $1", id, state);
}

gint64
tw_test_money_balance (TwTestMoney *t)
{
  return tw_test_money_number (t->db, "SELECT balance_fen FROM ledger_account WHERE owner = $1",
                               t->person->account_id);
}

/* Once all orders of the rail are finished, nothing of what they said stands in the table. */
void
tw_test_money_assert_forgotten (TwTestMoney *t, const char *rail)
{
  tw_test_money_wait (t, "SELECT count(*) FROM rail_op WHERE rail = $1 AND next_at IS NOT NULL",
                      rail, 0);
  g_assert_cmpint (
    tw_test_money_number (t->db, "SELECT count(*) FROM rail_op WHERE rail = $1", rail), >, 0);
  g_assert_cmpint (tw_test_money_number (
                     t->db, "SELECT count(*) FROM rail_op WHERE rail = $1 AND request <> ''", rail),
                   ==, 0);
}

double
tw_test_money_metric (TwTestMoney *t, const char *name)
{
  g_autofree char *text = tw_service_get_metrics (t->service);
  g_autofree char *line = g_strdup_printf ("\n%s ", name);
  const char *found = strstr (text, line);

  return found != NULL ? g_ascii_strtod (found + strlen (line), NULL) : -1;
}

void
tw_test_money_assert_sound (TwTestMoney *t)
{
  g_autoptr (GString) report = g_string_new (NULL);
  g_autoptr (GError) error = NULL;
  gboolean sound;

  g_assert_true (tw_ledger_verify (t->db, &sound, report, &error));
  g_assert_no_error (error);
  g_assert_cmpstr (report->str, ==, "");
  g_assert_true (sound);
}

/* Of the orders to send a code, those that are not called off: what was sent of others may have
 * reached the phone or not. */
static GPtrArray *
list_messages (TwTestMoney *t)
{
  g_autoptr (GPtrArray) ids = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GError) error = NULL;
  TwStmt *stmt = tw_db_query (t->db, &error,
                              "SELECT id FROM rail_op WHERE rail = 'sms' AND state <> $1 AND "
                              "subject_id IN (SELECT id FROM challenge)",
                              "i", (gint64) TW_RAIL_REFUSED);

  g_assert_no_error (error);
  while (tw_stmt_step (stmt, &error) == TW_STEP_ROW)
    g_ptr_array_add (ids, g_strdup (tw_stmt_text (stmt, 0)));
  g_assert_no_error (error);
  return g_steal_pointer (&ids);
}

/* The text of the last of them that the practice phone shows; %NULL: not all are there yet. */
static char *
find_message (TwTestMoney *t, const char *phone)
{
  g_autoptr (GPtrArray) ids = list_messages (t);
  gint64 last = 0;
  char *text = NULL;

  for (guint i = 0; i < ids->len; i++)
    {
      g_autoptr (GError) error = NULL;
      TwStmt *stmt =
        tw_db_query (t->books, &error, "SELECT number, phone, text FROM sms_message WHERE id = $1",
                     "s", ids->pdata[i]);
      TwStep step = tw_stmt_step (stmt, &error);

      g_assert_no_error (error);
      if (step != TW_STEP_ROW)
        {
          g_free (text);
          return NULL;
        }
      if (strcmp (tw_stmt_text (stmt, 1), phone) == 0 && tw_stmt_int64 (stmt, 0) > last)
        {
          last = tw_stmt_int64 (stmt, 0);
          g_free (text);
          text = g_strdup (tw_stmt_text (stmt, 2));
        }
      tw_stmt_reset (stmt);
    }
  return text;
}

char *
tw_test_money_message (TwTestMoney *t, const char *phone)
{
  gint64 deadline = g_get_monotonic_time () + DEADLINE_US;
  char *text;

  while ((text = find_message (t, phone)) == NULL)
    {
      g_assert_cmpint (g_get_monotonic_time (), <, deadline);
      g_usleep (POLL_US);
    }
  return text;
}

char *
tw_test_money_code (TwTestMoney *t, const char *phone)
{
  g_autofree char *text = tw_test_money_message (t, phone);
  const char *code = strstr (text, "code: ");

  g_assert_nonnull (code);
  return g_strndup (code + strlen ("code: "), 6);
}

TwResult *
tw_test_money_answer (TwTestMoney *t, const char *challenge_id, const char *code)
{
  JsonObject *body = json_object_new ();

  json_object_set_string_member (body, "challenge_id", challenge_id);
  json_object_set_string_member (body, "code", code);
  return tw_test_money_run (t, t->person, TW_KIND_CHALLENGE_ANSWER, NULL, NULL, body);
}

JsonObject *
tw_test_money_body (const char *name, ...)
{
  JsonObject *body = json_object_new ();
  va_list values;

  va_start (values, name);
  for (; name != NULL; name = va_arg (values, const char *))
    {
      const char *type = va_arg (values, const char *);

      if (*type == 's')
        json_object_set_string_member (body, name, va_arg (values, const char *));
      else if (*type == 'i')
        json_object_set_int_member (body, name, va_arg (values, gint64));
      else
        json_object_set_boolean_member (body, name, va_arg (values, gboolean));
    }
  va_end (values);
  return body;
}

static const char *self_path;

static G_NORETURN void
run_child (char **argv)
{
  TwTestMoney *t = tw_test_money_join (argv[2], argv[3]);
  gboolean with_rails = strcmp (argv[5], "rails") == 0;
  g_autoptr (GBytes) seed = tw_base64_decode (argv[6]);
  g_autofree char *public_key = NULL;
  g_autoptr (JsonNode) body = tw_json_parse (argv[8], -1, NULL);

  tw_signer_unref (t->signer);
  t->signer = tw_signer_new_from_seed (g_bytes_get_data (seed, NULL));
  public_key = tw_signer_get_public (t->signer);
  tw_test_money_start_service (t, with_rails);
  t->person = tw_actor_new (TW_ROLE_USER, argv[4], DEVICE, public_key, "");
  tw_assert_done (
    tw_test_money_run (t, t->person, argv[7], argv[9], argv[9], json_node_dup_object (body)));
  if (with_rails)
    tw_test_money_wait_payment (t, argv[9], TW_PAYMENT_STATE_SENT);
  g_print ("there\n");
  fflush (stdout);
  for (;;)
    pause ();
}

void
tw_test_money_child (int argc, char **argv)
{
  self_path = argv[0];
  if (argc == 10 && strcmp (argv[1], "--child") == 0)
    run_child (argv);
}

void
tw_test_money_kill (
  TwTestMoney *t, gboolean with_rails, const char *kind, const char *id, JsonObject *body)
{
  g_autofree char *seed = tw_base64_encode (tw_signer_peek_seed (t->signer), TW_SIGN_SEED_BYTES);
  g_autofree char *text = tw_json_canonical_object (body);
  g_autoptr (GDataInputStream) lines = NULL;
  g_autoptr (GSubprocess) child = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *line = NULL;

  json_object_unref (body);
  tw_test_money_stop_service (t);
  child = g_subprocess_new (G_SUBPROCESS_FLAGS_STDOUT_PIPE, &error, self_path, "--child", t->folder,
                            t->url, t->person->account_id, with_rails ? "rails" : "none", seed,
                            kind, text, id, NULL);
  g_assert_no_error (error);
  lines = g_data_input_stream_new (g_subprocess_get_stdout_pipe (child));
  line = g_data_input_stream_read_line (lines, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (line, ==, "there");
  g_subprocess_send_signal (child, SIGKILL);
  g_subprocess_wait (child, NULL, NULL);
}

void
tw_test_money_assert_reconciles (TwTestMoney *t)
{
  g_autofree char *socket = in_folder (t, "c/counterpart.sock");
  const TwRailsSetup setup = { .socket_path = socket, .timeout_ms = 10000 };
  g_auto (GStrv) parties = tw_reconcile_list_parties ();

  g_assert_nonnull (parties[0]);
  tw_test_money_fault (t, "none", 0);
  for (guint i = 0; parties[i] != NULL; i++)
    {
      g_autoptr (GError) error = NULL;
      TwReconcileSum sum;

      g_assert_true (
        tw_reconcile_fetch (t->service, &setup, parties[i], tw_clock_today (), &sum, &error));
      g_assert_no_error (error);
      if (sum.open > 0)
        g_error ("%s: %u differences: here %" G_GINT64_FORMAT ", there %" G_GINT64_FORMAT,
                 parties[i], sum.open, sum.here_fen, sum.there_fen);
      g_assert_cmpint (sum.here_fen, ==, sum.there_fen);
    }
}
