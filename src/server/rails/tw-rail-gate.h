// SPDX-License-Identifier: GPL-3.0-or-later
/* The way to one partner: a few calls at a time while it answers, one probe at a time while it does
 * not. Private to the room, and to its thread. */
#pragma once

#include "server/rails/tw-breaker.h"
#include "server/rails/tw-rails-private.h"

G_BEGIN_DECLS

struct _TwRailGate
{
  TwRails *rails;
  char *party; /* "bank", "office", …: the first part of its paths */
  TwBreaker breaker;
  GQueue waiting; /* of TwRailOrder: each with its call for `next` */
  guint in_flight;
  GSource *timer;   /* (nullable): of the next probe */
  gboolean probing; /* a probe of its own is under way */
  /* What everybody is told of it. */
  gboolean told_down;
  gboolean telling;
};

void tw_rail_gate_free (gpointer data);
void tw_rail_gate_load (TwRails *rails, const char *party, gboolean down);
void tw_rail_gate_tell (TwRailGate *gate);
gboolean tw_rail_gates_read (TwRails *rails, TwDb *db, GError **error);

G_END_DECLS
