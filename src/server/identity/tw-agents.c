// SPDX-License-Identifier: GPL-3.0-or-later
#include <glib/gi18n-lib.h>

#include "base/tw-clock.h"
#include "base/tw-error.h"
#include "base/tw-text.h"
#include "base/tw-uuid.h"
#include "server/identity/tw-account-row.h"

static gboolean
check_agent (const char *login, const char *name, const char *password, TwRole role, GError **error)
{
  g_autofree char *canonical = NULL;

  if (role != TW_ROLE_AGENT && role != TW_ROLE_SENIOR)
    {
      g_set_error_literal (error, TW_ERROR, TW_ERROR_INVALID,
                           _ ("A colleague is an agent or a senior."));
      return FALSE;
    }
  if (!tw_text_check (login, TW_LOGIN_MAX_CHARS, FALSE, error) ||
      !tw_text_check (name, TW_TEXT_MAX_NAME, FALSE, error) ||
      !tw_text_check (password, TW_PASSWORD_MAX_CHARS, FALSE, error))
    return FALSE;
  canonical = tw_identity_login_canonical (login);
  if (*canonical == '\0' || *name == '\0')
    {
      g_set_error_literal (error, TW_ERROR, TW_ERROR_INVALID, _ ("Enter a login and a name."));
      return FALSE;
    }
  if (tw_password_score (password, (const char *const[]){ login, name, NULL }) <
      TW_PASSWORD_MIN_SCORE)
    {
      g_set_error_literal (error, TW_ERROR, TW_ERROR_INVALID,
                           _ ("This password is easy to guess. Make it longer or less common."));
      return FALSE;
    }
  return TRUE;
}

static gboolean
insert_agent (
  TwDb *db, TwKey *column, TwKey *lookup, TwAccountRow *row, const char *login, GError **error)
{
  g_autofree char *canonical = tw_identity_login_canonical (login);
  g_autofree char *hash = tw_identity_hash_login (lookup, canonical);
  gboolean exists;

  if (!tw_identity_exists (db, "SELECT 1 FROM account WHERE login_hash = $1", hash, &exists, error))
    return FALSE;
  if (exists)
    {
      g_set_error (error, TW_ERROR, TW_ERROR_REFUSED, _ ("The login “%s” is already used."), login);
      return FALSE;
    }
  row->reference = tw_identity_make_reference (db, lookup, row->id, error);
  return row->reference != NULL &&
         tw_account_row_insert (db, column, lookup, row, canonical, error);
}

/**
 * tw_identity_add_agent:
 * @db: a connection that may write, outside of any transaction
 * @column: the column key
 * @lookup: the look-up key
 * @login: what the agent signs in with
 * @name: as customers see it
 * @password: at least as good as a customer's
 * @role: %TW_ROLE_AGENT or %TW_ROLE_SENIOR
 * @account_id: (out) (optional) (transfer full): the new account
 * @error: %TW_ERROR_INVALID; %TW_ERROR_REFUSED when the login is used
 *
 * Their queues are granted when they sign in. Argon2id: takes about 0.1 s.
 *
 * Returns: whether the agent was added
 */
gboolean
tw_identity_add_agent (TwDb *db,
                       TwKey *column,
                       TwKey *lookup,
                       const char *login,
                       const char *name,
                       const char *password,
                       TwRole role,
                       char **account_id,
                       GError **error)
{
  g_autoptr (TwAccountRow) row = g_new0 (TwAccountRow, 1);

  if (!check_agent (login, name, password, role, error))
    return FALSE;
  row->id = tw_uuid_new ();
  row->role = role;
  row->name = tw_text_clean (name);
  row->identity = TW_IDENTITY_STATE_APPROVED;
  row->created_at_ms = tw_clock_now_ms ();
  row->password = tw_password_hash (password);
  if (row->password == NULL)
    {
      g_set_error_literal (error, TW_ERROR, TW_ERROR_BUSY,
                           _ ("There is not enough free memory now. Try again."));
      return FALSE;
    }
  if (!tw_db_begin (db, error))
    return FALSE;
  if (!insert_agent (db, column, lookup, row, login, error))
    {
      tw_db_rollback (db);
      return FALSE;
    }
  if (!tw_db_commit (db, error))
    return FALSE;
  if (account_id != NULL)
    *account_id = g_strdup (row->id);
  return TRUE;
}
