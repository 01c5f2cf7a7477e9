// SPDX-License-Identifier: GPL-3.0-or-later
/* What becomes of a store when the disk lies or the power goes. */
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "base/tw-error.h"
#include "db/tw-db.h"
#include "model/tw-record.h"
#include "model/tw-ticket.h"
#include "protocol/tw-kinds.h"
#include "tw-store-test.h"

#define N_COMMANDS 80
#define N_TICKETS 40
#define PAGE_BYTES 4096

typedef struct
{
  guint reports;
  guint saved;
  gboolean whole;
  char *path;
} Report;

static void
on_set_aside (TwStore *store, const char *path, guint saved, gboolean whole, gpointer data)
{
  Report *report = data;

  report->reports++;
  report->saved = saved;
  report->whole = whole;
  g_free (report->path);
  report->path = g_strdup (path);
}

/* A store with something of everything, in one file: closing empties the log. */
static void
make_store (const char *folder)
{
  TwFeedPage *page = tw_feed_page_new ("c1", 1);
  g_autoptr (GHashTable) drafts = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (GHashTable) meta = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (GError) error = NULL;
  g_autoptr (TwStoreChanges) changes = NULL;
  TwStore *store = NULL;

  tw_store_contents_free (tw_test_store_open (folder, &store));
  for (int i = 0; i < N_TICKETS; i++)
    {
      g_autofree char *id = g_strdup_printf ("t%03d", i);
      g_autofree char *record_id = g_strdup_printf ("r%03d", i);

      tw_test_put (page, "account:a", i, g_object_new (TW_TYPE_TICKET, "id", id, NULL));
      tw_test_put (page, "account:a", i,
                   g_object_new (TW_TYPE_RECORD, "id", record_id, "title", "工资", NULL));
    }
  changes = tw_test_store_apply (store, page, NULL, &error);
  g_assert_no_error (error);
  for (int i = 0; i < N_COMMANDS; i++)
    tw_test_store_write_down (store, tw_test_command_new (TW_KIND_TICKET_WRITE));
  g_hash_table_insert (drafts, (gpointer) "help/new", (gpointer) "half a sent");
  tw_store_set_drafts_async (store, drafts, NULL, NULL);
  g_hash_table_insert (meta, (gpointer) "token", (gpointer) "secret");
  tw_store_set_meta_async (store, meta, NULL, NULL);
  tw_test_store_close (store);
}

/* Opens a store that may be damaged, and does with it what a session does. */
static TwStoreContents *
use (const char *folder, TwStore **store, Report *report)
{
  g_autoptr (TwKey) key = tw_test_key ();
  g_autoptr (TwRecordQuery) query = tw_record_query_new ();
  g_autoptr (TwRecordPage) page = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  GAsyncResult *slot = NULL;
  TwStoreContents *contents;

  *store = tw_store_new (folder, key, NULL);
  tw_store_trust_key (*store);
  g_signal_connect (*store, "set-aside", G_CALLBACK (on_set_aside), report);
  tw_store_open_async (*store, tw_test_take_result, &slot);
  result = tw_test_wait_result (&slot);
  contents = tw_store_open_finish (*store, result, &error);
  g_assert_no_error (error);
  query->text = g_strdup ("工资");
  page = tw_test_store_query (*store, query, NULL, 50);
  tw_store_contents_free (contents);
  return tw_test_store_open (folder, store);
}

static char *
copy_store (const char *bytes, gsize length)
{
  char *folder = tw_test_folder_new ();
  g_autofree char *path = g_build_filename (folder, TW_STORE_FILE, NULL);
  g_autoptr (GError) error = NULL;

  g_file_set_contents (path, bytes, (gssize) length, &error);
  g_assert_no_error (error);
  return folder;
}

/* One byte of each page in turn. */
static void
test_flipped (void)
{
  g_autofree char *origin = tw_test_folder_new ();
  g_autofree char *path = g_build_filename (origin, TW_STORE_FILE, NULL);
  g_autofree char *bytes = NULL;
  g_autoptr (GError) error = NULL;
  gsize length;
  guint set_aside = 0, whole = 0, unharmed = 0, partly = 0;

  make_store (origin);
  g_file_get_contents (path, &bytes, &length, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (length % PAGE_BYTES, ==, 0);
  for (gsize at = 1000; at < length; at += PAGE_BYTES)
    {
      g_autoptr (TwStoreContents) contents = NULL;
      Report report = { 0 };
      TwStore *store = NULL;
      char *folder;

      bytes[at] ^= 0x10;
      folder = copy_store (bytes, length);
      bytes[at] ^= 0x10;
      contents = use (folder, &store, &report);
      g_assert_cmpuint (report.reports, <=, 1);
      if (report.reports == 1)
        {
          set_aside++;
          g_assert_true (g_file_test (report.path, G_FILE_TEST_EXISTS));
          g_assert_cmpuint (report.saved, ==, contents->outgoing->len);
          if (report.whole)
            {
              whole++;
              g_assert_cmpuint (contents->outgoing->len, ==, N_COMMANDS);
            }
          else if (report.saved > 0)
            partly++;
          g_assert_null (g_hash_table_lookup (contents->meta, "cursor"));
          g_assert_cmpuint (contents->objects->len, ==, 0);
        }
      else
        {
          unharmed++;
          g_assert_cmpuint (contents->outgoing->len, ==, N_COMMANDS);
          g_assert_cmpuint (contents->objects->len, ==, N_TICKETS);
        }
      tw_test_store_close (store);
      g_free (report.path);
      tw_test_folder_remove (folder);
    }
  g_test_message (
    "%u pages: %u set aside, %u of them with the whole outbox, %u with a part; %u not read",
    (guint) (length / PAGE_BYTES), set_aside, whole, partly, unharmed);
  /* Most pages are not the outbox's, and then all of it was saved. */
  g_assert_cmpuint (set_aside, >, 5);
  g_assert_cmpuint (whole, >=, set_aside / 2);
  g_assert_cmpuint (partly, >, 0);
  tw_test_folder_remove (g_steal_pointer (&origin));
}

/* Damage that is found while a page of the feed is written: the page must not count, as what was
 * before it is gone too. */
static void
test_found_late (void)
{
  char *folder = tw_test_folder_new ();
  g_autofree char *path = g_build_filename (folder, TW_STORE_FILE, NULL);
  g_autofree char *bytes = NULL;
  g_autoptr (GError) error = NULL;
  gsize length;
  guint found = 0;

  make_store (folder);
  g_file_get_contents (path, &bytes, &length, &error);
  g_assert_no_error (error);
  tw_test_folder_remove (folder);
  for (gsize at = 2 * PAGE_BYTES + 100; at < length; at += PAGE_BYTES)
    {
      g_autoptr (TwStoreChanges) changes = NULL;
      g_autoptr (TwKey) key = tw_test_key ();
      g_autoptr (GAsyncResult) result = NULL;
      g_autoptr (TwStoreContents) contents = NULL;
      TwFeedPage *page = tw_feed_page_new ("c2", 2);
      Report report = { 0 };
      TwStore *store;
      GAsyncResult *slot = NULL;

      bytes[at] ^= 1;
      folder = copy_store (bytes, length);
      bytes[at] ^= 1;
      store = tw_store_new (folder, key, NULL);
      g_signal_connect (store, "set-aside", G_CALLBACK (on_set_aside), &report);
      tw_store_open_async (store, tw_test_take_result, &slot);
      result = tw_test_wait_result (&slot);
      contents = tw_store_open_finish (store, result, NULL);
      if (contents != NULL && report.reports == 0)
        {
          for (int i = 0; i < N_TICKETS; i++)
            {
              g_autofree char *id = g_strdup_printf ("r%03d", i);

              tw_test_put (page, "account:a", 100 + i,
                           g_object_new (TW_TYPE_RECORD, "id", id, "title", "奖金", NULL));
            }
          changes = tw_test_store_apply (store, g_steal_pointer (&page), "c1", &error);
          if (report.reports > 0)
            {
              found++;
              g_assert_null (changes);
              g_assert_error (error, TW_ERROR, TW_ERROR_CONFLICT);
            }
          else
            g_assert_no_error (error);
          g_clear_error (&error);
        }
      g_clear_object (&result);
      tw_feed_page_free (page);
      tw_test_store_close (store);
      g_free (report.path);
      tw_test_folder_remove (folder);
    }
  g_assert_cmpuint (found, >, 0);
}

/* This program again, as a process that dies. */
static void
die_with (const char *folder)
{
  TwStore *store = NULL;

  tw_store_contents_free (tw_test_store_open (folder, &store));
  for (int i = 0; i < N_COMMANDS; i++)
    {
      tw_test_store_write_down (store, tw_test_command_new (TW_KIND_TICKET_WRITE));
      /* What was said to be written down must be there whatever happens now. */
      g_assert_cmpint (write (STDOUT_FILENO, ".", 1), ==, 1);
    }
  tw_store_batch_free (tw_test_store_take (store, N_COMMANDS / 2, 1000000));
  kill (getpid (), SIGKILL);
}

/* Answers how many commands the process had said to be written down. */
static guint
run_and_kill (const char *folder)
{
  g_autofree char *program = g_file_read_link ("/proc/self/exe", NULL);
  const char *const argv[] = { program, "--die-with", folder, NULL };
  g_autofree char *output = NULL;
  g_autoptr (GError) error = NULL;
  int status = 0;

  g_spawn_sync (NULL, (char **) argv, NULL, G_SPAWN_DEFAULT, NULL, NULL, &output, NULL, &status,
                &error);
  g_assert_no_error (error);
  g_assert_true (WIFSIGNALED (status) && WTERMSIG (status) == SIGKILL);
  return (guint) strlen (output);
}

/* Damage in what a process that died has left in its log. The new file has nothing to do with it,
 * at the next opening either. */
static void
test_flipped_log (void)
{
  char *origin = tw_test_folder_new ();
  g_autofree char *log = g_strconcat (origin, "/", TW_STORE_FILE, "-wal", NULL);
  g_autofree char *main_file = g_build_filename (origin, TW_STORE_FILE, NULL);
  g_autofree char *bytes = NULL;
  g_autofree char *main_bytes = NULL;
  g_autoptr (GError) error = NULL;
  gsize length, main_length;
  guint set_aside = 0;

  g_assert_cmpuint (run_and_kill (origin), ==, N_COMMANDS);
  g_assert_true (g_file_get_contents (log, &bytes, &length, &error));
  g_assert_true (g_file_get_contents (main_file, &main_bytes, &main_length, &error));
  for (gsize at = 40; at < length; at += length / 8)
    {
      char *folder = copy_store (main_bytes, main_length);
      g_autofree char *copy = g_strconcat (folder, "/", TW_STORE_FILE, "-wal", NULL);
      g_autoptr (TwStoreContents) contents = NULL;
      g_autoptr (TwStoreContents) again = NULL;
      Report report = { 0 };
      Report second = { 0 };
      TwStore *store = NULL;

      bytes[at] ^= 0x10;
      g_assert_true (g_file_set_contents (copy, bytes, (gssize) length, &error));
      bytes[at] ^= 0x10;
      contents = use (folder, &store, &report);
      set_aside += report.reports;
      tw_test_store_close (store);
      again = use (folder, &store, &second);
      g_assert_cmpuint (second.reports, ==, 0);
      g_assert_cmpuint (again->outgoing->len, ==, contents->outgoing->len);
      tw_test_store_close (store);
      g_free (report.path);
      g_free (second.path);
      tw_test_folder_remove (folder);
    }
  g_test_message ("%u of 8 set aside", set_aside);
  g_assert_cmpuint (set_aside, >, 0);
  tw_test_folder_remove (origin);
}

static void
test_killed (void)
{
  char *folder = tw_test_folder_new ();
  g_autoptr (TwStoreContents) contents = NULL;
  TwStore *store = NULL;
  guint sent = 0;

  g_assert_cmpuint (run_and_kill (folder), ==, N_COMMANDS);
  contents = tw_test_store_open (folder, &store);
  g_assert_cmpuint (contents->outgoing->len, ==, N_COMMANDS);
  for (guint i = 0; i < contents->outgoing->len; i++)
    sent += ((TwStoreOutgoing *) contents->outgoing->pdata[i])->state == TW_OUTGOING_STATE_SENT;
  g_assert_cmpuint (sent, ==, N_COMMANDS / 2);
  tw_test_store_close (store);
  tw_test_folder_remove (folder);
}

/* Nothing of what a person has stands readable in any file of the store. */
static void
test_sealed (void)
{
  char *folder = tw_test_folder_new ();
  g_autoptr (GDir) dir = NULL;
  const char *name;
  guint files = 0;
  TwStore *store = NULL;

  make_store (folder);
  tw_store_contents_free (tw_test_store_open (folder, &store));
  tw_test_store_write_down (store, tw_test_command_new (TW_KIND_TICKET_WRITE));
  dir = g_dir_open (folder, 0, NULL);
  while ((name = g_dir_read_name (dir)) != NULL)
    {
      static const char *const secrets[] = { "half a sent", "工资",   "secret",
                                             "account:a",   "SQLite", "CREATE TABLE",
                                             "amount_fen" };
      g_autofree char *path = g_build_filename (folder, name, NULL);
      g_autofree char *bytes = NULL;
      gsize length;

      g_assert_true (g_file_get_contents (path, &bytes, &length, NULL));
      files += length > 0;
      for (gsize i = 0; i < G_N_ELEMENTS (secrets); i++)
        if (memmem (bytes, length, secrets[i], strlen (secrets[i])) != NULL)
          g_error ("%s holds '%s' readably", name, secrets[i]);
    }
  g_assert_cmpuint (files, >=, 2);
  tw_test_store_close (store);
  tw_test_folder_remove (folder);
}

/* A store as a released version of the schema left it, from a list of statements. */
static void
make_old_store (const char *folder, const char *fixture)
{
  g_autofree char *sql_path =
    g_build_filename (g_getenv ("TW_SRCDIR"), "tests/client/fixtures", fixture, NULL);
  g_autofree char *url = g_strdup_printf ("sqlite:%s/%s", folder, TW_STORE_FILE);
  g_autoptr (TwKey) key = tw_test_key ();
  g_autoptr (GError) error = NULL;
  g_autoptr (TwDb) db = tw_db_open (url, tw_key_peek (key), &error);
  g_autofree char *sql = NULL;

  g_assert_no_error (error);
  g_file_get_contents (sql_path, &sql, NULL, &error);
  g_assert_no_error (error);
  tw_db_exec (db, sql, &error);
  g_assert_no_error (error);
}

/* The structure as the database itself tells it, without white space. */
static char *
read_structure (const char *folder)
{
  g_autofree char *url = g_strdup_printf ("sqlite:%s/%s", folder, TW_STORE_FILE);
  g_autoptr (TwKey) key = tw_test_key ();
  g_autoptr (GError) error = NULL;
  g_autoptr (TwDb) db = tw_db_open (url, tw_key_peek (key), &error);
  GString *out = g_string_new (NULL);
  TwStmt *stmt;

  g_assert_no_error (error);
  stmt = tw_db_query (db, &error,
                      "SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY sql", "");
  g_assert_no_error (error);
  while (tw_stmt_step (stmt, &error) == TW_STEP_ROW)
    {
      for (const char *p = tw_stmt_text (stmt, 0); *p != '\0'; p++)
        if (!g_ascii_isspace (*p))
          g_string_append_c (out, *p);
      g_string_append_c (out, '\n');
    }
  return g_string_free (out, FALSE);
}

static void
test_version_1 (void)
{
  char *folder = tw_test_folder_new ();
  char *fresh = tw_test_folder_new ();
  g_autoptr (TwStoreContents) contents = NULL;
  g_autoptr (TwRecordQuery) query = tw_record_query_new ();
  g_autoptr (TwRecordPage) page = NULL;
  g_autofree char *old_structure = NULL;
  g_autofree char *new_structure = NULL;
  TwStoreOutgoing *outgoing;
  TwStore *store = NULL;

  make_old_store (folder, "store-v1.sql");
  contents = tw_test_store_open (folder, &store);
  g_assert_cmpuint (contents->objects->len, ==, 1);
  g_assert_cmpstr (tw_ticket_get_subject (contents->objects->pdata[0]), ==, "车船税");
  g_assert_cmpuint (contents->outgoing->len, ==, 2);
  outgoing = contents->outgoing->pdata[1];
  g_assert_cmpint (outgoing->state, ==, TW_OUTGOING_STATE_REFUSED);
  g_assert_cmpstr (outgoing->result->code, ==, "no_balance");
  g_assert_cmpstr (g_hash_table_lookup (contents->drafts, "help/new"), ==, "half a sent");
  query->text = g_strdup ("工资");
  page = tw_test_store_query (store, query, NULL, 10);
  g_assert_cmpuint (page->total, ==, 1);
  g_assert_cmpint (page->total_fen, ==, 80000);
  tw_test_store_close (store);

  /* A released step was not edited: whoever comes from there has what a fresh store has. */
  store = NULL;
  tw_store_contents_free (tw_test_store_open (fresh, &store));
  tw_test_store_close (store);
  old_structure = read_structure (folder);
  new_structure = read_structure (fresh);
  g_assert_cmpstr (old_structure, ==, new_structure);
  tw_test_folder_remove (folder);
  tw_test_folder_remove (fresh);
}

int
main (int argc, char **argv)
{
  if (argc == 3 && g_str_equal (argv[1], "--die-with"))
    die_with (argv[2]);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/store/flipped", test_flipped);
  g_test_add_func ("/store/found-late", test_found_late);
  g_test_add_func ("/store/killed", test_killed);
  g_test_add_func ("/store/flipped-log", test_flipped_log);
  g_test_add_func ("/store/sealed", test_sealed);
  g_test_add_func ("/store/version-1", test_version_1);
  return g_test_run ();
}
