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
