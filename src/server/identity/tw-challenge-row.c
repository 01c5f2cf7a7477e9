// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/identity/tw-challenge-row.h"

#include "protocol/tw-json.h"
#include "server/command/tw-column.h"
#include "server/command/tw-keys.h"
#include "server/identity/tw-challenge.h"
#include "server/identity/tw-identity.h"

#define TABLE "challenge"
#define BODY "body"
#define CODE "code"
#define PHONE "phone"

/* The code is gone as soon as it is of no use, here and in the order of its message; the body of
 * what was held too. */
const char tw_challenge_schema[] =
  "CREATE TABLE challenge ("
  "  account_id TEXT NOT NULL,"
  "  id TEXT NOT NULL,"
  "  device_id TEXT NOT NULL,"
  "  kind TEXT NOT NULL,"
  "  intent TEXT NOT NULL,"
  "  at BIGINT NOT NULL,"
  "  body BYTEA,"
  "  code BYTEA,"
  "  phone BYTEA NOT NULL,"
  "  state BIGINT NOT NULL,"
  "  tries_left BIGINT NOT NULL,"
  "  sent_at BIGINT NOT NULL,"
  "  expires_at BIGINT NOT NULL,"
  "  PRIMARY KEY (account_id, id)"
  ");"
  "CREATE INDEX challenge_waiting ON challenge (expires_at) WHERE state = 0;";

void
tw_challenge_row_free (TwChallengeRow *row)
{
  if (row == NULL)
    return;
  g_free (row->id);
  g_free (row->account_id);
  g_free (row->device_id);
  g_free (row->phone);
  tw_secret_free_text (row->code);
  tw_command_free (row->command);
  g_free (row);
}

void
tw_challenge_counts_clear (TwChallengeCounts *counts)
{
  g_clear_pointer (&counts->live, g_free);
}

/* Ids are the persons' own choice: the same one of two accounts is two rows. */
static char *
make_row_id (const char *account_id, const char *id)
{
  return g_strconcat (account_id, ".", id, NULL);
}

static void
publish (TwTx *tx, const TwChallengeRow *row)
{
  g_autofree char *scope = g_strconcat ("account:", row->account_id, NULL);
  g_autoptr (TwObject) object = g_object_new (
    TW_TYPE_CHALLENGE, "id", row->id, "state", (int) row->state, "kind", row->command->kind,
    "device-id", row->device_id, "phone", row->phone, "tries-left", row->tries_left, "sent-at-ms",
    row->sent_at_ms, "expires-at-ms", row->expires_at_ms, NULL);

  tw_tx_publish (tx, scope, object);
}

/* A new one; it is shown to whose it is. */
gboolean
tw_challenge_row_insert (TwTx *tx, const TwChallengeRow *row, GError **error)
{
  TwKey *column = tw_tx_key (tx, TW_KEY_COLUMN);
  g_autofree char *row_id = make_row_id (row->account_id, row->id);
  g_autoptr (GBytes) body = tw_column_seal (column, TABLE, row_id, BODY, row->command->body_text);
  g_autoptr (GBytes) code = tw_column_seal (column, TABLE, row_id, CODE, row->code);
  g_autoptr (GBytes) phone = tw_column_seal (column, TABLE, row_id, PHONE, row->phone);

  if (!tw_db_run (tw_tx_db (tx), error,
                  "INSERT INTO challenge (account_id, id, device_id, kind, intent, at, body, code, "
                  "phone, state, tries_left, sent_at, expires_at) "
                  "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
                  "sssssibbbiiii", row->account_id, row->id, row->device_id, row->command->kind,
                  row->command->intent, row->command->at_ms, body, code, phone, (gint64) row->state,
                  row->tries_left, row->sent_at_ms, row->expires_at_ms))
    return FALSE;
  publish (tx, row);
  return TRUE;
}

static TwCommand *
read_command (TwKey *column, TwStmt *stmt, const char *id, const char *row_id, GError **error)
{
  g_autofree char *text = tw_column_read (column, stmt, 4, TABLE, row_id, BODY, error);
  g_autoptr (JsonNode) node = NULL;
  g_autoptr (JsonObject) body = NULL;

  if (text == NULL)
    return NULL;
  if (*text != '\0')
    node = tw_json_parse (text, -1, error);
  if (*text != '\0' && node == NULL)
    return NULL;
  body = node != NULL ? json_node_dup_object (node) : json_object_new ();
  return tw_command_new (id, tw_stmt_text (stmt, 2), tw_stmt_text (stmt, 1),
                         tw_stmt_int64 (stmt, 3), body);
}

static TwChallengeRow *
read_row (TwTx *tx, TwStmt *stmt, const char *account_id, const char *id, GError **error)
{
  TwKey *column = tw_tx_key (tx, TW_KEY_COLUMN);
  g_autofree char *row_id = make_row_id (account_id, id);
  g_autoptr (TwChallengeRow) row = g_new0 (TwChallengeRow, 1);

  row->id = g_strdup (id);
  row->account_id = g_strdup (account_id);
  row->device_id = g_strdup (tw_stmt_text (stmt, 0));
  row->command = read_command (column, stmt, id, row_id, error);
  if (row->command != NULL)
    row->code = tw_column_read (column, stmt, 5, TABLE, row_id, CODE, error);
  if (row->code != NULL)
    row->phone = tw_column_read (column, stmt, 6, TABLE, row_id, PHONE, error);
  row->state = (TwChallengeState) tw_stmt_int64 (stmt, 7);
  row->tries_left = tw_stmt_int64 (stmt, 8);
  row->sent_at_ms = tw_stmt_int64 (stmt, 9);
  row->expires_at_ms = tw_stmt_int64 (stmt, 10);
  return row->phone != NULL ? g_steal_pointer (&row) : NULL;
}

/* @row: (out) (nullable): %NULL for none. */
gboolean
tw_challenge_row_load (
  TwTx *tx, const char *account_id, const char *id, TwChallengeRow **row, GError **error)
{
  TwStmt *stmt = tw_db_query (tw_tx_db (tx), error,
                              "SELECT device_id, kind, intent, at, body, code, phone, state, "
                              "tries_left, sent_at, expires_at FROM challenge "
                              "WHERE account_id = $1 AND id = $2",
                              "ss", account_id, id);
  TwStep step;

  *row = NULL;
  if (stmt == NULL || (step = tw_stmt_step (stmt, error)) == TW_STEP_ERROR)
    return FALSE;
  if (step == TW_STEP_DONE)
    return TRUE;
  *row = read_row (tx, stmt, account_id, id, error);
  tw_stmt_reset (stmt);
  return *row != NULL;
}

/* As it is now; it is shown to whose it is. */
gboolean
tw_challenge_row_save (TwTx *tx, const TwChallengeRow *row, GError **error)
{
  if (!tw_db_run (tw_tx_db (tx), error,
                  "UPDATE challenge SET state = $3, tries_left = $4, "
                  "body = CASE WHEN $3 = 0 THEN body END, code = CASE WHEN $3 = 0 THEN code END "
                  "WHERE account_id = $1 AND id = $2",
                  "ssii", row->account_id, row->id, (gint64) row->state, row->tries_left))
    return FALSE;
  publish (tx, row);
  return TRUE;
}

/* A code that was told before @wrong_since_ms counts with the day too when its message could still
 * be answered then: never fewer than there were. */
gboolean
tw_challenge_row_count (TwTx *tx,
                        const char *account_id,
                        gint64 sent_since_ms,
                        gint64 wrong_since_ms,
                        TwChallengeCounts *counts,
                        GError **error)
{
  TwStmt *stmt = tw_db_query (
    tw_tx_db (tx), error,
    "SELECT max(CASE WHEN state = 0 THEN id END), count(CASE WHEN sent_at > $2 THEN 1 END), "
    "CAST(COALESCE(sum(CASE WHEN expires_at > $3 THEN $4 - tries_left END), 0) AS BIGINT) "
    "FROM challenge WHERE account_id = $1",
    "siii", account_id, sent_since_ms, wrong_since_ms, (gint64) TW_CHALLENGE_TRIES);

  if (stmt == NULL || tw_stmt_step (stmt, error) != TW_STEP_ROW)
    return FALSE;
  counts->live = g_strdup (tw_stmt_text (stmt, 0));
  counts->n_sent = tw_stmt_int64 (stmt, 1);
  counts->n_wrong = tw_stmt_int64 (stmt, 2);
  tw_stmt_reset (stmt);
  return TRUE;
}
