// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/ledger/tw-payments.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "base/tw-error.h"
#include "server/command/tw-keys.h"
#include "server/command/tw-column.h"
#include "server/ledger/tw-limits.h"

#define TABLE "payment"
#define TITLE "title"
#define PAYEE_NAME "payee_name"

/* Short enough to be read out over a telephone. */
static char *
make_reference (const char *id)
{
  g_autofree char *tail = g_ascii_strup (id + strlen (id) - 10, -1);

  return g_strconcat ("TW-", tail, NULL);
}

static TwPaymentFailed on_failed;

/**
 * tw_payments_set_on_failed:
 * @func: told of payments that came to nothing
 *
 * At the start of the program, before a writer is made.
 */
void
tw_payments_set_on_failed (TwPaymentFailed func)
{
  on_failed = func;
}

static gboolean
has_text (const char *text)
{
  return text != NULL && *text != '\0';
}

static const char *
or_nothing (const char *text)
{
  return text != NULL ? text : "";
}

static void
publish (TwTx *tx, TwPayment *payment)
{
  g_autofree char *scope = g_strconcat ("account:", tw_payment_get_account_id (payment), NULL);

  tw_tx_publish (tx, scope, TW_OBJECT (payment));
}

static void
publish_first (TwTx *tx, TwPayment *payment)
{
  g_autofree char *scope = g_strconcat ("account:", tw_payment_get_account_id (payment), NULL);

  tw_tx_publish_first (tx, scope, TW_OBJECT (payment));
}

/**
 * tw_payments_start:
 * @tx: the transaction; the transfer has been made or reserved
 * @payment: what to show
 * @error: the database's
 *
 * Writes a payment down and shows it to whose it is.
 *
 * Returns: whether it is written
 */
gboolean
tw_payments_start (TwTx *tx, const TwNewPayment *new, GError **error)
{
  gint64 now_ms = tw_tx_now_ms (tx);
  gint64 posted_ms = new->state == TW_PAYMENT_STATE_POSTED ? now_ms : 0;
  g_autofree char *reference = make_reference (new->id);
  g_autoptr (GBytes) title =
    tw_column_seal (tw_tx_key (tx, TW_KEY_COLUMN), TABLE, new->id, TITLE, new->title);
  g_autoptr (GBytes) name =
    has_text (new->payee_name)
      ? tw_column_seal (tw_tx_key (tx, TW_KEY_COLUMN), TABLE, new->id, PAYEE_NAME, new->payee_name)
      : NULL;
  g_autoptr (TwPayment) payment = NULL;

  if (!tw_db_insert (
        tw_tx_db (tx), error,
        "INSERT INTO payment (id, account_id, transfer_id, intent, kind, state, amount_fen, "
        "late_fee_fen, title, bill_id, tax_type, period, reason, reference, rail_reference, "
        "created_at, sent_at, posted_at, confirmed_at, payee_id, payee_name, card_id, standing_id, "
        "refunds) VALUES ($1, $2, $15, $3, $4, $5, $6, $7, $8, $9, $10, $11, '', $12, '', $13, 0, "
        "$14, 0, $16, $17, $18, $19, $20)",
        "sssiiiibssssiissbsss", new->id, new->account_id, new->intent, (gint64) new->kind,
        (gint64) new->state, new->amount_fen, new->late_fee_fen, title, new->bill_id, new->tax_type,
        new->period, reference, now_ms, posted_ms,
        new->transfer_id != NULL ? new->transfer_id : new->id, or_nothing (new->payee_id), name,
        or_nothing (new->card_id), or_nothing (new->standing_id), or_nothing (new->refunds)))
    return FALSE;
  payment = g_object_new (
    TW_TYPE_PAYMENT, "id", new->id, "account-id", new->account_id, "kind", new->kind, "state",
    new->state, "amount-fen", new->amount_fen, "late-fee-fen", new->late_fee_fen, "title",
    new->title, "bill-id", new->bill_id, "tax-type", new->tax_type, "period", new->period,
    "reference", reference, "created-at-ms", now_ms, "posted-at-ms", posted_ms, "payee-id",
    new->payee_id, "payee-name", new->payee_name, "card-id", new->card_id, "standing-id",
    new->standing_id, "refunds", new->refunds, NULL);
  publish_first (tx, payment);
  return TRUE;
}

static TwPayment *
read_row (TwTx *tx, TwStmt *stmt, const char *id, GError **error)
{
  TwKey *column = tw_tx_key (tx, TW_KEY_COLUMN);
  g_autofree char *title = tw_column_read (column, stmt, 6, TABLE, id, TITLE, error);
  g_autofree char *payee =
    title != NULL ? tw_column_read (column, stmt, 19, TABLE, id, PAYEE_NAME, error) : NULL;

  if (payee == NULL)
    return NULL;
  return g_object_new (
    TW_TYPE_PAYMENT, "id", id, "account-id", tw_stmt_text (stmt, 0), "kind",
    (int) tw_stmt_int64 (stmt, 2), "state", (int) tw_stmt_int64 (stmt, 3), "amount-fen",
    tw_stmt_int64 (stmt, 4), "late-fee-fen", tw_stmt_int64 (stmt, 5), "title", title, "bill-id",
    tw_stmt_text (stmt, 7), "tax-type", tw_stmt_text (stmt, 8), "period", tw_stmt_text (stmt, 9),
    "reason", tw_stmt_text (stmt, 10), "reference", tw_stmt_text (stmt, 11), "rail-reference",
    tw_stmt_text (stmt, 12), "created-at-ms", tw_stmt_int64 (stmt, 13), "sent-at-ms",
    tw_stmt_int64 (stmt, 14), "posted-at-ms", tw_stmt_int64 (stmt, 15), "confirmed-at-ms",
    tw_stmt_int64 (stmt, 16), "payee-id", tw_stmt_text (stmt, 18), "payee-name", payee, "card-id",
    tw_stmt_text (stmt, 20), "standing-id", tw_stmt_text (stmt, 21), "refunds",
    tw_stmt_text (stmt, 22), "refunded-fen", tw_stmt_int64 (stmt, 23), NULL);
}

/**
 * tw_payments_load:
 * @tx: the transaction
 * @id: a payment
 * @intent: (out) (nullable): what the person wanted
 * @transfer_id: (out) (nullable): the transfer behind it
 * @error: %TW_ERROR_NOT_FOUND, or the database's
 *
 * Returns: (transfer full) (nullable): the payment as it stands
 */
TwPayment *
tw_payments_load (TwTx *tx, const char *id, char **intent, char **transfer_id, GError **error)
{
  TwStmt *stmt =
    tw_db_query (tw_tx_db (tx), error,
                 "SELECT account_id, intent, kind, state, amount_fen, late_fee_fen, title, "
                 "bill_id, tax_type, period, reason, reference, rail_reference, created_at, "
                 "sent_at, posted_at, confirmed_at, transfer_id, payee_id, payee_name, card_id, "
                 "standing_id, refunds, refunded_fen FROM payment WHERE id = $1",
                 "s", id);
  TwPayment *payment = NULL;
  TwStep step;

  if (stmt == NULL || (step = tw_stmt_step (stmt, error)) == TW_STEP_ERROR)
    return NULL;
  if (step == TW_STEP_DONE)
    {
      g_set_error (error, TW_ERROR, TW_ERROR_NOT_FOUND, _ ("There is no payment %s."), id);
      return NULL;
    }
  payment = read_row (tx, stmt, id, error);
  if (payment != NULL && intent != NULL)
    *intent = g_strdup (tw_stmt_text (stmt, 1));
  if (payment != NULL && transfer_id != NULL)
    *transfer_id = g_strdup (tw_stmt_text (stmt, 17));
  tw_stmt_reset (stmt);
  return payment;
}

/* What the reason of the bank or the office is to a person; of the others' only that they have
 * refused is told. */
static const char *
get_refusal (const TwRailNews *news, const char *refusal)
{
  static const struct
  {
    const char *refusal; /* of whom */
    const char *reason;
    const char *code;
  } reasons[] = {
    { "bank_refused", "no_account", "bank_no_account" },
    { "bank_refused", "no_card", "bank_no_card" },
    { "bank_refused", "not_theirs", "bank_no_card" },
    { "bank_refused", "no_balance", "bank_no_balance" },
    { "office_refused", "no_bill", "bill_withdrawn" },
  };

  if (strcmp (news->reason, TW_RAILS_CALLED_OFF) == 0)
    return "cancelled";
  for (gsize i = 0; i < G_N_ELEMENTS (reasons); i++)
    if (strcmp (refusal, reasons[i].refusal) == 0 && strcmp (news->reason, reasons[i].reason) == 0)
      return reasons[i].code;
  return refusal;
}

/* The payment as the news makes it. */
static void
follow (TwPayment *payment, const TwRailNews *news, const char *refusal, gint64 now_ms)
{
  switch (news->state)
    {
    case TW_RAIL_SENT:
      g_object_set (payment, "state", TW_PAYMENT_STATE_SENT, "sent-at-ms", now_ms, NULL);
#ifdef TW_MUTANT_SHOWN_EARLY
#include "base/tw-planted.h"
      g_object_set (payment, "state", TW_PAYMENT_STATE_POSTED, NULL);
#endif
      break;
    case TW_RAIL_UNKNOWN:
      g_object_set (payment, "state", TW_PAYMENT_STATE_UNKNOWN, NULL);
      break;
    case TW_RAIL_ACCEPTED:
      g_object_set (payment, "state", TW_PAYMENT_STATE_POSTED, "posted-at-ms", now_ms,
                    "rail-reference", news->reference, NULL);
      break;
    case TW_RAIL_CONFIRMED:
      g_object_set (payment, "confirmed-at-ms",
                    news->confirmed_at_ms > 0 ? news->confirmed_at_ms : now_ms, NULL);
      break;
    case TW_RAIL_REFUSED:
      g_object_set (payment, "state", TW_PAYMENT_STATE_VOIDED, "reason",
                    get_refusal (news, refusal), NULL);
      break;
    case TW_RAIL_QUEUED:
    default:
      break;
    }
}

/**
 * tw_payments_save:
 * @tx: the transaction
 * @payment: as it is now; not to be changed after this
 * @error: the database's
 *
 * Returns: whether it is written; it is shown to whose it is
 */
gboolean
tw_payments_save (TwTx *tx, TwPayment *payment, GError **error)
{
  if (!tw_db_run (tw_tx_db (tx), error,
                  "UPDATE payment SET state = $2, reason = $3, rail_reference = $4, sent_at = $5, "
                  "posted_at = $6, confirmed_at = $7, refunded_fen = $8 WHERE id = $1",
                  "sissiiii", tw_object_get_id (TW_OBJECT (payment)),
                  (gint64) tw_payment_get_state (payment), tw_payment_get_reason (payment),
                  tw_payment_get_rail_reference (payment), tw_payment_get_sent_at_ms (payment),
                  tw_payment_get_posted_at_ms (payment), tw_payment_get_confirmed_at_ms (payment),
                  tw_payment_get_refunded_fen (payment)))
    return FALSE;
  publish (tx, payment);
  return TRUE;
}

/* What did not happen is taken off the limits, where it was counted as having left for others; and
 * it is no reason to ask whether the next one is meant. */
static gboolean
take_back (TwTx *tx, TwPayment *payment, GError **error)
{
  gint64 counted_fen = 0;

  switch (tw_payment_get_kind (payment))
    {
    case TW_PAYMENT_KIND_TRANSFER:
    case TW_PAYMENT_KIND_COMPANY:
    case TW_PAYMENT_KIND_MERCHANT:
    case TW_PAYMENT_KIND_BILLER:
      counted_fen = tw_payment_get_amount_fen (payment);
      break;
    case TW_PAYMENT_KIND_TOP_UP:
    case TW_PAYMENT_KIND_WITHDRAWAL:
      break;
    case TW_PAYMENT_KIND_TAX:
    case TW_PAYMENT_KIND_RECEIVED:
    case TW_PAYMENT_KIND_REFUND:
    default:
      return TRUE;
    }
  return tw_limits_give_back (tx, tw_payment_get_account_id (payment),
                              tw_object_get_id (TW_OBJECT (payment)), counted_fen,
                              tw_payment_get_created_at_ms (payment), error);
}

/**
 * tw_payments_end:
 * @tx: the transaction; the money has been moved or is free again
 * @payment: as it stands
 * @intent: what the person wanted
 * @news: accepted or refused
 * @error: the database's
 *
 * Settles the intent, takes what did not leave off the limits, and shows the person their wallet.
 *
 * Returns: whether that is written
 */
gboolean
tw_payments_end (
  TwTx *tx, TwPayment *payment, const char *intent, const TwRailNews *news, GError **error)
{
  const char *account_id = tw_payment_get_account_id (payment);
  gboolean accepted = news->state == TW_RAIL_ACCEPTED;

  if (!accepted && !take_back (tx, payment, error))
    return FALSE;
  if (!accepted && on_failed != NULL && !on_failed (tx, payment, error))
    return FALSE;
#ifdef TW_MUTANT_BALANCE_NOT_SHOWN
#include "base/tw-planted.h"
  return tw_tx_settle_intent (tx, account_id, intent, accepted, error);
#endif
  return tw_ledger_publish_wallet (tx, account_id, error) &&
         tw_tx_settle_intent (tx, account_id, intent, accepted, error);
}

/* The money follows. */
static gboolean
settle (TwTx *tx,
        const TwRailOp *op,
        TwPayment *payment,
        const TwRailNews *news,
        const char *intent,
        GError **error)
{
  gboolean accepted = news->state == TW_RAIL_ACCEPTED;
  TwDb *db = tw_tx_db (tx);

#ifdef TW_MUTANT_POSTED_TWICE
#include "base/tw-planted.h"
  if (news->state == TW_RAIL_CONFIRMED)
    return tw_ledger_post (db, tw_tx_now_ms (tx), op->subject_id, error);
#endif
  if (!accepted && news->state != TW_RAIL_REFUSED)
    return TRUE;
  return (accepted ? tw_ledger_post (db, tw_tx_now_ms (tx), op->subject_id, error)
                   : tw_ledger_void (db, tw_tx_now_ms (tx), op->subject_id, error)) &&
         tw_payments_end (tx, payment, intent, news, error);
}

/**
 * tw_payments_tell:
 * @tx: the transaction
 * @op: an order whose subject is a payment
 * @news: what has become of it
 * @refusal: the code of protocol/tw-refusal.h for one that was refused without a reason of its own
 * @error: the database's, or the ledger's
 *
 * Posts or voids the transfer behind a payment, settles the intent, and shows the person the
 * payment and their wallet as they are now.
 *
 * Returns: (transfer full) (nullable): the payment
 */
TwPayment *
tw_payments_tell (
  TwTx *tx, const TwRailOp *op, const TwRailNews *news, const char *refusal, GError **error)
{
  g_autofree char *intent = NULL;
  g_autoptr (TwPayment) payment = tw_payments_load (tx, op->subject_id, &intent, NULL, error);

  if (payment == NULL)
    return NULL;
  follow (payment, news, refusal, tw_tx_now_ms (tx));
#ifdef TW_MUTANT_NEWS_NOT_SAVED
#include "base/tw-planted.h"
  if (news->state == TW_RAIL_ACCEPTED && settle (tx, op, payment, news, intent, error))
    {
      publish (tx, payment);
      return g_steal_pointer (&payment);
    }
#endif
  if (!settle (tx, op, payment, news, intent, error) || !tw_payments_save (tx, payment, error))
    return NULL;
  return g_steal_pointer (&payment);
}
