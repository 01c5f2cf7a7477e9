// SPDX-License-Identifier: GPL-3.0-or-later
/* A row of the challenge table, opened. Private to the room. */
#pragma once

#include "model/tw-challenge.h"
#include "server/command/tw-tx.h"

G_BEGIN_DECLS

typedef struct
{
  char *id; /* the held command's */
  char *account_id;
  char *device_id;
  char *phone; /* masked */
  char *code;
  TwCommand *command;
  TwChallengeState state;
  gint64 tries_left;
  gint64 sent_at_ms;
  gint64 expires_at_ms;
} TwChallengeRow;

void tw_challenge_row_free (TwChallengeRow *row);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TwChallengeRow, tw_challenge_row_free)

/* What there is of a person's. */
typedef struct
{
  char *live;     /* (nullable): the one that waits */
  gint64 n_sent;  /* since a time */
  gint64 n_wrong; /* wrong codes told to those that could be answered since a time */
} TwChallengeCounts;

void tw_challenge_counts_clear (TwChallengeCounts *counts);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (TwChallengeCounts, tw_challenge_counts_clear)

gboolean tw_challenge_row_insert (TwTx *tx, const TwChallengeRow *row, GError **error);
gboolean tw_challenge_row_load (
  TwTx *tx, const char *account_id, const char *id, TwChallengeRow **row, GError **error);
gboolean tw_challenge_row_save (TwTx *tx, const TwChallengeRow *row, GError **error);
gboolean tw_challenge_row_count (TwTx *tx,
                                 const char *account_id,
                                 gint64 sent_since_ms,
                                 gint64 wrong_since_ms,
                                 TwChallengeCounts *counts,
                                 GError **error);

G_END_DECLS
