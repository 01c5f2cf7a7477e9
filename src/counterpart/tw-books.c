// SPDX-License-Identifier: GPL-3.0-or-later
#include "counterpart/tw-books.h"

#include <string.h>

#include "base/tw-uuid.h"
#include "vault/tw-vault.h"

#define KEY_FILE "counterpart.key"

/* `bank_debit`, `office_payment` and `plain_order` are kept for good: an id that is asked for or
 * sent again gets its first answer. `book_entry` is what statements are written from; what was
 * carried out before there was such a table is in none. */
static const TwMigration steps[] = {
  { 1,
    "CREATE TABLE bank_account (id TEXT PRIMARY KEY, balance_fen BIGINT NOT NULL);"
    "CREATE TABLE bank_debit ("
    "  id TEXT PRIMARY KEY,"
    "  account TEXT NOT NULL,"
    "  amount_fen BIGINT NOT NULL,"
    "  state TEXT NOT NULL,"
    "  reference TEXT NOT NULL,"
    "  reason TEXT NOT NULL"
    ");"
    "CREATE TABLE office_taxpayer (key TEXT PRIMARY KEY, issued_day BIGINT NOT NULL);"
    "CREATE TABLE office_bill ("
    "  id TEXT PRIMARY KEY,"
    "  taxpayer TEXT NOT NULL REFERENCES office_taxpayer (key),"
    "  amount_fen BIGINT NOT NULL,"
    "  due_day BIGINT NOT NULL,"
    "  payment TEXT,"
    "  object TEXT NOT NULL"
    ");"
    "CREATE INDEX office_bill_taxpayer ON office_bill (taxpayer);"
    "CREATE TABLE office_record ("
    "  id TEXT PRIMARY KEY,"
    "  taxpayer TEXT NOT NULL REFERENCES office_taxpayer (key),"
    "  object TEXT NOT NULL"
    ");"
    "CREATE INDEX office_record_taxpayer ON office_record (taxpayer);"
    "CREATE TABLE office_payment ("
    "  id TEXT PRIMARY KEY,"
    "  bill TEXT NOT NULL,"
    "  amount_fen BIGINT NOT NULL,"
    "  late_fee_fen BIGINT NOT NULL,"
    "  state TEXT NOT NULL,"
    "  reference TEXT NOT NULL,"
    "  reason TEXT NOT NULL,"
    "  confirm_at BIGINT NOT NULL"
    ");",
    NULL, NULL },
  { 2,
    "CREATE TABLE book_entry ("
    "  number BIGINT PRIMARY KEY,"
    "  party TEXT NOT NULL,"
    "  order_id TEXT NOT NULL,"
    "  amount_fen BIGINT NOT NULL,"
    "  reference TEXT NOT NULL,"
    "  booked_at BIGINT NOT NULL"
    ");"
    "CREATE INDEX book_entry_day ON book_entry (party, booked_at);"
    "CREATE INDEX book_entry_order ON book_entry (order_id);",
    NULL, NULL },
  { 3,
    "CREATE TABLE plain_order ("
    "  id TEXT PRIMARY KEY,"
    "  route TEXT NOT NULL,"
    "  body_hash TEXT NOT NULL,"
    "  amount_fen BIGINT NOT NULL,"
    "  state TEXT NOT NULL,"
    "  reference TEXT NOT NULL,"
    "  reason TEXT NOT NULL"
    ");"
    "CREATE TABLE bank_card ("
    "  token TEXT PRIMARY KEY,"
    "  account TEXT NOT NULL,"
    "  last_four TEXT NOT NULL"
    ");"
    "CREATE TABLE biller_customer ("
    "  biller TEXT NOT NULL,"
    "  number TEXT NOT NULL,"
    "  due_fen BIGINT NOT NULL,"
    "  PRIMARY KEY (biller, number)"
    ");"
    "CREATE TABLE sms_message ("
    "  number BIGINT PRIMARY KEY,"
    "  id TEXT NOT NULL,"
    "  phone TEXT NOT NULL,"
    "  text TEXT NOT NULL,"
    "  at BIGINT NOT NULL"
    ");"
    "CREATE INDEX sms_message_phone ON sms_message (phone, number);"
    "ALTER TABLE bank_debit ADD COLUMN card TEXT NOT NULL DEFAULT '';"
    "ALTER TABLE office_bill ADD COLUMN partly BIGINT NOT NULL DEFAULT 0;"
    "ALTER TABLE office_bill ADD COLUMN paid_fen BIGINT NOT NULL DEFAULT 0;",
    NULL, NULL },
  { 4,
    "CREATE TABLE request ("
    "  id TEXT PRIMARY KEY,"
    "  signature TEXT NOT NULL,"
    "  at BIGINT NOT NULL"
    ");"
    "CREATE INDEX request_at ON request (at);",
    NULL, NULL },
  { 5, "ALTER TABLE office_bill ADD COLUMN late_fee_rest_ufen BIGINT NOT NULL DEFAULT 0;", NULL,
    NULL },
};

/**
 * tw_books_open:
 * @url: `sqlite:/path/to/file`, or the path alone
 * @keys_dir: the folder of the file's key, which is made on first use
 * @error: as tw_key_file_open(), or the database's
 *
 * Returns: (transfer full) (nullable): the books, ready to be used
 */
TwDb *
tw_books_open (const char *url, const char *keys_dir, GError **error)
{
  g_autofree char *full_url =
    strchr (url, ':') != NULL ? g_strdup (url) : g_strconcat ("sqlite:", url, NULL);
  g_autofree char *key_path = g_build_filename (keys_dir, KEY_FILE, NULL);
  g_autoptr (TwKey) key = tw_key_file_open (key_path, TRUE, error);
  g_autoptr (TwDb) db = NULL;

  if (key == NULL)
    return NULL;
  db = tw_db_open (full_url, tw_key_peek (key), error);
  if (db == NULL || !tw_db_migrate (db, steps, G_N_ELEMENTS (steps), error))
    return NULL;
  return g_steal_pointer (&db);
}

#define ENTER                                                                                      \
  "INSERT INTO book_entry (number, party, order_id, amount_fen, reference, booked_at) "            \
  "SELECT coalesce (max (number), 0) + 1, $1, $2, $3, $4, $5 FROM book_entry"

/**
 * tw_books_enter:
 * @db: the books, in the transaction that carries the order out
 * @entry: what was done
 * @error: the database's
 *
 * Each kind of order that moves money calls this once, when it does.
 *
 * Returns: whether it is written
 */
gboolean
tw_books_enter (TwDb *db, const TwBookEntry *entry, GError **error)
{
  return tw_db_run (db, error, ENTER, "ssisi", entry->party, entry->order_id, entry->amount_fen,
                    entry->reference, entry->booked_at_ms);
}

/* The entry once more, for another order or for the same. */
static gboolean
copy_entry (TwDb *db, const char *order_id, const char *for_order, GError **error)
{
  return tw_db_run (db, error,
                    "INSERT INTO book_entry (number, party, order_id, amount_fen, reference, "
                    "booked_at) SELECT (SELECT max (number) + 1 FROM book_entry), party, $2, "
                    "amount_fen, reference, booked_at FROM book_entry WHERE order_id = $1 LIMIT 1",
                    "ss", order_id, for_order);
}

/**
 * tw_books_spoil:
 * @db: the books
 * @fault: one of those of books; %TW_FAULT_NONE: nothing
 * @order_id: an order that was carried out
 * @error: the database's
 *
 * Makes the books wrong about it.
 *
 * Returns: whether that was possible
 */
gboolean
tw_books_spoil (TwDb *db, TwFault fault, const char *order_id, GError **error)
{
  g_autofree char *other = NULL;

  switch (fault)
    {
    case TW_FAULT_LOSE_ROW:
      return tw_db_run (db, error, "DELETE FROM book_entry WHERE order_id = $1", "s", order_id);
    case TW_FAULT_WRONG_AMOUNT:
      return tw_db_run (db, error,
                        "UPDATE book_entry SET amount_fen = amount_fen + 100 WHERE order_id = $1",
                        "s", order_id);
    case TW_FAULT_EXTRA_ROW:
      other = tw_uuid_new ();
      return copy_entry (db, order_id, other, error);
    case TW_FAULT_DOUBLE_ROW:
      return copy_entry (db, order_id, order_id, error);
    default:
      return TRUE;
    }
}

/**
 * tw_books_make_id:
 * @at_ms: the time that the id tells
 * @what: names the thing
 *
 * Returns: (transfer full): a UUID of version 7 that is the same whenever it is asked for
 */
char *
tw_books_make_id (gint64 at_ms, const char *what)
{
  guint8 hash[TW_HASH_BYTES];

  tw_hash (what, strlen (what), hash);
  return tw_uuid_make (at_ms, hash + 6);
}
