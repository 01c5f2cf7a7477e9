// SPDX-License-Identifier: GPL-3.0-or-later
/* Whether our books and a partner's say the same of a day. What a statement settles is settled; all
 * else is a difference that a person sees, and stays one until it is explained or put right. No
 * money moves here but by the rails' own news, or as a senior has signed it. */
#pragma once

#include "server/command/tw-service.h"
#include "server/rails/tw-rails.h"
#include "server/reconcile/tw-statement.h"

G_BEGIN_DECLS

extern const char tw_reconcile_schema[];
extern const char tw_reconcile_schema_2[];
extern const char tw_reconcile_schema_3[];
extern const char tw_reconcile_schema_4[];

/* The seniors' scope. */
#define TW_SCOPE_MONEY "queue:money"

/* What came of it. */
typedef struct
{
  guint entries;    /* of the statement */
  guint open;       /* differences of that day, */
  guint healed;     /* and those that are settled */
  gint64 here_fen;  /* what our books have of what it tells */
  gint64 there_fen; /* what it adds up to */
} TwReconcileSum;

void tw_reconcile_init (void);
void tw_reconcile_add_metrics (TwService *service);

gboolean tw_reconcile_statement (TwService *service,
                                 const char *party,
                                 TwStatement *statement,
                                 TwReconcileSum *sum,
                                 GError **error);
gboolean tw_reconcile_set_account (TwService *service,
                                   const char *party,
                                   const char *account,
                                   GError **error);
gboolean tw_reconcile_fetch (TwService *service,
                             const TwRailsSetup *setup,
                             const char *party,
                             int day,
                             TwReconcileSum *sum,
                             GError **error);
char **tw_reconcile_list_parties (void);

/* Looks at each day once it is over, and whenever a senior asks. */
typedef struct _TwReconciler TwReconciler;

TwReconciler *tw_reconciler_new (TwService *service, const TwRailsSetup *setup);
void tw_reconciler_free (TwReconciler *self);

G_END_DECLS
