// SPDX-License-Identifier: GPL-3.0-or-later
#include <glib/gi18n-lib.h>

#include "base/tw-error.h"
#include "protocol/tw-wire.h"
#include "server/identity/tw-account-row.h"
#include "server/command/tw-column.h"

void
tw_sign_in_free (TwSignIn *sign_in)
{
  if (sign_in == NULL)
    return;
  g_free (sign_in->account_id);
  g_free (sign_in->name);
  g_free (sign_in->device_id);
  g_free (sign_in->public_key);
  g_free (sign_in);
}

/* What a password is verified against when nobody has the login, so that both take the same time.
 */
static const char *
get_dummy_hash (void)
{
  static gsize once = 0;
  static char *hash = NULL;

  if (g_once_init_enter (&once))
    {
      g_autofree char *token = tw_token_new ();

      hash = tw_password_hash (token);
      g_once_init_leave (&once, 1);
    }
  return hash;
}

static char *
find_account_id (TwDb *db, TwKey *lookup, const char *login, gboolean *ok, GError **error)
{
  g_autofree char *canonical = tw_identity_login_canonical (login);
  g_autofree char *hash = tw_identity_hash_login (lookup, canonical);
  TwStmt *stmt = tw_db_query (db, error, "SELECT id FROM account WHERE login_hash = $1", "s", hash);
  char *id = NULL;
  TwStep step;

  *ok = FALSE;
  if (stmt == NULL)
    return NULL;
  step = tw_stmt_step (stmt, error);
  if (step == TW_STEP_ROW)
    id = g_strdup (tw_stmt_text (stmt, 0));
  tw_stmt_reset (stmt);
  *ok = step != TW_STEP_ERROR;
  return id;
}

/**
 * tw_sign_in_check:
 * @db: a connection that may only read
 * @column: the column key
 * @lookup: the look-up key
 * @login: a phone number or an agent's name
 * @password: what was typed
 * @device_id: the device that asks
 * @public_key: what it will sign with
 * @error: %TW_ERROR_UNAUTHENTICATED, in the same words and after about the same time whether the
 *   login or the password is wrong; %TW_ERROR_DENIED when both are right, and the account knows the
 *   device with another key
 *
 * Argon2id: takes about 0.1 s. Never on a main loop.
 *
 * Returns: (transfer full) (nullable): who it is
 */
TwSignIn *
tw_sign_in_check (TwDb *db,
                  TwKey *column,
                  TwKey *lookup,
                  const char *login,
                  const char *password,
                  const char *device_id,
                  const char *public_key,
                  GError **error)
{
  const char *dummy = get_dummy_hash ();
  g_autoptr (TwAccountRow) row = NULL;
  g_autofree char *account_id = NULL;
  TwSignIn *sign_in;
  gboolean ok;

  account_id = find_account_id (db, lookup, login, &ok, error);
  if (!ok)
    return NULL;
  if (account_id != NULL)
    {
      row = tw_account_row_load (db, column, account_id, error);
      if (row == NULL)
        return NULL;
    }
  ok = tw_password_verify (row != NULL ? row->password : dummy, password);
  if (row == NULL || !ok)
    {
      g_set_error_literal (error, TW_ERROR, TW_ERROR_UNAUTHENTICATED,
                           N_ ("The login or the password is not right."));
      return NULL;
    }
  if (!tw_device_check_key (db, account_id, device_id, public_key, error))
    return NULL;
  sign_in = g_new0 (TwSignIn, 1);
  sign_in->account_id = g_steal_pointer (&account_id);
  sign_in->name = g_strdup (row->name);
  sign_in->role = row->role;
  sign_in->device_id = g_strdup (device_id);
  sign_in->public_key = g_strdup (public_key);
  return sign_in;
}

/**
 * tw_session_hash:
 * @token: what came as a bearer's token
 *
 * Returns: (transfer full): what it is found by; a token is 256 random bits, so a plain hash does
 */
char *
tw_session_hash (const char *token)
{
  return tw_hash_hex (token, strlen (token));
}

/* Agents' queues follow their role as it is now. */
static gboolean
grant_queues (TwTx *tx, const TwSignIn *sign_in, GError **error)
{
  if (sign_in->role != TW_ROLE_AGENT && sign_in->role != TW_ROLE_SENIOR)
    return TRUE;
  if (!tw_tx_grant (tx, sign_in->account_id, "queue:desk", TW_VIEW_OWNER, error))
    return FALSE;
  return sign_in->role == TW_ROLE_SENIOR
           ? tw_tx_grant (tx, sign_in->account_id, "queue:identity", TW_VIEW_OWNER, error)
           : tw_tx_revoke (tx, sign_in->account_id, "queue:identity", error);
}

/**
 * tw_session_begin:
 * @tx: the transaction
 * @sign_in: whose password was right
 * @expires_at_ms: (out): when it ends for good
 * @error: anything unexpected
 *
 * Returns: (transfer full) (nullable): the token, which is nowhere else
 */
char *
tw_session_begin (TwTx *tx, const TwSignIn *sign_in, gint64 *expires_at_ms, GError **error)
{
  g_autofree char *token = tw_token_new ();
  g_autofree char *hash = tw_session_hash (token);
  gint64 now = tw_tx_now_ms (tx);
  TwDb *db = tw_tx_db (tx);

  *expires_at_ms = now + TW_SESSION_LIFE_MS;
  if (!tw_device_put (db, sign_in->account_id, sign_in->device_id, sign_in->public_key, now,
                      error) ||
      !tw_db_run (db, error,
                  "INSERT INTO session (token_hash, account_id, device_id, role, created_at,"
                  " expires_at) VALUES ($1, $2, $3, $4, $5, $6)",
                  "ssssii", hash, sign_in->account_id, sign_in->device_id,
                  tw_role_get_name (sign_in->role), now, *expires_at_ms) ||
      !grant_queues (tx, sign_in, error) ||
      !tw_tx_audit (tx, NULL, "session.begun", sign_in->account_id, error))
    return NULL;
  return g_steal_pointer (&token);
}

/**
 * tw_session_end:
 * @tx: the transaction
 * @token_hash: which session
 * @error: anything unexpected
 *
 * Returns: whether it is gone now
 */
gboolean
tw_session_end (TwTx *tx, const char *token_hash, GError **error)
{
  return tw_db_run (tw_tx_db (tx), error, "DELETE FROM session WHERE token_hash = $1", "s",
                    token_hash);
}

/**
 * tw_session_exists:
 * @tx: the transaction
 * @account_id: whose
 * @exists: (out): whether they are signed in anywhere
 * @error: anything unexpected
 *
 * Returns: whether it could be found out
 */
gboolean
tw_session_exists (TwTx *tx, const char *account_id, gboolean *exists, GError **error)
{
  TwStmt *stmt = tw_db_query (
    tw_tx_db (tx), error, "SELECT 1 FROM session WHERE account_id = $1 AND expires_at > $2 LIMIT 1",
    "si", account_id, tw_tx_now_ms (tx));
  TwStep step;

  if (stmt == NULL)
    return FALSE;
  step = tw_stmt_step (stmt, error);
  tw_stmt_reset (stmt);
  *exists = step == TW_STEP_ROW;
  return step != TW_STEP_ERROR;
}

static GPtrArray *
list_expired (TwTx *tx, GError **error)
{
  g_autoptr (GPtrArray) accounts = g_ptr_array_new_with_free_func (g_free);
  TwStmt *stmt = tw_db_query (tw_tx_db (tx), error,
                              "SELECT DISTINCT account_id FROM session WHERE expires_at <= $1", "i",
                              tw_tx_now_ms (tx));
  TwStep step;

  if (stmt == NULL)
    return NULL;
  while ((step = tw_stmt_step (stmt, error)) == TW_STEP_ROW)
    g_ptr_array_add (accounts, g_strdup (tw_stmt_text (stmt, 0)));
  tw_stmt_reset (stmt);
  return step == TW_STEP_DONE ? g_steal_pointer (&accounts) : NULL;
}

/**
 * tw_session_expire:
 * @tx: the transaction
 * @error: anything unexpected
 *
 * Takes away the sessions whose time is over.
 *
 * Returns: (transfer full) (nullable) (element-type utf8): the accounts that are signed in nowhere
 *   any more for it
 */
GPtrArray *
tw_session_expire (TwTx *tx, GError **error)
{
  g_autoptr (GPtrArray) accounts = list_expired (tx, error);

  if (accounts == NULL || accounts->len == 0)
    return g_steal_pointer (&accounts);
  if (!tw_db_run (tw_tx_db (tx), error, "DELETE FROM session WHERE expires_at <= $1", "i",
                  tw_tx_now_ms (tx)))
    return NULL;
  for (guint i = accounts->len; i > 0; i--)
    {
      gboolean elsewhere;

      if (!tw_session_exists (tx, g_ptr_array_index (accounts, i - 1), &elsewhere, error))
        return NULL;
      if (elsewhere)
        g_ptr_array_remove_index_fast (accounts, i - 1);
    }
  return g_steal_pointer (&accounts);
}

/**
 * tw_session_find:
 * @db: a connection that may only read
 * @column: the column key
 * @token_hash: which session
 * @now_ms: the time, milliseconds since 1970 UTC
 * @expires_at_ms: (out): when it ends
 * @error: %TW_ERROR_UNAUTHENTICATED when there is none or it has ended
 *
 * Returns: (transfer full) (nullable): who asks
 */
TwActor *
tw_session_find (TwDb *db,
                 TwKey *column,
                 const char *token_hash,
                 gint64 now_ms,
                 gint64 *expires_at_ms,
                 GError **error)
{
  TwStmt *stmt =
    tw_db_query (db, error,
                 "SELECT s.account_id, s.device_id, d.public_key, s.role, s.expires_at, a.name"
                 " FROM session s JOIN device d ON d.account_id = s.account_id"
                 " AND d.id = s.device_id JOIN account a ON a.id = s.account_id"
                 " WHERE s.token_hash = $1 AND s.expires_at > $2",
                 "si", token_hash, now_ms);
  g_autofree char *name = NULL;
  TwActor *actor = NULL;
  TwStep step;

  if (stmt == NULL)
    return NULL;
  step = tw_stmt_step (stmt, error);
  if (step == TW_STEP_ROW)
    {
      const char *account_id = tw_stmt_text (stmt, 0);

      *expires_at_ms = tw_stmt_int64 (stmt, 4);
      name = tw_column_read (column, stmt, 5, "account", account_id, "name", error);
      if (name != NULL)
        actor = tw_actor_new (tw_role_from_name (tw_stmt_text (stmt, 3)), account_id,
                              tw_stmt_text (stmt, 1), tw_stmt_text (stmt, 2), name);
    }
  else if (step == TW_STEP_DONE)
    g_set_error_literal (error, TW_ERROR, TW_ERROR_UNAUTHENTICATED,
                         N_ ("The session has ended. Sign in again."));
  tw_stmt_reset (stmt);
  return actor;
}
