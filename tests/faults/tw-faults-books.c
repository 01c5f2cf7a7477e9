// SPDX-License-Identifier: GPL-3.0-or-later
#include "tw-faults-books.h"

#include "base/tw-clock.h"
#include "counterpart/tw-books.h"
#include "server/command/tw-keys.h"

/* @columns has a letter for each: s for text, i for a number; either may be null. */
typedef struct
{
  const char *name;
  const char *columns;
  const char *sql;
} Table;

static const Table service_tables[] = {
  { "command", "ssssiss", "SELECT account, id, intent, kind, state, code, result FROM command" },
  { "intent", "ssis", "SELECT account, intent, state, command FROM intent" },
  { "account", "si", "SELECT id, identity FROM account" },
  { "ledger_account", "siiii",
    "SELECT id, floor_fen, balance_fen, reserved_fen, incoming_fen FROM ledger_account" },
  { "transfer", "sssi", "SELECT id, kind, state, created_at FROM transfer" },
  { "entry", "sisi", "SELECT account_id, seq, transfer_id, amount_fen FROM entry" },
  { "payment", "sssiiiisssisss",
    "SELECT id, account_id, intent, kind, state, amount_fen, late_fee_fen, bill_id, "
    "rail_reference, refunds, refunded_fen, card_id, standing_id, transfer_id FROM payment" },
  { "bill", "ssiii", "SELECT id, account_id, state, amount_fen, due_day FROM bill" },
  { "card", "ssi", "SELECT id, account_id, state FROM card" },
  { "challenge", "ssiss", "SELECT id, account_id, state, kind, device_id FROM challenge" },
  { "payee", "ssi", "SELECT id, account_id, state FROM payee" },
  { "standing", "ssiisii",
    "SELECT id, account_id, state, amount_fen, last_payment_id, next_day, next_try_at "
    "FROM standing" },
  { "difference", "sissiii",
    "SELECT party, kind, order_id, entry, here_fen, there_fen, state FROM difference" },
  { "ticket", "ss", "SELECT id, customer_id FROM ticket" },
  { "message", "sss", "SELECT id, ticket_id, author_id FROM message" },
  { "rail_op", "sssiissi",
    "SELECT id, rail, subject_id, state, posts, reference, account_id, settled_at FROM rail_op "
    "WHERE rail IN ('bank', 'card-debits', 'credits', 'cards', 'billers', 'office', 'sms')" },
};

static const Table counterpart_tables[] = {
  { "debit", "ssis", "SELECT id, account, amount_fen, state FROM bank_debit" },
  { "office_payment", "ssiis",
    "SELECT id, bill, amount_fen, late_fee_fen, state FROM office_payment" },
  { "office_bill", "ssi", "SELECT id, payment, paid_fen FROM office_bill" },
  { "plain_order", "ssis", "SELECT id, route, amount_fen, state FROM plain_order" },
  { "book_entry", "issis",
    "SELECT number, party, order_id, amount_fen, reference FROM book_entry ORDER BY number" },
};

static JsonArray *
read_row (const Table *table, TwStmt *stmt)
{
  JsonArray *row = json_array_new ();

  for (int i = 0; table->columns[i] != '\0'; i++)
    if (tw_stmt_is_null (stmt, i))
      json_array_add_null_element (row);
    else if (table->columns[i] == 's')
      json_array_add_string_element (row, tw_stmt_text (stmt, i));
    else
      json_array_add_int_element (row, tw_stmt_int64 (stmt, i));
  return row;
}

static gboolean
read_tables (TwDb *db, const Table *tables, gsize n, JsonObject *books, GError **error)
{
  if (!tw_db_begin_read (db, error))
    return FALSE;
  for (gsize i = 0; i < n; i++)
    {
      TwStmt *stmt = tw_db_query (db, error, tables[i].sql, "");
      JsonArray *rows = json_array_new ();
      TwStep step = TW_STEP_ERROR;

      json_object_set_array_member (books, tables[i].name, rows);
      while (stmt != NULL && (step = tw_stmt_step (stmt, error)) == TW_STEP_ROW)
        json_array_add_array_element (rows, read_row (&tables[i], stmt));
      if (step != TW_STEP_DONE)
        return FALSE;
    }
  return tw_db_commit (db, error);
}

/* When they were read, which decides what is due. */
static void
add_time (JsonObject *books)
{
  JsonArray *rows = json_array_new (), *row = json_array_new ();

  json_array_add_int_element (row, tw_clock_now_ms ());
  json_array_add_array_element (rows, row);
  json_object_set_array_member (books, "read_at", rows);
}

static TwDb *
open_service (const char *database, const char *folder, GError **error)
{
  g_autoptr (TwKeys) keys = tw_keys_open (folder, FALSE, error);

  return keys != NULL
           ? tw_db_open (database, tw_key_peek (tw_keys_get (keys, TW_KEY_SQLITE)), error)
           : NULL;
}

/**
 * tw_faults_books_read:
 * @of_service: whether they are the service's, or the counterpart's
 * @database: as in tw_db_open()
 * @keys: the folder of its keys
 * @books: gets a member for each table: an array of rows, each an array of values; and `read_at`
 * @error: as tw_db_open()
 *
 * Ids, amounts and states alone; nothing that is sealed.
 *
 * Returns: whether all was read
 */
gboolean
tw_faults_books_read (
  gboolean of_service, const char *database, const char *keys, JsonObject *books, GError **error)
{
  g_autoptr (TwDb) db =
    of_service ? open_service (database, keys, error) : tw_books_open (database, keys, error);

  if (db == NULL)
    return FALSE;
  if (of_service)
    add_time (books);
  return of_service
           ? read_tables (db, service_tables, G_N_ELEMENTS (service_tables), books, error)
           : read_tables (db, counterpart_tables, G_N_ELEMENTS (counterpart_tables), books, error);
}
