// SPDX-License-Identifier: GPL-3.0-or-later
/* What a question is about: only something that the person sees in their own account. */
#include "base/tw-error.h"
#include "model/tw-bill.h"
#include "model/tw-payment.h"
#include "model/tw-record.h"
#include "protocol/tw-wire.h"
#include "server/desk/tw-ticket-row.h"
#include "server/feed/tw-feed-batch.h"

static char *
describe (TwObject *object)
{
  if (TW_IS_PAYMENT (object))
    return g_strdup (tw_payment_get_title (TW_PAYMENT (object)));
  if (TW_IS_RECORD (object))
    return g_strdup (tw_record_get_title (TW_RECORD (object)));
  return g_strdup_printf (
      "%s %s", tw_bill_get_tax_type (TW_BILL (object)), tw_bill_get_period (TW_BILL (object)));
}

static char *
read_object (TwTx *tx, TwStmt *stmt, const char *context, const char *type, GError **error)
{
  gsize length;
  const guint8 *sealed = tw_stmt_blob (stmt, 0, &length);
  g_autoptr (GBytes) plain = tw_unseal (tw_tx_key (tx, "column"), sealed, length, context, error);
  g_autoptr (TwObject) object = NULL;
  g_autofree char *text = NULL;
  const char *data;

  if (plain == NULL)
    return NULL;
  data = g_bytes_get_data (plain, &length);
  text = g_strndup (data, length);
  object = tw_wire_decode_text (type, text, error);
  return object != NULL ? describe (object) : NULL;
}

/**
 * tw_about_find:
 * @tx: the transaction
 * @account_id: who asks
 * @type: payment, bill or record
 * @id: which one
 * @text: (out) (transfer full) (nullable): what it is, in words; %NULL when it is not theirs
 * @error: anything unexpected
 *
 * Returns: %FALSE with @error
 */
gboolean
tw_about_find (
    TwTx *tx, const char *account_id, const char *type, const char *id, char **text, GError **error)
{
  g_autofree char *scope = g_strconcat ("account:", account_id, NULL);
  g_autofree char *context = tw_feed_seal_context (scope, type, id);
  TwStmt *stmt = tw_db_query (tw_tx_db (tx),
                              error,
                              "SELECT body FROM feed WHERE scope = $1 AND type = $2 AND id = $3"
                              " AND removed = 0",
                              "sss",
                              scope,
                              type,
                              id);
  gboolean ok = TRUE;
  TwStep step;

  *text = NULL;
  if (stmt == NULL)
    return FALSE;
  step = tw_stmt_step (stmt, error);
  if (step == TW_STEP_ROW)
    {
      *text = read_object (tx, stmt, context, type, error);
      ok = *text != NULL;
    }
  tw_stmt_reset (stmt);
  return ok && step != TW_STEP_ERROR;
}
