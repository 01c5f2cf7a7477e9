// SPDX-License-Identifier: GPL-3.0-or-later
/* The one thread that writes. Commands are prepared in a pool, queued, and done in batches: one
 * transaction and one commit for all that has queued meanwhile. */
#pragma once

#include "server/command/tw-keys.h"
#include "server/command/tw-tx.h"
#include "server/feed/tw-feed-hub.h"

G_BEGIN_DECLS

/* Commands in one transaction. */
#define TW_WRITER_MAX_BATCH 2000
/* Commands that may wait for the writer; more are turned away with TW_ERROR_BUSY. */
#define TW_WRITER_MAX_QUEUED 20000

typedef struct _TwWriter TwWriter;

typedef struct
{
  gint64 commits;   /* transactions committed */
  gint64 commands;  /* commands answered */
  gint64 done;      /* of them with an effect, */
  gint64 refused;   /* refused by a rule, */
  gint64 repeated;  /* answered from what was kept, */
  gint64 failed;    /* not done for a fault of ours */
  gint64 rollbacks; /* batches that had to be run again */
  gint64 queued;    /* waiting now */
  gint64 busy_us;   /* time spent in transactions */
  gint64 step_ms;   /* how long the step has taken that is under way now; 0: there is none */
} TwWriterStats;

/* One job a command; @actor and @command are taken over. */
TwJob *tw_job_new (TwActor *actor, TwCommand *command);
TwJob *tw_job_ref (TwJob *job);
void tw_job_unref (TwJob *job);
/* (transfer none): how it ended; never NULL in a callback of the writer */
const TwResult *tw_job_result (TwJob *job);
/* Whether the id was used before for something else: an HTTP 409 when the request has but this one.
 */
gboolean tw_job_is_changed (TwJob *job);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TwJob, tw_job_unref)

/* @jobs: as submitted, each with its result. */
typedef void (*TwSubmitFunc) (GPtrArray *jobs, gpointer user_data);
typedef void (*TwResultFunc) (const TwResult *result, gpointer user_data);
/* What the writer does for a room beside commands: sessions, blobs. It may be run more than once.
 */
typedef gboolean (*TwWriteFunc) (TwTx *tx, gpointer user_data, GError **error);
/* @error: (nullable) (transfer none) */
typedef void (*TwWroteFunc) (const GError *error, gpointer user_data);

TwWriter *tw_writer_new (const char *database_url, TwKeys *keys, TwFeedHub *hub, GError **error);
gboolean tw_writer_submit (TwWriter *writer,
                           GPtrArray *jobs,
                           GMainContext *context,
                           TwSubmitFunc callback,
                           gpointer user_data,
                           GError **error);
gboolean tw_writer_submit_internal (TwWriter *writer,
                                    const char *kind,
                                    const char *id,
                                    const char *intent,
                                    JsonObject *body,
                                    GMainContext *context,
                                    TwResultFunc callback,
                                    gpointer user_data,
                                    GError **error);
gboolean tw_writer_submit_as (TwWriter *writer,
                              TwActor *actor,
                              const char *kind,
                              const char *id,
                              const char *intent,
                              JsonObject *body,
                              GMainContext *context,
                              TwResultFunc callback,
                              gpointer user_data,
                              GError **error);
gboolean tw_writer_submit_call (TwWriter *writer,
                                TwWriteFunc func,
                                GMainContext *context,
                                TwWroteFunc callback,
                                gpointer user_data,
                                GError **error);
char *tw_writer_make_id (const char *what, const char *subject_id);
void tw_writer_get_stats (TwWriter *writer, TwWriterStats *stats);
/* Whether one step takes so long that new commands are turned away with TW_ERROR_BUSY, as in
 * @error.
 */
gboolean tw_writer_is_stalled (TwWriter *writer, GError **error);
void tw_writer_stop (TwWriter *writer);
void tw_writer_give_up (TwWriter *writer);
void tw_writer_free (TwWriter *writer);

G_END_DECLS
