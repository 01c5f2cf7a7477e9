// SPDX-License-Identifier: GPL-3.0-or-later
/* Which devices an account knows, and by what key each of them signs. */
#include <glib/gi18n-lib.h>

#include "base/tw-error.h"
#include "base/tw-uuid.h"
#include "server/identity/tw-account-row.h"

/**
 * tw_device_check:
 * @device_id: what a client calls its device
 * @public_key: what it signs with
 * @error: %TW_ERROR_INVALID
 *
 * Returns: whether both have the right form
 */
gboolean
tw_device_check (const char *device_id, const char *public_key, GError **error)
{
  g_autoptr (GBytes) bytes = public_key != NULL ? tw_base64_decode (public_key) : NULL;

  if (tw_uuid_is_valid (device_id) && bytes != NULL &&
      g_bytes_get_size (bytes) == TW_SIGN_PUBLIC_BYTES)
    return TRUE;
  g_set_error_literal (error, TW_ERROR, TW_ERROR_INVALID,
                       "The device's id or public key is not right");
  return FALSE;
}

static gboolean
refuse_other_key (GError **error)
{
  g_set_error_literal (
    error, TW_ERROR, TW_ERROR_DENIED,
    N_ ("This computer can’t prove that it is the one you signed in from before. Get in touch with "
        "us, and we help you to sign in."));
  return FALSE;
}

/**
 * tw_device_check_key:
 * @db: the database
 * @account_id: whose password was right
 * @device_id: the device that asks
 * @public_key: what it will sign with
 * @error: %TW_ERROR_DENIED
 *
 * A device makes its id from its key, so one whose key has changed is another device: only somebody
 * else would call it the same.
 *
 * Returns: whether the account does not know the device yet, or with this key
 */
gboolean
tw_device_check_key (
  TwDb *db, const char *account_id, const char *device_id, const char *public_key, GError **error)
{
  TwStmt *stmt =
    tw_db_query (db, error, "SELECT public_key FROM device WHERE account_id = $1 AND id = $2", "ss",
                 account_id, device_id);
  gboolean same;
  TwStep step;

  if (stmt == NULL)
    return FALSE;
  step = tw_stmt_step (stmt, error);
  same = step == TW_STEP_DONE ||
         (step == TW_STEP_ROW && g_strcmp0 (tw_stmt_text (stmt, 0), public_key) == 0);
  tw_stmt_reset (stmt);
  return same || (step == TW_STEP_ROW && refuse_other_key (error));
}

/* The key proves itself later, with each signature: here it is only bound to who signed in, for
 * good. */
gboolean
tw_device_put (TwDb *db,
               const char *account_id,
               const char *device_id,
               const char *public_key,
               gint64 now_ms,
               GError **error)
{
  if (!tw_db_run (db, error,
                  "INSERT INTO device (account_id, id, public_key, created_at, last_at)"
                  " VALUES ($1, $2, $3, $4, $4) ON CONFLICT (account_id, id) DO UPDATE"
                  " SET last_at = excluded.last_at"
                  " WHERE device.public_key = excluded.public_key",
                  "sssi", account_id, device_id, public_key, now_ms))
    return FALSE;
  return tw_db_changes (db) > 0 || refuse_other_key (error);
}
