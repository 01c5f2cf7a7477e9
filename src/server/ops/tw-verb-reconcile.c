// SPDX-License-Identifier: GPL-3.0-or-later
/* reconcile: our books of a day against a partner's, by hand. May run beside a service. */
#include <glib/gi18n.h>
#include <json-glib/json-glib.h>
#include <string.h>

#include "base/tw-clock.h"
#include "base/tw-error.h"
#include "base/tw-money.h"
#include "protocol/tw-json.h"
#include "server/ops/tw-ops.h"
#include "server/ops/tw-schema.h"
#include "server/reconcile/tw-reconcile.h"

#define DEFAULT_PARTY "bank"

typedef struct
{
  const TwOpsOptions *options;
  TwService *service;
  TwRailsSetup setup;
  guint open; /* of all that were looked at */
} Run;

static gboolean
is_given (const char *option)
{
  return option != NULL && *option != '\0';
}

static void
say (Run *run, const char *party, int day, const TwReconcileSum *sum)
{
  g_autofree char *day_text = tw_clock_format_day (day);
  g_autofree char *here = tw_money_format_plain (sum->here_fen);
  g_autofree char *there = tw_money_format_plain (sum->there_fen);
  g_autoptr (JsonObject) json = NULL;
  g_autofree char *text = NULL;

  run->open += sum->open;
  if (!run->options->json)
    {
      /* Translators: bank 2026-03-31: 12 entries, here 500.00, there 400.00, … */
      g_print (_ ("%s %s: %u entries, here %s, there %s, %u settled, %u to be explained.\n"), party,
               day_text, sum->entries, here, there, sum->healed, sum->open);
      return;
    }
  json = json_object_new ();
  json_object_set_string_member (json, "partner", party);
  json_object_set_string_member (json, "day", day_text);
  json_object_set_int_member (json, "entries", sum->entries);
  json_object_set_int_member (json, "here_fen", sum->here_fen);
  json_object_set_int_member (json, "there_fen", sum->there_fen);
  json_object_set_int_member (json, "settled", sum->healed);
  json_object_set_int_member (json, "open", sum->open);
  text = tw_json_canonical_object (json);
  g_print ("%s\n", text);
}

static gboolean
read_day (const TwOpsOptions *options, int *day, GError **error)
{
  *day = tw_clock_today () - 1;
  if (options->day == NULL || (tw_clock_parse_day (options->day, day) && *day <= tw_clock_today ()))
    return TRUE;
  g_set_error (error, TW_ERROR, TW_ERROR_INVALID,
               _ ("“%s” is not a day up to today, like 2026-03-31."), options->day);
  return FALSE;
}

static gboolean
check_party (const char *party, GError **error)
{
  g_auto (GStrv) parties = tw_reconcile_list_parties ();
  g_autofree char *names = g_strjoinv (", ", parties);

  if (party == NULL || g_strv_contains ((const char *const *) parties, party))
    return TRUE;
  g_set_error (error, TW_ERROR, TW_ERROR_INVALID, _ ("There is no partner “%s”. Take one of: %s."),
               party, names);
  return FALSE;
}

/* The file is read before anything is opened: one that is no statement changes nothing. */
static gboolean
run_statement (Run *run, TwStatement *statement, int day, GError **error)
{
  const char *party = is_given (run->options->party) ? run->options->party : DEFAULT_PARTY;
  g_autofree char *is = tw_clock_format_day (statement->day);
  TwReconcileSum sum;

  if (run->options->day != NULL && day != statement->day)
    {
      g_set_error (error, TW_ERROR, TW_ERROR_INVALID, _ ("The statement is of %s, not of %s."), is,
                   run->options->day);
      return FALSE;
    }
  if (run->options->account != NULL &&
      !tw_reconcile_set_account (run->service, party, run->options->account, error))
    return FALSE;
  if (!tw_reconcile_statement (run->service, party, statement, &sum, error))
    return FALSE;
  say (run, party, statement->day, &sum);
  return TRUE;
}

/* What went wrong with each of several. @one: (transfer full) */
static void
add_error (GError **all, GError *one)
{
  g_autofree char *before = NULL;

  if (*all == NULL)
    {
      g_propagate_error (all, one);
      return;
    }
  before = g_strconcat ((*all)->message, " ", NULL);
  g_clear_error (all);
  g_propagate_prefixed_error (all, one, "%s", before);
}

/* One partner that does not tell its books is no reason to leave the others. */
static gboolean
run_partners (Run *run, int day, GError **error)
{
  g_auto (GStrv) parties = tw_reconcile_list_parties ();
  g_autoptr (GError) wrong = NULL;

  if (run->options->account != NULL &&
      !tw_reconcile_set_account (run->service, run->options->party, run->options->account, error))
    return FALSE;
  for (guint i = 0; parties[i] != NULL; i++)
    {
      GError *one = NULL;
      TwReconcileSum sum;

      if (is_given (run->options->party) && strcmp (run->options->party, parties[i]) != 0)
        continue;
      if (tw_reconcile_fetch (run->service, &run->setup, parties[i], day, &sum, &one))
        say (run, parties[i], day, &sum);
      else
        add_error (&wrong, one);
    }
  if (wrong == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&wrong));
  return FALSE;
}

static TwService *
open_service (const TwOpsOptions *options, GError **error)
{
  g_auto (TwOpsBase) base = { 0 };
  const TwMigration *steps;
  gsize n;

  steps = tw_schema_get_steps (&n);
  if (!tw_ops_base_open (&base, options, error))
    return NULL;
  return tw_service_new (options->database, base.keys, steps, n, error);
}

gboolean
tw_verb_reconcile (const TwOpsOptions *options, TwExit *code, GError **error)
{
  Run run = { .options = options,
              .setup = { .socket_path = options->counterpart,
                         .key_path = tw_ops_get_rails_key_path (options),
                         .timeout_ms = TW_RAILS_TIMEOUT_MS } };
  g_autoptr (TwStatement) statement = NULL;
  gboolean ok;
  int day;

  if (!read_day (options, &day, error) ||
      !check_party (is_given (options->party) ? options->party : NULL, error))
    return FALSE;
  if (options->statement == NULL && !is_given (options->counterpart))
    {
      g_set_error_literal (error, TW_ERROR, TW_ERROR_INVALID,
                           _ ("--statement or --counterpart is needed: a partner’s books."));
      return FALSE;
    }
  if (options->account != NULL && options->statement == NULL && !is_given (options->party))
    {
      g_set_error_literal (error, TW_ERROR, TW_ERROR_INVALID,
                           _ ("--account needs --partner: whose number it is."));
      return FALSE;
    }
  if (options->statement != NULL && (statement = tw_statement_from_files (
                                       (const char *const *) options->statement, error)) == NULL)
    return FALSE;
  run.service = open_service (options, error);
  if (run.service == NULL)
    return FALSE;
  ok = statement != NULL ? run_statement (&run, statement, day, error)
                         : run_partners (&run, day, error);
  tw_service_stop (run.service);
  tw_service_free (run.service);
  if (run.open > 0)
    *code = TW_EXIT_NOT_SO;
  return ok;
}
