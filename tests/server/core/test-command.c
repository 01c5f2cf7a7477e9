// SPDX-License-Identifier: GPL-3.0-or-later
/* One attempt has one answer; one intent succeeds once; and who may do what. */
#include <string.h>

#include "base/tw-clock.h"
#include "base/tw-uuid.h"
#include "server/command/tw-audit.h"
#include "server/command/tw-patience.h"
#include "tw-test-core.h"

static TwJob *
ask (TwTestCore *core, const char *id, const char *intent, const char *body)
{
  return tw_test_run_one (core, tw_test_job (core, TW_ROLE_USER, "a",
                                             tw_test_command_full (id, intent, TW_KIND_TICKET_ASK,
                                                                   tw_clock_now_ms (), body)));
}

static void
test_repeat (TwTestCore *core, gconstpointer unused)
{
  g_autofree char *id = tw_uuid_new (), *intent = tw_uuid_new ();
  const char *body = "{\"do\":\"write\",\"note\":\"n1\"}";
  g_autoptr (TwJob) first = ask (core, id, intent, body);
  g_autoptr (TwJob) second = NULL, third = NULL;

  tw_assert_result (first, TW_RESULT_DONE, NULL);
  second = ask (core, id, intent, body);
  tw_assert_result (second, TW_RESULT_DONE, NULL);
  g_assert_cmpstr (json_object_get_string_member (tw_job_result (second)->result, "note"), ==,
                   "n1");
  tw_test_core_restart (core);
  third = ask (core, id, intent, body);
  tw_assert_result (third, TW_RESULT_DONE, NULL);
  g_assert_cmpint (tw_test_number (core, "SELECT count(*) FROM note"), ==, 1);
}

static void
test_repeat_in_batch (TwTestCore *core, gconstpointer unused)
{
  g_autoptr (GPtrArray) jobs = tw_test_jobs_new ();
  g_autofree char *id = tw_uuid_new (), *intent = tw_uuid_new ();

  for (int i = 0; i < 5; i++)
    g_ptr_array_add (jobs,
                     tw_test_job (core, TW_ROLE_USER, "a",
                                  tw_test_command_full (id, intent, TW_KIND_TICKET_ASK, 1,
                                                        "{\"do\":\"write\",\"note\":\"n\"}")));
  tw_test_run (core, jobs);
  for (guint i = 0; i < jobs->len; i++)
    tw_assert_result (g_ptr_array_index (jobs, i), TW_RESULT_DONE, NULL);
  g_assert_cmpint (tw_test_number (core, "SELECT count(*) FROM note"), ==, 1);
}

static void
test_refusal_repeats (TwTestCore *core, gconstpointer unused)
{
  g_autofree char *id = tw_uuid_new (), *intent = tw_uuid_new ();
  g_autoptr (TwJob) first = ask (core, id, intent, "{\"do\":\"refuse\"}");
  g_autoptr (TwJob) second = ask (core, id, intent, "{\"do\":\"refuse\"}");

  tw_assert_result (first, TW_RESULT_REFUSED, "no_balance");
  tw_assert_result (second, TW_RESULT_REFUSED, "no_balance");
  g_assert_cmpstr (tw_job_result (second)->words, ==, tw_job_result (first)->words);
  g_assert_cmpstr (tw_job_result (second)->remedy, ==, "top_up");
  g_assert_cmpint (json_object_get_int_member (tw_job_result (second)->result, "balance_fen"), ==,
                   12);
}

static void
test_changed (TwTestCore *core, gconstpointer unused)
{
  g_autofree char *id = tw_uuid_new (), *intent = tw_uuid_new (), *other = tw_uuid_new ();
  const char *body = "{\"do\":\"write\",\"note\":\"n1\"}";
  g_autoptr (TwJob) first = ask (core, id, intent, body);
  g_autoptr (TwJob) body_changed = ask (core, id, intent, "{\"do\":\"write\",\"note\":\"n2\"}");
  g_autoptr (TwJob) intent_changed = ask (core, id, other, body);
  g_autoptr (TwJob) kind_changed =
    tw_test_run_one (core, tw_test_job (core, TW_ROLE_USER, "a",
                                        tw_test_command_full (id, intent, TW_KIND_WALLET_TOP_UP,
                                                              tw_clock_now_ms (), body)));
  g_autoptr (TwJob) again = ask (core, id, intent, body);
  g_autoptr (TwJob) stranger = tw_test_run_one (
    core, tw_test_job (core, TW_ROLE_USER, "b",
                       tw_test_command_full (id, intent, TW_KIND_TICKET_ASK, 1,
                                             "{\"do\":\"write\",\"note\":\"n3\"}")));

  tw_assert_result (first, TW_RESULT_DONE, NULL);
  g_assert_false (tw_job_is_changed (first));
  tw_assert_result (body_changed, TW_RESULT_REFUSED, "command_changed");
  g_assert_true (tw_job_is_changed (body_changed));
  tw_assert_result (intent_changed, TW_RESULT_REFUSED, "command_changed");
  tw_assert_result (kind_changed, TW_RESULT_REFUSED, "command_changed");
  tw_assert_result (again, TW_RESULT_DONE, NULL);
  tw_assert_result (stranger, TW_RESULT_DONE, NULL);
  g_assert_cmpint (tw_test_number (core, "SELECT count(*) FROM note"), ==, 2);
}

static void
test_intent_done (TwTestCore *core, gconstpointer unused)
{
  g_autofree char *intent = tw_uuid_new ();
  static const char *const bodies[] = { "{\"do\":\"refuse\"}", "{\"do\":\"write\",\"note\":\"n1\"}",
                                        "{\"do\":\"write\",\"note\":\"n2\"}" };
  static const char *const codes[] = { "no_balance", NULL, "intent_done" };

  for (int i = 0; i < 3; i++)
    {
      g_autofree char *id = tw_uuid_new ();
      g_autoptr (TwJob) job = ask (core, id, intent, bodies[i]);

      g_assert_cmpstr (tw_job_result (job)->code, ==, codes[i]);
    }
  g_assert_cmpint (tw_test_number (core, "SELECT count(*) FROM note"), ==, 1);
}

/* What is kept of a command is no help in guessing its body, as of a registration its password. */
static void
test_hash_is_keyed (TwTestCore *core, gconstpointer unused)
{
  g_autofree char *id = tw_uuid_new (), *intent = tw_uuid_new ();
  const char *body = "{\"do\":\"write\",\"note\":\"n1\"}";
  g_autoptr (TwJob) job = ask (core, id, intent, body);
  TwReaders *readers = tw_service_get_readers (core->service);
  TwDb *db = tw_readers_borrow (readers, NULL);
  TwStmt *stmt = tw_db_query (db, NULL, "SELECT body_hash FROM command WHERE id = $1", "s", id);
  g_autofree char *guess = g_strjoin ("\n", TW_KIND_TICKET_ASK, intent, body, NULL);
  g_autofree char *in_domain = g_strconcat ("command\n", guess, NULL);
  const char *const guesses[] = { guess, in_domain, body };
  guint8 hash[TW_HASH_BYTES];
  const guint8 *kept;
  gsize length;

  tw_assert_result (job, TW_RESULT_DONE, NULL);
  g_assert_cmpint (tw_stmt_step (stmt, NULL), ==, TW_STEP_ROW);
  kept = tw_stmt_blob (stmt, 0, &length);
  g_assert_cmpuint (length, ==, TW_HASH_BYTES);
  for (gsize i = 0; i < G_N_ELEMENTS (guesses); i++)
    {
      tw_hash (guesses[i], strlen (guesses[i]), hash);
      g_assert_cmpint (memcmp (hash, kept, length), !=, 0);
    }
  tw_stmt_reset (stmt);
  tw_readers_return (readers, db);
}

static const char *
pay (TwTestCore *core, const char *intent, const char *note)
{
  g_autofree char *id = tw_uuid_new ();
  g_autofree char *body = g_strdup_printf ("{\"do\":\"write\",\"note\":\"%s\"}", note);
  g_autoptr (TwJob) job = tw_test_run_one (
    core,
    tw_test_job (core, TW_ROLE_USER, "a",
                 tw_test_command_full (id, intent, TW_KIND_TAX_PAY, tw_clock_now_ms (), body)));

  return g_intern_string (tw_job_result (job)->code);
}

static void
on_result (const TwResult *result, gpointer data)
{
  g_assert_cmpint (result->state, ==, TW_RESULT_DONE);
  *(gboolean *) data = TRUE;
}

static void
settle (TwTestCore *core, const char *intent, gboolean succeeded)
{
  g_autofree char *id = tw_uuid_new (), *own = tw_uuid_new ();
  g_autofree char *text = g_strdup_printf (
    "{\"do\":\"settle\",\"account\":\"a\",\"intent\":\"%s\",\"succeeded\":%d}", intent, succeeded);
  g_autoptr (JsonNode) body = json_from_string (text, NULL);
  g_autoptr (GError) error = NULL;
  gboolean done = FALSE;

  tw_writer_submit_internal (tw_service_get_writer (core->service), TW_KIND_RAIL_SETTLE, id, own,
                             json_node_get_object (body), g_main_context_default (), on_result,
                             &done, &error);
  g_assert_no_error (error);
  tw_test_wait (&done);
}

static void
test_intent_live (TwTestCore *core, gconstpointer unused)
{
  g_autofree char *intent = tw_uuid_new ();

  g_assert_cmpstr (pay (core, intent, "n1"), ==, NULL);
  g_assert_cmpstr (pay (core, intent, "n2"), ==, "intent_live");
  settle (core, intent, FALSE);
  g_assert_cmpstr (pay (core, intent, "n3"), ==, NULL);
  g_assert_cmpstr (pay (core, intent, "n4"), ==, "intent_live");
  settle (core, intent, TRUE);
  g_assert_cmpstr (pay (core, intent, "n5"), ==, "intent_done");
  settle (core, intent, FALSE); /* too late: a success stays one */
  g_assert_cmpstr (pay (core, intent, "n6"), ==, "intent_done");
  g_assert_cmpint (tw_test_number (core, "SELECT count(*) FROM note"), ==, 2);
}

static void
test_signature (TwTestCore *core, gconstpointer unused)
{
  g_autofree char *id = tw_uuid_new (), *intent = tw_uuid_new ();
  const char *body = "{\"do\":\"write\",\"note\":\"n1\"}";
  gint64 now = tw_clock_now_ms ();
  TwCommand *unsigned_one = tw_test_command_full (id, intent, TW_KIND_WALLET_TOP_UP, now, body);
  TwCommand *other_body = tw_test_command (TW_KIND_WALLET_TOP_UP, "write", "n2");
  g_autoptr (TwJob) none = NULL, forged = NULL, good = NULL, repeat = NULL;

  none = tw_test_run_one (core, tw_job_new (tw_test_actor (core, TW_ROLE_USER, "a"), unsigned_one));
  tw_assert_result (none, TW_RESULT_REFUSED, "bad_signature");
  forged = tw_test_job (core, TW_ROLE_USER, "a", other_body);
  g_free (other_body->body_text);
  other_body->body_text = g_strdup ("{\"do\":\"write\",\"note\":\"n3\"}");
  tw_test_run_one (core, forged);
  tw_assert_result (forged, TW_RESULT_REFUSED, "bad_signature");
  /* The id was not used up by somebody who can't sign. */
  good = tw_test_run_one (
    core, tw_test_job (core, TW_ROLE_USER, "a",
                       tw_test_command_full (id, intent, TW_KIND_WALLET_TOP_UP, now, body)));
  tw_assert_result (good, TW_RESULT_DONE, NULL);
  /* Signed on in anew with another key, the device still learns what became of it. */
  repeat = tw_test_run_one (
    core, tw_job_new (tw_test_actor (core, TW_ROLE_USER, "a"),
                      tw_test_command_full (id, intent, TW_KIND_WALLET_TOP_UP, now, body)));
  tw_assert_result (repeat, TW_RESULT_DONE, NULL);
  g_assert_cmpint (tw_test_number (core, "SELECT count(*) FROM note"), ==, 1);
}

static void
test_admission (TwTestCore *core, gconstpointer unused)
{
  const gint64 minute = 60000, now = tw_clock_now_ms ();
  const struct
  {
    TwRole role;
    const char *kind;
    gint64 at_ms;
    const char *code;
  } cases[] = {
    { TW_ROLE_USER, "wallet.burn", now, "invalid" },
    { TW_ROLE_USER, TW_KIND_TICKET_RATE, now, "invalid" }, /* known, but nobody does it here */
    { TW_ROLE_USER, TW_KIND_RAIL_SETTLE, now, "not_allowed" },
    { TW_ROLE_AGENT, TW_KIND_WALLET_TOP_UP, now, "not_allowed" },
    { TW_ROLE_GUEST, TW_KIND_TICKET_ASK, now, "not_allowed" },
    { TW_ROLE_USER, TW_KIND_WALLET_TOP_UP, now + 11 * minute, "clock" },
    { TW_ROLE_USER, TW_KIND_WALLET_TOP_UP, now + 9 * minute, NULL },
    { TW_ROLE_USER, TW_KIND_WALLET_TOP_UP, now - 11 * minute, "expired" },
    { TW_ROLE_USER, TW_KIND_WALLET_TOP_UP, now - 9 * minute, NULL },
    { TW_ROLE_USER, TW_KIND_TICKET_ASK, now - 100000 * minute, NULL },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *id = tw_uuid_new (), *intent = tw_uuid_new ();
      g_autofree char *body = g_strdup_printf ("{\"do\":\"write\",\"note\":\"%s\"}", id);
      g_autoptr (TwJob) job = tw_test_run_one (
        core, tw_test_job (core, cases[i].role, "a",
                           tw_test_command_full (id, intent, cases[i].kind, cases[i].at_ms, body)));

      g_assert_cmpstr (tw_job_result (job)->code, ==, cases[i].code);
    }
  g_assert_cmpint (tw_test_number (core, "SELECT count(*) FROM note"), ==, 3);
}

/* A repeat long after its time to live still gets its first answer. */
static void
test_old_repeat (TwTestCore *core, gconstpointer unused)
{
  g_autofree char *id = tw_uuid_new (), *intent = tw_uuid_new ();
  gint64 at_ms = tw_clock_now_ms ();

  for (int i = 0; i < 2; i++)
    {
      g_autoptr (TwJob) job = tw_test_run_one (
        core, tw_test_job (core, TW_ROLE_USER, "a",
                           tw_test_command_full (id, intent, TW_KIND_WALLET_TOP_UP, at_ms,
                                                 "{\"do\":\"write\",\"note\":\"n\"}")));

      tw_assert_result (job, TW_RESULT_DONE, NULL);
      tw_clock_set_offset_ms (3600000);
    }
  tw_clock_set_offset_ms (0);
}

static void
test_guest (TwTestCore *core, gconstpointer unused)
{
  g_autofree char *id = tw_uuid_new (), *intent = tw_uuid_new ();
  static const char *const bodies[] = { "{\"do\":\"write\",\"note\":\"n1\"}", "{\"do\":\"weak\"}" };

  for (int i = 0; i < 2; i++)
    {
      TwActor *actor = tw_actor_new (TW_ROLE_GUEST, "", i == 0 ? "d1" : "d2", core->public_key, "");
      TwCommand *command =
        tw_test_command_full (id, intent, TW_KIND_ACCOUNT_REGISTER, tw_clock_now_ms (), bodies[i]);
      g_autoptr (TwJob) job = NULL;

      tw_test_sign (core, command, actor);
      job = tw_test_run_one (core, tw_job_new (actor, command));
      g_assert_cmpstr (tw_job_result (job)->code, ==, i == 0 ? NULL : "weak_password");
      if (i == 0)
        g_assert_cmpstr (json_object_get_string_member (tw_job_result (job)->result, "prepared"),
                         ==, "slowly");
    }
  g_assert_cmpint (tw_test_number (core, "SELECT count(*) FROM command WHERE account = 'guest:d1'"),
                   ==, 1);
  g_assert_cmpint (tw_test_number (core, "SELECT count(*) FROM command WHERE account = 'guest:d2'"),
                   ==, 0);
}

static TwJob *
guest_job (TwTestCore *core, const char *kind, gint64 at_ms, const char *body, gboolean sign)
{
  g_autofree char *id = tw_uuid_new (), *intent = tw_uuid_new ();
  TwActor *actor = tw_actor_new (TW_ROLE_GUEST, "", "d1", core->public_key, "");
  TwCommand *command = tw_test_command_full (id, intent, kind, at_ms, body);

  if (sign)
    tw_test_sign (core, command, actor);
  return tw_job_new (actor, command);
}

/* Whoever has no account can't make us write rows for good, signed or not. */
static void
test_guest_flood (TwTestCore *core, gconstpointer unused)
{
  const gint64 now = tw_clock_now_ms (), day = 86400000;
  const char *weak = "{\"do\":\"weak\"}", *refuse = "{\"do\":\"refuse\"}";
  const struct
  {
    const char *kind;
    gint64 at_ms;
    const char *body;
    const char *code;
  } cases[] = {
    { "account.burn", now, weak, "invalid" },
    { TW_KIND_TICKET_ASK, now, refuse, "not_allowed" },
    { TW_KIND_ACCOUNT_REGISTER, now + day, refuse, "clock" },
    { TW_KIND_ACCOUNT_REGISTER, now, weak, "weak_password" },
    { TW_KIND_ACCOUNT_REGISTER, now, refuse, "no_balance" },
  };
  g_autoptr (GPtrArray) jobs = tw_test_jobs_new ();
  g_autoptr (TwJob) unsigned_one = guest_job (core, TW_KIND_ACCOUNT_REGISTER, now, weak, FALSE);

  for (int i = 0; i < 1000; i++)
    {
      gsize n = (gsize) i % G_N_ELEMENTS (cases);

      g_ptr_array_add (jobs, guest_job (core, cases[n].kind, cases[n].at_ms, cases[n].body, TRUE));
    }
  tw_test_run (core, jobs);
  for (guint i = 0; i < jobs->len; i++)
    tw_assert_result (g_ptr_array_index (jobs, i), TW_RESULT_REFUSED,
                      cases[i % G_N_ELEMENTS (cases)].code);
  tw_test_run_one (core, unsigned_one);
  tw_assert_result (unsigned_one, TW_RESULT_REFUSED, "bad_signature");
  g_assert_cmpint (tw_test_number (core, "SELECT count(*) FROM command"), ==, 0);
  g_assert_cmpint (tw_test_number (core, "SELECT count(*) FROM intent"), ==, 0);
  g_assert_cmpint (tw_test_number (core, "SELECT count(*) FROM audit"), ==, 0);
}

/* One that is not kept uses up neither its id nor anybody's patience. */
static void
test_unknown_kind_flood (TwTestCore *core, gconstpointer unused)
{
  g_autofree char *id = tw_uuid_new (), *intent = tw_uuid_new ();
  g_autoptr (GPtrArray) jobs = tw_test_jobs_new ();
  g_autoptr (TwJob) good = NULL;

  for (int i = 0; i < 1000; i++)
    g_ptr_array_add (jobs, tw_test_job (core, TW_ROLE_USER, "a",
                                        tw_test_command_full (id, intent, "wallet.burn", 1, "{}")));
  tw_test_run (core, jobs);
  for (guint i = 0; i < jobs->len; i++)
    tw_assert_result (g_ptr_array_index (jobs, i), TW_RESULT_REFUSED, "invalid");
  g_assert_cmpint (tw_test_number (core, "SELECT count(*) FROM command"), ==, 0);
  good = ask (core, id, intent, "{\"do\":\"write\",\"note\":\"n1\"}");
  tw_assert_result (good, TW_RESULT_DONE, NULL);
}

static guint
run_refused (TwTestCore *core, const char *account, guint n, GPtrArray *jobs)
{
  guint n_kept = 0;

  for (guint i = 0; i < n; i++)
    g_ptr_array_add (jobs, tw_test_job (core, TW_ROLE_USER, account,
                                        tw_test_command (TW_KIND_TICKET_ASK, "refuse", "")));
  tw_test_run (core, jobs);
  for (guint i = 0; i < n; i++)
    {
      const TwResult *result = tw_job_result (g_ptr_array_index (jobs, i));

      if (strcmp (result->code, "no_balance") == 0)
        {
          g_assert_cmpint (result->state, ==, TW_RESULT_REFUSED);
          n_kept++;
        }
      else
        {
          g_assert_cmpint (result->state, ==, TW_RESULT_FAILED);
          g_assert_cmpstr (result->code, ==, "too_many");
          g_assert_cmpstr (result->remedy, ==, "wait");
        }
    }
  return n_kept;
}

/* Each refusal that is kept is a row for good: an account gets so many of them. */
static void
test_too_many_refusals (TwTestCore *core, gconstpointer unused)
{
  const guint most = TW_PATIENCE_REFUSALS + 2; /* renewed while the test runs, at its slowest */
  g_autoptr (GPtrArray) jobs = tw_test_jobs_new (), others = tw_test_jobs_new ();
  g_autoptr (GPtrArray) again = tw_test_jobs_new (), more = tw_test_jobs_new ();
  g_autoptr (TwJob) fail = NULL;
  guint n = run_refused (core, "a", 1000, jobs);

  g_assert_cmpuint (n, >=, TW_PATIENCE_REFUSALS);
  g_assert_cmpuint (n, <=, most);
  g_assert_cmpint (tw_test_number (core, "SELECT count(*) FROM command"), ==, n);
  /* What was kept still gets its answer, and another account is not made to wait. */
  for (guint i = 0; i < TW_PATIENCE_REFUSALS; i++)
    g_ptr_array_add (again, tw_job_ref (g_ptr_array_index (jobs, i)));
  tw_test_run (core, again);
  for (guint i = 0; i < again->len; i++)
    tw_assert_result (g_ptr_array_index (again, i), TW_RESULT_REFUSED, "no_balance");
  g_assert_cmpuint (run_refused (core, "b", 10, others), ==, 10);
  /* Nor does it come back with what was rolled back afterwards. */
  fail = tw_test_run_one (
    core, tw_test_job (core, TW_ROLE_USER, "c", tw_test_command (TW_KIND_TICKET_ASK, "fail", "n")));
  tw_assert_result (fail, TW_RESULT_FAILED, "failed");
  g_assert_cmpuint (run_refused (core, "a", 10, more), <=, 2);
}

static void
test_patience (void)
{
  TwPatience *patience = tw_patience_new ();
  const gint64 hour = 3600000;

  for (int i = 0; i < TW_PATIENCE_REFUSALS; i++)
    {
      g_assert_true (tw_patience_has (patience, "a", 0));
      tw_patience_take (patience, "a", 0);
    }
  g_assert_false (tw_patience_has (patience, "a", TW_PATIENCE_RENEW_MS - 1));
  g_assert_true (tw_patience_has (patience, "b", 0));
  /* Nothing of it was kept. */
  tw_patience_rollback (patience);
  g_assert_true (tw_patience_has (patience, "a", 0));
  for (int i = 0; i < TW_PATIENCE_REFUSALS; i++)
    tw_patience_take (patience, "a", 0);
  tw_patience_commit (patience);
  tw_patience_rollback (patience);
  g_assert_false (tw_patience_has (patience, "a", 0));
  g_assert_true (tw_patience_has (patience, "a", TW_PATIENCE_RENEW_MS));
  tw_patience_take (patience, "a", TW_PATIENCE_RENEW_MS);
  g_assert_false (tw_patience_has (patience, "a", TW_PATIENCE_RENEW_MS));
  /* Many others come, and the one that has used it up is not forgotten for it. */
  for (int i = 0; i < 5000; i++)
    {
      g_autofree char *name = g_strdup_printf ("c%d", i);

      tw_patience_take (patience, name, TW_PATIENCE_RENEW_MS);
    }
  g_assert_false (tw_patience_has (patience, "a", TW_PATIENCE_RENEW_MS));
  g_assert_true (tw_patience_has (patience, "a", hour));
  tw_patience_free (patience);
}

static void
verify_audit (TwTestCore *core, const char *expected)
{
  g_autoptr (GString) report = g_string_new (NULL);
  g_autoptr (GError) error = NULL;
  TwReaders *readers = tw_service_get_readers (core->service);
  TwDb *db = tw_readers_borrow (readers, &error);

  g_assert_no_error (error);
  tw_audit_verify (db, tw_service_get_key (core->service, TW_KEY_AUDIT), report, &error);
  g_assert_no_error (error);
  tw_readers_return (readers, db);
  g_assert_cmpstr (report->str, ==, expected);
}

static void
test_audit (TwTestCore *core, gconstpointer unused)
{
  for (int i = 0; i < 5; i++)
    {
      g_autofree char *note = g_strdup_printf ("n%d", i);
      g_autoptr (TwJob) job = tw_test_run_one (
        core, tw_test_job (core, TW_ROLE_USER, "a",
                           tw_test_command (TW_KIND_TICKET_ASK, i == 2 ? "fail" : "write", note)));
    }
  g_assert_cmpint (tw_test_number (core, "SELECT max(seq) FROM audit"), ==, 4);
  verify_audit (core, "");
  tw_test_exec (core, "UPDATE audit SET subject = 'n9' WHERE seq = 3");
  verify_audit (core, "audit: the chain breaks at line 3\n");
  tw_test_exec (core, "DELETE FROM audit WHERE seq = 1");
  verify_audit (core, "audit: the chain breaks at line 1\n");
}

#define ADD(name, func)                                                                            \
  g_test_add ("/core/command/" name, TwTestCore, NULL, tw_test_core_set_up, func,                  \
              tw_test_core_tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("repeat", test_repeat);
  ADD ("repeat-in-batch", test_repeat_in_batch);
  ADD ("refusal-repeats", test_refusal_repeats);
  ADD ("changed", test_changed);
  ADD ("hash-is-keyed", test_hash_is_keyed);
  ADD ("intent-done", test_intent_done);
  ADD ("intent-live", test_intent_live);
  ADD ("signature", test_signature);
  ADD ("admission", test_admission);
  ADD ("old-repeat", test_old_repeat);
  ADD ("guest", test_guest);
  ADD ("guest-flood", test_guest_flood);
  ADD ("unknown-kind-flood", test_unknown_kind_flood);
  ADD ("too-many-refusals", test_too_many_refusals);
  g_test_add_func ("/core/command/patience", test_patience);
  ADD ("audit", test_audit);
  return g_test_run ();
}
