// SPDX-License-Identifier: GPL-3.0-or-later
#include "counterpart/tw-bank-orders.h"

#include <string.h>

#include "base/tw-bank.h"
#include "base/tw-error.h"
#include "base/tw-identifiers.h"
#include "base/tw-money.h"
#include "counterpart/tw-bank.h"
#include "counterpart/tw-plain-orders.h"
#include "counterpart/tw-register.h"
#include "counterpart/tw-sms.h"
#include "protocol/tw-json.h"
#include "vault/tw-vault.h"

#define CARD "card:"
#define COMPANY "company:"
#define MERCHANT "merchant:"
#define MAX_TO 80
#define TOKEN_CHARS 24

/* To an account at the practice bank; one that is new is opened by it. */
static gboolean
pay_into (TwDb *db, const char *account, gint64 first_fen, gint64 amount_fen, GError **error)
{
  return tw_db_run (db, error,
                    "INSERT INTO bank_account (id, balance_fen) VALUES ($1, $2) "
                    "ON CONFLICT (id) DO NOTHING",
                    "si", account, first_fen) &&
         tw_db_run (db, error,
                    "UPDATE bank_account SET balance_fen = balance_fen + $2 WHERE id = $1", "si",
                    account, amount_fen);
}

/* Sets @account to whose card it is, or to %NULL. */
static gboolean
find_holder (TwDb *db, const char *token, char **account, GError **error)
{
  TwStmt *stmt =
    tw_db_query (db, error, "SELECT account FROM bank_card WHERE token = $1", "s", token);
  TwStep step;

  if (stmt == NULL || (step = tw_stmt_step (stmt, error)) == TW_STEP_ERROR)
    return FALSE;
  *account = step == TW_STEP_ROW ? g_strdup (tw_stmt_text (stmt, 0)) : NULL;
  tw_stmt_reset (stmt);
  return TRUE;
}

static gboolean
act_credit (
  TwPartners *partners, JsonObject *body, const char **reason, char **reference, GError **error)
{
  const char *to = json_object_get_string_member (body, "to");
  gint64 amount_fen = json_object_get_int_member (body, "amount_fen");
  g_autofree char *holder = NULL;

  if (g_str_has_prefix (to, CARD))
    {
      if (!find_holder (partners->db, to + strlen (CARD), &holder, error))
        return FALSE;
      if (holder != NULL)
        return pay_into (partners->db, holder, TW_BANK_FIRST_BALANCE_FEN, amount_fen, error);
    }
  else if ((g_str_has_prefix (to, COMPANY) &&
            tw_register_find_company (to + strlen (COMPANY)) != NULL) ||
           (g_str_has_prefix (to, MERCHANT) &&
            tw_register_find_merchant (to + strlen (MERCHANT)) != NULL))
    return pay_into (partners->db, to, 0, amount_fen, error);
  *reason = "no_account";
  return TRUE;
}

static const TwPlainOrder credits = { TW_BANK_PARTY, "credit", "CR-", TRUE, act_credit };

/**
 * tw_bank_credit:
 * @partners: the bank's books
 * @body: `{"id", "to", "amount_fen"}`
 * @refuse: whether to refuse whatever it is
 * @error: as tw_plain_order_take()
 *
 * Pays into a card (`card:TOKEN`), to a company (`company:CODE`) or a merchant
 * (`merchant:NUMBER`).
 *
 * Returns: (transfer full) (nullable): as tw_plain_order_find()
 */
JsonObject *
tw_bank_credit (TwPartners *partners, JsonObject *body, gboolean refuse, GError **error)
{
  const char *const members[] = { "id", "to", "amount_fen", NULL };

  if (!tw_json_check_members (body, members, error) ||
      tw_json_get_text (body, "to", MAX_TO, FALSE, error) == NULL)
    return NULL;
  return tw_plain_order_take (&credits, partners, body, refuse, error);
}

JsonObject *
tw_bank_find_credit (TwPartners *partners, const char *id, GError **error)
{
  return tw_plain_order_find (&credits, partners, id, error);
}

/* Every card that a known bank may have given out exists here; it is whose who names it first. */
static gboolean
enter_card (TwDb *db, const char *number, const char *account, char **token, GError **error)
{
  g_autofree char *hash = tw_hash_hex (number, strlen (number));
  g_autofree char *made = g_strdup_printf ("CARD-%.*s", TOKEN_CHARS, hash);

  *token = g_steal_pointer (&made);
  return tw_db_run (db, error,
                    "INSERT INTO bank_card (token, account, last_four) VALUES ($1, $2, $3) "
                    "ON CONFLICT (token) DO NOTHING",
                    "sss", *token, account, number + strlen (number) - 4);
}

/* As banks do: a message about what has come in. */
static gboolean
say_so (TwPartners *partners, JsonObject *body, const char *number, GError **error)
{
  g_autofree char *amount = tw_money_format (json_object_get_int_member (body, "amount_fen"));
  g_autofree char *text = g_strdup_printf (
    "【练习银行】您尾号 %s 的卡收到税务钱包转入 %s。Practice Bank: your card ending in %s has "
    "received %s from Tax Wallet.",
    number + strlen (number) - 4, amount, number + strlen (number) - 4, amount);

  return tw_sms_write (partners->db, json_object_get_string_member (body, "id"),
                       json_object_get_string_member (body, "phone"), text, error);
}

static gboolean
act_card (
  TwPartners *partners, JsonObject *body, const char **reason, char **reference, GError **error)
{
  const char *account = json_object_get_string_member (body, "account");
  const char *number = json_object_get_string_member (body, "number");
  g_autofree char *token = NULL, *holder = NULL;

  if (strcmp (tw_bank_find_by_card (number), "other") == 0)
    {
      *reason = "no_card";
      return TRUE;
    }
  if (!enter_card (partners->db, number, account, &token, error) ||
      !find_holder (partners->db, token, &holder, error))
    return FALSE;
  if (g_strcmp0 (holder, account) != 0)
    {
      *reason = "not_theirs";
      return TRUE;
    }
  g_free (*reference);
  *reference = g_steal_pointer (&token);
  return pay_into (partners->db, account, TW_BANK_FIRST_BALANCE_FEN,
                   json_object_get_int_member (body, "amount_fen"), error) &&
         say_so (partners, body, number, error);
}

static const TwPlainOrder cards = { TW_BANK_PARTY, "card", "CARD-", TRUE, act_card };

/**
 * tw_bank_take_card:
 * @partners: the bank's books
 * @body: `{"id", "account", "number", "phone", "amount_fen"}`
 * @refuse: whether to refuse whatever it is
 * @error: as tw_plain_order_take()
 *
 * Sends the amount to the card, if it is the person's.
 *
 * Returns: (transfer full) (nullable): as tw_plain_order_find(); `reference` is the card's token
 */
JsonObject *
tw_bank_take_card (TwPartners *partners, JsonObject *body, gboolean refuse, GError **error)
{
  const char *const members[] = { "id", "account", "number", "phone", "amount_fen", NULL };
  const char *number;

  if (!tw_json_check_members (body, members, error) ||
      tw_json_get_text (body, "account", 64, FALSE, error) == NULL ||
      tw_json_get_text (body, "phone", 32, FALSE, error) == NULL ||
      (number = tw_json_get_text (body, "number", 32, FALSE, error)) == NULL ||
      !tw_bank_card_check (number, error))
    return NULL;
  return tw_plain_order_take (&cards, partners, body, refuse, error);
}

JsonObject *
tw_bank_find_card (TwPartners *partners, const char *id, GError **error)
{
  return tw_plain_order_find (&cards, partners, id, error);
}
