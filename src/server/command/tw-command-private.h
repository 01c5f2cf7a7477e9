// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/command/tw-audit.h"
#include "server/command/tw-patience.h"
#include "server/command/tw-writer.h"
#include "server/feed/tw-feed-batch.h"

G_BEGIN_DECLS

/* States of an intent, as stored. */
typedef enum
{
  TW_INTENT_NONE = 0, /* no row */
  TW_INTENT_LIVE = 1,
  TW_INTENT_DONE = 2,
} TwIntentState;

typedef struct
{
  void (*func) (gpointer data);
  gpointer data;
  GDestroyNotify free_data;
} TwAfter;

struct _TwTx
{
  TwDb *db;
  TwKeys *keys;
  gint64 now_ms;
  TwFeedBatch *feed;
  TwAudit *audit;
  TwPatience *patience;
  GArray *after; /* of TwAfter */
};

struct _TwJob
{
  gatomicrefcount refs;
  TwActor *actor;
  TwCommand *command; /* NULL for a call */
  char *account_key;

  /* By the prepare stage; not changed after it. */
  const TwKind *kind; /* (nullable): unknown */
  GBytes *body_hash;  /* keyed, over kind, intent and body */
  gboolean signature_ok;
  gpointer prepared;
  GDestroyNotify free_prepared;
  TwResult *early; /* (nullable): the prepare function has ended it */
  gboolean preparing;

  /* By the writer; begun anew with each run. */
  TwResult *result;
  gboolean has_code; /* set before the run, by what held it */
  gboolean keep_live;
  gboolean changed;
  gboolean repeated;

  /* Instead of a command. */
  TwWriteFunc call;
  gpointer call_data;
  GError *call_error;
};

typedef struct
{
  char *kind;
  TwHandler handle;
  TwPrepare prepare;
  TwLocker lock;
} TwHandlerRow;

const TwHandlerRow *tw_handlers_find (const char *kind);
TwHold tw_handlers_get_hold (void);
gboolean tw_execute_run_handler (TwTx *tx, TwJob *job, GError **error);
char *tw_result_get_text (const TwResult *result);
const char *tw_result_get_own_words (const TwResult *result);

TwLocks *tw_locks_new (void);
gboolean tw_locks_take (TwLocks *locks, TwDb *db, GError **error);
void tw_locks_free (TwLocks *locks);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TwLocks, tw_locks_free)

TwTx *tw_tx_new (TwDb *db, TwKeys *keys);
void tw_tx_free (TwTx *tx);
gboolean tw_tx_begin (TwTx *tx, GError **error);
gboolean tw_tx_commit (TwTx *tx, GPtrArray *scopes, GError **error);
void tw_tx_rollback (TwTx *tx);
void tw_tx_run_after (TwTx *tx);

TwJob *tw_job_new_call (TwWriteFunc func, gpointer data);
void tw_job_check (TwJob *job, TwKey *lookup);
gboolean tw_job_needs_pool (TwJob *job);
void tw_job_reset (TwJob *job);
void tw_job_fail (TwJob *job, const GError *error);
gboolean tw_job_put_off (TwJob *job, const char *code);

extern const TwTable tw_command_table;
extern const TwTable tw_intent_table;

void tw_execute_foresee (TwJob *job, TwLocks *locks);
gboolean tw_execute_job (TwTx *tx, TwJob *job, GError **error);

G_END_DECLS
