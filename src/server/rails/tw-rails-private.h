// SPDX-License-Identifier: GPL-3.0-or-later
/* Inside the room: everything here belongs to the thread that talks to the other side. */
#pragma once

#include "server/rails/tw-rail-call.h"
#include "server/rails/tw-rails.h"

G_BEGIN_DECLS

#define TW_RAIL_LONGEST_WAIT_MS 30000

#define TW_METRIC_UNFINISHED "tax_wallet_rail_orders_unfinished"
#define TW_METRIC_OLDEST "tax_wallet_rail_oldest_unfinished_seconds"

/* The names of TwRailState in commands. */
extern const char *const tw_rail_phases[];

typedef struct _TwRailOrder TwRailOrder;
typedef void (*TwRailNext) (TwRailOrder *op);

struct _TwRails
{
  TwService *service;
  char *socket_path;
  guint timeout_ms;
  GThread *thread;
  GMainContext *context;
  GMainLoop *loop;
  /* Only in the thread: */
  SoupSession *session;
  GHashTable *ops; /* of Op by id: what is not finished */
  GSource *scan;
  GCancellable *stopping;
  guint n_pending; /* calls and commands under way */
  gboolean scanned;
};

struct _TwRailOrder
{
  TwRails *rails;
  const TwRail *rail;
  char *id;
  char *account_id;
  char *request;
  TwRailState state;
  guint failures;
  GSource *timer;
  /* What the order's answer was, while it is being told. */
  JsonObject *answer;
  TwRailState telling;
  guint from; /* how much of an answer to a question has been told */
};

gboolean tw_rails_is_stopping (TwRails *rails);

void tw_rail_order_start (TwRailOrder *op, gboolean running);
void tw_rail_order_free (gpointer data);
gboolean tw_rail_order_ended (TwRails *rails);
void tw_rail_order_finish (TwRailOrder *op);
void tw_rail_order_wait (TwRailOrder *op, guint longest_ms, TwRailNext next);
void tw_rail_order_ask (TwRailOrder *op);
void tw_rail_question_answered (guint status, JsonObject *answer, gpointer data);

G_END_DECLS
