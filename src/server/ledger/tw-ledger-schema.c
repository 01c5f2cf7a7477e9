// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/ledger/tw-ledger.h"

/* A floor of NULL: none. `legs` holds what a reserved transfer will write, a line each.
 * `entry.number` counts through the ledger in the order of writing. `payment` is what a person sees
 * of a transfer; its title is sealed, as it may hold what they wrote. `outgo` adds up what has left
 * for others. */
const char tw_ledger_schema[] =
  "CREATE TABLE ledger_account ("
  "  id TEXT PRIMARY KEY,"
  "  owner TEXT NOT NULL,"
  "  floor_fen BIGINT,"
  "  balance_fen BIGINT NOT NULL,"
  "  reserved_fen BIGINT NOT NULL,"
  "  incoming_fen BIGINT NOT NULL,"
  "  seq BIGINT NOT NULL,"
  "  head_hash BYTEA NOT NULL"
  ");"
  "CREATE TABLE transfer ("
  "  id TEXT PRIMARY KEY,"
  "  kind TEXT NOT NULL,"
  "  state TEXT NOT NULL,"
  "  legs TEXT NOT NULL,"
  "  created_at BIGINT NOT NULL,"
  "  settled_at BIGINT NOT NULL DEFAULT 0"
  ");"
  "CREATE INDEX transfer_reserved ON transfer (created_at) WHERE state = 'reserved';"
  "CREATE TABLE entry ("
  "  account_id TEXT NOT NULL REFERENCES ledger_account (id),"
  "  seq BIGINT NOT NULL,"
  "  number BIGINT NOT NULL,"
  "  transfer_id TEXT NOT NULL REFERENCES transfer (id),"
  "  amount_fen BIGINT NOT NULL,"
  "  balance_after_fen BIGINT NOT NULL,"
  "  at_ms BIGINT NOT NULL,"
  "  prev_hash BYTEA NOT NULL,"
  "  hash BYTEA NOT NULL,"
  "  PRIMARY KEY (account_id, seq)"
  ");"
  "CREATE UNIQUE INDEX entry_number ON entry (number);"
  "CREATE TABLE payment ("
  "  id TEXT PRIMARY KEY,"
  "  account_id TEXT NOT NULL,"
  "  transfer_id TEXT NOT NULL REFERENCES transfer (id),"
  "  intent TEXT NOT NULL,"
  "  kind BIGINT NOT NULL,"
  "  state BIGINT NOT NULL,"
  "  amount_fen BIGINT NOT NULL,"
  "  late_fee_fen BIGINT NOT NULL,"
  "  title BYTEA NOT NULL,"
  "  bill_id TEXT NOT NULL,"
  "  tax_type TEXT NOT NULL,"
  "  period TEXT NOT NULL,"
  "  reason TEXT NOT NULL,"
  "  reference TEXT NOT NULL,"
  "  rail_reference TEXT NOT NULL,"
  "  created_at BIGINT NOT NULL,"
  "  sent_at BIGINT NOT NULL,"
  "  posted_at BIGINT NOT NULL,"
  "  confirmed_at BIGINT NOT NULL"
  ");"
  "CREATE INDEX payment_transfer ON payment (transfer_id);"
  "CREATE TABLE outgo ("
  "  account_id TEXT PRIMARY KEY,"
  "  day BIGINT NOT NULL,"
  "  year BIGINT NOT NULL,"
  "  day_fen BIGINT NOT NULL,"
  "  year_fen BIGINT NOT NULL,"
  "  life_fen BIGINT NOT NULL"
  ");";

/* `outgo.recent` has a line for each payment of the last minutes: when, how much, to whom (a keyed
 * hash), which. `card.token` is what the bank calls a card: its number is not kept; it and the
 * small amount that the bank has sent are sealed. */
const char tw_ledger_schema_2[] =
  "ALTER TABLE outgo ADD COLUMN recent TEXT NOT NULL DEFAULT '';"
  "ALTER TABLE payment ADD COLUMN payee_id TEXT NOT NULL DEFAULT '';"
  "ALTER TABLE payment ADD COLUMN payee_name BYTEA;"
  "ALTER TABLE payment ADD COLUMN card_id TEXT NOT NULL DEFAULT '';"
  "ALTER TABLE payment ADD COLUMN standing_id TEXT NOT NULL DEFAULT '';"
  "ALTER TABLE payment ADD COLUMN refunds TEXT NOT NULL DEFAULT '';"
  "ALTER TABLE payment ADD COLUMN refunded_fen BIGINT NOT NULL DEFAULT 0;"
  "CREATE TABLE card ("
  "  id TEXT PRIMARY KEY,"
  "  account_id TEXT NOT NULL,"
  "  number_hash TEXT NOT NULL,"
  "  state BIGINT NOT NULL,"
  "  bank TEXT NOT NULL,"
  "  last_four BYTEA NOT NULL,"
  "  token BYTEA,"
  "  proof BYTEA,"
  "  tries_left BIGINT NOT NULL,"
  "  reason TEXT NOT NULL,"
  "  created_at BIGINT NOT NULL,"
  "  bound_at BIGINT NOT NULL"
  ");"
  "CREATE INDEX card_account ON card (account_id);";

/* Up to which day anything was ever counted, by whichever clock. */
const char tw_ledger_schema_3[] =
  "ALTER TABLE outgo ADD COLUMN latest_day BIGINT NOT NULL DEFAULT 0;";

/* On PostgreSQL, by account. No key of another table leads here or from here: neither would hold
 * when the parts are spread. tw_ledger_verify() says whether an entry's account and transfer are
 * there, and whether each number is there once; those who write take turns. */
#define PART(n)                                                                                    \
  "CREATE TABLE entry_part_" #n " PARTITION OF entry FOR VALUES WITH (MODULUS 8, REMAINDER " #n ");"

const char tw_ledger_parts_schema[] =
  "ALTER TABLE entry RENAME TO entry_whole;"
  "ALTER TABLE entry_whole RENAME CONSTRAINT entry_pkey TO entry_whole_pkey;"
  "ALTER INDEX entry_number RENAME TO entry_whole_number;"
  "CREATE TABLE entry ("
  "  account_id TEXT NOT NULL,"
  "  seq BIGINT NOT NULL,"
  "  number BIGINT NOT NULL,"
  "  transfer_id TEXT NOT NULL,"
  "  amount_fen BIGINT NOT NULL,"
  "  balance_after_fen BIGINT NOT NULL,"
  "  at_ms BIGINT NOT NULL,"
  "  prev_hash BYTEA NOT NULL,"
  "  hash BYTEA NOT NULL,"
  "  PRIMARY KEY (account_id, seq)"
  ") PARTITION BY HASH (account_id);" PART (0) PART (1) PART (2) PART (3) PART (4) PART (5) PART (6)
    PART (7) "INSERT INTO entry SELECT account_id, seq, number, transfer_id, amount_fen, "
             "balance_after_fen, at_ms, prev_hash, hash FROM entry_whole;"
             "DROP TABLE entry_whole;"
             "CREATE INDEX entry_number ON entry (number);";

/* Nor does one lead from what a person sees to the transfer, which is written just before it: to
 * look there cost as much as to write the row. tw_ledger_verify() says whether it is there. Rows
 * that change with each transfer have room beside them, so that indexes need not follow. */
const char tw_ledger_payments_schema[] =
  "ALTER TABLE payment DROP CONSTRAINT payment_transfer_id_fkey;"
  "ALTER TABLE ledger_account SET (fillfactor = 80);"
  "ALTER TABLE outgo SET (fillfactor = 80);"
  "ALTER TABLE scope SET (fillfactor = 80);";
