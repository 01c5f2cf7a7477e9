// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/identity/tw-identity.h"

/* What a person is called and reached by is sealed; the hashes beside it are keyed, and find a row
 * without opening any. `password` is Argon2id with its parameters. */
const char tw_identity_schema[] =
  "CREATE TABLE account ("
  "  id TEXT PRIMARY KEY,"
  "  role TEXT NOT NULL,"
  "  login_hash TEXT NOT NULL UNIQUE,"
  "  id_hash TEXT UNIQUE,"
  "  reference TEXT NOT NULL UNIQUE,"
  "  name BYTEA NOT NULL,"
  "  id_number BYTEA,"
  "  phone BYTEA,"
  "  email BYTEA,"
  "  password TEXT NOT NULL,"
  "  identity BIGINT NOT NULL,"
  "  identity_reason BYTEA,"
  "  decided_by TEXT,"
  "  created_at BIGINT NOT NULL,"
  "  checked_at BIGINT NOT NULL DEFAULT 0"
  ");"
  "CREATE TABLE device ("
  "  account_id TEXT NOT NULL REFERENCES account (id),"
  "  id TEXT NOT NULL,"
  "  public_key TEXT NOT NULL,"
  "  created_at BIGINT NOT NULL,"
  "  last_at BIGINT NOT NULL,"
  "  PRIMARY KEY (account_id, id)"
  ");"
  "CREATE TABLE session ("
  "  token_hash TEXT PRIMARY KEY,"
  "  account_id TEXT NOT NULL,"
  "  device_id TEXT NOT NULL,"
  "  role TEXT NOT NULL,"
  "  created_at BIGINT NOT NULL,"
  "  expires_at BIGINT NOT NULL,"
  "  FOREIGN KEY (account_id, device_id) REFERENCES device (account_id, id)"
  ");"
  "CREATE INDEX session_by_expiry ON session (expires_at);"
  "CREATE INDEX session_by_account ON session (account_id);";

/* `decided_by` and `password` were in plain; what is in them is moved over by tw_schema_seal(). */
const char tw_identity_sealed_schema[] = "ALTER TABLE account ADD COLUMN decider BYTEA;"
                                         "ALTER TABLE account ADD COLUMN password_hash BYTEA;";
