// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/reconcile/tw-comparison-order.h"

#include <string.h>

#include "protocol/tw-json.h"
#include "server/ledger/tw-ledger.h"

/**
 * tw_comparison_get_here:
 * @state: of an order on a rail
 *
 * Returns: how far it got, as seniors are told
 */
TwOrderState
tw_comparison_get_here (TwRailState state)
{
  switch (state)
    {
    case TW_RAIL_QUEUED:
      return TW_ORDER_STATE_WAITING;
    case TW_RAIL_SENT:
    case TW_RAIL_UNKNOWN:
      return TW_ORDER_STATE_UNKNOWN;
    case TW_RAIL_ACCEPTED:
    case TW_RAIL_CONFIRMED:
      return TW_ORDER_STATE_DONE;
    case TW_RAIL_REFUSED:
    default:
      return TW_ORDER_STATE_REFUSED;
    }
}

/* An order that moves nobody's wallet has no transfer: the amount that was asked for counts, in the
 * direction that the partner says. */
static gint64
get_asked_fen (const char *request, gint64 there_fen)
{
  g_autoptr (JsonNode) node = tw_json_parse (request, -1, NULL);
  gint64 fen = 0;

  if (node == NULL || !JSON_NODE_HOLDS_OBJECT (node) ||
      !tw_json_get_int (json_node_get_object (node), "amount_fen", 0, G_MAXINT64, &fen, NULL))
    return 0;
  return there_fen < 0 ? -fen : fen;
}

/**
 * tw_comparison_read_order:
 * @partner: whose books are held against ours
 * @stmt: a row
 * @column: where TW_ORDER_COLUMNS begin in it
 * @there_fen: what their books say of it
 * @order: (out): what ours say; its texts are the row's
 *
 * What a clearing account gives has come from the partner.
 */
void
tw_comparison_read_order (
  const char *partner, TwStmt *stmt, int column, gint64 there_fen, TwComparisonOrder *order)
{
  g_autofree char *party = NULL;
  gint64 clearing_fen;

  *order = (TwComparisonOrder){ .id = tw_stmt_text (stmt, column), .reference = "" };
  if (tw_stmt_is_null (stmt, column) ||
      (order->rail = tw_rails_find (tw_stmt_text (stmt, column + 1))) == NULL)
    return;
  party = tw_rails_get_party (order->rail->path);
  if (strcmp (party, partner) != 0 || order->rail->tell == NULL)
    {
      order->rail = NULL;
      return;
    }
  order->state = (TwRailState) tw_stmt_int64 (stmt, column + 2);
  order->here = tw_comparison_get_here (order->state);
  order->posts = tw_stmt_int64 (stmt, column + 6);
  order->corrected_fen = tw_stmt_int64 (stmt, column + 7);
  order->reference = tw_stmt_text (stmt, column + 4);
  order->expected_fen =
    tw_ledger_sum_clearing (tw_stmt_text (stmt, column + 5), partner, &clearing_fen)
      ? -clearing_fen
      : get_asked_fen (tw_stmt_text (stmt, column + 3), there_fen);
}

/**
 * tw_comparison_order_get_moved_fen:
 * @order: an order
 *
 * Returns: what our books have moved for it by now; over zero: came to us
 */
gint64
tw_comparison_order_get_moved_fen (const TwComparisonOrder *order)
{
  return (order->here == TW_ORDER_STATE_DONE ? order->expected_fen : 0) + order->corrected_fen;
}
