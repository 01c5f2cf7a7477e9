// SPDX-License-Identifier: GPL-3.0-or-later
/* A batch of jobs: one transaction when all goes well, one each when something does not. */
#pragma once

#include "server/command/tw-command-private.h"
#include "server/command/tw-log-mover.h"
#include "server/command/tw-stall.h"

G_BEGIN_DECLS

typedef struct
{
  char *database_url;
  TwKeys *keys;
  TwFeedHub *hub; /* (nullable) */
  TwStall *stall; /* is told of each step */
  TwDb *db;
  TwTx *tx;
  TwLogMover *mover;  /* (nullable): PostgreSQL needs none */
  GMutex lock;        /* for another thread that looks at the connection */
  gboolean giving_up; /* nothing more can be waited for; guarded by the lock */
  gint64 commits;
  gint64 rollbacks;
#ifdef TW_MUTANT_ANSWER_BEFORE_COMMIT
#include "base/tw-planted.h"
  GPtrArray *early; /* of TwSubmission */
#endif
} TwBatchRunner;

gboolean tw_batch_runner_open (TwBatchRunner *runner, GError **error);
void tw_batch_runner_close (TwBatchRunner *runner);
void tw_batch_runner_give_up (TwBatchRunner *runner);
void tw_batch_runner_tidy (TwBatchRunner *runner);
void tw_batch_runner_run (TwBatchRunner *runner, GPtrArray *jobs);

G_END_DECLS
