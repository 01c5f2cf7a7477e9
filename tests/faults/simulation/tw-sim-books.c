// SPDX-License-Identifier: GPL-3.0-or-later
/* What the books say when all is over: read, held against each other, and proved. */
#include "base/tw-clock.h"
#include "server/ledger/tw-ledger.h"
#include "server/ops/tw-ops.h"
#include "server/rails/tw-rails.h"
#include "tw-faults-books.h"
#include "tw-sim-threads.h"
#include "tw-sim.h"

#define LONGEST_US (60 * G_USEC_PER_SEC)
#define LOOK_MS 100
#define LOOK_AT_BOOKS_MS 500
/* Orders of the last minutes of a day may be in the next day's books. */
#define PAST_MIDNIGHT_US (900 * G_USEC_PER_SEC)
/* Of the table rail_op. */
#define ORDER_STATE_COLUMN 3

/* Whose books are looked at. */
static const char *const parties[] = { "bank", "billers", "office" };

static GString *printed;

JsonObject *
tw_sim_read_books (void)
{
  JsonObject *books = json_object_new ();
  g_autofree char *service = tw_sim_path (TW_SIM_SERVICE, "service.db");
  g_autofree char *other = tw_sim_path (TW_SIM_COUNTERPART, "books.db");
  g_autofree char *keys = tw_sim_path (TW_SIM_SERVICE, "keys");
  g_autofree char *other_keys = tw_sim_path (TW_SIM_COUNTERPART, "keys");
  g_autofree char *url = g_strconcat ("sqlite:", service, NULL);
  g_autofree char *other_url = g_strconcat ("sqlite:", other, NULL);
  g_autoptr (GError) error = NULL;

  tw_faults_books_read (TRUE, url, keys, books, &error);
  g_assert_no_error (error);
  tw_faults_books_read (FALSE, other_url, other_keys, books, &error);
  g_assert_no_error (error);
  return books;
}

/* As the service does by itself the day after: days before it too, as it looks back. */
static gpointer
reconcile (gpointer data)
{
  int today = tw_clock_today ();

  for (int day = today - 1; day <= today; day++)
    for (guint i = 0; i < G_N_ELEMENTS (parties); i++)
      {
        g_autoptr (GError) error = NULL;

        if (!tw_sim_reconcile (parties[i], day, &error))
          tw_sim_wrong ("the books of %s can't be looked at: %s", parties[i], error->message);
      }
  g_atomic_int_set ((int *) data, TRUE);
  return NULL;
}

static int reconciled;

static gboolean
is_reconciled (void)
{
  return g_atomic_int_get (&reconciled);
}

/* Whether it is known of each order what became of it. */
static gboolean
is_known (void)
{
  g_autoptr (JsonObject) books = tw_sim_read_books ();
  JsonArray *orders = json_object_get_array_member (books, "rail_op");

  for (guint i = 0; i < json_array_get_length (orders); i++)
    if (json_array_get_int_element (json_array_get_array_element (orders, i), ORDER_STATE_COLUMN) <
        TW_RAIL_ACCEPTED)
      return FALSE;
  return TRUE;
}

/* Once more some minutes later, when nothing is too near to midnight any more. */
void
tw_sim_compare_books (void)
{
  GThread *thread;

  tw_sim_step_clock (PAST_MIDNIGHT_US);
  if (!tw_sim_wait (is_known, LOOK_AT_BOOKS_MS, LONGEST_US))
    tw_sim_wrong ("of some orders nobody knows still what became of them");
  thread = g_thread_new ("reconcile", reconcile, &reconciled);
  if (!tw_sim_wait (is_reconciled, LOOK_MS, LONGEST_US))
    tw_sim_wrong ("the books are still being looked at");
  g_thread_join (thread);
}

static void
on_print (const char *text)
{
  g_string_append (printed, text);
}

/* The verb `verify`: what it says when something is wrong. */
char *
tw_sim_verify (void)
{
  g_autofree char *path = tw_sim_path (TW_SIM_SERVICE, "service.db");
  g_autofree char *database = g_strconcat ("sqlite:", path, NULL);
  g_autofree char *keys = tw_sim_path (TW_SIM_SERVICE, "keys");
  g_autofree char *blobs = tw_sim_path (TW_SIM_SERVICE, "blobs");
  g_autofree char *checkpoint = tw_sim_path (TW_SIM_SERVICE, "checkpoint");
  TwOpsOptions options = {
    .database = database, .keys = keys, .blobs = blobs, .checkpoint = checkpoint
  };
  g_autoptr (GError) error = NULL;
  TwExit code = TW_EXIT_DONE;
  GPrintFunc before;

  printed = g_string_new (NULL);
  before = g_set_print_handler (on_print);
  if (!tw_verb_verify (&options, &code, &error))
    g_string_append (printed, error->message);
  g_set_print_handler (before);
  if (code == TW_EXIT_DONE && error == NULL)
    g_string_truncate (printed, 0);
  return g_string_free (g_steal_pointer (&printed), FALSE);
}

/* Nobody's sum is touched by these: only the chain can tell. */
static const char *const alterations[] = {
  "UPDATE entry SET at_ms = at_ms + 1 WHERE number = $1",
  "UPDATE transfer SET kind = kind || '.' WHERE id = "
  "(SELECT transfer_id FROM entry WHERE number = $1)",
};

static gint64
count_entries (TwDb *db)
{
  TwStmt *stmt = tw_db_query (db, NULL, "SELECT count(*) FROM entry", "");
  gint64 n;

  g_assert_nonnull (stmt);
  g_assert_cmpint (tw_stmt_step (stmt, NULL), ==, TW_STEP_ROW);
  n = tw_stmt_int64 (stmt, 0);
  tw_stmt_reset (stmt);
  return n;
}

/* Alters an entry, and undoes it; whether the proof has noticed each time. */
JsonArray *
tw_sim_tamper (void)
{
  g_autofree char *path = tw_sim_path (TW_SIM_SERVICE, "service.db");
  g_autofree char *url = g_strconcat ("sqlite:", path, NULL);
  g_autofree char *keys_path = tw_sim_path (TW_SIM_SERVICE, "keys");
  g_autoptr (GError) error = NULL;
  g_autoptr (TwKeys) keys = tw_keys_open (keys_path, FALSE, &error);
  g_autoptr (TwDb) db = tw_db_open (url, tw_key_peek (tw_keys_get (keys, TW_KEY_SQLITE)), &error);
  JsonArray *unnoticed = json_array_new ();

  g_assert_no_error (error);
  for (guint i = 0; i < G_N_ELEMENTS (alterations); i++)
    {
      g_autoptr (GString) report = g_string_new (NULL);
      gboolean sound;

      tw_db_begin (db, &error);
      tw_db_run (db, &error, alterations[i], "i",
                 (gint64) 1 + tw_sim_draw ((guint) count_entries (db)));
      tw_ledger_verify (db, &sound, report, &error);
      g_assert_no_error (error);
      tw_db_rollback (db);
      if (sound)
        json_array_add_string_element (unnoticed, alterations[i]);
    }
  return unnoticed;
}
