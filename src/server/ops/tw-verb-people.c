// SPDX-License-Identifier: GPL-3.0-or-later
/* add-agent: colleagues are added by an operator, never over a socket. */
#include <glib/gi18n.h>
#include <stdio.h>
#include <string.h>

#include "base/tw-error.h"
#include "server/identity/tw-identity.h"
#include "server/ops/tw-ops.h"
#include "server/ops/tw-schema.h"

/* One line; never an argument, which every process could read. */
static gboolean
read_password (char *password, gsize size, GError **error)
{
  if (fgets (password, (int) size, stdin) == NULL)
    *password = '\0';
  password[strcspn (password, "\r\n")] = '\0';
  if (*password != '\0')
    return TRUE;
  g_set_error_literal (error, TW_ERROR, TW_ERROR_INVALID,
                       _ ("No password came on standard input."));
  return FALSE;
}

gboolean
tw_verb_add_agent (const TwOpsOptions *options, TwExit *code, GError **error)
{
  g_auto (TwOpsBase) base = { 0 };
  TwRole role = tw_role_from_name (options->role != NULL ? options->role : "agent");
  const char *login = options->rest[0];
  g_autofree char *account_id = NULL, *words = NULL;
  char password[4 * TW_PASSWORD_MAX_CHARS];
  const TwMigration *steps;
  gboolean ok;
  gsize n;

  if (role != TW_ROLE_AGENT && role != TW_ROLE_SENIOR)
    {
      g_set_error_literal (error, TW_ERROR, TW_ERROR_INVALID, _ ("--role is agent or senior."));
      return FALSE;
    }
  if (!options->password_stdin)
    {
      g_set_error_literal (error, TW_ERROR, TW_ERROR_INVALID,
                           _ ("The password comes on standard input: --password-stdin."));
      return FALSE;
    }
  steps = tw_schema_get_steps (&n);
  if (!tw_ops_base_open (&base, options, error) || !tw_db_migrate (base.db, steps, n, error) ||
      !read_password (password, sizeof password, error))
    return FALSE;
  ok = tw_identity_add_agent (
    base.db, tw_keys_get (base.keys, TW_KEY_COLUMN), tw_keys_get (base.keys, TW_KEY_LOOKUP), login,
    options->name != NULL ? options->name : login, password, role, &account_id, error);
  explicit_bzero (password, sizeof password);
  if (!ok)
    return FALSE;
  words = g_strdup_printf (_ ("%s can sign in now."), login);
  tw_ops_say (options, words, "account_id", account_id, NULL);
  return TRUE;
}
