// SPDX-License-Identifier: GPL-3.0-or-later
/* What one caller handed in at once, on its way: prepared, queued, done, answered. */
#pragma once

#include "server/command/tw-command-private.h"

G_BEGIN_DECLS

typedef struct _TwSubmission TwSubmission;

struct _TwSubmission
{
  GPtrArray *jobs;       /* of TwJob */
  GMainContext *context; /* (nullable): answered in the writer's thread */
  int pending;           /* atomic: parts of the preparation that are not done */
  TwSubmitFunc submitted;
  TwResultFunc answered;
  TwWroteFunc wrote;
  gpointer user_data;
};

typedef struct _TwPreparer TwPreparer;

/* @ready is called from any thread, and takes the submission over. */
typedef void (*TwReadyFunc) (TwSubmission *submission, gpointer data);

TwPreparer *tw_preparer_new (TwKey *lookup, TwReadyFunc ready, gpointer data);
void tw_preparer_push (TwPreparer *preparer, TwSubmission *submission);
void tw_preparer_free (TwPreparer *preparer);

void tw_submission_answer (TwSubmission *submission);
void tw_submissions_answer_all (GPtrArray *submissions);
void tw_submission_free (TwSubmission *submission);

G_END_DECLS
