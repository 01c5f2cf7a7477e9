// SPDX-License-Identifier: GPL-3.0-or-later
/* The command line: one verb, its options, one clear line when it can't be done. */
#include "server/ops/tw-ops.h"

#include <glib/gi18n.h>
#include <locale.h>
#include <string.h>

#include "base/tw-error.h"
#include "server/ops/tw-schema.h"

static TwOpsOptions given;

/* clang-format off */
static const GOptionEntry entry_database = {
  "database", 0, 0, G_OPTION_ARG_STRING, &given.database,
  N_ ("The database; what TW_DATABASE says if not given"),
  "sqlite:PATH|postgresql://…"
};
static const GOptionEntry entry_keys = {
  "keys", 0, 0, G_OPTION_ARG_FILENAME, &given.keys, N_ ("Folder of the service’s keys"), "DIR"
};
static const GOptionEntry entry_sockets = {
  "socket-dir", 0, 0, G_OPTION_ARG_FILENAME, &given.socket_dir, N_ ("Folder of the sockets"), "DIR"
};
static const GOptionEntry entry_blobs = {
  "blobs", 0, 0, G_OPTION_ARG_FILENAME, &given.blobs,
  N_ ("Folder of photos and attachments; beside the database if not given"), "DIR"
};
static const GOptionEntry entry_counterpart = {
  "counterpart", 0, 0, G_OPTION_ARG_FILENAME, &given.counterpart,
  N_ ("Socket of the bank and the tax office"), "SOCKET"
};
static const GOptionEntry entry_rails_key = {
  "rails-key", 0, 0, G_OPTION_ARG_FILENAME, &given.rails_key,
  N_ ("The key shared with the bank and the tax office; made beside their socket if not given"),
  "FILE"
};
static const GOptionEntry entry_day = {
  "day", 0, 0, G_OPTION_ARG_STRING, &given.day,
  N_ ("Which day in China; yesterday if not given"), "2026-03-31"
};
static const GOptionEntry entry_statement = {
  "statement", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &given.statement,
  N_ ("A statement of ISO 20022 camt.053 to go by, instead of asking; again for each of its pages"),
  "FILE"
};
static const GOptionEntry entry_account = {
  "account", 0, 0, G_OPTION_ARG_STRING, &given.account,
  N_ ("Our account with the partner, kept from then on: other accounts’ statements are refused"),
  "NUMBER"
};
static const GOptionEntry entry_party = {
  "partner", 0, 0, G_OPTION_ARG_STRING, &given.party,
  N_ ("Whose books: bank, office, …; all if not given, with a statement the bank’s"), "NAME"
};
static const GOptionEntry entry_checkpoint = {
  "checkpoint", 0, 0, G_OPTION_ARG_FILENAME, &given.checkpoint,
  N_ ("The ledger’s signed checkpoint; with the keys if not given"), "FILE"
};
static const GOptionEntry entry_accept_older = {
  "accept-older", 0, 0, G_OPTION_ARG_NONE, &given.accept_older,
  N_ ("Go on from a database that is older than its checkpoint"), NULL
};
static const GOptionEntry entry_practice = {
  "practice", 0, 0, G_OPTION_ARG_NONE, &given.practice,
  N_ ("With sample people and scripted colleagues"), NULL
};
static const GOptionEntry entry_lease = {
  "lease", 0, 0, G_OPTION_ARG_NONE, &given.lease, N_ ("End when nobody holds the lease socket"), NULL
};
static const GOptionEntry entry_log_json = {
  "log-json", 0, 0, G_OPTION_ARG_NONE, &given.log_json,
  N_ ("Tell what happens in lines of JSON"), NULL
};
static const GOptionEntry entry_role = {
  "role", 0, 0, G_OPTION_ARG_STRING, &given.role, N_ ("What the colleague may do"), "agent|senior"
};
static const GOptionEntry entry_name = {
  "name", 0, 0, G_OPTION_ARG_STRING, &given.name,
  N_ ("As customers see it; the login if not given"), "NAME"
};
static const GOptionEntry entry_password = { "password-stdin", 0, 0, G_OPTION_ARG_NONE,
                                             &given.password_stdin,
                                             N_ ("Read the password from standard input"), NULL };
static const GOptionEntry entry_json = { "json", 0, 0, G_OPTION_ARG_NONE, &given.json,
                                         N_ ("Answer in JSON"), NULL };
static const GOptionEntry entry_rest = { G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_FILENAME_ARRAY,
                                         &given.rest, NULL, NULL };

#define MAX_ENTRIES 12

static const struct
{
  const char *name;
  TwVerbFunc func;
  const char *argument; /* (nullable): the one thing that must follow */
  const char *summary;
  const GOptionEntry *entries[MAX_ENTRIES];
} verbs[] = {
  { "serve", tw_verb_serve, NULL, N_ ("Serve until told to stop"),
    { &entry_database, &entry_keys, &entry_sockets, &entry_blobs, &entry_counterpart,
      &entry_rails_key, &entry_checkpoint, &entry_accept_older, &entry_practice, &entry_lease,
      &entry_log_json } },
  { "migrate", tw_verb_migrate, NULL, N_ ("Bring the tables up to this version"),
    { &entry_database, &entry_keys } },
  { "verify", tw_verb_verify, NULL, N_ ("Compute everything again from its entries"),
    { &entry_database, &entry_keys, &entry_blobs, &entry_checkpoint } },
  { "backup", tw_verb_backup, "PATH", N_ ("Write a copy, while others work"),
    { &entry_database, &entry_keys, &entry_blobs } },
  { "restore", tw_verb_restore, "PATH", N_ ("Put a copy where no database is"),
    { &entry_database, &entry_keys, &entry_blobs, &entry_checkpoint } },
  { "add-agent", tw_verb_add_agent, "LOGIN", N_ ("Add a colleague"),
    { &entry_database, &entry_keys, &entry_role, &entry_name, &entry_password } },
  { "reconcile", tw_verb_reconcile, NULL, N_ ("Hold the books of a day against a partner’s"),
    { &entry_database, &entry_keys, &entry_counterpart, &entry_rails_key, &entry_day,
      &entry_statement, &entry_account, &entry_party } },
  { "metrics", tw_verb_metrics, NULL, N_ ("Ask a running service what it counts"),
    { &entry_sockets } },
};

/* clang-format on */

static int
find_verb (const char *name)
{
  for (int i = 0; name != NULL && i < (int) G_N_ELEMENTS (verbs); i++)
    if (strcmp (verbs[i].name, name) == 0)
      return i;
  return -1;
}

static void
add_entries (GOptionContext *context, int verb)
{
  GOptionEntry entries[MAX_ENTRIES + 3] = { 0 };
  gsize n = 0;

  while (n < MAX_ENTRIES && verbs[verb].entries[n] != NULL)
    {
      entries[n] = *verbs[verb].entries[n];
      n++;
    }
  entries[n++] = entry_json;
  if (verbs[verb].argument != NULL)
    entries[n++] = entry_rest;
  g_option_context_add_main_entries (context, entries, GETTEXT_PACKAGE);
}

/* Everybody on the machine can read a command line, and an address of PostgreSQL may have a
 * password in it. */
static void
take_database_from_environment (void)
{
  const char *database = g_getenv ("TW_DATABASE");

  if (given.database == NULL && database != NULL && *database != '\0')
    given.database = g_strdup (database);
}

static gboolean
parse (int verb, int *argc, char ***argv, GError **error)
{
  g_autofree char *parameters =
    g_strdup_printf ("%s%s%s", verbs[verb].name, verbs[verb].argument != NULL ? " " : "",
                     verbs[verb].argument != NULL ? verbs[verb].argument : "");
  g_autoptr (GOptionContext) context = g_option_context_new (parameters);
  guint n;

  g_option_context_set_summary (context, _ (verbs[verb].summary));
  add_entries (context, verb);
  if (!g_option_context_parse (context, argc, argv, error))
    return FALSE;
  take_database_from_environment ();
  n = (given.rest != NULL ? g_strv_length (given.rest) : 0) + (guint) *argc - 1;
  if (n == (verbs[verb].argument != NULL ? 1 : 0))
    return TRUE;
  g_set_error (error, TW_ERROR, TW_ERROR_INVALID, _ ("Use it like this: %s %s"), g_get_prgname (),
               parameters);
  return FALSE;
}

static void
print_verbs (void)
{
  g_print ("%s\n\n", _ ("The service of Tax Wallet. One of these comes first:"));
  for (gsize i = 0; i < G_N_ELEMENTS (verbs); i++)
    g_print ("  %-12s %s\n", verbs[i].name, _ (verbs[i].summary));
  g_print ("\n%s\n", _ ("tax-wallet-server VERB --help tells more."));
}

/* A line on standard error is one line, whatever is in the words. */
static void
complain (const char *words)
{
  g_autofree char *line = g_strdup (words);

  g_printerr ("%s: %s\n", g_get_prgname (), g_strdelimit (line, "\n\r", ' '));
}

static int
exit_for (const GError *error)
{
  if (error->domain == G_OPTION_ERROR)
    return TW_EXIT_BAD_INPUT;
  if (g_error_matches (error, TW_ERROR, TW_ERROR_UNREACHABLE) ||
      g_error_matches (error, TW_ERROR, TW_ERROR_BUSY))
    return TW_EXIT_UNREACHABLE;
  if (g_error_matches (error, TW_ERROR, TW_ERROR_DAMAGED))
    return TW_EXIT_NOT_SO;
  return TW_EXIT_BAD_INPUT;
}

/**
 * tw_ops_run:
 * @argc: as in main()
 * @argv: as in main()
 *
 * Returns: what the process ends with, a #TwExit
 */
int
tw_ops_run (int argc, char **argv)
{
  g_autoptr (GError) error = NULL;
  TwExit code = TW_EXIT_DONE;
  int verb = find_verb (argc > 1 ? argv[1] : NULL);

  tw_vault_protect_process ();
  setlocale (LC_ALL, "");
  bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");
  textdomain (GETTEXT_PACKAGE);
  g_set_prgname ("tax-wallet-server");
  if (argc > 1 && (strcmp (argv[1], "--help") == 0 || strcmp (argv[1], "-h") == 0))
    {
      print_verbs ();
      return TW_EXIT_DONE;
    }
  if (argc > 1 && strcmp (argv[1], "--version") == 0)
    {
      g_print ("tax-wallet-server %s\n", TW_VERSION);
      return TW_EXIT_DONE;
    }
  if (verb < 0)
    {
      complain (
        _ ("Say what to do: serve, migrate, verify, backup, restore, add-agent, reconcile or "
           "metrics."));
      return TW_EXIT_BAD_INPUT;
    }
  argc--;
  argv++;
  if (parse (verb, &argc, &argv, &error) && tw_vault_init (&error))
    {
      tw_schema_add_handlers ();
      verbs[verb].func (&given, &code, &error);
    }
  if (error == NULL)
    return code;
  complain (error->message);
  return exit_for (error);
}
