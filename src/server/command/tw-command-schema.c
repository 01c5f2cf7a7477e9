// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/command/tw-service.h"

/* command: every attempt, for good, with what it was answered. intent: 1 live, 2 has succeeded. Ids
 * begin with their time and come first in the keys: what a batch adds stands together at the end of
 * an index, and not on a page of its own for each account. */
const char tw_command_schema[] =
  "CREATE TABLE command ("
  " account TEXT NOT NULL, id TEXT NOT NULL, intent TEXT NOT NULL, kind TEXT NOT NULL,"
  " body_hash BYTEA NOT NULL, at BIGINT NOT NULL, done_at BIGINT NOT NULL,"
  " state BIGINT NOT NULL, code TEXT, words TEXT, result TEXT,"
  " PRIMARY KEY (id, account));"
  "CREATE TABLE intent ("
  " account TEXT NOT NULL, intent TEXT NOT NULL, state BIGINT NOT NULL, command TEXT NOT NULL,"
  " PRIMARY KEY (intent, account));"
  "CREATE TABLE audit ("
  " seq BIGINT PRIMARY KEY, at BIGINT NOT NULL, actor TEXT NOT NULL, device TEXT NOT NULL,"
  " what TEXT NOT NULL, subject TEXT NOT NULL, command TEXT NOT NULL, hash TEXT NOT NULL);";
