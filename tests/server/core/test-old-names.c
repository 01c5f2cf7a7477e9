// SPDX-License-Identifier: GPL-3.0-or-later
/* A database of the version that kept agents' names and password hashes in plain. */
#include <string.h>

#include "base/tw-error.h"
#include "base/tw-uuid.h"
#include "model/tw-ticket.h"
#include "server/command/tw-column.h"
#include "server/desk/tw-desk.h"
#include "server/identity/tw-identity.h"
#include "server/ops/tw-schema.h"
#include "tw-test-core.h"

#define OLD_STEPS 7
#define PASSWORD "quiet-otter-lamp-seven"
#define N_TICKETS 1203 /* more than are moved in one transaction */

static TwDb *
open_db (TwTestCore *core)
{
  g_autoptr (GError) error = NULL;
  TwDb *db = tw_db_open (core->url, tw_key_peek (tw_keys_get (core->keys, TW_KEY_SQLITE)), &error);

  g_assert_no_error (error);
  return db;
}

static void
set_up (TwTestCore *core, gconstpointer unused)
{
  g_autoptr (TwKey) master = tw_key_new_random ();

  core->folder = g_dir_make_tmp ("tw-names-XXXXXX", NULL);
  core->url = tw_test_core_new_url (core->folder);
  core->keys = tw_keys_new_from_master (master);
  core->signer = tw_signer_new ();
}

static void
run (TwDb *db, const char *sql)
{
  g_autoptr (GError) error = NULL;

  tw_db_exec (db, sql, &error);
  g_assert_no_error (error);
}

static void
add_account (TwTestCore *core, TwDb *db, const char *id)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *password = tw_password_hash (PASSWORD);
  g_autofree char *text = g_strconcat ("login\n", "mei", NULL);
  g_autofree char *login = tw_keyed_hash (tw_keys_get (core->keys, TW_KEY_LOOKUP), text);
  g_autoptr (GBytes) name =
    tw_column_seal (tw_keys_get (core->keys, TW_KEY_COLUMN), "account", id, "name", "Agent Mei");

  tw_db_run (db, &error,
             "INSERT INTO account (id, role, login_hash, reference, name, password, identity,"
             " decided_by, created_at) VALUES ($1, 'agent', $2, 'TW-1', $3, $4, 1, 'Agent Bo', 1)",
             "ssbs", id, login, name, password);
  g_assert_no_error (error);
}

static void
add_ticket (TwTestCore *core, TwDb *db)
{
  static const char *const columns[] = { "customer_name", "subject", "about_text", "last_text" };
  g_autoptr (GError) error = NULL;
  g_autofree char *id = tw_uuid_new ();
  GBytes *sealed[G_N_ELEMENTS (columns)];

  for (gsize i = 0; i < G_N_ELEMENTS (columns); i++)
    sealed[i] = tw_column_seal (tw_keys_get (core->keys, TW_KEY_COLUMN), "ticket", id, columns[i],
                                columns[i]);
  tw_db_run (db, &error,
             "INSERT INTO ticket (id, customer_id, customer_name, subject, state, about_type,"
             " about_id, about_text, assignee_id, assignee_name, reference, created_at, last_at,"
             " last_by, last_text, messages) VALUES ($1, 'c', $2, $3, $4, '', '', $5, 'a',"
             " 'Agent Bo', 'r', 1, 1, $6, $7, 1)",
             "sbbibib", id, sealed[0], sealed[1], (gint64) TW_TICKET_STATE_FRESH, sealed[2],
             (gint64) TW_AUTHOR_CUSTOMER, sealed[3]);
  g_assert_no_error (error);
  for (gsize i = 0; i < G_N_ELEMENTS (columns); i++)
    g_bytes_unref (sealed[i]);
}

static void
make_old (TwTestCore *core, TwDb *db)
{
  g_autofree char *id = tw_uuid_new ();
  g_autoptr (GError) error = NULL;
  gsize n;
  const TwMigration *steps = tw_schema_get_steps (&n);

  g_assert_cmpuint (n, >, OLD_STEPS);
  tw_db_migrate (db, steps, OLD_STEPS, &error);
  g_assert_no_error (error);
  add_account (core, db, id);
  run (db, "BEGIN");
  for (int i = 0; i < N_TICKETS; i++)
    add_ticket (core, db);
  run (db, "COMMIT");
  run (db, "INSERT INTO command (account, id, intent, kind, body_hash, at, done_at, state, code,"
           " result) VALUES ('a', 'i', 'i', 'ticket.take', '', 1, 1, 1, 'ticket_taken',"
           " '{\"name\":\"Agent Bo\"}')");
}

static gint64
count (TwDb *db, const char *sql)
{
  g_autoptr (GError) error = NULL;
  TwStmt *stmt = tw_db_query (db, &error, sql, "");
  gint64 number;

  g_assert_no_error (error);
  g_assert_cmpint (tw_stmt_step (stmt, &error), ==, TW_STEP_ROW);
  number = tw_stmt_int64 (stmt, 0);
  tw_stmt_reset (stmt);
  return number;
}

static void
assert_reads (TwTestCore *core, TwDb *db)
{
  TwKey *column = tw_keys_get (core->keys, TW_KEY_COLUMN);
  TwKey *lookup = tw_keys_get (core->keys, TW_KEY_LOOKUP);
  g_autofree char *device = tw_uuid_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) tickets = tw_desk_list_fresh (db, column, 2000, &error);
  g_autoptr (TwSignIn) sign_in =
    tw_sign_in_check (db, column, lookup, "mei", PASSWORD, device, "", &error);

  g_assert_no_error (error);
  g_assert_cmpstr (sign_in->name, ==, "Agent Mei");
  g_assert_cmpuint (tickets->len, ==, N_TICKETS);
  for (guint i = 0; i < tickets->len; i++)
    g_assert_cmpstr (tw_ticket_get_assignee_name (g_ptr_array_index (tickets, i)), ==, "Agent Bo");
}

static void
test_moved (TwTestCore *core, gconstpointer unused)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TwDb) db = open_db (core);
  gsize n;
  const TwMigration *steps = tw_schema_get_steps (&n);

  make_old (core, db);
  tw_db_migrate (db, steps, n, &error);
  g_assert_no_error (error);
  assert_reads (core, db);
  for (int i = 0; i < 2; i++)
    {
      g_assert_true (tw_schema_seal (db, tw_keys_get (core->keys, TW_KEY_COLUMN), &error));
      g_assert_no_error (error);
      assert_reads (core, db);
    }
  g_assert_cmpint (count (db, "SELECT count(*) FROM ticket WHERE assignee_name <> ''"), ==, 0);
  g_assert_cmpint (count (db, "SELECT count(*) FROM account WHERE password <> ''"), ==, 0);
  g_assert_cmpint (count (db, "SELECT count(*) FROM account WHERE decided_by <> ''"), ==, 0);
  g_assert_cmpint (count (db, "SELECT count(*) FROM account WHERE decider IS NOT NULL"), ==, 1);
  g_assert_cmpint (count (db, "SELECT count(*) FROM command WHERE result IS NOT NULL"), ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/core/old-names/moved", TwTestCore, NULL, set_up, test_moved,
              tw_test_core_tear_down);
  return g_test_run ();
}
