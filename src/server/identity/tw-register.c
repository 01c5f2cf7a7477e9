// SPDX-License-Identifier: GPL-3.0-or-later
/* account.register: a person who has no account yet asks for one. */
#include "base/tw-clock.h"
#include "base/tw-error.h"
#include "base/tw-identifiers.h"
#include "base/tw-text.h"
#include "protocol/tw-json.h"
#include "protocol/tw-wire.h"
#include "server/identity/tw-account-row.h"
#include "server/ledger/tw-ledger.h"

static char *
check_name (JsonObject *body, GError **error)
{
  const char *text = tw_json_get_text (body, "name", TW_TEXT_MAX_NAME, FALSE, error);
  g_autofree char *name = text != NULL ? tw_text_clean (text) : NULL;

  if (name == NULL)
    return NULL;
  for (const char *p = name; *p != '\0'; p = g_utf8_next_char (p))
    if (g_unichar_isalpha (g_utf8_get_char (p)))
      return g_steal_pointer (&name);
  g_set_error_literal (error, TW_ERROR, TW_ERROR_INVALID, "name: Enter the name.");
  return NULL;
}

static char *
prefix (char *value, const char *member, GError **error)
{
  if (value == NULL)
    g_prefix_error (error, "%s: ", member);
  return value;
}

static TwAccountRow *
check_body (JsonObject *body, GError **error)
{
  static const char *const members[] = { "name", "id_number", "phone", "email", "password", NULL };
  g_autoptr (TwAccountRow) row = g_new0 (TwAccountRow, 1);
  const char *text;

  if (!tw_json_check_members (body, members, error) ||
      (row->name = check_name (body, error)) == NULL)
    return NULL;
  text = tw_json_get_text (body, "id_number", 64, FALSE, error);
  if (text == NULL ||
      (row->id_number = prefix (tw_resident_id_check (text, tw_clock_today (), error), "id_number",
                                error)) == NULL)
    return NULL;
  text = tw_json_get_text (body, "phone", 64, FALSE, error);
  if (text == NULL || (row->phone = prefix (tw_phone_check (text, error), "phone", error)) == NULL)
    return NULL;
  text = tw_json_get_text (body, "email", 254, FALSE, error);
  if (text == NULL || (row->email = prefix (tw_email_check (text, error), "email", error)) == NULL)
    return NULL;
  if (tw_json_get_text (body, "password", TW_PASSWORD_MAX_CHARS, FALSE, error) == NULL)
    return NULL;
  row->role = TW_ROLE_USER;
  row->identity = TW_IDENTITY_STATE_PENDING;
  return g_steal_pointer (&row);
}

/* All that needs no database: what was typed, and the slow hash. */
void
tw_register_prepare (TwJob *job)
{
  JsonObject *body = tw_job_body (job);
  TwActor *actor = tw_job_actor (job);
  g_autoptr (GError) error = NULL;
  g_autoptr (TwAccountRow) row = check_body (body, &error);
  const char *password;

  if (row == NULL || !tw_device_check (actor->device_id, actor->public_key, &error))
    {
      tw_job_invalid (job, g_steal_pointer (&error));
      return;
    }
  password = json_object_get_string_member (body, "password");
  if (tw_password_score (password, (const char *const[]){ row->name, row->id_number, row->phone,
                                                          row->email, NULL }) <
      TW_PASSWORD_MIN_SCORE)
    {
      tw_job_refuse (job, "weak_password", NULL);
      return;
    }
  row->password = tw_password_hash (password);
  tw_job_set_prepared (job, g_steal_pointer (&row), (GDestroyNotify) tw_account_row_free);
}

/* Sets @code when another account stands in the way. */
static gboolean
find_obstacle (TwDb *db,
               TwKey *lookup,
               const TwAccountRow *row,
               const char *id,
               const char **code,
               GError **error)
{
  g_autofree char *login_hash = tw_identity_hash_login (lookup, row->phone);
  g_autofree char *id_hash = tw_identity_hash_id_number (lookup, row->id_number);
  gboolean exists;

  *code = NULL;
  if (!tw_identity_exists (db, "SELECT 1 FROM account WHERE login_hash = $1", login_hash, &exists,
                           error))
    return FALSE;
  if (exists)
    {
      *code = "phone_taken";
      return TRUE;
    }
  if (!tw_identity_exists (db, "SELECT 1 FROM account WHERE id_hash = $1", id_hash, &exists, error))
    return FALSE;
  if (exists)
    {
      *code = "id_taken";
      return TRUE;
    }
  /* An id that somebody else has used is not this person's to use. */
  if (!tw_identity_exists (db, "SELECT 1 FROM account WHERE id = $1", id, &exists, error))
    return FALSE;
  if (exists)
    *code = "command_changed";
  return TRUE;
}

gboolean
tw_register_handle (TwTx *tx, TwJob *job, GError **error)
{
  TwAccountRow *row = tw_job_prepared (job);
  TwActor *actor = tw_job_actor (job);
  TwDb *db = tw_tx_db (tx);
  TwKey *lookup = tw_tx_key (tx, "lookup");
  g_autofree char *scope = NULL;
  const char *code;

  if (row->password == NULL)
    {
      g_set_error_literal (error, TW_ERROR, TW_ERROR_BUSY, "No memory for the hash of a password");
      return FALSE;
    }
  if (!find_obstacle (db, lookup, row, tw_job_command (job)->id, &code, error))
    return FALSE;
  if (code != NULL)
    return tw_job_refuse (job, code, NULL);

  /* Written afresh each time: a batch that is rolled back is run again with the same job. */
  g_free (row->id);
  g_free (row->reference);
  row->id = g_strdup (tw_job_command (job)->id);
  row->created_at_ms = tw_tx_now_ms (tx);
  row->reference = tw_identity_make_reference (db, lookup, row->id, error);
  scope = g_strconcat ("account:", row->id, NULL);
  if (row->reference == NULL ||
      !tw_account_row_insert (db, tw_tx_key (tx, "column"), lookup, row, row->phone, error) ||
      !tw_device_put (db, row->id, actor->device_id, actor->public_key, row->created_at_ms,
                      error) ||
      !tw_ledger_open_wallet (tx, row->id, error) ||
      !tw_tx_grant (tx, row->id, scope, TW_VIEW_OWNER, error) ||
      !tw_tx_audit (tx, job, "account.registered", row->id, error))
    return FALSE;
  tw_account_row_publish (tx, row);
  return tw_job_done (job, "account_id", "s", row->id, "reference", "s", row->reference, NULL);
}
