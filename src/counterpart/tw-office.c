// SPDX-License-Identifier: GPL-3.0-or-later
/* The practice tax office: issues bills and history on first asking, takes payments, confirms them
 * a little later. */
#include "counterpart/tw-office.h"

#include <string.h>

#include "base/tw-clock.h"
#include "base/tw-error.h"
#include "base/tw-money.h"
#include "counterpart/tw-books.h"
#include "model/tw-bill.h"
#include "protocol/tw-json.h"
#include "protocol/tw-wire.h"
#include "tax/tw-late-fee.h"

typedef struct
{
  const char *id;
  const char *bill;
  gint64 amount_fen;
  gint64 late_fee_fen;
  int paid_on;
} Payment;

static char *
make_reference (const char *id)
{
  g_autofree char *tail = g_ascii_strup (id + strlen (id) - 12, -1);

  return g_strconcat ("TAX-", tail, NULL);
}

/**
 * tw_office_find:
 * @db: the books
 * @id: of a payment
 * @error: %TW_ERROR_NOT_FOUND for one that was never heard of
 *
 * Returns: (transfer full) (nullable): what became of it
 */
JsonObject *
tw_office_find (TwDb *db, const char *id, GError **error)
{
  TwStmt *stmt =
    tw_db_query (db, error,
                 "SELECT state, reference, reason, confirm_at, bill, amount_fen, late_fee_fen "
                 "FROM office_payment WHERE id = $1",
                 "s", id);
  gboolean confirmed;
  JsonObject *answer;
  TwStep step;

  if (stmt == NULL || (step = tw_stmt_step (stmt, error)) == TW_STEP_ERROR)
    return NULL;
  if (step == TW_STEP_DONE)
    {
      g_set_error_literal (error, TW_ERROR, TW_ERROR_NOT_FOUND, "There is no such payment");
      return NULL;
    }
  confirmed = strcmp (tw_stmt_text (stmt, 0), "accepted") == 0 &&
              tw_stmt_int64 (stmt, 3) <= tw_clock_now_ms ();
  answer = json_object_new ();
  json_object_set_string_member (answer, "id", id);
  json_object_set_string_member (answer, "state", confirmed ? "confirmed" : tw_stmt_text (stmt, 0));
  json_object_set_string_member (answer, "reference", tw_stmt_text (stmt, 1));
  json_object_set_string_member (answer, "reason", tw_stmt_text (stmt, 2));
  json_object_set_string_member (answer, "bill", tw_stmt_text (stmt, 4));
  json_object_set_int_member (answer, "amount_fen", tw_stmt_int64 (stmt, 5));
  json_object_set_int_member (answer, "late_fee_fen", tw_stmt_int64 (stmt, 6));
  if (confirmed)
    {
      g_autofree char *at = tw_clock_format_ms (tw_stmt_int64 (stmt, 3));

      json_object_set_string_member (answer, "confirmed_at", at);
    }
  tw_stmt_reset (stmt);
  return answer;
}

static gboolean
check_same (TwDb *db, const Payment *payment, gboolean *known, GError **error)
{
  TwStmt *stmt = tw_db_query (
    db, error, "SELECT bill, amount_fen, late_fee_fen FROM office_payment WHERE id = $1", "s",
    payment->id);
  gboolean same = TRUE;
  TwStep step;

  if (stmt == NULL || (step = tw_stmt_step (stmt, error)) == TW_STEP_ERROR)
    return FALSE;
  *known = step == TW_STEP_ROW;
  if (*known)
    same = strcmp (tw_stmt_text (stmt, 0), payment->bill) == 0 &&
           tw_stmt_int64 (stmt, 1) == payment->amount_fen &&
           tw_stmt_int64 (stmt, 2) == payment->late_fee_fen;
  tw_stmt_reset (stmt);
  if (!same)
    g_set_error_literal (error, TW_ERROR, TW_ERROR_CHANGED, "This id was used for another payment");
  return same;
}

/* Why the office won't have the money, or NULL. @rest_ufen is what is left of the late fee after
 * it. */
static gboolean
judge (TwDb *db, const Payment *payment, const char **reason, gint64 *rest_ufen, GError **error)
{
  TwStmt *stmt = tw_db_query (db, error,
                              "SELECT amount_fen - paid_fen, due_day, payment, partly, "
                              "late_fee_rest_ufen FROM office_bill WHERE id = $1",
                              "s", payment->bill);
  TwStep step;

  if (stmt == NULL || (step = tw_stmt_step (stmt, error)) == TW_STEP_ERROR)
    return FALSE;
  *reason = NULL;
  if (step == TW_STEP_DONE)
    *reason = "no_bill";
  else if (!tw_stmt_is_null (stmt, 2))
    *reason = "already_paid";
  else if (payment->amount_fen > tw_stmt_int64 (stmt, 0) ||
           (payment->amount_fen < tw_stmt_int64 (stmt, 0) && tw_stmt_int64 (stmt, 3) == 0) ||
           tw_late_fee_part_fen (payment->amount_fen, (int) tw_stmt_int64 (stmt, 1),
                                 payment->paid_on, tw_stmt_int64 (stmt, 4),
                                 rest_ufen) != payment->late_fee_fen)
    *reason = "amount";
  tw_stmt_reset (stmt);
  return TRUE;
}

/* The bill is paid, or a part of it; the books say so from when it is confirmed. */
static gboolean
take (TwDb *db,
      const Payment *payment,
      gint64 rest_ufen,
      const char *reference,
      gint64 confirm_at_ms,
      GError **error)
{
  TwBookEntry entry = { .party = TW_OFFICE_PARTY,
                        .order_id = payment->id,
                        .amount_fen = -(payment->amount_fen + payment->late_fee_fen),
                        .reference = reference,
                        .booked_at_ms = confirm_at_ms };

  return tw_db_run (db, error,
                    "UPDATE office_bill SET paid_fen = paid_fen + $3, payment = CASE WHEN "
                    "paid_fen + $3 = amount_fen THEN $2 ELSE payment END, "
                    "late_fee_rest_ufen = $4 WHERE id = $1",
                    "ssii", payment->bill, payment->id, payment->amount_fen, rest_ufen) &&
         tw_books_enter (db, &entry, error);
}

static gboolean
pay (TwDb *db, const Payment *payment, guint confirm_ms, gboolean refuse, GError **error)
{
  g_autofree char *reference = make_reference (payment->id);
  gint64 confirm_at_ms = tw_clock_now_ms () + confirm_ms;
  const char *reason = NULL;
  gint64 rest_ufen = 0;
  gboolean known;

  if (!check_same (db, payment, &known, error))
    return FALSE;
  if (known)
    return TRUE;
  if (refuse)
    reason = "declined";
  else if (!judge (db, payment, &reason, &rest_ufen, error))
    return FALSE;
  if (reason == NULL && !take (db, payment, rest_ufen, reference, confirm_at_ms, error))
    return FALSE;
  return tw_db_run (
    db, error,
    "INSERT INTO office_payment (id, bill, amount_fen, late_fee_fen, state, reference, "
    "reason, confirm_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
    "ssiisssi", payment->id, payment->bill, payment->amount_fen, payment->late_fee_fen,
    reason == NULL ? "accepted" : "refused", reason == NULL ? reference : "",
    reason == NULL ? "" : reason, confirm_at_ms);
}

static gboolean
read_payment (JsonObject *body, Payment *payment, GError **error)
{
  const char *const members[] = { "id", "bill", "amount_fen", "late_fee_fen", "paid_on", NULL };
  const char *paid_on;

  payment->id = tw_json_get_id (body, "id", error);
  payment->bill = payment->id != NULL ? tw_json_get_id (body, "bill", error) : NULL;
  payment->paid_on = tw_clock_today ();
  if (payment->bill == NULL || !tw_json_check_members (body, members, error) ||
      !tw_json_get_int (body, "amount_fen", 1, TW_MONEY_MAX_FEN, &payment->amount_fen, error) ||
      !tw_json_get_int (body, "late_fee_fen", 0, TW_MONEY_MAX_FEN, &payment->late_fee_fen, error))
    return FALSE;
  if (!json_object_has_member (body, "paid_on"))
    return TRUE;
  paid_on = tw_json_get_string (body, "paid_on", error);
  if (paid_on == NULL)
    return FALSE;
  if (tw_clock_parse_day (paid_on, &payment->paid_on) && payment->paid_on <= tw_clock_today () + 1)
    return TRUE;
  g_set_error_literal (error, TW_ERROR, TW_ERROR_INVALID, "paid_on is not a day up to today");
  return FALSE;
}

/**
 * tw_office_pay:
 * @db: the books
 * @body: `{"id", "bill", "amount_fen", "late_fee_fen", "paid_on"?}`: the tax, the late fee on top,
 * and the day the person paid (today, when it isn't said)
 * @confirm_ms: how long until it is confirmed
 * @refuse: whether to refuse whatever it is
 * @error: %TW_ERROR_INVALID, %TW_ERROR_CHANGED, or the database's
 *
 * Takes a payment, once for an id.
 *
 * Returns: (transfer full) (nullable): as tw_office_find()
 */
JsonObject *
tw_office_pay (TwDb *db, JsonObject *body, guint confirm_ms, gboolean refuse, GError **error)
{
  Payment payment;

  if (!read_payment (body, &payment, error) || !tw_db_begin (db, error))
    return NULL;
  if (!pay (db, &payment, confirm_ms, refuse, error))
    {
      tw_db_rollback (db);
      return NULL;
    }
  return tw_db_commit (db, error) ? tw_office_find (db, payment.id, error) : NULL;
}

static gboolean
write_bill (TwDb *db, const char *key, TwBill *bill, GError **error)
{
  g_autofree char *text = tw_wire_encode_text (TW_OBJECT (bill));

  return tw_db_run (db, error,
                    "INSERT INTO office_bill (id, taxpayer, amount_fen, due_day, object, partly) "
                    "VALUES ($1, $2, $3, $4, $5, $6)",
                    "ssiisi", tw_object_get_id (TW_OBJECT (bill)), key,
                    tw_bill_get_amount_fen (bill), tw_bill_get_due_day (bill), text,
                    (gint64) tw_bill_get_partly (bill));
}

static gboolean
write_record (TwDb *db, const char *key, TwObject *record, GError **error)
{
  g_autofree char *text = tw_wire_encode_text (record);

  return tw_db_run (db, error,
                    "INSERT INTO office_record (id, taxpayer, object) VALUES ($1, $2, $3)", "sss",
                    tw_object_get_id (record), key, text);
}

/* In a transaction. */
static gboolean
issue (TwDb *db, const char *key, guint seed, GError **error)
{
  g_autoptr (GPtrArray) bills = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr (GPtrArray) records = g_ptr_array_new_with_free_func (g_object_unref);
  int today = tw_clock_today ();
  gboolean ok;

  if (!tw_db_run (db, error,
                  "INSERT INTO office_taxpayer (key, issued_day) VALUES ($1, $2) "
                  "ON CONFLICT (key) DO NOTHING",
                  "si", key, (gint64) today))
    return FALSE;
  if (tw_db_changes (db) == 0)
    return TRUE;
  tw_office_make_up (key, seed, today, bills, records);
  ok = TRUE;
  for (guint i = 0; ok && i < bills->len; i++)
    ok = write_bill (db, key, g_ptr_array_index (bills, i), error);
  for (guint i = 0; ok && i < records->len; i++)
    ok = write_record (db, key, g_ptr_array_index (records, i), error);
  return ok;
}

static JsonArray *
list (TwDb *db, const char *sql, const char *key, GError **error)
{
  g_autoptr (JsonArray) array = json_array_new ();
  TwStmt *stmt = tw_db_query (db, error, sql, "s", key);
  TwStep step;

  if (stmt == NULL)
    return NULL;
  while ((step = tw_stmt_step (stmt, error)) == TW_STEP_ROW)
    {
      JsonNode *node = tw_json_parse (tw_stmt_text (stmt, 0), -1, error);

      if (node == NULL)
        {
          tw_stmt_reset (stmt);
          return NULL;
        }
      json_array_add_element (array, node);
    }
  return step == TW_STEP_DONE ? g_steal_pointer (&array) : NULL;
}

/**
 * tw_office_get_taxpayer:
 * @db: the books
 * @key: of the taxpayer
 * @seed: makes another world
 * @error: %TW_ERROR_INVALID for what is no key, or the database's
 *
 * Returns: (transfer full) (nullable): `{"bills": [...], "records": [...]}` in the form of the
 * wire; issued on first asking, the same ever after
 */
JsonObject *
tw_office_get_taxpayer (TwDb *db, const char *key, guint seed, GError **error)
{
  JsonObject *answer;
  JsonArray *records;
  JsonArray *bills;

  if (strlen (key) < 16 || strlen (key) > 128 || strspn (key, "0123456789abcdef") != strlen (key))
    {
      g_set_error_literal (error, TW_ERROR, TW_ERROR_INVALID, "This is not a taxpayer's key");
      return NULL;
    }
  if (!tw_db_begin (db, error))
    return NULL;
  if (!issue (db, key, seed, error))
    {
      tw_db_rollback (db);
      return NULL;
    }
  if (!tw_db_commit (db, error))
    return NULL;
  bills =
    list (db, "SELECT object FROM office_bill WHERE taxpayer = $1 AND payment IS NULL ORDER BY id",
          key, error);
  if (bills == NULL)
    return NULL;
  records =
    list (db, "SELECT object FROM office_record WHERE taxpayer = $1 ORDER BY id", key, error);
  if (records == NULL)
    {
      json_array_unref (bills);
      return NULL;
    }
  answer = json_object_new ();
  json_object_set_array_member (answer, "bills", bills);
  json_object_set_array_member (answer, "records", records);
  return answer;
}
