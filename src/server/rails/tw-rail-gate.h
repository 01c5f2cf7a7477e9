// SPDX-License-Identifier: GPL-3.0-or-later
/* The way to one partner: a few calls at a time while it answers, one probe at a time while it does
 * not. Private to the room, and to its thread. */
#pragma once

#include "server/rails/tw-breaker.h"
#include "server/rails/tw-rails-private.h"

G_BEGIN_DECLS

/* What a process says of a partner. */
typedef enum
{
  TW_RAIL_WORD_NONE,
  TW_RAIL_WORD_UP,
  TW_RAIL_WORD_DOWN,
} TwRailWord;

struct _TwRailGate
{
  TwRails *rails;
  char *party; /* "bank", "office", …: the first part of its paths */
  TwBreaker breaker;
  /* Of TwRailOrder, each with its call for `next`: money goes before questions. */
  GQueue waiting, asking;
  guint in_flight;
  guint n_asked;      /* of those: questions */
  GSource *timer;     /* (nullable): of the next probe */
  gboolean probing;   /* a probe of its own is under way */
  gint64 answered_ms; /* when it answered last, monotonic; 0: never yet */
  /* What this process has said of it, */
  TwRailWord told;
  gint64 told_ms; /* monotonic */
  gboolean telling;
  /* and what is heard: */
  gboolean public_down; /* what everybody is told */
  gboolean doubted;     /* another process says that it is down */
};

void tw_rail_gate_free (gpointer data);
void tw_rail_gate_load (TwRails *rails, const char *party, gboolean public_down, gboolean doubted);
void tw_rail_gate_tell (TwRailGate *gate);
gboolean tw_rail_gates_read (TwRails *rails, TwDb *db, GError **error);

G_END_DECLS
