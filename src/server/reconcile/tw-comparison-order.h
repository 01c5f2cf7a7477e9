// SPDX-License-Identifier: GPL-3.0-or-later
/* An order of ours, beside what a partner's books say of it. */
#pragma once

#include "server/reconcile/tw-reconcile-private.h"

G_BEGIN_DECLS

/* As a row of a query tells it. */
typedef struct
{
  const char *id;
  const TwRail *rail; /* NULL: there is no such order, for this partner */
  TwRailState state;
  const char *reference; /* of its payment, or "" */
  gint64 expected_fen;   /* what a statement should say of it */
  gint64 posts;          /* how often it may have been sent; 0: the partner can't know of it */
  gint64 corrected_fen;  /* what seniors have moved for it since; over zero: to the wallet */
  TwOrderState here;
} TwComparisonOrder;

#define TW_ORDER_COLUMNS                                                                           \
  "o.id, o.rail, o.state, o.request, coalesce (p.reference, ''), "                                 \
  "coalesce (own.legs, t.legs, ''), o.posts, "                                                     \
  "(SELECT CAST (coalesce (sum (c.amount_fen), 0) AS BIGINT) FROM correction c "                   \
  "WHERE c.order_id = o.id) "
#define TW_ORDER_N_COLUMNS 8
/* An order's transfer has its id; one that has none moves that of its payment. */
#define TW_ORDER_JOINS                                                                             \
  "LEFT JOIN transfer own ON own.id = o.id LEFT JOIN payment p ON p.id = o.subject_id "            \
  "LEFT JOIN transfer t ON t.id = p.transfer_id "

void tw_comparison_read_order (
  const char *partner, TwStmt *stmt, int column, gint64 there_fen, TwComparisonOrder *order);
gint64 tw_comparison_order_get_moved_fen (const TwComparisonOrder *order);

G_END_DECLS
