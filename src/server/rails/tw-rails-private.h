// SPDX-License-Identifier: GPL-3.0-or-later
/* Inside the room: everything here belongs to the thread that talks to the other side. */
#pragma once

#include "server/rails/tw-rail-call.h"
#include "server/rails/tw-rails.h"

G_BEGIN_DECLS

#define TW_RAIL_LONGEST_WAIT_MS 30000

#define TW_METRIC_UNFINISHED "tax_wallet_rail_orders_unfinished"
#define TW_METRIC_IN_TROUBLE "tax_wallet_rail_orders_in_trouble"
#define TW_METRIC_TROUBLES "tax_wallet_rail_troubles_total"
#define TW_METRIC_BREAKER_OPEN "tax_wallet_rail_breaker_open"
#define TW_METRIC_BREAKER_OPENED "tax_wallet_rail_breaker_opened_total"
#define TW_METRIC_OLDEST "tax_wallet_rail_oldest_unfinished_seconds"

/* The names of TwRailState in commands. */
extern const char *const tw_rail_phases[];

/* An answer that has been read. */
typedef struct
{
  TwRailState state;
  char *reference; /* (nullable) */
  char *reason;    /* (nullable) */
  gint64 confirmed_at_ms;
} TwRailAnswer;

/* Why an order may need a person. */
typedef enum
{
  TW_TROUBLE_UNREADABLE,   /* an answer about something else, or none that makes sense */
  TW_TROUBLE_TURNED_AWAY,  /* the request was refused as a request */
  TW_TROUBLE_CONTRADICTED, /* what was accepted is said not to be */
  TW_N_TROUBLES,
} TwTrouble;

typedef struct _TwRailCallbacks TwRailCallbacks;
typedef struct _TwRailGate TwRailGate;
typedef struct _TwRailOrder TwRailOrder;
typedef void (*TwRailNext) (TwRailOrder *op);

struct _TwRails
{
  TwService *service;
  char *instance; /* tells this process's news from others' */
  char *socket_path;
  char *listen_path; /* (nullable) */
  guint timeout_ms;
  TwKey *to_partner, *from_partner; /* what is signed with, this way and that */
  TwRailCallbacks *callbacks;       /* (nullable) */
  GThread *thread;
  GMainContext *context;
  GMainLoop *loop;
  /* Only in the thread: */
  SoupSession *session;
  GHashTable *ops;   /* of TwRailOrder by id: what is not finished */
  GHashTable *gates; /* of TwRailGate by party */
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
  gint64 posts;   /* how often it may have been sent, by anybody */
  guint troubles; /* a bit for each TwTrouble that has been said */
  guint failures;
  GSource *timer;        /* (nullable): it waits, */
  TwRailNext next;       /* and this is what for */
  TwRailGate *gate;      /* to whom it goes */
  gboolean in_line;      /* it waits at the gate to make its call */
  gboolean in_flight;    /* it was let through */
  gboolean parked;       /* it was never sent, and is not before its partner answers */
  GCancellable *calling; /* (nullable): it is being sent or asked for */
  GSource *impatience;   /* (nullable): ends a call that a callback has overtaken */
  gboolean overtaken;    /* that has happened */
  gboolean hinted;       /* something has become of it that was not asked for yet */
  /* What the order's answer was, while it is being told. */
  TwRailAnswer said;
  TwRailState telling;
  gboolean turned_away; /* what was sent was refused as a request, by the other side itself */
  gboolean unheard_of;  /* and the other side says that it has never heard of it */
  JsonObject *answer;   /* to a question */
  guint from;           /* how much of it has been told */
};

gboolean tw_rails_is_stopping (TwRails *rails);
void tw_rails_take_up (TwRails *rails, const char *id);

void tw_rail_order_start (TwRailOrder *op, gboolean running);
void tw_rail_order_free (gpointer data);
gboolean tw_rail_order_ended (TwRails *rails);
void tw_rail_order_finish (TwRailOrder *op);
void tw_rail_order_wait (TwRailOrder *op, guint longest_ms, TwRailNext next);
void tw_rail_order_ask (TwRailOrder *op);
void tw_rail_order_hint (TwRailOrder *op);
void tw_rail_order_hurry (TwRailOrder *op);
void tw_rail_order_called (TwRailOrder *op, guint status);
TwRailGate *tw_rail_gate_of (TwRails *rails, const char *path);
gboolean tw_rail_gate_answers (TwRailGate *gate);
void tw_rail_gate_enter (TwRailOrder *op, TwRailNext call);
void tw_rail_gate_leave (TwRailOrder *op, guint status, gboolean known);
void tw_rail_gate_forget (TwRailOrder *op);
void tw_rail_gate_wake (TwRailGate *gate);
void tw_rails_count_gate (const char *party, gboolean opened);
TwRailCallbacks *
tw_rail_callbacks_new (TwRails *rails, const char *path, TwKey *key, GError **error);
void tw_rail_callbacks_free (TwRailCallbacks *self);
void tw_rails_count_callback (void);
guint tw_rails_get_n_callbacks (void);
void tw_rail_order_trouble (TwRailOrder *op, TwTrouble trouble, const char *why);
void tw_rails_seal_request (TwTx *tx, const char *id, char **text);
char *tw_rails_open_request (TwKey *column, const char *id, const char *text, GError **error);
gboolean tw_rails_count_post (TwTx *tx, const char *id, gboolean *goes_on, GError **error);
gboolean tw_rails_set_trouble (TwTx *tx, const char *id, TwTrouble trouble, GError **error);
guint tw_rails_get_troubles (TwTrouble trouble, const char **code);
gboolean tw_rail_answer_read (
  const TwRail *rail, const char *request, JsonObject *json, TwRailAnswer *answer, GError **error);
void tw_rail_answer_clear (TwRailAnswer *answer);
gboolean tw_rail_answer_is_error (JsonObject *json, const char *code);
void tw_rail_question_answered (guint status, JsonObject *answer, gpointer data);

G_END_DECLS
