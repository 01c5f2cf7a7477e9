// SPDX-License-Identifier: GPL-3.0-or-later
#include "tw-bench.h"

#include <gio/gunixsocketaddress.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/tw-clock.h"
#include "base/tw-error.h"
#include "base/tw-identifiers.h"
#include "base/tw-uuid.h"
#include "model/tw-account.h"
#include "model/tw-wallet.h"
#include "protocol/tw-json.h"
#include "protocol/tw-kinds.h"
#include "protocol/tw-routes.h"
#include "server/feed/tw-feed-batch.h"
#include "server/identity/tw-account-row.h"
#include "server/ledger/tw-ledger.h"
#include "server/ops/tw-schema.h"

#define DEADLINE_US (60 * G_USEC_PER_SEC)
#define POLL_US 5000
#define PEOPLE_A_COMMIT 5000

static guint n_missed;

static void
remove_all (const char *path)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *child = g_build_filename (path, name, NULL);

      remove_all (child);
    }
  g_remove (path);
}

static void
person_free (gpointer data)
{
  TwBenchPerson *person = data;

  g_free (person->id);
  g_free (person->phone);
  g_free (person->device_id);
  g_free (person->token);
  g_clear_pointer (&person->signer, tw_signer_unref);
  g_free (person);
}

char *
tw_bench_file (TwBench *bench, const char *name)
{
  return g_build_filename (bench->folder, name, NULL);
}

TwBench *
tw_bench_new (void)
{
  TwBench *bench = g_new0 (TwBench, 1);
  g_autoptr (GError) error = NULL;
  g_autofree char *keys = NULL;

  if (!tw_vault_init (&error))
    g_error ("%s", error->message);
  bench->folder = g_dir_make_tmp ("tw-bench-XXXXXX", &error);
  g_assert_no_error (error);
  bench->sockets = tw_bench_file (bench, "s");
  bench->path = tw_bench_file (bench, "service.db");
  bench->url = g_strconcat ("sqlite:", bench->path, NULL);
  keys = tw_bench_file (bench, "keys");
  bench->keys = tw_keys_open (keys, TRUE, &error);
  g_assert_no_error (error);
  bench->people = g_ptr_array_new_with_free_func (person_free);
  return bench;
}

void
tw_bench_free (TwBench *bench)
{
  tw_bench_stop (bench);
  remove_all (bench->folder);
  g_ptr_array_unref (bench->people);
  tw_keys_unref (bench->keys);
  g_free (bench->folder);
  g_free (bench->sockets);
  g_free (bench->path);
  g_free (bench->url);
  g_free (bench);
}

/* The service's database, with its tables. */
TwDb *
tw_bench_open (TwBench *bench)
{
  g_autoptr (GError) error = NULL;
  const TwMigration *steps;
  TwDb *db;
  gsize n;

  db = tw_db_open (bench->url, tw_key_peek (tw_keys_get (bench->keys, TW_KEY_SQLITE)), &error);
  g_assert_no_error (error);
  steps = tw_schema_get_steps (&n);
  tw_db_migrate (db, steps, n, &error);
  g_assert_no_error (error);
  return db;
}

/* What goes with every person: the row, a wallet with money from the bank, and what they see of it.
 */
static void
add_person (TwBench *bench,
            TwDb *db,
            TwFeedBatch *feed,
            TwBenchPerson *person,
            guint n,
            const char *password,
            GError **error)
{
  g_autofree char *reference = g_strdup_printf ("TW-BENCH-%07u", n);
  g_autofree char *number = tw_resident_id_make (
    110105, tw_clock_day_of_date (1960, 1, 1) + (int) n / 1000, (int) n % 1000);
  g_autofree char *wallet_id = tw_ledger_wallet_id (person->id);
  g_autofree char *clearing = tw_ledger_clearing_id (TW_RAIL_BANK, person->id);
  g_autofree char *scope = g_strconcat ("account:", person->id, NULL);
  g_autofree char *transfer_id = tw_uuid_new ();
  TwLeg legs[2] = { { .account_id = clearing, .amount_fen = -TW_BENCH_BALANCE_FEN },
                    { .account_id = wallet_id, .amount_fen = TW_BENCH_BALANCE_FEN } };
  TwTransfer transfer = { transfer_id, TW_KIND_WALLET_TOP_UP, legs, 2 };
  const gint64 floor_fen = 0;
  gint64 now_ms = tw_clock_now_ms ();
  TwAccountRow row = { .id = person->id,
                       .role = TW_ROLE_USER,
                       .reference = reference,
                       .name = (char *) "测试样例",
                       .id_number = number,
                       .phone = person->phone,
                       .email = (char *) "sample@example.com",
                       .password = (char *) password,
                       .identity = TW_IDENTITY_STATE_APPROVED,
                       .created_at_ms = now_ms };
  g_autoptr (TwObject) account = g_object_new (
    TW_TYPE_ACCOUNT, "id", person->id, "name", row.name, "id-number", "1101**********0000", "phone",
    "139****0000", "email", row.email, "identity", TW_IDENTITY_STATE_APPROVED, "reference",
    reference, "created-at-ms", now_ms, NULL);
  g_autoptr (TwObject) wallet =
    g_object_new (TW_TYPE_WALLET, "id", person->id, "balance-fen", TW_BENCH_BALANCE_FEN, NULL);

  if (!tw_account_row_insert (db, tw_keys_get (bench->keys, TW_KEY_COLUMN),
                              tw_keys_get (bench->keys, TW_KEY_LOOKUP), &row, person->phone,
                              error) ||
      !tw_ledger_open_account (db, wallet_id, person->id, &floor_fen, error) ||
      !tw_ledger_transfer (db, now_ms, &transfer, error))
    return;
  tw_feed_batch_publish (feed, scope, account);
  tw_feed_batch_publish (feed, scope, wallet);
}

static void
add_session (TwDb *db, TwBenchPerson *person, GError **error)
{
  g_autofree char *public_key = NULL, *hash = NULL;
  gint64 now_ms = tw_clock_now_ms ();

  person->signer = tw_signer_new ();
  person->device_id = tw_uuid_new ();
  person->token = tw_token_new ();
  public_key = tw_signer_get_public (person->signer);
  hash = tw_session_hash (person->token);
  if (tw_device_put (db, person->id, person->device_id, public_key, now_ms, error))
    tw_db_run (
      db, error,
      "INSERT INTO session (token_hash, account_id, device_id, role, created_at, expires_at)"
      " VALUES ($1, $2, $3, 'user', $4, $5)",
      "sssii", hash, person->id, person->device_id, now_ms, now_ms + TW_SESSION_LIFE_MS);
}

/**
 * tw_bench_add_people:
 * @bench: a bench whose service does not run
 * @n: how many
 * @n_acting: how many of them have a device and a session
 */
void
tw_bench_add_people (TwBench *bench, guint n, guint n_acting)
{
  g_autoptr (TwDb) db = tw_bench_open (bench);
  g_autofree char *password = tw_password_hash (TW_BENCH_PASSWORD);
  TwFeedBatch *feed = tw_feed_batch_new (tw_keys_get (bench->keys, TW_KEY_COLUMN));
  g_autoptr (GPtrArray) scopes = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < n && error == NULL; i++)
    {
      TwBenchPerson *person = g_new0 (TwBenchPerson, 1);
      guint serial = bench->people->len;

      g_ptr_array_add (bench->people, person);
      person->id = tw_uuid_new ();
      person->phone = g_strdup_printf ("139%08u", serial);
      if (i % PEOPLE_A_COMMIT == 0)
        tw_db_begin (db, &error);
      add_person (bench, db, feed, person, serial, password, &error);
      if (error == NULL && i < n_acting)
        add_session (db, person, &error);
      if (error != NULL || (i % PEOPLE_A_COMMIT < PEOPLE_A_COMMIT - 1 && i < n - 1))
        continue;
      if (tw_feed_batch_write (feed, db, scopes, &error))
        tw_db_commit (db, &error);
      tw_feed_batch_clear (feed);
      g_ptr_array_set_size (scopes, 0);
    }
  g_assert_no_error (error);
  tw_feed_batch_free (feed);
}

static gboolean
answers (const char *path)
{
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  g_autoptr (GSocketAddress) address = g_unix_socket_address_new (path);
  g_autoptr (GSocketConnection) connection =
    g_socket_client_connect (client, G_SOCKET_CONNECTABLE (address), NULL, NULL);

  return connection != NULL;
}

void
tw_bench_wait_for_socket (const char *path)
{
  gint64 deadline = g_get_monotonic_time () + DEADLINE_US;

  while (!answers (path))
    {
      if (g_get_monotonic_time () > deadline)
        g_error ("Nobody answers at %s", path);
      g_usleep (POLL_US);
    }
}

static GSubprocess *
start_process (TwBench *bench, const char *const *argv, const char *log_name)
{
  g_autoptr (GSubprocessLauncher) launcher = g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_NONE);
  g_autofree char *log = tw_bench_file (bench, log_name);
  g_autoptr (GError) error = NULL;
  GSubprocess *process;

  g_subprocess_launcher_set_stdout_file_path (launcher, log);
  g_subprocess_launcher_set_flags (launcher, G_SUBPROCESS_FLAGS_STDERR_MERGE);
  process = g_subprocess_launcher_spawnv (launcher, argv, &error);
  g_assert_no_error (error);
  return process;
}

/**
 * tw_bench_start_counterpart:
 * @bench: a bench
 *
 * Starts the bench's own practice bank and tax office.
 *
 * Returns: (transfer full): its socket
 */
char *
tw_bench_start_counterpart (TwBench *bench)
{
  g_autofree char *program =
    g_build_filename (g_getenv ("TW_BUILDDIR"), "src/counterpart/tax-wallet-counterpart", NULL);
  g_autofree char *keys = tw_bench_file (bench, "counterpart-keys");
  g_autofree char *books = tw_bench_file (bench, "books.db");
  g_autofree char *database = g_strconcat ("sqlite:", books, NULL);
  char *socket = g_build_filename (bench->sockets, "counterpart.sock", NULL);
  const char *argv[] = { program, "--socket-dir", bench->sockets, "--keys",
                         keys,    "--database",   database,       NULL };

  bench->counterpart = start_process (bench, argv, "counterpart.log");
  tw_bench_wait_for_socket (socket);
  return socket;
}

/**
 * tw_bench_serve:
 * @bench: a bench
 * @sockets: the folder of the service's sockets
 * @counterpart: (nullable): the socket of the practice bank and tax office
 *
 * Returns: (transfer full): a service that answers
 */
GSubprocess *
tw_bench_serve (TwBench *bench, const char *sockets, const char *counterpart)
{
  g_autofree char *program =
    g_build_filename (g_getenv ("TW_BUILDDIR"), "src/server/tax-wallet-server", NULL);
  g_autofree char *keys = tw_bench_file (bench, "keys");
  g_autofree char *blobs = tw_bench_file (bench, "blobs");
  g_autofree char *api = g_build_filename (sockets, TW_SOCKET_API, NULL);
  const char *argv[] = { program,
                         "serve",
                         "--keys",
                         keys,
                         "--database",
                         bench->url,
                         "--socket-dir",
                         sockets,
                         "--blobs",
                         blobs,
                         counterpart != NULL ? "--counterpart" : NULL,
                         counterpart,
                         NULL };
  GSubprocess *service = start_process (bench, argv, "service.log");

  tw_bench_wait_for_socket (api);
  return service;
}

/**
 * tw_bench_start:
 * @bench: a bench
 * @counterpart: (nullable): as in tw_bench_serve()
 *
 * Starts the bench's own service.
 */
void
tw_bench_start (TwBench *bench, const char *counterpart)
{
  bench->service = tw_bench_serve (bench, bench->sockets, counterpart);
}

static void
end_process (GSubprocess **process)
{
  g_autoptr (GError) error = NULL;

  if (*process == NULL)
    return;
  g_subprocess_send_signal (*process, SIGTERM);
  g_subprocess_wait (*process, NULL, &error);
  g_assert_no_error (error);
  g_clear_object (process);
}

void
tw_bench_stop (TwBench *bench)
{
  end_process (&bench->service);
  end_process (&bench->counterpart);
}

/* What was measured must have been done: everything follows from its entries. */
void
tw_bench_verify (TwBench *bench)
{
  g_autofree char *program =
    g_build_filename (g_getenv ("TW_BUILDDIR"), "src/server/tax-wallet-server", NULL);
  g_autofree char *keys = tw_bench_file (bench, "keys");
  g_autoptr (GError) error = NULL;
  g_autoptr (GSubprocess) process =
    g_subprocess_new (G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_MERGE, &error,
                      program, "verify", "--keys", keys, "--database", bench->url, NULL);
  g_autofree char *words = NULL;

  g_assert_no_error (error);
  g_subprocess_communicate_utf8 (process, NULL, NULL, &words, NULL, &error);
  g_assert_no_error (error);
  if (!g_subprocess_get_if_exited (process) || g_subprocess_get_exit_status (process) != 0)
    g_error ("verify: %s", words);
  g_print ("verify: %s", words);
}

/* The CPU that a process has used so far, with what its threads that are gone have used. */
guint64
tw_bench_cpu_us (GSubprocess *process)
{
  pid_t pid = (pid_t) g_ascii_strtoll (g_subprocess_get_identifier (process), NULL, 10);
  struct timespec spent;
  clockid_t id;

  if (clock_getcpuclockid (pid, &id) != 0 || clock_gettime (id, &spent) != 0)
    g_error ("The service is gone");
  return (guint64) spent.tv_sec * G_USEC_PER_SEC + (guint64) spent.tv_nsec / 1000;
}

guint64
tw_bench_service_cpu_us (TwBench *bench)
{
  return tw_bench_cpu_us (bench->service);
}

/* What a service says of itself, at its socket. */
guint64
tw_bench_metric_of (const char *api, const char *name)
{
  static const char request[] = "GET /metrics HTTP/1.1\r\nHost: service\r\n\r\n";
  g_autoptr (GBytes) bytes = g_bytes_new_static (request, strlen (request));
  g_autofree char *text = tw_bench_fetch (api, bytes);
  g_autofree char *line = g_strconcat ("\n", name, " ", NULL);
  const char *found = strstr (text, line);

  if (found == NULL)
    g_error ("The service does not count %s", name);
  return g_ascii_strtoull (found + strlen (line), NULL, 10);
}

guint64
tw_bench_metric (TwBench *bench, const char *name)
{
  g_autofree char *api = g_build_filename (bench->sockets, TW_SOCKET_API, NULL);

  return tw_bench_metric_of (api, name);
}

/* A number from the environment. */
guint
tw_bench_get_number (const char *variable, guint otherwise)
{
  const char *text = g_getenv (variable);

  return text != NULL ? (guint) g_ascii_strtoull (text, NULL, 10) : otherwise;
}

TwBenchPerson *
tw_bench_person (TwBench *bench, guint n)
{
  return g_ptr_array_index (bench->people, n);
}

/**
 * tw_bench_sign:
 * @person: who acts
 * @kind: a kind of command
 * @body: (transfer full): what it asks for
 *
 * Returns: (transfer full): a command as their device would send it
 */
TwCommand *
tw_bench_sign (TwBenchPerson *person, const char *kind, JsonObject *body)
{
  g_autofree char *id = tw_uuid_new (), *intent = tw_uuid_new (), *text = NULL;
  TwCommand *command = tw_command_new (id, intent, kind, tw_clock_now_ms (), body);

  json_object_unref (body);
  text = tw_command_get_signing_text (command, person->id, person->device_id);
  command->signature = tw_signer_sign (person->signer, text, strlen (text));
  return command;
}

/**
 * tw_bench_pay:
 * @bench: a bench
 * @sender: who pays
 *
 * Returns: (transfer full): a small payment to somebody else. Nobody pays the same person twice, as
 *   who does so soon after is asked whether they mean it, until there are more payments than
 *   people.
 */
TwCommand *
tw_bench_pay (TwBench *bench, TwBenchPerson *sender)
{
  /* No step of the way from one to the next is the same page of an index. */
  const guint stride = 7919;
  JsonObject *body = json_object_new ();
  TwBenchPerson *to;

  do
    to = tw_bench_person (bench,
                          (guint) ((guint64) bench->next_payee++ * stride % bench->people->len));
  while (to == sender);
  json_object_set_string_member (body, "to_account", to->id);
  json_object_set_int_member (body, "amount_fen", 1 + bench->next_payee % 97);
  json_object_set_string_member (body, "memo", "样例转账");
  return tw_bench_sign (sender, TW_KIND_WALLET_TRANSFER, body);
}

GBytes *
tw_bench_request (TwBenchPerson *person, GPtrArray *commands)
{
  g_autoptr (JsonObject) root = json_object_new ();
  JsonArray *array = json_array_new ();
  g_autofree char *body = NULL;
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < commands->len; i++)
    json_array_add_object_element (array, tw_command_encode (g_ptr_array_index (commands, i)));
  json_object_set_array_member (root, "commands", array);
  body = tw_json_canonical_object (root);
  g_string_printf (text,
                   "POST %s HTTP/1.1\r\nHost: service\r\nAuthorization: Bearer %s\r\n"
                   "Content-Type: application/json\r\nContent-Length: %zu\r\n\r\n%s",
                   TW_ROUTE_COMMANDS, person->token, strlen (body), body);
  return g_string_free_to_bytes (text);
}

GBytes *
tw_bench_get (TwBenchPerson *person, const char *path)
{
  GString *text = g_string_new (NULL);

  g_string_printf (text, "GET %s HTTP/1.1\r\nHost: service\r\nAuthorization: Bearer %s\r\n\r\n",
                   path, person->token);
  return g_string_free_to_bytes (text);
}

void
tw_bench_check (const char *what, double value, gboolean at_most, double limit)
{
  gboolean ok = at_most ? value <= limit : value >= limit;

  g_print ("%-6s %s: %.2f (at %s %.2f)\n", ok ? "OK" : "MISSED", what, value,
           at_most ? "most" : "least", limit);
  n_missed += !ok;
}

/**
 * tw_bench_finish:
 *
 * Returns: what the program exits with: %EXIT_FAILURE when a limit was missed
 */
int
tw_bench_finish (void)
{
  return n_missed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
