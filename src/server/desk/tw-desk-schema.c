// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/desk/tw-desk.h"

/* `messages`, `last_…` tell of what the customer sees: an internal note changes none of them.
 * `ticket_looking` is who has which ticket open, and so why a scope is theirs for now. */
const char tw_desk_schema[] =
  "CREATE TABLE ticket ("
  "  id TEXT PRIMARY KEY,"
  "  customer_id TEXT NOT NULL,"
  "  customer_name BYTEA NOT NULL,"
  "  subject BYTEA NOT NULL,"
  "  state BIGINT NOT NULL,"
  "  about_type TEXT NOT NULL,"
  "  about_id TEXT NOT NULL,"
  "  about_text BYTEA NOT NULL,"
  "  assignee_id TEXT NOT NULL DEFAULT '',"
  "  assignee_name TEXT NOT NULL DEFAULT '',"
  "  reference TEXT NOT NULL,"
  "  created_at BIGINT NOT NULL,"
  "  last_at BIGINT NOT NULL,"
  "  last_by BIGINT NOT NULL,"
  "  last_text BYTEA NOT NULL,"
  "  messages BIGINT NOT NULL,"
  "  rating BIGINT NOT NULL DEFAULT 0,"
  "  rating_text BYTEA"
  ");"
  "CREATE INDEX ticket_by_state ON ticket (state, created_at, id);"
  "CREATE INDEX ticket_by_customer ON ticket (customer_id, created_at);"
  "CREATE TABLE message ("
  "  id TEXT PRIMARY KEY,"
  "  ticket_id TEXT NOT NULL REFERENCES ticket (id),"
  "  author BIGINT NOT NULL,"
  "  author_id TEXT NOT NULL,"
  "  internal BIGINT NOT NULL,"
  "  text BYTEA NOT NULL,"
  "  at BIGINT NOT NULL"
  ");"
  "CREATE INDEX message_by_ticket ON message (ticket_id, at, id);"
  "CREATE TABLE ticket_looking ("
  "  agent_id TEXT NOT NULL,"
  "  ticket_id TEXT NOT NULL REFERENCES ticket (id),"
  "  customer_id TEXT NOT NULL,"
  "  since BIGINT NOT NULL,"
  "  PRIMARY KEY (agent_id, ticket_id)"
  ");"
  "CREATE INDEX ticket_looking_by_customer ON ticket_looking (agent_id, customer_id);";

/* `assignee_name` was in plain; what is in it is moved over by tw_schema_seal(). What a refusal
 * told of another agent's name is not kept any more. */
const char tw_desk_sealed_schema[] =
  "ALTER TABLE ticket ADD COLUMN assignee BYTEA;"
  "UPDATE command SET result = NULL WHERE code = 'ticket_taken';";
