// SPDX-License-Identifier: GPL-3.0-or-later
#include "tw-test-core.h"

#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#include "base/tw-clock.h"
#include "base/tw-error.h"
#include "base/tw-uuid.h"
#include "model/tw-message.h"
#include "protocol/tw-json.h"

static const TwMigration steps[] = {
  { 1, tw_command_schema },
  { 2, tw_feed_schema },
  { 3, "CREATE TABLE note (id TEXT PRIMARY KEY, account TEXT NOT NULL)" },
};

/* On PostgreSQL each one is a database of its own in the cluster of the run. */
char *
tw_test_core_new_url (const char *folder)
{
  static int n;
  const char *cluster = g_getenv ("TW_TEST_POSTGRES");
  g_autoptr (GError) error = NULL;
  g_autoptr (TwDb) db = NULL;
  g_autofree char *name = NULL, *sql = NULL;

  if (cluster == NULL)
    return g_strdup_printf ("sqlite:%s/service.db", folder);
  name = g_strdup_printf ("core_%d_%d", (int) getpid (), ++n);
  sql = g_strdup_printf ("CREATE DATABASE %s", name);
  db = tw_db_open (cluster, NULL, &error);
  g_assert_no_error (error);
  tw_db_exec (db, sql, &error);
  g_assert_no_error (error);
  return g_strdup_printf ("%s dbname=%s", cluster, name);
}

TwService *
tw_test_core_open (const char *url, TwKeys *keys)
{
  g_autoptr (GError) error = NULL;
  TwService *service;

  tw_test_core_add_handlers ();
  service = tw_service_new (url, keys, steps, G_N_ELEMENTS (steps), &error);
  g_assert_no_error (error);
  return service;
}

void
tw_test_core_set_up (TwTestCore *core, gconstpointer unused)
{
  g_autoptr (TwKey) master = tw_key_new_random ();
  g_autoptr (GError) error = NULL;

  core->folder = g_dir_make_tmp ("tw-core-XXXXXX", &error);
  g_assert_no_error (error);
  core->url = tw_test_core_new_url (core->folder);
  core->keys = tw_keys_new_from_master (master);
  core->signer = tw_signer_new ();
  core->public_key = tw_signer_get_public (core->signer);
  core->service = tw_test_core_open (core->url, core->keys);
}

void
tw_test_core_tear_down (TwTestCore *core, gconstpointer unused)
{
  g_autoptr (GDir) dir = NULL;
  const char *name;

  tw_service_free (core->service);
  tw_keys_unref (core->keys);
  tw_signer_unref (core->signer);
  g_free (core->public_key);
  g_free (core->url);
  dir = g_dir_open (core->folder, 0, NULL);
  while ((name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (core->folder, name, NULL);

      g_assert_cmpint (g_unlink (path), ==, 0);
    }
  g_assert_cmpint (g_rmdir (core->folder), ==, 0);
  g_free (core->folder);
}

void
tw_test_core_restart (TwTestCore *core)
{
  tw_service_free (core->service);
  core->service = tw_test_core_open (core->url, core->keys);
}

static gboolean
write_note (TwTx *tx, TwJob *job, const char *note, GError **error)
{
  const char *account = tw_job_actor (job)->account_id;
  g_autofree char *scope = g_strconcat ("account:", account, NULL);
  g_autoptr (TwMessage) message = NULL;

  if (!tw_db_run (tw_tx_db (tx), error, "INSERT INTO note (id, account) VALUES ($1, $2)", "ss",
                  note, account))
    return FALSE;
  message = g_object_new (TW_TYPE_MESSAGE, "id", note, "text", "noted", NULL);
  tw_tx_publish (tx, scope, TW_OBJECT (message));
  return tw_tx_audit (tx, job, "note", note, error);
}

static gboolean
count_notes (TwTx *tx, TwJob *job, GError **error)
{
  TwStmt *stmt = tw_db_query (tw_tx_db (tx), error, "SELECT count(*) FROM note", "");
  gint64 n;

  if (stmt == NULL || tw_stmt_step (stmt, error) != TW_STEP_ROW)
    return FALSE;
  n = tw_stmt_int64 (stmt, 0);
  tw_stmt_reset (stmt);
  return tw_job_done (job, "notes", "i", n, NULL);
}

static gboolean
handle (TwTx *tx, TwJob *job, GError **error)
{
  JsonObject *body = tw_job_body (job);
  const char *what = tw_json_get_string (body, "do", NULL);
  const char *note = json_object_get_string_member_with_default (body, "note", "");
  const char *prepared = tw_job_prepared (job);

  g_assert_nonnull (what);
  if (strcmp (what, "refuse") == 0)
    return tw_job_refuse (job, "no_balance", "balance_fen", "i", G_GINT64_CONSTANT (12), NULL);
  if (strcmp (what, "nothing") == 0)
    return TRUE;
  if (strcmp (what, "count") == 0)
    return count_notes (tx, job, error);
  if (strcmp (what, "settle") == 0)
    return tw_tx_settle_intent (tx, json_object_get_string_member (body, "account"),
                                json_object_get_string_member (body, "intent"),
                                json_object_get_int_member (body, "succeeded") != 0, error) &&
           tw_job_done (job, NULL);
  if (!write_note (tx, job, note, error))
    return FALSE;
  if (strcmp (what, "fail") == 0)
    {
      g_set_error_literal (error, TW_ERROR, TW_ERROR_INTERNAL, "as the body says");
      return FALSE;
    }
  if (strcmp (tw_job_command (job)->kind, TW_KIND_TAX_PAY) == 0)
    tw_job_keep_intent_live (job);
  return tw_job_done (job, "note", "s", note, "prepared", "s", prepared != NULL ? prepared : "",
                      NULL);
}

static void
prepare (TwJob *job)
{
  if (strcmp (tw_json_get_string (tw_job_body (job), "do", NULL), "weak") == 0)
    tw_job_refuse (job, "weak_password", NULL);
  else
    tw_job_set_prepared (job, g_strdup ("slowly"), g_free);
}

static gboolean
lock (TwTx *tx, TwJob *job, TwLocks *locks, GError **error)
{
  tw_locks_add (locks, "note",
                json_object_get_string_member_with_default (tw_job_body (job), "note", ""));
  return TRUE;
}

void
tw_test_core_add_handlers (void)
{
  tw_handlers_add (TW_KIND_TICKET_ASK, handle, NULL, lock);
  tw_handlers_add (TW_KIND_WALLET_TOP_UP, handle, NULL, NULL);
  tw_handlers_add (TW_KIND_TAX_PAY, handle, NULL, NULL);
  tw_handlers_add (TW_KIND_ACCOUNT_REGISTER, handle, prepare, NULL);
  tw_handlers_add (TW_KIND_RAIL_SETTLE, handle, NULL, NULL);
  tw_handlers_add (TW_KIND_TICKET_REPLY, handle, NULL, NULL);
}

TwActor *
tw_test_actor (TwTestCore *core, TwRole role, const char *account_id)
{
  return tw_actor_new (role, account_id, "device", core->public_key, "Somebody");
}

TwCommand *
tw_test_command_full (
  const char *id, const char *intent, const char *kind, gint64 at_ms, const char *body)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonNode) node = tw_json_parse (body, -1, &error);

  g_assert_no_error (error);
  return tw_command_new (id, intent, kind, at_ms, json_node_get_object (node));
}

TwCommand *
tw_test_command (const char *kind, const char *what, const char *note)
{
  g_autofree char *id = tw_uuid_new (), *intent = tw_uuid_new ();
  g_autofree char *body = g_strdup_printf ("{\"do\":\"%s\",\"note\":\"%s\"}", what, note);

  return tw_test_command_full (id, intent, kind, tw_clock_now_ms (), body);
}

void
tw_test_sign (TwTestCore *core, TwCommand *command, TwActor *actor)
{
  g_autofree char *text =
    tw_command_get_signing_text (command, actor->account_id, actor->device_id);

  g_free (command->signature);
  command->signature = tw_signer_sign (core->signer, text, strlen (text));
}

/* Signed, and with @command taken over. */
TwJob *
tw_test_job (TwTestCore *core, TwRole role, const char *account_id, TwCommand *command)
{
  TwActor *actor = tw_test_actor (core, role, account_id);

  tw_test_sign (core, command, actor);
  return tw_job_new (actor, command);
}

GPtrArray *
tw_test_jobs_new (void)
{
  return g_ptr_array_new_with_free_func ((GDestroyNotify) tw_job_unref);
}

static gboolean
on_deadline (gpointer data)
{
  g_error ("It did not happen in time");
  return G_SOURCE_REMOVE;
}

void
tw_test_wait (gboolean *done)
{
  guint deadline = g_timeout_add (TW_TEST_DEADLINE_MS, on_deadline, NULL);

  while (!*done)
    g_main_context_iteration (NULL, TRUE);
  g_source_remove (deadline);
}

static void
on_submitted (GPtrArray *jobs, gpointer data)
{
  *(gboolean *) data = TRUE;
}

void
tw_test_run (TwTestCore *core, GPtrArray *jobs)
{
  g_autoptr (GError) error = NULL;
  gboolean done = FALSE;

  tw_writer_submit (tw_service_get_writer (core->service), jobs, g_main_context_default (),
                    on_submitted, &done, &error);
  g_assert_no_error (error);
  tw_test_wait (&done);
}

/* Takes @job over and gives it back, with its result. */
TwJob *
tw_test_run_one (TwTestCore *core, TwJob *job)
{
  g_autoptr (GPtrArray) jobs = tw_test_jobs_new ();

  g_ptr_array_add (jobs, tw_job_ref (job));
  tw_test_run (core, jobs);
  return job;
}

typedef struct
{
  TwWriteFunc func;
  gpointer data;
  gboolean done;
} Call;

static gboolean
run_call (TwTx *tx, gpointer data, GError **error)
{
  Call *call = data;

  return call->func (tx, call->data, error);
}

static void
on_wrote (const GError *error, gpointer data)
{
  g_assert_no_error (error);
  ((Call *) data)->done = TRUE;
}

void
tw_test_call (TwTestCore *core, TwWriteFunc func, gpointer data)
{
  g_autoptr (GError) error = NULL;
  Call call = { func, data, FALSE };

  tw_writer_submit_call (tw_service_get_writer (core->service), run_call, g_main_context_default (),
                         on_wrote, &call, &error);
  g_assert_no_error (error);
  tw_test_wait (&call.done);
}

gint64
tw_test_number (TwTestCore *core, const char *sql)
{
  g_autoptr (GError) error = NULL;
  TwReaders *readers = tw_service_get_readers (core->service);
  TwDb *db = tw_readers_borrow (readers, &error);
  TwStmt *stmt;
  gint64 number;

  g_assert_no_error (error);
  stmt = tw_db_query (db, &error, sql, "");
  g_assert_no_error (error);
  g_assert_cmpint (tw_stmt_step (stmt, &error), ==, TW_STEP_ROW);
  number = tw_stmt_int64 (stmt, 0);
  tw_stmt_reset (stmt);
  tw_readers_return (readers, db);
  return number;
}

/* Behind the writer's back, through a connection of its own. */
void
tw_test_exec (TwTestCore *core, const char *sql)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TwDb) db =
    tw_db_open (core->url, tw_key_peek (tw_keys_get (core->keys, TW_KEY_SQLITE)), &error);

  g_assert_no_error (error);
  tw_db_exec (db, sql, &error);
  g_assert_no_error (error);
}
