// SPDX-License-Identifier: GPL-3.0-or-later
#include "tw-test-books.h"

#include "base/tw-clock.h"
#include "base/tw-uuid.h"
#include "tw-test-db.h"

#define DEVICE "01900000-0000-7000-8000-0000000000d1"

/* The books of a day that ends meanwhile would be two. */
static void
wait_for_one_day (void)
{
  while (tw_clock_day_of_ms (tw_clock_now_ms () + 100000) != tw_clock_today ())
    g_usleep (100000);
}

void
tw_books_set_up (TwBooks *c, gconstpointer data)
{
  g_autofree char *public_key = NULL;

  wait_for_one_day ();
  c->t = tw_test_money_new ();
  c->id = tw_uuid_new ();
  c->other = tw_uuid_new ();
  c->socket = g_build_filename (c->t->folder, "c", "counterpart.sock", NULL);
  c->setup = (TwRailsSetup){ .socket_path = c->socket, .timeout_ms = 5000 };
  public_key = tw_signer_get_public (c->t->signer);
  c->senior = tw_actor_new (TW_ROLE_SENIOR, "01900000-0000-7000-8000-0000000000e1", DEVICE,
                            public_key, "Senior Mei");
  tw_test_money_wait (c->t,
                      "SELECT count(*) FROM rail_op WHERE account_id = $1 AND next_at IS NOT NULL",
                      c->t->person->account_id, 0);
}

void
tw_books_tear_down (TwBooks *c, gconstpointer data)
{
  tw_clock_set_offset_ms (0);
  tw_test_money_assert_sound (c->t);
  tw_actor_unref (c->senior);
  tw_test_money_free (c->t);
  g_free (c->socket);
  g_free (c->id);
  g_free (c->other);
}

void
tw_books_top_up (TwBooks *c, const char *id)
{
  tw_assert_done (tw_test_money_top_up (c->t, id, NULL, TW_BOOKS_FEN));
}

TwReconcileSum
tw_books_reconcile (TwBooks *c)
{
  g_autoptr (GError) error = NULL;
  TwReconcileSum sum;

  g_assert_true (
    tw_reconcile_fetch (c->t->service, &c->setup, "bank", tw_clock_today (), &sum, &error));
  g_assert_no_error (error);
  return sum;
}

gint64
tw_books_count (TwBooks *c, TwDifferenceState state, TwDifferenceKind kind)
{
  g_autofree char *sql = g_strdup_printf (
    "SELECT count(*) FROM difference WHERE party = $1 AND state = %d AND kind = %d", (int) state,
    (int) kind);

  return tw_test_money_number (c->t->db, sql, "bank");
}

gint64
tw_books_count_all (TwBooks *c)
{
  return tw_test_money_number (c->t->db, "SELECT count(*) FROM difference WHERE party = $1",
                               "bank");
}

TwStatement *
tw_books_statement (int day, const char *account)
{
  TwStatement *statement = tw_statement_new ();

  statement->day = day;
  g_free (statement->account);
  statement->account = g_strdup (account);
  return statement;
}

void
tw_books_add (TwStatement *statement,
              const char *entry,
              const char *order,
              gint64 amount_fen,
              gboolean reversal)
{
  g_autoptr (GError) error = NULL;
  TwStatementEntry *line = tw_statement_add (statement, 0, &error);

  g_assert_no_error (error);
  line->entry = g_strdup (entry);
  line->order_id = g_strdup (order);
  line->reference = g_strconcat ("BANK-", entry, NULL);
  line->amount_fen = amount_fen;
  line->reversal = reversal;
}

TwReconcileSum
tw_books_take (TwBooks *c, TwStatement *statement)
{
  g_autoptr (TwStatement) owned = statement;
  g_autoptr (GError) error = NULL;
  TwReconcileSum sum;

  g_assert_true (tw_statement_check (statement, &error));
  g_assert_no_error (error);
  tw_reconcile_statement (c->t->service, "bank", statement, &sum, &error);
  g_assert_no_error (error);
  return sum;
}

int
tw_books_run_verb (TwBooks *c, char **out, char **err, const char *const *options)
{
  g_autofree char *program =
    g_build_filename (g_getenv ("TW_BUILDDIR"), "src", "server", "tax-wallet-server", NULL);
  g_autofree char *keys = g_build_filename (c->t->folder, "keys", NULL);
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_autoptr (GSubprocessLauncher) launcher =
    g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_PIPE);
  g_autoptr (GSubprocess) process = NULL;
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) arguments = NULL;

  g_strv_builder_add_many (builder, program, "reconcile", "--keys", keys, "--json", NULL);
  g_strv_builder_addv (builder, (const char **) options);
  arguments = g_strv_builder_end (builder);
  g_clear_pointer (out, g_free);
  g_clear_pointer (err, g_free);
  g_subprocess_launcher_setenv (launcher, "TW_DATABASE", c->t->url, TRUE);
  process = g_subprocess_launcher_spawnv (launcher, (const char *const *) arguments, &error);
  g_assert_no_error (error);
  g_assert_true (g_subprocess_communicate_utf8 (process, NULL, NULL, out, err, &error));
  g_assert_no_error (error);
  return g_subprocess_get_exit_status (process);
}
