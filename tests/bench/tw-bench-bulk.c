// SPDX-License-Identifier: GPL-3.0-or-later
#include "tw-bench-bulk.h"

#include "server/command/tw-column.h"

#define ROWS_A_COMMIT 50000

/* Ids are as old as they sort: before everything that is done later. `i` counts rows. */
#define ROW_ID(mark) "printf('01900000-%04x-7000-8" mark "-%012x', (i >> 32) & 65535, i)"
#define PERSON(i) "printf('01800000-0000-7000-8000-%012x', " i ")"
#define HASH "lower(hex(randomblob(32)))"
#define AT "1700000000000 + i"

/* $1 and $2: the first row, and the one after the last. */
#define ROWS                                                                                       \
  "WITH RECURSIVE row (i) AS (SELECT $1 UNION ALL SELECT i + 1 FROM row WHERE i + 1 < $2) "

static const struct
{
  const char *sql;
  int one_in; /* of so many records */
} steps[] = {
  { ROWS
    "INSERT INTO account (id, role, login_hash, reference, name, password, identity, created_at) "
    "SELECT " PERSON ("i") ", 'user', " HASH ", printf('TW-BULK-%d', i), randomblob(60), '', 1, " AT
                           " FROM row",
    50 },
  { ROWS "INSERT INTO ledger_account SELECT 'wallet:' || " PERSON ("i") ", " PERSON (
      "i") ", 0, 1000000, 0, 0, 20, randomblob(32) FROM row",
    50 },
  { ROWS "INSERT INTO outgo (account_id, day, year, day_fen, year_fen, life_fen) SELECT " PERSON (
      "i") ", 0, 0, 0, 0, 1000 FROM row",
    50 },
  { ROWS "INSERT INTO scope SELECT 'account:' || " PERSON ("i") ", 50 FROM row", 50 },
  { ROWS "INSERT INTO tax_record SELECT " ROW_ID ("001") ", " PERSON (
      "i / 50") ", 2020 + i % 7, 'iit', 2, 1, 10000 + i % 1000, 0, " AT
                ", randomblob(520) FROM row",
    1 },
  { ROWS "INSERT INTO feed SELECT 'account:' || " PERSON ("i / 50") ", 'record', " ROW_ID (
      "001") ", i % 50 + 1, 0, randomblob(520) FROM row",
    1 },
  { ROWS "INSERT INTO transfer SELECT " ROW_ID ("002") ", 'wallet.transfer', 'posted', '', " AT
                                                       ", " AT " FROM row",
    5 },
  { ROWS "INSERT INTO entry SELECT 'wallet:' || " PERSON (
      "i / 10") ", i % 10 + 101, i + 1000001, " ROW_ID ("002") ", -100, 1000000, " AT
                                                               ", randomblob(32), randomblob(32) "
                                                               "FROM row",
    5 },
  { ROWS "INSERT INTO entry SELECT 'wallet:' || " PERSON (
      "i / 10") ", i % 10 + 111, i + 100000001, " ROW_ID ("002") ", 100, 1000000, " AT
                                                                 ", randomblob(32), randomblob(32) "
                                                                 "FROM row",
    5 },
  { ROWS "INSERT INTO payment (id, account_id, transfer_id, intent, kind, state, amount_fen, "
         "late_fee_fen, title, bill_id, tax_type, period, reason, reference, rail_reference, "
         "created_at, sent_at, posted_at, confirmed_at) SELECT " ROW_ID ("002") ", " PERSON (
           "i / 10") ", " ROW_ID ("002") ", " ROW_ID ("003") ", 2, 3, 100, 0, randomblob(60), '', "
                                                             "'', '', '', 'TW-0123456789', "
                                                             "'', " AT ", 0, " AT ", 0 FROM row",
    5 },
  { ROWS "INSERT INTO command SELECT " PERSON ("i / 10") ", " ROW_ID ("002") ", " ROW_ID (
      "003") ", 'wallet.transfer', randomblob(32), " AT ", " AT
             ", 0, NULL, NULL, '{\"payment_id\":\"' || " ROW_ID ("002") " || '\"}' FROM row",
    5 },
  { ROWS "INSERT INTO intent SELECT " PERSON ("i / 10") ", " ROW_ID ("003") ", 2, " ROW_ID (
      "002") " FROM row",
    5 },
  { ROWS "INSERT INTO audit SELECT i + 1000001, " AT ", " PERSON ("i / 10") ", " PERSON (
      "i") ", 'wallet.transfer', " ROW_ID ("002") ", " ROW_ID ("002") ", " HASH " FROM row",
    5 },
  { ROWS "INSERT INTO bill SELECT " ROW_ID ("004") ", " PERSON (
      "i / 5") ", 2, 10000, 20000, randomblob(420)"
               " FROM row",
    10 },
  { ROWS
    "INSERT INTO ticket (id, customer_id, customer_name, subject, state, about_type, about_id,"
    " about_text, reference, created_at, last_at, last_by, last_text, messages) SELECT " ROW_ID (
      "005") ", " PERSON ("i") ", randomblob(60), randomblob(80), 3, '', '', randomblob(40), "
                               "printf('TK-%d', i), " AT ", " AT ", 0, randomblob(80), 1 FROM row",
    50 },
  { ROWS "INSERT INTO message SELECT " ROW_ID ("006") ", " ROW_ID ("005") ", 0, " PERSON (
      "i") ", 0, randomblob(160), " AT " FROM row",
    50 },
};

static void
fill_table (TwDb *db, const char *sql, gint64 n)
{
  g_autoptr (GError) error = NULL;

  for (gint64 from = 0; from < n; from += ROWS_A_COMMIT)
    if (!tw_db_begin (db, &error) ||
        !tw_db_run (db, &error, sql, "ii", from, MIN (n, from + ROWS_A_COMMIT)) ||
        !tw_db_commit (db, &error))
      g_error ("%s", error->message);
}

/* By the name of the oldest account the service sees whether its key fits. */
static void
seal_first_name (TwBench *bench, TwDb *db)
{
  static const char first[] = "01800000-0000-7000-8000-000000000000";
  g_autoptr (GBytes) name =
    tw_column_seal (tw_keys_get (bench->keys, TW_KEY_COLUMN), "account", first, "name", "样例");
  g_autoptr (GError) error = NULL;

  tw_db_run (db, &error, "UPDATE account SET name = $2 WHERE id = $1", "sb", first, name);
  g_assert_no_error (error);
}

void
tw_bench_fill_bulk (TwBench *bench, gint64 n_records)
{
  g_autoptr (TwDb) db = tw_bench_open (bench);

  for (gsize i = 0; i < G_N_ELEMENTS (steps); i++)
    fill_table (db, steps[i].sql, MAX (n_records / steps[i].one_in, 1));
  seal_first_name (bench, db);
}
