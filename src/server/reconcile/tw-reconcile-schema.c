// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/reconcile/tw-reconcile.h"

/* `statement` and its entries are a partner's last word on a day; a newer one takes its place.
 * `difference` is kept for good; what a person wrote about one is sealed. */
const char tw_reconcile_schema[] =
  "CREATE TABLE statement ("
  "  party TEXT NOT NULL,"
  "  day BIGINT NOT NULL,"
  "  until BIGINT NOT NULL,"
  "  stamp TEXT NOT NULL,"
  "  PRIMARY KEY (party, day)"
  ");"
  "CREATE TABLE statement_entry ("
  "  party TEXT NOT NULL,"
  "  day BIGINT NOT NULL,"
  "  entry TEXT NOT NULL,"
  "  order_id TEXT NOT NULL,"
  "  amount_fen BIGINT NOT NULL,"
  "  reference TEXT NOT NULL,"
  "  booked_at BIGINT NOT NULL,"
  "  stamp TEXT NOT NULL,"
  "  PRIMARY KEY (party, day, entry)"
  ");"
  "CREATE INDEX statement_entry_order ON statement_entry (order_id, party);"
  "CREATE TABLE reconciliation ("
  "  id TEXT PRIMARY KEY,"
  "  party TEXT NOT NULL,"
  "  day BIGINT NOT NULL,"
  "  state BIGINT NOT NULL,"
  "  entries BIGINT NOT NULL,"
  "  here_fen BIGINT NOT NULL,"
  "  there_fen BIGINT NOT NULL,"
  "  open BIGINT NOT NULL,"
  "  at BIGINT NOT NULL"
  ");"
  "CREATE UNIQUE INDEX reconciliation_day ON reconciliation (party, day);"
  "CREATE TABLE difference ("
  "  id TEXT PRIMARY KEY,"
  "  party TEXT NOT NULL,"
  "  day BIGINT NOT NULL,"
  "  kind BIGINT NOT NULL,"
  "  order_id TEXT NOT NULL,"
  "  entry TEXT NOT NULL,"
  "  reference TEXT NOT NULL,"
  "  rail_reference TEXT NOT NULL,"
  "  here_fen BIGINT NOT NULL,"
  "  there_fen BIGINT NOT NULL,"
  "  here BIGINT NOT NULL,"
  "  state BIGINT NOT NULL,"
  "  reason BYTEA,"
  "  explained_by BYTEA,"
  "  found_at BIGINT NOT NULL,"
  "  closed_at BIGINT NOT NULL"
  ");"
  "CREATE INDEX difference_day ON difference (party, day);"
  "CREATE INDEX difference_open ON difference (day) WHERE state = 0;";

/* What was ordered, where neither side has moved anything. */
const char tw_reconcile_schema_2[] =
  "ALTER TABLE difference ADD COLUMN amount_fen BIGINT NOT NULL DEFAULT 0;";

/* What a senior has asked for, until it is done: it outlives the process that was asked. */
const char tw_reconcile_schema_3[] = "CREATE TABLE reconcile_wish ("
                                     "  party TEXT NOT NULL,"
                                     "  day BIGINT NOT NULL,"
                                     "  asked_at BIGINT NOT NULL,"
                                     "  PRIMARY KEY (party, day)"
                                     ");";

/* Which account with a partner is ours; what a statement books back; and what seniors have put
 * right, each a transfer that has its own id. */
const char tw_reconcile_schema_4[] =
  "CREATE TABLE partner_account ("
  "  party TEXT PRIMARY KEY,"
  "  account TEXT NOT NULL,"
  "  at BIGINT NOT NULL"
  ");"
  "ALTER TABLE statement_entry ADD COLUMN reversal BIGINT NOT NULL DEFAULT 0;"
  "ALTER TABLE difference ADD COLUMN corrected_fen BIGINT NOT NULL DEFAULT 0;"
  "CREATE TABLE correction ("
  "  id TEXT PRIMARY KEY,"
  "  difference_id TEXT NOT NULL,"
  "  order_id TEXT NOT NULL,"
  "  amount_fen BIGINT NOT NULL,"
  "  at BIGINT NOT NULL"
  ");"
  "CREATE INDEX correction_order ON correction (order_id);";
