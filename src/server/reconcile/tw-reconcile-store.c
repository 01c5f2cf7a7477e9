// SPDX-License-Identifier: GPL-3.0-or-later
/* Statements in the database, and the way to its one writer. */
#include "server/reconcile/tw-reconcile-private.h"

#include "base/tw-clock.h"
#include "base/tw-uuid.h"

/* Entries in one transaction: nobody is held up for long. */
#define PORTION 500

typedef struct
{
  GMutex lock;
  GCond done;
  gboolean is_done;
  GError *error;
} Waiting;

static void
on_written (const GError *error, gpointer data)
{
  Waiting *waiting = ((gpointer *) data)[2];

  g_mutex_lock (&waiting->lock);
  waiting->error = error != NULL ? g_error_copy (error) : NULL;
  waiting->is_done = TRUE;
  g_cond_signal (&waiting->done);
  g_mutex_unlock (&waiting->lock);
}

static gboolean
call_through (TwTx *tx, gpointer data, GError **error)
{
  gpointer *pair = data;

  return ((TwWriteFunc) pair[0]) (tx, pair[1], error);
}

/**
 * tw_reconcile_call:
 * @service: the service
 * @func: what the writer is to do; it may be run more than once
 * @data: for @func
 * @error: why it was not done
 *
 * Waits for it: not for a thread that others wait for.
 *
 * Returns: whether it is on the disk
 */
gboolean
tw_reconcile_call (TwService *service, TwWriteFunc func, gpointer data, GError **error)
{
  Waiting waiting = { .is_done = FALSE };
  gpointer pair[] = { (gpointer) func, data, &waiting };

  g_mutex_init (&waiting.lock);
  g_cond_init (&waiting.done);
  if (tw_writer_submit_call (tw_service_get_writer (service), call_through, NULL, on_written, pair,
                             error))
    {
      g_mutex_lock (&waiting.lock);
      while (!waiting.is_done)
        g_cond_wait (&waiting.done, &waiting.lock);
      g_mutex_unlock (&waiting.lock);
      if (waiting.error != NULL)
        g_propagate_error (error, waiting.error);
    }
  g_cond_clear (&waiting.done);
  g_mutex_clear (&waiting.lock);
  return waiting.is_done && waiting.error == NULL;
}

typedef struct
{
  const char *party;
  TwStatement *statement;
  char *stamp; /* of this telling: what has another one is not in it any more */
  guint from;
  gint64 until_ms;
} Storing;

static gboolean
write_portion (TwTx *tx, gpointer data, GError **error)
{
  Storing *storing = data;
  guint to = MIN (storing->from + PORTION, storing->statement->entries->len);

  for (guint i = storing->from; i < to; i++)
    {
      TwStatementEntry *entry = storing->statement->entries->pdata[i];

      if (!tw_db_run (tw_tx_db (tx), error,
                      "INSERT INTO statement_entry (party, day, entry, order_id, amount_fen, "
                      "reference, booked_at, stamp, reversal) VALUES ($1, $2, $3, $4, $5, $6, "
                      "$7, $8, $9) "
                      "ON CONFLICT (party, day, entry) DO UPDATE SET order_id = $4, "
                      "amount_fen = $5, reference = $6, booked_at = $7, stamp = $8, "
                      "reversal = $9",
                      "sissisisi", storing->party, (gint64) storing->statement->day, entry->entry,
                      entry->order_id, entry->amount_fen, entry->reference, entry->booked_at_ms,
                      storing->stamp, (gint64) entry->reversal))
        return FALSE;
    }
  return TRUE;
}

static gboolean
write_end (TwTx *tx, gpointer data, GError **error)
{
  Storing *storing = data;
  TwDb *db = tw_tx_db (tx);
  gint64 day = storing->statement->day;

  return tw_db_run (db, error,
                    "DELETE FROM statement_entry WHERE party = $1 AND day = $2 AND stamp <> $3",
                    "sis", storing->party, day, storing->stamp) &&
         tw_db_run (db, error,
                    "INSERT INTO statement (party, day, until, stamp) VALUES ($1, $2, $3, $4) "
                    "ON CONFLICT (party, day) DO UPDATE SET until = $3, stamp = $4",
                    "siis", storing->party, day, storing->until_ms, storing->stamp);
}

/**
 * tw_reconcile_store:
 * @service: the service
 * @party: whose statement it is
 * @statement: a checked one
 * @error: the database's
 *
 * It takes the place of what the partner said of that day before. A file that does not say when it
 * was made is of the whole day.
 *
 * Returns: whether it is written
 */
gboolean
tw_reconcile_store (TwService *service, const char *party, TwStatement *statement, GError **error)
{
  gint64 end_ms = tw_clock_ms_of_day (statement->day + 1);
  g_autofree char *stamp = tw_uuid_new ();
  Storing storing = { party, statement, stamp, 0, end_ms };

  if (statement->created_at_ms > 0)
    storing.until_ms = MIN (statement->created_at_ms, end_ms);
  for (; storing.from < statement->entries->len; storing.from += PORTION)
    if (!tw_reconcile_call (service, write_portion, &storing, error))
      return FALSE;
  return tw_reconcile_call (service, write_end, &storing, error);
}
