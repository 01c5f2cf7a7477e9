// SPDX-License-Identifier: GPL-3.0-or-later
/* Everybody is told whether a partner answers, so that who waits knows for what. */
#include "base/tw-clock.h"
#include "model/tw-partner.h"
#include "server/feed/tw-feed.h"
#include "server/rails/tw-rail-gate.h"

/* What a process says counts for so long: one that was ended says nothing. It says it again in
 * time as long as somebody says something else. */
#define WORD_LIFE_MS 60000
#define WORD_AGAIN_MS 20000

/* What each process says of a partner; rail_party has what everybody is told. */
const char tw_rails_schema_4[] = "CREATE TABLE rail_word ("
                                 "  party TEXT NOT NULL,"
                                 "  instance TEXT NOT NULL,"
                                 "  down BIGINT NOT NULL,"
                                 "  at BIGINT NOT NULL,"
                                 "  PRIMARY KEY (party, instance)"
                                 ");";

typedef struct
{
  TwRailGate *gate;
  TwRailWord word;
} Word;

/* Told with a probe that failed: a short drop is nothing to tell of. */
static gboolean
is_down (TwRailGate *gate)
{
  return gate->breaker.state != TW_BREAKER_CLOSED && gate->breaker.probes > 0;
}

/* The words of one partner are written one after the other. */
static gboolean
write_word (TwDb *db, TwRailGate *gate, gboolean down, gint64 at_ms, GError **error)
{
  return tw_db_run (db, error,
                    "INSERT INTO rail_party (party, down, since) VALUES ($1, 0, $2) "
                    "ON CONFLICT (party) DO UPDATE SET since = rail_party.since",
                    "si", gate->party, at_ms) &&
         tw_db_run (db, error,
                    "INSERT INTO rail_word (party, instance, down, at) VALUES ($1, $2, $3, $4) "
                    "ON CONFLICT (party, instance) DO UPDATE SET down = $3, at = $4",
                    "ssii", gate->party, gate->rails->instance, (gint64) down, at_ms);
}

/* A SQLite database has one process that serves: all others are gone. */
static gboolean
forget_words (TwDb *db, TwRailGate *gate, gint64 at_ms, GError **error)
{
  gint64 until_ms = tw_db_get_engine (db) == TW_DB_SQLITE ? G_MAXINT64 : at_ms - WORD_LIFE_MS;

  return tw_db_run (db, error,
                    "DELETE FROM rail_word WHERE party = $1 AND instance <> $2 AND at < $3", "ssi",
                    gate->party, gate->rails->instance, until_ms);
}

/* It is down when all say so: as long as one reaches it, what is asked of it is done. */
static gboolean
write_public (TwTx *tx, TwRailGate *gate, gint64 at_ms, GError **error)
{
  TwDb *db = tw_tx_db (tx);
  TwStmt *stmt =
    tw_db_query (db, error, "SELECT min (down) FROM rail_word WHERE party = $1", "s", gate->party);
  g_autoptr (TwPartner) partner = NULL;
  gboolean down;

  if (stmt == NULL || tw_stmt_step (stmt, error) != TW_STEP_ROW)
    return FALSE;
  down = tw_stmt_int64 (stmt, 0) != 0;
  tw_stmt_reset (stmt);
  if (!tw_db_run (db, error,
                  "UPDATE rail_party SET down = $2, since = $3 WHERE party = $1 AND down <> $2",
                  "sii", gate->party, (gint64) down, at_ms))
    return FALSE;
  if (tw_db_changes (db) == 0)
    return TRUE;
  partner =
    g_object_new (TW_TYPE_PARTNER, "id", gate->party, "state",
                  down ? TW_PARTNER_STATE_DOWN : TW_PARTNER_STATE_UP, "since-ms", at_ms, NULL);
  tw_tx_publish (tx, TW_FEED_PUBLIC, TW_OBJECT (partner));
  return TRUE;
}

static gboolean
write_all (TwTx *tx, gpointer data, GError **error)
{
  Word *word = data;
  gint64 at_ms = tw_tx_now_ms (tx);

  return write_word (tw_tx_db (tx), word->gate, word->word == TW_RAIL_WORD_DOWN, at_ms, error) &&
         forget_words (tw_tx_db (tx), word->gate, at_ms, error) &&
         write_public (tx, word->gate, at_ms, error);
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
      gate->told = word->word;
      gate->told_ms = g_get_monotonic_time () / 1000;
      tw_rail_gate_tell (gate);
    }
}

/* Whether there is something to say: what is new, what others doubt, and what is soon forgotten. */
static gboolean
is_news (TwRailGate *gate, TwRailWord word)
{
  gboolean old = g_get_monotonic_time () / 1000 - gate->told_ms > WORD_AGAIN_MS;

  if (word == TW_RAIL_WORD_DOWN)
    return gate->told != word || old;
  if (gate->told == TW_RAIL_WORD_DOWN)
    return TRUE;
  return (gate->doubted || gate->public_down) && (gate->told == TW_RAIL_WORD_NONE || old);
}

/**
 * tw_rail_gate_tell:
 * @gate: a gate
 *
 * Says what this process knows of its partner, when that is news; everybody is told what all of
 * them say together.
 */
void
tw_rail_gate_tell (TwRailGate *gate)
{
  gboolean down = is_down (gate);
  Word *word;

  /* Opened, and not sure yet, or never heard: what was said before stands. */
  if (gate->telling ||
      (!down && (gate->breaker.state != TW_BREAKER_CLOSED || gate->answered_ms == 0)) ||
      !is_news (gate, down ? TW_RAIL_WORD_DOWN : TW_RAIL_WORD_UP))
    return;
  word = g_new0 (Word, 1);
  word->gate = gate;
  word->word = down ? TW_RAIL_WORD_DOWN : TW_RAIL_WORD_UP;
  if (tw_writer_submit_call (tw_service_get_writer (gate->rails->service), write_all,
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
 * Returns: whether it could be read what everybody has been told, and what other processes say
 */
gboolean
tw_rail_gates_read (TwRails *rails, TwDb *db, GError **error)
{
  TwStmt *stmt =
    tw_db_query (db, error,
                 "SELECT p.party, p.down, (SELECT count(*) FROM rail_word w WHERE "
                 "w.party = p.party AND w.instance <> $1 AND w.down = 1 AND w.at >= $2) "
                 "FROM rail_party p ORDER BY p.party",
                 "si", rails->instance, tw_clock_now_ms () - WORD_LIFE_MS);
  TwStep step;

  if (stmt == NULL)
    return FALSE;
  while ((step = tw_stmt_step (stmt, error)) == TW_STEP_ROW)
    tw_rail_gate_load (rails, tw_stmt_text (stmt, 0), tw_stmt_int64 (stmt, 1) != 0,
                       tw_stmt_int64 (stmt, 2) > 0);
  return step == TW_STEP_DONE;
}
