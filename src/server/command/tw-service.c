// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/command/tw-service.h"

#include "base/tw-error.h"
#include "server/command/tw-leader.h"
#include "server/command/tw-metrics.h"
#include "server/feed/tw-feed-watch.h"

/* Reading: pages of records, sessions, the feed. */
#define MAX_READERS 8

typedef struct
{
  TwMetricsFunc func;
  gpointer user_data;
} Counting;

struct _TwService
{
  char *database_url;
  TwKeys *keys;
  TwReaders *readers;
  TwFeedHub *hub;
  TwFeedWatch *watch; /* (nullable): SQLite has no other processes that serve */
  TwLeader *leader;   /* (nullable): likewise */
  TwWriter *writer;
  GArray *counting; /* of Counting; not changed once somebody is served */
  gboolean stopped;
};

static gboolean
migrate (const char *url,
         TwKey *key,
         const TwMigration *steps,
         gsize n_steps,
         TwDbEngine *engine,
         GError **error)
{
  g_autoptr (TwDb) db = tw_db_open (url, tw_key_peek (key), error);

  if (db != NULL)
    *engine = tw_db_get_engine (db);
  return db != NULL && tw_db_migrate (db, steps, n_steps, error);
}

/**
 * tw_service_new:
 * @database_url: as in tw_db_open()
 * @keys: (transfer none): the service's keys
 * @steps: the schema's steps
 * @n_steps: how many
 * @error: as tw_db_open() and tw_db_migrate()
 *
 * Brings the tables up to date and starts the writer. All handlers must have been added.
 *
 * Returns: (transfer full) (nullable): the service
 */
TwService *
tw_service_new (
  const char *database_url, TwKeys *keys, const TwMigration *steps, gsize n_steps, GError **error)
{
  TwKey *key = tw_keys_get (keys, TW_KEY_SQLITE);
  g_autoptr (TwService) service = NULL;
  TwDbEngine engine;

  if (!migrate (database_url, key, steps, n_steps, &engine, error))
    return NULL;
  service = g_new0 (TwService, 1);
  service->database_url = g_strdup (database_url);
  service->counting = g_array_new (FALSE, FALSE, sizeof (Counting));
  service->keys = tw_keys_ref (keys);
  service->readers = tw_readers_new (database_url, tw_key_peek (key), MAX_READERS);
  service->hub = tw_feed_hub_new (service->readers, tw_keys_get (keys, TW_KEY_COLUMN));
  if (engine == TW_DB_POSTGRES)
    {
      service->watch = tw_feed_watch_new (service->hub, database_url);
      service->leader = tw_leader_new (database_url);
    }
  service->writer = tw_writer_new (database_url, keys, service->hub, error);
  return service->writer != NULL ? g_steal_pointer (&service) : NULL;
}

/**
 * tw_service_stop:
 * @service: the service
 *
 * Answers the long polls, finishes what was submitted, and takes no more. Contexts that wait for
 * answers must be run after this until they have them.
 */
void
tw_service_stop (TwService *service)
{
  if (service->stopped)
    return;
  service->stopped = TRUE;
  if (service->writer != NULL)
    tw_writer_stop (service->writer);
  g_clear_pointer (&service->watch, tw_feed_watch_free);
  tw_feed_hub_stop (service->hub);
}

void
tw_service_free (TwService *service)
{
  if (service == NULL)
    return;
  tw_service_stop (service);
  tw_writer_free (service->writer);
  g_clear_pointer (&service->leader, tw_leader_free);
  tw_feed_hub_free (service->hub);
  tw_readers_free (service->readers);
  tw_keys_unref (service->keys);
  g_array_unref (service->counting);
  g_free (service->database_url);
  g_free (service);
}

TwWriter *
tw_service_get_writer (TwService *service)
{
  return service->writer;
}

TwFeedHub *
tw_service_get_hub (TwService *service)
{
  return service->hub;
}

TwReaders *
tw_service_get_readers (TwService *service)
{
  return service->readers;
}

TwKeys *
tw_service_get_keys (TwService *service)
{
  return service->keys;
}

TwKey *
tw_service_get_key (TwService *service, const char *purpose)
{
  return tw_keys_get (service->keys, purpose);
}

const char *
tw_service_get_database_url (TwService *service)
{
  return service->database_url;
}

/**
 * tw_service_is_leader:
 * @service: the service; any thread
 *
 * Of several processes on one PostgreSQL at most one leads, and when it is gone another one does
 * within seconds; on SQLite the one process that there is leads. It is meant to spare work that one
 * process is enough for: one that was cut off may take a moment to notice, so what must never
 * happen twice needs an id that the database knows, as from tw_writer_make_id().
 *
 * Returns: whether this process leads
 */
gboolean
tw_service_is_leader (TwService *service)
{
  return service->leader == NULL || tw_leader_is_us (service->leader);
}

/**
 * tw_service_add_metrics:
 * @service: the service, before anybody is served
 * @func: called for each tw_service_get_metrics()
 * @user_data: for @func; must live as long as somebody may ask
 */
void
tw_service_add_metrics (TwService *service, TwMetricsFunc func, gpointer user_data)
{
  Counting counting = { func, user_data };

  g_array_append_val (service->counting, counting);
}

/**
 * tw_service_get_metrics:
 * @service: the service
 *
 * Returns: (transfer full): what it counts, in Prometheus' text form
 */
char *
tw_service_get_metrics (TwService *service)
{
  GString *out = g_string_new (NULL);
  TwWriterStats s;

  tw_writer_get_stats (service->writer, &s);
  tw_metric_add (out, "tax_wallet_commands_total", "counter", "Commands answered.",
                 (double) s.commands);
  tw_metric_add (out, "tax_wallet_commands_done_total", "counter", "Commands done.",
                 (double) s.done);
  tw_metric_add (out, "tax_wallet_commands_refused_total", "counter", "Commands refused by a rule.",
                 (double) s.refused);
  tw_metric_add (out, "tax_wallet_commands_repeated_total", "counter",
                 "Commands answered from what was kept.", (double) s.repeated);
  tw_metric_add (out, "tax_wallet_commands_failed_total", "counter", "Commands that failed.",
                 (double) s.failed);
  tw_metric_add (out, "tax_wallet_commands_waiting", "gauge",
                 "Commands between arrival and answer.", (double) s.queued);
  tw_metric_add (out, "tax_wallet_commits_total", "counter", "Transactions committed.",
                 (double) s.commits);
  tw_metric_add (out, "tax_wallet_rollbacks_total", "counter", "Transactions that were run again.",
                 (double) s.rollbacks);
  tw_metric_add (out, "tax_wallet_writer_busy_seconds_total", "counter",
                 "Time spent in transactions.", (double) s.busy_us / 1e6);
  tw_metric_add (out, "tax_wallet_writer_step_seconds", "gauge",
                 "How long the command or commit has taken that is under way now.",
                 (double) s.step_ms / 1e3);
  tw_metric_add (out, "tax_wallet_polls_parked", "gauge", "Long polls that wait.",
                 tw_feed_hub_count_parked (service->hub));
  tw_metric_add (out, "tax_wallet_leader", "gauge",
                 "Whether this process does what one of several does.",
                 tw_service_is_leader (service));
  for (guint i = 0; i < service->counting->len; i++)
    {
      Counting *counting = &g_array_index (service->counting, Counting, i);

      counting->func (service, out, counting->user_data);
    }
  return g_string_free (out, FALSE);
}
