// SPDX-License-Identifier: GPL-3.0-or-later
#include "counterpart/tw-plain-orders.h"

#include <string.h>

#include "base/tw-clock.h"
#include "base/tw-error.h"
#include "base/tw-money.h"
#include "counterpart/tw-books.h"
#include "protocol/tw-json.h"
#include "vault/tw-vault.h"

static char *
make_reference (const TwPlainOrder *kind, const char *id)
{
  g_autofree char *tail = g_ascii_strup (id + strlen (id) - 12, -1);

  return g_strconcat (kind->prefix, tail, NULL);
}

/**
 * tw_plain_order_find:
 * @kind: of orders
 * @partners: whose books
 * @id: of an order
 * @error: %TW_ERROR_NOT_FOUND for one that was never heard of
 *
 * Returns: (transfer full) (nullable): what became of it
 */
JsonObject *
tw_plain_order_find (const TwPlainOrder *kind, TwPartners *partners, const char *id, GError **error)
{
  TwStmt *stmt = tw_db_query (partners->db, error,
                              "SELECT state, reference, reason, amount_fen FROM plain_order "
                              "WHERE id = $1 AND route = $2",
                              "ss", id, kind->route);
  JsonObject *answer;
  TwStep step;

  if (stmt == NULL || (step = tw_stmt_step (stmt, error)) == TW_STEP_ERROR)
    return NULL;
  if (step == TW_STEP_DONE)
    {
      g_set_error_literal (error, TW_ERROR, TW_ERROR_NOT_FOUND, "There is no such order");
      return NULL;
    }
  answer = json_object_new ();
  json_object_set_string_member (answer, "id", id);
  json_object_set_string_member (answer, "state", tw_stmt_text (stmt, 0));
  json_object_set_string_member (answer, "reference", tw_stmt_text (stmt, 1));
  json_object_set_string_member (answer, "reason", tw_stmt_text (stmt, 2));
  if (kind->moves_money)
    json_object_set_int_member (answer, "amount_fen", tw_stmt_int64 (stmt, 3));
  tw_stmt_reset (stmt);
  return answer;
}

/* Whether an order that is known already is this one. */
static gboolean
check_same (TwDb *db, const char *id, const char *body_hash, gboolean *known, GError **error)
{
  TwStmt *stmt =
    tw_db_query (db, error, "SELECT body_hash FROM plain_order WHERE id = $1", "s", id);
  gboolean same;
  TwStep step;

  if (stmt == NULL || (step = tw_stmt_step (stmt, error)) == TW_STEP_ERROR)
    return FALSE;
  *known = step == TW_STEP_ROW;
  same = !*known || strcmp (tw_stmt_text (stmt, 0), body_hash) == 0;
  tw_stmt_reset (stmt);
  if (!same)
    g_set_error_literal (error, TW_ERROR, TW_ERROR_CHANGED, "This id was used for another order");
  return same;
}

static gboolean
enter (const TwPlainOrder *kind,
       TwDb *db,
       const char *id,
       gint64 amount_fen,
       const char *reference,
       GError **error)
{
  TwBookEntry entry = { .party = kind->party,
                        .order_id = id,
                        .amount_fen = -amount_fen,
                        .reference = reference,
                        .booked_at_ms = tw_clock_now_ms () };

  return !kind->moves_money || tw_books_enter (db, &entry, error);
}

/* In a transaction. */
static gboolean
carry_out (const TwPlainOrder *kind,
           TwPartners *partners,
           JsonObject *body,
           gint64 amount_fen,
           gboolean refuse,
           GError **error)
{
  const char *id = json_object_get_string_member (body, "id");
  g_autofree char *text = tw_json_canonical_object (body);
  g_autofree char *hash = tw_hash_hex (text, strlen (text));
  g_autofree char *reference = make_reference (kind, id);
  const char *reason = refuse ? "declined" : NULL;
  gboolean known;

  if (!check_same (partners->db, id, hash, &known, error))
    return FALSE;
  if (known)
    return TRUE;
  if (!refuse && !kind->act (partners, body, &reason, &reference, error))
    return FALSE;
  if (reason == NULL && !enter (kind, partners->db, id, amount_fen, reference, error))
    return FALSE;
  return tw_db_run (partners->db, error,
                    "INSERT INTO plain_order (id, route, body_hash, amount_fen, state, reference, "
                    "reason) VALUES ($1, $2, $3, $4, $5, $6, $7)",
                    "sssisss", id, kind->route, hash, amount_fen,
                    reason == NULL ? "done" : "refused", reason == NULL ? reference : "",
                    reason == NULL ? "" : reason);
}

/**
 * tw_plain_order_take:
 * @kind: of orders
 * @partners: whose books
 * @body: the order, with its `id`; what else is in it has been checked, but for the amount
 * @refuse: whether to refuse whatever it is
 * @error: %TW_ERROR_INVALID, %TW_ERROR_CHANGED, or the database's
 *
 * Returns: (transfer full) (nullable): as tw_plain_order_find()
 */
JsonObject *
tw_plain_order_take (
  const TwPlainOrder *kind, TwPartners *partners, JsonObject *body, gboolean refuse, GError **error)
{
  const char *id = tw_json_get_id (body, "id", error);
  gint64 amount_fen = 0;

  if (id == NULL || (kind->moves_money && !tw_json_get_int (body, "amount_fen", 1, TW_MONEY_MAX_FEN,
                                                            &amount_fen, error)))
    return NULL;
  if (!tw_db_begin (partners->db, error))
    return NULL;
  if (!carry_out (kind, partners, body, amount_fen, refuse, error))
    {
      tw_db_rollback (partners->db);
      return NULL;
    }
  return tw_db_commit (partners->db, error) ? tw_plain_order_find (kind, partners, id, error)
                                            : NULL;
}
