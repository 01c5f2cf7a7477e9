// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/taxes/tw-taxes-private.h"

#include <string.h>

#include "base/tw-error.h"
#include "protocol/tw-json.h"
#include "protocol/tw-wire.h"
#include "server/command/tw-keys.h"
#include "server/command/tw-column.h"

#define BILL "bill"
#define RECORD "tax_record"
#define OBJECT "object"

const char tw_taxes_schema[] =
  "CREATE TABLE bill ("
  "  id TEXT PRIMARY KEY,"
  "  account_id TEXT NOT NULL,"
  "  state BIGINT NOT NULL,"
  "  amount_fen BIGINT NOT NULL,"
  "  due_day BIGINT NOT NULL,"
  "  object BYTEA NOT NULL"
  ");"
  "CREATE INDEX bill_account ON bill (account_id);"
  "CREATE TABLE tax_record ("
  "  id TEXT PRIMARY KEY,"
  "  account_id TEXT NOT NULL,"
  "  year BIGINT NOT NULL,"
  "  tax_type TEXT NOT NULL,"
  "  status BIGINT NOT NULL,"
  "  kind BIGINT NOT NULL,"
  "  amount_fen BIGINT NOT NULL,"
  "  late_fee_fen BIGINT NOT NULL,"
  "  assessed_at BIGINT NOT NULL,"
  "  object BYTEA NOT NULL"
  ");"
  "CREATE INDEX tax_record_page ON tax_record (account_id, assessed_at, id);";

static GBytes *
seal (TwTx *tx, const char *table, TwObject *object)
{
  g_autofree char *text = tw_wire_encode_text (object);

  return tw_column_seal (tw_tx_key (tx, TW_KEY_COLUMN), table, tw_object_get_id (object), OBJECT,
                         text);
}

static TwObject *
read_object (TwKey *column,
             TwStmt *stmt,
             int index,
             const char *table,
             const char *wire_type,
             const char *id,
             GError **error)
{
  g_autofree char *text = tw_column_read (column, stmt, index, table, id, OBJECT, error);

  return text != NULL ? tw_wire_decode_text (wire_type, text, error) : NULL;
}

/* %TW_ERROR_NOT_FOUND when there is none. */
static TwObject *
load (TwTx *tx,
      const char *sql,
      const char *table,
      const char *wire_type,
      const char *id,
      GError **error)
{
  TwStmt *stmt = tw_db_query (tw_tx_db (tx), error, sql, "s", id);
  TwObject *object;
  TwStep step;

  if (stmt == NULL || (step = tw_stmt_step (stmt, error)) == TW_STEP_ERROR)
    return NULL;
  if (step == TW_STEP_DONE)
    {
      g_set_error (error, TW_ERROR, TW_ERROR_NOT_FOUND, "There is no %s %s", wire_type, id);
      return NULL;
    }
  object = read_object (tw_tx_key (tx, TW_KEY_COLUMN), stmt, 0, table, wire_type, id, error);
  tw_stmt_reset (stmt);
  return object;
}

static void
publish (TwTx *tx, const char *account_id, TwObject *object)
{
  g_autofree char *scope = g_strconcat ("account:", account_id, NULL);

  tw_tx_publish (tx, scope, object);
}

/**
 * tw_bill_insert:
 * @tx: the transaction
 * @bill: with the account whose it is
 * @is_new: (out): whether it was not known before; a known one stays as it is
 * @error: the database's
 *
 * Returns: whether it is there
 */
gboolean
tw_bill_insert (TwTx *tx, TwBill *bill, gboolean *is_new, GError **error)
{
  g_autoptr (GBytes) object = seal (tx, BILL, TW_OBJECT (bill));

  if (!tw_db_run (tw_tx_db (tx), error,
                  "INSERT INTO bill (id, account_id, state, amount_fen, due_day, object) "
                  "VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (id) DO NOTHING",
                  "ssiiib", tw_object_get_id (TW_OBJECT (bill)), tw_bill_get_account_id (bill),
                  (gint64) tw_bill_get_state (bill), tw_bill_get_amount_fen (bill),
                  tw_bill_get_due_day (bill), object))
    return FALSE;
  *is_new = tw_db_changes (tw_tx_db (tx)) > 0;
  if (*is_new)
    publish (tx, tw_bill_get_account_id (bill), TW_OBJECT (bill));
  return TRUE;
}

/**
 * tw_bill_save:
 * @tx: the transaction
 * @bill: as it is now; not to be changed after this
 * @error: the database's
 *
 * Returns: whether it is written; it is shown to whose it is
 */
gboolean
tw_bill_save (TwTx *tx, TwBill *bill, GError **error)
{
  g_autoptr (GBytes) object = seal (tx, BILL, TW_OBJECT (bill));

  if (!tw_db_run (tw_tx_db (tx), error, "UPDATE bill SET state = $2, object = $3 WHERE id = $1",
                  "sib", tw_object_get_id (TW_OBJECT (bill)), (gint64) tw_bill_get_state (bill),
                  object))
    return FALSE;
  publish (tx, tw_bill_get_account_id (bill), TW_OBJECT (bill));
  return TRUE;
}

TwBill *
tw_bill_load (TwTx *tx, const char *id, GError **error)
{
  TwObject *bill = load (tx, "SELECT object FROM bill WHERE id = $1", BILL, "bill", id, error);

  return bill != NULL ? TW_BILL (bill) : NULL;
}

/**
 * tw_record_insert:
 * @tx: the transaction
 * @account_id: whose it is
 * @record: a line of the history; one that is known stays as it is
 * @error: the database's
 *
 * Returns: whether it is there; a new one is shown to whose it is
 */
gboolean
tw_record_insert (TwTx *tx, const char *account_id, TwRecord *record, GError **error)
{
  g_autoptr (GBytes) object = seal (tx, RECORD, TW_OBJECT (record));

  if (!tw_db_run (
        tw_tx_db (tx), error,
        "INSERT INTO tax_record (id, account_id, year, tax_type, status, kind, amount_fen, "
        "late_fee_fen, assessed_at, object) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) "
        "ON CONFLICT (id) DO NOTHING",
        "ssisiiiiib", tw_object_get_id (TW_OBJECT (record)), account_id,
        tw_record_get_year (record), tw_record_get_tax_type (record),
        (gint64) tw_record_get_status (record), (gint64) tw_record_get_kind (record),
        tw_record_get_amount_fen (record), tw_record_get_late_fee_fen (record),
        tw_record_get_assessed_at_ms (record), object))
    return FALSE;
  if (tw_db_changes (tw_tx_db (tx)) > 0)
    publish (tx, account_id, TW_OBJECT (record));
  return TRUE;
}

gboolean
tw_record_save (TwTx *tx, const char *account_id, TwRecord *record, GError **error)
{
  g_autoptr (GBytes) object = seal (tx, RECORD, TW_OBJECT (record));

  if (!tw_db_run (
        tw_tx_db (tx), error, "UPDATE tax_record SET status = $2, object = $3 WHERE id = $1", "sib",
        tw_object_get_id (TW_OBJECT (record)), (gint64) tw_record_get_status (record), object))
    return FALSE;
  publish (tx, account_id, TW_OBJECT (record));
  return TRUE;
}

TwRecord *
tw_record_load (TwTx *tx, const char *id, GError **error)
{
  TwObject *record =
    load (tx, "SELECT object FROM tax_record WHERE id = $1", RECORD, "record", id, error);

  return record != NULL ? TW_RECORD (record) : NULL;
}

/* The record on which @stmt stands: its columns @id and @object. */
TwRecord *
tw_record_read (TwKey *column, TwStmt *stmt, int id, int object, GError **error)
{
  g_autofree char *record_id = g_strdup (tw_stmt_text (stmt, id));
  TwObject *record = read_object (column, stmt, object, RECORD, "record", record_id, error);

  return record != NULL ? TW_RECORD (record) : NULL;
}
