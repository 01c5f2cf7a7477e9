// SPDX-License-Identifier: GPL-3.0-or-later
#include "tw-bench-bare.h"

#include <errno.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <string.h>
#include <unistd.h>

#include "db/tw-vfs.h"
#include "server/ledger/tw-payments.h"

/* The tables of one money command, in the order in which the service writes them. Letters as in
 * tw_db_query(). */
typedef enum
{
  COMMAND,
  INTENT,
  TRANSFER,
  ENTRY,
  BALANCE,
  PAYMENT,
  OUTGO,
  AUDIT,
  SCOPE,
  FEED,
  N_TABLES
} Table;

static const struct
{
  const char *columns;
  const char *format;
  const char *sql;
} tables[N_TABLES] = {
  [COMMAND] = { "SELECT account, id, intent, kind, body_hash, at, done_at, state, code, words, "
                "result "
                "FROM command WHERE id = $1",
                "ssssbiiisss", "INSERT INTO command VALUES (?,?,?,?,?,?,?,?,?,?,?)" },
  [INTENT] = { "SELECT account, intent, state, command FROM intent WHERE intent = $1", "ssis",
               "INSERT INTO intent VALUES (?,?,?,?)" },
  [TRANSFER] = { "SELECT id, kind, state, legs, created_at, settled_at FROM transfer WHERE id = $1",
                 "ssssii", "INSERT INTO transfer VALUES (?,?,?,?,?,?)" },
  [ENTRY] = { "SELECT account_id, seq, number, transfer_id, amount_fen, balance_after_fen, at_ms, "
              "prev_hash, hash FROM entry WHERE number = $1",
              "siisiiibb", "INSERT INTO entry VALUES (?,?,?,?,?,?,?,?,?)" },
  [BALANCE] = { NULL, "iiiibs",
                "UPDATE ledger_account SET balance_fen = ?, reserved_fen = ?, incoming_fen = ?, "
                "seq = "
                "?, head_hash = ? WHERE id = ?" },
  [PAYMENT] = { "SELECT id, account_id, transfer_id, intent, kind, state, amount_fen, "
                "late_fee_fen, "
                "title, bill_id, tax_type, period, reason, reference, rail_reference, created_at, "
                "sent_at, posted_at, confirmed_at, payee_id, payee_name, card_id, standing_id, "
                "refunds, refunded_fen FROM payment WHERE id = $1",
                "ssssiiiibssssssiiiisbsssi",
                "INSERT INTO payment VALUES "
                "(?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)" },
  [OUTGO] = { "SELECT account_id, day, year, day_fen, year_fen, life_fen, recent, latest_day FROM "
              "outgo WHERE account_id = $1",
              "siiiiisi",
              "INSERT INTO outgo VALUES (?,?,?,?,?,?,?,?) ON CONFLICT (account_id) DO UPDATE SET "
              "day = excluded.day, year = excluded.year, day_fen = excluded.day_fen, year_fen = "
              "excluded.year_fen, life_fen = excluded.life_fen, recent = excluded.recent, "
              "latest_day = excluded.latest_day" },
  [AUDIT] = { "SELECT seq, at, actor, device, what, subject, command, hash FROM audit WHERE seq = "
              "$1",
              "iissssss", "INSERT INTO audit VALUES (?,?,?,?,?,?,?,?)" },
  [SCOPE] = { NULL, "si",
              "INSERT INTO scope (id, seq) VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET seq = "
              "scope.seq + excluded.seq RETURNING seq" },
  [FEED] = { "SELECT scope, type, id, seq, removed, body FROM feed WHERE id = $1 AND scope = $2 "
             "AND "
             "type = $3",
             "sssiib",
             "INSERT INTO feed (scope, type, id, seq, removed, body) VALUES (?,?,?,?,?,?) ON "
             "CONFLICT "
             "(id, scope, type) DO UPDATE SET seq = excluded.seq, removed = excluded.removed, body "
             "= "
             "excluded.body" },
};

typedef struct
{
  gint64 number;
  char *text;
  GBytes *bytes;
} Value;

#define MAX_COLUMNS 26

typedef struct
{
  Value values[MAX_COLUMNS];
} Row;

/* One command's rows. */
typedef struct
{
  Row command, intent, transfer, entries[2], outgo, audit;
  Row payments[2], shown[2]; /* the sender's, and what the receiver has got */
  Row wallets[2];            /* what both see, as it is in the end */
} Operation;

struct _TwBare
{
  sqlite3 *sqlite;
  sqlite3_stmt *stmts[N_TABLES];
  sqlite3_stmt *begin, *commit;
  gint64 last_audit, last_entry;
  GArray *operations;
  guint64 n_rows;
};

static void
check (sqlite3 *sqlite, int rc)
{
  if (rc != SQLITE_OK && rc != SQLITE_DONE && rc != SQLITE_ROW)
    g_error ("%s", sqlite3_errmsg (sqlite));
}

static void
copy_plain (TwBench *bench, sqlite3 *target)
{
  g_autoptr (GError) error = NULL;
  const char *vfs = tw_vfs_acquire (tw_key_peek (tw_keys_get (bench->keys, TW_KEY_SQLITE)), &error);
  sqlite3 *source = NULL;
  sqlite3_backup *backup;

  g_assert_no_error (error);
  check (source, sqlite3_open_v2 (bench->path, &source, SQLITE_OPEN_READWRITE, vfs));
  backup = sqlite3_backup_init (target, "main", source, "main");
  g_assert_nonnull (backup);
  sqlite3_backup_step (backup, -1);
  check (target, sqlite3_backup_finish (backup));
  sqlite3_close (source);
  tw_vfs_release (vfs);
}

static gint64
get_number (sqlite3 *sqlite, const char *sql)
{
  sqlite3_stmt *stmt;
  gint64 number;

  check (sqlite, sqlite3_prepare_v2 (sqlite, sql, -1, &stmt, NULL));
  check (sqlite, sqlite3_step (stmt));
  number = sqlite3_column_int64 (stmt, 0);
  sqlite3_finalize (stmt);
  return number;
}

TwBare *
tw_bare_new (TwBench *bench)
{
  TwBare *bare = g_new0 (TwBare, 1);
  g_autofree char *path = tw_bench_file (bench, "plain.db");

  bare->operations = g_array_new (FALSE, TRUE, sizeof (Operation));
  check (NULL, sqlite3_open (path, &bare->sqlite));
  copy_plain (bench, bare->sqlite);
  /* The same room as the service has; everything else is what SQLite does by itself. */
  check (bare->sqlite, sqlite3_exec (bare->sqlite,
                                     "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;"
                                     "PRAGMA wal_autocheckpoint=4000; PRAGMA cache_size=-65536;",
                                     NULL, NULL, NULL));
  for (int i = 0; i < N_TABLES; i++)
    check (bare->sqlite, sqlite3_prepare_v3 (bare->sqlite, tables[i].sql, -1,
                                             SQLITE_PREPARE_PERSISTENT, &bare->stmts[i], NULL));
  check (bare->sqlite,
         sqlite3_prepare_v2 (bare->sqlite, "BEGIN IMMEDIATE", -1, &bare->begin, NULL));
  check (bare->sqlite, sqlite3_prepare_v2 (bare->sqlite, "COMMIT", -1, &bare->commit, NULL));
  bare->last_audit = get_number (bare->sqlite, "SELECT max(seq) FROM audit");
  bare->last_entry = get_number (bare->sqlite, "SELECT max(number) FROM entry");
  return bare;
}

static void
clear_row (Row *row)
{
  for (int i = 0; i < MAX_COLUMNS; i++)
    {
      g_free (row->values[i].text);
      g_clear_pointer (&row->values[i].bytes, g_bytes_unref);
    }
}

static void
clear_operations (TwBare *bare)
{
  for (guint i = 0; i < bare->operations->len; i++)
    {
      Row *rows = (Row *) &g_array_index (bare->operations, Operation, i);

      for (gsize j = 0; j < sizeof (Operation) / sizeof (Row); j++)
        clear_row (&rows[j]);
    }
  g_array_set_size (bare->operations, 0);
}

void
tw_bare_free (TwBare *bare)
{
  clear_operations (bare);
  g_array_unref (bare->operations);
  for (int i = 0; i < N_TABLES; i++)
    sqlite3_finalize (bare->stmts[i]);
  sqlite3_finalize (bare->begin);
  sqlite3_finalize (bare->commit);
  check (bare->sqlite, sqlite3_close (bare->sqlite));
  g_free (bare);
}

static void
take_row (Table table, TwStmt *stmt, Row *row)
{
  const char *format = tables[table].format;

  for (int i = 0; format[i] != '\0'; i++)
    {
      Value *value = &row->values[i];

      if (tw_stmt_is_null (stmt, i))
        continue;
      if (format[i] == 'i')
        value->number = tw_stmt_int64 (stmt, i);
      else if (format[i] == 's')
        value->text = g_strdup (tw_stmt_text (stmt, i));
      else
        value->bytes = tw_stmt_bytes (stmt, i);
    }
  tw_stmt_reset (stmt);
}

static void
step_to_row (TwStmt *stmt, GError *error)
{
  g_assert_no_error (error);
  if (tw_stmt_step (stmt, &error) != TW_STEP_ROW)
    g_error ("A row that must be there is missing: %s", error != NULL ? error->message : "");
}

static void
load_text (TwDb *db, Table table, const char *key, Row *row)
{
  GError *error = NULL;
  TwStmt *stmt = tw_db_query (db, &error, tables[table].columns, "s", key);

  step_to_row (stmt, error);
  take_row (table, stmt, row);
}

static void
load_number (TwDb *db, Table table, gint64 key, Row *row)
{
  GError *error = NULL;
  TwStmt *stmt = tw_db_query (db, &error, tables[table].columns, "i", key);

  step_to_row (stmt, error);
  take_row (table, stmt, row);
}

static void
load_shown (TwDb *db, const char *account, const char *type, const char *id, Row *row)
{
  g_autofree char *scope = g_strconcat ("account:", account, NULL);
  GError *error = NULL;
  TwStmt *stmt = tw_db_query (db, &error, tables[FEED].columns, "sss", id, scope, type);

  step_to_row (stmt, error);
  take_row (FEED, stmt, row);
}

static void
load_operation (TwBare *bare, TwDb *db, Operation *op)
{
  g_autofree char *received = NULL;
  const char *id, *account;

  load_number (db, AUDIT, ++bare->last_audit, &op->audit);
  id = op->audit.values[6].text;
  load_text (db, COMMAND, id, &op->command);
  account = op->command.values[0].text;
  load_text (db, INTENT, op->command.values[2].text, &op->intent);
  load_text (db, TRANSFER, id, &op->transfer);
  load_text (db, OUTGO, account, &op->outgo);
  received = tw_payments_received_id (id);
  load_text (db, PAYMENT, id, &op->payments[0]);
  load_text (db, PAYMENT, received, &op->payments[1]);
  for (int i = 0; i < 2; i++)
    load_shown (db, op->payments[i].values[1].text, "payment", op->payments[i].values[0].text,
                &op->shown[i]);
  for (int i = 0; i < 2; i++)
    {
      const char *owner;

      load_number (db, ENTRY, ++bare->last_entry, &op->entries[i]);
      if (strcmp (op->entries[i].values[3].text, id) != 0)
        g_error ("The entries of %s are not those of its command", id);
      owner = strchr (op->entries[i].values[0].text, ':') + 1;
      load_shown (db, owner, "wallet", owner, &op->wallets[i]);
    }
}

guint
tw_bare_load (TwBare *bare, TwDb *db)
{
  g_autoptr (GError) error = NULL;
  TwStmt *stmt = tw_db_query (db, &error, "SELECT max(seq) FROM audit", "");
  guint n;

  step_to_row (stmt, error);
  n = (guint) (tw_stmt_int64 (stmt, 0) - bare->last_audit);
  tw_stmt_reset (stmt);
  clear_operations (bare);
  g_array_set_size (bare->operations, n);
  for (guint i = 0; i < n; i++)
    load_operation (bare, db, &g_array_index (bare->operations, Operation, i));
  return n;
}

static sqlite3_stmt *
bind (TwBare *bare, Table table, const Row *row)
{
  const char *format = tables[table].format;
  sqlite3_stmt *stmt = bare->stmts[table];

  for (int i = 0; format[i] != '\0'; i++)
    {
      const Value *value = &row->values[i];
      gsize length = 0;
      const void *data;

      if (format[i] == 'i')
        sqlite3_bind_int64 (stmt, i + 1, value->number);
      else if (format[i] == 's')
        sqlite3_bind_text (stmt, i + 1, value->text, -1, SQLITE_STATIC);
      else
        {
          data = g_bytes_get_data (value->bytes, &length);
          sqlite3_bind_blob64 (stmt, i + 1, data, length, SQLITE_STATIC);
        }
    }
  bare->n_rows++;
  return stmt;
}

static void
put (TwBare *bare, Table table, const Row *row)
{
  sqlite3_stmt *stmt = bind (bare, table, row);

  check (bare->sqlite, sqlite3_step (stmt));
  check (bare->sqlite, sqlite3_reset (stmt));
}

static void
put_balance (TwBare *bare, const Row *entry)
{
  Row row = { .values = { { .number = entry->values[5].number },
                          { 0 },
                          { 0 },
                          { .number = entry->values[1].number },
                          { .bytes = entry->values[8].bytes },
                          { .text = entry->values[0].text } } };

  put (bare, BALANCE, &row);
}

static gint64
count_scope (TwBare *bare, char *scope, gint64 n)
{
  Row row = { .values = { { .text = scope }, { .number = n } } };
  sqlite3_stmt *stmt = bind (bare, SCOPE, &row);
  gint64 seq;

  check (bare->sqlite, sqlite3_step (stmt));
  seq = sqlite3_column_int64 (stmt, 0);
  check (bare->sqlite, sqlite3_reset (stmt));
  return seq;
}

static int
compare_text (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

/* What a commit shows: each scope's counter once, each object's last version once. */
static void
put_feed (TwBare *bare, guint from, guint n)
{
  g_autoptr (GHashTable) shown =
    g_hash_table_new_full (g_str_hash, g_str_equal, NULL, (GDestroyNotify) g_ptr_array_unref);
  g_autofree const char **scopes = NULL;
  guint n_scopes;

  for (guint i = from; i < from + n; i++)
    {
      Operation *op = &g_array_index (bare->operations, Operation, i);

      for (int j = 0; j < 2; j++)
        if (!g_hash_table_contains (shown, op->wallets[j].values[0].text))
          {
            GPtrArray *rows = g_ptr_array_new ();

            g_ptr_array_add (rows, &op->wallets[j]);
            g_hash_table_insert (shown, op->wallets[j].values[0].text, rows);
          }
      for (int j = 0; j < 2; j++)
        g_ptr_array_add (g_hash_table_lookup (shown, op->shown[j].values[0].text), &op->shown[j]);
    }
  scopes = (const char **) g_hash_table_get_keys_as_array (shown, &n_scopes);
  qsort (scopes, n_scopes, sizeof *scopes, compare_text);
  for (guint i = 0; i < n_scopes; i++)
    {
      GPtrArray *rows = g_hash_table_lookup (shown, scopes[i]);
      gint64 seq = count_scope (bare, (char *) scopes[i], rows->len) - rows->len;

      for (guint j = 0; j < rows->len; j++)
        {
          Row row = *(Row *) g_ptr_array_index (rows, j);

          row.values[3].number = ++seq;
          put (bare, FEED, &row);
        }
    }
}

static void
run_own (TwBare *bare, sqlite3_stmt *stmt)
{
  check (bare->sqlite, sqlite3_step (stmt));
  check (bare->sqlite, sqlite3_reset (stmt));
}

double
tw_bare_replay (TwBare *bare, guint a_commit, guint64 *n_rows)
{
  guint total = bare->operations->len;
  gint64 start_us = g_get_monotonic_time ();

  bare->n_rows = 0;
  for (guint from = 0; from < total; from += a_commit)
    {
      guint n = MIN (a_commit, total - from);

      run_own (bare, bare->begin);
      for (guint i = from; i < from + n; i++)
        {
          Operation *op = &g_array_index (bare->operations, Operation, i);

          put (bare, TRANSFER, &op->transfer);
          for (int j = 0; j < 2; j++)
            {
              put (bare, ENTRY, &op->entries[j]);
              put_balance (bare, &op->entries[j]);
            }
          put (bare, OUTGO, &op->outgo);
          for (int j = 0; j < 2; j++)
            put (bare, PAYMENT, &op->payments[j]);
          put (bare, AUDIT, &op->audit);
          put (bare, COMMAND, &op->command);
          put (bare, INTENT, &op->intent);
        }
      put_feed (bare, from, n);
      run_own (bare, bare->commit);
    }
  *n_rows = bare->n_rows;
  return (double) (g_get_monotonic_time () - start_us) / 1e6;
}

double
tw_bare_fsync_rate (TwBench *bench)
{
  g_autofree char *path = tw_bench_file (bench, "fsync");
  int fd = open (path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
  char page[4096] = { 1 };
  gint64 start_us = g_get_monotonic_time ();
  guint n = 0;

  g_assert_no_errno (fd);
  do
    {
      g_assert_cmpint (write (fd, page, sizeof page), ==, sizeof page);
      g_assert_no_errno (fdatasync (fd));
      n++;
    }
  while (g_get_monotonic_time () - start_us < G_USEC_PER_SEC);
  close (fd);
  unlink (path);
  return n / ((double) (g_get_monotonic_time () - start_us) / 1e6);
}
