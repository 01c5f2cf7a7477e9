// SPDX-License-Identifier: GPL-3.0-or-later
/* One person's client without a window: the engine that ships, and a journal of its own. */
#pragma once

#include "client/app/tw-engine.h"
#include "tw-journal.h"

G_BEGIN_DECLS

typedef struct
{
  TwEngine *engine;
  TwJournal *journal;
  guint seed;
  guint person;
  gboolean at_desk;
  GStrv payees;
  guint timer;       /* the next wish */
  guint most_wishes; /* how many; 0: without end */
  int wish;          /* the number of the wish that is being asked for; -1: none */
  gboolean first;    /* what is being asked for is what a person needs first */
  gboolean started;  /* what was written down before is in the list */
  GHashTable *shown; /* type and id -> its state, as it was shown last */
} TwFaultsClient;

/* tw-faults-watch.c */
void tw_faults_watch (TwFaultsClient *self);

/* The person's phone: what GET /phones/NUMBER of the counterpart answers, or %NULL. */
typedef JsonObject *(*TwFaultsPhone) (const char *number);
extern TwFaultsPhone tw_faults_phone; /* (nullable): nobody has one */

/* tw-faults-answer.c */
typedef void (*TwFaultsSay) (JsonObject *answer);
extern TwFaultsSay tw_faults_say; /* takes the answer over; prints it, if nobody wants it */
void tw_faults_answer (TwFaultsClient *self, const char *line);

/* tw-faults-client.c */
TwFaultsClient *tw_faults_client_new (const char *folder,
                                      TwTransport *transport,
                                      const char *journal,
                                      guint seed,
                                      guint person,
                                      const char *copy,
                                      gboolean at_desk);
void tw_faults_client_free (TwFaultsClient *self);
void tw_faults_go (TwFaultsClient *self, const char *const *payees);
void tw_faults_stop (TwFaultsClient *self);
gboolean tw_faults_prepare (TwFaultsClient *self);
char *tw_faults_make_number (TwFaultsClient *self);

G_END_DECLS
