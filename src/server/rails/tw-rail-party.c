// SPDX-License-Identifier: GPL-3.0-or-later
/* Everybody is told whether a partner answers, so that who waits knows for what. */
#include "model/tw-partner.h"
#include "server/feed/tw-feed.h"
#include "server/rails/tw-rail-gate.h"

typedef struct
{
  TwRailGate *gate;
  gboolean down;
} Word;

/* Told with a probe that failed: a short drop is nothing to tell of. */
static gboolean
is_down (TwRailGate *gate)
{
  return gate->breaker.state != TW_BREAKER_CLOSED && gate->breaker.probes > 0;
}

static gboolean
write_word (TwTx *tx, gpointer data, GError **error)
{
  Word *word = data;
  gint64 since_ms = tw_tx_now_ms (tx);
  g_autoptr (TwPartner) partner = g_object_new (
    TW_TYPE_PARTNER, "id", word->gate->party, "state",
    word->down ? TW_PARTNER_STATE_DOWN : TW_PARTNER_STATE_UP, "since-ms", since_ms, NULL);

  if (!tw_db_run (tw_tx_db (tx), error,
                  "INSERT INTO rail_party (party, down, since) VALUES ($1, $2, $3) "
                  "ON CONFLICT (party) DO UPDATE SET down = $2, since = $3 "
                  "WHERE rail_party.down <> $2",
                  "sii", word->gate->party, (gint64) word->down, since_ms))
    return FALSE;
  /* Another process has said so before. */
  if (tw_db_changes (tw_tx_db (tx)) == 1)
    tw_tx_publish (tx, TW_FEED_PUBLIC, TW_OBJECT (partner));
  return TRUE;
}

static void
on_written (const GError *error, gpointer data)
{
  g_autofree Word *word = data;
  TwRailGate *gate = word->gate;

  gate->telling = FALSE;
  if (tw_rail_order_ended (gate->rails))
    return;
  if (error != NULL)
    g_warning ("It could not be told whether the rail '%s' answers: %s", gate->party,
               error->message);
  else
    {
      gate->told_down = word->down;
      tw_rail_gate_tell (gate);
    }
}

/**
 * tw_rail_gate_tell:
 * @gate: a gate
 *
 * Tells everybody what is known of its partner, when that is news.
 */
void
tw_rail_gate_tell (TwRailGate *gate)
{
  Word *word;

  if (gate->telling || is_down (gate) == gate->told_down)
    return;
  /* Opened, and not sure yet: what was said before stands. */
  if (gate->told_down && gate->breaker.state != TW_BREAKER_CLOSED)
    return;
  word = g_new0 (Word, 1);
  word->gate = gate;
  word->down = is_down (gate);
  if (tw_writer_submit_call (tw_service_get_writer (gate->rails->service), write_word,
                             gate->rails->context, on_written, word, NULL))
    {
      gate->telling = TRUE;
      gate->rails->n_pending++;
    }
  else
    g_free (word);
}

/**
 * tw_rail_gates_read:
 * @rails: the rails
 * @db: a connection
 * @error: the database's
 *
 * Returns: whether it could be read what everybody has been told
 */
gboolean
tw_rail_gates_read (TwRails *rails, TwDb *db, GError **error)
{
  TwStmt *stmt = tw_db_query (db, error, "SELECT party, down FROM rail_party ORDER BY party", "");
  TwStep step;

  if (stmt == NULL)
    return FALSE;
  while ((step = tw_stmt_step (stmt, error)) == TW_STEP_ROW)
    tw_rail_gate_load (rails, tw_stmt_text (stmt, 0), tw_stmt_int64 (stmt, 1) != 0);
  return step == TW_STEP_DONE;
}
