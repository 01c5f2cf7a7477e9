// SPDX-License-Identifier: GPL-3.0-or-later
/* tax-wallet: the window of a person, or with --agent that of the desk. */
#include <glib/gi18n.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>

#include "client/app/tw-application.h"
#include "client/app/tw-verb-assess.h"
#include "client/sync/tw-transport.h"
#include "model/tw-register-form.h"
#include "vault/tw-vault.h"

#define EXIT_BAD_INPUT 2

static gboolean opt_practice;
static gboolean opt_agent;
static gboolean opt_version;
static char *opt_service;
static char *opt_trust;

static const GOptionEntry entries[] = {
  { "practice", 0, 0, G_OPTION_ARG_NONE, &opt_practice,
    N_ ("Play money, a practice bank and tax office, all on this computer"), NULL },
  { "agent", 0, 0, G_OPTION_ARG_NONE, &opt_agent, N_ ("Open the window of the desk"), NULL },
  { "service", 0, 0, G_OPTION_ARG_FILENAME, &opt_service,
    N_ ("The service to work with: https://host, or the folder of its sockets"), N_ ("ADDRESS") },
  { "trust", 0, 0, G_OPTION_ARG_FILENAME, &opt_trust,
    N_ ("Trust the certificates in this file, and no others"), N_ ("FILE") },
  { "version", 0, 0, G_OPTION_ARG_NONE, &opt_version, N_ ("Say which version this is"), NULL },
  G_OPTION_ENTRY_NULL,
};

static gboolean
parse (int *argc, char ***argv)
{
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);
  g_autoptr (GError) error = NULL;

  g_option_context_set_translation_domain (context, GETTEXT_PACKAGE);
  g_option_context_set_description (
    context, N_ ("tax-wallet assess FILE works out returns written in JSON, without a window."));
  g_option_context_add_main_entries (context, entries, GETTEXT_PACKAGE);
  if (g_option_context_parse (context, argc, argv, &error) && *argc == 1)
    return TRUE;
  g_printerr ("tax-wallet: %s\n",
              error != NULL ? error->message : _ ("too many words; see tax-wallet --help"));
  return FALSE;
}

/* The road to the service, or NULL after having said what is wrong with what was asked for. */
static TwTransport *
make_transport (void)
{
  g_autoptr (GError) error = NULL;
  TwTransport *transport =
    tw_transport_new (opt_service != NULL ? opt_service : TW_SERVICE, opt_trust, &error);

  if (transport == NULL)
    g_printerr ("tax-wallet: %s\n", error->message);
  return transport;
}

int
main (int argc, char **argv)
{
  const char *told = g_getenv ("TW_LOCALEDIR");
  g_autoptr (TwTransport) transport = NULL;
  g_autoptr (TwApplication) app = NULL;
  g_autoptr (GError) error = NULL;

  setlocale (LC_ALL, "");
  bindtextdomain (GETTEXT_PACKAGE, told != NULL ? told : TW_LOCALEDIR);
  bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");
  textdomain (GETTEXT_PACKAGE);
  g_set_prgname ("tax-wallet");

  if (argc > 1 && strcmp (argv[1], "assess") == 0)
    return tw_verb_assess (argc - 1, argv + 1);
  if (!parse (&argc, &argv))
    return EXIT_BAD_INPUT;
  if (opt_version)
    {
      g_print ("tax-wallet %s\n", TW_VERSION);
      return EXIT_SUCCESS;
    }
  tw_vault_protect_process ();
  if (!tw_vault_init (&error))
    {
      g_printerr ("tax-wallet: %s\n", error->message);
      return EXIT_FAILURE;
    }
  /* The form is a model and knows no vault: how good a password is, it is told. */
  tw_register_form_set_scorer (tw_password_score);
  g_set_application_name (_ ("Tax Wallet"));
  if (!opt_practice && (transport = make_transport ()) == NULL)
    return EXIT_BAD_INPUT;
  app = tw_application_new (opt_agent, transport);
  return g_application_run (G_APPLICATION (app), 1, argv);
}
