// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/pay/tw-paying.h"

/* Who is paid is sealed; `number_hash` is keyed, and finds a payee that was looked up before.
 * `biller` is what the billers' own list says, and for everybody. */
const char tw_pay_schema[] = "CREATE TABLE payee ("
                             "  id TEXT PRIMARY KEY,"
                             "  account_id TEXT NOT NULL,"
                             "  state BIGINT NOT NULL,"
                             "  kind BIGINT NOT NULL,"
                             "  number_hash TEXT NOT NULL,"
                             "  number BYTEA NOT NULL,"
                             "  name BYTEA,"
                             "  alias BYTEA,"
                             "  to_account TEXT NOT NULL,"
                             "  biller_id TEXT NOT NULL,"
                             "  asked_fen BIGINT NOT NULL,"
                             "  created_at BIGINT NOT NULL,"
                             "  verified_at BIGINT NOT NULL,"
                             "  UNIQUE (account_id, number_hash)"
                             ");"
                             "CREATE INDEX payee_passing ON payee (created_at) WHERE state < 3;"
                             "CREATE TABLE biller ("
                             "  id TEXT PRIMARY KEY,"
                             "  category BIGINT NOT NULL,"
                             "  name TEXT NOT NULL,"
                             "  digits BIGINT NOT NULL"
                             ");";

/* Which numbers a person has looked up, and when: a payee that was removed has been looked up too.
 */
const char tw_pay_schema_2[] = "CREATE TABLE payee_lookup ("
                               "  account_id TEXT NOT NULL,"
                               "  number_hash TEXT NOT NULL,"
                               "  at BIGINT NOT NULL,"
                               "  PRIMARY KEY (account_id, number_hash)"
                               ");"
                               "INSERT INTO payee_lookup (account_id, number_hash, at) "
                               "SELECT account_id, number_hash, created_at FROM payee;";

/* When the other side was asked last, and when its answer came: it has not been given where the
 * first is later. */
const char tw_pay_schema_3[] =
  "ALTER TABLE payee ADD COLUMN asked_at BIGINT NOT NULL DEFAULT 0;"
  "ALTER TABLE payee ADD COLUMN checked_at BIGINT NOT NULL DEFAULT 0;"
  "UPDATE payee SET checked_at = verified_at, "
  "asked_at = CASE WHEN state = 0 THEN created_at ELSE verified_at END;";
