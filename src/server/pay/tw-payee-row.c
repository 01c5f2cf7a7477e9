// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/pay/tw-payee-row.h"

#include <string.h>

#include "base/tw-text.h"
#include "server/command/tw-column.h"
#include "server/command/tw-keys.h"

#define TABLE "payee"
#define NUMBER "number"
#define NAME "name"
#define ALIAS "alias"
#define COLUMNS                                                                                    \
  "id, account_id, state, kind, number, name, alias, to_account, biller_id, asked_fen, "           \
  "created_at, verified_at, asked_at, checked_at"
#define PHONE_LENGTH 11

TwPayeeRow *
tw_payee_row_new (const char *id, const char *account_id, TwPayeeKind kind)
{
  TwPayeeRow *row = g_new0 (TwPayeeRow, 1);

  row->id = g_strdup (id);
  row->account_id = g_strdup (account_id);
  row->kind = kind;
  row->number = g_strdup ("");
  row->name = g_strdup ("");
  row->alias = g_strdup ("");
  row->to_account = g_strdup ("");
  row->biller_id = g_strdup ("");
  return row;
}

void
tw_payee_row_free (TwPayeeRow *row)
{
  if (row == NULL)
    return;
  g_free (row->id);
  g_free (row->account_id);
  g_free (row->number);
  g_free (row->name);
  g_free (row->alias);
  g_free (row->to_account);
  g_free (row->biller_id);
  g_free (row);
}

const char *
tw_payee_row_get_shown (const TwPayeeRow *payee)
{
  return *payee->alias != '\0' ? payee->alias : payee->name;
}

gboolean
tw_payee_row_is_missing (const TwPayeeRow *payee)
{
  return payee->state == TW_PAYEE_STATE_MISSING || payee->checked_at_ms > payee->verified_at_ms;
}

/* One that is looked up by another number is another payee, even if it is the same person. */
static char *
hash_number (TwTx *tx, const TwPayeeRow *payee)
{
  g_autofree char *text =
    g_strdup_printf ("payee\n%d\n%s\n%s", (int) payee->kind, payee->biller_id, payee->number);

  return tw_keyed_hash (tw_tx_key (tx, TW_KEY_LOOKUP), text);
}

static GBytes *
seal (TwTx *tx, const TwPayeeRow *payee, const char *column, const char *text)
{
  return *text != '\0'
           ? tw_column_seal (tw_tx_key (tx, TW_KEY_COLUMN), TABLE, payee->id, column, text)
           : NULL;
}

static TwPayeeRow *
read_row (TwTx *tx, TwStmt *stmt, GError **error)
{
  TwKey *column = tw_tx_key (tx, TW_KEY_COLUMN);
  g_autoptr (TwPayeeRow) row = g_new0 (TwPayeeRow, 1);

  row->id = g_strdup (tw_stmt_text (stmt, 0));
  row->account_id = g_strdup (tw_stmt_text (stmt, 1));
  row->state = (TwPayeeState) tw_stmt_int64 (stmt, 2);
  row->kind = (TwPayeeKind) tw_stmt_int64 (stmt, 3);
  row->number = tw_column_read (column, stmt, 4, TABLE, row->id, NUMBER, error);
  if (row->number != NULL)
    row->name = tw_column_read (column, stmt, 5, TABLE, row->id, NAME, error);
  if (row->name != NULL)
    row->alias = tw_column_read (column, stmt, 6, TABLE, row->id, ALIAS, error);
  row->to_account = g_strdup (tw_stmt_text (stmt, 7));
  row->biller_id = g_strdup (tw_stmt_text (stmt, 8));
  row->asked_fen = tw_stmt_int64 (stmt, 9);
  row->created_at_ms = tw_stmt_int64 (stmt, 10);
  row->verified_at_ms = tw_stmt_int64 (stmt, 11);
  row->asked_at_ms = tw_stmt_int64 (stmt, 12);
  row->checked_at_ms = tw_stmt_int64 (stmt, 13);
  return row->alias != NULL ? g_steal_pointer (&row) : NULL;
}

static gboolean
read_one (TwTx *tx, TwStmt *stmt, TwPayeeRow **payee, GError **error)
{
  TwStep step;

  *payee = NULL;
  if (stmt == NULL || (step = tw_stmt_step (stmt, error)) == TW_STEP_ERROR)
    return FALSE;
  if (step == TW_STEP_DONE)
    return TRUE;
  *payee = read_row (tx, stmt, error);
  tw_stmt_reset (stmt);
  return *payee != NULL;
}

/* @payee: (out) (nullable): %NULL for none. */
gboolean
tw_payee_row_load (TwTx *tx, const char *id, TwPayeeRow **payee, GError **error)
{
  return read_one (
    tx, tw_db_query (tw_tx_db (tx), error, "SELECT " COLUMNS " FROM payee WHERE id = $1", "s", id),
    payee, error);
}

/* The same person's payee by the same number. @payee: (out) (nullable): %NULL for none. */
gboolean
tw_payee_row_find (TwTx *tx, const TwPayeeRow *like, TwPayeeRow **payee, GError **error)
{
  g_autofree char *hash = hash_number (tx, like);

  return read_one (tx,
                   tw_db_query (tw_tx_db (tx), error,
                                "SELECT " COLUMNS
                                " FROM payee WHERE account_id = $1 AND number_hash = $2",
                                "ss", like->account_id, hash),
                   payee, error);
}

/* Writes down that the number of @payee is looked up, unless @limit others were since @since_ms;
 * what was looked up before that is forgotten. @many: (out): whether that was so. */
gboolean
tw_payee_row_note_lookup (
  TwTx *tx, const TwPayeeRow *payee, gint64 since_ms, gint64 limit, gboolean *many, GError **error)
{
  g_autofree char *hash = hash_number (tx, payee);
  TwDb *db = tw_tx_db (tx);
  TwStmt *stmt;

  if (!tw_db_run (db, error, "DELETE FROM payee_lookup WHERE account_id = $1 AND at <= $2", "si",
                  payee->account_id, since_ms))
    return FALSE;
  stmt = tw_db_query (db, error,
                      "SELECT count(*) FROM payee_lookup WHERE account_id = $1 AND "
                      "number_hash <> $2",
                      "ss", payee->account_id, hash);
  if (stmt == NULL || tw_stmt_step (stmt, error) != TW_STEP_ROW)
    return FALSE;
  *many = tw_stmt_int64 (stmt, 0) >= limit;
  tw_stmt_reset (stmt);
  return *many || tw_db_run (db, error,
                             "INSERT INTO payee_lookup (account_id, number_hash, at) "
                             "VALUES ($1, $2, $3) ON CONFLICT (account_id, number_hash) DO NOTHING",
                             "ssi", payee->account_id, hash, tw_tx_now_ms (tx));
}

gboolean
tw_payee_row_load_own (TwTx *tx, TwJob *job, const char *id, TwPayeeRow **payee, GError **error)
{
  if (!tw_payee_row_load (tx, id, payee, error))
    return FALSE;
  if (*payee != NULL && strcmp ((*payee)->account_id, tw_job_actor (job)->account_id) == 0)
    return TRUE;
  g_clear_pointer (payee, tw_payee_row_free);
  return tw_job_refuse (job, "not_found", NULL);
}

static char *
get_scope (const TwPayeeRow *payee)
{
  return g_strconcat ("account:", payee->account_id, NULL);
}

static void
publish (TwTx *tx, const TwPayeeRow *payee)
{
  gboolean is_phone = payee->kind == TW_PAYEE_KIND_PERSON && strlen (payee->number) == PHONE_LENGTH;
  g_autofree char *scope = get_scope (payee);
  g_autofree char *number =
    is_phone ? tw_text_mask_phone (payee->number) : g_strdup (payee->number);
  g_autoptr (TwObject) object = g_object_new (
    TW_TYPE_PAYEE, "id", payee->id, "state", (int) payee->state, "kind", (int) payee->kind, "name",
    payee->name, "number", number, "alias", payee->alias, "to-account", payee->to_account,
    "biller-id", payee->biller_id, "asked-fen", payee->asked_fen, "verified-at-ms",
    payee->verified_at_ms, "checked-at-ms", payee->checked_at_ms, NULL);

  tw_tx_publish (tx, scope, object);
}

gboolean
tw_payee_row_insert (TwTx *tx, const TwPayeeRow *payee, GError **error)
{
  g_autofree char *hash = hash_number (tx, payee);
  g_autoptr (GBytes) number = seal (tx, payee, NUMBER, payee->number);
  g_autoptr (GBytes) name = seal (tx, payee, NAME, payee->name);

  if (!tw_db_run (
        tw_tx_db (tx), error,
        "INSERT INTO payee (id, account_id, state, kind, number_hash, number, name, "
        "to_account, biller_id, asked_fen, created_at, verified_at, asked_at, checked_at) "
        "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)",
        "ssiisbbssiiiii", payee->id, payee->account_id, (gint64) payee->state, (gint64) payee->kind,
        hash, number, name, payee->to_account, payee->biller_id, payee->asked_fen,
        payee->created_at_ms, payee->verified_at_ms, payee->asked_at_ms, payee->checked_at_ms))
    return FALSE;
  publish (tx, payee);
  return TRUE;
}

gboolean
tw_payee_row_save (TwTx *tx, const TwPayeeRow *payee, GError **error)
{
  g_autoptr (GBytes) name = seal (tx, payee, NAME, payee->name);
  g_autoptr (GBytes) alias = seal (tx, payee, ALIAS, payee->alias);

  if (!tw_db_run (tw_tx_db (tx), error,
                  "UPDATE payee SET state = $2, name = $3, alias = $4, to_account = $5, "
                  "asked_fen = $6, verified_at = $7, asked_at = $8, checked_at = $9 WHERE id = $1",
                  "sibbsiiii", payee->id, (gint64) payee->state, name, alias, payee->to_account,
                  payee->asked_fen, payee->verified_at_ms, payee->asked_at_ms,
                  payee->checked_at_ms))
    return FALSE;
  publish (tx, payee);
  return TRUE;
}

gboolean
tw_payee_row_delete (TwTx *tx, const TwPayeeRow *payee, GError **error)
{
  g_autofree char *scope = get_scope (payee);

  tw_tx_withdraw (tx, scope, "payee", payee->id);
  return tw_db_run (tw_tx_db (tx), error, "DELETE FROM payee WHERE id = $1", "s", payee->id);
}
