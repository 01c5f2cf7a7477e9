// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/identity/tw-account-row.h"

#include <string.h>

#include "base/tw-error.h"
#include "base/tw-identifiers.h"
#include "base/tw-text.h"
#include "model/tw-customer.h"
#include "model/tw-review.h"
#include "server/command/tw-column.h"

#define TABLE "account"

/* Without 0, 1, I, L, O, U: what is read out over a telephone is not misheard. */
static const char reference_letters[] = "23456789ABCDEFGHJKMNPQRSTVWXYZ";

void
tw_account_row_free (TwAccountRow *row)
{
  if (row == NULL)
    return;
  g_free (row->id);
  g_free (row->reference);
  g_free (row->name);
  g_free (row->id_number);
  g_free (row->phone);
  g_free (row->email);
  g_free (row->password);
  g_free (row->identity_reason);
  g_free (row->decided_by);
  g_free (row);
}

/**
 * tw_identity_login_canonical:
 * @login: what a person signs in with: a phone number, or an agent's name
 *
 * Returns: (transfer full): the one form in which it is looked up
 */
char *
tw_identity_login_canonical (const char *login)
{
  char *phone = tw_phone_check (login, NULL);
  g_autofree char *clean = NULL;

  if (phone != NULL)
    return phone;
  clean = tw_text_clean (login);
  return tw_text_fold (clean);
}

char *
tw_identity_hash_login (TwKey *lookup, const char *canonical)
{
  g_autofree char *text = g_strconcat ("login\n", canonical, NULL);

  return tw_keyed_hash (lookup, text);
}

char *
tw_identity_hash_id_number (TwKey *lookup, const char *id_number)
{
  g_autofree char *text = g_strconcat ("resident\n", id_number, NULL);

  return tw_keyed_hash (lookup, text);
}

/* Runs a query of one parameter and says whether it has a row. */
gboolean
tw_identity_exists (TwDb *db, const char *sql, const char *value, gboolean *exists, GError **error)
{
  TwStmt *stmt = tw_db_query (db, error, sql, "s", value);
  TwStep step;

  if (stmt == NULL)
    return FALSE;
  step = tw_stmt_step (stmt, error);
  tw_stmt_reset (stmt);
  *exists = step == TW_STEP_ROW;
  return step != TW_STEP_ERROR;
}

/* From the id, so that a batch that is run again names it the same; counted on where two ids should
 * ever meet. */
char *
tw_identity_make_reference (TwDb *db, TwKey *lookup, const char *id, GError **error)
{
  for (int attempt = 0; attempt < 100; attempt++)
    {
      g_autofree char *text = g_strdup_printf ("reference\n%s\n%d", id, attempt);
      g_autofree char *hash = tw_keyed_hash (lookup, text);
      g_autoptr (GString) reference = g_string_new ("TW-");
      gboolean exists;

      for (int i = 0; i < 8; i++)
        {
          int value =
            g_ascii_xdigit_value (hash[2 * i]) * 16 + g_ascii_xdigit_value (hash[2 * i + 1]);

          if (i == 4)
            g_string_append_c (reference, '-');
          g_string_append_c (reference, reference_letters[value % (sizeof reference_letters - 1)]);
        }
      if (!tw_identity_exists (db, "SELECT 1 FROM account WHERE reference = $1", reference->str,
                               &exists, error))
        return NULL;
      if (!exists)
        return g_strdup (reference->str);
    }
  g_set_error_literal (error, TW_ERROR, TW_ERROR_INTERNAL, "No reference is free");
  return NULL;
}

static GBytes *
seal (TwKey *column, const TwAccountRow *row, const char *name, const char *text)
{
  return text != NULL && *text != '\0' ? tw_column_seal (column, TABLE, row->id, name, text) : NULL;
}

/**
 * tw_account_row_insert:
 * @db: within a transaction
 * @column: the column key
 * @lookup: the look-up key
 * @row: what to write
 * @login: canonical
 * @error: %TW_ERROR_CONFLICT when the login or the ID number is there already
 *
 * Returns: whether it was written
 */
gboolean
tw_account_row_insert (TwDb *db,
                       TwKey *column,
                       TwKey *lookup,
                       const TwAccountRow *row,
                       const char *login,
                       GError **error)
{
  g_autofree char *login_hash = tw_identity_hash_login (lookup, login);
  g_autofree char *id_hash =
    row->id_number != NULL ? tw_identity_hash_id_number (lookup, row->id_number) : NULL;
  g_autoptr (GBytes) name = tw_column_seal (column, TABLE, row->id, "name", row->name);
  g_autoptr (GBytes) id_number = seal (column, row, "id_number", row->id_number);
  g_autoptr (GBytes) phone = seal (column, row, "phone", row->phone);
  g_autoptr (GBytes) email = seal (column, row, "email", row->email);
  g_autoptr (GBytes) password = seal (column, row, "password_hash", row->password);

  return tw_db_run (
    db, error,
    "INSERT INTO account (id, role, login_hash, id_hash, reference, name, id_number,"
    " phone, email, password, password_hash, identity, created_at)"
    " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, '', $10, $11, $12)",
    "sssssbbbbbii", row->id, tw_role_get_name (row->role), login_hash, id_hash, row->reference,
    name, id_number, phone, email, password, (gint64) row->identity, row->created_at_ms);
}

static TwAccountRow *
read_row (TwKey *column, TwStmt *stmt, const char *id, GError **error)
{
  g_autoptr (TwAccountRow) row = g_new0 (TwAccountRow, 1);

  row->id = g_strdup (id);
  row->role = tw_role_from_name (tw_stmt_text (stmt, 0));
  row->reference = g_strdup (tw_stmt_text (stmt, 1));
  row->identity = (TwIdentityState) tw_stmt_int64 (stmt, 3);
  row->created_at_ms = tw_stmt_int64 (stmt, 5);
  row->checked_at_ms = tw_stmt_int64 (stmt, 6);
  row->name = tw_column_read (column, stmt, 7, TABLE, id, "name", error);
  if (row->name != NULL)
    row->id_number = tw_column_read (column, stmt, 8, TABLE, id, "id_number", error);
  if (row->id_number != NULL)
    row->phone = tw_column_read (column, stmt, 9, TABLE, id, "phone", error);
  if (row->phone != NULL)
    row->email = tw_column_read (column, stmt, 10, TABLE, id, "email", error);
  if (row->email != NULL)
    row->identity_reason = tw_column_read (column, stmt, 11, TABLE, id, "identity_reason", error);
  if (row->identity_reason != NULL)
    row->decided_by = tw_column_read_moved (column, stmt, 12, 4, TABLE, id, "decider", error);
  if (row->decided_by != NULL)
    row->password = tw_column_read_moved (column, stmt, 13, 2, TABLE, id, "password_hash", error);
  return row->password != NULL ? g_steal_pointer (&row) : NULL;
}

/**
 * tw_account_row_load:
 * @db: the database
 * @column: the column key
 * @id: an account
 * @error: %TW_ERROR_NOT_FOUND when there is none; %TW_ERROR_DAMAGED
 *
 * Returns: (transfer full) (nullable): the row
 */
TwAccountRow *
tw_account_row_load (TwDb *db, TwKey *column, const char *id, GError **error)
{
  TwStmt *stmt = tw_db_query (db, error,
                              "SELECT role, reference, password, identity, decided_by, created_at,"
                              " checked_at, name, id_number, phone, email, identity_reason,"
                              " decider, password_hash"
                              " FROM account WHERE id = $1",
                              "s", id);
  TwAccountRow *row = NULL;
  TwStep step;

  if (stmt == NULL)
    return NULL;
  step = tw_stmt_step (stmt, error);
  if (step == TW_STEP_ROW)
    row = read_row (column, stmt, id, error);
  else if (step == TW_STEP_DONE)
    g_set_error_literal (error, TW_ERROR, TW_ERROR_NOT_FOUND, "There is no such account");
  tw_stmt_reset (stmt);
  return row;
}

/**
 * tw_account_row_publish:
 * @tx: the transaction
 * @row: a person's account as it is now
 *
 * Says it to the person, to who has a ticket of theirs open, and to who decides on identities.
 */
void
tw_account_row_publish (TwTx *tx, const TwAccountRow *row)
{
  g_autofree char *scope = g_strconcat ("account:", row->id, NULL);
  g_autofree char *id_number = tw_text_mask_id_number (row->id_number);
  g_autofree char *phone = tw_text_mask_phone (row->phone);
  g_autofree char *email = tw_text_mask_email (row->email);
  g_autoptr (TwObject) account =
    g_object_new (TW_TYPE_ACCOUNT, "id", row->id, "name", row->name, "id-number", id_number,
                  "phone", phone, "email", email, "identity", (int) row->identity,
                  "identity-reason", row->identity_reason, "reference", row->reference,
                  "created-at-ms", row->created_at_ms, "checked-at-ms", row->checked_at_ms, NULL);
  g_autoptr (TwObject) customer =
    g_object_new (TW_TYPE_CUSTOMER, "id", row->id, "name", row->name, "id-number", id_number,
                  "phone", phone, "email", email, "identity", (int) row->identity, "reference",
                  row->reference, "created-at-ms", row->created_at_ms, NULL);
  g_autoptr (TwObject) review =
    g_object_new (TW_TYPE_REVIEW, "id", row->id, "account-id", row->id, "name", row->name,
                  "id-number", id_number, "state", (int) row->identity, "reference", row->reference,
                  "asked-at-ms", row->created_at_ms, "decided-by", row->decided_by, NULL);

  tw_tx_publish (tx, scope, account);
  tw_tx_publish (tx, scope, customer);
  tw_tx_publish (tx, "queue:identity", review);
}

/**
 * tw_identity_get_taxpayer_key:
 * @db: the database
 * @account_id: an account
 * @error: %TW_ERROR_NOT_FOUND
 *
 * Returns: (transfer full) (nullable): the keyed hash under which the tax office is asked about the
 *   person: their ID number never leaves
 */
char *
tw_identity_get_taxpayer_key (TwDb *db, const char *account_id, GError **error)
{
  TwStmt *stmt =
    tw_db_query (db, error, "SELECT id_hash FROM account WHERE id = $1", "s", account_id);
  char *key = NULL;
  TwStep step;

  if (stmt == NULL)
    return NULL;
  step = tw_stmt_step (stmt, error);
  if (step == TW_STEP_ROW)
    key = g_strdup (tw_stmt_text (stmt, 0));
  if (key == NULL && step != TW_STEP_ERROR)
    g_set_error_literal (error, TW_ERROR, TW_ERROR_NOT_FOUND, "There is no such taxpayer");
  tw_stmt_reset (stmt);
  return key;
}
