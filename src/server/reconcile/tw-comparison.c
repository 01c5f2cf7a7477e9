// SPDX-License-Identifier: GPL-3.0-or-later
/* What a statement says, held against our orders: finds, and changes nothing. */
#include "server/reconcile/tw-reconcile-private.h"

#include <string.h>

#include "base/tw-clock.h"
#include "protocol/tw-json.h"
#include "server/ledger/tw-ledger.h"

/* An order that was settled here so shortly before midnight may be in the next day's books. */
#define MIDNIGHT_MS (10 * 60 * 1000)

static void
finding_free (gpointer data)
{
  TwFinding *finding = data;

  g_free (finding->id);
  g_free (finding->order_id);
  g_free (finding->entry);
  g_free (finding->reference);
  g_free (finding->rail_reference);
  g_free (finding);
}

static void
cure_free (gpointer data)
{
  TwCure *cure = data;

  g_free (cure->order_id);
  g_free (cure->reference);
  g_free (cure);
}

TwComparison *
tw_comparison_new (const char *party, int day)
{
  TwComparison *comparison = g_new0 (TwComparison, 1);

  comparison->party = g_intern_string (party);
  comparison->day = day;
  comparison->findings = g_ptr_array_new_with_free_func (finding_free);
  comparison->cures = g_ptr_array_new_with_free_func (cure_free);
  return comparison;
}

void
tw_comparison_free (TwComparison *comparison)
{
  if (comparison == NULL)
    return;
  g_ptr_array_unref (comparison->findings);
  g_ptr_array_unref (comparison->cures);
  g_free (comparison);
}

/* An order of ours as a row of a query tells it. */
typedef struct
{
  const char *id;
  const TwRail *rail; /* NULL: there is no such order, for this partner */
  TwRailState state;
  const char *reference; /* of its payment, or "" */
  gint64 expected_fen;   /* what a statement should say of it */
  TwOrderState here;
} Order;

#define ORDER_COLUMNS                                                                              \
  "o.id, o.rail, o.state, o.request, coalesce (p.reference, ''), coalesce (own.legs, t.legs, '')"
/* An order's transfer has its id; one that has none moves that of its payment. */
#define ORDER_JOINS                                                                                \
  "LEFT JOIN transfer own ON own.id = o.id LEFT JOIN payment p ON p.id = o.subject_id "            \
  "LEFT JOIN transfer t ON t.id = p.transfer_id "

static TwOrderState
get_here (TwRailState state)
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

/* @column: where ORDER_COLUMNS begin. What a clearing account gives has come from the partner. */
static void
read_order (TwComparison *comparison, TwStmt *stmt, int column, gint64 there_fen, Order *order)
{
  g_autofree char *party = NULL;
  gint64 clearing_fen;

  *order = (Order){ .id = tw_stmt_text (stmt, column), .reference = "" };
  if (tw_stmt_is_null (stmt, column) ||
      (order->rail = tw_rails_find (tw_stmt_text (stmt, column + 1))) == NULL)
    return;
  party = tw_rails_get_party (order->rail->path);
  if (strcmp (party, comparison->party) != 0 || order->rail->tell == NULL)
    {
      order->rail = NULL;
      return;
    }
  order->state = (TwRailState) tw_stmt_int64 (stmt, column + 2);
  order->here = get_here (order->state);
  order->reference = tw_stmt_text (stmt, column + 4);
  order->expected_fen =
    tw_ledger_sum_clearing (tw_stmt_text (stmt, column + 5), comparison->party, &clearing_fen)
      ? -clearing_fen
      : get_asked_fen (tw_stmt_text (stmt, column + 3), there_fen);
}

/* The same difference has the same id, however often it is found. */
static TwFinding *
add (TwComparison *comparison,
     TwDifferenceKind kind,
     const char *order_id,
     const char *entry,
     gint64 here_fen,
     gint64 there_fen)
{
  gboolean by_entry = kind == TW_DIFFERENCE_KIND_MISSING_HERE || kind == TW_DIFFERENCE_KIND_TWICE;
  g_autofree char *what = g_strdup_printf ("difference/%s/%d/%d/%s", comparison->party,
                                           comparison->day, (int) kind, by_entry ? entry : "");
  TwFinding *finding = g_new0 (TwFinding, 1);

  finding->id = tw_writer_make_id (what, by_entry ? "" : order_id);
  finding->kind = kind;
  finding->order_id = g_strdup (order_id);
  finding->entry = g_strdup (entry);
  finding->reference = g_strdup ("");
  finding->rail_reference = g_strdup ("");
  finding->amount_fen = there_fen;
  finding->here_fen = here_fen;
  finding->there_fen = there_fen;
  g_ptr_array_add (comparison->findings, finding);
  return finding;
}

static void
name (TwFinding *finding, const Order *order, const char *rail_reference)
{
  g_free (finding->reference);
  g_free (finding->rail_reference);
  finding->reference = g_strdup (order->reference);
  finding->rail_reference = g_strdup (rail_reference);
  if (order->rail != NULL)
    finding->amount_fen = order->expected_fen;
  finding->here = order->rail != NULL ? order->here : TW_ORDER_STATE_NONE;
}

static void
add_cure (TwComparison *comparison, const Order *order, const char *reference, gint64 booked_at_ms)
{
  TwCure *cure = g_new0 (TwCure, 1);

  cure->order_id = g_strdup (order->id);
  cure->reference = g_strdup (reference);
  cure->confirms = order->rail->confirms;
  cure->booked_at_ms = booked_at_ms;
  g_ptr_array_add (comparison->cures, cure);
}

/* One line of the statement. Columns: entry, order_id, amount_fen, reference, booked_at, how many
 * came before it for the same order, then the order's. */
static void
compare_entry (TwComparison *comparison, TwStmt *stmt)
{
  const char *entry = tw_stmt_text (stmt, 0), *order_id = tw_stmt_text (stmt, 1);
  gint64 there_fen = tw_stmt_int64 (stmt, 2);
  gboolean twice = tw_stmt_int64 (stmt, 5) > 0 && *order_id != '\0';
  TwDifferenceKind kind;
  gint64 here_fen;
  Order order;

  read_order (comparison, stmt, 6, there_fen, &order);
  here_fen =
    order.rail != NULL && !twice && order.here == TW_ORDER_STATE_DONE ? order.expected_fen : 0;
  comparison->sum.entries++;
  comparison->sum.there_fen += there_fen;
  comparison->sum.here_fen += here_fen;
  if (order.rail == NULL)
    kind = TW_DIFFERENCE_KIND_MISSING_HERE;
#ifdef TW_MUTANT_SECOND_LINE_OVERLOOKED
#include "base/tw-planted.h"
  else if (twice)
    return;
#endif
  else if (twice)
    kind = TW_DIFFERENCE_KIND_TWICE;
  else if (order.expected_fen != there_fen)
    kind = TW_DIFFERENCE_KIND_AMOUNT;
  else if (order.here != TW_ORDER_STATE_DONE)
    kind = TW_DIFFERENCE_KIND_STATE;
  else
    {
      /* Accepted before, and final now. */
      if (order.rail->confirms && order.state == TW_RAIL_ACCEPTED)
        add_cure (comparison, &order, tw_stmt_text (stmt, 3), tw_stmt_int64 (stmt, 4));
      return;
    }
  /* In doubt here, and told there as it was ordered: that settles it. What was refused stays so, as
   * the money has been given back. */
  if (kind == TW_DIFFERENCE_KIND_STATE && order.here != TW_ORDER_STATE_REFUSED)
    add_cure (comparison, &order, tw_stmt_text (stmt, 3), tw_stmt_int64 (stmt, 4));
  name (add (comparison, kind, order_id, entry, here_fen, there_fen), &order,
        tw_stmt_text (stmt, 3));
}

static gboolean
compare_entries (TwComparison *comparison, TwDb *db, GError **error)
{
  TwStmt *stmt = tw_db_query (
    db, error,
    "SELECT e.entry, e.order_id, e.amount_fen, e.reference, e.booked_at, "
    "(SELECT count(*) FROM statement_entry x WHERE x.order_id = e.order_id AND x.party = e.party "
    "AND (x.day < e.day OR (x.day = e.day AND x.entry < e.entry))), " ORDER_COLUMNS " "
    "FROM statement_entry e LEFT JOIN rail_op o ON o.id = e.order_id " ORDER_JOINS
    "WHERE e.party = $1 AND e.day = $2 ORDER BY e.entry",
    "si", comparison->party, (gint64) comparison->day);
  TwStep step;

  if (stmt == NULL)
    return FALSE;
  while ((step = tw_stmt_step (stmt, error)) == TW_STEP_ROW)
    compare_entry (comparison, stmt);
  return step == TW_STEP_DONE;
}

/* Orders that the partner's books should have, and don't on any day. */
static gboolean
find_missing (
  TwComparison *comparison, TwDb *db, const char *sql, gint64 from_ms, gint64 to_ms, GError **error)
{
  TwStmt *stmt = tw_db_query (db, error, sql, "iis", from_ms, to_ms, comparison->party);
  TwStep step;

  if (stmt == NULL)
    return FALSE;
  while ((step = tw_stmt_step (stmt, error)) == TW_STEP_ROW)
    {
      gboolean done;
      TwFinding *finding;
      Order order;

      read_order (comparison, stmt, 0, 0, &order);
      if (order.rail == NULL)
        continue;
      done = order.here == TW_ORDER_STATE_DONE;
      comparison->sum.here_fen += done ? order.expected_fen : 0;
      finding = add (comparison, done ? TW_DIFFERENCE_KIND_MISSING_THERE : TW_DIFFERENCE_KIND_STATE,
                     order.id, "", done ? order.expected_fen : 0, 0);
      name (finding, &order, tw_stmt_text (stmt, 6));
    }
  return step == TW_STEP_DONE;
}

#define NOT_STATED                                                                                 \
  "NOT EXISTS (SELECT 1 FROM statement_entry e WHERE e.order_id = o.id AND e.party = $3) "

static gboolean
find_all_missing (TwComparison *comparison, TwDb *db, GError **error)
{
  gint64 begin_ms = tw_clock_ms_of_day (comparison->day);
  gint64 end_ms = tw_clock_ms_of_day (comparison->day + 1);
  gint64 to_ms = comparison->until_ms < end_ms ? comparison->until_ms : end_ms - MIDNIGHT_MS;

  if (!find_missing (comparison, db,
                     "SELECT " ORDER_COLUMNS ", o.reference FROM rail_op o " ORDER_JOINS
                     "WHERE o.settled_at >= $1 AND o.settled_at < $2 AND o.settled_at > 0 "
                     "AND o.state <> 5 AND " NOT_STATED "ORDER BY o.id",
                     begin_ms - MIDNIGHT_MS, to_ms, error))
    return FALSE;
  /* Not settled by the end of the day on which they were made. */
  return comparison->until_ms < end_ms ||
         find_missing (comparison, db,
                       "SELECT " ORDER_COLUMNS ", o.reference FROM rail_op o " ORDER_JOINS
                       "WHERE o.created_at >= $1 AND o.created_at < $2 AND o.next_at IS NOT NULL "
                       "AND o.posts > 0 AND " NOT_STATED "ORDER BY o.id",
                       begin_ms, end_ms, error);
}

static gboolean
read_statement (TwComparison *comparison, TwDb *db, GError **error)
{
  TwStmt *stmt =
    tw_db_query (db, error, "SELECT until FROM statement WHERE party = $1 AND day = $2", "si",
                 comparison->party, (gint64) comparison->day);
  TwStep step;

  if (stmt == NULL || (step = tw_stmt_step (stmt, error)) == TW_STEP_ERROR)
    return FALSE;
  comparison->has_statement = step == TW_STEP_ROW;
  if (comparison->has_statement)
    comparison->until_ms = tw_stmt_int64 (stmt, 0);
  tw_stmt_reset (stmt);
  return TRUE;
}

/**
 * tw_comparison_read:
 * @comparison: an empty one
 * @db: a connection
 * @error: the database's
 *
 * Holds the statement that is there for the day against the orders, in one view of the database.
 *
 * Returns: whether that could be done
 */
gboolean
tw_comparison_read (TwComparison *comparison, TwDb *db, GError **error)
{
  gboolean ok;

  if (!tw_db_begin_read (db, error))
    return FALSE;
  ok = read_statement (comparison, db, error) &&
       (!comparison->has_statement ||
        (compare_entries (comparison, db, error) && find_all_missing (comparison, db, error)));
  tw_db_rollback (db);
  return ok;
}
