// SPDX-License-Identifier: GPL-3.0-or-later
/* What the one sees to whom a transfer goes: an entry of their own. */
#include "server/ledger/tw-payments.h"

#include "base/tw-text.h"
#include "model/tw-account.h"
#include "server/command/tw-column.h"
#include "server/command/tw-keys.h"
#include "server/command/tw-writer.h"

const TwTable tw_person_table = { "account", "id, identity, name", "sib", 1 };

/**
 * tw_payments_read_masked_name:
 * @tx: the transaction
 * @account_id: a person's account
 * @error: the database's
 *
 * Returns: (transfer full) (nullable): the name as it is shown to others; "" for nobody's
 */
char *
tw_payments_read_masked_name (TwTx *tx, const char *account_id, GError **error)
{
  g_autofree char *name = NULL;
  const guint8 *sealed;
  const TwRow *row;
  gsize length;

  if (!tw_db_get_row (tw_tx_db (tx), &tw_person_table, &row, error, account_id))
    return NULL;
  if (row == NULL)
    return g_strdup ("");
  sealed = tw_row_blob (row, 2, &length);
  name = tw_column_open (tw_tx_key (tx, TW_KEY_COLUMN), sealed, length, "account", account_id,
                         "name", error);
  return name != NULL ? tw_text_mask_name (name) : NULL;
}

/**
 * tw_payments_read_is_proved:
 * @tx: the transaction
 * @account_id: somebody who is to be paid
 * @is_proved: (out): whether there is such a person, who has proved who they are
 * @error: the database's
 *
 * Who has not is paid by nobody, whichever way they are named: payee.check does not find them
 * either.
 *
 * Returns: whether it is known
 */
gboolean
tw_payments_read_is_proved (TwTx *tx, const char *account_id, gboolean *is_proved, GError **error)
{
  const TwRow *row;

  if (!tw_db_get_row (tw_tx_db (tx), &tw_person_table, &row, error, account_id))
    return FALSE;
  *is_proved = row != NULL && tw_row_int64 (row, 1) == TW_IDENTITY_STATE_APPROVED;
  return TRUE;
}

/**
 * tw_payments_receive:
 * @tx: the transaction; the transfer has been made
 * @transfer_id: the transfer
 * @from: who paid
 * @to: who has got it
 * @amount_fen: how much, over zero
 * @memo: what the payer wrote, or ""
 * @refunds: the payment of @to that is given back, or ""
 * @error: the database's
 *
 * Writes down and shows to @to what has come in, and from whom.
 *
 * Returns: whether it is written
 */
gboolean
tw_payments_receive (TwTx *tx,
                     const char *transfer_id,
                     const char *from,
                     const char *to,
                     gint64 amount_fen,
                     const char *memo,
                     const char *refunds,
                     GError **error)
{
  g_autofree char *id = tw_payments_received_id (transfer_id);
  g_autofree char *payer = tw_payments_read_masked_name (tx, from, error);
  g_autofree char *title = NULL;
  TwNewPayment payment = {
    .id = id,
    .transfer_id = transfer_id,
    .account_id = to,
    .intent = "",
    .kind = TW_PAYMENT_KIND_RECEIVED,
    .state = TW_PAYMENT_STATE_POSTED,
    .amount_fen = amount_fen,
    .bill_id = "",
    .tax_type = "",
    .period = "",
    .refunds = refunds,
  };

  if (payer == NULL)
    return FALSE;
  title = *payer != '\0' && *memo != '\0' ? g_strconcat (payer, " · ", memo, NULL)
                                          : g_strconcat (payer, memo, NULL);
  payment.title = title;
  payment.payee_name = payer;
  return tw_payments_start (tx, &payment, error);
}

/**
 * tw_payments_received_id:
 * @transfer_id: a transfer between two wallets
 *
 * Returns: (transfer full): the id of what its payee sees, always the same
 */
char *
tw_payments_received_id (const char *transfer_id)
{
  return tw_writer_make_id ("received", transfer_id);
}
