// SPDX-License-Identifier: GPL-3.0-or-later
/* The practice bank: everybody has an account, and an order is carried out once. */
#include "counterpart/tw-bank.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "base/tw-clock.h"
#include "base/tw-error.h"
#include "base/tw-money.h"
#include "counterpart/tw-books.h"
#include "protocol/tw-json.h"

static char *
make_reference (const char *id)
{
  g_autofree char *tail = g_ascii_strup (id + strlen (id) - 12, -1);

  return g_strconcat ("BANK-", tail, NULL);
}

/**
 * tw_bank_find:
 * @db: the books
 * @id: of a debit
 * @error: %TW_ERROR_NOT_FOUND for one that was never heard of
 *
 * Returns: (transfer full) (nullable): what became of it
 */
JsonObject *
tw_bank_find (TwDb *db, const char *id, GError **error)
{
  TwStmt *stmt = tw_db_query (
    db, error, "SELECT state, reference, reason, amount_fen FROM bank_debit WHERE id = $1", "s",
    id);
  JsonObject *answer;
  TwStep step;

  if (stmt == NULL || (step = tw_stmt_step (stmt, error)) == TW_STEP_ERROR)
    return NULL;
  if (step == TW_STEP_DONE)
    {
      g_set_error_literal (error, TW_ERROR, TW_ERROR_NOT_FOUND, "There is no such debit");
      return NULL;
    }
  answer = json_object_new ();
  json_object_set_string_member (answer, "id", id);
  json_object_set_string_member (answer, "state", tw_stmt_text (stmt, 0));
  json_object_set_string_member (answer, "reference", tw_stmt_text (stmt, 1));
  json_object_set_string_member (answer, "reason", tw_stmt_text (stmt, 2));
  json_object_set_int_member (answer, "amount_fen", tw_stmt_int64 (stmt, 3));
  tw_stmt_reset (stmt);
  return answer;
}

/* In a transaction. */
static gboolean
take (TwDb *db, const char *account, gint64 amount_fen, gboolean *enough, GError **error)
{
  *enough = FALSE;
  if (!tw_db_run (db, error,
                  "INSERT INTO bank_account (id, balance_fen) VALUES ($1, $2) "
                  "ON CONFLICT (id) DO NOTHING",
                  "si", account, TW_BANK_FIRST_BALANCE_FEN) ||
      !tw_db_run (db, error,
                  "UPDATE bank_account SET balance_fen = balance_fen - $2 "
                  "WHERE id = $1 AND balance_fen >= $2",
                  "si", account, amount_fen))
    return FALSE;
  *enough = tw_db_changes (db) == 1;
  return TRUE;
}

/* Straight from a card: it has to be that person's. */
static gboolean
check_card (TwDb *db, const char *card, const char *account, gboolean *theirs, GError **error)
{
  TwStmt *stmt =
    tw_db_query (db, error, "SELECT account FROM bank_card WHERE token = $1", "s", card);
  TwStep step;

  if (stmt == NULL || (step = tw_stmt_step (stmt, error)) == TW_STEP_ERROR)
    return FALSE;
  *theirs = step == TW_STEP_ROW && strcmp (tw_stmt_text (stmt, 0), account) == 0;
  tw_stmt_reset (stmt);
  return TRUE;
}

/* Whether an order that is known already is this one. */
static gboolean
check_same (TwDb *db,
            const char *id,
            const char *account,
            const char *card,
            gint64 amount_fen,
            gboolean *known,
            GError **error)
{
  TwStmt *stmt = tw_db_query (
    db, error, "SELECT account, amount_fen, card FROM bank_debit WHERE id = $1", "s", id);
  gboolean same = TRUE;
  TwStep step;

  if (stmt == NULL || (step = tw_stmt_step (stmt, error)) == TW_STEP_ERROR)
    return FALSE;
  *known = step == TW_STEP_ROW;
  if (*known)
    same = strcmp (tw_stmt_text (stmt, 0), account) == 0 && tw_stmt_int64 (stmt, 1) == amount_fen &&
           strcmp (tw_stmt_text (stmt, 2), card) == 0;
  tw_stmt_reset (stmt);
  if (!same)
    g_set_error_literal (error, TW_ERROR, TW_ERROR_CHANGED, "This id was used for another debit");
  return same;
}

static gboolean
debit (TwDb *db,
       const char *id,
       const char *account,
       const char *card,
       gint64 amount_fen,
       gboolean refuse,
       GError **error)
{
  g_autofree char *reference = make_reference (id);
  gboolean enough = FALSE;
  gboolean known = FALSE;
  gboolean theirs = TRUE;
  gboolean done;

  if (!check_same (db, id, account, card, amount_fen, &known, error))
    return FALSE;
  if (known)
    return TRUE;
  if (*card != '\0' && !check_card (db, card, account, &theirs, error))
    return FALSE;
  if (!refuse && theirs && !take (db, account, amount_fen, &enough, error))
    return FALSE;
  done = enough && !refuse;
  if (done)
    {
      TwBookEntry entry = { .party = TW_BANK_PARTY,
                            .order_id = id,
                            .amount_fen = amount_fen,
                            .reference = reference,
                            .booked_at_ms = tw_clock_now_ms () };

      if (!tw_books_enter (db, &entry, error))
        return FALSE;
    }
  return tw_db_run (db, error,
                    "INSERT INTO bank_debit (id, account, amount_fen, state, reference, reason, "
                    "card) VALUES ($1, $2, $3, $4, $5, $6, $7)",
                    "ssissss", id, account, amount_fen, done ? "done" : "refused",
                    done ? reference : "",
                    done      ? ""
                    : refuse  ? "declined"
                    : !theirs ? "no_card"
                              : "no_balance",
                    card);
}

/**
 * tw_bank_debit:
 * @db: the books
 * @body: `{"id", "account", "amount_fen", "card"?}`: with a card's token, from that
 * @refuse: whether to refuse whatever it is
 * @error: %TW_ERROR_INVALID, %TW_ERROR_CHANGED, or the database's
 *
 * Takes money from a person's bank account, once for an id. An account that is new has
 * %TW_BANK_FIRST_BALANCE_FEN.
 *
 * Returns: (transfer full) (nullable): as tw_bank_find()
 */
JsonObject *
tw_bank_debit (TwDb *db, JsonObject *body, gboolean refuse, GError **error)
{
  const char *const members[] = { "id", "account", "amount_fen", "card", NULL };
  const char *id = tw_json_get_id (body, "id", error);
  const char *account = id != NULL ? tw_json_get_text (body, "account", 64, FALSE, error) : NULL;
  const char *card;
  gint64 amount_fen;

  if (account == NULL || !tw_json_get_optional_text (body, "card", 64, &card, error) ||
      !tw_json_check_members (body, members, error) ||
      !tw_json_get_int (body, "amount_fen", 1, TW_MONEY_MAX_FEN, &amount_fen, error))
    return NULL;
  if (!tw_db_begin (db, error))
    return NULL;
  if (!debit (db, id, account, card != NULL ? card : "", amount_fen, refuse, error))
    {
      tw_db_rollback (db);
      return NULL;
    }
  return tw_db_commit (db, error) ? tw_bank_find (db, id, error) : NULL;
}
