// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/feed/tw-feed.h"

/* scope: the counters, one row each, locked by the transaction that changes the scope. feed: the
 * last version of each object in each scope; its id comes first in the key, so that new ones stand
 * together. scope_grant: who else may look; number grows with each grant, so that one that was
 * taken away and given again is told from the old one. */
const char tw_feed_schema[] =
  "CREATE TABLE scope (id TEXT PRIMARY KEY, seq BIGINT NOT NULL);"
  "CREATE TABLE feed ("
  " scope TEXT NOT NULL, type TEXT NOT NULL, id TEXT NOT NULL, seq BIGINT NOT NULL,"
  " removed BIGINT NOT NULL, body BYTEA, PRIMARY KEY (id, scope, type));"
  "CREATE UNIQUE INDEX feed_by_seq ON feed (scope, seq);"
  "CREATE TABLE scope_grant ("
  " account TEXT NOT NULL, scope TEXT NOT NULL, view BIGINT NOT NULL, number BIGINT NOT NULL,"
  " PRIMARY KEY (account, scope));"
  "CREATE TABLE feed_epoch (id BIGINT PRIMARY KEY, epoch TEXT NOT NULL);"
  "INSERT INTO feed_epoch (id, epoch) VALUES (1, 'first');";

/* On PostgreSQL, by scope, which is an account or a queue. */
#define PART(n)                                                                                    \
  "CREATE TABLE feed_part_" #n " PARTITION OF feed FOR VALUES WITH (MODULUS 8, REMAINDER " #n ");"

const char tw_feed_parts_schema[] =
  "ALTER TABLE feed RENAME TO feed_whole;"
  "ALTER TABLE feed_whole RENAME CONSTRAINT feed_pkey TO feed_whole_pkey;"
  "ALTER INDEX feed_by_seq RENAME TO feed_whole_by_seq;"
  "CREATE TABLE feed ("
  " scope TEXT NOT NULL, type TEXT NOT NULL, id TEXT NOT NULL, seq BIGINT NOT NULL,"
  " removed BIGINT NOT NULL, body BYTEA, PRIMARY KEY (id, scope, type))"
  " PARTITION BY HASH (scope);" PART (0) PART (1) PART (2) PART (3) PART (4) PART (5) PART (6)
    PART (7) "INSERT INTO feed SELECT scope, type, id, seq, removed, body FROM feed_whole;"
             "DROP TABLE feed_whole;"
             "CREATE UNIQUE INDEX feed_by_seq ON feed (scope, seq);";
