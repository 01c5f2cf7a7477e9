// SPDX-License-Identifier: GPL-3.0-or-later
/* The proof of the ledger: what stands in its tables is what its entries say. */
#include "server/ledger/tw-ledger-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "base/tw-error.h"
#include "base/tw-money.h"
#include "model/tw-payment.h"

/* More findings than this are counted, not told. */
#define MAX_TOLD 100

typedef struct
{
  TwDb *db;
  GString *report;
  guint findings;
} Proof;

/* What the entries of one account add up to so far. */
typedef struct
{
  char *id;
  gint64 seq;
  gint64 balance_fen;
  guint8 head[TW_HASH_BYTES];
} Sum;

static void G_GNUC_PRINTF (2, 3) find (Proof *proof, const char *format, ...)
{
  va_list args;

  if (proof->findings++ >= MAX_TOLD)
    return;
  va_start (args, format);
  g_string_append_vprintf (proof->report, format, args);
  va_end (args);
  g_string_append_c (proof->report, '\n');
}

static gboolean
blob_is (TwStmt *stmt, int column, const guint8 hash[TW_HASH_BYTES])
{
  gsize length;
  const guint8 *bytes = tw_stmt_blob (stmt, column, &length);

  return length == TW_HASH_BYTES && memcmp (bytes, hash, TW_HASH_BYTES) == 0;
}

static const char *
text_of (TwStmt *stmt, int column)
{
  const char *text = tw_stmt_text (stmt, column);

  return text != NULL ? text : "";
}

static void
check_entry (Proof *proof, TwStmt *stmt, Sum *sum)
{
  guint8 hash[TW_HASH_BYTES];
  TwEntry entry = {
    .account_id = sum->id,
    .seq = tw_stmt_int64 (stmt, 1),
    .number = tw_stmt_int64 (stmt, 2),
    .transfer_id = text_of (stmt, 3),
    .kind = text_of (stmt, 9),
    .amount_fen = tw_stmt_int64 (stmt, 4),
    .balance_after_fen = tw_stmt_int64 (stmt, 5),
    .at_ms = tw_stmt_int64 (stmt, 6),
  };

  if (entry.seq != sum->seq + 1)
    find (proof, "%s: entry %" G_GINT64_FORMAT " follows entry %" G_GINT64_FORMAT, sum->id,
          entry.seq, sum->seq);
  if (!blob_is (stmt, 7, sum->head))
    find (proof, "%s: entry %" G_GINT64_FORMAT " does not continue the chain", sum->id, entry.seq);
  if (!tw_money_add (sum->balance_fen, entry.amount_fen, &sum->balance_fen) ||
      entry.balance_after_fen != sum->balance_fen)
    find (proof,
          "%s: entry %" G_GINT64_FORMAT " says a balance of %" G_GINT64_FORMAT
          " fen, the entries add up to %" G_GINT64_FORMAT,
          sum->id, entry.seq, entry.balance_after_fen, sum->balance_fen);
  if (g_strcmp0 (tw_stmt_text (stmt, 10), "posted") != 0)
    find (proof, "%s: entry %" G_GINT64_FORMAT " belongs to a transfer that is not posted", sum->id,
          entry.seq);
  tw_entry_hash (&entry, sum->head, hash);
  if (!blob_is (stmt, 8, hash))
    find (proof, "%s: entry %" G_GINT64_FORMAT " is not as it was written", sum->id, entry.seq);
  sum->seq = entry.seq;
  memcpy (sum->head, hash, TW_HASH_BYTES);
}

static gboolean
check_account (Proof *proof, const Sum *sum, GError **error)
{
  TwStmt *stmt = tw_db_query (proof->db, error,
                              "SELECT balance_fen, seq, head_hash, reserved_fen, floor_fen "
                              "FROM ledger_account WHERE id = $1",
                              "s", sum->id);
  TwStep step;

  if (stmt == NULL || (step = tw_stmt_step (stmt, error)) == TW_STEP_ERROR)
    return FALSE;
  if (step == TW_STEP_DONE)
    {
      find (proof, "%s: has entries and no account", sum->id);
      return TRUE;
    }
  if (tw_stmt_int64 (stmt, 0) != sum->balance_fen)
    find (proof,
          "%s: has a balance of %" G_GINT64_FORMAT " fen, its entries add up to %" G_GINT64_FORMAT,
          sum->id, tw_stmt_int64 (stmt, 0), sum->balance_fen);
  if (tw_stmt_int64 (stmt, 1) != sum->seq || !blob_is (stmt, 2, sum->head))
    find (proof, "%s: its last entry is not the one that was written last", sum->id);
  tw_stmt_reset (stmt);
  return TRUE;
}

static gboolean
check_chains (Proof *proof, GError **error)
{
  Sum sum = { 0 };
  gboolean ok = TRUE;
  TwStep step;
  TwStmt *stmt = tw_db_query (proof->db, error,
                              "SELECT e.account_id, e.seq, e.number, e.transfer_id, e.amount_fen, "
                              "e.balance_after_fen, e.at_ms, e.prev_hash, e.hash, t.kind, t.state "
                              "FROM entry e LEFT JOIN transfer t ON t.id = e.transfer_id "
                              "ORDER BY e.account_id, e.seq",
                              "");

  if (stmt == NULL)
    return FALSE;
  while (ok && (step = tw_stmt_step (stmt, error)) != TW_STEP_DONE)
    {
      if (step == TW_STEP_ERROR)
        ok = FALSE;
      else
        {
          if (g_strcmp0 (sum.id, text_of (stmt, 0)) != 0)
            {
              ok = sum.id == NULL || check_account (proof, &sum, error);
              g_free (sum.id);
              sum = (Sum){ .id = g_strdup (text_of (stmt, 0)) };
            }
          check_entry (proof, stmt, &sum);
        }
    }
  ok = ok && (sum.id == NULL || check_account (proof, &sum, error));
  g_free (sum.id);
  return ok;
}

/* Each row that @sql finds is wrong; its first column says which, @words why. */
static gboolean
check_none (Proof *proof, const char *sql, const char *words, GError **error)
{
  TwStmt *stmt = tw_db_query (proof->db, error, sql, "");
  TwStep step;

  if (stmt == NULL)
    return FALSE;
  while ((step = tw_stmt_step (stmt, error)) == TW_STEP_ROW)
    find (proof, "%s: %s", text_of (stmt, 0), words);
  return step == TW_STEP_DONE;
}

static void
add_leg (GHashTable *sums, const TwLeg *leg)
{
  gint64 *sum = g_hash_table_lookup (sums, leg->account_id);

  if (sum == NULL)
    {
      sum = g_new0 (gint64, 2);
      g_hash_table_insert (sums, g_strdup (leg->account_id), sum);
    }
  if (!tw_money_add (sum[leg->amount_fen < 0 ? 0 : 1], ABS (leg->amount_fen),
                     &sum[leg->amount_fen < 0 ? 0 : 1]))
    sum[0] = G_MININT64;
}

/* What transfers under way have set aside and announced, by account. */
static GHashTable *
sum_reserved (Proof *proof, GError **error)
{
  g_autoptr (GHashTable) sums = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  TwStmt *stmt =
    tw_db_query (proof->db, error, "SELECT id, legs FROM transfer WHERE state = 'reserved'", "");
  TwStep step;

  if (stmt == NULL)
    return NULL;
  while ((step = tw_stmt_step (stmt, error)) == TW_STEP_ROW)
    {
      g_autoptr (GArray) legs = g_array_new (FALSE, FALSE, sizeof (TwLeg));
      g_autoptr (GStringChunk) ids = g_string_chunk_new (256);
      gint64 sum_fen = 0;

      if (!tw_legs_from_text (text_of (stmt, 1), legs, ids))
        find (proof, "%s: what it has reserved can't be read", text_of (stmt, 0));
      for (guint i = 0; i < legs->len; i++)
        {
          const TwLeg *leg = &g_array_index (legs, TwLeg, i);

          add_leg (sums, leg);
          if (!tw_money_add (sum_fen, leg->amount_fen, &sum_fen))
            sum_fen = G_MAXINT64;
        }
      if (sum_fen != 0)
        find (proof, "%s: what it has reserved does not sum to zero", text_of (stmt, 0));
    }
  return step == TW_STEP_DONE ? g_steal_pointer (&sums) : NULL;
}

static gboolean
check_reserved (Proof *proof, GError **error)
{
  g_autoptr (GHashTable) sums = sum_reserved (proof, error);
  const gint64 none[2] = { 0, 0 };
  GHashTableIter iter;
  gpointer id;
  TwStmt *stmt;
  TwStep step;

  if (sums == NULL)
    return FALSE;
  stmt = tw_db_query (proof->db, error,
                      "SELECT id, reserved_fen, incoming_fen, balance_fen, floor_fen, seq "
                      "FROM ledger_account",
                      "");
  if (stmt == NULL)
    return FALSE;
  while ((step = tw_stmt_step (stmt, error)) == TW_STEP_ROW)
    {
      const char *account = text_of (stmt, 0);
      const gint64 *sum = g_hash_table_lookup (sums, account);

      sum = sum != NULL ? sum : none;
      if (tw_stmt_int64 (stmt, 1) != sum[0] || tw_stmt_int64 (stmt, 2) != sum[1])
        find (proof, "%s: what is set aside is not what transfers have reserved", account);
      if (!tw_stmt_is_null (stmt, 4) &&
          tw_stmt_int64 (stmt, 3) - tw_stmt_int64 (stmt, 1) < tw_stmt_int64 (stmt, 4))
        find (proof, "%s: is below its floor", account);
      if (tw_stmt_int64 (stmt, 5) == 0 && tw_stmt_int64 (stmt, 3) != 0)
        find (proof, "%s: has a balance and no entries", account);
      g_hash_table_remove (sums, account);
    }
  g_hash_table_iter_init (&iter, sums);
  while (g_hash_table_iter_next (&iter, &id, NULL))
    find (proof, "%s: is named by a transfer and is not there", (const char *) id);
  return step == TW_STEP_DONE;
}

static gboolean
check_payments (Proof *proof, GError **error)
{
  g_autofree char *states = g_strdup_printf (
    "SELECT p.id FROM payment p LEFT JOIN transfer t ON t.id = p.transfer_id WHERE t.id IS NULL OR "
    "(t.state = 'posted') <> (p.state = %d) OR (t.state = 'voided') <> (p.state = %d)",
    TW_PAYMENT_STATE_POSTED, TW_PAYMENT_STATE_VOIDED);

  return check_none (proof, states, "the payment and its transfer disagree", error) &&
         check_none (proof,
                     "SELECT id FROM payment WHERE amount_fen <= 0 OR late_fee_fen < 0 OR "
                     "late_fee_fen > amount_fen",
                     "the payment is of no possible amount", error) &&
         check_none (proof,
                     "SELECT p.id FROM entry e JOIN payment p ON p.transfer_id = e.transfer_id "
                     "WHERE e.account_id = 'wallet:' || p.account_id AND "
                     "abs(e.amount_fen) <> p.amount_fen",
                     "the payment is of another amount than its entry", error);
}

/**
 * tw_ledger_verify:
 * @db: a connection; what it reads is of one moment, the caller's transaction or one of its own
 * @sound: (out): whether nothing is wrong
 * @report: what is wrong is added, a line each
 * @error: the database's
 *
 * Recomputes the ledger from its entries: every hash and chain, every
 * balance, that each transfer sums to zero, that what is set aside is what transfers under way have
 * reserved, and that payments say the same.
 *
 * Returns: whether it could be looked at
 */
gboolean
tw_ledger_verify (TwDb *db, gboolean *sound, GString *report, GError **error)
{
  Proof proof = { db, report, 0 };
  gboolean own = !tw_db_in_transaction (db);
  gboolean ok;

  *sound = FALSE;
  if (own && !tw_db_begin_read (db, error))
    return FALSE;
  ok = check_chains (&proof, error) &&
       check_none (&proof,
                   "SELECT transfer_id FROM entry GROUP BY transfer_id HAVING sum(amount_fen) <> 0",
                   "the entries of the transfer don't sum to zero", error) &&
       check_none (&proof,
                   "SELECT t.id FROM transfer t LEFT JOIN entry e ON e.transfer_id = t.id "
                   "WHERE t.state = 'posted' AND e.transfer_id IS NULL",
                   "the transfer is posted and has no entries", error) &&
       check_none (&proof,
                   "SELECT id FROM transfer WHERE state NOT IN ('reserved', 'posted', 'voided')",
                   "the transfer is in no known state", error) &&
       check_none (&proof,
                   "SELECT CAST(number AS TEXT) FROM (SELECT count(*) AS n, max(number) AS number "
                   "FROM entry) AS c WHERE n <> number",
                   "the entries are numbered up to this, and there are not as many", error) &&
       check_none (&proof,
                   "SELECT CAST(number AS TEXT) FROM entry GROUP BY number HAVING count(*) > 1",
                   "more than one entry has this number", error) &&
       check_none (&proof,
                   "SELECT id FROM ledger_account a WHERE seq > 0 AND NOT EXISTS "
                   "(SELECT 1 FROM entry e WHERE e.account_id = a.id)",
                   "has lost all its entries", error) &&
       check_reserved (&proof, error) && check_payments (&proof, error);
  if (own)
    tw_db_rollback (db);
  if (proof.findings > MAX_TOLD)
    g_string_append_printf (report, "and %u more\n", proof.findings - MAX_TOLD);
  *sound = ok && proof.findings == 0;
  return ok;
}
