// SPDX-License-Identifier: GPL-3.0-or-later
/* payee.check: whom is meant, before anything is paid. A person is found here; a company, a
 * merchant and an account with a biller are asked for on the other side. */
#include <string.h>

#include "base/tw-error.h"
#include "base/tw-identifiers.h"
#include "base/tw-pay-code.h"
#include "model/tw-account.h"
#include "protocol/tw-json.h"
#include "server/command/tw-keys.h"
#include "server/identity/tw-identity.h"
#include "server/ledger/tw-payments.h"
#include "server/pay/tw-payee-row.h"

/* Different numbers that were not kept, in a day: nobody is to find out who all has an account.
 */
#define NEW_A_DAY 40
/* Who was found so lately is not asked for again: the answer would be the same. What is due to a
 * biller may have changed by a payment. */
#define FRESH_MS 5000
#define MAX_NUMBER 64
#define MAX_BILLER 32
#define PROVED " AND (identity = $3 OR id = $4)"

static void
set_number (TwPayeeRow *payee, TwPayeeKind kind, char *number)
{
  payee->kind = kind;
  g_free (payee->number);
  payee->number = number;
}

static gboolean
read_pay_code (const char *text, TwPayeeRow *payee, GError **error)
{
  TwPayCode code;

  if (!tw_pay_code_read (text, &code, error))
    return FALSE;
  if (code.kind == TW_PAY_CODE_PERSON)
    set_number (payee, TW_PAYEE_KIND_PERSON, tw_pay_code_get_reference (&code));
  else
    set_number (payee, TW_PAYEE_KIND_MERCHANT, g_strdup (code.number));
  payee->asked_fen = code.amount_fen;
  return TRUE;
}

static gboolean
looks_like_reference (const char *text)
{
  return strlen (text) == 12 && g_str_has_prefix (text, "TW-") && text[7] == '-';
}

/* What was typed, copied or scanned. */
static gboolean
read_to (const char *to, TwPayeeRow *payee, GError **error)
{
  g_autofree char *upper = g_ascii_strup (to, -1);
  char *phone;

  g_strstrip (upper);
  if (tw_pay_code_looks_like_one (to))
    return read_pay_code (to, payee, error);
  if (looks_like_reference (upper))
    {
      set_number (payee, TW_PAYEE_KIND_PERSON, g_steal_pointer (&upper));
      return TRUE;
    }
  if (strlen (upper) == 18)
    {
      if (!tw_credit_code_check (upper, error))
        return FALSE;
      set_number (payee, TW_PAYEE_KIND_COMPANY, g_steal_pointer (&upper));
      return TRUE;
    }
  phone = tw_phone_check (to, error);
  if (phone == NULL)
    return FALSE;
  set_number (payee, TW_PAYEE_KIND_PERSON, phone);
  return TRUE;
}

/* How long a customer number is, the biller's own list says. */
static gboolean
read_customer (TwTx *tx, TwJob *job, TwPayeeRow *payee, GError **bad, GError **error)
{
  JsonObject *body = tw_job_body (job);
  const char *biller = tw_json_get_text (body, "biller_id", MAX_BILLER, FALSE, bad);
  const char *number =
    biller != NULL ? tw_json_get_text (body, "customer_number", MAX_NUMBER, FALSE, bad) : NULL;
  gint64 digits;

  if (number == NULL)
    return TRUE;
  if (!tw_biller_load_digits (tx, biller, &digits, error))
    return FALSE;
  if (digits > 0 &&
      (strlen (number) != (gsize) digits || strspn (number, "0123456789") != strlen (number)))
    g_set_error (bad, TW_ERROR, TW_ERROR_INVALID, "customer_number: It has %d digits.",
                 (int) digits);
  else if (digits == 0)
    g_set_error (bad, TW_ERROR, TW_ERROR_INVALID, "biller_id: There is no such biller.");
  else
    {
      set_number (payee, TW_PAYEE_KIND_BILLER, g_strdup (number));
      g_free (payee->biller_id);
      payee->biller_id = g_strdup (biller);
    }
  return TRUE;
}

/* Sets @account to "" for nobody. Who has not proved who they are is nobody but to themselves: a
 * phone number alone says nothing about whose the wallet is. */
static gboolean
find_person (TwTx *tx, const char *number, const char *own, char **account, GError **error)
{
  TwStmt *stmt;
  TwStep step;

  if (looks_like_reference (number))
    stmt = tw_db_query (
      tw_tx_db (tx), error, "SELECT id FROM account WHERE reference = $1 AND role = $2" PROVED,
      "ssis", number, tw_role_get_name (TW_ROLE_USER), (gint64) TW_IDENTITY_STATE_APPROVED, own);
  else
    {
      g_autofree char *hash = tw_identity_hash_login (tw_tx_key (tx, TW_KEY_LOOKUP), number);

      stmt = tw_db_query (
        tw_tx_db (tx), error, "SELECT id FROM account WHERE login_hash = $1 AND role = $2" PROVED,
        "ssis", hash, tw_role_get_name (TW_ROLE_USER), (gint64) TW_IDENTITY_STATE_APPROVED, own);
    }
  if (stmt == NULL || (step = tw_stmt_step (stmt, error)) == TW_STEP_ERROR)
    return FALSE;
  *account = g_strdup (step == TW_STEP_ROW ? tw_stmt_text (stmt, 0) : "");
  tw_stmt_reset (stmt);
  return TRUE;
}

/* A person is found or not, at once; others are being asked for. */
static gboolean
look_up (TwTx *tx, TwPayeeRow *payee, GError **error)
{
  gboolean saved = payee->state == TW_PAYEE_STATE_SAVED;
  g_autofree char *account = NULL;

  /* After what was answered last, even where the clock was ahead then. */
  payee->asked_at_ms = MAX (tw_tx_now_ms (tx), payee->checked_at_ms + 1);
  if (payee->kind != TW_PAYEE_KIND_PERSON)
    {
      if (!saved)
        payee->state = TW_PAYEE_STATE_CHECKING;
      return TRUE;
    }
  payee->checked_at_ms = payee->asked_at_ms;
  if (!find_person (tx, payee->number, payee->account_id, &account, error))
    return FALSE;
  if (*account == '\0')
    {
      if (!saved)
        payee->state = TW_PAYEE_STATE_MISSING;
      return TRUE;
    }
  g_free (payee->name);
  payee->name = tw_payments_read_masked_name (tx, account, error);
  g_free (payee->to_account);
  payee->to_account = g_steal_pointer (&account);
  payee->verified_at_ms = payee->checked_at_ms;
  if (!saved)
    payee->state = TW_PAYEE_STATE_CHECKED;
  return payee->name != NULL;
}

/* What is known of it since then is the answer. */
static gboolean
done (TwJob *job, const TwPayeeRow *payee)
{
  return tw_job_done (job, "payee_id", "s", payee->id, "asked_at_ms", "i", payee->asked_at_ms,
                      NULL);
}

static gboolean
finish (TwTx *tx, TwJob *job, const TwPayeeRow *payee, GError **error)
{
  if (payee->kind != TW_PAYEE_KIND_PERSON && !tw_payee_ask (tx, job, payee, error))
    return FALSE;
  return done (job, payee);
}

/* Whether the other side is being asked already, or has just answered: one question at a time for
 * each payee, however often somebody asks here. */
static gboolean
is_asked_for (const TwPayeeRow *payee, gint64 now_ms)
{
  return payee->asked_at_ms > payee->checked_at_ms ||
         (payee->kind != TW_PAYEE_KIND_BILLER && payee->verified_at_ms == payee->checked_at_ms &&
          now_ms >= payee->checked_at_ms && now_ms - payee->checked_at_ms < FRESH_MS);
}

/* One that is known already stays the same one; what the code asks for now counts. */
static gboolean
check_again (TwTx *tx, TwJob *job, TwPayeeRow *payee, gint64 asked_fen, GError **error)
{
  gboolean other = payee->kind != TW_PAYEE_KIND_BILLER && payee->asked_fen != asked_fen;

  if (other)
    payee->asked_fen = asked_fen;
  if (payee->kind != TW_PAYEE_KIND_PERSON && !tw_rails_are_configured ())
    return tw_job_refuse (job, "rail_down", NULL);
  if (payee->kind != TW_PAYEE_KIND_PERSON && is_asked_for (payee, tw_tx_now_ms (tx)))
    return (!other || tw_payee_row_save (tx, payee, error)) && done (job, payee);
  return look_up (tx, payee, error) && tw_payee_row_save (tx, payee, error) &&
         finish (tx, job, payee, error);
}

static gboolean
check_new (TwTx *tx, TwJob *job, TwPayeeRow *payee, GError **error)
{
  g_autoptr (TwPayeeRow) taken = NULL;
  gboolean many;

  if (!tw_payee_row_note_lookup (tx, payee, tw_tx_now_ms (tx) - TW_PAYEE_LIFE_MS, NEW_A_DAY, &many,
                                 error) ||
      !tw_payee_row_load (tx, payee->id, &taken, error))
    return FALSE;
  if (many)
    return tw_job_refuse (job, "many_lookups", NULL);
  if (taken != NULL)
    return tw_job_refuse (job, "command_changed", NULL);
  if (payee->kind != TW_PAYEE_KIND_PERSON && !tw_rails_are_configured ())
    return tw_job_refuse (job, "rail_down", NULL);
  payee->created_at_ms = tw_tx_now_ms (tx);
  if (!look_up (tx, payee, error))
    return FALSE;
  if (strcmp (payee->to_account, payee->account_id) == 0)
    return tw_job_refuse (job, "same_account", NULL);
  return tw_payee_row_insert (tx, payee, error) && finish (tx, job, payee, error);
}

/* By what was given. @payee is empty but for the number; %NULL with @bad when that is not right. */
static gboolean
read_payee (TwTx *tx, TwJob *job, TwPayeeRow **payee, GError **bad, GError **error)
{
  JsonObject *body = tw_job_body (job);
  g_autoptr (TwPayeeRow) read =
    tw_payee_row_new (tw_job_command (job)->id, tw_job_actor (job)->account_id, 0);
  const char *to;

  if (json_object_has_member (body, "biller_id"))
    {
      if (!read_customer (tx, job, read, bad, error))
        return FALSE;
    }
  else
    {
      to = tw_json_get_text (body, "to", MAX_NUMBER, FALSE, bad);
      if (to != NULL)
        read_to (to, read, bad);
    }
  if (*bad == NULL)
    *payee = g_steal_pointer (&read);
  return TRUE;
}

/* {"to"} or {"biller_id", "customer_number"} or {"payee_id"} */
gboolean
tw_payee_check_handle (TwTx *tx, TwJob *job, GError **error)
{
  const char *const by_to[] = { "to", NULL };
  const char *const by_customer[] = { "biller_id", "customer_number", NULL };
  const char *const by_id[] = { "payee_id", NULL };
  JsonObject *body = tw_job_body (job);
  gboolean has_id = json_object_has_member (body, "payee_id");
  gboolean has_biller = json_object_has_member (body, "biller_id");
  g_autoptr (TwPayeeRow) payee = NULL;
  g_autoptr (TwPayeeRow) known = NULL;
  GError *bad = NULL;
  const char *id;

  if (!tw_json_check_members (body, has_id ? by_id : has_biller ? by_customer : by_to, &bad))
    return tw_job_invalid (job, bad);
  if (has_id)
    {
      id = tw_json_get_id (body, "payee_id", &bad);
      if (id == NULL)
        return tw_job_invalid (job, bad);
      if (!tw_payee_row_load_own (tx, job, id, &known, error))
        return FALSE;
      return known == NULL || check_again (tx, job, known, known->asked_fen, error);
    }
  if (!read_payee (tx, job, &payee, &bad, error))
    return FALSE;
  if (payee == NULL)
    return tw_job_invalid (job, bad);
  if (!tw_payee_row_find (tx, payee, &known, error))
    return FALSE;
  if (known == NULL)
    return check_new (tx, job, payee, error);
  return check_again (tx, job, known, payee->asked_fen, error);
}
