// SPDX-License-Identifier: GPL-3.0-or-later
/* A service, the practice bank, a senior, and statements made by hand. */
#pragma once

#include "model/tw-difference.h"
#include "model/tw-payment.h"
#include "model/tw-reconciliation.h"
#include "server/reconcile/tw-reconcile.h"
#include "tw-test-money.h"

G_BEGIN_DECLS

#define TW_BOOKS_FEN (G_GINT64_CONSTANT (50000))

typedef struct
{
  TwTestMoney *t;
  TwRailsSetup setup;
  char *socket;
  char *id;
  char *other;
  TwActor *senior;
} TwBooks;

void tw_books_set_up (TwBooks *c, gconstpointer data);
void tw_books_tear_down (TwBooks *c, gconstpointer data);
void tw_books_top_up (TwBooks *c, const char *id);
/* Asks the bank for its books of today. */
TwReconcileSum tw_books_reconcile (TwBooks *c);
gint64 tw_books_count (TwBooks *c, TwDifferenceState state, TwDifferenceKind kind);
gint64 tw_books_count_all (TwBooks *c);

/* (transfer full): one without lines */
TwStatement *tw_books_statement (int day, const char *account);
void tw_books_add (TwStatement *statement,
                   const char *entry,
                   const char *order,
                   gint64 amount_fen,
                   gboolean reversal);
/* @statement: (transfer full): of our account */
TwReconcileSum tw_books_take (TwBooks *c, TwStatement *statement);

/* The program, beside the service, as an operator runs it; @options end with NULL. Returns its
 * exit; @out, @err: what was there is freed. */
int tw_books_run_verb (TwBooks *c, char **out, char **err, const char *const *options);

#define TW_BOOKS_RUN_VERB(c, out, err, ...)                                                        \
  tw_books_run_verb (c, out, err, (const char *const[]){ __VA_ARGS__, NULL })

G_END_DECLS
