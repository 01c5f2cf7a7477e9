// SPDX-License-Identifier: GPL-3.0-or-later
/* Where things are on the wire. docs/architecture.md and data/api/openapi.json tell the same. */
#pragma once

#define TW_ROUTE_COMMANDS "/v1/commands"
#define TW_ROUTE_FEED "/v1/feed"
#define TW_ROUTE_SESSIONS "/v1/sessions"
#define TW_ROUTE_SESSION "/v1/sessions/current"
#define TW_ROUTE_RECORDS "/v1/records"
#define TW_ROUTE_BLOBS "/v1/blobs/"
#define TW_ROUTE_HEALTH "/v1/health"
#define TW_ROUTE_METRICS "/metrics"
/* On a socket of its own: where the bank and the office tell of outcomes. */
#define TW_ROUTE_RAIL_CALLBACKS "/v1/rails/callbacks"

/* Limits, the same on both sides. */
#define TW_LIMIT_BODY_BYTES (1024 * 1024)
#define TW_LIMIT_COMMANDS 1000
#define TW_LIMIT_FEED_ITEMS 1000
#define TW_LIMIT_FEED_WAIT_S 25
#define TW_LIMIT_PAGE 500
#define TW_LIMIT_BLOB_BYTES (16 * 1024 * 1024)
#define TW_LIMIT_BLOB_CHUNK_BYTES (1024 * 1024)
/* Of one account: all files together, files that are not all there yet, and how long those stay. */
#define TW_LIMIT_BLOB_ACCOUNT_BYTES (128 * 1024 * 1024)
#define TW_LIMIT_BLOB_PARTS 4
#define TW_LIMIT_BLOB_PART_S (24 * 3600)

/* A command from a clock further off than this is refused, and told the service's time. */
#define TW_LIMIT_CLOCK_SKEW_MS (10 * 60 * 1000)

/* The service's two sockets, in the folder of `serve --socket-dir`: long polls are parked away from
 * what serves. */
#define TW_SOCKET_API "api.sock"
#define TW_SOCKET_FEED "feed.sock"
#define TW_SOCKET_LEASE "lease.sock"
#define TW_SOCKET_RAILS "rails.sock"

/* Beside the counterpart's socket, unless --rails-key names another file: what both sides sign
 * their requests with. */
#define TW_RAILS_KEY_FILE "rails.key"
