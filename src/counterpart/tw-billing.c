// SPDX-License-Identifier: GPL-3.0-or-later
#include "counterpart/tw-billing.h"

#include <string.h>

#include "base/tw-error.h"
#include "counterpart/tw-plain-orders.h"
#include "protocol/tw-json.h"
#include "vault/tw-vault.h"

static const struct
{
  const char *id;
  const char *category;
  const char *name;
  gint64 digits;
} billers[] = {
  { "water1", "water", "示例自来水公司", 8 },
  { "power1", "electricity", "示例供电公司", 10 },
  { "gas1", "gas", "示例燃气公司", 9 },
  { "telecom1", "telecom", "示例通信公司", 11 },
};

/* What a customer owes who was never asked for before. */
#define LEAST_DUE_FEN 2000
#define DUE_RANGE_FEN 18000

JsonObject *
tw_billing_answer_list (TwPartners *partners, const char *rest, GError **error)
{
  JsonObject *answer;
  JsonArray *list;

  if (strcmp (rest, "list") != 0)
    {
      g_set_error_literal (error, TW_ERROR, TW_ERROR_NOT_FOUND, "There is nothing here");
      return NULL;
    }
  answer = json_object_new ();
  list = json_array_new ();
  for (gsize i = 0; i < G_N_ELEMENTS (billers); i++)
    {
      JsonObject *biller = json_object_new ();

      json_object_set_string_member (biller, "id", billers[i].id);
      json_object_set_string_member (biller, "category", billers[i].category);
      json_object_set_string_member (biller, "name", billers[i].name);
      json_object_set_int_member (biller, "digits", billers[i].digits);
      json_array_add_object_element (list, biller);
    }
  json_object_set_array_member (answer, "billers", list);
  return answer;
}

/* A number that ends in 00 is nobody's. */
static gboolean
is_customer (const char *biller, const char *number)
{
  gsize length = strlen (number);

  for (gsize i = 0; i < G_N_ELEMENTS (billers); i++)
    if (strcmp (billers[i].id, biller) == 0)
      return length == (gsize) billers[i].digits && strspn (number, "0123456789") == length &&
             strcmp (number + length - 2, "00") != 0;
  return FALSE;
}

/* Issues the customer's first bill on first asking. */
static gboolean
get_due (
  TwPartners *partners, const char *biller, const char *number, gint64 *due_fen, GError **error)
{
  g_autofree char *text = g_strdup_printf ("%u/%s/%s", partners->seed, biller, number);
  guint8 hash[TW_HASH_BYTES];
  TwStmt *stmt;

  tw_hash (text, strlen (text), hash);
  if (!tw_db_run (partners->db, error,
                  "INSERT INTO biller_customer (biller, number, due_fen) VALUES ($1, $2, $3) "
                  "ON CONFLICT (biller, number) DO NOTHING",
                  "ssi", biller, number,
                  (gint64) (LEAST_DUE_FEN + (hash[0] * 256 + hash[1]) % DUE_RANGE_FEN)))
    return FALSE;
  stmt = tw_db_query (partners->db, error,
                      "SELECT due_fen FROM biller_customer WHERE biller = $1 AND number = $2", "ss",
                      biller, number);
  if (stmt == NULL || tw_stmt_step (stmt, error) != TW_STEP_ROW)
    return FALSE;
  *due_fen = tw_stmt_int64 (stmt, 0);
  tw_stmt_reset (stmt);
  return TRUE;
}

/* @rest: BILLER-NUMBER */
JsonObject *
tw_billing_answer_customer (TwPartners *partners, const char *rest, GError **error)
{
  g_auto (GStrv) parts = g_strsplit (rest, "-", 2);
  JsonObject *answer;
  gint64 due_fen;

  if (g_strv_length (parts) != 2 || !is_customer (parts[0], parts[1]))
    {
      g_set_error_literal (error, TW_ERROR, TW_ERROR_NOT_FOUND, "There is no such customer");
      return NULL;
    }
  if (!tw_db_begin (partners->db, error))
    return NULL;
  if (!get_due (partners, parts[0], parts[1], &due_fen, error))
    {
      tw_db_rollback (partners->db);
      return NULL;
    }
  if (!tw_db_commit (partners->db, error))
    return NULL;
  answer = json_object_new ();
  json_object_set_string_member (answer, "name", "**户");
  json_object_set_int_member (answer, "due_fen", due_fen);
  return answer;
}

/* What is paid over what is due is kept for the next bill. */
static gboolean
act_pay (
  TwPartners *partners, JsonObject *body, const char **reason, char **reference, GError **error)
{
  const char *biller = json_object_get_string_member (body, "biller");
  const char *number = json_object_get_string_member (body, "customer");
  gint64 due_fen;

  if (!is_customer (biller, number))
    {
      *reason = "no_customer";
      return TRUE;
    }
  return get_due (partners, biller, number, &due_fen, error) &&
         tw_db_run (partners->db, error,
                    "UPDATE biller_customer SET due_fen = CASE WHEN due_fen > $3 THEN due_fen - $3 "
                    "ELSE 0 END WHERE biller = $1 AND number = $2",
                    "ssi", biller, number, json_object_get_int_member (body, "amount_fen"));
}

static const TwPlainOrder payments = { TW_BILLING_PARTY, "biller", "BILL-", TRUE, act_pay };

/**
 * tw_billing_pay:
 * @partners: the billers' books
 * @body: `{"id", "biller", "customer", "amount_fen"}`
 * @refuse: whether to refuse whatever it is
 * @error: as tw_plain_order_take()
 *
 * Returns: (transfer full) (nullable): as tw_plain_order_find()
 */
JsonObject *
tw_billing_pay (TwPartners *partners, JsonObject *body, gboolean refuse, GError **error)
{
  const char *const members[] = { "id", "biller", "customer", "amount_fen", NULL };

  if (!tw_json_check_members (body, members, error) ||
      tw_json_get_text (body, "biller", 32, FALSE, error) == NULL ||
      tw_json_get_text (body, "customer", 32, FALSE, error) == NULL)
    return NULL;
  return tw_plain_order_take (&payments, partners, body, refuse, error);
}

JsonObject *
tw_billing_find (TwPartners *partners, const char *id, GError **error)
{
  return tw_plain_order_find (&payments, partners, id, error);
}
