// SPDX-License-Identifier: GPL-3.0-or-later
/* Practice: the sample people, and the colleagues who approve and answer. The clock is moved, so
 * that nobody waits for them. */
#include <glib/gstdio.h>
#include <string.h>

#include "base/tw-clock.h"
#include "base/tw-identifiers.h"
#include "base/tw-uuid.h"
#include "protocol/tw-json.h"
#include "server/ops/tw-colleagues.h"
#include "server/ops/tw-sample.h"
#include "server/ops/tw-schema.h"
#include "server/rails/tw-rails.h"
#include "tw-test-core.h"

static void
set_up (TwTestCore *core, gconstpointer unused)
{
  g_autoptr (TwKey) master = tw_key_new_random ();
  g_autoptr (GError) error = NULL;
  const TwMigration *steps;
  gsize n;

  tw_schema_add_handlers ();
  tw_rails_set_configured (TRUE);
  steps = tw_schema_get_steps (&n);
  core->folder = g_dir_make_tmp ("tw-core-XXXXXX", &error);
  g_assert_no_error (error);
  core->url = tw_test_core_new_url (core->folder);
  core->keys = tw_keys_new_from_master (master);
  core->signer = tw_signer_new ();
  core->public_key = tw_signer_get_public (core->signer);
  core->service = tw_service_new (core->url, core->keys, steps, n, &error);
  g_assert_no_error (error);
}

/* Runs the loop until the query gives that number. */
static void
wait_number (TwTestCore *core, const char *sql, gint64 expected)
{
  gint64 end = g_get_monotonic_time () + TW_TEST_DEADLINE_MS * 1000;

  while (tw_test_number (core, sql) != expected)
    {
      g_assert_cmpint (g_get_monotonic_time (), <, end);
      g_main_context_iteration (NULL, FALSE);
      g_thread_yield ();
    }
}

static void
test_sample (TwTestCore *core, gconstpointer unused)
{
  g_autoptr (GError) error = NULL;

  for (int i = 0; i < 2; i++) /* the second time changes nothing */
    {
      tw_sample_ensure (core->service, &error);
      g_assert_no_error (error);
      g_assert_cmpint (tw_test_number (core, "SELECT count(*) FROM account"), ==, 4);
      g_assert_cmpint (tw_test_number (core, "SELECT count(*) FROM account WHERE role = 'user' AND "
                                             "identity = 1"),
                       ==, 2);
      g_assert_cmpint (tw_test_number (core, "SELECT count(*) FROM payment"), ==, 1);
    }
}

/* Without a bank there are people all the same, and nothing is on its way to them. */
static void
test_sample_without_bank (TwTestCore *core, gconstpointer unused)
{
  g_autoptr (GError) error = NULL;

  tw_rails_set_configured (FALSE);
  tw_sample_ensure (core->service, &error);
  g_assert_no_error (error);
  g_assert_cmpint (tw_test_number (core, "SELECT count(*) FROM account"), ==, 4);
  g_assert_cmpint (tw_test_number (core, "SELECT count(*) FROM payment"), ==, 0);
}

/* A first start that is cut off leaves some of them; the next one makes the others. */
static void
test_sample_cut_off (TwTestCore *core, gconstpointer unused)
{
  g_autoptr (GError) error = NULL;

  for (int i = 0; i < 2; i++)
    {
      tw_sample_ensure (core->service, &error);
      g_assert_no_error (error);
      g_assert_cmpint (tw_test_number (core, "SELECT count(*) FROM account"), ==, 4);
      g_assert_cmpint (tw_test_number (core, "SELECT count(DISTINCT role) FROM account"), ==, 3);
      tw_test_exec (core, "DELETE FROM account WHERE role = 'senior'");
    }
}

static void
register_somebody (TwTestCore *core)
{
  g_autofree char *id = tw_uuid_new (), *intent = tw_uuid_new (), *device = tw_uuid_new ();
  g_autofree char *number = tw_resident_id_make (110105, tw_clock_day_of_date (1985, 2, 3), 77);
  g_autofree char *body = g_strdup_printf (
    "{\"name\":\"李示例\",\"id_number\":\"%s\",\"phone\":\"13900000001\","
    "\"email\":\"somebody@example.com\",\"password\":\"Reasonable-Horse-77-Battery\"}",
    number);
  TwCommand *command =
    tw_test_command_full (id, intent, TW_KIND_ACCOUNT_REGISTER, tw_clock_now_ms (), body);
  TwActor *actor = tw_actor_new (TW_ROLE_GUEST, "", device, core->public_key, "");
  g_autoptr (TwJob) job = NULL;

  tw_test_sign (core, command, actor);
  job = tw_test_run_one (core, tw_job_new (actor, command));
  tw_assert_result (job, TW_RESULT_DONE, NULL);
}

static void
test_approve (TwTestCore *core, gconstpointer unused)
{
  TwColleagues *colleagues;

  register_somebody (core);
  colleagues = tw_colleagues_new (core->service);
  g_assert_cmpint (tw_test_number (core, "SELECT identity FROM account"), ==, 0);
  tw_clock_set_offset_ms (TW_COLLEAGUES_APPROVE_MS + 1000);
  wait_number (core, "SELECT identity FROM account", 1);
  tw_colleagues_free (colleagues);
  tw_clock_set_offset_ms (0);
}

static char *
find_user (TwTestCore *core)
{
  g_autoptr (GError) error = NULL;
  TwReaders *readers = tw_service_get_readers (core->service);
  TwDb *db = tw_readers_borrow (readers, &error);
  TwStmt *stmt;
  char *id;

  g_assert_no_error (error);
  stmt = tw_db_query (db, &error, "SELECT id FROM account WHERE role = 'user'", "");
  g_assert_no_error (error);
  g_assert_cmpint (tw_stmt_step (stmt, &error), ==, TW_STEP_ROW);
  id = g_strdup (tw_stmt_text (stmt, 0));
  tw_stmt_reset (stmt);
  tw_readers_return (readers, db);
  return id;
}

static void
ask (TwTestCore *core, const char *account, const char *subject, const char *text)
{
  g_autofree char *id = tw_uuid_new (), *intent = tw_uuid_new ();
  g_autofree char *body = g_strdup_printf (
    "{\"subject\":\"%s\",\"text\":\"%s\",\"about_type\":\"\",\"about_id\":\"\"}", subject, text);
  g_autoptr (TwJob) job = tw_test_run_one (
    core,
    tw_test_job (core, TW_ROLE_USER, account,
                 tw_test_command_full (id, intent, TW_KIND_TICKET_ASK, tw_clock_now_ms (), body)));

  tw_assert_result (job, TW_RESULT_DONE, NULL);
}

/* What agents have written to the person, one after the other. */
static char *
read_answers (TwTestCore *core, const char *account)
{
  g_autoptr (TwActor) actor = tw_test_actor (core, TW_ROLE_USER, account);
  g_autoptr (GError) error = NULL;
  TwReaders *readers = tw_service_get_readers (core->service);
  TwDb *db = tw_readers_borrow (readers, &error);
  g_autoptr (TwFeedAnswer) answer =
    tw_feed_read (db, tw_service_get_key (core->service, TW_KEY_COLUMN), actor, NULL, 1000, &error);
  g_autoptr (JsonNode) node = NULL;
  GString *out = g_string_new (NULL);
  JsonArray *items;

  g_assert_no_error (error);
  tw_readers_return (readers, db);
  node = tw_json_parse (answer->text, -1, &error);
  g_assert_no_error (error);
  items = json_object_get_array_member (json_node_get_object (node), "items");
  for (guint i = 0; i < json_array_get_length (items); i++)
    {
      JsonObject *item = json_array_get_object_element (items, i);
      JsonObject *object = json_object_get_object_member (item, "object");

      if (strcmp (json_object_get_string_member (item, "type"), "message") == 0 &&
          strcmp (json_object_get_string_member (object, "author"), "agent") == 0)
        g_string_append_printf (out, "%s\n", json_object_get_string_member (object, "text"));
    }
  return g_string_free (out, FALSE);
}

static void
test_answer (TwTestCore *core, gconstpointer unused)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *user = NULL, *answers = NULL;
  TwColleagues *colleagues;
  TwWriterStats before, after;

  tw_sample_ensure (core->service, &error);
  g_assert_no_error (error);
  user = find_user (core);
  ask (core, user, "My bill", "Why is it so much?");
  ask (core, user, "我的账单", "为什么这么多？");
  tw_clock_set_offset_ms (TW_COLLEAGUES_ANSWER_MS + 1000);
  ask (core, user, "Later", "This one is fresh.");
  colleagues = tw_colleagues_new (core->service);
  /* Both are answered and given back to the queue; the one that is fresh is left to the person. */
  wait_number (core, "SELECT count(*) FROM command WHERE kind = 'ticket.release' AND state = 0", 2);
  g_assert_cmpint (tw_test_number (core, "SELECT count(*) FROM ticket WHERE assignee_id <> ''"), ==,
                   0);
  answers = read_answers (core, user);
  g_assert_nonnull (strstr (answers, "Thank you for your question."));
  g_assert_nonnull (strstr (answers, "感谢您的提问"));
  tw_colleagues_free (colleagues);

  /* Those who come after a restart do nothing twice. */
  tw_writer_get_stats (tw_service_get_writer (core->service), &before);
  colleagues = tw_colleagues_new (core->service);
  tw_colleagues_free (colleagues);
  tw_writer_get_stats (tw_service_get_writer (core->service), &after);
  g_assert_cmpint (after.done, ==, before.done);
  tw_clock_set_offset_ms (0);
}

/* However many were answered and given back before: they don't stand in the way of the next. */
static void
test_answer_many (TwTestCore *core, gconstpointer unused)
{
  const int more_than_at_once = 51;
  g_autoptr (GError) error = NULL;
  g_autofree char *user = NULL;
  TwColleagues *colleagues;

  tw_sample_ensure (core->service, &error);
  g_assert_no_error (error);
  user = find_user (core);
  for (int i = 0; i < more_than_at_once; i++)
    ask (core, user, "My bill", "Why is it so much?");
  tw_clock_set_offset_ms (TW_COLLEAGUES_ANSWER_MS + 1000);
  colleagues = tw_colleagues_new (core->service);
  wait_number (core, "SELECT count(*) FROM command WHERE kind = 'ticket.release' AND state = 0",
               more_than_at_once);
  tw_colleagues_free (colleagues);
  tw_clock_set_offset_ms (0);
}

#define ADD(name, func)                                                                            \
  g_test_add ("/core/colleagues/" name, TwTestCore, NULL, set_up, func, tw_test_core_tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("sample", test_sample);
  ADD ("sample-without-bank", test_sample_without_bank);
  ADD ("sample-cut-off", test_sample_cut_off);
  ADD ("approve", test_approve);
  ADD ("answer", test_answer);
  ADD ("answer-many", test_answer_many);
  return g_test_run ();
}
