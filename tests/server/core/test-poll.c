// SPDX-License-Identifier: GPL-3.0-or-later
/* Long polls: answered by a commit, by the clock, by the end; and none passes a commit by. */
#include <stdlib.h>

#include "model/tw-message.h"
#include "protocol/tw-wire.h"
#include "server/feed/tw-feed-watch.h"
#include "tw-test-core.h"

typedef struct
{
  TwFeedAnswer *page;
  GError *error;
  gboolean done;
} Answer;

static void
answer_clear (Answer *answer)
{
  g_clear_pointer (&answer->page, tw_feed_answer_free);
  g_clear_error (&answer->error);
  answer->done = FALSE;
}

static void
on_answer (GObject *source, GAsyncResult *result, gpointer data)
{
  Answer *answer = data;

  answer->page = tw_feed_hub_poll_finish (result, &answer->error);
  answer->done = TRUE;
}

static void
start_poll (TwTestCore *core,
            TwRole role,
            const char *account,
            const char *cursor,
            guint wait_ms,
            GCancellable *cancellable,
            Answer *answer)
{
  g_autoptr (TwActor) actor = tw_test_actor (core, role, account);

  tw_feed_hub_poll_async (tw_service_get_hub (core->service), actor, cursor, 100, wait_ms,
                          cancellable, on_answer, answer);
}

static char *
read_now (TwTestCore *core, TwRole role, const char *account)
{
  Answer answer = { 0 };
  char *cursor;

  start_poll (core, role, account, NULL, 0, NULL, &answer);
  tw_test_wait (&answer.done);
  g_assert_no_error (answer.error);
  cursor = g_strdup (answer.page->cursor);
  answer_clear (&answer);
  return cursor;
}

/* Runs the loop until so many polls stand parked and have been read. */
static void
wait_parked (TwTestCore *core, guint n)
{
  gint64 end = g_get_monotonic_time () + TW_TEST_DEADLINE_MS * 1000;

  while (tw_feed_hub_count_parked (tw_service_get_hub (core->service)) != n)
    {
      g_assert_cmpint (g_get_monotonic_time (), <, end);
      g_main_context_iteration (NULL, FALSE);
      g_thread_yield ();
    }
}

typedef struct
{
  const char *scope;
  const char *id;
  const char *grantee;
} Word;

static gboolean
say (TwTx *tx, gpointer data, GError **error)
{
  const Word *word = data;
  g_autoptr (TwMessage) message = g_object_new (TW_TYPE_MESSAGE, "id", word->id, NULL);

  if (word->grantee != NULL)
    return tw_tx_grant (tx, word->grantee, word->scope, TW_VIEW_OWNER, error);
  tw_tx_publish (tx, word->scope, TW_OBJECT (message));
  return TRUE;
}

static void
test_woken (TwTestCore *core, gconstpointer unused)
{
  g_autofree char *cursor = read_now (core, TW_ROLE_USER, "a");
  g_autofree char *other_cursor = read_now (core, TW_ROLE_USER, "b");
  Answer answer = { 0 }, other = { 0 };

  start_poll (core, TW_ROLE_USER, "a", cursor, TW_TEST_DEADLINE_MS, NULL, &answer);
  start_poll (core, TW_ROLE_USER, "b", other_cursor, TW_TEST_DEADLINE_MS, NULL, &other);
  wait_parked (core, 2);
  tw_test_call (core, say, &(Word){ "account:a", "1", NULL });
  tw_test_wait (&answer.done);
  g_assert_no_error (answer.error);
  g_assert_cmpuint (answer.page->n_items, ==, 1);
  g_assert_false (other.done);
  wait_parked (core, 1);
  answer_clear (&answer);
  tw_test_call (core, say, &(Word){ "account:b", "2", NULL });
  tw_test_wait (&other.done);
  g_assert_cmpuint (other.page->n_items, ==, 1);
  answer_clear (&other);
}

static void
test_time_over (TwTestCore *core, gconstpointer unused)
{
  g_autofree char *cursor = read_now (core, TW_ROLE_USER, "a");
  gint64 start = g_get_monotonic_time ();
  Answer answer = { 0 };

  start_poll (core, TW_ROLE_USER, "a", cursor, 100, NULL, &answer);
  tw_test_wait (&answer.done);
  g_assert_no_error (answer.error);
  g_assert_cmpint (g_get_monotonic_time () - start, >=, 100 * 1000);
  g_assert_false (answer.page->news);
  g_assert_cmpstr (answer.page->cursor, ==, cursor);
  g_assert_cmpuint (tw_feed_hub_count_parked (tw_service_get_hub (core->service)), ==, 0);
  answer_clear (&answer);
}

/* A grant is heard of by who is parked already, and what comes into the new scope too. */
static void
test_new_grant (TwTestCore *core, gconstpointer unused)
{
  g_autofree char *cursor = read_now (core, TW_ROLE_AGENT, "x");
  Answer answer = { 0 };

  start_poll (core, TW_ROLE_AGENT, "x", cursor, TW_TEST_DEADLINE_MS, NULL, &answer);
  wait_parked (core, 1);
  tw_test_call (core, say, &(Word){ "ticket:1", "1", "x" });
  tw_test_wait (&answer.done);
  g_assert_no_error (answer.error);
  g_assert_true (answer.page->news);
  g_free (cursor);
  cursor = g_strdup (answer.page->cursor);
  answer_clear (&answer);
  start_poll (core, TW_ROLE_AGENT, "x", cursor, TW_TEST_DEADLINE_MS, NULL, &answer);
  wait_parked (core, 1);
  tw_test_call (core, say, &(Word){ "ticket:1", "2", NULL });
  tw_test_wait (&answer.done);
  g_assert_cmpuint (answer.page->n_items, ==, 1);
  answer_clear (&answer);
}

static void
test_cancelled (TwTestCore *core, gconstpointer unused)
{
  g_autofree char *cursor = read_now (core, TW_ROLE_USER, "a");
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  Answer answer = { 0 };

  start_poll (core, TW_ROLE_USER, "a", cursor, TW_TEST_DEADLINE_MS, cancellable, &answer);
  wait_parked (core, 1);
  g_cancellable_cancel (cancellable);
  tw_test_wait (&answer.done);
  g_assert_error (answer.error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_cmpuint (tw_feed_hub_count_parked (tw_service_get_hub (core->service)), ==, 0);
  answer_clear (&answer);
}

static void
test_stop (TwTestCore *core, gconstpointer unused)
{
  g_autofree char *cursor = read_now (core, TW_ROLE_USER, "a");
  Answer answers[20] = { 0 }, late = { 0 };

  for (gsize i = 0; i < G_N_ELEMENTS (answers); i++)
    start_poll (core, TW_ROLE_USER, "a", cursor, TW_TEST_DEADLINE_MS, NULL, &answers[i]);
  wait_parked (core, G_N_ELEMENTS (answers));
  tw_service_stop (core->service);
  start_poll (core, TW_ROLE_USER, "a", cursor, TW_TEST_DEADLINE_MS, NULL, &late);
  for (gsize i = 0; i < G_N_ELEMENTS (answers); i++)
    {
      tw_test_wait (&answers[i].done);
      answer_clear (&answers[i]);
    }
  tw_test_wait (&late.done);
  g_assert_nonnull (late.error);
  answer_clear (&late);
}

/* Many writers' commits while one reader polls: each object once, in the order of its scope, none
 * left out, whatever falls between a reading and a parking. */
#define STORM 400
/* Two writers take turns: the commands of one must be done before a lock's time of the other is
 * over, by a sanitizer, on a machine that does other things too. */
#define STORM_OF_TWO 150

typedef struct
{
  TwTestCore *core;
  int n;
} Storm;

static gpointer
storm (gpointer data)
{
  const Storm *own = data;
  TwTestCore *core = own->core;

  for (int i = 0; i < own->n; i++)
    {
      g_autofree char *note = g_strdup_printf ("%p-%d", (void *) &i, i);
      g_autoptr (GPtrArray) jobs = tw_test_jobs_new ();
      g_autoptr (GError) error = NULL;

      g_ptr_array_add (jobs, tw_test_job (core, TW_ROLE_USER, "a",
                                          tw_test_command (TW_KIND_TICKET_ASK, "write", note)));
      tw_writer_submit (tw_service_get_writer (core->service), jobs, NULL, NULL, NULL, &error);
      g_assert_no_error (error);
    }
  return NULL;
}

static gint64
check_order (TwFeedAnswer *page, gint64 last, GHashTable *seen)
{
  g_autoptr (JsonNode) node = json_from_string (page->text, NULL);
  JsonArray *items = json_object_get_array_member (json_node_get_object (node), "items");

  for (guint i = 0; i < json_array_get_length (items); i++)
    {
      JsonObject *item = json_array_get_object_element (items, i);
      gint64 seq = json_object_get_int_member (item, "seq");

      g_assert_cmpint (seq, >, last);
      last = seq;
      g_assert_true (
        g_hash_table_add (seen, g_strdup (json_object_get_string_member (item, "id"))));
    }
  return last;
}

static void
test_storm (TwTestCore *core, gconstpointer unused)
{
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autofree char *cursor = read_now (core, TW_ROLE_USER, "a");
  Storm own = { core, STORM };
  GThread *threads[4];
  gint64 last = 0;

  for (gsize i = 0; i < G_N_ELEMENTS (threads); i++)
    threads[i] = g_thread_new ("storm", storm, &own);
  while (g_hash_table_size (seen) < STORM * G_N_ELEMENTS (threads))
    {
      Answer answer = { 0 };

      start_poll (core, TW_ROLE_USER, "a", cursor, TW_TEST_DEADLINE_MS, NULL, &answer);
      tw_test_wait (&answer.done);
      g_assert_no_error (answer.error);
      last = check_order (answer.page, last, seen);
      g_free (cursor);
      cursor = g_strdup (answer.page->cursor);
      answer_clear (&answer);
    }
  for (gsize i = 0; i < G_N_ELEMENTS (threads); i++)
    g_thread_join (threads[i]);
}

typedef struct
{
  Word word;
  gpointer at_us; /* atomic: when it was on the disk */
} Said;

static gboolean
say_it (TwTx *tx, gpointer data, GError **error)
{
  return say (tx, &((Said *) data)->word, error);
}

static void
on_said (const GError *error, gpointer data)
{
  g_assert_no_error (error);
  g_atomic_pointer_set (&((Said *) data)->at_us, GSIZE_TO_POINTER (g_get_monotonic_time ()));
}

/* One commit, falling anywhere between the first reading of a poll and its parking, and nothing
 * after it that would wake the poll by chance: it is heard of at once. The poll is begun as long
 * after the command as a commit takes here, more or less. */
#define ROUNDS 600

static void
test_no_gap (TwTestCore *core, gconstpointer unused)
{
  g_autofree char *cursor = read_now (core, TW_ROLE_USER, "a");
  gint64 commit_us = 1000;

  for (int i = 0; i < ROUNDS; i++)
    {
      g_autofree char *id = g_strdup_printf ("%d", i);
      gint64 start = g_get_monotonic_time ();
      gint64 until = start + g_test_rand_int_range (0, (gint32) (commit_us * 5 / 4));
      Said said = { .word = { "account:a", id, NULL } };
      g_autoptr (GError) error = NULL;
      Answer answer = { 0 };

      tw_writer_submit_call (tw_service_get_writer (core->service), say_it, NULL, on_said, &said,
                             &error);
      g_assert_no_error (error);
      while (g_get_monotonic_time () < until)
        ;
      start_poll (core, TW_ROLE_USER, "a", cursor, TW_TEST_DEADLINE_MS, NULL, &answer);
      tw_test_wait (&answer.done);
      g_assert_no_error (answer.error);
      g_assert_cmpuint (answer.page->n_items, ==, 1);
      g_assert_cmpint (g_get_monotonic_time () - start, <, TW_TEST_DEADLINE_MS * 1000 / 2);
      while (g_atomic_pointer_get (&said.at_us) == NULL)
        g_thread_yield ();
      commit_us = (commit_us * 7 + GPOINTER_TO_SIZE (said.at_us) - start) / 8;
      g_free (cursor);
      cursor = g_strdup (answer.page->cursor);
      answer_clear (&answer);
    }
}

/* Two services on one database: a commit of the other one is heard of too. */
static void
test_other_process (TwTestCore *core, gconstpointer unused)
{
  g_autofree char *cursor = read_now (core, TW_ROLE_USER, "a");
  TwTestCore other = *core;
  Answer answer = { 0 };

  if (g_getenv ("TW_TEST_POSTGRES") == NULL)
    {
      g_test_skip ("One process serves a SQLite database");
      return;
    }
  other.service = tw_test_core_open (core->url, core->keys);
  start_poll (core, TW_ROLE_USER, "a", cursor, TW_TEST_DEADLINE_MS, NULL, &answer);
  wait_parked (core, 1);
  tw_test_call (&other, say, &(Word){ "account:a", "1", NULL });
  tw_test_wait (&answer.done);
  g_assert_no_error (answer.error);
  g_assert_cmpuint (answer.page->n_items, ==, 1);
  answer_clear (&answer);
  tw_service_free (other.service);
}

/* How long after the commit of the other one the poll is answered. */
static gint64
hear_us (TwTestCore *core, TwTestCore *other, char **cursor, const char *id)
{
  Answer answer = { 0 };
  gint64 start_us;

  start_poll (core, TW_ROLE_USER, "a", *cursor, TW_TEST_DEADLINE_MS, NULL, &answer);
  wait_parked (core, 1);
  tw_test_call (other, say, &(Word){ "account:a", id, NULL });
  start_us = g_get_monotonic_time ();
  tw_test_wait (&answer.done);
  g_assert_no_error (answer.error);
  g_assert_cmpuint (answer.page->n_items, ==, 1);
  g_free (*cursor);
  *cursor = g_strdup (answer.page->cursor);
  answer_clear (&answer);
  return g_get_monotonic_time () - start_us;
}

#define HINTS 20

static int
compare_us (gconstpointer a, gconstpointer b)
{
  return *(const gint64 *) a < *(const gint64 *) b ? -1 : 1;
}

/* It is heard of sooner than by looking now and then; the median, as the machine has other things
 * to do too. */
static void
test_hint (TwTestCore *core, gconstpointer unused)
{
  g_autofree char *cursor = read_now (core, TW_ROLE_USER, "a");
  TwTestCore other = *core;
  gint64 took_us[HINTS];

  if (g_getenv ("TW_TEST_POSTGRES") == NULL)
    {
      g_test_skip ("One process serves a SQLite database");
      return;
    }
  other.service = tw_test_core_open (core->url, core->keys);
  for (int i = 0; i < HINTS; i++)
    {
      g_autofree char *id = g_strdup_printf ("%d", i);

      took_us[i] = hear_us (core, &other, &cursor, id);
    }
  qsort (took_us, HINTS, sizeof took_us[0], compare_us);
  g_test_message ("heard after %" G_GINT64_FORMAT " us", took_us[HINTS / 2]);
  g_assert_cmpint (took_us[HINTS / 2], <, TW_FEED_WATCH_INTERVAL_MS * 1000 / 4);
  tw_service_free (other.service);
}

/* Hints that are lost, with the connections that they come over: the commit is heard of all the
 * same, and hints are given and heard again afterwards. */
static void
test_lost_hint (TwTestCore *core, gconstpointer unused)
{
  g_autofree char *cursor = read_now (core, TW_ROLE_USER, "a");
  TwTestCore other = *core;
  int soon = 0;

  if (g_getenv ("TW_TEST_POSTGRES") == NULL)
    {
      g_test_skip ("One process serves a SQLite database");
      return;
    }
  other.service = tw_test_core_open (core->url, core->keys);
  hear_us (core, &other, &cursor, "first");
  g_assert_cmpint (tw_test_number (core, "SELECT count(pg_terminate_backend (pid)) FROM "
                                         "pg_stat_activity WHERE datname = current_database () "
                                         "AND query ~ '^(LISTEN|NOTIFY|SET sync|SELECT id, seq)'"),
                   >=, 2);
  for (int i = 0; i < HINTS; i++)
    {
      g_autofree char *id = g_strdup_printf ("%d", i);

      soon += hear_us (core, &other, &cursor, id) < TW_FEED_WATCH_INTERVAL_MS * 1000 / 4;
    }
  g_assert_cmpint (soon, >=, HINTS / 2);
  tw_service_free (other.service);
}

/* Two writers on one database meet all the time; everything is done, and once. */
static void
test_two_writers (TwTestCore *core, gconstpointer unused)
{
  TwTestCore other = *core;
  Storm storms[2] = { { core, STORM_OF_TWO }, { &other, STORM_OF_TWO } };
  GThread *threads[2];

  if (g_getenv ("TW_TEST_POSTGRES") == NULL)
    {
      g_test_skip ("One process serves a SQLite database");
      return;
    }
  other.service = tw_test_core_open (core->url, core->keys);
  threads[0] = g_thread_new ("storm", storm, &storms[0]);
  threads[1] = g_thread_new ("storm", storm, &storms[1]);
  for (int i = 0; i < 2; i++)
    g_thread_join (threads[i]);
  tw_service_free (other.service);
  tw_test_core_restart (core);
  g_assert_cmpint (tw_test_number (core, "SELECT count(*) FROM note"), ==, 2 * STORM_OF_TWO);
  g_assert_cmpint (tw_test_number (core, "SELECT seq FROM scope WHERE id = 'account:a'"), ==,
                   2 * STORM_OF_TWO);
  g_assert_cmpint (tw_test_number (core, "SELECT max(seq) FROM audit"), ==, 2 * STORM_OF_TWO);
}

#define ADD(name, func)                                                                            \
  g_test_add ("/core/poll/" name, TwTestCore, NULL, tw_test_core_set_up, func,                     \
              tw_test_core_tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("woken", test_woken);
  ADD ("time-over", test_time_over);
  ADD ("new-grant", test_new_grant);
  ADD ("cancelled", test_cancelled);
  ADD ("stop", test_stop);
  ADD ("storm", test_storm);
  ADD ("no-gap", test_no_gap);
  ADD ("other-process", test_other_process);
  ADD ("hint", test_hint);
  ADD ("lost-hint", test_lost_hint);
  ADD ("two-writers", test_two_writers);
  return g_test_run ();
}
