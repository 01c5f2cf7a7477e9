// SPDX-License-Identifier: GPL-3.0-or-later
/* tax-wallet-counterpart: the practice bank and tax office, a process with books of its own. */
#include <errno.h>
#include <glib-unix.h>
#include <glib/gi18n.h>
#include <locale.h>
#include <string.h>

#include "base/tw-error.h"
#include "counterpart/tw-books.h"
#include "counterpart/tw-counterpart.h"
#include "counterpart/tw-office.h"
#include "protocol/tw-lease.h"
#include "protocol/tw-routes.h"
#include "vault/tw-vault.h"

#define SOCKET_NAME "counterpart.sock"

enum
{
  EXIT_OK = 0,
  EXIT_BAD_INPUT = 2,
  EXIT_UNREACHABLE = 3,
};

static char *socket_dir;
static char *database;
static char *keys_dir;
static char *rails_key;
static char *callback;
static gboolean with_lease;
static int seed = 1;
static char **faults;
static int confirm_ms = TW_OFFICE_CONFIRM_MS;
static int late_ms = TW_COUNTERPART_LATE_MS;

static const GOptionEntry options[] = {
  { "socket-dir", 0, 0, G_OPTION_ARG_FILENAME, &socket_dir, N_ ("Folder for the socket"), "DIR" },
  { "database", 0, 0, G_OPTION_ARG_STRING, &database, N_ ("The books"), "sqlite:PATH" },
  { "keys", 0, 0, G_OPTION_ARG_FILENAME, &keys_dir, N_ ("Folder of the key to the books"), "DIR" },
  { "rails-key", 0, 0, G_OPTION_ARG_FILENAME, &rails_key,
    N_ ("The key that both sides sign with; made beside the socket if not given"), "FILE" },
  { "callback", 0, 0, G_OPTION_ARG_FILENAME, &callback,
    N_ ("Where the service is told of outcomes: a socket, or nginx before several services"),
    "SOCKET|http://HOST:PORT" },
  { "lease", 0, 0, G_OPTION_ARG_NONE, &with_lease, N_ ("End when nobody holds the lease socket"),
    NULL },
  { "seed", 0, 0, G_OPTION_ARG_INT, &seed, N_ ("Make up other bills and records"), "N" },
  { "fault", 0, 0, G_OPTION_ARG_STRING_ARRAY, &faults,
    N_ ("Misbehave: refuse, late, down, lose_callback, lose_row, …"), "NAME[:COUNT]" },
  { "confirm-ms", 0, 0, G_OPTION_ARG_INT, &confirm_ms,
    N_ ("How long the tax office takes to confirm"), "MS" },
  { "late-ms", 0, 0, G_OPTION_ARG_INT, &late_ms, N_ ("How late “late” is"), "MS" },
  G_OPTION_ENTRY_NULL,
};

static gboolean
on_signal (gpointer loop)
{
  g_main_loop_quit (loop);
  return G_SOURCE_CONTINUE;
}

static gboolean
read_options (int *argc, char ***argv, GError **error)
{
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);

  g_option_context_set_summary (context, _ ("The practice bank and tax office of Tax Wallet."));
  g_option_context_add_main_entries (context, options, GETTEXT_PACKAGE);
  if (!g_option_context_parse (context, argc, argv, error))
    return FALSE;
  if (socket_dir != NULL && database != NULL && keys_dir != NULL && *argc == 1 && confirm_ms >= 0 &&
      late_ms >= 0)
    return TRUE;
  g_set_error_literal (error, TW_ERROR, TW_ERROR_INVALID,
                       _ ("--socket-dir, --database and --keys are needed, and nothing else."));
  return FALSE;
}

/* The lease is opened last: whoever gets one finds all ready. */
static gboolean
open_sockets (TwCounterpart *counterpart, GMainLoop *loop, TwLease **lease, GError **error)
{
  g_autofree char *path = g_build_filename (socket_dir, SOCKET_NAME, NULL);
  g_autofree char *lease_path = g_build_filename (socket_dir, TW_SOCKET_LEASE, NULL);

  if (!tw_counterpart_listen (counterpart, path, error))
    return FALSE;
  if (with_lease)
    *lease = tw_lease_new (lease_path, (TwLeaseEnded) g_main_loop_quit, loop, error);
  return !with_lease || *lease != NULL;
}

/* One that is named must be there; without a name, whoever comes first makes it. */
static TwKey *
open_rails_key (GError **error)
{
  g_autofree char *beside = g_build_filename (socket_dir, TW_RAILS_KEY_FILE, NULL);

  return rails_key != NULL ? tw_key_file_open (rails_key, FALSE, error)
                           : tw_key_file_open (beside, TRUE, error);
}

/* Serves until it is told to end, or nobody needs it. */
static gboolean
serve (TwDb *books, TwKey *key, GError **error)
{
  g_autoptr (TwCounterpart) counterpart = tw_counterpart_new (books, key, (guint) seed, error);
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  g_autoptr (TwLease) lease = NULL;
  guint signals[2];
  gboolean ok;

  if (counterpart == NULL)
    return FALSE;
  tw_counterpart_set_times (counterpart, (guint) confirm_ms, (guint) late_ms);
  if (callback != NULL)
    tw_counterpart_set_callback (counterpart, callback);
  for (guint i = 0; faults != NULL && faults[i] != NULL; i++)
    if (!tw_faults_set_from_text (tw_counterpart_get_faults (counterpart), faults[i], error))
      return FALSE;
  signals[0] = g_unix_signal_add (SIGTERM, on_signal, loop);
  signals[1] = g_unix_signal_add (SIGINT, on_signal, loop);
  ok = open_sockets (counterpart, loop, &lease, error);
  if (ok)
    g_main_loop_run (loop);
  g_source_remove (signals[0]);
  g_source_remove (signals[1]);
  return ok;
}

static int
run (int *argc, char ***argv, GError **error)
{
  g_autoptr (TwDb) books = NULL;
  g_autoptr (TwKey) key = NULL;

  if (!read_options (argc, argv, error) || !tw_vault_init (error))
    return EXIT_BAD_INPUT;
  if (g_mkdir_with_parents (socket_dir, 0700) != 0)
    {
      g_set_error (error, TW_ERROR, TW_ERROR_INVALID, _ ("The folder %s can’t be made: %s."),
                   socket_dir, g_strerror (errno));
      return EXIT_BAD_INPUT;
    }
  books = tw_books_open (database, keys_dir, error);
  if (books == NULL || (key = open_rails_key (error)) == NULL || !serve (books, key, error))
    return EXIT_UNREACHABLE;
  return EXIT_OK;
}

int
main (int argc, char **argv)
{
  const char *told = g_getenv ("TW_LOCALEDIR");
  g_autoptr (GError) error = NULL;
  int status;

  tw_vault_protect_process ();
  setlocale (LC_ALL, "");
  bindtextdomain (GETTEXT_PACKAGE, told != NULL ? told : TW_LOCALEDIR);
  bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");
  textdomain (GETTEXT_PACKAGE);
  status = run (&argc, &argv, &error);
  if (error != NULL)
    g_printerr ("tax-wallet-counterpart: %s\n", error->message);
  g_free (socket_dir);
  g_free (database);
  g_free (keys_dir);
  g_free (rails_key);
  g_free (callback);
  g_strfreev (faults);
  return status;
}
