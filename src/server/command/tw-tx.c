// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/command/tw-command-private.h"

#include "base/tw-clock.h"

static void
after_clear (gpointer data)
{
  TwAfter *after = data;

  if (after->free_data != NULL)
    after->free_data (after->data);
}

TwTx *
tw_tx_new (TwDb *db, TwKeys *keys)
{
  TwTx *tx = g_new0 (TwTx, 1);

  tx->db = db;
  tx->keys = keys;
  tx->feed = tw_feed_batch_new (tw_keys_get (keys, TW_KEY_COLUMN));
  tx->audit = tw_audit_new (tw_keys_get (keys, TW_KEY_AUDIT));
  tx->patience = tw_patience_new ();
  tx->after = g_array_new (FALSE, FALSE, sizeof (TwAfter));
  g_array_set_clear_func (tx->after, after_clear);
  return tx;
}

void
tw_tx_free (TwTx *tx)
{
  if (tx == NULL)
    return;
  tw_feed_batch_free (tx->feed);
  tw_audit_free (tx->audit);
  tw_patience_free (tx->patience);
  g_array_unref (tx->after);
  g_free (tx);
}

/* Several processes on one PostgreSQL take turns: each batch continues the one audit chain and the
 * one numbering of entries, so of two that run side by side one would have to be run again. The
 * table is there for something else, and hardly ever written to; the lock is taken before the
 * transaction has its view of the database, which is therefore the latest, and stays it until the
 * commit: nobody else writes meanwhile. What SERIALIZABLE would watch for can't happen. */
#define TAKE_TURN                                                                                  \
  "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ; LOCK TABLE feed_epoch IN EXCLUSIVE MODE"

gboolean
tw_tx_begin (TwTx *tx, GError **error)
{
#ifdef TW_MUTANT_AUDIT_REMEMBERS_UNDONE
#include "base/tw-planted.h"
#else
  tw_audit_forget (tx->audit);
#endif
  if (!tw_db_begin (tx->db, error) ||
      (tw_db_get_engine (tx->db) == TW_DB_POSTGRES && !tw_db_exec (tx->db, TAKE_TURN, error)))
    return FALSE;
  tx->now_ms = tw_clock_now_ms ();
  return TRUE;
}

/* @scopes takes the names of those that have something new. */
gboolean
tw_tx_commit (TwTx *tx, GPtrArray *scopes, GError **error)
{
  if (!tw_feed_batch_write (tx->feed, tx->db, scopes, error) || !tw_db_commit (tx->db, error))
    return FALSE;
  tw_feed_batch_clear (tx->feed);
  tw_patience_commit (tx->patience);
  return TRUE;
}

void
tw_tx_rollback (TwTx *tx)
{
  tw_db_rollback (tx->db);
#ifdef TW_MUTANT_SHOWN_THOUGH_UNDONE
#include "base/tw-planted.h"
#else
  tw_feed_batch_clear (tx->feed);
#endif
  tw_patience_rollback (tx->patience);
  g_array_set_size (tx->after, 0);
}

void
tw_tx_run_after (TwTx *tx)
{
  for (guint i = 0; i < tx->after->len; i++)
    {
      TwAfter *after = &g_array_index (tx->after, TwAfter, i);

      after->func (after->data);
    }
  g_array_set_size (tx->after, 0);
}

TwDb *
tw_tx_db (TwTx *tx)
{
  return tx->db;
}

gint64
tw_tx_now_ms (TwTx *tx)
{
  return tx->now_ms;
}

TwKey *
tw_tx_key (TwTx *tx, const char *purpose)
{
  return tw_keys_get (tx->keys, purpose);
}

void
tw_tx_publish (TwTx *tx, const char *scope, TwObject *object)
{
  tw_feed_batch_publish (tx->feed, scope, object);
}

void
tw_tx_publish_first (TwTx *tx, const char *scope, TwObject *object)
{
  tw_feed_batch_publish_first (tx->feed, scope, object);
}

void
tw_tx_withdraw (TwTx *tx, const char *scope, const char *wire_type, const char *id)
{
  tw_feed_batch_withdraw (tx->feed, scope, wire_type, id);
}

gboolean
tw_tx_grant (TwTx *tx, const char *account_id, const char *scope, int view, GError **error)
{
  return tw_feed_batch_grant (tx->feed, tx->db, account_id, scope, view, error);
}

gboolean
tw_tx_revoke (TwTx *tx, const char *account_id, const char *scope, GError **error)
{
  return tw_feed_batch_revoke (tx->feed, tx->db, account_id, scope, error);
}

gboolean
tw_tx_audit (TwTx *tx, TwJob *job, const char *what, const char *subject_id, GError **error)
{
  TwAuditLine line = { .at_ms = tx->now_ms,
                       .actor = job != NULL ? job->account_key : "",
                       .device = job != NULL && job->actor != NULL ? job->actor->device_id : "",
                       .what = what,
                       .subject = subject_id,
                       .command = job != NULL && job->command != NULL ? job->command->id : "" };

  return tw_audit_append (tx->audit, tx->db, &line, error);
}

gboolean
tw_tx_settle_intent (
  TwTx *tx, const char *account_id, const char *intent, gboolean succeeded, GError **error)
{
  if (succeeded)
    return tw_db_run (tx->db, error,
                      "UPDATE intent SET state = $3 WHERE account = $1 AND intent = $2", "ssi",
                      account_id, intent, (gint64) TW_INTENT_DONE);
  return tw_db_run (tx->db, error,
                    "DELETE FROM intent WHERE account = $1 AND intent = $2 AND state = $3", "ssi",
                    account_id, intent, (gint64) TW_INTENT_LIVE);
}

void
tw_tx_after_commit (TwTx *tx, void (*func) (gpointer data), gpointer data, GDestroyNotify free_data)
{
  TwAfter after = { func, data, free_data };

  g_array_append_val (tx->after, after);
}
