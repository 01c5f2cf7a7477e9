// SPDX-License-Identifier: GPL-3.0-or-later
#include "client/store/tw-store-private.h"

/* An object may come by several scopes; each is a row of its own, so that one scope can go without
 * what another still brings. All rows of one object hold the same, newest body. `stale` marks what
 * a scope that starts anew has not brought again yet.
 *
 * A record's `at_ms` is what it is sorted by. Its `amount_fen` counts into a sum: below zero for a
 * refund. `record_text` holds pairs of characters: see tw_text_bigrams(). */
static const char step_1[] =
  "CREATE TABLE scope (n INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);"
  "CREATE TABLE object ("
  "  n INTEGER PRIMARY KEY,"
  "  type TEXT NOT NULL,"
  "  id TEXT NOT NULL,"
  "  scope BIGINT NOT NULL REFERENCES scope (n),"
  "  seq BIGINT NOT NULL,"
  "  stale BIGINT NOT NULL DEFAULT 0,"
  "  body TEXT NOT NULL,"
  "  UNIQUE (id, type, scope)"
  ");"
  "CREATE INDEX object_by_scope ON object (scope);"
  "CREATE INDEX object_stale ON object (stale) WHERE stale = 1;"
  "CREATE TABLE record ("
  "  n INTEGER PRIMARY KEY,"
  "  id TEXT NOT NULL UNIQUE,"
  "  year BIGINT NOT NULL,"
  "  tax_type TEXT NOT NULL,"
  "  status BIGINT NOT NULL,"
  "  at_ms BIGINT NOT NULL,"
  "  amount_fen BIGINT NOT NULL,"
  "  late_fee_fen BIGINT NOT NULL"
  ");"
  "CREATE INDEX record_by_time ON record (at_ms, n, year, tax_type, status);"
  "CREATE INDEX record_sums ON record (year, tax_type, status, amount_fen, late_fee_fen);"
  "CREATE VIRTUAL TABLE record_text USING fts5 (text, columnsize = 0,"
  "  tokenize = 'unicode61 remove_diacritics 0');"
  "CREATE TABLE outbox ("
  "  n INTEGER PRIMARY KEY,"
  "  id TEXT NOT NULL UNIQUE,"
  "  intent TEXT NOT NULL,"
  "  kind TEXT NOT NULL,"
  "  at_ms BIGINT NOT NULL,"
  "  body TEXT NOT NULL,"
  "  signature TEXT,"
  "  state BIGINT NOT NULL,"
  "  sent_at_ms BIGINT NOT NULL DEFAULT 0,"
  "  result TEXT"
  ");"
  "CREATE INDEX outbox_by_state ON outbox (state, n);"
  "CREATE TABLE draft (key TEXT PRIMARY KEY, text TEXT NOT NULL);"
  "CREATE TABLE meta (name TEXT PRIMARY KEY, text TEXT NOT NULL);";

/* A released step is never edited: tests/client/fixtures holds a store of each version. */
const TwMigration tw_store_migrations[] = {
  { 1, step_1, NULL, NULL },
};

const gsize tw_store_n_migrations = G_N_ELEMENTS (tw_store_migrations);
