// SPDX-License-Identifier: GPL-3.0-or-later
/* What crosses to a bank or a tax office. An order is written down in the transaction that reserves
 * its money; a thread sends it under its own id, and what becomes of it comes back as a command of
 * the service's own. When no answer comes, the other side is asked until it is known: never
 * guessed. */
#pragma once

#include "server/command/tw-service.h"
#include "server/command/tw-tx.h"

G_BEGIN_DECLS

extern const char tw_rails_schema[];
extern const char tw_rails_schema_2[];
extern const char tw_rails_schema_3[];
extern const char tw_rails_schema_4[];
extern const char tw_rails_forget_schema[];

/* How long an answer may take before the other side is asked what became of the order. */
#define TW_RAILS_TIMEOUT_MS 5000

/* Why an order was refused that the person did not want sent any more. */
#define TW_RAILS_CALLED_OFF "called_off"

/* How far an order got; stands in the database. */
typedef enum
{
  TW_RAIL_QUEUED,    /* written down, never sent */
  TW_RAIL_SENT,      /* sent, or about to be */
  TW_RAIL_UNKNOWN,   /* sent, no answer in time */
  TW_RAIL_ACCEPTED,  /* carried out; on rails that confirm, not confirmed yet */
  TW_RAIL_CONFIRMED, /* confirmed too */
  TW_RAIL_REFUSED,   /* not carried out, and never will be */
} TwRailState;

typedef struct
{
  char *id;         /* the order's own, under which it is sent */
  char *account_id; /* for whom */
  char *subject_id; /* the payment, or what else it is about */
  TwRailState state;
  gint64 posts; /* how often it may have been sent */
} TwRailOp;

/* What has become of an order. */
typedef struct
{
  TwRailState state;
  const char *reference; /* the other side's own, or "" */
  const char *reason;    /* why it was refused, or "" */
  gint64 confirmed_at_ms;
} TwRailNews;

/* Told in the writer's transaction, each state at most once and in order. */
typedef gboolean (*TwRailTell) (TwTx *tx,
                                const TwRailOp *op,
                                const TwRailNews *news,
                                GError **error);

/* One rail, as the room that uses it describes it. */
typedef struct
{
  const char *name;
  const char *path;  /* orders are sent there, and asked for at PATH/ID */
  gboolean confirms; /* what was accepted is confirmed later */
  TwRailTell tell;   /* NULL for a question */
  /* What an answer must repeat of the order to be one about it; NULL for a question. */
  const char *const *echoes;
  const char
    *answer_kind;     /* a question: who is told the answer, {"op", "account_id", "last", ...} */
  gboolean is_whole;  /* a question: the answer is told as it is: {"op", "account_id", "answer"},
                         without an answer where there is nothing by the key */
  gboolean is_secret; /* orders or questions are sealed in the database */
  gboolean forgets;   /* what was sent is not kept once an order is finished */
} TwRail;

void tw_rails_init (void);
void tw_rails_add (const TwRail *rail);
const TwRail *tw_rails_find (const char *name);
const TwRail *tw_rails_get (guint index);
char *tw_rails_get_party (const char *path);

gboolean tw_rails_queue (TwTx *tx,
                         const TwRail *rail,
                         const char *id,
                         const char *account_id,
                         const char *subject_id,
                         JsonObject *request,
                         GError **error);
gboolean tw_rails_finish (TwTx *tx, const char *id, GError **error);
gboolean tw_rails_give_up (TwTx *tx, const char *id, gboolean *was_open, GError **error);
gboolean tw_rails_call_off (TwTx *tx, const char *id, gboolean *off, GError **error);

/* Whether there is anybody to send to. Without, what would need them is refused `rail_down`. */
void tw_rails_set_configured (gboolean is_configured);
gboolean tw_rails_are_configured (void);
void tw_rails_add_metrics (TwService *service);
gboolean tw_rails_verify (TwDb *db, GString *report, GError **error);

typedef struct _TwRails TwRails;

/* How the other side is reached. */
typedef struct
{
  const char *socket_path; /* where it listens; it need not be there yet */
  const char *key_path;    /* (nullable): what both sides sign with; %NULL: beside the socket */
  const char *listen_path; /* (nullable): the socket for its callbacks */
  guint timeout_ms;        /* how long an answer may take; %TW_RAILS_TIMEOUT_MS */
} TwRailsSetup;

void tw_rails_make_socket_types (void);
TwRails *tw_rails_new (TwService *service, const TwRailsSetup *setup, GError **error);
TwKey *tw_rails_open_key (const TwRailsSetup *setup, GError **error);
gboolean
tw_rails_fetch (const TwRailsSetup *setup, const char *path, JsonObject **answer, GError **error);
void tw_rails_wake (void);
void tw_rails_free (TwRails *rails);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TwRails, tw_rails_free)

G_END_DECLS
